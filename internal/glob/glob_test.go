package glob

import (
	"path"
	"strings"
	"testing"
)

func TestLiteral(t *testing.T) {
	for pattern, want := range map[string]string{
		"*.log": ".log", "!keep.log": "keep.log", "/build": "build", "**/node_modules": "node_modules",
		"a[bc]d": "a", `a\*b`: "a", "*": "", "": "", "é*x": "x", "logs/": "logs", "a b  ": "a b", "src/*/very-long.go": "very-long.go",
	} {
		if got := Literal(pattern); got != want {
			t.Errorf("Literal(%q) = %q, want %q", pattern, got, want)
		}
	}
}

// FuzzLiteral wants what a pattern matches to hold its literal.
func FuzzLiteral(f *testing.F) {
	f.Add("*.log", "a.log")
	f.Add("a?c", "abc")
	f.Add("[a-c]x", "bx")
	f.Fuzz(func(t *testing.T, pattern, name string) {
		if strings.HasPrefix(pattern, "!") || strings.HasSuffix(pattern, " ") {
			return // the files that hold patterns give these a meaning that path.Match has not
		}
		if ok, err := path.Match(pattern, name); ok && err == nil && !strings.Contains(name, Literal(pattern)) {
			t.Errorf("%q matches %q without %q", pattern, name, Literal(pattern))
		}
	})
}
