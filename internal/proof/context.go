package proof

import (
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
)

// Sent is what a build is sent: the files of a folder that the ignore file lets through.
type Sent struct {
	Tree   *detect.Tree
	Ignore *dockerfile.Ignore
	Dir    string   // the context, from the root
	Extras []string // files that dockgen writes into it, from the context
}

// Has implements [Context].
func (c Sent) Has(name string) (there, link bool) {
	full := path.Join(c.Dir, name)
	if slices.Contains(c.Extras, name) {
		return true, false
	}
	if c.Tree.Has(full) {
		return !c.Ignore.Hides(name), false
	}
	if _, ok := c.Tree.Folder(full); ok {
		return c.any(name), false
	}
	for dir := full; dir != "."; dir = path.Dir(dir) {
		if c.Tree.IsLink(dir) {
			return false, true
		}
	}
	return false, false
}

// any says whether a file below a folder is sent. The ignore file may let through what
// lies in a folder that it hides.
func (c Sent) any(dir string) bool {
	folder, _ := c.Tree.Folder(path.Join(c.Dir, dir))
	sent := func(base string) bool { return !c.Ignore.Hides(path.Join(dir, base)) }
	return slices.ContainsFunc(folder.Files, sent) || slices.ContainsFunc(folder.Links, sent) ||
		slices.ContainsFunc(folder.Dirs, func(base string) bool { return c.any(path.Join(dir, base)) })
}

// Folder implements [Context].
func (c Sent) Folder(name string) bool {
	_, ok := c.Tree.Folder(path.Join(c.Dir, name))
	return ok
}

// Below implements [Context].
func (c Sent) Below(name string) []string {
	var files []string
	for _, sub := range c.Tree.Below(path.Join(c.Dir, name), func(string) bool { return false }) {
		folder, _ := c.Tree.Folder(sub)
		for _, base := range folder.Files {
			if file := detect.From(c.Dir, path.Join(sub, base)); !c.Ignore.Hides(file) {
				files = append(files, file)
			}
		}
	}
	return append(files, c.Extras...)
}

// Follow implements [Context]: no link of a tree is followed.
func (c Sent) Follow(name string) []string { return []string{name} }
