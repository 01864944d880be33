package golang

import (
	"go/ast"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

const viperPath = "github.com/spf13/viper"

// viperMakers are what a value of viper's is made by or declared as.
var viperMakers = []string{"viper.New", "viper.NewWithOptions", "viper.GetViper", "viper.Viper"}

// isViper says whether something is a value of viper's.
func (s scope) isViper(e ast.Expr) bool {
	return len(s.program.importing(viperPath)) > 0 &&
		slices.ContainsFunc(s.origins(e), func(o string) bool { return slices.Contains(viperMakers, o) })
}

// viperCalls visits the calls of viper's functions and methods of some names.
func (s scope) viperCalls(visit func(in scope, call *ast.CallExpr), names ...string) {
	for _, pkg := range s.program.importing(viperPath) {
		for _, name := range names {
			s.program.about(pkg, name)
			for _, c := range pkg.calls[name] {
				in := s.at(pkg, c.file, c.fn)
				if sel, ok := c.call.Fun.(*ast.SelectorExpr); ok && (in.packageOf(sel) == viperPath || in.packageOf(sel) == "") {
					visit(in, c.call)
				}
			}
		}
	}
}

// viperKey is what viper gives for a key: a variable before what a file says before
// the default. Where the project has such a file, the variable alone is sure.
func (s scope) viperKey(key string) value {
	if key == "" {
		return unknown
	}
	fallback := s.viperDefault(key)
	if s.viperFile() {
		fallback = unknown
	}
	name, _ := s.viperVariable(key)
	if v := variable(name, fallback.text()); v.known {
		return v
	}
	return fallback
}

// viperDefault merges what a key is set to where nothing else says it, and the
// defaults of flags that are bound to it.
func (s scope) viperDefault(key string) value {
	var values []value
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) == 2 && in.isKey(call.Args[0], key) {
			values = append(values, in.eval(call.Args[1]))
		}
	}, "SetDefault")
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) != 2 || !in.isKey(call.Args[0], key) {
			return
		}
		if lookup, ok := call.Args[1].(*ast.CallExpr); ok && len(lookup.Args) == 1 {
			values = append(values, in.flagNamed(in.eval(lookup.Args[0]).text()))
		}
	}, "BindPFlag")
	s.viperCalls(func(in scope, _ *ast.CallExpr) { values = append(values, in.flagNamed(key)) }, "BindPFlags")
	return merge(values...)
}

// isKey says whether an expression is a key of viper's, which knows no capitals.
func (s scope) isKey(e ast.Expr, key string) bool {
	if lit, ok := e.(*ast.BasicLit); ok {
		return strings.EqualFold(evalLiteral(lit).text(), key)
	}
	return strings.EqualFold(s.eval(e).text(), key)
}

// viperVariable names the variable that a key is filled from, and says whether
// that key alone is bound to it.
func (s scope) viperVariable(key string) (name string, bound bool) {
	prefix, replace, automatic := "", []string{}, false
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) == 1 {
			prefix = in.eval(call.Args[0]).text() + "_"
		}
	}, "SetEnvPrefix")
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) == 1 {
			replace = in.replacer(call.Args[0])
		}
	}, "SetEnvKeyReplacer")
	s.viperCalls(func(scope, *ast.CallExpr) { automatic = true }, "AutomaticEnv")
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) > 0 && !bound && in.isKey(call.Args[0], key) {
			bound = true
			if len(call.Args) > 1 {
				name = in.eval(call.Args[1]).text()
			}
		}
	}, "BindEnv")
	if name == "" && (bound || automatic) {
		name = strings.ToUpper(prefix + key)
	}
	return strings.NewReplacer(replace...).Replace(name), bound
}

// replacer gives the pairs of a strings.NewReplacer.
func (s scope) replacer(e ast.Expr) []string {
	call, ok := e.(*ast.CallExpr)
	if !ok || s.function(call.Fun) != "strings.NewReplacer" || len(call.Args)%2 != 0 {
		return nil
	}
	var pairs []string
	for _, arg := range call.Args {
		pairs = append(pairs, s.eval(arg).text())
	}
	return pairs
}

