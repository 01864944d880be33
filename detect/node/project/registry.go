package project

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/goccy/go-yaml"
)

// Registry gives the settings of package managers in a folder, from the root, each read once.
func (r *Repository) Registry(dir string) (Registry, error) {
	if g, ok := r.registries[dir]; ok {
		return g, nil
	}
	g, err := r.readRegistry(dir)
	r.registries[dir] = g
	return g, err
}

// Registry is what the settings of a project say about credentials.
type Registry struct {
	Files    []Text // settings that an install reads, from the root: .npmrc, .yarnrc.yml
	Tokens   []Text // variables of the environment that settings refer to
	Literals []Text // settings with a credential in them, which must not enter a layer
	Hosts    []Text // registries other than the public one
	Beside   []Text // files that settings name: certificates of authorities
	Strict   bool   // npm insists on what engines say
	Inject   bool   // pnpm copies packages of the workspace, where it would link their folders
	Silent   Text   // what keeps scripts of dependencies from running, empty where nothing does
	Builds   bool   // pnpm lets all of them run
}

// settingsFiles are the files that configure an install, by package manager.
var settingsFiles = []string{".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml"}

var (
	tokenVariable = pattern.New(`\$\{([A-Za-z_][A-Za-z0-9_]*)(?:[:]?-[^}]*|\?)?\}|^\$([A-Za-z_][A-Za-z0-9_]*)$`)
	// Keys of .npmrc that hold credentials:
	// https://docs.npmjs.com/cli/v11/configuring-npm/npmrc#auth-related-configuration
	credential = pattern.New(`(?i)(^|:)_?(authToken|auth|password)$|npmAuthToken$|npmAuthIdent$`)
	// userinfo is what an address holds of somebody: https://user:password@host.
	userinfo = pattern.New(`^[a-z+]+://[^/\s@]+@`)
	// pair is one setting of bunfig.toml, of which a line may hold several.
	pair = pattern.New(`([A-Za-z0-9_-]+)["']?\s*=\s*("[^"]*"|'[^']*')`)
)

// ofImage are variables that an image sets itself.
var ofImage = []string{"HOME", "PATH", "PWD", "TMPDIR", "USER"}

// publicRegistries need no credentials.
var publicRegistries = detect.Hosts{
	"com": {"registry.yarnpkg"},
	"io":  {"npm.jsr"},
	"org": {"registry.npmjs"},
}

// readRegistry reads the settings in a workspace's folder.
func (r *Repository) readRegistry(dir string) (Registry, error) {
	var found Registry
	for _, name := range settingsFiles {
		file := path.Join(dir, name)
		if !r.Tree.Has(file) {
			continue
		}
		found.Files = append(found.Files, Text{name, detect.Evidence{File: file}})
		data, err := r.Tree.ReadFile(file)
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

// read looks for credentials line by line: each of the formats has its settings in
// lines.
func (g *Registry) read(file, text string) {
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(text, "\ufeff")) {
		n++
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' || line[0] == ';' {
			continue
		}
		at := detect.Evidence{File: file, Line: n}
		if path.Ext(file) == ".toml" {
			for _, m := range pair.FindAllStringSubmatch(line, -1) {
				g.setting(m[1], strings.Trim(m[2], `"'`), at)
			}
			continue
		}
		separator := "="
		if strings.HasSuffix(file, ".yml") {
			separator = ": "
		}
		if key, setting, ok := strings.Cut(line, separator); ok {
			g.setting(strings.Trim(strings.TrimSpace(key), `"'`), strings.Trim(strings.TrimSpace(setting), `"'`), at)
		}
	}
}

// setting takes one of them: the variables that it wants, and what is secret in it.
func (g *Registry) setting(key, text string, at detect.Evidence) {
	g.Strict = g.Strict || key == "engine-strict" && text == "true"
	if key == "ignore-scripts" && text == "true" || key == "enableScripts" && text == "false" {
		g.Silent = Text{key + " " + text, at}
	}
	g.Builds = g.Builds || key == "dangerously-allow-all-builds" && text == "true"
	g.Inject = g.Inject || key == "inject-workspace-packages" && text == "true"
	if strings.HasSuffix(key, "egistry") || strings.HasSuffix(key, "npmRegistryServer") {
		g.host(text, at)
	}
	if strings.EqualFold(key, "cafile") || strings.HasSuffix(key, "CaFilePath") {
		g.Beside = append(g.Beside, Text{text, at})
	}
	secret := credential.MatchString(key) || userinfo.MatchString(text) || path.Ext(at.File) == ".toml" && (key == "token" || key == "password")
	names := tokenVariable.FindAllStringSubmatch(text, -1)
	for _, m := range names {
		name := m[1] + m[2]
		if secret || m[0] == "${"+name+"}" && !slices.Contains(ofImage, name) { // without a default an install stops
			g.Tokens = append(g.Tokens, Text{name, at})
		}
	}
	if secret && len(names) == 0 && text != "" {
		g.Literals = append(g.Literals, Text{path.Base(at.File), at})
	}
}

func (g *Registry) host(address string, at detect.Evidence) {
	_, rest, ok := strings.Cut(address, "://")
	if !ok {
		return
	}
	host, _, _ := strings.Cut(rest, "/")
	host = host[strings.LastIndexByte(host, '@')+1:]
	if !publicRegistries.Has(host) && host != "" {
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

func (r *Repository) yarnrc(dir string) (yarnrc, error) {
	file := path.Join(dir, ".yarnrc.yml")
	if !r.Tree.Has(file) {
		return yarnrc{}, nil
	}
	data, err := r.Tree.ReadFile(file)
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
func (r *Repository) hasZip(dir string) bool {
	folder, ok := r.Tree.Folder(dir)
	return ok && slices.ContainsFunc(folder.Files, func(name string) bool { return strings.HasSuffix(name, ".zip") })
}
