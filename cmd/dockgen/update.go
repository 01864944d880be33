package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/registry"
	"github.com/dockgen/dockgen/internal/reports"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/update"
)

// updating are the flags of update.
type updating struct {
	flags
	only          []string
	dryRun, check bool
	format, bot   string
}

// updateFormats are what update can answer in.
var updateFormats = []string{"text", "json", "markdown"}

func updateCommand(io *streams) *cobra.Command {
	u := &updating{}
	cmd := &cobra.Command{
		Use:   "update [PATH]",
		Short: "Ask the registries for newer images, and take them into dockgen.lock",
		Long: `update asks the registries which tags there are of the images of every service, and
what digest stands behind each, writes them into dockgen.lock and generates anew. From
then on generate and check know these images, without a network, on every machine.

An image never leaves what the project states (go.mod, engines, requires-python, a
toolchain file), nor what [images] of dockgen.toml says of update, hold and min-age. Of
all commands this one alone uses a network: with the credentials and the credential
helpers of Docker, and the proxy of the environment.

It exits with 2 where an image could not be asked for; the others are updated.`,
		Example: `  dockgen update
  dockgen update --dry-run --only node
  dockgen update --check
  dockgen update --format markdown > body.md
  dockgen update --bot renovate`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return u.run(cmd.Context(), io, args) },
	}
	set := cmd.Flags()
	set.StringSliceVar(&u.services, "service", nil, "only these services, by `name` or folder")
	set.StringVar(&u.root, "root", "", "the `folder` where the repository ends")
	set.StringSliceVar(&u.only, "only", nil, "only these images, by `name`, or those of a stack")
	set.BoolVar(&u.dryRun, "dry-run", false, "say what would change, write nothing")
	set.BoolVar(&u.check, "check", false, "write nothing; exit 1 where something is newer")
	set.BoolVar(&u.json, "json", false, "answer in JSON")
	set.StringVar(&u.format, "format", "", "answer in this `form`: text, json or markdown")
	set.StringVar(&u.bot, "bot", "", "print the configuration of this update `bot`, renovate or dependabot, by which it or dockgen keeps the images, never both")
	cmd.MarkFlagsMutuallyExclusive("dry-run", "check")
	complete(cmd, "format", updateFormats)
	complete(cmd, "bot", bots)
	complete(cmd, "only", stackNames())
	_ = cmd.RegisterFlagCompletionFunc("service", u.completeServices) // the error is for a flag that is not bound
	cmd.ValidArgsFunction = completeFolders
	return cmd
}

func (u *updating) run(ctx context.Context, io *streams, args []string) (err error) {
	if u.format == "" {
		u.format = map[bool]string{true: "json", false: "text"}[u.json]
	}
	switch {
	case !slices.Contains(updateFormats, u.format):
		return fmt.Errorf("--format %s: none of %s", u.format, strings.Join(updateFormats, ", "))
	case u.bot != "" && !slices.Contains(bots, u.bot):
		return fmt.Errorf("--bot %s: none of %s", u.bot, strings.Join(bots, ", "))
	}
	request, repo, err := u.open(ctx, io, args)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	if u.bot != "" {
		return u.printBot(ctx, io, repo, request)
	}
	old, notes, err := oldLock(repo)
	if err != nil {
		return err
	}
	client, err := registry.New(registry.Options{})
	if err != nil {
		return err
	}
	result, err := update.Run(ctx, update.Request{
		Engine: repo.engine, Tree: repo.Tree, Ask: request, Registry: client, Now: time.Now(), Only: u.only, Old: old,
	})
	if err != nil {
		return err
	}
	if len(result.Files.Outcomes) == 0 && len(result.Files.Findings.Problems) == 0 {
		return &nothingError{engine: repo.engine, place: repo.place, found: result.Files.Findings}
	}
	result.Notes = append(notes, result.Notes...)
	return u.deliver(ctx, io, repo, result)
}

// oldLock reads the lock that stands there. One in which git has left conflicts is taken
// with both sides.
func oldLock(repo *repository) (*lock.Lock, []string, error) {
	if !repo.Has(lock.Name) {
		return nil, nil, nil
	}
	data, err := repo.ReadFile(lock.Name)
	if err != nil {
		return nil, nil, err
	}
	_, err = lock.Parse(data)
	if broken, ok := errors.AsType[*lock.Error](err); ok && broken.Conflict {
		both, err := lock.Salvage(data)
		return both, []string{lock.Name + " held the markers of a conflict: both sides were taken"}, err
	}
	old, err := engine.Locked(repo.Tree)
	return old, nil, err
}

