package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/charlievieth/fastwalk"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
)

const (
	largeRounds = 7
	mostMemory  = 300.0 // megabytes
)

// way is one of those in which the large repository is looked at, as a process of
// its own.
type way struct {
	name  string
	argv  []string
	taken times // from begin to end
	busy  times // of the processors, which a machine that does other things as well leaves alone
}

// large measures a repository of many services: reading all of it, reading what
// detection opens, and check, in turn.
func large(ctx context.Context, r *report, binary, dir string, services int) error {
	stacks := all.Stacks()
	if err := writeFleet(dir, stacks, 0, services); err != nil {
		return err
	}
	e, err := engine.New(stacks)
	if err != nil {
		return err
	}
	first, err := wall(ctx, binary, "generate", "--quiet", dir)
	if err != nil {
		return err
	}
	opened, err := generate(ctx, e, dir, services)
	if err != nil {
		return err
	}
	list := dir + ".list"
	if err := os.WriteFile(list, []byte(strings.Join(opened, "\n")), 0o644); err != nil {
		return fmt.Errorf("write the list of files: %w", err)
	}
	every := &way{name: "a bare walk that reads every file", argv: walker(dir, "", false)}
	through := &way{name: "the same, which keeps nothing", argv: walker(dir, "", true)}
	some := &way{name: "a bare walk that reads those files", argv: walker(dir, list, false)}
	check := &way{name: "check", argv: []string{binary, "check", dir}}
	ways := []*way{every, through, some, check}
	for round := range largeRounds + 1 { // the first warms up
		for _, w := range ways {
			if err := w.run(ctx, round > 0); err != nil {
				return err
			}
		}
	}
	r.title("%d services of %d stacks, %d files each, %d rounds in turn: median (least to most)", services, len(kindsOf(stacks)), filesPerService, largeRounds)
	r.figure("generate --quiet, for the first time", "%s", milliseconds(first))
	r.figure("files that detection opens", "%d, %d of them different", len(opened), len(slices.Compact(opened)))
	for _, w := range ways {
		r.figure(w.name, "%s", w.taken)
		r.figure("  processors", "%s", w.busy)
	}
	r.must("check to the walk that reads every file", ratio(check.taken, every.taken), 1, "x")
	r.figure("  processors", "%.4gx", ratio(check.busy, every.busy))
	r.aim("check to the one that keeps nothing", ratio(check.taken, through.taken), 1, "x")
	r.aim("check to the walk that reads those files", ratio(check.taken, some.taken), 2, "x")
	r.figure("  processors", "%.4gx", ratio(check.busy, some.busy))
	if err := processes(ctx, r, binary, dir); err != nil {
		return err
	}
	return growth(ctx, r, binary, dir, services, check.taken.median())
}

// walker is the command that walks through a folder and reads the files of a list,
// or every file.
func walker(dir, list string, through bool) []string {
	return []string{os.Args[0], "-walk", dir, "-list", list, fmt.Sprintf("-through=%t", through)}
}

func (w *way) run(ctx context.Context, counts bool) error {
	cmd := exec.CommandContext(ctx, w.argv[0], w.argv[1:]...)
	begin := time.Now()
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("run %q: %w", w.argv, err)
	}
	if counts {
		w.taken = append(w.taken, time.Since(begin))
		w.busy = append(w.busy, cmd.ProcessState.UserTime()+cmd.ProcessState.SystemTime())
	}
	return nil
}

// ratio is the median of the ratios of each round.
func ratio(a, b times) float64 {
	const scale = 1e6
	ratios := make(times, len(a))
	for i := range a {
		ratios[i] = time.Duration(scale * float64(a[i]) / float64(b[i]))
	}
	return float64(ratios.median()) / scale
}

// processes runs the program itself: looking, writing, finding nothing to do.
func processes(ctx context.Context, r *report, binary, dir string) error {
	second, err := wall(ctx, binary, "generate", "--quiet", dir)
	if err != nil {
		return err
	}
	r.figure("generate --quiet, nothing to change", "%s", milliseconds(second))
	peak, err := peakMemory(ctx, binary, "generate", "--dry-run", "--quiet", dir)
	if errors.Is(err, errors.ErrUnsupported) {
		r.figure("peak memory", "unknown on %s", runtime.GOOS)
		return nil
	}
	if err != nil {
		return err
	}
	r.must("peak memory of generate --dry-run --quiet", float64(peak)/1e6, mostMemory, " MB")
	return nil
}

