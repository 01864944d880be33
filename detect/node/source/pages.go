package source

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// folders are the calls that give browsers what is in a folder: their first argument, or
// a property of the object that it is.
//
// Sources: the documentation of express, serve-static, sirv, koa-static, @fastify/static,
// @nestjs/serve-static and hono, of the versions current in August 2026.
var folders = []struct {
	words []string
	from  string // the package that the file imports, where the name could be anybody's
}{
	{words: []string{"express", ".", "static", "("}},
	{words: []string{"serveStatic", "("}},
	{words: []string{"sirv", "("}},
	{words: []string{"koaStatic", "("}},
	{words: []string{"serve", "("}, from: "koa-static"},
}

// roots are keys of objects that name such a folder, in files that import the package.
var roots = []struct{ key, from string }{
	{"root", "@fastify/static"}, {"root", "fastify-static"}, {"rootPath", "@nestjs/serve-static"}, {"root", "hono"},
}

// pages lists what a program gives browsers. Paths that begin in the working folder are
// taken for those from dir.
func (c Code) pages(dir string) (pages []detect.Pages) {
	var asked []string
	e := &paths{code: c, dir: dir}
	for _, f := range c.files {
		for i, t := range f.tokens {
			if t.kind != word || i+2 >= len(f.tokens) {
				continue
			}
			if (t.text == "existsSync" || t.text == "access" || t.text == "pathExists") && f.tokens[i+1].text == "(" {
				if args := f.arguments(i + 1); len(args) > 0 {
					if name, ok := e.place(f, args[0]); ok {
						asked = append(asked, name)
					}
				}
				continue
			}
			if name, ok := e.place(f, f.gives(i)); ok && inRepository(name) {
				pages = append(pages, detect.Pages{Dir: name, Certain: detect.IsOutput(detect.From(dir, name)), At: f.at(i)})
			}
		}
	}
	for i, p := range pages {
		pages[i].Optional = slices.ContainsFunc(asked, func(name string) bool { return detect.Inside(name, p.Dir) || detect.Inside(p.Dir, name) })
		pages[i].Certain = p.Certain || slices.ContainsFunc(pages, func(o detect.Pages) bool { return path.Base(o.Dir) == "index.html" && detect.Inside(o.Dir, p.Dir) })
	}
	return pages
}

// gives is the expression of the folder or page that the call or key at i gives browsers,
// or nothing.
func (f sourceFile) gives(i int) []token {
	for _, r := range roots {
		if f.is(i, r.key, ":") && f.mentions(r.from) {
			return f.expression(i + 2)
		}
	}
	for _, call := range folders {
		if f.is(i, call.words...) && (call.from == "" || f.mentions(call.from)) {
			return first(f.arguments(i + len(call.words) - 1))
		}
	}
	if f.is(i, "sendFile", "(") || f.is(i, "sendfile", "(") || f.is(i, "readFileSync", "(") || f.is(i, "readFile", "(") {
		args := f.arguments(i + 1)
		if len(args) == 0 || !slices.ContainsFunc(args[0], func(t token) bool { return t.kind == text && path.Base(t.text) == "index.html" }) {
			return nil
		}
		if root := property(args[len(args)-1], "root"); len(args) > 1 && root != nil {
			return root
		}
		if len(args[0]) == 1 && !strings.HasPrefix(f.tokens[i].text, "read") {
			return nil // below a root that is set elsewhere: Express takes no other path that begins nowhere
		}
		return args[0]
	}
	return nil
}

// first is the folder of a call: its first argument, or the root that this names.
func first(args [][]token) []token {
	if len(args) == 0 {
		return nil
	}
	if args[0][0].text == "{" && args[0][0].kind == sign {
		return property(args[0], "root")
	}
	return args[0]
}
