package service

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/plan"
)

// startScripts are the scripts that start a program, the most telling first.
var startScripts = []string{"start:prod", "start:production", "start", "serve:prod", "prod"}

// mains are the files that a package without a start script is started by.
var mains = []string{
	"server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "app.mjs", "main.mjs", "server.cjs", "index.cjs",
	"src/server.js", "src/index.js", "src/app.js", "src/main.js", "bin/www", "server/index.js",
}

// typedMains are the same for what runs TypeScript as it is.
var typedMains = []string{"index.ts", "server.ts", "app.ts", "main.ts", "src/index.ts", "src/server.ts", "src/app.ts", "src/main.ts"}

// start settles how the program starts, or gives the reason why it does not.
func (r *detector) start(d *Detail, answers detect.Answers) (reason string, err error) {
	p, f := d.Package, d.Framework
	if r.startKnown(d, answers) {
		return "", nil
	}
	found, reason, open := r.scripted(d)
	if found {
		return "", nil
	}
	r.startsMember(d)
	if command := answers.In(p.Dir).Command; len(command) > 0 && (open != nil || f.Kind == framework.Server) {
		r.startAsked(d, command)
		return "", nil
	}
	if open != nil {
		return "", open
	}
	if r.startPlatform(d) {
		return "", nil
	}
	if f.Main != "" {
		r.startMade(d)
		return "", nil
	}
	if f.Problem != nil && !r.HasMembers(p.Dir) {
		return "", f.Problem
	}
	if why := r.startMain(d, answers, reason != ""); why != "" && reason == "" {
		reason = why
	} else if why == "" {
		return "", nil
	}
	if r.HasMembers(p.Dir) {
		return workspaceRoot + strings.TrimPrefix(reason, workspaceRoot), nil
	}
	if why := r.imported(p, ""); why != "" {
		return why, nil
	}
	if f.Kind == framework.Server && d.Framework.Problem == nil {
		return "", detect.Errorf(f.At(), "%s, and nothing says how it starts in production: %s; say it with --command", f.Title, reason)
	}
	return reason, nil
}

// startKnown takes what its framework, Nx or the user says for this package alone, before
// any script.
func (r *detector) startKnown(d *Detail, answers detect.Answers) bool {
	p := d.Package
	command := answers.In(p.Dir).Command
	own := len(command) > 0 && (p.Dir == "." || len(answers.Folders[p.Dir].Command) > 0)
	if own && d.Framework.Kind == framework.Static {
		d.Framework = d.Framework.Program()
	}
	f := d.Framework
	switch n := p.Project; {
	case f.Kind == framework.Static:
	case f.Kind == framework.Server && len(f.Start) > 0:
		d.Start = Command{Argv: f.Start, Dir: path.Join(p.Dir, f.Workdir), Reason: f.Reason, At: f.At()}
		d.migrates()
	case n != nil && len(command) == 0:
		root := d.Workspace.Dir
		d.Start = Command{Argv: []string{"node", n.Program}, Dir: root, Reason: "what the build target of Nx makes", At: n.At}
		d.Entry = path.Join(root, n.Program)
	case own:
		r.startAsked(d, command)
	default:
		return false
	}
	return true
}

// migrates tells what the start script of a framework's server does to a database before it.
func (d *Detail) migrates() {
	for _, name := range startScripts {
		text, ok := d.Package.Script(name)
		if !ok {
			continue
		}
		if start, err := script.Production(name, text.Value, d.Package.Lookup); err == nil {
			d.before(start, text.At)
		}
		return
	}
}

// before tells which migrations a start ran before its program.
func (d *Detail) before(start script.Start, at detect.Evidence) {
	for _, s := range start.Before {
		d.Notes = append(d.Notes, fmt.Sprintf("%s: %s changes the database before the start; run it by itself, before new images start", at, s))
	}
}

