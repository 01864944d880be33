// Package sent says what each build of a repository is sent, which instruction takes it,
// and what a change of one file makes a build do again. It reads the Dockerfiles and
// ignore files that stand there, be they dockgen's or a person's, and asks no Docker.
package sent

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/ignore"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// Source is a Dockerfile with the folder that is sent for it.
type Source struct {
	File    string // from the root, as everything here
	Context string
	Says    string // what tells the context

	Text       []byte // what is to be written, where there is no such file yet
	Ignore     []byte
	IgnoreFile string
}

// Build is what one Dockerfile is sent.
type Build struct {
	Dockerfile string   `json:"dockerfile"`
	Context    string   `json:"context"`
	Says       string   `json:"contextBecause"` // what tells the context
	IgnoreFile string   `json:"ignoreFile,omitempty"`
	Targets    []Target `json:"targets"`      // the stages that are built for themselves, the image last
	Reads      []Read   `json:"instructions"` // that read the context, in their order
	Files      []File   `json:"files"`        // that are sent for one target or another
	KeptOut    []Kept   `json:"keptOut"`
	Unnamed    []string `json:"unnamed"` // what no instruction names, folders with a slash at their end
	Secrets    []Secret `json:"secrets"` // what looks like one among the files

	lines  []string
	image  *proof.Image
	ignore *dockerfile.Ignore
}

// Target is what a build of one stage is sent.
type Target struct {
	Stage string `json:"stage"`
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
}

// Read is an instruction that reads the context.
type Read struct {
	Line        int      `json:"line"`
	Stage       string   `json:"stage"`
	Instruction string   `json:"instruction"` // its first line
	Sources     []string `json:"sources"`
	Files       int      `json:"files"`
	Bytes       int64    `json:"bytes"`
}

// File is a file that is sent.
type File struct {
	Path  string `json:"path"` // from the context
	Bytes int64  `json:"bytes"`
	Lines []int  `json:"lines"` // of the instructions that take it
}

// Kept is a file, or a folder with all in it, that the ignore file keeps out of a build.
type Kept struct {
	Path    string `json:"path"` // with a slash at the end of a folder
	Line    int    `json:"line"` // of the ignore file
	Pattern string `json:"pattern"`
}

// Secret is a file that is sent and looks like a secret.
type Secret struct {
	Path    string `json:"path"`
	What    string `json:"what"`    // "a private key"
	Pattern string `json:"pattern"` // of dockgen's table
	Lines   []int  `json:"lines"`   // of the instructions that take it
}

// Look says what a build is sent. The error is for what stops the build, with its place:
// Dockerfiles and ignore files that cannot be read, and what is copied and not there. The
// build says what can be said all the same; it is nil where there is no Dockerfile to read.
func (f *Files) Look(s Source) (*Build, error) {
	b, err := f.read(s)
	if err != nil {
		return nil, err
	}
	reads := b.image.Reads()
	w := walk{build: b, context: context{f, s.Context, b.ignore}, reads: reads}
	for _, r := range reads {
		b.Reads = append(b.Reads, Read{Line: r.Line, Stage: r.Stage, Instruction: b.instruction(r.Line), Sources: r.Sources})
		w.roots = append(w.roots, r.Roots()...)
	}
	w.visit(".")
	b.count(reads)
	for _, file := range b.Files {
		read := func() ([]byte, error) { return budget.ReadFile(f.root, path.Join(s.Context, file.Path)) }
		if what, pattern, found := ignore.Suspect(file.Path, read); found {
			b.Secrets = append(b.Secrets, Secret{file.Path, what, pattern, file.Lines})
		}
	}
	return b, errors.Join(errors.Join(w.broken...), w.missing())
}

// read reads the Dockerfile and its ignore file.
func (f *Files) read(s Source) (*Build, error) {
	b := &Build{
		Dockerfile: s.File, Context: s.Context, Says: s.Says, IgnoreFile: s.IgnoreFile,
		Targets: []Target{}, Reads: []Read{}, Files: []File{}, KeptOut: []Kept{}, Unnamed: []string{}, Secrets: []Secret{},
	}
	text, hides := s.Text, s.Ignore
	if text == nil {
		var err error
		if text, err = budget.ReadFile(f.root, s.File); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.File, cause(err))
		}
		if b.IgnoreFile, hides, err = f.ignoreFile(s); err != nil {
			return nil, err
		}
	}
	stages, err := dockerfile.Read(text)
	if err != nil {
		return nil, at(s.File, err)
	}
	if b.ignore, err = dockerfile.ParseIgnore(hides); err != nil {
		return nil, at(b.IgnoreFile, err)
	}
	b.lines = strings.Split(string(text), "\n")
	b.image = image(stages, context{f, s.Context, b.ignore})
	return b, nil
}

// image is what is known of stages without a plan, and without what their bases have.
func image(stages []dockerfile.Content, c context) *proof.Image {
	return proof.New(stages, c, func(string) (plan.Base, bool) { return plan.Base{}, false }, plan.Plan{})
}

// ignoreFile finds the ignore file of a build as BuildKit does: beside the Dockerfile, by
// its name, else the context's own.
func (f *Files) ignoreFile(s Source) (name string, data []byte, err error) {
	for _, name := range []string{s.File + ".dockerignore", path.Join(s.Context, ".dockerignore")} {
		data, err := budget.ReadFile(f.root, name)
		switch {
		case err == nil:
			return name, data, nil
		case !errors.Is(err, fs.ErrNotExist):
			return name, nil, fmt.Errorf("read %s: %w", name, cause(err))
		}
	}
	return "", nil, nil
}

// cause is an error without the file that its text would name again.
func cause(err error) error {
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		return p.Err
	}
	return err
}

