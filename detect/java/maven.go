package java

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// knownParent is a parent from outside the repository whose content is known.
type knownParent struct {
	name       string            // group:artifact
	framework  string            // "Spring Boot"
	properties map[string]string // what it sets
	packs      bool              // it makes the jar of the framework's plugin runnable
}

// knownParents are the parents that frameworks offer to applications.
//
// Sources: their poms, of the versions current in August 2026.
var knownParents = []knownParent{
	{name: "org.springframework.boot:spring-boot-starter-parent", framework: springBoot, packs: true},
	{name: "io.micronaut.platform:micronaut-parent", framework: micronaut, properties: map[string]string{"packaging": "jar"}, packs: true},
	{name: "io.micronaut:micronaut-parent", framework: micronaut, properties: map[string]string{"packaging": "jar"}, packs: true},
	{name: "io.helidon.applications:helidon-se", framework: helidon, properties: map[string]string{"project.build.finalName": "${project.artifactId}"}},
	{name: "io.helidon.applications:helidon-mp", framework: helidon, properties: map[string]string{"project.build.finalName": "${project.artifactId}", "mainClass": "io.helidon.Main"}},
}

func (p *pom) knownParent() (knownParent, bool) {
	i := slices.IndexFunc(knownParents, func(k knownParent) bool { return k.name == p.outer.String() })
	if i < 0 {
		return knownParent{}, false
	}
	return knownParents[i], true
}

// outerProperty gives a property that a known parent from elsewhere sets.
func (p *pom) outerProperty(name string) (string, bool) {
	known, ok := p.knownParent()
	if !ok {
		return "", false
	}
	value, ok := known.properties[name]
	return value, ok
}

// finalName is what the module's artifact is called, without its extension; a * stands
// for what cannot be read.
func (p *pom) finalName() string { return p.pattern(p.rawName()) }

// rawName is the same before properties are put in.
func (p *pom) rawName() string {
	outer, ok := p.outerProperty("project.build.finalName")
	if !ok {
		outer = "${project.artifactId}-${project.version}"
	}
	return p.rawBuild("finalName", outer)
}

// rawBuild is what an element of <build> says, before properties are put in.
func (p *pom) rawBuild(name, fallback string) string {
	for _, s := range p.sections() {
		if e := s.e.get("build", name); e != nil {
			return e.text
		}
	}
	return fallback
}

// pattern expands what is known of a text, and puts a * for the rest.
func (p *pom) pattern(text string) string {
	if whole, ok := p.expand(text); ok {
		return whole
	}
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "${")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		value, ok := p.expand("${" + name + "}")
		if !ok {
			value = "*"
		}
		b.WriteString(value)
		text = after
	}
}

// buildDir is where Maven puts what it makes, from the module's folder.
func (p *pom) buildDir() string {
	if dir, ok := p.ownFolder(p.rawBuild("directory", "target")); ok {
		return dir
	}
	return "target"
}

// sourceRoots is where the module keeps its program text, from its folder.
func (p *pom) sourceRoots() []string {
	if dir, ok := p.ownFolder(p.rawBuild("sourceDirectory", "")); ok {
		return []string{dir}
	}
	return usualRoots[:1]
}

// testRoot is where the module keeps its tests, from its folder.
func (p *pom) testRoot() string {
	if dir, ok := p.ownFolder(p.rawBuild("testSourceDirectory", "")); ok {
		return dir
	}
	return usualTests
}

// resourceRoots is where the module keeps what goes into its archive, from its folder.
func (p *pom) resourceRoots() []string {
	var dirs []string
	for _, s := range p.sections() {
		for _, e := range s.e.all("build", "resources", "resource") {
			if dir, ok := p.ownFolder(e.value("directory")); ok && !slices.Contains(dirs, dir) {
				dirs = append(dirs, dir)
			}
		}
		if len(dirs) > 0 { // Maven takes the list of the one that has one
			return dirs
		}
	}
	return []string{usualResources}
}

