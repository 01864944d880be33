package python

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
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
func (s *sources) listens(files []string) []Listen {
	var all []Listen
	for _, file := range files {
		m := s.module(file)
		for _, call := range m.calls {
			o, ok := openerOf(m, call)
			if !ok {
				continue
			}
			l := listenOf(m, call, o)
			l.At = detect.Evidence{File: file, Line: call.line}
			l.Guarded = slices.ContainsFunc(m.guarded, func(g expression) bool { return g.line == call.line && g.text == call.text })
			all = append(all, l)
		}
	}
	return all
}

// openerOf knows whether a call opens a port.
func openerOf(m *module, call expression) (opener, bool) {
	for _, o := range openers {
		if call.text == o.callee || starred(m, o.callee, call.text) || strings.HasSuffix(call.text, "."+strings.TrimPrefix(o.callee, ".")) {
			if o.callee == ".launch" && m.importLine("gradio") == 0 {
				continue
			}
			return o, true
		}
	}
	base, method, ok := cutLast(call.text)
	if !ok || !slices.Contains([]string{"run", "listen", "start", "run_server", "run_async"}, method) {
		return opener{}, false
	}
	value := returned(m, m.value(expression{form: nameForm, text: base}))
	if f, ok := frameworkOf(m, value.text); ok {
		o, has := runMethods[f.name]
		return o, has
	}
	if strings.HasSuffix(value.text, ".FastMCP") || strings.HasSuffix(value.text, ".MCPServer") {
		return runMethods["FastMCP"], transports(call)
	}
	name, ok := selfServing[value.text]
	_, object, _ := cutLast(base)
	if !ok && method == "run" && (object == "app" || object == "application") && m.importsAny("flask", "app", "application", "create_app") {
		name, ok = "Flask", true // an application of another module
	}
	return runMethods[name], ok
}

// returned is what a function of the module makes that serves itself, where a call
// names one: app = make_app().
func returned(m *module, call expression) expression {
	i := slices.IndexFunc(m.defs, func(d definition) bool { return !d.class && d.name == call.text })
	if call.form != callForm || i < 0 {
		return call
	}
	for _, made := range m.defs[i].made {
		if _, ok := selfServing[made]; ok {
			call.text = made
		}
	}
	return call
}

func transports(call expression) bool {
	t, ok := call.argument(0, "transport")
	return ok && t.form == textForm && t.text != "stdio"
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return "", name, false
	}
	return name[:i], name[i+1:], true
}

// listenOf reads host and port of a call.
func listenOf(m *module, call expression, o opener) Listen {
	l := Listen{Port: o.number, Says: o.says, Raw: slices.Contains(rawOpeners, o.callee)}
	host := o.defaultTo
	l.HostEnv = o.hostEnv
	place := func(n int, name string) (expression, bool) {
		if v, ok := call.keyword(name); name != "" && ok {
			return v, true
		}
		if n < 0 {
			return expression{}, false
		}
		return call.positional(n)
	}
	if v, ok := place(o.host, o.names[0]); ok {
		v, l.HostEnv = m.value(v), ""
		if v.form == listForm && len(v.args) == 2 { // (host, port)
			host = v.args[0].value.text
			l.set(m, v.args[1].value)
		} else if v.form == joinForm && o.host == o.port { // "[::]:" + port
			host = strings.Trim(strings.TrimSuffix(v.args[0].value.text, ":"), "[]")
			l.set(m, v.args[1].value)
		} else if address, port, ok := cutPort(v.text); ok && o.host == o.port {
			host, l.Port, l.Given = address, port, true
		} else if v.form == textForm {
			host = v.text
		} else if _, fallback, ok := v.environment(); ok {
			host = fallback.text
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
	port, ok = expression{form: textForm, text: text[i+1:]}.number()
	return strings.Trim(text[:i], "[]"), port, ok
}

// set reads a port: a number, a variable, or a name for either.
func (l *Listen) set(m *module, v expression) {
	v, l.Given = m.value(v), true
	if v.form == callForm && v.text == "int" {
		if inner, ok := v.positional(0); ok {
			v = m.value(inner)
		}
	}
	if n, ok := v.number(); ok {
		l.Port = n
		return
	}
	l.Port = 0
	name, fallback, ok := v.environment()
	if !ok || !isVariable(name) {
		return
	}
	l.Env = name
	l.Port, _ = m.value(fallback).number()
}

// Path is a path that a program answers about its health.
type Path struct {
	Path string
	At   detect.Evidence
}

// health finds the paths about health that applications answer themselves, not by
// way of a router whose prefix is set elsewhere.
func (s *sources) health(files []string, urls string) []Path {
	var all []Path
	for _, file := range files {
		m := s.module(file)
		for _, call := range m.calls {
			base, method, _ := cutLast(call.text)
			first, ok := call.positional(0)
			if !ok || first.form != textForm {
				continue
			}
			route := first.text
			if call.text == "django.urls.path" && file == urls {
				route = "/" + route
			} else if !slices.Contains(routes, method) || base == "" || isRouter(m, base) && !strings.HasSuffix(base, ".router") {
				continue
			}
			if detect.IsHealthPath(route) {
				all = append(all, Path{route, detect.Evidence{File: file, Line: call.line}})
			}
		}
	}
	return all
}

// isRouter knows objects that are put below a path of an application, and clients,
// which ask rather than answer.
func isRouter(m *module, name string) bool {
	if slices.Contains([]string{"requests", "httpx", "client", "session", "aiohttp"}, name) {
		return true
	}
	made := m.value(expression{form: nameForm, text: name}).text
	return strings.HasSuffix(made, "Router") || strings.HasSuffix(made, "Blueprint") || strings.HasSuffix(made, "Namespace") || strings.HasSuffix(made, "Client") || strings.HasSuffix(name, "router") || strings.HasSuffix(name, "_bp") || name == "bp" || name == "blueprint" || name == "client"
}

// bind reads the address that gunicorn's own settings name
// (https://docs.gunicorn.org/en/stable/configure.html).
func (s *sources) bind(d *Detail) {
	m := s.module(path.Join(d.Program.Root, "gunicorn.conf.py"))
	if m == nil {
		return
	}
	if o, ok := m.assigned("bind"); ok {
		if _, port, ok := cutPort(o.value.text); ok && o.value.form == textForm {
			d.Bind = Listen{Port: port, Given: true, At: detect.Evidence{File: m.file, Line: o.line}}
		}
	}
}
