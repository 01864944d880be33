package program

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Kind is what a program is.
type Kind string

// The kinds of programs.
const (
	Application Kind = "application" // an object that a server serves
	Scripted    Kind = "app"         // a file that a framework's command runs
	Worker      Kind = "worker"      // waits for jobs
	Script      Kind = "script"      // a file that is run
	ModuleMain  Kind = "module"      // a package with a __main__.py
	Command     Kind = "command"     // a command that the installed project brings
	Declared    Kind = "process"     // a line of a Procfile
)

// Program is one thing of a project that can be started.
type Program struct {
	Kind      Kind
	Name      string // as --main takes it: "app.main:app", "worker.py", "orders"
	File      string // where it is, from the root, or none
	Root      string // the folder that it is started in, from the root
	Module    string // dotted, from there
	Object    string // the application, or the function that makes it
	Factory   bool
	Framework string
	protocol  protocol // of an application: how a server speaks to it
	Argv      []string
	Env       []string          // NAME=value
	Before    []Step            // steps of the line that stay before it
	Told      []detect.Listener // where the server's own file of settings has it listen
	Wants     []Variable        // that such a file reads
	Ends      bool              // that file has it end at SIGTERM
	Silent    bool              // it speaks over its standard input and output, and opens no port
	Settings  string            // a file of settings of its server, from the folder it is started in, that the server does not find by itself
	Process   string            // the name of the line in the Procfile
	Err       error             // why that line cannot be executed as it is
	Reason    string
	At        detect.Evidence
}

// Target is module:object.
func (p Program) Target() string { return p.Module + ":" + p.Object }

// Known is what is known of a program's framework: some have an application for
// either protocol, others a command.
func (p Program) Known() (Framework, bool) {
	for _, f := range frameworks {
		if f.Name == p.Framework && f.protocol == p.protocol {
			return f, true
		}
	}
	for _, f := range scripted {
		if f.Name == p.Framework {
			return f.Framework, true
		}
	}
	return Framework{}, false
}

// Brings says whether the program's framework brings a server along.
func (p Program) Brings(s Server) bool {
	f, ok := p.Known()
	return ok && f.server == s.Name
}

// frameworkOf is the framework whose maker a call is, in a module that may have
// imported all names of another.
func frameworkOf(m *source.Module, callee string) (Framework, bool) {
	for _, f := range frameworks {
		for _, maker := range f.makers {
			if callee == maker || starred(m, maker, callee) {
				return f, true
			}
		}
	}
	return Framework{}, false
}

// starred says whether a bare name comes from "from package import *".
func starred(m *source.Module, maker, callee string) bool {
	i := strings.LastIndexByte(maker, '.')
	return callee == maker[i+1:] && slices.ContainsFunc(m.Imports, func(im source.Import) bool { return im.Name == "*" && im.Module == maker[:i] })
}

// startable lists what can be started of some files, apart from a Procfile's lines.
func (s *Sources) startable(among []string) []Program {
	s.among = among
	applications := s.applications()
	if len(applications) == 0 {
		applications = s.functions()
	}
	all := s.saidToo(slices.Concat(s.scripted(false), applications, s.workers(), s.commands(), s.mains()))
	if len(all) == 0 {
		all = s.scripted(true)
	}
	return all
}

// candidates are those of the files that are looked into which may hold a program: what
// is Python, and not aside.
func (s *Sources) candidates() iter.Seq2[string, *source.Module] {
	return func(yield func(string, *source.Module) bool) {
		for _, file := range s.among {
			if s.IsAside(file) {
				continue
			}
			if m := s.Module(file); m.Err == nil && !yield(file, m) {
				return
			}
		}
	}
}

// scripted finds the files that frameworks' commands run: of those that stand beside
// a program as well, which are none of its own then, or of the others.
func (s *Sources) scripted(beside bool) []Program {
	var all []Program
	for file, m := range s.candidates() {
		for _, f := range scripted {
			line := m.ImportLine(f.imports)
			if line == 0 || f.beside != beside || f.calls != "" && !m.CallsAny(f.calls) {
				continue
			}
			if path.Base(path.Dir(file)) == "pages" { // of a program with several
				continue
			}
			all = append(all, Program{
				Kind: Scripted, Name: detect.From(s.project.Dir, file), File: file, Root: s.project.Dir, Framework: f.Name,
				At: detect.Evidence{File: file, Line: line},
			})
		}
	}
	return s.outermost(all)
}

