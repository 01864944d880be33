//go:build unix

package output_test

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestReadOnlyDirectory runs as somebody whom permissions bind: as root the test binary
// starts itself again as nobody.
func TestReadOnlyDirectory(t *testing.T) {
	dir := worldReadable(t)
	api := filepath.Join(dir, "api")
	place := filepath.Join(api, "Dockerfile")
	err := errors.Join(
		os.Mkdir(api, 0o755),
		os.WriteFile(place, []byte(former), 0o644),
		os.Chmod(place, 0o644), // whatever the umask
		os.Chmod(api, 0o555),
	)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(api, 0o755) })

	const want = "write api/Dockerfile: permission denied\n"
	if diff := cmp.Diff(want, generateAsNobody(t, dir)); diff != "" {
		t.Errorf("error (-want +got):\n%s", diff)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if diff := cmp.Diff(map[string]string{"api/Dockerfile": former}, list(t, root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// generateAsNobody runs generate in a process that is not root's and returns its stderr.
func generateAsNobody(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.Command(copyOfTest(t))
	cmd.Dir = "/"
	covered := worldReadable(t)
	if err := os.Chmod(covered, 0o777); err != nil {
		t.Fatal(err)
	}
	cmd.Env = append(os.Environ(), writeOnce+"="+dir, "GOCOVERDIR="+covered)
	stderr := new(strings.Builder)
	cmd.Stderr = stderr
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
	}
	err := cmd.Run()
	if errors.Is(err, syscall.EPERM) {
		t.Skip("root may not become another user here")
	}
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return stderr.String()
}

// copyOfTest copies the test binary, which go test builds where only its user can read, to
// where everybody can.
func copyOfTest(t *testing.T) string {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	from, err := os.Open(exe)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	name := filepath.Join(worldReadable(t), "output.test")
	to, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Chmod(0o755), to.Close()); err != nil {
		t.Fatal(err)
	}
	return name
}

// worldReadable is a temporary directory that everybody may enter, unlike t.TempDir.
func worldReadable(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dockgen")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}
