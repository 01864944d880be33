package source

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// imported is what a file imports, the names that it has of it there, and the place of its text.
type imported struct {
	path  string
	names []string
	token int
}

// imports lists what files a file imports.
func (f sourceFile) imports() []imported {
	var found []imported
	for i, t := range f.tokens {
		if t.kind != text || i == 0 {
			continue
		}
		before := f.tokens[i-1]
		if strings.HasPrefix(t.text, "node:") {
			continue
		}
		if before.kind == word && (before.text == "from" || before.text == "import") ||
			before.text == "(" && i > 1 && (f.tokens[i-2].text == "require" || f.tokens[i-2].text == "import") {
			found = append(found, imported{t.text, f.bound(i), i})
		}
	}
	return found
}

// bound lists the names that the statement of the import at i gives what it imports.
func (f sourceFile) bound(i int) (names []string) {
	for k := i - 1; k >= 0 && k > i-longestExpression; k-- {
		switch t := f.tokens[k]; {
		case t.kind == sign && t.text == ";":
			return names
		case t.kind == word && slices.Contains([]string{"import", "const", "let", "var", "export"}, t.text) && !f.is(k+1, "("):
			return names
		case t.kind == word:
			names = append(names, t.text)
		}
	}
	return nil
}

// search goes through the places where a name is given a value. Another file counts only
// where it has to do with the owner, or with the name where there is none: what anybody
// calls a port is not the port of this program.
func (c Code) search(f sourceFile, owner, name string, depth int) (found detect.Listener) {
	if owner == "" {
		if section := f.section(name); section != "" {
			return c.named(f, section+"."+name, depth)
		}
		owner = f.taken(name)
	}
	if strings.HasSuffix("."+owner, ".env") && strings.ToUpper(name) == name {
		found.Env, owner = name, ""
	}
	near := c.near(owner, name)
	last := owner[strings.LastIndexByte(owner, '.')+1:]
	for n, file := range append([]sourceFile{f}, c.files...) {
		if n > 0 && found.Port != 0 {
			return found
		}
		for i := range file.tokens {
			if !file.isGiven(i, last, name) || file.name != f.name && !near[file.name] && !file.concerns(i, last, name) {
				continue
			}
			value := file.expression(i + 2)
			l := c.port(file, withoutName(value, name), depth)
			if l.Unread() && strings.ToUpper(name) == name && file.is(i+1, ":") && slices.Contains(makers, value[0].text) {
				l.Env = name // of a schema without a default
			}
			if l.Port == 0 && l.Env == "" || isElsewhere(l.Env) {
				continue
			}
			if l.Env == "" && strings.ToUpper(name) == name && file.is(i+1, ":") {
				l.Env = name // the schema of an environment
			}
			if found = c.join(found, l); found.Port != 0 && found.Env != "" {
				return found
			}
		}
	}
	if found.Unread() && owner == "" {
		return c.passed(f, name, depth)
	}
	if value, _ := c.option(f, name); found.Unread() && value != nil {
		return c.port(f, value, depth)
	}
	return found
}

// isGiven says that the name at i is given a value there, which may be that of the owner's
// property.
func (f sourceFile) isGiven(i int, owner, name string) bool {
	if !f.is(i, name) || i+2 >= len(f.tokens) || !f.is(i+1, ":") && (!f.is(i+1, "=") || f.is(i+2, "=")) {
		return false
	}
	if i > 0 && f.is(i-1, ".") {
		return owner != "" && f.is(i+1, "=") && f.wordBefore(i-1) == owner
	}
	if owner == "" && strings.ToUpper(name) != name {
		return !f.isKey(i)
	}
	return owner == "" || !f.ofAnother(i, owner)
}

// isKey says that the name at i is a key of an object, not one with a type behind.
func (f sourceFile) isKey(i int) bool {
	open := f.around(i)
	return f.is(i+1, ":") && open > 0 && f.is(open, "{") && slices.Contains([]string{"=", "(", ",", ":", "[", "?", "return", "default"}, f.tokens[open-1].text)
}

