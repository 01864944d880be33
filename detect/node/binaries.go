package node

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
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

// binary is a program that a package brings: the package, and the file that its
// "bin" names, so that node can run it without a shell.
func binary(name string) (pkg, file string, ok bool) {
	for _, b := range binaries {
		if b.name == name {
			return b.pkg, b.file, true
		}
	}
	return "", "", false
}

// shells are in the images themselves.
var shells = []string{"sh", "bash"}

// direct makes a command that a program of node_modules begins with one that node
// begins with, where the file is known, and else names the program itself.
func (p *planner) direct(argv []string) []string {
	name := argv[0]
	if slices.Contains([]string{"node", "bun", "deno"}, path.Base(name)) {
		return p.located(append([]string{path.Base(name)}, argv[1:]...))
	}
	if slices.Contains(shells, name) || strings.Contains(name, "/") && !strings.HasPrefix(name, "node_modules/.bin/") && !strings.HasPrefix(name, "./node_modules/.bin/") || !p.installed {
		return argv
	}
	name = path.Base(name)
	if pkg, file, ok := binary(name); ok {
		p.required = append(p.required, pkg)
		return p.located(append([]string{"node", path.Join("node_modules", pkg, file)}, argv[1:]...))
	}
	p.required = append(p.required, name)
	return p.located(append([]string{path.Join("node_modules/.bin", name)}, argv[1:]...))
}

// located gives paths into node_modules the folder that a package manager puts
// them into: of a member of a workspace that of the workspace, unless each member
// has its own.
func (p *planner) located(argv []string) []string {
	d := p.detail
	if !d.isMember() || d.Manager.Name == "pnpm" {
		return argv
	}
	below := detect.From(d.Workspace.Dir, d.Package.Dir)
	moved := slices.Clone(argv)
	for i, w := range moved {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(w, "./"), "node_modules/")
		if !ok || d.Lock.nests(below, packageOf(rest)) {
			continue
		}
		moved[i] = path.Join("/app", p.root(), "node_modules", rest)
	}
	return moved
}

// packageOf is the package that a path in node_modules belongs to.
func packageOf(name string) string {
	parts := strings.SplitN(name, "/", 3)
	if strings.HasPrefix(name, "@") && len(parts) > 1 {
		return parts[0] + "/" + parts[1]
	}
	return parts[0]
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
			found = append(found, packageOf(name))
		}
	}
	return found
}

// keepsDev says whether the start runs a package that is for development only, so
// that nothing may be taken away.
func (d Detail) keepsDev() (Dependency, bool) {
	if d.Framework.KeepDev {
		for _, name := range d.Framework.Requires {
			if dep, ok := d.dependency(name); ok && dep.Kind == development {
				return dep, true
			}
		}
		return Dependency{At: d.Framework.at()}, true
	}
	names := append(loaders(d.Start.Argv), d.Framework.Requires...)
	if len(d.Start.Argv) > 0 && !slices.Contains([]string{"node", "bun", "deno"}, d.Start.Argv[0]) {
		name := path.Base(d.Start.Argv[0])
		if pkg, _, ok := binary(name); ok {
			name = pkg
		}
		names = append(names, name)
	}
	for _, name := range names {
		if dep, ok := d.dependency(name); ok && dep.Kind == development {
			return dep, true
		}
	}
	return Dependency{}, false
}

// dependency finds a direct dependency of the package or of its workspace.
func (d Detail) dependency(name string) (Dependency, bool) {
	if dep, ok := d.Package.Dependency(name); ok {
		return dep, true
	}
	return d.Root.Dependency(name)
}
