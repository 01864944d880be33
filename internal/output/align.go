package output

import (
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dockgen/dockgen/templates"
)

// match gives for each of a the number of its equal in b, in order, or -1.
func match(a, b []string) []int {
	before, after := joined(a), joined(b)
	matched := make([]int, len(a))
	line := map[int]int{} // by offset in before
	offset := 0
	for i, t := range a {
		matched[i] = -1
		line[offset] = i
		offset += len(t) + 1
	}
	line[offset] = len(a)
	i, j := 0, 0
	for _, e := range udiff.Lines(before, after) {
		for ; i < line[e.Start]; i, j = i+1, j+1 {
			matched[i] = j
		}
		i = line[e.End]
		j += strings.Count(e.New, "\n")
	}
	for ; i < len(a); i, j = i+1, j+1 {
		matched[i] = j
	}
	return matched
}

func joined(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		b.WriteString(line + "\n")
	}
	return b.String()
}

// align gives for each of a the number of what became of it in b, in order, or -1:
// its equal, or else another version of it.
func align(a, b []unit) []int {
	matched := match(keys(a), keys(b))
	i, j := 0, 0
	gap := func(i1, j1 int) {
		if i1 > i && j1 > j {
			versions(a[i:i1], b[j:j1], i, j, matched)
		}
		i, j = i1+1, j1+1
	}
	for at, to := range matched {
		if to >= 0 {
			gap(at, to)
		}
	}
	gap(len(a), len(b))
	return matched
}

// versions finds in two gaps what is one instruction in two versions: it shares
// half of its lines, or there are as many of its kind in both.
func versions(a, b []unit, i0, j0 int, matched []int) {
	fits := fitting(a, b)
	best := make([][]int, len(a)+1) // the best score from here on
	for i := range best {
		best[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			best[i][j] = max(best[i+1][j], best[i][j+1])
			if s := fits(a[i], b[j]); s > 0 {
				best[i][j] = max(best[i][j], s+best[i+1][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) && j < len(b); {
		switch s := fits(a[i], b[j]); {
		case s > 0 && best[i][j] == s+best[i+1][j+1]:
			matched[i0+i] = j0 + j
			i, j = i+1, j+1
		case best[i][j] == best[i+1][j]:
			i++
		default:
			j++
		}
	}
}

// fitting scores how well a unit of a fits one of b, 0 where not at all.
func fitting(a, b []unit) func(u, v unit) int {
	count := func(units []unit) map[byte]int {
		n := map[byte]int{}
		for _, u := range units {
			n[u.kind]++
		}
		return n
	}
	inA, inB := count(a), count(b)
	for _, v := range b { // what is of no known kind may be what is of no other
		if inA[v.kind] == 0 && v.kind != blank && v.kind != kept {
			inB[unknown]++
		}
	}
	return func(u, v unit) int {
		if u.kind == blank || v.kind == blank || u.kind == kept || v.kind == kept || u.kind != v.kind && u.kind != unknown {
			return 0
		}
		if n := max(len(u.marks), len(v.marks)); n > 1 {
			if same := shared(u, v); 2*same >= n {
				return 10 + same
			}
		}
		if u.kind == 'F' || inA[u.kind] == inB[u.kind] {
			return 1
		}
		return 0
	}
}

// shared counts the lines that two instructions have in common.
func shared(u, v unit) (n int) {
	left := map[string]int{}
	for _, m := range u.marks {
		left[m]++
	}
	for _, m := range v.marks {
		if left[m] > 0 {
			left[m]--
			n++
		}
	}
	return n
}

// instruction reads lines that should be one instruction.
func instruction(lines []string) (unit, bool) {
	var t text
	for _, l := range lines {
		t.lines = append(t.lines, line{text: l})
	}
	units, err := t.units(templates.Dockerfile)
	if err != nil || len(units) != 1 {
		return unit{}, false
	}
	return units[0], true
}
