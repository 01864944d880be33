package golang

import (
	"go/ast"
	"path"
	"slices"
	"strings"
)

// boxer is a library that finds a folder where its sources lay when they were compiled, as
// long as a command of its own has not made Go of it.
type boxer struct {
	pkg     string
	names   []string // of the functions that take the folder
	arg     int
	made    string // a pattern of the file that the command makes beside
	command string
}

// boxers are such libraries. Sources: the documentation of each.
var boxers = []boxer{
	{"github.com/GeertJohan/go.rice", []string{"FindBox", "MustFindBox"}, 0, "rice-box.go", "rice embed-go"},
	{"github.com/gobuffalo/packr/v2", []string{"New"}, 1, "*-packr.go", "packr2"},
	{"github.com/gobuffalo/packr", []string{"NewBox"}, 0, "*packr.go", "packr"},
}

// box gives the folder that a call finds by where the sources lay, where nothing has made Go
// of it: no image has them there.
func (s scope) box(call *ast.CallExpr) (a Asset, ok bool) {
	fn, method := call.Fun.(*ast.SelectorExpr)
	if !method {
		return a, false
	}
	owner := s.packageOf(fn)
	i := slices.IndexFunc(boxers, func(b boxer) bool { return b.pkg == owner && slices.Contains(b.names, fn.Sel.Name) })
	if i < 0 || len(call.Args) <= boxers[i].arg {
		return a, false
	}
	b, tree := boxers[i], s.program.sources.tree
	folder, _ := tree.Folder(s.pkg.dir)
	if slices.ContainsFunc(folder.Files, func(name string) bool { made, err := path.Match(b.made, name); return err == nil && made }) {
		return a, false
	}
	v := s.eval(call.Args[b.arg])
	if _, there := tree.Folder(path.Join(s.pkg.dir, v.text())); !v.known || !there || strings.HasPrefix(v.text(), "/") {
		return a, false
	}
	a = Asset{Path: path.Join(s.pkg.dir, v.text()), Folder: true, At: s.program.at(call)}
	a.Instead = "run " + b.command + " in " + s.pkg.dir + " and commit what it makes there"
	return a, true
}
