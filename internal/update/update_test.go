package update_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
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
	made    map[string]time.Time // by reference; long ago where it is not said
	rebuilt map[string]int
}

func (h *hub) Tags(_ context.Context, repository string) ([]string, error) {
	return h.tags[repository], nil
}

func (h *hub) Look(_ context.Context, reference, known string) (registry.Image, error) {
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

// fresh wants the files of an update, with all that is told of them, to be those that generate
// makes by the new lock, though an update plans once for several of its steps.
func fresh(t *testing.T, told string, files map[string][]byte, result update.Result) {
	t.Helper()
	all := maps.Clone(files)
	all[lock.Name] = result.Lock.Format()
	tree := detect.NewTree(all)
	defer tree.Close()
	e, err := planner()
	if err != nil {
		t.Fatal(err)
	}
	want, err := e.Generate(t.Context(), tree, engine.Request{})
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range result.Files.Outcomes {
		w := want.Outcomes[i]
		if diff := cmp.Diff(fmt.Sprint(w.Files, w.Plan.Decisions, w.Plan.Notes, w.Plan.Needs, w.Plan.Summary, w.Err, w.Answers, w.Proof), fmt.Sprint(o.Files, o.Plan.Decisions, o.Plan.Notes, o.Plan.Needs, o.Plan.Summary, o.Err, o.Answers, o.Proof)); diff != "" {
			t.Fatalf("%s: %s (-generate +update):\n%s", told, o.Service.Name, diff)
		}
	}
	if diff := cmp.Diff(want.Passed, result.Files.Passed); diff != "" {
		t.Fatalf("%s (-generate +update):\n%s", told, diff)
	}
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

// TestProperties holds for random registries, constraints and policies: no update leaves a
// constraint or the policy, none goes back, twice changes nothing, and the order of services
// doesn't matter.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 4))
	goLines := []string{"go 1.26\n", "go 1.26.3\n", "go 1.27\n", "", "go 1.24\n"}
	engines := []string{">=20", "^24", "~24.18.0", "24.x", "^22 || ^24", ">=26 <27"}
	for range 25 {
		h := &hub{tags: map[string][]string{}, gone: map[string]bool{}, made: map[string]time.Time{}, rebuilt: map[string]int{}}
		for range 12 {
			tag := fmt.Sprintf("1.%d.%d-trixie", 26+r.IntN(3), 5+r.IntN(8))
			image := "golang"
			if r.IntN(2) == 0 {
				image, tag = "node", fmt.Sprintf("%d.%d.%d-trixie-slim", 24+r.IntN(4), 17+r.IntN(6), r.IntN(3))
			}
			h.tags[image] = append(h.tags[image], tag)
			switch r.IntN(5) {
			case 0:
				h.gone[image+":"+tag] = true
			case 1:
				h.made[image+":"+tag] = today.Add(-time.Hour)
			}
		}
		var services []service
		for range 1 + r.IntN(4) {
			if r.IntN(2) == 0 {
				services = append(services, goService(goLines[r.IntN(len(goLines))]))
			} else {
				services = append(services, nodeService(engines[r.IntN(len(engines))]))
			}
		}
		step := []string{"patch", "minor", "major"}[r.IntN(3)]
		toml := fmt.Sprintf("[images]\nupdate = %q\n", step)
		age := r.IntN(2) == 0
		if age {
			toml += "min-age = \"3d\"\n"
		}
		order := r.Perm(len(services))
		files := lay(services, order, toml)
		old := earlier(t, r, files, h)
		result := asked(t, files, h, old, today)
		told := fmt.Sprintf("%s %v", toml, h.tags)
		for i, now := range result.After.Outcomes {
			was := result.Before.Outcomes[i]
			if now.Err != nil {
				if was.Err == nil {
					t.Fatalf("%s: %v", told, now.Err)
				}
				continue
			}
			kept(t, told, step, was, now, h.gone)
			for _, taken := range now.Taken {
				_, known := result.Lock.Images[taken.Name]
				_, had := earlierImages(old)[taken.Name]
				young := !had && age && !h.made[taken.Name].IsZero() && result.Before.Outcomes[i].Plan.Version != now.Plan.Version
				if h.gone[taken.Name] && known || young || !known && !h.gone[taken.Name] {
					t.Fatalf("%s: %s is taken: gone %v, young %v, in the lock %v", told, taken.Name, h.gone[taken.Name], young, known)
				}
			}
		}
		fresh(t, told, files, result)
		again := asked(t, files, h, result.Lock, today.AddDate(0, 0, 1))
		if diff := cmp.Diff(string(result.Lock.Format()), string(again.Lock.Format())); diff != "" || len(again.Changes) > 0 {
			t.Fatalf("%s: a second update changes %+v:\n%s", told, again.Changes, diff)
		}
		other := asked(t, lay(services, r.Perm(len(services)), toml), h, old, today)
		if diff := cmp.Diff(string(result.Lock.Format()), string(other.Lock.Format())); diff != "" {
			t.Fatalf("%s: services in another order change the lock:\n%s", told, diff)
		}
	}
}

// earlier is the lock of another day, when the registry had only some of the tags; nil in
// half of the cases.
func earlier(t *testing.T, r *rand.Rand, files map[string][]byte, h *hub) *lock.Lock {
	t.Helper()
	if r.IntN(2) == 0 {
		return nil
	}
	was := &hub{tags: map[string][]string{}, made: h.made}
	for image, tags := range h.tags {
		was.tags[image] = tags[:r.IntN(len(tags)+1)]
	}
	return asked(t, files, was, nil, today.AddDate(0, 0, -7)).Lock
}

func earlierImages(l *lock.Lock) map[string]lock.Image {
	if l == nil {
		return nil
	}
	return l.Images
}

// kept wants a version that the project allows, no older one, and no larger step than the
// policy has.
func kept(t *testing.T, told, step string, was, now engine.Outcome, gone map[string]bool) {
	t.Helper()
	from, to := was.Plan.Version, now.Plan.Version
	if want := to.Constraint; want != "" && !catalog.Satisfies(to.Value, want) {
		t.Fatalf("%s: %s leaves %s", told, to.Value, want)
	}
	if was.Err != nil || from.Value == to.Value {
		return
	}
	withdrawn := slices.ContainsFunc(was.Taken, func(r adapt.Reference) bool { return gone[r.Name] })
	if catalog.Newer(from.Value, to.Value) && !withdrawn {
		t.Fatalf("%s: from %s back to %s", told, from.Value, to.Value)
	}
	if withdrawn {
		return
	}
	steps := []catalog.Step{catalog.Patch, catalog.Minor, catalog.Major}
	if slices.Index(steps, catalog.Between(from.Value, to.Value)) > slices.Index(steps, catalog.Step(step)) && from.Own {
		t.Fatalf("%s: from %s to %s is more than %s", told, from.Value, to.Value, step)
	}
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
