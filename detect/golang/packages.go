package golang

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"go/build"
	"go/parser"
	"go/scanner"
	"go/token"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dockgen/dockgen/detect"
)

// newest is the highest 1.N for which //go:build go1.N holds. It only has to be
// at least the newest line of the catalog: a file for a later one is left out.
const newest = 30

// sources reads the Go files of one module, each once, as the go command sees
// them for linux/amd64 without cgo.
type sources struct {
	setting
	tree   *detect.Tree
	text   *detect.Reader
	files  map[string][]byte
	dirs   []string // of the module's packages, once they were asked for
	ctxt   build.Context
	closed closed        // the last closure
	names  build.Context // takes every file for an empty one, so that its name alone decides
}

func newSources(t *detect.Tree, with setting) *sources {
	s := &sources{setting: with, tree: t, text: t.Reader(with.Module.Dir), files: map[string][]byte{}}
	s.ctxt = build.Context{
		GOOS: "linux", GOARCH: "amd64", Compiler: "gc",
		JoinPath:  path.Join,
		IsAbsPath: path.IsAbs,
		IsDir:     func(dir string) bool { _, ok := t.Folder(dir); return ok },
		HasSubdir: func(string, string) (string, bool) { return "", false },
		ReadDir:   s.list,
		OpenFile:  s.open,
	}
	for n := 1; n <= newest; n++ {
		s.ctxt.ReleaseTags = append(s.ctxt.ReleaseTags, fmt.Sprintf("go1.%d", n))
	}
	s.names = s.ctxt
	s.names.OpenFile = func(string) (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("package p")), nil }
	return s
}

func (s *sources) read(file string) ([]byte, error) {
	if data, ok := s.files[file]; ok {
		return data, nil
	}
	load := s.text.ReadFile
	if s.shared[s.owner(path.Dir(file)).Dir] {
		load = s.tree.ReadFile // somebody else may come for it
	}
	data, err := load(file)
	if err == nil {
		s.files[file] = data
	}
	return data, err
}

func (s *sources) open(file string) (io.ReadCloser, error) {
	data, err := s.read(file)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

// list shows the library only what it has to open: the Go files that are no tests.
func (s *sources) list(dir string) ([]fs.FileInfo, error) {
	var infos []fs.FileInfo
	for _, name := range s.goFiles(dir) {
		infos = append(infos, entry(name))
	}
	return infos, nil
}

func (s *sources) goFiles(dir string) []string {
	folder, _ := s.tree.Folder(dir)
	return slices.DeleteFunc(slices.Clone(folder.Files), func(name string) bool {
		return !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go")
	})
}

// entry is the little that the library asks of a file.
type entry string

func (e entry) Name() string     { return string(e) }
func (entry) Size() int64        { return 0 }
func (entry) Mode() fs.FileMode  { return 0 }
func (entry) ModTime() time.Time { return time.Time{} }
func (entry) IsDir() bool        { return false }
func (entry) Sys() any           { return nil }

// folders lists the folders that can hold packages of the module: not those of
// a nested module, nor those that the go command leaves out of "./...".
func (s *sources) folders() []string {
	if s.dirs == nil {
		s.dirs = s.tree.Below(s.Module.Dir, func(dir string) bool {
			base := path.Base(dir)
			return base == "testdata" || base == "vendor" || base[0] == '.' || base[0] == '_' || s.tree.Has(path.Join(dir, "go.mod"))
		})
	}
	return s.dirs
}

// takes says whether the build takes a file. Most are unconditional, for which
// the library need not look at the text.
func (s *sources) takes(dir, name string) (bool, error) {
	if s.unconditional(dir, name, path.Join(dir, name)) {
		return true, nil
	}
	return s.ctxt.MatchFile(dir, name)
}

// unconditional says that every build for linux/amd64 takes a file: its name is
// no constraint, and there is none in it. A file that its name leaves out is not
// opened.
func (s *sources) unconditional(dir, name, file string) bool {
	if strings.Contains(name, "_") || name[0] == '.' {
		if taken, err := s.names.MatchFile(dir, name); err != nil || !taken {
			return false
		}
	}
	data, err := s.read(file)
	header, _, _ := bytes.Cut(data, []byte("\npackage ")) // no constraint stands behind it
	mayHold := func(text string) bool { return bytes.Contains(header, []byte(text)) }
	return err == nil && !mayHold("//go:build") && !mayHold("+build") && !mayHold("/*")
}

// importDir is what [build.Context.ImportDir] says of a package, as far as the
// closure asks. A plain one (nothing is conditional, embedded, or C) takes a
// short way, which is most of the time for a large repository.
func (s *sources) importDir(dir string) (p *build.Package, plain bool, err error) {
	if p := s.plain(dir); p != nil {
		return p, true, nil
	}
	p, err = s.ctxt.ImportDir(dir, 0)
	return p, false, err
}

// plain gives nil for a package that is not plain, or broken in any way.
func (s *sources) plain(dir string) *build.Package {
	p := &build.Package{Dir: dir, ImportPos: map[string][]token.Position{}}
	set := token.NewFileSet()
	for _, name := range s.goFiles(dir) {
		file := path.Join(dir, name)
		if !s.unconditional(dir, name, file) {
			return nil
		}
		parsed, err := parser.ParseFile(set, file, s.files[file], parser.ImportsOnly)
		if err != nil || parsed.Name.Name == "documentation" || cmp.Or(p.Name, parsed.Name.Name) != parsed.Name.Name {
			return nil
		}
		p.Name = parsed.Name.Name
		p.GoFiles = append(p.GoFiles, name)
		for _, spec := range parsed.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil || name == "" || name == "C" || name == "embed" {
				return nil
			}
			p.ImportPos[name] = append(p.ImportPos[name], set.Position(spec.Pos()))
		}
	}
	if len(p.GoFiles) == 0 {
		return nil
	}
	p.Imports = sortedKeys(p.ImportPos)
	return p
}

