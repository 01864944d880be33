package node

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/detect/node/service"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// build settles what makes the program or site.
func (p *planner) build() error {
	d := p.detail
	commands, reason, evidence, err := p.buildCommands()
	if err != nil {
		return err
	}
	own := p.scriptsOfInstall()
	if at := d.Addon; at.File != "" {
		command, err := p.compileAddon()
		if err != nil {
			return err
		}
		own = append(own, command)
		if len(commands) == 0 {
			reason, evidence = "npm compiles the addon of a package with "+service.GypFile, []detect.Evidence{at}
		}
	}
	clients, err := p.clients()
	if err != nil {
		return err
	}
	if len(clients) > 0 && len(commands) == 0 {
		reason, evidence = "the client is generated from its schema", []detect.Evidence{d.Clients[0].At}
	}
	p.prepares = slices.Concat(own, clients)
	commands = slices.Concat(p.prepares, commands)
	for _, s := range d.PageScripts {
		commands = append(commands, p.script(s.Value, detect.From(d.Workspace.Dir, d.Package.Dir)))
		if reason, evidence = "it makes what the program serves", append(evidence, s.At); len(commands) > 1 {
			reason = "the build script, and what makes the pages that the program serves"
		}
	}
	files, err := p.files()
	if err != nil {
		return err
	}
	if commands = append(commands, files...); len(files) > 0 {
		evidence = append(evidence, d.FilesAt)
		p.plan.Note("%s: %s runs in the build, since it leaves the same before every start", d.FilesAt, strings.Join(files, " && "))
		if len(commands) == len(files) {
			reason = "the start script makes files before the program, which are the same at every start"
		}
	}
	if len(commands) == 0 {
		p.plan.Decide("build", plan.None, "", reason, evidence...)
		return nil
	}
	again := p.copyAnew()
	p.built = slices.ContainsFunc(commands, func(c string) bool { return c != again })
	p.startBuilder()
	mounts := []string{}
	if slices.Contains(commands, again) {
		mounts = p.installMounts()
	}
	for _, c := range d.Framework.Caches {
		if project.PlainPath.MatchString(c) {
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
	p.view.BuilderEnv = append(p.view.BuilderEnv, d.BuildEnv...)
	p.neededVariables()
	for _, v := range d.Public {
		if v.Secret {
			mounts = append(mounts, "--mount=type=secret,id="+v.Name+",env="+v.Name)
			p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: v.Name, Env: v.Name})
			if !v.Needed {
				p.plan.Note("%s: the build writes %s into what browsers get, and its name speaks of a secret; another value alone builds nothing anew, unless --no-cache-filter=builder says so", v.At, v.Name)
			}
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

// neededVariables tells first of all what a build stops without, and how it is given.
func (p *planner) neededVariables() {
	var names, given []string
	var at detect.Evidence
	for _, v := range p.detail.Public {
		if !v.Needed {
			continue
		}
		if names = append(names, v.Name); len(names) == 1 {
			at = v.At
		}
		if v.Secret {
			given = append(given, "--secret id="+v.Name+",env="+v.Name)
		} else {
			given = append(given, "--build-arg "+v.Name+"=…")
		}
	}
	if len(names) > 0 {
		p.plan.Notes = slices.Insert(p.plan.Notes, 0, fmt.Sprintf("%s: the build stops without %s: docker build %s …", at, strings.Join(names, " and "), strings.Join(given, " ")))
	}
}

// scriptsOfInstall are those of an install that waited for the sources, in its order.
func (p *planner) scriptsOfInstall() []string {
	var commands []string
	for _, s := range p.detail.Installs.Later {
		if s.Value == "" {
			continue
		}
		if dir, name, ok := strings.Cut(s.Value, "#"); ok {
			commands = append(commands, p.script(name, dir))
		} else {
			commands = append(commands, p.script(s.Value, ""))
		}
	}
	return commands
}

// files are the commands that make what a start script makes before the program.
func (p *planner) files() (commands []string, err error) {
	steps := p.detail.Files
	for i := 0; i < len(steps); i++ {
		command, err := p.words(steps[i].Argv)
		if err != nil {
			return nil, detect.Errorf(p.detail.FilesAt, "%w", err)
		}
		grouped := false
		if i+1 < len(steps) && steps[i+1].After != "" { // what the first guards
			i++
			guarded, err := p.words(steps[i].Argv)
			if err != nil {
				return nil, detect.Errorf(p.detail.FilesAt, "%w", err)
			}
			command, grouped = command+" "+steps[i].After+" "+guarded, true
		}
		if dir := path.Join(p.home(), steps[i].Dir); dir != "" {
			folder, err := dockerfile.Shell(dir)
			if err != nil {
				return nil, detect.Errorf(p.detail.FilesAt, "%w", err)
			}
			command, grouped = "cd "+folder+" && { "+command+"; }", true
		}
		if grouped {
			command = "(" + command + ")"
		}
		commands = append(commands, command)
	}
	return commands, nil
}

// bare are programs of every image for building, which no package brings.
var bare = []string{"cp", "ln", "test", "[", "mv", "rm", "mkdir", "touch", "cat", "chmod", "sh", "bash", "node", "npm", "npx"}

// words quotes the words of a command of the project, whose program may be one of
// node_modules.
func (p *planner) words(argv []string) (string, error) {
	var quoted []string
	for _, w := range argv {
		word, err := dockerfile.Shell(w)
		if err != nil {
			return "", err
		}
		quoted = append(quoted, word)
	}
	command := strings.Join(quoted, " ")
	if slices.Contains(bare, argv[0]) {
		return command, nil
	}
	return p.runner() + command, nil
}

// clients are the commands that generate what no script of the project does.
func (p *planner) clients() (commands []string, err error) {
	for _, c := range p.detail.Clients {
		if !c.Missing {
			continue
		}
		command := p.runner() + "prisma generate"
		if below := detect.From(p.detail.Workspace.Dir, c.Package.Dir); below != "." {
			folder, err := dockerfile.Shell(path.Join("/app", p.root(), below))
			if err != nil {
				return nil, err
			}
			command = "(cd " + folder + " && " + command + ")"
		}
		commands = append(commands, command)
		p.plan.Decide("client", command, "", "no script that an image runs generates it", c.At)
	}
	return commands, nil
}

// imageGyp is the node-gyp that npm brings into the images of Node.js.
const imageGyp = "/usr/local/lib/node_modules/npm/node_modules/node-gyp/bin/node-gyp.js"

// compileAddon compiles the addon of the package itself.
func (p *planner) compileAddon() (string, error) {
	home := p.home()
	if home == "" {
		return "node " + imageGyp + " rebuild", nil
	}
	folder, err := dockerfile.Shell(home)
	return "node " + imageGyp + " rebuild --directory=" + folder, err
}

// startBuilder makes the stage with the sources.
func (p *planner) startBuilder() {
	if p.view.Builder != "" {
		return
	}
	p.view.Builder = p.view.Stages.Deps
	p.view.Sources = p.sources()
}

// sources are what the build reads of the context.
func (p *planner) sources() []Copied {
	d := p.detail
	// Projects of Nx need no package.json, and import one another by the paths of a tsconfig.json.
	if d.Alone() || d.Package.Target.Value != "" || slices.ContainsFunc(d.Closure, func(c project.Package) bool { return p.fromContext(c.Dir) == "." }) {
		return []Copied{{Sources: []string{"."}, To: "."}}
	}
	var sources []string
	for _, c := range d.Closure {
		sources = append(sources, p.fromContext(c.Dir))
	}
	if slices.ContainsFunc(d.Installs.Later, func(s project.Text) bool { return s.Value != "" && !strings.Contains(s.Value, "#") }) {
		sources = append(sources, p.fromContext(d.Root.File)) // whose scripts the install was kept from
	}
	sources = append(sources, p.rootFiles()...)
	return []Copied{{Parents: true, Sources: sources, To: "./"}}
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
	special := p.in.Build.Script != "" // another script than an image of its own is built with
	name, title := d.Package.BuildScript(), "the build script"
	switch f := d.Framework.Script; {
	case special:
		name = p.in.Build.Script
	case f != "":
		name, title = f, d.Framework.Reason
	case name != "build" && d.Package.HasScript("build"):
		title = "the script " + name + ", which is made for images"
	case name != "build":
		title = "the script " + name
	}
	own, hasOwn := d.Package.Script(name)
	if hasOwn && p.elsewhere(own) {
		return nil, "the build script builds the front end alone, which has stages of its own", []detect.Evidence{own.At}, nil
	}
	isMember := d.IsMember()
	switch {
	case isMember && d.Orchestrator == "turbo" && hasOwn && !special:
		commands, err = p.orchestrated("turbo run " + name + " --filter=")
		return commands, "turbo builds it and what it needs", []detect.Evidence{own.At}, err
	case (isMember || d.Package.Virtual) && d.Orchestrator == "nx":
		commands, err = p.orchestrated("nx build ")
		return commands, "nx builds it and what it needs", []detect.Evidence{d.Package.At()}, err
	}
	commands = p.inTurn(func(c project.Package) string {
		of := name
		if c.Dir != d.Package.Dir {
			of = c.BuildScript()
		}
		s, ok := c.Script(of)
		if !ok {
			return ""
		}
		evidence = append(evidence, s.At)
		if steps := p.withoutMigrations(c, of); steps != "" {
			return steps
		}
		return p.script(of, detect.From(d.Workspace.Dir, c.Dir))
	})
	switch {
	case len(commands) > 0 && hasOwn:
		return commands, title, evidence, nil
	case len(d.Framework.Build) > 0:
		command, err := p.inNodeModules(d.Framework.Build)
		return append(commands, command), "no build script; the framework's own command", d.Framework.Evidence, err
	}
	if len(evidence) == 0 && isMember && d.Compiled {
		if s, ok := d.Root.Script("build"); ok {
			return append(commands, p.script("build", "")), "the workspace's build script", []detect.Evidence{s.At}, nil
		}
	}
	switch {
	case len(commands) == 0:
		return nil, "no build script", []detect.Evidence{d.Package.At()}, nil
	case len(evidence) == 0:
		return commands, "pnpm copies " + strings.Join(dirs(d.Copied), " ") + " when it installs, so it does so again with the sources", []detect.Evidence{d.Copied[0].At()}, nil
	}
	return commands, "the build scripts of what it needs", evidence, nil
}

// withoutMigrations are the commands of a build script that changes a database, which no build
// reaches, but those that do: empty where it changes none, or says more than which commands run
// one after the other.
func (p *planner) withoutMigrations(c project.Package, name string) string {
	var steps []script.Step
	for _, name := range []string{"pre" + name, name, "post" + name} {
		text, ok := c.Lookup(name)
		if !ok {
			continue
		}
		more, err := script.Expand(name, text, c.Lookup)
		if err != nil {
			return ""
		}
		steps = append(steps, more...)
	}
	var commands, left []string
	plain := true
	for _, s := range steps {
		if role, _ := s.Role(); role == script.Migrates && !slices.Contains(s.Argv, "generate") {
			left = append(left, s.String())
			continue
		}
		if len(s.Argv) == 0 { // of another member
			plain = false
			continue
		}
		command, err := p.words(s.Argv)
		plain = plain && err == nil && s.Member == "" && s.Dir == "" && !s.Beside && len(s.Vars) == 0 && (s.After == "" || s.After == "&&")
		for _, v := range slices.Backward(s.Env) {
			value, err := dockerfile.Shell(v.Value)
			plain = plain && err == nil
			command = v.Name + "=" + value + " " + command
		}
		commands = append(commands, command)
	}
	at := c.At()
	if s, ok := c.Script(name); ok {
		at = s.At
	}
	folder, err := dockerfile.Shell(path.Join("/app", p.root(), detect.From(p.detail.Workspace.Dir, c.Dir)))
	switch {
	case len(left) == 0:
		return ""
	case !plain || len(commands) == 0 || err != nil:
		p.plan.Note("%s: the build script runs %s, which changes a database that no build reaches: a script build:docker without it is taken instead", at, left[0])
		return ""
	}
	p.plan.Note("%s: %s changes a database, which no build reaches, so that it is left out of the build; run it by itself, before new images start", at, strings.Join(left, " && "))
	if command := strings.Join(commands, " && "); c.Dir == p.detail.Workspace.Dir {
		return command
	} else {
		return "(cd " + folder + " && " + command + ")"
	}
}

// elsewhere says whether a script does nothing but build front ends that have stages of
// their own. One that does more needs their sources, too.
func (p *planner) elsewhere(s project.Text) bool {
	for _, b := range p.in.Brought {
		dir, inside := detect.Below(p.detail.Package.Dir, b.Dir)
		if !inside || dir == "." || !strings.Contains(s.Value, dir) {
			continue
		}
		in, only := ".", true
		for part := range strings.SplitSeq(s.Value, "&&") {
			words := strings.FieldsFunc(part, func(r rune) bool { return r == ' ' || r == '=' })
			if len(words) == 2 && words[0] == "cd" {
				in = path.Join(in, words[1])
				continue
			}
			only = only && (detect.Inside(in, dir) || slices.ContainsFunc(words, func(w string) bool { return path.Clean(w) == dir }))
		}
		if only {
			return true
		}
		p.plan.Needs = append(p.plan.Needs, p.fromContext(path.Join(b.Dir, "package.json")))
	}
	return false
}

// inTurn are the commands that build the packages of the closure, each behind what
// it needs. What an install has copied is copied anew before the next of them.
func (p *planner) inTurn(build func(project.Package) string) []string {
	var commands []string
	stale := false
	anew := func() {
		if stale {
			commands = append(commands, p.copyAnew())
		}
		stale = false
	}
	for _, c := range p.detail.Closure {
		if command := build(c); command != "" {
			anew()
			commands = append(commands, command)
		}
		stale = stale || p.isCopied(c)
	}
	anew()
	return commands
}

func (p *planner) isCopied(c project.Package) bool { return project.Among(p.detail.Copied, c) }

// copyAnew is an install that does nothing but copy the packages of the repository
// again; empty where the first one copies none. From version 11 on pnpm would do
// nothing at all, since no manifest has changed.
func (p *planner) copyAnew() string {
	if len(p.detail.Copied) == 0 {
		return ""
	}
	command, _, err := p.installCommand(false)
	if err != nil {
		return "" // said when it was installed
	}
	return strings.TrimSuffix(command, " --ignore-scripts") + " --ignore-scripts --config.optimistic-repeat-install=false"
}

// orchestrated is the orchestrator's own command, behind one for each package that an
// install copies: what is built within one command cannot be copied between.
func (p *planner) orchestrated(words string) (commands []string, err error) {
	d := p.detail
	return p.inTurn(func(c project.Package) string {
		_, builds := c.Script("build")
		if c.Dir != d.Package.Dir && !(builds && p.isCopied(c)) {
			return ""
		}
		name, wrong := dockerfile.Shell(cmp.Or(c.Target, c.Name).Value)
		if wrong == nil && name == "''" { // a package without a name
			name, wrong = dockerfile.Shell("./" + detect.From(d.Workspace.Dir, c.Dir))
		}
		if wrong != nil && err == nil {
			err = detect.Errorf(c.At(), "name: %w", wrong)
		}
		return p.runner() + words + name
	}), err
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
	if home := p.home(); home != "" && p.detail.IsMember() {
		below := detect.From(p.detail.Workspace.Dir, p.detail.Package.Dir)
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
	test, ok := d.Package.Script("test")
	leave := func(flag, reason string, at ...detect.Evidence) error {
		p.plan.Decide(plan.TestStage, plan.None, flag, reason, at...)
		return nil
	}
	switch {
	case p.in.Overrides.NoTestStage:
		return leave("--no-test-stage", "asked for")
	case !ok:
		return leave("", "no test script", d.Package.At())
	case strings.Contains(test.Value, "no test specified"): // what npm init writes
		return leave("", "the test script is npm's placeholder", test.At)
	case wordsAlone(test.Value, d.Package):
		return leave("", "the test script runs no program", test.At)
	case d.Untested != "":
		return leave("", "the test script runs "+d.Untested+", which fails where there are no tests, and there are none", test.At)
	}
	if why := unfit(d.Package); why != "" {
		return leave("", why, test.At)
	}
	p.startBuilder()
	below := detect.From(d.Workspace.Dir, p.detail.Package.Dir)
	p.view.TestEnv = []plan.Variable{{Name: "CI", Value: "true"}}
	if slices.ContainsFunc(p.view.DepsEnv, func(v plan.Variable) bool { return v.Name == "CI" }) {
		p.view.TestEnv = nil
	}
	if why, at := p.testsWant(); why != "" && p.in.Stages == (plan.Stages{}) {
		p.view.Tested = p.plan.TestBeside(p.in, words(p.script("test", below)), why, append(at, test.At)...)
		return nil
	}
	p.view.Test = Run{Commands: []string{p.script("test", below)}}
	p.plan.Decide(plan.TestStage, p.view.Test.Commands[0], "--no-test-stage", "the test script; a plain build leaves the stage out", test.At)
	return nil
}

// testsWant tells of what the tests want beside them: a server of the project's workflow, or
// Docker itself, for the containers that they start.
func (p *planner) testsWant() (why string, at []detect.Evidence) {
	for _, d := range p.detail.Package.Dependencies {
		if d.Name == "testcontainers" || strings.HasPrefix(d.Name, "@testcontainers/") {
			return "the tests start containers, by " + d.Name, []detect.Evidence{d.At}
		}
	}
	return p.in.TestsWant()
}

// words are those of a command, which a shell takes apart where they are quoted.
func words(command string) []string {
	if strings.ContainsAny(command, `'"\`) {
		return []string{"sh", "-c", "exec " + command}
	}
	return strings.Fields(command)
}

// wordsAlone says whether a test script prints something and runs nothing.
func wordsAlone(text string, p project.Package) bool {
	steps, err := script.Expand("test", text, p.Lookup)
	return err == nil && len(steps) == 0
}

// browsers are programs that a test script runs and that need a browser or a
// screen.
var browsers = []string{"karma", "ng", "cypress", "playwright", "testcafe", "wdio", "nightwatch", "protractor", "web-test-runner", "wtr", "electron", "detox"}

// watchers run a command again when files change.
var watchers = []string{"nodemon", "onchange", "chokidar", "tsc-watch", "ts-node-dev", "tsnd", "node-dev", "supervisor"}

// unfit says why a test script cannot run in a build: of what it comes to, with the
// scripts that npm runs before and after it.
func unfit(p project.Package) string {
	for _, name := range []string{"pretest", "test", "posttest"} {
		s, ok := p.Script(name)
		if !ok {
			continue
		}
		commands := [][]string{strings.Fields(s.Value)}
		if steps, err := script.Expand(name, s.Value, p.Lookup); err == nil {
			commands = nil
			for _, step := range steps {
				commands = append(commands, step.Argv)
			}
		}
		for _, words := range commands {
			if why := unfitCommand(words); why != "" {
				return "the " + name + " script " + why
			}
		}
	}
	return ""
}

// unfitCommand says the same of one command.
func unfitCommand(words []string) string {
	for i, w := range words {
		name := path.Base(w)
		option, _, _ := strings.Cut(w, "=")
		switch {
		case slices.Contains(browsers, name) && (name != "ng" || i+1 < len(words) && words[i+1] == "test"):
			return "runs " + name + ", which needs a browser"
		case option == "--browser":
			return "runs in a browser"
		case w == "--watch" || w == "--watchAll" || w == "--ui" || i == 0 && slices.Contains(watchers, name):
			return "watches and does not end"
		case strings.Contains(w, "docker"):
			return "runs docker"
		}
	}
	return ""
}
