package output

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// references find the image that a line names, behind what stands before it.
var references = []*pattern.Pattern{
	pattern.New(`^(FROM\s+(?:--\S+\s+)*)(\S+)`),
	pattern.New(`^(COPY\s+(?:--\S+\s+)*?--from=)(\S+)`),
	pattern.New(`(--mount=\S*\bfrom=)([^,\s]+)`),
	pattern.New(`^(# syntax=)(\S+)`),
}

var tagVersion = pattern.New(`^[0-9]+(?:[._u][0-9]+)*`)

// image is an image as a line names it.
type image struct {
	text                           string
	name, version, flavour, digest string // "node", "24.19.0", "-trixie-slim", "sha256:…"
	before, behind                 string // the rest of the line
}

// imageOf reads the image of a line; it is not ok where the line names none by a tag.
func imageOf(line string) (image, bool) {
	for _, p := range references {
		m := p.FindStringSubmatchIndex(line)
		if m == nil {
			continue
		}
		im := image{text: line[m[4]:m[5]], before: line[:m[4]], behind: line[m[5]:]}
		name, digest, _ := strings.Cut(im.text, "@")
		colon := strings.LastIndexByte(name, ':')
		if colon <= strings.LastIndexByte(name, '/') {
			return im, false
		}
		im.name, im.digest = name[:colon], digest
		im.version = tagVersion.FindString(name[colon+1:])
		im.flavour = name[colon+1+len(im.version):]
		return im, true
	}
	return image{}, false
}

// bumps says whether one line is the other with nothing but another version or
// digest of the same image.
func (i image) bumps(o image) bool {
	return i.text != o.text && i.name == o.name && i.flavour == o.flavour && (i.version == "") == (o.version == "") && i.before == o.before && i.behind == o.behind
}

// compareVersions compares the numbers of two versions.
func compareVersions(a, b string) int {
	numbers := func(version string) (all []int) {
		for word := range strings.FieldsFuncSeq(version, func(r rune) bool { return r < '0' || r > '9' }) {
			n, _ := strconv.Atoi(word) // digits, as many as a tag has
			all = append(all, n)
		}
		return all
	}
	return slices.Compare(numbers(a), numbers(b))
}

// bumped takes what changed nothing but the tag or the digest of an image, as a bot
// does, for no edit: it gives the rendered stages with a higher tag that may stand,
// and with another digest of the same tag. Where the rendered one counts, the base
// holds what stands there, as if dockgen had written it.
func bumped(base, yours, theirs []section, stands func(theirs, yours string) bool) []section {
	all := slices.Clone(theirs)
	for s, t := range theirs {
		y, b := find(yours, t.name), find(base, t.name)
		if y == nil || b == nil {
			continue
		}
		all[s].units = slices.Clone(t.units)
		written := align(b.units, y.units)
		for i, j := range align(t.units, y.units) {
			if was := slices.Index(written, j); j >= 0 && was >= 0 && len(b.units[was].marks) == len(y.units[j].marks) {
				all[s].units[i] = bumpedUnit(&b.units[was], y.units[j], t.units[i], stands)
			}
		}
	}
	return all
}

func bumpedUnit(base *unit, yours, theirs unit, stands func(theirs, yours string) bool) unit {
	if len(yours.lines) != len(theirs.lines) {
		return theirs
	}
	now, marks := theirs, slices.Clone(base.marks)
	now.lines, now.marks = slices.Clone(theirs.lines), slices.Clone(theirs.marks)
	for k := range yours.lines {
		rendered, ok := imageOf(theirs.lines[k])
		there, also := imageOf(yours.lines[k])
		if !ok || !also || !there.bumps(rendered) || marks[k] == yours.marks[k] {
			continue // or as dockgen wrote it
		}
		order := compareVersions(there.version, rendered.version)
		switch {
		case order == 0 && there.digest != "" && (rendered.digest == "" || stands(rendered.version, there.version)), order > 0 && stands(rendered.version, there.version):
			now.lines[k], now.marks[k] = yours.lines[k], yours.marks[k]
		case order < 0 && marks[k] == theirs.marks[k]:
			continue // a person wants an older one
		}
		marks[k] = yours.marks[k]
	}
	base.marks = marks
	return now
}
