package java

import (
	"errors"
	"path"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
)

// versionCatalog is a file of aliases: gradle/libs.versions.toml,
// https://docs.gradle.org/current/userguide/version_catalogs.html.
type versionCatalog struct {
	file      string
	versions  map[string]string
	libraries map[string]coordinate
	plugins   map[string]coordinate // the id stands in Group
	bundles   map[string][]string
}

// readCatalog reads a version catalog. Aliases are kept with dots, as scripts write them.
func readCatalog(t *detect.Tree, file string) (versionCatalog, error) {
	c := versionCatalog{file: file, versions: map[string]string{}, libraries: map[string]coordinate{}, plugins: map[string]coordinate{}, bundles: map[string][]string{}}
	data, err := t.ReadFile(file)
	if err != nil {
		return c, err
	}
	var raw struct {
		Versions  map[string]any
		Libraries map[string]any
		Plugins   map[string]any
		Bundles   map[string][]string
	}
	if _, err := toml.Decode(string(data), &raw); err != nil {
		where := detect.Evidence{File: file}
		var parse toml.ParseError
		if errors.As(err, &parse) {
			where.Line = parse.Position.Line
			return c, detect.Errorf(where, "%s", parse.Message)
		}
		return c, detect.Errorf(where, "%w", err)
	}
	for name, v := range raw.Versions {
		c.versions[dots(name)] = plainVersion(v)
	}
	for name, v := range raw.Libraries {
		c.libraries[dots(name)] = c.library(v)
	}
	for name, v := range raw.Plugins {
		c.plugins[dots(name)] = c.plugin(v)
	}
	for name, list := range raw.Bundles {
		for _, l := range list {
			c.bundles[dots(name)] = append(c.bundles[dots(name)], dots(l))
		}
	}
	return c, nil
}

// dots writes an alias as accessors do.
func dots(alias string) string { return strings.NewReplacer("-", ".", "_", ".").Replace(alias) }

// plainVersion takes a version that is a text, or the strictest part of a rich one.
func plainVersion(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case map[string]any:
		for _, key := range []string{"strictly", "require", "prefer"} {
			if s, ok := v[key].(string); ok {
				return s
			}
		}
	}
	return ""
}

// version takes a version of a library or plugin, which may refer to one by name.
func (c versionCatalog) version(v any) string {
	if m, ok := v.(map[string]any); ok {
		if ref, ok := m["ref"].(string); ok {
			return c.versions[dots(ref)]
		}
	}
	return plainVersion(v)
}

func (c versionCatalog) library(v any) coordinate {
	switch v := v.(type) {
	case string:
		return coordinateOf(v)
	case map[string]any:
		found := coordinate{}
		if module, ok := v["module"].(string); ok {
			found = coordinateOf(module)
		}
		if group, ok := v["group"].(string); ok {
			found.Group = group
		}
		if name, ok := v["name"].(string); ok {
			found.Artifact = name
		}
		found.Version = c.version(v["version"])
		return found
	}
	return coordinate{}
}

func (c versionCatalog) plugin(v any) coordinate {
	switch v := v.(type) {
	case string:
		id, version, _ := strings.Cut(v, ":")
		return coordinate{Group: id, Version: version}
	case map[string]any:
		id, _ := v["id"].(string)
		return coordinate{Group: id, Version: c.version(v["version"])}
	}
	return coordinate{}
}

// coordinateOf reads group:artifact:version.
func coordinateOf(text string) coordinate {
	parts := strings.Split(text, ":")
	c := coordinate{Group: parts[0]}
	if len(parts) > 1 {
		c.Artifact = parts[1]
	}
	if len(parts) > 2 {
		c.Version, _, _ = strings.Cut(parts[2], "@")
	}
	return c
}

// catalogs reads those of a build: the usual one, and what its settings name.
func (g *gradle) catalogs(b *gradleBuild) error {
	files := map[string]string{}
	if file := path.Join(b.root, "gradle/libs.versions.toml"); g.tree.Has(file) {
		files["libs"] = file
	}
	each(b.settings, nil, func(s statement, around []string) {
		if len(around) == 0 || !strings.HasSuffix(around[len(around)-1], "versionCatalogs") {
			return
		}
		name := s.name()
		if texts := s.texts(); len(texts) > 0 { // create("libs") { … }
			name = texts[0].value
		}
		for _, inner := range s.block {
			if inner.name() != "from" || len(inner.texts()) == 0 {
				continue
			}
			if file := path.Join(b.root, inner.texts()[0].value); strings.HasSuffix(file, ".toml") && g.tree.Has(file) {
				files[name] = file
				b.files = append(b.files, file)
			}
		}
	})
	for _, name := range sortedKeys(files) {
		c, err := readCatalog(g.tree, files[name])
		if err != nil {
			return err
		}
		b.catalog[name] = c
	}
	return nil
}
