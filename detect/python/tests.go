package python

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// maxRead bounds the files of tests that are looked into.
const maxRead = 50

// tests settles what the project's tests are run with.
func (s *sources) tests(d *Detail) (t Tests, err error) {
	var found []string
	for _, file := range s.testFiles() {
		if base := path.Base(file); base != "__init__.py" && base != "conftest.py" && (strings.HasPrefix(base, "test") || strings.HasSuffix(base, "_test.py")) {
			found = append(found, file)
		}
		top, _, ok := strings.Cut(detect.From(d.Project.Dir, file), "/")
		if !ok && top != "tests.py" {
			t.Files = append(t.Files, top)
		}
		if ok && isTestFolder(top) && !slices.Contains(t.Folder, top) {
			t.Folder = append(t.Folder, top)
		}
	}
	t.Package = slices.ContainsFunc(t.Folder, func(f string) bool { return slices.Contains(s.testFiles(), d.Project.file(f+"/__init__.py")) })
	if len(found) == 0 {
		t.Why = "the project has no tests"
		return t, nil
	}
	t.At = detect.Evidence{File: found[0]}
	if _, ok := d.Project.develops("pytest"); ok {
		t.Runner = "pytest"
		return t, nil
	}
	if _, ok := d.Project.has("pytest"); ok {
		t.Runner = "pytest"
		return t, nil
	}
	kind, err := s.testKind(found)
	if err != nil {
		return t, err
	}
	switch {
	case kind == "pytest" && d.Project.Tool != toolNone:
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

// testKind is what tests are written for.
func (s *sources) testKind(files []string) (string, error) {
	text := s.tree.Reader(path.Dir(files[0]))
	defer text.Close() // nothing was written through it
	kind := ""
	for _, file := range files[:min(maxRead, len(files))] {
		data, err := text.ReadFile(file)
		if err != nil {
			return "", err
		}
		m := parse(file, string(data))
		switch {
		case m.importLine("pytest") > 0:
			return "pytest", nil
		case m.importLine("unittest") > 0 || m.importLine("django") > 0:
			kind = "unittest"
		case kind == "" && len(m.defs) > 0:
			kind = "plain"
		}
	}
	return kind, nil
}
