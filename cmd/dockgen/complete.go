package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/engine"
)

// completeFolders offers folders for PATH, of which there is one.
func completeFolders(_ *cobra.Command, args []string, _ string) ([]cobra.Completion, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// completeServices offers the services of the repository at hand to --service,
// which takes several with commas between them.
func (f *flags) completeServices(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	names, err := f.serviceNames(cmd, args)
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	var offers []cobra.Completion
	for _, name := range names {
		if !slices.Contains(strings.Split(before, ","), name) {
			offers = append(offers, before+name)
		}
	}
	return offers, cobra.ShellCompDirectiveNoFileComp
}

func (f *flags) serviceNames(cmd *cobra.Command, args []string) ([]string, error) {
	place, err := f.place(args)
	if err != nil {
		return nil, err
	}
	repo, err := open(cmd.Context(), &streams{}, place)
	if err != nil {
		return nil, err
	}
	defer repo.Close() // nothing was written through it
	found, err := repo.engine.Detect(cmd.Context(), repo.Tree, engine.Request{Stack: f.stack, Below: place.below})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range found.Services {
		names = append(names, s.Name)
	}
	return names, nil
}
