// Package catalog knows the base images that exist: their exact tags and their release
// lines, as of one date. It is embedded data and reads no clock, network or environment,
// so that the same question has the same answer on any machine and any day.
//
// images.toml is kept by hand, and so are families.toml, which says what the images are like,
// programs.txt, which lists their programs, and packages.txt, which says what packages are
// called; tags/ is written by the generator in gen/.
package catalog

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/Masterminds/semver/v3"
)

//go:embed images.toml families.toml packages.txt programs.txt tags/*.txt
var embedded embed.FS

// Catalog is the set of images at one date. It is made by [Embedded] and is safe for
// concurrent use: tags are decoded when they are first asked for, once.
type Catalog struct {
	asOf     string
	leaveOut string // a regular expression, for Pack
	images   map[string]*image
	families func() (*families, error)     // memoised, as the tags are
	packages func() (*packageTable, error) // the same
	bases    *sync.Map                     // told of an image, by its reference
	resolved *sync.Map                     // answers, by their question
	beyond   *beyond                       // nil where nothing is known beside
}

// Ref is one tag of an image.
type Ref struct {
	Image   string // as written in FROM: "golang", "gcr.io/distroless/static-debian13"
	Tag     string // "1.26.7-trixie"
	Version string // the part of the tag that is the version, "1.26.7"; empty for a tag like "nonroot"
}

// String returns the reference as written in FROM: image:tag.
func (r Ref) String() string { return r.Image + ":" + r.Tag }

// Line is a release line of an image: the versions that are maintained together.
type Line struct {
	Name      string // what its versions begin with: "1.26", "24"
	EOL       string // last day ("2028-04-30") or month ("2027-10") of support; empty if unknown
	LTS       bool   // in long-term support at the catalog's date; only kept for node and eclipse-temurin
	Supported bool   // still maintained at the catalog's date
}

// Ended reports whether the line is past its end of life at the catalog's as-of date,
// which is the only date it may be measured at: output would change from day to day.
func (l Line) Ended() bool { return !l.Supported }

// Embedded returns the catalog that is built into the program. It decodes no tag lists.
// An error means that the program was built from a broken images.toml.
func Embedded() (*Catalog, error) { return open(embedded) }

// AsOf returns the date the catalog describes, such as "2026-08-21", with that of the
// registries' answers where it was given any.
func (c *Catalog) AsOf() string {
	if c.beyond == nil {
		return c.asOf
	}
	return c.asOf + " with dockgen.lock of " + c.beyond.on
}

// Resolve returns the newest tag of an image whose version satisfies the constraint, in
// that very variant.
//
// The constraint is one of Masterminds/semver, such as "~1.26", "21" or ">=1.26.8 <1.27";
// empty stands for any version. The version of eclipse-temurin's 21.0.12_8 is 21.0.12+8 and
// that of 8u502-b07 is 8.0.502+7; build numbers count in ordering, not in constraints, as
// Semantic Versioning has it. The variant is what follows the version in a tag, such as
// "slim-trixie", or empty.
//
// Errors are [*UnknownImageError], [*UnknownVariantError], [*UnsatisfiableError], or that
// of a constraint that can't be parsed.
func (c *Catalog) Resolve(image, constraint, variant string) (Ref, error) {
	asked := question{image, constraint, variant, c.step(image)}
	if known, ok := c.resolved.Load(asked); ok {
		a := known.(answer)
		return a.ref, a.err
	}
	ref, err := c.resolve(image, constraint, variant)
	c.resolved.Store(asked, answer{ref, err})
	return ref, err
}

// question is one for a tag. The services of a repository ask the same few.
type question struct {
	image, constraint, variant string
	step                       Step
}

type answer struct {
	ref Ref
	err error
}

func (c *Catalog) resolve(image, constraint, variant string) (Ref, error) {
	im, err := c.image(image)
	if err != nil {
		return Ref{}, err
	}
	versions, err := im.versions(variant)
	newer := c.newer(image, variant)
	if err != nil && len(newer) == 0 {
		return Ref{}, err
	}
	satisfies, err := parseConstraint(constraint)
	if err != nil {
		return Ref{}, fmt.Errorf("resolve %s: version constraint %q: %w", image, constraint, err)
	}
	own, found := last(versions, satisfies)
	best := own
	for _, v := range newer {
		if satisfies(v.semver) && (!found || v.compareNumber(best) > 0 && c.permits(im, own, v)) {
			best = v
		}
	}
	if best.text != "" {
		return im.ref(best, variant), nil
	}
	if v, ok := c.ahead(im, constraint, variant); ok && satisfies(v.semver) {
		return im.ref(v, variant), nil
	}
	versions = append(slices.Clip(versions), newer...)
	unsatisfiable := &UnsatisfiableError{Image: image, Constraint: constraint, Variant: variant, AsOf: c.AsOf(), Newer: im.asksNewer(versions, constraint)}
	for _, v := range nearestVersions(versions, constraint) {
		unsatisfiable.Nearest = append(unsatisfiable.Nearest, im.ref(v, variant))
	}
	return Ref{}, unsatisfiable
}

// last is the newest of ascending versions that satisfies a constraint.
func last(versions []version, satisfies func(*semver.Version) bool) (version, bool) {
	for _, v := range slices.Backward(versions) {
		if satisfies(v.semver) {
			return v, true
		}
	}
	return version{}, false
}

