package verify

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChecks wants ids that are sorted and unique, as scripts and allow lists name them.
func TestChecks(t *testing.T) {
	var ids []string
	for _, c := range Checks() {
		ids = append(ids, c.ID)
		if len(c.ID) != 4 || !strings.HasPrefix(c.ID, "V") || c.Group == "" || c.Title == "" {
			t.Errorf("%+v: incomplete", c)
		}
	}
	want := slices.Compact(slices.Sorted(slices.Values(ids)))
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

// TestDocumented wants a section on each check, with an example and the way out.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Checks() {
		_, rest, ok := strings.Cut(string(page), "\n## "+c.ID+": "+c.Title+"\n")
		section, _, _ := strings.Cut(rest, "\n## ")
		if !ok || !strings.Contains(section, "**Way out:**") || len(section) < 80 {
			t.Errorf("docs/verify.md: no section for %s: %s", c.ID, c.Title)
		}
	}
}
