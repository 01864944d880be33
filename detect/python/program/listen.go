package program

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Listen is a port that a program opens itself.
type Listen struct {
	Env      string // the variable that names the port, or none
	Port     int    // the port otherwise, or 0
	Loopback bool   // on this machine only
	Says     string // what serves, where that is not for production
	Guarded  bool   // in the main program
	Given    bool   // the port stands there, and is no default
	Raw      bool   // it speaks no HTTP
	HostEnv  string // the variable that takes it off this machine, where one does
	At       detect.Evidence
}

// String says where it is, in words.
func (l Listen) String() string {
	return cmp.Or(detect.PortWords(l.Port, l.Env), "an address that cannot be read from the source")
}

// listens finds the calls in files that open a port.
func (s *Sources) listens(files []string) []Listen {
	var all []Listen
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			o, ok := openerOf(m, call)
			if !ok {
				continue
			}
			l := listenOf(m, call, o)
			l.At = detect.Evidence{File: file, Line: call.Line}
			l.Guarded = slices.ContainsFunc(m.Guarded, func(g source.Expression) bool { return g.Line == call.Line && g.Text == call.Text })
			all = append(all, l)
		}
	}
	return all
}

// openerOf knows whether a call opens a port.
func openerOf(m *source.Module, call source.Expression) (opener, bool) {
	for _, o := range openers {
		if call.Text == o.callee || starred(m, o.callee, call.Text) || strings.HasSuffix(call.Text, "."+strings.TrimPrefix(o.callee, ".")) {
			if o.callee == ".launch" && m.ImportLine("gradio") == 0 {
				continue
			}
			return o, true
		}
	}
	base, method, ok := cutLast(call.Text)
	if !ok || !slices.Contains([]string{"run", "listen", "start", "run_server", "run_async"}, method) {
		return opener{}, false
	}
	value := returned(m, m.Value(source.Expression{Form: source.Name, Text: base}))
	if f, ok := frameworkOf(m, value.Text); ok {
		o, has := runMethods[f.Name]
		return o, has
	}
	if strings.HasSuffix(value.Text, ".FastMCP") || strings.HasSuffix(value.Text, ".MCPServer") {
		return runMethods["FastMCP"], transports(call)
	}
	name, ok := selfServing[value.Text]
	_, object, _ := cutLast(base)
	if !ok && method == "run" && (object == "app" || object == "application") && m.ImportsAny("flask", "app", "application", "create_app") {
		name, ok = "Flask", true // an application of another module
	}
	return runMethods[name], ok
}

// returned is what a function of the module makes that serves itself, where a call
// names one: app = make_app().
func returned(m *source.Module, call source.Expression) source.Expression {
	i := slices.IndexFunc(m.Defs, func(d source.Definition) bool { return !d.Class && d.Name == call.Text })
	if call.Form != source.Call || i < 0 {
		return call
	}
	for _, made := range m.Defs[i].Made {
		if _, ok := selfServing[made]; ok {
			call.Text = made
		}
	}
	return call
}

