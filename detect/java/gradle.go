package java

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Names of Gradle's files, Groovy's first.
var (
	settingsNames = []string{"settings.gradle", "settings.gradle.kts"}
	scriptNames   = []string{"build.gradle", "build.gradle.kts"}
)

// gradle is every build of Gradle in the tree.
type gradle struct {
	tree     *detect.Tree
	projects map[string]*project // by folder
	dirs     []string            // the keys of projects, sorted
	logic    []string            // folders of build logic: buildSrc and included builds
}

// gradleBuild is a root with its projects.
type gradleBuild struct {
	root      string
	name      string
	settings  []statement
	catalog   map[string]versionCatalog
	projects  []*project
	files     []string          // what the settings want beside the scripts
	folders   []string          // buildSrc, included builds, gradle/
	logic     map[string]string // the files of folders with their texts, once they were asked for
	variables map[string]stated
	unread    []stated
	err       error
}

// project is one project of a build.
type project struct {
	build  *gradleBuild
	dir    string
	path   string // ":services:api", empty for the root
	name   string
	file   string // its script, or none
	own    []statement
	script []statement // own, and what is said for it elsewhere
	files  []string    // scripts that it applies
	unread []stated    // what they state and their text alone does not tell

	asked     bool // for what it depends on
	libraries []dependency
	siblings  []stated
	err       error
}

// readGradle reads every build. What is wrong with one project is its own error, what is
// wrong with the settings that of all its projects.
func readGradle(t *detect.Tree) *gradle {
	g := &gradle{tree: t, projects: map[string]*project{}}
	var roots []string
	for _, name := range settingsNames {
		for _, file := range t.Named(name) {
			roots = append(roots, path.Dir(file))
		}
	}
	slices.Sort(roots) // an outer build before those inside it
	var builds []*gradleBuild
	for _, root := range slices.Compact(roots) {
		if b := g.build(root); b != nil {
			builds = append(builds, b)
		}
	}
	for _, name := range scriptNames {
		for _, file := range t.Named(name) {
			dir := path.Dir(file)
			if _, known := g.projects[dir]; known || g.skipped(dir) {
				continue
			}
			b := &gradleBuild{root: dir, catalog: map[string]versionCatalog{}}
			b.variables, b.err = g.properties(dir, nil)
			g.add(b, "", dir)
			b.err = firstError(b.err, g.catalogs(b))
			builds = append(builds, b)
		}
	}
	for _, b := range builds {
		for _, p := range b.projects {
			p.err = firstError(b.err, p.err, g.gather(p))
		}
	}
	g.dirs = slices.Sorted(maps.Keys(g.projects))
	return g
}

func firstError(all ...error) error {
	for _, err := range all {
		if err != nil {
			return err
		}
	}
	return nil
}

// skipped says that a folder holds no build of the product.
func (g *gradle) skipped(dir string) bool {
	if _, aside := asideOf(g.tree, dir); aside || path.Base(dir) == "buildSrc" || strings.Contains("/"+dir+"/", "/buildSrc/") {
		return true
	}
	return slices.ContainsFunc(g.logic, func(l string) bool { return detect.Inside(dir, l) })
}

// build reads the settings of a root and finds its projects.
func (g *gradle) build(root string) *gradleBuild {
	if _, known := g.projects[root]; known || g.skipped(root) {
		return nil
	}
	b := &gradleBuild{root: root, catalog: map[string]versionCatalog{}}
	for _, name := range settingsNames {
		file := path.Join(root, name)
		if !g.tree.Has(file) {
			continue
		}
		data, err := g.tree.ReadFile(file)
		if err == nil {
			b.settings, err = readScript(file, data)
		}
		b.err = firstError(b.err, err)
		b.files = append(b.files, file)
	}
	variables, err := g.properties(root, nil)
	b.variables, b.err = variables, firstError(b.err, err)
	included, dirs := b.included(g.tree)
	g.add(b, "", root)
	for _, p := range included {
		dir := path.Join(root, strings.ReplaceAll(strings.TrimPrefix(p, ":"), ":", "/"))
		if where, ok := dirs[p]; ok {
			dir = path.Join(root, where)
		}
		if dir == ".." || strings.HasPrefix(dir, "../") {
			continue
		}
		g.add(b, p, dir)
	}
	b.err = firstError(b.err, g.catalogs(b))
	return b
}

