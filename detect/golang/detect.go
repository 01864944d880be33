// Package golang detects Go programs and plans their images.
package golang

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/manifest"
)

// Program is one package main.
type Program struct {
	Dir    string // its folder, from the root
	Reason string // why it is the one, where there are others
	At     detect.Evidence
}

// Detail is what the sources of one program state.
type Detail struct {
	setting
	Program   Program
	Tags      Tags
	Pins      []Directive // versions of Go that files for version managers name
	Listens   []detect.Listener
	Health    []detect.Path // paths that it answers
	Probes    []detect.Path // commands and flags of its own that ask for its health
	GRPC      []detect.Path // health services of gRPC
	Reads     []Asset
	Writes    []Asset
	Starts    []detect.Path // programs of others that it starts
	Missing   []Asset       // what it opens and the repository does not have there
	Cgo       Cgo
	Commands  manifest.Subcommands
	Stamp     Stamp
	Private   []Directive // hosts whose modules need credentials
	Closure   []Module    // the modules of the repository whose sources are built
	Members   []Module    // those whose manifests the go command wants, the closure among them
	Nested    []string    // folders of other modules inside those of the closure
	Sources   []string    // Go files and embedded files that the build reads, from the root
	FirstTest detect.Evidence
	TestData  []string // what tests read beside their sources, from the root

	pages   []detect.Pages
	ground  detect.Ground
	asks    []detect.Listener // what the program asks of itself
	demands []demand          // what the program ends without
	boxes   []Asset           // folders that are found by where the sources lay
	foreign []detect.Path     // calls that listen, by their names, of other modules
}

// Pages implements [detect.Server].
func (d Detail) Pages() []detect.Pages { return d.pages }

// Package is the program's package as the go command takes it, "./cmd/orders".
func (d Detail) Package() string {
	if d.Program.Dir == d.Module.Dir {
		return "."
	}
	return "./" + strings.TrimPrefix(d.Program.Dir, d.Module.Dir+"/")
}

// Binary is the name that the go command gives the program.
func (d Detail) Binary() string {
	if d.Program.Dir == d.Module.Dir {
		return d.Module.base()
	}
	return path.Base(d.Program.Dir)
}

// Called is the name that the image gives the program: that of its module where its folder
// has none of its own.
func (d Detail) Called() string {
	switch name := d.Binary(); name {
	case "cmd", "app", "src", "main", "bin":
		return d.Module.base()
	default:
		return name
	}
}

// Facts lists what the project states.
func (d Detail) Facts() (facts []detect.Fact) {
	say := func(name, value string, e detect.Evidence) {
		if value != "" {
			facts = append(facts, detect.Fact{Name: name, Value: value, Evidence: at(e)})
		}
	}
	if d.Module.Missing {
		say("module", "none", d.Module.PathAt)
	} else {
		say("module", d.Module.Path, d.Module.PathAt)
	}
	say("go", d.Module.Version.Value, d.Module.Version.At)
	say("toolchain", d.Module.Toolchain.Value, d.Module.Toolchain.At)
	for _, pin := range d.Pins {
		say("pinned", pin.Value, pin.At)
	}
	if w := d.Workspace; w.File != "" {
		say("workspace", path.Dir(w.File), detect.Evidence{File: w.File})
	}
	for _, m := range d.Closure {
		if m.Dir != d.Module.Dir {
			say("builds with", m.Path, m.PathAt)
		}
	}
	say("program", d.Package(), d.Program.At)
	say("build tags", strings.Join(d.Tags.Names, ","), d.Tags.At)
	for _, l := range d.Listens {
		say("listens", l.String(), l.At)
	}
	for _, p := range d.Health {
		say("health path", p.Path, p.At)
	}
	for _, p := range d.Probes {
		say("health command", p.Path, p.At)
	}
	for _, p := range d.GRPC {
		say("health service", "gRPC", p.At)
	}
	for _, a := range d.Reads {
		say("reads", a.Path, a.At)
	}
	for _, a := range d.Writes {
		say("writes", a.Path, a.At)
	}
	for _, p := range d.Starts {
		say("starts", p.Path, p.At)
	}
	say("subcommands", strings.Join(d.Commands.Names, " "), d.Commands.At)
	say("cgo", d.Cgo.Reason, d.Cgo.At)
	say("version variable", d.Stamp.Symbol, d.Stamp.At)
	for _, p := range d.Private {
		say("private modules", p.Value, p.At)
	}
	if d.FirstTest.File != "" {
		say("tests", "yes", d.FirstTest)
	}
	return facts
}

