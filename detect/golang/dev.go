package golang

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// Where whoever runs the stage for development is at home, and what the go command keeps.
const (
	devHome    = "/home/app"
	devModules = devHome + "/modules"
)

// dev settles the stage for development: go run, started anew with each edit, or air where
// the project has it among its tools.
func (p *planner) dev() error {
	if !p.in.Overrides.Dev {
		return nil
	}
	d := plan.Development{
		From: "deps", Libc: p.builder.Libc, User: p.builder.User, UserFirst: p.builder.User, Root: "/src/",
		Ports: p.plan.Ports, Manifests: p.view.Manifests, Brought: p.pages(),
		Env: append([]plan.Variable{{Name: "HOME", Value: devHome}, {Name: "GOMODCACHE", Value: devModules}}, p.view.RuntimeEnv...),
	}
	var err error
	if d.Ground, err = p.in.Running(p.builder, nil); err != nil {
		return err
	}
	d.Own(append([]string{"/src", path.Join("/src", detect.From(p.plan.Context, p.detail.Module.Dir)), devHome}, p.view.WriteDirs...)...)
	uid, _, _ := strings.Cut(d.User, ":")
	if p.view.Download {
		fetch := plan.Run{Commands: []string{"go mod download"}}
		if p.view.Private != "" {
			d.Env = append(d.Env, plan.Variable{Name: "GOPRIVATE", Value: p.view.Private})
			fetch.Mounts = []string{"--mount=type=secret,id=netrc,target=" + devHome + "/.netrc,uid=" + uid}
		}
		d.Fetch = []plan.Run{fetch}
	}
	d.Sources = []plan.Source{{Path: "."}}
	if len(p.view.Sources) > 0 {
		d.Sources = nil
		for _, dir := range p.view.Sources {
			d.Sources = append(d.Sources, plan.Source{Path: dir})
		}
	}
	d.Prepare = []plan.Run{{Commands: []string{"go build " + p.view.Tags + "-o /dev/null " + p.view.Package}}}
	d.Command = []string{"go", "run"}
	if tags := strings.TrimSpace(p.view.Tags); tags != "" {
		d.Command = append(d.Command, tags)
	}
	d.Command = slices.Concat(d.Command, []string{p.view.Package}, p.view.Command)
	p.plan.Develop(d, "the go command compiles what was edited at each start", p.detail.Program.At)
	return nil
}

// pages are what front ends make, where the program finds it in its module.
func (p *planner) pages() (all []plan.Copy) {
	for _, b := range p.in.Brought {
		all = append(all, plan.Copy{Stage: b.Stage, From: b.Path, To: path.Join("/src", detect.From(p.plan.Context, b.To))})
	}
	return all
}
