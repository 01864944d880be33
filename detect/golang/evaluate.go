package golang

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path"
	"slices"
	"strconv"
	"strings"
)

// program is the parsed source of one program, package by package, as far as
// questions have asked for it.
type program struct {
	sources   *sources
	set       *token.FileSet
	packages  map[string]*parsedPackage // by folder
	listed    map[string]Package
	importers map[string][]string // the folders of packages, by the folder or path of what they import
	err       error               // the first of what is broken in the files that questions led to
}

type parsedPackage struct {
	index
	dir    string
	unread []string // files that no question has been about so far
	files  []*ast.File
}

// index is what the parsed files of a package hold, by the names that questions
// ask for.
type index struct {
	funcs    map[string][]*ast.FuncDecl
	literals map[*ast.FuncLit]*ast.FuncDecl // functions without a name in variables of the package
	values   map[string][]ast.Expr          // constants and variables of the package
	specs    map[string]place               // where they are declared
	setters  map[string][]*ast.FuncDecl     // functions that assign to a name, of their own or of the package
	fields   map[string][]set               // what fields are set to
	unkeyed  map[string][]*ast.CompositeLit // literals without keys, by the last name of their type
	types    map[string][]ast.Expr          // what variables and fields are declared as
	kinds    map[string][]*ast.TypeSpec     // types
	structs  []*ast.StructType              // all that are written out, with a name or without
	calls    map[string][]site              // of functions and methods, by the last name
}

func newIndex() index {
	return index{
		funcs: map[string][]*ast.FuncDecl{}, literals: map[*ast.FuncLit]*ast.FuncDecl{},
		values: map[string][]ast.Expr{}, specs: map[string]place{}, setters: map[string][]*ast.FuncDecl{},
		fields: map[string][]set{}, unkeyed: map[string][]*ast.CompositeLit{},
		types: map[string][]ast.Expr{}, kinds: map[string][]*ast.TypeSpec{}, calls: map[string][]site{},
	}
}

// place is one of the names of a declaration.
type place struct {
	spec   *ast.ValueSpec
	number int
}

// site is where a call stands.
type site struct {
	call *ast.CallExpr
	file *ast.File
	fn   *ast.FuncDecl // nil outside of functions
}

func newProgram(s *sources, packages []Package) *program {
	p := &program{sources: s, set: token.NewFileSet(), packages: map[string]*parsedPackage{}, listed: map[string]Package{}}
	for _, pkg := range packages {
		p.listed[pkg.Dir] = pkg
	}
	return p
}

// open gives the record of a package of the closure, which may be empty still.
func (p *program) open(dir string) *parsedPackage {
	pkg, ok := p.packages[dir]
	if !ok {
		pkg = &parsedPackage{dir: dir, unread: slices.Clone(p.listed[dir].Files)}
		p.packages[dir] = pkg
	}
	return pkg
}

// load parses a package as a whole.
func (p *program) load(dir string) (*parsedPackage, error) {
	pkg := p.open(dir)
	p.about(pkg, "")
	return pkg, p.err
}

// about parses the files of a package that hold a text: all that a question
// about a name needs.
func (p *program) about(pkg *parsedPackage, text string) {
	p.parse(pkg, func(data []byte) bool { return bytes.Contains(data, []byte(text)) })
}

// parse parses the files of a package that are wanted. The build has read them
// already, so a syntax error behind the imports is all that can go wrong here.
func (p *program) parse(pkg *parsedPackage, wanted func(data []byte) bool) {
	pkg.unread = slices.DeleteFunc(pkg.unread, func(file string) bool {
		data, err := p.sources.read(file)
		if err == nil && !wanted(data) {
			return false
		}
		var parsed *ast.File
		if err == nil {
			parsed, err = parser.ParseFile(p.set, file, data, parser.SkipObjectResolution)
		}
		if err != nil {
			p.err = cmp.Or(p.err, p.sources.broken(file, err))
			return true
		}
		pkg.add(parsed)
		return true
	})
}

