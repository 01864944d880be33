// Package docker is the one way to docker: its command is run, and nothing else is asked of
// it than the command says, so that contexts, DOCKER_HOST and credentials hold. All that it
// makes bears a label or a name by which the next run finds what a killed one left.
package docker

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Label is on every container that this package makes; its value is the run's.
const Label = "dockgen.verify"

// Space is what stands before the names of images that this package makes.
const Space = "dockgen-verify/"

// Docker is a docker that answers.
type Docker struct {
	Server string // the version of the engine
	Remote bool   // it does not run on this machine

	run  string // what tells this run from others
	host string // where published ports are reached

	mu     sync.Mutex
	left   []string // containers that are to be removed
	tags   []string // images that are to be removed
	helper *bool    // whether the engine has the helper's image; nil before somebody asks
}

// MissingError says what has to be installed or started before docker can be used.
type MissingError struct {
	What string
	Help string
	Err  error
}

func (e *MissingError) Error() string {
	text := e.What
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text + "; " + e.Help
}

// Unwrap gives what docker said.
func (e *MissingError) Unwrap() error { return e.Err }

// CommandError is a command of docker that failed.
type CommandError struct {
	Args   []string
	Code   int    // its exit code; -1 where it did not end by itself
	Stderr string // what it said
}

func (e *CommandError) Error() string {
	said := strings.TrimSpace(e.Stderr)
	if i := strings.LastIndexByte(said, '\n'); i >= 0 {
		said = said[i+1:]
	}
	return fmt.Sprintf("docker %s: %s", strings.Join(e.Args[:min(2, len(e.Args))], " "), said)
}

// Open finds docker, and makes sure that it answers. What earlier runs left behind when
// they were killed is removed.
func Open(ctx context.Context) (*Docker, error) {
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, &MissingError{"there is no docker on PATH", "install Docker (https://docs.docker.com/get-docker/), or Podman with its command docker", nil}
	}
	d := &Docker{run: newRun(), host: "127.0.0.1"}
	version, err := d.Output(ctx, "version", "--format", "{{.Server.Version}}")
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, &MissingError{"docker does not answer", "start it (systemctl start docker, or Docker Desktop), or set DOCKER_HOST", err}
	}
	d.Server = version
	if endpoint, err := d.Output(ctx, "context", "inspect", "--format", "{{.Endpoints.docker.Host}}"); err == nil {
		d.reach(endpoint)
	}
	d.sweep(ctx)
	return d, nil
}

// reach notes where the ports of containers are, by the address of the engine.
func (d *Docker) reach(endpoint string) {
	scheme, rest, ok := strings.Cut(endpoint, "://")
	if !ok || scheme == "unix" || scheme == "npipe" || scheme == "fd" {
		return
	}
	host, _, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	if i := strings.LastIndexByte(host, ':'); i >= 0 && !strings.HasSuffix(host, "]") {
		host = host[:i]
	}
	local := host == "localhost" || host == "127.0.0.1" || host == "[::1]"
	d.Remote = !local
}

// oldestBuildx is the first that reports a build in a form for programs.
const oldestBuildx = "0.13"

// CanBuild says what is missing for builds.
func (d *Docker) CanBuild(ctx context.Context) error {
	out, err := d.Output(ctx, "buildx", "version")
	if err != nil {
		return &MissingError{"docker has no buildx", "install the plugin docker-buildx (https://docs.docker.com/go/buildx/)", err}
	}
	for field := range strings.FieldsSeq(out) {
		version, ok := strings.CutPrefix(field, "v")
		if !ok || version == "" || version[0] < '0' || version[0] > '9' {
			continue
		}
		if older(version, oldestBuildx) && !strings.HasPrefix(version, "0.0.0") { // built without its version
			return &MissingError{"buildx " + version + " is too old, it does not say what a build does", "install " + oldestBuildx + " or newer (https://docs.docker.com/go/buildx/)", nil}
		}
		break
	}
	return nil
}

func older(version, than string) bool {
	a, b := strings.Split(version, "."), strings.Split(than, ".")
	for i := range min(len(a), len(b)) {
		x, errX := strconv.Atoi(a[i])
		y, errY := strconv.Atoi(b[i])
		if errX != nil || errY != nil {
			return false
		}
		if x != y {
			return x < y
		}
	}
	return false
}

// Output runs a command and gives what it prints, without the blanks around it.
func (d *Docker) Output(ctx context.Context, args ...string) (string, error) {
	var out bytes.Buffer
	err := d.stream(ctx, &out, nil, args...)
	return strings.TrimSpace(out.String()), err
}

// stream runs a command that writes to out; what it reads is in, which may be nil.
func (d *Docker) stream(ctx context.Context, out io.Writer, in io.Reader, args ...string) error {
	_, err := d.command(ctx, out, in, args...)
	return err
}

// command does that, and gives all that it said.
func (d *Docker) command(ctx context.Context, out io.Writer, in io.Reader, args ...string) (said string, err error) {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, out, &stderr
	apart(cmd)
	cmd.WaitDelay = 5 * time.Second
	err = cmd.Run()
	if ctx.Err() != nil {
		return stderr.String(), ctx.Err()
	}
	if err != nil {
		code := -1
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			code = exit.ExitCode()
		} else {
			return stderr.String(), fmt.Errorf("docker %s: %w", args[0], err)
		}
		return stderr.String(), &CommandError{args, code, stderr.String()}
	}
	return stderr.String(), nil
}

