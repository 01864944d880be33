// Command bench measures dockgen and prints the figures, each with the bound
// that it has to hold. It fails where one does not.
//
// Only differences and ratios of one run count: the times are the machine's.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"time"
)

func main() {
	binary := flag.String("dockgen", "bin/dockgen", "the `program` to measure, built with -s -w")
	services := flag.Int("services", 1000, "how many `services` the large repository has")
	walk := flag.String("walk", "", "only walk through this `folder`, as the measurement itself does")
	list := flag.String("list", "", "with -walk, read the files that this `file` lists, one a line, rather than all")
	through := flag.Bool("through", false, "with -walk, keep nothing of what is read")
	megabytes := flag.Int("image", 1000, "how many `megabytes` the image has that verify judges; 0 for none")
	only := flag.String("only", "", "measure only this `part`")
	flag.Parse()
	if *walk != "" {
		if err := walkThrough(*walk, *list, *through); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *binary, *only, *services, *megabytes); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, binary, only string, services, megabytes int) (err error) {
	binary, err = filepath.Abs(binary)
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	dir, err := os.MkdirTemp("", "dockgen-bench-")
	if err != nil {
		return fmt.Errorf("make a folder: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()

	fmt.Printf("%s/%s, %d processors. Times are of this machine; only differences and ratios count.\n", runtime.GOOS, runtime.GOARCH, runtime.GOMAXPROCS(0))
	var r report
	for _, part := range []struct {
		name    string
		measure func(dir string) error
	}{
		{"small", func(dir string) error { return start(ctx, &r, binary, dir) }},
		{"large", func(dir string) error { return large(ctx, &r, binary, dir, services) }},
		{"sparse", func(dir string) error { return sparse(ctx, &r, binary, dir, services) }},
		{"update", func(dir string) error { return update(ctx, &r, binary, dir, services) }},
		{"workspace", func(dir string) error { return workspace(ctx, &r, binary, dir) }},
		{"image", func(dir string) error { return image(ctx, &r, binary, dir, megabytes) }},
	} {
		if only != "" && part.name != only {
			continue
		}
		if err := part.measure(filepath.Join(dir, part.name)); err != nil {
			return err
		}
	}
	return r.verdict()
}

// report prints figures and remembers which bounds are broken.
type report struct{ broken []string }

func (r *report) title(format string, args ...any) { fmt.Printf("\n"+format+"\n", args...) }

// figure prints a value that has no bound.
func (r *report) figure(name, format string, args ...any) {
	fmt.Printf("  %-46s %s\n", name, fmt.Sprintf(format, args...))
}

// must prints a value that is at most the bound, or the run fails.
func (r *report) must(name string, value, bound float64, unit string) {
	result := "holds"
	if value > bound {
		result = "BROKEN"
		r.broken = append(r.broken, name)
	}
	r.figure(name, "%.4g%s, must be at most %g%s: %s", value, unit, bound, unit, result)
}

// aim prints a value that should be at most the bound.
func (r *report) aim(name string, value, bound float64, unit string) {
	result := "reached"
	if value > bound {
		result = "not reached"
	}
	r.figure(name, "%.4g%s, aim at most %g%s: %s", value, unit, bound, unit, result)
}

func (r *report) verdict() error {
	if len(r.broken) > 0 {
		return fmt.Errorf("%d bounds are broken: %q", len(r.broken), r.broken)
	}
	return nil
}

// times are the lengths of the runs of one kind.
type times []time.Duration

func (t times) median() time.Duration { return slices.Sorted(slices.Values(t))[len(t)/2] }

// less gives the differences to the run of another kind in the same round.
func (t times) less(other times) times {
	difference := make(times, len(t))
	for i := range t {
		difference[i] = t[i] - other[i]
	}
	return difference
}

// String is the median, with the least and the most.
func (t times) String() string {
	return fmt.Sprintf("%s (%s to %s)", milliseconds(t.median()), milliseconds(slices.Min(t)), milliseconds(slices.Max(t)))
}

func milliseconds(d time.Duration) string { return fmt.Sprintf("%.4g ms", inMilliseconds(d)) }

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