// filters is where Maven is told to fill in what goes into the archive.
func (p *pom) filters() detect.Evidence {
	for _, s := range p.sections() {
		for _, e := range s.e.all("build", "resources", "resource") {
			if f := e.get("filtering"); f != nil && f.text == "true" {
				return s.pom.at(f)
			}
		}
	}
	return detect.Evidence{}
}

// ownFolder reads the name of a folder inside the module.
func (p *pom) ownFolder(text string) (string, bool) {
	text, ok := p.expand(text)
	text = path.Clean(text)
	return text, ok && text != "." && !path.IsAbs(text) && text != ".." && !strings.HasPrefix(text, "../")
}

// program settles what a module makes that can be run, or says why it makes nothing.
func (m *maven) program(p *pom) (program Program, f Framework, reason string, err error) {
	f = p.framework()
	packaging, ok := p.packaging()
	where := p.at(p.project.get("packaging"))
	if !ok {
		return Program{}, f, "", detect.Errorf(where, "the packaging %s cannot be read: no pom of the repository sets it", p.project.value("packaging"))
	}
	switch packaging {
	case "pom":
		return Program{}, f, "an aggregator or parent: packaging pom", nil
	case "war":
		program, reason = p.war(f)
	case "jar", "bundle", "quarkus", "hk2-jar", "eclipse-plugin":
		if g, used := p.plugin("quarkus-maven-plugin"); used {
			program, err = m.quarkus(p, g)
		} else {
			m.list()
			program, reason = p.jar(f, len(m.listed[p.dir]) == 0 && len(p.modules()) == 0)
		}
	default:
		if what, known := packagings[packaging]; known {
			return Program{}, f, what, nil
		}
		return Program{}, f, fmt.Sprintf("the packaging %q is not known here", packaging), nil
	}
	if program.At.File == "" {
		program.At = where
	}
	if err == nil {
		program, err = m.readLayers(p, program)
	}
	return program, f, reason, err
}

// packagings are those that make nothing that a container runs.
var packagings = map[string]string{
	"maven-plugin":     "a plugin of Maven",
	"maven-archetype":  "a template of projects",
	"maven-extension":  "an extension of Maven",
	"ear":              "an enterprise archive, which wants an application server",
	"ejb":              "enterprise beans, which want an application server",
	"rar":              "a resource adapter, which wants an application server",
	"apk":              "an Android application",
	"aar":              "an Android library",
	"test-jar":         "tests",
	"native-image":     "a native image: only the JVM's programs are built here",
	"takari-jar":       "a library",
	"gwt-app":          "a front end",
	"content-package":  "content, not a program",
	"jenkins-module":   "a module of Jenkins",
	"hpi":              "a plugin of Jenkins",
	"nbm":              "a module of NetBeans",
	"nar":              "native code or a bundle of NiFi",
	"kar":              "a bundle of Karaf",
	"feature":          "a feature of Karaf",
	"eclipse-feature":  "a feature of Eclipse",
	"swf":              "a front end",
	"docker-native":    "a native image: only the JVM's programs are built here",
	"docker":           "an image of Micronaut's own making; set packaging jar",
	"atlassian-plugin": "a plugin",
}

// applicationServers are plugins that run a war in what is more than a servlet container.
var applicationServers = []string{
	"liberty-maven-plugin", "wildfly-maven-plugin", "wildfly-jar-maven-plugin", "payara-micro-maven-plugin",
	"payara-server-maven-plugin", "tomee-maven-plugin", "maven-embedded-glassfish-plugin", "weblogic-maven-plugin",
}

// war is a web archive: one that Spring Boot makes runnable, or one for Tomcat.
func (p *pom) war(f Framework) (Program, string) {
	file := path.Join(p.buildDir(), p.archiveName("maven-war-plugin")+".war")
	if boot, ok := p.boot(); ok {
		program := p.layers(f, boot, warLauncher)
		program.File = withClassifier(file, boot)
		program.At = boot.at
		program.Reason = "Spring Boot makes the war runnable"
		return program, ""
	}
	for _, artifact := range applicationServers {
		if g, used := p.plugin(artifact); used {
			return Program{At: g.at}, "a war for an application server, which " + artifact + " brings: no image of one is known here"
		}
	}
	return Program{Shape: War, File: file, Reason: "a war, which a servlet container runs"}, ""
}

