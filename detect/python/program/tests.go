package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
)

// maxRead bounds the files of tests that are looked into.
const maxRead = 50

// tests settles what the project's tests are run with.
func (s *Sources) tests(d *Detail) (t Tests, err error) {
	var found []string
	for _, file := range s.Tests() {
		if base := path.Base(file); base != "__init__.py" && base != "conftest.py" && (strings.HasPrefix(base, "test") || strings.HasSuffix(base, "_test.py")) {
			found = append(found, file)
		}
		top, _, ok := strings.Cut(detect.From(d.Project.Dir, file), "/")
		if !ok && top != "tests.py" {
			t.Files = append(t.Files, top)
		}
		if ok && source.IsTestFolder(top) && !slices.Contains(t.Folder, top) {
			t.Folder = append(t.Folder, top)
		}
	}
	t.Package = slices.ContainsFunc(t.Folder, func(f string) bool { return slices.Contains(s.Tests(), d.Project.File(f+"/__init__.py")) })
	if len(found) == 0 {
		t.Why = "the project has no tests"
		return t, nil
	}
	t.At = detect.Evidence{File: found[0]}
	read := s.once(path.Dir(found[0]))
	if d.Django != nil {
		if t.Database, err = asksDatabase(found, read); err != nil {
			return t, err
		}
	}
	if _, ok := d.Project.Develops("pytest"); ok {
		t.Runner = "pytest"
		return t, nil
	}
	if _, ok := d.Project.Has("pytest"); ok {
		t.Runner = "pytest"
		return t, nil
	}
	kind, err := testKind(found, read)
	if err != nil {
		return t, err
	}
	switch {
	case kind == "pytest" && d.Project.Tool != project.None:
		t.Why = "the tests are written for pytest, which no list of dependencies has"
	case d.Django != nil && kind != "pytest":
		t.Runner = "django"
	case kind == "unittest":
		t.Runner = "unittest"
	default:
		t.Why = "nothing that is listed runs the tests"
	}
	return t, nil
}

// once reads files, each no more than once.
func (s *Sources) once(dir string) func(file string) ([]byte, error) {
	known := map[string][]byte{}
	return func(file string) ([]byte, error) {
		if data, ok := known[file]; ok {
			return data, nil
		}
		text := s.tree.Reader(dir)
		defer text.Close() // nothing was written through it
		data, err := text.ReadFile(file)
		known[file] = data
		return data, err
	}
}

// testKind is what tests are written for.
func testKind(files []string, read func(file string) ([]byte, error)) (string, error) {
	kind := ""
	for _, file := range files[:min(maxRead, len(files))] {
		data, err := read(file)
		if err != nil {
			return "", err
		}
		m := source.Parse(file, string(data))
		switch {
		case m.ImportLine("pytest") > 0:
			return "pytest", nil
		case m.ImportLine("unittest") > 0 || m.ImportLine("django") > 0:
			kind = "unittest"
		case kind == "" && len(m.Defs) > 0:
			kind = "plain"
		}
	}
	return kind, nil
}

// asking is what tests of Django say that ask the database: classes whose name ends so, but
// for SimpleTestCase, and the mark and fixtures of pytest-django
// (https://docs.djangoproject.com/en/5.2/topics/testing/tools/#simpletestcase).
var asking = pattern.New(`\(\s*(?:[\w.]*\.)?(?:TestCase|TransactionTestCase|LiveServerTestCase|StaticLiveServerTestCase|APITestCase|APITransactionTestCase)\s*[,)]|mark\.django_db|\btransactional_db\b|def test_\w*\([^)]*\bdb\b`)

// asksDatabase finds where tests of Django ask the database.
func asksDatabase(files []string, read func(file string) ([]byte, error)) (detect.Evidence, error) {
	for _, file := range files[:min(maxRead, len(files))] {
		data, err := read(file)
		if err != nil {
			return detect.Evidence{}, err
		}
		if at := asking.FindIndex(data); at != nil && (strings.Contains(string(data), "django") || strings.Contains(string(data), "rest_framework")) {
			return detect.Evidence{File: file, Line: 1 + strings.Count(string(data[:at[0]]), "\n")}, nil
		}
	}
	return detect.Evidence{}, nil
}
