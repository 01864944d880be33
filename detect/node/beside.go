package node

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/script"
)

// rootFiles lists what builds of members read outside of them, from the workspace's
// folder: the usual files there, what the compiler's settings extend, and what the
// build scripts name.
func (r *detector) rootFiles(d Detail) []string {
	files := r.glob(d.Workspace.Dir, shared...)
	if !d.isMember() {
		return files
	}
	for _, c := range d.Closure {
		for _, name := range r.beside(c) {
			below, ok := detect.Below(d.Workspace.Dir, name)
			ours := slices.ContainsFunc(d.Closure, func(p Package) bool { return detect.Inside(name, p.Dir) || detect.Inside(p.Dir, name) })
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
func (r *detector) beside(p Package) []string {
	names, ok := r.outside[p.Dir]
	if !ok {
		names = append(r.extended(p), r.mentioned(p)...)
		r.outside[p.Dir] = names
	}
	return names
}

// extended lists what the compiler's settings of a package are made of. Those that
// are broken are the compiler's affair.
func (r *detector) extended(p Package) (files []string) {
	for _, name := range r.glob(p.Dir, "tsconfig*.json") {
		ts, _ := ReadTypeScript(r.tree, p.Dir, name)
		files = append(files, ts.Files...)
	}
	return files
}

// mentioned lists the files and folders above a package that its build script names:
// generate --schema ../../schema.
func (r *detector) mentioned(p Package) (names []string) {
	for _, step := range p.builds() {
		for _, word := range step.Argv {
			if _, value, ok := strings.Cut(word, "="); ok {
				word = value
			}
			if !strings.HasPrefix(word, "../") {
				continue
			}
			name := path.Join(p.Dir, step.Dir, word)
			if _, folder := r.tree.Folder(name); folder || r.tree.Has(name) {
				names = append(names, name)
			}
		}
	}
	return names
}

// builds lists what a build runs. What cannot be read is told where the build is
// settled.
func (p Package) builds() (steps []script.Step) {
	for _, name := range []string{"prebuild", "build", "postbuild"} {
		text, _ := p.lookup(name)
		more, _ := script.Expand(name, text, p.lookup)
		steps = append(steps, more...)
	}
	return steps
}