// scripted takes the first script that starts a program. Without one it gives the reason,
// "" where there is no such script, and what only the user can answer.
func (r *detector) scripted(d *Detail) (found bool, reason string, open error) {
	names := startScripts
	if task, ok := r.delegated[d.Package.Dir]; ok {
		names = append([]string{task.Value}, names...)
	}
	var elsewhere *Detail // what starts a file that nothing here makes
	for _, name := range names {
		text, ok := d.Package.Script(name)
		if !ok {
			continue
		}
		before := *d
		why := r.startScript(d, name, text)
		if why == "" && elsewhere == nil && r.nowhere(*d) {
			found := *d
			elsewhere, *d = &found, before
			continue
		}
		if why == "" {
			return true, "", nil
		}
		if reason == "" {
			reason = fmt.Sprintf("its script %s: %s", name, why)
		}
		if open == nil && r.undecided(d, name, text) {
			open = detect.Errorf(text.At, "the script %s: %s; say what to start with --command", name, why)
		}
		if name == "start" && r.development(d, name, text) {
			return true, "", nil
		}
	}
	if elsewhere != nil {
		*d = *elsewhere
		return true, "", nil
	}
	return false, reason, open
}

// nowhere says whether the program is a file beside the manifest that is neither there nor
// made of a source that is: such a script is for a folder that a build makes and that holds a
// manifest of its own.
func (r *detector) nowhere(d Detail) bool {
	below, ok := detect.Below(d.Package.Dir, d.Entry)
	return ok && d.Entry != "" && !strings.Contains(below, "/") && !r.Tree.Has(d.Entry) && len(r.entryFiles(d)) == 0
}

// startAsked starts what the user says.
func (r *detector) startAsked(d *Detail, command []string) {
	p := d.Package
	d.Start = Command{Argv: command, Dir: p.Dir, Reason: "asked for", At: p.At()}
	d.Entry = r.entryOf(p.Dir, p, command)
}

// startScript reads a start script down to the process that it starts, or says
// why there is none.
func (r *detector) startScript(d *Detail, name string, text project.Text) (why string) {
	p := d.Package
	start, err := script.Production(name, text.Value, p.Lookup)
	var refusal *script.Refusal
	if errors.As(err, &refusal) && refusal.List != "" {
		if app, ok := r.listed(path.Join(p.Dir, refusal.List)); ok {
			start, err = app, nil
			start.Notes = []string{"pm2 is left out: whoever runs a container restarts it"}
			text.At = detect.Evidence{File: path.Join(p.Dir, refusal.List)}
		}
	}
	if errors.As(err, &refusal) {
		return refusal.Reason
	}
	if err != nil {
		return err.Error()
	}
	if start.Member != "" {
		if start.Member == "*" {
			return "it starts members of the workspace"
		}
		return fmt.Sprintf("it starts the script %s of %s", start.Task, start.Member)
	}
	dir := path.Join(p.Dir, start.Dir)
	if argv := start.Argv; r.lacks(p, dir, argv) {
		return fmt.Sprintf("it starts %s, which the repository does not hold", argv[0])
	}
	entry := r.entryOf(dir, p, start.Argv)
	if member, ok := r.MemberOf(d.Workspace, entry); ok && member != p.Dir {
		return "it starts " + member
	}
	at := text.At
	if before, ok := p.Script("pre" + name); ok && len(start.Files) > 0 {
		at = before.At
	}
	if own, ok := p.Script(start.Script); ok && len(start.Files) == 0 {
		at = own.At
	}
	d.Start = Command{Argv: start.Argv, Dir: dir, Reason: "the script " + name, At: at}
	for _, v := range start.Env {
		d.Start.Env = append(d.Start.Env, plan.Variable(v))
	}
	d.Files, d.FilesAt = start.Files, at
	d.before(start, at)
	for _, n := range start.Notes {
		d.Notes = append(d.Notes, fmt.Sprintf("%s: %s", at, n))
	}
	d.Entry = entry
	return ""
}

// startMade starts what the build makes by its framework.
func (r *detector) startMade(d *Detail) {
	p, f := d.Package, d.Framework
	dir := path.Join(p.Dir, f.Workdir)
	d.Entry = path.Join(p.Dir, f.Main)
	d.Start = Command{Argv: []string{f.Runs, detect.From(dir, d.Entry)}, Dir: dir, Reason: f.Reason, At: f.Evidence[len(f.Evidence)-1]}
}

