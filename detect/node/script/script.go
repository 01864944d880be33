// Package script reads the scripts of a package.json as a shell would, down to
// the process that they start.
//
// [Expand] lists the commands that a script runs, with what stands around them
// (npm run, cross-env, dotenv) taken off. [Production] finds the one process that
// a start script ends in, or says why there is none.
package script

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dockgen/dockgen/internal/pattern"
)

// The bounds of one expansion: no person writes longer scripts.
const (
	maxText  = 64 << 10
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
	After  string     // what stands before it: "", "&&", "||", ";", "|" or "&"
	Beside bool       // it runs together with its neighbours, or in the background
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
	if len(text) > maxText {
		return c.refuse("it is longer than %d bytes", maxText)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		var parse syntax.ParseError
		if errors.As(err, &parse) {
			return c.refuse("a shell does not understand it: %d:%d: %s", parse.Pos.Line(), parse.Pos.Col(), parse.Text)
		}
		return c.refuse("a shell does not understand it: %v", err)
	}
	start := len(x.steps)
	if _, err := x.statements(file.Stmts, c); err != nil {
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

// statements runs one statement after the other; what one of them sets by cd or
// export holds for the next.
func (x *expansion) statements(list []*syntax.Stmt, c context) (context, error) {
	for i, s := range list {
		if i > 0 {
			c.after = ";"
		}
		var err error
		if c, err = x.statement(s, c); err != nil {
			return c, err
		}
	}
	return c, nil
}

func (x *expansion) statement(s *syntax.Stmt, c context) (context, error) {
	if len(x.steps) > maxSteps {
		return c, c.refuse("it runs more than %d commands", maxSteps)
	}
	if x.depth++; x.depth > 10*maxDepth {
		return c, c.refuse("its commands are nested too deeply")
	}
	defer func() { x.depth-- }()
	was := c.beside
	c.beside = c.beside || s.Background
	start := len(x.steps)
	after, err := x.command(s, c)
	if err != nil {
		return c, err
	}
	for i := range x.steps[start:] {
		if len(s.Redirs) > 0 {
			x.steps[start+i].Notes = append(x.steps[start+i].Notes, "what it prints is redirected, which the image leaves to whoever runs it")
		}
	}
	after.beside = was
	return after, nil
}

func (x *expansion) command(s *syntax.Stmt, c context) (context, error) {
	switch cmd := s.Cmd.(type) {
	case *syntax.CallExpr:
		return x.call(cmd, c)
	case *syntax.BinaryCmd:
		after, err := x.statement(cmd.X, c)
		if err != nil {
			return c, err
		}
		after.after = cmd.Op.String()
		if cmd.Op == syntax.Pipe || cmd.Op == syntax.PipeAll {
			after.after = "|"
		}
		return x.statement(cmd.Y, after)
	case *syntax.Block:
		return x.statements(cmd.Stmts, c)
	case *syntax.Subshell:
		inner := c
		if _, err := x.statements(cmd.Stmts, inner); err != nil {
			return c, err
		}
		return c, nil
	case *syntax.DeclClause:
		for _, a := range cmd.Args {
			if a.Name != nil {
				value, _, _ := words(a.Value)
				c.env = with(c.env, Variable{a.Name.Value, value})
			}
		}
		return c, nil
	case nil:
		return c, nil
	}
	return c, c.refuse("it holds more than commands: a condition, a loop or a function of the shell")
}

// call is a plain command.
func (x *expansion) call(cmd *syntax.CallExpr, c context) (context, error) {
	env := c.env
	var vars []string
	for _, a := range cmd.Assigns {
		value, used, err := words(a.Value)
		if err != nil {
			return c, c.refuse("%v", err)
		}
		vars = append(vars, used...)
		env = with(env, Variable{a.Name.Value, value})
	}
	if len(cmd.Args) == 0 {
		c.env = env
		return c, nil
	}
	var argv []string
	for _, w := range cmd.Args {
		text, used, err := words(w)
		if err != nil {
			return c, c.refuse("%v", err)
		}
		vars = append(vars, used...)
		argv = append(argv, text)
	}
	if set, ok := c.builtin(argv); ok {
		return set, nil
	}
	inner := c
	inner.env = env
	if err := x.resolve(argv, vars, inner); err != nil {
		return c, err
	}
	return c, nil
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

// words is the text of a word without quotes, and the variables in it, each of
// which has its default or nothing.
func words(w *syntax.Word) (text string, vars []string, err error) {
	if w == nil {
		return "", nil, nil
	}
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			if n.Param != nil {
				vars = append(vars, n.Param.Value)
			}
		case *syntax.CmdSubst, *syntax.ProcSubst, *syntax.ArithmExp:
			err = errors.New("the output of another command is one of its words")
		}
		return err == nil
	})
	if err != nil {
		return "", nil, err
	}
	var b strings.Builder
	plain(&b, w.Parts, false)
	return b.String(), vars, nil
}

var (
	escapes       = pattern.New(`(?s)\\(?:\n|(.))`)
	quotedEscapes = pattern.New("(?s)\\\\(?:\n|([$`\"\\\\]))")
)

// plain writes what the shell makes of the parts of a word where no variable is
// set. Braces and patterns are left as they are: npm's shell knows no braces, and
// what files match is not known.
func plain(b *strings.Builder, parts []syntax.WordPart, quoted bool) {
	for _, part := range parts {
		switch p := part.(type) {
		case *syntax.Lit:
			if quoted {
				b.WriteString(quotedEscapes.ReplaceAllString(p.Value, "$1"))
			} else {
				b.WriteString(escapes.ReplaceAllString(p.Value, "$1"))
			}
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		case *syntax.DblQuoted:
			plain(b, p.Parts, true)
		case *syntax.ParamExp:
			if p.Exp != nil && p.Exp.Word != nil && (p.Exp.Op == syntax.DefaultUnset || p.Exp.Op == syntax.DefaultUnsetOrNull) {
				plain(b, p.Exp.Word.Parts, quoted)
			}
		}
	}
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
		Notes: c.notes, After: c.after, Beside: c.beside,
	})
}

// delegate adds a step that is a script of another package.
func (x *expansion) delegate(member, task string, c context) {
	x.steps = append(x.steps, Step{
		Script: c.script, Member: member, Task: task, Env: c.env, Dir: c.dir,
		Notes: c.notes, After: c.after, Beside: c.beside,
	})
}
