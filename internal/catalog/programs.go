package catalog

import (
	"fmt"
	"io/fs"
	"strings"
)

// ofPackage is what the name of a list begins with that is of a package.
const ofPackage = "package "

// parsePrograms reads programs.txt: lists by their names.
func parsePrograms(files fs.FS) (map[string][]string, error) {
	text, err := fs.ReadFile(files, "programs.txt")
	if err != nil {
		return nil, fmt.Errorf("read the programs of images: %w", err)
	}
	lists, list := map[string][]string{}, ""
	for line := range strings.Lines(string(text)) {
		switch {
		case strings.HasPrefix(line, "  "):
			lists[list] = append(lists[list], strings.Fields(line)...)
		case strings.HasSuffix(line, ":\n") && !strings.HasPrefix(line, "#"):
			list = strings.TrimSuffix(line, ":\n")
		}
	}
	return lists, nil
}
