// Package lock reads, writes and merges dockgen.lock: the images of a repository as
// `dockgen update` has found them, so that generate and check know the same ones on every
// machine without a network.
package lock

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Name is what the file is called, at the root of a repository.
const Name = "dockgen.lock"

// Schema is the form of the file that this package writes, and the newest that it reads.
const Schema = 1

// Command mends what is wrong with a lock.
const Command = "dockgen update"

// Lock is what the registries have answered. The zero value is that of a repository
// without the file.
type Lock struct {
	// Images are the images of the plans, by their references as FROM names them, without
	// a digest.
	Images map[string]Image

	// Waiting are images that are too young to be taken and whose own date says nothing,
	// with the day from which they count.
	Waiting map[string]Image

	// Tags are those that are newer than the catalog's: by the image, as the catalog names
	// it, and by the version the variants, sorted; "" is the tag without one.
	Tags map[string]map[string][]string
}

// Image is what stands behind a reference.
type Image struct {
	Seen      string   // the day on which this digest was seen first, such as "2026-11-30"
	Digest    string   // of the index, or of the manifest where there is none
	Platforms []string // that there are, such as "linux/amd64", sorted
}

// Error is what is wrong with a lock, at a line of it; 0 where that is not known.
type Error struct {
	Line     int
	Err      error
	Conflict bool // the markers that git leaves, and both sides can be read
}

func (e *Error) Error() string { return fmt.Sprintf("%s:%d: %v", Name, e.Line, e.Err) }

// Unwrap gives what is wrong without the place.
func (e *Error) Unwrap() error { return e.Err }

