package catalog

import (
	_ "embed"
	"path"
	"strings"
)

//go:embed lockfiles.txt
var lockfiles string

// Reads tells which versions of a package manager read a lockfile of some format as it
// stands, as a constraint; empty where nobody has looked that up.
func Reads(manager, format string) string {
	for line := range strings.Lines(lockfiles) {
		words := strings.Fields(line)
		if len(words) < 3 || words[0] != manager {
			continue
		}
		if fits, err := path.Match(words[1], format); fits && err == nil {
			return strings.Join(words[2:], " ")
		}
	}
	return ""
}
