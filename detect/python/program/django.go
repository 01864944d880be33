package program

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// Django is what a project of Django states.
type Django struct {
	Manage   string // manage.py, from the root
	Settings string // the module of its settings
	Other    bool   // they are not those that manage.py takes by itself
	WSGI     string // module:object
	ASGI     string
	Static   detect.Evidence // STATIC_ROOT
	SQLite   detect.Evidence // a database in a file
	Made     []Write         // folders that the settings have it write into
	Channels detect.Evidence // it speaks ASGI
	GIS      detect.Evidence // it has GeoDjango, which wants libraries of geography
	Needs    []Needed        // environment variables without a default that the settings read
	URLs     string          // ROOT_URLCONF
	At       detect.Evidence // where manage.py names the settings

	files          []string // of the settings
	user, database string   // of the server, where they are written down
}

// Needed is an environment variable that has to be there.
type Needed struct {
	Name  string
	Value string // one that settings can be read with
	Maybe bool   // it is read under a condition
	At    detect.Evidence
}

// django finds manage.py nearest to the project's folder and reads the settings.
func (s *Sources) django() *Django {
	var d *Django
	depth := 0
	for _, file := range s.All() {
		if path.Base(file) != "manage.py" || s.IsAside(file) {
			continue
		}
		if m := s.Module(file); !strings.Contains(m.ImportText(), "django") && m.ImportLine("django") == 0 {
			continue
		}
		if n := strings.Count(file, "/"); d == nil || n < depth {
			d, depth = &Django{Manage: file, At: detect.Evidence{File: file, Line: 1}}, n
		}
	}
	if d == nil {
		return nil
	}
	d.settings(s)
	return d
}

// settings reads the settings module that manage.py names, and what it imports all of.
func (d *Django) settings(s *Sources) {
	root := path.Dir(d.Manage)
	for _, call := range s.Module(d.Manage).Calls {
		name, value, ok := call.Environment()
		if ok && name == "DJANGO_SETTINGS_MODULE" && value.Form == source.Text {
			d.Settings, d.At = value.Text, detect.Evidence{File: d.Manage, Line: call.Line}
		}
	}
	if served := s.servedSettings(root); served != "" && served != d.Settings {
		d.Settings, d.Other = served, d.Settings != ""
	}
	if d.Settings != "" {
		d.read(s, s.ModuleFile(root, d.Settings), root, 0)
	}
	for _, file := range s.All() { // the files themselves, where the settings do not say
		base := path.Base(file)
		module := source.DottedName(file, root)
		switch {
		case !strings.HasPrefix(file, strings.TrimPrefix(root+"/", "./")) && root != ".":
		case base == "wsgi.py" && d.WSGI == "":
			d.WSGI = module + ":application"
		case base == "asgi.py" && d.ASGI == "":
			d.ASGI = module + ":application"
		}
	}
}

// servedSettings are the settings that the module names which servers take: those of
// production, where manage.py has those of development.
func (s *Sources) servedSettings(root string) string {
	for _, file := range s.All() {
		base := path.Base(file)
		if base != "wsgi.py" && base != "asgi.py" || root != "." && !strings.HasPrefix(file, root+"/") {
			continue
		}
		for _, call := range s.Module(file).Calls {
			name, value, ok := call.Environment()
			if ok && name == "DJANGO_SETTINGS_MODULE" && value.Form == source.Text {
				return value.Text
			}
		}
	}
	return ""
}

