package java

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// candidate looks at one project of Gradle.
func (g *gradle) candidate(dir string, answers detect.Answers) candidate {
	p := g.projects[dir]
	c := candidate{dir: dir, name: p.name, at: detect.Evidence{File: p.file}}
	if p.file == "" && len(p.build.files) > 0 {
		c.at.File = p.build.files[0]
	}
	if p.name == "." {
		c.name = "app"
	}
	if p.err != nil {
		c.err = p.err
		return c
	}
	if what, aside := asideOf(g.tree, dir); aside {
		c.reason = what
		return c
	}
	g.application(p, answers, &c)
	return c
}

// application settles whether a project is one: by what its plugins make of it.
func (g *gradle) application(p *project, answers detect.Answers, c *candidate) {
	plugins := p.plugins()
	list, _ := p.dependencies()
	f := p.framework(plugins, list)
	files, roots := filesBelow(g.tree, p.dir, g.dirs), p.sourceRoots()
	if !hasProgram(files, p.dir, roots) {
		c.reason = "no program text below " + strings.Join(roots, ", ")
		return
	}
	text := sync.OnceValues(func() (scanned, error) { return scan(g.tree, p.dir, files, roots) })
	program, reason, err := p.program(g.tree, plugins, f, list)
	if err == nil && reason != "" && f.Name == springBoot && !p.disabled("bootJar") && !p.used() {
		var code scanned
		if code, err = text(); err == nil {
			program, reason = g.bootUnseen(p, plugins, f, code, program, reason, answers.In(p.dir).Main)
		}
	}
	if err != nil || reason != "" {
		c.reason, c.err = reason, err
		if c.at = program.At; c.at.File == "" {
			c.at.File = path.Join(p.build.root, settingsNames[0])
		}
		return
	}
	d := Detail{Name: c.name, Program: program, Framework: f}
	code, err := text()
	if err == nil && program.Shape != War && len(code.mains) == 0 && f.Name != quarkus && p.used() {
		c.reason, c.at = "a library: other projects use it, and it has no main class", program.At
		return
	}
	if err == nil {
		err = d.mainClass(code, true, answers.In(p.dir).Main)
	}
	if err == nil {
		err = g.detail(p, plugins, &d, code, files)
	}
	if c.err = err; err == nil {
		c.take(&d, true, false)
	}
}

// bootUnseen takes a project with a class that is marked as the application of Spring Boot
// for one that Spring Boot's plugin packs, where a plugin applies that one whose text is
// not here, or where the class is asked for. Else it says what settles it.
func (g *gradle) bootUnseen(p *project, plugins used, f Framework, code scanned, program Program, reason string, asked []string) (Program, string) {
	_, known := plugins.one(bootPlugin, "war")
	i := slices.IndexFunc(code.mains, func(m mainClass) bool { return m.Spring })
	if known || i < 0 {
		return program, reason
	}
	main := code.mains[i]
	use, why := g.bringsBoot(p.build, plugins), "is taken to apply Spring Boot's plugin, which makes the archive runnable"
	if use.id == "" && slices.Contains(asked, main.Name) {
		use, why = pluginUse{id: "--main " + main.Name, at: main.At}, "says that it is an application of Spring Boot, which makes the archive runnable"
	}
	if use.id == "" {
		return program, reason + fmt.Sprintf(", though %s is marked as an application of Spring Boot (%s); where a plugin packs it, --main %s builds it", main.Name, main.At, main.Name)
	}
	found, off := p.boot(use, f, false)
	found.Reason = use.id + " " + why
	return found, off
}

