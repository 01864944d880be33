package rust

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// view is what the templates of templates/rust print.
type view struct {
	Builder      string   // rust:1.98.0-slim-trixie
	Cross        bool     // compiled on the builder's platform for the target's
	Once         bool     // built on the builder's platform for all others
	Targets      []target // what is compiled for, where it is not the builder's own
	BuildGround  plan.Ground
	ToolsBase    string   // the image that compiles the tools for browsers
	Tools        []string // "trunk@0.22.1", or none
	ToolGround   plan.Ground
	ToolFiles    []string // the programs that they are
	First        string   // the stage that the packages stand in
	Chef         string   // the version of cargo-chef that makes the layer of dependencies, or none
	Fetch        bool     // packages come from elsewhere
	GitDeps      bool     // some from repositories of their own
	SSH          bool     // and over SSH
	Secrets      []secret
	Tokens       bool // Cargo hands out those of a mounted file
	Env          []plan.Variable
	Parents      bool     // paths of the context are kept
	Manifests    []string // from the context, with the folders that dependencies are compiled from
	Workdir      string   // where Cargo runs, or none for the working folder of deps
	Stubbed      bool
	Stub         *stub    // the file that stands for sources which are not there (yet), where it is one
	Stubs        []string // the files, where there are more, from where Cargo runs
	StubText     string
	Compiles     []string // what Cargo is told for each part of the dependencies, in a layer of their own: " --release -p orders"
	Download     bool     // the dependencies, and no more
	Select       string   // of the program: " -p orders --bin api"
	Make         string   // what builds the program from its sources
	MakeDir      string   // where, if not where Cargo compiles the dependencies
	Locked       string   // " --locked", or none
	Sources      []string
	SourcesTo    string
	Brought      []plan.Copy // what front ends make and the program embeds
	Tests        string      // what cargo test takes, or none where there is no test stage
	TestsRun     bool
	CacheID      string      // of the mounted folder that is compiled in
	Mount        bool        // compiled in a mounted folder
	Binary       string      // the name of the program
	TargetDir    string      // where Cargo compiles
	Artefact     string      // what it makes there, unless the platform is in the path
	Built        string      // /out/orders, or none where the builder takes nothing out
	StripBuilt   bool        // of its symbols, when it is taken out
	Beside       string      // a file that is taken out with it, or none
	Taken        []plan.Copy // what the image takes from the builder
	Site         plan.WebServer
	Installed    string      // /usr/local/bin/orders
	Base         string      // of the runtime stage
	Ground       plan.Ground // of the runtime stage
	Certificates string      // the builder's file of them that the image takes, or none
	Zones        string      // the same of time zones, a folder
	Temp         string      // the folder of the builder that holds the image's /tmp, or none
	User         string
	UserFirst    string // the user where the working folder has to be theirs, or none
	UserLast     string // the user otherwise
	AppDir       string
	WriteDirs    []string // folders below it in which the program makes files
	Assets       []plan.Copy
	RuntimeEnv   []plan.Variable
	Ports        []plan.Port
	Health       []string
	Entrypoint   []string
	Command      []string
}

// target is a platform that is compiled for, with the environment that says so.
type target struct {
	Arch string // as Docker names it
	Env  []plan.Variable
}

// stub is a file in a folder.
type stub struct{ Dir, File string }

// secret is a file that a step of the build may read.
type secret struct{ ID, Target string }

// planner gathers one plan.
type planner struct {
	in      plan.Input
	detail  Detail
	view    view
	plan    plan.Plan
	context string // the folder that the build sees, from the root
	runtime runtime
	flavour string
	suite   suite
	version string // of the compiler

	compiler plan.Base // what compiles stands on
	ground   plan.Base // what the image runs on
	builds   []string  // packages for the compiler, by their names in Debian 13
}

