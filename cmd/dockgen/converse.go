package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/shell"
)

// conversation asks what detection could not settle, and what is a matter of
// taste. An answer that is the detected one changes nothing, so that Enter all the
// way through is what generate does.
type conversation struct {
	prompt.Prompter // the journal
	journal         *prompt.Journal
	round           int // from 0: how often it was held from its beginning before
	out             io.Writer
	stacks          []plan.Stack
	look            func(context.Context, engine.Request) (engine.Result, error)                    // in memory
	small           func(plan.Starter) func(context.Context, engine.Request) (engine.Result, error) // look at a project that is still to be written

	request engine.Request
	result  engine.Result // what the request gives
	all     []string      // the services that there were to choose from
	whole   bool          // without answers, the result is all of the repository
	picked  bool          // the programs were chosen, and with them the services
	starter *plan.Starter // the small project to write with the rest, where there was none
}

// settle asks, and gives the request with the answers. Where nothing comes of what
// is known by then, it asks no more.
func (c *conversation) settle(ctx context.Context) (engine.Request, error) {
	err := c.again(ctx)
	if nothing, ok := errors.AsType[*nothingError](err); ok {
		err = c.start(ctx, nothing)
	}
	if err != nil {
		return c.request, err
	}
	c.whole = c.result.Whole
	questions := []func(context.Context) (changed bool, err error){
		c.programs, // before the rest, which they decide
		c.command,
		c.services,
		c.flavour,
		c.port,
		c.tests,
		c.platforms,
		c.private,
		c.composed,
	}
	if c.some() && c.round == 0 {
		c.found()
	}
	for i, ask := range questions {
		if i > 1 && !c.some() {
			break
		}
		live := c.journal.Live()
		changed, err := ask(ctx)
		if err == nil && changed {
			err = c.again(ctx)
		}
		if err != nil {
			return c.request, err
		}
		if i < 2 && changed && live && c.some() {
			c.found()
		}
	}
	return c.request, nil
}

// some says whether there is a service to make something of.
func (c *conversation) some() bool {
	return slices.ContainsFunc(c.result.Outcomes, func(o engine.Outcome) bool { return o.Err == nil })
}

// again looks at what the request gives by now.
func (c *conversation) again(ctx context.Context) (err error) {
	c.result, err = c.look(ctx, c.request)
	return err
}

// mostShown is how many services are shown one by one before any question.
const mostShown = 12

// found shows what detection came to, with the evidence.
func (c *conversation) found() {
	var rows [][]string
	for i, o := range c.result.Outcomes {
		if i == mostShown {
			rows = append(rows, []string{fmt.Sprintf("and %d more", len(c.result.Outcomes)-i)})
			break
		}
		if o.Err == nil {
			rows = append(rows, []string{title(o), places(o.Plan.Summary.Evidence)})
		}
	}
	if len(rows) == 1 && len(c.result.Outcomes) == 1 {
		rows = [][]string{{title(c.result.Outcomes[0])}} // what follows has the evidence
		table(c.out, rows)
		rows = telling(c.result.Outcomes[0].Plan)
	}
	table(c.out, rows)
	(report{result: c.result}).unsupported(c.out)
	for _, p := range c.result.Findings.Problems {
		if choice, ok := errors.AsType[*detect.ChoiceError](p.Err); !ok || choice.Flag != "--main" { // which is asked
			says(c.out, "left out: ", lines(p)...)
		}
	}
	for _, o := range c.result.Outcomes {
		if o.Err != nil {
			says(c.out, "left out: "+o.Service.Name+": ", lines(o.Err)...)
		}
	}
}

// told are the decisions, whatever stack makes them, that a person wants to see
// before the first question, in their order.
var told = []string{"framework", "build tool", "package manager", "site", "program", "command", "port"}

