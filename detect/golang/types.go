package golang

import (
	"go/ast"
	"path"
	"slices"
	"strconv"
	"strings"
)

// kind is the type of a value, as far as the sources of the repository tell it.
type kind struct {
	name string   // of its own: "Config", or "net/http.Server" for one of another module; or none
	expr ast.Expr // what it is declared as; nil for one of another module
	in   scope    // what the names in expr mean
}

// is says whether two are the same type.
func (k kind) is(other kind) bool {
	return k.expr == other.expr && (k.expr != nil || k.name == other.name)
}

// path is that of the package of another module that declares the type.
func (k kind) path() string { return strings.TrimSuffix(k.name, path.Ext(k.name)) }

// field is one field of a struct, or of a type of another module, which has no
// declaration to be seen.
type field struct {
	of   kind // the struct that declares it
	name string
	decl *ast.Field
}

// is says whether two are the same field.
func (f field) is(other field) bool {
	return f.decl == other.decl && f.name == other.name && f.of.is(other.of)
}

// tag is what stands behind the field for libraries that fill it.
func (f field) tag() string {
	if f.decl == nil || f.decl.Tag == nil {
		return ""
	}
	tag, _ := strconv.Unquote(f.decl.Tag.Value)
	return tag
}

// kindOf gives the type that an expression names, pointers taken away.
func (s scope) kindOf(typ ast.Expr) (kind, bool) {
	if !s.deeper() {
		return kind{}, false
	}
	switch t := typ.(type) {
	case *ast.ParenExpr:
		return s.kindOf(t.X)
	case *ast.StarExpr:
		return s.kindOf(t.X)
	case *ast.IndexExpr: // of a generic type, whatever it is made for
		return s.kindOf(t.X)
	case *ast.StructType, *ast.InterfaceType:
		return kind{expr: t, in: s}, true
	case *ast.Ident:
		return s.declaredKind(s.pkg, t.Name)
	case *ast.SelectorExpr:
		if pkg := s.imported(t); pkg != nil {
			return s.declaredKind(pkg, t.Sel.Name)
		}
		if from := s.packageOf(t); from != "" {
			return kind{name: from + "." + t.Sel.Name}, true
		}
	}
	return kind{}, false
}

// declaredKind gives the one type that a package declares by a name.
func (s scope) declaredKind(pkg *parsedPackage, name string) (kind, bool) {
	s.program.about(pkg, name)
	if len(pkg.kinds[name]) != 1 {
		return kind{}, false
	}
	typ := pkg.kinds[name][0].Type
	in := s.at(pkg, pkg.fileOf(typ), nil)
	switch typ.(type) {
	case *ast.StructType, *ast.InterfaceType:
		return kind{name: name, expr: typ, in: in}, true
	}
	return in.kindOf(typ)
}

// field finds a field of a type by name: its own, or one of a struct that it embeds.
func (s scope) field(of kind, name string) (field, bool) {
	if of.expr == nil {
		return field{of: of, name: name}, true
	}
	all, ok := of.expr.(*ast.StructType)
	if !ok || !s.deeper() {
		return field{}, false
	}
	for _, decl := range all.Fields.List {
		if len(decl.Names) == 0 && lastName(unstar(decl.Type)) == name ||
			slices.ContainsFunc(decl.Names, func(id *ast.Ident) bool { return id.Name == name }) {
			return field{of: of, name: name, decl: decl}, true
		}
	}
	for _, decl := range all.Fields.List {
		if len(decl.Names) > 0 {
			continue
		}
		if embedded, ok := s.within(of).kindOf(decl.Type); ok && embedded.expr != nil {
			if f, ok := s.field(embedded, name); ok {
				return f, true
			}
		}
	}
	return field{}, false
}

// within goes on with the question where a type is declared.
func (s scope) within(k kind) scope { return s.at(k.in.pkg, k.in.file, nil) }

func unstar(e ast.Expr) ast.Expr {
	if star, ok := e.(*ast.StarExpr); ok {
		return star.X
	}
	return e
}

