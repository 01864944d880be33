package rust

import (
	"slices"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

// TestModules wants the files that a crate is compiled from to be opened, and no others.
func TestModules(t *testing.T) {
	for _, c := range []struct {
		name, main string
		needs      string            // a dependency
		files      map[string]string // beside src/main.rs
		opened     []string          // of them, or nil for all
	}{
		{"a file and a folder", "mod a;\npub(crate) mod b;\n", "", map[string]string{"src/a.rs": "", "src/b/mod.rs": "mod c;", "src/b/c.rs": "", "src/c.rs": ""}, []string{"src/a.rs", "src/b/c.rs", "src/b/mod.rs"}},
		{"below a file", "mod a;\n", "", map[string]string{"src/a.rs": "mod b;", "src/a/b.rs": "", "src/b.rs": ""}, []string{"src/a.rs", "src/a/b.rs"}},
		{"in braces", "mod a { pub mod b { mod c; } }\n", "", map[string]string{"src/a/b/c.rs": "", "src/c.rs": ""}, []string{"src/a/b/c.rs", "src/c.rs"}},
		{"by a path", "#[path = \"other/x.rs\"]\nmod a;\n", "", map[string]string{"src/other/x.rs": "", "src/other/y.rs": ""}, []string{"src/other/x.rs"}},
		{"included", "include!(\"x.rs\");\n", "", map[string]string{"src/x.rs": "", "src/y.rs": ""}, []string{"src/x.rs"}},
		{"a raw name", "mod r#async;\n", "", map[string]string{"src/async.rs": "", "src/y.rs": ""}, []string{"src/async.rs"}},
		{"inside of a macro", "cfg_if! { if #[cfg(unix)] { mod a; } }\n", "", map[string]string{"src/a.rs": "", "src/y.rs": ""}, []string{"src/a.rs"}},
		{"made by a macro", "macro_rules! all { ($($name:ident),*) => { $(mod $name;)* } }\nall!(a, b);\n", "", map[string]string{"src/a.rs": "", "src/b.rs": ""}, nil},
		{"listed by another's macro", "automod::dir!(\"src\");\n", "automod = \"1\"\n", map[string]string{"src/a.rs": "", "src/b.rs": ""}, nil},
		{"by a path on one system", "#[cfg_attr(unix, path = \"x.rs\")]\nmod a;\n", "", map[string]string{"src/x.rs": "", "src/y.rs": ""}, []string{"src/x.rs"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			archive := &txtar.Archive{Files: []txtar.File{
				{Name: "Cargo.toml", Data: []byte("[package]\nname = \"a\"\nedition = \"2024\"\n[dependencies]\n" + c.needs)},
				{Name: "src/main.rs", Data: []byte(c.main + "fn main() {}\n")},
			}}
			want := append([]string{"Cargo.toml", "src/main.rs"}, c.opened...)
			for name, text := range c.files {
				archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(text)})
				if c.opened == nil {
					want = append(want, name)
				}
			}
			slices.Sort(want)
			tree := detecttest.Tree(t, archive)
			if _, err := Detect(t.Context(), tree, detect.Answers{}); err != nil {
				t.Fatal(err)
			}
			if got := slices.Compact(tree.Opened()); !slices.Equal(got, want) {
				t.Errorf("opened %v, want %v", got, want)
			}
		})
	}
}
