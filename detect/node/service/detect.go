// Package service finds the programs and sites of a tree and states what each is: how it
// starts, what it is built from, what an install reads and runs.
package service

import (
	"context"
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
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/plan"
)

// Command is how a program starts.
type Command struct {
	Argv   []string
	Env    []plan.Variable
	Dir    string // the folder that it starts in, from the root
	Reason string
	At     detect.Evidence
}

// Detail is what the files of one service state.
type Detail struct {
	Package   project.Package
	Root      project.Package // of the workspace; the package itself where it stands alone
	Workspace project.Workspace
	Manager   project.Manager
	Engine    string         // what runs it: a key of engines
	Versions  []project.Wish // of the engine, the most telling first
	Framework framework.Framework
	Public    []framework.PublicVariable
	Start     Command
	Entry     string // the file that Start runs, from the root; empty where none is known
	Serves    source.Serves
	Registry  project.Registry
	Unread    []project.Text // settings of members with a credential in them, from the root, which no install reads
	Lock      *lock.Lock
	System    lock.System
	Closure   []project.Package // packages of the repository whose sources are built, itself last
	Runs      []project.Package // those of the closure that it needs while it runs, itself last
	Members   []project.Package // those whose manifests an install wants, itself and the root among them
	Copied    []project.Package // those of the closure whose folders an install copies, where it links the others

	Orchestrator string          // "turbo" or "nx", where the workspace has one
	Installs     Installs        // what an install reads beside manifests
	Addon        detect.Evidence // what says that the package compiles an addon of its own; zero where none does
	Signals      bool            // the program ends itself on SIGTERM
	Content      []Content
	Deno         *project.Deno     // for a project of Deno
	Tests        []detect.Evidence // test files of Deno
	Untested     string            // what the test script runs, where that fails because there is no test
	Notes        []string          // what a person should know of the scripts
	Compiled     bool              // a build makes the file that starts
	mentions     map[string]bool   // base names of files that the sources speak of; nil where none were read
	RootFiles    []string          // files of the workspace that builds of its members read, from it
	PageScripts  []PageScript
	Files        []script.Step   // what the start script makes before the program, for the build to make
	FilesAt      detect.Evidence // where they stand
	Clients      []Client        // what a generator makes before the build
	Bundled      []source.Folder // folders that the server of a framework writes into, from the working folder
	BuildEnv     []plan.Variable // what a build asks for and does not use
	Missing      []Missing       // files that it opens and the repository does not have there
	Kept         []string        // folders and files that it writes to and the repository holds, from the package
	ground       detect.Ground
	within       []string       // folders of packages below that are built where it is
	uses         []project.Text // packages that it imports and production leaves out
}

// Alone says that the service needs nothing outside its folder.
func (d Detail) Alone() bool {
	return d.Package.Dir == d.Workspace.Dir && len(d.Workspace.Members) == 0
}

// IsMember says that the service is installed as one of a workspace's members.
func (d Detail) IsMember() bool { return d.Package.Dir != d.Workspace.Dir && !d.Package.Virtual }

// Facts lists what the project states.
func (d Detail) Facts() []detect.Fact {
	var facts []detect.Fact
	add := func(name, value string, at ...detect.Evidence) {
		facts = append(facts, detect.Fact{Name: name, Value: value, Evidence: at})
	}
	all := func(name string, texts []project.Text) {
		for _, t := range texts {
			add(name, t.Value, t.At)
		}
	}
	if n := d.Package.Name; n.Value != "" {
		add("package", n.Value, n.At)
	}
	for _, w := range d.Versions {
		add(d.Engine, w.Range, w.At)
	}
	add("package manager", strings.TrimSpace(d.Manager.Name+" "+d.Manager.Range), d.Manager.At)
	if d.Lock.File != "" {
		add("lockfile", strings.TrimSpace(path.Base(d.Lock.File)+" "+d.Lock.Format), detect.Evidence{File: d.Lock.File})
	}
	all("not in the lockfile", d.Lock.Stale)
	if d.Workspace.At.File != "" {
		add("workspace", fmt.Sprintf("%s, %d members", d.Workspace.Dir, len(d.Workspace.Members)), d.Workspace.At)
	}
	for _, p := range d.Closure[:len(d.Closure)-1] {
		add("builds with", p.Dir, p.At())
	}
	for _, p := range d.Copied {
		add("copied by the install", p.Dir, p.At())
	}
	if f := d.Framework; f.Kind != framework.Unknown || f.Name != "" {
		add("framework", f.Title, f.Evidence...)
	}
	if len(d.Start.Argv) > 0 {
		add("starts", strings.Join(d.Start.Argv, " "), d.Start.At)
	}
	for _, l := range d.Serves.Listens {
		add("listens", l.String(), l.At)
	}
	for _, h := range d.Serves.Health {
		all("health path", []project.Text{{Value: h.Path, At: h.At}})
	}
	all("starts program", d.Serves.Programs)
	for _, w := range d.Serves.Writes {
		add("writes", w.Path, w.At)
	}
	all("system packages", d.System.Causes)
	all("native addon", d.System.Compile)
	for _, t := range d.Registry.Tokens {
		add("credentials", "$"+t.Value, t.At)
	}
	for _, t := range d.Registry.Literals {
		add("credentials", "written into "+t.Value, t.At)
	}
	for _, t := range d.Unread {
		add("credentials", "written into "+t.Value, t.At)
	}
	for _, v := range d.Public {
		add("public variable", v.Name, v.At)
	}
	if s, ok := d.Package.Script("test"); ok {
		add("tests", s.Value, s.At)
	}
	return facts
}

