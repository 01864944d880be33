package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// givers are calls that give browsers what is in a folder, with the place and name of
// its path, and whether it begins in the folder of the file that says it.
//
// Sources: the documentation of Starlette, Flask, aiohttp, Sanic, WhiteNoise and Bottle,
// of the versions current in August 2026.
var givers = []struct {
	callee string
	place  int
	name   string
	beside bool
}{
	{callee: ".StaticFiles", name: "directory"},
	{callee: ".FileResponse", name: "path"},
	{callee: "flask.Flask", place: -1, name: "static_folder", beside: true},
	{callee: "flask.Flask", place: -1, name: "template_folder", beside: true},
	{callee: ".send_from_directory", name: "directory", beside: true},
	{callee: ".add_static", place: 1, name: "path"},
	{callee: "app.static", place: 1, name: "file_or_directory"},
	{callee: ".WhiteNoise", place: -1, name: "root"},
	{callee: ".static_file", place: -1, name: "root"},
}

// settingsOfPages are names in the settings of Django that list folders which collectstatic
// gathers or templates are read from: https://docs.djangoproject.com/en/5.2/ref/settings/.
var settingsOfPages = []string{"STATICFILES_DIRS", "TEMPLATES", "WHITENOISE_ROOT", "DJANGO_VITE", "DJANGO_VITE_ASSETS_PATH"}

// askers are calls that say whether a path is there.
var askers = []string{"os.path.exists", "os.path.isdir", "os.path.isfile"}

// pages lists the folders that a program gives browsers, but those that it writes into.
// A path that is not absolute begins in cwd.
func (s *Sources) pages(d *Detail, files []string, cwd string) (pages []detect.Pages) {
	var asked []string
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			if name, ok := s.asksFor(m, call, cwd); ok {
				asked = append(asked, name)
			}
			for _, g := range givers {
				if call.Text != g.callee && !strings.HasSuffix(call.Text, g.callee) {
					continue
				}
				e, ok := call.Keyword(g.name)
				if !ok && g.place >= 0 {
					e, ok = call.Positional(g.place)
				}
				begins := cwd
				if g.beside {
					begins = path.Dir(file)
				}
				name, known := s.folder(m, e, begins, 0)
				if ok && known && (g.callee != ".FileResponse" || path.Base(name) == "index.html") {
					pages = append(pages, detect.Pages{Dir: name, At: detect.Evidence{File: file, Line: call.Line}})
				}
			}
		}
		if d.Django == nil {
			continue
		}
		for _, o := range m.Objects {
			if slices.Contains(settingsOfPages, o.Name) {
				pages = append(pages, s.pagesOf(m, o, cwd)...)
			}
		}
	}
	holds := func(all []string, dir string) bool {
		return slices.ContainsFunc(all, func(name string) bool { return detect.Inside(name, dir) || detect.Inside(dir, name) })
	}
	for i, p := range pages {
		pages[i].Optional = holds(asked, p.Dir)
		pages[i].Certain = detect.IsOutput(detect.Relative(d.Project.Dir, p.Dir)) || slices.ContainsFunc(pages, func(o detect.Pages) bool {
			return path.Base(o.Dir) == "index.html" && detect.Inside(o.Dir, p.Dir)
		})
	}
	return slices.DeleteFunc(pages, func(p detect.Pages) bool {
		return slices.ContainsFunc(d.Writes, func(w Asset) bool { return detect.Inside(p.Dir, path.Join(cwd, w.Path)) })
	})
}

// asksFor is the path that a call asks about.
func (s *Sources) asksFor(m *source.Module, call source.Expression, cwd string) (string, bool) {
	if slices.Contains(askers, call.Text) {
		first, _ := call.Positional(0)
		return s.folder(m, first, cwd, 0)
	}
	for _, method := range []string{".exists", ".is_dir", ".is_file"} {
		if receiver, ok := strings.CutSuffix(call.Text, method); ok && receiver != "os.path" {
			return s.folder(m, received(call, receiver), cwd, 0)
		}
	}
	return "", false
}

// received is what a method was taken from.
func received(e source.Expression, name string) source.Expression {
	if self, ok := e.Keyword(source.Self); ok && name == source.Self {
		return self
	}
	return source.Expression{Form: source.Name, Text: name, Line: e.Line, Args: e.Args}
}

// pagesOf are the folders of a setting of Django. They have to be there before the
// build gathers them.
func (s *Sources) pagesOf(m *source.Module, o source.Object, cwd string) (pages []detect.Pages) {
	note := func(e source.Expression) {
		if name, ok := s.folder(m, e, cwd, 0); ok {
			pages = append(pages, detect.Pages{Dir: name, Embedded: true, Does: "gathers", At: detect.Evidence{File: m.File, Line: e.Line}})
		}
	}
	if o.Value.Form != source.List {
		note(o.Value)
		return pages
	}
	o.Value.Walk(func(e source.Expression) {
		for _, key := range []string{"DIRS", "manifest_path"} {
			if v, ok := e.Keyword(key); ok {
				note(v)
				for _, a := range v.Args {
					note(a.Value)
				}
			}
		}
	})
	if o.Name == "STATICFILES_DIRS" {
		for _, a := range o.Value.Args {
			note(a.Value)
		}
	}
	return pages
}

