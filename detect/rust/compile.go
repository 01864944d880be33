package rust

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// architectures are those that are compiled across, as Docker and Rust name them,
// with Debian's compiler that links for them.
var architectures = []struct{ docker, rust, compiler string }{
	{"amd64", "x86_64", "x86-64-linux-gnu"},
	{"arm64", "aarch64", "aarch64-linux-gnu"},
}

// choose settles what the image runs on: what was asked for where it fits, or the
// first that does.
func (p *planner) choose() error {
	d := p.detail
	asked, err := Stack().Runtime(p.in.Overrides.Runtime)
	if err != nil {
		return err
	}
	if t := d.Config.Target; t.Value != "" {
		switch {
		case strings.Contains(t.Value, "-linux-musl") && asked == "distroless":
			asked = "static"
		case strings.Contains(t.Value, "-linux-"):
		default:
			return detect.Errorf(t.At, "build.target is %s, which no container runs", t.Value)
		}
	}
	p.flavour = asked
	p.runtime = runtimes[asked]
	needs := p.needs()
	held := slices.Clone(p.runtime.holds)
	if p.in.Overrides.Runtime != "" && p.suite.shares {
		held = append(held, p.runtime.shares...)
	}
	missing := slices.DeleteFunc(slices.Clone(needs), func(name string) bool { return slices.Contains(held, name) })
	switch {
	case p.runtime.static:
		return p.static()
	case asked == "distroless" && p.in.Overrides.Runtime == "" && len(missing) == 0 && p.starts():
		p.flavour, p.runtime = "slim", runtimes["slim"]
		p.runtime.reason = "a shell and Debian's packages, with what the program starts"
	case asked != "distroless" || len(missing) == 0:
	case p.in.Overrides.Runtime == "":
		p.flavour, p.runtime = "slim", runtimes["slim"]
		p.runtime.reason = "Debian's packages that the program is linked against, of the builder's suite"
	default:
		at, name := d.wants(missing[0])
		return &plan.OverrideError{Flag: "--runtime", Value: asked, Err: detect.Errorf(at, "%s needs %s, which it does not have", name, strings.Join(missing, ", "))}
	}
	return p.across()
}

// starts says whether the program starts others that slim has and the smallest runtime
// does not.
func (p *planner) starts() bool {
	if len(p.detail.Starts) == 0 {
		return false
	}
	name, err := p.runtimeImage(runtimes["slim"], p.suite.number)
	if err != nil {
		return false
	}
	base, err := p.in.RunBase(name)
	return err == nil && p.in.Wants(p.detail.Starts, base)
}

