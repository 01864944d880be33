package dockerfile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

func TestIgnoreHides(t *testing.T) {
	tests := []struct {
		name   string
		file   string
		hidden string // paths, separated by blanks
		shown  string
	}{
		{"empty", "", "", "a a/b"},
		{"anchored", "dist\n", "dist dist/a/b ./dist", "a/dist distance ."},
		{"leading slash", "/dist\n", "dist/a", "a/dist"},
		{"trailing slash", "dist/\n", "dist dist/a", "a/dist"},
		{"any depth", "**/node_modules\n", "node_modules a/node_modules/b", "node_modules2"},
		{"one level", "*/temp*\n", "a/tempx a/temp/b", "temp a/b/temp"},
		{"suffix", "*.md\n", "README.md", "docs/x.md"},
		{"suffix at any depth", "**/*.md\n", "README.md docs/x.md", "x.mdx"},
		{"question mark", "a?\n", "ab", "a abc a/"},
		{"exception", "*.md\n!README.md\n", "x.md", "README.md"},
		{"exception below", "docs\n!docs/api\n", "docs docs/x", "docs/api docs/api/y"},
		{"last one wins", "!README.md\n*.md\n", "README.md", "x"},
		{"everything but", "*\n!src\n!go.mod\n", "x .git/config", "src/a go.mod"},
		{"comments and blanks", "# dist\n\n   \n  a  \n", "a", "dist #"},
		{"not a comment", " #a\n", "#a", "a"},
		{"CRLF", "dist\r\n!dist/keep\r\n", "dist/a", "dist/keep"},
		{"byte order mark", "\ufeffdist\n", "dist", "a"},
		{"byte order mark inside", "a\n\ufeffdist\n", "a \ufeffdist", "dist"},
		{"a name that begins with a mark", "*\n!!d/a\n", "d/a !d/b", "!d/a"},
		{"no end of line", "a\nb", "a b", "c"},
		{"dot dot", "a/../b\n", "b", "a"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ig, err := dockerfile.ParseIgnore([]byte(tt.file))
			if err != nil {
				t.Fatal(err)
			}
			for _, path := range strings.Fields(tt.hidden) {
				if !ig.Hides(path) {
					t.Errorf("%s is shown", path)
				}
			}
			for _, path := range strings.Fields(tt.shown) {
				if ig.Hides(path) {
					t.Errorf("%s is hidden", path)
				}
			}
		})
	}
	if new(dockerfile.Ignore).Hides("x") {
		t.Error("the zero value hides x")
	}
}

func TestIgnorePatterns(t *testing.T) {
	ig, err := dockerfile.ParseIgnore([]byte("# c\n/a/\n\n! /b/../c\r\n**/d\n"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"a", "!c", "**/d"}, ig.Patterns()); diff != "" {
		t.Errorf("Patterns (-want +got):\n%s", diff)
	}
}

func TestIgnoreErrors(t *testing.T) {
	tests := []struct{ name, file, want string }{
		{"open class", "a\n\nb[\n", `line 3: pattern "b[": syntax error in pattern`},
		{"open class in exception", "a\n!b[\n", `line 2: pattern "!b["`},
		{"nothing excepted", "# x\n!\n", `line 2: pattern "!": illegal exclusion pattern`},
		{"class that is no regexp", "a\n[b-a]\n", `line 2: pattern "[b-a]"`},
		{"exception that is no regexp", "a\n![b-a]\n", `line 2: pattern "![b-a]"`},
		{"long line", "a\n" + strings.Repeat("x", 70000), "line 2: bufio.Scanner: token too long"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := dockerfile.ParseIgnore([]byte(tt.file))
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("ParseIgnore = %v, want %s…", err, tt.want)
			}
		})
	}
}

// FuzzIgnore compares with what BuildKit does: ignorefile reads, patternmatcher matches.
func FuzzIgnore(f *testing.F) {
	f.Add([]byte("a\n!a/b\n**/c/\n# x\n"), "a/b/c")
	f.Add([]byte("\ufeff/a\r\n\ufeffb\r\n"), "b")
	f.Add([]byte("[a-z]*\n\\!x\n!!y\n**\n"), "!x")
	f.Add([]byte("!\n"), "x")
	f.Add([]byte("![b-a]\n"), "x")
	f.Fuzz(func(t *testing.T, file []byte, path string) {
		ig, err := dockerfile.ParseIgnore(file)
		if err != nil {
			return
		}
		patterns, err := ignorefile.ReadAll(bytes.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(patterns, ig.Patterns()); diff != "" {
			t.Errorf("Patterns (-want +got):\n%s", diff)
		}
		want, err := patternmatcher.MatchesOrParentMatches(path, patterns)
		if err != nil {
			t.Fatal(err)
		}
		if got := ig.Hides(path); got != want {
			t.Errorf("Hides(%q) = %v, want %v", path, got, want)
		}
	})
}

// TestHiddenBy wants the line that decides, and folders looked into that have exceptions.
func TestHiddenBy(t *testing.T) {
	ig, err := dockerfile.ParseIgnore([]byte("\ufeff# first\n\n*\n!docs/keep\n!src/**/*.go\ndocs/keep/secret\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]int{"a": 3, "docs/a": 3, "docs/keep/a": 0, "docs/keep/secret": 6, "src/x/a.go": 0} {
		line, hidden := ig.HiddenBy(name)
		if hidden != (want > 0) || hidden && line != want {
			t.Errorf("HiddenBy(%s) = %d, %v, want line %d", name, line, hidden, want)
		}
	}
	for dir, want := range map[string]bool{"docs": true, "docs/keep": false, "docs/other": false, "src": true, "src/any/deep": true, "lib": false} {
		if got := ig.KeepsBelow(dir); got != want {
			t.Errorf("KeepsBelow(%s) = %v, want %v", dir, got, want)
		}
	}
	if got := ig.PatternAt(6); got != "docs/keep/secret" {
		t.Errorf("PatternAt(6) = %q", got)
	}
}
