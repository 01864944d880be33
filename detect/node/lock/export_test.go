package lock

import (
	"io"

	"github.com/dockgen/dockgen/detect/node/project"
)

// ReadLock reads a lockfile by its base name, and says what a package in it needs.
func ReadLock(file string, r io.Reader, name string) (*Lock, func(string) bool, error) {
	l := newLock(file, project.Workspace{Dir: "."})
	err := l.reader(file)(r)
	return l, l.graph.reach([]string{name}, false), err
}
