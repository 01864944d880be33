package node

import (
	"cmp"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/lock"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/service"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// distroless is Google's image with nothing but Node.js on Debian 13.
const (
	distrolessImage = "gcr.io/distroless/nodejs%d-debian13"
	distrolessNode  = "/nodejs/bin/node"
)

// alpineSuites are the variants of Node's image on Alpine, the newest first.
var alpineSuites = []string{"alpine3.24", "alpine3.23", "alpine3.22", "alpine3.21", "alpine3.20", "alpine"}

// runtime settles what the image runs on.
func (p *planner) runtime() error {
	flavour, err := Stack().Runtime(p.in.Overrides.Runtime)
	if err != nil {
		return err
	}
	p.flavour = flavour
	p.runs = p.detail.System.Run
	ref, reason, err := p.runtimeImage()
	if err != nil {
		return err
	}
	p.view.Base = ref.String()
	if p.ground, err = p.in.RunBase(p.view.Base); err != nil {
		return err
	}
	if err := p.native(); err != nil {
		return err
	}
	p.view.UserLast = p.ground.User
	uid, _, _ := strings.Cut(p.ground.User, ":")
	what := p.engine.Title + " service"
	if p.detail.Framework.Title != "" && p.detail.Framework.Kind == framework.Server {
		what = p.detail.Framework.Title
	}
	p.plan.Description = fmt.Sprintf("%s on %s", what, p.ground.On(flavour))
	p.plan.Parts = []plan.Part{{Templates: []string{"node/build.tmpl", "node/service.tmpl"}}}
	p.plan.Summary.Images = fmt.Sprintf("%s → %s, %s", p.view.Deps, strings.TrimSuffix(strings.TrimPrefix(p.view.Base, "gcr.io/"), ":nonroot"), uid)
	p.plan.Decide("runtime", p.view.Base, "--runtime", reason)
	p.plan.Decide("user", p.ground.User, "", p.ground.UserIs)
	for _, v := range p.detail.System.RunEnv {
		p.setRuntime(v.Name, v.Value)
	}
	if p.ground.Manages() {
		p.started()
	}
	if err := p.managed(); err != nil {
		return err
	}
	var version detect.Evidence
	if len(p.versionEvidence) > 0 {
		version = p.versionEvidence[0]
	}
	if needed := slices.Concat(p.runs, p.builds); len(needed) > 0 && slices.Contains(archived, p.suite) {
		return detect.Errorf(version, "Node.js %s has images on Debian %s only, which can install nothing any more, and %s is needed; choose a newer one with --lang-version", p.version, strings.TrimSuffix(p.suite, "-slim"), needed[0])
	}
	if len(p.runs) > 0 {
		p.plan.Decide("system packages", strings.Join(p.runs, " "), "", "wanted by dependencies and by programs that it starts", causes(p.detail.System)...)
	}
	return nil
}

// native refuses a C library for which the dependencies hold no native code.
func (p *planner) native() error {
	s := p.detail.System
	builder, err := p.in.Base(p.view.Deps)
	if err != nil {
		return err
	}
	switch fits := p.ground.Runs(builder); {
	case p.ground.Libc == "musl" && len(s.NoMusl) > 0:
		return p.ground.Refuse("%w", detect.Errorf(s.NoMusl[0].At, "%s", s.NoMusl[0].Value))
	case len(s.Binary) == 0 || fits == nil:
		return nil
	case p.ground.Libc == "musl":
		return p.ground.Refuse("%w", detect.Errorf(s.Binary[0].At, "%s has native code, which is built for %s's C library", s.Binary[0].Value, builder.Title))
	default:
		return fits
	}
}

// runtimeImage finds the image of the flavour that fits what was built.
func (p *planner) runtimeImage() (catalog.Ref, string, error) {
	d := p.detail
	refuse := func(format string, args ...any) (catalog.Ref, string, error) {
		return catalog.Ref{}, "", &plan.OverrideError{Flag: "--runtime", Value: p.flavour, Err: fmt.Errorf(format, args...)}
	}
	if p.flavour != "slim" && p.engine.Name != "node" {
		return refuse("%s has an image on Debian only", p.engine.Title)
	}
	switch p.flavour {
	case "distroless":
		if len(d.System.Run) > 0 {
			return refuse("it cannot hold %s, which dependencies want", strings.Join(d.System.Run, ", "))
		}
		if p.suite != "trixie-slim" {
			return refuse("Node.js %s is built on another Debian than it has", p.version)
		}
		ref, err := p.in.Catalog.Reference(fmt.Sprintf(distrolessImage, project.Major(p.version)), "nonroot")
		return ref, "nothing but Node.js: no shell, no package manager", err
	case "alpine":
		for _, suite := range alpineSuites {
			if ref, err := p.in.Catalog.Resolve(p.engine.image, "="+p.version, suite); err == nil {
				return ref, "a shell and BusyBox; nothing in it is linked against Debian's C library", nil
			}
		}
		return refuse("there is no image of Node.js %s on Alpine", p.version)
	}
	suite := p.engine.suites[0]
	if slices.Contains(p.engine.suites, p.suite) {
		suite = p.suite
	}
	version := p.version
	if p.borrows() {
		ref, _, err := newest(p.in.Catalog, engineImages["node"], p.versionOf(engineImages["node"]))
		return ref, "the program starts node or a program of its own kind, which " + p.engine.Title + "'s image has not", err
	}
	if p.engine.Name != p.builderEngine().Name {
		ref, _, err := newest(p.in.Catalog, p.engine, p.versionOf(p.engine))
		return ref, "what the program is started with", err
	}
	ref, err := p.in.Catalog.Resolve(p.engine.image, "="+version, suite)
	return ref, "the version and Debian of the builder, without its compilers", err
}

// ofNode are programs that come with Node.js or are installed by its npm.
var ofNode = []string{"node", "npm", "npx", "pnpm", "yarn"}

// borrows says whether a program of Bun starts one of Node.js: then it runs in
// the image of that, with Bun from npm's registry.
func (p *planner) borrows() bool {
	return p.engine.Name == "bun" && slices.ContainsFunc(p.detail.Serves.Programs, func(t project.Text) bool { return slices.Contains(ofNode, t.Value) })
}

// versionOf is the constraint for an engine other than the one that builds.
func (p *planner) versionOf(e engineImage) string {
	if e.Name == p.engine.Name && len(p.detail.Versions) > 0 {
		if want, err := project.Constraint(p.detail.Versions[0].Range); err == nil {
			return want
		}
	}
	return e.Fallback
}

// managed installs the package managers that the program starts, and Bun into an
// image that has none.
func (p *planner) managed() error {
	var words []string
	add := func(program, want string) error {
		version, err := p.in.Catalog.Tool(program, want)
		words = append(words, program+"@"+version)
		return err
	}
	if p.borrows() {
		if err := add("bun", p.versionOf(p.engine)); err != nil {
			return err
		}
	}
	for _, t := range p.detail.Serves.Programs {
		if t.Value != "pnpm" || slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(w, "pnpm@") }) || p.flavour != "slim" {
			continue
		}
		pnpm := project.Manager{Name: "pnpm"}
		if p.detail.Manager.Name == "pnpm" {
			pnpm = p.detail.Manager
		}
		want, _ := pnpm.Constraint()
		if err := add("pnpm", want); err != nil {
			return err
		}
		p.plan.Decide("program", t.Value, "", "the sources start it", t.At)
	}
	if len(words) > 0 {
		p.view.Tools = Run{Mounts: []string{cacheMount(caches["npm"])}, Commands: []string{"npm install --global " + strings.Join(words, " ")}}
	}
	return nil
}

