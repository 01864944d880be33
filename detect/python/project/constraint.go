package project

import (
	"fmt"
	"strconv"
	"strings"

	pep440 "github.com/aquasecurity/go-pep440-version"
	"github.com/dockgen/dockgen/detect"
)

// Constraint is what a project says about the version of Python.
type Constraint struct {
	Text      string // as it is written
	Specifier string // the same by PEP 440, with || between alternatives
	At        detect.Evidence
}

// Satisfies says whether a version of Python fits. The error is for a specifier
// that is none.
func (c Constraint) Satisfies(version string) (bool, error) {
	if c.Specifier == "" {
		return true, nil
	}
	set, err := pep440.NewSpecifiers(c.Specifier)
	if err != nil {
		return false, detect.Errorf(c.At, "%q is no version specifier", c.Text)
	}
	v, err := pep440.Parse(version)
	if err != nil {
		return false, fmt.Errorf("version %s of the catalog: %w", version, err)
	}
	return set.Check(v), nil
}

// LineOf is the release line of a version, "3.13".
func LineOf(version string) string {
	parts := strings.SplitN(version, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// Minor is the second number of a line of Python 3.
func Minor(line string) int {
	_, rest, _ := strings.Cut(LineOf(line), ".")
	n, _ := strconv.Atoi(rest)
	return n
}
