package detect

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/dockgen/dockgen/internal/budget"
)

// Limits bound what one run looks at. A zero field means the default.
type Limits struct {
	Files     int   // entries of the tree
	Bytes     int64 // read in all
	FileBytes int64 // read of one file

	// Seen counts the entries while the walk goes on, for who watches it; may be nil.
	Seen *atomic.Int64
}

// The limits of a run that names none.
const (
	DefaultFiles     = 2_000_000
	DefaultBytes     = 1 << 30
	DefaultFileBytes = 16 << 20
)

// ErrTooLarge is the cause of every error that a limit raises.
var ErrTooLarge = budget.ErrTooLarge

// Folder is what one folder holds, each list sorted by name. What .gitignore
// leaves out is not in it.
type Folder struct {
	Files []string // regular files
	Dirs  []string // folders that were entered
	Links []string // symbolic links, which are never followed

	ignore  *ignoreFile // the nearest, at the folder or above
	tracked *IgnoreRule // the pattern that leaves out all of the folder but what git tracks, or none
}

// Tree is the index of one walk through a repository. Paths are slash-separated
// and relative to its root. Every file is read at most once, however many ask.
// A Tree may be used by several goroutines at once.
type Tree struct {
	root    *os.Root
	limits  Limits
	folders map[string]*Folder
	dirs    []string // the keys of folders, sorted
	ignored []Exclusion
	kept    []string // what a rule of a .gitignore with a ! is about, sorted
	broken  []*Problem

	index     func() []string // what git tracks, read where a pattern leaves something out
	overruled []Exclusion     // of that, what a pattern names

	memory   map[string][]byte // the files of a tree that stands on no disk
	included []string          // folders that are part of the product whatever their name

	manifests manifests
	images    struct {
		once sync.Once
		all  []Image
		of   map[string][]int // those that may be of a folder or name, by their places
	}

	bytes  atomic.Int64
	mu     sync.Mutex
	read   map[string]*content
	opened []string

	credentials []Credential
	looked      map[string]bool // files that were looked through for them
	lookAtRest  sync.Once
	slabs       sync.Pool // of readers that are closed
}

type content struct {
	once sync.Once
	data []byte
	err  error
}

// Scan walks the folder dir once, in parallel, and never follows a symbolic
// link. It leaves out what .gitignore files name and folders that hold no
// sources (node_modules, .git, …). A folder that cannot be read is a [Problem]
// of the tree; the rest goes on. Close the tree after use.
func Scan(ctx context.Context, dir string, limits Limits) (*Tree, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", dir, reason(err))
	}
	t := &Tree{
		root: root,
		limits: Limits{
			Files:     cmp.Or(limits.Files, DefaultFiles),
			Bytes:     cmp.Or(limits.Bytes, DefaultBytes),
			FileBytes: cmp.Or(limits.FileBytes, DefaultFileBytes),
			Seen:      limits.Seen,
		},
		folders:   map[string]*Folder{},
		read:      map[string]*content{},
		manifests: newManifests(),
	}
	t.index = sync.OnceValue(t.readIndex)
	if err := t.walk(ctx); err != nil {
		return nil, errors.Join(err, root.Close())
	}
	return t, nil
}

// NewTree makes a tree of files that stand on no disk, by their paths.
func NewTree(files map[string][]byte) *Tree {
	t := &Tree{
		limits:  Limits{Files: DefaultFiles, Bytes: DefaultBytes, FileBytes: DefaultFileBytes},
		folders: map[string]*Folder{".": {}},
		read:    map[string]*content{},
		memory:  files,

		manifests: newManifests(),
	}
	for _, file := range slices.Sorted(maps.Keys(files)) {
		t.folder(parentOf(file)).Files = append(t.folder(parentOf(file)).Files, path.Base(file))
	}
	t.dirs = slices.Sorted(maps.Keys(t.folders))
	return t
}

// folder gives the record of a folder, made with those above it where it is new.
func (t *Tree) folder(dir string) *Folder {
	if f, ok := t.folders[dir]; ok {
		return f
	}
	f := &Folder{}
	t.folders[dir] = f
	up := t.folder(parentOf(dir))
	up.Dirs = append(up.Dirs, path.Base(dir))
	return f
}

// Close releases the root.
func (t *Tree) Close() error {
	if t.root == nil {
		return nil
	}
	return t.root.Close()
}

// Folder gives what dir holds, and whether the walk entered it.
func (t *Tree) Folder(dir string) (Folder, bool) {
	f, ok := t.folders[dir]
	if !ok {
		return Folder{}, false
	}
	return *f, true
}

// IsFolder says whether the walk entered dir.
func (t *Tree) IsFolder(dir string) bool { return t.folders[dir] != nil }

// Has says whether a regular file is there.
func (t *Tree) Has(file string) bool {
	f, ok := t.folders[parentOf(file)]
	if !ok {
		return false
	}
	_, found := slices.BinarySearch(f.Files, path.Base(file))
	return found
}

// parentOf is path.Dir for a clean path.
func parentOf(name string) string {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i]
	}
	return "."
}

