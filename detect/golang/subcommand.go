package golang

import (
	"cmp"
	"go/ast"
	"go/token"
	"reflect"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

// subcommands finds out whether the program does nothing without a subcommand, by the
// libraries that read its words or by what main does with them.
func (p *program) subcommands(main *parsedPackage) manifest.Subcommands {
	for _, find := range []func() manifest.Subcommands{p.cobra, p.urfave, p.kingpin, p.tagged, func() manifest.Subcommands { return p.words(main) }} {
		if s := find(); len(s.Names) > 0 {
			return s
		}
	}
	return manifest.Subcommands{}
}

// command is a literal of a library's command.
type command struct {
	lit  *ast.CompositeLit
	name string
	held []string // the variables, fields and functions that have it
	runs bool
	at   detect.Evidence
}

// key gives what a literal sets a field to, or nil.
func key(lit *ast.CompositeLit, name string) ast.Expr {
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok && lastName(kv.Key) == name {
			return kv.Value
		}
	}
	return nil
}

// cobra reads the commands of github.com/spf13/cobra: a root without Run prints its help.
func (p *program) cobra() (s manifest.Subcommands) {
	var all []command
	var roots []string
	adds := map[string][]ast.Expr{}
	runs := map[string]bool{} // what is given Run later
	for _, pkg := range p.importing("github.com/spf13/cobra") {
		p.about(pkg, "cobra")
		p.about(pkg, "AddCommand")
		for _, set := range pkg.fields["Use"] {
			in := p.ask(pkg, pkg.fileOf(set.value), pkg.funcOf(set.value))
			if lit, ok := set.of.(*ast.CompositeLit); ok {
				name, _, _ := strings.Cut(in.eval(set.value).text(), " ")
				all = append(all, command{lit, name, pkg.holders(lit), acts(key(lit, "Run")) || acts(key(lit, "RunE")), p.at(lit)})
			}
		}
		for _, field := range []string{"Run", "RunE"} {
			for _, set := range pkg.fields[field] {
				if _, lit := set.of.(*ast.CompositeLit); !lit && set.of != nil {
					runs[lastName(set.of)] = true
				}
			}
		}
		for _, c := range pkg.calls["AddCommand"] {
			if fn, ok := c.call.Fun.(*ast.SelectorExpr); ok {
				adds[holderName(fn.X)] = append(adds[holderName(fn.X)], c.call.Args...)
			}
		}
	}
	for _, pkg := range p.packages {
		for _, method := range []string{"Execute", "ExecuteContext", "ExecuteC"} {
			for _, c := range pkg.calls[method] {
				if fn, ok := c.call.Fun.(*ast.SelectorExpr); ok {
					roots = append(roots, holderName(fn.X))
				}
			}
		}
	}
	i := slices.IndexFunc(all, func(c command) bool {
		return slices.ContainsFunc(c.held, func(h string) bool { return slices.Contains(roots, h) })
	})
	if i < 0 {
		i = slices.IndexFunc(all, func(c command) bool {
			return slices.ContainsFunc(c.held, func(h string) bool { return strings.Contains(strings.ToLower(h), "root") && len(adds[h]) > 0 })
		})
	}
	if i < 0 || all[i].runs || slices.ContainsFunc(all[i].held, func(h string) bool { return runs[h] }) {
		return s
	}
	root := all[i]
	s.At = root.at
	for _, held := range root.held {
		for _, arg := range adds[held] {
			for _, c := range all {
				if slices.Contains(c.held, holderName(arg)) && c.name != "" && c.name != root.name {
					s.Names = append(s.Names, c.name)
				}
			}
		}
	}
	for _, c := range all {
		if c.lit == root.lit || c.name == "" {
			continue
		}
		if s.Below = append(s.Below, c.name); len(adds) == 0 || slices.ContainsFunc(c.held, func(h string) bool { return h == "" }) {
			s.Names = append(s.Names, c.name)
		}
	}
	return s
}

// acts says whether what a command runs does more than to print its help.
func acts(run ast.Expr) bool {
	fn, ok := run.(*ast.FuncLit)
	if !ok {
		return run != nil
	}
	if len(fn.Body.List) > 3 {
		return true
	}
	helps := false
	ast.Inspect(fn, func(n ast.Node) bool {
		if call, ok := n.(*ast.CallExpr); ok {
			name := calledName(call)
			helps = helps || name == "Help" || name == "Usage"
		}
		return true
	})
	return !helps
}

