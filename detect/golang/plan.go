package golang

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// view is what the templates of templates/go print.
type view struct {
	Builder      string // golang:1.26.7-trixie
	Cross        bool   // compiled on the builder's platform for the target's
	BuildGround  plan.Ground
	Env          []plan.Variable
	Parents      bool     // the context is the repository, and paths in it are kept
	Manifests    []string // from the context
	ModuleDir    string   // where the go command runs, or none for the working folder of deps
	Download     bool
	Private      string   // GOPRIVATE, where modules need credentials
	Sources      []string // folders from the context, or none for all of it
	SourcesTo    string
	Brought      []plan.Copy  // what front ends make and the program embeds
	Test         string       // the command of the test stage, or none
	Tested       *plan.Tested // the end of the stage instead, where the tests want a server
	Stamp        string       // the variable that takes the version, or none
	StampDefault string       // what it holds otherwise
	Tags         string       // "-tags=a,b " or none
	Package      string       // ./cmd/orders
	Built        string       // /out/orders
	Installed    string       // /usr/local/bin/orders
	Base         string       // of the runtime stage
	Ground       plan.Ground  // of the runtime stage
	Certificates string       // the builder's file of them that the image takes, or none
	Zones        string       // the same of time zones
	OwnZones     bool         // the builder puts that file there
	Temp         string       // the folder of the builder that holds the image's /tmp, or none
	User         string
	UserFirst    string   // the user where the working folder has to be theirs, or none
	UserLast     string   // the user otherwise
	WriteDirs    []string // in which the program makes files, beside the working folder
	Workdir      string
	Assets       []plan.Copy
	RuntimeEnv   []plan.Variable
	Ports        []plan.Port
	Health       []string
	Entrypoint   []string
	Command      []string
}

// planner gathers one plan.
type planner struct {
	in     plan.Input
	detail Detail
	view   view
	plan   plan.Plan

	builder plan.Base // what compiles stands on
	base    plan.Base // what the image runs on
}

// Plan decides how the image of one Go program is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Go service", in.Service.Name)
	}
	p := &planner{in: in, detail: d}
	steps := []func() error{
		p.build,        // the image that compiles decides what the rest can be
		p.program,      // what is compiled
		p.dependencies, // what is downloaded before
		p.tests,
		p.runtime,
		p.assets,
		p.ports,
		p.health, // asks the port with what the runtime has
		p.command,
		p.dev,
		p.platforms,
		p.ignore,
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return plan.Plan{}, err
		}
	}
	return p.plan, nil
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(file string) string {
	if !p.detail.Alone() {
		return file
	}
	return trimDir(file, p.detail.Module.Dir)
}

func (p *planner) build() error {
	ref, reason, evidence, err := p.golang()
	if err != nil {
		return err
	}
	p.view.Builder = ref.String()
	p.plan.Version = plan.Version{Value: ref.Version, Own: p.ownVersion(), Constraint: p.constraint()}
	p.plan.Summary.Language = "go " + strings.Join(strings.SplitN(ref.Version, ".", 3)[:2], ".")
	p.plan.Summary.Evidence = evidence
	p.plan.Decide("base of the build", ref.String(), "--lang-version", reason, evidence...)
	return nil
}

func (p *planner) program() error {
	d := p.detail
	p.view.Package = d.Package()
	p.view.Built = path.Join("/out", d.Called())
	p.view.Installed = path.Join("/usr/local/bin", d.Called())
	p.plan.Make("builder", p.view.Built)
	p.view.Cross = !d.Cgo.Needed
	var err error
	if p.builder, err = p.in.Base(p.view.Builder); err != nil {
		return err
	}
	if p.view.BuildGround, err = p.in.Building(p.builder, d.Cgo.Build); err != nil {
		return err
	}
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, d.Program.At)
	p.plan.Decide("program", d.Package(), "--main", d.Program.Reason, d.Program.At)
	p.tags()
	if d.Cgo.Needed {
		p.set("CGO_ENABLED", "1")
		p.plan.Decide("cgo", "on", "", d.Cgo.Reason+"; compiled on the platform that it runs on, not across", d.Cgo.At)
	} else {
		p.set("CGO_ENABLED", "0")
		reason, evidence := "a static binary runs on any base, and cross-compiles", d.Module.PathAt
		if d.Cgo.Reason != "" {
			reason, evidence = d.Cgo.Reason+"; "+reason, d.Cgo.At
		}
		p.plan.Decide("cgo", "off", "", reason, evidence)
	}
	p.set("GOTOOLCHAIN", "local")
	if s := d.Stamp; s.Symbol != "" {
		p.view.Stamp, p.view.StampDefault = s.Symbol, s.Default
		p.plan.Decide("version", s.Symbol, "", "set with --build-arg VERSION=…", s.At)
	}
	return nil
}