// add files all that questions may be about under its name.
func (pkg *parsedPackage) add(file *ast.File) {
	if pkg.files == nil {
		pkg.index = newIndex()
	}
	pkg.files = append(pkg.files, file)
	for _, decl := range file.Decls {
		switch decl := decl.(type) {
		case *ast.FuncDecl:
			pkg.funcs[decl.Name.Name] = append(pkg.funcs[decl.Name.Name], decl)
			pkg.addInside(decl, file, decl)
		case *ast.GenDecl:
			pkg.addInside(decl, file, nil)
			pkg.addValues(decl)
		}
	}
}

// addInside files what stands in a node of a function, or of none.
func (pkg *parsedPackage) addInside(node ast.Node, file *ast.File, fn *ast.FuncDecl) {
	ast.Inspect(node, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			if fn != nil {
				break
			}
			unnamed := &ast.FuncDecl{Name: &ast.Ident{}, Type: n.Type, Body: n.Body}
			pkg.literals[n] = unnamed
			pkg.addInside(n.Type, file, unnamed)
			pkg.addInside(n.Body, file, unnamed)
			return false
		case *ast.CallExpr:
			name := calledName(n)
			pkg.calls[name] = append(pkg.calls[name], site{n, file, fn})
			pkg.addBound(n)
		case *ast.CompositeLit:
			pkg.addElements(n)
		case *ast.AssignStmt:
			pkg.addAssigned(n, fn)
		case *ast.TypeSpec:
			pkg.kinds[n.Name.Name] = append(pkg.kinds[n.Name.Name], n)
		case *ast.StructType:
			pkg.structs = append(pkg.structs, n)
		case *ast.Field:
			for _, name := range n.Names {
				pkg.types[name.Name] = append(pkg.types[name.Name], n.Type)
			}
		}
		return true
	})
}

// addAssigned files what an assignment sets: fields, and names that it does not define.
func (pkg *parsedPackage) addAssigned(n *ast.AssignStmt, fn *ast.FuncDecl) {
	for i, left := range n.Lhs {
		switch to := left.(type) {
		case *ast.SelectorExpr:
			if len(n.Lhs) == len(n.Rhs) {
				pkg.addSet(to.Sel.Name, to.X, n.Rhs[i])
			}
		case *ast.Ident:
			if n.Tok == token.ASSIGN && !slices.Contains(pkg.setters[to.Name], fn) {
				pkg.setters[to.Name] = append(pkg.setters[to.Name], fn)
			}
		}
	}
}

// addValues files the constants and variables of a declaration of the package.
func (pkg *parsedPackage) addValues(group *ast.GenDecl) {
	for _, spec := range group.Specs {
		v, ok := spec.(*ast.ValueSpec)
		if !ok {
			continue
		}
		for i, name := range v.Names {
			if _, ok := pkg.specs[name.Name]; !ok {
				pkg.specs[name.Name] = place{v, i}
			}
			if v.Type != nil {
				pkg.types[name.Name] = append(pkg.types[name.Name], v.Type)
			}
			if len(v.Names) == len(v.Values) {
				pkg.values[name.Name] = append(pkg.values[name.Name], v.Values[i])
			}
		}
	}
}

// scope is where an expression stands: what its names mean.
type scope struct {
	program *program
	pkg     *parsedPackage
	file    *ast.File
	fn      *ast.FuncDecl
	bound   map[string]value // parameters of a call that is being followed
	asked   *asked           // the fields whose values are being looked for
	until   token.Pos        // an assignment whose right side it is: later ones do not count; 0 elsewhere
	depth   int
	steps   *int // left for the whole question
}

// Definitions are followed so far and no farther: what a person would look up is
// nearer, and a program can be written so that every name has many values.
const (
	deepest   = 12
	mostSteps = 500
)

// ask begins a question at a place of the program.
func (p *program) ask(pkg *parsedPackage, file *ast.File, fn *ast.FuncDecl) scope {
	steps := mostSteps
	return scope{program: p, pkg: pkg, file: file, fn: fn, steps: &steps}
}

// at goes on with the question elsewhere.
func (s scope) at(pkg *parsedPackage, file *ast.File, fn *ast.FuncDecl) scope {
	return scope{program: s.program, pkg: pkg, file: file, fn: fn, asked: s.asked, depth: s.depth, steps: s.steps}
}

