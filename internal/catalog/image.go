package catalog

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/BurntSushi/toml"
)

// table is images.toml, which explains its keys.
type table struct {
	AsOf     string `toml:"as_of"`
	LeaveOut string `toml:"leave_out"`
	Image    []entry
}

type entry struct {
	Names      []string
	List       bool
	Exact      string
	Notes      string
	Unreleased []string
	Tags       []string
	Line       []Line
}

func parseTable(text string) (table, error) {
	var t table
	meta, err := toml.Decode(text, &t)
	if err != nil {
		return table{}, err
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return table{}, fmt.Errorf("unknown key %s", unknown[0])
	}
	return t, nil
}

// image is one image of the catalog. Its tags are either exact (a version and a variant)
// or named ("nonroot").
type image struct {
	entry
	name     string
	variants func() (map[string]*variant, error) // of the exact tags; memoised
	exact    func() *regexp.Regexp               // what is between ^ and $ an exact version; memoised, nil where it is broken
}

func newImage(name string, e entry, files fs.FS) *image {
	im := &image{entry: e, name: name}
	im.exact = sync.OnceValue(func() *regexp.Regexp {
		exact, err := regexp.Compile(`^(?:` + e.Exact + `)$`)
		if err != nil {
			return nil // which pack tells
		}
		return exact
	})
	im.variants = sync.OnceValues(func() (map[string]*variant, error) {
		text, err := im.tagList(files)
		if err != nil {
			return nil, fmt.Errorf("read the tags of %s: %w", name, err)
		}
		variants, err := unpackList(string(text))
		if err != nil {
			return nil, fmt.Errorf("read the tags of %s: %w", name, err)
		}
		return variants, nil
	})
	return im
}

// tagList returns the exact tags in their compact form, from the generated file or from
// images.toml.
func (im *image) tagList(files fs.FS) ([]byte, error) {
	switch {
	case im.List:
		return fs.ReadFile(files, "tags/"+im.name+".txt")
	case im.Exact != "":
		return im.pack(im.Tags, nil)
	default:
		return nil, nil
	}
}

// pack returns the compact form of a list of tags, without those that are not exact and
// those whose variant is to be left out, if that is given.
func (im *image) pack(tags []string, leaveOut *regexp.Regexp) ([]byte, error) {
	list, err := im.list(tags, leaveOut)
	return packList(list), err
}

// list gives the versions of exact tags by their variants.
func (im *image) list(tags []string, leaveOut *regexp.Regexp) (map[string][]version, error) {
	exact, err := regexp.Compile(`^(` + im.Exact + `)(?:-(.+))?$`)
	if err != nil {
		return nil, fmt.Errorf("the exact version of %s: %w", im.name, err)
	}
	list := map[string][]version{}
	for _, tag := range tags {
		m := exact.FindStringSubmatch(tag)
		if m == nil || slices.Contains(im.Unreleased, m[1]) {
			continue
		}
		if leaveOut != nil && leaveOut.MatchString(m[2]) {
			continue
		}
		v, err := parseVersion(m[1])
		if err != nil {
			return nil, fmt.Errorf("tag %q of %s: %w", tag, im.name, err)
		}
		list[m[2]] = append(list[m[2]], v)
	}
	return list, nil
}

// versions returns the versions of a variant, ascending.
func (im *image) versions(name string) ([]version, error) {
	variants, err := im.variants()
	if err != nil {
		return nil, err
	}
	v, ok := variants[name]
	if !ok {
		return nil, im.unknownVariant(name, variants)
	}
	versions, err := v.versions()
	if err != nil {
		return nil, fmt.Errorf("read the tags of %s: %w", im.name, err)
	}
	return versions, nil
}

// lookup finds a tag and its version, which is empty for a named tag.
func (im *image) lookup(tag string) (version string, ok bool, err error) {
	variants, err := im.variants()
	if err != nil {
		return "", false, err
	}
	if variants[""].holds(tag) {
		return tag, true, nil
	}
	// A version may hold a "-" itself (8u502-b07), so any may be the one that ends it.
	for i := range len(tag) - 1 {
		if tag[i] == '-' && variants[tag[i+1:]].holds(tag[:i]) {
			return tag[:i], true, nil
		}
	}
	return "", slices.Contains(im.Tags, tag), nil
}

func (im *image) ref(v version, variant string) Ref {
	return Ref{Image: im.name, Tag: joinTag(v.text, variant), Version: v.text}
}

func (im *image) unknownVariant(name string, variants map[string]*variant) error {
	return &UnknownVariantError{Image: im.name, Variant: name, Nearest: nearest(byAge(variants), name)}
}

// unknownTag names the most alike of all tags; among equals, the newest.
func (im *image) unknownTag(tag string) error {
	variants, err := im.variants()
	if err != nil {
		return err
	}
	var tags []string
	for _, name := range byAge(variants) {
		for _, text := range slices.Backward(strings.Fields(variants[name].packed)) {
			tags = append(tags, joinTag(text, name))
		}
	}
	for _, t := range im.Tags {
		if !slices.Contains(tags, t) {
			tags = append(tags, t)
		}
	}
	return &UnknownTagError{Image: im.name, Tag: tag, Nearest: nearest(tags, tag)}
}

// byAge returns the names of variants: those of the newest versions first, then by name,
// backwards, which puts alpine3.24 before alpine3.23.
func byAge(variants map[string]*variant) []string {
	newest := func(name string) version {
		packed := variants[name].packed
		v, err := parseVersion(packed[strings.LastIndexByte(packed, ' ')+1:])
		if err != nil {
			return version{}
		}
		return v
	}
	return slices.SortedFunc(maps.Keys(variants), func(a, b string) int {
		return cmp.Or(newest(b).compareNumber(newest(a)), strings.Compare(b, a))
	})
}

func joinTag(version, variant string) string {
	if variant == "" {
		return version
	}
	return version + "-" + variant
}
