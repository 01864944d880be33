package node

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/lock"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/service"
	"github.com/dockgen/dockgen/internal/plan"
)

// Run is one RUN.
type Run = plan.Run

// Copied is one COPY.
type Copied struct {
	From    string // a stage, or none for the context
	Parents bool   // paths below the context, or below /./ in a source, are kept
	Exclude string // a pattern, or none
	Chown   string // the owner, or none for root
	Sources []string
	To      string
}

// view is what the templates of templates/node print.
type view struct {
	Stages     plan.Stages
	Deps       string // the image of the stage deps, or none where nothing is installed
	DepsGround plan.Ground
	DepsEnv    []plan.Variable
	Manager    Run // installs the package manager
	Manifests  []Copied
	Install    Run
	Builder    string // what the stage builder starts from, or none where nothing is built or tested
	Native     bool   // the builder runs on the builder's platform: what it makes fits any
	BuilderEnv []plan.Variable
	Args       []string
	Sources    []Copied
	Build      Run
	Test       Run
	TestEnv    []plan.Variable
	Tested     *plan.Tested // the end of the stage instead, where the tests want a server
	ProdFrom   string       // what the stage prod-deps starts from, or none
	ProdCopies []Copied
	Prod       Run
	Base       string
	Ground     plan.Ground // of the runtime
	Tools      Run         // installs programs that the service starts
	RuntimeEnv []plan.Variable
	Copies     []Copied
	Writable   []string // folders that are the user's
	Held       []string // those of them that are made before anything is copied into them
	HeldUser   string   // who makes them, where that was not settled before
	WorkFirst  string   // the working folder, where it is made before the copies
	UserFirst  string
	UserLast   string
	Workdir    string // where the program starts, if that is not /app
	Ports      []plan.Port
	Health     []string
	Entrypoint []string
	Command    []string
	Server     plan.WebServer // of a site
}

// planner gathers one plan.
type planner struct {
	in     plan.Input
	detail service.Detail
	engine engineImage
	view   view
	plan   plan.Plan

	version         string // of the engine
	versionReason   string
	versionEvidence []detect.Evidence
	suite           string // of Debian, as the image's variant names it
	managerVersion  string
	installed       bool // something is installed
	built           bool // something is built
	traced          bool // the runtime needs no node_modules
	generated       bool // the build generates a client among the dependencies, and production installs them anew
	flavour         string
	ground          plan.Base // what the image runs on
	builds, runs    []string  // packages for the stage deps and the runtime, by their names in Debian 13
	pnp             string    // the map of yarn's Plug'n'Play, or empty
	program         string    // of the context, where no build makes it, or empty
	reads           []string
	required        []string // packages whose programs start the service
	bare            string   // the image of the stage deps, where that is left out
	prepares        []string // commands of the build that development wants as well
}

// Plan decides how the image of one service is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(service.Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Node service", in.Service.Name)
	}
	p := &planner{in: in, detail: d, engine: engineImages[d.Engine]}
	if p.view.Stages = in.Stages; in.Stages == (plan.Stages{}) {
		p.view.Stages = plan.OwnStages()
	}
	steps := []func() error{
		p.place,
		p.images, // the image that builds decides what the rest can be
		p.manager,
		p.install,
		p.build,
		p.tests,
		p.production,
		p.runtime,
		p.contents,
		p.ports,
		p.health, // asks the port with what the runtime has
		p.command,
		p.takes,
		p.writable,
		p.rooted,
		p.needless,
		p.dev,
		p.platforms,
		p.ignore,
	}
	if d.Framework.Kind == framework.Static {
		steps = []func() error{p.place, p.images, p.manager, p.install, p.build, p.tests, p.site, p.dev, p.platforms, p.ignore}
	}
	if d.Deno != nil {
		steps = []func() error{p.place, p.images, p.denoInstall, p.denoTests, p.runtime, p.denoContents, p.ports, p.health, p.denoCommand, p.writable, p.rooted, p.denoDev, p.platforms, p.ignore}
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return plan.Plan{}, err
		}
	}
	p.plan.Summary.Evidence = each(p.plan.Summary.Evidence)
	return p.plan, nil
}

// each leaves out what is there already.
func each(all []detect.Evidence) []detect.Evidence {
	var found []detect.Evidence
	for _, e := range all {
		if !slices.Contains(found, e) {
			found = append(found, e)
		}
	}
	return found
}

// place settles context and home.
func (p *planner) place() error {
	d := p.detail
	p.plan.Context, p.plan.Home = d.Workspace.Dir, d.Package.Dir
	for _, c := range d.Closure {
		if !detect.Inside(c.Dir, p.plan.Context) {
			p.plan.Context = "." // linked from beside the workspace
		}
	}
	for _, n := range append(slices.Clone(d.Notes), d.Framework.Notes...) {
		p.plan.Note("%s", n)
	}
	if d.Framework.Kind != framework.Unknown {
		p.plan.Decide("framework", d.Framework.Title, "", d.Framework.Reason, d.Framework.Evidence...)
		p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, d.Framework.Evidence...)
	}
	if !d.Alone() && len(d.Closure) > 1 {
		p.plan.Decide("builds with", strings.Join(dirs(d.Closure), " "), "", "the packages of the repository that it needs", d.Closure[0].At())
	}
	return nil
}