// Detect finds the programs and sites of every package in the tree.
func Detect(ctx context.Context, t *detect.Tree, answers detect.Answers) (detect.Findings, error) {
	r := newDetector(t)
	found := detect.Findings{Others: r.Others}
	for _, dir := range slices.Sorted(maps.Keys(r.Packages)) {
		if err := ctx.Err(); err != nil {
			return found, err
		}
		r.one(r.Packages[dir], answers, &found)
	}
	startedElsewhere(&found)
	r.deno(&found)
	found.Problems = append(found.Problems, r.Problems...)
	found.Services = names(found.Services)
	return detect.Settle(found), nil
}

// startedElsewhere leaves out the projects of Nx whose output another package starts, which
// says more of how that runs in production than Nx does: one program is one image.
func startedElsewhere(found *detect.Findings) {
	starts := map[string]detect.Service{} // by the file, from the root; without its ending
	for _, s := range found.Services {
		if d, ok := s.Detail.(Detail); ok && d.Package.Project == nil && d.Entry != "" {
			starts[strings.TrimSuffix(d.Entry, path.Ext(d.Entry))] = s
		}
	}
	found.Services = slices.DeleteFunc(found.Services, func(s detect.Service) bool {
		d, _ := s.Detail.(Detail)
		n := d.Package.Project
		if n == nil || n.Program == "" {
			return false
		}
		by, ok := starts[strings.TrimSuffix(d.Entry, path.Ext(d.Entry))]
		if ok {
			found.Others = append(found.Others, detect.Other{Dir: s.Dir, Stack: s.Stack, Reason: "what Nx makes of it is what " + by.Name + " starts", Evidence: []detect.Evidence{by.Detail.(Detail).Start.At}})
		}
		return ok
	})
}

// shell names what makes a program for desktops of a package, empty where nothing does:
// such pages are part of that program, and no site.
func (r *detector) shell(p project.Package) string {
	for _, name := range []string{"src-tauri/tauri.conf.json", "src-tauri/tauri.conf.json5", "src-tauri/Tauri.toml"} {
		if r.Tree.Has(path.Join(p.Dir, name)) {
			return "Tauri"
		}
	}
	for _, name := range []string{"electron-vite", "electron-builder", "@electron-forge/cli"} {
		if p.Has(name) && p.Has("electron") {
			return "Electron"
		}
	}
	if start, ok := p.Script("start"); ok && p.Has("electron") && strings.HasPrefix(start.Value, "electron ") {
		return "Electron"
	}
	return ""
}

// one looks at one package. What is wrong with it is its own problem.
func (r *detector) one(p project.Package, answers detect.Answers, found *detect.Findings) {
	other := func(reason string, at ...detect.Evidence) {
		found.Others = append(found.Others, detect.Other{Dir: p.Dir, Stack: project.Stack, Reason: reason, Evidence: at})
	}
	w := r.Workspace(p)
	if what, ok := r.Tree.Aside(p.Dir); ok && !asked(answers, p.Dir) {
		other(what, p.At())
		return
	}
	if r.Broken[p.Dir] {
		return // said already
	}
	if r.Broken[w.Dir] {
		other("in a broken workspace", w.At)
		return
	}
	if shell := r.shell(p); shell != "" && !asked(answers, p.Dir) {
		other(shell+" shows its pages in a window of its own", p.At())
		return
	}
	d, reason, err := r.detail(p, w, answers)
	switch {
	case err != nil:
		found.Problems = append(found.Problems, &detect.Problem{Dir: p.Dir, Stack: project.Stack, Err: err})
	case reason != "":
		other(reason, p.At())
	default:
		strength := detect.Manifest
		if d.Framework.Kind != framework.Unknown {
			strength = detect.Framework
		}
		found.Services = append(found.Services, detect.Service{Name: serviceName(p), Dir: p.Dir, Stack: project.Stack, Strength: strength, Detail: d, Signs: d.doubts()})
	}
}

