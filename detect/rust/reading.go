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

// reading gathers what an expression and the names in it say about an address.
type reading struct {
	program *program
	file    source
	seen    []*token // what definitions begin with, each followed once
	steps   *int     // definitions that may still be followed
	guarded bool     // inside a call of which nobody knows that it gives on the numbers it takes
	host    string
	near    bool // the host stands where is asked, not where a name leads
	numbers []int
	port    int  // that stood in a text
	vague   bool // a name may stand for different things
	free    bool // any port that is free, as tests ask for
	env     []string
	texts   []string // as they stand, but names of variables
	parent  bool     // the folder around is meant
	below   bool     // something is joined to what nobody can read
}

// How far names are followed, and how many definitions one question takes.
const (
	deepest   = 6
	mostSteps = 400
)

// reader begins a question at a place of a file.
func (p *program) reader(f source) *reading {
	steps := mostSteps
	return &reading{program: p, file: f, steps: &steps}
}

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
			r.text(x, depth)
		case num:
			if n, ok := number(x.text); ok && !r.guarded && !compared(t, i) {
				r.numbers = append(r.numbers, n)
				r.free = r.free || n == 0 && depth == 0
			}
		case ident:
			i = r.name(t, i, depth)
		case punct:
			if x.text == "[" {
				if args := arguments(t, i); len(args) == 4 && r.octets(args, depth) {
					i = closing(t, i)
				}
			}
		}
	}
}

// octets takes four numbers for an address.
func (r *reading) octets(args [][]token, depth int) bool {
	var parts []string
	for _, a := range args {
		if len(a) != 1 || a[0].kind != num {
			return false
		}
		n, _ := number(a[0].text)
		parts = append(parts, strconv.Itoa(n))
	}
	r.near = r.near || r.host == "" && depth == 0
	r.host = cmp.Or(r.host, strings.Join(parts, "."))
	return true
}

func (r *reading) text(t token, depth int) {
	s := t.text
	if !r.guarded && s != "" {
		r.texts = append(r.texts, s)
	}
	if m := hostPort.FindStringSubmatch(s); m != nil {
		r.near = r.near || r.host == "" && depth == 0
		r.host = cmp.Or(r.host, m[1])
		if n, err := strconv.Atoi(m[2]); err == nil && r.port == 0 {
			r.port = n
			r.free = r.free || n == 0 && depth == 0
		}
		return
	}
	if m := hostFormat.FindStringSubmatch(s); m != nil {
		r.near = r.near || r.host == "" && depth == 0
		r.host = cmp.Or(r.host, m[1])
	}
	r.free = r.free || depth == 0 && strings.HasSuffix(s, "}:0") // "{host}:0"
	for _, m := range inline.FindAllStringSubmatch(s, -1) {
		r.follow(t, m[1], depth)
	}
	if n, err := strconv.Atoi(s); err == nil {
		if !r.guarded && r.port == 0 && n > 0 && n < 1<<16 {
			r.port = n
		}
		return
	}
	if ip := net.ParseIP(strings.Trim(s, "[]")); ip != nil || s == "localhost" {
		r.near = r.near || r.host == "" && depth == 0
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
	case text == "join" && i > 0 && t[i-1].is("."):
		r.below = r.below || len(r.texts) == 0
	case text == "parent" && i > 0 && t[i-1].is(".") && next(1).is("("):
		r.parent = true
		return closing(t, i+1)
	case homes[text] != "" && next(1).is("("):
		r.texts = append(r.texts, homes[text])
	case text == "LOCALHOST":
		r.near = r.near || r.host == "" && depth == 0
		r.host = cmp.Or(r.host, "127.0.0.1")
	case text == "UNSPECIFIED":
		r.host = cmp.Or(r.host, "0.0.0.0")
	case text == "new" && owner == "Ipv4Addr" && next(1).is("("):
		if args := arguments(t, i+1); len(args) == 4 && r.octets(args, depth) {
			return closing(t, i+1)
		}
	case (text == "var" || text == "var_os" || text == "get_env" || text == "env_or") && next(1).is("("):
		if next(2).kind == str {
			r.environment(next(2).text)
			return i + 2
		}
		r.constant(next(2).text, depth)
		return i + 2
	case next(1).is("!") && next(2).is("(") && next(3).kind == str && variable.MatchString(next(3).text) && !strings.HasPrefix(text, "format") && !strings.HasSuffix(text, "env"): // require!("PORT")
		r.environment(next(3).text)
		return i + 3
	case text == "env" && next(1).is("=") && next(2).kind == str: // #[arg(env = "PORT")]
		r.environment(next(2).text)
		return i + 2
	case text == "default" && next(1).is("=") && next(2).kind == str: // #[serde(default = "port")], #[builder(default = "8080")]
		r.read(tokens(next(2).text, &[]token{}), depth)
		return i + 2
	case (text == "help" || text == "long" || text == "name" || text == "about" || text == "rename" || text == "alias" || text == "value_name" || text == "doc") && next(1).is("="):
		return i + 2
	case text == "expect" && next(1).is("("), strings.HasPrefix(text, "from_") && text != "from_str" && next(1).is("("):
		return closing(t, i+1)
	case text == "as" || text == "self" || text == "Self" || text == "unwrap" || text == "parse" || text == "String" || text == "to_string" || text == "into":
	case next(1).is(".") && next(2).kind == ident && !next(3).is("(") && len(r.program.defined[next(2).text]) > 0: // ports.https: the field alone
	case i > 0 && t[i-1].is(".") && !next(1).is("("):
		r.field(text, r.program.defined[text], depth)
	case next(1).is("("):
		if slices.Contains(passes, text) {
			break
		}
		known := r.function(text, depth) // let address = address();
		if end := closing(t, i+1); (known || !speaks(text)) && !r.guarded {
			r.guarded = true
			r.read(t[i+1:end+1], depth)
			r.guarded = false
			return end
		}
	default:
		r.follow(t[i], text, depth)
	}
	return i
}