// tags settles what every compilation is told of the project's own constraints.
func (p *planner) tags() {
	t := p.detail.Tags
	if len(t.Names) > 0 {
		p.view.Tags = "-tags=" + strings.Join(t.Names, ",") + " "
		p.plan.Decide("build tags", strings.Join(t.Names, ","), "--"+tagsKey, t.Reason, t.At)
	}
	for _, other := range t.Beside {
		if !slices.ContainsFunc(t.Left, func(d Directive) bool { return d.Value == other.Value }) {
			p.plan.Note("%s: the project also builds with tags that bring files of the program in, which are left out here; --%s %s builds with them", other.At, tagsKey, other.Value)
		}
	}
	for _, left := range t.Left {
		p.plan.Note("%s: what this embeds is left out without the build tag; --%s %s builds it in", left.At, tagsKey, left.Value)
	}
}

// set gives every go command of the build an environment variable.
func (p *planner) set(name, value string) {
	p.view.Env = append(p.view.Env, plan.Variable{Name: name, Value: value})
}

func (p *planner) dependencies() error {
	d := p.detail
	m := d.Module
	p.manifests()
	switch {
	case m.Missing:
		p.set("GO111MODULE", "off")
		p.plan.Decide("dependencies", plan.None, "", "there is no go.mod, and nothing from elsewhere is imported", m.PathAt)
		p.plan.Note("there is no go.mod: go mod init makes one, which pins the version of Go and allows dependencies")
	case m.Vendored && d.Workspace.File == "":
		p.set("GOFLAGS", "-mod=vendor")
		p.plan.Decide("dependencies", "vendored", "", "vendor/ holds them, so nothing is downloaded", detect.Evidence{File: path.Join(m.Dir, "vendor/modules.txt")})
	case len(d.required) == 0:
		p.plan.Decide("dependencies", plan.None, "", "no module from elsewhere is required", m.PathAt)
	default:
		p.view.Download = true
		p.plan.Decide("dependencies", "go mod download", "", "in a layer of its own, which an edit of the sources leaves alone", m.PathAt)
		p.unverified()
	}
	p.private()
	return nil
}

// unverified says that no hashes are known of what is downloaded, and lets the go
// command add them while it builds; in a workspace it does so by itself.
func (p *planner) unverified() {
	m, w := p.detail.Module, p.detail.Workspace
	if m.HasSum || w.HasSum {
		return
	}
	if w.File == "" {
		p.set("GOFLAGS", "-mod=mod")
	}
	p.plan.Note("%s requires modules and there is no go.sum: what is downloaded is not verified; run go mod tidy and commit go.sum", m.PathAt.File)
}

// manifests lists what the go command wants before any source: of a workspace
// the manifests of all members, of a module those of the folders that it replaces
// others by.
func (p *planner) manifests() {
	d := p.detail
	p.plan.Context, p.plan.Home = d.Module.Dir, d.Module.Dir
	p.view.SourcesTo = "."
	files := d.Module.manifests()
	if !d.Alone() {
		p.plan.Context, p.plan.Home = ".", d.Program.Dir
		p.view.Parents = true
		if d.Module.Dir != "." {
			p.view.ModuleDir = path.Join("/src", d.Module.Dir)
		}
		files = nil
		if w := d.Workspace; w.File != "" {
			files = append(files, w.File)
			if w.HasSum {
				files = append(files, path.Join(path.Dir(w.File), "go.work.sum"))
			}
		}
		for _, m := range d.Members {
			files = append(files, m.manifests()...)
		}
		p.view.SourcesTo = "/src/"
		if !p.holdsRoot() {
			p.view.Sources = p.closure()
		}
		p.plan.Decide("builds with", strings.Join(p.closure(), " "), "", "the modules of the repository that its packages and tests import", d.Closure[0].PathAt)
	}
	for _, file := range files {
		p.view.Manifests = append(p.view.Manifests, p.fromContext(file))
	}
}

// closure lists the folders of the modules whose sources are built.
func (p *planner) closure() []string {
	var dirs []string
	for _, m := range p.detail.Closure {
		dirs = append(dirs, m.Dir)
	}
	return dirs
}

