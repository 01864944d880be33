package service

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/lock"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/detect/node/source"
	"github.com/dockgen/dockgen/internal/shell"
)

// denoNames are the manifests of Deno (https://docs.deno.com/runtime/fundamentals/configuration/).
var denoNames = []string{"deno.json", "deno.jsonc"}

// denoMains are the files that a Deno project without a start task is started by.
var denoMains = []string{"main.ts", "server.ts", "mod.ts", "index.ts", "app.ts", "main.js", "src/main.ts", "src/server.ts", "src/index.ts"}

// deno finds the programs of Deno. A folder that has a package.json too is Deno's
// where a task starts it and the package.json has no start script.
func (r *detector) deno(found *detect.Findings) {
	for _, name := range denoNames {
		for _, file := range r.Tree.Named(name) {
			dir := path.Dir(file)
			if what, ok := r.Tree.Aside(dir); ok {
				found.Others = append(found.Others, detect.Other{Dir: dir, Stack: project.Stack, Reason: what, Evidence: []detect.Evidence{{File: file}}})
				continue
			}
			if slices.ContainsFunc(found.Services, func(s detect.Service) bool { return s.Dir == dir }) {
				continue
			}
			d, reason, err := r.denoDetail(dir, file)
			switch {
			case err != nil:
				found.Problems = append(found.Problems, &detect.Problem{Dir: dir, Stack: project.Stack, Err: err})
			case reason != "":
				found.Others = append(found.Others, detect.Other{Dir: dir, Stack: project.Stack, Reason: reason, Evidence: []detect.Evidence{{File: file}}})
			default:
				found.Others = slices.DeleteFunc(found.Others, func(o detect.Other) bool { return o.Dir == dir && o.Stack == project.Stack })
				found.Services = append(found.Services, detect.Service{Name: serviceName(d.Package), Dir: dir, Stack: project.Stack, Strength: detect.Manifest, Detail: d})
			}
		}
	}
}

func (r *detector) denoDetail(dir, file string) (d Detail, reason string, err error) {
	p, deno, err := r.Deno(dir, file)
	if err != nil {
		return d, "", err
	}
	d = Detail{Package: p, Root: p, Workspace: project.Workspace{Dir: dir}, Engine: "deno", Deno: deno, Lock: &lock.Lock{}, Closure: []project.Package{p}, Runs: []project.Package{p}, Members: []project.Package{p}}
	d.Manager = project.Manager{Name: "deno", Reason: "its manifest", At: detect.Evidence{File: file}}
	if reason := r.denoStart(&d); reason != "" {
		return d, reason, nil
	}
	if d.Versions, err = r.Wishes("deno", p); err != nil {
		return d, "", err
	}
	if err := r.served(&d); err != nil {
		return d, "", err
	}
	r.content(&d)
	for _, sub := range r.Tree.Below(dir, func(string) bool { return false }) {
		for _, name := range r.Glob(sub, "*_test.ts", "*.test.ts", "*_test.js", "*.test.js") {
			d.Tests = append(d.Tests, detect.Evidence{File: path.Join(sub, name)})
		}
	}
	return d, "", nil
}

// denoStart reads the start task, or takes the main file with the permissions that
// a server wants.
func (r *detector) denoStart(d *Detail) (reason string) {
	for _, name := range []string{"start", "serve", "prod", "preview"} {
		task, ok := d.Package.Script(name)
		if !ok {
			continue
		}
		words, err := shell.Words(task.Value)
		if err != nil || len(words) < 2 || words[0] != "deno" || slices.Contains(words, "--watch") || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(w, "$") }) {
			continue
		}
		i := slices.IndexFunc(words, source.IsModule)
		if i < 0 {
			continue
		}
		d.Entry = path.Join(d.Package.Dir, words[i])
		d.Start = Command{Argv: words, Dir: d.Package.Dir, Reason: "the task " + name, At: task.At}
		return ""
	}
	if d.Package.Library {
		return "a library: no start task, and it says what others may import"
	}
	if main := r.First(d.Package.Dir, denoMains...); main != "" {
		d.Entry = path.Join(d.Package.Dir, main)
		d.Start = Command{
			Argv:   []string{"deno", "run", "--allow-net", "--allow-env", "--allow-read", main},
			Dir:    d.Package.Dir,
			Reason: "no start task; its main file, with the permissions of a server",
			At:     detect.Evidence{File: d.Entry},
		}
		return ""
	}
	return "no start task and no main file"
}