// packageIn reads no more than one file that the build takes: the name of the
// package in dir and the line that says so. It is empty where no file is taken.
func (s *sources) packageIn(dir string) (string, detect.Evidence, error) {
	names := s.goFiles(dir)
	if i := slices.Index(names, "main.go"); i > 0 {
		names = slices.Concat(names[i:i+1], names[:i], names[i+1:])
	}
	for _, name := range names {
		taken, err := s.takes(dir, name)
		if err != nil {
			return "", detect.Evidence{}, s.broken(path.Join(dir, name), err)
		}
		if !taken {
			continue
		}
		file := path.Join(dir, name)
		set := token.NewFileSet()
		parsed, err := parser.ParseFile(set, file, s.files[file], parser.PackageClauseOnly)
		if err != nil {
			return "", detect.Evidence{}, s.broken(file, err)
		}
		if parsed.Name.Name == "documentation" { // left out by the go command
			continue
		}
		return parsed.Name.Name, detect.Evidence{File: file, Line: set.Position(parsed.Package).Line}, nil
	}
	return "", detect.Evidence{}, nil
}

// broken turns an error of the library into one with our position.
func (s *sources) broken(file string, err error) error {
	var list scanner.ErrorList
	if errors.As(err, &list) && len(list) > 0 {
		at := detect.Evidence{File: list[0].Pos.Filename, Line: list[0].Pos.Line}
		return &detect.PositionError{At: at, Column: list[0].Pos.Column, Err: errors.New(list[0].Msg)}
	}
	var placed *detect.PositionError
	if errors.As(err, &placed) {
		return placed
	}
	return fmt.Errorf("read %s: %w", file, err)
}

// Package is one package of a program's closure.
type Package struct {
	Dir     string
	Files   []string // the Go files that the build takes, from the root
	imports []string
	ignored []string // Go files that it leaves out
}

// closure lists the packages of the repository that the program in dir is built
// from, itself first, with what they embed and whether they need cgo. An import
// that leads nowhere is an error at its line.
func (s *sources) closure(dir string) ([]Package, []embed, Cgo, error) {
	if c := s.closed; c.dir == dir && slices.Equal(c.tags, s.ctxt.BuildTags) {
		return c.packages, c.embeds, c.cgo, nil
	}
	var cgo Cgo
	s.ctxt.CgoEnabled = false
	packages, embeds, err := s.follow(dir, &cgo)
	if err == nil && cgo.Needed {
		s.ctxt.CgoEnabled = true
		packages, embeds, err = s.follow(dir, &cgo)
	}
	if err == nil {
		s.closed = closed{dir, s.ctxt.BuildTags, packages, embeds, cgo}
	}
	return packages, embeds, cgo, err
}

// closed is a closure that was found.
type closed struct {
	dir      string
	tags     []string
	packages []Package
	embeds   []embed
	cgo      Cgo
}

