// Package internal_test holds what no single package can: who imports whom.
package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/mod/modfile"
)

const module = "github.com/dockgen/dockgen/"

type row struct {
	pkg   string
	may   []string
	tests bool // the package itself is for tests, and only tests import it
}

// layers says what of ours each package may import; the same table stands in
// README.md beside this file. A * is one element of a path.
var layers = []row{
	{pkg: "internal/glob", may: nil},
	{pkg: "internal/pattern", may: nil},
	{pkg: "internal/shell", may: []string{"internal/pattern"}},
	{pkg: "internal/crew", may: nil},
	{pkg: "internal/budget", may: []string{"internal/pattern"}},
	{pkg: "internal/show", may: []string{"internal/pattern"}},
	{pkg: "internal/lock", may: []string{"internal/pattern"}},
	{pkg: "internal/registry", may: nil},
	{pkg: "detect", may: []string{"internal/budget", "internal/crew", "internal/glob", "internal/pattern", "internal/show"}},
	{pkg: "internal/manifest", may: []string{"detect", "internal/dockerfile", "internal/pattern", "internal/shell"}},
	{pkg: "internal/dockerfile", may: []string{"internal/glob", "internal/pattern"}},
	{pkg: "internal/catalog", may: []string{"internal/pattern"}},
	{pkg: "internal/catalog/gen", may: []string{"internal/catalog", "internal/crew", "internal/registry"}},
	{pkg: "internal/backing", may: nil},
	{pkg: "internal/plan", may: []string{"internal/backing", "detect", "internal/catalog", "internal/dockerfile", "internal/glob", "internal/pattern"}},
	{pkg: "detect/all", may: []string{"detect/*", "internal/plan"}},
	{pkg: "detect/*", may: []string{"internal/backing", "internal/crew", "detect", "internal/plan", "internal/catalog", "internal/dockerfile", "internal/manifest", "internal/pattern"}},
	{pkg: "detect/node/jsconf", may: []string{"detect", "internal/pattern"}},
	{pkg: "detect/node/script", may: []string{"internal/pattern", "internal/shell"}},
	{pkg: "detect/node/project", may: []string{"detect", "internal/plan", "internal/manifest", "internal/pattern", "detect/node/script"}},
	{pkg: "detect/node/lock", may: []string{"detect", "internal/plan", "internal/catalog", "internal/pattern", "detect/node/project"}},
	{pkg: "detect/node/source", may: []string{"detect", "internal/pattern", "detect/node/jsconf", "detect/node/project"}},
	{pkg: "detect/node/framework", may: []string{"detect", "internal/plan", "internal/manifest", "internal/pattern", "detect/node/jsconf", "detect/node/script", "detect/node/project", "detect/node/source"}},
	{pkg: "detect/node/service", may: []string{"internal/backing", "detect", "internal/plan", "internal/manifest", "internal/pattern", "internal/shell", "detect/node/script", "detect/node/project", "detect/node/lock", "detect/node/source", "detect/node/framework"}},
	{pkg: "detect/node", may: []string{"detect", "internal/plan", "internal/catalog", "internal/dockerfile", "detect/node/script", "detect/node/project", "detect/node/lock", "detect/node/source", "detect/node/framework", "detect/node/service"}},
	{pkg: "detect/python/source", may: []string{"detect", "internal/pattern"}},
	{pkg: "detect/python/project", may: []string{"detect", "detect/python/source", "internal/manifest", "internal/pattern"}},
	{pkg: "detect/python/program", may: []string{"detect", "detect/python/source", "detect/python/project", "internal/manifest", "internal/shell", "internal/pattern"}},
	{pkg: "detect/python/image", may: []string{"detect", "detect/python/source", "detect/python/project", "detect/python/program", "internal/plan", "internal/catalog", "internal/dockerfile", "internal/pattern"}},
	{pkg: "detect/python", may: []string{"detect", "detect/python/*", "internal/plan"}},
	{pkg: "internal/ignore", may: []string{"detect", "internal/plan", "internal/dockerfile", "internal/glob"}},
	{pkg: "templates", may: []string{"internal/dockerfile"}},
	{pkg: "internal/output", may: []string{"internal/budget", "templates", "internal/dockerfile", "internal/pattern"}},
	{pkg: "internal/prompt", may: []string{"internal/show"}},
	{pkg: "internal/adapt", may: []string{"detect", "internal/catalog", "internal/dockerfile", "internal/pattern"}},
	{pkg: "internal/config", may: []string{"detect", "internal/plan", "internal/dockerfile", "internal/adapt", "internal/pattern"}},
	{pkg: "internal/proof", may: []string{"detect", "internal/plan", "internal/catalog", "internal/dockerfile", "internal/pattern", "internal/shell"}},
	{pkg: "internal/sent", may: []string{"detect", "internal/budget", "internal/plan", "internal/dockerfile", "internal/ignore", "internal/proof"}},
	{pkg: "internal/compose", may: []string{"detect", "internal/backing", "internal/catalog", "internal/pattern", "internal/plan"}},
	{pkg: "internal/engine", may: []string{"internal/compose", "internal/crew", "detect", "internal/plan", "internal/catalog", "internal/dockerfile", "templates", "internal/output", "internal/adapt", "internal/config", "internal/proof", "internal/ignore", "internal/lock", "internal/pattern", "internal/show"}},
	{pkg: "internal/image", may: nil},
	{pkg: "internal/secret", may: []string{"internal/pattern"}},
	{pkg: "internal/docker", may: nil},
	{pkg: "internal/verify", may: []string{"detect", "internal/config", "internal/docker", "internal/dockerfile", "internal/engine", "internal/image", "internal/pattern", "internal/plan", "internal/secret", "internal/show"}},
	{pkg: "internal/reports", may: []string{"internal/show", "internal/verify"}},
	{pkg: "internal/update", may: []string{"detect", "internal/adapt", "internal/catalog", "internal/crew", "internal/engine", "internal/lock", "internal/registry"}},
	{pkg: "cmd/dockgen", may: []string{"detect", "detect/all", "internal/*", "templates"}},
	{pkg: "detect/detecttest", may: []string{"detect", "internal/plan", "internal/catalog", "internal/dockerfile", "templates"}, tests: true},
	{pkg: "internal/image/imagetest", may: nil, tests: true},
	{pkg: "internal/registry/registrytest", may: nil, tests: true},
	{pkg: "internal/dockerfile/linttest", may: nil, tests: true},
	{pkg: "internal/prompt/prompttest", may: []string{"internal/prompt"}, tests: true},
	{pkg: "internal/example", may: nil, tests: true},
	{pkg: "internal/bench", may: []string{"detect", "detect/all", "internal/*", "templates"}, tests: true},
	{pkg: "internal/fuzz", may: nil, tests: true},
	{pkg: "internal/e2e", may: []string{"internal/example"}, tests: true},
}

