package project

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// projectFile describes a project of Nx, which need not have a package.json
// (https://nx.dev/reference/project-configuration).
const projectFile = "project.json"

// Nx is what the build target of an Nx project makes of a program for
// Node.js. Paths are from the workspace.
type Nx struct {
	Name   string
	Output string // the folder that the build makes
	Main   string // the file that it begins with
	At     detect.Evidence
}

// Program is the file that starts, as the executors for Node.js name it.
func (p Nx) Program() string {
	base := path.Base(p.Main)
	return path.Join(p.Output, strings.TrimSuffix(base, path.Ext(base))+".js")
}

// nx adds the projects that have no package.json as packages of their workspace,
// and to the workspace's own package its project. A broken file is a problem of
// its folder.
func (r *Repository) nx() {
	for _, file := range r.Tree.Named(projectFile) {
		dir := path.Dir(file)
		root, ok := r.nxRoot(dir)
		_, aside := detect.Aside(dir)
		if own, has := r.Packages[dir]; !ok || aside || has && dir != root || own.Project != nil {
			continue
		}
		v, err := r.json(file)
		if err != nil {
			r.fail(dir, err)
			continue
		}
		reading := &reader{file: file}
		project := reading.project(v, dir)
		if reading.err != nil {
			r.fail(dir, reading.err)
			continue
		}
		if dir == root {
			p := r.Packages[root]
			p.Project = project
			r.Packages[root] = p
			continue
		}
		if project == nil {
			r.Others = append(r.Others, detect.Other{Dir: dir, Stack: Stack, Reason: "a project of Nx without a build target that makes a program for Node.js", Evidence: []detect.Evidence{{File: file}}})
			continue
		}
		p := r.Packages[root]
		r.Packages[dir] = Package{Dir: dir, File: file, Name: Text{project.Name, project.At}, Dependencies: p.Dependencies, Project: project, Virtual: true}
		r.owner[dir] = root
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

// forNode are executors, or the ends of their names, that make programs for
// Node.js; those that make others as well say so by an option.
var forNode = []string{"@nx/esbuild:esbuild", "@nx/js:tsc", "@nx/js:swc", "@nrwl/node:webpack", "@nx/node:webpack", "@nrwl/esbuild:esbuild", "@nrwl/js:tsc", "@nrwl/js:swc"}

// project reads the build target, if it makes a program for Node.js.
func (r *reader) project(v value, dir string) *Nx {
	r.want(v, projectFile, isObject)
	build := v.at("targets", "build")
	executor := r.text(build, "executor").Value
	options := build.get("options")
	if kind := r.text(v, "projectType").Value; kind != "application" {
		return nil
	}
	node := slices.Contains(forNode, executor) || strings.HasSuffix(executor, ":webpack") && (options.get("target").text == "node" || options.get("compiler").text == "tsc")
	p := Nx{Name: r.text(v, "name").Value, Output: path.Clean(options.get("outputPath").text), Main: path.Clean(options.get("main").text), At: r.at(v.get("name").line)}
	if p.Name == "" {
		p.Name = path.Base(dir)
	}
	if !node || !PlainPath.MatchString(p.Output) || !PlainPath.MatchString(p.Main) || p.Output == "." || p.Main == "." {
		return nil
	}
	return &p
}

// PlainPath is a path that means the same to every reader of an ignore file and of a shell:
// letters, digits and few signs, and none that begins with one.
var PlainPath = pattern.New(`^[A-Za-z0-9@][A-Za-z0-9@._/-]*$|^\.[A-Za-z0-9][A-Za-z0-9._/-]*$`)
