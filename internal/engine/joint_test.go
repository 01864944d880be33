package engine_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

// vite is a front end in web that Vite builds into web/dist.
const vite = `
-- web/package.json --
{"name":"pages","private":true,"scripts":{"build":"vite build"},"devDependencies":{"vite":"7.1.0"}}
-- web/index.html --
<!doctype html><script type=module src=/main.js></script>
-- web/main.js --
console.log(1)
`

// embeds is a Go program that embeds web/dist.
const embeds = `
-- go.mod --
module example.com/shop

go 1.26
-- main.go --
package main

import (
	"embed"
	"net/http"
)

//go:embed all:web/dist
var pages embed.FS

func main() { http.ListenAndServe(":8080", http.FileServerFS(pages)) }
`

// reads is a Go program that serves what a call gives.
func reads(call string) string {
	return `
-- go.mod --
module example.com/shop

go 1.26
-- main.go --
package main

import (
	"net/http"
	"os"
)

func main() {
	_ = os.Args
	` + call + `
	http.ListenAndServe(":8080", nil)
}
`
}

// TestFrontEnds wants a back end that embeds or serves what a front end is built into to
// be one image with it, or to be told what settles it.
func TestFrontEnds(t *testing.T) {
	for _, c := range []struct {
		name, tree string
		overrides  plan.Overrides
		services   string   // that are left, by their names
		has        []string // lines of the Dockerfile of shop
		lacks      []string
		problem    string
	}{
		{name: "embedded, a placeholder alone", tree: embeds + vite + "-- web/dist/.gitkeep --\n", services: "shop",
			has:   []string{"FROM frontend-deps AS frontend", "COPY web .", "COPY --exclude=web . .", "COPY --from=frontend /app/dist /src/web/dist"},
			lacks: []string{"nginx"}},
		{name: "embedded, and git keeps nothing", tree: embeds + vite + "-- .gitignore --\n/web/dist\n", services: "shop", has: []string{"COPY --from=frontend /app/dist /src/web/dist"}},
		{name: "embedded, a page that says that nothing is built", tree: embeds + vite + "-- web/dist/index.html --\nrun npm run build\n", services: "shop", has: []string{"COPY --from=frontend /app/dist /src/web/dist"}},
		{name: "served while running", tree: reads(`http.Handle("/", http.FileServer(http.Dir("web/dist")))`) + vite, services: "shop",
			has: []string{"COPY --from=frontend /app/dist /app/web/dist", "WORKDIR /app"}},
		{name: "committed", tree: embeds + vite + "-- web/dist/index.html --\n<script src=a.js>\n-- web/dist/a.js --\n1\n", services: "shop", lacks: []string{"frontend"}},
		{name: "nothing builds what is embedded", tree: embeds + "-- web/dist/.gitkeep --\n", problem: "main.go:8: embeds web/dist, which is empty, and nothing here builds it; name the folder of the front end that does with --frontend DIR, or say that there is none with --frontend false"},
		{name: "nothing builds what is served", tree: reads(`http.Handle("/", http.FileServer(http.Dir("web/dist")))`), problem: "main.go:10: serves web/dist, which is empty"},
		{name: "there is none", tree: embeds + "-- web/dist/.gitkeep --\n", overrides: plan.Overrides{FrontEnd: plan.NoFrontEnd}, services: "shop", lacks: []string{"frontend"}},
		{name: "kept apart", tree: embeds + vite + "-- web/dist/.gitkeep --\n", overrides: plan.Overrides{Split: true}, services: "shop pages", lacks: []string{"frontend"}},
		{name: "not joined by anything", tree: reads("") + vite, services: "shop pages", lacks: []string{"frontend"}},
		{name: "a folder that the program writes into", tree: reads(`os.MkdirAll("uploads/out", 0o755); http.Handle("/", http.FileServer(http.Dir("uploads/out")))`), services: "shop"},
		{name: "a folder of data", tree: reads(`http.Handle("/", http.FileServer(http.Dir("files")))`), services: "shop"},
		{name: "asked for first", tree: reads(`if _, err := os.Stat("web/dist"); err == nil { http.Handle("/", http.FileServer(http.Dir("web/dist"))) }`), services: "shop"},
		{name: "named by the user", tree: reads(`http.Handle("/", http.FileServer(http.Dir("static/build")))`) + vite, overrides: plan.Overrides{FrontEnd: "web"}, services: "shop",
			has: []string{"COPY --from=frontend /app/dist /app/static/build"}},
		{name: "named, and nothing is served", tree: reads("") + vite, overrides: plan.Overrides{FrontEnd: "web"}, services: "shop", has: []string{"COPY --from=frontend /app/dist /app/web/dist"}},
		{name: "no such folder", tree: reads("") + vite, overrides: plan.Overrides{FrontEnd: "ui"}, services: "pages", problem: "--frontend ui: no front end that a build makes files of is there; there are web"},
		{name: "two into one folder", tree: embeds + strings.Replace(vite, "vite build", "vite build --outDir ../out", 1) + strings.ReplaceAll(strings.Replace(vite, "vite build", "vite build --outDir ../out", 1), "-- web/", "-- web2/"),
			problem: "main.go:8: embeds out, which web and web2 both build"},
		{name: "a folder above", services: "shop",
			tree: strings.ReplaceAll(reads(`http.Handle("/", http.FileServer(http.Dir("../web/dist")))`), "-- ", "-- back/") + vite,
			has:  []string{"COPY web/package.json ./", "COPY back/go.mod ./", "COPY back .", "COPY --from=frontend /app/dist /web/dist"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "two into one folder" {
				c.tree = strings.Replace(c.tree, "all:web/dist", "all:out", 1)
			}
			e, err := engine.New(all.Stacks())
			if err != nil {
				t.Fatal(err)
			}
			tree := detecttest.Tree(t, txtar.Parse([]byte(c.tree)))
			result, err := e.Generate(t.Context(), tree, engine.Request{Overrides: c.overrides, Services: asked(c.overrides)})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, o := range result.Outcomes {
				names = append(names, o.Service.Name)
				if o.Err != nil {
					t.Fatal(o.Err)
				}
			}
			if got := strings.Join(names, " "); c.services != "" && got != c.services {
				t.Errorf("services %q, want %q", got, c.services)
			}
			var problems []string
			for _, p := range result.Findings.Problems {
				problems = append(problems, p.Error())
			}
			if got := strings.Join(problems, "\n"); c.problem == "" != (got == "") || !strings.Contains(got, c.problem) {
				t.Errorf("problems %q, want %q", got, c.problem)
			}
			i := slices.Index(names, "shop")
			if i < 0 {
				return
			}
			text := string(result.Outcomes[i].Files[0].Data)
			for _, line := range c.has {
				if !strings.Contains(text, "\n"+line+"\n") {
					t.Errorf("no line %q in\n%s", line, text)
				}
			}
			for _, word := range c.lacks {
				if strings.Contains(text, word) {
					t.Errorf("%q in\n%s", word, text)
				}
			}
		})
	}
}

// asked names the service that an answer is for, where it is for one.
func asked(o plan.Overrides) []string {
	if o.FrontEnd != "" && o.FrontEnd != "ui" {
		return []string{"shop"}
	}
	return nil
}
