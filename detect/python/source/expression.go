package source

import (
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Form is what an expression is, as far as the readers look.
type Form uint8

const (
	Other  Form = iota // what is not looked into
	Text               // a string with its value
	Number             // an integer or another number, as written
	Name               // a.b.c
	Call               // a.b(…), and a subscript a[…] whose name ends in []
	List               // […], (…) or {…} without keys
	Either             // a or b, a if … else b
	Join               // a + b, a / b
)

// Expression is an expression of Python, as far as a start command depends on it.
type Expression struct {
	Form Form
	Text string // the value, the number, the dotted name, or that of the callee
	Args []Argument
	Line int
}

// Argument is an argument of a call or an element of a list.
type Argument struct {
	name  string // of a keyword argument, or of a key
	Value Expression
}

// Name is that of a keyword argument, or of a key.
func (a Argument) Name() string { return a.name }

// parser reads expressions from tokens. Whatever it does not understand becomes an
// expression of no form, and it always goes on.
type parser struct {
	tokens []token
	at     int
	depth  int
	seen   func(Expression) // told of every call, the inner ones first
}

// Self is the name under which a call has what its method was taken from.
const Self = "()"

// maxDepth bounds brackets in brackets: no program that a person wrote has more.
const maxDepth = 100

// maxTerms bounds what is joined in one expression, in the same way.
const maxTerms = 1000

func (p *parser) peek() token {
	if p.at < len(p.tokens) {
		return p.tokens[p.at]
	}
	return token{kind: newlineToken}
}

func (p *parser) take(symbol string) bool {
	if p.peek().is(symbol) {
		p.at++
		return true
	}
	return false
}

func (p *parser) takeName(name string) bool {
	if t := p.peek(); t.kind == nameToken && t.text == name {
		p.at++
		return true
	}
	return false
}

// ends says whether an expression cannot go on here.
func (p *parser) ends() bool {
	t := p.peek()
	switch t.kind {
	case newlineToken:
		return true
	case symbolToken:
		return strings.Contains(" , ) ] } : = ; ", " "+t.text+" ")
	case nameToken:
		return t.text == "for" || t.text == "as" || t.text == "else"
	}
	return false
}

// expression reads one expression up to a comma, a closing bracket or an end.
func (p *parser) expression() Expression {
	e := p.operand()
	for terms := 0; !p.ends(); terms++ {
		switch {
		case terms == maxTerms:
			p.skip()
			return Expression{Line: e.Line}
		case p.takeName("or"):
			e = Expression{Form: Either, Line: e.Line, Args: []Argument{{Value: e}, {Value: p.operand()}}}
		case p.takeName("if"):
			p.skip()
			other := Expression{}
			if p.takeName("else") {
				other = p.expression()
			}
			e = Expression{Form: Either, Line: e.Line, Args: []Argument{{Value: e}, {Value: other}}}
		case p.take("+") || p.take("/"):
			e = Expression{Form: Join, Line: e.Line, Args: []Argument{{Value: e}, {Value: p.operand()}}}
		default:
			p.skip()
			return Expression{Line: e.Line}
		}
	}
	return e
}

// skip steps over what is not understood, and looks for calls in it.
func (p *parser) skip() {
	for !p.ends() {
		before := p.at
		p.operand()
		if p.at == before {
			p.at++
		}
	}
}

// ending is a format string that is text with one name behind it.
var ending = pattern.New(`^([^{}]+)\{([A-Za-z_][A-Za-z0-9_.]*)\}$`)

// operand reads a name, a literal or a bracket, with what follows it: calls,
// attributes and subscripts.
func (p *parser) operand() Expression {
	for p.takeName("await") || p.takeName("not") || p.take("-") || p.take("*") || p.take("**") {
	}
	t := p.peek()
	e := Expression{Line: t.line}
	switch {
	case t.kind == textToken:
		p.at++
		e.Form, e.Text = Text, t.text
	case t.kind == numberToken:
		p.at++
		e.Form, e.Text = Number, t.text
	case t.kind == formatToken:
		p.at++
		e = formatted(t)
	case t.kind == nameToken && t.text == "lambda":
		p.lambda()
	case t.kind == nameToken:
		p.at++
		e.Form, e.Text = Name, t.text
	case t.is("(") || t.is("[") || t.is("{"):
		e.Form, e.Args = List, p.bracket()
		if len(e.Args) == 1 && t.is("(") && e.Args[0].name == "" && !p.tokens[max(0, p.at-2)].is(",") {
			e = e.Args[0].Value
		}
	default:
		if !p.ends() {
			p.at++
		}
		return e
	}
	return p.trailers(e)
}

// formatted is a format string: text with a name, or what is not looked into, behind it,
// as if they were added.
func formatted(t token) Expression {
	e := Expression{Line: t.line}
	if m := ending.FindStringSubmatch(t.text); m != nil {
		e.Form, e.Args = Join, []Argument{{Value: Expression{Form: Text, Text: m[1], Line: t.line}}, {Value: Expression{Form: Name, Text: m[2], Line: t.line}}}
	} else if begins, _, ok := strings.Cut(t.text, "{"); ok && begins != "" {
		e.Form, e.Args = Join, []Argument{{Value: Expression{Form: Text, Text: begins, Line: t.line}}, {Value: Expression{Line: t.line}}}
	}
	return e
}

// lambda steps over a function without a name, and looks for calls in it.
func (p *parser) lambda() {
	for !p.peek().is(":") && p.peek().kind != newlineToken {
		p.at++
	}
	p.take(":")
	p.expression()
}

func (p *parser) trailers(e Expression) Expression {
	for {
		switch t := p.peek(); {
		case t.is("."):
			p.at++
			attribute := p.peek()
			if attribute.kind != nameToken {
				return Expression{Line: e.Line}
			}
			p.at++
			if e.Form != Name { // of what an expression gave, which goes along
				e = Expression{Form: Name, Text: "()", Line: e.Line, Args: []Argument{{Self, e}}}
			}
			e.Text += "." + attribute.text
		case t.is("("):
			e = p.called(e, "")
		case t.is("["):
			e = p.called(e, "[]")
		default:
			return e
		}
	}
}

// called reads the arguments of a call or a subscript.
func (p *parser) called(e Expression, suffix string) Expression {
	name := e.Text
	if e.Form != Name {
		name = "()"
	}
	receiver := e.Args
	if e.Form != Name {
		receiver = nil
	}
	e = Expression{Form: Call, Text: name + suffix, Line: e.Line, Args: append(p.bracket(), receiver...)}
	if p.seen != nil {
		p.seen(e)
	}
	return e
}

// bracket reads what stands between brackets, comma by comma.
func (p *parser) bracket() []Argument {
	p.at++
	p.depth++
	defer func() { p.depth-- }()
	var args []Argument
	for p.peek().kind != newlineToken {
		if t := p.peek(); t.is(")") || t.is("]") || t.is("}") {
			p.at++
			return args
		}
		if p.depth > maxDepth {
			p.at++
			continue
		}
		before := p.at
		name := ""
		if p.peek().kind == nameToken && p.at+1 < len(p.tokens) && p.tokens[p.at+1].is("=") {
			name = p.peek().text
			p.at += 2
		}
		value := p.expression()
		if p.take(":") || p.take(":=") || p.take("=") { // a key, a slice
			key := value
			value = p.expression()
			if key.Form == Text {
				name = key.Text
			}
		}
		for !p.peek().is(",") && !p.ends() || p.takeName("for") || p.takeName("as") || p.takeName("else") {
			p.skip() // a comprehension
		}
		args = append(args, Argument{name, value})
		p.take(",")
		if p.at == before {
			p.at++
		}
	}
	return args
}

// Keyword is the argument of that name.
func (e Expression) Keyword(names ...string) (Expression, bool) {
	for _, a := range e.Args {
		for _, n := range names {
			if a.name == n {
				return a.Value, true
			}
		}
	}
	return Expression{}, false
}

// Positional is the n-th argument without a name.
func (e Expression) Positional(n int) (Expression, bool) {
	for _, a := range e.Args {
		if a.name != "" {
			continue
		}
		if n == 0 {
			return a.Value, true
		}
		n--
	}
	return Expression{}, false
}

// Argument is an argument by name or else by place.
func (e Expression) Argument(n int, names ...string) (Expression, bool) {
	if v, ok := e.Keyword(names...); ok {
		return v, true
	}
	return e.Positional(n)
}

// Texts are the strings of a list.
func (e Expression) Texts() []string {
	var all []string
	for _, a := range e.Args {
		if a.Value.Form == Text {
			all = append(all, a.Value.Text)
		}
	}
	return all
}

// Environment reads os.environ["X"], os.environ.get("X", d), os.getenv("X", d) and
// what the libraries for settings make of it: environ's env("X", default=d) and
// env.int("X"), decouple's config("X", default=d). Casts around it are seen through.
func (e Expression) Environment() (name string, fallback Expression, ok bool) {
	switch e.Form {
	case Call:
		first, has := e.Positional(0)
		if !has {
			return "", Expression{}, false
		}
		switch {
		case IsEnvironment(e.Text) && first.Form == Text:
			fallback, _ = e.Argument(1, "default")
			return first.Text, fallback, true
		case e.Text == "int" || e.Text == "str" || e.Text == "bool" || e.Text == "float":
			return first.Environment()
		}
	case Either:
		name, fallback, ok = e.Args[0].Value.Environment()
		if ok && fallback.Form == Other {
			fallback = e.Args[1].Value
		}
		return name, fallback, ok
	}
	return "", Expression{}, false
}

// IsEnvironment knows the functions that read an environment variable.
func IsEnvironment(callee string) bool {
	switch callee {
	case "os.environ.get", "os.environ[]", "os.getenv", "environ.get", "environ[]", "getenv",
		"env", "config", "decouple.config", "os.environ.setdefault":
		return true
	}
	rest, ok := strings.CutPrefix(callee, "env.")
	return ok && !strings.Contains(rest, ".")
}

// Number is the value of an integer literal, also of one in quotes.
func (e Expression) Number() (int, bool) {
	if e.Form == Call && (e.Text == "int" || e.Text == "str") {
		if inner, ok := e.Positional(0); ok {
			return inner.Number()
		}
	}
	if e.Form != Number && e.Form != Text {
		return 0, false
	}
	n, err := strconv.Atoi(e.Text)
	return n, err == nil
}

// Walk visits an expression and those in it, the outer ones first.
func (e Expression) Walk(visit func(Expression)) {
	visit(e)
	for _, a := range e.Args {
		a.Value.Walk(visit)
	}
}

// IsVariable says whether a name can be that of an environment variable.
func IsVariable(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" && !isDigit(name[0])
}
