package plan

import (
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
)

// NeedKind says what sort of thing is needed.
type NeedKind string

// What a program, its start or a step of the build can need. The word is the one
// that dockgen explain prints.
const (
	NeedProgram    NeedKind = "program"    // a command that a stage has to provide
	NeedFile       NeedKind = "file"       // a file or folder in a stage
	NeedWritable   NeedKind = "writes"     // a folder in which the user of the stage makes files
	NeedVariable   NeedKind = "variable"   // a variable that is to be set
	NeedDependency NeedKind = "dependency" // a package that is to be installed
	NeedPort       NeedKind = "port"       // a port that is exposed: it is listened on, on all addresses
	NeedLockfile   NeedKind = "lockfile"   // a lockfile that the package manager can read
)

// Need is what a running program or a step of the build takes for granted. It is held
// against what the stages of the Dockerfile hold once that is rendered and adapted:
// internal/proof does that.
type Need struct {
	Kind   NeedKind
	What   string          // the path, the command, the name of the variable or package
	Or     []string        // other paths or commands that will do as well
	Stage  string          // the stage that has to have it; the last where empty
	By     string          // who needs it, in words: "the program opens it"
	At     detect.Evidence // the place that says so
	Before string          // a part of the command that reads it: held against what that step sees, its mounts among that; empty for the end of the stage
	Ours   bool            // what the base image has of that name does not do
	Exact  bool            // without it the build or the start fails: a lack is an error, else a note

	// Settles is what to do about a lack, in words with the key or flag.
	Settles string

	// Lacking is the stack's own finding, where what the stages hold cannot say it: why
	// the need is not met. Open is the same of one that cannot be decided.
	Lacking, Open string
}

// Install says which packages are installed where the image runs, by the names that needs
// of dependencies have too.
func (p *Plan) Install(names ...string) {
	p.Installed = append(p.Installed, names...)
}

// Unset is the need of a variable without a default, which somebody has to set where
// the image runs. Where the image itself does not, a note tells it.
func Unset(name, by string, at detect.Evidence) Need {
	return Need{Kind: NeedVariable, What: name, By: by, At: at, Settles: "give it with docker run -e " + name + "=VALUE, or env in a dockgen.toml"}
}

// Lockfile is the need of a package manager to read a lockfile as it stands: the manager
// with its version, the file with the format that it states. Settles says how to have
// another version.
func Lockfile(manager, version, format string, lock detect.Evidence, settles string) Need {
	n := Need{Kind: NeedLockfile, What: lock.File, By: manager + " " + version + " reads", At: lock, Exact: true, Settles: settles}
	switch want := catalog.Reads(manager, format); {
	case want == "":
		n.Open = fmt.Sprintf("which versions of %s read its format %s is not known", manager, format)
	case !catalog.Satisfies(version, want):
		n.Lacking = fmt.Sprintf("whose format %s wants %s %s", format, manager, want)
	}
	return n
}

// Need adds what the image or a step of the build takes for granted.
func (p *Plan) Need(n Need) { p.Obligations = append(p.Obligations, n) }

// Make says that a step of a stage makes what is at an absolute path.
func (p *Plan) Make(stage, path string) { p.Makes = append(p.Makes, Made{stage, path}) }

// Made lists all that steps are known to make.
func (p Plan) Made() []Made {
	all := slices.Clone(p.Makes)
	for _, part := range p.Parts {
		all = append(all, part.Makes...)
	}
	return all
}

// Customary states what a program in a bare image takes for granted of a system, if it
// asks for it at all: certificates of those who sign others', time zones, the user's name.
func (p *Plan) Customary(by string, paths ...string) {
	for _, name := range paths {
		p.Need(Need{Kind: NeedFile, What: name, By: by, Ours: true})
	}
}

// Grounds states what an image is given that a program may ask the system for: the name
// of its user, certificates, a /tmp that a step of the builder makes.
func (p *Plan) Grounds(g Ground, certificates, temp string) {
	if g.Passwd != "" {
		p.Customary("the user is named in", "/etc/passwd")
	}
	if certificates != "" {
		p.Customary("clients of TLS look into", "/etc/ssl/certs/ca-certificates.crt")
	}
	if temp != "" {
		p.Make("builder", temp+"/tmp")
		p.Need(Need{Kind: NeedWritable, What: "/tmp", By: "programs make files in"})
	}
}

// Shared says whether images have a folder already, root's: a WORKDIR makes it nobody
// else's.
func Shared(dir string) bool {
	return slices.Contains([]string{"/var", "/var/log", "/var/lib", "/var/cache", "/var/spool", "/opt", "/srv", "/mnt", "/media", "/home", "/etc", "/run"}, dir)
}

// WritesIn is the need of a program that makes files in a folder.
func WritesIn(dir string, at detect.Evidence) Need {
	n := Need{Kind: NeedWritable, What: dir, By: "the program makes files in", At: at, Exact: !Shared(dir)}
	if Shared(dir) {
		n.Settles = "let it take a folder of its own below, or make one the user's with lines in a dockgen.toml"
	}
	return n
}

// BringFile says how a file that an image lacks gets there: from where the repository
// has one of that name, if it does. A build sees what is below its context alone.
func BringFile(found, to, context string) string {
	if found == "" {
		return "commit it there, or bring another with files in a dockgen.toml"
	}
	if !detect.Inside(found, context) {
		return fmt.Sprintf("the repository has %s, outside of %s, which is all that this build sees: commit a copy there", found, context)
	}
	return fmt.Sprintf("the repository has %s: bring it with files = [{from = %q, to = %q}] in a dockgen.toml", found, found, to)
}
