package node

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
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

// gypFile says how an addon is compiled: https://gyp.gsrc.io.
const gypFile = "binding.gyp"

// ownAddon notes that the package itself is compiled: npm does so where it finds
// the file and no script for the installation says otherwise.
func (r *detector) ownAddon(d *Detail) {
	file := path.Join(d.Package.Dir, gypFile)
	if d.Engine != "node" || !r.tree.Has(file) {
		return
	}
	at := detect.Evidence{File: file}
	d.System.Compile = append([]Text{{gypFile, at}}, d.System.Compile...)
	d.System.Binary = append([]Text{{gypFile, at}}, d.System.Binary...)
	if !d.Package.lookupAny("preinstall", "install") {
		d.Addon = at
	}
}

// limit notes the versions of Node.js that an addon compiles with.
func (s *System) limit(name string, l *Lock, at detect.Evidence) {
	version := l.versions[nan]
	if version == "" || !slices.Contains(l.graph.needs[l.graph.ids[name]], l.graph.ids[nan]) || s.Limit.Value != "" {
		return
	}
	for _, limit := range nanLimits {
		if catalog.Satisfies(version, "<"+limit.before) {
			s.Limit, s.Limited = Text{limit.node, at}, nan+" "+version+" of "+name
			return
		}
	}
}

// Versions of pnpm that fetch nothing with Node.js from 20 on, measured:
// https://github.com/pnpm/pnpm/issues/6424.
const oldPnpm, oldPnpmNode = "<7.32.5 || >=8.0.0, <8.3.1", "<20"

// limitOf notes the versions of Node.js that a package manager works with.
func (s *System) limitManager(m Manager) {
	if m.Name == "pnpm" && m.Range != "" && s.Limit.Value == "" && (catalog.Satisfies(m.Range, oldPnpm) || major(m.Range) < 7) {
		s.Limit, s.Limited = Text{oldPnpmNode, m.At}, "pnpm "+m.Range
	}
}