// applications finds the objects and functions that servers take.
func (s *Sources) applications() []Program {
	var objects, factories []Program
	for _, m := range s.candidates() {
		for _, o := range m.Objects {
			if f, ok := s.made(m, o); ok && !o.Guarded {
				objects = append(objects, s.application(m, o.Name, f, o.Line))
			}
		}
		for _, d := range m.Defs {
			if f, ok := s.makes(m, d); ok {
				p := s.application(m, d.Name, f, d.Line)
				p.Factory = true
				factories = append(factories, p)
			}
		}
	}
	if len(objects) == 0 {
		return s.outermost(factories)
	}
	return s.outermost(firstObjects(objects))
}

// functions finds the functions that the Functions Framework is to answer with, by
// their decorators (https://github.com/GoogleCloudPlatform/functions-framework-python).
func (s *Sources) functions() []Program {
	var all []Program
	for _, m := range s.candidates() {
		for _, d := range m.Defs {
			if slices.ContainsFunc(d.Decorators, func(e source.Expression) bool { return slices.Contains(functionMakers, e.Text) }) {
				all = append(all, s.application(m, d.Name, Framework{Name: functionsFramework, protocol: own}, d.Line))
			}
		}
	}
	return all
}

// firstObjects keeps one object of a file: what is called app rather than what is not.
func firstObjects(all []Program) []Program {
	var kept []Program
	for _, p := range all {
		i := slices.IndexFunc(kept, func(k Program) bool { return k.File == p.File })
		switch {
		case i < 0:
			kept = append(kept, p)
		case objectRank(p.Object) < objectRank(kept[i].Object) || p.Object == kept[i].Object:
			kept[i] = p
		}
	}
	return kept
}

// objectRank orders the names of application objects by how usual they are.
func objectRank(name string) int {
	if i := slices.Index([]string{"application", "app", "server", "api", "asgi_app", "wsgi_app"}, name); i >= 0 {
		return i
	}
	return unusual
}

func (s *Sources) application(m *source.Module, object string, f Framework, line int) Program {
	root, _ := s.importRoot(m.File)
	p := Program{Kind: Application, File: m.File, Root: root, Module: source.DottedName(m.File, root), Object: object, Framework: f.Name, protocol: f.protocol, At: detect.Evidence{File: m.File, Line: line}}
	p.Name = s.moduleName(m.File, root) + ":" + object
	return p
}

// moduleName is what a file is called in the list of programs: as Python imports it where
// that is from src, else from the project's folder.
func (s *Sources) moduleName(file, root string) string {
	if root != s.project.File("src") {
		root = s.project.Dir
	}
	return source.DottedName(file, root)
}

// made says which framework makes an object: by its own maker, by a function of the
// project that uses one, or as the server behind a Dash application.
func (s *Sources) made(m *source.Module, o source.Object) (Framework, bool) {
	v := o.Value
	if v.Form == source.Name {
		base, attribute, _ := strings.Cut(v.Text, ".")
		if attribute != "server" {
			return Framework{}, false
		}
		v = m.Value(source.Expression{Form: source.Name, Text: base, Line: o.Line})
		if f, ok := frameworkOf(m, v.Text); ok && f.Name == "Dash" {
			return f, true
		}
		return Framework{}, false
	}
	if v.Form != source.Call {
		return Framework{}, false
	}
	f, ok := frameworkOf(m, v.Text)
	if ok && f.Name == "Dash" {
		return Framework{}, false // it is its server that is served
	}
	if ok {
		return f, true
	}
	if f, ok := s.byFunction(m, v.Text); ok {
		return f, true
	}
	inner, _ := v.Positional(0)
	if inner.Form == source.Call && objectRank(o.Name) < unusual { // app = Middleware(Flask(…))
		return frameworkOf(m, inner.Text)
	}
	return Framework{}, false
}

// farthestMaker bounds the modules and classes between a call and the framework that it
// comes from.
const farthestMaker = 4

// byFunction looks into the function or class of the project that a call names: one that
// makes an application, or is a kind of one, also where a package hands it on.
func (s *Sources) byFunction(m *source.Module, callee string) (Framework, bool) {
	return s.makerOf(m, callee, farthestMaker)
}

