package node

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// production settles the stage with the dependencies that the runtime takes.
func (p *planner) production() error {
	d := p.detail
	if p.traced = d.Framework.Traced; p.traced {
		p.plan.Decide("production dependencies", plan.None, "", "the build traces what it imports, so no node_modules is taken along", d.Framework.Evidence...)
		return nil
	}
	kept, keeps := d.KeepsDev()
	needs := slices.ContainsFunc(d.Runs, project.Package.HasProduction) || keeps
	if !needs || !p.installed {
		p.traced = true // nothing to take
		return nil
	}
	isMember := d.IsMember() || len(d.Closure) > 1 && !d.Package.Virtual
	hasDev := slices.ContainsFunc(append(slices.Clone(d.Closure), d.Root), func(m project.Package) bool { return m.HasKind(project.Development) })
	generated := slices.ContainsFunc(d.Closure, generatesClient)
	switch {
	case keeps:
		p.plan.Decide("production dependencies", "all", "", kept.By+" "+cmp.Or(kept.Name, "one")+", which is for development only", kept.At)
		if !d.Framework.KeepDev { // else said with the framework
			p.plan.Note("%s: %s %s, which is a dependency for development; the image carries all of these: move it to dependencies", kept.At, kept.By, cmp.Or(kept.Name, "a package"))
		}
		return nil
	case !hasDev && !isMember && !generated:
		p.plan.Decide("production dependencies", "all", "", "there are none for development only", d.Package.At())
		return nil
	}
	p.view.ProdFrom = "deps"
	if generated && p.built {
		if d.Manager.Name == "pnpm" || d.Manager.Name == "npm" && !isMember {
			p.view.ProdFrom = "builder" // the client is generated among the dependencies, which they prune
		} else {
			p.generated = true
		}
	}
	pruned := p.view.ProdFrom == "builder"
	if len(d.Copied) > 0 {
		p.view.ProdFrom = "builder" // whose packages are built, so that they are copied with what that made
	}
	if isMember && d.Manager.Name != "yarn" {
		return p.productionOfMember(hasDev, pruned)
	}
	return p.prune(isMember)
}

// generatesClient says whether the build of a package writes a client among the dependencies.
func generatesClient(c project.Package) bool { return c.Has("@prisma/client") || c.Has("prisma") }

// prunes are commands that take away what is for development only.
var prunes = map[string]string{
	"npm":  "npm prune --omit=dev --ignore-scripts --no-audit --no-fund",
	"pnpm": "pnpm prune --prod --ignore-scripts",
}

// prune takes away what is for development only, or installs anew without it.
func (p *planner) prune(isMember bool) error {
	d, yarn := p.detail, p.yarnVersion()
	if d.Manager.Modern && (strings.HasPrefix(yarn, "2") || strings.HasPrefix(yarn, "3") && !d.Manager.Plugins) {
		p.view.ProdFrom = ""
		p.plan.Decide("production dependencies", "all", "", "yarn "+yarn+" takes dependencies for development away only with its plugin workspace-tools", d.Manager.At)
		return nil
	}
	command, ok := prunes[d.Manager.Name]
	if !ok {
		var err error
		if command, _, err = p.installCommand(true); err != nil {
			return err
		}
	}
	run := Run{Mounts: p.installMounts(), Commands: []string{command}}
	if d.Manager.PnP && !d.Manager.Offline {
		run.Commands = []string{"rm -rf .yarn/cache .yarn/unplugged", command} // yarn takes nothing out of them
	}
	if d.Manager.Name == "bun" {
		run.Commands = []string{"rm -rf node_modules", command}
	}
	p.view.Prod = run
	reason := "what is for development only stays in the builder"
	if isMember && d.Manager.Name == "yarn" && !d.Manager.Modern {
		reason += "; yarn 1 installs for all members at once"
	}
	p.plan.Decide("production dependencies", command, "", reason, d.Package.At())
	return nil
}

func (p *planner) yarnVersion() string {
	if p.managerVersion != "" {
		return p.managerVersion
	}
	return p.detail.Manager.Range
}

// productionOfMember installs for one member alone, by the package manager's own filter.
// pnpm deploy is no better: from version 10 on it wants packages to be injected or its old
// way asked for, and what it makes of examples/node-pnpm-workspace is 2 % larger.
// Where the client is kept that the build has generated among the dependencies, pnpm
// prunes these, which it would put off for a week.
func (p *planner) productionOfMember(hasDev, kept bool) error {
	command, frozen, err := p.installCommand(true)
	if err != nil {
		return err
	}
	d := p.detail
	if !hasDev && p.view.ProdFrom == "deps" {
		p.view.ProdFrom = ""
		p.plan.Decide("production dependencies", "all that is installed", "", "neither the member nor what it needs has any for development only", d.Package.At())
		return nil
	}
	var commands []string
	if kept && d.Manager.Name == "pnpm" {
		command += " --config.modules-cache-max-age=0"
	}
	if !kept && !(d.Manager.Name == "npm" && frozen) { // npm ci begins anew by itself
		commands = append(commands, "find . -name node_modules -prune -exec rm -rf {} +")
	}
	commands = append(commands, command)
	p.view.Prod = Run{Mounts: p.installMounts(), Commands: commands}
	p.plan.Decide("production dependencies", command, "", "those of this member and of what it needs", d.Package.At())
	return nil
}

// nestedModules says whether a member has a node_modules of its own after an
// install for production, and whether that is sure.
func (p *planner) nestedModules(c project.Package) (has, sure bool) {
	d := p.detail
	below := detect.From(d.Workspace.Dir, c.Dir)
	switch {
	case below == "." || c.Virtual:
		return false, true
	case d.Manager.Name == "pnpm" && d.Workspace.NodeLinker != "hoisted":
		return c.HasProduction() || c.HasKind(project.Peer), c.HasProduction()
	case d.Manager.Name == "npm" && d.Lock.Sure():
		any := d.Lock.Nests(below, "")
		return any, !any // it may be for development only
	}
	return true, false
}

// unsure lists the folders for packages of members that may be missing, so that
// they are made: COPY fails on what is not there.
func (p *planner) unsure() (string, error) {
	var words []string
	for _, c := range p.detail.Runs {
		if has, sure := p.nestedModules(c); has && !sure {
			word, err := dockerfile.Shell(path.Join(p.fromContext(c.Dir), "node_modules"))
			if err != nil {
				return "", err
			}
			words = append(words, word)
		}
	}
	return strings.Join(words, " "), nil
}

// needless drops the stage deps where nothing comes out of it.
func (p *planner) needless() error {
	copies := slices.ContainsFunc(p.view.Copies, func(c Copied) bool { return c.From == "deps" })
	if p.view.Builder == "" && p.view.ProdFrom == "" && !copies {
		p.bare, p.view.Deps = p.view.Deps, ""
		p.plan.Needs = nil
	}
	return nil
}
