package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/output"
)

func TestTargets(t *testing.T) {
	bake := func(names ...string) []byte {
		var b strings.Builder
		for _, name := range names {
			b.WriteString("target \"" + name + "\" {\n}\n\ntarget \"" + name + "-test\" {\n}\n\n")
		}
		return []byte(b.String())
	}
	for _, c := range []struct {
		name     string
		file     string
		old, new []byte
		want     []string
	}{
		{"one more", "docker-bake.hcl", bake("api"), bake("api", "web"), []string{"it lacks web"}},
		{"others", "docker-bake.hcl", bake("api", "old"), bake("api", "jobs", "web"), []string{"it lacks jobs, web", "no service has old any more"}},
		{"the same", "docker-bake.hcl", bake("api"), bake("api"), nil},
		{"another file", "Dockerfile", nil, bake("api"), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, targets(output.Change{Path: c.file, Old: c.old, New: c.new})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
