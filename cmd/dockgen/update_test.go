package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/registry/registrytest"
)

// stand is a repository with a registry that its images come from.
type stand struct {
	*registrytest.Registry
	t    *testing.T
	work string
}

var both = []string{"linux/amd64", "linux/arm64"}

var long = time.Date(2026, 8, 1, 0, 0, 0, 0, time.UTC)

// newStand lays out a service of Go, whose images a registry on loopback has as the catalog
// does.
func newStand(t *testing.T, toml string) *stand {
	t.Helper()
	s := &stand{registrytest.Serve(t), t, t.TempDir()}
	s.file("go.mod", "module example.com/api\n\ngo 1.26.0\n")
	s.file("main.go", "package main\n\nimport \"net/http\"\n\nfunc main() { _ = http.ListenAndServe(\":8080\", nil) }\n")
	s.file("dockgen.toml", fmt.Sprintf("%s\n[images.mirror]\n\"docker.io\" = %q\n\"gcr.io\" = %q\n", toml, s.Host, s.Host))
	s.Push(t, "library/golang:1.26.7-trixie", long, both...)
	s.Push(t, "distroless/static-debian13:nonroot", long, both...)
	s.Push(t, "docker/dockerfile:1", long, both...)
	return s
}

func (s *stand) file(name, text string) {
	s.t.Helper()
	if err := os.WriteFile(filepath.Join(s.work, name), []byte(text), 0o644); err != nil {
		s.t.Fatal(err)
	}
}

func (s *stand) read(name string) string {
	s.t.Helper()
	data, err := os.ReadFile(filepath.Join(s.work, name))
	if err != nil {
		s.t.Fatal(err)
	}
	return strings.ReplaceAll(string(data), s.Host, "HOST")
}

// run runs dockgen there, and wants an exit code and words in what it says.
func (s *stand) run(code int, command string, want ...string) string {
	s.t.Helper()
	var out bytes.Buffer
	args := append(strings.Fields(command), s.work)
	if got := run(s.t.Context(), args, streams{out: &out, err: &out}); got != code {
		s.t.Fatalf("dockgen %s: exit %d, want %d\n%s", command, got, code, &out)
	}
	text := strings.ReplaceAll(out.String(), s.Host, "HOST")
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("dockgen %s says no %q:\n%s", command, w, text)
		}
	}
	return text
}

func (s *stand) has(name string, want ...string) {
	s.t.Helper()
	text := s.read(name)
	for _, w := range want {
		if !strings.Contains(text, w) {
			s.t.Errorf("%s has no %q:\n%s", name, w, text)
		}
	}
}

// TestUpdate goes the whole way: a newer patch, a lock, generate and check without a
// network, a rebuilt tag, a bot.
func TestUpdate(t *testing.T) {
	s := newStand(t, "")
	s.run(0, "generate")
	s.has("Dockerfile", "golang:1.26.7-trixie")
	if text := s.run(0, "update --check", "dockgen.lock, of 3 images, is new"); strings.Contains(text, "→") {
		t.Error(text)
	}
	s.Push(t, "library/golang:1.26.9-trixie", long, both...)
	s.Push(t, "library/golang:1.27.3-trixie", long, both...)
	s.Push(t, "library/golang:1.26.9", long, both...)
	s.run(1, "update --check", "HOST/library/golang 1.26.7-trixie → 1.26.9-trixie", "patch")
	if _, err := os.Stat(filepath.Join(s.work, lock.Name)); err == nil {
		t.Error("--check has written a lock")
	}
	s.run(0, "update --dry-run", "1.26.9-trixie")
	s.run(0, "update", "HOST/library/golang 1.26.7-trixie → 1.26.9-trixie", "1 of 1 service changed", "dockgen.lock, of 3 images, is new")
	s.has("Dockerfile", "FROM --platform=$BUILDPLATFORM HOST/library/golang:1.26.9-trixie AS")
	s.has(lock.Name, `"HOST/library/golang:1.26.9-trixie" = { seen = "`, `"linux/amd64", "linux/arm64"`, "[tags.\"golang\"]\n\"1.26.9\" = [\"\", \"trixie\"]\n\"1.27.3\" = [\"trixie\"]\n")
	s.has(".dockerignore", "dockgen.lock")
	first := s.read(lock.Name)

	asked := s.Asked.Load()
	s.run(0, "generate")
	s.run(0, "check")
	s.run(0, "explain", "catalog of 2026-08-21 with dockgen.lock of ")
	if s.Asked.Load() != asked {
		t.Error("generate or check has asked the registry")
	}
	s.run(0, "update", "0 of 1 service changed", "is unchanged")
	if s.read(lock.Name) != first {
		t.Error("a second update changes the lock")
	}

	s.Push(t, "library/golang:1.26.9-trixie", long.AddDate(0, 0, 1), both...)
	s.run(0, "update", "HOST/library/golang:1.26.9-trixie", "rebuilt under the same tag")
	s.run(0, "check")

	s.file("Dockerfile", strings.ReplaceAll(strings.ReplaceAll(s.read("Dockerfile"), "HOST", s.Host), "1.26.9-trixie", "1.27.99-trixie"))
	s.run(0, "check")
	s.run(1, "update --check", "api: no image changes, and Dockerfile does")
	s.run(0, "update", "api: no image changes, and Dockerfile does")
	s.has("Dockerfile", "golang:1.26.9-trixie")
}