// around goes on with the question where a node stands.
func (s scope) around(pkg *parsedPackage, n ast.Node) scope {
	return s.at(pkg, pkg.fileOf(n), pkg.funcOf(n))
}

// deeper counts a step, and says whether there is one left.
func (s *scope) deeper() bool {
	s.depth++
	*s.steps--
	return s.depth <= deepest && *s.steps >= 0
}

func (s scope) eval(e ast.Expr) value {
	if !s.deeper() {
		return unknown
	}
	switch e := e.(type) {
	case *ast.BasicLit:
		return evalLiteral(e)
	case *ast.ParenExpr:
		return s.eval(e.X)
	case *ast.StarExpr:
		return s.eval(e.X)
	case *ast.TypeAssertExpr:
		return s.eval(e.X)
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return s.eval(e.X)
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			left, right := s.eval(e.X), s.eval(e.Y)
			if strings.HasPrefix(right.text(), ":") {
				left = hostless(left)
			}
			return concat(left, right)
		}
	case *ast.Ident:
		if e.Name == "true" || e.Name == "false" {
			return literal(e.Name)
		}
		return s.name(e.Name, e.Pos())
	case *ast.IndexExpr:
		return s.element(e)
	case *ast.SelectorExpr:
		return s.selector(e)
	case *ast.CallExpr:
		return s.call(e)
	case *ast.CompositeLit:
		if name := s.function(e.Type); name == "net.UDPAddr" || name == "net.TCPAddr" {
			return s.endpoint(e)
		}
		return s.commandFlag(e)
	}
	return unknown
}

// endpoint is the address that a literal of net.UDPAddr or net.TCPAddr stands for.
func (s scope) endpoint(lit *ast.CompositeLit) value {
	host, port := literal(""), unknown
	for _, element := range lit.Elts {
		kv, ok := element.(*ast.KeyValueExpr)
		switch {
		case !ok:
		case lastName(kv.Key) == "Port":
			port = s.eval(kv.Value)
		case lastName(kv.Key) == "IP":
			host = hostless(s.eval(kv.Value))
		}
	}
	return concat(host, literal(":"), port)
}

// element gives what a map of the package holds under a key that is known.
func (s scope) element(e *ast.IndexExpr) value {
	key := s.eval(e.Index)
	of, ok := e.X.(*ast.Ident)
	if !ok || !key.known || key.env() != "" {
		return unknown
	}
	s.program.about(s.pkg, of.Name)
	for _, v := range s.pkg.values[of.Name] {
		lit, ok := v.(*ast.CompositeLit)
		if !ok {
			return unknown
		}
		for _, element := range lit.Elts {
			if kv, ok := element.(*ast.KeyValueExpr); ok && s.says(kv.Key, key.text()) {
				return s.at(s.pkg, s.file, nil).eval(kv.Value)
			}
		}
	}
	return unknown
}

func evalLiteral(e *ast.BasicLit) value {
	switch e.Kind {
	case token.INT:
		return literal(e.Value)
	case token.STRING:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return literal(text)
		}
	}
	return unknown
}

// name gives what an identifier holds at a place: a bound parameter, all that is assigned
// to it in the function around, a declaration of the package, or what callers
// pass where it is a parameter.
func (s scope) name(name string, at token.Pos) value {
	if v, ok := s.bound[name]; ok {
		return v
	}
	var values []value
	if s.fn != nil {
		assigned, own := s.assigned(name, at)
		i := parameter(s.fn.Type, name)
		if v := merge(assigned...); v.known && (own || i >= 0) {
			return v
		}
		if i >= 0 {
			return s.passed(i)
		}
		values = assigned
	}
	s.program.about(s.pkg, name)
	for _, e := range s.pkg.values[name] {
		values = append(values, s.at(s.pkg, s.file, nil).eval(e))
	}
	return merge(slices.Concat(values, s.setElsewhere(name), s.flagVariables(name), s.flagDestinations(name))...)
}

// setElsewhere lists what other functions of the package assign to its variable.
func (s scope) setElsewhere(name string) (all []value) {
	if _, ok := s.pkg.specs[name]; !ok {
		return nil
	}
	for _, fn := range s.pkg.setters[name] {
		if fn == nil || fn == s.fn || parameter(fn.Type, name) >= 0 {
			continue
		}
		if values, own := s.at(s.pkg, s.pkg.fileOf(fn), fn).assigned(name, token.NoPos); !own {
			all = append(all, values...)
		}
	}
	return all
}

