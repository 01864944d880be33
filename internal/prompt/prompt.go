// Package prompt asks a person. It is the only one that knows how: another
// library is a change of this package alone.
package prompt

import (
	"context"
	"errors"
)

// Question is what is asked, in one line, and what it means.
type Question struct {
	Ask  string // "Runtime"
	Help string // what the answer changes, shown on ?
}

// Option is one answer of several.
type Option struct {
	Name  string
	About string // its consequence, in a few words; may be empty
}

// Prompter asks one question at a time and waits for the answer, or for the end of
// the context, which counts as an interruption.
//
// The errors are [ErrInterrupted], [ErrEnded], and those of the terminal.
type Prompter interface {
	// Select gives the index of the one option chosen; Enter takes preset.
	Select(ctx context.Context, q Question, options []Option, preset int) (int, error)

	// MultiSelect gives the indices of the options chosen, in their order; Enter
	// takes preset. None is an answer.
	MultiSelect(ctx context.Context, q Question, options []Option, preset []int) ([]int, error)

	// Text gives a line without the spaces around it; Enter takes preset. A line
	// that check refuses is asked again, with the reason.
	Text(ctx context.Context, q Question, preset string, check func(string) error) (string, error)
}

var (
	// ErrInterrupted says that the person pressed Ctrl-C, or that the context ended.
	ErrInterrupted = errors.New("interrupted")

	// ErrEnded says that the input ended before the answer.
	ErrEnded = errors.New("the input ended before the answer; --yes takes every default")
)
