package rust

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/plan"
)

// web decides how the image of a page, or of a server with one, is made.
func (p *planner) web() (plan.Plan, error) {
	if p.detail.Web.Page != nil {
		return p.run(p.webOnly, p.devNothing, p.build, p.compiled, p.tools, p.sources, p.dependencies, p.private, p.tests, p.site, p.ignore)
	}
	return p.run(
		p.webOnly, p.devNothing, p.build, p.choose, p.compiled, p.tools, p.base, p.sources, p.dependencies, p.private,
		p.tests, p.assets, p.served, p.ports, p.health, p.command, p.ignore,
	)
}

// webOnly refuses the answers that a tool for browsers has no use for.
func (p *planner) webOnly() error {
	o, w := p.in.Overrides, p.detail.Web
	refuse := func(flag, value, why string) error {
		return &plan.OverrideError{Flag: flag, Value: value, Err: fmt.Errorf("%s", why), Idle: w.Page != nil || flag == "--"+cacheKey}
	}
	switch {
	case o.Own.Word(cacheKey) == cacheChef || o.Own.Word(cacheKey) == cacheMount:
		return refuse("--"+cacheKey, o.Own.Word(cacheKey), w.Tool.Command+" compiles in its own way, which neither cargo-chef nor a mounted folder knows")
	case o.Own.Word(featuresKey) != "":
		return refuse("--"+featuresKey, o.Own.Word(featuresKey), w.Tool.Command+" is told its features by the manifest")
	case o.Own.On(noDefaultKey):
		return refuse("--"+noDefaultKey, "true", w.Tool.Command+" is told its features by the manifest")
	case w.Page != nil && o.Runtime != "" && o.Runtime != plan.SiteRuntime:
		return refuse("--runtime", o.Runtime, "a page is files, which nginx gives out")
	case w.Page != nil && len(o.Command) > 0:
		return refuse("--command", strings.Join(o.Command, " "), "a page is files, which nginx gives out")
	case w.Server != nil && (o.Runtime == "scratch" || o.Runtime == "alpine"):
		return refuse("--runtime", o.Runtime, w.Tool.Command+" compiles the server for glibc; take distroless or slim")
	}
	return nil
}

// compiled settles what the tool compiles.
func (p *planner) compiled() error {
	d := p.detail
	w := d.Web
	p.plan.Summary.Evidence = append(p.plan.Summary.Evidence, w.At)
	p.plan.Decide("program", d.Program.Name, "--main", d.Why, w.At)
	p.profile()
	if w.Page == nil {
		return nil // the rest is settled with what the server runs on
	}
	p.buildPackages()
	p.view.Once = len(p.in.Overrides.Platforms) > 0
	p.plan.BuildFor(p.in, "the page is the same for all, and is built once, on the platform of the builder", w.At)
	return nil
}

// tools settles what builds beside Cargo: in exact versions, compiled by the newest
// compiler, whatever the project's own is.
func (p *planner) tools() error {
	w := p.detail.Web
	newest, err := p.in.Catalog.Resolve(buildImage, "", "slim-"+p.suite.name)
	if err != nil {
		return err
	}
	version, err := w.version(newest.Version)
	if err != nil {
		return err
	}
	p.view.ToolsBase = newest.String()
	base, err := p.in.Base(p.view.ToolsBase)
	if err == nil {
		p.view.ToolGround, err = p.in.Building(base, w.Tool.Needs)
	}
	if err != nil {
		return err
	}
	p.view.Tools = []string{w.Tool.Package + "@" + version}
	p.view.ToolFiles = []string{"/usr/local/cargo/bin/" + w.Tool.Command}
	reason := "the newest that is known and that the compiler takes"
	switch {
	case w.Version != "":
		reason = "that of the library, to which it has to fit"
	case w.Requires.Value != "":
		reason = "the newest that is known of those that the project takes"
	}
	p.plan.Decide(w.Tool.Command, version, "", reason, w.At)
	if b := w.Bindgen; b.Value != "" {
		p.view.Tools = append(p.view.Tools, "wasm-bindgen-cli@"+b.Value)
		p.view.ToolFiles = append(p.view.ToolFiles, "/usr/local/cargo/bin/wasm-bindgen")
		p.plan.Decide("wasm-bindgen", b.Value, "", "it has to be of the version that the program is compiled with", b.At)
	}
	fetches := slices.Clone(w.Fetches)
	if w.Bindgen.Value == "" && !slices.Contains(fetches, "wasm-bindgen") {
		fetches = append(fetches, "wasm-bindgen")
	}
	if slices.Sort(fetches); len(fetches) > 0 {
		p.plan.Note("%s: %s downloads %s while building, in versions of its own choice", w.At, w.Tool.Command, strings.Join(fetches, ", "))
	}
	p.view.Make = w.Make
	if w.Server != nil && len(w.Server.Env) > 0 { // the library reads its name while compiling, too
		p.set(w.Server.Env[0].Name, w.Server.Env[0].Value)
	}
	if dir := p.detail.Root.Dir; w.Folder != dir {
		p.view.MakeDir = w.Folder // from the context, which the sources settle
	}
	return nil
}

