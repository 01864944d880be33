package project

import (
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Builds lists what a build runs. What cannot be read is told where the build is
// settled.
func (p Package) Builds() (steps []script.Step) {
	build := p.BuildScript()
	for _, name := range []string{"pre" + build, build, "post" + build} {
		text, _ := p.Lookup(name)
		more, _ := script.Expand(name, text, p.Lookup)
		steps = append(steps, more...)
	}
	return steps
}

// buildScripts are what the script is called that builds for production, the most telling
// first: one that is made for images leaves out what no image can do, such as asking a
// database.
var imageScripts, buildScripts = []string{"build:docker", "build-docker", "docker:build", "build:container", "build:image"}, []string{"build", "build:prod", "build:production"}

// BuildScript is the name of the script that builds the package for production, "build"
// where there is none.
func (p Package) BuildScript() string {
	for _, name := range imageScripts {
		if p.HasScript(name) && p.builds(name) {
			return name
		}
	}
	for _, name := range buildScripts {
		if p.HasScript(name) {
			return name
		}
	}
	return "build"
}

// builds says whether a script makes what an image holds, and not the image.
func (p Package) builds(name string) bool {
	text, _ := p.Lookup(name)
	steps, err := script.Expand(name, text, p.Lookup)
	return err == nil && len(steps) > 0 && !slices.ContainsFunc(steps, func(s script.Step) bool {
		return slices.Contains([]string{"docker", "docker-compose", "podman", "buildx", "nerdctl"}, s.Program()) || strings.HasSuffix(s.Program(), ".sh")
	})
}

// Lookup gives the text of a script; "/…/" stands for all whose names match.
func (p Package) Lookup(name string) (string, bool) {
	t, ok := p.Script(name)
	if inside, begins := strings.CutPrefix(name, "/"); !ok && begins && strings.HasSuffix(inside, "/") {
		return p.matching(strings.TrimSuffix(inside, "/"))
	}
	return t.Value, ok
}

// matching is a script that calls those whose names match, as pnpm does:
// pnpm run "/^generate:/" (https://pnpm.io/cli/run).
func (p Package) matching(expression string) (string, bool) {
	wanted, err := regexp.Compile(expression)
	if err != nil {
		return "", false
	}
	var calls []string
	for _, s := range p.Scripts {
		if wanted.MatchString(s.Name) && plainScript.MatchString(s.Name) {
			calls = append(calls, "pnpm run "+s.Name)
		}
	}
	return strings.Join(calls, " && "), len(calls) > 0
}

// plainScript is the name of a script that a shell takes as it is.
var plainScript = pattern.New(`^[A-Za-z0-9:._-]+$`)

// HasScript says whether the package has one of these scripts.
func (p Package) HasScript(names ...string) bool {
	return slices.ContainsFunc(names, func(n string) bool { _, ok := p.Script(n); return ok })
}