// holderName is the variable, field or function that an expression names.
func holderName(e ast.Expr) string {
	switch x := e.(type) {
	case *ast.CallExpr:
		return lastName(x.Fun)
	case *ast.UnaryExpr:
		return holderName(x.X)
	case *ast.Ident, *ast.SelectorExpr:
		return lastName(x)
	}
	return ""
}

// holders lists the variables and fields that a literal is put into, and the function
// that it stands in.
func (pkg *parsedPackage) holders(lit *ast.CompositeLit) (names []string) {
	is := func(e ast.Expr) bool { return e == lit || pointed(e) == lit }
	ast.Inspect(pkg.fileOf(lit), func(n ast.Node) bool {
		if n == nil || n.End() < lit.Pos() || n.Pos() > lit.End() {
			return false
		}
		switch n := n.(type) {
		case *ast.FuncDecl:
			names = append(names, n.Name.Name)
		case *ast.ValueSpec:
			for i, v := range n.Values {
				if is(v) && i < len(n.Names) {
					names = append(names, n.Names[i].Name)
				}
			}
		case *ast.AssignStmt:
			for i, v := range n.Rhs {
				if is(v) && len(n.Lhs) == len(n.Rhs) {
					names = append(names, lastName(n.Lhs[i]))
				}
			}
		case *ast.KeyValueExpr:
			if is(n.Value) {
				names = append(names, lastName(n.Key))
			}
		}
		return true
	})
	return names
}

// urfave reads the commands of github.com/urfave/cli: an application without Action
// prints its help.
func (p *program) urfave() (s manifest.Subcommands) {
	for _, pkg := range p.importing("github.com/urfave/cli") {
		p.about(pkg, "cli.")
		for _, set := range pkg.fields["Action"] {
			lit, inside := set.of.(*ast.CompositeLit)
			if !inside || slices.Equal(p.ask(pkg, pkg.fileOf(lit), nil).typeName(lit.Type), []string{"cli.App"}) {
				return manifest.Subcommands{} // app.Action = …
			}
		}
	}
	for _, pkg := range p.importing("github.com/urfave/cli") {
		for _, set := range pkg.fields["Commands"] {
			lit, ok := set.of.(*ast.CompositeLit)
			if ok && (key(lit, "Action") != nil || key(lit, "DefaultCommand") != nil) {
				return manifest.Subcommands{}
			}
			list, inside := set.value.(*ast.CompositeLit)
			if !inside || len(s.Names) > 0 {
				continue
			}
			s.At = p.at(set.value)
			for _, element := range list.Elts {
				if name := p.commandName(pkg, element); name != "" {
					s.Names = append(s.Names, name)
				}
			}
		}
	}
	return s
}

// commandName is the name of a command of urfave/cli: of a literal, a variable, or what a
// function gives.
func (p *program) commandName(pkg *parsedPackage, e ast.Expr) string {
	if inner := pointed(e); inner != nil {
		e = inner
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		if name := key(lit, "Name"); name != nil {
			return p.ask(pkg, pkg.fileOf(lit), pkg.funcOf(lit)).eval(name).text()
		}
		return ""
	}
	held := holderName(e)
	for _, other := range p.importing("github.com/urfave/cli") {
		for _, set := range other.fields["Name"] {
			if lit, ok := set.of.(*ast.CompositeLit); ok && held != "" && slices.Contains(other.holders(lit), held) {
				return p.ask(other, other.fileOf(lit), other.funcOf(lit)).eval(set.value).text()
			}
		}
	}
	return ""
}

// kingpin reads the commands of kingpin, of which one has to be given unless one is the
// default.
func (p *program) kingpin() (s manifest.Subcommands) {
	for _, path := range []string{"github.com/alecthomas/kingpin", "gopkg.in/alecthomas/kingpin.v2"} {
		for _, pkg := range p.importing(path) {
			p.about(pkg, "Command(")
			for _, c := range pkg.calls["Default"] {
				if fn, ok := c.call.Fun.(*ast.SelectorExpr); ok && holderName(fn.X) == "Command" && len(c.call.Args) == 0 {
					return manifest.Subcommands{}
				}
			}
			for _, c := range pkg.calls["Command"] {
				in := p.ask(pkg, c.file, c.fn)
				if name := in.kingpinCommand(c.call, path); name != "" {
					s.Names, s.At = append(s.Names, name), p.at(c.call)
				}
			}
		}
	}
	return s
}