func (s *sources) follow(dir string, cgo *Cgo) (packages []Package, embeds []embed, err error) {
	queue, seen := []string{dir}, map[string]bool{dir: true}
	needed := map[string]detect.Evidence{}
	for ; len(queue) > 0; queue = queue[1:] {
		dir := queue[0]
		p, plain, err := s.importDir(dir)
		var none *build.NoGoError
		if err != nil && !errors.As(err, &none) {
			return nil, nil, s.missing(dir, needed[dir], err)
		}
		if !plain {
			if err := s.native(dir, p, cgo); err != nil {
				return nil, nil, err
			}
		}
		if err != nil && !cgo.Needed {
			return nil, nil, s.missing(dir, needed[dir], err)
		}
		if err := s.generated(dir, p.IgnoredGoFiles); err != nil {
			return nil, nil, err
		}
		packages = append(packages, newPackage(dir, p))
		for pattern, at := range p.EmbedPatternPos {
			embeds = append(embeds, embed{dir: dir, pattern: pattern, at: evidence(at[0])})
		}
		for _, name := range p.Imports {
			at := evidence(p.ImportPos[name][0])
			next, ok := s.folder(name)
			switch {
			case !ok:
				cgo.imports(name, at)
			case !seen[next]:
				seen[next] = true
				needed[next] = at
				queue = append(queue, next)
			}
		}
	}
	slices.SortFunc(embeds, func(a, b embed) int { return strings.Compare(a.at.String(), b.at.String()) })
	return packages, embeds, nil
}

func newPackage(dir string, p *build.Package) Package {
	pkg := Package{Dir: dir, imports: p.Imports, ignored: p.IgnoredGoFiles}
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		pkg.Files = append(pkg.Files, path.Join(dir, name))
	}
	return pkg
}

func evidence(at token.Position) detect.Evidence {
	return detect.Evidence{File: at.Filename, Line: at.Line}
}

// missing explains why a package of the closure cannot be read.
func (s *sources) missing(dir string, at detect.Evidence, err error) error {
	var none *build.NoGoError
	_, there := s.tree.Folder(dir)
	if there && !errors.As(err, &none) {
		return s.broken(dir, err)
	}
	if x, ok := s.tree.Excluded(dir); ok {
		return detect.Errorf(at, "imports %s, which %s leaves out: a build from a clean checkout would not find it", dir, x.At)
	}
	if !there {
		return detect.Errorf(at, "imports %s, which is not there: is it generated and not committed?", dir)
	}
	return &noFiles{dir, at, detect.Errorf(at, "imports %s, which holds no Go files for linux without cgo", dir)}
}

// noFiles says that a package has no file for this build.
type noFiles struct {
	dir string
	at  detect.Evidence
	err error
}

func (e *noFiles) Error() string { return e.err.Error() }

func (e *noFiles) Unwrap() error { return e.err }

// importsOf lists what the Go files of a folder import, on any system, and those
// of its tests where they count.
func (s *sources) importsOf(dir string, tests bool) ([]string, error) {
	folder, _ := s.tree.Folder(dir)
	var names []string
	for _, name := range folder.Files {
		if !strings.HasSuffix(name, ".go") || !tests && strings.HasSuffix(name, "_test.go") {
			continue
		}
		file := path.Join(dir, name)
		data, err := s.read(file)
		if err != nil {
			return nil, err
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, data, parser.ImportsOnly)
		if err != nil {
			return nil, s.broken(file, err)
		}
		for _, spec := range parsed.Imports {
			names = append(names, strings.Trim(spec.Path.Value, "`\""))
		}
	}
	return names, nil
}

// generated finds sources that a tool makes Go files of and that it has not, so
// that the build is bound to fail: templ's templates, and wire's injectors, which
// the build leaves out.
func (s *sources) generated(dir string, ignored []string) error {
	folder, _ := s.tree.Folder(dir)
	has := func(name string) bool { _, ok := slices.BinarySearch(folder.Files, name); return ok }
	for _, name := range folder.Files {
		if base, ok := strings.CutSuffix(name, ".templ"); ok && !has(base+"_templ.go") {
			return detect.Errorf(detect.Evidence{File: path.Join(dir, name)}, "%s_templ.go is not there: run templ generate and commit what it makes", base)
		}
	}
	for _, name := range ignored {
		data, err := s.read(path.Join(dir, name))
		if err != nil {
			return err
		}
		if i := bytes.Index(data, []byte("//go:build wireinject")); i >= 0 && !has("wire_gen.go") {
			at := detect.Evidence{File: path.Join(dir, name), Line: 1 + bytes.Count(data[:i], []byte("\n"))}
			return detect.Errorf(at, "wire_gen.go is not there: run wire and commit what it makes")
		}
	}
	return nil
}
