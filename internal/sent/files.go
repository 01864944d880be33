package sent

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

// Files are those of a repository as they lie on the disk, whatever git keeps of them:
// a build is sent what is there. Folders are read when somebody asks for them, and once.
// It is not safe for concurrent use.
type Files struct {
	root   *os.Root
	dirs   map[string][]entry
	broken map[string]error   // of folders that cannot be read
	extra  map[string][]entry // files that are still to be written, by their folders
}

type entry struct {
	name      string
	size      int64
	dir, link bool
}

// In opens a repository.
func In(root string) (*Files, error) {
	r, err := os.OpenRoot(root)
	if err != nil {
		return nil, err
	}
	return &Files{root: r, dirs: map[string][]entry{}, broken: map[string]error{}, extra: map[string][]entry{}}, nil
}

// Close ends the look at a repository.
func (f *Files) Close() error { return f.root.Close() }

// Add takes a file for one that is there, before anybody asks.
func (f *Files) Add(name string, size int64) {
	dir := path.Dir(name)
	f.extra[dir] = append(f.extra[dir], entry{name: path.Base(name), size: size})
}

// folder lists what is in a folder, by name.
func (f *Files) folder(dir string) []entry {
	if list, ok := f.dirs[dir]; ok {
		return list
	}
	var list []entry
	found, err := fs.ReadDir(f.root.FS(), dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.broken[dir] = cause(err)
	}
	for _, e := range found {
		one := entry{name: e.Name(), dir: e.IsDir(), link: e.Type()&fs.ModeSymlink != 0}
		if info, err := e.Info(); err == nil && e.Type().IsRegular() {
			one.size = info.Size()
		}
		if e.Type()&(fs.ModeSocket|fs.ModeNamedPipe|fs.ModeDevice) == 0 {
			list = append(list, one)
		}
	}
	for _, e := range f.extra[dir] {
		if !slices.ContainsFunc(list, func(o entry) bool { return o.name == e.name }) {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
	f.dirs[dir] = list
	return list
}

// find looks a path up, of which no part may be a link but the last.
func (f *Files) find(name string) (entry, bool) {
	if name == "." {
		return entry{name: ".", dir: true}, true
	}
	if dir := path.Dir(name); dir != "." {
		if above, ok := f.find(dir); !ok || !above.dir {
			return entry{}, false
		}
	}
	list := f.folder(path.Dir(name))
	i, ok := slices.BinarySearchFunc(list, path.Base(name), func(e entry, name string) int { return cmp.Compare(e.name, name) })
	if !ok {
		return entry{}, false
	}
	return list[i], true
}

// context is the folder that a build is sent, as its ignore file lets it through. It is a
// [proof.Context].
type context struct {
	files  *Files
	dir    string
	ignore *dockerfile.Ignore
}

// Has implements [proof.Context].
func (c context) Has(name string) (there, link bool) {
	e, ok := c.files.find(path.Join(c.dir, name))
	if !ok || !e.dir {
		return ok && !c.ignore.Hides(name), false
	}
	return name == "." || !c.ignore.Hides(name) || len(c.Below(name)) > 0, false
}

// Folder implements [proof.Context].
func (c context) Folder(name string) bool {
	e, ok := c.files.find(path.Join(c.dir, name))
	return ok && e.dir
}

// Below implements [proof.Context].
func (c context) Below(name string) (files []string) {
	for _, e := range c.files.folder(path.Join(c.dir, name)) {
		file := path.Join(name, e.name)
		switch hidden := c.ignore.Hides(file); {
		case e.dir && (!hidden || c.ignore.KeepsBelow(file)):
			files = append(files, c.Below(file)...)
		case !e.dir && !hidden:
			files = append(files, file)
		}
	}
	return files
}

// mostLinks is how many links BuildKit follows on the way to a file.
const mostLinks = 255

// Follow implements [proof.Context]: BuildKit sends a link that is named, and what it
// leads to, and takes the context for the root of what is absolute.
func (c context) Follow(name string) (all []string) {
	all = []string{name}
	for range mostLinks {
		at, to, ok := c.firstLink(name)
		if !ok {
			break
		}
		if !slices.Contains(all, at) {
			all = append(all, at)
		}
		if !path.IsAbs(to) {
			to = path.Join("/", path.Dir(at), to)
		}
		name = cmp.Or(strings.TrimPrefix(path.Join(to, strings.TrimPrefix(name, at)), "/"), ".")
		all = append(all, name)
	}
	return all
}

// firstLink is the first part of a path that is a link, and where that leads.
func (c context) firstLink(name string) (at, to string, ok bool) {
	parts := strings.Split(name, "/")
	for i := range parts {
		at = path.Join(parts[:i+1]...)
		e, found := c.files.find(path.Join(c.dir, at))
		if !found {
			return "", "", false
		}
		if e.link {
			to, err := c.files.root.Readlink(path.Join(c.dir, at))
			return at, to, err == nil
		}
	}
	return "", "", false
}
