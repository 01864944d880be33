package catalog

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// version is the version in a tag.
type version struct {
	text   string
	number [5]uint64 // major, minor, patch, fourth, build: versions are ordered by it
	semver *semver.Version
}

// parseVersion reads a final version as tags have it: one to four numbers, perhaps with a
// build ("21.0.12_8", where a tag can't hold the "+" of JEP 322), or an update of Java 8
// ("8u502-b07", which JEP 322 would write 8.0.502+7).
func parseVersion(text string) (version, error) {
	numbers, build, hasBuild := strings.Cut(text, "_")
	if major, update, ok := strings.Cut(text, "u"); ok {
		update, build, _ = strings.Cut(update, "-b")
		numbers, hasBuild = major+".0."+update, true
	}
	v := version{text: text}
	parts := strings.Split(numbers, ".")
	if len(parts) > 4 {
		return version{}, fmt.Errorf("version %q has more than four numbers", text)
	}
	for i, part := range parts {
		n, err := strconv.ParseUint(part, 10, 64)
		if err != nil {
			return version{}, fmt.Errorf("version %q: %w", text, err)
		}
		v.number[i] = n
	}
	if hasBuild {
		n, err := strconv.ParseUint(build, 10, 64)
		if err != nil {
			return version{}, fmt.Errorf("build of version %q: %w", text, err)
		}
		v.number[4] = n
	}
	v.semver = semver.New(v.number[0], v.number[1], v.number[2], "", "")
	return v, nil
}

// compareNumber orders versions by age.
func (v version) compareNumber(w version) int { return slices.Compare(v.number[:], w.number[:]) }

// compare orders versions by age and, where two spellings mean one version, by text.
func (v version) compare(w version) int {
	return cmp.Or(v.compareNumber(w), strings.Compare(v.text, w.text))
}

// nearestVersions returns the version below and the one above what an unsatisfiable
// constraint asks for, as far as there are such: next to the lowest and to the highest
// version it names. If it names none, it is the newest version. The versions are ascending.
func nearestVersions(versions []version, constraint string) []version {
	if len(versions) == 0 {
		return nil
	}
	named := versionsIn(constraint)
	if len(named) == 0 {
		return versions[len(versions)-1:]
	}
	lowest := slices.MinFunc(named, version.compareNumber)
	highest := slices.MaxFunc(named, version.compareNumber)

	var nearest []version
	for _, v := range slices.Backward(versions) {
		if v.compareNumber(lowest) <= 0 {
			nearest = append(nearest, v)
			break
		}
	}
	for _, v := range versions {
		if v.compareNumber(highest) >= 0 {
			nearest = append(nearest, v)
			break
		}
	}
	if len(nearest) == 0 { // ">4 <1" names nothing that is outside of it
		return versions[len(versions)-1:]
	}
	return slices.CompactFunc(nearest, func(v, w version) bool { return v.text == w.text })
}

// versionsIn returns the versions that a constraint names, without their pre-releases.
func versionsIn(constraint string) []version {
	operator := func(r rune) bool { return strings.ContainsRune(" ,|<>=!~^v", r) }
	var named []version
	for field := range strings.FieldsFuncSeq(constraint, operator) {
		field, _, _ = strings.Cut(field, "-")
		field, _, _ = strings.Cut(field, "+")
		for _, wildcard := range []string{".x", ".X", ".*"} {
			field, _, _ = strings.Cut(field, wildcard)
		}
		if v, err := parseVersion(field); err == nil {
			named = append(named, v)
		}
	}
	return named
}

// Newer reports whether a version as tags have it is newer than another. What is no
// version is newer than nothing.
func Newer(a, b string) bool {
	v, err := parseVersion(a)
	if err != nil {
		return false
	}
	w, err := parseVersion(b)
	return err == nil && v.compareNumber(w) > 0
}
