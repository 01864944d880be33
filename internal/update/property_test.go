package update_test

import (
	"cmp"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/update"
)

var rounds = flag.Int("rounds", 20, "how many random repositories TestProperties updates")

// kind is a kind of random services: what a project may state, with what that means as a
// constraint of the image of its language, and the tags that a registry may have.
type kind struct {
	image  string
	states [][2]string
	make   func(state string) service
	tag    func(r *rand.Rand) (image, tag string)
}

var kinds = []kind{
	{"golang", [][2]string{{"go 1.26\n", "~1.26"}, {"go 1.26.3\n", "~1.26, >=1.26.3"}, {"go 1.27\n", "~1.27"}, {"go 1.24\n", ">=1.24"}, {"", ""}}, goService,
		func(r *rand.Rand) (string, string) {
			return "golang", fmt.Sprintf("1.%d.%d-trixie", 26+r.IntN(3), 5+r.IntN(8))
		}},
	{"node", [][2]string{{">=20", ">=20"}, {"^24", "^24"}, {"~24.18.0", "~24.18.0"}, {"24.x", "24.x"}, {"^22 || ^24", "^22 || ^24"}, {">=26 <27", ">=26 <27"}}, nodeService,
		func(r *rand.Rand) (string, string) {
			return "node", fmt.Sprintf("%d.%d.%d-trixie-slim", 24+r.IntN(4), 17+r.IntN(6), r.IntN(3))
		}},
	{"python", [][2]string{{">=3.11,<3.14", ">=3.11, <3.14"}, {"==3.12.*", "~3.12"}, {"~=3.13.2", ">=3.13.2, <3.14"}, {">=3.10", ">=3.10"}}, pythonService,
		func(r *rand.Rand) (string, string) {
			return "python", fmt.Sprintf("3.%d.%d-slim-trixie", 12+r.IntN(4), 12+r.IntN(8))
		}},
	{"eclipse-temurin", [][2]string{{"17", "~17"}, {"21", "~21"}, {"25", "~25"}}, javaService,
		func(r *rand.Rand) (string, string) {
			line := []int{17, 21, 25, 26}[r.IntN(4)]
			if r.IntN(3) == 0 {
				return "maven", fmt.Sprintf("%s-eclipse-temurin-%d-noble", []string{"3.9.17", "3.10.0", "4.0.1"}[r.IntN(3)], line)
			}
			return "eclipse-temurin", fmt.Sprintf("%d.0.%d_%d-%s-noble", line, 10+r.IntN(20), 7+r.IntN(3), []string{"jdk", "jre"}[r.IntN(2)])
		}},
}

func pythonService(requires string) service {
	return service{map[string]string{
		"pyproject.toml": fmt.Sprintf("[project]\nname = \"NAME\"\nversion = \"1\"\nrequires-python = %q\n", requires),
		"main.py":        "from http.server import HTTPServer, BaseHTTPRequestHandler\nHTTPServer((\"\", 8000), BaseHTTPRequestHandler).serve_forever()\n",
	}}
}

func javaService(release string) service {
	return service{map[string]string{
		"pom.xml": fmt.Sprintf(`<project>
  <modelVersion>4.0.0</modelVersion>
  <parent>
    <groupId>org.springframework.boot</groupId>
    <artifactId>spring-boot-starter-parent</artifactId>
    <version>3.5.6</version>
  </parent>
  <groupId>com.example</groupId>
  <artifactId>NAME</artifactId>
  <version>1</version>
  <properties><java.version>%s</java.version></properties>
  <dependencies>
    <dependency>
      <groupId>org.springframework.boot</groupId>
      <artifactId>spring-boot-starter-web</artifactId>
    </dependency>
  </dependencies>
  <build>
    <plugins>
      <plugin>
        <groupId>org.springframework.boot</groupId>
        <artifactId>spring-boot-maven-plugin</artifactId>
      </plugin>
    </plugins>
  </build>
</project>
`, release),
		"src/main/java/com/example/App.java": "package com.example;\n\nimport org.springframework.boot.SpringApplication;\nimport org.springframework.boot.autoconfigure.SpringBootApplication;\n\n@SpringBootApplication\npublic class App {\n  public static void main(String[] args) { SpringApplication.run(App.class, args); }\n}\n",
	}}
}

