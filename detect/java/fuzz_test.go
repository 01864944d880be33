package java

import (
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

const program = "class A { public static void main(String[] args) {} }\n"

// FuzzPom gives the reader of poms whatever comes: it answers with a position in the file
// or with an application whose Dockerfile has the same instructions as any other's.
func FuzzPom(f *testing.F) {
	for _, seed := range []string{
		"<project><artifactId>a</artifactId><version>1</version></project>",
		"", "<project>", "<!DOCTYPE a [<!ENTITY b 'c'>]><project/>", "<project><artifactId>a&#10;RUN evil</artifactId></project>",
		"<project><artifactId>a</artifactId><properties><a>${b}</a><b>${a}</b><mainClass>A</mainClass></properties><version>${a}</version></project>",
		"<project><artifactId>a</artifactId><build><finalName>${project.build.finalName}</finalName><directory>${project.build.directory}/../..</directory></build><properties><mainClass>A</mainClass></properties></project>",
		"<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent><artifactId>a'b</artifactId><build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId><configuration><classifier>$(id)</classifier></configuration></plugin></plugins></build></project>",
		"<project><artifactId>a</artifactId><packaging>war</packaging><modules><module>.</module><module>../b</module></modules></project>",
		"<project><artifactId>a</artifactId><version>1</version><repositories><repository><url>https://a b/\nRUN evil</url></repository></repositories><properties><exec.mainClass>A</exec.mainClass></properties></project>",
		"<project><artifactId>a</artifactId><profiles><profile><activation><activeByDefault>true</activeByDefault></activation><modules><module>c</module></modules></profile></profiles></project>",
	} {
		f.Add(seed)
	}
	images, set := printing(f)
	f.Fuzz(func(t *testing.T, text string) {
		found := inspect(t, map[string]string{"pom.xml": text, "src/main/java/A.java": program})
		for _, s := range found.Services {
			holds(t, s, images, set)
		}
	})
}

// FuzzGradle gives the reader of Gradle's scripts and its catalog whatever comes.
func FuzzGradle(f *testing.F) {
	f.Add("rootProject.name = 'a'\ninclude 'b'", "plugins { id 'application' }\napplication { mainClass = 'A' }", "[versions]\na = '1'")
	f.Add("include(\":b\")\nproject(\":b\").projectDir = file(\"../x\")", "plugins { alias(libs.plugins.boot) }", "[plugins]\nboot = { id = \"org.springframework.boot\", version = \"3.5.0\" }")
	f.Add("include '\n'", "plugins { id(\"org.springframework.boot\") version \"${v}\" apply false }\nval v = \"$v\"", "[versions")
	f.Add("includeBuild '.'", "apply from: 'build.gradle'\napply plugin: 'war'", "")
	f.Add("`` = 1\nval x = ``", "mainClassName = ``\nsourceCompatibility = ``\nplugins { `` }", "")
	f.Add("{{{{", "java { toolchain { languageVersion = JavaLanguageVersion.of(17) } } } } plugins { application }", "[libraries]\na = 3")
	f.Add("\"\"\"", "/* x */ tasks.named<BootJar>(\"bootJar\") { archiveFileName.set(\"a b\nRUN evil\") }\nplugins{id 'org.springframework.boot'}", "[bundles]\na = ['b']")
	f.Add("rootProject.name = \"x\nRUN\"", "repositories { maven { credentials { username = System.getenv(\"A B\") } } }\nplugins { application }", "a = 1")
	images, set := printing(f)
	f.Fuzz(func(t *testing.T, settings, script, aliases string) {
		found := inspect(t, map[string]string{
			"settings.gradle": settings, "build.gradle": script, "gradle/libs.versions.toml": aliases,
			"src/main/java/A.java": program, "b/build.gradle.kts": script, "b/src/main/java/A.java": program,
		})
		for _, s := range found.Services {
			holds(t, s, images, set)
		}
	})
}

// FuzzConfig gives the readers of configuration, wrappers and version files whatever comes.
func FuzzConfig(f *testing.F) {
	f.Add("server.port: 8080", "server.port=${PORT:1}", "distributionUrl=https\\://x/apache-maven-3.9.9-bin.zip", "21", "#!/bin/sh\n")
	f.Add("a: &a [*a]\nserver: {port: @x@}", "server.port=\\\n", "", "1.8", "#!/bin/bash\r\n")
	f.Add("---\n---\n{", "#---\nspring.profiles.active=../../x", "distributionUrl=gradle-1-all.zip", "x\ny", "")
	f.Add("management.server.port: ${management.server.port}", "management.server.base-path=\"; evil", "=", "99", "\x00")
	images, set := printing(f)
	f.Fuzz(func(t *testing.T, yaml, properties, wrapper, version, script string) {
		found := inspect(t, map[string]string{
			"pom.xml": "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent><artifactId>a</artifactId>" +
				"<dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies>" +
				"<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>",
			"src/main/java/A.java": program, "src/main/resources/application.yml": yaml, "src/main/resources/application.properties": properties,
			".mvn/wrapper/maven-wrapper.properties": wrapper, ".java-version": version, "mvnw": script,
		})
		for _, s := range found.Services {
			holds(t, s, images, set)
		}
	})
}

// FuzzSources gives the reader of program text whatever comes.
func FuzzSources(f *testing.F) {
	f.Add("package a;\nclass A { public static void main(String[] a) { int port = port; new java.net.ServerSocket(port); } }")
	f.Add("package a\nfun main() { System.getenv(\"PORT\") ?: \"99999\" }")
	f.Add("import io.javalin.Javalin;\nclass A { static void main(String[] a) { app.start(99999); System.getenv(\"PORT\") ?: \"99999\" } }")
	f.Add("package RUN evil;\nimport io.javalin.Javalin; static void main(")
	images, set := printing(f)
	f.Fuzz(func(t *testing.T, text string) {
		found := inspect(t, map[string]string{"pom.xml": "<project><artifactId>a</artifactId><version>1</version></project>", "src/main/java/A.java": text, "src/main/kotlin/.kt": text, "src/main/kotlin/b.kt": text})
		for _, s := range found.Services {
			holds(t, s, images, set)
		}
	})
}

// printing is what it takes to print a plan.
func printing(f *testing.F) (*catalog.Catalog, *templates.Set) {
	f.Helper()
	images, err := catalog.Embedded()
	if err != nil {
		f.Fatal(err)
	}
	set, err := templates.Load()
	if err != nil {
		f.Fatal(err)
	}
	return images, set
}

func inspect(t *testing.T, files map[string]string) detect.Findings {
	t.Helper()
	archive := &txtar.Archive{}
	for _, name := range sortedKeys(files) {
		archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(files[name])})
	}
	found, err := Detect(t.Context(), detecttest.Tree(t, archive), detect.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// holds plans and prints a service on every runtime, and wants a Dockerfile of the
// sequence that its template has.
func holds(t *testing.T, s detect.Service, images *catalog.Catalog, set *templates.Set) {
	t.Helper()
	for _, flavour := range Stack().Runtimes {
		for _, cached := range []bool{false, true} {
			p, err := Plan(plan.Input{Service: s, Catalog: images, Overrides: plan.Overrides{Runtime: flavour, JVMCache: cached}})
			if err != nil {
				continue
			}
			data, err := set.Render(p.Dockerfile.Name, p.Dockerfile.Data)
			if err != nil {
				t.Fatalf("render: %v", err)
			}
			if err := dockerfile.Check(data); err != nil {
				t.Fatalf("%v in\n%s", err, data)
			}
			if n := strings.Count(string(data), "\nENTRYPOINT "); n != 1 {
				t.Fatalf("%d entrypoints in\n%s", n, data)
			}
			if strings.Contains(string(data), "\nRUN evil") {
				t.Fatalf("an instruction of the project's in\n%s", data)
			}
		}
	}
}