// Plan decides how the image of one program in Rust is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Rust service", in.Service.Name)
	}
	d.Outside = slices.DeleteFunc(slices.Clone(d.Outside), func(a Asset) bool { return plan.IsBrought(in.Brought, a.From) })
	d.Embedded = slices.DeleteFunc(slices.Clone(d.Embedded), func(name string) bool { return plan.IsBrought(in.Brought, name) })
	p := &planner{in: in, detail: d}
	if d.Web != nil {
		return p.web()
	}
	return p.run(
		p.build,   // the image that compiles decides what the rest can be
		p.choose,  // what the image runs on, and with it what is compiled for
		p.program, // what is compiled
		p.base,
		p.sources,
		p.dependencies,
		p.private,
		p.tests,
		p.assets,
		p.ports,
		p.health, // asks the port with what the runtime has
		p.command,
		p.dev,
		p.ignore,
	)
}

// run takes the steps of a plan, each of which stands on those before it.
func (p *planner) run(steps ...func() error) (plan.Plan, error) {
	for _, step := range steps {
		if err := step(); err != nil {
			return plan.Plan{}, err
		}
	}
	return p.plan, nil
}

func (p *planner) build() error {
	ref, on, reason, evidence, err := p.image()
	if err != nil {
		return err
	}
	p.suite, p.version = on, ref.Version
	if f := p.detail.LockFormat; f.Value != "" {
		p.plan.Need(plan.Lockfile("cargo", ref.Version, f.Value, f.At, "write the lock with that Cargo, or choose a newer one with --lang-version"))
	}
	p.view.Builder = ref.String()
	if p.compiler, err = p.in.Base(p.view.Builder); err != nil {
		return err
	}
	p.plan.Summary.Language = "rust " + strings.Join(strings.SplitN(ref.Version, ".", 3)[:2], ".")
	p.plan.Summary.Evidence = append(evidence, p.detail.Package.At)
	p.plan.Version = plan.Version{Value: ref.Version, Own: len(evidence) > 0 || p.in.Overrides.LangVersion != "", Constraint: p.constraint()}
	p.plan.Decide("base of the build", ref.String(), "--lang-version", reason, evidence...)
	if f := p.detail.Toolchain; f.File != "" {
		p.plan.Decide("toolchain file", "left out of the build", "", "rustup would download what it names, and the image has it", detect.Evidence{File: f.File})
	}
	return nil
}

// set gives every command of the build an environment variable.
func (p *planner) set(name, value string) {
	p.view.Env = append(p.view.Env, plan.Variable{Name: name, Value: value})
}

func (p *planner) program() error {
	d := p.detail
	if len(d.packages()) > 1 {
		p.view.Select = " -p " + d.spec(d.Package)
	}
	if d.Several {
		p.view.Select += " --bin " + d.Program.Name
	}
	if f := d.Program.Features; len(f) > 0 {
		if slices.ContainsFunc(f, func(name string) bool { return !isFeature(name) }) {
			return detect.Errorf(d.Program.At, "%q are no names of features", f)
		}
		p.view.Select += " --features " + strings.Join(f, ",")
	}
	if flags := d.Chosen.flags(); flags != "" {
		p.view.Select += flags
		p.plan.Decide("features", strings.TrimSpace(flags), "--"+featuresKey, d.Chosen.Reason, d.Chosen.At)
	}
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, d.Program.At)
	p.plan.Decide("program", d.Program.Name, "--main", d.Why, d.Program.At)
	p.profile()
	return nil
}

// profile settles what every compilation is told.
func (p *planner) profile() {
	d := p.detail
	if strip, stated := d.strip(); d.Web != nil {
		p.view.StripBuilt = !stated // what is for browsers needs them until the tool is done
	} else if !stated {
		p.set("CARGO_PROFILE_RELEASE_STRIP", "symbols")
		p.plan.Decide("symbols", "stripped", "", "the profile does not say; debuggers need them, the program does not")
	} else {
		p.plan.Decide("symbols", "as the profile says", "", "strip is set", strip)
	}
	if w := d.Config.Wrapper; w.Value != "" {
		p.set("CARGO_BUILD_RUSTC_WRAPPER", "")
		p.plan.Decide("compiler's wrapper", plan.None, "", w.Value+" is not in the image, which has layers and mounts for that", w.At)
	}
}

