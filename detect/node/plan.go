package node

import (
	"cmp"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// Run is one RUN: mounts, then commands that follow each other.
type Run struct {
	Mounts   []string
	Commands []string
}

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
	Description    string
	Deps           string // the image of the stage deps, or none where nothing is installed
	DepsPackages   []string
	DepsEnv        []plan.Variable
	Manager        Run // installs the package manager
	Manifests      []Copied
	Install        Run
	Builder        string // what the stage builder starts from, or none where nothing is built or tested
	Native         bool   // the builder runs on the builder's platform: what it makes fits any
	BuilderEnv     []plan.Variable
	Args           []string
	Sources        []Copied
	Build          Run
	Test           Run
	TestEnv        []plan.Variable
	ProdFrom       string // what the stage prod-deps starts from, or none
	ProdCopies     []Copied
	Prod           Run
	Base           string
	Packages       []string // of Debian, in the runtime
	AlpinePackages []string
	Tools          Run // installs programs that the service starts
	RuntimeEnv     []plan.Variable
	Copies         []Copied
	Writable       []string // folders that are the user's
	WorkFirst      string   // the working folder, where it is made before the copies
	UserFirst      string
	UserLast       string
	Workdir        string // where the program starts, if that is not /app
	Ports          []int
	Health         []string
	Entrypoint     []string
	Command        []string
	Server         plan.WebServer // of a site
}

// planner gathers one plan.
type planner struct {
	in     plan.Input
	detail Detail
	engine engine
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
	flavour         string
	portVar         string // the variable that names the first port, or empty
	pnp             string // the map of yarn's Plug'n'Play, or empty
	reads           []string
	required        []string // packages whose programs start the service
}

// Plan decides how the image of one service is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a Node service", in.Service.Name)
	}
	p := &planner{in: in, detail: d, engine: engines[d.Engine]}
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
		p.writable,
		p.rooted,
		p.needless,
		p.platforms,
		p.ignore,
	}
	if d.Framework.Kind == Static {
		steps = []func() error{p.place, p.images, p.manager, p.install, p.build, p.tests, p.site, p.platforms, p.ignore}
	}
	if d.Deno != nil {
		steps = []func() error{p.place, p.images, p.denoInstall, p.denoTests, p.runtime, p.denoContents, p.ports, p.health, p.denoCommand, p.writable, p.rooted, p.platforms, p.ignore}
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
		if _, ok := relative(p.plan.Context, c.Dir); !ok {
			p.plan.Context = "." // linked from beside the workspace
		}
	}
	for _, n := range append(slices.Clone(d.Notes), d.Framework.Notes...) {
		p.plan.Note("%s", n)
	}
	if d.Framework.Kind != Unknown {
		p.plan.Decide("framework", d.Framework.Title, "", d.Framework.Reason, d.Framework.Evidence...)
		p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, d.Framework.Evidence...)
	}
	if !d.Alone() && len(d.Closure) > 1 {
		p.plan.Decide("builds with", strings.Join(dirs(d.Closure), " "), "", "the packages of the repository that it needs", d.Closure[0].at())
	}
	return nil
}

func dirs(packages []Package) []string {
	var found []string
	for _, p := range packages {
		found = append(found, p.Dir)
	}
	return found
}

// fromContext makes a path from the root one from the context.
func (p *planner) fromContext(file string) string {
	below, ok := relative(p.plan.Context, file)
	if !ok {
		return file
	}
	return below
}

// home is the folder of the package below the working folder, "" for that itself.
func (p *planner) home() string {
	home := p.fromContext(p.detail.Package.Dir)
	if p.detail.Package.Virtual {
		return p.root()
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
		if full, err := p.in.Catalog.Resolve(e.image, "="+ref.Version, e.full[i]); err == nil {
			c := p.detail.System.Compile[0]
			p.view.Deps = full.String()
			p.plan.Decide("base of the build", full.String(), "--lang-version", p.versionReason+"; with compilers, because of "+c.Value, append(p.versionEvidence, c.At)...)
			p.view.DepsEnv = append(p.view.DepsEnv, plan.Variable{Name: "npm_config_nodedir", Value: "/usr/local"})
			p.view.DepsPackages = without(p.detail.System.Build, "ca-certificates", "git", "openssl", "pkg-config", "openssh-client")
			return nil
		}
	}
	p.plan.Summary.Images = ref.String()
	p.plan.Decide("base of the build", ref.String(), "--lang-version", p.versionReason, p.versionEvidence...)
	p.view.DepsPackages = p.detail.System.Build
	if len(p.detail.System.Compile) > 0 {
		p.view.DepsPackages = union(p.view.DepsPackages, gyp)
	}
	return nil
}

