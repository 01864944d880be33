// Package program finds what of a project is a program, how its framework starts it, and
// what it states in its sources about ports, files and tests.
package program

import (
	"path"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/project"
	"github.com/dockgen/dockgen/internal/manifest"
)

// Detail is what the sources of one program state.
type Detail struct {
	Project     project.Project
	Program     Program
	Django      *Django
	Root        string // the context: the folder of the project, or "." where it needs more
	Constraints []project.Constraint
	Pins        []project.Pin
	Workspace   string   // the folder of its workspace, or none
	Members     []string // manifests of the workspace's other members and of what is required by path
	Closure     []project.Project
	Listens     []detect.Listener
	Unread      Unread // why there has to be a port that nobody can read
	Health      []detect.Path
	Writes      []Write
	Reads       []Read
	Variables   []Variable
	Starts      []Asset
	Abroad      []Asset // paths of its author's machine that it writes
	served      []detect.Pages
	Stops       bool // it handles the signal that asks it to end
	Tests       Tests
	SourceRoot  string // src, where its packages lie in there
	Installed   bool   // the project itself has to be installed
	InstalledAt detect.Evidence
	Lies        Lies     // that it runs from its sources, though it is installed
	Tops        []string // what of the project its program imports: files and folders
	Entries     []string // all that lies in the project's folder
	Sources     []string
	imports     []string // the names that it imports, of what is elsewhere or Python's own
	Taken       []Taken  // what is optional and installed all the same
	Release     []manifest.Process
	Bind        detect.Listener // what a gunicorn.conf.py binds to
	ground      detect.Ground
}

// Tests is what a project's tests are run with.
type Tests struct {
	Runner   string // pytest, django, unittest, or none
	At       detect.Evidence
	Database detect.Evidence // where they ask a database by Django; zero where none does
	Folder   []string        // folders that hold nothing but tests
	Files    []string        // files of tests in the project's own folder
	Package  bool            // such a folder is a package
	Why      string          // why there is no runner
}

// Unread is why a program without a port that stands in its sources serves all the same;
// empty where nothing says so.
type Unread struct {
	Why string
	At  detect.Evidence
}

// Lies is why a project that is installed runs from where its sources lie: what its
// program reads or writes is there and not in what an installation makes of it.
type Lies struct {
	Why string // empty where it runs from what is installed
	At  detect.Evidence
}

// Facts lists what the project states.
func (d Detail) Facts() []detect.Fact {
	p := d.Project
	facts := []detect.Fact{{Name: "packages", Value: p.Tool, Evidence: at(p.ToolAt)}}
	if p.Tool == project.None {
		facts = nil
	}
	for _, c := range d.Constraints {
		facts = append(facts, detect.Fact{Name: "python", Value: c.Text, Evidence: at(c.At)})
	}
	for _, pin := range d.Pins {
		facts = append(facts, detect.Fact{Name: "pinned", Value: pin.Version, Evidence: at(pin.At)})
	}
	if d.Workspace != "" {
		facts = append(facts, detect.Fact{Name: "workspace", Value: d.Workspace, Evidence: at(detect.Evidence{File: path.Join(d.Workspace, "pyproject.toml")})})
	}
	for _, c := range d.Closure {
		facts = append(facts, detect.Fact{Name: "builds with", Value: c.Name, Evidence: at(c.At)})
	}
	facts = append(facts, detect.Fact{Name: "program", Value: d.Program.Name, Evidence: at(d.Program.At)})
	if d.Program.Framework != "" {
		facts = append(facts, detect.Fact{Name: "framework", Value: d.Program.Framework, Evidence: at(d.Program.At)})
	}
	for _, l := range d.Listens {
		facts = append(facts, detect.Fact{Name: "listens", Value: l.String(), Evidence: at(l.At)})
	}
	for _, h := range d.Health {
		facts = append(facts, detect.Fact{Name: "health path", Value: h.Path, Evidence: at(h.At)})
	}
	if d.Django != nil {
		facts = append(facts, detect.Fact{Name: "settings", Value: d.Django.Settings, Evidence: at(d.Django.At)})
		if d.Django.Static.File != "" {
			facts = append(facts, detect.Fact{Name: "static files", Value: "STATIC_ROOT", Evidence: at(d.Django.Static)})
		}
	}
	for _, w := range d.Writes {
		facts = append(facts, detect.Fact{Name: "writes", Value: w.Path, Evidence: at(w.At)})
	}
	for _, c := range d.Starts {
		facts = append(facts, detect.Fact{Name: "calls", Value: c.Path, Evidence: at(c.At)})
	}
	for _, i := range p.Indexes {
		facts = append(facts, detect.Fact{Name: "index", Value: i.Public(), Evidence: at(i.At)})
	}
	if d.Tests.Runner != "" {
		facts = append(facts, detect.Fact{Name: "tests", Value: d.Tests.Runner, Evidence: at(d.Tests.At)})
	}
	return facts
}

func at(e ...detect.Evidence) []detect.Evidence { return e }

// Pages implements [detect.Server].
func (d Detail) Pages() []detect.Pages { return d.served }

// Cwd is the folder that the program is started in, from the root: where its imports
// begin, unless they are installed.
func (d Detail) Cwd() string {
	if d.Installed && d.SourceRoot != "" && d.Program.Root == d.Project.File(d.SourceRoot) {
		return d.Project.Dir
	}
	return d.Program.Root
}

// Imports says whether the program imports one of these top-level modules.
func (d Detail) Imports(names []string) bool {
	return slices.ContainsFunc(d.imports, func(name string) bool { return slices.Contains(names, name) })
}

// Main implements [detect.Chosen]: the name of the program.
func (d Detail) Main(string) string { return d.Program.Name }

// IsMain implements [detect.Chosen].
func (d Detail) IsMain(dir, want string) bool {
	return d.Program.is(want, dir) || d.Program.File == path.Clean(want) || d.Program.File == path.Join(dir, want)
}

// Stack is the name of the stack.
const Stack = "python"
