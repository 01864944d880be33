package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// configured is what a call of a library for configuration gives: the value of a flag
// by its name, of a key, or of a variable of the environment.
func (s scope) configured(call *ast.CallExpr) value {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return unknown
	}
	if v, ok := s.beegoAsks(fn, call.Args); ok {
		return v
	}
	switch owner := s.packageOf(fn); {
	case len(call.Args) == 0 && slices.Contains(kingpinKinds, fn.Sel.Name):
		return s.kingpinFlag(fn.X)
	case strings.HasPrefix(fn.Sel.Name, "Get") && len(call.Args) == 1 && (owner == viperPath || owner == "" && s.isViper(fn.X)):
		return s.viperKey(s.eval(call.Args[0]).text())
	case owner != "":
		return s.foreignVariable(call, owner)
	case isFlag(call):
		return s.eval(call.Args[flagDefault(fn.Sel.Name)])
	case len(call.Args) == 1 && s.asksFlag(fn):
		return s.flagNamed(s.eval(call.Args[0]).text())
	}
	return unknown
}

// kingpinKinds are the methods that end the definition of a flag of kingpin.
var kingpinKinds = []string{"String", "Strings", "Int", "Uint16", "Uint", "ExistingFile", "ExistingDir", "ExistingFileOrDir", "HostPort", "TCP", "URL"}

// kingpinFlag is the value of a flag or argument of kingpin, which a chain of calls
// defines: kingpin.Flag("web.listen", "…").Envar("WEB").Default(":9115").String().
func (s scope) kingpinFlag(e ast.Expr) value {
	name, fallback, flag := "", unknown, false
	for {
		call, ok := e.(*ast.CallExpr)
		if !ok {
			break
		}
		fn, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			break
		}
		switch fn.Sel.Name {
		case "Default":
			if len(call.Args) == 1 {
				fallback = s.eval(call.Args[0])
			}
		case "Envar", "OverrideDefaultFromEnvar":
			if len(call.Args) == 1 {
				name = s.eval(call.Args[0]).text()
			}
		case "Flag", "Arg":
			flag = len(call.Args) == 2
		}
		e = fn.X
	}
	if v := variable(name, fallback.text()); flag && v.known {
		return v
	}
	if !flag {
		return unknown
	}
	return fallback
}

// capitals is what variables of the environment are called where a literal names one.
var capitals = pattern.New(`^[A-Z][A-Z0-9_]*$`)

// foreignVariable is what a function of another module gives that says of itself
// to be about the environment, and is asked for a name in capitals, perhaps with a
// default: env.Get("PORT", "8080").
func (s scope) foreignVariable(call *ast.CallExpr, owner string) value {
	first, _, _ := strings.Cut(owner, "/")
	said := strings.ToLower(packageName(owner) + "." + lastName(call.Fun))
	if !strings.Contains(first, ".") || !strings.Contains(said, "env") || len(call.Args) == 0 || len(call.Args) > 2 {
		return unknown
	}
	name, fallback := s.eval(call.Args[0]), literal("")
	if len(call.Args) == 2 {
		fallback = s.eval(call.Args[1])
	}
	if !name.known || !fallback.known || !capitals.MatchString(name.text()) {
		return unknown
	}
	return variable(name.text(), fallback.text())
}

// flagKinds are the functions of package flag, and methods of a set of flags, that
// define one; those of pflag with P take a shorthand.
var flagKinds = []string{"String", "Int", "Uint", "Uint16", "Bool", "StringP", "IntP", "UintP", "Uint16P", "BoolP"}

// isFlag says whether a call defines a flag: name, perhaps a shorthand, a default
// and what is said about it.
func isFlag(call *ast.CallExpr) bool {
	text := func(e ast.Expr) bool {
		lit, ok := e.(*ast.BasicLit)
		return ok && evalLiteral(lit).known
	}
	name := calledName(call)
	return slices.Contains(flagKinds, name) && len(call.Args) == flagDefault(name)+2 && text(call.Args[0]) && text(call.Args[len(call.Args)-1])
}

// flagPackages are those whose flags are asked for by name.
var flagPackages = []string{"github.com/spf13/pflag", "github.com/spf13/cobra", "github.com/urfave/cli"}

