package node

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// denoCache is where what is downloaded stands, in place of the image's own
// folder, which belongs to its user.
const denoCache = "/deno-cache"

// denoInstall gets what the manifest names, then what the sources import.
func (p *planner) denoInstall() error {
	d := p.detail
	manifests := []string{path.Base(d.Deno.File)}
	frozen := ""
	if d.Deno.HasLock {
		manifests = append(manifests, "deno.lock")
		frozen = "--frozen "
	} else {
		p.plan.Note("%s: there is no deno.lock: what is downloaded may change from build to build; run deno install and commit it", d.Deno.File)
	}
	p.setDeps("DENO_DIR", denoCache)
	p.view.Manifests = []Copied{{Sources: manifests, To: "./"}}
	p.plan.Needs = append(p.plan.Needs, manifests...)
	p.view.Install = Run{Commands: []string{strings.TrimSpace("deno install " + strings.TrimSpace(frozen))}}
	p.startBuilder()
	entry := detect.From(d.Package.Dir, d.Entry)
	word, err := dockerfile.Shell(entry)
	if err != nil {
		return err
	}
	commands := []string{}
	if d.Deno.Build {
		commands = append(commands, "deno task build")
	}
	commands = append(commands, "deno cache "+frozen+word)
	p.view.Build = Run{Commands: commands}
	p.plan.Decide("dependencies", p.view.Install.Commands[0], "", "in a layer of its own, which an edit of the sources leaves alone", detect.Evidence{File: d.Deno.File})
	p.plan.Decide("build", strings.Join(commands, " && "), "", "so that nothing is downloaded at run time", detect.Evidence{File: d.Entry})
	return nil
}

func (p *planner) denoTests() error {
	d := p.detail
	if p.in.Overrides.NoTestStage {
		p.plan.Decide(plan.TestStage, plan.None, "--no-test-stage", "asked for")
		return nil
	}
	if s, ok := d.Package.Script("test"); ok {
		p.view.Test = Run{Commands: []string{"deno task test"}}
		p.plan.Decide(plan.TestStage, "deno task test", "--no-test-stage", "the test task; a plain build leaves the stage out", s.At)
		return nil
	}
	if len(d.Tests) == 0 {
		p.plan.Decide(plan.TestStage, plan.None, "", "no test task and no tests", detect.Evidence{File: d.Deno.File})
		return nil
	}
	p.view.Test = Run{Commands: []string{"deno test --allow-all"}}
	p.plan.Decide(plan.TestStage, "deno test --allow-all", "--no-test-stage", "there are tests; a plain build leaves the stage out", d.Tests[0])
	return nil
}

// denoContents copies the sources, which Deno runs as they are, and what they import.
func (p *planner) denoContents() error {
	p.setRuntime("DENO_DIR", denoCache)
	p.setRuntime("DENO_NO_UPDATE_CHECK", "1")
	p.copy(Copied{From: "builder", Sources: []string{denoCache}, To: denoCache})
	p.own("builder")
	return nil
}

// denoCommand runs the start task's command, with what is in the cache alone.
func (p *planner) denoCommand() error {
	argv := slices.Clone(p.detail.Start.Argv)
	reason, at := p.detail.Start.Reason, []detect.Evidence{p.detail.Start.At}
	if asked := p.in.Overrides.Command; len(asked) > 0 {
		argv, reason, at = slices.Clone(asked), "asked for", nil
	}
	if len(argv) > 1 && argv[0] == "deno" && (argv[1] == "run" || argv[1] == "serve") && !slices.Contains(argv, "--cached-only") {
		argv = slices.Insert(argv, 2, "--cached-only")
	}
	p.plan.Decide("command", strings.Join(argv, " "), "--command", reason, at...)
	p.view.Entrypoint = argv
	p.init()
	return nil
}

// denoDev is the stage for development, on what the builder has downloaded.
func (p *planner) denoDev() error {
	if !p.in.Overrides.Dev {
		return nil
	}
	base, err := p.in.Base(p.view.Deps)
	if err != nil {
		return err
	}
	d := plan.Development{
		From: p.view.Stages.Builder, User: base.User, UserLast: base.User, Root: "/app/", Sources: []plan.Source{{Path: "."}},
		Brought: p.pages(), Manifests: p.view.Manifests[0].Sources, Ports: p.plan.Ports, Env: slices.Clone(p.view.RuntimeEnv),
	}
	d.Own("/app", denoCache)
	reason, at := "what the image starts", p.detail.Start.At
	d.Command = slices.Clone(p.view.Entrypoint)
	if s, ok := p.detail.Package.Script("dev"); ok {
		d.Command, d.Reloads = []string{"deno", "task", "dev"}, strings.Contains(s.Value, "--watch")
		reason, at = "the task dev", s.At
	} else if i := slices.Index(d.Command, "--cached-only"); i >= 0 {
		d.Command[i], d.Reloads = "--watch", true
		reason += ", watched by Deno"
	}
	p.plan.Develop(d, reason, at)
	return nil
}