var (
	digestForm    = pattern.New(`^sha256:[0-9a-f]{64}$`)
	platformForm  = pattern.New(`^[a-z0-9]+/[a-z0-9_]+(/[a-z0-9]+)?$`)
	imageForm     = pattern.New(`^[A-Za-z0-9]+([._:/-]+[A-Za-z0-9]+)*$`)
	referenceForm = pattern.New(`^[A-Za-z0-9]+([._:/-]+[A-Za-z0-9]+)*:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
	tagForm       = pattern.New(`^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$`)
)

// Tag is the tag of a variant of a version; that of none is the version.
func Tag(version, variant string) string { return strings.TrimSuffix(version+"-"+variant, "-") }

// Newest is the latest day on which anything was seen, or empty.
func (l *Lock) Newest() string {
	newest := ""
	for _, image := range l.Images {
		newest = max(newest, image.Seen)
	}
	return newest
}

// file is the form of schema 1.
type file struct {
	Schema  int
	Images  map[string]line
	Waiting map[string]line
	Tags    map[string]map[string][]string
}

type line struct {
	Seen      string
	Digest    string
	Platforms []string
}

// Parse reads a lock strictly. The error is an [*Error].
func Parse(data []byte) (*Lock, error) {
	if at := marked(data); at > 0 {
		return nil, &Error{at, errors.New("git has left the markers of a conflict here; " + Command + " takes both sides"), true}
	}
	var f file
	meta, err := toml.Decode(string(data), &f)
	if err != nil {
		wrong := &Error{Err: fmt.Errorf("%w; take it from git again, or remove it and run %s", err, Command)}
		if placed, ok := errors.AsType[toml.ParseError](err); ok {
			wrong.Line, wrong.Err = placed.Position.Line, fmt.Errorf("%s; take it from git again, or remove it and run %s", placed.Message, Command)
		}
		return nil, wrong
	}
	switch unknown := meta.Undecoded(); {
	case f.Schema > Schema:
		return nil, &Error{lineOf(data, "schema"), fmt.Errorf("it has the form %d, and this dockgen reads %d; a newer dockgen has written it", f.Schema, Schema), false}
	case f.Schema < 1:
		return nil, &Error{1, errors.New("the line schema = 1 is missing; take it from git again, or remove it and run " + Command), false}
	case len(unknown) > 0:
		return nil, &Error{lineOf(data, unknown[0][len(unknown[0])-1]), fmt.Errorf("unknown key %s", unknown[0]), false}
	}
	l := &Lock{Tags: f.Tags}
	if l.Images, err = images(data, f.Images); err != nil {
		return nil, err
	}
	if l.Waiting, err = images(data, f.Waiting); err != nil {
		return nil, err
	}
	return l, l.checkTags(data)
}

func images(data []byte, lines map[string]line) (map[string]Image, error) {
	all := map[string]Image{}
	for _, reference := range slices.Sorted(maps.Keys(lines)) {
		one := Image(lines[reference])
		if err := one.check(reference); err != nil {
			return nil, &Error{lineOf(data, strconv.Quote(reference)), fmt.Errorf("%s: %w; %s writes it anew", reference, err, Command), false}
		}
		all[reference] = one
	}
	return all, nil
}

func (i Image) check(reference string) error {
	if !referenceForm.MatchString(reference) {
		return errors.New("no reference of an image with a tag")
	}
	if !digestForm.MatchString(i.Digest) {
		return fmt.Errorf("%q is no digest", i.Digest)
	}
	if _, err := time.Parse(time.DateOnly, i.Seen); err != nil {
		return fmt.Errorf("%q is no day", i.Seen)
	}
	for _, p := range i.Platforms {
		if !platformForm.MatchString(p) {
			return fmt.Errorf("%q is no platform", p)
		}
	}
	return nil
}

func (l *Lock) checkTags(data []byte) error {
	for _, image := range slices.Sorted(maps.Keys(l.Tags)) {
		if !imageForm.MatchString(image) {
			return &Error{lineOf(data, image), fmt.Errorf("%q is no name of an image", image), false}
		}
		for _, version := range slices.Sorted(maps.Keys(l.Tags[image])) {
			for _, variant := range append(l.Tags[image][version], "") {
				if tag := Tag(version, variant); !tagForm.MatchString(tag) {
					return &Error{lineOf(data, strconv.Quote(version)), fmt.Errorf("%s: %q is no tag; %s writes it anew", image, tag, Command), false}
				}
			}
			slices.Sort(l.Tags[image][version])
		}
	}
	return nil
}

// lineOf is the first line that begins with a key.
func lineOf(data []byte, key string) int {
	n := 0
	for text := range bytes.Lines(data) {
		n++
		if bytes.HasPrefix(bytes.TrimSpace(text), []byte(key)) {
			return n
		}
	}
	return 0
}

// marked is the line of the first marker of a conflict, or 0.
func marked(data []byte) int {
	n := 0
	for text := range bytes.Lines(data) {
		n++
		if bytes.HasPrefix(text, []byte("<<<<<<< ")) || bytes.HasPrefix(text, []byte(">>>>>>> ")) {
			return n
		}
	}
	return 0
}

// Salvage reads both sides of a lock in which git has left the markers of conflicts, and
// merges them. The error is that of a side that is broken by itself.
func Salvage(data []byte) (*Lock, error) {
	var sides [2]bytes.Buffer
	in, base := -1, false
	for text := range bytes.Lines(data) {
		word, _, _ := bytes.Cut(bytes.TrimSpace(text), []byte(" "))
		switch string(word) {
		case "<<<<<<<":
			in = 0
		case "|||||||":
			base = in == 0
		case "=======":
			in, base = 1, false
		case ">>>>>>>":
			in = -1
		default:
			for i := range sides {
				if !base && (in < 0 || in == i) {
					sides[i].Write(text)
				}
			}
		}
	}
	ours, err := Parse(sides[0].Bytes())
	if err != nil {
		return nil, err
	}
	theirs, err := Parse(sides[1].Bytes())
	if err != nil {
		return nil, err
	}
	return Merge(ours, theirs), nil
}

// Merge joins two locks. Of two digests of one reference the one that was seen later
// counts. It doesn't matter which lock is the first.
func Merge(a, b *Lock) *Lock {
	merged := &Lock{Images: later(a.Images, b.Images), Waiting: later(a.Waiting, b.Waiting), Tags: map[string]map[string][]string{}}
	for _, l := range []*Lock{a, b} {
		for image, versions := range l.Tags {
			for version, variants := range versions {
				merged.Add(image, version, variants...)
			}
		}
	}
	return merged
}

func later(a, b map[string]Image) map[string]Image {
	all := map[string]Image{}
	maps.Copy(all, a)
	for reference, image := range b {
		if other, ok := all[reference]; !ok || cmp.Or(cmp.Compare(image.Seen, other.Seen), cmp.Compare(image.Digest, other.Digest), slices.Compare(image.Platforms, other.Platforms)) > 0 {
			all[reference] = image
		}
	}
	return all
}

// Alike says whether services are planned the same by two locks, nil for none: digests are
// no part of that, and a thousand services are not planned for nothing.
func Alike(a, b *Lock) bool {
	full := func(l *Lock) (string, map[string]map[string][]string) {
		if l == nil {
			return "", nil
		}
		tags := maps.Clone(l.Tags)
		maps.DeleteFunc(tags, func(_ string, versions map[string][]string) bool { return len(versions) == 0 })
		return l.Newest(), tags
	}
	day, tags := full(a)
	other, others := full(b)
	return day == other && maps.EqualFunc(tags, others, func(v, w map[string][]string) bool { return maps.EqualFunc(v, w, slices.Equal) })
}

// Add adds variants of a version of an image.
func (l *Lock) Add(image, version string, variants ...string) {
	if l.Tags == nil {
		l.Tags = map[string]map[string][]string{}
	}
	if l.Tags[image] == nil {
		l.Tags[image] = map[string][]string{}
	}
	all := append(slices.Clone(l.Tags[image][version]), variants...)
	slices.Sort(all)
	l.Tags[image][version] = slices.Compact(all)
}

const head = `# Written by dockgen update: the images of this repository, for generate and check to
# know without a network. Where git leaves conflict markers, run dockgen update.

schema = 1
`

// Format writes a lock: sorted, a line for each reference and for each version, so that two
// branches seldom touch the same line.
func (l *Lock) Format() []byte {
	var b bytes.Buffer
	b.WriteString(head + table("images", l.Images) + table("waiting", l.Waiting))
	for _, image := range slices.Sorted(maps.Keys(l.Tags)) {
		if len(l.Tags[image]) == 0 {
			continue
		}
		fmt.Fprintf(&b, "\n[tags.%s]\n", strconv.Quote(image))
		for _, version := range slices.Sorted(maps.Keys(l.Tags[image])) {
			fmt.Fprintf(&b, "%s = %s\n", strconv.Quote(version), list(l.Tags[image][version]))
		}
	}
	return b.Bytes()
}

func table(name string, images map[string]Image) string {
	if len(images) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n[%s]\n", name)
	for _, reference := range slices.Sorted(maps.Keys(images)) {
		i := images[reference]
		fmt.Fprintf(&b, "%s = { seen = %s, digest = %s, platforms = %s }\n", strconv.Quote(reference), strconv.Quote(i.Seen), strconv.Quote(i.Digest), list(i.Platforms))
	}
	return b.String()
}

func list(words []string) string {
	var quoted []string
	for _, w := range words {
		quoted = append(quoted, strconv.Quote(w))
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}
