package source

import (
	"slices"
	"strings"
)

// Assigned is what a name stands for in a line, as Python looks it up: what the functions
// around the line assign it or take by it, else what is assigned outside of functions. A
// name that a function makes its own in a way that is not looked into is an object
// without a form. Line 0 asks from another module.
func (m *Module) Assigned(name string, line int) (Object, bool) {
	if strings.Contains(name, ".") {
		return Object{}, false
	}
	for f := m.function(line); f >= 0; f = m.outer(f) {
		if o, ok := m.own(f, name, line); ok {
			return o, true
		}
	}
	for _, o := range m.Objects {
		if o.Name == name {
			return o, true
		}
	}
	for _, o := range m.Locals { // in the body of a class, or under a condition
		if o.Name == name && m.function(o.Line) < 0 && (line == 0 || m.class(line) >= 0) {
			return o, true
		}
	}
	return Object{}, false
}

// function is the innermost function around a line by its place among the blocks, or -1.
func (m *Module) function(line int) int {
	return m.around(line, func(b Block) bool { return b.Def != "" && b.From < line })
}

// class is the innermost class around a line, or -1.
func (m *Module) class(line int) int {
	return m.around(line, func(b Block) bool { return b.Class != "" && b.From < line })
}

// Class is the name of the innermost class around a line, outside of functions; empty where
// there is none.
func (m *Module) Class(line int) string {
	if i := m.class(line); i >= 0 && m.function(line) < i {
		return m.Blocks[i].Class
	}
	return ""
}

// outer is the function around another, or -1.
func (m *Module) outer(function int) int { return m.function(m.Blocks[function].From) }

func (m *Module) around(line int, is func(Block) bool) int {
	for i := len(m.Blocks) - 1; i >= 0; i-- {
		if b := m.Blocks[i]; b.From <= line && (b.To == 0 || line <= b.To) && is(b) {
			return i
		}
	}
	return -1
}

// own is what a function assigns to a name, the last time before a line or else at all,
// or what it takes by it. What it assigns under a condition alone, over something else,
// has no form, but that a variable may stand before another value.
func (m *Module) own(function int, name string, line int) (found Object, ok bool) {
	if i := slices.IndexFunc(m.Blocks[function].Takes, func(o Object) bool { return o.Name == name }); i >= 0 {
		found, ok = m.taken(m.Blocks[function], i), true
	}
	for _, o := range m.Locals {
		if o.Name != name || m.function(o.Line) != function || o.Line >= line && ok {
			continue
		}
		before := found
		had := ok && (before.Value.Form != Name || before.Value.Text != "None")
		found, ok = o, true
		if !had || !m.conditional(o.Line, line) || before.Value.Form == o.Value.Form && before.Value.Text == o.Value.Text && o.Value.Form != Other {
			continue
		}
		if _, _, reads := o.Value.Environment(); reads && before.Value.Form != Other {
			found.Value = Expression{Form: Either, Line: o.Line, Args: []Argument{{Value: o.Value}, {Value: before.Value}}}
		} else {
			found.Value = Expression{Line: o.Line}
		}
	}
	return found, ok
}

// conditional says whether a line runs only under a condition that does not stand before
// another.
func (m *Module) conditional(line, other int) bool {
	return slices.ContainsFunc(m.Blocks, func(b Block) bool {
		holds := func(line int) bool { return b.From < line && (b.To == 0 || line <= b.To) }
		return b.Def == "" && b.Class == "" && holds(line) && !holds(other)
	})
}

// Conditional says whether a line of a function runs only under a condition, or may fail.
func (m *Module) Conditional(line int) bool {
	f := m.function(line)
	return slices.Contains(m.Tried, line) || slices.ContainsFunc(m.Blocks, func(b Block) bool {
		return b.Def == "" && b.Class == "" && b.From < line && (b.To == 0 || line <= b.To) && (f < 0 || b.From > m.Blocks[f].From)
	})
}

