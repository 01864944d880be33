package manifest

import (
	"path"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// platforms are files by which platforms are told what to start, with the key that says it.
//
// Sources: the manuals of Railway (config as code), Render (blueprints), Fly.io (fly.toml, processes),
// App Engine (app.yaml, entrypoint), Heroku (heroku.yml, run) and Nixpacks (start.cmd), of August 2026.
var platforms = []struct{ file, section, key string }{
	{"railway.toml", "deploy", "startCommand"},
	{"railway.json", "deploy", "startCommand"},
	{"render.yaml", "", "startCommand"},
	{"fly.toml", "processes", "app"},
	{"fly.toml", "processes", "web"},
	{"heroku.yml", "run", "web"},
	{"app.yaml", "", "entrypoint"},
	{"nixpacks.toml", "start", "cmd"},
}

// Patterns of the lines that such files consist of: a section, and a key with a value.
var (
	sectionLine = pattern.New(`^\s*(?:\[([A-Za-z_.]+)\]|"?([A-Za-z_]+)"?\s*:\s*\{?)\s*$`)
	keyLine     = pattern.New(`^\s*(?:-\s+)?"?([A-Za-z_]+)"?\s*[:=]\s*(\S.*?),?\s*$`)
)

// Platform lists what platforms are told to start in a folder: lines of the Procfile first, then
// the one command of each other file, as "web". A file that names several is passed over, as nobody
// knows which one is meant.
func Platform(t *detect.Tree, dir string) ([]Process, error) {
	found, err := Procfile(t, dir)
	if err != nil {
		return nil, err
	}
	for _, p := range platforms {
		file := path.Join(dir, p.file)
		if !t.Has(file) {
			continue
		}
		data, err := t.ReadFile(file)
		if err != nil {
			return nil, err
		}
		if own := commands(file, string(data), p.section, p.key); len(own) == 1 {
			found = append(found, own...)
		}
	}
	return found, nil
}

// commands lists the values of a key, of the section alone where one is named.
func commands(file, text, section, key string) (found []Process) {
	in, n := "", 0
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if m := sectionLine.FindStringSubmatch(line); m != nil {
			in = m[1] + m[2]
			continue
		}
		m := keyLine.FindStringSubmatch(line)
		if m == nil || m[1] != key || section != "" && in != section {
			continue
		}
		command := m[2]
		switch whole, err := strconv.Unquote(command); {
		case err == nil:
			command = whole
		case len(command) > 1 && command[0] == '\'' && command[len(command)-1] == '\'':
			command = command[1 : len(command)-1]
		case strings.ContainsAny(command[:1], `"'[{|>&*`):
			continue
		}
		if !strings.ContainsFunc(command, func(r rune) bool { return r < ' ' }) {
			found = append(found, Process{"web", command, detect.Evidence{File: file, Line: n}})
		}
	}
	return found
}
