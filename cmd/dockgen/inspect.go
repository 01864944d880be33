package main

import (
	"fmt"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

func detectCommand(io *streams) *cobra.Command {
	f := &flags{}
	cmd := &cobra.Command{
		Use:     "detect [PATH]",
		Short:   "Show what the project states, and where",
		Example: "  dockgen detect\n  dockgen detect --json services/api",
		Args:    onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			request, repo, err := f.open(cmd.Context(), io, args)
			if err != nil {
				return err
			}
			defer repo.Close() // nothing was written through it
			found, err := repo.engine.Detect(cmd.Context(), repo.Tree, request)
			if err != nil {
				return err
			}
			return f.showFindings(io, found)
		},
	}
	f.bind(cmd)
	return cmd
}

func (f *flags) showFindings(io *streams, found detect.Findings) error {
	if f.json {
		a := newAnswer(found)
		for _, s := range found.Services {
			a.Services = append(a.Services, jsonService{Name: s.Name, Dir: s.Dir, Stack: s.Stack, Facts: facts(s)})
		}
		if err := printJSON(io.out, a); err != nil {
			return err
		}
		return problemsCode(found)
	}
	for _, s := range found.Services {
		table(io.out, [][]string{{s.Name + " · " + s.Stack, s.Dir}})
		var rows [][]string
		for _, fact := range facts(s) {
			rows = append(rows, []string{"  " + fact.Name, fact.Value, places(fact.Evidence)})
		}
		table(io.out, rows)
	}
	if len(found.Others) > 0 {
		say(io.out, "no service:")
	}
	var rows [][]string
	for _, o := range found.Others {
		rows = append(rows, []string{"  " + o.Dir, o.Stack, o.Reason, places(o.Evidence)})
	}
	table(io.out, rows)
	for _, p := range found.Problems {
		complain(io.err, p)
	}
	return problemsCode(found)
}

// facts are those of a service, and the front ends that belong to it.
func facts(s detect.Service) []detect.Fact {
	all := s.Detail.Facts()
	for _, f := range s.Fronts {
		all = append(all, f.Fact())
	}
	for _, on := range s.Stands {
		all = append(all, on.Fact())
	}
	return append(all, s.Judgement())
}

func problemsCode(found detect.Findings) error {
	if len(found.Problems) > 0 {
		return exitCode(exitFault)
	}
	return nil
}

func explainCommand(io *streams) *cobra.Command {
	f := &flags{}
	cmd := &cobra.Command{
		Use:     "explain [PATH]",
		Short:   "Show every decision, its reason and the flag that changes it",
		Example: "  dockgen explain\n  dockgen explain --service api --json",
		Args:    onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			request, repo, err := f.open(cmd.Context(), io, args)
			if err != nil {
				return err
			}
			defer repo.Close() // nothing was written through it
			result, err := repo.look(cmd.Context(), request)
			if err != nil {
				return err
			}
			r := report{place: repo.place, result: result, written: make([]written, len(result.Outcomes))}
			if f.json {
				a := newAnswer(result.Findings)
				for _, o := range result.Outcomes {
					s := newService(o)
					s.Decisions, s.Obligations = o.Plan.Decisions, newObligations(o.Proof)
					a.Services = append(a.Services, s)
				}
				if err := printJSON(io.out, a); err != nil {
					return err
				}
			} else {
				r.decisions(io)
				r.complain(io)
			}
			return (&writing{}).code(r)
		},
	}
	f.bind(cmd)
	return cmd
}

// decisions prints a table for each service.
func (r report) decisions(io *streams) {
	for _, o := range r.result.Outcomes {
		if o.Err != nil {
			continue
		}
		if len(r.result.Outcomes) > 1 {
			table(io.out, [][]string{{o.Service.Name, o.Service.Dir}})
		}
		var rows [][]string
		for _, d := range o.Plan.Decisions {
			rows = append(rows, []string{d.Name, d.Value, because(d), places(d.Evidence), d.Flag})
		}
		table(io.out, rows)
		for _, n := range o.Plan.Notes {
			say(io.out, "note: "+n)
		}
		notProved(io, o.Proof)
	}
}

// notProved lists what is needed and cannot be decided, with the reason.
func notProved(io *streams, found []proof.Finding) {
	var rows [][]string
	for _, f := range found {
		if f.State == proof.Open {
			rows = append(rows, []string{string(f.State), string(f.Kind) + " " + f.What, f.Reason, f.At.String()})
		}
	}
	table(io.out, rows)
}

// because is the reason of a decision, with whoever settled it and those that it
// outranks.
func because(d plan.Decision) string {
	reason := d.Reason
	if d.Source != "" && d.Source != d.Flag {
		reason = strings.TrimPrefix(reason+"; ", "asked for; ") + "set in " + d.Source
	}
	var losers []string
	for _, l := range d.Instead {
		if l.Source == "detected" {
			losers = append(losers, l.Value+" as detected")
			continue
		}
		losers = append(losers, l.Value+" in "+l.Source)
	}
	if len(losers) > 0 {
		reason += ", instead of " + strings.Join(losers, ", ")
	}
	return reason
}

func stacksCommand(io *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "stacks",
		Short:   "List the stacks, the manifests they read and their runtimes",
		Example: "  dockgen stacks\n  dockgen stacks --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			type stack struct {
				Name     string   `json:"name"`
				Markers  []string `json:"manifests"`
				Runtimes []string `json:"runtimes"`
			}
			var stacks []stack
			for _, s := range all.Stacks() {
				stacks = append(stacks, stack{s.Name, s.Markers, s.Runtimes})
			}
			if asJSON {
				return printJSON(io.out, map[string]any{"schemaVersion": schemaVersion, "stacks": stacks})
			}
			var rows [][]string
			for _, s := range stacks {
				rows = append(rows, []string{s.Name, strings.Join(s.Markers, ", "), strings.Join(s.Runtimes, ", ")})
			}
			table(io.out, rows)
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return cmd
}

func versionCommand(io *streams) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the version and the date of the image catalog",
		Example: "  dockgen version\n  dockgen version --json",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			images, err := catalog.Embedded()
			if err != nil {
				return err
			}
			version := "(devel)"
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				version = info.Main.Version
			}
			if asJSON {
				return printJSON(io.out, jsonVersion{schemaVersion, version, images.AsOf()})
			}
			say(io.out, fmt.Sprintf("dockgen %s, catalog of %s", version, images.AsOf()))
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "answer in JSON")
	return cmd
}

type jsonVersion struct {
	SchemaVersion int    `json:"schemaVersion"`
	Version       string `json:"version"`
	Catalog       string `json:"catalog"` // its date
}