// strip is where the profile says something about symbols.
func (d Detail) strip() (detect.Evidence, bool) {
	release, ok := d.Root.file.doc.Profile["release"]
	return d.Root.file.at("profile.release", "strip"), ok && release.Strip != nil
}

// packages are the members with a package.
func (d Detail) packages() []*Package {
	return slices.DeleteFunc(slices.Clone(d.Members), func(m *Package) bool { return m.Name == "" })
}

// spec names a package to Cargo, with its version where another of that name is
// among the dependencies.
func (d Detail) spec(p *Package) string {
	for _, m := range d.Closure {
		if x, ok := m.asks(p.Name); ok && x.Dir == "" && p.Version != "" {
			return p.Name + "@" + p.Version
		}
	}
	return p.Name
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(name string) string { return detect.From(p.context, name) }

// sources settles what the build sees, and what of it it copies.
func (p *planner) sources() error {
	d := p.detail
	p.context = d.Root.Dir
	outside := func(name string) bool { return !detect.Inside(name, p.context) }
	var needs []string
	for _, m := range append(d.Members, d.Real...) {
		needs = append(needs, m.Dir)
	}
	needs = append(needs, d.Config.Files...)
	for _, a := range slices.Concat(d.Outside, d.Reads) {
		needs = append(needs, a.From)
	}
	needs = append(needs, d.webReads()...)
	if d.Root != d.Package || slices.ContainsFunc(needs, outside) {
		p.context = "."
	}
	p.plan.Context, p.plan.Home = p.context, d.Package.Dir
	p.view.SourcesTo = "."
	p.manifests()
	if !p.holdsRoot() {
		p.view.Sources, p.view.SourcesTo = p.copied(), "./"
		p.plan.Decide("builds with", strings.Join(p.view.Sources, " "), "", "the packages of the repository that it needs, and what is compiled into them", d.Package.At)
	}
	if p.view.MakeDir != "" {
		p.view.MakeDir = path.Join("/src", p.fromContext(p.view.MakeDir))
	}
	if dir := p.fromContext(d.Root.Dir); dir != "." {
		p.view.Workdir, p.view.SourcesTo = path.Join("/src", dir), "/src/"
	}
	return nil
}

// holdsRoot says that the closure has the package in the root of the context, so
// that everything is copied which the ignore file lets through.
func (p *planner) holdsRoot() bool {
	return slices.ContainsFunc(p.detail.Closure, func(m *Package) bool { return m.Dir == p.context })
}

// copied lists what the stage of the sources takes from the context.
func (p *planner) copied() []string {
	d := p.detail
	var from []string
	for _, m := range d.Closure {
		if !slices.Contains(d.Real, m) { // there already
			from = append(from, m.Dir)
		}
	}
	if p.in.Overrides.Own.Word(cacheKey) == cacheChef { // it reads the sources of all members
		for _, m := range d.packages() {
			from = append(from, m.Dir)
		}
	}
	for _, a := range d.Outside {
		from = append(from, a.From)
	}
	if d.Offline.Value != "" {
		from = append(from, d.Offline.Value)
	}
	from = append(from, d.webReads()...)
	slices.Sort(from)
	var kept []string
	for _, dir := range from {
		if !slices.ContainsFunc(kept, func(k string) bool { return detect.Inside(dir, k) }) {
			kept = append(kept, dir)
		}
	}
	for i := range kept {
		kept[i] = p.fromContext(kept[i])
	}
	if p.in.Overrides.Own.Word(cacheKey) == cacheChef { // its stages start from nothing
		for _, name := range p.view.Manifests {
			if !slices.ContainsFunc(kept, func(k string) bool { return detect.Inside(name, k) }) {
				kept = append(kept, name)
			}
		}
	}
	return kept
}

// manifests lists what Cargo wants before any source: the manifests of all
// members, the lock, its configuration, and the sources of what replaces packages
// from elsewhere, because dependencies are compiled against them.
func (p *planner) manifests() {
	d := p.detail
	add := func(name string) {
		if name = p.fromContext(name); !slices.Contains(p.view.Manifests, name) {
			p.view.Manifests = append(p.view.Manifests, name)
		}
	}
	add(d.Root.file.name)
	if d.Lock != "" {
		add(d.Lock)
	}
	for _, name := range d.Config.Files {
		add(name)
	}
	members := slices.Clone(d.Members)
	slices.SortFunc(members, func(a, b *Package) int { return cmp.Compare(a.Dir, b.Dir) })
	for _, m := range members {
		if !slices.Contains(d.Real, m) {
			add(m.file.name)
		}
	}
	for _, m := range d.Real {
		add(m.Dir)
		p.plan.Decide("compiled with the dependencies", m.Name, "", "a folder that stands for a package from elsewhere, or lies outside of the workspace", m.At)
	}
	for _, s := range d.Config.Sources {
		add(s.Value)
		p.plan.Decide("vendored", s.Value, "", "its folder holds the dependencies, so nothing is downloaded", s.At)
	}
	p.view.Parents = slices.ContainsFunc(p.view.Manifests, func(name string) bool { return strings.Contains(name, "/") }) || len(d.Real)+len(d.Config.Sources) > 0
}

func (p *planner) tests() error {
	d := p.detail
	if p.in.Overrides.NoTestStage {
		p.plan.Decide(plan.TestStage, plan.None, "--no-test-stage", "asked for")
		return nil
	}
	if w := d.Web; w != nil {
		switch t := d.Config.Target; {
		case d.FirstTest.File == "":
			p.plan.Decide(plan.TestStage, plan.None, "", "no test in the packages that it is built from", d.Package.At)
			return nil
		case t.Value != "":
			p.plan.Decide(plan.TestStage, plan.None, "", "build.target is "+t.Value+", so the tests want a browser", t.At)
			return nil
		}
		if w.Server != nil {
			p.view.Tests = w.Server.Tests
		}
	}
	p.view.TestsRun = true
	if len(d.packages()) > 1 {
		for _, m := range d.tested() {
			p.view.Tests += " -p " + d.spec(m)
		}
	}
	p.view.Tests += d.Chosen.flags()
	evidence := d.FirstTest
	if evidence.File == "" {
		evidence = d.Package.At
	}
	p.plan.Decide(plan.TestStage, "cargo test"+p.view.Locked+p.view.Tests, "--no-test-stage", "the tests of the packages that it is built from; a plain build leaves the stage out", evidence)
	return nil
}

// tested are the packages of the closure that belong to the workspace.
func (d Detail) tested() []*Package {
	found := slices.DeleteFunc(slices.Clone(d.Closure), func(m *Package) bool { return !detect.Inside(m.Dir, d.Root.Dir) || slices.Contains(d.Real, m) })
	slices.SortFunc(found, func(a, b *Package) int { return cmp.Compare(a.Name, b.Name) })
	return found
}

// assets copies what the program reads while it runs to where it looks: into a
// working folder, which is the user's where the program writes there.
func (p *planner) assets() error {
	d := p.detail
	p.brought()
	p.missing()
	for _, a := range d.Reads {
		if plan.IsBrought(p.in.Brought, a.From) {
			continue
		}
		from := p.fromContext(a.From)
		to := path.Join("/app", a.Path)
		if a.Fixed {
			to = path.Join("/src", from)
		} else {
			p.view.AppDir = "/app"
		}
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: to, By: "the program opens", At: a.At, Exact: true})
		p.view.Assets = append(p.view.Assets, plan.Copy{From: from, To: to})
		p.plan.Needs = append(p.plan.Needs, from)
		p.plan.Decide("reads", a.Path, "", "copied to where the program looks", a.At)
	}
	p.writes()
	return nil
}