// world is a random repository with what a registry has, and what its dockgen.toml says of
// images.
type world struct {
	services []service
	wants    []string // constraints of their languages
	kinds    []kind   // of the services
	order    []int
	hub      *hub
	policy   map[string]catalog.Step // by image; "" for all others
	held     []string
	age      bool
	toml     string
	old      *lock.Lock
}

func newWorld(r *rand.Rand) *world {
	w := &world{hub: &hub{tags: map[string][]string{}, gone: map[string]bool{}, made: map[string]time.Time{}, rebuilt: map[string]int{}}, policy: map[string]catalog.Step{}}
	used := slices.Clone(kinds)
	r.Shuffle(len(used), func(i, j int) { used[i], used[j] = used[j], used[i] })
	used = used[:1+r.IntN(2)]
	for range 1 + r.IntN(4) {
		k := used[r.IntN(len(used))]
		state := k.states[r.IntN(len(k.states))]
		w.services, w.wants, w.kinds = append(w.services, k.make(state[0])), append(w.wants, state[1]), append(w.kinds, k)
	}
	for range 14 {
		image, tag := used[r.IntN(len(used))].tag(r)
		w.hub.tags[image] = append(w.hub.tags[image], tag)
		switch r.IntN(6) {
		case 0:
			w.hub.gone[image+":"+tag] = true
		case 1:
			w.hub.made[image+":"+tag] = today.Add(-time.Hour)
		}
	}
	steps := []catalog.Step{catalog.Patch, catalog.Minor, catalog.Major}
	w.policy[""] = steps[r.IntN(3)]
	w.toml = fmt.Sprintf("[images]\nupdate = %q\n", w.policy[""])
	if w.age = r.IntN(2) == 0; w.age {
		w.toml += "min-age = \"3d\"\n"
	}
	if r.IntN(3) == 0 {
		w.held = []string{used[0].image}
		w.toml += fmt.Sprintf("hold = [%q]\n", used[0].image)
	}
	if last := used[len(used)-1].image; r.IntN(3) == 0 {
		w.policy[last] = steps[r.IntN(3)]
		w.toml += fmt.Sprintf("[images.updates]\n%q = %q\n", last, w.policy[last])
	}
	w.order = r.Perm(len(w.services))
	return w
}

func (w *world) files(order []int) map[string][]byte { return lay(w.services, order, w.toml) }

// before gives the world, in half of the cases, the lock of another day, when the registry
// had only some of the tags; images may have been rebuilt since.
func (w *world) before(t *testing.T, r *rand.Rand) {
	if r.IntN(2) == 0 {
		return
	}
	was := &hub{tags: map[string][]string{}, made: w.hub.made}
	for image, tags := range w.hub.tags {
		was.tags[image] = tags[:r.IntN(len(tags)+1)]
	}
	w.old = asked(t, w.files(w.order), was, nil, today.AddDate(0, 0, -7)).Lock
	for reference := range w.old.Images {
		if r.IntN(3) == 0 {
			w.hub.rebuilt[reference] = 1
			if w.hub.made[reference].IsZero() && r.IntN(2) == 0 {
				w.hub.made[reference] = today.Add(-time.Hour)
			}
		}
	}
}

// state is what stands in the files of services by a lock: by the service and the image the
// tag. A service without files has none.
type state struct {
	lock *lock.Lock
	tags map[string]map[string]string
}

var fromLine = regexp.MustCompile(`(?m)^FROM (?:--\S+ )?(\S+):(\d\S*)`)

func standing(l *lock.Lock, outcomes []engine.Outcome) state {
	s := state{l, map[string]map[string]string{}}
	if l == nil {
		s.lock = &lock.Lock{}
	}
	for _, o := range outcomes {
		if o.Err == nil {
			s.tags[o.Service.Name] = map[string]string{}
			for _, m := range fromLine.FindAllStringSubmatch(string(o.Files[0].Data), -1) {
				s.tags[o.Service.Name][m[1]] = m[2]
			}
		}
	}
	return s
}

