package java

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// outlook is what a build sees of a repository beside the sources of its modules: it
// gathers the files and folders that build files name elsewhere. A text that leads to
// nothing that is there, or to a folder with other modules in it, names none.
type outlook struct {
	tree  *detect.Tree
	build *Build
	files bool // folders do not count
}

// paths are the parts of a text that may be paths: the whole of it, and what stands
// between the signs by which lists and options are divided.
func paths(text string) []string {
	parts := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",;:=\"' \t\r\n|", r) })
	if len(parts) == 1 && parts[0] == text {
		return parts
	}
	return append([]string{strings.TrimSpace(text)}, parts...)
}

// add takes what a text names, seen from some folders. Paths that begin with / are from
// the root of the repository: the caller puts that in for the names by which tools call
// their folders.
func (o outlook) add(text string, where detect.Evidence, from ...string) {
	if len(text) > 1024 || !strings.ContainsAny(text, "/.") {
		return
	}
	for _, part := range paths(text) {
		o.node(part, where)
		if rooted, ok := strings.CutPrefix(part, "/"); ok {
			o.take(path.Clean(strings.TrimLeft(rooted, "/")), true, where)
			continue
		}
		for _, dir := range from {
			o.take(path.Join(dir, part), strings.HasPrefix(part, "../"), where)
		}
	}
}

// node remembers the plugin that builds a front end.
func (o outlook) node(name string, where detect.Evidence) {
	if o.build.Node.Value == "" && slices.Contains(nodeBuilders, name) {
		o.build.Node = stated{name, where}
	}
}

// take remembers a path from the root of the repository. Folders are named on purpose
// only where the path says from where it leads.
func (o outlook) take(name string, sure bool, where detect.Evidence) {
	b := o.build
	_, folder := o.tree.Folder(name)
	sure = sure && !o.files
	if !strings.HasPrefix(name, "../") {
		o.page(name, where)
	}
	switch {
	case name == "." || name == ".." || strings.HasPrefix(name, "../"), !o.tree.Has(name) && !(folder && sure):
		return
	case slices.ContainsFunc(b.Modules, func(m Module) bool { return detect.Inside(name, m.Dir) && !o.within(name, m.Dir) }):
		return
	case slices.ContainsFunc(b.Folders, func(dir string) bool { return detect.Inside(name, dir) }), slices.Contains(b.Files, name):
		return
	case folder && slices.ContainsFunc(b.Members, func(dir string) bool { return dir != name && detect.Inside(dir, name) }):
		return
	case slices.ContainsFunc(b.Reads, func(r stated) bool { return detect.Inside(name, r.Value) }):
		return
	}
	b.Reads = append(b.Reads, stated{name, where})
}

// within says that a path lies in a module inside dir, which is not part of dir.
func (o outlook) within(name, dir string) bool {
	return slices.ContainsFunc(o.build.Members, func(other string) bool {
		return other != dir && detect.Inside(other, dir) && detect.Inside(name, other)
	})
}

// above are files that tools look for in the folder of a module and in all above it:
// https://projectlombok.org/features/configuration, https://editorconfig.org.
var above = []string{"lombok.config", ".editorconfig"}

// done adds what no build file has to name, and sorts.
func (o outlook) done() {
	for _, m := range o.build.Modules {
		for dir := m.Dir; dir != "."; {
			dir = path.Dir(dir)
			for _, name := range above {
				o.take(path.Join(dir, name), false, detect.Evidence{File: path.Join(dir, name)})
			}
		}
	}
	slices.SortFunc(o.build.Reads, func(a, b stated) int { return cmp.Compare(a.Value, b.Value) })
}

// gradleConventions are folders of the root that plugins of Gradle read unnamed:
// https://docs.gradle.org/current/userguide/checkstyle_plugin.html and its like.
var gradleConventions = []string{"config/checkstyle", "config/codenarc", "config/pmd"}

// reads gathers what the scripts of a closure, of the root and of the settings name beside
// the projects.
func (g *gradle) reads(b *Build) {
	o := outlook{tree: g.tree, build: b}
	for _, name := range gradleConventions {
		dir := path.Join(b.Root, name)
		o.take(dir, true, detect.Evidence{File: dir})
	}
	root := g.projects[b.Root]
	for _, p := range root.build.projects {
		if p.file == "" && len(root.build.files) > 0 { // its folder has to be there, which a script would see to
			o.take(p.dir, true, detect.Evidence{File: root.build.files[0]})
		}
	}
	root.readStatements(o, root.build.settings)
	root.readStatements(o, root.script)
	for _, m := range b.Modules {
		p := g.projects[m.Dir]
		p.readStatements(o, p.script)
	}
	o.done()
	for _, u := range root.build.unread {
		if u.Value == includedUnread {
			b.Open = u
		}
	}
}

// projectFolders are how scripts write the folder of their own project.
var projectFolders = pattern.New(`^\$\{?(projectDir|project\.projectDir|layout\.projectDirectory)\}?/`)

// readStatements looks at the strings of statements and of all in their braces.
func (p *project) readStatements(o outlook, list []statement) {
	each(list, nil, func(s statement, _ []string) {
		rooted := s.has("rootDir", "rootProject", "rootDirectory", "settingsDirectory", "settingsDir")
		for _, t := range s.texts() {
			value := t.value
			switch {
			case rootFolders.MatchString(value):
				value = "/" + rootFolders.ReplaceAllString(value, o.build.Root+"/")
			case projectFolders.MatchString(value):
				value = "/" + projectFolders.ReplaceAllString(value, p.dir+"/")
			case rooted && !path.IsAbs(value):
				value = "/" + path.Join(o.build.Root, value)
			}
			if t.open {
				value, _ = p.put(value)
			}
			o.add(value, s.at(), p.dir, o.build.Root)
		}
	})
}

