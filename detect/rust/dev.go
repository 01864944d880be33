package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// Where whoever runs the stage for development is at home, and where Cargo compiles and keeps
// what it downloads.
const (
	devHome   = "/home/app"
	devTarget = devHome + "/target"
	cargoHome = "/usr/local/cargo"
)

// dev settles the stage for development: cargo run, started anew with each edit.
func (p *planner) dev() error {
	if !p.in.Overrides.Dev {
		return nil
	}
	own := p.compiler.User
	d := plan.Development{
		From: "deps", Libc: p.compiler.Libc, User: own, UserFirst: own, Root: "/src/", Ports: p.plan.Ports, Manifests: p.view.Manifests,
		Env: []plan.Variable{{Name: "HOME", Value: devHome}, {Name: "CARGO_TARGET_DIR", Value: devTarget}},
	}
	for _, v := range p.view.RuntimeEnv {
		if v.Name != "HOME" {
			d.Env = append(d.Env, v)
		}
	}
	var err error
	if d.Ground, err = p.in.Running(p.compiler, nil); err != nil {
		return err
	}
	root, home := path.Join("/src", p.fromContext(p.detail.Root.Dir)), path.Join("/src", p.fromContext(p.detail.Package.Dir))
	d.Own(append([]string{"/src", root, home, devHome, cargoHome, cargoHome + "/registry", cargoHome + "/git"}, p.view.WriteDirs...)...)
	if p.readsBeside() && home != root {
		d.WorkdirEnd = home
	}
	if p.view.Fetch && (p.view.Stubbed || p.view.Download || len(p.view.Compiles) > 0) && p.view.Chef == "" {
		// Cargo takes the stubs for older than the sources, as the wrapper is part of what it goes by.
		d.Fetch = []plan.Run{{Mounts: p.devMounts(), Commands: []string{"RUSTC_WORKSPACE_WRAPPER=/usr/bin/env cargo build" + p.view.Locked + p.view.Select}}}
	}
	for _, b := range p.view.Brought {
		d.Brought = append(d.Brought, plan.Copy{Stage: b.Stage, From: b.From, To: b.To})
	}
	d.Sources = []plan.Source{{Path: "."}}
	if len(p.view.Sources) > 0 {
		d.Sources = nil
		for _, name := range p.view.Sources {
			d.Sources = append(d.Sources, plan.Source{Path: name})
		}
	}
	options := p.view.Locked + p.view.Select
	d.Prepare = []plan.Run{{Mounts: p.devMounts(), Commands: []string{"cargo build" + options}}}
	d.Command = append([]string{"cargo", "run"}, strings.Fields(options)...)
	if len(p.view.Command) > 0 {
		d.Command = slices.Concat(d.Command, []string{"--"}, p.view.Command)
	}
	p.plan.Develop(d, "Cargo compiles what was edited at each start", p.detail.Program.At)
	return nil
}

// readsBeside says whether the program opens files by paths from its package's folder.
func (p *planner) readsBeside() bool {
	return slices.ContainsFunc(p.detail.Reads, func(a Asset) bool {
		return a.From == path.Join(p.detail.Package.Dir, a.Path)
	})
}

// devMounts are the credentials of a step that the user of the stage runs.
func (p *planner) devMounts() (all []string) {
	uid, _, _ := strings.Cut(p.compiler.User, ":")
	if p.view.SSH {
		all = append(all, "--mount=type=ssh,uid="+uid)
	}
	for _, s := range p.view.Secrets {
		all = append(all, "--mount=type=secret,id="+s.ID+",target="+s.Target+",uid="+uid)
	}
	return all
}

// devNothing says why programs for browsers have no stage for development.
func (p *planner) devNothing() error {
	if p.in.Overrides.Dev {
		p.plan.Decide(plan.DevStage, plan.None, "--dev", "it is made for browsers by a tool that serves this machine alone", detect.Evidence{File: p.detail.Package.At.File})
	}
	return nil
}
