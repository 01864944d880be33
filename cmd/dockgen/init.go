package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/prompt"
)

func initCommand(io *streams) *cobra.Command {
	w := &writing{}
	var yes bool
	cmd := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write the files of a project for the first time, after a conversation",
		Long: `init shows what it found, asks what is a matter of taste or could not be settled,
shows what it would write and writes it. Enter all the way through gives what
generate gives. An answer that differs from what was detected goes to dockgen.toml.

With --yes, without a terminal or where CI is set it asks nothing. With --stack,
where there is no service of that stack yet, it writes a Dockerfile for one that
is about to come, with what it assumes.`,
		Example: `  dockgen init
  dockgen init --yes
  dockgen init --stack go --runtime distroless`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var asks prompt.Prompter
			if io.asks && !yes && !w.dryRun && !w.diff && !w.json && w.output != "-" {
				asks = prompt.NewTerminal(io.in, io.talk, io.color)
			}
			return w.begin(cmd.Context(), io, asks, args)
		},
	}
	w.bind(cmd)
	cmd.Flags().BoolVar(&yes, "yes", false, "take the detected answer to every question")
	return cmd
}

// begin does what run does, after a conversation where there is somebody to ask.
func (w *writing) begin(ctx context.Context, io *streams, asks prompt.Prompter, args []string) error {
	request, repo, err := w.prepare(ctx, io, args)
	if err != nil {
		return err
	}
	defer repo.Close() // nothing was written through it
	if asks != nil {
		c := &conversation{Prompter: asks, out: io.err, stacks: repo.engine.Stacks, look: repo.orScaffold, request: request}
		return w.converse(ctx, io, repo, c)
	}
	result, err := repo.orScaffold(ctx, request)
	if err != nil {
		return err
	}
	return w.deliver(io, repo, result)
}

// converse asks, shows what would be written, and writes it where that is wanted.
func (w *writing) converse(ctx context.Context, io *streams, repo *repository, c *conversation) error {
	before := c.request
	answered, err := c.settle(ctx)
	if err != nil {
		return err
	}
	keep, err := c.keep(ctx, before)
	if err != nil {
		return err
	}
	write, err := w.preview(ctx, io, repo, c, keep)
	if err != nil || !write {
		return err
	}
	w.told = true
	if keep == "" {
		return w.deliver(io, repo, c.result)
	}
	kept, err := repo.keep(keep)
	if err != nil {
		return err
	}
	if !kept { // the answers are told with the rest, for the person to write down
		return w.deliver(io, repo, c.result)
	}
	again, err := open(ctx, io, repo.place)
	if err != nil {
		return err
	}
	defer again.Close() // nothing was written through it
	before.Services = answered.Services
	result, err := again.orScaffold(ctx, before)
	if err != nil {
		return err
	}
	return w.deliver(io, again, result)
}

// keep asks whether the answers that differ from detection go to a dockgen.toml,
// and gives its lines if they do.
func (c *conversation) keep(ctx context.Context, before engine.Request) (string, error) {
	lines := answersOf(c.result)
	if left := c.leftOut(before); len(left) > 0 {
		lines = "ignore = " + config.Quote(left) + "\n" + lines
	}
	if lines == "" {
		return "", nil
	}
	chosen, err := c.Select(ctx, prompt.Question{Ask: "Keep the answers in " + config.Name, Help: "They differ from what was detected; dockgen check and the next run find them there:\n" + lines},
		[]prompt.Option{{Name: "yes"}, {Name: "no", About: "the next run needs the same flags"}}, 0)
	if err != nil || chosen == 1 {
		return "", err
	}
	return lines, nil
}

// leftOut lists the services that were not chosen.
func (c *conversation) leftOut(before engine.Request) (names []string) {
	if len(before.Services) > 0 || len(c.request.Services) == 0 {
		return nil
	}
	for _, name := range c.all {
		if !slices.Contains(c.request.Services, name) {
			names = append(names, name)
		}
	}
	return names
}

// preview shows what would be written, and its difference on request, until the
// person says yes or no.
func (w *writing) preview(ctx context.Context, io *streams, repo *repository, c *conversation, keep string) (write bool, err error) {
	dry := *w
	dry.dryRun = true
	r, err := dry.settle(repo, c.result)
	if err != nil {
		return false, err
	}
	r.services(io.err)
	if keep != "" {
		fmt.Fprintf(io.err, "your answers\n  %s\n", config.Name)
	}
	r.complain(io)
	options := []prompt.Option{{Name: "write"}, {Name: "show the difference"}, {Name: "stop", About: "and write nothing"}}
	for {
		chosen, err := c.Select(ctx, prompt.Question{Ask: "Write these files", Help: "new and updated files are written, kept ones stay as they are."}, options, 0)
		switch {
		case err != nil || chosen == 2:
			return false, err
		case chosen == 0:
			return true, nil
		}
		r.diffs(&streams{out: io.err, color: io.color})
	}
}

// keep adds lines to the dockgen.toml at the root, unless they do not fit what
// stands there: then the person has to.
func (r *repository) keep(lines string) (kept bool, err error) {
	root, err := os.OpenRoot(r.place.root)
	if err != nil {
		return false, fmt.Errorf("open %s: %w", r.place.typed, cause(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	text := lines
	if r.Has(config.Name) {
		old, err := r.ReadFile(config.Name)
		if err != nil {
			return false, err
		}
		if strings.HasPrefix(lines, "ignore") {
			return false, nil // a key of the root would have to stand before the first table
		}
		text = strings.TrimRight(string(old), "\n") + "\n\n" + lines
	}
	if _, err := config.Members([]byte(text)); err != nil {
		return false, nil
	}
	return true, output.Write(root, config.Name, []byte(text))
}
