// Package proof holds what a program, its start and the steps of a build need against
// what the stages of the Dockerfile hold.
//
// Needs come from the plan, each with its evidence; those that every start has (its
// program, the files that it names) are read from the Dockerfile itself. What the stages
// hold is computed from the context, from what one stage copies from another, from what
// base images are known to have, and from what the plan says that steps make. Where a
// step may have made something that nobody can see, a lack is never claimed.
package proof

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// State is what became of a need.
type State string

// The states, as dockgen explain prints them.
const (
	Proved State = "proved"
	Failed State = "failed"
	Open   State = "not proved"
)

// Finding is a need with what became of it.
type Finding struct {
	plan.Need
	State  State
	Reason string // of one that failed or is open
	Where  string // what lacks it: "stage runtime, Dockerfile:31"

	stands plan.Replaced // the image that lacks it, where a dockgen.toml has put it there
}

// Err is the error of a need that failed, where both it and the lack are exact.
func (f Finding) Err() error {
	if f.State != Failed || !f.Exact || f.Kind == plan.NeedVariable { // who runs the image may set one
		return nil
	}
	if f.At.File != "" {
		f.Where = "" // in a Dockerfile that nobody has, as it is not written
	}
	if f.stands.Key != "" {
		return detect.Errorf(f.stands.At, "%s = %s: %s", f.stands.Key, f.stands.Image, f.placed())
	}
	if f.At.File == "" {
		return fmt.Errorf("%s", f.text())
	}
	return detect.Errorf(f.At, "%s", f.text())
}

// placed is the text behind the place that it is about, where there is one.
func (f Finding) placed() string {
	if f.At.File == "" {
		return f.text()
	}
	return f.At.String() + ": " + f.text()
}

// Note is what a need that failed says, where it is no error.
func (f Finding) Note() string {
	if f.State != Failed || f.Err() != nil {
		return ""
	}
	return f.placed()
}

func (f Finding) text() string {
	text := f.By + " " + f.What
	if f.Reason != "" {
		text += ", " + f.Reason
	}
	if f.Where != "" {
		text += " (" + f.Where + ")"
	}
	if f.Settles != "" {
		text += "; " + f.Settles
	}
	return text
}

// Notes are the lines about what fails and is no error: one for all that lack in the same
// place for the same reason.
func Notes(found []Finding) (notes []string) {
	for i, f := range found {
		alike := func(o Finding) bool { return o.Note() != "" && o.alike(f) }
		if f.Note() == "" || slices.ContainsFunc(found[:i], alike) {
			continue
		}
		var what []string
		for _, o := range found[i:] {
			if alike(o) && !slices.Contains(what, o.What) {
				what = append(what, o.What)
			}
		}
		if len(what) > 1 {
			f.Settles = strings.Replace(f.Settles, " "+f.What+"=", " NAME=", 1)
		}
		f.What = strings.Join(what, ", ")
		notes = append(notes, f.Note())
	}
	return notes
}

// alike says that two findings differ by what is needed alone.
func (f Finding) alike(o Finding) bool {
	return f.Kind == o.Kind && f.By == o.By && f.Reason == o.Reason && f.Where == o.Where && f.At.File == o.At.File && (f.Kind == plan.NeedVariable || f.Settles == o.Settles)
}

// Start is where the project says how it is started, for what is read from the Dockerfile.
type Start struct {
	At      detect.Evidence
	Settles string
}

// Check holds every need against the stages, those of the start and of the health check
// among them.
func (im *Image) Check(needs []plan.Need, start Start) []Finding {
	var found []Finding
	for _, n := range slices.Concat(im.starts(start), needs) {
		found = append(found, im.check(n))
	}
	return slices.Concat(found, im.exposed(needs), im.Copied(), im.calls())
}

// exposed are ports of the image that nothing is known to listen on, where it is known of
// others.
func (im *Image) exposed(needs []plan.Need) (found []Finding) {
	s := im.last()
	listened := func(port string) bool {
		return slices.ContainsFunc(needs, func(n plan.Need) bool { return n.Kind == plan.NeedPort && n.What == port })
	}
	if !slices.ContainsFunc(needs, func(n plan.Need) bool { return n.Kind == plan.NeedPort }) {
		return nil
	}
	for _, word := range s.ports {
		if port := strings.TrimSuffix(s.expand(word), "/tcp"); !listened(port) {
			found = append(found, Finding{
				Need:  plan.Need{Kind: plan.NeedPort, What: port, By: "the image exposes", Settles: "--port names another, and ports in a dockgen.toml what is exposed"},
				State: Open, Reason: "nothing in the sources shows that the program listens on it",
			})
		}
	}
	return found
}

