package dockerfile

import (
	"bytes"
	"errors"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// Content is one stage by what its instructions say. Words have lost their quotes;
// variables stand in them as they were.
type Content struct {
	Name  string
	Base  string // as FROM names it
	Line  int    // from 1
	Place Stage
	Steps []Step
}

// Step is one instruction.
type Step struct {
	Name  string // "COPY"
	Line  int
	Words []string // of RUN, ENTRYPOINT, CMD and the command of HEALTHCHECK; the folder, user, volumes or ports of others; what ARG declares without a value
	Shell bool     // the words are one text for a shell
	Pairs []Pair   // of ENV and ARG

	Mounts []Mount // of RUN

	// Of COPY and ADD.
	From          string
	Sources       []string
	Texts         []string // files whose contents stand in the Dockerfile
	To            string
	Exclude       *Ignore // what of the sources is left out; nil where all is copied
	Owner         string
	Parents, Link bool
}

// Mount is what a RUN alone sees at a folder or file.
type Mount struct {
	Type           string // "bind", "cache", "tmpfs", "secret" or "ssh"
	From           string // the stage or image of a bind; empty for the context
	Source, Target string // as the instruction names them
}

// Pair is a variable with its value; an ARG without one is left out.
type Pair struct{ Name, Value string }

// Parse is [Check] with what it has read.
func Parse(data []byte) ([]Content, error) {
	stages, tree, err := parse(data)
	if err != nil {
		return nil, err
	}
	return contents(stages, stagesOf(data, tree, stages)), nil
}

// Read reads a Dockerfile of anybody's: an error is what a build stops at, with its line,
// and none of the rules that [Check] holds dockgen's own to. In what FROM names, and where
// a stage declares them, variables have the defaults of the ARGs before the first FROM.
func Read(data []byte) ([]Content, error) {
	tree, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, located(err)
	}
	stages, args, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		return nil, located(err)
	}
	if len(stages) == 0 {
		return nil, errors.New("no stage: there is no FROM instruction")
	}
	if wrong := checkWords(stages, args, tree.EscapeToken); len(wrong) > 0 {
		return nil, wrong[0]
	}
	lex := shell.NewLex(tree.EscapeToken)
	known := defaults(args, lex)
	for i := range stages {
		base, _, err := lex.ProcessWord(stages[i].BaseName, known)
		if err != nil {
			return nil, &LineError{firstLine(stages[i].Location), err}
		}
		stages[i].BaseName = base
	}
	all := contents(stages, stagesOf(data, tree, stages))
	for i := range all {
		for j := range all[i].Steps {
			s := &all[i].Steps[j]
			for _, name := range s.Words {
				if value, ok := known.Get(name); ok && s.Name == "ARG" {
					s.Pairs = append(s.Pairs, Pair{name, value})
				}
			}
		}
	}
	return all, nil
}

// defaults are the variables that there are before the first FROM, on the platform that
// most build for.
func defaults(args []instructions.ArgCommand, lex *shell.Lex) shell.EnvGetter {
	env := []string{"TARGETPLATFORM=linux/amd64", "TARGETOS=linux", "TARGETARCH=amd64", "BUILDPLATFORM=linux/amd64", "BUILDOS=linux", "BUILDARCH=amd64"}
	for _, arg := range args {
		for _, a := range arg.Args {
			if a.Value == nil {
				continue
			}
			if value, _, err := lex.ProcessWord(*a.Value, shell.EnvsFromSlice(env)); err == nil {
				env = append(env, a.Key+"="+value)
			}
		}
	}
	return shell.EnvsFromSlice(env)
}

func contents(stages []instructions.Stage, places []Stage) []Content {
	var all []Content
	for i, s := range stages {
		c := Content{Name: s.Name, Base: s.BaseName, Line: firstLine(s.Location), Place: places[i]}
		for _, command := range s.Commands {
			c.Steps = append(c.Steps, stepOf(command))
		}
		all = append(all, c)
	}
	return all
}

func stepOf(command instructions.Command) Step {
	s := Step{Name: strings.ToUpper(command.Name()), Line: firstLine(command.Location())}
	run := func(line instructions.ShellDependantCmdLine) { s.Words, s.Shell = line.CmdLine, line.PrependShell }
	switch c := command.(type) {
	case *instructions.EnvCommand:
		for _, pair := range c.Env {
			s.Pairs = append(s.Pairs, Pair{pair.Key, pair.Value})
		}
	case *instructions.ArgCommand:
		for _, arg := range c.Args {
			if arg.Value != nil {
				s.Pairs = append(s.Pairs, Pair{arg.Key, *arg.Value})
			} else {
				s.Words = append(s.Words, arg.Key)
			}
		}
	case *instructions.CopyCommand:
		s.copies(c.SourcesAndDest, c.ExcludePatterns)
		s.From, s.Owner, s.Parents, s.Link = c.From, c.Chown, c.Parents, c.Link
	case *instructions.AddCommand:
		s.copies(c.SourcesAndDest, c.ExcludePatterns)
		s.Owner, s.Link = c.Chown, c.Link
	case *instructions.RunCommand:
		run(c.ShellDependantCmdLine)
		s.Shell = s.Shell && len(c.Files) == 0
		for _, m := range instructions.GetMounts(c) {
			s.Mounts = append(s.Mounts, Mount{string(m.Type), m.From, m.Source, m.Target})
		}
	case *instructions.EntrypointCommand:
		run(c.ShellDependantCmdLine)
	case *instructions.CmdCommand:
		run(c.ShellDependantCmdLine)
	case *instructions.HealthCheckCommand:
		if c.Health != nil && len(c.Health.Test) > 1 && c.Health.Test[0] == "CMD" {
			s.Words = c.Health.Test[1:]
		}
	case *instructions.UserCommand:
		s.Words = []string{c.User}
	case *instructions.WorkdirCommand:
		s.Words = []string{c.Path}
	case *instructions.VolumeCommand:
		s.Words = c.Volumes
	case *instructions.ExposeCommand:
		s.Words = c.Ports
	}
	return s
}

func (s *Step) copies(c instructions.SourcesAndDest, exclude []string) {
	s.Sources, s.To = c.SourcePaths, c.DestPath
	for _, content := range c.SourceContents {
		s.Texts = append(s.Texts, content.Path)
	}
	if len(exclude) > 0 {
		s.Exclude, _ = ParseIgnore([]byte(strings.Join(exclude, "\n"))) // BuildKit says what is wrong with it
	}
}
