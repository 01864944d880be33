package jsconf

import (
	"math"
	"math/big"
	"path"
	"strings"

	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/file"
	"github.com/grafana/sobek/token"
)

// scope holds the bindings of a module, function or block.
type scope struct {
	parent *scope
	names  map[string]Value
	depth  int // of calls in each other
}

func (s *scope) child() *scope { return &scope{parent: s, depth: s.depth} }

func (s *scope) declare(name string, v Value) {
	if s.names == nil {
		s.names = map[string]Value{}
	}
	s.names[name] = v
}

// holder is the scope that declares a name, or nil.
func (s *scope) holder(name string) *scope {
	for ; s != nil; s = s.parent {
		if _, ok := s.names[name]; ok {
			return s
		}
	}
	return nil
}

func (m *Module) value(kind Kind, at file.Idx) Value { return Value{kind: kind, module: m, at: at} }

func (m *Module) unknown(at file.Idx, why string) Value {
	return Value{text: why, module: m, at: at}
}

// eval evaluates an expression. depth counts the expressions around it. It has a case for
// each kind of expression, so that it is as long as the language.
func (m *Module) eval(e ast.Expression, s *scope, depth int) Value {
	if e == nil {
		return m.value(Undefined, 0)
	}
	if m.steps++; m.steps > maxSteps {
		return m.unknown(0, "a file that takes too long to evaluate")
	}
	if depth > maxDepth {
		return m.unknown(0, "an expression that is nested too deeply")
	}
	at := e.Idx0()
	depth++
	switch e := e.(type) {
	case *ast.NullLiteral:
		return m.value(Null, at)
	case *ast.BooleanLiteral:
		return m.value(Bool, at).bool(e.Value)
	case *ast.NumberLiteral:
		return m.number(e)
	case *ast.StringLiteral:
		return m.value(String, at).string(e.Value.String())
	case *ast.TemplateLiteral:
		return m.template(e, s, depth)
	case *ast.ArrayLiteral:
		return m.array(e, s, depth)
	case *ast.ObjectLiteral:
		return m.objectLiteral(e, s, depth)
	case *ast.Identifier:
		return m.identifier(e, s)
	case *ast.FunctionLiteral:
		return m.function(e, s)
	case *ast.ArrowFunctionLiteral:
		v := m.value(Function, at)
		v.closure = &closure{params: e.ParameterList, body: e.Body, scope: s, module: m}
		return v
	case *ast.AwaitExpression:
		return m.eval(e.Argument, s, depth)
	case *ast.OptionalChain:
		return m.eval(e.Expression, s, depth)
	case *ast.Optional:
		return m.eval(e.Expression, s, depth)
	case *ast.SequenceExpression:
		v := m.value(Undefined, at)
		for _, part := range e.Sequence {
			v = m.eval(part, s, depth)
		}
		return v
	case *ast.ConditionalExpression:
		return m.conditional(e, s, depth)
	case *ast.BinaryExpression:
		return m.binary(e, s, depth)
	case *ast.UnaryExpression:
		return m.unary(e, s, depth)
	case *ast.AssignExpression:
		return m.assign(e, s, depth)
	case *ast.DotExpression:
		return m.eval(e.Left, s, depth).member(e.Identifier.Name.String()).placed(m, at)
	case *ast.BracketExpression:
		return m.bracket(e, s, depth)
	case *ast.CallExpression:
		return m.call(e, s, depth)
	case *ast.NewExpression:
		return m.construct(e, s, depth)
	case *ast.MetaProperty:
		v := m.value(Import, at)
		v.names = []string{"import.meta"}
		return v
	case *ast.ClassLiteral:
		return m.value(Function, at).named(e.Name)
	case *ast.RegExpLiteral:
		return m.unknown(at, "a regular expression")
	}
	return m.unknown(at, "an expression that is not evaluated")
}

// placed gives a value that has no place one.
func (v Value) placed(m *Module, at file.Idx) Value {
	if v.module == nil || v.kind == Member {
		v.module, v.at = m, at
	}
	return v
}

// named makes a function that is not called, a class.
func (v Value) named(name *ast.Identifier) Value {
	v.closure = &closure{module: v.module}
	if name != nil {
		v.closure.name = name.Name.String()
	}
	return v
}

func (m *Module) number(e *ast.NumberLiteral) Value {
	v := m.value(Number, e.Idx)
	switch n := e.Value.(type) {
	case int64:
		return v.number(float64(n))
	case float64:
		return v.number(n)
	case *big.Int:
		f, _ := new(big.Float).SetInt(n).Float64()
		return v.number(f)
	}
	return v.unknown("a number that is not understood")
}

