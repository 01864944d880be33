package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/templates"
)

// schemaVersion stands in every JSON answer. Within one, fields are only added.
const schemaVersion = 1

// report is all that a run of generate has to say.
type report struct {
	place   target
	result  engine.Result
	written []written      // one for each outcome
	bake    written        // of the file that builds them all
	compose written        // of the file that runs them all
	left    remains        // of services that are gone
	pruned  bool           // what is left of them, and nobody edited, was removed
	kept    *output.Change // of dockgen.toml, where a person's answers go there
}

// all is what became of the files of the services and of the repository.
func (r report) all() []written { return append(slices.Clone(r.written), r.bake, r.compose) }

// shared is what became of the files of the repository alone.
func (r report) shared() []output.Change { return slices.Concat(r.bake.changes, r.compose.changes) }

// tell prints the report: the answer to out, what went wrong to err.
func (w *writing) tell(io *streams, r report) error {
	if w.json {
		return printJSON(io.out, r.json())
	}
	if w.diff || w.adopt && !w.told {
		r.diffs(io)
	}
	if !w.quiet && !w.diff && !w.told {
		r.services(io.out)
	}
	if !w.told {
		r.complain(io)
	}
	if !w.quiet && !w.diff && !w.dryRun {
		r.answers(io.out)
		r.next(io.out)
	}
	return nil
}

// services prints a block for each service: what it is, and its files.
func (r report) services(out io.Writer) {
	for i, o := range r.result.Outcomes {
		if o.Err != nil && len(r.written[i].changes) == 0 {
			continue
		}
		table(out, [][]string{{title(o), places(o.Plan.Summary.Evidence)}})
		var rows [][]string
		for _, c := range r.written[i].changes {
			rows = append(rows, []string{"  " + string(c.Status), c.Path, about(c, o.Plan)})
		}
		table(out, rows)
		for _, c := range r.written[i].changes {
			if len(c.Missing) > 0 {
				say(out, fmt.Sprintf("  %s is yours and stays; it lacks %s", c.Path, strings.Join(first(c.Missing), "  ")))
			}
		}
		for _, n := range append(slices.Clone(r.written[i].notes), firstNotes(r.written[i].holding(o.Plan.Notes))...) {
			say(out, "  note: "+n)
		}
	}
	whole := func(title string, changes []output.Change, part, one, several string) {
		for _, c := range changes {
			say(out, title)
			text := counted(strings.Count(string(c.New), part), one, several)
			if c.Status == output.Refused || c.Status == output.Failed {
				text = about(c, plan.Plan{})
			}
			table(out, [][]string{{"  " + string(c.Status), c.Path, text}})
		}
	}
	whole("every image", r.bake.changes, "  tags       = ", "image", "images")
	whole("every service with what it stands on", r.compose.changes, "\n    build:\n", "container is built", "containers are built")
	for _, n := range r.compose.notes {
		say(out, "  note: "+n)
	}
	for _, text := range r.result.Passed {
		say(out, "without effect: "+text)
	}
	r.remains(out)
	r.unsupported(out)
	if r.kept != nil {
		say(out, "your answers")
		table(out, [][]string{{"  " + string(r.kept.Status), r.kept.Path}})
	}
}

// remains says what is left of services that are gone, and what became of it.
func (r report) remains(out io.Writer) {
	if len(r.left.ours)+len(r.left.edited) == 0 {
		return
	}
	say(out, "of services that are gone")
	var rows [][]string
	for _, file := range r.left.ours {
		if r.pruned {
			rows = append(rows, []string{"  removed", file})
		} else {
			rows = append(rows, []string{"  left", file, "--prune removes it"})
		}
	}
	for _, file := range r.left.edited {
		rows = append(rows, []string{"  left", file, "it was edited, so it is yours to remove"})
	}
	table(out, rows)
}