// bringsBoot gives a plugin that applies Spring Boot's: one from elsewhere that is called
// after it, or one that the build's own logic makes.
func (g *gradle) bringsBoot(b *gradleBuild, plugins used) pluginUse {
	for _, use := range plugins {
		if flat := strings.NewReplacer("-", "", ".", "").Replace(use.id); strings.Contains(flat, "springboot") {
			return use
		}
	}
	logic := g.logicOf(b)
	for _, use := range plugins {
		names, applies := false, false
		for file, text := range logic {
			names = names || strings.Contains(text, use.id) || path.Base(file) == use.id+".properties"
			applies = applies || strings.Contains(text, bootPlugin) || strings.Contains(text, "SpringBootPlugin")
		}
		if names && applies && strings.Contains(use.id, ".") {
			return use
		}
	}
	return pluginUse{}
}

// logicOf reads once what a build holds of its own logic.
func (g *gradle) logicOf(b *gradleBuild) map[string]string {
	if b.logic != nil {
		return b.logic
	}
	b.logic = map[string]string{}
	for _, folder := range b.folders {
		for _, dir := range g.tree.Below(folder, func(dir string) bool { return slices.Contains([]string{"build", ".gradle"}, path.Base(dir)) }) {
			listing, _ := g.tree.Folder(dir)
			for _, name := range listing.Files {
				if data, err := g.tree.ReadFile(path.Join(dir, name)); err == nil {
					b.logic[path.Join(dir, name)] = string(data)
				}
			}
		}
	}
	return b.logic
}

// used says whether another project of the build depends on one.
func (p *project) used() bool {
	for _, q := range p.build.projects {
		_, names := q.dependencies()
		if q != p && slices.ContainsFunc(names, func(name stated) bool { return p.is(name.Value) }) {
			return true
		}
	}
	return false
}

// sourceRoots is where the project keeps its program text, from its folder.
func (p *project) sourceRoots() []string {
	roots := slices.Clone(usualRoots)
	each(p.script, nil, func(s statement, around []string) {
		if !slices.Contains(around, "sourceSets") && s.name() != "sourceSets" || !s.has("srcDir", "srcDirs") {
			return
		}
		for _, t := range s.texts() {
			if dir := path.Clean(t.value); !t.open && dir != "." && !path.IsAbs(dir) && !strings.HasPrefix(dir, "..") {
				roots = append(roots, dir)
			}
		}
	})
	return roots
}

// closure lists the projects that a project is built from, itself first.
func (p *project) closure() []Module {
	module := func(q *project, where detect.Evidence) Module { return Module{Dir: q.dir, Path: q.path, At: where} }
	list := []Module{module(p, detect.Evidence{File: p.file})}
	for i := 0; i < len(list); i++ {
		for _, q := range p.build.projects {
			if q.dir != list[i].Dir {
				continue
			}
			_, names := q.dependencies()
			for _, name := range slices.Concat(names, q.mentions()) {
				for _, used := range p.build.projects {
					if used.is(name.Value) && !slices.ContainsFunc(list, func(m Module) bool { return m.Dir == used.dir }) {
						list = append(list, module(used, name.At))
					}
				}
			}
		}
	}
	return list
}

// mentions lists what may be projects beside the dependencies: their tasks that others
// wait for, and files of theirs that others copy.
func (p *project) mentions() []stated {
	var names []stated
	each(p.script, nil, func(s statement, _ []string) {
		if s.name() == "project" && s.braces { // settings for that project
			return
		}
		for _, t := range s.texts() {
			if !t.open && strings.HasPrefix(t.value, ":") {
				names = append(names, stated{t.value, s.at()}, stated{t.value[:max(1, strings.LastIndexByte(t.value, ':'))], s.at()})
			}
		}
	})
	return names
}