// started adds the packages of the programs that the program starts.
func (p *planner) started() {
	for _, t := range p.detail.Serves.Programs {
		if packages, ok := lock.PackagesWith(t.Value); ok {
			p.runs = union(p.runs, packages)
			p.plan.Decide("program", t.Value, "", "the sources start it", t.At)
		}
	}
}

func (p *planner) setRuntime(name, value string) {
	if !slices.ContainsFunc(p.view.RuntimeEnv, func(v plan.Variable) bool { return v.Name == name }) {
		p.view.RuntimeEnv = append(p.view.RuntimeEnv, plan.Variable{Name: name, Value: value})
	}
}

// contents copies what the program needs while it runs.
func (p *planner) contents() error {
	d := p.detail
	p.setRuntime("NODE_ENV", "production")
	if len(d.System.Browser) > 0 {
		p.copy(Copied{From: "deps", Sources: []string{lock.BrowsersFolder}, To: lock.BrowsersFolder})
	}
	if d.Framework.Kind == framework.Server && len(d.Framework.Artefacts) > 0 {
		return p.artefacts()
	}
	if err := p.modules(); err != nil {
		return err
	}
	from := ""
	if p.built || p.view.Prod.Commands != nil && p.view.ProdFrom == "builder" {
		from = "builder"
	}
	p.libraries(from)
	p.own(from)
	p.brought()
	return nil
}

