package main

import (
	"fmt"
	"os"
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
			if err := doc.GenManTree(cmd.Root(), header, args[0]); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			return nil
		},
	}
}
