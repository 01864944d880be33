package node

import (
	"github.com/dockgen/dockgen/detect"
)

// detector is what all services of a tree share.
type detector struct {
	*repository
	locks     map[string]*Lock
	outside   map[string][]string // what the build of a package reads outside of it, by its folder
	sources   *sources
	delegated map[string]Text    // the script of a member that the workspace's start script runs
	entries   map[string]Command // commands of the workspace that start a file of a member
}

// newDetector reads the manifests of a tree, and what start scripts of workspaces start.
func newDetector(t *detect.Tree) *detector {
	r := &detector{
		repository: readRepository(t), sources: newSources(t),
		locks: map[string]*Lock{}, outside: map[string][]string{}, delegated: map[string]Text{}, entries: map[string]Command{},
	}
	r.delegate()
	return r
}

// lock reads the lockfile of a workspace once.
func (r *detector) lock(w Workspace, m Manager) (*Lock, error) {
	if l, ok := r.locks[w.Dir]; ok {
		return l, nil
	}
	l, err := readLock(r.tree, w, m)
	if err != nil {
		return nil, err
	}
	r.locks[w.Dir] = l
	return l, nil
}

// subject is a package as recognition of frameworks takes it.
func (r *detector) subject(p Package) Subject {
	w := r.workspace(p)
	packages := []Package{p}
	if root, ok := r.packages[w.Dir]; ok && w.Dir != p.Dir {
		packages = append(packages, root)
	}
	return Subject{
		Tree: r.tree, Dir: p.Dir, Workspace: w.Dir, Name: p.Name.Value,
		Dependency: func(name string) (string, bool, detect.Evidence, bool) {
			for _, p := range packages {
				if d, ok := p.Dependency(name); ok && d.Kind != peer {
					return d.Range, d.Kind == development, d.At, true
				}
			}
			return "", false, detect.Evidence{}, false
		},
		Script: func(name string) (string, detect.Evidence, bool) {
			s, ok := p.Script(name)
			return s.Value, s.At, ok
		},
	}
}
