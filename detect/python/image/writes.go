package image

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/program"
	"github.com/dockgen/dockgen/internal/plan"
)

// writable makes the user's what the program or its framework writes in: the working
// folder, folders that are in the image, and such as are made for it.
func (p *planner) writable() {
	d := p.detail
	var reason string
	var evidence []detect.Evidence
	if f, ok := d.Program.Known(); ok && f.Writes != "" {
		reason = f.Name + " writes " + f.Writes + " there"
	}
	if d.Django != nil && d.Django.SQLite.File != "" {
		reason, evidence = "Django keeps its database there", []detect.Evidence{d.Django.SQLite}
		p.plan.Note("%s: a database in a file is gone with the container, unless its folder is a volume", d.Django.SQLite)
	}
	var below []program.Write
	writes := slices.Clone(d.Writes)
	for _, r := range d.Reads {
		if w, ok := r.Made(d.Project.Dir); ok && !plan.IsBrought(p.in.Brought, r.Place) {
			writes = append(writes, w)
		}
	}
	for _, w := range writes {
		switch dir, inside := p.writes(w); {
		case !inside:
		case dir == p.home():
			if w.Keeps && !w.Folder {
				p.plan.Note("%s: %s is gone with the container, unless it is in a folder that is a volume", w.At, path.Join(dir, path.Base(w.Path)))
			}
			if reason == "" {
				reason, evidence = "the program writes "+w.Path+" there", []detect.Evidence{w.At}
			}
		default:
			below = append(below, w)
		}
	}
	if reason != "" {
		p.theirs()
		p.plan.Decide("working folder", p.view.Home, "", "the user's: "+reason, evidence...)
	}
	for _, a := range d.Abroad {
		p.plan.Note("%s: the program writes %s, a path of one person's machine that no image has; take one below the project's folder, or from a variable", a.At, a.Path)
	}
	for _, w := range below {
		p.folder(w)
	}
	p.keeps(below)
}

// theirs makes the working folder the user's.
func (p *planner) theirs() {
	if p.view.UserFirst != "" {
		return
	}
	p.view.Home = p.home()
	p.view.UserFirst, p.view.Linked = p.view.User, false
	for i, c := range p.view.Copies { // a copy of a folder with others in it would make them root's again
		if inner := detect.From(c.From, p.view.Home); inner != p.view.Home && inner != "." && plainName.MatchString(inner) {
			p.view.Copies[i].Exclude = append(slices.Clone(c.Exclude), inner)
			p.view.Copies = append(p.view.Copies, copied{From: p.view.Home, To: p.view.Home})
			break
		}
	}
}

// writes is where in the image a program makes files, and whether that is a place for
// them: in the context, or named from the root.
func (p *planner) writes(w program.Write) (dir string, ok bool) {
	in := w.In()
	if below, ok := strings.CutPrefix(in, program.Home); ok {
		return path.Join(p.userHome(), below), below != ""
	}
	switch {
	case path.IsAbs(in):
		return in, in != "/"
	case w.Beside:
		return p.inImage(in), detect.Inside(in, p.detail.Root) && p.remains()
	}
	dir = path.Join(p.home(), w.Path)
	if !w.Folder {
		dir = path.Dir(dir)
	}
	return dir, detect.Inside(dir, appDir)
}

// userHome is the home of the user that the program runs as.
func (p *planner) userHome() string {
	for _, v := range p.view.RuntimeEnv {
		if v.Name == "HOME" {
			return v.Value
		}
	}
	return distrolessHome
}

// folder makes one folder below the working folder, or elsewhere, the user's.
func (p *planner) folder(w program.Write) {
	dir, _ := p.writes(w)
	p.plan.Need(plan.WritesIn(dir, w.At))
	known := slices.Contains(p.view.FirstDirs, dir) || slices.Contains(p.view.LastDirs, dir) || slices.ContainsFunc(p.view.Copies, func(c copied) bool { return c.To == dir })
	switch {
	case known || plan.Shared(dir):
		return
	case !w.There:
		if !slices.ContainsFunc(p.view.LastDirs, func(made string) bool { return detect.Inside(dir, made) }) {
			p.view.LastDirs = append(p.view.LastDirs, dir)
		}
	case w.Code || !plainName.MatchString(dir):
		p.theirs()
		p.view.FirstDirs = append(p.view.FirstDirs, dir)
		p.apart(copied{From: dir, To: dir})
	default:
		p.apart(copied{From: dir, To: dir, Owner: p.view.User})
	}
	p.plan.Decide("writes", w.Path, "", "so "+dir+" is the user's", w.At)
}

// apart copies a folder by itself: a copy of one above would make it root's.
func (p *planner) apart(one copied) {
	for i, c := range p.view.Copies {
		if inner := detect.From(c.From, one.From); detect.Inside(one.From, c.From) && inner != "." && plainName.MatchString(inner) {
			p.view.Copies[i].Exclude = append(slices.Clone(c.Exclude), inner)
		}
	}
	p.view.Copies = append(p.view.Copies, one)
}

// passing are words for folders whose loss nobody minds.
var passing = []string{"log", "cache", "tmp", "temp", "pycache"}

// keeps tells of the folders whose contents should outlive the container.
func (p *planner) keeps(all []program.Write) {
	var dirs []string
	var first program.Write
	for _, w := range all {
		dir, _ := p.writes(w)
		if w.Code || plan.Shared(dir) || slices.Contains(dirs, dir) || slices.ContainsFunc(passing, func(word string) bool { return strings.Contains(strings.ToLower(path.Base(dir)), word) }) || strings.Contains(dir, "/.cache/") {
			continue
		}
		if first.Place == "" {
			first = w
		}
		dirs = append(dirs, dir)
	}
	if len(dirs) > 0 {
		p.plan.Note("%s: what the program writes in %s is gone with the container, unless it is a volume: docker run -v %s:%s", first.At, strings.Join(dirs, ", "), p.in.Service.Name+"-"+strings.TrimLeft(path.Base(dirs[0]), "."), dirs[0])
	}
}

// last settles what stands behind the copies: folders are made by the user, and the
// working folder is the last.
func (p *planner) last() {
	v := &p.view
	made := len(v.FirstDirs)+len(v.LastDirs) > 0
	if made && v.Home == "" {
		v.Home = distrolessHome
	}
	switch {
	case v.UserFirst == "" && made:
		v.UserLate, v.HomeLast = v.User, v.Home
	case v.UserFirst == "":
		v.HomeLast, v.UserLast = v.Home, v.User
	case made:
		v.HomeLast = v.Home
	}
}
