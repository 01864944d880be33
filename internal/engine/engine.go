// Package engine knows the order of the steps: scan, detect, plan, render,
// check. All of it happens in memory; nothing is written.
package engine

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/ignore"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/templates"
)

// HeapGrowth is how far the heap should grow, in percent, before it is cleared: a
// run is short, and with a thousand services it stays below 250 MB all the same.
const HeapGrowth = 200

// Engine holds what every run shares.
type Engine struct {
	Stacks    []plan.Stack
	Catalog   *catalog.Catalog
	Templates *templates.Set

	lock   *lock.Lock     // of one run; nil where there is none
	asking bool           // a run is to find out which images are taken
	ground *ignore.Ground // of one run
	keeps  bool           // of one run: it keeps a file of compose
	sealed *sync.Map      // ignore files of one run, by their text before
	parsed *sync.Map      // Dockerfiles of a survey that is planned again and again, by the service; nil where it is planned once
}

// New joins stacks with the catalog and the templates that are built in.
func New(stacks []plan.Stack) (*Engine, error) {
	images, err := catalog.Embedded()
	if err != nil {
		return nil, err
	}
	crew.New(1).Go(func() error { return plan.Prepare(images) }) // whoever asks is told of an error
	set, err := templates.Load()
	if err != nil {
		return nil, err
	}
	return &Engine{Stacks: stacks, Catalog: images, Templates: set}, nil
}

// Request is what the user asked for. The zero value asks for everything, as
// detected.
type Request struct {
	Stack     string
	Services  []string // by name or by folder
	Below     string   // only what lies at or below this folder; empty for the root
	Answers   detect.Answer
	Overrides plan.Overrides
	Name      string // for the one service that is left
	Output    string // the Dockerfile of the one service that is left, from the root

	Compose bool // the file of compose is to be written, whether or not it is kept
	Takes   bool // what dockgen does not own is overwritten

	Assumes []string // of a project that is not there, told below the marker
}

// Result is what a run came to.
type Result struct {
	Findings detect.Findings
	Outcomes []Outcome // one for each service, in their order
	Config   *config.Config
	Whole    bool   // nothing was left out on request, so that the outcomes are the repository
	Output   string // that of the request

	// Passed are what is said of answers that mean nothing, in a line each: to some of the
	// services that they are for, or to any image.
	Passed []string

	// Described are the files that describe an image by their names, whoever wrote
	// them, but those that are to be left alone.
	Described []string

	Compose string // the name of the file that runs them all with what they stand on; empty where none is kept

	Lock    *lock.Lock // by which it was planned
	Servers *Outcome   // the images of the file of compose, by [Survey.Images] alone; nil where none is kept

	Bake string   // the name of the file that builds every image
	Had  []Target // the images that it builds, where it stands and is dockgen's
}

// Outcome is what became of one service: its plan and files, or the error.
type Outcome struct {
	Service    detect.Service
	Plan       plan.Plan
	Files      []templates.File
	Err        error
	Key        string          // of its table in a dockgen.toml, [service.KEY]
	Variant    string          // which further image of the service it is, [service.KEY.images.VARIANT]
	Dockerfile string          // its path, also where its files could not be made
	Answers    []config.Answer // of flags, which change the outcome and no dockgen.toml holds
	Proof      []proof.Finding // what became of all that the image and its build need

	// Named are the images of the file as the stack names them, Taken as the finished file
	// does, and Place says where the repository of one is; these are of [Survey.Images] alone.
	Named, Taken []adapt.Reference
	Place        func(repository string) string
	Family       func(reference string) []string // what a family has in its place, to build and to run on

	settled config.Settled
}

// Settled is what the files of the repository say of the service.
func (o Outcome) Settled() config.Settled { return o.settled }

// InternalError is a fault of dockgen's own: what it rendered does not pass its
// own check.
type InternalError struct {
	File string
	Err  error
}

func (e *InternalError) Error() string {
	return fmt.Sprintf("dockgen rendered a broken %s: %v", e.File, e.Err)
}

// Unwrap gives what the check found.
func (e *InternalError) Unwrap() error { return e.Err }

// Detect asks every stack about the tree and keeps the services asked for.
func (e *Engine) Detect(ctx context.Context, t *detect.Tree, r Request) (detect.Findings, error) {
	found, err := e.survey(ctx, t, r)
	if err != nil {
		return found.all, err
	}
	err = r.narrow(&found.all)
	return found.all, err
}

// Survey is what was found in a repository. It is planned by one lock and another, and was
// looked at once.
type Survey struct {
	engine  *Engine
	tree    *detect.Tree
	found   survey
	asked   detect.Findings // what is left of it by the request
	request Request
	last    *planned // by [Survey.Images]
}