// Reference returns a tag of an image by its name, such as "nonroot". The error is an
// [*UnknownImageError] or an [*UnknownTagError] if the catalog doesn't hold it.
func (c *Catalog) Reference(image, tag string) (Ref, error) {
	im, err := c.image(image)
	if err != nil {
		return Ref{}, err
	}
	version, ok, err := im.lookup(tag)
	if err != nil {
		return Ref{}, err
	}
	if !ok {
		version, ok = c.newerTag(im, tag)
	}
	if !ok {
		return Ref{}, im.unknownTag(tag)
	}
	return Ref{Image: image, Tag: tag, Version: version}, nil
}

// Has reports whether the catalog holds a reference of the form image:tag. The image has
// to be written as the catalog writes it: "golang", not "docker.io/library/golang".
func (c *Catalog) Has(reference string) bool {
	colon := strings.LastIndexByte(reference, ':')
	if colon < 0 {
		return false
	}
	im, ok := c.images[reference[:colon]]
	if !ok {
		return false
	}
	_, ok, err := im.lookup(reference[colon+1:])
	if !ok && err == nil {
		_, ok = c.newerTag(im, reference[colon+1:])
	}
	return ok && err == nil
}

// Listed returns the names of the images that have a generated tag list, sorted. It is
// for the generator.
func (c *Catalog) Listed() []string {
	var names []string
	for name, im := range c.images {
		if im.List {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// Pack returns the compact form of an image's tags, of which it keeps the exact ones: a
// line per variant, sorted, with the name of the variant ("-" for none) and its versions,
// ascending. The order of the tags doesn't matter. It is for the generator.
func (c *Catalog) Pack(image string, tags []string) ([]byte, error) {
	im, err := c.image(image)
	if err != nil {
		return nil, err
	}
	leaveOut, err := regexp.Compile(c.leaveOut)
	if err != nil {
		return nil, fmt.Errorf("the variants to leave out: %w", err)
	}
	return im.pack(tags, leaveOut)
}

// Lines returns the release lines of an image, newest first; none if the catalog doesn't
// know the image or its lines. Where there are any, a line that isn't among them is not one
// of those that the catalog's sources name as supported. Lines that only newer tags are of
// stand among them where the policy for the image leads there.
func (c *Catalog) Lines(image string) []Line {
	im, ok := c.images[image]
	if !ok {
		return nil
	}
	all := c.lines(im)
	return slices.DeleteFunc(all, func(l Line) bool { return !slices.ContainsFunc(im.Line, l.is) && !c.reaches(im, l) })
}

func (l Line) is(other Line) bool { return l.Name == other.Name }

// reaches says whether an update may lead from the newest line of the catalog to another.
func (c *Catalog) reaches(im *image, l Line) bool {
	from, err := parseVersion(im.Line[0].Name)
	to, err2 := parseVersion(l.Name)
	step := c.step(im.name)
	return err == nil && err2 == nil && (step == Major || step == Minor && strings.Contains(l.Name, ".") && from.number[0] == to.number[0])
}

// Line returns the release line that a version of an image belongs to, such as 1.26 for
// "1.26.7" or 8 for "8u502-b07"; false if the catalog lists none.
func (c *Catalog) Line(image, version string) (Line, bool) {
	im, ok := c.images[image]
	if !ok {
		return Line{}, false
	}
	all := c.lines(im)
	i := slices.IndexFunc(all, func(l Line) bool { return l.contains(version) })
	if i < 0 {
		return Line{}, false
	}
	return all[i], true
}

// contains reports whether the version begins with the name of the line: 1.2 contains
// 1.2.3, but not 1.26.
func (l Line) contains(version string) bool {
	rest, ok := strings.CutPrefix(version, l.Name)
	return ok && (rest == "" || rest[0] < '0' || rest[0] > '9')
}

func (c *Catalog) image(name string) (*image, error) {
	im, ok := c.images[name]
	if !ok {
		return nil, &UnknownImageError{Image: name, Known: slices.Sorted(maps.Keys(c.images))}
	}
	return im, nil
}

// parseConstraint returns the constraint as a predicate; an empty one holds for any version.
func parseConstraint(s string) (func(*semver.Version) bool, error) {
	if strings.TrimSpace(s) == "" {
		return func(*semver.Version) bool { return true }, nil
	}
	constraint, err := semver.NewConstraint(s)
	if err != nil {
		return nil, err
	}
	return constraint.Check, nil
}

// open reads images.toml and prepares, but does not read, the tag lists beside it.
func open(files fs.FS) (*Catalog, error) {
	text, err := fs.ReadFile(files, "images.toml")
	if err != nil {
		return nil, fmt.Errorf("read the image catalog: %w", err)
	}
	table, err := parseTable(string(text))
	if err != nil {
		return nil, fmt.Errorf("read the image catalog: images.toml: %w", err)
	}
	c := &Catalog{asOf: table.AsOf, leaveOut: table.LeaveOut, images: map[string]*image{}, bases: &sync.Map{}, resolved: &sync.Map{}}
	c.families = sync.OnceValues(func() (*families, error) { return parseFamilies(files) })
	c.packages = sync.OnceValues(func() (*packageTable, error) { return parsePackages(files) })
	for _, entry := range table.Image {
		for _, name := range entry.Names {
			c.images[name] = newImage(name, entry, files)
		}
	}
	return c, nil
}