func (s *Sources) makerOf(m *source.Module, callee string, depth int) (Framework, bool) {
	for _, d := range m.Defs {
		if d.Name == callee {
			return s.makerIn(m, d, depth)
		}
	}
	name := callee[strings.LastIndexByte(callee, '.')+1:]
	for _, i := range m.Imports {
		if depth == 0 || i.Name == "" || i.Name != name && i.As != callee {
			continue
		}
		for _, file := range s.Targets(m, i, s.Ancestors(m.File)) {
			if file == m.File {
				continue
			}
			if f, ok := s.makerOf(s.Module(file), i.Name, depth-1); ok {
				return f, true
			}
		}
	}
	return Framework{}, false
}

// makerIn is the framework that a function makes an application of, or says that it
// returns one of, or that a class is a kind of.
func (s *Sources) makerIn(m *source.Module, d source.Definition, depth int) (Framework, bool) {
	if depth == 0 {
		return Framework{}, false
	}
	names := d.Bases
	if !d.Class {
		names = slices.Concat(d.Made, d.Bases)
	}
	for _, callee := range names {
		if f, ok := frameworkOf(m, callee); ok {
			return f, true
		}
	}
	for _, callee := range names {
		if callee == d.Name || !d.Class && !isClassName(callee) {
			continue
		}
		if f, ok := s.makerOf(m, callee, depth-1); ok {
			return f, true
		}
	}
	return Framework{}, false
}

// isClassName says whether the last part of a name begins as those of classes do.
func isClassName(name string) bool {
	last := name[strings.LastIndexByte(name, '.')+1:]
	return last != "" && last[0] >= 'A' && last[0] <= 'Z'
}

// makes says whether a function is one that makes the application: it is called so
// and needs no argument.
func (s *Sources) makes(m *source.Module, d source.Definition) (Framework, bool) {
	if d.Class || d.Needs > 0 || !strings.Contains(d.Name, "app") && !strings.Contains(d.Name, "create") && !strings.Contains(d.Name, "server") {
		return Framework{}, false
	}
	return s.makerIn(m, d, farthestMaker)
}

// outermost leaves out programs whose module another one imports: a part of it.
func (s *Sources) outermost(all []Program) []Program {
	if len(all) < 2 {
		return all
	}
	inner := map[string]bool{}
	for _, p := range all {
		for _, file := range s.Closure(p.File)[1:] {
			if file != p.File && !s.importsEachOther(file, p.File) {
				inner[file] = true
			}
		}
	}
	kept := slices.DeleteFunc(slices.Clone(all), func(p Program) bool { return inner[p.File] })
	if len(kept) == 0 {
		return all
	}
	return kept
}

func (s *Sources) importsEachOther(a, b string) bool {
	return slices.Contains(s.Closure(a), b)
}

// workers finds the applications that wait for jobs.
func (s *Sources) workers() []Program {
	var all []Program
	for _, m := range s.candidates() {
		for _, w := range workers {
			if _, ok := s.project.Has(w.name); !ok {
				continue
			}
			for _, o := range m.Objects {
				if o.Value.Form == source.Call && !o.Guarded && slices.Contains(w.makers, o.Value.Text) {
					all = append(all, s.worker(m, w, o.Name, o.Line))
					break
				}
			}
			for _, d := range m.Defs {
				if slices.ContainsFunc(d.Decorators, func(e source.Expression) bool { return slices.Contains(w.makers, e.Text) }) {
					all = append(all, s.worker(m, w, "", d.Line))
					break
				}
			}
		}
	}
	all = s.outermost(append(all, s.queues()...))
	for i := range all {
		all[i] = s.asSaid(all[i])
	}
	return all
}

// queues finds the workers of RQ: the file that starts one, or else the command for
// the queues that the project fills (https://python-rq.org/docs/workers/), and those
// of arq, whose settings are a class.
func (s *Sources) queues() []Program {
	var started, filled []Program
	for file, m := range s.candidates() {
		name := detect.From(s.project.Dir, file)
		p := Program{Kind: Worker, Name: name, File: file, Root: s.project.Dir, Framework: "rq", At: detect.Evidence{File: file, Line: 1}}
		for _, call := range m.Calls {
			p.At.Line = call.Line
			switch call.Text {
			case "rq.Worker", "rq.worker.Worker", "rq.SimpleWorker":
				p.Argv = []string{"python", name}
				if m.Guard == 0 && !m.Runs { // it is a function that somebody else calls
					p.Argv = s.flaskCommand(m, call.Line)
				}
				if p.Argv != nil {
					started = append(started, p)
				}
			case "rq.Queue", "rq.queue.Queue":
				p.Name, p.Argv = "rq", []string{"rq", "worker"}
				filled = append(filled, p)
			}
		}
		for _, d := range m.Defs {
			if d.Class && d.Name == "WorkerSettings" && m.ImportLine("arq") > 0 {
				p.Framework, p.At.Line = "arq", d.Line
				p.Root, _ = s.importRoot(file)
				p.Module, p.Object = source.DottedName(file, p.Root), d.Name
				p.Argv = []string{"arq", p.Module + "." + d.Name}
				started = append(started, p)
			}
		}
	}
	if len(started) > 0 {
		return started[:1]
	}
	return filled[:min(1, len(filled))]
}

