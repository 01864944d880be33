package golang

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

var (
	goVersion    = pattern.New(`^(\d+)\.(\d+)(?:\.(\d+))?`)
	plainVersion = pattern.New(`^\d+\.\d+(\.\d+)?$`)
)

// number reads the version of a go or toolchain line. A release candidate counts
// as the release, which satisfies it.
func number(version string) (major, minor, patch int) {
	m := goVersion.FindStringSubmatch(version)
	if m == nil {
		return 0, 0, 0
	}
	part := func(i int) int { n, _ := strconv.Atoi(cmp.Or(m[i], "0")); return n }
	return part(1), part(2), part(3)
}

func newer(a, b string) bool {
	a1, a2, a3 := number(a)
	b1, b2, b3 := number(b)
	return cmp.Or(cmp.Compare(a1, b1), cmp.Compare(a2, b2), cmp.Compare(a3, b3)) > 0
}

// lineOf is the release line of a version, "1.26".
func lineOf(version string) string {
	major, minor, _ := number(version)
	return fmt.Sprintf("%d.%d", major, minor)
}

// golang settles the image that compiles: the newest patch of the highest line
// among the declared ones and the oldest that is still supported. The image
// keeps GOTOOLCHAIN=local, so the go line must be satisfied by the image itself
// (https://go.dev/doc/toolchain).
func (p *planner) golang() (ref catalog.Ref, reason string, evidence []detect.Evidence, err error) {
	c := p.in.Catalog
	if asked := p.in.Overrides.LangVersion; asked != "" {
		return p.asked(asked)
	}
	need, oldest := p.declared(), oldestSupported(c)
	if need.Value != "" {
		evidence = at(need.At)
	}
	if lineOf(oldest) != lineOf(need.Value) && newer(oldest, need.Value) {
		ref, err = c.Resolve(buildImage, "~"+oldest, buildSuite)
		return ref, fmt.Sprintf("%s; the oldest line with support is %s, its newest in the catalog of %s", says(need), oldest, c.AsOf()), evidence, err
	}
	exact := semver(need.Value)
	if ref, err = c.Resolve(buildImage, "~"+lineOf(need.Value)+", >="+exact, buildSuite); err == nil {
		return ref, fmt.Sprintf("newest %s in the catalog of %s", lineOf(need.Value), c.AsOf()), evidence, nil
	}
	if ref, err = c.Resolve(buildImage, "="+exact, buildSuite); err == nil && c.Ahead(ref.String()) {
		return ref, fmt.Sprintf("named there; the catalog of %s has the line, but nothing as new", c.AsOf()), evidence, nil
	}
	if ref, err = c.Resolve(buildImage, ">="+exact, buildSuite); err == nil {
		return ref, fmt.Sprintf("%s is not in the catalog of %s; the next that satisfies it", need.Value, c.AsOf()), evidence, nil
	}
	if need != p.floor() {
		err = fmt.Errorf("%w; an older one, with --lang-version, satisfies the go line", err)
	}
	return catalog.Ref{}, "", nil, detect.Errorf(need.At, "go %s: %w", need.Value, err)
}

// floor is the highest go line, below which the go command refuses to build.
func (p *planner) floor() Directive {
	return highest(p.detail.Module.Version, p.detail.Workspace.Version)
}

// declared is the highest version that any file names.
func (p *planner) declared() Directive {
	d := p.detail
	return highest(slices.Concat([]Directive{p.floor(), d.Module.Toolchain, d.Workspace.Toolchain}, d.Pins)...)
}

func highest(all ...Directive) Directive {
	best := all[0]
	for _, d := range all[1:] {
		if newer(d.Value, best.Value) {
			best = d
		}
	}
	return best
}

// ownVersion says whether the service itself settles its version: by an answer, or
// by a line that has support. Any other does for it.
func (p *planner) ownVersion() bool {
	need, oldest := p.declared(), oldestSupported(p.in.Catalog)
	return p.in.Overrides.LangVersion != "" || need.Value != "" && (lineOf(need.Value) == lineOf(oldest) || newer(need.Value, oldest))
}

// constraint is what images satisfy the project: the go line is a minimum.
func (p *planner) constraint() string {
	if asked := p.in.Overrides.LangVersion; asked != "" {
		return "~" + asked
	}
	if need := p.declared(); need.Value != "" {
		return ">=" + semver(need.Value)
	}
	return ""
}

// says is what the project asks for, in words.
func says(need Directive) string {
	if need.Value == "" {
		return "no go line"
	}
	return "go " + need.Value
}

// asked takes --lang-version, unless the go line forbids it.
func (p *planner) asked(version string) (catalog.Ref, string, []detect.Evidence, error) {
	fail := func(err error) (catalog.Ref, string, []detect.Evidence, error) {
		return catalog.Ref{}, "", nil, &plan.OverrideError{Flag: "--lang-version", Value: version, Err: err}
	}
	if !plainVersion.MatchString(version) {
		return fail(plan.NoVersion(version, "1.26 or 1.26.7"))
	}
	constraint := "~" + version
	if strings.Count(version, ".") == 2 {
		constraint = "=" + version
	}
	ref, err := p.in.Catalog.Resolve(buildImage, constraint, buildSuite)
	if err != nil {
		return fail(err)
	}
	if floor := p.floor(); newer(floor.Value, ref.Version) {
		return fail(detect.Errorf(floor.At, "go %s needs a newer one", floor.Value))
	}
	if line, ok := p.in.Catalog.Line(buildImage, ref.Version); !ok || line.Ended() {
		p.plan.Note("go %s is past its end of life at %s", lineOf(version), p.in.Catalog.AsOf())
	}
	return ref, "asked for", nil, nil
}

func oldestSupported(c *catalog.Catalog) string {
	lines := slices.DeleteFunc(slices.Clone(c.Lines(buildImage)), catalog.Line.Ended)
	return lines[len(lines)-1].Name
}

func semver(version string) string {
	major, minor, patch := number(version)
	return fmt.Sprintf("%d.%d.%d", major, minor, patch)
}
