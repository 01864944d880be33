package static

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// view is what templates/static prints.
type view struct {
	Server plan.WebServer
}

// private are files of a project that are not for its visitors.
var private = []string{
	"/Staticfile", "/README*", "/readme*", "/LICENSE*", "/CHANGELOG*", "/CONTRIBUTING*", "/Makefile", "/package*.json", "/*.lock", "/pnpm-*.yaml", "/_redirects", "/_headers",
	"/*.toml", "/vercel.json", "/firebase.json", "/node_modules", "**/.*", "!**/.well-known", "**/*.log",
}

// Plan decides how the image of a site is made.
func Plan(in plan.Input) (plan.Plan, error) {
	d, ok := in.Service.Detail.(Detail)
	if !ok {
		return plan.Plan{}, fmt.Errorf("plan %s: not a static site", in.Service.Name)
	}
	if err := meant(in.Overrides); err != nil {
		return plan.Plan{}, err
	}
	p := plan.Plan{Context: d.Dir, Home: d.Dir}
	p.Summary.Language = "static files"
	p.Summary.Evidence = []detect.Evidence{{File: path.Join(d.Dir, d.Page)}}
	p.Decide("site", d.Root, "", "it holds index.html, and nothing builds it", p.Summary.Evidence...)
	site := plan.Site{
		Title: "static files", Folder: d.Root, Base: "/", Reason: d.Reason,
		Config: plan.ServerConfig(d.Server),
	}
	site.Evidence = p.Summary.Evidence
	if d.Said.File != "" {
		site.Evidence = []detect.Evidence{d.Said}
	}
	if d.Fallback {
		site.Fallback = "/index.html"
	} else if d.NotFound {
		site.NotFound = "/404.html"
	}
	if d.Root == "." {
		site.Exclude = []string{"nginx.conf"}
	}
	server, err := p.Serve(in, site)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("%s: %w", d.Dir, err)
	}
	for _, file := range d.Unread {
		p.Note("%s is for another server: nginx does not read it", file)
	}
	p.Summary.Purpose = fmt.Sprintf("listens on %s", server.Ports[0])
	p.Decide(plan.TestStage, plan.None, "", "files have no tests")
	p.Needs = append(p.Needs, d.Page)
	p.BuildFor(in, "nginx has an image for each")
	p.Description = "static files on nginx"
	p.Parts = []plan.Part{{Templates: []string{"static/site.tmpl"}, Data: view{server}}}
	err = p.Hide("what the visitors of "+in.Service.Name+" do not get", nil, slices.Concat(private, d.leftOut(&p)), p.Needs)
	return p, err
}

// meant refuses the answers that mean nothing for files.
func meant(o plan.Overrides) error {
	switch {
	case o.Runtime != "" && o.Runtime != plan.SiteRuntime:
		return &plan.OverrideError{Flag: "--runtime", Value: o.Runtime, Err: errors.New("a folder of files runs on nginx"), Idle: true}
	case len(o.Private) > 0:
		return &plan.OverrideError{Flag: "--private", Value: strings.Join(o.Private, ","), Err: errors.New("a folder of files needs nothing from elsewhere"), Idle: true}
	}
	return nil
}

// leftOut gives the patterns that keep projects of other stacks away from visitors.
func (d Detail) leftOut(p *plan.Plan) (patterns []string) {
	for _, file := range d.Projects {
		dir := detect.From(d.Dir, path.Dir(file))
		p.Decide("left out", dir, "", "a project of another stack, whose sources are not for visitors", detect.Evidence{File: file})
		patterns = append(patterns, "/"+plan.Pattern(dir))
	}
	at := func(name string) string { return "/" + plan.Pattern(path.Join(d.Root, name)) }
	for _, ext := range workshop {
		patterns = append(patterns, path.Join("/", plan.Pattern(d.Root), "*"+ext))
	}
	for _, name := range d.Aside {
		p.Decide("left out", path.Join(d.Root, name), "", "the first page does not name it, and browsers ask for no file of its kind", detect.Evidence{File: path.Join(d.Dir, d.Page)})
		if !isWorkshop(name) {
			patterns = append(patterns, at(name))
		}
	}
	for _, name := range d.Named {
		patterns = append(patterns, "!"+at(name))
	}
	return patterns
}
