// Package reports prints what verify came to for others than a terminal: a comment on a
// pull request, the tests of a CI server, a page to click through. Text of images and
// projects stands in it escaped, as the format has it.
package reports

import (
	"cmp"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/verify"
)

// Name is what an image is called in a report.
func Name(v verify.Verdict) string { return cmp.Or(v.Service, v.Reference) }

// Growth is what one instruction, or a path in what it makes, is larger or smaller by.
type Growth struct {
	By    string `json:"by"`             // the instruction
	At    string `json:"at,omitempty"`   // its line, where it is known
	Path  string `json:"path,omitempty"` // the deepest folder or file that the most of it lies in
	Bytes int64  `json:"bytes"`
}

// Before finds what an earlier report says of an image: by the service, else by the
// reference without its tag and digest. A report of one image and one of one are about the
// same.
func Before(v verify.Verdict, now verify.Report, earlier *verify.Report) *verify.Verdict {
	if earlier == nil {
		return nil
	}
	for i, old := range earlier.Images {
		if v.Service != "" && v.Service == old.Service && v.Dir == old.Dir || v.Service == "" && repository(v.Reference) == repository(old.Reference) {
			return &earlier.Images[i]
		}
	}
	if len(earlier.Images) == 1 && len(now.Images) == 1 {
		return &earlier.Images[0]
	}
	return nil
}

// repository is a reference without its tag and digest.
func repository(reference string) string {
	reference, _, _ = strings.Cut(reference, "@")
	if i := strings.LastIndexByte(reference, ':'); i > strings.LastIndexByte(reference, '/') {
		return reference[:i]
	}
	return reference
}

// Grown lists what changed between two images by the instructions that made it, the
// largest change first. The layers of the bases are one.
func Grown(before, after verify.Verdict) (all []Growth) {
	if d := after.Base.Size - before.Base.Size; d != 0 {
		all = append(all, Growth{By: "FROM " + cmp.Or(after.Base.Image, "another base"), Bytes: d})
	}
	old := own(before)
	for _, l := range own(after) {
		i := slices.IndexFunc(old, func(o verify.Layer) bool { return o.Instruction == l.Instruction })
		if i < 0 {
			all = append(all, growth(verify.Layer{}, l))
			continue
		}
		if old[i].Size != l.Size {
			all = append(all, growth(old[i], l))
		}
		old = slices.Delete(old, i, i+1)
	}
	for _, l := range old {
		g := growth(l, verify.Layer{})
		g.By = l.Instruction
		all = append(all, g)
	}
	all = slices.DeleteFunc(all, func(g Growth) bool { return g.Bytes == 0 })
	slices.SortStableFunc(all, func(a, b Growth) int { return cmp.Compare(size(b.Bytes), size(a.Bytes)) })
	return all
}

func own(v verify.Verdict) (layers []verify.Layer) {
	for _, l := range v.Layers {
		if l.Own {
			layers = append(layers, l)
		}
	}
	return layers
}

func growth(before, after verify.Layer) Growth {
	return Growth{By: after.Instruction, At: after.At, Path: most("/", before.Folders, after.Folders), Bytes: after.Size - before.Size}
}

// most follows a change down to the folder or file that most of it lies in.
func most(name string, before, after verify.Folder) string {
	all := after.Size - before.Size
	for _, child := range names(before, after) {
		a, b := find(before, child), find(after, child)
		if d := b.Size - a.Size; d != 0 && d > 0 == (all > 0) && 5*size(d) >= 4*size(all) {
			return most(path.Join(name, child), a, b)
		}
	}
	return name
}

func names(folders ...verify.Folder) (all []string) {
	for _, f := range folders {
		for _, child := range f.Children {
			all = append(all, child.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func find(f verify.Folder, name string) verify.Folder {
	if i := slices.IndexFunc(f.Children, func(c verify.Folder) bool { return c.Name == name }); i >= 0 {
		return f.Children[i]
	}
	return verify.Folder{}
}

func size(n int64) int64 { return max(n, -n) }

// Change is a difference of sizes with its sign.
func Change(n int64) string {
	switch {
	case n > 0:
		return "+" + show.Size(n)
	case n < 0:
		return "−" + show.Size(-n)
	}
	return "0"
}

// Place takes a place apart, "api/Dockerfile:14".
func Place(at string) (file string, line int) {
	i := strings.LastIndexByte(at, ':')
	if i < 0 {
		return at, 0
	}
	n, err := strconv.Atoi(at[i+1:])
	if err != nil {
		return at, 0
	}
	return at[:i], n
}
