package program

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// listens finds the calls in files that open a port.
func (s *Sources) listens(files []string) []detect.Listener {
	var all []detect.Listener
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			o, ok := openerOf(m, call)
			if !ok {
				continue
			}
			l := s.listenOf(m, call, o)
			if l.Default && slices.ContainsFunc(m.Calls, givesSockets) { // of which somebody else says where they are
				l.Port, l.Default, l.Loopback = 0, false, false
			}
			l.At = detect.Evidence{File: file, Line: call.Line}
			l.Direct = slices.ContainsFunc(m.Guarded, func(g source.Expression) bool { return g.Line == call.Line && g.Text == call.Text })
			conditions(m, call.Line, &l)
			all = append(all, l)
		}
	}
	return all
}

// givesSockets says whether a call gives a server sockets that are open already.
func givesSockets(call source.Expression) bool {
	_, ok := call.Keyword("sockets")
	return ok
}

// servingCalls are methods of servers that answer until they are stopped, whatever made
// them.
var servingCalls = []string{".serve_forever", ".create_server", ".start_server", ".start_serving"}

// unread finds what serves although no call of the files says where: a class of the
// project that is a server, whose objects are made by another name, or a server's method.
func (s *Sources) unread(files []string) Unread {
	for _, file := range files {
		m := s.Module(file)
		for _, d := range m.Defs {
			if _, ok := serverClass(d); ok {
				return Unread{d.Name + " is a server, and its port stands nowhere that is looked into", detect.Evidence{File: file, Line: d.Line}}
			}
		}
		for _, call := range m.Calls {
			if slices.ContainsFunc(servingCalls, func(method string) bool { return strings.HasSuffix(call.Text, method) }) {
				return Unread{call.Text + " serves, and its port stands nowhere that is looked into", detect.Evidence{File: file, Line: call.Line}}
			}
		}
	}
	return Unread{}
}

// serverClass knows classes of the project that are servers of the standard library.
func serverClass(d source.Definition) (opener, bool) {
	for _, base := range d.Bases {
		if i := slices.IndexFunc(openers, func(o opener) bool { return o.class && o.callee == base }); d.Class && i >= 0 {
			return openers[i], true
		}
	}
	return opener{}, false
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
	if i := slices.IndexFunc(m.Defs, func(d source.Definition) bool { return d.Name == call.Text }); i >= 0 && len(call.Args) > 0 {
		if o, ok := serverClass(m.Defs[i]); ok {
			return o, true
		}
	}
	base, method, ok := cutLast(call.Text)
	if !ok || !slices.Contains([]string{"run", "listen", "start", "run_server", "run_async"}, method) {
		return opener{}, false
	}
	value := returned(m, m.Value(source.Expression{Form: source.Name, Text: base, Line: call.Line}))
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
func (s *Sources) listenOf(m *source.Module, call source.Expression, o opener) detect.Listener {
	l := detect.Listener{Port: o.number, Default: true, UDP: o.udp, Raw: slices.Contains(rawOpeners, o.callee)}
	if o.says != "" {
		l.Warning = "this is " + o.says + "; for production add gunicorn to the dependencies"
	}
	host := o.defaultTo
	l.Host = o.hostEnv
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
		l.Host = ""
		l.Option = s.option(m, v, 0)
		named := v
		m, v := s.stated(m, v, 0)
		if v.Form == source.List && len(v.Args) == 2 { // (host, port)
			l.Option = s.option(m, v.Args[0].Value, 0)
			s.host(&l, m, v.Args[0].Value, &host)
			s.setPort(&l, m, v.Args[1].Value)
		} else if v.Form == source.Join && o.host == o.port { // "[::]:" + port
			host = strings.Trim(strings.TrimSuffix(v.Args[0].Value.Text, ":"), "[]")
			s.setPort(&l, m, v.Args[1].Value)
		} else if address, port, ok := cutPort(v.Text); ok && o.host == o.port {
			host, l.Port, l.Default = address, port, false
		} else {
			s.host(&l, m, v, &host)
			l.Unsure = l.Unsure && named.Form != source.Other
		}
	}
	if v, ok := place(o.port, o.names[1]); ok && (o.host != o.port || o.host < 0) {
		s.setPort(&l, m, v)
	}
	l.Loopback = detect.IsLoopback(host)
	return l
}

