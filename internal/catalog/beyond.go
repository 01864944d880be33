package catalog

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Step is how far an update may lead a version.
type Step string

// The steps, each of which takes in those before it.
const (
	Patch Step = "patch" // 1.26.7 to 1.26.9; of a version with two numbers, within its line
	Minor Step = "minor" // 1.26.7 to 1.27.0
	Major Step = "major" // anywhere
)

// beyond is what is known of images beside what is built in.
type beyond struct {
	on     string // the day of it
	images map[string]func() map[string][]version
	policy func(image string) Step
}

// With returns the catalog with tags that are newer than its own, by image and version the
// variants, as a registry had them on a day such as "2026-11-30". Tags of images that it
// doesn't have, and tags that are not exact, are left out.
func (c *Catalog) With(on string, tags map[string]map[string][]string) *Catalog {
	with := *c
	with.resolved = &sync.Map{}
	with.beyond = &beyond{on: on, images: map[string]func() map[string][]version{}}
	for name, versions := range tags {
		if im, ok := c.images[name]; ok {
			with.beyond.images[name] = sync.OnceValue(func() map[string][]version { return im.unpack(versions) })
		}
	}
	return &with
}

// Under returns the catalog as a service sees it that allows other steps than [Minor].
func (c *Catalog) Under(policy func(image string) Step) *Catalog {
	if c.beyond == nil {
		return c
	}
	under, with := *c, *c.beyond
	with.policy = policy
	under.beyond = &with
	return &under
}

// unpack orders tags by variant, each with its versions, ascending.
func (im *image) unpack(tags map[string][]string) map[string][]version {
	all := map[string][]version{}
	for text, variants := range tags {
		v, err := parseVersion(text)
		if err != nil || !im.isExact(text) {
			continue
		}
		for _, name := range variants {
			all[name] = append(all[name], v)
		}
	}
	for name := range all {
		slices.SortFunc(all[name], version.compare)
	}
	return all
}

func (im *image) isExact(version string) bool {
	if im.Exact == "" || slices.Contains(im.Unreleased, version) {
		return false
	}
	exact := im.exact()
	return exact != nil && exact.MatchString(version)
}

// newer gives the versions of a variant beyond the catalog's own, ascending.
func (c *Catalog) newer(image, variant string) []version {
	if c.beyond == nil || c.beyond.images[image] == nil {
		return nil
	}
	return c.beyond.images[image]()[variant]
}

// step is what is allowed for an image.
func (c *Catalog) step(image string) Step {
	if c.beyond != nil && c.beyond.policy != nil {
		if step := c.beyond.policy(image); step != "" {
			return step
		}
	}
	return Minor
}

// permits says whether a version of an image may stand in another's place.
func (c *Catalog) permits(im *image, from, to version) bool {
	switch c.step(im.name) {
	case Major:
		return true
	case Patch:
		if strings.Count(from.text, ".") == 1 {
			return im.line(from.text) != "" && im.line(from.text) == im.line(to.text)
		}
		return from.number[0] == to.number[0] && from.number[1] == to.number[1]
	}
	return from.number[0] == to.number[0]
}

// line is the name of the line that a version is of, or empty.
func (im *image) line(version string) string {
	for _, l := range im.Line {
		if l.contains(version) {
			return l.Name
		}
	}
	return ""
}

// day is when the catalog, with what it was given, was last looked at.
func (c *Catalog) day() string {
	if c.beyond == nil {
		return c.asOf
	}
	return max(c.asOf, c.beyond.on)
}

// after says whether a day or month of an end has passed on a day.
func after(day, end string) bool { return end != "" && day[:min(len(day), len(end))] > end }

