package service

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/source"
)

// binaries are programs that start services. Sources: the "bin" of each package.
var binaries = []struct{ name, pkg, file string }{
	{"next", "next", "dist/bin/next"},
	{"remix-serve", "@remix-run/serve", "dist/cli.js"},
	{"fastify", "fastify-cli", "cli.js"},
	{"srvx", "srvx", "bin/srvx.mjs"},
	{"strapi", "@strapi/strapi", "bin/strapi.js"},
	{"medusa", "@medusajs/cli", "cli.js"},
	{"directus", "directus", "cli.js"},
	{"probot", "probot", "bin/probot.js"},
	{"moleculer-runner", "moleculer", "bin/moleculer-runner.js"},
	{"json-server", "json-server", "lib/bin.js"},
	{"vike-server", "vike-server", "cli.js"},
	{"nuxt", "nuxt", "bin/nuxt.mjs"},
	{"node-red", "node-red", "red.js"},
	{"keystone", "@keystone-6/core", "cli/bin.js"},
	{"slidev", "@slidev/cli", "bin/slidev.mjs"},
	{"prisma", "prisma", "build/index.js"},
	{"tsx", "tsx", "dist/cli.mjs"},
	{"ts-node", "ts-node", "dist/bin.js"},
}

// Binary is a program that a package brings: the package, and the file that its
// "bin" names, so that node can run it without a shell.
func Binary(name string) (pkg, file string, ok bool) {
	for _, b := range binaries {
		if b.name == name {
			return b.pkg, b.file, true
		}
	}
	return "", "", false
}

// loaders lists the packages that a command gives to node by an option.
func loaders(argv []string) []string {
	var found []string
	for i, word := range argv {
		option, name, inline := strings.Cut(word, "=")
		if !slices.Contains([]string{"--import", "-r", "--require", "--loader", "--experimental-loader"}, option) {
			continue
		}
		if !inline && i+1 < len(argv) {
			name = argv[i+1]
		}
		if name != "" && !strings.HasPrefix(name, ".") && !strings.HasPrefix(name, "/") {
			found = append(found, source.PackageOf(name))
		}
	}
	return found
}

// starter checks that what the start runs the program with is installed.
func (d Detail) starter() error {
	for _, name := range loaders(d.Start.Argv) {
		if _, ok := d.dependency(name); ok || name == "" || !d.Lock.Lacks(name) || slices.ContainsFunc(d.Members, func(p project.Package) bool { return p.Name.Value == name }) {
			continue
		}
		return detect.Errorf(d.Start.At, "the start needs %s, which no package.json asks for and %s does not hold: add it to dependencies, or say what starts the program with --command", name, path.Base(d.Lock.File))
	}
	return nil
}

// Kept is why a program keeps what is for development only.
type Kept struct {
	Name string // of a package that it needs, empty where its framework does
	By   string // what needs it
	At   detect.Evidence
}

// KeepsDev says whether the start runs, or the program imports, a package that is for
// development only, so that nothing may be taken away.
func (d Detail) KeepsDev() (Kept, bool) {
	const start = "the start needs"
	if d.Framework.KeepDev {
		for _, name := range d.Framework.Requires {
			if dep, ok := d.dependency(name); ok && dep.Kind == project.Development {
				return Kept{dep.Name, start, dep.At}, true
			}
		}
		return Kept{By: start, At: d.Framework.At()}, true
	}
	names := append(loaders(d.Start.Argv), d.Framework.Requires...)
	if len(d.Start.Argv) > 0 && !slices.Contains([]string{"node", "bun", "deno"}, d.Start.Argv[0]) {
		name := path.Base(d.Start.Argv[0])
		if pkg, _, ok := Binary(name); ok {
			name = pkg
		}
		names = append(names, name)
	}
	for _, name := range names {
		if dep, ok := d.dependency(name); ok && dep.Kind == project.Development {
			return Kept{dep.Name, start, dep.At}, true
		}
	}
	if len(d.uses) > 0 {
		return Kept{d.uses[0].Value, "the program imports", d.uses[0].At}, true
	}
	return Kept{}, false
}

// compilers are programs of builds that keep the imports of what they compile, with the option
// without which they join files, or none.
var compilers = map[string]string{"tsc": "", "tspc": "", "ttsc": "", "swc": "", "babel": "", "nest": "", "esbuild": "packages=external", "bun": "packages=external"}

// keepsImports says whether the file that starts imports what its source does: it is that, or a
// build compiles it file by file.
func (d Detail) keepsImports(source string) bool {
	if d.Entry == source {
		return true
	}
	keeps := false
	for _, s := range d.Package.Builds() {
		if out, ok := bundled(s); ok && out != "" && (detect.Inside(d.Entry, path.Join(d.Package.Dir, s.Dir, out))) && s.Program() != "esbuild" {
			return false
		}
		option, ok := compilers[s.Program()]
		words := strings.Join(s.Argv, " ")
		keeps = keeps || ok && (option == "" || strings.Contains(strings.ReplaceAll(words, " external", "=external"), option) || s.Program() == "esbuild" && !strings.Contains(words, "--bundle"))
	}
	return keeps
}

// imports finds what the program imports and its manifest wants for development only, unless
// an install for production has it all the same.
func (r *detector) imports(d *Detail, c source.Code, entry string) {
	if d.Package.Project != nil || !d.keepsImports(entry) {
		return
	}
	isolated := d.Manager.PnP || d.Manager.Name == "pnpm" && d.Workspace.NodeLinker != "hoisted"
	for _, use := range c.Uses() {
		dep, ok := d.dependency(use.Value)
		if !ok || dep.Kind != project.Development {
			continue
		}
		if i := slices.IndexFunc(d.Closure, func(p project.Package) bool { return p.Name.Value == use.Value }); i >= 0 && !project.Among(d.Runs, d.Closure[i]) {
			d.Runs = slices.DeleteFunc(slices.Clone(d.Closure), func(p project.Package) bool {
				return !project.Among(d.Runs, p) && !project.Among(r.Closure(d.Workspace, d.Closure[i], false), p)
			})
			d.uses = append(d.uses, use)
		} else if i < 0 && d.Lock.Spares(d.Manager, isolated, use.Value, d.Runs) {
			d.uses = append(d.uses, use)
		}
	}
}

// dependency finds a direct dependency of the package or of its workspace.
func (d Detail) dependency(name string) (project.Dependency, bool) {
	if dep, ok := d.Package.Dependency(name); ok {
		return dep, true
	}
	return d.Root.Dependency(name)
}
