package source

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect/node/project"
)

// need is what a file imports: a file of the repository, or a package where file is empty.
type need struct {
	imported
	file string
}

// Uses lists the packages that a program imports each time it starts, from its first entry on.
func (c Code) Uses() (uses []project.Text) {
	if len(c.files) == 0 {
		return nil
	}
	files := map[string]sourceFile{}
	for _, f := range c.files {
		files[f.name] = f
	}
	queue := []sourceFile{c.files[0]}
	for ; len(queue) > 0; queue = queue[1:] {
		f := queue[0]
		delete(files, f.name)
		for _, n := range c.needs[f.name] {
			next, unseen := files[n.file]
			switch {
			case n.file == "" && isPackage(n.path) && f.loads(n.imported):
				uses = append(uses, project.Text{Value: PackageOf(n.path), At: f.at(n.token)})
			case unseen && f.loads(n.imported):
				delete(files, n.file)
				queue = append(queue, next)
			}
		}
	}
	return uses
}

// loads says whether an import runs each time that its file does: nothing around it is a
// function or a condition, and of TypeScript one of its names stands for more than a type, as
// the compiler drops the others.
func (f sourceFile) loads(what imported) bool {
	i := what.token
	if f.tokens[i-1].kind == sign { // of a call
		required := f.is(i-2, "require") || f.is(i-3, "await")
		return required && f.always(i) && !f.nested(i)
	}
	k := i - 1
	for k > 0 && k > i-longestExpression && !f.is(k, "import") && !f.is(k, "export") {
		k--
	}
	switch {
	case f.is(k+1, "type") && !f.is(k+2, "from"):
		return false
	case !isTyped(f.name) || k == i-1 || f.is(k, "export"):
		return true
	}
	return slices.ContainsFunc(what.names, func(name string) bool {
		return name != "from" && name != "as" && name != "type" && f.runs(name, k, i)
	})
}

func isTyped(name string) bool {
	return slices.Contains([]string{".ts", ".mts", ".cts", ".tsx"}, path.Ext(name))
}

// typed stand before names of types.
const typed = ":<|&"

// runs says whether a name that the import from begin to end brings stands anywhere else in its
// file for more than a type. What could be either is none.
func (f sourceFile) runs(name string, begin, end int) bool {
	for i, t := range f.tokens {
		if i >= begin && i <= end {
			if f.is(i, "type", name) {
				return false
			}
			continue
		}
		if t.kind == mixed && slices.ContainsFunc(t.filled, func(in token) bool { return in.kind == word && in.text == name }) {
			return true
		}
		if t.kind != word || t.text != name || i == 0 || f.is(i-1, ".") && !f.is(i-2, ".") || f.is(i-1, "function") {
			continue
		}
		last := i
		for f.is(last+1, ".") && last+2 < len(f.tokens) && f.tokens[last+2].kind == word {
			last += 2
		}
		before := f.tokens[i-1]
		switch {
		case f.is(last+1, "(") || before.kind == word && slices.Contains([]string{"new", "instanceof", "await", "return"}, before.text):
			return true
		case before.text == "@" || before.text == "extends" && f.is(i-3, "class"):
			return true
		case last > i && before.kind == sign && !strings.Contains(typed, before.text):
			return true
		case (before.text == "(" || before.text == ",") && (f.is(i+1, ")") || f.is(i+1, ",")) && f.isArgument(i):
			return true
		}
	}
	return false
}

// isArgument says whether the name at i is one of a call, and no parameter.
func (f sourceFile) isArgument(i int) bool {
	open := f.around(i)
	return open > 0 && f.is(open, "(") && f.defines(open) == "" && f.tokens[open-1].kind == word
}

// nested says whether what is at i stands in braces.
func (f sourceFile) nested(i int) bool {
	for k := f.around(i); k >= 0; k = f.around(k) {
		if f.is(k, "{") {
			return true
		}
	}
	return false
}

// isPackage says whether an import names a package: no file, and no module of Node.js, which
// is taken before a package of its name.
func isPackage(name string) bool {
	return name != "" && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "#") && !strings.Contains(name, ":") && !slices.Contains(builtin, name)
}

// builtin are the modules of Node.js that packages share their names with
// (https://nodejs.org/api/module.html#modulebuiltinmodules).
var builtin = []string{
	"assert", "async_hooks", "buffer", "child_process", "cluster", "console", "constants", "crypto", "dgram", "dns", "domain", "events", "fs", "http", "http2", "https",
	"inspector", "module", "net", "os", "path", "perf_hooks", "process", "punycode", "querystring", "readline", "repl", "stream", "string_decoder", "sys", "timers", "tls",
	"tty", "url", "util", "v8", "vm", "wasi", "worker_threads", "zlib",
}