// assigned lists what the function around assigns to the variable that a name means at a
// place of it, and says whether it declares that itself: a variable of the package holds
// what stands there, too. A place elsewhere asks for all that the function sets of the package.
func (s scope) assigned(name string, at token.Pos) (values []value, own bool) {
	if s.fn.Body == nil {
		return nil, false
	}
	l := localsOf(s.fn.Body, name)
	block, inside := l.of(at), l.within(at)
	own = block != nil
	var earlier []*ast.AssignStmt
	var doubts []value
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if s.until != 0 && n.Pos() >= s.until {
				break
			}
			right := assignedTo(name, n.Lhs, n.Rhs)
			if right == nil || l.setBy(n) != block || inside && l.after(n, at) {
				break
			}
			before, again := s, mentions(right, name) // port = ":" + port
			if again {
				before.until = n.Pos()
			}
			v := before.eval(right)
			if n.Tok == token.ADD_ASSIGN && len(values) > 0 {
				values[len(values)-1] = concat(values[len(values)-1], v)
				break
			}
			if v.known && inside && l.before(n, at) {
				values = nil // it stands for all that the name held so far
			}
			if v.known && len(values) > 0 && !merge(values...).known && s.instead(name, n, earlier) {
				doubts, v = append(doubts, v), unknown
			}
			earlier = append(earlier, n)
			values = append(values, v)
		case *ast.ValueSpec:
			i := slices.IndexFunc(n.Names, func(id *ast.Ident) bool { return id.Name == name })
			if i >= 0 && len(n.Names) == len(n.Values) && l.setBy(n) == block {
				values = append(values, s.eval(n.Values[i]))
			}
		case *ast.CallExpr:
			if l.of(n.Pos()) != block {
				break
			}
			if v, ok := s.flagVar(n, name); ok {
				values = append(values, v)
			}
		}
		return true
	})
	if len(doubts) > 0 && !merge(values...).unless(doubts).known {
		return []value{unknown}, own
	}
	return values, own
}

// instead says that an assignment stands under a condition that asks nothing of what
// earlier ones have set: what it gives is no default for them.
func (s scope) instead(name string, n *ast.AssignStmt, earlier []*ast.AssignStmt) bool {
	var about []string
	for _, set := range earlier {
		sides := slices.Concat(set.Lhs, set.Rhs) // the error that came with it counts, too
		if len(set.Lhs) == len(set.Rhs) {
			sides = []ast.Expr{ast.NewIdent(name), assignedTo(name, set.Lhs, set.Rhs)}
		}
		for _, side := range sides {
			about = append(about, types.ExprString(side))
		}
	}
	asks := false
	ast.Inspect(s.fn.Body, func(in ast.Node) bool {
		stmt, ok := in.(*ast.IfStmt)
		if !ok || n.Pos() < stmt.Body.Pos() || n.End() > stmt.Body.End() {
			return in == nil || in.Pos() <= n.Pos() && n.End() <= in.End()
		}
		same := false
		ast.Inspect(stmt.Cond, func(part ast.Node) bool {
			e, isExpr := part.(ast.Expr)
			same = same || isExpr && slices.Contains(about, types.ExprString(e))
			return !same
		})
		asks = asks || !same
		return true
	})
	return asks
}

// assignedTo gives what an assignment gives to a name, or nil.
func assignedTo(name string, left, right []ast.Expr) ast.Expr {
	for i, l := range left {
		id, ok := l.(*ast.Ident)
		switch {
		case !ok || id.Name != name:
		case len(left) == len(right):
			return right[i]
		case len(right) == 1 && i == 0: // v, ok := os.LookupEnv("PORT")
			return right[0]
		}
	}
	return nil
}

// mentions says whether an expression holds a name.
func mentions(e ast.Expr, name string) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		id, ok := n.(*ast.Ident)
		found = found || ok && id.Name == name
		return !found
	})
	return found
}