// site settles the runtime stage of a page.
func (p *planner) site() error {
	w := p.detail.Web
	compiler := p.view.Builder
	p.plan.Make("builder", path.Join("/src", p.fromContext(w.Made))+"/")
	server, err := p.plan.Serve(p.in, plan.Site{
		Title: "a page of " + p.detail.Package.Name, From: "builder", Folder: path.Join("/src", p.fromContext(w.Made)),
		Base: w.Page.Base, Fallback: w.Page.Fallback, Reason: w.Page.Reason, Evidence: at(w.At),
	})
	if err != nil {
		return err
	}
	for _, x := range w.Page.Proxies {
		p.plan.Note("%s: %s passes requests on to %s while developing; nginx.conf does not, and takes a location for it", x.At, w.Tool.Command, x.Value)
	}
	p.view.Built, p.view.Taken, p.view.Site = "", nil, server
	p.plan.Description = "page that " + w.Tool.Command + " builds, on nginx"
	p.plan.Parts = []plan.Part{{Templates: []string{"rust/build.tmpl", "rust/site.tmpl"}}}
	p.plan.Summary.Images = compiler + " → " + server.Base
	p.plan.Summary.Purpose = fmt.Sprintf("listens on %s", server.Ports[0])
	return nil
}

// served settles what a server looks for while it runs.
func (p *planner) served() error {
	w := p.detail.Web
	s := w.Server
	made := path.Join("/src", p.fromContext(w.Made))
	p.view.AppDir = "/app"
	p.plan.Make("builder", made+"/")
	p.plan.Need(plan.Need{Kind: plan.NeedFile, What: s.Site, By: "the server shows", At: w.At, Exact: true})
	p.plan.Decide("site", s.Site, "", "what "+w.Tool.Command+" makes for browsers, where the server looks for it", w.At)
	if s.Bundle {
		p.view.Built, p.view.Installed = "", path.Join(s.Site, "server")
		p.view.Taken = []plan.Copy{{From: made + "/", To: s.Site + "/"}}
		return nil
	}
	p.view.Artefact = s.Program
	p.view.Taken = append(p.view.Taken, plan.Copy{From: made, To: s.Site})
	if s.Beside != "" {
		p.view.Beside = s.Beside
		file := path.Base(s.Beside)
		p.plan.Make("builder", path.Join("/out", file))
		p.view.Taken = append(p.view.Taken, plan.Copy{From: path.Join("/out", file), To: path.Join("/usr/local/bin", file)})
	}
	p.view.RuntimeEnv = append(p.view.RuntimeEnv, s.Env...)
	p.plan.Decide("told", w.Tool.Command+"'s own settings", "", "the server reads them from the environment, where no "+manifestName+" is", w.At)
	return nil
}

// webReads lists what a tool reads beside the sources, from the root.
func (d Detail) webReads() []string {
	if d.Web == nil {
		return nil
	}
	var names []string
	for _, a := range d.Web.Reads {
		names = append(names, a.From)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
