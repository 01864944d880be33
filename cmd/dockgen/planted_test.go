package main

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/example"
)

// loaded are the examples, by absolute folders.
func loaded(t *testing.T) []example.Example {
	t.Helper()
	root, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := example.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	return examples
}

// TestPlanted holds the context of every example's images: nothing that people have lying
// beside their sources is sent. The end-to-end test of this name searches the layers.
func TestPlanted(t *testing.T) {
	if n := len(example.Planted); n < 200 {
		t.Errorf("%d kinds of files, want at least 200", n)
	}
	for _, e := range loaded(t) {
		for _, im := range e.Images {
			file := filepath.Join(e.Dir, im.File)
			context := filepath.Join(e.Dir, im.Context)
			data, err := os.ReadFile(file + ".dockerignore")
			if err != nil {
				data, err = os.ReadFile(filepath.Join(context, ".dockerignore"))
			}
			if err != nil {
				t.Fatal(err)
			}
			matcher, err := dockerfile.ParseIgnore(data)
			if err != nil {
				t.Fatal(err)
			}
			places, err := example.Places(context)
			if err != nil {
				t.Fatal(err)
			}
			for _, dir := range places {
				for _, name := range example.Planted {
					if dir != "." && example.AtRoot(name) {
						continue
					}
					_, err := os.Stat(filepath.Join(context, dir, name))
					if !matcher.Hides(path.Join(dir, name)) && err != nil {
						t.Errorf("%s: %s would be sent", filepath.Join(e.Name, im.File), path.Join(dir, name))
					}
				}
			}
		}
	}
}

// foldersOf lists a folder and those below it.
func foldersOf(t *testing.T, root string) (dirs []string) {
	t.Helper()
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		rest, err := filepath.Rel(root, name)
		dirs = append(dirs, filepath.ToSlash(rest))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return dirs
}

// TestClones generates the first of every example's files where people work, among what git does not
// keep, and in a clone: the bytes are the same.
func TestClones(t *testing.T) {
	work, clone := filepath.Join(t.TempDir(), "work"), filepath.Join(t.TempDir(), "clone")
	examples := loaded(t)
	for _, e := range examples {
		copySources(t, e.Dir, filepath.Join(work, e.Name))
	}
	git := func(args ...string) {
		cmd := exec.Command("git", append([]string{"-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.excludesFile="}, args...)...)
		cmd.Dir = work
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	for _, e := range examples {
		litter(t, filepath.Join(work, e.Name))
	}
	git("init", "--quiet")
	git("add", "--all")
	git("commit", "--quiet", "--message", "all")
	git("clone", "--quiet", ".", clone)
	for _, e := range examples {
		var got []map[string]string
		for _, place := range []string{work, clone} {
			t.Chdir(filepath.Join(place, e.Name))
			var out, errs bytes.Buffer
			if code := run(t.Context(), append([]string{"generate"}, e.Images[0].Args...), streams{out: &out, err: &errs}); code != exitDone {
				t.Fatalf("%s: generate: exit %d\n%s", e.Name, code, &errs)
			}
			got = append(got, generated(t, "."))
		}
		if diff := cmp.Diff(got[1], got[0]); diff != "" {
			t.Errorf("%s: where people work (+) it is not what it is in a clone (-):\n%s", e.Name, diff)
		}
	}
}

// litter puts what builds leave behind into every folder of a project where git's files
// say that it does not keep it, and empty folders of names that stages copy.
func litter(t *testing.T, dir string) {
	t.Helper()
	ignored, empty := []string{"node_modules", "target", "dist", "build", ".venv", "__pycache__", "out", ".next"}, []string{"public", "static", "assets", "templates", "data", "resources"}
	var rules []byte
	sources := foldersOf(t, dir)
	for _, name := range ignored {
		if !slices.ContainsFunc(sources, func(d string) bool { return path.Base(d) == name }) {
			rules = append(rules, name+"/\n"...)
		}
	}
	rules = append(rules, "*.secret\n.env\n"...)
	had, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, ".gitignore"), append(had, rules...))
	for _, d := range sources {
		for _, name := range ignored {
			at := filepath.Join(dir, d, name)
			if _, err := os.Stat(at); err == nil || slices.ContainsFunc(sources, func(d string) bool { return path.Base(d) == name }) {
				continue
			}
			for file, text := range map[string]string{"index.html": "<p>old", "main.py": "import flask\n", "app.js": "require('express')().listen(1)\n", "package.json": "{}", "Cargo.toml": "[package"} {
				write(t, filepath.Join(at, file), []byte(text))
			}
		}
		write(t, filepath.Join(dir, d, "new.secret"), []byte("x"))
		for _, name := range empty {
			if err := os.MkdirAll(filepath.Join(dir, d, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
	}
}
