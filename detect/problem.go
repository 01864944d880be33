package detect

import "fmt"

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
