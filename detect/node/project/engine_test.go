package project

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/catalog"
)

// TestJoin holds that a version fits two constraints joined where it fits both.
func TestJoin(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	version := func() string {
		return fmt.Sprintf("%d.%d.%d", random.IntN(4), random.IntN(3), random.IntN(3))
	}
	constraint := func() string {
		var choices []string
		for range random.IntN(3) {
			choices = append(choices, []string{">=", "<", "^", "~", "="}[random.IntN(5)]+version())
		}
		return strings.Join(choices, " || ")
	}
	fits := func(version, constraint string) bool {
		return constraint == "" || catalog.Satisfies(version, constraint)
	}
	for range 5000 {
		a, b, v := constraint(), constraint(), version()
		if got, want := fits(v, Join(a, b)), fits(v, a) && fits(v, b); got != want {
			t.Fatalf("%s fits %q joined with %q, %q: %v, want %v", v, a, b, Join(a, b), got, want)
		}
	}
}

// TestConstraint turns what projects write into what the catalog takes.
func TestConstraint(t *testing.T) {
	for written, want := range map[string]string{
		"22": "~22", "v22.3": "~22.3", "=22.3.1": "=22.3.1", "lts/*": "~24", "lts/jod": "~22", "Iron": "~20",
		"latest": "", "": "", ">= 18": ">=18", "^18 || v20": "^18 || 20",
	} {
		if got, err := Constraint(written); err != nil || got != want {
			t.Errorf("%q becomes %q, %v, want %q", written, got, err, want)
		}
	}
	for _, written := range []string{"lts/none", "§", "node@20"} {
		if got, err := Constraint(written); err == nil {
			t.Errorf("%q becomes %q", written, got)
		}
	}
}
