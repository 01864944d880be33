package source

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// variableName is what variables of the environment are called by those who mean some.
var variableName = pattern.New(`^[A-Z][A-Z0-9_]{1,60}$`)

// askers are functions that give a variable by its name, and makers those by which schemas
// of the environment begin: of zod, Joi, envalid, valibot, TypeBox and arktype.
var (
	askers    = []string{"get", "getOrThrow", "required", "optional", "env", "getEnv", "requireEnv", "requiredEnv", "mustGetEnv"}
	demanding = []string{"getOrThrow", "required", "requireEnv", "requiredEnv", "mustGetEnv"} // of these, those that fail
	makers    = []string{"z", "Joi", "v", "Type", "t", "str", "url", "port", "host", "num", "makeValidator"}
)

// Environment lists the variables that a program reads, each once, with what holds without it
// where that is a text.
func (c Code) Environment() (all []detect.Setting) {
	for _, f := range c.files {
		for i, t := range f.tokens {
			s, next, ok := f.variable(i, t)
			if !ok {
				continue
			}
			optional := false
			s.Default, optional = f.otherwise(next)
			s.Needed = s.Needed && !optional
			s.At = detect.Evidence{File: f.name, Line: t.line}
			k := slices.IndexFunc(all, func(o detect.Setting) bool { return o.Name == s.Name })
			switch {
			case k < 0:
				all = append(all, s)
			case all[k].Default == "":
				all[k].Default, all[k].Needed = s.Default, all[k].Needed || s.Needed
			}
		}
	}
	return all
}

// Below are the modules in a folder and below it, but those of folders that skip answers true
// for, and tests.
func (r *Sources) Below(dir string, skip func(dir string) bool) (Code, error) {
	c := Code{defined: new(definitions), read: r.tree.ReadFile}
	reader := r.tree.Reader(dir)
	defer reader.Close() // nothing was written through it
	size := 0
	for _, sub := range r.tree.Below(dir, func(d string) bool {
		return skip(d) || path.Base(d) == "node_modules" || detect.IsOutput(path.Base(d)) || isTestFolder(path.Base(d))
	}) {
		folder, _ := r.tree.Folder(sub)
		for _, base := range folder.Files {
			name := path.Join(sub, base)
			if !IsModule(base) || strings.Contains(base, ".config.") || strings.Contains(base, ".test.") || strings.Contains(base, ".spec.") || strings.HasSuffix(base, ".d.ts") {
				continue
			}
			file, read, err := r.open(reader, name)
			if err != nil {
				return c, err
			}
			size += read
			if c.files = append(c.files, file); size > mostSource {
				return c, nil
			}
		}
	}
	return c, nil
}

func isTestFolder(base string) bool {
	return slices.Contains([]string{"test", "tests", "__tests__", "e2e", "cypress", "spec"}, base)
}

// variable reads one at a place: process.env.X, process.env["X"], env("X"), config.get("X"),
// and X: z.string() of a schema. It also gives what stands behind it.
func (f sourceFile) variable(i int, t token) (s detect.Setting, next int, ok bool) {
	name := func(k int) bool { return k < len(f.tokens) && variableName.MatchString(f.tokens[k].text) }
	switch {
	case t.kind == word && t.text == "env" && f.is(i+1, "."), t.kind == word && t.text == "env" && f.is(i+1, "["):
		if !name(i + 2) {
			return s, 0, false
		}
		next = i + 3
		if f.is(i+1, "[") {
			next++
		}
		return detect.Setting{Name: f.tokens[i+2].text, Needed: f.is(next, "!") && !f.is(next+1, "=")}, next, true
	case t.kind == word && slices.Contains(askers, t.text):
		k := i + 1
		for f.is(k, "<") { // of a type
			for k < len(f.tokens) && !f.is(k, ">") {
				k++
			}
			k++
		}
		if !f.is(k, "(") || !name(k+1) || f.tokens[k+1].kind != text || !strings.Contains(f.tokens[k+1].text, "_") {
			return s, 0, false
		}
		return detect.Setting{Name: f.tokens[k+1].text, Needed: slices.Contains(demanding, t.text)}, k + 2, true
	case t.kind == word && variableName.MatchString(t.text) && f.is(i+1, ":") && i+2 < len(f.tokens) && slices.Contains(makers, f.tokens[i+2].text):
		return detect.Setting{Name: t.text, Needed: true}, i + 2, true
	}
	return s, 0, false
}

// farthestDefault bounds how far behind a schema its default is looked for.
const farthestDefault = 24

// otherwise is the text that holds where a variable is not set, and whether there is one.
func (f sourceFile) otherwise(i int) (value string, optional bool) {
	at := func(k int) (string, bool) {
		if k < len(f.tokens) && (f.tokens[k].kind == text || f.tokens[k].kind == number || f.tokens[k].kind == mixed && len(f.tokens[k].filled) == 0) {
			return f.tokens[k].text, true
		}
		return "", false
	}
	switch {
	case f.is(i, "|", "|") || f.is(i, "?", "?"):
		value, _ = at(i + 2)
		return value, true
	case f.is(i, ","):
		if value, ok := at(i + 1); ok && f.is(i+2, ")") {
			return value, true
		}
	}
	depth := 0
	for k := i; k < len(f.tokens) && k < i+farthestDefault; k++ {
		switch t := f.tokens[k].text; {
		case t == "(" || t == "{":
			depth++
		case t == ")" || t == "}":
			if depth--; depth < 0 {
				return "", false
			}
		case (t == "," || t == ";") && depth == 0:
			return "", false
		case t == "optional" && f.is(k-1, "."):
			optional = true
		case t == "default" && (f.is(k+1, "(") || f.is(k+1, ":")):
			value, _ = at(k + 2)
			return value, true
		}
	}
	return "", optional
}
