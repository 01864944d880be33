package java

import (
	"cmp"
	"path"
	"regexp"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// opening is how a library is told the port that it opens, in the text of a program.
type opening struct {
	imported string           // the text has to hold it
	call     *pattern.Pattern // up to the parenthesis before the arguments, or up to the value
	place    int              // of the port among the arguments that have no name; one below none is the last
	fallback int              // where the call has no arguments, or names no port
	read     bool             // it is one only where its port can be read: such calls are of other things too
	udp      bool
}

// last is the place of the last of some arguments.
const last = -1

// openings are what is known to open a port. The first that fits a file is taken.
//
// Sources: the documentation of each library, of the versions current in August 2026.
var openings = []opening{
	{imported: "java.net.DatagramSocket", call: pattern.New(`new\s+DatagramSocket\s*\(`), udp: true},
	{imported: "com.sun.net.httpserver", call: pattern.New(`HttpServer\s*\.\s*create\s*\(\s*(?:new\s+)?InetSocketAddress\s*\(`), place: last},
	{imported: "com.sun.net.httpserver", call: pattern.New(`new\s+InetSocketAddress\s*\(`), read: true},
	{imported: "java.net.ServerSocket", call: pattern.New(`new\s+ServerSocket\s*\(`)},
	{imported: "io.javalin", call: pattern.New(`\.start\s*\(`), fallback: 8080},
	{imported: "spark.Spark", call: pattern.New(`\bport\s*\(`)},
	{imported: "io.vertx", call: pattern.New(`HttpServerOptions\s*\(\s*\)[^;]*?\.setPort\s*\(`)},
	{imported: "io.vertx", call: pattern.New(`\.listen\s*\(`), read: true},
	{imported: "org.eclipse.jetty.server", call: pattern.New(`new\s+Server\s*\(`)},
	{imported: "io.undertow", call: pattern.New(`\.addHttpListener\s*\(`)},
	{imported: "io.ktor", call: pattern.New(`(?:\bconnector|\bEngineConnectorBuilder\s*\([^()]*\)\s*\.\s*apply)\s*\{[^{}]*?\bport\s*=`)},
	{imported: "io.ktor", call: pattern.New(`embeddedServer\s*\(`), place: 1, fallback: 80},
	{imported: "io.helidon", call: pattern.New(`\.port\s*\(`), read: true},
	{imported: "org.http4k", call: pattern.New(`\.asServer\s*\(\s*[A-Za-z]+\s*\(`)},
	{imported: "io.grpc", call: pattern.New(`\b(?:forPort|newServerBuilderForPort)\s*\(`)},
}

// opens gives the ports that a file opens. Classes gives the text of another class of the
// module, or none.
func opens(file, text string, classes func(name string) string) []detect.Listener {
	var found []detect.Listener
	for _, o := range openings {
		if !strings.Contains(text, o.imported) {
			continue
		}
		for _, m := range o.call.FindAllStringIndex(text, -1) {
			value, end := o.value(text, m[1])
			l := detect.Listener{UDP: o.udp, At: detect.Evidence{File: file, Line: 1 + strings.Count(text[:m[0]], "\n")}, What: "opened by the program"}
			l.Port, l.Env = portReader{text, classes}.read(value, 0)
			if l.Port == 0 && l.Env == "" && (o.read || strings.Contains(value, "->")) {
				continue
			}
			line := text[strings.LastIndexByte(text[:m[0]], '\n')+1 : end]
			var around []string
			l.When, around = conditions(file, text, m[0])
			l.Side = detect.SideWord(append(around, line, l.Env, strings.TrimSuffix(path.Base(file), path.Ext(file)))...)
			l.Loopback = strings.Contains(line, `"127.0.0.1"`) || strings.Contains(line, `"localhost"`)
			if l.Port == 0 && l.Env == "" && value == "" {
				l.Port = o.fallback
			}
			found = append(found, l)
		}
		if len(found) > 0 && !o.udp {
			return detect.DistinctListeners(found)
		}
	}
	if len(found) > 0 || !strings.Contains(text, "getenv") {
		return detect.DistinctListeners(found)
	}
	if m := ownPort.FindStringSubmatchIndex(text); m != nil {
		l := detect.Listener{Env: text[m[2]:m[3]], What: "asked for by the program", At: detect.Evidence{File: file, Line: 1 + strings.Count(text[:m[0]], "\n")}}
		if n := fallbackNumber.FindStringSubmatch(text[m[1]:]); n != nil {
			l.Port = portNumber(n[1])
		}
		return []detect.Listener{l}
	}
	return nil
}

// named is an argument with the name of the port, or with another one.
var named = pattern.New(`^([A-Za-z]+)\s*=\s*([^=][\s\S]*)$`)

// value is the text that says the port behind a call, which ends at a place, or nothing
// where the call says none.
func (o opening) value(text string, from int) (value string, end int) {
	if text[from-1] != '(' { // an assignment
		list, end := arguments(text[from:])
		value, _, _ := strings.Cut(list[0], "\n")
		return strings.TrimSpace(value), from + end
	}
	list, length := arguments(text[from:])
	end = from + length
	var plain []string
	for _, a := range list {
		m := named.FindStringSubmatch(a)
		switch {
		case m != nil && m[1] == "port":
			return m[2], end
		case m != nil && (m[1] == "configure" || m[1] == "environment"): // the port may be in there
			return m[2], end
		case m == nil || m[1] == "factory":
			plain = append(plain, a)
		}
	}
	place := o.place
	if place == last {
		place = len(plain) - 1
	}
	if place < 0 || place >= len(plain) || strings.Contains(plain[place], "::") {
		return "", end
	}
	return plain[place], end
}

// arguments splits the arguments of a call up to the parenthesis that ends it, or up to
// a brace that does so, and says where that is.
func arguments(text string) (list []string, end int) {
	depth, start := 0, 0
	add := func(to int) {
		if a := strings.TrimSpace(text[start:to]); a != "" || len(list) > 0 || to < len(text) && text[to] == ',' {
			list = append(list, a)
		}
		start = to + 1
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '"' || c == '\'':
			_, length := quoted(text[i:])
			i += length - 1
		case strings.IndexByte("([{", c) >= 0:
			depth++
		case strings.IndexByte(")]};", c) >= 0 && depth == 0:
			if add(i); len(list) == 0 {
				list = []string{""}
			}
			return list, i
		case strings.IndexByte(")]}", c) >= 0:
			depth--
		case c == ',' && depth == 0:
			add(i)
		}
	}
	return []string{""}, len(text)
}

