package catalog

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
)

//go:embed tools.txt
var tools string

// Tool returns the newest version of a program of npm's registry that satisfies a
// constraint, as [Catalog.Resolve] does for images. A version that the constraint
// names exactly is taken as it is: there may be newer ones than the catalog's.
func (c *Catalog) Tool(name, constraint string) (string, error) {
	if exact, ok := strings.CutPrefix(constraint, "="); ok {
		if v, err := semver.StrictNewVersion(exact); err == nil {
			return v.String(), nil
		}
	}
	satisfies, err := parseConstraint(constraint)
	if err != nil {
		return "", fmt.Errorf("resolve %s: version constraint %q: %w", name, constraint, err)
	}
	for line := range strings.Lines(tools) {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] != name {
			continue
		}
		for _, text := range slices.Backward(words[1:]) {
			v, err := semver.StrictNewVersion(text)
			if err != nil {
				return "", fmt.Errorf("the catalog's version %s of %s: %w", text, name, err)
			}
			if satisfies(v) {
				return text, nil
			}
		}
		return "", fmt.Errorf("no version of %s in the catalog of %s satisfies %q; the newest is %s", name, c.asOf, constraint, words[len(words)-1])
	}
	return "", fmt.Errorf("%s is not one of the programs in the catalog", name)
}

// Satisfies reports whether a version satisfies a constraint; false where either
// of them is none.
func Satisfies(version, constraint string) bool {
	v, err := semver.NewVersion(version)
	if err != nil {
		return false
	}
	satisfies, err := parseConstraint(constraint)
	return err == nil && satisfies(v)
}
