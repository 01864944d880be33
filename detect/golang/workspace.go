package golang

import (
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/crew"
)

// Workspace is what a go.work states.
type Workspace struct {
	File      string // the go.work, empty where there is none
	HasSum    bool   // a go.work.sum stands beside it
	Version   Directive
	Toolchain Directive
	Uses      []Replace // the members; only the folder is set
	Replaces  []Replace
}

func readWorkspace(t *detect.Tree, file string) (Workspace, error) {
	data, err := t.ReadFile(file)
	if err != nil {
		return Workspace{}, err
	}
	parsed, err := modfile.ParseWork(file, data, nil)
	if err != nil {
		return Workspace{}, position(file, err)
	}
	at, dir := lines(file), path.Dir(file)
	w := Workspace{
		File:      file,
		HasSum:    t.Has(path.Join(dir, "go.work.sum")),
		Version:   goLine(parsed.Go, at),
		Toolchain: toolchainLine(parsed.Toolchain, at),
		Replaces:  replaces(dir, parsed.Replace, at),
	}
	for _, u := range parsed.Use {
		w.Uses = append(w.Uses, Replace{Dir: path.Join(dir, u.Path), At: at(u.Syntax)})
	}
	return w, nil
}

// Members lists the folders that a go.work names, from its own folder: for
// finding the root of a repository.
func Members(data []byte) ([]string, error) {
	parsed, err := modfile.ParseWork("go.work", data, nil)
	if err != nil {
		return nil, position("go.work", err)
	}
	var dirs []string
	for _, u := range parsed.Use {
		dirs = append(dirs, path.Clean(u.Path))
	}
	return dirs, nil
}

// repository is every module and workspace of a tree.
type repository struct {
	tree       *detect.Tree
	modules    map[string]Module // by folder
	broken     map[string]error
	workspaces []Workspace     // the deepest first
	parted     []Workspace     // those with a member whose go.mod is broken
	shared     map[string]bool // folders of modules that others may build with
}

func readRepository(t *detect.Tree) (*repository, []*detect.Problem) {
	r := &repository{tree: t, modules: map[string]Module{}, broken: map[string]error{}, shared: map[string]bool{}}
	files := t.Named("go.mod")
	modules, broken := make([]Module, len(files)), make([]error, len(files))
	group := crew.New(parallel)
	for i, file := range files {
		group.Go(func() error {
			modules[i], broken[i] = readModule(t, file)
			return nil
		})
	}
	_ = group.Wait() // none fails
	for i, file := range files {
		if broken[i] != nil {
			r.broken[path.Dir(file)] = broken[i]
			continue
		}
		r.modules[modules[i].Dir] = modules[i]
	}
	if len(files) == 0 {
		for _, m := range missingModules(t) {
			r.modules[m.Dir] = m
		}
	}
	var problems []*detect.Problem
	for _, file := range t.Named("go.work") {
		if _, foreign := t.Aside(path.Dir(file)); foreign {
			continue // its modules are no product, and vendored ones are not all there
		}
		w, err := readWorkspace(t, file)
		if err == nil && slices.ContainsFunc(w.Uses, func(u Replace) bool { return r.broken[u.Dir] != nil }) {
			r.parted = append(r.parted, w) // each of the others that builds alone does so
			continue
		}
		if err == nil {
			err = r.check(w)
		}
		if err != nil {
			problems = append(problems, &detect.Problem{Dir: path.Dir(file), Stack: Name, Err: err})
			continue
		}
		r.workspaces = append(r.workspaces, w)
	}
	slices.Reverse(r.workspaces)
	r.share()
	return r, problems
}

// waiting is why modules below a broken workspace are nothing yet.
const waiting = "below a broken workspace"