// writes makes the folders in which the program makes files the user's: its working
// folder, in which it may make others itself, those that it names from the root, and its
// home.
func (p *planner) writes() {
	beside := detect.Evidence{}
	for _, a := range p.detail.Writes {
		dir := path.Join("/app", a.Path)
		switch home := detect.Inside(a.Path, "~"); {
		case home && p.ground.Home != "":
			dir = p.ground.Home
		case home:
			dir = "/home/app"
		case path.IsAbs(a.Path):
			dir = a.Path
		}
		if !a.Folder && !detect.Inside(a.Path, "~") {
			dir = path.Dir(dir)
		}
		p.plan.Need(plan.WritesIn(dir, a.At))
		switch {
		case detect.Inside(a.Path, "~"):
			p.plan.Decide("writes", a.Path, "", dir+" is the user's home; a volume there keeps what is in it", a.At)
			if p.ground.Home != "" {
				continue
			}
			if !slices.Contains(p.view.WriteDirs, dir) {
				p.view.RuntimeEnv = append(p.view.RuntimeEnv, plan.Variable{Name: "HOME", Value: dir})
			}
		case path.IsAbs(a.Path):
			p.plan.Decide("writes", a.Path, "", "so "+dir+" is the user's; a volume there keeps what is in it", a.At)
		default:
			if beside.File == "" {
				beside = a.At
				p.plan.Decide("writes", a.Path, "", "so the working folder is the user's", a.At)
			}
			p.view.AppDir = "/app"
		}
		p.view.UserFirst, p.view.UserLast = p.view.User, ""
		if !slices.Contains(p.view.WriteDirs, dir) && dir != "/app" && !plan.Shared(dir) {
			p.view.WriteDirs = append(p.view.WriteDirs, dir)
		}
	}
}

