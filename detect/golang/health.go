package golang

import (
	"cmp"
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// healthCommands are what programs call the command that asks themselves.
var healthCommands = []string{"healthcheck", "health-check"}

// routes are what routers call the function that registers a route.
var routes = []string{"Handle", "HandleFunc", "GET", "Get", "All", "Method"}

// route gives the path that a call registers, the first argument of Handle,
// HandleFunc, GET, Get or All, with or without a method before it, and what it
// registers it with.
func (s scope) route(call *ast.CallExpr) (detect.Path, bool) {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if len(call.Args) < 2 || !ok || !slices.Contains(routes, fn.Sel.Name) {
		return detect.Path{}, false
	}
	v := s.eval(call.Args[0])
	path := strings.TrimPrefix(v.text(), "GET ")
	return detect.Path{Path: path, Handler: s.handler(fn.X), At: s.program.at(call)}, v.known && strings.HasPrefix(path, "/")
}

// defaultMux is the handler of package net/http for who names none.
const defaultMux = "http"

// handler names what answers requests, as far as a variable of its function holds it.
func (s scope) handler(e ast.Expr) string {
	id, ok := e.(*ast.Ident)
	switch {
	case !ok:
		return ""
	case id.Name == "nil", importPath(s.file, id.Name) == "net/http":
		return defaultMux
	case s.fn == nil || parameter(s.fn.Type, id.Name) >= 0:
		return ""
	}
	return s.pkg.dir + " " + s.fn.Name.Name + " " + id.Name
}

// answeredBy takes down what answers at a listener, and what that says about it.
func (s scope) answeredBy(l *detect.Listener, handler ast.Expr) {
	l.Handler = s.handler(handler)
	name := ""
	switch e := handler.(type) {
	case *ast.Ident:
		name = e.Name
	case *ast.CallExpr:
		if fn, ok := e.Fun.(*ast.SelectorExpr); ok {
			name = lastName(fn.X) + " " + fn.Sel.Name
		} else {
			name = calledName(e)
		}
	}
	l.Side = cmp.Or(l.Side, detect.SideWord(name))
}

// aside marks the listeners whose handlers answer nothing but paths of those that stand
// beside a service: about its health only where another answers more. What is registered
// nowhere in sight says nothing, unless it is the handler that packages such as
// net/http/pprof register theirs with.
func (s *served) aside() {
	health := make([]bool, len(s.listens))
	for i, l := range s.listens {
		word, others := "", l.Handler == ""
		for _, r := range s.routes {
			if r.Handler == l.Handler && detect.IsHealthPath(r.Path) {
				health[i] = true
			} else if r.Handler == l.Handler {
				side := detect.SideWord(r.Path)
				word, others = cmp.Or(word, side), others || side == ""
			}
		}
		if l.Handler == defaultMux && s.pprof && !health[i] {
			word = cmp.Or(word, "pprof")
		}
		health[i] = health[i] && !others && word == ""
		if !others && !health[i] {
			s.listens[i].Side = cmp.Or(l.Side, word)
		}
	}
	for i := range s.listens {
		if health[i] && slices.ContainsFunc(s.listens, func(l detect.Listener) bool { return l.Side == "" && l.Handler != s.listens[i].Handler }) {
			s.listens[i].Side = "health"
		}
	}
}

// healthCommand gives the argument by which the program asks for its own
// health: a command that it compares with or that cobra knows, or a flag.
func (s scope) healthCommand(n ast.Node) (string, bool) {
	is := func(e ast.Expr) (string, bool) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return "", false
		}
		text := evalLiteral(lit).text()
		return text, slices.Contains(healthCommands, text)
	}
	switch n := n.(type) {
	case *ast.CaseClause:
		for _, e := range n.List {
			if name, ok := is(e); ok {
				return name, true
			}
		}
	case *ast.BinaryExpr:
		if n.Op == token.EQL {
			return is(n.Y)
		}
	case *ast.KeyValueExpr:
		if lastName(n.Key) == "Use" {
			return is(n.Value)
		}
	case *ast.CallExpr:
		if name := s.function(n.Fun); (name == "flag.Bool" || name == "pflag.Bool") && len(n.Args) > 0 {
			if name, ok := is(n.Args[0]); ok {
				return "--" + name, true
			}
		}
	}
	return "", false
}
