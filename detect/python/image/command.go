package image

import (
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// command settles what the container runs, and where it listens.
func (p *planner) command() error {
	p.environment()
	argv := p.in.Overrides.Command
	if len(argv) > 0 {
		p.plan.Decide("command", strings.Join(argv, " "), "--command", "asked for")
		if err := p.listening(p.addressed(argv), nothing); err != nil {
			return err
		}
	} else {
		var err error
		if argv, err = p.argv(); err != nil {
			return err
		}
		if p.detail.Program.Kind != program.Declared {
			p.plan.Decide("command", strings.Join(argv, " "), "--command", "started in "+p.home(), p.detail.Program.At)
		}
	}
	p.starts = argv
	p.stop(argv)
	p.takes(argv)
	if p.flavour == "distroless" {
		p.view.Entrypoint, p.view.Command = []string{environment + "/bin/python"}, interpreted(argv)
		return nil
	}
	if p.detail.Program.Kind == program.Command && len(p.in.Overrides.Command) == 0 || p.ground.Foreign { // which may have an entrypoint of its own
		p.view.Entrypoint = argv
		return nil
	}
	p.view.Command = argv
	return nil
}

// orderly are programs that handle SIGTERM.
var orderly = []string{"uvicorn", "gunicorn", "hypercorn", "granian", "daphne", "streamlit", "sanic", "celery", "dramatiq", "chainlit", "rq", "arq", "taskiq", "huey_consumer.py", "fastapi", "locust", "functions-framework", "panel"}

// stop settles the signal that ends the container: the first process of one heeds no
// SIGTERM that it does not handle, and Python by itself handles SIGINT alone.
func (p *planner) stop(argv []string) {
	if p.detail.Stops || p.detail.Program.Ends || slices.Contains(argv, "--die-on-term") || slices.Contains(orderly, argv[0]) || slices.Contains(orderly, p.execs) {
		return
	}
	p.view.StopSignal = "SIGINT"
	if argv[0] == "uwsgi" || p.execs == "uwsgi" {
		p.plan.Decide("stop signal", "SIGINT", "", "uWSGI reloads at SIGTERM", p.detail.Program.At)
		return
	}
	p.plan.Decide("stop signal", "SIGINT", "", "as the first process Python heeds no SIGTERM that the program does not handle", p.detail.Program.At)
}

// environment is what every program of Python gets.
func (p *planner) environment() {
	for _, v := range [][2]string{{"PYTHONUNBUFFERED", "1"}, {"PYTHONDONTWRITEBYTECODE", "1"}, {"PYTHONFAULTHANDLER", "1"}} {
		p.env(v[0], v[1])
	}
	if p.flavour != "distroless" {
		p.env("HOME", "/tmp")
		p.plan.Decide("home", "/tmp", "", "the user has none, and some packages write there")
	}
	if _, ok := p.detail.Project.Has("playwright"); ok {
		p.env("PLAYWRIGHT_BROWSERS_PATH", browsersDir)
	}
	if lies := p.detail.Lies; lies.Why != "" {
		dir := p.inImage(p.detail.Project.File(p.detail.SourceRoot))
		p.env("PYTHONPATH", dir)
		p.plan.Decide("runs from", dir, "", lies.Why, lies.At)
	}
	if slices.ContainsFunc(p.detail.Variables, func(v program.Variable) bool { return v.Name == "VIRTUAL_ENV" }) {
		p.env("VIRTUAL_ENV", environment)
	}
	for _, c := range caches {
		if _, ok := p.detail.Project.Has(c.name); ok {
			p.env(c.variable, c.value)
		}
	}
}

// caches are where distributions write, which would be a home that the user has not.
var caches = []struct{ name, variable, value string }{
	{"huggingface-hub", "HF_HOME", "/tmp/huggingface"},
	{"matplotlib", "MPLCONFIGDIR", "/tmp/matplotlib"},
	{"transformers", "HF_HOME", "/tmp/huggingface"},
}

func (p *planner) env(name, value string) {
	if !slices.ContainsFunc(p.view.RuntimeEnv, func(v plan.Variable) bool { return v.Name == name }) {
		p.view.RuntimeEnv = append(p.view.RuntimeEnv, plan.Variable{Name: name, Value: value})
	}
}

// asModules are programs of distributions that python -m runs as well.
var asModules = []string{"uvicorn", "gunicorn", "hypercorn", "daphne", "granian", "celery", "streamlit", "sanic", "dramatiq", "flask", "chainlit", "taskiq", "waitress", "locust", "panel"}

// interpreted makes an argv behind the interpreter, which in an image without a shell
// is what starts.
func interpreted(argv []string) []string {
	switch {
	case argv[0] == "python":
		return argv[1:]
	case argv[0] == "waitress-serve":
		return append([]string{"-m", "waitress"}, argv[1:]...)
	case argv[0] == "functions-framework":
		return append([]string{"-m", "functions_framework"}, argv[1:]...)
	case slices.Contains(asModules, argv[0]):
		return append([]string{"-m"}, argv...)
	}
	return append([]string{environment + "/bin/" + argv[0]}, argv[1:]...)
}

func (p *planner) argv() ([]string, error) {
	d := p.detail
	switch d.Program.Kind {
	case program.Application:
		return p.served()
	case program.Scripted:
		if f, ok := d.Program.Known(); ok {
			return p.framework(f)
		}
	case program.Declared:
		return p.process()
	case program.Worker:
		p.variables(program.WorkerEnv(d.Program.Framework))
		return d.Program.Argv, p.listening(nil, "a worker answers nobody")
	}
	p.options = true
	err := p.listening(d.Listens, nothing)
	return append(slices.Clone(d.Program.Argv), p.plan.Options...), err
}

// served is the server that the project depends on, with the application.
func (p *planner) served() ([]string, error) {
	d := p.detail
	f, ok := d.Program.Known()
	if !ok {
		return nil, fmt.Errorf("%s: nothing is known of its framework", d.Program.Name)
	}
	if f.ServesItself() {
		return p.framework(f)
	}
	one, ok := f.ServedBy(&d.Project)
	words := one.Command
	if d.Program.Factory {
		words = one.Factory
	}
	if !ok || words == nil {
		return p.itself(f)
	}
	given := p.given()
	if one.Name == "gunicorn" && d.Bind.Port != 0 {
		given = &d.Bind
	}
	if err := p.told(one.Port, one.Name+"'s own", given); err != nil {
		return nil, err
	}
	why := "the project depends on it"
	if p.along != "" {
		why = "brought along, as the project depends on none"
	}
	p.plan.Decide("server", one.Name, "--command", why, p.serverAt(one.Name))
	words = p.fill(words, d.Program.Target())
	if one.Name == "gunicorn" && d.Program.Settings != "" {
		words = append(words, "--config", d.Program.Settings)
	}
	if one.Name == "gunicorn" {
		words = append(words, p.sockets()...)
	}
	return words, nil
}

// sockets are the workers of gunicorn that hold Flask-SocketIO's connections, which
// its usual ones do not
// (https://flask-socketio.readthedocs.io/en/latest/deployment.html#gunicorn-web-server).
func (p *planner) sockets() []string {
	if _, ok := p.detail.Project.Has("flask-socketio"); !ok {
		return nil
	}
	for _, worker := range [][2]string{
		{"eventlet", "eventlet"},
		{"gevent-websocket", "geventwebsocket.gunicorn.workers.GeventWebSocketWorker"},
		{"gevent", "gevent"},
	} {
		if one, ok := p.detail.Project.Has(worker[0]); ok {
			p.plan.Decide("workers", worker[0], "--command", "the project depends on it, and Flask-SocketIO's connections last", one.At)
			return []string{"--worker-class", worker[1]}
		}
	}
	p.plan.Decide("workers", "threads", "--command", "Flask-SocketIO's connections last, and each holds one", p.detail.Program.At)
	return []string{"--threads", "100"}
}

// serverAt is where a server is listed.
func (p *planner) serverAt(name string) detect.Evidence {
	if pkg, ok := p.detail.Project.Has(name); ok {
		return pkg.At
	}
	return p.detail.Project.ToolAt
}

// runsItself is where the main program of the application's file serves it.
func (p *planner) runsItself() (detect.Listener, bool) {
	d := p.detail
	for _, l := range d.Listens {
		if l.Direct && l.At.File == d.Program.File && (!l.Loopback || l.Host != "") {
			return l, true
		}
	}
	return detect.Listener{}, false
}

// itself runs the file whose main program serves the application, where no server is
// a dependency.
func (p *planner) itself(f program.Framework) ([]string, error) {
	d := p.detail
	if l, ok := p.runsItself(); ok {
		if err := p.listening([]detect.Listener{l}, ""); err != nil {
			return nil, err
		}
		p.plan.Decide("server", "the program itself", "--command", "no server is a dependency, and the main program of the file serves it", l.At)
		return []string{"python", detect.From(d.Program.Root, d.Program.File)}, nil
	}
	return nil, detect.Errorf(d.Program.At, "%s is an application of %s, and no server for it is a dependency: add %s, or give what runs with --command", d.Program.Name, f.Name, f.Lacks())
}

// framework is the command of a framework that serves itself.
func (p *planner) framework(f program.Framework) ([]string, error) {
	d := p.detail
	if err := p.told(f.Port, f.Name+"'s own", p.given()); err != nil {
		return nil, err
	}
	p.variables(f.Env)
	words := p.fill(f.Command, d.Program.Target())
	if d.Program.Factory && f.Factory != "" {
		words = append(words, f.Factory)
	}
	return words, nil
}

func (p *planner) fill(words []string, app string) []string {
	replace := strings.NewReplacer("{app}", app, "{object}", p.detail.Program.Object, "{file}", detect.From(p.detail.Program.Root, p.detail.Program.File), "{port}", strconv.Itoa(p.port()))
	var filled []string
	for _, w := range words {
		filled = append(filled, replace.Replace(w))
	}
	return filled
}

// given is a port that the main program names, or none.
func (p *planner) given() *detect.Listener {
	for _, l := range p.detail.Listens {
		if !l.Default && l.Port != 0 && l.At.File == p.detail.Program.File {
			return &l
		}
	}
	return nil
}

// told settles the port of a server that is told where to listen.
func (p *planner) told(usual int, whose string, given *detect.Listener) error {
	l := detect.Listener{Port: usual, Told: true, What: whose, At: p.detail.Program.At}
	if given != nil {
		l.Port, l.What, l.At = given.Port, "named in the project", given.At
	}
	return p.listening([]detect.Listener{l}, "")
}

// nothing is why a program has no port whose sources were looked into.
const nothing = "nothing in the program opens one"

// listening settles the ports that the program opens.
func (p *planner) listening(all []detect.Listener, silent string) error {
	s := plan.Serving{Listeners: all, Env: &p.view.RuntimeEnv, Overrides: p.in.Overrides, Options: p.options, Silent: silent, At: p.detail.Program.At}
	if silent == nothing && p.detail.Unread.Why != "" {
		s.Unread, s.At = p.detail.Unread.Why, p.detail.Unread.At
	}
	return p.plan.Listen(s)
}

// port is that of the main listener, or 0.
func (p *planner) port() int {
	main, _ := p.plan.Main()
	return main.On
}

// variables sets NAME=value in the image, the port in place of {port}.
func (p *planner) variables(all []string) {
	for _, v := range all {
		name, value, _ := strings.Cut(v, "=")
		p.env(name, strings.ReplaceAll(value, "{port}", strconv.Itoa(p.port())))
	}
}

// strangers are programs that lines of Procfiles start and no image of Python has.
var strangers = []string{"make", "just", "task", "npm", "npx", "node", "yarn", "pnpm", "bun", "docker", "docker-compose", "nginx", "caddy", "foreman", "bundle", "ruby", "php", "java", "go", "cargo"}

// process is the command of a Procfile's line, with the port in place of $PORT.
func (p *planner) process() ([]string, error) {
	d := p.detail
	argv, port, env, err := d.Program.Line(p.in.Overrides.Port)
	if err != nil {
		return nil, err
	}
	p.variables(env)
	line := d.Program.At
	if slices.Contains(strangers, argv[0]) && !p.ground.Foreign {
		return nil, detect.Errorf(line, "%s starts %s, which no image of Python has; give what runs with --command", d.Program.Process, argv[0])
	}
	web := d.Program.Process == "web"
	listens, silent := d.Listens, nothing
	switch {
	case len(d.Program.Told) > 0:
		listens = d.Program.Told
	case port != 0:
		named := detect.Listener{Port: port, What: "what the line in the Procfile says, or the server's own", At: line}
		named.Told = p.in.Overrides.Port == port // else the line would have taken it
		listens = []detect.Listener{named}
	case len(d.Listens) > 0:
	case web && slices.ContainsFunc(argv, func(w string) bool { return w == "sh" || w == "bash" || strings.HasSuffix(w, ".sh") }):
		silent = "the line starts a shell's script, which is not looked into"
		p.plan.Note("%s: what a shell's script starts is not looked into; give what runs with --command, and the port with --port", line)
	case web:
		silent = "the line names none"
	}
	if err := p.listening(listens, silent); err != nil {
		return nil, err
	}
	before := d.Program.Before
	migrates := func(s program.Step) bool { return s.Migrates }
	if slices.ContainsFunc(before, migrates) && p.in.Overrides.Own.On(noMigrations) {
		all := program.Joined(before)
		before = slices.DeleteFunc(slices.Clone(before), migrates)
		p.plan.Decide("steps before the start", cmp.Or(strings.TrimRight(program.Joined(before), " ;&"), plan.None), "--"+noMigrations, "asked for; the Procfile has "+strings.TrimRight(all, " ;&"), line)
	}
	p.steps = before
	if len(before) > 0 {
		if p.flavour == "distroless" {
			instead := "give what runs with --command"
			if !slices.ContainsFunc(before, func(s program.Step) bool { return !s.Migrates }) {
				instead = "take those before the server out with --" + noMigrations
			}
			return nil, &plan.OverrideError{Flag: "--runtime", Value: p.flavour, Err: detect.Errorf(line, "only a shell runs several commands, and that image has none; choose slim, or %s", instead)}
		}
		p.execs = argv[0]
		steps := program.Joined(before)
		argv = []string{"sh", "-c", steps + " exec " + p.sh(argv...)}
		if out := slices.DeleteFunc(slices.Clone(before), func(s program.Step) bool { return !s.Migrates }); len(out) > 0 {
			p.plan.Note("%s: --%s leaves out what every start runs first: %s", line, noMigrations, strings.TrimRight(program.Joined(out), " ;&"))
		} else {
			p.plan.Note("%s: every start runs first: %s; --command gives another start", line, strings.TrimRight(steps, " ;&"))
		}
	}
	p.plan.Decide("command", strings.Join(argv, " "), "--command", "the Procfile says so", line)
	return argv, nil
}

// copies settles what the runtime takes over, and whose its working folder is.
func (p *planner) copies() error {
	d := p.detail
	p.view.Home = p.home()
	p.view.Linked = true
	from := p.inImage(d.Project.Dir)
	venv := copied{From: environment, To: environment}
	if p.usesUV() {
		venv.Exclude = []string{".lock"} // uv's own, which everybody may write
	}
	p.view.Copies = append([]copied{venv}, p.view.Copies...)
	if p.remains() {
		app := copied{From: from, To: from}
		for _, name := range slices.Concat(d.Tests.Folder, d.Tests.Files) {
			if !slices.Contains(d.Tops, name) && plainName.MatchString(name) {
				app.Exclude = append(app.Exclude, name)
			}
		}
		for _, c := range p.built() {
			if dir := detect.From(d.Project.Dir, c.Dir); (c.Dir != d.Project.Dir && dir != c.Dir || d.Project.Dir == "." && c.Dir != ".") && plainName.MatchString(dir) {
				app.Exclude = append(app.Exclude, dir)
			}
		}
		if p.withoutSources() {
			app.Exclude = append(app.Exclude, d.SourceRoot)
		}
		p.view.Copies = append(p.view.Copies, app)
	} else {
		if p.flavour == "distroless" {
			p.view.Home = "" // the image has one, and a new one would be the user's
		}
		p.plan.Decide("sources", "in the environment", "", "the project is installed there, and its program reads nothing else of it", d.InstalledAt)
	}
	p.writable()
	p.last()
	return p.installers()
}

// installers gives the runtime those that the program calls: uv as one file, the others
// in environments of their own, so that what they need is not mixed with the program's.
func (p *planner) installers() error {
	for _, c := range p.detail.Starts {
		switch {
		case c.Path == "uv" || c.Path == "uvx":
			ref, err := p.in.Catalog.Resolve(uvImage, "", "")
			if err != nil {
				return err
			}
			p.view.RuntimeUV = ref.String()
			p.plan.Decide("uv", ref.String(), "", "the program calls it", c.At)
		case p.exporter(c.Path) != nil:
			dir := path.Join("/opt", c.Path)
			p.view.Deps = append(p.view.Deps, run{Caches: []string{pipCache}, Commands: []string{
				p.venv(dir),
				p.sh(append([]string{"pip", "--python", dir + "/bin/python", "install"}, p.exporter(c.Path)...)...),
				p.sh("ln", "-s", path.Join(dir, "bin", c.Path), path.Join(environment, "bin", c.Path)),
			}})
			p.view.Copies = append(p.view.Copies, copied{From: dir, To: dir})
			p.plan.Decide(c.Path, p.exporter(c.Path)[0], "", "the program calls it", c.At)
		}
	}
	return nil
}

// home is the working folder.
func (p *planner) home() string { return p.inImage(p.detail.Cwd()) }

// plainName may stand in the value of a flag, which knows no quotes, and is no pattern.
var plainName = pattern.New(`^[A-Za-z0-9_./-]+$`)

// apart are files in a project's folder that no program reads.
var apart = []string{"docs", "doc", "Makefile", "tox.ini", "noxfile.py", "mypy.ini", "pytest.ini", "setup.py", "setup.cfg", "MANIFEST.in", "Pipfile", "justfile", "Taskfile.yml", "example.toml", "scripts", "tools", "examples", "benchmarks", "mkdocs.yml", "codecov.yml", "railpack.json", "test.json"}

// remains says whether anything is left in the project's folder that a program may
// read, where the project itself is installed.
func (p *planner) remains() bool {
	d := p.detail
	if !d.Installed || d.Lies.Why != "" {
		return true
	}
	for _, entry := range d.Entries {
		upper := strings.ToUpper(entry)
		installed := entry == d.SourceRoot || d.SourceRoot == "" && d.Program.Kind == program.Command && slices.Contains(d.Tops, entry)
		switch {
		case strings.HasPrefix(entry, "."), installed, slices.Contains(apart, entry), slices.Contains(d.Tests.Folder, entry):
		case strings.HasSuffix(entry, ".md"), strings.HasSuffix(entry, ".rst"), strings.HasSuffix(entry, ".lock"), strings.HasPrefix(upper, "LICEN"), strings.HasPrefix(upper, "README"), strings.HasPrefix(upper, "CHANGE"):
		case strings.HasPrefix(entry, "Dockerfile"), strings.HasPrefix(entry, "docker-compose"), strings.HasPrefix(entry, "compose"), strings.HasPrefix(entry, "requirements"), entry == "pyproject.toml":
		case slices.ContainsFunc(d.Members, func(m string) bool { return strings.HasPrefix(detect.From(d.Project.Dir, m), entry+"/") }):
		default:
			return true
		}
	}
	return false
}

// health settles the check of the image.
func (p *planner) health() error {
	main, ok := p.plan.Asked()
	if !ok {
		return nil
	}
	port, also := strconv.Itoa(main.On), ""
	if main.Env != "" {
		if !source.IsVariable(main.Env) {
			return errors.New("the variable of the port is none")
		}
		port, also = "int(os.getenv('"+main.Env+"', '"+port+"'))", ", os"
	}
	route, limit, words, evidence := p.probe(main)
	script := fmt.Sprintf("import http.client as h%s; c = h.HTTPConnection('127.0.0.1', %s, timeout=2); c.request('GET', '%s'); exit(c.getresponse().status >= %d)", also, port, route, limit)
	if main.Raw {
		script = fmt.Sprintf("import socket%s; socket.create_connection(('127.0.0.1', %s), 2)", also, port)
		words, evidence = fmt.Sprintf("open a TCP connection to %d", main.On), nil
	}
	p.view.Health = []string{"python", "-c", script}
	if p.flavour == "distroless" {
		p.view.Health[0] = environment + "/bin/python"
	}
	p.plan.Health(p.view.Health, words, evidence...)
	return nil
}

// probe is what to ask: a path about health, or any that is answered. Django refuses
// hosts that it does not know with 400, which is an answer too.
func (p *planner) probe(main plan.Listener) (route string, limit int, words string, evidence []detect.Evidence) {
	d := p.detail
	if f, ok := d.Program.Known(); ok && f.Health != "" {
		return f.Health, 400, fmt.Sprintf("GET %s on %d", f.Health, main.On), nil
	}
	if best, ok := p.plan.Answers(main, d.Health); ok {
		limit = 400
		if d.Django != nil {
			limit = 500
		}
		return best.Path, limit, fmt.Sprintf("GET %s on %d", best.Path, main.On), []detect.Evidence{best.At}
	}
	return "/", 500, fmt.Sprintf("any answer below 500 to GET / on %d", main.On), nil
}
