package java

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// commandLine is what Maven is told beside its poms, by .mvn/maven.config:
// https://maven.apache.org/configure.html. A nil one tells nothing.
type commandLine struct {
	properties map[string]stated
	profiles   map[string]bool // on or off
}

// property gives a property that counts more than those of poms.
func (c *commandLine) property(name string) (stated, bool) {
	if c == nil {
		return stated{}, false
	}
	v, ok := c.properties[name]
	return v, ok
}

// fits says whether the condition on a property holds that activates a profile.
func (c *commandLine) fits(name, value string) bool {
	name, absent := strings.CutPrefix(name, "!")
	v, set := c.property(name)
	switch {
	case absent:
		return !set
	case value == "":
		return set
	}
	if other, not := strings.CutPrefix(value, "!"); not {
		return v.Value != other
	}
	return set && v.Value == value
}

// commandLines finds what Maven is told for the pom of a folder: by the first .mvn in
// the folder and above it.
func (m *maven) commandLines() func(dir string) *commandLine {
	lines := map[string]*commandLine{}
	for _, file := range m.tree.Named("maven.config") {
		if path.Base(path.Dir(file)) != ".mvn" {
			continue
		}
		if data, err := m.tree.ReadFile(file); err == nil { // what is wrong with it is told where the build is read
			lines[path.Dir(path.Dir(file))] = readCommandLine(file, string(data))
		}
	}
	return func(dir string) *commandLine {
		for ; ; dir = path.Dir(dir) {
			if _, ok := m.tree.Folder(path.Join(dir, ".mvn")); ok || dir == "." {
				break
			}
		}
		if line, ok := lines[dir]; ok {
			return line
		}
		return &commandLine{}
	}
}

// readCommandLine reads options: one a line, or with blanks between them, as Maven 3 took
// them too.
func readCommandLine(file, text string) *commandLine {
	c := &commandLine{map[string]stated{}, map[string]bool{}}
	n, expects := 0, false
	for line := range strings.Lines(text) {
		n++
		for _, word := range strings.Fields(line) {
			where := detect.Evidence{File: file, Line: n}
			profiles, isProfiles := strings.CutPrefix(word, "-P")
			definition, isProperty := strings.CutPrefix(word, "-D")
			switch {
			case expects:
				c.activate(word)
				expects = false
			case word == "-P" || word == "--activate-profiles":
				expects = true
			case isProfiles:
				c.activate(profiles)
			case isProperty:
				name, value, set := strings.Cut(definition, "=")
				if !set {
					value = "true"
				}
				c.properties[name] = stated{value, where}
			}
		}
	}
	return c
}

// activate reads a list of profiles: a,+b,!c,-d.
func (c *commandLine) activate(list string) {
	for _, name := range strings.Split(list, ",") {
		id := strings.TrimLeft(name, "+?!-")
		c.profiles[id] = !strings.ContainsAny(name[:len(name)-len(id)], "!-")
	}
}
