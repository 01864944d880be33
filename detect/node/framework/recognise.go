package framework

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/jsconf"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// rule is how one framework is recognised, and what holds for it where its
// configuration says nothing else. A dependency alone is no sign: the root of a
// workspace and tests depend on frameworks too.
type rule struct {
	Framework                     // its defaults
	packages  []string            // one of them is a dependency
	programs  []string            // one of them stands in a script
	configs   []string            // or one of these files is there; without an ending: any of a program's
	files     []string            // or one of these files or folders is
	refine    func(r *recogniser) // reads its configuration
}

// recogniser gathers what is known of one package.
type recogniser struct {
	Subject
	rule    rule
	f       Framework
	program *jsconf.Program
	steps   []script.Step // what the build script runs
	start   script.Start  // what the start script comes to, where it is for production
	started bool
}

// Recognise finds the framework of a package from its dependencies and from the
// framework's own configuration. The error is for a file that cannot be read;
// what is wrong with the project is the framework's Problem. A configuration that
// cannot be understood leaves what the dependency says by default, with a note.
func Recognise(s Subject) (Framework, error) {
	if s.Workspace == "" {
		s.Workspace = s.Dir
	}
	r := &recogniser{Subject: s, program: jsconf.NewProgram(s.Tree)}
	r.scripts()
	for _, candidate := range rules() {
		if !r.fits(candidate) {
			continue
		}
		if r.f.Kind == Unknown && r.f.Name != "" && r.f.Problem == nil {
			continue // the rule thought better of it
		}
		if r.f.Kind == Static && r.f.Problem == nil {
			if err := r.site(); err != nil {
				return r.f, err
			}
		}
		if r.f.Problem == nil {
			r.f.Problem = r.folders()
		}
		r.told()
		slices.Sort(r.f.Outputs)
		r.f.Outputs = slices.Compact(r.f.Outputs)
		r.f.DevPort = r.devPort()
		return r.f, nil
	}
	return Framework{}, nil
}

// Made is a site of a framework that something else than its own configuration says it makes:
// root is its folder, from the package's.
func Made(s Subject, name, root string, at detect.Evidence) (Framework, error) {
	r := &recogniser{Subject: s, program: jsconf.NewProgram(s.Tree)}
	for _, candidate := range rules() {
		if candidate.Name == name {
			r.rule, r.f = candidate, candidate.Framework
		}
	}
	r.f.Build, r.f.Reason, r.f.Evidence = nil, "the build target of Nx makes files", []detect.Evidence{at}
	r.static(Site{Root: root, Base: "/", Fallback: "/index.html", Hashed: r.f.Site.Hashed, Names: r.f.Site.Names})
	if err := r.site(); err != nil {
		return r.f, err
	}
	r.f.Problem = r.folders()
	return r.f, nil
}

// Bundled is what Nx's plugin makes of a package whose configuration of webpack or Rspack
// names it, where that is a program for Node.js; nil otherwise
// (https://nx.dev/nx-api/webpack/documents/webpack-plugins).
func Bundled(s Subject) *project.Nx {
	r := &recogniser{Subject: s, program: jsconf.NewProgram(s.Tree)}
	for _, name := range []string{"webpack.config", "rspack.config"} {
		config, err := r.evaluate(name, jsconf.Fields("production", "true"), jsconf.Fields("mode", "production"))
		if err != nil {
			continue
		}
		for _, plugin := range config.Get("plugins").Items() {
			if _, class := plugin.Of().Origin(); class != "NxAppWebpackPlugin" && class != "NxAppRspackPlugin" {
				continue
			}
			options := plugin.Arg(0)
			target, _ := options.Get("target").Text()
			main, _ := options.Get("main").Text()
			out, _ := config.Get("output", "path").Text()
			out = detect.From(s.Workspace, path.Join(s.Dir, out))
			if target == "node" && main != "" && out != "" && out != "." && project.PlainPath.MatchString(out) {
				return &project.Nx{Output: out, Main: detect.From(s.Workspace, path.Join(s.Dir, main)), Program: path.Join(out, "main.js"), At: plugin.At()}
			}
		}
	}
	return nil
}

// devPorts are where configurations say on which port the server for development listens.
var devPorts = []struct {
	file string
	keys []string
}{
	{"astro.config", []string{"server", "port"}},
	{"nuxt.config", []string{"devServer", "port"}},
	{"rsbuild.config", []string{"server", "port"}},
	{"vite.config", []string{"server", "port"}},
	{"vue.config", []string{"devServer", "port"}},
}