// unsupported names the projects that were seen and that dockgen makes no image for.
func (r report) unsupported(out io.Writer) {
	const most = 3
	var seen []string
	for _, o := range r.result.Findings.Others {
		if !slices.Contains(stackNames(), o.Stack) {
			seen = append(seen, fmt.Sprintf("%s (%s)", o.Dir, o.Stack))
		}
	}
	if more := len(seen) - most; more > 0 {
		seen = append(seen[:most], fmt.Sprintf("%d more, which dockgen detect lists", more))
	}
	if len(seen) > 0 {
		say(out, "not supported, and left alone: "+strings.Join(seen, ", "))
	}
}

// holding leaves out notes that do not hold for the files as they stand.
func (w written) holding(notes []string) []string {
	return slices.DeleteFunc(slices.Clone(notes), func(note string) bool { return slices.Contains(w.untrue, note) })
}

// mostNotes is how many lines of notes a service gets, lest nobody reads any.
const mostNotes = 3

// firstNotes keeps the first notes, with a word about the rest.
func firstNotes(notes []string) []string {
	if len(notes) <= mostNotes {
		return notes
	}
	rest := len(notes) - mostNotes + 1
	return append(slices.Clone(notes[:mostNotes-1]), fmt.Sprintf("%d more, which dockgen explain shows", rest))
}

// about says in a word what a file is for, or why it was not written.
func about(c output.Change, p plan.Plan) string {
	switch {
	case c.Status == output.Failed:
		return ""
	case c.Status == output.Refused:
		reason, _, _ := strings.Cut(c.Reason, ";") // what to do is said below
		return reason
	case c.Merged && c.Reason != "":
		return c.Reason
	case c.Kind == templates.Dockerfile:
		return p.Summary.Images
	case c.Kind == templates.Extra && c.Status == output.Kept:
		return "it " + c.Reason
	case c.Kind == templates.Extra:
		return "the web server's configuration"
	}
	patterns := 0
	for line := range strings.Lines(string(c.New)) {
		if !strings.HasPrefix(line, "#") {
			patterns++
		}
	}
	return fmt.Sprintf("%d patterns", patterns)
}

// title is a service in a line: its name, its language and what it does.
func title(o engine.Outcome) string {
	parts := []string{o.Service.Name, o.Plan.Summary.Language, o.Plan.Summary.Purpose}
	return strings.Join(slices.DeleteFunc(parts, func(part string) bool { return part == "" }), " · ")
}

// places lists evidence; the lines of one file stand behind its name.
func places(evidence []detect.Evidence) string {
	var texts []string
	for i, e := range evidence {
		switch {
		case i > 0 && e == evidence[i-1]:
		case i > 0 && e.File == evidence[i-1].File && e.Line > 0 && evidence[i-1].Line > 0:
			texts[len(texts)-1] += fmt.Sprintf(",%d", e.Line)
		default:
			texts = append(texts, e.String())
		}
	}
	return strings.Join(texts, "  ")
}

// complain prints what went wrong, each with its service.
func (r report) complain(io *streams) {
	for _, p := range r.result.Findings.Problems {
		for _, err := range apart(p.Err) {
			complain(io.err, err)
		}
	}
	for _, o := range r.result.Outcomes {
		for _, err := range apart(o.Err) {
			if _, placed := errors.AsType[*detect.PositionError](err); !placed {
				err = fmt.Errorf("%s: %w", o.Service.Name, err)
			}
			complain(io.err, err)
		}
	}
	r.refusals(io)
	for _, one := range []written{r.bake, r.compose} {
		if one.err != nil {
			complain(io.err, one.err)
		}
	}
	for _, c := range r.shared() {
		if c.Status == output.Refused {
			complain(io.err, errors.New(c.Path+": "+c.Reason))
			conflicts(io.err, c)
			r.settling(io.err)
		}
	}
}

