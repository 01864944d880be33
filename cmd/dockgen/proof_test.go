package main

import (
	"slices"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// unproved are the COPY lines of images that run whose lack nothing can prove: what they
// bring is not known to be needed, each with the reason.
var unproved = map[string]string{
	"COPY --from=builder /app/.next/static /app/.next/static":      "the standalone output is copied to the same place, and what is in it nobody lists",
	"COPY --from=builder /app/.next/static ./.next/static":         "the same",
	"COPY --from=builder /app/public /app/public":                  "the same",
	"COPY --from=builder /app/public ./public":                     "the same",
	"COPY --from=builder /deno-cache /deno-cache":                  "Deno fetches what is not in its cache",
	"COPY --link --from=cache /tmp/app.aot ./":                     "the JVM starts without its cache, and takes longer",
	"COPY --link --from=builder /out/snapshot-dependencies/ /app/": "a layer that is empty in most applications",
}

// TestEveryCopyIsNeeded takes each COPY out of the image that runs, in every example on
// every runtime, and wants an obligation to fail that did not.
func TestEveryCopyIsNeeded(t *testing.T) {
	met := map[string]bool{}
	taken := 0
	eachExample(t, func(e *engine.Engine, name string, tree *detect.Tree) {
		for _, runtime := range runtimeNames() {
			result, err := e.Generate(t.Context(), tree, engine.Request{Overrides: plan.Overrides{Runtime: runtime}})
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range result.Outcomes {
				if o.Err != nil {
					continue
				}
				for _, line := range needless(t, e, tree, o) {
					reason, ok := unproved[line]
					if met[line] = true; !ok && reason == "" {
						t.Errorf("%s, %s on %s: nothing fails without %s", name, o.Service.Name, runtime, line)
					}
				}
				taken++
			}
		}
	})
	for line := range unproved {
		if !met[line] {
			t.Errorf("something fails without %s: it belongs on no list", line)
		}
	}
	if taken < 100 {
		t.Errorf("%d images, want more", taken)
	}
}

// needless lists the COPY lines of the last stage without which nothing fails.
func needless(t *testing.T, e *engine.Engine, tree *detect.Tree, o engine.Outcome) (found []string) {
	t.Helper()
	stages, err := dockerfile.Stages(o.Files[0].Data)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(o.Files[0].Data), "\n")
	if n := failures(t, e, tree, o, o.Files[0].Data); n > 0 {
		t.Errorf("%s: %d needs fail as it is", o.Service.Name, n)
	}
	for _, in := range stages[len(stages)-1].Instructions {
		if in.Name != "COPY" {
			continue
		}
		without := slices.Concat(lines[:in.Start], lines[in.End:])
		if failures(t, e, tree, o, []byte(strings.Join(without, "\n"))) == 0 {
			found = append(found, strings.Join(lines[in.Start:in.End], "\n"))
		}
	}
	return found
}

// failures counts what fails with another Dockerfile.
func failures(t *testing.T, e *engine.Engine, tree *detect.Tree, o engine.Outcome, data []byte) (n int) {
	t.Helper()
	stages, err := dockerfile.Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	ignore, err := dockerfile.ParseIgnore(o.Files[1].Data)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range e.Image(tree, o, stages, ignore).Check(o.Plan.Obligations, proof.Start{}) {
		if f.State == proof.Failed && f.Kind != plan.NeedVariable { // which whoever runs the image gives it
			n++
		}
	}
	return n
}
