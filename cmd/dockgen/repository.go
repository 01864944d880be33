package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

// repository is a place that was scanned, with the engine that looks at it.
type repository struct {
	*detect.Tree
	place  target
	engine *engine.Engine
	remove func() error // takes away the files that were laid out to be looked at
}

// Close ends the look at a repository; nothing was written through it.
func (r *repository) Close() error {
	err := r.Tree.Close()
	if r.remove != nil {
		err = errors.Join(err, r.remove())
	}
	return err
}

// How much memory a run should do with, in bytes: the heap is cleared more often
// before it takes more. A repository of 200,000 files holds on to some 80 MB of it.
const (
	leastMemory    = 220 << 20
	memoryPerEntry = 1100
)

// open scans a place, which shows at a terminal where it takes long.
func open(ctx context.Context, io *streams, place target) (*repository, error) {
	e, err := engine.New(all.Stacks())
	if err != nil {
		return nil, err
	}
	var seen atomic.Int64
	defer io.progress(&seen)()
	tree, err := detect.Scan(ctx, place.root, detect.Limits{Seen: &seen})
	if err != nil {
		return nil, err
	}
	debug.SetMemoryLimit(max(leastMemory, seen.Load()*memoryPerEntry))
	return &repository{Tree: tree, place: place, engine: e}, nil
}

// look runs the engine up to the files in memory. That nothing was found is an error.
func (r *repository) look(ctx context.Context, request engine.Request) (engine.Result, error) {
	result, err := r.engine.Generate(ctx, r.Tree, request)
	if err == nil && len(result.Outcomes) == 0 && len(result.Findings.Problems) == 0 {
		nothing := &nothingError{engine: r.engine, place: r.place, found: result.Findings}
		if nothing.left, err = r.left(result); err == nil {
			err = nothing
		}
	}
	return result, err
}

// left lists the files of services that are gone, where no other is there.
func (r *repository) left(result engine.Result) (files []string, err error) {
	root, err := os.OpenRoot(r.place.root)
	if err != nil {
		return nil, fmt.Errorf("open %s: %w", r.place.typed, cause(err))
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	left := report{place: r.place, result: result}.behind(root)
	return slices.Concat(left.ours, left.edited), nil
}

// onlyLeft is a result without services, where there are files of some that are gone; any
// other error stays.
func onlyLeft(err error) error {
	if nothing, ok := errors.AsType[*nothingError](err); ok && len(nothing.left) > 0 {
		return nil
	}
	return err
}

// nothingError says what was looked for, or why what was found is no service.
type nothingError struct {
	engine *engine.Engine
	place  target
	found  detect.Findings
	left   []string // files of services that are gone
}

func (e *nothingError) Error() string { return strings.Join(e.Lines(), "\n") }

// Lines says it line by line.
func (e *nothingError) Lines() []string {
	lines := []string{"no service in " + path.Join(e.place.typed, e.place.below)}
	if len(e.left) > 0 {
		lines = append(lines, fmt.Sprintf("  %s: of services that are gone; generate --prune removes what nobody edited", strings.Join(e.left, ", ")))
	}
	for _, o := range e.found.Others {
		lines = append(lines, fmt.Sprintf("  %s: %s", o.Dir, o.Reason))
	}
	if len(lines) > 1 {
		return lines
	}
	var markers, names []string
	for _, s := range e.engine.Stacks {
		markers = append(markers, s.Markers[0])
		names = append(names, s.Name)
	}
	return append(lines,
		fmt.Sprintf("  looked for %s and their like; dockgen stacks lists them all", strings.Join(markers, ", ")),
		fmt.Sprintf("  for a project that is still to come: dockgen init --stack %s", strings.Join(names, "|")))
}

// orScaffold does what look does; where nothing was found, and a stack is named,
// it gives the files of a project that is not there yet.
func (r *repository) orScaffold(ctx context.Context, request engine.Request) (engine.Result, error) {
	result, err := r.look(ctx, request)
	if _, nothing := errors.AsType[*nothingError](err); nothing && request.Stack != "" {
		name := cmp.Or(detect.ImageName(filepath.Base(r.place.root)), "app")
		return r.engine.Scaffold(ctx, r.Tree, request, name)
	}
	return result, err
}

// with looks at a small project as if it stood here.
func (r *repository) with(starter plan.Starter) func(context.Context, engine.Request) (engine.Result, error) {
	return func(ctx context.Context, request engine.Request) (engine.Result, error) {
		tree := detect.NewTree(starter.Files)
		defer tree.Close() // nothing was written through it
		there := *r
		there.Tree = tree
		return there.look(ctx, request)
	}
}
