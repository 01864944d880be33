package java

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// root finds the folder where Maven is called to build a module: that of the outermost
// pom which lists it, or which lists the one that does. With an error it is the folder of
// the pom that is at fault.
func (m *maven) root(dir string) (string, error) {
	m.list()
	seen := []string{dir}
	for {
		for _, folder := range append([]string{dir}, m.listed[dir]...) {
			if module, ok := m.missing[folder]; ok {
				return folder, detect.Errorf(module.At, "the module %s is not there: no %s", module.Value, path.Join(module.Value, pomName))
			}
		}
		if len(m.listed[dir]) == 0 {
			return dir, nil
		}
		up := m.listed[dir][0]
		if slices.Contains(seen, up) {
			return up, detect.Errorf(detect.Evidence{File: path.Join(up, pomName)}, "the modules lead back to %s", up)
		}
		seen = append(seen, up)
		dir = up
	}
}

// list notes once which pom lists which folders, and what of that is not there.
func (m *maven) list() {
	if m.listed != nil {
		return
	}
	m.listed, m.missing = map[string][]string{}, map[string]stated{}
	for _, dir := range m.dirs {
		p := m.poms[dir]
		if p.project == nil {
			continue
		}
		for _, module := range p.modules() {
			if module.Value != dir {
				m.listed[module.Value] = append(m.listed[module.Value], dir)
			}
			if _, ok := m.poms[module.Value]; !ok && !strings.Contains(module.Value, "${") {
				m.missing[dir] = module
			}
		}
	}
}

// reactor lists the modules below a root, those of active profiles among them.
func (m *maven) reactor(root string) []string {
	var found []string
	var visit func(string)
	visit = func(dir string) {
		p, ok := m.poms[dir]
		if !ok || slices.Contains(found, dir) || p.project == nil {
			return
		}
		found = append(found, dir)
		for _, module := range p.modules() {
			visit(module.Value)
		}
	}
	visit(root)
	return found
}

// onlyInProfile says that no pom builds a module but in a profile that is not active.
func (m *maven) onlyInProfile(dir string) (stated, bool) {
	m.list()
	if len(m.listed[dir]) > 0 {
		return stated{}, false
	}
	for above := dir; above != "."; {
		above = path.Dir(above)
		p, ok := m.poms[above]
		if !ok || p.project == nil {
			continue
		}
		for _, profile := range p.project.all("profiles", "profile") {
			for _, module := range namedModules(p, profile) {
				if module.Value == dir {
					return stated{"built in the profile " + profile.value("id") + " only, which is not active where nobody asks for it", module.At}, true
				}
			}
		}
	}
	return stated{}, false
}

// uses lists the modules of the repository that a module names: as parent, dependency,
// plugin, list of versions, processor of annotations.
func (m *maven) uses(p *pom) []Module {
	var list []Module
	for _, g := range p.line {
		if g.pom != p && m.poms[g.pom.dir] == g.pom {
			list = append(list, Module{Dir: g.pom.dir, At: p.at(p.project.get("parent"))})
		}
		for _, e := range g.pom.project.under("artifactId") {
			for _, dir := range m.named(e.text) {
				if dir != p.dir && dir != g.pom.dir {
					list = append(list, Module{Dir: dir, At: g.pom.at(e)})
				}
			}
		}
	}
	return list
}

// named lists the modules of an artifact's name.
func (m *maven) named(artifact string) []string {
	if m.byName == nil {
		m.byName = map[string][]string{}
		for _, dir := range m.dirs {
			if p := m.poms[dir]; p.project != nil {
				m.byName[p.artifactID()] = append(m.byName[p.artifactID()], dir)
			}
		}
	}
	return m.byName[artifact]
}

// used says whether another module depends on one.
func (m *maven) used(dir string) bool {
	if m.needed == nil {
		m.needed = map[string]bool{}
		for _, other := range m.dirs {
			if q := m.poms[other]; q.err == nil {
				for _, d := range q.dependencies() {
					m.needed[d.String()] = true
				}
			}
		}
	}
	return m.needed[m.poms[dir].coordinate().String()]
}

// closure lists the modules of a reactor that a module is built from, itself first.
// Names that other reactors have too are those of this one.
func (m *maven) closure(p *pom, reactor []string) []Module {
	list := []Module{{Dir: p.dir, At: detect.Evidence{File: p.file}}}
	for i := 0; i < len(list); i++ {
		q := m.poms[list[i].Dir]
		if q.err != nil {
			continue
		}
		for _, used := range m.uses(q) {
			known := slices.ContainsFunc(list, func(l Module) bool { return l.Dir == used.Dir })
			if !known && (slices.Contains(reactor, used.Dir) || m.isParent(q, used.Dir)) {
				list = append(list, used)
			}
		}
	}
	return list
}