// detail reads what an application is built from.
func (g *gradle) detail(p *project, plugins used, d *Detail, code scanned, files []string) error {
	b := &d.Build
	if err := g.parts(p, b); err != nil {
		return err
	}
	var err error
	if d.Prebuilt, err = prebuilt(g.tree, p.dir, b.At.File); err != nil {
		return err
	}
	if err := g.statements(p, plugins, d); err != nil {
		return err
	}
	for _, m := range b.Modules {
		own := files
		if m.Dir != p.dir {
			own = filesBelow(g.tree, m.Dir, g.dirs)
		}
		d.addSources(m.Dir, usualTests, own)
	}
	slices.Sort(d.Sources)
	d.Sources = slices.Compact(d.Sources)
	d.Resources, d.Expands = []string{usualResources}, p.expands()
	if err := d.opensPorts(g.tree, p.variable, files, code); err != nil {
		return err
	}
	b.Unread = slices.Clone(p.build.unread)
	read := slices.ContainsFunc(d.JDK, func(r Requirement) bool { return !r.wanted })
	for _, m := range b.Modules {
		b.Unread = append(b.Unread, g.projects[m.Dir].unread...)
	}
	for i, u := range b.Unread {
		if i < len(p.build.unread) || !read { // of Java; what another script says is enough to build with
			d.Notes = append(d.Notes, fmt.Sprintf("%s: %s", u.At, u.Value))
		}
	}
	return nil
}

// expands is where Gradle is told to fill in what goes into the archive.
func (p *project) expands() (found detect.Evidence) {
	each(p.script, nil, func(s statement, around []string) {
		about := s.has("processResources", "ProcessResources") || slices.ContainsFunc(around, func(a string) bool { return strings.HasSuffix(a, "rocessResources") })
		if found.File == "" && about && s.has("expand", "filter", "ReplaceTokens") {
			found = s.at()
		}
	})
	return found
}

// parts gathers what Gradle wants of the repository to build a project: the projects of
// its closure, every script, and what those name.
func (g *gradle) parts(p *project, b *Build) error {
	b.Tool, b.Root, b.Dir, b.Path = "gradle", p.build.root, p.dir, p.path
	b.Modules = p.closure()
	b.Files = slices.Clone(p.build.files)
	b.Folders = slices.Clone(p.build.folders)
	for _, folder := range b.Folders {
		if folder != path.Join(b.Root, "gradle") {
			b.Logic = append(b.Logic, folder)
		}
	}
	for _, q := range p.build.projects {
		b.Members = append(b.Members, q.dir)
		if q.file != "" {
			b.Files = append(b.Files, q.file)
		}
		for _, name := range []string{"gradle.properties", "gradle.lockfile", "buildscript-gradle.lockfile"} {
			if file := path.Join(q.dir, name); g.tree.Has(file) {
				b.Files = append(b.Files, file)
			}
		}
		b.Files = append(b.Files, q.files...)
	}
	b.Files = slices.DeleteFunc(b.Files, func(file string) bool {
		return slices.ContainsFunc(b.Folders, func(folder string) bool { return detect.Inside(file, folder) })
	})
	if err := b.wrapper(g.tree, "gradlew", "gradle/wrapper/gradle-wrapper.properties", []string{"gradle/wrapper/gradle-wrapper.jar"}); err != nil {
		return err
	}
	b.At = detect.Evidence{File: b.Files[0]}
	slices.Sort(b.Files)
	b.Files = slices.Compact(b.Files)
	g.reads(b)
	return nil
}