// deliver writes the lock and the files of the services, and reports.
func (u *updating) deliver(ctx context.Context, io *streams, repo *repository, result update.Result) error {
	w := &writing{flags: u.flags, dryRun: u.dryRun || u.check, quiet: true, renew: true}
	changed, err := u.writeLock(ctx, repo, result)
	if err != nil {
		return err
	}
	r, err := w.settle(repo, result.Files)
	if err != nil {
		return err
	}
	unsaid := beside(r, result.Changes)
	result.Notes = append(result.Notes, unsaid...)
	told := updated{report: r, result: result, lock: changed}
	if err := told.tell(io, u.format); err != nil {
		return err
	}
	code := exitDone
	if u.check && len(result.Changes)+len(unsaid) > 0 {
		code = exitDifference
	}
	if len(result.Failures) > 0 {
		code = exitFault
	}
	if written, ok := errors.AsType[exitCode](w.code(r)); ok {
		code = max(code, int(written))
	}
	if code != exitDone {
		return exitCode(code)
	}
	return nil
}

// beside tells of Dockerfiles that change although no image of their service does: a bot's
// tag beyond what an update may take, an edit of dockgen.toml or of the project since.
func beside(r report, changes []update.Change) (notes []string) {
	for i, o := range r.result.Outcomes {
		own := slices.DeleteFunc(slices.Clone(r.written[i].changes), func(c output.Change) bool { return c.Path != o.Dockerfile })
		if !writes(own) || slices.ContainsFunc(changes, func(c update.Change) bool { return slices.Contains(c.Services, o.Service.Name) }) {
			continue
		}
		notes = append(notes, fmt.Sprintf("%s: no image changes, and %s does: it gets what the project, dockgen.toml and the lock say", o.Service.Name, o.Dockerfile))
	}
	return notes
}

func writes(changes []output.Change) bool {
	return slices.ContainsFunc(changes, func(c output.Change) bool { return c.Status == output.New || c.Status == output.Updated })
}