// startPlatform takes what the settings of a platform start, beside the package or at the root
// of its workspace: a file of this package.
func (r *detector) startPlatform(d *Detail) bool {
	for _, dir := range slices.Compact([]string{d.Package.Dir, d.Workspace.Dir, "."}) {
		processes, err := manifest.Platform(r.Tree, dir)
		if err != nil {
			continue // said where it is read for itself
		}
		for _, x := range processes {
			if x.Name != "web" || len(d.Workspace.Members) > 0 && dir == d.Package.Dir {
				continue
			}
			start, err := script.Production("start", x.Command, d.Package.Lookup)
			if err != nil || start.Member != "" || len(start.Argv) < 2 {
				continue
			}
			entry := r.entryOf(path.Join(dir, start.Dir), d.Package, start.Argv)
			below, ok := detect.Below(d.Package.Dir, entry)
			if !ok || !r.Tree.Has(entry) && len(r.entryFiles(Detail{Package: d.Package, Workspace: d.Workspace, Entry: entry})) == 0 {
				continue
			}
			argv := slices.Clone(start.Argv)
			for i, w := range argv {
				if r.entryFile(path.Join(dir, start.Dir, w), d.Package) == entry && i > 0 {
					argv[i] = below
				}
			}
			d.Start, d.Entry = Command{Argv: argv, Dir: d.Package.Dir, Reason: "what " + path.Base(x.At.File) + " starts", At: x.At}, entry
			for _, v := range start.Env {
				d.Start.Env = append(d.Start.Env, plan.Variable(v))
			}
			return true
		}
	}
	return false
}

// processes tells what a Procfile starts beside the program, or before it.
func (r *detector) processes(d *Detail) {
	lines, err := manifest.Procfile(r.Tree, d.Package.Dir)
	if err != nil {
		return // said where it is read for itself
	}
	for _, x := range lines {
		switch x.Name {
		case "web":
		case "release":
			d.Notes = append(d.Notes, fmt.Sprintf("%s: %s runs before each release; run it by itself, before new images start", x.At, x.Command))
		default:
			d.Notes = append(d.Notes, fmt.Sprintf("%s: %s is a process of its own, which has no image: in dockgen.toml [service.%s] with from = %q and command = [%s] makes one", x.At, x.Command, x.Name, d.Package.Name.Value, quoted(x.Command)))
		}
	}
}

// quoted are the words of a command as TOML lists them.
func quoted(command string) string {
	words := strings.Fields(command)
	for i, w := range words {
		words[i] = strconv.Quote(w)
	}
	return strings.Join(words, ", ")
}

// listed is the only program that a file for pm2 lists, as it is started for production.
func (r *detector) listed(file string) (script.Start, bool) {
	apps, err := source.ReadProcesses(r.Tree, file)
	if err != nil || len(apps) != 1 || !source.IsModule(apps[0].Script) || isTypeScript(apps[0].Script) {
		return script.Start{}, false
	}
	app := apps[0]
	start := script.Start{Argv: slices.Concat([]string{"node"}, app.Options, []string{app.Script}, app.Args), Dir: app.Dir}
	for _, v := range app.Env {
		start.Env = append(start.Env, script.Variable(v))
	}
	return start, true
}

// lacks says whether a package without dependencies and without a build starts a program by a
// path that is not there: somebody fetches it by hand.
func (r *detector) lacks(p project.Package, dir string, argv []string) bool {
	return len(argv) > 0 && strings.HasPrefix(argv[0], "./") && !r.Tree.Has(path.Join(dir, argv[0])) && len(p.Dependencies) == 0 && !p.HasScript(p.BuildScript())
}

