package node

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
)

// engineImage is the image of an engine: values, no decisions.
type engineImage struct {
	project.Engine
	image  string
	suites []string // variants of the image for building, the best first
	full   []string // the same with compilers; none where the image has no such variant
	eval   []string // runs a program that is given as text
}

var engineImages = map[string]engineImage{
	"node": {
		Engine: project.EngineOf("node"), image: "node",
		suites: []string{"trixie-slim", "bookworm-slim", "bullseye-slim", "buster-slim", "stretch-slim"},
		full:   []string{"trixie", "bookworm", "bullseye", "buster", "stretch"},
		eval:   []string{"node", "-e"},
	},
	"bun": {
		Engine: project.EngineOf("bun"), image: "oven/bun",
		suites: []string{"slim"},
		eval:   []string{"bun", "-e"},
	},
	"deno": {
		Engine: project.EngineOf("deno"), image: "denoland/deno",
		suites: []string{""},
		eval:   []string{"deno", "eval"},
	},
}

// archived are the suites whose packages Debian has moved away, so that images on
// them can install nothing more: https://www.debian.org/distrib/archive.
var archived = []string{"buster-slim", "stretch-slim"}

// base settles the image of the engine: what the user asked for, else what the
// project asks for, else the default line. Of a range the default line is taken
// where it fits, then the newest with long-term support, then the newest with
// any, then the newest of all.
func (p *planner) base(e engineImage) (catalog.Ref, error) {
	c := p.in.Catalog
	want, reason, evidence, err := p.wanted(e)
	if err != nil {
		return catalog.Ref{}, err
	}
	ref, how, err := newest(c, e, want)
	if err == nil && e.Name == "node" && p.in.Overrides.LangVersion == "" {
		if limited, why := p.working(e, want, ref); why != "" {
			ref, reason, evidence = limited, why, append(evidence, p.detail.System.Limit.At)
		}
	}
	if reason == "" {
		reason = how + " that satisfies " + strconv.Quote(p.detail.Versions[0].Range)
	}
	if err != nil {
		if p.in.Overrides.LangVersion != "" {
			return ref, &plan.OverrideError{Flag: langVersion, Value: p.in.Overrides.LangVersion, Err: err}
		}
		if len(evidence) > 0 {
			err = detect.Errorf(evidence[0], "%w; choose one with %s", err, langVersion)
		}
		return ref, err
	}
	if line, known := c.Line(e.image, ref.Version); len(c.Lines(e.image)) > 1 && (!known || line.Ended()) {
		p.plan.Note("%s %s is past its end of life at %s%s", e.Title, ref.Version, c.AsOf(), where(evidence))
	}
	p.contradictions(e, ref)
	p.plan.Summary.Language = e.Name + " " + strings.Join(strings.SplitN(ref.Version, ".", 3)[:min(2, 1+strings.Count(ref.Version, "."))], ".")
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, evidence...)
	if e.Name == "node" {
		p.plan.Version = plan.Version{Value: ref.Version, Own: len(evidence) > 0 || p.in.Overrides.LangVersion != "", Constraint: want}
	}
	p.version, p.versionReason, p.versionEvidence = ref.Version, fmt.Sprintf("%s, in the catalog of %s", reason, c.AsOf()), evidence
	return ref, nil
}

const langVersion = "--lang-version"

// noVersion says that a word is no constraint: it begins with a letter other than x.
func noVersion(want string) bool {
	return want != "" && want[0] != 'x' && (want[0]|0x20 >= 'a' && want[0]|0x20 <= 'z')
}

// wanted is the constraint on the engine's version, and why that; no reason where its
// newest version is to be told first.
func (p *planner) wanted(e engineImage) (want, reason string, evidence []detect.Evidence, err error) {
	switch asked := p.in.Overrides.LangVersion; {
	case asked != "":
		if want, err = project.Constraint(asked); err == nil && noVersion(want) {
			err = plan.NoVersion(asked, "24 or 24.19.0")
		}
		if err != nil {
			err = &plan.OverrideError{Flag: langVersion, Value: asked, Err: err}
		}
		return want, "asked for", nil, err
	case len(p.detail.Versions) > 0:
		w := p.detail.Versions[0]
		if want, err = project.Constraint(w.Range); err != nil {
			return "", "", nil, detect.Errorf(w.At, "%q: %w", w.Range, err)
		}
		if want == project.EngineOf("node").Fallback && strings.Contains(w.Range, "lts") {
			reason = "the line with long-term support"
		}
		return want, reason, []detect.Evidence{w.At}, nil
	case e.Name != "node":
		return e.Fallback, "the project names no version", nil, nil
	}
	return e.Fallback, "the project names no version; the line with the longest support", nil, nil
}

// working finds an older version that the addons of dependencies and the package
// manager work with, where the project leaves the choice, and says why that one.
func (p *planner) working(e engineImage, want string, ref catalog.Ref) (catalog.Ref, string) {
	limit, what := p.detail.System.Limit, p.detail.System.Limited
	if limit.Value == "" {
		return ref, ""
	}
	if len(p.detail.Versions) == 0 {
		want = ""
	}
	limited, how, err := newest(p.in.Catalog, e, project.Join(want, limit.Value))
	switch {
	case err != nil:
		p.plan.Note("%s: %s does not work with Node.js %s", limit.At, what, ref.Version)
		return ref, ""
	case limited == ref:
		return ref, ""
	}
	return limited, fmt.Sprintf("%s that %s works with", how, what)
}

func where(evidence []detect.Evidence) string {
	if len(evidence) == 0 {
		return ""
	}
	return ": " + evidence[0].String()
}

// newest finds the image for a constraint, and says in words which one it is.
func newest(c *catalog.Catalog, e engineImage, want string) (ref catalog.Ref, how string, err error) {
	type try struct{ constraint, how string }
	var tries []try
	if strings.HasPrefix(want, "=") {
		tries = append(tries, try{want, "the version"})
	}
	if want != "" {
		tries = append(tries, try{project.Join(want, e.Fallback), "the newest of the line with the longest support"})
	}
	for _, lts := range []bool{true, false} {
		for _, l := range c.Lines(e.image) {
			if lts && l.LTS && want != "" {
				tries = append(tries, try{project.Join(want, "~"+l.Name), "the newest with long-term support"})
			}
			if !lts && l.Supported {
				tries = append(tries, try{project.Join(want, "~"+l.Name), "the newest"})
			}
		}
	}
	tries = append(tries, try{want, "the newest"})
	for _, t := range tries {
		if ref, err = newestExactly(c, e, t.constraint); err == nil {
			return ref, t.how, nil
		}
	}
	return ref, "", err
}

// contradictions tells of what the project says elsewhere and the version does
// not satisfy.
func (p *planner) contradictions(e engineImage, ref catalog.Ref) {
	for _, w := range p.detail.Versions[min(1, len(p.detail.Versions)):] {
		want, err := project.Constraint(w.Range)
		if err != nil {
			continue // said when it was read
		}
		if _, err := newestExactly(p.in.Catalog, e, project.Join(want, "="+ref.Version)); err != nil {
			p.plan.Note("%s asks for %s %s, and %s is built with", w.At, e.Title, w.Range, ref.Version)
		}
	}
}

// newestExactly tries the suites of Debian in turn. The error is of the first.
func newestExactly(c *catalog.Catalog, e engineImage, want string) (catalog.Ref, error) {
	var first error
	for _, suite := range e.suites {
		ref, err := c.Resolve(e.image, want, suite)
		if err == nil {
			return ref, nil
		}
		first = cmp.Or(first, err)
	}
	return catalog.Ref{}, first
}
