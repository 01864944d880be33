package update_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/registry"
	"github.com/dockgen/dockgen/internal/update"
)

// hub is a registry in memory, which has everything that is asked for, the newer tags that
// a test gives it, and not those that are gone.
type hub struct {
	tags    map[string][]string
	gone    map[string]bool
	down    error                // what everything is answered with, where it is set
	made    map[string]time.Time // by reference; long ago where it is not said
	rebuilt map[string]int
}

func (h *hub) Tags(_ context.Context, repository string) ([]string, error) {
	return h.tags[repository], h.down
}

func (h *hub) Look(_ context.Context, reference, known string) (registry.Image, error) {
	if h.down != nil {
		return registry.Image{}, h.down
	}
	if h.gone[reference] {
		return registry.Image{}, &registry.Error{Image: reference, Why: "none such", Status: 404}
	}
	digest := fmt.Sprintf("sha256:%x", sha256.Sum256(fmt.Append(nil, reference, h.rebuilt[reference])))
	if digest == known {
		return registry.Image{Digest: digest}, nil
	}
	return registry.Image{Digest: digest, Platforms: []string{"linux/amd64", "linux/arm64"}}, nil
}

func (h *hub) Has(context.Context, string, string) (bool, error) { return true, nil }

func (h *hub) Created(_ context.Context, reference, _, _ string) (time.Time, error) {
	if made, ok := h.made[reference]; ok {
		return made, nil
	}
	return time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), nil
}

var today = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

var planner = sync.OnceValues(func() (*engine.Engine, error) { return engine.New(all.Stacks()) })

