package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
)

// Members lists the folders that a workspace names, as patterns from its own
// folder: for finding the root of a repository.
func Members(data []byte) ([]string, error) {
	var doc struct{ Workspace struct{ Members []string } }
	if _, err := toml.Decode(string(data), &doc); err != nil {
		return nil, position(manifestName, err)
	}
	var dirs []string
	for _, m := range doc.Workspace.Members {
		dirs = append(dirs, path.Clean(m))
	}
	return dirs, nil
}

// repository is every package of a tree.
type repository struct {
	tree     *detect.Tree
	packages map[string]*Package        // by folder
	broken   map[string]error           // by folder
	members  map[string][]string        // folders of packages, by the workspace's folder
	root     map[string]string          // the workspace's folder, by the package's
	locks    map[string]*lock           // by the folder of Cargo.lock
	sources  map[string][]source        // of a package, by folder
	tests    map[string]detect.Evidence // the first in the sources of a package, by folder
	current  string                     // the folder of the workspace, or package, that sources are of
}

func readRepository(t *detect.Tree) *repository {
	r := &repository{
		tree: t, packages: map[string]*Package{}, broken: map[string]error{}, members: map[string][]string{},
		root: map[string]string{}, locks: map[string]*lock{}, sources: map[string][]source{}, tests: map[string]detect.Evidence{},
	}
	for _, name := range t.Named(manifestName) {
		dir := path.Dir(name)
		p, err := readManifest(t, name)
		if err != nil {
			r.broken[dir] = err
			continue
		}
		r.packages[dir] = p
	}
	for _, dir := range sortedKeys(r.packages) {
		p := r.packages[dir]
		if err := p.inherit(r.above(p)); err != nil {
			r.broken[dir] = err
		}
	}
	for _, dir := range sortedKeys(r.packages) {
		if p := r.packages[dir]; p.Workspace != nil && r.broken[dir] == nil {
			if err := r.gather(p); err != nil {
				r.broken[dir] = err
			}
		}
	}
	return r
}

// above gives the manifest of the workspace that a package is in or would be:
// its own, the one that it names, or the nearest above that does not exclude it
// (https://doc.rust-lang.org/cargo/reference/workspaces.html).
func (r *repository) above(p *Package) *Package {
	if p.Workspace != nil {
		return p
	}
	if table := p.file.doc.Package; table != nil && table.Workspace != "" {
		return r.packages[path.Join(p.Dir, table.Workspace)]
	}
	for dir := p.Dir; dir != "."; {
		dir = path.Dir(dir)
		if w := r.packages[dir]; w != nil && w.Workspace != nil {
			if excludes(w, p.Dir) {
				return nil
			}
			return w
		}
	}
	return nil
}

func excludes(w *Package, dir string) bool {
	return slices.ContainsFunc(w.Workspace.Exclude, func(x string) bool { return detect.Inside(dir, path.Join(w.Dir, x)) }) &&
		!slices.ContainsFunc(w.Workspace.Members, func(m string) bool { return path.Join(w.Dir, m) == dir })
}

// gather lists the members of a workspace: those that it names, and what they
// name below it.
func (r *repository) gather(w *Package) error {
	at := w.file.at("workspace", "members")
	var queue []string
	if w.Name != "" {
		queue = append(queue, w.Dir)
	}
	for _, pattern := range w.Workspace.Members {
		dirs, err := r.expand(w.Dir, pattern, at)
		if err != nil {
			return err
		}
		for _, dir := range dirs {
			if !excludes(w, dir) {
				queue = append(queue, dir)
			}
		}
	}
	var found []string
	for ; len(queue) > 0; queue = queue[1:] {
		dir := queue[0]
		if slices.Contains(found, dir) {
			continue
		}
		if err := r.broken[dir]; err != nil && dir != w.Dir {
			return err
		}
		found = append(found, dir)
		r.root[dir] = w.Dir
		for _, d := range r.packages[dir].Locals {
			if next := r.packages[d.Dir]; next != nil && next.Name != "" && detect.Inside(d.Dir, w.Dir) && !excludes(w, d.Dir) && next.Workspace == nil && r.above(next) == w {
				queue = append(queue, d.Dir)
			}
		}
	}
	slices.Sort(found)
	r.members[w.Dir] = found
	return nil
}

