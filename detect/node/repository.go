package node

import (
	"maps"
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
)

// manifestNames are the base names of a package's manifest. pnpm reads the second
// where the first is missing.
var manifestNames = []string{"package.json", "package.json5"}

// repository is what all packages of a tree share.
type repository struct {
	tree       *detect.Tree
	packages   map[string]Package // by folder
	workspaces map[string]Workspace
	owner      map[string]string // the folder of the workspace of a member
	registries map[string]Registry
	problems   []*detect.Problem
	others     []detect.Other
	broken     map[string]bool // folders with a manifest that cannot be read
	linked     map[string]bool // folders that another package depends on by their path
}

// readRepository reads all manifests of the tree and what joins them. A manifest
// that is broken is a problem of its folder; the others go on.
func readRepository(t *detect.Tree) *repository {
	r := &repository{
		tree: t, packages: map[string]Package{}, workspaces: map[string]Workspace{}, owner: map[string]string{},
		registries: map[string]Registry{}, broken: map[string]bool{}, linked: map[string]bool{},
	}
	for _, name := range manifestNames {
		for _, file := range t.Named(name) {
			if _, ok := r.packages[path.Dir(file)]; !ok && !r.broken[path.Dir(file)] {
				r.read(file)
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(r.packages)) {
		if _, taken := r.owner[dir]; taken {
			continue // a workspace in a workspace: the outer one counts
		}
		w, err := r.workspaceOf(r.packages[dir])
		if err != nil {
			r.fail(dir, err)
			continue
		}
		r.workspaces[dir] = w
		for _, member := range w.Members {
			r.owner[member] = dir
			delete(r.workspaces, member)
		}
	}
	for _, p := range r.packages {
		for _, d := range p.Dependencies {
			if dir, ok := r.byPath(p, d); ok {
				r.linked[dir] = true
			}
		}
	}
	r.nx()
	return r
}

func (r *repository) read(file string) {
	dir := path.Dir(file)
	data, err := r.tree.ReadFile(file)
	if err == nil {
		var p Package
		if p, err = readPackage(file, data); err == nil {
			r.packages[dir] = p
			return
		}
	}
	r.fail(dir, err)
}

// fail notes a problem, unless the folder holds nothing of the product.
func (r *repository) fail(dir string, err error) {
	r.broken[dir] = true
	if _, aside := r.tree.Aside(dir); !aside {
		r.problems = append(r.problems, &detect.Problem{Dir: dir, Stack: Name, Err: err})
	}
}

// workspace gives the workspace that a package is installed with; for one that
// stands alone, itself.
func (r *repository) workspace(p Package) Workspace {
	if root, ok := r.owner[p.Dir]; ok {
		return r.workspaces[root]
	}
	if w, ok := r.workspaces[p.Dir]; ok {
		return w
	}
	return Workspace{Dir: p.Dir}
}

// first gives the first of some files that is there, from dir.
func (r *repository) first(dir string, names ...string) string {
	for _, name := range names {
		if r.tree.Has(path.Join(dir, name)) {
			return name
		}
	}
	return ""
}

// glob lists the files in a folder whose name fits a pattern of [path.Match].
func (r *repository) glob(dir string, patterns ...string) []string {
	folder, _ := r.tree.Folder(dir)
	var found []string
	for _, name := range folder.Files {
		if slices.ContainsFunc(patterns, func(p string) bool { ok, err := path.Match(p, name); return ok && err == nil }) {
			found = append(found, name)
		}
	}
	return found
}