// TestUpdateDigests pins by digest, which only a lock can.
func TestUpdateDigests(t *testing.T) {
	s := newStand(t, "[images]\npin = \"digest\"\npin-syntax = true\n")
	s.run(2, "generate", "dockgen.toml:2: images.pin: dockgen.lock has no digest of HOST/docker/dockerfile:1; dockgen update asks for it")
	s.run(0, "update")
	digest := s.Push(t, "library/golang:1.26.7-trixie", long, both...)
	s.has("Dockerfile", "# syntax=HOST/docker/dockerfile:1@sha256:", "HOST/library/golang:1.26.7-trixie@"+digest+" AS", "HOST/distroless/static-debian13:nonroot@sha256:")
	s.run(0, "check")
	other := s.Push(t, "library/golang:1.26.7-trixie", long.AddDate(0, 0, 3), both...)
	s.run(1, "update --check", "rebuilt under the same tag")
	s.file("Dockerfile", strings.ReplaceAll(strings.ReplaceAll(s.read("Dockerfile"), "HOST", s.Host), digest, other))
	s.run(0, "check") // of a bot: it stands
	s.run(0, "update")
	s.has("Dockerfile", other)
	s.has(lock.Name, other)

	// A digest that the tag never had is replaced, and told of.
	s.file(lock.Name, strings.ReplaceAll(strings.ReplaceAll(s.read(lock.Name), "HOST", s.Host), other, "sha256:"+strings.Repeat("0", 64)))
	s.run(1, "check", "sha256:000000")
	s.run(0, "update", "is not in the registry any more, or never was")
	s.has("Dockerfile", other)
}

// TestUpdateRules holds updates to what a dockgen.toml says of them.
func TestUpdateRules(t *testing.T) {
	young := time.Now().Add(-time.Hour)
	for _, tt := range []struct {
		name, toml, goMod string
		push              func(s *stand)
		code              int
		want, in          string
	}{
		{"a minor step where the project asks for no line", "", "module example.com/api\n", func(s *stand) {
			s.Push(s.t, "library/golang:1.26.9-trixie", long, both...)
			s.Push(s.t, "library/golang:1.28.0-trixie", long, both...)
		}, 0, "1.26.9-trixie", "golang:1.26.9-trixie"},
		{"a line that the catalog doesn't know", "", "module example.com/api\n\ngo 1.28\n", func(s *stand) {
			s.Push(s.t, "library/golang:1.28.1-trixie", long, both...)
		}, 0, "golang:1.28.1-trixie", "golang:1.28.1-trixie"},
		{"hold", "[images]\nhold = [\"golang\"]\n", "", func(s *stand) {
			s.Push(s.t, "library/golang:1.26.9-trixie", long, both...)
		}, 0, "of 3 images, is new", "golang:1.26.7-trixie"},
		{"min-age", "[images]\nmin-age = \"3d\"\n", "", func(s *stand) {
			s.Push(s.t, "library/golang:1.26.8-trixie", long, both...)
			s.Push(s.t, "library/golang:1.26.9-trixie", young, both...)
		}, 0, "golang:1.26.9-trixie is not taken: it was made on", "golang:1.26.8-trixie"},
		{"min-age of what doesn't say when it was made", "[images]\nmin-age = \"3d\"\n", "", func(s *stand) {
			s.Push(s.t, "library/golang:1.26.9-trixie", time.Time{}, both...)
		}, 0, "it doesn't say when it was made, was first seen on", "golang:1.26.7-trixie"},
		{"without the platform", "platforms = [\"linux/amd64\", \"linux/s390x\"]\n", "", func(s *stand) {
			s.Push(s.t, "library/golang:1.26.7-trixie", long, both...)
		}, 2, "HOST/distroless/static-debian13:nonroot: it is not there for linux/s390x, which api is to be for", "golang:1.26.7-trixie"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newStand(t, tt.toml)
			if tt.goMod != "" {
				s.file("go.mod", tt.goMod)
			}
			tt.push(s)
			s.run(tt.code, "update", tt.want)
			s.has("Dockerfile", tt.in)
		})
	}
}

