package engine

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
)

// versionCore is as much of an image's version as a constraint is about.
var versionCore = pattern.New(`^[0-9]+(\.[0-9]+){0,2}`)

// Stands says whether a higher version of an image than the one that was rendered
// may stand, as a bot writes it: one of the language has to satisfy what the project
// wants, any other has to have the same first number. Where the project says no
// more than a version, the line of it counts.
func (o Outcome) Stands(rendered, there string) bool {
	parts := func(version string, n int) []string {
		all := strings.Split(versionCore.FindString(version), ".")
		return all[:min(n, len(all))]
	}
	same := func(n int) bool { return slices.Equal(parts(rendered, n), parts(there, n)) }
	v := o.Plan.Version
	switch {
	case rendered == there:
		return true // with another digest
	case v.Value == "" || rendered != v.Value && !strings.HasPrefix(rendered, v.Value+"."):
		return same(1)
	case !v.Own:
		return true
	case v.Constraint == "":
		return same(2)
	}
	return catalog.Satisfies(versionCore.FindString(there), v.Constraint)
}
