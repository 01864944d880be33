package catalog

import (
	"fmt"
	"slices"
	"strings"
)

// maker makes images that may stand in the place of those that stacks name.
type maker struct {
	Name  string
	Title string
	Note  string // what who takes them has to know
	Image []made
}

// made is what a maker has in the place of images.
type made struct {
	Of    []string    // as stacks name them
	Tag   *expression // of their tags; the first group is the version
	Build string      // what stands in a stage that builds, with ${1} of the tag; empty where none can
	Run   string      // what stands where the program runs
	Has   []string    // the versions that there are on the day of the catalog; none where no tag names one
	None  string      // why there is nothing in their place
}

// Makers lists the names that [Catalog.Made] takes, sorted.
func (c *Catalog) Makers() (names []string) {
	f, err := c.families()
	if err != nil {
		return nil
	}
	for _, m := range f.Maker {
		names = append(names, m.Name)
	}
	slices.Sort(names)
	return names
}

// MakerNote is what who takes the images of a maker has to know, or empty.
func (c *Catalog) MakerNote(name string) string {
	if m, err := c.maker(name); err == nil {
		return m.Note
	}
	return ""
}

// Made is the image of a maker, such as dhi, that stands in the place of one that a stack
// names: in a stage that builds, or where the program runs. A version beyond the catalog's
// own is taken to be there, as [Catalog.With] is only given what is. The error says why there
// is none.
func (c *Catalog) Made(name, reference string, running bool) (string, error) {
	m, err := c.maker(name)
	if err != nil {
		return "", err
	}
	image, tag := Split(reference)
	for _, one := range m.Image {
		if !slices.Contains(one.Of, image) || one.Tag != nil && !one.Tag.MatchString(tag) {
			continue
		}
		by, where := one.Build, "to build on"
		if running {
			by, where = one.Run, "to run on"
		}
		if by == "" {
			return "", m.none(reference, fmt.Sprintf("to take for %%s %s%s", where, because(one.None)))
		}
		if one.Tag == nil {
			return by, nil
		}
		groups := one.Tag.FindStringSubmatch(tag)
		if own, known := c.images[image]; known && !slices.Contains(one.Has, groups[1]) {
			if _, listed, err := own.lookup(tag); err == nil && listed {
				return "", m.none(reference, fmt.Sprintf("for %%s, as of %s; there are %s", c.asOf, strings.Join(one.Has, ", ")))
			}
		}
		for i, group := range groups {
			by = strings.ReplaceAll(by, fmt.Sprintf("${%d}", i), group)
		}
		return by, nil
	}
	return "", m.none(reference, "in the place of %s that is known")
}

func because(why string) string {
	if why == "" {
		return ""
	}
	return ": " + why
}

func (m *maker) none(reference, format string) error {
	return fmt.Errorf("%s have none "+format, m.Title, reference)
}

func (c *Catalog) maker(name string) (*maker, error) {
	f, err := c.families()
	if err != nil {
		return nil, err
	}
	for i := range f.Maker {
		if f.Maker[i].Name == name {
			return &f.Maker[i], nil
		}
	}
	return nil, fmt.Errorf("no such family; there are %s", strings.Join(c.Makers(), ", "))
}
