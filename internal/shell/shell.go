// Package shell reads command lines as a shell would, without running them.
package shell

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/dockgen/dockgen/internal/pattern"
)

// The bounds of one line: no person writes longer ones, or nests them deeper.
const (
	maxText  = 64 << 10
	maxDepth = 200
)

// Word is one word of a command, its quotes taken away. Braces and patterns are left as
// they are: not every shell knows braces, and what files match is not known.
type Word struct {
	Text     string   // what is left where no variable is set: each is its default, or nothing
	Raw      string   // with variables as they are written: $PORT, ${PORT:-80}
	Vars     []string // the variables in it that have no default there
	Defaults []string // those that have one: PORT of ${PORT:-80}
	Output   bool     // the output of another command is part of it
}

// Assignment sets a variable.
type Assignment struct {
	Name  string
	Value Word
}

// Command is one command of a line, or several that a subshell holds.
type Command struct {
	Set        []Assignment // for it alone; where it has no words, for all that follows
	Words      []Word
	Exports    bool      // what it sets is set by export or its like
	Group      []Command // of a subshell, whose folder and variables are its own
	After      string    // what stands before it: "", "&&", "||", ";" or "|"
	Beside     bool      // it runs in the background
	Redirected bool      // what it reads or prints is a file
	Text       string    // as it is written
}

// Argv is the words of a command with variables as they are written.
func (c Command) Argv() []string {
	var argv []string
	for _, w := range c.Words {
		argv = append(argv, w.Raw)
	}
	return argv
}

// Plain says whether a command comes to the same without a shell: a program with its
// arguments, and variables that are set. Variables that are read count as text, as
// whoever executes it may put their values in.
func (c Command) Plain() bool {
	output := slices.ContainsFunc(c.Words, func(w Word) bool { return w.Output }) || slices.ContainsFunc(c.Set, func(a Assignment) bool { return a.Value.Output })
	return len(c.Group) == 0 && !output && !c.Redirected && !c.Beside
}

// Parse lists the commands of a text in their order. The error says what a shell does
// not understand, or what is more than commands.
func Parse(text string) ([]Command, error) {
	if len(text) > maxText {
		return nil, fmt.Errorf("it is longer than %d bytes", maxText)
	}
	file, err := syntax.NewParser(syntax.Variant(syntax.LangBash)).Parse(strings.NewReader(text), "")
	if err != nil {
		var parse syntax.ParseError
		if errors.As(err, &parse) {
			return nil, fmt.Errorf("a shell does not understand it: %d:%d: %s", parse.Pos.Line(), parse.Pos.Col(), parse.Text)
		}
		return nil, fmt.Errorf("a shell does not understand it: %w", err)
	}
	r := reader{text: text}
	return r.statements(file.Stmts, around{})
}

// Flat puts what subshells hold in their place.
func Flat(commands []Command) []Command {
	var flat []Command
	for _, c := range commands {
		if c.Group != nil {
			flat = append(flat, Flat(c.Group)...)
		} else {
			flat = append(flat, c)
		}
	}
	return flat
}

// Words splits a line that is one program with its arguments. The error says what makes
// it more.
func Words(line string) ([]string, error) {
	commands, err := Parse(line)
	switch {
	case err != nil:
		return nil, err
	case len(commands) == 0:
		return nil, nil
	case len(commands[0].Set) > 0:
		return nil, fmt.Errorf("only a shell can run it: it sets %s", commands[0].Set[0].Name)
	case len(commands) > 1 || !commands[0].Plain() || len(commands[0].Words) == 0:
		return nil, errors.New("only a shell can run it: it is more than one program with its arguments")
	}
	return commands[0].Argv(), nil
}

// reader turns what was parsed into commands.
type reader struct {
	text  string
	depth int
}

// around is what the commands around one settle for it.
type around struct {
	after              string
	beside, redirected bool
}