// builderEngine is what installs and builds: bun where bun installs and runs, else
// node, which every build tool knows.
func (p *planner) builderEngine() engine {
	if p.detail.Engine == "bun" && p.detail.Manager.Name == "bun" || p.detail.Engine == "deno" {
		return p.engine
	}
	if p.detail.Manager.Name == "bun" && p.detail.Framework.Kind == Unknown && p.detail.Engine == "bun" {
		return p.engine
	}
	return engines["node"]
}

func without(list []string, names ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(names, s) })
}

func union(a, b []string) []string {
	all := append(slices.Clone(a), b...)
	slices.Sort(all)
	return slices.Compact(all)
}

// caches are where the package managers keep what they download, for root.
var caches = map[string]string{
	"npm": "/root/.npm", "yarn 1": "/usr/local/share/.cache/yarn", "yarn": "/root/.cache/yarn",
	"pnpm": "/root/.local/share/pnpm/store", "bun": "/root/.bun/install/cache",
}

func cacheMount(target string) string { return "--mount=type=cache,target=" + target }

// lockedMount is a cache that one build at a time writes into.
func lockedMount(target string) string { return cacheMount(target) + ",sharing=locked" }

func (p *planner) cache() string {
	if p.detail.Manager.Name == "yarn" && !p.detail.Manager.Modern {
		return caches["yarn 1"]
	}
	return caches[p.detail.Manager.Name]
}

// bundled are the package managers that are in the images of Node.js: yarn until
// corepack left, https://github.com/nodejs/docker-node/blob/main/README.md.
const lastWithYarn, bundledYarn = 25, "1.22.22"

// manager settles the exact version of the package manager and how it comes into
// the image.
func (p *planner) manager() error {
	m := p.detail.Manager
	want, reason := m.constraint()
	program, builder := m.Name, p.builderEngine()
	evidence := []detect.Evidence{}
	if m.At.File != "" {
		evidence = append(evidence, m.At)
	}
	if m.Name == "yarn" && m.Modern {
		program = "@yarnpkg/cli-dist"
		if strings.HasPrefix(want, "^2") || strings.HasPrefix(want, "=2") {
			program = "yarn"
		}
	}
	switch {
	case builder.name == m.Name:
		p.plan.Decide("package manager", m.Name, "--package-manager", "the image's own; "+m.Reason, evidence...)
		return nil
	case m.Name == "npm" && (m.Range == "" || m.Reason != "packageManager" && m.Reason != "asked for"):
		p.plan.Decide("package manager", "npm", "--package-manager", m.Reason+"; the one that comes with the image", evidence...)
		return nil
	case m.YarnPath != "" && major(p.version) < lastWithYarn:
		p.plan.Decide("package manager", m.YarnPath, "--package-manager", "the project's own, which yarn 1 of the image starts", evidence...)
		return nil
	}
	version, err := p.toolVersion(program, want)
	if err != nil {
		if len(evidence) > 0 {
			return detect.Errorf(evidence[0], "%w; choose one with --package-manager", err)
		}
		return err
	}
	p.managerVersion = version
	p.plan.Decide("package manager", m.Name+" "+version, "--package-manager", reason, evidence...)
	if m.Name == "yarn" && version == bundledYarn && major(p.version) < lastWithYarn {
		return nil
	}
	command := "npm install --global " + program + "@" + version
	if m.Name == "yarn" && major(p.version) < lastWithYarn {
		command = "npm install --global --force " + program + "@" + version // over the image's
	}
	p.view.Manager = Run{Mounts: []string{cacheMount(caches["npm"])}, Commands: []string{command}}
	return nil
}

func (p *planner) toolVersion(program, want string) (string, error) {
	if program == "npm" {
		if v := strings.TrimPrefix(want, "="); catalog.Satisfies(v, "*") {
			return v, nil
		}
		return strings.TrimSpace(p.detail.Manager.Range), nil
	}
	return p.in.Catalog.Tool(program, want)
}

