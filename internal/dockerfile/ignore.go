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
	rules    []rule // the same patterns
	pairs    pairs  // of bytes that the texts of those begin with which hide
}

// rule is a pattern of an Ignore.
type rule struct {
	pattern string                         // without its "!"
	keeps   bool                           // it began with one
	line    int                            // where it stands, from 1
	part    string                         // a text that every path holds which it matches
	matcher *patternmatcher.PatternMatcher // of this pattern alone, from its first use on
}

// ParseIgnore reads an ignore file the way BuildKit does, with moby/patternmatcher: a byte
// order mark is dropped, comments and blank lines mean nothing, patterns are cleaned and
// lose their leading slash. The error is for a pattern that a build would stop at, and for
// a line of more than 64 KiB; it carries the line's number.
func ParseIgnore(data []byte) (*Ignore, error) {
	at, err := tryLines(data)
	if err != nil {
		return nil, err
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	ig := &Ignore{patterns: patterns}
	for i, pattern := range patterns {
		r := rule{line: at[i]}
		r.pattern, r.keeps = strings.CutPrefix(pattern, "!")
		if rest, marked := strings.CutPrefix(r.pattern, "!"); marked {
			r.pattern = "[!]" + rest // a second one is of the name
		}
		r.part = glob.Literal(r.pattern)
		if !r.keeps {
			ig.pairs.add(r.part)
		}
		ig.rules = append(ig.rules, r)
	}
	return ig, nil
}

// Copy is one that may be used at the same time; of the first nothing may have been asked.
func (ig *Ignore) Copy() *Ignore {
	other := *ig
	other.rules = slices.Clone(ig.rules)
	return &other
}

// tryLines tries each line by itself that can be wrong, so that an error has its number,
// and gives the numbers of those that hold a pattern.
func tryLines(data []byte) (at []int, err error) {
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	n := 0
	for lines.Scan() {
		n++
		if text := lines.Bytes(); !bytes.HasPrefix(text, []byte("#")) && len(bytes.TrimSpace(text)) > 0 {
			at = append(at, n)
		}
		if !bytes.ContainsAny(lines.Bytes(), `[\!`) { // no other pattern can be wrong
			continue
		}
		if err := tryPattern(lines.Text()); err != nil {
			return nil, &LineError{n, fmt.Errorf("pattern %q: %w", lines.Text(), err)}
		}
	}
	if err := lines.Err(); err != nil {
		return nil, &LineError{n + 1, err}
	}
	return at, nil
}

// tryPattern matches something with the pattern in a line, because patternmatcher finds
// some mistakes only then.
func tryPattern(line string) error {
	// The line break keeps ReadAll from dropping a byte order mark that is not the file's.
	patterns, err := ignorefile.ReadAll(strings.NewReader("\n" + line))
	if err != nil || len(patterns) == 0 {
		return err
	}
	if _, err := patternmatcher.New(patterns); err != nil {
		return err
	}
	bare := strings.TrimPrefix(patterns[0], "!") // an exception alone is never tried
	_, err = patternmatcher.MatchesOrParentMatches("x", []string{bare})
	return err
}

// Hides reports whether the file or directory at name, slash-separated and below the
// context, is kept out of the context: whether the last pattern that fits it or one of its
// parent directories is no exception (!). The context itself is never hidden.
func (ig *Ignore) Hides(name string) bool {
	_, hidden := ig.HiddenBy(name)
	return hidden
}

// HiddenBy is [Ignore.Hides] with the line of the pattern that hides.
func (ig *Ignore) HiddenBy(name string) (line int, hidden bool) {
	name = path.Clean(name)
	if name == "." || !ig.pairs.meet(name) {
		return 0, false
	}
	for i := range slices.Backward(ig.rules) {
		if r := &ig.rules[i]; r.matches(name) {
			return r.line, !r.keeps
		}
	}
	return 0, false
}

// PatternAt is the pattern in a line, in its normal form.
func (ig *Ignore) PatternAt(line int) string {
	i := slices.IndexFunc(ig.rules, func(r rule) bool { return r.line == line })
	if i < 0 {
		return ""
	}
	return ig.patterns[i]
}

// KeepsBelow says whether an exception (!) may let something through that lies in a folder
// which is hidden.
func (ig *Ignore) KeepsBelow(dir string) bool {
	return slices.ContainsFunc(ig.rules, func(r rule) bool { return r.keeps && reaches(r.pattern, path.Clean(dir)) })
}

// reaches says whether a pattern may match what lies below a folder and not the folder.
func reaches(pattern, dir string) bool {
	parts := strings.Split(pattern, "/")
	for name := range strings.SplitSeq(dir, "/") {
		if len(parts) == 0 {
			return false
		}
		if strings.Contains(parts[0], "**") {
			return true
		}
		if ok, err := path.Match(parts[0], name); !ok || err != nil {
			return false
		}
		parts = parts[1:]
	}
	return len(parts) > 0
}

// matches compiles the pattern when a name comes that it may match: most never are.
func (r *rule) matches(name string) bool {
	if !strings.Contains(name, r.part) {
		return false
	}
	if r.matcher == nil {
		r.matcher, _ = patternmatcher.New([]string{r.pattern}) // ParseIgnore let no pattern pass that fails
	}
	matches, err := r.matcher.MatchesOrParentMatches(name)
	return matches && err == nil
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
