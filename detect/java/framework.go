package java

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Names of frameworks.
const (
	springBoot = "Spring Boot"
	quarkus    = "Quarkus"
	micronaut  = "Micronaut"
	helidon    = "Helidon"
	dropwizard = "Dropwizard"
	ktor       = "Ktor"
)

// trait is what an artifact of a framework tells about an application, by the artifact's
// group and the beginning of its name.
type trait struct {
	group, artifact string
	framework       string
}

// traits tell the framework of an application from its dependencies.
var traits = []trait{
	{"org.springframework.boot", "spring-boot", springBoot},
	{"io.quarkus", "quarkus-", quarkus},
	{"io.micronaut", "micronaut-", micronaut},
	{"io.helidon", "helidon-", helidon},
	{"io.dropwizard", "dropwizard-core", dropwizard},
	{"io.ktor", "ktor-server", ktor},
}

// framework settles what serves the application, and its version.
func (p *pom) framework() Framework {
	found := Framework{}
	if known, ok := p.knownParent(); ok {
		found = Framework{known.framework, p.outer.Version, p.outerAt}
	}
	if found.Name == "" {
		found = frameworkOf(p.dependencies())
	}
	for _, t := range []trait{{artifact: "spring-boot-maven-plugin", framework: springBoot}, {artifact: "quarkus-maven-plugin", framework: quarkus}} {
		if g, used := p.plugin(t.artifact); used && found.Name == "" {
			found = Framework{Name: t.framework, At: g.at}
		}
	}
	if found.Version == "" {
		found.Version = p.frameworkVersion(found.Name)
	}
	if v, ok := p.expand(found.Version); ok {
		found.Version = v
	} else {
		found.Version = ""
	}
	return found
}

func frameworkOf(list []dependency) Framework {
	for _, t := range traits {
		for _, d := range list {
			if (d.Group == t.group || strings.HasPrefix(d.Group, t.group+".")) && strings.HasPrefix(d.Artifact, t.artifact) && d.Scope != "test" {
				return Framework{t.framework, d.Version, d.At}
			}
		}
	}
	return Framework{}
}

// platforms are the artifacts whose version is that of the framework: lists of versions,
// and plugins.
var platforms = map[string][]string{
	springBoot: {"spring-boot-dependencies", "spring-boot-maven-plugin"},
	quarkus:    {"quarkus-bom", "quarkus-universe-bom", "quarkus-maven-plugin"},
	micronaut:  {"micronaut-platform", "micronaut-bom"},
	helidon:    {"helidon-dependencies", "helidon-bom"},
	dropwizard: {"dropwizard-bom", "dropwizard-dependencies"},
}

func (p *pom) frameworkVersion(name string) string {
	for _, s := range p.sections() {
		for _, e := range s.e.all("dependencyManagement", "dependencies", "dependency") {
			artifact, _ := p.expand(e.value("artifactId"))
			if version := e.value("version"); slices.Contains(platforms[name], artifact) && version != "" {
				return version
			}
		}
	}
	for _, artifact := range platforms[name] {
		if v, ok := p.managed(artifact).version(); ok {
			return v.Value
		}
	}
	return ""
}

// release compares the version of a framework with a line such as 3.3; it is false where
// the version is not known.
func (f Framework) release(major, minor int) bool {
	a, b, ok := f.line()
	return ok && (a > major || a == major && b >= minor)
}

func (f Framework) line() (major, minor int, ok bool) {
	parts := strings.SplitN(f.Version, ".", 3)
	if len(parts) < 2 {
		return 0, 0, false
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return 0, 0, false
	}
	minor, err = strconv.Atoi(parts[1])
	return major, minor, err == nil
}

// baseline is the lowest Java that a framework itself is compiled for.
//
// Sources: the system requirements in the documentation of each.
func (f Framework) baseline() int {
	for _, b := range []struct {
		name         string
		major, minor int
		java         int
	}{
		{springBoot, 3, 0, 17},
		{quarkus, 3, 7, 17},
		{micronaut, 4, 0, 17},
		{helidon, 4, 0, 21},
		{helidon, 3, 0, 17},
		{dropwizard, 5, 0, 17},
		{dropwizard, 4, 0, 11},
	} {
		if f.Name == b.name && f.release(b.major, b.minor) {
			return b.java
		}
	}
	return 0
}

