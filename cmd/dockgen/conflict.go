package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/show"
)

// keeps are the words of --keep.
var keeps = []string{"mine", "dockgen"}

// options says what may become of files that stand there.
func (w *writing) options() output.Options {
	opt := output.Options{Force: w.force, Adopt: w.adopt}
	settle := func(choice output.Choice) {
		opt.Decide = func(string, output.Conflict) output.Choice { return choice }
	}
	switch {
	case w.conflicts:
		settle(output.Later)
	case w.keep == keeps[0]:
		settle(output.Mine)
	case w.keep == keeps[1]:
		settle(output.Theirs)
	case w.chosen != nil:
		opt.Decide = func(path string, c output.Conflict) output.Choice { return w.chosen[path+"\n"+c.String()] }
	}
	return opt
}

// sides are the answers to a conflict, in the order in which they are offered.
var sides = []struct {
	choice output.Choice
	option prompt.Option
}{
	{output.Mine, prompt.Option{Name: "yours", About: "as the file stands"}},
	{output.Theirs, prompt.Option{Name: "dockgen's", About: "as it would be written"}},
	{output.Both, prompt.Option{Name: "both", About: "yours, and dockgen's behind it"}},
	{output.Later, prompt.Option{Name: "edit later", About: "both, between markers in the file"}},
}

// ask shows each conflict and asks what should become of it; r is what would be
// written.
func (w *writing) ask(ctx context.Context, out io.Writer, asks prompt.Prompter, r report) error {
	chosen := map[string]output.Choice{}
	for _, one := range r.all() {
		for _, c := range one.changes {
			if c.Status != output.Refused {
				continue
			}
			for _, conflict := range c.Conflicts {
				clashes(out, c.Path, conflict)
				var options []prompt.Option
				for _, s := range sides {
					options = append(options, s.option)
				}
				q := prompt.Question{Ask: "What stays", Help: "What you choose stays until dockgen wants something else there. --keep settles all at once."}
				i, err := asks.Select(ctx, q, options, 0)
				if err != nil {
					return err
				}
				chosen[c.Path+"\n"+conflict.String()] = sides[i].choice
			}
		}
	}
	if len(chosen) > 0 {
		w.chosen = chosen
	}
	return nil
}

// asking settles conflicts at the terminal, where nobody has said how, and shows
// what --force throws away before anything is written. dry is what would be.
func (w *writing) asking(ctx context.Context, io *streams, repo *repository, result engine.Result, asks prompt.Prompter) error {
	quiet := w.dryRun || w.diff || w.json || w.quiet || w.output == "-"
	if quiet || w.keep != "" || w.conflicts || asks == nil && !w.force {
		return nil
	}
	dry := *w
	dry.dryRun = true
	result.Outcomes = slices.Clone(result.Outcomes)
	r, err := dry.settle(repo, result)
	if err != nil {
		return err
	}
	if w.force {
		r.thrown(io)
		return nil
	}
	return w.ask(ctx, io.err, asks, r)
}

// thrown says how many lines of a person's --force throws away, and shows them.
func (r report) thrown(io *streams) {
	for _, one := range r.all() {
		for _, c := range one.changes {
			edited, gone, known := output.Edits(c.Old)
			if n := len(edited) + gone; known && n > 0 && c.Status == output.Updated && c.Owner == output.Edited {
				complain(io.err, fmt.Errorf("%s: --force throws away %s of yours", c.Path, counted(n, "edited line", "edited lines")))
				show.Diff(io.out, c.Readable(), io.color)
			}
		}
	}
}

// settling prints the commands that settle conflicts, of services or of the file
// that builds them all.
func (r report) settling(out io.Writer, services ...string) {
	if len(r.result.Outcomes) == 1 {
		services = nil
	}
	command := r.place.generate(services...)
	show.Lines(out, "Settle it by one of these:")
	table(out, [][]string{
		{"  " + command + " --keep mine", "as the file stands"},
		{"  " + command + " --keep dockgen", "as dockgen would write it"},
		{"  " + command + " --conflicts", "both, between markers, for you to edit"},
	})
}
