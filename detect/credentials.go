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
// their lockfiles, and those that say how a program starts.
var configured = map[string]bool{
	"pyproject.toml": true, "setup.cfg": true, "Pipfile": true, "Pipfile.lock": true, "poetry.lock": true, "uv.lock": true, "pdm.lock": true, "pip.conf": true,
	"package.json": true, "package-lock.json": true, "npm-shrinkwrap.json": true, "yarn.lock": true, "pnpm-lock.yaml": true, "bun.lock": true, "bunfig.toml": true,
	"deno.json": true, ".npmrc": true, ".yarnrc.yml": true, ".yarnrc": true, "Cargo.toml": true, "Cargo.lock": true, "config.toml": true, "go.mod": true,
	"pom.xml": true, "settings.xml": true, "build.gradle": true, "build.gradle.kts": true, "settings.gradle": true, "settings.gradle.kts": true,
	"gradle.properties": true, "Procfile": true, "fly.toml": true, "railway.toml": true, "railway.json": true, "app.yaml": true, "render.yaml": true,
	"heroku.yml": true, "nixpacks.toml": true,
}

// configuredLike are those of which the name tells a part alone; a * is any text.
var configuredLike = []string{"requirements*.txt", "*requirements.txt", "constraints*.txt", "*.sh"}

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
	if isConfigured(path.Base(file)) {
		t.seen(file)
		t.lookFrom(1, file, data)
	}
}

// seen notes that a file is looked through.
func (t *Tree) seen(file string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.looked == nil {
		t.looked = map[string]bool{}
	}
	t.looked[file] = true
}

func isConfigured(base string) bool {
	if configured[base] {
		return true
	}
	if ext := path.Ext(base); ext != ".txt" && ext != ".sh" {
		return false
	}
	return slices.ContainsFunc(configuredLike, func(p string) bool { ok, _ := path.Match(p, base); return ok })
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
	if !isConfigured(path.Base(file)) {
		return from
	}
	t.seen(file)
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

// Credentials lists what stands in the files that tell package managers and starts what
// to do, whether or not anybody has asked for them, by file and line.
func (t *Tree) Credentials() []Credential {
	t.lookAtRest.Do(func() {
		for _, file := range t.Files(isConfigured) {
			t.mu.Lock()
			seen := t.looked[file]
			t.mu.Unlock()
			if !seen {
				_, _ = t.ReadFile(file) // who needs it says what is wrong with it
			}
		}
	})
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
