package jsconf

import (
	"math"
	"path"
	"strconv"
	"strings"

	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/file"
)

// call evaluates a call: of a function of the file, of one of the few built-in
// ones that configuration uses, or else what is called with what.
func (m *Module) call(e *ast.CallExpression, s *scope, depth int) Value {
	if _, ok := e.Callee.(*ast.DynamicImportExpression); ok {
		return m.imported(e.ArgumentList, s, depth, e.Idx0())
	}
	callee := m.eval(e.Callee, s, depth)
	if callee.isGlobal("require") {
		return m.imported(e.ArgumentList, s, depth, e.Idx0())
	}
	v := m.invocation(callee, e.ArgumentList, s, depth, e.Idx0())
	if callee.kind == Function && callee.closure.body != nil {
		return m.apply(callee, v.args, s.depth+1)
	}
	if result, ok := builtin(v); ok {
		return result
	}
	m.mutate(v)
	return v
}

// imported is the module that require or import() asks for.
func (m *Module) imported(args []ast.Expression, s *scope, depth int, at file.Idx) Value {
	v := m.value(Import, at)
	if len(args) > 0 {
		if name, ok := m.eval(args[0], s, depth).Text(); ok && name != "" {
			v.text = name
			return v
		}
	}
	return v.unknown("a module whose name is computed")
}

func (m *Module) construct(e *ast.NewExpression, s *scope, depth int) Value {
	v := m.invocation(m.eval(e.Callee, s, depth), e.ArgumentList, s, depth, e.New)
	v.isNew = true
	if _, name := v.Origin(); name == "URL" && v.from.kind == Import && v.Args() > 0 {
		return url(v)
	}
	return v
}

// url is new URL("./x", import.meta.url): a path from the file's folder.
func url(v Value) Value {
	text, ok := v.Arg(0).Text()
	if !ok || !v.Arg(1).Rooted() {
		return v
	}
	return v.string(path.Join(path.Dir(v.Arg(1).text), text))
}

func (m *Module) invocation(callee Value, args []ast.Expression, s *scope, depth int, at file.Idx) Value {
	v := m.value(Call, at)
	v.from = &callee
	for _, arg := range args {
		if spread, ok := arg.(*ast.SpreadElement); ok {
			all := m.eval(spread.Expression, s, depth)
			if all.kind != Array {
				v.args = append(v.args, m.unknown(arg.Idx0(), "what is spread: "+all.Why()))
				continue
			}
			if m.steps += len(all.Items()); m.steps < maxSteps {
				v.args = append(v.args, all.Items()...)
			}
			continue
		}
		v.args = append(v.args, m.eval(arg, s, depth))
	}
	return v
}

// apply runs a function of the project with arguments.
func (m *Module) apply(f Value, args []Value, calls int) Value {
	c := f.closure
	if calls > 40 || c.body == nil || c.scope == nil {
		return f.unknown("calls that are nested too deeply")
	}
	home := c.module
	s := c.scope.child()
	s.depth = calls
	if c.params != nil {
		for i, p := range c.params.List {
			arg := f.as(Undefined)
			if i < len(args) {
				arg = args[i]
			}
			if arg.kind == Undefined && p.Initializer != nil {
				arg = home.eval(p.Initializer, s, 0).depending(arg)
			}
			home.bind(p.Target, arg, s, 0)
		}
		if c.params.Rest != nil {
			rest := args[min(len(args), len(c.params.List)):]
			list := f.as(Array)
			list.list = &rest
			home.bind(c.params.Rest, list, s, 0)
		}
	}
	switch body := c.body.(type) {
	case *ast.ExpressionBody:
		return home.eval(body.Expression, s, calls)
	case *ast.BlockStatement:
		all := home.block(body.List, s, calls)
		result := all.value
		if !all.ends {
			result = f.as(Undefined)
		}
		for i := len(all.maybe) - 1; i >= 0; i-- {
			result = f.either("a condition on what is not known", all.maybe[i], result)
		}
		return result
	}
	return f.unknown("a function that is not evaluated")
}

// mutate notes what a call may do to its receiver: array.push(x) adds an element.
func (m *Module) mutate(v Value) {
	to := v.Of()
	if to.kind != Member || to.from.kind != Array || to.from.list == nil {
		return
	}
	if name := to.text; name == "push" || name == "unshift" {
		if m.steps += len(v.args); m.steps < maxSteps {
			*to.from.list = append(*to.from.list, v.args...)
		}
	}
}

// isGlobal says whether the value is what no module declares, by its name.
func (v Value) isGlobal(name string) bool {
	return v.kind == Import && v.text == "" && len(v.names) == 1 && v.names[0] == name
}

// builtin evaluates calls of the language and of Node's library for paths.
func builtin(v Value) (Value, bool) {
	callee := v.Of()
	if callee.kind == Member && callee.from.Known() {
		return method(v, *callee.from, callee.text)
	}
	if callee.kind != Import {
		return v, false
	}
	module, name := callee.Origin()
	if module == "" {
		return global(v, name)
	}
	if module == "path" || module == "path/posix" || module == "pathe" || module == "upath" {
		return paths(v, path.Ext("." + name)[1:])
	}
	if module == "url" && name == "fileURLToPath" {
		if v.Arg(0).kind == String {
			return v.string(v.Arg(0).text), true
		}
	}
	return v, false
}

