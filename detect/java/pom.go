package java

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// coordinate names an artifact of a Maven repository.
type coordinate struct{ Group, Artifact, Version string }

// String is group:artifact.
func (c coordinate) String() string { return c.Group + ":" + c.Artifact }

// pom is one pom.xml with those of the repository that it inherits from.
type pom struct {
	file, dir string
	project   *element
	parent    *pom       // in the repository
	outer     coordinate // the first parent that comes from elsewhere
	outerAt   detect.Evidence
	line      []generation
	given     *commandLine
	instead   stated       // a profile that is asked for in place of one for development
	dependsOn []dependency // once they were asked for
	err       error
}

// generation is a pom of the inheritance with those of its profiles that are active for
// the one that inherits.
type generation struct {
	pom    *pom
	active []*element
}

// maven is every pom of the tree.
type maven struct {
	tree *detect.Tree
	poms map[string]*pom // by folder
	dirs []string        // the keys of poms, sorted

	others  map[string]*pom     // parents that are not called pom.xml, by file
	byName  map[string][]string // folders by artifact
	needed  map[string]bool     // what some module depends on, by group and artifact
	listed  map[string][]string // the folders of poms that list a folder as a module
	missing map[string]stated   // a module that is not there, by the folder of the pom that lists it
}

// pomName is the name of Maven's project files.
const pomName = "pom.xml"

// readMaven reads every pom. What is wrong with one is its own error.
func readMaven(t *detect.Tree) *maven {
	m := &maven{tree: t, poms: map[string]*pom{}, others: map[string]*pom{}}
	for _, file := range t.Named(pomName) {
		dir := path.Dir(file)
		p := &pom{file: file, dir: dir}
		p.project, p.err = m.read(file)
		m.poms[dir] = p
		m.dirs = append(m.dirs, dir)
	}
	given := m.commandLines()
	for _, dir := range m.dirs {
		if p := m.poms[dir]; p.err == nil {
			p.given = given(dir)
			m.adopt(p)
		}
	}
	for _, dir := range m.dirs {
		if p := m.poms[dir]; p.err == nil {
			p.err = m.lineage(p)
		}
		if p := m.poms[dir]; p.err == nil {
			p.err = p.circle()
		}
	}
	return m
}

func (m *maven) read(file string) (*element, error) {
	data, err := m.tree.ReadFile(file)
	if err != nil {
		return nil, err
	}
	root, err := readXML(file, data)
	if err != nil {
		return nil, err
	}
	if root.name != "project" {
		return nil, detect.Errorf(detect.Evidence{File: file, Line: root.line}, "<%s> where Maven wants <project>", root.name)
	}
	return root, nil
}

