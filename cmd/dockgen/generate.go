package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/templates"
)

// writing are the flags of the commands that write.
type writing struct {
	flags
	output              string
	dryRun, diff        bool
	force, adopt, quiet bool
	keep                string // whose side conflicts are settled for, one of keeps
	conflicts           bool   // write both sides of them
	composes            bool   // make a .env for compose, where there is none
	prune               bool   // remove what is left of services that are gone

	renew  bool                     // what a bot wrote into a file does not stand
	told   bool                     // what is written was shown before, in a conversation
	chosen map[string]output.Choice // what a person wants of each conflict, by its file and text
}

func (w *writing) bind(cmd *cobra.Command) {
	w.flags.bind(cmd)
	set := cmd.Flags()
	set.StringVar(&w.output, "output", "", "write the Dockerfile of the one service to this `file`, or with - to standard output")
	set.BoolVar(&w.dryRun, "dry-run", false, "list what would happen, write nothing")
	set.BoolVar(&w.diff, "diff", false, "show the difference, write nothing; exit 1 where there is one")
	set.BoolVar(&w.force, "force", false, "overwrite a Dockerfile that dockgen does not own")
	set.BoolVar(&w.adopt, "adopt", false, "take over a Dockerfile that dockgen does not own, and show the difference")
	set.StringVar(&w.keep, "keep", "", "settle every conflict for one `side`: mine, as the file stands, or dockgen")
	set.BoolVar(&w.conflicts, "conflicts", false, "write both sides of every conflict into the file, between markers as git's, for you to edit")
	set.BoolVar(&w.prune, "prune", false, "remove the files of services that are gone, but those that were edited")
	set.BoolVar(&w.quiet, "quiet", false, "say nothing but errors")
	complete(cmd, "keep", keeps)
	cmd.MarkFlagsMutuallyExclusive("dry-run", "diff")
	cmd.MarkFlagsMutuallyExclusive("keep", "conflicts", "force")
}

func generateCommand(io *streams) *cobra.Command {
	w := &writing{}
	cmd := &cobra.Command{
		Use:   "generate [PATH]",
		Short: "Write the files of every service",
		Long: `generate writes the Dockerfile and the ignore file of every service, and what
builds them all. It asks nothing, but what should stay where an edit of yours and
dockgen want different things, and that only at a terminal; elsewhere such a file
stays as it is, and --keep or --conflicts settles it.`,
		Example: `  dockgen generate
  dockgen generate --prune
  dockgen generate --runtime scratch services/api
  dockgen generate --diff
  dockgen generate --keep mine --service api`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return w.run(cmd.Context(), io, args) },
	}
	w.bind(cmd)
	return cmd
}

// run generates, decides what to write, writes and reports.
func (w *writing) run(ctx context.Context, io *streams, args []string) error {
	request, repo, err := w.prepare(ctx, io, args)
	if err != nil {
		return err
	}
	defer repo.Close() // nothing was written through it
	result, err := repo.look(ctx, request)
	if w.prune {
		err = onlyLeft(err)
	}
	if err != nil {
		return err
	}
	var asks prompt.Prompter
	if io.asks {
		asks = io.prompter()
	}
	if err := w.asking(ctx, io, repo, result, asks); err != nil {
		return err
	}
	_, err = w.deliver(io, repo, result)
	return err
}

// prepare does what [flags.open] does, and settles the file to write.
func (w *writing) prepare(ctx context.Context, io *streams, args []string) (engine.Request, *repository, error) {
	if w.keep != "" && !slices.Contains(keeps, w.keep) {
		return engine.Request{}, nil, fmt.Errorf("--keep %s: none of %s", w.keep, strings.Join(keeps, ", "))
	}
	if w.output == "-" && w.json {
		return engine.Request{}, nil, errors.New("--output - and --json: both want standard output; without --output, the answer in JSON names the files")
	}
	request, repo, err := w.open(ctx, io, args)
	if err != nil {
		return request, nil, err
	}
	request.Compose, request.Takes = w.composes, w.force || w.adopt
	if request.Output, err = w.outputFile(repo.place); err != nil {
		return request, nil, errors.Join(err, repo.Close())
	}
	return request, repo, nil
}

// deliver writes what a run came to, and reports.
func (w *writing) deliver(io *streams, repo *repository, result engine.Result) (r report, err error) {
	if w.output == "-" {
		return r, w.print(io, result)
	}
	if r, err = w.settle(repo, result); err != nil {
		return r, err
	}
	if err := w.tell(io, r); err != nil {
		return r, err
	}
	return r, w.code(r)
}