// brought copies what front ends make to where the compiler or the program looks.
func (p *planner) brought() {
	for _, b := range p.in.Brought {
		c := plan.Copy{Stage: b.Stage, From: b.Path, To: path.Join("/src", detect.Relative(p.context, b.To))}
		if b.Embedded {
			p.view.Brought = append(p.view.Brought, c)
			continue
		}
		if !slices.ContainsFunc(p.detail.pages, func(g page) bool { return g.fixed && detect.Inside(g.Dir, b.To) }) {
			p.view.AppDir, c.To = "/app", path.Join("/app", detect.Relative(p.detail.Package.Dir, b.To))
		}
		p.view.Assets = append(p.view.Assets, c)
	}
}

// missing states what the program opens, or compiles in, and the repository does not
// have there.
func (p *planner) missing() {
	for _, a := range p.detail.Missing {
		if plan.IsBrought(p.in.Brought, path.Join(p.detail.Package.Dir, a.Path)) {
			continue
		}
		n := plan.Need{Kind: plan.NeedFile, What: path.Join("/app", a.Path), By: "the program opens", At: a.At, Exact: a.Instead == "", Settles: plan.BringFile(a.Found, path.Join("/app", a.Path), p.plan.Context)}
		if a.Instead != "" {
			n.Settles = a.Instead + " is to be made into it: mount it, or bring it with files in a dockgen.toml"
		}
		p.plan.Need(n)
	}
}

func (p *planner) ports() error {
	d := p.detail
	serving := plan.Serving{
		Listeners: d.Listens, Env: &p.view.RuntimeEnv, Overrides: p.in.Overrides,
		Silent: "nothing in the program opens one", At: d.Program.At,
	}
	if d.Serves != "" {
		serving.Unread = "the program uses " + d.Serves + " and the sources do not say where it listens"
	}
	if err := p.plan.Listen(serving); err != nil {
		return err
	}
	if !d.Stops && len(p.plan.Ports) > 0 {
		p.plan.Note("%s: nothing in the program handles SIGTERM, which does not end the first process of a container by itself: run it with --init, or handle the signal", d.Program.At)
	}
	return nil
}

func (p *planner) health() error {
	main, ok := p.plan.Asked()
	if !ok {
		return nil
	}
	main.HTTP = p.detail.Serves != "" // a crate that is there to serve HTTP
	words, route, evidence := main.Connection(), "", []detect.Evidence(nil)
	// Where the port of another listener is unknown, the path may be that one's.
	if path, ok := p.plan.Answers(main, p.detail.Health); ok && !main.Raw && !slices.ContainsFunc(p.detail.Listens, detect.Listener.Unread) {
		words, route, evidence = fmt.Sprintf("GET %s on %d", path.Path, main.On), path.Path, at(path.At)
	}
	if len(p.ground.Asks) > 0 {
		p.view.Health = asks[p.ground.Asks[0]](main, route)
	}
	p.plan.Health(p.view.Health, words, evidence...)
	return nil
}

