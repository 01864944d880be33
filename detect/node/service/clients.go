package service

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Client is one that a generator makes of a schema.
type Client struct {
	Package project.Package
	Missing bool // no script of the project that an image runs makes it
	At      detect.Evidence
}

// Of Prisma's schemas, https://www.prisma.io/docs/orm/reference/prisma-schema-reference.
var (
	prismaOutput   = pattern.New(`(?m)^\s*output\s*=\s*"([^"]+)"`)
	prismaSchema   = pattern.New(`(?m)^\s*schema\s*:\s*['"]([^'"]+)['"]`)
	prismaProvider = pattern.New(`(?s)\bdatasource\s+\w+\s*\{[^}]*?provider\s*=\s*"(\w+)"`)
	prismaEnv      = pattern.New(`\benv(?:<[^>]*>)?\(\s*['"]([A-Z][A-Z0-9_]{0,60})['"]\s*\)|process\.env\.([A-Z][A-Z0-9_]{0,60})!`)
)

// prismaConfigs are where Prisma's configuration stands.
var prismaConfigs = []string{"prisma.config.ts", "prisma.config.mts", "prisma.config.js", "prisma.config.mjs", ".config/prisma.ts"}

// placeholders are addresses of the form that each of Prisma's providers wants; nothing is
// asked at them.
var placeholders = map[string]string{
	"postgresql": "postgresql://build:build@127.0.0.1:5432/build", "postgres": "postgresql://build:build@127.0.0.1:5432/build",
	"cockroachdb": "postgresql://build:build@127.0.0.1:26257/build", "mysql": "mysql://build:build@127.0.0.1:3306/build",
	"mongodb": "mongodb://build:build@127.0.0.1:27017/build", "sqlserver": "sqlserver://127.0.0.1:1433;database=build", "sqlite": "file:/tmp/build.db",
}

// clients finds the packages whose Prisma client has to be generated, and by whom; what
// its configuration wants of the environment for that; and where the client is put.
func (r *detector) clients(d *Detail) {
	for _, c := range d.Closure {
		if !c.Has("prisma") && !(c.Has("@prisma/client") && d.Root.Has("prisma")) {
			continue
		}
		schema, data := r.schema(c)
		if schema == "" {
			continue
		}
		d.Clients = append(d.Clients, Client{Package: c, Missing: !r.generates(*d, c), At: detect.Evidence{File: schema}})
		if m := prismaOutput.FindSubmatch(data); m != nil {
			r.generated(d, c, path.Join(path.Dir(schema), string(m[1])))
		}
		r.prismaEnv(d, c, data)
	}
}

// schema is Prisma's schema of a package: the first file of the places where it looks.
func (r *detector) schema(c project.Package) (file string, data []byte) {
	named := cmp.Or(c.PrismaSchema, r.configuredSchema(c))
	for _, pattern := range []string{named, path.Join(named, "*.prisma"), "schema.prisma", "prisma/schema.prisma", "prisma/schema/*.prisma", "prisma/*.prisma", "src/prisma/*.prisma"} {
		names := []string{pattern}
		if strings.Contains(pattern, "*") {
			names = nil
			dir := path.Join(c.Dir, path.Dir(pattern))
			listing, _ := r.Tree.Folder(dir)
			for _, name := range listing.Files {
				if path.Ext(name) == ".prisma" {
					names = append(names, path.Join(path.Dir(pattern), name))
				}
			}
		}
		for _, name := range names {
			file := path.Join(c.Dir, name)
			if !r.Tree.Has(file) {
				continue
			}
			if data, err := r.Tree.ReadFile(file); err == nil && strings.Contains(string(data), "generator ") {
				return file, data
			}
		}
	}
	return "", nil
}

// configuredSchema is where Prisma's configuration says that the schema is, or nothing.
func (r *detector) configuredSchema(c project.Package) string {
	for _, name := range prismaConfigs {
		if !r.Tree.Has(path.Join(c.Dir, name)) {
			continue
		}
		data, err := r.Tree.ReadFile(path.Join(c.Dir, name))
		if err != nil {
			continue
		}
		if m := prismaSchema.FindSubmatch(data); m != nil {
			return string(m[1])
		}
	}
	return ""
}

// generates says whether a script that an image runs makes the client.
func (r *detector) generates(d Detail, c project.Package) bool {
	for _, p := range []project.Package{c, d.Package, d.Root} {
		steps := p.Builds()
		for _, name := range lifecycle {
			if text, ok := p.Lookup(name); ok {
				more, err := script.Expand(name, text, p.Lookup)
				if err != nil {
					return true // what it runs is not known
				}
				steps = append(steps, more...)
			}
		}
		if slices.ContainsFunc(steps, func(s script.Step) bool {
			return s.Program() == "prisma" && slices.Contains(s.Argv, "generate") || s.Program() == "zenstack" && slices.Contains(s.Argv, "generate")
		}) {
			return true
		}
	}
	return false
}

// generated takes a client along that is written beside what a build compiles.
func (r *detector) generated(d *Detail, c project.Package, folder string) {
	below, ok := detect.Below(d.Package.Dir, folder)
	first, _, _ := strings.Cut(below, "/")
	switch {
	case !ok || c.Dir != d.Package.Dir || strings.Contains(below, "node_modules") || below == "." || !project.PlainPath.MatchString(below):
	case d.Framework.Kind == framework.Static || len(d.Framework.Artefacts) > 0:
	case slices.ContainsFunc(d.Content, func(o Content) bool { return o.Path == first }):
	case first == "src" && d.Compiled: // compiled with the sources
	default:
		d.Content = append(d.Content, Content{Path: below, Folder: true, Built: true})
	}
}

// prismaEnv gives the generator the variables that it stops without: what it makes of a
// schema does not depend on them.
func (r *detector) prismaEnv(d *Detail, c project.Package, schema []byte) {
	provider := ""
	if m := prismaProvider.FindSubmatch(schema); m != nil {
		provider = string(m[1])
	}
	for _, name := range prismaConfigs {
		file := path.Join(c.Dir, name)
		if !r.Tree.Has(file) {
			continue
		}
		data, err := r.Tree.ReadFile(file)
		if err != nil {
			continue
		}
		text := string(data)
		for _, m := range prismaEnv.FindAllStringSubmatchIndex(text, -1) {
			group := 2
			if m[group] < 0 {
				group = 4
			}
			variable := text[m[group]:m[group+1]]
			value, known := placeholders[provider]
			if !known || !strings.Contains(variable, "URL") && !strings.Contains(variable, "DATABASE") {
				value = "build"
			}
			at := detect.Evidence{File: file, Line: 1 + strings.Count(text[:m[0]], "\n")}
			d.buildWith(plan.Variable{Name: variable, Value: value}, fmt.Sprintf("%s: prisma generate stops without %s and asks nothing there, so the build is given a placeholder; the image is not: set it where that runs", at, variable))
		}
	}
}

// buildWith sets a variable for the build, once.
func (d *Detail) buildWith(v plan.Variable, note string) {
	if slices.ContainsFunc(d.BuildEnv, func(old plan.Variable) bool { return old.Name == v.Name }) {
		return
	}
	d.BuildEnv = append(d.BuildEnv, v)
	d.Notes = append(d.Notes, note)
}
