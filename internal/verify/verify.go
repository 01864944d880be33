package verify

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/secret"
)

// Request is what is asked of all subjects of one run.
type Request struct {
	Docker       *docker.Docker
	Root         string // the folder that contexts and Dockerfiles are named from
	Tests        bool
	Rebuild      bool
	Reproducible bool
	Run          bool         // containers are started
	Progress     func(string) // told what is being done; nil where nobody looks
	Platform     string       // of images that are there
}

func (r Request) tell(format string, args ...any) {
	if r.Progress != nil {
		r.Progress(fmt.Sprintf(format, args...))
	}
}

// Prove judges every subject. What is wrong with one is in the report, and the others go on;
// the error is for what stops the whole run.
func Prove(ctx context.Context, r Request, subjects []Subject) (Report, error) {
	report := Report{SchemaVersion: SchemaVersion, Images: []Verdict{}}
	rules, err := secret.Load()
	if err != nil {
		return report, err
	}
	if err := r.fill(ctx, subjects); err != nil {
		return report, err
	}
	for _, s := range subjects {
		v, err := r.judge(ctx, rules, s)
		if ctx.Err() != nil {
			return report, ctx.Err()
		}
		if err != nil {
			report.Problems = append(report.Problems, s.problem(err))
			continue
		}
		report.Images = append(report.Images, v)
	}
	return report, nil
}

// fill builds all images at once where there are several, so that their own builds find
// everything in the cache.
func (r Request) fill(ctx context.Context, subjects []Subject) error {
	builds := map[string]docker.Build{}
	for i, s := range subjects {
		if s.Reference != "" || s.File != "" {
			continue
		}
		builds[fmt.Sprintf("image-%d", i)] = r.build(s)
		for _, stage := range s.Tests {
			if b := r.build(s); r.Tests {
				b.Target = stage
				builds[fmt.Sprintf("test-%d-%s", i, strings.Map(plainOnly, stage))] = b
			}
		}
	}
	if len(builds) < 2 {
		return nil
	}
	r.tell("building what %d targets want", len(builds))
	err := r.Docker.Bake(ctx, builds)
	if _, ok := errors.AsType[*docker.CommandError](err); ok {
		return nil // the build of whoever is at fault says it
	}
	return err
}

func plainOnly(c rune) rune {
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
		return c
	}
	return '-'
}

func (r Request) build(s Subject) docker.Build {
	return docker.Build{
		Context: filepath.Join(r.Root, filepath.FromSlash(s.Context)), Dockerfile: filepath.Join(r.Root, filepath.FromSlash(s.Dockerfile)),
		Secrets: s.Secrets, Platform: s.Platform,
	}
}

// problem is what is said of a subject without an image.
func (s Subject) problem(err error) Problem {
	p := Problem{Service: s.Service, Dir: cmp.Or(s.Dir, "."), Message: err.Error()}
	if failed, ok := errors.AsType[*docker.BuildError](err); ok {
		p.Step, p.Log = failed.Step, failed.Log
		if failed.Line > 0 {
			p.At = fmt.Sprintf("%s:%d", s.Dockerfile, failed.Line)
		}
	}
	return p
}

// judge makes the facts of one image and holds them against the checks.
func (r Request) judge(ctx context.Context, rules *secret.Rules, s Subject) (Verdict, error) {
	name := cmp.Or(s.Service, s.Reference, s.File)
	tag := s.Reference
	if tag == "" && s.File == "" {
		r.tell("%s: building", name)
		tag = r.Docker.Tag(strings.Map(plainOnly, strings.ToLower(name)))
		b := r.build(s)
		b.Tag = tag
		if _, _, err := r.Docker.Build(ctx, b); err != nil {
			return Verdict{}, err
		}
	}
	f := &Facts{Expect: s.Expect, Lines: s.Lines, Limits: s.Limits}
	r.tell("%s: reading", name)
	var err error
	if f.Image, err = r.read(ctx, rules, s, tag); err != nil {
		return Verdict{}, err
	}
	f.Base = r.base(ctx, f.Image, s.Base)
	r.tests(ctx, f, s)
	r.run(ctx, f, s, tag)
	if r.Rebuild && len(s.text) > 0 {
		r.tell("%s: building after an edit", name)
		f.Again = r.again(ctx, s)
	}
	if r.Reproducible && len(s.text) > 0 {
		r.tell("%s: building twice", name)
		f.Twice = r.twice(ctx, rules, f, s)
	}
	if ctx.Err() != nil {
		return Verdict{}, ctx.Err()
	}
	return f.verdict(s, tag), nil
}

