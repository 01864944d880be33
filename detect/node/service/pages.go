package service

import (
	"path"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
)

// Build implements [detect.Site].
func (d Detail) Build() (detect.Build, bool) {
	f := d.Framework
	if f.Kind != framework.Static || f.Problem != nil {
		return detect.Build{}, false
	}
	return detect.Build{Dir: path.Join(d.Package.Dir, f.Site.Root), At: f.Evidence}, true
}