// brought copies what front ends make to where the program looks.
func (p *planner) brought() {
	for _, b := range p.in.Brought {
		to := detect.Relative(p.plan.Context, b.To)
		if strings.HasPrefix(to, "../") {
			p.copy(Copied{From: b.Stage, Sources: []string{b.Path}, To: path.Join("/app", to)})
			continue
		}
		p.copy(Copied{From: b.Stage, Sources: []string{b.Path}, To: "./" + to})
	}
}

// artefacts copies what the framework says that its build leaves.
func (p *planner) artefacts() error {
	d := p.detail
	if !p.traced {
		if err := p.modules(); err != nil {
			return err
		}
		p.libraries("builder")
		p.copy(Copied{From: "builder", Sources: []string{path.Join("/app", p.home(), path.Base(d.Package.File))}, To: strings.TrimSuffix("./"+p.home(), "/") + "/"})
	}
	for _, a := range d.Framework.Artefacts {
		source := path.Join("/app", p.home(), a.From)
		if a.Maybe {
			folder, err := dockerfile.Shell(path.Join(p.home(), a.From))
			if err != nil {
				return err
			}
			p.view.Build.Commands = append(p.view.Build.Commands, "mkdir -p "+folder)
		}
		to := path.Join(p.home(), a.To)
		if p.traced {
			to = a.To
		}
		p.copy(Copied{From: "builder", Sources: []string{source}, To: "./" + to})
	}
	return nil
}

func (p *planner) copy(c Copied) {
	c.To = strings.TrimSuffix(c.To, "/.")
	if c.To == "." || c.To == "" {
		c.To = "./"
	}
	p.view.Copies = append(p.view.Copies, c)
}

// modules copies node_modules: that of the workspace, and those of the members
// where a package manager may put more.
func (p *planner) modules() error {
	d := p.detail
	if p.traced {
		return nil
	}
	from, run := "deps", &p.view.Install
	if len(d.Copied) > 0 {
		from, run = "builder", &p.view.Build
	}
	if p.view.Prod.Commands != nil {
		from, run = "prod-deps", &p.view.Prod
	}
	if d.Manager.PnP {
		p.plugAndPlay(from)
		return nil
	}
	sources := []string{path.Join("/app", p.root(), "node_modules")}
	for _, c := range d.Runs {
		if has, _ := p.nestedModules(c); has {
			sources = append(sources, path.Join("/app", p.fromContext(c.Dir), "node_modules"))
		}
	}
	empty, err := p.unsure()
	if err != nil {
		return err
	}
	if empty != "" {
		run.Commands = append(run.Commands, "mkdir -p "+empty)
	}
	pivoted := make([]string, len(sources))
	for i, source := range sources {
		pivoted[i] = "/app/./" + strings.TrimPrefix(source, "/app/")
	}
	if len(sources) == 1 && p.root() == "" {
		p.copy(Copied{From: from, Sources: sources, To: "./node_modules"})
	} else {
		p.copy(Copied{From: from, Parents: true, Sources: slices.Clone(pivoted), To: "./"})
	}
	if p.generated {
		for i := range pivoted {
			pivoted[i] += "/.prisma*" // which is not everywhere
		}
		p.copy(Copied{From: "builder", Parents: true, Sources: pivoted, To: "./"})
	}
	return nil
}

// plugAndPlay copies what yarn has instead of node_modules: the map and the
// packages themselves.
func (p *planner) plugAndPlay(from string) {
	name := ".pnp.cjs"
	if strings.HasPrefix(p.yarnVersion(), "2") {
		name = ".pnp.js"
	}
	p.copy(Copied{From: from, Parents: true, Sources: []string{"/app/./.pnp.*", "/app/./.yarn/cache", "/app/./.yarn/unplugged*"}, To: "./"})
	p.pnp = "./" + name
}