// holdsRoot says that the closure has the module in the root of the repository,
// so that everything is copied which the ignore file lets through.
func (p *planner) holdsRoot() bool { return slices.Contains(p.closure(), ".") }

// private gives the go command credentials for modules that the public proxy
// does not have (https://go.dev/ref/mod#private-modules).
func (p *planner) private() {
	hosts := slices.Clone(p.in.Overrides.Private)
	reason, evidence := "asked for", []detect.Evidence(nil)
	for _, h := range p.detail.Private {
		hosts = append(hosts, h.Value)
		reason, evidence = "named as private", at(h.At)
	}
	if len(hosts) == 0 || !p.view.Download {
		return
	}
	p.view.Private = strings.Join(hosts, ",")
	p.plan.Secrets = []plan.Secret{{ID: "netrc", Source: "$HOME/.netrc"}}
	p.plan.Decide("private modules", strings.Join(hosts, ","), "--private", reason+"; their credentials come by a secret mount", evidence...)
}

func (p *planner) tests() error {
	first := p.detail.FirstTest
	why, at := p.testsWant()
	switch {
	case p.in.Overrides.NoTestStage:
		p.plan.Decide(plan.TestStage, plan.None, "--no-test-stage", "asked for")
	case first.File == "":
		p.view.Test = "go vet " + p.view.Tags + "./..."
		p.plan.Decide(plan.TestStage, p.view.Test, "--no-test-stage", "the module has no tests")
	case why != "":
		command := []string{"go", "test"}
		if tags := strings.TrimSpace(p.view.Tags); tags != "" {
			command = append(command, tags)
		}
		p.view.Tested = p.plan.TestBeside(p.in, append(command, "./..."), why, append(at, first)...)
	default:
		p.view.Test = "go vet " + p.view.Tags + "./... && go test " + p.view.Tags + "./..."
		p.plan.Decide(plan.TestStage, p.view.Test, "--no-test-stage", "the module has tests; a plain build leaves the stage out", first)
	}
	return nil
}

// testsWant tells of what the tests want beside them: a server of the project's workflow, or
// Docker itself, for the containers that they start.
func (p *planner) testsWant() (why string, at []detect.Evidence) {
	for _, r := range p.detail.Module.Requires {
		if strings.HasPrefix(r.Value, "github.com/testcontainers/testcontainers-go") || strings.HasPrefix(r.Value, "github.com/ory/dockertest") {
			return "the tests start containers, by " + r.Value, []detect.Evidence{r.At}
		}
	}
	return p.in.TestsWant()
}

func (p *planner) runtime() error {
	flavour, err := p.flavour()
	if err != nil {
		return err
	}
	r := runtimes[flavour]
	if c := p.detail.Cgo; c.Needed {
		r = linked(r, c)
	}
	base := "scratch"
	switch {
	case r.tag != "":
		ref, err := p.in.Catalog.Reference(r.image, r.tag)
		if err != nil {
			return err
		}
		base = ref.String()
	case r.image != "":
		ref, err := p.in.Catalog.Resolve(r.image, r.constraint, r.variant)
		if err != nil {
			return err
		}
		base = ref.String()
	}
	p.view.Base = base
	if err := p.ground(r); err != nil {
		return err
	}
	uid, _, _ := strings.Cut(p.base.User, ":")
	p.plan.Description = fmt.Sprintf("Go service, %s on %s", r.binary, p.base.On(flavour))
	p.plan.Parts = []plan.Part{{Templates: []string{"go/build.tmpl", "go/run.tmpl"}}}
	p.plan.Summary.Images = fmt.Sprintf("%s → %s, %s", p.view.Builder, strings.TrimSuffix(strings.TrimPrefix(base, "gcr.io/"), ":nonroot"), uid)
	p.plan.Decide("runtime", base, "--runtime", r.reason)
	p.plan.Decide("user", p.base.User, "", p.base.UserIs)
	return nil
}

