package golang

import (
	"go/ast"
	"go/token"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Asset is a file or folder that the program reads while it runs, or writes, by
// a path relative to its working folder.
type Asset struct {
	Path   string // from the module's folder, or absolute where the program writes there
	Writes bool
	Folder bool // it is the folder in which files are made, or a folder that is read
	Fatal  bool // the program ends where it is not there
	Named  bool // whoever starts it may name another
	At     detect.Evidence

	// Of a file that is not there: one of that name elsewhere in the repository, and
	// what says that the user makes it: an example of it, or a .gitignore.
	Found, Instead string

	serves bool // it gives browsers what is there
	asks   bool // it only asks whether something is there
}

// Temporary says whether it lies where every user may write.
func (a Asset) Temporary() bool {
	return slices.ContainsFunc([]string{"/tmp", "/var/tmp", "/dev", "/proc"}, func(dir string) bool { return detect.Inside(a.Path, dir) })
}

// opener is a call that takes a path: a function of a package, or a method on
// what some file that imports the package has made.
type opener struct {
	pkg, name string
	arg       int
	rest      bool // all arguments from arg on
	writes    bool
	method    bool
	serves    bool
	folder    bool // the path is that of a folder
}

// openers is what is known to open files by name.
//
// Sources: the documentation of each package, of the versions current in August 2026.
var openers = []opener{
	{pkg: "os", name: "ReadFile"}, {pkg: "os", name: "Open"}, {pkg: "os", name: "DirFS", serves: true}, {pkg: "os", name: "ReadDir"},
	{pkg: "os", name: "OpenRoot"},
	{pkg: "os", name: "WriteFile", writes: true}, {pkg: "os", name: "Create", writes: true},
	{pkg: "os", name: "Mkdir", writes: true, folder: true}, {pkg: "os", name: "MkdirAll", writes: true, folder: true}, {pkg: "os", name: "OpenFile"},
	{pkg: "io/ioutil", name: "ReadFile"}, {pkg: "io/ioutil", name: "ReadDir"}, {pkg: "io/ioutil", name: "WriteFile", writes: true},
	{pkg: "net/http", name: "Dir", serves: true}, {pkg: "net/http", name: "ServeFile", arg: 2, serves: true},
	{pkg: "html/template", name: "ParseFiles", rest: true}, {pkg: "html/template", name: "ParseGlob"},
	{pkg: "text/template", name: "ParseFiles", rest: true}, {pkg: "text/template", name: "ParseGlob"},
	{pkg: "html/template", name: "ParseFiles", rest: true, method: true}, {pkg: "html/template", name: "ParseGlob", method: true},
	{pkg: "text/template", name: "ParseFiles", rest: true, method: true}, {pkg: "text/template", name: "ParseGlob", method: true},
	{pkg: "database/sql", name: "Open", arg: 1, writes: true},
	{pkg: "gorm.io/driver/sqlite", name: "Open", writes: true}, {pkg: "github.com/glebarez/sqlite", name: "Open", writes: true},
	{pkg: "github.com/gin-gonic/gin", name: "LoadHTMLGlob", method: true}, {pkg: "github.com/gin-gonic/gin", name: "LoadHTMLFiles", rest: true, method: true},
	{pkg: "github.com/gin-gonic/gin", name: "Static", arg: 1, method: true, serves: true}, {pkg: "github.com/gin-gonic/gin", name: "StaticFile", arg: 1, method: true, serves: true},
	{pkg: "github.com/labstack/echo", name: "Static", arg: 1, method: true, serves: true}, {pkg: "github.com/labstack/echo", name: "File", arg: 1, method: true, serves: true},
	{pkg: "github.com/gofiber/fiber", name: "Static", arg: 1, method: true, serves: true},
	{pkg: "github.com/gofiber/fiber/v3/middleware/static", name: "New", serves: true}, {pkg: "github.com/gin-contrib/static", name: "LocalFile", serves: true},
	{pkg: "github.com/golang-migrate/migrate", name: "New"}, {pkg: "github.com/golang-migrate/migrate", name: "NewWithDatabaseInstance"},
	{pkg: "github.com/pressly/goose", name: "Up", arg: 1},
	{pkg: "github.com/BurntSushi/toml", name: "DecodeFile"}, {pkg: "gopkg.in/ini.v1", name: "Load"}, {pkg: "github.com/knadh/koanf/providers/file", name: "Provider"},
	{pkg: "path/filepath", name: "Walk"}, {pkg: "path/filepath", name: "WalkDir"}, {pkg: "path/filepath", name: "Glob"},
	{pkg: "github.com/beego/beego/v2/server/web", name: "SetStaticPath", arg: 1, serves: true}, {pkg: "github.com/astaxie/beego", name: "SetStaticPath", arg: 1, serves: true},
	{pkg: viperPath, name: "SetConfigFile"},
}

// opens lists the paths that a call opens.
func (s scope) opens(call *ast.CallExpr) []Asset {
	fn, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return nil
	}
	owner := s.packageOf(fn)
	if fn.Sel.Name == "Run" && slices.Contains(beegoPaths, owner) {
		return s.beegoFiles(call)
	}
	if fn.Sel.Name == "ReadInConfig" || fn.Sel.Name == "MergeInConfig" {
		return s.viperFiles()
	}
	if fn.Sel.Name == "ExistingFile" || fn.Sel.Name == "ExistingDir" {
		name, ok := relative(s.kingpinFlag(fn.X))
		if !ok {
			return nil
		}
		return []Asset{{Path: name, Folder: fn.Sel.Name == "ExistingDir", Fatal: true, Named: true, At: s.program.at(call)}}
	}
	if owner == "os" && (fn.Sel.Name == "Stat" || fn.Sel.Name == "Lstat") && len(call.Args) == 1 {
		if name, ok := relative(s.eval(call.Args[0])); ok {
			return []Asset{{Path: name, asks: true, At: s.program.at(call)}}
		}
		return nil
	}
	for _, o := range openers {
		if fn.Sel.Name != o.name || o.method != (owner == "") || !o.method && !within(owner, o.pkg) || o.method && !imports(s.file, o.pkg) {
			continue
		}
		var found []Asset
		for i := o.arg; i < len(call.Args) && (o.rest || i == o.arg); i++ {
			for _, e := range s.listed(call.Args[i], call.Ellipsis != token.NoPos) {
				a := Asset{Writes: o.writes || creates(call), Folder: o.folder, serves: o.serves, At: s.program.at(call)}
				if a.Path, a.Folder, ok = s.path(e, a); ok {
					a.Fatal = o.pkg == "os" && s.fatal(call) && a.Folder == o.folder
					found = append(found, a)
				}
			}
		}
		return found
	}
	return nil
}

