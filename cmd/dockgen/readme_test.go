package main

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/plan"
)

// rows are the table of stacks in README.md.
func rows(stacks []plan.Stack) string {
	var b strings.Builder
	for _, s := range stacks {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", s.Name, strings.Join(s.Markers, ", "), strings.Join(s.Runtimes, ", "))
	}
	return b.String()
}

// keys are the lines of docs/dockgen.toml.md about answers that only some stacks
// understand.
func keys(stacks []plan.Stack) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# --package-manager: %s.\npackage-manager = %q\n", strings.Join(config.ManagerForms(stacks), ", "), plan.Managers(stacks)[0].Name)
	for _, s := range stacks {
		for _, o := range s.Options {
			value := "\"…\""
			switch {
			case o.Kind == plan.Switch:
				value = "true"
			case o.Kind == plan.List:
				value = config.Quote(o.Values)
			case len(o.Values) > 0:
				value = strconv.Quote(o.Values[0])
			}
			flag := strings.TrimSpace("--" + o.Key + " " + strings.Join(o.Values, "|"))
			if o.Not != "" {
				flag += " (" + o.Not + " = false)"
			}
			fmt.Fprintf(&b, "# %s of %s: %s.\n%s = %s\n", flag, s.Name, o.Doc, o.Key, value)
		}
	}
	return b.String()
}

// TestDocumentedKeys holds the page about dockgen.toml against the stacks.
func TestDocumentedKeys(t *testing.T) {
	document(t, "../../docs/dockgen.toml.md", "# Answers that some stacks understand, listed by make golden:\n", "main = ", keys(all.Stacks()))
}

// document reads a page that has to hold a text between two others; with -update it
// is put there.
func document(t *testing.T, file, after, before, want string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(data), after)
	if !ok {
		t.Fatalf("%s has no %q", file, after)
	}
	tail := rest
	for !strings.HasPrefix(tail, before) {
		if _, tail, ok = strings.Cut(tail, "\n"); !ok {
			t.Fatalf("%s has no %q behind %q", file, before, after)
		}
	}
	if diff := cmp.Diff(want, strings.TrimSuffix(rest, tail)); diff != "" && !*detecttest.Update {
		t.Errorf("%s: make golden rewrites it (-want +got):\n%s", file, diff)
	}
	text := head + after + want + tail
	if *detecttest.Update {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return text
}

// TestReadme holds the words of README.md against the program.
func TestReadme(t *testing.T) {
	readme := document(t, "../../README.md", "| stack | manifests | runtimes, the default first |\n|---|---|---|\n", "\n", rows(all.Stacks()))
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
