package jsconf

import (
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/file"

	"github.com/dockgen/dockgen/detect"
)

// Kind says what a [Value] is.
type Kind int

// The kinds of values.
const (
	Unknown   Kind = iota // evaluation ends here; [Value.Why] says at what
	Undefined             // also what is absent
	Null
	Bool
	Number
	String
	Array
	Object
	Function
	Import // a module, or something that it exports; also what nothing declares, as process
	Member // of a value that is not evaluated
	Call   // what a function that is not evaluated gives, with its arguments
)

func (k Kind) String() string {
	return [...]string{"unknown", "undefined", "null", "a boolean", "a number", "a string", "an array", "an object",
		"a function", "an import", "a member", "a call"}[k]
}

// Value is what an expression comes to. Its zero value is unknown.
type Value struct {
	kind Kind
	text string // of a String; the module of an Import; the name of a Member; why it is Unknown
	num  float64
	flag bool
	env  []string
	alts []Value // of Unknown: what it is one of

	list    *[]Value
	object  *object
	closure *closure
	names   []string // of an Import: the way from the module
	from    *Value   // of a Member; of a Call: what is called
	args    []Value
	isNew   bool

	module *Module
	at     file.Idx
}

// object is shared by all values that refer to it, as in the language.
type object struct {
	keys   []string
	fields map[string]Value
	open   *Value // what may hold other keys, or other values of those above: unknown
}

type closure struct {
	params *ast.ParameterList
	body   ast.Node // a block or an expression
	scope  *scope
	module *Module
	name   string
}

// Kind says what the value is.
func (v Value) Kind() Kind { return v.kind }

// Known says whether evaluation reached the value itself.
func (v Value) Known() bool {
	return v.kind != Unknown && v.kind != Member && v.kind != Call && v.kind != Import
}

// Absent says whether nothing is there.
func (v Value) Absent() bool { return v.kind == Undefined || v.kind == Null }

// here stands for the folder of the file, deep enough that a path above it is
// still below the root.
const here = "/0/1/2/3/4/5/6/7/8/9"

// Rooted says whether a string is a path that begins at the folder of the file,
// as __dirname and what is made of it.
func (v Value) Rooted() bool { return v.kind == String && strings.HasPrefix(v.text, "/0/") }

// Text is a string's. A path that is [Value.Rooted] is given from the folder of
// the file.
func (v Value) Text() (string, bool) {
	if !v.Rooted() {
		return v.text, v.kind == String
	}
	text, up := path.Clean(v.text), ""
	for dir := here; dir != "/"; dir = path.Dir(dir) {
		if text == dir {
			return path.Clean("./" + up), true
		}
		if below, ok := strings.CutPrefix(text, dir+"/"); ok {
			return up + below, true
		}
		up += "../"
	}
	return text, true
}

// Bool is a boolean's.
func (v Value) Bool() (value, ok bool) { return v.flag, v.kind == Bool }

// Int is that of a number, or of a string that is one, as ports are written.
func (v Value) Int() (int, bool) {
	switch v.kind {
	case Number:
		if v.num == math.Trunc(v.num) && math.Abs(v.num) < 1<<53 {
			return int(v.num), true
		}
	case String:
		n, err := strconv.Atoi(strings.TrimSpace(v.text))
		return n, err == nil
	}
	return 0, false
}

// Items are those of an array. A spread of something unknown is one item.
func (v Value) Items() []Value {
	if v.list == nil {
		return nil
	}
	return *v.list
}

// Keys are those of an object, in the order of the file.
func (v Value) Keys() []string {
	if v.object == nil {
		return nil
	}
	return slices.Clone(v.object.keys)
}

// Get follows keys into objects. What is not there is Undefined, what may be
// there, or lies in something that is not evaluated, Unknown.
func (v Value) Get(keys ...string) Value {
	for _, key := range keys {
		v = v.member(key)
	}
	return v
}

// Arg is the argument of a Call; Undefined beyond the last.
func (v Value) Arg(i int) Value {
	if i >= 0 && i < len(v.args) {
		return v.args[i]
	}
	return v.as(Undefined)
}

// Args counts the arguments of a Call.
func (v Value) Args() int { return len(v.args) }

// New says whether a Call is one of a constructor.
func (v Value) New() bool { return v.isNew }

// Of is what a Call calls, or the value whose Member it is.
func (v Value) Of() Value {
	if v.from == nil {
		return v.unknown("nothing is called")
	}
	return *v.from
}