// apart are the errors that one joins, or that one; none for nil.
func apart(err error) (all []error) {
	several, ok := err.(interface{ Unwrap() []error })
	switch {
	case err == nil:
	case !ok:
		all = append(all, err)
	default:
		for _, one := range several.Unwrap() {
			all = append(all, apart(one)...)
		}
	}
	return all
}

// refusals prints which files were not written, those with one reason together.
func (r report) refusals(io *streams) {
	type refusal struct {
		reason          string
		files, services []string
	}
	tell := func(f refusal) {
		complain(io.err, fmt.Errorf("%s: %s; nothing of %s was written", strings.Join(f.files, ", "), f.reason, strings.Join(slices.Compact(f.services), ", ")))
	}
	var settle []string
	var all []refusal
	for i, o := range r.result.Outcomes {
		for _, c := range r.written[i].changes {
			same := slices.IndexFunc(all, func(f refusal) bool { return f.reason == c.Reason })
			switch {
			case c.Status != output.Refused:
			case len(c.Conflicts) > 0:
				tell(refusal{c.Reason, []string{c.Path}, []string{o.Service.Name}})
				conflicts(io.err, c)
				settle = append(settle, o.Service.Name)
			case same < 0:
				all = append(all, refusal{c.Reason, []string{c.Path}, []string{o.Service.Name}})
			default:
				all[same].files, all[same].services = append(all[same].files, c.Path), append(all[same].services, o.Service.Name)
			}
		}
	}
	for _, f := range all {
		tell(f)
	}
	if len(settle) > 0 {
		r.settling(io.err, slices.Compact(settle)...)
	}
}

// conflicts shows where a person and dockgen changed the same lines.
func conflicts(out io.Writer, c output.Change) {
	for _, conflict := range c.Conflicts {
		clashes(out, c.Path, conflict)
	}
}

func clashes(out io.Writer, path string, c output.Conflict) {
	show.Lines(out, fmt.Sprintf("%s:%d: %s", path, c.Line, c.Why))
	show.Diff(out, c.String(), false)
}

// answers prints what a dockgen.toml has to hold for dockgen check and the next
// run to know the answers that flags gave.
func (r report) answers(out io.Writer) {
	lines := answersOf(r.result)
	if lines == "" {
		return
	}
	show.Lines(out, fmt.Sprintf("Keep these answers in %s, where dockgen check and the next run find them:", config.Name))
	for line := range strings.Lines(lines) {
		show.Lines(out, "  "+strings.TrimSuffix(line, "\n"))
	}
}

// answersOf writes the answers of flags as the tables of a dockgen.toml.
func answersOf(result engine.Result) string {
	var b strings.Builder
	var last string
	for _, o := range result.Outcomes {
		if o.Err != nil || len(o.Answers) == 0 {
			continue
		}
		key := o.Key
		if o.Answers[0].Key == "main" || o.Answers[0].Key == "name" {
			key = o.Service.Dir
		}
		table := tableOf(o, key, result.Output)
		if table != last {
			fmt.Fprintf(&b, "[service.%s]\n", table)
		}
		for _, a := range o.Answers {
			if table != last || o.Answers[0].Key != "main" {
				fmt.Fprintf(&b, "%s = %s\n", a.Key, a.Value)
			}
		}
		last = table
	}
	return b.String()
}

// tableOf is the table of a service, or of the further image of it that a Dockerfile is
// for, by its name.
func tableOf(o engine.Outcome, key, output string) string {
	variant, _ := strings.CutPrefix(path.Base(output), "Dockerfile.")
	if output == "" || variant == path.Base(output) || !detect.ValidImageName(variant) {
		variant = o.Variant
	}
	if variant == "" {
		return config.QuoteKey(key)
	}
	return config.QuoteKey(key) + ".images." + config.QuoteKey(variant)
}