// telling lists those of a plan behind the version, with the evidence.
func telling(p plan.Plan) (rows [][]string) {
	if i := slices.IndexFunc(p.Decisions, func(d plan.Decision) bool { return d.Flag == "--lang-version" }); i >= 0 {
		rows = append(rows, []string{"  version", p.Summary.Language, places(p.Decisions[i].Evidence)})
	}
	for _, name := range told {
		for _, d := range p.Decisions {
			if d.Name == name {
				rows = append(rows, []string{"  " + d.Name, d.Value, places(d.Evidence)})
			}
		}
	}
	return rows
}

// question is one whose help fits the terminal.
func (c *conversation) question(ask, help string) prompt.Question {
	return prompt.Question{Ask: ask, Help: c.fitting(help)}
}

// text asks for a line, and refuses one in words that fit the terminal.
func (c *conversation) text(ctx context.Context, q prompt.Question, preset string, check func(string) error) (string, error) {
	return c.Text(ctx, q, preset, func(s string) error {
		if err := check(s); err != nil {
			return errors.New(c.fitting(err.Error()))
		}
		return nil
	})
}

// Select implements [prompt.Prompter].
func (c *conversation) Select(ctx context.Context, q prompt.Question, options []prompt.Option, preset int) (int, error) {
	return c.Prompter.Select(ctx, q, c.folded(options, 2), preset)
}

// MultiSelect implements [prompt.Prompter].
func (c *conversation) MultiSelect(ctx context.Context, q prompt.Question, options []prompt.Option, preset []int) ([]int, error) {
	return c.Prompter.MultiSelect(ctx, q, c.folded(options, 7), preset)
}

// folded breaks what options mean at blanks, so that each line fits behind what a list puts
// before it.
func (c *conversation) folded(options []prompt.Option, before int) []prompt.Option {
	options = slices.Clone(options)
	for i, o := range options {
		named := strings.Repeat(" ", before+len(o.Name+" - "))
		whole := fold(named+o.About, strings.Repeat(" ", before+2), max(0, columns(c.out)-1))
		options[i].About = strings.TrimPrefix(strings.Join(whole, "\n"), named)
	}
	return options
}

// fitting folds what a prompter says, before which it puts up to four blanks.
func (c *conversation) fitting(text string) string {
	return strings.Join(fold(text, "  ", max(0, columns(c.out)-4)), "\n")
}

// last asks one of the questions behind those that decide what is made: the answer holds for
// this round alone.
func (c *conversation) last(ctx context.Context, q prompt.Question, options []prompt.Option) (int, error) {
	q.Back = len(c.journal.Answers()) > 0
	return c.journal.Prompter.Select(ctx, q, c.folded(options, 2), 0)
}

// change takes back the answer that a person chooses among all there are.
func (c *conversation) change(ctx context.Context) error {
	var options []prompt.Option
	for _, a := range c.journal.Answers() {
		options = append(options, prompt.Option{Name: a.Ask, About: cmp.Or(strings.Join(a.Say, ", "), "none")})
	}
	if len(options) == 0 {
		return errChange
	}
	chosen, err := c.last(ctx, c.question("Answer to change", "It is asked again; the others stand as far as they fit."), options)
	if err != nil {
		return err
	}
	c.journal.Forget(options[chosen].Name)
	return errChange
}

// programs settles which of several programs of a folder are the product.
func (c *conversation) programs(ctx context.Context) (changed bool, err error) {
	for _, p := range c.result.Findings.Problems {
		choice, ok := errors.AsType[*detect.ChoiceError](p.Err)
		if !ok || choice.Flag != "--main" {
			continue
		}
		q := c.question("Program", "What the image runs; --main answers it.")
		if choice.Several {
			q = c.question("Programs", "Each gets an image of its own; --main answers it.")
		}
		if p.Dir != "." {
			q.Ask += " of " + p.Dir
		}
		if c.journal.Live() {
			say(c.out, choice.Subject)
		}
		var options []prompt.Option
		for _, o := range choice.Options {
			options = append(options, prompt.Option{Name: o.Value, About: o.At.String()})
		}
		var chosen []int
		if choice.Several {
			chosen, err = c.several(ctx, q, options, nil)
		} else {
			var one int
			one, err = c.Select(ctx, q, options, 0)
			chosen = []int{one}
		}
		if err != nil {
			return changed, err
		}
		for _, i := range chosen {
			c.request.Answers.Main = append(c.request.Answers.Main, options[i].Name)
			changed, c.picked = true, p.Dir == "."
		}
	}
	return changed, nil
}

