package verify

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"

	"github.com/BurntSushi/toml"
)

// Lockfiles are those that say which distributions of Python only development wants.
var Lockfiles = []string{"uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock"}

// development are names of groups of dependencies that nothing which runs wants. A group with
// another name may be installed on purpose.
var development = []string{"dev", "develop", "development", "test", "tests", "testing", "lint", "linting", "typing", "types", "docs", "doc", "ci", "style", "format"}

func isForDevelopment(group string) bool { return slices.Contains(development, group) }

// DevOnly names the packages of a lockfile that only groups for development want, sorted.
// What the lockfile leaves open counts as wanted.
func DevOnly(lockfile string, text []byte) ([]string, error) {
	var names []string
	var err error
	switch path.Base(lockfile) {
	case "uv.lock":
		names, err = developedByUV(text)
	case "poetry.lock", "pdm.lock":
		names, err = developedByGroups(text)
	case "Pipfile.lock":
		var file struct{ Default, Develop map[string]struct{} }
		err = json.Unmarshal(text, &file)
		for name := range file.Develop {
			if _, both := file.Default[name]; !both {
				names = append(names, name)
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", lockfile, err)
	}
	slices.Sort(names)
	return names, nil
}

// developedByGroups reads which groups want each package: groups of Poetry since 1.5 and PDM,
// category of Poetry before.
func developedByGroups(text []byte) (names []string, err error) {
	var file struct {
		Package []struct {
			Name, Category string
			Groups         []string
		}
	}
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	for _, p := range file.Package {
		if p.Category == "dev" || len(p.Groups) > 0 && !slices.ContainsFunc(p.Groups, func(g string) bool { return !isForDevelopment(g) }) {
			names = append(names, p.Name)
		}
	}
	return names, nil
}

// uvNeed is a dependency as uv.lock has it.
type uvNeed struct{ Name string }

// uvPackage is a package of uv.lock.
type uvPackage struct {
	Name     string
	Source   struct{ Virtual, Editable, Directory string }
	Needs    []uvNeed            `toml:"dependencies"`
	Optional map[string][]uvNeed `toml:"optional-dependencies"`
	Groups   map[string][]uvNeed `toml:"dev-dependencies"`
}

// developedByUV follows what the repository's own packages want: of a package that is there
// for several reasons one reason that is none of development's is enough.
func developedByUV(text []byte) (names []string, err error) {
	var file struct{ Package []uvPackage }
	if err := toml.Unmarshal(text, &file); err != nil {
		return nil, err
	}
	byName := map[string][]uvPackage{} // several versions, for other platforms
	for _, p := range file.Package {
		byName[p.Name] = append(byName[p.Name], p)
	}
	var follow func(needs []uvNeed, into map[string]bool)
	follow = func(needs []uvNeed, into map[string]bool) {
		for _, n := range needs {
			if into[n.Name] {
				continue
			}
			into[n.Name] = true
			for _, p := range byName[n.Name] {
				follow(p.Needs, into)
				for _, extra := range p.Optional {
					follow(extra, into)
				}
			}
		}
	}
	runs, develops := map[string]bool{}, map[string]bool{}
	for _, p := range file.Package {
		if p.Source.Virtual == "" && p.Source.Editable == "" && p.Source.Directory == "" {
			continue
		}
		follow([]uvNeed{{p.Name}}, runs)
		for group, needs := range p.Groups {
			into := runs
			if isForDevelopment(group) {
				into = develops
			}
			follow(needs, into)
		}
	}
	for name := range develops {
		if !runs[name] {
			names = append(names, name)
		}
	}
	return names, nil
}
