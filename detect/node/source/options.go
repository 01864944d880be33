package source

import (
	"slices"
	"strings"
)

// commandLines are packages that read a command line whose options are given to a function
// called option: commander's, cac's and sade's have ("--port <n>", words, default), yargs' have
// ("port", {default}).
var commandLines = []string{"commander", "cac", "sade", "yargs"}

// option is what an option of the command line is where nobody gives it, and what it is called
// there; nothing where the program has none of that name.
func (c Code) option(f sourceFile, name string) (value []token, flag string) {
	if !f.mentions(commandLines...) {
		return nil, ""
	}
	for i := range f.tokens {
		if !f.is(i, "option", "(") {
			continue
		}
		args := f.arguments(i + 1)
		if len(args) < 2 || args[0][0].kind != text || !isOption(args[0][0].text, name) {
			continue
		}
		flag, value = "--"+kebab(name), args[len(args)-1]
		if object := property(value, "default"); object != nil {
			return object, flag
		}
		if len(args) > 2 && value[0].text != "{" {
			return value, flag
		}
	}
	return nil, ""
}

// isOption says whether an option, as "-p, --port <port>" or port, is the one that a program
// has under a name.
func isOption(written, name string) bool {
	fields := strings.FieldsFunc(written, func(r rune) bool { return strings.ContainsRune(" ,|=<>[]", r) })
	return len(fields) > 0 && (fields[0] == name || slices.Contains(fields, "--"+kebab(name)))
}

// kebab writes a name as command lines do: listen-host for listenHost.
func kebab(name string) string {
	var b strings.Builder
	for _, r := range name {
		if r >= 'A' && r <= 'Z' {
			b.WriteByte('-')
			r += 'a' - 'A'
		}
		b.WriteRune(r)
	}
	return b.String()
}