// install settles the layer of dependencies.
func (p *planner) install() error {
	d := p.detail
	p.installed = slices.ContainsFunc(d.Members, func(m Package) bool { return m.hasProduction() || m.hasKind(development) || m.hasKind(peer) })
	if !p.installed {
		p.view.Manager.Mounts = slices.Clip(p.view.Manager.Mounts)
		p.plan.Decide("dependencies", plan.None, "", "no package is required", d.Package.at())
		return nil
	}
	p.manifests()
	if d.Manager.Name == "pnpm" || d.Framework.Kind != Unknown {
		p.setDeps("CI", "true")
	}
	if d.Installs.Silent && d.Root.Has("husky") {
		p.setDeps("HUSKY", "0")
	}
	for _, v := range d.System.Env {
		p.setDeps(v.Name, v.Value)
	}
	if d.Manager.PnP {
		p.setDeps("YARN_ENABLE_GLOBAL_CACHE", "false") // the runtime takes the packages along
	}
	if d.Manager.Name == "yarn" && d.Manager.Modern {
		p.setDeps("YARN_ENABLE_TELEMETRY", "0")
		p.setDeps("YARN_GLOBAL_FOLDER", caches["yarn"]) // where yarn 1 has its cache too
	}
	command, frozen, err := p.installCommand(false)
	if err != nil {
		return err
	}
	p.view.Install = Run{Mounts: p.installMounts(), Commands: []string{command}}
	reason := "in a layer of its own, which an edit of the sources leaves alone"
	evidence := []detect.Evidence{d.Package.at()}
	switch {
	case d.Manager.Lock == "":
		reason += "; without a lockfile"
		p.plan.Note("%s has no lockfile: what is installed may change from build to build; run %s install and commit what it writes", d.Workspace.Dir, d.Manager.Name)
	case !frozen:
		reason += "; the lockfile is out of date"
		stale := d.Lock.Stale[0]
		more := ""
		if n := len(d.Lock.Stale) - 1; n > 0 {
			more = fmt.Sprintf(", and so are %d more,", n)
		}
		p.plan.Note("%s: %s is not in %s%s so the install brings it up to date for this image only; run %s install and commit the lockfile", stale.At, stale.Value, path.Base(d.Lock.File), cmp.Or(more, ","), d.Manager.Name)
	default:
		evidence = []detect.Evidence{{File: d.Lock.File}}
	}
	p.plan.Decide("dependencies", command, "", reason, evidence...)
	if len(p.view.DepsPackages) > 0 {
		p.plan.Decide("system packages of the build", strings.Join(p.view.DepsPackages, " "), "", "wanted by dependencies", causes(d.System)...)
	}
	p.later()
	if b := d.System.Browser; len(b) > 0 {
		command := p.runner() + b[0].Value + " install --only-shell chromium"
		p.view.Install.Commands = append(p.view.Install.Commands, command)
		p.plan.Decide("browser", "Chromium of "+b[0].Value, "", "downloaded with the dependencies, for every user", b[0].At)
	}
	p.credentials()
	return nil
}

func causes(s System) []detect.Evidence {
	var at []detect.Evidence
	for _, c := range append(slices.Clone(s.Causes), s.Compile...) {
		at = append(at, c.At)
	}
	return each(at)
}

func (p *planner) setDeps(name, value string) {
	if !slices.ContainsFunc(p.view.DepsEnv, func(v plan.Variable) bool { return v.Name == name }) {
		p.view.DepsEnv = append(p.view.DepsEnv, plan.Variable{Name: name, Value: value})
	}
}

// manifests lists what the package manager wants before any source: the manifests
// of all members, the lockfile, settings, patches.
func (p *planner) manifests() {
	d := p.detail
	var files, folders []string
	for _, m := range d.Members {
		files = append(files, p.fromContext(m.File))
	}
	for _, c := range d.Closure {
		if !slices.Contains(files, p.fromContext(c.File)) && !c.Virtual {
			files = append(files, p.fromContext(c.File)) // linked by a path
		}
	}
	if d.Lock.File != "" {
		files = append(files, p.fromContext(d.Lock.File))
	}
	for _, name := range d.Installs.Files {
		file := p.fromContext(path.Join(d.Workspace.Dir, name))
		if path.Ext(name) == "" && !strings.HasPrefix(path.Base(name), ".n") && !strings.HasPrefix(path.Base(name), ".y") || strings.HasPrefix(name, ".yarn/") && path.Ext(name) == "" {
			folders = append(folders, file)
			continue
		}
		files = append(files, file)
	}
	nested := len(folders) > 0 || slices.ContainsFunc(files, func(f string) bool { return strings.Contains(f, "/") })
	slices.SortStableFunc(files, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, "/"), strings.Count(b, "/")), cmp.Compare(a, b))
	})
	p.view.Manifests = []Copied{{Parents: nested, Sources: append(slices.Compact(files), folders...), To: "./"}}
	p.plan.Needs = append(p.plan.Needs, files...)
	p.plan.Needs = append(p.plan.Needs, folders...)
}

func (p *planner) installMounts() []string {
	mounts := []string{cacheMount(p.cache())}
	if p.detail.Manager.Name == "yarn" {
		mounts = []string{lockedMount(p.cache())}
	}
	return append(mounts, p.secretMounts()...)
}

