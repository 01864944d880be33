package source

import (
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
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

// stated is what a member stands for whose object is read from a file of JSON or YAML: the
// text or number there. The words are those of a.b.c, the first ones of which name the file.
func (c Code) stated(f sourceFile, words []string) (string, bool) {
	for i := range len(words) - 1 {
		if file, ok := c.dataOf(f, words[i], 0); ok {
			if value, ok := c.scalar(file, words[i+1:]); ok {
				return value, true
			}
		}
	}
	return "", false
}

// statedPort is the number of a port that a member stands for in such a file, or 0.
func (c Code) statedPort(f sourceFile, words []string) int {
	value, _ := c.stated(f, words)
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return 0
	}
	return int(port)
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
		if t.kind == text && t.text == nodeConfig && len(expr) < 5 {
			return configured(func(name string) bool { _, err := c.read(name); return err == nil }, path.Dir(f.name))
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

// scalar is what a file of JSON or YAML has under some keys: a text or a number.
func (c Code) scalar(file string, keys []string) (string, bool) {
	if c.read == nil || !inRepository(file) {
		return "", false
	}
	text, err := c.read(file)
	if path.Ext(file) != ".json" && err == nil {
		text, err = yaml.YAMLToJSON(text)
	}
	if err != nil {
		return "", false // it is made where the program runs
	}
	for _, key := range keys {
		var object map[string]json.RawMessage
		if json.Unmarshal(text, &object) != nil {
			return "", false
		}
		text = object[key]
	}
	var word string
	var n json.Number
	switch {
	case len(text) == 0:
		return "", false
	case json.Unmarshal(text, &word) == nil:
		return word, true
	}
	return string(text), json.Unmarshal(text, &n) == nil
}

// node-config, the package called config, gives a program what stands in the first of these
// files in the folder that it is started in
// (https://github.com/node-config/node-config/wiki/Configuration-Files).
const nodeConfig = "config"

var defaults = []string{"config/default.json", "config/default.yaml", "config/default.yml", "config/default.js", "config/default.ts"}

// configured is the file of node-config's settings of a program, or none.
func configured(has func(name string) bool, dir string) (string, bool) {
	for ; ; dir = path.Dir(dir) {
		for _, name := range defaults {
			if has(path.Join(dir, name)) {
				return path.Join(dir, name), true
			}
		}
		if dir == "." || dir == "/" {
			return "", false
		}
	}
}

// asked is what a call asks a setting by: a, b and c of config.get("a.b.c").
func asked(words []string, args [][]token) []string {
	if len(words) < 2 || words[len(words)-1] != "get" || len(args) != 1 || len(args[0]) != 1 || args[0][0].kind != text {
		return nil
	}
	return append(slices.Clone(words[:len(words)-1]), strings.Split(args[0][0].text, ".")...)
}
