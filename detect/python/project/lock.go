package project

import (
	"encoding/json"
	"errors"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Package is one distribution that a lockfile names.
type Package struct {
	Name    string
	Version string
	Path    string   // of the project, where it comes from there, from the lockfile's folder
	Git     string   // the repository that it is fetched from, or none
	Wheels  []string // names of its wheels, where the lockfile lists its files
	Listed  bool     // the lockfile lists its files
	At      detect.Evidence

	needs  []string            // distributions, normalised; "name[extra]" for an extra
	extras map[string][]string // what an extra needs
}

// lockfile is what any of the lockfiles says.
type lockfile struct {
	File     string
	Packages map[string]Package
}

type tomlLock struct {
	Package []struct {
		Name         string
		Version      string
		Source       map[string]any
		Dependencies any
		Extras       any `toml:"optional-dependencies"`
		Files        []struct{ File string }
		Wheels       []struct{ URL, Filename, Path string }
		Path         string
		Git          string
	}
	Packages []struct { // pylock.toml
		Name    string
		Version string
		Wheels  []struct{ URL, Name, Path string }
		VCS     struct{ URL string }
		Folder  struct{ Path string } `toml:"directory"`
	}
}

// readLock reads uv.lock, poetry.lock, pdm.lock or pylock.toml.
func readLock(t *detect.Tree, file string) (*lockfile, error) {
	var raw tomlLock
	text, err := decodeTOML(t, file, &raw)
	if err != nil {
		return nil, err
	}
	l := &lockfile{File: file, Packages: map[string]Package{}}
	lines := packageLines(text)
	for _, p := range raw.Package {
		one := Package{Name: Normalise(p.Name), Version: p.Version, Path: p.Path, Git: p.Git, At: detect.Evidence{File: file, Line: lines[p.Name]}}
		if old, ok := l.Packages[one.Name]; ok { // of another platform or line of Python
			one.needs, one.Wheels, one.extras = old.needs, old.Wheels, old.extras
		}
		for _, key := range []string{"editable", "virtual", "directory"} {
			if dir, ok := p.Source[key].(string); ok {
				one.Path = path.Clean(dir)
			}
		}
		if git, ok := p.Source["git"].(string); ok {
			one.Git = git
		} else if p.Source["type"] == "git" {
			one.Git, _ = p.Source["url"].(string)
		}
		if p.Source["type"] == "directory" {
			one.Path, _ = p.Source["url"].(string)
		}
		for _, f := range p.Files {
			one.Listed = true
			if strings.HasSuffix(f.File, ".whl") {
				one.Wheels = append(one.Wheels, f.File)
			}
		}
		one.Listed = one.Listed || p.Source["registry"] != nil
		for _, w := range p.Wheels {
			one.Wheels = append(one.Wheels, path.Base(w.Filename+w.URL))
		}
		one.needs = append(one.needs, lockNeeds(p.Dependencies)...)
		if extras, ok := p.Extras.(map[string]any); ok {
			one.extras = map[string][]string{}
			for name, list := range extras {
				one.extras[Normalise(name)] = lockNeeds(list)
			}
		}
		l.Packages[one.Name] = one
	}
	for _, p := range raw.Packages {
		one := Package{Name: Normalise(p.Name), Version: p.Version, Path: p.Folder.Path, Git: p.VCS.URL, Listed: true, At: detect.Evidence{File: file, Line: lines[p.Name]}}
		for _, w := range p.Wheels {
			one.Wheels = append(one.Wheels, path.Base(w.Name+w.URL))
		}
		l.Packages[one.Name] = one
	}
	return l, nil
}

var lockName = pattern.New(`(?m)^name = "([^"\n]+)"`)

// packageLines is where each package of a lockfile is.
func packageLines(text string) map[string]int {
	lines := map[string]int{}
	n, last := 1, 0
	for _, m := range lockName.FindAllStringSubmatchIndex(text, -1) {
		n += strings.Count(text[last:m[0]], "\n")
		last = m[0]
		if name := text[m[2]:m[3]]; lines[name] == 0 {
			lines[name] = n
		}
	}
	return lines
}

// lockNeeds reads what a package needs in the ways of uv (a list of tables), Poetry
// (a table) and PDM (a list of requirements).
func lockNeeds(value any) []string {
	var needs []string
	switch v := value.(type) {
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			needs = append(needs, Normalise(name))
			if table, ok := v[name].(map[string]any); ok {
				for _, extra := range texts(table["extras"]) {
					needs = append(needs, Normalise(name)+"["+Normalise(extra)+"]")
				}
			}
		}
	case []map[string]any:
		for _, table := range v {
			needs = append(needs, needsOf(table)...)
		}
	case []any:
		for _, item := range v {
			switch one := item.(type) {
			case string:
				if r, err := ParseRequirement(one); err == nil {
					needs = append(needs, r.Name)
				}
			case map[string]any:
				needs = append(needs, needsOf(one)...)
			}
		}
	}
	return needs
}

func needsOf(table map[string]any) []string {
	name, _ := table["name"].(string)
	if name == "" {
		return nil
	}
	needs := []string{Normalise(name)}
	extras := texts(table["extra"])
	extras = append(extras, texts(table["extras"])...)
	for _, extra := range extras {
		needs = append(needs, Normalise(name)+"["+Normalise(extra)+"]")
	}
	return needs
}

// reachable keeps the packages that requirements lead to. In a lockfile that says
// nothing of what packages need, all are kept.
func (l *lockfile) reachable(from []string) map[string]Package {
	found := map[string]Package{}
	if !slices.ContainsFunc(slices.Collect(maps.Values(l.Packages)), func(p Package) bool { return len(p.needs) > 0 }) {
		return l.Packages
	}
	seen := map[string]bool{}
	for len(from) > 0 {
		next := from[len(from)-1]
		from = from[:len(from)-1]
		if seen[next] {
			continue
		}
		seen[next] = true
		name, extra, _ := strings.Cut(strings.TrimSuffix(next, "]"), "[")
		p, ok := l.Packages[name]
		if !ok {
			continue
		}
		found[name] = p
		from = append(from, p.needs...)
		if extra != "" {
			from = append(from, p.extras[extra]...)
		}
	}
	return found
}

// pipfileLock is Pipfile.lock
// (https://github.com/pypa/pipfile#pipfilelock).
type pipfileLock struct {
	Default map[string]pipfilePackage
	Develop map[string]pipfilePackage
}

type pipfilePackage struct {
	Version string
	Git     string
	Path    string
}

// readPipfileLock reads a Pipfile.lock.
func readPipfileLock(t *detect.Tree, file string) (lock *lockfile, err error) {
	text, err := readText(t, file)
	if err != nil {
		return nil, err
	}
	var raw pipfileLock
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		at := detect.Evidence{File: file}
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			at.Line = 1 + strings.Count(text[:min(int(syntax.Offset), len(text))], "\n")
		}
		return nil, detect.Errorf(at, "%w", err)
	}
	l := &lockfile{File: file, Packages: map[string]Package{}}
	for name, p := range raw.Default {
		name = Normalise(name)
		l.Packages[name] = Package{
			Name: name, Version: strings.TrimPrefix(p.Version, "=="), Git: p.Git, Path: p.Path,
			At: detect.Evidence{File: file, Line: lineWith(text, `"`+name+`"`)},
		}
	}
	return l, nil
}

// BySSH says whether a distribution is fetched from a repository by ssh.
func (p Package) BySSH() bool {
	return strings.HasPrefix(p.Git, "ssh://") || strings.HasPrefix(p.Git, "git@")
}
