package engine

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/plan"
)

// survey is all that was found, before anything is left out on request.
type survey struct {
	all     detect.Findings
	config  *config.Config
	settled map[string]config.Settled // by the service's identity
	apart   map[string]string         // by identity: what to say of a name that tells a service apart
	bake    string                    // the name of the file that builds every image
	had     []Target                  // what stands in it

	compose string // the name of the file that runs them all
	refused bool   // it is there, and not dockgen's to write
	keeps   bool   // it is kept
}

// identity is a service as detection names it, before it is renamed.
func identity(s detect.Service) string { return s.Stack + " " + s.Dir + " " + s.Name }

// survey asks every stack, and puts what dockgen.toml says of services over what
// they found: which are ignored, renamed, or made of another.
func (e *Engine) survey(ctx context.Context, t *detect.Tree, r Request) (survey, error) {
	files, err := config.Load(t, e.Stacks)
	if err != nil {
		return survey{}, err
	}
	t.Include(files.Include())
	for _, s := range e.Stacks {
		t.Know(s.Claims())
	}
	answers := func(stack string) detect.Answers { return files.Answers(r.Answers, stack) }
	found, err := e.detect(ctx, t, r.Stack, answers)
	if err != nil {
		return survey{}, err
	}
	found, fronts := e.joints(t, files, r, found)
	s := survey{all: detect.Settle(found...), config: files, settled: map[string]config.Settled{}}
	if r.Stack == "" {
		s.all.List(t.Unsupported(s.all.Services))
	}
	s.all.Judge(t, func(one detect.Service) (detect.Evidence, bool) { return r.wants(files, answers(one.Stack), one) })
	standsOn := func(one detect.Service) []string {
		return config.Over(files.For(one.Dir, one.Stack, one.Name).Overrides, r.Overrides).StandsOn
	}
	if err := plan.Stand(t, s.all.Services, standsOn); err != nil {
		return survey{}, err
	}
	t.Forget()
	s.all.Problems = slices.Concat(t.Problems(), files.Problems(), s.all.Problems)
	stacks := e.stackNames()
	if r.Stack != "" {
		stacks = nil
	}
	if err := files.Know(slices.Concat(s.all.Services, fronts), s.otherDirs(), stacks, len(s.all.Problems) > 0); err != nil {
		return survey{}, err
	}
	if err := e.unmatched(s.all.Services, answers); err != nil {
		return survey{}, err
	}
	s.ignore()
	s.bake, s.had = bakeFile(t)
	_, asked := files.Compose()
	s.compose, s.keeps = composeFile(t)
	s.refused = !s.keeps && !r.Takes && (t.Has(s.compose) || t.IsLink(s.compose))
	s.keeps = s.keeps || asked || r.Compose
	if err := s.rename(); err != nil {
		return survey{}, err
	}
	return s, nil
}

// wants says whether a candidate is asked for, whatever speaks against it, and where.
func (r Request) wants(files *config.Config, answers detect.Answers, s detect.Service) (detect.Evidence, bool) {
	if at, ok := files.Wanted(s.Dir, s.Name); ok {
		return at, true
	}
	asked := func(want string) bool { return isCalled(s, want) }
	named := func(want string) bool {
		d, ok := s.Detail.(detect.Chosen)
		return ok && (d.IsMain(s.Dir, want) || d.IsMain(s.Dir, path.Join(s.Dir, want)))
	}
	return detect.Evidence{}, r.Below == s.Dir && s.Dir != "." || slices.ContainsFunc(r.Services, asked) || slices.ContainsFunc(answers.In(s.Dir).Main, named)
}

// joints gives back ends their front ends, and lists these: they are no services of
// their own any more, but a dockgen.toml may speak of them.
func (e *Engine) joints(t *detect.Tree, files *config.Config, r Request, found []detect.Findings) (joined []detect.Findings, fronts []detect.Service) {
	joints := plan.Joints{
		Tree: t,
		Answers: func(s detect.Service) plan.Overrides {
			return config.Over(files.For(s.Dir, s.Stack, s.Name).Overrides, r.frontEnd(s))
		},
		Ignored: func(dir string) bool { _, ok := files.Ignored(dir, ""); return ok },
	}
	joined = joints.Match(found)
	for _, f := range joined {
		for _, s := range f.Services {
			for _, front := range s.Fronts {
				fronts = append(fronts, front.Service)
			}
		}
	}
	return joined, fronts
}

// frontEnd is what flags say of the front end of a service: where they name a folder,
// that is not its own.
func (r Request) frontEnd(s detect.Service) plan.Overrides {
	asked := plan.Overrides{FrontEnd: r.Overrides.FrontEnd, Split: r.Overrides.Split}
	if len(r.Services) > 0 && !slices.ContainsFunc(r.Services, func(want string) bool { return isCalled(s, want) }) {
		return plan.Overrides{}
	}
	if string(asked.FrontEnd) == s.Dir {
		asked.FrontEnd = ""
	}
	return asked
}

// detect asks the stacks at once, or the one of that name. Of several errors the
// one of the first stack counts.
func (e *Engine) detect(ctx context.Context, t *detect.Tree, only string, answers func(stack string) detect.Answers) ([]detect.Findings, error) {
	found := make([]detect.Findings, len(e.Stacks))
	errs := make([]error, len(e.Stacks))
	group := crew.New(len(e.Stacks))
	for i, s := range e.Stacks {
		if only == "" || s.Name == only {
			group.Go(func() error {
				found[i], errs[i] = s.Detect(ctx, t, answers(s.Name))
				return nil
			})
		}
	}
	_ = group.Wait() // the errors have their order
	return found, cmp.Or(errs...)
}

