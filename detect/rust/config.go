package rust

import (
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// config is what .cargo/config.toml says, from the workspace's folder up to the
// root, the nearest first: https://doc.rust-lang.org/cargo/reference/config.html
type config struct {
	Files      []string
	Target     Directive // of every build
	TargetDir  Directive // what it is compiled in
	Linkers    []Directive
	Wrapper    Directive // of the compiler
	GitCLI     Directive
	Registries []Directive // names
	Sources    []Directive // folders, from the root, that stand for a registry
	Denies     bool        // warnings are errors
}

type configDocument struct {
	Build struct {
		Target    any
		Wrapper   string `toml:"rustc-wrapper"`
		Rustflags any
		TargetDir string `toml:"target-dir"`
	}
	Target map[string]struct {
		Linker    string
		Rustflags any
	}
	Net struct {
		Git bool `toml:"git-fetch-with-cli"`
	}
	Registries map[string]struct{ Index string }
	Source     map[string]struct{ Directory string }
}

// linkers are the programs of Debian that builds ask for by name, with the
// package that has each.
var linkers = map[string]string{
	"clang": "clang", "clang++": "clang", "lld": "lld", "ld.lld": "lld", "mold": "mold", "gcc": "", "cc": "",
}

var flagLinker = pattern.New(`(?:-fuse-ld=|-Clinker=|linker=)([A-Za-z0-9./+_-]+)`)

// readConfig reads the configuration that counts for a folder.
func (r *repository) readConfig(dir string) (config, error) {
	var c config
	err := r.upwards(dir, []string{".cargo/config.toml", ".cargo/config"}, func(dir, file, plain string) (bool, error) {
		return false, c.add(dir, file, plain)
	})
	return c, err
}

func (c *config) add(dir, name, plain string) error {
	var doc configDocument
	if _, err := toml.Decode(plain, &doc); err != nil {
		return position(name, err)
	}
	c.Files = append(c.Files, name)
	f := file{name: name, lines: index(plain)}
	if target, ok := doc.Build.Target.(string); ok && c.Target.Value == "" {
		c.Target = Directive{target, f.at("build", "target")}
	}
	if dir := doc.Build.TargetDir; dir != "" && c.TargetDir.Value == "" {
		c.TargetDir = Directive{dir, f.at("build", "target-dir")}
	}
	if w := doc.Build.Wrapper; w != "" && c.Wrapper.Value == "" {
		c.Wrapper = Directive{w, f.at("build", "rustc-wrapper")}
	}
	if doc.Net.Git {
		c.GitCLI = Directive{"true", f.at("net", "git-fetch-with-cli")}
	}
	c.flags(doc.Build.Rustflags, f.at("build", "rustflags"))
	for _, triple := range slices.Sorted(maps.Keys(doc.Target)) {
		if !strings.Contains(triple, "linux") || strings.Contains(triple, "not(") {
			continue
		}
		x := doc.Target[triple]
		if x.Linker != "" {
			c.Linkers = append(c.Linkers, Directive{x.Linker, f.at("target."+triple, "linker")})
		}
		c.flags(x.Rustflags, f.at("target."+triple, "rustflags"))
	}
	for _, registry := range slices.Sorted(maps.Keys(doc.Registries)) {
		c.Registries = append(c.Registries, Directive{registry, f.at("registries", registry)})
	}
	for _, source := range slices.Sorted(maps.Keys(doc.Source)) {
		if folder := doc.Source[source].Directory; folder != "" {
			at := f.at("source."+source, "directory")
			full := path.Join(dir, folder)
			if path.IsAbs(folder) || strings.HasPrefix(full, "..") {
				return detect.Errorf(at, "%s lies outside of the repository", folder)
			}
			c.Sources = append(c.Sources, Directive{full, at})
		}
	}
	return nil
}

// flags looks for linkers among the compiler's flags.
func (c *config) flags(value any, at detect.Evidence) {
	var all []string
	switch v := value.(type) {
	case string:
		all = strings.Fields(v)
	case []any:
		for _, x := range v {
			if flag, ok := x.(string); ok {
				all = append(all, flag)
			}
		}
	}
	for i, flag := range all {
		if m := flagLinker.FindStringSubmatch(flag); m != nil {
			c.Linkers = append(c.Linkers, Directive{m[1], at})
		}
		if strings.HasPrefix(flag, "-D") && strings.HasSuffix(flag, "warnings") || flag == "-D" && i+1 < len(all) && all[i+1] == "warnings" {
			c.Denies = true
		}
	}
}
