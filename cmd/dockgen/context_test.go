package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestContextHostile wants the names of files shown as text, and files that cannot be read
// told.
func TestContextHostile(t *testing.T) {
	dir := lay(t, "-- Dockerfile --\nFROM scratch\nCOPY . /\n")
	for _, name := range []string{"a\x1b[2J.key", "b\n::error::x", "c\u202e.pem"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"context"}, {"context", "a\x1b[2J.key"}, {"context", "--json"}} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), args, streams{out: &out, err: &errs}); code != exitDone {
			t.Errorf("%q: exit %d: %s", args, code, &errs)
		}
		if text := out.String(); strings.Contains(text, "\x1b") || strings.Contains(text, "\n::") || strings.Contains(text, "\u202e") || !strings.Contains(text, "[2J.key") {
			t.Errorf("%q prints\n%q", args, text)
		}
	}
}
