package service

import (
	"path"
	"slices"
	"strings"

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

// KeepsDev says whether the start runs a package that is for development only, so
// that nothing may be taken away.
func (d Detail) KeepsDev() (project.Dependency, bool) {
	if d.Framework.KeepDev {
		for _, name := range d.Framework.Requires {
			if dep, ok := d.dependency(name); ok && dep.Kind == project.Development {
				return dep, true
			}
		}
		return project.Dependency{At: d.Framework.At()}, true
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
			return dep, true
		}
	}
	return project.Dependency{}, false
}

// dependency finds a direct dependency of the package or of its workspace.
func (d Detail) dependency(name string) (project.Dependency, bool) {
	if dep, ok := d.Package.Dependency(name); ok {
		return dep, true
	}
	return d.Root.Dependency(name)
}
