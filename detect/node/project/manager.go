package project

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Manager is the package manager of a project.
type Manager struct {
	Name     string // "npm", "yarn", "pnpm", "bun", "deno"
	Range    string // of its version, as it is written; empty where nothing says it
	Binding  bool   // another version would refuse, or is not what was chosen
	Reason   string
	At       detect.Evidence
	Lock     string // the base name of its lockfile, or empty
	Format   string // of the lockfile, as the lockfile states it
	YarnPath string // the program itself in the repository, from the workspace
	PnP      bool   // yarn's Plug'n'Play: no node_modules
	Modern   bool   // yarn from 2 on
	Offline  bool   // yarn's packages are in the repository
	Plugins  bool   // yarn's plugin workspace-tools is at hand
}

// lockfiles are the files that package managers write, the usual one first.
var lockfiles = []struct{ file, manager string }{
	{"pnpm-lock.yaml", "pnpm"},
	{"bun.lock", "bun"},
	{"bun.lockb", "bun"},
	{"yarn.lock", "yarn"},
	{"package-lock.json", "npm"},
	{"npm-shrinkwrap.json", "npm"},
}

// managerNames are the package managers that dockgen knows.
var managerNames = []string{"npm", "yarn", "pnpm", "bun"}

var declared = pattern.New(`^(npm|yarn|pnpm|bun)@\^?([0-9][0-9A-Za-z.+-]*)$`)

// Manager settles which package manager installs a workspace: the answer of the
// user, packageManager, devEngines, the lockfile, engines, npm.
func (r *Repository) Manager(root Package, answer string) (Manager, error) {
	found, err := r.lockfiles(root.Dir)
	if err != nil {
		return Manager{}, err
	}
	m, err := root.declares(answer)
	if err != nil {
		return Manager{}, err
	}
	switch {
	case m.Name != "":
		m.Lock = pick(found, m.Name)
	case managers(found) > 1 && r.ran(root, found).Name != "":
		m = r.ran(root, found)
	case managers(found) > 1:
		return Manager{}, detect.Errorf(root.At(), "lockfiles of several package managers (%s) and no packageManager that says which one counts; choose with --package-manager", strings.Join(found, ", "))
	case len(found) > 0:
		m.Lock, m.Name = found[0], managerOf(found[0])
		m.Reason, m.At = "its lockfile is there", detect.Evidence{File: path.Join(root.Dir, found[0])}
	case r.hasYarn(root.Dir):
		m.Name, m.Reason, m.At = "yarn", "its settings are there", detect.Evidence{File: path.Join(root.Dir, ".yarnrc.yml")}
	case root.engine() != "":
		m.Name = root.engine()
		m.Reason = "named in engines"
	case root.runs("bun"):
		m.Name, m.Reason, m.At = "bun", "a script starts bun, and there is no lockfile", root.At()
	default:
		m.Name, m.Reason, m.At = "npm", "no lockfile and no packageManager", root.At()
	}
	if m.Range == "" {
		if err := r.engineOf(root, &m); err != nil {
			return Manager{}, err
		}
	}
	return m, r.configure(root.Dir, &m)
}

// ran is the package manager that the image which the project makes of the folder installs
// with, of those whose lockfile is there: npm fetches others too, so that it counts alone.
func (r *Repository) ran(root Package, found []string) (m Manager) {
	img, _ := r.Tree.ImageOf(root.Dir)
	for _, name := range managerNames {
		if lock := pick(found, name); lock != "" && slices.Contains(img.Words, name) {
			if m.Name != "" && m.Name != "npm" {
				return Manager{}
			}
			m = Manager{Name: name, Lock: lock, Reason: "the image that the project makes is installed with it", At: img.At}
		}
	}
	return m
}

// engineOf takes the version from where one stands that does not choose the package
// manager: volta's, or that of engines, which binds where the settings say so
// (https://docs.npmjs.com/cli/v11/using-npm/config#engine-strict).
func (r *Repository) engineOf(root Package, m *Manager) error {
	for _, v := range root.Volta {
		if v.Name == m.Name {
			m.Range, m.At, m.Reason, m.Binding = v.Value, v.At, "volta", true
			return nil
		}
	}
	for _, e := range root.Engines {
		if e.Name != m.Name {
			continue
		}
		settings, err := r.Registry(root.Dir)
		if err != nil {
			return err
		}
		m.Range, m.At, m.Binding = e.Value, e.At, settings.Strict
		if m.Binding {
			m.Reason = "engines, which the settings make binding"
		}
	}
	return nil
}

// hasYarn says whether there are settings of yarn.
func (r *Repository) hasYarn(dir string) bool { return r.Tree.Has(path.Join(dir, ".yarnrc.yml")) }

// declares gives the package manager that somebody names.
func (p Package) declares(answer string) (Manager, error) {
	if name, version, _ := strings.Cut(answer, "@"); slices.Contains(managerNames, name) {
		return Manager{Name: name, Range: version, Reason: "asked for", Binding: true}, nil
	}
	if text := p.PackageManager; text.Value != "" {
		version, _, _ := strings.Cut(text.Value, "+") // the hash of the program
		parts := declared.FindStringSubmatch(version)
		if parts == nil {
			return Manager{}, detect.Errorf(text.At, "packageManager %q is not one of %s with a version, such as pnpm@10.4.1", text.Value, strings.Join(managerNames, ", "))
		}
		return Manager{Name: parts[1], Range: parts[2], Reason: "packageManager", At: text.At, Binding: true}, nil
	}
	for _, text := range p.DevManager {
		name, version, _ := strings.Cut(text.Value, "@")
		if slices.Contains(managerNames, name) {
			return Manager{Name: name, Range: version, Reason: "devEngines.packageManager", At: text.At, Binding: true}, nil
		}
	}
	for _, v := range p.Volta {
		if slices.Contains(managerNames, v.Name) && v.Name != "npm" {
			return Manager{Name: v.Name, Range: v.Value, Reason: "volta", At: v.At}, nil
		}
	}
	return Manager{}, nil
}