// included reads the projects that settings name, and where they say those lie.
func (b *gradleBuild) included(t *detect.Tree) (paths []string, dirs map[string]string) {
	dirs = map[string]string{}
	each(b.settings, nil, func(s statement, around []string) {
		texts := s.texts()
		switch {
		case s.name() == "include":
			if len(texts) == 0 {
				b.unknown(stated{includedUnread, s.at()})
			}
			for _, name := range texts {
				if name.open {
					b.unknown(stated{includedUnread, s.at()})
					continue
				}
				paths = append(paths, ":"+strings.TrimPrefix(strings.ReplaceAll(name.value, "/", ":"), ":"))
			}
		case s.has("include"): // in a loop, for each of what it finds
			b.unknown(stated{includedUnread, s.at()})
		case s.name() == "includeFlat":
			for _, name := range texts {
				paths = append(paths, ":"+name.value)
				dirs[":"+name.value] = "../" + name.value
			}
		case s.name() == "includeBuild" && len(texts) > 0:
			dir := path.Join(b.root, texts[0].value)
			if _, ok := t.Folder(dir); ok && !detect.Inside(b.root, dir) {
				b.folders = append(b.folders, dir)
			}
		case s.name() == "project" && s.has("projectDir") && len(texts) > 1:
			dirs[":"+strings.TrimPrefix(texts[0].value, ":")] = strings.TrimPrefix(texts[len(texts)-1].value, "/")
		case s.dotted() == "rootProject.name" && len(texts) > 0:
			b.name = texts[0].value
		}
	})
	slices.Sort(paths)
	return slices.Compact(paths), dirs
}

// includedUnread says that the settings compute what they include.
const includedUnread = "projects that are included by a computation cannot be read from the settings' text"

// unknown remembers once what the text alone does not tell.
func (b *gradleBuild) unknown(s stated) {
	if !slices.Contains(b.unread, s) {
		b.unread = append(b.unread, s)
	}
}

// add puts a project into a build.
func (g *gradle) add(b *gradleBuild, name, dir string) {
	if _, known := g.projects[dir]; known {
		return
	}
	if name == "" {
		g.logic = append(g.logic, b.folders...)
	}
	p := &project{build: b, dir: dir, path: name, name: path.Base(dir)}
	if name != "" {
		p.name = name[strings.LastIndexByte(name, ':')+1:]
	} else if b.name != "" {
		p.name = b.name
	}
	for _, script := range append(slices.Clone(scriptNames), p.name+".gradle", p.name+".gradle.kts") {
		if file := path.Join(dir, script); g.tree.Has(file) {
			p.file = file
			data, err := g.tree.ReadFile(file)
			if err == nil {
				p.own, err = readScript(file, data)
			}
			p.err = err
			break
		}
	}
	b.projects = append(b.projects, p)
	g.projects[dir] = p
}

// properties reads gradle.properties of a folder over those of its parent.
func (g *gradle) properties(dir string, above map[string]stated) (map[string]stated, error) {
	found := maps.Clone(above)
	if found == nil {
		found = map[string]stated{}
	}
	file := path.Join(dir, "gradle.properties")
	if !g.tree.Has(file) {
		return found, nil
	}
	data, err := g.tree.ReadFile(file)
	if err != nil {
		return found, err
	}
	for _, s := range readProperties(file, string(data)) {
		found[s.key] = stated{s.value, s.at}
	}
	return found, nil
}

// gather puts together what is said for a project: in its own script, in those that it
// applies, by plugins that the repository holds, and by its parents for all below them.
func (g *gradle) gather(p *project) error {
	b := p.build
	if p.path == "" {
		for _, folder := range []string{"gradle", "buildSrc"} {
			if _, ok := g.tree.Folder(path.Join(b.root, folder)); ok {
				b.folders = append(b.folders, path.Join(b.root, folder))
			}
		}
	}
	p.script = slices.Clone(p.own)
	for _, above := range b.projects {
		isAbove := above.path == "" || strings.HasPrefix(p.path, above.path+":")
		for _, s := range above.own {
			switch s.dotted() {
			case "allprojects":
				if isAbove || above == p {
					p.script = append(p.script, s.block...)
				}
			case "subprojects":
				if isAbove && above != p {
					p.script = append(p.script, s.block...)
				}
			case "project":
				if len(s.texts()) == 1 && s.texts()[0].value == p.path {
					p.script = append(p.script, s.block...)
				}
			case "configure":
				switch all := dottedFrom(trimOpen(s.tokens[1:]), 0); {
				case !s.braces || len(s.block) == 0:
				case len(trimParenthesis(trimOpen(s.tokens[1:]))) == 1 && (all == "subprojects" || all == "allprojects"):
					if isAbove && above != p || above == p && all == "allprojects" {
						p.script = append(p.script, s.block...)
					}
				case above == b.projects[0] && p != above:
					b.unknown(stated{"projects that are configured by a computation cannot be read from the script's text", s.at()})
				}
			}
		}
	}
	return g.applied(p)
}