// only names libraries that one package alone may import.
var only = map[string]string{
	"github.com/AlecAivazis/":                              "internal/prompt",
	"github.com/spf13/cobra":                               "cmd/dockgen",
	"github.com/charlievieth/fastwalk":                     "detect",
	"github.com/aymanbagabas/go-udiff":                     "internal/output",
	"github.com/pelletier/go-toml":                         "internal/config",
	"github.com/agext/levenshtein":                         "internal/config",
	"github.com/Masterminds/sprig/v3":                      "templates",
	"github.com/Masterminds/semver/v3":                     "internal/catalog",
	"github.com/evanw/esbuild/":                            "detect/node/jsconf",
	"github.com/grafana/sobek/":                            "detect/node/jsconf",
	"golang.org/x/sync/":                                   "internal/crew",
	"mvdan.cc/sh/":                                         "internal/shell",
	"golang.org/x/mod/modfile":                             "detect/golang",
	"github.com/aquasecurity/go-pep440-":                   "detect/python/project",
	"github.com/moby/patternmatcher":                       "internal/dockerfile",
	"github.com/rogpeppe/go-internal":                      "cmd/dockgen",
	"github.com/moby/buildkit/frontend/":                   "internal/dockerfile",
	"github.com/google/go-containerregistry/pkg/name":      "internal/registry",
	"github.com/google/go-containerregistry/pkg/authn":     "internal/registry",
	"github.com/google/go-containerregistry/pkg/v1/remote": "internal/registry",
}

