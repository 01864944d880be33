package node

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// engine is a program that runs JavaScript: values, no decisions.
type engine struct {
	name     string // in words of a manifest: "node"
	title    string
	image    string
	fallback string // the constraint for a project that names no version
	tool     manifest.Tool
	suites   []string // variants of the image for building, the best first
	full     []string // the same with compilers; none where the image has no such variant
	user     string
	userIs   string
	eval     []string // runs a program that is given as text
}

var engines = map[string]engine{
	"node": {
		name: "node", title: "Node.js", image: "node", fallback: "~24",
		tool: manifest.Tool{
			Names: []string{"nodejs", "node"},
			Files: []manifest.PinFile{{Name: ".nvmrc", Read: manifest.FirstLine}, {Name: ".node-version", Read: manifest.FirstLine}},
		},
		suites: []string{"trixie-slim", "bookworm-slim", "bullseye-slim", "buster-slim", "stretch-slim"},
		full:   []string{"trixie", "bookworm", "bullseye", "buster", "stretch"},
		user:   "1000:1000", userIs: "that image's node",
		eval: []string{"node", "-e"},
	},
	"bun": {
		name: "bun", title: "Bun", image: "oven/bun", fallback: "^1",
		tool:   manifest.Tool{Names: []string{"bun"}, Files: []manifest.PinFile{{Name: ".bun-version", Read: manifest.FirstLine}}},
		suites: []string{"slim"},
		user:   "1000:1000", userIs: "that image's bun",
		eval: []string{"bun", "-e"},
	},
	"deno": {
		name: "deno", title: "Deno", image: "denoland/deno", fallback: "^2",
		tool:   manifest.Tool{Names: []string{"deno"}, Files: []manifest.PinFile{{Name: ".deno-version", Read: manifest.FirstLine}, {Name: ".dvmrc", Read: manifest.FirstLine}}},
		suites: []string{""},
		user:   "1993:1993", userIs: "that image's deno",
		eval: []string{"deno", "eval"},
	},
}

// archived are the suites whose packages Debian has moved away, so that images on
// them can install nothing more: https://www.debian.org/distrib/archive.
var archived = []string{"buster-slim", "stretch-slim"}

// codenames are those of the release lines with long-term support, as .nvmrc
// may hold them: https://github.com/nodejs/Release/blob/main/CODENAMES.md
var codenames = map[string]string{
	"argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14",
	"gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
}

// wish is a version that a project asks for: a range in npm's words, or a
// word of version managers.
type wish struct {
	Range string
	At    detect.Evidence
}

// wishes lists what a package asks of its engine, the most telling first: volta,
// the files of version managers, packageManager, devEngines, engines. Of a member of a workspace
// its own manifest counts before that of the workspace.
func (r *repository) wishes(e engine, packages ...Package) ([]wish, error) {
	var found []wish
	for _, p := range packages {
		for _, v := range p.Volta {
			if v.Name == e.name {
				found = append(found, wish{v.Value, v.At})
			}
		}
	}
	pins, err := manifest.Pins(r.tree, packages[0].Dir, e.tool)
	if err != nil {
		return nil, err
	}
	for _, p := range pins {
		if p.Version != "system" { // whatever the machine has
			found = append(found, wish{p.Version, p.At})
		}
	}
	for _, p := range packages { // Bun is what it installs with
		if m, err := p.declares(""); err == nil && m.Name == e.name && m.Range != "" {
			found = append(found, wish{m.Range, m.At})
		}
	}
	for _, p := range packages {
		for _, v := range p.DevRuntime {
			if version, ok := strings.CutPrefix(v.Value, e.name+"@"); ok && version != "" {
				found = append(found, wish{version, v.At})
			}
		}
	}
	for _, p := range packages {
		for _, v := range p.Engines {
			if v.Name == e.name && v.Value != "" {
				found = append(found, wish{v.Value, v.At})
			}
		}
	}
	found = slices.Compact(found)
	for _, w := range found {
		if _, err := constraint(w.Range); err != nil {
			return nil, detect.Errorf(w.At, "%q is no version of %s: %w", w.Range, e.title, err)
		}
	}
	return found, nil
}

var (
	versionWord  = pattern.New(`^[vV=]*\d+(\.\d+){0,2}$`)
	comparators  = pattern.New(`^[\s0-9A-Za-z.*|<>=~^,+-]+$`)
	looseSpace   = pattern.New(`([<>=~^]+)\s+`)
	looseVersion = pattern.New(`(^|[\s|<>=~^])[vV](\d)`)
)

// newestWords are what version managers call the newest release.
var newestWords = []string{"node", "latest", "current", "stable", "*", "x", ""}

// constraint turns a version as a project writes it into one of the catalog: a
// bare number stands for its line, as .nvmrc and npm have it, "lts/*" for the
// default, and the newest for what fits any.
func constraint(text string) (string, error) {
	text = strings.TrimSpace(text)
	word := strings.ToLower(text)
	switch {
	case slices.Contains(newestWords, word):
		return "", nil
	case word == "lts" || word == "lts/*" || word == "--lts" || word == "lts-latest":
		return engines["node"].fallback, nil
	case strings.HasPrefix(word, "lts/") || strings.HasPrefix(word, "lts-"):
		line, ok := codenames[word[4:]]
		if !ok {
			return "", errors.New("no release line is called so")
		}
		return "~" + line, nil
	case codenames[word] != "":
		return "~" + codenames[word], nil
	case versionWord.MatchString(text):
		number := strings.TrimLeft(text, "vV=")
		if strings.Count(number, ".") == 2 {
			return "=" + number, nil
		}
		return "~" + number, nil
	case !comparators.MatchString(text):
		return "", errors.New("it is neither a version nor a range of them")
	}
	text = looseVersion.ReplaceAllString(text, "$1$2")
	return looseSpace.ReplaceAllString(text, "$1"), nil
}

