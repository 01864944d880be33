package main

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/docker"
)

// TestFirst offers to build and start what was written, with a docker that is a script.
func TestFirst(t *testing.T) {
	page := httptest.NewServer(http.NotFoundHandler())
	defer page.Close()
	port := page.URL[strings.LastIndexByte(page.URL, ':')+1:]
	asked := []key{{"scratch", enter}, {"Port (8080): ", enter}, {"Test stage", enter}, {"own): ", enter}, {"Write these", enter}}
	yes := append(asked[:len(asked):len(asked)], key{"Build and start", down + enter})
	for name, c := range map[string]struct {
		keys          []key
		build, state  string
		code          int
		said, ordered string // on the screen, and of docker
	}{
		"not now": {append(asked[:len(asked):len(asked)], key{"Build and start", enter}), "", "", exitDone, "Next: docker build -t orders", ""},
		"started": {yes, "echo built", "true 0 7 false - - 8080/tcp=" + port, exitDone, "http://localhost:" + port + " answers with 404", "buildx build --load --tag orders .\nrun --detach --name orders -p 8080 orders\n"},
		"broken":  {yes, "echo no space left >&2; exit 1", "", exitFault, "no space left", "buildx build --load --tag orders .\n"},
		"over":    {yes, "echo built", "false 3 0 false - -", exitFault, "orders has ended by itself, with exit code 3", "run --detach --name orders -p 8080 orders\n"},
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			log := filepath.Join(bin, "log")
			script := fmt.Sprintf(`#!/bin/sh
case $1 in buildx|run) echo "$@" >> %s ;; esac
case $1 in
version) echo 28.1.0 ;;
buildx) %s ;;
inspect) echo "%s" ;;
logs) echo a trace of the fault ;;
esac
`, log, c.build, c.state)
			if err := os.WriteFile(filepath.Join(bin, "docker"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", bin+":/usr/bin:/bin")
			lay(t, oneService)
			screen, code := sitAt(t, 100, streams{docker: docker.Open}, []string{"init"}, c.keys...)
			if code != c.code || !strings.Contains(screen, c.said) {
				t.Errorf("exit code %d, want %d and %q\n%s", code, c.code, c.said, screen)
			}
			ordered, _ := os.ReadFile(log)                                           // none where nothing was ordered
			ordered = bytes.ReplaceAll(ordered, []byte("8080:8080"), []byte("8080")) // another program may have the port
			if !strings.HasSuffix(string(ordered), c.ordered) || c.ordered == "" && len(ordered) > 0 {
				t.Errorf("docker was told %q, want %q", ordered, c.ordered)
			}
		})
	}
}

// TestNoDocker says in a line why nothing is built, and that the files are written.
func TestNoDocker(t *testing.T) {
	lay(t, oneService)
	missing := func(context.Context) (*docker.Docker, error) {
		return nil, &docker.MissingError{What: "there is no docker on PATH", Help: "install Docker"}
	}
	screen, code := sitAt(t, 100, streams{docker: missing}, []string{"init"},
		key{"scratch", enter}, key{"Port (8080): ", enter}, key{"Test stage", enter}, key{"own): ", enter}, key{"Write these", enter})
	if code != exitDone || !strings.Contains(screen, "not built: there is no docker on PATH; install Docker") {
		t.Errorf("exit code %d\n%s", code, screen)
	}
}
