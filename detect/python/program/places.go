package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
)

// deepest is how many names and calls are followed to a path.
const deepest = 12

// folder evaluates a path of the repository that is written down.
func (s *Sources) folder(m *source.Module, e source.Expression, cwd string) (string, bool) {
	name, ok := s.place(m, e, cwd, 0)
	return name, ok && !path.IsAbs(name)
}

// place evaluates a path that is written down: texts, joined to the folder of the file, to
// the working folder, or to names that stand for such paths. It begins at the root of the
// repository, or is absolute where it lies elsewhere in the image.
func (s *Sources) place(m *source.Module, e source.Expression, cwd string, depth int) (string, bool) {
	if depth++; depth > deepest {
		return "", false
	}
	inner := func(e source.Expression) (string, bool) { return s.place(m, e, cwd, depth) }
	if _, fallback, ok := e.Environment(); ok {
		return inner(fallback)
	}
	switch e.Form {
	case source.Text:
		if below, ok := strings.CutPrefix(e.Text, "~/"); ok {
			return path.Join(Home, below), !strings.ContainsAny(below, ":~{*\n\x00")
		}
		name := from(cwd, e.Text)
		return name, e.Text != "" && !strings.HasPrefix(name, "..") && !strings.ContainsAny(e.Text, ":~{*\n\x00")
	case source.Join:
		return s.joined(m, e.Args[0].Value, e.Args[1:], cwd, depth)
	case source.Either:
		if name, ok := inner(e.Args[1].Value); ok {
			return name, ok
		}
		return inner(e.Args[0].Value)
	case source.Name:
		if name, ok := s.byName(m, e, cwd, depth); ok {
			return name, true
		}
	case source.Call:
		if name, ok := s.byCall(m, e, cwd, depth); ok {
			return name, true
		}
	default:
		return "", false
	}
	in, value := s.stated(m, e, depth)
	if _, _, variable := value.Environment(); value.Form != source.Text && value.Form != source.Join && !variable || value.Line == e.Line && in == m {
		return "", false
	}
	return s.place(in, value, cwd, depth)
}

// Home begins a place in the home of the user, which is absolute and where nobody knows yet.
const Home = "/~"

// homes are functions that give folders of the user, for the program of their first argument,
// with the folder below the home on Linux.
//
// Sources: the documentation of platformdirs and appdirs, which follow
// https://specifications.freedesktop.org/basedir-spec/latest/, and of click.
var homes = map[string]string{
	"user_data_dir": ".local/share", "user_data_path": ".local/share", "user_config_dir": ".config", "user_config_path": ".config",
	"user_state_dir": ".local/state", "user_state_path": ".local/state", "user_cache_dir": ".cache", "user_cache_path": ".cache",
	"get_app_dir": ".config", "save_data_path": ".local/share", "save_config_path": ".config",
}

// joined is a path with texts behind it.
func (s *Sources) joined(m *source.Module, first source.Expression, rest []source.Argument, cwd string, depth int) (string, bool) {
	name, ok := s.place(m, first, cwd, depth)
	if _, v := s.stated(m, first, depth); v.Form == source.Text && v.Text == "" {
		name, ok = cwd, true
	}
	for _, a := range rest {
		text := m.Value(a.Value)
		if text.Form != source.Text {
			return "", false
		}
		name = from(name, text.Text)
	}
	return name, ok && !strings.HasPrefix(name, "..")
}

// from is a path as a program in a folder means it.
func from(dir, name string) string {
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(dir, name)
}

// byName is a path by its name, or the folder above one.
func (s *Sources) byName(m *source.Module, e source.Expression, cwd string, depth int) (string, bool) {
	if e.Text == "__file__" {
		return m.File, true
	}
	if of, ok := strings.CutSuffix(e.Text, ".parent"); ok {
		name, ok := s.place(m, received(e, of), cwd, depth)
		return path.Dir(name), ok && name != "."
	}
	if o, ok := m.Assigned(e.Text, e.Line); ok && (o.Value.Text != e.Text || o.Value.Form == source.Other) {
		return s.place(m, o.Value, cwd, depth)
	}
	module, name, ok := cutLast(e.Text)
	if !ok {
		return "", false
	}
	if name == "instance_path" { // of Flask: https://flask.palletsprojects.com/en/stable/config/#instance-folders
		return path.Join(cwd, "instance"), true
	}
	if o, ok := member(m, e.Text); ok {
		return s.place(m, o.Value, cwd, depth)
	}
	for _, root := range s.Ancestors(m.File) {
		if file := s.ModuleFile(root, module); file != "" && file != m.File {
			other := s.Module(file)
			if o, ok := other.Assigned(name, 0); ok {
				return s.place(other, o.Value, cwd, depth)
			}
		}
	}
	if receiver := module[strings.LastIndexByte(module, '.')+1:]; holdsSettings.MatchString(receiver) {
		return s.anywhere(m, name, cwd, depth)
	}
	return "", false
}

