package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Path is a path that a program answers, or a command or flag that it takes,
// about its health.
type Path struct {
	Path string
	At   detect.Evidence
}

// healthCommands are what programs call the command that asks themselves.
var healthCommands = []string{"healthcheck", "health-check"}

// routes are what routers call the function that registers a route.
var routes = []string{"Handle", "HandleFunc", "GET", "Get", "All", "Method"}

// healthRoute gives the health path that a call registers: the first argument
// of Handle, HandleFunc, GET, Get or All, with or without a method before it.
func (s scope) healthRoute(call *ast.CallExpr) (string, bool) {
	if len(call.Args) < 2 || !slices.Contains(routes, lastName(call.Fun)) {
		return "", false
	}
	v := s.eval(call.Args[0])
	route := strings.TrimPrefix(v.text(), "GET ")
	return route, v.known && detect.IsHealthPath(route)
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

// best is the most telling of the health paths found.
func best(paths []Path) (Path, bool) {
	if len(paths) == 0 {
		return Path{}, false
	}
	return slices.MinFunc(paths, func(a, b Path) int {
		return detect.CompareHealthPaths(a.Path, b.Path)
	}), true
}