// expand gives the folders with a package that a member's pattern names.
func (r *repository) expand(base, pattern string, at detect.Evidence) ([]string, error) {
	full := path.Join(base, pattern)
	if path.IsAbs(pattern) || full == ".." || strings.HasPrefix(full, "../") {
		return nil, detect.Errorf(at, "the member %s lies outside of the repository; a folder above it is a --root that holds both", pattern)
	}
	if !strings.ContainsAny(full, "*?[") {
		if p := r.packages[full]; p != nil && p.Name != "" || r.broken[full] != nil {
			return []string{full}, nil
		}
		if x, ok := r.tree.Excluded(path.Join(full, manifestName)); ok {
			return nil, detect.Errorf(at, "the member %s is left out by %s", pattern, x.At)
		}
		return nil, detect.Errorf(at, "the member %s has no %s with a package", pattern, manifestName)
	}
	parts := strings.Split(full, "/")
	for _, part := range parts {
		if _, err := path.Match(part, ""); err != nil {
			return nil, detect.Errorf(at, "the member %s: %w", pattern, err)
		}
	}
	var found []string
	for _, name := range r.tree.Named(manifestName) {
		dir := path.Dir(name)
		p := r.packages[dir]
		if matches(parts, strings.Split(dir, "/")) && (r.broken[dir] != nil || p != nil && p.Name != "") {
			found = append(found, dir)
		}
	}
	return found, nil
}

// matches says whether a pattern matches a path, part by part; ** stands for any
// number of them.
func matches(pattern, parts []string) bool {
	if len(pattern) == 0 {
		return len(parts) == 0
	}
	if pattern[0] == "**" {
		return matches(pattern[1:], parts) || len(parts) > 0 && matches(pattern, parts[1:])
	}
	if len(parts) == 0 {
		return false
	}
	ok, err := path.Match(pattern[0], parts[0])
	return ok && err == nil && matches(pattern[1:], parts[1:])
}

// setting is one package with those of the repository that it is built with.
type setting struct {
	Package *Package
	Root    *Package   // of the workspace, or the package itself
	Members []*Package // whose manifests Cargo wants: the workspace's and all that they name
	Closure []*Package // whose sources are built or tested, the package itself first
	Real    []*Package // whose sources the dependencies' layer holds: others are compiled against them, or Cargo takes them for no members
}

// setting settles what a package is built with. A server may be built with a part
// for browsers that it does not depend on, by the name of its package.
func (r *repository) setting(p *Package, part string) (setting, error) {
	s := setting{Package: p, Root: p}
	start := []string{p.Dir}
	if w := r.above(p); w != nil {
		if err := r.broken[w.Dir]; err != nil {
			return setting{}, err
		}
		if r.root[p.Dir] != w.Dir {
			return setting{}, detect.Errorf(p.At, "the package lies below the workspace of %s, which neither lists nor excludes it", path.Join(w.Dir, manifestName))
		}
		s.Root = w
		start = r.members[w.Dir]
	}
	all, err := r.reach(append([]string{s.Root.Dir}, start...), func(d Dependency) bool { return true })
	if err != nil {
		return setting{}, err
	}
	s.Members = all
	if err := r.cycle(p); err != nil {
		return setting{}, err
	}
	built := []string{p.Dir}
	for _, m := range all {
		if part != "" && m.Name == part {
			built = append(built, m.Dir)
		}
	}
	if s.Closure, err = r.reach(built, func(d Dependency) bool { return d.Kind != Patch }); err != nil {
		return setting{}, err
	}
	var real []string
	for _, m := range s.Closure {
		if len(m.Linked) > 0 {
			return setting{}, detect.Errorf(m.Linked[0].At, "%s is a symbolic link, which is not followed; put the file there", m.Linked[0].Value)
		}
		if m != p && r.root[m.Dir] != s.Root.Dir {
			real = append(real, m.Dir)
		}
	}
	for _, m := range all {
		for _, d := range m.Locals {
			if d.Kind == Patch {
				real = append(real, d.Dir)
			}
		}
	}
	s.Real, err = r.reach(real, func(d Dependency) bool { return d.Kind == Normal || d.Kind == Build })
	return s, err
}

// reach lists the packages that one can get to, each once and the first first.
func (r *repository) reach(dirs []string, takes func(Dependency) bool) ([]*Package, error) {
	type step struct {
		dir string
		by  Dependency
	}
	var queue []step
	for _, dir := range dirs {
		queue = append(queue, step{dir: dir})
	}
	var found []*Package
	for ; len(queue) > 0; queue = queue[1:] {
		at := queue[0]
		p, err := r.local(at.dir, at.by)
		if err != nil {
			return nil, err
		}
		if slices.Contains(found, p) {
			continue
		}
		found = append(found, p)
		for _, d := range p.Locals {
			if takes(d) {
				queue = append(queue, step{d.Dir, d})
			}
		}
	}
	return found, nil
}

