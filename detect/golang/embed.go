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

// embedded lists the files that //go:embed patterns name, from the root, and the
// folders as what a front end may have to fill. For the go command a pattern that
// names no file is an error (https://pkg.go.dev/embed).
func (s *sources) embedded(patterns []embed) (files []string, pages []detect.Pages) {
	for _, e := range patterns {
		glob, all := strings.CutPrefix(e.pattern, "all:")
		found := s.glob(e.dir, strings.Split(glob, "/"), all)
		files = append(files, found...)
		target := path.Join(e.dir, glob)
		page := detect.Pages{Dir: target, Embedded: true, Missing: len(found) == 0, Certain: detect.IsOutput(target), At: e.at}
		if i := strings.IndexAny(target, `*?[\`); i >= 0 && !page.Missing {
			page.Dir = path.Dir(target[:i] + "x")
		}
		pages = append(pages, page)
	}
	return files, pages
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
