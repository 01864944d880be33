package output

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/templates"
)

// The lines between which git leaves a conflict: this branch's side, what both came
// from (where it is asked to), the other branch's.
const (
	gitOurs   = "<<<<<<< "
	gitBase   = "||||||| "
	gitTheirs = "======="
	gitEnd    = ">>>>>>> "
)

// MarkerError says that a file holds a conflict that only a person can settle.
type MarkerError struct {
	Line int // of its beginning, from 1
	Err  error
}

func (e *MarkerError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives what is wrong, without the line.
func (e *MarkerError) Unwrap() error { return e.Err }

// open takes a file apart that stands there. Conflicts that git left in it are
// settled where they are only about what dockgen wrote, by the records of both
// branches: what is dockgen's is rendered anew in any case.
func open(kind templates.Kind, data []byte) (document, error) {
	lines := numbered(data)
	first := slices.IndexFunc(lines, func(l line) bool { return strings.HasPrefix(l.text, gitOurs) })
	if first < 0 {
		return read(kind, lines)
	}
	var parts []disputed
	for rest := lines; len(rest) > 0; {
		part, n, err := nextDispute(rest)
		if err != nil {
			return document{}, err
		}
		parts, rest = append(parts, part), rest[n:]
	}
	var sides []document
	var written []map[string]bool
	var markers []string
	for side := range 2 {
		var all []line
		for _, p := range parts {
			all = append(append(all, p.common...), p.sides[side]...)
		}
		d, err := read(templates.Text, all)
		if err != nil {
			return d, err
		}
		known := map[string]bool{string(blank): true}
		for _, m := range d.wrote() {
			known[m] = true
		}
		text := map[string]bool{}
		for _, l := range all {
			text[older(l.text)] = true
		}
		sides, written, markers = append(sides, document{record: d.record, older: d.older, text: text}), append(written, known), append(markers, d.marker)
	}
	var d document
	var err error
	for side := range 2 { // git may leave half of an instruction on one
		var chosen []line
		for _, p := range parts {
			settled, err := p.settle(written, markers, side)
			if err != nil {
				return document{}, err
			}
			chosen = append(append(chosen, p.common...), settled...)
		}
		if d, err = read(kind, chosen); err == nil && kind == templates.Dockerfile {
			err = dockerfile.Check(write(linesOf(d.sections), d.marker, nil))
		}
		if err == nil {
			break
		}
	}
	if err != nil {
		return d, &MarkerError{lines[first].at, fmt.Errorf("git left a conflict here that parts an instruction: settle it, and dockgen unites the rest (%w)", err)}
	}
	d.sides = sides
	d.withdraw()
	d.once()
	return d, nil
}

// once takes out a stage that git left twice, where it holds nothing but what
// dockgen wrote.
func (d *document) once() {
	human := func(s section) bool {
		return slices.ContainsFunc(s.units, func(u unit) bool {
			return u.kind != blank && !slices.ContainsFunc(d.sides, func(side document) bool {
				wrote := find(side.record, s.called())
				return wrote != nil && slices.Contains(keys(wrote.units), u.key())
			})
		})
	}
	var all []section
	for _, s := range d.sections {
		i := named(all, s.called())
		switch {
		case i < 0 || s.called() == "" || human(s) && human(all[i]):
			all = append(all, s)
		case human(s):
			all[i].units = s.units
		}
	}
	d.sections = all
}

// withdraw takes out what a person took out on one of two branches, in whatever
// version the other has it.
func (d *document) withdraw() {
	for i, side := range d.sides {
		for _, s := range side.record {
			var others []unit
			if other := find(d.sides[1-i].record, s.name); other != nil {
				others = other.units
			}
			gone := map[string]bool{}
			for j, k := range align(s.units, others) {
				gone[s.units[j].key()] = gone[s.units[j].key()] || s.units[j].declined
				if s.units[j].declined && k >= 0 {
					gone[others[k].key()] = true
				}
			}
			if there := find(d.sections, s.name); there != nil {
				there.units = slices.DeleteFunc(slices.Clone(there.units), func(u unit) bool { return gone[u.key()] })
			}
		}
	}
}

// disputed is a conflict with the lines before it.
type disputed struct {
	common []line
	at     int  // 0 for lines without a conflict behind them
	mine   bool // dockgen wrote it down, for a person to settle
	sides  [2][]line
}

// nextDispute reads up to the end of the next conflict.
func nextDispute(lines []line) (p disputed, n int, err error) {
	side := -1 // -1 before it, 2 in what both came from
	for i, l := range lines {
		switch {
		case side < 0 && strings.HasPrefix(l.text, gitOurs):
			side, p.at, p.mine = 0, l.at, l.text == fromYours
		case side == 0 && strings.HasPrefix(l.text, gitBase):
			side = 2
		case (side == 0 || side == 2) && l.text == gitTheirs:
			side = 1
		case side == 1 && strings.HasPrefix(l.text, gitEnd):
			return p, i + 1, nil
		case side < 0:
			p.common = append(p.common, l)
		case side < 2:
			p.sides[side] = append(p.sides[side], l)
		}
	}
	if side >= 0 {
		return p, 0, &MarkerError{p.at, errors.New("git left a conflict here that has no end")}
	}
	return p, len(lines), nil
}

// settle chooses a side where the other holds nothing but what dockgen wrote, where
// both do so the one that is asked for.
func (p disputed) settle(written []map[string]bool, markers []string, side int) ([]line, error) {
	if p.mine {
		return nil, &MarkerError{p.at, errors.New("a conflict is to be settled here: leave what should stay, and take the markers out")}
	}
	var rest [2][]line
	var human [2]bool
	var marked []line
	for side, lines := range p.sides {
		for _, l := range lines {
			switch {
			case strings.HasPrefix(l.text, record):
			case slices.Contains(markers, l.text):
				marked = []line{l}
			default:
				rest[side] = append(rest[side], l)
				human[side] = human[side] || !written[side][older(l.text)]
			}
		}
	}
	same := slices.EqualFunc(rest[0], rest[1], func(a, b line) bool { return a.text == b.text })
	switch {
	case same || !human[0] && !human[1]:
		return append(marked, rest[side]...), nil
	case !human[1]:
		return append(marked, rest[0]...), nil
	case !human[0]:
		return append(marked, rest[1]...), nil
	}
	return nil, &MarkerError{p.at, errors.New("git left a conflict here between lines of yours: settle it, and dockgen unites the rest")}
}

// bySides settles what git left of two branches by the whole file on each: what a
// person made of it there is merged with what is rendered now, and then with one
// another. It is not ok where that leaves a conflict, or where somebody has begun to
// settle the file by hand.
func (c *Change) bySides(rendered document, opt Options) (ok bool) {
	ours, theirs, ok := opt.Sides(c.Path)
	if !ok || !untouched(c.Old, ours, theirs) {
		return false
	}
	var results [][]section
	for _, side := range [][]byte{ours, theirs} {
		one := Change{Path: c.Path, Kind: c.Kind, Old: side, Owner: Inspect(side)}
		d, err := read(c.Kind, numbered(side))
		if err != nil || one.Owner == Foreign {
			return false
		}
		one.join(d, rendered, Options{Stands: opt.Stands})
		if one.Status == Refused {
			return false
		}
		if d, err = read(c.Kind, numbered(one.New)); err != nil {
			return false
		}
		results = append(results, d.sections)
	}
	var units []unit
	for _, p := range mergeStages(rendered.sections, results[0], results[1], rules{commute: c.Kind == templates.Ignore, people: true}) {
		if p.conflict != nil {
			return false
		}
		units = append(units, p.units...)
	}
	one := *c
	one.merged(document{}, rendered, rendered.sections, units)
	if one.Status == Refused {
		return false
	}
	*c = one
	c.United, c.Noted = true, false
	return true
}

// untouched says whether a file may be as git left it: it holds no line that neither
// branch has.
func untouched(merged, ours, theirs []byte) bool {
	sets := make([]map[string]bool, 3)
	for i, data := range [][]byte{merged, ours, theirs} {
		sets[i] = map[string]bool{}
		for _, l := range numbered(data) {
			if !strings.HasPrefix(l.text, record) {
				sets[i][l.text] = true
			}
		}
	}
	for text := range sets[0] {
		marker := strings.HasPrefix(text, gitOurs) || strings.HasPrefix(text, gitBase) || strings.HasPrefix(text, gitEnd) || text == gitTheirs
		if !marker && !sets[1][text] && !sets[2][text] {
			return false
		}
	}
	return true
}
