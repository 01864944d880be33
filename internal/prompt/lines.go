package prompt

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
)

// Lines asks line by line, for a terminal that can do nothing but print: options
// have numbers, and are answered by number or name.
type Lines struct{ text *Terminal }

// NewLines makes a prompter for such a terminal.
func NewLines(in, out *os.File) *Lines { return &Lines{NewTerminal(in, out, false)} }

// Text implements [Prompter].
func (l *Lines) Text(ctx context.Context, q Question, preset string, check func(string) error) (string, error) {
	return l.text.Text(ctx, q, preset, check)
}

// Select implements [Prompter].
func (l *Lines) Select(ctx context.Context, q Question, options []Option, preset int) (int, error) {
	if err := l.list(q, options); err != nil {
		return 0, err
	}
	answer, err := l.Text(ctx, q, options[preset].Name, func(s string) error {
		_, err := find(s, options)
		return err
	})
	if err != nil {
		return 0, err
	}
	return find(answer, options)
}

// MultiSelect implements [Prompter].
func (l *Lines) MultiSelect(ctx context.Context, q Question, options []Option, preset []int) ([]int, error) {
	if err := l.list(q, options); err != nil {
		return nil, err
	}
	words := "none"
	if len(preset) > 0 {
		var chosen []string
		for _, i := range preset {
			chosen = append(chosen, options[i].Name)
		}
		words = strings.Join(chosen, ",")
	}
	answer, err := l.Text(ctx, q, words, func(s string) error {
		_, err := findAll(s, options)
		return err
	})
	if err != nil || answer == words {
		return preset, err
	}
	return findAll(answer, options)
}

// list prints the options with their numbers.
func (l *Lines) list(q Question, options []Option) error {
	for i, o := range options {
		line := fmt.Sprintf("  %d %s", i+1, o.Name)
		if o.About != "" {
			line += " - " + o.About
		}
		if err := show.Lines(l.text.out, line); err != nil {
			return fmt.Errorf("ask %q: %w", q.Ask, err)
		}
	}
	return nil
}

// find gives the index of the option with a name or, from 1, a number.
func find(answer string, options []Option) (int, error) {
	if i := slices.IndexFunc(options, func(o Option) bool { return o.Name == answer }); i >= 0 {
		return i, nil
	}
	if n, err := strconv.Atoi(answer); err == nil && n >= 1 && n <= len(options) {
		return n - 1, nil
	}
	return 0, fmt.Errorf("%q is none of them; answer with a number or a name", answer)
}

// findAll does what find does for answers with commas between them.
func findAll(answer string, options []Option) (all []int, err error) {
	if answer == "none" {
		return nil, nil
	}
	for word := range strings.SplitSeq(answer, ",") {
		i, err := find(strings.TrimSpace(word), options)
		if err != nil {
			return nil, err
		}
		all = append(all, i)
	}
	slices.Sort(all)
	return slices.Compact(all), nil
}
