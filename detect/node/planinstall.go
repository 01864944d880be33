package node

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/lock"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

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
	want, reason := m.Constraint()
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
	case builder.Name == m.Name:
		p.plan.Decide("package manager", m.Name, "--package-manager", "the image's own; "+m.Reason, evidence...)
		return nil
	case m.Name == "npm" && (m.Range == "" || !m.Binding || p.bundled(want)):
		p.plan.Decide("package manager", "npm", "--package-manager", m.Reason+"; the one that comes with the image", evidence...)
		return nil
	case m.YarnPath != "" && project.Major(p.version) < lastWithYarn:
		p.plan.Decide("package manager", m.YarnPath, "--package-manager", "the project's own, which yarn 1 of the image starts", evidence...)
		return nil
	}
	version, err := p.toolVersion(program, m.Reads(want))
	if err != nil { // no version does both: what the project says counts
		version, err = p.toolVersion(program, want)
	}
	if err != nil {
		if len(evidence) > 0 {
			return detect.Errorf(evidence[0], "%w; choose one with --package-manager", err)
		}
		return err
	}
	p.managerVersion = version
	p.plan.Decide("package manager", m.Name+" "+version, "--package-manager", reason, evidence...)
	if m.Name == "yarn" && version == bundledYarn && project.Major(p.version) < lastWithYarn {
		return nil
	}
	command := "npm install --global " + program + "@" + version
	if m.Name == "yarn" && project.Major(p.version) < lastWithYarn {
		command = "npm install --global --force " + program + "@" + version // over the image's
	}
	p.view.Manager = Run{Mounts: []string{cacheMount(caches["npm"])}, Commands: []string{command}}
	return nil
}

// bundledNpm is the major version of npm in the images of a line of Node.js:
// https://nodejs.org/dist/index.json.
var bundledNpm = map[int]string{14: "6", 16: "8", 18: "10", 20: "10", 22: "10", 24: "11"}

// bundled says whether any npm that the image may bring satisfies a constraint.
func (p *planner) bundled(want string) bool {
	line, known := bundledNpm[project.Major(p.version)]
	newest, err := p.in.Catalog.Tool("npm", "~"+line)
	return known && err == nil && catalog.Satisfies(line+".0.0", want) && catalog.Satisfies(newest, want)
}

// toolVersion is the version of a package manager for a constraint; of npm one of the
// image's own line, where that fits: a later one may block scripts.
func (p *planner) toolVersion(program, want string) (string, error) {
	if line, known := bundledNpm[project.Major(p.version)]; known && program == "npm" && !strings.HasPrefix(want, "=") {
		if version, err := p.in.Catalog.Tool(program, project.Join(want, "~"+line)); err == nil {
			return version, nil
		}
	}
	return p.in.Catalog.Tool(program, want)
}