// network are the packages by which a program reaches others: internal/registry imports
// them, and internal/docker, which asks containers.
var network = []string{"net/http", "net/rpc", "crypto/tls"}

// dialing are the functions of package net, which is for addresses elsewhere, that do so.
var dialing = []string{"net.Dial", "net.DialTimeout", "net.Dialer", "net.Listen", "net.LookupHost", "net.Resolver"}

// outside are the functions that only cmd/dockgen calls, and internal/docker, which runs
// docker: the rest of the program knows no environment, working folder, clock, process or exit.
var outside = []string{
	"os.Getenv", "os.LookupEnv", "os.Environ", "os.Getwd", "os.Exit",
	"time.Now", "exec.Command", "exec.CommandContext", "fmt.Print", "fmt.Printf", "fmt.Println",
}

// TestLayers reads the import clauses of every package: asking the go command
// would let the test cache hide a violation.
func TestLayers(t *testing.T) {
	root := os.DirFS("..")
	err := fs.WalkDir(root, ".", func(file string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() && (entry.Name() == "testdata" || file == "examples" || strings.HasPrefix(entry.Name(), ".git")) {
			return fs.SkipDir
		}
		if !strings.HasSuffix(file, ".go") || strings.HasSuffix(file, "_test.go") {
			return nil
		}
		data, err := fs.ReadFile(root, file)
		if err != nil {
			return err
		}
		for _, fault := range faults(t, file, data) {
			t.Errorf("%s: %s", file, fault)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func faults(t *testing.T, file string, data []byte) []string {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), file, data, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	pkg := path.Dir(file)
	i := layer(pkg)
	if i < 0 {
		return []string{"the package is not in the table"}
	}
	var found []string
	for _, spec := range parsed.Imports {
		imported := strings.Trim(spec.Path.Value, `"`)
		ours, isOurs := strings.CutPrefix(imported, module)
		if isOurs && !slices.ContainsFunc(layers[i].may, func(p string) bool { return matches(p, ours) }) {
			found = append(found, fmt.Sprintf("%s must not import %s", pkg, ours))
		}
		if j := layer(ours); isOurs && j >= 0 && layers[j].tests && !layers[i].tests {
			found = append(found, fmt.Sprintf("%s is for tests only", ours))
		}
		for library, owner := range only {
			if strings.HasPrefix(imported, library) && !layers[i].tests && pkg != owner {
				found = append(found, fmt.Sprintf("only %s imports %s", owner, library))
			}
		}
		if slices.Contains(network, imported) && !layers[i].tests && pkg != "internal/registry" && pkg != "internal/docker" {
			found = append(found, fmt.Sprintf("only internal/registry imports %s", imported))
		}
	}
	if pkg != "internal/show" && pkg != "internal/catalog/gen" && !layers[i].tests {
		found = append(found, printing(parsed, file)...)
	}
	if pkg != "internal/budget" && pkg != "internal/catalog/gen" && !layers[i].tests {
		found = append(found, reading(parsed, file)...)
	}
	if pkg != "internal/registry" && pkg != "internal/docker" && !layers[i].tests {
		ast.Inspect(parsed, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok && slices.Contains(dialing, exprName(sel)) {
				found = append(found, exprName(sel)+" belongs in internal/registry")
			}
			return true
		})
	}
	if pkg != "cmd/dockgen" && pkg != "internal/catalog/gen" && pkg != "internal/docker" && !layers[i].tests {
		ast.Inspect(parsed, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if id, ok := sel.X.(*ast.Ident); ok && slices.Contains(outside, id.Name+"."+sel.Sel.Name) {
				found = append(found, fmt.Sprintf("%s.%s belongs in cmd/dockgen", id.Name, sel.Sel.Name))
			}
			return true
		})
	}
	return found
}

// printing lists the ways in which a file prints that are not package show's: text goes
// to memory or through that. Only the command's main file knows the streams of the
// process.
func printing(parsed *ast.File, file string) (found []string) {
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.SelectorExpr:
			name := exprName(n)
			if (name == "os.Stdout" || name == "os.Stderr") && file != "cmd/dockgen/main.go" {
				found = append(found, name)
			}
		case *ast.GoStmt:
			if file != "cmd/dockgen/progress.go" && file != "internal/prompt/terminal.go" {
				found = append(found, "go: a panic of its own would end the program; see internal/crew")
			}
		case *ast.CallExpr:
			name := exprName(n.Fun)
			receiver, method, _ := cutLast(name)
			switch {
			case strings.HasPrefix(name, "fmt.Fprint") || name == "io.WriteString" || name == "io.Copy":
				if address, ok := n.Args[0].(*ast.UnaryExpr); !ok || address.Op != token.AND {
					found = append(found, name+" to what is not in memory")
				}
			case name == "print" || name == "println" || strings.HasPrefix(name, "log."),
				slices.Contains([]string{"Println", "Printf", "PrintErr", "PrintErrln", "PrintErrf"}, method):
				found = append(found, name)
			case strings.HasPrefix(method, "Write") && slices.ContainsFunc([]string{"out", "err", "talk", "stdout", "stderr"}, func(s string) bool {
				return receiver == s && strings.HasPrefix(file, "cmd/") || strings.HasSuffix(receiver, "."+s)
			}):
				found = append(found, name)
			}
		}
		return true
	})
	return found
}

