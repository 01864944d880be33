package jsconf

import (
	"github.com/grafana/sobek/ast"
	"github.com/grafana/sobek/token"
)

// run evaluates the module from top to bottom, once.
func (m *Module) run() {
	if m.state != fresh {
		return
	}
	m.state = running
	m.scope = &scope{}
	m.exports, m.module = &object{}, &object{}
	exports, module := m.value(Object, 1), m.value(Object, 1)
	exports.object, module.object = m.exports, m.module
	m.module.set("exports", exports)
	m.scope.declare("module", module)
	m.scope.declare("exports", exports)
	m.hoist(m.program.Body, m.scope)
	for _, s := range m.program.Body {
		if flow := m.exec(s, m.scope, 0); flow.ends {
			break
		}
	}
	m.state = done
}

// flow says how a statement ends.
type flow struct {
	ends   bool    // what follows is not reached
	throws bool    // because of an error
	value  Value   // of a return
	maybe  []Value // what returns gave that may not be reached
}

// hoist declares the functions and imports of a block before it runs.
func (m *Module) hoist(body []ast.Statement, s *scope) {
	for _, statement := range body {
		switch st := statement.(type) {
		case *ast.FunctionDeclaration:
			m.declareFunction(st.Function, s)
		case *ast.ImportDeclaration:
			m.imports(st, s)
		case *ast.ExportDeclaration:
			if h := st.HoistableDeclaration; h != nil && h.FunctionDeclaration != nil {
				m.declareFunction(h.FunctionDeclaration.Function, s)
			}
		}
	}
}

func (m *Module) declareFunction(f *ast.FunctionLiteral, s *scope) {
	if f != nil && f.Name != nil {
		s.declare(f.Name.Name.String(), m.function(f, s))
	}
}

func (m *Module) imports(d *ast.ImportDeclaration, s *scope) {
	if d.FromClause == nil || d.ImportClause == nil {
		return
	}
	declare := func(local string, names ...string) {
		v := m.value(Import, d.Idx)
		v.text, v.names = d.FromClause.ModuleSpecifier.String(), names
		s.declare(local, v)
	}
	c := d.ImportClause
	if c.ImportedDefaultBinding != nil {
		declare(c.ImportedDefaultBinding.Name.String(), "default")
	}
	if c.NameSpaceImport != nil {
		declare(c.NameSpaceImport.ImportedBinding.String())
	}
	if c.NamedImports != nil {
		for _, i := range c.NamedImports.ImportsList {
			local := i.Alias
			if local == "" {
				local = i.IdentifierName
			}
			declare(local.String(), i.IdentifierName.String())
		}
	}
}

// block runs statements in a scope of their own.
func (m *Module) block(body []ast.Statement, s *scope, depth int) flow {
	var all flow
	s = s.child()
	m.hoist(body, s)
	for _, statement := range body {
		f := m.exec(statement, s, depth)
		all.maybe = append(all.maybe, f.maybe...)
		if f.ends {
			all.ends, all.throws, all.value = true, f.throws, f.value
			break
		}
	}
	return all
}

func (m *Module) exec(statement ast.Statement, s *scope, depth int) flow {
	if m.steps++; m.steps > maxSteps || depth > maxDepth {
		return flow{ends: true, value: m.unknown(0, "a file that takes too long to evaluate")}
	}
	depth++
	switch st := statement.(type) {
	case *ast.VariableStatement:
		m.declare(st.List, s, depth)
	case *ast.LexicalDeclaration:
		m.declare(st.List, s, depth)
	case *ast.ExpressionStatement:
		m.eval(st.Expression, s, depth)
	case *ast.ExportDeclaration:
		m.export(st, s, depth)
	case *ast.ClassDeclaration:
		if st.Class.Name != nil {
			s.declare(st.Class.Name.Name.String(), m.eval(st.Class, s, depth))
		}
	case *ast.ReturnStatement:
		return flow{ends: true, value: m.eval(st.Argument, s, depth)}
	case *ast.ThrowStatement:
		return flow{ends: true, throws: true, value: m.unknown(st.Throw, "an error that is thrown")}
	case *ast.BlockStatement:
		return m.block(st.List, s, depth)
	case *ast.LabelledStatement:
		return m.exec(st.Statement, s, depth)
	case *ast.IfStatement:
		return m.branch(st, s, depth)
	case *ast.TryStatement:
		return m.try(st, s, depth)
	case *ast.SwitchStatement:
		return m.choose(st, s, depth)
	case *ast.BranchStatement, *ast.EmptyStatement, *ast.FunctionDeclaration, *ast.ImportDeclaration, *ast.DebuggerStatement:
	default: // the loops
		m.forget(statement, s)
	}
	return flow{}
}

