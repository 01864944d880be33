package detect

import (
	"fmt"
	"strings"

	"github.com/dockgen/dockgen/internal/show"
)

// Problem is why a service that seems to be there cannot be made: a manifest
// that is present and broken, or a question that only the user can answer. The
// other services go on.
type Problem struct {
	Dir   string // the folder concerned
	Stack string // empty where no stack has looked yet
	Err   error
}

func (p *Problem) Error() string { return p.Err.Error() }

// Unwrap gives the cause.
func (p *Problem) Unwrap() error { return p.Err }

// PositionError is an error in a file of the project, at the place where it was found.
type PositionError struct {
	At     Evidence
	Column int // from 1; 0 where it is not known
	Err    error
}

func (e *PositionError) Error() string {
	if e.Column == 0 {
		return fmt.Sprintf("%s: %v", e.At, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.At, e.Column, e.Err)
}

// Unwrap gives what is wrong, without the place.
func (e *PositionError) Unwrap() error { return e.Err }

// Errorf makes a [PositionError] without a column.
func Errorf(at Evidence, format string, args ...any) error {
	return &PositionError{At: at, Err: fmt.Errorf(format, args...)}
}

// ChoiceError is a question that only the user can answer: which of several things
// that a project states equally.
type ChoiceError struct {
	Subject string // "go.mod: 3 programs and none of them is clearly the product"
	Flag    string // that answers it, "--main"
	Several bool   // more than one may be chosen
	Options []Option
}

// Option is one of the answers to a question.
type Option struct {
	Value string // as the flag takes it
	At    Evidence
}

func (e *ChoiceError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines is the question, its answers and how to give one, each in a line.
func (e *ChoiceError) Lines() []string {
	lines := []string{e.Subject}
	var values []string
	for _, o := range e.Options {
		lines = append(lines, fmt.Sprintf("  %-24s %s", o.Value, o.At))
		values = append(values, o.Value)
	}
	if len(values) == 0 {
		return lines
	}
	how := "Choose with " + show.Words(e.Flag, values[0])
	if e.Several {
		how += ", or several: " + show.Words(e.Flag, strings.Join(values, ","))
	}
	return append(lines, how)
}
