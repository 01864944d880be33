package node

import (
	"fmt"
	"path"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// site settles the web server of a folder of files.
func (p *planner) site() error {
	f := p.detail.Framework
	s := f.Site
	root := s.Root
	if p.in.Build.Dir != "" {
		root = detect.Relative(p.detail.Package.Dir, p.in.Build.Dir)
	}
	made := plan.Made{Stage: p.view.Stages.Builder, Path: path.Join("/app", p.home(), root)}
	if p.in.Stages != (plan.Stages{}) { // the stages are those of another service's image
		p.plan.Parts = []plan.Part{{Templates: []string{"node/build.tmpl"}, Makes: []plan.Made{made}}}
		return nil
	}
	if s.Lacks != "" {
		p.plan.Note("%s: %s, so that nothing answers /; where a program is to be started, say it with --command", f.Evidence[len(f.Evidence)-1], s.Lacks)
	}
	language, images := p.plan.Summary.Language, p.plan.Summary.Images
	server, err := p.plan.Serve(p.in, plan.Site{
		Title: f.Title, From: made.Stage, Folder: made.Path,
		Base: s.Base, Fallback: s.Fallback, NotFound: s.NotFound, HTML: s.HTML, Hashed: s.Hashed, Names: s.Names,
		Reason: s.Reason, Evidence: s.Evidence,
		Config: plan.ServerConfig(s.Server),
	})
	if err != nil {
		return fmt.Errorf("%s: %w", p.detail.Package.Dir, err)
	}
	p.plan.Decide("site", s.Root, "", f.Reason, f.Evidence...)
	p.plan.Summary.Language = language
	p.plan.Summary.Images = server.Base
	if images != "" {
		p.plan.Summary.Images = images + " → " + server.Base
	}
	p.plan.Summary.Purpose = fmt.Sprintf("listens on %s", server.Ports[0])
	p.plan.Description = f.Title + ", on nginx"
	p.view.Server = server
	p.plan.Parts = []plan.Part{{Templates: []string{"node/build.tmpl", "node/site.tmpl"}, Makes: []plan.Made{made}}}
	return nil
}
