package detect

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/charlievieth/fastwalk"

	"github.com/dockgen/dockgen/internal/crew"
)

// heavy names folders that hold no sources but much else. Where a list follows,
// the folder counts only beside one of these manifests, since a package may
// well be called target.
var heavy = map[string][]string{
	".git": nil, ".hg": nil, ".svn": nil,
	"node_modules": nil, "bower_components": nil,
	".venv": nil, "venv": nil, "__pycache__": nil, ".tox": nil, ".nox": nil,
	".mypy_cache": nil, ".pytest_cache": nil, ".ruff_cache": nil,
	".gradle": nil, ".next": nil, ".nuxt": nil, ".svelte-kit": nil, ".turbo": nil,
	".terraform": nil, ".idea": nil, ".vscode": nil,
	"target": {"Cargo.toml", "pom.xml"},
	"build":  {"build.gradle", "build.gradle.kts"},
}

// walker gathers the folders of one walk. The library visits the files of a
// folder before its sub-folders, so the .gitignore of a folder is known before
// anything below it is asked for.
type walker struct {
	tree *Tree
	base string // the root as the operating system spells it

	mu    sync.Mutex
	files int
}

func (t *Tree) walk(ctx context.Context) error {
	w := &walker{tree: t, base: filepath.ToSlash(filepath.Clean(t.root.Name()))}
	conf := fastwalk.Config{Sort: fastwalk.SortFilesFirst, ToSlash: true}
	err := fastwalk.Walk(&conf, t.root.Name(), func(name string, entry fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return crew.Catch(func() error { return w.visit(w.relative(name), entry, err) })
	})
	if fault, ok := errors.AsType[*crew.Fault](err); ok {
		panic(fault)
	}
	if err != nil {
		return fmt.Errorf("scan: %w", reason(err))
	}
	w.finish()
	return nil
}

func (w *walker) relative(name string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(filepath.ToSlash(name), w.base), "/")
	return cmp.Or(rest, ".")
}

func (w *walker) visit(name string, entry fs.DirEntry, err error) error {
	switch {
	case err != nil && name == ".":
		return err
	case err != nil:
		w.mu.Lock()
		defer w.mu.Unlock()
		w.tree.broken = append(w.tree.broken, &Problem{Dir: name, Err: fmt.Errorf("read %s: %w", name, reason(err))})
		return nil
	case name == ".":
		w.tree.folders[name] = &Folder{} // before there is anybody else
		return nil
	case entry.IsDir():
		return w.enter(name, entry.Name())
	default:
		return w.add(name, entry)
	}
}

// enter opens the record of a folder, unless the folder is to be left out.
func (w *walker) enter(dir, base string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	parent := w.tree.folders[parentOf(dir)]
	if isHeavy(base, parent.Files) {
		return fs.SkipDir
	}
	folder := &Folder{ignore: parent.ignore, tracked: parent.tracked}
	if r := parent.ignore.match(dir, true); folder.tracked == nil && r != nil {
		if r.Keep {
			w.tree.kept = append(w.tree.kept, dir)
		} else {
			folder.tracked = r
		}
	}
	if r := folder.tracked; r != nil && !w.tree.keptByGit(dir, true) {
		w.tree.ignored = append(w.tree.ignored, Exclusion{Dir: dir, At: r.At})
		return fs.SkipDir
	}
	parent.Dirs = append(parent.Dirs, base)
	w.tree.folders[dir] = folder
	return w.count()
}

func isHeavy(name string, siblings []string) bool {
	beside, ok := heavy[name]
	return ok && (beside == nil || slices.ContainsFunc(beside, func(m string) bool { return slices.Contains(siblings, m) }))
}

// add records a file or a link. Whether .gitignore leaves it out is settled in
// finish, when all files of its folder have been seen.
func (w *walker) add(name string, entry fs.DirEntry) error {
	var rules *ignoreFile
	base, mode := entry.Name(), entry.Type()
	if mode.IsRegular() && base == ".gitignore" {
		data, err := w.tree.load(w.tree.root, name, name, allocate)
		if err != nil {
			return w.visit(name, nil, err)
		}
		rules = parseIgnore(name, data)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	folder := w.tree.folders[parentOf(name)]
	if rules != nil {
		rules.up = folder.ignore
		folder.ignore = rules
	}
	switch {
	case mode.IsRegular():
		folder.Files = append(folder.Files, base)
	case mode&fs.ModeSymlink != 0:
		folder.Links = append(folder.Links, base)
	}
	return w.count()
}

func (w *walker) count() error {
	w.files++
	if w.tree.limits.Seen != nil {
		w.tree.limits.Seen.Add(1)
	}
	if w.files > w.tree.limits.Files {
		return fmt.Errorf("%w: more than %d files; name a smaller folder", ErrTooLarge, w.tree.limits.Files)
	}
	return nil
}

// finish takes the ignored files out and sorts.
func (w *walker) finish() {
	t := w.tree
	t.dirs = slices.Sorted(maps.Keys(t.folders))
	group := crew.New(runtime.GOMAXPROCS(0))
	for part := range slices.Chunk(t.dirs, 1+len(t.dirs)/runtime.GOMAXPROCS(0)) {
		group.Go(func() error {
			for _, dir := range part {
				kept, overruled := t.settle(dir)
				w.mu.Lock()
				t.kept = append(t.kept, kept...)
				t.overruled = append(t.overruled, overruled...)
				w.mu.Unlock()
			}
			return nil
		})
	}
	_ = group.Wait() // none fails
	t.prune()
	slices.Sort(t.kept)
	slices.SortFunc(t.overruled, func(a, b Exclusion) int { return cmp.Compare(a.Dir, b.Dir) })
	slices.SortFunc(t.ignored, func(a, b Exclusion) int { return cmp.Compare(a.Dir, b.Dir) })
	slices.SortFunc(t.broken, func(a, b *Problem) int { return cmp.Compare(a.Dir, b.Dir) })
}

// prune drops the folders in which no file is left: git keeps none of them.
func (t *Tree) prune() {
	root := t.folders["."]
	t.holds(".")
	t.folders["."] = root
	t.dirs = slices.DeleteFunc(t.dirs, func(dir string) bool { return t.folders[dir] == nil })
}

// holds says whether a folder has a file or link in it or below; what has none is
// taken out of the tree.
func (t *Tree) holds(dir string) bool {
	f := t.folders[dir]
	f.Dirs = slices.DeleteFunc(f.Dirs, func(base string) bool { return !t.holds(join(dir, base)) })
	if len(f.Files)+len(f.Links)+len(f.Dirs) > 0 {
		return true
	}
	delete(t.folders, dir)
	return false
}

// settle leaves out what .gitignore files say and git does not track, and gives what one of
// their rules with a ! keeps, and what git keeps against them.
func (t *Tree) settle(dir string) (kept []string, overruled []Exclusion) {
	f := t.folders[dir]
	if f.ignore != nil {
		ignored := func(base string) bool {
			name, r := join(dir, base), f.tracked
			if r == nil {
				r = f.ignore.match(name, false)
			}
			switch {
			case r == nil:
				return false
			case r.Keep:
				kept = append(kept, name)
				return false
			case t.keptByGit(name, false):
				overruled = append(overruled, Exclusion{name, r.At})
				return false
			}
			return true
		}
		f.Files = slices.DeleteFunc(f.Files, ignored)
		f.Links = slices.DeleteFunc(f.Links, ignored)
	}
	slices.Sort(f.Files)
	slices.Sort(f.Links)
	slices.Sort(f.Dirs)
	return kept, overruled
}
