package engine

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// prove holds what the image and its build need against what the stages hold. What
// fails for sure is the error; of what else fails the notes speak, before others.
func (e *Engine) prove(t *detect.Tree, c *candidate, stages []dockerfile.Content, ignore *dockerfile.Ignore) error {
	if len(c.assumes) > 0 { // of a project that is not there yet
		return nil
	}
	image := e.Image(t, c.Outcome, stages, ignore)
	c.Proof = image.Check(c.Plan.Obligations, c.start())
	var errs []error
	for _, one := range t.Credentials() {
		if rest, inside := detect.Below(c.Plan.Context, one.At.File); !one.Any && inside && !slices.Contains(c.Plan.Needs, rest) && !ignore.Hides(rest) && image.Ships(rest) {
			errs = append(errs, detect.Errorf(one.At, "%s, which the image would show to everybody who has it; take it out, and give it to the build as a secret or to the container as a variable", one.What))
		}
	}
	for _, f := range c.Proof {
		if err := f.Err(); err != nil && !c.hidden(t, f) {
			errs = append(errs, err)
		}
	}
	c.Plan.Notes = append(proof.Notes(c.Proof), c.Plan.Notes...)
	return errors.Join(errs...)
}

// Image is what the stages of a service's Dockerfile hold, be it as dockgen renders it or
// as somebody edited it, with an ignore file.
func (e *Engine) Image(t *detect.Tree, o Outcome, stages []dockerfile.Content, ignore *dockerfile.Ignore) *proof.Image {
	sent := proof.Sent{Tree: t, Ignore: ignore, Dir: o.Plan.Context}
	for _, extra := range o.Plan.Extras {
		if name, ok := detect.Below(o.Plan.Context, path.Join(o.Plan.Home, extra.Name)); ok {
			sent.Extras = append(sent.Extras, name)
		}
	}
	return proof.New(stages, sent, e.bases(&candidate{Outcome: o}), o.Plan)
}

// bases tells what images are like that the Dockerfile names, those among them that a
// dockgen.toml puts in the place of others as the plan takes them.
func (e *Engine) bases(c *candidate) proof.Bases {
	return func(reference string) (plan.Base, bool) {
		in := e.input(c, plan.Overrides{})
		for _, d := range c.Plan.Decisions {
			old, ok := strings.CutPrefix(d.Reason, "instead of ")
			if !ok || d.Name != "image" || d.Value != reference {
				continue
			}
			if stands := e.stands(c, old); len(stands) > 0 && stands[len(stands)-1] == e.undigested(reference) {
				b, err := in.RunBase(old)
				return b, err == nil
			}
			reference = old
			break
		}
		b, err := in.Base(reference)
		return b, err == nil
	}
}

// start is where the project, or the user, says what starts the image.
func (c *candidate) start() proof.Start {
	var s proof.Start
	for _, d := range c.Plan.Decisions {
		if d.Name != "command" && d.Name != "program" {
			continue
		}
		if s.At.File == "" && len(d.Evidence) > 0 {
			s.At = d.Evidence[0]
		}
		if d.Flag != "" && s.Settles == "" {
			s.Settles = "what starts it is settled by " + d.Flag
		}
	}
	return s
}

// hidden says whether an ignore file of the project's own keeps a file out of the
// build that the plan counts on: whoever compares the files on the disk says so.
func (c *candidate) hidden(t *detect.Tree, f proof.Finding) bool {
	name := path.Join(detect.From(c.Plan.Context, c.Service.Dir), f.What)
	data, err := t.ReadFile(path.Join(c.Plan.Context, ".dockerignore"))
	if err != nil || !slices.Contains(c.Plan.Needs, name) || !output.IsForeign(data) {
		return false
	}
	own, err := dockerfile.ParseIgnore(data)
	return err == nil && own.Hides(name)
}
