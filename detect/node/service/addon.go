package service

import (
	"path"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
)

// GypFile says how an addon is compiled: https://gyp.gsrc.io.
const GypFile = "binding.gyp"

// ownAddon notes that the package itself is compiled: npm does so where it finds
// the file and no script for the installation says otherwise.
func (r *detector) ownAddon(d *Detail) {
	file := path.Join(d.Package.Dir, GypFile)
	if d.Engine != "node" || !r.Tree.Has(file) {
		return
	}
	at := detect.Evidence{File: file}
	d.System.Compile = append([]project.Text{{Value: GypFile, At: at}}, d.System.Compile...)
	d.System.Binary = append([]project.Text{{Value: GypFile, At: at}}, d.System.Binary...)
	if !d.Package.HasScript("preinstall", "install") {
		d.Addon = at
	}
}
