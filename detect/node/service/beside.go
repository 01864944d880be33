package service

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/source"
)

// rootFiles lists what builds of members read outside of them, from the workspace's
// folder: the usual files there, what the compiler's settings extend, and what the
// build scripts name.
func (r *detector) rootFiles(d Detail) []string {
	files := r.Glob(d.Workspace.Dir, shared...)
	if !d.IsMember() {
		return files
	}
	for _, c := range d.Closure {
		for _, name := range r.beside(c) {
			below, ok := detect.Below(d.Workspace.Dir, name)
			ours := slices.ContainsFunc(d.Closure, func(p project.Package) bool { return detect.Inside(name, p.Dir) || detect.Inside(p.Dir, name) })
			if ok && !ours && !slices.Contains(files, below) {
				files = append(files, below)
			}
		}
	}
	slices.Sort(files)
	return files
}

// beside lists what the build of a package reads, as far as some of it may lie outside,
// which is the same for every service that is built with it.
func (r *detector) beside(p project.Package) []string {
	names, ok := r.outside[p.Dir]
	if !ok {
		names = append(r.extended(p), r.mentioned(p)...)
		r.outside[p.Dir] = names
	}
	return names
}

// extended lists what the compiler's settings of a package are made of. Those that
// are broken are the compiler's affair.
func (r *detector) extended(p project.Package) (files []string) {
	for _, name := range r.Glob(p.Dir, "tsconfig*.json") {
		ts, _ := source.ReadTypeScript(r.Tree, p.Dir, name)
		files = append(files, ts.Files...)
	}
	return files
}

// mentioned lists the files and folders above a package that its build script names:
// generate --schema ../../schema.
func (r *detector) mentioned(p project.Package) (names []string) {
	for _, step := range p.Builds() {
		for _, word := range step.Argv {
			if _, value, ok := strings.Cut(word, "="); ok {
				word = value
			}
			if !strings.HasPrefix(word, "../") {
				continue
			}
			name := path.Join(p.Dir, step.Dir, word)
			if _, folder := r.Tree.Folder(name); folder || r.Tree.Has(name) {
				names = append(names, name)
			}
			if source.IsModule(name) && r.Tree.Has(name) { // with what the script imports
				if c, err := r.sources.Follow(nil, name); err == nil {
					names = append(names, c.Files()[1:]...)
				}
			}
		}
	}
	return names
}
