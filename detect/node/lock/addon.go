package lock

import (
	"cmp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
)

// nan is the layer between addons and the versions of V8.
const nan = "nan"

// An addon that the table does not know is known by what it brings along:
// addonTools compile it, or fetch it and compile it where that fails; with
// prebuildTools it carries binaries of its own. Those of scriptTools tell only where
// the lockfile says which packages have scripts for their installation: other
// programs use them too.
var (
	addonTools    = []string{"@mapbox/node-pre-gyp", "cmake-js", nan, "node-addon-api", "node-pre-gyp", "prebuild-install"}
	scriptTools   = []string{"bindings", "node-gyp"}
	prebuildTools = []string{"napi-postinstall", "node-gyp-build", "node-gyp-build-optional-packages"}
)

// nanLimits are the versions of Node.js that addons do not compile with before a
// version of nan, each measured with the headers of that line's newest release.
var nanLimits = []struct{ before, node string }{
	{"2.17.0", "<19"}, {"2.19.0", "<21"}, {"2.22.2", "<23"}, {"2.26.2", "<25"},
}

// addons lists the packages that compile native code when they are installed, by
// what they bring along for it; without those of the table. It is asked for each
// service, and looks through the lockfile once.
func (l *Lock) addons() []string {
	if l.searched {
		return l.addonNames
	}
	l.searched = true
	has := func(needs []int32, tools []string) bool {
		return slices.ContainsFunc(needs, func(id int32) bool { return slices.Contains(tools, l.graph.names[id]) })
	}
	for id, name := range l.graph.names {
		if versioned[name] || l.elsewhere[name] || l.scripts && !l.scripted[name] {
			continue
		}
		needs := l.graph.all(int32(id))
		compiles := has(needs, addonTools) || l.scripts && has(needs, scriptTools)
		ready := has(needs, prebuildTools) || slices.ContainsFunc(needs, func(id int32) bool { return strings.Contains(l.graph.names[id], "linux") })
		if compiles && !ready {
			l.addonNames = append(l.addonNames, name)
		}
	}
	slices.Sort(l.addonNames)
	return l.addonNames
}

// limit notes the versions of Node.js that an addon compiles with.
func (s *System) limit(name string, l *Lock, at detect.Evidence) {
	version := l.versions[nan]
	if version == "" || !slices.Contains(l.graph.needs[l.graph.ids[name]], l.graph.ids[nan]) || s.Limit.Value != "" {
		return
	}
	for _, limit := range nanLimits {
		if catalog.Satisfies(version, "<"+limit.before) {
			s.Limit, s.Limited = project.Text{Value: limit.node, At: at}, nan+" "+version+" of "+name
			return
		}
	}
}

// Versions of pnpm that fetch nothing with Node.js from 20 on, measured:
// https://github.com/pnpm/pnpm/issues/6424.
const oldPnpm, oldPnpmNode = "<7.32.5 || >=8.0.0, <8.3.1", "<20"

// limitOf notes the versions of Node.js that a package manager works with.
func (s *System) limitManager(m project.Manager) {
	if m.Name == "pnpm" && m.Range != "" && s.Limit.Value == "" && (catalog.Satisfies(m.Range, oldPnpm) || project.Major(m.Range) < 7) {
		s.Limit, s.Limited = project.Text{Value: oldPnpmNode, At: m.At}, "pnpm "+m.Range
	}
}

// The last version of pnpm that runs the scripts of all dependencies, the first line that asks
// which (https://github.com/pnpm/pnpm/releases/tag/v10.0.0), and one above all of that.
const pnpmOfAll, pnpmAsks, pnpmLater = "9.15.9", 10, "10.999.0"

// Asks says whether the version of a package manager that is taken runs scripts of dependencies
// only where the project allows it, and the range of those before, if one of them may be taken
// instead.
func Asks(m project.Manager) (asks bool, before string) {
	want, _ := project.Constraint(m.Range)
	if m.Name != "pnpm" || m.Range == "" && m.Format != "9.0" || want != "" && project.Major(m.Range) < pnpmAsks && !catalog.Satisfies(pnpmLater, want) {
		return false, ""
	}
	if m.Format == "9.0" && (m.Range == "" || !m.Binding && catalog.Satisfies(pnpmOfAll, want)) {
		before = "^9"
	}
	return true, before
}

// lineLimits are the versions of Node.js that a release of a package works with.
//
// Sources: the table of node-sass' README (github.com/sass/node-sass), and webpack's md4, which
// OpenSSL 3 of Node.js 17 refuses until 4.47.0 (github.com/webpack/webpack/pull/17628) and 5.61.0
// bring their own; react-scripts before 5 has exactly one webpack 4.
var lineLimits = []struct{ name, versions, node string }{
	{"node-sass", "<5", "<15"}, {"node-sass", ">=5, <6", "<16"}, {"node-sass", ">=6, <7", "<17"},
	{"node-sass", ">=7, <8", "<18"}, {"node-sass", ">=8, <9", "<20"}, {"node-sass", ">=9", "<21"},
	{"webpack", "<4.47.0 || >=5.0.0, <5.61.0", "<17"}, {"react-scripts", "<5", "<17"},
}

func isLimited(name string) bool {
	return name == "webpack" || name == "node-sass" || name == "react-scripts"
}

// webpackers are packages whose builds run the webpack that is installed.
var webpackers = []string{"webpack", "webpack-cli", "react-scripts", "@vue/cli-service", "nuxt", "gatsby", "laravel-mix", "@symfony/webpack-encore", "@angular-devkit/build-angular", "razzle", "react-app-rewired", "@craco/craco"}

// limitLines notes the versions of Node.js that the packages which are installed work with: of
// what the lockfile, or a manifest without one, has in one version. Legacy says that a script
// has OpenSSL take webpack's md4.
func (s *System) limitLines(l *Lock, reached func(string) bool, direct map[string]project.Dependency, legacy bool) {
	webpacks := slices.ContainsFunc(webpackers, func(name string) bool { return direct[name].Name != "" })
	for _, limit := range lineLimits {
		d := direct[limit.name]
		version, locked := l.versions[limit.name]
		if !locked {
			version = strings.TrimLeft(d.Range, "~^=v")
		}
		md4 := limit.name != "node-sass"
		switch {
		case md4 && (legacy || !webpacks) || !reached(limit.name) && d.Name == "":
		case !locked && limit.name == "webpack" && strings.HasPrefix(d.Range, "^"): // which gets the last of its line
		case plainVersion.MatchString(version) && catalog.Satisfies(version, limit.versions) && lower(limit.node, s.Limit.Value):
			at := cmp.Or(d.At, detect.Evidence{File: l.File})
			s.Limit, s.Limited = project.Text{Value: limit.node, At: at}, limit.name+" "+version
		}
	}
}

// lower says whether a limit, as <17, is below another or the only one.
func lower(limit, other string) bool {
	return other == "" || project.Major(strings.TrimPrefix(limit, "<")) < project.Major(strings.TrimPrefix(other, "<"))
}

// plainVersion is one version, with its three numbers.
var plainVersion = pattern.New(`^\d+\.\d+\.\d+$`)
