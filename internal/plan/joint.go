package plan

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// FrontEnd is what the user says of the front end of a service: nothing, its folder, or
// that it has none.
type FrontEnd string

// NoFrontEnd says that a service has none.
const NoFrontEnd FrontEnd = "false"

// Joints matches back ends with the front ends that are built into them.
type Joints struct {
	Tree *detect.Tree

	// Answers are what the user says of a service.
	Answers func(detect.Service) Overrides

	// Ignored says whether a folder is to be left alone.
	Ignored func(dir string) bool

	found  []detect.Findings
	fronts []front
	taken  map[string]detect.Other // by the identity of the front end
}

// front is a service whose build leaves a folder of files.
type front struct {
	detect.Service
	build detect.Build
}

// Match gives each back end the front ends that it embeds or serves by what both say, or
// by what the user does, and takes these out of the services. A back end whose pages
// nothing makes is a problem.
func (j *Joints) Match(found []detect.Findings) []detect.Findings {
	j.taken = map[string]detect.Other{}
	for _, f := range found {
		for _, s := range f.Services {
			if site, ok := s.Detail.(detect.Site); ok {
				for _, build := range site.Builds() {
					j.fronts = append(j.fronts, front{s, build})
				}
			}
		}
	}
	j.found = found
	joined := slices.Clone(found)
	for i, f := range found {
		joined[i].Services = nil
		for _, s := range f.Services {
			before := maps.Clone(j.taken)
			s, err := j.join(s)
			if err != nil {
				j.taken = before // a front end of what is refused is there still
				joined[i].Problems = append(slices.Clip(joined[i].Problems), &detect.Problem{Dir: s.Dir, Stack: s.Stack, Err: err})
				continue
			}
			joined[i].Services = append(joined[i].Services, s)
		}
	}
	for i := range joined {
		joined[i].Services = slices.DeleteFunc(joined[i].Services, func(s detect.Service) bool {
			other, taken := j.taken[identity(s)]
			if taken {
				joined[i].Others = append(slices.Clip(joined[i].Others), other)
			}
			return taken
		})
	}
	return joined
}

func identity(s detect.Service) string { return s.Stack + " " + s.Dir + " " + s.Name }

// join settles the front ends of one service.
func (j *Joints) join(s detect.Service) (detect.Service, error) {
	var pages []detect.Pages
	if server, ok := s.Detail.(detect.Server); ok {
		pages = server.Pages()
	}
	o := j.Answers(s)
	answer, split := o.FrontEnd, o.Split
	if answer != "" && answer != NoFrontEnd && !j.isFront(s) {
		f, err := j.named(s, string(answer), pages)
		if err == nil {
			s, err = j.bring(s, f, placeOf(f, pages))
		}
		if err != nil {
			return s, err
		}
	}
	for _, p := range pages {
		if covered(s, p) {
			continue
		}
		made := slices.DeleteFunc(slices.Clone(j.fronts), func(f front) bool {
			return answer != "" || split || identity(f.Service) == identity(s) || j.Ignored(f.Dir) || !meets(p, f)
		})
		made = slices.CompactFunc(made, func(a, b front) bool { return identity(a.Service) == identity(b.Service) })
		var err error
		switch {
		case len(made) > 1:
			return s, detect.Errorf(p.At, "%s %s, which %s and %s both build; choose one with --frontend DIR", p.Verb(), p.Dir, made[0].Dir, made[1].Dir)
		case len(made) == 1:
			s, err = j.bring(s, made[0], p)
		default:
			err = j.empty(p, answer, answer == NoFrontEnd || split)
			only, ok := j.only(s)
			lacks := err != nil || p.Optional && p.Certain && !j.Tree.Has(p.Dir) && j.Tree.Held(p.Dir) <= detect.Placeholder
			if ok && answer == "" && !split && lacks && p.Certain && !p.Embedded && !p.Missing {
				s, err = j.bring(s, only, placeOf(only, pages))
			}
		}
		if err != nil {
			return s, err
		}
	}
	if answer != "" || split || j.isFront(s) {
		return s, nil
	}
	for _, f := range j.fronts {
		p := detect.Pages{Dir: f.build.Dir}
		if _, taken := j.taken[identity(f.Service)]; taken || j.Ignored(f.Dir) || covered(s, p) || !j.amid(f, s) {
			continue
		}
		var err error
		if s, err = j.bring(s, f, p); err != nil {
			return s, err
		}
	}
	return s, nil
}

