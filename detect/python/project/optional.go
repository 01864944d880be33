package project

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// The ways in which a project lists what it does not always need.
const (
	Extra = "extra"
	Group = "group"
	File  = "file"
)

// Optional is what a project can be installed with beside what it always needs.
type Optional struct {
	Kind     string // Extra, Group or File
	Name     string // of the extra or the group, or the file from the root
	Requires []Requirement
	files    requirements // of a file
}

// development are words in the names of extras, groups and files that no image wants.
var development = []string{"all", "bench", "ci", "debug", "dev", "devel", "develop", "development", "doc", "docs", "example", "examples", "format", "lint", "linting", "local", "mypy", "notebook", "test", "testing", "tests", "tools", "typing"}

func isDevelopment(name string) bool {
	words := strings.FieldsFunc(strings.ToLower(strings.TrimSuffix(path.Base(name), ".txt")), func(r rune) bool { return strings.ContainsRune("-_.", r) })
	return slices.ContainsFunc(words, func(w string) bool { return slices.Contains(development, w) })
}

// Optionals lists what the project can be installed with, without what is for development:
// its extras, its groups, and the requirements files beside its own. What cannot be read is
// left out, as nothing installs it by itself.
func (p *Project) Optionals(t *detect.Tree) []Optional {
	var all []Optional
	if p.Tool == Pip {
		for _, file := range p.siblings(t) {
			if r, err := readRequirements(t, file); err == nil {
				all = append(all, Optional{File, file, r.All, r})
			}
		}
		return all
	}
	if p.manifest == nil {
		return nil
	}
	for _, one := range p.manifest.optional() {
		if !isDevelopment(one.Name) {
			all = append(all, one)
		}
	}
	return all
}

// HasExtras says whether it names any.
func (p *Project) HasExtras() bool {
	return p.manifest != nil && p.manifest.Project != nil && len(p.manifest.Project.Optional) > 0 && p.Tool != Pip
}

// siblings are the requirements files beside the project's own, sorted.
func (p *Project) siblings(t *detect.Tree) []string {
	var all []string
	for _, dir := range []string{p.Dir, p.File("requirements")} {
		folder, ok := t.Folder(dir)
		if !ok {
			continue
		}
		for _, name := range folder.Files {
			file := path.Join(dir, name)
			if strings.HasSuffix(name, ".txt") && strings.Contains(file, "requirements") && !isDevelopment(name) && !slices.Contains(p.Files, file) {
				all = append(all, file)
			}
		}
	}
	return all
}

// optional are the extras and the groups of a pyproject.toml, each kind sorted.
func (p *pyproject) optional() []Optional {
	var all []Optional
	add := func(kind, name string, items []string) {
		one := Optional{Kind: kind, Name: name}
		for _, item := range items {
			if r, err := ParseRequirement(item); err == nil {
				r.At = detect.Evidence{File: p.file, Line: lineWith(p.text, item)}
				one.Requires = append(one.Requires, r)
			}
		}
		all = append(all, one)
	}
	if p.Project != nil {
		for _, name := range slices.Sorted(maps.Keys(p.Project.Optional)) {
			add(Extra, name, p.Project.Optional[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(p.Groups)) {
		add(Group, name, texts(any(p.Groups[name])))
	}
	if p.Tool.Poetry == nil {
		return all
	}
	for _, name := range slices.Sorted(maps.Keys(p.Tool.Poetry.Group)) {
		if list, err := p.poetryDependencies("tool.poetry.group."+name+".dependencies", p.Tool.Poetry.Group[name].Dependencies); err == nil {
			all = append(all, Optional{Kind: Group, Name: name, Requires: list})
		}
	}
	return all
}

// With takes over what is optional, so that it is installed.
func (p *Project) With(t *detect.Tree, one Optional) {
	p.Packages, p.Taken = maps.Clone(p.Packages), append(slices.Clone(p.Taken), one)
	if one.Kind == File {
		p.Files, p.Direct, p.Local, p.Indexes = slices.Clone(p.Files), slices.Clone(p.Direct), slices.Clone(p.Local), slices.Clone(p.Indexes)
		p.take(one.files)
		return
	}
	p.Direct = slices.Concat(p.Direct, one.Requires)
	if lock, err := readLock(t, p.Lock); p.Lock != "" && err == nil {
		for name, pkg := range lock.reachable(p.wanted()) {
			p.Packages[name] = pkg
		}
		return
	}
	for _, r := range one.Requires {
		p.lists(r, gitAddress(r.URL))
	}
}

// modules are the modules of distributions that are called otherwise.
var modules = map[string]string{
	"beautifulsoup4": "bs4", "mysqlclient": "MySQLdb", "opencv-python": "cv2", "opencv-python-headless": "cv2", "pillow": "PIL", "psycopg2-binary": "psycopg2", "pyjwt": "jwt",
	"python-dateutil": "dateutil", "python-dotenv": "dotenv", "python-multipart": "multipart", "pyyaml": "yaml", "pyzmq": "zmq", "scikit-learn": "sklearn", "typer-slim": "typer",
}

// Module is the name that programs import a distribution by.
func (r Requirement) Module() string {
	if name, ok := modules[r.Name]; ok {
		return name
	}
	return strings.ReplaceAll(r.Name, "-", "_")
}