// growth checks repositories of other sizes: twice the services take at most a
// little more than twice the time.
func growth(ctx context.Context, r *report, binary, dir string, services int, large time.Duration) error {
	r.title("check of repositories of other sizes")
	for _, n := range []int{services / 100, services / 10} {
		small := fmt.Sprintf("%s-%d", dir, n)
		took, err := checked(ctx, binary, small, 0, n)
		if err != nil {
			return err
		}
		r.figure(fmt.Sprintf("%d services", n), "%s, %s each", milliseconds(took), milliseconds(took/time.Duration(max(1, n))))
	}
	r.figure(fmt.Sprintf("%d services", services), "%s, %s each", milliseconds(large), milliseconds(large/time.Duration(services)))
	took, err := checked(ctx, binary, dir, services, 2*services)
	if err != nil {
		return err
	}
	r.figure(fmt.Sprintf("%d services", 2*services), "%s, %s each", milliseconds(took), milliseconds(took/time.Duration(2*services)))
	r.must("twice the services, in times of the time", float64(took)/float64(large), 2.5, "x")
	return nil
}

// checked adds services to a repository, generates for it and gives the median of
// a few checks.
func checked(ctx context.Context, binary, dir string, from, to int) (time.Duration, error) {
	if err := writeFleet(dir, all.Stacks(), from, to); err != nil {
		return 0, err
	}
	if _, err := wall(ctx, binary, "generate", "--quiet", dir); err != nil {
		return 0, err
	}
	var taken times
	for range 3 {
		took, err := wall(ctx, binary, "check", dir)
		if err != nil {
			return 0, err
		}
		taken = append(taken, took)
	}
	return taken.median(), nil
}

// generate goes the whole way in memory, makes sure that it found every service,
// and gives the files that were opened on it.
func generate(ctx context.Context, e *engine.Engine, dir string, services int) (opened []string, err error) {
	before := debug.SetGCPercent(engine.HeapGrowth) // as the program does; a bare walk has nothing to set
	defer debug.SetGCPercent(before)
	tree, err := detect.Scan(ctx, dir, detect.Limits{})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, tree.Close()) }()
	result, err := e.Generate(ctx, tree, engine.Request{})
	if err != nil {
		return nil, err
	}
	rendered := 0
	for _, o := range result.Outcomes {
		if o.Err != nil {
			return nil, fmt.Errorf("generate %s: %w", o.Service.Name, o.Err)
		}
		rendered++
	}
	if rendered != services {
		return nil, fmt.Errorf("generate: %d services instead of %d; the first problem is %v", rendered, services, result.Findings.Problems)
	}
	return tree.Opened(), nil
}

// walkThrough is what the command that walker names does.
func walkThrough(dir, list string, through bool) error {
	wanted := func(string) bool { return true }
	if list != "" {
		text, err := os.ReadFile(list)
		if err != nil {
			return err
		}
		files := map[string]bool{}
		for line := range strings.SplitSeq(string(text), "\n") {
			files[filepath.Join(dir, filepath.FromSlash(line))] = true
		}
		wanted = func(file string) bool { return files[file] }
	}
	read := readWhole
	if through {
		read = readThrough
	}
	_, err := walk(dir, wanted, read)
	return err
}

// walk is a parallel walk that does nothing but read the files asked for, and
// counts them.
func walk(dir string, wanted func(file string) bool, read func(file string) (int64, error)) (files int64, err error) {
	var count atomic.Int64
	err = fastwalk.Walk(nil, dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !wanted(file) {
			return err
		}
		count.Add(1)
		_, err = read(file)
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("walk: %w", err)
	}
	return count.Load(), nil
}

// readWhole reads a file into memory of its own, as whoever wants to look at it does.
func readWhole(file string) (int64, error) {
	data, err := os.ReadFile(file)
	return int64(len(data)), err
}

// buffers are what readThrough reads into.
var buffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// readThrough reads a file and forgets it at once: the least that reading can cost.
func readThrough(file string) (n int64, err error) {
	f, err := os.Open(file)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	buffer, _ := buffers.Get().(*[64 << 10]byte)
	defer buffers.Put(buffer)
	for {
		m, err := f.Read(buffer[:])
		n += int64(m)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

// peakMemory runs a program and gives the most memory that it held, in bytes. It
// asks the kernel again and again, since the accounting of a finished process
// counts in the process that started it. The kernel remembers the peak, so only
// one of the last millisecond can be missed.
func peakMemory(ctx context.Context, argv ...string) (peak int64, err error) {
	if _, err := os.Stat("/proc/self/status"); err != nil {
		return 0, errors.ErrUnsupported
	}
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("run %q: %w", argv, err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	for {
		select {
		case err := <-ended:
			if err != nil {
				err = fmt.Errorf("run %q: %w", argv, err)
			}
			return peak, err
		case <-time.After(time.Millisecond):
			peak = max(peak, highWater(cmd.Process.Pid))
		}
	}
}

// highWater reads VmHWM, the most memory that a process held so far, or 0 where
// it has ended.
func highWater(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "VmHWM: %d kB", &kib); err == nil {
			return kib << 10
		}
	}
	return 0
}