// path reads what a call is to open, and says whether that is a folder, as far as it can
// be read: pages for filepath.Join("pages", name).
func (s scope) path(e ast.Expr, a Asset) (name string, folder, ok bool) {
	v, inside := s.place(e)
	name, ok = relative(v)
	if !ok && !a.Writes {
		v, inside = s.beside(e)
		name, ok = relative(v)
	}
	if !ok && a.Writes {
		name, ok = absolute(v)
	}
	if home, is := strings.CutPrefix(v.text(), "~"); !ok && v.known && is && a.Writes {
		name, ok = path.Join("~", home), true
	}
	return name, a.Folder || inside, ok
}

// listed are the elements of a list that a call is given as its last arguments, or what
// stands there.
func (s scope) listed(e ast.Expr, spread bool) (elements []ast.Expr) {
	if !spread {
		return []ast.Expr{e}
	}
	if id, ok := e.(*ast.Ident); ok && s.fn != nil && s.fn.Body != nil {
		ast.Inspect(s.fn.Body, func(n ast.Node) bool {
			set, ok := n.(*ast.AssignStmt)
			if !ok || assignedTo(id.Name, set.Lhs, set.Rhs) == nil {
				return true
			}
			switch right := assignedTo(id.Name, set.Lhs, set.Rhs).(type) {
			case *ast.CompositeLit:
				elements = append(elements, right.Elts...)
			case *ast.CallExpr: // files = append(files, …)
				if lastName(right.Fun) == "append" && right.Ellipsis == token.NoPos {
					elements = append(elements, right.Args[1:]...)
				}
			}
			return true
		})
	}
	if lit, ok := e.(*ast.CompositeLit); ok {
		elements = lit.Elts
	}
	return elements
}

// pageFolders are what the folders are called that a program has beside it for its pages,
// wherever it is told that they are.
var pageFolders = []string{"templates", "template", "tmpl", "views", "view", "static", "public", "assets", "pages", "locales", "locale", "i18n", "lang", "translations", "migrations", "web", "www", "html", "themes"}