// next prints the commands to paste, for the first service.
func (r report) next(out io.Writer) {
	if len(r.compose.changes) > 0 && !refused(r.compose.changes) {
		defer r.nextCompose(out)
	}
	if len(r.bake.changes) > 0 && !refused(r.bake.changes) && len(r.result.Outcomes) > 1 && slices.ContainsFunc(r.result.Outcomes, func(o engine.Outcome) bool { return o.Err == nil }) {
		r.nextBake(out)
		return
	}
	for i, o := range r.result.Outcomes {
		if o.Err != nil || refused(r.written[i].changes) {
			continue
		}
		build, context := r.build(o), show.Path(path.Join(r.place.typed, o.Plan.Context))
		run := ""
		if len(o.Plan.Platforms) == 0 { // an image of several platforms is pushed, not run
			run = " && docker run --rm " + publish(o.Plan) + show.Word(o.Service.Name)
		}
		show.Lines(out, fmt.Sprintf("Next: %s -t %s %s%s", build, show.Word(o.Service.Name), context, run))
		for _, stage := range o.Plan.Tests() {
			show.Lines(out, fmt.Sprintf("      %s --target %s %s", build, stage, context))
		}
		show.Lines(out, fmt.Sprintf("      %s   why it looks like this", strings.TrimSpace("dockgen explain "+argument(r.place.typed))))
		return
	}
}

// nextCompose prints the command that runs everything with what it stands on.
func (r report) nextCompose(out io.Writer) {
	prefix := ""
	if r.place.typed != "." {
		prefix = "cd " + show.Path(r.place.typed) + " && "
	}
	show.Lines(out, "      "+prefix+"docker compose up --wait   every service, with what it stands on")
}

// nextBake prints the commands that build and test everything.
func (r report) nextBake(out io.Writer) {
	prefix := ""
	if r.place.typed != "." {
		prefix = "cd " + show.Path(r.place.typed) + " && "
	}
	var secrets []string
	tests := false
	for _, o := range r.result.Outcomes {
		tests = tests || len(o.Plan.Tests()) > 0
		for _, s := range o.Plan.Secrets {
			if s.Env != "" {
				continue // a variable that bake takes from the environment
			}
			if word := engine.SecretVariable(s.ID) + "=" + show.Source(s.Source); !slices.Contains(secrets, word+" ") {
				secrets = append(secrets, word+" ")
			}
		}
	}
	bake := prefix + strings.Join(secrets, "") + "docker buildx bake -f " + show.Word(r.result.Bake)
	first := r.result.Outcomes[slices.IndexFunc(r.result.Outcomes, func(o engine.Outcome) bool { return o.Err == nil })]
	if several(r.result.Config.Bake().Platforms, r.result.Outcomes) { // no store of a machine holds such images
		registry := ""
		if r.result.Config.Bake().Registry == "" {
			registry = "REGISTRY=registry.example.com "
		}
		show.Lines(out, "Next: "+registry+bake+" --push")
	} else {
		show.Lines(out, "Next: "+bake+" --load")
		show.Lines(out, "      docker run --rm "+publish(first.Plan)+show.Word(r.image(first)))
	}
	if tests {
		show.Lines(out, "      "+bake+" test")
	}
	show.Lines(out, fmt.Sprintf("      %s   why it looks like this", strings.TrimSpace("dockgen explain "+argument(r.place.typed))))
}

// several says whether an image is for several platforms.
func several(defaults []string, outcomes []engine.Outcome) bool {
	return len(defaults) > 1 || slices.ContainsFunc(outcomes, func(o engine.Outcome) bool { return len(o.Plan.Platforms) > 1 })
}

// image is what docker-bake.hcl calls the image of a service.
func (r report) image(o engine.Outcome) string {
	b := r.result.Config.Bake()
	name := path.Join(b.Registry, o.Service.Name)
	if b.Tag != "" {
		name += ":" + b.Tag
	}
	return name
}

