package rust

import (
	"cmp"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// listener is a call that opens a port.
type listener struct {
	name   string   // of the function or method
	owner  []string // the type or module before it; a method where there is none
	crates []string // of which the program has to use one; any where there is none
	sure   bool     // a number alone is a port
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
			if len(args) == 0 {
				continue
			}
			v := &reading{program: p, file: f, line: t.line}
			v.read(args[0], 0)
			pair := len(args[0]) > 0 && args[0][0].is("(") // a host and a port
			if listen, ok := v.listen(l.sure || pair); ok {
				listen.At = f.at(t.line)
				listen.UDP, listen.Raw = l.udp, slices.Contains(l.crates, "tonic")
				p.aside(f, i, &listen)
				found = append(found, listen)
			}
		}
	}
	return detect.DistinctListeners(found)
}

// opens finds the listener that a call is.
func (p *program) opens(f source, i int) (listener, bool) {
	owner, method := ownerOf(f.tokens, i)
	for _, l := range listeners {
		if l.name != f.tokens[i].text || len(l.crates) > 0 && !slices.ContainsFunc(l.crates, func(c string) bool { return p.crates[c] }) {
			continue
		}
		if len(l.owner) == 0 && method || len(l.owner) > 0 && !method && slices.Contains(l.owner, owner) {
			return l, true
		}
	}
	return listener{}, false
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

// reading gathers what an expression and the names in it say about an address.
type reading struct {
	program *program
	file    source
	line    int // where it stands
	seen    []string
	host    string
	numbers []int
	port    int  // that stood in a text
	vague   bool // a name may stand for different things
	free    bool // any port that is free, as tests ask for
	env     []string
}

// deepest bounds how far names are followed.
const deepest = 6

var (
	hostPort   = pattern.New(`^(?:[a-z+]+://)?(\[[0-9a-f:]*\]|[A-Za-z0-9.*_-]*):(\d{1,5})/?$`)
	hostFormat = pattern.New(`^(?:[a-z+]+://)?(\[[0-9a-f:]*\]|[0-9.]+|localhost):\{`)
	inline     = pattern.New(`\{([a-z_][A-Za-z0-9_]*)[:}]`)
	variable   = pattern.New(`^[A-Z][A-Z0-9_]*$`)
)

// read takes in the tokens of an expression.
func (r *reading) read(t []token, depth int) {
	for i := 0; i < len(t); i++ {
		switch x := t[i]; x.kind {
		case str:
			r.text(x.text, depth)
		case num:
			if n, ok := number(x.text); ok {
				r.numbers = append(r.numbers, n)
				r.free = r.free || n == 0 && depth == 0
			}
		case ident:
			i = r.name(t, i, depth)
		case punct:
			if x.text == "[" {
				if args := arguments(t, i); len(args) == 4 && r.octets(args) {
					i = closing(t, i)
				}
			}
		}
	}
}

// octets takes four numbers for an address.
func (r *reading) octets(args [][]token) bool {
	var parts []string
	for _, a := range args {
		if len(a) != 1 || a[0].kind != num {
			return false
		}
		n, _ := number(a[0].text)
		parts = append(parts, strconv.Itoa(n))
	}
	r.host = cmp.Or(r.host, strings.Join(parts, "."))
	return true
}

func (r *reading) text(s string, depth int) {
	if m := hostPort.FindStringSubmatch(s); m != nil {
		r.host = cmp.Or(r.host, m[1])
		if n, err := strconv.Atoi(m[2]); err == nil && r.port == 0 {
			r.port = n
			r.free = r.free || n == 0 && depth == 0
		}
		return
	}
	if m := hostFormat.FindStringSubmatch(s); m != nil {
		r.host = cmp.Or(r.host, m[1])
	}
	for _, m := range inline.FindAllStringSubmatch(s, -1) {
		r.follow(m[1], depth)
	}
	if n, err := strconv.Atoi(s); err == nil {
		if r.port == 0 && n > 0 && n < 1<<16 {
			r.port = n
		}
		return
	}
	if ip := net.ParseIP(strings.Trim(s, "[]")); ip != nil || s == "localhost" {
		r.host = cmp.Or(r.host, s)
	}
}

// name takes in a name and what it stands for; it gives the place that is read.
func (r *reading) name(t []token, i, depth int) int {
	text := t[i].text
	next := func(n int) token {
		if i+n < len(t) {
			return t[i+n]
		}
		return token{}
	}
	owner, _ := ownerOf(t, i)
	switch {
	case text == "LOCALHOST":
		r.host = cmp.Or(r.host, "127.0.0.1")
	case text == "UNSPECIFIED":
		r.host = cmp.Or(r.host, "0.0.0.0")
	case text == "new" && owner == "Ipv4Addr" && next(1).is("("):
		if args := arguments(t, i+1); len(args) == 4 && r.octets(args) {
			return closing(t, i+1)
		}
	case (text == "var" || text == "var_os" || text == "get_env" || text == "env_or") && next(1).is("("):
		if next(2).kind == str {
			r.environment(next(2).text)
			return i + 2
		}
		r.constant(next(2).text, depth)
		return i + 2
	case text == "env" && next(1).is("=") && next(2).kind == str: // #[arg(env = "PORT")]
		r.environment(next(2).text)
		return i + 2
	case text == "default" && next(1).is("=") && next(2).kind == str: // #[serde(default = "port")]
		r.follow(next(2).text[strings.LastIndexByte(next(2).text, ':')+1:], depth)
		return i + 2
	case (text == "help" || text == "long" || text == "name" || text == "about" || text == "rename" || text == "alias" || text == "value_name" || text == "doc") && next(1).is("="):
		return i + 2
	case text == "expect" && next(1).is("("), strings.HasPrefix(text, "from_") && next(1).is("("):
		return closing(t, i+1)
	case text == "as" || text == "self" || text == "Self" || text == "unwrap" || text == "parse" || text == "String" || text == "to_string" || text == "into":
	case next(1).is("(") && r.function(text, depth): // let address = address();
	case next(1).is(".") && next(2).kind == ident && !next(3).is("(") && len(r.program.defined[next(2).text]) > 0: // ports.https: the field alone
	default:
		r.follow(text, depth)
	}
	return i
}

// function takes in what a function of that name gives, if there is one: what is
// called is no variable, whatever else has its name.
func (r *reading) function(name string, depth int) bool {
	for _, d := range r.program.defined[name] {
		if d.rank == 1 && depth < deepest && !slices.Contains(r.seen, name+"()") {
			r.seen = append(r.seen, name+"()")
			r.read(d.tokens, depth+1)
			return true
		}
	}
	return false
}

// environment takes in the name of a variable.
func (r *reading) environment(name string) {
	if variable.MatchString(name) && !slices.Contains(r.env, name) {
		r.env = append(r.env, name)
	}
}

// constant is a name whose text is that of a variable.
func (r *reading) constant(name string, depth int) {
	for _, d := range r.program.defined[name] {
		for _, t := range d.tokens {
			if t.kind == str && depth < deepest {
				r.environment(t.text)
			}
		}
	}
}

// follow takes in what a name stands for: in the same file what is surest.
func (r *reading) follow(name string, depth int) {
	all := r.program.defined[name]
	if depth >= deepest || len(all) == 0 || slices.Contains(r.seen, name) {
		return
	}
	r.seen = append(r.seen, name)
	best := slices.MinFunc(all, func(a, b definition) int {
		return cmp.Or(cmp.Compare(away(a, r.file), away(b, r.file)), cmp.Compare(a.rank, b.rank))
	})
	if best.rank >= 2 {
		r.field(name, all, depth)
		return
	}
	for _, d := range r.above(all, best) {
		r.read(d.tokens, depth+1)
	}
}

// above gives the definitions that are as sure as the best: the last of them above
// the place that is read, where there is one in its file.
func (r *reading) above(all []definition, best definition) []definition {
	like := slices.DeleteFunc(slices.Clone(all), func(d definition) bool {
		return d.rank != best.rank || d.file.name != best.file.name || len(d.tokens) == 0
	})
	var last []definition
	for _, d := range like {
		if line := d.tokens[0].line; best.file.name == r.file.name && line <= r.line && (len(last) == 0 || line >= last[0].tokens[0].line) {
			last = []definition{d}
		}
	}
	if best.rank > 0 || len(last) == 0 { // functions and constants may stand anywhere
		return like
	}
	return last
}

// field takes in what a field of that name may hold. Several types may have one:
// where they say different things, none of them counts.
func (r *reading) field(name string, all []definition, depth int) {
	merged, said := reading{}, []detect.Listener(nil)
	for _, d := range all {
		if d.rank < 2 {
			continue
		}
		one := reading{program: r.program, file: d.file, seen: slices.Clone(r.seen)}
		one.read(d.tokens, depth+1)
		if d.rank == 2 {
			one.bare(name, d.tokens)
		}
		r.vague = r.vague || one.vague
		if l, _ := one.listen(true); l.Port != 0 || l.Env != "" {
			said = append(said, detect.Listener{Port: l.Port, Env: l.Env})
		}
		merged.host, merged.port = cmp.Or(merged.host, one.host), cmp.Or(merged.port, one.port)
		merged.numbers, merged.env = append(merged.numbers, one.numbers...), append(merged.env, one.env...)
	}
	if len(slices.CompactFunc(said, func(a, b detect.Listener) bool { return a.Port == b.Port && a.Env == b.Env })) > 1 {
		r.vague = true
		return
	}
	r.host, r.port = cmp.Or(r.host, merged.host), cmp.Or(r.port, merged.port)
	r.numbers, r.env = append(r.numbers, merged.numbers...), append(r.env, merged.env...)
}

// away is 1 for what another file defines.
func away(d definition, f source) int {
	if d.file.name == f.name {
		return 0
	}
	return 1
}

// bare takes in #[arg(env)], which means the field's own name.
func (r *reading) bare(field string, t []token) {
	for i := 1; i+1 < len(t); i++ {
		if t[i].is("env") && (t[i+1].is(",") || t[i+1].is(")")) && !t[i-1].is(":") {
			r.environment(strings.ToUpper(field))
		}
	}
}

// listen makes what was gathered a place to listen, where it is one.
func (r *reading) listen(sure bool) (detect.Listener, bool) {
	loopback := detect.IsLoopback(r.host)
	if r.vague {
		return detect.Listener{Loopback: loopback}, sure
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
