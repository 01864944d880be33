package golang

import (
	"bytes"
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"path"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// program is the parsed source of one program, package by package, as far as
// questions have asked for it.
type program struct {
	sources  *sources
	set      *token.FileSet
	packages map[string]*parsedPackage // by folder
	listed   map[string]Package
	err      error // the first of what is broken in the files that questions led to
}

type parsedPackage struct {
	unread []string // files that no question has been about so far
	files  []*ast.File
	funcs  map[string][]*ast.FuncDecl
	values map[string][]ast.Expr // constants and variables of the package
	fields map[string][]ast.Expr // what fields are set to, by name
	types  map[string][]ast.Expr // what variables and fields are declared as, by name
	calls  map[string][]site     // of functions and methods, by the last name
	tags   map[string]reflect.StructTag
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
		pkg = &parsedPackage{
			unread: slices.Clone(p.listed[dir].Files),
			funcs:  map[string][]*ast.FuncDecl{}, values: map[string][]ast.Expr{},
			fields: map[string][]ast.Expr{}, types: map[string][]ast.Expr{},
			calls: map[string][]site{}, tags: map[string]reflect.StructTag{},
		}
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
	pkg.files = append(pkg.files, file)
	var fn *ast.FuncDecl
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncDecl:
			fn = n
			pkg.funcs[n.Name.Name] = append(pkg.funcs[n.Name.Name], n)
		case *ast.GenDecl:
			if fn != nil && n.Pos() > fn.End() {
				fn = nil
			}
		case *ast.CallExpr:
			name := lastName(n.Fun)
			pkg.calls[name] = append(pkg.calls[name], site{n, file, fn})
		case *ast.KeyValueExpr:
			if key, ok := n.Key.(*ast.Ident); ok {
				pkg.fields[key.Name] = append(pkg.fields[key.Name], n.Value)
			}
		case *ast.AssignStmt:
			for i, left := range n.Lhs {
				if field, ok := left.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) {
					pkg.fields[field.Sel.Name] = append(pkg.fields[field.Sel.Name], n.Rhs[i])
				}
			}
		case *ast.Field:
			pkg.addField(n)
		}
		return true
	})
	for _, decl := range file.Decls {
		if group, ok := decl.(*ast.GenDecl); ok {
			pkg.addValues(group)
		}
	}
}

