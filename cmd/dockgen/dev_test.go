package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile/linttest"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

// devStage is the stage for development as it stands in a file, and the line of its seal.
var devStage = regexp.MustCompile(`(?ms)^FROM \S+ AS dev\n.*?\n\n|^# dockgen:lines dev [^\n]*\n`)

// TestDevStage wants of every example that the Dockerfile with a stage for development is,
// without that stage, the one that it had, that nothing stands on the stage and that it is
// not the last, and that BuildKit has nothing to say about it.
func TestDevStage(t *testing.T) {
	seen := 0
	eachExample(t, func(e *engine.Engine, name string, tree *detect.Tree) {
		outcomes := func(o plan.Overrides) []engine.Outcome {
			result, err := e.Generate(t.Context(), tree, engine.Request{Overrides: o})
			if err != nil {
				t.Fatal(err)
			}
			return result.Outcomes
		}
		without := outcomes(plan.Overrides{})
		for i, o := range outcomes(plan.Overrides{Dev: true}) {
			if o.Err != nil && strings.Contains(o.Err.Error(), "--dev") {
				continue // a folder of files has none
			}
			if o.Err != nil {
				t.Errorf("%s: %v", name, o.Err)
				continue
			}
			text := string(o.Files[0].Data)
			if o.Plan.Development == nil {
				if diff := cmp.Diff(string(without[i].Files[0].Data), text); diff != "" {
					t.Errorf("%s: %s, and yet (-want +got):\n%s", name, developing(t, o), diff)
				}
				continue
			}
			seen++
			plain := devStage.ReplaceAllString(string(without[i].Files[0].Data), "") // which has one where compose.yaml is kept
			if diff := cmp.Diff(plain, devStage.ReplaceAllString(text, "")); diff != "" {
				t.Errorf("%s without the stage (-want +got):\n%s", name, diff)
			}
			if strings.Contains(text, "FROM dev ") || strings.Contains(text, "--from=dev") || !strings.Contains(text[strings.Index(text, " AS dev\n"):], "\nFROM ") {
				t.Errorf("%s: something stands on the stage, or it is the last:\n%s", name, text)
			}
			for _, w := range linttest.Lint(t, o.Files[0].Data, o.Files[1].Data) {
				t.Errorf("%s: %v", name, w)
			}
			if !slices.ContainsFunc(o.Plan.Watch, func(w plan.Watch) bool { return w.Action != plan.Rebuild && w.To != "" }) {
				t.Errorf("%s: no edit of a source reaches the container: %+v", name, o.Plan.Watch)
			}
			developing(t, o)
		}
	})
	if seen < 40 {
		t.Errorf("%d examples have a stage for development", seen)
	}
}

// developing is the decision about the stage, which has to be there, with evidence where
// there is a stage.
func developing(t *testing.T, o engine.Outcome) string {
	t.Helper()
	for _, d := range o.Plan.Decisions {
		if d.Name == plan.DevStage {
			if d.Flag != "--dev" || d.Value != plan.None && (len(d.Evidence) == 0 || d.Evidence[0].File == "") {
				t.Errorf("%s: %+v", o.Service.Name, d)
			}
			return d.Value + " since " + d.Reason
		}
	}
	t.Errorf("%s: nothing is decided about the stage", o.Service.Name)
	return ""
}
