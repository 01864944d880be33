package java

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// boot is an application of Spring Boot with a setting of its pom.
// cached asks for a cache of the JVM.
var cached = plan.Own{cacheKey: {Kind: plan.Switch, Words: []string{"true"}}}

func boot(version, more string) string {
	return "-- pom.xml --\n<project><artifactId>app</artifactId><version>1</version>" +
		"<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>" + version + "</version></parent>" + more +
		"<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>\n-- src/main/java/A.java --\nclass A {}\n"
}

const (
	web = "<dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>"
	jar = "-- pom.xml --\n<project><artifactId>app</artifactId><version>1</version><properties><mainClass>A</mainClass></properties></project>\n-- src/main/java/A.java --\nclass A {}\n"
	war = "-- pom.xml --\n<project><artifactId>app</artifactId><version>1</version><packaging>war</packaging></project>\n-- src/main/java/A.java --\nclass A {}\n"
)

// planned detects the one service of a tree and plans it.
func planned(t *testing.T, tree string, overrides plan.Overrides) (plan.Plan, error) {
	t.Helper()
	found, err := Detect(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(tree))), detect.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Services) != 1 {
		t.Fatalf("%d services: %v", len(found.Services), found.Problems)
	}
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	return Plan(plan.Input{Service: found.Services[0], Catalog: images, Overrides: overrides})
}

// printed is the Dockerfile of a plan.
func printed(t *testing.T, p plan.Plan) string {
	t.Helper()
	set, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	data, err := p.Print(set)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// TestRefusals holds what an answer of the user cannot change, with the reason.
func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name, tree string
		overrides  plan.Overrides
		want       string
	}{
		{"too old a Java", boot("3.5.0", "<properties><java.version>21</java.version></properties>"), plan.Overrides{LangVersion: "17"}, "--lang-version 17: pom.xml:1: java.version 21"},
		{"no Java", jar, plan.Overrides{LangVersion: "x"}, "--lang-version x: not a version such as 21 or 25"},
		{"a Java of the future", jar, plan.Overrides{LangVersion: "98"}, ""},
		{"distroless for Java 11", jar, plan.Overrides{LangVersion: "11", Runtime: "distroless"}, "--runtime distroless: there is none for Java 11, the first is 17"},
		{"no such runtime", jar, plan.Overrides{Runtime: "scratch"}, "--runtime scratch: a java service runs on slim, distroless, alpine, jlink"},
		{"glibc on Alpine", strings.Replace(jar, "</properties>", "</properties><dependencies><dependency><groupId>org.conscrypt</groupId><artifactId>conscrypt-openjdk-uber</artifactId></dependency></dependencies>", 1),
			plan.Overrides{Runtime: "alpine"}, "--runtime alpine: pom.xml:1: org.conscrypt:conscrypt-openjdk-uber brings machine code for glibc, which Alpine does not have"},
		{"a war on distroless", war, plan.Overrides{Runtime: "distroless"}, "--runtime distroless: pom.xml:1: a war runs in Tomcat's image, which there is as slim only"},
		{"a war by a command", war, plan.Overrides{Command: []string{"java"}}, "--command java: a war is run by its servlet container"},
		{"a cache of a plain jar", jar, plan.Overrides{Own: cached}, "--jvm-cache true: only Spring Boot from 3.3 on ends by itself once it has started, which filling the cache takes"},
		{"a cache for jlink's Java 17", boot("3.5.0", ""), plan.Overrides{Own: cached, Runtime: "jlink"}, "--jvm-cache true: a runtime made by jlink has the base of such a cache from Java 25 on; this is 17"},
		{"jlink of an archive that is left whole", boot("2.2.0.RELEASE", ""), plan.Overrides{Runtime: "jlink", LangVersion: "17"}, "--runtime jlink: pom.xml:1: the modules that it uses cannot be seen inside an archive that is left whole"},
		{"a command that is not Java", jar, plan.Overrides{Command: []string{"sh", "-c", "x"}}, "--command sh -c x: it has to begin with java"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := planned(t, c.tree, c.overrides)
			if err == nil {
				t.Fatal("it is taken")
			}
			if c.want != "" && err.Error() != c.want {
				t.Errorf("got  %v\nwant %v", err, c.want)
			}
		})
	}
}

