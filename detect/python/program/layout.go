package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
)

// metadata are calls that read what an installation says of a distribution.
var metadata = []string{
	"importlib.metadata.version", "importlib.metadata.metadata", "importlib.metadata.distribution", "importlib.metadata.entry_points", "importlib.metadata.requires",
	"importlib_metadata.version", "importlib_metadata.metadata", "importlib_metadata.distribution", "importlib_metadata.entry_points",
	"pkg_resources.get_distribution", "pkg_resources.require", "pkg_resources.iter_entry_points",
}

// layout settles whether the project has to be installed for its program to run: a
// command of its own, packages in src, its version asked for, or a tool that does
// it anyway.
func (s *Sources) layout(d *Detail) {
	p := d.Project
	if slices.ContainsFunc(s.All(), func(f string) bool {
		return strings.HasPrefix(detect.From(p.Dir, f), "src/") && strings.HasSuffix(f, "/__init__.py")
	}) && !s.Has(p.File("src/__init__.py")) {
		d.SourceRoot = "src"
	}
	if d.Program.Kind != Command && d.Program.Root == p.Dir && strings.HasPrefix(detect.From(p.Dir, d.Program.File), "src/") {
		d.SourceRoot = "" // it is run from where it lies
	}
	if !p.Package {
		return
	}
	switch {
	case p.Dynamic: // which is when its dependencies are known
		d.Installed, d.InstalledAt = true, p.ToolAt
	case p.Tool == project.UV:
		d.Installed, d.InstalledAt = true, p.BuiltAt()
	case d.Program.Kind == Command, slices.ContainsFunc(p.Local, func(l project.Local) bool { return l.Path == p.Dir }):
		d.Installed, d.InstalledAt = true, d.Program.At
	case d.SourceRoot != "" && strings.HasPrefix(detect.From(p.Dir, d.Program.File), "src/"):
		d.Installed, d.InstalledAt = true, d.Program.At
	default:
		for _, file := range s.running(d.Program) {
			for _, call := range s.Module(file).Calls {
				if slices.Contains(metadata, call.Text) {
					d.Installed, d.InstalledAt = true, detect.Evidence{File: file, Line: call.Line}
				}
			}
		}
	}
}

// lies settles whether an installed project has to run from its sources all the same.
func (s *Sources) lies(d *Detail) {
	p := d.Project
	if !d.Installed || len(d.Closure) > 0 {
		return
	}
	src := p.File(d.SourceRoot)
	for _, w := range d.Writes {
		if w.Beside {
			d.Lies = Lies{"it writes " + w.Path + " beside its code", w.At}
			return
		}
	}
	for _, r := range d.Reads {
		pkg, _, below := strings.Cut(detect.From(src, r.Place), "/")
		packaged := below && detect.Inside(r.Place, src) && s.Holds(src, pkg)
		if r.Beside && r.There && !packaged {
			d.Lies = Lies{"it reads " + r.Path + " beside its code, which no installation takes along", r.At}
			return
		}
	}
	if file := s.leftBehind(d, src); file != "" {
		d.Lies = Lies{"its packages hold files such as " + detect.From(p.Dir, file) + ", which setuptools installs only where it is told to", p.At}
	}
}

// leftBehind is a file beside the code of the program that the installation leaves
// behind, or none.
func (s *Sources) leftBehind(d *Detail, src string) string {
	if d.Project.TakesData(s.tree) {
		return ""
	}
	var packages []string
	for _, file := range d.Sources {
		pkg, _, below := strings.Cut(detect.From(src, file), "/")
		if dir := path.Join(src, pkg); below && detect.Inside(file, src) && !slices.Contains(packages, dir) {
			packages = append(packages, dir)
		}
	}
	for _, pkg := range packages {
		for _, dir := range s.tree.Below(pkg, func(string) bool { return false }) {
			folder, _ := s.tree.Folder(dir)
			for _, name := range folder.Files {
				if slices.Contains(dataEndings, path.Ext(name)) {
					return path.Join(dir, name)
				}
			}
		}
	}
	return ""
}

// dataEndings are those of files in packages that programs read.
var dataEndings = []string{".html", ".htm", ".jinja", ".jinja2", ".j2", ".tmpl", ".css", ".js", ".json", ".yaml", ".yml", ".toml", ".ini", ".sql", ".csv", ".txt", ".png", ".svg", ".ico", ".mo", ".xml", ".tpl", ".mako", ".db", ".pkl", ".onnx"}

// tops lists the files and folders of the project's folder that its program imports,
// for compiling them.
func (s *Sources) tops(d *Detail, files []string) {
	for _, file := range files {
		top, _, _ := strings.Cut(detect.From(d.Project.Dir, file), "/")
		if !slices.Contains(d.Tops, top) && s.Module(file).Err == nil {
			d.Tops = append(d.Tops, top)
		}
	}
	slices.Sort(d.Tops)
}