// doubts speak against a package being deployed.
func (d Detail) doubts() []detect.Sign {
	if d.Framework.Doubt == "" {
		return nil
	}
	return []detect.Sign{{Text: d.Framework.Doubt, Against: true}}
}

// serviceName names the image after the package, its scope left out.
func serviceName(p project.Package) string {
	name := p.Name.Value
	if _, rest, ok := strings.Cut(name, "/"); ok && strings.HasPrefix(name, "@") {
		name = rest
	}
	if name == "" && p.Dir != "." {
		name = path.Base(p.Dir)
	}
	if name == "" {
		name = "app"
	}
	return detect.ImageName(name)
}

// names gives services that would be called the same the whole names of their
// packages, or those of their folders.
func names(services []detect.Service) []detect.Service {
	for _, whole := range []func(detect.Service) string{
		func(s detect.Service) string { d, _ := s.Detail.(Detail); return d.Package.Name.Value },
		func(s detect.Service) string { return s.Dir },
	} {
		count := map[string]int{}
		for _, s := range services {
			count[s.Name]++
		}
		for i, s := range services {
			if name := detect.ImageName(whole(s)); count[s.Name] > 1 && name != "" {
				services[i].Name = name
			}
		}
	}
	return services
}

// detail reads what one package is built from, or gives the reason why it is no
// service.
func (r *detector) detail(p project.Package, w project.Workspace, answers detect.Answers) (d Detail, reason string, err error) {
	root := p
	if found, ok := r.Packages[w.Dir]; ok {
		root = found
	}
	d = Detail{Package: p, Root: root, Workspace: w, Lock: &lock.Lock{}}
	if p.Project == nil && p.Target.Value != "" {
		p.Project = framework.Bundled(r.subject(p))
		d.Package = p
	}
	switch n := p.Project; { // Nx says what it is, where it does
	case n == nil:
		d.Framework, err = framework.Recognise(r.subject(p))
	case n.Site != "":
		d.Framework, err = framework.Made(r.subject(p), n.Site, detect.Relative(p.Dir, path.Join(w.Dir, n.Output)), n.At)
	}
	if err != nil {
		return d, "", err
	}
	if reason, err = r.start(&d, answers); err != nil || reason != "" {
		return d, reason, err
	}
	if d.Framework.Problem != nil {
		return d, "", d.Framework.Problem
	}
	if d.Manager, err = r.Manager(root, answers.In(p.Dir).Manager); err != nil {
		return d, "", err
	}
	if d.Lock, err = r.lock(w, d.Manager); err != nil {
		return d, "", err
	}
	d.Manager.Settle(d.Lock.Format)
	r.engine(&d)
	if d.Versions, err = r.Wishes(d.Engine, p, root); err != nil {
		return d, "", err
	}
	if d.Registry, err = r.Registry(w.Dir); err != nil {
		return d, "", err
	}
	r.packagesOf(&d)
	r.builtWithin(&d)
	if err := d.starter(); err != nil {
		return d, "", err
	}
	if d.Unread, err = r.unread(d); err != nil {
		return d, "", err
	}
	if err = r.served(&d); err != nil {
		return d, "", err
	}
	schemas := r.schemas(d)
	if d.Public, err = framework.PublicVariables(r.subject(p), d.Framework.Public); err != nil {
		return d, "", err
	}
	d.Orchestrator = r.orchestrator(root)
	d.Installs = r.installs(d)
	d.Framework.Artefacts = slices.Clone(d.Framework.Artefacts)
	for i, a := range d.Framework.Artefacts {
		if _, there := r.Tree.Folder(path.Join(p.Dir, a.From)); there {
			d.Framework.Artefacts[i].Maybe = false
		}
	}
	r.processes(&d)
	r.pageScripts(&d)
	r.content(&d)
	r.clients(&d)
	for _, s := range schemas {
		d.validates(s.At.File, s.Value)
	}
	d.RootFiles = r.rootFiles(d)
	d.Untested = r.untested(p)
	return d, "", nil
}