// applied follows scripts and plugins of the repository itself, each once.
func (g *gradle) applied(p *project) error {
	var seen []string
	for i := 0; i < len(p.script) && len(p.script) < 100_000; i++ {
		var files []string
		collect := func(s statement, _ []string) {
			for _, t := range s.texts() {
				switch {
				case s.name() == "apply" && s.has("from"):
					files = append(files, g.scriptFile(p, t.value))
				case s.name() == "id", s.name() == "apply" && s.has("plugin"):
					files = append(files, g.convention(p.build, t.value))
				}
			}
			if s.name() != "" && len(s.tokens) == 1 { // `my.plugin` in the block of plugins
				files = append(files, g.convention(p.build, s.name()))
			}
		}
		each(p.script[i:i+1], nil, collect)
		for _, file := range files {
			if file == "" || slices.Contains(seen, file) {
				continue
			}
			seen = append(seen, file)
			data, err := g.tree.ReadFile(file)
			if err != nil {
				return err
			}
			more, err := readScript(file, data)
			if err != nil {
				return err
			}
			p.script = append(p.script, more...)
			if !slices.ContainsFunc(p.build.folders, func(f string) bool { return detect.Inside(file, f) }) {
				p.files = append(p.files, file)
			}
		}
	}
	return nil
}

// rootFolders are how scripts write the root of their build.
var rootFolders = pattern.New(`^(\$\{?(rootDir|rootProject\.(projectDir|rootDir)|project\.rootDir)\}?|\$\{?rootProject\.projectDir\.path\}?)/`)

// scriptFile finds a script that is applied by its path.
func (g *gradle) scriptFile(p *project, name string) string {
	dir := p.dir
	if stripped := rootFolders.ReplaceAllString(name, ""); stripped != name {
		dir, name = p.build.root, stripped
	}
	for _, base := range []string{dir, p.build.root} {
		if file := path.Join(base, name); g.tree.Has(file) {
			return file
		}
	}
	return ""
}

// convention finds a plugin that is a script of the build's own logic.
func (g *gradle) convention(b *gradleBuild, id string) string {
	if !plainName.MatchString(id) {
		return ""
	}
	for _, folder := range b.folders {
		for _, name := range []string{id + ".gradle.kts", id + ".gradle"} {
			for _, file := range g.tree.Named(name) {
				if detect.Inside(file, folder) && strings.Contains(file, "/src/main/") {
					return file
				}
			}
		}
	}
	return ""
}

// besides settles which of two builds of one folder is taken, and why: the one with a
// wrapper is what the developers use; with both or none, Maven's model is read in full. The
// reason is empty where there is one build alone.
func (g *gradle) besides(m *maven, dir string) (gradle bool, reason stated) {
	p, both := g.projects[dir]
	if _, pom := m.poms[dir]; !both || !pom {
		return both, stated{}
	}
	maven, err := m.root(dir)
	if err != nil {
		maven = dir
	}
	hasMaven, hasGradle := m.tree.Has(path.Join(maven, "mvnw")), m.tree.Has(path.Join(p.build.root, "gradlew"))
	of := detect.Evidence{File: cmp.Or(p.file, path.Join(p.build.root, settingsNames[0]))}
	switch {
	case hasGradle && !hasMaven:
		return true, stated{"Gradle, as it alone has a wrapper, though Maven builds it as well", detect.Evidence{File: path.Join(dir, pomName)}}
	case hasMaven && !hasGradle:
		return false, stated{"Maven, as it alone has a wrapper, though Gradle builds it as well", of}
	case hasMaven:
		return false, stated{"Maven, whose model can be read in full, though Gradle builds it as well; without mvnw it would be Gradle", of}
	}
	return false, stated{"Maven, whose model can be read in full, though Gradle builds it as well; with a gradlew it would be Gradle", of}
}

// gradleMembers lists the folders of the projects that settings include.
func gradleMembers(data []byte) ([]string, error) {
	list, err := readScript(settingsNames[0], data)
	if err != nil {
		return nil, err
	}
	var members []string
	each(list, nil, func(s statement, _ []string) {
		if s.name() != "include" {
			return
		}
		for _, t := range s.texts() {
			members = append(members, path.Clean(strings.ReplaceAll(strings.TrimPrefix(t.value, ":"), ":", "/")))
		}
	})
	return members, nil
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