// archiveName is the final name as the plugin that packs may change it.
func (p *pom) archiveName(artifact string) string {
	if name, ok := p.managed(artifact).setting("warName"); ok {
		return name.Value
	}
	return p.finalName()
}

// withClassifier puts the classifier before the extension, where the plugin sets one.
func withClassifier(file string, g plugin) string {
	classifier, ok := g.setting("classifier")
	if !ok {
		return file
	}
	ext := path.Ext(file)
	return strings.TrimSuffix(file, ext) + "-" + classifier.Value + ext
}

// outputDir is where a plugin puts its archive, from the module's folder.
func (g plugin) outputDir(target string) string {
	if out, ok := g.setting("outputDirectory"); ok {
		if dir, ok := g.pom.ownFolder(out.Value); ok {
			return dir
		}
	}
	return target
}

// boot gives Spring Boot's plugin where it makes the archive runnable.
func (p *pom) boot() (plugin, bool) {
	g, used := p.plugin("spring-boot-maven-plugin")
	if !used {
		return g, false
	}
	if skip, ok := g.setting("skip"); ok && skip.Value == "true" {
		return g, false
	}
	if skip, ok := p.property("spring-boot.repackage.skip"); ok && skip.Value == "true" {
		return g, false
	}
	return g, true
}

// packsItself says that the plugin is bound to the build: by an execution here, or by a
// parent from elsewhere, of which it can only be supposed.
func (p *pom) packsItself(g plugin, goals ...string) bool {
	known, ok := p.knownParent()
	return g.runs(goals...) || ok && known.packs || !ok && p.outer.Artifact != ""
}

// jar settles what a module of packaging jar makes, the most telling first. A goal that is
// not bound to the build can be called where the module is the only one.
func (p *pom) jar(f Framework, alone bool) (Program, string) {
	target := p.buildDir()
	name := p.finalName() + ".jar"
	if g, used := p.boot(); used {
		if !alone && !p.packsItself(g, "repackage") {
			program, _ := p.thin(path.Join(target, name))
			program.At, program.Reason = g.at, "Spring Boot's plugin is not bound to the build, so the jar has its dependencies beside it"
			return program, ""
		}
		program := p.layers(f, g, jarLauncher)
		program.File = withClassifier(path.Join(g.outputDir(target), name), g)
		program.At, program.Reason = g.at, "Spring Boot makes the jar runnable"
		if !p.packsItself(g, "repackage") {
			program.Goals = []string{"spring-boot:repackage"}
		}
		return program, ""
	}
	if g, used := p.plugin("maven-shade-plugin"); used && (p.packsItself(g, "shade")) {
		return p.shaded(g, target), ""
	}
	if g, used := p.plugin("maven-assembly-plugin"); used && g.runs("single", "assembly") {
		if program, ok := p.assembled(g, target); ok {
			return program, ""
		}
	}
	if known, ok := p.knownParent(); ok && known.framework == micronaut {
		return Program{Shape: Fat, File: path.Join(target, name), At: p.outerAt, Reason: "Micronaut's parent makes one jar of it"}, ""
	}
	return p.thin(path.Join(p.managed("maven-jar-plugin").outputDir(target), name))
}

// quarkus reads what Quarkus is told to make, in the application's configuration, which
// counts more, or in the pom.
func (m *maven) quarkus(p *pom, g plugin) (Program, error) {
	d := Detail{Build: Build{Dir: p.dir}, Resources: p.resourceRoots()}
	config, err := d.readSettings(m.tree, servers[quarkus].files...)
	if err != nil {
		return Program{}, err
	}
	return quarkusPackage(func(name string) string {
		if found, ok := config.get(nil, "%prod."+name, name); ok {
			return found.value
		}
		v, _ := p.property(name)
		return v.Value
	}, p.buildDir(), p.finalName(), g.at), nil
}