// filters are the members whose dependencies are installed, as the package
// manager takes them.
func (p *planner) filters(flag, prefix string, packages []Package) (string, error) {
	var words []string
	for _, c := range packages {
		below, ok := relative(p.detail.Workspace.Dir, c.Dir)
		if !ok || below == "." {
			continue
		}
		name, err := dockerfile.Shell(prefix + below)
		if err != nil {
			return "", fmt.Errorf("%s: %w", c.File, err)
		}
		words = append(words, flag+name)
	}
	return strings.Join(words, " "), nil
}

// installCommand is the command that installs everything, or production alone;
// frozen says whether it insists on the lockfile.
func (p *planner) installCommand(production bool) (command string, frozen bool, err error) {
	d := p.detail
	frozen = d.Manager.Lock != "" && len(d.Lock.Stale) == 0
	isMember := d.isMember()
	packages := d.Closure
	if production {
		packages = d.Runs
	}
	var words []string
	switch d.Manager.Name {
	case "npm":
		words = []string{"npm", "install", "--no-audit", "--no-fund"}
		if frozen {
			words[1] = "ci"
		}
		if production {
			words = append(words, "--omit=dev")
		}
		if isMember {
			filter, err := p.filters("--workspace=", "", packages)
			if err != nil {
				return "", false, err
			}
			words = append(words, filter)
			if !production {
				words = append(words, "--include-workspace-root")
			}
		}
	case "pnpm":
		words = []string{"pnpm", "install", "--no-frozen-lockfile"}
		if frozen {
			words[2] = "--frozen-lockfile"
		}
		if production {
			words = append(words, "--prod")
		}
		if isMember {
			filter, err := p.filters("--filter=", "./", packages)
			if err != nil {
				return "", false, err
			}
			words = append(words, filter)
			if !production {
				words = append(words, "--filter={.}")
				words[len(words)-1] = "'--filter={.}'"
			}
		}
	case "bun":
		words = []string{"bun", "install"}
		if frozen {
			words = append(words, "--frozen-lockfile")
		}
		if production {
			words = append(words, "--production")
		}
		if isMember && production {
			filter, err := p.filters("--filter=", "./", packages)
			if err != nil {
				return "", false, err
			}
			words = append(words, filter)
		}
	case "yarn":
		words = p.yarnInstall(production, frozen)
	}
	if len(d.Installs.Later) > 0 && !production {
		words = append(words, "--ignore-scripts")
		if d.Manager.Name == "yarn" && d.Manager.Modern {
			words[len(words)-1] = "--mode=skip-build"
		}
	}
	return strings.Join(words, " "), frozen, nil
}

func (p *planner) yarnInstall(production, frozen bool) []string {
	m := p.detail.Manager
	switch {
	case !m.Modern:
		words := []string{"yarn", "install", "--non-interactive"}
		if frozen {
			words = append(words, "--frozen-lockfile")
		}
		if production {
			words = append(words, "--production", "--ignore-scripts", "--prefer-offline")
		}
		return words
	case production && p.detail.isMember():
		name, err := dockerfile.Shell(p.detail.Package.Name.Value)
		if err == nil {
			return []string{"yarn", "workspaces", "focus", "--production", name}
		}
		return []string{"yarn", "workspaces", "focus", "--production", "--all"}
	case production:
		return []string{"yarn", "workspaces", "focus", "--production", "--all"}
	case frozen:
		return []string{"yarn", "install", "--immutable"}
	}
	return []string{"yarn", "install", "--no-immutable"}
}

// later runs the scripts of the project that need its sources once these are
// there, and those of dependencies at once.
func (p *planner) later() {
	d := p.detail
	if len(d.Installs.Later) == 0 {
		return
	}
	first := d.Installs.Later[0]
	rebuild := map[string]string{"npm": "npm rebuild --no-audit", "pnpm": "pnpm rebuild"}[d.Manager.Name]
	if d.Manager.Name == "yarn" && !d.Manager.Modern {
		rebuild = "npm rebuild"
	}
	if rebuild != "" {
		p.view.Install.Commands = append(p.view.Install.Commands, rebuild)
	}
	p.plan.Decide("install scripts", "with the sources", "", "the project's own scripts read more than manifests", first.At)
}

// secretMounts give an install what the project's settings refer to.
func (p *planner) secretMounts() []string {
	var mounts []string
	for _, name := range p.tokens() {
		mounts = append(mounts, "--mount=type=secret,id="+name+",env="+name)
	}
	for _, t := range p.literals() {
		target := path.Join("/app", p.root(), t.Value)
		mounts = append(mounts, "--mount=type=secret,id="+strings.TrimPrefix(t.Value, ".")+",target="+target)
	}
	if len(mounts) == 0 && len(p.in.Overrides.Private) > 0 {
		mounts = append(mounts, "--mount=type=secret,id=npmrc,target=/root/.npmrc")
	}
	return mounts
}