// devPort is the port that the configuration gives the server for development; 0 where it
// gives none that can be read.
func (r *recogniser) devPort() int {
	if len(r.f.Build) == 0 {
		return 0 // its program is the project's own
	}
	for _, c := range devPorts {
		file, ok := r.config(c.file)
		if !ok {
			continue
		}
		module, err := r.program.Module(file)
		if err != nil {
			continue // said where it is read for what the build makes
		}
		config, _ := module.Config(jsconf.Fields("command", "serve", "mode", "development"))
		if port, ok := config.Get(c.keys...).Int(); ok {
			return port
		}
	}
	return 0
}

// told takes what the start script sets for the framework's own server, but for the
// address, which has to be any.
func (r *recogniser) told() {
	if len(r.f.Start) == 0 || !r.started {
		return
	}
	for _, v := range r.start.Env {
		if v.Name != r.f.Host {
			r.f.Env = append(slices.DeleteFunc(slices.Clone(r.f.Env), func(old plan.Variable) bool { return old.Name == v.Name }), plan.Variable(v))
		}
	}
}

// starts says whether the start script runs a program.
func (r *recogniser) starts(program string) bool {
	return r.started && path.Base(r.start.Argv[0]) == program
}

// site settles how a site is given out: as its framework says, unless the project
// says otherwise.
func (r *recogniser) site() error {
	s := &r.f.Site
	s.Root = path.Clean(s.Root)
	r.f.Outputs = append(r.f.Outputs, s.Root)
	s.Reason = r.f.Title + " makes a page for every path"
	if s.Fallback != "" {
		s.Reason = "the program in the page knows its own paths"
	}
	s.Evidence = r.f.Evidence
	file, ok, err := manifest.ReadStaticfile(r.Tree, r.Dir)
	if err != nil {
		return err
	}
	if ok && file.Fallback != nil {
		s.Fallback = ""
		if *file.Fallback {
			s.Fallback = "/index.html"
		}
		s.Reason, s.Evidence = "the Staticfile says so", []detect.Evidence{file.At}
	}
	if s.Server, err = manifest.ReadNginx(r.Tree, r.Dir); s.Server.File == "" {
		r.aside()
	}
	return err
}

// aside notes configurations of nginx where projects keep those of their own images.
func (r *recogniser) aside() {
	for _, dir := range []string{".", "nginx", ".nginx", "docker", ".docker", "conf", "config", "deploy"} {
		for _, name := range []string{"nginx.conf", "default.conf"} {
			if file := path.Join(r.Dir, dir, name); r.Tree.Has(file) && path.Join(dir, name) != "nginx.conf" {
				r.note("%s is not read: the configuration of a site is nginx.conf beside package.json", file)
			}
		}
	}
}

// folder is a path that stands in a Dockerfile as it is.
var folder = pattern.New(`^[A-Za-z0-9_@+./~][A-Za-z0-9_@+./~-]*$`)

// folders holds what the configuration names against what an image can hold: a
// name without signs of a shell, inside of the project.
func (r *recogniser) folders() error {
	names := slices.Concat(r.f.Caches, r.f.Outputs, r.f.Writes)
	if r.f.Kind == Static {
		names = append(names, r.f.Site.Root)
	}
	for _, a := range r.f.Artefacts {
		names = append(names, a.From, a.To)
	}
	for _, name := range names {
		at := r.f.Evidence[len(r.f.Evidence)-1]
		if !folder.MatchString(name) {
			return detect.Errorf(at, "the folder %q has a name that no Dockerfile can hold", name)
		}
		if inside := path.Join(r.Dir, name); path.IsAbs(name) || inside == ".." || strings.HasPrefix(inside, "../") {
			return detect.Errorf(at, "the folder %s lies outside of the project", name)
		}
	}
	return nil
}

// buildScripts are where a build is described, the most telling first.
var buildScripts = []string{"build:prod", "build:production", "build"}

// lookup is [Subject.Script] as package script asks for it.
func (s Subject) lookup(name string) (string, bool) {
	text, _, ok := s.Script(name)
	return text, ok
}

// scripts reads the build and the start script once. A script that cannot be
// read is reported where it is used.
func (r *recogniser) scripts() {
	for _, name := range append([]string{"build", "generate", "export"}, buildScripts...) {
		text, ok := r.lookup(name)
		if !ok {
			continue
		}
		if steps, err := script.Expand(name, text, r.lookup); err == nil {
			r.steps = steps
			break
		}
	}
	for _, name := range []string{"start:prod", "start:production", "start"} {
		text, ok := r.lookup(name)
		if !ok {
			continue
		}
		if start, err := script.Production(name, text, r.lookup); err == nil && len(start.Argv) > 0 {
			r.start, r.started = start, true
			return
		}
	}
}

