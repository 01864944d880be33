package golang

import "go/ast"

// origins names what a value was made by or declared as: "gin.Default",
// "echo.Echo". Without types this follows assignments, parameters, fields and
// results of functions of the module.
func (s scope) origins(e ast.Expr) []string {
	if !s.deeper() {
		return nil
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.origins(e.X)
	case *ast.StarExpr:
		return s.origins(e.X)
	case *ast.UnaryExpr:
		return s.origins(e.X)
	case *ast.CompositeLit:
		return s.typeName(e.Type)
	case *ast.CallExpr:
		return s.made(e)
	case *ast.Ident:
		return s.namedOrigins(e.Name)
	case *ast.SelectorExpr:
		return s.fieldOrigins(e)
	}
	return nil
}

func (s scope) typeName(e ast.Expr) []string {
	if star, ok := e.(*ast.StarExpr); ok {
		e = star.X
	}
	if sel, ok := e.(*ast.SelectorExpr); ok {
		if name := s.function(sel); name != "" {
			return []string{name}
		}
	}
	return nil
}

// made names the function that a call calls, and what a function of the module
// says that it returns.
func (s scope) made(call *ast.CallExpr) []string {
	if name := s.function(call.Fun); name != "" {
		if _, local := call.Fun.(*ast.Ident); !local && s.importedBy(call.Fun) == nil {
			return []string{name}
		}
	}
	pkg := s.pkg
	if other := s.importedBy(call.Fun); other != nil {
		pkg = other
	}
	s.program.about(pkg, lastName(call.Fun))
	var found []string
	for _, fn := range pkg.funcs[lastName(call.Fun)] {
		if fn.Type.Results != nil && len(fn.Type.Results.List) > 0 {
			found = append(found, s.at(pkg, pkg.fileOf(fn), fn).typeName(fn.Type.Results.List[0].Type)...)
		}
	}
	return found
}

// importedBy gives the package of the repository whose function is called, or nil.
func (s scope) importedBy(fn ast.Expr) *parsedPackage {
	if sel, ok := fn.(*ast.SelectorExpr); ok {
		return s.imported(sel)
	}
	return nil
}

func (s scope) namedOrigins(name string) []string {
	var found []string
	if s.fn != nil {
		for _, field := range s.fn.Type.Params.List {
			for _, id := range field.Names {
				if id.Name == name {
					found = append(found, s.typeName(field.Type)...)
				}
			}
		}
		if s.fn.Body != nil {
			ast.Inspect(s.fn.Body, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.AssignStmt:
					if lastName(n.Lhs[0]) == name && len(n.Rhs) > 0 {
						found = append(found, s.origins(n.Rhs[0])...)
					}
				case *ast.ValueSpec:
					if n.Names[0].Name == name {
						found = append(found, s.typeName(n.Type)...)
						for _, v := range n.Values {
							found = append(found, s.origins(v)...)
						}
					}
				}
				return true
			})
		}
	}
	s.program.about(s.pkg, name)
	for _, v := range s.pkg.values[name] {
		found = append(found, s.at(s.pkg, s.file, nil).origins(v)...)
	}
	return append(found, s.declared(s.pkg, name)...)
}

// fieldOrigins looks at what a field is set to and declared as, anywhere in the
// program: without types, its name has to do.
func (s scope) fieldOrigins(e *ast.SelectorExpr) []string {
	var found []string
	for _, pkg := range s.program.loaded(e.Sel.Name) {
		for _, set := range pkg.fields[e.Sel.Name] {
			found = append(found, s.around(pkg, set.value).origins(set.value)...)
		}
		found = append(found, s.declared(pkg, e.Sel.Name)...)
	}
	return found
}

// declared names the types of the package's variables and fields of a name.
func (s scope) declared(pkg *parsedPackage, name string) []string {
	var found []string
	for _, typ := range pkg.types[name] {
		found = append(found, s.at(pkg, pkg.fileOf(typ), nil).typeName(typ)...)
	}
	return found
}

// funcOf gives the function that holds a node, or nil.
func (pkg *parsedPackage) funcOf(n ast.Node) *ast.FuncDecl {
	for _, decl := range pkg.fileOf(n).Decls {
		if fn, ok := decl.(*ast.FuncDecl); ok && fn.Pos() <= n.Pos() && n.Pos() < fn.End() {
			return fn
		}
	}
	for _, fn := range pkg.literals { // at most one
		if fn.Pos() <= n.Pos() && n.Pos() < fn.End() {
			return fn
		}
	}
	return nil
}