// ground settles what the image that runs has to be given: its user, packages, and what
// programs look for and do not find there.
func (p *planner) ground(r runtime) error {
	base, err := p.in.RunBase(p.view.Base)
	if err != nil {
		return err
	}
	if p.detail.Cgo.Needed {
		if err := base.Runs(p.builder); err != nil {
			return err
		}
	}
	var packages []string
	if base.Lacks("certificates", &packages) {
		p.view.Certificates = p.builder.Bundle
	}
	if base.Lacks("zones", &packages) {
		p.view.Zones = "/usr/local/go/lib/time/zoneinfo.zip"
		if p.builder.Key != "" { // which may have Go elsewhere
			p.view.Zones, p.view.OwnZones = "/zones/zoneinfo.zip", true
		}
	}
	if base.Lacks("tmp", &packages) {
		p.view.Temp = "/image"
	}
	if more := p.plan.Starts(p.in, base, p.detail.Starts); len(more) > 0 {
		packages = union(packages, more)
	}
	p.base, p.view.User, p.view.UserLast = base, base.User, base.User
	p.view.Ground, err = p.in.Running(base, append(packages, r.packages...))
	if p.view.Zones != "" {
		p.plan.Make("builder", p.view.Zones)
		p.plan.Customary("time zones come from", "/usr/local/share/zoneinfo.zip")
	}
	p.plan.Grounds(p.view.Ground, p.view.Certificates, p.view.Temp)
	return err
}

// flavour settles what the image runs on: what was asked for where it fits, or
// the first that does.
func (p *planner) flavour() (string, error) {
	c := p.detail.Cgo
	asked, err := Stack().Runtime(p.in.Overrides.Runtime)
	if err == nil && p.in.Overrides.Runtime == "" && p.starts() {
		return "slim", nil
	}
	switch {
	case err != nil || !c.Needed:
		return asked, err
	case p.in.Overrides.Runtime == "" && len(c.Run) > 0:
		return "slim", nil
	case asked == "slim" || asked == "distroless" && len(c.Run) == 0:
		return asked, nil
	}
	why := "it has no C library of the kind that the program is linked against"
	if asked == "distroless" {
		why = "it cannot hold " + strings.Join(c.Run, ", ")
	}
	return "", &plan.OverrideError{Flag: "--runtime", Value: asked, Err: detect.Errorf(c.At, "%s, and %s", c.Reason, why)}
}

// starts says whether the program starts others that slim has and the smallest runtime
// does not.
func (p *planner) starts() bool {
	r := runtimes["slim"]
	ref, err := p.in.Catalog.Resolve(r.image, r.constraint, r.variant)
	if err != nil || len(p.detail.Starts) == 0 {
		return false
	}
	base, err := p.in.RunBase(ref.String())
	return err == nil && p.in.Wants(p.detail.Starts, base)
}

// assets copies what the program reads while it runs to where it looks: into a
// working folder, which is the user's where the program writes there.
func (p *planner) assets() error {
	d := p.detail
	p.missing()
	for _, b := range p.in.Brought {
		c := plan.Copy{Stage: b.Stage, From: b.Path}
		if c.To = path.Join("/app", detect.Relative(d.Module.Dir, b.To)); b.Embedded {
			c.To = path.Join("/src", p.fromContext(b.To))
			p.view.Brought = append(p.view.Brought, c)
			continue
		}
		p.view.Assets = append(p.view.Assets, c)
	}
	homes := slices.ContainsFunc(d.Writes, func(a Asset) bool { return detect.Inside(a.Path, "~") })
	others := slices.ContainsFunc(d.Writes, func(a Asset) bool { return !detect.Inside(a.Path, "~") })
	if len(d.Reads) > 0 || others || len(p.view.Assets) > 0 {
		p.view.Workdir = "/app"
	}
	for _, a := range d.Reads {
		if plan.IsBrought(p.in.Brought, path.Join(d.Module.Dir, a.Path)) {
			continue
		}
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: path.Join("/app", a.Path), By: "the program opens", At: a.At, Exact: true})
		from := p.fromContext(path.Join(d.Module.Dir, a.Path))
		p.view.Assets = append(p.view.Assets, plan.Copy{From: from, To: path.Join("/app", a.Path)})
		p.plan.Needs = append(p.plan.Needs, from)
		p.plan.Decide("reads", a.Path, "", "copied to where the program looks", a.At)
	}
	p.writes()
	if others || homes && len(p.view.WriteDirs) > 0 {
		p.view.UserFirst, p.view.UserLast = p.view.User, ""
	}
	return nil
}

