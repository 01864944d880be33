package docker

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Container is one that was started.
type Container struct {
	Name   string
	docker *Docker
	beside string // the name of the helper that shares its name spaces; empty where none was started
}

// State is what docker knows of a container.
type State struct {
	Running bool
	Exit    int
	PID     int // of its first process, as the engine's machine counts
	IP      string
	Health  string // "starting", "healthy", "unhealthy"; empty without a check
	Log     string // what its last health check said
	Ports   map[int]string
	Killed  bool // for lack of memory
}

// Run starts a container in the background. It is removed with the run, whatever happens.
// A container that docker refuses to start is a [CommandError].
func (d *Docker) Run(ctx context.Context, name, image string, args ...string) (*Container, error) {
	if d.Remote {
		d.haveHelper(ctx) // before the time counts that the image takes to start
	}
	c := &Container{Name: d.name(name), docker: d}
	return c, d.start(ctx, c.Name, append(args, image)...)
}

// name is one for a container that this run has not given yet. What has it is removed with
// the run.
func (d *Docker) name(of string) string {
	d.mu.Lock()
	defer d.mu.Unlock()
	name := fmt.Sprintf("dockgen-verify-%s-%s", of, d.run)
	for n := 2; slices.Contains(d.left, name); n++ {
		name = fmt.Sprintf("dockgen-verify-%s-%d-%s", of, n, d.run)
	}
	d.left = append(d.left, name)
	return name
}

func (d *Docker) start(ctx context.Context, name string, args ...string) error {
	_, err := d.Output(ctx, append([]string{"run", "--detach", "--name", name, "--label", Label + "=" + d.run}, args...)...)
	return err
}

// Remove takes the container away, and its helper.
func (c *Container) Remove(ctx context.Context) error {
	var err error
	if c.beside != "" {
		err = c.docker.Remove(ctx, c.beside)
	}
	return errors.Join(err, c.docker.Remove(ctx, c.Name))
}

// State asks how the container is.
func (c *Container) State(ctx context.Context) (s State, err error) {
	const format = `{{.State.Running}} {{.State.ExitCode}} {{.State.Pid}} {{.State.OOMKilled}} {{if .State.Health}}{{.State.Health.Status}}{{else}}-{{end}} {{range .NetworkSettings.Networks}}{{with .IPAddress}}ip={{.}} {{end}}{{end}}` +
		`{{range $port, $at := .NetworkSettings.Ports}}{{range $at}} {{$port}}={{.HostPort}}{{end}}{{end}}`
	out, err := c.docker.Output(ctx, "inspect", "--format", format, c.Name)
	if err != nil {
		return s, err
	}
	fields := strings.Fields(out)
	if len(fields) < 5 {
		return s, fmt.Errorf("docker inspect: %q", out)
	}
	s = State{Running: fields[0] == "true", Killed: fields[3] == "true", Ports: map[int]string{}}
	s.Exit, _ = strconv.Atoi(fields[1]) // docker prints numbers
	s.PID, _ = strconv.Atoi(fields[2])
	if fields[4] != "-" {
		s.Health = fields[4]
	}
	for _, f := range fields[5:] {
		port, at, _ := strings.Cut(f, "=")
		if port == "ip" { // of the first network
			s.IP = cmp.Or(s.IP, at)
			continue
		}
		port, _, _ = strings.Cut(port, "/")
		if n, err := strconv.Atoi(port); err == nil && s.Ports[n] == "" {
			s.Ports[n] = at
		}
	}
	return s, nil
}

