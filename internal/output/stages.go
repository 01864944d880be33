package output

import "slices"

// slot is the place of one stage in a merged file.
type slot struct {
	name                string
	base, yours, theirs *section
}

// mergeStages merges a file stage by stage: a line belongs to its stage by name. A
// stage that only a person has stays behind the one that it stands behind; one that
// a person took out stays out; one that dockgen has no more takes with it what is
// dockgen's, and what is a person's there is a conflict.
func mergeStages(base, yours, theirs []section, r rules) (pieces []piece) {
	all := slots(base, yours, theirs)
	for i, s := range all {
		switch {
		case s.yours == nil && s.base == nil:
			pieces = append(pieces, piece{units: s.theirs.units})
		case s.yours == nil && r.people && s.theirs != nil && !slot{yours: s.theirs, base: s.base}.theirsAlone():
			pieces = append(pieces, piece{conflict: &clash{why: takenChanged, line: 1, theirs: s.theirs.units}})
		case s.yours == nil:
		case s.theirs != nil:
			pieces = append(pieces, mergeUnits(s.base, s.yours.units, s.theirs.units, r)...)
		case s.base == nil && s.yours == &yours[len(yours)-1] && i < len(all)-1:
			pieces = append(pieces, piece{conflict: &clash{why: "it is your last stage, and others would stand behind it", line: s.yours.units[0].at, yours: s.yours.units}})
		case s.base == nil:
			pieces = append(pieces, piece{units: s.yours.units})
		case s.theirsAlone():
		default:
			why := "you changed the stage " + s.name + ", which dockgen has no more"
			if s.name == "" {
				why = "you changed what stands before the first stage, which dockgen has no more"
			}
			pieces = append(pieces, piece{conflict: &clash{why: why, stage: s.yours.name, line: s.yours.units[0].at, yours: s.yours.units}})
		}
	}
	return pieces
}

// theirsAlone says whether all that stands in a stage is dockgen's.
func (s slot) theirsAlone() bool {
	written := match(keys(s.yours.units), keys(s.base.units))
	for i, j := range written {
		if j < 0 && s.yours.units[i].kind != blank {
			return false
		}
	}
	return true
}

// slots lists the stages of a merged file in their order: that of dockgen, or that
// of the person who changed it.
func slots(base, yours, theirs []section) []slot {
	called := renamed(base, yours, theirs)
	var mine, others, before []string
	for i := range yours {
		mine = append(mine, called[i])
	}
	for _, s := range theirs {
		others = append(others, s.name)
	}
	for _, s := range base {
		before = append(before, s.name)
	}
	order := insert(others, mine)
	if reordered(before, mine) && !reordered(before, others) {
		order = insert(mine, others)
	}
	var all []slot
	for _, name := range order {
		s := slot{name: name, base: find(base, name), theirs: find(theirs, name)}
		if i := slices.Index(mine, name); i >= 0 {
			s.yours = &yours[i]
		}
		all = append(all, s)
	}
	return all
}

func find(all []section, name string) *section {
	if i := named(all, name); i >= 0 {
		return &all[i]
	}
	return nil
}

// renamed gives the names by which dockgen knows the stages of a person: one that
// dockgen did not write, and that holds most of a stage that is not there, is that
// stage under another name.
func renamed(base, yours, theirs []section) []string {
	names := make([]string, len(yours))
	for i, s := range yours {
		names[i] = s.name
	}
	for i, s := range yours {
		if find(base, s.name) != nil || find(theirs, s.name) != nil {
			continue
		}
		for _, b := range base {
			if !slices.Contains(names, b.name) && 2*sharing(b.units, s.units) > len(b.units) {
				names[i] = b.name
				break
			}
		}
	}
	return names
}

// sharing counts the instructions that two stages have in common.
func sharing(a, b []unit) (n int) {
	for i, j := range match(keys(a), keys(b)) {
		if j >= 0 && a[i].kind != blank {
			n++
		}
	}
	return n
}

// insert puts names that only others has behind those that they stand behind.
func insert(names, others []string) []string {
	all := slices.Clone(names)
	for i, name := range others {
		if slices.Contains(all, name) {
			continue
		}
		at := 0
		for before := i - 1; before >= 0 && at == 0; before-- {
			at = slices.Index(all, others[before]) + 1
		}
		if at == 0 && slices.Contains(all, "") {
			at = 1 // what stands before the first stage stays there
		}
		all = slices.Insert(all, at, name)
	}
	return all
}

// reordered says whether names that both have stand in another order.
func reordered(a, b []string) bool {
	both := func(all, in []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return !slices.Contains(in, name) })
	}
	return !slices.Equal(both(a, b), both(b, a))
}
