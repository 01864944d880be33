package docker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strconv"
	"time"
)

// Attach runs a command of docker at a terminal, where a person looks on and may end it.
func Attach(ctx context.Context, in, out *os.File, args ...string) error {
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, out
	cmd.Cancel = func() error { return nil } // Ctrl-C reaches the whole group of the terminal
	cmd.WaitDelay = 10 * time.Second
	err := cmd.Run()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return &CommandError{args, exit.ExitCode(), "it ended with " + exit.String()}
	}
	if err != nil {
		return fmt.Errorf("docker %s: %w", args[0], err)
	}
	return nil
}

// IsFree says whether nothing answers on a port of the engine's machine, as far as can be
// seen from here.
func (d *Docker) IsFree(port int) bool {
	if d.Remote {
		return true
	}
	connection, err := net.DialTimeout("tcp", net.JoinHostPort(d.host, strconv.Itoa(port)), time.Second)
	if err != nil {
		return true
	}
	_ = connection.Close() // nothing was sent
	return false
}

// Named is a container that somebody else has started, and that stays.
func (d *Docker) Named(name string) *Container { return &Container{Name: name, docker: d} }

// pause is how long nothing is asked before it is asked again.
const pause = 50 * time.Millisecond

// Settled is how long a program that listens on nothing has to go on before it counts as
// started.
const Settled = 2 * time.Second

// Answers waits for an answer on a port of the container, or, where the port is 0, whether
// it goes on for [Settled]. The error is for none: the container has ended, nobody can ask
// it from here ([ErrUnasked]), or within has passed.
func (c *Container) Answers(ctx context.Context, port int, path string, within time.Duration) (a Answer, after time.Duration, s State, err error) {
	timer := Clock()
	for {
		s, err = c.State(ctx)
		after = timer()
		switch {
		case err != nil:
			return a, after, s, err
		case !s.Running:
			return a, after, s, errors.New("it has ended")
		case port != 0:
			if a, err = c.Ask(ctx, s, port, path); err == nil {
				return a, timer(), s, nil
			}
			if errors.Is(err, ErrUnasked) && after > Settled {
				return a, after, s, err
			}
		case after > Settled:
			return a, after, s, nil
		}
		if after > within || !Sleep(ctx, pause) {
			return a, after, s, cmp.Or(err, context.DeadlineExceeded)
		}
	}
}
