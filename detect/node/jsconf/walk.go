package jsconf

import (
	"strings"

	"github.com/grafana/sobek/ast"
)

// Invocation is a call or a construction somewhere in a module: app.listen(3000).
type Invocation struct {
	Name   string // what is called, the last of its names: "listen"
	Path   string // all of it, "app.listen"; "" where it begins with something else than a name
	New    bool
	Args   int
	module *Module
	callee ast.Expression
	args   []ast.Expression
	node   ast.Expression
	scope  *scope
}

// Calls visits every call and construction of the module, from top to bottom,
// until visit answers false. Those in functions are visited whether the function
// is called or not; its parameters are unknown.
func (m *Module) Calls(visit func(Invocation) bool) {
	m.run()
	w := &walker{module: m, visit: visit}
	for _, s := range m.program.Body {
		w.node(s, m.scope, 0)
	}
}

// Arg evaluates an argument; Undefined beyond the last.
func (i Invocation) Arg(n int) Value {
	if n < 0 || n >= len(i.args) {
		return i.module.value(Undefined, i.node.Idx0())
	}
	return i.module.eval(i.args[n], i.scope, 0)
}

// On evaluates what a method is called on: unknown for what is no method.
func (i Invocation) On() Value {
	if dot, ok := i.callee.(*ast.DotExpression); ok {
		return i.module.eval(dot.Left, i.scope, 0)
	}
	return i.module.unknown(i.node.Idx0(), "no method is called")
}

// Callee evaluates what is called.
func (i Invocation) Callee() Value { return i.module.eval(i.callee, i.scope, 0) }

// Position is the line and column of the call, from 1: of the method's name in a
// chain, which may be lines below its beginning. It is 0 where the file has no
// such call, but what it is translated to.
func (i Invocation) Position() (line, column int) {
	if dot, ok := i.callee.(*ast.DotExpression); ok {
		return i.module.position(dot.Identifier.Idx)
	}
	return i.module.position(i.node.Idx0())
}

type walker struct {
	module  *Module
	visit   func(Invocation) bool
	stopped bool
}

func (w *walker) node(n ast.Node, s *scope, depth int) {
	if w.stopped || depth > 10*maxDepth {
		return
	}
	switch n := n.(type) {
	case *ast.CallExpression:
		w.invocation(Invocation{callee: n.Callee, args: n.ArgumentList, node: n}, s)
	case *ast.NewExpression:
		w.invocation(Invocation{callee: n.Callee, args: n.ArgumentList, node: n, New: true}, s)
	case *ast.FunctionLiteral:
		w.function(n.ParameterList, n.Body, s, depth)
		return
	case *ast.ArrowFunctionLiteral:
		w.function(n.ParameterList, n.Body, s, depth)
		return
	case *ast.BlockStatement:
		s = s.child()
		w.module.hoist(n.List, s)
		for _, st := range n.List {
			w.node(st, s, depth+1)
			w.declare(st, s)
		}
		return
	}
	children(n, func(child ast.Node) { w.node(child, s, depth+1) })
}

// declare gives the names of a statement in a function their values.
func (w *walker) declare(st ast.Statement, s *scope) {
	switch st := st.(type) {
	case *ast.VariableStatement:
		w.module.declare(st.List, s, 0)
	case *ast.LexicalDeclaration:
		w.module.declare(st.List, s, 0)
	}
}

func (w *walker) function(params *ast.ParameterList, body ast.Node, s *scope, depth int) {
	s = s.child()
	if params != nil {
		for _, p := range params.List {
			w.module.bind(p.Target, w.module.unknown(p.Idx0(), "a parameter"), s, 0)
		}
		if params.Rest != nil {
			w.module.bind(params.Rest, w.module.unknown(params.Rest.Idx0(), "a parameter"), s, 0)
		}
	}
	w.node(body, s, depth+1)
}

func (w *walker) invocation(i Invocation, s *scope) {
	i.module, i.scope, i.Args = w.module, s, len(i.args)
	i.Name, i.Path = nameOf(i.callee)
	if !w.visit(i) {
		w.stopped = true
	}
}

// nameOf is the last name of an expression, and all of its names where it is
// nothing but names.
func nameOf(e ast.Expression) (last, all string) {
	var names []string
	for len(names) < 10 {
		switch x := e.(type) {
		case *ast.OptionalChain:
			e = x.Expression
			continue
		case *ast.Optional:
			e = x.Expression
			continue
		case *ast.DotExpression:
			names = append([]string{x.Identifier.Name.String()}, names...)
			e = x.Left
			continue
		case *ast.Identifier:
			names = append([]string{x.Name.String()}, names...)
			return names[len(names)-1], strings.Join(names, ".")
		}
		break
	}
	if len(names) == 0 {
		return "", ""
	}
	return names[len(names)-1], ""
}

// walk visits a node and all below it; visit answers whether to go deeper.
func walk(n ast.Node, depth int, visit func(ast.Node) bool) {
	if depth > 10*maxDepth || !visit(n) {
		return
	}
	children(n, func(child ast.Node) { walk(child, depth+1, visit) })
}