func (p *planner) tokens() []string {
	var names []string
	for _, t := range p.detail.Registry.Tokens {
		names = append(names, t.Value)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// literals are the settings with a credential in them, each once.
func (p *planner) literals() []Text {
	return slices.CompactFunc(slices.Clone(p.detail.Registry.Literals), func(a, b Text) bool { return a.Value == b.Value })
}

// credentials says what a build has to be given.
func (p *planner) credentials() {
	for _, name := range p.tokens() {
		p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: name})
	}
	for _, t := range p.literals() {
		id := strings.TrimPrefix(t.Value, ".")
		p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: id, Source: path.Join(".", p.plan.Context, p.root(), t.Value)})
		p.plan.Note("%s: a credential is written into %s; it enters no layer, but it belongs into a variable: ${NPM_TOKEN}", t.At, t.Value)
	}
	if len(p.plan.Secrets) == 0 && len(p.in.Overrides.Private) > 0 {
		p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: "npmrc", Source: "$HOME/.npmrc"})
		p.plan.Decide("private registry", strings.Join(p.in.Overrides.Private, ","), "--private", "asked for; its credentials come by a secret mount")
		return
	}
	if len(p.plan.Secrets) > 0 {
		var at []detect.Evidence
		for _, t := range append(slices.Clone(p.detail.Registry.Tokens), p.detail.Registry.Literals...) {
			at = append(at, t.At)
		}
		p.plan.Decide("private registry", "secret mounts", "--private", "the settings speak of credentials", at...)
	}
}

var plainPath = regexp.MustCompile(`^[A-Za-z0-9@][A-Za-z0-9@._/-]*$|^\.[A-Za-z0-9][A-Za-z0-9._/-]*$`)

// build settles what makes the program or site.
func (p *planner) build() error {
	d := p.detail
	commands, reason, evidence, err := p.buildCommands()
	if err != nil {
		return err
	}
	for _, s := range d.Installs.Later {
		if s.Value == "" {
			continue
		}
		if dir, name, ok := strings.Cut(s.Value, "#"); ok {
			commands = append([]string{p.script(name, dir)}, commands...)
		} else {
			commands = append([]string{p.script(s.Value, "")}, commands...)
		}
	}
	if len(commands) == 0 {
		p.plan.Decide("build", plan.None, "", reason, evidence...)
		return nil
	}
	p.built = true
	p.startBuilder()
	mounts := []string{}
	for _, c := range d.Framework.Caches {
		if plainPath.MatchString(c) {
			mounts = append(mounts, lockedMount(path.Join("/app", p.home(), c)))
		}
	}
	if d.Orchestrator == "turbo" {
		mounts = append(mounts, lockedMount("/app/.turbo"))
	}
	if d.Orchestrator == "nx" {
		mounts = append(mounts, lockedMount("/app/.nx/cache"))
		p.view.BuilderEnv = append(p.view.BuilderEnv, plan.Variable{Name: "NX_DAEMON", Value: "false"})
	}
	if d.Manager.Name == "yarn" && d.Manager.Modern {
		mounts = append(mounts, p.secretMounts()...) // yarn reads its settings each time
	}
	p.view.BuilderEnv = append(p.view.BuilderEnv, d.Framework.BuildEnv...)
	for _, v := range d.Public {
		if v.Secret {
			mounts = append(mounts, "--mount=type=secret,id="+v.Name+",env="+v.Name)
			p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: v.Name})
			p.plan.Note("%s: the build writes %s into what browsers get, and its name speaks of a secret", v.At, v.Name)
			continue
		}
		p.view.Args = append(p.view.Args, v.Name)
	}
	if len(p.view.Args) > 0 {
		p.plan.Decide("build arguments", strings.Join(p.view.Args, " "), "", "the build writes them into what browsers get: docker build --build-arg "+p.view.Args[0]+"=…", d.Public[0].At)
	}
	p.view.Build = Run{Mounts: mounts, Commands: commands}
	p.plan.Decide("build", strings.Join(commands, " && "), "", reason, evidence...)
	return nil
}

// startBuilder makes the stage with the sources.
func (p *planner) startBuilder() {
	if p.view.Builder != "" {
		return
	}
	p.view.Builder = "deps"
	d := p.detail
	if d.Alone() || d.Package.Virtual || slices.ContainsFunc(d.Closure, func(c Package) bool { return p.fromContext(c.Dir) == "." }) {
		p.view.Sources = []Copied{{Sources: []string{"."}, To: "."}}
		return
	}
	var sources []string
	for _, c := range d.Closure {
		sources = append(sources, p.fromContext(c.Dir))
	}
	sources = append(sources, p.rootFiles()...)
	p.view.Sources = []Copied{{Parents: true, Sources: sources, To: "./"}}
}

