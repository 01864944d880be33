package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/engine"
)

func TestInterrupted(t *testing.T) {
	work := t.TempDir()
	copySources(t, "../../examples/go-http", work)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	if code := run(ctx, []string{"generate", work}, streams{out: &out, err: &errs}); code != exitInterrupted {
		t.Errorf("exit %d, want %d: %s", code, exitInterrupted, &errs)
	}
	if len(generated(t, work)) != 0 {
		t.Error("something was written")
	}
}

func TestPanicIsAFaultOfOurOwn(t *testing.T) {
	var errs bytes.Buffer
	code := run(t.Context(), []string{"version"}, streams{out: nil, err: &errs}) // writing to nil panics
	if code != exitInternal || !strings.HasPrefix(errs.String(), "dockgen: a fault of its own, please report it: ") {
		t.Errorf("exit %d, want %d: %s", code, exitInternal, &errs)
	}
}

func TestBrokenOutputIsAFaultOfOurOwn(t *testing.T) {
	w := &writing{}
	o := engine.Outcome{Err: &engine.InternalError{File: "Dockerfile", Err: errors.New("no stage")}}
	r := report{result: engine.Result{Outcomes: []engine.Outcome{o}}, written: make([]written, 1)}
	if err := w.code(r); !errors.Is(err, exitCode(exitInternal)) {
		t.Errorf("%v, want exit code %d", err, exitInternal)
	}
}

// TestNoColor wants colours only where they were asked for.
func TestNoColor(t *testing.T) {
	work := t.TempDir()
	copySources(t, "../../examples/go-http", work)
	for _, c := range []struct {
		name  string
		args  []string
		color bool
		want  bool
	}{
		{"a terminal", nil, true, true},
		{"no terminal", nil, false, false},
		{"asked for none", []string{"--no-color"}, true, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out, errs bytes.Buffer
			code := run(t.Context(), append([]string{"generate", "--diff", work}, c.args...), streams{out: &out, err: &errs, color: c.color})
			if code != exitDifference {
				t.Fatalf("exit %d: %s", code, &errs)
			}
			if got := strings.Contains(out.String(), "\x1b["); got != c.want {
				t.Errorf("colours: %v, want %v", got, c.want)
			}
		})
	}
	if _, err := os.Stat(work + "/Dockerfile"); err == nil {
		t.Error("--diff wrote")
	}
}
