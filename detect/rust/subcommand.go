package rust

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/manifest"
)

// subcommands finds out whether a program of clap does nothing without a subcommand:
// https://docs.rs/clap/latest/clap/_derive/index.html
func (p *program) subcommands() (s manifest.Subcommands) {
	if !p.crates["clap"] && !p.crates["structopt"] {
		return s
	}
	for _, f := range p.files {
		for i, t := range f.tokens {
			switch {
			case t.is("subcommand") && ofCommand(f.tokens, i):
				if kind := commandField(f.tokens, i); kind != "" {
					s.Names, s.At = p.variants(kind), f.at(t.line)
				}
			case t.is("enum") && i+1 < len(f.tokens) && derives(f.tokens, i, "Parser") && p.parses(f.tokens[i+1].text):
				s.Names, s.At = p.variants(f.tokens[i+1].text), f.at(t.line)
			case t.is("SubcommandRequiredElseHelp") || t.is("SubcommandRequired") || t.is("subcommand_required") && i+2 < len(f.tokens) && f.tokens[i+1].is("(") && f.tokens[i+2].is("true"):
				s.Names, s.At = p.named(), f.at(t.line)
			}
			if len(s.Names) > 0 {
				return s
			}
		}
	}
	return manifest.Subcommands{}
}

// ofCommand says whether a word stands in #[command(…)] or its like.
func ofCommand(t []token, i int) bool {
	for j := i; j > 2 && i-j < 40; j-- {
		if t[j].is("(") && t[j-2].is("[") {
			return t[j-1].is("command") || t[j-1].is("clap") || t[j-1].is("structopt")
		}
		if t[j].is("]") || t[j].is(";") {
			return false
		}
	}
	return false
}

// commandField is the type of the field behind the attribute at i, where it has to be
// given and its struct is what the program takes.
func commandField(t []token, i int) string {
	open := i
	for open > 0 && !t[open].is("[") {
		open--
	}
	begin := closing(t, open) + 1
	if _, ok := fieldBehind(t, begin); !ok {
		return ""
	}
	for begin < len(t) && !t[begin].is(":") {
		begin++
	}
	kind := ""
	for _, x := range t[min(begin+1, len(t)):min(fieldEnd(t, begin+1), len(t))] {
		if x.is("Option") {
			return ""
		}
		if x.kind == ident && kind == "" || x.kind == ident && !x.is("crate") && !x.is("super") {
			kind = x.text
		}
	}
	depth := 0
	for j := open; j > 0; j-- {
		switch {
		case t[j].is("}"):
			depth++
		case t[j].is("{"):
			if depth--; depth < 0 {
				for j > 0 && !t[j].is("struct") && !t[j].is("enum") && !t[j].is(";") {
					j--
				}
				if t[j].is("struct") && (derives(t, j, "Parser") || derives(t, j, "StructOpt")) {
					return kind
				}
				return ""
			}
		}
	}
	return ""
}

// derives says whether the item whose keyword stands at i has a derived trait.
func derives(t []token, i int, name string) bool {
	for j := i - 1; j > 0; j-- {
		switch {
		case t[j].is("pub") || t[j].is(")") || t[j].is("crate"):
		case t[j].is("("):
		case t[j].is("]"):
			open := opening(t, j)
			if slices.ContainsFunc(t[open:j], func(x token) bool { return x.is(name) }) {
				return true
			}
			j = open - 1 // and the #
		default:
			return false
		}
	}
	return false
}

// parses says whether the program reads its words as a type.
func (p *program) parses(kind string) bool {
	for _, f := range p.files {
		for i := 3; i < len(f.tokens); i++ {
			if (f.tokens[i].is("parse") || f.tokens[i].is("from_args")) && f.tokens[i-1].is(":") && f.tokens[i-3].is(kind) {
				return true
			}
		}
	}
	return false
}

// variants lists the subcommands that an enum stands for.
func (p *program) variants(kind string) (names []string) {
	for _, f := range p.files {
		for i := 0; i+2 < len(f.tokens); i++ {
			if !f.tokens[i].is("enum") || !f.tokens[i+1].is(kind) || !f.tokens[i+2].is("{") {
				continue
			}
			for _, v := range arguments(f.tokens, i+2) {
				if name := variantName(v); name != "" {
					names = append(names, name)
				}
			}
			return names
		}
	}
	return nil
}

// variantName is the subcommand of one variant, or nothing.
func variantName(v []token) string {
	name := ""
	for len(v) > 2 && v[0].is("#") && v[1].is("[") {
		end := closing(v, 1)
		for i := 2; i+2 < end; i++ {
			if v[i].is("name") && v[i+1].is("=") && v[i+2].kind == str {
				name = v[i+2].text
			}
		}
		if slices.ContainsFunc(v[2:end], func(t token) bool { return t.is("external_subcommand") || t.is("flatten") }) {
			return ""
		}
		v = v[min(end+1, len(v)):]
	}
	switch {
	case len(v) == 0 || v[0].kind != ident:
		return ""
	case name != "":
		return name
	}
	return strings.ReplaceAll(manifest.Kebab(v[0].text), "_", "-")
}

// named lists the subcommands that calls make: .subcommand(Command::new("serve")).
func (p *program) named() (names []string) {
	for _, f := range p.files {
		for i := 0; i+7 < len(f.tokens); i++ {
			t := f.tokens[i:]
			if t[0].is("subcommand") && t[1].is("(") && t[3].is(":") && t[4].is(":") && t[6].is("(") && t[7].kind == str {
				names = append(names, t[7].text)
			}
		}
	}
	return names
}
