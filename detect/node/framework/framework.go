// Package framework recognises what a package is built with, from its dependencies and from
// the framework's own configuration.
package framework

import (
	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/plan"
)

// Subject is one package of a project, as far as its framework is to be
// recognised. What stands in its package.json comes through functions, so that
// the reader of that file need not be known here.
type Subject struct {
	Tree *detect.Tree
	Dir  string // the folder of the package, from the root

	// Workspace is the folder of the lockfile and of the hoisted node_modules,
	// from the root: Dir itself, or a folder above it. Empty means Dir.
	Workspace string

	// Dependency finds a direct dependency by its name, with the version or range
	// that is asked for; dev where it is one for development only. A member of a
	// workspace asks its own package.json first, then that of the workspace.
	Dependency func(name string) (version string, dev bool, at detect.Evidence, ok bool)

	// Script finds a script of the package's own package.json.
	Script func(name string) (text string, at detect.Evidence, ok bool)

	// Imports lists what a module imports, as it is written there; nil: nobody knows.
	Imports func(name string) []string

	Name string // in package.json

	// Shared says that the dependencies are those of all packages of the workspace: only a
	// configuration in the package's own folder tells which of them it is built with.
	Shared bool
}

// Kind says what a package is to a deployment.
type Kind int

// Kinds of packages.
const (
	// Unknown is a package of which no framework tells what it is: a plain
	// program, a library, or tooling. Its scripts and main file decide.
	Unknown Kind = iota
	// Server is a process that answers requests.
	Server
	// Static is a folder of files that any web server gives out.
	Static
)

// String is the kind in a word.
func (k Kind) String() string { return [...]string{"unknown", "server", "static"}[k] }

// Framework is what recognition found out about a package. Paths are
// slash-separated. Those with From are from the package's folder in the builder,
// those with To from the working folder of the runtime.
type Framework struct {
	Name    string // "next", "sveltekit"; empty for [Unknown]
	Title   string // "Next.js, standalone output", for a person
	Version string // the range in package.json
	Kind    Kind

	// Build is the framework's own build command for a package without a build
	// script, as words whose first is a program in node_modules/.bin. Empty: it has
	// no build.
	Build    []string
	Script   string          // the script that makes what the image holds, where that is not "build"; [OwnCommand] for Build in its place
	BuildEnv []plan.Variable // telemetry and prompts off while building
	Caches   []string        // folders that a build keeps for the next one, from the package's folder
	Outputs  []string        // folders that a build makes, from the package's folder; the context hides them
	Public   []string        // prefixes of the variables that a build writes into what browsers get

	Site Site // for [Static]

	// For [Server]: what stands in the runtime beside package.json, and how it starts.
	Artefacts []Artefact
	Beside    []string // what a server of the project's own reads of it, from the package's folder
	Traced    bool     // the artefacts hold all that they import: no node_modules
	Start     []string // argv, the first "node"; empty: the scripts or the main file decide
	Main      string   // the file that the build makes and that runs where no script starts another, from the package's folder
	Runs      string   // what runs Main: node or bun
	Source    string   // what Main is made of, from the package's folder; empty where that is not the project's
	Workdir   string   // where it starts, from the runtime's working folder; empty for that itself
	Env       []plan.Variable
	Defined   []plan.Variable // of the environment, that the build writes into Main with what they are without a value
	Host      string          // the variable it reads its address from; empty: none is read
	PortVar   string          // the variable it reads its port from; empty: none is read
	Port      int             // what it listens on when nobody says otherwise; 0: the sources decide
	Writes    []string        // folders that it writes while running, from the runtime's working folder
	Requires  []string        // packages that Start runs by their path in node_modules
	DevPort   int             // what its server for development listens on by the configuration; 0 for its own default
	KeepDev   bool            // one of those is a dev dependency: pruning would take it away

	Reason   string // why this framework and this kind, in a sentence for a person
	Evidence []detect.Evidence
	Notes    []string // what the user should know
	Doubt    string   // what speaks against its being deployed, "an application for telephones"
	Problem  error    // why no image can be made, and what to do; the rest is then incomplete
}

// OwnCommand as a [Framework.Script] says that the framework's own command makes what the
// image holds, though there is a build script.
const OwnCommand = "-"

// At is the first that says so; zero where nothing does.
func (f Framework) At() detect.Evidence {
	if len(f.Evidence) == 0 {
		return detect.Evidence{}
	}
	return f.Evidence[0]
}

// Program is what a site is where a command of its own starts it: a server that has what the
// build makes.
func (f Framework) Program() Framework {
	f.Kind, f.Problem, f.Doubt = Server, nil, ""
	f.Beside, f.Site = append(f.Beside, f.Site.Root), Site{}
	return f
}

// Artefact is a file or folder that a build leaves and the runtime takes over.
type Artefact struct {
	plan.Copy

	// Maybe marks one that a project need not have (Next's public): the builder
	// makes an empty one, since COPY fails on what is not there.
	Maybe bool
}

// Site is a folder of files and what a web server has to know of them.
type Site struct {
	Root     string   // the folder, from the package's
	Base     string   // the path under which browsers ask for it, "/" or "/docs/"
	Fallback string   // the page for every path that is no file, "/index.html"; empty: 404
	NotFound string   // the page that comes with 404, "/404.html"; empty: the server's own
	HTML     bool     // "/about" is about.html, as generators of many pages name them
	Hashed   []string // folders whose names of files change with their contents, "/assets/"
	Lacks    string   // what speaks against its being shown alone, or none
	Names    string   // the same of files beside index.html, as a regular expression

	Reason   string // why unknown paths are answered so
	Evidence []detect.Evidence
	Server   manifest.Nginx // the project's own configuration
}

// PublicVariable is a variable that the build writes into what browsers get.
type PublicVariable struct {
	Name   string
	At     detect.Evidence // where the sources read it first
	Secret bool            // its name speaks of a secret: no ARG or ENV may carry it
	Needed bool            // the build stops without it
}