// unread lists the settings of members that hold credentials: an install reads those
// of the workspace alone.
func (r *detector) unread(d Detail) ([]project.Text, error) {
	var found []project.Text
	for _, c := range d.Closure {
		if c.Dir == d.Workspace.Dir {
			continue
		}
		g, err := r.Registry(c.Dir)
		if err != nil {
			return nil, err
		}
		for _, t := range g.Literals {
			found = append(found, project.Text{Value: t.At.File, At: t.At})
		}
	}
	return found, nil
}

// engine settles what runs the program: what it is started with, else what
// installs it where no node is wanted.
func (r *detector) engine(d *Detail) {
	d.Engine = "node"
	switch {
	case len(d.Start.Argv) > 0 && path.Base(d.Start.Argv[0]) == "bun":
		d.Engine = "bun"
	case len(d.Start.Argv) > 0 && path.Base(d.Start.Argv[0]) == "deno":
		d.Engine = "deno"
	}
}

// packagesOf settles the packages of the repository that a service is built from,
// and what they want of the system.
func (r *detector) packagesOf(d *Detail) {
	d.Closure = r.Closure(d.Workspace, d.Package, true)
	d.Runs = r.Closure(d.Workspace, d.Package, false)
	d.Members = []project.Package{d.Root}
	for _, dir := range d.Workspace.Members {
		if m, ok := r.Packages[dir]; ok {
			d.Members = append(d.Members, m)
		}
	}
	if d.IsMember() && !slices.Contains(d.Workspace.Members, d.Package.Dir) {
		d.Members = append(d.Members, d.Package)
	}
	d.Lock.Check(d.Manager, d.Workspace.Dir, d.Members)
	running := d.Runs
	if d.Root.Dir != d.Package.Dir {
		running = append(slices.Clone(running), d.Root)
	}
	d.System = d.Lock.System(d.Manager, r.installed(*d), running)
	r.copied(d)
	r.builds(d)
	r.ownAddon(d)
}

// installed lists the packages of the repository whose dependencies an installation
// for the build brings along: where the package manager is told which members it is
// for, these, the root, and the members that the root depends on.
func (r *detector) installed(d Detail) []project.Package {
	if !d.IsMember() {
		return d.Closure
	}
	if !d.Manager.OneMember() {
		return d.Members
	}
	all := slices.Clone(d.Closure)
	for _, p := range r.Closure(d.Workspace, d.Root, true) {
		if !project.Among(all, p) {
			all = append(all, p)
		}
	}
	return all
}

// served reads the sources of the program, from its entry.
func (r *detector) served(d *Detail) error {
	entries := r.entryFiles(*d)
	if len(entries) == 0 {
		if err := r.bundled(d); err != nil {
			return err
		}
		return r.stands(d, source.Code{})
	}
	c, err := r.sources.Follow(func(made string) (string, bool) { return r.compiledFrom(d.Package, made) }, entries...)
	if err != nil {
		return err
	}
	r.imports(d, c, entries[0])
	c = c.Built(d.places(entries[0]))
	d.Serves = c.Serves(d.Package.Dir)
	d.defined()
	d.Missing = r.missing(d.Serves.Reads)
	d.Kept = r.kept(d.Package.Dir, d.Serves.Writes)
	d.mentions = c.Mentions()
	d.Signals = c.HandlesSignals() || slices.ContainsFunc(gracefully, d.Package.Has)
	return r.stands(d, c)
}

// databases are packages by which servers open files of theirs.
var databases = []string{"better-sqlite3", "sqlite3", "sqlite", "@libsql/client", "drizzle-orm", "lowdb", "typeorm", "sequelize"}

// bundled reads which files the server of a framework opens that a build joins into one, by
// paths from the working folder: databases, and the migrations that it runs itself.
func (r *detector) bundled(d *Detail) error {
	p := d.Package
	if d.Framework.Kind != framework.Server || len(d.Framework.Artefacts) == 0 || !slices.ContainsFunc(databases, p.Has) {
		return nil
	}
	c, err := r.sources.Below(p.Dir, func(dir string) bool {
		return r.Packages[dir].File != "" && dir != p.Dir || path.Base(dir) == "scripts"
	})
	if err != nil {
		return err
	}
	writes, migrations := c.Bundled(p.Dir)
	d.Bundled, d.Kept = writes, r.kept(p.Dir, writes)
	for _, m := range migrations {
		below, ok := detect.Below(p.Dir, m.Path)
		if _, there := r.Tree.Folder(m.Path); ok && there && below != "." && project.PlainPath.MatchString(below) {
			d.Framework.Artefacts = append(slices.Clone(d.Framework.Artefacts), framework.Artefact{Copy: plan.Copy{From: below, To: below}})
		}
	}
	return nil
}

