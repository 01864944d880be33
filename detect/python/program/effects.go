package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Asset is another program that a program calls.
type Asset struct {
	Path string
	At   detect.Evidence
}

// Write is a file or folder that a program makes.
type Write struct {
	Path   string // from the folder that it is started in, or absolute
	Place  string // from the root of the repository, or absolute
	Folder bool
	Keeps  bool // a database, or what people send
	There  bool // its folder is in the repository
	Code   bool // with code of the program in it
	Beside bool // it lies beside the code of the file that names it
	At     detect.Evidence
}

// In is the folder that files are made in, from the root of the repository or absolute.
func (w Write) In() string {
	if w.Folder {
		return w.Place
	}
	return path.Dir(w.Place)
}

// writer is a call that makes a file or folder, with the place and name of its path.
type writer struct {
	callee string
	place  int
	name   string
	folder bool
	keeps  bool
}

var writers = []writer{
	{callee: "sqlite3.connect", name: "database", keeps: true}, {callee: "aiosqlite.connect", name: "database", keeps: true},
	{callee: "shelve.open", name: "filename", keeps: true}, {callee: "dbm.open", name: "file", keeps: true},
	{callee: "os.makedirs", name: "name", folder: true}, {callee: "os.mkdir", name: "path", folder: true},
	{callee: ".FileHandler", name: "filename"}, {callee: ".RotatingFileHandler", name: "filename"},
	{callee: ".TimedRotatingFileHandler", name: "filename"}, {callee: "logging.basicConfig", place: -1, name: "filename"}, {callee: ".savefig", name: "fname"},
	{callee: ".to_csv", name: "path_or_buf"}, {callee: ".to_excel", name: "excel_writer"}, {callee: ".to_json", name: "path_or_buf"}, {callee: ".to_parquet", name: "path"},
	{callee: "cairo.SVGSurface", name: "fobj"}, {callee: "cairo.PDFSurface", name: "fobj"}, {callee: "cairo.PSSurface", name: "fobj"}, {callee: ".write_to_png", name: "fobj"},
	{callee: "tinydb.TinyDB", name: "path", keeps: true}, {callee: "chromadb.PersistentClient", name: "path", folder: true, keeps: true}, {callee: "diskcache.Cache", name: "directory", folder: true},
	{callee: "np.save", name: "file"}, {callee: "numpy.save", name: "file"}, {callee: "joblib.dump", place: 1, name: "filename"}, {callee: "torch.save", place: 1, name: "f"},
	{callee: "shutil.copy", place: 1, name: "dst"}, {callee: "shutil.copyfile", place: 1, name: "dst"}, {callee: "shutil.move", place: 1, name: "dst"},
	{callee: ".save", name: "dst", keeps: true},
}

// makers are methods of a path that make it, with whether it is a folder.
var makers = map[string]bool{"mkdir": true, "write_text": false, "write_bytes": false, "touch": false}

// writes finds what a program that is started in cwd makes.
func (s *Sources) writes(files []string, cwd string) []Write {
	var all []Write
	for _, file := range files {
		if strings.Contains(file, "management/commands/") { // of Django, which people run
			continue
		}
		m := s.Module(file)
		note := func(e source.Expression, w Write, line int) {
			name, whole, ok := s.written(m, e, cwd)
			w.Folder = w.Folder || !whole
			if !ok || name == "." && w.Folder || temporary(name) || s.foreign(name, file, line) || slices.ContainsFunc(all, func(o Write) bool { return o.Place == name && o.Folder == w.Folder }) {
				return
			}
			w.Place, w.Path, w.At = name, name, detect.Evidence{File: file, Line: line}
			if !path.IsAbs(name) {
				w.Path = detect.Relative(cwd, name)
			}
			w.There = !path.IsAbs(name) && s.tree.IsFolder(w.In())
			w.Code = slices.ContainsFunc(files, func(f string) bool { return detect.Inside(f, w.In()) })
			elsewhere, _, _ := s.written(m, e, "elsewhere")
			w.Beside = elsewhere == name && !path.IsAbs(name)
			all = append(all, w)
		}
		for _, call := range m.Calls {
			for _, w := range writers {
				if call.Text != w.callee && !strings.HasSuffix(call.Text, "."+strings.TrimPrefix(w.callee, ".")) {
					continue
				}
				v, ok := call.Keyword(w.name)
				if !ok && w.place >= 0 {
					v, ok = call.Positional(w.place)
				}
				if w.callee == ".save" && v.Form == source.Text && path.Ext(v.Text) == "" { // the name of something else
					continue
				}
				if ok {
					note(v, Write{Folder: w.folder, Keeps: w.keeps}, call.Line)
				}
			}
			if v, ok := openedToWrite(call); ok {
				note(v, Write{}, call.Line)
			}
			if before, last, ok := cutLast(call.Text); ok {
				if folder, makes := makers[last]; makes && before != "os" {
					note(received(call, before), Write{Folder: folder}, call.Line)
				}
			}
			for _, database := range databases(call) {
				note(database, Write{Keeps: true}, database.Line)
			}
		}
		for _, e := range configurations(m) {
			e.Walk(func(e source.Expression) { // a handler of logging's dictConfig
				class, ok := e.Keyword("class", "()")
				filename, named := e.Keyword("filename")
				if ok && named && class.Form == source.Text && strings.HasSuffix(class.Text, "FileHandler") {
					note(filename, Write{}, filename.Line)
				}
			})
		}
		for _, o := range slices.Concat(m.Objects, m.Locals, m.Members) {
			for _, database := range databases(o.Value) {
				note(database, Write{Keeps: true}, o.Line)
			}
		}
	}
	return all
}