// TestAnswers holds what an answer of the user changes in the last stage.
func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name, tree string
		overrides  plan.Overrides
		want       []string // lines of the Dockerfile
		without    string
	}{
		{"a port", boot("3.5.0", web), plan.Overrides{Port: 9000}, []string{"ENV SERVER_PORT=9000", "EXPOSE 9000"}, "8080"},
		{"a command", jar, plan.Overrides{Command: []string{"java", "-cp", "app.jar:lib/*", "B", "x"}}, []string{`ENTRYPOINT ["java", "-cp", "app.jar:lib/*", "B", "x"]`}, `"A"`},
		{"no tests", jar, plan.Overrides{NoTestStage: true}, nil, "AS test"},
		{"credentials", jar, plan.Overrides{Private: []string{"nexus.example.com"}}, []string{
			"RUN --mount=type=cache,target=/root/.m2/repository,sharing=locked \\", "    --mount=type=secret,id=maven_settings,target=/root/.m2/settings.xml \\",
		}, "target=/root/.m2,"},
		{"a cache by class data", boot("3.5.0", ""), plan.Overrides{Own: cached}, []string{
			`RUN ["java", "-XX:ArchiveClassesAtExit=/tmp/app.jsa", "-Dspring.context.exit=onRefresh", "-jar", "app.jar"]`,
			"COPY --link --from=cache /tmp/app.jsa ./", `ENTRYPOINT ["java", "-XX:SharedArchiveFile=app.jsa", "-jar", "app.jar"]`,
		}, "USER 10001:10001\n\n"},
		{"a cache for jlink", boot("3.5.0", ""), plan.Overrides{Own: cached, Runtime: "jlink", LangVersion: "25"}, []string{
			`RUN ["/opt/jre/bin/java", "-XX:AOTCacheOutput=/tmp/app.aot", "-Dspring.context.exit=onRefresh", "-jar", "app.jar"]`,
		}, ""},
		{"fonts", boot("3.5.0", "<dependencies><dependency><groupId>org.apache.pdfbox</groupId><artifactId>pdfbox</artifactId></dependency></dependencies>"),
			plan.Overrides{Runtime: "jlink"}, []string{"FROM gcr.io/distroless/java-base-debian13:nonroot AS runtime"}, "debian13/base"},
		{"Java 8", jar, plan.Overrides{LangVersion: "8"}, []string{"FROM eclipse-temurin:8u502-b07-jre-noble AS runtime"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := planned(t, c.tree, c.overrides)
			if err != nil {
				t.Fatal(err)
			}
			text := printed(t, p)
			for _, line := range c.want {
				if !strings.Contains(text, line+"\n") {
					t.Errorf("no line %q in\n%s", line, text)
				}
			}
			if c.without != "" && strings.Contains(text, c.without) {
				t.Errorf("%q in\n%s", c.without, text)
			}
		})
	}
}

