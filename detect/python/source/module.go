package source

import (
	"errors"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Module is what one file of Python states.
type Module struct {
	File    string // from the root
	Imports []Import
	Objects []Object     // what is assigned outside of functions and classes
	Locals  []Object     // what is assigned in them
	Members []Object     // what is assigned to attributes and subscripts, by how these are written: self.path, config["DIR"]
	Defs    []Definition // functions and classes outside of others
	Calls   []Expression // every call, with what its name was imported as
	Guarded []Expression // of those, the ones behind if __name__ == "__main__"
	Loading []Expression // of those, the ones that every import runs: in no function and under no condition
	Guard   int          // the line of that, or 0
	Raises  []int        // lines that raise an error
	Tried   []int        // lines of calls that may fail: in the body of a try
	Blocks  []Block      // functions and conditions, in the order of their lines
	Runs    bool         // it does something beside defining when it is run
	Err     error        // it is no Python
}

// Block is a function, or a branch of a condition.
type Block struct {
	Def      string   // of a function, its name
	Takes    []Object // of a function, its parameters with their defaults
	Tells    bool     // of a function, that a command line calls it with those
	Class    string   // of a class, its name
	If       string   // of a condition, as it is written without blanks between signs; empty where it is longer
	Lacks    string   // of a condition, the name that has to be nothing for it to hold: not NAME, NAME is None
	Else     int      // how many branches of the same statement stand before
	From, To int      // its lines; To is 0 while it lasts to the end of the file
	indent   int
}

// Import is one name that a module imports.
type Import struct {
	Module string // dotted, with leading dots where it is relative
	Name   string // of what is taken from it, or none
	As     string // how it is called here
	Line   int
	Lazy   bool // in a function
	Maybe  bool // under a condition, or where it may fail
}

// Object is a name with what is assigned to it.
type Object struct {
	Name    string
	Value   Expression // names resolved as imported
	Line    int
	Guarded bool // it is there only where the file is the main program
}

// Definition is a function or a class.
type Definition struct {
	Name       string
	Class      bool
	Bases      []string     // of a class; what a function says it returns
	Needs      int          // parameters without a default
	Decorators []Expression // names resolved as imported
	Made       []string     // what is called in it
	Fields     []Field      // of a class, those without a value
	Line       int
}

// Field is a field of a class that only its type is written of.
type Field struct {
	Name string
	Line int
}

// reader makes a module from tokens, statement by statement.
type reader struct {
	Module
	known   map[string]string // names as they are called here → dotted
	blocks  []block           // that the current statement is in
	pending []Expression      // decorators
}

type block struct {
	indent int
	kind   string // the word that opens it
	main   bool   // if __name__ == "__main__"
	def    int    // the index of its definition, or -1
	told   int    // the index among the module's blocks, or -1
}

// Parse reads the text of a file of Python. What is wrong with it is the module's Err;
// what stands before that is read all the same.
func Parse(file, text string) Module { return readModule(file, text, new([]token)) }

// readModule is parse for many files. Its tokens go into scratch, which is free
// again afterwards.
func readModule(file, text string, scratch *[]token) Module {
	tokens, err := lex(text, *scratch)
	*scratch = tokens
	var syntax *syntaxError
	if errors.As(err, &syntax) {
		err = detect.Errorf(detect.Evidence{File: file, Line: syntax.line}, "%s", syntax.message)
	}
	r := &reader{Module: Module{File: file, Err: err}, known: map[string]string{}}
	for len(tokens) > 0 {
		end := slices.IndexFunc(tokens, func(t token) bool { return t.kind == newlineToken })
		if end < 0 {
			end = len(tokens)
		}
		r.line(tokens[:end])
		tokens = tokens[min(end+1, len(tokens)):]
	}
	return r.Module
}

// line takes one logical line apart: statements with ; between them, and the body
// of a compound statement in the same line.
func (r *reader) line(tokens []token) {
	if len(tokens) == 0 {
		return
	}
	indent := tokens[0].indent
	for len(r.blocks) > 0 && r.blocks[len(r.blocks)-1].indent >= indent {
		if told := r.blocks[len(r.blocks)-1].told; told >= 0 {
			r.Blocks[told].To = tokens[0].line - 1
		}
		r.blocks = r.blocks[:len(r.blocks)-1]
	}
	if word := tokens[0].text; r.Err == nil && tokens[0].kind == nameToken && slices.Contains(opening, word) && topLevel(tokens, ":") == len(tokens) {
		r.Err = detect.Errorf(detect.Evidence{File: r.File, Line: tokens[0].line}, "%s has no colon behind it", word)
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

// opening are the words that begin a statement with a block, and mean nothing else.
var opening = []string{"if", "elif", "else", "for", "while", "try", "except", "finally", "with", "def", "class"}

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
		case depth == 0 && t.kind == nameToken && t.text == "lambda":
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

// loading says whether every import of the module runs the statement: it stands in no
// block, or in the body of a class.
func (r *reader) loading() bool {
	return !slices.ContainsFunc(r.blocks, func(b block) bool { return b.kind != "class" && b.kind != "with" })
}

// open begins a block.
func (r *reader) open(head []token, indent int) {
	if len(head) > 1 && head[0].text == "async" {
		head = head[1:]
	}
	b := block{indent: indent, kind: head[0].text, def: -1, told: r.tell(head, indent)}
	outer, _ := r.inside()
	switch b.kind {
	case "def", "class":
		b.def = max(outer, 0)
		if outer < 0 {
			r.define(head)
			b.def = len(r.Defs) - 1
		}
		r.pending = nil
	case "if":
		b.main = isGuard(head)
		if b.main && outer < 0 {
			r.Guard, r.Runs = head[0].line, true
		}
		r.evaluate(head[1:])
	default:
		if outer < 0 && (b.kind == "for" || b.kind == "while") {
			r.Runs = true
		}
		r.binds(head)
		r.evaluate(head[1:])
	}
	r.blocks = append(r.blocks, b)
}

// binds notes the names that a loop, a context or a handler of errors assigns what is not
// looked into.
func (r *reader) binds(head []token) {
	def, guarded := r.inside()
	into := &r.Objects
	if def >= 0 {
		into = &r.Locals
	}
	binding := head[0].text == "for"
	for _, t := range head[1:] {
		switch {
		case t.kind == nameToken && t.text == "in":
			return
		case t.kind == nameToken && t.text == "as":
			binding = true
		case t.is(",") || t.is("(") || t.is(")"):
		case binding && t.kind == nameToken:
			*into = append(*into, Object{t.text, Expression{Line: t.line}, t.line, guarded})
			binding = head[0].text == "for"
		}
	}
}

// tell notes a block that a call may stand in, and gives its place.
func (r *reader) tell(head []token, indent int) int {
	b := Block{From: head[0].line, indent: indent}
	switch head[0].text {
	case "def":
		if len(head) > 1 {
			b.Def = head[1].text
			b.Takes, b.Tells = r.parameters(head)
		}
	case "class":
		if len(head) > 1 {
			b.Class = head[1].text
		}
	case "if", "elif":
		asks := slices.ContainsFunc(head, func(t token) bool { return t.text == "environ" || t.text == "getenv" || t.text == "__main__" })
		if asks || len(head) <= 3 {
			b.If = written(head[1:])
		}
		b.Lacks = lacking(head[1:])
	case "else":
	default:
		return -1
	}
	if last := len(r.Blocks) - 1; head[0].text[0] == 'e' {
		for last >= 0 && r.Blocks[last].indent > indent {
			last--
		}
		if last < 0 || r.Blocks[last].Def != "" || r.Blocks[last].Class != "" || r.Blocks[last].indent != indent {
			return -1 // of a loop, or of what may fail
		}
		b.Else = r.Blocks[last].Else + 1
	}
	r.Blocks = append(r.Blocks, b)
	return len(r.Blocks) - 1
}

// lacking is the name that a condition asks to be nothing, or none.
func lacking(tokens []token) string {
	switch text := written(tokens); {
	case len(tokens) == 2 && tokens[0].text == "not" && tokens[1].kind == nameToken:
		return tokens[1].text
	case len(tokens) != 3 || tokens[0].kind != nameToken:
	case tokens[1].text == "is" && tokens[2].text == "None", strings.HasSuffix(text, `==""`), strings.HasSuffix(text, "==None"):
		return tokens[0].text
	}
	return ""
}

// written is an expression as it is written, without blanks between signs and with its
// texts in double quotes.
func written(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if t.kind == textToken {
			b.WriteString(`"` + t.text + `"`)
			continue
		}
		if i > 0 && (t.kind == nameToken || tokens[i-1].kind == nameToken) && t.kind != symbolToken && tokens[i-1].kind != symbolToken {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
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
	d := Definition{Class: head[0].text == "class", Line: head[0].line, Decorators: r.pending}
	if len(head) > 1 {
		d.Name = head[1].text
	}
	rest := head[min(2, len(head)):]
	if d.Class && len(rest) > 0 && rest[0].is("(") {
		p := &parser{tokens: rest}
		for _, a := range p.bracket() {
			d.Bases = append(d.Bases, r.resolve(a.Value.Text))
		}
	}
	if !d.Class {
		d.Needs = required(rest)
		if arrow := topLevel(rest, "->"); arrow < len(rest) {
			p := &parser{tokens: rest[arrow+1:]}
			d.Bases = []string{r.resolve(p.expression().Text)}
		}
	}
	r.Defs = append(r.Defs, d)
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
	case isPrint2(tokens) && r.Err == nil:
		r.Err = detect.Errorf(detect.Evidence{File: r.File, Line: first.line}, "print without brackets is Python 2, whose end of life was in 2020; images have Python 3")
		return
	case first.kind == nameToken && slices.Contains([]string{"return", "raise", "assert", "del", "yield", "global", "nonlocal", "pass"}, first.text):
		if first.text == "raise" {
			r.Raises = append(r.Raises, first.line)
		}
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
	loading := r.loading()
	tried := slices.ContainsFunc(r.blocks, func(b block) bool { return b.kind == "try" })
	return &parser{tokens: tokens, seen: func(e Expression) {
		e = r.resolved(e)
		r.Calls = append(r.Calls, e)
		if tried {
			r.Tried = append(r.Tried, e.Line)
		}
		if loading {
			r.Loading = append(r.Loading, e)
		}
		if guarded && def < 0 {
			r.Guarded = append(r.Guarded, e)
		}
		if def >= 0 && def < len(r.Defs) {
			r.Defs[def].Made = append(r.Defs[def].Made, e.Text)
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
	var names, several []string
	member := ""
	for {
		end := topLevel(tokens, "=")
		if end == len(tokens) {
			break
		}
		if all := targets(tokens[:end]); len(all) > 1 {
			several = all
		} else {
			names = append(names, all...)
		}
		member = memberOf(tokens[:end])
		tokens = tokens[end+1:]
	}
	p := r.parser(tokens)
	value := r.resolved(p.expression())
	def, guarded := r.inside()
	if len(several) > 0 {
		r.several(several, value, p)
	}
	r.evaluate(tokens[min(p.at, len(tokens)):])
	if first := tokens; len(names) == 0 && len(first) > 2 && first[0].kind == nameToken && first[1].is(":") && len(r.blocks) == 1 && r.blocks[0].kind == "class" && def < len(r.Defs) {
		r.Defs[def].Fields = append(r.Defs[def].Fields, Field{first[0].text, first[0].line})
	}
	if member != "" && value.Form != Other {
		r.Members = append(r.Members, Object{member, value, tokens0(tokens), guarded})
	}
	if len(names) == 0 && value.Form == Text { // of a subscript or an attribute
		r.Locals = append(r.Locals, Object{Value: value, Line: tokens0(tokens)})
	}
	if def >= 0 {
		for _, name := range names {
			r.Locals = append(r.Locals, Object{name, value, tokens0(tokens), guarded})
		}
		return
	}
	if len(names)+len(several) == 0 && value.Form == Call && len(r.blocks) == 0 {
		r.Runs = r.Runs || !isSetup(value.Text)
	}
	for _, name := range names {
		r.Objects = append(r.Objects, Object{name, value, tokens0(tokens), guarded})
	}
}

// several notes names that are assigned at once: each its own of as many values, or
// nothing that is looked into.
func (r *reader) several(names []string, first Expression, p *parser) {
	values := []Expression{first}
	for p.take(",") && !p.ends() {
		values = append(values, r.resolved(p.expression()))
	}
	if first.Form == List && len(values) == 1 {
		values = nil
		for _, a := range first.Args {
			values = append(values, a.Value)
		}
	}
	def, guarded := r.inside()
	for i, name := range names {
		o := Object{name, Expression{Line: first.Line}, first.Line, guarded}
		if len(values) == len(names) {
			o.Value = values[i]
		}
		if def >= 0 {
			r.Locals = append(r.Locals, o)
		} else {
			r.Objects = append(r.Objects, o)
		}
	}
}

// working are methods that are the work of a program, whatever they are called on.
var working = []string{"run", "run_until_complete", "run_forever", "run_polling", "infinity_polling", "start_polling", "polling", "serve_forever", "serve", "start", "main", "execute", "launch", "listen"}

// isSetup knows calls that prepare a module rather than being its work.
func isSetup(callee string) bool {
	if method, ok := strings.CutPrefix(callee, Self+"."); ok {
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

// memberOf is the one attribute or subscript on the left of an assignment, as it is
// written; empty where it is something else.
func memberOf(tokens []token) string {
	tokens = tokens[:topLevel(tokens, ":")]
	if len(tokens) < 3 || len(tokens) > 9 || tokens[0].kind != nameToken || !tokens[1].is(".") && !tokens[1].is("[") || topLevel(tokens, ",") < len(tokens) {
		return ""
	}
	return written(tokens)
}

// importing reads import a.b, c as d.
func (r *reader) importing(tokens []token) {
	for len(tokens) > 0 {
		end := topLevel(tokens, ",")
		path, rest := dotted(tokens[:end])
		i := Import{Module: path, As: path, Line: tokens0(tokens)}
		if len(rest) == 2 && rest[0].text == "as" {
			i.As = rest[1].text
			r.known[i.As] = path
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
		i := Import{Module: from, Name: one[0].text, As: one[0].text, Line: one[0].line}
		if len(one) == 3 && one[1].text == "as" {
			i.As = one[2].text
		}
		r.known[i.As] = strings.TrimSuffix(from, ".") + "." + i.Name
		if strings.HasSuffix(from, ".") {
			r.known[i.As] = from + i.Name
		}
		r.imported(i)
	}
}

func (r *reader) imported(i Import) {
	if i.Module == "" {
		return
	}
	def, _ := r.inside()
	i.Lazy, i.Maybe = def >= 0, !r.loading()
	r.Imports = append(r.Imports, i)
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
func (r *reader) resolved(e Expression) Expression {
	if e.Form == Name || e.Form == Call {
		e.Text = r.resolve(e.Text)
	}
	if len(e.Args) > 0 {
		args := make([]Argument, len(e.Args))
		for i, a := range e.Args {
			args[i] = Argument{a.name, r.resolved(a.Value)}
		}
		e.Args = args
	}
	return e
}

// ImportText joins the names of the modules that it imports.
func (m *Module) ImportText() string {
	var all []string
	for _, i := range m.Imports {
		all = append(all, i.Module)
	}
	return strings.Join(all, " ")
}

// ImportLine is the line of the import of a top-level package, or 0.
func (m *Module) ImportLine(name string) int {
	for _, i := range m.Imports {
		if first, _, _ := strings.Cut(i.Module, "."); first == name {
			return i.Line
		}
	}
	return 0
}

// ImportsAny says whether it imports one of these names, as modules or from one.
func (m *Module) ImportsAny(names ...string) bool {
	return slices.ContainsFunc(m.Imports, func(i Import) bool { return slices.Contains(names, i.Module) || slices.Contains(names, i.Name) })
}

// CallsAny says whether it calls anything whose name ends so.
func (m *Module) CallsAny(suffix string) bool {
	return slices.ContainsFunc(m.Calls, func(e Expression) bool { return strings.HasSuffix(e.Text, suffix) })
}
