package main

import (
	"fmt"

	"github.com/spf13/cobra"
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
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
	})
	root.AddCommand(
		generateCommand(io),
		initCommand(io),
		checkCommand(io),
		hookCommand(io),
		detectCommand(io),
		explainCommand(io),
		stacksCommand(io),
		versionCommand(io),
		manualCommand(),
	)
	return root
}