func (m *Module) declare(list []*ast.Binding, s *scope, depth int) {
	for _, b := range list {
		v := m.eval(b.Initializer, s, depth)
		m.bind(b.Target, v, s, depth)
	}
}

// bind declares the names of a target, which may be a pattern.
func (m *Module) bind(target ast.Expression, v Value, s *scope, depth int) {
	if m.steps++; m.steps > maxSteps || depth > maxDepth {
		return
	}
	depth++
	switch t := target.(type) {
	case *ast.Identifier:
		s.declare(t.Name.String(), v)
	case *ast.AssignExpression: // a default
		if v.kind == Undefined {
			v = m.eval(t.Right, s, depth).depending(v)
		}
		m.bind(t.Left, v, s, depth)
	case *ast.ObjectPattern:
		m.bindObject(t, v, s, depth)
	case *ast.ArrayPattern:
		for i, element := range t.Elements {
			if element == nil {
				continue
			}
			item := v.unknown("an element of " + v.Why())
			if v.kind == Array {
				item = v.as(Undefined)
				if items := v.Items(); i < len(items) {
					item = items[i]
				}
			}
			m.bind(element, item, s, depth)
		}
		if t.Rest != nil {
			m.bind(t.Rest, v.unknown("the rest of "+v.Why()), s, depth)
		}
	}
}

func (m *Module) bindObject(t *ast.ObjectPattern, v Value, s *scope, depth int) {
	for _, property := range t.Properties {
		switch p := property.(type) {
		case *ast.PropertyShort:
			field := v.member(p.Name.Name.String()).placed(m, p.Name.Idx)
			if field.kind == Undefined && p.Initializer != nil {
				field = m.eval(p.Initializer, s, depth).depending(field)
			}
			s.declare(p.Name.Name.String(), field)
		case *ast.PropertyKeyed:
			field := m.unknown(p.Idx0(), "a key that is computed")
			if key, ok := m.key(p, s, depth); ok {
				field = v.member(key).placed(m, p.Idx0())
			}
			m.bind(p.Value, field, s, depth)
		}
	}
	if t.Rest != nil {
		rest := v
		if v.kind != Object {
			rest = v.unknown("the rest of " + v.Why())
		}
		m.bind(t.Rest, rest, s, depth)
	}
}

// branch follows an if. Where the condition is not known, both sides are looked
// at, and what they assign is forgotten.
func (m *Module) branch(st *ast.IfStatement, s *scope, depth int) flow {
	test := m.eval(st.Test, s, depth)
	if truth, known := test.truth(); known {
		switch {
		case truth:
			return m.exec(st.Consequent, s, depth).depending(test).caught()
		case st.Alternate != nil:
			return m.exec(st.Alternate, s, depth).depending(test).caught()
		}
		return flow{}
	}
	var all flow
	ends := true
	for _, side := range []ast.Statement{st.Consequent, st.Alternate} {
		if side == nil {
			ends = false
			continue
		}
		f := m.exec(side, s, depth).caught()
		m.forget(side, s)
		all.maybe = append(all.maybe, f.maybe...)
		if f.ends {
			all.maybe = append(all.maybe, f.value)
		}
		ends = ends && f.ends
	}
	if ends {
		all.ends = true
		all.value = all.maybe[len(all.maybe)-1]
		all.maybe = all.maybe[:len(all.maybe)-1]
	}
	return all
}

// caught goes on behind an error that is thrown under a condition: nothing goes wrong.
func (f flow) caught() flow {
	if f.throws {
		f.ends = false
	}
	return f
}

func (f flow) depending(test Value) flow {
	f.value = f.value.depending(test)
	return f
}

// try runs what is tried, as if nothing went wrong.
func (m *Module) try(st *ast.TryStatement, s *scope, depth int) flow {
	all := m.block(st.Body.List, s, depth)
	if st.Finally != nil {
		m.block(st.Finally.List, s, depth)
	}
	return all
}

