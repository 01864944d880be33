package image

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/plan"
)

// brought are programs that distributions install under another name than their own, or
// that a start is often given, by the distributions that bring them.
//
// Sources: the entry points of each distribution, of the versions current in August 2026.
var brought = map[string][]string{
	"gunicorn": {"gunicorn"}, "uvicorn": {"uvicorn"}, "hypercorn": {"hypercorn"}, "granian": {"granian"}, "daphne": {"daphne"},
	"waitress-serve": {"waitress"}, "celery": {"celery"}, "flask": {"flask"}, "fastapi": {"fastapi-cli"}, "streamlit": {"streamlit"},
	"django-admin": {"django"}, "alembic": {"alembic"}, "dramatiq": {"dramatiq"}, "rq": {"rq"}, "arq": {"arq"}, "taskiq": {"taskiq"},
	"uwsgi": {"uwsgi", "pyuwsgi"}, "sanic": {"sanic"}, "chainlit": {"chainlit"}, "litestar": {"litestar"}, "scrapy": {"scrapy"},
	"mkdocs": {"mkdocs"}, "panel": {"panel"}, "bokeh": {"bokeh"}, "locust": {"locust"}, "huey_consumer.py": {"huey"}, "jupyter": {"jupyter-core"},
}

// takes states what the start takes for granted: the environment, the program's own file,
// and the command.
func (p *planner) takes(argv []string) {
	for _, stage := range []string{"deps", "builder"} {
		p.plan.Make(stage, environment+"/bin/python")
	}
	d := p.detail
	p.plan.Need(plan.Need{Kind: plan.NeedFile, What: environment + "/bin/python", By: "the program runs in", At: d.Program.At, Exact: true})
	if file := d.Program.At.File; path.Ext(file) == ".py" && d.Program.Kind != program.Command && p.remains() && !p.moved(file) {
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: p.inImage(file), By: "the start runs", At: d.Program.At, Exact: true})
	}
	p.opens()
	p.wants()
	if p.execs == "" {
		p.commands(argv[0])
		return
	}
	p.commands(p.execs)
	for _, step := range p.steps {
		if words := strings.Fields(step.Text); len(words) > 0 {
			p.commands(words[0])
		}
	}
}

// moved says whether a file of the project is in the image where the project is
// installed, and nowhere else.
func (p *planner) moved(file string) bool {
	d := p.detail
	return p.withoutSources() && detect.Inside(detect.From(d.Project.Dir, file), d.SourceRoot)
}

// withoutSources says whether the folder of sources stays behind, because what is in it
// is installed and started from there.
func (p *planner) withoutSources() bool {
	d := p.detail
	return d.Installed && d.Lies.Why == "" && d.SourceRoot != "" && d.Program.Kind != program.Script
}

// opens states the files that the program opens by paths that are written down.
func (p *planner) opens() {
	for _, r := range p.detail.Reads {
		name := path.Join(p.home(), r.Path)
		if r.Beside {
			name = p.inImage(r.Place)
		}
		if _, made := r.Made(p.detail.Project.Dir); made || plan.IsBrought(p.in.Brought, r.Place) || r.Beside && (!p.remains() || p.moved(r.Place)) || !detect.Inside(name, appDir) {
			continue
		}
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: name, By: "the program opens", At: r.At, Exact: r.Loading, Settles: plan.BringFile(r.Found, name, p.plan.Context)})
	}
}

// wants tells of the variables that have to be set where the container runs.
func (p *planner) wants() {
	d := p.detail
	var names []string
	note := func(name string, where detect.Evidence) {
		if name == "VIRTUAL_ENV" || name == "PATH" || name == "HOME" || slices.Contains(names, name) {
			return
		}
		names = append(names, name)
		p.plan.Need(plan.Unset(name, "the program reads", where))
	}
	if d.Django != nil {
		for _, n := range d.Django.Needs {
			if !n.Maybe {
				note(n.Name, n.At)
			}
		}
	}
	for _, v := range d.Variables {
		note(v.Name, v.At)
	}
}

// commands says of the first word of a start which distribution brings it, if one does.
func (p *planner) commands(name string) {
	names, known := brought[name]
	_, has := p.detail.Project.Has(names...)
	asked := len(p.in.Overrides.Command) > 0
	switch {
	case strings.Contains(name, "/"):
	case has || known && !asked || p.detail.Program.Kind == program.Command && !asked:
		p.plan.Make("deps", path.Join(environment, "bin", name))
		p.plan.Make("builder", path.Join(environment, "bin", name))
	case known:
		extras := slices.ContainsFunc(p.detail.Project.Direct, func(r project.Requirement) bool { return len(r.Extras) > 0 })
		p.plan.Need(plan.Need{
			Kind: plan.NeedProgram, What: name, By: "--command starts", At: p.detail.Program.At, Exact: !extras,
			Lacking: "which no dependency brings", Settles: "add " + names[0] + " to the dependencies, or give another start with --command",
		})
	}
}