// rootFiles are those in a workspace's folder that builds of its members read.
func (p *planner) rootFiles() []string {
	var files []string
	for _, name := range p.detail.RootFiles {
		files = append(files, p.fromContext(path.Join(p.detail.Workspace.Dir, name)))
	}
	p.plan.Needs = append(p.plan.Needs, files...)
	return files
}

// buildCommands are those that make the service and what it needs, in order.
func (p *planner) buildCommands() (commands []string, reason string, evidence []detect.Evidence, err error) {
	d := p.detail
	name, err := dockerfile.Shell(d.Package.Name.Value)
	if err != nil {
		return nil, "", nil, detect.Errorf(d.Package.Name.At, "name: %w", err)
	}
	own, hasOwn := d.Package.Script("build")
	isMember := d.isMember()
	runner := p.runner()
	switch {
	case isMember && d.Orchestrator == "turbo" && hasOwn:
		return []string{runner + "turbo run build --filter=" + name}, "turbo builds it and what it needs", []detect.Evidence{own.At}, nil
	case (isMember || d.Package.Virtual) && d.Orchestrator == "nx":
		return []string{runner + "nx build " + name}, "nx builds it and what it needs", []detect.Evidence{d.Package.at()}, nil
	}
	for _, c := range d.Closure {
		below, _ := relative(d.Workspace.Dir, c.Dir)
		if s, ok := c.Script("build"); ok {
			commands = append(commands, p.script("build", below))
			evidence = append(evidence, s.At)
		}
	}
	switch {
	case len(commands) > 0 && hasOwn:
		return commands, "the build script", evidence, nil
	case len(d.Framework.Build) > 0:
		command, err := p.inNodeModules(d.Framework.Build)
		return append(commands, command), "no build script; the framework's own command", d.Framework.Evidence, err
	}
	if len(commands) == 0 && isMember && d.compiled {
		if s, ok := d.Root.Script("build"); ok {
			return []string{p.script("build", "")}, "the workspace's build script", []detect.Evidence{s.At}, nil
		}
	}
	if len(commands) == 0 {
		return nil, "no build script", []detect.Evidence{d.Package.at()}, nil
	}
	return commands, "the build scripts of what it needs", evidence, nil
}

// runner starts a program of node_modules.
func (p *planner) runner() string {
	return map[string]string{"npm": "npx ", "pnpm": "pnpm exec ", "yarn": "yarn run ", "bun": "bunx "}[p.detail.Manager.Name]
}

// inNodeModules runs a program of node_modules in the package's folder.
func (p *planner) inNodeModules(argv []string) (string, error) {
	var words []string
	for _, w := range argv {
		quoted, err := dockerfile.Shell(w)
		if err != nil {
			return "", err
		}
		words = append(words, quoted)
	}
	command := p.runner() + strings.Join(words, " ")
	if home := p.home(); home != "" && p.detail.isMember() {
		below, _ := relative(p.detail.Workspace.Dir, p.detail.Package.Dir)
		quoted, err := dockerfile.Shell(below)
		if err != nil {
			return "", err
		}
		switch p.detail.Manager.Name {
		case "pnpm":
			return "pnpm -C " + quoted + " exec " + strings.Join(words, " "), nil
		case "yarn":
			return "yarn --cwd " + quoted + " run " + strings.Join(words, " "), nil
		case "bun":
			return "bun --cwd=" + quoted + " x " + strings.Join(words, " "), nil
		}
		return "npm exec --workspace=" + quoted + " -- " + strings.Join(words, " "), nil
	}
	return command, nil
}

// script runs a script of a member, "" and "." for that of the workspace itself.
func (p *planner) script(name, below string) string {
	if below == "" || below == "." {
		if p.detail.Manager.Name == "yarn" || p.detail.Manager.Name == "pnpm" {
			return p.detail.Manager.Name + " run " + name
		}
		return p.detail.Manager.Name + " run " + name
	}
	folder, err := dockerfile.Shell(below)
	if err != nil {
		folder = "." // the copy of its manifest has failed before
	}
	switch p.detail.Manager.Name {
	case "pnpm":
		return "pnpm --filter=./" + folder + " run " + name
	case "yarn":
		return "yarn --cwd " + folder + " run " + name
	case "bun":
		return "bun run --cwd=" + folder + " " + name
	}
	return "npm run " + name + " --workspace=" + folder
}

