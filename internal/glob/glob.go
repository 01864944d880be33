// Package glob spares the matching of patterns that cannot match.
package glob

import "strings"

// Literal gives the longest text in a pattern of .gitignore or .dockerignore that
// stands for itself: a path without it does not match. Only ASCII does, because a
// pattern takes every broken byte for the same character.
func Literal(pattern string) string {
	if i := strings.IndexAny(pattern, `[\`); i >= 0 {
		pattern = pattern[:i]
	}
	pattern = strings.TrimRight(strings.TrimPrefix(pattern, "!"), " ")
	longest := ""
	for part := range strings.FieldsFuncSeq(pattern, isSpecial) {
		if len(part) > len(longest) {
			longest = part
		}
	}
	return longest
}

func isSpecial(r rune) bool { return r < ' ' || r > '~' || strings.ContainsRune("*?/", r) }

var escape = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`, `^`, `\^`)

// Escape makes a pattern of a path that matches nothing else, in a .gitignore and in a
// .dockerignore.
func Escape(name string) string { return escape.Replace(name) }