// undecided says whether a script that was refused starts something for production
// all the same, only not one process. A workspace's script may start its members.
func (r *detector) undecided(d *Detail, name string, text project.Text) bool {
	if d.Workspace.Dir == d.Package.Dir && len(d.Workspace.Members) > 0 {
		return false
	}
	steps, err := script.Expand(name, text.Value, d.Package.Lookup)
	if err != nil {
		return true
	}
	if slices.ContainsFunc(steps, func(s script.Step) bool { return r.lacks(d.Package, path.Join(d.Package.Dir, s.Dir), s.Argv) }) {
		return false
	}
	return slices.ContainsFunc(steps, func(s script.Step) bool {
		role, _ := s.Role()
		return role == script.Process && s.Member == "" && len(s.Argv) > 0
	})
}

// development takes the program that a script for development restarts, which is
// what production starts too.
func (r *detector) development(d *Detail, name string, text project.Text) bool {
	steps, err := script.Expand(name, text.Value, d.Package.Lookup)
	if err != nil {
		return false
	}
	for _, s := range steps {
		role, why := s.Role()
		if role != script.Watches || !slices.Contains([]string{"nodemon", "node", "node-dev", "tsx", "ts-node-dev", "tsnd", "supervisor", "bun", "babel-node"}, s.Program()) {
			continue
		}
		for _, w := range strings.Fields(strings.Join(s.Argv[1:], " ")) { // --exec has a command in one word
			file := path.Join(d.Package.Dir, s.Dir, w)
			if !source.IsModule(w) || !r.Tree.Has(file) {
				continue
			}
			argv := []string{"node", w}
			if isTypeScript(w) {
				switch {
				case s.Program() == "bun":
					argv[0] = "bun"
				case d.Package.Has("tsx"):
					argv = []string{"node", "--import", "tsx", w}
				case d.Package.Has("ts-node") || d.Package.Has("ts-node-dev"):
					argv = []string{"node", "-r", "ts-node/register/transpile-only", w}
				default:
					continue
				}
			}
			d.Start = Command{Argv: argv, Dir: path.Join(d.Package.Dir, s.Dir), Reason: fmt.Sprintf("%s %s, so what it restarts is started by itself", s.Program(), why), At: text.At}
			d.Entry = file
			return true
		}
	}
	return false
}

// delegate reads what start scripts of workspaces start in their members.
func (r *detector) delegate() {
	for _, dir := range slices.Sorted(maps.Keys(r.Workspaces)) {
		w, p := r.Workspaces[dir], r.Packages[dir]
		if len(w.Members) == 0 {
			continue
		}
		for _, name := range startScripts {
			text, ok := p.Script(name)
			if !ok {
				continue
			}
			start, err := script.Production(name, text.Value, p.Lookup)
			if err != nil {
				continue
			}
			if start.Member == "" {
				entry := r.entryOf(path.Join(dir, start.Dir), p, start.Argv)
				if member, ok := r.MemberOf(w, entry); ok {
					r.entries[member] = Command{Argv: start.Argv, Dir: path.Join(dir, start.Dir), Reason: "the script " + name + " of the workspace", At: text.At}
				}
				continue
			}
			for _, m := range w.Members {
				below := detect.From(dir, m)
				if start.Member == r.Packages[m].Name.Value || start.Member == below {
					r.delegated[m] = project.Text{Value: start.Task, At: text.At}
				}
			}
		}
	}
}

// startsMember takes a command of the workspace that starts a file of the package,
// or says that the workspace's start script starts one of its members.
func (r *detector) startsMember(d *Detail) {
	command, ok := r.entries[d.Package.Dir]
	if !ok {
		return
	}
	argv := slices.Clone(command.Argv)
	for i, w := range argv {
		file := path.Join(command.Dir, w)
		if below, inside := detect.Below(d.Package.Dir, file); i > 0 && inside && below != "." {
			argv[i] = below
			d.Entry = file
		}
	}
	command.Argv, command.Dir = argv, d.Package.Dir
	d.Start = command
}

// takesValue are options of node and bun with a value behind them.
var takesValue = append([]string{"--config", "-c"}, script.Valued...)

