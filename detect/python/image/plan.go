// Package image plans the image of one program of Python.
package image

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// view is what the templates of templates/python print.
type view struct {
	Builder     string // python:3.13.15-slim-trixie
	BuildGround plan.Ground
	Link        string // the line of Python whose place in distroless is linked to, or none
	UV          string // the image that holds uv, or none
	Env         []plan.Variable
	Workdir     string // where the context is
	Manifests   []string
	Parents     bool   // manifests keep their folders
	At          string // the folder below where the commands run, or none
	Deps        []run
	Sources     []string    // folders from the context, or none for all of it
	Brought     []plan.Copy // what front ends make and the build reads
	Version     bool        // a build takes the version of the project
	Build       []run
	Test        []run
	Tested      *plan.Tested // the end of the stage instead, where the tests want a server
	Prepared    []run        // and what it does before
	Base        string       // of the runtime stage
	Ground      plan.Ground  // of the runtime stage
	User        string
	UserFirst   string   // the user where the working folder has to be theirs, or none
	FirstDirs   []string // folders with code in them, in which the program makes files
	UserLate    string   // the user where folders are made behind the copies, or none
	LastDirs    []string // other folders in which the program makes files
	HomeLast    string
	UserLast    string
	RuntimeUV   string // the image that holds uv, where the program calls it
	RuntimeEnv  []plan.Variable
	Home        string // the working folder
	Copies      []copied
	Pages       []plan.Copy // what front ends make and the program reads
	Linked      bool        // files are copied in layers of their own
	Ports       []plan.Port
	StopSignal  string // or none for SIGTERM
	Health      []string
	Entrypoint  []string
	Command     []string
}

// run is a RUN instruction.
type run struct {
	Caches   []string
	Secrets  []secret
	SSH      bool
	Commands []string // in the syntax of a shell, one after the other
}

// secret is a secret mount: a file or a variable.
type secret struct{ ID, Target, Env string }

// copied is what the runtime takes from the builder.
type copied struct {
	From, To string
	Owner    string // the user that may write there, or none for root
	Exclude  []string
}

// planner gathers one plan.
type planner struct {
	in      plan.Input
	detail  program.Detail
	view    view
	plan    plan.Plan
	settled settled
	line    int // the second number of Python's version
	flavour string
	builder plan.Base // what the environment is made on
	ground  plan.Base // what the image runs on
	needs   []need
	secrets []secret
	err     error

	starts    []string       // what the container starts, whatever image it is
	execs     string         // what a shell that the container starts becomes, or none
	steps     []program.Step // what that shell runs first
	along     string         // a server that the project does not list, in its version
	bounds    []string       // older releases that what it lists needs
	bounded   bool           // they are installed with what it lists
	noCeiling bool           // the wheels do not bound the version
	options   bool           // what starts takes options behind it
}

// Plan decides how the image of one Python program is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(program.Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Python service", in.Service.Name)
	}
	p := &planner{in: in, detail: d}
	steps := []func() error{
		p.runtime, // decides with the version what everything stands on
		p.program,
		p.context,
		p.server,
		p.limits,
		p.packages,
		p.indexes,
		p.dependencies,
		p.sources,
		p.tests,
		p.command,
		p.copies,
		p.brought,
		p.health,
		p.dev,
		p.platforms,
		p.ignore,
	}
	for _, step := range steps {
		if err := errors.Join(step(), p.err); err != nil {
			return plan.Plan{}, err
		}
	}
	return p.plan, nil
}

// plainArgument means nothing to a shell behind the first word of a command.
var plainArgument = pattern.New(`^[A-Za-z0-9_./:@%+,=-]+$`)

// sh joins words to a command of a shell.
func (p *planner) sh(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		if i > 0 && plainArgument.MatchString(w) {
			quoted[i] = w
			continue
		}
		q, err := dockerfile.Shell(w)
		if err != nil && p.err == nil {
			p.err = err
		}
		quoted[i] = q
	}
	return strings.Join(quoted, " ")
}

