package java

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// commands are what a build tool is told in the stages.
type commands interface {
	dependencies() (string, error)
	pack() ([]string, error)
	test(containers bool) (string, error)
	caches(home string) []string // without the folder that holds credentials
	credentials() plan.Secret
	outputs() []string // folders that it fills, as patterns from a module
	called() string    // with its options
}

// tool is what is told.
type tool struct {
	call  string // "sh mvnw -B -ntp"
	build Build
	goals []string
}

type mavenTool struct{ tool }
type gradleTool struct{ tool }

// commands gives the tool of the build.
func (p *planner) commands() commands {
	t := tool{build: p.detail.Build, goals: p.detail.Program.Goals}
	call := "mvn"
	if t.build.Tool == "gradle" {
		call = "gradle"
	}
	if t.build.Wrapper != "" {
		call = t.build.Shell + " " + path.Base(t.build.Wrapper)
	}
	if t.build.Tool == "gradle" {
		t.call = call + " --no-daemon"
		if p.view.Toolchain != "" {
			t.call += " -Porg.gradle.java.installations.paths=" + toolchainHome
		}
		return gradleTool{t}
	}
	t.call = call + " -B -ntp"
	if t.build.Profile.Value != "" {
		t.call += " -P" + t.build.Profile.Value
	}
	if p.view.Toolchains {
		t.call += " -t /toolchains.xml"
	}
	return mavenTool{t}
}

// toolHome is where the tool keeps what it downloads.
func (p *planner) toolHome() string {
	switch b := p.detail.Build; {
	case b.Tool == "maven":
		return "/root/.m2"
	case b.Wrapper != "":
		return "/root/.gradle"
	}
	return "/home/gradle/.gradle" // to which /root/.gradle of that image leads
}

// builder settles the image that builds: the JDK's where a wrapper brings the tool, else
// the tool's own.
func (p *planner) builder() error {
	b := p.detail.Build
	running, reason, evidence := p.java, "", at(b.At)
	if b.Tool == "gradle" {
		running = p.gradleJava()
		if running != p.java {
			image, err := p.image(jdkImage, strconv.Itoa(p.java), "jdk")
			if err != nil {
				return err
			}
			p.view.Toolchain = image
			p.plan.Decide("toolchain", image, "", fmt.Sprintf("Gradle %s runs on Java %d, and builds for %d", b.Version.Value, running, p.java), b.Version.At)
		}
	}
	var image string
	var err error
	switch {
	case b.Wrapper != "":
		image, err = p.image(jdkImage, strconv.Itoa(running), "jdk")
		reason, evidence = "a JDK; the wrapper brings "+b.Tool+" "+b.Version.Value, at(b.Version.At)
	case b.Tool == "gradle":
		image, reason, err = p.gradleImage(running)
	default:
		image, reason, err = p.mavenImage(running)
	}
	if err != nil {
		return err
	}
	for _, s := range b.Skip {
		p.plan.Decide("left out", s.Value, "", "the plugin asks for what a build inside a container does not have", s.At)
	}
	if b.NodeUnset {
		if err := p.quinoaNode(); err != nil {
			return err
		}
	}
	if b.Unusable.Value != "" {
		p.plan.Note("%s: %s; the image brings %s instead", b.Unusable.At, b.Unusable.Value, b.Tool)
	}
	p.view.Builder = image
	base, err := p.in.Base(image)
	if err == nil {
		p.view.BuildGround, err = p.in.Building(base, nil)
	}
	if err != nil {
		return err
	}
	if p.view.Java = p.java; b.Toolchains.Value != "" {
		p.view.Toolchains = true
		p.plan.Decide("toolchains", "the builder's own JDK", "", "which "+b.Toolchains.Value+" is told of by a file", b.Toolchains.At)
	}
	p.view.Cross = p.detail.Native.Value == ""
	if n := p.detail.Native; n.Value != "" {
		p.plan.Decide("built for", "each platform", "", n.Value+" is chosen for the platform that builds", n.At)
	}
	p.plan.Decide("base of the build", image, "--lang-version", reason, evidence...)
	if b.Profile.Value != "" {
		p.plan.Decide("profile of the build", b.Profile.Value, "", "the one that is active by default is for development", b.Profile.At)
	}
	if b.Beside.Value != "" {
		p.plan.Note("%s: built by %s", b.Beside.At, b.Beside.Value)
	}
	if b.Wrapper != "" {
		p.plan.Decide("build tool", b.Shell+" "+path.Base(b.Wrapper), "", "called by its shell, since a checkout may have lost the run bit", detect.Evidence{File: b.Wrapper})
	}
	return nil
}