// statements gathers what the scripts of the closure say about Java and dependencies.
func (g *gradle) statements(p *project, plugins used, d *Detail) error {
	for _, m := range d.Build.Modules {
		q := g.projects[m.Dir]
		if q.err != nil {
			return q.err
		}
		d.JDK = append(d.JDK, q.requirements(d.Framework)...)
		list, _ := q.dependencies()
		for _, dep := range list {
			if dep.Scope != "test" {
				d.Dependencies = append(d.Dependencies, dep)
			} else if strings.Contains(dep.Artifact, "testcontainers") && d.Containers.File == "" {
				d.Containers = dep.At
			}
		}
		q.credentials(d)
	}
	d.Dependencies = append(d.Dependencies, p.micronautServer()...)
	d.JDK = compact(d.JDK)
	if v, ok := g.daemon(p.build.root); ok {
		d.JDK = append(d.JDK, v)
	}
	found, err := pins(g.tree, p.dir)
	if err != nil {
		return err
	}
	d.JDK = append(d.JDK, found...)
	d.limit(d.Framework.limit())
	d.limit(d.lombok(func(name string) string { v, _ := p.variable(name); return v }))
	for _, r := range d.JDK {
		if r.What == "sourceCompatibility" {
			d.limit(takes(r))
		}
	}
	if v := d.Build.Version; v.Value != "" {
		most := gradleNewest(v.Value)
		d.limit(Limit{Most: most, What: "Gradle " + v.Value, At: v.At}, most < newestJava)
	}
	d.Natives, d.Fonts = d.among(nativeLibraries), d.among(fontLibraries)
	for _, use := range plugins {
		if use.id == "com.gorylenko.gradle-git-properties" {
			d.Build.Skip = append(d.Build.Skip, stated{"-x generateGitProperties", use.at})
		}
	}
	return nil
}

// micronautServer is the server that Micronaut's plugin brings: micronaut { runtime("netty") }.
func (p *project) micronautServer() []dependency {
	var list []dependency
	each(p.script, nil, func(s statement, around []string) {
		if s.name() != "runtime" || len(around) == 0 || around[len(around)-1] != "micronaut" {
			return
		}
		for _, t := range s.texts() {
			list = append(list, dependency{coordinate{Group: "io.micronaut", Artifact: "micronaut-http-server-" + t.value}, "compile", s.at()})
		}
	})
	return list
}

// daemon reads which Java Gradle itself wants to run on:
// https://docs.gradle.org/current/userguide/gradle_daemon.html#sec:daemon_jvm_criteria.
func (g *gradle) daemon(root string) (Requirement, bool) {
	file := path.Join(root, "gradle/gradle-daemon-jvm.properties")
	if !g.tree.Has(file) {
		return Requirement{}, false
	}
	data, err := g.tree.ReadFile(file)
	if err != nil {
		return Requirement{}, false
	}
	for _, s := range readProperties(file, string(data)) {
		if major, ok := javaMajor(s.value); ok && s.key == "toolchainVersion" {
			return Requirement{Major: major, Kind: Pinned, What: daemonWhat, At: s.at}, true
		}
	}
	return Requirement{}, false
}

// daemonWhat is what the requirement of Gradle itself is called.
const daemonWhat = "Gradle's daemon"

// credentials reads what the repositories of a script are asked with: variables of the
// environment, and properties of the user.
func (p *project) credentials(d *Detail) {
	scripts := slices.Concat(p.script, p.build.settings)
	each(scripts, nil, func(s statement, around []string) {
		in := slices.ContainsFunc(around, func(a string) bool { return strings.HasPrefix(a, "credentials") })
		if !in && s.name() != "credentials" || !slices.Contains(around, "repositories") || publishes(around) {
			return
		}
		variables, property := p.origin(scripts, s.value(), 0)
		for _, name := range variables {
			if !slices.ContainsFunc(d.Build.Secrets, func(k stated) bool { return k.Value == name }) {
				d.Build.Secrets = append(d.Build.Secrets, stated{name, s.at()})
			}
		}
		if len(variables) == 0 && property && len(d.Build.Private) == 0 {
			d.Build.Private = append(d.Build.Private, stated{p.host(), s.at()})
		}
	})
}

// publishes says whether a place of a script is about where the build's own artifacts go.
func publishes(around []string) bool {
	return slices.Contains(around, "publishing") || slices.Contains(around, "uploadArchives")
}

// propertyWords are how scripts ask Gradle for a property by its name, and for the
// properties of the credentials of a repository by the repository's.
var propertyWords = []string{"property", "findProperty", "gradleProperty", "getProperty", "properties", "PasswordCredentials", "AwsCredentials", "HttpHeaderCredentials"}