// lines are those of an image, with those that its newer versions are of, all as they are
// on the day of the catalog.
func (c *Catalog) lines(im *image) []Line {
	all := slices.Clone(im.Line)
	if c.beyond == nil {
		return all
	}
	for i := range all {
		all[i].Supported = all[i].Supported && !after(c.day(), all[i].EOL)
	}
	if len(all) == 0 {
		return all
	}
	known, err := parseVersion(all[0].Name)
	if err != nil {
		return all
	}
	names := map[string]version{}
	for _, versions := range c.beyondAll(im.name) {
		for _, v := range versions {
			parts := strings.Split(v.text, ".")
			name := strings.Join(parts[:min(len(parts), 1+strings.Count(all[0].Name, "."))], ".")
			if line, err := parseVersion(name); err == nil && line.compareNumber(known) > 0 {
				names[name] = line
			}
		}
	}
	newest := slices.SortedFunc(maps.Values(names), func(a, b version) int { return b.compareNumber(a) })
	var newer []Line
	for _, v := range newest {
		newer = append(newer, Line{Name: v.text, Supported: true})
	}
	return append(newer, all...)
}

func (c *Catalog) beyondAll(image string) map[string][]version {
	if c.beyond == nil || c.beyond.images[image] == nil {
		return nil
	}
	return c.beyond.images[image]()
}

// exactly finds the version that a constraint names with an equals sign.
var exactly = pattern.New(`(?:^|[,|\s])=\s*(\d+\.\d+\.\d+)(?:$|[,|\s])`)

// ahead finds the version that a constraint names exactly, where it is newer than all that
// are known of its line: then the line is known and the list of its tags is old.
func (c *Catalog) ahead(im *image, constraint, variant string) (version, bool) {
	m := exactly.FindStringSubmatch(constraint)
	if m == nil {
		return version{}, false
	}
	v, err := parseVersion(m[1])
	return v, err == nil && c.isAhead(im, v, variant)
}

// isAhead says whether a version would be the newest that is known of its line.
func (c *Catalog) isAhead(im *image, v version, variant string) bool {
	if !im.isExact(v.text) {
		return false
	}
	versions, err := im.versions(variant)
	if err != nil {
		return false
	}
	known := false
	for _, w := range append(slices.Clip(versions), c.newer(im.name, variant)...) {
		line := im.line(v.text)
		if w.number[0] != v.number[0] || w.number[1] != v.number[1] && (line == "" || im.line(w.text) != line) {
			continue
		}
		if known = true; w.compareNumber(v) >= 0 {
			return false
		}
	}
	return known
}

// Ahead says whether a reference, such as golang:1.26.9-trixie, is newer than all that the
// catalog knows of its line: a project may name such a version, and whether there is an
// image of it only a registry knows.
func (c *Catalog) Ahead(reference string) bool {
	name, tag := Split(reference)
	im, ok := c.images[name]
	if !ok || c.Has(reference) {
		return false
	}
	_, ok = c.aheadTag(im, tag)
	return ok
}

func (c *Catalog) aheadTag(im *image, tag string) (string, bool) {
	text, variant, _ := strings.Cut(tag, "-")
	v, err := parseVersion(text)
	return text, err == nil && c.isAhead(im, v, variant)
}

// newerTag finds the version of a tag among those beyond the catalog's own.
func (c *Catalog) newerTag(im *image, tag string) (string, bool) {
	for variant, versions := range c.beyondAll(im.name) {
		for _, v := range versions {
			if joinTag(v.text, variant) == tag {
				return v.text, true
			}
		}
	}
	return "", false
}

// Ends gives the line of a reference that has ended on a day, such as "2026-11-30", by a
// date that the catalog knows or, on the catalog's own day, by its state.
func (c *Catalog) Ends(reference, day string) (line Line, ok bool) {
	line, ok = c.Line(Split(reference))
	return line, ok && (after(day, line.EOL) || line.EOL == "" && !line.Supported)
}

// Day is the day by which ends of support are measured: that of the catalog, or of the
// newest answer of a registry, whichever is later.
func (c *Catalog) Day() string { return c.day() }

