package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// Scaffold does what Generate does for a folder that has no project of the
// request's stack yet: the files are those of the smallest one, and say what they
// assume. Evidence there is none. Of the tree it takes the dockgen.toml at the root.
// The service has the name given, unless the request has another.
func (e *Engine) Scaffold(ctx context.Context, t *detect.Tree, r Request, name string) (Result, error) {
	i := slices.IndexFunc(e.Stacks, func(s plan.Stack) bool { return s.Name == r.Stack })
	if i < 0 || len(e.Stacks[i].Starter.Files) == 0 {
		return Result{}, fmt.Errorf("--stack %s: nothing to start with", r.Stack)
	}
	starter := e.Stacks[i].Starter
	files := maps.Clone(starter.Files)
	if t.Has(config.Name) {
		data, err := t.ReadFile(config.Name)
		if err != nil {
			return Result{}, err
		}
		files[config.Name] = data
	}
	r.Assumes = starter.Assumes
	result, err := e.scaffold(ctx, files, r, name)
	if err != nil || starter.Listens == "" {
		return result, err
	}
	for _, o := range result.Outcomes { // again, with the port that was settled
		for _, port := range o.Plan.Ports {
			r.Assumes = append(slices.Clip(starter.Assumes), fmt.Sprintf(starter.Listens, port.Number))
		}
	}
	return e.scaffold(ctx, files, r, name)
}

// scaffold makes the files of a project that is only in memory.
func (e *Engine) scaffold(ctx context.Context, files map[string][]byte, r Request, name string) (Result, error) {
	tree := detect.NewTree(files)
	defer tree.Close() // nothing was written through it
	result, err := e.Generate(ctx, tree, r)
	for i := range result.Outcomes {
		o := &result.Outcomes[i]
		o.Service.Name, o.Key = cmp.Or(r.Name, name), o.Service.Dir // its name is still to come
		o.Plan.Summary.Evidence = nil
		for j := range o.Plan.Decisions {
			o.Plan.Decisions[j].Evidence = nil
		}
		for _, a := range r.Assumes {
			o.Plan.Note("assumed: %s", a)
		}
	}
	return result, err
}

// assuming writes what a Dockerfile assumes below its marker.
func assuming(data []byte, assumes []string) ([]byte, error) {
	// The syntax stands in the first line, the marker in the second.
	at := 0
	for range 2 {
		at += bytes.IndexByte(data[at:], '\n') + 1
	}
	var lines []byte
	for _, a := range assumes {
		text, err := dockerfile.Comment(a)
		if err != nil {
			return nil, err
		}
		lines = append(lines, "# Assumed: "+text+"\n"...)
	}
	return slices.Concat(data[:at], lines, data[at:]), nil
}
