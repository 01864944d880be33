// Package dockerfile knows the syntax of Dockerfiles and of their ignore files:
// it checks a rendered file, and quotes text that comes from a project.
//
// Quoting here counts on backslash as the escape character, Dockerfile's default,
// so a file must not carry a "# escape=" directive.
package dockerfile

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// Check returns an error, with line numbers, for a Dockerfile that BuildKit would not
// parse, that has no stage, that has a word whose quotes or ${…} don't close, or that
// raises one of the lint rules that parsing alone raises and that are on by default. The
// other rules need the conversion to LLB, which is too heavy for the program: see linttest.
func Check(data []byte) error {
	_, _, err := parse(data)
	return err
}

func parse(data []byte) ([]instructions.Stage, *parser.Result, error) {
	tree, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, nil, located(err)
	}
	var found []error
	for _, w := range tree.Warnings {
		found = append(found, fmt.Errorf("line %d: %s", w.Location.Start.Line, w.Short))
	}
	lint := linter.New(&linter.Config{
		Warn: func(rule, _, _, message string, at []parser.Range) {
			found = append(found, fmt.Errorf("line %d: %s (%s)", firstLine(at), message, rule))
		},
	})
	stages, args, err := instructions.Parse(tree.AST, lint)
	if err != nil {
		return nil, nil, located(err)
	}
	if len(stages) == 0 {
		return nil, nil, errors.New("no stage: there is no FROM instruction")
	}
	found = append(found, checkWords(stages, args, parser.DefaultEscapeToken)...)
	return stages, tree, errors.Join(found...)
}

// checkWords expands every word as a build would, without looking at the result:
// the parser splits words, but leaves it to the build to find a quote that never closes,
// and to read mounts.
func checkWords(stages []instructions.Stage, args []instructions.ArgCommand, escape rune) []error {
	lex := shell.NewLex(escape)
	lex.SkipUnsetEnv = true // so that ${X:?message} is no error
	expand := func(word string) (string, error) {
		result, _, err := lex.ProcessWord(word, shell.EnvsFromSlice(nil))
		return result, err
	}
	var found []error
	note := func(at []parser.Range, err error) {
		if err != nil {
			found = append(found, &LineError{firstLine(at), err})
		}
	}
	for _, arg := range args {
		note(arg.Location(), arg.Expand(expand))
	}
	for _, stage := range stages {
		_, err := expand(stage.BaseName)
		note(stage.Location, err)
		for _, cmd := range stage.Commands {
			if c, ok := cmd.(instructions.SupportsSingleWordExpansion); ok {
				note(cmd.Location(), c.Expand(expand))
			}
		}
	}
	return found
}

// LineError is what is wrong in a line of a Dockerfile or an ignore file, of which the
// lines count from 1.
type LineError struct {
	Line int
	Err  error
}

func (e *LineError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

func (e *LineError) Unwrap() error { return e.Err }

// located puts the line before BuildKit's message, and drops its own prefix.
func located(err error) error {
	if at, ok := errors.AsType[*parser.LocationError](err); ok && len(at.Locations) > 0 {
		return &LineError{firstLine(at.Locations[0]), at.Unwrap()}
	}
	return err
}

func firstLine(at []parser.Range) int {
	if len(at) == 0 {
		return 1
	}
	return max(at[0].Start.Line, 1)
}