// environmentPort is a variable that a program asks for its port, perhaps with a default
// near it.
var (
	environment     = `(?:getenv\s*\(\s*|(?:getenv|environment)\(\)\s*\.\s*(?:getOrDefault|get)\s*\(\s*|getenv\(\)\s*\[\s*)`
	environmentPort = pattern.New(environment + `"([A-Z][A-Z0-9_]*PORT|PORT)"`)
	fallbackNumber  = pattern.New(`^[^;\n]{0,120}?(?:,\s*"?|\?:\s*"?|:\s*"?|orElse\(\s*"?)([0-9]{2,5})\b`)
)

// ownPort is a program that asks the environment for the port that it opens, whatever
// opens it.
var ownPort = pattern.New(environment + `"(PORT|HTTP_PORT|SERVER_PORT|APP_PORT)"`)

var (
	// defaulted is a setting of another kind with its default: a property of the JVM, or of
	// a configuration that is read while the program runs.
	defaulted = pattern.New(`(?:getProperty|getInteger|getInt|getLong)\s*\(\s*"[^"]*"\s*,\s*"?([0-9]{2,5})"?\s*\)`)
	// converted is a text that is made a number.
	converted = pattern.New(`^(?:(?:java\.lang\.)?Integer\s*\.\s*(?:parseInt|valueOf)\s*\((.+)\)|\(int\)\s*(.+)|(.+?)!{0,2}\??\.(?:toInt|toIntOrNull)\(\))$`)
	either    = pattern.New(`^(?:[^?]+\?\s*([^?:.][^?:]*?)\s*:|(.+?)\s*\?:)\s*(.+)$`)
	elsewhere = pattern.New(`^([A-Z][A-Za-z0-9_]*)\.(?:INSTANCE\.|Companion\.)?([A-Za-z_][A-Za-z0-9_]*(?:\(\))?)$`)
	returned  = pattern.New(`\breturn\s+([^;\n]+)`)
)

