package python

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// files are the Python files below a folder.
type files struct {
	dir     string
	modules map[string]*module // by file, from the root
	names   []string           // their keys, sorted
	tests   []string           // files of tests, which are not read

	closures map[string][]string // of files that were asked for
}

// noProgram are folders whose files are no programs, beside those aside.
var noProgram = []string{"docs", "doc", "migrations", "alembic", "notebooks", "site-packages", "env", "staticfiles", "media", "locale", "dist", "build", "benchmarks", "node_modules"}

// testFolders hold tests.
var testFolders = []string{"tests", "test", "e2e", "testing"}

// readFiles reads the Python files below a folder, without those of folders that are
// apart. A file that is no Python keeps its error until somebody wants to run it.
func readFiles(t *detect.Tree, dir string, apart func(dir string) bool) (*files, error) {
	s := &files{dir: dir, modules: map[string]*module{}, closures: map[string][]string{}}
	var scratch []token
	text := t.Reader(dir)
	defer text.Close() // nothing was written through it
	folders := t.Below(dir, func(dir string) bool { return apart(dir) || strings.HasPrefix(path.Base(dir), ".") })
	for _, in := range folders {
		below := detect.From(dir, in)
		folder, _ := t.Folder(in)
		for _, name := range folder.Files {
			file := path.Join(in, name)
			switch {
			case !strings.HasSuffix(name, ".py"):
			case isTest(below, name):
				s.tests = append(s.tests, file)
			case name == "setup.py" && in == dir: // a manifest, which was read as one
			default:
				data, err := text.ReadFile(file)
				if err != nil {
					return nil, err
				}
				s.modules[file] = read(file, data, &scratch)
				s.names = append(s.names, file)
			}
		}
	}
	slices.Sort(s.names)
	return s, nil
}

// read reads one file.
func read(file string, data []byte, scratch *[]token) *module {
	if n := invalid(data); n > 0 {
		return &module{file: file, err: detect.Errorf(detect.Evidence{File: file, Line: n}, "it is not UTF-8")}
	}
	m := readModule(file, string(data), scratch)
	return &m
}

// list gives the files that are no tests, sorted.
func (s *files) list() []string { return s.names }

// testFiles gives the files of tests, which are not read.
func (s *files) testFiles() []string { return s.tests }

// module is what a file states, or nil where it is none of these files.
func (s *files) module(file string) *module { return s.modules[file] }

// isTestFolder says whether a folder of that name holds tests.
func isTestFolder(name string) bool { return slices.Contains(testFolders, name) }

// isTest knows files of tests by the names that pytest and unittest look for.
func isTest(dir, name string) bool {
	if strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py") || name == "conftest.py" || name == "tests.py" {
		return true
	}
	for part := range strings.SplitSeq(dir, "/") {
		if isTestFolder(part) {
			return true
		}
	}
	return false
}

// isAside says whether a file is no program of the project by where it lies.
func (s *files) isAside(file string) bool {
	dir := path.Dir(detect.From(s.dir, file))
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
func (s *files) ancestors(file string) []string {
	dirs := []string{s.dir}
	rest := path.Dir(detect.From(s.dir, file))
	if rest == "." {
		return dirs
	}
	dir := s.dir
	for part := range strings.SplitSeq(rest, "/") {
		dir = path.Join(dir, part)
		dirs = append(dirs, dir)
	}
	return dirs
}

// holds says whether an import of a top-level name can be satisfied from a folder.
func (s *files) holds(root, name string) bool {
	if s.modules[path.Join(root, name+".py")] != nil {
		return true
	}
	dir := path.Join(root, name)
	i, _ := slices.BinarySearch(s.names, dir+"/")
	return i < len(s.names) && strings.HasPrefix(s.names[i], dir+"/")
}

// closure lists the files of the project that a file imports, itself first.
func (s *files) closure(file string) []string {
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
func (s *files) targets(m *module, i imported, roots []string) []string {
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

func (s *files) modulesAt(dir, name, attribute string) []string {
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
