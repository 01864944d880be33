package detect

import (
	"bytes"
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
	base := path.Base(file)
	if !slices.ContainsFunc(configured, func(p string) bool { ok, _ := path.Match(p, base); return ok }) {
		return
	}
	for _, c := range credentials {
		if ok, _ := path.Match(c.files, base); !ok || !bytes.Contains(data, []byte(c.hint)) {
			continue
		}
		for _, m := range c.text.FindAllSubmatchIndex(data, -1) {
			found := Credential{Evidence{file, 1 + bytes.Count(data[:m[2]], []byte("\n"))}, c.what, c.any, string(data[m[0]:m[1]])}
			t.mu.Lock()
			t.credentials = append(t.credentials, found)
			t.mu.Unlock()
		}
	}
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
