// Package python detects Python programs and plans their images.
package python

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
)

// repository is what a run has read of a tree.
type repository struct {
	tree       *detect.Tree
	projects   map[string]*project.Project
	workspaces map[string]string // folder of a member → that of its workspace
	broken     map[string]error
	answers    detect.Answers
	users      map[string]string // folder of a project → name of one that is built with it
}

// Detect finds the programs of every project of Python in the tree.
func Detect(ctx context.Context, t *detect.Tree, answers detect.Answers) (detect.Findings, error) {
	r := &repository{tree: t, projects: map[string]*project.Project{}, workspaces: map[string]string{}, broken: map[string]error{}, answers: answers, users: map[string]string{}}
	var found detect.Findings
	dirs := r.whole(r.read(&found), &found)
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
	r.tools(&found)
	return detect.Settle(found), nil
}

// read reads the manifests of all folders that have some, and lists the folders.
func (r *repository) read(found *detect.Findings) []string {
	return slices.DeleteFunc(project.Folders(r.tree), func(dir string) bool {
		if what, ok := notProduct(r.tree, dir); ok {
			found.Others = append(found.Others, detect.Other{Dir: dir, Stack: program.Stack, Reason: what})
			return true
		}
		p, err := project.Read(r.tree, dir, r.manager(dir))
		if err != nil {
			r.broken[dir] = err
			return false
		}
		if p == nil {
			found.Others = append(found.Others, detect.Other{Dir: dir, Stack: program.Stack, Reason: "settings of tools, and no project"})
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

// whole leaves out folders that are packages of a project above them, whose requirements take
// theirs along: parts of it, and none of their own.
func (r *repository) whole(dirs []string, found *detect.Findings) []string {
	all := slices.Clone(dirs)
	return slices.DeleteFunc(dirs, func(dir string) bool {
		p := r.projects[dir]
		if p == nil || p.Tool != project.Pip || !r.tree.Has(path.Join(dir, "__init__.py")) || len(r.answers.In(dir).Main) > 0 {
			return false
		}
		for _, above := range all {
			of := r.projects[above]
			if of == nil || of == p || of.Tool != project.Pip || !detect.Inside(dir, above) || !slices.Contains(of.Files, p.ToolAt.File) {
				continue
			}
			delete(r.projects, dir)
			found.Others = append(found.Others, detect.Other{Dir: dir, Stack: program.Stack, Evidence: []detect.Evidence{p.ToolAt}, Reason: fmt.Sprintf("a package of %s, whose %s takes its requirements along", cmp.Or(of.Name, above), of.ToolAt.File)})
			return true
		}
		return false
	})
}

// manager is the tool that the user asks for in a folder, where it is one of Python:
// another stack takes the others.
func (r *repository) manager(dir string) string {
	name, _, _ := strings.Cut(r.answers.In(dir).Manager, "@")
	if project.IsTool(name) {
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
	for _, dir := range slices.Sorted(maps.Keys(r.projects)) {
		isMember, ok := r.projects[dir].Workspace()
		if !ok {
			continue
		}
		for _, member := range slices.Sorted(maps.Keys(r.projects)) {
			if member != dir && isMember(detect.From(dir, member)) {
				r.workspaces[member] = dir
			}
		}
		r.workspaces[dir] = dir
	}
	for _, dir := range slices.Sorted(maps.Keys(r.projects)) {
		for _, other := range r.closure(dir) {
			r.users[other.Dir] = r.projects[dir].Name
		}
	}
}

// closure are the projects of the repository that a project is built with, itself
// left out.
func (r *repository) closure(dir string) []*project.Project {
	found := []*project.Project{r.projects[dir]}
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
func (r *repository) direct(p *project.Project) []*project.Project {
	var found []*project.Project
	for _, l := range p.Local {
		if other := r.projects[l.Path]; other != nil && other != p {
			found = append(found, other)
		}
	}
	workspace, ok := r.workspaces[p.Dir]
	if !ok {
		return found
	}
	for _, member := range slices.Sorted(maps.Keys(r.workspaces)) {
		other := r.projects[member]
		if r.workspaces[member] != workspace || other == nil || other == p {
			continue
		}
		if p.Requires(other.Name) {
			found = append(found, other)
		}
	}
	return found
}

// one looks at one folder. What is wrong with it is its own problem.
func (r *repository) one(dir string, found *detect.Findings) {
	problem := func(err error) {
		found.Problems = append(found.Problems, &detect.Problem{Dir: dir, Stack: program.Stack, Err: err})
	}
	if err := r.broken[dir]; err != nil {
		problem(err)
		return
	}
	p := r.projects[dir]
	if workspace, ok := r.workspaces[dir]; ok && workspace != dir {
		p.LockWith(r.tree, r.projects[workspace])
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
		found.Others = append(found.Others, detect.Other{Dir: dir, Stack: program.Stack, Reason: reason, Evidence: []detect.Evidence{p.At}})
	}
	found.Services = append(found.Services, services...)
}

// cycle is an error for a project that requires itself by way of folders, or a folder
// that cannot be installed.
func (r *repository) cycle(p *project.Project) error {
	for _, l := range p.Local {
		other := r.projects[l.Path]
		if r.tree.IsFolder(l.Path) && r.broken[l.Path] == nil && (other == nil || other != p && !other.Installable()) {
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
func (r *repository) services(p *project.Project) (found []detect.Service, reason string, err error) {
	s := program.SourcesOf(r.tree, p, func(dir string) bool { return dir != p.Dir && r.projects[dir] != nil })
	defer func() { err = errors.Join(err, s.Close()) }()
	chosen, common, err := s.Services(r.answers.In(p.Dir).Main)
	if err := cmp.Or(s.Err(), err); err != nil {
		return nil, "", err
	}
	if user := r.users[p.Dir]; user != "" && len(chosen) > 0 && !slices.ContainsFunc(chosen, func(c program.Program) bool {
		return c.Kind != program.Command && c.Kind != program.ModuleMain && c.Kind != program.Script
	}) && chosen[0].Reason != "chosen by --main" {
		return nil, "a library of " + user, nil
	}
	if len(chosen) == 0 {
		return nil, s.WhyNone(), s.Err()
	}
	if p.Tool == project.None && len(chosen) > 0 {
		if err := s.Foreign(chosen[0]); err != nil {
			return nil, "", err
		}
	}
	for i, c := range chosen {
		if err := s.Fault(c); err != nil {
			return nil, "", err
		}
		d := common
		d.Program = c
		if err := r.detail(s, p, &d); err != nil {
			return nil, "", err
		}
		if at, ok := r.library(d); ok {
			return nil, fmt.Sprintf("a library, as %s says; --main %s builds its command all the same", at, c.Name), nil
		}
		found = append(found, detect.Service{Name: serviceName(p, c, i), Dir: p.Dir, Stack: program.Stack, Strength: strength(p, c), Detail: d})
	}
	return found, "", nil
}

// serviceName is the project's, and for what runs beside its main program with the
// name of that behind it.
func serviceName(p *project.Project, c program.Program, i int) string {
	name := detect.ImageName(p.Name)
	if i == 0 {
		return name
	}
	suffix := cmp.Or(c.Process, map[program.Kind]string{program.Worker: "worker"}[c.Kind], path.Base(strings.TrimSuffix(c.Name, ".py")))
	return detect.ImageName(p.Name + "-" + suffix)
}

func strength(p *project.Project, c program.Program) detect.Strength {
	switch {
	case c.Kind == program.Application || c.Kind == program.Scripted || c.Kind == program.Worker || c.Framework != "" || c.Process != "":
		return detect.Framework
	case p.Tool == project.None:
		return detect.Tooling
	}
	return detect.Manifest
}

// bare looks at a root without any manifest, whose files need nothing but Python. A
// script in a repository of another stack is no program of its own.
func (r *repository) bare(found *detect.Findings) {
	root, _ := r.tree.Folder(".")
	if !slices.ContainsFunc(root.Files, func(f string) bool { return strings.HasSuffix(f, ".py") }) || r.tree.HasForeign(program.Stack) {
		return
	}
	p := project.Bare(root.Files[slices.IndexFunc(root.Files, func(f string) bool { return strings.HasSuffix(f, ".py") })])
	r.projects["."] = p
	r.one(".", found)
}
