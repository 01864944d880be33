package dockerfile

import (
	"bufio"
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/dockgen/dockgen/internal/glob"
)

// Ignore is a parsed ignore file: a .dockerignore or NAME.dockerignore. The zero value
// hides nothing. It is not safe for concurrent use.
type Ignore struct {
	patterns []string
	parts    []string // for each pattern that hides, a text that every path holds which it matches
	pairs    pairs    // of bytes that these texts begin with
	matcher  *patternmatcher.PatternMatcher
}

// ParseIgnore reads an ignore file the way BuildKit does, with moby/patternmatcher: a byte
// order mark is dropped, comments and blank lines mean nothing, patterns are cleaned and
// lose their leading slash. The error is for a pattern that a build would stop at, and for
// a line of more than 64 KiB; it carries the line's number.
func ParseIgnore(data []byte) (*Ignore, error) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(data))
	if err != nil || bytes.ContainsAny(data, `[\!`) { // no other pattern can be wrong
		patterns, err = parseLines(data)
	}
	if err != nil {
		return nil, err
	}
	matcher, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, err
	}
	ig := &Ignore{patterns: patterns, matcher: matcher}
	for _, pattern := range patterns {
		if !strings.HasPrefix(pattern, "!") {
			part := glob.Literal(pattern)
			ig.parts = append(ig.parts, part)
			ig.pairs.add(part)
		}
	}
	return ig, nil
}

// parseLines reads and tries every line by itself, so that an error has its number.
func parseLines(data []byte) ([]string, error) {
	var patterns []string
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	n := 0
	for lines.Scan() {
		n++
		pattern, err := parsePattern(lines.Text())
		if err != nil {
			return nil, fmt.Errorf("line %d: pattern %q: %w", n, lines.Text(), err)
		}
		if pattern != "" {
			patterns = append(patterns, pattern)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("line %d: %w", n+1, err)
	}
	return patterns, nil
}

// parsePattern returns the pattern in a line, "" if there is none. It matches something
// with it, because patternmatcher finds some mistakes only then.
func parsePattern(line string) (string, error) {
	// The line break keeps ReadAll from dropping a byte order mark that is not the file's.
	patterns, err := ignorefile.ReadAll(strings.NewReader("\n" + line))
	if err != nil || len(patterns) == 0 {
		return "", err
	}
	if _, err := patternmatcher.New(patterns); err != nil {
		return "", err
	}
	bare := strings.TrimPrefix(patterns[0], "!") // an exception alone is never tried
	if _, err := patternmatcher.MatchesOrParentMatches("x", []string{bare}); err != nil {
		return "", err
	}
	return patterns[0], nil
}

// Hides reports whether the file or directory at name, slash-separated and below the
// context, is kept out of the context: whether the last pattern that fits it or one of its
// parent directories is no exception (!). The context itself is never hidden.
func (ig *Ignore) Hides(name string) bool {
	name = path.Clean(name)
	if ig.matcher == nil || name == "." || !ig.mayHide(name) {
		return false
	}
	hidden, err := ig.matcher.MatchesOrParentMatches(name)
	return hidden && err == nil // ParseIgnore let no pattern pass that fails
}

// mayHide is a quick look that spares most paths the matching.
func (ig *Ignore) mayHide(name string) bool {
	return ig.pairs.meet(name) && slices.ContainsFunc(ig.parts, func(part string) bool { return strings.Contains(name, part) })
}

// Patterns returns the patterns in their normal form, exceptions with their "!".
func (ig *Ignore) Patterns() []string {
	return ig.patterns
}

// pairs is a set of two bytes each, of which several may share a place.
type pairs struct {
	all  bool // a text is shorter
	bits [64]uint64
}

func (p *pairs) add(text string) {
	if len(text) < 2 {
		p.all = true
		return
	}
	at := place(text, 0)
	p.bits[at/64] |= 1 << (at % 64)
}

// meet says whether a name may hold one of the texts.
func (p *pairs) meet(name string) bool {
	if p.all {
		return true
	}
	for i := range len(name) - 1 {
		if at := place(name, i); p.bits[at/64]&(1<<(at%64)) != 0 {
			return true
		}
	}
	return false
}

func place(text string, i int) uint { return (uint(text[i])*67 + uint(text[i+1])) % 4096 }
