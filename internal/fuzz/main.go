// Command fuzz runs every fuzz target of the module in the working directory,
// one after another: go test itself takes one target of one package at a time.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"time"
)

func main() {
	length := flag.Duration("time", 30*time.Second, "how `long` each target is fuzzed")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *length); err != nil {
		fmt.Fprintln(os.Stderr, "fuzz:", err)
		os.Exit(1)
	}
}

// target is one fuzz function.
type target struct{ pkg, name string }

// run fuzzes every target, also behind one that fails.
func run(ctx context.Context, length time.Duration) error {
	targets, err := list(ctx)
	if err != nil {
		return err
	}
	failed := 0
	for _, t := range targets {
		output, err := t.fuzz(ctx, length)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			failed++
			fmt.Printf("FAIL %s %s: %v\n%s", t.pkg, t.name, err, output)
		default:
			fmt.Printf("ok   %s %s: %s\n", t.pkg, t.name, progress(output))
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d of %d targets failed", failed, len(targets))
	}
	return nil
}

// list asks the go command for the fuzz targets of every package.
func list(ctx context.Context) ([]target, error) {
	output, err := exec.CommandContext(ctx, "go", "test", "-json", "-list", "^Fuzz", "./...").Output()
	if err != nil {
		return nil, fmt.Errorf("list the fuzz targets: %w\n%s", err, output)
	}
	var targets []target
	for lines := json.NewDecoder(bytes.NewReader(output)); ; {
		var event struct{ Package, Output string }
		err := lines.Decode(&event)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("list the fuzz targets: %w", err)
		}
		if strings.HasPrefix(event.Output, "Fuzz") {
			targets = append(targets, target{event.Package, strings.TrimSpace(event.Output)})
		}
	}
	if len(targets) == 0 {
		return nil, errors.New("there are no fuzz targets")
	}
	return targets, nil
}

func (t target) fuzz(ctx context.Context, length time.Duration) ([]byte, error) {
	cmd := exec.CommandContext(ctx, "go", "test", "-run=^$", "-fuzz=^"+t.name+"$", "-fuzztime="+length.String(), t.pkg)
	return cmd.CombinedOutput()
}

// progress is the last line that the fuzzer prints about its work.
func progress(output []byte) string {
	last := ""
	for line := range strings.Lines(string(output)) {
		if rest, ok := strings.CutPrefix(line, "fuzz: elapsed: "); ok {
			last = strings.TrimSpace(rest)
		}
	}
	return last
}