// join is path.Join for a clean folder and a name in it.
func join(dir, base string) string {
	if dir == "." {
		return base
	}
	return dir + "/" + base
}

// Named lists every file and symbolic link with that base name, sorted by folder.
func (t *Tree) Named(base string) []string {
	var found []string
	for _, dir := range t.dirs {
		folder := t.folders[dir]
		_, file := slices.BinarySearch(folder.Files, base)
		if file || slices.Contains(folder.Links, base) {
			found = append(found, join(dir, base))
		}
	}
	return found
}

// Files lists the regular files whose base name fits, sorted by folder.
func (t *Tree) Files(fits func(base string) bool) []string {
	var found []string
	for _, dir := range t.dirs {
		for _, name := range t.folders[dir].Files {
			if fits(name) {
				found = append(found, join(dir, name))
			}
		}
	}
	return found
}

// IsLink says whether the path is a symbolic link.
func (t *Tree) IsLink(file string) bool {
	f, ok := t.folders[parentOf(file)]
	if !ok {
		return false
	}
	_, found := slices.BinarySearch(f.Links, path.Base(file))
	return found
}

// Ignores says whether a .gitignore would leave out a file of that name in a folder of
// the tree, whether or not there is one.
func (t *Tree) Ignores(file string) bool {
	f, ok := t.folders[parentOf(file)]
	if !ok {
		return true
	}
	r := f.ignore.match(file, false)
	return f.tracked != nil || r != nil && !r.Keep
}

// LeadsOut says whether a symbolic link points out of the repository, or cannot be read.
func (t *Tree) LeadsOut(link string) bool {
	if t.root == nil {
		return false
	}
	target, err := t.root.Readlink(link)
	if err != nil || path.IsAbs(target) {
		return true
	}
	to := path.Join(parentOf(link), target)
	return to == ".." || strings.HasPrefix(to, "../")
}

// Below lists the folders at and below dir, sorted by path. A folder for which
// skip answers true is left out with all that it holds.
func (t *Tree) Below(dir string, skip func(dir string) bool) []string {
	var found []string
	var visit func(string)
	visit = func(dir string) {
		folder, ok := t.folders[dir]
		if !ok {
			return
		}
		found = append(found, dir)
		for _, name := range folder.Dirs {
			if sub := join(dir, name); !skip(sub) {
				visit(sub)
			}
		}
	}
	visit(dir)
	return found
}

// Exclusion is a folder that a .gitignore keeps out of the tree.
type Exclusion struct {
	Dir string
	At  Evidence // the pattern
}

// Excluded gives the exclusion that keeps a file or folder out of the tree.
func (t *Tree) Excluded(name string) (Exclusion, bool) {
	for _, x := range t.ignored {
		if name == x.Dir || strings.HasPrefix(name, x.Dir+"/") {
			return x, true
		}
	}
	return Exclusion{}, false
}

// IgnoreRules lists what the .gitignore files say that git itself keeps, those of a
// folder before those below it.
func (t *Tree) IgnoreRules() (rules []IgnoreRule) {
	for _, dir := range t.dirs {
		if f := t.folders[dir].ignore; f != nil && path.Dir(f.file) == dir && t.Has(f.file) {
			rules = append(rules, f.rules...)
		}
	}
	return rules
}

// Kept lists the files, links and folders that stay because a .gitignore says so with
// a !, sorted.
func (t *Tree) Kept() []string { return t.kept }

// Problems lists the folders that could not be read.
func (t *Tree) Problems() []*Problem { return t.broken }

// Opened lists the files that were opened so far, sorted; a file stands in it as
// often as it was opened.
func (t *Tree) Opened() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Sorted(slices.Values(t.opened))
}

// ReadFile reads a file and remembers it. A symbolic link is an error, and so
// is a file over the limits ([ErrTooLarge]).
func (t *Tree) ReadFile(file string) ([]byte, error) {
	t.mu.Lock()
	c, ok := t.read[file]
	if !ok {
		c = &content{}
		t.read[file] = c
	}
	t.mu.Unlock()
	return t.content(c, file)
}

func (t *Tree) content(c *content, file string) ([]byte, error) {
	c.once.Do(func() {
		if t.IsLink(file) {
			c.err = linkError(file)
			return
		}
		c.data, c.err = t.load(t.root, file, file, allocate)
	})
	return c.data, c.err
}

// Forget lets go of what [Tree.ReadFile] remembers, when nobody will ask again.
func (t *Tree) Forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	clear(t.read)
}

// Stream reads a file that may be larger than what [Tree.ReadFile] takes, piece by
// piece, and remembers nothing. It counts for what may be read in all.
func (t *Tree) Stream(file string, read func(io.Reader) error) (err error) {
	if t.IsLink(file) {
		return linkError(file)
	}
	t.mu.Lock()
	t.opened = append(t.opened, file)
	t.mu.Unlock()
	if t.memory != nil {
		data, err := t.fromMemory(file)
		if err != nil {
			return err
		}
		return read(budget.Stream(bytes.NewReader(data), file)) // which was looked through
	}
	f, err := t.root.Open(file)
	if err != nil {
		return fmt.Errorf("read %s: %w", file, reason(err))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("read %s: %w", file, reason(err))
	}
	if t.bytes.Add(info.Size()) > t.limits.Bytes {
		return fmt.Errorf("read %s: %w: more than %d bytes in all; name a smaller folder", file, ErrTooLarge, t.limits.Bytes)
	}
	return read(budget.Stream(t.watch(file, io.LimitReader(f, info.Size())), file))
}

