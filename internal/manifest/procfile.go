package manifest

import (
	"path"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Process is one line of a Procfile: what a platform runs under a name.
type Process struct {
	Name    string // "web"
	Command string // for a shell
	At      detect.Evidence
}

// processLine is a name, a colon and a command
// (https://devcenter.heroku.com/articles/procfile#procfile-format).
var processLine = pattern.New(`^([A-Za-z0-9_-]+)\s*:\s*(\S.*)$`)

// Procfile reads the Procfile of a folder, in its order. There are no processes
// where there is no file; a line that is none is an error with its place.
func Procfile(t *detect.Tree, dir string) ([]Process, error) {
	file := path.Join(dir, "Procfile")
	if !t.Has(file) {
		return nil, nil
	}
	data, err := t.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var found []Process
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		at := detect.Evidence{File: file, Line: n}
		if strings.ContainsFunc(line, func(r rune) bool { return unicode.IsControl(r) && r != '\t' }) {
			return nil, detect.Errorf(at, "it holds a control character")
		}
		m := processLine.FindStringSubmatch(line)
		if m == nil {
			return nil, detect.Errorf(at, "%q is not a name with a command behind a colon", line)
		}
		found = append(found, Process{m[1], m[2], at})
	}
	return found, nil
}