// start settles what an empty folder is to become. Without an answer it stays the error
// that there is nothing.
func (c *conversation) start(ctx context.Context, nothing *nothingError) error {
	if len(nothing.found.Others) > 0 || c.request.Below != "." && c.request.Below != "" {
		return nothing
	}
	if c.journal.Live() && c.round == 0 {
		say(c.out, nothing.Lines()[0])
	}
	options := []prompt.Option{{Name: plan.None, About: "there is nothing to do"}}
	var stacks []plan.Stack
	for _, s := range c.stacks {
		if len(s.Starter.Files) > 0 {
			stacks = append(stacks, s)
			options = append(options, prompt.Option{Name: s.Name, About: s.Markers[0]})
		}
	}
	chosen, err := c.Select(ctx, c.question("Stack", "What the project is to be written with. --stack names it."), options, 0)
	if err != nil || chosen == 0 {
		return cmp.Or[error](err, nothing)
	}
	stack := stacks[chosen-1]
	c.request.Stack = stack.Name
	files := slices.Sorted(maps.Keys(stack.Starter.Files))
	chosen, err = c.Select(ctx, c.question("Project", "A small program that runs is written beside the Dockerfile; else the Dockerfile says what it assumes."),
		[]prompt.Option{{Name: "a small one", About: strings.Join(files, ", ")}, {Name: "still to come", About: "the Dockerfile says what it assumes"}}, 0)
	if err != nil {
		return err
	}
	if chosen == 0 {
		c.starter, c.look = &stack.Starter, c.small(stack.Starter)
	}
	return c.again(ctx)
}

// command settles what starts the one service that can't be made without knowing it.
func (c *conversation) command(ctx context.Context) (changed bool, err error) {
	refused := c.refused()
	if refused == nil || len(c.request.Overrides.Command) > 0 || !strings.Contains(refused.Error(), "--command") {
		return false, nil
	}
	if c.journal.Live() {
		says(c.out, "", lines(refused)...)
	}
	const skip = "skip"
	with := func(typed string) (engine.Request, error) {
		words, err := shell.Words(typed)
		asked := c.request
		asked.Overrides.Command, asked.Answers.Command = words, words
		return asked, err
	}
	answer, err := c.text(ctx, c.question("Command", "What the container runs, as a shell would read it. --command names it; skip leaves the service out."), skip, func(s string) error {
		asked, err := with(s)
		if err != nil || s == skip {
			return err
		}
		tried := *c
		if tried.result, err = c.look(ctx, asked); err != nil {
			return err
		}
		return tried.refused()
	})
	if err != nil || answer == skip {
		return false, err
	}
	c.request, err = with(answer)
	return true, err
}

// refused is what is wrong with the one service of a repository, nil where nothing is or
// there are several.
func (c *conversation) refused() error {
	switch outcomes, problems := c.result.Outcomes, c.result.Findings.Problems; {
	case len(outcomes) == 1 && len(problems) == 0:
		return outcomes[0].Err
	case len(outcomes) == 0 && len(problems) == 1:
		return problems[0].Err
	}
	return nil
}

// several asks for at least one of several options, and again.
func (c *conversation) several(ctx context.Context, q prompt.Question, options []prompt.Option, preset []int) (chosen []int, err error) {
	for {
		if chosen, err = c.MultiSelect(ctx, q, options, preset); err != nil || len(chosen) > 0 {
			return chosen, err
		}
		say(c.out, "  pick at least one: the space bar does, Enter alone picks nothing")
	}
}