// libraries takes a broken workspace for no problem where modules lie in its folder and
// none of them has a program: nothing there is deployed, and who builds with one of them
// names its folder and reads no go.work beside it.
func libraries(broken []*detect.Problem, found []detect.Findings) (left []*detect.Problem, others []detect.Other) {
	for _, p := range broken {
		some, waits := false, false
		for _, f := range found {
			for _, o := range f.Others {
				if detect.Inside(o.Dir, p.Dir) {
					some, waits = true, waits || o.Reason == waiting
				}
			}
			waits = waits || slices.ContainsFunc(f.Problems, func(x *detect.Problem) bool { return detect.Inside(x.Dir, p.Dir) })
		}
		if waits || !some {
			left = append(left, p)
			continue
		}
		others = append(others, detect.Other{Dir: p.Dir, Stack: Name, Reason: "a workspace of libraries, which is broken: " + p.Error()})
	}
	return left, others
}

// programless says whether a module has no program, which its own folder alone tells.
func (r *repository) programless(m Module) bool {
	s := newSources(r.tree, setting{Module: m, locals: map[string]Module{m.Path: m}})
	defer s.text.Close() // nothing was written through it
	programs, _, err := s.programs()
	return err == nil && len(programs) == 0
}

// share marks the modules whose sources more than one service may ask for.
func (r *repository) share() {
	mark := func(lines []Replace) {
		for _, l := range lines {
			r.shared[l.Dir] = true
		}
	}
	for _, w := range r.workspaces {
		mark(w.Uses)
		mark(w.Replaces)
	}
	for _, m := range r.modules {
		mark(m.Replaces)
	}
}

// check holds a workspace to what the go command wants of it: members that are
// there, each module once.
func (r *repository) check(w Workspace) error {
	seen := map[string]string{}
	for _, u := range w.Uses {
		m, err := r.local(u)
		if err != nil {
			return err
		}
		if other, twice := seen[m.Path]; twice {
			return detect.Errorf(u.At, "module %s is there twice, in %s and in %s", m.Path, other, u.Dir)
		}
		seen[m.Path] = u.Dir
	}
	return nil
}

// local gives the module of a folder that a line names.
func (r *repository) local(line Replace) (Module, error) {
	if path.IsAbs(line.Dir) || line.Dir == ".." || strings.HasPrefix(line.Dir, "../") {
		return Module{}, detect.Errorf(line.At, "%s lies outside of the repository; a folder above it is a --root that holds both", line.Dir)
	}
	if err := r.broken[line.Dir]; err != nil {
		return Module{}, err
	}
	m, ok := r.modules[line.Dir]
	if !ok {
		return Module{}, detect.Errorf(line.At, "no go.mod in %s", line.Dir)
	}
	return m, nil
}

// workspace gives the nearest go.work above a module that lists it.
func (r *repository) workspace(m Module) Workspace {
	for _, w := range r.workspaces {
		if slices.ContainsFunc(w.Uses, func(u Replace) bool { return u.Dir == m.Dir }) {
			return w
		}
	}
	return Workspace{}
}

// apart is an error where a module needs another member of a workspace that the go command
// refuses for one broken go.mod: without the workspace it would look for it elsewhere.
func (r *repository) apart(m Module) error {
	for _, w := range r.parted {
		if !slices.ContainsFunc(w.Uses, func(u Replace) bool { return u.Dir == m.Dir }) {
			continue
		}
		for _, u := range w.Uses {
			for _, req := range m.Requires {
				if other, ok := r.modules[u.Dir]; ok && other.Path == req.Value && u.Dir != m.Dir {
					return detect.Errorf(u.At, "%s needs %s of a workspace with a broken go.mod, which the go command refuses as a whole", m.Path, other.Path)
				}
			}
		}
	}
	return nil
}

// setting is one module with the modules of the repository that it builds with.
type setting struct {
	Module    Module
	Workspace Workspace
	locals    map[string]Module // by the path that imports name, the module itself among them
	shared    map[string]bool   // folders of those that others may ask for too
	required  []string          // paths of modules from elsewhere
}

