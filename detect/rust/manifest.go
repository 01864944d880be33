package rust

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// manifestName is what Cargo calls its manifest.
const manifestName = "Cargo.toml"

// Package is what one Cargo.toml states about its package.
type Package struct {
	Dir         string // from the root
	Name        string // empty where the manifest is of a workspace alone
	Version     string
	At          detect.Evidence // of the name
	Edition     string
	RustVersion Directive // the oldest compiler that it takes
	DefaultRun  Directive
	Bins        []Target
	Lib         string   // the root file of its library, from Dir, or empty
	Build       string   // its build script, from Dir, or empty
	Declared    []string // root files of tests, benches and examples that the manifest names, from Dir
	Needs       []Dependency
	Locals      []Dependency // that name a folder, of [patch] and [replace] too
	Linked      []Directive  // root files of programs that are symbolic links
	Denied      []string     // lints that are errors
	Features    map[string][]string
	Leptos      []leptos // what cargo-leptos builds, of the package or its workspace
	Trunk       trunkConfig
	Workspace   *workspace
	Fuzz        bool // made by cargo-fuzz

	file file
}

// Directive is a value with the place that states it.
type Directive struct {
	Value string
	At    detect.Evidence
}

// Target is a program of a package.
type Target struct {
	Name     string
	Path     string   // of its root file, from the package's folder
	Features []string // without which Cargo leaves it out
	At       detect.Evidence

	NoDefault bool // compiled without the default features
}

// Kind is when a dependency is needed.
type Kind int

// Kinds of dependencies.
const (
	Normal Kind = iota
	Build
	Dev
	Patch
)

// Dependency is one that a manifest asks for.
type Dependency struct {
	Name     string // of the package
	Key      string // what the manifest calls it
	Kind     Kind
	Dir      string // from the root, where it is a folder
	Git      string
	Registry string
	Features []string
	Optional bool
	At       detect.Evidence
}

// workspace is the table of that name.
type workspace struct {
	Members, Exclude, Default []string
	Dependencies              map[string]dependency
	Package                   inherited
}

// The tables of a manifest, https://doc.rust-lang.org/cargo/reference/manifest.html.
type (
	document struct {
		Package           *packageTable
		Project           *packageTable // its name in the first years
		Workspace         *workspaceTable
		Lib               targetTable
		Bin               []targetTable
		Example           []targetTable
		Test              []targetTable
		Bench             []targetTable
		Dependencies      map[string]dependency
		DevDependencies   map[string]dependency `toml:"dev-dependencies"`
		BuildDependencies map[string]dependency `toml:"build-dependencies"`
		Target            map[string]struct {
			Dependencies      map[string]dependency
			DevDependencies   map[string]dependency `toml:"dev-dependencies"`
			BuildDependencies map[string]dependency `toml:"build-dependencies"`
		}
		Patch    map[string]map[string]dependency
		Replace  map[string]dependency
		Features map[string][]string
		Profile  map[string]profile
		Lints    struct {
			Workspace bool
			Rust      map[string]lint
		}
	}
	packageTable struct {
		inherited
		Name       string
		Workspace  string
		DefaultRun string `toml:"default-run"`
		Build      text
		Autobins   *bool
		Metadata   struct {
			Fuzz   bool `toml:"cargo-fuzz"`
			Leptos *leptos
			Trunk  *trunkConfig
		}
	}
	inherited struct {
		Version     text
		Edition     text
		RustVersion text `toml:"rust-version"`
	}
	workspaceTable struct {
		Members      []string
		Exclude      []string
		Default      []string `toml:"default-members"`
		Dependencies map[string]dependency
		Package      inherited
		Lints        struct{ Rust map[string]lint }
		Metadata     struct{ Leptos []leptos }
	}
	targetTable struct {
		Name     string
		Path     string
		Required []string `toml:"required-features"`
	}
	profile struct{ Strip any }
)

// text is a value that may be of several types, or be taken from the workspace.
type text struct {
	value     string
	set       bool
	no        bool // false
	workspace bool
}

// UnmarshalTOML takes a text, a boolean, a number and { workspace = true }.
func (x *text) UnmarshalTOML(value any) error {
	x.set = true
	switch v := value.(type) {
	case string:
		x.value = v
	case bool:
		x.no = !v
	case map[string]any:
		x.workspace, _ = v["workspace"].(bool)
	case int64, float64:
		x.value = fmt.Sprint(v)
	}
	return nil
}

// dependency is a version or a table.
type dependency struct {
	Package, Path, Git, Registry string
	Features                     []string
	Optional, Workspace          bool
}