// Origin names the module, and the way from it, that the value begins with:
// "express", "" for the result of express(); "hono", "Hono" for new Hono().
// What nothing declares begins with no module.
func (v Value) Origin() (module, name string) {
	for v.from != nil {
		v = *v.from
	}
	if v.kind != Import {
		return "", ""
	}
	names := v.names
	if v.text != "" && len(names) > 0 && names[0] == "default" {
		names = names[1:]
	}
	return strings.TrimPrefix(v.text, "node:"), strings.Join(names, ".")
}

// Env lists the variables that the value depends on, each of which counts as not
// set, sorted.
func (v Value) Env() []string { return v.env }

// Alternatives are what an Unknown value is one of, where that is known: both
// sides of a condition, or of a fall-back.
func (v Value) Alternatives() []Value { return v.alts }

// Why says what evaluation ends at, for a person.
func (v Value) Why() string {
	switch v.kind {
	case Unknown:
		return v.text
	case Call:
		return "the result of " + v.from.name() + "()"
	case Member:
		return v.name() + " of something else"
	case Import:
		return v.name() + " of another module"
	}
	return v.kind.String()
}

// name is a short name for messages.
func (v Value) name() string {
	switch v.kind {
	case Member:
		return v.text
	case Import:
		if len(v.names) > 0 && v.names[len(v.names)-1] != "default" {
			return v.names[len(v.names)-1]
		}
		return v.text
	case Function:
		if v.closure.name != "" {
			return v.closure.name
		}
	}
	return "a function"
}

// Position is the line and column, from 1; 0 where nothing in the file stands
// behind the value.
func (v Value) Position() (line, column int) {
	if v.module == nil {
		return 0, 0
	}
	return v.module.position(v.at)
}

// At is the place in the project.
func (v Value) At() detect.Evidence {
	if v.module == nil {
		return detect.Evidence{}
	}
	line, _ := v.Position()
	return detect.Evidence{File: v.module.file, Line: line}
}

// as makes a value of another kind at the same place.
func (v Value) as(kind Kind) Value { return Value{kind: kind, module: v.module, at: v.at, env: v.env} }

func (v Value) unknown(why string) Value {
	u := v.as(Unknown)
	u.text = why
	return u
}

func (v Value) string(text string) Value {
	if len(text) > maxText {
		return v.unknown("a very long text")
	}
	u := v.as(String)
	u.text = text
	return u
}

func (v Value) number(n float64) Value {
	u := v.as(Number)
	u.num = n
	return u
}

func (v Value) bool(b bool) Value {
	u := v.as(Bool)
	u.flag = b
	return u
}

// depending adds variables that the value depends on.
func (v Value) depending(on ...Value) Value {
	for _, o := range on {
		for _, name := range o.env {
			if i, found := slices.BinarySearch(v.env, name); !found && len(v.env) < 20 {
				v.env = slices.Insert(slices.Clone(v.env), i, name)
			}
		}
	}
	return v
}

// either is one of two values, and evaluation does not know which.
func (v Value) either(why string, a, b Value) Value {
	u := v.unknown(why).depending(a, b)
	for _, x := range []Value{a, b} {
		if x.kind == Unknown && len(x.alts) > 0 {
			u.alts = append(u.alts, x.alts...)
		} else {
			u.alts = append(u.alts, x)
		}
	}
	u.alts = u.alts[:min(len(u.alts), 10)]
	return u
}

// truth is what a condition takes the value for.
func (v Value) truth() (truth, known bool) {
	switch v.kind {
	case Undefined, Null:
		return false, true
	case Bool:
		return v.flag, true
	case Number:
		return v.num != 0 && !math.IsNaN(v.num), true
	case String:
		return v.text != "", true
	case Array, Object, Function:
		return true, true
	}
	return false, false
}

// words is the value as a text, as the language joins it to another.
func (v Value) words() (string, bool) {
	switch v.kind {
	case String:
		return v.text, true
	case Number:
		return strconv.FormatFloat(v.num, 'f', -1, 64), true
	case Bool:
		return strconv.FormatBool(v.flag), true
	case Undefined, Null:
		return v.kind.String(), true
	}
	return "", false
}

// set puts a field, and says no where the object is too large.
func (o *object) set(key string, v Value) {
	if o.fields == nil {
		o.fields = map[string]Value{}
	}
	if _, ok := o.fields[key]; !ok {
		o.keys = append(o.keys, key)
	}
	o.fields[key] = v
}

// obscure says that what v holds may stand in any field.
func (o *object) obscure(v Value) {
	o.open = &v
	for key, old := range o.fields {
		o.fields[key] = v.either("it may be overwritten by "+v.Why(), old, v.unknown(v.Why()))
	}
}
