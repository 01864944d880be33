package image

import (
	"fmt"
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/plan"
)

// reloads is what has a program load the sources again when they change, by the manual of
// each; polls the variable that has it look for edits itself, where its watcher would wait
// to be told. Without a watcher they all look by themselves.
var reloads = map[string]struct {
	words   []string
	watcher string // the distribution that waits to be told, or none
	polls   plan.Variable
}{
	"chainlit":            {[]string{"--watch"}, "watchfiles", watchfiles},
	"fastapi":             {[]string{"--reload"}, "watchfiles", watchfiles},
	"flask":               {[]string{"--debug"}, "", plan.Variable{}},
	"functions-framework": {[]string{"--debug"}, "", plan.Variable{}},
	"gunicorn":            {[]string{"--reload"}, "", plan.Variable{}},
	"hypercorn":           {[]string{"--reload"}, "", plan.Variable{}},
	"panel":               {[]string{"--dev"}, "watchfiles", watchfiles},
	"sanic":               {[]string{"--auto-reload"}, "", plan.Variable{}},
	"streamlit":           {[]string{"--server.runOnSave=true"}, "watchdog", plan.Variable{Name: "STREAMLIT_SERVER_FILE_WATCHER_TYPE", Value: "poll"}},
	"uvicorn":             {[]string{"--reload"}, "watchfiles", watchfiles},
}

// watchfiles looks for edits itself where it is told to
// (https://watchfiles.helpmanual.io/api/watch/#watchfiles.watch).
var watchfiles = plan.Variable{Name: "WATCHFILES_FORCE_POLLING", Value: "true"}

// dev settles the stage for development.
func (p *planner) dev() error {
	if !p.in.Overrides.Dev {
		return nil
	}
	d := plan.Development{
		From: "deps", Libc: p.builder.Libc, User: p.builder.User, UserLast: p.builder.User, Root: appDir + "/",
		Ports: p.plan.Ports, Env: slices.Clone(p.view.RuntimeEnv), Manifests: p.view.Manifests, Prepare: p.editable(),
	}
	if err := p.develops(&d); err != nil {
		return err
	}
	reason := p.reloading(&d)
	if d.WorkdirEnd = p.home(); d.WorkdirEnd == appDir {
		d.WorkdirEnd = ""
	}
	p.plan.Develop(d, reason, p.detail.Program.At)
	return nil
}

// develops adds what the stage stands on and copies.
func (p *planner) develops(d *plan.Development) (err error) {
	var build, run []string
	for _, n := range p.needs {
		build, run = append(build, n.build...), append(run, n.run...)
	}
	if p.runsInBuild() {
		build = append(build, run...)
	}
	run = slices.DeleteFunc(run, func(name string) bool { return slices.Contains(build, name) })
	if d.Ground, err = p.in.Running(p.builder, sorted(run)); err != nil {
		return err
	}
	dirs := []string{appDir, p.inImage(p.detail.Project.Dir), p.home()}
	for _, w := range p.detail.Writes {
		if dir, ok := p.writes(w); ok && !plan.Shared(dir) && plainName.MatchString(dir) {
			dirs = append(dirs, dir)
		}
	}
	d.Own(dirs...)
	d.Sources = []plan.Source{{Path: "."}}
	if len(p.view.Sources) > 0 {
		d.Sources = nil
		for _, dir := range p.view.Sources {
			d.Sources = append(d.Sources, plan.Source{Path: dir})
		}
	}
	for _, b := range p.in.Brought {
		d.Brought = append(d.Brought, plan.Copy{Stage: b.Stage, From: b.Path, To: path.Join(appDir, detect.Relative(p.detail.Root, b.To))})
	}
	if _, ok := p.detail.Project.Has("playwright"); ok {
		d.Brought = append(d.Brought, plan.Copy{Stage: "builder", From: browsersDir, To: browsersDir})
	}
	return nil
}

// editable installs the projects of the repository so that an edit of their sources counts.
func (p *planner) editable() []plan.Run {
	built := p.built()
	if len(built) == 0 {
		return nil
	}
	words, cache := append(slices.Clone(into), "--no-deps"), pipCache
	if p.usesUV() {
		words, cache = []string{"uv", "pip", "install"}, uvCache
		if !p.detail.Project.Dynamic {
			words = append(words, "--no-deps")
		}
	}
	var env []plan.Variable
	for _, b := range built {
		words = append(words, "--editable", p.inImage(b.Dir))
		if name := b.VersionVariable(); name != "" {
			env = append(env, plan.Variable{Name: name, Value: "0.0.0"})
		}
	}
	command := p.sh(words...)
	if p.detail.Project.Tool == project.UV {
		command = p.sync("--no-dev")
	}
	one := plan.Run{Mounts: []string{"--mount=type=cache,target=" + cache}, Commands: []string{withEnv(env, command)}}
	for _, s := range p.secrets {
		mount := "--mount=type=secret,id=" + s.ID
		if s.Target != "" {
			mount += ",target=" + s.Target
		}
		if s.Env != "" {
			mount += ",env=" + s.Env
		}
		one.Mounts = append(one.Mounts, mount)
	}
	return []plan.Run{one}
}

// reloading settles what starts, and says why it is that.
func (p *planner) reloading(d *plan.Development) (reason string) {
	f, known := p.detail.Program.Known()
	port := fmt.Sprint(p.port())
	asked := len(p.in.Overrides.Command) > 0 || p.detail.Program.Kind == program.Declared
	switch django := p.detail.Django; {
	case asked:
	case known && f.Name == "Django" && django != nil:
		d.Command, d.Reloads = []string{"python", detect.Relative(p.detail.Cwd(), django.Manage), "runserver", "0.0.0.0:" + port}, true
		if django.Other {
			d.Env = append(d.Env, plan.Variable{Name: "DJANGO_SETTINGS_MODULE", Value: django.Settings})
		}
		return "Django's own server for development"
	case known && f.Name == "Flask" && p.detail.Program.Kind == program.Application:
		d.Command, d.Reloads = []string{"flask", "--app", p.detail.Program.Target(), "run", "--debug", "--host", "0.0.0.0", "--port", port}, true
		return "Flask's own server for development"
	}
	d.Command = slices.Clone(p.starts)
	one, ok := reloads[d.Command[0]]
	if !ok {
		return "what the image starts"
	}
	d.Command, d.Reloads = slices.DeleteFunc(d.Command, func(w string) bool { return w == "--single-process" }), true
	if !slices.Contains(d.Command, one.words[0]) {
		d.Command = append(d.Command, one.words...)
	}
	if _, has := p.detail.Project.Has(one.watcher); has {
		d.Polls = one.polls
	}
	return "what the image starts, with its own reloader"
}