// TestUpdateFails plants failures: what could not be asked is said, exit 2, and the rest is
// written; what the lock had stays.
func TestUpdateFails(t *testing.T) {
	s := newStand(t, "")
	s.Push(t, "library/golang:1.26.9-trixie", long, both...)
	s.Put(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "distroless") {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	})
	s.run(2, "update", "HOST/distroless/static-debian13:nonroot: HOST wants a login for it, or has no such image (401); docker login HOST", "1.26.7-trixie → 1.26.9-trixie")
	s.has("Dockerfile", "golang:1.26.9-trixie")
	before := s.read(lock.Name)
	s.Put(func(w http.ResponseWriter, r *http.Request) bool {
		w.WriteHeader(http.StatusNotImplemented)
		return true
	})
	s.run(2, "update", "HOST answers 501", "0 of 1 service changed")
	if s.read(lock.Name) != before {
		t.Errorf("a registry that fails changes the lock:\n%s", s.read(lock.Name))
	}
	s.Put(nil)

	// Conflicts in the lock are settled by asking; what is torn is refused.
	s.file(lock.Name, strings.ReplaceAll(before, "HOST", s.Host)+"<<<<<<< HEAD\n=======\n>>>>>>> other\n")
	s.run(2, "check", "dockgen.lock:", "git has left the markers of a conflict here; dockgen update takes both sides")
	s.run(0, "update", "both sides were taken")
	s.run(0, "check")
	s.file(lock.Name, before[:len(before)-3])
	s.run(2, "update", "take it from git again, or remove it and run dockgen update")
	s.run(2, "generate", "dockgen.lock:")
	s.file(lock.Name, "schema = 2\n")
	s.run(2, "update", "dockgen.lock:1: it has the form 2, and this dockgen reads 1")
}

// TestUpdateInterrupted wants Ctrl-C to leave the old lock.
func TestUpdateInterrupted(t *testing.T) {
	s := newStand(t, "")
	s.run(0, "update")
	before := s.read(lock.Name)
	s.Push(t, "library/golang:1.26.9-trixie", long, both...)
	ctx, cancel := context.WithCancel(t.Context())
	s.Put(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "1.26.9") {
			cancel()
			<-r.Context().Done()
			return true
		}
		return false
	})
	var out bytes.Buffer
	if code := run(ctx, []string{"update", s.work}, streams{out: &out, err: &out}); code != exitInterrupted {
		t.Errorf("exit %d: %s", code, &out)
	}
	if s.read(lock.Name) != before {
		t.Error("the lock has changed")
	}
}

func TestUpdateAnswers(t *testing.T) {
	s := newStand(t, "")
	s.Push(t, "library/golang:1.26.9-trixie", long, both...)
	var answer jsonUpdate
	if err := json.Unmarshal([]byte(s.run(0, "update --dry-run --json")), &answer); err != nil {
		t.Fatal(err)
	}
	if len(answer.Changes) != 1 || answer.Changes[0].Why != "patch" || answer.Changes[0].Notes != "https://go.dev/doc/devel/release" || answer.Lock != "new" {
		t.Errorf("%+v", answer)
	}
	s.run(0, "update --dry-run --format markdown", "| `HOST/library/golang` | `1.26.7-trixie` | `1.26.9-trixie` | [patch](https://go.dev/doc/devel/release) | api |")
	s.run(2, "update --dry-run --only ndoe", "--only ndoe: nothing here takes it; there are ", "golang")
	if text := s.run(0, "update --dry-run --only gcr.io/distroless/static-debian13"); strings.Contains(text, "→") {
		t.Error(text)
	}
	s.run(0, "update --dry-run --only go", "1.26.9-trixie")
	s.run(2, "update --format xml", "--format xml: none of text, json, markdown")
	s.run(2, "update --bot snyk", "--bot snyk: none of renovate, dependabot")
	s.run(0, "update --bot renovate", `"groupName": "base images"`, `"Dockerfile"`)
	s.run(0, "update --bot dependabot", "patterns: [\"*\"]")
	s.run(0, "update")
	s.run(0, "update --bot renovate", `"enabled": false`)
	s.run(0, "update --bot dependabot", "open-pull-requests-limit: 0", `- "/"`)
}