// quinoaNode lets Quarkus' extension bring a Node.js along, which it would look for in the
// builder: of the line in long-term support.
func (p *planner) quinoaNode() error {
	ref, err := p.in.Catalog.Resolve("node", "~24", "trixie-slim")
	if err != nil {
		return err
	}
	_, tag, _ := strings.Cut(ref.String(), ":")
	version, _, _ := strings.Cut(tag, "-")
	at, install := p.detail.Build.Node.At, "-Dquarkus.quinoa.package-manager-install"
	p.detail.Build.Skip = append(slices.Clip(p.detail.Build.Skip), stated{install + "=true", at}, stated{install + ".node-version=" + version, at})
	p.plan.Decide("Node.js of the front end", version, "", "the extension brings it, as the builder has none", at)
	return nil
}

// image resolves an image on the first of the suites that has it.
func (p *planner) image(name, constraint, variant string) (string, error) {
	var first error
	for _, suite := range suites {
		ref, err := p.in.Catalog.Resolve(name, constraint, ubuntu(variant, suite))
		if err == nil {
			return ref.String(), nil
		}
		if first == nil {
			first = err
		}
	}
	return "", first
}

// mavenImage is the image of the version that an unusable wrapper names, or the newest.
func (p *planner) mavenImage(java int) (string, string, error) {
	variant := fmt.Sprintf("eclipse-temurin-%d", java)
	if v := p.detail.Build.Version.Value; v != "" {
		if image, err := p.image("maven", v, variant); err == nil {
			return image, "Maven as the wrapper names it", nil
		}
	}
	image, err := p.image("maven", "", variant)
	if unknown := (*catalog.UnknownVariantError)(nil); errors.As(err, &unknown) {
		return "", "", fmt.Errorf("there is no image of Maven with Java %d; dockgen update asks the registry for newer ones; else add a wrapper (mvn wrapper:wrapper), or name another Java with --lang-version: %w", java, err)
	}
	return image, "the project has no wrapper, so the image brings Maven", err
}

func (t tool) called() string { return t.call }

func (t tool) quoted() (string, error) {
	var words []string
	for _, s := range t.build.Skip {
		words = append(words, s.Value) // ours
	}
	if t.build.Path != "" && t.build.Tool == "maven" {
		module, err := dockerfile.Shell(t.build.Path)
		if err != nil {
			return "", err
		}
		words = append(words, "-pl", module, "-am")
	}
	return strings.Join(append([]string{t.call}, words...), " "), nil
}

// incomplete lets the build go on where the manifests alone do not tell of everything, and
// says so beside the tool's own errors.
const incomplete = " \\\n    || echo 'WARNING: not all could be fetched before the sources; the rest comes with the build'"

func (t mavenTool) dependencies() (string, error) {
	call, err := t.quoted()
	if err != nil {
		return "", err
	}
	if len(t.build.Members) == 1 {
		return call + " -fae dependency:go-offline" + incomplete, nil
	}
	before, err := t.siblings("-fn dependency:go-offline") // what modules need of each other is not there yet, as Maven says in the end; manifests are
	return strings.Join(append(before, call+" -fn dependency:go-offline"), " \\\n    && "), err
}

