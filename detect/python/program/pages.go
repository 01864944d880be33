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
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
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
				name, known := s.folder(m, e, begins)
				if ok && known && (g.callee != ".FileResponse" || path.Base(name) == "index.html") {
					html, _ := call.Keyword("html") // of StaticFiles: it gives an index.html for the folder
					pages = append(pages, detect.Pages{Dir: name, Certain: html.Text == "True", At: detect.Evidence{File: file, Line: call.Line}})
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
	if len(pages) == 0 {
		return nil
	}
	asked := s.asks(files, cwd)
	holds := func(all []string, dir string) bool {
		return slices.ContainsFunc(all, func(name string) bool { return detect.Inside(name, dir) || detect.Inside(dir, name) })
	}
	for i, p := range pages {
		pages[i].Optional = holds(asked, p.Dir)
		pages[i].Certain = p.Certain && pages[i].Optional || detect.IsOutput(detect.Relative(d.Project.Dir, p.Dir)) || slices.ContainsFunc(pages, func(o detect.Pages) bool {
			return path.Base(o.Dir) == "index.html" && detect.Inside(o.Dir, p.Dir)
		})
	}
	return slices.DeleteFunc(pages, func(p detect.Pages) bool {
		return slices.ContainsFunc(d.Writes, func(w Write) bool { return detect.Inside(p.Dir, w.Place) })
	})
}

// asks lists the paths that a program asks about.
func (s *Sources) asks(files []string, cwd string) (asked []string) {
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			if name, ok := s.asksFor(m, call, cwd); ok {
				asked = append(asked, name)
			}
		}
	}
	return asked
}

// asksFor is the path that a call asks about.
func (s *Sources) asksFor(m *source.Module, call source.Expression, cwd string) (string, bool) {
	if slices.Contains(askers, call.Text) {
		first, _ := call.Positional(0)
		return s.folder(m, first, cwd)
	}
	for _, method := range []string{".exists", ".is_dir", ".is_file"} {
		if receiver, ok := strings.CutSuffix(call.Text, method); ok && receiver != "os.path" {
			return s.folder(m, received(call, receiver), cwd)
		}
	}
	return "", false
}

// pagesOf are the folders of a setting of Django. They have to be there before the
// build gathers them.
func (s *Sources) pagesOf(m *source.Module, o source.Object, cwd string) (pages []detect.Pages) {
	note := func(e source.Expression) {
		if name, ok := s.folder(m, e, cwd); ok {
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
