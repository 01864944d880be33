package manifest

import (
	"bytes"
	"fmt"
	"path"
	"strings"

	"github.com/goccy/go-yaml"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/shell"
)

// texts is a list of texts, or one.
type texts []string

// UnmarshalYAML takes both.
func (x *texts) UnmarshalYAML(data []byte) error {
	var list []string
	if err := yaml.Unmarshal(data, &list); err == nil {
		*x = list
		return nil
	}
	var one string
	if err := yaml.Unmarshal(data, &one); err != nil {
		return err
	}
	if one != "" {
		*x = texts{one}
	}
	return nil
}

// release reads the builds of a goreleaser's configuration as calls of the go command:
// https://goreleaser.com/customization/builds/go/
func release(file string, data []byte) (found []Call) {
	var doc struct {
		Builds []struct {
			ID, Main, Dir, Builder    string
			Tags, Flags, Ldflags, Env texts
			Goos                      texts
			Skip                      any
		}
	}
	if yaml.Unmarshal(data, &doc) != nil {
		return nil // goreleaser's own to say
	}
	for _, b := range doc.Builds {
		if b.Builder != "" && b.Builder != "go" || len(b.Goos) > 0 && !strings.Contains(strings.Join(b.Goos, " "), "linux") || b.Skip == true {
			continue
		}
		words := append([]string{"go", "build"}, b.Flags...)
		if len(b.Tags) > 0 {
			words = append(words, "-tags="+strings.Join(b.Tags, ","))
		}
		if len(b.Ldflags) > 0 {
			words = append(words, "-ldflags="+strings.Join(b.Ldflags, " "))
		}
		main := b.Main
		if main == "" {
			main = "."
		}
		if main = path.Join(b.Dir, main); main != "." {
			main = "./" + main
		}
		found = append(found, Call{Words: append(words, main), Set: b.Env, Task: b.ID, At: detect.Evidence{File: file, Line: lineOf(data, "tags:", "ldflags:", "builds:")}})
	}
	return found
}

// composed reads the commands of the services of a compose file that are built here.
func composed(file string, data []byte) (found []Call) {
	if bytes.Contains(data, []byte("# dockgen: ")) {
		return nil // by dockgen itself
	}
	var doc struct {
		Services map[string]struct {
			Build   any
			Image   string
			Command any
		}
	}
	if yaml.Unmarshal(data, &doc) != nil {
		return nil
	}
	for name, s := range doc.Services {
		if s.Command == nil {
			continue
		}
		var words []string
		switch c := s.Command.(type) {
		case string:
			words, _ = shell.Words(c) // or none
		case []any:
			for _, w := range c {
				words = append(words, fmt.Sprint(w))
			}
		}
		task := name
		if s.Build == nil { // an image's name says whose it is
			task, _, _ = strings.Cut(path.Base(s.Image), ":")
		}
		if len(words) > 0 {
			found = append(found, Call{Words: words, Task: task, By: ByUnit, At: detect.Evidence{File: file, Line: lineOf(data, words[0])}})
		}
	}
	return found
}

// lineOf is the first line that holds one of the texts, the first of them that is there.
func lineOf(data []byte, texts ...string) int {
	for _, text := range texts {
		if i := bytes.Index(data, []byte(text)); i >= 0 {
			return 1 + bytes.Count(data[:i], []byte("\n"))
		}
	}
	return 0
}
