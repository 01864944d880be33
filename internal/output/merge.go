package output

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Conflict is a place where a person and dockgen changed the same lines.
type Conflict struct {
	Line   int      // in the file that stands there, from 1
	Yours  []string // as they stand there
	Theirs []string // as dockgen would write them
}

// String shows it as git does.
func (c Conflict) String() string {
	parts := slices.Concat([]string{"<<<<<<< yours"}, c.Yours, []string{"======="}, c.Theirs, []string{">>>>>>> dockgen"})
	return strings.Join(parts, "\n") + "\n"
}

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

// hunk is a change of one side: the lines [start, end) of the base became others.
type hunk struct {
	start, end int
	lines      []string
	yours      bool
}

// hunks lists the changes from the base to lines, in order. Where as many lines
// stand as before, each is a change of its own.
func hunks(base, lines []string, matched []int, yours bool) []hunk {
	var all []hunk
	b, l := 0, 0
	note := func(b1, l1 int) {
		switch {
		case b1-b == l1-l:
			for i := range b1 - b {
				all = append(all, hunk{b + i, b + i + 1, lines[l+i : l+i+1], yours})
			}
		case b1 > b || l1 > l:
			all = append(all, hunk{b, b1, lines[l:l1], yours})
		}
		b, l = b1+1, l1+1
	}
	for i, j := range matched {
		if j >= 0 {
			note(i, j)
		}
	}
	note(len(base), len(lines))
	return all
}

// meets says whether two changes are about the same lines, or put others into the
// same place.
func (h hunk) meets(o hunk) bool {
	switch {
	case h.start == h.end && o.start == o.end:
		return h.start == o.start
	case h.start == h.end:
		return o.start < h.start && h.start < o.end
	case o.start == o.end:
		return h.start < o.start && o.start < h.end
	}
	return max(h.start, o.start) < min(h.end, o.end)
}

func (h hunk) equal(o hunk) bool {
	return h.start == o.start && h.end == o.end && slices.Equal(h.lines, o.lines)
}

// merger joins what a person made of a file with what is rendered now, by what
// was rendered last, of which only tokens are known.
type merger struct {
	yours, theirs []string
	base          []string
	inYours       []int // where each line of the base is, or -1
	inTheirs      []int
	out           []string
	place         []int // for each number of lines of yours, where in out it ends
	read          int   // lines of yours that are in out, or left out
	conflicts     []Conflict
}

func newMerger(yours, theirs, base []string) *merger {
	return &merger{
		yours: yours, theirs: theirs, base: base, place: make([]int, len(yours)+1),
		inYours: match(base, tokens(yours)), inTheirs: match(base, tokens(theirs)),
	}
}

