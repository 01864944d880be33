package python

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// sources are the Python files of one project, without those of projects in it.
type sources struct {
	*files
	tree    *detect.Tree
	project *Project
	tested  *Tests // what the project's tests are run with, once it is known
}

// readSources reads the files of a project.
func readSources(t *detect.Tree, p *Project, isProject func(dir string) bool) (*sources, error) {
	all, err := readFiles(t, p.Dir, isProject)
	if err != nil {
		return nil, err
	}
	return &sources{files: all, tree: t, project: p}, nil
}

// importRoot is the folder from which the imports of a file find the project's own
// modules: the outermost that has all that any of its folders has, and how many it has.
// A file that is called as a distribution is not what its import means.
func (s *sources) importRoot(file string) (root string, modules int) {
	roots := s.ancestors(file)
	var names []string
	for _, f := range s.closure(file) {
		for _, i := range s.module(f).imports {
			name, _, _ := strings.Cut(i.module, ".")
			_, listed := s.project.has(normalise(name))
			if name != "" && !listed && !isStandard(name) && !slices.Contains(names, name) && slices.ContainsFunc(roots, func(r string) bool { return s.holds(r, name) }) {
				names = append(names, name)
			}
		}
	}
	best, most, data := roots[0], -1, 0
	for _, root := range roots {
		n := 0
		for _, name := range names {
			if s.holds(root, name) {
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
		if s.module(path.Join(root, "manage.py")) != nil {
			return root, most
		}
	}
	if most == 0 && s.inSource(file) {
		best = s.project.file("src")
	}
	return best, most
}

// inSource says whether a file lies in a package of src, which is none itself: imports
// begin there, even where the file has none.
func (s *sources) inSource(file string) bool {
	src := s.project.file("src")
	first, _, below := strings.Cut(detect.From(src, file), "/")
	return below && strings.HasPrefix(file, src+"/") && s.module(path.Join(src, first, "__init__.py")) != nil && s.module(path.Join(src, "__init__.py")) == nil
}

// dataIn counts the files and folders that a file names and that are in a folder: what
// a program reads is beside where it is started.
func (s *sources) dataIn(file, root string) int {
	n := 0
	for _, call := range s.module(file).calls {
		for _, a := range call.args {
			name := a.value.text
			if a.value.form != textForm || name == "" || len(name) > 200 || strings.HasPrefix(name, "/") || strings.Contains(name, ":") {
				continue
			}
			if place := path.Join(root, name); place != root && (s.tree.Has(place) || s.tree.IsFolder(place)) {
				n++
			}
		}
	}
	return n
}
