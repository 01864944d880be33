package golang

import (
	"go/ast"
	"go/token"
	"slices"
)

// locals are where a function declares a variable of one name, and sets it.
type locals struct {
	body     *ast.BlockStmt
	blocks   []ast.Node // that hold a declaration of it, in the order of the source
	declares map[ast.Node]token.Pos
	around   map[ast.Node][]ast.Node // what a statement that sets it stands in, from the outside
}

// localsOf reads what a function has of a name, by the blocks of the language
// (https://go.dev/ref/spec#Declarations_and_scope).
func localsOf(body *ast.BlockStmt, name string) *locals {
	l := &locals{body: body, declares: map[ast.Node]token.Pos{}, around: map[ast.Node][]ast.Node{}}
	var open []ast.Node
	declare := func(n ast.Node) {
		block := open[len(open)-1]
		if _, again := l.declares[block]; !again {
			l.blocks = append(l.blocks, block)
			l.declares[block] = n.End()
		}
		l.around[n] = slices.Clone(open)
	}
	ast.Inspect(body, func(n ast.Node) bool {
		if n == nil {
			return false
		}
		for len(open) > 0 && n.Pos() >= open[len(open)-1].End() {
			open = open[:len(open)-1]
		}
		switch n := n.(type) {
		case *ast.BlockStmt, *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt, *ast.SwitchStmt, *ast.TypeSwitchStmt, *ast.SelectStmt, *ast.CaseClause, *ast.CommClause, *ast.FuncLit:
			open = append(open, n)
		case *ast.AssignStmt:
			if !slices.ContainsFunc(n.Lhs, func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == name }) {
				break
			}
			if n.Tok == token.DEFINE {
				declare(n)
			} else {
				l.around[n] = slices.Clone(open)
			}
		case *ast.ValueSpec:
			if slices.ContainsFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name }) {
				declare(n)
			}
		}
		return true
	})
	return l
}

// of gives the block whose variable the name means at a place; nil where that is one of
// the function's parameters or of the package.
func (l *locals) of(at token.Pos) (found ast.Node) {
	for _, block := range l.blocks {
		if block.Pos() <= at && at < block.End() && l.declares[block] <= at {
			found = block
		}
	}
	return found
}

// setBy gives the block whose variable a statement sets or declares.
func (l *locals) setBy(n ast.Node) ast.Node {
	around := l.around[n]
	if len(around) > 0 && l.declares[around[len(around)-1]] == n.End() {
		return around[len(around)-1]
	}
	return l.of(n.Pos())
}

// within says whether a place is in the function.
func (l *locals) within(at token.Pos) bool { return l.body.Pos() <= at && at < l.body.End() }

// before says whether a statement has run whenever a place is come to, so that what the
// variable held earlier is gone.
func (l *locals) before(n ast.Node, at token.Pos) bool {
	around := l.around[n]
	block := around[len(around)-1]
	return n.End() <= at && block.Pos() <= at && at < block.End()
}

// after says whether a statement only runs when a place is left for good: behind it, in no
// loop with it, and in no function that is called later.
func (l *locals) after(n ast.Node, at token.Pos) bool {
	if n.Pos() <= at {
		return false
	}
	later := false
	ast.Inspect(l.body, func(in ast.Node) bool {
		if in == nil || in.Pos() > at || at >= in.End() {
			return false
		}
		switch in.(type) {
		case *ast.FuncLit:
			later = later || n.Pos() >= in.End()
		case *ast.ForStmt, *ast.RangeStmt:
			later = later || n.Pos() < in.End()
		}
		return true
	})
	return !later
}
