package java

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// settings are the configuration files of an application, flattened to keys with dots.
// What is read later counts more.
type settings struct {
	list  []setting
	files []string
}

type setting struct {
	key, value string
	profiles   []string // the document holds for one of them only
	at         detect.Evidence
}

// usualResources is where Maven and Gradle look for what goes into the archive.
const usualResources = "src/main/resources"

// resources are the folders of configuration in the module, the weakest first.
func (d *Detail) resources() []string {
	var dirs []string
	for _, dir := range d.Resources {
		dirs = append(dirs, dir, path.Join(dir, "config"))
	}
	return dirs
}

// readSettings reads the files of a name, with the extensions that frameworks take; a
// properties file counts more than the same in YAML.
func (d *Detail) readSettings(t *detect.Tree, names ...string) (settings, error) {
	var s settings
	for _, name := range names {
		for _, dir := range d.resources() {
			for _, ext := range []string{".yaml", ".yml", ".properties"} {
				file := path.Join(d.Build.Dir, dir, name+ext)
				if !t.Has(file) || slices.Contains(s.files, file) {
					continue
				}
				data, err := t.ReadFile(file)
				if err != nil {
					return s, err
				}
				list, err := readConfig(file, data)
				if err != nil && d.Expands.File != "" {
					d.Notes = append(d.Notes, fmt.Sprintf("%v: not read, as %s fills it in before it is a configuration; where it sets a port, give that with --port", err, d.Expands))
					s.files = append(s.files, file)
					continue
				}
				if err != nil {
					return s, err
				}
				s.list = append(s.list, list...)
				s.files = append(s.files, file)
			}
		}
	}
	return s, nil
}

func readConfig(file string, data []byte) ([]setting, error) {
	data = bytes.TrimPrefix(data, byteOrderMark)
	if path.Ext(file) == ".properties" {
		return readProperties(file, string(data)), nil
	}
	return readYAML(file, data)
}