// calls holds what the commands of the build call and run against the stages that they run
// in, as far as a command is programs with their arguments.
func (im *Image) calls() []Finding {
	var found []Finding
	for _, s := range im.stages {
		for i, st := range s.steps {
			before := len(found)
			for _, words := range st.runs {
				for _, f := range im.called(s, i, words) {
					if f.State != Proved && !slices.ContainsFunc(found, f.same) {
						found = append(found, f)
					}
				}
				if !settled(words) { // what it makes, or where it leads, is another question
					break
				}
			}
			for n := before; n < len(found); n++ {
				found[n].Where = fmt.Sprintf("Dockerfile:%d", st.line)
			}
		}
	}
	return found
}

// called holds one command of a step against what it finds.
func (im *Image) called(s *stage, i int, words []string) (found []Finding) {
	st := s.steps[i]
	var w wanted
	w.command(words)
	finding := func(kind plan.NeedKind, what, lack string, l look) {
		f := Finding{Need: plan.Need{Kind: kind, What: what, By: "stage " + s.label() + " calls", Stage: s.name, Exact: true}}
		f.become(l, lack+" stage "+s.label())
		if kind == plan.NeedProgram {
			f.stands = s.base.Replaced
		}
		found = append(found, f)
	}
	sees := func(name string) look { return im.sees(s, i, name) }
	for _, name := range w.programs {
		if !slices.ContainsFunc(st.packages, func(p string) bool { return s.base.PackageProvides(p, name) }) {
			finding(plan.NeedProgram, name, "which is no program of", search(st.path, st.workdir, name, sees))
		}
	}
	for _, name := range w.files {
		if l := sees(path.Join("/", st.workdir, name)); l.answer == absent { // of what an earlier step may make, the build says so itself
			finding(plan.NeedFile, name, "which is not in", l)
		}
	}
	return found
}

func (f Finding) same(other Finding) bool {
	return f.Kind == other.Kind && f.What == other.What && f.Stage == other.Stage && f.Reason == other.Reason
}

// become settles a finding by what was found, or says what is lacking.
func (f *Finding) become(l look, lack string) {
	switch f.State = Proved; l.answer {
	case unknown:
		f.State, f.Reason = Open, l.why
	case absent:
		f.State, f.Reason = Failed, lack
	}
}

// starts are the needs of the last stage's start and of its health check.
func (im *Image) starts(start Start) []plan.Need {
	s := im.last()
	var needs []plan.Need
	argv, shell := slices.Concat(s.start[0], s.start[1]), s.shell[0] || s.start[0] == nil && s.shell[1]
	if s.shell[0] {
		argv = s.start[0]
	}
	add := func(w wanted, by, settles string, at detect.Evidence) {
		for _, p := range w.programs {
			needs = append(needs, plan.Need{Kind: plan.NeedProgram, What: p, By: by, At: at, Exact: true, Settles: settles})
		}
		for _, f := range w.files {
			needs = append(needs, plan.Need{Kind: plan.NeedFile, What: f, By: by, At: at, Exact: true, Settles: settles})
		}
		for _, f := range w.scripts {
			needs = append(needs, plan.Need{Kind: plan.NeedFile, What: f + ".js", Or: endings(f), By: by, At: at, Exact: true, Settles: settles})
		}
	}
	add(wants(argv, shell), "the start needs", start.Settles, start.At)
	add(wants(s.health, false), "the health check needs", "", detect.Evidence{})
	return needs
}

// Ships says whether the image that runs surely holds a file of the context, wherever
// its instructions put it.
func (im *Image) Ships(file string) bool {
	last := im.last()
	for s := last; s != nil; s = s.parent {
		for _, st := range s.steps {
			if st.to == "" || st.foreign {
				continue
			}
			for _, at := range []string{path.Join(st.to, file), path.Join(st.to, path.Base(file)), st.to} {
				if path.Base(at) == path.Base(file) && im.added(last, -1, at).answer == held {
					return true
				}
			}
		}
	}
	return false
}

