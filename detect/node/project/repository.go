package project

import (
	"maps"
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
)

// manifestNames are the base names of a package's manifest. pnpm reads the second
// where the first is missing.
var manifestNames = []string{"package.json", "package.json5"}

// Repository is what all packages of a tree share.
type Repository struct {
	Tree       *detect.Tree
	Packages   map[string]Package // by folder
	Workspaces map[string]Workspace
	owner      map[string]string // the folder of the workspace of a member
	registries map[string]Registry
	Problems   []*detect.Problem
	Others     []detect.Other
	Broken     map[string]bool // folders with a manifest that cannot be read
	Linked     map[string]bool // folders that another package depends on by their path
}

// Read reads all manifests of the tree and what joins them. A manifest
// that is broken is a problem of its folder; the others go on.
func Read(t *detect.Tree) *Repository {
	r := &Repository{
		Tree: t, Packages: map[string]Package{}, Workspaces: map[string]Workspace{}, owner: map[string]string{},
		registries: map[string]Registry{}, Broken: map[string]bool{}, Linked: map[string]bool{},
	}
	for _, name := range manifestNames {
		for _, file := range t.Named(name) {
			if _, ok := r.Packages[path.Dir(file)]; !ok && !r.Broken[path.Dir(file)] {
				r.read(file)
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(r.Packages)) {
		if _, taken := r.owner[dir]; taken {
			continue // a workspace in a workspace: the outer one counts
		}
		w, err := r.workspaceOf(r.Packages[dir])
		if err != nil {
			r.fail(dir, err)
			continue
		}
		r.Workspaces[dir] = w
		for _, member := range w.Members {
			r.owner[member] = dir
			delete(r.Workspaces, member)
		}
	}
	for _, p := range r.Packages {
		for _, d := range p.Dependencies {
			if dir, ok := r.ByPath(p, d); ok {
				r.Linked[dir] = true
			}
		}
	}
	r.nx()
	return r
}

func (r *Repository) read(file string) {
	dir := path.Dir(file)
	data, err := r.Tree.ReadFile(file)
	if err == nil {
		var p Package
		if p, err = ReadPackage(file, data); err == nil {
			r.Packages[dir] = p
			return
		}
	}
	r.fail(dir, err)
}

// fail notes a problem, unless the folder holds nothing of the product.
func (r *Repository) fail(dir string, err error) {
	r.Broken[dir] = true
	if _, aside := r.Tree.Aside(dir); !aside {
		r.Problems = append(r.Problems, &detect.Problem{Dir: dir, Stack: Stack, Err: err})
	}
}

// Workspace gives the workspace that a package is installed with; for one that
// stands alone, itself.
func (r *Repository) Workspace(p Package) Workspace {
	if root, ok := r.owner[p.Dir]; ok {
		return r.Workspaces[root]
	}
	if w, ok := r.Workspaces[p.Dir]; ok {
		return w
	}
	return Workspace{Dir: p.Dir}
}

// First gives the first of some files that is there, from dir.
func (r *Repository) First(dir string, names ...string) string {
	for _, name := range names {
		if r.Tree.Has(path.Join(dir, name)) {
			return name
		}
	}
	return ""
}

// Glob lists the files in a folder whose name fits a pattern of [path.Match].
func (r *Repository) Glob(dir string, patterns ...string) []string {
	folder, _ := r.Tree.Folder(dir)
	var found []string
	for _, name := range folder.Files {
		if slices.ContainsFunc(patterns, func(p string) bool { ok, err := path.Match(p, name); return ok && err == nil }) {
			found = append(found, name)
		}
	}
	return found
}

// Stack is the name of the stack.
const Stack = "node"
