package program

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
)

// stated follows an expression to what it stands for where nobody says otherwise, with the
// module that says so: names that are imported, fields of objects and of pydantic's settings,
// keys of configurations, and what these have where a key is not set.
func (s *Sources) stated(m *source.Module, e source.Expression, depth int) (*source.Module, source.Expression) {
	named := e
	e = m.Value(e)
	if depth++; depth > deepest {
		return m, e
	}
	follow := func(m *source.Module, e source.Expression) (*source.Module, source.Expression) {
		return s.stated(m, e, depth)
	}
	if _, _, ok := e.Environment(); ok {
		return m, e
	}
	switch e.Form {
	case source.Either:
		if in, first := follow(m, e.Args[0].Value); isKnown(first) {
			return in, first
		}
		return follow(m, e.Args[1].Value)
	case source.Name:
		if in, o, ok := s.named(m, e); ok {
			return follow(in, o.Value)
		}
	case source.Call:
		if in, v, ok := s.keyed(m, e); ok {
			return follow(in, v)
		}
	case source.Other:
		if in, v, ok := s.passed(m, named); ok {
			return follow(in, v)
		}
	}
	return m, e
}

// passed is what the one call of a function, by the modules that run with the program, gives
// the parameter that a name stands for; where no call does, its default.
func (s *Sources) passed(m *source.Module, e source.Expression) (in *source.Module, found source.Expression, ok bool) {
	function, place, def, ok := m.Parameter(e)
	if !ok {
		return nil, found, false
	}
	calls := 0
	in, found = m, def
	for _, file := range s.described {
		other := s.Module(file)
		for _, call := range other.Calls {
			if _, last, _ := cutLast(call.Text); last != function {
				continue
			}
			if calls++; calls > 1 {
				return nil, found, false
			}
			if v, given := call.Argument(place, e.Text); given {
				in, found = other, v
			}
		}
	}
	return in, found, isKnown(found) || in != m
}

// option is the option of the command line that a name stands for, here or where a function
// is given it.
func (s *Sources) option(m *source.Module, e source.Expression, depth int) string {
	if flag, ok := m.Option(e); ok || depth > deepest {
		return flag
	}
	if o, ok := member(m, e.Text); ok && e.Form == source.Name {
		return s.option(m, o.Value, depth+1)
	}
	if in, given, ok := s.passed(m, e); ok && in != m {
		return s.option(in, given, depth+1)
	}
	return ""
}

// isKnown says whether an expression is a value, or a variable of the environment.
func isKnown(e source.Expression) bool {
	_, _, variable := e.Environment()
	return variable || e.Form == source.Text || e.Form == source.Number || e.Form == source.List || e.Form == source.Join
}

// named is what a name with dots stands for that its own module does not say: a name of
// another module, a field of an object there, of the class of one, or of the object itself.
func (s *Sources) named(m *source.Module, e source.Expression) (*source.Module, source.Object, bool) {
	object, name, ok := cutLast(e.Text)
	if !ok {
		return nil, source.Object{}, false
	}
	if o, ok := member(m, e.Text); ok {
		return m, o, true
	}
	for _, root := range s.Ancestors(m.File) {
		if file := s.ModuleFile(root, object); file != "" && file != m.File {
			if o, ok := s.Module(file).Assigned(name, 0); ok {
				return s.Module(file), o, true
			}
		}
		module, of, _ := cutLast(object)
		if file := s.ModuleFile(root, module); file != "" && module != "" {
			other := s.Module(file)
			if o, ok := other.Assigned(of, 0); ok && o.Value.Form == source.Call {
				if in, field, ok := s.fieldOf(other, o.Value.Text, name); ok {
					return in, field, true
				}
			}
		}
	}
	if receiver := object[strings.LastIndexByte(object, '.')+1:]; holdsSettings.MatchString(receiver) && receiver != "self" && receiver != "cls" {
		if in, o, ok := s.describes(name); ok {
			return in, o, true
		}
		if strings.ToUpper(name) == name { // of a table that fills the object
			in, v, ok := s.tabled(name, name)
			return in, source.Object{Name: name, Value: v}, ok
		}
	}
	return nil, source.Object{}, false
}