// set gives every command of the build an environment variable.
func (p *planner) set(name, value string) {
	p.view.Env = append(p.view.Env, plan.Variable{Name: name, Value: value})
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(file string) string { return detect.From(p.detail.Root, file) }

// here makes a path from the root one from the folder that commands run in.
func (p *planner) here(file string) string { return detect.Relative(p.detail.Project.Dir, file) }

// inImage is where a path from the root is in the image.
func (p *planner) inImage(file string) string { return path.Join(appDir, p.fromContext(file)) }

func (p *planner) runtime() error {
	flavour, err := Stack().Runtime(p.in.Overrides.Runtime)
	if err != nil {
		return err
	}
	if p.settled, err = p.python(); err != nil {
		return err
	}
	p.flavour, p.line = flavour, project.Minor(p.settled.ref.Version)
	line := project.LineOf(p.settled.ref.Version)
	builder := p.settled.ref
	base := builder.String()
	switch flavour {
	case "distroless":
		if line != distrolessLine || p.settled.suite != suites[0] {
			return &plan.OverrideError{Flag: "--runtime", Value: flavour, Err: fmt.Errorf("that image has Python %s and no other, and the project gets %s", distrolessLine, line)}
		}
		ref, err := p.in.Catalog.Reference(distrolessImage, "nonroot")
		if err != nil {
			return err
		}
		base = ref.String()
		p.view.Link = line
	case "alpine":
		variant := "alpine" + p.in.Catalog.Lines("alpine")[0].Name
		if builder, err = p.in.Catalog.Resolve(image, constraintOf(p.settled.ref.Version), variant); err != nil {
			return &plan.OverrideError{Flag: "--runtime", Value: flavour, Err: err}
		}
		base = builder.String()
	}
	if err := p.grounds(builder.String(), base); err != nil {
		return err
	}
	uid, _, _ := strings.Cut(p.ground.User, ":")
	p.plan.Parts = []plan.Part{{Templates: []string{"python/build.tmpl", "python/run.tmpl"}}}
	p.plan.Summary.Language = "python " + line
	p.plan.Summary.Evidence = p.settled.evidence
	p.plan.Summary.Images = fmt.Sprintf("%s → %s, %s", p.view.Builder, strings.TrimSuffix(strings.TrimPrefix(base, "gcr.io/"), ":nonroot"), uid)
	p.plan.Version = plan.Version{Value: p.settled.ref.Version, Own: len(p.settled.evidence) > 0 || p.in.Overrides.LangVersion != "", Constraint: p.constraint()}
	p.plan.Decide("base of the build", p.view.Builder, "--lang-version", p.settled.reason, p.settled.evidence...)
	p.plan.Decide("runtime", base, "--runtime", reasons[flavour])
	p.plan.Decide("user", p.ground.User, "", p.ground.UserIs)
	if l, ok := p.in.Catalog.Line(image, p.settled.ref.Version); !ok || l.Ended() {
		p.plan.Note("Python %s is past its end of life at %s", line, p.in.Catalog.AsOf())
	}
	return nil
}

// grounds settles what the stages stand on.
func (p *planner) grounds(builder, base string) (err error) {
	if p.builder, err = p.in.Base(builder); err != nil {
		return err
	}
	if p.ground, err = p.in.RunBase(base); err != nil {
		return err
	}
	if err := p.ground.Runs(p.builder); err != nil {
		return err
	}
	if p.view.Link != "" && p.builder.Foreign {
		return p.builder.Refuse("its interpreter is not where that of %s is, which the environment is made for; choose another --runtime", base)
	}
	if p.builder.Libc == "musl" {
		p.plan.Note("%s has musl: packages without musllinux wheels are compiled, which takes long and wants their libraries", p.builder.Title)
	}
	p.view.Builder, p.view.Base, p.view.User = builder, base, p.ground.User
	return nil
}

func (p *planner) program() error {
	d := p.detail
	what := d.Program.Framework
	if what == "" {
		what = "program"
	}
	p.plan.Description = fmt.Sprintf("Python, %s with %s on %s", what, p.tool(), p.ground.On(p.flavour))
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, d.Program.At)
	if d.Project.ToolWhy != "" {
		p.plan.Decide("package manager", d.Project.Tool, "--package-manager", d.Project.ToolWhy, d.Project.ToolAt)
	}
	p.plan.Decide("program", d.Program.Name, "--main", d.Program.Reason, d.Program.At)
	for _, r := range d.Release {
		p.plan.Note("%s: %s is not part of the start: %s", r.At, r.Name, r.Command)
	}
	return nil
}

// tool is what installs, in a word.
func (p *planner) tool() string {
	switch p.detail.Project.Tool {
	case project.Pyproject, project.Setup, project.Pylock:
		return "uv"
	case project.None:
		return "nothing"
	}
	return p.detail.Project.Tool
}

func (p *planner) context() error {
	d := p.detail
	p.plan.Context, p.plan.Home = d.Root, d.Project.Dir
	p.view.Workdir = appDir
	if dir := p.inImage(d.Project.Dir); dir != appDir {
		p.view.At = dir
	}
	if len(d.Closure) > 0 {
		var names []string
		for _, c := range d.Closure {
			names = append(names, c.Dir)
		}
		p.plan.Decide("builds with", strings.Join(names, " "), "", "the projects of the repository that it requires", d.Closure[0].At)
	}
	return nil
}

