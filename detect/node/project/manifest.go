// Package project reads what manifests, workspaces and settings of package managers state,
// and joins the packages of a tree.
package project

import (
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/detect"
)

// Text is what a manifest says in one place.
type Text struct {
	Value string
	At    detect.Evidence
}

// Dependency is one line of a manifest's dependencies.
type Dependency struct {
	Name  string
	Range string // as it is written: a range, a tag, workspace:*, an address
	Kind  DependencyKind
	At    detect.Evidence
}

// DependencyKind is the list of a manifest that a dependency stands in.
type DependencyKind int

const (
	Production DependencyKind = iota
	Optional
	Peer
	Development
)

// dependencyKeys are the keys of package.json that hold dependencies. The first
// that names one counts, as it does for npm.
var dependencyKeys = []struct {
	key  string
	kind DependencyKind
}{
	{"dependencies", Production},
	{"optionalDependencies", Optional},
	{"devDependencies", Development},
	{"peerDependencies", Peer},
}

// Package is what a package.json states, as far as an image depends on it.
type Package struct {
	Dir            string // its folder, from the root
	File           string
	Name           Text
	Module         bool // "type": "module"
	Main           Text
	EntryModule    Text // "module", which bun starts
	Scripts        []Script
	Dependencies   []Dependency
	Engines        []Entry
	PackageManager Text
	DevRuntime     []Text // devEngines.runtime, "node@>=22"
	DevManager     []Text // devEngines.packageManager, "pnpm@10"
	Volta          []Entry
	Workspaces     []Text // patterns
	HasWorkspaces  bool
	Patched        []Text   // files of patches that the package manager applies
	Trusted        bool     // "trustedDependencies" or its like is there
	PrismaSchema   string   // the file or folder of Prisma's schema, where it names one
	Library        bool     // it says what others may import of it
	Resolutions    bool     // it replaces versions that others ask for
	Project        *Nx      // of Nx, where its build target says what it makes
	Target         Text     // its name among the projects of Nx, where a project.json stands in its folder
	Virtual        bool     // it has no package.json, or one without dependencies: those of the workspace are its own
	Bin            []string // its programs
	Offers         []string // files that others import or run: main, module, exports, bin
	Compiles       Builds
	Injected       []string // dependencies that pnpm is to copy, where it would link their folders
}

// Entry is a key with its text.
type Entry struct {
	Name string
	Text
}

// Script is one of the scripts.
type Script struct {
	Name string
	Text
}

// Script finds a script by its name.
func (p Package) Script(name string) (Text, bool) {
	for _, s := range p.Scripts {
		if s.Name == name {
			return s.Text, true
		}
	}
	return Text{}, false
}

// Dependency finds a direct dependency by its name.
func (p Package) Dependency(name string) (Dependency, bool) {
	for _, d := range p.Dependencies {
		if d.Name == name {
			return d, true
		}
	}
	return Dependency{}, false
}

// Has says whether a package is a direct dependency of any kind but peer.
func (p Package) Has(name string) bool {
	d, ok := p.Dependency(name)
	return ok && d.Kind != Peer
}

// HasProduction says whether anything is needed at run time.
func (p Package) HasProduction() bool { return p.HasKind(Production) || p.HasKind(Optional) }

// HasKind says whether any dependency of the package is of a kind.
func (p Package) HasKind(k DependencyKind) bool {
	return slices.ContainsFunc(p.Dependencies, func(d Dependency) bool { return d.Kind == k })
}

// At is the manifest itself, for what no line of it says.
func (p Package) At() detect.Evidence { return detect.Evidence{File: p.File} }

// reader reads one manifest and remembers the first thing that is wrong with it.
type reader struct {
	file string
	err  error
}

// ReadPackage reads a package.json, or a package.json5, which pnpm knows
// (https://pnpm.io/package_json). What has a wrong type is an error with its place.
func ReadPackage(file string, data []byte) (Package, error) {
	v, err := parseJSON(file, data, strings.HasSuffix(file, "5"))
	if err != nil {
		return Package{}, err
	}
	r := &reader{file: file}
	r.want(v, "the manifest", isObject)
	p := Package{
		Dir: path.Dir(file), File: file,
		Name:           r.text(v, "name"),
		Main:           r.text(v, "main"),
		EntryModule:    r.text(v, "module"),
		Module:         r.text(v, "type").Value == "module",
		PackageManager: r.text(v, "packageManager"),
		Engines:        r.engines(v),
		Volta:          r.members(v, "volta"),
		Resolutions:    v.get("resolutions").kind != absent,
		Library:        v.get("exports").kind != absent || v.get("types").kind != absent || v.get("files").kind != absent,
		Trusted:        v.get("trustedDependencies").kind != absent,
		PrismaSchema:   v.at("prisma", "schema").text,
	}
	for _, m := range r.members(v, "scripts") {
		p.Scripts = append(p.Scripts, Script(m))
	}
	if strings.ContainsFunc(p.Name.Value, unicode.IsControl) && r.err == nil {
		r.err = detect.Errorf(p.Name.At, "name: %q holds a control character", p.Name.Value)
	}
	p.Dependencies = r.dependencies(v)
	p.Compiles = v.builds()
	p.Bin = offers(v.get("bin"))
	p.Offers = append(offers(value{list: []value{v.get("main"), v.get("module"), v.get("types"), v.get("exports")}}), p.Bin...)
	for _, m := range v.get("dependenciesMeta").members {
		if m.value.get("injected").text == "true" {
			p.Injected = append(p.Injected, m.key)
		}
	}
	r.devEngines(v, &p)
	r.workspaces(v, &p)
	r.patches(v, &p)
	return p, r.err
}