// settle decides what to write, and writes it unless the user only wants to see.
func (w *writing) settle(repo *repository, result engine.Result) (r report, err error) {
	root, err := os.OpenRoot(repo.place.root)
	if err != nil {
		return report{}, fmt.Errorf("open %s: %w", repo.place.typed, cause(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	r = report{place: repo.place, result: result, written: make([]written, len(result.Outcomes))}
	group := crew.New(runtime.GOMAXPROCS(0))
	for _, those := range sharing(result.Outcomes) {
		group.Go(func() error {
			for _, i := range those {
				if r.written[i] = w.write(root, repo, result.Outcomes[i]); r.written[i].err != nil {
					result.Outcomes[i].Err = r.written[i].err
				}
			}
			return nil
		})
	}
	_ = group.Wait() // each has its error
	r.bake = w.bake(root, repo.engine, r)
	r.compose = w.compose(root, repo, r)
	if r.left = r.behind(root); w.prune && !w.dryRun && !w.diff {
		r.pruned = true
		err = output.Remove(root, r.left.ours)
	}
	return r, err
}

// sharing parts outcomes, by their numbers: those with files in a folder of another's are
// one part, in their order, and each of the others is one.
func sharing(outcomes []engine.Outcome) (parts [][]int) {
	of := map[string]int{} // the last outcome of a folder
	together := map[int]bool{}
	for i, o := range outcomes {
		for _, f := range o.Files {
			dir := path.Dir(f.Path)
			if other, ok := of[dir]; ok && other != i {
				together[i], together[other] = true, true
			}
			of[dir] = i
		}
	}
	if len(together) > 0 {
		parts = append(parts, slices.Sorted(maps.Keys(together)))
	}
	for i := range outcomes {
		if !together[i] {
			parts = append(parts, []int{i})
		}
	}
	return parts
}

// outputFile turns --output, which is the user's path, into one from the root.
func (w *writing) outputFile(place target) (string, error) {
	if w.output == "" {
		return "", nil
	}
	if w.output == "-" {
		return "Dockerfile", nil
	}
	absolute, err := filepath.Abs(w.output)
	if err != nil {
		return "", fmt.Errorf("--output: %w", err)
	}
	if folder, err := filepath.EvalSymlinks(filepath.Dir(absolute)); err == nil {
		absolute = filepath.Join(folder, filepath.Base(absolute))
	}
	file, err := filepath.Rel(place.root, absolute)
	if err != nil || !filepath.IsLocal(file) || file == "." {
		return "", fmt.Errorf("--output %s: not a file in %s", w.output, place.typed)
	}
	return filepath.ToSlash(file), nil
}

// print writes the Dockerfile of the one service to standard output.
func (w *writing) print(io *streams, result engine.Result) error {
	report := report{result: result, written: make([]written, len(result.Outcomes))}
	report.complain(io)
	if len(result.Outcomes) == 1 && result.Outcomes[0].Err == nil {
		if err := show.Data(io.out, result.Outcomes[0].Files[0].Data); err != nil {
			return fmt.Errorf("write standard output: %w", err)
		}
	}
	return w.code(report)
}

// written is what became of the files of one service.
type written struct {
	changes []output.Change
	notes   []string // about lines of a person's
	untrue  []string // notes of the plan that these lines make untrue
	err     error
}

// write settles the files of one service and writes them, unless the user only
// wants to see.
func (w *writing) write(root *os.Root, repo *repository, o engine.Outcome) written {
	if o.Err != nil {
		return written{err: o.Err}
	}
	opt := w.options()
	opt.Stands, opt.Sides = o.Stands, merging(root)
	if w.renew {
		opt.Stands = func(string, string) bool { return false }
	}
	changes, err := output.Plan(root, o.Files, opt)
	if err != nil {
		return written{err: err}
	}
	for _, c := range changes {
		if err := hides(c, o); err != nil {
			output.Fail(changes)
			return written{changes: changes, err: err}
		}
	}
	done := written{changes: changes, notes: repo.copied(o, changes)}
	done.sent(o.Plan)
	if !w.dryRun && !w.diff && !refused(changes) {
		done.err = output.Apply(root, changes)
	}
	return done
}

// sent says which of the files that dockgen leaves out an ignore file with lines of a
// person's sends to the build.
func (w *written) sent(p plan.Plan) {
	ig, _ := p.Ignore.Data.(plan.Ignore)
	for _, c := range w.changes {
		if c.Kind != templates.Ignore || c.Status == output.Refused || c.Status == output.Unchanged && c.Owner == output.Ours {
			continue
		}
		text := c.New
		if c.Status == output.Kept {
			text = c.Old
		}
		stands, err := dockerfile.ParseIgnore(text)
		if err != nil {
			continue // which is an error already
		}
		for _, left := range ig.Left {
			sent, note := left.Sent(c.Path, stands)
			if len(sent) > 0 {
				w.untrue = append(w.untrue, left.Note())
			}
			if note != "" {
				w.notes = append(w.notes, note)
			}
		}
	}
}

// copied says what lines of a person's copy that the build will not find.
func (r *repository) copied(o engine.Outcome, changes []output.Change) []string {
	var edited, ignore []byte
	for _, c := range changes {
		text := c.New
		if c.Status == output.Kept || c.Status == output.Unchanged {
			text = c.Old
		}
		switch {
		case c.Kind == templates.Dockerfile && c.Owner == output.Edited && c.Status != output.Refused:
			edited = text
		case c.Kind == templates.Ignore:
			ignore = text
		}
	}
	if edited == nil {
		return nil
	}
	return r.engine.Copied(r.Tree, o, edited, ignore)
}

// bake settles and writes the file that builds every image. It names those whose
// Dockerfiles dockgen has written or would write, and is left alone where only
// some of the services were asked for.
func (w *writing) bake(root *os.Root, e *engine.Engine, r report) written {
	if !r.result.Whole {
		return written{}
	}
	standing := r.standing(root)
	stays := func(t engine.Target) bool { return r.below(t.File()) && isOurs(root, t.File()) }
	file, err := e.Bake(r.result.Bake, standing, r.result.Had, stays, r.result.Config.Bake())
	if err != nil || file == nil {
		return written{err: err}
	}
	return w.put(root, []templates.File{*file})
}

// standing are the outcomes whose Dockerfiles are there after the run.
func (r report) standing(root *os.Root) (all []engine.Outcome) {
	for i, o := range r.result.Outcomes {
		if stands(root, o, r.written[i].changes) {
			all = append(all, o)
		}
	}
	return all
}

// stands says whether a Dockerfile of dockgen's is there after the run: one that
// was or would be written, or an older one of a service that now fails.
func stands(root *os.Root, o engine.Outcome, changes []output.Change) bool {
	for _, c := range changes {
		if c.Kind == templates.Dockerfile {
			written := c.Status != output.Refused && c.Status != output.Failed
			return written || c.Owner == output.Ours || c.Owner == output.Edited
		}
	}
	return o.Dockerfile != "" && isOurs(root, o.Dockerfile)
}

func isOurs(root *os.Root, file string) bool {
	data, err := budget.ReadFile(root, file)
	return err == nil && !output.IsForeign(data)
}

// put settles files and writes them, unless the user only wants to see.
func (w *writing) put(root *os.Root, files []templates.File) written {
	opt := w.options()
	opt.Sides = merging(root)
	changes, err := output.Plan(root, files, opt)
	if err != nil || w.dryRun || w.diff || refused(changes) {
		return written{changes: changes, err: err}
	}
	return written{changes: changes, err: output.Apply(root, changes)}
}

// hides is an error where an ignore file that is kept, or holds lines of a person,
// hides what the build reads.
func hides(c output.Change, o engine.Outcome) error {
	text := c.New
	switch {
	case c.Kind != templates.Ignore || c.Status == output.Refused, c.Status == output.Unchanged && c.Owner == output.Ours:
		return nil
	case c.Status == output.Kept:
		text = c.Old
	}
	hidden, err := engine.Hidden(text, o.Plan)
	if err != nil {
		return fmt.Errorf("%s: %w", c.Path, err)
	}
	if len(hidden) > 0 {
		settles := "let it through with a line such as !" + around(hidden)
		if !slices.ContainsFunc(hidden, func(file string) bool { return !slices.Contains(o.Plan.OfTests, file) }) {
			settles += ", or leave the tests out with --no-test-stage"
		}
		return fmt.Errorf("%s: it hides what the Dockerfile needs: %s; %s", c.Path, plan.Some(hidden), settles)
	}
	return nil
}

// around is the file, or the folder in which several files lie, with a slash.
func around(files []string) string {
	dir := path.Dir(files[0])
	for _, file := range files {
		for !detect.Inside(file, dir) {
			dir = path.Dir(dir)
		}
	}
	if len(files) == 1 || dir == "." {
		return files[0]
	}
	return dir + "/"
}

func refused(changes []output.Change) bool {
	for _, c := range changes {
		if c.Status == output.Refused {
			return true
		}
	}
	return false
}

// code gives the exit code of a run whose errors have been told.
func (w *writing) code(r report) error {
	code := exitDone
	if len(r.result.Findings.Problems) > 0 {
		code = exitFault
	}
	for _, one := range r.all() {
		for _, c := range one.changes {
			switch {
			case c.Status == output.Refused && !w.dryRun:
				code = max(code, exitFault)
			case w.diff && !c.Noted && (c.Status == output.New || c.Status == output.Updated):
				code = max(code, exitDifference)
			}
		}
		if one.err != nil {
			code = max(code, codeOf(one.err))
		}
	}
	for _, o := range r.result.Outcomes {
		if o.Err != nil {
			code = max(code, codeOf(o.Err))
		}
	}
	if code == exitDone {
		return nil
	}
	return exitCode(code)
}

// codeOf tells dockgen's faults from everybody else's.
func codeOf(err error) int {
	var internal *engine.InternalError
	if errors.As(err, &internal) {
		return exitInternal
	}
	return exitFault
}
