package golang

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/dockgen/dockgen/detect"
)

// Directive is one line of a file with a value; empty where the file has none.
type Directive struct {
	Value string
	At    detect.Evidence
}

// Module is what a go.mod and its neighbours state.
type Module struct {
	Dir       string // the folder of the go.mod
	Path      string // the module path
	PathAt    detect.Evidence
	Version   Directive // the go line
	Toolchain Directive // the toolchain line, without the leading "go"
	Requires  []Directive
	Replaces  []Replace
	Missing   bool // there is no go.mod, only Go files
	HasSum    bool // a go.sum stands beside it
	Vendored  bool // a vendor/modules.txt stands beside it
}

// Replace is a line that takes a module from a folder of the repository.
type Replace struct {
	Path string // of the module replaced
	Dir  string // from the root, unless it lies outside of it
	At   detect.Evidence
}

// readModule parses the go.mod of a folder. What the go command would refuse is
// an error with its position.
func readModule(t *detect.Tree, file string) (Module, error) {
	data, err := t.ReadFile(file)
	if err != nil {
		return Module{}, err
	}
	parsed, err := modfile.Parse(file, data, nil)
	if err != nil {
		return Module{}, position(file, err)
	}
	if parsed.Module == nil {
		return Module{}, detect.Errorf(detect.Evidence{File: file}, "no module line")
	}
	at := lines(file)
	if err := module.CheckImportPath(parsed.Module.Mod.Path); err != nil {
		return Module{}, detect.Errorf(at(parsed.Module.Syntax), "%w", err)
	}
	dir := path.Dir(file)
	m := Module{
		Dir:       dir,
		Path:      parsed.Module.Mod.Path,
		PathAt:    at(parsed.Module.Syntax),
		Version:   goLine(parsed.Go, at),
		Toolchain: toolchainLine(parsed.Toolchain, at),
		Replaces:  replaces(dir, parsed.Replace, at),
		HasSum:    t.Has(path.Join(dir, "go.sum")),
		Vendored:  t.Has(path.Join(dir, "vendor/modules.txt")),
	}
	for _, r := range parsed.Require {
		m.Requires = append(m.Requires, Directive{r.Mod.Path, at(r.Syntax)})
	}
	return m, nil
}

// missingModules stand for the go.mod that a tree of plain Go files does not have:
// in the root, or, where no Go file is, in each folder of it that has a main.go.
func missingModules(t *detect.Tree) []Module {
	root, _ := t.Folder(".")
	if i := slices.IndexFunc(root.Files, func(name string) bool { return strings.HasSuffix(name, ".go") }); i >= 0 {
		return []Module{{Dir: ".", Path: "app", Missing: true, PathAt: detect.Evidence{File: root.Files[i]}}}
	}
	var found []Module
	for _, dir := range root.Dirs {
		if file := path.Join(dir, "main.go"); t.Has(file) {
			found = append(found, Module{Dir: dir, Path: cmp.Or(detect.ImageName(dir), "app"), Missing: true, PathAt: detect.Evidence{File: file}})
		}
	}
	return found
}

// lines gives the place of a line of a file.
func lines(file string) func(*modfile.Line) detect.Evidence {
	return func(line *modfile.Line) detect.Evidence {
		return detect.Evidence{File: file, Line: line.Start.Line}
	}
}

func goLine(g *modfile.Go, at func(*modfile.Line) detect.Evidence) Directive {
	if g == nil {
		return Directive{}
	}
	return Directive{g.Version, at(g.Syntax)}
}

func toolchainLine(tc *modfile.Toolchain, at func(*modfile.Line) detect.Evidence) Directive {
	if tc == nil || tc.Name == "default" {
		return Directive{}
	}
	name, _, _ := strings.Cut(strings.TrimPrefix(tc.Name, "go"), "-") // go1.26.3-custom
	return Directive{name, at(tc.Syntax)}
}

// replaces keeps the replacements by a folder, which have no version.
func replaces(dir string, all []*modfile.Replace, at func(*modfile.Line) detect.Evidence) []Replace {
	var local []Replace
	for _, r := range all {
		if r.New.Version == "" {
			to := r.New.Path
			if !path.IsAbs(to) {
				to = path.Join(dir, to)
			}
			local = append(local, Replace{Path: r.Old.Path, Dir: to, At: at(r.Syntax)})
		}
	}
	return local
}

// position turns the errors of the library, which name their own places, into ours.
func position(file string, err error) error {
	var list modfile.ErrorList
	if !errors.As(err, &list) || len(list) == 0 {
		return fmt.Errorf("read %s: %w", file, err)
	}
	first := list[0]
	cause := first.Err
	if first.Verb != "" {
		cause = fmt.Errorf("%s: %w", first.Verb, first.Err)
	}
	return &detect.PositionError{At: detect.Evidence{File: file, Line: first.Pos.Line}, Column: first.Pos.LineRune, Err: cause}
}

// base is the last element of the module path, without a major version suffix:
// what the go command calls a program in the module's root.
func (m Module) base() string {
	prefix, _, _ := module.SplitPathVersion(m.Path)
	return path.Base(prefix)
}

// manifests are the files of the module that the go command wants before any
// source, from the root.
func (m Module) manifests() []string {
	if m.Missing {
		return nil
	}
	files := []string{path.Join(m.Dir, "go.mod")}
	if m.HasSum {
		files = append(files, path.Join(m.Dir, "go.sum"))
	}
	return files
}
