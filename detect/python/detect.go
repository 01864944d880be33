// Package python detects Python programs and plans their images.
package python

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

// Detail is what the sources of one program state.
type Detail struct {
	Project     Project
	Program     Program
	Django      *Django
	Root        string // the context: the folder of the project, or "." where it needs more
	Constraints []Constraint
	Pins        []Pin
	Workspace   string   // the folder of its workspace, or none
	Members     []string // manifests of the workspace's other members and of what is required by path
	Closure     []Project
	Listens     []Listen
	Health      []Path
	Writes      []Asset
	Starts      []Asset
	Stops       bool // it handles the signal that asks it to end
	Tests       Tests
	SourceRoot  string // src, where its packages lie in there
	Installed   bool   // the project itself has to be installed
	InstalledAt detect.Evidence
	Tops        []string // what of the project its program imports: files and folders
	Entries     []string // all that lies in the project's folder
	Sources     []string
	Dropped     []string // steps of a Procfile's line that are left out
	Release     []manifest.Process
	Bind        Listen // what a gunicorn.conf.py binds to

	noCeiling bool
}

// Tests is what a project's tests are run with.
type Tests struct {
	Runner  string // pytest, django, unittest, or none
	At      detect.Evidence
	Folder  []string // folders that hold nothing but tests
	Files   []string // files of tests in the project's own folder
	Package bool     // such a folder is a package
	Why     string   // why there is no runner
}

// Facts lists what the project states.
func (d Detail) Facts() []detect.Fact {
	p := d.Project
	facts := []detect.Fact{{Name: "packages", Value: p.Tool, Evidence: at(p.ToolAt)}}
	if p.Tool == toolNone {
		facts = nil
	}
	for _, c := range d.Constraints {
		facts = append(facts, detect.Fact{Name: "python", Value: c.Text, Evidence: at(c.At)})
	}
	for _, pin := range d.Pins {
		facts = append(facts, detect.Fact{Name: "pinned", Value: pin.Version, Evidence: at(pin.At)})
	}
	if d.Workspace != "" {
		facts = append(facts, detect.Fact{Name: "workspace", Value: d.Workspace, Evidence: at(detect.Evidence{File: path.Join(d.Workspace, "pyproject.toml")})})
	}
	for _, c := range d.Closure {
		facts = append(facts, detect.Fact{Name: "builds with", Value: c.Name, Evidence: at(c.At)})
	}
	facts = append(facts, detect.Fact{Name: "program", Value: d.Program.Name, Evidence: at(d.Program.At)})
	if d.Program.Framework != "" {
		facts = append(facts, detect.Fact{Name: "framework", Value: d.Program.Framework, Evidence: at(d.Program.At)})
	}
	for _, l := range d.Listens {
		facts = append(facts, detect.Fact{Name: "listens", Value: l.String(), Evidence: at(l.At)})
	}
	for _, h := range d.Health {
		facts = append(facts, detect.Fact{Name: "health path", Value: h.Path, Evidence: at(h.At)})
	}
	if d.Django != nil {
		facts = append(facts, detect.Fact{Name: "settings", Value: d.Django.Settings, Evidence: at(d.Django.At)})
		if d.Django.Static.File != "" {
			facts = append(facts, detect.Fact{Name: "static files", Value: "STATIC_ROOT", Evidence: at(d.Django.Static)})
		}
	}
	for _, w := range d.Writes {
		facts = append(facts, detect.Fact{Name: "writes", Value: w.Path, Evidence: at(w.At)})
	}
	for _, c := range d.Starts {
		facts = append(facts, detect.Fact{Name: "calls", Value: c.Path, Evidence: at(c.At)})
	}
	for _, i := range p.Indexes {
		facts = append(facts, detect.Fact{Name: "index", Value: withoutPassword(i.URL), Evidence: at(i.At)})
	}
	if d.Tests.Runner != "" {
		facts = append(facts, detect.Fact{Name: "tests", Value: d.Tests.Runner, Evidence: at(d.Tests.At)})
	}
	return facts
}

func at(e ...detect.Evidence) []detect.Evidence { return e }

