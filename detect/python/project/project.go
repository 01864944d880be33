// Package project reads what a folder says about itself in manifests and lockfiles: what it
// needs, by which tool, on which Python.
package project

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// The tools that say what a project needs.
const (
	UV        = "uv"
	Poetry    = "poetry"
	PDM       = "pdm"
	Pipenv    = "pipenv"
	Pip       = "pip"    // a requirements file
	Pylock    = "pylock" // pylock.toml
	Pyproject = "pyproject.toml"
	Setup     = "setup.py"
	None      = "none" // no manifest: nothing but the standard library
)

// Project is one folder with a manifest of Python.
type Project struct {
	Dir      string
	Name     string
	Tool     string
	ToolAt   detect.Evidence
	ToolWhy  string   // why it is that one
	Lock     string   // its lockfile, from the root
	Files    []string // manifests that an installation reads, from the root
	Direct   []Requirement
	Packages map[string]Package // what runs with it, also what its dependencies need
	Develop  []Requirement      // for development
	Groups   []string           // of the tool, that hold them
	DevFiles []string           // requirements files of development
	Python   Constraint
	Scripts  map[string]string // commands that an installation makes
	Backend  []string          // what builds it, where it is a package
	Package  bool              // it can be built and installed
	Readme   string
	Local    []Local
	Indexes  []Index
	Hashed   bool
	Dynamic  bool       // what it needs is known only after its setup has run
	Taken    []Optional // what it is installed with beside what it always needs
	At       detect.Evidence

	manifest *pyproject
}

// File is a path of the project, from the root.
func (p *Project) File(name string) string { return path.Join(p.Dir, name) }

// requirementFiles are where a project's requirements stand, the best first.
var requirementFiles = []string{
	"requirements.txt", "requirements.lock", "requirements/production.txt", "requirements/prod.txt",
	"requirements/requirements.txt", "requirements/base.txt", "requirements/common.txt", "requirements/main.txt",
	"requirements-prod.txt", "requirements-production.txt", "requirements_prod.txt", "requirements.prod.txt", "requirements-base.txt",
}

// developFiles are where those of development stand.
var developFiles = []string{
	"requirements-dev.txt", "requirements_dev.txt", "requirements.dev.txt", "dev-requirements.txt", "requirements/dev.txt", "requirements/development.txt",
	"requirements-test.txt", "requirements-tests.txt", "requirements_test.txt", "test-requirements.txt", "requirements/test.txt", "requirements/tests.txt", "requirements/testing.txt",
}

// condaFiles describe an environment of conda.
var condaFiles = []string{"environment.yml", "environment.yaml", "conda.yml", "conda.yaml"}

// manifests are the files that make a folder a project.
var manifests = slices.Concat([]string{"uv.lock", "pyproject.toml", "poetry.lock", "pdm.lock", "Pipfile", "pylock.toml", "requirements.txt", "requirements.lock", "setup.py", "setup.cfg"}, condaFiles)

// Folders lists the folders of a tree that have a manifest, sorted.
func Folders(t *detect.Tree) []string {
	var dirs []string
	for _, name := range manifests {
		for _, file := range t.Named(name) {
			if name == "setup.py" && t.Has(path.Join(path.Dir(file), "__init__.py")) { // a module of a package
				continue
			}
			dirs = append(dirs, path.Dir(file))
		}
	}
	for _, name := range requirementFiles {
		if dir, base := path.Split(name); dir != "" {
			for _, file := range t.Named(base) {
				if path.Base(path.Dir(file)) == path.Clean(dir) {
					dirs = append(dirs, path.Dir(path.Dir(file)))
				}
			}
		}
	}
	slices.Sort(dirs)
	return slices.Compact(dirs)
}

// Bare is a root without any manifest; file is what stands for it in messages.
func Bare(file string) *Project {
	return &Project{Dir: ".", Name: "app", Tool: None, Packages: map[string]Package{}, Scripts: map[string]string{}, At: detect.Evidence{File: file}}
}