// flagFunctions are the functions of package flag, and of pflag, that bind a
// flag to a variable.
var flagFunctions = []string{"StringVar", "IntVar", "UintVar", "StringVarP", "IntVarP", "UintVarP", "Uint16Var", "Uint16VarP", "BoolVar", "BoolVarP"}

// flagVariables lists the defaults of flags that are bound to a variable of the
// package: flag.StringVar(&addr, "addr", ":8080", "…").
func (s scope) flagVariables(name string) []value {
	var values []value
	for _, function := range flagFunctions {
		for _, c := range s.pkg.calls[function] {
			if v, ok := s.at(s.pkg, c.file, c.fn).flagVar(c.call, name); ok {
				values = append(values, v)
			}
		}
	}
	return values
}

func (s scope) flagVar(call *ast.CallExpr, name string) (value, bool) {
	target, fallback := boundFlag(call)
	if id, ok := target.(*ast.Ident); !ok || id.Name != name {
		return unknown, false
	}
	return s.eval(fallback), true
}

// boundFlag gives what a call binds a flag to, and the default; nil for other calls.
func boundFlag(call *ast.CallExpr) (target, fallback ast.Expr) {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(flagFunctions, fn.Sel.Name) || len(call.Args) <= flagDefault(fn.Sel.Name) {
		return nil, nil
	}
	return pointed(call.Args[0]), call.Args[flagDefault(fn.Sel.Name)]
}

// flagMakers are the functions that define a flag of the program and give a
// pointer to it.
var flagMakers = []string{"flag.String", "flag.Int", "flag.Uint", "flag.Bool", "pflag.String", "pflag.Int", "pflag.Bool", "pflag.StringP", "pflag.IntP", "pflag.BoolP"}

