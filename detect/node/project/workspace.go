package project

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/goccy/go-yaml"
)

// MemberOf is the member of a workspace that a file belongs to.
func (r *Repository) MemberOf(w Workspace, file string) (string, bool) {
	for _, m := range w.Members {
		if strings.HasPrefix(file, m+"/") {
			return m, true
		}
	}
	return "", false
}

// HasMembers says whether a folder is a workspace with anything in it.
func (r *Repository) HasMembers(dir string) bool {
	for _, root := range r.owner {
		if root == dir {
			return true
		}
	}
	return false
}

// BelowWorkspace says whether a folder that is no member lies in a workspace.
func (r *Repository) BelowWorkspace(dir string) bool {
	for dir != "." {
		dir = path.Dir(dir)
		if w, ok := r.Workspaces[dir]; ok && len(w.Members) > 0 {
			return true
		}
	}
	return false
}

// PnpmWorkspaceFile lists the members of a pnpm workspace and holds settings of
// pnpm (https://pnpm.io/settings).
const PnpmWorkspaceFile = "pnpm-workspace.yaml"

// Workspace is a folder whose packages are installed together.
type Workspace struct {
	Dir     string
	At      detect.Evidence // what lists the members; empty for a package that stands alone
	Members []string        // their folders, the workspace's own left out
	Patched []Text          // files of patches, from Dir

	// Settings of pnpm-workspace.yaml (https://pnpm.io/settings).
	NodeLinker string // how node_modules is laid out: "hoisted"; empty for pnpm's own way
	Inject     bool   // members are copied into node_modules, not linked
	Builds     Builds

	catalogs map[string]map[string]string // ranges that manifests ask for by the name of a catalog
}

// Range is what a range of a manifest means: one that names a catalog of pnpm's
// (https://pnpm.io/catalogs) has what stands there.
func (w Workspace) Range(name, text string) string {
	catalog, ok := strings.CutPrefix(text, "catalog:")
	if !ok {
		return text
	}
	return cmp.Or(w.catalogs[cmp.Or(catalog, "default")][name], text)
}

// pnpmSettings are the keys of pnpm-workspace.yaml that a build depends on.
type pnpmSettings struct {
	Packages   []string          `yaml:"packages"`
	Patched    map[string]string `yaml:"patchedDependencies"`
	NodeLinker string            `yaml:"nodeLinker"`
	Inject     bool              `yaml:"injectWorkspacePackages"`

	Catalog  map[string]string            `yaml:"catalog"`
	Catalogs map[string]map[string]string `yaml:"catalogs"`

	Only    []string          `yaml:"onlyBuiltDependencies"`
	Ignored []string          `yaml:"ignoredBuiltDependencies"`
	Never   []string          `yaml:"neverBuiltDependencies"`
	Allow   map[string]string `yaml:"allowBuilds"`
	All     bool              `yaml:"dangerouslyAllowAllBuilds"`
}

// builds are those that the file states. Version 10 is the first that reads more of it than
// packages, so that other settings say that it is used.
func (s pnpmSettings) builds() Builds {
	b := Builds{All: s.All, Allowed: s.Only, Refused: append(s.Ignored, s.Never...)}
	for _, name := range slices.Sorted(maps.Keys(s.Allow)) {
		b.allow(name, s.Allow[name])
	}
	b.Stated = b.Stated || b.All || len(b.Allowed)+len(b.Refused)+len(s.Patched) > 0 || s.NodeLinker != "" || s.Inject
	return b
}