// flaskCommand is the command of Flask's that runs the function around a line, nil where it is
// none (https://flask.palletsprojects.com/en/stable/cli/#custom-commands).
func (s *Sources) flaskCommand(m *source.Module, line int) []string {
	if _, ok := s.project.Has("flask"); !ok {
		return nil
	}
	i := slices.IndexFunc(m.Defs, func(d source.Definition) bool {
		return !d.Class && slices.ContainsFunc(m.Blocks, func(b source.Block) bool {
			return b.Def == d.Name && b.From <= line && (b.To == 0 || line <= b.To)
		})
	})
	if i < 0 {
		return nil
	}
	words := []string{"flask"}
	if !s.Holds(s.project.Dir, "app") && !s.Holds(s.project.Dir, "wsgi") {
		if apps := s.applications(); len(apps) == 1 {
			words = append(words, "--app", apps[0].Target())
		}
	}
	for _, e := range m.Defs[i].Decorators {
		group, method, ok := cutLast(e.Text)
		if !ok || method != "command" {
			continue
		}
		name := strings.TrimSuffix(strings.ReplaceAll(m.Defs[i].Name, "_", "-"), "-command")
		return append(append(words, groupName(m, group)...), firstText(e, name))
	}
	return nil
}

// groupName is what a group of commands is called on the command line: what its decorator or
// its making says, nothing for the commands of an application itself.
func groupName(m *source.Module, group string) []string {
	for _, d := range m.Defs {
		for _, e := range d.Decorators {
			if _, method, _ := cutLast(e.Text); d.Name == group && method == "group" {
				return []string{firstText(e, strings.TrimSuffix(strings.ReplaceAll(d.Name, "_", "-"), "-group"))}
			}
		}
	}
	if made := m.Value(source.Expression{Form: source.Name, Text: group}); strings.HasSuffix(made.Text, "AppGroup") {
		return []string{firstText(made, group)}
	}
	if name, ok := strings.CutSuffix(group, ".cli"); ok {
		if made := m.Value(source.Expression{Form: source.Name, Text: name}); strings.HasSuffix(made.Text, "Blueprint") {
			return []string{firstText(made, name)}
		}
	}
	return nil
}

// firstText is the first argument of a call where that is a text.
func firstText(call source.Expression, otherwise string) string {
	if first, ok := call.Argument(0, "name"); ok && first.Form == source.Text {
		return first.Text
	}
	return otherwise
}

func (s *Sources) worker(m *source.Module, w worker, object string, line int) Program {
	root, _ := s.importRoot(m.File)
	p := Program{Kind: Worker, File: m.File, Root: root, Module: source.DottedName(m.File, root), Object: object, Framework: w.name, At: detect.Evidence{File: m.File, Line: line}}
	app := p.Module
	if object != "app" && object != "celery" {
		app = p.Target()
	}
	for _, word := range w.command {
		p.Argv = append(p.Argv, strings.NewReplacer("{app}", app, "{module}", p.Module, "{object}", object).Replace(word))
	}
	p.Name = strings.TrimSuffix(s.moduleName(m.File, root)+":"+object, ":")
	return p
}

// commands are those of the installed project.
func (s *Sources) commands() []Program {
	var all []Program
	for _, name := range slices.Sorted(maps.Keys(s.project.Scripts)) {
		target := s.project.Scripts[name]
		p := Program{Kind: Command, Name: name, Root: s.project.Dir, File: s.fileOf(target), Argv: []string{name}, Module: target, At: s.project.ScriptAt(name)}
		if s.project.Package || s.called(&p) {
			all = append(all, p)
		}
	}
	return all
}

