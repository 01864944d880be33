package source

import (
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// rpc reads the call at i, if it opens a port for something else than plain HTTP:
// a server of @grpc/grpc-js, or a microservice of NestJS.
func (c Code) rpc(f sourceFile, i int) (detect.Listener, bool) {
	switch {
	case f.is(i, ".", "bindAsync", "("), f.is(i, ".", "bind", "(") && f.mentions("grpc"):
		args := f.arguments(i + 2)
		if len(args) < 2 {
			return detect.Listener{}, false // the bind of functions has none that could be an address
		}
		l := c.endpoint(f, args[0], 0)
		l.Raw = true
		return l, f.tokens[i+1].text == "bindAsync" || l.Port != 0 || l.Env != ""
	case f.is(i, "createMicroservice"), f.is(i, "connectMicroservice"):
		return c.microservice(f, i)
	}
	return detect.Listener{}, false
}

// microservice reads the options of a microservice of NestJS. Those that take their
// messages from a broker open no port. The ports are NestJS' own defaults
// (https://docs.nestjs.com/microservices/basics, …/grpc).
func (c Code) microservice(f sourceFile, i int) (detect.Listener, bool) {
	open := i + 1
	for ; open < len(f.tokens) && open < i+8 && f.tokens[open].text != "("; open++ { // a type may come first
	}
	l := detect.Listener{Raw: true}
	args := f.arguments(open)
	if len(args) == 0 {
		return detect.Listener{}, false
	}
	in, given := f, args[len(args)-1]
	if len(given) == 1 && given[0].kind == word && len(args) > 1 {
		in, given = c.value(f, given[0].text)
	}
	transport, options := property(given, "transport"), property(given, "options")
	switch {
	case len(args) == 1 && f.is(i, "createMicroservice"), transport == nil && options != nil, isMember(transport, "TCP"):
		l = c.join(l, c.port(in, property(options, "port"), 0))
		if l.Port == 0 && l.Env == "" {
			l.Port = 3000
		}
	case isMember(transport, "GRPC"):
		bound := c.endpoint(in, property(options, "url"), 0)
		l = c.join(l, bound)
		l.Loopback = bound.Loopback
		if l.Port == 0 && l.Env == "" {
			l.Port, l.Loopback = 5000, true
		}
	case len(transport) > 1:
		return detect.Listener{}, false
	}
	return l, true // of options that cannot be read, on an address that nobody knows
}

// isMember says whether an expression is a member of something by its name:
// Transport.GRPC.
func isMember(expr []token, name string) bool {
	return len(expr) == 3 && expr[1].text == "." && expr[2].text == name
}

// endpoint evaluates an address with a port behind a colon, as far as port does.
func (c Code) endpoint(f sourceFile, expr []token, depth int) detect.Listener {
	if depth > deepestName {
		return detect.Listener{}
	}
	var l detect.Listener
	for i, t := range expr {
		switch {
		case t.kind == text || t.kind == mixed:
			l = c.join(l, c.afterColon(f, t))
			host := t.text[:max(0, strings.LastIndexByte(t.text, ':'))]
			l.Loopback = l.Loopback || detect.IsLoopback(host)
		case t.kind == word && !isPortName(t.text) && (!isPart(expr, i) || i == len(expr)-1):
			l = c.join(l, c.once(f.name+":"+t.text, func() detect.Listener {
				in, value := c.value(f, t.text)
				return c.endpoint(in, value, depth+1)
			}))
		}
	}
	l = c.join(l, c.port(f, expr, depth))
	if !isPortName(l.Env) { // the variable of the whole address
		l.Env = ""
	}
	return l
}

// afterColon evaluates the port of an address that is written down, or the filling
// in its place.
func (c Code) afterColon(f sourceFile, t token) detect.Listener {
	before, inside, after := t.filling()
	if strings.HasSuffix(before, ":") && after == "" {
		return c.port(f, inside, 0)
	}
	colon := strings.LastIndexByte(after, ':')
	if colon < 0 {
		return detect.Listener{}
	}
	n, _ := strconv.ParseUint(after[colon+1:], 10, 16) // what is no number is no port that is known
	return detect.Listener{Port: int(n)}
}

// value finds what a name was given: in its own file, then in those that it comes from.
func (c Code) value(f sourceFile, name string) (sourceFile, []token) {
	near := c.near("", name)
	for n, file := range append([]sourceFile{f}, c.files...) {
		if n > 0 && !near[file.name] {
			continue
		}
		for i := range file.tokens {
			if file.is(i, name, "=") && i+2 < len(file.tokens) && file.tokens[i+2].text != "=" {
				return file, file.expression(i + 2)
			}
		}
	}
	return f, nil
}

// otherServers are the calls that make a server for something else than plain HTTP.
var otherServers = [][]string{
	{"net", ".", "createServer", "("}, {"tls", ".", "createServer", "("}, {"https", ".", "createServer", "("},
	{"http2", ".", "createServer", "("}, {"http2", ".", "createSecureServer", "("},
}

// speaksNoHTTP says whether the servers that a file makes all speak something else
// than plain HTTP.
func (f sourceFile) speaksNoHTTP() bool {
	makes := func(calls [][]string) bool {
		for i := range f.tokens {
			for _, words := range calls {
				if f.is(i, words...) {
					return true
				}
			}
		}
		return false
	}
	return makes(otherServers) && !makes([][]string{{"http", ".", "createServer", "("}})
}