func (r *reader) at(line int) detect.Evidence { return detect.Evidence{File: r.file, Line: line} }

// want notes an error where a value is there and of another kind.
func (r *reader) want(v value, name string, kind valueKind) bool {
	if v.kind == kind || v.kind == absent {
		return v.kind == kind
	}
	if r.err == nil {
		r.err = detect.Errorf(r.at(v.line), "%s is %s and should be %s", name, v.kind, kind)
	}
	return false
}

func (r *reader) text(v value, keys ...string) Text {
	found := v.at(keys...)
	if !r.want(found, strings.Join(keys, "."), isString) {
		return Text{}
	}
	return Text{strings.TrimSpace(found.text), r.at(found.line)}
}

// members reads an object of texts.
func (r *reader) members(v value, key string) []Entry {
	object := v.get(key)
	if !r.want(object, key, isObject) {
		return nil
	}
	var found []Entry
	for _, m := range object.members {
		if r.want(m.value, key+"."+m.key, isString) {
			found = append(found, Entry{m.key, Text{strings.TrimSpace(m.value.text), r.at(m.line)}})
		}
	}
	return found
}

// engines may be a list of old packages, which npm ignores.
func (r *reader) engines(v value) []Entry {
	if v.get("engines").kind == isList {
		return nil
	}
	return r.members(v, "engines")
}

func (r *reader) dependencies(v value) []Dependency {
	var found []Dependency
	seen := map[string]bool{}
	for _, k := range dependencyKeys {
		for _, m := range r.members(v, k.key) {
			if !packageName(m.Name) {
				if r.err == nil {
					r.err = detect.Errorf(m.At, "%s: %q is no name of a package", k.key, m.Name)
				}
				continue
			}
			if !seen[m.Name] {
				seen[m.Name] = true
				found = append(found, Dependency{m.Name, m.Value, k.kind, m.At})
			}
		}
	}
	return found
}

// packageName holds a name against what any registry takes, loosely: old names
// have capitals (https://github.com/npm/validate-npm-package-name).
func packageName(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r) || strings.ContainsRune("\"'`$\\;&|<>(){}", r)
	})
}

// devEngines: https://docs.npmjs.com/cli/v11/configuring-npm/package-json#devengines
func (r *reader) devEngines(v value, p *Package) {
	object := v.get("devEngines")
	if !r.want(object, "devEngines", isObject) {
		return
	}
	read := func(key string) (found []Text) {
		list := object.get(key)
		items := list.list
		if list.kind == isObject {
			items = []value{list}
		}
		for _, item := range items {
			name, version := r.text(item, "name"), r.text(item, "version")
			if name.Value != "" {
				found = append(found, Text{name.Value + "@" + version.Value, name.At})
			}
		}
		return found
	}
	p.DevRuntime, p.DevManager = read("runtime"), read("packageManager")
}

// offers lists every file that a value names, however deep.
func offers(v value) []string {
	var files []string
	if v.kind == isString && v.text != "" {
		files = append(files, path.Clean(v.text))
	}
	for _, m := range v.members {
		files = append(files, offers(m.value)...)
	}
	for _, item := range v.list {
		files = append(files, offers(item)...)
	}
	return files
}

// workspaces is a list of patterns, or an object that holds one.
func (r *reader) workspaces(v value, p *Package) {
	list := v.get("workspaces")
	if list.kind == isObject {
		list = list.get("packages")
	}
	p.HasWorkspaces = list.kind != absent
	if !r.want(list, "workspaces", isList) {
		return
	}
	for _, item := range list.list {
		if r.want(item, "workspaces", isString) {
			p.Workspaces = append(p.Workspaces, Text{item.text, r.at(item.line)})
		}
	}
}

// patches lists the files that an install applies: of pnpm and bun by their own
// keys, of yarn by a protocol.
func (r *reader) patches(v value, p *Package) {
	for _, object := range []value{v.get("patchedDependencies"), v.at("pnpm", "patchedDependencies")} {
		if !r.want(object, "patchedDependencies", isObject) {
			continue
		}
		for _, m := range object.members {
			if r.want(m.value, "patchedDependencies."+m.key, isString) {
				p.Patched = append(p.Patched, Text{m.value.text, r.at(m.line)})
			}
		}
	}
}