// tests settles the test stage.
func (p *planner) tests() error {
	d := p.detail
	script, ok := d.Package.Script("test")
	leave := func(flag, reason string, at ...detect.Evidence) error {
		p.plan.Decide(plan.TestStage, plan.None, flag, reason, at...)
		return nil
	}
	switch {
	case p.in.Overrides.NoTestStage:
		return leave("--no-test-stage", "asked for")
	case !ok:
		return leave("", "no test script", d.Package.at())
	case isPlaceholder(script.Value):
		return leave("", "the test script is npm's placeholder", script.At)
	}
	if why := unfit(script.Value, d.Package); why != "" {
		return leave("", why, script.At)
	}
	p.startBuilder()
	below, _ := relative(d.Workspace.Dir, p.detail.Package.Dir)
	p.view.TestEnv = []plan.Variable{{Name: "CI", Value: "true"}}
	if slices.ContainsFunc(p.view.DepsEnv, func(v plan.Variable) bool { return v.Name == "CI" }) {
		p.view.TestEnv = nil
	}
	p.view.Test = Run{Commands: []string{p.script("test", below)}}
	p.plan.Decide(plan.TestStage, p.view.Test.Commands[0], "--no-test-stage", "the test script; a plain build leaves the stage out", script.At)
	return nil
}

// isPlaceholder recognises what npm init writes.
func isPlaceholder(script string) bool {
	return strings.Contains(script, "no test specified") || strings.TrimSpace(script) == "exit 0" || strings.HasPrefix(script, "echo ") && !strings.Contains(script, "&&")
}

// browsers are programs that a test script runs and that need a browser or a
// screen.
var browsers = []string{"karma", "ng", "cypress", "playwright", "testcafe", "wdio", "nightwatch", "protractor", "web-test-runner", "wtr", "electron", "detox"}

// unfit says why a test script cannot run in a build.
func unfit(script string, p Package) string {
	words := strings.Fields(script)
	for i, w := range words {
		if slices.Contains(browsers, w) && (w != "ng" || i+1 < len(words) && words[i+1] == "test") {
			return "the test script runs " + w + ", which needs a browser"
		}
		if w == "--watch" || w == "--watchAll" || w == "--ui" {
			return "the test script watches and does not end"
		}
	}
	if strings.Contains(script, "docker") {
		return "the test script runs docker"
	}
	return ""
}

// production settles the stage with the dependencies that the runtime takes.
func (p *planner) production() error {
	d := p.detail
	if p.traced = d.Framework.Traced; p.traced {
		p.plan.Decide("production dependencies", plan.None, "", "the build traces what it imports, so no node_modules is taken along", d.Framework.Evidence...)
		return nil
	}
	kept, keeps := d.keepsDev()
	needs := slices.ContainsFunc(d.Runs, Package.hasProduction) || keeps
	if !needs || !p.installed {
		p.traced = true // nothing to take
		return nil
	}
	isMember := d.isMember() || len(d.Closure) > 1 && !d.Package.Virtual
	hasDev := slices.ContainsFunc(append(slices.Clone(d.Closure), d.Root), func(m Package) bool { return m.hasKind(development) })
	generated := slices.ContainsFunc(d.Closure, func(c Package) bool { return c.Has("@prisma/client") || c.Has("prisma") })
	switch {
	case keeps:
		p.plan.Decide("production dependencies", "all", "", "the start needs "+cmp.Or(kept.Name, "one")+", which is for development only", kept.At)
		if d.Framework.KeepDev {
			return nil // said with the framework
		}
		p.plan.Note("%s: the start needs %s, which is a dependency for development; the image carries all of these: move it to dependencies", kept.At, cmp.Or(kept.Name, "a package"))
		return nil
	case !hasDev && !isMember && !generated:
		p.plan.Decide("production dependencies", "all", "", "there are none for development only", d.Package.at())
		return nil
	}
	p.view.ProdFrom = "deps"
	if generated && p.built {
		p.view.ProdFrom = "builder" // the client is generated among the dependencies
	}
	if isMember && d.Manager.Name != "yarn" {
		return p.productionOfMember(hasDev)
	}
	commands := map[string]string{
		"npm":  "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
		"pnpm": "pnpm prune --prod --ignore-scripts",
	}
	command, ok := commands[d.Manager.Name]
	if !ok {
		if d.Manager.Modern && strings.HasPrefix(p.yarnVersion(), "2") || d.Manager.Modern && strings.HasPrefix(p.yarnVersion(), "3") && !d.Manager.Plugins {
			p.view.ProdFrom = ""
			p.plan.Decide("production dependencies", "all", "", "yarn "+p.yarnVersion()+" takes dependencies for development away only with its plugin workspace-tools", d.Manager.At)
			return nil
		}
		var err error
		if command, _, err = p.installCommand(true); err != nil {
			return err
		}
	}
	run := Run{Mounts: p.installMounts(), Commands: []string{command}}
	if d.Manager.PnP && !d.Manager.Offline {
		run.Commands = []string{"rm -rf .yarn/cache .yarn/unplugged", command} // yarn takes nothing out of them
	}
	if d.Manager.Name == "bun" {
		run.Commands = []string{"rm -rf node_modules", command}
	}
	p.view.Prod = run
	reason := "what is for development only stays in the builder"
	if isMember && d.Manager.Name == "yarn" && !d.Manager.Modern {
		reason += "; yarn 1 installs for all members at once"
	}
	p.plan.Decide("production dependencies", command, "", reason, d.Package.at())
	return nil
}

