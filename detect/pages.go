package detect

import (
	"path"
	"slices"
	"strings"
)

// Pages is a folder that a program gives browsers and that has to be filled before: the
// program holds it in itself, or reads it while it runs.
type Pages struct {
	Dir      string // from the root of the repository; also a file in such a folder
	Embedded bool   // it has to be there before the program is compiled
	Missing  bool   // nothing is there that could be embedded: it does not compile
	Made     bool   // the build of the program makes it
	Optional bool   // the program asks first whether it is there
	Does     string // what the program does with it, where that is not to embed or to serve
	Certain  bool   // it is no folder of data: a page of it is named, or it is called as what a build leaves
	At       Evidence
}

// Verb is what the program does with the folder.
func (p Pages) Verb() string {
	switch {
	case p.Does != "":
		return p.Does
	case p.Embedded:
		return "embeds"
	}
	return "serves"
}

// Server is the [Detail] of a program that may give browsers pages.
type Server interface {
	Detail

	// Pages lists the folders that it embeds or serves.
	Pages() []Pages
}

// Build is what the build of a front end leaves.
type Build struct {
	Dir    string     // the folder, from the root of the repository
	Script string     // what builds it there, where that is not the build of an image of its own
	At     []Evidence // what says so
}

// Site is the [Detail] of a front end.
type Site interface {
	Detail

	// Builds lists what it is built into, that of its own image first; nothing where it
	// is no folder of files.
	Builds() []Build
}

// Front is a front end that is built into the image of a back end.
type Front struct {
	Service Service
	Build   Build
	To      string // the folder where the back end looks for it, from the root
	Pages   Pages  // what the back end says of it; its evidence is empty where the user said it
}

// Fact is the joint in words, with the lines of both sides.
func (f Front) Fact() Fact {
	fact := Fact{Name: "front end", Value: f.Service.Dir + ", built into " + f.To}
	if f.Pages.At.File != "" {
		fact.Value += ", which it " + f.Pages.Verb()
		fact.Evidence = append(fact.Evidence, f.Pages.At)
	}
	fact.Evidence = append(fact.Evidence, f.Build.At...)
	return fact
}

// outputs are what the builds of front ends call their folders.
var outputs = []string{"dist", "build", "out", "browser", "_site", ".output", "www"}

// IsOutput says whether a file or folder is called as what a build of a front end
// leaves: it lies in such a folder, or is the page of one.
func IsOutput(name string) bool {
	return path.Base(name) == "index.html" && path.Dir(name) != "." ||
		slices.ContainsFunc(strings.Split(name, "/"), func(part string) bool { return slices.Contains(outputs, part) })
}

// Held says what git keeps of a folder that a build fills.
type Held int

// What is held.
const (
	Nothing     Held = iota
	Placeholder      // files that keep the folder
	Stub             // with a page alone, which may say that nothing is built
	Files
	Built // a page or a list of files, and what it loads
)

// Held looks into a folder.
func (t *Tree) Held(dir string) Held {
	pages, loaded, files, kept := 0, 0, 0, 0
	for _, sub := range t.Below(dir, func(string) bool { return false }) {
		for _, name := range t.folders[sub].Files {
			switch base := strings.ToLower(name); {
			case base == "index.html" || base == "manifest.json":
				pages++
			case strings.HasPrefix(base, ".git") || strings.HasPrefix(base, ".keep") || base == ".npmignore" || strings.Contains(base, "placeholder") || strings.HasPrefix(base, "readme") || base == ".empty":
				kept++
			case path.Ext(base) == ".js" || path.Ext(base) == ".mjs" || path.Ext(base) == ".css":
				loaded++
			default:
				files++
			}
		}
	}
	switch {
	case pages > 0 && loaded > 0:
		return Built
	case loaded+files > 0 || pages > 1:
		return Files
	case pages > 0:
		return Stub
	case kept > 0:
		return Placeholder
	}
	return Nothing
}