func (r *reader) statements(list []*syntax.Stmt, a around) ([]Command, error) {
	var all []Command
	for i, s := range list {
		if i > 0 {
			a.after = ";"
		}
		found, err := r.statement(s, a)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

func (r *reader) statement(s *syntax.Stmt, a around) ([]Command, error) {
	if r.depth++; r.depth > maxDepth {
		return nil, errors.New("its commands are nested too deeply")
	}
	defer func() { r.depth-- }()
	a.beside = a.beside || s.Background
	a.redirected = a.redirected || len(s.Redirs) > 0
	switch cmd := s.Cmd.(type) {
	case nil:
		return nil, nil
	case *syntax.CallExpr:
		c := r.command(s, a)
		for _, set := range cmd.Assigns {
			c.Set = append(c.Set, Assignment{set.Name.Value, r.word(set.Value)})
		}
		for _, w := range cmd.Args {
			c.Words = append(c.Words, r.word(w))
		}
		return []Command{c}, nil
	case *syntax.DeclClause:
		c := r.command(s, a)
		c.Exports = true
		for _, set := range cmd.Args {
			if set.Name != nil {
				c.Set = append(c.Set, Assignment{set.Name.Value, r.word(set.Value)})
			}
		}
		return []Command{c}, nil
	case *syntax.BinaryCmd:
		first, err := r.statement(cmd.X, a)
		if err != nil {
			return nil, err
		}
		a.after = cmd.Op.String()
		if cmd.Op == syntax.PipeAll {
			a.after = "|"
		}
		second, err := r.statement(cmd.Y, a)
		return append(first, second...), err
	case *syntax.Block:
		return r.statements(cmd.Stmts, a)
	case *syntax.Subshell:
		c := r.command(s, a)
		var err error
		c.Group, err = r.statements(cmd.Stmts, a)
		return []Command{c}, err
	}
	return nil, errors.New("it holds more than commands: a condition, a loop or a function of the shell")
}

func (r *reader) command(s *syntax.Stmt, a around) Command {
	end := s.End()
	if s.Semicolon.IsValid() {
		end = s.Semicolon
	}
	return Command{After: a.after, Beside: a.beside, Redirected: a.redirected, Text: strings.TrimSpace(r.text[s.Pos().Offset():end.Offset()])}
}

func (r *reader) word(w *syntax.Word) Word {
	if w == nil {
		return Word{}
	}
	var found Word
	syntax.Walk(w, func(n syntax.Node) bool {
		switch n := n.(type) {
		case *syntax.ParamExp:
			switch {
			case n.Param == nil:
			case hasDefault(n):
				found.Defaults = append(found.Defaults, n.Param.Value)
			default:
				found.Vars = append(found.Vars, n.Param.Value)
			}
		case *syntax.CmdSubst, *syntax.ProcSubst, *syntax.ArithmExp:
			found.Output = true
		}
		return true
	})
	var text, raw strings.Builder
	r.parts(&text, w.Parts, false, false)
	r.parts(&raw, w.Parts, false, true)
	found.Text, found.Raw = text.String(), raw.String()
	return found
}

// hasDefault says whether a variable has a value where it is not set: ${PORT:-80}, ${PORT:=80}.
func hasDefault(p *syntax.ParamExp) bool {
	return p.Exp != nil && p.Exp.Word != nil && slices.Contains([]syntax.ParExpOperator{
		syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull,
	}, p.Exp.Op)
}

var (
	escapes       = pattern.New(`(?s)\\(?:\n|(.))`)
	quotedEscapes = pattern.New("(?s)\\\\(?:\n|([$`\"\\\\]))")
)

// parts writes what the shell makes of the parts of a word where no variable is set;
// with raw, what needs the shell stays as it is written.
func (r *reader) parts(b *strings.Builder, parts []syntax.WordPart, quoted, raw bool) {
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
			r.parts(b, p.Parts, true, raw)
		case *syntax.ParamExp:
			switch {
			case raw:
				b.WriteString(r.text[p.Pos().Offset():p.End().Offset()])
			case hasDefault(p):
				r.parts(b, p.Exp.Word.Parts, quoted, raw)
			}
		}
	}
}
