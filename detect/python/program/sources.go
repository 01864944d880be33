package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Sources are the Python files of one project, without those of projects in it.
type Sources struct {
	*source.Files
	tree      *detect.Tree
	project   *project.Project
	among     []string   // the files in which programs are looked for
	described []string   // the files of the program that is being described
	told      *[]Program // how the project's own files start programs, once it is known
	abroad    []Asset    // paths of its author's machine that the program being described writes
	tested    *Tests     // what the project's tests are run with, once it is known
}

// SourcesOf are the files of a project, of which none is open yet. Close them after use.
func SourcesOf(t *detect.Tree, p *project.Project, isProject func(dir string) bool) *Sources {
	return &Sources{Files: source.Find(t, p.Dir, isProject), tree: t, project: p}
}

// importRoot is the folder from which the imports of a file find the project's own
// modules: the outermost that has all that any of its folders has, and how many it has.
// A file that is called as a distribution is not what its import means.
func (s *Sources) importRoot(file string) (root string, modules int) {
	roots := s.Ancestors(file)
	var names []string
	for _, f := range s.Closure(file) {
		for _, i := range s.Module(f).Imports {
			name, _, _ := strings.Cut(i.Module, ".")
			_, listed := s.project.Has(project.Normalise(name))
			if name != "" && !listed && !source.IsStandard(name) && !slices.Contains(names, name) && slices.ContainsFunc(roots, func(r string) bool { return s.Holds(r, name) }) {
				names = append(names, name)
			}
		}
	}
	best, most, data := roots[0], -1, 0
	for _, root := range roots {
		n := 0
		for _, name := range names {
			if s.Holds(root, name) {
				n++
			}
		}
		if n >= most {
			files := s.dataIn(file, root)
			if n > most || files > data {
				best, most, data = root, n, files
			}
		}
	}
	for _, root := range slices.Backward(roots) {
		if s.Has(path.Join(root, "manage.py")) {
			return root, most
		}
	}
	if most == 0 && s.inSource(file) {
		best = s.project.File("src")
	}
	return best, most
}

// inSource says whether a file lies in a package of src, which is none itself: imports
// begin there, even where the file has none.
func (s *Sources) inSource(file string) bool {
	src := s.project.File("src")
	first, _, below := strings.Cut(detect.From(src, file), "/")
	return below && strings.HasPrefix(file, src+"/") && s.Has(path.Join(src, first, "__init__.py")) && !s.Has(path.Join(src, "__init__.py"))
}

// dataIn counts the files and folders that a file names and that are in a folder: what
// a program reads is beside where it is started.
func (s *Sources) dataIn(file, root string) int {
	n := 0
	for _, call := range s.Module(file).Calls {
		for _, a := range call.Args {
			name := a.Value.Text
			if a.Value.Form != source.Text || name == "" || len(name) > 200 || strings.HasPrefix(name, "/") || strings.Contains(name, ":") {
				continue
			}
			if place := path.Join(root, name); place != root && (s.tree.Has(place) || s.tree.IsFolder(place)) {
				n++
			}
		}
	}
	return n
}
