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
	Back bool   // there is a question before it, to which [Back] goes
}

// Back is what a person types to see the question before this one again.
const Back = "<"

// Option is one answer of several.
type Option struct {
	Name  string
	About string // its consequence, in a few words, which may be several lines; may be empty
}

// Prompter asks one question at a time and waits for the answer, or for the end of
// the context, which counts as an interruption.
//
// The errors are [ErrInterrupted], [ErrEnded], [ErrBack] where the question allows it, and
// those of the terminal.
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

	// ErrBack says that the person wants the question before this one.
	ErrBack = errors.New("back to the question before")

	// ErrEnded says that the input ended before the answer.
	ErrEnded = errors.New("the input ended before the answer; --yes takes every default")
)
