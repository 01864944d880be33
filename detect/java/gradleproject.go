package java

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// pluginUse is a plugin that a project applies.
type pluginUse struct {
	id, version string
	at          detect.Evidence
}

// plugins lists what a project applies: in the block, by apply, through a catalog.
func (p *project) plugins() used {
	var list used
	each(p.script, nil, func(s statement, around []string) {
		inBlock := len(around) > 0 && around[len(around)-1] == "plugins"
		switch {
		case inBlock:
			if use, ok := p.use(s); ok && !s.off() {
				list = append(list, use)
			}
		case s.name() == "apply" && (s.has("plugin")):
			for _, t := range s.texts() {
				list = append(list, pluginUse{id: t.value, at: s.at()})
			}
		}
	})
	for i, use := range list {
		list[i].id = fullID(use.id)
		if use.version == "" {
			list[i].version = p.pluginVersion(list[i].id)
		}
	}
	return list
}

// off says that a plugin is only named, for others to apply.
func (s statement) off() bool {
	for i, t := range s.tokens {
		if t.kind == word && t.value == "apply" && i+1 < len(s.tokens) && s.tokens[i+1].value == "false" {
			return true
		}
		if t.kind == word && t.value == "apply" && i+2 < len(s.tokens) && s.tokens[i+1].value == "(" && s.tokens[i+2].value == "false" {
			return true
		}
	}
	return false
}

// use reads one line of the block of plugins.
func (p *project) use(s statement) (pluginUse, bool) {
	use := pluginUse{at: s.at()}
	texts := s.texts()
	for i, t := range s.tokens {
		if t.kind == word && t.value == "version" && i > 0 {
			use.version, _ = p.text(trimParenthesis(trimOpen(s.tokens[i+1:])))
		}
	}
	switch s.name() {
	case "id", "alias":
		if len(texts) > 0 && s.name() == "id" {
			use.id = texts[0].value
			return use, true
		}
		for i, t := range s.tokens[1:] {
			if t.kind != word {
				continue
			}
			if c, ok := p.catalogPlugin(dottedFrom(s.tokens, i+1)); ok {
				use.id = c.Group
				if use.version == "" {
					use.version = c.Version
				}
				return use, true
			}
			break
		}
		return use, false
	case "kotlin":
		if len(texts) > 0 {
			use.id = "org.jetbrains.kotlin." + texts[0].value
			return use, true
		}
	case "":
		return use, false
	default:
		use.id = s.dotted()
		return use, true
	}
	return use, false
}

func trimOpen(tokens []token) []token {
	if len(tokens) > 0 && tokens[0].kind == sign && tokens[0].value == "(" {
		return tokens[1:]
	}
	return tokens
}

// fullID writes the short names of Gradle's own plugins, and old names of others, as the
// newest name of each.
func fullID(id string) string {
	id = strings.TrimPrefix(id, "org.gradle.")
	switch id {
	case "spring-boot":
		return bootPlugin
	case "com.github.johnrengelman.shadow", "io.github.goooler.shadow":
		return shadowPlugin
	case "kotlin":
		return "org.jetbrains.kotlin.jvm"
	}
	return id
}

// Plugins that say what a project makes.
const (
	bootPlugin   = "org.springframework.boot"
	shadowPlugin = "com.gradleup.shadow"
)

// catalogPlugin resolves libs.plugins.spring.boot.
func (p *project) catalogPlugin(accessor string) (coordinate, bool) {
	for name, c := range p.build.catalog {
		if alias, ok := strings.CutPrefix(accessor, name+".plugins."); ok {
			for _, end := range []string{"", ".get", ".asProvider"} {
				if found, ok := c.plugins[strings.TrimSuffix(alias, end)]; ok {
					return found, true
				}
			}
		}
	}
	return coordinate{}, false
}

// pluginVersion looks where else a version may stand: in the settings, where the root
// names the plugin for others, and among what the root's script is run with.
func (p *project) pluginVersion(id string) string {
	version := ""
	look := func(list []statement) {
		each(list, nil, func(s statement, around []string) {
			if version != "" || len(around) == 0 {
				return
			}
			if around[len(around)-1] == "plugins" {
				if use, ok := p.use(s); ok && fullID(use.id) == id {
					version = use.version
				}
			}
			if id == bootPlugin && s.name() == "classpath" && slices.Contains(around, "buildscript") {
				for _, t := range s.texts() {
					if c := coordinateOf(t.value); c.Artifact == "spring-boot-gradle-plugin" {
						version, _ = p.put(c.Version)
					}
				}
			}
		})
	}
	look(p.build.settings)
	if version == "" {
		look(p.build.projects[0].own)
	}
	return version
}

