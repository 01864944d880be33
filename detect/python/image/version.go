package image

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// The image of Python, and the suites of Debian that it stands on, the default first.
const image = "python"

var suites = []string{"trixie", "bookworm"}

// defaultLine is Python where nothing says otherwise, and the highest that a range
// gets: distroless has no other, and nearly all wheels are there for it.
const defaultLine = "3.13"

// oldLines are before those of the catalog's table; images of them exist.
var oldLines = []string{"3.8", "3.7"}

// oldest is the second number of the first line that there are images of.
const oldest = 7

// settled is the version of Python with the reason for it.
type settled struct {
	ref      catalog.Ref
	suite    string
	reason   string
	evidence []detect.Evidence
}

// resolve finds the slim image of a version, on the newest suite that has it.
func resolve(c *catalog.Catalog, constraint string) (settled, error) {
	var first error
	for _, suite := range suites {
		ref, err := c.Resolve(image, constraint, "slim-"+suite)
		if err == nil {
			return settled{ref: ref, suite: suite}, nil
		}
		first = cmp.Or(first, err)
	}
	return settled{}, first
}

// python settles the version: what was asked for, what a version file names, the
// highest line that the constraints allow, or the default.
func (p *planner) python() (settled, error) {
	if asked := p.in.Overrides.LangVersion; asked != "" {
		return p.asked(asked)
	}
	for _, pin := range p.detail.Pins {
		s, ok, err := p.pinnedVersion(pin)
		if err != nil || ok {
			return s, err
		}
	}
	return p.ranged()
}

var plainPython = pattern.New(`^3(\.\d+){0,2}$`)

// constraintOf makes the catalog's constraint of a version with one to three numbers.
func constraintOf(version string) string {
	if strings.Count(version, ".") == 2 {
		return "=" + version
	}
	return "~" + version
}

func (p *planner) asked(version string) (settled, error) {
	fail := func(err error) (settled, error) {
		return settled{}, &plan.OverrideError{Flag: "--lang-version", Value: version, Err: err}
	}
	if !plainPython.MatchString(version) {
		return fail(plan.NoVersion(version, "3.13 or 3.13.15"))
	}
	s, err := resolve(p.in.Catalog, constraintOf(version))
	if err != nil {
		return fail(err)
	}
	for _, c := range p.detail.Constraints {
		if ok, err := c.Satisfies(s.ref.Version); err != nil {
			return settled{}, err
		} else if !ok {
			return fail(detect.Errorf(c.At, "the project wants %s", c.Text))
		}
	}
	s.reason = "asked for"
	return s, nil
}

// pinnedVersion takes the version of a file, unless a constraint of the project
// forbids it, which its own tool would refuse.
func (p *planner) pinnedVersion(pin project.Pin) (s settled, ok bool, err error) {
	c := p.in.Catalog
	reason := fmt.Sprintf("named there, the newest of its line in the catalog of %s", c.AsOf())
	switch {
	case pin.Err != nil:
		return settled{}, false, pin.Err
	case pin.Version == "3":
		return settled{}, false, nil
	default:
		s, err = resolve(c, constraintOf(pin.Version))
		if strings.Count(pin.Version, ".") == 2 {
			reason = "named there"
			if err != nil || s.suite != suites[0] { // a patch that only an older suite has, or none
				if newer, e := resolve(c, "~"+project.LineOf(pin.Version)); e == nil {
					reason = fmt.Sprintf("the newest patch of %s, which the catalog of %s has in place of %s", project.LineOf(pin.Version), c.AsOf(), pin.Version)
					s, err = newer, nil
				}
			}
		}
	}
	if err != nil {
		return settled{}, false, detect.Errorf(pin.At, "Python %s: %w", pin.Version, err)
	}
	for _, constraint := range p.detail.Constraints {
		fits, err := constraint.Satisfies(s.ref.Version)
		if err != nil {
			return settled{}, false, err
		}
		if !fits {
			p.plan.Note("%s names Python %s, which %s (%s) forbids", pin.At, pin.Version, constraint.At, constraint.Text)
			return settled{}, false, nil
		}
	}
	s.reason, s.evidence = reason, []detect.Evidence{pin.At}
	return s, true, nil
}

// constraint is what the ranges of the project allow, as the catalog takes it; empty
// where a version is named, or PEP 440 knows more than the catalog.
func (p *planner) constraint() string {
	if p.in.Overrides.LangVersion != "" || len(p.detail.Pins) > 0 {
		return ""
	}
	var all []string
	for _, c := range p.detail.Constraints {
		if strings.Contains(c.Specifier, "~=") || strings.Contains(c.Specifier, "!=") || strings.Contains(c.Specifier, "||") {
			return ""
		}
		all = append(all, strings.NewReplacer("===", "=", "==", "=", ".*", ".x").Replace(c.Specifier))
	}
	return strings.Join(all, ", ")
}

