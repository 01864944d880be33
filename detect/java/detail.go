// Package java detects applications in Java and Kotlin that Maven or Gradle builds,
// and plans their images.
package java

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Shape is what a build makes of an application, and with it how the image holds it.
type Shape int

// Shapes.
const (
	Fat       Shape = iota // one jar that holds its dependencies
	Thin                   // a jar with its dependencies beside it
	Layered                // of Spring Boot, taken apart by its tools: java -jar
	Launched               // of Spring Boot, taken apart: a class of its own starts it
	Quarkus                // the folders of Quarkus' fast-jar
	Installed              // a folder of jars that Gradle's application plugin fills
	War                    // for a servlet container
)

var shapeNames = map[Shape]string{
	Fat: "one jar", Thin: "a jar and its dependencies", Layered: "in layers", Launched: "in layers with a launcher",
	Quarkus: "Quarkus' fast-jar", Installed: "a folder of jars", War: "a war for a servlet container",
}

// Program is what a build makes and how it is started.
type Program struct {
	Shape     Shape
	File      string   // from the module's folder; a * stands for what cannot be read
	Layers    []string // folders that Spring Boot's tools make, what changes least first
	Launcher  string   // the class that starts what is taken apart
	MainClass string   // of the application, where it has to be named
	Args      []string // of the application
	Goals     []string // of Maven, beside package; for Gradle the task
	Reason    string
	At        detect.Evidence
}

// Framework is what serves the application.
type Framework struct {
	Name    string // "Spring Boot"; empty for none that is known
	Version string // as far as it is known
	At      detect.Evidence
}

// Build is how Maven or Gradle builds the application.
type Build struct {
	Tool       string          // "maven" or "gradle"
	At         detect.Evidence // what says that the tool builds it
	Version    stated          // of the tool, where the project names it
	Wrapper    string          // the wrapper's script, from the root of the repository, or none
	Shell      string          // the interpreter that the script names
	Unusable   stated          // why there is a wrapper that is not used
	Root       string          // the folder where the tool is called
	Dir        string          // the folder of the module
	Path       string          // how the tool names the module, or empty for the one in Root
	Modules    []Module
	Siblings   []Module // of other builds of the repository, in the order in which they are built before; Root is where
	Members    []string // the folders of all modules, those of the closure among them
	Files      []string // what the tool wants before any source
	Folders    []string // the same, whole folders
	Logic      []string // those of them with programs that Gradle builds for itself
	Reads      []stated // files and folders beside the modules that the build names
	Pages      []detect.Pages
	Node       stated   // the plugin that builds a front end, with a Node.js that it downloads
	NodeUnset  bool     // that plugin has to be told which Node.js
	Open       stated   // why what belongs to the build is not known in full, or nothing
	Toolchains stated   // Maven's plugin that asks a file where JDKs are
	Profile    stated   // Maven's profile for production, where one for development is active by default
	Skip       []stated // options that leave out what a container has nothing for
	Secrets    []stated // environment variables with credentials
	Private    []stated // hosts whose artifacts need credentials
	Unread     []stated // what a script states and its text alone cannot tell
	Beside     stated   // why this build was taken of two, or nothing
}

// Module is a part of the build whose sources the application is built from.
type Module struct {
	Dir  string
	Root string // where the tool is called for it, where that is another build's
	Path string // how the tool names it
	At   detect.Evidence

	Manifest bool // it is nothing but that: a parent or a list of versions
}

