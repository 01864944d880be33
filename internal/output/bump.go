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
// does, for no edit: a higher tag that may stand does so, and so does another
// digest of the same tag; otherwise the rendered one counts.
func bumped(base, yours, theirs []section, stands func(theirs, yours string) bool) {
	for _, t := range theirs {
		y, b := find(yours, t.name), find(base, t.name)
		if y == nil || b == nil {
			continue
		}
		written := align(b.units, y.units)
		for i, j := range align(t.units, y.units) {
			if j < 0 || len(t.units[i].lines) != len(y.units[j].lines) {
				continue
			}
			was := slices.Index(written, j)
			for k := range t.units[i].lines {
				theirs, ok := imageOf(t.units[i].lines[k])
				there, also := imageOf(y.units[j].lines[k])
				if !ok || !also || !there.bumps(theirs) {
					continue
				}
				order := compareVersions(there.version, theirs.version)
				known := was >= 0 && len(b.units[was].marks) == len(y.units[j].marks)
				switch {
				case order == 0 && there.digest != "" || order > 0 && stands(theirs.version, there.version):
					t.units[i].lines[k], t.units[i].marks[k] = y.units[j].lines[k], y.units[j].marks[k]
				case order < 0 && known && b.units[was].marks[k] == t.units[i].marks[k]:
					continue // a person wants an older one
				}
				if known {
					b.units[was].marks[k] = y.units[j].marks[k]
				}
			}
		}
	}
}
