package golang

import (
	"go/ast"
	"go/token"
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
)

// Stamp is a variable that the linker can set to the version of a build.
type Stamp struct {
	Symbol  string // main.version, as -X takes it
	Default string // what the variable holds without
	At      detect.Evidence
}

var (
	stampNames    = []string{"version", "Version", "buildVersion", "BuildVersion", "appVersion", "AppVersion"}
	stampPackages = []string{"version", "buildinfo", "build", "meta", "info"}
)

// stamp finds the variable for the version: in package main, or in a package of
// the closure whose name says that it holds one. The linker can set a string
// variable without a value or with a constant one (https://pkg.go.dev/cmd/link, -X).
func (p *program) stamp(packages []Package) (Stamp, error) {
	for i, listed := range packages {
		symbol := "main"
		if i > 0 {
			if !slices.Contains(stampPackages, path.Base(listed.Dir)) {
				continue
			}
			m := p.sources.owner(listed.Dir)
			symbol = path.Join(m.Path, trimDir(listed.Dir, m.Dir))
		}
		pkg, err := p.load(listed.Dir)
		if err != nil {
			return Stamp{}, err
		}
		if found, ok := p.stampIn(pkg); ok {
			found.Symbol = symbol + "." + found.Symbol
			return found, nil
		}
	}
	return Stamp{}, nil
}

func (p *program) stampIn(pkg *parsedPackage) (Stamp, bool) {
	for _, file := range pkg.files {
		for _, decl := range file.Decls {
			group, ok := decl.(*ast.GenDecl)
			if !ok || group.Tok != token.VAR {
				continue
			}
			for _, spec := range group.Specs {
				v, ok := spec.(*ast.ValueSpec)
				if !ok || len(v.Names) != 1 || !slices.Contains(stampNames, v.Names[0].Name) {
					continue
				}
				s := Stamp{Symbol: v.Names[0].Name, At: p.at(v)}
				if len(v.Values) == 0 && lastName(v.Type) == "string" {
					return s, true
				}
				if len(v.Values) == 1 {
					if lit, ok := v.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
						s.Default = evalLiteral(lit).text()
						return s, true
					}
				}
			}
		}
	}
	return Stamp{}, false
}

// trimDir makes a folder relative to one above it; empty for the folder itself.
func trimDir(dir, parent string) string {
	switch {
	case dir == parent:
		return ""
	case parent == ".":
		return dir
	}
	return dir[len(parent)+1:]
}