// TestPlatforms holds that what belongs to one JVM is made on its platform, and bytecode
// on the builder's.
func TestPlatforms(t *testing.T) {
	p, err := planned(t, boot("3.5.0", ""), plan.Overrides{Runtime: "jlink", Platforms: []string{"linux/amd64", "linux/arm64"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for line := range strings.Lines(printed(t, p)) {
		if rest, ok := strings.CutPrefix(line, "FROM "); ok && strings.Contains(rest, ":") {
			got = append(got, strings.TrimSpace(rest))
		}
	}
	want := []string{
		"--platform=$BUILDPLATFORM maven:3.9.16-eclipse-temurin-17-noble AS deps",
		"eclipse-temurin:17.0.20_8-jdk-noble AS jre",
		"gcr.io/distroless/base-debian13:nonroot AS runtime",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("stages from elsewhere (-want +got):\n%s", diff)
	}
}

// seen lists the files of a tree that the ignore file of a service lets through.
func seen(t *testing.T, service detect.Service, archive *txtar.Archive) []string {
	t.Helper()
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Plan(plan.Input{Service: service, Catalog: images})
	if err != nil {
		t.Fatal(err)
	}
	set, err := templates.Load()
	if err != nil {
		t.Fatal(err)
	}
	text, err := set.Render(p.Ignore.Name, p.Ignore.Data)
	if err != nil {
		t.Fatal(err)
	}
	ignore, err := dockerfile.ParseIgnore(text)
	if err != nil {
		t.Fatal(err)
	}
	var files []string
	for _, f := range archive.Files {
		if detect.Inside(f.Name, p.Context) && !ignore.Hides(detect.From(p.Context, f.Name)) {
			files = append(files, f.Name)
		}
	}
	return files
}

// TestContext holds that a build sees the manifests of all modules, the sources of its
// closure and what those name, and nothing else: an edit elsewhere builds nothing.
func TestContext(t *testing.T) {
	archives, err := filepath.Glob("testdata/context/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			found, err := Detect(t.Context(), detecttest.Tree(t, archive), detect.Answers{})
			if err != nil || len(found.Services) != 1 {
				t.Fatalf("%d services, %v, %v", len(found.Services), found.Problems, err)
			}
			if diff := cmp.Diff(strings.Fields(string(archive.Comment)), seen(t, found.Services[0], archive)); diff != "" {
				t.Errorf("files that the build sees (-want +got):\n%s", diff)
			}
		})
	}
}

// TestMembers holds which folders a workspace lists.
func TestMembers(t *testing.T) {
	for _, c := range []struct {
		name string
		read func([]byte) ([]string, error)
		text string
		want []string
	}{
		{"modules, those of profiles too", mavenMembers, "<project><modules><module>a</module><module>b/pom.xml</module></modules><profiles><profile><modules><module>c</module></modules></profile></profiles></project>", []string{"c", "a", "b"}},
		{"projects", gradleMembers, "include 'a', ':b:c'\ninclude(\"d\")", []string{"a", "b/c", "d"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := c.read([]byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("members (-want +got):\n%s", diff)
			}
		})
	}
}

// TestPropertiesGrow holds that properties that multiply each other take no time: each of
// these says the next one ten times.
func TestPropertiesGrow(t *testing.T) {
	var b strings.Builder
	b.WriteString("-- pom.xml --\n<project><artifactId>app</artifactId><version>${a}</version><properties><mainClass>A</mainClass>")
	for c := 'a'; c < 'p'; c++ {
		b.WriteString("<" + string(c) + ">" + strings.Repeat("${"+string(c+1)+"}", 10) + "</" + string(c) + ">")
	}
	b.WriteString("<p></p></properties></project>\n-- src/main/java/A.java --\nclass A {}\n")
	found, err := Detect(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(b.String()))), detect.Answers{})
	if err != nil || len(found.Services) != 1 {
		t.Fatalf("%d services, %v, %v", len(found.Services), found.Problems, err)
	}
	if got := found.Services[0].Detail.(Detail).Program.File; got != "target/app-*.jar" {
		t.Errorf("the version is taken for %q", got)
	}
}

// TestJavaMajor holds how files write a version of Java.
func TestJavaMajor(t *testing.T) {
	for text, want := range map[string]int{
		"17": 17, "1.8": 8, "21.0.2": 21, "21.0.2-tem": 21, "temurin-21.0.2+13.0.LTS": 21, "openjdk64-11.0.2": 11, "graalvm-jdk-21.0.1": 21,
		"22.3.r17-grl": 17, "zulu-8.86": 8, "1.8.0_302": 8, "corretto-17": 17, "": 0, "latest": 0, "3": 0, "17 # x": 0, "100": 0,
	} {
		if got, _ := javaMajor(text); got != want {
			t.Errorf("javaMajor(%q) = %d, want %d", text, got, want)
		}
	}
}

// TestServedFromDisk copies what a front end makes to where the program looks from its
// working folder.
func TestServedFromDisk(t *testing.T) {
	found, err := Detect(t.Context(), detecttest.Tree(t, txtar.Parse([]byte(jar+"-- src/main/java/B.java --\nimport io.javalin.Javalin;\nclass B { void m(C c) { c.staticFiles.add(\"ui/dist\", Location.EXTERNAL); } }\n-- ui/package.json --\n{}\n"))), detect.Answers{})
	if err != nil || len(found.Services) != 1 {
		t.Fatal(found, err)
	}
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	p, err := Plan(plan.Input{Service: found.Services[0], Catalog: images, Brought: []plan.Brought{{Made: plan.Made{Stage: "frontend", Path: "/app/dist"}, Dir: "ui", To: "ui/dist"}}})
	if err != nil {
		t.Fatal(err)
	}
	if text := printed(t, p); !strings.Contains(text, "\nCOPY --from=frontend /app/dist /app/ui/dist\n") {
		t.Errorf("no copy of the pages in\n%s", text)
	}
}
