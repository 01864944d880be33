package output

import (
	"slices"
	"strings"
)

// Conflict is a place where a person and dockgen want different things.
type Conflict struct {
	Line   int      // in the file that stands there, from 1
	Why    string   // in words
	Yours  []string // as they stand there
	Theirs []string // as dockgen would write them
}

// How the two sides of a conflict are told apart.
const (
	fromYours  = "<<<<<<< yours"
	fromTheirs = "======="
	toTheirs   = ">>>>>>> dockgen"
)

// String shows it as git does.
func (c Conflict) String() string {
	parts := slices.Concat([]string{fromYours}, c.Yours, []string{fromTheirs}, c.Theirs, []string{toTheirs})
	return strings.Join(parts, "\n") + "\n"
}

// Choice is what becomes of a conflict.
type Choice int

// The choices. Whatever is chosen stands until dockgen wants something else there.
const (
	Undecided Choice = iota // the file stays as it is
	Mine                    // what stands in the file
	Theirs                  // what dockgen would write
	Both                    // one behind the other
	Later                   // both between markers, for a person to edit
)

// chosen is what a choice makes of a conflict.
func (c clash) chosen(choice Choice) []unit {
	switch choice {
	case Theirs:
		return c.theirs
	case Both:
		return slices.Concat(c.yours, c.theirs)
	case Later:
		return []unit{{lines: strings.Split(strings.TrimSuffix(c.exported().String(), "\n"), "\n")}}
	}
	return c.yours
}

// exported makes a clash one that a person can read.
func (c clash) exported() Conflict {
	return Conflict{Line: c.line, Why: c.why, Yours: linesOf([]section{{units: c.yours}}), Theirs: linesOf([]section{{units: c.theirs}})}
}