// passes are calls that give on what they are given, or what is in it, and attributes
// that say what a field holds.
var passes = []string{
	"unwrap_or", "unwrap_or_else", "map", "map_or", "map_or_else", "and_then", "or", "or_else", "then", "then_some", "then_ok", "get_or_insert", "get_or_insert_with", "unwrap_or_default", "ok",
	"Some", "Ok", "V4", "V6", "from", "from_str", "new", "into", "parse", "as_ref", "to_string", "to_owned", "clone", "try_into", "try_from", "if_empty", "Owned", "Borrowed",
	"arg", "clap", "structopt", "argh", "serde", "builder", "envconfig", "conf", "config", "default", "serde_inline_default", "derivative", "educe", "smart_default", "bpaf", "gumdrop", "options", "parser",
}

// speaks says whether a function calls itself one about addresses, of another crate.
func speaks(name string) bool {
	return slices.ContainsFunc([]string{"port", "addr", "env", "bind", "listen", "host", "default"}, func(word string) bool { return strings.Contains(strings.ToLower(name), word) })
}

// homes are the functions of the crates dirs, home and their like that give a folder of the
// user that the program runs as.
var homes = map[string]string{"home_dir": "~", "data_dir": "~/.local/share", "data_local_dir": "~/.local/share", "config_dir": "~/.config", "config_local_dir": "~/.config", "cache_dir": "~/.cache"}

// compared says whether the number at i is held against something, which it is no value of.
func compared(t []token, i int) bool {
	switch {
	case i < 2:
		return false
	case t[i-1].is("="):
		return slices.ContainsFunc([]string{"<", ">", "=", "!"}, t[i-2].is)
	}
	return t[i-1].is("<") || t[i-1].is(">") && !t[i-2].is("=")
}

// function takes in what a function of that name gives, if there is one: what is
// called is no variable, whatever else has its name.
func (r *reading) function(name string, depth int) bool {
	for _, d := range r.program.defined[name] {
		if d.rank == 1 {
			r.define(d, depth)
			return true
		}
	}
	return false
}

// define takes in one definition, once.
func (r *reading) define(d definition, depth int) {
	if !r.may(d, depth) {
		return
	}
	r.seen = append(r.seen, &d.tokens[0])
	from := r.file
	r.file = d.file
	if d.rank == 1 {
		for _, part := range results(d.tokens) {
			r.read(part, depth+1)
		}
	} else {
		r.read(d.tokens, depth+1)
	}
	r.file = from
}

// may says whether a definition can be followed from here, and counts it.
func (r *reading) may(d definition, depth int) bool {
	if depth >= deepest || len(d.tokens) == 0 || slices.Contains(r.seen, &d.tokens[0]) {
		return false
	}
	*r.steps--
	r.vague = r.vague || *r.steps < 0
	return *r.steps >= 0
}

