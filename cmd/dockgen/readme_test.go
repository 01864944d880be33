package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect/all"
)

// TestReadme holds the words of README.md against the program.
func TestReadme(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	readme := string(data)
	for _, s := range all.Stacks() {
		row := "| " + s.Name + " | " + strings.Join(s.Markers, ", ") + " | " + strings.Join(s.Runtimes, ", ") + " |"
		if !strings.Contains(readme, row) {
			t.Errorf("no row %q in the table of stacks", row)
		}
	}
	for _, c := range rootCommand(&streams{}).Commands() {
		if !c.Hidden && !strings.Contains(readme, c.Name()) {
			t.Errorf("no command %s", c.Name())
		}
	}
	dockerfile, err := os.ReadFile("../../examples/go-http/Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(readme, "```dockerfile\n"+string(dockerfile)+"```") {
		t.Error("the Dockerfile shown is not that of examples/go-http")
	}
	work := t.TempDir()
	copySources(t, "../../examples/go-http", work)
	t.Chdir(work)
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"generate"}, streams{out: &out, err: &errs}); code != exitDone {
		t.Fatalf("exit %d: %s", code, &errs)
	}
	if !strings.Contains(readme, out.String()) {
		t.Errorf("the screen shown is not what generate says:\n%s", &out)
	}
}
