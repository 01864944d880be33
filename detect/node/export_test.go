package node

import "io"

// ReadPnpmLock reads a pnpm-lock.yaml, and says what a package in it needs.
func ReadPnpmLock(r io.Reader, name string) (*Lock, func(string) bool, error) {
	l := newLock("pnpm-lock.yaml", Workspace{Dir: "."})
	err := l.pnpm(r)
	return l, l.graph.reach([]string{name}, false), err
}