// Read reads the manifests of a folder. There is no project where they
// hold nothing but settings of tools.
func Read(t *detect.Tree, dir, answer string) (*Project, error) {
	p := &Project{Dir: dir, Scripts: map[string]string{}, Packages: map[string]Package{}}
	has := func(name string) bool { return t.Has(p.File(name)) || t.IsLink(p.File(name)) }
	if has("pyproject.toml") {
		var err error
		if p.manifest, err = readPyproject(t, p.File("pyproject.toml")); err != nil {
			return nil, err
		}
		p.describe()
	}
	m := p.manifest
	declared := m.declares()
	requirement := firstOf(requirementFiles, has)
	locked, err := p.locked(has, answer)
	switch {
	case err != nil:
		return nil, err
	case locked != nil:
		p.choose(locked.tool, locked.lock)
	case has("Pipfile") && requirement == "":
		p.choose(Pipenv, "Pipfile.lock")
	case has("pylock.toml") && answer != Pip:
		p.choose(Pylock, "pylock.toml")
	case requirement != "":
		p.Tool, p.ToolAt = Pip, detect.Evidence{File: p.File(requirement)}
		return p, p.pip(t, requirement, has)
	case declared:
		p.Tool, p.ToolAt = Pyproject, detect.Evidence{File: m.file}
	case has("setup.cfg") || has("setup.py"):
		return p.setup(t, has)
	case slices.ContainsFunc(condaFiles, has):
		file := p.File(firstOf(condaFiles, has))
		return nil, detect.Errorf(detect.Evidence{File: file}, "an environment of conda, whose packages are not Python's alone; list what it needs of PyPI in a requirements.txt beside it")
	default:
		return nil, nil
	}
	return p, p.read(t, has)
}

func firstOf(names []string, has func(string) bool) string {
	for _, name := range names {
		if has(name) {
			return name
		}
	}
	return ""
}

func (p *Project) choose(tool, lock string) {
	p.Tool, p.Lock = tool, p.File(lock)
	p.ToolAt = detect.Evidence{File: p.Lock}
}

// describe takes over what pyproject.toml says whatever the tool is.
func (p *Project) describe() {
	m := p.manifest
	p.At = detect.Evidence{File: m.file}
	p.Name = m.projectName()
	p.Scripts = m.scripts()
	p.Package = m.isPackage()
	p.Readme = m.readme()
	if m.Build != nil {
		p.Backend = m.Build.Requires
	}
	p.indexes()
}

func (p *Project) indexes() {
	m := p.manifest
	add := func(name, url, table string) {
		p.Indexes = append(p.Indexes, Index{name, url, detect.Evidence{File: m.file, Line: max(lineWith(m.text, url), lineOfKey(m.text, table, ""))}})
	}
	if m.Tool.UV != nil {
		for _, i := range m.Tool.UV.Index {
			add(i.Name, i.URL, "tool.uv.index")
		}
	}
	if m.Tool.Poetry != nil {
		for _, i := range m.Tool.Poetry.Source {
			add(i.Name, i.URL, "tool.poetry.source")
		}
	}
	if m.Tool.PDM != nil {
		for _, i := range m.Tool.PDM.Source {
			add(i.Name, i.URL, "tool.pdm.source")
		}
	}
}

// read reads what the chosen tool installs from.
func (p *Project) read(t *detect.Tree, has func(string) bool) error {
	if p.Tool == Pipenv {
		return p.pipenv(t, has)
	}
	m := p.manifest
	var err error
	if m != nil {
		if p.Python, err = m.python(); err != nil {
			return err
		}
		if p.Direct, err = m.dependencies(); err != nil {
			return err
		}
		p.Files = append(p.Files, m.file)
		if err := p.local(t); err != nil {
			return err
		}
		p.develop()
	}
	if p.Lock == "" {
		for _, r := range p.Direct {
			p.lists(r, cmp.Or(gitAddress(r.URL), m.uvRepository(r.Name)))
		}
		if m != nil && m.Project != nil && slices.Contains(m.Project.Dynamic, "dependencies") {
			return p.dynamic(t)
		}
		return nil
	}
	p.Files = append(p.Files, p.Lock)
	lock, err := readLock(t, p.Lock)
	if err != nil {
		return err
	}
	if m == nil {
		p.Packages = lock.Packages
		return nil
	}
	p.Packages = lock.reachable(p.wanted())
	return nil
}

