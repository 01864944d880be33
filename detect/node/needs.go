package node

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/internal/plan"
)

// takes states what the program takes for granted of what the image copies: its
// dependencies, the packages of the repository that it imports, and what the build makes
// that its framework serves.
func (p *planner) takes() error {
	at := p.detail.Package.At()
	for _, c := range p.view.Copies {
		for _, source := range c.Sources {
			base := path.Base(source)
			to, ok := c.lands(source)
			if !ok {
				continue
			}
			by := "the program runs with"
			if base == "node_modules" {
				by = "the program imports its dependencies from"
				p.plan.Make(c.From, path.Clean(source))
			}
			if !path.IsAbs(to) {
				to = path.Join("/app", to)
			}
			p.plan.Need(plan.Need{Kind: plan.NeedFile, What: to, By: by, At: at, Exact: true})
		}
	}
	p.missing()
	return nil
}

// missing states what the program opens by a path of its own and the repository does not
// have there.
func (p *planner) missing() {
	for _, m := range p.detail.Missing {
		if plan.IsBrought(p.in.Brought, m.Path) {
			continue
		}
		n := plan.Need{Kind: plan.NeedFile, What: path.Join("/app", p.fromContext(m.Path)), By: "the program opens", At: m.At, Exact: m.Instead == ""}
		n.Settles = plan.BringFile(m.Found, n.What, p.plan.Context)
		if m.Instead != "" {
			n.Lacking = "which the repository does not hold; " + m.Instead + " is made into it where it runs"
			n.Settles = "mount it, or bring it with files in a dockgen.toml"
		}
		p.plan.Need(n)
	}
}

// lands is where a source comes to, from the folder that the COPY stands in; false where
// several may.
func (c Copied) lands(source string) (string, bool) {
	switch {
	case strings.ContainsAny(source, "*?["):
		return "", false
	case c.Parents:
		if _, kept, ok := strings.Cut(source, "/./"); ok {
			return path.Join(c.To, kept), true
		}
		return path.Join(c.To, source), true
	case strings.HasSuffix(c.To, "/") && (c.From == "" || path.Ext(source) != ""):
		return path.Join(c.To, path.Base(source)), true
	case strings.HasSuffix(c.To, "/"): // what is in it
		return "", false
	}
	return c.To, true
}
