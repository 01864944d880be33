package output

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/templates"
)

// The comments between which a person keeps lines.
const (
	keep = "# dockgen:keep "
	end  = "# dockgen:end"
)

// document is a file that dockgen wrote, taken apart. CRLF is read as LF.
type document struct {
	marker   string // with the sum of an older file; empty in a foreign one
	sections []section
	record   []section       // what dockgen wrote last
	sides    []document      // of a file that git left with conflicts: what both branches note
	text     map[string]bool // of a side: the marks of its lines, as older records have them
	older    []string        // the record as dockgen wrote it without stages: a mark for each line
}

// section is a stage with the comments and blank lines before its FROM, or what
// stands before the first stage; a file without stages is one section.
type section struct {
	name  string // in small letters; empty for what is no stage
	units []unit
}

// unit is what a merge takes or leaves as a whole: an instruction with all of its
// lines, one line that is none, or a part that is kept.
type unit struct {
	kind     byte
	lines    []string // none in a record
	marks    []string // one for each line
	at       int      // of its first line in the file, from 1
	declined bool     // of a record: a person took it out
	rival    *unit    // of a person's, which cannot stand in the same stage
}

// called is the name that a stage has in the file, where others have it, too.
func (s section) called() string {
	name, _, _ := strings.Cut(s.name, ":")
	return name
}

func (u unit) key() string { return strings.Join(u.marks, "") }

// stands says whether a person took it out.
func (u unit) stands() bool { return !u.declined }

// holds says whether the text of a side has all lines of an instruction.
func (d document) holds(u unit) bool {
	return !slices.ContainsFunc(withoutKinds(u.marks), func(m string) bool { return !d.text[m] })
}

func keys(units []unit) []string {
	all := make([]string, len(units))
	for i, u := range units {
		all[i] = u.key()
	}
	return all
}

// named is the place of a section, or -1.
func named(all []section, name string) int {
	return slices.IndexFunc(all, func(s section) bool { return s.name == name })
}

// linesOf puts sections together.
func linesOf(sections []section) (lines []string) {
	for _, s := range sections {
		for _, u := range s.units {
			lines = append(lines, u.lines...)
		}
	}
	return lines
}

// KeepError says that a kept part is not closed, or that its name is there twice.
type KeepError struct {
	Line int // from 1
	Err  error
}