// viperFile says whether viper may read a file that the project has. Where a file
// is named by what only the run tells, it may.
func (s scope) viperFile() bool {
	reads, anywhere := false, false
	s.viperCalls(func(scope, *ast.CallExpr) { reads = true }, "ReadInConfig", "MergeInConfig")
	s.viperCalls(func(scope, *ast.CallExpr) { anywhere = true }, "ReadConfig", "MergeConfig", "ReadRemoteConfig")
	if !reads {
		return anywhere
	}
	var names []string
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		for _, arg := range call.Args {
			v := in.eval(arg)
			anywhere = anywhere || !v.known
			if v.text() != "" { // the default of a flag, often
				names = append(names, path.Base(v.text()))
			}
		}
	}, "SetConfigName", "SetConfigFile")
	if len(names) == 0 {
		names = []string{"config"}
	}
	code := s.program.sources
	files := code.tree.Files(func(base string) bool {
		return slices.Contains(names, base) || slices.Contains(names, strings.TrimSuffix(base, path.Ext(base))) && !strings.HasSuffix(base, ".go")
	})
	return anywhere || slices.ContainsFunc(files, func(file string) bool { return detect.Inside(path.Dir(file), code.Module.Dir) })
}

// viperKinds are the endings of the files that viper reads, in the order in which it looks
// for them: SupportedExts of github.com/spf13/viper v1.20.
var viperKinds = []string{".json", ".toml", ".yaml", ".yml", ".properties", ".props", ".prop", ".hcl", ".tfvars", ".dotenv", ".env", ".ini", ""}

// viperFiles gives the file that viper reads of the folders that it is told, the first
// that is there; the folder where only the run tells the name.
func (s scope) viperFiles() (found []Asset) {
	names, known := []string(nil), true
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) == 1 {
			v := in.eval(call.Args[0])
			names, known = append(names, v.text()), known && v.known && v.text() != ""
		}
	}, "SetConfigName")
	if len(names) == 0 {
		names = []string{"config"}
	}
	tree, module := s.program.sources.tree, s.program.sources.Module.Dir
	s.viperCalls(func(in scope, call *ast.CallExpr) {
		if len(call.Args) != 1 || len(found) > 0 {
			return
		}
		v := in.eval(call.Args[0])
		dir := path.Clean(v.text())
		if !v.known || v.text() == "" || path.IsAbs(dir) || strings.HasPrefix(dir, "..") || strings.ContainsAny(dir, "$~") {
			return
		}
		at := in.program.at(call)
		if _, there := tree.Folder(path.Join(module, dir)); !known && there && dir != "." {
			found = append(found, Asset{Path: dir, Folder: true, At: at})
		}
		for _, name := range names {
			for _, kind := range viperKinds {
				if file := path.Join(dir, name+kind); known && len(found) == 0 && tree.Has(path.Join(module, file)) {
					found = append(found, Asset{Path: file, At: at})
				}
			}
		}
	}, "AddConfigPath")
	return found
}

// viperField is what viper fills a field with, by the keys of the structs around.
// Variables count for keys that it knows of itself.
func (s scope) viperField(e ast.Expr, f field) value {
	fills := false
	s.viperCalls(func(scope, *ast.CallExpr) { fills = true }, "Unmarshal", "UnmarshalExact")
	key, ok := s.keyOf(e, f)
	if !fills || !ok {
		return unknown
	}
	if _, bound := s.viperVariable(key); !bound && !s.viperDefault(key).known {
		return unknown
	}
	return s.viperKey(key)
}

// keyOf gives the key of a field in a tree of structs, by the fields that hold its
// struct as they are written, or as there is one alone.
func (s scope) keyOf(e ast.Expr, f field) (string, bool) {
	key, _, _ := strings.Cut(reflect.StructTag(f.tag()).Get("mapstructure"), ",")
	if key == "" || !s.deeper() {
		return "", false
	}
	if sel, ok := e.(*ast.SelectorExpr); ok && s.imported(sel) == nil {
		of, _ := s.typeOf(sel.X, 0)
		if outer, ok := s.field(of, sel.Sel.Name); ok {
			if before, ok := s.keyOf(sel.X, outer); ok {
				return before + "." + key, true
			}
		}
	}
	var holders []field
	for _, holder := range f.of.holders() {
		if strings.Contains(holder.tag(), "mapstructure:") {
			holder.of = s.named(f.of.in.pkg, holder.of.expr)
			holders = append(holders, holder)
		}
	}
	switch len(holders) {
	case 0:
		return key, true
	case 1:
		before, ok := s.keyOf(nil, holders[0])
		return before + "." + key, ok
	}
	return "", false
}
