package manifest

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
)

// Ignored tells which files of a folder, by their paths from it, the project's own
// .dockerignore keeps from a build of that folder. It hides nothing where there is no such
// file, or one of dockgen's, which follows what the build reads. What is wrong with the
// file is told where it is kept.
func Ignored(t *detect.Tree, dir string) func(name string) bool {
	nothing := func(string) bool { return false }
	file := path.Join(dir, ".dockerignore")
	if !t.Has(file) {
		return nothing
	}
	data, err := t.ReadFile(file)
	if err != nil || strings.HasPrefix(string(data), "# dockgen: ") {
		return nothing
	}
	ignore, err := dockerfile.ParseIgnore(data)
	if err != nil {
		return nothing
	}
	return ignore.Hides
}