// defined settles where a program listens whose build writes variables of the environment into
// it: on all addresses, and on the port that the build has for it.
func (d *Detail) defined() {
	for _, v := range d.Framework.Defined {
		for i := range d.Serves.Listens {
			l := &d.Serves.Listens[i]
			if port, err := strconv.Atoi(v.Value); l.Env == v.Name && err == nil {
				l.Env, l.Port = "", port
			}
			if l.Host == v.Name {
				l.Host, l.NoHost, l.Loopback = "", false, false
				d.BuildEnv = append(d.BuildEnv, plan.Variable{Name: v.Name, Value: "0.0.0.0"})
			}
		}
	}
}

// kept lists what a program writes to and the repository holds, so that it is copied.
func (r *detector) kept(dir string, writes []source.Folder) (names []string) {
	for _, w := range writes {
		if _, there := r.Tree.Folder(path.Join(dir, w.Path)); there && !path.IsAbs(w.Path) && w.Path != "." {
			names = append(names, w.Path)
		}
		if w.File != "" && r.Tree.Has(path.Join(dir, w.File)) {
			names = append(names, w.File)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Missing is a file that a program cannot do without and the repository does not have there.
type Missing struct {
	Path    string // from the root
	Found   string // the only file of that name in the repository, or empty
	Instead string // what becomes it where the program runs, or empty
	At      detect.Evidence
}

// missing lists them. What git does not keep, or has an example beside it, is made where the
// program runs.
func (r *detector) missing(reads []source.File) (all []Missing) {
	for _, f := range reads {
		if _, folder := r.Tree.Folder(f.Path); !f.Dies || folder || r.Tree.Has(f.Path) {
			continue
		}
		m := Missing{Path: f.Path, At: f.At}
		if x, ok := r.Tree.Excluded(f.Path); ok {
			m.Instead = x.At.String() + " leaves it out, so it"
		}
		listing, _ := r.Tree.Folder(path.Dir(f.Path))
		for _, name := range listing.Files {
			if detect.IsExampleOf(name, path.Base(f.Path)) {
				m.Instead = path.Join(path.Dir(f.Path), name)
			}
		}
		if found := r.Tree.Named(path.Base(f.Path)); len(found) == 1 {
			m.Found = found[0]
		}
		all = append(all, m)
	}
	return all
}

// places says where the files of a program lie while it runs, by where the build puts the
// entry: beside it as they lie beside its source, or all in its folder where the build makes
// one file of them. It is nil where they run as they stand.
func (d Detail) places(entry string) func(file string) string {
	if d.Entry == entry {
		return nil
	}
	for _, s := range d.Package.Builds() {
		if slices.Contains(joining, s.Program()) {
			return func(string) string { return path.Dir(d.Entry) }
		}
	}
	from, to := path.Dir(entry), path.Dir(d.Entry)
	for path.Base(from) == path.Base(to) && from != "." && to != "." {
		from, to = path.Dir(from), path.Dir(to)
	}
	return func(file string) string {
		below, ok := detect.Below(from, file)
		if !ok {
			return path.Dir(file)
		}
		return path.Dir(path.Join(to, below))
	}
}

// joining are programs of builds that make one file of a program.
var joining = []string{"esbuild", "tsup", "tsdown", "webpack", "rspack", "rollup", "vite", "ncc", "bun", "unbuild"}

// gracefully are packages that end a server on SIGTERM.
var gracefully = []string{"@godaddy/terminus", "close-with-grace", "fastify-graceful-shutdown", "http-graceful-shutdown", "http-terminator", "lightship", "stoppable"}

// orchestrator is what builds a workspace in the order of its dependencies.
func (r *detector) orchestrator(root project.Package) string {
	switch {
	case root.Has("turbo") && r.Tree.Has(path.Join(root.Dir, "turbo.json")):
		return "turbo"
	case root.Has("nx") && r.Tree.Has(path.Join(root.Dir, "nx.json")):
		return "nx"
	}
	return ""
}
