package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// aside reads what has to hold for the call at i to listen, and what says that it stands
// beside the service.
func (p *program) aside(f source, i int, l *detect.Listener) {
	var names []string
	l.When, names = detect.Conditions(func(name string) (files []detect.Program) {
		for _, one := range p.files {
			if slices.ContainsFunc(one.tokens, func(t token) bool { return t.text == name }) {
				files = append(files, p.text(one))
			}
		}
		return files
	}, p.text(f), i)
	names = append(names, l.Env, l.Address, l.Host)
	if base := strings.TrimSuffix(path.Base(f.name), ".rs"); base != "main" {
		names = append(names, base)
	}
	begin := i
	for begin > 0 && !slices.ContainsFunc([]string{";", "{", "}"}, f.tokens[begin-1].is) {
		begin--
	}
	for _, t := range f.tokens[begin:closing(f.tokens, i+1)] {
		if t.kind == ident {
			names = append(names, t.text)
		}
	}
	l.Side = detect.SideWord(names...)
}

// text is a file as the search for conditions reads it.
func (p *program) text(f source) detect.Program {
	return detect.Program{
		Tokens: texts(f.tokens),
		At:     func(i int) detect.Evidence { return f.at(f.tokens[min(i, len(f.tokens)-1)].line) },
		Value: func(name string) []string {
			for _, d := range p.defined[name] {
				if d.rank == 0 && d.file.name == f.name {
					return texts(d.tokens)
				}
			}
			return nil
		},
	}
}

func texts(tokens []token) []string {
	all := make([]string, len(tokens))
	for i, t := range tokens {
		all[i] = t.text
		if t.kind == str {
			all[i] = `"` + t.text + `"`
		}
	}
	return all
}
