package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFold(t *testing.T) {
	for _, c := range []struct {
		name, line string
		limit      int
		want       string
	}{
		{"no limit", "  one two three", 0, "  one two three"},
		{"fits", "  one two", 9, "  one two"},
		{"one too long", "  one two", 8, "  one\n      two"},
		{"a long word first", "abcdefghij k", 5, "abcdefghij\n    k"},
		{"a long word alone", "abcdefghij", 5, "abcdefghij"},
		{"a long word behind", "a bcdefghij", 5, "a\n    bcdefghij"},
		{"other letters", "äöü → äöü", 8, "äöü →\n    äöü"},
		{"nothing", "", 5, ""},
		{"narrower than the indentation", "  a b c", 2, "  a\n      b\n      c"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := strings.Join(fold(c.line, below(c.line), c.limit), "\n")
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestArrange(t *testing.T) {
	row := []string{"  port", "8080", "PORT, else 8080", "main.go:20", "--port"}
	widths := []int{12, 6, 15, 10, 0}
	for _, c := range []struct {
		name  string
		limit int
		want  string
	}{
		{"a pipe", 0, "  port         8080     PORT, else 8080   main.go:20   --port"},
		{"fits", 61, "  port         8080     PORT, else 8080   main.go:20   --port"},
		{"the last does not", 60, "  port         8080     PORT, else 8080   main.go:20\n      --port"},
		{"three do not", 38, "  port         8080\n      PORT, else 8080   main.go:20\n      --port"},
		{"hardly anything fits", 12, "  port\n      8080\n      PORT,\n      else\n      8080\n      main.go:20\n      --port"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if diff := cmp.Diff(c.want, strings.Join(arrange(row, widths, c.limit), "\n")); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