// holdsSettings is the name of what settings are the fields of.
var holdsSettings = pattern.New(`(?i)settings|conf|cfg|^(self|cls|env|app|current_app)$|^[A-Z]`)

// member is what is assigned to an attribute or a subscript, as it is written.
func member(m *source.Module, text string) (source.Object, bool) {
	i := slices.IndexFunc(m.Members, func(o source.Object) bool { return o.Name == text })
	if i < 0 {
		return source.Object{}, false
	}
	return m.Members[i], true
}

// anywhere looks for what a field of settings or a key of a configuration holds: what
// runs with the program assigns it in a class, in the configuration itself, or by a name
// of that module which the configuration is made of.
func (s *Sources) anywhere(m *source.Module, name, cwd string, depth int) (string, bool) {
	for _, file := range s.described {
		other := s.Module(file)
		for _, o := range slices.Concat(other.Locals, other.Members, other.Objects) {
			if o.Name != name && !strings.HasSuffix(o.Name, `["`+name+`"]`) || o.Value.Form == source.Other {
				continue
			}
			if found, ok := s.place(other, o.Value, cwd, depth); ok {
				return found, true
			}
		}
		for _, call := range other.Calls {
			if v, ok := call.Keyword(name); ok && (strings.HasSuffix(call.Text, "config.from_mapping") || strings.HasSuffix(call.Text, "config.update")) {
				return s.place(other, v, cwd, depth)
			}
		}
	}
	return "", false
}

// byCall is a path that functions of os.path and pathlib make.
func (s *Sources) byCall(m *source.Module, e source.Expression, cwd string, depth int) (string, bool) {
	first, has := e.Positional(0)
	before, last, _ := cutLast(e.Text)
	if dir, ok := homes[last]; ok {
		if named, ok := e.Argument(0, "appname"); ok {
			if named = m.Value(named); named.Form == source.Text {
				dir = path.Join(dir, strings.ToLower(named.Text))
			}
		}
		return path.Join(Home, dir), true
	}
	switch {
	case e.Text == "pathlib.Path.home" || e.Text == "Path.home":
		return Home, true
	case e.Text == "os.path.expanduser" && has:
		return s.place(m, first, cwd, depth)
	case strings.HasSuffix(before, "config") && last == "get" && has, strings.HasSuffix(e.Text, "config[]") && has:
		return s.anywhere(m, first.Text, cwd, depth)
	case (last == "Field" || last == "field") && !has:
		given, _ := e.Keyword("default")
		return s.place(m, given, cwd, depth)
	case last == "Field":
		return s.place(m, first, cwd, depth)
	case e.Text == "os.getcwd" || last == "cwd":
		return cwd, true
	case e.Text == "os.path.dirname" && has:
		name, ok := s.place(m, first, cwd, depth)
		return path.Dir(name), ok
	case e.Text == "os.path.join" || e.Text == "pathlib.Path" || e.Text == "Path":
		if !has {
			return cwd, e.Text != "os.path.join"
		}
		return s.joined(m, first, e.Args[1:], cwd, depth)
	case slices.Contains([]string{"os.path.abspath", "os.path.realpath", "os.path.normpath", "str", "os.fspath"}, e.Text) && has:
		return s.place(m, first, cwd, depth)
	case last == "resolve" || last == "absolute" || last == "as_posix" || last == "expanduser":
		return s.place(m, received(e, before), cwd, depth)
	case last == "joinpath" && has:
		var rest []source.Argument
		for _, a := range e.Args {
			if self, ok := e.Keyword(source.Self); !ok || self.Form != a.Value.Form || self.Text != a.Value.Text {
				rest = append(rest, a)
			}
		}
		return s.joined(m, received(e, before), rest, cwd, depth)
	case last == "parents[]" && has:
		n, ok := first.Number()
		name, known := s.place(m, received(e, before), cwd, depth)
		for ; n >= 0 && known && name != "."; n-- {
			name = path.Dir(name)
		}
		return name, ok && known
	}
	return "", false
}

// received is what a method was taken from.
func received(e source.Expression, name string) source.Expression {
	if self, ok := e.Keyword(source.Self); ok && name == source.Self {
		return self
	}
	return source.Expression{Form: source.Name, Text: name, Line: e.Line, Args: e.Args}
}