// fits says whether a rule describes the package, and fills in the framework.
func (r *recogniser) fits(candidate rule) bool {
	var name, version string
	var at detect.Evidence
	dev, found := false, false
	for _, name = range candidate.packages {
		if version, dev, at, found = r.Dependency(name); found {
			break
		}
	}
	if !found || dev && candidate.Kind == Server && len(candidate.programs)+len(candidate.configs)+len(candidate.files) == 0 && !r.started {
		return false // what only tests may use, where nothing else tells
	}
	sign, ok := r.sign(candidate)
	if !ok {
		return false
	}
	r.rule, r.f = candidate, candidate.Framework
	r.f.Version = version
	r.f.Evidence = []detect.Evidence{at}
	for _, e := range sign {
		r.cite(e)
	}
	r.f.Reason = name + " is a dependency"
	if candidate.refine != nil {
		candidate.refine(r)
	}
	return true
}

// signScripts are where a framework's program would stand.
var signScripts = []string{"build", "start", "dev", "generate", "export", "preview", "build:prod", "start:prod", "develop", "docs:build", "docs:dev"}

// sign looks for use of a dependency.
func (r *recogniser) sign(candidate rule) ([]detect.Evidence, bool) {
	if len(candidate.programs)+len(candidate.configs)+len(candidate.files) == 0 {
		return nil, !r.Shared
	}
	for _, base := range candidate.configs {
		if file, ok := r.config(base); ok {
			return []detect.Evidence{{File: file}}, true
		}
	}
	for _, name := range signScripts {
		text, at, ok := r.Script(name)
		if !ok {
			continue
		}
		if steps, err := script.Expand(name, text, r.lookup); err == nil && slices.ContainsFunc(steps, func(s script.Step) bool { return slices.Contains(candidate.programs, s.Program()) }) {
			return []detect.Evidence{at}, true
		}
	}
	for _, name := range candidate.files {
		file := path.Join(r.Dir, name)
		if _, folder := r.Tree.Folder(file); folder && !r.Shared || r.Tree.Has(file) {
			return nil, true
		}
	}
	return nil, false
}

// configEndings are those of configuration that is a program.
var configEndings = []string{".js", ".mjs", ".ts", ".cjs", ".mts", ".cts"}

// config finds a configuration file of the package.
func (r *recogniser) config(base string) (string, bool) {
	file := path.Join(r.Dir, base)
	if path.Ext(base) != "" && path.Ext(base) != ".config" {
		return file, r.Tree.Has(file)
	}
	for _, ending := range configEndings {
		if r.Tree.Has(file + ending) {
			return file + ending, true
		}
	}
	return file, false
}

// load evaluates a configuration file. One that is not there is an empty object;
// one that cannot be read is noted, and empty too.
func (r *recogniser) load(base string, args ...jsconf.Value) jsconf.Value {
	config, err := r.evaluate(base, args...)
	if err != nil {
		r.note("%v: what %s does by default is taken", err, r.rule.Title)
	}
	return config
}

// evaluate evaluates a configuration file; it is an empty object where the file is not
// there or, with an error, cannot be read.
func (r *recogniser) evaluate(base string, args ...jsconf.Value) (jsconf.Value, error) {
	empty := jsconf.Fields()
	file, ok := r.config(base)
	if !ok {
		return empty, nil
	}
	r.cite(detect.Evidence{File: file})
	module, err := r.program.Module(file)
	if err != nil {
		return empty, err
	}
	config, _ := module.Config(args...)
	switch {
	case config.Absent():
		return empty, nil
	case config.Kind() != jsconf.Object:
		return empty, fmt.Errorf("%s: it exports %s, which cannot be followed", file, config.Why())
	}
	return config, nil
}

func (r *recogniser) note(format string, args ...any) {
	text := strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, fmt.Sprintf(format, args...))
	if !slices.Contains(r.f.Notes, text) {
		r.f.Notes = append(r.f.Notes, text)
	}
}

// cite adds evidence, once; a line of a file replaces the file.
func (r *recogniser) cite(at detect.Evidence) {
	if at.File == "" || slices.Contains(r.f.Evidence, at) {
		return
	}
	r.f.Evidence = slices.DeleteFunc(r.f.Evidence, func(e detect.Evidence) bool { return e.File == at.File && e.Line == 0 })
	if at.Line == 0 && slices.ContainsFunc(r.f.Evidence, func(e detect.Evidence) bool { return e.File == at.File }) {
		return
	}
	r.f.Evidence = append(r.f.Evidence, at)
}