// manifests are the files that make a folder a project.
var manifests = slices.Concat([]string{"uv.lock", "pyproject.toml", "poetry.lock", "pdm.lock", "Pipfile", "pylock.toml", "requirements.txt", "requirements.lock", "setup.py", "setup.cfg"}, condaFiles)

// repository is what a run has read of a tree.
type repository struct {
	tree       *detect.Tree
	projects   map[string]*Project
	workspaces map[string]string // folder of a member → that of its workspace
	broken     map[string]error
	answers    detect.Answers
	users      map[string]string // folder of a project → name of one that is built with it
}

// Detect finds the programs of every project of Python in the tree.
func Detect(ctx context.Context, t *detect.Tree, answers detect.Answers) (detect.Findings, error) {
	r := &repository{tree: t, projects: map[string]*Project{}, workspaces: map[string]string{}, broken: map[string]error{}, answers: answers, users: map[string]string{}}
	var found detect.Findings
	dirs := r.read(&found)
	r.join()
	for _, dir := range dirs {
		if err := ctx.Err(); err != nil {
			return detect.Findings{}, err
		}
		r.one(dir, &found)
	}
	if len(dirs) == 0 {
		r.bare(&found)
	}
	return detect.Settle(found), nil
}

// Main implements [detect.Chosen]: the name of the program.
func (d Detail) Main(string) string { return d.Program.Name }

// IsMain implements [detect.Chosen].
func (d Detail) IsMain(dir, want string) bool {
	return d.Program.is(want, dir) || d.Program.File == path.Clean(want) || d.Program.File == path.Join(dir, want)
}