// place is what is known of a path: all of it, or the folder that it begins with.
func (s scope) place(e ast.Expr) (v value, inside bool) {
	if v = s.eval(e); v.known || !s.deeper() {
		return v, false
	}
	switch e := e.(type) {
	case *ast.ParenExpr:
		return s.place(e.X)
	case *ast.Ident:
		if first := s.first(e.Name); first != nil {
			return s.place(first)
		}
	case *ast.BinaryExpr:
		left, _ := s.place(e.X)
		if text := left.text(); left.known && e.Op == token.ADD && strings.Contains(strings.TrimPrefix(text, "./"), "/") {
			if _, there := s.program.sources.tree.Folder(path.Join(s.program.sources.Module.Dir, text)); there || strings.HasSuffix(text, "/") || detect.IsOutput(text) {
				return left, true
			}
			return literal(path.Dir(text)), true
		}
	case *ast.CallExpr:
		switch name := s.function(e.Fun); {
		case name == "fmt.Sprintf" && len(e.Args) > 1: // the folder before what only a request tells
			text, _, _ := strings.Cut(s.eval(e.Args[0]).text(), "%")
			if dir := path.Dir(text); strings.Contains(strings.TrimPrefix(text, "./"), "/") {
				return literal(dir), true
			}
		case name == "path.Join" || name == "filepath.Join":
			return s.joins(e.Args)
		case slices.Contains(passing, name) && len(e.Args) > 0:
			return s.place(e.Args[0])
		}
	}
	return unknown, false
}

// joins is what is known of the parts of a path.
func (s scope) joins(args []ast.Expr) (v value, inside bool) {
	var parts []value
	for _, arg := range args {
		part, within := s.place(arg)
		if !part.known {
			inside = true
			break
		}
		if parts = append(parts, part); within {
			inside = true
			break
		}
	}
	if len(parts) == 0 {
		return unknown, false
	}
	return joined(parts...), inside
}

// beside is the path below a folder that a setting names, which is the working folder
// where nobody sets it: of pages, which come along.
func (s scope) beside(e ast.Expr) (v value, inside bool) {
	call, ok := e.(*ast.CallExpr)
	if !ok || len(call.Args) < 2 || lastName(call.Fun) != "Join" {
		return unknown, false
	}
	if next := s.eval(call.Args[1]); !next.known || !slices.Contains(pageFolders, strings.Split(next.text(), "/")[0]) {
		return unknown, false
	}
	return s.joins(call.Args[1:])
}

// first is what a variable of the function around is made of, to which it may add later.
func (s scope) first(name string) (found ast.Expr) {
	if s.fn == nil || s.fn.Body == nil {
		return nil
	}
	several := false
	ast.Inspect(s.fn.Body, func(n ast.Node) bool {
		if set, ok := n.(*ast.AssignStmt); ok && set.Tok != token.ADD_ASSIGN {
			if right := assignedTo(name, set.Lhs, set.Rhs); right != nil {
				several = several || found != nil
				found = right
			}
		}
		return true
	})
	if several {
		return nil
	}
	return found
}

// creates says whether a call of os.OpenFile is about to write.
func creates(call *ast.CallExpr) bool {
	writes := false
	if lastName(call.Fun) == "OpenFile" && len(call.Args) > 1 {
		ast.Inspect(call.Args[1], func(n ast.Node) bool {
			if e, ok := n.(*ast.SelectorExpr); ok {
				writes = writes || slices.Contains([]string{"O_CREATE", "O_WRONLY", "O_RDWR", "O_APPEND"}, e.Sel.Name)
			}
			return true
		})
	}
	return writes
}