// writeLock writes the lock where it is another than the one that stands there, unless the
// user only wants to see; it says what becomes of it.
func (u *updating) writeLock(ctx context.Context, repo *repository, result update.Result) (status output.Status, err error) {
	root, err := os.OpenRoot(repo.place.root)
	if err != nil {
		return "", fmt.Errorf("open %s: %w", repo.place.typed, cause(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	data := result.Lock.Format()
	if _, err := lock.Parse(data); err != nil {
		return "", fmt.Errorf("nothing was written, as nobody could read it: %w", err)
	}
	status = output.New
	if repo.Has(lock.Name) {
		there, err := repo.ReadFile(lock.Name)
		if err != nil {
			return "", err
		}
		if strings.ReplaceAll(string(there), "\r\n", "\n") == string(data) {
			return output.Unchanged, nil
		}
		status = output.Updated
	}
	if u.dryRun || u.check {
		return status, nil
	}
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	return status, output.Write(root, lock.Name, data)
}

// updated is all that a run of update has to say.
type updated struct {
	report
	result update.Result
	lock   output.Status
}

func (t updated) tell(io *streams, format string) error {
	switch format {
	case "json":
		return printJSON(io.out, t.json())
	case "markdown":
		show.Lines(io.out, t.markdown()...)
	default:
		t.words(io)
	}
	t.complain(io)
	for _, f := range t.result.Failures {
		complain(io.err, named(f))
	}
	return nil
}

// named says of which image a failure is.
func named(f update.Failure) error {
	if strings.HasPrefix(f.Err.Error(), f.Image) {
		return f.Err
	}
	return fmt.Errorf("%s: %w", f.Image, f.Err)
}

// words prints a line for each change: what, for whom, and why.
func (t updated) words(io *streams) {
	var rows [][]string
	for _, c := range t.result.Changes {
		rows = append(rows, []string{moved(c), few(c.Services), string(c.Why)})
	}
	table(io.out, rows)
	for _, e := range t.result.Ending {
		say(io.out, e.Text+" ("+few(e.Services)+t.holding(e)+")")
	}
	for _, n := range t.result.Notes {
		say(io.out, "note: "+n)
	}
	show.Lines(io.out, t.summary())
}

// moved is an image from what to what.
func moved(c update.Change) string {
	switch {
	case c.ToDigest != "":
		return fmt.Sprintf("%s:%s  %s → %s", c.Image, c.To, short(c.FromDigest), short(c.ToDigest))
	case c.From == "":
		return fmt.Sprintf("%s:%s", c.Image, c.To)
	}
	return fmt.Sprintf("%s %s → %s", c.Image, c.From, c.To)
}

// short is the beginning of a digest.
func short(digest string) string { return digest[:min(len(digest), len("sha256:")+12)] + "…" }

// few names the first of the services, and counts them.
func few(services []string) string {
	if len(services) <= 3 {
		return strings.Join(services, ", ")
	}
	return fmt.Sprintf("%s (%d)", strings.Join(services[:2], ", "), len(services))
}

// holding quotes the lines of the project that keep an image where it is.
func (t updated) holding(e update.Ending) string {
	if len(e.Holds) == 0 {
		return ""
	}
	return ": " + places(e.Holds)
}

// summary counts what has changed.
func (t updated) summary() string {
	services := 0
	for _, w := range t.written {
		if writes(w.changes) {
			services++
		}
	}
	text := fmt.Sprintf("%d of %s changed.", services, counted(len(t.written), "service", "services"))
	for _, c := range t.bake.changes {
		text += fmt.Sprintf(" %s is %s.", c.Path, c.Status)
	}
	return text + fmt.Sprintf(" %s, of %s, is %s.", lock.Name, counted(len(t.result.Lock.Images), "image", "images"), t.lock)
}

// markdown is the text of a pull request.
func (t updated) markdown() []string {
	switch {
	case len(t.result.Changes) == 0 && len(t.result.Failures) > 0:
		return append([]string{"Nothing newer is known; not every image could be asked for.", ""}, t.remarks()...)
	case len(t.result.Changes) == 0:
		return append([]string{"Every image is as new as it may be.", ""}, t.remarks()...)
	}
	lines := []string{"| image | from | to | why | services |", "|---|---|---|---|---|"}
	for _, c := range t.result.Changes {
		from, to, why := c.From, c.To, string(c.Why)
		if c.ToDigest != "" {
			from, to = short(c.FromDigest), short(c.ToDigest)
		}
		if c.Notes != "" {
			why = fmt.Sprintf("[%s](%s)", c.Why, c.Notes)
		}
		image := c.Image
		if c.ToDigest != "" {
			image += ":" + c.To
		}
		lines = append(lines, fmt.Sprintf("| %s | %s | %s | %s | %s |", code(image), code(from), code(to), why, reports.Words(strings.Join(c.Services, ", "))))
	}
	return append(append(lines, ""), t.remarks()...)
}

func (t updated) remarks() (lines []string) {
	for _, e := range t.result.Ending {
		lines = append(lines, "- "+reports.Words(e.Text+" ("+strings.Join(e.Services, ", ")+t.holding(e)+")"))
	}
	for _, f := range t.result.Failures {
		lines = append(lines, "- not asked for: "+reports.Words(named(f).Error()))
	}
	for _, n := range t.result.Notes {
		lines = append(lines, "- "+reports.Words(n))
	}
	return lines
}

// code is a word of a table in the font of code.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "", "|", "").Replace(text) + "`"
}

// The JSON answer of update.

type jsonUpdate struct {
	SchemaVersion int           `json:"schemaVersion"`
	Changes       []jsonImage   `json:"changes"`
	Ending        []jsonEnding  `json:"ending"`
	Problems      []jsonProblem `json:"problems"`
	Notes         []string      `json:"notes,omitempty"`
	Services      []jsonService `json:"services"`
	Files         []jsonFile    `json:"files,omitempty"`
	Lock          output.Status `json:"lock"`
}

type jsonImage struct {
	Image      string   `json:"image"`
	From       string   `json:"from,omitempty"`
	To         string   `json:"to"`
	FromDigest string   `json:"fromDigest,omitempty"`
	ToDigest   string   `json:"toDigest,omitempty"`
	Why        string   `json:"why"`
	Services   []string `json:"services"`
	Notes      string   `json:"notes,omitempty"`
}

type jsonEnding struct {
	Image    string   `json:"image"`
	Line     string   `json:"line"`
	Day      string   `json:"day,omitempty"`
	Services []string `json:"services"`
	Holds    []string `json:"holds,omitempty"`
}

func (t updated) json() jsonUpdate {
	a := t.report.json()
	j := jsonUpdate{
		SchemaVersion: schemaVersion, Changes: []jsonImage{}, Ending: []jsonEnding{}, Problems: a.Problems,
		Notes: t.result.Notes, Services: a.Services, Files: a.Files, Lock: t.lock,
	}
	for _, c := range t.result.Changes {
		j.Changes = append(j.Changes, jsonImage{c.Image, c.From, c.To, c.FromDigest, t.result.Lock.Images[c.Image+":"+c.To].Digest, string(c.Why), c.Services, c.Notes})
	}
	for _, e := range t.result.Ending {
		one := jsonEnding{Image: e.Image, Line: e.Line, Day: e.Day, Services: e.Services}
		for _, at := range e.Holds {
			one.Holds = append(one.Holds, at.String())
		}
		j.Ending = append(j.Ending, one)
	}
	for _, f := range t.result.Failures {
		j.Problems = append(j.Problems, jsonProblem{Dir: ".", Message: named(f).Error()})
	}
	return j
}