func (m *Module) template(e *ast.TemplateLiteral, s *scope, depth int) Value {
	v := m.value(String, e.OpenQuote)
	if e.Tag != nil {
		return v.unknown("a tagged template")
	}
	var text strings.Builder
	for i, part := range e.Elements {
		text.WriteString(part.Parsed.String())
		if i < len(e.Expressions) {
			x := m.eval(e.Expressions[i], s, depth)
			v = v.depending(x)
			words, ok := x.words()
			if !ok || text.Len() > maxText {
				return v.unknown("a text with " + x.Why())
			}
			text.WriteString(words)
		}
	}
	return v.string(text.String())
}

func (m *Module) array(e *ast.ArrayLiteral, s *scope, depth int) Value {
	v := m.value(Array, e.LeftBracket)
	list := []Value{}
	for _, item := range e.Value {
		spread, ok := item.(*ast.SpreadElement)
		if !ok {
			list = append(list, m.eval(item, s, depth))
			continue
		}
		all := m.eval(spread.Expression, s, depth)
		if all.kind != Array {
			unknown := m.unknown(item.Idx0(), "what is spread: "+all.Why())
			unknown.alts = []Value{all}
			list = append(list, unknown)
			continue
		}
		m.steps += len(all.Items())
		if m.steps > maxSteps {
			return v.unknown("a very long array")
		}
		list = append(list, all.Items()...)
	}
	v.list = &list
	return v
}

func (m *Module) objectLiteral(e *ast.ObjectLiteral, s *scope, depth int) Value {
	v := m.value(Object, e.LeftBrace)
	v.object = &object{}
	for _, property := range e.Value {
		switch p := property.(type) {
		case *ast.PropertyShort:
			v.object.set(p.Name.Name.String(), m.identifier(&p.Name, s))
		case *ast.SpreadElement:
			m.spread(v.object, m.eval(p.Expression, s, depth))
		case *ast.PropertyKeyed:
			key, ok := m.key(p, s, depth)
			value := m.eval(p.Value, s, depth)
			if p.Kind == ast.PropertyKindGet || p.Kind == ast.PropertyKindSet {
				value = m.unknown(p.Idx0(), "a getter")
			}
			if ok {
				v.object.set(key, value)
			} else {
				v.object.obscure(m.unknown(p.Idx0(), "a key that is computed"))
			}
		}
	}
	return v
}

// key is the name of a property.
func (m *Module) key(p *ast.PropertyKeyed, s *scope, depth int) (string, bool) {
	if id, ok := p.Key.(*ast.Identifier); ok && !p.Computed {
		return id.Name.String(), true
	}
	return m.eval(p.Key, s, depth).words()
}

// spread copies the fields of a value into an object.
func (m *Module) spread(into *object, v Value) {
	switch {
	case v.kind == Object:
		if m.steps += len(v.object.keys); m.steps > maxSteps {
			into.obscure(v.unknown("a very large object"))
			return
		}
		if v.object.open != nil {
			into.obscure(*v.object.open)
		}
		for _, key := range v.object.keys {
			into.set(key, v.object.fields[key].depending(v))
		}
	case v.Absent(), v.kind == Bool: // {...(false && x)} adds nothing
	case len(v.alts) > 0: // {...(unknown && {a})}: each of them may be spread
		for _, alt := range v.alts {
			for _, key := range alt.Keys() {
				into.set(key, v.either(v.Why(), into.fields[key], alt.object.fields[key]))
			}
			if !alt.Known() {
				into.obscure(v)
			}
		}
	default:
		into.obscure(v)
	}
}

func (m *Module) identifier(e *ast.Identifier, s *scope) Value {
	name := e.Name.String()
	if holder := s.holder(name); holder != nil {
		v := holder.names[name]
		if v.kind == Import && v.module == m { // the use says more than the import
			v.at = e.Idx
		}
		return m.follow(v)
	}
	v := m.value(Import, e.Idx)
	switch name {
	case "undefined":
		return v.as(Undefined)
	case "NaN":
		return v.number(math.NaN())
	case "Infinity":
		return v.number(math.Inf(1))
	case "__dirname":
		return v.string(here)
	case "__filename":
		return v.string(path.Join(here, path.Base(m.file)))
	}
	v.names = []string{name}
	return v
}

func (m *Module) function(e *ast.FunctionLiteral, s *scope) Value {
	v := m.value(Function, e.Function)
	v.closure = &closure{params: e.ParameterList, body: e.Body, scope: s, module: m}
	if e.Name != nil {
		v.closure.name = e.Name.Name.String()
	}
	if e.Generator {
		v.closure.body = nil
	}
	return v
}

func (m *Module) conditional(e *ast.ConditionalExpression, s *scope, depth int) Value {
	test := m.eval(e.Test, s, depth)
	if truth, known := test.truth(); known {
		if truth {
			return m.eval(e.Consequent, s, depth).depending(test)
		}
		return m.eval(e.Alternate, s, depth).depending(test)
	}
	u := m.unknown(e.Idx0(), "a condition on "+test.Why())
	return u.either(u.text, m.eval(e.Consequent, s, depth), m.eval(e.Alternate, s, depth)).depending(test)
}