// fieldOf is a field that a class has by default, which a module has itself or imports.
func (s *Sources) fieldOf(m *source.Module, class, name string) (*source.Module, source.Object, bool) {
	module, short, _ := cutLast(class)
	for _, root := range s.Ancestors(m.File) {
		if file := s.ModuleFile(root, module); file != "" && module != "" {
			m = s.Module(file)
			break
		}
	}
	o, ok := m.Field(short, name)
	if ok {
		o.Value = s.filled(m, short, o)
	}
	return m, o, ok
}

// filled is the value of a field of a class: of pydantic's settings the variable that fills it
// (https://docs.pydantic.dev/latest/concepts/pydantic_settings/).
func (s *Sources) filled(m *source.Module, class string, o source.Object) source.Expression {
	value := o.Value
	if _, last, _ := cutLast(value.Text); value.Form == source.Call && strings.EqualFold(last, "field") {
		value, _ = o.Value.Argument(0, "default")
	}
	i := slices.IndexFunc(m.Defs, func(d source.Definition) bool { return d.Class && d.Name == class })
	if i < 0 || !isSettings(m.Defs[i]) {
		return value
	}
	variable := strings.ToUpper(prefixOf(m) + o.Name)
	if alias, ok := o.Value.Keyword("validation_alias", "alias", "env"); ok && alias.Form == source.Text {
		variable = alias.Text
	}
	return source.Variable(variable, value)
}

// isSettings knows classes whose fields variables of the environment fill.
func isSettings(d source.Definition) bool {
	return slices.ContainsFunc(d.Bases, func(b string) bool { return b == "BaseSettings" || strings.HasSuffix(b, ".BaseSettings") })
}

// describes is the one field of a class of that name that what runs with the program has.
func (s *Sources) describes(name string) (in *source.Module, found source.Object, ok bool) {
	for _, file := range s.described {
		m := s.Module(file)
		for _, d := range m.Defs {
			if o, has := m.Field(d.Name, name); has && d.Class {
				if ok {
					return nil, source.Object{}, false // of which of the classes nobody knows
				}
				o.Value = s.filled(m, d.Name, o)
				in, found, ok = m, o, true
			}
		}
	}
	return in, found, ok
}

// keyed is what a key stands for that a configuration is asked for: config["host"],
// config.get("server", "host", fallback="localhost"), settings.get("port", 8000).
func (s *Sources) keyed(m *source.Module, e source.Expression) (*source.Module, source.Expression, bool) {
	object, method, _ := cutLast(e.Text)
	if subscript, ok := strings.CutSuffix(e.Text, "[]"); ok {
		object, method = subscript, "get"
	}
	first, ok := e.Positional(0)
	if !ok || first.Form != source.Text || !slices.Contains([]string{"get", "getint", "getstr", "get_option", "value"}, method) {
		return nil, source.Expression{}, false
	}
	key := first
	fallback, given := e.Keyword("fallback", "default")
	if second, ok := e.Positional(1); ok && (given || method != "get" || second.Form == source.Text && !isAddress(second.Text)) {
		key = second
	} else if ok {
		fallback, given = second, true
	}
	if in, o, ok := s.named(m, source.Expression{Form: source.Name, Text: object, Line: e.Line}); ok {
		if v, ok := entry(o.Value, key.Text); ok {
			return in, v, true
		}
	}
	if o, ok := m.Assigned(object, e.Line); ok {
		if v, ok := entry(o.Value, key.Text); ok {
			return m, v, true
		}
	}
	if given && isKnown(fallback) {
		return m, fallback, true
	}
	if !holdsSettings.MatchString(object[strings.LastIndexByte(object, '.')+1:]) {
		return nil, source.Expression{}, false
	}
	return s.tabled(key.Text, first.Text)
}