// called makes a command of a project that is not installed, and so brings none, the
// function that it stands for.
func (s *Sources) called(p *Program) bool {
	name, function, ok := strings.Cut(strings.ReplaceAll(p.Module, " ", ""), ":")
	if !ok || p.File == "" || !source.Importable(name) || !source.Importable(function) {
		return false
	}
	if strings.HasPrefix(detect.From(s.project.Dir, p.File), "src/") {
		p.Root = s.project.File("src")
	}
	first, _, _ := strings.Cut(function, ".")
	p.Argv = []string{"python", "-c", fmt.Sprintf("from %s import %s; exit(%s())", name, first, function)}
	return true
}

// fileOf is the file of an entry point's module, or none.
func (s *Sources) fileOf(target string) string {
	name, _, _ := strings.Cut(target, ":")
	for _, root := range []string{s.project.Dir, s.project.File("src")} {
		if file := s.ModuleFile(root, strings.TrimSpace(name)); file != "" {
			return file
		}
	}
	return ""
}

// mainNames are what a file with the main program is called, the most usual first.
var mainNames = []string{"main.py", "app.py", "bot.py", "run.py", "server.py", "__main__.py", "start.py", "index.py", "hello.py"}

// mains finds packages with a __main__.py and files that do something when they are
// run, in the project's folder and in src. Where there are none, and the project is
// no package for others, it is the main program of one of its packages.
func (s *Sources) mains() []Program {
	var packages, scripts, inner []Program
	for _, file := range s.among {
		dir, base := path.Split(detect.From(s.project.Dir, file))
		if s.IsAside(file) || base == "manage.py" || slices.Contains(ofServers, base) || strings.HasSuffix(base, "_pb2.py") || strings.HasSuffix(base, "_pb2_grpc.py") { // generated by protoc
			continue
		}
		switch {
		case base == "__main__.py" && dir != "":
			packages = append(packages, s.packageMain(file))
		case dir == "" || dir == "src/" || dir == "app/":
			if m := s.Module(file); m.Runs || m.Guard > 0 || m.Err != nil && slices.Contains(mainNames, base) {
				scripts = append(scripts, s.script(file))
			}
		case strings.Count(strings.TrimPrefix(dir, "src/"), "/") == 1 && slices.Contains(mainNames, base) && !s.project.Package:
			if s.Module(file).Guard > 0 {
				inner = append(inner, s.script(file))
			}
		}
	}
	if len(packages)+len(scripts) == 0 {
		scripts = inner
	}
	return append(packages, s.outermost(scripts)...)
}

// ofServers are what files of settings are called that a server runs, and which are no
// programs of their own.
var ofServers = []string{"gunicorn.conf.py", "gunicorn_config.py", "gunicorn_conf.py", "gunicorn.config.py", "gunicorn.py", "hypercorn_config.py", "hypercorn.conf.py", "uvicorn_config.py"}

// packageMain is the program of a __main__.py.
func (s *Sources) packageMain(file string) Program {
	root, _ := s.importRoot(file)
	if path.Dir(file) == root {
		root = path.Dir(root)
	}
	name := strings.TrimSuffix(source.DottedName(file, root), ".__main__")
	return Program{
		Kind: ModuleMain, Name: name, File: file, Root: root, Module: name, Argv: []string{"python", "-m", name},
		At: detect.Evidence{File: file, Line: max(s.Module(file).Guard, 1)},
	}
}

// script is a file that is run, as a module where its imports begin above it.
func (s *Sources) script(file string) Program {
	name := detect.From(s.project.Dir, file)
	p := Program{
		Kind: Script, Name: name, File: file, Root: s.project.Dir, Argv: []string{"python", name},
		At: detect.Evidence{File: file, Line: max(s.Module(file).Guard, 1)},
	}
	if root, n := s.importRoot(file); n > 0 && root != path.Dir(file) {
		p.Root, p.Module = root, source.DottedName(file, root)
		p.Argv = []string{"python", "-m", p.Module}
	}
	return p
}

// ambiguous says that none of a project's programs is clearly the product.
func ambiguous(project *project.Project, programs []Program) error {
	e := &detect.ChoiceError{
		Subject: fmt.Sprintf("%s: %d programs and none of them is clearly the product", project.At.File, len(programs)),
		Flag:    "--main", Several: true,
	}
	for _, p := range programs {
		e.Options = append(e.Options, detect.Option{Value: p.Name, At: p.At})
	}
	return e
}