// readers are the files that open others, and why no budget is passed by: all else of a
// project comes out of the tree or of package budget.
var readers = map[string][]string{
	"detect/tree.go":             {"os.OpenRoot", "t.root.Open", "root.Open", "r.tree.root.OpenRoot", "r.home.OpenRoot", "io.ReadFull"}, // the tree itself
	"internal/output/apply.go":   {"root.OpenFile"},                                                                                     // writes
	"detect/java/xml.go":         {"io.ReadAll"},                                                                                        // of what the tree gave
	"internal/sent/files.go":     {"os.OpenRoot", "fs.ReadDir"},                                                                         // names and sizes alone
	"internal/catalog/*":         {"fs.ReadFile"},                                                                                       // of the program itself
	"internal/image/read.go":     {"os.Open", "os.OpenRoot", "root.Open", "os.ReadDir", "io.ReadAll"},                                   // images, in pieces
	"internal/image/entry.go":    {"io.ReadAll", "io.ReadFull", "entry.Open"},                                                           // of a text of at most MostText, also in an archive
	"internal/docker/*":          {"os.ReadFile"},                                                                                       // of /proc
	"internal/verify/rebuild.go": {"os.DirFS", "fs.ReadFile"},                                                                           // a context, to copy it
	"cmd/dockgen/verify*.go":     {"docker.Open"},                                                                                       // docker, and no file
	"detect/gitindex.go":         {"os.OpenRoot"},                                                                                       // where a worktree has its index, for package budget
	"cmd/dockgen/*":              {"os.OpenRoot"},                                                                                       // for package budget, and to write
	"cmd/dockgen/staged.go":      {"os.ReadFile", "os.OpenRoot"},                                                                        // git's hook, which is no project's
}