// only is the one front end of a repository with one back end, which nothing else says are one
// application.
func (j *Joints) only(s detect.Service) (front, bool) {
	var others []front
	for _, f := range j.fronts {
		_, taken := j.taken[identity(f.Service)]
		if !taken && !j.Ignored(f.Dir) && !slices.ContainsFunc(others, func(o front) bool { return identity(o.Service) == identity(f.Service) }) {
			others = append(others, f)
		}
	}
	for _, found := range j.found {
		for _, other := range found.Services {
			if identity(other) != identity(s) && !j.isFront(other) {
				return front{}, false
			}
		}
	}
	if len(others) != 1 || j.isFront(s) {
		return front{}, false
	}
	return others[0], true
}

// amid says whether a front end is built into the sources of a service, which says as
// much as the service could: into a folder of these that is there, beside its own sources.
// Of several services of one folder it is the one that gives browsers pages.
func (j *Joints) amid(f front, s detect.Service) bool {
	dir := path.Dir(f.build.Dir)
	for dir != "." && !j.Tree.IsFolder(dir) {
		dir = path.Dir(dir)
	}
	if detect.Inside(f.Dir, dir) || !detect.Inside(dir, s.Dir) {
		return false
	}
	var there []detect.Service // whose sources these are
	for _, found := range j.found {
		for _, other := range found.Services {
			if !detect.Inside(dir, other.Dir) || other.Dir != s.Dir && detect.Inside(s.Dir, other.Dir) {
				continue
			}
			if other.Dir != s.Dir {
				return false // of one below
			}
			there = append(there, other)
		}
	}
	if len(there) > 1 {
		there = slices.DeleteFunc(there, func(other detect.Service) bool {
			server, ok := other.Detail.(detect.Server)
			return !ok || len(server.Pages()) == 0
		})
	}
	return len(there) == 1 && identity(there[0]) == identity(s)
}

func (j *Joints) isFront(s detect.Service) bool {
	return slices.ContainsFunc(j.fronts, func(f front) bool { return identity(f.Service) == identity(s) })
}

// named is the front end in a folder.
func (j *Joints) named(s detect.Service, dir string, pages []detect.Pages) (front, error) {
	var there []string
	var found []front
	for _, f := range j.fronts {
		if f.Dir == path.Clean(dir) {
			found = append(found, f)
		}
		if f.Dir != s.Dir && !slices.Contains(there, f.Dir) {
			there = append(there, f.Dir)
		}
	}
	for _, f := range found {
		if slices.ContainsFunc(pages, func(p detect.Pages) bool { return meets(p, f) }) {
			return f, nil
		}
	}
	if len(found) > 0 {
		return found[0], nil
	}
	return front{}, &OverrideError{Flag: "--frontend", Value: dir, Err: fmt.Errorf("no front end that a build makes files of is there; there are %s", listed(there))}
}

func listed(words []string) string {
	if len(words) == 0 {
		return None
	}
	return strings.Join(words, ", ")
}

// placeOf is where a front end that the user names has to be: what the service says of
// the folder that it is built into; the one folder of pages that nothing fills; or the
// folder that it is built into.
func placeOf(f front, pages []detect.Pages) detect.Pages {
	place := detect.Pages{Dir: f.build.Dir}
	for _, p := range pages {
		if meets(p, f) {
			return p
		}
		if path.Base(p.Dir) == "index.html" { // the folder is what is served
			p.Dir = path.Dir(p.Dir)
		}
		if (p.Certain || p.Missing) && (place.At.File == "" || p.Certain && (!place.Certain || detect.Inside(place.Dir, p.Dir))) {
			place = p
		}
	}
	return place
}

