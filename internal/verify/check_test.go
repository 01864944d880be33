package verify

import (
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
