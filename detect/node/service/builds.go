package service

import (
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/catalog"
)

// The last version of pnpm that runs the scripts of all dependencies, the first line that asks
// which (https://github.com/pnpm/pnpm/releases/tag/v10.0.0), and one above all of that.
const (
	pnpmOfAll = "9.15.9"
	pnpmAsks  = 10
	pnpmLater = "10.999.0"
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
	want, _ := project.Constraint(m.Range)
	if m.Name != "pnpm" || said.All || m.Range == "" && m.Format != "9.0" || want != "" && project.Major(m.Range) < pnpmAsks && !catalog.Satisfies(pnpmLater, want) {
		return
	}
	if may := m.Range == "" || !m.Binding && catalog.Satisfies(pnpmOfAll, want); may && first >= 0 && !said.Stated && m.Format == "9.0" && !d.Lock.Ten && len(d.Workspace.Patched) == 0 {
		c := d.System.Compile[first]
		m.Range, m.At = "^9", c.At
		m.Reason = "it may have written the lockfile, and later ones compile " + c.Value + " only where the project allows it"
		return
	}
	d.System.Compile = slices.DeleteFunc(slices.Clone(d.System.Compile), func(c project.Text) bool {
		if !said.Allows(c.Value) && !said.Refuses(c.Value) && d.Lock.Requires(installed, c.Value) {
			d.Notes = append(d.Notes, fmt.Sprintf("%s: %s is compiled when it is installed, which pnpm %d does only where the project allows it: add it to pnpm.onlyBuiltDependencies in package.json, from pnpm 11 on to allowBuilds in %s", c.At, c.Value, pnpmAsks, project.PnpmWorkspaceFile))
		}
		return !said.Allows(c.Value)
	})
}
