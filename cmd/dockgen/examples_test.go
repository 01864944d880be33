package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/dockerfile/linttest"
	"github.com/dockgen/dockgen/internal/example"
	"github.com/dockgen/dockgen/internal/output"
)

// TestExamples holds the generated files of every example, byte for byte, and
// all of BuildKit's lint rules over them. A generated file that no image of the
// example makes is an orphan and fails.
func TestExamples(t *testing.T) {
	root, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := example.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	if len(examples) == 0 {
		t.Fatal("no examples")
	}
	for _, e := range examples {
		t.Run(e.Name, func(t *testing.T) {
			work := t.TempDir()
			copySources(t, e.Dir, work)
			t.Chdir(work)
			for _, im := range e.Images {
				generateTwice(t, im)
			}
			got := generated(t, work)
			if *detecttest.Update {
				replace(t, e.Dir, got)
			}
			if diff := cmp.Diff(generated(t, e.Dir), got); diff != "" {
				t.Errorf("generated files differ (-want +got), see make golden:\n%s", diff)
			}
			for name, text := range got {
				if base := filepath.Base(name); strings.HasPrefix(base, "Dockerfile") && !strings.HasSuffix(base, ".dockerignore") {
					lint(t, name, text, got)
				}
			}
		})
	}
}

// generateTwice runs dockgen as a user does; the second run has nothing to do.
func generateTwice(t *testing.T, im example.Image) {
	t.Helper()
	for _, again := range []bool{false, true} {
		var out, errs bytes.Buffer
		code := run(t.Context(), append([]string{"generate"}, im.Args...), streams{out: &out, err: &errs})
		if code != exitDone {
			t.Fatalf("generate %q: exit %d\n%s", im.Args, code, &errs)
		}
		changed := strings.Contains(out.String(), "  "+string(output.New)+" ") || strings.Contains(out.String(), "  "+string(output.Updated)+" ")
		if again && (changed || !strings.Contains(out.String(), "  "+string(output.Unchanged)+" ")) {
			t.Errorf("the second generate %q should change nothing:\n%s", im.Args, &out)
		}
	}
}

// lint runs BuildKit's rules with the ignore file that a build would take.
func lint(t *testing.T, name, text string, files map[string]string) {
	t.Helper()
	ignore, ok := files[name+".dockerignore"]
	if !ok {
		ignore = files[filepath.ToSlash(filepath.Join(filepath.Dir(name), ".dockerignore"))]
	}
	for _, w := range linttest.Lint(t, []byte(text), []byte(ignore)) {
		t.Errorf("%s: %v", name, w)
	}
}

// isGenerated says by the marker whether dockgen wrote a file.
func isGenerated(data []byte) bool { return output.Inspect(data) != output.Foreign }

// generated reads the files below dir that dockgen wrote.
func generated(t *testing.T, dir string) map[string]string {
	t.Helper()
	found := map[string]string{}
	walk(t, dir, func(name string, data []byte) {
		if isGenerated(data) {
			found[name] = string(data)
		}
	})
	return found
}

func copySources(t *testing.T, from, to string) {
	t.Helper()
	walk(t, from, func(name string, data []byte) {
		if isGenerated(data) {
			return
		}
		write(t, filepath.Join(to, name), data)
	})
}

func replace(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name := range generated(t, dir) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range files {
		write(t, filepath.Join(dir, name), []byte(text))
	}
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func walk(t *testing.T, dir string, visit func(name string, data []byte)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, file)
		visit(filepath.ToSlash(name), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
