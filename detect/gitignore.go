package detect

import (
	"bufio"
	"bytes"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dockgen/dockgen/internal/glob"
	"github.com/dockgen/dockgen/internal/pattern"
)

// IgnoreRule is one pattern of a .gitignore, as git reads it
// (https://git-scm.com/docs/gitignore).
type IgnoreRule struct {
	Dir     string // the folder of its .gitignore, below which it counts
	Keep    bool   // it begins with !: what it matches stays
	Folders bool   // it ends with a slash: folders alone
	Below   bool   // it holds a slash: a path from Dir, and no name at any depth
	At      Evidence

	glob []globPart
	part string           // a text that every path holds which it matches
	path *pattern.Pattern // what the glob means
}

// A globPart is one piece of a pattern.
type globPart struct {
	kind globKind
	text string // of a literal: the text; of a class: the characters, as a regular expression has them
}

type globKind int

const (
	literal  globKind = iota
	anyByte           // ?
	anyName           // *, which no slash is part of
	anyDirs           // **/ at the start or behind a slash: folders, or none
	anyBelow          // ** at the end, behind a slash
	class             // [a-z]
)

// parseIgnoreRule reads one line. It is not ok where the line holds no pattern, or
// one that matches nothing.
func parseIgnoreRule(line string, at Evidence) (r IgnoreRule, ok bool) {
	r = IgnoreRule{Dir: path.Dir(at.File), At: at}
	line = strings.TrimSuffix(line, "\r")
	if strings.HasPrefix(line, "#") {
		return r, false
	}
	line = trimBlanks(line)
	line, r.Keep = strings.CutPrefix(line, "!")
	line, r.Folders = strings.CutSuffix(line, "/")
	r.Below = strings.Contains(line, "/")
	line = strings.TrimPrefix(line, "/")
	if r.glob, ok = parseGlob(line, r.Below); !ok {
		return r, false
	}
	r.compile()
	r.part = glob.Literal(line)
	return r, true
}

func (r *IgnoreRule) compile() {
	var text strings.Builder
	text.WriteString("(?s)^")
	for _, p := range r.glob {
		text.WriteString(p.expression())
	}
	text.WriteString("$")
	r.path = pattern.New(text.String())
}

