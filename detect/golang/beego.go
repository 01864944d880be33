package golang

import (
	"bytes"
	"go/ast"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// beegoPaths are what beego's package for servers is called: version 2, and version 1.
var beegoPaths = []string{"github.com/beego/beego/v2/server/web", "github.com/astaxie/beego"}

// beegoConf is where beego looks for its settings, from the working folder:
// https://github.com/beego/beego/blob/develop/server/web/config.go
const beegoConf = "conf/app.conf"

// beegoEnv is how its settings name a variable of the environment, with what holds without.
var beegoEnv = pattern.New(`^\$\{([A-Za-z_][A-Za-z0-9_]*)(?:\|\|([^}]*))?\}$`)

// beegoKey is what the settings of beego say for a key above all sections, else the
// default.
func (p *program) beegoKey(key string, fallback value) value {
	file := path.Join(p.sources.Module.Dir, beegoConf)
	if !p.sources.tree.Has(file) {
		return fallback
	}
	data, err := p.sources.read(file)
	if err != nil {
		return unknown
	}
	for line := range bytes.Lines(data) {
		name, text, ok := strings.Cut(strings.TrimSpace(string(line)), "=")
		switch {
		case strings.HasPrefix(name, "["):
			return fallback
		case !ok || !strings.EqualFold(strings.TrimSpace(name), key):
			continue
		}
		text = strings.Trim(strings.TrimSpace(text), `"`)
		if m := beegoEnv.FindStringSubmatch(text); m != nil {
			return variable(m[1], m[2])
		}
		return literal(text)
	}
	return fallback
}

// beegoAsks is what a call of beego.AppConfig gives: DefaultInt("httpport", 8000).
func (s scope) beegoAsks(fn *ast.SelectorExpr, args []ast.Expr) (value, bool) {
	of, ok := fn.X.(*ast.SelectorExpr)
	if !ok || of.Sel.Name != "AppConfig" || !slices.Contains(beegoPaths, s.packageOf(of)) || len(args) == 0 {
		return unknown, false
	}
	fallback := unknown
	if len(args) > 1 {
		fallback = s.eval(args[1])
	}
	return s.program.beegoKey(s.eval(args[0]).text(), fallback), true
}

// beegoFiles are what beego itself opens where it runs, as far as it is there: its
// settings, and by its defaults the templates and what browsers are given.
func (s scope) beegoFiles(call *ast.CallExpr) (found []Asset) {
	for _, name := range []string{beegoConf, "views", "static"} {
		found = append(found, Asset{Path: name, At: s.program.at(call)})
	}
	return found
}
