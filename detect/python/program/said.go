package program

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/manifest"
)

// starting are words of commands that start programs of Python.
var starting = []string{"gunicorn ", "uvicorn ", "hypercorn ", "granian ", "daphne ", "waitress-serve ", "uwsgi ", "streamlit run ", "chainlit run ", "fastmcp run ", "aiohttp.web ", "fastapi run ", "python ", "python3 ", "flask ", "celery ", "rq worker", "arq ", "dramatiq ", "taskiq "}

// saying are the commands of the project's own files that start a program of Python, those
// for development and tests left out, each as a line of a Procfile would be.
func (s *Sources) saying() []Program {
	if s.told != nil {
		return *s.told
	}
	var all []Program
	for _, call := range manifest.Calls(s.tree, s.project.Dir, starting...) {
		if call.By == manifest.Aside || len(call.Words) < 2 {
			continue
		}
		p := Program{Kind: Declared, Root: path.Join(s.project.Dir, call.In), Argv: slices.Clone(call.Words), At: call.At, Env: call.Set}
		p.clean()
		if len(p.Argv) > 1 {
			s.recognise(&p)
			all = append(all, p)
		}
	}
	s.told = &all
	return all
}

// said tells which of several programs the project's own files start.
func (s *Sources) said(all []Program) func(Program) bool {
	return func(p Program) bool {
		if p.File == "" || p.Kind == Command {
			return false
		}
		return slices.ContainsFunc(s.saying(), func(say Program) bool {
			return say.File == p.File && (say.Object == "" || p.Object == "" || say.Object == p.Object) || say.File == "" && s.runs(say, p)
		}) || p.Kind == Application && s.namedBy(p)
	}
}

// runs says whether a command names a program by its file or its module.
func (s *Sources) runs(say, p Program) bool {
	return slices.ContainsFunc(say.Argv[1:], func(w string) bool {
		file, object, _ := strings.Cut(w, ":")
		return path.Join(say.Root, file) == p.File && (object == "" || object == p.Object)
	})
}

// saidToo adds what the project's own files start and nothing else shows to be a program: a
// file that streamlit runs and that others of it do the work for, a function that aiohttp's
// own command takes, an object that fastmcp's does.
func (s *Sources) saidToo(found []Program) []Program {
	if _, ok := s.project.Has("streamlit", "fastmcp", "aiohttp"); !ok {
		return found
	}
	for _, say := range s.saying() {
		p, ok := s.byCommand(say)
		there := slices.ContainsFunc(found, func(o Program) bool {
			return o.File == p.File && (o.Framework == p.Framework || o.Kind == Application) // whose main program tells
		})
		if !ok || there {
			continue
		}
		p.At, p.Reason = say.At, fmt.Sprintf("%s starts it", say.At)
		if p.Framework == "Streamlit" { // the others are what it imports
			found = slices.DeleteFunc(found, func(o Program) bool { return o.Framework == p.Framework })
		}
		found = append(found, p)
	}
	return found
}

// byCommand is the program that a framework's own command takes.
func (s *Sources) byCommand(say Program) (Program, bool) {
	last := func(suffix string) (name, object string, ok bool) {
		for _, w := range say.Argv[1:] {
			if name, object, _ = strings.Cut(w, ":"); suffix != "" && strings.HasSuffix(name, suffix) || suffix == "" && object != "" {
				return name, object, true
			}
		}
		return "", "", false
	}
	p := Program{Root: say.Root, protocol: own}
	switch argv := say.Argv; {
	case argv[0] == "streamlit" && argv[1] == "run":
		name, _, ok := last(".py")
		p.Kind, p.Framework, p.File, p.Root = Scripted, "Streamlit", path.Join(say.Root, name), s.project.Dir
		p.Name = detect.From(s.project.Dir, p.File)
		return p, ok && s.Has(p.File)
	case argv[0] == "fastmcp" && argv[1] == "run":
		name, object, ok := last(".py")
		p.Kind, p.Framework, p.File, p.Object = Application, fastMCP, path.Join(say.Root, name), object
		p.Name, p.Module = detect.From(s.project.Dir, p.File), source.DottedName(p.File, p.Root)
		if p.Object == "" {
			p.Object = "mcp"
		}
		return p, ok && s.Has(p.File) && slices.ContainsFunc(argv, overHTTP)
	case argv[0] == "python" && argv[1] == "-m" && len(argv) > 3 && argv[2] == "aiohttp.web":
		module, object, ok := last("")
		p.Kind, p.Framework, p.Module, p.Object, p.File = Application, aiohttpWeb, module, object, s.ModuleFile(say.Root, module)
		p.Name = p.Target()
		return p, ok && p.File != ""
	}
	return Program{}, false
}