// text reads an expression that is known: a string, a number, a variable, a property, a
// version of the catalog.
func (p *project) text(tokens []token) (string, bool) {
	if len(tokens) == 0 {
		return "", false
	}
	t := tokens[0]
	if t.kind == text {
		if len(tokens) > 1 && tokens[1].kind == sign && tokens[1].value == "+" {
			return "", false
		}
		if t.open {
			return p.put(t.value)
		}
		return t.value, true
	}
	if t.kind != word {
		return "", false
	}
	if t.isNumber() {
		if len(tokens) > 2 && tokens[1].value == "." && tokens[2].kind == word { // 1.8
			return t.value + "." + tokens[2].value, true
		}
		return t.value, true
	}
	name := dottedFrom(tokens, 0)
	if v, known, ok := p.catalogVersion(name); ok {
		return v, known
	}
	if slices.Contains([]string{"property", "findProperty", "gradleProperty", "getProperty"}, name[strings.LastIndexByte(name, '.')+1:]) {
		for _, arg := range tokens {
			if arg.kind == text {
				return p.variable(arg.value)
			}
		}
	}
	for _, prefix := range []string{"project.", "rootProject.", "ext.", "extra.", "rootProject.ext.", "project.ext."} {
		name = strings.TrimPrefix(name, prefix)
	}
	return p.variable(name)
}

// catalogVersion gives the version that a name such as libs.versions.java.get stands for,
// whether it is known, and whether the name is one of a catalog.
func (p *project) catalogVersion(name string) (version string, known, ok bool) {
	for catalog, c := range p.build.catalog {
		alias, ok := strings.CutPrefix(name, catalog+".versions.")
		if !ok {
			continue
		}
		for _, end := range []string{".get", ".asProvider"} {
			alias = strings.TrimSuffix(alias, end)
		}
		for _, end := range []string{".get", ".toInt", ".toInteger"} {
			alias, _, _ = strings.Cut(alias, end)
		}
		version, known = c.versions[alias]
		return version, known, true
	}
	return "", false, false
}

// putIn is a variable in a string: $name or ${name}.
var putIn = pattern.New(`\$(?:\{([A-Za-z0-9_.]+)\}|([A-Za-z_][A-Za-z0-9_]*))`)

// put replaces the variables in a string.
func (p *project) put(value string) (string, bool) {
	whole := true
	result := putIn.ReplaceAllStringFunc(value, func(m string) string {
		name := strings.Trim(m, "${}")
		for _, prefix := range []string{"project.", "rootProject.", "ext."} {
			name = strings.TrimPrefix(name, prefix)
		}
		v, ok := p.variable(name)
		whole = whole && ok
		return v
	})
	return result, whole && !strings.Contains(result, "$")
}

// variable gives what a name is set to, as text: in the project's scripts, in its root's,
// in gradle.properties.
func (p *project) variable(name string) (string, bool) {
	for _, list := range [][]statement{p.script, p.build.projects[0].own} {
		value, found := "", false
		each(list, nil, func(s statement, _ []string) {
			if !found && len(s.tokens) > 2 && len(s.tokens) < 9 {
				value, found = p.set(s, name)
			}
		})
		if found {
			return value, true
		}
	}
	if v, ok := p.build.variables[name]; ok {
		return v.Value, true
	}
	return "", false
}

// set gives the text that a statement sets a name to: name = "text", extra["name"] = 1,
// val name by extra("text").
func (p *project) set(s statement, name string) (string, bool) {
	for i, t := range s.tokens {
		if i == 0 {
			continue
		}
		if t.kind == sign && t.value == "=" && i+1 < len(s.tokens) {
			last := s.tokens[i-1]
			if last.value == "]" && i > 1 {
				last = s.tokens[i-2]
			}
			if next := s.tokens[i+1]; last.value == name && (next.kind == text && !next.open || next.isNumber()) {
				return p.text(s.tokens[i+1:])
			}
			return "", false
		}
		if t.kind == word && t.value == "by" && s.tokens[i-1].value == name && s.has("extra") && len(s.texts()) > 0 {
			return s.texts()[0].value, true
		}
	}
	return "", false
}