// quarkusPackage says what Quarkus makes by its settings:
// https://quarkus.io/guides/maven-tooling#configuration-reference.
func quarkusPackage(setting func(string) string, target, name string, where detect.Evidence) Program {
	kind := cmp.Or(setting("quarkus.package.jar.type"), setting("quarkus.package.type"), "fast-jar")
	if setting("quarkus.package.uber-jar") == "true" {
		kind = "uber-jar"
	}
	if out := setting("quarkus.package.output-name"); plainName.MatchString(out) {
		name = out
	}
	program := Program{At: where}
	if kind == "uber-jar" {
		suffix := cmp.Or(setting("quarkus.package.jar.runner-suffix"), setting("quarkus.package.runner-suffix"), "-runner")
		if setting("quarkus.package.jar.add-runner-suffix") == "false" || setting("quarkus.package.add-runner-suffix") == "false" {
			suffix = ""
		}
		program.Shape, program.File, program.Reason = Fat, path.Join(target, name+suffix+".jar"), "Quarkus makes one jar of it"
		return program
	}
	folder := "quarkus-app"
	if out := setting("quarkus.package.output-directory"); plainName.MatchString(out) {
		folder = out
	}
	program.Shape, program.File, program.Reason = Quarkus, path.Join(target, folder), "Quarkus makes its fast-jar"
	if kind == "native" || kind == "native-sources" || setting("quarkus.package.jar.enabled") == "false" {
		program.Reason = "Quarkus is told to make a native image; its fast-jar is built here"
		program.Goals = []string{"-Dquarkus.package.jar.enabled=true", "-Dquarkus.native.enabled=false"}
	}
	return program
}

// shaded reads how the shade plugin calls its jar:
// https://maven.apache.org/plugins/maven-shade-plugin/shade-mojo.html.
func (p *pom) shaded(g plugin, target string) Program {
	name := p.finalName()
	if n, ok := g.setting("finalName"); ok {
		name = n.Value
	}
	if attached, ok := g.setting("shadedArtifactAttached"); ok && attached.Value == "true" {
		classifier := "shaded"
		if c, ok := g.setting("shadedClassifierName"); ok {
			classifier = c.Value
		}
		name += "-" + classifier
	}
	file := path.Join(g.outputDir(target), name+".jar")
	if out, ok := g.setting("outputFile"); ok {
		if text := path.Clean(out.Value); !path.IsAbs(text) {
			file = text
		}
	}
	program := Program{Shape: Fat, File: file, At: g.at, Reason: "the shade plugin makes one jar of it"}
	if len(g.elements("mainClass")) == 0 && len(g.elements("manifestEntries")) == 0 && len(p.managed("maven-jar-plugin").elements("mainClass")) == 0 {
		program.MainClass, _ = p.namedMain()
		program.Shape = Thin
		program.Reason += ", without a main class in its manifest"
	}
	return program
}

// assembled reads how the assembly plugin calls its jar:
// https://maven.apache.org/plugins/maven-assembly-plugin/single-mojo.html.
func (p *pom) assembled(g plugin, target string) (Program, bool) {
	if len(g.elements("mainClass")) == 0 {
		return Program{}, false
	}
	id := ""
	for _, e := range g.elements("descriptorRef") {
		if e.text == "jar-with-dependencies" {
			id = "-" + e.text
		}
	}
	if id == "" {
		return Program{}, false
	}
	name := p.finalName()
	if n, ok := g.setting("finalName"); ok {
		name = n.Value
	}
	if append, ok := g.setting("appendAssemblyId"); ok && append.Value == "false" {
		id = ""
	}
	return Program{Shape: Fat, File: path.Join(g.outputDir(target), name+id+".jar"), At: g.at, Reason: "the assembly plugin makes one jar of it"}, true
}

// mainProperties are where projects and parents keep the class for plugins.
var mainProperties = []string{"exec.mainClass", "mainClass", "main.class", "start-class", "app.main.class", "jar.main.class"}