func (m *maven) isParent(p *pom, dir string) bool {
	return slices.ContainsFunc(p.line, func(g generation) bool { return g.pom.dir == dir })
}

// detail reads what an application is built from.
func (m *maven) detail(p *pom, root string, d *Detail, code scanned, files []string) error {
	reactor := m.reactor(root)
	closure := m.closure(p, reactor)
	b := &d.Build
	out := siblings{maven: m, members: slices.Clone(reactor), closure: closure}
	for _, c := range closure {
		if err := out.follow(m.poms[c.Dir]); err != nil {
			return err
		}
	}
	closure, b.Siblings = out.closure, out.list
	b.Tool, b.Root, b.Dir = "maven", root, p.dir
	if p.dir != root {
		b.Path = detect.From(root, p.dir)
	}
	b.Members = out.members
	for _, c := range closure {
		if !slices.Contains(b.Members, c.Dir) {
			b.Members = append(b.Members, c.Dir)
		}
		q := m.poms[c.Dir]
		if packaging, _ := q.packaging(); packaging != "pom" || c.Dir == p.dir {
			c.Path = detect.From(root, c.Dir)
			b.Modules = append(b.Modules, c)
		}
	}
	slices.Sort(b.Members)
	b.At = detect.Evidence{File: path.Join(root, pomName)}
	var err error
	if d.Prebuilt, err = prebuilt(m.tree, p.dir, p.file); err != nil {
		return err
	}
	for _, dir := range b.Members {
		b.Files = append(b.Files, path.Join(dir, pomName))
		for _, g := range m.poms[dir].line {
			if m.others[g.pom.file] != nil && !slices.Contains(b.Files, g.pom.file) {
				b.Files = append(b.Files, g.pom.file)
			}
		}
	}
	if err := m.wrapper(b); err != nil {
		return err
	}
	if err := m.reads(b, closure); err != nil {
		return err
	}
	if err := m.statements(p, d, closure); err != nil {
		return err
	}
	m.sourcesOf(d, closure, files)
	d.Resources, d.Expands = p.resourceRoots(), p.filters()
	known := func(name string) (string, bool) {
		text, ok := p.expand("${" + name + "}")
		return text, ok
	}
	return d.opensPorts(m.tree, known, files, code)
}

// siblings gathers the modules of other builds of the repository that an application is
// built from: by their coordinates, which only the local repository of Maven can answer for
// once they are installed there.
type siblings struct {
	maven   *maven
	list    []Module // each behind what it needs itself
	members []string // folders of modules that are there without being installed, and of those that are
	closure []Module
}

// follow takes what a pom names and no build of those that are known has.
func (s *siblings) follow(p *pom) error {
	if p.err != nil {
		return nil
	}
	for _, named := range p.named() {
		if dir, ok := s.maven.made(named.coordinate); ok {
			if err := s.take(dir, named.At); err != nil {
				return err
			}
		}
	}
	return nil
}

// take installs a module, behind what it names itself and the parents that its own build
// has by their paths alone.
func (s *siblings) take(dir string, where detect.Evidence) error {
	if slices.Contains(s.members, dir) || slices.ContainsFunc(s.closure, func(m Module) bool { return m.Dir == dir }) {
		return nil
	}
	root, err := s.maven.root(dir)
	if err != nil {
		return detect.Errorf(where, "it is what %s makes, whose build is broken: %w", path.Join(dir, pomName), err)
	}
	p := s.maven.poms[dir]
	reactor := s.maven.reactor(root)
	closure := s.maven.closure(p, reactor)
	closure[0].At = where
	s.members = append(s.members, reactor...)
	for _, c := range closure {
		if !slices.Contains(reactor, c.Dir) {
			if err := s.take(c.Dir, c.At); err != nil {
				return err
			}
			continue
		}
		s.closure = append(s.closure, c)
		if err := s.follow(s.maven.poms[c.Dir]); err != nil {
			return err
		}
	}
	packaging, _ := p.packaging()
	sibling := Module{Dir: dir, Root: root, Manifest: packaging == "pom", At: where}
	if dir != root {
		sibling.Path = detect.From(root, dir)
	}
	s.list = append(s.list, sibling)
	return nil
}

