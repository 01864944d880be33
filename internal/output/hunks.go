package output

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"
)

// Hunk is one place where a file would change. Line is that of the first line of
// Old in the file that stands there, or of the line behind the place.
type Hunk struct {
	Line     int
	Old, New []string
}

// Hunks lists the places where a file would change, without what dockgen notes in
// it for itself.
func Hunks(c Change) []Hunk {
	old, now := readable(c.Old), readable(c.New)
	lines := map[int]int{} // by offset
	offset := 0
	for i, line := range strings.SplitAfter(old, "\n") {
		lines[offset] = i + 1
		offset += len(line)
	}
	var all []Hunk
	for _, e := range udiff.Lines(old, now) {
		all = append(all, Hunk{Line: lines[e.Start], Old: split(old[e.Start:e.End]), New: split(e.New)})
	}
	return all
}

func split(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// Readable is the diff for a person: without the checksum and the record.
func (c Change) Readable() string {
	if c.Status == Kept || c.Status == Unchanged {
		return ""
	}
	return udiff.Unified("a/"+c.Path, "b/"+c.Path, readable(c.Old), readable(c.New))
}

// readable is a file without the notes of dockgen's.
func readable(data []byte) string {
	lines := numbered(data)
	at := markerAt(lines)
	var b strings.Builder
	for i, l := range lines {
		switch {
		case i == at:
			b.WriteString(unsealed(l.text) + "\n")
		case at < 0 || !strings.HasPrefix(l.text, record):
			b.WriteString(l.text + "\n")
		}
	}
	return b.String()
}