func (p *planner) command() error {
	p.view.Entrypoint = []string{p.view.Installed}
	var err error
	if p.view.Command, err = p.plan.Arguments(p.in, p.detail.Program.Name); err == nil && len(p.in.Overrides.Command) == 0 {
		p.view.Command, err = p.detail.Commands.Command(&p.plan, p.detail.Program.Name, p.detail.serves())
	}
	return err
}

func (p *planner) ignore() error {
	d := p.detail
	needs := slices.Clone(p.view.Manifests)
	for _, m := range d.Closure {
		for _, b := range m.Bins {
			needs = append(needs, p.fromContext(path.Join(m.Dir, b.Path)))
		}
		for _, name := range []string{m.Lib, m.Build} {
			if name != "" {
				needs = append(needs, p.fromContext(path.Join(m.Dir, name)))
			}
		}
	}
	for _, a := range d.Outside {
		needs = append(needs, p.fromContext(a.From))
	}
	for _, name := range d.Embedded {
		if detect.Inside(name, p.context) {
			needs = append(needs, p.fromContext(name))
		}
	}
	if d.Offline.Value != "" {
		needs = append(needs, p.fromContext(d.Offline.Value))
	}
	for _, name := range d.webReads() {
		needs = append(needs, p.fromContext(name))
	}
	p.plan.Needs = append(p.plan.Needs, needs...)
	own := []string{"**/rust-toolchain", "**/rust-toolchain.toml"}
	if dir := p.fromContext(d.Root.Dir); p.holdsRoot() || dir != "." {
		own = append(own, path.Join(dir, "target"))
	}
	if w := d.Web; w != nil && !detect.Inside(w.Made, path.Join(d.Root.Dir, "target")) && detect.Inside(w.Made, p.context) {
		own = append(own, p.fromContext(w.Made))
	}
	if d.Lock == "" {
		own = append(own, p.fromContext(path.Join(d.Root.Dir, lockName)))
	}
	reads := slices.Clone(p.plan.Needs)
	for _, name := range d.TestData {
		reads = append(reads, p.fromContext(name))
	}
	var err error
	if p.view.BuildGround, err = p.in.Building(p.compiler, p.builds); err != nil {
		return err
	}
	p.view.Ports = p.plan.Ports
	p.plan.Parts[0].Data = p.view
	return p.plan.Hide("what no build of this service reads", p.allowed(), own, reads)
}

// allowed lets through the manifests and the sources of the closure and nothing
// else of the repository; where the closure has the root, everything but the
// other members.
func (p *planner) allowed() []string {
	d := p.detail
	var patterns []string
	if !p.holdsRoot() {
		patterns = append(patterns, "*")
		for _, name := range p.view.Sources {
			patterns = append(patterns, "!"+name)
		}
	}
	takes := func(dir string) bool {
		return slices.ContainsFunc(slices.Concat(d.Closure, d.Real), func(m *Package) bool { return m.Dir != p.context && detect.Inside(m.Dir, dir) || m.Dir == dir })
	}
	if p.in.Overrides.Own.Word(cacheKey) != cacheChef {
		for _, m := range d.packages() {
			above := slices.ContainsFunc(d.Closure, func(c *Package) bool { return detect.Inside(m.Dir, c.Dir) })
			if above && !takes(m.Dir) {
				patterns = append(patterns, p.fromContext(m.Dir))
			}
		}
	}
	if len(patterns) == 0 {
		return nil
	}
	for _, name := range p.view.Manifests {
		patterns = append(patterns, "!"+name)
	}
	for _, a := range d.Reads {
		patterns = append(patterns, "!"+p.fromContext(a.From))
	}
	return patterns
}
