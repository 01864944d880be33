//go:build unix

package detecttest

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
)

// nobody is a user whom permissions bind: root reads and writes everything.
const nobody = 65534

// Unprivileged runs the test program itself in a folder, under a name and as a
// user who may not do everything, and gives what it printed. The folder and
// those above it are opened to that user.
func Unprivileged(t *testing.T, dir, name string, env []string, args ...string) ([]byte, error) {
	t.Helper()
	for at := dir; at != os.TempDir() && at != filepath.Dir(at); at = filepath.Dir(at) {
		if info, err := os.Stat(at); err == nil && info.Mode().Perm()&0o055 != 0o055 {
			if err := os.Chmod(at, info.Mode().Perm()|0o055); err != nil {
				t.Fatal(err)
			}
		}
	}
	scratch := t.TempDir() // where its temporary files and its coverage go, which is nobody's to ask
	if err := errors.Join(os.Chmod(filepath.Dir(scratch), 0o755), os.Chmod(scratch, 0o777)); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(dir, name)
	copyProgram(t, program)
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), append(env, "TMPDIR="+scratch, "GOCOVERDIR="+scratch)...)
	if os.Geteuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd.CombinedOutput()
}

func copyProgram(t *testing.T, to string) {
	t.Helper()
	in, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() // only read
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(out, in); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
}