// choose settles which programs of a project are services: those asked for, those
// of a Procfile, else its product.
func (s *Sources) choose(declared []Program, wanted []string) ([]Program, error) {
	if chosen := s.asked(declared, wanted); len(chosen) > 0 {
		return chosen, nil
	}
	if len(declared) > 0 {
		return declared, nil
	}
	return s.product(s.programs())
}

// product is what of the programs found is to be deployed: the one that answers or is the
// command, and its workers.
func (s *Sources) product(found []Program) ([]Program, error) {
	var main []Program
	for _, kinds := range [][]Kind{{Scripted, Application}, {Command}, {ModuleMain}, {Script}} {
		of := ofKind(found, kinds...)
		if len(of) == 0 {
			continue
		}
		one, err := s.one(of)
		if err != nil {
			return nil, err
		}
		main = []Program{s.inFolder(s.started(s.starter(one, found), found))}
		break
	}
	workers := ofKind(found, Worker)
	if len(workers) > 0 && len(main) > 0 && main[0].Kind != Application && main[0].Kind != Scripted {
		main = nil // a script beside a worker's application is not what runs
	}
	if len(workers) > 1 {
		one, err := s.one(workers)
		if err != nil {
			return nil, err
		}
		workers = []Program{one}
	}
	for i := range workers {
		workers[i].Reason = cmp.Or(workers[i].Reason, "the only application of "+workers[i].Framework)
	}
	return append(main, workers...), nil
}

// starter is the script that serves an application, or has it beside its own work,
// where no server for it is a dependency: otherwise the application.
func (s *Sources) starter(app Program, found []Program) Program {
	if script, ok := s.speaksMCP(app, found); ok {
		return script
	}
	f, ok := app.Known()
	if app.Kind != Application || !ok || f.protocol == own || f.server != "" || s.serves(f.protocol) {
		return app
	}
	for _, script := range ofKind(found, Script) {
		if script.File == app.File || !slices.Contains(s.Closure(script.File), app.File) {
			continue
		}
		listens := s.listens(s.Closure(script.File))
		if slices.ContainsFunc(listens, func(l detect.Listener) bool { return !l.Loopback || l.Host != "" }) {
			script.Reason = "it runs " + app.Name + ", for which no server is a dependency"
			return script
		}
	}
	return app
}

// speaksMCP is the file of an application where its main program runs a server of MCP unless
// an option asks for the application.
func (s *Sources) speaksMCP(app Program, found []Program) (Program, bool) {
	m := s.Module(app.File)
	if app.Kind != Application || m == nil {
		return app, false
	}
	when := func(line int) int { // how many conditions that come first stand around a line
		return len(slices.DeleteFunc(slices.Clone(m.Blocks), func(b source.Block) bool {
			guard := b.From == m.Guard
			return guard || b.Def != "" || b.Class != "" || b.Else > 0 || line < b.From || b.To != 0 && line > b.To
		}))
	}
	runs := slices.ContainsFunc(m.Guarded, func(c source.Expression) bool {
		base, method, _ := cutLast(c.Text)
		made := m.Value(source.Expression{Form: source.Name, Text: base, Line: c.Line})
		return method == "run" && strings.HasSuffix(made.Text, ".FastMCP") && when(c.Line) == 0
	})
	serves := slices.ContainsFunc(m.Guarded, func(c source.Expression) bool {
		return strings.HasSuffix(c.Text, "uvicorn.run") && when(c.Line) == 0
	})
	if !runs || serves {
		return app, false
	}
	i := slices.IndexFunc(found, func(p Program) bool { return p.Kind == Script && p.File == app.File })
	if i < 0 {
		return app, false
	}
	found[i].Silent = true
	found[i].Reason = "its main program runs the server of MCP, and " + app.Name + " only where an option asks for that"
	return found[i], true
}

// started is the script that the project's own files start by its name, where the command
// that the project installs runs none of it: such a command is a tool beside the program.
func (s *Sources) started(command Program, found []Program) Program {
	if command.Kind != Command || len(s.listens(s.Closure(command.File))) > 0 {
		return command
	}
	scripts := slices.DeleteFunc(ofKind(found, Script), func(p Program) bool {
		beside := path.Dir(p.File) == s.project.Dir && s.rank(p)[1] < unusual
		return !beside || slices.Contains(s.Closure(p.File), command.File) || slices.Contains(s.Closure(command.File), p.File)
	})
	if len(scripts) == 0 {
		return command
	}
	for _, say := range s.saying() {
		for _, p := range scripts {
			if say.Argv[0] != "python" || strings.TrimPrefix(say.Argv[1], "./") != path.Base(p.File) {
				continue
			}
			p.Reason = fmt.Sprintf("%s starts it, and the command %s runs none of it", say.At, command.Name)
			return p
		}
	}
	return command
}

