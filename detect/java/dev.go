package java

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// devHome is where whoever runs the stage for development is at home, with what the tool keeps.
const devHome = "/home/app"

// dev settles the stage for development: the server of Quarkus, Spring Boot with its DevTools
// where the project depends on them, else what the build tool compiles and starts anew.
func (p *planner) dev() error {
	if !p.in.Overrides.Dev {
		return nil
	}
	lines, err := p.commands().pack()
	if err != nil {
		return err
	}
	d, reason, at, err := p.devStarts(lines)
	if err != nil {
		return err
	}
	if len(d.Command) == 0 {
		p.plan.Decide(plan.DevStage, plan.None, "--dev", reason, p.detail.Program.At)
		return nil
	}
	if err := p.devStage(&d, lines); err != nil {
		return err
	}
	p.plan.Develop(d, reason, evidence(at)...)
	return nil
}

// devStage adds what the stage stands on, fetches and copies.
func (p *planner) devStage(d *plan.Development, lines []string) error {
	base, err := p.in.Base(p.view.Builder)
	if err != nil {
		return err
	}
	d.Libc = base.Libc
	d.From, d.Root, d.User, d.UserFirst = "deps", "/src/", base.User, base.User
	d.Ports, d.Manifests, d.Brought = p.plan.Ports, p.view.Manifests, p.view.Brought
	if d.Ground, err = p.in.Running(base, nil); err != nil {
		return err
	}
	dirs := append([]string{"/src", devHome}, p.view.UserDirs...)
	for _, m := range p.detail.Build.Modules {
		dirs = append(dirs, path.Join("/src", p.fromContext(m.Dir)))
	}
	d.Own(append(dirs, path.Join("/src", p.fromContext(p.detail.Build.Root)))...)
	env := []plan.Variable{{Name: "HOME", Value: devHome}}
	switch {
	case p.detail.Build.Tool == "gradle":
		env = append(env, plan.Variable{Name: "GRADLE_USER_HOME", Value: devHome + "/.gradle"})
	case p.detail.Build.Wrapper == "": // a wrapper takes the variable for options
		env = append(env, plan.Variable{Name: "MAVEN_CONFIG", Value: devHome + "/.m2"})
	}
	for _, v := range p.view.RuntimeEnv {
		if v.Name != "JAVA_TOOL_OPTIONS" && v.Name != "HOME" { // its share of memory is for one JVM
			env = append(env, v)
		}
	}
	d.Env = append(env, d.Env...)
	mounts := p.devMounts(base.User)
	d.Fetch = []plan.Run{{Mounts: mounts, Commands: []string{p.view.Dependencies}}}
	d.Sources = []plan.Source{{Path: "."}}
	if len(p.view.Sources) > 0 {
		d.Sources = nil
		for _, name := range p.view.Sources {
			d.Sources = append(d.Sources, plan.Source{Path: name})
		}
	}
	d.Prepare = []plan.Run{{Mounts: mounts, Commands: lines}}
	return nil
}

// devMounts are the credentials of a step that the user of the stage runs.
func (p *planner) devMounts(user string) (all []string) {
	uid, _, _ := strings.Cut(user, ":")
	for _, s := range p.view.Secrets {
		mount := "--mount=type=secret,id=" + s.ID
		if s.Target != "" {
			mount += ",target=" + path.Join(devHome, strings.TrimPrefix(s.Target, path.Dir(p.toolHome()))) + ",uid=" + uid
		}
		if s.Env != "" {
			mount += ",env=" + s.Env
		}
		all = append(all, mount)
	}
	return all
}

// devStarts settles what starts while somebody works on it. Without a command the reason says
// why nothing does.
//
// Sources: https://quarkus.io/guides/dev-mode-differences,
// https://docs.spring.io/spring-boot/reference/using/devtools.html.
func (p *planner) devStarts(lines []string) (d plan.Development, reason string, at detect.Evidence, err error) {
	f, shape, b := p.detail.Framework, p.detail.Program.Shape, p.detail.Build
	call := strings.Fields(p.commands().called())
	task := func(name string) []string {
		if b.Tool == "gradle" && len(b.Members) > 1 {
			name = strings.TrimSuffix(b.Path, ":") + ":" + name
		}
		return append(slices.Clip(call), name)
	}
	alone := b.Tool == "gradle" || b.Path == "" && len(b.Members) < 2
	switch {
	case f.Name == quarkus && alone:
		goal := "quarkus:dev"
		if b.Tool == "gradle" {
			goal = "quarkusDev"
		}
		d.Command, d.Reloads = task(goal), true
		d.Env = []plan.Variable{{Name: "QUARKUS_HTTP_HOST", Value: "0.0.0.0"}, {Name: "QUARKUS_DEVSERVICES_ENABLED", Value: "false"}}
		return d, "Quarkus' own server for development", f.At, nil
	case f.Name == springBoot && alone && shape != War:
		goal, compile := "spring-boot:run", "compile"
		if b.Tool == "gradle" {
			goal, compile = "bootRun", "classes"
		}
		d.Command = task(goal)
		if tools, ok := p.detail.depends("spring-boot-devtools"); ok {
			d.Compile = strings.Join(task(compile), " ")
			return d, "Spring Boot with its DevTools, which start it anew within the JVM when classes change", tools.At, nil
		}
		return d, "Spring Boot as " + b.Tool + " runs it from the sources, without DevTools among its dependencies", f.At, nil
	case shape == Installed && b.Tool == "gradle":
		d.Command = task("run")
		return d, "what Gradle's application plugin runs", p.detail.Program.At, nil
	case shape == Fat || shape == Layered || shape == Launched:
		made, err := p.devMade()
		if err != nil {
			return d, "", at, err
		}
		d.Command = []string{"sh", "-c", strings.Join(lines, " && ") + " && exec java -jar " + made}
		return d, "each start builds first, as the build tool starts nothing of one module among several", p.detail.Program.At, nil
	}
	return d, "how " + shapeNames[shape] + " runs is settled by the image alone, which compose builds anew with an edit", p.detail.Program.At, nil
}

// devMade is the archive that a build makes, as a shell finds it from where the tool is called.
func (p *planner) devMade() (string, error) {
	parts := strings.Split(p.fromRoot(p.detail.Program.File), "*")
	for i, part := range parts {
		if part == "" {
			continue
		}
		word, err := dockerfile.Shell(part)
		if err != nil {
			return "", err
		}
		parts[i] = word
	}
	return strings.Join(slices.Compact(parts), "*"), nil
}