// engine is the package manager that engines names beside npm, which people
// write down without meaning it.
func (p Package) engine() string {
	for _, name := range []string{"pnpm", "yarn", "bun"} {
		for _, e := range p.Engines {
			if e.Name == name && !strings.Contains(e.Value, "use") && !strings.Contains(e.Value, "please") {
				return name
			}
		}
	}
	return ""
}

// runs says whether the start script begins with a program.
func (p Package) runs(program string) bool {
	start, ok := p.Script("start")
	return ok && strings.HasPrefix(start.Value, program+" ")
}

// lockfiles lists those in a folder.
func (r *Repository) lockfiles(dir string) ([]string, error) {
	var found []string
	for _, l := range lockfiles {
		file := path.Join(dir, l.file)
		if r.Tree.IsLink(file) {
			return nil, detect.Errorf(detect.Evidence{File: file}, "a symbolic link, which dockgen does not follow")
		}
		if r.Tree.Has(file) {
			found = append(found, l.file)
		}
	}
	return found, nil
}

func managerOf(lock string) string {
	for _, l := range lockfiles {
		if l.file == lock {
			return l.manager
		}
	}
	return ""
}

// managers counts the package managers that lockfiles belong to.
func managers(locks []string) int {
	var names []string
	for _, l := range locks {
		names = append(names, managerOf(l))
	}
	slices.Sort(names)
	return len(slices.Compact(names))
}

// pick is the lockfile of a package manager. Bun reads those of others when it
// has none of its own, but writes its own then, so they do not count.
func pick(locks []string, manager string) string {
	for _, l := range locks {
		if managerOf(l) == manager {
			return l
		}
	}
	return ""
}

var (
	yarnRelease = pattern.New(`yarn(?:-berry)?-(\d+\.\d+\.\d+[0-9A-Za-z.-]*?)\.c?js$`)
)

// configure reads the package manager's own settings.
func (r *Repository) configure(dir string, m *Manager) error {
	if m.Name != "yarn" {
		return nil
	}
	rc, err := r.yarnrc(dir)
	if err != nil {
		return err
	}
	m.Modern = rc.found
	if major, err := strconv.Atoi(leading.FindString(m.Range)); err == nil {
		m.Modern = major > 1
	}
	if rc.YarnPath != "" && r.Tree.Has(path.Join(dir, rc.YarnPath)) {
		m.YarnPath = rc.YarnPath
		m.Modern = true
		if v := yarnRelease.FindStringSubmatch(rc.YarnPath); v != nil {
			m.Range, m.At, m.Reason = v[1], detect.Evidence{File: path.Join(dir, rc.YarnPath)}, "yarnPath"
			m.Modern = !strings.HasPrefix(v[1], "1.")
		}
	}
	m.Plugins = slices.ContainsFunc(rc.Plugins, func(p yarnPlugin) bool { return strings.Contains(p.Spec+p.Path, "workspace-tools") })
	m.Offline = r.hasZip(path.Join(dir, ".yarn/cache"))
	m.PnP = rc.NodeLinker == "" || rc.NodeLinker == "pnp"
	return nil
}

// Settle takes what the lockfile says of the package manager that wrote it.
func (m *Manager) Settle(format string) {
	m.Format = format
	if m.Name == "yarn" {
		if m.Range == "" {
			m.Modern = format != "1"
		}
		m.PnP = m.PnP && m.Modern
	}
}

// OneMember says whether an installation for development can be for one member of a
// workspace; the others install every member.
func (m Manager) OneMember() bool { return m.Name == "npm" || m.Name == "pnpm" }

// versionOfFormat is the range of versions that write a lockfile of some format,
// where nothing else says the version, or reads it and works with today's Node.js:
// https://github.com/yarnpkg/berry/blob/master/packages/yarnpkg-core/sources/Project.ts,
// https://github.com/pnpm/spec/tree/master/lockfile
var versionOfFormat = map[string]string{
	"yarn 1": "^1", "yarn 4": "^2", "yarn 5": "^3", "yarn 6": "^3", "yarn 7": "^4", "yarn 8": "^4", "yarn 9": "^4", "yarn 10": "^4",
	"pnpm 5.1": "^7", "pnpm 5.2": "^7", "pnpm 5.3": "^7", "pnpm 5.4": "^7", "pnpm 6.0": "^8", "pnpm 6.1": "^8", "pnpm 9.0": "^10",
}

// fallbackManager is the version for a project that tells nothing of it.
var fallbackManager = map[string]string{"yarn": "^1", "pnpm": "^10", "bun": "^1"}

// Reads narrows a constraint to the versions that read the lockfile as it is, and gives it
// back unchanged where the format is not known.
func (m Manager) Reads(want string) string {
	if c, ok := versionOfFormat[m.Name+" "+m.Format]; ok && c != want {
		return Join(want, c)
	}
	return want
}

// Constraint is the version of the package manager as the catalog takes it.
func (m Manager) Constraint() (want, reason string) {
	if m.Range != "" {
		if c, err := Constraint(m.Range); err == nil && c != "" {
			return c, m.Reason
		}
	}
	if c, ok := versionOfFormat[m.Name+" "+m.Format]; ok {
		return c, fmt.Sprintf("the lockfile has format %s", m.Format)
	}
	return fallbackManager[m.Name], m.Reason
}
