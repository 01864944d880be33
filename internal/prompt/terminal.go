package prompt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/AlecAivazis/survey/v2"
	"github.com/AlecAivazis/survey/v2/core"
	"github.com/AlecAivazis/survey/v2/terminal"

	"github.com/dockgen/dockgen/internal/show"
)

// Terminal asks at a terminal. It never asks the terminal itself for anything,
// since a bare pseudo-terminal does not answer: of the library only the lists are
// used, and text is read as a line.
type Terminal struct {
	in  *input
	out *os.File
}

// noMatch is said where no option has what was typed in it; the library shows nothing.
const noMatch = "no match; Ctrl-U clears it"

// hints are those of the library about keys, and shorter ones: its own take more
// than a line of most terminals.
var hints = strings.NewReplacer(
	`[Use arrows to move, type to filter`, "[arrows, type",
	`{{- "  "}}{{- color "cyan"}}[Use arrows to move, space to select,`, `{{- "\n"}}{{- color "cyan"}}[space,`,
	"{{- range $ix, $option := .PageEntries}}", "{{- if not .PageEntries}}  "+noMatch+"\n{{end}}{{- range $ix, $option := .PageEntries}}",
	"<right> to all,", "right all,",
	"<left> to none,{{end}} type to filter", "left none{{end}}",
	" for more help", ": help",
)

// NewTerminal makes a prompter for the terminal at both ends.
func NewTerminal(in, out *os.File, color bool) *Terminal {
	core.DisableColor = !color
	for _, text := range []*string{&survey.SelectQuestionTemplate, &survey.MultiSelectQuestionTemplate} {
		if !strings.Contains(*text, noMatch) { // else it is ours by now
			*text = hints.Replace(*text)
		}
	}
	return &Terminal{in: &input{File: in}, out: out}
}

// Keys as a terminal sends them.
const (
	interrupt  = 0x03 // Ctrl-C, where the terminal leaves it to the program
	eraseAll   = 0x15 // Ctrl-U, which a terminal handles for a line, and nobody in a list
	erase      = 0x7f
	endOfInput = 0x04 // Ctrl-D, which the library takes for Enter, so it never gets it
	escape     = 0x1b
)

// mostFilter is how many characters of a filter Ctrl-U takes away.
const mostFilter = 80

// input reads a terminal key by key, so that nothing is taken which the next
// question has to read. Of a terminal that ends its lines by two characters it
// drops the second, which would be the next answer.
type input struct {
	*os.File
	buffer  [256]byte
	pending []byte // read, and not yet given
	last    byte
}

func (in *input) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		if len(in.pending) == 0 {
			n, err := in.File.Read(in.buffer[:])
			if n == 0 {
				return 0, err
			}
			in.pending = in.buffer[:n]
		}
		key := in.key()
		second := in.last == '\r' && key[0] == '\n'
		in.last = key[0]
		switch {
		case second:
			in.pending = in.pending[1:]
			continue
		case key[0] == eraseAll:
			in.pending = append(bytes.Repeat([]byte{erase}, mostFilter), in.pending[1:]...)
			continue
		case key[0] == endOfInput:
			in.pending = in.pending[1:]
			return 0, io.EOF
		}
		n := copy(p, key)
		in.pending = in.pending[n:]
		return n, nil
	}
}

// key is the first key of what is pending: a byte, or the sequence of an arrow,
// which the library knows only in one piece.
func (in *input) key() []byte {
	if len(in.pending) < 3 || in.pending[0] != escape {
		return in.pending[:1]
	}
	for i, b := range in.pending[2:] {
		if b >= '@' && b <= '~' { // the last byte of a sequence: ECMA-48, 5.4
			return in.pending[:i+3]
		}
	}
	return in.pending
}

// Select implements [Prompter].
func (t *Terminal) Select(ctx context.Context, q Question, options []Option, preset int) (int, error) {
	chosen, options, ways := preset, withBack(q, options), len(options)
	err := t.ask(ctx, q, &survey.Select{
		Message: show.Text(q.Ask), Help: helps(q), Options: names(options), Default: preset, Description: about(options),
	}, &chosen)
	if err == nil && chosen >= ways {
		err = ErrBack
	}
	return chosen, err
}

