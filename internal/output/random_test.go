package output

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/templates"
)

var rounds = flag.Int("rounds", 1400, "how many random files to merge")

// step is an instruction of a random Dockerfile, known by its id in every version.
type step struct {
	id      string
	kind    string
	version int
	lines   int
	there   bool
}

// text gives the lines of a step. Each line but those of a heredoc says whose it is.
func (s step) text() []string {
	name := fmt.Sprintf("%s.v%d", s.id, s.version)
	switch s.kind {
	case "COPY <<":
		return []string{"COPY <<EOF /etc/" + s.id, "body of " + name, "", "EOF"}
	case "HEALTHCHECK":
		return []string{"HEALTHCHECK --timeout=3s \\", "    CMD [\"" + name + "\"]"}
	case "RUN":
		all := []string{"RUN " + s.id + " \\"}
		for i := 1; i < s.lines; i++ {
			all = append(all, fmt.Sprintf("    && line-%d-of-%s-%d \\", i, s.id, s.version*i%3))
		}
		return append(all, "    && end-of-"+name)
	case "#":
		return []string{"# about " + name}
	case "EXPOSE", "USER", "WORKDIR", "STOPSIGNAL":
		return []string{s.kind + " " + name}
	}
	return []string{s.kind + " " + name + " /" + s.id}
}

// randomStage is a stage with its steps.
type randomStage struct {
	name, base string
	there      bool
	steps      []step
}

// project is what a random Dockerfile is rendered from.
type project []randomStage

var stepKinds = []string{"RUN", "RUN", "COPY", "COPY", "COPY <<", "ENV", "ENV", "WORKDIR", "#"}

func newProject(r *rand.Rand) project {
	var p project
	for _, name := range []string{"base", "deps", "frontend", "test", "builder", "prod-deps", "runtime"} {
		s := randomStage{name: name, base: "image:1", there: r.IntN(4) > 0 || name == "builder" || name == "runtime"}
		for i := range 1 + r.IntN(4) {
			s.steps = append(s.steps, step{id: fmt.Sprintf("%s-%d", name, i), kind: stepKinds[r.IntN(len(stepKinds))], lines: 1 + r.IntN(4), there: r.IntN(5) > 0})
		}
		if name == "runtime" {
			for _, kind := range []string{"USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT"} {
				s.steps = append(s.steps, step{id: kind, kind: kind, there: r.IntN(5) > 0})
			}
		}
		p = append(p, s)
	}
	return p
}

// changed is the project some commits later.
func (p project) changed(r *rand.Rand, times int) project {
	next := slices.Clone(p)
	for i := range next {
		next[i].steps = slices.Clone(next[i].steps)
	}
	for range times {
		s := &next[r.IntN(len(next))]
		st := &s.steps[r.IntN(len(s.steps))]
		switch r.IntN(6) {
		case 0:
			s.base = fmt.Sprintf("image:%d", r.IntN(9))
		case 1:
			s.there = !s.there || s.name == "builder" || s.name == "runtime"
		case 2, 3:
			st.there = !st.there
		default:
			st.version++
		}
	}
	return next
}

func (p project) render() []byte {
	var b strings.Builder
	b.WriteString("# syntax=docker/dockerfile:1\n# dockgen: a service\n")
	for _, s := range p {
		if !s.there {
			continue
		}
		fmt.Fprintf(&b, "\nFROM %s AS %s\n", s.base, s.name)
		for _, st := range s.steps {
			if st.there {
				b.WriteString(strings.Join(st.text(), "\n") + "\n")
			}
		}
	}
	data, err := Seal(templates.Dockerfile, []byte(b.String()))
	if err != nil {
		panic(err)
	}
	return data
}

// person edits a file; every line of a person's holds the word mine.
type person struct {
	*rand.Rand
	edits   int
	touched map[string]bool // the ids of steps that were edited
	deleted map[string]bool
	name    string
	gone    map[string]byte // the kinds of deleted instructions, by their ids
}

func (h *person) mine() string {
	h.edits++
	return fmt.Sprintf("mine-%s%d.", h.name, h.edits)
}