// siblings calls Maven for each module of another build that the application depends on.
func (t mavenTool) siblings(goals string) (calls []string, err error) {
	for _, s := range t.build.Siblings {
		file, err := dockerfile.Shell(detect.Relative(t.build.Root, path.Join(s.Root, pomName)))
		if err != nil {
			return nil, err
		}
		other := t.tool
		other.call, other.build.Path = t.call+" -f "+file, s.Path
		call, err := other.quoted()
		if err != nil {
			return nil, err
		}
		if s.Manifest {
			call += " -DskipTests install"
			if s.Path == "" {
				call += " -N"
			}
			calls = append(calls, call)
			continue
		}
		calls = append(calls, call+" "+goals)
	}
	return calls, nil
}

func (t mavenTool) pack() ([]string, error) {
	lines, err := t.siblings("-DskipTests install")
	if err != nil {
		return nil, err
	}
	call, err := t.quoted()
	goals := append([]string{"package"}, t.goals...)
	return append(lines, call+" -DskipTests "+strings.Join(goals, " ")), err
}

func (t mavenTool) test(containers bool) (string, error) {
	lines, err := t.siblings("-DskipTests install")
	if err != nil {
		return "", err
	}
	call, err := t.quoted()
	goal := " verify"
	if containers { // what comes behind the unit tests wants Docker
		goal = " test"
	}
	return strings.Join(append(lines, call+goal), " \\\n    && "), err
}

func (t mavenTool) caches(home string) []string {
	if t.build.Wrapper == "" {
		return []string{home + "/repository"}
	}
	return []string{home + "/repository", home + "/wrapper"}
}

func (t mavenTool) credentials() plan.Secret {
	return plan.Secret{ID: "maven_settings", Source: "$HOME/.m2/settings.xml"}
}

func (t mavenTool) outputs() []string { return []string{"target"} }

// packaging settles the commands that make the artifact, and what the image takes of it.
func (p *planner) packaging() error {
	program := p.detail.Program
	lines, err := p.commands().pack()
	if err != nil {
		return err
	}
	made := p.fromRoot(program.File)
	p.view.Workdir = "/app"
	switch program.Shape {
	case Layered, Launched:
		err = p.move(made, "app"+path.Ext(made), &lines)
		p.view.Extract = p.extract(path.Ext(made))
		for _, layer := range program.Layers {
			p.copy("/out/"+layer+"/", "./")
		}
		p.layers(path.Ext(made))
	case Quarkus:
		err = p.move(made, "/out", &lines)
		p.copy("/out/lib/", "lib/")
		p.copy("/out/*.jar", "./")
		p.plan.Make("builder", "/out/quarkus-run.jar")
		p.copy("/out/app/", "app/")
		p.copy("/out/quarkus/", "quarkus/")
		for _, name := range []string{"lib", "app", "quarkus"} {
			p.plan.Need(plan.Need{Kind: plan.NeedFile, What: path.Join("/app", name), By: "quarkus-run.jar reads", At: program.At, Exact: true})
		}
	case Installed:
		err = p.move(made, "/out", &lines)
		p.copy("/out/", "lib/")
	case War:
		err = p.move(made, "app.war", &lines)
		p.view.Unpack, p.view.Workdir = true, ""
		p.copy("/out/", "/usr/local/tomcat/webapps/ROOT/")
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: "/usr/local/tomcat/webapps/ROOT", By: "the servlet container runs", At: program.At, Exact: true})
	case Thin:
		var libs string
		if libs, err = dockerfile.Shell(p.fromRoot(runtimeLibraries)); err != nil {
			return err
		}
		lines[len(lines)-1] += " dependency:copy-dependencies -DincludeScope=runtime -DoutputDirectory=" + runtimeLibraries
		lines = append(lines, "mkdir -p /out "+libs, "mv "+libs+" /out/lib")
		err = p.move(made, "/out/app.jar", &lines)
		p.copy("/out/lib/", "lib/")
		p.copy("/out/app.jar", "./")
	default:
		lines = append(lines, "mkdir /out")
		err = p.move(made, "/out/app"+path.Ext(made), &lines)
		p.copy("/out/app"+path.Ext(made), "./")
	}
	p.view.Package = lines
	return err
}

