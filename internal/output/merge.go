package output

import (
	"cmp"
	"slices"
	"strings"
)

// piece is a part of a merged file, or a conflict between two versions of it.
type piece struct {
	units    []unit
	conflict *clash
}

// clash is a place where a person and dockgen want different things.
type clash struct {
	why           string
	stage         string // that dockgen has no more
	line          int    // in the file that stands there, from 1
	yours, theirs []unit
}

// threeWay joins what a person made of a stage with what is rendered now, by what
// was rendered last, of which only marks are known. It works the same on the lines
// of one instruction.
type threeWay struct {
	base, yours, theirs []unit
	inYours, inTheirs   []int // where each unit of the base is, or -1
	within              bool  // the units are lines of one instruction
	rules
	behind int // the line of the file behind what is being settled
	out    []piece
}

// rules are what is otherwise in some merges.
type rules struct {
	commute bool // new lines may stand in any order
	people  bool // both sides are a person's
}

// The reasons of conflicts, with what they are about.
const (
	bothChanged  = "you and dockgen changed it"
	bothAdded    = "you and dockgen added something here"
	editedGone   = "you changed it, and dockgen has it no more"
	placeGone    = "it is yours, and what stood around it is gone"
	takenChanged = "you took something out that dockgen changed"
	standsOnce   = "only the last of them would count"
)

// mergeUnits merges a stage. Without a base, what both sides have is dockgen's,
// and the rest of what stands there a person's.
func mergeUnits(base *section, yours, theirs []unit, r rules) []piece {
	m := threeWay{yours: yours, theirs: theirs, rules: r}
	if base == nil {
		m.guess()
		return m.run()
	}
	m.base = base.units
	m.inYours, m.inTheirs = align(m.base, yours), align(m.base, theirs)
	if !m.people {
		m.decline()
	}
	m.oppose()
	return m.run()
}

// guess makes a base of what both sides have.
func (m *threeWay) guess() {
	matched := match(keys(m.yours), keys(m.theirs))
	if !m.commute {
		matched = align(m.yours, m.theirs)
	}
	for i, j := range matched {
		if j < 0 || m.yours[i].kind == comment && m.yours[i].key() != m.theirs[j].key() {
			continue
		}
		u := unit{kind: m.yours[i].kind, marks: common(m.yours[i].marks, m.theirs[j].marks)}
		m.base, m.inYours, m.inTheirs = append(m.base, u), append(m.inYours, i), append(m.inTheirs, j)
	}
}

// common gives the marks that two instructions share, in order.
func common(a, b []string) (shared []string) {
	for i, j := range match(a, b) {
		if j >= 0 {
			shared = append(shared, a[i])
		}
	}
	return shared
}

// decline leaves out of what is rendered what a person took out, also where it
// stands elsewhere in the stage by now, or is another of those that count once.
func (m *threeWay) decline() {
	declined := func(u unit) bool {
		for i, b := range m.base {
			if m.inYours[i] < 0 && m.inTheirs[i] < 0 && b.kind != blank && (b.key() == u.key() || b.kind == u.kind && isOnce(b.kind)) {
				return true
			}
		}
		return false
	}
	before := len(m.theirs)
	matched := map[int]bool{}
	for _, j := range m.inTheirs {
		matched[j] = true
	}
	var theirs []unit
	for j, u := range m.theirs {
		if matched[j] || !declined(u) {
			theirs = append(theirs, u)
		}
	}
	if m.theirs = theirs; len(theirs) != before {
		m.inTheirs = align(m.base, theirs)
	}
}

// oppose finds what a person added and dockgen adds elsewhere in the stage, of
// which only one can count.
func (m *threeWay) oppose() {
	m.theirs = slices.Clone(m.theirs)
	for j, u := range m.theirs {
		if !isOnce(u.kind) || slices.Contains(m.inTheirs, j) {
			continue
		}
		i := slices.IndexFunc(m.yours, func(y unit) bool { return y.kind == u.kind })
		if i < 0 || m.yours[i].key() == u.key() {
			continue
		}
		b := slices.Index(m.inYours, i)
		if b >= 0 && (m.inTheirs[b] >= 0 || m.base[b].key() == m.yours[i].key()) {
			continue
		}
		m.theirs[j].rival = &m.yours[i]
		m.yours = slices.Delete(slices.Clone(m.yours), i, i+1)
		m.inYours = align(m.base, m.yours)
	}
}

func isOnce(kind byte) bool { return strings.IndexByte(once, kind) >= 0 }

// hunk is a change of one side: the units [start, end) of the base became others.
type hunk struct {
	start, end int
	units      []unit
	yours      bool
	edit       bool // a unit is another version of the one of the base
}

