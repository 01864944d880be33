//go:build e2e

package e2e

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// hardened is docker run in as strict a place as the images have to bear.
func (s *subject) hardened(args ...string) []string {
	run := []string{"run", "--cap-drop", "ALL", "--security-opt", "no-new-privileges"}
	if !s.want.Writes {
		run = append(run, "--read-only")
	}
	if s.want.Tmp {
		run = append(run, "--tmpfs", "/tmp")
	}
	for _, env := range s.want.Env {
		run = append(run, "--env", env)
	}
	return append(append(run, args...), s.tag)
}

const (
	startLimit = 30 * time.Second // until an answer, or healthy
	stopLimit  = 5 * time.Second  // from SIGTERM to the end
)

// serve asks a container over HTTP, looks whose its processes are, and stops it.
func (s *subject) serve(t *testing.T) {
	var publish []string
	for port := range s.image.Config.ExposedPorts {
		publish = append(publish, "--publish", "127.0.0.1::"+port)
	}
	name := s.start(t, publish...)
	for _, probe := range s.want.HTTP {
		body, err := ask(t, name, probe.Path)
		if err != nil {
			t.Fatalf("GET %s: %v\n%s", probe.Path, err, logs(t, name))
		}
		if !strings.Contains(body, probe.Contains) {
			t.Errorf("GET %s: %q, want it to contain %q", probe.Path, body, probe.Contains)
		}
	}
	s.processes(t, name)
	stop(t, name)
}

// ask tries the container's ports until one of them answers, or it ends.
func ask(t *testing.T, name, path string) (body string, err error) {
	t.Helper()
	for started := time.Now(); time.Since(started) < startLimit && isRunning(t, name); time.Sleep(50 * time.Millisecond) {
		for line := range strings.Lines(dockerSays(t, "port", name)) {
			_, address, _ := strings.Cut(strings.TrimSpace(line), " -> ")
			if body, err = get("http://" + address + path); err == nil {
				return body, nil
			}
		}
	}
	return "", fmt.Errorf("no answer: %w", cmp.Or(err, errors.New("it has ended")))
}

// get asks once. A status other than 200 is an error.
func get(url string) (string, error) {
	client := http.Client{Timeout: 5 * time.Second}
	answer, err := client.Get(url)
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %s", answer.Status, body)
	}
	return string(body), err
}

// processes holds that every process is the image's user's.
func (s *subject) processes(t *testing.T, name string) {
	t.Helper()
	want, _, _ := strings.Cut(s.image.Config.User, ":")
	lines := strings.Split(dockerSays(t, "top", name, "-eo", "pid,uid,comm"), "\n")[1:]
	if len(lines) == 0 {
		t.Error("no process")
	}
	for _, line := range lines {
		if fields := strings.Fields(line); fields[1] != want || fields[1] == "0" {
			t.Errorf("%s runs as %s, want %s and not root", fields[2], fields[1], want)
		}
	}
}

// stop sends SIGTERM, which the container has to heed before docker kills it.
func stop(t *testing.T, name string) {
	t.Helper()
	start := time.Now()
	dockerSays(t, "stop", "-t", "10", name)
	took := time.Since(start)
	code := dockerSays(t, "inspect", "--format", "{{.State.ExitCode}}", name)
	if took > stopLimit || code == "137" {
		t.Errorf("SIGTERM: ended after %.1f s with %s, want at most %s and not 137", took.Seconds(), code, stopLimit)
	}
	t.Logf("stopped in %.1f s, exit code %s", took.Seconds(), code)
}

// wait runs a container that waits for work, and stops it.
func (s *subject) wait(t *testing.T) {
	name := s.start(t)
	for _, want := range s.want.Logs {
		for started := time.Now(); !strings.Contains(logs(t, name), want); time.Sleep(100 * time.Millisecond) {
			if time.Since(started) > startLimit || !isRunning(t, name) {
				t.Fatalf("no %q in\n%s", want, logs(t, name))
			}
		}
	}
	s.processes(t, name)
	stop(t, name)
}

// output runs a container to its end.
func (s *subject) output(t *testing.T) {
	got := dockerSays(t, s.hardened("--rm")...)
	for _, want := range s.want.Output {
		if !strings.Contains(got, want) {
			t.Errorf("printed %q, want it to contain %q", got, want)
		}
	}
}

// health waits for the image's own check, which must not succeed where the
// application isn't running.
func (s *subject) health(t *testing.T) {
	name := s.start(t, "--health-interval", "1s")
	started := time.Now()
	state := ""
	for state != "healthy" {
		if time.Since(started) > startLimit || !isRunning(t, name) {
			t.Fatalf("%s after %s\n%s\n%s", state, startLimit, dockerSays(t, "inspect", "--format", "{{json .State.Health.Log}}", name), logs(t, name))
		}
		time.Sleep(200 * time.Millisecond)
		state = dockerSays(t, "inspect", "--format", "{{.State.Health.Status}}", name)
	}
	t.Logf("healthy after %.1f s", time.Since(started).Seconds())

	check := s.image.Config.Healthcheck.Test[1:]
	args := s.hardened("--rm", "--no-healthcheck", "--entrypoint", check[0])
	_, err := command(t, "docker", append(args, check[1:]...)...)
	if exit, ok := errors.AsType[*exec.ExitError](err); !ok || exit.ExitCode() >= 125 { // docker's own
		t.Errorf("want a check that fails without the application: %v", err)
	}
}

// start runs a container until the test ends.
func (s *subject) start(t *testing.T, args ...string) string {
	t.Helper()
	name := strings.NewReplacer(":", "-", "/", "-").Replace(s.tag) + "-" + strings.ToLower(rand.Text()[:6])
	t.Cleanup(func() { clean(t, "rm", "--force", "--volumes", name) })
	dockerSays(t, s.hardened(append(args, "--detach", "--name", name)...)...)
	return name
}

func isRunning(t *testing.T, name string) bool {
	t.Helper()
	return dockerSays(t, "inspect", "--format", "{{.State.Running}}", name) == "true"
}

func logs(t *testing.T, name string) string {
	t.Helper()
	out, errs, err := run(t, "docker", "logs", "--tail", "20", name)
	if err != nil {
		return err.Error()
	}
	return out + errs
}
