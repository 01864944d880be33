package program

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Taken is what of a project is optional and installed all the same, with the reason.
type Taken struct {
	project.Optional
	Why string
	At  detect.Evidence
}

// optional takes what the program needs of what the project lists as optional: the extras
// that hold what its files import, and what holds a server for its application where the
// project always installs none.
func (s *Sources) optional(d *Detail, files []string) {
	var all []project.Optional
	read := false
	optionals := func() []project.Optional {
		if !read {
			all, read = d.Project.Optionals(s.tree), true
		}
		return all
	}
	take := func(one project.Optional, why string, at detect.Evidence) {
		d.Project.With(s.tree, one)
		d.Taken = append(d.Taken, Taken{one, why, at})
	}
	if d.Project.HasExtras() {
		for _, i := range s.missingImports(d, files) {
			for _, one := range optionals() {
				n := slices.IndexFunc(one.Requires, func(r project.Requirement) bool { return r.Module() == i.name })
				if one.Kind != project.Extra || n < 0 {
					continue
				}
				if _, ok := d.Project.Has(one.Requires[n].Name); !ok {
					take(one, "the program imports "+i.name, i.at)
				}
				break
			}
		}
	}
	f, ok := d.Program.Known()
	if d.Program.Kind != Application || !ok || f.ServesItself() {
		return
	}
	if _, has := f.ServedBy(&d.Project); has {
		return
	}
	for _, server := range servers {
		if !slices.Contains(server.protocols, f.protocol) {
			continue
		}
		for _, one := range optionals() {
			if i := slices.IndexFunc(one.Requires, func(r project.Requirement) bool { return r.Name == server.Name }); i >= 0 {
				take(one, "it holds "+server.Name+", which serves the application", one.Requires[i].At)
				return
			}
		}
	}
}

// imported is a module that files import, and where.
type imported struct {
	name string
	at   detect.Evidence
}

// missingImports are the modules that files import when they are loaded, and that neither
// Python nor the project's own files hold.
func (s *Sources) missingImports(d *Detail, files []string) []imported {
	var all []imported
	for _, file := range files {
		m := s.Module(file)
		if m == nil {
			continue
		}
		for _, i := range m.Imports {
			name, _, _ := strings.Cut(i.Module, ".")
			if name == "" || i.Lazy || source.IsStandard(name) || slices.ContainsFunc(all, func(o imported) bool { return o.name == name }) {
				continue
			}
			if len(s.Targets(m, i, s.Ancestors(file))) > 0 || s.Holds(d.Project.Dir, name) {
				continue
			}
			all = append(all, imported{name, detect.Evidence{File: file, Line: i.Line}})
		}
	}
	return all
}
