// Package script reads the scripts of a package.json as a shell would, down to
// the process that they start.
//
// [Expand] lists the commands that a script runs, with what stands around them
// (npm run, cross-env, dotenv) taken off. [Production] finds the one process that
// a start script ends in, or says why there is none.
package script

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/internal/shell"
)

// The bounds of one expansion: no person writes longer scripts.
const (
	maxSteps = 200
	maxDepth = 20
)

// Lookup finds a script of the same package.json by its name.
type Lookup func(name string) (text string, ok bool)

// Variable is one that a script sets for a command.
type Variable struct{ Name, Value string }

// Step is one command that a script runs.
type Step struct {
	Script string     // the script that holds it
	Argv   []string   // the program and its arguments, without the shell's quotes
	Env    []Variable // what is set for it
	Dir    string     // the folder it runs in, from the package's; empty for that itself
	Member string     // the member of the workspace whose script it is, or its folder
	Task   string     // with Member: the script to run there
	Vars   []string   // variables of the shell that its arguments hold
	Notes  []string   // what was taken off
	After  string     // what stands before it: "", "&&", "||", ";" or "|"
	Beside bool       // it runs together with its neighbours, or in the background
	Making bool       // a script that builds runs it
}

// Program is the base name of what the step runs.
func (s Step) Program() string {
	if len(s.Argv) == 0 {
		return ""
	}
	return path.Base(s.Argv[0])
}

// unprintable finds a word that no line of text can hold.
func (s Step) unprintable() (word string, found bool) {
	words := slices.Clone(s.Argv)
	for _, v := range s.Env {
		words = append(words, v.Value)
	}
	i := slices.IndexFunc(words, func(word string) bool { return strings.ContainsFunc(word, unicode.IsControl) })
	if i < 0 {
		return "", false
	}
	return words[i], true
}

// String is the step as a person would write it.
func (s Step) String() string {
	if s.Member != "" {
		return strings.TrimSpace(s.Task + " of " + s.Member)
	}
	return strings.Join(s.Argv, " ")
}

// Refusal says why a script cannot be resolved, for a person.
type Refusal struct {
	Script string // the script that holds what is refused
	Reason string
	List   string // the file that lists what is started, where that is the reason
}

func (r *Refusal) Error() string { return r.Reason }

// Expand lists the commands of a script in their order. What it calls by npm run
// and its like is expanded, with the scripts that npm runs before and after. The
// error is a [Refusal].
func Expand(name, text string, lookup Lookup) ([]Step, error) {
	x := &expansion{lookup: lookup}
	if err := x.script(name, text, nil, context{}); err != nil {
		return nil, err
	}
	return x.steps, nil
}

type expansion struct {
	lookup Lookup
	steps  []Step
	depth  int
}

// context is what the scripts around a command settle for it.
type context struct {
	script string
	env    []Variable
	dir    string
	notes  []string
	after  string
	beside bool
	making bool
}

func (c context) refuse(format string, args ...any) error {
	return &Refusal{Script: c.script, Reason: fmt.Sprintf(format, args...)}
}

// script expands one script, with arguments added to its end as npm does.
func (x *expansion) script(name, text string, extra []string, c context) error {
	c.script = name
	x.depth++
	defer func() { x.depth-- }()
	if x.depth > maxDepth {
		return c.refuse("it calls itself, or calls others %d deep", maxDepth)
	}
	commands, err := shell.Parse(text)
	if err != nil {
		return c.refuse("%v", err)
	}
	start := len(x.steps)
	if n := len(commands); n > 0 && len(extra) > 0 && wraps(commands[n-1]) { // the arguments are the command
		for _, word := range extra {
			commands[n-1].Words = append(commands[n-1].Words, shell.Word{Text: word})
		}
		extra = nil
	}
	if err := x.commands(commands, c); err != nil {
		return err
	}
	for _, step := range x.steps[start:] {
		if word, ok := step.unprintable(); ok {
			return c.refuse("%q holds a control character", word)
		}
	}
	if len(extra) > 0 && len(x.steps) > start {
		last := &x.steps[len(x.steps)-1]
		last.Argv = append(last.Argv[:len(last.Argv):len(last.Argv)], extra...)
	}
	return nil
}

