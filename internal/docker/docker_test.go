package docker

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fake puts a docker on PATH that is a script, and gives the file that it notes what it
// was told in.
func fake(t *testing.T, script string) (said func() string) {
	t.Helper()
	if _, err := os.Stat("/bin/sh"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	text := "#!/bin/sh\necho \"$@\" >> " + log + "\n" + script
	if err := os.WriteFile(filepath.Join(dir, "docker"), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return func() string {
		data, err := os.ReadFile(log)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		return string(data)
	}
}

const answers = `case "$1 $2" in
"version --format") echo 28.1.0 ;;
"context inspect") echo unix:///var/run/docker.sock ;;
"buildx version") echo github.com/docker/buildx v0.20.1 abc ;;
esac
`

func TestOpen(t *testing.T) {
	for name, test := range map[string]struct{ script, says string }{
		"does not answer": {"echo Cannot connect to the Docker daemon >&2; exit 1", "docker does not answer: docker version --format: Cannot connect to the Docker daemon; start it"},
		"no buildx":       {"case $1 in buildx) echo docker: unknown command >&2; exit 1;; esac\n" + answers, "docker has no buildx"},
		"old buildx":      {"case \"$1\" in buildx) echo github.com/docker/buildx v0.9.1 abc; exit;; esac\n" + answers, "buildx 0.9.1 is too old"},
		"all there":       {answers, ""},
	} {
		t.Run(name, func(t *testing.T) {
			fake(t, test.script)
			d, err := Open(t.Context())
			if err == nil {
				err = d.CanBuild(t.Context())
			}
			missing, ok := errors.AsType[*MissingError](err)
			if test.says == "" && err != nil || test.says != "" && (!ok || !strings.HasPrefix(missing.Error(), test.says)) {
				t.Errorf("%v, want %q", err, test.says)
			}
		})
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Open(t.Context()); err == nil || !strings.Contains(err.Error(), "there is no docker on PATH; install") {
		t.Errorf("without docker: %v", err)
	}
}

// TestReach knows an engine on another machine.
func TestReach(t *testing.T) {
	for endpoint, remote := range map[string]bool{
		"unix:///var/run/docker.sock": false, "": false, "npipe:////./pipe/docker": false, "tcp://localhost:2375": false, "tcp://127.0.0.1:2375": false,
		"tcp://build.example:2376": true, "ssh://me@build.example": true, "ssh://me@build.example:22": true, "tcp://10.0.0.7:2375": true,
	} {
		d := &Docker{}
		if d.reach(endpoint); d.Remote != remote {
			t.Errorf("%s: %t", endpoint, d.Remote)
		}
	}
}

// TestBeside asks, stops and looks at a container of another machine, which has no shell,
// from beside it: where a helper is to be had, else with what the container has.
func TestBeside(t *testing.T) {
	remote := strings.Replace(answers, "unix:///var/run/docker.sock", "tcp://build.example:2375", 1) + `case "$*" in
"inspect "*) echo "true 0 7 false - ip=172.17.0.2  8080/tcp=32768" ;;
*"kill -STOP -1"*) ;;
"top "*) printf 'PID UID STAT COMMAND ARGS\n7 1 T node node\n8 1 T node node\n' ;;
*"cat /proc/1/status"*) case "$2" in *helper*) echo "SigCgt: 0000000000004000" ;; *) exit 127 ;; esac ;;
*"nc \""*" 8080 /health") printf 'HTTP/1.1 204 No Content\r\n' ;;
*"nc \""*) echo code 1 ;;
`
	open := func(t *testing.T, more string) (*Docker, *Container, func() string) {
		t.Helper()
		said := fake(t, remote+more+"esac\n")
		d, err := Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		c, err := d.Run(t.Context(), "api", "image")
		if err != nil {
			t.Fatal(err)
		}
		return d, c, said
	}
	t.Run("with a helper", func(t *testing.T) {
		d, c, said := open(t, "")
		state, err := c.State(t.Context())
		if err != nil || state.IP != "172.17.0.2" || state.Ports[8080] != "32768" {
			t.Errorf("%+v, %v", state, err)
		}
		if a, err := c.Ask(t.Context(), state, 8080, "/health"); err != nil || a.Status != 204 {
			t.Errorf("%+v, %v", a, err)
		}
		if a, err := c.Ask(t.Context(), state, 8081, "/"); err == nil || errors.Is(err, ErrUnasked) {
			t.Errorf("a port that is closed: %+v, %v", a, err)
		}
		if err := c.Freeze(t.Context()); err != nil {
			t.Error(err)
		}
		if yes, known := c.Handles(t.Context(), 7, 15); !yes || !known {
			t.Errorf("a handler: %t, known %t", yes, known)
		}
		if err := c.Remove(t.Context()); err != nil {
			t.Error(err)
		}
		helper := "dockgen-verify-helper-" + d.run
		for _, want := range []string{"--name " + helper + " --label " + Label + "=" + d.run + " --network container:" + c.Name + " --pid container:" + c.Name, "rm --force --volumes " + helper} {
			if strings.Count(said(), want) != 1 {
				t.Errorf("want %q once in\n%s", want, said())
			}
		}
	})
	t.Run("with what it has", func(t *testing.T) {
		_, c, _ := open(t, `"image inspect"*|"pull "*) exit 1 ;;
*" curl "*) exit 127 ;;
*" bash "*) exit 126 ;;
*" node "*) echo 200 ;;
`)
		if a, err := c.Ask(t.Context(), State{}, 8080, "/"); err != nil || a.Status != 200 {
			t.Errorf("%+v, %v", a, err)
		}
	})
	t.Run("with nothing", func(t *testing.T) {
		_, c, _ := open(t, `"image inspect"*|"pull "*) exit 1 ;;
"exec "*) exit 127 ;;
`)
		if a, err := c.Ask(t.Context(), State{}, 8080, "/"); !errors.Is(err, ErrUnasked) {
			t.Errorf("%+v, %v", a, err)
		}
	})
}

// TestLeavesNothing removes containers and images, also those of a run that was
// interrupted, and what a killed run left.
func TestLeavesNothing(t *testing.T) {
	dead := machine() + "-999999999-1-aaaa"
	said := fake(t, `case "$1 $2" in "ps --all") echo "c1 `+dead+`"; echo "c2 other-1-`+"99999999999"+`-bbbb" ;; "image ls") echo `+Space+`x:`+dead+` ;; "run --detach") sleep 20 ;; esac
`+answers)
	d, err := Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"rm --force --volumes c1", "image rm --force " + Space + "x:" + dead} {
		if !strings.Contains(said(), want) {
			t.Errorf("%q is not in\n%s", want, said())
		}
	}
	if strings.Contains(said(), "--volumes c2") {
		t.Error("it removed what another run goes on with")
	}
	tag := d.Tag("api")
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := d.Run(ctx, "api", tag); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
	if err := d.Close(ctx); err != nil {
		t.Error(err)
	}
	if time.Since(start) > 15*time.Second {
		t.Errorf("it took %s to end", time.Since(start))
	}
	for _, want := range []string{"--label " + Label + "=" + d.run, "rm --force --volumes dockgen-verify-api-" + d.run, "image rm --force " + tag} {
		if !strings.Contains(said(), want) {
			t.Errorf("%q is not in\n%s", want, said())
		}
	}
}

// TestBuildLog reads what BuildKit reports, with the step and line of a failure.
func TestBuildLog(t *testing.T) {
	fake(t, `cat >&2 <<'EOF'
{"vertexes":[{"digest":"a","name":"[deps 2/3] COPY go.mod ./","cached":true,"completed":"2026-01-01T00:00:00Z"},{"digest":"b","name":"[linux/amd64 builder 3/4] RUN go build   ./...","completed":"2026-01-01T00:00:00Z","error":"exit code: 1"}],"logs":[{"vertex":"b","data":"bWFpbi5nbzozOiBib29tCg=="}]}
Dockerfile:14
--------------------
ERROR: failed to solve: exit code: 1
EOF
exit 1
`)
	d := &Docker{}
	steps, _, err := d.Build(t.Context(), Build{Context: ".", Dockerfile: "Dockerfile"})
	failed, ok := errors.AsType[*BuildError](err)
	if !ok || failed.Line != 14 || failed.Step != "[builder] RUN go build ./..." || !slices.Equal(failed.Log, []string{"main.go:3: boom"}) {
		t.Errorf("%#v", err)
	}
	if len(steps) != 2 || steps[0].Stage != "builder" || steps[0].Run != 1 || !steps[0].Ran || steps[1].Ran {
		t.Errorf("%+v", steps)
	}
}
