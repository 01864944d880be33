package golang

import (
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

// pinned is Go as tools that switch between its versions know it.
var pinned = manifest.Tool{
	Names: []string{"go", "golang"},
	Files: []manifest.PinFile{{Name: ".go-version", Read: manifest.FirstLine}}, // goenv
}

// pins reads the version files that count for a module.
func (r *repository) pins(m Module) ([]Directive, error) {
	pins, err := manifest.Pins(r.tree, m.Dir, pinned)
	if err != nil {
		return nil, err
	}
	var found []Directive
	for _, p := range pins {
		version := strings.TrimPrefix(p.Version, "go")
		switch {
		case version == "latest" || version == "system":
		case !goVersion.MatchString(version):
			return nil, detect.Errorf(p.At, "%q is not a version of Go", version)
		default:
			found = append(found, Directive{version, p.At})
		}
	}
	return found, nil
}
