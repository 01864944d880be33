package proof

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/plan"
)

// answer is whether a stage holds a path.
type answer int

const (
	absent  answer = iota
	unknown        // a step may make it
	held
)

// look is an answer with what it comes from.
type look struct {
	answer
	why string // of unknown: which step may make it
}

// holds says whether a path is in a stage behind its first n instructions that add
// files, or behind all of them with n < 0. A path is absent only where every step is
// known and none brings it.
func (im *Image) holds(s *stage, n int, name string) look {
	name = path.Clean(name)
	if name == "/" {
		return look{answer: held}
	}
	l, gone := im.traced(s, n, name)
	if gone {
		return l
	}
	return l.or(s.base.holds(name))
}

// added is [Image.holds] without what the base image brings.
func (im *Image) added(s *stage, n int, name string) look {
	l, _ := im.traced(s, n, name)
	return l
}

// traced is [Image.added], and says whether a step has taken away what was there before.
func (im *Image) traced(s *stage, n int, name string) (best look, gone bool) {
	steps := s.steps
	if n >= 0 {
		steps = steps[:n]
	}
	for i := len(steps) - 1; i >= 0; i-- {
		removed := steps[i].removes(name)
		if removed && !steps[i].again {
			return best, true
		}
		found := im.brings(s, i, name)
		if found.answer == held {
			return found, false
		}
		if best = best.or(found); removed {
			return best, true
		}
	}
	if s.parent != nil {
		l, gone := im.traced(s.parent, -1, name)
		return best.or(l), gone
	}
	return best, false
}

// or is the better of two answers.
func (l look) or(other look) look {
	if other.answer > l.answer {
		return other
	}
	return l
}

// brings says whether one step of a stage brings a path.
func (im *Image) brings(s *stage, i int, name string) look {
	st := s.steps[i]
	switch {
	case st.folder != "":
		if inside(st.folder, name) {
			return look{answer: held}
		}
		return look{}
	case st.to == "" && st.hides(name):
		return look{}
	case st.to == "": // a command
		if im.made(s.name, name) || slices.Contains(st.links, name) {
			return look{answer: held}
		}
		if slices.ContainsFunc(st.packages, func(p string) bool { return s.base.PackageProvides(p, path.Base(name)) }) && s.base.keeps(path.Dir(name)) {
			return look{answer: held}
		}
		if len(st.packages) > 0 && !inside(name, "/usr/local") && s.base.holds(name).answer == unknown {
			return look{unknown, fmt.Sprintf("a package may bring it (Dockerfile:%d)", st.line)}
		}
		if inside(name, "/tmp") || slices.ContainsFunc(closed, func(dir string) bool { return inside(name, dir) }) {
			return look{}
		}
		if st.open || slices.ContainsFunc(st.places, func(dir string) bool { return inside(name, dir) }) {
			return look{unknown, fmt.Sprintf("%s may make it (Dockerfile:%d)", shorten(st.command), st.line)}
		}
		return look{}
	}
	return im.copies(s, i, name)
}

// hides says whether a command has a mount where a path lies: nothing that it makes there
// stays.
func (st step) hides(name string) bool {
	return slices.ContainsFunc(st.mounts, func(m mount) bool { return inside(name, m.target) })
}

// sees says whether a command finds a path: what its mounts show it, or what the stage
// has before it.
func (im *Image) sees(s *stage, i int, name string) look {
	name = path.Clean(name)
	for _, m := range slices.Backward(s.steps[i].mounts) {
		switch {
		case inside(m.target, name):
			return look{answer: held}
		case !inside(name, m.target):
		case m.kind == "tmpfs":
			return look{}
		case m.kind == "bind" && !m.copied.foreign:
			return im.at(m.copied, path.Join(m.copied.sources[0], strings.TrimPrefix(name, m.target)))
		default:
			return look{unknown, fmt.Sprintf("a mount may have it (Dockerfile:%d)", s.steps[i].line)}
		}
	}
	return im.holds(s, i, name)
}

// closed are folders of dockgen's own: steps put there what the plan says, and no more.
var closed = []string{"/out", "/image", "/zones"}

// made says whether the plan knows that a step of a stage makes a path, or what lies in it.
func (im *Image) made(stage, name string) bool {
	return slices.ContainsFunc(im.makes, func(m plan.Made) bool {
		folder := strings.HasSuffix(m.Path, "/")
		return m.Stage == stage && (name == path.Clean(m.Path) || folder && inside(name, path.Clean(m.Path)) || inside(m.Path, name))
	})
}

