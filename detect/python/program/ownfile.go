package program

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Variable is an environment variable that a program reads and that has no default.
type Variable struct {
	Name string
	At   detect.Evidence
}

// ownFile reads the file of settings that a server of a Procfile's line is given, or takes
// by itself.
func (s *Sources) ownFile(p *Program) {
	switch path.Base(p.Argv[0]) {
	case "uwsgi":
		for _, word := range p.Argv[1:] {
			if file := path.Join(p.Root, strings.TrimPrefix(word, "--ini=")); path.Ext(word) == ".ini" && s.tree.Has(file) {
				s.uwsgi(p, file)
			}
		}
	case "gunicorn":
		if slices.ContainsFunc(p.Argv, func(w string) bool { return strings.HasPrefix(w, "-b") || strings.HasPrefix(w, "--bind") }) {
			return // which wins over the file
		}
		file := path.Join(p.Root, "gunicorn.conf.py")
		for i, word := range p.Argv {
			value, ok := strings.CutPrefix(word, "--config=")
			if (word == "-c" || word == "--config") && i+1 < len(p.Argv) {
				value, ok = p.Argv[i+1], true
			}
			if ok {
				file = path.Join(p.Root, strings.TrimPrefix(value, "file:"))
			}
		}
		if l, ok := s.gunicorn(file); ok {
			p.Told = []detect.Listener{l}
		}
	}
}

// gunicorn is where a file of gunicorn's settings binds it to
// (https://docs.gunicorn.org/en/stable/configure.html).
func (s *Sources) gunicorn(file string) (detect.Listener, bool) {
	m := s.Module(file)
	if m == nil {
		return detect.Listener{}, false
	}
	o, ok := m.Assigned("bind", 0)
	if !ok {
		return detect.Listener{}, false
	}
	v := m.Value(o.Value)
	l := detect.Listener{What: "what gunicorn's settings say", At: detect.Evidence{File: m.File, Line: o.Line}}
	if v.Form == source.List && len(v.Args) > 0 {
		v = m.Value(v.Args[0].Value)
	}
	switch {
	case v.Form == source.Text:
		host, port, _ := cutPort(v.Text)
		l.Port, l.Loopback = port, detect.IsLoopback(host)
	case v.Form == source.Join && len(v.Args) == 2:
		l.Loopback = detect.IsLoopback(strings.TrimSuffix(v.Args[0].Value.Text, ":"))
		s.setPort(&l, m, v.Args[1].Value)
	default:
		if name, fallback, ok := v.Environment(); ok && source.IsVariable(name) { // the whole address
			_, l.Port, _ = cutPort(m.Value(fallback).Text)
		}
	}
	return l, l.Port != 0 || l.Env != ""
}

// asked is a variable in a file of uWSGI: $(PORT).
var askedFor = pattern.New(`\$\(([A-Za-z_][A-Za-z0-9_]*)\)`)

// uwsgi reads a uwsgi.ini: where it listens, what it serves, and the variables that it
// wants (https://uwsgi-docs.readthedocs.io/en/latest/Options.html).
func (s *Sources) uwsgi(p *Program, file string) {
	entries, err := project.Settings(s.tree, file)
	if err != nil {
		p.Err = err
		return
	}
	for _, e := range entries {
		if e.Section != "uwsgi" {
			continue
		}
		for _, m := range askedFor.FindAllStringSubmatch(e.Value, -1) {
			if m[1] != "PORT" && !slices.ContainsFunc(p.Wants, func(v Variable) bool { return v.Name == m[1] }) {
				p.Wants = append(p.Wants, Variable{m[1], e.At})
			}
		}
		switch e.Key {
		case "http_socket", "http", "https":
			p.Told = append(p.Told, addressOf(e))
		case "socket", "uwsgi_socket":
			if l := addressOf(e); l.Port != 0 || l.Env != "" {
				l.Raw, l.Warning = true, "it speaks uWSGI's own protocol, for a web server before it"
				p.Told = append(p.Told, l)
			}
		case "wsgi_file", "file":
			if served := path.Join(p.Root, e.Value); s.Has(served) {
				p.File, p.Module, p.Object = served, source.DottedName(served, p.Root), "application"
			}
		case "module", "wsgi":
			module, object, _ := strings.Cut(e.Value, ":")
			p.File, p.Module, p.Object = s.ModuleFile(p.Root, module), module, object
		case "die_on_term":
			p.Ends = e.Value != "false" && e.Value != "0"
		case "daemonize", "daemonize2":
			p.Err = detect.Errorf(e.At, "%s sends the server to the background, and the container ends at once; take that line out, or give what runs with --command", strings.ReplaceAll(e.Key, "_", "-"))
		}
	}
}

// addressOf is the listener of one line of a uwsgi.ini.
func addressOf(e project.Setting) detect.Listener {
	l := detect.Listener{What: "what uWSGI's settings say", At: e.At}
	host, port, ok := cutPort(e.Value)
	l.Loopback = detect.IsLoopback(host)
	if ok {
		l.Port = port
	} else if m := askedFor.FindStringSubmatch(e.Value); m != nil && strings.HasSuffix(e.Value, m[0]) {
		l.Env = m[1]
	}
	return l
}