// edit changes so many things in a file.
func (h *person) edit(t *testing.T, data []byte, times int) []byte {
	t.Helper()
	d, err := open(templates.Dockerfile, data)
	if err != nil {
		t.Fatalf("%v\n%s", err, data)
	}
	for i := range d.sections {
		d.sections[i].units = slices.Clone(d.sections[i].units)
	}
	for range times {
		h.change(&d.sections[h.IntN(len(d.sections))])
	}
	return write(linesOf(d.sections), d.marker, recordOf(data))
}

// change changes one thing in a stage.
func (h *person) change(s *section) {
	from := slices.IndexFunc(s.units, func(u unit) bool { return u.kind == 'F' })
	if from < 0 {
		return
	}
	i := from + h.IntN(len(s.units)-from)
	u := &s.units[i]
	put := func(lines ...string) {
		s.units = slices.Insert(slices.Clone(s.units), i+1, unit{kind: comment, lines: lines})
	}
	switch h.IntN(9) {
	case 0:
		put("ENV " + h.mine() + "=1")
	case 1:
		put("RUN "+h.mine()+" \\", "    "+h.mine())
	case 2:
		put("COPY <<EOF /"+h.mine(), h.mine(), "EOF")
	case 3:
		put("# " + h.mine())
	case 4:
		put("# dockgen:keep "+h.mine(), "RUN "+h.mine(), "# dockgen:end")
	case 5:
		if u.kind == 'R' && len(u.lines) > 2 && !strings.Contains(u.lines[0], "mine") && !slices.Contains(u.lines, "EOF") {
			h.touched[idOf(*u)] = true
			u.lines = slices.Insert(slices.Clone(u.lines), 1+h.IntN(len(u.lines)-1), "    && "+h.mine()+" \\")
		}
	case 6:
		if u.kind != 'F' && u.kind != blank && !strings.Contains(strings.Join(u.lines, " "), "mine") {
			h.deleted[idOf(*u)], h.gone[idOf(*u)] = true, u.kind
			s.units = slices.Delete(s.units, i, i+1)
		}
	case 7:
		if u.kind != 'F' && u.kind != blank && len(u.lines) == 1 && !strings.Contains(u.lines[0], "mine") {
			h.touched[idOf(*u)] = true
			u.lines = []string{u.lines[0] + " " + h.mine()}
		}
	default:
		last := len(s.units) - 1
		if i = last; strings.Contains(s.name, "mine") {
			return
		}
		name := h.mine()
		put("", "FROM image:1 AS "+strings.TrimSuffix(name, "."), "RUN "+h.mine())
	}
}

func recordOf(data []byte) (notes []string) {
	for _, l := range numbered(data) {
		if strings.HasPrefix(l.text, record) {
			notes = append(notes, l.text)
		}
	}
	return notes
}

// idOf is the step that an instruction is a version of.
func idOf(u unit) string {
	text := strings.Join(u.lines, " ")
	for _, name := range []string{"HEALTHCHECK", "EXPOSE", "USER", "ENTRYPOINT"} {
		if strings.HasPrefix(text, name+" ") {
			return name
		}
	}
	words := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '/' })
	for _, w := range words {
		id, _, _ := strings.Cut(w, ".v")
		for _, stage := range []string{"base-", "prod-deps-", "deps-", "frontend-", "test-", "builder-", "runtime-", "etc/"} {
			if strings.HasPrefix(id, stage) {
				return id
			}
		}
	}
	return ""
}

// inOlder is a file as dockgen wrote it before records knew stages.
func inOlder(t *testing.T, data []byte) []byte {
	t.Helper()
	d, err := open(templates.Dockerfile, data)
	if err != nil {
		t.Fatal(err)
	}
	marks, _ := digests(d.sections)
	return write(linesOf(d.sections), d.marker+" (0123456789ab)", []string{record + strings.Join(marks, "")})
}

// damage spoils what dockgen noted.
func (h *person) damage(data []byte) []byte {
	notes := recordOf(data)
	i := h.IntN(len(notes))
	kind := h.IntN(4)
	if len(notes) == 1 && kind > 0 { // an older one, which has no check of itself
		kind = 3
	}
	switch kind {
	case 0:
		notes = slices.Delete(notes, i, i+1)
	case 1:
		notes[i] = notes[i][:len(notes[i])-1-h.IntN(len(notes[i])/2)]
	case 2:
		at := len(record) + h.IntN(len(notes[i])-len(record))
		notes[i] = notes[i][:at] + "x" + notes[i][at+1:]
	default:
		notes = nil
	}
	d, _ := open(templates.Dockerfile, data)
	return write(linesOf(d.sections), d.marker, notes)
}