// dependencies lists what a project depends on, and the projects of the build among that.
func (p *project) dependencies() (list []dependency, projects []stated) {
	if !p.asked {
		p.libraries, p.siblings = p.readDependencies()
		p.asked = true
	}
	return p.libraries, p.siblings
}

func (p *project) readDependencies() (list []dependency, projects []stated) {
	each(p.script, nil, func(s statement, around []string) {
		if !slices.Contains(around, "dependencies") || s.name() == "" || slices.Contains(around, "buildscript") {
			return
		}
		scope := scopeOf(s.name())
		for i, t := range s.tokens {
			switch {
			case t.kind == word && t.value == "project" && i+1 < len(s.tokens):
				if arg := slices.IndexFunc(s.tokens[i+1:], func(arg token) bool { return arg.kind == text }); arg >= 0 {
					projects = append(projects, stated{":" + strings.TrimPrefix(s.tokens[i+1+arg].value, ":"), s.at()})
				}
			case t.kind == word && t.value == "projects" && i+1 < len(s.tokens) && s.tokens[i+1].value == ".":
				projects = append(projects, stated{accessor + strings.TrimPrefix(dottedFrom(s.tokens, i), "projects."), s.at()})
			case t.kind == word:
				for _, c := range p.catalogLibraries(dottedFrom(s.tokens, i)) {
					list = append(list, dependency{c, scope, s.at()})
				}
			case t.kind == text && strings.Count(t.value, ":") >= 1 && !strings.HasPrefix(t.value, ":"):
				value := t.value
				if t.open {
					value, _ = p.put(value)
				}
				list = append(list, dependency{coordinateOf(value), scope, s.at()})
			}
		}
	})
	return list, projects
}

// scopeOf is the scope, as Maven calls it, of what a configuration of Gradle holds.
func scopeOf(configuration string) string {
	switch {
	case strings.HasPrefix(strings.ToLower(configuration), "test") || strings.Contains(configuration, "Test"):
		return "test"
	case configuration == "compileOnly" || configuration == "annotationProcessor" || configuration == "developmentOnly":
		return "provided"
	}
	return "compile"
}

// accessor marks a project that is named by Gradle's type-safe accessors.
const accessor = "projects."

// is says whether a name of a dependency means the project.
func (p *project) is(name string) bool {
	if alias, ok := strings.CutPrefix(name, accessor); ok {
		return strings.EqualFold(strings.NewReplacer("-", "", "_", "", ":", ".").Replace(strings.TrimPrefix(p.path, ":")), strings.ReplaceAll(strings.ReplaceAll(alias, "-", ""), "_", ""))
	}
	return p.path == name
}

// catalogLibraries resolves libs.spring.web and libs.bundles.web.
func (p *project) catalogLibraries(name string) []coordinate {
	for catalog, c := range p.build.catalog {
		alias, ok := strings.CutPrefix(name, catalog+".")
		if !ok {
			continue
		}
		if bundle, ok := strings.CutPrefix(alias, "bundles."); ok {
			var list []coordinate
			for _, l := range c.bundles[bundle] {
				list = append(list, c.libraries[l])
			}
			return list
		}
		if l, ok := c.libraries[alias]; ok {
			return []coordinate{l}
		}
	}
	return nil
}

// framework settles what serves the application, by plugin and then by dependency.
func (p *project) framework(plugins used, list []dependency) Framework {
	for _, f := range []struct{ id, name string }{
		{bootPlugin, springBoot}, {"io.quarkus", quarkus}, {"io.micronaut.application", micronaut},
		{"io.micronaut.minimal.application", micronaut}, {"io.ktor.plugin", ktor},
	} {
		if use, ok := plugins.one(f.id); ok {
			found := Framework{f.name, use.version, use.at}
			if f.name == micronaut { // its plugin has versions of its own
				found.Version, _ = p.variable("micronautVersion")
			}
			return found
		}
	}
	return frameworkOf(list)
}

// used is the set of plugins of a project.
type used []pluginUse

// one gives the first plugin of some ids.
func (u used) one(ids ...string) (pluginUse, bool) {
	for _, use := range u {
		if slices.Contains(ids, use.id) {
			return use, true
		}
	}
	return pluginUse{}, false
}

