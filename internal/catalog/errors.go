package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// UnknownImageError says that the catalog has no such image.
type UnknownImageError struct {
	Image string
	Known []string // the images there are, sorted
}

func (e *UnknownImageError) Error() string {
	return fmt.Sprintf("no image %q in the catalog, which has %s", e.Image, strings.Join(e.Known, ", "))
}

// UnknownVariantError says that no version of the image has that variant.
type UnknownVariantError struct {
	Image, Variant string
	Nearest        []string // the variants of the most alike names, at most three; "" is the tag without one
}

func (e *UnknownVariantError) Error() string {
	return fmt.Sprintf("no %s image has the variant %q%s", e.Image, e.Variant, nearestAre(quoted(e.Nearest)))
}

// UnknownTagError says that the image has no such tag.
type UnknownTagError struct {
	Image, Tag string
	Nearest    []string // the tags of the most alike names, at most three
}

func (e *UnknownTagError) Error() string {
	return fmt.Sprintf("no image %s:%s in the catalog%s", e.Image, e.Tag, nearestAre(quoted(e.Nearest)))
}

// UnsatisfiableError says that the image has the variant, but in no version that satisfies
// the constraint.
type UnsatisfiableError struct {
	Image, Constraint, Variant string
	Nearest                    []Ref  // next below and next above what was asked for, as far as there are such
	AsOf                       string // the date of the catalog
	Newer                      bool   // it asks for a newer one than all that are known
}

func (e *UnsatisfiableError) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "no %s image", e.Image)
	if e.Variant != "" {
		fmt.Fprintf(&b, " of variant %q", e.Variant)
	}
	fmt.Fprintf(&b, " satisfies %q (catalog of %s)", e.Constraint, e.AsOf)
	if e.Newer {
		b.WriteString("; dockgen update asks the registry for newer ones")
	}
	names := make([]string, len(e.Nearest))
	for i, ref := range e.Nearest {
		names[i] = ref.String()
	}
	b.WriteString(nearestAre(names))
	return b.String()
}

// quoted is for names that may be empty.
func quoted(names []string) []string {
	var q []string
	for _, name := range names {
		q = append(q, strconv.Quote(name))
	}
	return q
}

// nearestAre is the end of a message, empty if there are no names.
func nearestAre(names []string) string {
	switch n := len(names); n {
	case 0:
		return ""
	case 1:
		return "; the nearest is " + names[0]
	default:
		return "; the nearest are " + strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
}

// nearest returns the three of the names that take the fewest edits to become the one that
// was asked for; among equals, those that come first.
func nearest(names []string, asked string) []string {
	type candidate struct {
		name     string
		distance int
	}
	candidates := make([]candidate, len(names))
	for i, name := range names {
		candidates[i] = candidate{name, editDistance(name, asked)}
	}
	slices.SortStableFunc(candidates, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var found []string
	for _, c := range candidates[:min(3, len(candidates))] {
		found = append(found, c.name)
	}
	return found
}

// editDistance returns the Levenshtein distance of two strings, in bytes.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