// TestUpdateFamily updates images in whose place those of a family stand: no further than
// that family has them.
func TestUpdateFamily(t *testing.T) {
	s := newStand(t, "[images]\nfamily = \"dhi\"\n")
	s.file("dockgen.toml", strings.ReplaceAll(strings.ReplaceAll(s.read("dockgen.toml"), "HOST", s.Host), "[images.mirror]\n", "[images.mirror]\n\"dhi.io\" = \""+s.Host+"/dhi\"\n"))
	s.Push(t, "dhi/golang:1.26.7-debian13-dev", long, both...)
	s.Push(t, "dhi/static:20250419-debian13", long, both...)
	s.Push(t, "library/golang:1.26.8-trixie", long, both...)
	s.Push(t, "library/golang:1.26.9-trixie", long, both...)
	if text := s.run(0, "update", "is new"); strings.Contains(text, "→") {
		t.Errorf("one that the family does not have is taken:\n%s", text)
	}
	s.has("Dockerfile", "HOST/dhi/golang:1.26.7-debian13-dev AS deps", "HOST/dhi/static:20250419-debian13 AS runtime")
	s.Push(t, "dhi/golang:1.26.8-debian13-dev", long, both...)
	s.run(0, "update", "HOST/dhi/golang 1.26.7-debian13-dev → 1.26.8-debian13-dev", "patch")
	s.has("Dockerfile", "HOST/dhi/golang:1.26.8-debian13-dev AS deps")
	s.has(lock.Name, `"HOST/dhi/golang:1.26.8-debian13-dev"`, "[tags.\"golang\"]\n\"1.26.8\" = [\"trixie\"]\n")
	s.run(0, "check")
	before := s.read(lock.Name)
	s.Put(func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, "/dhi/") {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		return false
	})
	s.run(2, "update", "docker login HOST")
	if s.read(lock.Name) != before {
		t.Errorf("a registry that wants a login changes the lock:\n%s", s.read(lock.Name))
	}
}

// TestUpdateCompose asks for the images of the compose.yaml that dockgen writes, where the
// mirror has them, and writes newer ones into it.
func TestUpdateCompose(t *testing.T) {
	s := newStand(t, "stands-on = [\"postgres=DATABASE_URL\"]\n\n[compose]\n")
	s.run(0, "generate")
	_, image, _ := strings.Cut(s.read("compose.yaml"), "HOST/library/postgres:")
	tag := image[:strings.IndexAny(image, "\"\n")]
	line, variant, _ := strings.Cut(tag, "-")
	major, _, _ := strings.Cut(line, ".")
	newer := major + ".99-" + variant
	s.run(2, "update", "HOST/library/postgres:"+tag+": HOST has none such (404)")
	s.Push(t, "library/postgres:"+tag, long, both...)
	s.run(0, "update", "dockgen.lock, of 4 images, is updated")
	s.has(lock.Name, `"HOST/library/postgres:`+tag+`" = {`)
	s.Push(t, "library/postgres:"+newer, long, both...)
	s.run(1, "update --check", "HOST/library/postgres "+tag+" → "+newer, "compose.yaml", "patch")
	s.run(0, "update", "HOST/library/postgres "+tag+" → "+newer)
	s.has("compose.yaml", "HOST/library/postgres:"+newer)
	s.run(0, "check")
	s.run(0, "update", "dockgen.lock, of 4 images, is unchanged")
}

// TestUpdateSteps leads images as far as the policy of one image, of a stack and of a service
// says, each over that of all; and of one service alone where that is asked for.
func TestUpdateSteps(t *testing.T) {
	for _, tt := range []struct{ toml, want string }{
		{"[images]\nupdate = \"patch\"\n", "26.7.5"},
		{"[images]\nupdate = \"minor\"\n", "26.9.1"},
		{"[images]\nupdate = \"major\"\n", "27.1.0"},
		{"[images]\nupdate = \"patch\"\n[images.updates]\nnode = \"major\"\n", "27.1.0"},
		{"[images]\nupdate = \"patch\"\n[stack.node.images]\nupdate = \"minor\"\n", "26.9.1"},
		{"[images]\nupdate = \"major\"\n[service.api.images]\nupdate = \"patch\"\n", "26.7.5"},
	} {
		s := newStand(t, tt.toml)
		for _, name := range []string{"go.mod", "main.go"} {
			if err := os.Remove(filepath.Join(s.work, name)); err != nil {
				t.Fatal(err)
			}
		}
		s.file("package.json", `{"name": "api", "engines": {"node": ">=26"}, "scripts": {"start": "node index.js"}}`)
		s.file("package-lock.json", `{"name": "api", "lockfileVersion": 3, "packages": {"": {"name": "api"}}}`)
		s.file("index.js", "require('http').createServer(() => {}).listen(3000)\n")
		for _, version := range []string{"26.7.0", "26.7.5", "26.9.1", "27.1.0"} {
			s.Push(t, "library/node:"+version+"-trixie-slim", long, both...)
		}
		s.run(0, "update --service api")
		s.has("Dockerfile", "library/node:"+tt.want+"-trixie-slim AS")
		s.run(0, "check")
	}
	newStand(t, "").run(2, "update --service web", "--service web: no such service; there are api")
}
