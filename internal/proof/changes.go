package proof

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Read is an instruction that reads the context: a COPY or ADD, or a RUN with a bind mount.
type Read struct {
	Stage   string // as BuildKit calls it
	Line    int
	Name    string   // "COPY"
	Sources []string // of the context, as the instruction names them

	number int // of the stage
	step   step
	image  *Image
}

// Reads lists the instructions that read the context, in their order.
func (im *Image) Reads() (all []Read) {
	for n, s := range im.stages {
		for _, st := range s.steps {
			r := Read{Stage: im.title(n), Line: st.line, Name: st.name, number: n, step: st, image: im}
			for _, part := range st.parts() {
				if part.sent {
					r.Sources = append(r.Sources, slices.DeleteFunc(slices.Clone(part.sources), fetched)...)
				}
			}
			if len(r.Sources) > 0 {
				all = append(all, r)
			}
		}
	}
	return all
}

// parts are what a step copies, and what it sees by its mounts.
func (st step) parts() []step {
	if st.to != "" {
		return []step{st}
	}
	var parts []step
	for _, m := range st.mounts {
		if m.kind == "bind" || m.kind == "cache" && m.copied.from != nil {
			parts = append(parts, m.copied)
		}
	}
	return parts
}

// Takes says whether an instruction reads a file of the context.
func (r Read) Takes(file string) bool {
	return slices.ContainsFunc(r.step.parts(), func(part step) bool { return r.image.takes(part, file) })
}

func (im *Image) takes(st step, file string) bool {
	return st.sent && slices.ContainsFunc(st.sources, func(source string) bool {
		return !fetched(source) && im.names(st, source, file)
	})
}

// names says whether a source of the context is a file, or has it in it.
func (im *Image) names(st step, source, file string) bool {
	if source = anyValue(source); st.parents {
		root, kept, pivot := strings.Cut(source, "/./")
		if !pivot {
			root, kept = "", source
		}
		rest, inside := detect.Below(relative("/"+root), file)
		return inside && !st.excluded(rest) && keeps(strings.Trim(path.Clean(kept), "/"), rest)
	}
	if name := relative("/" + source); strings.ContainsAny(name, "*?[") {
		for above := file; above != "."; above = path.Dir(above) {
			if ok, err := path.Match(name, above); !ok || err != nil {
				continue
			}
			rest, _ := detect.Below(above, file)
			return !st.excluded(copied(rest, file))
		}
		return false
	}
	return slices.ContainsFunc(im.context.Follow(relative("/"+source)), func(name string) bool {
		rest, inside := detect.Below(name, file)
		return inside && !st.excluded(copied(rest, file))
	})
}

var variable = pattern.New(`\$\{[^}]*\}|\$\w+`)

// anyValue lets a variable that nothing in the Dockerfile sets stand for any name.
func anyValue(source string) string {
	if !strings.Contains(source, "$") {
		return source
	}
	return variable.ReplaceAllString(source, "*")
}

// copied is the name by which the patterns of --exclude know a file: from the folder that
// is copied, or its own.
func copied(rest, file string) string {
	if rest == "." {
		return path.Base(file)
	}
	return rest
}

// keeps says whether the source of a COPY with --parents is a file or a folder above it.
func keeps(source, file string) bool {
	if source == "." || source == "" {
		return true
	}
	if !strings.ContainsAny(source, "*?[") {
		return inside(file, source)
	}
	matcher, err := dockerfile.ParseIgnore([]byte(source)) // which knows ** as BuildKit does
	return err == nil && matcher.Hides(file)
}

// Roots are the folders and files of the context in which lies all that an instruction
// reads.
func (r Read) Roots() (all []string) {
	for _, source := range r.Sources {
		name := relative("/" + strings.ReplaceAll(anyValue(source), "/./", "/"))
		for strings.ContainsAny(name, "*?[") {
			name = path.Dir(name)
		}
		all = append(all, r.image.context.Follow(name)...)
	}
	return all
}

// Part is a stage.
type Part struct {
	Name string // as BuildKit calls it
	Line int
	Ends bool  // no other stage needs it: it is built for itself
	Of   []int // the stages that are made for it, itself among them
}

