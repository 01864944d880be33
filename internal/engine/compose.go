package engine

import (
	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/output"
)

// composeNames are the files that compose looks for, in its order:
// https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file
var composeNames = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}

// composeFile is the file at the root that compose takes, and whether dockgen wrote it. Where
// there is none, it is the first that compose looks for.
func composeFile(t *detect.Tree) (name string, ours bool) {
	for _, name := range composeNames {
		if t.IsLink(name) {
			return name, false
		}
		if t.Has(name) {
			data, err := t.ReadFile(name)
			return name, err == nil && !output.IsForeign(data)
		}
	}
	return composeNames[0], false
}
