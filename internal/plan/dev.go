package plan

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// DevStage is the name of the decision about the stage for development.
const DevStage = "dev stage"

// What becomes of a running container when a file changes, by the names in a compose file.
const (
	Sync        = "sync"         // the file is copied into it
	SyncRestart = "sync+restart" // that, and it starts anew
	Rebuild     = "rebuild"      // it is replaced by one of a new image
	SyncExec    = "sync+exec"    // the file is copied into it, and a command runs there
)

// Development is the stage for development: what the project depends on, its sources, and the
// program started so that an edit is seen. No stage stands on it, so a plain build leaves
// it out. Whoever runs it copies edits into it, as compose does that watches files.
type Development struct {
	From       string // the stage that it stands on, or an image
	Libc       string // the C library of its image, and with it the shell that asks for health
	Ground     Ground // what root does first, packages and folders of the user's
	Workdir    string // made where it stands on an image, or none
	Env        []Variable
	Programs   []string // folders with programs of the project's, before those of the system
	UserFirst  string   // who fetches, where something is fetched
	Fetch      []Run    // what of the dependencies lies in no layer yet
	User       string
	Root       string   // the folder that holds what the context holds, with a slash at its end
	Sources    []Source // what is copied from the context
	Brought    []Copy   // what front ends make
	Prepare    []Run    // what is made of the sources
	UserLast   string   // who runs the program, where nobody fetches
	WorkdirEnd string   // where the program starts, where that is not the last stage's folder
	Ports      []Port
	Command    []string

	Reloads   bool     // the program sees an edit by itself; else it is started anew
	Compile   string   // or it sees what this command makes of the edit, or none
	Manifests []string // an edit of these changes the dependencies: files from the context
	Polls     Variable // has the program look for edits itself, where a mount tells of none; zero where it cannot
}

// Source is a file or folder that the stage for development copies from the context.
type Source struct {
	Path  string // from the context; "." for all of it
	Built bool   // the image holds what is made of it, so that an edit wants another
}

// Run is one RUN: mounts, then commands that follow each other.
type Run struct {
	Mounts   []string
	Commands []string
}

// Paths lists what is copied from the context, unless that is all of it.
func (d Development) Paths() (names []string) {
	for _, s := range d.Sources {
		if s.Path == "." {
			return nil
		}
		names = append(names, s.Path)
	}
	return names
}

// Own gives the user folders, which are made where they are not there.
func (d *Development) Own(dirs ...string) {
	uid, gid, _ := strings.Cut(d.User, ":")
	slices.Sort(dirs)
	d.Ground.Account = append(slices.Clip(d.Ground.Account), "install -d -o "+uid+" -g "+gid+" "+strings.Join(slices.Compact(dirs), " "))
}

// watch settles what compose watches: front ends that the image holds as they are built,
// manifests, then sources.
func (p *Plan) watch() {
	p.Watch = nil
	for _, front := range p.Parts[:max(len(p.Parts)-1, 0)] {
		p.Watch = append(p.Watch, Watch{Path: cmp.Or(front.Dir, "."), Action: Rebuild})
	}
	own := p.Own()
	for _, name := range p.Development.Manifests {
		p.Watch = append(p.Watch, Watch{Path: path.Join(own.Dir, name), Action: Rebuild})
	}
	for _, s := range p.Development.Sources {
		w := Watch{Path: path.Join(own.Dir, s.Path), To: path.Join(p.Development.Root, s.Path), Action: SyncRestart}
		if s.Path == "." {
			w.Ignore = own.Without
		}
		switch {
		case s.Built:
			w.To, w.Action = "", Rebuild
		case p.Development.Reloads:
			w.Action = Sync
		case p.Development.Compile != "":
			w.Action, w.Exec = SyncExec, p.Development.Compile
		}
		p.Watch = append(p.Watch, w)
	}
}

// Develop adds the stage for development, with why it starts what it starts.
func (p *Plan) Develop(d Development, reason string, at ...detect.Evidence) {
	how := "starts anew with an edit"
	if d.Reloads {
		how = "sees an edit by itself"
	} else if d.Compile != "" {
		how = "sees what " + d.Compile + " makes of an edit"
	}
	if d.Polls.Name != "" {
		how += "; where a mount tells of none, set " + d.Polls.Name + "=" + d.Polls.Value
	}
	p.Dev, p.Development = "dev", &d
	p.watch()
	p.Decide(DevStage, strings.Join(d.Command, " "), "--dev", reason+"; "+how, at...)
}
