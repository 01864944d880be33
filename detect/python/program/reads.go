package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Read is a file or folder that a program opens by a path that is written down.
type Read struct {
	Path    string // from the folder that it is started in
	Place   string // from the root of the repository
	There   bool   // the repository has it
	Found   string // a file of that name elsewhere in the repository, or none
	Beside  bool   // it lies beside the code of the file that names it
	Served  bool   // a folder that is given to browsers, and has to be there
	Loading bool   // it is opened when the program starts, whatever happens
	At      detect.Evidence
}

// openers of files are calls that read one, with the place and name of its path; where
// none has it they fail.
var fileOpeners = []struct {
	callee string
	place  int
	name   string
}{
	{".read_csv", 0, "filepath_or_buffer"}, {".read_excel", 0, "io"}, {".read_parquet", 0, "path"}, {".read_json", 0, "path_or_buf"}, {".read_pickle", 0, "filepath_or_buffer"},
	{"logging.config.fileConfig", 0, "fname"}, {"joblib.load", 0, "filename"}, {"torch.load", 0, "f"}, {".load_model", 0, "filepath"},
	{".StaticFiles", -1, "directory"}, {".load_cert_chain", 0, "certfile"}, {"ctypes.CDLL", 0, "name"}, {"PIL.Image.open", 0, "fp"},
	{"toml.load", 0, "f"}, {"numpy.load", 0, "file"}, {"np.load", 0, "file"},
}

// templated are calls that say where templates lie, which are looked for when one is asked.
var templated = []string{".Jinja2Templates", ".FileSystemLoader"}

// Made is the folder that is given to browsers as one that the program fills: where the
// repository has none, and no build leaves one of its name.
func (r Read) Made(dir string) (Write, bool) {
	made := r.Served && !r.There && !detect.IsOutput(detect.Relative(dir, r.Place))
	return Write{Path: r.Path, Place: r.Place, Folder: true, Beside: r.Beside, At: r.At}, made
}

// reads finds what a program that is started in cwd opens, but what it makes itself or
// asks for first.
func (s *Sources) reads(files []string, cwd string, writes []Write) []Read {
	var all []Read
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			e, late := opened(call)
			if e.Form == source.Other {
				continue
			}
			for _, o := range s.openings(m, call, e) {
				name, ok := s.folder(o.m, o.path, cwd)
				if !ok || name == "." || slices.ContainsFunc(all, func(r Read) bool { return r.Place == name }) {
					continue
				}
				elsewhere, _ := s.folder(o.m, o.path, "elsewhere")
				r := Read{
					Path: detect.Relative(cwd, name), Place: name, There: s.tree.Has(name) || s.tree.IsFolder(name), Beside: elsewhere == name, Served: strings.HasSuffix(call.Text, ".StaticFiles"),
					Loading: !late && o.always && !o.tried() && slices.ContainsFunc(o.m.Loading, func(l source.Expression) bool { return l.Line == o.call.Line && l.Text == o.call.Text }),
					At:      detect.Evidence{File: o.m.File, Line: o.call.Line},
				}
				if r.There || !o.tried() && !slices.Contains(m.Tried, call.Line) {
					all = append(all, r)
				}
			}
		}
	}
	if !slices.ContainsFunc(all, func(r Read) bool { return !r.There }) {
		return all
	}
	asked := s.asks(files, cwd)
	all = slices.DeleteFunc(all, func(r Read) bool {
		within := func(name string) bool { return detect.Inside(r.Place, name) }
		return !r.There && (slices.ContainsFunc(asked, within) || slices.ContainsFunc(writes, func(w Write) bool { return within(w.Place) || r.Place == w.In() }))
	})
	for i, r := range all {
		if named := s.tree.Named(path.Base(r.Place)); !r.There && len(named) > 0 {
			all[i].Found = named[0]
		}
	}
	return all
}

// opening is a place where a file is opened: by a call, or by one of a function that opens
// what it is given.
type opening struct {
	m      *source.Module
	call   source.Expression
	path   source.Expression
	always bool // the function opens it whatever happens
}

// tried says whether the call may fail.
func (o opening) tried() bool { return slices.Contains(o.m.Tried, o.call.Line) }

// openings are where a call opens a path: there, or, where the path is what its function is
// given, wherever the program calls that.
func (s *Sources) openings(m *source.Module, call, e source.Expression) []opening {
	function, place, _, ok := m.Parameter(e)
	if !ok {
		return []opening{{m, call, e, true}}
	}
	var all []opening
	for _, file := range s.described {
		other := s.Module(file)
		for _, c := range other.Calls {
			if _, last, _ := cutLast(c.Text); last != function || c.Line == call.Line && other == m {
				continue
			}
			if v, given := c.Argument(place, e.Text); given && v.Form != source.Name {
				all = append(all, opening{other, c, v, !m.Conditional(call.Line)})
			}
		}
	}
	return all
}

// opened is the path that a call reads, and whether only what comes later fails where it
// is not there; an expression of no form where the call reads none.
func opened(call source.Expression) (e source.Expression, late bool) {
	before, last, _ := cutLast(call.Text)
	if call.Text == "open" || call.Text == "io.open" || last == "open" && before != "os" {
		return openedToRead(call), false
	}
	if last == "read_text" || last == "read_bytes" {
		return received(call, before), false
	}
	for _, one := range fileOpeners {
		if call.Text == one.callee || strings.HasSuffix(call.Text, one.callee) && one.callee[0] == '.' {
			e, ok := call.Keyword(one.name)
			if !ok && one.place >= 0 {
				e, _ = call.Positional(one.place)
			}
			return e, false
		}
	}
	for _, callee := range templated {
		if strings.HasSuffix(call.Text, callee) {
			e, _ := call.Argument(0, "directory", "searchpath")
			return e, true
		}
	}
	return source.Expression{}, false
}

// openedToRead gives the path of an open without a mode that writes.
func openedToRead(call source.Expression) source.Expression {
	mode, ok := call.Keyword("mode")
	first, _ := call.Positional(0)
	before, _, method := cutLast(call.Text)
	switch {
	case call.Text == "open" || call.Text == "io.open" || call.Text == "aiofiles.open" || call.Text == "codecs.open":
		if !ok {
			mode, _ = call.Positional(1)
		}
	case method:
		first = received(call, before)
		if !ok {
			mode, _ = call.Positional(0)
		}
	}
	if mode.Form != source.Other && (mode.Form != source.Text || len(mode.Text) > 3 || strings.ContainsAny(mode.Text, "wax+")) {
		return source.Expression{}
	}
	return first
}