// Reader reads program text, of which there is much and which one detector reads
// once: it remembers nothing, and what it gives is gone when it is closed. It
// keeps the folder of the last file open, and the one that it was made for, since
// [os.Root] opens every folder on the way to a file. Close it after use; it is
// for one goroutine.
type Reader struct {
	tree *Tree
	base string
	home *os.Root // base, once a file in it was asked for
	dir  string
	root *os.Root // dir
	text *slab
}

// slab is memory for the text of many files, which one reader after another uses.
type slab struct{ free, all []byte }

// Reader makes a reader for files that mostly lie below a folder.
func (t *Tree) Reader(base string) *Reader {
	s, ok := t.slabs.Get().(*slab)
	if !ok {
		s = &slab{}
	}
	s.free = s.all
	return &Reader{tree: t, base: base, text: s}
}

// take gives n bytes that nobody else has.
func (s *slab) take(n int64) []byte {
	if int64(len(s.free)) < n {
		s.all = make([]byte, max(n, 2*int64(len(s.all)), 64<<10)) // what was given out stays with those who have it
		s.free = s.all
	}
	piece := s.free[:n:n]
	s.free = s.free[n:]
	return piece
}

// Close releases the folder and the text.
func (r *Reader) Close() error {
	r.tree.slabs.Put(r.text)
	var errs []error
	for _, root := range []*os.Root{r.root, r.home} {
		if root != nil {
			errs = append(errs, root.Close())
		}
	}
	return errors.Join(errs...)
}

// folder opens a folder, from the reader's own where it lies below.
func (r *Reader) folder(dir string) (*os.Root, error) {
	below, ok := strings.CutPrefix(dir, r.base+"/")
	if !ok {
		return r.tree.root.OpenRoot(dir)
	}
	if r.home == nil {
		home, err := r.tree.root.OpenRoot(r.base)
		if err != nil {
			return nil, err
		}
		r.home = home
	}
	return r.home.OpenRoot(below)
}

// ReadFile reads a file, as [Tree.ReadFile] does, or gives what that remembers.
func (r *Reader) ReadFile(file string) ([]byte, error) {
	r.tree.mu.Lock()
	c, known := r.tree.read[file]
	r.tree.mu.Unlock()
	if known {
		return r.tree.content(c, file)
	}
	if r.tree.IsLink(file) {
		return nil, linkError(file)
	}
	dir := parentOf(file)
	if r.tree.memory == nil && (r.root == nil || r.dir != dir) {
		root, err := r.folder(dir)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, reason(err))
		}
		if r.root != nil {
			err = r.root.Close()
		}
		r.root, r.dir = root, dir
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", file, reason(err))
		}
	}
	return r.tree.load(r.root, path.Base(file), file, r.text.take)
}

func allocate(n int64) []byte { return make([]byte, n) }

func linkError(file string) error {
	return Errorf(Evidence{File: file}, "a symbolic link, which dockgen does not follow")
}

// load reads a file that is no link, by its name from root. It does not look at
// the folders, which the walk is still filling when it reads a .gitignore.
func (t *Tree) load(root *os.Root, name, file string, take func(n int64) []byte) (data []byte, err error) {
	t.mu.Lock()
	t.opened = append(t.opened, file)
	t.mu.Unlock()
	if t.memory != nil {
		return t.fromMemory(file)
	}
	f, err := root.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, reason(err))
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	data, err = readAll(f, budget.Size(file, t.limits.FileBytes), take)
	if err == nil {
		err = budget.Check(file, data)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", file, reason(err))
	}
	if t.bytes.Add(int64(len(data))) > t.limits.Bytes {
		return nil, fmt.Errorf("read %s: %w: more than %d bytes in all; name a smaller folder", file, ErrTooLarge, t.limits.Bytes)
	}
	t.look(file, data)
	return data, nil
}

func (t *Tree) fromMemory(file string) ([]byte, error) {
	data, ok := t.memory[file]
	if !ok {
		return nil, fmt.Errorf("read %s: %w", file, fs.ErrNotExist)
	}
	if err := budget.Check(file, data); err != nil {
		return nil, fmt.Errorf("read %s: %w", file, err)
	}
	t.look(file, data)
	return data, nil
}

// readAll reads at most limit bytes, in one piece of the file's size.
func readAll(f *os.File, limit int64, take func(n int64) []byte) ([]byte, error) {
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("not a regular file")
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("%w: %d bytes, the limit is %d", ErrTooLarge, info.Size(), limit)
	}
	data := take(info.Size())
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	return data[:n], nil
}

// reason takes the operating system's path, which is the machine's, off an error.
func reason(err error) error {
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}