// read looks at one file of settings; depth bounds how far it follows imports.
func (d *Django) read(s *Sources, file, root string, depth int) {
	m := s.Module(file)
	if m == nil || depth > 5 {
		return
	}
	d.files = append(d.files, file)
	for _, i := range m.Imports {
		if i.Name == "*" {
			for _, target := range s.Targets(m, i, []string{root}) {
				if target != file {
					d.read(s, target, root, depth+1)
				}
			}
		}
	}
	for _, o := range m.Objects {
		at := detect.Evidence{File: file, Line: o.Line}
		switch o.Name {
		case "WSGI_APPLICATION":
			d.WSGI = entryPoint(o.Value.Text, d.WSGI)
		case "ASGI_APPLICATION":
			d.ASGI = entryPoint(o.Value.Text, d.ASGI)
			d.Channels = at
		case "STATIC_ROOT":
			d.Static = at
		case "ROOT_URLCONF":
			d.URLs = o.Value.Text
		case "INSTALLED_APPS":
			for _, app := range o.Value.Texts() {
				switch app {
				case "channels", "daphne":
					d.Channels = at
				case "django.contrib.gis":
					d.GIS = at
				}
			}
		case "DATABASES":
			d.databases(s, m, root, o.Value, at)
		case "MEDIA_ROOT": // https://docs.djangoproject.com/en/5.2/ref/settings/#media-root
			d.makes(s, m, root, o.Value, true, at)
		}
	}
	kinds := map[string]string{}
	for _, call := range m.Calls {
		if callee := call.Text[strings.LastIndexByte(call.Text, '.')+1:]; readers[callee] != "" {
			call.Walk(func(inner source.Expression) {
				if name, _, ok := inner.Environment(); ok && kinds[name] == "" {
					kinds[name] = readers[callee]
				}
			})
		}
	}
	loads := func(call source.Expression) bool {
		return slices.ContainsFunc(m.Loading, func(l source.Expression) bool { return l.Line == call.Line && l.Text == call.Text })
	}
	for _, call := range m.Calls {
		d.need(call, file, kinds, !loads(call))
	}
	for _, o := range m.Objects {
		if name, fallback, ok := o.Value.Environment(); ok && isNothing(fallback) && raisesWithout(m, o, name) {
			d.wants(Needed{name, placeholder(name, kinds[name]), false, detect.Evidence{File: file, Line: o.Line}})
		}
	}
	d.helped(s, m, root)
}

// isNothing says whether a default is none: it is left out, None or an empty text.
func isNothing(e source.Expression) bool {
	return e.Form == source.Other || e.Form == source.Name && e.Text == "None" || e.Form == source.Text && e.Text == ""
}

// raisesWithout says whether a module raises an error where a variable of the environment,
// which a name stands for, is not set.
func raisesWithout(m *source.Module, o source.Object, variable string) bool {
	return slices.ContainsFunc(m.Blocks, func(b source.Block) bool {
		refuses := slices.ContainsFunc(m.Raises, func(line int) bool { return line >= b.From && (b.To == 0 || line <= b.To) })
		asks := b.Lacks == o.Name || strings.Contains(b.If, "not") && strings.Contains(b.If, `"`+variable+`"`)
		return refuses && b.From >= o.Line && asks
	})
}

// helped notes the variables that settings read by a function of the project which takes their
// name and raises an error where they are not set.
func (d *Django) helped(s *Sources, m *source.Module, root string) {
	helpers := requirers(m)
	for _, i := range m.Imports {
		for _, file := range s.Targets(m, i, []string{root}) {
			for _, name := range requirers(s.Module(file)) {
				if i.Name == name || i.Name == "*" || i.Name == "" || strings.HasSuffix(i.Module, "."+i.Name) {
					helpers = append(helpers, name)
				}
			}
		}
	}
	for _, call := range m.Calls {
		_, last, _ := cutLast(call.Text)
		first, ok := call.Positional(0)
		if _, second := call.Positional(1); ok && !second && first.Form == source.Text && source.IsVariable(first.Text) && slices.Contains(helpers, last) && len(call.Args) == 1 {
			d.wants(Needed{first.Text, placeholder(first.Text, ""), false, detect.Evidence{File: m.File, Line: call.Line}})
		}
	}
}

// requirers are the functions of a module that read the variable of the environment which
// their first parameter names, and raise an error where it is not set.
func requirers(m *source.Module) (names []string) {
	for _, b := range m.Blocks {
		within := func(line int) bool { return line >= b.From && (b.To == 0 || line <= b.To) }
		if b.Def == "" || len(b.Takes) == 0 {
			continue
		}
		reads := slices.ContainsFunc(m.Calls, func(c source.Expression) bool {
			first, ok := c.Positional(0)
			return within(c.Line) && source.IsEnvironment(c.Text) && ok && first.Form == source.Name && first.Text == b.Takes[0].Name
		})
		if reads && slices.ContainsFunc(m.Raises, within) {
			names = append(names, b.Def)
		}
	}
	return names
}

// wants notes a variable once.
func (d *Django) wants(n Needed) {
	if source.IsVariable(n.Name) && !slices.ContainsFunc(d.Needs, func(o Needed) bool { return o.Name == n.Name }) {
		d.Needs = append(d.Needs, n)
	}
}

// readers are what settings make of a variable's text, with the kind of text that each
// takes.
var readers = map[string]string{"int": "int", "float": "int", "Decimal": "int", "strtobool": "bool", "loads": "json", "literal_eval": "json", "parse": "db_url", "UUID": "uuid"}