// Survey looks at the tree once. The error is for what stops the whole run.
func (e *Engine) Survey(ctx context.Context, t *detect.Tree, r Request) (*Survey, error) {
	found, err := e.survey(ctx, t, r)
	s := &Survey{tree: t, found: found, asked: found.all, request: r}
	if err != nil {
		return s, err
	}
	s.asked.Services, s.asked.Problems, s.asked.Others = slices.Clone(s.asked.Services), slices.Clone(s.asked.Problems), slices.Clone(s.asked.Others)
	if err := r.narrow(&s.asked); err != nil {
		return s, err
	}
	run := *e
	run.ground, run.sealed, run.keeps = ignore.Survey(t), &sync.Map{}, found.keeps && !found.refused
	s.engine = &run
	return s, nil
}

// Generate runs every step up to the files in memory. The error is for what
// stops the whole run; what is wrong with one service is in the result.
func (e *Engine) Generate(ctx context.Context, t *detect.Tree, r Request) (Result, error) {
	l, err := Locked(t)
	if err != nil {
		return Result{}, err
	}
	s, err := e.Survey(ctx, t, r)
	if err != nil {
		return Result{Findings: s.asked}, err
	}
	return s.Generate(ctx, l)
}

// Generate is [Engine.Generate] with a lock; nil for none.
func (s *Survey) Generate(ctx context.Context, l *lock.Lock) (Result, error) {
	return s.engine.with(l).plans(ctx, s, (*Engine).finish)
}

// Images plans with a lock, and makes no files: the outcomes say which images these would
// take, and of their errors those that stop that.
func (s *Survey) Images(ctx context.Context, l *lock.Lock) (Result, error) {
	if s.engine.parsed == nil {
		s.engine.parsed = &sync.Map{}
	}
	e := s.engine.with(l)
	e.asking = true
	return e.plans(ctx, s, (*Engine).imagesOf)
}