// both joins two constraints, each of which may be a choice.
func both(a, b string) string {
	if a == "" || b == "" {
		return a + b
	}
	var joined []string
	for _, one := range strings.Split(a, "||") {
		for _, other := range strings.Split(b, "||") {
			joined = append(joined, strings.TrimSpace(one)+", "+strings.TrimSpace(other))
		}
	}
	return strings.Join(joined, " || ")
}

// base settles the image of the engine: what the user asked for, else what the
// project asks for, else the default line. Of a range the default line is taken
// where it fits, then the newest with long-term support, then the newest with
// any, then the newest of all.
func (p *planner) base(e engine) (catalog.Ref, error) {
	c := p.in.Catalog
	want, reason, evidence := "", "", []detect.Evidence(nil)
	flag := "--lang-version"
	switch asked := p.in.Overrides.LangVersion; {
	case asked != "":
		got, err := constraint(asked)
		if err != nil {
			return catalog.Ref{}, &plan.OverrideError{Flag: flag, Value: asked, Err: err}
		}
		want, reason = got, "asked for"
	case len(p.detail.Versions) > 0:
		w := p.detail.Versions[0]
		got, err := constraint(w.Range)
		if err != nil {
			return catalog.Ref{}, detect.Errorf(w.At, "%q: %w", w.Range, err)
		}
		want, evidence = got, []detect.Evidence{w.At}
		if want == engines["node"].fallback && strings.Contains(w.Range, "lts") {
			reason = "the line with long-term support"
		}
	default:
		want, reason = e.fallback, "the project names no version; the line with the longest support"
		if e.name != "node" {
			reason = "the project names no version"
		}
	}
	ref, how, err := newest(c, e, want)
	if err == nil && e.name == "node" && p.in.Overrides.LangVersion == "" {
		if limited, why := p.working(e, want, ref); why != "" {
			ref, reason, evidence = limited, why, append(evidence, p.detail.System.Limit.At)
		}
	}
	if reason == "" {
		reason = how + " that satisfies " + strconv.Quote(p.detail.Versions[0].Range)
	}
	if err != nil {
		if p.in.Overrides.LangVersion != "" {
			return ref, &plan.OverrideError{Flag: flag, Value: p.in.Overrides.LangVersion, Err: err}
		}
		if len(evidence) > 0 {
			err = detect.Errorf(evidence[0], "%w; choose one with %s", err, flag)
		}
		return ref, err
	}
	if line, known := c.Line(e.image, ref.Version); len(c.Lines(e.image)) > 1 && (!known || line.Ended()) {
		p.plan.Note("%s %s is past its end of life at %s%s", e.title, ref.Version, c.AsOf(), where(evidence))
	}
	p.contradictions(e, ref)
	p.plan.Summary.Language = e.name + " " + strings.Join(strings.SplitN(ref.Version, ".", 3)[:min(2, 1+strings.Count(ref.Version, "."))], ".")
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, evidence...)
	if e.name == "node" {
		p.plan.Version = plan.Version{Value: ref.Version, Own: len(evidence) > 0 || p.in.Overrides.LangVersion != ""}
	}
	p.version, p.versionReason, p.versionEvidence = ref.Version, fmt.Sprintf("%s, in the catalog of %s", reason, c.AsOf()), evidence
	return ref, nil
}

// working finds an older version that the addons of dependencies and the package
// manager work with, where the project leaves the choice, and says why that one.
func (p *planner) working(e engine, want string, ref catalog.Ref) (catalog.Ref, string) {
	limit, what := p.detail.System.Limit, p.detail.System.Limited
	if limit.Value == "" {
		return ref, ""
	}
	if len(p.detail.Versions) == 0 {
		want = ""
	}
	limited, how, err := newest(p.in.Catalog, e, both(want, limit.Value))
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
func newest(c *catalog.Catalog, e engine, want string) (ref catalog.Ref, how string, err error) {
	type try struct{ constraint, how string }
	var tries []try
	if strings.HasPrefix(want, "=") {
		tries = append(tries, try{want, "the version"})
	}
	if want != "" {
		tries = append(tries, try{both(want, e.fallback), "the newest of the line with the longest support"})
	}
	for _, lts := range []bool{true, false} {
		for _, l := range c.Lines(e.image) {
			if lts && l.LTS && want != "" {
				tries = append(tries, try{both(want, "~"+l.Name), "the newest with long-term support"})
			}
			if !lts && l.Supported {
				tries = append(tries, try{both(want, "~"+l.Name), "the newest"})
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
func (p *planner) contradictions(e engine, ref catalog.Ref) {
	for _, w := range p.detail.Versions[min(1, len(p.detail.Versions)):] {
		want, err := constraint(w.Range)
		if err != nil {
			continue // said when it was read
		}
		if _, err := newestExactly(p.in.Catalog, e, both(want, "="+ref.Version)); err != nil {
			p.plan.Note("%s asks for %s %s, and %s is built with", w.At, e.title, w.Range, ref.Version)
		}
	}
}

// newestExactly tries the suites of Debian in turn. The error is of the first.
func newestExactly(c *catalog.Catalog, e engine, want string) (catalog.Ref, error) {
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