// configurations are the tables of a module that may say how it logs.
func configurations(m *source.Module) (all []source.Expression) {
	for _, o := range slices.Concat(m.Objects, m.Locals, m.Members) {
		if o.Value.Form == source.List {
			all = append(all, o.Value)
		}
	}
	for _, call := range m.Calls {
		if strings.HasSuffix(call.Text, "dictConfig") {
			all = append(all, call)
		}
	}
	return all
}

// homesElsewhere begin paths in the homes of people, on their own machines.
var homesElsewhere = pattern.New(`^/(?:Users|home)/([^/]+)`)

// users are those that images, and hosts of images, have below /home.
var users = []string{"app", "appuser", "site", "nonroot", "node", "user", "python", "runner"}

// foreign notes a path that is one of its author's machine, and makes no folder of the image.
func (s *Sources) foreign(name, file string, line int) bool {
	m := homesElsewhere.FindStringSubmatch(name)
	if m == nil || slices.Contains(users, m[1]) && strings.HasPrefix(name, "/home/") {
		return false
	}
	if !slices.ContainsFunc(s.abroad, func(a Asset) bool { return a.Path == name }) {
		s.abroad = append(s.abroad, Asset{name, detect.Evidence{File: file, Line: line}})
	}
	return true
}

// written is the place that an expression names, or the folder of it where only the
// beginning is written down: f"data/{name}".
func (s *Sources) written(m *source.Module, e source.Expression, cwd string) (name string, whole, ok bool) {
	if name, ok := s.place(m, e, cwd, 0); ok {
		return name, true, true
	}
	e = m.Value(e)
	switch {
	case e.Form == source.Join:
	case e.Form == source.Call && e.Text == "os.path.join" && len(e.Args) > 1:
	default:
		return "", false, false
	}
	first := e.Args[0].Value
	name, ok = s.place(m, first, cwd, 0)
	if text := m.Value(first); e.Form == source.Join && text.Form == source.Text && !strings.HasSuffix(text.Text, "/") {
		name = path.Dir(name) // what is added belongs to the name of the file
	}
	return name, false, ok
}

// temporary says whether a place is gone with the container anyway, or none of its files.
func temporary(name string) bool {
	return slices.ContainsFunc([]string{"/tmp", "/var/tmp", "/dev", "/proc", "/sys"}, func(dir string) bool { return detect.Inside(name, dir) })
}

// databases are the files that addresses of databases in an expression name.
func databases(e source.Expression) []source.Expression {
	var all []source.Expression
	e.Walk(func(e source.Expression) {
		if file, ok := sqliteURL(e.Text); ok && e.Form == source.Text {
			all = append(all, source.Expression{Form: source.Text, Text: file, Line: e.Line})
		}
	})
	return all
}

// openedToWrite gives the path of an open with a mode that writes.
func openedToWrite(call source.Expression) (source.Expression, bool) {
	if call.Text != "open" && !strings.HasSuffix(call.Text, ".open") {
		return source.Expression{}, false
	}
	mode, ok := call.Keyword("mode")
	where, has := call.Keyword(source.Self)
	if has {
		if !ok {
			mode, ok = call.Positional(0)
		}
	} else {
		where, has = call.Positional(0)
		if !ok {
			mode, ok = call.Positional(1)
		}
	}
	return where, has && ok && mode.Form == source.Text && len(mode.Text) < 4 && strings.ContainsAny(mode.Text, "wax+")
}

// sqliteURL is the file of a database address of SQLAlchemy's form
// (https://docs.sqlalchemy.org/en/20/core/engines.html#sqlite).
func sqliteURL(text string) (string, bool) {
	scheme, file, ok := strings.Cut(text, ":///")
	if !ok || !strings.HasPrefix(scheme, "sqlite") || file == "" || strings.HasPrefix(file, ":") {
		return "", false
	}
	file, _, _ = strings.Cut(file, "?")
	return file, true
}

// starters are calls that run another program.
var starters = []string{"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen", "subprocess.getoutput", "os.system", "os.popen", "shutil.which", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"}

// starts finds the other programs that a program calls by a plain name.
func (s *Sources) starts(files []string) []Asset {
	var all []Asset
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Calls {
			if !slices.Contains(starters, call.Text) {
				continue
			}
			first, ok := call.Argument(0, "args")
			first = m.Value(first)
			if first.Form == source.List && len(first.Args) > 0 {
				first = first.Args[0].Value
			}
			words := strings.Fields(first.Text)
			if !ok || first.Form != source.Text || len(words) == 0 {
				continue
			}
			name := path.Base(words[0])
			if !slices.ContainsFunc(all, func(a Asset) bool { return a.Path == name }) {
				all = append(all, Asset{name, detect.Evidence{File: file, Line: call.Line}})
			}
		}
	}
	return all
}

// stops says whether a program handles SIGTERM.
func (s *Sources) stops(files []string) bool {
	return slices.ContainsFunc(files, func(file string) bool {
		return slices.ContainsFunc(s.Module(file).Calls, func(call source.Expression) bool {
			first, ok := call.Positional(0)
			return ok && first.Text == "signal.SIGTERM" && (call.Text == "signal.signal" || strings.HasSuffix(call.Text, ".add_signal_handler"))
		})
	})
}
