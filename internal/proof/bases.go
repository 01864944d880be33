package proof

import (
	"path"
	"slices"

	"github.com/dockgen/dockgen/internal/plan"
)

// Bases tells what an image is like that a FROM names, and what it stands in the place of;
// false of one that nobody knows.
type Bases func(reference string) (plan.Base, bool)

// base is the image that a stage stands on.
type base struct {
	plan.Base
	known bool
}

// binaries are the folders in which images keep their programs.
var binaries = []string{"/bin", "/sbin", "/usr/bin", "/usr/sbin", "/usr/local/bin", "/usr/local/sbin"}

// system are the folders of which nobody lists what an image has in them.
var system = []string{"/bin", "/sbin", "/lib", "/lib64", "/usr", "/etc", "/var", "/var/log", "/var/lib", "/var/cache", "/var/spool", "/opt", "/home", "/root", "/run", "/go", "/nodejs", "/dev", "/proc", "/sys", "/srv", "/mnt", "/media"}

// shells are those that an image without a shell has none of.
var shells = []string{"sh", "bash", "ash", "dash"}

// holds says whether the image itself has a path.
func (b base) holds(name string) look {
	switch {
	case !b.known:
		return look{unknown, "what " + b.Image + " has is not known"}
	case inside(name, "/dev/shm"):
		return look{answer: held}
	case name == "/tmp" && b.Has("tmp"):
		return look{answer: held}
	case name == "/tmp", b.Empty():
		return look{}
	case b.keeps(path.Dir(name)):
		return b.program(name)
	case name == b.Home, slices.Contains(system, name), slices.Contains(b.Files, name), name == b.Bundle && b.Has("certificates"), name == "/usr/share/zoneinfo" && b.Has("zones"):
		return look{answer: held}
	case !b.Whole:
		return look{unknown, "what " + b.Image + " has beside what is common to its family is not known"}
	case inside(name, "/usr/local") || name == "/data" || inside(name, "/usr/src"):
	case slices.ContainsFunc(system, func(dir string) bool { return inside(name, dir) && !own(dir) }):
		return look{unknown, "what its base has there is not listed"}
	}
	return look{}
}

// keeps says whether a folder is one of programs.
func (b base) keeps(dir string) bool {
	return slices.Contains(binaries, dir) || slices.Contains(b.Path, dir)
}

// program says whether the image itself has a program at a path.
func (b base) program(name string) look {
	switch {
	case b.Provides(path.Base(name), path.Dir(name)):
		return look{answer: held}
	case !b.Whole && (b.Shell || !slices.Contains(shells, path.Base(name))):
		return look{unknown, "which programs " + b.Image + " has is not listed"}
	}
	return look{}
}

// own are folders that exist in images and are empty there.
func own(dir string) bool {
	return slices.Contains([]string{"/home", "/srv", "/mnt", "/media", "/opt"}, dir)
}
