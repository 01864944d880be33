package image

import (
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/catalog"
)

// compiler is what builds an extension in C. The headers of Python are in its image.
var compiler = []string{"gcc", "libc6-dev"}

// need is a package of Debian with what wants it.
type need struct {
	build, run []string
	why        string
	at         detect.Evidence
}

// needed lists what the distributions and calls of a program need of Debian, for a
// line of Python.
func (p *planner) needed(line int) []need {
	d := p.detail
	var all []need
	for _, s := range catalog.Needs("python") {
		pkg, ok := d.Project.Has(s.Name)
		if !ok || slices.ContainsFunc(s.Unless, p.brings) {
			continue
		}
		n := need{run: s.Run, why: s.Name, at: pkg.At}
		built := isBuilt(s, pkg, line)
		if s.Bundled && !built {
			continue
		}
		if built {
			n.build = slices.Concat(compiler, s.Build)
			n.why += ", which is built from source"
		}
		if len(n.build)+len(n.run) > 0 {
			all = append(all, n)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(d.Project.Packages)) {
		pkg := d.Project.Packages[name]
		if known := slices.ContainsFunc(catalog.Needs("python"), func(s catalog.Need) bool { return s.Name == name }); !known && !pkg.Fits(line) {
			all = append(all, need{build: []string{"build-essential"}, why: name + ", which has no wheel for this Python", at: pkg.At})
		}
		if pkg.Git != "" {
			build := []string{"git"}
			if pkg.BySSH() {
				build = append(build, "openssh-client")
			}
			all = append(all, need{build: build, why: name + ", which comes from a repository", at: pkg.At})
		}
		if name == "playwright" {
			all = append(all, need{run: catalog.Chromium(), why: "the browser of Playwright", at: pkg.At})
		}
	}
	if d.Django != nil && d.Django.GIS.File != "" {
		all = append(all, need{run: []string{"libgdal36", "libgeos-c1t64", "libproj25"}, why: "GeoDjango", at: d.Django.GIS})
	}
	for _, c := range d.Starts {
		if name, ok := catalog.Program(c.Path); ok {
			all = append(all, need{run: []string{name}, why: "the program calls " + c.Path, at: c.At})
		}
	}
	return all
}

// isBuilt says whether a distribution has to be built.
func isBuilt(s catalog.Need, p project.Package, line int) bool {
	if p.Listed {
		has, some := p.HasWheel(line)
		return !has && (some || s.Source)
	}
	return s.Source || !p.Fits(line)
}

// brings says whether a distribution, or one with an extra, is there.
func (p *planner) brings(name string) bool {
	d := p.detail
	base, extra, ok := strings.Cut(strings.TrimSuffix(name, "]"), "[")
	if ok {
		all := []project.Project{d.Project}
		all = append(all, d.Closure...)
		return slices.ContainsFunc(all, func(p project.Project) bool { return p.Extra(base, extra) })
	}
	_, has := d.Project.Has(base)
	return has
}
