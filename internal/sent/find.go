package sent

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/dockerfile"
)

// unfinished end the names of files that something makes Dockerfiles of.
var unfinished = []string{".tmpl", ".tpl", ".template", ".j2", ".jinja", ".jinja2", ".erb", ".in", ".m4", ".ejs", ".hbs", ".mustache"}

// Find lists the Dockerfiles at and below a folder, but for those of examples, tests and
// the like, which aside names with the reason. What is told of contexts comes first, then
// what the project says of its images; else the context is the nearest folder, from that
// of the Dockerfile up, that has all that the Dockerfile copies.
func (f *Files) Find(t *detect.Tree, below string, told []Source) (found []Source, aside []string) {
	for _, file := range t.Files(detect.IsDockerfile) {
		dir := path.Dir(file)
		if !detect.Inside(dir, below) || slices.Contains(unfinished, strings.ToLower(path.Ext(file))) {
			continue
		}
		if what, ok := t.Aside(detect.From(below, dir)); ok {
			aside = append(aside, file+" ("+what+")")
			continue
		}
		found = append(found, f.placed(t, file, told))
	}
	return found, aside
}

// placed finds the context of a Dockerfile.
func (f *Files) placed(t *detect.Tree, file string, told []Source) Source {
	if i := slices.IndexFunc(told, func(s Source) bool { return s.File == file }); i >= 0 {
		return told[i]
	}
	dir := path.Dir(file)
	for _, img := range t.Images() {
		named := img.Dockerfile == file || img.Dockerfile == "" && img.Context == dir && path.Base(file) == "Dockerfile"
		if named && img.At.File != file && img.Context != "" && f.isFolder(img.Context) {
			return Source{File: file, Context: img.Context, Says: img.At.String()}
		}
	}
	sources := f.copied(file)
	for above := dir; ; above = path.Dir(above) {
		missing := func(name string) bool { _, ok := f.find(path.Join(above, name)); return !ok }
		switch {
		case !slices.ContainsFunc(sources, missing) && above == dir:
			return Source{File: file, Context: dir, Says: "the folder of the Dockerfile"}
		case !slices.ContainsFunc(sources, missing):
			return Source{File: file, Context: above, Says: "the nearest folder with all that it copies"}
		case above == ".":
			return Source{File: file, Context: dir, Says: "the folder of the Dockerfile"}
		}
	}
}

func (f *Files) isFolder(name string) bool {
	e, ok := f.find(name)
	return ok && e.dir
}

// copied are the files and folders that a Dockerfile names of its context. Of one that
// cannot be read there are none: whoever looks at it says so.
func (f *Files) copied(file string) (names []string) {
	text, err := budget.ReadFile(f.root, file)
	if err != nil {
		return nil
	}
	stages, err := dockerfile.Read(text)
	if err != nil {
		return nil
	}
	for _, r := range image(stages, context{f, ".", &dockerfile.Ignore{}}).Reads() {
		for _, source := range r.Sources {
			if name := plain(source); name != "" {
				names = append(names, name)
			}
		}
	}
	return names
}