// text is what a configuration says about a thing, or the default where it says
// nothing. What cannot be read is noted.
func (r *recogniser) text(v jsconf.Value, what, otherwise string) string {
	text, ok := v.Text()
	switch {
	case ok:
		r.cite(v.At())
	case v.Absent():
		text = otherwise
	default:
		text = otherwise
		r.note("%s: %s depends on %s, which cannot be read: %q is taken, as by default", v.At(), what, v.Why(), otherwise)
	}
	if len(v.Env()) > 0 {
		r.note("%s: %s depends on %s, which counts as not set", v.At(), what, strings.Join(v.Env(), ", "))
	}
	return text
}

// flag is a boolean of a configuration.
func (r *recogniser) flag(v jsconf.Value, what string, otherwise bool) bool {
	b, ok := v.Bool()
	switch {
	case ok:
		r.cite(v.At())
		return b
	case v.Kind() == jsconf.Unknown || v.Kind() == jsconf.Call:
		r.note("%s: %s depends on %s, which cannot be read: %v is taken, as by default", v.At(), what, v.Why(), otherwise)
	}
	return otherwise
}

// step finds the step of the build that runs a program, with one of the words
// behind it where there are any.
func (r *recogniser) step(program string, words ...string) (script.Step, bool) {
	for _, s := range r.steps {
		if s.Program() == program && (len(words) == 0 || slices.ContainsFunc(s.Argv[1:], func(w string) bool { return slices.Contains(words, w) })) {
			return s, true
		}
	}
	return script.Step{}, false
}

// has says whether the build runs a program.
func (r *recogniser) has(program string) bool {
	_, ok := r.step(program)
	return ok
}

// stepOf finds the step of a script that runs a program with a word behind it.
func stepOf(name, text string, lookup script.Lookup, program, word string) (script.Step, bool) {
	steps, err := script.Expand(name, text, lookup)
	if err != nil {
		return script.Step{}, false
	}
	for _, s := range steps {
		if s.Program() == program && slices.Contains(s.Argv[1:], word) {
			return s, true
		}
	}
	return script.Step{}, false
}

// option is the value of an option of a step, by one of its names.
func option(s script.Step, names ...string) string {
	for i, word := range s.Argv {
		name, value, ok := strings.Cut(word, "=")
		if !slices.Contains(names, name) {
			continue
		}
		if !ok && i+1 < len(s.Argv) {
			value = s.Argv[i+1]
		}
		return value
	}
	return ""
}

// operands are the words of a step behind a word that are no options.
func operands(s script.Step, behind string) []string {
	i := slices.Index(s.Argv, behind)
	if i < 0 {
		return nil
	}
	var found []string
	for i++; i < len(s.Argv); i++ {
		word := s.Argv[i]
		if !strings.HasPrefix(word, "-") {
			found = append(found, word)
		} else if !strings.Contains(word, "=") && i+1 < len(s.Argv) && !strings.HasPrefix(s.Argv[i+1], "-") {
			i++ // the value of the option
		}
	}
	return found
}

// variable is what the build script sets for a step.
func variable(s script.Step, name string) string {
	for _, v := range s.Env {
		if v.Name == name {
			return v.Value
		}
	}
	return ""
}

// custom says whether the start script runs a program of the project's own with
// node, and not the framework's: then that decides.
func (r *recogniser) custom(own ...string) bool {
	if !r.started {
		return false
	}
	program := path.Base(r.start.Argv[0])
	if program != "node" && program != "bun" && program != "deno" {
		return false
	}
	for _, word := range r.start.Argv[1:] {
		if strings.HasPrefix(path.Clean(word), "node_modules/") || slices.ContainsFunc(own, func(o string) bool { return strings.HasPrefix(path.Clean(word), o) }) {
			return false
		}
	}
	return true
}

// generation is the first number of a version or range; 0 where there is none.
func generation(version string) int {
	n, found := 0, false
	for _, c := range version {
		if c >= '0' && c <= '9' && n < 1000 {
			n, found = n*10+int(c-'0'), true
		} else if found {
			break
		}
	}
	return n
}

// requires notes a package that the start runs, which pruning must leave.
func (r *recogniser) requires(name string) {
	r.f.Requires = append(r.f.Requires, name)
	if _, dev, at, ok := r.Dependency(name); ok && dev {
		r.f.KeepDev = true
		r.note("%s: %s runs in production but is a dev dependency, so that all of them are kept; move it to dependencies", at, name)
	}
}

// base is a path as browsers ask for it, with a slash at both ends. What is a
// whole address has its path taken.
func base(text string) string {
	if _, rest, ok := strings.Cut(text, "://"); ok {
		_, text, _ = strings.Cut(rest, "/")
	}
	text = path.Clean("/" + strings.TrimPrefix(text, "."))
	if text == "/" {
		return "/"
	}
	return text + "/"
}