// Detail is what the build files and sources of one application state.
type Detail struct {
	Name         string
	Build        Build
	Program      Program
	Framework    Framework
	JDK          []Requirement
	Limits       []Limit
	Dependencies []dependency // of the closure, without those of tests
	Listens      []detect.Listener
	Health       Health
	Resources    []string // folders of what goes into the archive, from the module's
	Sources      []string // files that the build reads, from the root
	TestSources  []string // those of them that only tests are built from
	FirstTest    detect.Evidence
	Containers   detect.Evidence // tests that want Docker
	Natives      stated          // a dependency with machine code for glibc alone
	Fonts        stated          // a dependency that draws text
	Native       stated          // a dependency that is chosen for the platform that builds
	Writes       []written       // where the application makes files
	Served       []served        // folders on the disk that it gives browsers
	Data         []string        // files that the application is started with, from its folder
	Prebuilt     detect.Evidence // an ignore file for images of what was built outside of them
	Expands      detect.Evidence // what fills in the files of configuration while it builds
	Notes        []string
	ground       detect.Ground
}

// Alone says whether the build reads nothing outside the module's folder.
func (d Detail) Alone() bool {
	b := d.Build
	outside := func(name string) bool { return !detect.Inside(name, b.Dir) }
	return b.Root == b.Dir && len(b.Members) == 1 && !slices.ContainsFunc(b.Files, outside) &&
		!slices.ContainsFunc(b.Folders, outside) && !slices.ContainsFunc(b.Reads, func(r stated) bool { return outside(r.Value) })
}

// Facts lists what the project states.
func (d Detail) Facts() []detect.Fact {
	var facts factList
	b := d.Build
	facts.add("build tool", strings.TrimSpace(b.Tool+" "+b.Version.Value), cmp.Or(b.Version.At, b.At))
	facts.add("module", b.Path, b.At)
	for _, m := range b.Modules {
		if m.Dir != b.Dir {
			facts.add("builds with", m.Dir, m.At)
		}
	}
	for _, m := range b.Siblings {
		facts.add("installed before", m.Dir, m.At)
	}
	facts.all("reads", b.Reads)
	for _, r := range d.JDK {
		facts.add("java", r.String(), r.At)
	}
	for _, l := range d.Limits {
		facts.add("java at most", fmt.Sprintf("%d: %s", l.Most, l.What), l.At)
	}
	if f := d.Framework; f.Name != "" {
		facts.add("framework", strings.TrimSpace(f.Name+" "+f.Version), f.At)
	}
	facts.add("makes", shapeNames[d.Program.Shape]+": "+d.Program.File, d.Program.At)
	facts.add("main class", d.Program.MainClass, d.Program.At)
	for _, l := range d.Listens {
		facts.add("listens", l.String(), l.At)
	}
	facts.add("health path", d.Health.Path, d.Health.At)
	facts.all("credentials", b.Secrets)
	facts.all("private repository", b.Private)
	facts.all("built for one platform", []stated{d.Native})
	for _, w := range d.Writes {
		facts.all("writes", []stated{w.stated})
	}
	for _, s := range d.Served {
		facts.add("serves", s.Value, s.At)
	}
	facts.all("native code", []stated{d.Natives})
	facts.all("fonts", []stated{d.Fonts})
	facts.all("build not known in full", []stated{b.Open})
	facts.all("unknown", b.Unread)
	facts.seen("tests want Docker", d.Containers)
	facts.seen("tests", d.FirstTest)
	return facts
}

// factList gathers facts. A value that is empty is none.
type factList []detect.Fact

func (l *factList) add(name, value string, where detect.Evidence) {
	if value != "" {
		*l = append(*l, detect.Fact{Name: name, Value: value, Evidence: evidence(where)})
	}
}

func (l *factList) all(name string, list []stated) {
	for _, s := range list {
		l.add(name, s.Value, s.At)
	}
}

// seen adds that there is something, where its place is known.
func (l *factList) seen(name string, where detect.Evidence) {
	if where.File != "" {
		l.add(name, "yes", where)
	}
}

// evidence leaves out a place that is not known.
func evidence(at detect.Evidence) []detect.Evidence {
	if at.File == "" {
		return nil
	}
	return []detect.Evidence{at}
}

// Health is what answers for the application's health.
type Health struct {
	Path   string
	Apart  bool // of the listener at Management, not the main one
	Guards bool
	At     detect.Evidence
}