// deepest is how many names and calls are followed to a path.
const deepest = 12

// folder evaluates a path that is written down, from the root of the repository: texts,
// joined to the folder of the file, to the working folder, or to names that stand for
// such paths.
func (s *Sources) folder(m *source.Module, e source.Expression, cwd string, depth int) (string, bool) {
	if depth++; depth > deepest {
		return "", false
	}
	inner := func(e source.Expression) (string, bool) { return s.folder(m, e, cwd, depth) }
	if _, fallback, ok := e.Environment(); ok {
		return inner(fallback)
	}
	switch e.Form {
	case source.Text:
		name := path.Join(cwd, e.Text)
		return name, e.Text != "" && !path.IsAbs(e.Text) && !strings.HasPrefix(name, "..") && !strings.ContainsAny(e.Text, ":{*\n\x00")
	case source.Join:
		return s.joined(m, e.Args[0].Value, e.Args[1:], cwd, depth)
	case source.Either:
		if name, ok := inner(e.Args[1].Value); ok {
			return name, ok
		}
		return inner(e.Args[0].Value)
	case source.Name:
		return s.byName(m, e, cwd, depth)
	case source.Call:
		return s.byCall(m, e, cwd, depth)
	}
	return "", false
}

// joined is a path with texts behind it.
func (s *Sources) joined(m *source.Module, first source.Expression, rest []source.Argument, cwd string, depth int) (string, bool) {
	name, ok := s.folder(m, first, cwd, depth)
	for _, a := range rest {
		text := m.Value(a.Value)
		if text.Form != source.Text {
			return "", false
		}
		name = path.Join(name, text.Text)
	}
	return name, ok && !strings.HasPrefix(name, "..")
}

// byName is a path by its name, or the folder above one.
func (s *Sources) byName(m *source.Module, e source.Expression, cwd string, depth int) (string, bool) {
	if e.Text == "__file__" {
		return m.File, true
	}
	if of, ok := strings.CutSuffix(e.Text, ".parent"); ok {
		name, ok := s.folder(m, received(e, of), cwd, depth)
		return path.Dir(name), ok && name != "."
	}
	if o, ok := m.Assigned(e.Text); ok && o.Value.Text != e.Text {
		return s.folder(m, o.Value, cwd, depth)
	}
	module, name, ok := cutLast(e.Text)
	if !ok {
		return "", false
	}
	for _, root := range s.Ancestors(m.File) {
		if file := s.ModuleFile(root, module); file != "" && file != m.File {
			other := s.Module(file)
			if o, ok := other.Assigned(name); ok {
				return s.folder(other, o.Value, cwd, depth)
			}
		}
	}
	return "", false
}

// byCall is a path that functions of os.path and pathlib make.
func (s *Sources) byCall(m *source.Module, e source.Expression, cwd string, depth int) (string, bool) {
	first, has := e.Positional(0)
	before, last, _ := cutLast(e.Text)
	switch {
	case e.Text == "os.getcwd" || last == "cwd":
		return cwd, true
	case e.Text == "os.path.dirname" && has:
		name, ok := s.folder(m, first, cwd, depth)
		return path.Dir(name), ok
	case e.Text == "os.path.join" || e.Text == "pathlib.Path" || e.Text == "Path":
		if !has {
			return cwd, e.Text != "os.path.join"
		}
		return s.joined(m, first, e.Args[1:], cwd, depth)
	case slices.Contains([]string{"os.path.abspath", "os.path.realpath", "os.path.normpath", "str", "os.fspath"}, e.Text) && has:
		return s.folder(m, first, cwd, depth)
	case last == "resolve" || last == "absolute" || last == "as_posix" || last == "expanduser":
		return s.folder(m, received(e, before), cwd, depth)
	case last == "joinpath" && has:
		var rest []source.Argument
		for _, a := range e.Args {
			if self, ok := e.Keyword(source.Self); !ok || self.Form != a.Value.Form || self.Text != a.Value.Text {
				rest = append(rest, a)
			}
		}
		return s.joined(m, received(e, before), rest, cwd, depth)
	case last == "parents[]" && has:
		n, ok := first.Number()
		name, known := s.folder(m, received(e, before), cwd, depth)
		for ; n >= 0 && known && name != "."; n-- {
			name = path.Dir(name)
		}
		return name, ok && known
	}
	return "", false
}
