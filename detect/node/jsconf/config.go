package jsconf

import (
	"fmt"
	"slices"
	"strings"

	"github.com/grafana/sobek/ast"
)

// Export is what the module exports by a name; "default" also finds what
// CommonJS assigns to module.exports.
func (m *Module) Export(name string) Value {
	m.run()
	exports := m.module.fields["exports"]
	if exports.kind == Object {
		if v, ok := exports.object.fields[name]; ok {
			return v
		}
	}
	switch {
	case name == "default" && (exports.object != m.exports || len(m.exports.keys) > 0 && m.exports.open == nil):
		return exports
	case exports.kind == Object:
		return exports.member(name)
	}
	return m.unknown(0, "the module exports "+exports.Why())
}

// Config is the object that a configuration file exports: the default export,
// what a function that it exports returns for the arguments given, and what is
// inside of the calls that wrap it, defineConfig(…) or withPlugin(…)(…). The
// names of wrappers that may change it are listed. A JSON file is its value.
func (m *Module) Config(args ...Value) (config Value, wrappers []string) {
	if m.column > 0 {
		return m.json(), nil
	}
	return m.unwrap(m.Export("default"), args, 0)
}

func (m *Module) json() Value {
	m.run()
	if st, ok := m.program.Body[0].(*ast.ExpressionStatement); ok {
		return m.eval(st.Expression, m.scope, 0)
	}
	return m.unknown(0, "not a value")
}

// defining are the functions that give their argument back as it is, whatever
// they are called beyond that.
var defining = []string{"define", "defineConfig", "defineNuxtConfig", "defineNitroConfig", "defineAppConfig"}

func (m *Module) unwrap(v Value, args []Value, depth int) (Value, []string) {
	if depth > 20 {
		return v.unknown("calls that are nested too deeply"), nil
	}
	switch v.kind {
	case Function:
		if v.closure.body == nil {
			return v, nil
		}
		return m.unwrap(m.apply(v, args, 1), args, depth+1)
	case Call:
		return m.unwrapCall(v, args, depth)
	case Unknown:
		// One of several, all but one of which are no object: that one.
		for _, alt := range v.alts {
			if inner, wrappers := m.unwrap(alt, args, depth+1); inner.kind == Object {
				return inner, append(wrappers, "a condition")
			}
		}
	}
	return v, nil
}

func (m *Module) unwrapCall(v Value, args []Value, depth int) (Value, []string) {
	name := v.Of().name()
	if name == "mergeConfig" && v.Args() > 1 {
		return m.mergeConfig(v, args, depth)
	}
	for _, arg := range v.args {
		inner, wrappers := m.unwrap(arg, args, depth+1)
		if inner.kind != Object && inner.kind != Array || inner.kind == Array && !slices.Contains(defining, name) {
			continue
		}
		if !strings.HasPrefix(name, "define") {
			wrappers = append(wrappers, name)
		}
		return inner, wrappers
	}
	return v.unknown(v.Why()), nil
}

// mergeConfig is Vite's: objects merged field by field, at every depth.
func (m *Module) mergeConfig(v Value, args []Value, depth int) (Value, []string) {
	base, wrappers := m.unwrap(v.Arg(0), args, depth+1)
	over, more := m.unwrap(v.Arg(1), args, depth+1)
	return m.merge(base, over, 0), append(wrappers, more...)
}

func (m *Module) merge(base, over Value, depth int) Value {
	if base.kind != Object || over.kind != Object || depth > 20 {
		if over.kind == Undefined {
			return base
		}
		return over
	}
	both := over
	both.object = &object{}
	m.spread(both.object, base)
	for _, key := range over.object.keys {
		both.object.set(key, m.merge(base.member(key), over.object.fields[key], depth+1))
	}
	if over.object.open != nil {
		both.object.obscure(*over.object.open)
	}
	return both
}

// Text makes a value, for the arguments of [Module.Config].
func Text(text string) Value { return Value{kind: String, text: text} }

// Fields makes an object of texts, for the arguments of [Module.Config]: what
// Vite gives to a configuration that is a function.
func Fields(pairs ...string) Value {
	v := Value{kind: Object, object: &object{}}
	for i := 0; i+1 < len(pairs); i += 2 {
		v.object.set(pairs[i], Text(pairs[i+1]))
	}
	return v
}

// String describes the value, for messages and tests.
func (v Value) String() string {
	switch v.kind {
	case String:
		text, _ := v.Text()
		return fmt.Sprintf("%q", text)
	case Number, Bool, Undefined, Null:
		words, _ := v.words()
		return words
	case Unknown:
		return "unknown: " + v.text
	}
	return v.kind.String()
}