// isAddress says whether a text can be a host, with or without a port.
func isAddress(text string) bool {
	return detect.IsLoopback(text) || strings.Contains(text, ".") || strings.Contains(text, ":")
}

// tabled is what the tables of defaults of the program have under a key: of several the one
// in a table of that section.
func (s *Sources) tabled(key, section string) (in *source.Module, found source.Expression, ok bool) {
	for _, file := range s.described {
		m := s.Module(file)
		for _, o := range slices.Concat(m.Objects, m.Locals) {
			o.Value.Walk(func(e source.Expression) {
				inner, has := entry(e, section)
				if !has || ok {
					return
				}
				inner.Walk(func(e source.Expression) {
					if v, has := entry(e, key); has && !ok {
						in, found, ok = m, v, true
					}
				})
			})
		}
		for _, o := range slices.Concat(m.Objects, m.Locals) {
			if v, has := entry(o.Value, key); has && !ok {
				in, found, ok = m, v, true
			}
		}
	}
	return in, found, ok
}

// entry is what a table has under a key: {"host": "localhost"}, ("host", "localhost"), or a
// description of the setting that has a default or a value.
func entry(table source.Expression, key string) (source.Expression, bool) {
	v, ok := table.Keyword(key)
	if !ok && table.Form == source.List && len(table.Args) > 1 && table.Args[0].Value.Form == source.Text && table.Args[0].Value.Text == key {
		v, ok = table.Args[1].Value, true
	}
	if given, described := v.Keyword("default", "value"); ok && described {
		return given, true
	}
	return v, ok && v.Form != source.Other
}

// defaults takes what the settings of a program have by default for where it listens, where
// none of its calls say that.
func (s *Sources) defaults(d *Detail) {
	said := slices.ContainsFunc(d.Listens, func(l detect.Listener) bool { return !l.Unread() })
	if said || len(d.Listens) == 0 && d.Unread.Why == "" {
		return
	}
	l, ok := s.tables()
	switch {
	case !ok:
	case l.Port != 0:
		l.What = "the default of " + l.What
		d.Listens, d.Unread = []detect.Listener{l}, Unread{}
	case len(d.Listens) > 0:
		d.Listens[0].Loopback, d.Listens[0].Unsure = true, false
	default:
		d.Unread.Why += fmt.Sprintf(", and %s is for this machine only by default (%s), which nobody outside the container can reach", l.What, l.At)
	}
}

// hostKeys is what settings are called that say where a server listens.
var hostKeys = pattern.New(`^(?:(?:web|http|server|listen|bind|api)_?)?(?:hosts?|hostname|address|addr|bind|listen|ip)$`)

// tables finds where the program listens that says so in no call that is looked into: a
// setting called as hosts are whose default is this machine, perhaps with a port. What the
// settings of its command line call it goes along.
func (s *Sources) tables() (found detect.Listener, ok bool) {
	for _, file := range s.described {
		m := s.Module(file)
		for _, o := range slices.Concat(m.Objects, m.Locals) {
			o.Value.Walk(func(e source.Expression) {
				if e.Form != source.List || ok {
					return
				}
				for _, key := range append(keysOf(e), e.Texts()...) {
					v, has := entry(e, key)
					host, port, _ := cutPort(v.Text)
					if has && hostKeys.MatchString(strings.ToLower(key)) && v.Form == source.Text && (detect.IsLoopback(v.Text) || detect.IsLoopback(host)) {
						ok = true
						found = detect.Listener{Port: port, Loopback: true, What: key, At: detect.Evidence{File: file, Line: v.Line}}
						e.Walk(func(inner source.Expression) {
							if inner.Form == source.Text && inner.Text == "--"+strings.ReplaceAll(key, "_", "-") {
								found.Option = inner.Text
							}
						})
						found.Told = found.Option != "" && port != 0
					}
				}
			})
		}
	}
	return found, ok
}

// keysOf are the keys of a table.
func keysOf(table source.Expression) (all []string) {
	for _, a := range table.Args {
		if name := a.Name(); name != "" {
			all = append(all, name)
		}
	}
	return all
}