// build is the command that builds a service, up to its target and context.
func (r report) build(o engine.Outcome) string {
	words := []string{"docker", "build"}
	if platforms := o.Plan.Platforms; len(platforms) > 0 {
		words = []string{"docker", "buildx", "build", "--platform", show.Word(strings.Join(platforms, ","))}
	}
	if file := o.Files[0].Path; file != path.Join(o.Plan.Context, "Dockerfile") {
		words = append(words, "-f", show.Path(path.Join(r.place.typed, file)))
	}
	for _, secret := range o.Plan.Secrets {
		source := "src=" + show.Source(secret.Source)
		if secret.Env != "" {
			source = "env=" + show.Word(secret.Env)
		}
		words = append(words, "--secret", "id="+show.Word(secret.ID)+","+source)
	}
	return strings.Join(words, " ")
}

func publish(p plan.Plan) string {
	if len(p.Ports) == 0 {
		return ""
	}
	var flags strings.Builder
	for i, port := range p.Ports {
		if i == 0 || port.UDP { // a service for datagrams has its port for connections beside
			fmt.Fprintf(&flags, "-p %d:%s ", port.Number, port)
		}
	}
	return flags.String()
}

// argument is PATH as a person types it: left out where it is the default.
func argument(typed string) string {
	if typed == "." {
		return ""
	}
	return show.Path(typed)
}

// diffs prints what generate would change, or takes over.
func (r report) diffs(io *streams) {
	for _, w := range r.all() {
		for _, c := range w.changes {
			if c.Status == output.New || c.Status == output.Updated {
				show.Diff(io.out, c.Diff(), io.color)
			}
		}
	}
	if r.kept != nil {
		show.Diff(io.out, r.kept.Diff(), io.color)
	}
}

// The JSON answers. Their fields are part of the contract.