func ofKind(all []Program, kinds ...Kind) []Program {
	return slices.DeleteFunc(slices.Clone(all), func(p Program) bool { return !slices.Contains(kinds, p.Kind) })
}

// asked are the programs that --main names, of a Procfile or of any file, also one that
// nothing else leads to.
func (s *Sources) asked(declared []Program, wanted []string) []Program {
	if len(wanted) == 0 {
		return nil
	}
	found := slices.Concat(declared, s.startable(s.All()))
	var chosen []Program
	for _, want := range wanted {
		i := slices.IndexFunc(found, func(p Program) bool { return p.is(want, s.project.Dir) })
		switch file := s.asFile(want); {
		case i >= 0:
			found[i].Reason = "chosen by --main"
			chosen = append(chosen, found[i])
		case file != "":
			p := s.script(file)
			p.Reason = "chosen by --main"
			chosen = append(chosen, p)
		}
	}
	return chosen
}

// is says whether a name means the program: as it is listed, its file, its process.
func (p Program) is(want, dir string) bool {
	want = path.Clean(want)
	return p.Name == want || p.File != "" && (p.File == want || detect.From(dir, p.File) == want) || p.Process == want && want != "." || p.Object != "" && source.DottedName(p.File, dir)+":"+p.Object == want || p.Module != "" && p.Target() == want
}

// asFile is the file of the project that a name means, or none.
func (s *Sources) asFile(want string) string {
	for _, file := range []string{path.Join(s.project.Dir, want), path.Clean(want)} {
		if s.Has(file) {
			return file
		}
	}
	return ""
}

// one settles which of several programs of a kind it is: the only one, the one that
// is called as the project, the one that is no help for development, the one with the
// usual name nearest to the project's folder, the one that answers, or none.
func (s *Sources) one(all []Program) (Program, error) {
	if len(all) == 1 {
		all[0].Reason = "the only " + all[0].describe()
		if !s.searched(all[0].File) {
			all[0].Reason += " in the files in which programs begin"
		}
		return all[0], nil
	}
	for _, tell := range []struct {
		fits   func(Program) bool
		reason string
	}{
		{s.said(all), "the only one that the project's own files start, among %d"},
		{s.namesake, "named as the project, among %d"},
		{isProduct, "the only one that is no help for development, among %d"},
		{s.usual(all), "the usual name, among %d"},
		{s.opens, "the only one that opens a port, among %d"},
	} {
		fit := slices.DeleteFunc(slices.Clone(all), func(p Program) bool { return !tell.fits(p) })
		if len(fit) == 1 {
			fit[0].Reason = fmt.Sprintf(tell.reason, len(all))
			return fit[0], nil
		}
	}
	return Program{}, ambiguous(s.project, all)
}

// namesake says whether a command or package is called as the project.
func (s *Sources) namesake(p Program) bool {
	return (p.Kind == Command || p.Kind == ModuleMain) && project.Normalise(p.Name) == project.Normalise(s.project.Name)
}

// helpers are what commands for development are called.
var helpers = []string{"dev", "develop", "test", "tests", "lint", "format", "fmt", "check", "typecheck", "docs", "coverage", "clean", "build", "release"}

// isProduct says whether a command is none for development by its name.
func isProduct(p Program) bool { return p.Kind == Command && !slices.Contains(helpers, p.Name) }

// usual says which programs have the most usual name, nearest to the project's folder.
// It tells commands apart as little as those of two frameworks, that people use side
// by side.
func (s *Sources) usual(all []Program) func(Program) bool {
	best := slices.MinFunc(all, func(a, b Program) int { return slices.Compare(s.rank(a), s.rank(b)) })
	mixed := slices.ContainsFunc(all, func(p Program) bool { return p.Framework != all[0].Framework }) && all[0].Kind != Script
	return func(p Program) bool {
		return !mixed && p.Kind != Command && s.rank(best)[1] < unusual && slices.Equal(s.rank(p), s.rank(best))
	}
}