// readProperties reads a file of java.util.Properties, with Spring's separator of
// documents.
func readProperties(file, text string) []setting {
	var all, document []setting
	end := func() {
		all = append(all, within(document)...)
		document = nil
	}
	n, start, logical := 0, 0, ""
	for line := range strings.Lines(text) {
		n++
		line = strings.TrimSpace(line)
		if logical == "" {
			start = n
			if line == "#---" || line == "!---" {
				end()
			}
			if line == "" || line[0] == '#' || line[0] == '!' {
				continue
			}
		}
		if rest, goesOn := strings.CutSuffix(line, `\`); goesOn {
			logical += rest
			continue
		}
		logical += line
		i := strings.IndexAny(logical, "=:")
		key, value := logical, ""
		if i >= 0 {
			key, value = logical[:i], logical[i+1:]
		}
		document = append(document, setting{key: strings.TrimSpace(key), value: strings.TrimSpace(value), at: detect.Evidence{File: file, Line: start}})
		logical = ""
	}
	end()
	return all
}

// filtered is what Maven's resources plugin replaces, which YAML cannot begin with.
var filtered = pattern.New(`@([A-Za-z0-9._-]+)@`)

// escaped is how a file that Gradle expands writes what is Spring's to replace, which no
// string of YAML may hold.
var escaped = []byte(`\$`)

// readYAML reads every document of a file. Aliases are not followed: no port needs one.
func readYAML(file string, data []byte) ([]setting, error) {
	text := filtered.ReplaceAll(data, []byte("$${$1}"))
	parsed, err := parser.ParseBytes(text, 0)
	if err != nil && bytes.Contains(text, escaped) {
		parsed, err = parser.ParseBytes(bytes.ReplaceAll(text, escaped, escaped[1:]), 0)
	}
	if err != nil {
		return nil, yamlError(file, err)
	}
	var all []setting
	for _, doc := range parsed.Docs {
		all = append(all, within(flatten(file, "", doc.Body, 0))...)
	}
	return all, nil
}

func yamlError(file string, err error) error {
	at := detect.Evidence{File: file}
	var broken yaml.Error
	if errors.As(err, &broken) {
		if token := broken.GetToken(); token != nil && token.Position != nil {
			at.Line = token.Position.Line
		}
		return detect.Errorf(at, "%s", broken.GetMessage())
	}
	return detect.Errorf(at, "not YAML")
}

func flatten(file, prefix string, node ast.Node, depth int) []setting {
	if depth > deepest {
		return nil
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		var all []setting
		for _, v := range n.Values {
			all = append(all, flatten(file, prefix, v, depth)...)
		}
		return all
	case *ast.MappingValueNode:
		key := strings.Trim(n.Key.String(), `"'`)
		if prefix != "" {
			key = prefix + "." + key
		}
		return flatten(file, key, n.Value, depth+1)
	case *ast.TagNode:
		return flatten(file, prefix, n.Value, depth+1)
	case *ast.AnchorNode:
		return flatten(file, prefix, n.Value, depth+1)
	case *ast.SequenceNode:
		var all []setting
		for i, v := range n.Values {
			all = append(all, flatten(file, prefix+"["+strconv.Itoa(i)+"]", v, depth+1)...)
		}
		return all
	case nil, *ast.NullNode:
		return nil
	}
	token := node.GetToken()
	if token == nil || token.Position == nil {
		return nil
	}
	return []setting{{key: prefix, value: token.Value, at: detect.Evidence{File: file, Line: token.Position.Line}}}
}

// within marks the settings of a document that holds for some profiles only.
func within(document []setting) []setting {
	var profiles []string
	for _, s := range document {
		key, _, _ := strings.Cut(s.key, "[")
		if key == "spring.config.activate.on-profile" || key == "spring.profiles" {
			for p := range strings.SplitSeq(s.value, ",") {
				profiles = append(profiles, strings.TrimSpace(p))
			}
		}
	}
	for i := range document {
		document[i].profiles = profiles
	}
	return document
}

// get gives the value of the first key that is set, for the active profiles.
func (s settings) get(active []string, keys ...string) (setting, bool) {
	for _, key := range keys {
		for _, found := range slices.Backward(s.list) {
			if found.key == key && found.holds(active) {
				return found, true
			}
		}
	}
	return setting{}, false
}

// holds says whether a document counts. An expression of profiles ("!prod", "a & b") is
// taken for one that is not active, but for a plain negation.
func (s setting) holds(active []string) bool {
	if len(s.profiles) == 0 {
		return true
	}
	return slices.ContainsFunc(s.profiles, func(p string) bool {
		if name, negated := strings.CutPrefix(p, "!"); negated {
			return !slices.Contains(active, name)
		}
		return slices.Contains(active, p)
	})
}

// words splits a value at commas, and gives the items of a list as well.
func (s settings) words(key string) []string {
	var list []string
	for _, found := range s.list {
		name, _, _ := strings.Cut(found.key, "[")
		if name != key || len(found.profiles) > 0 {
			continue
		}
		for word := range strings.SplitSeq(found.value, ",") {
			if word = strings.TrimSpace(word); word != "" {
				list = append(list, word)
			}
		}
	}
	return list
}

// variableName is how variables of the environment are written.
var variableName = pattern.New(`^[A-Z][A-Z0-9_]*$`)

// placeholder is ${name} or ${name:default}; Quarkus and Micronaut write the same.
var placeholder = pattern.New(`^\$\{([^:{}]+)(?::(.*))?\}$`)

// portNumber reads the number of a port, 0 where it is none.
func portNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 65535 {
		return 0
	}
	return n
}

// ktorPlaceholder is how Ktor's YAML writes the same for a variable.
var ktorPlaceholder = pattern.New(`^\$([A-Z][A-Z0-9_]*)(?::(\d+))?$`)

// port reads a value that names a port: a number, or a placeholder. Names that are no
// variables are looked up in the settings, then by known.
func (s settings) port(value string, active []string, known func(string) (string, bool)) (port int, env string, ok bool) {
	if m := ktorPlaceholder.FindStringSubmatch(value); m != nil {
		return portNumber(m[2]), m[1], true
	}
	for range 8 { // placeholders in each other's defaults
		m := placeholder.FindStringSubmatch(strings.TrimSpace(value))
		if m == nil {
			n := portNumber(strings.TrimSpace(value))
			return n, env, n > 0
		}
		name := strings.TrimSpace(m[1])
		if variableName.MatchString(name) {
			if env == "" {
				env = name
			}
			value = m[2]
		} else if found, set := s.get(active, name); set {
			value = found.value
		} else if text, set := known(name); set {
			value = text
		} else {
			value = m[2]
		}
		if value == "" {
			return 0, env, env != ""
		}
	}
	return 0, "", false
}