// adopt finds the parent: in the repository by its relative path, where group and
// artifact agree, and else somewhere that this program does not ask.
func (m *maven) adopt(p *pom) {
	e := p.project.get("parent")
	if e == nil {
		return
	}
	p.outer = coordinate{e.value("groupId"), e.value("artifactId"), e.value("version")}
	p.outerAt = p.at(e)
	relative := "../" + pomName
	if r := e.get("relativePath"); r != nil {
		if relative = r.text; relative == "" {
			return
		}
	}
	where := path.Join(p.dir, strings.ReplaceAll(relative, `\`, "/"))
	if path.Base(where) != pomName && m.tree.Has(path.Join(where, pomName)) {
		where = path.Join(where, pomName)
	}
	found, ok := m.poms[path.Dir(where)]
	if path.Base(where) != pomName {
		found, ok = m.other(where)
	}
	if !ok {
		return
	}
	if found.project == nil || found.project.value("artifactId") == p.outer.Artifact {
		p.parent = found
	}
}

// other reads a pom of another name, which only its path as a parent leads to.
func (m *maven) other(file string) (*pom, bool) {
	if p, known := m.others[file]; known || strings.HasPrefix(file, "../") || !m.tree.Has(file) {
		return p, known
	}
	p := &pom{file: file, dir: path.Dir(file)}
	m.others[file] = p
	if p.project, p.err = m.read(file); p.err == nil {
		m.adopt(p)
	}
	return p, true
}

// mostParents is how long a line of parents may be; builds of people have five.
const mostParents = 100

// lineage refuses parents that lead back, and settles the first one from elsewhere.
func (m *maven) lineage(p *pom) error {
	seen := []*pom{p}
	for q := p; q.parent != nil; q = q.parent {
		if slices.Contains(seen, q.parent) {
			return detect.Errorf(p.at(p.project.get("parent")), "the parents lead back to %s", q.parent.file)
		}
		if len(seen) > mostParents {
			return detect.Errorf(p.at(p.project.get("parent")), "it has more than %d parents", mostParents)
		}
		seen = append(seen, q.parent)
	}
	for _, q := range seen {
		if q.project == nil {
			return fmt.Errorf("%s: its parent cannot be read: %w", p.at(p.project.get("parent")), q.err)
		}
		p.line = append(p.line, generation{q, m.activate(q, p)})
	}
	last := seen[len(seen)-1]
	p.outer, p.outerAt = last.outer, last.outerAt
	return nil
}

// activate chooses the profiles of a pom that Maven activates where nobody asks for one:
// https://maven.apache.org/guides/introduction/introduction-to-profiles.html. Files are
// those of the folder that inherits. A condition on the JDK holds, since the JDK is chosen
// to fit the project.
func (m *maven) activate(p, heir *pom) []*element {
	var active, byDefault []*element
	for _, profile := range p.project.all("profiles", "profile") {
		a := profile.get("activation")
		asked, named := heir.given.profiles[profile.value("id")]
		switch {
		case named && asked:
			active = append(active, profile)
		case named || a == nil:
		case a.value("activeByDefault") == "true":
			byDefault = append(byDefault, profile)
		case m.holds(heir, a):
			active = append(active, profile)
		}
	}
	if instead := p.production(byDefault); instead != nil && len(heir.given.profiles) == 0 {
		heir.instead = stated{instead.value("id"), p.at(instead)}
		return append(active, instead)
	}
	if len(active) > 0 { // one that a condition activates switches the default ones off
		return active
	}
	return byDefault
}

// production is the profile that a pom has for production where one that is active by
// default is for development: by its name, or by what it makes Spring's profile.
func (p *pom) production(byDefault []*element) (found *element) {
	develops := slices.ContainsFunc(byDefault, func(profile *element) bool {
		mode, _, _ := strings.Cut(profile.get("properties").value("spring.profiles.active"), "$")
		return isDevelopment(profile.value("id")) || isDevelopment(mode)
	})
	if !develops {
		return nil
	}
	for _, profile := range p.project.all("profiles", "profile") {
		if id := profile.value("id"); id == "prod" || id == "production" {
			return profile
		}
	}
	return nil
}

// holds says whether every condition of an activation holds in the build's container.
func (m *maven) holds(p *pom, a *element) bool {
	if len(a.children) == 0 {
		return false
	}
	for _, c := range a.children {
		switch c.name {
		case "file":
			exists, missing := c.value("exists"), c.value("missing")
			if exists != "" && !m.has(p.dir, exists) || missing != "" && m.has(p.dir, missing) {
				return false
			}
		case "property":
			if !p.given.fits(c.value("name"), c.value("value")) {
				return false
			}
		case "os":
			if family := c.value("family"); family != "" && family != "unix" && family != "!windows" {
				return false
			}
			if name := strings.ToLower(c.value("name")); name != "" && name != "linux" {
				return false
			}
			if arch := c.value("arch"); arch != "" {
				return false
			}
		case "jdk", "activeByDefault":
		default:
			return false
		}
	}
	return true
}

// has asks for a file or folder by a path from a module's folder.
func (m *maven) has(dir, name string) bool {
	for _, base := range []string{"${basedir}/", "${project.basedir}/", "./"} {
		name = strings.TrimPrefix(name, base)
	}
	where := path.Join(dir, name)
	_, folder := m.tree.Folder(where)
	return folder || m.tree.Has(where)
}

func (p *pom) at(e *element) detect.Evidence {
	if e == nil {
		return detect.Evidence{File: p.file}
	}
	return detect.Evidence{File: p.file, Line: e.line}
}

// section is one place of the inheritance that may state something.
type section struct {
	pom *pom
	e   *element
}

// sections lists them, the most specific first: the active profiles of a pom, the pom,
// those of its parent, …
func (p *pom) sections() []section {
	var list []section
	for _, g := range p.line {
		for _, profile := range slices.Backward(g.active) {
			list = append(list, section{g.pom, profile})
		}
		list = append(list, section{g.pom, g.pom.project})
	}
	return list
}

// stated is a text with the place that states it.
type stated struct {
	Value string
	At    detect.Evidence
}

// property gives what a property is set to, expanded.
func (p *pom) property(name string) (stated, bool) {
	if v, ok := p.given.property(name); ok {
		return v, true
	}
	for _, s := range p.sections() {
		if e := s.e.get("properties", name); e != nil {
			text, ok := p.expand(e.text)
			return stated{text, s.pom.at(e)}, ok
		}
	}
	return stated{}, false
}

// expand puts in properties. It is false where one of them is not known here: set
// elsewhere, or in terms of itself.
func (p *pom) expand(text string) (string, bool) {
	return p.expandWith(text, nil)
}

// expandWith is the same with some names given.
func (p *pom) expandWith(text string, given map[string]string) (string, bool) {
	x := expansion{p, given, mostProperties}
	return x.expand(text, nil)
}

// expansion is one text that properties are put into.
type expansion struct {
	pom    *pom
	given  map[string]string
	budget int // how many more may be put in
}

// Properties may stand in each other so deep, and so many of them in one text: they can
// be made to grow without end as entities can.
const (
	deepestProperty = 16
	mostProperties  = 256
)

func (x *expansion) expand(text string, above []string) (string, bool) {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String(), b.Len() <= 4096
		}
		name, after, closed := strings.Cut(rest, "}")
		x.budget--
		if !closed || slices.Contains(above, name) || len(above) == deepestProperty || b.Len() > 4096 || x.budget < 0 {
			return "", false
		}
		value, ok := x.given[name]
		if !ok {
			value, ok = x.pom.unexpanded(name)
		}
		if !ok {
			return "", false
		}
		if value, ok = x.expand(value, append(above, name)); !ok {
			return "", false
		}
		b.WriteString(value)
		text = after
	}
}

// unexpanded gives what a name stands for: a property, or else a part of the model.
func (p *pom) unexpanded(name string) (string, bool) {
	if v, ok := p.given.property(name); ok {
		return v.Value, true
	}
	for _, s := range p.sections() {
		if e := s.e.get("properties", name); e != nil {
			return e.text, true
		}
	}
	if value, ok := p.outerProperty(name); ok {
		return value, true
	}
	return p.builtin(name)
}

// circle finds a property that is set in terms of itself, which no build gets through.
func (p *pom) circle() error {
	for _, e := range p.project.get("properties").list() {
		seen := []string{e.name}
		for next := e.text; ; {
			m := putIn.FindStringSubmatch(next)
			if m == nil || slices.Contains(seen, m[1]) && m[1] != e.name || len(seen) > deepestProperty {
				break
			}
			if m[1] == e.name {
				return detect.Errorf(p.at(e), "the property %s is set in terms of itself", e.name)
			}
			seen = append(seen, m[1])
			value, ok := p.unexpanded(m[1])
			if !ok {
				break
			}
			next = value
		}
	}
	return nil
}

// builtin gives what the names of the model stand for, with and without "project.".
func (p *pom) builtin(name string) (string, bool) {
	name = strings.TrimPrefix(strings.TrimPrefix(name, "project."), "pom.")
	switch name {
	case "artifactId", "name", "packaging":
		if text := p.project.value(name); text != "" || name == "artifactId" {
			return text, true
		}
	case "version", "groupId":
		for q := p; q != nil; q = q.parent {
			if text := q.project.value(name); text != "" {
				return text, true
			}
			if text := q.project.value("parent", name); text != "" {
				return text, true
			}
		}
	case "parent.version", "parent.groupId", "parent.artifactId":
		text := p.project.value(strings.Split(name, ".")...)
		return text, text != ""
	case "basedir":
		return ".", true
	case "build.directory":
		return p.rawBuild("directory", "target"), true
	case "build.finalName":
		return p.rawName(), true
	}
	return "", false
}

// packaging is what the module makes: "jar" where it says nothing.
func (p *pom) packaging() (string, bool) {
	text := p.project.value("packaging")
	if text == "" {
		return "jar", true
	}
	return p.expand(text)
}

// artifactID is what others call the module.
func (p *pom) artifactID() string { return p.project.value("artifactId") }

// coordinate is the module as dependencies name it.
func (p *pom) coordinate() coordinate {
	group, _ := p.builtin("groupId")
	group, _ = p.expand(group)
	return coordinate{Group: group, Artifact: p.artifactID()}
}

// plugin is a plugin that the module uses, with all that is said about it.
type plugin struct {
	at    detect.Evidence
	pom   *pom
	parts []section // <plugin> elements, the most specific first
}

// plugins looks for one by its artifact, whatever its group: those of companies and
// forks behave as their model. It must be used; management alone configures it.
func (p *pom) plugin(artifact string) (plugin, bool) {
	found := plugin{pom: p}
	used := false
	for _, s := range p.sections() {
		for _, e := range s.e.all("build", "plugins", "plugin") {
			if e.value("artifactId") == artifact && (s.pom == p || e.value("inherited") != "false") {
				found.parts = append(found.parts, section{s.pom, e})
				if !used {
					used, found.at = true, s.pom.at(e)
				}
			}
		}
	}
	for _, s := range p.sections() {
		for _, e := range s.e.all("build", "pluginManagement", "plugins", "plugin") {
			if e.value("artifactId") == artifact {
				found.parts = append(found.parts, section{s.pom, e})
			}
		}
	}
	return found, used
}

// managed is the same for a plugin that Maven itself uses by default.
func (p *pom) managed(artifact string) plugin {
	found, _ := p.plugin(artifact)
	if found.at.File == "" && len(found.parts) > 0 {
		found.at = found.parts[0].pom.at(found.parts[0].e)
	}
	return found
}

// setting gives what a plugin is configured with, in general or for one execution.
func (g plugin) setting(names ...string) (stated, bool) {
	for _, part := range g.parts {
		configurations := []*element{part.e.get("configuration")}
		for _, execution := range part.e.all("executions", "execution") {
			configurations = append(configurations, execution.get("configuration"))
		}
		for _, c := range configurations {
			if e := c.get(names...); e != nil {
				text, ok := g.pom.expand(e.text)
				return stated{text, part.pom.at(e)}, ok
			}
		}
	}
	return stated{}, false
}

// elements gives everything of a name in the configurations.
func (g plugin) elements(name string) []*element {
	var found []*element
	for _, part := range g.parts {
		found = append(found, part.e.get("configuration").under(name)...)
		for _, execution := range part.e.all("executions", "execution") {
			found = append(found, execution.get("configuration").under(name)...)
		}
	}
	return found
}

// runs says whether an execution of the plugin runs one of the goals.
func (g plugin) runs(goals ...string) bool {
	for _, part := range g.parts {
		for _, goal := range part.e.under("goal") {
			if slices.Contains(goals, goal.text) {
				return true
			}
		}
	}
	return false
}

// version is the plugin's version, as far as it is known here.
func (g plugin) version() (stated, bool) {
	for _, part := range g.parts {
		if e := part.e.get("version"); e != nil {
			text, ok := g.pom.expand(e.text)
			return stated{text, part.pom.at(e)}, ok
		}
	}
	return stated{}, false
}

// dependency is an artifact that the module is built with.
type dependency struct {
	coordinate
	Scope string // "compile" where it says nothing
	At    detect.Evidence
}

// dependencies lists what the module and its parents in the repository depend on.
func (p *pom) dependencies() []dependency {
	if p.dependsOn == nil {
		p.dependsOn = p.readDependencies()
	}
	return p.dependsOn
}

func (p *pom) readDependencies() []dependency {
	list := []dependency{}
	for _, s := range p.sections() {
		for _, e := range s.e.all("dependencies", "dependency") {
			list = append(list, p.dependency(s, e))
		}
	}
	return list
}

func (p *pom) dependency(s section, e *element) dependency {
	group, _ := p.expand(e.value("groupId"))
	artifact, _ := p.expand(e.value("artifactId"))
	version, _ := p.expand(e.value("version"))
	d := dependency{coordinate: coordinate{group, artifact, version}, Scope: e.value("scope"), At: s.pom.at(e)}
	if d.Scope == "" {
		d.Scope = "compile"
		if m, ok := p.managedDependency(d.coordinate); ok && m.Scope != "" {
			d.Scope = m.Scope
		}
	}
	return d
}

// managedDependency gives what dependencyManagement says about an artifact.
func (p *pom) managedDependency(c coordinate) (dependency, bool) {
	for _, s := range p.sections() {
		for _, e := range s.e.all("dependencyManagement", "dependencies", "dependency") {
			if e.value("artifactId") != c.Artifact {
				continue
			}
			if group, _ := p.expand(e.value("groupId")); group == c.Group {
				version, _ := p.expand(e.value("version"))
				return dependency{coordinate{c.Group, c.Artifact, version}, e.value("scope"), s.pom.at(e)}, true
			}
		}
	}
	return dependency{}, false
}

// modules lists the folders that the pom builds, those of active profiles among them.
func (p *pom) modules() []stated {
	list := namedModules(p, p.project)
	if len(p.line) > 0 {
		for _, profile := range p.line[0].active {
			list = append(list, namedModules(p, profile)...)
		}
	}
	return list
}

// namedModules reads <modules>, and what Maven 4 calls <subprojects>. A name whose
// properties are not known stays as it is.
func namedModules(p *pom, e *element) []stated {
	var list []stated
	for _, m := range slices.Concat(e.all("modules", "module"), e.all("subprojects", "subproject")) {
		text, ok := p.expand(m.text)
		if !ok {
			text = m.text
		}
		name := path.Join(p.dir, strings.ReplaceAll(text, `\`, "/"))
		list = append(list, stated{strings.TrimSuffix(name, "/"+pomName), p.at(m)})
	}
	return list
}

// mavenMembers lists the folders of a pom's modules, those of every profile among them.
func mavenMembers(data []byte) ([]string, error) {
	root, err := readXML(pomName, data)
	if err != nil {
		return nil, err
	}
	p := &pom{file: pomName, dir: ".", project: root}
	var members []string
	for _, e := range append(root.all("profiles", "profile"), root) {
		for _, m := range namedModules(p, e) {
			members = append(members, m.Value)
		}
	}
	return members, nil
}

// asideOf says what a folder is that holds no product: by the conventions of every
// stack, and by Maven's own for the integration tests of plugins.
func asideOf(t *detect.Tree, dir string) (string, bool) {
	if strings.Contains("/"+dir+"/", "/src/it/") || strings.Contains("/"+dir+"/", "/archetype-resources/") {
		return "test data", true
	}
	return t.Aside(dir)
}