// copies says whether a COPY or ADD brings a path.
func (im *Image) copies(s *stage, i int, name string) look {
	st := s.steps[i]
	for _, file := range st.made {
		if st.placed(file) == name {
			return look{answer: held}
		}
	}
	if inside(path.Clean(st.to), name) && len(st.sources) > 0 { // a folder above, which it makes
		return im.brought(st)
	}
	if !inside(name, path.Clean(st.to)) {
		return look{}
	}
	if st.foreign {
		return look{unknown, fmt.Sprintf("it may come with what is copied from elsewhere (Dockerfile:%d)", st.line)}
	}
	rest := strings.Trim(strings.TrimPrefix(name, path.Clean(st.to)), "/")
	best := look{}
	for _, source := range st.sources {
		found := im.from(s, i, source, rest)
		if found.answer == held {
			return found
		}
		best = best.or(found)
	}
	return best
}

// placed is where a file with a name of its own comes to.
func (st step) placed(file string) string {
	if strings.HasSuffix(st.to, "/") {
		return path.Join(st.to, path.Base(file))
	}
	return st.to
}

// brought says whether a COPY copies anything.
func (im *Image) brought(st step) look {
	best := look{}
	for _, source := range st.sources {
		best = best.or(im.at(st, path.Join("/", strings.ReplaceAll(source, "/./", "/"))))
	}
	if st.foreign {
		best = best.or(look{answer: held})
	}
	return best
}

// at asks where a step copies from, by an absolute path.
func (im *Image) at(st step, name string) look {
	if strings.ContainsAny(name, "*?[") {
		return im.matching(st, name)
	}
	if st.from != nil {
		return im.holds(st.from, -1, name)
	}
	there, link := im.context.Has(relative(name))
	switch {
	case link:
		return look{unknown, "it is a symbolic link, or lies behind one"}
	case there:
		return look{answer: held}
	}
	return look{}
}

// matching asks for what fits a pattern. Of another stage nobody can list the files.
func (im *Image) matching(st step, pattern string) look {
	if st.from != nil {
		dir := path.Dir(pattern)
		for strings.ContainsAny(dir, "*?[") {
			dir = path.Dir(dir)
		}
		if im.holds(st.from, -1, dir).answer == absent {
			return look{}
		}
		return look{unknown, fmt.Sprintf("which files fit %s is not known (Dockerfile:%d)", pattern, st.line)}
	}
	root, _, _ := strings.Cut(relative(pattern), "*")
	for _, file := range im.context.Below(path.Dir(root + "x")) {
		if covers(relative(pattern), file) {
			return look{answer: held}
		}
	}
	return look{}
}

// covers says whether a pattern names a file or a folder above it.
func covers(pattern, file string) bool {
	for name := file; name != "." && name != "/"; name = path.Dir(name) {
		if ok, err := path.Match(pattern, name); ok && err == nil {
			return true
		}
	}
	return false
}

// from asks whether one source of a COPY brings what is named from its destination:
// a folder brings what is in it, a file itself, and with --parents both under the
// whole path of the source.
func (im *Image) from(s *stage, i int, source, rest string) look {
	st := s.steps[i]
	wild := strings.ContainsAny(source, "*?[")
	if st.parents {
		return im.withParents(st, source, rest)
	}
	base := path.Join("/", source)
	if rest == "" { // the destination itself
		return im.at(st, base)
	}
	if st.excluded(rest) {
		return look{}
	}
	if wild {
		return im.wildcard(st, base, rest)
	}
	first, _, deeper := strings.Cut(rest, "/")
	file := slices.Contains(endingsOfFiles, path.Ext(base)) && !im.isFolder(st, base)
	if file && (deeper || first != path.Base(base)) {
		return look{}
	}
	if !deeper && first == path.Base(base) && im.intoFolder(s, i) && !im.isFolder(st, base) {
		return im.at(st, base)
	}
	return im.at(st, path.Join(base, rest))
}

// endingsOfFiles are those of which nobody calls a folder.
var endingsOfFiles = []string{".json", ".js", ".mjs", ".cjs", ".jar", ".py", ".conf", ".html", ".lock", ".toml", ".yaml", ".yml"}

