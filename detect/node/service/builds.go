package service

import (
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/detect/node/lock"
	"github.com/dockgen/dockgen/detect/node/project"
)

// builds holds the dependencies that compile when they are installed against whether their
// scripts run. Where pnpm would ask and the project says nothing, it is built with pnpm 9, if
// that may have written the lockfile.
func (r *detector) builds(d *Detail) {
	m, said := &d.Manager, d.Workspace.Builds
	said.All = said.All || d.Registry.Builds
	installed := r.installed(*d)
	first := slices.IndexFunc(d.System.Compile, func(c project.Text) bool { return d.Lock.Requires(installed, c.Value) })
	if silent := d.Registry.Silent; silent.Value != "" && first >= 0 && !said.All {
		d.Notes = append(d.Notes, fmt.Sprintf("%s: %s keeps %s from being compiled when it is installed: take that out for images", silent.At, silent.Value, d.System.Compile[first].Value))
		return
	}
	asks, before := lock.Asks(*m)
	if !asks || said.All {
		return
	}
	if before != "" && first >= 0 && !said.Stated && !d.Lock.Ten && len(d.Workspace.Patched) == 0 {
		c := d.System.Compile[first]
		m.Range, m.At = before, c.At
		m.Reason = "it may have written the lockfile, and later ones compile " + c.Value + " only where the project allows it"
		return
	}
	d.System.Compile = slices.DeleteFunc(slices.Clone(d.System.Compile), func(c project.Text) bool {
		if !said.Allows(c.Value) && !said.Refuses(c.Value) && d.Lock.Requires(installed, c.Value) {
			d.Notes = append(d.Notes, fmt.Sprintf("%s: %s is compiled when it is installed, which pnpm 10 does only where the project allows it: add it to pnpm.onlyBuiltDependencies in package.json, from pnpm 11 on to allowBuilds in %s", c.At, c.Value, project.PnpmWorkspaceFile))
		}
		return !said.Allows(c.Value)
	})
}
