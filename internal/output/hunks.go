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

// readable is a file without the sum of its marker and without its record.
func readable(data []byte) string {
	var b strings.Builder
	start, end, ok := findMarker(unixLines(data))
	text := string(unixLines(data))
	if ok {
		text = text[:start] + unsealed(text[start:end]) + text[end:]
	}
	for line := range strings.Lines(text) {
		if !ok || !strings.HasPrefix(line, record) {
			b.WriteString(line)
		}
	}
	return b.String()
}