// wildcard asks a COPY whose source is a pattern: each file or folder that fits is
// copied as if it had been named.
func (im *Image) wildcard(st step, pattern, rest string) look {
	dir, first := path.Dir(pattern), strings.SplitN(rest, "/", 2)[0]
	if strings.ContainsAny(dir, "*?[") {
		return look{unknown, fmt.Sprintf("which files fit %s is not known (Dockerfile:%d)", pattern, st.line)}
	}
	if ok, err := path.Match(path.Base(pattern), first); ok && err == nil && first == rest {
		if found := im.at(st, path.Join(dir, first)); found.answer != absent {
			return found
		}
	}
	if st.from != nil && dir != "/out" { // a folder that fits brings its contents
		return look{unknown, fmt.Sprintf("which files fit %s is not known (Dockerfile:%d)", pattern, st.line)}
	}
	if st.from != nil {
		return look{}
	}
	for _, file := range im.context.Below(relative(dir)) {
		under := strings.TrimPrefix("/"+file, strings.TrimSuffix(dir, "/")+"/")
		folder, below, deeper := strings.Cut(under, "/")
		if ok, err := path.Match(path.Base(pattern), folder); ok && err == nil && deeper && inside(below, rest) {
			return look{answer: held}
		}
	}
	return look{}
}

// withParents asks a COPY that keeps the paths of its sources, from the /./ on where
// one stands in them.
func (im *Image) withParents(st step, source, rest string) look {
	root, kept, pivot := strings.Cut(source, "/./")
	if !pivot {
		root, kept = "", source
	}
	kept = strings.Trim(path.Clean(kept), "/")
	if st.excluded(rest) {
		return look{}
	}
	full := path.Join("/", root, rest)
	switch {
	case strings.ContainsAny(kept, "*?["):
		if !covers(kept, rest) {
			return look{}
		}
		return im.at(st, full)
	case kept == "." || inside(rest, kept):
		return im.at(st, full)
	case inside(kept, rest): // a folder above
		return im.at(st, path.Join("/", root, kept))
	}
	return look{}
}

func (st step) excluded(rest string) bool {
	return st.exclude != nil && st.exclude.Hides(rest)
}

// intoFolder says whether a file is copied into the destination rather than to it: the
// destination ends with a slash, or is a folder by then.
func (im *Image) intoFolder(s *stage, i int) bool {
	to := s.steps[i].to
	return strings.HasSuffix(to, "/") || im.folder(s, i, to)
}

// folder says whether a path is a folder behind the first n steps of a stage.
func (im *Image) folder(s *stage, n int, name string) bool {
	for i := n - 1; i >= 0; i-- {
		st := s.steps[i]
		to := path.Clean(st.to)
		switch {
		case st.folder != "":
			if inside(st.folder, name) {
				return true
			}
		case st.to == "" || !inside(to, name) && !inside(name, to):
		case name != to && inside(to, name), name == to && strings.HasSuffix(st.to, "/"):
			if len(st.made) > 0 || im.brought(st).answer != absent {
				return true
			}
		default:
			rest := strings.TrimPrefix(strings.TrimPrefix(name, to), "/")
			if slices.ContainsFunc(st.sources, func(source string) bool { return im.folderOf(st, source, rest) }) {
				return true
			}
		}
	}
	return s.parent != nil && im.folder(s.parent, len(s.parent.steps), name)
}

// folderOf says whether a source brings a folder under that name below the destination.
func (im *Image) folderOf(st step, source, rest string) bool {
	root, _, pivot := strings.Cut(source, "/./")
	switch {
	case st.excluded(rest):
		return false
	case st.parents && !pivot:
		return im.isFolder(st, path.Join("/", rest)) && im.withParents(st, source, rest).answer == held
	case st.parents:
		return im.isFolder(st, path.Join("/", root, rest)) && im.withParents(st, source, rest).answer == held
	}
	return im.isFolder(st, path.Join("/", source, rest))
}

// isFolder says whether a source is a folder, as far as the context tells; what steps
// make is taken for files where the path is the whole of what one makes.
func (im *Image) isFolder(st step, base string) bool {
	if st.from == nil {
		return im.context.Folder(relative(base))
	}
	return im.folder(st.from, len(st.from.steps), base) || slices.ContainsFunc(im.makes, func(m plan.Made) bool {
		return m.Stage == st.from.name && (strings.HasSuffix(m.Path, "/") && inside(base, path.Clean(m.Path)) || base != path.Clean(m.Path) && inside(m.Path, base))
	})
}

// relative is an absolute path as one from the context.
func relative(name string) string {
	if name = strings.TrimPrefix(path.Clean(name), "/"); name == "" {
		return "."
	}
	return name
}

// inside says whether a path is a folder or lies in it.
func inside(name, dir string) bool {
	return dir == "/" || name == dir || strings.HasPrefix(name, strings.TrimSuffix(dir, "/")+"/")
}

// shorten is a command in a few words.
func shorten(command string) string {
	words := strings.Fields(command)
	if len(words) > 4 {
		return strings.Join(words[:4], " ") + " …"
	}
	return strings.Join(words, " ")
}