// portReader reads what a program's text says of a port.
type portReader struct {
	text    string
	classes func(name string) string // the text of another class, or none
}

// deepestPort is over how many names a port is followed.
const deepestPort = 5

// read reads an expression: a number, a variable of the environment with its default, or
// a name or method, of this class or another one, that gives one of them.
func (r portReader) read(expression string, depth int) (port int, env string) {
	expression = strings.TrimSpace(expression)
	if n := portNumber(strings.ReplaceAll(expression, "_", "")); n > 0 || expression == "" || depth == deepestPort {
		return n, ""
	}
	if at := environmentPort.FindStringSubmatchIndex(expression); at != nil {
		port, env = 0, expression[at[2]:at[3]]
		if m := fallbackNumber.FindStringSubmatch(expression[at[1]:]); m != nil {
			port = portNumber(m[1])
		}
		if m := either.FindStringSubmatch(expression); m != nil && port == 0 {
			port = max(portNumber(m[1]), portNumber(m[3]))
		}
		return port, env
	}
	if m := defaulted.FindStringSubmatch(expression); m != nil {
		return portNumber(m[1]), ""
	}
	if m := converted.FindStringSubmatch(expression); m != nil {
		return r.read(m[1]+m[2]+m[3], depth+1)
	}
	if m := either.FindStringSubmatch(expression); m != nil {
		port, env = r.read(m[1]+m[2], depth+1)
		n, variable := r.read(m[3], depth+1)
		return cmp.Or(port, n), cmp.Or(env, variable)
	}
	if m := elsewhere.FindStringSubmatch(expression); m != nil {
		if text := r.classes(m[1]); text != "" {
			return portReader{text, r.classes}.read(m[2], depth+1)
		}
		return portReader{r.text, r.classes}.read(m[2], depth+1) // of an object inside this class
	}
	if method, ok := strings.CutSuffix(expression, "()"); ok && simpleName.MatchString(method) {
		return r.method(method, depth+1)
	}
	if !simpleName.MatchString(expression) {
		return 0, ""
	}
	assigned := regexp.MustCompile(`\b` + regexp.QuoteMeta(expression) + `\s*(?::\s*Int\s*)?=\s*([^=;\s][^;\n]*)`)
	if m := assigned.FindStringSubmatch(r.text); m != nil {
		return r.read(m[1], depth+1)
	}
	return 0, ""
}

// method reads what a method without parameters gives.
func (r portReader) method(name string, depth int) (port int, env string) {
	begins := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\s*\(\s*\)\s*(?:throws\s+[\w.,\s]+?|:\s*\w+\s*)?(=[^=]|\{)`)
	m := begins.FindStringSubmatchIndex(r.text)
	if m == nil {
		return 0, ""
	}
	if r.text[m[2]] == '=' {
		line, _, _ := strings.Cut(r.text[m[2]+1:], "\n")
		return r.read(line, depth)
	}
	_, end := arguments(strings.ReplaceAll(r.text[m[3]:], ";", ","))
	body := r.text[m[3] : m[3]+end]
	for _, given := range returned.FindAllStringSubmatch(body, -1) {
		n, variable := portReader{body + "\n" + r.text, r.classes}.read(given[1], depth)
		port, env = cmp.Or(port, n), cmp.Or(env, variable)
	}
	return port, env
}

var simpleName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)