// writes makes the folders in which the program makes files the user's: its working
// folder, in which it may make others itself, and those that it names from the root.
func (p *planner) writes() {
	own := func(dir string) bool {
		return slices.ContainsFunc(p.detail.Writes, func(a Asset) bool { return a.Folder && detect.Inside(dir, path.Join("/app", a.Path)) })
	}
	for _, a := range p.detail.Writes {
		dir := path.Clean(a.Path)
		if detect.Inside(dir, "~") {
			p.home(a)
			continue
		}
		if !path.IsAbs(dir) {
			dir = path.Join("/app", dir)
		}
		if !a.Folder {
			dir = path.Dir(dir)
		}
		p.plan.Need(plan.WritesIn(dir, a.At))
		if dir == "/app" || plan.Shared(dir) || slices.Contains(p.view.WriteDirs, dir) || a.Temporary() || !path.IsAbs(a.Path) && own(dir) {
			continue
		}
		p.view.WriteDirs = append(p.view.WriteDirs, dir)
		if path.IsAbs(a.Path) {
			p.plan.Decide("writes", a.Path, "", "so "+dir+" is the user's; a volume there keeps what is in it", a.At)
		}
	}
	if i := slices.IndexFunc(p.detail.Writes, func(a Asset) bool { return !path.IsAbs(a.Path) && !detect.Inside(a.Path, "~") }); i >= 0 {
		p.plan.Decide("writes", p.detail.Writes[i].Path, "", "so the working folder is the user's", p.detail.Writes[i].At)
	}
}

// home gives the user a home, in which the program makes files.
func (p *planner) home(a Asset) {
	dir := p.base.Home
	if dir == "" {
		dir = "/home/app"
		if !slices.Contains(p.view.WriteDirs, dir) {
			p.view.WriteDirs = append(p.view.WriteDirs, dir)
			p.view.RuntimeEnv = append(p.view.RuntimeEnv, plan.Variable{Name: "HOME", Value: dir})
		}
	}
	p.plan.Need(plan.WritesIn(dir, a.At))
	p.plan.Decide("writes", a.Path, "", dir+" is the user's home; a volume there keeps what is in it", a.At)
}

// missing states what the program opens by a path of its own and the repository does
// not have there.
func (p *planner) missing() {
	for _, a := range p.detail.boxes {
		p.plan.Need(plan.Need{
			Kind: plan.NeedFile, What: a.Path, By: "the program finds a box by where its sources lay,", At: a.At, Exact: true,
			Lacking: "which no image has", Settles: a.Instead,
		})
	}
	for _, a := range p.detail.Missing {
		if plan.IsBrought(p.in.Brought, path.Join(p.detail.Module.Dir, a.Path)) {
			continue
		}
		n := plan.Need{Kind: plan.NeedFile, What: path.Join("/app", a.Path), By: "the program opens", At: a.At, Exact: a.Fatal && a.Instead == "" && !a.Named}
		n.Settles = plan.BringFile(a.Found, n.What, p.plan.Context)
		if a.Named {
			n.Settles = "mount one there, or name another behind the image; " + n.Settles
		}
		if a.Instead != "" {
			n.Lacking = "which the repository does not hold; " + a.Instead + " is made into it where it runs"
			n.Settles = "mount it, or bring it with files in a dockgen.toml"
		}
		p.plan.Need(n)
	}
}

func (p *planner) ports() error {
	serving := plan.Serving{
		Listeners: p.detail.Listens, Env: &p.view.RuntimeEnv, Overrides: p.in.Overrides,
		Silent: "nothing in the program opens one", At: p.detail.Program.At,
	}
	if calls := p.detail.foreign; len(calls) > 0 && len(serving.Listeners) == 0 {
		serving.Unread, serving.At = calls[0].Path+" of another module listens where that says", calls[0].At
	}
	return p.plan.Listen(serving)
}

func (p *planner) health() error {
	d := p.detail
	if len(d.Probes) > 0 && p.answersItself() {
		p.view.Health = []string{p.view.Installed, d.Probes[0].Path}
		p.plan.Decide("health", strings.Join([]string{d.Called(), d.Probes[0].Path}, " "), "", "the program asks itself", d.Probes[0].At)
		return nil
	}
	main, ok := p.plan.Asked()
	if !ok {
		return nil
	}
	words, route, evidence := p.probe(main)
	if len(p.base.Asks) > 0 {
		p.view.Health = asks[p.base.Asks[0]](main, route)
	}
	p.plan.Health(p.view.Health, words, evidence...)
	return nil
}

