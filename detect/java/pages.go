package java

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// nodeBuilders are plugins of Maven and Gradle that build a front end themselves, with a
// Node.js that they download.
var nodeBuilders = []string{"frontend-maven-plugin", "com.github.node-gradle.node", "org.siouan.frontend-jdk8", "org.siouan.frontend-jdk11", "org.siouan.frontend-jdk17", "org.siouan.frontend-jdk21", "quarkus-quinoa"}

// statics are folders of resources that frameworks give browsers:
// https://docs.spring.io/spring-boot/reference/web/servlet.html#web.servlet.spring-mvc.static-content,
// https://quarkus.io/guides/http-reference.
var statics = []string{"static", "public", "META-INF/resources", "resources"}

// Pages implements [detect.Server]: what the build takes from the output of a front end,
// the folders of resources that a front end may be built into, and those that the program
// serves from the disk.
func (d Detail) Pages() []detect.Pages {
	pages := slices.Clone(d.Build.Pages)
	for _, m := range d.Build.Modules {
		for _, name := range statics {
			pages = append(pages, detect.Pages{Dir: path.Join(m.Dir, "src/main/resources", name), Optional: true, At: d.Build.At})
		}
	}
	for i := range pages {
		pages[i].Embedded, pages[i].Does = true, "takes along"
		pages[i].Made = d.Build.Node.Value != ""
	}
	for _, s := range d.Served {
		pages = append(pages, detect.Pages{Dir: s.Dir, Certain: detect.IsOutput(s.Dir), At: s.At})
	}
	return pages
}

// page remembers a folder that the build names and that a front end is built into: below
// a package.json, called as what a build leaves, and not kept by git. Where a module puts
// what it makes by itself is no such folder.
func (o outlook) page(name string, where detect.Evidence) {
	if !detect.IsOutput(name) || o.tree.Held(name) > detect.Stub || o.makes(name) {
		return
	}
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if o.tree.Has(path.Join(dir, "package.json")) {
			break
		}
		if dir == "." {
			return
		}
	}
	if !slices.ContainsFunc(o.build.Pages, func(p detect.Pages) bool { return detect.Inside(name, p.Dir) }) {
		o.build.Pages = append(o.build.Pages, detect.Pages{Dir: name, Certain: true, At: where})
	}
}

// makes says whether a file or folder lies where Maven or Gradle put what they make of the
// module whose script stands nearest above, without a package.json between.
func (o outlook) makes(name string) bool {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		switch {
		case o.tree.Has(path.Join(dir, "package.json")):
			return false
		case slices.ContainsFunc([]string{"build.gradle", "build.gradle.kts", "pom.xml"}, func(script string) bool { return o.tree.Has(path.Join(dir, script)) }):
			below, _ := detect.Below(dir, name)
			first, _, _ := strings.Cut(below, "/")
			return first == "build" || first == "target"
		case dir == ".":
			return false
		}
	}
}
