package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/show"
)

// formats are what check can answer in, beside words for people.
var formats = []string{"text", "json", "sarif", "github"}

func checkCommand(io *streams) *cobra.Command {
	w := &writing{dryRun: true}
	format := ""
	cmd := &cobra.Command{
		Use:   "check [PATH]",
		Short: "Say what generate would change, and why; write nothing",
		Long: `check holds the repository against what generate would write, and says in words
what is different and why. It reads nothing but the repository.

It exits with 1 where there is a difference and with 2 where something cannot be
generated. Answers that flags give belong in dockgen.toml, where check finds them.`,
		Example: `  dockgen check
  dockgen check --staged
  dockgen check --format github
  dockgen check --format sarif > dockgen.sarif`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			if format == "" {
				format = map[bool]string{true: "json", false: "text"}[w.json]
			}
			if !slices.Contains(formats, format) {
				return fmt.Errorf("--format %s: none of %s", format, strings.Join(formats, ", "))
			}
			io.json = format == "json"
			return w.check(cmd.Context(), io, args, format)
		},
	}
	w.flags.bind(cmd)
	cmd.Flags().BoolVar(&w.staged, "staged", false, "look at the index of git, what would be committed, rather than at the files")
	cmd.Flags().StringVar(&format, "format", "", "answer in this `form`: text, json, sarif or github")
	cmd.Flags().BoolVar(&w.quiet, "quiet", false, "say nothing but errors; the exit code tells")
	complete(cmd, "format", formats)
	return cmd
}