func (m *Module) binary(e *ast.BinaryExpression, s *scope, depth int) Value {
	left := m.eval(e.Left, s, depth)
	switch e.Operator {
	case token.LOGICAL_AND, token.LOGICAL_OR, token.COALESCE:
		return m.logical(e, left, s, depth)
	}
	right := m.eval(e.Right, s, depth)
	v := m.value(Unknown, e.Idx0()).depending(left, right)
	switch e.Operator {
	case token.STRICT_EQUAL, token.EQUAL, token.STRICT_NOT_EQUAL, token.NOT_EQUAL:
		same, known := equal(left, right)
		if !known {
			return v.unknown("a comparison with " + unknownOf(left, right).Why())
		}
		return v.bool(same == (e.Operator == token.STRICT_EQUAL || e.Operator == token.EQUAL))
	case token.PLUS:
		return plus(v, left, right)
	}
	if left.kind == Number && right.kind == Number {
		return arithmetic(v, e.Operator, left.num, right.num)
	}
	return v.unknown("a calculation with " + unknownOf(left, right).Why())
}

// unknownOf is the one of two values that is not known.
func unknownOf(a, b Value) Value {
	if a.Known() {
		return b
	}
	return a
}

// logical evaluates &&, || and ??.
func (m *Module) logical(e *ast.BinaryExpression, left Value, s *scope, depth int) Value {
	truth, known := left.truth()
	stays := truth == (e.Operator == token.LOGICAL_OR)
	if e.Operator == token.COALESCE {
		known = left.Known()
		stays = !left.Absent()
	}
	if known && stays {
		return left
	}
	right := m.eval(e.Right, s, depth)
	if known {
		return right.depending(left)
	}
	u := m.unknown(e.Idx0(), left.Why())
	return u.either(u.text, left, right)
}

func equal(a, b Value) (same, known bool) {
	if a.Absent() && b.Absent() {
		return true, true
	}
	switch {
	case !a.Known() || !b.Known():
		return false, false
	case a.kind != b.kind:
		return false, true
	case a.kind == String:
		return a.text == b.text, true
	case a.kind == Number:
		return a.num == b.num, true
	case a.kind == Bool:
		return a.flag == b.flag, true
	}
	return false, false
}

func plus(v, a, b Value) Value {
	if a.kind == Number && b.kind == Number {
		return v.number(a.num + b.num)
	}
	x, ok := a.words()
	y, ok2 := b.words()
	if !ok || !ok2 || a.kind != String && b.kind != String {
		return v.unknown("a text with " + unknownOf(a, b).Why())
	}
	return v.string(x + y)
}

func arithmetic(v Value, op token.Token, a, b float64) Value {
	switch op {
	case token.MINUS:
		return v.number(a - b)
	case token.MULTIPLY:
		return v.number(a * b)
	case token.SLASH:
		return v.number(a / b)
	case token.LESS:
		return v.bool(a < b)
	case token.LESS_OR_EQUAL:
		return v.bool(a <= b)
	case token.GREATER:
		return v.bool(a > b)
	case token.GREATER_OR_EQUAL:
		return v.bool(a >= b)
	}
	return v.unknown("a calculation")
}

func (m *Module) unary(e *ast.UnaryExpression, s *scope, depth int) Value {
	x := m.eval(e.Operand, s, depth)
	v := m.value(Unknown, e.Idx0()).depending(x)
	switch e.Operator {
	case token.NOT:
		if truth, known := x.truth(); known {
			return v.bool(!truth)
		}
	case token.MINUS:
		if n, ok := x.toNumber(); ok {
			return v.number(-n)
		}
	case token.PLUS:
		if n, ok := x.toNumber(); ok {
			return v.number(n)
		}
	case token.VOID:
		return v.as(Undefined)
	case token.TYPEOF:
		return typeOf(v, x)
	case token.INCREMENT, token.DECREMENT, token.DELETE:
		m.forget(e, s)
	}
	return v.unknown(x.Why())
}

func typeOf(v, x Value) Value {
	switch x.kind {
	case Undefined:
		return v.string("undefined")
	case Null, Object, Array:
		return v.string("object")
	case Bool:
		return v.string("boolean")
	case Number:
		return v.string("number")
	case String:
		return v.string("string")
	case Function:
		return v.string("function")
	}
	return v.unknown("the type of " + x.Why())
}

