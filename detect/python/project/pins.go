package project

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
)

// pinned is Python as tools that switch between its versions know it.
var pinned = manifest.Tool{
	Names: []string{"python"},
	Files: []manifest.PinFile{
		{Name: ".python-version", Read: manifest.FirstLine}, // pyenv, uv
		{Name: "runtime.txt", Read: manifest.FirstLine},     // Heroku
	},
}

// pinVersion is what a file for version managers names: 3.12, 3.12.4, python-3.12.4
// (Heroku), cpython-3.12.4-linux-x86_64-gnu (uv), 3.13t.
var pinVersion = pattern.New(`^(?:c?python-?)?@?(\d+)(?:\.(\d+)(?:\.(\d+))?)?(?:[a-z-].*|\.x)?$`)

// Pin is a version that a file for version managers names.
type Pin struct {
	Version string
	At      detect.Evidence
	Err     error // it is no version that images have, which another that is asked for mends
}

// ReadPins reads the version files that count for a folder.
func ReadPins(t *detect.Tree, dir string) ([]Pin, error) {
	found, err := manifest.Pins(t, dir, pinned)
	if err != nil {
		return nil, err
	}
	var all []Pin
	for _, p := range found {
		word := strings.ToLower(strings.TrimSpace(p.Version))
		m := pinVersion.FindStringSubmatch(word)
		switch {
		case word == "system" || word == "latest" || specifiers.MatchString(word): // no line in particular
		case strings.HasPrefix(word, "pypy") || strings.HasPrefix(word, "miniconda") || strings.HasPrefix(word, "anaconda") || strings.HasPrefix(word, "graalpy"):
			all = append(all, Pin{word, p.At, detect.Errorf(p.At, "%s is not the CPython that the images have; name one with --lang-version", p.Version)})
		case m == nil:
			all = append(all, Pin{word, p.At, detect.Errorf(p.At, "%q is not a version of Python; name one with --lang-version", p.Version)})
		default:
			parts := slices.DeleteFunc(m[1:], func(s string) bool { return s == "" })
			all = append(all, Pin{Version: strings.Join(parts, "."), At: p.At})
		}
	}
	return all, nil
}
