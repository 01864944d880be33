package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// demand is what a program ends without.
type demand struct {
	env  string // a variable, or none
	flag string // a flag as it is given: "--config"
	of   string // what has the command that the flag is one of, or none
	at   detect.Evidence
}

// demands lists what a statement ends the program without: if os.Getenv("TOKEN") == "" {
// log.Fatal(…) }. What it only asks under a condition is not demanded.
func (s scope) demands(in *ast.IfStmt) (all []demand) {
	if !ends(in.Body) || s.fn == nil || len(s.conditions(in)) > 0 {
		return nil
	}
	for _, e := range alternatives(in.Cond) {
		asked := s.emptiness(in, e)
		if asked == nil {
			continue
		}
		d := demand{at: s.program.at(in)}
		if v := s.eval(asked); v.known && v.text() == "" {
			d.env = v.env()
		}
		if d.env == "" {
			d.flag = s.flagOf(asked)
		}
		if d.env != "" || d.flag != "" {
			all = append(all, d)
		}
	}
	return all
}

// alternatives lists the conditions of which each alone makes the whole true.
func alternatives(e ast.Expr) []ast.Expr {
	switch x := e.(type) {
	case *ast.ParenExpr:
		return alternatives(x.X)
	case *ast.BinaryExpr:
		if x.Op == token.LOR {
			return append(alternatives(x.X), alternatives(x.Y)...)
		}
	}
	return []ast.Expr{e}
}

// emptiness gives what a condition asks to be empty, or not to be there at all.
func (s scope) emptiness(in *ast.IfStmt, e ast.Expr) ast.Expr {
	switch x := e.(type) {
	case *ast.BinaryExpr:
		if call, ok := x.X.(*ast.CallExpr); ok && x.Op == token.EQL && calledName(call) == "len" && len(call.Args) == 1 && s.says(x.Y, "0") {
			return call.Args[0]
		}
		if lit, ok := x.Y.(*ast.BasicLit); ok && x.Op == token.EQL && lit.Kind == token.STRING && evalLiteral(lit).text() == "" {
			return x.X
		}
	case *ast.UnaryExpr: // v, ok := os.LookupEnv("TOKEN"); !ok
		id, ok := x.X.(*ast.Ident)
		if !ok || x.Op != token.NOT {
			return nil
		}
		statements := []ast.Stmt{in.Init}
		for i, st := range s.fn.Body.List {
			if st == in && i > 0 {
				statements = append(statements, s.fn.Body.List[i-1])
			}
		}
		for _, st := range statements {
			set, ok := st.(*ast.AssignStmt)
			if !ok || len(set.Lhs) != 2 || len(set.Rhs) != 1 || lastName(set.Lhs[1]) != id.Name {
				continue
			}
			if call, ok := set.Rhs[0].(*ast.CallExpr); ok && s.function(call.Fun) == "os.LookupEnv" {
				return call
			}
		}
	}
	return nil
}

// flagOf gives the flag without a default that a variable holds.
func (s scope) flagOf(e ast.Expr) string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	name := lastName(e)
	given := func(call *ast.CallExpr, at int, dashes string) string {
		if len(call.Args) <= at || s.eval(call.Args[at]).text() == "" {
			return ""
		}
		return dashes + s.eval(call.Args[at]).text()
	}
	for _, function := range []string{"String", "StringP"} {
		for _, c := range s.pkg.calls[function] {
			in := s.at(s.pkg, c.file, c.fn)
			made := in.function(c.call.Fun)
			if !slices.Contains(flagMakers, made) || !s.pkg.holdsCall(name, c) || in.eval(c.call.Args[min(flagDefault(function), len(c.call.Args)-1)]).text() != "" {
				continue
			}
			return given(c.call, 0, dashes(made))
		}
	}
	for _, function := range []string{"StringVar", "StringVarP"} {
		for _, c := range s.pkg.calls[function] {
			in := s.at(s.pkg, c.file, c.fn)
			if target, fallback := boundFlag(c.call); target != nil && lastName(target) == name && in.says(fallback, "") {
				return given(c.call, 1, dashes(in.function(c.call.Fun)))
			}
		}
	}
	return ""
}

// dashes are what stands before a flag: package flag takes one, and pflag two.
func dashes(function string) string {
	if strings.HasPrefix(function, "flag.") {
		return "-"
	}
	return "--"
}

// holdsCall says whether a variable of a name is made of a call.
func (pkg *parsedPackage) holdsCall(name string, c site) bool {
	if slices.Contains(pkg.values[name], ast.Expr(c.call)) {
		return true
	}
	found := false
	if c.fn != nil && c.fn.Body != nil {
		ast.Inspect(c.fn.Body, func(n ast.Node) bool {
			set, ok := n.(*ast.AssignStmt)
			found = found || ok && assignedTo(name, set.Lhs, set.Rhs) == ast.Expr(c.call)
			return !found
		})
	}
	return found
}

// requires gives the flag that a call says to be required: of cobra by its name, of kingpin
// by the chain that defines it.
func (s scope) requires(call *ast.CallExpr) (d demand, ok bool) {
	fn, method := call.Fun.(*ast.SelectorExpr)
	if !method {
		return d, false
	}
	d.at = s.program.at(call)
	switch fn.Sel.Name {
	case "MarkFlagRequired", "MarkPersistentFlagRequired":
		if len(call.Args) == 1 {
			d.flag, d.of = "--"+s.eval(call.Args[0]).text(), lastName(fn.X)
		}
	case "Required":
		d.flag = s.kingpinName(fn.X)
	}
	return d, len(d.flag) > 2
}

// kingpinName is the flag that a chain of calls defines, if it does and nothing fills it
// otherwise.
func (s scope) kingpinName(e ast.Expr) string {
	for {
		call, ok := e.(*ast.CallExpr)
		if !ok {
			return ""
		}
		fn, ok := call.Fun.(*ast.SelectorExpr)
		switch {
		case !ok || fn.Sel.Name == "Envar" || fn.Sel.Name == "Default":
			return ""
		case fn.Sel.Name == "Flag" && len(call.Args) == 2:
			return "--" + s.eval(call.Args[0]).text()
		}
		e = fn.X
	}
}
