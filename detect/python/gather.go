package python

import (
	"maps"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
)

// detail reads what one program states.
func (r *repository) detail(s *program.Sources, p *project.Project, d *program.Detail) error {
	d.Project, d.Root = *p, p.Dir
	var err error
	if d.Pins, err = project.ReadPins(r.tree, p.Dir); err != nil {
		return err
	}
	for _, other := range r.closure(p.Dir) {
		d.Closure = append(d.Closure, *other)
		for name, pkg := range other.Packages {
			if _, ok := d.Project.Packages[name]; !ok {
				d.Project.Packages[name] = pkg
			}
		}
	}
	r.constraints(d)
	r.place(p, d)
	r.entries(p, d)
	return s.Describe(d)
}

// constraints gathers what the project and what it is built with say about Python.
func (r *repository) constraints(d *program.Detail) {
	all := []*project.Project{r.projects[d.Project.Dir]}
	if w, ok := r.workspaces[d.Project.Dir]; ok && r.projects[w] != nil {
		all = append(all, r.projects[w])
	}
	for _, p := range slices.Concat(all, r.closure(d.Project.Dir)) {
		if p.Python.Text != "" && !slices.Contains(d.Constraints, p.Python) {
			d.Constraints = append(d.Constraints, p.Python)
		}
	}
}

// place settles the context: the project's folder, or the root of the repository
// where the project needs what lies outside of its folder.
func (r *repository) place(p *project.Project, d *program.Detail) {
	outside := func(dir string) bool { return detect.From(p.Dir, dir) == dir && p.Dir != "." && dir != p.Dir }
	if w, ok := r.workspaces[p.Dir]; ok {
		d.Workspace = w
		for _, member := range slices.Sorted(maps.Keys(r.workspaces)) {
			if r.workspaces[member] == w && member != p.Dir {
				d.Members = append(d.Members, r.projects[member].ManifestFiles()...)
			}
		}
		if outside(w) {
			d.Root = "."
		}
	}
	for _, c := range d.Closure {
		if outside(c.Dir) {
			d.Root = "."
		}
		for _, file := range c.ManifestFiles() {
			if !slices.Contains(d.Members, file) {
				d.Members = append(d.Members, file)
			}
		}
	}
	for _, l := range p.Local {
		if outside(l.Path) {
			d.Root = "."
		}
	}
	for _, file := range slices.Concat(p.Files, p.DevFiles) {
		if outside(file) {
			d.Root = "."
		}
	}
	slices.Sort(d.Members)
	d.Members = slices.Compact(d.Members)
}

func (r *repository) entries(p *project.Project, d *program.Detail) {
	folder, _ := r.tree.Folder(p.Dir)
	d.Entries = slices.Concat(folder.Files, folder.Dirs)
	slices.Sort(d.Entries)
}
