package java

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// javaToken is a piece of program text: a comment, a text, a word, or a sign.
var javaToken = pattern.New(`//[^\n]*|/\*[\s\S]*?\*/|"(?:[^"\\\n]|\\.)*"|\w+|\S`)

// cut gives the tokens of program text without its comments, and where each begins.
func cut(text string) (tokens []string, places []int) {
	for _, m := range javaToken.FindAllStringIndex(text, -1) {
		if token := text[m[0]:m[1]]; !strings.HasPrefix(token, "//") && !strings.HasPrefix(token, "/*") {
			tokens, places = append(tokens, token), append(places, m[0])
		}
	}
	return tokens, places
}

// conditions reads what has to hold for the place of a file to run, within that file, and
// the methods around.
func conditions(file, text string, place int) ([]detect.Condition, []string) {
	tokens, places := cut(text)
	at, found := slices.BinarySearch(places, place)
	if !found && at > 0 {
		at--
	}
	p := detect.Program{
		Tokens: tokens,
		At: func(i int) detect.Evidence {
			return detect.Evidence{File: file, Line: 1 + strings.Count(text[:places[min(i, len(places)-1)]], "\n")}
		},
		Value: func(name string) []string {
			assigned := regexp.MustCompile(`\b` + regexp.QuoteMeta(name) + `\s*=\s*([^;=\n][^;\n]*)`)
			if m := assigned.FindStringSubmatch(text); m != nil {
				value, _ := cut(m[1])
				return value
			}
			return nil
		},
	}
	return detect.Conditions(func(string) []detect.Program { return []detect.Program{p} }, p, at)
}