// entryOf is the file that a command runs, from the root: of a folder its main
// file. It need not be there yet.
func (r *detector) entryOf(dir string, p project.Package, argv []string) string {
	if len(argv) == 0 || !slices.Contains([]string{"node", "bun", "deno"}, path.Base(argv[0])) {
		return ""
	}
	for i := 1; i < len(argv); i++ {
		switch w := argv[i]; {
		case slices.Contains(takesValue, w):
			i++
		case strings.HasPrefix(w, "-") || w == "run":
		case strings.HasPrefix(path.Clean(w), "node_modules/"):
			return "" // of a dependency
		default:
			return r.entryFile(path.Join(dir, w), p)
		}
	}
	return ""
}

func (r *detector) entryFile(file string, p project.Package) string {
	if file == p.Dir && p.Main.Value != "" {
		file = path.Join(p.Dir, p.Main.Value)
	}
	if r.Tree.Has(file) || source.IsModule(file) {
		return file
	}
	for _, try := range []string{file + ".js", path.Join(file, "index.js"), file + ".ts", path.Join(file, "index.ts")} {
		if r.Tree.Has(try) {
			return try
		}
	}
	if _, isFolder := r.Tree.Folder(file); isFolder || file == p.Dir || r.buildsFolder(file, p) {
		return path.Join(file, "index.js")
	}
	return file + ".js" // a build makes it
}

// buildsFolder says whether a path without an ending, of which nothing is there yet, is a folder
// that a build makes, whose index.js node takes, and not the name of a file.
func (r *detector) buildsFolder(file string, p project.Package) bool {
	if _, made := r.compiledFrom(p, file+".js"); made {
		return false
	}
	if _, made := r.compiledFrom(p, file+"/index.js"); made {
		return true
	}
	_, single := r.sources.Module(path.Join(p.Dir, "src", path.Base(file)))
	for _, s := range p.Builds() {
		if out, ok := bundled(s); ok && out != "" {
			switch path.Join(p.Dir, s.Dir, out) {
			case file:
				return true
			case file + ".js":
				return false
			}
		}
	}
	return !single && detect.IsOutput(path.Base(file))
}

// startMain takes the main file of a package without a start script, if the
// package looks like a program: not what others import. With a start script for
// development alone it does.
func (r *detector) startMain(d *Detail, answers detect.Answers, started bool) (reason string) {
	p := d.Package
	if r.startsMember(d); len(d.Start.Argv) > 0 {
		return ""
	}
	isMember := d.Workspace.Dir != p.Dir || r.BelowWorkspace(p.Dir) || r.belowProgram(p.Dir)
	asked := asked(answers, p.Dir)
	runner := r.runsMain(d)
	for _, c := range r.mainFiles(p, runner) {
		file := path.Join(p.Dir, c.Value)
		if !asked && !started {
			if why := r.noProgram(p, file, isMember); why != "" {
				return why
			}
		}
		if strings.HasPrefix(c.Value, "src/") && p.HasScript("build") && !asked && !r.opensPort(file, p) {
			continue // what a build takes, not what it makes
		}
		d.Entry = file
		d.Start = Command{Argv: []string{runner, detect.From(p.Dir, file)}, Dir: p.Dir, Reason: "no start script for production; its main file", At: c.At}
		return ""
	}
	switch {
	case p.Main.Value != "" && p.HasScript("build") && !isMember:
		if r.startBuilt(d) {
			return ""
		}
		if why := r.imported(p, ""); why != "" {
			return why
		}
	case len(d.Workspace.Members) > 0 && !isMember:
		return workspaceRoot + "nothing of its own to start"
	case len(p.Scripts) == 0 && len(p.Dependencies) == 0:
		return "no start script and no main file"
	}
	return "no start script, no main file and no framework that serves"
}

// startBuilt takes the main file that a build makes, if there is a source for it.
func (r *detector) startBuilt(d *Detail) bool {
	p := d.Package
	file := r.entryFile(path.Join(p.Dir, p.Main.Value), p)
	below, ok := detect.Below(p.Dir, file)
	from := r.entryFiles(Detail{Package: p, Entry: file})
	if !ok || len(from) == 0 || r.imported(p, from[0]) != "" {
		return false
	}
	d.Entry = file
	d.Start = Command{Argv: []string{"node", below}, Dir: p.Dir, Reason: "no start script; the main file, which the build makes", At: p.Main.At}
	return true
}

