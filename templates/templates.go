// Package templates prints plans.
//
// A template decides nothing: fields, if, with, range, other templates, and the
// few functions below. Another graph of stages is another template.
package templates

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"text/template"

	"github.com/Masterminds/sprig/v3"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

//go:embed */*.tmpl
var files embed.FS

// Set is every template of the program, by its full path: two stacks may call
// theirs the same.
type Set struct{ all *template.Template }

// Load parses the templates.
func Load() (*Set, error) {
	all := template.New("").Option("missingkey=error").Funcs(functions())
	names, err := fs.Glob(files, "*/*.tmpl")
	if err != nil {
		return nil, fmt.Errorf("list templates: %w", err)
	}
	for _, name := range names {
		text, err := files.ReadFile(name)
		if err != nil {
			return nil, fmt.Errorf("read template %s: %w", name, err)
		}
		if _, err := all.New(name).Parse(string(text)); err != nil {
			return nil, fmt.Errorf("parse template: %w", err)
		}
	}
	return &Set{all}, nil
}

// functions is the list of what a template may call. Text that comes from a
// project goes through one of the first, which are ours; the rest are
// those of sprig, by name.
func functions() template.FuncMap {
	library := sprig.TxtFuncMap()
	texts := library["toStrings"].(func(any) []string)
	return template.FuncMap{
		"comment": dockerfile.Comment,
		"word":    dockerfile.Word,
		"copy": func(sources any, to string) (string, error) {
			return dockerfile.CopyArgs(append(texts(sources), to)...)
		},
		"shell":    dockerfile.Shell,
		"exec":     dockerfile.ExecForm,
		"hcl":      dockerfile.HCL,
		"hclList":  dockerfile.HCLList,
		"yaml":     dockerfile.YAML,
		"yamlList": func(items any) (string, error) { return dockerfile.YAMLList(texts(items)) },
		"list":     library["list"],
		"join":     library["join"],
	}
}

// Render prints one template. The same data gives the same bytes. The error is a
// [dockerfile.TextError] where a text of the project is what no file can hold.
func (s *Set) Render(name string, data any) ([]byte, error) {
	var b bytes.Buffer
	if err := s.all.ExecuteTemplate(&b, name, data); err != nil {
		if text, ok := errors.AsType[*dockerfile.TextError](err); ok {
			return nil, text // the project's fault, to which the place in a template adds nothing
		}
		return nil, fmt.Errorf("render %s: %w", path.Base(name), err)
	}
	return b.Bytes(), nil
}

// With gives a set that has a template of the user's beside ours, which it may use.
func (s *Set) With(name, text string) (*Set, error) {
	all, err := s.all.Clone()
	if err != nil {
		return nil, fmt.Errorf("render %s: %w", name, err)
	}
	if _, err := all.New(name).Parse(text); err != nil {
		return nil, err
	}
	return &Set{all}, nil
}
