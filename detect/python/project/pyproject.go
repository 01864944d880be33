package project

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// pyproject is pyproject.toml, as far as an image depends on it
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/).
type pyproject struct {
	file string
	text string

	Project *struct {
		Name           string
		RequiresPython string `toml:"requires-python"`
		Readme         any
		Dependencies   []string
		Optional       map[string][]string `toml:"optional-dependencies"`
		Scripts        map[string]string
		Dynamic        []string
	}
	Build *struct {
		Requires []string
		Backend  string `toml:"build-backend"`
	} `toml:"build-system"`
	Groups map[string][]any `toml:"dependency-groups"`
	Tool   struct {
		UV         *uvTool `toml:"uv"`
		Poetry     *poetryTool
		PDM        *pdmTool `toml:"pdm"`
		Setuptools struct {
			Dynamic map[string]any
			Data    any `toml:"package-data"`
		}
		Pytest any
	}
}

type uvTool struct {
	Package *bool
	Dev     []string `toml:"dev-dependencies"`
	Groups  any      `toml:"default-groups"`
	Sources map[string]any
	Index   []struct {
		Name string
		URL  string
	}
	Workspace *struct {
		Members []string
		Exclude []string
	}
}

type poetryTool struct {
	Name         string
	Readme       any
	PackageMode  *bool `toml:"package-mode"`
	Packages     []map[string]any
	Dependencies map[string]any
	Dev          map[string]any `toml:"dev-dependencies"`
	Group        map[string]struct {
		Optional     bool
		Dependencies map[string]any
	}
	Scripts map[string]any
	Source  []struct {
		Name string
		URL  string
	}
}

type pdmTool struct {
	Distribution *bool
	Dev          map[string][]string `toml:"dev-dependencies"`
	Source       []struct {
		Name string
		URL  string
	}
}

// readPyproject reads and checks a pyproject.toml.
func readPyproject(t *detect.Tree, file string) (*pyproject, error) {
	p := &pyproject{file: file}
	var err error
	if p.text, err = decodeTOML(t, file, p); err != nil {
		return nil, err
	}
	return p, nil
}

// at is the place of a key in a table, or of the table.
func (p *pyproject) at(table, key string) detect.Evidence {
	return detect.Evidence{File: p.file, Line: lineOfKey(p.text, table, key)}
}

// requirementList reads requirements of a list in a file.
func requirementList(file, text string, list []string) ([]Requirement, error) {
	var all []Requirement
	for _, item := range list {
		r, err := ParseRequirement(item)
		at := detect.Evidence{File: file, Line: lineWith(text, item)}
		if err != nil {
			return nil, detect.Errorf(at, "%q: %w", item, err)
		}
		r.At = at
		all = append(all, r)
	}
	return all, nil
}

// declares says that it describes a project, rather than settings of tools alone.
func (p *pyproject) declares() bool {
	return p != nil && (p.Project != nil || p.Tool.Poetry != nil && (p.Tool.Poetry.Dependencies != nil || p.Tool.Poetry.Name != ""))
}

// projectName is the project's name.
func (p *pyproject) projectName() string {
	switch {
	case p == nil:
		return ""
	case p.Project != nil && p.Project.Name != "":
		return p.Project.Name
	case p.Tool.Poetry != nil:
		return p.Tool.Poetry.Name
	}
	return ""
}

// python is what it says about the version of Python, by PEP 440.
func (p *pyproject) python() (Constraint, error) {
	switch {
	case p == nil:
	case p.Project != nil && p.Project.RequiresPython != "":
		return Constraint{Text: p.Project.RequiresPython, Specifier: p.Project.RequiresPython, At: p.at("project", "requires-python")}, nil
	case p.Tool.Poetry != nil:
		version, ok := p.Tool.Poetry.Dependencies["python"].(string)
		if !ok {
			break
		}
		at := p.at("tool.poetry.dependencies", "python")
		specifier, err := poetryVersion(version)
		if err != nil {
			return Constraint{}, detect.Errorf(at, "%w", err)
		}
		return Constraint{Text: version, Specifier: specifier, At: at}, nil
	}
	return Constraint{}, nil
}

// dependencies are those of the program itself, without groups and extras.
func (p *pyproject) dependencies() ([]Requirement, error) {
	var all []Requirement
	if p == nil {
		return nil, nil
	}
	if p.Project != nil {
		list, err := requirementList(p.file, p.text, p.Project.Dependencies)
		if err != nil {
			return nil, err
		}
		all = list
	}
	if p.Tool.Poetry != nil {
		list, err := p.poetryDependencies("tool.poetry.dependencies", p.Tool.Poetry.Dependencies)
		if err != nil {
			return nil, err
		}
		for _, r := range list {
			if !slices.ContainsFunc(all, func(o Requirement) bool { return o.Name == r.Name }) {
				all = append(all, r)
			}
		}
	}
	return all, nil
}