// meets says whether pages are in the folder that a front end is built into, or the
// folder is in theirs. A folder with the sources of the front end is none of pages.
func meets(p detect.Pages, f front) bool {
	if detect.Inside(p.Dir, f.build.Dir) {
		return true
	}
	return p.Dir != "." && detect.Inside(f.build.Dir, p.Dir) && !detect.Inside(f.Dir, p.Dir)
}

// covered says whether a front end of the service fills the folder.
func covered(s detect.Service, p detect.Pages) bool {
	return slices.ContainsFunc(s.Fronts, func(f detect.Front) bool { return detect.Inside(p.Dir, f.To) || detect.Inside(f.To, p.Dir) })
}

// bring builds a front end into the image of a service, unless what it makes is
// committed.
func (j *Joints) bring(s detect.Service, f front, p detect.Pages) (detect.Service, error) {
	to := f.build.Dir
	if !meets(p, f) {
		to = p.Dir
	}
	at := append([]detect.Evidence{}, f.build.At...)
	if p.At.File != "" {
		at = append([]detect.Evidence{p.At}, at...)
	}
	reason := "its pages are built into the image of " + s.Name
	if p.Made {
		reason = "its pages are built with " + s.Name
	} else if j.Tree.Held(to) == detect.Built {
		reason = fmt.Sprintf("what it builds is committed in %s, which %s %s as it is", to, s.Name, p.Verb())
	} else {
		s.Fronts = append(slices.Clip(s.Fronts), detect.Front{Service: f.Service, Build: f.build, To: to, Pages: p})
	}
	j.taken[identity(f.Service)] = detect.Other{Dir: f.Dir, Stack: f.Stack, Reason: reason, Evidence: at}
	return s, nil
}

// empty is the error for pages that nobody makes. With settled, the user has said that
// there is no front end.
func (j *Joints) empty(p detect.Pages, answer FrontEnd, settled bool) error {
	if p.Missing {
		return detect.Errorf(p.At, "embeds %s, %s", p.Dir, j.missing(p, answer))
	}
	there := p.Made || j.Tree.Has(p.Dir) || j.Tree.Held(p.Dir) > detect.Placeholder
	if settled || there || p.Optional || !p.Certain && (!p.Embedded || p.Does != "") {
		return nil
	}
	return detect.Errorf(p.At, "%s %s, which is empty, and nothing here builds it; name the folder of the front end that does with --frontend DIR, or say that there is none with --frontend false", p.Verb(), p.Dir)
}

// missing says of what is embedded and not there why that is so, and what settles it.
func (j *Joints) missing(p detect.Pages, answer FrontEnd) string {
	why, settles := "and no file matches: is it built and not committed?", ""
	if x, ok := j.Tree.LeftOut(p.Dir); ok {
		why = fmt.Sprintf("which %s leaves out: a build from a clean checkout would not find it", x.At)
	}
	if at, ok := j.target(p); ok {
		why += fmt.Sprintf("; %s makes it, and no build runs that", at)
		settles = "; commit what it makes"
	}
	switch file := path.Ext(p.Dir) != "" && path.Ext(p.Dir) != ".html" && !strings.ContainsAny(p.Dir, `*?[`); {
	case answer != "" && answer != NoFrontEnd:
		return fmt.Sprintf("%s; the front end in %s makes other files: commit these, or let its build make them", why, answer)
	case settles == "" && !file && (len(j.fronts) > 0 || p.Certain):
		return why + " (where a front end builds it, name its folder with --frontend DIR)"
	}
	return why + settles
}

// target finds the rule of a Makefile that makes what pages are taken from.
func (j *Joints) target(p detect.Pages) (at detect.Evidence, ok bool) {
	for dir := path.Dir(p.Dir); ; dir = path.Dir(dir) {
		for _, name := range []string{"Makefile", "makefile", "GNUmakefile"} {
			file := path.Join(dir, name)
			if !j.Tree.Has(file) {
				continue
			}
			data, err := j.Tree.ReadFile(file)
			if err != nil {
				continue // its text would only be more evidence
			}
			for i, line := range strings.Split(string(data), "\n") {
				names, _, rule := strings.Cut(line, ":")
				if rule && !strings.HasPrefix(line, "\t") && slices.Contains(strings.Fields(names), detect.From(dir, p.Dir)) {
					return detect.Evidence{File: file, Line: i + 1}, true
				}
			}
		}
		if dir == "." {
			return at, false
		}
	}
}

