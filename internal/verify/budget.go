package verify

import (
	"fmt"

	"github.com/dockgen/dockgen/internal/show"
)

// Size is what all layers of an image hold, in bytes, unpacked.
func (f *Facts) Size() (unpacked, packed int64) {
	for _, l := range f.Image.Layers {
		unpacked += l.Size
		packed += l.Packed
	}
	return unpacked, packed
}

func judgeSize(f *Facts) Result {
	size, _ := f.Size()
	seen := fmt.Sprintf("%s, of which %s are the base's", show.Size(size), show.Size(f.Base.Size))
	if f.Limits.Size == 0 || size <= f.Limits.Size {
		return passed(seen)
	}
	one := Finding{
		What: "it is larger than it may be", Expected: "at most " + show.Size(f.Limits.Size), Seen: seen, Source: f.Limits.Said["max-size"], Bytes: size,
		Fix: "look at its largest layers below, or raise max-size in [verify]",
	}
	largest := f.Base.Layers
	for i := range f.Image.Layers[f.Base.Layers:] {
		if n := f.Base.Layers + i; f.Image.Layers[n].Size > f.Image.Layers[largest].Size {
			largest = n
		}
	}
	if largest < len(f.Image.Layers) {
		one.Layer = largest + 1
		one.By, one.At = f.step(largest)
	}
	return failed(one)
}

func judgeLayers(f *Facts) Result {
	n := len(f.Image.Layers)
	seen := fmt.Sprintf("%d, of which %d are the base's", n, f.Base.Layers)
	if f.Limits.Layers == 0 || n <= f.Limits.Layers {
		return passed(seen)
	}
	return failed(Finding{
		What: "it has more layers than it may have", Expected: fmt.Sprintf("at most %d", f.Limits.Layers), Seen: seen, Source: f.Limits.Said["max-layers"],
		Fix: "join RUN and COPY instructions that change together, or raise max-layers in [verify]",
	})
}
