package engine

import (
	"errors"
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/proof"
)

// prove holds what the image and its build need against what the stages hold. What
// fails for sure is the error; of what else fails the notes speak, before others.
func (c *candidate) prove(t *detect.Tree, stages []dockerfile.Content, ignore *dockerfile.Ignore) error {
	sent := proof.Sent{Tree: t, Ignore: ignore, Dir: c.Plan.Context}
	for _, extra := range c.Plan.Extras {
		if name, ok := detect.Below(c.Plan.Context, path.Join(c.Plan.Home, extra.Name)); ok {
			sent.Extras = append(sent.Extras, name)
		}
	}
	if len(c.assumes) > 0 { // of a project that is not there yet
		return nil
	}
	image := proof.New(stages, sent, c.Plan.Made())
	c.Proof = image.Check(c.Plan.Obligations, c.start())
	var errs []error
	for _, one := range t.Credentials() {
		if rest, inside := detect.Below(c.Plan.Context, one.At.File); !one.Any && inside && !slices.Contains(c.Plan.Needs, rest) && !ignore.Hides(rest) && image.Ships(rest) {
			errs = append(errs, detect.Errorf(one.At, "%s, which the image would show to everybody who has it; take it out, and give it to the build as a secret or to the container as a variable", one.What))
		}
	}
	var notes []string
	for _, f := range c.Proof {
		if err := f.Err(); err != nil && !c.hidden(t, f) {
			errs = append(errs, err)
		}
		if note := f.Note(); note != "" && !slices.Contains(notes, note) {
			notes = append(notes, note)
		}
	}
	c.Plan.Notes = append(notes, c.Plan.Notes...)
	return errors.Join(errs...)
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
	if err != nil || !slices.Contains(c.Plan.Needs, name) || output.Inspect(data) != output.Foreign {
		return false
	}
	own, err := dockerfile.ParseIgnore(data)
	return err == nil && own.Hides(name)
}
