package golang

import (
	"go/ast"
	"slices"
)

// set is one place where a field gets its value.
type set struct {
	of    ast.Expr // the literal that it stands in, or what it is a field of
	value ast.Expr
}

// asked lists the fields that a question has led through, so that a field that is
// set to something made of itself is not looked for again.
type asked struct {
	field  field
	before *asked
}

func (a *asked) has(f field) bool { return a != nil && (a.field.is(f) || a.before.has(f)) }

func (pkg *parsedPackage) addSet(name string, of, value ast.Expr) {
	pkg.fields[name] = append(pkg.fields[name], set{of: of, value: value})
}

// addElements files what a literal sets fields to.
func (pkg *parsedPackage) addElements(lit *ast.CompositeLit) {
	if len(lit.Elts) == 0 {
		return
	}
	if _, keyed := lit.Elts[0].(*ast.KeyValueExpr); !keyed {
		pkg.unkeyed[lastName(lit.Type)] = append(pkg.unkeyed[lastName(lit.Type)], lit)
		return
	}
	for _, element := range lit.Elts {
		if kv, ok := element.(*ast.KeyValueExpr); ok {
			if key, ok := kv.Key.(*ast.Ident); ok {
				pkg.addSet(key.Name, lit, kv.Value)
			}
			if to, ok := pointed(kv.Value).(*ast.SelectorExpr); ok && lastName(kv.Key) == "Destination" {
				pkg.addSet(to.Sel.Name, to.X, lit) // a flag of urfave/cli
			}
		}
	}
}

// addBound files the field that a call binds a flag to, as set to the default.
func (pkg *parsedPackage) addBound(call *ast.CallExpr) {
	target, fallback := boundFlag(call)
	if to, ok := target.(*ast.SelectorExpr); ok {
		pkg.addSet(to.Sel.Name, to.X, fallback)
	}
}

// users lists the packages of the closure that may hold something of a package: it
// itself, and those that import it; by its folder, or by its path where it is one
// of another module.
func (p *program) users(of string) []*parsedPackage {
	if p.importers == nil {
		p.importers = map[string][]string{}
		for _, dir := range sortedKeys(p.listed) {
			for _, imported := range p.listed[dir].imports {
				if folder, ok := p.sources.folder(imported); ok {
					imported = folder
				}
				p.importers[imported] = append(p.importers[imported], dir)
			}
		}
	}
	var users []*parsedPackage
	if _, ok := p.listed[of]; ok {
		users = append(users, p.open(of))
	}
	for _, dir := range p.importers[of] {
		users = append(users, p.open(dir))
	}
	return users
}

// usersOf lists the packages that may set fields of a type, as far as they have
// to do with a name.
func (s scope) usersOf(k kind, name string) []*parsedPackage {
	from := k.path()
	if k.expr != nil {
		from = k.in.pkg.dir
	}
	users := s.program.users(from)
	for _, pkg := range users {
		s.program.about(pkg, name)
	}
	return users
}

// fieldValue merges what a field is set to anywhere in the program, as the types
// tell which field that is. What is set for one whose type nothing tells adds
// nothing, but may make it doubtful.
func (s scope) fieldValue(e *ast.SelectorExpr) value {
	of, ok := s.typeOf(e.X, 0)
	if !ok {
		return unknown
	}
	f, ok := s.field(of, e.Sel.Name)
	if !ok || s.asked.has(f) {
		return unknown
	}
	nested, one := s.nested(e.X, f.of)
	if !one {
		return unknown
	}
	s.asked = &asked{field: f, before: s.asked}
	values, doubts := []value{s.tagged(e, f)}, []value{}
	for _, pkg := range s.usersOf(f.of, f.name) {
		for _, set := range s.setsIn(pkg, f) {
			if *s.steps < 0 {
				return unknown
			}
			in := s.around(pkg, set.value)
			is, sure := in.sets(set, f)
			if sure && (!is || nested != nil && !in.setsInside(set, *nested)) {
				continue
			}
			v := in.eval(set.value)
			switch _, literal := set.of.(*ast.CompositeLit); {
			case !sure:
				doubts = append(doubts, v)
			case !v.known && literal && !mentions(set.value, f.name): // another value of the type, not a copy
				return unknown
			default:
				values = append(values, v)
			}
		}
	}
	return merge(values...).unless(doubts)
}

// setsIn lists where a package may set a field: by its name, or in literals of its
// struct by its place.
func (s scope) setsIn(pkg *parsedPackage, f field) []set {
	all := pkg.fields[f.name]
	if f.decl == nil || pkg != f.of.in.pkg || f.of.name == "" {
		return all
	}
	s.program.about(pkg, f.of.name)
	place := parameterIn(f.of.expr.(*ast.StructType).Fields, f.name)
	all = slices.Clone(pkg.fields[f.name])
	for _, lit := range pkg.unkeyed[f.of.name] {
		if place >= 0 && place < len(lit.Elts) {
			all = append(all, set{of: lit, value: lit.Elts[place]})
		}
	}
	return all
}

// sets says whether a field is set in a place, and whether that is sure.
func (s scope) sets(at set, f field) (is, sure bool) {
	of, ok := s.typeOf(at.of, 0)
	if !ok {
		return false, false
	}
	found, ok := s.field(of, f.name)
	return ok && found.is(f), true
}

// nested gives the field that holds the struct whose field is asked for, where
// another field of its struct is of the same type, so that what is set for one of
// the two says nothing of the other. It is false where there are such fields and
// nothing tells which of them it is.
func (s scope) nested(e ast.Expr, of kind) (*field, bool) {
	twins := of.holding()
	if len(twins) < 2 {
		return nil, true
	}
	if sel, ok := e.(*ast.SelectorExpr); ok {
		outer, _ := s.typeOf(sel.X, 0)
		if f, ok := s.field(outer, sel.Sel.Name); ok && slices.ContainsFunc(twins, f.is) {
			return &f, true
		}
	}
	return nil, false
}

// holding lists the fields of a type that the package which declares it has, where
// one struct has several such.
func (k kind) holding() []field {
	var named []field
	for _, f := range k.holders() {
		for _, id := range f.decl.Names {
			named = append(named, field{of: f.of, name: id.Name, decl: f.decl})
		}
	}
	for _, f := range named {
		twins := slices.DeleteFunc(slices.Clone(named), func(o field) bool { return !o.of.is(f.of) })
		if len(twins) > 1 {
			return twins
		}
	}
	return nil
}

// holders lists the declarations of fields of a type, in the package that declares it.
func (k kind) holders() (found []field) {
	if k.expr == nil || k.name == "" {
		return nil
	}
	for _, outer := range k.in.pkg.structs {
		for _, decl := range outer.Fields.List {
			if lastName(unstar(decl.Type)) == k.name {
				found = append(found, field{of: kind{expr: outer}, decl: decl})
			}
		}
	}
	return found
}

// setsInside says whether a place sets something of a struct that a field holds.
func (s scope) setsInside(at set, outer field) bool {
	if sel, ok := at.of.(*ast.SelectorExpr); ok {
		of, _ := s.typeOf(sel.X, 0)
		f, ok := s.field(of, sel.Sel.Name)
		return ok && f.is(outer)
	}
	return slices.ContainsFunc(s.pkg.fields[outer.name], func(o set) bool {
		return o.value == at.of || pointed(o.value) == at.of
	})
}