// taken is what a function takes as its n-th parameter: what the one call of the module
// gives it, or its default where all calls leave that to it. Who else calls it nobody
// knows, so that without a call it has no form.
func (m *Module) taken(b Block, n int) Object {
	o := b.Takes[n]
	calls := slices.DeleteFunc(slices.Clone(m.Calls), func(c Expression) bool { return c.Text != b.Def || c.Line == b.From })
	given := slices.DeleteFunc(slices.Clone(calls), func(c Expression) bool {
		_, ok := c.Argument(n, o.Name)
		return !ok
	})
	switch {
	case b.Tells, len(calls) > 0 && len(given) == 0:
	case len(calls) == 1:
		o.Value, _ = calls[0].Argument(n, o.Name)
	default:
		o.Value = Expression{Line: o.Line}
	}
	return o
}

// Parameter is the function around a name that takes it as its parameter and that no call of
// the module gives it: how others call it, its class where it makes an object, and the place
// among what they give.
func (m *Module) Parameter(e Expression) (called string, place int, def Expression, ok bool) {
	f := m.function(e.Line)
	if e.Form != Name || f < 0 {
		return "", 0, def, false
	}
	b := m.Blocks[f]
	place = slices.IndexFunc(b.Takes, func(o Object) bool { return o.Name == e.Text })
	if place < 0 {
		return "", 0, def, false
	}
	called, def = b.Def, b.Takes[place].Value
	if c := m.class(e.Line); c >= 0 && b.Def == "__init__" {
		called, place = m.Blocks[c].Class, place-1
	}
	return called, place, def, true
}

// parameters reads what a function takes, with the defaults: those that the decorators
// of a command line give it too.
func (r *reader) parameters(head []token) (takes []Object, tells bool) {
	open := slices.IndexFunc(head, func(t token) bool { return t.is("(") })
	if open < 0 {
		return nil, false
	}
	rest := head[open+1:]
	if end := topLevel(rest, ")"); end < len(rest) {
		rest = rest[:end]
	}
	for len(rest) > 0 {
		end := topLevel(rest, ",")
		one := rest[:end]
		rest = rest[min(end+1, len(rest)):]
		for len(one) > 0 && one[0].kind == symbolToken {
			one = one[1:]
		}
		if len(one) == 0 || one[0].kind != nameToken {
			continue
		}
		o := Object{Name: one[0].text, Value: Expression{Line: one[0].line}, Line: one[0].line}
		if at := topLevel(one, "="); at+1 < len(one) {
			p := &parser{tokens: one[at+1:]}
			o.Value = optional(r.resolved(p.expression()))
		}
		takes = append(takes, o)
	}
	for _, d := range r.pending {
		tells = tells || strings.HasSuffix(d.Text, ".command")
		for i, o := range takes {
			if strings.HasSuffix(d.Text, ".option") && o.Value.Form == Other && names(d, o.Name) {
				takes[i].Value = optional(d)
			}
		}
	}
	return takes, tells
}

// names says whether an option of a command line fills what is called so.
func names(option Expression, name string) bool {
	if dest, ok := option.Keyword("dest"); ok {
		return dest.Text == name
	}
	called := false
	for _, text := range option.Texts() {
		if text == name || strings.HasPrefix(text, "--") && strings.ReplaceAll(text[2:], "-", "_") == name {
			called = true
		}
	}
	return called
}

// optional is the value of an option that nobody gives: its default, or the variable that
// it reads. What is no option stays as it is.
func optional(e Expression) Expression {
	if _, last, _ := cutLast(e.Text); e.Form != Call || last != "option" && last != "Option" && last != "Argument" && last != "add_argument" {
		return e
	}
	def, ok := e.Keyword("default")
	if !ok && !strings.HasSuffix(e.Text, "add_argument") && !strings.HasSuffix(e.Text, "option") { // of Typer
		def, _ = e.Positional(0)
	}
	variable, ok := e.Keyword("envvar")
	if !ok || variable.Form != Text {
		return def
	}
	return Variable(variable.Text, def)
}

// Variable is the expression that reads a variable of the environment, or else is a default.
func Variable(name string, def Expression) Expression {
	return Expression{Form: Call, Text: "os.getenv", Line: def.Line, Args: []Argument{{Value: Expression{Form: Text, Text: name, Line: def.Line}}, {"default", def}}}
}

