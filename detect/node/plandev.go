package node

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// devServer is a program that serves a project while somebody works on it, and sees edits.
type devServer struct {
	program string   // and its subcommands, of which a script has one or none
	words   []string // what it is told where no script says it
	host    []string // has it listen on all addresses, where it does not by itself
	port    int      // its own; 0: the program's that it starts
	polls   string   // the variable that has it look for edits itself
}

// Variables by which watchers look for edits themselves.
const (
	chokidar  = "CHOKIDAR_USEPOLLING" // https://github.com/paulmillr/chokidar/blob/3.6.0/README.md#performance
	watchpack = "WATCHPACK_POLLING"   // https://github.com/webpack/watchpack/blob/v2.4.1/lib/DirectoryWatcher.js
)

// devServers are known by their manuals; where several words are one program, the first
// that a script has tells.
var devServers = []devServer{
	{"next", []string{"dev"}, nil, 3000, watchpack},
	{"nuxt", []string{"dev"}, []string{"--host", "0.0.0.0"}, 3000, chokidar},
	{"nuxi", []string{"dev"}, []string{"--host", "0.0.0.0"}, 3000, chokidar},
	{"react-router", []string{"dev"}, []string{"--host", "0.0.0.0"}, 5173, chokidar},
	{"remix", []string{"vite:dev"}, []string{"--host", "0.0.0.0"}, 5173, chokidar},
	{"astro", []string{"dev"}, []string{"--host", "0.0.0.0"}, 4321, chokidar},
	{"vinxi", []string{"dev"}, []string{"--host", "0.0.0.0"}, 3000, chokidar},
	{"nitro", []string{"dev"}, []string{"--host", "0.0.0.0"}, 3000, chokidar},
	{"nitropack", []string{"dev"}, []string{"--host", "0.0.0.0"}, 3000, chokidar},
	{"vite", nil, []string{"--host", "0.0.0.0"}, 5173, chokidar},
	{"ng", []string{"serve"}, []string{"--host", "0.0.0.0"}, 4200, ""},
	{"vue-cli-service", []string{"serve"}, []string{"--host", "0.0.0.0"}, 8080, watchpack},
	{"react-scripts", []string{"start"}, nil, 3000, watchpack},
	{"craco", []string{"start"}, nil, 3000, watchpack},
	{"react-app-rewired", []string{"start"}, nil, 3000, watchpack},
	{"gatsby", []string{"develop"}, []string{"--host", "0.0.0.0"}, 8000, chokidar},
	{"docusaurus", []string{"start"}, []string{"--host", "0.0.0.0"}, 3000, watchpack},
	{"vitepress", []string{"dev"}, []string{"--host", "0.0.0.0"}, 5173, chokidar},
	{"rsbuild", []string{"dev"}, []string{"--host", "0.0.0.0"}, 3000, chokidar},
	{"parcel", []string{"serve"}, nil, 1234, ""},
	{"eleventy", []string{"--serve"}, nil, 8080, chokidar},
	{"webpack", []string{"serve"}, []string{"--host", "0.0.0.0"}, 8080, watchpack},
	{"webpack-dev-server", nil, []string{"--host", "0.0.0.0"}, 8080, watchpack},
	{"nest", []string{"start", "--watch"}, nil, 0, ""},
	{"nodemon", nil, nil, 0, chokidar},
	{"tsx", []string{"watch"}, nil, 0, chokidar},
	{"ts-node-dev", nil, nil, 0, chokidar},
	{"tsnd", nil, nil, 0, chokidar},
	{"node-dev", nil, nil, 0, ""},
	{"tsc-watch", nil, nil, 0, ""},
	{"node", []string{"--watch"}, nil, 0, ""},
	{"bun", []string{"--watch"}, nil, 0, ""},
}

// byScript are those of them that a project may have for its build alone.
var byScript = []string{"node", "webpack"}

// reloader finds the one that a command is. A command that only builds, or that shows
// what a build made, is none.
func reloader(argv []string) (devServer, bool) {
	role, why := script.Step{Argv: argv}.Role()
	if role != script.Watches || strings.Contains(why, "shows a build") {
		return devServer{}, false
	}
	watches := func(w string) bool {
		return strings.HasPrefix(w, "--watch") || w == "watch" || w == "-w" || w == "--hot"
	}
	i := slices.IndexFunc(devServers, func(s devServer) bool { return s.program == path.Base(argv[0]) })
	if i < 0 || slices.ContainsFunc(devServers[i].words, watches) && !slices.ContainsFunc(argv, watches) {
		return devServer{}, false
	}
	return devServers[i], true
}

// devScripts are what scripts are called that serve a project while somebody works on it.
// The last ones count only where they start a server that is known to.
var devScripts, otherScripts = []string{"dev", "start:dev", "develop", "dev:server"}, []string{"serve", "watch", "start"}