// hunks lists the changes of one side. A unit that is gone is a change of its own,
// and so is what stands in its place, unless dockgen may have made it of it.
func (m *threeWay) hunks(yours bool) []hunk {
	side, matched := m.theirs, m.inTheirs
	if yours {
		side, matched = m.yours, m.inYours
	}
	var all []hunk
	b, s := 0, 0
	gap := func(b1, s1 int) {
		if !yours && kindred(m.base[b:b1], side[s:s1]) {
			all = append(all, hunk{start: b, end: b1, units: side[s:s1]})
			return
		}
		for i := b; i < b1; i++ {
			all = append(all, hunk{start: i, end: i + 1, yours: yours})
		}
		if s1 > s {
			all = append(all, hunk{start: b1, end: b1, units: side[s:s1], yours: yours})
		}
	}
	for i, j := range matched {
		if j < 0 {
			continue
		}
		gap(i, j)
		if m.base[i].key() != side[j].key() {
			all = append(all, hunk{start: i, end: i + 1, units: side[j : j+1], yours: yours, edit: true})
		}
		b, s = i+1, j+1
	}
	gap(len(m.base), len(side))
	return all
}

// kindred says whether one may be what became of the other.
func kindred(a, b []unit) bool {
	return slices.ContainsFunc(a, func(u unit) bool {
		return slices.ContainsFunc(b, func(v unit) bool { return u.kind == v.kind || u.kind == unknown })
	})
}

// meets says whether two changes are about the same units, or put others into the
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

