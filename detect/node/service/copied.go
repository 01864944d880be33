package service

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
)

// takesFolders are the package managers that copy the folder behind "file:" and do so
// once, so that it has to be there; npm links it, and pnpm can be told to copy anew.
var takesFolders = []string{"yarn", "bun"}

// copied finds the packages of the closure whose folders an install copies as they
// are then, so that what a build makes in them later is not in the copy: those that
// pnpm injects (https://pnpm.io/package_json#dependenciesmetainjected) and, but for npm,
// those behind "file:".
func (r *detector) copied(d *Detail) {
	for _, c := range d.Closure[:len(d.Closure)-1] {
		switch {
		case d.Manager.Name == "pnpm" && r.injects(*d, c):
			d.Copied = append(d.Copied, c)
		case slices.Contains(takesFolders, d.Manager.Name) && r.behindFile(*d, c) && c.HasScript("build"):
			d.Notes = append(d.Notes, c.At().String()+": "+d.Manager.Name+" copies this package when it installs, before anything is built: what its build script makes is not in the copy; use link: or a workspace")
		}
	}
}

// injects says whether pnpm copies a package: as the lockfile has it, else as the
// settings and manifests want it.
func (r *detector) injects(d Detail, c project.Package) bool {
	if d.Lock.Sure() {
		return d.Lock.Copied(detect.From(d.Workspace.Dir, c.Dir))
	}
	return d.Workspace.Inject || d.Registry.Inject || r.behindFile(d, c) || slices.ContainsFunc(d.Closure, func(p project.Package) bool { return slices.Contains(p.Injected, c.Name.Value) })
}

// behindFile says whether a package of the closure depends on the folder of another
// by "file:".
func (r *detector) behindFile(d Detail, c project.Package) bool {
	return slices.ContainsFunc(d.Closure, func(p project.Package) bool {
		return slices.ContainsFunc(p.Dependencies, func(dep project.Dependency) bool {
			dir, _ := r.ByPath(p, dep)
			return dir == c.Dir && strings.HasPrefix(dep.Range, "file:")
		})
	})
}