func (e *KeepError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives what is wrong, without the line.
func (e *KeepError) Unwrap() error { return e.Err }

// line is one of a file.
type line struct {
	text string
	at   int // from 1
}

// numbered takes a file apart.
func numbered(data []byte) (lines []line) {
	for raw := range bytes.Lines(bytes.TrimPrefix(unixLines(data), []byte(byteOrderMark))) {
		lines = append(lines, line{strings.TrimSuffix(strings.TrimSuffix(string(raw), "\n"), "\r"), len(lines) + 1})
	}
	return lines
}

// byteOrderMark is what some editors put before the first line, where nothing reads it.
const byteOrderMark = "\uFEFF"

// text is a file without the notes of dockgen's, and the parts that are kept.
type text struct {
	lines []line
	parts []part
}

// part is a kept part and how many lines stand before it.
type part struct {
	unit
	before int
}

// read takes a file apart. The error is for kept parts that are none, and for a
// Dockerfile of which nobody can say where its instructions end.
func read(kind templates.Kind, lines []line) (document, error) {
	var d document
	var t text
	lines, at := headed(lines)
	for i, l := range lines {
		switch note, noted := strings.CutPrefix(l.text, record); {
		case i == at:
			d.marker = l.text
		case at >= 0 && noted:
			d.remember(note)
		default:
			t.lines = append(t.lines, l)
		}
	}
	if err := t.takeParts(); err != nil {
		return d, err
	}
	units, err := t.units(kind)
	d.sections = sectionsOf(units)
	return d, err
}

// headed puts what a person has written above the marker, such as a licence, behind it, and
// gives the place of the marker, or -1. Directives count in the first lines alone.
func headed(lines []line) ([]line, int) {
	at := markerAt(lines)
	var directives, others []line
	for _, l := range lines[:max(0, at)] {
		if directive.MatchString(l.text) || strings.HasPrefix(l.text, gitOurs) {
			directives = append(directives, l)
		} else {
			others = append(others, l)
		}
	}
	if len(others) == 0 {
		return lines, at
	}
	return slices.Concat(directives, lines[at:at+1], others, lines[at+1:]), len(directives)
}

// markerAt is the place of the marker: the first line, or the first behind
// directives, whatever git left around it. In a file with a record of its lines a person's
// comments may stand above it. It is -1 in a foreign file.
func markerAt(lines []line) int {
	noted := sync.OnceValue(func() bool {
		return slices.ContainsFunc(lines, func(l line) bool { return strings.HasPrefix(l.text, record) })
	})
	for i, l := range lines {
		switch {
		case len(l.text) > len(marker) && strings.HasPrefix(l.text, marker):
			return i
		case directive.MatchString(l.text) || strings.HasPrefix(l.text, gitOurs):
		case l.text != "" && !strings.HasPrefix(l.text, "#") || !noted():
			return -1
		}
	}
	return -1
}

// remember reads a line of the record. That of an older file holds nothing but
// marks without kinds.
func (d *document) remember(note string) {
	if !strings.Contains(note, " ") {
		d.older = readOlder(note)
		return
	}
	s, ok := readRecord(note)
	if i := named(d.record, s.name); ok && i >= 0 { // git left those of both branches
		d.record[i].units = uniteUnits(d.record[i].units, s.units, slices.Concat(d.record[i].units, s.units), unit.stands)
	} else if ok {
		d.record = append(d.record, s)
	}
}

// takeParts takes the kept parts out of the lines.
func (t *text) takeParts() error {
	names := map[string]bool{}
	var lines []line
	var open []line
	for _, l := range t.lines {
		name, begins := strings.CutPrefix(l.text, keep)
		name = strings.TrimSpace(name)
		switch {
		case len(open) > 0 && begins:
			return &KeepError{l.at, fmt.Errorf("%s%s begins inside of %s", keep, name, strings.TrimPrefix(open[0].text, keep))}
		case begins && (name == "" || names[name]):
			return &KeepError{l.at, fmt.Errorf("%s wants a name that no other has", strings.TrimSpace(keep))}
		case l.text == end && len(open) == 0:
			return &KeepError{l.at, fmt.Errorf("%s without %s", end, strings.TrimSpace(keep))}
		case l.text == end:
			t.parts = append(t.parts, part{keptUnit(append(open, l)), len(lines)})
			open = nil
		case begins:
			names[name], open = true, []line{l}
		case len(open) > 0:
			open = append(open, l)
		default:
			lines = append(lines, l)
		}
	}
	if len(open) > 0 {
		return &KeepError{open[0].at, fmt.Errorf("%s has no %s", open[0].text, end)}
	}
	t.lines = lines
	return nil
}

func keptUnit(lines []line) unit {
	u := unit{kind: kept, at: lines[0].at}
	for _, l := range lines {
		u.lines = append(u.lines, l.text)
	}
	u.marks = []string{mark(kept, strings.Join(u.lines, "\n"))}
	return u
}

// units joins the lines to instructions. A kept part within one is part of it.
func (t *text) units(kind templates.Kind) ([]unit, error) {
	letters, err := lettersOf(kind, t.lines)
	if err != nil {
		return nil, err
	}
	var units []unit
	add := func(letter byte, l line) {
		m := mark(letter, l.text)
		if last := len(units) - 1; letter == more {
			units[last].lines, units[last].marks = append(units[last].lines, l.text), append(units[last].marks, m)
			return
		}
		units = append(units, unit{kind: letter, lines: []string{l.text}, marks: []string{m}, at: l.at})
	}
	parts := t.parts
	for i := 0; i <= len(t.lines); i++ {
		for ; len(parts) > 0 && parts[0].before == i; parts = parts[1:] {
			if i == len(t.lines) || letters[i] != more {
				units = append(units, parts[0].unit)
				continue
			}
			for _, text := range parts[0].lines {
				add(more, line{text: text})
			}
		}
		if i < len(t.lines) {
			add(letters[i], t.lines[i])
		}
	}
	return units, nil
}

// lettersOf gives the kind of each line.
func lettersOf(kind templates.Kind, lines []line) ([]byte, error) {
	letters := make([]byte, len(lines))
	var b strings.Builder
	for i, l := range lines {
		b.WriteString(l.text + "\n")
		switch {
		case l.text == "":
			letters[i] = blank
		case kind == templates.Dockerfile || strings.HasPrefix(l.text, "#"):
			letters[i] = comment
		default:
			letters[i] = plain
		}
	}
	if kind != templates.Dockerfile {
		return letters, nil
	}
	spans, err := dockerfile.Spans([]byte(b.String()))
	for _, s := range spans {
		for i := s.Start; i < s.End && i < len(lines); i++ {
			letters[i] = more
		}
		letters[s.Start] = 'Z'
		if letter, ok := kinds[s.Name]; ok {
			letters[s.Start] = letter
		}
	}
	return letters, err
}

// directive is a comment that only counts at the head of a Dockerfile.
var directive = pattern.New(`^#\s*(?i:syntax|escape|check)\s*=`)

var asName = pattern.New(`(?i)\sAS\s+(\S+)\s*$`)

// sectionsOf parts a file into its stages.
func sectionsOf(units []unit) []section {
	head := 0
	for head < len(units) && directive.MatchString(units[head].lines[0]) {
		head++
	}
	var starts []int
	for i, u := range units {
		if u.kind != 'F' {
			continue
		}
		starts = append(starts, lead(units, head, i))
	}
	if len(starts) == 0 {
		return []section{{units: units}}
	}
	var all []section
	if starts[0] > 0 {
		all = append(all, section{units: units[:starts[0]]})
	}
	for i, start := range starts {
		stop := len(units)
		if i+1 < len(starts) {
			stop = starts[i+1]
		}
		all = append(all, section{stageName(all, units[start:stop]), units[start:stop]})
	}
	return all
}

// lead is where the stage of a FROM begins: with the comments and blank lines before
// it, but for directives at the head and for comments that an empty line parts from it
// and that stand right behind an instruction.
func lead(units []unit, head, from int) int {
	start := from
	for start > head && isComment(units[start-1]) {
		start--
	}
	parted := slices.IndexFunc(units[start:from], func(u unit) bool { return u.kind == blank })
	if parted > 0 && start > head {
		return start + parted
	}
	return start
}

// stageName is the name of a stage, or one that no stage can have and no other
// section has.
func stageName(before []section, units []unit) string {
	from := units[slices.IndexFunc(units, func(u unit) bool { return u.kind == 'F' })]
	name := ""
	if m := asName.FindStringSubmatch(strings.Join(from.lines, " ")); m != nil {
		name = strings.ToLower(m[1])
	}
	for n := 1; name == "" || named(before, name) >= 0; n++ {
		name, _, _ = strings.Cut(name, ":")
		name += ":" + strconv.Itoa(n)
	}
	return name
}

// write puts a file together: the marker behind the directives at the head, and
// what was rendered last at the end.
func write(lines []string, marker string, notes []string) []byte {
	at := 0
	for at < len(lines) && directive.MatchString(lines[at]) {
		at++
	}
	all := slices.Concat(lines[:at], []string{marker}, lines[at:], notes)
	return []byte(strings.Join(all, "\n") + "\n")
}

// base is what dockgen wrote last, as far as the file says. What is rendered now
// helps to read older files.
func (d document) base(rendered []section) []section {
	switch {
	case len(d.sides) == 2:
		for i := range d.sides {
			d.sides[i].sections = d.sections
		}
		held := func(u unit) bool { return d.sides[0].holds(u) || d.sides[1].holds(u) }
		return unite(d.sides[0].base(rendered), d.sides[1].base(rendered), d.sections, held)
	case len(d.record) == 0 && len(d.older) > 0:
		return olderBase(d.older, d.sections, rendered)
	}
	return d.record
}

// digests gives what stands for each line, whatever begins there, and its number;
// what is kept takes no part.
func digests(sections []section) (all []string, at []int) {
	for _, s := range sections {
		for _, u := range s.units {
			if u.kind == kept {
				continue
			}
			all = append(all, withoutKinds(u.marks)...)
			for i := range u.marks {
				at = append(at, u.at+i)
			}
		}
	}
	return all, at
}

// wrote gives the digests of what dockgen wrote last; nil where nobody knows.
func (d document) wrote() []string {
	if len(d.record) == 0 {
		return d.older
	}
	all, _ := digests(d.record)
	return append([]string{}, all...) // not nil, where nothing was written
}

// Edits lists the lines, from 1, that are not as dockgen wrote them, apart from
// what is kept, and how many of dockgen's are gone. Known is false where the file
// holds no record.
func Edits(data []byte) (edited []int, gone int, known bool) {
	d, err := read(templates.Text, numbered(data))
	wrote := d.wrote()
	if err != nil || wrote == nil {
		return nil, 0, false
	}
	lines, at := digests(d.sections)
	ours := map[int]bool{}
	for _, i := range match(wrote, lines) {
		if i < 0 {
			gone++
		}
		ours[i] = true
	}
	for i := range lines {
		if !ours[i] {
			edited = append(edited, at[i])
		}
	}
	return edited, gone, true
}
