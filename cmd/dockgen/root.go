package main

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func rootCommand(io *streams) *cobra.Command {
	root := &cobra.Command{
		Use:   "dockgen",
		Short: "Write the Dockerfile that this repository needs",
		Long: `dockgen reads a repository and writes a Dockerfile and a .dockerignore for each
of its services. It executes nothing of the project, and but for update it asks no
network.`,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().Bool("no-color", false, "no colours, as with NO_COLOR set")
	root.PersistentPreRun = func(cmd *cobra.Command, _ []string) {
		if plain, err := cmd.Flags().GetBool("no-color"); err == nil && plain {
			io.color = false
		}
	}
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(
		generateCommand(io),
		initCommand(io),
		checkCommand(io),
		composeCommand(io),
		updateCommand(io),
		verifyCommand(io),
		hookCommand(io),
		detectCommand(io),
		explainCommand(io),
		contextCommand(io),
		stacksCommand(io),
		versionCommand(io),
		manualCommand(),
	)
	return root
}

// flagError says what is wrong with a flag in words of dockgen's own.
func flagError(cmd *cobra.Command, err error) error {
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return fmt.Errorf("%w; %s --help lists the flags", err, cmd.CommandPath())
	}
	why := errors.Unwrap(invalid)
	if _, parsing := errors.AsType[*strconv.NumError](invalid); parsing {
		why = errors.New("neither true nor false")
	}
	return fmt.Errorf("--%s %s: %w", invalid.GetFlag().Name, invalid.GetValue(), why)
}