// Parts lists the stages.
func (im *Image) Parts() []Part {
	parts := make([]Part, len(im.stages))
	needed := map[int]bool{}
	for n, s := range im.stages {
		of := []int{n}
		for _, up := range s.needs() {
			if i := slices.Index(im.stages, up); i != n {
				needed[i] = true
				of = append(of, parts[i].Of...)
			}
		}
		slices.Sort(of)
		parts[n] = Part{Name: im.title(n), Line: s.line, Of: slices.Compact(of)}
	}
	for n := range parts {
		parts[n].Ends = !needed[n] || n == len(parts)-1
	}
	return parts
}

// For says whether the instruction runs in a build of a stage.
func (r Read) For(p Part) bool { return slices.Contains(p.Of, r.number) }

// needs are the stages that one starts from, or copies from, or mounts.
func (s *stage) needs() (all []*stage) {
	if s.parent != nil {
		all = append(all, s.parent)
	}
	for _, st := range s.steps {
		for _, part := range st.parts() {
			if part.from != nil {
				all = append(all, part.from)
			}
		}
	}
	return all
}

// title is the name of a stage as BuildKit prints it.
func (im *Image) title(n int) string {
	if name := im.stages[n].name; name != "" {
		return name
	}
	return fmt.Sprintf("stage-%d", n)
}

// Repeat is an instruction that a build repeats after a change of one file of the context.
type Repeat struct {
	Stage  string
	Number int // of the instructions of its stage that make files, from 1
	Line   int
	If     bool // only if the output of a step before it changes, which the same file may not do
	Why    string
}

// effect is what a change does to a step.
type effect struct {
	again   certainty // it is repeated
	changes bool      // what it puts into the stage may differ
}

type certainty int

const (
	never certainty = iota
	perhaps
	surely
)

// Repeats lists what a build repeats after a change of a file that is sent, stage by
// stage. It is how BuildKit keys what it caches: a command and a copy by all that came
// before in their stage, and what they copy or mount by its contents; a copy with --link
// by what it copies alone.
func (im *Image) Repeats(file string) (all []Repeat) {
	effects := map[*stage][]effect{}
	for n, s := range im.stages {
		before, why := never, ""
		if s.parent != nil {
			before, why = reached(effects[s.parent]), "starts from stage "+im.title(slices.Index(im.stages, s.parent))
		}
		for i, st := range s.steps {
			e, because := im.affected(st, file, effects)
			if before > e.again && !(st.link && st.to != "") {
				e.again, because = before, why
			}
			if st.to == "" && st.folder == "" {
				e.changes = e.again != never
			}
			effects[s] = append(effects[s], e)
			if e.again != never {
				all = append(all, Repeat{Stage: im.title(n), Number: i + 1, Line: st.line, If: e.again == perhaps, Why: because})
			}
			if e.again != never && e.again >= before {
				before, why = e.again, fmt.Sprintf("follows line %d", st.line)
			}
		}
		if before > reached(effects[s]) { // for a stage without steps of its own
			effects[s] = append(effects[s], effect{again: before})
		}
	}
	return all
}

// reached is how surely a stage is another than before.
func reached(effects []effect) (most certainty) {
	for _, e := range effects {
		most = max(most, e.again)
	}
	return most
}

// affected says what a change does to a step by what that copies or mounts.
func (im *Image) affected(st step, file string, effects map[*stage][]effect) (e effect, why string) {
	for _, part := range st.parts() {
		if im.takes(part, file) {
			return effect{surely, true}, "takes " + file
		}
		if part.from == nil || e.again != never {
			continue
		}
		for _, source := range part.sources {
			if im.differs(part.from, effects, path.Join("/", strings.ReplaceAll(source, "/./", "/"))) {
				e, why = effect{perhaps, true}, "takes "+strings.ReplaceAll(source, "/./", "/")+" of stage "+im.title(slices.Index(im.stages, part.from))
				break
			}
		}
	}
	return e, why
}

// differs says whether a change may reach a path of a stage.
func (im *Image) differs(s *stage, effects map[*stage][]effect, name string) bool {
	name = anyValue(name)
	for strings.ContainsAny(name, "*?[") {
		name = path.Dir(name)
	}
	for ; s != nil; s = s.parent {
		for i, st := range s.steps {
			switch to := path.Clean(st.to); {
			case !effects[s][i].changes:
			case st.to == "" && !st.hides(name), st.to != "" && (inside(to, name) || inside(name, to)):
				return true
			}
		}
	}
	return false
}
