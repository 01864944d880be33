package golang

import (
	"cmp"
	"go/ast"
	"reflect"
	"slices"
	"strings"
)

// tagged is what the tags of a field say to libraries that fill a struct: from the
// environment, from flags, or with defaults alone.
func (s scope) tagged(e *ast.SelectorExpr, f field) value {
	tag := reflect.StructTag(f.tag())
	if tag == "" {
		return unknown
	}
	if tag.Get("mapstructure") != "" {
		return s.viperField(e.X, f)
	}
	name, fallback := environmentTag(tag)
	if tag.Get("env") != "" && name != "" {
		prefix, known := s.prefix(e.X, f.of)
		if name = prefix + name; !known {
			name = ""
		}
	}
	if tag.Get("env-default") != "" && s.program.calls("github.com/ilyakaznacheev/cleanenv", "ReadConfig") {
		fallback = "" // unless the file says otherwise
	}
	if v := variable(name, fallback); v.known {
		return v
	}
	if fallback != "" {
		return literal(fallback)
	}
	return unknown
}

// environmentTag reads the tags of a field: the variable that it is filled from and
// its default.
//
//	env:"PORT" envDefault:"8080"        github.com/caarlos0/env
//	env:"PORT" env-default:"8080"       github.com/ilyakaznacheev/cleanenv
//	env:"PORT" default:"8080"           github.com/alecthomas/kong, github.com/jessevdk/go-flags
//	env:"PORT, default=8080"            github.com/sethvargo/go-envconfig
//	envconfig:"PORT" default:"8080"     github.com/kelseyhightower/envconfig
//	arg:"env:PORT" default:"8080"       github.com/alexflint/go-arg
//	conf:"default:8080"                 github.com/ardanlabs/conf
func environmentTag(tag reflect.StructTag) (name, fallback string) {
	fallback = cmp.Or(tag.Get("envDefault"), tag.Get("env-default"), tag.Get("default"),
		option(tag.Get("env"), "default="), option(tag.Get("conf"), "default:"))
	name, _, _ = strings.Cut(tag.Get("env"), ",")
	return cmp.Or(strings.TrimSpace(name), strings.ToUpper(tag.Get("envconfig")), option(tag.Get("arg"), "env:")), fallback
}

// option gives what stands behind a word among the options of a tag.
func option(tag, word string) string {
	for part := range strings.SplitSeq(tag, ",") {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(part), word); ok {
			return rest
		}
	}
	return ""
}

// prefixTag gives what a tag puts before the variables of the fields inside.
func prefixTag(decl *ast.Field) string {
	tag := reflect.StructTag(field{decl: decl}.tag())
	return cmp.Or(tag.Get("envPrefix"), tag.Get("env-prefix"), tag.Get("envprefix"), option(tag.Get("env"), "prefix="))
}

// prefix gives what stands before the variables of a struct's fields, by the field
// that holds the struct, as it is written or as there is one alone; and that of the
// whole program. It is false where several may be meant.
func (s scope) prefix(e ast.Expr, of kind) (string, bool) {
	if !s.deeper() {
		return "", false
	}
	if sel, ok := e.(*ast.SelectorExpr); ok && s.imported(sel) == nil {
		outer, _ := s.typeOf(sel.X, 0)
		if f, ok := s.field(outer, sel.Sel.Name); ok && f.decl != nil && (prefixTag(f.decl) != "" || fromEnvironment(f.of)) {
			before, known := s.prefix(sel.X, f.of)
			return before + prefixTag(f.decl), known
		}
	}
	var prefixes []string
	for _, holder := range of.holders() {
		if own := prefixTag(holder.decl); own != "" {
			before, _ := s.prefix(nil, s.named(of.in.pkg, holder.of.expr))
			prefixes = append(prefixes, before+own)
		}
	}
	slices.Sort(prefixes)
	switch prefixes = slices.Compact(prefixes); len(prefixes) {
	case 0:
		return s.program.environmentPrefix()
	case 1:
		return prefixes[0], true
	}
	return "", false
}

// named gives a struct of a package its name.
func (s scope) named(pkg *parsedPackage, typ ast.Expr) kind {
	k := kind{expr: typ, in: s.at(pkg, pkg.fileOf(typ), nil)}
	for _, name := range sortedKeys(pkg.kinds) {
		for _, spec := range pkg.kinds[name] {
			if spec.Type == typ {
				k.name = name
			}
		}
	}
	return k
}

// fromEnvironment says whether a struct is one that a library fills from the
// environment, by the tags of its fields.
func fromEnvironment(of kind) bool {
	all, ok := of.expr.(*ast.StructType)
	return ok && slices.ContainsFunc(all.Fields.List, func(decl *ast.Field) bool {
		return prefixTag(decl) != "" || reflect.StructTag(field{decl: decl}.tag()).Get("env") != ""
	})
}

// environmentPrefix gives what the options of github.com/caarlos0/env put before
// all variables.
func (p *program) environmentPrefix() (string, bool) {
	prefix, known := "", true
	for _, pkg := range p.importing("github.com/caarlos0/env") {
		p.about(pkg, "Prefix")
		for _, set := range pkg.fields["Prefix"] {
			in := p.ask(pkg, pkg.fileOf(set.value), pkg.funcOf(set.value))
			if lit, ok := set.of.(*ast.CompositeLit); ok && slices.Equal(in.typeName(lit.Type), []string{"env.Options"}) {
				v := in.eval(set.value)
				prefix, known = v.text(), known && v.known && (prefix == "" || prefix == v.text())
			}
		}
	}
	return prefix, known
}

// importing lists the packages of the closure that import a package of another
// module, of any version.
func (p *program) importing(of string) []*parsedPackage {
	var found []*parsedPackage
	for _, dir := range sortedKeys(p.listed) {
		if slices.ContainsFunc(p.listed[dir].imports, func(imported string) bool { return within(imported, of) }) {
			found = append(found, p.open(dir))
		}
	}
	return found
}

// calls says whether the program calls a function of a package of another module.
func (p *program) calls(of, name string) bool {
	return slices.ContainsFunc(p.importing(of), func(pkg *parsedPackage) bool {
		p.about(pkg, name)
		return slices.ContainsFunc(pkg.calls[name], func(c site) bool {
			sel, ok := c.call.Fun.(*ast.SelectorExpr)
			return ok && within(p.ask(pkg, c.file, c.fn).packageOf(sel), of)
		})
	})
}