// layers states what Spring Boot's tools put where, and what of that the start needs
// whatever the application is.
func (p *planner) layers(ext string) {
	need := func(name string) {
		p.plan.Need(plan.Need{Kind: plan.NeedFile, What: path.Join("/app", name), By: "the application is started with", At: p.detail.Program.At, Exact: true})
	}
	makes := func(layer, name string) {
		if slices.Contains(p.detail.Program.Layers, layer) {
			p.plan.Make("builder", path.Join("/out", layer, name)+"/")
			need(name)
		}
	}
	if p.detail.Program.Shape == Layered {
		p.plan.Make("builder", "/out/application/app"+ext)
		makes("dependencies", "lib")
		return
	}
	inner := "BOOT-INF"
	if ext == ".war" {
		inner = "WEB-INF"
	}
	makes("dependencies", inner+"/lib")
	makes("spring-boot-loader", "org/springframework/boot/loader")
	makes("application", inner+"/classes")
}

// runtimeLibraries is where Maven gathers what a program runs with, from its module: each
// module of the build has a folder of its own, since others may want other versions.
const runtimeLibraries = "target/runtime"

// move takes what was made to a fixed name. A name that cannot be read in full is a
// pattern, which has to fit one file.
func (p *planner) move(made, to string, lines *[]string) error {
	before, after, pattern := strings.Cut(made, "*")
	if !pattern {
		word, err := dockerfile.Shell(made)
		*lines = append(*lines, "mv "+word+" "+to)
		return err
	}
	p.view.Only = &glob{Before: before, After: after[strings.LastIndex(after, "*")+1:], To: to}
	_, err := dockerfile.Shell(p.view.Only.Before + p.view.Only.After)
	return err
}

func (p *planner) copy(from, to string) {
	if !strings.Contains(from, "*") {
		p.plan.Make("builder", strings.TrimSuffix(from, "/")) // what is in it, others say
	}
	p.view.Copies = append(p.view.Copies, plan.Copy{From: from, To: to})
}

// extract takes an archive of Spring Boot apart:
// https://docs.spring.io/spring-boot/reference/packaging/efficient.html.
func (p *planner) extract(ext string) string {
	f := p.detail.Framework
	switch {
	case p.detail.Program.Shape == Layered:
		return "java -Djarmode=tools -jar app" + ext + " extract --layers --destination /out"
	case f.release(3, 3):
		return "java -Djarmode=tools -jar app" + ext + " extract --layers --launcher --destination /out"
	}
	return "java -Djarmode=layertools -jar app" + ext + " extract --destination /out"
}

// command is what the container runs: the JVM itself.
func (p *planner) command() error {
	program := p.detail.Program
	if program.Shape == War {
		p.view.Entrypoint = []string{"catalina.sh", "run"}
		if len(p.in.Overrides.Command) > 0 {
			return &plan.OverrideError{Flag: "--command", Value: strings.Join(p.in.Overrides.Command, " "), Err: errors.New("a war is run by its servlet container"), Idle: true}
		}
		return nil
	}
	java := p.flavour.java
	switch program.Shape {
	case Launched:
		p.view.Entrypoint = []string{java, program.Launcher}
	case Quarkus:
		p.view.Entrypoint = []string{java, "-jar", "quarkus-run.jar"}
	case Thin:
		p.view.Entrypoint = []string{java, "-cp", "app.jar:lib/*", program.MainClass}
	case Installed:
		p.view.Entrypoint = []string{java, "-cp", "lib/*", program.MainClass}
	default:
		p.view.Entrypoint = []string{java, "-jar", "app" + path.Ext(program.File)}
	}
	p.view.Command = program.Args
	p.plan.Decide("command", strings.Join(slices.Concat(p.view.Entrypoint, p.view.Command), " "), "--command", "the JVM itself, which gets the signals")
	if argv := p.in.Overrides.Command; len(argv) > 0 {
		if path.Base(argv[0]) == "java" {
			p.view.Entrypoint, p.view.Command = append([]string{java}, argv[1:]...), nil
		} else {
			return &plan.OverrideError{Flag: "--command", Value: strings.Join(argv, " "), Err: errors.New("it has to begin with java")}
		}
		p.plan.Decide("command", strings.Join(argv, " "), "--command", "asked for")
	}
	return nil
}