// origin says where an expression comes from: from variables of the environment, or from
// a property that no file of the repository sets, so that the user's does. Names are
// followed to where the scripts set them.
func (p *project) origin(scripts []statement, value []token, depth int) (variables []string, property bool) {
	for i, t := range value {
		if t.kind != word || t.value != "getenv" && t.value != "environmentVariable" && (t.value != "env" || i == 0) {
			continue
		}
		for _, arg := range value[i+1:] {
			if (arg.kind == text || arg.kind == word) && secretName.MatchString(arg.value) {
				variables = append(variables, arg.value)
			}
			if arg.kind == text || arg.kind == word {
				break
			}
		}
	}
	if len(variables) > 0 || len(value) == 0 || depth == deepest {
		return variables, false
	}
	var names []string
	switch first := value[0]; {
	case first.kind == text && first.open:
		for _, m := range putIn.FindAllStringSubmatch(first.value, -1) {
			names = append(names, m[1]+m[2])
		}
	case slices.ContainsFunc(value, func(t token) bool { return t.kind == word && slices.Contains(propertyWords, t.value) }):
		for _, t := range value {
			if t.kind == text {
				return nil, !p.committed(t.value)
			}
		}
		return nil, true
	case first.kind == word && !first.isNumber():
		names = []string{dottedFrom(value, 0)}
	}
	for _, name := range names {
		for _, prefix := range []string{"project.", "rootProject.", "settings.", "ext."} {
			name = strings.TrimPrefix(name, prefix)
		}
		name, _, _ = strings.Cut(name, ".")
		set, delegated, found := declared(scripts, name)
		switch {
		case delegated || !found:
			property = property || !p.committed(name)
		default:
			more, asks := p.origin(scripts, set, depth+1)
			variables, property = append(variables, more...), property || asks
		}
	}
	return variables, property
}

// committed says whether a gradle.properties of the repository gives a property a value.
func (p *project) committed(name string) bool { return p.build.variables[name].Value != "" }

// declared finds where scripts set a name: by an expression, or by a delegate, which looks
// for a property of that name.
func declared(scripts []statement, name string) (value []token, delegated, found bool) {
	each(scripts, nil, func(s statement, _ []string) {
		i := slices.IndexFunc(s.tokens, func(t token) bool { return t.kind == word && t.value == name })
		if found || i < 0 || i > 4 {
			return
		}
		for j, t := range s.tokens[i+1:] {
			rest := s.tokens[i+1+j+1:]
			switch {
			case t.kind == sign && t.value == "=" && len(rest) > 0:
				value, found = rest, true
				return
			case t.kind == word && t.value == "by":
				delegated = len(rest) == 1 && len(s.block) == 0 // no lazy, no extra(…)
				value, found = rest, true
				for _, inner := range s.block {
					value = append(slices.Clip(value), inner.tokens...)
				}
				return
			case t.kind == sign && !slices.Contains([]string{":", "?", "]"}, t.value) || j > 3:
				return
			}
		}
	})
	return value, delegated, found
}

// host is the repository that is not one of those that everybody may ask.
func (p *project) host() string {
	found := "a repository"
	each(slices.Concat(p.script, p.build.settings), nil, func(s statement, around []string) {
		for _, t := range s.texts() {
			if host, private := privateHost(t.value); private && slices.Contains(around, "repositories") && !publishes(around) && !t.open {
				found = host
			}
		}
	})
	return found
}

// gradleJavas are the newest Java that each Gradle runs on, newest first:
// https://docs.gradle.org/current/userguide/compatibility.html.
var gradleJavas = []struct {
	major, minor int
	java         int
}{
	{9, 4, 26}, {9, 1, 25}, {8, 14, 24}, {8, 10, 23}, {8, 8, 22}, {8, 5, 21}, {8, 3, 20}, {7, 6, 19}, {7, 5, 18}, {7, 3, 17},
	{7, 0, 16}, {6, 7, 15}, {6, 3, 14}, {6, 0, 13}, {5, 4, 12}, {5, 0, 11}, {4, 7, 10}, {4, 3, 9}, {2, 0, 8},
}