// opens says whether what a program runs opens a port, where its kind alone does not
// say so.
func (s *Sources) opens(p Program) bool {
	return slices.Contains([]Kind{Command, ModuleMain, Script}, p.Kind) && s.Has(p.File) && len(s.listens(s.Closure(p.File))) > 0
}

// usualNames are what the file with the application is called.
var usualNames = []string{"asgi.py", "wsgi.py", "main.py", "app.py", "application.py", "server.py", "api.py", "streamlit_app.py", "Home.py", "__init__.py", "run.py", "bot.py", "__main__.py", "celery.py", "celery_app.py", "worker.py", "tasks.py", "start.py", "index.py"}

// unusual is the rank of a file's name that is not among them.
const unusual = 100

// rank orders programs by how near they are and how usual their file's name is.
func (s *Sources) rank(p Program) []int {
	name := slices.Index(usualNames, path.Base(p.File))
	if name < 0 {
		name = unusual
	}
	return []int{strings.Count(detect.From(s.project.Dir, p.File), "/"), name}
}

// describe is what kind of program it is, in words.
func (p Program) describe() string {
	switch p.Kind {
	case Application, Scripted:
		return "application of " + p.Framework
	case Worker:
		return "worker of " + p.Framework
	case Command:
		if p.Argv[0] == "python" {
			return "command that the project names, which calls what stands for it, since it is not installed"
		}
		return "command that the project installs"
	case ModuleMain:
		return "package with a __main__.py"
	}
	return "file that does something when it is run"
}

// running lists the files that run with a program. Of a project of Django it is all
// of them, since they are named in settings rather than imported.
func (s *Sources) running(p Program) []string {
	if p.Framework == "Django" || p.File == "" || !s.Has(p.File) {
		return slices.DeleteFunc(slices.Clone(s.All()), s.IsAside)
	}
	files := s.Closure(p.File)
	for dir := path.Dir(p.File); p.Module != "" && dir != p.Root && dir != "."; dir = path.Dir(dir) { // packages that its import runs first
		if first := path.Join(dir, "__init__.py"); s.Has(first) && !slices.Contains(files, first) {
			for _, file := range s.Closure(first) {
				if !slices.Contains(files, file) {
					files = append(slices.Clip(files), file)
				}
			}
		}
	}
	return files
}

// Fault is what is wrong with the file of a program, or with another that it loads whenever
// it is started; nil where nothing is.
func (s *Sources) Fault(p Program) error {
	if s.Module(p.File) == nil {
		return nil
	}
	loaded := []string{p.File}
	for n := 0; n < len(loaded); n++ {
		m := s.Module(loaded[n])
		if m.Err != nil {
			return m.Err
		}
		for _, i := range m.Imports {
			if i.Lazy || i.Maybe {
				continue
			}
			for _, file := range s.Targets(m, i, s.Ancestors(loaded[n])) {
				if !slices.Contains(loaded, file) {
					loaded = append(loaded, file)
				}
			}
		}
	}
	return nil
}

// Foreign is an error for a program without a manifest that imports what is not
// Python's own.
func (s *Sources) Foreign(p Program) error {
	if !s.Has(p.File) {
		return nil
	}
	for _, file := range s.running(p) {
		for _, i := range s.Module(file).Imports {
			name, _, _ := strings.Cut(i.Module, ".")
			if name == "" || i.Lazy || source.IsStandard(name) || len(s.Targets(s.Module(file), i, s.Ancestors(file))) > 0 || s.Holds(s.project.Dir, name) {
				continue
			}
			return detect.Errorf(detect.Evidence{File: file, Line: i.Line}, "it imports %s, and no manifest says which version of what that is; list it in a requirements.txt", name)
		}
	}
	return nil
}

// WhyNone says why a project has no program to deploy.
func (s *Sources) WhyNone() string {
	for _, file := range s.All() {
		if err := s.Module(file).Err; err != nil && !s.IsAside(file) {
			return fmt.Sprintf("no program, but one file cannot be read as Python: %v", err)
		}
	}
	for _, file := range s.All() {
		m := s.Module(file)
		if m.Guard > 0 {
			name := detect.From(s.project.Dir, file)
			return fmt.Sprintf("a library: nothing in it is clearly a program; --main %s runs that file all the same", name)
		}
	}
	return "a library: nothing in it is a program"
}
