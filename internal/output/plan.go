package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/templates"
)

// Options says what may become of a Dockerfile that is not ours. Any other file that is not
// ours is kept, whatever they say.
type Options struct {
	Force bool // overwrite it, or the symbolic link in its place
	Adopt bool // take it over, the caller having shown the difference; never a link
}

// Status says what becomes of one file.
type Status string

// The statuses of a file, as they are printed.
const (
	New       Status = "new"       // nothing stands there
	Updated   Status = "updated"   // what stands there is replaced
	Unchanged Status = "unchanged" // what stands there is the same, but for line endings
	Kept      Status = "kept"      // what stands there is not ours and may stay
	Refused   Status = "refused"   // what stands there is not ours and is in the way
	Failed    Status = "failed"    // it could not be written
)

// Change is what becomes of one file. Old is what stands there, byte for byte: nil if that
// is no regular file.
type Change struct {
	Path     string // slash-separated, from the root
	Kind     templates.Kind
	Status   Status
	Old, New []byte
	Reason   string   // why it is kept, refused, or replaced though it is not ours
	Missing  []string // of an ignore file that is kept: the patterns of ours that it lacks

	Conflicts []Conflict // why it is refused: both changed the same lines
	Owner     Ownership  // whose Old is
	Merged    bool       // New holds lines of a person's
}

// Plan decides what becomes of the files of one service; it only reads. Every file must be
// sealed. A symbolic link is not followed and counts as foreign, like a directory and
// anything else that is no regular file; a directory is never replaced. The error is for
// what can't be read, a path out of root among it, and for a kept ignore file that no
// build could read.
func Plan(root *os.Root, files []templates.File, opt Options) ([]Change, error) {
	changes := make([]Change, 0, len(files))
	for _, file := range files {
		if Inspect(file.Data) != Ours {
			return nil, fmt.Errorf("plan %s: the rendered file is not sealed", file.Path)
		}
		change, err := planFile(root, file, opt)
		if err != nil {
			return nil, err
		}
		changes = append(changes, change)
	}
	return changes, nil
}

func planFile(root *os.Root, file templates.File, opt Options) (Change, error) {
	change := Change{Path: file.Path, Kind: file.Kind, New: file.Data}
	info, err := root.Lstat(file.Path)
	if errors.Is(err, fs.ErrNotExist) {
		change.Status = New
		return change, nil
	}
	if err != nil {
		return Change{}, fmt.Errorf("read %s: %w", file.Path, bare(err))
	}
	if !info.Mode().IsRegular() {
		change.Status, change.Reason = irregular(file.Kind, info.Mode(), opt)
		return change, nil
	}
	change.Old, err = root.ReadFile(file.Path)
	if err != nil {
		return Change{}, fmt.Errorf("read %s: %w", file.Path, bare(err))
	}
	change.Owner = Inspect(change.Old)
	err = change.settle(opt)
	if err == nil && change.Status == Kept && file.Kind == templates.Ignore {
		change.Missing, err = missing(file.Path, change.Old, change.New)
	}
	return change, err
}

// settle decides about a regular file. One of ours is merged: with what a person
// made of it, unless it is to be overwritten, and with the parts that are kept in
// any case.
func (c *Change) settle(opt Options) error {
	if bytes.Equal(unixLines(c.Old), unixLines(c.New)) {
		c.Status = Unchanged
		return nil
	}
	old, err := read(c.Old)
	if bad, ok := errors.AsType[*KeepError](err); ok {
		c.Status, c.Reason = Refused, bad.Error()
		return nil
	}
	rendered, err := read(c.New)
	if err != nil {
		return fmt.Errorf("rendered %s: %w", c.Path, err)
	}
	if c.Owner != Foreign && old.base != nil && !opt.Force {
		c.join(old, rendered)
		return nil
	}
	c.Status, c.Reason = regular(c.Kind, c.Owner, opt)
	if c.Status == Updated && len(old.kept) > 0 {
		merged, err := overwrite(old, rendered)
		if err != nil {
			c.Status, c.Reason = Refused, err.Error()
			return nil
		}
		c.New, c.Merged = merged, true
		c.check()
	}
	return nil
}