// assign evaluates what is assigned and keeps it, where the place is known.
func (m *Module) assign(e *ast.AssignExpression, s *scope, depth int) Value {
	right := m.eval(e.Right, s, depth)
	switch e.Operator {
	case token.ASSIGN:
	case token.LOGICAL_OR_ASSIGN, token.COALESCE_ASSIGN, token.LOGICAL_OR, token.COALESCE:
		old := m.eval(e.Left, s, depth)
		if truth, known := old.truth(); known && truth {
			return old
		} else if !known {
			right = m.unknown(e.Idx0(), old.Why()).either(old.Why(), old, right)
		}
	default:
		right = m.unknown(e.Idx0(), "a value that is calculated step by step")
	}
	m.store(e.Left, right, s, depth)
	return right
}

// store puts a value where an expression points.
func (m *Module) store(target ast.Expression, v Value, s *scope, depth int) {
	switch t := target.(type) {
	case *ast.Identifier:
		name := t.Name.String()
		if holder := s.holder(name); holder != nil {
			holder.names[name] = v
		}
	case *ast.DotExpression:
		m.put(m.eval(t.Left, s, depth), t.Identifier.Name.String(), v)
	case *ast.BracketExpression:
		into := m.eval(t.Left, s, depth)
		if key, ok := m.eval(t.Member, s, depth).words(); ok {
			m.put(into, key, v)
		} else if into.kind == Object {
			into.object.obscure(m.unknown(t.Idx0(), "a key that is computed"))
		}
	case *ast.ArrayPattern, *ast.ObjectPattern:
		m.bind(t.(ast.BindingTarget), v, s, depth)
	}
}

// put sets a field of an object; of the module's own exports too.
func (m *Module) put(into Value, key string, v Value) {
	if into.kind == Object {
		if m.steps++; m.steps <= maxSteps {
			into.object.set(key, v)
		}
	}
}

func (m *Module) bracket(e *ast.BracketExpression, s *scope, depth int) Value {
	left, key := m.eval(e.Left, s, depth), m.eval(e.Member, s, depth)
	if i, ok := key.Int(); ok && key.kind == Number && left.kind == Array {
		if items := left.Items(); i >= 0 && i < len(items) {
			return items[i]
		}
		return m.value(Undefined, e.Idx0())
	}
	if name, ok := key.words(); ok {
		return left.member(name).placed(m, e.Idx0())
	}
	return m.unknown(e.Idx0(), "a key that is computed").depending(key)
}

// member is a field of an object, or what is known of anything else's.
func (v Value) member(name string) Value {
	switch v.kind {
	case Object:
		if field, ok := v.object.fields[name]; ok {
			return field.depending(v)
		}
		if v.object.open != nil {
			u := v.unknown("it may be set by " + v.object.open.Why())
			u.module, u.at = v.object.open.module, v.object.open.at
			return u
		}
		return v.as(Undefined)
	case Array, String:
		return v.measure(name)
	case Undefined, Null:
		return v.as(Undefined) // of something optional; else the program fails
	case Import:
		return v.exported(name)
	case Call, Member, Function:
		return v.opaque(name)
	case Unknown:
		return v.unknownMember(name)
	}
	return v.as(Undefined)
}

// unknownMember is the field of each of the values that an unknown one may be.
func (v Value) unknownMember(name string) Value {
	if len(v.alts) == 0 {
		return v.unknown(v.text)
	}
	u := v.unknown(v.text)
	for _, alt := range v.alts {
		u.alts = append(u.alts, alt.member(name))
	}
	return u
}

func (v Value) opaque(name string) Value {
	u := v.as(Member)
	u.text, u.from = name, &v
	return u
}

// measure is the length of a text or an array; their methods are called by name.
func (v Value) measure(name string) Value {
	if name != "length" {
		return v.opaque(name)
	}
	if v.kind == Array {
		return v.number(float64(len(v.Items())))
	}
	return v.number(float64(len(v.text)))
}

// exported is what a module, or something of it, calls by a name.
func (v Value) exported(name string) Value {
	names := append(v.names[:len(v.names):len(v.names)], name)
	if isEnvironment(v.text, v.names) {
		u := v.as(Undefined)
		for _, environment := range []map[string]string{Environment, v.module.set} {
			if value, set := environment[name]; set {
				return v.string(value)
			}
		}
		u.env = []string{name}
		return u
	}
	if v.text == "" && len(names) == 2 && names[0] == "import.meta" {
		switch name {
		case "dirname":
			return v.string(here)
		case "url", "filename":
			return v.string(path.Join(here, path.Base(v.module.file)))
		}
	}
	if len(names) > 20 {
		return v.unknown("a long chain of names")
	}
	v.names = names
	return v.module.follow(v)
}

// isEnvironment says whether the names are a runtime's way to its environment.
func isEnvironment(module string, names []string) bool {
	switch strings.TrimPrefix(module, "node:") + " " + strings.Join(names, ".") {
	case " process.env", " Bun.env", " import.meta.env", " globalThis.process.env",
		"process env", "process default.env", "bun env":
		return true
	}
	return false
}
