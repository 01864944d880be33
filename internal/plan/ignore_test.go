package plan_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

func TestNewIgnore(t *testing.T) {
	for _, c := range []struct {
		name    string
		allowed []string
		reads   []string
		want    []string
	}{
		{"nothing is read that is hidden", nil, []string{"main.go", "go.mod"}, nil},
		{"a secret that is embedded", nil, []string{"dist/.env", "main.go"}, []string{"!dist/.env"}},
		{"twice", nil, []string{"a.pem", "a.pem"}, []string{"!a.pem"}},
		{"a name with a wildcard", nil, []string{"*.pem"}, []string{`!\*.pem`}},
		{"an allow-list", []string{"*", "!api"}, []string{"api/x.go", "lib/y.go"}, []string{"!lib/y.go"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := plan.NewIgnore("x", c.allowed, []string{"**/*.test"}, c.reads)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got.Exceptions); diff != "" {
				t.Errorf("exceptions (-want +got):\n%s", diff)
			}
			matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(append(got.Patterns, got.Exceptions...), "\n")))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range c.reads {
				if matcher.Hides(file) {
					t.Errorf("%s is hidden all the same", file)
				}
			}
		})
	}
}

func TestNewIgnoreRefuses(t *testing.T) {
	if ig, err := plan.NewIgnore("x", nil, nil, []string{"a\n!b.pem"}); err == nil {
		t.Errorf("a name with a newline gave %q", ig.Exceptions)
	}
}