// developed is how the program starts while somebody works on it.
type developed struct {
	argv   []string
	env    []plan.Variable
	dir    string // where it starts, from the package's folder
	server devServer
	known  bool // it is a server that sees edits
	reason string
	at     detect.Evidence
}

// dev settles the stage for development.
func (p *planner) dev() error {
	if !p.in.Overrides.Dev || p.in.Stages != (plan.Stages{}) {
		return nil
	}
	how, err := p.developed()
	if err != nil {
		return err
	}
	if len(how.argv) == 0 {
		p.plan.Decide(plan.DevStage, plan.None, "--dev", how.reason, p.detail.Package.At())
		return nil
	}
	d, err := p.devStage()
	if err != nil {
		return err
	}
	d.Env, d.Command, d.Reloads = append(d.Env, how.env...), how.argv, how.known
	if dir := path.Join("/app", p.home(), how.dir); dir != "/app" {
		d.WorkdirEnd = dir
	}
	if how.server.polls != "" {
		d.Polls = plan.Variable{Name: how.server.polls, Value: "1"}
	}
	switch {
	case how.server.port != 0:
		d.Ports = []plan.Port{{Number: how.port(p.detail.Framework)}}
	case p.detail.Framework.Kind == framework.Static: // whose port is that of the image's web server
	default:
		d.Ports = p.plan.Ports
		d.Env = append(d.Env, slices.DeleteFunc(slices.Clone(p.view.RuntimeEnv), func(v plan.Variable) bool { return v.Name == "NODE_ENV" })...)
	}
	p.plan.Develop(d, how.reason, how.at)
	return nil
}

// devStage is the stage but for what it starts.
func (p *planner) devStage() (plan.Development, error) {
	image := cmp.Or(p.view.Deps, p.bare)
	base, err := p.in.Base(image)
	if err != nil {
		return plan.Development{}, err
	}
	d := plan.Development{From: p.view.Stages.Deps, Libc: base.Libc, User: base.User, UserLast: base.User, Root: "/app/", Brought: p.pages()}
	if p.view.Deps == "" {
		d.From, d.Workdir = p.bare, "/app"
	}
	if d.Ground, err = p.in.Running(base, without(p.runs, append(slices.Clip(p.builds), "tini")...)); err != nil {
		return d, err
	}
	home := path.Join("/app", p.home())
	dirs := []string{"/app", home}
	if !p.detail.Manager.PnP && p.installed {
		d.Programs = slices.Compact([]string{path.Join(home, "node_modules/.bin"), path.Join("/app", p.root(), "node_modules/.bin")})
		for _, bin := range d.Programs {
			dirs = append(dirs, path.Dir(bin))
		}
	}
	d.Own(dirs...)
	for _, m := range p.view.Manifests {
		d.Manifests = append(d.Manifests, m.Sources...)
	}
	for _, c := range p.develops() {
		for _, name := range c.Sources {
			d.Sources = append(d.Sources, plan.Source{Path: name, Built: p.isBuilt(name)})
		}
	}
	d.Env = append(d.Env, p.detail.Framework.BuildEnv...)
	if commands := append(slices.Clip(p.prepares), p.builtBefore()...); len(commands) > 0 {
		d.Prepare = []plan.Run{{Commands: commands}}
	}
	return d, nil
}

// develops are the sources of the stage for development, where there is one.
func (p *planner) develops() []Copied {
	if !p.in.Overrides.Dev || p.detail.Deno != nil {
		return nil
	}
	return p.sources()
}

// builtBefore are the commands that build the packages of the repository that this one needs.
func (p *planner) builtBefore() []string {
	return p.inTurn(func(c project.Package) string {
		name := c.BuildScript()
		if c.Dir == p.detail.Package.Dir || !c.HasScript(name) {
			return ""
		}
		return p.script(name, detect.From(p.detail.Workspace.Dir, c.Dir))
	})
}

// isBuilt says whether a folder is that of a package which others use as it is built.
func (p *planner) isBuilt(dir string) bool {
	return slices.ContainsFunc(p.detail.Closure, func(c project.Package) bool {
		return c.Dir != p.detail.Package.Dir && p.fromContext(c.Dir) == dir && c.HasScript(c.BuildScript())
	})
}

// pages are what front ends make, for the program to serve.
func (p *planner) pages() (all []plan.Copy) {
	for _, b := range p.in.Brought {
		all = append(all, plan.Copy{Stage: b.Stage, From: b.Path, To: path.Join("/app", detect.Relative(p.plan.Context, b.To))})
	}
	return all
}

