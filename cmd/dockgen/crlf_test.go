package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCheckoutOnWindows gives every file of a repository the line endings of
// Windows: check finds no difference, and what is generated anew has the same bytes.
func TestCheckoutOnWindows(t *testing.T) {
	const from = "../../examples/monorepo-go"
	checkout, anew := t.TempDir(), t.TempDir()
	walk(t, from, func(name string, data []byte) {
		data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
		write(t, filepath.Join(checkout, name), data)
		if !isGenerated(data) {
			write(t, filepath.Join(anew, name), data)
		}
	})
	var out, errs bytes.Buffer
	if code := run(t.Context(), []string{"check", checkout}, streams{out: &out, err: &errs}); code != exitDone {
		t.Errorf("check: exit %d\n%s%s", code, &out, &errs)
	}
	if code := run(t.Context(), []string{"generate", anew}, streams{out: &out, err: &errs}); code != exitDone {
		t.Fatalf("generate: exit %d\n%s", code, &errs)
	}
	want := generated(t, from)
	for name, text := range want {
		want[name] = strings.ReplaceAll(text, "\r\n", "\n")
	}
	if diff := cmp.Diff(want, generated(t, anew)); diff != "" {
		t.Errorf("generated files (-want +got):\n%s", diff)
	}
}
