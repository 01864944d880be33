package java

import (
	"strings"

	"github.com/dockgen/dockgen/internal/plan"
)

// Name is the name of the stack.
const Name = "java"

// cacheKey is the option that fills a cache for the JVM.
const cacheKey = "jvm-cache"

// Stack is what Java and Kotlin contribute.
func Stack() plan.Stack {
	return plan.Stack{
		Name:    Name,
		Markers: []string{"pom.xml", "build.gradle", "build.gradle.kts"},
		Workspaces: []plan.Workspace{
			{Marker: "pom.xml", Members: mavenMembers},
			{Marker: "settings.gradle", Members: gradleMembers},
			{Marker: "settings.gradle.kts", Members: gradleMembers},
		},
		Runtimes: []string{"slim", "distroless", "alpine", "jlink"},
		Flavours: map[string]string{"jlink": "a JVM cut to size; no shell"},
		Options:  []plan.Option{{Key: cacheKey, Kind: plan.Switch, Doc: "fills a cache for the JVM while building, for a faster start"}},
		Detect:   Detect,
		Plan:     Plan,
		Starter:  starter,
	}
}

// jdkImage holds every JDK and JRE; its builds are the same in each variant.
const jdkImage = "eclipse-temurin"

// suites are the Ubuntu releases that images with a JDK are made on, in the order in
// which they are asked for: noble has every JDK and both build tools.
var suites = []string{"noble", "jammy", "focal", ""}

// ubuntu names the variant of a tag on one of the suites.
func ubuntu(variant, suite string) string {
	if suite == "" {
		return variant
	}
	return variant + "-" + suite
}

// runtime is one flavour of what the image runs on: values, no decisions. What its image
// is like is the catalog's to say.
type runtime struct {
	image   string // with %d for the major version of Java
	variant string // of the tag, for images with versions
	tag     string // the tag itself, for images without
	reason  string
	java    string // the program
	home    string // where a runtime made by jlink is copied to
	lowest  int    // the first Java that it has
	size    string // of examples/java-spring-boot, as its README has it, or none
}

var runtimes = map[string]runtime{
	"slim": {
		image: jdkImage, variant: "jre",
		reason: "a JRE on Ubuntu, with a shell and curl",
		java:   "java",
		lowest: 8,
		size:   "288 MB",
	},
	"distroless": {
		image: "gcr.io/distroless/java%d-debian13", tag: "nonroot",
		reason: "a JRE without a shell",
		java:   "java",
		lowest: 17,
		size:   "186 MB",
	},
	"alpine": {
		image: jdkImage, variant: "jre-alpine-3.24",
		reason: "a JRE for musl, with BusyBox",
		java:   "java",
		lowest: 8,
	},
	"jlink": {
		image: "gcr.io/distroless/base-debian13", tag: "nonroot",
		reason: "the modules of the JDK that the application uses, and a C library",
		java:   "/opt/jre/bin/java",
		home:   "/opt/jre",
		lowest: 17, // the first in long-term support whose jlink leaves out what is here left out
		size:   "110 MB",
	},
}

// fontsImage is the base of a runtime made by jlink where the application draws text.
const fontsImage = "gcr.io/distroless/java-base-debian13"

// tomcatImage runs a plain war.
const tomcatImage = "tomcat"

// asks are the ways of a health check, by what the image asks with.
var asks = map[string]func(l plan.Listener, path string, must bool) []string{"curl": curlHealth, "busybox": busyboxHealth, "bash": bashHealth}

// bashHealth asks with bash alone, which sees whether an answer is well, or comes at all.
func bashHealth(l plan.Listener, path string, must bool) []string {
	if !must {
		path = ""
	}
	l.HTTP = true // no other servers are known
	return plan.BashHealth(l, path)
}

// curlHealth asks with what the JRE's Ubuntu image has. Where the path must answer well,
// an error status is one of the check too.
func curlHealth(l plan.Listener, path string, must bool) []string {
	options := "-sS"
	if must {
		options = "-fsS"
	}
	return asked(l, "curl", options, "-o", "/dev/null", "http://127.0.0.1:{port}"+path)
}

// busyboxHealth asks with what Alpine has; its wget takes every error status for one.
func busyboxHealth(l plan.Listener, path string, must bool) []string {
	if !must {
		l.HTTP = true // no other servers are known
		return plan.BusyboxHealth(l, "")
	}
	return asked(l, "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:{port}"+path)
}

// asked lets a shell expand the port where a variable names it.
func asked(l plan.Listener, words ...string) []string {
	before, port := l.Shell()
	for i := range words {
		words[i] = strings.ReplaceAll(words[i], "{port}", port)
	}
	if !strings.HasPrefix(port, "$") {
		return words
	}
	return []string{"sh", "-c", before + "exec " + strings.Join(words, " ")}
}

// nativeLibraries are dependencies that bring machine code for glibc and none for musl.
//
// Sources: the published jars of the versions current in August 2026.
var nativeLibraries = []string{
	"com.microsoft.onnxruntime:onnxruntime",
	"org.tensorflow:",
	"org.bytedeco:",
	"org.conscrypt:",
	"ai.djl.",
	"com.microsoft.playwright:",
	"io.netty:netty-tcnative-boringssl-static",
}

// fontLibraries are dependencies that draw text and ask the system for fonts.
var fontLibraries = []string{
	"net.sf.jasperreports:",
	"org.apache.poi:",
	"org.apache.pdfbox:",
	"com.github.librepdf:openpdf",
	"com.itextpdf:",
	"org.apache.xmlgraphics:",
	"org.jfree:",
	"net.coobird:thumbnailator",
	"com.google.zxing:javase",
	"com.openhtmltopdf:",
	"org.xhtmlrenderer:",
}

// moduleFloor are modules that applications reach by reflection or by service loading,
// where no jar names them: naming and management of application servers, security
// providers, time zones of other file systems.
var moduleFloor = []string{
	"java.instrument",
	"java.management",
	"java.naming",
	"java.net.http",
	"java.security.jgss",
	"java.security.sasl",
	"java.sql",
	"java.xml",
	"jdk.crypto.ec",
	"jdk.jfr",
	"jdk.management",
	"jdk.naming.dns",
	"jdk.net",
	"jdk.unsupported",
	"jdk.zipfs",
}

// sizes lists what one application comes to on each flavour, as far as it was measured.
func sizes() string {
	var list []string
	for _, name := range Stack().Runtimes {
		if size := runtimes[name].size; size != "" {
			list = append(list, name+" "+size)
		}
	}
	return strings.Join(list, ", ")
}