// read reads the manifests of all folders that have some, and lists the folders.
func (r *repository) read(found *detect.Findings) []string {
	var dirs []string
	for _, name := range manifests {
		for _, file := range r.tree.Named(name) {
			dirs = append(dirs, path.Dir(file))
		}
	}
	for _, name := range requirementFiles {
		if dir, base := path.Split(name); dir != "" {
			for _, file := range r.tree.Named(base) {
				if path.Base(path.Dir(file)) == path.Clean(dir) {
					dirs = append(dirs, path.Dir(path.Dir(file)))
				}
			}
		}
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	return slices.DeleteFunc(dirs, func(dir string) bool {
		if what, ok := notProduct(r.tree, dir); ok {
			found.Others = append(found.Others, detect.Other{Dir: dir, Stack: Name, Reason: what})
			return true
		}
		p, err := readProject(r.tree, dir, r.manager(dir))
		if err != nil {
			r.broken[dir] = err
			return false
		}
		if p == nil {
			found.Others = append(found.Others, detect.Other{Dir: dir, Stack: Name, Reason: "settings of tools, and no project"})
			return true
		}
		p.Name = cmp.Or(p.Name, path.Base(dir))
		if p.Name == "." || p.Name == "" {
			p.Name = "app"
		}
		r.projects[dir] = p
		return false
	})
}

// manager is the tool that the user asks for in a folder, where it is one of Python:
// another stack takes the others.
func (r *repository) manager(dir string) string {
	name, _, _ := strings.Cut(r.answers.In(dir).Manager, "@")
	if name == toolPip || slices.ContainsFunc(keepers, func(k keeper) bool { return k.tool == name }) {
		return name
	}
	return ""
}

// notProduct says what a folder is that holds no product by where it lies.
func notProduct(t *detect.Tree, dir string) (what string, ok bool) {
	if what, ok := t.Aside(dir); ok {
		return what, true
	}
	for part := range strings.SplitSeq(dir, "/") {
		switch {
		case part == "docs" || part == "doc" || part == "notebooks" || part == "benchmarks":
			return "documentation or measurements", true
		case len(part) > 1 && part[0] == '.':
			return "a hidden folder", true
		case strings.Contains(part, "{{"):
			return "a template", true
		}
	}
	return "", false
}

// join finds the members of uv's workspaces and who is built with whom.
func (r *repository) join() {
	for _, dir := range sorted(r.projects) {
		m := r.projects[dir].manifest
		if m == nil || m.Tool.UV == nil || m.Tool.UV.Workspace == nil {
			continue
		}
		w := m.Tool.UV.Workspace
		for _, member := range sorted(r.projects) {
			inside := detect.From(dir, member)
			matches := func(pattern string) bool { ok, err := path.Match(path.Clean(pattern), inside); return ok && err == nil }
			if member != dir && slices.ContainsFunc(w.Members, matches) && !slices.ContainsFunc(w.Exclude, matches) {
				r.workspaces[member] = dir
			}
		}
		r.workspaces[dir] = dir
	}
	for _, dir := range sorted(r.projects) {
		for _, other := range r.closure(dir) {
			r.users[other.Dir] = r.projects[dir].Name
		}
	}
}

// closure are the projects of the repository that a project is built with, itself
// left out.
func (r *repository) closure(dir string) []*Project {
	found := []*Project{r.projects[dir]}
	for i := 0; i < len(found); i++ {
		for _, next := range r.direct(found[i]) {
			if !slices.Contains(found, next) {
				found = append(found, next)
			}
		}
	}
	return found[1:]
}

// direct are the projects of the repository that a project requires.
func (r *repository) direct(p *Project) []*Project {
	var found []*Project
	for _, l := range p.Local {
		if other := r.projects[l.Path]; other != nil && other != p {
			found = append(found, other)
		}
	}
	workspace, ok := r.workspaces[p.Dir]
	if !ok {
		return found
	}
	for _, member := range sorted(r.workspaces) {
		other := r.projects[member]
		if r.workspaces[member] != workspace || other == nil || other == p {
			continue
		}
		if slices.ContainsFunc(p.Direct, func(q Requirement) bool { return q.Name == normalise(other.Name) }) {
			found = append(found, other)
		}
	}
	return found
}

// one looks at one folder. What is wrong with it is its own problem.
func (r *repository) one(dir string, found *detect.Findings) {
	problem := func(err error) {
		found.Problems = append(found.Problems, &detect.Problem{Dir: dir, Stack: Name, Err: err})
	}
	if err := r.broken[dir]; err != nil {
		problem(err)
		return
	}
	p := r.projects[dir]
	if workspace, ok := r.workspaces[dir]; ok && workspace != dir {
		r.member(p, r.projects[workspace])
	}
	if cycle := r.cycle(p); cycle != nil {
		problem(cycle)
		return
	}
	services, reason, err := r.services(p)
	switch {
	case err != nil:
		problem(err)
	case reason != "":
		found.Others = append(found.Others, detect.Other{Dir: dir, Stack: Name, Reason: reason, Evidence: at(p.At)})
	}
	found.Services = append(found.Services, services...)
}

// member gives a member of a workspace the lockfile of the whole.
func (r *repository) member(p, workspace *Project) {
	if workspace.Lock == "" || p.Lock != "" {
		return
	}
	p.Tool, p.Lock, p.ToolAt = toolUV, workspace.Lock, workspace.ToolAt
	p.Files = append(p.Files, workspace.Lock)
	if lock, err := readLock(r.tree, workspace.Lock); err == nil {
		p.Packages = lock.reachable(p.wanted())
	}
}

// cycle is an error for a project that requires itself by way of folders, or a folder
// that cannot be installed.
func (r *repository) cycle(p *Project) error {
	for _, l := range p.Local {
		other := r.projects[l.Path]
		if isFolder(r.tree, l.Path) && r.broken[l.Path] == nil && (other == nil || other != p && !other.installable()) {
			return detect.Errorf(l.At, "%s is required, and nothing in it says how it is built and installed", l.Path)
		}
		if other == nil || other == p {
			continue
		}
		if slices.Contains(r.closure(other.Dir), p) {
			return detect.Errorf(l.At, "%s requires %s, which requires it: a circle that nothing can install", p.Name, other.Name)
		}
	}
	return nil
}

// services gives the services of one project, or the reason why there are none.
func (r *repository) services(p *Project) (found []detect.Service, reason string, err error) {
	s, err := readSources(r.tree, p, func(dir string) bool { return dir != p.Dir && r.projects[dir] != nil })
	if err != nil {
		return nil, "", err
	}
	chosen, common, err := r.choose(s, p)
	if err != nil {
		return nil, "", err
	}
	if user := r.users[p.Dir]; user != "" && len(chosen) > 0 && !slices.ContainsFunc(chosen, func(c Program) bool { return c.Kind != Command && c.Kind != ModuleMain && c.Kind != Script }) && chosen[0].Reason != "chosen by --main" {
		return nil, "a library of " + user, nil
	}
	if len(chosen) == 0 {
		return nil, s.none(), nil
	}
	if p.Tool == toolNone && len(chosen) > 0 {
		if err := s.foreign(chosen[0]); err != nil {
			return nil, "", err
		}
	}
	for i, program := range chosen {
		if m := s.modules[program.File]; m != nil && m.err != nil {
			return nil, "", m.err
		}
		d := common
		d.Program = program
		if err := r.detail(s, p, &d); err != nil {
			return nil, "", err
		}
		found = append(found, detect.Service{Name: serviceName(p, program, i), Dir: p.Dir, Stack: Name, Strength: strength(p, program), Detail: d})
	}
	return found, "", nil
}

// foreign is an error for a program without a manifest that imports what is not
// Python's own.
func (s *sources) foreign(p Program) error {
	if s.modules[p.File] == nil {
		return nil
	}
	for _, file := range s.running(p) {
		for _, i := range s.modules[file].imports {
			name, _, _ := strings.Cut(i.module, ".")
			if name == "" || i.lazy || isStandard(name) || len(s.targets(s.modules[file], i, s.ancestors(file))) > 0 || s.holds(s.project.Dir, name) {
				continue
			}
			return detect.Errorf(detect.Evidence{File: file, Line: i.line}, "it imports %s, and no manifest says which version of what that is; list it in a requirements.txt", name)
		}
	}
	return nil
}

// serviceName is the project's, and for what runs beside its main program with the
// name of that behind it.
func serviceName(p *Project, program Program, i int) string {
	name := detect.ImageName(p.Name)
	if i == 0 {
		return name
	}
	suffix := cmp.Or(program.Process, map[Kind]string{Worker: "worker"}[program.Kind], path.Base(strings.TrimSuffix(program.Name, ".py")))
	return detect.ImageName(p.Name + "-" + suffix)
}

func strength(p *Project, program Program) detect.Strength {
	switch {
	case program.Kind == Application || program.Kind == Scripted || program.Kind == Worker || program.Framework != "" || program.Process != "":
		return detect.Framework
	case p.Tool == toolNone:
		return detect.Tooling
	}
	return detect.Manifest
}

// none says why a project has no program to deploy.
func (s *sources) none() string {
	for _, file := range s.files {
		if err := s.modules[file].err; err != nil && !s.isAside(file) {
			return fmt.Sprintf("no program, but one file cannot be read as Python: %v", err)
		}
	}
	for _, file := range s.files {
		m := s.modules[file]
		if m.guard > 0 {
			name := detect.From(s.project.Dir, file)
			return fmt.Sprintf("a library: nothing in it is clearly a program; --main %s runs that file all the same", name)
		}
	}
	return "a library: nothing in it is a program"
}

// bare looks at a root without any manifest, whose files need nothing but Python.
func (r *repository) bare(found *detect.Findings) {
	root, _ := r.tree.Folder(".")
	if !slices.ContainsFunc(root.Files, func(f string) bool { return strings.HasSuffix(f, ".py") }) || r.foreign() {
		return
	}
	p := &Project{Dir: ".", Name: "app", Tool: toolNone, Packages: map[string]Package{}, Scripts: map[string]string{}}
	r.projects["."] = p
	p.At = detect.Evidence{File: root.Files[slices.IndexFunc(root.Files, func(f string) bool { return strings.HasSuffix(f, ".py") })]}
	r.one(".", found)
}

// otherManifests are those of other languages: a script beside them is no program of
// its own.
var otherManifests = []string{"package.json", "go.mod", "Cargo.toml", "pom.xml", "build.gradle", "build.gradle.kts", "composer.json", "Gemfile", "mix.exs", "deno.json", "CMakeLists.txt", "Makefile.am", "gleam.toml"}

func (r *repository) foreign() bool {
	return slices.ContainsFunc(otherManifests, func(name string) bool { return len(r.tree.Named(name)) > 0 })
}