// LockWith gives a member of a workspace the lockfile of the whole.
func (p *Project) LockWith(t *detect.Tree, workspace *Project) {
	if workspace.Lock == "" || p.Lock != "" {
		return
	}
	p.Tool, p.Lock, p.ToolAt = UV, workspace.Lock, workspace.ToolAt
	p.Files = append(p.Files, workspace.Lock)
	if lock, err := readLock(t, workspace.Lock); err == nil {
		p.Packages = lock.reachable(p.wanted())
	}
}

// wanted are the distributions and extras that the program requires itself.
func (p *Project) wanted() []string {
	names := []string{Normalise(p.Name)}
	for _, r := range p.Direct {
		names = append(names, r.Name)
		for _, extra := range r.Extras {
			names = append(names, r.Name+"["+extra+"]")
		}
	}
	return names
}

// gitAddress is the address of the repository that a requirement comes from, or none.
func gitAddress(url string) string {
	address, ok := strings.CutPrefix(url, "git+")
	if !ok {
		return ""
	}
	return address
}

// local notes the folders of the repository that pyproject.toml requires.
func (p *Project) local(t *detect.Tree) error {
	note := func(dir string, at detect.Evidence) error {
		place := path.Join(p.Dir, dir)
		if strings.HasPrefix(place, "../") || place == ".." {
			return detect.Errorf(at, "%s lies outside of the repository", dir)
		}
		if !t.IsFolder(place) && !t.Has(place) {
			return detect.Errorf(at, "%s is not there", place)
		}
		p.Local = append(p.Local, Local{place, at})
		return nil
	}
	for _, r := range p.Direct {
		if isPath(r.URL) {
			if err := note(r.URL, r.At); err != nil {
				return err
			}
		}
	}
	uv := p.manifest.Tool.UV
	if uv == nil {
		return nil
	}
	for _, name := range slices.Sorted(maps.Keys(uv.Sources)) {
		source, _ := uv.Sources[name].(map[string]any)
		dir, ok := source["path"].(string)
		if !ok || !p.Requires(name) {
			continue
		}
		if err := note(dir, p.manifest.at("tool.uv.sources", name)); err != nil {
			return err
		}
	}
	return nil
}

// develop notes what is for development alone.
func (p *Project) develop() {
	groups := p.manifest.developGroups()
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		p.Develop = append(p.Develop, groups[name]...)
		p.Groups = append(p.Groups, name)
	}
	if len(p.Groups) > 0 {
		return
	}
	extras := p.manifest.developExtras()
	for _, name := range slices.Sorted(maps.Keys(extras)) {
		p.Develop = append(p.Develop, extras[name]...)
	}
}

// dynamic finds the requirements that a build backend of setuptools takes from a file.
func (p *Project) dynamic(t *detect.Tree) error {
	p.Dynamic = true
	table, _ := p.manifest.Tool.Setuptools.Dynamic["dependencies"].(map[string]any)
	files := texts(table["file"])
	if one, ok := table["file"].(string); ok {
		files = []string{one}
	}
	for _, file := range files {
		r, err := readRequirements(t, p.File(file))
		if err != nil {
			return err
		}
		p.take(r)
		p.Tool, p.ToolAt, p.Dynamic = Pip, detect.Evidence{File: p.File(file)}, false
	}
	return nil
}

// take takes over what a requirements file says.
func (p *Project) take(r requirements) {
	p.Files = append(p.Files, r.Files...)
	p.Direct = append(p.Direct, r.All...)
	p.Local = append(p.Local, r.Local...)
	p.Indexes = append(p.Indexes, r.Indexes...)
	p.Hashed = p.Hashed || r.Hashed
	for _, one := range r.All {
		p.lists(one, gitAddress(one.URL))
	}
}