// Copied holds what the stages copy against where they copy it from: a build stops where
// there is nothing.
func (im *Image) Copied() []Finding {
	var found []Finding
	for _, s := range im.stages {
		for _, st := range s.steps {
			for _, source := range st.sources {
				if f, ok := im.lacking(s, st, source, "copies"); ok {
					found = append(found, f)
				}
			}
			for _, m := range st.mounts {
				if f, ok := im.lacking(s, m.copied, m.copied.sources[0], "mounts"); ok && m.kind == "bind" {
					found = append(found, f)
				}
			}
		}
	}
	return found
}

// lacking is what is to be said of one source of a COPY or a mount that is not there. Of
// one that nobody can decide there is nothing to say: a build that lacks it stops with its
// name.
func (im *Image) lacking(s *stage, st step, source, verb string) (Finding, bool) {
	if st.foreign || strings.Contains(source, "$") {
		return Finding{}, false
	}
	from := "the context"
	if st.from != nil {
		from = "stage " + st.from.label()
	}
	l := im.at(st, path.Join("/", strings.ReplaceAll(source, "/./", "/")))
	f := Finding{Need: plan.Need{Kind: plan.NeedFile, What: source, By: "stage " + s.label() + " " + verb, Exact: true}, State: Proved}
	if l.answer == absent {
		f.State, f.Reason, f.Where = Failed, "which is not in "+from, fmt.Sprintf("Dockerfile:%d", st.line)
	}
	return f, f.State != Proved
}

// check holds one need against its stage.
func (im *Image) check(n plan.Need) Finding {
	f := Finding{Need: n, State: Proved}
	s := im.last()
	if n.Stage != "" {
		s = im.stage(n.Stage)
	}
	switch {
	case n.Kind == plan.NeedPort && !im.last().exposes(n.What):
		return f
	case n.Lacking != "":
		f.State, f.Reason = Failed, n.Lacking
		return f
	case n.Open != "":
		f.State, f.Reason = Open, n.Open
		return f
	case s == nil:
		f.State, f.Reason = Open, "there is no stage "+n.Stage
		return f
	}
	if n.Kind == plan.NeedPort { // what is not exposed needs nobody who listens
		return f
	}
	l, lack := im.answer(s, n)
	if f.become(l, lack+" stage "+s.label()); f.State == Failed {
		f.Where = fmt.Sprintf("Dockerfile:%d", s.line)
		if n.Kind == plan.NeedProgram {
			f.stands = s.base.Replaced
		}
	}
	return f
}

// endings is how Node finds a script that is named without its ending.
func endings(name string) []string {
	return []string{name, name + ".cjs", name + ".mjs", path.Join(name, "index.js"), path.Join(name, "package.json")}
}

// answer looks for what is needed, and for what will do as well.
func (im *Image) answer(s *stage, n plan.Need) (l look, lack string) {
	l = look{answer: held}
	switch n.Kind {
	case plan.NeedProgram:
		l, lack = im.program(s, n.What), "which is no program of"
	case plan.NeedFile:
		l, lack = im.file(s, n), "which is not in"
	case plan.NeedWritable:
		l, lack = im.writable(s, s.absolute(n.What)), "where its user may not write in"
	case plan.NeedVariable:
		if _, ok := s.env[n.What]; !ok && !slices.Contains(s.args, n.What) {
			l, lack = look{}, "which nothing sets in"
		}
	case plan.NeedDependency:
		l, lack = im.dependency(n.What), "which no dependency brings into"
	}
	for _, other := range n.Or {
		if l.answer == held {
			break
		}
		again := n
		again.What, again.Or = other, nil
		found, _ := im.answer(s, again)
		l = l.or(found)
	}
	return l, lack
}

// file looks for a file in a stage, or where the step that reads it sees it.
func (im *Image) file(s *stage, n plan.Need) look {
	name := path.Clean(s.absolute(n.What))
	if n.Ours {
		return im.added(s, -1, name)
	}
	if n.Before == "" {
		return im.holds(s, -1, name)
	}
	for of := s; of != nil; of = of.parent {
		if i := slices.IndexFunc(of.steps, func(st step) bool { return strings.Contains(st.command, n.Before) }); i >= 0 {
			return im.sees(of, i, name)
		}
	}
	return look{unknown, "no step of stage " + s.label() + " runs " + n.Before}
}