func planned(t *testing.T, there, rendered []byte, opt Options) Change {
	t.Helper()
	c := Change{Path: "Dockerfile", Kind: templates.Dockerfile, Old: there, New: rendered, Owner: Inspect(there)}
	if err := c.settle(opt); err != nil {
		t.Fatal(err)
	}
	return c
}

func deciding(choice Choice) Options {
	return Options{Decide: func(string, Conflict) Choice { return choice }}
}

// TestRandomEdits edits random Dockerfiles, renders them anew from a changed project
// and looks at what becomes of each line.
func TestRandomEdits(t *testing.T) {
	counts, edits := map[string]int{}, 0
	for seed := range uint64(*rounds) {
		r := rand.New(rand.NewPCG(seed, 24))
		h := &person{r, 0, map[string]bool{}, map[string]bool{}, "", map[string]byte{}}
		before := newProject(r)
		there := before.render()
		if r.IntN(4) == 0 {
			there = inOlder(t, there)
		}
		there = h.edit(t, there, 1+r.IntN(1+r.IntN(60)))
		edits += h.edits
		damaged := r.IntN(5) == 0
		if damaged {
			there = h.damage(there)
		}
		rendered := before.changed(r, r.IntN(6)).render()
		c := planned(t, there, rendered, Options{})
		counts[string(c.Status)]++
		if len(c.Conflicts) > 0 {
			settles(t, seed, there, rendered)
			continue
		}
		if c.Status == Refused {
			counts[c.Reason[:min(60, len(c.Reason))]]++
			if !strings.Contains(c.Reason, "there is no stage") {
				t.Errorf("seed %d: %s\n%s", seed, c.Reason, there)
			}
			continue
		}
		fault := holdsAll(there, c.New, damaged)
		if fault == "" {
			fault = h.holdsOurs(rendered, c.New, damaged)
		}
		if fault != "" {
			t.Fatalf("seed %d, damaged %v: %s\n--- there\n%s--- rendered\n%s--- merged\n%s", seed, damaged, fault, there, rendered, c.New)
		}
		if again := planned(t, c.New, rendered, Options{}); again.Status != Unchanged {
			t.Fatalf("seed %d: once more: %s %s %s", seed, again.Status, again.Reason, again.Diff())
		}
	}
	t.Log(edits, "edits", counts)
	if counts[string(Updated)] < *rounds/3 || edits < 10**rounds {
		t.Errorf("too few to say anything: %d edits, %v", edits, counts)
	}
}

// settles wants every choice to settle the conflicts of a file, and to last.
func settles(t *testing.T, seed uint64, there, rendered []byte) {
	t.Helper()
	for _, choice := range []Choice{Mine, Theirs, Both, Later} {
		c := planned(t, there, rendered, deciding(choice))
		if c.Status == Refused {
			continue // such as two stages of one name by Both
		}
		if choice == Mine || choice == Both || choice == Later {
			for _, l := range numbered(there) {
				if strings.Contains(l.text, "mine-") && !strings.Contains(string(c.New), l.text+"\n") {
					t.Fatalf("seed %d: choice %d loses %q\n--- there\n%s--- rendered\n%s--- merged\n%s", seed, choice, l.text, there, rendered, c.New)
				}
			}
		}
		again := planned(t, c.New, rendered, Options{})
		if want := map[bool]Status{false: Unchanged, true: Refused}[choice == Later]; again.Status != want {
			t.Fatalf("seed %d: choice %d, once more: %s %s %s %v\n%s", seed, choice, again.Status, again.Reason, again.Diff(), again.Conflicts, there)
		}
	}
}

// place is where a line of a person's stands.
type place struct{ stage, unit, before, behind string }

