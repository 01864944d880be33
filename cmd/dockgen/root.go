package main

import (
	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/templates"
)

func rootCommand(io *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "dockgen",
		Short: "Write the Dockerfile that this repository needs",
		Long: `dockgen reads a repository and writes a Dockerfile and a .dockerignore for each
of its services. It asks no network and executes nothing of the project.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().Bool("no-color", false, "no colours, as with NO_COLOR set")
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if plain, err := cmd.Flags().GetBool("no-color"); err == nil && plain {
			io.color = false
		}
	}
	root.AddCommand(
		generateCommand(io),
		initCommand(io),
		detectCommand(io),
		explainCommand(io),
		stacksCommand(io),
		versionCommand(io),
	)
	return root
}

// newEngine joins the stacks with the catalog and the templates.
func newEngine() (*engine.Engine, error) {
	images, err := catalog.Embedded()
	if err != nil {
		return nil, err
	}
	set, err := templates.Load()
	if err != nil {
		return nil, err
	}
	return &engine.Engine{Stacks: all.Stacks(), Catalog: images, Templates: set}, nil
}