// packages settles what the distribution has to have, to build and to run.
func (p *planner) packages() error {
	p.needs = p.needed(p.line)
	var build, run []string
	for _, n := range p.needs {
		build, run = append(build, n.build...), append(run, n.run...)
		if p.runsInBuild() {
			build = append(build, n.run...)
		}
		if len(n.run) > 0 && p.flavour == "distroless" {
			return &plan.OverrideError{Flag: "--runtime", Value: p.flavour, Err: detect.Errorf(n.at, "%s needs %s, which that image cannot hold", n.why, strings.Join(n.run, ", "))}
		}
	}
	var err error
	if p.view.BuildGround, err = p.in.Building(p.builder, sorted(build)); err != nil {
		return err
	}
	if p.view.Ground, err = p.in.Running(p.ground, sorted(run)); err != nil {
		return err
	}
	for _, n := range p.needs {
		if err := errors.Join(p.wanted("packages to build", p.builder, n.build, n), p.wanted("packages to run", p.ground, n.run, n)); err != nil {
			return err
		}
	}
	if t, ok := p.detail.Project.Has("torch"); ok && !slices.ContainsFunc(p.detail.Project.Indexes, func(i project.Index) bool { return strings.Contains(i.URL, "download.pytorch.org") }) {
		p.plan.Note("%s: torch from PyPI brings some GB for graphics cards; without one, take it from https://download.pytorch.org/whl/cpu", t.At)
	}
	return nil
}

// runsInBuild says whether the build runs the program's code, which then needs what
// the program needs.
func (p *planner) runsInBuild() bool {
	d := p.detail
	tested := d.Tests.Runner != "" && !p.in.Overrides.NoTestStage
	return tested || d.Django != nil && d.Django.Static.File != ""
}

// wanted says which packages of a base something needs.
func (p *planner) wanted(name string, base plan.Base, packages []string, n need) error {
	if len(packages) == 0 {
		return nil
	}
	names, err := p.in.Catalog.Names(base.Base, sorted(packages))
	p.plan.Decide(name, strings.Join(names, " "), "", n.why, n.at)
	return err
}

// sorted gives packages sorted and each once.
func sorted(packages []string) []string {
	all := slices.Clone(packages)
	slices.Sort(all)
	return slices.Compact(all)
}

// brought copies what front ends make to where the program looks: before the build where
// that gathers it, or where the project is installed with it.
func (p *planner) brought() error {
	for _, b := range p.in.Brought {
		c := plan.Copy{Stage: b.Stage, From: b.Path, To: path.Join(appDir, detect.Relative(p.detail.Root, b.To))}
		if b.Embedded || !p.remains() {
			p.view.Brought = append(p.view.Brought, c)
			continue
		}
		p.view.Pages = append(p.view.Pages, c)
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: c.To, By: "the program serves", At: p.detail.Program.At, Exact: true})
	}
	return nil
}

// platforms takes --platforms, which changes no line of the Dockerfile.
func (p *planner) platforms() error {
	p.plan.BuildFor(p.in, "wheels differ, so each is built by a builder of its own or under emulation")
	return nil
}

// litter is what programs leave behind and no build reads.
var litter = []string{"**/__pycache__", "**/*.py[cod]", "**/.venv", "**/venv", "**/.pytest_cache", "**/.mypy_cache", "**/.ruff_cache", "**/.tox", "**/.nox", "**/*.egg-info", "**/.coverage", "**/htmlcov", "**/node_modules"}

func (p *planner) ignore() error {
	d := p.detail
	reads := slices.Clone(p.view.Manifests)
	for _, file := range d.Sources {
		if !plan.IsBrought(p.in.Brought, file) {
			reads = append(reads, p.fromContext(file))
		}
	}
	if d.Installed && d.Project.Readme != "" {
		reads = append(reads, p.fromContext(d.Project.File(d.Project.Readme)))
	}
	slices.Sort(reads)
	p.plan.Needs = slices.Compact(reads)
	own := slices.Clone(litter)
	if p.hasSecret("pip_conf") {
		own = append(own, "**/pip.conf")
	}
	p.view.Ports = p.plan.Ports
	p.plan.Parts[0].Data = p.view
	return p.plan.Hide("what no build of this service reads", p.allowed(), own, p.plan.Needs)
}

// allowed lets through the manifests and the sources of the closure and nothing else
// of the repository. A service that stands alone has its folder for that.
func (p *planner) allowed() []string {
	if len(p.view.Sources) == 0 {
		return nil
	}
	patterns := []string{"*"}
	for _, dir := range p.view.Sources {
		patterns = append(patterns, "!"+dir)
	}
	for _, file := range p.view.Manifests {
		patterns = append(patterns, "!"+file)
	}
	return patterns
}

func (p *planner) hasSecret(id string) bool {
	return slices.ContainsFunc(p.secrets, func(s secret) bool { return s.ID == id })
}
