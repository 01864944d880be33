package lock

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/catalog"
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