// exported is what a file takes names out of that it requires: module.exports of another.
const exported = "exports"

// taken is what a file takes a name out of: const { port } = config.server.
func (f sourceFile) taken(name string) string {
	for i := range f.tokens {
		if !f.is(i, name) || i == 0 || !f.is(i-1, "{") && !f.is(i-1, ",") {
			continue
		}
		k := i + 1
		for ; k < len(f.tokens) && k < i+longestExpression && (f.tokens[k].kind != sign || !strings.Contains("{}();", f.tokens[k].text)); k++ {
		}
		if f.is(k, "}", "=", "require") {
			return exported
		}
		if f.is(k, "}", "=") && k+2 < len(f.tokens) {
			if words := chain(f.expression(k + 2)); len(words) > 0 {
				return strings.Join(words, ".")
			}
		}
	}
	return ""
}

// section is what a file asks its settings for, to take a name out of it:
// const { port } = config.get("server").
func (f sourceFile) section(name string) string {
	for i := range f.tokens {
		if !f.is(i, name) || i == 0 || !f.is(i-1, "{") && !f.is(i-1, ",") {
			continue
		}
		open := f.around(i)
		if open < 0 || !f.is(open, "{") {
			continue
		}
		end := open + len(f.block(open))
		if !f.is(end, "=") {
			continue
		}
		value := f.expression(end + 1)
		for k := range value {
			args := sourceFile{tokens: value}.arguments(k + 2)
			if (sourceFile{tokens: value}).is(k, ".", "get", "(") && len(args) > 0 && len(args[0]) == 1 && args[0][0].kind == text && closes(value[k+2:]) == len(value)-k-3 {
				return args[0][0].text
			}
		}
	}
	return ""
}

// near are the files that an owner, or the name itself where it has none, comes from: what
// is imported under the words of the owner, and what that imports. All are where no
// imports are known.
func (c Code) near(owner, name string) map[string]bool {
	found := map[string]bool{}
	if c.origins == nil {
		for _, f := range c.files {
			found[f.name] = true
		}
		return found
	}
	words := strings.Split(cmp.Or(owner, name), ".")
	if owner == exported {
		words = []string{name}
	}
	for _, word := range words {
		for _, file := range c.origins[word] {
			found[file] = true
			for _, below := range c.imports[file] {
				found[below] = true
			}
		}
	}
	return found
}

// concerns says that the value of a name at i has to do with an owner, or with a variable of
// the environment of that name, wherever the file is.
func (f sourceFile) concerns(i int, owner, name string) bool {
	if strings.ToUpper(name) == name {
		value := f.expression(i + 2)
		return f.is(i+1, ":") || slices.ContainsFunc(value, func(t token) bool { return t.kind != number && t.text == name })
	}
	return owner != "" && (f.owns(i, owner) || f.is(i-2, owner, "."))
}

// owns says that the object around the key at i is given to the owner.
func (f sourceFile) owns(i int, owner string) bool {
	open := f.around(i)
	return open > 1 && f.is(open, "{") && f.wordBefore(open-1) == owner && (f.is(open-1, ":") || f.is(open-1, "="))
}

// around is the place of the bracket that what is at i stands in, or -1.
func (f sourceFile) around(i int) int {
	depth := 0
	for k := i - 1; k >= 0; k-- {
		switch {
		case f.tokens[k].kind != sign:
		case strings.Contains(")]}", f.tokens[k].text):
			depth++
		case strings.Contains("([{", f.tokens[k].text):
			if depth--; depth < 0 {
				return k
			}
		}
	}
	return -1
}

// passed is the port that the callers of a function give its parameter.
func (c Code) passed(f sourceFile, name string, depth int) (found detect.Listener) {
	for _, g := range c.callers(f, name) {
		found = c.join(found, c.port(g.file, g.value, depth+1))
	}
	return found
}

// argument is what a call in a file gives.
type argument struct {
	file  sourceFile
	value []token
}