// reading lists the ways in which a file reads others that are not its own by readers.
func reading(parsed *ast.File, file string) (found []string) {
	var may []string
	for pattern, calls := range readers {
		if matches(pattern, file) {
			may = append(may, calls...)
		}
	}
	ast.Inspect(parsed, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := exprName(call.Fun)
		receiver, method, _ := cutLast(name)
		opens := slices.Contains([]string{"Open", "OpenFile", "OpenRoot", "ReadDir"}, method) && receiver != "" ||
			slices.Contains([]string{"os.ReadFile", "fs.ReadFile", "os.DirFS", "os.OpenInRoot", "io.ReadAll", "io.ReadFull", "ioutil.ReadFile"}, name) || strings.HasSuffix(receiver, "root") && method == "ReadFile"
		if opens && !slices.Contains(may, name) {
			found = append(found, name+" reads past package budget")
		}
		return true
	})
	return found
}

// TestReading wants the check to see what it is for.
func TestReading(t *testing.T) {
	const text = `package x
func f() {
	os.Open("x")
	os.ReadFile("x")
	root.Open("x")
	t.root.ReadFile("x")
	io.ReadAll(f)
	tree.ReadFile("x")
	budget.ReadFile(root, "x")
}`
	parsed, err := parser.ParseFile(token.NewFileSet(), "x.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if found := reading(parsed, "detect/x.go"); len(found) != 5 {
		t.Errorf("found %q", found)
	}
}

// exprName is a name with dots, as far as an expression is one.
func exprName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return exprName(e.X) + "." + e.Sel.Name
	}
	return ""
}

func cutLast(name string) (before, after string, found bool) {
	if i := strings.LastIndexByte(name, '.'); i >= 0 {
		return name[:i], name[i+1:], true
	}
	return "", name, false
}

// TestPrinting wants the check to see what it is for.
func TestPrinting(t *testing.T) {
	const text = `package main
func f() {
	fmt.Fprintln(io.out, "x")
	fmt.Fprintf(&b, "x")
	io.out.Write(nil)
	c.out.WriteString("x")
	b.WriteString("x")
	os.Stderr.Sync()
	cmd.Println("x")
	println("x")
	go f()
}`
	parsed, err := parser.ParseFile(token.NewFileSet(), "x.go", text, parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	if found := printing(parsed, "cmd/dockgen/x.go"); len(found) != 7 {
		t.Errorf("found %q", found)
	}
}

// layer finds the row of a package: its own, or that of a pattern.
func layer(pkg string) int {
	if i := slices.IndexFunc(layers, func(l row) bool { return l.pkg == pkg }); i >= 0 {
		return i
	}
	return slices.IndexFunc(layers, func(l row) bool { return matches(l.pkg, pkg) })
}

func matches(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	return ok && err == nil
}

// TestLayersTable keeps the words of README.md and the table the same.
func TestLayersTable(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range layers {
		if !strings.Contains(string(readme), "| `"+l.pkg+"` |") {
			t.Errorf("README.md: no line for %s", l.pkg)
		}
	}
}

// TestDependencies wants exactly one line in README.md for each direct dependency
// of go.mod, and none for another module.
func TestDependencies(t *testing.T) {
	readme, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(readme), "| module | for |\n|---|---|\n")
	var explained []string
	for line := range strings.Lines(table) {
		if module, reason, ok := strings.Cut(line, "` | "); ok && len(reason) > len(" |\n") {
			explained = append(explained, strings.TrimPrefix(module, "| `"))
		}
	}
	data, err := os.ReadFile(filepath.Join("..", "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	mod, err := modfile.Parse("go.mod", data, nil)
	if err != nil {
		t.Fatal(err)
	}
	var direct []string
	for _, required := range mod.Require {
		if !required.Indirect {
			direct = append(direct, required.Mod.Path)
		}
	}
	slices.Sort(direct)
	slices.Sort(explained)
	if diff := cmp.Diff(direct, explained); diff != "" {
		t.Errorf("README.md: dependencies with a reason (-go.mod +README.md):\n%s", diff)
	}
}
