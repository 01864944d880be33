//go:build unix

package docker

import (
	"errors"
	"os/exec"
	"syscall"
)

// apart gives a command a group of its own: Ctrl-C is dockgen's, which takes away in order
// what docker runs.
func apart(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) }
}

// freeze stops a process. One that is gone is no error.
func freeze(pid int) error {
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil && !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}

// isDead says whether there is no such process on this machine.
func isDead(pid int) bool { return errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) }
