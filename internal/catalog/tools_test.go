package catalog_test

import (
	"testing"

	"github.com/dockgen/dockgen/internal/catalog"
)

func TestTool(t *testing.T) {
	c, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, constraint, want string }{
		{"pnpm", "=10.4.1", "10.4.1"},
		{"pnpm", "=999.0.0", "999.0.0"}, // newer than the catalog: the project must know
		{"pnpm", "^8", "8.15.9"},
		{"npm", "^8", "8.19.4"},
		{"yarn", "^1", "1.22.22"},
		{"yarn", "^2", "2.4.3"},
		{"pnpm", "~5", ""},
		{"no-such-program", "", ""},
		{"pnpm", "what?", ""},
	} {
		got, err := c.Tool(test.name, test.constraint)
		if got != test.want || (err == nil) != (test.want != "") {
			t.Errorf("%s %s: %q, %v, want %q", test.name, test.constraint, got, err, test.want)
		}
	}
}

func TestSatisfies(t *testing.T) {
	for _, test := range []struct {
		version, constraint string
		want                bool
	}{
		{"1.2.3", "^1.2", true},
		{"1.2.3", "^2", false},
		{"none", "^2", false},
		{"1.2.3", "?", false},
	} {
		if got := catalog.Satisfies(test.version, test.constraint); got != test.want {
			t.Errorf("%s satisfies %s: %v", test.version, test.constraint, got)
		}
	}
}