// typeOf gives the type of an expression; of a call that gives several results,
// that of one of them.
func (s scope) typeOf(e ast.Expr, result int) (kind, bool) {
	if !s.deeper() {
		return kind{}, false
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.typeOf(e.X, 0)
	case *ast.StarExpr:
		return s.typeOf(e.X, 0)
	case *ast.UnaryExpr:
		return s.typeOf(e.X, 0)
	case *ast.TypeAssertExpr:
		return s.kindOf(e.Type)
	case *ast.CompositeLit:
		return s.kindOf(e.Type)
	case *ast.Ident:
		return s.typeOfName(e)
	case *ast.CallExpr:
		return s.typeOfResult(e, result)
	case *ast.SelectorExpr:
		if pkg := s.imported(e); pkg != nil {
			return s.at(pkg, pkg.files[0], nil).typeOfVariable(e.Sel.Name)
		}
		of, _ := s.typeOf(e.X, 0)
		if f, ok := s.field(of, e.Sel.Name); ok && f.decl != nil {
			return s.within(f.of).kindOf(f.decl.Type)
		}
	}
	return kind{}, false
}

// typeOfName gives the type of what a name stands for: a parameter of the
// functions around, a variable of the function, or one of the package.
func (s scope) typeOfName(id *ast.Ident) (kind, bool) {
	if s.fn != nil {
		for _, fields := range s.parameters(id) {
			for _, f := range fields.List {
				if slices.ContainsFunc(f.Names, func(n *ast.Ident) bool { return n.Name == id.Name }) {
					return s.kindOf(f.Type)
				}
			}
		}
		if k, ok := s.typeOfLocal(id); ok {
			return k, true
		}
	}
	return s.typeOfVariable(id.Name)
}

// parameters lists what the functions around a name take and give, the innermost
// function first.
func (s scope) parameters(id *ast.Ident) []*ast.FieldList {
	all := []*ast.FieldList{s.fn.Type.Params}
	for _, more := range []*ast.FieldList{s.fn.Recv, s.fn.Type.Results} {
		if more != nil {
			all = append(all, more)
		}
	}
	if s.fn.Body == nil {
		return all
	}
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		if fn, ok := n.(*ast.FuncLit); ok && fn.Pos() <= id.Pos() && id.Pos() < fn.End() {
			all = append([]*ast.FieldList{fn.Type.Params}, all...)
		}
		return n != nil && n.Pos() <= id.Pos() && id.Pos() < n.End()
	})
	return all
}

// typeOfLocal gives the type of a variable of the function around. One that seems to have
// several has none.
func (s scope) typeOfLocal(id *ast.Ident) (found kind, ok bool) {
	if s.fn.Body == nil {
		return kind{}, false
	}
	name, l := id.Name, localsOf(s.fn.Body, id.Name)
	other := func(n ast.Node) bool { return l.within(id.Pos()) && l.setBy(n) != l.of(id.Pos()) }
	differ := false
	add := func(k kind, known bool) {
		differ = differ || known && ok && !k.is(found)
		if known {
			found, ok = k, true
		}
	}
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if to, local := left.(*ast.Ident); local && to.Name == name && !other(n) {
					right, result := n.Rhs[0], i
					if len(n.Lhs) == len(n.Rhs) {
						right, result = n.Rhs[i], 0
					}
					if !mentions(right, name) {
						add(s.typeOf(right, result))
					}
				}
			}
		case *ast.ValueSpec:
			if i := slices.IndexFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name }); i >= 0 && !other(n) {
				add(s.typeOfSpec(n, i))
			}
		}
		return true
	})
	return found, ok && !differ
}

// typeOfVariable gives the type of a variable of the package.
func (s scope) typeOfVariable(name string) (kind, bool) {
	s.program.about(s.pkg, name)
	at, ok := s.pkg.specs[name]
	if !ok {
		return kind{}, false
	}
	return s.at(s.pkg, s.pkg.fileOf(at.spec), nil).typeOfSpec(at.spec, at.number)
}

// typeOfSpec gives the type of one variable of a declaration.
func (s scope) typeOfSpec(v *ast.ValueSpec, i int) (kind, bool) {
	switch {
	case v.Type != nil:
		return s.kindOf(v.Type)
	case len(v.Names) == len(v.Values):
		return s.typeOf(v.Values[i], 0)
	case len(v.Values) == 1:
		return s.typeOf(v.Values[0], i)
	}
	return kind{}, false
}