// readParts are the parts of a pom that may name files.
var readParts = []string{"properties", "build", "reporting", "dependencies", "dependencyManagement", "repositories", "pluginRepositories"}

// reads gathers what the poms of a closure and Maven's own options name beside the modules.
func (m *maven) reads(b *Build, closure []Module) error {
	o := outlook{tree: m.tree, build: b}
	if err := m.options(o); err != nil {
		return err
	}
	for _, c := range closure {
		q := m.poms[c.Dir]
		if q.err != nil {
			continue
		}
		places := q.places(b.Root)
		for _, s := range q.sections() {
			for _, part := range readParts {
				o.files = part == "properties" // a plugin may ask for one; a folder that is used is named in the build
				q.readElement(o, s, s.e.get(part), places)
			}
		}
	}
	o.files = false
	o.done()
	m.openModules(b)
	return nil
}

// places gives the names by which a pom calls folders, as paths that begin with /.
func (p *pom) places(root string) map[string]string {
	places := map[string]string{}
	for _, name := range []string{"basedir", "project.basedir", "pom.basedir"} {
		places[name] = "/" + p.dir
	}
	for _, name := range []string{"maven.multiModuleProjectDirectory", "session.executionRootDirectory", "session.topDirectory", "session.rootDirectory", "user.dir", "env.PWD"} {
		places[name] = "/" + root
	}
	if p.parent != nil {
		places["project.parent.basedir"] = "/" + p.parent.dir
	}
	return places
}

// readElement looks at the texts and attributes of an element and of all below it.
func (p *pom) readElement(o outlook, s section, e *element, places map[string]string) {
	if e == nil {
		return
	}
	for _, text := range append([]string{e.text}, e.values...) {
		o.node(strings.TrimSpace(text), s.pom.at(e))
		if strings.ContainsAny(text, "/.") {
			if text, ok := p.expandWith(strings.ReplaceAll(text, `\`, "/"), places); ok {
				o.add(text, s.pom.at(e), p.dir, o.build.Root)
			}
		}
	}
	for _, c := range e.children {
		p.readElement(o, s, c, places)
	}
}

// options takes the files that Maven is told of in .mvn: without those it does not begin,
// so they come with the manifests.
func (m *maven) options(o outlook) error {
	b := o.build
	for _, name := range []string{"maven.config", "jvm.config"} {
		file := path.Join(b.Root, ".mvn", name)
		if !m.tree.Has(file) {
			continue
		}
		data, err := m.tree.ReadFile(file)
		if err != nil {
			return err
		}
		text := strings.NewReplacer("${maven.multiModuleProjectDirectory}", ".", "${session.rootDirectory}", ".").Replace(string(data))
		for _, word := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("=: \t\r\n\"'", r) }) {
			option := path.Join(b.Root, word)
			if !m.tree.Has(option) {
				continue
			}
			if !detect.Inside(option, path.Join(b.Root, ".mvn")) && !slices.Contains(b.Files, option) {
				b.Files = append(b.Files, option)
			}
			if err := m.credentials(b, option); err != nil {
				return err
			}
		}
	}
	return nil
}

// credentials takes the variables of the environment that settings of Maven have for
// servers: those come as secrets.
func (m *maven) credentials(b *Build, file string) error {
	if path.Ext(file) != ".xml" {
		return nil
	}
	data, err := m.tree.ReadFile(file)
	if err != nil {
		return err
	}
	root, err := readXML(file, data)
	if err != nil || root.name != "settings" {
		return err
	}
	for _, server := range root.all("servers", "server") {
		for _, e := range server.children {
			for _, found := range fromEnvironment.FindAllStringSubmatch(e.text, -1) {
				secret := stated{found[1], detect.Evidence{File: file, Line: e.line}}
				if !slices.ContainsFunc(b.Secrets, func(k stated) bool { return k.Value == secret.Value }) {
					b.Secrets = append(b.Secrets, secret)
				}
			}
		}
	}
	return nil
}

// fromEnvironment is how a pom or settings take a variable of the environment.
var fromEnvironment = pattern.New(`\$\{env\.([A-Za-z_][A-Za-z0-9_]*)\}`)

// openModules notes a module that is named by what only a command line sets.
func (m *maven) openModules(b *Build) {
	for _, dir := range b.Members {
		if p := m.poms[dir]; p.project != nil {
			for _, module := range p.modules() {
				if strings.Contains(module.Value, "${") && b.Open.Value == "" {
					b.Open = stated{"the module " + module.Value + " is named by a property that no file sets", module.At}
				}
			}
		}
	}
}

// prebuilt looks for an ignore file that hides what the build begins with and lets
// through what builds make: Quarkus puts one into every project, for Dockerfiles that copy
// what was built outside.
func prebuilt(t *detect.Tree, dir, manifest string) (detect.Evidence, error) {
	file := path.Join(dir, ".dockerignore")
	if !t.Has(file) {
		return detect.Evidence{}, nil
	}
	data, err := t.ReadFile(file)
	if err != nil {
		return detect.Evidence{}, err
	}
	ignore, err := dockerfile.ParseIgnore(data)
	if err != nil || !ignore.Hides(detect.From(dir, manifest)) {
		return detect.Evidence{}, nil //nolint:nilerr // what is wrong with it is told where it is kept
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		let, ok := strings.CutPrefix(strings.TrimSpace(line), "!")
		if let = strings.TrimPrefix(let, "/"); ok && (detect.Inside(let, "target") || detect.Inside(let, "build")) {
			return detect.Evidence{File: file, Line: n}, nil
		}
	}
	return detect.Evidence{}, nil
}