// answersItself says whether what the program asks of itself listens in the image: a check
// of what only listens under a condition would always fail.
func (p *planner) answersItself() bool {
	for _, asked := range p.detail.asks {
		same := func(l plan.Listener) bool {
			return l.Port > 0 && l.Port == asked.Port || l.Env != "" && l.Env == asked.Env
		}
		i := slices.IndexFunc(p.plan.Listeners, func(l plan.Listener) bool { return same(l) && l.Met != detect.Holds })
		if i < 0 || slices.ContainsFunc(p.plan.Listeners, func(l plan.Listener) bool { return same(l) && l.Met == detect.Holds }) {
			continue
		}
		l, own := p.plan.Listeners[i], p.detail.Probes[0]
		p.plan.Note("%s: its own %s asks %s, where the program only listens under the condition at %s: start it so with --command, and ask with healthcheck = [\"CMD\", %q, %q] in a dockgen.toml",
			own.At, own.Path, l.String(), l.When[0].At, p.view.Installed, own.Path)
		return false
	}
	return true
}

// probe is what to ask: a path that the program answers, or a connection.
func (p *planner) probe(main plan.Listener) (words, route string, evidence []detect.Evidence) {
	path, known := p.plan.Answers(main, p.detail.Health)
	switch {
	case known && !main.TLS && !main.Raw:
		return fmt.Sprintf("GET %s on %d", path.Path, main.On), path.Path, at(path.At)
	case len(p.detail.GRPC) > 0:
		return fmt.Sprintf("ask the gRPC health service on %d", main.On), "", at(p.detail.GRPC[0].At)
	}
	return main.Connection(), "", nil
}

// platforms takes --platforms, which changes no line of the Dockerfile: it is the
// same for every platform.
func (p *planner) platforms() error {
	how := "compiled across, on the platform of the builder"
	if !p.view.Cross {
		how = "each is compiled by a builder of its own or under emulation, because of cgo"
	}
	p.plan.BuildFor(p.in, how)
	return nil
}

func (p *planner) command() error {
	p.view.Entrypoint = []string{p.view.Installed}
	defer p.demands()
	var err error
	if p.view.Command, err = p.plan.Arguments(p.in, p.detail.Called()); err == nil && len(p.in.Overrides.Command) == 0 {
		p.view.Command, err = p.detail.Commands.Command(&p.plan, p.detail.Called(), len(p.detail.Listens) > 0)
	}
	return err
}

// demands tells what the program ends without, as far as nothing gives it that.
func (p *planner) demands() {
	told := map[string]bool{}
	for _, d := range p.detail.demands {
		what := d.env + d.flag
		if told[what] {
			continue
		}
		told[what] = true
		if d.env != "" {
			if !slices.ContainsFunc(p.view.RuntimeEnv, func(v plan.Variable) bool { return v.Name == d.env }) {
				p.plan.Need(plan.Unset(d.env, "the program ends without", d.at))
			}
			continue
		}
		words := slices.Concat(p.in.Overrides.Command, p.view.Command)
		given := slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, strings.TrimLeft(d.flag, "-")) })
		start := p.detail.Commands.Start.Words
		if given || d.of != "" && len(start) > 0 && !strings.Contains(strings.ToLower(d.of), "root") && !strings.Contains(strings.ToLower(d.of), start[0]) {
			continue
		}
		p.plan.Note("%s: the program ends without %s: give it behind the image, or with --command \"%s %s …\"", d.at, d.flag, p.detail.Called(), d.flag)
	}
}

func (p *planner) ignore() error {
	p.plan.Needs = append(p.plan.Needs, p.view.Manifests...)
	for _, file := range p.detail.Sources {
		if !plan.IsBrought(p.in.Brought, file) {
			p.plan.Needs = append(p.plan.Needs, p.fromContext(file))
		}
	}
	if p.detail.Module.Vendored && p.detail.Alone() {
		p.plan.Needs = append(p.plan.Needs, "vendor/modules.txt")
	}
	reads := slices.Clone(p.plan.Needs)
	for _, file := range p.detail.TestData {
		reads = append(reads, p.fromContext(file))
	}
	p.view.Ports = p.plan.Ports
	p.plan.Parts[0].Data = p.view
	return p.plan.Hide("what no build of this service reads", p.allowed(), []string{"**/node_modules", "**/*.test", "**/*.out"}, reads)
}

// allowed lets through the manifests and the sources of the closure and nothing
// else of the repository. A service that stands alone has its folder for that.
func (p *planner) allowed() []string {
	d := p.detail
	if d.Alone() {
		return nil
	}
	var patterns []string
	if !p.holdsRoot() {
		patterns = append(patterns, "*")
		for _, dir := range p.view.Sources {
			patterns = append(patterns, "!"+dir)
		}
	}
	patterns = append(patterns, d.Nested...)
	for _, file := range p.view.Manifests {
		patterns = append(patterns, "!"+file)
	}
	return patterns
}
