package golang

import (
	"fmt"
	"path"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
)

// pinFiles are the files in which tools that switch between versions of Go are
// told which to take, with what reads each.
var pinFiles = []struct {
	name string
	read func(text string) (version string, line int, err error)
}{
	{".go-version", readPlainPin},      // goenv
	{".tool-versions", readToolsPin},   // asdf
	{"mise.toml", readMisePin},         // mise
	{".mise.toml", readMisePin},        // mise
	{".config/mise.toml", readMisePin}, // mise
}

// pins reads the version files in the folder of the module, or else in the
// nearest folder above it that has one.
func (r *repository) pins(m Module) ([]Directive, error) {
	for dir := m.Dir; ; dir = path.Dir(dir) {
		var found []Directive
		here := false
		for _, f := range pinFiles {
			file := path.Join(dir, f.name)
			if !r.tree.Has(file) {
				continue
			}
			data, err := r.tree.ReadFile(file)
			if err != nil {
				return nil, err
			}
			version, line, err := f.read(strings.ReplaceAll(string(data), "\r\n", "\n"))
			at := detect.Evidence{File: file, Line: line}
			switch {
			case err != nil:
				return nil, detect.Errorf(at, "%w", err)
			case version == "":
				continue // it is about other tools
			case version == "latest" || version == "system":
			case !goVersion.MatchString(version):
				return nil, detect.Errorf(at, "%q is not a version of Go", version)
			default:
				found = append(found, Directive{version, at})
			}
			here = true
		}
		if here || dir == "." {
			return found, nil
		}
	}
}

func readPlainPin(text string) (string, int, error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		if line = strings.TrimSpace(line); line != "" && line[0] != '#' {
			return strings.TrimPrefix(line, "go"), n, nil
		}
	}
	return "", 0, nil
}

func readToolsPin(text string) (string, int, error) {
	n := 0
	for line := range strings.Lines(text) {
		n++
		words := strings.Fields(line)
		if len(words) > 1 && (words[0] == "golang" || words[0] == "go") {
			return strings.TrimPrefix(words[1], "go"), n, nil
		}
	}
	return "", 0, nil
}

// misePin is the key that names Go in a mise.toml.
var misePin = regexp.MustCompile(`^\s*"?(go|golang)"?\s*=`)

func readMisePin(text string) (string, int, error) {
	var file struct{ Tools map[string]any }
	if _, err := toml.Decode(text, &file); err != nil {
		line := 0
		if parse, ok := err.(toml.ParseError); ok {
			line = parse.Position.Line
		}
		return "", line, err
	}
	tool, ok := file.Tools["go"]
	if !ok {
		tool, ok = file.Tools["golang"]
	}
	if !ok {
		return "", 0, nil
	}
	n, at := 0, 0
	for line := range strings.Lines(text) {
		if n++; misePin.MatchString(line) {
			at = n
		}
	}
	for {
		switch t := tool.(type) {
		case string:
			return strings.TrimPrefix(t, "go"), at, nil
		case []any:
			if len(t) == 0 {
				return "", at, nil
			}
			tool = t[0]
		case map[string]any:
			tool = t["version"]
		default:
			return "", at, fmt.Errorf("tools.go is neither a version nor a list of them")
		}
	}
}
