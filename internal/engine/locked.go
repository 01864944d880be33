package engine

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/lock"
)

// Locked reads the dockgen.lock of a tree; nil where there is none. The error is at its
// line of the file.
func Locked(t *detect.Tree) (*lock.Lock, error) {
	if !t.Has(lock.Name) {
		return nil, nil
	}
	data, err := t.ReadFile(lock.Name)
	if err != nil {
		return nil, err
	}
	l, err := lock.Parse(data)
	if wrong, ok := errors.AsType[*lock.Error](err); ok {
		return nil, detect.Errorf(detect.Evidence{File: lock.Name, Line: wrong.Line}, "%w", wrong.Err)
	}
	return l, err
}

// with is the engine of one run, whose catalog knows what a lock does.
func (e *Engine) with(l *lock.Lock) *Engine {
	run := *e
	run.lock = l
	if l == nil {
		return &run
	}
	if on := l.Newest(); on != "" || len(l.Tags) > 0 {
		run.Catalog = e.Catalog.With(max(on, e.Catalog.Day()), l.Tags)
	}
	return &run
}

// planned are the services as they were planned by a lock.
type planned struct {
	lock   *lock.Lock
	all    []candidate
	passed []string
}

// planned plans all services of a survey, unless they were planned by a lock that is alike.
func (e *Engine) planned(ctx context.Context, s *Survey) (all []candidate, passed []string, err error) {
	if s.last != nil && lock.Alike(s.last.lock, e.lock) {
		return copied(s.last.all), slices.Clone(s.last.passed), nil
	}
	if all, err = e.planAll(ctx, s.found, s.asked.Services, s.request); err != nil {
		return nil, nil, err
	}
	passed = e.judge(all, s.request)
	e.share(all)
	if e.asking {
		s.last = &planned{e.lock, copied(all), slices.Clone(passed)}
	}
	return all, passed, nil
}

// copied are services of which each may be finished without a change of the others.
func copied(all []candidate) []candidate {
	all = slices.Clone(all)
	for i := range all {
		all[i].Plan = all[i].Plan.Copy()
		all[i].Answers, all[i].idle = slices.Clip(all[i].Answers), maps.Clone(all[i].idle)
	}
	return all
}

// parsed is a Dockerfile and what stands in it.
type parsed struct {
	data   []byte
	stages []dockerfile.Content
}

// parse is [dockerfile.Parse], of a text of a service, before or after what a dockgen.toml
// changes. The same as last time is not parsed again.
func (e *Engine) parse(c *candidate, data []byte, changed bool) ([]dockerfile.Content, error) {
	if e.parsed == nil {
		return dockerfile.Parse(data)
	}
	key := fmt.Sprint(identity(c.Service), changed)
	if last, ok := e.parsed.Load(key); ok && bytes.Equal(last.(parsed).data, data) {
		return last.(parsed).stages, nil
	}
	stages, err := dockerfile.Parse(data)
	if err == nil {
		e.parsed.Store(key, parsed{data, stages})
	}
	return stages, err
}

// images is the catalog as a service sees it, whose policy says how far updates lead.
func (e *Engine) images(c *candidate) *catalog.Catalog {
	w := c.settled.Images
	return e.Catalog.Under(w.Step)
}

// digest finds what a reference is pinned by. Where it is to be found out, none is enough.
func (e *Engine) digest(reference string) (string, bool) {
	if e.lock == nil {
		return "", e.asking
	}
	image, ok := e.lock.Images[reference]
	return image.Digest, ok || e.asking
}

// undigested takes the digest of the lock off a reference, and leaves any other.
func (e *Engine) undigested(reference string) string {
	name, digest, pinned := strings.Cut(reference, "@")
	if own, _ := e.digest(name); pinned && own == digest {
		return name
	}
	return reference
}

// dated says of the images of a service which are newer than the catalog, and which have
// ended or soon will, where a dockgen.toml asks for that.
func (e *Engine) dated(c *candidate) error {
	said := map[string]bool{}
	for _, reference := range c.images {
		if said[reference] {
			continue
		}
		said[reference] = true
		if e.Catalog.Ahead(reference) {
			c.Plan.Note("%s is newer than the catalog of %s; dockgen update looks whether it is there", reference, e.Catalog.AsOf())
		}
		w := c.settled.Images
		if w.EndOfLife == "" {
			continue
		}
		day := Later(e.Catalog.Day(), w.EndOfLifeDays)
		line, ends := e.Catalog.Ends(reference, day)
		if !ends {
			continue
		}
		text := Ends(reference, line, e.Catalog.Day())
		if w.EndOfLife == "error" {
			return detect.Errorf(c.at("images.end-of-life"), "images.end-of-life: %s", text)
		}
		c.Plan.Note("%s", text)
	}
	return nil
}

// Ends says when the line of a reference ends or has ended, on a day.
func Ends(reference string, line catalog.Line, day string) string {
	name, _ := catalog.Split(reference)
	switch {
	case line.EOL == "":
		return fmt.Sprintf("%s %s has no support any more", name, line.Name)
	case day > line.EOL:
		return fmt.Sprintf("%s %s reached its end of life on %s", name, line.Name, line.EOL)
	}
	return fmt.Sprintf("%s %s reaches its end of life on %s", name, line.Name, line.EOL)
}

// Later is a day some days later, as both are written: "2026-11-30".
func Later(day string, days int) string {
	date, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return date.AddDate(0, 0, days).Format(time.DateOnly)
}

// Waits says whether a service could not be planned for want of newer tags of an image.
func (o Outcome) Waits() (image string, ok bool) {
	short, ok := errors.AsType[*catalog.UnsatisfiableError](o.Err)
	if ok {
		return short.Image, true
	}
	unknown, ok := errors.AsType[*catalog.UnknownVariantError](o.Err)
	if ok {
		return unknown.Image, true
	}
	return "", false
}

// Images is what a dockgen.toml says of the images of a service.
func (o Outcome) Images() adapt.Images { return o.settled.Images }

// Wants lists the platforms that the images of a service have to be for.
func (o Outcome) Wants(bake []string) []string {
	all := slices.Concat(o.Plan.Platforms, o.settled.Platforms, bake)
	slices.Sort(all)
	return slices.Compact(all)
}
