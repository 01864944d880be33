package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/shell"
)

// Ground implements [detect.Grounded].
func (d Detail) Ground() detect.Ground { return d.ground }

// stands gathers what the files of a program say of servers: what it is installed with,
// what its modules read from the environment, and how its database is brought up to date.
func (s *Sources) stands(d *Detail, files []string) {
	g := &d.ground
	g.Ecosystem = "pypi"
	for _, r := range libraries(d) {
		g.Libraries = append(g.Libraries, detect.Library{Name: r.Name, At: r.At})
		for _, extra := range r.Extras {
			g.Libraries = append(g.Libraries, detect.Library{Name: r.Name + "[" + extra + "]", At: r.At})
		}
	}
	if d.Django != nil {
		files = slices.Concat(d.Django.files, files)
	}
	for i, file := range files {
		if slices.Index(files, file) == i {
			s.environment(g, file)
		}
	}
	if d.Django != nil {
		g.User, g.Database = d.Django.user, d.Django.database
	}
	s.migrates(d)
}

// libraries lists what a project and what is built with it are installed with.
func libraries(d *Detail) (all []project.Requirement) {
	all = append(all, d.Project.Direct...)
	for _, c := range d.Closure {
		all = append(all, c.Direct...)
	}
	return all
}

// environment notes the variables that a module reads: by calls, and as fields of pydantic's
// settings.
func (s *Sources) environment(g *detect.Ground, file string) {
	m := s.Module(file)
	if m == nil {
		return
	}
	note := func(c detect.Setting) {
		i := slices.IndexFunc(g.Settings, func(o detect.Setting) bool { return o.Name == c.Name })
		switch {
		case i < 0:
			g.Settings = append(g.Settings, c)
		case g.Settings[i].Default == "":
			g.Settings[i].Default = c.Default
			g.Settings[i].Needed = g.Settings[i].Needed && c.Needed
		}
	}
	for _, call := range m.Calls {
		name, fallback, ok := call.Environment()
		if !ok { // by a function of the project's own
			name, fallback, ok = ownEnvironment(call)
		}
		if !ok || !source.IsVariable(name) || call.Text == "os.environ.setdefault" || call.Text == "config" && !strings.Contains(m.ImportText(), "decouple") {
			continue
		}
		c := detect.Setting{Name: name, Needed: wants(m, call), At: detect.Evidence{File: file, Line: call.Line}}
		if fallback.Form == source.Text || fallback.Form == source.Number {
			c.Default = fallback.Text
		}
		switch call.Text { // https://django-environ.readthedocs.io/en/latest/types.html
		case "env.db", "env.db_url":
			c.Kind = "database"
		case "env.email", "env.email_url":
			c.Kind = "smtp"
		}
		note(c)
	}
	for _, call := range m.Calls { // https://github.com/jazzband/dj-database-url
		if call.Text == "dj_database_url.config" || call.Text == "dj_database_url.parse" && len(call.Args) == 0 {
			c := detect.Setting{Name: "DATABASE_URL", Kind: "database", At: detect.Evidence{File: file, Line: call.Line}}
			if env, ok := call.Argument(0, "env"); ok && env.Form == source.Text {
				c.Name = env.Text
			}
			if v, ok := call.Keyword("default"); ok && v.Form == source.Text {
				c.Default = v.Text
			}
			note(c)
		}
	}
	s.fields(m, file, note)
}

// capitals is what variables of the environment are called by those who mean some.
var capitals = pattern.New(`^[A-Z][A-Z0-9]*_[A-Z0-9_]+$`)

// ownEnvironment is the variable that a function reads whose name speaks of the environment.
func ownEnvironment(call source.Expression) (name string, fallback source.Expression, ok bool) {
	_, last, _ := cutLast(call.Text)
	if last == "" {
		last = call.Text
	}
	first, has := call.Positional(0)
	if !has || first.Form != source.Text || !capitals.MatchString(first.Text) || !strings.Contains(strings.ToLower(last), "env") {
		return "", fallback, false
	}
	fallback, _ = call.Argument(1, "default")
	return first.Text, fallback, true
}

// fields notes those of pydantic's settings, with and without a value.
func (s *Sources) fields(m *source.Module, file string, note func(detect.Setting)) {
	for _, d := range m.Defs {
		if !d.Class || !slices.ContainsFunc(d.Bases, func(b string) bool { return b == "BaseSettings" || strings.HasSuffix(b, ".BaseSettings") }) {
			continue
		}
		prefix := prefixOf(m)
		for _, f := range d.Fields {
			if f.Name != "model_config" {
				note(detect.Setting{Name: strings.ToUpper(prefix + f.Name), Needed: true, At: detect.Evidence{File: file, Line: f.Line}})
			}
		}
		for _, o := range m.Locals {
			if m.Class(o.Line) != d.Name || o.Name == "model_config" || o.Name == "env_prefix" {
				continue
			}
			c := detect.Setting{Name: strings.ToUpper(prefix + o.Name), At: detect.Evidence{File: file, Line: o.Line}}
			value := o.Value
			if v, ok := value.Argument(0, "default"); value.Form == source.Call && ok {
				value = v
			}
			if value.Form == source.Text || value.Form == source.Number {
				c.Default = value.Text
			}
			note(c)
		}
	}
}

// migrates finds the command that brings the database up to date: the one that the project
// gives for a release, else that of the tool whose files it has.
func (s *Sources) migrates(d *Detail) {
	add := func(at detect.Evidence, argv ...string) {
		d.ground.Migrate = append(d.ground.Migrate, detect.Migrate{Argv: argv, At: at})
	}
	for _, p := range d.Release {
		moves := strings.Contains(p.Command, "migrate") || strings.Contains(p.Command, "upgrade")
		if argv, err := shell.Words(p.Command); err == nil && moves && !strings.ContainsAny(p.Command, "&|;$") {
			add(p.At, argv...)
			return
		}
	}
	for _, before := range d.Program.Before {
		if strings.Contains(before.Text, "migrate") || strings.Contains(before.Text, "upgrade") {
			return // its own start does
		}
	}
	has := func(name string) bool {
		return slices.ContainsFunc(libraries(d), func(r project.Requirement) bool { return r.Name == name })
	}
	if d.Django != nil {
		manage := detect.Relative(d.Cwd(), d.Django.Manage)
		add(detect.Evidence{File: d.Django.Manage}, "python", manage, "migrate", "--noinput")
		return
	}
	ini := path.Join(d.Cwd(), "alembic.ini")
	if has("alembic") && s.tree.Has(ini) {
		add(detect.Evidence{File: ini}, "alembic", "upgrade", "head")
		return
	}
	env := path.Join(d.Cwd(), "migrations", "env.py")
	if has("flask-migrate") && s.tree.Has(env) {
		add(detect.Evidence{File: env}, "flask", "--app", d.Program.Module, "db", "upgrade")
	}
}
