package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/compose"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/templates"
)

func composeCommand(io *streams) *cobra.Command {
	w := &writing{composes: true}
	cmd := &cobra.Command{
		Use:   "compose [PATH]",
		Short: "Write compose.yaml: every service with what it stands on",
		Long: `compose writes what generate writes, and a compose.yaml that runs every service of
the repository with the servers that it stands on, found with evidence, as dockgen
detect shows: databases, caches, queues. generate and check keep the file from then on.

Passwords stand in .env, which is made with random values where there is none and
.gitignore leaves it out. One that is there is never changed.`,
		Example: `  dockgen compose
  dockgen compose --adopt
  dockgen compose --stands-on postgres=PRIMARY_URL`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return w.run(cmd.Context(), io, args) },
	}
	w.bind(cmd)
	return cmd
}

// compose settles and writes the file that runs every service, where one is kept and nothing
// of the repository was left out on request.
func (w *writing) compose(root *os.Root, repo *repository, r report) written {
	switch {
	case r.result.Compose == "":
		return written{}
	case !r.result.Whole && w.composes:
		return written{err: errors.New("compose.yaml is for all services of a repository: leave --service, --stack and --output out; without in [compose] of dockgen.toml leaves some out")}
	case !r.result.Whole:
		return written{}
	}
	file, told, err := repo.engine.Compose(r.result, r.standing(root))
	if err != nil || file == nil {
		return written{err: err}
	}
	done := w.put(root, []templates.File{*file})
	done.notes = told
	if done.err != nil || w.dryRun || w.diff || refused(done.changes) || !w.composes {
		return done
	}
	note, err := environment(root, repo, done.changes[0])
	if done.err = err; note != "" {
		done.notes = append(done.notes, note)
	}
	return done
}

// envName is the file of which compose takes the values of variables.
const envName = ".env"

// environment makes a .env with random values for the variables that a compose file stops
// without, where there is none and git will not keep it. It says what a person has to do.
func environment(root *os.Root, repo *repository, file output.Change) (note string, err error) {
	names := compose.Wanted(file.New)
	if len(names) == 0 {
		return "", nil
	}
	old, err := budget.ReadFile(root, envName)
	switch {
	case err == nil:
		names = slices.DeleteFunc(names, func(name string) bool { return hasVariable(old, name) })
		if len(names) == 0 {
			return "", nil
		}
		return fmt.Sprintf("%s is yours and stays; %s stops without %s: add a line NAME=value for each", envName, file.Path, strings.Join(names, ", ")), nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Sprintf("%s cannot be read, so it stays; %s stops without %s", envName, file.Path, strings.Join(names, ", ")), nil
	case !repo.Ignores(envName):
		return fmt.Sprintf("no %s was made, as git would keep it: add %s to .gitignore and run dockgen compose again, or set %s", envName, envName, strings.Join(names, ", ")), nil
	}
	var b bytes.Buffer
	b.WriteString("# Made once by dockgen compose, with random values; yours from now on.\n")
	for _, name := range names {
		fmt.Fprintf(&b, "%s=%s\n", name, rand.Text())
	}
	if err := output.Secret(root, envName, b.Bytes()); err != nil {
		return "", err
	}
	return fmt.Sprintf("%s is made, with random values for %s; git does not keep it", envName, strings.Join(names, ", ")), nil
}

// hasVariable says whether a .env gives a variable.
func hasVariable(data []byte, name string) bool {
	for line := range strings.Lines(string(data)) {
		line = strings.TrimPrefix(strings.TrimSpace(line), "export ")
		if key, _, ok := strings.Cut(line, "="); ok && strings.TrimSpace(key) == name {
			return true
		}
	}
	return false
}

// composed settles whether compose.yaml is to be written, where a service stands on a server.
func (c *conversation) composed(ctx context.Context) (changed bool, err error) {
	var on []string
	for _, o := range c.result.Outcomes {
		for _, s := range o.Service.Stands {
			if o.Err == nil && s.Open == "" && !slices.Contains(on, s.Title) {
				on = append(on, s.Title)
			}
		}
	}
	if len(on) == 0 || c.result.Compose != "" || !c.result.Whole {
		return false, nil
	}
	q := c.question("compose.yaml", "runs every service with "+strings.Join(on, ", ")+", which they stand on, for development: docker compose up. dockgen compose writes it at any time.")
	chosen, err := c.Select(ctx, q, []prompt.Option{{Name: "no"}, {Name: "yes", About: "kept by generate and check from then on"}}, 0)
	if err != nil || chosen == 0 {
		return false, err
	}
	c.request.Compose = true
	return true, nil
}