func at(e ...detect.Evidence) []detect.Evidence { return e }

// Detect finds the programs of every Go module in the tree.
func Detect(ctx context.Context, t *detect.Tree, answers detect.Answers) (detect.Findings, error) {
	repo, problems := readRepository(t)
	files := t.Named("go.mod")
	for _, dir := range sortedKeys(repo.modules) {
		if m := repo.modules[dir]; m.Missing {
			files = append(files, m.PathAt.File)
		}
	}
	found := make([]detect.Findings, len(files))
	group := crew.New(parallel)
	for i, file := range files {
		group.Go(func() error {
			found[i] = repo.one(file, problems, answers)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return detect.Findings{}, err
	}
	left, idle := libraries(problems, found)
	return detect.Settle(append(found, detect.Findings{Problems: left, Others: idle})...), nil
}

// Main implements [detect.Chosen]: the folder of the program, from the root.
func (d Detail) Main(dir string) string { return path.Join(dir, d.Package()) }

// IsMain implements [detect.Chosen].
func (d Detail) IsMain(dir, want string) bool { return d.Program.is(dir, want) }

// is says whether want names the program: from the module or from the root.
func (p Program) is(module, want string) bool {
	return p.Dir == path.Join(module, want) || p.Dir == path.Clean(want)
}

// parallel bounds the modules that are read at once, and with them the memory.
const parallel = 2

// one looks at one module. What is wrong with it is its own problem; what lies
// below a broken workspace waits for that to be mended.
func (r *repository) one(file string, broken []*detect.Problem, answers detect.Answers) detect.Findings {
	dir := path.Dir(file)
	other := func(reason string) detect.Findings {
		return detect.Findings{Others: []detect.Other{{Dir: dir, Stack: Name, Reason: reason, Evidence: at(detect.Evidence{File: file})}}}
	}
	if what, ok := r.tree.Aside(dir); ok {
		return other(what)
	}
	if slices.ContainsFunc(broken, func(p *detect.Problem) bool { return detect.Inside(dir, p.Dir) }) {
		if m, ok := r.modules[dir]; ok && r.programless(m) {
			return other(none(r.tree, m, nil))
		}
		return other(waiting)
	}
	err := r.broken[dir]
	if err == nil {
		var found []detect.Service
		var reason string
		var beside []detect.Other
		if found, beside, reason, err = r.services(r.modules[dir], answers); err == nil && reason != "" {
			return other(reason)
		}
		if err == nil {
			return detect.Findings{Services: found, Others: beside}
		}
	}
	return detect.Findings{Problems: []*detect.Problem{{Dir: dir, Stack: Name, Err: err}}}
}

// services gives the services of one module and the programs that are none, or the reason
// why there are no services.
func (r *repository) services(m Module, answers detect.Answers) (found []detect.Service, beside []detect.Other, reason string, err error) {
	with, err := r.setting(m)
	if err != nil {
		return nil, nil, "", err
	}
	s := newSources(r.tree, with)
	defer s.text.Close() // nothing was written through it
	if asked := answers.In(m.Dir).Options[tagsKey]; !slices.Contains(asked, noTags) {
		s.with(asked)
	}
	programs, aside, err := s.programs()
	if err != nil {
		return nil, nil, "", err
	}
	var processes []manifest.Process
	wanted := answers.In(m.Dir).Main
	if len(programs) > 1 && len(wanted) == 0 {
		if processes, err = manifest.Procfile(r.tree, m.Dir); err != nil {
			return nil, nil, "", err
		}
	}
	named := append(started(with, programs, processes), shipped(r.tree, with, programs)...)
	if len(named)+len(wanted) == 0 && len(programs)+len(aside) > 1 {
		if one := s.released(slices.Concat(programs, aside)); len(one) > 0 {
			programs = one
		}
	}
	chosen, err := choose(with, programs, aside, wanted, named)
	if several := (*detect.ChoiceError)(nil); errors.As(err, &several) {
		if one := s.listening(programs); len(one) == 1 {
			chosen, err = one, nil
		}
	}
	if err != nil {
		return nil, nil, "", err
	}
	if len(chosen) == 0 {
		return nil, nil, none(r.tree, m, aside), nil
	}
	if m.Missing {
		at, name, err := s.foreign(chosen)
		switch {
		case err != nil:
			return nil, nil, "", err
		case name != "" && m.Dir != ".": // as far as anybody knows, a script of another project
			return nil, nil, fmt.Sprintf("it imports %s, and there is no go.mod", name), nil
		case name != "":
			return nil, nil, "", detect.Errorf(at, "imports %s, and there is no go.mod; run go mod init and go mod tidy", name)
		}
	}
	strength := detect.Manifest
	if m.Missing {
		strength = detect.Tooling // a script in somebody else's project has no go.mod either
	}
	for _, p := range chosen {
		d, err := r.detail(s, p, answers.In(m.Dir))
		if err != nil {
			return nil, nil, "", err
		}
		found = append(found, detect.Service{Name: serviceName(d, len(chosen)), Dir: m.Dir, Stack: Name, Strength: strength, Detail: d})
	}
	return found, unchosen(r.tree, m, slices.Concat(programs, aside), chosen), "", nil
}

// unchosen lists the programs of a module that are not the product.
func unchosen(t *detect.Tree, m Module, all, chosen []Program) (others []detect.Other) {
	for _, p := range all {
		if slices.ContainsFunc(chosen, func(c Program) bool { return c.Dir == p.Dir }) {
			continue
		}
		name := Detail{setting: setting{Module: m}, Program: p}.Package()
		what, ok := asideOf(t, m, p.Dir)
		if !ok {
			what = fmt.Sprintf("a program beside the product, which is %s (%s)", chosen[0].Dir, chosen[0].Reason)
		}
		reason := fmt.Sprintf("%s; --main %s builds it all the same", what, name)
		others = append(others, detect.Other{Dir: p.Dir, Stack: Name, Reason: reason, Evidence: at(p.At)})
	}
	return others
}

// foreign gives the first package that programs import and only a go.mod can
// name, with the file that does; nothing where there is none.
func (s *sources) foreign(programs []Program) (at detect.Evidence, name string, err error) {
	for _, p := range programs {
		names, err := s.importsOf(p.Dir, false)
		if err != nil {
			return at, "", err
		}
		for _, name := range names {
			if first, _, _ := strings.Cut(name, "/"); strings.Contains(first, ".") {
				return detect.Evidence{File: p.At.File}, name, nil
			}
		}
	}
	return at, "", nil
}

// none says why a module has no program to deploy.
func none(t *detect.Tree, m Module, aside []Program) string {
	if len(aside) > 0 {
		what, _ := asideOf(t, m, aside[0].Dir)
		return fmt.Sprintf("its only package main, %s, is %s; --main %s builds it all the same", aside[0].Dir, what, aside[0].Dir)
	}
	for _, name := range []string{"main.go", "cmd"} {
		if x, ok := t.Excluded(path.Join(m.Dir, name)); ok {
			return fmt.Sprintf("a library: no package main, but %s leaves out %s", x.At, x.Dir)
		}
		if t.IsLink(path.Join(m.Dir, name)) {
			return fmt.Sprintf("a library: no package main, but %s is a symbolic link, which is not followed", name)
		}
	}
	return "a library: no package main"
}

// programs lists the folders of the module that hold a package main, those that
// lie aside of the product apart.
func (s *sources) programs() (programs, aside []Program, err error) {
	for _, dir := range s.folders() {
		name, at, err := s.packageIn(dir)
		if err != nil && s.unlikely(dir) {
			continue // the go command reads it only where something imports it
		}
		if err != nil {
			return nil, nil, err
		}
		if name != "main" {
			continue
		}
		p := Program{Dir: dir, At: at}
		if _, ok := asideOf(s.tree, s.Module, dir); ok {
			aside = append(aside, p)
			continue
		}
		programs = append(programs, p)
	}
	return programs, aside, nil
}

// listening keeps of several programs those that listen somewhere: beside one of them the
// others are tools.
func (s *sources) listening(programs []Program) (found []Program) {
	for _, p := range programs {
		packages, _, _, err := s.closure(p.Dir)
		if err != nil {
			return nil // it is told of the one that is chosen
		}
		served, err := newProgram(s, packages).serving(packages)
		if err != nil {
			return nil
		}
		if len(served.listens) > 0 {
			p.Reason = fmt.Sprintf("the only one that listens, among %d programs", len(programs))
			found = append(found, p)
		}
	}
	return found
}

// unlikely says of a folder that the go command would not begin there: it is neither the
// module's own nor one for programs.
func (s *sources) unlikely(dir string) bool {
	return dir != s.Module.Dir && !detect.Inside(dir, path.Join(s.Module.Dir, "cmd"))
}

// asideOf asks about the part of the path below the module.
func asideOf(t *detect.Tree, m Module, dir string) (string, bool) {
	if _, ok := t.Aside(dir); !ok {
		return "", false
	}
	return detect.Aside(trimDir(dir, m.Dir))
}

// choose settles which programs of a module are the product: those asked for, the
// only one, those that a Procfile starts or images are made of, the one that is named as the module, or
// the only one under cmd/.
func choose(with setting, programs, aside []Program, wanted []string, named []Program) ([]Program, error) {
	m := with.Module
	var chosen []Program
	for _, want := range wanted {
		for _, p := range slices.Concat(programs, aside) {
			if p.is(m.Dir, want) {
				p.Reason = "chosen by --main"
				chosen = append(chosen, p)
			}
		}
	}
	if len(chosen) > 0 {
		return chosen, nil
	}
	if len(programs) == 1 {
		programs[0].Reason = cmp.Or(programs[0].Reason, "the only package main")
	}
	if len(programs) < 2 {
		return programs, nil
	}
	if len(named) > 0 {
		return named, nil
	}
	for _, rule := range []struct {
		holds  func(Program) bool
		reason string
	}{
		{func(p Program) bool { return (Detail{setting: with, Program: p}).Binary() == m.base() }, "named as the module, among %d programs"},
		{func(p Program) bool {
			return strings.HasSuffix(m.base(), "-"+(Detail{setting: with, Program: p}).Binary())
		}, "named as the end of the module's name says, among %d programs"},
		{func(p Program) bool { return strings.HasPrefix(trimDir(p.Dir, m.Dir), "cmd/") }, "the only one under cmd, among %d programs"},
	} {
		fit := slices.DeleteFunc(slices.Clone(programs), func(p Program) bool { return !rule.holds(p) })
		if len(fit) == 1 {
			fit[0].Reason = fmt.Sprintf(rule.reason, len(programs))
			return fit, nil
		}
	}
	return lasting(with, programs)
}

// chores are what programs beside a service are called that do something once: they bring
// a database up to date, fill it, make keys or code, or ask the service how it is.
var chores = []string{"migrate", "migration", "migrations", "migrator", "dbmigrate", "seed", "seeder", "seeds", "gen", "generate", "generator", "codegen", "keygen", "genkey", "healthcheck", "client", "loadtest", "bench"}

// daemons are what programs are called, by their whole names, that keep on running, each
// of which is deployed.
var daemons = []string{"api", "server", "web", "http", "grpc", "gateway", "worker", "workers", "consumer", "scheduler", "cron", "daemon"}

// lasting settles by what programs are called which of several are the product: the only
// one that is no chore, or all of them, where each is called as what keeps on running.
func lasting(with setting, programs []Program) ([]Program, error) {
	fit := slices.DeleteFunc(slices.Clone(programs), func(p Program) bool {
		words := strings.FieldsFunc(path.Base(p.Dir), func(r rune) bool { return r == '-' || r == '_' })
		return len(words) > 0 && (slices.Contains(chores, words[0]) || slices.Contains(chores, words[len(words)-1]))
	})
	switch {
	case len(fit) == 1:
		fit[0].Reason = fmt.Sprintf("the only one that is not called as what runs once, among %d programs", len(programs))
	case len(fit) == 0 || slices.ContainsFunc(fit, func(p Program) bool { return !slices.Contains(daemons, path.Base(p.Dir)) }):
		return nil, ambiguous(with.Module, programs)
	default:
		for i := range fit {
			fit[i].Reason = "called as what keeps on running"
		}
	}
	return fit, nil
}

// started keeps the programs that lines of a Procfile start, by their names alone:
// a line with arguments says more than an image would do.
func started(with setting, programs []Program, processes []manifest.Process) (named []Program) {
	for _, p := range programs {
		binary := (Detail{setting: with, Program: p}).Binary()
		for _, process := range processes {
			command := strings.TrimPrefix(process.Command, "exec ")
			if path.Base(command) == binary && !strings.ContainsAny(command, " \t") {
				p.Reason = process.At.String() + " starts it"
				named = append(named, p)
				break
			}
		}
	}
	return named
}

// shipped keeps the programs below the module that the project makes images of.
func shipped(t *detect.Tree, with setting, programs []Program) (named []Program) {
	for _, p := range programs {
		if p.Dir == with.Module.Dir {
			continue
		}
		if img, ok := t.ImageOf(p.Dir, (Detail{setting: with, Program: p}).Binary()); ok {
			p.Reason = img.Says
			if img.At.File != img.Dockerfile {
				p.Reason = img.At.String() + ": " + img.Says
			}
			named = append(named, p)
		}
	}
	return named
}

// ambiguous says that none of a module's programs is clearly the product.
func ambiguous(m Module, programs []Program) error {
	e := &detect.ChoiceError{
		Subject: fmt.Sprintf("%s: %d programs and none of them is clearly the product", path.Join(m.Dir, "go.mod"), len(programs)),
		Flag:    "--main", Several: true,
	}
	for _, p := range programs {
		e.Options = append(e.Options, detect.Option{Value: Detail{setting: setting{Module: m}, Program: p}.Package(), At: p.At})
	}
	return e
}

// detail reads what one program is built from.
func (r *repository) detail(s *sources, p Program, answer detect.Answer) (Detail, error) {
	d := Detail{setting: s.setting, Program: p, FirstTest: s.firstTest(), TestData: s.testData()}
	asked, answered := answer.Options[tagsKey]
	var err error
	if d.Tags, err = s.tagged(p, asked, answered); err != nil {
		return Detail{}, err
	}
	s.with(d.Tags.Names)
	packages, patterns, cgo, err := s.closure(p.Dir)
	if err != nil {
		return Detail{}, err
	}
	d.Tags.Left = s.embeds(packages, d.Tags.Names)
	if !answered {
		d.Tags.Beside = s.beside(p, packages, d.Tags.Names)
	}
	d.Cgo = cgo
	d.Sources, d.pages = s.embedded(patterns)
	for _, pkg := range packages {
		d.Sources = append(d.Sources, pkg.Files...)
	}
	slices.Sort(d.Sources)
	d.Sources = slices.Compact(d.Sources)
	if err := d.read(newProgram(s, packages), packages); err != nil {
		return Detail{}, err
	}
	if d.Pins, err = r.pins(s.Module); err != nil {
		return Detail{}, err
	}
	if err = d.stands(s, packages); err != nil {
		return Detail{}, err
	}
	if d.Private, err = r.private(s.Module); err != nil {
		return Detail{}, err
	}
	if !s.Alone() {
		err = r.closure(s, packages, &d)
	}
	return d, err
}

// read asks the parsed sources all that is asked of them.
func (d *Detail) read(code *program, packages []Package) error {
	served, err := code.serving(packages)
	if err != nil {
		return err
	}
	d.Listens, d.Health, d.Probes, d.GRPC = served.listens, served.health, served.probes, served.grpc
	d.asks, d.demands, d.boxes, d.foreign = served.asks, served.demands, served.boxes, served.foreign
	d.Reads, d.Writes, d.Missing = code.sources.assets(served.assets)
	d.Starts = distinct(served.starts)
	d.pages = append(d.pages, code.sources.pages(served.assets)...)
	if d.Stamp, err = code.stamp(packages); err != nil {
		return err
	}
	main, err := code.load(d.Program.Dir)
	if err != nil {
		return err
	}
	entry := main.funcs["main"]
	if len(entry) == 0 {
		return detect.Errorf(d.Program.At, "package main without a function main")
	}
	d.Program.At = code.at(entry[0])
	d.Commands = code.subcommands(main).Find(code.sources.tree, d.Module.Dir, d.Called(), d.Binary(), d.Module.base())
	return code.err
}

// firstTest is one test file of the module, as evidence that there are tests.
func (s *sources) firstTest() detect.Evidence {
	for _, dir := range s.folders() {
		folder, _ := s.tree.Folder(dir)
		for _, name := range folder.Files {
			if strings.HasSuffix(name, "_test.go") {
				return detect.Evidence{File: path.Join(dir, name)}
			}
		}
	}
	return detect.Evidence{}
}

// testData lists the files below folders called testdata, which the go command
// keeps for tests.
func (s *sources) testData() []string {
	var files []string
	for _, dir := range s.folders() {
		for _, sub := range s.tree.Below(path.Join(dir, "testdata"), func(string) bool { return false }) {
			folder, _ := s.tree.Folder(sub)
			for _, name := range folder.Files {
				files = append(files, path.Join(sub, name))
			}
		}
	}
	return files
}

// serviceName names the image: after the module where it has one program, after
// the program where it has several.
func serviceName(d Detail, programs int) string {
	name := d.Module.base()
	if programs > 1 {
		name = d.Binary()
	}
	return detect.ImageName(name)
}
