package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/prompt"
)

func initCommand(io *streams) *cobra.Command {
	w := &writing{}
	var yes bool
	cmd := &cobra.Command{
		Use:   "init [PATH]",
		Short: "Write the files of a project for the first time, after a conversation",
		Long: `init shows what it found, asks what is a matter of taste or could not be settled,
shows what it would write and writes it; then it offers to build and start it, where there
is a docker. Enter all the way through gives what
generate gives; ? explains a question, < goes back to the one before, and any answer
can be changed before anything is written. An answer that differs from what was detected
goes to dockgen.toml. In an empty folder it asks for the stack, and writes a small program
that runs beside the Dockerfile.

With --yes, without a terminal or where CI is set it asks nothing. With --stack,
where there is no service of that stack yet, it writes a Dockerfile for one that
is about to come, with what it assumes.`,
		Example: `  dockgen init
  dockgen init --yes
  dockgen init --stack go --runtime distroless`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			var asks prompt.Prompter
			if io.asks && !yes && !w.dryRun && !w.diff && !w.json && w.output != "-" {
				asks = io.prompter()
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
		return w.converse(ctx, io, repo, asks, request)
	}
	result, err := repo.orScaffold(ctx, request)
	if err != nil {
		return err
	}
	_, err = w.deliver(io, repo, result)
	return err
}

// prompter asks at the terminal.
func (io *streams) prompter() prompt.Prompter {
	if io.plain {
		return prompt.NewLines(io.in, io.talk)
	}
	return prompt.NewTerminal(io.in, io.talk, io.color)
}

// converse asks, shows what would be written, and writes it where that is wanted. Back and a
// changed answer hold the conversation again from its beginning, with the answers that stand.
func (w *writing) converse(ctx context.Context, io *streams, repo *repository, asks prompt.Prompter, request engine.Request) error {
	journal := &prompt.Journal{Prompter: asks}
	for round := 0; ; round++ {
		c := &conversation{Prompter: journal, journal: journal, round: round, out: io.err, stacks: repo.engine.Stacks, look: repo.orScaffold, small: repo.with, request: request}
		err := w.talk(ctx, io, repo, c)
		switch {
		case errors.Is(err, prompt.ErrBack):
			journal.Back()
		case !errors.Is(err, errChange):
			return err
		}
		journal.Again()
	}
}

// errChange says that one answer was taken back.
var errChange = errors.New("another answer")

// talk is one round of the conversation.
func (w *writing) talk(ctx context.Context, io *streams, repo *repository, c *conversation) error {
	before := c.request
	if _, err := c.settle(ctx); err != nil {
		return err
	}
	if !c.some() {
		_, err := w.deliver(io, repo, c.result)
		return err
	}
	before.Compose = c.request.Compose
	w.composes = before.Compose
	if err := w.asking(ctx, io, repo, c.result, c.journal.Prompter); err != nil {
		return err
	}
	answers, err := repo.keeping(c.left(), answersOf(c.result))
	if err != nil {
		return err
	}
	if answers != nil {
		keep, err := c.keep(ctx)
		if err != nil {
			return err
		}
		if !keep {
			answers = nil
		}
	}
	if answers != nil && len(c.left()) > 0 {
		c.result.Whole = c.whole // as if there were no others
	}
	write, err := w.preview(ctx, io, repo, c, answers)
	if err != nil || !write {
		return err
	}
	w.told = true
	if c.starter != nil {
		if err := repo.begin(*c.starter); err != nil {
			return err
		}
	}
	if answers == nil && c.starter == nil { // those there are get told with the rest, for the person to write down
		return w.finish(ctx, io, repo, c, c.result)
	}
	if answers != nil {
		if err := repo.write(*answers); err != nil {
			return err
		}
	}
	again, err := open(ctx, io, repo.place)
	if err != nil {
		return err
	}
	defer again.Close() // nothing was written through it
	if answers == nil {
		before = c.request // which no file tells the next run
	}
	result, err := again.orScaffold(ctx, before)
	if err != nil {
		return err
	}
	return w.finish(ctx, io, again, c, result)
}

// keep asks whether the answers that differ from detection go to dockgen.toml.
func (c *conversation) keep(ctx context.Context) (bool, error) {
	lines := answersOf(c.result)
	if left := c.left(); len(left) > 0 {
		lines = ignoring(left) + lines
	}
	q := c.question("Keep in "+config.Name, "What you answered otherwise than detected; dockgen check and the next run find it there:")
	q.Help += "\n" + strings.TrimSuffix(lines, "\n")
	chosen, err := c.Select(ctx, q, []prompt.Option{{Name: "yes"}, {Name: "no", About: "the next run needs the same flags"}}, 0)
	return chosen == 0, err
}

// left lists the services that were not chosen.
func (c *conversation) left() (names []string) {
	for _, name := range c.all {
		if len(c.request.Services) > 0 && !slices.Contains(c.request.Services, name) {
			names = append(names, name)
		}
	}
	return names
}

// preview shows what would be written, and its difference on request, until the
// person says yes or no. Where a file is refused that dockgen did not write, it may
// be taken over.
func (w *writing) preview(ctx context.Context, io *streams, repo *repository, c *conversation, answers *output.Change) (write bool, err error) {
	dry := *w
	dry.dryRun = true
	r, err := dry.settle(repo, c.result)
	if err != nil {
		return false, err
	}
	r.kept = answers
	if c.starter != nil {
		var rows [][]string
		for _, name := range slices.Sorted(maps.Keys(c.starter.Files)) {
			rows = append(rows, []string{"  " + string(output.New), name})
		}
		say(io.err, "a small project")
		table(io.err, rows)
	}
	r.services(io.err)
	r.complain(io)
	if n := len(r.left.ours); n > 0 && !w.prune {
		q := c.question("Services that are gone", fmt.Sprintf("dockgen wrote %s for them, and nobody edited what it wrote. --prune removes it.", counted(n, "file", "files")))
		chosen, err := c.last(ctx, q, []prompt.Option{{Name: "keep"}, {Name: "remove"}})
		if err != nil {
			return false, err
		}
		w.prune = chosen == 1
	}
	const yes, show, change, stop, adopt = "write", "show the difference", "change an answer", "stop", "take over"
	options := []prompt.Option{{Name: yes}, {Name: show}, {Name: change}, {Name: stop, About: "and write nothing"}}
	q := c.question("Write these files", "new and updated files are written, kept ones stay as they are.")
	if r.foreign() {
		q = c.question("Take over what dockgen did not write", "what was refused is written anew, as the difference shows, which --adopt does; else it stays as it is.")
		options[0] = prompt.Option{Name: adopt, About: "and write the rest"}
		if r.writes() {
			options = slices.Insert(options, 2, prompt.Option{Name: yes, About: "the rest, and leave that as it is"})
		}
		dry.adopt = true // for the difference
	}
	for {
		chosen, err := c.last(ctx, q, options)
		if err != nil {
			return false, err
		}
		switch options[chosen].Name {
		case change:
			return false, c.change(ctx)
		case adopt:
			w.adopt = true
			return true, nil
		case yes:
			return true, nil
		case stop:
			return false, nil
		}
		if r, err = dry.settle(repo, c.result); err != nil {
			return false, err
		}
		r.kept = answers
		r.diffs(&streams{out: io.err, color: io.color})
	}
}

// writes says whether something would be written beside what is refused.
func (r report) writes() bool {
	return slices.ContainsFunc(r.all(), func(one written) bool {
		return len(one.changes) > 0 && !refused(one.changes) && one.err == nil
	})
}

// foreign says whether a Dockerfile is refused because dockgen did not write it.
func (r report) foreign() bool {
	return slices.ContainsFunc(r.all(), func(one written) bool {
		return slices.ContainsFunc(one.changes, foreign)
	})
}

// ignoring is the line of a dockgen.toml that leaves services alone.
func ignoring(services []string) string { return "ignore = " + config.Quote(services) + "\n" }

// keeping gives the dockgen.toml at the root with more in it: services to ignore,
// and tables. It is nil where there is nothing to add, or where that does not fit
// what stands there: then the person has to.
func (r *repository) keeping(ignore []string, tables string) (*output.Change, error) {
	if len(ignore) == 0 && tables == "" {
		return nil, nil
	}
	change := output.Change{Path: config.Name, Status: output.New}
	var parts []string
	if len(ignore) > 0 { // a key of the root stands before the first table
		parts = append(parts, ignoring(ignore))
	}
	if r.Has(config.Name) {
		old, err := r.ReadFile(config.Name)
		if err != nil {
			return nil, err
		}
		change.Status, change.Old = output.Updated, old
		parts = append(parts, strings.TrimRight(string(old), "\n")+"\n")
	}
	if tables != "" {
		parts = append(parts, tables)
	}
	change.New = []byte(strings.Join(parts, "\n"))
	if _, err := config.Members(change.New, r.engine.Stacks); err != nil {
		return nil, nil
	}
	return &change, nil
}

// begin writes a small project into a folder without one. A file that is there stays.
func (r *repository) begin(starter plan.Starter) error {
	for _, name := range slices.Sorted(maps.Keys(starter.Files)) {
		if r.Has(name) {
			continue
		}
		if err := r.write(output.Change{Path: name, New: starter.Files[name]}); err != nil {
			return err
		}
	}
	return nil
}

// write writes one file at the root.
func (r *repository) write(c output.Change) (err error) {
	root, err := os.OpenRoot(r.place.root)
	if err != nil {
		return fmt.Errorf("open %s: %w", r.place.typed, cause(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return output.Write(root, c.Path, c.New)
}