// install settles the layer of dependencies.
func (p *planner) install() error {
	d := p.detail
	p.installed = slices.ContainsFunc(d.Members, func(m project.Package) bool {
		return m.HasProduction() || m.HasKind(project.Development) || m.HasKind(project.Peer)
	})
	if !p.installed {
		p.view.Manager.Mounts = slices.Clip(p.view.Manager.Mounts)
		p.plan.Decide("dependencies", plan.None, "", "no package is required", d.Package.At())
		return nil
	}
	p.manifests()
	if d.Manager.Name == "pnpm" || d.Framework.Kind != framework.Unknown {
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
	evidence := []detect.Evidence{d.Package.At()}
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
	if len(p.builds) > 0 {
		p.plan.Decide("system packages of the build", strings.Join(p.builds, " "), "", "wanted by dependencies", causes(d.System)...)
	}
	p.later()
	if b := d.System.Browser; len(b) > 0 {
		command := p.runner() + b[0].Value + " install " + d.System.Shell + "chromium"
		p.view.Install.Commands = append(p.view.Install.Commands, command)
		p.plan.Decide("browser", "Chromium of "+b[0].Value, "", "downloaded with the dependencies, for every user", b[0].At)
	}
	p.credentials()
	return nil
}

func causes(s lock.System) []detect.Evidence {
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
	files = slices.DeleteFunc(files, func(file string) bool {
		return slices.ContainsFunc(folders, func(dir string) bool { return detect.Inside(file, dir) })
	})
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
func (p *planner) filters(flag, prefix string, packages []project.Package) (string, error) {
	var words []string
	for _, c := range packages {
		below, ok := detect.Below(p.detail.Workspace.Dir, c.Dir)
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
	var words []string
	skip := "--ignore-scripts"
	if i, ok := installers[d.Manager.Name]; ok {
		words, err = p.installWords(i, production, frozen)
	} else {
		words = p.yarnInstall(production, frozen)
		if d.Manager.Modern {
			skip = "--mode=skip-build"
		}
	}
	if len(d.Installs.Later) > 0 && !production {
		words = append(words, skip)
	}
	return strings.Join(words, " "), frozen, err
}

// installer is how a package manager installs, in its own words.
type installer struct {
	plain      string // brings the lockfile up to date
	frozen     string // refuses one that is not
	production string // leaves out what is for development only
	filter     string // before the folder of a member, to install for that alone
	below      string // before the folder too, where it has to look like a path
	root       string // takes the root along with a member, for [Manager.OneMember]
}

// installers are those of all package managers but yarn, each version of which has its own.
var installers = map[string]installer{
	"npm":  {"npm install --no-audit --no-fund", "npm ci --no-audit --no-fund", "--omit=dev", "--workspace=", "", "--include-workspace-root"},
	"pnpm": {"pnpm install --no-frozen-lockfile", "pnpm install --frozen-lockfile", "--prod", "--filter=", "./", "'--filter={.}'"},
	"bun":  {"bun install", "bun install --frozen-lockfile", "--production", "--filter=", "./", ""},
}

func (p *planner) installWords(i installer, production, frozen bool) ([]string, error) {
	words := []string{i.plain}
	if frozen {
		words[0] = i.frozen
	}
	packages := p.detail.Closure
	if production {
		words, packages = append(words, i.production), p.detail.Runs
	}
	if !p.detail.IsMember() || !production && !p.detail.Manager.OneMember() {
		return words, nil
	}
	filter, err := p.filters(i.filter, i.below, packages)
	words = append(words, filter)
	if !production {
		words = append(words, i.root)
	}
	return words, err
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
	case production && p.detail.IsMember():
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
	if d.Manager.Name == "yarn" {
		rebuild = "npm rebuild"
		if d.Manager.Modern {
			rebuild = "yarn rebuild"
		}
	}
	if rebuild != "" {
		p.view.Install.Commands = append(p.view.Install.Commands, append(p.withoutOwn(), rebuild)...)
	}
	p.plan.Decide("install scripts", "with the sources", "", "the project's own scripts read more than manifests", first.At)
}

// withoutOwn takes the scripts that wait for the sources out of the manifests that an
// install has been given: rebuilding the dependencies would run them too. The manifests come
// back with the sources.
func (p *planner) withoutOwn() (commands []string) {
	names := map[string]string{}
	var folders []string
	for _, s := range p.detail.Installs.Later {
		folder, name, nested := strings.Cut(s.Value, "#")
		if !nested {
			folder, name = ".", s.Value
		}
		if name == "" || nested && p.detail.Manager.Name == "pnpm" { // whose rebuild runs the root's alone
			continue
		}
		if names[folder] == "" {
			folders = append(folders, folder)
		}
		names[folder] += " scripts." + name
	}
	for _, folder := range folders {
		command := "npm pkg delete" + names[folder]
		if dir := path.Join(p.root(), folder); dir != "." && dir != "" {
			quoted, err := dockerfile.Shell(dir)
			if err != nil {
				continue // the copy of its manifest has failed before
			}
			command += " --prefix=" + quoted
		}
		commands = append(commands, command)
	}
	return commands
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
func (p *planner) literals() []project.Text {
	return slices.CompactFunc(slices.Clone(p.detail.Registry.Literals), func(a, b project.Text) bool { return a.Value == b.Value })
}

// credentials says what a build has to be given.
func (p *planner) credentials() {
	for _, name := range p.tokens() {
		p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: name, Env: name})
	}
	for _, t := range p.literals() {
		id := strings.TrimPrefix(t.Value, ".")
		p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: id, Source: path.Join(".", p.plan.Context, p.root(), t.Value)})
		p.plan.Note("%s: a credential is written into %s; it enters no layer, but it belongs into a variable: ${NPM_TOKEN}", t.At, t.Value)
	}
	for _, t := range p.detail.Unread {
		p.plan.Note("%s: a credential is written into settings that no install of the workspace reads; it enters no layer", t.At)
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