// HealthLog is what the last health check said.
func (c *Container) HealthLog(ctx context.Context) string {
	out, err := c.docker.Output(ctx, "inspect", "--format", `{{with .State.Health}}{{range .Log}}{{println .ExitCode .Output}}{{end}}{{end}}`, c.Name)
	if err != nil {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	return lines[len(lines)-1]
}

// Logs are the last lines that the container printed.
func (c *Container) Logs(ctx context.Context, most int) []string {
	var out strings.Builder
	said, err := c.docker.command(ctx, &out, nil, "logs", "--tail", strconv.Itoa(most), c.Name)
	if err != nil {
		return nil
	}
	text := strings.TrimSpace(out.String() + said)
	if text == "" {
		return nil
	}
	lines := strings.Split(text, "\n")
	return lines[max(0, len(lines)-most):]
}

// Process is one of a container.
type Process struct {
	PID     int // as the engine's machine counts
	UID     string
	State   string // as ps has it: T for one that is stopped
	Program string
	Command string
}

// Processes are those of the container, the first one first.
func (c *Container) Processes(ctx context.Context) (all []Process, err error) {
	out, err := c.docker.Output(ctx, "top", c.Name, "-eo", "pid,uid,stat,comm,args")
	if err != nil {
		return nil, err
	}
	lines := strings.Split(out, "\n")
	for _, line := range lines[1:] {
		fields := strings.Fields(line)
		if len(fields) < 4 {
			continue
		}
		pid, err := strconv.Atoi(fields[0])
		if err != nil {
			continue
		}
		all = append(all, Process{pid, fields[1], fields[2], fields[3], strings.Join(fields[min(4, len(fields)):], " ")})
	}
	return all, nil
}

// Changes are the paths that the container wrote, beside its volumes.
func (c *Container) Changes(ctx context.Context) (paths []string, err error) {
	out, err := c.docker.Output(ctx, "diff", c.Name)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(out) {
		if kind, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok && kind != "D" {
			paths = append(paths, name)
		}
	}
	return paths, nil
}

// Stop sends the stop signal and waits, then kills. It gives how long that took and the
// exit code.
func (c *Container) Stop(ctx context.Context, within time.Duration) (time.Duration, int, error) {
	seconds := max(1, int((within+time.Second-1)/time.Second))
	start := time.Now()
	_, err := c.docker.Output(ctx, "stop", "-t", strconv.Itoa(seconds), c.Name)
	took := time.Since(start)
	if err != nil {
		return took, 0, err
	}
	s, err := c.State(ctx)
	return took, s.Exit, err
}

// Freeze stops all processes of the container from outside, as if they hung: none of them
// can do anything against SIGSTOP. The error says why some could not be stopped.
func (c *Container) Freeze(ctx context.Context) error {
	processes, err := c.Processes(ctx)
	if err != nil {
		return err
	}
	if len(processes) > 1 {
		if err := c.freezeOthers(ctx, processes); err != nil {
			return err
		}
	}
	if _, err := c.docker.Output(ctx, "kill", "--signal", "STOP", c.Name); err != nil {
		return err
	}
	after, err := c.Processes(ctx)
	if err != nil {
		return err
	}
	for _, p := range after {
		if !strings.HasPrefix(p.State, "T") && !strings.HasPrefix(p.State, "Z") && p.knownIn(processes) {
			return fmt.Errorf("%s goes on", p.Program)
		}
	}
	return nil
}

// knownIn leaves out what a health check has started in between.
func (p Process) knownIn(all []Process) bool {
	for _, one := range all {
		if one.PID == p.PID {
			return true
		}
	}
	return false
}

// Answer is what came back from a port.
type Answer struct {
	Status int // of HTTP; 0 where something answers and speaks none
}

// Ask asks a port of the container once, over HTTP; where it speaks none, whether something
// accepts a connection to the container itself: docker's proxy accepts any. The error is
// for no answer.
func (c *Container) Ask(ctx context.Context, s State, port int, path string) (Answer, error) {
	if c.docker.Remote {
		return c.askBeside(ctx, s, port, path)
	}
	at, ok := s.Ports[port]
	if !ok {
		return Answer{}, fmt.Errorf("port %d is not published", port)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(c.docker.host, at)+path, nil)
	if err != nil {
		return Answer{}, err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true, Proxy: nil}, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(request)
	if err == nil {
		_, _ = io.CopyN(io.Discard, answer.Body, 1<<20)
		return Answer{answer.StatusCode}, answer.Body.Close()
	}
	if s.IP == "" {
		return Answer{}, err
	}
	connection, dialErr := (&net.Dialer{Timeout: 2 * time.Second}).DialContext(ctx, "tcp", net.JoinHostPort(s.IP, strconv.Itoa(port)))
	if dialErr != nil {
		return Answer{}, err
	}
	return Answer{}, connection.Close()
}

// Clock gives the time that has passed since it was asked for.
func Clock() func() time.Duration {
	start := time.Now()
	return func() time.Duration { return time.Since(start) }
}

// Sleep waits, and says whether the run goes on.
func Sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