// asksFlag says whether a method gives the value of a flag by its name:
// cmd.Flags().GetString("port") of cobra, c.String("port") of urfave/cli.
func (s scope) asksFlag(fn *ast.SelectorExpr) bool {
	if kind, ok := strings.CutPrefix(fn.Sel.Name, "Get"); ok {
		return slices.Contains(flagKinds, kind)
	}
	of, _ := s.typeOf(fn.X, 0)
	return slices.Contains(flagKinds, fn.Sel.Name) && of.expr == nil && within(of.path(), "github.com/urfave/cli")
}

// flagNamed merges the defaults and variables of the flags of a name.
func (s scope) flagNamed(name string) value {
	var values []value
	for _, from := range flagPackages {
		for _, pkg := range s.program.importing(from) {
			s.program.about(pkg, name)
			values = append(values, s.flagsIn(pkg, name)...)
		}
	}
	if slices.ContainsFunc(values, func(v value) bool { return !v.known }) { // of one command or another
		return unknown
	}
	return merge(values...)
}

func (s scope) flagsIn(pkg *parsedPackage, name string) (values []value) {
	for _, function := range slices.Concat(flagKinds, flagFunctions) {
		fallback := flagDefault(function)
		called := strings.Count(function, "Var") // the place of its name
		for _, c := range pkg.calls[function] {
			if in := s.at(pkg, c.file, c.fn); len(c.call.Args) == fallback+2 && in.says(c.call.Args[called], name) {
				values = append(values, in.eval(c.call.Args[fallback]))
			}
		}
	}
	for _, set := range pkg.fields["Name"] {
		in := s.around(pkg, set.value)
		if lit, ok := set.of.(*ast.CompositeLit); ok && in.isCommandFlag(lit) && in.says(set.value, name) {
			values = append(values, in.commandFlag(lit))
		}
	}
	return values
}

// says whether an expression is a text; a literal takes no step.
func (s scope) says(e ast.Expr, text string) bool {
	if lit, ok := e.(*ast.BasicLit); ok {
		return evalLiteral(lit).text() == text
	}
	return s.eval(e).text() == text
}

// isCommandFlag says whether a literal is a flag of urfave/cli.
func (s scope) isCommandFlag(lit *ast.CompositeLit) bool {
	typ := s.typeName(lit.Type)
	return len(typ) == 1 && strings.HasPrefix(typ[0], "cli.") && strings.HasSuffix(typ[0], "Flag")
}

// commandFlag is the value of a flag of urfave/cli: its default, and the first of
// the variables that it is filled from.
func (s scope) commandFlag(lit *ast.CompositeLit) value {
	if !s.isCommandFlag(lit) {
		return unknown
	}
	var name string
	fallback := literal("")
	for _, element := range lit.Elts {
		kv, ok := element.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch lastName(kv.Key) {
		case "Value":
			fallback = s.eval(kv.Value)
		case "EnvVar": // of the first version, with commas between
			name, _, _ = strings.Cut(s.eval(kv.Value).text(), ",")
		case "EnvVars":
			if list, ok := kv.Value.(*ast.CompositeLit); ok && len(list.Elts) > 0 {
				name = s.eval(list.Elts[0]).text()
			}
		case "Sources":
			if call, ok := kv.Value.(*ast.CallExpr); ok && calledName(call) == "EnvVars" && len(call.Args) > 0 {
				name = s.eval(call.Args[0]).text()
			}
		}
	}
	if v := variable(name, fallback.text()); v.known && fallback.known {
		return v
	}
	if fallback.text() == "" {
		return unknown
	}
	return fallback
}

// flagDestinations lists what flags of urfave/cli that are bound to a variable of
// the package hold: &cli.StringFlag{Destination: &addr}.
func (s scope) flagDestinations(name string) (values []value) {
	for _, set := range s.pkg.fields["Destination"] {
		lit, inside := set.of.(*ast.CompositeLit)
		if id, ok := pointed(set.value).(*ast.Ident); ok && inside && id.Name == name {
			values = append(values, s.around(s.pkg, lit).commandFlag(lit))
		}
	}
	return values
}

// pointed gives what a pointer to something points to, or nil.
func pointed(e ast.Expr) ast.Expr {
	if pointer, ok := e.(*ast.UnaryExpr); ok && pointer.Op == token.AND {
		return pointer.X
	}
	return nil
}
