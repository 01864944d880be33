package docker

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// helperImage is what is started beside a container for what neither this machine can do, as
// it is not the engine's, nor the container, as it has no shell: it has sh, nc and kill.
const helperImage = "busybox:1.37"

// ErrUnasked says that nothing could ask a container, so that nobody knows whether it answers.
var ErrUnasked = errors.New("its port is on another machine, nothing in it can ask, and " + helperImage + " is not to be had, which would ask from beside it")

// haveHelper says whether the engine has the helper's image, which it is told to bring.
func (d *Docker) haveHelper(ctx context.Context) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.helper == nil {
		has := d.Has(ctx, helperImage)
		if !has {
			_, err := d.Output(ctx, "pull", "--quiet", helperImage)
			has = err == nil
		}
		d.helper = &has
	}
	return *d.helper
}

// runBeside runs a script of the shell beside the container, in its name spaces of processes
// and of the network, as root with no other right than to send signals.
func (c *Container) runBeside(ctx context.Context, script string, args ...string) (string, error) {
	if !c.docker.haveHelper(ctx) {
		return "", ErrUnasked
	}
	if c.beside == "" {
		name := c.docker.name("helper")
		err := c.docker.start(ctx, name, "--network", "container:"+c.Name, "--pid", "container:"+c.Name, "--user", "0", "--cap-drop", "ALL", "--cap-add", "KILL",
			"--security-opt", "no-new-privileges", "--read-only", helperImage, "sleep", "3600")
		if err != nil {
			return "", err
		}
		c.beside = name
	}
	return c.docker.Output(ctx, append([]string{"exec", c.beside, "sh", "-c", script, "sh"}, args...)...)
}

// request asks over HTTP, and prints the first line of the answer, or the exit code of nc
// where nothing came: 1 for a connection that was refused. The connection stays open until
// then, as some servers take its end for that of who asks.
const request = `timeout 5 nc "$1" "$2" -e sh -c 'printf "GET %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" "$0"; read -r line; echo "$line" >&2' "$3" 2>&1 || echo "code $?"`

// askBeside asks a container whose ports cannot be reached: from beside it, at the address
// that others reach it by, else with what it has itself.
func (c *Container) askBeside(ctx context.Context, s State, port int, path string) (Answer, error) {
	host := s.IP
	if host == "" {
		host = "127.0.0.1"
	}
	out, err := c.runBeside(ctx, request, host, strconv.Itoa(port), path)
	if err != nil {
		return c.askInside(ctx, port, path)
	}
	fields := strings.Fields(out)
	switch {
	case strings.HasSuffix(out, "code 1"):
		return Answer{}, fmt.Errorf("nobody answers at %s:%d", host, port)
	case len(fields) > 1 && strings.HasPrefix(fields[0], "HTTP/"):
		status, err := strconv.Atoi(fields[1])
		return Answer{status}, err
	}
	return Answer{}, nil // it took the connection, and speaks no HTTP
}

// askInside asks from the container itself, with what it has. The error is [ErrUnasked] where
// it has nothing.
func (c *Container) askInside(ctx context.Context, port int, path string) (Answer, error) {
	url := fmt.Sprintf("http://127.0.0.1:%d%s", port, path)
	script := fmt.Sprintf(`exec 3<>/dev/tcp/127.0.0.1/%d && printf 'GET %s HTTP/1.0\r\n\r\n' >&3 && read -r _ status _ <&3 && echo "$status"`, port, strings.ReplaceAll(path, "'", ""))
	asked := false
	for _, argv := range [][]string{
		{"curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", url}, {"bash", "-c", script},
		{"node", "-e", `fetch(process.argv[1],{redirect:"manual"}).then(r=>console.log(r.status),()=>process.exit(1))`, url},
		{"python3", "-c", "import sys,urllib.request as u,urllib.error as e\ntry: print(u.urlopen(sys.argv[1],timeout=5).status)\nexcept e.HTTPError as x: print(x.code)", url},
		{"wget", "-q", "-O", "/dev/null", url},
	} {
		out, err := c.docker.Output(ctx, append([]string{"exec", c.Name}, argv...)...)
		asked = asked || !isMissing(err)
		status, convErr := strconv.Atoi(strings.TrimSpace(out))
		switch {
		case err == nil && convErr == nil && status > 0:
			return Answer{status}, nil
		case err == nil && argv[0] == "wget":
			return Answer{http.StatusOK}, nil
		}
	}
	if !asked {
		return Answer{}, ErrUnasked
	}
	return Answer{}, errors.New("nobody answers")
}

// isMissing says whether a program could not be run as the container does not have it.
func isMissing(err error) bool {
	failed, ok := errors.AsType[*CommandError](err)
	return ok && (failed.Code == 126 || failed.Code == 127)
}

// freezeOthers stops all processes of the container but the first, which docker can stop.
func (c *Container) freezeOthers(ctx context.Context, processes []Process) error {
	if !c.docker.Remote && freezeHere(processes[1:]) {
		return nil
	}
	// -1 is everybody but the first process and whoever asks.
	if _, err := c.runBeside(ctx, "kill -STOP -1"); err == nil {
		return nil
	}
	for _, argv := range [][]string{{"sh", "-c", "kill -STOP -1"}, {"kill", "-STOP", "-1"}} { // as the same user
		if _, err := c.docker.Output(ctx, append([]string{"exec", c.Name}, argv...)...); err == nil {
			return nil
		}
	}
	return errors.New("it has several processes and no shell, this user may not stop them from outside, and " + helperImage + " is not to be had, which could")
}

// freezeHere stops processes of this machine, and says whether all of them are.
func freezeHere(processes []Process) bool {
	for _, p := range processes {
		if !isProcess(p) || freeze(p.PID) != nil {
			return false
		}
	}
	return true
}

// isProcess makes sure that a number means the same process here as in the engine.
func isProcess(p Process) bool {
	name, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", p.PID))
	return err == nil && strings.HasPrefix(strings.TrimSpace(string(name)), p.Program[:min(8, len(p.Program))])
}

// Handles says whether the first process has a handler for a signal, and whether that is
// known.
func (c *Container) Handles(ctx context.Context, pid int, signal int) (yes, known bool) {
	var text string
	data, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if text = string(data); err != nil || c.docker.Remote {
		const status = "/proc/1/status"
		if text, err = c.docker.Output(ctx, "exec", c.Name, "cat", status); err != nil {
			if text, err = c.runBeside(ctx, "cat "+status); err != nil {
				return false, false
			}
		}
	}
	for line := range strings.Lines(text) {
		if mask, ok := strings.CutPrefix(line, "SigCgt:"); ok {
			bits, err := strconv.ParseUint(strings.TrimSpace(mask), 16, 64)
			return bits&(1<<(uint(signal)-1)) != 0, err == nil
		}
	}
	return false, false
}
