package golang

import (
	"bytes"
	"fmt"
	"go/build"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
)

// Cgo says whether a program needs a C compiler, and what it links against.
type Cgo struct {
	Needed bool
	Cxx    bool     // C++'s library too
	Build  []string // Debian packages that the build needs, beside a compiler
	Run    []string // Debian packages that the running program needs
	Reason string
	At     detect.Evidence
}

// pureModules do in Go what others do in C: named where they are found, because
// a reader would ask.
var pureModules = []string{"modernc.org/sqlite", "github.com/glebarez/sqlite", "github.com/ncruces/go-sqlite3"}

// need adds what one more reason for cgo brings.
func (c *Cgo) need(lib catalog.Need, reason string, at detect.Evidence) {
	if !c.Needed {
		c.Reason, c.At = reason, at
	}
	c.Needed = true
	c.Cxx = c.Cxx || lib.Cxx
	c.Build = union(c.Build, lib.Build)
	c.Run = union(c.Run, lib.Run)
}

func union(a, b []string) []string {
	all := slices.Concat(a, b)
	slices.Sort(all)
	return slices.Compact(all)
}

// imports looks a package from elsewhere up in the tables.
func (c *Cgo) imports(name string, at detect.Evidence) {
	if host, _, _ := strings.Cut(name, "/"); !strings.Contains(host, ".") {
		return // the standard library
	}
	for _, lib := range catalog.Needs("go") {
		if within(name, lib.Name) {
			c.need(lib, name+" is C behind its Go", at)
		}
	}
	if slices.ContainsFunc(pureModules, func(p string) bool { return within(name, p) }) && c.Reason == "" {
		c.Reason, c.At = name+" is pure Go", at
	}
}

// native looks at the files of a package that only a build with cgo takes. One that imports "C" makes cgo necessary, unless the package has a twin for the
// time without: a file that is only taken then.
func (s *sources) native(dir string, p *build.Package, c *Cgo) error {
	with := s.ctxt
	with.CgoEnabled = true
	twin := slices.ContainsFunc(p.GoFiles, func(name string) bool {
		taken, err := with.MatchFile(dir, name)
		return err == nil && !taken
	})
	for _, name := range slices.Concat(p.IgnoredGoFiles, p.CgoFiles) {
		file := path.Join(dir, name)
		data, err := s.read(file)
		if err != nil {
			return err
		}
		at := detect.Evidence{File: file, Line: importsC(data)}
		if taken, err := with.MatchFile(dir, name); err != nil || !taken || at.Line == 0 {
			continue
		}
		if twin {
			if c.Reason == "" {
				c.Reason, c.At = "what is C has a twin in Go", at
			}
			continue
		}
		c.need(catalog.Need{Cxx: s.hasCxx(dir)}, `import "C"`, at)
		if err := s.directives(file, data, c); err != nil {
			return err
		}
	}
	return nil
}

// importsC gives the line of import "C", or 0.
func importsC(data []byte) int {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		if text := bytes.TrimSpace(line); bytes.Equal(text, []byte(`import "C"`)) || bytes.Equal(text, []byte(`"C"`)) {
			return n
		}
	}
	return 0
}

func (s *sources) hasCxx(dir string) bool {
	folder, _ := s.tree.Folder(dir)
	return slices.ContainsFunc(folder.Files, func(name string) bool {
		return slices.Contains([]string{".cc", ".cpp", ".cxx"}, path.Ext(name))
	})
}

// directives reads the #cgo lines of a file (https://pkg.go.dev/cmd/cgo).
func (s *sources) directives(file string, data []byte, c *Cgo) error {
	n := 0
	for line := range bytes.Lines(data) {
		n++
		at := detect.Evidence{File: file, Line: n}
		text, ok := strings.CutPrefix(strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(string(line)), "//")), "#cgo ")
		if !ok {
			continue
		}
		kind, words, _ := strings.Cut(text, ":")
		for _, word := range strings.Fields(words) {
			name := word
			if !strings.HasSuffix(kind, "pkg-config") {
				if name, ok = strings.CutPrefix(word, "-l"); !ok {
					continue
				}
			}
			lib, known := catalog.Library(name)
			if !known {
				return detect.Errorf(at, "links against %s, for which dockgen knows no Debian package", name)
			}
			c.need(lib, fmt.Sprintf("links against %s", name), at)
		}
	}
	return nil
}
