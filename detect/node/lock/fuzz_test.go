package lock

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect/node/project"
)

// FuzzStrict takes the last comma away whatever pieces a text comes in, and nothing else.
func FuzzStrict(f *testing.F) {
	f.Add(`{"a": [1, 2,],
 "b,]": "\\\",}" ,	} ,`, 3)
	f.Add("\ufeff{\"x\":{},}", 1)
	f.Fuzz(func(t *testing.T, text string, size int) {
		whole, err := io.ReadAll(&strict{from: strings.NewReader(text)})
		if err != nil {
			t.Fatal(err)
		}
		pieces, err := io.ReadAll(&strict{from: &inPieces{strings.NewReader(text), max(1, size)}})
		if err != nil || string(pieces) != string(whole) {
			t.Errorf("in pieces of %d: %q, %v, want %q", size, pieces, err, whole)
		}
		if len(whole) != len(text) {
			t.Errorf("%d bytes become %d", len(text), len(whole))
		}
		if json.Valid([]byte(text)) && string(whole) != text {
			t.Errorf("%q becomes %q", text, whole)
		}
	})
}

// inPieces gives out a few bytes at a time.
type inPieces struct {
	from io.Reader
	size int
}

func (p *inPieces) Read(b []byte) (int, error) { return p.from.Read(b[:min(p.size, len(b))]) }

// FuzzLock reads any lockfile of any kind without a panic.
func FuzzLock(f *testing.F) {
	f.Add("lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      a:\n        specifier: ^1\n        version: 1.0.0\n\npackages:\n\n  '@x/a@1.0.0(b@2)':\n    dependencies:\n      b: 2.0.0\n")
	f.Add("lockfileVersion: 5.4\n\npackages:\n\n  /@x/a/1.0.0_b@2:\n    dependencies:\n      b: 2.0.0\n  github.com/x/y/abc:\n    name: y\n")
	f.Add("# yarn lockfile v1\n\na@^1, \"@x/b@^2\":\n  version \"1.0.0\"\n  dependencies:\n    c \"^1\"\n")
	f.Add("__metadata:\n  version: 8\n\n\"a@npm:^1, a@npm:^2\":\n  version: 1.0.0\n  dependencies:\n    c: \"npm:^1\"\n")
	f.Add(`{"lockfileVersion": 3, "packages": {"": {"dependencies": {"a": "1"}}, "node_modules/a/node_modules/b": {"version": "git+ssh://x"}}}`)
	f.Add(`{"lockfileVersion": 1, "dependencies": {"a": {"version": "1", "requires": {"b": "1"}, "dependencies": {"b": {"version": "1", "requires": true}}}}}`)
	f.Add(`{"lockfileVersion": 1, "workspaces": {"": {"dependencies": {"a": "1",},},}, "packages": {"a": ["@x/a@1.0.0", "", {"dependencies": {"b": "1"}}, "sha"], "b": [], "c": ["@"]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, read := range []func(*Lock, io.Reader) error{(*Lock).pnpm, (*Lock).yarn, (*Lock).npm, (*Lock).bun} {
			l := newLock("lock", project.Workspace{Dir: "."})
			if err := read(l, strings.NewReader(text)); err != nil && err.Error() == "" {
				t.Error("an error without words")
			}
			l.Check(project.Manager{Name: "npm"}, ".", []project.Package{{Dir: ".", Dependencies: []project.Dependency{{Name: "a", Range: "^1"}}}})
			packages := []project.Package{{Dir: ".", Dependencies: []project.Dependency{{Name: "a", Range: "^1"}}}}
			l.System(project.Manager{Name: "pnpm", Range: "6"}, packages, packages)
		}
	})
}
