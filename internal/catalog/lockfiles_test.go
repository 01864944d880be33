package catalog

import (
	"strings"
	"testing"
)

// TestReads holds lockfiles against the versions of those that read them.
func TestReads(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		manager, format, version string
		known, reads             bool
	}{
		{"npm", "3", "6.14.18", true, false},
		{"npm", "3", "10.9.0", true, true},
		{"pnpm", "9.0", "8.15.9", true, false},
		{"pnpm", "5.4", "7.33.7", true, true},
		{"pnpm", "5.4", "10.4.1", true, false},
		{"yarn", "8", "3.8.7", true, false},
		{"cargo", "4", "1.77.2", true, false},
		{"cargo", "4", "1.98.0", true, true},
		{"pdm", "4.5.0", "2.26.6", false, false},
	} {
		want := Reads(c.manager, c.format)
		if (want != "") != c.known || c.known && Satisfies(c.version, want) != c.reads {
			t.Errorf("%s %s of %s: %q, want known %t and reads %t", c.manager, c.version, c.format, want, c.known, c.reads)
		}
	}
	for line := range strings.Lines(lockfiles) {
		words := strings.Fields(line)
		if len(words) > 0 && words[0] != "#" {
			if _, err := parseConstraint(strings.Join(words[2:], " ")); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
	}
}
