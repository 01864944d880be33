package image

import (
	"slices"
	"testing"

	"github.com/dockgen/dockgen/detect/python/project"
)

// Every line of Python that there are images of has a release of every tool that keeps a
// lockfile, and none has that of a later line.
func TestExporters(t *testing.T) {
	for _, tool := range []string{project.Poetry, project.PDM, project.Pipenv} {
		releases := exporters[tool]
		if !slices.IsSortedFunc(releases, func(a, b tooling) int { return b.python - a.python }) {
			t.Errorf("the releases of %s are not the newest first", tool)
		}
		for line := oldest; line <= 15; line++ {
			p := planner{line: line}
			if len(p.exporter(tool)) == 0 {
				t.Errorf("Python 3.%d has no release of %s", line, tool)
			}
		}
		old, young := planner{line: 9}, planner{line: 8}
		if slices.Equal(old.exporter(tool), young.exporter(tool)) {
			t.Errorf("%s is %v on Python 3.8 and on 3.9, which have no release in common", tool, old.exporter(tool))
		}
	}
}
