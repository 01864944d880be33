package python

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
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
func (s *sources) writes(files []string) []Asset {
	var all []Asset
	for _, file := range files {
		m := s.module(file)
		note := func(e expression, line int) {
			e = m.value(e)
			if _, fallback, ok := e.environment(); ok {
				e = m.value(fallback)
			}
			if name, ok := relative(e); ok {
				all = append(all, Asset{name, detect.Evidence{File: file, Line: line}})
			}
		}
		for _, call := range m.calls {
			for _, w := range writers {
				if call.text != w.callee && !strings.HasSuffix(call.text, "."+strings.TrimPrefix(w.callee, ".")) {
					continue
				}
				if v, ok := call.keyword(w.name); ok {
					note(v, call.line)
				} else if v, ok := call.positional(w.place); ok && w.place >= 0 {
					note(v, call.line)
				}
			}
			if call.text == "open" || call.text == "().open" || call.text == "aiofiles.open" {
				if v, ok := openedToWrite(call); ok {
					note(v, call.line)
				}
			}
			if slices.Contains(pathWriters, call.text) {
				if v, ok := call.keyword(self); ok {
					note(pathOf(v), call.line)
				}
			}
			call.walk(func(e expression) {
				if database, ok := sqliteURL(e.text); ok && e.form == textForm {
					note(expression{form: textForm, text: database}, e.line)
				}
			})
		}
		for _, o := range slices.Concat(m.objects, m.locals) {
			o.value.walk(func(e expression) {
				if database, ok := sqliteURL(e.text); ok && e.form == textForm {
					note(expression{form: textForm, text: database}, o.line)
				}
			})
		}
	}
	return all
}

// pathOf sees through Path("x").
func pathOf(e expression) expression {
	if e.form == callForm && (e.text == "pathlib.Path" || e.text == "Path") {
		if inner, ok := e.positional(0); ok {
			return inner
		}
	}
	return e
}

// openedToWrite gives the path of an open with a mode that writes.
func openedToWrite(call expression) (expression, bool) {
	mode, ok := call.keyword("mode")
	where, has := call.keyword(self)
	if has {
		where = pathOf(where)
		if !ok {
			mode, ok = call.positional(0)
		}
	} else {
		where, has = call.positional(0)
		if !ok {
			mode, ok = call.positional(1)
		}
	}
	return where, has && ok && mode.form == textForm && len(mode.text) < 4 && strings.ContainsAny(mode.text, "wax+")
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
func relative(e expression) (string, bool) {
	if e.form == joinForm {
		for _, a := range e.args {
			if a.value.form == textForm && !strings.HasPrefix(a.value.text, "/") {
				return a.value.text, true
			}
		}
		return "", false
	}
	if e.form != textForm || e.text == "" || strings.HasPrefix(e.text, ":") || strings.ContainsAny(e.text, "\n\x00") || strings.Contains(e.text, "://") {
		return "", false
	}
	name := path.Clean(e.text)
	return name, name != "." && !strings.HasPrefix(name, "/") && !strings.HasPrefix(name, "../") && !strings.HasPrefix(name, "~")
}

// starters are calls that run another program.
var starters = []string{"subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output", "subprocess.Popen", "subprocess.getoutput", "os.system", "os.popen", "shutil.which", "asyncio.create_subprocess_exec", "asyncio.create_subprocess_shell"}

// starts finds the other programs that a program calls by a plain name.
func (s *sources) starts(files []string) []Asset {
	var all []Asset
	for _, file := range files {
		m := s.module(file)
		for _, call := range m.calls {
			if !slices.Contains(starters, call.text) {
				continue
			}
			first, ok := call.argument(0, "args")
			first = m.value(first)
			if first.form == listForm && len(first.args) > 0 {
				first = first.args[0].value
			}
			words := strings.Fields(first.text)
			if !ok || first.form != textForm || len(words) == 0 {
				continue
			}
			name := path.Base(words[0])
			if !slices.ContainsFunc(all, func(a Asset) bool { return a.Path == name }) {
				all = append(all, Asset{name, detect.Evidence{File: file, Line: call.line}})
			}
		}
	}
	return all
}

// stops says whether a program handles SIGTERM.
func (s *sources) stops(files []string) bool {
	return slices.ContainsFunc(files, func(file string) bool {
		return slices.ContainsFunc(s.module(file).calls, func(call expression) bool {
			first, ok := call.positional(0)
			return ok && first.text == "signal.SIGTERM" && (call.text == "signal.signal" || strings.HasSuffix(call.text, ".add_signal_handler"))
		})
	})
}
