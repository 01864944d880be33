package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

// bakeFile is what the test reads of a docker-bake.hcl.
type bakeFile struct {
	groups, contexts, files map[string]string
}

// parseBake reads it with the library that bake uses. Attributes that hold no
// variable are evaluated.
func parseBake(t *testing.T, name string) bakeFile {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	parsed, faults := hclsyntax.ParseConfig(data, name, hcl.InitialPos)
	if faults.HasErrors() {
		t.Fatal(faults)
	}
	b := bakeFile{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, block := range parsed.Body.(*hclsyntax.Body).Blocks {
		for key, attribute := range block.Body.Attributes {
			value, faults := attribute.Expr.Value(nil)
			if faults.HasErrors() {
				continue // it asks a variable or a function
			}
			switch block.Type + "." + key {
			case "group.targets":
				for _, v := range value.AsValueSlice() {
					b.groups[block.Labels[0]] += v.AsString() + " "
				}
			case "target.context":
				b.contexts[block.Labels[0]] = value.AsString()
			case "target.dockerfile":
				b.files[block.Labels[0]] = value.AsString()
			}
		}
	}
	return b
}

// TestBakeFiles wants the targets of every example to name a Dockerfile that is
// there, and the groups to hold them all.
func TestBakeFiles(t *testing.T) {
	files, err := filepath.Glob("../../examples/*/docker-bake.hcl")
	if err != nil || len(files) == 0 {
		t.Fatalf("no example with a bake file: %v", err)
	}
	for _, name := range files {
		b := parseBake(t, name)
		for target, context := range b.contexts {
			file := filepath.Join(filepath.Dir(name), context, b.files[target])
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: target %s: %v", name, target, err)
			}
			if !strings.Contains(" "+b.groups["default"], " "+target+" ") {
				t.Errorf("%s: %s is not in the group default", name, target)
			}
		}
	}
}

// project lays out a repository of Go services in a new folder.
func project(t *testing.T, archive string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		write(t, filepath.Join(dir, filepath.FromSlash(f.Name)), f.Data)
	}
	return dir
}

const helloWorld = "package main\n\nfunc main() {}\n"

// service is one Go service for an archive of project.
func service(dir, module string) string {
	return "-- " + dir + "/go.mod --\nmodule " + module + "\n\ngo 1.26\n-- " + dir + "/main.go --\n" + helloWorld
}

func TestBake(t *testing.T) {
	for _, c := range []struct {
		name, archive string
		code          int
		want          string // what is said, where there is no file
		groups        map[string]string
		files         map[string]string
	}{
		{
			name: "two services", archive: service("a", "example.com/a") + service("b/c", "example.com/c"),
			groups: map[string]string{"default": "a c ", "test": "a-test c-test "}, files: map[string]string{"a": "Dockerfile", "c": "Dockerfile"},
		},
		{
			name: "one that the root does not find", archive: service("a", "example.com/a"),
			groups: map[string]string{"default": "a ", "test": "a-test "}, files: map[string]string{"a": "Dockerfile"},
		},
		{name: "one at the root", archive: service(".", "example.com/a"), want: "Next: docker build "},
		{
			name: "a name that is taken by the tests of another", archive: service("a", "example.com/a") + service("b", "example.com/a-test"), code: exitFault,
			want: "docker-bake.hcl: the target of the tests of a would be called a-test, as is the image a-test; give the service another name in dockgen.toml",
		},
		{
			name: "a name that is a group", archive: service("a", "example.com/a") + service("b", "example.com/default"), code: exitFault,
			want: "docker-bake.hcl: the image default would be called default, as is the group of all images; give the service another name in dockgen.toml",
		},
		{
			name: "a name with a dot", archive: service("a", "example.com/a.b") + service("b", "example.com/c"),
			groups: map[string]string{"default": "a-b c ", "test": "a-b-test c-test "}, files: map[string]string{"a-b": "Dockerfile", "c": "Dockerfile"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := project(t, c.archive)
			var out, errs bytes.Buffer
			if code := run(t.Context(), []string{"generate", dir}, streams{out: &out, err: &errs}); code != c.code {
				t.Fatalf("exit %d: %s", code, &errs)
			}
			if c.want != "" {
				if _, err := os.Stat(filepath.Join(dir, "docker-bake.hcl")); err == nil || !strings.Contains(out.String()+errs.String(), c.want) {
					t.Errorf("said %s%s, want %s and no file", &out, &errs, c.want)
				}
				return
			}
			b := parseBake(t, filepath.Join(dir, "docker-bake.hcl"))
			if diff := cmp.Diff(c.groups, b.groups); diff != "" {
				t.Errorf("groups (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.files, b.files); diff != "" {
				t.Errorf("Dockerfiles (-want +got):\n%s", diff)
			}
		})
	}
}

// FuzzHCL wants a quoted string to mean the text and nothing else.
func FuzzHCL(f *testing.F) {
	for _, s := range []string{"api", `a"b\c`, "${TAG}", "%{if true}x%{endif}", "$${x}", "$$${x}", "%%{", "ä"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		quoted, err := dockerfile.HCL(s)
		if err != nil || strings.ContainsFunc(s, func(r rune) bool { return r > unicode.MaxASCII }) {
			return // HCL normalises the rest of Unicode
		}
		expression, faults := hclsyntax.ParseExpression([]byte(quoted), "x", hcl.InitialPos)
		if faults.HasErrors() {
			t.Fatalf("%q as %s: %v", s, quoted, faults)
		}
		value, faults := expression.Value(nil)
		if faults.HasErrors() || value.AsString() != s {
			t.Errorf("%q as %s means %v", s, quoted, value)
		}
	})
}
