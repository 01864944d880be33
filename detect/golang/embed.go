package golang

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// embed is one //go:embed pattern.
type embed struct {
	dir     string // the folder of the package
	pattern string
	at      detect.Evidence
}

// embedded lists the files that //go:embed patterns name, from the root. A
// pattern that names none is an error, as it is for the go command
// (https://pkg.go.dev/embed).
func (s *sources) embedded(patterns []embed) ([]string, error) {
	var files []string
	for _, e := range patterns {
		glob, all := strings.CutPrefix(e.pattern, "all:")
		found := s.glob(e.dir, strings.Split(glob, "/"), all)
		if len(found) == 0 {
			target := path.Join(e.dir, glob)
			if x, ok := s.tree.Excluded(target); ok {
				return nil, detect.Errorf(e.at, "embeds %s, which %s leaves out: a build from a clean checkout would not find it", target, x.At)
			}
			return nil, detect.Errorf(e.at, "embeds %s, and no file matches: is it built and not committed?", target)
		}
		files = append(files, found...)
	}
	return files, nil
}

// glob follows the parts of a pattern, each as path.Match has it. A folder at
// the end stands for all files in it but those that begin with a dot or an
// underscore, which only all: embeds.
func (s *sources) glob(dir string, parts []string, all bool) []string {
	folder, ok := s.tree.Folder(dir)
	if !ok {
		return nil
	}
	if len(parts) == 0 || parts[0] == "." {
		return s.everything(dir, all)
	}
	var found []string
	matches := func(name string) bool { ok, err := path.Match(parts[0], name); return ok && err == nil }
	for _, name := range folder.Files {
		if len(parts) == 1 && matches(name) {
			found = append(found, path.Join(dir, name))
		}
	}
	for _, name := range folder.Dirs {
		if matches(name) {
			found = append(found, s.glob(path.Join(dir, name), parts[1:], all)...)
		}
	}
	return found
}

func (s *sources) everything(dir string, all bool) []string {
	hidden := func(name string) bool { return !all && (name[0] == '.' || name[0] == '_') }
	var found []string
	for _, sub := range s.tree.Below(dir, func(dir string) bool { return hidden(path.Base(dir)) }) {
		folder, _ := s.tree.Folder(sub)
		for _, name := range folder.Files {
			if !hidden(name) {
				found = append(found, path.Join(sub, name))
			}
		}
	}
	return found
}
