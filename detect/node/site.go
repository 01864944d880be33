package node

import (
	"path"

	"github.com/dockgen/dockgen/internal/plan"
)

// site settles the web server of a folder of files.
func (p *planner) site() error {
	ref, err := p.in.Catalog.Resolve("nginxinc/nginx-unprivileged", "", "alpine-slim")
	if err != nil {
		return err
	}
	p.view.Base = ref.String()
	p.view.Description = p.detail.Framework.Title
	p.plan.Dockerfile = plan.Template{Name: "node/site.Dockerfile.tmpl"}
	p.copy(Copied{From: "builder", Sources: []string{path.Join("/app", p.home(), p.detail.Framework.Site.Root)}, To: "/usr/share/nginx/html"})
	p.view.UserLast = "101:101"
	p.expose(8080)
	return nil
}