// at puts the file before what is wrong in one of its lines.
func at(file string, err error) error {
	if wrong, ok := errors.AsType[*dockerfile.LineError](err); ok {
		return detect.Errorf(detect.Evidence{File: file, Line: wrong.Line}, "%w", wrong.Err)
	}
	return detect.Errorf(detect.Evidence{File: file}, "%w", err)
}

// longest is how many characters of an instruction are shown.
const longest = 60

// instruction is the beginning of the one in a line, of a RUN its command.
func (b *Build) instruction(line int) string {
	var words []string
	more := false
	for _, text := range b.lines[line-1:] {
		before := ""
		before, more = strings.CutSuffix(strings.TrimSpace(text), `\`)
		for word := range strings.FieldsSeq(before) {
			if len(words) == 0 || !strings.EqualFold(words[0], "RUN") || !strings.HasPrefix(word, "--") {
				words = append(words, word)
			}
		}
		if len(words) > 1 || !more {
			break
		}
	}
	shown := []rune(strings.Join(words, " "))
	if more || len(shown) > longest {
		shown = append(shown[:min(len(shown), longest)], ' ', '…')
	}
	return string(shown)
}

// count adds up what instructions take, and what targets are sent.
func (b *Build) count(reads []proof.Read) {
	parts := b.image.Parts()
	for _, p := range parts {
		if p.Ends {
			b.Targets = append(b.Targets, Target{Stage: p.Name})
		}
	}
	for _, file := range b.Files {
		n := 0
		for _, p := range parts {
			if !p.Ends {
				continue
			}
			if slices.ContainsFunc(reads, func(r proof.Read) bool { return r.For(p) && r.Takes(file.Path) }) {
				b.Targets[n].Files++
				b.Targets[n].Bytes += file.Bytes
			}
			n++
		}
		for i, r := range reads {
			if r.Takes(file.Path) {
				b.Reads[i].Files++
				b.Reads[i].Bytes += file.Bytes
			}
		}
	}
}

// walk goes through a context.
type walk struct {
	build   *Build
	context context
	reads   []proof.Read
	roots   []string // in which lies all that instructions read
	broken  []error  // of folders that cannot be read
}

// visit goes through a folder, which may be hidden and have exceptions in it. It says
// whether anything of it is sent.
func (w *walk) visit(dir string) (sends bool) {
	b, full := w.build, path.Join(w.context.dir, dir)
	list := w.context.files.folder(full)
	if err := w.context.files.broken[full]; err != nil {
		w.broken = append(w.broken, fmt.Errorf("read %s: %w", full, err))
	}
	for _, e := range list {
		name := path.Join(dir, e.name)
		line, out := b.ignore.HiddenBy(name)
		kept, unnamed := len(b.KeptOut), len(b.Unnamed)
		switch {
		case e.dir && w.near(name) && (!out || b.ignore.KeepsBelow(name)):
			if w.visit(name) {
				sends = true
				continue
			}
			if !out && (len(b.KeptOut) > kept || w.inside(name)) {
				continue
			}
			b.KeptOut, b.Unnamed = b.KeptOut[:kept], b.Unnamed[:unnamed]
		case e.dir:
		case !out && w.takes(name, e.size):
			sends = true
			continue
		}
		if e.dir {
			name += "/"
		}
		if out {
			b.KeptOut = append(b.KeptOut, Kept{name, line, b.ignore.PatternAt(line)})
		} else {
			b.Unnamed = append(b.Unnamed, name)
		}
	}
	return sends
}

// near says whether an instruction may read something in a folder.
func (w *walk) near(dir string) bool {
	return slices.ContainsFunc(w.roots, func(root string) bool { return detect.Inside(dir, root) || detect.Inside(root, dir) })
}

// inside says whether an instruction names a folder or one above it.
func (w *walk) inside(dir string) bool {
	return slices.ContainsFunc(w.roots, func(root string) bool { return detect.Inside(dir, root) })
}

// takes notes a file that an instruction takes.
func (w *walk) takes(name string, size int64) bool {
	file := File{Path: name, Bytes: size}
	for _, r := range w.reads {
		if r.Takes(name) {
			file.Lines = append(file.Lines, r.Line)
		}
	}
	if len(file.Lines) > 0 {
		w.build.Files = append(w.build.Files, file)
	}
	return len(file.Lines) > 0
}

// missing is what instructions name and the build is not sent, which stops it. Patterns
// may match nothing, and what a variable names is settled when the image is built.
func (w *walk) missing() error {
	b, c := w.build, w.context
	var errs []error
	for _, r := range w.reads {
		place := detect.Evidence{File: b.Dockerfile, Line: r.Line}
		for _, source := range r.Sources {
			name := plain(source)
			if name == "" || slices.ContainsFunc(c.Follow(name), func(to string) bool { there, _ := c.Has(to); return there }) {
				continue
			}
			line, hidden := b.ignore.HiddenBy(name)
			switch _, ok := c.files.find(path.Join(c.dir, name)); {
			case !ok:
				errs = append(errs, detect.Errorf(place, "%s %s: nothing of that name is in the context, %s; what makes it has to run before the build, or the context is another, which --context names", r.Name, source, b.Context))
			case hidden:
				errs = append(errs, detect.Errorf(place, "%s %s: %s:%d keeps it out of the build (%s)", r.Name, source, b.IgnoreFile, line, b.ignore.PatternAt(line)))
			}
		}
	}
	return errors.Join(errs...)
}

// plain is a source as a path from the context, or nothing where it is a pattern.
func plain(source string) string {
	if strings.ContainsAny(source, "*?[$") {
		return ""
	}
	return cmp.Or(strings.TrimPrefix(path.Clean("/"+strings.ReplaceAll(source, "/./", "/")), "/"), ".")
}