func transports(call source.Expression) bool {
	t, ok := call.Argument(0, "transport")
	return ok && t.Form == source.Text && t.Text != "stdio"
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// listenOf reads host and port of a call.
func listenOf(m *source.Module, call source.Expression, o opener) Listen {
	l := Listen{Port: o.number, Says: o.says, Raw: slices.Contains(rawOpeners, o.callee)}
	host := o.defaultTo
	l.HostEnv = o.hostEnv
	place := func(n int, name string) (source.Expression, bool) {
		if v, ok := call.Keyword(name); name != "" && ok {
			return v, true
		}
		if n < 0 {
			return source.Expression{}, false
		}
		return call.Positional(n)
	}
	if v, ok := place(o.host, o.names[0]); ok {
		v, l.HostEnv = m.Value(v), ""
		if v.Form == source.List && len(v.Args) == 2 { // (host, port)
			host = v.Args[0].Value.Text
			l.set(m, v.Args[1].Value)
		} else if v.Form == source.Join && o.host == o.port { // "[::]:" + port
			host = strings.Trim(strings.TrimSuffix(v.Args[0].Value.Text, ":"), "[]")
			l.set(m, v.Args[1].Value)
		} else if address, port, ok := cutPort(v.Text); ok && o.host == o.port {
			host, l.Port, l.Given = address, port, true
		} else if v.Form == source.Text {
			host = v.Text
		} else if _, fallback, ok := v.Environment(); ok {
			host = fallback.Text
		} else {
			host = ""
		}
	}
	if v, ok := place(o.port, o.names[1]); ok && (o.host != o.port || o.host < 0) {
		l.set(m, v)
	}
	l.Loopback = host == "127.0.0.1" || host == "localhost" || host == "::1"
	return l
}

// rawOpeners are calls that answer something else than HTTP.
var rawOpeners = []string{".add_insecure_port", "asyncio.start_server", "websockets.serve", "socketserver.TCPServer", "socketserver.ThreadingTCPServer"}

// cutPort takes "[::]:50051" apart.
func cutPort(text string) (host string, port int, ok bool) {
	i := strings.LastIndexByte(text, ':')
	if i < 0 {
		return "", 0, false
	}
	port, ok = source.Expression{Form: source.Text, Text: text[i+1:]}.Number()
	return strings.Trim(text[:i], "[]"), port, ok
}

// set reads a port: a number, a variable, or a name for either.
func (l *Listen) set(m *source.Module, v source.Expression) {
	v, l.Given = m.Value(v), true
	if v.Form == source.Call && v.Text == "int" {
		if inner, ok := v.Positional(0); ok {
			v = m.Value(inner)
		}
	}
	if n, ok := v.Number(); ok {
		l.Port = n
		return
	}
	l.Port = 0
	name, fallback, ok := v.Environment()
	if !ok || !source.IsVariable(name) {
		return
	}
	l.Env = name
	l.Port, _ = m.Value(fallback).Number()
}

// Path is a path that a program answers about its health.
type Path struct {
	Path string
	At   detect.Evidence
}

// health finds the paths about health that applications answer themselves, not by
// way of a router whose prefix is set elsewhere.
func (s *Sources) health(files []string, urls string) []Path {
	var all []Path
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			base, method, _ := cutLast(call.Text)
			first, ok := call.Positional(0)
			if !ok || first.Form != source.Text {
				continue
			}
			route := first.Text
			if call.Text == "django.urls.path" && file == urls {
				route = "/" + route
			} else if !slices.Contains(routes, method) || base == "" || isRouter(m, base) && !strings.HasSuffix(base, ".router") {
				continue
			}
			if detect.IsHealthPath(route) {
				all = append(all, Path{route, detect.Evidence{File: file, Line: call.Line}})
			}
		}
	}
	return all
}

// isRouter knows objects that are put below a path of an application, and clients,
// which ask rather than answer.
func isRouter(m *source.Module, name string) bool {
	if slices.Contains([]string{"requests", "httpx", "client", "session", "aiohttp"}, name) {
		return true
	}
	made := m.Value(source.Expression{Form: source.Name, Text: name}).Text
	return strings.HasSuffix(made, "Router") || strings.HasSuffix(made, "Blueprint") || strings.HasSuffix(made, "Namespace") || strings.HasSuffix(made, "Client") || strings.HasSuffix(name, "router") || strings.HasSuffix(name, "_bp") || name == "bp" || name == "blueprint" || name == "client"
}

// bind reads the address that gunicorn's own settings name
// (https://docs.gunicorn.org/en/stable/configure.html).
func (s *Sources) bind(d *Detail) {
	m := s.Module(path.Join(d.Program.Root, "gunicorn.conf.py"))
	if m == nil {
		return
	}
	if o, ok := m.Assigned("bind"); ok {
		if _, port, ok := cutPort(o.Value.Text); ok && o.Value.Form == source.Text {
			d.Bind = Listen{Port: port, Given: true, At: detect.Evidence{File: m.File, Line: o.Line}}
		}
	}
}