// run walks through the base. Changes of one side are taken, and those that both
// made in the same way; where changes meet otherwise there may be a conflict.
func (m *threeWay) run() []piece {
	all := slices.Concat(m.hunks(true), m.hunks(false))
	slices.SortStableFunc(all, func(a, b hunk) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	at := 0
	for len(all) > 0 {
		n, stop := 1, all[0].end
		for n < len(all) && slices.ContainsFunc(all[:n], all[n].meets) {
			stop = max(stop, all[n].end)
			n++
		}
		for ; at < all[0].start; at++ {
			m.take(m.yours[m.inYours[at]])
		}
		m.behind = m.lineOf(stop)
		m.settle(all[:n], stop)
		at, all = max(at, stop), all[n:]
	}
	for ; at < len(m.base); at++ {
		m.take(m.yours[m.inYours[at]])
	}
	return m.out
}

// lineOf is the line of the file where what follows a place of the base begins.
func (m *threeWay) lineOf(at int) int {
	for _, j := range m.inYours[at:] {
		if j >= 0 {
			return m.yours[j].at
		}
	}
	if n := len(m.yours); n > 0 {
		return m.yours[n-1].at + len(m.yours[n-1].lines)
	}
	return 1
}

func (m *threeWay) take(units ...unit) {
	for _, u := range units {
		if rival := u.rival; rival != nil {
			u.rival = nil
			m.conflict(standsOnce, []unit{*rival}, []unit{u})
			continue
		}
		m.out = append(m.out, piece{units: []unit{u}})
	}
}

func (m *threeWay) conflict(why string, yours, theirs []unit) {
	c := &clash{why: why, line: m.behind, yours: slices.Clone(yours), theirs: slices.Clone(theirs)}
	for i, u := range c.theirs {
		if u.rival != nil {
			c.yours, c.theirs[i].rival = append(c.yours, *u.rival), nil
		}
	}
	if len(c.yours) > 0 {
		c.line = c.yours[0].at
	}
	m.out = append(m.out, piece{conflict: c})
}

// settle applies changes that meet, up to a unit of the base.
func (m *threeWay) settle(met []hunk, stop int) {
	start := met[0].start
	changed := func(yours bool) bool {
		return slices.ContainsFunc(met, func(h hunk) bool { return h.yours == yours })
	}
	yours, theirs := m.side(met, true, start, stop), m.side(met, false, start, stop)
	switch first := met[0]; {
	case !changed(false):
		if first.start == first.end && m.adrift(first) {
			m.conflict(placeGone, yours, nil)
			return
		}
		m.take(yours...)
	case !changed(true):
		m.take(theirs...)
	case slices.Equal(keys(yours), keys(theirs)):
		m.take(yours...)
	case start == stop:
		m.added(yours, theirs)
	case first.edit && len(met) == 2 && met[1].edit:
		m.edited(yours[0], theirs[0], m.base[start])
	case len(yours) == 0 && m.onlyEdits(met) && !m.within && !m.people:
		// taken out, and it stays so with another text
	default:
		m.conflict(m.why(yours, theirs), yours, theirs)
	}
}

// added joins what both sides put into one place. A person's comments belong to
// what follows, and what is kept to what stands before it.
func (m *threeWay) added(yours, theirs []unit) {
	for len(yours) > 0 && len(theirs) > 0 && yours[0].key() == theirs[0].key() { // once is enough
		m.take(yours[0])
		yours, theirs = yours[1:], theirs[1:]
	}
	n := 0 // how many at the end are the same
	for n < min(len(yours), len(theirs)) && yours[len(yours)-1-n].key() == theirs[len(theirs)-1-n].key() {
		n++
	}
	same := yours[len(yours)-n:]
	yours, theirs = yours[:len(yours)-n], theirs[:len(theirs)-n]
	defer func() { m.take(same...) }()
	switch {
	case len(yours) == 0 || len(theirs) == 0 || allOf(yours, isKept):
		m.take(yours...)
		m.take(theirs...)
	case allOf(yours, isBlank):
		m.take(theirs...)
	case m.inAnyOrder(yours, theirs):
		m.take(theirs...)
		m.take(yours...)
	default:
		m.conflict(bothAdded, yours, theirs)
	}
}

func (m *threeWay) why(yours, theirs []unit) string {
	switch {
	case len(yours) == 0:
		return takenChanged
	case len(theirs) == 0:
		return editedGone
	}
	return bothChanged
}

// adrift says whether the place of what a person added is gone: dockgen has
// neither what stood before it nor what stood behind it.
func (m *threeWay) adrift(h hunk) bool {
	at := h.start
	return at > 0 && at < len(m.base) && m.inTheirs[at-1] < 0 && m.inTheirs[at] < 0 && !allOf(h.units, isKept)
}

func (m *threeWay) onlyEdits(met []hunk) bool {
	return !slices.ContainsFunc(met, func(h hunk) bool { return !h.yours && !h.edit })
}

// inAnyOrder says whether what a person added may stand behind what dockgen did.
func (m *threeWay) inAnyOrder(yours, theirs []unit) bool {
	free := func(u unit) bool {
		return m.commute && u.kind != kept && !strings.HasPrefix(u.lines[0], "!")
	}
	return !m.within && allOf(yours, isComment) || allOf(yours, free) && allOf(theirs, free)
}

func allOf(units []unit, is func(unit) bool) bool {
	return !slices.ContainsFunc(units, func(u unit) bool { return !is(u) })
}

func isKept(u unit) bool { return u.kind == kept }

func isBlank(u unit) bool { return u.kind == blank }

func isComment(u unit) bool { return u.kind == blank || u.kind == comment }

// side gives a part of the base as one side has it.
func (m *threeWay) side(met []hunk, yours bool, start, stop int) (part []unit) {
	units, matched := m.theirs, m.inTheirs
	if yours {
		units, matched = m.yours, m.inYours
	}
	for at := start; at <= stop; at++ {
		covered := false
		for _, h := range met {
			if h.yours == yours && h.start == at {
				part = append(part, h.units...)
			}
			covered = covered || h.yours == yours && h.start <= at && at < h.end
		}
		if at < stop && !covered {
			part = append(part, units[matched[at]])
		}
	}
	return part
}

// edited joins two versions of an instruction line by line. What comes of it has
// to be one instruction again.
func (m *threeWay) edited(yours, theirs, base unit) {
	if m.within || len(yours.lines) == 1 && len(theirs.lines) == 1 {
		m.conflict(bothChanged, []unit{yours}, []unit{theirs})
		return
	}
	lines := threeWay{rules: m.rules, base: base.apart(), yours: yours.apart(), theirs: theirs.apart(), within: true}
	lines.inYours, lines.inTheirs = align(lines.base, lines.yours), align(lines.base, lines.theirs)
	var merged []string
	for _, p := range lines.run() {
		if p.conflict != nil {
			m.conflict(bothChanged, []unit{yours}, []unit{theirs})
			return
		}
		for _, u := range p.units {
			merged = append(merged, u.lines...)
		}
	}
	joined, ok := instruction(merged)
	if !ok || joined.kind != yours.kind {
		m.conflict(bothChanged, []unit{yours}, []unit{theirs})
		return
	}
	joined.at = yours.at
	m.take(joined)
}

// apart gives the lines of an instruction one by one.
func (u unit) apart() []unit {
	all := make([]unit, len(u.marks))
	for i, m := range u.marks {
		all[i] = unit{kind: m[0], marks: u.marks[i : i+1], at: u.at + i}
		if len(u.lines) > 0 {
			all[i].lines = u.lines[i : i+1]
		}
	}
	return all
}