// needs lists the packages that the program is linked against.
func (p *planner) needs() []string {
	var all []string
	for _, n := range p.detail.Natives {
		all = append(all, n.Run...)
		if n.Cxx {
			all = append(all, "libstdc++6")
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// wants names the crate that needs a package of Debian.
func (d Detail) wants(pkg string) (detect.Evidence, string) {
	for _, n := range d.Natives {
		if slices.Contains(n.Run, pkg) {
			return n.At, n.Name
		}
	}
	return d.Package.At, d.Package.Name
}

// static compiles for musl, which links all of it into the program.
func (p *planner) static() error {
	d := p.detail
	refuse := func(n Native, why string) error {
		err := detect.Errorf(n.At, "%s %s, which a static binary cannot hold", n.Name, why)
		if p.in.Overrides.Runtime == "" {
			return err
		}
		return &plan.OverrideError{Flag: "--runtime", Value: p.in.Overrides.Runtime, Err: err}
	}
	c := d.C
	for _, n := range d.Natives {
		switch {
		case len(n.Run) > 0:
			return refuse(n, "is linked against "+strings.Join(n.Run, ", "))
		case n.Cxx:
			return refuse(n, "is C++")
		case c.Name == "" && !n.Tool:
			c = n
		}
	}
	p.view.Cross = c.Name == ""
	if !p.view.Cross {
		p.packages("musl-tools")
		p.plan.Decide("compiled for", "musl", "--runtime", "static; on the platform that it runs on, not across, because "+c.Name+" compiles C", c.At)
	} else {
		p.plan.Decide("compiled for", "musl", "--runtime", "static, and across on the platform of the builder")
	}
	return p.targets("musl", func(arch int) []plan.Variable {
		if c.Name != "" {
			return nil
		}
		return []plan.Variable{{Name: linkerVariable(arch, "musl"), Value: "rust-lld"}}
	})
}

// across compiles for other platforms on the builder's, where they were asked for
// and no crate has a part that another compiler would have to make.
func (p *planner) across() error {
	d := p.detail
	if len(p.in.Overrides.Platforms) == 0 {
		return nil
	}
	if w := d.Web; w != nil {
		p.plan.BuildFor(p.in, "each is compiled by a builder of its own or under emulation, as "+w.Tool.Command+" compiles for where it runs", w.At)
		return nil
	}
	c := d.C
	for _, n := range d.Natives {
		if c.Name == "" && !n.Tool {
			c = n
		}
	}
	if c.Name != "" {
		p.plan.BuildFor(p.in, "each is compiled by a builder of its own or under emulation, because of "+c.Name, c.At)
		p.plan.Note("%s: %s has a part in C, so each platform is compiled on its own, which is slow under emulation", c.At, c.Name)
		return nil
	}
	p.view.Cross = true
	for _, a := range architectures {
		p.packages("gcc-"+a.compiler, "libc6-dev-"+a.docker+"-cross")
	}
	return p.targets("gnu", func(arch int) []plan.Variable {
		compiler := strings.Replace(architectures[arch].compiler, "x86-64", "x86_64", 1)
		return []plan.Variable{{Name: linkerVariable(arch, "gnu"), Value: compiler + "-gcc"}}
	})
}

// linkerVariable is the one that names the program that links for a target:
// https://doc.rust-lang.org/cargo/reference/config.html#targettriplelinker
func linkerVariable(arch int, libc string) string {
	return "CARGO_TARGET_" + strings.ToUpper(strings.ReplaceAll(triple(arch, libc), "-", "_")) + "_LINKER"
}

func triple(arch int, libc string) string {
	return architectures[arch].rust + "-unknown-linux-" + libc
}

// targets makes a stage for each architecture, of which a build takes the one that
// it is for.
func (p *planner) targets(libc string, extra func(arch int) []plan.Variable) error {
	for i, a := range architectures {
		p.view.Targets = append(p.view.Targets, target{a.docker, append([]plan.Variable{{Name: "CARGO_BUILD_TARGET", Value: triple(i, libc)}}, extra(i)...)})
	}
	for _, platform := range p.in.Overrides.Platforms {
		if platform != "linux/amd64" && platform != "linux/arm64" {
			return &plan.OverrideError{Flag: "--platforms", Value: platform, Err: errors.New("compiled across are linux/amd64 and linux/arm64")}
		}
	}
	how := "compiled across, on the platform of the builder"
	if !p.view.Cross {
		how = "each is compiled by a builder of its own or under emulation"
	}
	p.plan.BuildFor(p.in, how)
	return nil
}

// packages adds packages to the build.
func (p *planner) packages(names ...string) {
	p.builds = append(p.builds, names...)
	slices.Sort(p.builds)
	p.builds = slices.Compact(p.builds)
}

// base settles the packages of the build, and the image of the runtime stage.
func (p *planner) base() error {
	p.buildPackages()
	number := suites[0].number
	r, needs := p.runtime, p.needs()
	if len(needs) > 0 && r.image == "debian" {
		number = p.suite.number
	}
	base, err := p.runtimeImage(r, number)
	if err != nil {
		return err
	}
	if number != p.suite.number && !r.static {
		r.reason += fmt.Sprintf("; Debian %s of the builder is older, and what it compiles runs on a newer one", p.suite.number)
	}
	p.view.Base = base
	if err := p.grounds(r, needs); err != nil {
		return err
	}
	linked := "binary for glibc"
	if r.static {
		linked = "static binary"
	}
	uid, _, _ := strings.Cut(p.ground.User, ":")
	p.plan.Description = fmt.Sprintf("Rust program, %s on %s", linked, p.ground.On(strings.Replace(p.flavour, "static", "distroless", 1)))
	p.plan.Parts = []plan.Part{{Templates: []string{"rust/build.tmpl", "rust/run.tmpl"}}}
	p.plan.Summary.Images = fmt.Sprintf("%s → %s, %s", p.view.Builder, strings.TrimSuffix(strings.TrimPrefix(base, "gcr.io/"), ":nonroot"), uid)
	p.plan.Decide("runtime", base, "--runtime", r.reason)
	p.plan.Decide("user", p.ground.User, "", p.ground.UserIs)
	return nil
}

// grounds settles what the image that runs has to be given: its user, the packages that
// the program is linked against, and what programs look for and do not find there.
func (p *planner) grounds(r runtime, needs []string) error {
	base, err := p.in.RunBase(p.view.Base)
	if err != nil {
		return err
	}
	switch {
	case !r.static:
		err = base.Runs(p.compiler)
	case p.compiler.Foreign && len(p.view.Targets) > 0:
		err = p.compiler.Refuse("a static program wants rustup and Debian's musl, which it is not known to have; choose another --runtime")
	}
	if err != nil {
		return err
	}
	var packages []string
	certificates := base.Lacks("certificates", &packages)
	if base.Lacks("zones", &packages) {
		p.view.Zones = "/usr/share/zoneinfo"
		p.packages("tzdata")
		certificates = certificates || r.static // with the zones of the builder its certificates, as new
	}
	if certificates {
		p.view.Certificates = p.compiler.Bundle
	}
	if base.Lacks("tmp", &packages) {
		p.view.Temp = "/image"
	}
	if r.image == "debian" {
		packages = append(packages, needs...)
	}
	packages = append(packages, p.plan.Starts(p.in, base, p.detail.Starts)...)
	p.ground, p.view.User, p.view.UserLast = base, base.User, base.User
	p.view.Ground, err = p.in.Running(base, packages)
	if p.view.Zones != "" {
		p.plan.Customary("time zones come from", p.view.Zones)
	}
	p.plan.Grounds(p.view.Ground, p.view.Certificates, p.view.Temp)
	return err
}

// buildPackages adds what crates and linkers need of Debian to compile.
func (p *planner) buildPackages() {
	d := p.detail
	for _, n := range d.Natives {
		p.packages(n.Build...)
		p.plan.Decide("packages of the build", strings.Join(n.Build, " "), "", n.Name+" needs them", n.At)
	}
	if d.Protos {
		p.packages("libprotobuf-dev")
	}
	for _, l := range d.Config.Linkers {
		if name, known := linkers[path.Base(l.Value)]; known {
			p.packages(name)
		} else {
			p.plan.Note("%s: the linker %s is in no package that dockgen knows", l.At, l.Value)
		}
	}
	for _, c := range d.Calls {
		p.plan.Note("%s: the build script runs %s, which the image that compiles does not have; where it cannot do without, build-packages in a dockgen.toml brings it, or commit what it makes", c.At, c.Value)
	}
	for _, n := range d.Unknown {
		p.plan.Note("%s: %s looks for a library that dockgen does not know; where the build misses it, its package has to be added", n.At, n.Name)
	}
}

// runtimeImage is the image that a flavour stands on, for a release of Debian.
func (p *planner) runtimeImage(r runtime, debian string) (string, error) {
	if r.image == "" {
		return "scratch", nil
	}
	image, constraint := r.image, r.constraint
	switch {
	case r.tag != "":
		ref, err := p.in.Catalog.Reference(image+debian, r.tag)
		return ref.String(), err
	case image == "debian":
		constraint = debian
	}
	ref, err := p.in.Catalog.Resolve(image, constraint, r.variant)
	return ref.String(), err
}

// dependencies settles how the dependencies are compiled apart from the sources.
func (p *planner) dependencies() error {
	d := p.detail
	cache := p.in.Overrides.Own.Word(cacheKey)
	if cache == "" {
		cache = cacheLayer
	}
	p.view.First = "deps"
	p.view.CacheID = p.in.Service.Name + "-target"
	p.view.Locked = " --locked"
	if d.Lock == "" {
		p.view.Locked = ""
		p.plan.Note("%s has no %s beside it: each build takes the newest versions; run cargo generate-lockfile and commit it", d.Root.file.name, lockName)
	}
	p.view.Fetch = d.fetches()
	p.view.GitDeps = len(d.GitDeps) > 0
	if len(d.Offline.Value) > 0 {
		p.set("SQLX_OFFLINE", "true")
		p.plan.Decide("sqlx", "offline", "", "it knows the database from "+d.Offline.Value, d.Offline.At)
	}
	switch {
	case !p.view.Fetch:
		p.plan.Decide("dependencies", plan.None, "", "no package from elsewhere is needed", d.Package.At)
	case cache == cacheMount:
		p.view.Mount = true
		p.plan.Decide("dependencies", "a mounted folder", "--"+cacheKey, "asked for; it is there as long as the builder is", d.Package.At)
	case cache == cacheChef:
		p.view.Chef, p.view.First = chefVersion, "chef"
		p.plan.Decide("dependencies", "cargo-chef", "--"+cacheKey, "asked for; a layer of their own, which an edit of the sources leaves alone", d.Package.At)
	case older(p.version, "1.56.0"):
		p.plan.Decide("dependencies", "with the sources", "--"+cacheKey, "a Cargo before 1.56 cannot keep stubs apart from the sources", d.Package.At)
	case d.Web != nil && len(d.Web.Compiles) == 0:
		p.view.Download = true
		p.plan.Decide("dependencies", "downloaded in a layer of their own", "", d.Web.Tool.Command+" alone knows how it compiles them, so an edit compiles them again", d.Web.At)
	default:
		p.view.Compiles = p.parts()
		p.plan.Decide("dependencies", "a layer of their own", "--"+cacheKey, "compiled with stubs for sources, so that an edit leaves them alone also where mounts do not last", d.Package.At)
	}
	if w := d.Web; w == nil {
		p.view.Make = "cargo build --release" + p.view.Locked + p.view.Select
	} else if p.view.Locked != "" {
		p.view.Make += w.Tool.Locked
	}
	p.artefacts()
	p.stubs()
	return nil
}

// parts lists what Cargo is told for the dependencies of each part of the program.
func (p *planner) parts() []string {
	if p.detail.Web == nil {
		return []string{" --release" + p.view.Locked + p.view.Select}
	}
	var all []string
	for _, x := range p.detail.Web.Compiles {
		all = append(all, p.view.Locked+x)
	}
	return all
}

// fetches says whether packages come from elsewhere.
func (d Detail) fetches() bool {
	return slices.ContainsFunc(d.Members, func(m *Package) bool {
		return slices.ContainsFunc(m.Needs, func(x Dependency) bool { return x.Dir == "" })
	})
}

// artefacts settles where Cargo puts the program.
func (p *planner) artefacts() {
	d := p.detail
	p.view.Binary, p.view.TargetDir = d.Program.Name, "target"
	p.view.Built = path.Join("/out", d.Program.Name)
	p.view.Installed = path.Join("/usr/local/bin", d.Program.Name)
	p.view.Taken = []plan.Copy{{From: p.view.Built, To: p.view.Installed}}
	p.plan.Make("builder", p.view.Built)
	if p.view.Mount {
		p.view.TargetDir = "/target"
	}
	if t := d.Config.TargetDir; t.Value != "" {
		p.set("CARGO_TARGET_DIR", "target")
		p.plan.Decide("compiled in", "target", "", "as everywhere, instead of "+t.Value, t.At)
	}
	platform := ""
	if t := d.Config.Target; t.Value != "" && len(p.view.Targets) == 0 && d.Web == nil {
		platform = t.Value
		p.plan.Note("%s: build.target is %s, so the image is for that platform alone", t.At, t.Value)
	}
	p.view.Artefact = path.Join(p.view.TargetDir, platform, "release", p.view.Binary)
}

// stubLints are those that a stub trips: it has no documentation, uses no
// dependency, and its function is of no use in a library.
var stubLints = []string{"dead_code", "missing_docs", "unused", "unused-crate-dependencies", "unused_crate_dependencies", "warnings"}

// stubs lists the files that stand for sources: of all packages of the repository
// where the dependencies are compiled before there are any, else of those that the
// service is not built from, because Cargo wants every member to have targets.
func (p *planner) stubs() {
	d := p.detail
	if p.view.Chef != "" {
		return
	}
	var denied []string
	for _, m := range d.packages() {
		own := slices.Contains(d.Closure, m)
		if slices.Contains(d.Real, m) || own && len(p.view.Compiles) == 0 && !p.view.Download {
			continue
		}
		files := slices.Concat([]string{m.Lib, m.Build}, m.Declared)
		for _, b := range m.Bins {
			files = append(files, b.Path)
		}
		if len(m.Bins) == 0 && m.Lib == "" && len(m.Declared) == 0 {
			files = append(files, "src/lib.rs")
		}
		for _, name := range files {
			if name != "" {
				p.view.Stubs = append(p.view.Stubs, relativeTo(d.Root.Dir, path.Join(m.Dir, name)))
			}
		}
		if own {
			for _, name := range m.Denied {
				if slices.Contains(stubLints, name) {
					denied = append(denied, name)
				}
			}
		}
	}
	slices.Sort(p.view.Stubs)
	p.view.Stubs = slices.Compact(p.view.Stubs)
	p.view.Stubbed = len(p.view.Stubs) > 0
	if len(p.view.Stubs) == 1 {
		p.view.Stub = &stub{path.Dir(p.view.Stubs[0]), p.view.Stubs[0]}
	}
	p.view.StubText = "fn main() {}"
	if d.Config.Denies {
		denied = append(denied, "warnings")
	}
	if slices.Sort(denied); len(denied) > 0 {
		allowed := strings.ReplaceAll(strings.Join(slices.Compact(denied), ", "), "-", "_")
		p.view.StubText = "#![allow(" + allowed + ")] fn main() {}"
	}
}

// relativeTo is a path as it is written from a folder, both from the root.
func relativeTo(dir, name string) string {
	up := ""
	for !detect.Inside(name, dir) {
		dir = path.Dir(dir)
		up += "../"
	}
	return up + detect.From(dir, name)
}

// private gives Cargo credentials for what comes from elsewhere than crates.io.
func (p *planner) private() error {
	d := p.detail
	if i := slices.IndexFunc(d.GitDeps, func(g Git) bool { return g.SSH }); i >= 0 {
		p.view.SSH = true
		p.plan.Decide("ssh", d.GitDeps[i].URL, "", "comes over SSH; build with --ssh default, which lends the agent and no key", d.GitDeps[i].At)
		p.plan.Note("%s: %s comes over SSH; build with --ssh default", d.GitDeps[i].At, d.GitDeps[i].URL)
	}
	if len(d.Registry) > 0 {
		p.token()
		p.plan.Decide("private registry", d.Registry[0].Value, "", "its token comes by a secret mount", d.Registry[0].At)
	}
	hosts := p.in.Overrides.Private
	if d.Config.GitCLI.Value != "" && len(d.GitDeps) > 0 || len(hosts) > 0 && p.view.GitDeps {
		p.packages("git")
		if p.view.SSH {
			p.packages("openssh-client")
		}
	}
	if len(hosts) > 0 && p.view.Fetch {
		if p.view.GitDeps {
			p.set("CARGO_NET_GIT_FETCH_WITH_CLI", "true")
			p.secret("netrc", "/root/.netrc", "$HOME/.netrc")
		} else if len(d.Registry) == 0 {
			p.token()
		}
		p.plan.Decide("private packages", strings.Join(hosts, ","), "--private", "asked for; their credentials come by a secret mount")
	}
	return nil
}

// token lends Cargo the user's tokens. A registry that wants one even for its index
// gets it only where a provider is named:
// https://doc.rust-lang.org/cargo/reference/registry-authentication.html
func (p *planner) token() {
	p.view.Tokens = true
	p.secret("cargo-credentials", "/usr/local/cargo/credentials.toml", "$HOME/.cargo/credentials.toml")
}

func (p *planner) secret(id, target, source string) {
	p.view.Secrets = append(p.view.Secrets, secret{id, target})
	p.plan.Secrets = append(p.plan.Secrets, plan.Secret{ID: id, Source: source})
}
