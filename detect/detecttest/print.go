package detecttest

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// Printer plans and prints what a stack finds in hostile files.
type Printer struct {
	stack  plan.Stack
	wanted []plan.Overrides
	images *catalog.Catalog
	set    *templates.Set
}

// NewPrinter makes one for all runs of a fuzz test. A service is planned with each
// of the overrides, or with none where there are none.
func NewPrinter(tb testing.TB, stack plan.Stack, overrides ...plan.Overrides) *Printer {
	tb.Helper()
	images, err := catalog.Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	set, err := templates.Load()
	if err != nil {
		tb.Fatal(err)
	}
	if len(overrides) == 0 {
		overrides = []plan.Overrides{{}}
	}
	return &Printer{stack, overrides, images, set}
}

// Print gives the Dockerfiles of the services in files, on the runtime of their own
// choice and on every one of the stack. Each passes the check that dockgen makes itself, starts one command, and
// holds no instruction of the files: texts that try one write RUN evil or USER root. A service
// that cannot be planned gives none.
func (p *Printer) Print(t *testing.T, files map[string]string) (printed []string) {
	t.Helper()
	archive := &txtar.Archive{}
	for _, name := range slices.Sorted(maps.Keys(files)) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	found, err := p.stack.Detect(t.Context(), Tree(t, archive), detect.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	for _, service := range found.Services {
		for _, runtime := range slices.Concat([]string{""}, p.stack.Runtimes) {
			for _, wanted := range p.wanted {
				wanted.Runtime = runtime
				if planned, err := p.stack.Plan(plan.Input{Service: service, Catalog: p.images, Overrides: wanted}); err == nil {
					if text := p.print(t, planned); text != "" {
						printed = append(printed, text)
					}
				}
			}
		}
	}
	return printed
}

func (p *Printer) print(t *testing.T, planned plan.Plan) string {
	t.Helper()
	data, err := planned.Print(p.set)
	if _, refused := errors.AsType[*dockerfile.TextError](err); refused {
		return "" // which is told, with the file that says it
	}
	if err != nil {
		t.Fatalf("render: %v", err)
	}
	if err := dockerfile.Check(data); err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	text := string(data)
	entrypoints, commands := strings.Count(text, "\nENTRYPOINT "), strings.Count(text, "\nCMD ")
	if entrypoints > 1 || commands > 1 || entrypoints+commands == 0 {
		t.Fatalf("%d ENTRYPOINT and %d CMD in\n%s", entrypoints, commands, text)
	}
	if strings.Contains(text, "\nRUN evil") || strings.Contains(text, "\nUSER root") {
		t.Fatalf("an instruction of the project's in\n%s", text)
	}
	return text
}
