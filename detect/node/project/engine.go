package project

import (
	"errors"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Engine is a program that runs JavaScript: values, no decisions.
type Engine struct {
	Name     string // in words of a manifest: "node"
	Title    string
	Fallback string // the constraint for a project that names no version
	tool     manifest.Tool
}

// EngineOf gives the engine of a name: "node", "bun", "deno".
func EngineOf(name string) Engine { return engines[name] }

var engines = map[string]Engine{
	"node": {
		Name: "node", Title: "Node.js", Fallback: "~24",
		tool: manifest.Tool{
			Names: []string{"nodejs", "node"},
			Files: []manifest.PinFile{{Name: ".nvmrc", Read: manifest.FirstLine}, {Name: ".node-version", Read: manifest.FirstLine}},
		},
	},
	"bun": {
		Name: "bun", Title: "Bun", Fallback: "^1",
		tool: manifest.Tool{Names: []string{"bun"}, Files: []manifest.PinFile{{Name: ".bun-version", Read: manifest.FirstLine}}},
	},
	"deno": {
		Name: "deno", Title: "Deno", Fallback: "^2",
		tool: manifest.Tool{Names: []string{"deno"}, Files: []manifest.PinFile{{Name: ".deno-version", Read: manifest.FirstLine}, {Name: ".dvmrc", Read: manifest.FirstLine}}},
	},
}

// codenames are those of the release lines with long-term support, as .nvmrc
// may hold them: https://github.com/nodejs/Release/blob/main/CODENAMES.md
var codenames = map[string]string{
	"argon": "4", "boron": "6", "carbon": "8", "dubnium": "10", "erbium": "12", "fermium": "14",
	"gallium": "16", "hydrogen": "18", "iron": "20", "jod": "22", "krypton": "24",
}

// Wish is a version that a project asks for: a range in npm's words, or a
// word of version managers.
type Wish struct {
	Range string
	At    detect.Evidence
}

// Wishes lists what a package asks of its engine, the most telling first: volta,
// the files of version managers, packageManager, devEngines, engines. Of a member of a workspace
// its own manifest counts before that of the workspace.
func (r *Repository) Wishes(name string, packages ...Package) ([]Wish, error) {
	e := engines[name]
	var found []Wish
	entries := func(list func(Package) []Entry) {
		for _, p := range packages {
			for _, v := range list(p) {
				if v.Name == e.Name && v.Value != "" {
					found = append(found, Wish{v.Value, v.At})
				}
			}
		}
	}
	entries(func(p Package) []Entry { return p.Volta })
	pins, err := manifest.Pins(r.Tree, packages[0].Dir, e.tool)
	if err != nil {
		return nil, err
	}
	for _, p := range pins {
		if p.Version != "system" { // whatever the machine has
			found = append(found, Wish{p.Version, p.At})
		}
	}
	for _, p := range packages { // Bun is what it installs with
		if m, err := p.declares(""); err == nil && m.Name == e.Name && m.Range != "" {
			found = append(found, Wish{m.Range, m.At})
		}
	}
	for _, p := range packages {
		for _, v := range p.DevRuntime {
			if version, ok := strings.CutPrefix(v.Value, e.Name+"@"); ok && version != "" {
				found = append(found, Wish{version, v.At})
			}
		}
	}
	entries(func(p Package) []Entry { return p.Engines })
	found = slices.Compact(found)
	for _, w := range found {
		if _, err := Constraint(w.Range); err != nil {
			return nil, detect.Errorf(w.At, "%q is no version of %s: %w", w.Range, e.Title, err)
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

// Constraint turns a version as a project writes it into one of the catalog: a
// bare number stands for its line, as .nvmrc and npm have it, "lts/*" for the
// default, and the newest for what fits any.
func Constraint(text string) (string, error) {
	text = strings.TrimSpace(text)
	word := strings.ToLower(text)
	switch {
	case slices.Contains(newestWords, word):
		return "", nil
	case word == "lts" || word == "lts/*" || word == "--lts" || word == "lts-latest":
		return engines["node"].Fallback, nil
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

var leading = pattern.New(`\d+`)

// Major is the first number of a version or range; large where there is none, for
// a version that is not known is taken for the newest.
func Major(text string) int {
	n := 0
	digits := leading.FindString(text)
	if digits == "" || len(digits) > 4 {
		return 1 << 30
	}
	for _, c := range digits {
		n = n*10 + int(c-'0')
	}
	return n
}

// Join joins two constraints, each of which may be a choice.
func Join(a, b string) string {
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