// program settles what a project makes that can be run, or says why it makes nothing: by
// its plugins, the most telling first.
func (p *project) program(t *detect.Tree, plugins used, f Framework, list []dependency) (Program, string, error) {
	main := p.mainClass()
	if use, ok := plugins.one("com.android.application", "com.android.library", "com.android.test"); ok {
		return Program{At: use.at}, "an Android project, which no container runs", nil
	}
	if use, ok := plugins.one("io.quarkus"); ok {
		program, err := p.quarkus(t, use)
		return program, "", err
	}
	if use, ok := plugins.one(bootPlugin); ok {
		_, war := plugins.one("war")
		program, reason := p.boot(use, f, war)
		return program, reason, nil
	}
	if use, ok := plugins.one("war"); ok {
		return Program{Shape: War, File: p.archive("war", "*.war"), Goals: []string{"war"}, At: use.at, Reason: "a war, which a servlet container runs"}, "", nil
	}
	if use, ok := plugins.one("io.ktor.plugin"); ok {
		return Program{Shape: Fat, File: p.archive("ktor", "*-all.jar"), Goals: []string{"buildFatJar"}, At: use.at, MainClass: main.Value, Reason: "Ktor's plugin makes one jar of it"}, "", nil
	}
	if use, ok := plugins.one("application", "io.micronaut.application", "io.micronaut.minimal.application"); ok {
		if main.Value != "" {
			use.at = main.At
		}
		return Program{Shape: Installed, File: "build/install/*/lib", Goals: []string{"installDist"}, At: use.at, MainClass: main.Value, Reason: "the application plugin gathers its jars"}, "", nil
	}
	if use, ok := plugins.one(shadowPlugin); ok && main.Value != "" {
		return Program{Shape: Fat, File: p.archive("shadowJar", "*-all.jar"), Goals: []string{"shadowJar"}, At: use.at, MainClass: main.Value, Reason: "the shadow plugin makes one jar of it"}, "", nil
	}
	return p.plain(main, list)
}

// quarkus is what Quarkus' plugin makes, which takes its settings from the properties of
// the build too.
func (p *project) quarkus(t *detect.Tree, use pluginUse) (Program, error) {
	d := Detail{Build: Build{Dir: p.dir}, Resources: []string{usualResources}}
	config, err := d.readSettings(t, servers[quarkus].files...)
	program := quarkusPackage(func(name string) string {
		if found, ok := config.get(nil, "%prod."+name, name); ok {
			return found.value
		}
		v, _ := p.variable(name)
		return v
	}, "build", "*", use.at)
	program.Goals = append([]string{"quarkusBuild"}, program.Goals...)
	return program, err
}

// boot is what Spring Boot's plugin makes: a jar, or a war.
func (p *project) boot(use pluginUse, f Framework, war bool) (Program, string) {
	program, task, ext := bootShape(f, jarLauncher), "bootJar", ".jar"
	if war {
		program, task, ext = bootShape(f, warLauncher), "bootWar", ".war"
	}
	if p.disabled(task) {
		return Program{At: use.at}, "a library: its " + task + " is switched off"
	}
	program.File, program.Goals, program.At = p.archive(task, "*"+ext), []string{task}, use.at
	program.Reason = "Spring Boot makes the archive runnable"
	each(p.script, nil, func(s statement, _ []string) {
		if s.has("loaderImplementation") && s.has("CLASSIC") {
			program.classic()
		}
	})
	if p.layersOff(task) {
		program.Shape, program.Launcher, program.Layers = Fat, "", nil
	}
	return program, ""
}

// plain is a jar that names a main class. Gradle's own task leaves its dependencies out.
func (p *project) plain(main stated, list []dependency) (Program, string, error) {
	if main.Value == "" {
		return Program{At: detect.Evidence{File: p.file}}, "a library: nothing in its script makes it runnable", nil
	}
	alone := !slices.ContainsFunc(list, func(d dependency) bool { return d.Scope == "compile" })
	if alone || p.packsAll() {
		return Program{Shape: Fat, File: p.archive("jar", "*.jar"), Goals: []string{"jar"}, At: main.At, MainClass: main.Value, Reason: "its jar names a main class"}, "", nil
	}
	return Program{}, "", detect.Errorf(main.At, "the jar names a main class and lacks its dependencies; apply the application plugin, which gathers them")
}

