package golang

import (
	"go/ast"
	"go/token"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// farthest bounds the functions that are left for their callers, to find under which
// conditions something runs.
const farthest = 4

// conditions lists what has to hold for a node to run: what is asked around it, what its
// function returns for before, and the same of the one call of its function.
func (s scope) conditions(n ast.Node) []detect.Condition {
	var all []detect.Condition
	for range farthest {
		if s.fn == nil || s.fn.Body == nil {
			break
		}
		all = append(all, s.inside(n)...)
		call, in, ok := s.onlyCall()
		if !ok {
			break
		}
		n, s = call, in
	}
	return all
}

// onlyCall gives the one place that calls the function around.
func (s scope) onlyCall() (*ast.CallExpr, scope, bool) {
	var found []site
	var in scope
	for _, pkg := range s.program.users(s.pkg.dir) {
		if s.fn.Name.Name == "" || s.fn.Name.Name == "main" {
			break
		}
		s.program.about(pkg, s.fn.Name.Name)
		for _, c := range pkg.calls[s.fn.Name.Name] {
			at := s.at(pkg, c.file, c.fn)
			if is, _ := at.isCall(c.call, s.pkg, s.fn); is && c.fn != s.fn {
				found, in = append(found, c), at
			}
		}
	}
	if len(found) != 1 {
		return nil, s, false
	}
	return found[0].call, in, true
}

// started is where the server that a literal makes begins to listen, as far as a
// variable of the function holds it, or the literal.
func (s scope) started(lit *ast.CompositeLit) ast.Node {
	if s.fn == nil || s.fn.Body == nil {
		return lit
	}
	name, found := "", ast.Node(lit)
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, right := range n.Rhs {
				if made := pointed(right); (made == lit || right == lit) && len(n.Lhs) == len(n.Rhs) {
					name = lastName(n.Lhs[i])
				}
			}
		case *ast.CallExpr:
			fn, ok := n.Fun.(*ast.SelectorExpr)
			if ok && name != "" && lastName(fn.X) == name && slices.Contains([]string{"ListenAndServe", "ListenAndServeTLS", "Serve", "ServeTLS"}, fn.Sel.Name) {
				found = n
			}
		}
		return true
	})
	return found
}

// inside lists the conditions of the function around.
func (s scope) inside(n ast.Node) (all []detect.Condition) {
	holds := func(in ast.Node) bool { return in != nil && in.Pos() <= n.Pos() && n.End() <= in.End() }
	ast.Inspect(s.fn.Body, func(in ast.Node) bool {
		if in == nil || !holds(in) {
			return false
		}
		switch in := in.(type) {
		case *ast.BlockStmt:
			all = append(all, s.returned(in, n)...)
		case *ast.IfStmt:
			if holds(in.Body) {
				all = append(all, s.asks(in, in.Cond, false)...)
			} else if in.Else != nil && holds(in.Else) {
				all = append(all, s.asks(in, in.Cond, true)...)
			}
		case *ast.SwitchStmt:
			all = append(all, s.cases(in, holds)...)
		}
		return true
	})
	return all
}

// returned lists what a function other than main returns for, without a word, before a
// node: if os.Getenv("PPROF") == "" { return }. What only the run tells is left out,
// as that is how errors are handled.
func (s scope) returned(block *ast.BlockStmt, n ast.Node) (all []detect.Condition) {
	for _, statement := range block.List {
		early, ok := statement.(*ast.IfStmt)
		if statement.End() > n.Pos() || s.fn.Name.Name == "main" {
			break
		}
		if !ok || early.Else != nil || len(early.Body.List) == 0 {
			continue
		}
		last, ok := early.Body.List[len(early.Body.List)-1].(*ast.ReturnStmt)
		if !ok || slices.ContainsFunc(last.Results, func(e ast.Expr) bool { return lastName(e) != "nil" }) {
			continue
		}
		for _, c := range s.asks(early, early.Cond, true) {
			if !c.Unknown {
				all = append(all, c)
			}
		}
	}
	return all
}