// gradleNewest is the newest Java that a Gradle runs on.
func gradleNewest(version string) int {
	for _, row := range gradleJavas {
		if (Framework{Version: version + ".0"}).release(row.major, row.minor) {
			if row.major == gradleJavas[0].major && row.minor == gradleJavas[0].minor {
				return newestJava // what is newer is not known to be too new
			}
			return row.java
		}
	}
	return 8
}

// gradleOldest is the oldest Java that a Gradle runs on.
func gradleOldest(version string) int {
	if (Framework{Version: version + ".0"}).release(9, 0) {
		return 17
	}
	return 8
}

// gradleJava is the Java that Gradle itself runs on: the application's where it can, so
// that there is one JDK in the builder.
func (p *planner) gradleJava() int {
	for _, r := range p.detail.JDK {
		if r.What == daemonWhat {
			return r.Major
		}
	}
	version := p.detail.Build.Version.Value
	if version == "" {
		return max(p.java, 8)
	}
	most, least := gradleNewest(version), gradleOldest(version)
	if p.java >= least && p.java <= most {
		return p.java
	}
	best := least
	for _, v := range []int{8, 11, 17, 21, 25} {
		if v >= least && v <= most && (v <= p.java || best < least) {
			best = v
		}
	}
	return best
}

// gradleImage is the image of the version that an unusable wrapper names, or of the line
// that most builds work with.
func (p *planner) gradleImage(java int) (string, string, error) {
	variant := fmt.Sprintf("jdk%d", java)
	if v := p.detail.Build.Version.Value; v != "" {
		if image, err := p.image("gradle", v, variant); err == nil {
			return image, "Gradle as the wrapper names it", nil
		}
	}
	line := "~8"
	if java > gradleNewest("8.14") {
		line = "~9"
	}
	image, err := p.image("gradle", line, variant)
	return image, "the project has no wrapper that names a Gradle; this line works with most builds", err
}

// toolchainHome is where the JDK is that the build compiles with, where Gradle runs on
// another one.
const toolchainHome = "/opt/java/toolchain"

// task names a task of a project; a build of one project needs no path for it.
func (t gradleTool) task(module, name string) (string, error) {
	if len(t.build.Members) == 1 {
		return name, nil
	}
	return dockerfile.Shell(module + ":" + name)
}

func (t gradleTool) skipping() string {
	options := ""
	for _, s := range t.build.Skip {
		options += " " + s.Value
	}
	return options
}

func (t gradleTool) dependencies() (string, error) {
	task, err := t.task(t.build.Path, "dependencies")
	return fmt.Sprintf("%s -q %s >/dev/null%s", t.call, task, incomplete), err
}

func (t gradleTool) pack() ([]string, error) {
	task, err := t.task(t.build.Path, t.goals[0])
	return []string{strings.Join(append([]string{t.call, task}, t.goals[1:]...), " ") + t.skipping()}, err
}

func (t gradleTool) test(bool) (string, error) {
	tasks := ""
	for _, m := range slices.Backward(t.build.Modules) {
		task, err := t.task(m.Path, "test")
		if err != nil {
			return "", err
		}
		tasks += " " + task
	}
	return t.call + tasks + t.skipping(), nil
}

func (t gradleTool) caches(home string) []string {
	if t.build.Wrapper == "" {
		return []string{home + "/caches"}
	}
	return []string{home + "/caches", home + "/wrapper"}
}

func (t gradleTool) credentials() plan.Secret {
	return plan.Secret{ID: "gradle_properties", Source: "$HOME/.gradle/gradle.properties"}
}

func (t gradleTool) outputs() []string { return []string{"**/.gradle", "**/.kotlin", "build"} }
