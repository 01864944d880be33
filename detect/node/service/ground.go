package service

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/backing"
)

// Ground implements [detect.Grounded].
func (d Detail) Ground() detect.Ground { return d.ground }

// stands gathers what the files of a program say of servers: what it and the packages that
// run with it depend on, what its sources read from the environment, and how its database is
// brought up to date.
func (r *detector) stands(d *Detail, c source.Code) error {
	g := &d.ground
	g.Ecosystem = "npm"
	for _, p := range d.runs() {
		for _, dep := range p.Dependencies {
			if dep.Kind == project.Production || dep.Kind == project.Optional {
				g.Libraries = append(g.Libraries, detect.Library{Name: dep.Name, At: dep.At})
			}
		}
	}
	g.Settings = c.Environment()
	if err := r.prisma(d); err != nil {
		return err
	}
	servers, err := backing.Servers()
	if err != nil {
		return err
	}
	client := slices.ContainsFunc(g.Libraries, func(l detect.Library) bool {
		return slices.ContainsFunc(servers, func(s backing.Server) bool { return s.Speaks("npm", l.Name) })
	})
	if client { // what the entry of a framework's program does not lead to
		for _, p := range d.runs() {
			more, err := r.sources.Below(p.Dir, func(dir string) bool { return r.Packages[dir].File != "" && dir != p.Dir })
			if err != nil {
				return err
			}
			for _, s := range more.Environment() {
				if !slices.ContainsFunc(g.Settings, func(o detect.Setting) bool { return o.Name == s.Name }) {
					s.Needed = false // nobody knows when it is read
					g.Settings = append(g.Settings, s)
				}
			}
		}
	}
	r.migrates(d)
	return nil
}

// runs lists the packages that run with a program, the program itself where nobody said.
func (d Detail) runs() []project.Package {
	if len(d.Runs) == 0 {
		return []project.Package{d.Package}
	}
	return d.Runs
}

// prismaClients are the clients that stand for what a schema's provider needs.
var prismaClients = map[string]string{"postgresql": "pg", "postgres": "pg", "mysql": "mysql2", "mongodb": "mongodb"}

// prisma takes the server and the variable of Prisma's schemas, and of its configuration.
func (r *detector) prisma(d *Detail) error {
	for _, c := range d.Closure {
		if !c.Has("prisma") && !c.Has("@prisma/client") {
			continue
		}
		file, data := r.schema(c)
		all := prismaProvider.FindAllSubmatchIndex(data, 1)
		if file == "" || all == nil {
			continue
		}
		m := all[0]
		line := func(at int) detect.Evidence {
			return detect.Evidence{File: file, Line: 1 + strings.Count(string(data[:at]), "\n")}
		}
		library, ok := prismaClients[string(data[m[2]:m[3]])]
		if !ok {
			continue
		}
		g := &d.ground
		g.Schema = c.Dir
		g.Libraries = append([]detect.Library{{Name: library, At: line(m[2])}}, g.Libraries...)
		texts := map[string]string{file: string(data)}
		for _, name := range prismaConfigs {
			if config := path.Join(c.Dir, name); r.Tree.Has(config) {
				text, err := r.Tree.ReadFile(config)
				if err != nil {
					return err
				}
				texts[config] = string(text)
			}
		}
		for _, name := range slices.Sorted(maps.Keys(texts)) {
			for _, m := range prismaEnv.FindAllStringSubmatchIndex(texts[name], -1) {
				k := 2
				if m[k] < 0 {
					k = 4
				}
				variable := texts[name][m[k]:m[k+1]]
				if !slices.ContainsFunc(g.Settings, func(s detect.Setting) bool { return s.Name == variable }) {
					g.Settings = append(g.Settings, detect.Setting{Name: variable, Needed: true, At: detect.Evidence{File: name, Line: 1 + strings.Count(texts[name][:m[0]], "\n")}})
				}
			}
		}
	}
	return nil
}

// migrators are the programs that bring a database up to date, with how, and the file or
// folder of a package that says that it has something for them.
var migrators = []struct {
	library, needs string
	argv           []string
}{
	{"prisma", "prisma/migrations", []string{"prisma", "migrate", "deploy"}},
	{"prisma", "prisma/schema.prisma", []string{"prisma", "db", "push"}},
	{"knex", "knexfile.js", []string{"knex", "migrate:latest"}},
	{"knex", "knexfile.ts", []string{"knex", "migrate:latest"}},
	{"sequelize-cli", "migrations", []string{"sequelize-cli", "db:migrate"}},
	{"node-pg-migrate", "migrations", []string{"node-pg-migrate", "up"}},
	{"drizzle-kit", "drizzle.config.ts", []string{"drizzle-kit", "migrate"}},
	{"@mikro-orm/cli", "mikro-orm.config.ts", []string{"mikro-orm", "migration:up"}},
}

// migrationScripts are what people call the script that does it.
var migrationScripts = []string{"db:migrate:deploy", "migrate:deploy", "db:deploy", "migrate:prod", "db:migrate", "migrate", "migration:run", "migrations:run", "db:migrate:latest", "migrate:up", "migrate:latest"}

// migrates finds the command that brings the database up to date: that of the tool whose
// files the package has, else the script of a name that says so.
func (r *detector) migrates(d *Detail) {
	for _, c := range d.Closure {
		for _, m := range migrators {
			place := path.Join(c.Dir, m.needs)
			if !c.Has(m.library) || !r.Tree.Has(place) && !r.Tree.IsFolder(place) {
				continue
			}
			dep, _ := c.Dependency(m.library)
			d.ground.Migrate = append(d.ground.Migrate, detect.Migrate{Argv: append([]string{"npx", "--no-install"}, m.argv...), Dir: c.Dir, Builds: true, At: dep.At})
			return
		}
	}
	for _, name := range migrationScripts {
		if s, ok := d.Package.Script(name); ok && d.Package.Project == nil {
			d.ground.Migrate = append(d.ground.Migrate, detect.Migrate{Argv: []string{d.Manager.Name, "run", name}, Dir: d.Package.Dir, Builds: true, At: s.At})
			return
		}
	}
}