// pip reads requirements files.
func (p *Project) pip(t *detect.Tree, file string, has func(string) bool) error {
	p.At = p.ToolAt
	r, err := readRequirements(t, p.File(file))
	if err != nil {
		return err
	}
	p.take(r)
	if m := p.manifest; m != nil {
		if p.Python, err = m.python(); err != nil {
			return err
		}
		p.develop()
		p.Groups = nil
	}
	for _, name := range developFiles {
		if !has(name) || slices.Contains(r.Files, p.File(name)) {
			continue
		}
		develop, err := readRequirements(t, p.File(name))
		if err != nil {
			return err
		}
		p.DevFiles = append(p.DevFiles, p.File(name))
		for _, f := range develop.Files {
			if !slices.Contains(p.Files, f) && f != p.File(name) {
				p.DevFiles = append(p.DevFiles, f)
			}
		}
		p.Develop = append(p.Develop, develop.All...)
		break
	}
	if !p.manifest.declares() && (has("setup.py") || has("setup.cfg")) {
		return p.legacy(t, has)
	}
	return nil
}

// legacy takes over what setup.cfg and setup.py say of a project whose requirements
// stand elsewhere.
func (p *Project) legacy(t *detect.Tree, has func(string) bool) error {
	s := &Project{Dir: p.Dir, Scripts: map[string]string{}, Packages: map[string]Package{}}
	if _, err := s.setup(t, has); err != nil {
		return err
	}
	p.Name, p.Scripts, p.Package = s.Name, s.Scripts, s.Name != ""
	if p.Python.Text == "" {
		p.Python = s.Python
	}
	if len(p.Backend) == 0 {
		p.Backend = legacyBackend
	}
	return nil
}

// legacyBackend builds a project that names no other
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/).
var legacyBackend = []string{"setuptools>=40.8.0", "wheel"}

// setup reads setup.cfg and setup.py.
func (p *Project) setup(t *detect.Tree, has func(string) bool) (*Project, error) {
	p.Tool, p.Backend, p.Package = Setup, legacyBackend, true
	declares := false
	if has("setup.cfg") {
		s, ok, err := readSetupCfg(t, p.File("setup.cfg"))
		if err != nil {
			return nil, err
		}
		declares = ok
		p.from(s, p.File("setup.cfg"))
	}
	if has("setup.py") {
		text, err := readText(t, p.File("setup.py"))
		if err != nil {
			return nil, err
		}
		s, err := readSetupPy(p.File("setup.py"), text)
		if err != nil {
			return nil, err
		}
		declares = true
		p.from(s, p.File("setup.py"))
	}
	if !declares {
		return nil, nil
	}
	return p, nil
}

func (p *Project) from(s setup, file string) {
	p.ToolAt, p.At = s.at, s.at
	if s.name != "" {
		p.Name = s.name
	}
	if s.python.Text != "" {
		p.Python = s.python
	}
	maps.Copy(p.Scripts, s.scripts)
	p.Files = append(p.Files, file)
	p.Dynamic = p.Dynamic || s.dynamic
	p.Direct = append(p.Direct, s.requires...)
	for _, r := range s.requires {
		p.lists(r, gitAddress(r.URL))
	}
}

// pipfile is a Pipfile (https://github.com/pypa/pipfile).
type pipfile struct {
	Source []struct {
		Name string
		URL  string
	}
	Packages map[string]any
	Dev      map[string]any `toml:"dev-packages"`
	Requires struct {
		Version string `toml:"python_version"`
		Full    string `toml:"python_full_version"`
	}
	Scripts map[string]any
}