// mainFiles lists the main files of a package that are there and that node or bun runs
// as they are, those that it names first.
func (r *detector) mainFiles(p project.Package, runner string) []project.Text {
	names := mains
	if runner == "bun" {
		names = slices.Concat(mains, typedMains)
	}
	candidates := []project.Text{p.Main, p.EntryModule}
	for _, name := range names {
		candidates = append(candidates, project.Text{Value: name, At: p.At()})
	}
	return slices.DeleteFunc(candidates, func(c project.Text) bool {
		runs := c.Value == "bin/www" || source.IsModule(c.Value) && (runner == "bun" || !isTypeScript(c.Value))
		return !runs || !r.Tree.Has(path.Join(p.Dir, c.Value))
	})
}

// noProgram says why a main file that nobody named is no program: others import it, or
// it opens no port and is a member's or a tool's.
func (r *detector) noProgram(p project.Package, file string, isMember bool) string {
	if why := r.imported(p, file); why != "" {
		return why
	}
	for dir := path.Dir(file); dir != p.Dir && dir != "."; dir = path.Dir(dir) {
		if own, ok := r.Packages[dir]; ok && own.HasScript(startScripts...) {
			return "its main file is a program of " + dir
		}
	}
	tooling := !p.HasKind(project.Production) && p.HasKind(project.Development) && p.Main.Value == "" && p.EntryModule.Value == ""
	if (isMember || tooling) && !r.opensPort(file, p) {
		return "no start script, and nothing that opens a port"
	}
	return ""
}

// belowProgram says whether a folder lies in that of a package which is no workspace of its
// own: what has a start script there starts, and what has none is a tool of that package more
// often than a program.
func (r *detector) belowProgram(dir string) bool {
	for dir != "." {
		dir = path.Dir(dir)
		if p, ok := r.Packages[dir]; ok && len(p.Dependencies) > 0 && !r.HasMembers(dir) {
			return true
		}
	}
	return false
}

// workspaceRoot begins the reason why the root of a workspace is no service.
const workspaceRoot = "the root of a workspace: "

// hosts are packages for functions that a program of theirs calls: a main file
// that gives it functions ends at once when it is started by itself.
var hosts = []string{"@google-cloud/functions-framework", "firebase-functions", "@azure/functions"}

// imported says why the main file of a package is for others to import, "" where
// nothing says so, or where it opens a port that is written down.
func (r *detector) imported(p project.Package, file string) string {
	switch {
	case p.Library && (file == "" || !r.opensKnownPort(file, p)):
		return "a library: no start script, and it says what others may import; where it is a program, say how it starts with --command"
	case r.Linked[p.Dir] || r.wanted(p) && (file == "" || !r.opensKnownPort(file, p)):
		return "a library: no start script, and another package depends on its folder"
	}
	for _, host := range hosts {
		if p.Has(host) {
			return "its main file holds functions for " + host + ", and no start script says what calls them; say it with --command"
		}
	}
	return ""
}

// wanted says whether another member of the workspace imports a package while it runs.
func (r *detector) wanted(p project.Package) bool {
	return p.Name.Value != "" && slices.ContainsFunc(r.Workspace(p).Members, func(dir string) bool {
		d, ok := r.Packages[dir].Dependency(p.Name.Value)
		return ok && d.Kind == project.Production
	})
}

// runsMain is what runs the main file of a package without a start script: bun where the
// project installs with it, else node.
func (r *detector) runsMain(d *Detail) string {
	if m, err := r.Manager(d.Root, ""); err == nil && m.Name == "bun" {
		return "bun"
	}
	return "node"
}

func (r *detector) opensPort(file string, p project.Package) bool {
	c, err := r.sources.Follow(nil, file)
	return err == nil && len(c.Serves(p.Dir).Listens) > 0
}

