package service

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/script"
	"github.com/dockgen/dockgen/detect/node/source"
)

// Builds implements [detect.Site]: beside the build script, others that name a folder to
// build into, such as that of a back end for its release.
func (d Detail) Builds() []detect.Build {
	f := d.Framework
	if f.Kind != framework.Static || f.Problem != nil || slices.ContainsFunc(d.Closure[:max(0, len(d.Closure)-1)], func(c project.Package) bool { return detect.Inside(d.Package.Dir, c.Dir) }) {
		return nil // one that needs the package around it is built there
	}
	builds := []detect.Build{{Dir: path.Join(d.Package.Dir, f.Site.Root), At: f.Evidence}}
	for _, s := range d.Package.Scripts {
		steps, err := script.Expand(s.Name, s.Value, d.Package.Lookup)
		if err != nil || len(steps) == 0 || s.Name == "build" {
			continue
		}
		if out, ok := bundled(steps[len(steps)-1]); ok && out != "" {
			if dir := path.Join(d.Package.Dir, out); !strings.HasPrefix(dir, "..") && dir != builds[0].Dir {
				builds = append(builds, detect.Build{Dir: dir, Script: s.Name, At: []detect.Evidence{s.At}})
			}
		}
	}
	return builds
}

// Pages implements [detect.Server]: what the program gives browsers, but the folders that
// it writes into.
func (d Detail) Pages() (pages []detect.Pages) {
	for _, p := range d.Serves.Pages {
		if slices.ContainsFunc(d.Serves.Writes, func(w source.Folder) bool {
			return detect.Inside(p.Dir, path.Join(d.Package.Dir, w.Path)) && w.Path != "." && !path.IsAbs(w.Path)
		}) {
			continue
		}
		p.Made = d.makes(p)
		pages = append(pages, p)
	}
	return pages
}

// makes says whether the build of the service makes what it serves: that of a package of
// the repository that it needs, or its own.
func (d Detail) makes(p detect.Pages) bool {
	for _, c := range d.Closure[:len(d.Closure)-1] {
		if _, builds := c.Script("build"); builds && c.Dir != d.Workspace.Dir && detect.Inside(p.Dir, c.Dir) {
			return true
		}
	}
	below, ok := detect.Below(d.Package.Dir, p.Dir)
	if !ok || len(d.Framework.Artefacts) > 0 { // a framework's own
		return ok
	}
	if slices.ContainsFunc(d.within, func(dir string) bool { return detect.Inside(p.Dir, dir) }) {
		return true
	}
	if slices.ContainsFunc(d.PageScripts, func(s PageScript) bool { return detect.Inside(below, s.Output) }) {
		return true
	}
	folder, _, _ := strings.Cut(below, "/")
	return slices.ContainsFunc(d.Package.Builds(), func(s script.Step) bool {
		if ownStep(s) && s.Member == "" && detect.IsOutput(folder) {
			return true
		}
		out, ok := bundled(s)
		return ok && s.Dir == "" && s.Member == "" && (out == "" && detect.IsOutput(folder) || out != "" && detect.Inside(below, out))
	})
}

// builtWithin lists the packages below that the build script builds and that need the service's
// own, so that they are built where that is.
func (r *detector) builtWithin(d *Detail) {
	for _, s := range d.Package.Builds() {
		dir := path.Join(d.Package.Dir, s.Member)
		inner, ok := r.Packages[dir]
		if s.Member == "" || !ok || dir == d.Package.Dir || !detect.Inside(dir, d.Package.Dir) {
			continue
		}
		if project.Among(r.Closure(r.Workspace(inner), inner, true), d.Package) {
			d.within = append(d.within, dir)
		}
	}
}

// PageScript is a script of the package that makes a folder which the program serves, and
// which its build script does not make.
type PageScript struct {
	project.Text
	Output string // the folder, from the package's
}

// bundlers are programs that make pages, with the options that name their output.
//
// Sources: the command lines of each, of the versions current in August 2026.
var bundlers = map[string][]string{
	"vite": {"--outDir"}, "webpack": {"--output-path", "-o"}, "parcel": {"--dist-dir", "-d"}, "esbuild": {"--outdir", "--outfile"}, "rollup": {"--dir", "-d"},
	"react-scripts": nil, "vue-cli-service": {"--dest"}, "rsbuild": nil, "ng": {"--output-path"}, "react-router": nil, "remix": nil, "astro": {"--outDir"},
}

// ownStep says whether a step runs a file of the project, of which nobody knows what it makes.
func ownStep(s script.Step) bool {
	return slices.ContainsFunc(s.Argv, func(word string) bool {
		return strings.HasPrefix(word, "./") || strings.HasSuffix(word, ".sh") || !strings.HasPrefix(word, "-") && slices.Contains([]string{".js", ".mjs", ".cjs", ".ts", ".mts"}, path.Ext(word))
	})
}

// bundled is the folder that a step makes pages in, empty where its configuration says.
func bundled(s script.Step) (out string, ok bool) {
	options, ok := bundlers[s.Program()]
	if !ok || slices.Contains(s.Argv, "dev") || slices.Contains(s.Argv, "serve") || slices.Contains(s.Argv, "preview") {
		return "", false
	}
	for i, word := range s.Argv {
		name, value, joined := strings.Cut(word, "=")
		if slices.Contains(options, name) {
			if !joined && i+1 < len(s.Argv) {
				value = s.Argv[i+1]
			}
			return path.Clean(value), true
		}
	}
	return "", true
}

// pageScripts finds the scripts that make what the program serves and no other build does.
func (r *detector) pageScripts(d *Detail) {
	for _, p := range d.Serves.Pages {
		below, ok := detect.Below(d.Package.Dir, p.Dir)
		if !ok || below == "." || d.makes(p) || r.Tree.Has(p.Dir) || r.Tree.Held(p.Dir) > detect.Stub {
			continue
		}
		for _, s := range d.Package.Scripts {
			steps, err := script.Expand(s.Name, s.Value, d.Package.Lookup)
			if err != nil || len(steps) != 1 || strings.Contains(s.Name, "dev") {
				continue
			}
			if out, ok := bundled(steps[0]); ok && out != "" && detect.Inside(below, out) {
				d.PageScripts = append(d.PageScripts, PageScript{project.Text{Value: s.Name, At: s.At}, out})
				break
			}
		}
	}
}