// unmatched is an error for a program that was asked for and is nowhere: of the
// whole repository, of a stack, or of the folder that a dockgen.toml speaks of.
func (e *Engine) unmatched(services []detect.Service, answers func(stack string) detect.Answers) error {
	all := answers("")
	if err := cmp.Or(unmatchedIn(services, all.Main), unmatchedAnywhere(services, all.Main)); err != nil {
		return err
	}
	without := func(other func(detect.Service) bool) []detect.Service {
		return slices.DeleteFunc(slices.Clone(services), other)
	}
	for _, stack := range e.Stacks {
		if own := answers(stack.Name).Main; !slices.Equal(own, all.Main) {
			if err := unmatchedIn(without(func(s detect.Service) bool { return s.Stack != stack.Name }), own); err != nil {
				return err
			}
		}
	}
	for _, dir := range slices.Sorted(maps.Keys(all.Folders)) {
		if err := unmatchedIn(without(func(s detect.Service) bool { return s.Dir != dir }), all.Folders[dir].Main); err != nil {
			return err
		}
	}
	return nil
}

func unmatchedIn(services []detect.Service, wanted []string) error {
	for _, want := range wanted {
		var there []string
		found := false
		for _, s := range services {
			if d, ok := s.Detail.(detect.Chosen); ok {
				found = found || d.IsMain(s.Dir, want) || d.IsMain(s.Dir, path.Join(s.Dir, want))
				there = append(there, d.Main(s.Dir))
			}
		}
		if !found && len(there) > 0 {
			return fmt.Errorf("--main %s: no such program; there are %s", want, strings.Join(there, ", "))
		}
	}
	return nil
}

func (e *Engine) stackNames() []string {
	var names []string
	for _, s := range e.Stacks {
		names = append(names, s.Name)
	}
	return names
}

// otherDirs lists the folders that hold no service, for whatever reason: also the
// root of a repository that has none yet.
func (s *survey) otherDirs() []string {
	var dirs []string
	if len(s.all.Services) == 0 {
		dirs = append(dirs, ".")
	}
	for _, o := range s.all.Others {
		dirs = append(dirs, o.Dir)
	}
	for _, p := range s.all.Problems {
		dirs = append(dirs, p.Dir)
	}
	return dirs
}

// ignore takes out what a dockgen.toml says to leave alone, and the services of
// folders whose own dockgen.toml is broken.
func (s *survey) ignore() {
	broken := func(dir string) bool {
		return slices.ContainsFunc(s.config.Problems(), func(p *detect.Problem) bool { return p.Dir == dir })
	}
	s.all.Services = slices.DeleteFunc(s.all.Services, func(service detect.Service) bool {
		if at, ok := s.config.Ignored(service.Dir, service.Name); ok {
			s.all.Others = append(s.all.Others, detect.Other{
				Dir: service.Dir, Stack: service.Stack, Reason: service.Name + " is to be ignored", Evidence: []detect.Evidence{at},
			})
			return true
		}
		return broken(service.Dir)
	})
	s.all.Problems = slices.DeleteFunc(s.all.Problems, func(p *detect.Problem) bool {
		_, ok := s.config.Ignored(p.Dir, "")
		return ok
	})
	s.all.Others = slices.DeleteFunc(s.all.Others, func(o detect.Other) bool {
		_, ok := s.config.Ignored(o.Dir, "")
		return ok && !slices.ContainsFunc(o.Evidence, func(at detect.Evidence) bool { return at.File == config.Name })
	})
}

// rename gives each service the name and the settings of its dockgen.toml, and
// adds the images that are made of another service.
func (s *survey) rename() error {
	detected := s.tellApart()
	s.all.Services = nil
	for _, service := range detected {
		settled := s.config.For(service.Dir, service.Stack, service.Name)
		if settled.Name != "" {
			service.Name = settled.Name
		}
		s.add(service, settled)
	}
	for _, second := range s.config.Seconds() {
		i := slices.IndexFunc(detected, func(d detect.Service) bool { return isCalled(d, second.From) })
		if i < 0 {
			return detect.Errorf(second.At, "from = %q: no such service; there are %s", second.From, list(detected))
		}
		service := detected[i]
		service.Name = second.Name
		s.add(service, s.config.For(service.Dir, service.Stack, second.Key))
	}
	slices.SortStableFunc(s.all.Services, func(a, b detect.Service) int { return strings.Compare(a.Dir, b.Dir) })
	return nil
}

func (s *survey) add(service detect.Service, settled config.Settled) {
	s.all.Services = append(s.all.Services, service)
	s.settled[identity(service)] = settled
	for _, other := range settled.Others() {
		further := service
		further.Name += "-" + other.Variant
		s.all.Services = append(s.all.Services, further)
		s.settled[identity(further)] = other
	}
}

// candidate is a service on its way to its files.
type candidate struct {
	Outcome
	asked bool   // on this run, rather than planned for what it shares with others
	apart string // what to say of its name, or nothing
	flags plan.Overrides
	idle  map[string]string // why an answer means nothing for it, by the key

	images  []string         // that its stages stand on, before dockgen.toml puts others in their place
	fronts  []plan.Overrides // what holds for each of its front ends
	assumes []string         // of a project that is not there
}

// described lists the files of the tree that describe an image, or the building
// of images, by their names.
func (s *survey) described(t *detect.Tree) []string {
	files := t.Files(func(base string) bool {
		return IsBake(base) || base == "nginx.conf" || strings.HasPrefix(base, "Dockerfile") || strings.HasSuffix(base, ".dockerignore")
	})
	return slices.DeleteFunc(files, func(file string) bool {
		dir := path.Dir(file)
		_, aside := t.Aside(dir)
		_, ignored := s.config.Ignored(dir, "")
		return aside || ignored
	})
}
