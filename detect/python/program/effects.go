package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Asset is a file or folder that a program writes, or another program that it calls.
type Asset struct {
	Path string
	At   detect.Evidence
}

// writers are calls that make a file, with the place and name of its path.
var writers = []struct {
	callee string
	place  int
	name   string
}{
	{"sqlite3.connect", 0, "database"}, {"aiosqlite.connect", 0, "database"}, {"shelve.open", 0, "filename"},
	{"os.makedirs", 0, "name"}, {"os.mkdir", 0, "path"}, {".FileHandler", 0, "filename"}, {".RotatingFileHandler", 0, "filename"},
	{".TimedRotatingFileHandler", 0, "filename"}, {"logging.basicConfig", -1, "filename"}, {".savefig", 0, "fname"}, {".to_csv", 0, "path_or_buf"},
	{".to_excel", 0, "excel_writer"}, {".to_json", 0, "path_or_buf"}, {".to_parquet", 0, "path"}, {"cairo.SVGSurface", 0, "fobj"},
	{"cairo.PDFSurface", 0, "fobj"}, {"cairo.PSSurface", 0, "fobj"}, {".write_to_png", 0, "fobj"}, {"tinydb.TinyDB", 0, "path"},
	{"chromadb.PersistentClient", 0, "path"}, {"np.save", 0, "file"}, {"numpy.save", 0, "file"}, {"joblib.dump", 1, "filename"},
	{"torch.save", 1, "f"},
}

// methods of a path that make a file.
var pathWriters = []string{"().mkdir", "().write_text", "().write_bytes", "().touch"}

// writes finds what a program makes in its working folder.
func (s *Sources) writes(files []string) []Asset {
	var all []Asset
	for _, file := range files {
		m := s.Module(file)
		note := func(e source.Expression, line int) {
			e = m.Value(e)
			if _, fallback, ok := e.Environment(); ok {
				e = m.Value(fallback)
			}
			if name, ok := relative(e); ok {
				all = append(all, Asset{name, detect.Evidence{File: file, Line: line}})
			}
		}
		for _, call := range m.Calls {
			for _, name := range written(call) {
				note(name, call.Line)
			}
			for _, database := range databases(call) {
				note(database, database.Line)
			}
		}
		for _, o := range slices.Concat(m.Objects, m.Locals) {
			for _, database := range databases(o.Value) {
				note(database, o.Line)
			}
		}
	}
	return all
}

// written are the paths that a call makes.
func written(call source.Expression) []source.Expression {
	var all []source.Expression
	for _, w := range writers {
		if call.Text != w.callee && !strings.HasSuffix(call.Text, "."+strings.TrimPrefix(w.callee, ".")) {
			continue
		}
		if v, ok := call.Keyword(w.name); ok {
			all = append(all, v)
		} else if v, ok := call.Positional(w.place); ok && w.place >= 0 {
			all = append(all, v)
		}
	}
	if call.Text == "open" || call.Text == "().open" || call.Text == "aiofiles.open" {
		if v, ok := openedToWrite(call); ok {
			all = append(all, v)
		}
	}
	if slices.Contains(pathWriters, call.Text) {
		if v, ok := call.Keyword(source.Self); ok {
			all = append(all, pathOf(v))
		}
	}
	return all
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

// pathOf sees through Path("x").
func pathOf(e source.Expression) source.Expression {
	if e.Form == source.Call && (e.Text == "pathlib.Path" || e.Text == "Path") {
		if inner, ok := e.Positional(0); ok {
			return inner
		}
	}
	return e
}

// openedToWrite gives the path of an open with a mode that writes.
func openedToWrite(call source.Expression) (source.Expression, bool) {
	mode, ok := call.Keyword("mode")
	where, has := call.Keyword(source.Self)
	if has {
		where = pathOf(where)
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

// relative is a path from the working folder, not a device or what is elsewhere.
func relative(e source.Expression) (string, bool) {
	if e.Form == source.Join {
		for _, a := range e.Args {
			if a.Value.Form == source.Text && !strings.HasPrefix(a.Value.Text, "/") {
				return a.Value.Text, true
			}
		}
		return "", false
	}
	if e.Form != source.Text || e.Text == "" || strings.HasPrefix(e.Text, ":") || strings.ContainsAny(e.Text, "\n\x00") || strings.Contains(e.Text, "://") {
		return "", false
	}
	name := path.Clean(e.Text)
	return name, name != "." && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "../") && !strings.HasPrefix(name, "~")
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
