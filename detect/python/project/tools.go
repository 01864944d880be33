package project

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// keeper is a tool that keeps a lockfile, beside its manifest.
type keeper struct{ tool, lock, manifest string }

var keepers = []keeper{
	{UV, "uv.lock", "pyproject.toml"},
	{Poetry, "poetry.lock", "pyproject.toml"},
	{PDM, "pdm.lock", "pyproject.toml"},
	{Pipenv, "Pipfile.lock", "Pipfile"},
}

// IsTool says whether a name is that of a tool that a project can be installed by:
// those that keep a lockfile, and pip.
func IsTool(name string) bool {
	return name == Pip || slices.ContainsFunc(keepers, func(k keeper) bool { return k.tool == name })
}

// locked settles whose lockfile counts: that of the tool that was asked for, the only
// one, or that of the only tool that pyproject.toml speaks of. There may be none.
func (p *Project) locked(has func(string) bool, answer string) (*keeper, error) {
	if answer == Pip {
		if firstOf(requirementFiles, has) == "" {
			return nil, detect.Errorf(detect.Evidence{File: p.Dir}, "--package-manager pip: there is no requirements.txt")
		}
		p.ToolWhy = "asked for"
		return nil, nil
	}
	there := slices.DeleteFunc(slices.Clone(keepers), func(k keeper) bool { return !has(k.lock) || !has(k.manifest) })
	if answer != "" {
		i := slices.IndexFunc(there, func(k keeper) bool { return k.tool == answer })
		if i < 0 {
			return nil, detect.Errorf(detect.Evidence{File: p.Dir}, "--package-manager %s: there is no lockfile of it", answer)
		}
		p.ToolWhy = "asked for"
		return &there[i], nil
	}
	switch len(there) {
	case 0:
		return nil, nil
	case 1:
		p.ToolWhy = "its lockfile is there"
		return &there[0], nil
	}
	return p.contest(there)
}

// contest settles whose of several lockfiles counts.
func (p *Project) contest(there []keeper) (*keeper, error) {
	var names []string
	var spoken []*keeper
	for i, k := range there {
		names = append(names, k.lock)
		if k.tool == Pipenv || p.manifest.speaksOf(k.tool) {
			spoken = append(spoken, &there[i])
		}
	}
	if len(spoken) == 1 && spoken[0].tool != Pipenv {
		p.ToolWhy = fmt.Sprintf("of the tools with a lockfile %s speaks of this one alone", p.manifest.file)
		return spoken[0], nil
	}
	return nil, detect.Errorf(detect.Evidence{File: p.File(names[0])}, "lockfiles of several tools (%s) and nothing that says which one counts; choose with --package-manager", strings.Join(names, ", "))
}