// MultiSelect implements [Prompter].
func (t *Terminal) MultiSelect(ctx context.Context, q Question, options []Option, preset []int) ([]int, error) {
	var chosen []int
	options, ways := withBack(q, options), len(options)
	err := t.ask(ctx, q, &survey.MultiSelect{
		Message: show.Text(q.Ask), Help: helps(q), Options: names(options), Default: preset, Description: about(options),
	}, &chosen)
	if err == nil && slices.Contains(chosen, ways) && q.Back {
		err = ErrBack
	}
	return chosen, err
}

// withBack has one option more where a question can be gone back from.
func withBack(q Question, options []Option) []Option {
	if !q.Back {
		return options
	}
	return append(slices.Clone(options), Option{Name: Back, About: "the question before"})
}

func (t *Terminal) ask(ctx context.Context, q Question, p survey.Prompt, answer any) error {
	if ctx.Err() != nil {
		return ErrInterrupted
	}
	icons := func(set *survey.IconSet) {
		set.Question.Text = "?"
		set.SelectFocus.Text = ">"
	}
	err := survey.AskOne(p, answer, survey.WithStdio(t.in, t.out, t.out), survey.WithIcons(icons))
	switch {
	case errors.Is(err, terminal.InterruptErr):
		return ErrInterrupted
	case errors.Is(err, io.EOF):
		return ErrEnded
	case err != nil:
		return fmt.Errorf("ask %q: %w", q.Ask, err)
	}
	return nil
}

func names(options []Option) []string {
	var names []string
	for _, o := range options {
		names = append(names, show.Text(o.Name))
	}
	return names
}

// helps is the help of a question, line by line.
func helps(q Question) string {
	return strings.TrimLeft(escaped(strings.Join(helpLines(q), "\n")), " ")
}

// escaped is a text of several lines as a terminal may have them.
func escaped(text string) string {
	lines := strings.Split(text, "\n")
	for i := range lines {
		lines[i] = show.Text(lines[i])
	}
	return strings.Join(lines, "\n")
}

// helpLines is the help with how to go back.
func helpLines(q Question) []string {
	lines := strings.Split("  "+q.Help, "\n")
	if q.Back {
		lines = append(lines, "  "+Back+" goes back to the question before.")
	}
	return lines
}

func about(options []Option) func(string, int) string {
	return func(_ string, i int) string { return escaped(options[i].About) }
}

// Text implements [Prompter].
func (t *Terminal) Text(ctx context.Context, q Question, preset string, check func(string) error) (string, error) {
	for {
		if err := t.show(q, preset); err != nil {
			return "", err
		}
		line, err := t.line(ctx)
		if err != nil {
			_ = show.Lines(t.out, "") // what comes next begins a line; that it cannot be written changes nothing
			return "", err
		}
		switch line = strings.TrimSpace(line); {
		case line == "" && preset != "":
			return preset, nil
		case line == Back && q.Back:
			return "", ErrBack
		case line == "?":
			if err := show.Lines(t.out, helpLines(q)...); err != nil {
				return "", fmt.Errorf("ask %q: %w", q.Ask, err)
			}
			continue
		}
		refused := check(line)
		if refused == nil {
			return line, nil
		}
		if err := show.Lines(t.out, strings.Split("  "+refused.Error(), "\n")...); err != nil {
			return "", fmt.Errorf("ask %q: %w", q.Ask, err)
		}
	}
}

// show prints a question of [Terminal.Text].
func (t *Terminal) show(q Question, preset string) error {
	text := "? " + q.Ask
	if preset != "" {
		text += " (" + preset + ")"
	}
	if err := show.Ask(t.out, text+":"); err != nil {
		return fmt.Errorf("ask %q: %w", q.Ask, err)
	}
	return nil
}

// line reads a line, unless the context ends first.
func (t *Terminal) line(ctx context.Context) (string, error) {
	type result struct {
		text string
		err  error
	}
	read := make(chan result, 1) // so that the reader ends also when nobody waits any more
	go func() {
		var b strings.Builder
		var one [1]byte
		for {
			_, err := t.in.Read(one[:])
			if one[0] == interrupt {
				err = ErrInterrupted
			}
			if err != nil || one[0] == '\n' || one[0] == '\r' {
				read <- result{b.String(), err}
				return
			}
			b.WriteByte(one[0])
		}
	}()
	select {
	case <-ctx.Done():
		return "", ErrInterrupted
	case r := <-read:
		switch {
		case errors.Is(r.err, io.EOF):
			return "", ErrEnded
		case errors.Is(r.err, ErrInterrupted):
			return "", ErrInterrupted
		case r.err != nil:
			return "", fmt.Errorf("read the answer: %w", r.err)
		}
		return r.text, nil
	}
}