// limit is the newest Java that a framework's release works with, where that is older
// than what images are made of.
//
// Source: the system requirements in the documentation of Spring Boot, of the last release
// of each line.
func (f Framework) limit() (Limit, bool) {
	if f.Name != springBoot || f.Version == "" {
		return Limit{}, false
	}
	for _, l := range []struct{ major, minor, most int }{
		{2, 7, 21}, {2, 5, 17}, {2, 4, 16}, {2, 3, 15}, {2, 2, 14}, {2, 1, 12}, {0, 0, 8},
	} {
		if f.release(3, 5) {
			break
		}
		if f.release(l.major, l.minor) {
			return Limit{Most: l.most, What: f.Name + " " + f.Version, At: f.At}, true
		}
	}
	return Limit{}, false
}

// Layers of Spring Boot's archives where the project names no others, what changes least
// first: https://docs.spring.io/spring-boot/reference/packaging/efficient.html.
const (
	loaderLayer   = "spring-boot-loader"
	jarLauncher   = "JarLauncher"
	warLauncher   = "WarLauncher"
	loaderPackage = "org.springframework.boot.loader"
)

var bootLayers = []string{"dependencies", loaderLayer, "snapshot-dependencies", "application"}

// layers settles how an archive of Spring Boot is taken apart. Its tools can do so since
// 2.4, with a launcher of their own since 3.3; a war keeps its launcher, since pages in it
// are found only in its own folders.
func (p *pom) layers(f Framework, g plugin, launcher string) Program {
	for _, name := range []string{"includeTools", "includeLayerTools"} {
		if v, ok := g.setting(name); ok && v.Value == "false" {
			return Program{Shape: Fat}
		}
	}
	if v, ok := g.setting("layout"); ok && !slices.Contains([]string{"JAR", "WAR"}, strings.ToUpper(v.Value)) {
		return Program{Shape: Fat} // its launcher takes classes from elsewhere
	}
	if v, ok := g.setting("layers", "enabled"); ok && v.Value == "false" {
		return Program{Shape: Fat}
	}
	program := bootShape(f, launcher)
	if v, ok := g.setting("loaderImplementation"); ok && strings.EqualFold(v.Value, "CLASSIC") {
		program.classic()
	}
	if v, ok := g.setting("layers", "configuration"); ok && program.Shape != Fat {
		program.Layers = nil // the project's own: read by readLayers
		program.Args = []string{v.Value}
	}
	return program
}

// classic takes the launcher of the loader from before 3.2, which a project may keep up to
// 3.5: https://docs.spring.io/spring-boot/3.5/maven-plugin/packaging.html.
func (x *Program) classic() {
	if name, ok := strings.CutPrefix(x.Launcher, loaderPackage+".launch."); ok {
		x.Launcher = loaderPackage + "." + name
	}
}

// bootShape is what the version of Spring Boot can do.
func bootShape(f Framework, launcher string) Program {
	switch {
	case f.release(3, 3) && launcher == jarLauncher:
		return Program{Shape: Layered, Layers: slices.DeleteFunc(slices.Clone(bootLayers), func(l string) bool { return l == loaderLayer })}
	case f.release(3, 2):
		return Program{Shape: Launched, Layers: bootLayers, Launcher: loaderPackage + ".launch." + launcher}
	case f.release(2, 5), f.release(2, 4) && launcher == jarLauncher:
		return Program{Shape: Launched, Layers: bootLayers, Launcher: loaderPackage + "." + launcher}
	}
	return Program{Shape: Fat}
}

// readLayers reads the project's own layers:
// https://docs.spring.io/spring-boot/maven-plugin/packaging.html#packaging.layers.configuration.
func (m *maven) readLayers(p *pom, program Program) (Program, error) {
	if len(program.Args) == 0 {
		return program, nil
	}
	file := program.Args[0]
	for _, base := range []string{"${project.basedir}/", "${basedir}/"} {
		file = strings.TrimPrefix(file, base)
	}
	program.Args = nil
	file = path.Join(p.dir, file)
	data, err := m.tree.ReadFile(file)
	if err != nil {
		return program, err
	}
	root, err := readXML(file, data)
	if err != nil {
		return program, err
	}
	for _, l := range root.all("layerOrder", "layer") {
		if !plainName.MatchString(l.text) {
			return program, detect.Errorf(detect.Evidence{File: file, Line: l.line}, "%q is no name of a layer", l.text)
		}
		program.Layers = append(program.Layers, l.text)
	}
	if len(program.Layers) == 0 {
		return program, detect.Errorf(detect.Evidence{File: file}, "no <layer> in <layerOrder>")
	}
	return program, nil
}