// flagDefault is the place of the default among the arguments of a function of
// package flag, or of pflag, whose functions with P take a shorthand before it.
func flagDefault(function string) int {
	place := 1
	if strings.Contains(function, "Var") {
		place++
	}
	if strings.HasSuffix(function, "P") {
		place++
	}
	return place
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// calledName is the last name of what is called.
func calledName(call *ast.CallExpr) string {
	if generic, ok := call.Fun.(*ast.IndexExpr); ok {
		return lastName(generic.X)
	}
	return lastName(call.Fun)
}

func parameter(fn *ast.FuncType, name string) int { return parameterIn(fn.Params, name) }

func parameterIn(fields *ast.FieldList, name string) int {
	i := 0
	for _, field := range fields.List {
		for _, id := range field.Names {
			if id.Name == name {
				return i
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	return -1
}

// passed merges what the calls of the function around pass for a parameter. Calls
// of a method of what has no known type add nothing, but may make it doubtful.
func (s scope) passed(i int) value {
	var values, doubts []value
	for _, pkg := range s.program.users(s.pkg.dir) {
		if s.fn.Name.Name == "" { // a literal: who calls it, only the run tells
			break
		}
		s.program.about(pkg, s.fn.Name.Name)
		for _, c := range pkg.calls[s.fn.Name.Name] {
			if len(c.call.Args) <= i || c.fn == s.fn {
				continue
			}
			in := s.at(pkg, c.file, c.fn)
			switch is, sure := in.isCall(c.call, s.pkg, s.fn); {
			case is:
				values = append(values, in.eval(c.call.Args[i]))
			case !sure:
				doubts = append(doubts, in.eval(c.call.Args[i]))
			}
		}
	}
	return merge(values...).unless(doubts)
}

// isCall says whether a call is one of a function of the repository, by the types,
// and whether that is sure.
func (s scope) isCall(call *ast.CallExpr, pkg *parsedPackage, fn *ast.FuncDecl) (is, sure bool) {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return fn.Recv == nil && s.pkg == pkg, true
	}
	if s.packageOf(sel) != "" {
		return fn.Recv == nil && s.imported(sel) == pkg, true
	}
	if fn.Recv == nil {
		return false, true
	}
	of, ok := s.typeOf(sel.X, 0)
	if !ok || isInterface(of) {
		return isInterface(of), ok
	}
	owner, _ := s.methodOwner(of, fn.Name.Name)
	return owner.in.pkg == pkg && owner.name == receiver(fn), true
}

// selector gives a declaration of another package of the repository, or what a
// field is set to.
func (s scope) selector(e *ast.SelectorExpr) value {
	if pkg := s.imported(e); pkg != nil {
		return s.at(pkg, pkg.files[0], nil).name(e.Sel.Name, token.NoPos)
	}
	if set := s.setHere(e); set != nil {
		return s.eval(set)
	}
	return s.fieldValue(e)
}

// setHere is what the function around sets a field to before it is read, whatever the type's
// other values hold; nil where it does not, or under a condition.
func (s scope) setHere(e *ast.SelectorExpr) (last ast.Expr) {
	if s.fn == nil || s.fn.Body == nil {
		return nil
	}
	for _, stmt := range s.fn.Body.List {
		set, ok := stmt.(*ast.AssignStmt)
		if !ok || stmt.End() > e.Pos() || set.Tok != token.ASSIGN || len(set.Lhs) != len(set.Rhs) {
			continue
		}
		for i, left := range set.Lhs {
			if to, ok := left.(*ast.SelectorExpr); ok && to.Sel.Name == e.Sel.Name && types.ExprString(to.X) == types.ExprString(e.X) && !mentions(set.Rhs[i], e.Sel.Name) {
				last = set.Rhs[i]
			}
		}
	}
	return last
}

// imported gives the package of the repository that an expression takes a name
// from, as far as it has to do with that name, or nil.
func (s scope) imported(e *ast.SelectorExpr) *parsedPackage {
	id, ok := e.X.(*ast.Ident)
	if !ok {
		return nil
	}
	dir, ok := s.program.sources.folder(importPath(s.file, id.Name))
	if !ok {
		return nil
	}
	pkg := s.program.open(dir)
	s.program.about(pkg, e.Sel.Name)
	if len(pkg.files) == 0 {
		return nil
	}
	return pkg
}

// importPath gives the path that a name stands for in a file, or nothing.
func importPath(file *ast.File, name string) string {
	for _, spec := range file.Imports {
		imported, err := strconv.Unquote(spec.Path.Value)
		if err != nil {
			continue
		}
		if spec.Name != nil {
			if spec.Name.Name == name {
				return imported
			}
			continue
		}
		if packageName(imported) == name {
			return imported
		}
	}
	return ""
}

// packageOf gives the path of the package whose function is named, or nothing for
// a method.
func (s scope) packageOf(fn *ast.SelectorExpr) string {
	if id, ok := fn.X.(*ast.Ident); ok {
		return importPath(s.file, id.Name)
	}
	return ""
}

// packageName is what a package is called by its path, unless it calls itself
// otherwise: …/echo/v4 is echo.
func packageName(imported string) string {
	base := path.Base(imported)
	if len(base) > 1 && base[0] == 'v' && strings.Trim(base[1:], "0123456789") == "" {
		return path.Base(path.Dir(imported))
	}
	return base
}

// passing are the functions that give their first argument in another form, which
// is the same text here.
var passing = []string{
	"strconv.Itoa", "strconv.Atoi", "strconv.FormatInt", "strconv.FormatUint", "strconv.ParseInt", "strconv.ParseUint", "strconv.ParseBool",
	"filepath.Abs", "filepath.Clean", "filepath.FromSlash", "path.Clean", "homedir.Expand", "strings.TrimSpace", "net.ParseIP", "string", "int", "int32", "int64", "uint", "uint16", "uint32", "uint64",
}

// call gives the result of functions that make a string out of what is known.
func (s scope) call(e *ast.CallExpr) value {
	var args []value
	for _, a := range e.Args {
		args = append(args, s.eval(a))
	}
	name := s.function(e.Fun)
	switch {
	case name == "os.Getenv", name == "os.LookupEnv", name == "syscall.Getenv":
		if len(args) == 1 && args[0].known {
			return variable(args[0].text(), "")
		}
		return unknown
	case name == "cmp.Or":
		return merge(args...)
	case name == "fmt.Sprintf":
		return format(args)
	case name == "fmt.Sprint" && len(args) < 3: // which puts nothing between two of which one is a string
		return concat(args...)
	case name == "net.JoinHostPort" && len(args) == 2:
		return concat(hostless(args[0]), literal(":"), args[1])
	case (name == "net.ResolveUDPAddr" || name == "net.ResolveTCPAddr") && len(args) == 2:
		return args[1]
	case name == "path.Join" || name == "filepath.Join":
		return joined(args...)
	case homes[name] != "" && len(args) == 0:
		return literal(homes[name])
	case name == "strings.TrimPrefix" && len(args) == 2:
		return trim(args[0], args[1])
	case slices.Contains(passing, name) && len(args) > 0:
		return args[0]
	case slices.Contains(flagMakers, name):
		if place := flagDefault(lastName(e.Fun)); len(args) > place {
			return args[place]
		}
		return unknown
	}
	return merge(s.configured(e), s.follow(e, args))
}

// homes are the functions that give a folder of the user that the program runs as.
var homes = map[string]string{"os.UserHomeDir": "~", "homedir.Dir": "~", "os.UserConfigDir": "~/.config", "os.UserCacheDir": "~/.cache"}

// joined is a path made of others.
func joined(parts ...value) value {
	all := make([]value, 0, 2*len(parts))
	for _, part := range parts {
		if len(all) > 0 && (part.text() != "" || part.env() != "") {
			all = append(all, literal("/"))
		}
		if part.text() != "" || part.env() != "" || !part.known {
			all = append(all, part)
		}
	}
	return concat(all...)
}

// hostless is a host, or none where it cannot be read: the port behind it counts.
func hostless(host value) value {
	if !host.known {
		return literal("")
	}
	return host
}

// function names what is called: "os.Getenv", "string", or nothing for a method.
func (s scope) function(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if id, ok := e.X.(*ast.Ident); ok && s.file != nil {
			if imported := importPath(s.file, id.Name); imported != "" {
				return packageName(imported) + "." + e.Sel.Name
			}
		}
	}
	return ""
}

// follow evaluates a function of the repository: what it returns, with its
// parameters bound to the arguments.
func (s scope) follow(e *ast.CallExpr, args []value) value {
	var values []value
	fns, pkg := s.callees(e)
	for _, fn := range fns {
		if fn.Body == nil || fn == s.fn {
			continue
		}
		inside := s.at(pkg, pkg.fileOf(fn), fn)
		inside.bound = map[string]value{}
		for _, field := range fn.Type.Params.List {
			for _, id := range field.Names {
				if i := parameter(fn.Type, id.Name); i < len(args) {
					inside.bound[id.Name] = args[i]
				}
			}
		}
		ast.Inspect(fn.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 {
				values = append(values, inside.eval(r.Results[0]))
			}
			return true
		})
	}
	return merge(values...)
}

func (pkg *parsedPackage) fileOf(n ast.Node) *ast.File {
	i := slices.IndexFunc(pkg.files, func(f *ast.File) bool { return f.FileStart <= n.Pos() && n.Pos() < f.FileEnd })
	return pkg.files[max(i, 0)]
}

// loaded lists the packages that questions have led to so far, in the order of
// their folders, as far as they have to do with a name.
func (p *program) loaded(name string) []*parsedPackage {
	var packages []*parsedPackage
	for _, dir := range sortedKeys(p.packages) {
		p.about(p.packages[dir], name)
		packages = append(packages, p.packages[dir])
	}
	return packages
}

// format is fmt.Sprintf for the verbs that print a string or a number plainly.
func format(args []value) value {
	if len(args) == 0 || !args[0].known {
		return unknown
	}
	rest, args := args[0].text(), args[1:]
	result := literal("")
	for {
		i := strings.IndexByte(rest, '%')
		if i < 0 || i+1 == len(rest) {
			return concat(result, literal(rest))
		}
		verb := rest[i+1]
		result = concat(result, literal(rest[:i]))
		rest = rest[i+2:]
		switch {
		case verb == '%':
			result = concat(result, literal("%"))
		case strings.IndexByte("sdv", verb) >= 0 && len(args) > 0:
			arg := args[0]
			if len(result.pieces) == 0 && strings.HasPrefix(rest, ":%") {
				arg = hostless(arg)
			}
			result = concat(result, arg)
			args = args[1:]
		default:
			return unknown
		}
	}
}