func dirs(packages []project.Package) []string {
	var found []string
	for _, p := range packages {
		found = append(found, p.Dir)
	}
	return found
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(file string) string {
	below, ok := detect.Below(p.plan.Context, file)
	if !ok {
		return file
	}
	return below
}

// home is the folder of the package below the working folder, "" for that itself.
func (p *planner) home() string {
	home := p.fromContext(p.detail.Package.Dir)
	if n := p.detail.Package.Project; n != nil && n.Site == "" {
		return p.root() // as Nx starts it
	}
	if home == "." {
		return ""
	}
	return home
}

// install folder of the workspace below the working folder.
func (p *planner) root() string {
	root := p.fromContext(p.detail.Workspace.Dir)
	if root == "." {
		return ""
	}
	return root
}

// images settles what builds.
func (p *planner) images() error {
	e := p.builderEngine()
	ref, err := p.base(e)
	if err != nil {
		return err
	}
	p.view.Deps = ref.String()
	p.suite = strings.TrimPrefix(ref.Tag, ref.Version+"-")
	if i := slices.Index(e.suites, p.suite); i >= 0 && len(p.detail.System.Compile) > 0 && len(e.full) > i {
		if full, err := p.in.Catalog.Resolve(e.image, "="+ref.Version, e.full[i]); err == nil && p.isOwn(full.String()) {
			c := p.detail.System.Compile[0]
			p.view.Deps = full.String()
			p.plan.Decide("base of the build", full.String(), "--lang-version", p.versionReason+"; with compilers, because of "+c.Value, each(append(p.versionEvidence, c.At))...)
			p.view.DepsEnv = append(p.view.DepsEnv, plan.Variable{Name: "npm_config_nodedir", Value: "/usr/local"})
			p.builds = without(p.detail.System.Build, "ca-certificates", "git", "openssl", "pkg-config", "openssh-client")
			return nil
		}
	}
	p.plan.Summary.Images = ref.String()
	p.plan.Decide("base of the build", ref.String(), "--lang-version", p.versionReason, p.versionEvidence...)
	p.builds = p.detail.System.Build
	if len(p.detail.System.Compile) > 0 {
		p.builds = union(p.builds, lock.Gyp)
	}
	return nil
}

// isOwn says whether an image is what it is called, or another of its family.
func (p *planner) isOwn(image string) bool {
	base, err := p.in.Base(image)
	return err == nil && !base.Foreign
}

// grounds settles what the stages have to be given that stand on images.
func (p *planner) grounds() error {
	if p.view.Deps != "" {
		base, err := p.in.Base(p.view.Deps)
		if err == nil {
			p.view.DepsGround, err = p.in.Building(base, p.builds)
		}
		if err != nil {
			return err
		}
	}
	if p.view.Base == "" {
		return nil
	}
	var err error
	p.view.Ground, err = p.in.Running(p.ground, p.runs)
	return err
}

// builderEngine is what installs and builds: bun where bun installs and runs, else
// node, which every build tool knows.
func (p *planner) builderEngine() engineImage {
	if p.detail.Engine == "bun" && p.detail.Manager.Name == "bun" || p.detail.Engine == "deno" {
		return p.engine
	}
	if p.detail.Manager.Name == "bun" && p.detail.Framework.Kind == framework.Unknown && p.detail.Engine == "bun" {
		return p.engine
	}
	return engineImages["node"]
}

func without(list []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(names, s) })
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// platforms takes --platforms, which changes no line of the Dockerfile.
func (p *planner) platforms() error {
	p.plan.BuildFor(p.in, "each is built by a builder of its own or under emulation")
	return nil
}

// ignore makes the ignore file.
func (p *planner) ignore() error {
	if err := p.grounds(); err != nil {
		return err
	}
	d := p.detail
	own := []string{"**/node_modules", "**/npm-debug.log*", "**/.turbo", "**/.nx", "**/coverage"}
	for _, o := range d.Framework.Outputs {
		if name := path.Join(p.home(), o); project.PlainPath.MatchString(name) {
			own = append(own, name)
		}
	}
	for _, c := range d.Content {
		if c.Built {
			own = append(own, path.Join(p.home(), c.Path))
		}
	}
	for _, t := range p.literals() {
		own = append(own, path.Join(p.root(), t.Value))
	}
	for _, t := range d.Unread {
		own = append(own, p.fromContext(t.Value))
	}
	if p.program != "" {
		p.plan.Needs = append(p.plan.Needs, p.program)
	}
	slices.Sort(p.plan.Needs)
	p.plan.Needs = slices.Compact(p.plan.Needs)
	p.view.Ports = p.plan.Ports
	p.plan.Parts[0].Data = p.view
	return p.plan.Hide("what no build of this service reads", p.allowed(), own, append(slices.Clone(p.plan.Needs), p.reads...))
}

// allowed lets through the manifests of all members and the sources of the closure,
// and nothing else of a workspace.
func (p *planner) allowed() []string {
	d := p.detail
	if d.Alone() || len(p.view.Sources) > 0 && p.view.Sources[0].Sources[0] == "." || d.Package.Dir == d.Workspace.Dir {
		return nil
	}
	patterns := []string{"*"}
	for _, c := range d.Closure {
		patterns = append(patterns, "!"+p.fromContext(c.Dir))
	}
	for _, m := range p.view.Manifests {
		for _, s := range m.Sources {
			patterns = append(patterns, "!"+s)
		}
	}
	for _, s := range append(slices.Clip(p.view.Sources), p.develops()...) {
		for _, name := range s.Sources {
			patterns = append(patterns, "!"+name)
		}
	}
	slices.Sort(patterns[1:])
	return slices.Compact(patterns)
}
