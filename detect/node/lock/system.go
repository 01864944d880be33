package lock

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Gyp is what node-gyp wants: https://github.com/nodejs/node-gyp#installation.
var Gyp = []string{"g++", "make", "python3"}

// BrowsersFolder is where the browsers of Playwright are, for every user.
const BrowsersFolder = "/ms-playwright"

// PackagesWith gives the packages of Debian that have a program, by the word in sources.
func PackagesWith(program string) ([]string, bool) {
	name, ok := catalog.Program(program)
	if slices.Contains(network, program) {
		return []string{"ca-certificates", name}, ok
	}
	return []string{name}, ok
}

// network are those that want certificates, which Node's images keep to themselves.
var network = []string{"curl", "git", "wget"}

// versioned are the packages whose version the table asks about, and what an image of theirs
// depends on.
var versioned = func() map[string]bool {
	names := map[string]bool{"playwright": true, "playwright-core": true, "next": true, "nuxt": true, "astro": true, nan: true}
	for _, n := range catalog.Needs("node") {
		names[n.Name] = true
	}
	return names
}()

// gitPackages fetch dependencies from repositories.
var gitPackages = []string{"ca-certificates", "git", "openssh-client"}

// System is what the dependencies of a service want of the system.
type System struct {
	Compile []project.Text // packages that may compile an addon
	Binary  []project.Text // packages with native code
	Build   []string
	Run     []string
	Env     []plan.Variable
	RunEnv  []plan.Variable
	NoMusl  []project.Text // packages that do not run on Alpine; the value is the reason
	Browser []project.Text // packages that download a browser
	Shell   string         // the option by which they download the one without windows alone, with a blank behind it
	Init    []project.Text // packages that leave processes behind
	Causes  []project.Text // "ffmpeg: fluent-ffmpeg"
	Limit   project.Text   // the versions of Node.js that its addons and the package manager work with: "<23"; empty where any does
	Limited string         // what sets the limit: "nan 2.17.0 of pprof"
}

// System asks the table about the dependencies of the packages that are installed for
// a build, and of those that run: what manifests name, and what that brings along, as
// far as the lockfile tells.
func (l *Lock) System(m project.Manager, installed, run []project.Package) System {
	direct := map[string]project.Dependency{}
	for _, p := range installed {
		for _, d := range p.Dependencies {
			if _, known := direct[d.Name]; !known && d.Kind != project.Peer {
				direct[d.Name] = d
			}
		}
	}
	reached := l.graph.reach(but(installed, project.Peer), false)
	running := sync.OnceValue(func() func(string) bool {
		return l.graph.reach(but(run, project.Peer, project.Development), false)
	})
	var s System
	taken := map[string]bool{}
	for _, n := range catalog.Needs("node") {
		d, isDirect := direct[n.Name]
		if taken[n.Name] || !reached(n.Name) || n.Direct && !isDirect || n.Below > 0 && project.Major(l.Version(n.Name, d.Range)) >= n.Below {
			continue
		}
		taken[n.Name] = true
		at := cmp.Or(d.At, detect.Evidence{File: l.File})
		s.add(n, at, !running()(n.Name))
	}
	version := l.Version("playwright-core", l.Version("playwright", direct["playwright"].Range))
	if !catalog.Satisfies(version, "<1.49.0") { // https://playwright.dev/docs/release-notes#version-149
		s.Shell = "--only-shell "
	}
	if addons := l.addons(); len(addons) > 0 {
		needed := l.graph.reach(but(installed, project.Peer, project.Optional), true)
		for _, name := range addons {
			if needed(name) {
				at := cmp.Or(direct[name].At, detect.Evidence{File: l.File})
				s.add(catalog.Need{Name: name, Compile: true, Binary: true}, at, !running()(name))
				s.limit(name, l, at)
			}
		}
	}
	s.limitManager(m)
	s.limitLines(l, reached, direct, slices.ContainsFunc(installed, asksLegacy))
	s.repositories(l, reached, direct)
	for _, list := range []*[]string{&s.Build, &s.Run} {
		slices.Sort(*list)
		*list = slices.Compact(*list)
	}
	return s
}

