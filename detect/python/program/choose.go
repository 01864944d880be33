package program

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/manifest"
)

// Services settles the programs of a project, those that are wanted first, and what
// they have in common.
func (s *Sources) Services(wanted []string) (chosen []Program, common Detail, err error) {
	common.Django = s.django()
	processes, err := manifest.Procfile(s.tree, s.project.Dir)
	if err != nil {
		return nil, common, err
	}
	var declared []Program
	for _, process := range processes {
		if runsOnce(process) {
			common.Release = append(common.Release, process)
			continue
		}
		one := s.declared(process)
		if d := common.Django; d != nil && d.Static.File != "" && one.Framework == "Django" { // the build gathers them
			one.Before = slices.DeleteFunc(one.Before, func(step Step) bool { return strings.Contains(step.Text, "collectstatic") })
		}
		declared = append(declared, one)
	}
	slices.SortStableFunc(declared, func(a, b Program) int { return webFirst(a) - webFirst(b) })
	if common.Django != nil && !slices.ContainsFunc(declared, func(q Program) bool { return q.Process == "web" }) {
		if asked := s.asked(declared, wanted); len(asked) > 0 {
			return asked, common, nil
		}
		if program := s.served(common.Django); program.Module != "" {
			workers := declared
			if len(workers) == 0 {
				workers = ofKind(s.programs(), Worker)
			}
			if len(workers) > 1 && len(declared) == 0 {
				one, err := s.one(workers)
				if err != nil {
					return nil, common, err
				}
				workers = []Program{one}
			}
			for i := range workers {
				workers[i].Reason = cmp.Or(workers[i].Reason, "the only "+workers[i].describe())
			}
			return append([]Program{program}, workers...), common, nil
		}
	}
	chosen, err = s.choose(declared, wanted)
	return chosen, common, err
}

// Describe reads what a program of the project states in its sources; its detail says
// already which program it is, and of which project.
func (s *Sources) Describe(d *Detail) error {
	files := s.running(d.Program)
	s.described = files
	s.optional(d, files)
	if d.Listens = s.listens(files); len(d.Listens) == 0 && d.Program.Kind != Worker {
		d.Unread = s.unread(files)
	}
	s.defaults(d)
	if d.Program.Silent {
		d.Listens, d.Unread = nil, Unread{}
	}
	urls := ""
	if d.Django != nil && d.Django.URLs != "" {
		if urls = s.ModuleFile(path.Dir(d.Django.Manage), d.Django.URLs); urls != "" {
			files = append(files, urls)
		}
	}
	if d.Program.Kind != Worker {
		d.Health = s.health(files, urls)
	}
	s.bind(d)
	d.Stops = s.stops(files)
	s.layout(d)
	s.abroad = nil
	d.Writes, d.Starts = s.writes(files, d.Cwd()), s.starts(files)
	d.Abroad = s.abroad
	if d.Django != nil {
		for _, w := range d.Django.Made {
			if !slices.ContainsFunc(d.Writes, func(o Write) bool { return o.Place == w.Place }) {
				d.Writes = append(d.Writes, w)
			}
		}
	}
	d.Variables = append(s.variables(files), d.Program.Wants...)
	d.Reads = s.reads(files, d.Cwd(), d.Writes)
	s.stands(d, files)
	served := files
	if d.Django != nil {
		served = slices.Concat(files, d.Django.files)
		slices.Sort(served)
		served = slices.Compact(served)
	}
	d.served = s.pages(d, served, d.Program.Root)
	d.Sources = files
	for _, file := range files {
		for _, i := range s.Module(file).Imports {
			if name, _, _ := strings.Cut(i.Module, "."); name != "" && !slices.Contains(d.imports, name) {
				d.imports = append(d.imports, name)
			}
		}
	}
	s.lies(d)
	s.tops(d, files)
	if s.tested == nil {
		tests, err := s.tests(d)
		if err != nil {
			return err
		}
		s.tested = &tests
	}
	d.Tests = *s.tested
	return s.Err()
}

func webFirst(p Program) int {
	if p.Process == "web" {
		return 0
	}
	return 1
}