// mainClass is the class that a script names for the application or its jar.
func (p *project) mainClass() stated {
	found, runs := stated{}, p.javaExecs()
	each(p.script, nil, func(s statement, around []string) {
		if found.Value != "" || slices.ContainsFunc(around, func(a string) bool { return slices.Contains(runs, a) }) {
			return
		}
		name := s.dotted()
		name = strings.TrimPrefix(strings.TrimSuffix(name, ".set"), "application.")
		if name == "mainClass" || name == "mainClassName" || name == "springBoot.mainClass" {
			if v, ok := p.text(s.value()); ok && className(v) {
				found = stated{v, s.at()}
			}
			return
		}
		for i, t := range s.tokens {
			if t.value != "Main-Class" || t.kind != text {
				continue
			}
			for j := i + 1; j < len(s.tokens); j++ {
				if s.tokens[j].kind == text || s.tokens[j].kind == word && s.tokens[j].value != "to" {
					if v, ok := p.text(s.tokens[j:]); ok && className(v) {
						found = stated{v, s.at()}
					}
					return
				}
			}
		}
	})
	return found
}

// javaExecs are the labels of blocks that set up a run of some class during the build: a
// tool, a generator, a benchmark, and not what the project makes.
func (p *project) javaExecs() []string {
	labels := []string{"javaexec", "tasks.JavaExec"}
	each(p.script, nil, func(s statement, around []string) {
		if !s.has("JavaExec") || s.name() == "import" {
			return
		}
		label := s.label()
		labels = append(labels, label)
		if i := slices.IndexFunc(s.tokens, func(t token) bool { return t.kind == text }); i >= 0 { // asked for again by its name
			labels = append(labels, s.tokens[i].value, "tasks."+s.tokens[i].value)
		} else if s.name() == "task" && len(s.tokens) > 1 { // task bench(type: JavaExec)
			labels = append(labels, s.tokens[1].value, "tasks."+s.tokens[1].value)
		}
	})
	return slices.DeleteFunc(labels, func(l string) bool { return l == "application" || l == "tasks" })
}

// disabled says that a task is switched off: the last word counts, and a script has it
// over what its parents say for all projects below them.
func (p *project) disabled(task string) bool {
	off := false
	each(slices.Concat(p.script[len(p.own):], p.own), nil, func(s statement, around []string) {
		switch {
		case strings.EqualFold(s.dotted(), task+".enabled") || strings.EqualFold(s.dotted(), "tasks."+task+".enabled"):
		case len(around) > 0 && strings.EqualFold(strings.TrimPrefix(around[len(around)-1], "tasks."), task):
			if !slices.Contains([]string{"enabled", "isEnabled", "enabled.set", "setEnabled"}, s.dotted()) {
				return
			}
		case strings.HasPrefix(s.label(), "tasks.") && strings.EqualFold(strings.TrimPrefix(s.label(), "tasks."), task) && len(s.block) == 0 && s.has("enabled", "isEnabled"):
		default:
			return
		}
		if s.has("false") || s.has("true") {
			off = s.has("false")
		}
	})
	return off
}

func (p *project) layersOff(task string) bool {
	off := false
	each(p.script, nil, func(s statement, around []string) {
		within := slices.ContainsFunc(around, func(a string) bool { return strings.EqualFold(strings.TrimPrefix(a, "tasks."), task) })
		if within && slices.Contains(around, "layered") { // custom layers, or none
			off = true
		}
	})
	return off
}

// packsAll says that the jar takes its dependencies in: it unpacks the class path.
func (p *project) packsAll() bool {
	all := false
	each(p.script, nil, func(s statement, _ []string) { all = all || s.has("zipTree") })
	return all
}

// archive is the file that a task makes: by the name that the script gives it, or the only
// one of its kind.
func (p *project) archive(task, fallback string) string {
	name := ""
	renamed := false
	each(p.script, nil, func(s statement, around []string) {
		within := len(around) > 0 && strings.EqualFold(strings.TrimPrefix(around[len(around)-1], "tasks."), task) ||
			len(around) > 0 && task == "ktor" && around[len(around)-1] == "fatJar"
		if !within {
			return
		}
		key := strings.TrimSuffix(s.dotted(), ".set")
		if key == "archiveFileName" || key == "archiveName" {
			if v, ok := p.text(s.value()); ok && !strings.Contains(v, "/") {
				name = v
			} else {
				renamed = true
			}
		}
		renamed = renamed || key == "archiveClassifier" || key == "classifier"
	})
	switch {
	case name != "":
		return path.Join("build/libs", name)
	case renamed:
		return path.Join("build/libs", "*"+path.Ext(fallback))
	}
	return path.Join("build/libs", fallback)
}