// trimBlanks takes the blanks at the end off, but for those behind a backslash.
func trimBlanks(line string) string {
	trimmed := strings.TrimRight(line, " ")
	if backslashes := len(trimmed) - len(strings.TrimRight(trimmed, `\`)); backslashes%2 == 1 && len(trimmed) < len(line) {
		trimmed += " "
	}
	return trimmed
}

// parseGlob cuts a pattern into its pieces. It is not ok where it matches nothing.
func parseGlob(text string, slashes bool) (parts []globPart, ok bool) {
	add := func(p globPart) {
		if n := len(parts); p.kind == literal && n > 0 && parts[n-1].kind == literal {
			parts[n-1].text += p.text
			return
		}
		parts = append(parts, p)
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			if i++; i == len(text) {
				return nil, false
			}
			add(globPart{literal, text[i : i+1]})
		case '?':
			add(globPart{kind: anyByte})
		case '[':
			set, end := parseClass(text[i+1:])
			if end < 0 {
				return nil, false
			}
			add(globPart{class, set})
			i += end
		case '*':
			stars := len(text[i:]) - len(strings.TrimLeft(text[i:], "*"))
			begins := i == 0 || text[i-1] == '/'
			i += stars - 1
			switch {
			case !slashes || stars == 1 || !begins:
				add(globPart{kind: anyName})
			case i+1 == len(text):
				add(globPart{kind: anyBelow})
			case text[i+1] == '/':
				add(globPart{kind: anyDirs})
				i++
			default:
				add(globPart{kind: anyName})
			}
		default:
			add(globPart{literal, text[i : i+1]})
		}
	}
	return parts, len(parts) > 0
}

// classNames are what POSIX calls the characters between [: and :].
var classNames = []string{"alnum", "alpha", "blank", "cntrl", "digit", "graph", "lower", "print", "punct", "space", "upper", "xdigit"}

// parseClass reads what follows a [, up to the ] that ends it, and gives the class as a
// regular expression, which no slash is in, and the length of what it read; -1 where
// nothing ends it.
func parseClass(text string) (set string, length int) {
	i := 0
	negated := strings.HasPrefix(text, "!") || strings.HasPrefix(text, "^")
	if negated {
		i++
	}
	var b strings.Builder
	for first := true; ; first = false {
		if i >= len(text) {
			return "", -1
		}
		if text[i] == ']' && !first {
			break
		}
		if name, rest, named := strings.Cut(strings.TrimPrefix(text[i:], "[:"), ":]"); named && strings.HasPrefix(text[i:], "[:") {
			if !slices.Contains(classNames, name) {
				return "", -1
			}
			b.WriteString("[:" + name + ":]")
			i = len(text) - len(rest)
			continue
		}
		low, next := classByte(text, i)
		high := low
		if next+1 < len(text) && text[next] == '-' && text[next+1] != ']' {
			high, next = classByte(text, next+1)
		}
		if next > len(text) {
			return "", -1
		}
		b.WriteString(span(low, high))
		i = next
	}
	switch {
	case negated:
		return "[^/" + b.String() + "]", i + 1
	case b.Len() == 0:
		return `[^\x00-\x{10FFFF}]`, i + 1 // nothing but a slash
	}
	return "[" + b.String() + "]", i + 1
}

// classByte is the character of a class at i, and where the next one begins.
func classByte(text string, i int) (c byte, next int) {
	if text[i] == '\\' {
		i++
	}
	if i == len(text) {
		return 0, i + 1
	}
	return text[i], i + 1
}

// span is the characters from low to high without the slash, in a class of a regular
// expression.
func span(low, high byte) string {
	quote := func(c byte) string { return regexp.QuoteMeta(string(rune(c))) }
	switch {
	case low > high: // git has looked at the first by then
		return span(low, low)
	case low == '/' && high == '/':
		return ""
	case low == '/':
		return span('/'+1, high)
	case high == '/':
		return span(low, '/'-1)
	case low < '/' && '/' < high:
		return span(low, '/'-1) + span('/'+1, high)
	case low == high:
		return strings.ReplaceAll(quote(low), "-", `\-`)
	}
	return strings.ReplaceAll(quote(low), "-", `\-`) + "-" + strings.ReplaceAll(quote(high), "-", `\-`)
}

// expression is a piece as a regular expression.
func (p globPart) expression() string {
	switch p.kind {
	case anyByte:
		return "[^/]"
	case anyName:
		return "[^/]*"
	case anyDirs:
		return "(?:.*/)?"
	case anyBelow:
		return ".+"
	case class:
		return p.text
	default:
		return regexp.QuoteMeta(bytesAsRunes(p.text))
	}
}

// bytesAsRunes makes a character of each byte, because git matches bytes where regular
// expressions match characters.
func bytesAsRunes(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return r >= utf8.RuneSelf }) {
		return text
	}
	runes := make([]rune, len(text))
	for i := range len(text) {
		runes[i] = rune(text[i])
	}
	return string(runes)
}

// Matches says whether the rule is about a file or folder by its path from the root,
// whatever is said of the folders above it.
func (r *IgnoreRule) Matches(name string, folder bool) bool {
	if r.Folders && !folder {
		return false
	}
	if r.Dir != "." {
		below, ok := strings.CutPrefix(name, r.Dir+"/")
		if !ok {
			return false
		}
		name = below
	}
	if !r.Below {
		name = name[strings.LastIndexByte(name, '/')+1:]
	}
	if !strings.Contains(name, r.part) {
		return false
	}
	if len(r.glob) == 1 && r.glob[0].kind == literal {
		return name == r.glob[0].text
	}
	return r.path.MatchString(bytesAsRunes(name))
}

// Dockerignore gives the rule as patterns of a .dockerignore in a context
// (https://docs.docker.com/build/concepts/context/#dockerignore-files), without the !.
// They hide what the rule matches and, as git does, all below it. Where exact is
// false they may hide more: what .dockerignore has no word for is matched by "?", and
// a file is hidden like a folder of its name. There is none where the rule matches
// nothing in the context.
func (r *IgnoreRule) Dockerignore(context string) (patterns []string, exact bool) {
	segments, ok := r.segments()
	if !ok {
		return nil, true
	}
	prefix := ""
	if Inside(r.Dir, context) {
		prefix = glob.Escape(From(context, r.Dir))
	} else if Inside(context, r.Dir) {
		if r.Below {
			return texts("", below(segments, strings.Split(From(r.Dir, context), "/")))
		}
	} else {
		return nil, true
	}
	if !r.Below {
		segments = slices.Insert(segments, 0, []globPart{{kind: anyDirs}})
	}
	if prefix == "." {
		prefix = ""
	}
	return texts(prefix, [][][]globPart{segments})
}

// segments cuts the rule at its slashes. It is not ok where a segment is one that no
// path has.
func (r *IgnoreRule) segments() (segments [][]globPart, ok bool) {
	var last []globPart
	for _, p := range r.glob {
		if p.kind == anyDirs {
			segments = append(segments, []globPart{p})
			continue
		}
		if p.kind != literal {
			last = append(last, p)
			continue
		}
		names := strings.Split(p.text, "/")
		for i, name := range names {
			if name != "" {
				last = append(last, globPart{literal, name})
			}
			if i < len(names)-1 {
				segments, last = append(segments, last), nil
			}
		}
	}
	segments = append(segments, last)
	return segments, !slices.ContainsFunc(segments, func(s []globPart) bool {
		return len(s) == 0 || len(s) == 1 && s[0].kind == literal && (s[0].text == "." || s[0].text == "..")
	})
}

// below gives what is left of a path of segments under a folder, in every way in which
// the folder fits its beginning.
func below(segments [][]globPart, folder []string) (rests [][][]globPart) {
	switch {
	case len(segments) == 0:
		return nil // it matches the folder or one above
	case len(folder) == 0, segments[0][0].kind == anyBelow:
		return [][][]globPart{segments}
	case segments[0][0].kind == anyDirs:
		return append(below(segments[1:], folder), below(segments, folder[1:])...)
	}
	rule := IgnoreRule{Dir: ".", glob: segments[0]}
	rule.compile()
	if !rule.Matches(folder[0], true) {
		return nil
	}
	return below(segments[1:], folder[1:])
}

// texts writes paths of segments down as patterns of a .dockerignore.
func texts(prefix string, paths [][][]globPart) (patterns []string, exact bool) {
	exact = true
	for _, segments := range paths {
		var b strings.Builder
		if prefix != "" {
			b.WriteString(prefix + "/")
		}
		for i, segment := range segments {
			for _, p := range segment {
				text, same := p.dockerignore()
				b.WriteString(text)
				exact = exact && same
			}
			if i < len(segments)-1 {
				b.WriteString("/")
			}
		}
		text := b.String()
		if trimmed := strings.TrimSpace(text); trimmed != text { // blanks at the ends would be lost
			text, exact = strings.ReplaceAll(text, " ", "?"), false
		}
		if text[0] == '#' || text[0] == '!' {
			text = `\` + text
		}
		if !slices.Contains(patterns, text) {
			patterns = append(patterns, text)
		}
	}
	return patterns, exact
}

// dockerignore is a piece as BuildKit's matcher reads it, and whether that means the
// same.
func (p globPart) dockerignore() (text string, same bool) {
	switch p.kind {
	case anyByte:
		return "?", false // a byte here, a character there
	case anyName:
		return "*", true
	case anyDirs, anyBelow:
		return "**", true
	case class:
		if strings.HasPrefix(p.text, "[^") || strings.ContainsFunc(p.text[1:len(p.text)-1], func(r rune) bool { return r != '-' && !isLetter(r) }) {
			return "?", false
		}
		return p.text, true
	}
	text = strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, p.text)
	if text != p.text {
		return strings.ReplaceAll(glob.Escape(text), `\?`, "?"), false
	}
	return glob.Escape(text), true
}

func isLetter(r rune) bool {
	return '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z'
}

// ignoreFile is one .gitignore with the way to those above it.
type ignoreFile struct {
	up    *ignoreFile
	file  string
	rules []IgnoreRule
}

func parseIgnore(file string, data []byte) *ignoreFile {
	f := &ignoreFile{file: file}
	lines := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	lines.Buffer(nil, len(data)+1)
	for n := 1; lines.Scan(); n++ {
		if r, ok := parseIgnoreRule(lines.Text(), Evidence{File: file, Line: n}); ok {
			f.rules = append(f.rules, r)
		}
	}
	return f
}

// match asks the rules from the nearest file to the farthest and, in a file, from the
// last to the first: the first that matches decides. The folders above have to be asked
// for themselves.
func (f *ignoreFile) match(name string, folder bool) *IgnoreRule {
	for ; f != nil; f = f.up {
		for i := len(f.rules) - 1; i >= 0; i-- {
			if f.rules[i].Matches(name, folder) {
				return &f.rules[i]
			}
		}
	}
	return nil
}
