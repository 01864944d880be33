package plan

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/glob"
)

// Ignore is the data of every .dockerignore template. A stack says what it knows;
// package ignore completes it by what holds for every stack. The last line that matches
// a path decides.
type Ignore struct {
	Description string
	Patterns    []string      // of an allow-list, where the context is more than the service
	Groups      []IgnoreGroup // what is left out of that
	Exceptions  []string      // what they must not hide, as patterns that begin with !
	Reads       []string      // files that the stages read, from the context

	own []string // what the first of the groups is made of

	Left []LeftOut // what git keeps, and these patterns do not
}

// LeftOut is files that git keeps and no build is sent.
type LeftOut struct {
	Files []string // from the context
	What  string   // they are by their names: "credentials"
}

// Note says so.
func (l LeftOut) Note() string {
	return fmt.Sprintf("%s: %s by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in", Some(l.Files), l.What)
}

// Sent lists those that an ignore file in a person's words lets through. The note is about
// those that it does not name for that; where there are none, it is empty.
func (l LeftOut) Sent(file string, ig *dockerfile.Ignore) (sent []string, note string) {
	sent = slices.DeleteFunc(slices.Clone(l.Files), ig.Hides)
	unnamed := slices.DeleteFunc(slices.Clone(sent), func(name string) bool { return slices.Contains(ig.Patterns(), "!"+name) })
	if len(unnamed) > 0 {
		note = fmt.Sprintf("%s: %s by the name, which %s as it stands sends to the build; a line of dockgen's was taken out, or one behind it lets more through", Some(unnamed), l.What, file)
	}
	return sent, note
}

// mostNamed bounds how many files one sentence names.
const mostNamed = 3

// Some names the first of some files, and how many more there are.
func Some(files []string) string {
	if more := len(files) - mostNamed; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(files[:mostNamed], ", "), more)
	}
	return strings.Join(files, ", ")
}

// IgnoreGroup is some lines of an ignore file with the words over them.
type IgnoreGroup struct {
	Title    string
	Patterns []string
}

// Hide gives the plan its ignore file, as [NewIgnore] makes it.
func (p *Plan) Hide(description string, allowed, own, reads []string) error {
	ignore, err := NewIgnore(description, allowed, own, reads)
	p.Ignore = Template{Name: "shared/dockerignore.tmpl", Data: ignore}
	return err
}

// NewIgnore makes the ignore file of a service as its stack knows it: the patterns of
// an allow-list, where the context is more than the service, then what its builds leave
// behind, and the files that its stages read, which nothing may hide. Paths are
// slash-separated, from the context.
func NewIgnore(description string, allowed, own, reads []string) (Ignore, error) {
	for _, file := range reads {
		if strings.ContainsFunc(file, unicode.IsControl) {
			return Ignore{}, fmt.Errorf("%q is read by the build, and no pattern can name it", file)
		}
	}
	ig := Ignore{Description: description, Patterns: allowed, Reads: reads, own: own}
	if len(own) > 0 {
		ig.Groups = []IgnoreGroup{{Title: "what builds and tools leave behind", Patterns: own}}
	}
	return ig, nil
}

// Lines are the patterns of the whole file in their order.
func (ig Ignore) Lines() []string {
	lines := slices.Clone(ig.Patterns)
	for _, g := range ig.Groups {
		lines = append(lines, g.Patterns...)
	}
	return append(lines, ig.Exceptions...)
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
	below := Ignore{Patterns: place(ig.Patterns), own: place(ig.own)}
	if len(ig.Patterns) == 0 {
		below.Patterns = []string{"*", "!" + Pattern(dir)}
	}
	for _, name := range ig.Reads {
		below.Reads = append(below.Reads, path.Join(dir, name))
	}
	return below
}

// and joins two ignore files of one context: what either lets through is let through.
func (ig Ignore) and(other Ignore) (Ignore, error) {
	allowed := ig.Patterns
	switch {
	case len(ig.Patterns) == 0 || ig.Patterns[0] != "*": // everything but what is named
	case len(other.Patterns) == 0 || other.Patterns[0] != "*":
		allowed = other.Patterns
	default:
		allowed = slices.Concat(ig.Patterns, other.Patterns[1:])
	}
	theirs := slices.DeleteFunc(slices.Clone(other.own), func(p string) bool {
		_, anywhere, ok := strings.Cut(p, "/**/")
		return ok && slices.Contains(ig.own, "**/"+anywhere)
	})
	return NewIgnore(ig.Description, allowed, slices.Concat(ig.own, theirs), slices.Concat(ig.Reads, other.Reads))
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
	matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(ig.Lines(), "\n")))
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
func Pattern(name string) string { return glob.Escape(path.Clean(name)) }
