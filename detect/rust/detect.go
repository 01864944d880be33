// Package rust detects programs in Rust and plans their images.
package rust

import (
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

// Detail is what the files of one program state.
type Detail struct {
	setting
	Program    Target
	Chosen     Chosen
	Web        *Web   // what a browser runs of it, if anything
	Why        string // this program, where the package has others
	Several    bool   // programs in the package
	Toolchain  Toolchain
	Pins       []Directive // versions of Rust that files for version managers name
	Config     config
	Lock       string    // the file, empty where there is none
	LockFormat Directive // what version of its format it states
	Natives    []Native
	Unknown    []Native // crates that look for a library that is not known
	C          Native   // a crate that compiles C
	GitDeps    []Git
	Registry   []Directive // registries other than crates.io that packages come from
	Rocket     Rocket
	Serves     string // a crate that is there to serve
	Listens    []detect.Listener
	Health     []detect.Path
	Stops      bool // something in it handles SIGTERM
	Commands   manifest.Subcommands
	Calls      []Directive   // programs that build scripts run, which no image of Rust has
	Starts     []detect.Path // programs of others that it starts
	Reads      []Asset
	Writes     []Asset
	Missing    []Asset   // what it opens and the repository does not have there
	Outside    []Asset   // compiled in from beside the packages
	Embedded   []string  // files below the packages that are compiled in by name
	TestData   []string  // what tests read beside their sources
	Offline    Directive // the folder of what sqlx knows of the database
	Protos     bool      // messages of Google's are imported
	FirstTest  detect.Evidence

	pages  []page
	ground detect.Ground
}

// Git is a dependency from a repository of its own.
type Git struct {
	URL string
	SSH bool
	At  detect.Evidence
}

// Facts lists what the project states.
func (d Detail) Facts() []detect.Fact {
	var facts []detect.Fact
	add := func(name, value string, at ...detect.Evidence) {
		if value != "" {
			facts = append(facts, detect.Fact{Name: name, Value: value, Evidence: at})
		}
	}
	add("package", d.Package.Name, d.Package.At)
	add("toolchain", d.Toolchain.Channel.Value, d.Toolchain.Channel.At)
	add("rust-version", d.Package.RustVersion.Value, d.Package.RustVersion.At)
	for _, pin := range d.Pins {
		add("pinned", pin.Value, pin.At)
	}
	if d.Root != d.Package {
		add("workspace", d.Root.Dir, detect.Evidence{File: d.Root.file.name})
	}
	for _, p := range d.Closure[1:] {
		add("builds with", p.Name, p.At)
	}
	add("program", d.Program.Name, d.Program.At)
	add("features", strings.TrimSpace(d.Chosen.flags()), d.Chosen.At)
	if w := d.Web; w != nil {
		add("built by", w.Tool.Command, w.At)
		add("wasm-bindgen", w.Bindgen.Value, w.Bindgen.At)
	}
	for _, n := range d.Natives {
		add("needs packages", n.Name, n.At)
	}
	add("compiles C", d.C.Name, d.C.At)
	for _, g := range d.GitDeps {
		add("git dependency", g.URL, g.At)
	}
	for _, r := range d.Registry {
		add("registry", r.Value, r.At)
	}
	for _, l := range d.Listens {
		add("listens", l.String(), l.At)
	}
	for _, c := range d.Starts {
		add("starts", c.Path, c.At)
	}
	for _, p := range d.Health {
		add("health path", p.Path, p.At)
	}
	for _, a := range d.Reads {
		add("reads", a.Path, a.At)
	}
	for _, a := range d.Writes {
		add("writes", a.Path, a.At)
	}
	for _, a := range d.Outside {
		add("compiles in", a.Path, a.At)
	}
	add("subcommands", strings.Join(d.Commands.Names, " "), d.Commands.At)
	add("sqlx", d.Offline.Value, d.Offline.At)
	if d.FirstTest.File != "" {
		add("tests", "yes", d.FirstTest)
	}
	return facts
}

func at(e ...detect.Evidence) []detect.Evidence { return e }

// Detect finds the programs of every Cargo package in the tree.
func Detect(ctx context.Context, t *detect.Tree, answers detect.Answers) (detect.Findings, error) {
	r := readRepository(t)
	var found []detect.Findings
	for _, name := range t.Named(manifestName) {
		if err := ctx.Err(); err != nil {
			return detect.Findings{}, err
		}
		found = append(found, r.one(path.Dir(name), answers))
	}
	return detect.Settle(found...), nil
}

// keepsOn are crates of programs that go on without listening: they wait for messages, for
// time, or for what a runtime hands them.
var keepsOn = []string{
	"tokio", "async-std", "smol", "actix", "lapin", "amqprs", "rdkafka", "async-nats", "nats", "rumqttc", "paho-mqtt", "redis", "sqlx", "diesel", "postgres",
	"mongodb", "cron", "clokwerk", "job_scheduler", "apalis", "fang", "signal-hook", "ctrlc", "notify", "pulsar", "lambda_runtime", "teloxide", "serenity", "kube",
}

// takesWords are crates of programs that people call with words.
var takesWords = []string{"clap", "structopt", "argh", "bpaf", "pico-args", "lexopt", "gumdrop", "getopts", "docopt"}

// tool says of a program that takes words from people, or is a library beside, and of
// which nothing says that it goes on, that it is called by hand.
func (d Detail) tool() []detect.Sign {
	needs := func(names []string) bool {
		return slices.ContainsFunc(d.Package.Needs, func(x Dependency) bool { return x.Kind == Normal && slices.Contains(names, x.Name) })
	}
	if d.Package.Lib == "" && !needs(takesWords) || d.serves() || d.Stops || needs(keepsOn) {
		return nil
	}
	return []detect.Sign{{Text: "a tool: nothing in it listens or waits", Against: true, At: d.Program.At}}
}

// serves says that something in a program is there to answer.
func (d Detail) serves() bool { return d.Serves != "" || len(d.Listens) > 0 || d.Web != nil }

// Main implements [detect.Chosen]: the name of the program behind the folder of its
// package.
func (d Detail) Main(dir string) string { return path.Join(dir, d.Program.Name) }

// IsMain implements [detect.Chosen].
func (d Detail) IsMain(_, want string) bool { return d.Program.is(d.Package, want) }

// is says whether want names the program: by its name, its file, or the folder of
// its package.
func (x Target) is(p *Package, want string) bool {
	clean := path.Clean(want)
	return x.Name == want || x.Path == clean || path.Join(p.Dir, x.Path) == clean || path.Join(p.Dir, path.Dir(x.Path)) == clean || p.Dir == clean && clean != "." || p.Name == want
}

// one looks at one manifest. What is wrong with it is its own problem.
func (r *repository) one(dir string, answers detect.Answers) detect.Findings {
	file := path.Join(dir, manifestName)
	other := func(reason string) detect.Findings {
		return detect.Findings{Others: []detect.Other{{Dir: dir, Stack: Name, Reason: reason, Evidence: at(detect.Evidence{File: file})}}}
	}
	problem := func(err error) detect.Findings {
		return detect.Findings{Problems: []*detect.Problem{{Dir: dir, Stack: Name, Err: err}}}
	}
	p := r.packages[dir]
	if err := r.broken[dir]; err != nil {
		if what, ok := r.tree.Aside(dir); ok && (p == nil || r.root[dir] == "") {
			return other(what)
		}
		return problem(err)
	}
	if p.Name == "" {
		return other("a workspace")
	}
	if w := r.above(p); w != nil && w != p && r.broken[w.Dir] != nil {
		return other("below a broken workspace")
	}
	if what, ok := r.tree.Aside(dir); ok && r.root[dir] == "" {
		return other(what)
	}
	if what, ok := p.noService(); ok {
		return other(what)
	}
	web, reason, err := r.web(p)
	switch {
	case err != nil:
		return problem(err)
	case reason != "":
		return other(reason)
	case len(p.Bins) == 0 && web == nil:
		return other(library(r.tree, p))
	}
	services, reason, err := r.services(p, web, answers)
	switch {
	case err != nil:
		return problem(err)
	case reason != "":
		return other(reason)
	}
	return detect.Findings{Services: services}
}

// noService says of a package by what it is made with that no container runs it: targets
// of a fuzzer, and what opens a window.
func (p *Package) noService() (string, bool) {
	needs := func(name string) bool {
		return slices.ContainsFunc(p.Needs, func(d Dependency) bool { return d.Name == name && d.Kind != Dev && !d.Optional })
	}
	switch {
	case p.Fuzz || needs("libfuzzer-sys") || needs("afl") || needs("honggfuzz"):
		return "targets of a fuzzer", true
	case needs("tauri"):
		return "a program for the desktop, by tauri", true
	}
	return "", false
}

// library says why a package has no program.
func library(t *detect.Tree, p *Package) string {
	for _, name := range []string{"src/main.rs", "src/bin"} {
		full := path.Join(p.Dir, name)
		if x, ok := t.Excluded(full); ok {
			return fmt.Sprintf("a library: no program, but %s leaves out %s", x.At, x.Dir)
		}
		if t.IsLink(full) {
			return fmt.Sprintf("a library: no program, but %s is a symbolic link, which is not followed", name)
		}
	}
	return "a library: no program"
}

// services gives the services of one package, or the reason why there are none.
func (r *repository) services(p *Package, web *Web, answers detect.Answers) (found []detect.Service, reason string, err error) {
	s, err := r.setting(p, web.part())
	if err != nil {
		return nil, "", err
	}
	asked := slices.DeleteFunc(slices.Clone(p.Bins), func(b Target) bool {
		return !slices.ContainsFunc(answers.In(p.Dir).Main, func(want string) bool {
			return b.Name == want || b.is(p, want) && len(p.Bins) == 1 || b.is(&Package{Dir: p.Dir}, want)
		})
	})
	if len(asked) == 0 {
		if reason := s.left(r); reason != "" {
			return nil, reason, nil
		}
	}
	chosen, why, err := web.choose(p, asked)
	if err != nil {
		return nil, "", err
	}
	for _, bin := range chosen {
		d, err := r.detail(s, bin, web, answers.In(p.Dir))
		if err != nil {
			return nil, "", err
		}
		d.Why, d.Several = why, len(p.Bins) > 1
		name := p.Name
		if len(chosen) > 1 {
			name = bin.Name
		}
		strength := detect.Manifest
		if d.Serves != "" || d.Web != nil {
			strength = detect.Framework
		}
		found = append(found, detect.Service{Name: detect.ImageName(name), Dir: p.Dir, Stack: Name, Strength: strength, Detail: d, Signs: d.tool()})
	}
	return found, "", nil
}

// left says why a member of a workspace is left out until it is asked for.
func (s setting) left(r *repository) string {
	if what, ok := s.aside(); ok {
		return fmt.Sprintf("%s; --main %s builds it all the same", what, s.Package.Dir)
	}
	w := s.Root.Workspace
	if w == nil || len(w.Default) == 0 || s.Root == s.Package && slices.Contains(w.Default, ".") {
		return ""
	}
	var programs bool
	for _, pattern := range w.Default {
		dirs, err := r.expand(s.Root.Dir, pattern, detect.Evidence{})
		if err != nil {
			continue // said where the members are read
		}
		if slices.Contains(dirs, s.Package.Dir) {
			return ""
		}
		programs = programs || slices.ContainsFunc(dirs, func(dir string) bool { return r.packages[dir] != nil && len(r.packages[dir].Bins) > 0 })
	}
	if !programs {
		return "" // the list says nothing about programs
	}
	return fmt.Sprintf("not among the default-members of %s; --main %s builds it all the same", s.Root.file.name, s.Package.Name)
}

// choose settles which programs of a package are the product: those asked for,
// the one that cargo run takes, the only one, or the one that is called as the
// package.
func choose(p *Package, asked []Target) ([]Target, string, error) {
	if len(asked) > 0 {
		return asked, "chosen by --main", nil
	}
	if p.DefaultRun.Value != "" {
		for _, b := range p.Bins {
			if b.Name == p.DefaultRun.Value {
				return []Target{b}, "the default-run", nil
			}
		}
		return nil, "", detect.Errorf(p.DefaultRun.At, "default-run is %s, and there is no program of that name", p.DefaultRun.Value)
	}
	if len(p.Bins) == 1 {
		return p.Bins, "the only program of the package", nil
	}
	for _, b := range p.Bins {
		if b.Name == p.Name || b.Path == "src/main.rs" {
			return []Target{b}, fmt.Sprintf("named as the package, among %d programs", len(p.Bins)), nil
		}
	}
	return nil, "", ambiguous(p)
}

// ambiguous says that none of a package's programs is clearly the product.
func ambiguous(p *Package) error {
	e := &detect.ChoiceError{
		Subject: fmt.Sprintf("%s: %d programs and none of them is clearly the product", p.file.name, len(p.Bins)),
		Flag:    "--main", Several: true,
	}
	for _, x := range p.Bins {
		e.Options = append(e.Options, detect.Option{Value: x.Name, At: detect.Evidence{File: path.Join(p.Dir, x.Path)}})
	}
	return e
}

// detail reads what one program is built from.
func (r *repository) detail(s setting, bin Target, web *Web, answer detect.Answer) (Detail, error) {
	d := Detail{setting: s, Program: bin, Web: web}
	code, err := r.program(s, bin)
	if err != nil {
		return Detail{}, err
	}
	if web == nil { // whose tool chooses
		if d.Chosen, err = s.features(r.tree, code, bin, answer); err != nil {
			return Detail{}, err
		}
		bin = bin.with(d.Chosen)
	}
	if d.Toolchain, err = r.toolchain(s.Root.Dir); err != nil {
		return Detail{}, err
	}
	if d.Pins, err = r.pins(s.Package.Dir); err != nil {
		return Detail{}, err
	}
	if d.Config, err = r.readConfig(s.Root.Dir); err != nil {
		return Detail{}, err
	}
	l, err := r.lock(s)
	if err != nil {
		return Detail{}, err
	}
	if l != nil {
		d.Lock, d.LockFormat = l.file, l.format
		if len(l.packages[s.Package.Name]) == 0 && len(l.packages) > 0 {
			return Detail{}, detect.Errorf(detect.Evidence{File: l.file}, "the lock does not know the package %s; run cargo generate-lockfile", s.Package.Name)
		}
	}
	crates := s.crates(l, bin)
	d.Natives, d.C = s.natives(crates)
	d.Unknown = s.unknown(crates)
	d.sources(crates)
	return d, r.read(&d, code)
}

// sources lists where packages come from that crates.io does not have.
func (d *Detail) sources(crates map[string]*crate) {
	for _, p := range d.Members {
		for _, x := range p.Needs {
			if x.Git != "" {
				d.GitDeps = append(d.GitDeps, Git{URL: x.Git, SSH: strings.HasPrefix(x.Git, "ssh://"), At: x.At})
			}
			if x.Registry != "" && x.Registry != "crates-io" {
				d.Registry = append(d.Registry, Directive{x.Registry, x.At})
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(crates)) {
		url, ok := strings.CutPrefix(crates[name].Source, "git+")
		url, _, _ = strings.Cut(strings.ReplaceAll(url, "#", "?"), "?")
		if ok && !slices.ContainsFunc(d.GitDeps, func(g Git) bool { return g.URL == url }) {
			d.GitDeps = append(d.GitDeps, Git{URL: url, SSH: strings.HasPrefix(url, "ssh://"), At: crates[name].At})
		}
	}
}

// read asks the sources all that is asked of them.
func (r *repository) read(d *Detail, code *program) (err error) {
	d.Outside = code.outside(r, d.setting)
	d.Embedded, d.TestData = code.embedded(r), r.testData(d.setting)
	d.Calls, d.Starts = code.calls(), code.starts()
	d.stands(code)
	if d.FirstTest, err = r.firstTest(d.setting); err != nil {
		return err
	}
	if d.Web != nil && d.Web.Page != nil {
		return nil // what it says of ports and files is for a browser
	}
	for _, name := range servers {
		if code.crates[name] {
			d.Serves = name
			break
		}
	}
	d.Listens = code.listens()
	if l, ok := code.option(); ok && d.Serves != "" && !slices.ContainsFunc(d.Listens, func(l detect.Listener) bool { return !l.Unread() }) {
		d.Listens = []detect.Listener{l}
	}
	if code.crates["rocket"] {
		if d.Rocket, err = r.rocket(d.setting); err != nil {
			return err
		}
		d.Serves = "rocket"
		d.Listens = []detect.Listener{d.Rocket.Listen}
	}
	d.Health = code.health()
	d.Stops = code.stops()
	d.Commands = code.subcommands().Find(r.tree, d.Package.Dir, d.Program.Name, d.Package.Name)
	d.Reads, d.Writes, d.Missing = code.assets(r, d.setting)
	d.Reads, d.Writes = append(d.Reads, d.Rocket.Reads...), append(d.Writes, d.Rocket.Writes...)
	d.pages = code.pages(r, d.setting, d.Writes)
	if name := path.Join(d.Root.Dir, manifestName); d.Web != nil && code.asksLeptos() {
		d.Reads = append(d.Reads, Asset{Path: manifestName, From: name, At: d.Web.At})
	}
	if d.Web != nil && !slices.ContainsFunc(d.Listens, func(l detect.Listener) bool { return !l.Unread() }) {
		d.Listens = []detect.Listener{d.Web.Server.Listen}
	}
	if d.Protos, err = r.googleProtos(d); err != nil {
		return err
	}
	return r.sqlx(d, code)
}

// firstTest is one test of the closure, as evidence that there are some: a file of
// tests, or a source that says so.
func (r *repository) firstTest(s setting) (detect.Evidence, error) {
	for _, p := range s.Closure {
		folder, _ := r.tree.Folder(path.Join(p.Dir, "tests"))
		for _, name := range folder.Files {
			if strings.HasSuffix(name, ".rs") {
				return detect.Evidence{File: path.Join(p.Dir, "tests", name)}, nil
			}
		}
	}
	for _, p := range s.Closure {
		if _, err := r.sourcesOf(p); err != nil {
			return detect.Evidence{}, err
		}
		if found := r.tests[p.Dir]; found.File != "" {
			return found, nil
		}
	}
	return detect.Evidence{}, nil
}

// sqlx looks for what the macros of sqlx that are checked against a database need
// where there is none: https://docs.rs/sqlx/latest/sqlx/macro.query.html#offline-mode
func (r *repository) sqlx(d *Detail, code *program) error {
	if !code.crates["sqlx"] {
		return nil
	}
	for _, dir := range []string{d.Package.Dir, d.Root.Dir} {
		for _, name := range []string{".sqlx", "sqlx-data.json"} {
			full := path.Join(dir, name)
			if _, ok := r.tree.Folder(full); ok || r.tree.Has(full) {
				d.Offline = Directive{full, detect.Evidence{File: full}}
				return nil
			}
		}
	}
	where, ok := code.called("query", "query_as", "query_scalar", "query_file", "query_file_as", "query_file_scalar")
	if !ok {
		return nil
	}
	return detect.Errorf(where, "sqlx checks this query against a database while compiling, and there is none in a build; run cargo sqlx prepare and commit .sqlx")
}

// googleProtos says whether messages are imported that come with the compiler of
// protocol buffers.
func (r *repository) googleProtos(d *Detail) (bool, error) {
	if !slices.ContainsFunc(d.Natives, func(n Native) bool { return n.Name == "prost-build" || n.Name == "protobuf-codegen" }) {
		return false, nil
	}
	var dirs []string
	for _, p := range d.Closure {
		dirs = append(dirs, p.Dir)
	}
	for _, a := range d.Outside {
		dirs = append(dirs, a.From)
	}
	seen := map[string]bool{}
	for _, dir := range dirs {
		for _, sub := range r.tree.Below(dir, func(string) bool { return false }) {
			folder, _ := r.tree.Folder(sub)
			for _, name := range folder.Files {
				full := path.Join(sub, name)
				if !strings.HasSuffix(name, ".proto") || seen[full] {
					continue
				}
				seen[full] = true
				data, err := r.tree.ReadFile(full)
				if err != nil {
					return false, err
				}
				if strings.Contains(string(data), `"google/protobuf/`) {
					return true, nil
				}
			}
		}
	}
	return false, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
