package detect

import (
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

var (
	unnamable = pattern.New(`[^a-z0-9]+`)
	imageName = pattern.New(`^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$`)
)

// ImageName makes a valid image name out of a project's name, or nothing where
// no letter and no digit is left.
func ImageName(name string) string {
	name = strings.ToLower(name)
	if ValidImageName(name) {
		return name
	}
	return strings.Trim(unnamable.ReplaceAllString(name, "-"), "-")
}

// ValidImageName says whether a registry takes the name, by the grammar of a
// path component in https://pkg.go.dev/github.com/distribution/reference.
func ValidImageName(name string) bool { return len(name) <= 128 && imageName.MatchString(name) }
