package source

import (
	"path"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/jsconf"
)

// alias is a name by which a project imports its own files: what stands before and behind a
// star, or all of it, and the files that it means, from the root.
type alias struct {
	before, behind string
	star           bool
	targets        []string
}

// of gives the files that an import by the alias means.
func (a alias) of(imported string) (files []string) {
	rest, ok := strings.CutPrefix(imported, a.before)
	if !ok || !a.star && rest != "" {
		return nil
	}
	rest, ok = strings.CutSuffix(rest, a.behind)
	if !ok {
		return nil
	}
	for _, t := range a.targets {
		files = append(files, path.Clean(strings.Replace(t, "*", rest, 1)))
	}
	return files
}

// aliasOf is a name with the texts that it stands for, from a folder.
func aliasOf(name, dir string, targets ...string) alias {
	a := alias{}
	a.before, a.behind, a.star = strings.Cut(name, "*")
	for _, t := range targets {
		a.targets = append(a.targets, path.Join(dir, t))
	}
	return a
}

// aliased finds the file of the project that an import means which is no path: by the paths
// and the baseUrl of the nearest configuration of the compiler that has some, by imports of the
// nearest package.json, or by its _moduleAliases
// (https://www.typescriptlang.org/tsconfig/#paths, https://nodejs.org/api/packages.html#imports).
func (r *Sources) aliased(from, imported string) (string, bool) {
	for dir := path.Dir(from); ; dir = path.Dir(dir) {
		for _, a := range r.aliasesIn(dir) {
			for _, file := range a.of(imported) {
				if found, ok := r.Module(file); ok {
					return found, true
				}
			}
		}
		if dir == "." || dir == "/" {
			return "", false
		}
	}
}

// aliasesIn are the aliases that the files of a folder state. What is broken there says so
// where the folder is built.
func (r *Sources) aliasesIn(dir string) []alias {
	all, known := r.aliases[dir]
	if known {
		return all
	}
	ts, _ := ReadTypeScript(r.tree, dir, "tsconfig.json", "jsconfig.json")
	all = ts.aliases
	if file := path.Join(dir, "package.json"); r.tree.Has(file) {
		all = append(all, packageAliases(r.tree, dir, file)...)
	}
	r.aliases[dir] = all
	return all
}

func packageAliases(t *detect.Tree, dir, file string) (all []alias) {
	module, err := jsconf.NewProgram(t).Module(file)
	if err != nil {
		return nil
	}
	c, _ := module.Config()
	for _, name := range c.Get("imports").Keys() {
		target := c.Get("imports").Get(name)
		for _, condition := range []string{"node", "import", "default"} {
			if v := target.Get(condition); v.Kind() == jsconf.String {
				target = v
				break
			}
		}
		if text, ok := target.Text(); ok {
			all = append(all, aliasOf(name, dir, text))
		}
	}
	for _, name := range c.Get("_moduleAliases").Keys() {
		if text, ok := c.Get("_moduleAliases").Get(name).Text(); ok {
			all = append(all, aliasOf(name+"/*", dir, text+"/*"), aliasOf(name, dir, text))
		}
	}
	return all
}
