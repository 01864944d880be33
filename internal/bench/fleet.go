package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/dockgen/dockgen/internal/plan"
)

// filesPerService is what a service of the fleet holds, in some thirty folders.
const filesPerService = 200

// writeFleet writes the services from one number up to another into a repository:
// each has an HTTP program, packages of its own, tests, and the assets that such a
// service has, in one of the stacks in turn. The same number gives the same bytes.
//
// Files are as large as they are in real repositories: 9.6 kB on average over the
// 4,439 files of railwayapp/railpack, prometheus/alertmanager, stefanprodan/podinfo,
// rqlite/rqlite, benbjohnson/litestream, adnanh/webhook, FiloSottile/age and
// traefik/whoami in November 2026; their 1,540 Go files 11.8 kB.
func writeFleet(dir string, stacks []plan.Stack, from, to int) error {
	kinds := kindsOf(stacks)
	for name, text := range map[string]string{".gitignore": rootIgnore, "README.md": prose("fleet", 40)} {
		if err := writeFile(dir, name, text); err != nil {
			return err
		}
	}
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := from; i < to; i++ {
		group.Go(func() error {
			s := newService(i)
			for name, text := range s.files(kinds[i%len(kinds)]) {
				if err := writeFile(filepath.Join(dir, s.dir), name, text); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

func writeFile(dir, name, text string) error {
	file := filepath.Join(dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return fmt.Errorf("write the fleet: %w", err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		return fmt.Errorf("write the fleet: %w", err)
	}
	return nil
}

// service is one module of the fleet.
type service struct {
	number int
	name   string // orders-0042
	dir    string // services/sales/orders-0042
	module string
	random *rand.Rand
}

var (
	teams = []string{"billing", "catalog", "delivery", "identity", "media", "sales", "search", "support"}
	nouns = []string{"account", "address", "booking", "coupon", "customer", "event", "invoice", "message", "order", "payment", "price", "product", "refund", "shipment", "stock", "ticket"}
)

func newService(number int) *service {
	s := &service{number: number, random: rand.New(rand.NewPCG(1, uint64(number)))}
	s.name = fmt.Sprintf("%ss-%04d", nouns[number%len(nouns)], number)
	s.dir = "services/" + teams[number%len(teams)] + "/" + s.name
	s.module = "example.com/fleet/" + s.name
	return s
}

// files are what the service holds, by name.
func (s *service) files(kind func(*service, map[string]string)) map[string]string {
	files := map[string]string{"README.md": prose(s.name, 30), "Makefile": makefile}
	if s.number%2 == 0 {
		files[".gitignore"] = serviceIgnore
	} else {
		files[".editorconfig"] = "root = true\n\n[*.go]\nindent_style = tab\n"
	}
	kind(s, files)
	s.assets(files)
	return files
}

// golang is a module with a program and packages of its own.
func (s *service) golang(files map[string]string) {
	files["go.mod"] = fmt.Sprintf(goMod, s.module)
	files["go.sum"] = s.sums()
	s.program(files)
	s.packages(files)
}

func (s *service) program(files map[string]string) {
	dir := "cmd/" + s.name + "/"
	files[dir+"main.go"] = fmt.Sprintf(mainFile, s.module)
	files[dir+"main_test.go"] = "package main\n\nimport \"testing\"\n\nfunc TestRoutes(t *testing.T) {\n\tif routes(nil) == nil {\n\t\tt.Error(\"no routes\")\n\t}\n}\n"
	files["internal/config/config.go"] = configFile
}

// packages writes the internal packages: the program is built from all but testutil.
func (s *service) packages(files map[string]string) {
	for _, p := range []struct {
		name    string
		sources string // the files, besides one that was written already
		tests   string
		imports []string
	}{
		{name: "config", sources: "parse errors", tests: "config"},
		{name: "handler", sources: "handler routes middleware encode list detail", tests: "handler routes encode", imports: []string{"store", "client"}},
		{name: "store", sources: "store postgres memory query", tests: "store query", imports: []string{"model"}},
		{name: "model", sources: "model kinds validate event", tests: "model"},
		{name: "client", sources: "client retry", tests: "retry"},
		{name: "queue", sources: "queue worker", tests: "worker"},
		{name: "testutil", sources: "server golden"},
	} {
		dir := "internal/" + p.name + "/"
		for i, file := range strings.Fields(p.sources) {
			imports := p.imports
			if i > 0 {
				imports = nil
			}
			files[dir+file+".go"] = s.source(p.name, file, imports)
		}
		for _, file := range strings.Fields(p.tests) {
			files[dir+file+"_test.go"] = s.test(p.name, file)
		}
	}
	if s.number%2 == 0 {
		files["internal/handler/routes.go"] = routesFile
	}
	if s.number%4 == 0 {
		files["internal/store/store.go"] = strings.Replace(files["internal/store/store.go"], "\nimport (", "\nimport (\n\t\"embed\"", 1) +
			"\n//go:embed migrations/*.sql\nvar migrations embed.FS\n"
	}
}

// source is a file of six to eighteen kilobytes.
func (s *service) source(pkg, file string, imports []string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "// Package %s is one part of %s.\npackage %s\n\nimport (\n\t\"context\"\n\t\"errors\"\n\t\"fmt\"\n\t\"strings\"\n", pkg, s.name, pkg)
	for _, name := range imports {
		fmt.Fprintf(&b, "\n\t_ \"%s/internal/%s\"\n", s.module, name)
	}
	b.WriteString(")\n")
	for i := range 5 + s.random.IntN(10) {
		noun := nouns[s.random.IntN(len(nouns))]
		b.WriteString(strings.NewReplacer("NOUN", noun, "TYPE", fmt.Sprintf("%s%s%d", title(file), title(noun), i)).Replace(typeText))
	}
	return b.String()
}

func (s *service) test(pkg, file string) string {
	var b bytes.Buffer
	fmt.Fprintf(&b, "package %s\n\nimport \"testing\"\n", pkg)
	for i := range 15 + s.random.IntN(30) {
		fmt.Fprintf(&b, testText, title(file), i)
	}
	return b.String()
}

// assets fills up to filesPerService with what no build reads.
func (s *service) assets(files map[string]string) {
	for i := range 5 {
		files[fmt.Sprintf("deploy/base/part-%d.yaml", i)] = s.repeat("  - name: %s\n    value: \"%d\"\n    path: /var/lib/data\n", 20, 80)
		files[fmt.Sprintf("docs/chapter-%d.md", i)] = prose(s.name, 20+s.random.IntN(60))
	}
	for _, stage := range []string{"dev", "staging", "production"} {
		files["deploy/overlays/"+stage+"/values.yaml"] = s.repeat("%s: %d\n", 20, 60)
		files["deploy/overlays/"+stage+"/patch.yaml"] = s.repeat("- op: replace\n  path: /spec/%s\n  value: %d\n", 5, 20)
	}
	for i := range 10 {
		files[fmt.Sprintf("internal/store/migrations/%04d_change.sql", i)] = s.repeat("ALTER TABLE %s ADD COLUMN c%d text NOT NULL DEFAULT '';\n", 2, 30)
	}
	for i := range 6 {
		files[fmt.Sprintf("web/templates/page-%d.html", i)] = s.repeat("<section><h2>%s</h2><p>{{ .Field%d }}</p></section>\n", 10, 80)
		files[fmt.Sprintf("web/static/style-%d.css", i)] = s.repeat(".%s { margin: %dpx; display: flex; }\n", 20, 100)
	}
	files["api/openapi.yaml"] = s.repeat("  /%s/{id}:\n    get:\n      operationId: get%d\n      responses: {}\n", 40, 90)
	for i := range 3 {
		files[fmt.Sprintf("api/v1/part%d.proto", i)] = s.repeat("message %s {\n  string id = %d;\n}\n", 10, 60)
	}
	for i := 0; len(files) < filesPerService; i++ {
		files[fmt.Sprintf("internal/handler/testdata/golden/case-%03d.json", i)] = "[\n" + s.repeat("  {\"kind\": \"%s\", \"amount\": %d, \"currency\": \"EUR\"},\n", 10, 120) + "  {}\n]\n"
	}
}

// long makes the assets as long as they are in real repositories.
const long = 4

// repeat prints a line of a word and a number, some times between least and most
// or long times as often.
func (s *service) repeat(format string, least, most int) string {
	var b strings.Builder
	for range long * (least + s.random.IntN(most-least)) {
		fmt.Fprintf(&b, format, nouns[s.random.IntN(len(nouns))], s.random.IntN(1000))
	}
	return b.String()
}

// sums are the lines of a go.sum with the hashes of forty modules.
func (s *service) sums() string {
	var b strings.Builder
	for i := range 40 {
		hash := fmt.Sprintf("%016x%016x%011x", s.random.Uint64(), s.random.Uint64(), s.random.Uint64()>>20)
		fmt.Fprintf(&b, "example.com/library/%s%d v1.%d.0 h1:%s=\n", nouns[i%len(nouns)], i, i, hash)
	}
	return b.String()
}

func title(word string) string { return strings.ToUpper(word[:1]) + word[1:] }

func prose(name string, lines int) string {
	return "# " + name + "\n\n" + strings.Repeat("How this part works, who runs it, and what to do when it does not.\n", long*lines)
}
