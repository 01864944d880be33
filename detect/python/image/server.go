package image

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/plan"
)

// The options that bring no server along, and take what runs before one out of the start.
const (
	noServer     = "no-server"
	noMigrations = "no-migrations"
)

// server settles what is installed beside what the project always needs: what it lists
// as optional, and a server that it does not list at all.
func (p *planner) server() error {
	for _, t := range p.detail.Taken {
		p.plan.Decide("installed as well", t.Kind+" "+p.named(t), "", t.Why, t.At)
		if t.Kind == project.File {
			p.plan.Note("%s is installed beside %s: %s", t.Name, p.detail.Project.ToolAt.File, t.Why)
		}
	}
	one, why, at, err := p.lacking()
	if err != nil || why == "" {
		return err
	}
	version, ok := one.Release(p.line)
	if p.in.Overrides.Own.On(noServer) || !ok {
		return detect.Errorf(at, "%s: add %s%s", why, one.Name, p.insteadOf())
	}
	packages := maps.Clone(p.detail.Project.Packages)
	if packages == nil {
		packages = map[string]project.Package{}
	}
	packages[one.Name] = project.Package{Name: one.Name, Version: version, At: at}
	p.detail.Project.Packages, p.along = packages, one.Name+"=="+version
	p.plan.Decide("server brought along", p.along, "--"+noServer, why, at)
	p.plan.Note("%s: %s, so %s is installed into the image; %s", at, why, p.along, p.adding())
	return nil
}

func (p *planner) named(t program.Taken) string {
	if t.Kind == project.File {
		return p.here(t.Name)
	}
	return t.Name
}

// insteadOf is what else settles a missing server.
func (p *planner) insteadOf() string {
	if len(p.in.Overrides.Command) > 0 {
		return ""
	}
	return ", or give what runs with --command"
}

// adding says how the project itself gets the server.
func (p *planner) adding() string {
	d := p.detail
	switch d.Project.Tool {
	case project.UV, project.Poetry, project.PDM:
		return "to choose the version, run " + d.Project.Tool + " add " + p.along
	case project.Pipenv:
		return "to choose the version, run pipenv install " + p.along
	case project.Pip:
		return "to choose the version, add the line " + p.along + " to " + d.Project.ToolAt.File
	}
	return fmt.Sprintf("to choose the version, add %q to the dependencies in %s", p.along, d.Project.ToolAt.File)
}

// lacking is a server that the image needs and the project does not list, with what
// wants it; there is no reason where none is missing.
func (p *planner) lacking() (one program.Server, why string, at detect.Evidence, err error) {
	d := p.detail
	if argv := p.in.Overrides.Command; len(argv) > 0 {
		one, ok := program.ServerIn(argv)
		if ok && !one.Comes(&d.Project) && !d.Program.Brings(one) {
			return one, "the command starts " + one.Name + ", which is no dependency", d.Program.At, nil
		}
		if !ok {
			err = p.provided(argv[0])
		}
		return one, "", at, err
	}
	f, ok := d.Program.Known()
	if d.Program.Kind != program.Application || !ok || f.ServesItself() {
		return one, "", at, nil
	}
	if _, has := f.ServedBy(&d.Project); has {
		return one, "", at, nil
	}
	if _, has := p.runsItself(); has {
		return one, "", at, nil
	}
	return f.Missing(), fmt.Sprintf("%s is an application of %s, and no server for it is a dependency", d.Program.Name, f.Name), d.Program.At, nil
}

// based are programs that every image with a shell has.
var based = []string{"python", "python3", "sh", "env", "sleep", "tail", "cat", "echo", "ls", "true", "test"}

// provided refuses a command whose program nothing brings: no name of a distribution, of
// a command of the project or of the base begins as it does. A path is taken as it is.
func (p *planner) provided(name string) error {
	d := p.detail
	plain := func(text string) string { return strings.ReplaceAll(project.Normalise(text), "-", "") }
	first, _, _ := strings.Cut(project.Normalise(name), "-")
	_, own := d.Project.Scripts[name]
	switch {
	case own, strings.Contains(name, "/"), slices.Contains(based, name), strings.HasPrefix(name, "python3."), name == "bash" && p.flavour == "slim", d.Project.Dynamic, p.ground.Foreign:
		return nil
	}
	for known := range d.Project.Packages {
		begins, _, _ := strings.Cut(known, "-")
		if begins == first || strings.HasPrefix(plain(name), plain(known)) || strings.HasPrefix(plain(known), plain(name)) {
			return nil
		}
	}
	return &plan.OverrideError{Flag: "--command", Value: name, Err: fmt.Errorf("no dependency of %s brings a program of that name; add what does, or give its path in the image", d.Project.Name)}
}

// addressed is where the server listens that --command starts, or else what the program
// opens.
func (p *planner) addressed(argv []string) []detect.Listener {
	d := p.detail
	one, ok := program.ServerIn(argv)
	if !ok {
		return d.Listens
	}
	port, unbound := program.Address(argv)
	if one.Name == "gunicorn" && d.Bind.Port != 0 && unbound {
		return []detect.Listener{d.Bind}
	}
	if port == 0 {
		return d.Listens
	}
	local := slices.ContainsFunc(argv, func(w string) bool { return strings.Contains(w, "127.0.0.1") || strings.Contains(w, "localhost") })
	return []detect.Listener{{Port: port, What: "what the command says, or " + one.Name + "'s own", Loopback: unbound || local, At: d.Program.At}}
}

// limits settles the older releases that have to be installed of what the project's
// distributions need and do not bound.
func (p *planner) limits() error {
	for _, l := range p.detail.Project.Limits() {
		by := strings.TrimSpace(l.By.Name + " " + l.By.Version)
		if have := l.Locked; have.Version != "" {
			p.plan.Note("%s: %s %s is too new for %s (%s), which %s; take %s", have.At, have.Name, have.Version, by, l.By.At, l.Why, l.Requirement)
			continue
		}
		p.bounds = append(p.bounds, l.Requirement)
		p.plan.Decide("installed as well", l.Requirement, "", by+" "+l.Why, l.By.At)
		since := ""
		if l.Since != "" {
			since = fmt.Sprintf(" (%s %s needs none)", l.By.Name, l.Since)
		}
		p.plan.Note("%s: %s %s, so %s is installed with it%s; a requirement of your own counts instead", l.By.At, by, l.Why, l.Requirement, since)
	}
	return nil
}

// bringAlong installs behind the dependencies what the project does not list.
func (p *planner) bringAlong() {
	var all []string
	if !p.bounded {
		all = p.bounds
	}
	if p.along != "" {
		all = append(all, p.along)
	}
	if len(all) == 0 {
		return
	}
	one, cache := &p.view.Deps[0], pipCache
	words := slices.Clone(into)
	if p.usesUV() {
		words, cache = []string{"uv", "pip", "install", "--python", environment + "/bin/python"}, uvCache
	}
	one.Commands = append(one.Commands, p.sh(append(words, all...)...))
	if !slices.Contains(one.Caches, cache) {
		one.Caches = append(one.Caches, cache)
	}
}

// bound are the limits for the installation of what the project lists without a lockfile,
// which settles all versions at once.
func (p *planner) bound() []string {
	p.bounded = !p.detail.Project.Hashed
	if !p.bounded {
		return nil
	}
	return p.bounds
}