// typeOfResult gives the type of one of a call's results. A function of another
// module is asked by the type that it is made for: env.ParseAs[Config]().
func (s scope) typeOfResult(call *ast.CallExpr, result int) (kind, bool) {
	if id, ok := call.Fun.(*ast.Ident); ok && id.Name == "new" && len(call.Args) == 1 {
		return s.kindOf(call.Args[0])
	}
	fns, in := s.callees(call)
	if len(fns) == 0 {
		if generic, ok := call.Fun.(*ast.IndexExpr); ok {
			return s.kindOf(generic.Index)
		}
		if len(call.Args) == 1 && strings.HasPrefix(lastName(call.Fun), "Must") {
			return s.typeOf(call.Args[0], result)
		}
		return kind{}, false
	}
	typ := flat(fns[0].Type.Results, result)
	if typ == nil || len(fns) > 1 {
		return kind{}, false
	}
	if i := typeParameter(fns[0].Type, typ); i >= 0 {
		if generic, ok := call.Fun.(*ast.IndexExpr); ok {
			return s.kindOf(generic.Index)
		}
		if i < len(call.Args) {
			return s.typeOf(call.Args[i], 0)
		}
		return kind{}, false
	}
	return s.at(in, in.fileOf(fns[0]), fns[0]).kindOf(typ)
}

// flat gives the type of the parameter or result of a number, or nil.
func flat(fields *ast.FieldList, number int) ast.Expr {
	if fields == nil {
		return nil
	}
	for _, f := range fields.List {
		if number -= max(len(f.Names), 1); number < 0 {
			return f.Type
		}
	}
	return nil
}

// typeParameter gives the first parameter that has a type which the function is
// made for, if typ is such: Must[T any](v T, err error) T.
func typeParameter(fn *ast.FuncType, typ ast.Expr) int {
	name := lastName(unstar(typ))
	if fn.TypeParams == nil || parameterIn(fn.TypeParams, name) < 0 {
		return -1
	}
	for i := range fn.Params.NumFields() {
		if lastName(unstar(flat(fn.Params, i))) == name {
			return i
		}
	}
	return fn.Params.NumFields()
}

// callees gives what a call calls, and the package of the repository that declares it.
func (s scope) callees(call *ast.CallExpr) ([]*ast.FuncDecl, *parsedPackage) {
	fun := call.Fun
	if generic, ok := fun.(*ast.IndexExpr); ok {
		fun = generic.X
	}
	functions := func(pkg *parsedPackage, keep func(*ast.FuncDecl) bool) ([]*ast.FuncDecl, *parsedPackage) {
		s.program.about(pkg, lastName(fun))
		return slices.DeleteFunc(slices.Clone(pkg.funcs[lastName(fun)]), func(fn *ast.FuncDecl) bool { return !keep(fn) }), pkg
	}
	plain := func(fn *ast.FuncDecl) bool { return fn.Recv == nil }
	sel, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return functions(s.pkg, plain)
	}
	if pkg := s.imported(sel); pkg != nil {
		return functions(pkg, plain)
	}
	if s.packageOf(sel) != "" {
		return nil, nil
	}
	of, _ := s.typeOf(sel.X, 0)
	if isInterface(of) { // whose only method of that name it has to be
		fns, pkg := functions(s.pkg, func(fn *ast.FuncDecl) bool { return fn.Recv != nil })
		if len(fns) > 1 {
			return nil, nil
		}
		return fns, pkg
	}
	if owner, ok := s.methodOwner(of, sel.Sel.Name); ok {
		return functions(owner.in.pkg, func(fn *ast.FuncDecl) bool { return receiver(fn) == owner.name })
	}
	return nil, nil
}

func isInterface(k kind) bool {
	_, ok := k.expr.(*ast.InterfaceType)
	return ok
}

// methodOwner gives the type that has a method: the one asked for, or one that it embeds.
func (s scope) methodOwner(of kind, name string) (kind, bool) {
	if of.expr == nil || !s.deeper() {
		return kind{}, false
	}
	s.program.about(of.in.pkg, name)
	if slices.ContainsFunc(of.in.pkg.funcs[name], func(fn *ast.FuncDecl) bool { return of.name != "" && receiver(fn) == of.name }) {
		return of, true
	}
	if all, ok := of.expr.(*ast.StructType); ok {
		for _, decl := range all.Fields.List {
			if len(decl.Names) > 0 {
				continue
			}
			if embedded, ok := s.within(of).kindOf(decl.Type); ok {
				if owner, ok := s.methodOwner(embedded, name); ok {
					return owner, true
				}
			}
		}
	}
	return kind{}, false
}

// receiver names the type that a function is a method of, or nothing.
func receiver(fn *ast.FuncDecl) string {
	if fn.Recv == nil || len(fn.Recv.List) != 1 {
		return ""
	}
	typ := unstar(fn.Recv.List[0].Type)
	if generic, ok := typ.(*ast.IndexExpr); ok {
		typ = generic.X
	}
	return lastName(typ)
}
