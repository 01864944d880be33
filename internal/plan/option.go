package plan

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Kind says what an option takes.
type Kind int

// The kinds of options.
const (
	Word   Kind = iota // one word: a string of TOML
	Switch             // true or false
	List               // several words: an array of strings
)

// Option is an answer that services of one stack alone understand: a key of
// dockgen.toml and the flag of that name.
type Option struct {
	Key    string
	Kind   Kind
	Not    string   // of a switch: a key that says the same where it is false, or none
	Doc    string   // what it does, for the help and the schema
	Values []string // the only words that it takes, the first of which holds without it; none where any will do
}

// Check holds words to those that the option takes.
func (o Option) Check(words []string) error {
	for _, w := range words {
		if len(o.Values) > 0 && !slices.Contains(o.Values, w) {
			return fmt.Errorf("%s: no such %s; there are %s", w, o.Key, strings.Join(o.Values, ", "))
		}
	}
	return nil
}

// Said is what was answered to an option; that of a switch is "true" or "false".
type Said struct {
	Kind  Kind
	Words []string
}

// String is the answer in short.
func (s Said) String() string { return strings.Join(s.Words, ",") }

// Own holds the answers to options of stacks, by their keys.
type Own map[string]Said

// Word is the answer to an option that takes one; empty where there is none.
func (o Own) Word(key string) string { return o[key].String() }

// Words lists the answers by their keys, for those who detect.
func (o Own) Words() map[string][]string {
	if len(o) == 0 {
		return nil
	}
	words := make(map[string][]string, len(o))
	for key, said := range o {
		words[key] = said.Words
	}
	return words
}

// On says whether a switch is on.
func (o Own) On(key string) bool { return o.Word(key) == "true" }

// Over puts answers over weaker ones.
func (o Own) Over(weaker Own) Own {
	if len(o) == 0 {
		return weaker
	}
	all := maps.Clone(weaker)
	if all == nil {
		all = Own{}
	}
	maps.Copy(all, o)
	return all
}

// Options lists those of all stacks, each key once.
func Options(stacks []Stack) (all []Option) {
	for _, s := range stacks {
		for _, o := range s.Options {
			if !slices.ContainsFunc(all, func(known Option) bool { return known.Key == o.Key }) {
				all = append(all, o)
			}
		}
	}
	return all
}

// Manager is a package manager that --package-manager takes.
type Manager struct {
	Name      string
	Versioned bool // also as NAME@VERSION
}

// Managers lists those of all stacks.
func Managers(stacks []Stack) (all []Manager) {
	for _, s := range stacks {
		all = append(all, s.Managers...)
	}
	return all
}
