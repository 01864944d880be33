package image

import (
	"errors"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// into is pip for the environment, which has none of its own.
var into = []string{"pip", "--python", environment + "/bin/python", "install"}

// interpreter is the place of Python in the runtime, which the environment refers to.
func (p *planner) interpreter() string {
	if p.view.Link != "" {
		return "/usr/bin/python" + p.view.Link
	}
	return "/usr/local/bin/python"
}

// create makes the environment with the interpreter that the runtime has.
func (p *planner) create() string {
	if p.usesUV() {
		return p.sh("uv", "venv", "--python", p.interpreter(), environment)
	}
	return p.venv(environment)
}

// venv makes an environment without uv.
func (p *planner) venv(dir string) string {
	python := "python"
	if p.view.Link != "" {
		python = p.interpreter()
	}
	return p.sh(python, "-m", "venv", "--without-pip", dir)
}

// usesUV says whether uv installs: its own lockfile, and what no other tool is named
// for. What needs nothing needs no uv.
func (p *planner) usesUV() bool {
	d := p.detail
	if d.Project.Lock == "" && len(d.Project.Direct) == 0 && len(p.built()) == 0 && !d.Project.Dynamic {
		return false
	}
	return slices.Contains([]string{project.UV, project.Pyproject, project.Setup, project.Pylock}, p.detail.Project.Tool)
}

// dependencies settles the first stage: what is installed before any source.
func (p *planner) dependencies() error {
	d := p.detail
	files := slices.Concat(d.Project.Files, d.Members)
	if d.Workspace != "" && d.Workspace != d.Project.Dir {
		files = append(files, path.Join(d.Workspace, "pyproject.toml"))
	}
	for _, file := range files {
		if name := p.fromContext(file); !slices.Contains(p.view.Manifests, name) {
			p.view.Manifests = append(p.view.Manifests, name)
		}
	}
	for _, l := range d.Project.Local {
		if l.IsArchive() {
			p.view.Manifests = append(p.view.Manifests, p.fromContext(l.Path))
		}
	}
	slices.Sort(p.view.Manifests)
	p.view.Parents = slices.ContainsFunc(p.view.Manifests, func(f string) bool { return strings.Contains(f, "/") })
	install := p.withPip
	if p.usesUV() {
		install = p.withUV
	}
	if err := install(); err != nil {
		return err
	}
	p.bringAlong()
	return nil
}

// withUV installs with uv, from its lockfile or from what the manifest says.
func (p *planner) withUV() error {
	d := p.detail
	ref, err := p.in.Catalog.Resolve(uvImage, "", "")
	if err != nil {
		return err
	}
	p.view.UV = ref.String()
	p.set("UV_PYTHON_DOWNLOADS", "never")
	p.set("UV_COMPILE_BYTECODE", "1")
	p.set("UV_LINK_MODE", "copy")
	one := run{Caches: []string{uvCache}, Secrets: p.secrets, SSH: p.ssh()}
	switch d.Project.Tool {
	case project.UV:
		p.set("UV_PYTHON", p.interpreter()) // whatever a version file in the sources says
		p.set("UV_PROJECT_ENVIRONMENT", environment)
		one.Commands = []string{p.sync("--no-dev", "--no-install-local")}
		p.plan.Decide("dependencies", "uv sync --locked", "", "uv's lockfile, in a layer of its own, which an edit of the sources leaves alone", d.Project.ToolAt)
	default:
		p.set("VIRTUAL_ENV", environment)
		one.Commands = p.fresh()
	}
	p.view.Deps = []run{one}
	return nil
}

// sync is uv sync for the project.
func (p *planner) sync(flags ...string) string {
	words := append([]string{"uv", "sync", "--locked"}, flags...)
	for _, one := range p.detail.Project.Taken {
		words = append(words, "--"+one.Kind, one.Name)
	}
	if p.along != "" {
		words = append(words, "--inexact") // which leaves the server there
	}
	if d := p.detail; d.Workspace != "" && d.Workspace != d.Project.Dir {
		words = append(words, "--package", d.Project.Name)
	}
	return p.sh(words...)
}

// fresh installs what manifests without a lockfile say.
func (p *planner) fresh() []string {
	d := p.detail
	commands := []string{p.create()}
	file := path.Base(d.Project.ToolAt.File)
	switch {
	case d.Project.Tool == project.Pylock:
		p.plan.Decide("dependencies", "pylock.toml", "", "the lockfile, in a layer of its own, which an edit of the sources leaves alone", d.Project.ToolAt)
		return append(commands, p.sh("uv", "pip", "install", "-r", "pylock.toml"))
	case d.Project.Dynamic:
		p.plan.Decide("dependencies", "with the project", "", "they are known only when its setup runs, so they have no layer of their own", d.Project.ToolAt)
		return commands
	case len(d.Project.Direct) == 0:
		p.plan.Decide("dependencies", plan.None, "", "none is listed", d.Project.ToolAt)
		return commands
	}
	p.plan.Decide("dependencies", file, "", "what it lists, in a layer of its own, which an edit of the sources leaves alone", d.Project.ToolAt)
	p.plan.Note("%s lists dependencies and there is no lockfile: each build may get other versions; uv lock makes one", d.Project.ToolAt.File)
	if manifest, ok := d.Project.Standard(); d.Project.Tool == project.Pyproject && ok {
		if !slices.ContainsFunc(d.Closure, func(c project.Project) bool { return d.Project.Requires(c.Name) }) {
			return append(commands, p.sh(append([]string{"uv", "pip", "install", "-r", p.here(manifest)}, slices.Concat(p.taken(), p.bound())...)...))
		}
	}
	if listed := p.fetched(); len(listed) > 0 {
		commands = append(commands, p.sh(append([]string{"uv", "pip", "install"}, append(listed, p.bound()...)...)...))
	}
	return commands
}

// taken are the words by which uv pip installs what is optional in a pyproject.toml.
func (p *planner) taken() []string {
	var words []string
	for _, one := range p.detail.Project.Taken {
		if one.Kind == project.Extra {
			words = append(words, "--extra", one.Name)
			continue
		}
		words = append(words, project.Listed(one.Requires)...)
	}
	return words
}

// fetched is what the project and those that it is built with list, without these
// themselves: they are built later.
func (p *planner) fetched() []string {
	d := p.detail
	var all []project.Requirement
	for _, one := range slices.Concat([]project.Project{d.Project}, d.Closure) {
		for _, r := range one.Direct {
			if !slices.ContainsFunc(d.Closure, func(c project.Project) bool { return project.Normalise(c.Name) == r.Name }) {
				all = append(all, r)
			}
		}
	}
	return slices.Compact(project.Listed(all))
}

// withPip installs with pip, from requirements files or what a tool exports.
func (p *planner) withPip() error {
	d := p.detail
	p.set("PIP_DISABLE_PIP_VERSION_CHECK", "1")
	p.set("PIP_ROOT_USER_ACTION", "ignore")
	one := run{Caches: []string{pipCache}, Secrets: p.secrets, SSH: p.ssh()}
	if tools := p.buildTools(); len(tools) > 0 {
		one.Commands = append(one.Commands, p.sh(append([]string{"pip", "install"}, tools...)...))
	}
	one.Commands = append(one.Commands, p.create())
	reason := "in a layer of its own, which an edit of the sources leaves alone"
	switch d.Project.Tool {
	case project.None:
		p.plan.Decide("dependencies", plan.None, "", "there is no manifest, and the program imports only Python's own library", d.Program.At)
		one.Caches, one.Secrets = nil, nil
	case project.Pyproject, project.Setup:
		p.plan.Decide("dependencies", plan.None, "", "none is listed", d.Project.ToolAt)
		one.Caches, one.Secrets = nil, nil
	case project.Pip:
		one.Commands = append(one.Commands, p.requirements(d.Project.ToolAt.File)...)
		p.plan.Decide("dependencies", "pip install -r "+p.here(d.Project.ToolAt.File), "", reason, d.Project.ToolAt)
		if !d.Project.Hashed && slices.ContainsFunc(d.Project.Direct, func(r project.Requirement) bool { return r.Pinned() == "" && r.URL == "" }) {
			p.plan.Note("%s pins not every version: each build may get other ones; pip freeze lists those at hand", d.Project.ToolAt.File)
		}
	case project.PDM:
		p.set("PDM_CHECK_UPDATE", "false")
		p.set("VIRTUAL_ENV", environment)
		one.Caches = append(one.Caches, pdmCache)
		words := []string{"pdm", "sync", "--prod", "--no-self", "--no-editable"}
		for _, o := range d.Project.Taken {
			words = append(words, "--group", o.Name)
		}
		one.Commands = append(one.Commands, p.sh(words...))
		p.plan.Decide("dependencies", "pdm sync", "", "PDM's lockfile, "+reason, d.Project.ToolAt)
		p.plan.Decide("bytecode", "compileall", "", "PDM compiles none; a file of a package that this Python cannot compile is left as it is", d.Project.ToolAt)
		p.view.Deps = []run{one, {Commands: []string{p.sh("python", "-m", "compileall", "-q", environment+"/lib") + " || true"}}}
		return nil
	default:
		if d.Project.Lock == "" {
			return p.unlocked(one)
		}
		one.Commands = append(one.Commands, p.export()...)
		p.plan.Decide("dependencies", d.Project.Tool+"'s lockfile", "", "exported and installed by pip, "+reason, d.Project.ToolAt)
	}
	p.view.Deps = []run{one}
	return nil
}

// unlocked installs what a manifest lists that its tool has not locked.
func (p *planner) unlocked(one run) error {
	d := p.detail
	one.Commands = []string{p.create(), p.sh(append(slices.Clone(into), append(project.Listed(d.Project.Direct), p.bound()...)...)...)}
	p.plan.Decide("dependencies", path.Base(d.Project.ToolAt.File), "", "what it lists, since there is no lockfile", d.Project.ToolAt)
	p.plan.Note("%s lists dependencies and there is no lockfile: each build may get other versions", d.Project.ToolAt.File)
	p.view.Deps = []run{one}
	return nil
}

const exported = "/tmp/requirements.txt"

// export has the tool of a lockfile write it as requirements, of which those from
// the repository itself are left for later, and has pip install them.
func (p *planner) export(develop ...string) []string {
	d := p.detail
	fetched, unhashed := d.Project.Unhashed()
	if unhashed && len(develop) == 0 {
		p.plan.Decide("hashes", plan.None, "", fetched.Name+" comes from a repository, and beside one pip checks none", fetched.At)
	}
	var commands []string
	switch d.Project.Tool {
	case project.Poetry:
		words := []string{"poetry", "export", "--only", strings.Join(append([]string{"main"}, p.optional(project.Group)...), ",")}
		if len(develop) > 0 {
			words = []string{"poetry", "export", "--with", strings.Join(develop, ",")}
		}
		if extras := p.optional(project.Extra); len(extras) > 0 {
			words = append(words, "--extras", strings.Join(extras, " "))
		}
		if unhashed {
			words = append(words, "--without-hashes")
		}
		commands = append(commands, p.sh(append(words, "--output", exported)...))
	case project.Pipenv:
		words := []string{"pipenv", "requirements"}
		if !unhashed {
			words = append(words, "--hash")
		}
		if len(develop) > 0 {
			words = append(words, "--dev")
		}
		commands = append(commands, p.sh(words...)+" > "+exported)
	}
	if len(p.detail.Project.Local) > 0 {
		commands = append(commands, `sed -i -E '/( @ |^-e )(file:|\.)/d' `+exported)
	}
	return append(commands, p.sh(append(slices.Clone(into), "--no-deps", "--requirement", exported)...))
}

// optional are the names of what is installed beside what the project always needs, of
// a kind.
func (p *planner) optional(kind string) []string {
	var names []string
	for _, one := range p.detail.Project.Taken {
		if one.Kind == kind {
			names = append(names, one.Name)
		}
	}
	return names
}

// requirements installs a requirements file, without the folders of the repository
// that it names: those are built later.
func (p *planner) requirements(file string) []string {
	d := p.detail
	words := append(slices.Clone(into), "-r", p.here(file))
	for _, one := range p.optional(project.File) {
		words = append(words, "-r", p.here(one))
	}
	words = append(words, p.bound()...)
	var files []string
	for _, l := range d.Project.Local {
		if l.IsArchive() {
			continue
		}
		if f := p.here(l.At.File); !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return []string{p.sh(words...)}
	}
	commands := []string{`sed -i -E '/\.(whl|gz|zip)/!{/^(-e |--editable[ =])?(file:)?\.{1,2}(\/|\[|$)/d}' ` + p.sh(files...)}
	for _, c := range d.Closure {
		words = append(words, project.Listed(c.Direct)...)
	}
	return append(commands, p.sh(words...))
}

// buildTools are what the builder has beside the environment: the tool of the
// lockfile, and what builds the projects of the repository.
func (p *planner) buildTools() []string {
	tools := slices.Clone(p.exporter(p.detail.Project.Tool))
	if p.detail.Project.Lock == "" && p.detail.Project.Tool != project.PDM {
		tools = nil
	}
	for _, c := range p.built() {
		for _, backend := range c.Backend {
			if r, err := project.ParseRequirement(backend); err == nil && !(r.Name == "poetry-core" && p.detail.Project.Tool == project.Poetry) && !slices.ContainsFunc(tools, func(t string) bool { return project.NameOf(t) == r.Name }) {
				if v, ok := backends[r.Name]; ok && r.Version == "" && p.line >= floored {
					r.Version = v
				}
				tools = append(tools, r.String())
			}
		}
	}
	return tools
}

// floored is the first line of Python that has the releases of backends.
const floored = 9

// backends are versions of build backends, for projects that name none. Versions are
// the newest majors on PyPI in August 2026.
var backends = map[string]string{
	"setuptools": ">=77", "wheel": ">=0.45", "hatchling": ">=1.27", "hatch-vcs": ">=0.4", "flit-core": ">=3.11,<4", "poetry-core": ">=2", "pdm-backend": ">=2.4", "setuptools-scm": ">=8", "cython": ">=3", "uv-build": ">=0.8",
}

// built are the projects of the repository that are built and installed.
func (p *planner) built() []project.Project {
	var all []project.Project
	for _, c := range p.detail.Closure {
		if !c.Installable() {
			continue
		}
		c.Backend = c.BuildNeeds()
		all = append(all, c)
	}
	if p.detail.Installed {
		all = append(all, p.detail.Project)
	}
	return all
}

// sources settles the stage that has the sources: what is built and installed of
// them, compiled and collected.
func (p *planner) sources() error {
	d := p.detail
	if d.Root != d.Project.Dir {
		p.view.Sources = append(p.view.Sources, p.fromContext(d.Project.Dir))
		for _, c := range d.Closure {
			p.view.Sources = append(p.view.Sources, p.fromContext(c.Dir))
		}
		for _, l := range d.Project.Local {
			if dir := p.fromContext(l.Path); !slices.Contains(p.view.Sources, dir) {
				p.view.Sources = append(p.view.Sources, dir)
			}
		}
		slices.Sort(p.view.Sources)
		if slices.Contains(p.view.Sources, ".") {
			p.view.Sources = nil
		}
	}
	if err := p.missing(); err != nil {
		return err
	}
	p.install()
	var last []string
	if compiled := p.compiled(); len(compiled) > 0 {
		last = append(last, p.sh(append([]string{"python", "-m", "compileall", "-q"}, compiled...)...))
	}
	last = append(last, p.static()...)
	last = append(last, p.browser()...)
	if len(last) > 0 {
		p.view.Build = append(p.view.Build, run{Commands: last})
	}
	return nil
}

// missing is an error for a README that a build of the project reads and that is not
// there.
func (p *planner) missing() error {
	d := p.detail
	for _, project := range p.built() {
		if project.Readme == "" || project.Dir != d.Project.Dir {
			continue
		}
		if top, _, _ := strings.Cut(path.Clean(project.Readme), "/"); !slices.Contains(d.Entries, top) {
			return detect.Errorf(project.ReadmeAt(), "the build of the project reads %s, which is not there", project.Readme)
		}
	}
	return nil
}

// withEnv sets variables for one command. Their values are words of a shell.
func withEnv(env []plan.Variable, command string) string {
	for _, v := range slices.Backward(env) {
		command = v.Name + "=" + v.Value + " " + command
	}
	return command
}

// scm is the variable that gives a build its version, where it has no history.
func (p *planner) scm() []plan.Variable {
	for _, project := range p.built() {
		if env := project.VersionVariable(); env != "" {
			p.view.Version = true
			p.plan.Decide("version", env, "", "from --build-arg VERSION=…, since the history is not in the context", project.At)
			return []plan.Variable{{Name: env, Value: `"$VERSION"`}}
		}
	}
	return nil
}

// install builds and installs the projects of the repository.
func (p *planner) install() {
	d := p.detail
	built := p.built()
	switch {
	case d.Project.Tool == project.UV:
		if len(built) == 0 {
			return
		}
		p.view.Build = append(p.view.Build, run{Caches: []string{uvCache}, Secrets: p.secrets, Commands: []string{withEnv(p.scm(), p.sync("--no-dev", "--no-editable"))}})
	case len(built) == 0:
		return
	case p.usesUV():
		words := []string{"uv", "pip", "install"}
		if !d.Project.Dynamic {
			words = append(words, "--no-deps")
		}
		for _, b := range built {
			words = append(words, p.inImage(b.Dir))
		}
		p.view.Build = append(p.view.Build, run{Caches: []string{uvCache}, Secrets: p.secrets, Commands: []string{withEnv(p.scm(), p.sh(words...))}})
	default:
		wheel := []string{"pip", "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", "/tmp/wheels"}
		for _, b := range built {
			wheel = append(wheel, p.inImage(b.Dir))
		}
		add := p.sh(append(slices.Clone(into), "--no-deps", "--no-index")...) + " /tmp/wheels/*.whl"
		p.view.Build = append(p.view.Build, run{Caches: []string{pipCache}, Commands: []string{withEnv(p.scm(), p.sh(wheel...)), add}})
	}
	if d.Installed {
		p.plan.Decide("install", d.Project.Name, "", "built and installed, not editable", d.InstalledAt)
	}
}

// compiled are the files and folders of the project to compile: what the program
// imports from where it lies.
func (p *planner) compiled() []string {
	d := p.detail
	var all []string
	for _, top := range d.Tops {
		if d.Installed && d.Lies.Why == "" && top == d.SourceRoot {
			continue
		}
		name := top
		if strings.HasPrefix(name, "-") {
			name = "./" + name
		}
		all = append(all, name)
	}
	if len(all) > 8 {
		return []string{"."}
	}
	return all
}

// static has Django collect its static files, with settings for that alone.
func (p *planner) static() []string {
	django := p.detail.Django
	if django == nil || p.detail.Program.Framework != "Django" {
		return nil
	}
	if django.Static.File == "" {
		p.plan.Decide("static files", plan.None, "", "STATIC_ROOT is not set, so there is nowhere to collect them", django.At)
		return nil
	}
	reason := "STATIC_ROOT is set"
	if len(django.Needs) > 0 {
		reason += "; what the settings need for it stands in that command alone"
	}
	p.plan.Decide("static files", "collectstatic", "", reason, django.Static)
	command := p.sh("python", detect.From(p.detail.Project.Dir, django.Manage), "collectstatic", "--noinput")
	if django.Other {
		command = "DJANGO_SETTINGS_MODULE=" + p.sh(django.Settings) + " " + command
	}
	return []string{p.withSettings(command)}
}

// withSettings gives a command what the settings of Django need to be read.
func (p *planner) withSettings(command string) string {
	var env []string
	for _, n := range p.detail.Django.Needs {
		env = append(env, n.Name+"="+p.sh(n.Value)+" ")
	}
	return strings.Join(env, "") + command
}

// browsersDir is where Playwright's browser lies in the image.
const browsersDir = "/opt/browsers"

// browser fetches the browser of Playwright.
func (p *planner) browser() []string {
	pkg, ok := p.detail.Project.Has("playwright")
	if !ok {
		return nil
	}
	p.plan.Decide("browser", "chromium", "", "Playwright needs one, and fetches its own", pkg.At)
	p.view.Copies = append(p.view.Copies, copied{From: browsersDir, To: browsersDir})
	return []string{"PLAYWRIGHT_BROWSERS_PATH=" + browsersDir + " " + p.sh("playwright", "install", "chromium")}
}

// tests settles the stage of the tests.
func (p *planner) tests() error {
	d := p.detail
	t := d.Tests
	switch {
	case p.in.Overrides.NoTestStage:
		p.plan.Decide(plan.TestStage, plan.None, "--no-test-stage", "asked for")
		return nil
	case t.Runner == "":
		p.plan.Decide(plan.TestStage, plan.None, "--no-test-stage", t.Why)
		return nil
	}
	one := p.develop()
	argv := p.runner()
	if why, at := p.testsWant(); why != "" {
		if len(one.Commands) > 0 {
			p.view.Prepared = []run{one}
		}
		p.view.Tested = p.plan.TestBeside(p.in, argv, why, append(at, t.At)...)
		return nil
	}
	runner := p.sh(argv...)
	command := runner
	if d.Django != nil {
		command = p.withSettings(runner)
	}
	one.Commands = append(one.Commands, command)
	p.view.Test = []run{one}
	p.plan.Decide(plan.TestStage, runner, "--no-test-stage", "the project has tests; a plain build leaves the stage out", t.At)
	return nil
}

// runner is the command that runs the tests.
func (p *planner) runner() []string {
	d, t := p.detail, p.detail.Tests
	switch {
	case t.Runner == "django":
		return []string{"python", detect.From(d.Project.Dir, d.Django.Manage), "test"}
	case t.Runner == "pytest":
		return []string{"python", "-m", "pytest"}
	}
	argv := []string{"python", "-m", "unittest", "discover"}
	if len(t.Folder) == 1 && !slices.ContainsFunc(d.Tops, func(top string) bool { return strings.HasPrefix(top, "test_") }) {
		argv = append(argv, "--start-directory", t.Folder[0])
		if t.Package {
			argv = append(argv, "--top-level-directory", ".")
		}
	}
	return argv
}

// testsWant tells of what the tests want beside them: the database that Django makes one of
// its own in for every run, a server of the project's workflow, or Docker itself, for the
// containers that they start.
func (p *planner) testsWant() (why string, at []detect.Evidence) {
	d := p.detail
	for _, r := range slices.Concat(d.Project.Develop, d.Project.Direct) {
		if project.NameOf(r.Name) == "testcontainers" {
			return "the tests start containers, by " + r.Name, []detect.Evidence{r.At}
		}
	}
	if one, ok := p.in.Database(); ok && d.Tests.Database.File != "" && d.Django.SQLite.File == "" {
		return "Django makes a database for them in " + one.Title, append([]detect.Evidence{d.Tests.Database}, one.At...)
	}
	return p.in.TestsWant()
}

// develop installs what the project lists for development.
func (p *planner) develop() run {
	d := p.detail
	one := run{Caches: []string{pipCache}, Secrets: p.secrets}
	switch {
	case d.Project.Tool == project.UV:
		one.Caches = []string{uvCache}
		flags := []string{"--no-editable"}
		for _, group := range d.Project.Groups {
			if group != "dev" {
				flags = append(flags, "--group", group)
			}
		}
		if len(d.Project.Groups) == 0 {
			for _, extra := range d.Project.DevelopExtras() {
				flags = append(flags, "--extra", extra)
			}
		}
		one.Commands = []string{p.sync(flags...)}
	case len(d.Project.Develop) == 0:
		return run{}
	case p.usesUV():
		one.Caches = []string{uvCache}
		one.Commands = []string{p.sh(append([]string{"uv", "pip", "install"}, project.Listed(d.Project.Develop)...)...)}
	case d.Project.Tool == project.PDM:
		one.Caches = append(one.Caches, pdmCache)
		one.Commands = []string{p.sh("pdm", "sync", "--dev", "--no-self", "--no-editable")}
	case d.Project.Tool == project.Pip && len(d.Project.DevFiles) > 0:
		one.Commands = []string{p.sh(append(slices.Clone(into), "-r", p.here(d.Project.DevFiles[0]))...)}
	case d.Project.Lock == "":
		one.Commands = []string{p.sh(append(slices.Clone(into), project.Listed(d.Project.Develop)...)...)}
	case len(d.Project.Groups) > 0:
		one.Commands = p.export(d.Project.Groups...)
	default:
		one.Commands = p.export("dev")
	}
	return one
}

// Hosts of indexes that anybody may read.
var publicIndexes = detect.Hosts{
	"ai":  {"wheels.vllm"},
	"cn":  {"pypi.tuna.tsinghua.edu"},
	"com": {"pypi.nvidia", "storage.googleapis", "github", "mirrors.aliyun"},
	"io":  {"abetlen.github"},
	"org": {"pypi", "test.pypi", "pypi.python", "files.pythonhosted", "download.pytorch", "data.pyg", "www.piwheels"},
}

// variableName is a variable in an address.
var variableName = pattern.New(`\$\{([A-Z_][A-Z0-9_]*)\}`)

// indexes gives the installer credentials for the indexes that want them.
func (p *planner) indexes() error {
	d := p.detail
	var hosts []string
	var evidence []detect.Evidence
	var errs []error
	for _, i := range d.Project.Indexes {
		user, host, ok := i.Authority()
		if !ok {
			continue
		}
		variables := variableName.FindAllStringSubmatch(i.URL, -1)
		switch {
		case strings.Contains(user, "$") && len(variables) == 0:
			errs = append(errs, detect.Errorf(i.At, "pip, which installs, reads variables in the address of an index as ${NAME}; write them so"))
			continue
		case user != "" && len(variables) == 0:
			errs = append(errs, detect.Errorf(i.At, "a password stands in the address of the index, and with it in a layer of the image; put ${INDEX_PASSWORD} in its place"))
			continue
		case len(variables) > 0:
			for _, v := range variables {
				p.secret(secret{ID: v[1], Env: v[1]})
			}
		case publicIndexes.Has(host):
			continue
		case d.Project.Tool == project.UV && i.Name != "":
			name := strings.ToUpper(regexp.MustCompile(`[^A-Za-z0-9]`).ReplaceAllString(i.Name, "_"))
			p.secret(secret{ID: "UV_INDEX_" + name + "_USERNAME", Env: "UV_INDEX_" + name + "_USERNAME"})
			p.secret(secret{ID: "UV_INDEX_" + name + "_PASSWORD", Env: "UV_INDEX_" + name + "_PASSWORD"})
		default:
			p.secret(secret{ID: "netrc", Target: "/root/.netrc"})
		}
		hosts, evidence = append(hosts, host), append(evidence, i.At)
	}
	if len(errs) > 0 {
		return errors.Join(errs...)
	}
	if asked := p.in.Overrides.Private; len(asked) > 0 {
		hosts = append(hosts, asked...)
		p.secret(secret{ID: "netrc", Target: "/root/.netrc"})
	}
	if slices.Contains(d.Entries, "pip.conf") {
		p.secret(secret{ID: "pip_conf", Target: "/etc/pip.conf"})
		hosts, evidence = append(hosts, "pip.conf"), append(evidence, detect.Evidence{File: d.Project.File("pip.conf")})
	}
	if len(hosts) == 0 || d.Project.Tool == project.None {
		p.secrets = nil
		return nil
	}
	slices.Sort(hosts)
	p.plan.Decide("private packages", strings.Join(slices.Compact(hosts), " "), "--private", "credentials come by secret mounts; where none are given, the index is asked without", evidence...)
	return nil
}

func (p *planner) secret(s secret) {
	if p.hasSecret(s.ID) {
		return
	}
	p.secrets = append(p.secrets, s)
	source := map[string]string{"netrc": "$HOME/.netrc", "pip_conf": "pip.conf"}[s.ID]
	p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: s.ID, Source: source, Env: s.Env})
}

// ssh says whether a repository is fetched by ssh, which then takes the key of a host
// that it does not know: a build knows none.
func (p *planner) ssh() bool {
	for _, name := range slices.Sorted(maps.Keys(p.detail.Project.Packages)) {
		if one := p.detail.Project.Packages[name]; one.BySSH() {
			p.set("GIT_SSH_COMMAND", "ssh -o StrictHostKeyChecking=accept-new")
			p.plan.Decide("ssh", name, "", "its repository is fetched by ssh; build with --ssh default, which lends the agent and no key", one.At)
			p.plan.Note("%s: %s is fetched by ssh; build with --ssh default", one.At, name)
			return true
		}
	}
	return false
}