// named lists what a pom wants of repositories of Maven by coordinates with a version: its
// dependencies, lists of versions, and the parent that no path leads to.
func (p *pom) named() []dependency {
	list := slices.Clone(p.dependencies())
	for i, d := range list {
		if managed, ok := p.managedDependency(d.coordinate); ok && d.Version == "" {
			list[i].Version = managed.Version
		}
	}
	for _, s := range p.sections() {
		for _, e := range s.e.all("dependencyManagement", "dependencies", "dependency") {
			if e.value("scope") == "import" {
				list = append(list, p.dependency(s, e))
			}
		}
	}
	outer := p.outer
	outer.Version, _ = p.expand(outer.Version)
	return append(list, dependency{coordinate: outer, At: p.outerAt})
}

// made finds the module that makes what coordinates name.
func (m *maven) made(c coordinate) (dir string, ok bool) {
	for _, dir := range m.named(c.Artifact) {
		p := m.poms[dir]
		version, _ := p.builtin("version")
		version, _ = p.expand(version)
		if p.err == nil && p.coordinate().Group == c.Group && version == c.Version && version != "" {
			return dir, true
		}
	}
	return "", false
}

// statements gathers what the poms of the closure say about Java and dependencies.
func (m *maven) statements(p *pom, d *Detail, closure []Module) error {
	for _, c := range closure {
		q := m.poms[c.Dir]
		if q.err != nil {
			continue
		}
		d.JDK = append(d.JDK, q.requirements(d.Framework)...)
		if r, ok := q.sources(); ok {
			d.limit(takes(r))
		}
		for _, dep := range q.dependencies() {
			switch dep.Scope {
			case "system":
				d.Notes = append(d.Notes, fmt.Sprintf("%s: %s comes from a file of the project by the scope system, which no tool packs; the image holds it only where the program's archive does", dep.At, dep))
			case "test":
				if strings.Contains(dep.Artifact, "testcontainers") && d.Containers.File == "" {
					d.Containers = dep.At
				}
			default:
				d.Dependencies = append(d.Dependencies, dep)
			}
		}
	}
	d.JDK = compact(d.JDK)
	found, err := pins(m.tree, p.dir)
	if err != nil {
		return err
	}
	d.JDK = append(d.JDK, found...)
	d.limit(d.Framework.limit())
	d.limit(d.lombok(func(name string) string {
		if managed, ok := p.managedDependency(coordinate{Group: "org.projectlombok", Artifact: "lombok"}); ok && managed.Version != "" {
			return managed.Version
		}
		v, _ := p.property(name)
		return v.Value
	}))
	d.Natives, d.Fonts = d.among(nativeLibraries), d.among(fontLibraries)
	d.Build.Private = p.repositories()
	for _, c := range closure {
		if d.Native.Value == "" && m.poms[c.Dir].err == nil {
			d.Native = m.poms[c.Dir].detected()
		}
	}
	if g, used := p.plugin("maven-toolchains-plugin"); used && g.runs("toolchain") {
		d.Build.Toolchains = stated{"maven-toolchains-plugin", g.at}
	}
	d.Build.Profile = p.instead
	d.skips(p)
	return nil
}

// limit takes a limit where there is one.
func (d *Detail) limit(l Limit, ok bool) {
	if ok && !slices.Contains(d.Limits, l) {
		d.Limits = append(d.Limits, l)
	}
}

// dockerless are plugins that make images or start containers while they package, which
// a build inside a container cannot, with the option that leaves them out.
//
// Sources: the documentation of each.
var dockerless = []struct{ group, artifact, option string }{
	{"io.fabric8", "docker-maven-plugin", "-Ddocker.skip"},
	{"com.spotify", "docker-maven-plugin", "-DskipDocker"},
	{"com.spotify", "dockerfile-maven-plugin", "-Ddockerfile.skip"},
	{"com.google.cloud.tools", "jib-maven-plugin", "-Djib.skip"},
}

// skips leaves out plugins that would fail for what a build inside a container lacks.
func (d *Detail) skips(p *pom) {
	for _, s := range dockerless {
		g, used := p.plugin(s.artifact)
		if used && slices.ContainsFunc(g.parts, func(part section) bool { return part.e.value("groupId") == s.group && part.e.get("executions") != nil }) {
			d.Build.Skip = append(d.Build.Skip, stated{s.option, g.at})
		}
	}
	for _, artifact := range []string{"git-commit-id-maven-plugin", "git-commit-id-plugin"} {
		if g, used := p.plugin(artifact); used {
			d.skipGit(g)
		}
	}
}

