package golang

import (
	"bytes"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/backing"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Ground implements [detect.Grounded].
func (d Detail) Ground() detect.Ground { return d.ground }

// Variables as programs of Go read them: by a call with a name that speaks of the environment,
// by a tag of caarlos0/env, envconfig, go-envconfig or conf, and by viper.
var (
	envCalls = pattern.New(`\b(?:\w*[eE]nv\w*|BindEnv|SetDefault|GetString|GetInt)\(\s*(?:"[^"\s]*"\s*,\s*)?"([A-Z][A-Z0-9]*_[A-Z0-9_]+|DSN)"(?:\s*,\s*"([^"]*)")?\s*\)(?:\s*,\s*"([^"]*)"\s*\))?`)
	envTags  = pattern.New("\\b(?:env|envconfig|mapstructure|conf):\"([A-Z][A-Z0-9_]+)([^\"`]*)\"([^`]*)`")
	envNames = pattern.New(`"([A-Z][A-Z0-9]*_(?:URL|URI|DSN|HOST|ADDR|ADDRESS|PORT|USER|PASSWORD))"`)
	tagValue = pattern.New(`\b(?:envDefault|default):"([^"]*)"`)
)

// stands gathers what the sources of a program say of servers: the modules that they import
// of those that go.mod requires, and the variables that they read.
func (d *Detail) stands(s *sources, packages []Package) error {
	servers, err := backing.Servers()
	if err != nil {
		return err
	}
	g := &d.ground
	g.Ecosystem = "go"
	var clients []Directive
	for _, m := range append([]Module{d.Module}, d.Closure...) {
		for _, r := range m.Requires {
			if slices.ContainsFunc(servers, func(o backing.Server) bool { return o.Speaks("go", r.Value) }) {
				clients = append(clients, r)
			}
		}
	}
	if len(clients) == 0 {
		return nil
	}
	for _, pkg := range packages {
		for _, file := range pkg.Files {
			data, err := s.read(file)
			if err != nil {
				return err
			}
			for _, c := range clients {
				used := bytes.Contains(data, []byte(`"`+c.Value))
				if used && !slices.ContainsFunc(g.Libraries, func(l detect.Library) bool { return l.Name == c.Value }) {
					g.Libraries = append(g.Libraries, detect.Library{Name: c.Value, At: c.At})
				}
			}
			if bytes.Contains(data, []byte("nv")) || bytes.Contains(data, []byte("viper")) {
				d.environment(file, string(data))
			}
		}
	}
	return nil
}

// environment notes the variables that a file reads.
func (d *Detail) environment(file, text string) {
	note := func(at int, c detect.Setting) {
		c.At = detect.Evidence{File: file, Line: 1 + strings.Count(text[:at], "\n")}
		i := slices.IndexFunc(d.ground.Settings, func(o detect.Setting) bool { return o.Name == c.Name })
		if i < 0 {
			d.ground.Settings = append(d.ground.Settings, c)
		} else if d.ground.Settings[i].Default == "" {
			d.ground.Settings[i].Default = c.Default
		}
	}
	group := func(m []int, n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return text[m[2*n]:m[2*n+1]]
	}
	for _, m := range envCalls.FindAllStringSubmatchIndex(text, -1) {
		note(m[0], detect.Setting{Name: group(m, 1), Default: group(m, 2) + group(m, 3)})
	}
	for _, m := range envNames.FindAllStringSubmatchIndex(text, -1) { // of a table
		note(m[0], detect.Setting{Name: group(m, 1)})
	}
	for _, m := range envTags.FindAllStringSubmatchIndex(text, -1) {
		c := detect.Setting{Name: group(m, 1), Needed: strings.Contains(group(m, 2), ",required") || strings.Contains(group(m, 3), `required:"true"`)}
		if v := tagValue.FindStringSubmatch(text[m[0]:m[1]]); v != nil {
			c.Default = v[1]
		}
		note(m[0], c)
	}
}
