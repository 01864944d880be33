package source

import (
	"slices"

	"github.com/dockgen/dockgen/detect"
)

// conditions lists what has to hold for the call at i to run, and the functions around.
func (c Code) conditions(f sourceFile, i int) ([]detect.Condition, []string) {
	return detect.Conditions(func(name string) (files []detect.Program) {
		for _, one := range c.files {
			if slices.ContainsFunc(one.tokens, func(t token) bool { return t.text == name }) {
				files = append(files, c.program(one))
			}
		}
		return files
	}, c.program(f), i)
}

// program is a file as the search for conditions reads it.
func (c Code) program(f sourceFile) detect.Program {
	return detect.Program{
		Tokens: texts(f.tokens), At: f.at,
		Value: func(name string) []string {
			_, value := c.value(f, name)
			return texts(value)
		},
	}
}

// texts are tokens as they are written, those that are texts in double quotes.
func texts(tokens []token) []string {
	all := make([]string, len(tokens))
	for i, t := range tokens {
		all[i] = t.text
		if t.kind == text || t.kind == mixed {
			all[i] = `"` + t.text + `"`
		}
	}
	return all
}

func (f sourceFile) wordBefore(i int) string {
	if i < 1 || f.tokens[i-1].kind != word {
		return ""
	}
	return f.tokens[i-1].text
}