// libraries copies the packages of the repository that the service needs.
func (p *planner) libraries(from string) {
	d := p.detail
	var sources []string
	for _, c := range d.Runs {
		if c.Dir == d.Package.Dir || c.Virtual {
			continue
		}
		sources = append(sources, p.offered(c)...)
	}
	if len(sources) == 0 {
		return
	}
	if from != "" {
		for i := range sources {
			sources[i] = "/app/./" + sources[i]
		}
	}
	p.copy(Copied{From: from, Parents: true, Exclude: "**/node_modules", Sources: sources, To: "./"})
}

// offered lists what others need of a library: what its manifest offers where a
// build makes that, else all of it.
func (p *planner) offered(c project.Package) []string {
	dir := p.fromContext(c.Dir)
	builds := c.HasScript(c.BuildScript())
	folders := map[string]bool{}
	for _, file := range c.Offers {
		folder, _, nested := strings.Cut(file, "/")
		if !nested || folder == "src" || folder == ".." {
			return []string{dir}
		}
		folders[folder] = true
	}
	if !builds || len(folders) == 0 || c.Has("@prisma/client") {
		return []string{dir}
	}
	found := []string{path.Join(dir, path.Base(c.File))}
	for _, folder := range slices.Sorted(maps.Keys(folders)) {
		found = append(found, path.Join(dir, folder))
	}
	return found
}

// own copies what the program itself reads.
func (p *planner) own(from string) {
	d := p.detail
	home := p.home()
	if p.everything() {
		source := path.Join("/app", home)
		p.copy(Copied{From: "builder", Exclude: "**/node_modules", Sources: []string{source}, To: "./" + home})
		p.plan.Decide("contents", "all that the builder has", "", "which files the build makes is not known", d.Package.At())
		return
	}
	if !d.Compiled && d.Entry != "" {
		p.program = p.fromContext(d.Entry)
	}
	var files, folders []string
	for _, c := range d.Content {
		if slices.ContainsFunc(p.in.Brought, func(b plan.Brought) bool { return detect.Inside(path.Join(d.Package.Dir, c.Path), b.Dir) }) {
			continue // the sources of a front end
		}
		if c.Folder && !c.Built && p.in.Hidden != nil && p.in.Hidden(path.Join(d.Package.Dir, c.Path)) {
			continue
		}
		name := path.Join(home, c.Path)
		if from == "" {
			p.reads = append(p.reads, name)
		}
		if c.Folder {
			folders = append(folders, name)
		} else {
			files = append(files, name)
		}
	}
	in := func(names []string, pivot string) []string {
		if from == "" {
			return names
		}
		moved := make([]string, len(names))
		for i, name := range names {
			moved[i] = pivot + name
		}
		return moved
	}
	switch {
	case len(folders) == 1 && home == "" && (len(files) == 0 || from != ""):
		p.copy(Copied{From: from, Sources: in(folders, "/app/"), To: "./" + folders[0]})
		if len(files) > 0 {
			p.copy(Copied{From: from, Sources: in(files, "/app/"), To: "./"})
		}
	case len(folders) == 0 && home == "":
		p.copy(Copied{From: from, Sources: in(files, "/app/"), To: "./"})
	default:
		p.copy(Copied{From: from, Parents: true, Sources: in(append(files, folders...), "/app/./"), To: "./"})
	}
}

// everything says that what a build leaves cannot be told from its name: the
// program is there before it, so the build makes something else.
func (p *planner) everything() bool {
	d := p.detail
	if own := d.Package.HasScript(d.Package.BuildScript()); !own && !d.Package.Virtual && len(d.Framework.Build)+len(d.Installs.Later) == 0 && len(d.Closure) > 1 {
		return false // what it needs is built, and it is not
	}
	return p.built && !slices.ContainsFunc(d.Content, func(c service.Content) bool { return c.Built })
}

