// Command dockgen reads a repository and writes the Dockerfile and .dockerignore
// that its services need.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/show"
)

// Exit codes, as the README promises them.
const (
	exitDone        = 0
	exitDifference  = 1   // --diff found one
	exitFault       = 2   // of the flags, the input or the project; what could be done was done
	exitInternal    = 3   // dockgen's own; nothing was written
	exitInterrupted = 130 // by Ctrl-C
)

func main() {
	debug.SetGCPercent(engine.HeapGrowth)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code := run(ctx, os.Args[1:], streams{
		out:   os.Stdout,
		err:   os.Stderr,
		color: term.IsTerminal(int(os.Stdout.Fd())) && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb",
		plain: os.Getenv("TERM") == "dumb",
		waits: term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("CI") == "" && os.Getenv("TERM") != "dumb",
		asks:  term.IsTerminal(int(os.Stdin.Fd())) && term.IsTerminal(int(os.Stderr.Fd())) && os.Getenv("CI") == "",
		in:    os.Stdin,
		talk:  os.Stderr,

		docker: docker.Open,
	})
	os.Exit(code)
}

// streams is what a command talks to: out gets the answer, err the conversation.
type streams struct {
	out, err io.Writer
	color    bool // out is a terminal that wants it
	plain    bool // the terminal can do nothing but print
	waits    bool // somebody looks at err while work goes on
	asks     bool // somebody sits at in and talk
	json     bool // the answer is JSON, whatever it is
	in, talk *os.File

	docker func(context.Context) (*docker.Docker, error) // nil where none is to be used without being asked for
}

// exitCode is an error that has been reported already, or a difference that is
// none: only the code is left to give.
type exitCode int

func (c exitCode) Error() string { return fmt.Sprintf("exit %d", int(c)) }

// run executes one command line and gives its exit code.
func run(ctx context.Context, args []string, io streams) (code int) {
	defer func() {
		if r := recover(); r != nil {
			stack := debug.Stack()
			if fault, ok := r.(*crew.Fault); ok {
				stack = fault.Stack
			}
			say(io.err, fmt.Sprintf("dockgen: a fault of its own, please report it: %v", r))
			show.Lines(io.err, strings.Split(strings.TrimSpace(string(stack)), "\n")...)
			code = exitInternal
		}
	}()
	io.json = slices.Contains(args, "--json") // also where the flags are at fault
	root := rootCommand(&io)
	root.SetArgs(args)
	root.SetOut(io.out)
	root.SetErr(io.err)
	err := root.ExecuteContext(ctx)
	var reported exitCode
	switch {
	case err == nil:
		return exitDone
	case ctx.Err() != nil || errors.Is(err, prompt.ErrInterrupted):
		return exitInterrupted
	case errors.As(err, &reported):
		return int(reported)
	}
	complain(io.err, err)
	if io.json {
		if err := printJSON(io.out, answerOf(err)); err != nil {
			complain(io.err, err)
		}
	}
	return codeOf(err)
}

// answerOf is the answer in JSON of a run that came to none.
func answerOf(err error) jsonAnswer {
	var found detect.Findings
	if nothing, ok := errors.AsType[*nothingError](err); ok {
		found = nothing.found
	}
	a := newAnswer(found)
	a.Problems = append(a.Problems, newProblem(".", "", err))
	return a
}
