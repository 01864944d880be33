package rust

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// listener is a call that opens a port.
type listener struct {
	name   string   // of the function or method
	owner  []string // the type or module before it; a method where there is none
	crates []string // of which the program has to use one; any where there is none
	sure   bool     // a number alone is a port
	arg    int      // the place of the address among the arguments
	args   int      // how many arguments there are, 0 for any number
	udp    bool
}

// listeners is the list of what is known to open a port.
//
// Sources: the documentation of each crate, of the versions current in August 2026.
var listeners = []listener{
	{name: "bind", owner: []string{"TcpListener", "Server", "AddrIncoming", "TcpSocket"}, sure: true},
	{name: "bind", owner: []string{"UdpSocket"}, sure: true, udp: true},
	{name: "new", owner: []string{"TcpListener"}, crates: []string{"salvo"}, sure: true},
	{name: "http", owner: []string{"Server"}, crates: []string{"tiny_http"}, sure: true},
	{name: "start_server", owner: []string{"rouille", ""}, crates: []string{"rouille"}, sure: true},
	{name: "start", owner: []string{"gotham"}, crates: []string{"gotham"}, sure: true},
	{name: "from_tcp", owner: []string{"Server"}, sure: true},
	{name: "bind", crates: []string{"actix-server", "ntex-server", "ntex"}, arg: 1, args: 3},
	{name: "bind", crates: []string{"actix-web", "ntex", "warp", "axum-server", "actix-server"}},
	{name: "bind_rustls_0_23", crates: []string{"actix-web"}}, {name: "bind_rustls_0_22", crates: []string{"actix-web"}}, {name: "bind_openssl", crates: []string{"actix-web"}},
	{name: "bind_auto_h2c", crates: []string{"actix-web"}},
	{name: "bind", owner: []string{"axum_server", "axum_server::"}, crates: []string{"axum-server"}, sure: true},
	{name: "bind_rustls", owner: []string{"axum_server"}, crates: []string{"axum-server"}, sure: true}, {name: "bind_openssl", owner: []string{"axum_server"}, crates: []string{"axum-server"}, sure: true},
	{name: "bind_dual_protocol", owner: []string{"axum_server_dual_protocol"}, sure: true},
	{name: "run", crates: []string{"warp"}}, {name: "try_bind", crates: []string{"warp"}}, {name: "bind_with_graceful_shutdown", crates: []string{"warp"}},
	{name: "listen", crates: []string{"tide", "trillium"}},
	{name: "serve", crates: []string{"tonic"}}, {name: "serve_with_shutdown", crates: []string{"tonic"}},
}

// servers are the crates that are there to serve: a program that uses one and
// opens no port that can be read is one whose port has to be asked for.
var servers = []string{"axum", "actix-web", "warp", "poem", "salvo", "tide", "rouille", "tiny_http", "ntex", "gotham", "axum-server"}

// listens lists the ports that the program opens.
func (p *program) listens() []detect.Listener {
	var found []detect.Listener
	for _, f := range p.files {
		for i := 1; i+1 < len(f.tokens); i++ {
			t := f.tokens[i]
			if t.kind != ident || !f.tokens[i+1].is("(") || f.tokens[i-1].is("fn") {
				continue
			}
			l, ok := p.opens(f, i)
			if !ok {
				continue
			}
			args := arguments(f.tokens, i+1)
			if len(args) <= l.arg {
				continue
			}
			address := args[l.arg]
			v := p.reader(f)
			v.read(address, 0)
			pair := len(address) > 0 && address[0].is("(") // a host and a port
			if listen, ok := v.listen(l.sure || pair); ok {
				listen.At = f.at(t.line)
				listen.UDP, listen.Raw = l.udp, slices.Contains(l.crates, "tonic")
				p.aside(f, i, &listen)
				found = append(found, listen)
			}
		}
	}
	p.commanded(found)
	return detect.DistinctListeners(found)
}

// told are what options are called that say where a server listens, and attributes that
// make a field an option.
var (
	told    = []string{"port", "http_port", "listen_port", "server_port", "bind", "bind_addr", "bind_address", "listen", "listen_addr", "listen_address", "addr", "http_addr", "server_addr"}
	options = []string{"arg", "clap", "structopt", "argh", "bpaf", "gumdrop", "options", "envconfig"}
)

// option is where a server listens by the one option that is called so, where nothing
// leads from it to the call that does.
func (p *program) option() (found detect.Listener, ok bool) {
	for _, name := range told {
		for _, d := range p.defined[name] {
			if d.rank != 2 || len(d.tokens) < 3 || !slices.ContainsFunc(options, d.tokens[2].is) {
				continue
			}
			r := p.reader(d.file)
			r.read(d.tokens, 0)
			r.bare(name, d.tokens)
			l, _ := r.listen(true)
			if l.Unread() {
				continue
			}
			if ok {
				return detect.Listener{}, false
			}
			found, ok = l, true
			found.At = d.file.at(d.tokens[0].line)
		}
	}
	return found, ok
}

