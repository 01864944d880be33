package project

import (
	"path"

	"github.com/dockgen/dockgen/detect"
)

// Deno is what a deno.json states.
type Deno struct {
	File    string
	HasLock bool // deno.lock is beside it
	Build   bool // it has a task called build
}

// Deno reads a deno.json as a package with its tasks for scripts.
func (r *Repository) Deno(dir, file string) (Package, *Deno, error) {
	v, err := r.json(file)
	if err != nil {
		return Package{}, nil, err
	}
	reading := &reader{file: file}
	p := Package{Dir: dir, File: file, Name: reading.text(v, "name"), Library: v.get("exports").kind != absent}
	deno := &Deno{File: file, HasLock: r.Tree.Has(path.Join(dir, "deno.lock"))}
	tasks := v.get("tasks")
	if reading.want(tasks, "tasks", isObject) {
		for _, m := range tasks.members {
			task := m.value
			if task.kind == isObject {
				task = task.get("command")
			}
			p.Scripts = append(p.Scripts, Script{m.key, Text{task.text, detect.Evidence{File: file, Line: m.line}}})
		}
	}
	if reading.err != nil {
		return Package{}, nil, reading.err
	}
	_, deno.Build = p.Script("build")
	return p, deno, nil
}
