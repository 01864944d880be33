package service

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect/node/project"
)

// testRunners fail where they find no test file.
//
// Sources: the manuals of each, of the versions current in August 2026.
var testRunners = []string{"vitest", "jest", "mocha", "ava"}

// untested gives the runner of the test script where that is one which fails without
// test files, and nothing below the package looks like one.
func (r *detector) untested(p project.Package) string {
	script, _ := p.Script("test")
	words := strings.Fields(script.Value)
	i := slices.IndexFunc(words, func(w string) bool { return slices.Contains(testRunners, w) })
	if i < 0 || strings.Contains(strings.ToLower(strings.ReplaceAll(script.Value, "-", "")), "passwithnotests") || r.mayTest(p.Dir) {
		return ""
	}
	return words[i]
}

// mayTest says whether a file or folder is called like a test: which ones the runner
// takes may be configured.
func (r *detector) mayTest(dir string) bool {
	for _, sub := range r.Tree.Below(dir, func(d string) bool { return path.Base(d) == "node_modules" }) {
		folder, _ := r.Tree.Folder(sub)
		if slices.ContainsFunc(slices.Concat(folder.Files, folder.Dirs), isTest) {
			return true
		}
	}
	return false
}

func isTest(name string) bool {
	name = strings.ToLower(name)
	return (strings.Contains(name, "test") || strings.Contains(name, "spec")) && !strings.Contains(name, ".config.") && !strings.Contains(name, "setup")
}
