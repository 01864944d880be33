package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Subcommands are what a program takes as its first word, where it does nothing without.
type Subcommands struct {
	Names []string
	Below []string // what words may follow them
	At    detect.Evidence
	Start Start // the one that the program is started with, where that is known
}

// Kebab writes the name of a field or type as kong and clap make a subcommand of it:
// ImportAll is import-all.
func Kebab(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// Start is the subcommand that a program is started with.
type Start struct {
	Words  []string
	Reason string
	At     detect.Evidence
}

// planned is what a plan is told.
type planned interface {
	Decide(name, value, flag, reason string, evidence ...detect.Evidence)
	Note(format string, args ...any)
}

// Command decides what follows the program in its start. A program that serves and whose
// subcommand is not known is an error that asks for it.
func (s Subcommands) Command(p planned, program string, serves bool) ([]string, error) {
	words := strings.Join(append([]string{program}, s.Start.Words...), " ")
	switch {
	case len(s.Names) == 0:
		return nil, nil
	case len(s.Start.Words) > 0:
		p.Decide("command", words, "--command", s.Start.Reason, s.Start.At)
		return s.Start.Words, nil
	case serves:
		return nil, s.choice(program)
	}
	p.Note("%s: %s does nothing without a subcommand: give one behind the image, or with --command", s.At, program)
	return nil, nil
}

// serving are the names of subcommands that serve, the surest first.
var serving = []string{"serve", "server", "web", "daemon", "run", "start", "http", "api", "listen", "up", "run-server", "runserver", "start-server", "service", "agent"}

// Find finds out which subcommand starts a program in a folder, whose file has one of the
// names: that of the project's own units, tasks, compose files and READMEs, or the one that
// serves by its name.
func (s Subcommands) Find(t *detect.Tree, dir string, programs ...string) Subcommands {
	if len(s.Names) == 0 {
		return s
	}
	serves := slices.ContainsFunc(s.Names, func(name string) bool { return slices.Contains(serving, name) })
	for _, c := range Calls(t, dir, programs...) {
		words, ok := behind(c, programs)
		unit := strings.HasSuffix(c.At.File, ".service")
		if !ok && c.By == ByUnit && (slices.Contains(programs, c.Task) || len(programs) > 0 && slices.Contains(s.Names, c.Words[0])) {
			words, ok = c.Words, true // of a compose file, behind the image's own program
		}
		for ok && len(words) > 1 && strings.HasPrefix(words[0], "-") {
			words = words[1:] // an option of the program, perhaps with a value
			if !slices.Contains(s.Names, words[0]) && !strings.HasPrefix(words[0], "-") {
				words = words[1:]
			}
		}
		if !ok || len(words) == 0 || !slices.Contains(s.Names, words[0]) || !slices.Contains(serving, words[0]) && (serves && !unit || !c.starts()) {
			continue // another is there to serve, or this one is called in passing
		}
		n := 1
		if len(words) > 1 && slices.Contains(s.Below, words[1]) && !slices.Contains(s.Names, words[1]) {
			n = 2
		}
		s.Start = Start{words[:n], "it does nothing without a subcommand, and the project starts it so", c.At}
		return s
	}
	for _, name := range serving {
		if slices.Contains(s.Names, name) {
			s.Start = Start{[]string{name}, "it does nothing without a subcommand, and of its own this one serves, by its name", s.At}
			return s
		}
	}
	return s
}

// startTasks are what tasks are called that start what is shipped.
var startTasks = pattern.New(`(?i)^(?:run|start|serve|server|up)$`)

// starts says whether a call is there to start the program.
func (c Call) starts() bool {
	return c.By == ByUnit || c.By == ByTask && startTasks.MatchString(c.Task)
}

// runners are commands that run a program which stands behind a --, or behind a package.
var runners = pattern.New(`^(?:go|cargo|docker|podman)$`)

// behind gives what follows the program in a call of it.
func behind(c Call, programs []string) ([]string, bool) {
	is := func(word string) bool {
		name, _, _ := strings.Cut(path.Base(word), ":") // of an image
		return slices.Contains(programs, name)
	}
	if is(c.Words[0]) {
		return c.Words[1:], true
	}
	if !runners.MatchString(c.Words[0]) || len(c.Words) < 3 || c.Words[1] != "run" {
		return nil, false
	}
	if i := slices.Index(c.Words, "--"); i > 0 && c.Words[0] == "cargo" {
		return c.Words[i+1:], true
	}
	for i, word := range c.Words[2:] {
		if !strings.HasPrefix(word, "-") && (is(word) || c.Words[0] == "go" && (word == "." || strings.HasSuffix(word, "main.go"))) {
			return c.Words[i+3:], true
		}
	}
	return nil, false
}

// choice asks for the subcommand of a program that listens, where nothing says which.
func (s Subcommands) choice(program string) error {
	e := &detect.ChoiceError{Subject: fmt.Sprintf("%s: %s does nothing without a subcommand, and nothing says which one serves", s.At, program), Flag: "--command"}
	for _, name := range s.Names {
		e.Options = append(e.Options, detect.Option{Value: program + " " + name, At: s.At})
	}
	return e
}
