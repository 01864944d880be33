package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

// Ignore is the data of every .dockerignore template.
type Ignore struct {
	Description string
	Patterns    []string
	Exceptions  []string // what they must not hide, as patterns that begin with !

	allowed, own, reads []string // what it was made of, to make it anew for a larger context
}

// hidden is what no build of any stack reads: the history, editors' settings,
// secrets, and the files that describe the build itself, whose edits would
// otherwise begin it anew.
var hidden = []string{
	".git",
	".github",
	".idea",
	".vscode",
	"**/.DS_Store",
	"**/.env",
	"**/.env.*",
	"**/*.key",
	"**/*.pem",
	"**/Dockerfile*",
	"**/*.dockerignore",
	"docker-bake.hcl",
	"**/dockgen.toml",
	"compose*.y*ml",
}

// Hide gives the plan its ignore file, as [NewIgnore] makes it.
func (p *Plan) Hide(description string, allowed, own, reads []string) error {
	ignore, err := NewIgnore(description, allowed, own, reads)
	p.Ignore = Template{Name: "shared/dockerignore.tmpl", Data: ignore}
	return err
}

// NewIgnore makes the ignore file of a service: the patterns of an allow-list,
// where the context is more than the service, then those of every stack and its
// own, with exceptions for what its stages read and they would hide. Paths are
// slash-separated, from the context.
func NewIgnore(description string, allowed, own, reads []string) (Ignore, error) {
	ig := Ignore{Description: description, Patterns: slices.Concat(allowed, hidden, own), allowed: allowed, own: own, reads: reads}
	matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(ig.Patterns, "\n")))
	if err != nil {
		return Ignore{}, fmt.Errorf("ignore patterns: %w", err)
	}
	for _, file := range reads {
		if matcher.Hides(file) {
			if strings.ContainsFunc(file, unicode.IsControl) {
				return Ignore{}, fmt.Errorf("%q is hidden by the ignore patterns, and no pattern can name it", file)
			}
			ig.Exceptions = append(ig.Exceptions, "!"+Pattern(file))
		}
	}
	slices.Sort(ig.Exceptions)
	ig.Exceptions = slices.Compact(ig.Exceptions)
	return ig, nil
}

// below gives what an ignore file was made of for a context above its own, from which
// that is dir.
func (ig Ignore) below(dir string) Ignore {
	if dir == "." {
		return ig
	}
	place := func(patterns []string) (placed []string) {
		for _, p := range patterns {
			name, negated := strings.CutPrefix(p, "!")
			if p == "*" {
				placed = append(placed, p)
				continue
			}
			mark := ""
			if negated {
				mark = "!"
			}
			placed = append(placed, mark+Pattern(dir)+"/"+strings.TrimPrefix(name, "/"))
		}
		return placed
	}
	below := Ignore{allowed: place(ig.allowed), own: place(ig.own)}
	if len(ig.allowed) == 0 {
		below.allowed = []string{"*", "!" + Pattern(dir)}
	}
	for _, name := range ig.reads {
		below.reads = append(below.reads, path.Join(dir, name))
	}
	return below
}

// and joins two ignore files of one context: what either lets through is let through.
func (ig Ignore) and(other Ignore) (Ignore, error) {
	allowed := ig.allowed
	switch {
	case len(ig.allowed) == 0 || ig.allowed[0] != "*": // everything but what is named
	case len(other.allowed) == 0 || other.allowed[0] != "*":
		allowed = other.allowed
	default:
		allowed = slices.Concat(ig.allowed, other.allowed[1:])
	}
	theirs := slices.DeleteFunc(slices.Clone(other.own), func(p string) bool {
		_, anywhere, ok := strings.Cut(p, "/**/")
		return ok && slices.Contains(ig.own, "**/"+anywhere)
	})
	return NewIgnore(ig.Description, allowed, slices.Concat(ig.own, theirs), slices.Concat(ig.reads, other.reads))
}

// LetThrough makes sure that a file or folder from the context is not hidden. In
// an allow-list it is let through at the top, so that secrets in a folder stay
// hidden; a file that is named itself is let through whatever hides it.
func (ig Ignore) LetThrough(name string, folder bool) (Ignore, error) {
	if strings.ContainsFunc(name, unicode.IsControl) {
		return ig, fmt.Errorf("no pattern can name %q", name)
	}
	ig.Patterns, ig.Exceptions = slices.Clone(ig.Patterns), slices.Clone(ig.Exceptions)
	pattern := "!" + Pattern(name)
	if len(ig.Patterns) > 0 && ig.Patterns[0] == "*" && !slices.Contains(ig.Patterns, pattern) {
		ig.Patterns = slices.Insert(ig.Patterns, 1, pattern)
	}
	matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(slices.Concat(ig.Patterns, ig.Exceptions), "\n")))
	if err != nil {
		return ig, fmt.Errorf("ignore patterns: %w", err)
	}
	if matcher.Hides(name) {
		if folder {
			return ig, fmt.Errorf("%s is hidden by the ignore patterns; name the files in it", name)
		}
		ig.Exceptions = append(ig.Exceptions, pattern)
		slices.Sort(ig.Exceptions)
	}
	return ig, nil
}

// Pattern makes a pattern that matches exactly one path.
func Pattern(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path.Clean(name))
}
