package program

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
)

// programs lists what can be started, apart from a Procfile's lines. Where the files in
// which a program usually begins settle which one it is, the others are opened only as far
// as it imports them.
func (s *Sources) programs() []Program {
	if len(s.frameworks()) == 1 && !s.project.Dynamic && !s.waits() {
		usual := slices.DeleteFunc(slices.Clone(s.All()), func(file string) bool { return s.IsAside(file) || !s.begins(file) })
		if found := s.startable(usual); s.settled(found, usual) {
			return found
		}
	}
	return s.startable(s.All())
}

// begins says whether a program usually begins in such a file: in those of the project's
// folder, and in what is called as one.
func (s *Sources) begins(file string) bool {
	dir, base := path.Split(detect.From(s.project.Dir, file))
	return dir == "" || dir == "src/" || dir == "app/" || slices.Contains(usualNames, base) || slices.Contains(mainNames, base)
}

// settled says whether no file beside the usual ones can hold another program that would
// be chosen, in a project that depends on one framework and on nothing that waits for
// jobs: one of the programs found answers, is no function that makes what answers, and has
// a usual name; nothing is imported by a name that is computed; and no other file is nearer
// to the project's folder. What is left is an application that wraps the one found, in a
// file with an unusual name that nothing imports.
func (s *Sources) settled(found []Program, usual []string) bool {
	answering := ofKind(found, Scripted, Application)
	if len(answering) == 0 {
		return false
	}
	one, err := s.one(answering)
	if err != nil || one.Factory || s.rank(one)[1] == unusual || s.computes(s.Closure(one.File)) {
		return false
	}
	return !slices.ContainsFunc(s.beside(usual), func(file string) bool { return s.rank(Program{File: file})[0] < s.rank(one)[0] })
}

// beside lists the files that may hold a program and are not among those given, which
// are sorted.
func (s *Sources) beside(given []string) []string {
	return slices.DeleteFunc(slices.Clone(s.All()), func(file string) bool {
		_, ok := slices.BinarySearch(given, file)
		return ok || s.IsAside(file)
	})
}

// searched says whether every file that may hold a program was looked into, or is imported
// by the one that was found.
func (s *Sources) searched(found string) bool {
	rest := s.beside(s.among)
	if len(rest) == 0 {
		return true
	}
	imported := s.Closure(found)
	return !slices.ContainsFunc(rest, func(file string) bool { return !slices.Contains(imported, file) })
}

// waits says whether the project depends on what makes workers, which stand beside the
// program that answers and are found by nobody's import.
func (s *Sources) waits() bool {
	_, queue := s.project.Has("rq", "arq")
	return queue || slices.ContainsFunc(workers, func(w worker) bool {
		_, ok := s.project.Has(w.name)
		return ok
	})
}

// importers are calls that import a module by a name that may be computed.
var importers = []string{
	"importlib.import_module", "__import__", "pkgutil.iter_modules", "pkgutil.walk_packages", "runpy.run_module", "runpy.run_path",
	"exec", "werkzeug.utils.find_modules", "werkzeug.utils.import_string",
}

// computes says whether one of the files imports others by names that it computes.
func (s *Sources) computes(files []string) bool {
	return slices.ContainsFunc(files, func(file string) bool {
		for _, call := range s.Module(file).Calls {
			if slices.Contains(importers, call.Text) {
				return true
			}
		}
		return false
	})
}

// distributions are those of modules that are called otherwise.
var distributions = map[string]string{"fasthtml": "python-fasthtml", "socketio": "python-socketio", "()": "pyramid", "config": "pyramid"}

// base is what other frameworks are made of: a list of all that is installed has it, and
// hardly a program of its own.
const base = "starlette"

// bringing are distributions with the frameworks that they bring along.
var bringing = map[string][]string{
	"apiflask":            {"flask"},
	"chainlit":            {"fastapi", "starlette", "python-socketio"},
	"connexion":           {"flask", "starlette"},
	"dash":                {"flask"},
	"fastapi":             {"starlette"},
	"flask-openapi3":      {"flask"},
	"flask-socketio":      {"python-socketio"},
	"functions-framework": {"flask", "starlette"},
	"gradio":              {"fastapi", "starlette"},
	"locust":              {"flask"},
	"python-fasthtml":     {"starlette"},
	"quart":               {"flask"},
	"shiny":               {"starlette"},
	"streamlit":           {"starlette"},
}

// frameworks lists the distributions of frameworks that the project depends on, without
// those that only others of its distributions bring along.
func (s *Sources) frameworks() []string {
	there := map[string]bool{}
	note := func(module string) {
		name, _, _ := strings.Cut(module, ".")
		if special, ok := distributions[name]; ok {
			name = special
		}
		if _, ok := s.project.Has(project.Normalise(name)); ok {
			there[project.Normalise(name)] = true
		}
	}
	for _, f := range frameworks {
		for _, maker := range f.makers {
			note(maker)
		}
	}
	for _, f := range scripted {
		note(f.imports)
	}
	for _, maker := range functionMakers {
		note(maker)
	}
	for by, brought := range bringing {
		if _, ok := s.project.Has(by); !ok {
			continue
		}
		for _, name := range brought {
			if name == base || !s.project.Requires(name) {
				delete(there, name)
			}
		}
	}
	return slices.Sorted(maps.Keys(there))
}