// places finds the lines of a person's: in which stage, in which instruction,
// between which of dockgen's.
func places(data []byte) map[string]place {
	d, err := open(templates.Dockerfile, data)
	if err != nil {
		panic(err)
	}
	found := map[string]place{}
	for _, s := range d.sections {
		for i, u := range s.units {
			for _, l := range u.lines {
				if !strings.Contains(l, "mine-") {
					continue
				}
				p := place{stage: s.name, unit: strings.Join(u.lines, "\n")}
				if id := idOf(u); id != "" && u.kind != kept {
					p.unit = id
				}
				for j := i - 1; j >= 0 && p.before == ""; j-- {
					p.before = idOf(s.units[j])
				}
				for j := i + 1; j < len(s.units) && p.behind == ""; j++ {
					p.behind = idOf(s.units[j])
				}
				found[l] = p
			}
		}
	}
	return found
}

// order gives the steps of each stage in their order.
func order(data []byte) map[string][]string {
	d, _ := open(templates.Dockerfile, data)
	all := map[string][]string{}
	for _, s := range d.sections {
		for _, u := range s.units {
			all[s.name] = append(all[s.name], idOf(u))
		}
	}
	return all
}

// holdsAll says what became of a line of a person's that is not where it was.
func holdsAll(there, merged []byte, damaged bool) string {
	now, steps := places(merged), order(merged)
	for l, was := range places(there) {
		is, ok := now[l]
		switch {
		case !ok:
			return fmt.Sprintf("%q is lost", l)
		case is.stage != was.stage:
			return fmt.Sprintf("%q moved from %s to %s", l, was.stage, is.stage)
		case is.unit != was.unit:
			return fmt.Sprintf("%q is part of another instruction: %q instead of %q", l, is.unit, was.unit)
		case strings.Count(string(merged), l+"\n") > 1:
			return fmt.Sprintf("%q is there twice", l)
		}
		at := func(id string) int { return slices.Index(steps[is.stage], id) }
		if damaged || idOf(unit{lines: strings.Split(was.unit, "\n")}) != "" { // without a record, its neighbours may be a person's, too
			continue
		}
		if was.before != "" && at(was.before) >= 0 && is.behind != "" && at(was.before) >= at(is.behind) {
			return fmt.Sprintf("%q stands before %s", l, was.before)
		}
		if was.behind != "" && at(was.behind) >= 0 && is.before != "" && at(was.behind) <= at(is.before) {
			return fmt.Sprintf("%q stands behind %s", l, was.behind)
		}
	}
	return ""
}

// holdsOurs says which line of dockgen's is missing or stale.
func (h *person) holdsOurs(rendered, merged []byte, damaged bool) string {
	want, _ := open(templates.Dockerfile, rendered)
	got, err := open(templates.Dockerfile, merged)
	if err != nil {
		return err.Error()
	}
	names := map[string]bool{}
	for _, s := range got.sections {
		if names[s.name] || strings.Contains(s.name, ":") {
			return "two stages are called " + s.name
		}
		names[s.name] = true
		for _, u := range s.units {
			i := named(want.sections, s.name)
			for _, l := range u.lines {
				ours := i >= 0 && slices.Contains(linesOf(want.sections[i:i+1]), l)
				if !ours && l != "" && l != "EOF" && !strings.Contains(l, "mine-") && u.kind != kept && !strings.HasPrefix(s.name, "mine") && !damaged {
					return fmt.Sprintf("%q of %s is stale", l, s.name)
				}
			}
			if id := idOf(u); h.deleted[id] && id != "" && !damaged {
				return id + " was deleted, and is back"
			}
		}
	}
	for _, s := range want.sections {
		i := named(got.sections, s.name)
		if i < 0 {
			return "the stage " + s.name + " is missing"
		}
		lines := linesOf(got.sections[i : i+1])
		for _, u := range s.units {
			id := idOf(u)
			for _, l := range u.lines {
				if !h.touched[id] && !h.deleted[id] && !slices.Contains(lines, l) && !h.tookOut(u.kind, s) {
					return fmt.Sprintf("%q of %s is missing", l, s.name)
				}
			}
		}
	}
	return ""
}

// tookOut says whether a person took an instruction of a kind out of a stage that is not
// rendered any more: the record knows no texts, so that another one in its place is a
// later version of it, and stays out.
func (h *person) tookOut(kind byte, rendered section) bool {
	for id, k := range h.gone {
		if k == kind && strings.HasPrefix(id, rendered.name+"-") && !slices.ContainsFunc(rendered.units, func(u unit) bool { return idOf(u) == id }) {
			return true
		}
	}
	return false
}