// host reads the host of an address: a text, or a variable with a default.
func (s *Sources) host(l *detect.Listener, m *source.Module, v source.Expression, host *string) {
	in, v := s.stated(m, v, 0)
	name, fallback, ok := v.Environment()
	switch {
	case v.Form == source.Text:
		*host = v.Text
	case ok:
		_, fallback = s.stated(in, fallback, 0)
		*host = fallback.Text
		if source.IsVariable(name) {
			l.Host, l.NoHost = name, fallback.Text == ""
		}
	default:
		*host, l.Unsure = "", v.Form == source.Name && v.Text != "None" || v.Form == source.Call
	}
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

// setPort reads a port: a number, a variable, or a name for either.
func (s *Sources) setPort(l *detect.Listener, m *source.Module, v source.Expression) {
	l.Default = false
	m, v = s.stated(m, v, 0)
	if v.Form == source.Call && v.Text == "int" {
		if inner, ok := v.Positional(0); ok {
			m, v = s.stated(m, inner, 0)
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
	_, fallback = s.stated(m, fallback, 0)
	l.Port, _ = fallback.Number()
}

// farthest bounds the functions that are left for their callers, to find under which
// conditions something runs.
const farthest = 4

// conditions reads what has to hold for a line of a module to run, and what the
// functions around it say about it.
func conditions(m *source.Module, line int, l *detect.Listener) {
	names := []string{l.Env, l.Host}
	for range farthest {
		function := ""
		for _, b := range m.Blocks {
			switch {
			case line < b.From || b.To != 0 && line > b.To:
			case b.Def != "":
				function = b.Def
			case b.Class != "":
			default:
				l.When = append(l.When, condition(m, b)...)
			}
		}
		names = append(names, function)
		calls := slices.DeleteFunc(slices.Clone(m.Calls), func(c source.Expression) bool { return c.Text != function })
		if function == "" || len(calls) != 1 || calls[0].Line == line {
			break
		}
		line = calls[0].Line
	}
	l.Side = detect.SideWord(names...)
}

// condition reads a branch of a condition; none where it holds for a program that is
// started.
func condition(m *source.Module, b source.Block) []detect.Condition {
	at := detect.Evidence{File: m.File, Line: b.From}
	c := detect.Condition{Unknown: true}
	switch named := m.Value(source.Expression{Form: source.Name, Text: b.If, Line: b.From}); {
	case b.If == "":
	default:
		if name, fallback, ok := named.Environment(); ok && source.IsVariable(name) {
			c = detect.Condition{Env: name, Default: fallback.Text, Not: true}
			break
		}
		read, asks := detect.ReadCondition(b.If)
		if !asks {
			return nil
		}
		c = read
	}
	c.At = at
	if b.Else > 0 {
		c.Choice, c.Branch = fmt.Sprintf("%s:%d", m.File, b.From), b.Else
	}
	return []detect.Condition{c}
}

// health finds the paths about health that applications answer themselves, not by
// way of a router whose prefix is set elsewhere.
func (s *Sources) health(files []string, urls string) []detect.Path {
	var all []detect.Path
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
				all = append(all, detect.Path{Path: route, At: detect.Evidence{File: file, Line: call.Line}})
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

// bind reads the address that gunicorn's own settings name.
func (s *Sources) bind(d *Detail) {
	if l, ok := s.gunicorn(path.Join(d.Program.Root, cmp.Or(d.Program.Settings, "gunicorn.conf.py"))); ok {
		d.Bind = l
	}
}