// dependency looks a package up among those that are installed where the image runs.
func (im *Image) dependency(name string) look {
	switch {
	case slices.Contains(im.installed, name):
		return look{answer: held}
	case len(im.installed) == 0:
		return look{unknown, "which packages are installed is not known"}
	}
	return look{}
}

// exposes says whether a stage exposes a port, as EXPOSE has it.
func (s *stage) exposes(port string) bool {
	return slices.ContainsFunc(s.ports, func(word string) bool { return strings.TrimSuffix(s.expand(word), "/tcp") == port })
}

func (s *stage) label() string {
	if s.name == "" {
		return "the last stage"
	}
	return s.name
}

// program says whether a command is found by its path, or by its name in the folders of
// PATH.
func (im *Image) program(s *stage, name string) look {
	return search(s.env["PATH"], s.workdir, name, func(name string) look { return im.holds(s, -1, s.expand(name)) })
}

// search looks for a program where a shell does.
func search(dirs, workdir, name string, holds func(name string) look) look {
	switch {
	case path.IsAbs(name):
		return holds(name)
	case strings.Contains(name, "/"):
		return holds(path.Join(workdir, name))
	case strings.ContainsAny(name, "$"):
		return look{unknown, "a variable names it"}
	}
	dirs = strings.NewReplacer("${PATH}", defaultPath, "$PATH", defaultPath).Replace(dirs)
	best := look{}
	for dir := range strings.SplitSeq(dirs, ":") {
		if !path.IsAbs(dir) {
			continue
		}
		found := holds(path.Join(dir, name))
		if found.answer == held {
			return found
		}
		best = best.or(found)
	}
	return best
}

// writable says whether the user of a stage may make files in a folder: it is theirs, or
// they own the nearest folder above that is there, or it lies under a volume or in /tmp.
func (im *Image) writable(s *stage, dir string) look {
	if s.user == "" || s.user == "root" || uid(s.user) == "0" {
		return look{answer: held}
	}
	for _, volume := range s.volumes {
		if inside(dir, s.absolute(volume)) {
			return look{answer: held}
		}
	}
	if inside(dir, "/tmp") || inside(dir, "/var/tmp") || inside(dir, "/dev/shm") {
		return im.holds(s, -1, "/tmp")
	}
	for name := dir; name != "/"; name = path.Dir(name) {
		owner, l := im.owner(s, name)
		switch {
		case l.answer == unknown:
			return l
		case l.answer == held && uid(owner) == uid(s.user):
			return l
		case l.answer == held:
			return look{}
		}
	}
	return look{}
}

// owner gives the owner of a folder, where the stage has it.
func (im *Image) owner(s *stage, dir string) (string, look) {
	for i := len(s.steps) - 1; i >= 0; i-- {
		st := s.steps[i]
		switch {
		case st.folder != "" && inside(st.folder, dir):
			if earlier, l := im.ownerBefore(s, i, dir); l.answer == held {
				return earlier, l
			}
			return st.owner, look{answer: held}
		case st.folder != "" || st.to == "" && !st.open:
			continue
		case st.open:
			return "", look{unknown, fmt.Sprintf("%s may make it the user's (Dockerfile:%d)", shorten(st.command), st.line)}
		}
		if l := im.copies(s, i, dir); l.answer == held {
			if inside(path.Clean(st.to), dir) && !st.link { // what lies in it is given to the new owner
				if earlier, l := im.ownerBefore(s, i, dir); l.answer == held {
					return earlier, l
				}
			}
			return st.owner, l
		} else if l.answer == unknown && st.owner != "" {
			return st.owner, look{answer: held}
		}
	}
	if s.parent != nil {
		return im.owner(s.parent, dir)
	}
	if s.base.Home != "" && inside(dir, s.base.Home) {
		return s.base.User, look{answer: held}
	}
	return "0", s.base.holds(dir)
}

// ownerBefore is the owner that a folder has before a step: what stands there keeps it.
func (im *Image) ownerBefore(s *stage, i int, dir string) (string, look) {
	before := *s
	before.steps = s.steps[:i]
	return im.owner(&before, dir)
}

func uid(user string) string {
	id, _, _ := strings.Cut(user, ":")
	if id == "" || id == "root" {
		return "0"
	}
	return id
}
