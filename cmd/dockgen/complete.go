package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
)

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
	e, err := engine.New(all.Stacks())
	if err != nil {
		return nil, err
	}
	tree, err := detect.Scan(cmd.Context(), place.root, detect.Limits{})
	if err != nil {
		return nil, err
	}
	defer tree.Close() // nothing was written through it
	found, err := e.Detect(cmd.Context(), tree, engine.Request{Stack: f.stack, Below: place.below})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, s := range found.Services {
		names = append(names, s.Name)
	}
	return names, nil
}