// entryPoint makes module:object of a dotted name.
func entryPoint(name, otherwise string) string {
	i := strings.LastIndexByte(name, '.')
	if i < 0 {
		return otherwise
	}
	return name[:i] + ":" + name[i+1:]
}

func (d *Django) databases(s *Sources, m *source.Module, root string, e source.Expression, at detect.Evidence) {
	for _, a := range e.Args {
		if engine, ok := a.Value.Keyword("ENGINE"); ok && strings.HasSuffix(engine.Text, "sqlite3") {
			name, _ := a.Value.Keyword("NAME")
			if !d.makes(s, m, root, name, false, at) {
				d.SQLite = at
			}
			continue
		}
		for key, to := range map[string]*string{"NAME": &d.database, "USER": &d.user} {
			if v, ok := a.Value.Keyword(key); ok && v.Form == source.Text && *to == "" {
				*to = v.Text
			}
		}
	}
}

// makes notes a file or folder that a setting has Django write, but such as lie in the
// folder that it is started in: these make that one the user's.
func (d *Django) makes(s *Sources, m *source.Module, root string, e source.Expression, folder bool, at detect.Evidence) bool {
	name, ok := s.place(m, e, root, 0)
	w := Write{Path: name, Place: name, Folder: folder, Keeps: true, At: at}
	if !ok || w.In() == root || w.In() == "/" || temporary(name) {
		return false
	}
	if !path.IsAbs(name) {
		w.Path = detect.Relative(root, name)
		w.There = s.tree.IsFolder(w.In())
		elsewhere, _ := s.place(m, e, "elsewhere", 0)
		w.Beside = elsewhere == name
	}
	d.Made = append(d.Made, w)
	return true
}

// need notes a variable that the settings read and that has no default.
func (d *Django) need(call source.Expression, file string, kinds map[string]string, maybe bool) {
	if !source.IsEnvironment(call.Text) || call.Text == "os.environ.get" || call.Text == "os.getenv" || call.Text == "os.environ.setdefault" {
		return
	}
	name, fallback, ok := call.Environment()
	_, has := call.Keyword("default")
	if !ok || has || fallback.Form != source.Other || slices.ContainsFunc(d.Needs, func(n Needed) bool { return n.Name == name }) {
		return
	}
	if !source.IsVariable(name) {
		return
	}
	cast, _ := call.Keyword("cast")
	kind := cmp.Or(cast.Text, kinds[name])
	if _, method, ok := strings.Cut(call.Text, "."); ok && strings.HasPrefix(call.Text, "env.") {
		kind = method
	}
	d.Needs = append(d.Needs, Needed{name, placeholder(name, kind), maybe, detect.Evidence{File: file, Line: call.Line}})
}

// placeholder is a value that settings can be read with, and nothing else.
func placeholder(name, kind string) string {
	switch {
	case kind == "bool":
		return "0"
	case kind == "int" || kind == "float" || strings.HasSuffix(name, "_PORT"):
		return "1"
	case kind == "json":
		return "{}"
	case kind == "uuid":
		return "00000000-0000-0000-0000-000000000000"
	case kind == "db" || kind == "db_url" || strings.Contains(name, "DATABASE_URL"):
		return "sqlite:////tmp/build.sqlite3"
	case kind == "cache" || kind == "cache_url":
		return "dummycache://"
	case strings.Contains(name, "REDIS") && strings.HasSuffix(name, "_URL"):
		return "redis://127.0.0.1:6379/0"
	case strings.HasSuffix(name, "_URL"):
		return "http://127.0.0.1/"
	}
	return "build"
}

// served is the way to serve a project of Django: ASGI where it asks for that or has a server
// for nothing else, else WSGI.
func (s *Sources) served(d *Django) Program {
	root := path.Dir(d.Manage)
	target, speaks := d.WSGI, wsgi
	if d.ASGI != "" && (target == "" || d.Channels.File != "" || !s.serves(wsgi) && s.serves(asgi)) {
		target, speaks = d.ASGI, asgi
	}
	module, object, _ := strings.Cut(target, ":")
	return Program{Kind: Application, Name: target, File: s.ModuleFile(root, module), Root: root, Module: module, Object: object, Framework: "Django", protocol: speaks, At: d.At, Reason: "the project of Django"}
}

// serves says whether a server for a protocol is there.
func (s *Sources) serves(p protocol) bool {
	_, ok := serverFor(s.project, p)
	return ok
}