func (p *planner) ports() error {
	d := p.detail
	f := d.Framework
	listens := d.Serves.Listens
	switch {
	case f.Kind == framework.Server && f.Port != 0 && len(f.Start) > 0 || f.Port != 0 && len(listens) == 0:
		listens = []detect.Listener{{Port: f.Port, Env: f.PortVar, At: f.At()}}
	case len(listens) == 0 && p.in.Overrides.Port != 0:
		listens = []detect.Listener{{Env: "PORT"}}
	}
	read := func(l detect.Listener) bool { return !l.Unread() }
	if port, _ := plan.PortIn(d.Start.Argv); port != 0 && len(listens) > 0 && !slices.ContainsFunc(listens, read) {
		listens = slices.Clone(listens[:1])
		listens[0].Port, listens[0].What = port, "what its start says"
	}
	for _, v := range append(slices.Clone(d.Start.Env), f.Env...) {
		if v.Name != "NODE_ENV" {
			p.setRuntime(v.Name, v.Value)
		}
	}
	if f.Host != "" {
		p.setRuntime(f.Host, "0.0.0.0")
	}
	return p.plan.Listen(plan.Serving{
		Listeners: listens, Env: &p.view.RuntimeEnv, Overrides: p.in.Overrides, Options: p.takesOptions(),
		Silent: "nothing in the program opens one", At: d.Start.At,
	})
}

// takesOptions says whether what is behind the start is given to the program: it is no line
// of a shell.
func (p *planner) takesOptions() bool {
	argv := p.detail.Start.Argv
	return len(argv) > 1 && argv[0] == p.engine.Name && !slices.Contains(argv, "-c")
}

// health asks by the engine's own means: the health path that the program is known
// to answer, or else for any answer that is no error of the server. A port that
// answers no plain HTTP is only connected to.
func (p *planner) health() error {
	main, ok := p.plan.Asked()
	if !ok {
		return nil
	}
	port := strconv.Itoa(main.On)
	if main.Env != "" {
		port = p.engine.variable(main.Env) + "||" + port
	}
	exit := "process.exit"
	if p.engine.Name == "deno" {
		exit = "Deno.exit"
	}
	program, asks := fetches(port, "/", "r.status<500", exit), fmt.Sprintf("any answer below 500 on %d", main.On)
	var evidence []detect.Evidence
	switch path, known := p.plan.Answers(main, p.detail.Serves.Health); {
	case main.Raw:
		program = fmt.Sprintf("import('node:net').then(n=>n.connect(%s,'127.0.0.1').on('connect',()=>%s(0)).on('error',()=>%s(1)))", port, exit, exit)
		asks = fmt.Sprintf("a connection to %d", main.On)
	case known && p.detail.Framework.Kind != framework.Static:
		program, asks = fetches(port, path.Path, "r.ok", exit), fmt.Sprintf("GET %s on %d", path.Path, main.On)
		evidence = []detect.Evidence{path.At}
	}
	eval := p.engine.eval
	if p.flavour == "distroless" && !p.ground.Foreign {
		eval = []string{distrolessNode, "-e"}
	}
	p.view.Health = append(slices.Clone(eval), program)
	p.plan.Health(p.view.Health, asks, evidence...)
	return nil
}

// fetches is a program that asks a path and ends by what is fine as an answer r. The
// port is an expression.
func fetches(port, path, fine, exit string) string {
	address := "'http://127.0.0.1:" + port + path + "'"
	if strings.Contains(port, "||") {
		address = "'http://127.0.0.1:'+(" + port + ")+'" + path + "'"
	}
	return fmt.Sprintf("fetch(%s).then(r=>%s(%s?0:1),()=>%s(1))", address, exit, fine, exit)
}

// variable is an expression for a variable of the environment.
func (e engineImage) variable(name string) string {
	if e.Name == "deno" {
		return "Deno.env.get('" + name + "')"
	}
	return "process.env." + name
}

// workers are packages of programs that run on without a port.
var workers = []string{"amqplib", "bull", "bullmq", "agenda", "cron", "node-cron", "discord.js", "grammy", "kafkajs", "mqtt", "nats", "node-telegram-bot-api", "telegraf", "@temporalio/worker", "pg-boss", "bee-queue", "@slack/bolt"}

