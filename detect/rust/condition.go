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

// commanded takes the condition that a subcommand asks for it from listeners, where all
// stand in one branch: the image is started with a subcommand that serves.
func (p *program) commanded(all []detect.Listener) {
	asks := func(c detect.Condition) bool {
		return c.Unknown && slices.ContainsFunc(p.files, func(f source) bool {
			return f.name == c.At.File && slices.ContainsFunc(f.tokens, func(t token) bool {
				return t.line == c.At.Line && t.kind == ident && strings.Contains(strings.ToLower(t.text), "command")
			})
		})
	}
	for i, l := range all {
		all[i].When = slices.DeleteFunc(slices.Clone(l.When), func(c detect.Condition) bool {
			return asks(c) && !slices.ContainsFunc(all, func(other detect.Listener) bool {
				return slices.ContainsFunc(other.When, func(o detect.Condition) bool { return o.Choice == c.Choice && o.Branch != c.Branch })
			})
		})
	}
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
