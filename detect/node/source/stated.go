package source

import (
	"encoding/json"
	"path"
	"strings"
)

// chain lists the words of a member that an expression ends with: a, b and c of a.b.c.
func chain(expr []token) (words []string) {
	for i := len(expr) - 1; i >= 0 && expr[i].kind == word; i -= 2 {
		words = append([]string{expr[i].text}, words...)
		if i == 0 || expr[i-1].text != "." {
			break
		}
	}
	return words
}

// stated is the port that a member stands for whose object is read from a file of JSON: the
// number there, or 0 where there is none.
func (c Code) stated(f sourceFile, words []string) int {
	for i := range len(words) - 1 {
		if file, ok := c.dataOf(f, words[i], 0); ok {
			if port := c.number(file, words[i+1:]); port > 0 {
				return port
			}
		}
	}
	return 0
}

// dataOf is the file of JSON that a name stands for: what it imports, requires or parses,
// itself or by a module of the program that exports that.
func (c Code) dataOf(f sourceFile, name string, depth int) (string, bool) {
	if depth > deepestName {
		return "", false
	}
	for i := range f.tokens {
		if f.is(i, "import", name, "from") && i+3 < len(f.tokens) {
			return c.data(f, f.tokens[i+3:i+4], depth)
		}
	}
	for _, g := range c.given(f, name) {
		if g.file.name != f.name {
			break // of that name in another file
		}
		if file, ok := c.data(f, f.expression(g.at+2), depth); ok {
			return file, true
		}
	}
	return "", false
}

// data is the file of JSON that an expression reads.
func (c Code) data(f sourceFile, expr []token, depth int) (string, bool) {
	e := &paths{code: c, dir: c.dir}
	for i, t := range expr {
		if t.kind == word && i+2 < len(expr) && (t.text == "readFileSync" || t.text == "readFile" || t.text == "readJsonSync") {
			if args := (sourceFile{tokens: expr}).arguments(i + 1); len(args) > 0 {
				return e.place(f, args[0])
			}
		}
		if t.kind != text || !strings.HasPrefix(t.text, ".") || i > 1 && expr[i-2].text != "require" && expr[i-2].text != "import" {
			continue
		}
		name := path.Join(path.Dir(f.name), t.text)
		if path.Ext(name) == ".json" {
			return name, true
		}
		for _, module := range c.files {
			if strings.TrimSuffix(module.name, path.Ext(module.name)) != strings.TrimSuffix(name, path.Ext(name)) && module.name != name && path.Dir(module.name) != name {
				continue
			}
			for k := range module.tokens {
				if module.is(k, "module", ".", "exports", "=") {
					return c.data(module, module.expression(k+4), depth+1)
				}
				if module.is(k, "export", "default") {
					return c.data(module, module.expression(k+2), depth+1)
				}
			}
		}
	}
	return "", false
}

// number is what a file of JSON has under some keys, if that is a port.
func (c Code) number(file string, keys []string) int {
	if c.read == nil || !inRepository(file) {
		return 0
	}
	text, err := c.read(file)
	if err != nil {
		return 0 // it is made where the program runs
	}
	for _, key := range keys {
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) != nil {
			return 0
		}
		text = object[key]
	}
	var n int
	if json.Unmarshal(text, &n) != nil || n < 1 || n > 65535 {
		return 0
	}
	return n
}