type jsonProblem struct {
	Dir     string `json:"dir"`
	Stack   string `json:"stack,omitempty"`
	Message string `json:"message"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Column  int    `json:"column,omitempty"`
}

type jsonOther struct {
	Dir      string            `json:"dir"`
	Stack    string            `json:"stack"`
	Reason   string            `json:"reason"`
	Evidence []detect.Evidence `json:"evidence,omitempty"`
}

type jsonFile struct {
	Path    string        `json:"path"`
	Status  output.Status `json:"status"`
	Reason  string        `json:"reason,omitempty"`
	Missing []string      `json:"missing,omitempty"`
	Diff    string        `json:"diff,omitempty"`
	Merged  bool          `json:"merged,omitempty"` // it holds lines of a person's

	Conflicts []jsonConflict `json:"conflicts,omitempty"`
}

type jsonConflict struct {
	Line    int      `json:"line"`
	Yours   []string `json:"yours"`
	Dockgen []string `json:"dockgen"`
	Why     string   `json:"why"`
}

type jsonService struct {
	Name      string          `json:"name"`
	Dir       string          `json:"dir"`
	Stack     string          `json:"stack"`
	Context   string          `json:"context,omitempty"`
	Facts     []detect.Fact   `json:"facts,omitempty"`
	Decisions []plan.Decision `json:"decisions,omitempty"`
	Files     []jsonFile      `json:"files,omitempty"`
	Notes     []string        `json:"notes,omitempty"`
	Error     *jsonProblem    `json:"error,omitempty"`

	Obligations []jsonObligation `json:"obligations,omitempty"` // of explain
}

// jsonObligation is something that the image or its build needs, with what became of it.
type jsonObligation struct {
	Kind     plan.NeedKind   `json:"kind"`
	What     string          `json:"what"`
	By       string          `json:"by"`
	State    proof.State     `json:"state"`
	Stage    string          `json:"stage,omitempty"` // the last where empty
	Exact    bool            `json:"exact,omitempty"`
	Evidence detect.Evidence `json:"evidence,omitzero"`
	Reason   string          `json:"reason,omitempty"`
	Where    string          `json:"where,omitempty"`
	Settles  string          `json:"settles,omitempty"`
}

func newObligations(found []proof.Finding) []jsonObligation {
	var all []jsonObligation
	for _, f := range found {
		all = append(all, jsonObligation{f.Kind, f.What, f.By, f.State, f.Stage, f.Exact, f.At, f.Reason, f.Where, f.Settles})
	}
	return all
}

type jsonAnswer struct {
	SchemaVersion int           `json:"schemaVersion"`
	Services      []jsonService `json:"services"`
	Others        []jsonOther   `json:"others"`
	Problems      []jsonProblem `json:"problems"`
	Files         []jsonFile    `json:"files,omitempty"`    // of the repository rather than a service
	Findings      []finding     `json:"findings,omitempty"` // of check
	WithoutEffect []string      `json:"withoutEffect,omitempty"`
}

func newAnswer(found detect.Findings) jsonAnswer {
	a := jsonAnswer{SchemaVersion: schemaVersion, Services: []jsonService{}, Others: []jsonOther{}, Problems: []jsonProblem{}}
	for _, o := range found.Others {
		a.Others = append(a.Others, jsonOther(o))
	}
	for _, p := range found.Problems {
		a.Problems = append(a.Problems, newProblem(p.Dir, p.Stack, p.Err))
	}
	return a
}

func newProblem(dir, stack string, err error) jsonProblem {
	p := jsonProblem{Dir: dir, Stack: stack, Message: err.Error()}
	var placed *detect.PositionError
	if errors.As(err, &placed) {
		p.File, p.Line, p.Column = placed.At.File, placed.At.Line, placed.Column
	}
	return p
}

// newService is what every answer says of a service.
func newService(o engine.Outcome) jsonService {
	s := jsonService{Name: o.Service.Name, Dir: o.Service.Dir, Stack: o.Service.Stack, Context: o.Plan.Context, Notes: o.Plan.Notes}
	if o.Err != nil {
		p := newProblem(o.Service.Dir, o.Service.Stack, o.Err)
		s.Error = &p
	}
	return s
}

func (r report) json() jsonAnswer {
	a := newAnswer(r.result.Findings)
	a.WithoutEffect = r.result.Passed
	for i, o := range r.result.Outcomes {
		s := newService(o)
		for _, c := range r.written[i].changes {
			s.Files = append(s.Files, newFile(c))
		}
		s.Notes = append(r.written[i].holding(s.Notes), r.written[i].notes...)
		a.Services = append(a.Services, s)
	}
	for _, c := range r.shared() {
		a.Files = append(a.Files, newFile(c))
	}
	for _, file := range r.left.ours {
		a.Files = append(a.Files, jsonFile{Path: file, Status: map[bool]output.Status{true: "removed", false: "left"}[r.pruned], Reason: "no service wants it any more"})
	}
	for _, file := range r.left.edited {
		a.Files = append(a.Files, jsonFile{Path: file, Status: "left", Reason: "no service wants it any more, and it was edited"})
	}
	for _, one := range []written{r.bake, r.compose} {
		if one.err != nil {
			a.Problems = append(a.Problems, newProblem(".", "", one.err))
		}
	}
	return a
}

func newFile(c output.Change) jsonFile {
	f := jsonFile{Path: c.Path, Status: c.Status, Reason: c.Reason, Missing: c.Missing, Diff: c.Diff(), Merged: c.Merged}
	for _, conflict := range c.Conflicts {
		f.Conflicts = append(f.Conflicts, jsonConflict{conflict.Line, conflict.Yours, conflict.Theirs, conflict.Why})
	}
	return f
}

func printJSON(out io.Writer, v any) error {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(v)
	if err == nil {
		err = show.Data(out, show.JSON(b.Bytes()))
	}
	if err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// mostMissing bounds the patterns that a line names.
const mostMissing = 12

// first gives the first of a list of patterns, and says how many more there are.
func first(patterns []string) []string {
	if more := len(patterns) - mostMissing; more > 0 {
		return append(slices.Clone(patterns[:mostMissing]), fmt.Sprintf("and %d more, which --json lists", more))
	}
	return patterns
}