// join merges a file of ours with what is rendered now.
func (c *Change) join(old, rendered document) {
	merged, conflicts := merge(old, rendered)
	if len(conflicts) > 0 {
		c.Status, c.Conflicts = Refused, conflicts
		c.Reason = "was edited where dockgen would change it too; --force overwrites the edit"
		return
	}
	c.Merged = !bytes.Equal(merged, c.New)
	c.New, c.Status = merged, Updated
	if bytes.Equal(unixLines(c.Old), c.New) {
		c.Status = Unchanged
		return
	}
	if c.Owner == Edited {
		c.Reason = "was edited since dockgen wrote it; the edits stay"
	}
	c.check()
}

// check refuses a Dockerfile that a person's lines break.
func (c *Change) check() {
	if c.Kind != templates.Dockerfile {
		return
	}
	if err := dockerfile.Check(c.New); err != nil {
		c.Status, c.Reason = Refused, "does not build with what was edited: "+err.Error()
	}
}

// irregular decides about something that is no regular file, which nobody could have shown
// the difference to.
func irregular(kind templates.Kind, mode fs.FileMode, opt Options) (Status, string) {
	what := "is not a regular file"
	switch {
	case mode.IsDir():
		what = "is a directory"
	case mode&fs.ModeSymlink != 0:
		what = "is a symbolic link"
	}
	switch {
	case kind == templates.Ignore:
		return Kept, what + "; it stays"
	case mode.IsDir():
		return Refused, what + "; move it away"
	case opt.Force:
		return Updated, what + "; replaced because of --force"
	}
	return Refused, what + "; --force puts a file in its place"
}

// regular decides about a file whose contents differ from ours.
func regular(kind templates.Kind, owner Ownership, opt Options) (Status, string) {
	if owner == Ours {
		return Updated, ""
	}
	what := "was not written by dockgen"
	if owner == Edited {
		what = "was edited since dockgen wrote it, and holds no record of its lines"
	}
	switch {
	case owner == Foreign && kind == templates.Ignore:
		return Kept, what + "; it stays"
	case kind == templates.Extra:
		return Kept, what + "; it stays, and the build reads it"
	case opt.Force:
		return Updated, what + "; overwritten because of --force"
	case opt.Adopt:
		return Updated, what + "; taken over because of --adopt"
	}
	return Refused, what + "; --force overwrites it, --adopt shows the difference and takes it over"
}

// missing returns the patterns of our ignore file that the one that stands there lacks,
// both in their normal form: "/dist/" and "dist" are the same.
func missing(path string, theirs, ours []byte) ([]string, error) {
	their, err := dockerfile.ParseIgnore(theirs)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	our, err := dockerfile.ParseIgnore(ours)
	if err != nil {
		return nil, fmt.Errorf("rendered %s: %w", path, err)
	}
	return slices.DeleteFunc(slices.Clone(our.Patterns()), func(pattern string) bool {
		return slices.Contains(their.Patterns(), pattern)
	}), nil
}

// Diff returns the unified diff from what stands there to what was rendered: what is about
// to change, or for a refused file what would. A kept file has none, nor has an unchanged
// one. Line endings are no difference.
func (c Change) Diff() string {
	if c.Status == Kept || c.Status == Unchanged {
		return ""
	}
	from := "a/" + c.Path
	if c.Status == New {
		from = "/dev/null"
	}
	return udiff.Unified(from, "b/"+c.Path, string(unixLines(c.Old)), string(unixLines(c.New)))
}

// bare takes the operation and the path off an error of os.Root: the caller has said both.
func bare(err error) error {
	if e, ok := errors.AsType[*fs.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
