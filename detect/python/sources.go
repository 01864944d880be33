package python

import (
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/detect"
)

// sources are the Python files of one project, without those of projects in it.
type sources struct {
	tree    *detect.Tree
	project *Project
	modules map[string]*module // by file, from the root
	files   []string           // their keys, sorted
	tests   []string           // files of tests, which are not read

	closures map[string][]string // of files that were asked for

	testOnce sync.Once
	tested   Tests
	testErr  error
}

// noProgram are folders whose files are no programs, beside those aside.
var noProgram = []string{"docs", "doc", "migrations", "alembic", "notebooks", "site-packages", "env", "staticfiles", "media", "locale", "dist", "build", "benchmarks", "node_modules"}

// testFolders hold tests.
var testFolders = []string{"tests", "test", "e2e", "testing"}

// readSources reads the files of a project. A file that is no Python keeps its error
// until somebody wants to run it.
func readSources(t *detect.Tree, p *Project, isProject func(dir string) bool) (*sources, error) {
	s := &sources{tree: t, project: p, modules: map[string]*module{}, closures: map[string][]string{}}
	var scratch []token
	text := t.Reader(p.Dir)
	defer text.Close() // nothing was written through it
	folders := t.Below(p.Dir, func(dir string) bool { return isProject(dir) || strings.HasPrefix(path.Base(dir), ".") })
	for _, dir := range folders {
		below := detect.From(p.Dir, dir)
		folder, _ := t.Folder(dir)
		for _, name := range folder.Files {
			file := path.Join(dir, name)
			switch {
			case !strings.HasSuffix(name, ".py"):
			case isTest(below, name):
				s.tests = append(s.tests, file)
			case name == "setup.py" && dir == p.Dir: // a manifest, which was read as one
			default:
				data, err := text.ReadFile(file)
				if err != nil {
					return nil, err
				}
				m := &module{file: file, err: detect.Errorf(detect.Evidence{File: file, Line: invalid(data)}, "it is not UTF-8")}
				if invalid(data) == 0 {
					read := readModule(file, string(data), &scratch)
					m = &read
				}
				s.modules[file] = m
				s.files = append(s.files, file)
			}
		}
	}
	slices.Sort(s.files)
	return s, nil
}

// isTest knows files of tests by the names that pytest and unittest look for.
func isTest(dir, name string) bool {
	if strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py") || name == "conftest.py" || name == "tests.py" {
		return true
	}
	for part := range strings.SplitSeq(dir, "/") {
		if slices.Contains(testFolders, part) {
			return true
		}
	}
	return false
}

// isAside says whether a file is no program of the project by where it lies.
func (s *sources) isAside(file string) bool {
	dir := path.Dir(detect.From(s.project.Dir, file))
	if _, ok := detect.Aside(dir); ok {
		return true
	}
	for part := range strings.SplitSeq(dir, "/") {
		if slices.Contains(noProgram, part) {
			return true
		}
	}
	return false
}

// ancestors are the folders from the project down to that of a file.
func (s *sources) ancestors(file string) []string {
	dirs := []string{s.project.Dir}
	rest := path.Dir(detect.From(s.project.Dir, file))
	if rest == "." {
		return dirs
	}
	dir := s.project.Dir
	for part := range strings.SplitSeq(rest, "/") {
		dir = path.Join(dir, part)
		dirs = append(dirs, dir)
	}
	return dirs
}

// holds says whether an import of a top-level name can be satisfied from a folder.
func (s *sources) holds(root, name string) bool {
	if s.modules[path.Join(root, name+".py")] != nil {
		return true
	}
	dir := path.Join(root, name)
	i, _ := slices.BinarySearch(s.files, dir+"/")
	return i < len(s.files) && strings.HasPrefix(s.files[i], dir+"/")
}

// importRoot is the folder from which the imports of a file find the project's own
// modules: the outermost that has all that any of its folders has, and how many it has.
// A file that is called as a distribution is not what its import means.
func (s *sources) importRoot(file string) (root string, modules int) {
	roots := s.ancestors(file)
	var names []string
	for _, f := range s.closure(file) {
		for _, i := range s.modules[f].imports {
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
		if s.modules[path.Join(root, "manage.py")] != nil {
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
	return below && strings.HasPrefix(file, src+"/") && s.modules[path.Join(src, first, "__init__.py")] != nil && s.modules[path.Join(src, "__init__.py")] == nil
}

// dataIn counts the files and folders that a file names and that are in a folder: what
// a program reads is beside where it is started.
func (s *sources) dataIn(file, root string) int {
	n := 0
	for _, call := range s.modules[file].calls {
		for _, a := range call.args {
			name := a.value.text
			if a.value.form != textForm || name == "" || len(name) > 200 || strings.HasPrefix(name, "/") || strings.Contains(name, ":") {
				continue
			}
			if place := path.Join(root, name); place != root && (s.tree.Has(place) || isFolder(s.tree, place)) {
				n++
			}
		}
	}
	return n
}

// closure lists the files of the project that a file imports, itself first.
func (s *sources) closure(file string) []string {
	if found, ok := s.closures[file]; ok {
		return found
	}
	roots := s.ancestors(file)
	found, seen := []string{file}, map[string]bool{file: true}
	for i := 0; i < len(found); i++ {
		m := s.modules[found[i]]
		for _, imported := range m.imports {
			for _, target := range s.targets(m, imported, roots) {
				if !seen[target] {
					seen[target] = true
					found = append(found, target)
				}
			}
		}
	}
	s.closures[file] = found
	return found
}

// targets are the files that an import runs: those of the packages on the way, and
// the module.
func (s *sources) targets(m *module, i imported, roots []string) []string {
	name := strings.TrimLeft(i.module, ".")
	if dots := len(i.module) - len(name); dots > 0 {
		dir := path.Dir(m.file)
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return s.modulesAt(dir, name, i.name)
	}
	if first, _, _ := strings.Cut(name, "."); isStandard(first) {
		return nil
	}
	for _, root := range slices.Backward(roots) {
		if found := s.modulesAt(root, name, i.name); len(found) > 0 {
			return found
		}
	}
	return nil
}

func (s *sources) modulesAt(dir, name, attribute string) []string {
	var found []string
	add := func(file string) bool {
		if s.modules[file] != nil {
			found = append(found, file)
			return true
		}
		return false
	}
	place := dir
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' })
	for n, part := range parts {
		place = path.Join(place, part)
		if n == len(parts)-1 && add(place+".py") {
			return found
		}
		add(path.Join(place, "__init__.py"))
	}
	if attribute != "" && !add(path.Join(place, attribute+".py")) {
		add(path.Join(place, attribute, "__init__.py"))
	}
	if len(parts) == 0 {
		add(path.Join(place, "__init__.py"))
	}
	return found
}

// dottedName is the name of a file's module from a folder.
func dottedName(file, root string) string {
	name := strings.TrimSuffix(detect.From(root, file), ".py")
	name = strings.TrimSuffix(name, "/__init__")
	return strings.ReplaceAll(name, "/", ".")
}

// importable says whether every part of a dotted name can stand in one.
func importable(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || !isNameStart(part[0]) || strings.ContainsAny(part, "-+ ~@,'\"$\\;:") {
			return false
		}
	}
	return true
}