// With gives the plan with the front ends of the service in the same image: their stages
// before its own, in a context that holds them all.
func (p Plan) With(joints []detect.Front, fronts []Plan) (Plan, error) {
	context := p.Context
	for _, f := range fronts {
		for !detect.Inside(f.Context, context) {
			context = path.Dir(context)
		}
	}
	parts := slices.Clone(p.Parts)
	own := &parts[len(parts)-1]
	own.Dir = detect.From(context, p.Context)
	ignore, ok := p.Ignore.Data.(Ignore)
	if !ok {
		return p, fmt.Errorf("the ignore file of %s is none that a front end can be added to", p.Home)
	}
	ignore.own, ignore.Reads = slices.Clip(ignore.own), slices.Clip(ignore.Reads)
	description := ignore.Description
	ignore = ignore.below(own.Dir)
	ignore.Description = description
	needs := placed(p.Needs, own.Dir)
	var before []Part
	for i, f := range fronts {
		fact := joints[i].Fact()
		p.Decide("front end", fact.Value, "--frontend", "its stages stand beside those of the service; --split keeps two images", fact.Evidence...)
		part := f.Own()
		part.Dir = detect.From(context, f.Context)
		p.Description += ", with the front end of " + joints[i].Service.Dir
		part.Without = p.readIn(f.Context)
		before = append(before, part)
		if dir, inside := detect.Below(p.Context, f.Context); inside && dir != "." && !p.reads(dir) {
			own.Without = append(own.Without, dir)
		}
		theirs, ok := f.Ignore.Data.(Ignore)
		if !ok {
			return p, fmt.Errorf("the ignore file of %s is none that can be added", f.Home)
		}
		var err error
		if ignore, err = ignore.and(theirs.below(part.Dir)); err != nil {
			return p, err
		}
		needs = append(needs, placed(f.Needs, part.Dir)...)
		p.take(f)
	}
	p.Context, p.Parts, p.Needs = context, append(before, parts...), needs
	p.Ignore.Data = ignore
	if p.Development != nil {
		p.watch()
	}
	return p, nil
}

// placed are paths from a folder, from the context above it.
func placed(names []string, dir string) (all []string) {
	for _, name := range names {
		all = append(all, path.Join(dir, name))
	}
	return all
}

// few is how many files of a back end may lie in the folder of a front end for this to
// leave them out one by one.
const few = 4

// readIn lists the files that the build reads in a folder of the repository, from that
// folder, if they are few: sources of a back end that stand beside those of its front end,
// whose edit is to build the back end alone.
func (p Plan) readIn(dir string) (names []string) {
	for _, name := range p.Needs {
		if below, ok := detect.Below(dir, path.Join(p.Context, name)); ok {
			names = append(names, below)
		}
	}
	if len(names) > few || dir == p.Context {
		return nil
	}
	return names
}

// reads says whether the build reads a file in a folder, from the plan's context.
func (p Plan) reads(dir string) bool {
	return slices.ContainsFunc(p.Needs, func(name string) bool { return detect.Inside(name, dir) })
}

// take adds what a person should know of a front end.
func (p *Plan) take(f Plan) {
	for _, d := range f.Decisions {
		d.Name, d.Flag, d.Key = "front end: "+d.Name, "", ""
		p.Decisions = append(slices.Clip(p.Decisions), d)
	}
	p.Notes = append(slices.Clip(p.Notes), f.Notes...)
	for _, s := range f.Secrets {
		if !slices.Contains(p.Secrets, s) {
			p.Secrets = append(slices.Clip(p.Secrets), s)
		}
	}
	if !strings.HasPrefix(p.Summary.Images, f.Summary.Images) {
		p.Summary.Images = f.Summary.Images + " + " + p.Summary.Images
	}
	p.Summary.Evidence = append(slices.Clip(p.Summary.Evidence), f.Summary.Evidence...)
}
