//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// image is what docker knows about an image, as far as the suite asks.
type image struct {
	Size   int64
	RootFS struct{ Layers []string }
	Config struct {
		User, WorkingDir string
		Entrypoint, Cmd  []string
		ExposedPorts     map[string]struct{}
		Healthcheck      *struct{ Test []string }
	}
}

// dockerSays returns what a command prints to stdout. The test ends where it fails.
func dockerSays(t *testing.T, args ...string) string {
	t.Helper()
	out, err := command(t, "docker", args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// command returns the stdout of a program. Its error holds the end of what it said.
func command(t *testing.T, name string, args ...string) (string, error) {
	t.Helper()
	out, errs, err := run(t, name, args...)
	if err != nil {
		err = fmt.Errorf("%s %s: %w\n%s", name, strings.Join(args, " "), err, tail(out+errs))
	}
	return strings.TrimSpace(out), err
}

// run ends a program a minute before the test's deadline, so that there is time to
// clean up.
func run(t *testing.T, name string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	return started(t, func(ctx context.Context) *exec.Cmd { return exec.CommandContext(ctx, name, args...) })
}

// runIn runs docker in a folder, with more in its environment.
func runIn(t *testing.T, dir string, env []string, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	return started(t, func(ctx context.Context) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "docker", args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
		return cmd
	})
}

func started(t *testing.T, command func(context.Context) *exec.Cmd) (stdout, stderr string, err error) {
	t.Helper()
	ctx := t.Context()
	if deadline, ok := t.Deadline(); ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline.Add(-time.Minute))
		defer cancel()
	}
	var out, errs bytes.Buffer
	cmd := command(ctx)
	cmd.Stdout, cmd.Stderr = &out, &errs
	err = cmd.Run()
	if err != nil && ctx.Err() != nil {
		err = ctx.Err()
	}
	return out.String(), errs.String(), err
}

// clean runs docker after a test, when its context has ended.
func clean(t *testing.T, args ...string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "docker", args...).CombinedOutput(); err != nil && !bytes.Contains(out, []byte("No such")) {
		t.Errorf("docker %s: %v\n%s", strings.Join(args, " "), err, tail(string(out)))
	}
}

func inspect(t *testing.T, tag string) image {
	t.Helper()
	var list []image
	if err := json.Unmarshal([]byte(dockerSays(t, "image", "inspect", tag)), &list); err != nil {
		t.Fatalf("image %s: %v", tag, err)
	}
	return list[0]
}

// tail is enough of an output to see what went wrong.
func tail(out string) string {
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return strings.Join(lines[max(0, len(lines)-40):], "\n")
}
