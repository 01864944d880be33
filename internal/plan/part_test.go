package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// TestPrint wants the parts of two stacks in one file: in their order, each with its
// own data, below one marker.
func TestPrint(t *testing.T) {
	set, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"a/build.tmpl":  "FROM {{.From}} AS {{.Stages.Builder}}\n\n",
		"b/build.tmpl":  "FROM {{.}} AS builder\n\n",
		"b/run.tmpl":    "FROM {{.}} AS runtime\n",
		"b/marked.tmpl": "\n# dockgen: mine\nFROM {{.}}\n",
		"b/header.tmpl": "{{template \"shared/header.tmpl\" .}}\nFROM {{.}}\n",
	} {
		if set, err = set.With(name, text); err != nil {
			t.Fatal(err)
		}
	}
	type data struct {
		From   string
		Stages plan.Stages
	}
	front := plan.Part{Templates: []string{"a/build.tmpl"}, Data: data{"one", plan.Stages{Builder: "frontend"}}}
	p := plan.Plan{Description: "both", Parts: []plan.Part{front, {Templates: []string{"b/build.tmpl", "b/run.tmpl"}, Data: "two"}}}
	alone := plan.Plan{Description: "one", Parts: []plan.Part{{Data: "two"}}}
	for _, c := range []struct {
		name string
		plan plan.Plan
		want string
	}{
		{"two stacks", p, "# syntax=docker/dockerfile:1\n# dockgen: both\n\nFROM one AS frontend\n\nFROM two AS builder\n\nFROM two AS runtime\n"},
		{"a template of the user's", p.Instead("b/run.tmpl"), "# syntax=docker/dockerfile:1\n# dockgen: both\n\nFROM one AS frontend\n\nFROM two AS runtime\n"},
		{"one with a marker", alone.Instead("b/marked.tmpl"), "# dockgen: mine\nFROM two\n"},
		{"one that asks for the header", alone.Instead("b/header.tmpl"), "# syntax=docker/dockerfile:1\n# dockgen: one\n\nFROM two\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.plan.Print(set)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, string(got)); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
}