// overHTTP knows the words by which a server of MCP is told to listen.
func overHTTP(word string) bool {
	return slices.Contains([]string{"http", "sse", "streamable-http", "--transport=http", "--transport=sse", "--transport=streamable-http"}, word)
}

// namedBy says whether a file in which programs begin, or a script beside the program, starts
// an application by its name, as a text.
func (s *Sources) namedBy(p Program) bool {
	return slices.ContainsFunc(s.All(), func(file string) bool {
		dir := path.Dir(detect.From(s.project.Dir, file))
		return (s.begins(file) || dir == "scripts" || dir == "bin") && slices.ContainsFunc(s.Module(file).Calls, func(call source.Expression) bool {
			first, ok := call.Positional(0)
			return ok && strings.HasSuffix(call.Text, "uvicorn.run") && first.Form == source.Text && (first.Text == p.Target() || first.Text == p.Name)
		})
	})
}

// asSaid starts a worker as the project's own files do, by the module that has it know its
// jobs and the queues that it takes.
func (s *Sources) asSaid(worker Program) Program {
	for _, say := range s.saying() {
		at := slices.Index(say.Argv, "worker")
		if worker.Framework != "celery" || say.Argv[0] != "celery" || at < 0 || slices.ContainsFunc(say.Argv, func(w string) bool { return strings.ContainsAny(w, "$`{") }) {
			continue
		}
		module := appOf(say.Argv)
		file := s.ModuleFile(say.Root, strings.Split(module, ":")[0])
		if file == "" || file != worker.File && !slices.Contains(s.Closure(file), worker.File) {
			continue
		}
		worker.File, worker.Root, worker.Module, worker.Argv = file, say.Root, module, slices.Clone(say.Argv)
		worker.Name = s.moduleName(file, say.Root)
		beats := slices.ContainsFunc(say.Argv, func(w string) bool { return w == "-B" || w == "--beat" })
		told := slices.ContainsFunc(say.Argv, func(w string) bool { return w == "-s" || strings.HasPrefix(w, "--schedule") })
		if beats && !told { // it keeps a file of what it started when
			worker.Argv = append(worker.Argv, "--schedule=/tmp/celerybeat-schedule")
		}
		worker.Reason = fmt.Sprintf("%s starts it so", say.At)
		return worker
	}
	return worker
}

// appOf is the application that a command of Celery names.
func appOf(argv []string) string {
	for i, w := range argv {
		if rest, ok := strings.CutPrefix(w, "--app="); ok {
			return rest
		}
		if (w == "-A" || w == "--app") && i+1 < len(argv) {
			return argv[i+1]
		}
	}
	return ""
}

// inFolder starts an application in the folder, and with the file of settings, that the
// project's own files start it in and with.
func (s *Sources) inFolder(app Program) Program {
	dir := path.Dir(app.File)
	if app.Kind != Application || app.Framework == "Django" || app.protocol == own || dir == app.Root || s.Has(path.Join(dir, "__init__.py")) {
		return app
	}
	for _, say := range s.saying() {
		if _, ok := ServerIn(say.Argv); !ok || say.File != app.File || say.Object != app.Object || say.Root == s.project.Dir {
			continue
		}
		app.Root, app.Module = say.Root, say.Module
		if file := settingsOf(say.Argv); file != "" && s.Has(path.Join(say.Root, file)) {
			app.Settings = file
		}
		app.Reason += fmt.Sprintf("; %s starts it there", say.At)
		return app
	}
	return app
}

// settingsOf is the file that a command has gunicorn read.
func settingsOf(argv []string) string {
	for i, w := range argv {
		if rest, ok := strings.CutPrefix(w, "--config="); ok && argv[0] == "gunicorn" {
			return rest
		}
		if (w == "-c" || w == "--config") && i+1 < len(argv) && argv[0] == "gunicorn" {
			return argv[i+1]
		}
	}
	return ""
}
