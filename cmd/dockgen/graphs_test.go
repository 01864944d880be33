package main

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/dockerfile/linttest"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/example"
	"github.com/dockgen/dockgen/internal/plan"
)

var from = regexp.MustCompile(`(?m)^(?:FROM (?:--platform=\S+ )?|# syntax=)(\S+)`)

// TestEveryGraph plans and prints every example on every runtime that takes it:
// each template is used by one of them, each image named is in the catalog, and
// none of BuildKit's lint rules has anything to say.
func TestEveryGraph(t *testing.T) {
	var used []string
	eachExample(t, func(e *engine.Engine, name string, tree *detect.Tree) {
		for _, runtime := range runtimeNames() {
			result, err := e.Generate(t.Context(), tree, engine.Request{Overrides: plan.Overrides{Runtime: runtime}})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range result.Outcomes {
				if o.Err != nil {
					continue // it does not fit that runtime
				}
				used = append(used, o.Plan.Ignore.Name)
				for _, part := range o.Plan.Parts {
					used = append(used, part.Templates...)
				}
				for _, extra := range o.Plan.Extras {
					used = append(used, extra.Template.Name)
				}
				inCatalog(t, e, string(o.Files[0].Data))
				for _, w := range linttest.Lint(t, o.Files[0].Data, o.Files[1].Data) {
					t.Errorf("%s on %s: %v", name, runtime, w)
				}
			}
		}
	})
	everyTemplate(t, used)
}

// eachExample visits the trees of all examples.
func eachExample(t *testing.T, visit func(e *engine.Engine, name string, tree *detect.Tree)) {
	t.Helper()
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	examples, err := example.Load("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	for _, ex := range examples {
		tree, err := detect.Scan(t.Context(), ex.Dir, detect.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		visit(e, ex.Name, tree)
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	}
}

// everyTemplate wants each template to be used: by a plan, by one that is, or by the
// engine for every file.
func everyTemplate(t *testing.T, used []string) {
	t.Helper()
	calls := map[string][]string{}
	calling := regexp.MustCompile(`template "([^"]+)"`)
	walk(t, "../../templates", func(name string, data []byte) {
		if strings.HasSuffix(name, ".tmpl") {
			name = filepath.ToSlash(strings.TrimPrefix(name, filepath.FromSlash("../../templates/")))
			calls[name] = []string{}
			for _, m := range calling.FindAllStringSubmatch(string(data), -1) {
				calls[name] = append(calls[name], m[1])
			}
		}
	})
	used = append(used, "shared/marker.tmpl", "shared/header.tmpl", "shared/bake.tmpl", "shared/compose.tmpl", "shared/dev.tmpl")
	for i := 0; i < len(used); i++ {
		used = append(used, calls[used[i]]...)
		delete(calls, used[i])
	}
	for name := range calls {
		t.Errorf("no example uses %s", name)
	}
}

// inCatalog wants every image of a Dockerfile to exist.
func inCatalog(t *testing.T, e *engine.Engine, text string) {
	t.Helper()
	stages := map[string]bool{"scratch": true}
	for _, m := range regexp.MustCompile(`(?m)^FROM .* AS (\S+)$`).FindAllStringSubmatch(text, -1) {
		stages[m[1]] = true
	}
	for _, m := range from.FindAllStringSubmatch(strings.ReplaceAll(text, "$TARGETARCH", "amd64"), -1) {
		if !stages[m[1]] && !e.Catalog.Has(m[1]) {
			t.Errorf("%s is not in the catalog", m[1])
		}
	}
}

// TestTemplatesNameNoImage wants every image to come from a plan, which takes it
// from the catalog.
func TestTemplatesNameNoImage(t *testing.T) {
	files, err := filepath.Glob("../../templates/*/*.tmpl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no templates: %v", err)
	}
	stage := regexp.MustCompile(`^(application|base|chef|deps|source|builder|\$TARGETARCH)$`)
	walk(t, "../../templates", func(name string, data []byte) {
		if !strings.HasSuffix(name, ".tmpl") {
			return
		}
		for line := range strings.Lines(string(data)) {
			words := strings.Fields(line)
			if len(words) < 2 || words[0] != "FROM" || strings.Contains(line, "{{word ") {
				continue
			}
			if !stage.MatchString(words[1]) {
				t.Errorf("%s names an image: %s", name, strings.TrimSpace(line))
			}
		}
		if strings.Contains(string(data), "{{if eq") || strings.Contains(string(data), "{{- if eq") {
			t.Errorf("%s decides something", name)
		}
	})
}
