package image

import (
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestFinal puts layers one over another as a container sees them.
func TestFinal(t *testing.T) {
	im := Image{Layers: []Layer{
		{Files: []File{{Path: "/a", Kind: Folder}, {Path: "/a/x", Size: 1}, {Path: "/a/y", Size: 2}, {Path: "/b", Size: 3}, {Path: "/d/e/f", Size: 4}}},
		{Files: []File{{Path: "/a", Kind: Opaque}, {Path: "/a/z", Size: 5}, {Path: "/b", Kind: Whiteout}, {Path: "/d", Size: 6}}},
	}}
	got := slices.Sorted(maps.Keys(im.Final()))
	if diff := cmp.Diff([]string{"/a", "/a/z", "/d"}, got); diff != "" {
		t.Errorf("final (-want +got):\n%s", diff)
	}
	var hidden []string
	im.Hides(func(old, by Stands) { hidden = append(hidden, fmt.Sprint(old.Path, " by ", by.Path)) })
	slices.Sort(hidden)
	if diff := cmp.Diff([]string{"/a/x by /a", "/a/y by /a", "/b by /b", "/d/e/f by /d"}, hidden); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
}
