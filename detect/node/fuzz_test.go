package node

import (
	"encoding/json"
	"io"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
)

// FuzzPackage reads any manifest without a panic, and strict JSON as the standard
// library does.
func FuzzPackage(f *testing.F) {
	f.Add(`{"name": "x", "scripts": {"start": "node i.js"}, "dependencies": {"a": "^1"}}`)
	f.Add(`{"name": "\ud83d\ude00", "workspaces": {"packages": ["a/*"]}, "engines": []}`)
	f.Add("\ufeff{ \"a\" : [1, 2.5e3, -0, true, null] }\r\n")
	f.Add(`{"a": 1,}`)
	f.Fuzz(func(t *testing.T, text string) {
		_, err := parseJSON("package.json", []byte(text), false)
		if valid := json.Valid([]byte(strings.TrimPrefix(text, "\ufeff"))); valid != (err == nil) && !tolerated(text) {
			t.Errorf("valid %v, parsed %v", valid, err)
		}
		if _, err := readPackage("package.json5", []byte(text)); err != nil && err.Error() == "" {
			t.Error("an error without words")
		}
	})
}

// tolerated are the texts about which two readers may differ: deep nesting, text
// that is not UTF-8, numbers out of range or with signs in odd places.
func tolerated(text string) bool {
	return strings.Count(text, "[")+strings.Count(text, "{") > deepest || !json.Valid([]byte(`"`+strings.Map(plain, text)+`"`)) || strings.ContainsAny(text, "0123456789+-.\ufffd\x00\x0b\x0c\u0085\u2028\u2029")
}

func plain(r rune) rune {
	if r < ' ' || r == '"' || r == '\\' {
		return 'x'
	}
	return r
}

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
			l := newLock("lock", Workspace{Dir: "."})
			if err := read(l, strings.NewReader(text)); err != nil && err.Error() == "" {
				t.Error("an error without words")
			}
			l.check(Manager{Name: "npm"}, ".", []Package{{Dir: ".", Dependencies: []Dependency{{Name: "a", Range: "^1"}}}})
			packages := []Package{{Dir: ".", Dependencies: []Dependency{{Name: "a", Range: "^1"}}}}
			l.system(Manager{Name: "pnpm", Range: "6"}, packages, packages)
		}
	})
}

// FuzzSources reads any program text without a panic or an endless loop.
func FuzzSources(f *testing.F) {
	f.Add("const port = process.env.PORT || 3000;\napp.listen(port, () => `${port}`);")
	f.Add("export default { port: port, fetch() {} }; const port = port;")
	f.Add("/* a */ // b\n`${`${1}`}` /re[/]x/g 'it''s' \"\\\n\"")
	f.Add("app.listen({ port: config.port }); const config = { port: config.port ?? env.PORT };")
	f.Add("s.bindAsync(`${a || `[${\"::\"}]`}:${{ port: 1 }.port}`, c); createMicroservice<X>(M, o); const o = { transport: Transport.GRPC, options: { url: `x:${PORT}` } }")
	f.Add("mkdirSync(path.join(__dirname, '..', 'x')); exec(`ffmpeg ${x}`)")
	f.Fuzz(func(t *testing.T, text string) {
		file := sourceFile{"src/a.ts", tokenize([]byte(text))}
		s := code{files: []sourceFile{file}}.serves("src")
		for _, l := range s.Listens {
			if l.Port < 0 || l.Port > 65535 {
				t.Errorf("port %d", l.Port)
			}
		}
		for _, w := range s.Writes {
			if strings.HasPrefix(w.Value, "..") || strings.HasPrefix(w.Value, "/") {
				t.Errorf("writes %q", w.Value)
			}
		}
		_ = file.imports()
	})
}

// FuzzRegistry reads any settings without a panic.
func FuzzRegistry(f *testing.F) {
	f.Add("//npm.example.com/:_authToken=${NPM_TOKEN}\n; x\n_auth=abc")
	f.Add("npmScopes:\n  x:\n    npmAuthToken: \"${A-}\"\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range settingsFiles {
			var g Registry
			g.read(name, text)
			for _, token := range g.Tokens {
				if tokenVariable.FindString("${"+token.Value+"}") == "" {
					t.Errorf("a variable called %q", token.Value)
				}
			}
		}
	})
}

// FuzzHostile puts hostile text where a project puts its own: what comes out is
// an error, or a Dockerfile with the instructions that it has for harmless text.
func FuzzHostile(f *testing.F) {
	f.Add("api", "node dist/main.js", "build/main.js", "MODE")
	f.Add("a\nRUN evil", "node 'a\nUSER root'", "x\"]\nUSER root", "A\nB")
	f.Add("$(id)", "node `id`", "--from=x", "PATH=/x")
	f.Add("api", "\x10", "0", "0")
	f.Add("@x/y;id", "A=\"b c\" node \"a b.js\" $HOME", "a b.js", "${X}")
	printer := detecttest.NewPrinter(f, Stack())
	f.Fuzz(func(t *testing.T, name, start, main, variable string) {
		text, err := json.Marshal(map[string]any{
			"name": name, "main": main,
			"scripts":      map[string]string{"start": start, "build": "tsc", "test": "node --test"},
			"dependencies": map[string]string{"vite": "^7", "a": "^1"},
		})
		if err != nil {
			t.Fatal(err)
		}
		printer.Print(t, map[string]string{"package.json": string(text), "src/main.ts": "server.listen(3000)", ".npmrc": "//h/:_authToken=${" + variable + "}"})
	})
}
