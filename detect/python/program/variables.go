package program

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
)

// variables lists the environment variables without a default that a program reads when
// it starts: as its modules are loaded, and as fields of pydantic's settings
// (https://docs.pydantic.dev/latest/concepts/pydantic_settings/).
func (s *Sources) variables(files []string) []Variable {
	var all []Variable
	note := func(name, file string, line int) {
		if source.IsVariable(name) && !slices.ContainsFunc(all, func(v Variable) bool { return v.Name == name }) {
			all = append(all, Variable{name, detect.Evidence{File: file, Line: line}})
		}
	}
	for _, file := range files {
		m := s.Module(file)
		for _, call := range m.Loading {
			if wants(m, call) && !slices.Contains(m.Tried, call.Line) {
				name, _, _ := call.Environment()
				note(name, file, call.Line)
			}
		}
		for _, d := range m.Defs {
			if !d.Class || !isSettings(d) || !s.calls(files, d.Name) {
				continue
			}
			prefix := prefixOf(m)
			for _, f := range d.Fields {
				if f.Name != "model_config" {
					note(strings.ToUpper(prefix+f.Name), file, f.Line)
				}
			}
		}
	}
	return all
}

// wants says whether a call reads a variable and fails where it is not set.
func wants(m *source.Module, call source.Expression) bool {
	_, given := call.Keyword("default")
	_, second := call.Positional(1)
	switch {
	case call.Text == "os.environ[]":
		return !slices.ContainsFunc(m.Members, func(o source.Object) bool { return o.Line == call.Line })
	case given || second:
		return false
	case call.Text == "decouple.config":
		return true
	}
	object, _, _ := strings.Cut(call.Text, ".")
	made := m.Value(source.Expression{Form: source.Name, Text: object, Line: call.Line})
	return source.IsEnvironment(call.Text) && made.Form == source.Call && (made.Text == "environs.Env" || made.Text == "environ.Env")
}

// prefixOf is what stands before the names of all fields of a module's settings.
func prefixOf(m *source.Module) string {
	for _, o := range m.Locals {
		if o.Name == "env_prefix" && o.Value.Form == source.Text {
			return o.Value.Text
		}
		if v, ok := o.Value.Keyword("env_prefix"); ok && o.Name == "model_config" && v.Form == source.Text {
			return v.Text
		}
	}
	return ""
}

// calls says whether one of the files makes an object of a class.
func (s *Sources) calls(files []string, class string) bool {
	return slices.ContainsFunc(files, func(file string) bool {
		return slices.ContainsFunc(s.Module(file).Calls, func(c source.Expression) bool { return c.Text == class || strings.HasSuffix(c.Text, "."+class) })
	})
}
