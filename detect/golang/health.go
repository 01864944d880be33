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

// askers are the functions by which programs ask a server, with the place of its address.
var askers = map[string]int{"http.Get": 0, "http.Head": 0, "http.NewRequest": 1, "http.NewRequestWithContext": 2, "net.Dial": 1, "net.DialTimeout": 1}

// asksItself gives the port on this machine that a call asks, as something that listens
// would have it.
func (s scope) asksItself(call *ast.CallExpr) (l detect.Listener, ok bool) {
	at, ok := askers[s.function(call.Fun)]
	if fn, method := call.Fun.(*ast.SelectorExpr); !ok && method && s.packageOf(fn) == "" && (fn.Sel.Name == "Get" || fn.Sel.Name == "Head") && len(call.Args) == 1 {
		at, ok = 0, true // of a client
	}
	if !ok || len(call.Args) <= at {
		return l, false
	}
	v := s.eval(call.Args[at])
	if !v.known || len(v.pieces) == 0 {
		return l, false
	}
	v.pieces = slices.Clone(v.pieces)
	v.pieces[0].text = strings.TrimPrefix(strings.TrimPrefix(v.pieces[0].text, "http://"), "https://")
	for i, p := range v.pieces { // the path behind the port
		if text, _, cut := strings.Cut(p.text, "/"); cut {
			v.pieces[i].text = text
			v.pieces = v.pieces[:i+1]
			break
		}
	}
	if last := len(v.pieces) - 1; last > 0 && v.pieces[last] == (piece{}) {
		v.pieces = v.pieces[:last]
	}
	l = address(v)
	l.At = s.program.at(call)
	return l, l.Loopback && (l.Port > 0 || l.Env != "")
}