func (r *repository) setting(m Module) (setting, error) {
	if err := r.apart(m); err != nil {
		return setting{}, err
	}
	s := setting{Module: m, Workspace: r.workspace(m), locals: map[string]Module{m.Path: m}, shared: r.shared}
	replacing := slices.Concat(m.Replaces, s.Workspace.Replaces)
	members := []Module{m}
	for _, u := range s.Workspace.Uses {
		member, err := r.local(u)
		if err != nil {
			return setting{}, err
		}
		s.locals[member.Path] = member
		members = append(members, member)
		replacing = append(replacing, member.Replaces...)
	}
	for _, line := range replacing {
		replaced, err := r.local(line)
		if err != nil {
			return setting{}, err
		}
		s.locals[line.Path] = replaced
	}
	for _, member := range members {
		for _, req := range member.Requires {
			if _, local := s.locals[req.Value]; !local {
				s.required = append(s.required, req.Value)
			}
		}
	}
	return s, nil
}

// Alone says whether the module builds without anything outside its folder.
func (s setting) Alone() bool { return len(s.locals) == 1 && s.Workspace.File == "" }

// folder gives the folder of a package of the repository, or false where the
// package belongs to a module from elsewhere: the longest path decides.
func (s setting) folder(importPath string) (string, bool) {
	best, dir := "", ""
	for prefix, m := range s.locals {
		if within(importPath, prefix) && len(prefix) >= len(best) {
			best, dir = prefix, path.Join(m.Dir, strings.TrimPrefix(importPath[len(prefix):], "/"))
		}
	}
	if best == "" || slices.ContainsFunc(s.required, func(r string) bool { return len(r) > len(best) && within(importPath, r) }) {
		return "", false
	}
	return dir, true
}

func within(importPath, modulePath string) bool {
	rest, ok := strings.CutPrefix(importPath, modulePath)
	return ok && (rest == "" || rest[0] == '/')
}

// owner gives the module of the repository that a folder belongs to.
func (s setting) owner(dir string) Module {
	best := s.Module
	for _, m := range s.locals {
		if detect.Inside(dir, m.Dir) && (!detect.Inside(dir, best.Dir) || len(m.Dir) > len(best.Dir)) {
			best = m
		}
	}
	return best
}

// closure settles which modules of the repository a service is built from: those
// of the program's packages, and those that the module's other packages and
// tests import, because its test stage compiles them.
func (r *repository) closure(s *sources, packages []Package, d *Detail) error {
	dirs := map[string]bool{s.Module.Dir: true}
	for _, pkg := range packages {
		dirs[s.owner(pkg.Dir).Dir] = true
	}
	queue, seen := slices.Clone(s.folders()), map[string]bool{}
	for ; len(queue) > 0; queue = queue[1:] {
		dir := queue[0]
		if seen[dir] {
			continue
		}
		seen[dir] = true
		owner := s.owner(dir).Dir
		dirs[owner] = true
		names, err := s.importsOf(dir, owner == s.Module.Dir)
		if err != nil {
			return err
		}
		for _, name := range names {
			if next, ok := s.folder(name); ok {
				queue = append(queue, next)
			}
		}
	}
	for _, m := range s.locals {
		d.Members = append(d.Members, m)
		if dirs[m.Dir] {
			d.Closure = append(d.Closure, m)
		}
	}
	byDir := func(a, b Module) int { return strings.Compare(a.Dir, b.Dir) }
	slices.SortFunc(d.Members, byDir)
	slices.SortFunc(d.Closure, byDir)
	for _, file := range r.tree.Named("go.mod") {
		dir := path.Dir(file)
		if !dirs[dir] && slices.ContainsFunc(d.Closure, func(m Module) bool { return detect.Inside(dir, m.Dir) }) {
			d.Nested = append(d.Nested, dir)
		}
	}
	return nil
}
