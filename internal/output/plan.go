package output

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/templates"
)

// Options says what may become of a Dockerfile that is not ours. Any other file that is not
// ours is kept, whatever they say.
type Options struct {
	Force bool // overwrite it, or the symbolic link in its place; and the edits of one of ours
	Adopt bool // take it over, the caller having shown the difference; never a link

	// Decide settles the conflicts of a file of ours, by its path; nil leaves them.
	Decide func(path string, c Conflict) Choice

	// Sides gives a file as it is on the two branches that git merges at the moment,
	// by its path; nil or not ok where git cannot tell.
	Sides func(path string) (ours, theirs []byte, ok bool)

	// Stands says whether a higher version of an image than the one that is rendered,
	// of the same name and flavour, satisfies the project; nil lets none stand.
	Stands func(rendered, there string) bool
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

	Conflicts []Conflict // why it is refused, or what is left to a person to edit in it
	Owner     Ownership  // whose Old is
	Merged    bool       // New holds lines of a person's
	United    bool       // Old holds conflicts that git left, and New none
	Noted     bool       // New differs by the notes of dockgen's alone, which is no difference to a person
}

// Plan decides what becomes of the files of one service; it only reads. Every file must be
// sealed. A symbolic link is not followed and counts as foreign, like a directory and
// anything else that is no regular file; a directory is never replaced. The error is for
// what can't be read, a path out of root among it, and for a kept ignore file that no
// build could read.
func Plan(root *os.Root, files []templates.File, opt Options) ([]Change, error) {
	changes := make([]Change, 0, len(files))
	for _, file := range files {
		if !bytes.Contains(file.Data, []byte(marker)) || !bytes.Contains(file.Data, []byte("\n"+record)) {
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
		if change.Status == Kept { // nobody has read it, and no build may
			change.Missing, err = missing(file.Path, nil, file.Data)
		}
		return change, err
	}
	change.Old, err = budget.ReadFile(root, file.Path)
	if err != nil {
		return Change{}, fmt.Errorf("read %s: %w", file.Path, bare(err))
	}
	if bytes.Contains(change.New, []byte(marker)) && bytes.Equal(unixLines(change.Old), unixLines(change.New)) {
		change.Owner, change.Status = Ours, Unchanged // as it was sealed just now
		return change, nil
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
	c.Status, c.Reason = regular(c.Kind, c.Owner, opt)
	merges := c.Owner != Foreign && !opt.Force
	if !merges && c.Status != Updated {
		return nil
	}
	rendered, err := read(c.Kind, numbered(c.New))
	if err != nil {
		return fmt.Errorf("rendered %s: %w", c.Path, err)
	}
	old, err := open(c.Kind, c.Old)
	if merges && opt.Sides != nil && bytes.Contains(c.Old, []byte("\n"+gitOurs)) && c.bySides(rendered, opt) {
		return nil
	}
	_, broken := errors.AsType[*KeepError](err)
	switch {
	case err != nil && (merges || broken || bytes.Contains(c.Old, []byte("\n"+keep))):
		c.Status, c.Reason = Refused, wrong(err)
	case merges && c.Kind == templates.Extra && old.wrote() == nil:
		// nobody knows what in it is dockgen's
	case merges:
		c.join(old, rendered, opt)
	case err == nil && old.keeps():
		c.overwrite(old, rendered)
	}
	return nil
}

// wrong says why a file cannot be taken apart.
func wrong(err error) string {
	_, kept := errors.AsType[*KeepError](err)
	_, marked := errors.AsType[*MarkerError](err)
	if kept || marked {
		return err.Error()
	}
	return "does not build with what was edited: " + err.Error()
}

// join merges a file of ours with what is rendered now.
func (c *Change) join(old, rendered document, opt Options) {
	var units []unit
	undecided, later := false, false
	base, wanted := old.base(rendered.sections), rendered.sections
	if opt.Stands != nil {
		wanted = bumped(base, old.sections, wanted, opt.Stands)
	}
	for _, p := range mergeStages(base, old.sections, wanted, rules{commute: c.Kind == templates.Ignore}) {
		if p.conflict == nil {
			units = append(units, p.units...)
			continue
		}
		conflict, choice := p.conflict.exported(), Undecided
		if opt.Decide != nil {
			choice = opt.Decide(c.Path, conflict)
		}
		if choice == Undecided || choice == Later {
			c.Conflicts = append(c.Conflicts, conflict)
		}
		undecided, later = undecided || choice == Undecided, later || choice == Later
		units = append(units, p.conflict.chosen(choice)...)
	}
	switch {
	case undecided:
		c.Status, c.Reason = Refused, "was edited where dockgen would change it too"
	case later:
		c.Status, c.Reason = Updated, "holds both sides of what conflicts, for you to edit"
		c.New, c.Merged = write(linesOf([]section{{units: units}}), rendered.marker, note(rendered.sections, rendered.sections)), true
	default:
		c.merged(old, rendered, wanted, units)
	}
}

// merged takes what a merge came to, where that is a file in which every
// instruction is what it was.
func (c *Change) merged(old, rendered document, wanted []section, units []unit) {
	lines := linesOf([]section{{units: units}})
	c.New = write(lines, rendered.marker, nil)
	now, err := read(c.Kind, numbered(c.New))
	var found []unit
	for _, s := range now.sections {
		found = append(found, s.units...)
	}
	if err == nil && !slices.Equal(keys(found), keys(units)) {
		err = errors.New("an instruction of yours runs into the next")
	}
	if err != nil {
		c.Status, c.Reason = Refused, wrong(err)
		return
	}
	c.New = write(lines, rendered.marker, note(rendered.sections, now.sections))
	c.Merged = !slices.Equal(lines, linesOf(wanted))
	c.United = len(old.sides) > 0
	c.Noted = slices.Equal(lines, linesOf(old.sections)) && unsealed(old.marker) == rendered.marker && !c.United
	c.Status, c.Reason = Updated, ""
	switch {
	case c.Noted && (slices.Equal(old.older, rendered.wrote()) || bytes.Equal(unixLines(c.Old), c.New)):
		c.Status, c.Noted = Unchanged, false
	case c.Merged && c.Owner == Edited:
		c.Reason = "was edited; the edits stay"
	}
	if c.Merged {
		c.check(old, rendered)
	}
}

// overwrite replaces a file by what is rendered now, but for its kept parts: each
// stays in its stage, where what is around it is found again.
func (c *Change) overwrite(old, rendered document) {
	base := make([]section, len(old.sections))
	for i, s := range old.sections {
		base[i].name = s.name
		base[i].units = slices.DeleteFunc(slices.Clone(s.units), isKept)
	}
	if i, j := len(base)-1, len(rendered.sections)-1; named(rendered.sections, base[i].name) < 0 && named(base, rendered.sections[j].name) < 0 {
		base[i].name, old.sections[i].name = rendered.sections[j].name, rendered.sections[j].name // the image that runs
	}
	var units []unit
	for _, p := range mergeStages(base, old.sections, rendered.sections, rules{}) {
		if p.conflict == nil {
			units = append(units, p.units...)
			continue
		}
		parts := slices.DeleteFunc(slices.Clone(p.conflict.yours), func(u unit) bool { return !isKept(u) })
		if p.conflict.stage != "" {
			c.Status, c.Reason = Refused, (&KeepError{parts[0].at, fmt.Errorf("%s: it stands in the stage %q, which the new file has not; move it", parts[0].lines[0], p.conflict.stage)}).Error()
			return
		}
		at := slices.IndexFunc(p.conflict.theirs, closes) // what makes a layer stays before the user is set
		if at < 0 {
			at = len(p.conflict.theirs)
		}
		units = append(units, slices.Concat(p.conflict.theirs[:at], parts, p.conflict.theirs[at:])...)
	}
	reason := c.Reason
	c.merged(old, rendered, rendered.sections, units)
	if c.Status == Updated {
		c.Reason = reason
	}
}

// closes says whether an instruction says something about the image.
func closes(u unit) bool { return strings.IndexByte("UXHNDSV", u.kind) >= 0 }

// check refuses a Dockerfile that a person's lines break, or that names a stage
// which is gone.
func (c *Change) check(old, rendered document) {
	if c.Kind != templates.Dockerfile {
		return
	}
	err := dockerfile.Check(c.New)
	if err == nil {
		err = strays(c.New, slices.Concat(old.sections, rendered.sections))
	}
	if err != nil {
		c.Status, c.Reason, c.Noted = Refused, "does not build with what was edited: "+err.Error(), false
	}
}

// strays is an error where a Dockerfile names a stage that one of the sections was
// and that does not stand before it: a build would take it for an image.
func strays(data []byte, sections []section) error {
	stages, err := dockerfile.Stages(data)
	if err != nil {
		return err
	}
	lines := strings.Split(string(data), "\n")
	before := map[string]bool{}
	for _, s := range stages {
		names := map[int]string{s.Start: s.Base}
		for _, in := range s.Instructions {
			for at := in.Start; at < in.End; at++ {
				if m := fromStage.FindStringSubmatch(lines[at]); m != nil && (in.Name == "COPY" || in.Name == "RUN") {
					names[at] = m[1]
				}
			}
		}
		for _, at := range slices.Sorted(maps.Keys(names)) {
			if name := strings.ToLower(names[at]); !before[name] && named(sections, name) >= 0 {
				return fmt.Errorf("line %d: there is no stage %s before it", at+1, names[at])
			}
		}
		before[strings.ToLower(s.Name)] = true
	}
	return nil
}

var fromStage = pattern.New(`^(?:COPY\s.*--from=|.*--mount=(?:\S*,)?from=)([^\s,]+)`)

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
		what = "was edited since dockgen wrote it"
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