func (p *planner) yarnVersion() string {
	if p.managerVersion != "" {
		return p.managerVersion
	}
	return p.detail.Manager.Range
}

// productionOfMember installs for one member alone.
func (p *planner) productionOfMember(hasDev bool) error {
	command, frozen, err := p.installCommand(true)
	if err != nil {
		return err
	}
	d := p.detail
	if !hasDev && p.view.ProdFrom == "deps" {
		p.view.ProdFrom = ""
		p.plan.Decide("production dependencies", "all that is installed", "", "neither the member nor what it needs has any for development only", d.Package.at())
		return nil
	}
	var commands []string
	if p.view.ProdFrom == "deps" && !(d.Manager.Name == "npm" && frozen) { // npm ci begins anew by itself
		commands = append(commands, "find . -name node_modules -prune -exec rm -rf {} +")
	}
	commands = append(commands, command)
	p.view.Prod = Run{Mounts: p.installMounts(), Commands: commands}
	p.plan.Decide("production dependencies", command, "", "those of this member and of what it needs", d.Package.at())
	return nil
}

// nestedModules says whether a member has a node_modules of its own after an
// install for production, and whether that is sure.
func (p *planner) nestedModules(c Package) (has, sure bool) {
	d := p.detail
	below, _ := relative(d.Workspace.Dir, c.Dir)
	switch {
	case below == ".":
		return false, true
	case d.Manager.Name == "pnpm":
		return c.hasProduction(), true
	case d.Manager.Name == "npm" && d.Lock.known && len(d.Lock.Stale) == 0:
		for key := range d.Lock.nested {
			if strings.HasPrefix(key, below+" ") {
				return true, false // it may be for development only
			}
		}
		return false, true
	}
	return true, false
}

// unsure lists the folders for packages of members that may be missing, so that
// they are made: COPY fails on what is not there.
func (p *planner) unsure() (string, error) {
	var words []string
	for _, c := range p.detail.Runs {
		if has, sure := p.nestedModules(c); has && !sure {
			word, err := dockerfile.Shell(path.Join(p.fromContext(c.Dir), "node_modules"))
			if err != nil {
				return "", err
			}
			words = append(words, word)
		}
	}
	return strings.Join(words, " "), nil
}

// needless drops the stage deps where nothing comes out of it.
func (p *planner) needless() error {
	copies := slices.ContainsFunc(p.view.Copies, func(c Copied) bool { return c.From == "deps" })
	if p.view.Builder == "" && p.view.ProdFrom == "" && !copies {
		p.view.Deps = ""
		p.plan.Needs = nil
	}
	return nil
}

// platforms takes --platforms, which changes no line of the Dockerfile.
func (p *planner) platforms() error {
	if asked := p.in.Overrides.Platforms; len(asked) > 0 {
		p.plan.Platforms = asked
		p.plan.Decide("platforms", strings.Join(asked, ","), "--platforms", "asked for; each is built by a builder of its own or under emulation")
	}
	return nil
}

// ignore makes the ignore file.
func (p *planner) ignore() error {
	d := p.detail
	own := []string{"**/node_modules", "**/npm-debug.log*", "**/.turbo", "**/.nx", "**/coverage"}
	for _, o := range d.Framework.Outputs {
		if name := path.Join(p.home(), o); plainPath.MatchString(name) {
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
	slices.Sort(p.plan.Needs)
	p.plan.Needs = slices.Compact(p.plan.Needs)
	ignore, err := plan.NewIgnore("what no build of this service reads", p.allowed(), own, append(slices.Clone(p.plan.Needs), p.reads...))
	if err != nil {
		return err
	}
	p.plan.Dockerfile.Data = p.view
	p.plan.Ignore = plan.Template{Name: "shared/dockerignore.tmpl", Data: ignore}
	return nil
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
	for _, s := range p.view.Sources {
		for _, name := range s.Sources {
			patterns = append(patterns, "!"+name)
		}
	}
	slices.Sort(patterns[1:])
	return slices.Compact(patterns)
}