// generated is what generate makes of files by a lock.
func generated(t *testing.T, files map[string][]byte, l *lock.Lock) engine.Result {
	t.Helper()
	files = maps.Clone(files)
	if l != nil {
		files[lock.Name] = l.Format()
	}
	tree := detect.NewTree(files)
	defer tree.Close()
	e, err := planner()
	if err != nil {
		t.Fatal(err)
	}
	result, err := e.Generate(t.Context(), tree, engine.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// wrong lists what must never come of an update: base is what stands without a lock, old by
// the lock before, and now by the one that was written.
func (w *world) wrong(base, old, now state) (all []string) {
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	for i, want := range w.wants {
		name := fmt.Sprintf("s%d", w.order[i])
		if now.tags[name] == nil && old.tags[name] != nil {
			say("%s has no files any more", name)
		}
		for image, tag := range now.tags[name] {
			own, reference := image == w.kinds[i].image, image+":"+tag
			version, was, first := versionOf(tag), versionOf(old.tags[name][image]), versionOf(base.tags[name][image])
			if own && want != "" && !catalog.Satisfies(strings.ReplaceAll(version, "_", "+"), want) {
				say("%s leaves %s", reference, want)
			}
			left := w.hub.gone[image+":"+old.tags[name][image]]
			if was != "" && catalog.Newer(was, version) && !left {
				say("%s goes back from %s", reference, was)
			}
			if step := cmp.Or(w.policy[image], w.policy[""]); first != "" && w.alone(i) && order(catalog.Between(first, version)) > order(step) && version != first {
				say("%s is more than a %s step from %s", reference, step, first)
			}
			held := slices.Contains(w.held, image)
			if before := cmp.Or(old.tags[name][image], base.tags[name][image]); held && w.old != nil && w.old.Images[image+":"+before].Digest != "" && tag != before {
				say("%s is held at %s", reference, before)
			}
			locked, has := now.lock.Images[reference]
			had, knew := old.lock.Images[reference]
			if w.hub.gone[reference] && !held && tag != base.tags[name][image] {
				say("%s is gone", reference)
			}
			if !has && !w.hub.gone[reference] {
				say("%s is not in the lock", reference)
			}
			young := w.age && w.hub.made[reference].After(today.AddDate(0, 0, -3))
			if young && !knew && tag != base.tags[name][image] {
				say("%s is too young", reference)
			}
			rebuilt := has && knew && locked.Digest != had.Digest
			if rebuilt && (held || young) {
				say("%s has another digest, held %v, young %v", reference, held, young)
			}
			if has && knew && (locked.Digest == had.Digest) != (locked.Seen == had.Seen) {
				say("%s was seen on %s and on %s, with digests %s and %s", reference, had.Seen, locked.Seen, had.Digest, locked.Digest)
			}
			if knew && !held && !young && !rebuilt && w.hub.rebuilt[reference] > 0 && !w.hub.gone[reference] {
				say("%s keeps an old digest", reference)
			}
		}
	}
	return all
}

// alone says that the project decides the version of a service: it states one, or there is
// no other of its kind, whose version it would share.
func (w *world) alone(i int) bool {
	others := 0
	for _, k := range w.kinds {
		if k.image == w.kinds[i].image {
			others++
		}
	}
	return w.wants[i] != "" || others == 1
}

func order(s catalog.Step) int {
	return slices.Index([]catalog.Step{catalog.Patch, catalog.Minor, catalog.Major}, s)
}

func versionOf(tag string) string {
	version, _, _ := strings.Cut(tag, "-")
	return version
}

// TestProperties holds for random registries, locks, constraints and policies: no update
// leaves a constraint or the policy, none goes back, twice changes nothing, and the order of
// services doesn't matter.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 4))
	for n := range *rounds {
		w := newWorld(r)
		w.before(t, r)
		files := w.files(w.order)
		result := asked(t, files, w.hub, w.old, today)
		told := fmt.Sprintf("round %d, %v %v\n%s%v gone %v made %v", n, w.wants, w.order, w.toml, w.hub.tags, w.hub.gone, w.hub.made)
		base, old := standing(nil, generated(t, files, nil).Outcomes), standing(w.old, generated(t, files, w.old).Outcomes)
		if wrong := w.wrong(base, old, standing(result.Lock, result.Files.Outcomes)); len(wrong) > 0 {
			t.Fatalf("%s\n%s", told, strings.Join(wrong, "\n"))
		}
		fresh(t, told, files, result)
		again := asked(t, files, w.hub, result.Lock, today.AddDate(0, 0, 1))
		if diff := gocmp.Diff(string(result.Lock.Format()), string(again.Lock.Format())); diff != "" || len(again.Changes) > 0 {
			t.Fatalf("%s: a second update changes %+v:\n%s", told, again.Changes, diff)
		}
		other := asked(t, w.files(r.Perm(len(w.services))), w.hub, w.old, today)
		if diff := gocmp.Diff(string(result.Lock.Format()), string(other.Lock.Format())); diff != "" {
			t.Fatalf("%s: services in another order change the lock:\n%s", told, diff)
		}
	}
}

// fresh wants the files of an update, with all that is told of them, to be those that generate
// makes by the new lock, though an update plans once for several of its steps.
func fresh(t *testing.T, told string, files map[string][]byte, result update.Result) {
	t.Helper()
	want := generated(t, files, result.Lock)
	for i, o := range result.Files.Outcomes {
		w := want.Outcomes[i]
		if diff := gocmp.Diff(fmt.Sprint(w.Files, w.Plan.Decisions, w.Plan.Notes, w.Plan.Needs, w.Plan.Summary, w.Err, w.Answers, w.Proof), fmt.Sprint(o.Files, o.Plan.Decisions, o.Plan.Notes, o.Plan.Needs, o.Plan.Summary, o.Err, o.Answers, o.Proof)); diff != "" {
			t.Fatalf("%s: %s (-generate +update):\n%s", told, o.Service.Name, diff)
		}
	}
	if diff := gocmp.Diff(want.Passed, result.Files.Passed); diff != "" {
		t.Fatalf("%s (-generate +update):\n%s", told, diff)
	}
}

// TestWrong plants mistakes in what an update has come to, each of which TestProperties has
// to see.
func TestWrong(t *testing.T) {
	image := func(built, seen string) lock.Image {
		return lock.Image{Seen: seen, Digest: "sha256:" + strings.Repeat(built, 64)}
	}
	const before, after = "24.18.0-trixie-slim", "24.19.0-trixie-slim"
	for _, tt := range []struct {
		name, tag string
		change    func(w *world, now state)
		want      string
	}{
		{"none", after, func(*world, state) {}, ""},
		{"out of the constraint", "26.7.0-trixie-slim", func(w *world, _ state) { w.policy[""] = catalog.Major }, "node:26.7.0-trixie-slim leaves ^24"},
		{"further than the policy", after, func(w *world, _ state) { w.policy["node"] = catalog.Patch }, "node:24.19.0-trixie-slim is more than a patch step from 24.18.0"},
		{"back", "24.17.0-trixie-slim", func(*world, state) {}, "node:24.17.0-trixie-slim goes back from 24.18.0"},
		{"held", after, func(w *world, _ state) { w.held = []string{"node"} }, "node:24.19.0-trixie-slim is held at 24.18.0-trixie-slim"},
		{"too young", after, func(w *world, _ state) { w.age, w.hub.made["node:"+after] = true, today }, "node:24.19.0-trixie-slim is too young"},
		{"gone", after, func(w *world, _ state) { w.hub.gone["node:"+after] = true }, "node:24.19.0-trixie-slim is gone"},
		{"not in the lock", after, func(_ *world, now state) { delete(now.lock.Images, "node:"+after) }, "node:24.19.0-trixie-slim is not in the lock"},
		{"no files", after, func(_ *world, now state) { delete(now.tags, "s0") }, "s0 has no files any more"},
		{"another day", before, func(_ *world, now state) { now.lock.Images["node:"+before] = image("a", "2026-11-30") }, "node:24.18.0-trixie-slim was seen on 2026-11-23 and on 2026-11-30"},
		{"a young digest", before, func(w *world, now state) {
			w.age, w.hub.made["node:"+before], now.lock.Images["node:"+before] = true, today, image("b", "2026-11-30")
		}, "has another digest, held false, young true"},
		{"an old digest", before, func(w *world, now state) { w.hub.rebuilt["node:"+before] = 1 }, "node:24.18.0-trixie-slim keeps an old digest"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := &world{wants: []string{"^24"}, kinds: []kind{kinds[1]}, order: []int{0}, policy: map[string]catalog.Step{"": catalog.Minor},
				hub: &hub{gone: map[string]bool{}, made: map[string]time.Time{}, rebuilt: map[string]int{}}}
			at := func(tag string) state {
				return state{&lock.Lock{Images: map[string]lock.Image{"node:" + tag: image("a", "2026-11-23")}}, map[string]map[string]string{"s0": {"node": tag}}}
			}
			old, now := at(before), at(tt.tag)
			w.old = old.lock
			tt.change(w, now)
			got := strings.Join(w.wrong(at(before), old, now), "\n")
			if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}
