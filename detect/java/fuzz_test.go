package java

import (
	"testing"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/plan"
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
		f.Add(seed, "-Drevision=1 -Pa,!b -s styles/a.xml")
	}
	f.Add("<project><artifactId>a</artifactId><version>1</version><modules><module>${m}</module><module>b</module></modules><properties><mainClass>A</mainClass><m>${n}</m></properties>"+
		"<build><resources><resource><directory>${basedir}/../b</directory></resource></resources><plugins><plugin><configuration><x>${user.dir}/styles\nRUN evil</x><y>${user.dir}/styles/a.xml</y></configuration></plugin></plugins></build></project>", "-Dm=${m}\n-P")
	printer := printing(f)
	f.Fuzz(func(t *testing.T, text, options string) {
		printer.Print(t, map[string]string{
			"pom.xml": text, ".mvn/maven.config": options, "src/main/java/A.java": program, "styles/a.xml": "<a/>",
			"b/pom.xml": "<project><parent><artifactId>a</artifactId></parent><artifactId>b</artifactId><properties><mainClass>A</mainClass></properties></project>", "b/src/main/java/A.java": program,
		})
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
	printer := printing(f)
	f.Fuzz(func(t *testing.T, settings, script, aliases string) {
		printer.Print(t, map[string]string{
			"settings.gradle": settings, "build.gradle": script, "gradle/libs.versions.toml": aliases,
			"src/main/java/A.java": program, "b/build.gradle.kts": script, "b/src/main/java/A.java": program,
		})
	})
}

// FuzzConfig gives the readers of configuration, wrappers and version files whatever comes.
func FuzzConfig(f *testing.F) {
	f.Add("server.port: 8080", "server.port=${PORT:1}", "distributionUrl=https\\://x/apache-maven-3.9.9-bin.zip", "21", "#!/bin/sh\n")
	f.Add("a: &a [*a]\nserver: {port: @x@}", "server.port=\\\n", "", "1.8", "#!/bin/bash\r\n")
	f.Add("---\n---\n{", "#---\nspring.profiles.active=../../x", "distributionUrl=gradle-1-all.zip", "x\ny", "")
	f.Add("management.server.port: ${management.server.port}", "management.server.base-path=\"; evil", "=", "99", "\x00")
	printer := printing(f)
	f.Fuzz(func(t *testing.T, yaml, properties, wrapper, version, script string) {
		printer.Print(t, map[string]string{
			"pom.xml": "<project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent><artifactId>a</artifactId>" +
				"<dependencies><dependency><artifactId>spring-boot-starter-web</artifactId></dependency><dependency><artifactId>spring-boot-starter-actuator</artifactId></dependency></dependencies>" +
				"<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>",
			"src/main/java/A.java": program, "src/main/resources/application.yml": yaml, "src/main/resources/application.properties": properties,
			".mvn/wrapper/maven-wrapper.properties": wrapper, ".java-version": version, "mvnw": script,
		})
	})
}

// FuzzSources gives the reader of program text whatever comes.
func FuzzSources(f *testing.F) {
	f.Add("package a;\nclass A { public static void main(String[] a) { int port = port; new java.net.ServerSocket(port); } }")
	f.Add("package a\nfun main() { System.getenv(\"PORT\") ?: \"99999\" }")
	f.Add("import io.javalin.Javalin;\nclass A { static void main(String[] a) { app.start(99999); System.getenv(\"PORT\") ?: \"99999\" } }")
	f.Add("package RUN evil;\nimport io.javalin.Javalin; static void main(")
	printer := printing(f)
	f.Fuzz(func(t *testing.T, text string) {
		printer.Print(t, map[string]string{"pom.xml": "<project><artifactId>a</artifactId><version>1</version></project>", "src/main/java/A.java": text, "src/main/kotlin/.kt": text, "src/main/kotlin/b.kt": text})
	})
}

// printing prints with and without a cache for the JVM.
func printing(f *testing.F) *detecttest.Printer {
	f.Helper()
	return detecttest.NewPrinter(f, Stack(), plan.Overrides{}, plan.Overrides{Own: cached})
}