// run walks through the base. Changes of one side are taken, and those that both
// made in the same way; where changes meet otherwise there is a conflict.
func (m *merger) run() {
	all := append(hunks(m.base, m.yours, m.inYours, true), hunks(m.base, m.theirs, m.inTheirs, false)...)
	slices.SortStableFunc(all, func(a, b hunk) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	at := 0
	for len(all) > 0 {
		n := 1
		for n < len(all) && slices.ContainsFunc(all[:n], all[n].meets) {
			n++
		}
		m.unchanged(all[0].start - at)
		at = m.change(all[:n])
		all = all[n:]
	}
	m.unchanged(len(m.base) - at)
}

// unchanged takes lines that both sides left as they were.
func (m *merger) unchanged(n int) {
	for range n {
		m.take(m.yours[m.read:m.read+1], 1)
	}
}

// take puts lines out in the place of so many of yours.
func (m *merger) take(lines []string, yours int) {
	m.out = append(m.out, lines...)
	for i := range yours {
		m.place[m.read+i+1] = len(m.out) - yours + 1 + i
		if len(lines) != yours {
			m.place[m.read+i+1] = len(m.out)
		}
	}
	m.read += yours
}

// change applies changes that meet, and gives the line of the base behind them.
func (m *merger) change(met []hunk) int {
	first, last := met[0], met[len(met)-1]
	end := first.end
	for _, h := range met {
		end = max(end, h.end)
	}
	switch {
	case len(met) == 1 && first.yours:
		m.take(first.lines, len(first.lines))
	case len(met) == 1:
		m.take(first.lines, first.end-first.start)
	case len(met) == 2 && first.yours != last.yours && first.equal(last):
		m.take(first.lines, len(first.lines))
	default:
		yours := m.side(met, true, first.start, end)
		m.conflicts = append(m.conflicts, Conflict{Line: m.read, Yours: yours, Theirs: m.side(met, false, first.start, end)})
		m.take(yours, len(yours))
	}
	return end
}

// side gives a part of the base as one side has it.
func (m *merger) side(met []hunk, yours bool, start, end int) []string {
	lines, matched := m.theirs, m.inTheirs
	if yours {
		lines, matched = m.yours, m.inYours
	}
	var part []string
	for at := start; at <= end; at++ {
		for _, h := range met {
			if h.yours == yours && h.start == at {
				part = append(part, h.lines...)
			}
		}
		if at < end && matched[at] >= 0 {
			part = append(part, lines[matched[at]])
		}
	}
	return part
}

// merge joins the file that stands there with what is rendered now. Where there
// are conflicts, the result is none.
func merge(old, rendered document) ([]byte, []Conflict) {
	m := newMerger(old.lines, rendered.lines, old.base)
	m.run()
	for i, c := range m.conflicts { // until now a number of yours
		m.conflicts[i].Line = 1
		if len(old.at) > 0 {
			m.conflicts[i].Line = old.at[min(c.Line, len(old.at)-1)]
		}
	}
	if len(m.conflicts) > 0 {
		return nil, m.conflicts
	}
	return write(withKept(m.out, old.kept, m.place), unsealed(rendered.marker), tokens(rendered.lines)), nil
}

// withKept puts the kept parts back, each at its place.
func withKept(lines []string, parts []kept, place []int) []string {
	for _, part := range slices.Backward(parts) {
		lines = slices.Insert(slices.Clone(lines), place[part.at], part.lines...)
	}
	return lines
}

// overwrite replaces a file by what is rendered now, but for its kept parts. They
// go where the lines around them are found again, and in a Dockerfile into the
// stage that they were in.
func overwrite(old, rendered document) ([]byte, error) {
	m := newMerger(old.lines, rendered.lines, tokens(old.lines))
	m.run()
	before, after := stagesOf(old.lines), stagesOf(m.out)
	for i, part := range old.kept {
		at := m.place[part.at]
		if len(before) > 0 && len(after) > 0 {
			var err error
			if at, err = inStage(m.out, after, before.at(part.at), at); err != nil {
				return nil, &KeepError{part.line, fmt.Errorf("%s%s: %w", keep, part.name, err)}
			}
			for !closes(old.lines, part.at) && closes(m.out, at) {
				at-- // what makes a layer stays before the user is set
			}
		}
		if i > 0 {
			at = max(at, m.place[old.kept[i-1].at])
		}
		m.place[part.at] = at
	}
	return write(withKept(m.out, old.kept, m.place), unsealed(rendered.marker), tokens(rendered.lines)), nil
}

// stages are the stages of a Dockerfile, by the numbers of their first lines.
type stages []stage

type stage struct {
	name  string
	start int
	last  bool
}

var fromLine = pattern.New(`(?i)^\s*FROM\s+\S.*?(?:\s+AS\s+(\S+))?\s*$`)

func stagesOf(lines []string) stages {
	var all stages
	for i, line := range lines {
		if m := fromLine.FindStringSubmatch(line); m != nil {
			all = append(all, stage{name: strings.ToLower(m[1]), start: i})
		}
	}
	if len(all) > 0 {
		all[len(all)-1].last = true
	}
	return all
}

// at is the stage that a number of lines ends in: the first is also what stands
// before it.
func (s stages) at(lines int) stage {
	best := s[0]
	for _, one := range s {
		if one.start < lines {
			best = one
		}
	}
	return best
}

var closingLine = pattern.New(`^(USER|EXPOSE|HEALTHCHECK|ENTRYPOINT|CMD|STOPSIGNAL|VOLUME)\s`)

// closes says whether the line before a place says something about the image.
func closes(lines []string, at int) bool { return at > 0 && closingLine.MatchString(lines[at-1]) }

// inStage finds a place in the stage that a kept part was in: the one found by the
// lines around it, or else before what the stage's image says about itself.
func inStage(lines []string, after stages, was stage, at int) (int, error) {
	i := slices.IndexFunc(after, func(s stage) bool { return s.name != "" && s.name == was.name })
	if i < 0 && was.last {
		i = len(after) - 1
	}
	if i < 0 {
		return 0, fmt.Errorf("it stands in the stage %q, which the new file has not; move it", was.name)
	}
	begin, finish := after[i].start+1, len(lines)
	if i+1 < len(after) {
		finish = after[i+1].start
	}
	if at > begin && at <= finish {
		return at, nil
	}
	for j := begin; j < finish; j++ {
		if closingLine.MatchString(lines[j]) || lines[j] == "" {
			return j, nil
		}
	}
	return finish, nil
}