// cases lists what the branch of a switch needs that something stands in.
func (s scope) cases(in *ast.SwitchStmt, holds func(ast.Node) bool) (all []detect.Condition) {
	for i, clause := range in.Body.List {
		clause := clause.(*ast.CaseClause)
		if !holds(clause) {
			continue
		}
		at := s.program.at(in)
		c := detect.Condition{Unknown: true, Choice: at.String(), Branch: i, At: at}
		switch {
		case len(clause.List) == 1 && in.Tag != nil:
			if one, ok := s.equals(in.Tag, clause.List[0], false); ok {
				c.Unknown, c.Env, c.Default, c.Value = false, one.Env, one.Default, one.Value
			}
		case len(clause.List) == 1:
			if one := s.asks(in, clause.List[0], false); len(one) == 1 {
				one[0].Choice, one[0].Branch = c.Choice, i
				c = one[0]
			}
		}
		return []detect.Condition{c}
	}
	return nil
}

// asks reads a condition, or its opposite, of a statement.
func (s scope) asks(in ast.Stmt, e ast.Expr, not bool) []detect.Condition {
	at := s.program.at(in)
	c := detect.Condition{Unknown: true}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.asks(in, e.X, not)
	case *ast.UnaryExpr:
		if e.Op == token.NOT {
			return s.asks(in, e.X, !not)
		}
	case *ast.BinaryExpr:
		if e.Op == token.LAND && !not || e.Op == token.LOR && not {
			return append(s.asks(in, e.X, not), s.asks(in, e.Y, not)...)
		}
		if asked, ok := s.compares(e); ok {
			c = asked
		}
	case *ast.Ident, *ast.StarExpr, *ast.SelectorExpr, *ast.CallExpr:
		c = s.truth(in, e)
	}
	c.At, c.Choice = at, at.String()
	if not {
		c = c.Else()
	}
	return []detect.Condition{c}
}

// compares reads a comparison of something that is known with a text or a number.
func (s scope) compares(e *ast.BinaryExpr) (detect.Condition, bool) {
	switch e.Op {
	case token.EQL:
		return s.equals(e.X, e.Y, false)
	case token.NEQ, token.GTR: // more than nothing
		of := e.X
		if call, ok := of.(*ast.CallExpr); ok && calledName(call) == "len" && len(call.Args) == 1 && s.says(e.Y, "0") {
			return s.equals(call.Args[0], &ast.BasicLit{Kind: token.STRING, Value: `""`}, true)
		}
		if e.Op == token.GTR && !s.says(e.Y, "0") {
			return detect.Condition{}, false
		}
		return s.equals(of, e.Y, true)
	}
	return detect.Condition{}, false
}

func (s scope) equals(of, with ast.Expr, not bool) (detect.Condition, bool) {
	v, want := s.eval(of), s.eval(with)
	if !v.known || len(v.pieces) > 1 || !want.known || want.env() != "" {
		return detect.Condition{}, false
	}
	return detect.Condition{Env: v.env(), Default: v.text(), Value: want.text(), Not: not}, true
}

// truth reads a condition that is true or false by itself: an option of the program, or
// whether a variable is there.
func (s scope) truth(in ast.Stmt, e ast.Expr) detect.Condition {
	if stmt, ok := in.(*ast.IfStmt); ok && stmt.Init != nil {
		if set, ok := stmt.Init.(*ast.AssignStmt); ok && len(set.Lhs) == 2 && len(set.Rhs) == 1 && lastName(set.Lhs[1]) == lastName(e) {
			if call, ok := set.Rhs[0].(*ast.CallExpr); ok && strings.HasSuffix(s.function(call.Fun), ".LookupEnv") {
				return detect.Condition{Env: s.eval(set.Rhs[0]).env(), Not: true}
			}
			return detect.Condition{Unknown: true}
		}
	}
	v := s.eval(e)
	if text := v.text(); v.known && len(v.pieces) == 1 && (v.env() != "" || text == "true" || text == "false") {
		return detect.Condition{Env: v.env(), Default: text, Value: "true"}
	}
	return detect.Condition{Unknown: true}
}
