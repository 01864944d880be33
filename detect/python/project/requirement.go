package project

import (
	"errors"
	"fmt"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Requirement is one distribution that a project wants
// (https://packaging.python.org/en/latest/specifications/dependency-specifiers/).
type Requirement struct {
	Name    string // normalised
	Extras  []string
	Version string // specifiers, "==1.2.*"
	URL     string // where it comes from, if that is said
	Marker  string
	At      detect.Evidence
}

var (
	requirementName = pattern.New(`^([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)\s*(?:\[([^\]]*)\])?\s*`)
	specifiers      = pattern.New(`^(?:(?:===|==|~=|!=|<=|>=|<|>)\s*[A-Za-z0-9.*+!_-]+\s*,?\s*)*$`)
	separators      = pattern.New(`[-_.]+`)
)

// Normalise gives the one spelling of a distribution's name
// (https://packaging.python.org/en/latest/specifications/name-normalization/).
func Normalise(name string) string {
	return strings.ToLower(separators.ReplaceAllString(name, "-"))
}

// ParseRequirement reads one requirement without comments and options.
func ParseRequirement(text string) (Requirement, error) {
	text = strings.TrimSpace(text)
	m := requirementName.FindStringSubmatch(text)
	if m == nil {
		return Requirement{}, errors.New("not a requirement: it begins with no name")
	}
	r := Requirement{Name: Normalise(m[1])}
	for extra := range strings.SplitSeq(m[2], ",") {
		if extra = strings.TrimSpace(extra); extra != "" {
			r.Extras = append(r.Extras, Normalise(extra))
		}
	}
	rest := text[len(m[0]):]
	if url, ok := strings.CutPrefix(rest, "@"); ok {
		url, marker, _ := strings.Cut(url, " ;")
		r.URL, r.Marker = strings.TrimSpace(url), strings.TrimSpace(marker)
		return r, nil
	}
	version, marker, _ := strings.Cut(rest, ";")
	version = strings.TrimSpace(version)
	if inner, ok := strings.CutPrefix(version, "("); ok {
		version = strings.TrimSuffix(inner, ")")
	}
	r.Version, r.Marker = strings.TrimSpace(version), strings.TrimSpace(marker)
	if !specifiers.MatchString(r.Version) {
		return Requirement{}, fmt.Errorf("%q is no version specifier", r.Version)
	}
	return r, nil
}

// String is the requirement as pip takes it.
func (r Requirement) String() string {
	s := r.Name
	if len(r.Extras) > 0 {
		s += "[" + strings.Join(r.Extras, ",") + "]"
	}
	if r.URL != "" {
		s += " @ " + r.URL
	} else {
		s += r.Version
	}
	if r.Marker != "" {
		s += " ; " + r.Marker
	}
	return s
}

// Pinned is the version of a requirement that allows exactly one.
func (r Requirement) Pinned() string {
	v, ok := strings.CutPrefix(r.Version, "==")
	if !ok || strings.ContainsAny(v, ",*") {
		return ""
	}
	return strings.TrimSpace(strings.TrimPrefix(v, "="))
}

// pipAddress is the address of a repository as pip takes it, which does not know the
// short form of ssh, git@host:path.
func pipAddress(git string) string {
	if host, place, ok := strings.Cut(git, ":"); ok && strings.Contains(host, "@") && !strings.HasPrefix(place, "//") {
		return "ssh://" + host + "/" + place
	}
	return git
}

// Listed are requirements as pip takes them, without folders of the repository.
func Listed(all []Requirement) []string {
	var words []string
	for _, r := range all {
		if !isPath(r.URL) {
			words = append(words, r.String())
		}
	}
	return words
}

// NameOf is the name of the distribution that a requirement wants, or none.
func NameOf(requirement string) string {
	r, err := ParseRequirement(requirement)
	if err != nil {
		return ""
	}
	return r.Name
}
