package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/dockgen/dockgen/internal/catalog"
)

// manualCommand writes a page for each command, for packages of dockgen. A page
// is as old as the catalog, so that it is the same from day to day.
func manualCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "man DIR",
		Short:   "Write the manual pages of every command into a folder",
		Example: "  dockgen man share/man/man1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			images, err := catalog.Embedded()
			if err != nil {
				return err
			}
			date, err := time.Parse(time.DateOnly, images.AsOf())
			if err != nil {
				return fmt.Errorf("date of the catalog: %w", err)
			}
			if err := os.MkdirAll(args[0], 0o755); err != nil {
				return fmt.Errorf("make %s: %w", args[0], cause(err))
			}
			header := &doc.GenManHeader{Section: "1", Date: &date, Source: "dockgen", Manual: "dockgen"}
			return writePages(cmd.Root(), *header, args[0])
		},
	}
}

// writePages writes the page of a command and those of the commands below it.
func writePages(cmd *cobra.Command, header doc.GenManHeader, dir string) error {
	if !cmd.IsAvailableCommand() {
		return nil
	}
	header.Title = "" // that of the command
	var page bytes.Buffer
	if err := doc.GenMan(cmd, &header, &page); err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	file := filepath.Join(dir, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
	if err := os.WriteFile(file, []byte(withExits(page.String())), 0o644); err != nil {
		return fmt.Errorf("write manual pages: %w", err)
	}
	for _, c := range cmd.Commands() {
		if err := writePages(c, header, dir); err != nil {
			return err
		}
	}
	return nil
}

// exitCodes are the exit codes, as the README has them.
var exitCodes = []struct {
	code int
	text string
}{
	{exitDone, "Done."},
	{exitDifference, "There is a difference (check, --diff)."},
	{exitFault, "The flags, the input or the project are at fault; what could be done was done."},
	{exitInternal, "A fault of dockgen's own; nothing was written."},
	{exitInterrupted, "Interrupted."},
}

// withExits gives a page the section about exit codes, which cobra knows nothing of, and
// that of the examples the name that it has elsewhere.
func withExits(page string) string {
	var b strings.Builder
	b.WriteString(".SH EXIT STATUS\n")
	for _, e := range exitCodes {
		fmt.Fprintf(&b, ".TP\n\\fB%d\\fP\n%s\n", e.code, e.text)
	}
	page = strings.Replace(page, ".SH EXAMPLE\n", ".SH EXAMPLES\n", 1)
	for _, next := range []string{".SH SEE ALSO", ".SH HISTORY"} {
		if i := strings.Index(page, next); i >= 0 {
			return page[:i] + b.String() + "\n" + page[i:]
		}
	}
	return page + b.String()
}
