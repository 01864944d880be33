package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/plan"
)

// rows are the table of stacks in README.md.
func rows(stacks []plan.Stack) string {
	var b strings.Builder
	for _, s := range stacks {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Name, strings.Join(s.Markers, ", "), strings.Join(s.Runtimes, ", "))
	}
	return b.String()
}

// keys are the tables of docs/dockgen.toml.md with answers that only some stacks
// understand.
func keys(stacks []plan.Stack) string {
	var b strings.Builder
	manager := fmt.Sprintf("# --package-manager: %s.\npackage-manager = %q\n", strings.Join(config.ManagerForms(stacks), ", "), plan.Managers(stacks)[0].Name)
	for _, s := range stacks {
		var lines strings.Builder
		if len(s.Managers) > 0 {
			lines.WriteString(manager)
			manager = ""
		}
		for _, o := range s.Options {
			value := "\"…\""
			switch {
			case o.Kind == plan.Switch:
				value = "true"
			case o.Kind == plan.List:
				value = config.Quote(o.Values)
			case len(o.Values) > 0:
				value = strconv.Quote(o.Values[0])
			}
			flag := strings.TrimSpace("--" + o.Key + " " + strings.Join(o.Values, "|"))
			if o.Not != "" {
				flag += " (" + o.Not + " = false)"
			}
			fmt.Fprintf(&lines, "# %s: %s.\n%s = %s\n", flag, o.Doc, o.Key, value)
		}
		if lines.Len() > 0 {
			fmt.Fprintf(&b, "[stack.%s]\n%s\n", s.Name, lines.String())
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// TestDocumentedKeys holds the page about dockgen.toml against the stacks.
func TestDocumentedKeys(t *testing.T) {
	document(t, "../../docs/dockgen.toml.md", "understand, listed by make golden:\n", "\n# --- One service", keys(all.Stacks()))
}

// documented is a repository that the one file of docs/dockgen.toml.md is for.
const documented = `
-- config/common.yml --
-- services/api/certificates/company.crt --
-- certificates/company.crt --
-- build/go.Dockerfile.tmpl --
{{template "go/build.tmpl" . -}}
{{template "go/run.tmpl" . -}}
-- examples/shop/index.html --
-- services/api/go.mod --
module example.com/api

go 1.26

require github.com/example/x v1.0.0
-- services/api/go.sum --
github.com/example/x v1.0.0 h1:x=
github.com/example/x v1.0.0/go.mod h1:x=
-- services/api/cmd/api/main.go --
package main

import (
	"net/http"
	_ "github.com/example/x"
)

func main() {
	http.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) {})
	http.Handle("/", http.FileServer(http.Dir("../../web/dist")))
	http.ListenAndServe(":8080", nil)
}
-- services/api/cmd/seed/main.go --
package main

func main() {}
-- web/package.json --
{"name": "web", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7.0.0"}}
-- web/package-lock.json --
{"name": "web", "lockfileVersion": 3, "packages": {"": {"name": "web", "devDependencies": {"vite": "7.0.0"}}, "node_modules/vite": {"version": "7.0.0", "dev": true}}}
-- web/index.html --
<div id="app"></div>
`

// TestDocumentedExampleRuns generates and checks with all that can be set in one file.
func TestDocumentedExampleRuns(t *testing.T) {
	_, rest, _ := strings.Cut(read(t, "../../docs/dockgen.toml.md"), "```toml\n")
	example, _, _ := strings.Cut(rest, "```")
	dir := lay(t, documented+"-- dockgen.toml --\n"+example)
	for _, command := range []string{"generate", "check"} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), []string{command}, streams{out: &out, err: &errs}); code != exitDone {
			t.Fatalf("%s in %s: exit %d\n%s%s", command, dir, code, &errs, &out)
		}
	}
}