// poetryDependencies reads a table of Poetry's
// (https://python-poetry.org/docs/dependency-specification/).
func (p *pyproject) poetryDependencies(table string, deps map[string]any) ([]Requirement, error) {
	var all []Requirement
	for _, name := range slices.Sorted(maps.Keys(deps)) {
		if name == "python" {
			continue
		}
		at := p.at(table, name)
		r := Requirement{Name: Normalise(name), At: at}
		value := deps[name]
		if list, ok := value.([]any); ok && len(list) > 0 { // one of several by marker
			value = list[0]
		}
		version := ""
		switch v := value.(type) {
		case string:
			version = v
		case map[string]any:
			if optional, _ := v["optional"].(bool); optional {
				continue
			}
			version, _ = v["version"].(string)
			r.Marker, _ = v["markers"].(string)
			for _, extra := range texts(v["extras"]) {
				r.Extras = append(r.Extras, Normalise(extra))
			}
			if git, ok := v["git"].(string); ok {
				r.URL = "git+" + pipAddress(git)
			}
			if url, ok := v["url"].(string); ok {
				r.URL = url
			}
			if dir, ok := v["path"].(string); ok {
				r.URL = "./" + path.Clean(dir)
			}
		default:
			return nil, detect.Errorf(at, "the dependency %s is neither a version nor a table", name)
		}
		if version != "" {
			specifier, err := poetryVersion(version)
			if err != nil {
				return nil, detect.Errorf(at, "%w", err)
			}
			r.Version = specifier
		}
		all = append(all, r)
	}
	return all, nil
}

// The ways in which Poetry writes versions beside those of PEP 440.
var (
	caretVersion = pattern.New(`^\^\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$`)
	tildeVersion = pattern.New(`^~\s*(\d+)(?:\.(\d+))?(?:\.(\d+))?$`)
	starVersion  = pattern.New(`^(\d+(?:\.\d+)*)\.\*$`)
	plainVersion = pattern.New(`^\d+(?:\.\d+)*(?:[-_.]?[a-z]+[-_.]?\d*)*$`)
)

// poetryVersion turns Poetry's way of writing versions into PEP 440's.
func poetryVersion(text string) (string, error) {
	alternatives := strings.Split(strings.ReplaceAll(text, "||", "|"), "|")
	var all []string
	for _, alternative := range alternatives {
		var parts []string
		for part := range strings.SplitSeq(alternative, ",") {
			for _, word := range joinOperators(strings.Fields(part)) {
				specifier, err := poetryWord(word)
				if err != nil {
					return "", err
				}
				if specifier != "" {
					parts = append(parts, specifier)
				}
			}
		}
		all = append(all, strings.Join(parts, ","))
	}
	return strings.Join(all, " || "), nil
}

// joinOperators puts an operator back to its version: ">= 3" is one word.
func joinOperators(words []string) []string {
	var joined []string
	for _, w := range words {
		if n := len(joined); n > 0 && strings.Trim(joined[n-1], "<>=!~^") == "" {
			joined[n-1] += w
			continue
		}
		joined = append(joined, w)
	}
	return joined
}

func poetryWord(word string) (string, error) {
	if word == "*" {
		return "", nil
	}
	if m := caretVersion.FindStringSubmatch(word); m != nil {
		upper := []string{m[1]}
		for i := 2; i < len(m) && strings.Trim(strings.Join(upper, ""), "0") == "" && m[i] != ""; i++ {
			upper = append(upper, m[i])
		}
		return ">=" + strings.TrimSpace(word[1:]) + ",<" + next(upper), nil
	}
	if m := tildeVersion.FindStringSubmatch(word); m != nil {
		upper := []string{m[1]}
		if m[2] != "" {
			upper = append(upper, m[2])
		}
		return ">=" + strings.TrimSpace(word[1:]) + ",<" + next(upper), nil
	}
	if m := starVersion.FindStringSubmatch(word); m != nil {
		return "==" + word, nil
	}
	if plainVersion.MatchString(word) {
		return "==" + word, nil
	}
	if rest, ok := strings.CutPrefix(word, "="); ok && plainVersion.MatchString(rest) {
		return "==" + rest, nil
	}
	if specifiers.MatchString(word) {
		return word, nil
	}
	return "", fmt.Errorf("%q is no version as Poetry writes it", word)
}

// next counts the last of the numbers one up.
func next(numbers []string) string {
	last := 0
	for _, c := range numbers[len(numbers)-1] {
		last = min(last*10+int(c-'0'), 1<<20)
	}
	return strings.Join(append(slices.Clone(numbers[:len(numbers)-1]), fmt.Sprint(last+1)), ".")
}

