package verify

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/show"
)

// Wasted lists what the image's own layers hold and its final file system does not show,
// the largest first. A path of which layers hold N copies wastes N-1 of them, or all where
// it is taken away; a hard link costs nothing, and a file with several names is wasted
// with its last.
func Wasted(f *Facts) (list []Waste, sum int64) {
	names := linked(f.Image)
	byPath := map[string]*Waste{}
	f.Image.Hides(func(old, by image.Stands) {
		if old.Layer < f.Base.Layers || old.Kind != image.Regular && old.Kind != image.Hardlink {
			return
		}
		i := inode{old.Layer, old.Path}
		if old.Kind == image.Hardlink {
			i.path = old.Link
		}
		group := names[i]
		if group != nil {
			if group.left--; group.left > 0 {
				return
			}
		}
		size, path := old.Size, old.Path
		if group != nil {
			size, path = group.size, i.path
		}
		if size == 0 {
			return
		}
		w := byPath[path]
		if w == nil {
			w = &Waste{Path: path}
			byPath[path] = w
		}
		w.Bytes += size
		w.Copies++
		w.Cause = causeOf(old.File, by.File)
		w.By, w.At = f.step(by.Layer)
		sum += size
	})
	for _, w := range byPath {
		list = append(list, *w)
	}
	slices.SortFunc(list, func(a, b Waste) int { return cmp.Or(cmp.Compare(b.Bytes, a.Bytes), cmp.Compare(a.Path, b.Path)) })
	return list, sum
}

type inode struct {
	layer int
	path  string
}

type names struct {
	left int
	size int64
}

// linked counts the names of files that have several.
func linked(im *image.Image) map[inode]*names {
	all := map[inode]*names{}
	for i, l := range im.Layers {
		for _, f := range l.Files {
			if f.Kind != image.Hardlink {
				continue
			}
			at := inode{i, f.Link}
			if all[at] == nil {
				all[at] = &names{left: 1}
			}
			all[at].left++
		}
		for _, f := range l.Files {
			if group := all[inode{i, f.Path}]; group != nil && f.Kind == image.Regular {
				group.size = f.Size
			}
		}
	}
	return all
}

func causeOf(old, by *image.File) string {
	switch {
	case by.Kind == image.Whiteout || by.Kind == image.Opaque:
		return "taken away in a later layer"
	case by.Kind == image.Folder:
		return "a folder took its place"
	case by.Kind != image.Regular:
		return "a link took its place"
	case by.Sum != old.Sum || by.Size != old.Size:
		return "written anew"
	case by.UID != old.UID || by.GID != old.GID:
		return "the same bytes with another owner"
	case by.Mode != old.Mode:
		return "the same bytes with another mode"
	}
	return "the same bytes once more"
}

// fixes say what helps against a cause.
var fixes = map[string]string{
	"taken away in a later layer":       "take it away in the RUN that brings it, or write it to a RUN --mount=type=cache or type=tmpfs",
	"the same bytes with another owner": "COPY --chown instead of RUN chown",
	"the same bytes with another mode":  "COPY --chmod instead of RUN chmod",
	"the same bytes once more":          "copy it once",
}

func judgeWaste(f *Facts) Result {
	list, sum := Wasted(f)
	var own int64
	for _, l := range f.Image.Layers[f.Base.Layers:] {
		own += l.Size
	}
	share := 0.0
	if own > 0 {
		share = float64(sum) / float64(own)
	}
	seen := fmt.Sprintf("%d of %d bytes of its own layers (%.1f %%)", sum, own, 100*share)
	if sum <= f.Limits.WastedFloor || share <= f.Limits.WastedShare {
		return passed(seen)
	}
	var all []Finding
	for _, w := range list[:min(5, len(list))] {
		fix, ok := fixes[w.Cause]
		if !ok {
			fix = "bring it once, as it is to be"
		}
		all = append(all, Finding{
			What: fmt.Sprintf("%s of %s are in the image and nobody sees them: %s", show.Size(w.Bytes), w.Path, w.Cause), Seen: seen,
			Expected: fmt.Sprintf("at most %s, or %.0f %%", show.Size(f.Limits.WastedFloor), 100*f.Limits.WastedShare),
			Fix:      fix, Path: w.Path, By: w.By, At: w.At, Bytes: w.Bytes,
		})
	}
	return failed(all...)
}
