package node

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
)

// mains are the files that a package without a start script is started by.
var mains = []string{"server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "server.ts", "index.ts", "app.ts", "main.ts", "src/server.js", "src/index.js", "src/app.js", "src/main.js"}

// start settles how the program starts, or gives the reason why it does not.
func (r *repository) start(d *Detail, answers detect.Answers) (reason string, err error) {
	p, f := d.Package, d.Framework
	switch {
	case f.Kind == Static:
		return "", nil
	case f.Kind == Server && len(f.Start) > 0:
		dir := p.Dir
		d.Start = Command{Argv: f.Start, Dir: dir, Reason: f.Reason, At: first(f.Evidence)}
		return "", nil
	}
	script, ok := p.Script("start:prod")
	if !ok {
		script, ok = p.Script("start")
	}
	if ok {
		return r.startScript(d, script)
	}
	return r.startMain(d, answers), nil
}

func first(evidence []detect.Evidence) detect.Evidence {
	if len(evidence) == 0 {
		return detect.Evidence{}
	}
	return evidence[0]
}

// startScript reads the start script.
func (r *repository) startScript(d *Detail, script Text) (reason string, err error) {
	words := strings.Fields(script.Value)
	var env []plan.Variable
	for len(words) > 0 && (strings.Contains(words[0], "=") || words[0] == "cross-env") {
		if name, value, ok := strings.Cut(words[0], "="); ok {
			env = append(env, plan.Variable{Name: name, Value: value})
		}
		words = words[1:]
	}
	if len(words) < 2 || !slices.Contains([]string{"node", "bun", "deno"}, words[0]) {
		return fmt.Sprintf("its start script %q is no command for production", script.Value), nil
	}
	if words[0] == "bun" && words[1] == "run" {
		words = append(words[:1], words[2:]...)
	}
	d.Start = Command{Argv: words, Env: env, Dir: d.Package.Dir, Reason: "the start script", At: script.At}
	d.Entry = entryOf(d.Package.Dir, words)
	return "", nil
}

// entryOf is the first word that is a file, from the root.
func entryOf(dir string, argv []string) string {
	for _, w := range argv[1:] {
		if strings.HasPrefix(w, "-") || strings.Contains(w, "=") {
			continue
		}
		return path.Join(dir, w)
	}
	return ""
}

// startMain takes the main file of a package without a start script, if the
// package looks like a program: not what others import.
func (r *repository) startMain(d *Detail, answers detect.Answers) (reason string) {
	p := d.Package
	isMember := d.Workspace.Dir != p.Dir
	asked := slices.Contains(answers.Main, p.Dir)
	candidates := []Text{p.Main, p.EntryModule}
	for _, name := range mains {
		candidates = append(candidates, Text{name, p.at()})
	}
	for _, c := range candidates {
		file := path.Join(p.Dir, c.Value)
		if c.Value == "" || !r.tree.Has(file) || !slices.Contains(extensions, path.Ext(file)) {
			continue
		}
		if p.Library && !asked {
			return "a library: no start script, and it says what others may import"
		}
		if (isMember || !p.hasKind(production) && p.hasKind(development) && p.Main.Value == "") && !asked && !r.opensPort(file, p) {
			return "no start script, and nothing that opens a port"
		}
		d.Entry = file
		program := "node"
		if r.isBun(d) {
			program = "bun"
		}
		below, _ := relative(p.Dir, file)
		d.Start = Command{Argv: []string{program, below}, Dir: p.Dir, Reason: "no start script; its main file", At: c.At}
		return ""
	}
	if len(p.Scripts) == 0 && len(p.Dependencies) == 0 && !p.HasWorkspaces {
		return "no start script and no main file"
	}
	if len(d.Workspace.Members) > 0 {
		return "the root of a workspace: no start script and no main file"
	}
	return "no start script, no main file and no framework that serves"
}

// isBun says whether bun runs a package without a start script: it is what the
// project installs with.
func (r *repository) isBun(d *Detail) bool {
	m, err := r.manager(d.Root, "")
	return err == nil && m.Name == "bun"
}

func (r *repository) opensPort(file string, p Package) bool {
	c, err := r.follow(file)
	return err == nil && len(c.serves(p.Dir).Listens) > 0
}

// entryFiles are the source files that the program begins with, from the root: of
// a file that the build makes, those that it is likely made from.
func (r *repository) entryFiles(d Detail) []string {
	if d.Entry == "" {
		return nil
	}
	if r.tree.Has(d.Entry) {
		return []string{d.Entry}
	}
	if made, ok := r.module(d.Entry); ok {
		return []string{made}
	}
	below, ok := relative(d.Package.Dir, d.Entry)
	if !ok {
		return nil
	}
	_, inside, _ := strings.Cut(below, "/")
	for _, try := range []string{inside, path.Join("src", inside), path.Join("src", path.Base(inside)), path.Base(inside), "src/main.js", "src/index.js", "src/server.js", "src/app.js"} {
		if name, ok := r.module(path.Join(d.Package.Dir, try)); ok && inside != "" {
			return []string{name}
		}
	}
	return nil
}
