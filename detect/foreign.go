package detect

import (
	"fmt"
	"path"
	"slices"
)

// Marker is a file that says to which stack a folder belongs.
type Marker struct {
	Name  string // its base name, or * before an extension: "*.csproj"
	Stack string // as people call it
}

// unsupported are the stacks that dockgen knows by their manifests and makes no
// images for. Adding a stack takes its line away.
var unsupported = []struct {
	stack     string
	manifests []string
}{
	{".NET", []string{"*.csproj", "*.fsproj", "*.vbproj", "*.sln", "*.slnx"}},
	{"Ballerina", []string{"Ballerina.toml"}},
	{"C or C++", []string{"CMakeLists.txt", "meson.build", "configure.ac", "Makefile.am", "conanfile.txt", "vcpkg.json", "xmake.lua"}},
	{"Clojure", []string{"project.clj", "deps.edn", "shadow-cljs.edn"}},
	{"Crystal", []string{"shard.yml"}},
	{"D", []string{"dub.json", "dub.sdl"}},
	{"Dart", []string{"pubspec.yaml"}},
	{"Elixir", []string{"mix.exs"}},
	{"Elm", []string{"elm.json"}},
	{"Erlang", []string{"rebar.config", "erlang.mk"}},
	{"Gleam", []string{"gleam.toml"}},
	{"Haskell", []string{"stack.yaml", "cabal.project", "*.cabal"}},
	{"Julia", []string{"Project.toml", "JuliaProject.toml"}},
	{"Lua", []string{"*.rockspec"}},
	{"Nim", []string{"*.nimble"}},
	{"OCaml", []string{"dune-project", "*.opam"}},
	{"PHP", []string{"composer.json", "index.php"}},
	{"Perl", []string{"cpanfile", "Makefile.PL", "Build.PL"}},
	{"R", []string{"renv.lock", "*.Rproj"}},
	{"Ruby", []string{"Gemfile", "gems.rb", "config.ru", "*.gemspec"}},
	{"Scala", []string{"build.sbt", "build.sc", "build.mill"}},
	{"Swift", []string{"Package.swift"}},
	{"V", []string{"v.mod"}},
	{"Zig", []string{"build.zig"}},
}

// manifests is an index of names.
type manifests struct {
	supported map[string]string // base name → stack
	known     map[string]string // the same of stacks that are not supported; with * before an extension
}

// Know tells the manifests of the stacks that there are, before one of them looks
// for those of others.
func (t *Tree) Know(supported []Marker) {
	for _, m := range supported {
		t.manifests.supported[m.Name] = m.Stack
	}
}

func newManifests() manifests {
	m := manifests{map[string]string{}, map[string]string{}}
	for _, u := range unsupported {
		for _, name := range u.manifests {
			m.known[name] = u.stack
		}
	}
	return m
}

// unsupported gives the stack of a manifest that dockgen makes no image for.
func (m manifests) unsupported(base string) (stack string, ok bool) {
	if _, ours := m.supported[base]; ours {
		return "", false
	}
	if stack, ok = m.known[base]; !ok {
		if ext := path.Ext(base); ext != "" && ext != base {
			stack, ok = m.known["*"+ext]
		}
	}
	return stack, ok
}

// Foreign lists the manifests of other stacks than the named one that stand in a
// folder, whether dockgen makes images for them or not.
func (t *Tree) Foreign(dir, stack string) (files []string) {
	folder, ok := t.folders[dir]
	if !ok {
		return nil
	}
	for _, base := range folder.Files {
		theirs, ours := t.manifests.supported[base]
		if _, other := t.manifests.unsupported(base); other || ours && theirs != stack {
			files = append(files, join(dir, base))
		}
	}
	return files
}

// HasForeign says whether a manifest of another stack stands anywhere.
func (t *Tree) HasForeign(stack string) bool {
	return slices.ContainsFunc(t.dirs, func(dir string) bool { return len(t.Foreign(dir, stack)) > 0 })
}

// Unsupported lists the projects of stacks that dockgen makes no images for: the
// uppermost folder of each, unless a service stands in it.
func (t *Tree) Unsupported(services []Service) []Other {
	taken, listed := map[string]bool{}, map[string]bool{}
	for _, s := range services {
		taken[s.Dir] = true
	}
	var found []Other
	for _, dir := range t.dirs {
		for _, base := range t.folders[dir].Files {
			stack, ok := t.manifests.unsupported(base)
			if !ok || taken[dir] || within(listed, stack, dir) {
				continue
			}
			if _, aside := t.Aside(dir); aside {
				continue
			}
			listed[stack+" "+dir] = true
			reason := fmt.Sprintf("a project of %s, a stack that dockgen knows and does not support: its Dockerfile is yours to write", stack)
			found = append(found, Other{Dir: dir, Stack: stack, Reason: reason, Evidence: []Evidence{{File: join(dir, base)}}})
		}
	}
	return found
}

// within says whether a folder, or one above it, is listed for a stack.
func within(listed map[string]bool, stack, dir string) bool {
	for ; ; dir = parentOf(dir) {
		if listed[stack+" "+dir] {
			return true
		}
		if dir == "." {
			return false
		}
	}
}