// callers lists what the calls of the functions of a file that have a parameter of a name
// give it.
func (c Code) callers(f sourceFile, name string) (found []argument) {
	for i := range f.tokens {
		if !f.is(i, name) {
			continue
		}
		open := f.around(i)
		if open < 0 || !slices.Contains([]string{"(", "{", ","}, f.tokens[i-1].text) {
			continue
		}
		object := f.is(open, "{") && (f.is(open-1, "(") || f.is(open-1, ",")) // ({ port })
		if object {
			open = f.around(open)
		}
		if open < 0 || !f.is(open, "(") {
			continue
		}
		function, at := f.defines(open), len(cut(f.tokens[open+1:i], ","))-1
		if function == "" {
			continue
		}
		for _, file := range c.files {
			for k := range file.tokens {
				if !file.is(k, function, "(") || k > 0 && file.is(k-1, "function") || file.name == f.name && k+1 == open {
					continue
				}
				args := file.arguments(k + 1)
				if len(args) <= at {
					continue
				}
				value := args[at]
				if object {
					value = property(value, name)
				}
				if value != nil {
					found = append(found, argument{file, value})
				}
			}
		}
	}
	return found
}

// defines is the name of the function whose parameters begin at open: of the class, where
// that is its constructor; empty where these are no parameters.
func (f sourceFile) defines(open int) string {
	end := open + len(f.block(open))
	if !f.is(end, "{") && !f.is(end, ":") && !f.is(end, "=", ">") {
		return ""
	}
	switch name := f.wordBefore(open); {
	case slices.Contains([]string{"if", "for", "while", "switch", "catch", "with"}, name):
		return ""
	case name == "constructor":
		for k := open; k > 0; k-- {
			if f.is(k-1, "class") {
				return f.tokens[k].text
			}
		}
		return ""
	case name == "async" || name == "function" || name == "":
		k := open - 1
		for ; k > 0 && f.tokens[k].kind == word; k-- {
		}
		if f.is(k, "=") {
			return f.wordBefore(k)
		}
		return ""
	default:
		return name
	}
}

// ofAnother says that the object around the key at i has a name, and that is no name of
// the owner: a key of a larger object, or a variable that is about another service.
func (f sourceFile) ofAnother(i int, owner string) bool {
	depth := 0
	for k := i - 1; k > 1; k-- {
		switch {
		case f.is(k, "}"), f.is(k, ")"):
			depth++
		case f.is(k, "("):
			if depth--; depth < 0 {
				return f.givesAnother(k, i, owner)
			}
		case !f.is(k, "{"):
		case depth > 0:
			depth--
		case f.is(k-1, ","), f.is(k-1, "("): // what a call is given
		default:
			name := f.wordBefore(k - 1)
			return name != "" && name != owner && (f.is(k-1, ":") || f.is(k-1, "=") && (isElsewhere(name) || name != "exports" && f.is(k-3, ".")))
		}
	}
	return false
}

// givesAnother says that the call with its bracket at open, in which the key at i stands, is
// about something else than the owner: a connection to another service, or a statement by
// itself that does not speak of the owner.
func (f sourceFile) givesAnother(open, i int, owner string) bool {
	if f.is(i+1, "=") {
		return false // a parameter
	}
	if slices.Contains(clients, f.wordBefore(open)) {
		return true
	}
	k := open - 1
	for k > 0 && (f.tokens[k].kind == word || f.is(k, ".")) {
		if f.tokens[k].text == owner || slices.Contains([]string{"return", "default", "await", "new"}, f.tokens[k].text) {
			return false
		}
		k--
	}
	if k == open-1 || k < 0 || !strings.Contains(";{}", f.tokens[k].text) {
		return false
	}
	return !slices.ContainsFunc(f.tokens[open:i], func(t token) bool { return t.kind == word && t.text == owner })
}

// clients are functions and classes whose options are those of a connection to another service.
var clients = []string{"createClient", "createConnection", "createPool", "createTransport", "Client", "Pool", "Redis", "IORedis", "Sequelize", "connect"}