// local gives the package in a folder that a dependency names.
func (r *repository) local(dir string, by Dependency) (*Package, error) {
	if dir == ".." || strings.HasPrefix(dir, "../") {
		return nil, detect.Errorf(by.At, "%s lies in %s, outside of the repository; a folder above it is a --root that holds both", by.Name, dir)
	}
	if err := r.broken[dir]; err != nil {
		return nil, err
	}
	p, ok := r.packages[dir]
	if !ok || by.Name != "" && p.Name == "" {
		if x, out := r.tree.Excluded(path.Join(dir, manifestName)); out {
			return nil, detect.Errorf(by.At, "%s lies in %s, which %s leaves out", by.Name, dir, x.At)
		}
		return nil, detect.Errorf(by.At, "no package in %s", dir)
	}
	return p, nil
}

// cycle is an error where a package needs itself, which Cargo allows for tests
// only.
func (r *repository) cycle(p *Package) error {
	done := map[string]bool{}
	var way []*Package
	var visit func(p *Package, by Dependency) error
	visit = func(p *Package, by Dependency) error {
		if i := slices.Index(way, p); i >= 0 && by.Name != "" {
			var names []string
			for _, q := range append(way[i:len(way):len(way)], p) {
				names = append(names, q.Name)
			}
			return detect.Errorf(by.At, "packages that need each other: %s", strings.Join(names, " needs "))
		}
		if done[p.Dir] {
			return nil
		}
		way = append(way, p)
		for _, d := range p.Locals {
			if d.Kind != Normal && d.Kind != Build {
				continue
			}
			next, err := r.local(d.Dir, d)
			if err == nil {
				err = visit(next, d)
			}
			if err != nil {
				return err
			}
		}
		way = way[:len(way)-1]
		done[p.Dir] = true
		return nil
	}
	return visit(p, Dependency{})
}

// lock gives the versions that are locked for a setting, or nil.
func (r *repository) lock(s setting) (*lock, error) {
	name := path.Join(s.Root.Dir, lockName)
	if l, ok := r.locks[name]; ok {
		return l, nil
	}
	if !r.tree.Has(name) {
		r.locks[name] = nil
		return nil, nil
	}
	data, err := r.tree.ReadFile(name)
	if err != nil {
		return nil, err
	}
	l, err := readLock(name, string(data))
	if err != nil {
		return nil, err
	}
	r.locks[name] = l
	return l, nil
}

// common is the deepest folder that holds all the packages of a setting.
func (s setting) common() string {
	dir := s.Members[0].Dir
	for _, m := range s.Members {
		if m.Name == "" { // the manifest of the workspace alone
			continue
		}
		if dir == s.Root.Dir && s.Root.Name == "" {
			dir = m.Dir
		}
		for !detect.Inside(m.Dir, dir) {
			dir = path.Dir(dir)
		}
	}
	return dir
}

// aside says whether a package lies aside of the product by the names of folders,
// of which those that all members share tell nothing.
func (s setting) aside() (string, bool) {
	if what, ok := detect.Aside(s.Root.Dir); ok {
		return what, true
	}
	if s.Package.Name == "xtask" { // https://github.com/matklad/cargo-xtask
		return "a tool", true
	}
	if len(s.Members) == 1 {
		return "", false
	}
	dir := s.common()
	if dir == s.Package.Dir && dir != s.Root.Dir {
		dir = s.Root.Dir
	}
	if what, ok := detect.Aside(detect.From(dir, s.Package.Dir)); ok {
		return what, true
	}
	return "", false
}

// upwards reads the first of some names that is there in a folder, then in each
// folder above it, and stops where it is told to.
func (r *repository) upwards(dir string, names []string, read func(dir, file, plain string) (stop bool, err error)) error {
	for ; ; dir = path.Dir(dir) {
		for _, name := range names {
			file := path.Join(dir, name)
			if !r.tree.Has(file) {
				continue
			}
			data, err := r.tree.ReadFile(file)
			if err != nil {
				return err
			}
			if stop, err := read(dir, file, strings.TrimPrefix(string(data), "\ufeff")); stop || err != nil {
				return err
			}
			break
		}
		if dir == "." {
			return nil
		}
	}
}