// choose follows a switch whose case is known.
func (m *Module) choose(st *ast.SwitchStatement, s *scope, depth int) flow {
	value := m.eval(st.Discriminant, s, depth)
	start := -1
	for i, c := range st.Body {
		if c.Test == nil {
			continue
		}
		same, known := equal(value, m.eval(c.Test, s, depth))
		if !known {
			m.forget(st, s)
			return flow{maybe: []Value{m.unknown(st.Switch, "a switch on "+value.Why())}}
		}
		if same {
			start = i
			break
		}
	}
	if start < 0 {
		start = st.Default
	}
	if start < 0 {
		return flow{}
	}
	for _, c := range st.Body[start:] {
		for _, statement := range c.Consequent {
			if b, ok := statement.(*ast.BranchStatement); ok && b.Token == token.BREAK {
				return flow{}
			}
			if f := m.exec(statement, s, depth); f.ends {
				return f.depending(value)
			}
		}
	}
	return flow{}
}

// forget makes unknown whatever a statement assigns.
func (m *Module) forget(n ast.Node, s *scope) {
	walk(n, 0, func(n ast.Node) bool {
		var target ast.Expression
		switch n := n.(type) {
		case *ast.AssignExpression:
			target = n.Left
		case *ast.UnaryExpression:
			if n.Operator == token.INCREMENT || n.Operator == token.DECREMENT || n.Operator == token.DELETE {
				target = n.Operand
			}
		case *ast.CallExpression: // x.push(…)
			if dot, ok := n.Callee.(*ast.DotExpression); ok {
				target = dot
			}
		}
		if target != nil {
			m.forgetTarget(target, s)
		}
		return true
	})
}

func (m *Module) forgetTarget(target ast.Expression, s *scope) {
	at := target.Idx0()
	root := target
	for {
		switch t := root.(type) {
		case *ast.DotExpression:
			root = t.Left
			continue
		case *ast.BracketExpression:
			root = t.Left
			continue
		}
		break
	}
	id, ok := root.(*ast.Identifier)
	if !ok {
		return
	}
	holder := s.holder(id.Name.String())
	if holder == nil {
		return
	}
	v := holder.names[id.Name.String()]
	why := m.unknown(at, "a value that is assigned under a condition or in a loop")
	switch {
	case target == root:
		holder.names[id.Name.String()] = why.either(why.text, v, why)
	case v.kind == Object:
		v.object.obscure(why)
	case v.kind == Array:
		holder.names[id.Name.String()] = why
	}
}

// export keeps what the module gives to others.
func (m *Module) export(d *ast.ExportDeclaration, s *scope, depth int) {
	switch {
	case d.Variable != nil:
		m.declare(d.Variable.List, s, depth)
		m.exportNames(d.Variable.List, s)
	case d.LexicalDeclaration != nil:
		m.declare(d.LexicalDeclaration.List, s, depth)
		m.exportNames(d.LexicalDeclaration.List, s)
	case d.AssignExpression != nil:
		m.exports.set("default", m.eval(d.AssignExpression, s, depth))
	case d.HoistableDeclaration != nil && d.HoistableDeclaration.FunctionDeclaration != nil:
		f := d.HoistableDeclaration.FunctionDeclaration.Function
		m.exports.set(exportedName(d, f.Name), m.function(f, s))
	case d.ClassDeclaration != nil:
		class := m.eval(d.ClassDeclaration.Class, s, depth)
		m.exports.set(exportedName(d, d.ClassDeclaration.Class.Name), class)
	case d.NamedExports != nil:
		for _, x := range d.NamedExports.ExportsList {
			m.exportOne(d, x, s)
		}
	case d.ExportFromClause != nil:
		m.exports.obscure(m.unknown(d.Idx, "everything that another module exports"))
	}
}

func exportedName(d *ast.ExportDeclaration, name *ast.Identifier) string {
	if d.IsDefault || name == nil {
		return "default"
	}
	return name.Name.String()
}

func (m *Module) exportNames(list []*ast.Binding, s *scope) {
	for _, b := range list {
		if id, ok := b.Target.(*ast.Identifier); ok {
			m.exports.set(id.Name.String(), m.identifier(id, s))
		}
	}
}

func (m *Module) exportOne(d *ast.ExportDeclaration, x *ast.ExportSpecifier, s *scope) {
	as := x.Alias
	if as == "" {
		as = x.IdentifierName
	}
	if d.FromClause != nil && d.FromClause.ModuleSpecifier != "" {
		v := m.value(Import, d.Idx)
		v.text, v.names = d.FromClause.ModuleSpecifier.String(), []string{x.IdentifierName.String()}
		m.exports.set(as.String(), m.follow(v))
		return
	}
	m.exports.set(as.String(), m.identifier(&ast.Identifier{Name: x.IdentifierName, Idx: d.Idx}, s))
}