func (r Request) read(ctx context.Context, rules *secret.Rules, s Subject, tag string) (im *image.Image, err error) {
	options := Reading(rules, r.Platform)
	if s.File != "" {
		return image.ReadFile(ctx, s.File, options)
	}
	err = r.Docker.Save(ctx, tag, func(in io.Reader) error {
		im, err = image.Read(ctx, in, options)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", tag, err)
	}
	return im, nil
}

// base settles which layers are the image's own; a base that cannot be asked for is told
// by the history.
func (r Request) base(ctx context.Context, im *image.Image, reference string) Base {
	if reference == "" || reference == "scratch" || r.Docker == nil || strings.Contains(reference, "$") {
		return Settle(im, reference, nil)
	}
	digests, err := r.Docker.Base(ctx, reference, "")
	if err != nil {
		return Settle(im, "", nil)
	}
	return Settle(im, reference, digests)
}

func (r Request) tests(ctx context.Context, f *Facts, s Subject) {
	switch {
	case !r.Tests:
		f.NoTest = "not asked for: --no-tests"
		return
	case len(s.Tests) == 0:
		return
	}
	f.Tests = &Attempt{OK: true}
	for _, stage := range s.Tests {
		r.tell("%s: tests", s.Service)
		b := r.build(s)
		b.Target = stage
		_, took, err := r.Docker.Build(ctx, b)
		f.Tests.Took += took
		if failed, ok := errors.AsType[*docker.BuildError](err); ok {
			f.Tests.OK, f.Tests.Step, f.Tests.Log = false, failed.Step, failed.Log
			if failed.Line > 0 {
				f.Tests.At = fmt.Sprintf("%s:%d", s.Dockerfile, failed.Line)
			}
			return
		}
	}
}

// verdict is all that is said of an image.
func (f *Facts) verdict(s Subject, tag string) Verdict {
	v := Verdict{
		Service: s.Service, Dir: s.Dir, Stack: s.Stack, Reference: cmp.Or(s.Reference, s.File, tag), Dockerfile: s.Dockerfile,
		ID: f.Image.ID, Platform: f.Image.Platform, Base: f.Base, Checks: Judge(f),
	}
	v.State = Of(v.Checks)
	for _, c := range v.Checks {
		if c.State == Failed {
			v.Failed = append(v.Failed, c.ID)
		}
	}
	v.Size, v.Packed = f.Size()
	v.Waste, v.Wasted = Wasted(f)
	v.Waste = v.Waste[:min(mostWaste, len(v.Waste))]
	for i, l := range f.Image.Layers {
		by, at := f.step(i)
		one := Layer{Digest: l.DiffID, Size: l.Size, Packed: l.Packed, Own: i >= f.Base.Layers, Instruction: by, At: at}
		sizes := map[string]int64{}
		for j := range l.Files {
			if file := &l.Files[j]; file.Kind == image.Regular {
				one.Files++
				sizes[file.Path] = file.Size
			}
		}
		one.Folders = folders(sizes, v.Size)
		v.Layers = append(v.Layers, one)
	}
	sizes := map[string]int64{}
	for name, at := range f.final() {
		sizes[name] = at.Size
	}
	v.Folders = folders(sizes, v.Size)
	if f.Run != nil {
		v.Start = Seconds(f.Run.After)
		if f.Run.Stop != nil {
			v.Stop = Seconds(f.Run.Stop.Took)
		}
	}
	return v
}

// mostWaste is how many wasted paths a report names.
const mostWaste = 50

// smallest is the share of an image below which a folder is not shown, and deepest how many
// elements its path may have.
const (
	smallest = 0.002
	deepest  = 6
)

// folders sums files up by their folders, as far as they are large.
func folders(sizes map[string]int64, whole int64) Folder {
	sums, children := map[string]int64{}, map[string][]string{}
	for name, size := range sizes {
		for at := name; ; at = path.Dir(at) {
			if sums[at] == 0 && size > 0 && at != "/" {
				children[path.Dir(at)] = append(children[path.Dir(at)], at)
			}
			sums[at] += size
			if at == "/" || at == "." {
				break
			}
		}
	}
	least := int64(float64(whole) * smallest)
	var of func(name string, depth int) Folder
	of = func(name string, depth int) Folder {
		f := Folder{Name: path.Base(name), Size: sums[name]}
		if depth == deepest {
			return f
		}
		for _, child := range children[name] {
			if sums[child] > least {
				f.Children = append(f.Children, of(child, depth+1))
			}
		}
		slices.SortFunc(f.Children, func(a, b Folder) int { return cmp.Or(cmp.Compare(b.Size, a.Size), cmp.Compare(a.Name, b.Name)) })
		return f
	}
	return of("/", 0)
}