// detected gives a dependency that is another one on every platform: by the classifier
// that the os plugin finds on the machine that builds.
func (p *pom) detected() stated {
	for _, s := range p.sections() {
		for _, e := range s.e.all("dependencies", "dependency") {
			if strings.Contains(e.value("classifier"), "os.detected") {
				return stated{e.value("artifactId"), s.pom.at(e)}
			}
		}
	}
	return stated{}
}

// skipGit leaves out the plugin that reads the history, which no build sees, where it
// would fail without one.
func (d *Detail) skipGit(g plugin) {
	if v, ok := g.setting("failOnNoGitDirectory"); !ok || v.Value != "false" {
		d.Build.Skip = append(d.Build.Skip, stated{"-Dmaven.gitcommitid.skip", g.at})
	}
}

// compact drops statements that another one repeats word by word.
func compact(list []Requirement) []Requirement {
	var kept []Requirement
	for _, r := range list {
		if !slices.Contains(kept, r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// among gives the first dependency that one of the beginnings fits.
func (d *Detail) among(beginnings []string) stated {
	for _, dep := range d.Dependencies {
		for _, b := range beginnings {
			if strings.HasPrefix(dep.String(), b) {
				return stated{dep.String(), dep.At}
			}
		}
	}
	return stated{}
}

// publicHosts are repositories that give everybody what they hold.
var publicHosts = detect.Hosts{
	"com":   {"central.sonatype", "maven.google", "dl.google", "jcenter.bintray", "maven.repository.redhat", "maven.vaadin", "maven.aliyun", "maven-central.storage.googleapis"},
	"io":    {"repo.spring", "jitpack", "packages.confluent", "repo.papermc", "repo.akka", "repo.repsy"},
	"net":   {"maven.fabricmc", "build.shibboleth"},
	"org":   {"repo.maven.apache", "repo1.maven", "oss.sonatype", "s01.oss.sonatype", "repository.apache", "repository.jboss", "repo.jenkins-ci", "repo.eclipse", "plugins.gradle", "repo.clojars", "download.osgeo", "repo.osgeo", "repo.gradle", "registry.npmjs"},
	"space": {"maven.pkg.jetbrains"},
	"team":  {"packages.jetbrains"},
}

// repositories lists the hosts of repositories that may want credentials.
func (p *pom) repositories() []stated {
	var list []stated
	for _, s := range p.sections() {
		for _, e := range slices.Concat(s.e.all("repositories", "repository"), s.e.all("pluginRepositories", "pluginRepository")) {
			url, _ := p.expand(e.value("url"))
			if host, private := privateHost(url); private && !slices.ContainsFunc(list, func(k stated) bool { return k.Value == host }) {
				list = append(list, stated{host, s.pom.at(e.get("url"))})
			}
		}
	}
	return list
}

// privateHost gives the host of a repository that is not one of those that everybody may
// ask. A repository that is a folder of the project has none.
func privateHost(url string) (string, bool) {
	_, rest, found := strings.Cut(url, "://")
	if !found || strings.HasPrefix(url, "file:") {
		return "", false
	}
	host, _, _ := strings.Cut(rest, "/")
	if i := strings.LastIndexByte(host, '@'); i >= 0 {
		host = host[i+1:]
	}
	host = strings.ToLower(host)
	return host, host != "" && !publicHosts.Covers(host)
}

// sourcesOf lists what the build reads, and finds the tests.
func (m *maven) sourcesOf(d *Detail, closure []Module, own []string) {
	for _, c := range closure {
		files := own
		if c.Dir != d.Build.Dir {
			files = filesBelow(m.tree, c.Dir, m.dirs)
		}
		d.addSources(c.Dir, m.poms[c.Dir].testRoot(), files)
	}
	slices.Sort(d.Sources)
	d.Sources = slices.Compact(d.Sources)
}

// describesImage says that a file is for builds of images, as Quarkus puts some beside the
// sources: no build inside an image reads it.
func describesImage(name string) bool {
	base := path.Base(name)
	return strings.HasPrefix(base, "Dockerfile") || strings.HasSuffix(base, ".dockerignore")
}

// addSources takes the files of a module, and remembers the first test.
func (d *Detail) addSources(module, tests string, files []string) {
	for _, file := range files {
		name := detect.From(module, file)
		if describesImage(name) || !strings.HasPrefix(name, "src/") && !slices.Contains(languages, path.Ext(name)) {
			continue
		}
		if detect.Inside(name, tests) {
			d.TestSources = append(d.TestSources, file)
		}
		d.Sources = append(d.Sources, file)
		if d.FirstTest.File == "" && detect.Inside(name, tests) && slices.Contains(languages, path.Ext(name)) {
			d.FirstTest = detect.Evidence{File: file}
		}
	}
}
