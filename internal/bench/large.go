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

// large measures a repository of many services: reading all of it, reading what
// detection opens, and the whole way to the rendered files, in turn.
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
	read := map[string]bool{}
	for _, file := range opened {
		read[filepath.Join(dir, filepath.FromSlash(file))] = true
	}
	everyFile := func(string) bool { return true }
	ways := []func() (walked, error){
		func() (walked, error) { return walk(dir, everyFile, readWhole) },
		func() (walked, error) { return walk(dir, everyFile, readThrough) },
		func() (walked, error) { return walk(dir, func(file string) bool { return read[file] }, readWhole) },
		func() (walked, error) { _, err := generate(ctx, e, dir, services); return walked{}, err },
		func() (walked, error) { _, err := wall(ctx, binary, "check", dir); return walked{}, err },
	}
	var taken [5]times
	var saw [5]walked
	for round := range largeRounds + 1 { // the first warms up
		for i, way := range ways {
			runtime.GC() // so that nobody clears up after another
			begin := time.Now()
			if saw[i], err = way(); err != nil {
				return err
			}
			if d := time.Since(begin); round > 0 {
				taken[i] = append(taken[i], d)
			}
		}
	}
	every, through, some, ours, check := taken[0], taken[1], taken[2], taken[3], taken[4]
	r.title("%d services of %d stacks, %d files, %d MB, %d rounds in turn: median (least to most)", services, len(kindsOf(stacks)), saw[0].files, saw[0].bytes/1e6, largeRounds)
	r.figure("generate --quiet, for the first time", "%s", milliseconds(first))
	r.figure("files that detection opens", "%d, %d of them different", len(opened), len(read))
	r.figure("a bare walk that reads every file", "%s", every)
	r.figure("the same, which keeps nothing", "%s", through)
	r.figure("a bare walk that reads those files", "%s, %d files, %d MB", some, saw[2].files, saw[2].bytes/1e6)
	r.figure("scan, plan and render", "%s", ours)
	r.must("to the walk that reads every file", ratio(ours, every), 1, "x")
	r.aim("to the one that keeps nothing", ratio(ours, through), 1, "x")
	r.aim("to the walk that reads those files", ratio(ours, some), 2, "x")
	r.figure("check", "%s", check)
	r.must("to the walk that reads every file", ratio(check, every), 1, "x")
	r.aim("to the walk that reads those files", ratio(check, some), 2, "x")
	if err := processes(ctx, r, binary, dir); err != nil {
		return err
	}
	return growth(ctx, r, binary, dir, services, check.median())
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

// walked is what a bare walk read.
type walked struct{ files, bytes int64 }

// walk is a parallel walk that does nothing but read the files asked for.
func walk(dir string, wanted func(file string) bool, read func(file string) (int64, error)) (walked, error) {
	var files, bytes atomic.Int64
	err := fastwalk.Walk(nil, dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !wanted(file) {
			return err
		}
		n, err := read(file)
		files.Add(1)
		bytes.Add(n)
		return err
	})
	if err != nil {
		return walked{}, fmt.Errorf("walk: %w", err)
	}
	return walked{files.Load(), bytes.Load()}, nil
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
