// Package budget says how much of a file a run may take upon itself: bytes, lines,
// depth, chains of signs, nodes behind aliases. Readers of formats recurse, or take more
// than linear time, and some of them are other people's; what they are given is held to
// these limits first, so that a file which was made to be expensive is an error that
// names it.
package budget

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

// ErrTooLarge is the cause of every error of a budget.
var ErrTooLarge = errors.New("too large")

var errNoFile = errors.New("it is no regular file")

// Limits are those of one kind of file. A zero field means none, but for Bytes, which
// then is what the tree allows.
type Limits struct {
	Bytes   int
	Lines   int
	Depth   int // brackets of one kind that are open at once
	Indent  int // blanks before a line, and the dashes of YAML's lists among them
	Chain   int // signs of operators one behind the other
	Parts   int // dots between the names of one key
	Aliases int // nodes that aliases of YAML stand for in all
}

// What people write stays far below these: the largest manifests of public projects
// have some thousand lines and a depth of some ten.
var (
	yaml     = Limits{Bytes: 512 << 10, Lines: 20_000, Depth: 100, Indent: 500, Aliases: 50_000}
	locked   = Limits{Bytes: 64 << 20, Depth: 100, Indent: 500}
	toml     = Limits{Depth: 100, Parts: 100}
	settings = Limits{Bytes: 512 << 10, Lines: 10_000, Depth: 100, Parts: 100}
	json     = Limits{Depth: 1000}
	program  = Limits{Depth: 10_000, Chain: 5000}
	script   = Limits{Bytes: 5 << 20, Depth: 10_000, Chain: 5000}
	python   = Limits{Bytes: 6 << 20, Depth: 10_000, Chain: 5000}
	list     = Limits{Bytes: 256 << 10, Lines: 10_000}
	image    = Limits{Bytes: 512 << 10, Lines: 10_000}
	bake     = Limits{Bytes: 8 << 20}
)

// byName are the files whose names tell more than their extensions.
var byName = map[string]Limits{
	"pnpm-lock.yaml": locked, "yarn.lock": locked, "dockgen.toml": settings, "Staticfile": yaml, "Pipfile": toml,
	"Pipfile.lock": json, "bun.lock": json, "Cargo.lock": toml, "uv.lock": toml, "poetry.lock": toml, "pdm.lock": toml,
	"Procfile": list, "Makefile": list, ".gitignore": list, "docker-bake.hcl": bake, "nginx.conf": list, ".dockerignore": image,
}

var byExtension = map[string]Limits{
	".yaml": yaml, ".yml": yaml, ".toml": toml, ".json": json, ".jsonc": json, ".json5": json,
	".js": script, ".mjs": script, ".cjs": script, ".jsx": script, ".ts": script, ".mts": script, ".cts": script, ".tsx": script,
	".py": python, ".go": program, ".rs": program, ".java": program, ".kt": program, ".kts": program, ".gradle": program, ".groovy": program,
	".dockerignore": image,
}

// Of gives the limits of a file by its name.
func Of(file string) Limits {
	base := path.Base(file)
	if l, ok := byName[base]; ok {
		return l
	}
	if l, ok := byExtension[path.Ext(base)]; ok {
		return l
	}
	if strings.HasPrefix(base, "Dockerfile") {
		return image
	}
	return Limits{}
}

// Size is the most bytes of a file, which is at most what is given.
func Size(file string, most int64) int64 {
	if l := Of(file); l.Bytes > 0 {
		return min(most, int64(l.Bytes))
	}
	return most
}

// Check holds the text of a file to its limits. The error wraps [ErrTooLarge] and names
// the line.
func Check(file string, data []byte) error {
	l := Of(file)
	if l == (Limits{}) {
		return nil
	}
	if l.Bytes > 0 && len(data) > l.Bytes {
		return fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, len(data), l.Bytes)
	}
	if !l.surely(data) {
		s := scan{limits: l, line: 1}
		if err := s.text(data); err != nil {
			return err
		}
	}
	if l.Aliases > 0 && bytes.IndexByte(data, '&') >= 0 && bytes.IndexByte(data, '*') >= 0 {
		return aliases(data, l.Aliases)
	}
	return nil
}

// surely says whether a text is within its limits for want of what they count, which is
// found much faster than by a scan.
func (l Limits) surely(data []byte) bool {
	within := func(most int, signs string) bool {
		for i := 0; i < len(signs) && 0 < most && most < len(data); i++ {
			if most -= bytes.Count(data, []byte{signs[i]}); most < 0 {
				return false
			}
		}
		return true
	}
	return within(l.Depth, "(") && within(l.Depth, "[") && within(l.Depth, "{") &&
		within(l.Chain, chained) && within(l.Parts, ".") && within(l.Indent, " -") && within(l.Lines, "\n")
}