// Save gives an image to a function as docker save writes it.
func (d *Docker) Save(ctx context.Context, reference string, read func(io.Reader) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, "docker", "image", "save", reference)
	apart(cmd)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("docker image save: %w", err)
	}
	readErr := read(out)
	if readErr != nil {
		cancel()
	}
	err = cmd.Wait()
	if err != nil && stderr.Len() > 0 {
		return &CommandError{[]string{"image", "save"}, cmd.ProcessState.ExitCode(), stderr.String()}
	}
	return cmp.Or(readErr, err)
}

// newRun names a run by the machine, the process and the time, so that another run can
// tell whether it goes on.
func newRun() string {
	return fmt.Sprintf("%s-%d-%d-%s", machine(), os.Getpid(), time.Now().Unix(), strings.ToLower(rand.Text()[:4]))
}

func machine() string {
	name, _ := os.Hostname() // without one, all machines look alike, and the time counts
	h := fnv.New32a()
	h.Write([]byte(name))
	return fmt.Sprintf("%08x", h.Sum32())
}

// longest is how long a run may go on before another takes it for one that was killed.
const longest = 6 * time.Hour

// isOver says whether a run with this name goes on no more.
func isOver(run string, now time.Time) bool {
	parts := strings.Split(run, "-")
	if len(parts) != 4 {
		return false // not ours
	}
	pid, errPid := strconv.Atoi(parts[1])
	began, errBegan := strconv.ParseInt(parts[2], 10, 64)
	if errPid != nil || errBegan != nil {
		return false
	}
	if parts[0] == machine() && isDead(pid) {
		return true
	}
	return now.Sub(time.Unix(began, 0)) > longest
}

// sweep removes what runs left that were killed.
func (d *Docker) sweep(ctx context.Context) {
	now := time.Now()
	if list, err := d.Output(ctx, "ps", "--all", "--filter", "label="+Label, "--format", `{{.ID}} {{.Label "`+Label+`"}}`); err == nil {
		for line := range strings.Lines(list) {
			if id, run, ok := strings.Cut(strings.TrimSpace(line), " "); ok && isOver(run, now) {
				_, _ = d.Output(ctx, "rm", "--force", "--volumes", id) // the next run tries again
			}
		}
	}
	if list, err := d.Output(ctx, "image", "ls", "--format", "{{.Repository}}:{{.Tag}}", "--filter", "reference="+Space+"*"); err == nil {
		for tag := range strings.FieldsSeq(list) {
			if i := strings.LastIndexByte(tag, ':'); i >= 0 && isOver(tag[i+1:], now) {
				_, _ = d.Output(ctx, "image", "rm", "--force", tag)
			}
		}
	}
}

// Close removes all that was made, also where ctx has ended.
func (d *Docker) Close(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	d.mu.Lock()
	containers, tags := slices.Clone(d.left), slices.Clone(d.tags)
	d.left, d.tags = nil, nil
	d.mu.Unlock()
	var all []error
	if list, err := d.Output(ctx, "ps", "--all", "--quiet", "--filter", "label="+Label+"="+d.run); err == nil {
		containers = append(containers, strings.Fields(list)...)
	}
	for _, name := range containers {
		all = append(all, d.Remove(ctx, name))
	}
	for _, tag := range tags {
		if _, err := d.Output(ctx, "image", "rm", "--force", tag); err != nil && !isGone(err) {
			all = append(all, err)
		}
	}
	return errors.Join(all...)
}

// Remove takes a container away, and the volumes that were made for it.
func (d *Docker) Remove(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if _, err := d.Output(ctx, "rm", "--force", "--volumes", name); err != nil && !isGone(err) {
		return err
	}
	return nil
}

func isGone(err error) bool {
	failed, ok := errors.AsType[*CommandError](err)
	return ok && (strings.Contains(failed.Stderr, "No such") || strings.Contains(failed.Stderr, "no such") || strings.Contains(failed.Stderr, "is already in progress"))
}

// Tag is the name of an image of this run, which is removed with it.
func (d *Docker) Tag(name string) string {
	tag := Space + name + ":" + d.run
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Contains(d.tags, tag) {
		d.tags = append(d.tags, tag)
	}
	return tag
}

// Has says whether the engine has an image.
func (d *Docker) Has(ctx context.Context, reference string) bool {
	_, err := d.Output(ctx, "image", "inspect", "--format", "{{.Id}}", reference)
	return err == nil
}

// Layers are the digests of an image's layers, the lowest first.
func (d *Docker) Layers(ctx context.Context, reference string) ([]string, error) {
	out, err := d.Output(ctx, "image", "inspect", "--format", `{{range .RootFS.Layers}}{{println .}}{{end}}`, reference)
	return strings.Fields(out), err
}

// Platform is what the engine runs, "linux/amd64".
func (d *Docker) Platform(ctx context.Context) (string, error) {
	return d.Output(ctx, "version", "--format", "{{.Server.Os}}/{{.Server.Arch}}")
}
