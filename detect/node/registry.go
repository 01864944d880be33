package node

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dockgen/dockgen/detect"
)

// Registry is what the settings of a project say about credentials.
type Registry struct {
	Files    []Text // settings that an install reads, from the root: .npmrc, .yarnrc.yml
	Tokens   []Text // variables of the environment that settings refer to
	Literals []Text // settings with a credential in them, which must not enter a layer
	Hosts    []Text // registries other than the public one
	Inject   bool   // pnpm copies packages of the workspace, where it would link their folders
}

// settingsFiles are the files that configure an install, by package manager.
var settingsFiles = []string{".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"}

var (
	tokenVariable = regexp.MustCompile(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?:[:]?-[^}]*|\?)?\}|^\$([A-Za-z_][A-Za-z0-9_]*)$`)
	// Keys of .npmrc that hold credentials:
	// https://docs.npmjs.com/cli/v11/configuring-npm/npmrc#auth-related-configuration
	credential = regexp.MustCompile(`(?i)(^|:)_?(authToken|auth|password)$|npmAuthToken$|npmAuthIdent$`)
)

// publicRegistries need no credentials.
var publicRegistries = []string{"registry.npmjs.org", "registry.yarnpkg.com", "npm.jsr.io"}

// registry reads the settings in a workspace's folder.
func (r *repository) registry(dir string) (Registry, error) {
	var found Registry
	for _, name := range settingsFiles {
		file := path.Join(dir, name)
		if !r.tree.Has(file) {
			continue
		}
		found.Files = append(found.Files, Text{name, detect.Evidence{File: file}})
		data, err := r.tree.ReadFile(file)
		if err != nil {
			return found, err
		}
		if name == ".yarnrc.yml" {
			var any yaml.MapSlice
			if err := yaml.Unmarshal(data, &any); err != nil {
				return found, yamlError(file, err)
			}
		}
		found.read(file, string(data))
	}
	return found, nil
}

// read looks for credentials line by line: each of the formats has one setting
// a line.
func (g *Registry) read(file, text string) {
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		at := detect.Evidence{File: file, Line: n}
		separator := "="
		if strings.HasSuffix(file, ".yml") {
			separator = ": "
		}
		key, setting, ok := strings.Cut(line, separator)
		if !ok {
			continue
		}
		key, setting = unquote(strings.TrimSpace(key)), unquote(strings.TrimSpace(setting))
		g.Inject = g.Inject || key == "inject-workspace-packages" && setting == "true"
		if strings.HasSuffix(key, "egistry") || strings.HasSuffix(key, "npmRegistryServer") {
			g.host(setting, at)
		}
		if !credential.MatchString(key) && !(strings.HasSuffix(file, ".toml") && (key == "token" || key == "password")) {
			continue
		}
		names := tokenVariable.FindAllStringSubmatch(setting, -1)
		for _, m := range names {
			g.Tokens = append(g.Tokens, Text{m[1] + m[2], at})
		}
		if len(names) == 0 && setting != "" {
			g.Literals = append(g.Literals, Text{path.Base(file), at})
		}
	}
}

func (g *Registry) host(address string, at detect.Evidence) {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return
	}
	host, _, _ := strings.Cut(rest, "/")
	if !slices.Contains(publicRegistries, host) && host != "" {
		g.Hosts = append(g.Hosts, Text{host, at})
	}
}

// yarnrc is what .yarnrc.yml says about yarn itself
// (https://yarnpkg.com/configuration/yarnrc).
type yarnrc struct {
	found      bool
	YarnPath   string       `yaml:"yarnPath"`
	NodeLinker string       `yaml:"nodeLinker"`
	Plugins    []yarnPlugin `yaml:"plugins"`
}

type yarnPlugin struct {
	Path string `yaml:"path"`
	Spec string `yaml:"spec"`
}

func (r *repository) yarnrc(dir string) (yarnrc, error) {
	file := path.Join(dir, ".yarnrc.yml")
	if !r.tree.Has(file) {
		return yarnrc{}, nil
	}
	data, err := r.tree.ReadFile(file)
	if err != nil {
		return yarnrc{}, err
	}
	rc := yarnrc{found: true}
	if err := yaml.Unmarshal(data, &rc); err != nil {
		return rc, yamlError(file, err)
	}
	if rc.YarnPath = path.Clean(rc.YarnPath); rc.YarnPath == "." || strings.HasPrefix(rc.YarnPath, "../") || path.IsAbs(rc.YarnPath) {
		rc.YarnPath = ""
	}
	return rc, nil
}

// hasZip says whether a folder holds packages as yarn keeps them.
func (r *repository) hasZip(dir string) bool {
	folder, ok := r.tree.Folder(dir)
	return ok && slices.ContainsFunc(folder.Files, func(name string) bool { return strings.HasSuffix(name, ".zip") })
}