func global(v Value, name string) (Value, bool) {
	x := v.Arg(0)
	result := v.as(Unknown).depending(x)
	switch name {
	case "Number", "parseInt", "parseFloat", "Number.parseInt", "Number.parseFloat":
		if n, ok := x.toNumber(); ok {
			return result.number(n), true
		}
	case "isNaN", "Number.isNaN":
		if n, ok := x.toNumber(); ok {
			return result.bool(math.IsNaN(n)), true
		}
	case "String":
		if words, ok := x.words(); ok {
			return result.string(words), true
		}
	case "Boolean":
		if truth, ok := x.truth(); ok {
			return result.bool(truth), true
		}
	case "Object.freeze", "Promise.resolve", "structuredClone":
		return x, true
	case "Object.assign":
		return merged(v)
	case "Array.isArray":
		if x.Known() {
			return result.bool(x.kind == Array), true
		}
	case "process.cwd", "Deno.cwd":
		return v.string(here), true
	case "Deno.env.get":
		if name, ok := x.Text(); ok {
			u := v.as(Undefined)
			u.env = []string{name}
			return u, true
		}
	}
	return v, false
}

// merged is Object.assign: the first object with the fields of the others.
func merged(v Value) (Value, bool) {
	into := v.Arg(0)
	if into.kind != Object {
		return v, false
	}
	for _, from := range v.args[1:] {
		into.module.spread(into.object, from)
	}
	return into, true
}

// toNumber is the number that the language makes of a value.
func (v Value) toNumber() (float64, bool) {
	switch v.kind {
	case Number:
		return v.num, true
	case Undefined:
		return math.NaN(), true
	case Null:
		return 0, true
	case String:
		n, err := strconv.ParseFloat(strings.TrimSpace(v.text), 64)
		if err != nil {
			return math.NaN(), true
		}
		return n, true
	}
	return 0, false
}

// paths evaluates the functions of Node's path module.
func paths(v Value, name string) (Value, bool) {
	var parts []string
	for _, arg := range v.args {
		if arg.kind != String {
			return v, false
		}
		parts = append(parts, arg.text)
	}
	result := v.as(String).depending(v.args...)
	if len(parts) == 0 {
		return result.string(here), name == "resolve"
	}
	switch name {
	case "join":
		return result.string(path.Join(parts...)), true
	case "resolve":
		for i := len(parts) - 1; i > 0; i-- {
			if path.IsAbs(parts[i]) {
				parts = parts[i:]
				break
			}
		}
		if !path.IsAbs(parts[0]) { // the working folder of a build is the package's
			parts = append([]string{here}, parts...)
		}
		return result.string(path.Join(parts...)), true
	case "normalize":
		return result.string(path.Clean(parts[0])), true
	case "dirname":
		return result.string(path.Dir(parts[0])), true
	case "basename":
		return result.string(path.Base(parts[0])), true
	}
	return v, false
}

// method evaluates a method of a text or an array.
func method(v, of Value, name string) (Value, bool) {
	result := v.as(Unknown).depending(append([]Value{of}, v.args...)...)
	if of.kind == Array {
		switch name {
		case "filter", "concat", "flat": // may hold other elements
			if name == "filter" && v.Arg(0).isGlobal("Boolean") {
				return of.truthy(), true
			}
		case "includes":
			return includes(result, of, v.Arg(0))
		}
		return v, false
	}
	text, ok := of.words()
	if !ok {
		return v, false
	}
	arg, isText := v.Arg(0).Text()
	switch {
	case name == "toString" || name == "valueOf":
		return result.string(text), true
	case of.kind != String:
		return v, false
	case name == "trim":
		return result.string(strings.TrimSpace(text)), true
	case name == "toLowerCase":
		return result.string(strings.ToLower(text)), true
	case name == "toUpperCase":
		return result.string(strings.ToUpper(text)), true
	case name == "startsWith" && isText:
		return result.bool(strings.HasPrefix(text, arg)), true
	case name == "endsWith" && isText:
		return result.bool(strings.HasSuffix(text, arg)), true
	case name == "includes" && isText:
		return result.bool(strings.Contains(text, arg)), true
	}
	return v, false
}

func includes(result, list, item Value) (Value, bool) {
	for _, x := range list.Items() {
		same, known := equal(x, item)
		if !known {
			return result, false
		}
		if same {
			return result.bool(true), true
		}
	}
	return result.bool(false), true
}

// truthy is an array without what counts as false.
func (v Value) truthy() Value {
	kept := []Value{}
	for _, item := range v.Items() {
		if truth, known := item.truth(); truth || !known {
			kept = append(kept, item)
		}
	}
	v.list = &kept
	return v
}
