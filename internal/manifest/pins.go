// Package manifest reads the files of a project that more than one stack asks.
package manifest

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
)

// Tool is a language or program as version managers know it.
type Tool struct {
	Names []string // in .tool-versions and mise.toml, the usual one first: "golang", "go"
	Files []PinFile
}

// PinFile is a version file of one tool alone.
type PinFile struct {
	Name string                                                  // its base name, ".nvmrc"
	Read func(text string) (version string, line int, err error) // [FirstLine] where it holds the version and nothing else
}

// Pin is a version that a file names, as it is written there.
type Pin struct {
	Version string
	At      detect.Evidence
}

// Pins reads the version files in dir, or else in the nearest folder above it
// that has one: those of the tool itself first, then .tool-versions (asdf) and
// the files of mise, https://mise.jdx.dev/configuration.html. A pin is what is
// written, which may be a range or a word such as latest.
func Pins(t *detect.Tree, dir string, tool Tool) ([]Pin, error) {
	files := append(tool.Files[:len(tool.Files):len(tool.Files)],
		PinFile{".tool-versions", tool.asdf},
		PinFile{"mise.toml", tool.mise},
		PinFile{".mise.toml", tool.mise},
		PinFile{".config/mise.toml", tool.mise},
	)
	for ; ; dir = path.Dir(dir) {
		var found []Pin
		for _, f := range files {
			file := path.Join(dir, f.Name)
			if !t.Has(file) {
				continue
			}
			data, err := t.ReadFile(file)
			if err != nil {
				return nil, err
			}
			version, line, err := f.Read(strings.ReplaceAll(strings.TrimPrefix(string(data), "\ufeff"), "\r\n", "\n"))
			at := detect.Evidence{File: file, Line: line}
			if err != nil {
				return nil, detect.Errorf(at, "%w", err)
			}
			if version != "" { // else it is about other tools
				found = append(found, Pin{version, at})
			}
		}
		if len(found) > 0 || dir == "." {
			return found, nil
		}
	}
}

// FirstLine reads a file that holds a version alone: its first line that is
// neither empty nor a comment.
func FirstLine(text string) (version string, line int, err error) {
	n := 0
	for l := range strings.Lines(text) {
		n++
		l, _, _ = strings.Cut(l, "#")
		if l = strings.TrimSpace(l); l != "" {
			return l, n, nil
		}
	}
	return "", 0, nil
}

func (tool Tool) asdf(text string) (version string, line int, err error) {
	n := 0
	for l := range strings.Lines(text) {
		n++
		words := strings.Fields(l)
		if len(words) > 1 && tool.called(words[0]) {
			return words[1], n, nil
		}
	}
	return "", 0, nil
}

func (tool Tool) called(name string) bool {
	for _, n := range tool.Names {
		if n == name {
			return true
		}
	}
	return false
}

func (tool Tool) mise(text string) (version string, line int, err error) {
	var file struct{ Tools map[string]any }
	if _, err := toml.Decode(text, &file); err != nil {
		var parse toml.ParseError
		if errors.As(err, &parse) {
			line = parse.Position.Line
		}
		return "", line, err
	}
	for _, name := range tool.Names {
		value, ok := file.Tools[name]
		if !ok {
			continue
		}
		version, err := miseVersion(name, value)
		return version, lineOfKey(text, name), err
	}
	return "", 0, nil
}

// miseVersion takes the forms in which mise knows a version: a text, a table with
// one, or a list of either, of which the first counts.
func miseVersion(name string, value any) (string, error) {
	for {
		switch v := value.(type) {
		case string:
			return v, nil
		case []any:
			if len(v) == 0 {
				return "", nil
			}
			value = v[0]
		case map[string]any:
			value = v["version"]
		default:
			return "", fmt.Errorf("tools.%s is neither a version nor a list of them", name)
		}
	}
}

// lineOfKey is the last line that sets a key.
func lineOfKey(text, key string) (line int) {
	sets := regexp.MustCompile(`^\s*"?` + regexp.QuoteMeta(key) + `"?\s*=`)
	n := 0
	for l := range strings.Lines(text) {
		if n++; sets.MatchString(l) {
			line = n
		}
	}
	return line
}