// wantsJava says how a statement asks for a version of Java by its word at i, behind
// which others stand: how it binds, what asks, or nothing, and the version.
func (s statement) wantsJava(i int) (kind Kind, what string, version []token) {
	t, rest := s.tokens[i], s.tokens[i+1:]
	number := func(name string) []token { return []token{{kind: text, value: strings.ReplaceAll(name, "_", ".")}} }
	compatible := func() bool { return s.has("sourceCompatibility", "targetCompatibility") }
	switch {
	case t.value == "JavaLanguageVersion" && len(rest) > 2 && rest[1].value == "of":
		return Exactly, "toolchain", trimParenthesis(rest[3:])
	case t.value == "jvmToolchain" && len(rest) > 0 && rest[0].value == "(":
		return Exactly, "toolchain", trimParenthesis(rest[1:])
	case strings.HasPrefix(t.value, "VERSION_") && compatible():
		return AtLeast, "sourceCompatibility", number(strings.TrimPrefix(t.value, "VERSION_"))
	case strings.HasPrefix(t.value, "JVM_"):
		return AtLeast, "jvmTarget", number(strings.TrimPrefix(t.value, "JVM_"))
	case t.value == "toVersion" && compatible() && len(rest) > 0:
		return AtLeast, "sourceCompatibility", trimParenthesis(trimOpen(rest))
	case i == 0 && (t.value == "sourceCompatibility" || t.value == "targetCompatibility") && !s.namesJava():
		return AtLeast, t.value, s.value()
	case (t.value == "release" || t.value == "jvmTarget") && s.setsTarget() && !s.has("JvmTarget"):
		return AtLeast, t.value, s.value()
	}
	return 0, "", nil
}

// namesJava says whether the version of Java in a statement is one of Gradle's constants.
func (s statement) namesJava() bool {
	return s.has("JavaVersion") || slices.ContainsFunc(s.tokens, func(t token) bool { return t.kind == word && strings.HasPrefix(t.value, "VERSION_") })
}

// setsTarget says whether a statement sets the version that a compiler writes for.
func (s statement) setsTarget() bool {
	return strings.HasPrefix(s.dotted(), "options.release") || s.dotted() == "jvmTarget" || s.dotted() == "kotlinOptions.jvmTarget"
}

// javaBehind follows a name for a version of Java to the constant of Gradle or Kotlin that
// the scripts set it to.
func (p *project) javaBehind(tokens []token) []token {
	if len(tokens) == 0 || tokens[0].kind != word || tokens[0].isNumber() {
		return tokens
	}
	value, _, _ := declared(slices.Concat(p.script, p.build.projects[0].own), tokens[0].value)
	for _, t := range value {
		for _, prefix := range []string{"VERSION_", "JVM_"} {
			if number, ok := strings.CutPrefix(t.value, prefix); ok && t.kind == word {
				return []token{{kind: text, value: strings.ReplaceAll(number, "_", ".")}}
			}
		}
	}
	return tokens
}

// requirements lists how scripts ask for a version of Java, and how that binds.
func (p *project) requirements(f Framework) []Requirement {
	var list []Requirement
	add := func(kind Kind, what string, tokens []token, where detect.Evidence) {
		value, ok := p.text(p.javaBehind(tokens))
		major := 0
		if ok {
			major, ok = javaMajor(value)
		}
		if !ok {
			unread := stated{"the version of Java behind " + what + " cannot be read from the script's text; name it with --lang-version", where}
			if !slices.Contains(p.unread, unread) {
				p.unread = append(p.unread, unread)
			}
			return
		}
		list = append(list, Requirement{Major: major, Kind: kind, What: what, At: where})
	}
	each(p.script, nil, func(s statement, _ []string) {
		for i, t := range s.tokens {
			if t.kind != word {
				continue
			}
			if kind, what, version := s.wantsJava(i); what != "" {
				add(kind, what, version, s.at())
			}
		}
	})
	if major := f.baseline(); major > 0 {
		list = append(list, Requirement{Major: major, Kind: AtLeast, What: f.Name + " " + f.Version + " wants", At: f.At, wanted: true})
	}
	return compact(list)
}