// children visits what stands directly below a node, in the order of the text.
// Names alone are left out. It has a case for each kind of node that the parser makes and
// decides nothing, so that it is as long as the language, like the two below it.
func children(n ast.Node, visit func(ast.Node)) {
	one := func(list ...ast.Expression) {
		for _, e := range list {
			if e != nil {
				visit(e)
			}
		}
	}
	statements := func(list ...ast.Statement) {
		for _, s := range list {
			if s != nil {
				visit(s)
			}
		}
	}
	switch n := n.(type) {
	case *ast.ArrayLiteral:
		one(n.Value...)
	case *ast.AssignExpression:
		one(n.Left, n.Right)
	case *ast.AwaitExpression:
		one(n.Argument)
	case *ast.YieldExpression:
		one(n.Argument)
	case *ast.BinaryExpression:
		one(n.Left, n.Right)
	case *ast.BracketExpression:
		one(n.Left, n.Member)
	case *ast.CallExpression:
		one(n.Callee)
		one(n.ArgumentList...)
	case *ast.NewExpression:
		one(n.Callee)
		one(n.ArgumentList...)
	case *ast.ConditionalExpression:
		one(n.Test, n.Consequent, n.Alternate)
	case *ast.DotExpression:
		one(n.Left)
	case *ast.OptionalChain:
		one(n.Expression)
	case *ast.Optional:
		one(n.Expression)
	case *ast.SpreadElement:
		one(n.Expression)
	case *ast.SequenceExpression:
		one(n.Sequence...)
	case *ast.TemplateLiteral:
		one(n.Tag)
		one(n.Expressions...)
	case *ast.UnaryExpression:
		one(n.Operand)
	case *ast.ObjectLiteral:
		for _, p := range n.Value {
			visit(p)
		}
	case *ast.PropertyKeyed:
		one(n.Value)
	case *ast.FunctionLiteral:
		if n.Body != nil {
			visit(n.Body)
		}
	case *ast.ArrowFunctionLiteral:
		if n.Body != nil {
			visit(n.Body)
		}
	case *ast.ExpressionBody:
		one(n.Expression)
	case *ast.ClassLiteral:
		one(n.SuperClass)
		for _, element := range n.Body {
			visit(element)
		}
	case *ast.FieldDefinition:
		one(n.Initializer)
	case *ast.MethodDefinition:
		if n.Body != nil {
			visit(n.Body)
		}
	case *ast.ClassStaticBlock:
		statements(n.Block)
	default:
		childrenOfStatement(n, visit, one, statements)
	}
}

func childrenOfStatement(n ast.Node, visit func(ast.Node), one func(...ast.Expression), statements func(...ast.Statement)) {
	bindings := func(list []*ast.Binding) {
		for _, b := range list {
			one(b.Initializer)
		}
	}
	switch n := n.(type) {
	case *ast.BlockStatement:
		statements(n.List...)
	case *ast.ExpressionStatement:
		one(n.Expression)
	case *ast.IfStatement:
		one(n.Test)
		statements(n.Consequent, n.Alternate)
	case *ast.ForStatement:
		one(n.Test, n.Update)
		statements(n.Body)
	case *ast.ForInStatement:
		one(n.Source)
		statements(n.Body)
	case *ast.ForOfStatement:
		one(n.Source)
		statements(n.Body)
	case *ast.WhileStatement:
		one(n.Test)
		statements(n.Body)
	case *ast.DoWhileStatement:
		statements(n.Body)
		one(n.Test)
	case *ast.LabelledStatement:
		statements(n.Statement)
	case *ast.ReturnStatement:
		one(n.Argument)
	case *ast.ThrowStatement:
		one(n.Argument)
	case *ast.SwitchStatement:
		one(n.Discriminant)
		for _, c := range n.Body {
			one(c.Test)
			statements(c.Consequent...)
		}
	case *ast.TryStatement:
		visit(n.Body)
		if n.Catch != nil {
			visit(n.Catch.Body)
		}
		if n.Finally != nil {
			visit(n.Finally)
		}
	case *ast.VariableStatement:
		bindings(n.List)
	case *ast.LexicalDeclaration:
		bindings(n.List)
	case *ast.FunctionDeclaration:
		visit(n.Function)
	case *ast.ClassDeclaration:
		visit(n.Class)
	case *ast.ExportDeclaration:
		childrenOfExport(n, visit, one, bindings)
	}
}

func childrenOfExport(n *ast.ExportDeclaration, visit func(ast.Node), one func(...ast.Expression), bindings func([]*ast.Binding)) {
	one(n.AssignExpression)
	if n.Variable != nil {
		bindings(n.Variable.List)
	}
	if n.LexicalDeclaration != nil {
		bindings(n.LexicalDeclaration.List)
	}
	if n.HoistableDeclaration != nil && n.HoistableDeclaration.FunctionDeclaration != nil {
		visit(n.HoistableDeclaration.FunctionDeclaration)
	}
	if n.ClassDeclaration != nil {
		visit(n.ClassDeclaration)
	}
}
