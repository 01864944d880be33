package golang

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"

	"github.com/dockgen/dockgen/detect"
)

// Directive is one line of a go.mod with a value, empty where the file has none.
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
	HasSum    bool // a go.sum stands beside it
	Vendored  bool // a vendor/modules.txt stands beside it
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
	at := func(line *modfile.Line) detect.Evidence {
		return detect.Evidence{File: file, Line: line.Start.Line}
	}
	if err := module.CheckImportPath(parsed.Module.Mod.Path); err != nil {
		return Module{}, detect.Errorf(at(parsed.Module.Syntax), "%w", err)
	}
	dir := path.Dir(file)
	m := Module{
		Dir:      dir,
		Path:     parsed.Module.Mod.Path,
		PathAt:   at(parsed.Module.Syntax),
		HasSum:   t.Has(path.Join(dir, "go.sum")),
		Vendored: t.Has(path.Join(dir, "vendor/modules.txt")),
	}
	if parsed.Go != nil {
		m.Version = Directive{parsed.Go.Version, at(parsed.Go.Syntax)}
	}
	if parsed.Toolchain != nil && parsed.Toolchain.Name != "default" {
		name, _, _ := strings.Cut(strings.TrimPrefix(parsed.Toolchain.Name, "go"), "-") // go1.26.3-custom
		m.Toolchain = Directive{name, at(parsed.Toolchain.Syntax)}
	}
	for _, r := range parsed.Require {
		m.Requires = append(m.Requires, Directive{r.Mod.Path, at(r.Syntax)})
	}
	for _, r := range parsed.Replace {
		if r.New.Version == "" {
			return Module{}, detect.Errorf(at(r.Syntax), "replaced by the folder %s: local replacements are not supported yet", r.New.Path)
		}
	}
	return m, nil
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

// folder gives the folder of a package of this module, or false where the
// package belongs to another module.
func (m Module) folder(importPath string) (string, bool) {
	if importPath == m.Path {
		return m.Dir, true
	}
	rest, ok := strings.CutPrefix(importPath, m.Path+"/")
	if !ok || slices.ContainsFunc(m.Requires, func(r Directive) bool { return within(importPath, r.Value) }) {
		return "", false
	}
	return path.Join(m.Dir, rest), true
}

func within(importPath, modulePath string) bool {
	return importPath == modulePath || strings.HasPrefix(importPath, modulePath+"/")
}
