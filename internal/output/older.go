package output

import (
	"slices"

	"github.com/dockgen/dockgen/internal/pattern"
)

// sumSuffix is a checksum that older files have in their marker.
var sumSuffix = pattern.New(` \([0-9a-f]{12}\)$`)

// unsealed is a marker without a checksum.
func unsealed(marker string) string { return sumSuffix.ReplaceAllString(marker, "") }

// readOlder reads a record that knows neither stages nor kinds: four characters
// for each line, or "." for an empty one. It is nil for what is none.
func readOlder(text string) []string {
	all := []string{}
	for text != "" {
		n := lineDigits
		if text[0] == blank {
			n = 1
		}
		if len(text) < n {
			return nil
		}
		all = append(all, text[:n])
		text = text[n:]
	}
	return all
}

// olderBase parts an older record into stages. A line of it that stands in the
// file, or is rendered now, belongs to the stage where it is, and others to the one
// that those around them belong to. What is left belongs to none.
func olderBase(record []string, file, rendered []section) []section {
	stage := make([]int, len(record)) // -1 where nobody knows
	marks := make([]string, len(record))
	var names []string
	for i, m := range record {
		stage[i], marks[i] = -1, m
		if m != string(blank) {
			marks[i] = string(unknown) + m
		}
	}
	continues := make([]bool, len(record)) // the instruction does, on the next line
	for _, side := range [][]section{file, rendered} {
		var known, in []string
		var goesOn []bool
		for _, s := range side {
			for _, u := range s.units {
				for k, m := range u.marks {
					known, in, goesOn = append(known, m), append(in, s.name), append(goesOn, k+1 < len(u.marks))
				}
			}
		}
		for i, j := range match(record, withoutKinds(known)) {
			if j >= 0 && stage[i] < 0 {
				if !slices.Contains(names, in[j]) {
					names = append(names, in[j])
				}
				stage[i], marks[i], continues[i] = slices.Index(names, in[j]), known[j], goesOn[j]
			}
		}
	}
	for i := range record {
		if i > 0 && continues[i-1] && marks[i][0] == unknown {
			marks[i] = string(more) + record[i]
		}
	}
	between(stage, marks)
	base := make([]section, len(names))
	for i, name := range names {
		base[i].name = name
	}
	for i, n := range stage {
		if n >= 0 && marks[i] != string(blank) { // nobody knows of which stage
			base[n].units = grow(base[n].units, marks[i])
		}
	}
	return base
}

// older is the mark of a line in an older record.
func older(line string) string {
	if line == "" {
		return string(blank)
	}
	return digest(line, lineDigits)
}

// withoutKinds are marks as an older record has them.
func withoutKinds(marks []string) []string {
	all := make([]string, len(marks))
	empty := mark(more, "")
	for i, m := range marks {
		if all[i] = m[min(1, len(m)-1):]; m == empty {
			all[i] = string(blank)
		}
	}
	return all
}

// between gives lines of no known stage that of those around them: up to an empty
// line, behind which the next may begin, that of the line before.
func between(stage []int, marks []string) {
	for i := 0; i < len(stage); i++ {
		if stage[i] >= 0 {
			continue
		}
		stop := i
		for stop < len(stage) && stage[stop] < 0 {
			stop++
		}
		before, behind := -1, -1
		if i > 0 {
			before = stage[i-1]
		}
		if stop < len(stage) {
			behind = stage[stop]
		}
		ended := false
		for ; i < stop; i++ {
			ended = ended || marks[i] == string(blank)
			if before == behind || !ended && (stop == len(stage) || marks[stop] == string(blank) || slices.Contains(marks[i:stop], string(blank))) {
				stage[i] = before
			}
		}
		i--
	}
}