// opensKnownPort says whether a program opens a port that its sources or a variable name.
func (r *detector) opensKnownPort(file string, p project.Package) bool {
	c, err := r.sources.Follow(nil, file)
	return err == nil && slices.ContainsFunc(c.Serves(p.Dir).Listens, func(l detect.Listener) bool { return !l.Unread() })
}

// entryFiles are the source files that the program begins with, from the root: of
// a file that the build makes, those that it is likely made from.
func (r *detector) entryFiles(d Detail) []string {
	if n := d.Package.Project; n != nil && r.Tree.Has(path.Join(d.Workspace.Dir, n.Main)) {
		return []string{path.Join(d.Workspace.Dir, n.Main)}
	}
	if f := d.Framework; f.Main != "" && d.Entry == path.Join(d.Package.Dir, f.Main) {
		if source, ok := r.sources.Module(path.Join(d.Package.Dir, f.Source)); ok {
			return []string{source}
		}
		return nil
	}
	if d.Entry == "" {
		return nil
	}
	if r.Tree.Has(d.Entry) {
		return []string{d.Entry}
	}
	if made, ok := r.sources.Module(d.Entry); ok {
		return []string{made}
	}
	below, ok := detect.Below(d.Package.Dir, d.Entry)
	if !ok {
		return nil
	}
	if name, ok := r.compiledFrom(d.Package, d.Entry); ok {
		return []string{name}
	}
	_, inside, _ := strings.Cut(below, "/")
	for _, try := range []string{inside, path.Join(path.Dir(inside), "src", path.Base(inside)), path.Join("src", inside), path.Join("src", path.Base(inside)), path.Base(inside), "src/main.js", "src/index.js", "src/server.js", "src/app.js", "index.js", "server.js"} {
		if name, ok := r.sources.Module(path.Join(d.Package.Dir, try)); ok && try != "" {
			return []string{name}
		}
	}
	return nil
}

// compiledFrom is the source of a file that the compiler of TypeScript makes, as its settings
// say where it puts what.
func (r *detector) compiledFrom(p project.Package, made string) (string, bool) {
	for _, ts := range r.compilersOf(p) {
		rest, ok := detect.Below(path.Join(p.Dir, ts.OutDir), made)
		if !ok {
			continue
		}
		roots := []string{ts.RootDir, detect.From(p.Dir, path.Dir(ts.Files[0]))}
		for _, pattern := range ts.Include {
			roots = append(roots, strings.SplitN(pattern, "/", 2)[0])
		}
		for _, root := range append(roots, ".") {
			if name, ok := r.sources.Module(path.Join(p.Dir, root, rest)); ok {
				return name, true
			}
		}
	}
	return "", false
}

// compilersOf lists the settings of TypeScript's compiler in a package and in the folders right
// below, as far as they name a folder for what it makes. Broken ones say nothing.
func (r *detector) compilersOf(p project.Package) []source.TypeScript {
	known, ok := r.compilers[p.Dir]
	if ok {
		return known
	}
	files := r.Glob(p.Dir, "tsconfig*.json")
	for _, name := range r.Tree.Named("tsconfig.json") {
		_, own := r.Packages[path.Dir(name)]
		if path.Dir(path.Dir(name)) == p.Dir && path.Dir(name) != p.Dir && !own {
			files = append(files, detect.From(p.Dir, name))
		}
	}
	for _, file := range files {
		if ts, err := source.ReadTypeScript(r.Tree, p.Dir, file); err == nil && ts.OutDir != "" {
			known = append(known, ts)
		}
	}
	r.compilers[p.Dir] = known
	return known
}

// Main implements [detect.Chosen]: the folder of the package.
func (d Detail) Main(dir string) string { return dir }

// IsMain implements [detect.Chosen].
func (d Detail) IsMain(dir, want string) bool { return path.Clean(want) == dir }

// asked says whether the user named a package as the program: by its folder from
// the root, or as the folder itself that the answer is for.
func asked(answers detect.Answers, dir string) bool {
	return slices.ContainsFunc(answers.In(dir).Main, func(want string) bool {
		_, own := answers.Folders[dir]
		return path.Clean(want) == dir || own && path.Clean(want) == "."
	})
}