// members lists the folders with a manifest that the patterns of a workspace name.
// A pattern that leaves the folder is an error at its place.
func members(t *detect.Tree, dir string, patterns []Text) ([]string, error) {
	var wanted, unwanted []string
	for _, p := range patterns {
		pattern, negative := strings.CutPrefix(p.Value, "!")
		pattern = path.Clean(strings.TrimPrefix(strings.ReplaceAll(pattern, `\`, "/"), "./"))
		if path.IsAbs(pattern) || pattern == ".." || strings.HasPrefix(pattern, "../") || strings.Contains(pattern, "/../") {
			return nil, detect.Errorf(p.At, "the workspace pattern %q leaves the folder", p.Value)
		}
		if !doublestar.ValidatePattern(pattern) {
			return nil, detect.Errorf(p.At, "%q is no pattern of folders", p.Value)
		}
		if negative {
			unwanted = append(unwanted, pattern)
		} else {
			wanted = append(wanted, pattern)
		}
	}
	matches := func(patterns []string, name string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { ok, err := doublestar.Match(p, name); return ok && err == nil })
	}
	var found []string
	for _, name := range manifestNames {
		for _, file := range t.Named(name) {
			folder := path.Dir(file)
			below, ok := detect.Below(dir, folder)
			if ok && below != "." && !t.IsLink(file) && matches(wanted, below) && !matches(unwanted, below) {
				found = append(found, folder)
			}
		}
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// readPnpm reads a pnpm-workspace.yaml.
func readPnpm(file string, data []byte) (pnpmSettings, error) {
	var s pnpmSettings
	if err := yaml.Unmarshal(data, &s); err != nil {
		return s, yamlError(file, err)
	}
	return s, nil
}

// yamlError says where a YAML file is wrong.
func yamlError(file string, err error) error {
	at := detect.PositionError{At: detect.Evidence{File: file}, Err: err}
	var located yaml.Error
	if errors.As(err, &located) {
		at.Err = errors.New(located.GetMessage())
		if token := located.GetToken(); token != nil && token.Position != nil {
			at.At.Line, at.Column = token.Position.Line, token.Position.Column
		}
	}
	return &at
}

// workspaceOf reads what makes a folder a workspace: pnpm's own file, else the
// package.json, else lerna.json, which is from before npm knew workspaces.
func (r *Repository) workspaceOf(p Package) (Workspace, error) {
	w := Workspace{Dir: p.Dir, Patched: p.Patched, Builds: p.Compiles}
	file := path.Join(p.Dir, PnpmWorkspaceFile)
	var patterns []Text
	switch {
	case r.Tree.Has(file):
		data, err := r.Tree.ReadFile(file)
		if err != nil {
			return w, err
		}
		pnpm, err := readPnpm(file, data)
		if err != nil {
			return w, err
		}
		w.NodeLinker, w.Inject = pnpm.NodeLinker, pnpm.Inject
		if w.catalogs = pnpm.Catalogs; pnpm.Catalog != nil {
			w.catalogs = maps.Clone(pnpm.Catalogs)
			if w.catalogs == nil {
				w.catalogs = map[string]map[string]string{}
			}
			w.catalogs["default"] = pnpm.Catalog
		}
		w.Builds = p.Compiles.join(pnpm.builds())
		for _, text := range pnpm.Packages {
			patterns = append(patterns, Text{text, detect.Evidence{File: file}})
		}
		for _, name := range slices.Sorted(maps.Keys(pnpm.Patched)) {
			w.Patched = append(w.Patched, Text{pnpm.Patched[name], detect.Evidence{File: file}})
		}
		w.At = detect.Evidence{File: file}
	case p.HasWorkspaces:
		patterns = p.Workspaces
		w.At = p.At()
		if len(patterns) > 0 {
			w.At = patterns[0].At
		}
	default:
		var err error
		if patterns, w.At, err = r.lerna(p.Dir); err != nil {
			return w, err
		}
		if len(patterns) > 0 {
			return w, detect.Errorf(w.At, "only lerna.json lists the packages, and lerna bootstrap, which installed them, is gone since Lerna 7: list them in workspaces of package.json")
		}
	}
	if len(patterns) == 0 {
		w.At = detect.Evidence{}
		return w, nil
	}
	var err error
	w.Members, err = members(r.Tree, p.Dir, patterns)
	return w, err
}

// lerna reads the members that lerna.json lists.
func (r *Repository) lerna(dir string) ([]Text, detect.Evidence, error) {
	file := path.Join(dir, "lerna.json")
	if !r.Tree.Has(file) {
		return nil, detect.Evidence{}, nil
	}
	v, err := r.json(file)
	if err != nil {
		return nil, detect.Evidence{}, err
	}
	var patterns []Text
	list := v.get("packages")
	for _, item := range list.list {
		patterns = append(patterns, Text{item.text, detect.Evidence{File: file, Line: item.line}})
	}
	return patterns, detect.Evidence{File: file, Line: list.line}, nil
}

// json reads a file of JSON with comments, such as tsconfig.json.
func (r *Repository) json(file string) (value, error) {
	data, err := r.Tree.ReadFile(file)
	if err != nil {
		return value{}, err
	}
	return parseJSON(file, data, true)
}

// Among says whether a package is one of a list.
func Among(list []Package, p Package) bool {
	return slices.ContainsFunc(list, func(o Package) bool { return o.Dir == p.Dir })
}

// Closure lists the packages of the repository that a package needs, itself
// among them, each once, dependencies before those that need them; with those for
// development where it is to be built.
func (r *Repository) Closure(w Workspace, p Package, build bool) []Package {
	byName := map[string]string{}
	for _, dir := range w.Members {
		if m, ok := r.Packages[dir]; ok && m.Name.Value != "" {
			byName[m.Name.Value] = dir
		}
	}
	var found []Package
	seen := map[string]bool{}
	var visit func(Package)
	visit = func(p Package) {
		if seen[p.Dir] {
			return
		}
		seen[p.Dir] = true
		for _, d := range p.Dependencies {
			if dir, ok := r.local(w, p, d, byName); ok && (build || d.Kind != Development) {
				visit(r.Packages[dir])
			}
		}
		found = append(found, p)
	}
	visit(p)
	return found
}

// local finds the package of the repository that a dependency stands for: by a
// path, or by its name among the members of the workspace.
func (r *Repository) local(w Workspace, p Package, d Dependency, byName map[string]string) (dir string, ok bool) {
	if dir, ok = r.ByPath(p, d); dir != "" {
		return dir, ok
	}
	dir, ok = byName[d.Name]
	return dir, ok && dir != p.Dir
}

// ByPath is the folder that a dependency names, and whether it is a package of the
// repository; "" for a dependency that names none.
func (r *Repository) ByPath(p Package, d Dependency) (dir string, ok bool) {
	for _, protocol := range []string{"file:", "link:", "portal:", "workspace:."} {
		if rest, isPath := strings.CutPrefix(d.Range, protocol); isPath {
			if protocol == "workspace:." {
				rest = "." + rest
			}
			dir = path.Join(p.Dir, rest)
			if _, ok = r.Packages[dir]; !ok {
				return r.maker(p, dir)
			}
			return dir, true
		}
	}
	return "", false
}

// maker is the package whose build makes a folder that another depends on, such as the
// dist of a library; else that folder itself.
func (r *Repository) maker(p Package, dir string) (maker string, ok bool) {
	if _, there := r.Tree.Folder(dir); there || strings.HasPrefix(dir, "../") {
		return dir, false
	}
	for up := path.Dir(dir); up != "." && up != p.Dir && !strings.HasPrefix(p.Dir, up+"/"); up = path.Dir(up) {
		if m, is := r.Packages[up]; is {
			return up, m.HasScript(m.BuildScript())
		}
	}
	return dir, false
}

// Workspaces are the files that list members, and how their patterns are read.
func Workspaces() []plan.Workspace {
	return []plan.Workspace{
		{Marker: PnpmWorkspaceFile, Members: func(data []byte) ([]string, error) {
			s, err := readPnpm(PnpmWorkspaceFile, data)
			if err != nil {
				return nil, fmt.Errorf("read workspace: %w", err)
			}
			return s.Packages, nil
		}},
		{Marker: "package.json", Members: func(data []byte) ([]string, error) {
			p, err := ReadPackage("package.json", data)
			var patterns []string
			for _, w := range p.Workspaces {
				patterns = append(patterns, w.Value)
			}
			return patterns, err
		}},
	}
}