// results are what the body of a function gives: its end, and what stands behind return.
func results(body []token) (parts [][]token) {
	begin := 0
	for i := 1; i < len(body); i++ {
		switch {
		case body[i].is("return"):
			end := statementEnd(body, i+1)
			parts = append(parts, body[i+1:end])
		case body[i].is(";"):
			begin = i + 1
		case body[i].kind == punct && closers[body[i].text] != "":
			end := closing(body, i)
			if body[i].is("{") {
				for j := i; j < end; j++ {
					if body[j].is("return") {
						parts = append(parts, body[j+1:statementEnd(body, j+1)])
					}
				}
			}
			i = end
		}
	}
	return append(parts, body[min(begin, len(body)):])
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

// follow takes in what a name stands for: a variable or a parameter of the function
// around, else what has that name everywhere, in the same file what is surest.
func (r *reading) follow(at token, name string, depth int) {
	all := r.program.defined[name]
	if local := r.local(all, at); len(local) > 0 {
		if local[0].rank == 3 {
			r.oneOf(name, local, depth)
			return
		}
		for _, d := range local {
			r.define(d, depth)
		}
		return
	}
	all = slices.DeleteFunc(slices.Clone(all), func(d definition) bool { return d.in.fn != 0 })
	if len(all) == 0 {
		return
	}
	best := slices.MinFunc(all, func(a, b definition) int {
		return cmp.Or(cmp.Compare(away(a, r.file), away(b, r.file)), cmp.Compare(a.rank, b.rank))
	})
	if best.rank >= 2 {
		r.field(name, all, depth)
		return
	}
	for _, d := range all {
		if d.rank == best.rank && d.file.name == best.file.name {
			r.define(d, depth)
		}
	}
}

// local gives what a variable of the function around holds where a token stands: what
// the last let above says, and what is assigned to it from there on; else what the
// function is called with.
func (r *reading) local(all []definition, at token) (found []definition) {
	var given []definition
	for _, d := range all {
		switch {
		case d.in != (scope{r.file.name, at.fn}) || at.fn == 0 || len(d.tokens) == 0 || slices.Contains(r.seen, &d.tokens[0]):
		case d.rank == 3:
			given = append(given, d)
		case d.tokens[0].line > at.line:
		case d.sets:
			found = append(found, d)
		default:
			found = []definition{d}
		}
	}
	if len(found) == 0 {
		return given
	}
	return found
}

// field takes in what a field of that name may hold, whichever struct has it.
func (r *reading) field(name string, all []definition, depth int) {
	r.oneOf(name, slices.DeleteFunc(slices.Clone(all), func(d definition) bool { return d.rank < 2 || d.in.fn != 0 }), depth)
}

// oneOf takes in what a name may hold. Where definitions say different things, none of
// them counts.
func (r *reading) oneOf(name string, all []definition, depth int) {
	merged, said, hosts := reading{}, detect.Listener{}, false
	var texts []string
	for _, d := range all {
		if !r.may(d, depth) {
			continue
		}
		one := reading{program: r.program, file: d.file, seen: append(slices.Clone(r.seen), &d.tokens[0]), steps: r.steps, guarded: r.guarded}
		one.read(d.tokens, depth+1)
		if d.rank == 2 {
			one.bare(name, d.tokens)
		}
		r.vague = r.vague || one.vague
		r.below = r.below || one.below
		texts = append(texts, one.texts...)
		l, _ := one.listen(true)
		if l.Port != 0 && said.Port != 0 && l.Port != said.Port || l.Env != "" && said.Env != "" && l.Env != said.Env {
			r.vague = true
			return
		}
		said.Port, said.Env = cmp.Or(said.Port, l.Port), cmp.Or(said.Env, l.Env) // the default of one struct, the variable of another
		if one.host != "" && merged.host != "" && one.host != merged.host {
			hosts = true
		}
		merged.host, merged.port = cmp.Or(merged.host, one.host), cmp.Or(merged.port, one.port)
		merged.numbers, merged.env = append(merged.numbers, one.numbers...), append(merged.env, one.env...)
	}
	if len(slices.Compact(slices.Clone(texts))) == 1 { // of several, who knows which
		r.texts = append(r.texts, texts[0])
	}
	if hosts { // of different structs
		merged.host = ""
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