// namedMain gives the main class that some plugin or property names.
func (p *pom) namedMain() (string, detect.Evidence) {
	if many := p.managed("appassembler-maven-plugin").elements("mainClass"); len(many) > 1 {
		return "", p.managed("appassembler-maven-plugin").at
	}
	for _, artifact := range []string{"maven-jar-plugin", "exec-maven-plugin", "jib-maven-plugin", "maven-assembly-plugin", "javafx-maven-plugin", "spring-boot-maven-plugin", "appassembler-maven-plugin"} {
		g := p.managed(artifact)
		for _, e := range g.elements("mainClass") {
			if class, ok := p.expand(e.text); ok && className(class) {
				return class, g.at
			}
		}
	}
	for _, name := range mainProperties {
		if v, ok := p.property(name); ok && className(v.Value) {
			return v.Value, v.At
		}
	}
	if class, ok := p.outerProperty("mainClass"); ok {
		return class, p.outerAt
	}
	return "", detect.Evidence{}
}

// thin is a plain jar with its dependencies beside it.
func (p *pom) thin(file string) (Program, string) {
	program := Program{Shape: Thin, File: file}
	program.MainClass, program.At = p.namedMain()
	if program.MainClass == "" && program.At.File != "" {
		program.Reason = "a plain jar with several programs"
		return program, ""
	}
	if program.MainClass == "" {
		return program, "a library: nothing in its pom makes it runnable"
	}
	program.Reason = "a plain jar whose main class is named"
	return program, ""
}

// sources is the version of Java that the sources are written in, where the module says so
// to the compiler.
func (p *pom) sources() (Requirement, bool) {
	compiler := p.managed("maven-compiler-plugin")
	for _, name := range []string{"release", "source"} {
		v, ok := compiler.setting(name)
		if !ok {
			v, ok = p.property("maven.compiler." + name)
		}
		if major, known := javaMajor(v.Value); ok && known {
			return Requirement{Major: major, Kind: AtLeast, What: "compiler " + name, At: v.At}, true
		}
	}
	return Requirement{}, false
}

// mavenToolchain is what the requirement of Maven's toolchains plugin is called, which
// reads the JDKs of a machine from a file.
const mavenToolchain = "toolchain"

// requirements lists what a module states about Java.
func (p *pom) requirements(f Framework) []Requirement {
	var list []Requirement
	add := func(kind Kind, what, text string, at detect.Evidence) {
		if major, ok := javaMajor(text); ok {
			list = append(list, Requirement{Major: major, Kind: kind, What: what, At: at})
		}
	}
	if g, used := p.plugin("maven-toolchains-plugin"); used {
		if v, ok := g.setting("toolchains", "jdk", "version"); ok {
			if major, ok := atLeast(v.Value); ok {
				list = append(list, Requirement{Major: major, Kind: Exactly, What: mavenToolchain, At: v.At})
			}
		}
	}
	compiler := p.managed("maven-compiler-plugin")
	for _, name := range []string{"release", "target", "source"} {
		if v, ok := compiler.setting(name); ok {
			add(AtLeast, "compiler "+name, v.Value, v.At)
			break
		}
	}
	for _, name := range []string{"maven.compiler.release", "java.version", "maven.compiler.target", "maven.compiler.source", "jdk.version", "kotlin.compiler.jvmTarget"} {
		if v, ok := p.property(name); ok {
			add(AtLeast, name, v.Value, v.At)
		}
	}
	if g, used := p.plugin("maven-enforcer-plugin"); used {
		if v, ok := g.setting("rules", "requireJavaVersion", "version"); ok {
			if major, ok := atLeast(v.Value); ok {
				list = append(list, Requirement{Major: major, Kind: AtLeast, What: "enforcer", At: v.At})
			}
		}
	}
	if major := f.baseline(); major > 0 {
		list = append(list, Requirement{Major: major, Kind: AtLeast, What: f.Name + " " + f.Version + " wants", At: f.At, wanted: true})
	}
	return list
}