// asksLegacy says whether a script of a package has OpenSSL take what it no longer takes.
func asksLegacy(p project.Package) bool {
	return slices.ContainsFunc(p.Scripts, func(t project.Script) bool { return strings.Contains(t.Value, "openssl-legacy-provider") })
}

// but lists the dependencies of packages that are of other kinds than these.
func but(packages []project.Package, kinds ...project.DependencyKind) (names []string) {
	for _, p := range packages {
		for _, d := range p.Dependencies {
			if !slices.Contains(kinds, d.Kind) {
				names = append(names, d.Name)
			}
		}
	}
	return names
}

// repositories adds what fetches the dependencies that come from repositories.
func (s *System) repositories(l *Lock, reached func(string) bool, direct map[string]project.Dependency) {
	fromGit := map[string]bool{}
	for name := range l.git {
		fromGit[name] = reached(name)
	}
	for name, d := range direct {
		fromGit[name] = fromGit[name] || isGit(d.Range)
	}
	for _, name := range slices.Sorted(maps.Keys(fromGit)) {
		if fromGit[name] {
			s.Build = append(s.Build, gitPackages...)
			at := cmp.Or(direct[name].At, detect.Evidence{File: l.File})
			s.Causes = append(s.Causes, project.Text{Value: "git: " + name + " comes from a repository", At: at})
		}
	}
}

// gitAddress is one that npm takes for a repository's, where others are archives:
// https://github.com/npm/hosted-git-info.
var gitAddress = pattern.New(`^(?:ssh://|https?://(?:[^#]*\.git|(?:www\.)?(?:github\.com|gitlab\.com|bitbucket\.org)/[^/#]+/[^/#]+)(?:#|$))`)

// isGit says whether a range is the address of a repository:
// https://docs.npmjs.com/cli/v11/configuring-npm/package-json#git-urls-as-dependencies
func isGit(text string) bool {
	for _, prefix := range []string{"git+", "git://", "git@", "github:", "gitlab:", "bitbucket:"} {
		if strings.HasPrefix(text, prefix) {
			return true
		}
	}
	if gitAddress.MatchString(text) {
		return true
	}
	owner, repository, ok := strings.Cut(text, "/")
	return ok && owner != "" && repository != "" && !strings.ContainsAny(owner, ":@.~^<>= ")
}

// Version is the version of a package in the lockfile, where it is one that an image depends
// on; else the fallback.
func (l *Lock) Version(name, fallback string) string {
	if v, ok := l.versions[name]; ok {
		return v
	}
	return fallback
}

func (s *System) add(n catalog.Need, at detect.Evidence, development bool) {
	text := project.Text{Value: n.Name, At: at}
	s.Build = append(s.Build, n.Build...)
	s.Env = append(s.Env, variables(n.Env)...)
	if n.Compile {
		s.Compile = append(s.Compile, text)
	}
	if development {
		return
	}
	if n.Binary {
		s.Binary = append(s.Binary, text)
	}
	s.Run = append(s.Run, n.Run...)
	s.RunEnv = append(s.RunEnv, variables(n.RunEnv)...)
	if n.NoMusl != "" {
		s.NoMusl = append(s.NoMusl, project.Text{Value: n.Name + ": " + n.NoMusl, At: at})
	}
	if n.Browser {
		s.Browser = append(s.Browser, text)
	}
	if n.Init {
		s.Init = append(s.Init, text)
	}
	if len(n.Run) > 0 {
		s.Causes = append(s.Causes, project.Text{Value: fmt.Sprintf("%s: %s", strings.Join(n.Run, ", "), n.Name), At: at})
	}
}

// variables are those of a need, as NAME=value.
func variables(all []string) (found []plan.Variable) {
	for _, text := range all {
		name, value, _ := strings.Cut(text, "=")
		found = append(found, plan.Variable{Name: name, Value: value})
	}
	return found
}
