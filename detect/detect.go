// Package detect reads what a project states about itself.
//
// A [Tree] goes in: the index of one walk through a repository. Findings come
// out: services with their facts, each with the file and line that says so, and
// what is no service, with the reason. Nothing of a project is executed, and no
// network, clock, environment or toolchain of the host is asked.
package detect

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
)

// Evidence is the place in a project that states a fact.
type Evidence struct {
	File string `json:"file"`           // slash-separated, from the root
	Line int    `json:"line,omitempty"` // from 1; 0 means the file as a whole
}

// String is file:line, the form that editors and terminals open.
func (e Evidence) String() string {
	if e.Line == 0 {
		return e.File
	}
	return fmt.Sprintf("%s:%d", e.File, e.Line)
}

// Fact is one thing that a project states, in words for a person.
type Fact struct {
	Name     string     `json:"name"`
	Value    string     `json:"value"`
	Evidence []Evidence `json:"evidence,omitempty"`
}

// Strength says how sure a claim to a folder is. A stack whose manifest only
// serves tooling (a package.json that holds a formatter) claims weakly.
type Strength int

// Strengths, the weakest first.
const (
	Tooling   Strength = iota // a manifest is there, but nothing of it runs
	Manifest                  // a manifest and a program
	Framework                 // a manifest, a program and a framework that serves it
)

// Detail is what one stack knows about one of its services: the stack's own
// typed struct, which only the stack itself looks into.
type Detail interface {
	// Facts lists what the project states, in the order in which a person asks.
	Facts() []Fact
}

// Chosen is the [Detail] of a stack whose programs --main names.
type Chosen interface {
	Detail

	// Main is what names the program of a service in a folder.
	Main(dir string) string

	// IsMain says whether a word names it, which may be written in several ways.
	IsMain(dir, want string) bool
}

// Service is one thing that can be deployed.
type Service struct {
	Name     string   // a valid image name, unless the stack could not make one
	Dir      string   // the folder of its manifest, "." for the root
	Stack    string   // "go", "node", …
	Strength Strength // how sure the stack is of it
	Detail   Detail
	Fronts   []Front // front ends that are built into its image
	Signs    []Sign  // what speaks for its being deployed, and against
	Stands   []Stand // the servers that it stands on

	// Examples are variables that files like .env.example near it name, with their values.
	Examples []Setting
}

// Other is a folder that some stack looked at and that is no service.
type Other struct {
	Dir      string
	Stack    string
	Reason   string // "a library: no package main"
	Evidence []Evidence
}

// Findings is what detectors found in one tree.
type Findings struct {
	Services []Service
	Others   []Other
	Problems []*Problem
}

// Answer is what the user said where the files of a folder leave something open.
type Answer struct {
	Main    []string // the programs, by folder or by name
	Manager string   // the package manager, "pnpm" or "pnpm@10.4.1"
	Command []string // what starts the one service

	// Options are the answers to options that one stack alone understands, by their keys.
	Options map[string][]string
}

// Over gives the answer with what it leaves open taken from a weaker one.
func (a Answer) Over(weaker Answer) Answer {
	if len(a.Main) == 0 {
		a.Main = weaker.Main
	}
	if len(a.Command) == 0 {
		a.Command = weaker.Command
	}
	a.Manager = cmp.Or(a.Manager, weaker.Manager)
	if len(weaker.Options) > 0 {
		own := a.Options
		a.Options = maps.Clone(weaker.Options)
		maps.Copy(a.Options, own)
	}
	return a
}

// Answers are what the user said: of everything, and of single folders.
type Answers struct {
	Answer
	Folders map[string]Answer // each whole: it does not add up with the one of everything
}

// In gives what holds for the services of a folder.
func (a Answers) In(dir string) Answer {
	if one, ok := a.Folders[dir]; ok {
		return one
	}
	return a.Answer
}

// Settle joins the findings of several stacks, the order of which is the order
// of preference. A folder that two stacks claim goes to the stronger claim, then
// to the earlier stack; the loser becomes an [Other] that names the winner.
func Settle(findings ...Findings) Findings {
	var all Findings
	winner := map[string]Service{}
	for _, f := range findings {
		for _, s := range f.Services {
			if w, taken := winner[s.Dir]; !taken || s.Strength > w.Strength {
				winner[s.Dir] = s
			}
		}
		all.Others = append(all.Others, f.Others...)
		all.Problems = append(all.Problems, f.Problems...)
	}
	for _, f := range findings {
		for _, s := range f.Services {
			if w := winner[s.Dir]; w.Stack != s.Stack {
				reason := fmt.Sprintf("the folder is a %s service, the stronger claim", w.Stack)
				all.Others = append(all.Others, Other{Dir: s.Dir, Stack: s.Stack, Reason: reason})
				continue
			}
			all.Services = append(all.Services, s)
		}
	}
	all.sort()
	return all
}

// List adds folders that are no service.
func (f *Findings) List(others []Other) {
	f.Others = append(f.Others, others...)
	f.sort()
}

// sort orders by folder, so that the output is the same on every machine.
func (f *Findings) sort() {
	slices.SortStableFunc(f.Services, func(a, b Service) int { return cmp.Compare(a.Dir, b.Dir) })
	slices.SortStableFunc(f.Others, func(a, b Other) int { return cmp.Compare(a.Dir, b.Dir) })
	slices.SortStableFunc(f.Problems, func(a, b *Problem) int { return cmp.Compare(a.Dir, b.Dir) })
}
