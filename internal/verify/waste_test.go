package verify

import (
	"archive/tar"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/image/imagetest"
)

func sized(n int) string { return strings.Repeat("x", n) }

// TestWasted counts to the byte what layers hold and nobody sees.
func TestWasted(t *testing.T) {
	const (
		gone  = "taken away in a later layer"
		owner = "the same bytes with another owner"
		mode  = "the same bytes with another mode"
		again = "the same bytes once more"
		anew  = "written anew"
	)
	one := func(name string, size int) file { return file{Name: name, Data: sized(size)} }
	link := func(name, to string) file { return file{Name: name, Type: tar.TypeLink, Link: to} }
	dir := func(name string) file { return file{Name: name, Type: tar.TypeDir} }
	for _, c := range []struct {
		name   string
		base   int // layers
		layers [][]file
		want   []string // path, bytes, copies, cause
	}{
		{"nothing", 0, [][]file{{one("a", 100)}, {one("b", 50)}}, nil},
		{"written anew", 0, [][]file{{one("a", 100)}, {one("a", 50)}}, []string{"/a 100 1 " + anew}},
		{"three copies", 0, [][]file{{one("a", 100)}, {one("a", 100)}, {one("a", 100)}}, []string{"/a 200 2 " + again}},
		{"other owner", 0, [][]file{{one("a", 100)}, {{Name: "a", Data: sized(100), UID: 10001}}}, []string{"/a 100 1 " + owner}},
		{"other group", 0, [][]file{{one("a", 100)}, {{Name: "a", Data: sized(100), GID: 10001}}}, []string{"/a 100 1 " + owner}},
		{"other mode", 0, [][]file{{one("a", 100)}, {{Name: "a", Data: sized(100), Mode: 0o755}}}, []string{"/a 100 1 " + mode}},
		{"a tree with another owner", 0, [][]file{{dir("d"), one("d/a", 100), one("d/b", 20)}, {dir("d"), {Name: "d/a", Data: sized(100), UID: 1}, {Name: "d/b", Data: sized(20), UID: 1}}}, []string{"/d/a 100 1 " + owner, "/d/b 20 1 " + owner}},
		{"a file taken away", 0, [][]file{{one("d/a", 100), one("d/b", 7)}, {{Name: "d/.wh.a"}}}, []string{"/d/a 100 1 " + gone}},
		{"a folder taken away", 0, [][]file{{one("d/a", 100), one("d/e/b", 30), one("x", 5)}, {{Name: ".wh.d"}}}, []string{"/d/a 100 1 " + gone, "/d/e/b 30 1 " + gone}},
		{"an opaque folder", 0, [][]file{{one("d/a", 10), one("d/b", 20), one("d/e/c", 30)}, {dir("d"), {Name: "d/.wh..wh..opq"}, one("d/n", 5)}}, []string{"/d/e/c 30 1 " + gone, "/d/b 20 1 " + gone, "/d/a 10 1 " + gone}},
		{"an opaque folder whose marker comes last", 0, [][]file{{one("d/a", 10)}, {dir("d"), one("d/a", 10), one("d/n", 5), {Name: "d/.wh..wh..opq"}}}, []string{"/d/a 10 1 " + gone}},
		{"an opaque folder and a whiteout of the same", 0, [][]file{{one("d/a", 10)}, {dir("d"), {Name: "d/.wh..wh..opq"}, {Name: "d/.wh.a"}}}, []string{"/d/a 10 1 " + gone}},
		{"a whiteout of nothing", 0, [][]file{{one("a", 10)}, {{Name: ".wh.b"}, {Name: "d/.wh.c"}}}, nil},
		{"a whiteout and a file in one layer", 0, [][]file{{one("a", 100)}, {{Name: ".wh.a"}, one("a", 60)}}, []string{"/a 100 1 " + gone}},
		{"made, taken away and made again", 0, [][]file{{one("a", 100)}, {{Name: ".wh.a"}}, {one("a", 100)}}, []string{"/a 100 1 " + gone}},
		{"one name of two", 0, [][]file{{one("a", 100), link("b", "a")}, {{Name: ".wh.b"}}}, nil},
		{"the first name of two", 0, [][]file{{one("a", 100), link("b", "a")}, {{Name: ".wh.a"}}}, nil},
		{"both names of two", 0, [][]file{{one("a", 100), link("b", "a")}, {{Name: ".wh.a"}, {Name: ".wh.b"}}}, []string{"/a 100 1 " + gone}},
		{"both names, one after the other", 0, [][]file{{one("a", 100), link("b", "a")}, {{Name: ".wh.a"}}, {one("b", 1)}}, []string{"/a 100 1 " + anew}},
		{"three names with another owner", 0, [][]file{{one("a", 100), link("b", "a"), link("c", "a")}, {{Name: "a", Data: sized(100), UID: 1}, link("b", "a"), link("c", "a")}}, []string{"/a 100 1 "}},
		{"a folder in the place of a file", 0, [][]file{{one("a", 100)}, {dir("a"), one("a/b", 5)}}, []string{"/a 100 1 a folder took its place"}},
		{"a file in the place of a folder", 0, [][]file{{one("a/b", 100), one("a/c", 20)}, {one("a", 5)}}, []string{"/a/b 100 1 " + anew, "/a/c 20 1 " + anew}},
		{"a link in the place of a file", 0, [][]file{{one("a", 100)}, {{Name: "a", Type: tar.TypeSymlink, Link: "b"}}}, []string{"/a 100 1 a link took its place"}},
		{"what the base holds", 1, [][]file{{one("a", 100), one("b", 50)}, {one("a", 100), {Name: ".wh.b"}}}, nil},
		{"above what the base holds", 1, [][]file{{one("a", 100)}, {one("a", 70)}, {one("a", 60)}}, []string{"/a 70 1 " + anew}},
		{"a folder's own rights", 0, [][]file{{dir("d"), one("d/a", 100)}, {{Name: "d", Type: tar.TypeDir, Mode: 0o777}}}, nil},
		{"empty files", 0, [][]file{{one("a", 0)}, {{Name: ".wh.a"}}}, nil},
		{"names that leave the image", 0, [][]file{{one("../../a", 100)}, {one("a", 100)}}, []string{"/a 100 1 " + again}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var im imagetest.Image
			for i, files := range c.layers {
				im.Layers = append(im.Layers, layer{By: fmt.Sprintf("COPY %d / # buildkit", i), Files: files})
			}
			list, sum := Wasted(facts(t, im, c.base))
			var got []string
			total := int64(0)
			for i, w := range list {
				text := fmt.Sprintf("%s %d %d %s", w.Path, w.Bytes, w.Copies, w.Cause)
				if i < len(c.want) && strings.HasSuffix(c.want[i], " ") { // whatever the cause
					text = strings.TrimSuffix(text, w.Cause)
				}
				got = append(got, text)
				total += w.Bytes
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("wasted (-want +got):\n%s", diff)
			}
			if sum != total {
				t.Errorf("%d bytes in all, %d in the list", sum, total)
			}
			if !slices.IsSortedFunc(list, func(a, b Waste) int { return int(b.Bytes - a.Bytes) }) {
				t.Errorf("not the largest first: %v", list)
			}
		})
	}
}
