package project

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// projectFile describes a project of Nx, which need not have a package.json
// (https://nx.dev/reference/project-configuration).
const projectFile = "project.json"

// Nx is what the build target of an Nx project makes. Paths are from the workspace.
type Nx struct {
	Output  string // the folder that the build makes
	Main    string // the file that a program for Node.js begins with
	Program string // the file that starts; empty for a site
	Site    string // the framework that makes a site of the folder Output; empty for a program
	At      detect.Evidence
}

// nx adds the projects that have no package.json as packages of their workspace,
// and to those that have one, and no build script, what Nx makes of them. A broken file is
// a problem of its folder.
func (r *Repository) nx() {
	for _, file := range r.Tree.Named(projectFile) {
		dir := path.Dir(file)
		root, ok := r.nxRoot(dir)
		_, aside := detect.Aside(dir)
		own, has := r.Packages[dir]
		if !ok || aside || own.Project != nil {
			continue
		}
		v, err := r.json(file)
		if err != nil {
			r.fail(dir, err)
			continue
		}
		reading := &reader{file: file}
		project, application := reading.project(v, dir)
		if reading.err != nil {
			r.fail(dir, reading.err)
			continue
		}
		switch {
		case has:
			own.Target = reading.name(v, dir)
			if dir == root || !own.HasScript(own.BuildScript()) && !own.HasScript("start") {
				own.Project = project
			}
			if own.Project != nil && len(own.Dependencies) == 0 && dir != root { // those of the workspace are its own
				own.Dependencies, own.Virtual = r.Packages[root].Dependencies, true
				r.owner[dir] = root
			}
			r.Packages[dir] = own
		case !application:
			r.Others = append(r.Others, detect.Other{Dir: dir, Stack: Stack, Reason: "a project of Nx that is no application", Evidence: []detect.Evidence{{File: file}}})
		default:
			r.Packages[dir] = Package{Dir: dir, File: file, Name: reading.name(v, dir), Target: reading.name(v, dir), Dependencies: r.Packages[root].Dependencies, Project: project, Virtual: true}
			r.owner[dir] = root
		}
	}
}

// nxRoot is the nearest folder above that has both nx.json and a package.json.
func (r *Repository) nxRoot(dir string) (string, bool) {
	for ; ; dir = path.Dir(dir) {
		if _, ok := r.Packages[dir]; ok && r.Tree.Has(path.Join(dir, "nx.json")) {
			return dir, true
		}
		if dir == "." {
			return "", false
		}
	}
}

// executors are those that say what they make; of the builders of webpack and Rspack their
// target says it. Below is where in the output folder a site stands
// (https://nx.dev/nx-api, the schema of each executor).
var executors = map[string]struct{ site, below string }{
	"@nx/esbuild:esbuild": {}, "@nx/js:tsc": {}, "@nx/js:swc": {}, "@nx/node:webpack": {},
	"@nx/vite:build": {site: "vite"}, "@nx/angular:webpack-browser": {site: "angular"}, "@nx/angular:browser-esbuild": {site: "angular"},
	"@angular-devkit/build-angular:browser": {site: "angular"}, "@angular-devkit/build-angular:browser-esbuild": {site: "angular"},
	"@nx/angular:application": {"angular", "browser"}, "@angular-devkit/build-angular:application": {"angular", "browser"}, "@angular/build:application": {"angular", "browser"},
}

// project reads what the build target makes, nil where its executor does not say it, and
// whether the project is an application.
func (r *reader) project(v value, dir string) (made *Nx, application bool) {
	r.want(v, projectFile, isObject)
	if r.text(v, "projectType").Value != "application" {
		return nil, false
	}
	build := v.at("targets", "build")
	executor := strings.Replace(r.text(build, "executor").Value, "@nrwl/", "@nx/", 1)
	options := build.get("options")
	makes, known := executors[executor]
	if strings.HasSuffix(executor, ":webpack") || strings.HasSuffix(executor, ":rspack") {
		target := options.get("target").text
		known = known || target == "node" || target == "web" || options.get("compiler").text == "tsc"
		if target == "web" {
			makes.site = "webpack"
		}
	}
	out := options.get("outputPath")
	if base := out.get("base"); base.text != "" { // Angular's, by what browsers and servers get
		out = base
	}
	p := Nx{Output: path.Clean(out.text), Main: path.Clean(options.get("main").text), Site: makes.site, At: r.name(v, dir).At}
	if !known || out.text == "" || !PlainPath.MatchString(p.Output) || p.Output == "." {
		return nil, true
	}
	switch server := options.get("ssr"); {
	case p.Site == "angular" && (server.text == "true" || server.get("entry").text != "") && options.get("outputMode").text != "static":
		p.Site, p.Program, p.Main = "", path.Join(p.Output, "server/server.mjs"), path.Clean(server.get("entry").text)
	case p.Site != "":
		p.Output = path.Join(p.Output, makes.below)
	case !PlainPath.MatchString(p.Main) || p.Main == ".":
		return nil, true
	default:
		base := path.Base(p.Main)
		p.Program = path.Join(p.Output, strings.TrimSuffix(base, path.Ext(base))+".js")
	}
	return &p, true
}

// name is that of the project, by default that of its folder.
func (r *reader) name(v value, dir string) Text {
	if name := r.text(v, "name"); name.Value != "" {
		return name
	}
	return Text{path.Base(dir), detect.Evidence{File: r.file}}
}

// PlainPath is a path that means the same to every reader of an ignore file and of a shell:
// letters, digits and few signs, and none that begins with one.
var PlainPath = pattern.New(`^[A-Za-z0-9@][A-Za-z0-9@._/-]*$|^\.[A-Za-z0-9][A-Za-z0-9._/-]*$`)
