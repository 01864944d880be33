package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

const (
	startRounds = 25
	mostExtra   = 10.0 // milliseconds above an empty process
	mostSize    = 35.0 // megabytes, with what asks registries
)

// start measures whole runs on a small module against a process that does
// nothing, in turn, so that a machine whose speed drifts does not decide.
func start(ctx context.Context, r *report, binary, dir string) error {
	module, empty := filepath.Join(dir, "go-http"), filepath.Join(dir, "empty")
	generated, err := copyExample(module)
	if err != nil {
		return err
	}
	if err := buildEmpty(ctx, dir, empty); err != nil {
		return err
	}
	info, err := os.Stat(binary)
	if err != nil {
		return fmt.Errorf("measure the program: %w", err)
	}
	kinds := []struct {
		name string
		args []string
	}{
		{"a process of the system, true", []string{"true"}},
		{"an empty Go program", []string{empty}},
		{"generate, for the first time", []string{binary, "generate", module}},
		{"generate, nothing to change", []string{binary, "generate", module}},
	}
	taken := make([]times, len(kinds))
	for round := range startRounds + 1 { // the first warms up
		for _, file := range generated {
			if err := os.Remove(file); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("begin anew: %w", err)
			}
		}
		for i, kind := range kinds {
			d, err := wall(ctx, kind.args...)
			if err != nil {
				return err
			}
			if round > 0 {
				taken[i] = append(taken[i], d)
			}
		}
	}
	r.title("dockgen generate on examples/go-http, as a whole process, %d rounds in turn: median (least to most)", startRounds)
	for i, kind := range kinds {
		r.figure(kind.name, "%s", taken[i])
	}
	for i := 2; i < len(kinds); i++ {
		difference := taken[i].less(taken[1]).median()
		r.must("above the empty one, "+strings.TrimPrefix(kinds[i].name, "generate, "), inMilliseconds(difference), mostExtra, " ms")
	}
	r.must("size of the program", float64(info.Size())/1e6, mostSize, " MB")
	return nil
}

// copyExample copies examples/go-http without what is generated, and names the
// files that a run generates.
func copyExample(to string) (generated []string, err error) {
	if err := os.CopyFS(to, os.DirFS("examples/go-http")); err != nil {
		return nil, fmt.Errorf("copy examples/go-http: %w", err)
	}
	for _, pattern := range []string{"Dockerfile*", ".dockerignore"} {
		files, err := filepath.Glob(filepath.Join(to, pattern))
		if err != nil {
			return nil, fmt.Errorf("list generated files: %w", err)
		}
		generated = append(generated, files...)
	}
	return generated, nil
}

func buildEmpty(ctx context.Context, dir, program string) error {
	source := filepath.Join(dir, "empty.go")
	if err := os.WriteFile(source, []byte("package main\n\nfunc main() {}\n"), 0o644); err != nil {
		return fmt.Errorf("write an empty program: %w", err)
	}
	output, err := exec.CommandContext(ctx, "go", "build", "-ldflags=-s -w", "-o", program, source).CombinedOutput()
	if err != nil {
		return fmt.Errorf("build an empty program: %w\n%s", err, output)
	}
	return nil
}

// wall runs a program to its end. What it prints is thrown away.
func wall(ctx context.Context, argv ...string) (time.Duration, error) {
	begin := time.Now()
	if err := exec.CommandContext(ctx, argv[0], argv[1:]...).Run(); err != nil {
		return 0, fmt.Errorf("run %q: %w", argv, err)
	}
	return time.Since(begin), nil
}
