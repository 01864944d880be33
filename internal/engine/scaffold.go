package engine

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// Scaffold does what Generate does for a folder that has no project of the
// request's stack yet: the files are those of the smallest one, and say what they
// assume. Evidence there is none. The service has the name given, unless the
// request has another.
func (e *Engine) Scaffold(ctx context.Context, r Request, name string) (Result, error) {
	i := slices.IndexFunc(e.Stacks, func(s plan.Stack) bool { return s.Name == r.Stack })
	if i < 0 || len(e.Stacks[i].Starter.Files) == 0 {
		return Result{}, fmt.Errorf("--stack %s: nothing to start with", r.Stack)
	}
	starter := e.Stacks[i].Starter
	r.Assumes = starter.Assumes
	tree := detect.NewTree(starter.Files)
	defer tree.Close() // nothing was written through it
	result, err := e.Generate(ctx, tree, r)
	for i := range result.Outcomes {
		result.Outcomes[i].Service.Name = cmp.Or(r.Name, name)
		p := &result.Outcomes[i].Plan
		p.Summary.Evidence = nil
		for j := range p.Decisions {
			p.Decisions[j].Evidence = nil
		}
		for _, a := range starter.Assumes {
			p.Note("assumed: %s", a)
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
