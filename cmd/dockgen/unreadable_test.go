//go:build unix

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// TestUnreadableFolder wants the other services to go on, and the exit code to
// say that something was left out.
func TestUnreadableFolder(t *testing.T) {
	dir := t.TempDir()
	copySources(t, "../../examples/go-http", filepath.Join(dir, "good"))
	copySources(t, "../../examples/go-cli", filepath.Join(dir, "locked"))
	if err := os.Chmod(filepath.Join(dir, "locked"), 0); err != nil {
		t.Fatal(err)
	}
	out, err := detecttest.Unprivileged(t, dir, "dockgen", nil, "generate", "--dry-run")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFault {
		t.Errorf("%v, want exit code %d", err, exitFault)
	}
	for _, want := range []string{"dockgen: read locked: permission denied\n", "  new   good/Dockerfile "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}

// TestUnwritableFolder wants a service whose folder is read-only to be told so, and
// docker-bake.hcl to leave it out, while the other one is written.
func TestUnwritableFolder(t *testing.T) {
	dir := t.TempDir()
	for example, name := range map[string]string{"go-http": "good", "go-cli": "locked"} {
		copySources(t, "../../examples/"+example, filepath.Join(dir, name))
	}
	modes := map[string]os.FileMode{"": 0o777, "good": 0o777, "locked": 0o555}
	for name, mode := range modes {
		if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
			t.Fatal(err)
		}
	}
	out, err := detecttest.Unprivileged(t, dir, "dockgen", nil, "generate")
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitFault {
		t.Errorf("%v, want exit code %d", err, exitFault)
	}
	for _, want := range []string{"dockgen: greet: write locked/Dockerfile: permission denied\n", "  failed   locked/Dockerfile", "  new   good/Dockerfile "} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	bake, err := os.ReadFile(filepath.Join(dir, "docker-bake.hcl"))
	if err != nil || !strings.Contains(string(bake), `targets = ["orders"]`) {
		t.Errorf("docker-bake.hcl: %v\n%s", err, bake)
	}
}