// services settles which services of a repository are meant.
func (c *conversation) services(ctx context.Context) (changed bool, err error) {
	found := c.result.Findings.Services
	if len(found) < 2 || len(c.request.Services) > 0 || c.picked {
		return false, nil
	}
	var options []prompt.Option
	var all []int
	for i, s := range found {
		options = append(options, prompt.Option{Name: s.Name, About: s.Stack + ", " + s.Dir})
		c.all = append(c.all, s.Name)
		all = append(all, i)
	}
	chosen, err := c.several(ctx, c.question("Services", "Each gets a Dockerfile. --service names them; the key ignore of dockgen.toml leaves the others alone."), options, all)
	if err != nil || slices.Equal(chosen, all) {
		return false, err
	}
	for _, i := range chosen {
		c.request.Services = append(c.request.Services, found[i].Name)
	}
	return true, nil
}

// flavour settles what the images run on, among the flavours that fit all of them.
func (c *conversation) flavour(ctx context.Context) (changed bool, err error) {
	if c.request.Overrides.Runtime != "" || len(c.result.Outcomes) == 0 {
		return false, nil
	}
	preset := -1
	var options []prompt.Option
	for _, name := range c.flavours() {
		asked := c.request
		asked.Overrides.Runtime = name
		result, err := c.look(ctx, asked)
		if err != nil || slices.ContainsFunc(result.Outcomes, func(o engine.Outcome) bool { return o.Err != nil }) {
			continue // it does not fit
		}
		if sameFiles(result, c.result) {
			preset = len(options)
		}
		options = append(options, prompt.Option{Name: name, About: c.about(name)})
	}
	if len(options) < 2 {
		return false, nil
	}
	if preset < 0 {
		preset = len(options)
		options = append(options, prompt.Option{Name: "each its own", About: "the default of its stack"})
	}
	chosen, err := c.Select(ctx, c.question("Runtime", "What the image runs on. --runtime names it."), options, preset)
	if err != nil || chosen == preset {
		return false, err
	}
	c.request.Overrides.Runtime = options[chosen].Name
	return true, nil
}

// about says what choosing a runtime means.
func (c *conversation) about(runtime string) string {
	for _, s := range c.stacks {
		if slices.Contains(s.Runtimes, runtime) {
			return s.Flavour(runtime)
		}
	}
	return ""
}

// flavours lists those that the stacks of the services have in common.
func (c *conversation) flavours() []string {
	var names []string
	for _, s := range c.stacks {
		if !slices.ContainsFunc(c.result.Outcomes, func(o engine.Outcome) bool { return o.Service.Stack == s.Name }) {
			continue
		}
		if names == nil {
			names = slices.Clone(s.Runtimes)
		}
		names = slices.DeleteFunc(names, func(name string) bool { return !slices.Contains(s.Runtimes, name) })
	}
	return names
}

func sameFiles(a, b engine.Result) bool {
	return slices.EqualFunc(a.Outcomes, b.Outcomes, func(a, b engine.Outcome) bool {
		return len(a.Files) > 0 && len(b.Files) > 0 && bytes.Equal(a.Files[0].Data, b.Files[0].Data)
	})
}

// port settles where the one service listens.
func (c *conversation) port(ctx context.Context) (changed bool, err error) {
	if c.request.Overrides.Port != 0 || len(c.result.Outcomes) != 1 || c.result.Outcomes[0].Err != nil {
		return false, nil
	}
	preset, help := plan.None, "The number of the port where the service listens; it was not seen to listen on one. --port names it."
	settled := c.result.Outcomes[0].Plan
	if ports := settled.Ports; len(ports) > 0 {
		preset, help = strconv.Itoa(ports[0].Number), "The number of the port where the service listens. --port names it."
	}
	answer, err := c.text(ctx, c.question("Port", help), preset, func(s string) error {
		n, err := strconv.Atoi(s)
		switch {
		case s == preset:
			return nil
		case err != nil || n < 1 || n > 65535:
			return fmt.Errorf("%q is not a port: a number from 1 to 65535", s)
		}
		return settled.CanListen(plan.Overrides{Port: n, Command: c.request.Overrides.Command})
	})
	if err != nil || answer == preset {
		return false, err
	}
	c.request.Overrides.Port, err = strconv.Atoi(answer)
	return true, err
}