// port is what the server listens on: what its command says, else the configuration.
func (h developed) port(f framework.Framework) int {
	for i, w := range h.argv {
		name, value, inline := strings.Cut(w, "=")
		if !slices.Contains([]string{"--port", "-p", "-P"}, name) {
			continue
		}
		if !inline && i+1 < len(h.argv) {
			value = h.argv[i+1]
		}
		if n, err := strconv.Atoi(value); err == nil {
			return n
		}
	}
	for _, v := range h.env {
		if n, err := strconv.Atoi(v.Value); v.Name == "PORT" && err == nil {
			return n
		}
	}
	return cmp.Or(f.DevPort, h.server.port)
}

// developed finds how the program starts: as a script of the project says, by its
// framework's server, or as it does in the image, with node to watch its files.
func (p *planner) developed() (developed, error) {
	for _, name := range append(slices.Clip(devScripts), otherScripts...) {
		if how, ok := p.devScript(name); ok {
			return how, nil
		}
	}
	d := p.detail
	if f := d.Framework; len(f.Build) > 0 {
		i := slices.IndexFunc(devServers, func(s devServer) bool { return s.program == f.Build[0] })
		if i >= 0 && !slices.Contains(byScript, f.Build[0]) {
			s := devServers[i]
			argv := slices.Concat([]string{s.program}, s.words, s.host)
			if s.program == "vitepress" {
				argv = append(argv, f.Build[2])
			}
			return developed{argv: p.inModules(argv), server: s, known: true, reason: "no script for development; the server of " + f.Title, at: f.At()}, nil
		}
	}
	return p.devProgram()
}

// devScript reads a script down to the process that serves. One that does more is left to
// the package manager.
func (p *planner) devScript(name string) (how developed, ok bool) {
	text, ok := p.detail.Package.Script(name)
	steps, err := script.Expand(name, text.Value, p.detail.Package.Lookup)
	if !ok || err != nil || len(steps) == 0 {
		return how, false
	}
	last := steps[len(steps)-1]
	how = developed{reason: "the script " + name, at: text.At}
	how.server, how.known = reloader(last.Argv)
	foreign := slices.ContainsFunc(steps, func(s script.Step) bool {
		return s.Member != "" || strings.Contains(s.Program(), "docker") || s.Program() == "podman"
	})
	if foreign || !how.known && slices.Contains(otherScripts, name) {
		return how, false
	}
	if len(steps) == 1 && len(last.Vars) == 0 && !p.detail.Manager.PnP {
		how.argv, how.dir = slices.Clone(last.Argv), last.Dir
		for _, v := range last.Env {
			how.env = append(how.env, plan.Variable(v))
		}
	} else {
		how.argv = []string{p.detail.Manager.Name, "run", name}
		if p.detail.Manager.Name == "npm" && len(how.server.host) > 0 {
			how.argv = append(how.argv, "--")
		}
	}
	listens := slices.ContainsFunc(last.Argv, func(w string) bool { return strings.HasPrefix(w, "--host") || w == "-H" })
	if !listens && !last.Beside {
		how.argv = append(how.argv, how.server.host...)
	}
	for _, s := range steps {
		if other, ok := reloader(s.Argv); ok && !how.known {
			how.server, how.known = other, true
		}
	}
	return how, true
}

// inModules starts a program of node_modules, which yarn's Plug'n'Play has not.
func (p *planner) inModules(argv []string) []string {
	if p.detail.Manager.PnP {
		return append([]string{"yarn", "run"}, argv...)
	}
	return argv
}

// devProgram starts what the image starts, from its sources.
func (p *planner) devProgram() (developed, error) {
	d := p.detail
	start := developed{argv: d.Start.Argv, env: d.Start.Env, dir: detect.Relative(d.Package.Dir, d.Start.Dir), at: d.Start.At}
	if asked := p.in.Overrides.Command; len(asked) > 0 {
		start.argv = asked
	}
	switch {
	case len(start.argv) == 0:
		return developed{reason: "nothing that it is built with serves it while somebody works on it, and no script dev does"}, nil
	case p.engine.Name != p.builderEngine().Name:
		return developed{reason: p.engine.Title + " is not in the image that installs, and no script dev starts it"}, nil
	case d.Compiled && d.Package.HasScript(d.Package.BuildScript()):
		var words []string
		for _, w := range start.argv {
			quoted, err := dockerfile.Shell(w)
			if err != nil {
				return start, detect.Errorf(d.Start.At, "%w", err)
			}
			words = append(words, quoted)
		}
		start.argv = []string{"sh", "-c", d.Manager.Name + " run " + d.Package.BuildScript() + " && exec " + strings.Join(words, " ")}
		start.reason = "no script for development, so each start builds first"
		return start, nil
	case start.argv[0] == "node" || start.argv[0] == "bun":
		start.argv = slices.Insert(slices.Clone(start.argv), 1, "--watch")
		start.known = true
		start.reason = "no script for development; what the image starts, watched by " + start.argv[0]
		return start, nil
	}
	start.reason = "no script for development; what the image starts"
	return start, nil
}