// ranged takes the highest line that every constraint and the wheels of the pinned
// packages allow.
func (p *planner) ranged() (settled, error) {
	c := p.in.Catalog
	ceiling, by := p.ceiling()
	var reasons []string
	var evidence []detect.Evidence
	for _, constraint := range p.detail.Constraints {
		reasons, evidence = append(reasons, constraint.Text), append(evidence, constraint.At)
	}
	for _, line := range order(c) {
		if ceiling > 0 && project.Minor(line) > ceiling {
			continue
		}
		s, ok, err := p.allows(line)
		if err != nil {
			return settled{}, err
		}
		if !ok {
			continue
		}
		reason := ranging(line, reasons, c.AsOf())
		if ceiling > 0 && ceiling < project.Minor(defaultLine) && project.Minor(line) == ceiling {
			lacks := "has no wheels"
			if !by.Made(ceiling + 1) {
				lacks = "is not made"
			} else if slices.ContainsFunc(catalog.Needs("python"), func(s catalog.Need) bool { return s.Name == by.Name && s.Source }) {
				lacks = "cannot be compiled"
			}
			reason, evidence = fmt.Sprintf("%s %s %s for a later one", by.Name, by.Version, lacks), append(evidence, by.At)
		}
		s.reason, s.evidence = reason, evidence
		return s, nil
	}
	if ceiling > 0 { // what the wheels leave, the constraints do not allow
		p.noCeiling = true
		return p.ranged()
	}
	_, err := c.Resolve(image, cmp.Or(p.constraint(), "~3.99"), "slim-"+suites[0])
	if err == nil { // it satisfies what the catalog's words can say
		_, err = c.Resolve(image, "~3.99", "slim-"+suites[0])
	}
	if constraints := p.detail.Constraints; len(constraints) > 0 {
		return settled{}, detect.Errorf(constraints[0].At, "no Python satisfies %s: %w", strings.Join(reasons, " and "), err)
	}
	return settled{}, err
}

// ranging is the reason for a line among those that the constraints allow.
func ranging(line string, constraints []string, asOf string) string {
	which := "the highest up to"
	if project.Minor(line) > project.Minor(defaultLine) {
		which = "the first after"
	}
	if len(constraints) == 0 {
		return fmt.Sprintf("nothing says which; the default, its newest in the catalog of %s", asOf)
	}
	return fmt.Sprintf("%s %s that %s allows, its newest in the catalog of %s", which, defaultLine, strings.Join(constraints, " and "), asOf)
}

// order lists the lines of Python as they are tried: the default and those before
// it, then the later ones, then those past their end.
func order(c *catalog.Catalog) []string {
	var upTo, later, ended []string
	for _, l := range c.Lines(image) {
		switch {
		case l.Ended():
			ended = append(ended, l.Name)
		case project.Minor(l.Name) <= project.Minor(defaultLine):
			upTo = append(upTo, l.Name)
		default:
			later = append([]string{l.Name}, later...)
		}
	}
	return slices.Concat(upTo, later, ended, oldLines)
}

// exactVersion is a patch that a constraint insists on.
var exactVersion = pattern.New(`===?\s*(3\.\d+\.\d+)(?:[^.*\d]|$)`)

// allows resolves a line if every constraint is satisfied.
func (p *planner) allows(line string) (s settled, ok bool, err error) {
	want := "~" + line
	for _, constraint := range p.detail.Constraints {
		if m := exactVersion.FindStringSubmatch(constraint.Specifier); m != nil && project.LineOf(m[1]) == line {
			want = "=" + m[1]
		}
	}
	s, resolveErr := resolve(p.in.Catalog, want)
	if resolveErr != nil {
		return settled{}, false, nil
	}
	for _, constraint := range p.detail.Constraints {
		if ok, err := constraint.Satisfies(s.ref.Version); err != nil || !ok {
			return settled{}, false, err
		}
	}
	return s, true, nil
}

// ceiling is the highest line up to the default's that every package is made for and has
// wheels for, and the package that sets it; 0 where none does.
func (p *planner) ceiling() (line int, by project.Package) {
	if p.noCeiling {
		return 0, project.Package{}
	}
	line = project.Minor(defaultLine)
	for _, name := range slices.Sorted(maps.Keys(p.detail.Project.Packages)) {
		pkg := p.detail.Project.Packages[name]
		n := line
		for n >= oldest && !(pkg.Fits(n) && pkg.Made(n)) {
			n--
		}
		switch {
		case n < oldest && pkg.Listed: // for later lines alone, which the project asks for
		case n < oldest:
			p.plan.Note("%s: %s %s has wheels for no Python from 3.%d on, and is compiled, which so old a release seldom stands; take a later one, or name a Python with --lang-version", pkg.At, pkg.Name, pkg.Version, oldest)
		case n < line:
			line, by = n, pkg
		}
	}
	if by.Name == "" {
		return 0, by
	}
	return line, by
}