// UnmarshalTOML takes a version or a table.
func (d *dependency) UnmarshalTOML(value any) error {
	table, ok := value.(map[string]any)
	if !ok {
		if _, ok := value.(string); !ok {
			return fmt.Errorf("a dependency is a version or a table, not %v", value)
		}
		return nil
	}
	for key, field := range map[string]*string{"package": &d.Package, "path": &d.Path, "git": &d.Git, "registry": &d.Registry} {
		if v, there := table[key]; there {
			if *field, ok = v.(string); !ok {
				return fmt.Errorf("%s of a dependency is a text, not %v", key, v)
			}
		}
	}
	d.Optional, _ = table["optional"].(bool)
	d.Workspace, _ = table["workspace"].(bool)
	features, _ := table["features"].([]any)
	for _, f := range features {
		if name, ok := f.(string); ok {
			d.Features = append(d.Features, name)
		}
	}
	return nil
}

// lint is a level or a table with one.
type lint string

// UnmarshalTOML takes both.
func (l *lint) UnmarshalTOML(value any) error {
	if table, ok := value.(map[string]any); ok {
		value = table["level"]
	}
	level, _ := value.(string)
	*l = lint(level)
	return nil
}

var lintName = pattern.New(`^[a-z][a-z0-9_-]*$`)

// file is the text of a manifest, for its lines.
type file struct {
	name  string
	lines map[string]int // by table and key
	doc   document
}

// readManifest reads a Cargo.toml, without what it takes from its workspace.
func readManifest(t *detect.Tree, name string) (*Package, error) {
	data, err := t.ReadFile(name)
	if err != nil {
		return nil, err
	}
	f := file{name: name}
	plain := strings.TrimPrefix(string(data), "\ufeff")
	if _, err := toml.Decode(plain, &f.doc); err != nil {
		return nil, position(name, err)
	}
	f.lines = index(plain)
	p := &Package{Dir: path.Dir(name), file: f, Features: f.doc.Features}
	if w := f.doc.Workspace; w != nil {
		p.Workspace = &workspace{Members: w.Members, Exclude: w.Exclude, Default: w.Default, Dependencies: w.Dependencies, Package: w.Package}
		p.Leptos = located(w.Metadata.Leptos, f)
	}
	table := cmp.Or(f.doc.Package, f.doc.Project)
	if table == nil {
		if p.Workspace == nil {
			return nil, detect.Errorf(detect.Evidence{File: name}, "neither a [package] nor a [workspace]")
		}
		return p, nil
	}
	return p, p.describe(t, table)
}

// wrongType is what the TOML reader says of a value that is none of its key: the
// place is in the text alone.
var wrongType = pattern.New(`^toml: line (\d+) \(last key "([^"]*)"\): (.*)$`)

// position gives an error of the TOML reader its place in the file.
func position(name string, err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		if m := wrongType.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1]) // digits alone
			return detect.Errorf(detect.Evidence{File: name, Line: line}, "%s: %s", m[2], m[3])
		}
		return detect.Errorf(detect.Evidence{File: name}, "%w", err)
	}
	return detect.Errorf(detect.Evidence{File: name, Line: parse.Position.Line}, "%s", cmp.Or(parse.Message, err.Error()))
}

func (f file) at(table, key string) detect.Evidence {
	line := f.lines[table+"\n"+key]
	return detect.Evidence{File: f.name, Line: cmp.Or(line, f.lines[table+"\n"])}
}

func (p *Package) describe(t *detect.Tree, table *packageTable) error {
	f := p.file
	p.Name, p.Version = table.Name, table.Version.value
	p.Edition = table.Edition.value
	p.At = f.at("package", "name")
	if !isPackageName(p.Name) {
		return detect.Errorf(p.At, "%q is no name of a package", p.Name)
	}
	p.RustVersion = Directive{table.RustVersion.value, f.at("package", "rust-version")}
	p.DefaultRun = Directive{table.DefaultRun, f.at("package", "default-run")}
	if x := table.Metadata.Leptos; x != nil {
		x.Name, x.BinPackage, x.LibPackage = p.Name, p.Name, p.Name
		x.At, x.AddressAt = f.at("package.metadata.leptos", ""), f.at("package.metadata.leptos", "site-addr")
		p.Leptos = append(p.Leptos, *x)
	}
	p.Fuzz = table.Metadata.Fuzz
	if x := table.Metadata.Trunk; x != nil {
		p.Trunk = *x
	}
	switch {
	case table.Build.value != "":
		p.Build = path.Clean(table.Build.value)
	case !table.Build.no && t.Has(path.Join(p.Dir, "build.rs")):
		p.Build = "build.rs"
	}
	for _, name := range slices.Sorted(maps.Keys(f.doc.Lints.Rust)) {
		p.deny(name, f.doc.Lints.Rust[name])
	}
	if err := p.targets(t, table.Autobins); err != nil {
		return err
	}
	return p.inside(t)
}