func (p *Project) pipenv(t *detect.Tree, has func(string) bool) error {
	file := p.File("Pipfile")
	var raw pipfile
	text, err := decodeTOML(t, file, &raw)
	if err != nil {
		return err
	}
	p.At, p.Files = detect.Evidence{File: file}, []string{file}
	for _, s := range raw.Source {
		p.Indexes = append(p.Indexes, Index{s.Name, s.URL, detect.Evidence{File: file, Line: lineWith(text, s.URL)}})
	}
	for _, key := range []string{"python_version", "python_full_version"} {
		version := map[string]string{"python_version": raw.Requires.Version, "python_full_version": raw.Requires.Full}[key]
		if version == "" || p.Python.Text != "" {
			continue
		}
		specifier := "==" + version + ".*"
		if key == "python_full_version" { // the newest patch of its line
			specifier = "==" + LineOf(version) + ".*"
		}
		p.Python = Constraint{Text: version, Specifier: specifier, At: detect.Evidence{File: file, Line: lineOfKey(text, "requires", key)}}
	}
	read := func(table string, entries map[string]any) ([]Requirement, error) {
		m := &pyproject{file: file, text: text}
		return m.poetryDependencies(table, entries)
	}
	if p.Direct, err = read("packages", raw.Packages); err != nil {
		return err
	}
	if p.Develop, err = read("dev-packages", raw.Dev); err != nil {
		return err
	}
	for _, r := range p.Direct {
		p.lists(r, gitAddress(r.URL))
		if isPath(r.URL) {
			p.Local = append(p.Local, Local{path.Join(p.Dir, r.URL), r.At})
		}
	}
	if !has("Pipfile.lock") {
		p.Lock, p.ToolAt = "", p.At
		return nil
	}
	p.Files = append(p.Files, p.Lock)
	lock, err := readPipfileLock(t, p.Lock)
	if err != nil {
		return err
	}
	p.Packages = lock.Packages
	return nil
}

// BuildNeeds is what builds it: setuptools, where it names nothing.
func (p *Project) BuildNeeds() []string {
	if len(p.Backend) == 0 {
		return legacyBackend
	}
	return p.Backend
}

// versioned are build backends that take the version from the history, with the
// variable that gives it instead.
var versioned = map[string]string{"setuptools-scm": "SETUPTOOLS_SCM_PRETEND_VERSION", "hatch-vcs": "SETUPTOOLS_SCM_PRETEND_VERSION", "versioningit": "VERSIONINGIT_PRETEND", "pdm-backend": "PDM_BUILD_SCM_VERSION", "poetry-dynamic-versioning": "POETRY_DYNAMIC_VERSIONING_BYPASS"}

// VersionVariable is the variable that gives a build its version, or none: there is one
// where the build takes the version from the history, which is not in a context.
func (p *Project) VersionVariable() string {
	for _, backend := range p.BuildNeeds() {
		name := NameOf(backend)
		if env, ok := versioned[name]; ok && (name != "pdm-backend" || p.manifest != nil && strings.Contains(p.manifest.text, `source = "scm"`)) {
			return env
		}
	}
	return ""
}

// Installable says whether the project can be installed where another requires it:
// one that names no way to be built is built by setuptools.
func (p *Project) Installable() bool {
	m := p.manifest
	if p.Package || !m.declares() {
		return p.Package
	}
	return (m.Tool.UV == nil || m.Tool.UV.Package == nil) && (m.Tool.Poetry == nil || m.Tool.Poetry.PackageMode == nil)
}

// TakesData says whether an installation takes along what lies in packages and is no
// Python: every build backend but setuptools does, and that where it is told to
// (https://setuptools.pypa.io/en/latest/userguide/datafiles.html).
func (p *Project) TakesData(t *detect.Tree) bool {
	if p.manifest != nil && p.manifest.Build != nil {
		backend := p.manifest.Build.Backend
		if backend != "" && !strings.HasPrefix(backend, "setuptools") || p.manifest.Tool.Setuptools.Data != nil {
			return true
		}
		if slices.ContainsFunc(p.manifest.Build.Requires, func(r string) bool { return slices.Contains([]string{"setuptools-scm", "cython"}, NameOf(r)) }) {
			return true // one takes what git keeps, the other leaves modules in what is installed alone
		}
	}
	for _, name := range []string{"setup.py", "setup.cfg"} {
		if file := p.File(name); t.Has(file) {
			text, err := readText(t, file)
			if err != nil || strings.Contains(text, "package_data") || strings.Contains(text, "ext_modules") {
				return true
			}
		}
	}
	return t.Has(p.File("MANIFEST.in"))
}