// kingpinCommand is the name of a command that a call defines: of the package itself, or of
// what it has made. Other calls of that name, as those of os/exec, define none.
func (s scope) kingpinCommand(call *ast.CallExpr, path string) string {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || len(call.Args) != 2 {
		return ""
	}
	switch owner := s.packageOf(fn); {
	case owner != "" && !within(owner, path):
		return ""
	case owner == "" && slices.ContainsFunc(s.origins(fn.X), func(o string) bool { return !strings.HasPrefix(o, "kingpin.") }):
		return ""
	}
	return s.eval(call.Args[0]).text()
}

// tagged reads the commands that tags of structs make: of github.com/alecthomas/kong and
// github.com/jessevdk/go-flags.
func (p *program) tagged() (s manifest.Subcommands) {
	for _, path := range []string{"github.com/alecthomas/kong", "github.com/jessevdk/go-flags"} {
		for _, pkg := range p.importing(path) {
			p.about(pkg, "struct")
			below := map[ast.Node]bool{} // what commands hold themselves
			for _, fields := range pkg.structs {
				for _, decl := range fields.Fields.List {
					if commandTag(decl) == "" {
						continue
					}
					below[decl.Type] = true
					for _, kind := range pkg.kinds[lastName(decl.Type)] {
						below[kind.Type] = true
					}
				}
			}
			for _, fields := range pkg.structs {
				for _, decl := range fields.Fields.List {
					name := commandTag(decl)
					if name == "" || below[fields] {
						continue
					}
					tag := reflect.StructTag(field{decl: decl}.tag())
					if _, usual := tag.Lookup("default"); usual || tag.Get("subcommands-optional") != "" {
						return manifest.Subcommands{}
					}
					s.Names, s.At = append(s.Names, name), p.at(decl)
				}
			}
		}
	}
	return s
}

// commandTag is the subcommand that a field of a struct stands for, or nothing.
func commandTag(decl *ast.Field) string {
	tag := reflect.StructTag(field{decl: decl}.tag())
	if name := tag.Get("command"); name != "" {
		return name
	}
	if _, kong := tag.Lookup("cmd"); !kong || len(decl.Names) != 1 {
		return ""
	}
	return cmp.Or(tag.Get("name"), manifest.Kebab(decl.Names[0].Name))
}

// words reads a main that ends where there is no word and tells what to do by the first.
func (p *program) words(main *parsedPackage) (s manifest.Subcommands) {
	for _, fn := range main.funcs["main"] {
		ends := false
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.IfStmt:
				if test, ok := n.Cond.(*ast.BinaryExpr); ok && asksWords(test) && len(n.Body.List) > 0 {
					ends = ends || leaves(n.Body.List[len(n.Body.List)-1])
				}
			case *ast.SwitchStmt:
				index, ok := n.Tag.(*ast.IndexExpr)
				if !ok || !ends || !isArgs(index.X) {
					break
				}
				s.At = p.at(n)
				for _, clause := range n.Body.List {
					for _, e := range clause.(*ast.CaseClause).List {
						if lit, ok := e.(*ast.BasicLit); ok && !strings.HasPrefix(evalLiteral(lit).text(), "-") {
							s.Names = append(s.Names, evalLiteral(lit).text())
						}
					}
				}
			}
			return true
		})
	}
	return s
}

// asksWords says whether a comparison asks for too few words: len(os.Args) < 2.
func asksWords(test *ast.BinaryExpr) bool {
	call, ok := test.X.(*ast.CallExpr)
	return ok && calledName(call) == "len" && len(call.Args) == 1 && isArgs(call.Args[0]) && (test.Op == token.LSS || test.Op == token.LEQ || test.Op == token.EQL)
}

func isArgs(e ast.Expr) bool {
	sel, ok := e.(*ast.SelectorExpr)
	return ok && sel.Sel.Name == "Args" && lastName(sel.X) == "os"
}

// leaves says whether a statement ends the program, or its function.
func leaves(s ast.Stmt) bool {
	switch s := s.(type) {
	case *ast.ReturnStmt:
		return true
	case *ast.ExprStmt:
		call, ok := s.X.(*ast.CallExpr)
		return ok && slices.Contains([]string{"Exit", "Fatal", "Fatalf", "Fatalln", "panic"}, calledName(call))
	}
	return false
}