func (p *Package) deny(name string, level lint) {
	if level == "deny" && lintName.MatchString(name) {
		p.Denied = append(p.Denied, name)
	}
}

// inside wants the files of targets below the repository, with names that can be
// written into a Dockerfile.
func (p *Package) inside(t *detect.Tree) error {
	files := slices.Concat([]string{p.Lib, p.Build}, p.Declared)
	for _, b := range p.Bins {
		files = append(files, b.Path)
	}
	for _, name := range files {
		if full := path.Join(p.Dir, name); path.IsAbs(name) || full == ".." || strings.HasPrefix(full, "../") {
			return detect.Errorf(detect.Evidence{File: p.file.name}, "%s lies outside of the repository", name)
		}
		if _, err := dockerfile.Shell(path.Join(p.Dir, name)); err != nil {
			return detect.Errorf(detect.Evidence{File: p.file.name}, "a target: %w", err)
		}
	}
	return nil
}

// targets lists what the package builds, as Cargo finds it:
// https://doc.rust-lang.org/cargo/reference/cargo-targets.html#target-auto-discovery
func (p *Package) targets(t *detect.Tree, autobins *bool) error {
	doc := p.file.doc
	there := func(name string) bool { return t.Has(path.Join(p.Dir, name)) }
	if p.Lib = path.Clean(cmp.Or(doc.Lib.Path, "src/lib.rs")); doc.Lib.Path == "" && !there(p.Lib) {
		p.Lib = ""
	}
	found := p.discovered(t)
	for i, b := range doc.Bin {
		at := p.file.at(fmt.Sprintf("bin#%d", i), "name")
		if !isTargetName(b.Name) {
			return detect.Errorf(at, "%q is no name of a program", b.Name)
		}
		target := Target{Name: b.Name, Path: b.Path, Features: b.Required, At: at}
		found = slices.DeleteFunc(found, func(d Target) bool {
			same := d.Name == b.Name || d.Path == path.Clean(b.Path)
			if same && target.Path == "" {
				target.Path = d.Path
			}
			return same
		})
		if target.Path == "" && len(doc.Bin) == 1 && there("src/main.rs") {
			target.Path = "src/main.rs"
		}
		switch target.Path = path.Clean(target.Path); {
		case there(target.Path):
		case t.IsLink(path.Join(p.Dir, target.Path)): // which matters where this package is built
			p.Linked = append(p.Linked, Directive{path.Join(p.Dir, target.Path), at})
		default:
			return detect.Errorf(at, "no file for the program %s: neither src/bin/%s.rs nor a path that is there", b.Name, b.Name)
		}
		p.Bins = append(p.Bins, target)
	}
	automatic := autobins == nil && (p.Edition != "" && p.Edition != "2015" || len(doc.Bin) == 0) || autobins != nil && *autobins
	if automatic {
		p.Bins = append(p.Bins, found...)
	}
	slices.SortFunc(p.Bins, func(a, b Target) int { return cmp.Compare(a.Name, b.Name) })
	p.declared(t, "examples", doc.Example)
	p.declared(t, "tests", doc.Test)
	p.declared(t, "benches", doc.Bench)
	return nil
}

// discovered lists the programs that need no line in the manifest.
func (p *Package) discovered(t *detect.Tree) []Target {
	var found []Target
	add := func(name, file string) {
		if t.Has(path.Join(p.Dir, file)) && isTargetName(name) {
			found = append(found, Target{Name: name, Path: file, At: detect.Evidence{File: path.Join(p.Dir, file)}})
		}
	}
	add(p.Name, "src/main.rs")
	folder, _ := t.Folder(path.Join(p.Dir, "src/bin"))
	for _, name := range folder.Files {
		if base, ok := strings.CutSuffix(name, ".rs"); ok {
			add(base, "src/bin/"+name)
		}
	}
	for _, name := range folder.Dirs {
		add(name, "src/bin/"+name+"/main.rs")
	}
	return found
}

// declared notes the files of targets that Cargo wants to be there.
func (p *Package) declared(t *detect.Tree, folder string, targets []targetTable) {
	for _, x := range targets {
		inFolder := path.Join(folder, x.Name, "main.rs")
		switch {
		case x.Path != "":
			p.Declared = append(p.Declared, path.Clean(x.Path))
		case !isTargetName(x.Name):
		case t.Has(path.Join(p.Dir, inFolder)):
			p.Declared = append(p.Declared, inFolder)
		default:
			p.Declared = append(p.Declared, path.Join(folder, x.Name+".rs"))
		}
	}
}