// asked runs an update of a repository in memory.
func asked(t *testing.T, files map[string][]byte, h *hub, old *lock.Lock, now time.Time) update.Result {
	t.Helper()
	tree := detect.NewTree(files)
	defer tree.Close()
	e, err := planner()
	if err != nil {
		t.Fatal(err)
	}
	result, err := update.Run(t.Context(), update.Request{Engine: e, Tree: tree, Registry: h, Now: now, Old: old})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// service is one of a random repository.
type service struct{ files map[string]string }

func goService(version string) service {
	return service{map[string]string{"go.mod": "module example.com/NAME\n\n" + version, "main.go": "package main\n\nfunc main() {}\n"}}
}

func nodeService(engines string) service {
	return service{map[string]string{
		"package.json":      fmt.Sprintf(`{"name": "NAME", "engines": {"node": %q}, "scripts": {"start": "node index.js"}}`, engines),
		"package-lock.json": `{"name": "NAME", "lockfileVersion": 3, "packages": {"": {"name": "NAME"}}}`,
		"index.js":          "require('http').createServer(() => {}).listen(3000)\n",
	}}
}

func lay(services []service, order []int, toml string) map[string][]byte {
	files := map[string][]byte{"dockgen.toml": []byte(toml)}
	for i, s := range services {
		name := fmt.Sprintf("s%d", order[i])
		for file, text := range s.files {
			files[name+"/"+file] = []byte(strings.ReplaceAll(text, "NAME", name))
		}
	}
	return files
}

// TestVanished goes back where the tag that the lock has is gone, and says why.
func TestVanished(t *testing.T) {
	files := lay([]service{goService("go 1.26\n")}, []int{0}, "")
	h := &hub{tags: map[string][]string{"golang": {"1.26.8-trixie", "1.26.9-trixie"}}, gone: map[string]bool{}}
	first := asked(t, files, h, nil, today).Lock
	if _, ok := first.Images["golang:1.26.9-trixie"]; !ok {
		t.Fatalf("%s", first.Format())
	}
	h.tags["golang"], h.gone["golang:1.26.9-trixie"] = h.tags["golang"][:1], true
	second := asked(t, files, h, first, today.AddDate(0, 0, 1))
	if len(second.Changes) != 1 || second.Changes[0].To != "1.26.8-trixie" || second.Changes[0].Why != update.Withdrawn || len(second.Failures) > 0 {
		t.Errorf("%+v %v", second.Changes, second.Failures)
	}
	if _, ok := second.Lock.Images["golang:1.26.9-trixie"]; ok {
		t.Errorf("the lock keeps it:\n%s", second.Lock.Format())
	}
}

// TestNoWayBack keeps what was taken while the registry answers nothing, whatever it says
// instead, also where the images come from another place since.
func TestNoWayBack(t *testing.T) {
	repository := []service{goService("go 1.26\n")}
	h := &hub{tags: map[string][]string{"golang": {"1.26.9-trixie"}}}
	first := asked(t, lay(repository, []int{0}, ""), h, nil, today).Lock
	for _, toml := range []string{"", "[images.mirror]\n\"docker.io\" = \"registry.example.com\"\n"} {
		for _, status := range []int{0, 404, 500} {
			h.down = &registry.Error{Image: "golang", Why: "it does not answer", Status: status}
			again := asked(t, lay(repository, []int{0}, toml), h, first, today)
			for _, r := range again.After.Outcomes[0].Taken {
				if strings.Contains(r.Name, "golang:") && !strings.Contains(r.Name, ":1.26.9") {
					t.Errorf("%d, %q: %s is taken: %v", status, toml, r.Name, again.Failures)
				}
			}
			if len(again.Failures) == 0 {
				t.Errorf("%d, %q: no failure is told", status, toml)
			}
		}
	}
}

// TestRebuilt keeps a digest that is too young, and takes it when it has waited.
func TestRebuilt(t *testing.T) {
	files := lay([]service{goService("go 1.26\n")}, []int{0}, "[images]\nmin-age = \"3d\"\n")
	h := &hub{rebuilt: map[string]int{}, made: map[string]time.Time{}}
	const image = "golang:1.26.7-trixie"
	first := asked(t, files, h, nil, today).Lock
	h.rebuilt[image], h.made[image] = 1, time.Time{} // it doesn't say when
	second := asked(t, files, h, first, today.AddDate(0, 0, 7))
	if second.Lock.Images[image].Digest != first.Images[image].Digest || second.Lock.Waiting[image].Seen != "2026-12-07" {
		t.Errorf("the young digest is taken, or not noted:\n%s", second.Lock.Format())
	}
	third := asked(t, files, h, second.Lock, today.AddDate(0, 0, 9))
	if diff := cmp.Diff(second.Lock.Format(), third.Lock.Format()); diff != "" {
		t.Errorf("two days later (-second +third):\n%s", diff)
	}
	fourth := asked(t, files, h, third.Lock, today.AddDate(0, 0, 10))
	if got := fourth.Lock.Images[image]; got.Digest == first.Images[image].Digest || got.Seen != "2026-12-10" || len(fourth.Lock.Waiting) > 0 {
		t.Errorf("three days later:\n%s", fourth.Lock.Format())
	}
}

// TestEnding tells of a line that ends soon, with the line of the project that holds it.
func TestEnding(t *testing.T) {
	files := map[string][]byte{
		"pyproject.toml": []byte("[project]\nname = \"ocr\"\nversion = \"1\"\nrequires-python = \">=3.10,<3.11\"\n"),
		"main.py":        []byte("print(1)\n"),
		"dockgen.toml":   []byte("main = [\"main.py\"]\n"),
	}
	for day, want := range map[string]string{
		"2026-09-30": "python 3.10 reaches its end of life on 2026-10-31",
		"2026-11-30": "python 3.10 reached its end of life on 2026-10-31",
		"2026-04-30": "",
	} {
		now, err := time.Parse(time.DateOnly, day)
		if err != nil {
			t.Fatal(err)
		}
		text := ""
		for _, e := range asked(t, files, &hub{}, nil, now).Ending {
			text = e.Text
			if len(e.Holds) == 0 || e.Holds[0].File != "pyproject.toml" || e.Holds[0].Line != 4 {
				t.Errorf("%s: held by %v", day, e.Holds)
			}
		}
		if text != want {
			t.Errorf("%s: %q, want %q", day, text, want)
		}
	}
}

// counted is a hub that counts what it is asked.
type counted struct {
	hub
	mu    sync.Mutex
	asked map[string]int
}

func (c *counted) count(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.asked[what]++
}

func (c *counted) Tags(ctx context.Context, repository string) ([]string, error) {
	c.count(repository)
	return c.hub.Tags(ctx, repository)
}

func (c *counted) Look(ctx context.Context, reference, known string) (registry.Image, error) {
	c.count(reference)
	return c.hub.Look(ctx, reference, known)
}

// TestOnce wants the tree to be looked at once and every image to be asked for once, however
// many services take it; a service is planned by the old lock and by what is newer, and its
// files are made by the second plan.
func TestOnce(t *testing.T) {
	const services = 60
	var detected, planned atomic.Int64
	stacks := all.Stacks()
	for i, s := range stacks {
		stacks[i].Detect = func(ctx context.Context, tree *detect.Tree, a detect.Answers) (detect.Findings, error) {
			detected.Add(1)
			return s.Detect(ctx, tree, a)
		}
		stacks[i].Plan = func(in plan.Input) (plan.Plan, error) {
			planned.Add(1)
			return s.Plan(in)
		}
	}
	e, err := engine.New(stacks)
	if err != nil {
		t.Fatal(err)
	}
	var fleet []service
	var order []int
	for i := range services {
		fleet, order = append(fleet, goService("go 1.26.0\n"), nodeService("^24")), append(order, 2*i, 2*i+1)
	}
	tree := detect.NewTree(lay(fleet, order, ""))
	defer tree.Close()
	c := &counted{hub: hub{tags: map[string][]string{"golang": {"1.26.9-trixie"}, "node": {"24.20.0-trixie-slim"}}}, asked: map[string]int{}}
	result, err := update.Run(t.Context(), update.Request{Engine: e, Tree: tree, Registry: c, Now: today})
	if err != nil || len(result.Changes) != 2 || len(result.Changes[0].Services) != services {
		t.Fatalf("%v: %+v", err, result.Changes)
	}
	if got := detected.Load(); got != int64(len(stacks)) {
		t.Errorf("%d detections, want one of each of %d stacks", got, len(stacks))
	}
	if got := planned.Load(); got > 2*2*services {
		t.Errorf("%d plans of %d services, want at most two of each", got, 2*services)
	}
	for what, n := range c.asked {
		if n > 1 {
			t.Errorf("%s is asked for %d times", what, n)
		}
	}
	if len(c.asked) != 8 { // two repositories, four images, two newer ones
		t.Errorf("%d questions: %v", len(c.asked), c.asked)
	}
}

func rustService(needs string) service {
	return service{map[string]string{
		"Cargo.toml":  fmt.Sprintf("[package]\nname = \"NAME\"\nversion = \"0.1.0\"\nedition = \"2021\"\nrust-version = %q\n", needs),
		"Cargo.lock":  "version = 4\n\n[[package]]\nname = \"NAME\"\nversion = \"0.1.0\"\n",
		"src/main.rs": "fn main() { std::net::TcpListener::bind(\"0.0.0.0:8080\").unwrap(); }\n",
	}}
}

func (s service) with(file, text string) service {
	s.files[file] = text
	return s
}

// TestNewer has projects that name a version which is newer than the catalog: without a lock
// they get it, with a note, where the catalog knows its line and its tag can be told, and else
// hear of dockgen update, which finds what the registry has.
func TestNewer(t *testing.T) {
	for _, tt := range []struct {
		name   string
		one    service
		toml   string
		before string // an image, or what is said
		tags   map[string][]string
		after  string
	}{
		{"go.mod", goService("go 1.26.9\n"), "", "golang:1.26.9-trixie", map[string][]string{"golang": {"1.26.9-trixie"}}, "golang:1.26.9-trixie"},
		{"a line of Go", goService("go 1.28\n"), "", `satisfies ">=1.28.0" (catalog of 2026-08-21); dockgen update asks the registry for newer ones; the nearest is golang:1.27.0-trixie`, map[string][]string{"golang": {"1.28.1-trixie"}}, "golang:1.28.1-trixie"},
		{"a toolchain of Go", goService("go 1.26\n\ntoolchain go1.27.9\n"), "", "golang:1.27.9-trixie", map[string][]string{"golang": {"1.27.9-trixie"}}, "golang:1.27.9-trixie"},
		{"engines", nodeService("24.21.0"), "", "node:24.21.0-trixie-slim", map[string][]string{"node": {"24.21.0-trixie-slim"}}, "node:24.21.0-trixie-slim"},
		{".nvmrc", nodeService(">=20").with(".nvmrc", "v24.21.0\n"), "", "node:24.21.0-trixie-slim", map[string][]string{"node": {"24.21.0-trixie-slim"}}, "node:24.21.0-trixie-slim"},
		{"engines at least", nodeService("^24.21.0"), "", "dockgen update asks the registry for newer ones; the nearest are node:24.19.0-trixie-slim", map[string][]string{"node": {"24.22.1-trixie-slim"}}, "node:24.22.1-trixie-slim"},
		{"a line of Node", nodeService(">=28"), "", "dockgen update asks the registry for newer ones; the nearest is node:26.7.0-trixie-slim", map[string][]string{"node": {"28.1.0-trixie-slim"}}, "node:28.1.0-trixie-slim"},
		{"lang-version", nodeService(">=20"), "lang-version = \"28\"\n", "it is not in the catalog of 2026-08-21; dockgen update asks the registry for newer ones; nearest is node:26.7.0-trixie-slim", map[string][]string{"node": {"28.1.0-trixie-slim"}}, "node:28.1.0-trixie-slim"},
		{".python-version", pythonService(">=3.11").with(".python-version", "3.13.17\n"), "", "python:3.13.17-slim-trixie", map[string][]string{"python": {"3.13.17-slim-trixie"}}, "python:3.13.17-slim-trixie"},
		{"requires-python", pythonService("==3.13.17"), "", "python:3.13.17-slim-trixie", map[string][]string{"python": {"3.13.17-slim-trixie"}}, "python:3.13.17-slim-trixie"},
		{"a line of Python", pythonService(">=3.16"), "", "dockgen update asks the registry for newer ones; the nearest is python:3.14.7-slim-trixie", map[string][]string{"python": {"3.16.0-slim-trixie"}}, "python:3.16.0-slim-trixie"},
		{".java-version", javaService("21").with(".java-version", "21.0.19\n"), "", "names Java 21.0.19, which is newer than the catalog of 2026-08-21; dockgen update looks for an image of it", map[string][]string{"eclipse-temurin": {"21.0.19_9-jre-noble", "21.0.19_9-jdk-noble"}}, "eclipse-temurin:21.0.19_9-jre-noble"},
		{"a line of Java", javaService("27"), "", "there is no image of Maven with Java 27; dockgen update asks the registry for newer ones", map[string][]string{"maven": {"3.9.17-eclipse-temurin-27-noble"}, "eclipse-temurin": {"27.0.1_7-jre-noble", "27.0.1_7-jdk-noble"}}, "eclipse-temurin:27.0.1_7-jre-noble"},
		{"rust-toolchain.toml", rustService("1.80").with("rust-toolchain.toml", "[toolchain]\nchannel = \"1.98.3\"\n"), "", "rust:1.98.3-slim-trixie", map[string][]string{"rust": {"1.98.3-slim-trixie"}}, "rust:1.98.3-slim-trixie"},
		{"rust-version", rustService("1.105"), "", `needs rust 1.105: no rust image of variant "slim-trixie" satisfies ">=1.105" (catalog of 2026-08-21); dockgen update asks the registry for newer ones`, map[string][]string{"rust": {"1.105.0-slim-trixie"}}, "rust:1.105.0-slim-trixie"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			files := lay([]service{tt.one}, []int{0}, tt.toml)
			said := func(r engine.Result) string {
				o := r.Outcomes[0]
				if o.Err != nil {
					return o.Err.Error()
				}
				return string(o.Files[0].Data) + strings.Join(o.Plan.Notes, "\n")
			}
			first := said(generated(t, files, nil))
			if !strings.Contains(first, tt.before) || !strings.Contains(first, "dockgen update") {
				t.Errorf("without a lock: %s\nwant %s", first, tt.before)
			}
			result := asked(t, files, &hub{tags: tt.tags}, nil, today)
			if then := said(result.Files); !strings.Contains(then, " "+tt.after+" AS ") || strings.Contains(then, "dockgen update") || len(result.Failures) > 0 {
				t.Errorf("with the lock: %s %v\nwant %s", then, result.Failures, tt.after)
			}
		})
	}
}