// tests settles whether there is a test stage.
func (c *conversation) tests(ctx context.Context) (changed bool, err error) {
	if c.request.Overrides.NoTestStage || !slices.ContainsFunc(c.result.Outcomes, func(o engine.Outcome) bool { return o.Err == nil && o.Plan.HasTests() }) {
		return false, nil
	}
	chosen, err := c.Select(ctx, c.question("Test stage", "docker build --target test runs the project's tests; a plain build skips them. --no-test-stage leaves the stage out."),
		[]prompt.Option{{Name: "yes", About: "run with --target test"}, {Name: "no"}}, 0)
	if err != nil || chosen == 0 {
		return false, err
	}
	c.request.Overrides.NoTestStage = true
	return true, nil
}

// platforms settles what the images are built for.
func (c *conversation) platforms(ctx context.Context) (changed bool, err error) {
	if len(c.request.Overrides.Platforms) > 0 {
		return false, nil
	}
	preset := "the builder's own"
	if len(c.result.Outcomes) > 0 && len(c.result.Outcomes[0].Plan.Platforms) > 0 {
		preset = strings.Join(c.result.Outcomes[0].Plan.Platforms, ",")
	}
	q := c.question("Platforms", "What the images are built for, such as linux/amd64,linux/arm64. --platforms names them.")
	return c.list(ctx, q, preset, &c.request.Overrides.Platforms, func(all []string) error {
		_, err := config.Check(plan.Overrides{Platforms: all}, nil)
		return err
	})
}

// private settles which hosts want credentials.
func (c *conversation) private(ctx context.Context) (changed bool, err error) {
	if len(c.request.Overrides.Private) > 0 {
		return false, nil
	}
	if heard, err := c.hears(ctx, func(o *plan.Overrides) { o.Private = []string{"private.example.com"} }); err != nil || !heard {
		return false, err
	}
	q := c.question("Private registries", "Hosts of packages or modules that want credentials, with commas between them; the build gets those as secrets. --private names them.")
	return c.list(ctx, q, c.hosts(), &c.request.Overrides.Private, func(all []string) error {
		_, err := config.Check(plan.Overrides{Private: all}, nil)
		return err
	})
}

// hears says whether an answer would change anything: one that would not is not asked.
func (c *conversation) hears(ctx context.Context, answer func(*plan.Overrides)) (bool, error) {
	asked := c.request
	answer(&asked.Overrides)
	result, err := c.look(ctx, asked)
	if err != nil || slices.ContainsFunc(result.Outcomes, func(o engine.Outcome) bool { return o.Err != nil }) {
		return false, err
	}
	return !sameFiles(result, c.result), nil
}

// hosts are those that are known to want credentials.
func (c *conversation) hosts() string {
	var all []string
	for _, o := range c.result.Outcomes {
		for _, d := range o.Plan.Decisions {
			if d.Flag == "--private" && !slices.Contains(all, d.Value) {
				all = append(all, d.Value)
			}
		}
	}
	return cmp.Or(strings.Join(all, ","), plan.None)
}

// list asks for words with commas between them.
func (c *conversation) list(ctx context.Context, q prompt.Question, preset string, into *[]string, check func([]string) error) (changed bool, err error) {
	answer, err := c.text(ctx, q, preset, func(s string) error {
		if s == preset {
			return nil
		}
		return check(words(s))
	})
	if err != nil || answer == preset {
		return false, err
	}
	*into = words(answer)
	return true, nil
}

func words(s string) []string {
	var all []string
	for word := range strings.SplitSeq(s, ",") {
		all = append(all, strings.TrimSpace(word))
	}
	return all
}
