package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// schemaVersion stands in every JSON answer. Within one, fields are only added.
const schemaVersion = 1

// report is all that a run of generate has to say.
type report struct {
	place   target
	result  engine.Result
	written []written // one for each outcome
}

// tell prints the report: the answer to out, what went wrong to err.
func (w *writing) tell(io *streams, r report) error {
	if w.json {
		return printJSON(io.out, r.json())
	}
	if w.diff || w.adopt {
		r.diffs(io)
	}
	if !w.quiet && !w.diff {
		r.services(io.out)
	}
	r.complain(io)
	if !w.quiet && !w.diff && !w.dryRun {
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
		parts := []string{o.Service.Name, o.Plan.Summary.Language}
		if o.Plan.Summary.Purpose != "" {
			parts = append(parts, o.Plan.Summary.Purpose)
		}
		fmt.Fprintf(out, "%s   %s\n", strings.Join(parts, " · "), places(o.Plan.Summary.Evidence))
		var rows [][]string
		for _, c := range r.written[i].changes {
			rows = append(rows, []string{"  " + string(c.Status), c.Path, about(c, o.Plan)})
		}
		table(out, rows)
		for _, c := range r.written[i].changes {
			if len(c.Missing) > 0 {
				fmt.Fprintf(out, "  %s is yours and stays; it lacks %s\n", c.Path, strings.Join(c.Missing, "  "))
			}
		}
		for _, n := range o.Plan.Notes {
			fmt.Fprintf(out, "  note: %s\n", n)
		}
	}
}

// about says in a word what a file is for, or why it was not written.
func about(c output.Change, p plan.Plan) string {
	switch {
	case c.Status == output.Refused:
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

func places(evidence []detect.Evidence) string {
	var texts []string
	for _, e := range evidence {
		texts = append(texts, e.String())
	}
	return strings.Join(texts, "  ")
}

// complain prints what went wrong, each with its service.
func (r report) complain(io *streams) {
	for _, p := range r.result.Findings.Problems {
		fmt.Fprintf(io.err, "dockgen: %v\n", p)
	}
	for i, o := range r.result.Outcomes {
		var placed *detect.PositionError
		switch {
		case o.Err == nil:
		case errors.As(o.Err, &placed):
			fmt.Fprintf(io.err, "dockgen: %v\n", o.Err)
		default:
			fmt.Fprintf(io.err, "dockgen: %s: %v\n", o.Service.Name, o.Err)
		}
		for _, c := range r.written[i].changes {
			if c.Status == output.Refused {
				fmt.Fprintf(io.err, "dockgen: %s: %s; nothing of %s was written\n", c.Path, c.Reason, o.Service.Name)
			}
		}
	}
}

// next prints the commands to paste, for the first service.
func (r report) next(out io.Writer) {
	for i, o := range r.result.Outcomes {
		if o.Err != nil || refused(r.written[i].changes) {
			continue
		}
		build, context := r.build(o), path.Join(r.place.typed, o.Plan.Context)
		run := ""
		if len(o.Plan.Platforms) == 0 { // an image of several platforms is pushed, not run
			run = " && docker run --rm " + publish(o.Plan) + o.Service.Name
		}
		fmt.Fprintf(out, "Next: %s -t %s %s%s\n", build, o.Service.Name, context, run)
		if hasTests(o.Plan) {
			fmt.Fprintf(out, "      %s --target test %s\n", build, context)
		}
		fmt.Fprintf(out, "      %s   why it looks like this\n", strings.TrimSpace("dockgen explain "+argument(r.place.typed)))
		return
	}
}

// build is the command that builds a service, up to its target and context.
func (r report) build(o engine.Outcome) string {
	words := []string{"docker", "build"}
	if platforms := o.Plan.Platforms; len(platforms) > 0 {
		words = []string{"docker", "buildx", "build", "--platform", strings.Join(platforms, ",")}
	}
	if file := o.Files[0].Path; file != path.Join(o.Plan.Context, "Dockerfile") {
		words = append(words, "-f", path.Join(r.place.typed, file))
	}
	for _, secret := range o.Plan.Secrets {
		if secret.Source == "" {
			words = append(words, "--secret", "id="+secret.ID) // the variable of that name
			continue
		}
		words = append(words, "--secret", "id="+secret.ID+",src="+secret.Source)
	}
	return strings.Join(words, " ")
}

func publish(p plan.Plan) string {
	if len(p.Ports) == 0 {
		return ""
	}
	port := strconv.Itoa(p.Ports[0])
	return "-p " + port + ":" + port + " "
}

func hasTests(p plan.Plan) bool {
	for _, d := range p.Decisions {
		if d.Name == plan.TestStage {
			return d.Value != plan.None
		}
	}
	return false
}

// argument is PATH as a person types it: left out where it is the default.
func argument(typed string) string {
	if typed == "." {
		return ""
	}
	return typed
}

// diffs prints what generate would change, or takes over.
func (r report) diffs(io *streams) {
	for _, w := range r.written {
		for _, c := range w.changes {
			if c.Status == output.New || c.Status == output.Updated {
				fmt.Fprint(io.out, colored(c.Diff(), io.color))
			}
		}
	}
}

// colored paints the lines of a unified diff as git does.
func colored(diff string, color bool) string {
	if !color {
		return diff
	}
	var b strings.Builder
	for line := range strings.Lines(diff) {
		text, end := strings.CutSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "+"):
			text = "\x1b[32m" + text + "\x1b[0m"
		case strings.HasPrefix(line, "-"):
			text = "\x1b[31m" + text + "\x1b[0m"
		case strings.HasPrefix(line, "@@"):
			text = "\x1b[36m" + text + "\x1b[0m"
		}
		b.WriteString(text)
		if end {
			b.WriteString("\n")
		}
	}
	return b.String()
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
}

type jsonAnswer struct {
	SchemaVersion int           `json:"schemaVersion"`
	Services      []jsonService `json:"services"`
	Others        []jsonOther   `json:"others"`
	Problems      []jsonProblem `json:"problems"`
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
	for i, o := range r.result.Outcomes {
		s := newService(o)
		for _, c := range r.written[i].changes {
			s.Files = append(s.Files, jsonFile{Path: c.Path, Status: c.Status, Reason: c.Reason, Missing: c.Missing, Diff: c.Diff()})
		}
		a.Services = append(a.Services, s)
	}
	return a
}

func printJSON(out io.Writer, v any) error {
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(v); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