// command settles what the container runs.
func (p *planner) command() error {
	d := p.detail
	argv, reason, at := slices.Clone(d.Start.Argv), d.Start.Reason, []detect.Evidence{d.Start.At}
	flag := "--command"
	if asked := p.in.Overrides.Command; len(asked) > 0 {
		argv, reason, at = slices.Clone(asked), "asked for", nil
	}
	if len(argv) == 0 {
		return detect.Errorf(d.Package.At(), "nothing says how the program starts; say it with --command")
	}
	if p.pnp != "" && argv[0] == "node" {
		argv = append([]string{"node", "--require", p.pnp}, argv[1:]...)
		if d.Package.Module && !strings.HasPrefix(p.yarnVersion(), "2") {
			argv = append([]string{"node", "--require", p.pnp, "--experimental-loader", "./.pnp.loader.mjs"}, argv[3:]...)
		}
	}
	argv = append(p.direct(argv), p.plan.Options...)
	p.workdir()
	p.plan.Decide("command", strings.Join(argv, " "), flag, reason, at...)
	if p.flavour == "distroless" {
		if argv[0] != "node" {
			return &plan.OverrideError{Flag: "--runtime", Value: p.flavour, Err: fmt.Errorf("it has no %s", argv[0])}
		}
		if !p.ground.Foreign {
			argv[0] = distrolessNode
		}
	}
	p.view.Entrypoint = argv
	p.init()
	return nil
}

// workdir is where the program starts.
func (p *planner) workdir() {
	home := p.home()
	if p.traced && p.detail.Framework.Kind == framework.Server && len(p.detail.Framework.Artefacts) > 0 {
		home = ""
	}
	dir := path.Join(home, p.detail.Framework.Workdir)
	if below, ok := detect.Below(p.detail.Package.Dir, p.detail.Start.Dir); ok && !p.detail.Package.Virtual && p.detail.Framework.Workdir == "" {
		dir = path.Join(home, below)
	}
	if dir != "" && dir != "." {
		p.view.Workdir = path.Join("/app", dir)
	}
}

// ending are the frameworks whose servers end themselves on SIGTERM, as their
// sources have it; those of Astro and Angular do not.
var ending = []string{"adonis", "next", "nitro", "nuxt", "react-router", "remix", "solid-start", "sveltekit", "tanstack-start"}

// init puts tini before a program that does not end itself on SIGTERM: as the
// first process it would not be ended by it either
// (https://github.com/nodejs/docker-node/blob/main/docs/BestPractices.md#handling-kernel-signals).
func (p *planner) init() {
	d := p.detail
	children := len(d.System.Init) > 0
	runsOn := len(p.plan.Ports) > 0 || slices.ContainsFunc(workers, d.Package.Has)
	handled := d.Signals || d.Framework.Kind == framework.Server && len(d.Framework.Start) > 0 && slices.Contains(ending, d.Framework.Name)
	if !children && (!runsOn || handled) {
		return
	}
	if p.ground.Tini == "" || slices.Contains(archived, p.suite) {
		p.plan.Note("%s: the program does not end itself on SIGTERM; run it with docker run --init, or handle the signal", d.Start.At)
		return
	}
	reason := "the program does not handle SIGTERM, which does nothing to the first process"
	if children {
		reason = "its browser leaves processes behind"
	}
	p.runs = union(p.runs, []string{"tini"})
	p.view.Entrypoint = append([]string{p.ground.Tini, "--"}, p.view.Entrypoint...)
	p.plan.Decide("first process", "tini", "", reason, d.Start.At)
}

// rooted lets the copies make the working folder where it would else belong to the
// image's own user, as BuildKit makes it.
func (p *planner) rooted() error {
	p.view.WorkFirst = "/app"
	if p.flavour != "distroless" {
		return nil
	}
	for i, c := range p.view.Copies {
		to := path.Join("/app", c.To)
		if strings.HasSuffix(c.To, "/") {
			to += "/"
		}
		p.view.Copies[i].To = to
	}
	p.view.WorkFirst, p.view.Workdir = "", cmp.Or(p.view.Workdir, "/app")
	return nil
}