// scripts are the commands that installing the project makes, by name.
func (p *pyproject) scripts() map[string]string {
	all := map[string]string{}
	if p == nil {
		return all
	}
	if p.Project != nil {
		for name, target := range p.Project.Scripts {
			all[name] = target
		}
	}
	if p.Tool.Poetry != nil {
		for name, value := range p.Tool.Poetry.Scripts {
			switch v := value.(type) {
			case string:
				all[name] = v
			case map[string]any:
				all[name], _ = v["reference"].(string)
				if all[name] == "" {
					all[name], _ = v["callable"].(string)
				}
			}
		}
	}
	return all
}

// readme is the file that a build of the project reads, or none.
func (p *pyproject) readme() string {
	var value any
	switch {
	case p.Project != nil && p.Project.Readme != nil:
		value = p.Project.Readme
	case p.Tool.Poetry != nil:
		value = p.Tool.Poetry.Readme
	}
	switch v := value.(type) {
	case string:
		return v
	case map[string]any:
		file, _ := v["file"].(string)
		return file
	}
	return ""
}

// uvRepository is where uv's own table says that a dependency is fetched from with
// git, or none.
func (p *pyproject) uvRepository(name string) string {
	if p == nil || p.Tool.UV == nil {
		return ""
	}
	for key, value := range p.Tool.UV.Sources {
		source, _ := value.(map[string]any)
		if git, ok := source["git"].(string); ok && Normalise(key) == name {
			return git
		}
	}
	return ""
}

// speaksOf says whether a tool has a table of its own, or builds the project.
func (p *pyproject) speaksOf(tool string) bool {
	if p == nil {
		return false
	}
	backend := ""
	if p.Build != nil {
		backend = p.Build.Backend
	}
	switch tool {
	case UV:
		return p.Tool.UV != nil || backend == "uv_build"
	case Poetry:
		return p.Tool.Poetry != nil || strings.HasPrefix(backend, "poetry.")
	case PDM:
		return p.Tool.PDM != nil || strings.HasPrefix(backend, "pdm.")
	}
	return false
}

// isPackage says whether the project is made to be built and installed.
func (p *pyproject) isPackage() bool {
	switch {
	case p == nil:
		return false
	case p.Tool.UV != nil && p.Tool.UV.Package != nil:
		return *p.Tool.UV.Package
	case p.Tool.Poetry != nil && p.Tool.Poetry.PackageMode != nil:
		return *p.Tool.Poetry.PackageMode
	case p.Tool.PDM != nil && p.Tool.PDM.Distribution != nil && !*p.Tool.PDM.Distribution:
		return false
	}
	return p.Build != nil
}

// developGroups are the groups of dependencies that are for development, sorted.
func (p *pyproject) developGroups() map[string][]Requirement {
	groups := map[string][]Requirement{}
	if p == nil {
		return groups
	}
	add := func(group string, items []string) {
		for _, item := range items {
			if r, err := ParseRequirement(item); err == nil {
				r.At = detect.Evidence{File: p.file, Line: lineWith(p.text, item)}
				groups[group] = append(groups[group], r)
			}
		}
	}
	for name, items := range p.Groups {
		add(name, texts(any(items)))
	}
	if p.Tool.UV != nil {
		add("dev", p.Tool.UV.Dev)
	}
	if p.Tool.PDM != nil {
		for name, items := range p.Tool.PDM.Dev {
			add(name, items)
		}
	}
	if p.Tool.Poetry != nil {
		for name, group := range p.Tool.Poetry.Group {
			if list, err := p.poetryDependencies("tool.poetry.group."+name+".dependencies", group.Dependencies); err == nil {
				groups[name] = append(groups[name], list...)
			}
		}
		if list, err := p.poetryDependencies("tool.poetry.dev-dependencies", p.Tool.Poetry.Dev); err == nil && len(list) > 0 {
			groups["dev"] = append(groups["dev"], list...)
		}
	}
	return groups
}

// developExtras are the optional dependencies that are for development by their names.
func (p *pyproject) developExtras() map[string][]Requirement {
	extras := map[string][]Requirement{}
	if p == nil || p.Project == nil {
		return extras
	}
	for name, items := range p.Project.Optional {
		if !slices.Contains([]string{"dev", "test", "tests", "testing", "develop", "development"}, name) {
			continue
		}
		for _, item := range items {
			if r, err := ParseRequirement(item); err == nil {
				r.At = detect.Evidence{File: p.file, Line: lineWith(p.text, item)}
				extras[name] = append(extras[name], r)
			}
		}
	}
	return extras
}