// relative reads a path that a program was given: what stands before the first
// part that holds a wildcard. Absolute paths are the user's affair, and so are
// those that an environment variable names without a default.
func relative(v value) (string, bool) {
	if !v.known {
		return "", false
	}
	text := v.text()
	for _, scheme := range []string{"sqlite3:", "sqlite:", "file:"} { // of a database or a file
		if rest, ok := strings.CutPrefix(text, scheme); ok {
			text = strings.TrimPrefix(rest, "//")
		}
	}
	text, _, _ = strings.Cut(text, "?")
	var parts []string
	for part := range strings.SplitSeq(text, "/") {
		if strings.ContainsAny(part, `*?[\`) {
			break
		}
		parts = append(parts, part)
	}
	name := path.Clean(strings.Join(parts, "/"))
	if text == "" || name == "." || path.IsAbs(name) || strings.ContainsAny(name, ":@ =$~") {
		return "", false
	}
	return name, true
}

// absolute reads a path from the root to which a program writes. What the system has
// its own files in is not the program's to make.
func absolute(v value) (string, bool) {
	name := path.Clean(v.text())
	if !v.known || !path.IsAbs(name) || name == "/" || strings.ContainsAny(name, "*?[ $:@=~") {
		return "", false
	}
	for _, dir := range []string{"/etc", "/usr", "/bin", "/sbin", "/lib", "/lib64", "/proc", "/sys", "/dev", "/boot", "/run", "/var/run", "/root", "/home"} {
		if detect.Inside(name, dir) {
			return "", false
		}
	}
	return name, path.Dir(name) != "/" || path.Ext(name) == ""
}

// fatal says whether the program ends where a call fails: the error that it gives is
// asked for right there, in main or an initialiser, and nothing but an end follows.
func (s scope) fatal(call *ast.CallExpr) bool {
	if s.fn == nil || s.fn.Recv != nil || s.fn.Name.Name != "main" && s.fn.Name.Name != "init" || s.fn.Body == nil {
		return false
	}
	holds := func(n ast.Node) bool { return n != nil && n.Pos() <= call.Pos() && call.End() <= n.End() }
	for i, statement := range s.fn.Body.List {
		switch st := statement.(type) {
		case *ast.IfStmt:
			if st.Init != nil && holds(st.Init) {
				return ends(st.Body)
			}
		case *ast.AssignStmt:
			if !holds(st) || i+1 == len(s.fn.Body.List) {
				continue
			}
			next, ok := s.fn.Body.List[i+1].(*ast.IfStmt)
			return ok && next.Init == nil && ends(next.Body)
		}
	}
	return false
}

// ends says whether a block ends the program.
func ends(body *ast.BlockStmt) bool {
	return slices.ContainsFunc(body.List, func(st ast.Stmt) bool {
		e, ok := st.(*ast.ExprStmt)
		if !ok {
			return false
		}
		call, ok := e.X.(*ast.CallExpr)
		return ok && slices.Contains([]string{"panic", "Fatal", "Fatalf", "Fatalln", "Panic", "Panicf", "Exit"}, calledName(call))
	})
}

// assets keeps of what a program opens that which is there to be copied, each
// once and none inside another, and whether anything is written beside it.
func (s *sources) assets(all []Asset) (read, writes, missing []Asset) {
	there := func(a Asset) bool {
		_, folder := s.tree.Folder(path.Join(s.Module.Dir, a.Path))
		return folder || s.tree.Has(path.Join(s.Module.Dir, a.Path))
	}
	for _, a := range all {
		switch {
		case a.asks || strings.HasPrefix(a.Path, ".."): // nothing is opened, or nothing of the module
		case a.Writes:
			writes = append(writes, a)
		case there(a):
			read = append(read, a)
		case a.Fatal && !slices.ContainsFunc(all, func(w Asset) bool { return w.Writes && (w.Path == a.Path || w.Folder && detect.Inside(a.Path, w.Path)) }):
			missing = append(missing, s.elsewhere(a))
		}
	}
	slices.SortStableFunc(read, func(a, b Asset) int { return strings.Compare(a.Path, b.Path) })
	var kept []Asset
	for _, a := range read {
		if !slices.ContainsFunc(kept, func(k Asset) bool { return detect.Inside(a.Path, k.Path) }) {
			kept = append(kept, a)
		}
	}
	return kept, writes, missing
}

// elsewhere says of a file that is not there what of the repository may become it.
func (s *sources) elsewhere(a Asset) Asset {
	full := path.Join(s.Module.Dir, a.Path)
	if x, ok := s.tree.Excluded(full); ok {
		a.Instead = x.At.String() + " leaves it out, so it"
	}
	folder, _ := s.tree.Folder(path.Dir(full))
	for _, name := range folder.Files {
		if detect.IsExampleOf(name, path.Base(full)) {
			a.Instead = path.Join(path.Dir(full), name)
		}
	}
	if found := s.tree.Named(path.Base(a.Path)); len(found) == 1 {
		a.Found = found[0]
	}
	return a
}

// pages lists the folders that a program gives browsers, but those that it writes into.
func (s *sources) pages(all []Asset) (pages []detect.Pages) {
	about := func(a Asset, holds func(Asset) bool) bool {
		return slices.ContainsFunc(all, func(o Asset) bool { return holds(o) && detect.Inside(o.Path, a.Path) })
	}
	for _, a := range all {
		dir := path.Join(s.Module.Dir, a.Path)
		page := path.Base(dir) == "index.html"
		if a.asks || a.Writes || !a.serves && !page || strings.HasPrefix(dir, "..") || about(a, func(o Asset) bool { return o.Writes }) {
			continue
		}
		pages = append(pages, detect.Pages{
			Dir: dir, At: a.At,
			Optional: about(a, func(o Asset) bool { return o.asks }),
			Certain:  detect.IsOutput(a.Path) || about(a, func(o Asset) bool { return path.Base(o.Path) == "index.html" }),
		})
	}
	return pages
}
