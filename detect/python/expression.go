package python

import (
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// form is what an expression is, as far as the readers look.
type form uint8

const (
	otherForm  form = iota // what is not looked into
	textForm               // a string with its value
	numberForm             // an integer or another number, as written
	nameForm               // a.b.c
	callForm               // a.b(…), and a subscript a[…] whose name ends in []
	listForm               // […], (…) or {…} without keys
	eitherForm             // a or b, a if … else b
	joinForm               // a + b, a / b
)

// expression is an expression of Python, as far as a start command depends on it.
type expression struct {
	form form
	text string // the value, the number, the dotted name, or that of the callee
	args []argument
	line int
}

// argument is an argument of a call or an element of a list.
type argument struct {
	name  string // of a keyword argument
	value expression
}

// parser reads expressions from tokens. Whatever it does not understand becomes an
// expression of no form, and it always goes on.
type parser struct {
	tokens []token
	at     int
	depth  int
	seen   func(expression) // told of every call, the inner ones first
}

// self is the name under which a call has what its method was taken from.
const self = "()"

// maxDepth bounds brackets in brackets: no program that a person wrote has more.
const maxDepth = 100

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
func (p *parser) expression() expression {
	e := p.operand()
	for !p.ends() {
		switch {
		case p.takeName("or"):
			e = expression{form: eitherForm, line: e.line, args: []argument{{value: e}, {value: p.operand()}}}
		case p.takeName("if"):
			p.skip()
			other := expression{}
			if p.takeName("else") {
				other = p.expression()
			}
			e = expression{form: eitherForm, line: e.line, args: []argument{{value: e}, {value: other}}}
		case p.take("+") || p.take("/"):
			e = expression{form: joinForm, line: e.line, args: []argument{{value: e}, {value: p.operand()}}}
		default:
			p.skip()
			return expression{line: e.line}
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
func (p *parser) operand() expression {
	for p.takeName("await") || p.takeName("not") || p.take("-") || p.take("*") || p.take("**") {
	}
	t := p.peek()
	e := expression{line: t.line}
	switch {
	case t.kind == textToken:
		p.at++
		e.form, e.text = textForm, t.text
	case t.kind == numberToken:
		p.at++
		e.form, e.text = numberForm, t.text
	case t.kind == formatToken:
		p.at++
		if m := ending.FindStringSubmatch(t.text); m != nil { // as text + name
			e.form, e.args = joinForm, []argument{{value: expression{form: textForm, text: m[1], line: t.line}}, {value: expression{form: nameForm, text: m[2], line: t.line}}}
		}
	case t.kind == nameToken && t.text == "lambda":
		for !p.peek().is(":") && p.peek().kind != newlineToken {
			p.at++
		}
		p.take(":")
		p.expression()
	case t.kind == nameToken:
		p.at++
		e.form, e.text = nameForm, t.text
	case t.is("(") || t.is("[") || t.is("{"):
		e.form, e.args = listForm, p.bracket()
		if len(e.args) == 1 && t.is("(") && e.args[0].name == "" && !p.tokens[max(0, p.at-2)].is(",") {
			e = e.args[0].value
		}
	default:
		if !p.ends() {
			p.at++
		}
		return e
	}
	return p.trailers(e)
}

func (p *parser) trailers(e expression) expression {
	for {
		switch t := p.peek(); {
		case t.is("."):
			p.at++
			attribute := p.peek()
			if attribute.kind != nameToken {
				return expression{line: e.line}
			}
			p.at++
			if e.form != nameForm { // of what an expression gave, which goes along
				e = expression{form: nameForm, text: "()", line: e.line, args: []argument{{self, e}}}
			}
			e.text += "." + attribute.text
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
func (p *parser) called(e expression, suffix string) expression {
	name := e.text
	if e.form != nameForm {
		name = "()"
	}
	receiver := e.args
	if e.form != nameForm {
		receiver = nil
	}
	e = expression{form: callForm, text: name + suffix, line: e.line, args: append(p.bracket(), receiver...)}
	if p.seen != nil {
		p.seen(e)
	}
	return e
}

// bracket reads what stands between brackets, comma by comma.
func (p *parser) bracket() []argument {
	p.at++
	p.depth++
	defer func() { p.depth-- }()
	var args []argument
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
			if key.form == textForm {
				name = key.text
			}
		}
		for !p.peek().is(",") && !p.ends() || p.takeName("for") || p.takeName("as") || p.takeName("else") {
			p.skip() // a comprehension
		}
		args = append(args, argument{name, value})
		p.take(",")
		if p.at == before {
			p.at++
		}
	}
	return args
}

// keyword is the argument of that name.
func (e expression) keyword(names ...string) (expression, bool) {
	for _, a := range e.args {
		for _, n := range names {
			if a.name == n {
				return a.value, true
			}
		}
	}
	return expression{}, false
}

// positional is the n-th argument without a name.
func (e expression) positional(n int) (expression, bool) {
	for _, a := range e.args {
		if a.name != "" {
			continue
		}
		if n == 0 {
			return a.value, true
		}
		n--
	}
	return expression{}, false
}

// argument is an argument by name or else by place.
func (e expression) argument(n int, names ...string) (expression, bool) {
	if v, ok := e.keyword(names...); ok {
		return v, true
	}
	return e.positional(n)
}

// texts are the strings of a list.
func (e expression) texts() []string {
	var all []string
	for _, a := range e.args {
		if a.value.form == textForm {
			all = append(all, a.value.text)
		}
	}
	return all
}

// environment reads os.environ["X"], os.environ.get("X", d), os.getenv("X", d) and
// what the libraries for settings make of it: environ's env("X", default=d) and
// env.int("X"), decouple's config("X", default=d). Casts around it are seen through.
func (e expression) environment() (name string, fallback expression, ok bool) {
	switch e.form {
	case callForm:
		first, has := e.positional(0)
		if !has {
			return "", expression{}, false
		}
		switch {
		case isEnvironment(e.text) && first.form == textForm:
			fallback, _ = e.argument(1, "default")
			return first.text, fallback, true
		case e.text == "int" || e.text == "str" || e.text == "bool" || e.text == "float":
			return first.environment()
		}
	case eitherForm:
		name, fallback, ok = e.args[0].value.environment()
		if ok && fallback.form == otherForm {
			fallback = e.args[1].value
		}
		return name, fallback, ok
	}
	return "", expression{}, false
}

// isEnvironment knows the functions that read an environment variable.
func isEnvironment(callee string) bool {
	switch callee {
	case "os.environ.get", "os.environ[]", "os.getenv", "environ.get", "environ[]", "getenv",
		"env", "config", "decouple.config", "os.environ.setdefault":
		return true
	}
	rest, ok := strings.CutPrefix(callee, "env.")
	return ok && !strings.Contains(rest, ".")
}

// number is the value of an integer literal, also of one in quotes.
func (e expression) number() (int, bool) {
	if e.form == callForm && (e.text == "int" || e.text == "str") {
		if inner, ok := e.positional(0); ok {
			return inner.number()
		}
	}
	if e.form != numberForm && e.form != textForm {
		return 0, false
	}
	n, err := strconv.Atoi(e.text)
	return n, err == nil
}

// walk visits an expression and those in it.
func (e expression) walk(visit func(expression)) {
	visit(e)
	for _, a := range e.args {
		a.value.walk(visit)
	}
}

func isVariable(name string) bool {
	return name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" && !isDigit(name[0])
}
