package plan_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/plan"
)

func TestIgnoreLines(t *testing.T) {
	ig, err := plan.NewIgnore("x", []string{"*", "!api"}, []string{"**/*.test"}, []string{"api/x.go"})
	if err != nil {
		t.Fatal(err)
	}
	ig.Exceptions = []string{"!api/y.test"}
	if diff := cmp.Diff([]string{"*", "!api", "**/*.test", "!api/y.test"}, ig.Lines()); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}

func TestNewIgnoreRefuses(t *testing.T) {
	if ig, err := plan.NewIgnore("x", nil, nil, []string{"a\n!b.pem"}); err == nil {
		t.Errorf("a name with a newline gave %q", ig.Exceptions)
	}
}