// document reads a page that has to hold a text between two others; with -update it
// is put there.
func document(t *testing.T, file, after, before, want string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), after)
	if !ok {
		t.Fatalf("%s has no %q", file, after)
	}
	tail := rest
	for !strings.HasPrefix(tail, before) {
		if _, tail, ok = strings.Cut(tail, "\n"); !ok {
			t.Fatalf("%s has no %q behind %q", file, before, after)
		}
	}
	if diff := cmp.Diff(want, strings.TrimSuffix(rest, tail)); diff != "" && !*detecttest.Update {
		t.Errorf("%s: make golden rewrites it (-want +got):\n%s", file, diff)
	}
	text := head + after + want + tail
	if *detecttest.Update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// TestReadme holds the words of README.md against the program.
func TestReadme(t *testing.T) {
	readme := document(t, "../../README.md", "| stack | manifests | runtimes, the default first |\n|---|---|---|\n", "\n", rows(all.Stacks()))
	for _, c := range rootCommand(&streams{}).Commands() {
		if !c.Hidden && !strings.Contains(readme, c.Name()) {
			t.Errorf("no command %s", c.Name())
		}
	}
	dockerfile, err := os.ReadFile("../../examples/go-http/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readme, "```dockerfile\n"+string(dockerfile)+"```") {
		t.Error("the Dockerfile shown is not that of examples/go-http")
	}
	work := t.TempDir()
	copySources(t, "../../examples/go-http", work)
	t.Chdir(work)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"generate"}, streams{out: &out, err: &errs}); code != exitDone {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	if !strings.Contains(readme, out.String()) {
		t.Errorf("the screen shown is not what generate says:\n%s", &out)
	}
}

// lay writes a tree into a new folder and goes there.
func lay(t *testing.T, tree string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "shop")
	for _, f := range txtar.Parse([]byte(tree)).Files {
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, f.Data, 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	return dir
}

// TestCommandBlocks executes every block of commands of README.md and docs/ in a copy of
// what a clone holds: dockgen itself, and stand-ins for what takes minutes or Docker,
// which want the files and targets to be there that they are given.
func TestCommandBlocks(t *testing.T) {
	pages, err := filepath.Glob("../../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	tools := t.TempDir()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, filepath.Join(tools, "dockgen")); err != nil {
		t.Skipf("no links: %v", err)
	}
	for name, text := range map[string]string{
		"docker": `case "$1" in
build) test -f Dockerfile && test -f .dockerignore ;;
run) while [ "$1" != dockgen ] && [ $# -gt 1 ]; do shift; done
     [ "$1" != dockgen ] || { shift; exec dockgen "$@"; } ;;
*) exit 64 ;;
esac`,
		"make": `exec /usr/bin/make -n "$@"`,
		"go":   `[ "$1 $2" = "run ./cmd/dockgen" ] && test -f cmd/dockgen/main.go && shift 2 && exec dockgen "$@"`,
	} {
		if err := os.WriteFile(filepath.Join(tools, name), []byte("#!/bin/sh\n"+text+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	blocks := 0
	for _, page := range append(pages, "../../README.md") {
		for i, rest := range strings.Split(read(t, page), "```sh\n") {
			if i == 0 {
				continue
			}
			block, _, _ := strings.Cut(rest, "```")
			blocks++
			clone := clone(t)
			cmd := exec.Command("sh", "-eu", "-c", block)
			cmd.Dir = clone
			cmd.Env = append(os.Environ(), "PATH="+tools+":"+os.Getenv("PATH"), "PWD="+clone, "CI=true")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%s: %v\n%s\n%s", page, err, block, out)
			}
		}
	}
	if blocks < 2 {
		t.Errorf("%d blocks of commands", blocks)
	}
}

// clone lays out what the commands of README.md read of this repository.
func clone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, name := range []string{"Dockerfile", ".dockerignore", "Makefile", "cmd/dockgen/main.go"} {
		write(t, filepath.Join(dir, name), []byte(read(t, filepath.Join("../..", name))))
	}
	copySources(t, "../../examples/go-http", filepath.Join(dir, "examples", "go-http"))
	return dir
}