// writable makes the folders that the program makes files in the user's: those that its
// framework names, and those of its sources.
func (p *planner) writable() error {
	folders := map[string]source.Folder{}
	for _, name := range p.detail.Framework.Writes {
		if !p.traced {
			name = path.Join(p.home(), name)
		}
		folders[path.Join("/app", name)] = source.Folder{At: p.detail.Framework.At()}
	}
	writes, folder := p.detail.Serves.Writes, path.Join("/app", p.home())
	if len(p.detail.Framework.Artefacts) > 0 {
		if writes = p.detail.Bundled; p.traced {
			folder = "/app"
		}
	}
	for _, w := range writes {
		name := w.Path
		if !path.IsAbs(name) && !strings.HasPrefix(name, "~") {
			name = path.Join(folder, name)
		}
		if was, known := folders[name]; !known || w.Data && !was.Data {
			folders[name] = w
		}
	}
	work := path.Join("/app", p.home())
	p.lost(folders)
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		w := folders[name]
		in := strings.TrimPrefix(strings.TrimPrefix(name, "/app"), "/")
		switch {
		case strings.HasPrefix(w.Path, "~"):
			p.plan.Decide("writes", w.Path, "", "its user's home, where a volume keeps what is in it", w.At)
			continue
		case detect.Inside(name, "/tmp") || in != "" && !project.PlainPath.MatchString(in):
			continue
		}
		p.plan.Need(plan.WritesIn(name, w.At))
		p.overwrites(w)
		switch {
		case name == work && p.home() != "": // which the copies would make, as root's
			p.view.Held = append(p.view.Held, name)
			p.plan.Decide("writes", in, "", "so the working folder is the user's", w.At)
		case name == work:
			p.view.UserFirst, p.view.UserLast = p.view.UserLast, ""
			p.plan.Decide("writes", cmp.Or(in, "."), "", "so the working folder is the user's", w.At)
			p.view.Writable = nil
		case p.view.UserFirst != "" && name != work && !slices.Contains(p.detail.Kept, w.Path) && detect.Inside(name, work) || plan.Shared(name):
		case slices.Contains(p.detail.Kept, w.Path):
			p.view.Held = append(p.view.Held, name)
			p.view.Workdir = cmp.Or(p.view.Workdir, "/app")
			p.plan.Decide("writes", in, "", "so this folder is the user's before anything is copied into it", w.At)
		default:
			p.view.Writable = append(p.view.Writable, name)
			p.view.Workdir = cmp.Or(p.view.Workdir, "/app") // back from the last of these folders
			p.plan.Decide("writes", cmp.Or(in, name), "", "so this folder is the user's", w.At)
		}
	}
	if len(p.view.Held) > 0 && p.view.UserLast != "" {
		p.view.HeldUser, p.view.UserLast = p.view.UserLast, ""
	}
	return nil
}

// lost tells of the folders whose contents should outlast the container, the outermost of
// each.
func (p *planner) lost(folders map[string]source.Folder) {
	var names []string
	for _, name := range slices.Sorted(maps.Keys(folders)) {
		within := func(outer string) bool { return detect.Inside(name, outer) }
		w := folders[name]
		switch {
		case !w.Data || detect.Inside(name, "/tmp") || slices.ContainsFunc(names, within):
		case name == path.Join("/app", p.home()):
			if w.File != "" {
				p.plan.Note("%s: %s is lost with the container: let it have a folder of its own, and mount a volume there", w.At, path.Join(name, w.File))
			}
		default:
			names = append(names, name)
		}
	}
	if len(names) > 0 {
		p.plan.Note("%s: what is kept in %s is lost with the container: mount a volume there", folders[names[0]].At, strings.Join(names, ", "))
	}
}

// overwrites gives the user a file that the repository holds and the program writes.
func (p *planner) overwrites(w source.Folder) {
	if w.File == "" || !slices.Contains(p.detail.Kept, w.File) || p.view.Copies == nil {
		return
	}
	name := path.Join(p.home(), w.File)
	c := Copied{Chown: p.ground.User, Sources: []string{name}, To: path.Join("/app", name)}
	if i := slices.IndexFunc(p.view.Copies, func(o Copied) bool { return o.To == c.To }); i >= 0 {
		return
	}
	p.plan.Needs = append(p.plan.Needs, name)
	p.plan.Decide("writes", name, "", "so this file is the user's", w.At)
	p.view.Copies = append(p.view.Copies, c)
}