// libraries is how a project says that it is for other programs
// (the list of trove classifiers, PEP 301).
const libraries = "Topic :: Software Development :: Libraries"

// IsLibrary is where the project says of itself that it is for other programs.
func (p *Project) IsLibrary(t *detect.Tree) (detect.Evidence, bool) {
	for _, name := range []string{"pyproject.toml", "setup.cfg", "setup.py"} {
		file := p.File(name)
		if !t.Has(file) {
			continue
		}
		if text, err := readText(t, file); err == nil && strings.Contains(text, libraries) {
			return detect.Evidence{File: file, Line: lineWith(text, libraries)}, true
		}
	}
	return detect.Evidence{}, false
}

// Has gives a distribution that runs with the program, by any of its names.
func (p *Project) Has(names ...string) (Package, bool) {
	for _, name := range names {
		if found, ok := p.Packages[name]; ok {
			return found, true
		}
	}
	return Package{}, false
}

// Requires says whether the program's own requirements name a distribution, whatever
// the spelling.
func (p *Project) Requires(name string) bool {
	return slices.ContainsFunc(p.Direct, func(r Requirement) bool { return r.Name == Normalise(name) })
}

// Extra says whether a requirement of the program's own names an extra.
func (p *Project) Extra(name, extra string) bool {
	return slices.ContainsFunc(p.Direct, func(r Requirement) bool { return r.Name == name && slices.Contains(r.Extras, extra) })
}

// Develops says whether a distribution is there for development.
func (p *Project) Develops(name string) (Requirement, bool) {
	for _, r := range slices.Concat(p.Develop, p.Direct) {
		if r.Name == name {
			return r, true
		}
	}
	return Requirement{}, false
}

// Standard is its pyproject.toml where that lists dependencies in [project], which every
// installer reads by itself.
func (p *Project) Standard() (file string, ok bool) {
	if p.manifest == nil || p.manifest.Project == nil {
		return "", false
	}
	return p.manifest.file, true
}

// ReadmeAt is where pyproject.toml names its README.
func (p *Project) ReadmeAt() detect.Evidence { return p.manifest.at("project", "readme") }

// BuiltAt is where pyproject.toml says how it is built.
func (p *Project) BuiltAt() detect.Evidence { return p.manifest.at("build-system", "") }

// ScriptAt is where a command that its installation makes is named.
func (p *Project) ScriptAt(name string) detect.Evidence {
	at := p.At
	if p.manifest == nil {
		return at
	}
	for _, table := range []string{"project.scripts", "tool.poetry.scripts", "project", "tool.poetry"} {
		if line := lineOfKey(p.manifest.text, table, name); line > 0 {
			at.Line = line
			break
		}
	}
	return at
}

// DevelopExtras are the names of its extras that are for development, sorted.
func (p *Project) DevelopExtras() []string {
	return slices.Sorted(maps.Keys(p.manifest.developExtras()))
}

// Workspace tells the members of the uv workspace that it is the root of, by their paths
// from its folder. It may be none.
func (p *Project) Workspace() (isMember func(inside string) bool, ok bool) {
	if p.manifest == nil || p.manifest.Tool.UV == nil || p.manifest.Tool.UV.Workspace == nil {
		return nil, false
	}
	w := p.manifest.Tool.UV.Workspace
	return func(inside string) bool {
		matches := func(pattern string) bool { ok, err := path.Match(path.Clean(pattern), inside); return ok && err == nil }
		return slices.ContainsFunc(w.Members, matches) && !slices.ContainsFunc(w.Exclude, matches)
	}, true
}

// ManifestFiles are those that describe the project itself.
func (p *Project) ManifestFiles() []string {
	if p.manifest != nil {
		return []string{p.manifest.file}
	}
	return p.Files
}

// Unhashed is a distribution that comes from a repository: beside one pip checks no
// hashes (https://pip.pypa.io/en/stable/topics/secure-installs/).
func (p *Project) Unhashed() (Package, bool) {
	for _, name := range slices.Sorted(maps.Keys(p.Packages)) {
		if p.Packages[name].Git != "" {
			return p.Packages[name], true
		}
	}
	return Package{}, false
}
