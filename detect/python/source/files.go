package source

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Files are the Python files below a folder. A file is opened when somebody asks what it
// states, and once.
type Files struct {
	dir     string
	names   []string           // from the root, sorted
	tests   []string           // those of tests, which are not among the names
	modules map[string]*Module // of what was asked for

	closures map[string][]string // of files that were asked for
	text     *detect.Reader
	scratch  []token
	err      error // the first one of reading
}

// noProgram are folders whose files are no programs, beside those aside.
var noProgram = []string{"docs", "doc", "migrations", "alembic", "notebooks", "site-packages", "env", "staticfiles", "media", "locale", "dist", "build", "benchmarks", "node_modules"}

// testFolders hold tests.
var testFolders = []string{"tests", "test", "e2e", "testing"}

// Find lists the Python files below a folder, without those of folders that are apart,
// and opens none. Close them after use; they are for one goroutine.
func Find(t *detect.Tree, dir string, apart func(dir string) bool) *Files {
	s := &Files{dir: dir, modules: map[string]*Module{}, closures: map[string][]string{}, text: t.Reader(dir)}
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
				s.names = append(s.names, file)
			}
		}
	}
	slices.Sort(s.names)
	return s
}

// Close releases what the files were read with.
func (s *Files) Close() error { return s.text.Close() }

// Err is the first error of opening and reading a file, or nil.
func (s *Files) Err() error { return s.err }

// All gives the files that are no tests, sorted.
func (s *Files) All() []string { return s.names }

// Tests gives the files of tests, which are not among the others.
func (s *Files) Tests() []string { return s.tests }

// Has says whether a file is one of these, and no test.
func (s *Files) Has(file string) bool {
	_, ok := slices.BinarySearch(s.names, file)
	return ok
}

// Module is what a file states, or nil where it is none of these files. What is no
// Python has an error of its own, which counts for who wants to run it.
func (s *Files) Module(file string) *Module {
	m, ok := s.modules[file]
	if !ok && s.Has(file) {
		m = s.read(file)
		s.modules[file] = m
	}
	return m
}

func (s *Files) read(file string) *Module {
	data, err := s.text.ReadFile(file)
	if err != nil {
		s.err = cmp.Or(s.err, err)
		return &Module{File: file, Err: err}
	}
	if n := InvalidLine(data); n > 0 {
		return &Module{File: file, Err: detect.Errorf(detect.Evidence{File: file, Line: n}, "it is not UTF-8")}
	}
	m := readModule(file, string(data), &s.scratch)
	return &m
}

// IsTestFolder says whether a folder of that name holds tests.
func IsTestFolder(name string) bool { return slices.Contains(testFolders, name) }

// isTest knows files of tests by the names that pytest and unittest look for.
func isTest(dir, name string) bool {
	if strings.HasPrefix(name, "test_") || strings.HasSuffix(name, "_test.py") || name == "conftest.py" || name == "tests.py" {
		return true
	}
	for part := range strings.SplitSeq(dir, "/") {
		if IsTestFolder(part) {
			return true
		}
	}
	return false
}

// IsAside says whether a file is no program of the project by where it lies.
func (s *Files) IsAside(file string) bool {
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

// Ancestors are the folders down to that of a file, from the one that was read.
func (s *Files) Ancestors(file string) []string {
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

// Holds says whether an import of a top-level name can be satisfied from a folder.
func (s *Files) Holds(root, name string) bool {
	if s.Has(path.Join(root, name+".py")) {
		return true
	}
	dir := path.Join(root, name)
	i, _ := slices.BinarySearch(s.names, dir+"/")
	return i < len(s.names) && strings.HasPrefix(s.names[i], dir+"/")
}

// Closure lists the files that a file imports, and those that these import, itself first.
func (s *Files) Closure(file string) []string {
	if found, ok := s.closures[file]; ok {
		return found
	}
	roots := s.Ancestors(file)
	found, seen := []string{file}, map[string]bool{file: true}
	for i := 0; i < len(found); i++ {
		m := s.Module(found[i])
		for _, imported := range m.Imports {
			for _, target := range s.Targets(m, imported, roots) {
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

// Targets are the files that an import runs: those of the packages on the way, and
// the module.
func (s *Files) Targets(m *Module, i Import, roots []string) []string {
	name := strings.TrimLeft(i.Module, ".")
	if dots := len(i.Module) - len(name); dots > 0 {
		dir := path.Dir(m.File)
		for range dots - 1 {
			dir = path.Dir(dir)
		}
		return s.lookup(dir, name, i.Name)
	}
	if first, _, _ := strings.Cut(name, "."); IsStandard(first) {
		return nil
	}
	for _, root := range slices.Backward(roots) {
		if found := s.lookup(root, name, i.Name); len(found) > 0 {
			return found
		}
	}
	return nil
}

// ModuleFile is the file of a module, by its dotted name from a folder, or none.
func (s *Files) ModuleFile(dir, name string) string {
	found := s.lookup(dir, name, "")
	if len(found) == 0 {
		return ""
	}
	last, place := found[len(found)-1], path.Join(dir, strings.ReplaceAll(name, ".", "/"))
	if last != place+".py" && last != path.Join(place, "__init__.py") {
		return "" // a package above it
	}
	return last
}

// lookup gives the files that an import of a dotted name from a folder runs: those of the
// packages on the way and the module, and that of an attribute which is a module itself.
func (s *Files) lookup(dir, name, attribute string) []string {
	var found []string
	add := func(file string) bool {
		if s.Has(file) {
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

// DottedName is the name of a file's module from a folder.
func DottedName(file, root string) string {
	name := strings.TrimSuffix(detect.From(root, file), ".py")
	name = strings.TrimSuffix(name, "/__init__")
	return strings.ReplaceAll(name, "/", ".")
}

// Importable says whether every part of a dotted name can stand in one.
func Importable(name string) bool {
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || !isNameStart(part[0]) || strings.ContainsAny(part, "-+ ~@,'\"$\\;:") {
			return false
		}
	}
	return true
}