// Option is the option of the command line that a name stands for: of argparse, which a field
// of its arguments has, or of click and Typer, which a parameter has.
func (m *Module) Option(e Expression) (flag string, ok bool) {
	if e.Form != Name {
		return "", false
	}
	object, name, isField := strings.Cut(e.Text, ".")
	if isField {
		made, known := m.Assigned(object, e.Line)
		if known && (made.Value.Form == Other || strings.HasSuffix(made.Value.Text, ".parse_args")) {
			for _, call := range m.Calls {
				if strings.HasSuffix(call.Text, ".add_argument") && names(call, name) {
					return long(call)
				}
			}
		}
		return "", false
	}
	if f := m.function(e.Line); f >= 0 && m.Blocks[f].Tells && slices.ContainsFunc(m.Blocks[f].Takes, func(o Object) bool { return o.Name == e.Text }) {
		return "--" + strings.ReplaceAll(e.Text, "_", "-"), true
	}
	if o, ok := m.Assigned(e.Text, e.Line); ok && o.Value.Form == Name {
		return m.Option(o.Value)
	}
	return "", false
}

// long is the option that a call declares, by its long name.
func long(call Expression) (string, bool) {
	for _, text := range call.Texts() {
		if strings.HasPrefix(text, "--") {
			return text, true
		}
	}
	return "", false
}

// Field is what a class of the module assigns one of its fields.
func (m *Module) Field(class, name string) (Object, bool) {
	return m.fieldOf(Expression{Form: Call, Text: class}, name)
}

func cutLast(name string) (before, after string, ok bool) {
	i := strings.LastIndexByte(name, '.')
	return name[:max(i, 0)], name[i+1:], i >= 0
}

// Value follows a name to what is assigned to it where it stands, a field of a command
// line's arguments to its default, and one of an object to that of its class.
func (m *Module) Value(e Expression) Expression {
	for range 4 {
		if e.Form != Name {
			return e
		}
		o, ok := m.Assigned(e.Text, e.Line)
		if !ok {
			o, ok = m.field(e)
		}
		if !ok {
			return e
		}
		e = o.Value
	}
	return e
}

// field is what a field holds that is written as name.field: the default of an argument
// of the command line, or what the class of the object assigns it.
func (m *Module) field(e Expression) (Object, bool) {
	object, name, ok := strings.Cut(e.Text, ".")
	if !ok || strings.Contains(name, ".") || len(m.Blocks) == 0 && len(m.Defs) == 0 && len(m.Calls) == 0 {
		return Object{}, false
	}
	made, known := m.Assigned(object, e.Line)
	if known && made.Value.Form == Call {
		if field, ok := m.fieldOf(made.Value, name); ok {
			return field, true
		}
	}
	if !known || made.Value.Form != Other && !strings.HasSuffix(made.Value.Text, ".parse_args") {
		return Object{}, false
	}
	var found []Expression
	for _, call := range m.Calls {
		if strings.HasSuffix(call.Text, ".add_argument") && names(call, name) {
			found = append(found, call)
		}
	}
	if len(found) != 1 {
		return Object{}, false
	}
	return Object{Name: e.Text, Value: optional(found[0]), Line: found[0].Line}, true
}

// fieldOf is what an object of a class of the module holds in a field: what it is made
// with, else what the class assigns.
func (m *Module) fieldOf(made Expression, name string) (Object, bool) {
	c := slices.IndexFunc(m.Blocks, func(b Block) bool { return b.Class != "" && b.Class == made.Text })
	if c < 0 {
		return Object{}, false
	}
	if v, ok := made.Keyword(name); ok {
		return Object{Name: name, Value: v, Line: made.Line}, true
	}
	for _, o := range m.Locals {
		if o.Name == name && m.class(o.Line) == c && m.function(o.Line) < c && (m.function(o.Line) < 0 || m.function(o.Line) == m.function(m.Blocks[c].From)) {
			return o, true
		}
	}
	return Object{}, false
}