// addField files the type and the tag of a field.
func (pkg *parsedPackage) addField(field *ast.Field) {
	for _, name := range field.Names {
		pkg.types[name.Name] = append(pkg.types[name.Name], field.Type)
		if field.Tag == nil {
			continue
		}
		if tag, err := strconv.Unquote(field.Tag.Value); err == nil {
			pkg.tags[name.Name] = reflect.StructTag(tag)
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
	return scope{program: s.program, pkg: pkg, file: file, fn: fn, depth: s.depth, steps: s.steps}
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
	case *ast.UnaryExpr:
		if e.Op == token.AND {
			return s.eval(e.X)
		}
	case *ast.BinaryExpr:
		if e.Op == token.ADD {
			return concat(s.eval(e.X), s.eval(e.Y))
		}
	case *ast.Ident:
		return s.name(e.Name)
	case *ast.SelectorExpr:
		return s.selector(e)
	case *ast.CallExpr:
		return s.call(e)
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

// name gives what an identifier holds: a bound parameter, all that is assigned
// to it in the function around, a declaration of the package, or what callers
// pass where it is a parameter.
func (s scope) name(name string) value {
	if v, ok := s.bound[name]; ok {
		return v
	}
	var values []value
	if s.fn != nil {
		assigned, own := s.assigned(name)
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
	return merge(append(values, s.flagVariables(name)...)...)
}

// assigned lists what the function around assigns to a name, and says whether it
// declares the name itself: a variable of the package holds what stands there, too.
func (s scope) assigned(name string) (values []value, own bool) {
	if s.fn.Body == nil {
		return nil, false
	}
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if s.until != 0 && n.Pos() >= s.until {
				break
			}
			right := assignedTo(name, n.Lhs, n.Rhs)
			if right == nil {
				break
			}
			before, again := s, mentions(right, name) // port = ":" + port
			if again {
				before.until = n.Pos()
			}
			v := before.eval(right)
			if again && v.known && slices.Contains(s.fn.Body.List, ast.Stmt(n)) {
				values = nil // it stands for all that the name held so far
			}
			values, own = append(values, v), own || n.Tok == token.DEFINE
		case *ast.ValueSpec:
			for i, id := range n.Names {
				if id.Name == name {
					own = true
					if len(n.Names) == len(n.Values) {
						values = append(values, s.eval(n.Values[i]))
					}
				}
			}
		case *ast.CallExpr:
			if v, ok := s.flagVar(n, name); ok {
				values = append(values, v)
			}
		}
		return true
	})
	return values, own
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
var flagFunctions = []string{"StringVar", "IntVar", "UintVar", "StringVarP", "IntVarP", "UintVarP", "Uint16Var", "Uint16VarP"}

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
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok || !slices.Contains(flagFunctions, fn.Sel.Name) || len(call.Args) <= flagDefault(fn.Sel.Name) {
		return unknown, false
	}
	target, ok := call.Args[0].(*ast.UnaryExpr)
	if !ok || target.Op != token.AND || lastName(target.X) != name {
		return unknown, false
	}
	return s.eval(call.Args[flagDefault(fn.Sel.Name)]), true
}

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

func parameter(fn *ast.FuncType, name string) int {
	i := 0
	for _, field := range fn.Params.List {
		for _, id := range field.Names {
			if id.Name == name {
				return i
			}
			i++
		}
	}
	return -1
}

// passed merges what the calls of the function around pass for a parameter, in
// every package that has been loaded.
func (s scope) passed(i int) value {
	var values []value
	for _, pkg := range s.program.loaded(s.fn.Name.Name) {
		for _, c := range pkg.calls[s.fn.Name.Name] {
			if len(c.call.Args) > i && c.fn != s.fn {
				values = append(values, s.at(pkg, c.file, c.fn).eval(c.call.Args[i]))
			}
		}
	}
	return merge(values...)
}

// selector gives a declaration of another package of the module, or what a
// field is set to anywhere in this one.
func (s scope) selector(e *ast.SelectorExpr) value {
	if pkg := s.imported(e); pkg != nil {
		return s.at(pkg, pkg.files[0], nil).name(e.Sel.Name)
	}
	var values []value
	for _, pkg := range s.program.loaded(e.Sel.Name) {
		for _, set := range pkg.fields[e.Sel.Name] {
			values = append(values, s.at(pkg, pkg.fileOf(set), pkg.funcOf(set)).eval(set))
		}
		values = append(values, tagged(pkg.tags[e.Sel.Name]))
		values = append(values, s.at(pkg, s.file, nil).flagVariables(e.Sel.Name)...)
	}
	return merge(values...)
}

// tagged reads the tags of the two libraries that fill a struct from the
// environment: caarlos0/env (env, envDefault) and envconfig (envconfig, default).
func tagged(tag reflect.StructTag) value {
	name := tag.Get("env")
	if name == "" {
		name = tag.Get("envconfig")
	}
	name, _, _ = strings.Cut(name, ",")
	fallback := tag.Get("envDefault")
	if fallback == "" {
		fallback = tag.Get("default")
	}
	return variable(name, fallback)
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

// call gives the result of functions that make a string out of what is known.
func (s scope) call(e *ast.CallExpr) value {
	name := lastName(e.Fun)
	args := func() []value {
		var values []value
		for _, a := range e.Args {
			values = append(values, s.eval(a))
		}
		return values
	}
	switch s.function(e.Fun) {
	case "os.Getenv", "os.LookupEnv":
		if len(e.Args) == 1 {
			if v := s.eval(e.Args[0]); v.known {
				return variable(v.text(), "")
			}
		}
		return unknown
	case "cmp.Or":
		return merge(args()...)
	case "fmt.Sprintf":
		return format(args())
	case "net.JoinHostPort":
		if len(e.Args) == 2 {
			host := s.eval(e.Args[0])
			if !host.known {
				host = literal("")
			}
			return concat(host, literal(":"), s.eval(e.Args[1]))
		}
		return unknown
	case "strconv.Itoa", "strconv.Atoi", "strconv.FormatInt", "strconv.ParseInt", "strconv.ParseUint",
		"strings.TrimSpace", "string", "int", "uint16":
		if len(e.Args) > 0 {
			return s.eval(e.Args[0])
		}
		return unknown
	case "flag.String", "flag.Int", "flag.Uint", "pflag.String", "pflag.Int", "pflag.StringP", "pflag.IntP":
		if place := flagDefault(name); len(e.Args) > place {
			return s.eval(e.Args[place])
		}
		return unknown
	}
	return s.follow(e, args())
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

// follow evaluates a function of the module: what it returns, with its
// parameters bound to the arguments.
func (s scope) follow(e *ast.CallExpr, args []value) value {
	pkg := s.pkg
	if sel, ok := e.Fun.(*ast.SelectorExpr); ok {
		if other := s.imported(sel); other != nil {
			pkg = other
		}
	}
	s.program.about(pkg, lastName(e.Fun))
	var values []value
	for _, fn := range pkg.funcs[lastName(e.Fun)] {
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
			result = concat(result, args[0])
			args = args[1:]
		default:
			return unknown
		}
	}
}
