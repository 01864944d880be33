package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/example"
)

// few is how many services the ordinary benchmarks look at.
const few = 20

func TestFleet(t *testing.T) {
	dir := t.TempDir()
	if err := writeFleet(dir, all.Stacks(), 0, few); err != nil {
		t.Fatal(err)
	}
	seen, err := walk(dir, func(string) bool { return true }, readWhole)
	if err != nil {
		t.Fatal(err)
	}
	if want := int64(few*filesPerService + 2); seen != want {
		t.Errorf("%d files, want %d", seen, want)
	}
	if diff := cmp.Diff(newService(3).files((*service).golang), newService(3).files((*service).golang)); diff != "" {
		t.Errorf("the same service differs (-first +second):\n%s", diff)
	}
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := generate(t.Context(), e, dir, few)
	if err != nil {
		t.Fatal(err)
	}
	if len(opened) > few*filesPerService/3 {
		t.Errorf("%d files were opened, more than a third", len(opened))
	}
}

// TestSparse wants every stack to open the sources that its program reaches, and no
// others, except of Go, which has a program in any folder.
func TestSparse(t *testing.T) {
	dir := t.TempDir()
	services := 2 * len(sparseKinds)
	if _, err := writeSparse(dir, sparseKinds, services); err != nil {
		t.Fatal(err)
	}
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	opened, err := generate(t.Context(), e, dir, services)
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range sparseKinds {
		reached := 2 * (sparseReached + 2) // with the manifest and the program
		if n := len(k.own(opened)); n < reached || n > reached && k.stack != "go" {
			t.Errorf("%s: %d files were opened, and %d are reached", k.stack, n, reached)
		}
	}
}

func BenchmarkScan(b *testing.B) {
	dir := b.TempDir()
	if err := writeFleet(dir, all.Stacks(), 0, few); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		tree, err := detect.Scan(b.Context(), dir, detect.Limits{})
		if err != nil {
			b.Fatal(err)
		}
		if err := tree.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkGenerate(b *testing.B) {
	dir := b.TempDir()
	if err := writeFleet(dir, all.Stacks(), 0, few); err != nil {
		b.Fatal(err)
	}
	e, err := engine.New(all.Stacks())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := generate(b.Context(), e, dir, few); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRender prints the files of the first example of every stack.
func BenchmarkRender(b *testing.B) {
	examples, err := example.Load("../../examples")
	if err != nil {
		b.Fatal(err)
	}
	e, err := engine.New(all.Stacks())
	if err != nil {
		b.Fatal(err)
	}
	seen := map[string]bool{}
	for _, x := range examples {
		o, ok := planned(b, e, x.Dir)
		if !ok || seen[o.Service.Stack] {
			continue
		}
		seen[o.Service.Stack] = true
		b.Run(o.Service.Stack, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := o.Plan.Print(e.Templates); err != nil {
					b.Fatal(err)
				}
				if _, err := e.Templates.Render(o.Plan.Ignore.Name, o.Plan.Ignore.Data); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// planned is the first service of an example, if it has one without any flag.
func planned(b *testing.B, e *engine.Engine, dir string) (engine.Outcome, bool) {
	b.Helper()
	tree, err := detect.Scan(b.Context(), dir, detect.Limits{})
	if err != nil {
		b.Fatal(err)
	}
	result, err := e.Generate(b.Context(), tree, engine.Request{})
	if err != nil {
		b.Fatal(err)
	}
	if err := tree.Close(); err != nil {
		b.Fatal(err)
	}
	if len(result.Outcomes) == 0 || result.Outcomes[0].Err != nil {
		return engine.Outcome{}, false
	}
	return result.Outcomes[0], true
}