// Beyond returns those of a registry's tags that are newer than the catalog's: by version
// the variants, sorted. Versions of a line that the catalog has are newer than its newest
// of that line; of other lines they are newer than its newest of all.
func (c *Catalog) Beyond(image string, tags []string) (map[string][]string, error) {
	im, ok := c.images[image]
	if !ok || im.Exact == "" {
		return nil, nil
	}
	leaveOut, err := regexp.Compile(c.leaveOut)
	if err != nil {
		return nil, err
	}
	listed, err := im.list(tags, leaveOut)
	if err != nil {
		return nil, err
	}
	newest, lines, err := im.newest()
	if err != nil {
		return nil, err
	}
	found := map[string][]string{}
	for variant, versions := range listed {
		for _, v := range versions {
			last, known := lines[im.family(v)]
			if !known {
				last = newest
			}
			if v.compareNumber(last) > 0 && !slices.Contains(found[v.text], variant) {
				found[v.text] = append(found[v.text], variant)
			}
		}
	}
	for _, variants := range found {
		slices.Sort(variants)
	}
	return found, nil
}

// Unlined gives the versions among a registry's tags that are newer than the catalog's and of
// no line that it has, ascending; none where it keeps no lines of the image. It is for the
// generator.
func (c *Catalog) Unlined(image string, tags []string) (versions []string, err error) {
	beyond, err := c.Beyond(image, tags)
	if err != nil || len(c.images[image].Line) == 0 {
		return nil, err
	}
	for version := range beyond {
		if c.images[image].line(version) == "" {
			versions = append(versions, version)
		}
	}
	slices.SortFunc(versions, func(a, b string) int {
		if Newer(a, b) {
			return 1
		}
		return -1
	})
	return versions, nil
}

// asksNewer says whether the lowest version that a constraint names is newer than all of its
// line, or, where none of that is known, than all.
func (im *image) asksNewer(versions []version, constraint string) bool {
	named := versionsIn(constraint)
	if len(named) == 0 {
		return false
	}
	lowest := slices.MinFunc(named, version.compareNumber)
	reach := func(v version) bool { return v.compareNumber(lowest) >= 0 }
	same := func(v version) bool { return im.family(v) == im.family(lowest) }
	if slices.ContainsFunc(versions, same) {
		return !slices.ContainsFunc(versions, func(v version) bool { return same(v) && reach(v) })
	}
	return !slices.ContainsFunc(versions, reach)
}

// family is the line of a version, or its first two numbers.
func (im *image) family(v version) string {
	if line := im.line(v.text); line != "" {
		return line
	}
	parts := strings.SplitN(v.text, ".", 3)
	return strings.Join(parts[:min(2, len(parts))], ".")
}

// newest gives the newest version of an image, and of each of its lines.
func (im *image) newest() (all version, lines map[string]version, err error) {
	variants, err := im.variants()
	if err != nil {
		return version{}, nil, err
	}
	lines = map[string]version{}
	for _, variant := range variants {
		versions, err := variant.versions()
		if err != nil {
			return version{}, nil, err
		}
		for _, v := range versions {
			if v.compareNumber(all) > 0 {
				all = v
			}
			if family := im.family(v); v.compareNumber(lines[family]) > 0 {
				lines[family] = v
			}
		}
	}
	return all, lines, nil
}

// Notes is where the notes of a release stand, or empty.
func (c *Catalog) Notes(image, version string) string {
	im, ok := c.images[image]
	if !ok {
		return ""
	}
	core, _, _ := strings.Cut(version, "_")
	return strings.NewReplacer("{version}", core, "{line}", im.line(version)).Replace(im.entry.Notes)
}

// VersionOf is the version in a tag of an image, also in one that a project has named and the
// catalog doesn't know; empty where there is none.
func (c *Catalog) VersionOf(image, tag string) string {
	if ref, err := c.Reference(image, tag); err == nil {
		return ref.Version
	}
	if im, ok := c.images[image]; ok {
		if version, ok := c.aheadTag(im, tag); ok {
			return version
		}
	}
	return ""
}

// Lists says whether an image has tags with versions, so that a registry can have newer ones.
func (c *Catalog) Lists(image string) bool {
	im, ok := c.images[image]
	return ok && im.Exact != ""
}

// Between is the least step that leads from one version to another, as tags have them.
func Between(from, to string) Step {
	a, err := parseVersion(from)
	b, err2 := parseVersion(to)
	switch {
	case err != nil || err2 != nil || a.number[0] != b.number[0]:
		return Major
	case a.number[1] != b.number[1] && strings.Count(from, ".") > 1:
		return Minor
	}
	return Patch
}