// inherit takes from the workspace what the manifest leaves to it, and settles
// the dependencies.
func (p *Package) inherit(w *Package) error {
	doc := p.file.doc
	table := cmp.Or(doc.Package, doc.Project)
	if table == nil {
		return p.dependencies(w)
	}
	from := inherited{}
	if w != nil && w.Workspace != nil {
		from = w.Workspace.Package
	}
	for _, x := range []struct {
		own, above text
		to         *string
		key        string
	}{
		{table.Version, from.Version, &p.Version, "version"},
		{table.Edition, from.Edition, &p.Edition, "edition"},
		{table.RustVersion, from.RustVersion, &p.RustVersion.Value, "rust-version"},
	} {
		if !x.own.workspace {
			continue
		}
		if !x.above.set {
			return detect.Errorf(p.file.at("package", x.key), "%s comes from the workspace, which has none", x.key)
		}
		*x.to = x.above.value
	}
	if doc.Lints.Workspace && w != nil && w.Workspace != nil {
		lints := w.file.doc.Workspace.Lints.Rust
		for _, name := range slices.Sorted(maps.Keys(lints)) {
			p.deny(name, lints[name])
		}
	}
	return p.dependencies(w)
}

func (p *Package) dependencies(w *Package) error {
	doc := p.file.doc
	type table struct {
		name string
		kind Kind
		deps map[string]dependency
	}
	tables := []table{{"dependencies", Normal, doc.Dependencies}, {"build-dependencies", Build, doc.BuildDependencies}, {"dev-dependencies", Dev, doc.DevDependencies}}
	for _, target := range slices.Sorted(maps.Keys(doc.Target)) {
		x := doc.Target[target]
		prefix := "target." + target + "."
		tables = append(tables, table{prefix + "dependencies", Normal, x.Dependencies}, table{prefix + "build-dependencies", Build, x.BuildDependencies}, table{prefix + "dev-dependencies", Dev, x.DevDependencies})
	}
	for _, source := range slices.Sorted(maps.Keys(doc.Patch)) {
		tables = append(tables, table{"patch." + source, Patch, doc.Patch[source]})
	}
	tables = append(tables, table{"replace", Patch, doc.Replace})
	for _, x := range tables {
		for _, key := range slices.Sorted(maps.Keys(x.deps)) {
			dep, dir := x.deps[key], p.Dir
			at := p.file.at(x.name, key)
			if dep.Workspace {
				above, ok := dependency{}, false
				if w != nil && w.Workspace != nil {
					above, ok = w.Workspace.Dependencies[key]
					dir = w.Dir
				}
				if !ok {
					return detect.Errorf(at, "the dependency %s comes from the workspace, which has none of that name", key)
				}
				above.Features = slices.Concat(above.Features, dep.Features)
				above.Optional = dep.Optional
				dep = above
			}
			d := Dependency{Name: cmp.Or(dep.Package, key), Key: key, Kind: x.kind, Git: dep.Git, Registry: dep.Registry, Features: dep.Features, Optional: dep.Optional, At: at}
			if dep.Path != "" {
				if path.IsAbs(dep.Path) {
					return detect.Errorf(at, "%s is a path of one machine; make it relative", dep.Path)
				}
				d.Dir = path.Join(dir, dep.Path)
				p.Locals = append(p.Locals, d)
			}
			p.Needs = append(p.Needs, d)
		}
	}
	return nil
}

// asks gives the dependency of a name, whatever it is for.
func (p *Package) asks(name string) (Dependency, bool) {
	for _, d := range p.Needs {
		if d.Name == name {
			return d, true
		}
	}
	return Dependency{}, false
}

var (
	tableLine = pattern.New(`^\s*\[(\[?)\s*([^\]]+?)\s*\]`)
	keyLine   = pattern.New(`^\s*("[^"]*"|'[^']*'|[A-Za-z0-9_-]+)\s*([.=])`)
)

// index finds the lines of tables and keys, for evidence: "package\nname". An
// element of an array of tables is numbered: "bin#0\nname".
func index(plain string) map[string]int {
	found := map[string]int{}
	set := func(table, key string, n int) {
		if _, there := found[table+"\n"+key]; !there {
			found[table+"\n"+key] = n
		}
	}
	table, seen, n := "", map[string]int{}, 0
	for line := range strings.Lines(plain) {
		n++
		if m := tableLine.FindStringSubmatch(line); m != nil {
			table = strings.NewReplacer(`"`, "", `'`, "").Replace(m[2])
			if m[1] != "" {
				seen[table]++
				table = fmt.Sprintf("%s#%d", table, seen[table]-1)
			}
			set(table, "", n)
			if i := strings.LastIndexByte(table, '.'); i > 0 {
				set(table[:i], table[i+1:], n) // [dependencies.serde] is a key too
			}
			continue
		}
		if m := keyLine.FindStringSubmatch(line); m != nil {
			set(table, strings.Trim(m[1], `"'`), n)
		}
	}
	return found
}
