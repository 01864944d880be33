package python

import (
	"errors"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// module is what one file of Python states.
type module struct {
	file    string // from the root
	imports []imported
	objects []object     // what is assigned outside of functions and classes
	locals  []object     // what is assigned in them
	defs    []definition // functions and classes outside of others
	calls   []expression // every call, with what its name was imported as
	guarded []expression // of those, the ones behind if __name__ == "__main__"
	guard   int          // the line of that, or 0
	runs    bool         // it does something beside defining when it is run
	err     error        // it is no Python
}

// imported is one name that a module imports.
type imported struct {
	module string // dotted, with leading dots where it is relative
	name   string // of what is taken from it, or none
	as     string // how it is called here
	line   int
	lazy   bool // in a function
}

// object is a name with what is assigned to it.
type object struct {
	name    string
	value   expression // names resolved as imported
	line    int
	guarded bool // it is there only where the file is the main program
}

// definition is a function or a class.
type definition struct {
	name       string
	class      bool
	bases      []string     // of a class; what a function says it returns
	needs      int          // parameters without a default
	decorators []expression // names resolved as imported
	made       []string     // what is called in it
	line       int
}

// reader makes a module from tokens, statement by statement.
type reader struct {
	module
	known   map[string]string // names as they are called here → dotted
	blocks  []block           // that the current statement is in
	pending []expression      // decorators
}

type block struct {
	indent int
	kind   string // the word that opens it
	main   bool   // if __name__ == "__main__"
	def    int    // the index of its definition, or -1
}

// parse reads the text of a file of Python. What is wrong with it is the module's err;
// what stands before that is read all the same.
func parse(file, text string) module { return readModule(file, text, new([]token)) }

// readModule is parse for many files. Its tokens go into scratch, which is free
// again afterwards.
func readModule(file, text string, scratch *[]token) module {
	tokens, err := lex(text, *scratch)
	*scratch = tokens
	var syntax *syntaxError
	if errors.As(err, &syntax) {
		err = detect.Errorf(detect.Evidence{File: file, Line: syntax.line}, "%s", syntax.message)
	}
	r := &reader{module: module{file: file, err: err}, known: map[string]string{}}
	for len(tokens) > 0 {
		end := slices.IndexFunc(tokens, func(t token) bool { return t.kind == newlineToken })
		if end < 0 {
			end = len(tokens)
		}
		r.line(tokens[:end])
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return r.module
}

// line takes one logical line apart: statements with ; between them, and the body
// of a compound statement in the same line.
func (r *reader) line(tokens []token) {
	if len(tokens) == 0 {
		return
	}
	indent := tokens[0].indent
	for len(r.blocks) > 0 && r.blocks[len(r.blocks)-1].indent >= indent {
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	if head, body, ok := compound(tokens); ok {
		r.open(head, indent)
		if len(body) > 0 {
			body[0].indent = indent + 1
			r.line(body)
		}
		return
	}
	for len(tokens) > 0 {
		end := topLevel(tokens, ";")
		r.statement(tokens[:end])
		tokens = tokens[min(end+1, len(tokens)):]
	}
}

// compound splits a line such as "if x: y" at the colon that opens the block.
func compound(tokens []token) (head, body []token, ok bool) {
	first := tokens[0]
	if first.kind != nameToken || !slices.Contains([]string{"if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class", "async", "match", "case"}, first.text) {
		return nil, nil, false
	}
	end := topLevel(tokens, ":")
	if end == len(tokens) || end+1 < len(tokens) && tokens[end+1].is("=") {
		return nil, nil, false
	}
	return tokens[:end], tokens[end+1:], true
}

// topLevel is the index of a symbol outside of brackets, or the length.
func topLevel(tokens []token, symbol string) int {
	depth, lambdas := 0, 0
	for i, t := range tokens {
		switch {
		case t.is("(") || t.is("[") || t.is("{"):
			depth++
		case t.is(")") || t.is("]") || t.is("}"):
			depth--
		case t.kind == nameToken && t.text == "lambda":
			lambdas++
		case depth == 0 && t.is(symbol):
			if symbol == ":" && lambdas > 0 {
				lambdas--
				continue
			}
			return i
		}
	}
	return len(tokens)
}

// inside says whether the statement stands in a function or class, and whether it
// is behind the guard of the main program.
func (r *reader) inside() (def int, guarded bool) {
	def = -1
	for _, b := range r.blocks {
		if b.def >= 0 && def < 0 {
			def = b.def
		}
		guarded = guarded || b.main
	}
	return def, guarded
}

// open begins a block.
func (r *reader) open(head []token, indent int) {
	if len(head) > 1 && head[0].text == "async" {
		head = head[1:]
	}
	b := block{indent: indent, kind: head[0].text, def: -1}
	outer, _ := r.inside()
	switch b.kind {
	case "def", "class":
		b.def = max(outer, 0)
		if outer < 0 {
			r.define(head)
			b.def = len(r.defs) - 1
		}
		r.pending = nil
	case "if":
		b.main = isGuard(head)
		if b.main && outer < 0 {
			r.guard, r.runs = head[0].line, true
		}
		r.evaluate(head[1:])
	default:
		if outer < 0 && (b.kind == "for" || b.kind == "while") {
			r.runs = true
		}
		r.evaluate(head[1:])
	}
	r.blocks = append(r.blocks, b)
}

// isGuard knows if __name__ == "__main__".
func isGuard(head []token) bool {
	texts := ""
	for _, t := range head[1:] {
		texts += t.text
	}
	return texts == "__name__==__main__" || texts == "__main__==__name__" || texts == "(__name__==__main__)"
}

// define notes a function or class.
func (r *reader) define(head []token) {
	d := definition{class: head[0].text == "class", line: head[0].line, decorators: r.pending}
	if len(head) > 1 {
		d.name = head[1].text
	}
	rest := head[min(2, len(head)):]
	if d.class && len(rest) > 0 && rest[0].is("(") {
		p := &parser{tokens: rest}
		for _, a := range p.bracket() {
			d.bases = append(d.bases, r.resolve(a.value.text))
		}
	}
	if !d.class {
		d.needs = required(rest)
		if arrow := topLevel(rest, "->"); arrow < len(rest) {
			p := &parser{tokens: rest[arrow+1:]}
			d.bases = []string{r.resolve(p.expression().text)}
		}
	}
	r.defs = append(r.defs, d)
}

// required counts the parameters of a function that have no default.
func required(signature []token) int {
	if len(signature) == 0 {
		return 0
	}
	n, inner := 0, signature[1:max(1, len(signature)-1)]
	if end := topLevel(inner, ")"); end < len(inner) {
		inner = inner[:end]
	}
	for len(inner) > 0 {
		end := topLevel(inner, ",")
		one := inner[:end]
		inner = inner[min(end+1, len(inner)):]
		if len(one) > 0 && one[0].kind == nameToken && topLevel(one, "=") == len(one) {
			n++
		}
	}
	return n
}

// statement reads a simple statement.
func (r *reader) statement(tokens []token) {
	if len(tokens) == 0 {
		return
	}
	first := tokens[0]
	switch {
	case first.is("@"):
		p := r.parser(tokens[1:])
		r.pending = append(r.pending, r.resolved(p.expression()))
		return
	case first.kind == nameToken && first.text == "import":
		r.importing(tokens[1:])
		return
	case first.kind == nameToken && first.text == "from":
		r.importingFrom(tokens[1:])
		return
	case isPrint2(tokens) && r.err == nil:
		r.err = detect.Errorf(detect.Evidence{File: r.file, Line: first.line}, "print without brackets is Python 2, whose end of life was in 2020; images have Python 3")
		return
	case first.kind == nameToken && slices.Contains([]string{"return", "raise", "assert", "del", "yield", "global", "nonlocal", "pass"}, first.text):
		r.evaluate(tokens[1:])
		return
	}
	r.assignment(tokens)
}

// isPrint2 knows the statement of Python 2 that Python 3 cannot read.
func isPrint2(tokens []token) bool {
	return len(tokens) > 1 && tokens[0].kind == nameToken && tokens[0].text == "print" && slices.Contains([]kind{textToken, formatToken, numberToken}, tokens[1].kind)
}

// parser reads expressions and notes their calls.
func (r *reader) parser(tokens []token) *parser {
	def, guarded := r.inside()
	return &parser{tokens: tokens, seen: func(e expression) {
		e = r.resolved(e)
		r.calls = append(r.calls, e)
		if guarded && def < 0 {
			r.guarded = append(r.guarded, e)
		}
		if def >= 0 && def < len(r.defs) {
			r.defs[def].made = append(r.defs[def].made, e.text)
		}
	}}
}

// evaluate notes the calls in expressions, which are all that is asked of them: a
// call or a subscript has a bracket.
func (r *reader) evaluate(tokens []token) {
	if !slices.ContainsFunc(tokens, func(t token) bool { return t.is("(") || t.is("[") }) {
		return
	}
	for p := r.parser(tokens); p.at < len(tokens); {
		before := p.at
		p.expression()
		if p.at == before {
			p.at++
		}
	}
}

// assignment reads a = b = value, a: type = value, a, b = value, or an expression.
func (r *reader) assignment(tokens []token) {
	var names []string
	for {
		end := topLevel(tokens, "=")
		if end == len(tokens) {
			break
		}
		names = append(names, targets(tokens[:end])...)
		tokens = tokens[end+1:]
	}
	p := r.parser(tokens)
	value := r.resolved(p.expression())
	r.evaluate(tokens[min(p.at, len(tokens)):])
	def, guarded := r.inside()
	if len(names) == 0 && value.form == textForm { // of a subscript or an attribute
		r.locals = append(r.locals, object{value: value, line: tokens0(tokens)})
	}
	if def >= 0 {
		for _, name := range names {
			if value.form != otherForm && value.form != nameForm {
				r.locals = append(r.locals, object{name, value, tokens0(tokens), guarded})
			}
		}
		return
	}
	if len(names) == 0 && value.form == callForm && len(r.blocks) == 0 {
		r.runs = r.runs || !isSetup(value.text)
	}
	for _, name := range names {
		r.objects = append(r.objects, object{name, value, tokens0(tokens), guarded})
	}
}

// working are methods that are the work of a program, whatever they are called on.
var working = []string{"run", "run_until_complete", "run_forever", "run_polling", "infinity_polling", "start_polling", "polling", "serve_forever", "serve", "start", "main", "execute", "launch", "listen"}

// isSetup knows calls that prepare a module rather than being its work.
func isSetup(callee string) bool {
	if method, ok := strings.CutPrefix(callee, self+"."); ok {
		return !slices.Contains(working, method)
	}
	for _, prefix := range []string{"logging.", "warnings.", "sys.path.", "os.environ.", "load_dotenv", "dotenv.", "django.setup"} {
		if strings.HasPrefix(callee, prefix) {
			return true
		}
	}
	return false
}

func tokens0(tokens []token) int {
	if len(tokens) == 0 {
		return 0
	}
	return tokens[0].line
}

// targets are the names on the left of an assignment, without annotations.
func targets(tokens []token) []string {
	tokens = tokens[:topLevel(tokens, ":")]
	var names []string
	for i, t := range tokens {
		alone := i+1 == len(tokens) || tokens[i+1].is(",")
		first := i == 0 || tokens[i-1].is(",")
		if t.kind == nameToken && alone && first {
			names = append(names, t.text)
		}
	}
	return names
}

// importing reads import a.b, c as d.
func (r *reader) importing(tokens []token) {
	for len(tokens) > 0 {
		end := topLevel(tokens, ",")
		path, rest := dotted(tokens[:end])
		i := imported{module: path, as: path, line: tokens0(tokens)}
		if len(rest) == 2 && rest[0].text == "as" {
			i.as = rest[1].text
			r.known[i.as] = path
		}
		r.imported(i)
		tokens = tokens[min(end+1, len(tokens)):]
	}
}

// importingFrom reads from a.b import c, (d as e).
func (r *reader) importingFrom(tokens []token) {
	from, rest := dotted(tokens)
	if len(rest) == 0 || rest[0].text != "import" {
		return
	}
	rest = slices.DeleteFunc(slices.Clone(rest[1:]), func(t token) bool { return t.is("(") || t.is(")") })
	for len(rest) > 0 {
		end := topLevel(rest, ",")
		one := rest[:end]
		rest = rest[min(end+1, len(rest)):]
		if len(one) == 0 {
			continue
		}
		i := imported{module: from, name: one[0].text, as: one[0].text, line: one[0].line}
		if len(one) == 3 && one[1].text == "as" {
			i.as = one[2].text
		}
		r.known[i.as] = strings.TrimSuffix(from, ".") + "." + i.name
		if strings.HasSuffix(from, ".") {
			r.known[i.as] = from + i.name
		}
		r.imported(i)
	}
}

func (r *reader) imported(i imported) {
	if i.module == "" {
		return
	}
	def, _ := r.inside()
	i.lazy = def >= 0
	r.imports = append(r.imports, i)
}

// dotted reads a path of names with dots between and before them.
func dotted(tokens []token) (path string, rest []token) {
	for i, t := range tokens {
		name := t.kind == nameToken && t.text != "import" && t.text != "as"
		if !name && !t.is(".") && !t.is("...") {
			return path, tokens[i:]
		}
		path += t.text
	}
	return path, nil
}

// resolve turns a name as it is used here into what it was imported as.
func (r *reader) resolve(name string) string {
	head, tail, ok := strings.Cut(name, ".")
	full, known := r.known[strings.TrimSuffix(head, "[]")]
	if !known {
		return name
	}
	if strings.HasSuffix(head, "[]") {
		full += "[]"
	}
	if ok {
		full += "." + tail
	}
	return full
}

// resolved resolves the names of an expression and those in it.
func (r *reader) resolved(e expression) expression {
	if e.form == nameForm || e.form == callForm {
		e.text = r.resolve(e.text)
	}
	if len(e.args) > 0 {
		args := make([]argument, len(e.args))
		for i, a := range e.args {
			args[i] = argument{a.name, r.resolved(a.value)}
		}
		e.args = args
	}
	return e
}

// text joins what a module imports, for a look at it.
func (m *module) text() string {
	var all []string
	for _, i := range m.imports {
		all = append(all, i.module)
	}
	return strings.Join(all, " ")
}

// importLine is the line of the import of a top-level package, or 0.
func (m *module) importLine(name string) int {
	for _, i := range m.imports {
		if first, _, _ := strings.Cut(i.module, "."); first == name {
			return i.line
		}
	}
	return 0
}

func (m *module) importsAny(names ...string) bool {
	return slices.ContainsFunc(m.imports, func(i imported) bool { return slices.Contains(names, i.module) || slices.Contains(names, i.name) })
}

func (m *module) callsAny(suffix string) bool {
	return slices.ContainsFunc(m.calls, func(e expression) bool { return strings.HasSuffix(e.text, suffix) })
}

func (m *module) assigned(name string) (object, bool) {
	for _, all := range [][]object{m.objects, m.locals} {
		for _, o := range all {
			if o.name == name {
				return o, true
			}
		}
	}
	return object{}, false
}

// value follows a name to what is assigned to it in the module, or else in one of its
// functions.
func (m *module) value(e expression) expression {
	for range 3 {
		if e.form != nameForm {
			return e
		}
		o, ok := m.assigned(e.text)
		if !ok {
			return e
		}
		e = o.value
	}
	return e
}