// wraps says whether a command runs what its last words say, so that words behind them are
// that command's.
func wraps(c shell.Command) bool {
	return len(c.Words) > 0 && slices.Contains(wrappers, path.Base(c.Words[0].Text))
}

// commands runs one command after the other; what one of them sets by cd or export
// holds for the next.
func (x *expansion) commands(list []shell.Command, c context) error {
	beside := c.beside
	for _, command := range list {
		if len(x.steps) > maxSteps {
			return c.refuse("it runs more than %d commands", maxSteps)
		}
		if command.After != "" {
			c.after = command.After
		}
		c.beside = beside || command.Beside
		start := len(x.steps)
		var err error
		if c, err = x.call(command, c); err != nil {
			return err
		}
		if !command.Redirected || len(command.Group) > 0 {
			continue // what a subshell holds says so itself
		}
		for i := range x.steps[start:] {
			x.steps[start+i].Notes = append(x.steps[start+i].Notes, "what it prints is redirected, which the image leaves to whoever runs it")
		}
	}
	return nil
}

// call is one command.
func (x *expansion) call(command shell.Command, c context) (context, error) {
	if len(command.Group) > 0 {
		return c, x.commands(command.Group, c)
	}
	inner := c
	var vars []string
	text := func(w shell.Word) (string, error) {
		if w.Output {
			return "", c.refuse("the output of another command is one of its words")
		}
		vars = append(vars, w.Vars...)
		return w.Text, nil
	}
	for _, a := range command.Set {
		value, err := text(a.Value)
		if err != nil && !command.Exports { // what is exported is the affair of whoever reads it
			return c, err
		}
		inner.env = with(inner.env, Variable{a.Name, value})
	}
	if len(command.Words) == 0 {
		return inner, nil
	}
	var argv []string
	for _, w := range command.Words {
		word, err := text(w)
		if err != nil {
			return c, err
		}
		argv = append(argv, word)
	}
	if set, ok := c.builtin(argv); ok {
		return set, nil
	}
	for _, w := range command.Words {
		if len(w.Defaults) > 0 {
			inner.notes = append(slices.Clone(inner.notes), fmt.Sprintf("%s stands for %s in the image, as no shell puts a variable there", w.Raw, w.Text))
		}
	}
	return c, x.resolve(argv, vars, inner)
}

// builtin follows the commands of the shell that change what comes after them.
func (c context) builtin(argv []string) (context, bool) {
	switch argv[0] {
	case "cd":
		if len(argv) == 2 {
			c.dir = path.Join(c.dir, argv[1])
		}
		return c, true
	case "export":
		for _, arg := range argv[1:] {
			if name, value, ok := strings.Cut(arg, "="); ok {
				c.env = with(c.env, Variable{name, value})
			}
		}
		return c, true
	case "set", "true", ":", "echo", "printf", "exit", "sleep", "clear":
		return c, true
	}
	return c, false
}

// with sets a variable; the last one counts.
func with(env []Variable, v Variable) []Variable {
	env = slices.DeleteFunc(slices.Clone(env), func(old Variable) bool { return old.Name == v.Name })
	return append(env, v)
}

// emit adds a step.
func (x *expansion) emit(argv, vars []string, c context) {
	x.steps = append(x.steps, Step{
		Script: c.script, Argv: argv, Env: c.env, Dir: c.dir, Vars: vars,
		Notes: c.notes, After: c.after, Beside: c.beside, Making: c.making,
	})
}

// delegate adds a step that is a script of another package.
func (x *expansion) delegate(member, task string, c context) {
	x.steps = append(x.steps, Step{
		Script: c.script, Member: member, Task: task, Env: c.env, Dir: c.dir,
		Notes: c.notes, After: c.after, Beside: c.beside,
	})
}
