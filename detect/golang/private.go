package golang

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// privatePattern is what GOPRIVATE takes: globs of module path prefixes
// (https://go.dev/ref/mod#private-modules).
var privatePattern = pattern.New(`^[A-Za-z0-9.*?~_/-]+$`)

// private reads GOPRIVATE from a go.env in the folder of the module or above it.
func (r *repository) private(m Module) ([]Directive, error) {
	for dir := m.Dir; ; dir = path.Dir(dir) {
		file := path.Join(dir, "go.env")
		if r.tree.Has(file) {
			data, err := r.tree.ReadFile(file)
			if err != nil {
				return nil, err
			}
			return readPrivate(file, string(data))
		}
		if dir == "." {
			return nil, nil
		}
	}
}

func readPrivate(file, text string) ([]Directive, error) {
	var found []Directive
	n := 0
	for line := range strings.Lines(text) {
		n++
		hosts, ok := strings.CutPrefix(strings.TrimSpace(line), "GOPRIVATE=")
		if !ok || hosts == "" {
			continue
		}
		at := detect.Evidence{File: file, Line: n}
		for host := range strings.SplitSeq(strings.Trim(hosts, `"'`), ",") {
			if !privatePattern.MatchString(host) {
				return nil, detect.Errorf(at, "%q is no pattern of module paths", host)
			}
			found = append(found, Directive{host, at})
		}
	}
	return found, nil
}