// opens finds the listener that a call is.
func (p *program) opens(f source, i int) (listener, bool) {
	owner, method := ownerOf(f.tokens, i)
	for _, l := range listeners {
		if l.name != f.tokens[i].text || len(l.crates) > 0 && !slices.ContainsFunc(l.crates, func(c string) bool { return p.crates[c] }) {
			continue
		}
		if l.args > 0 && len(arguments(f.tokens, i+1)) != l.args {
			continue
		}
		if len(l.owner) == 0 && method && p.ofServer(f, i) || len(l.owner) > 0 && !method && slices.Contains(l.owner, owner) {
			return l, true
		}
	}
	return listener{}, false
}

// ofServer says whether the method at i is called on a server, and not, say, on a query
// whose values are bound, too: by the names of the chain before it, or by what the
// variable that it begins with was given.
func (p *program) ofServer(f source, i int) bool {
	speaks := func(t token) bool {
		name := strings.ToLower(t.text)
		return t.kind == ident && slices.ContainsFunc([]string{"serv", "http", "warp", "app", "trillium", "tide"}, func(word string) bool { return strings.Contains(name, word) })
	}
	root := i
	for j := i - 1; j >= 0; j-- {
		switch t := f.tokens[j]; {
		case t.is(".") || t.is("?") || t.is(":") || t.is("&") || t.is(">"):
		case t.is(")") || t.is("]"):
			j = opening(f.tokens, j)
		case t.kind == ident && !slices.ContainsFunc([]string{"return", "await", "in", "match", "else"}, t.is):
			if root = j; speaks(t) {
				return true
			}
		default:
			j = 0
		}
	}
	return slices.ContainsFunc(p.reader(f).local(p.defined[f.tokens[root].text], f.tokens[root]), func(d definition) bool { return slices.ContainsFunc(d.tokens[:min(len(d.tokens), 12)], speaks) })
}

// ownerOf is the name before the :: of a call, or whether it is a method's.
func ownerOf(t []token, i int) (owner string, method bool) {
	if i >= 1 && t[i-1].is(".") {
		return "", true
	}
	if i >= 3 && t[i-1].is(":") && t[i-2].is(":") {
		j := i - 3
		if t[j].is(">") { // Server::<T>::bind
			for j > 0 && !t[j].is("<") {
				j--
			}
			j -= 3
		}
		if j >= 0 && t[j].kind == ident {
			return t[j].text, false
		}
	}
	return "", false
}

// listen makes what was gathered a place to listen, where it is one.
func (r *reading) listen(sure bool) (detect.Listener, bool) {
	loopback := detect.IsLoopback(r.host)
	if r.vague { // which may be the host as well, unless that stands there
		return detect.Listener{Loopback: loopback && r.near}, sure
	}
	l := detect.Listener{Port: r.port, Loopback: loopback}
	for _, n := range r.numbers {
		if l.Port == 0 && n >= 80 && n < 1<<16 {
			l.Port = n
		}
	}
	for _, name := range r.env {
		switch {
		case strings.Contains(name, "PORT"):
			l.Env = cmp.Or(l.Env, name)
		case strings.HasSuffix(name, "HOST") || strings.HasSuffix(name, "IP"):
			l.Host = cmp.Or(l.Host, name)
		case strings.Contains(name, "ADDR") || strings.Contains(name, "BIND") || strings.Contains(name, "LISTEN"):
			l.Address = cmp.Or(l.Address, name)
		}
	}
	if l.Address != "" && (l.Env != "" || r.host != "" && r.port == 0) {
		l.Host, l.Address = cmp.Or(l.Host, l.Address), "" // the host alone
	}
	l.NoHost = l.Host != "" && r.host == ""
	told := l.Env != "" || l.Address != "" || r.host != ""
	if !sure && !told {
		return detect.Listener{}, false
	}
	if l.Unread() && r.free {
		return detect.Listener{}, false
	}
	return l, true
}

// routes are what routers call the function or attribute that registers a route.
var routes = []string{"route", "get", "at", "path", "resource", "nest", "service", "push", "with_path"}

// health lists the health paths that the program answers.
func (p *program) health() []detect.Path {
	var found []detect.Path
	for _, f := range p.files {
		for i := 2; i < len(f.tokens); i++ {
			t := f.tokens[i]
			if t.kind == str && detect.IsHealthPath(t.text) && f.tokens[i-1].is("(") && slices.Contains(routes, f.tokens[i-2].text) {
				found = append(found, detect.Path{Path: t.text, At: f.at(t.line)})
			}
		}
	}
	slices.SortStableFunc(found, func(a, b detect.Path) int {
		return detect.CompareHealthPaths(a.Path, b.Path)
	})
	return found
}

// handlers are crates that end a program upon SIGTERM by themselves.
var handlers = []string{"actix-web", "actix-rt", "rocket", "signal-hook", "signal-hook-tokio", "shuttle-runtime", "loco-rs", "salvo", "ntex", "tokio-graceful-shutdown", "async-signal"}

// stops says whether something in the program handles SIGTERM. The first process
// of a container is not ended by a signal that it does not handle.
func (p *program) stops() bool {
	if slices.ContainsFunc(handlers, func(c string) bool { return p.crates[c] }) {
		return true
	}
	for _, f := range p.files {
		for i, t := range f.tokens {
			switch {
			case t.is("SIGTERM") || t.is("SignalKind"):
				return true
			case t.is("set_handler") && p.crates["ctrlc"]:
				return true
			case t.is("terminate") && i+1 < len(f.tokens) && f.tokens[i+1].is("("):
				return true
			}
		}
	}
	return false
}