// check plans what generate would do and reports what of it is a difference.
func (w *writing) check(ctx context.Context, io *streams, args []string, format string) (err error) {
	request, repo, err := w.prepare(ctx, io, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	result, err := repo.look(ctx, request)
	if err = onlyLeft(err); err != nil {
		return err
	}
	r, err := w.settle(repo, result)
	if err != nil {
		return err
	}
	root, err := os.OpenRoot(repo.place.root)
	if err != nil {
		return fmt.Errorf("open %s: %w", repo.place.typed, cause(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	c := r.compare(root)
	c.quiet = w.quiet
	if err := c.tell(io, format); err != nil {
		return err
	}
	if code := c.code(); code != exitDone {
		return exitCode(code)
	}
	return nil
}

// comparison is what check found.
type comparison struct {
	report
	findings []finding
	notes    []string
	quiet    bool
}

func (r report) compare(root *os.Root) comparison {
	c := comparison{report: r}
	for i, o := range r.result.Outcomes {
		for _, change := range r.written[i].changes {
			c.findings = append(c.findings, drift(o.Service.Name, o.Plan, change)...)
		}
		c.notes = append(c.notes, r.written[i].notes...)
		if o.Err != nil {
			c.findings = append(c.findings, problem(o.Service.Name, o.Service.Dir, o.Err))
		}
	}
	for _, p := range r.result.Findings.Problems {
		c.findings = append(c.findings, problem("", p.Dir, p.Err))
	}
	for _, change := range r.shared() {
		c.findings = append(c.findings, drift("", plan.Plan{}, change)...)
	}
	for _, one := range []written{r.bake, r.compose} {
		if one.err != nil {
			c.findings = append(c.findings, problem("", ".", one.err))
		}
	}
	for _, one := range r.all() {
		for _, change := range one.changes {
			if text := edits(change); text != "" {
				c.notes = append(c.notes, text)
			}
		}
	}
	orphans, notes := r.orphans(root)
	c.findings, c.notes = append(c.findings, orphans...), append(c.notes, notes...)
	return c
}

// problem is what cannot be generated, at its place.
func problem(service, dir string, err error) finding {
	f := finding{Rule: ruleProblem, Service: service, File: dir, Message: err.Error(), err: err}
	if placed, ok := errors.AsType[*detect.PositionError](err); ok {
		f.File, f.Line, f.Message, f.err = placed.At.File, placed.At.Line, placed.Err.Error(), placed.Err
	}
	return f
}

func (c comparison) code() int {
	code := exitDone
	for _, f := range c.findings {
		if f.Rule == ruleProblem {
			code = max(code, exitFault)
		}
		code = max(code, exitDifference)
	}
	for _, o := range c.result.Outcomes {
		if o.Err != nil {
			code = max(code, codeOf(o.Err))
		}
	}
	return code
}

func (c comparison) tell(io *streams, format string) error {
	switch format {
	case "json":
		a := c.json()
		a.Findings = append([]finding{}, c.findings...)
		return printJSON(io.out, a)
	case "sarif":
		return printJSON(io.out, newSARIF(c.findings, sarifRules()))
	case "github":
		for _, f := range c.findings {
			show.Command(io.out, annotation(f))
		}
		return nil
	}
	c.words(io)
	return nil
}

// words prints what is different file by file: why, and then the difference.
func (c comparison) words(io *streams) {
	for _, f := range c.findings {
		if f.Rule == ruleProblem {
			where := detect.Evidence{File: f.File, Line: f.Line}.String() + ": "
			if strings.HasPrefix(f.Message, f.File) {
				where = ""
			}
			says(io.err, "dockgen: "+where, lines(f.err)...)
		}
	}
	if c.quiet {
		return
	}
	shared := c.causes(io)
	said, last := map[string]bool{}, map[string]int{}
	for i, f := range c.findings {
		last[f.File] = i
	}
	for i, f := range c.findings {
		if f.Rule == ruleProblem || shared[f.File] {
			continue
		}
		if !said[f.File] {
			said[f.File] = true
			show.Lines(io.out, f.File+" "+headline(f.Rule))
		}
		if cause := f.File + "\n" + f.Message; f.Rule != ruleMissing && !said[cause] { // else the headline says it
			said[cause] = true
			say(io.out, "  "+f.Message)
		}
		if last[f.File] == i {
			c.difference(io, f.File)
		}
	}
	for _, n := range c.notes {
		say(io.out, "note: "+n)
	}
	c.summary(io)
}

// mostFiles bounds the files that are named for one cause.
const mostFiles = 3

// causes tells what several files are out of date for, once for all of them, with the
// difference of the first; it gives the files of which that is all there is to say.
func (c comparison) causes(io *streams) map[string]bool {
	whys := map[string][]string{} // of each file, in order
	var files []string
	for _, f := range c.findings {
		if whys[f.File] == nil {
			files = append(files, f.File)
		}
		why := f.Message
		if f.Rule != ruleOutdated {
			why = "" // such a file is told by itself
		}
		if !slices.Contains(whys[f.File], why) { // one cause changes several places
			whys[f.File] = append(whys[f.File], why)
		}
	}
	alike := map[string][]string{}
	var order []string
	for _, file := range files {
		key := strings.Join(whys[file], "\n")
		if slices.Contains(whys[file], "") {
			continue
		}
		if alike[key] == nil {
			order = append(order, key)
		}
		alike[key] = append(alike[key], file)
	}
	shared := map[string]bool{}
	for _, key := range order {
		same := alike[key]
		if len(same) < 2 {
			continue
		}
		names := same
		if more := len(same) - mostFiles; more > 0 {
			names = append(slices.Clone(same[:mostFiles]), fmt.Sprintf("%d more", more))
		}
		show.Lines(io.out, fmt.Sprintf("%d files are out of date: %s", len(same), strings.Join(names, ", ")))
		for why := range strings.SplitSeq(key, "\n") {
			say(io.out, "  "+why)
		}
		c.difference(io, same[0])
		for _, file := range same {
			shared[file] = true
		}
	}
	return shared
}

func headline(r rule) string {
	switch r {
	case ruleMissing:
		return "is missing"
	case ruleConflict:
		return "was edited, and conflicts"
	case ruleForeign:
		return "is not dockgen's"
	case ruleOrphan:
		return "belongs to no service"
	}
	return "is out of date"
}

// difference prints the conflicts of a file or the unified diff. That of a new
// file is left out: it is the whole file.
func (c comparison) difference(io *streams, file string) {
	for _, one := range c.all() {
		for _, change := range one.changes {
			if change.Path != file || change.Status == output.New {
				continue
			}
			conflicts(io.out, change)
			if len(change.Conflicts) == 0 {
				show.Diff(io.out, change.Readable(), io.color)
			}
		}
	}
}

// summary counts the services that differ, and names the commands that mend it:
// generate alone does where it refuses nothing.
func (c comparison) summary(io *streams) {
	var differ, run, settle, adopt []string
	others := false
	for i, o := range c.result.Outcomes {
		if !slices.ContainsFunc(c.findings, func(f finding) bool { return f.Service == o.Service.Name && f.Rule != ruleProblem }) {
			continue
		}
		name := o.Service.Name
		differ = append(differ, name)
		switch changes := c.written[i].changes; {
		case slices.ContainsFunc(changes, conflicting):
			settle = append(settle, name)
		case slices.ContainsFunc(changes, foreign):
			adopt = append(adopt, name)
		case !refused(changes):
			run = append(run, name)
		}
	}
	for _, change := range c.shared() {
		others = others || len(drift("", plan.Plan{}, change)) > 0 && change.Status != output.Refused
	}
	total := len(c.result.Outcomes)
	if len(c.findings) == 0 {
		show.Lines(io.out, fmt.Sprintf("%s as generate would leave %s", counted(total, "service is", "services are"), map[bool]string{true: "it", false: "them"}[total == 1]))
		return
	}
	line := ""
	switch {
	case len(differ) > 0:
		line = fmt.Sprintf("%d of %s.", len(differ), counted(total, "service differs", "services differ"))
	case others:
		line = "Every service is as it should be, what builds or runs them all is not."
	}
	if len(run) > 0 || others {
		line += " Run: " + c.command(run, !others)
	}
	if line != "" {
		show.Lines(io.out, line)
	}
	if len(adopt) > 0 {
		show.Lines(io.out, "To take over what dockgen did not write, run: "+c.command(adopt, true)+" --adopt")
	}
	if len(settle) > 0 {
		c.settling(io.out, settle...)
	}
	if slices.ContainsFunc(c.shared(), conflicting) {
		c.settling(io.out)
	}
}

// command generates these services, or all of them.
func (c comparison) command(services []string, some bool) string {
	if some && len(services) < len(c.result.Outcomes) && len(services) <= 3 {
		return c.place.generate(services...)
	}
	return c.place.generate()
}

func conflicting(c output.Change) bool { return c.Status == output.Refused && len(c.Conflicts) > 0 }

func foreign(c output.Change) bool {
	return c.Status == output.Refused && c.Owner == output.Foreign
}

func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
