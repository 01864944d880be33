package python

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

// choose settles the programs of a project, and what they have in common.
func (r *repository) choose(s *sources, p *Project) (chosen []Program, common Detail, err error) {
	common.Django = s.django()
	processes, err := manifest.Procfile(r.tree, p.Dir)
	if err != nil {
		return nil, common, err
	}
	var declared []Program
	for _, process := range processes {
		if runsOnce(process) {
			common.Release = append(common.Release, process)
			continue
		}
		program, dropped := s.declared(process)
		common.Dropped = append(common.Dropped, dropped...)
		declared = append(declared, program)
	}
	slices.SortStableFunc(declared, func(a, b Program) int { return webFirst(a) - webFirst(b) })
	if common.Django != nil && !slices.ContainsFunc(declared, func(q Program) bool { return q.Process == "web" }) {
		if asked := s.asked(slices.Concat(declared, s.programs()), r.answers.In(s.project.Dir).Main); len(asked) > 0 {
			return asked, common, nil
		}
		if program := common.Django.program(s); program.Module != "" {
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
	chosen, err = s.choose(declared, r.answers.In(s.project.Dir).Main)
	return chosen, common, err
}

func webFirst(p Program) int {
	if p.Process == "web" {
		return 0
	}
	return 1
}

// detail reads what one program states.
func (r *repository) detail(s *sources, p *Project, d *Detail) error {
	d.Project, d.Root = *p, p.Dir
	var err error
	if d.Pins, err = pins(r.tree, p.Dir); err != nil {
		return err
	}
	for _, other := range r.closure(p.Dir) {
		d.Closure = append(d.Closure, *other)
		for name, pkg := range other.Packages {
			if _, ok := d.Project.Packages[name]; !ok {
				d.Project.Packages[name] = pkg
			}
		}
	}
	d.constraints(r)
	r.place(p, d)
	r.entries(p, d)
	files := s.running(d.Program)
	d.Listens = s.listens(files)
	urls := ""
	if d.Django != nil && d.Django.URLs != "" {
		if found := s.modulesAt(path.Dir(d.Django.Manage), d.Django.URLs, ""); len(found) > 0 {
			urls = found[len(found)-1]
			files = append(files, urls)
		}
	}
	if d.Program.Kind != Worker {
		d.Health = s.health(files, urls)
	}
	d.bind(s)
	d.Stops = s.stops(files)
	d.Writes, d.Starts = s.writes(files), s.starts(files)
	d.Sources = files
	r.layout(s, d)
	d.tops(s, files)
	d.Tests = r.tested(s, *d)
	return s.testErr
}

// tested settles the tests of a project once, for all of its programs.
func (r *repository) tested(s *sources, d Detail) Tests {
	s.testOnce.Do(func() {
		s.testErr = r.tests(s, &d)
		s.tested = d.Tests
	})
	return s.tested
}

// stops says whether a program handles SIGTERM.
func (s *sources) stops(files []string) bool {
	return slices.ContainsFunc(files, func(file string) bool {
		return slices.ContainsFunc(s.modules[file].calls, func(call expression) bool {
			first, ok := call.positional(0)
			return ok && first.text == "signal.SIGTERM" && (call.text == "signal.signal" || strings.HasSuffix(call.text, ".add_signal_handler"))
		})
	})
}

// bind reads the address that gunicorn's own settings name
// (https://docs.gunicorn.org/en/stable/configure.html).
func (d *Detail) bind(s *sources) {
	m := s.modules[path.Join(d.Program.Root, "gunicorn.conf.py")]
	if m == nil {
		return
	}
	if o, ok := m.assigned("bind"); ok {
		if _, port, ok := cutPort(o.value.text); ok && o.value.form == textForm {
			d.Bind = Listen{Port: port, Given: true, At: detect.Evidence{File: m.file, Line: o.line}}
		}
	}
}

// running lists the files that run with a program. Of a project of Django it is all
// of them, since they are named in settings rather than imported.
func (s *sources) running(p Program) []string {
	if p.Framework == "Django" || p.File == "" || s.modules[p.File] == nil {
		return slices.DeleteFunc(slices.Clone(s.files), s.isAside)
	}
	return s.closure(p.File)
}

// constraints gathers what the project and what it is built with say about Python.
func (d *Detail) constraints(r *repository) {
	all := []*Project{r.projects[d.Project.Dir]}
	if w, ok := r.workspaces[d.Project.Dir]; ok && r.projects[w] != nil {
		all = append(all, r.projects[w])
	}
	for _, p := range slices.Concat(all, r.closure(d.Project.Dir)) {
		if p.Python.Text != "" && !slices.Contains(d.Constraints, p.Python) {
			d.Constraints = append(d.Constraints, p.Python)
		}
	}
}

// place settles the context: the project's folder, or the root of the repository
// where the project needs what lies outside of its folder.
func (r *repository) place(p *Project, d *Detail) {
	outside := func(dir string) bool { return detect.From(p.Dir, dir) == dir && p.Dir != "." && dir != p.Dir }
	if w, ok := r.workspaces[p.Dir]; ok {
		d.Workspace = w
		for _, member := range sorted(r.workspaces) {
			if r.workspaces[member] == w && member != p.Dir {
				d.Members = append(d.Members, r.projects[member].manifestFiles()...)
			}
		}
		if outside(w) {
			d.Root = "."
		}
	}
	for _, c := range d.Closure {
		if outside(c.Dir) {
			d.Root = "."
		}
		for _, file := range c.manifestFiles() {
			if !slices.Contains(d.Members, file) {
				d.Members = append(d.Members, file)
			}
		}
	}
	for _, l := range p.Local {
		if outside(l.Path) {
			d.Root = "."
		}
	}
	for _, file := range slices.Concat(p.Files, p.DevFiles) {
		if outside(file) {
			d.Root = "."
		}
	}
	slices.Sort(d.Members)
	d.Members = slices.Compact(d.Members)
}

// manifestFiles are those that describe the project itself.
func (p *Project) manifestFiles() []string {
	if p.manifest != nil {
		return []string{p.manifest.file}
	}
	return p.Files
}

func (r *repository) entries(p *Project, d *Detail) {
	folder, _ := r.tree.Folder(p.Dir)
	d.Entries = slices.Concat(folder.Files, folder.Dirs)
	slices.Sort(d.Entries)
}

// layout settles whether the project has to be installed for its program to run: a
// command of its own, packages in src, its version asked for, or a tool that does
// it anyway.
func (r *repository) layout(s *sources, d *Detail) {
	p := d.Project
	if slices.ContainsFunc(s.files, func(f string) bool {
		return strings.HasPrefix(detect.From(p.Dir, f), "src/") && strings.HasSuffix(f, "/__init__.py")
	}) && s.modules[p.file("src/__init__.py")] == nil {
		d.SourceRoot = "src"
	}
	if d.Program.Kind != Command && d.Program.Root == p.Dir && strings.HasPrefix(detect.From(p.Dir, d.Program.File), "src/") {
		d.SourceRoot = "" // it is run from where it lies
	}
	if !p.Package {
		return
	}
	switch {
	case p.Tool == toolUV:
		d.Installed, d.InstalledAt = true, p.manifest.at("build-system", "")
	case d.Program.Kind == Command, slices.ContainsFunc(p.Local, func(l localRequirement) bool { return l.Path == p.Dir }):
		d.Installed, d.InstalledAt = true, d.Program.At
	case d.SourceRoot != "" && strings.HasPrefix(detect.From(p.Dir, d.Program.File), "src/"):
		d.Installed, d.InstalledAt = true, d.Program.At
	default:
		for _, file := range s.running(d.Program) {
			for _, call := range s.modules[file].calls {
				if call.text == "importlib.metadata.version" || call.text == "pkg_resources.get_distribution" {
					d.Installed, d.InstalledAt = true, detect.Evidence{File: file, Line: call.line}
				}
			}
		}
	}
}

// tops lists the files and folders of the project's folder that its program imports,
// for compiling them.
func (d *Detail) tops(s *sources, files []string) {
	for _, file := range files {
		top, _, _ := strings.Cut(detect.From(d.Project.Dir, file), "/")
		if !slices.Contains(d.Tops, top) && s.modules[file].err == nil {
			d.Tops = append(d.Tops, top)
		}
	}
	slices.Sort(d.Tops)
}

// maxRead bounds the files of tests that are looked into.
const maxRead = 50

// tests settles what the project's tests are run with.
func (r *repository) tests(s *sources, d *Detail) error {
	var found []string
	for _, file := range s.tests {
		if base := path.Base(file); base != "__init__.py" && base != "conftest.py" && (strings.HasPrefix(base, "test") || strings.HasSuffix(base, "_test.py")) {
			found = append(found, file)
		}
		top, _, ok := strings.Cut(detect.From(d.Project.Dir, file), "/")
		if !ok && top != "tests.py" {
			d.Tests.Files = append(d.Tests.Files, top)
		}
		if ok && slices.Contains(testFolders, top) && !slices.Contains(d.Tests.Folder, top) {
			d.Tests.Folder = append(d.Tests.Folder, top)
		}
	}
	d.Tests.Package = slices.ContainsFunc(d.Tests.Folder, func(f string) bool { return slices.Contains(s.tests, d.Project.file(f+"/__init__.py")) })
	if len(found) == 0 {
		d.Tests.Why = "the project has no tests"
		return nil
	}
	d.Tests.At = detect.Evidence{File: found[0]}
	if _, ok := d.Project.develops("pytest"); ok {
		d.Tests.Runner = "pytest"
		return nil
	}
	if _, ok := d.Project.has("pytest"); ok {
		d.Tests.Runner = "pytest"
		return nil
	}
	kind, err := r.testKind(found)
	if err != nil {
		return err
	}
	switch {
	case kind == "pytest" && d.Project.Tool != toolNone:
		d.Tests.Why = "the tests are written for pytest, which no list of dependencies has"
	case d.Django != nil && kind != "pytest":
		d.Tests.Runner = "django"
	case kind == "unittest":
		d.Tests.Runner = "unittest"
	default:
		d.Tests.Why = "nothing that is listed runs the tests"
	}
	return nil
}

// testKind is what tests are written for.
func (r *repository) testKind(files []string) (string, error) {
	text := r.tree.Reader(path.Dir(files[0]))
	defer text.Close() // nothing was written through it
	kind := ""
	for _, file := range files[:min(maxRead, len(files))] {
		data, err := text.ReadFile(file)
		if err != nil {
			return "", err
		}
		m := readModule(file, string(data), new([]token))
		switch {
		case m.importLine("pytest") > 0:
			return "pytest", nil
		case m.importLine("unittest") > 0 || m.importLine("django") > 0:
			kind = "unittest"
		case kind == "" && len(m.defs) > 0:
			kind = "plain"
		}
	}
	return kind, nil
}
