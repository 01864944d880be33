package detect

import (
	"bytes"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Credential is a password or a token that stands in a file of a project which builds
// read, or which says how a program starts.
type Credential struct {
	At   Evidence
	What string // "a password in an address", without the password
	Any  bool   // it opens something that no build asks, and matters only where an image would show it
	text string
}

// In says whether a text holds the credential.
func (c Credential) In(text []byte) bool { return bytes.Contains(text, []byte(c.text)) }

// configured are the files that tell package managers and build tools where to go, with
// their lockfiles, and those that say how a program starts. A * is any text.
var configured = []string{
	"requirements*.txt", "*requirements.txt", "constraints*.txt", "pyproject.toml", "setup.cfg", "Pipfile", "Pipfile.lock", "poetry.lock", "uv.lock", "pdm.lock", "pip.conf",
	"package.json", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bunfig.toml", "deno.json", ".npmrc", ".yarnrc.yml", ".yarnrc",
	"Cargo.toml", "Cargo.lock", "config.toml", "go.mod", "pom.xml", "settings.xml", "build.gradle", "build.gradle.kts", "settings.gradle", "settings.gradle.kts", "gradle.properties",
	"Procfile", "*.sh", "fly.toml", "railway.toml", "railway.json", "app.yaml", "render.yaml", "heroku.yml", "nixpacks.toml",
}

// credentials are what a file shows to everybody who has it. What begins with $, {, <,
// % or * stands for something that comes from elsewhere.
var credentials = []struct {
	what  string
	hint  string // a text that every line has which it matches
	files string // where it counts, as a pattern of base names
	text  *pattern.Pattern
	any   bool
}{
	{"a password in an address", "://", "*", pattern.New(`(?:[a-z]+\+)?(?:https?|ssh|ftps?)://[^/\s:@"'<>$\{]*:([^/\s@"'<>$\{%*][^/\s@"'<>]*)@[A-Za-z0-9-]+\.[A-Za-z0-9]`), false},
	{"a password in an address", "://", "*", pattern.New(`[A-Za-z][A-Za-z0-9+.-]*://[^/\s:@"'<>$\{]*:([^/\s@"'<>$\{%*][^/\s@"'<>]*)@[A-Za-z0-9\[]`), true},
	{"a token in an address", "://", "*", pattern.New(`[A-Za-z][A-Za-z0-9+.-]*://((?:ghp|gho|ghs|ghu|glpat|github_pat|npm|pypi)[_-][A-Za-z0-9_-]{10,})@`), false},
	{"a password", "<password>", "settings.xml", pattern.New(`<password>\s*([^$\{<\s][^<]*?)\s*</password>`), false},
	{"a password", "assword", "*.gradle*", pattern.New(`\bpassword\s*[=(]?\s*["']([^"'$]+)["']`), false},
	{"a token", "token", "config.toml", pattern.New(`(?m)^\s*token\s*=\s*["']([^"'$]+)["']`), false},
}

// look remembers the credentials of a file that was read.
func (t *Tree) look(file string, data []byte) {
	if isConfigured(file) {
		t.lookFrom(1, file, data)
	}
}

func isConfigured(file string) bool {
	base := path.Base(file)
	return slices.ContainsFunc(configured, func(p string) bool { ok, _ := path.Match(p, base); return ok })
}

// lookFrom looks through some lines of a file, of which the first has a number.
func (t *Tree) lookFrom(first int, file string, data []byte) {
	secretive := hasUserinfo(data)
	for _, c := range credentials {
		if ok, _ := path.Match(c.files, path.Base(file)); !ok || c.hint == "://" && !secretive || !bytes.Contains(data, []byte(c.hint)) {
			continue
		}
		for _, m := range c.text.FindAllSubmatchIndex(data, -1) {
			found := Credential{Evidence{file, first + bytes.Count(data[:m[2]], []byte("\n"))}, c.what, c.any, string(data[m[0]:m[1]])}
			t.mu.Lock()
			t.credentials = append(t.credentials, found)
			t.mu.Unlock()
		}
	}
}

// hasUserinfo is a quick look for an address with somebody before its host.
func hasUserinfo(data []byte) bool {
	for {
		_, rest, found := bytes.Cut(data, []byte("://"))
		if !found {
			return false
		}
		if end := bytes.IndexAny(rest, "@/ \t\r\n\"'<>"); end >= 0 && rest[end] == '@' {
			return true
		}
		data = rest
	}
}

// watch gives what is read of a file, and looks through its lines on the way.
func (t *Tree) watch(file string, from io.Reader) io.Reader {
	if !isConfigured(file) {
		return from
	}
	return &watched{tree: t, file: file, from: from, line: 1}
}

type watched struct {
	tree *Tree
	file string
	from io.Reader
	line int    // of what was not looked through
	rest []byte // the beginning of a line whose end was not read
}

// longLine is where a line is looked through though its end was not read.
const longLine = 64 << 10

func (w *watched) Read(p []byte) (int, error) {
	n, err := w.from.Read(p)
	w.rest = append(w.rest, p[:n]...)
	end := 1 + bytes.LastIndexByte(w.rest, '\n')
	if err != nil || len(w.rest)-end > longLine {
		end = len(w.rest)
	}
	w.tree.lookFrom(w.line, w.file, w.rest[:end])
	w.line += bytes.Count(w.rest[:end], []byte("\n"))
	w.rest = append(w.rest[:0], w.rest[end:]...)
	return n, err
}

// Credentials lists what was found in the files that were read so far, by file and line.
func (t *Tree) Credentials() []Credential {
	t.mu.Lock()
	defer t.mu.Unlock()
	list := slices.Clone(t.credentials)
	slices.SortFunc(list, func(a, b Credential) int {
		if a.At.File != b.At.File {
			return strings.Compare(a.At.File, b.At.File)
		}
		return a.At.Line - b.At.Line
	})
	return slices.Compact(list)
}