// plans plans every service, and finishes each that was asked for.
func (e *Engine) plans(ctx context.Context, s *Survey, finish func(*Engine, *detect.Tree, *candidate, string)) (Result, error) {
	found, r := s.found, s.request
	result := Result{Findings: s.asked, Config: found.config, Whole: r.whole(), Output: r.Output, Described: found.described(s.tree), Bake: found.bake, Had: found.had, Lock: e.lock}
	if found.keeps {
		result.Compose = found.compose
	}
	everything, passed, err := e.planned(ctx, s)
	if err != nil {
		return result, err
	}
	result.Passed = passed
	group := crew.New(runtime.GOMAXPROCS(0))
	names := fileNames(everything, r.Output)
	for i := range everything {
		if !everything[i].asked {
			continue
		}
		group.Go(func() error {
			if everything[i].Plan.Context != "" {
				everything[i].Dockerfile = names[i]
			}
			finish(e, s.tree, &everything[i], names[i])
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return result, err
	}
	result.Passed = append(result.Passed, unused(everything)...)
	for _, o := range everything {
		if o.asked {
			result.Outcomes = append(result.Outcomes, o.Outcome)
		}
	}
	if e.asking && result.Compose != "" && result.Whole {
		result.Servers = e.servers(result)
	}
	return result, nil
}

// whole says that nothing was left out on request.
func (r Request) whole() bool {
	return r.Stack == "" && len(r.Services) == 0 && (r.Below == "" || r.Below == ".") && r.Output == ""
}

// narrow keeps the services that were asked for, and makes sure that an answer
// meant for one service meets only one.
func (r Request) narrow(found *detect.Findings) error {
	for _, want := range r.Services {
		if !slices.ContainsFunc(found.Services, func(s detect.Service) bool { return isCalled(s, want) }) &&
			!slices.ContainsFunc(found.Problems, func(p *detect.Problem) bool { return p.Dir == path.Clean(want) }) {
			return fmt.Errorf("--service %s: no such service; there are %s", want, list(found.Services))
		}
	}
	if len(r.Services) > 0 {
		found.Services = slices.DeleteFunc(found.Services, func(s detect.Service) bool {
			return !slices.ContainsFunc(r.Services, func(want string) bool { return isCalled(s, want) })
		})
		found.Problems = slices.DeleteFunc(found.Problems, func(p *detect.Problem) bool {
			return !slices.ContainsFunc(r.Services, func(want string) bool { return p.Dir == path.Clean(want) })
		})
	}
	outside := func(dir string) bool {
		return r.Below != "" && r.Below != "." && dir != r.Below && !strings.HasPrefix(dir, r.Below+"/")
	}
	found.Services = slices.DeleteFunc(found.Services, func(s detect.Service) bool { return outside(s.Dir) })
	found.Problems = slices.DeleteFunc(found.Problems, func(p *detect.Problem) bool { return outside(p.Dir) })
	found.Others = slices.DeleteFunc(found.Others, func(o detect.Other) bool { return outside(o.Dir) })
	if flag := r.single(); flag != "" && len(found.Services) > 1 {
		return fmt.Errorf("%s is for one service, and there are %s; choose with --service", flag, list(found.Services))
	}
	if len(r.Answers.Main) > 0 {
		for _, s := range found.Services[min(1, len(found.Services)):] {
			if s.Dir != found.Services[0].Dir {
				return fmt.Errorf("--main is for one folder, and there are %s; choose with --service", list(found.Services))
			}
		}
	}
	if r.Name != "" && len(found.Services) == 1 {
		found.Services[0].Name = r.Name
	}
	nameClashes(found)
	return nil
}

// single names a flag that was given and fits one service only, or is empty.
func (r Request) single() string {
	switch {
	case r.Name != "":
		return "--name"
	case r.Output != "":
		return "--output"
	case r.Overrides.Port != 0:
		return "--port"
	case len(r.Overrides.Command) > 0:
		return "--command"
	case r.Overrides.FrontEnd != "":
		return "--frontend"
	case len(r.Overrides.StandsOn) > 0:
		return "--stands-on"
	}
	return ""
}

func isCalled(s detect.Service, want string) bool { return s.Name == want || s.Dir == path.Clean(want) }

func list(services []detect.Service) string {
	var names []string
	for _, s := range services {
		names = append(names, s.Name)
	}
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

// nameClashes turns services with one name into problems: their images would
// overwrite each other.
func nameClashes(found *detect.Findings) {
	dirs := map[string][]string{}
	for _, s := range found.Services {
		dirs[s.Name] = append(dirs[s.Name], s.Dir)
	}
	found.Services = slices.DeleteFunc(found.Services, func(s detect.Service) bool {
		same := dirs[s.Name]
		var err error
		switch {
		case !show.IsPlain(s.Dir):
			err = fmt.Errorf("%s: the folder's name holds a character that no file of a build can name; rename the folder, or leave it out with the key ignore of dockgen.toml", s.Dir)
		case s.Name == "":
			err = fmt.Errorf("%s: no image name can be made of the project's; choose one with --name", s.Dir)
		case len(same) > 1:
			err = fmt.Errorf("%s: the name %s is taken more than once (%s); choose with --service %s --name NAME, or name in a dockgen.toml there", s.Dir, s.Name, strings.Join(same, ", "), show.Word(s.Dir))
		default:
			return false
		}
		found.Problems = append(found.Problems, &detect.Problem{Dir: s.Dir, Stack: s.Stack, Err: err})
		return true
	})
}

// fileNames settles where the Dockerfile of each service goes: into its home, or the
// folder that a dockgen.toml has for Dockerfiles; the second of one folder, a further
// image of a service, and those that share a folder of their own have a name behind it.
func fileNames(outcomes []candidate, output string) []string {
	names := make([]string, len(outcomes))
	taken, sharing := map[string]bool{}, map[string]int{}
	for _, o := range outcomes {
		if folder := o.settled.Dockerfiles; folder != "" && o.settled.Variant == "" {
			sharing[folder]++
		}
	}
	for i, o := range outcomes {
		folder := cmp.Or(o.settled.Dockerfiles, o.Plan.Home)
		names[i] = path.Join(folder, "Dockerfile")
		shared := o.settled.Dockerfiles != "" && sharing[folder] > 1
		if o.settled.Variant != "" && !shared {
			names[i] += "." + o.settled.Variant
		}
		if taken[names[i]] || shared {
			names[i] = path.Join(folder, "Dockerfile."+o.Service.Name)
		}
		taken[names[i]] = o.Err == nil || taken[names[i]]
		if output != "" && o.asked {
			names[i] = output
		}
	}
	return names
}

// ignoreName is where BuildKit looks for the ignore file of a Dockerfile: beside
// it under its name, and else in the context
// (https://docs.docker.com/build/concepts/context/#filename-and-location). One that is
// beside it already is the one that counts, whoever wrote it.
func ignoreName(t *detect.Tree, file string, p plan.Plan) string {
	beside := file + ".dockerignore"
	if file == path.Join(p.Context, "Dockerfile") && !p.OwnIgnore && !t.Has(beside) && !t.IsLink(beside) {
		return path.Join(p.Context, ".dockerignore")
	}
	return beside
}

// Hidden lists the files that the build of a plan reads and that an ignore file
// would hide from it.
func Hidden(ignore []byte, p plan.Plan) ([]string, error) {
	matcher, err := dockerfile.ParseIgnore(ignore)
	if err != nil {
		return nil, err
	}
	return hidden(matcher, p), nil
}

func hidden(matcher *dockerfile.Ignore, p plan.Plan) []string {
	var hidden []string
	for _, need := range p.Needs {
		if matcher.Hides(need) {
			hidden = append(hidden, need)
		}
	}
	return hidden
}
