package detect

import (
	"path"
	"strings"
)

// Below makes a slash-separated path from the root one from dir, "." for dir itself,
// and says whether it lies there; elsewhere it stays as it is.
func Below(dir, name string) (rest string, ok bool) {
	switch {
	case dir == name:
		return ".", true
	case dir == ".":
		return name, true
	}
	return strings.CutPrefix(name, dir+"/")
}

// From is [Below] for a path that is known to lie in dir.
func From(dir, name string) string {
	rest, _ := Below(dir, name)
	return rest
}

// IsExampleOf says whether a file is there for people to make another one of:
// config.example.yml and config.yml.dist of config.yml.
func IsExampleOf(example, name string) bool {
	for _, word := range []string{"example", "sample", "dist", "default", "template", "tmpl", "tpl"} {
		for _, separator := range []string{".", "-", "_"} {
			base := strings.TrimSuffix(name, path.Ext(name))
			if example == name+separator+word || example == base+separator+word+path.Ext(name) || example == word+separator+name {
				return true
			}
		}
	}
	return false
}

// Inside says whether a file or folder is dir or lies below it.
func Inside(name, dir string) bool {
	_, ok := Below(dir, name)
	return ok
}

// Relative is a path from the root as one from a folder, which may climb out of it.
func Relative(dir, name string) string {
	up := ""
	for !Inside(name, dir) {
		dir, up = path.Dir(dir), up+"../"
	}
	return path.Clean(up + From(dir, name))
}