// chained are the signs that a chain of operators is made of.
const chained = "!~+-*&"

// scan goes through a text once. It knows no strings and no comments, of which each
// language has its own: they are counted too, as the limits leave room for them.
type scan struct {
	limits                        Limits
	line                          int
	round, square, curly, deepest int
	signs, dots                   int
	indent                        int // -1 behind the first word of a line
}

func (s *scan) text(data []byte) error {
	for _, c := range data {
		s.step(c)
		switch {
		case s.limits.Depth > 0 && s.deepest > s.limits.Depth:
			return s.errorf("brackets", s.limits.Depth, "are open at once")
		case s.limits.Chain > 0 && s.signs > s.limits.Chain:
			return s.errorf("signs", s.limits.Chain, "stand one behind the other")
		case s.limits.Parts > 0 && s.dots > s.limits.Parts:
			return s.errorf("parts", s.limits.Parts, "make one key")
		case s.limits.Indent > 0 && s.indent > s.limits.Indent:
			return s.errorf("blanks", s.limits.Indent, "stand before a line")
		case s.limits.Lines > 0 && s.line > s.limits.Lines:
			return fmt.Errorf("%w: more than %d lines", ErrTooLarge, s.limits.Lines)
		}
	}
	return nil
}

func (s *scan) errorf(what string, most int, how string) error {
	return fmt.Errorf("%w: in line %d more than %d %s %s", ErrTooLarge, s.line, most, what, how)
}

func (s *scan) step(c byte) {
	switch c {
	case ' ', '-':
		if s.indent >= 0 {
			s.indent++
		}
	case '\n':
		s.line++
		s.indent = 0
	default:
		s.indent = -1
	}
	switch c {
	case '(':
		s.round++
		s.deepest = max(s.round, s.square, s.curly)
	case '[':
		s.square++
		s.deepest = max(s.round, s.square, s.curly)
	case '{':
		s.curly++
		s.deepest = max(s.round, s.square, s.curly)
	case ')':
		s.round = max(0, s.round-1)
	case ']':
		s.square = max(0, s.square-1)
	case '}':
		s.curly = max(0, s.curly-1)
	}
	switch {
	case strings.IndexByte(chained, c) >= 0:
		s.signs++
	case c != ' ' && c != '\n' && c != '\t' && c != '\r':
		s.signs = 0
	}
	switch {
	case c == '.':
		s.dots++
	case c == '\n' || c == ' ' || c == '=' || c == ',' || c == ']':
		s.dots = 0
	}
}

// Stream is what is read of a file in pieces: an error as soon as it is over the bytes
// or the brackets of its limits. Who reads lines bounds their length, and recurses into
// none.
func Stream(from io.Reader, file string) io.Reader {
	l := Of(file)
	if l.Bytes == 0 {
		l.Bytes = locked.Bytes
	}
	return &stream{from: from, scan: scan{limits: Limits{Depth: l.Depth}, line: 1}, left: l.Bytes, most: l.Bytes}
}

type stream struct {
	from       io.Reader
	scan       scan
	left, most int
}

// brackets are the bytes that a stream looks at.
var brackets = [256]bool{'(': true, '[': true, '{': true, ')': true, ']': true, '}': true, '\n': true}

func (s *stream) Read(p []byte) (int, error) {
	n, err := s.from.Read(p)
	if s.left -= n; s.left < 0 {
		return 0, fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, s.most)
	}
	if s.scan.limits.Depth == 0 {
		return n, err
	}
	for _, c := range p[:n] {
		if !brackets[c] {
			continue
		}
		if s.scan.step(c); s.scan.deepest > s.scan.limits.Depth {
			return 0, s.scan.errorf("brackets", s.scan.limits.Depth, "are open at once")
		}
	}
	return n, err
}

// ReadFile reads a file of a root within its limits. What is no file is an error, as a
// pipe would be waited for.
func ReadFile(root *os.Root, file string) (data []byte, err error) {
	info, err := root.Stat(file)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &os.PathError{Op: "read", Path: file, Err: errNoFile}
	}
	f, err := root.Open(file)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return Read(f, file)
}

// Read reads what a file holds within the limits that its name has.
func Read(from io.Reader, file string) ([]byte, error) {
	most := Size(file, mostBytes)
	data, err := io.ReadAll(io.LimitReader(from, most+1))
	if err == nil && int64(len(data)) > most {
		err = fmt.Errorf("%w: the limit is %d bytes", ErrTooLarge, most)
	}
	if err == nil {
		err = Check(file, data)
	}
	return data, err
}

// mostBytes is for files without a limit of their own.
const mostBytes = 16 << 20
