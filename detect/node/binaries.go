package node

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/service"
	"github.com/dockgen/dockgen/detect/node/source"
)

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
	if pkg, file, ok := service.Binary(name); ok {
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
	if !d.IsMember() || d.Manager.Name == "pnpm" {
		return argv
	}
	below := detect.From(d.Workspace.Dir, d.Package.Dir)
	moved := slices.Clone(argv)
	for i, w := range moved {
		rest, ok := strings.CutPrefix(strings.TrimPrefix(w, "./"), "node_modules/")
		if !ok || d.Lock.Nests(below, source.PackageOf(rest)) {
			continue
		}
		moved[i] = path.Join("/app", p.root(), "node_modules", rest)
	}
	return moved
}