// link makes a runtime of the modules that the application uses.
func (p *planner) link() error {
	if p.name != "jlink" {
		return nil
	}
	image, err := p.image(jdkImage, strconv.Itoa(p.java), "jdk")
	if err != nil {
		return err
	}
	p.view.JDK = image
	jdk, err := p.in.Base(image)
	if err == nil {
		err = p.ground.Runs(jdk) // whose runtime is linked against its C library
	}
	if err == nil {
		p.view.JDKGround, err = p.in.Building(jdk, nil)
	}
	if err != nil {
		return err
	}
	p.plan.Make("jre", p.view.Home+"/")
	p.view.Floor = moduleFloor
	classes, libraries := "app.jar", "lib/*"
	switch p.detail.Program.Shape {
	case Launched:
		classes, libraries = "BOOT-INF/classes", "BOOT-INF/lib/*"
		if p.detail.Program.Launcher[strings.LastIndexByte(p.detail.Program.Launcher, '.')+1:] == warLauncher {
			classes, libraries = "WEB-INF/classes", "WEB-INF/lib/*:WEB-INF/lib-provided/*"
		}
	case Quarkus:
		classes, libraries = "app/*.jar", "lib/boot/*:lib/main/*"
	case Installed:
		classes = "lib/*.jar"
	}
	p.view.Modules = fmt.Sprintf("jdeps --ignore-missing-deps -q --recursive --multi-release %d --print-module-deps --class-path '%s' %s", p.java, libraries, classes)
	p.view.Link = "--strip-java-debug-attributes --no-header-files --no-man-pages --compress=zip-6"
	if p.java < 21 {
		p.view.Link = "--strip-java-debug-attributes --no-header-files --no-man-pages --compress=2"
	}
	p.plan.Decide("modules", "by jdeps", "", "what the jars name, and a floor of what is reached by reflection: "+strings.Join(moduleFloor, " "))
	return nil
}

// cache adds a run in the build that leaves what the JVM learned about its classes, so
// that a container starts faster.
func (p *planner) cache() error {
	if !p.in.Overrides.Own.On(cacheKey) {
		return nil
	}
	refuse := func(format string, args ...any) error {
		return &plan.OverrideError{Flag: "--" + cacheKey, Value: "true", Err: fmt.Errorf(format, args...)}
	}
	if p.detail.Program.Shape != Layered {
		return &plan.OverrideError{Flag: "--" + cacheKey, Value: "true", Err: errors.New("only Spring Boot from 3.3 on ends by itself once it has started, which filling the cache takes"), Idle: true}
	}
	if p.java < 25 && p.name == "jlink" {
		return refuse("a runtime made by jlink has the base of such a cache from Java 25 on; this is %d", p.java)
	}
	file, write, read := "app.jsa", "-XX:ArchiveClassesAtExit=", "-XX:SharedArchiveFile="
	if p.java >= 25 { // https://openjdk.org/jeps/514
		file, write, read = "app.aot", "-XX:AOTCacheOutput=", "-XX:AOTCache="
	}
	java, rest := p.view.Entrypoint[0], p.view.Entrypoint[1:]
	p.view.Cache = file
	p.plan.Make("cache", "/tmp/"+file)
	p.view.Training = slices.Concat([]string{java, write + "/tmp/" + file, "-Dspring.context.exit=onRefresh"}, rest)
	p.view.Entrypoint = slices.Concat([]string{java, read + file}, rest)
	p.plan.Decide("cache of the JVM", file, "--"+cacheKey, "asked for; the build starts the application once, up to the end of its start, which must not want a database")
	return nil
}
