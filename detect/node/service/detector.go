package service

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/lock"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/source"
)

// detector is what all services of a tree share.
type detector struct {
	*project.Repository
	locks     map[string]*lock.Lock
	outside   map[string][]string // what the build of a package reads outside of it, by its folder
	sources   *source.Sources
	delegated map[string]project.Text        // the script of a member that the workspace's start script runs
	compilers map[string][]source.TypeScript // what compiles a package, by its folder
	entries   map[string]Command             // commands of the workspace that start a file of a member
}

// newDetector reads the manifests of a tree, and what start scripts of workspaces start.
func newDetector(t *detect.Tree) *detector {
	r := &detector{
		Repository: project.Read(t), sources: source.NewSources(t),
		locks: map[string]*lock.Lock{}, outside: map[string][]string{}, delegated: map[string]project.Text{}, entries: map[string]Command{}, compilers: map[string][]source.TypeScript{},
	}
	r.delegate()
	return r
}

// lock reads the lockfile of a workspace once.
func (r *detector) lock(w project.Workspace, m project.Manager) (*lock.Lock, error) {
	key := path.Join(w.Dir, m.Lock)
	if l, ok := r.locks[key]; ok {
		return l, nil
	}
	l, err := lock.Read(r.Tree, w, m)
	if err != nil {
		return nil, err
	}
	r.locks[key] = l
	return l, nil
}

// settled is the version that a dependency has: of a range that names no release (*, latest,
// catalog:) or only the oldest (>=2) what the lockfile holds counts, or the catalog.
func (r *detector) settled(w project.Workspace, root project.Package, d project.Dependency) string {
	wanted := w.Range(d.Name, d.Range)
	if wanted != "" && strings.ContainsRune("^~=v0123456789n", rune(wanted[0])) { // n: npm:
		return wanted
	}
	m, err := r.Manager(root, "")
	if err != nil {
		return wanted // said where the dependencies are installed
	}
	l, err := r.lock(w, m)
	if err != nil {
		return wanted
	}
	return l.Version(d.Name, wanted)
}

// subject is a package as recognition of frameworks takes it.
func (r *detector) subject(p project.Package) framework.Subject {
	w := r.Workspace(p)
	packages := []project.Package{p}
	if root, ok := r.Packages[w.Dir]; ok && w.Dir != p.Dir {
		packages = append(packages, root)
	}
	return framework.Subject{
		Tree: r.Tree, Dir: p.Dir, Workspace: w.Dir, Name: p.Name.Value, Shared: p.Virtual,
		Dependency: func(name string) (string, bool, detect.Evidence, bool) {
			for _, p := range packages {
				if d, ok := p.Dependency(name); ok && d.Kind != project.Peer {
					return r.settled(w, packages[len(packages)-1], d), d.Kind == project.Development, d.At, true
				}
			}
			return "", false, detect.Evidence{}, false
		},
		Script: func(name string) (string, detect.Evidence, bool) {
			s, ok := p.Script(name)
			return s.Value, s.At, ok
		},
		Imports: r.sources.Imports,
	}
}
