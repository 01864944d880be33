package config

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/plan"
)

// schema is the part of JSON Schema 2020-12 that a dockgen.toml needs.
type schema struct {
	Schema      string             `json:"$schema,omitempty"`
	ID          string             `json:"$id,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Type        string             `json:"type,omitempty"`
	AnyOf       []any              `json:"anyOf,omitempty"`
	Const       *bool              `json:"const,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Shortest    int                `json:"minLength,omitempty"`
	Lowest      int                `json:"minimum,omitempty"`
	Highest     int                `json:"maximum,omitempty"`
	Least       int                `json:"minItems,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Additional  any                `json:"additionalProperties,omitempty"` // false, or the schema of any key
	Items       *schema            `json:"items,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
}

// Schema is the JSON Schema of the file at the root, of which that in a folder
// has a part. It is made of the structs that decoding fills, and of the options of
// stacks.
func Schema(stacks []plan.Stack) ([]byte, error) {
	s := schemaOf(reflect.TypeFor[Root](), "", "", plan.Options(stacks))
	bound(s, stacks)
	one := s.Properties["stack"].Additional
	s.Properties["stack"].Additional, s.Properties["stack"].Properties = false, map[string]*schema{}
	for _, stack := range stacks {
		s.Properties["stack"].Properties[stack.Name], _ = one.(*schema)
	}
	s.Schema = "https://json-schema.org/draft/2020-12/schema"
	s.Title = Name
	s.ID = "urn:dockgen:dockgen.toml"
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(s); err != nil {
		return nil, fmt.Errorf("write the schema: %w", err)
	}
	return b.Bytes(), nil
}

// bound puts the bounds of values into the schema, wherever their keys stand: what the
// decoder refuses of them.
func bound(s *schema, stacks []plan.Stack) {
	var managers []string
	for _, m := range plan.Managers(stacks) {
		form := m.Name
		if m.Versioned {
			form += `(@[0-9]+(\.[0-9]+){0,2})?`
		}
		managers = append(managers, form)
	}
	limits := map[string]func(*schema){
		"port":            func(s *schema) { s.Lowest, s.Highest = 1, 65535 },
		"runtime":         func(s *schema) { s.Enum = runtimes(stacks) },
		"package-manager": func(s *schema) { s.Pattern = "^(" + strings.Join(managers, "|") + ")$" },
		"tag":             func(s *schema) { s.Pattern = tagName.String() },
		"command":         func(s *schema) { s.Least = 1 },
		"platforms":       func(s *schema) { s.Items = &schema{Type: "string", Pattern: platformName.String()} },
		"private":         func(s *schema) { s.Items = &schema{Type: "string", Pattern: hostName.String()} },
	}
	pattern := func(p string) func(*schema) { return func(s *schema) { s.Pattern = p } }
	verify := map[string]func(*schema){
		"max-size": pattern(sizeText.String()), "memory": pattern(sizeText.String()), "floor": pattern(sizeText.String()), "share": pattern(shareText.String()),
		"start-within": pattern(timeText.String()), "stop-within": pattern(timeText.String()), "max-layers": func(s *schema) { s.Lowest = 1 },
		"allow": func(s *schema) { s.Items = &schema{Type: "string", Pattern: allowText.String()} },
		"env":   func(s *schema) { s.Items = &schema{Type: "string", Pattern: envText.String()} },
	}
	for _, key := range []string{"lang-version", "template", "dockerfiles", "user", "stop-signal", "frontend", "name", "from"} {
		limits[key] = func(s *schema) { s.Shortest = 1 }
	}
	var visit func(s *schema)
	visit = func(s *schema) {
		_, settings := s.Properties["runtime"]
		verifies := s.Properties["max-layers"] != nil || s.Properties["floor"] != nil
		for key, one := range s.Properties {
			if limit, ok := verify[key]; ok && verifies {
				limit(one)
			}
			if limit, ok := limits[key]; ok && (settings || s.Properties["registry"] != nil) {
				limit(one)
			}
			visit(one)
		}
		if more, ok := s.Additional.(*schema); ok {
			visit(more)
		}
	}
	visit(s)
}

// runtimes lists the flavours of all stacks.
func runtimes(stacks []plan.Stack) (names []string) {
	for _, s := range stacks {
		names = append(names, s.Runtimes...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// formsOf lists the forms of a value that may be of several types.
func formsOf(t reflect.Type) []any {
	none := &schema{Const: new(bool)}
	switch t {
	case reflect.TypeFor[adapt.Healthcheck]():
		return []any{none, schema{Type: "string", Pattern: "^/"}, schema{Type: "array", Items: &schema{Type: "string"}, Least: 2}}
	case reflect.TypeFor[adapt.Ports]():
		port := &schema{AnyOf: []any{schema{Type: "integer", Lowest: 1, Highest: 65535}, schema{Type: "string", Pattern: "^[0-9]+(/(tcp|udp|sctp))?$"}}}
		return []any{none, schema{Type: "array", Items: port, Least: 1}}
	}
	return nil
}

func schemaOf(t reflect.Type, doc, enum string, options []plan.Option) *schema {
	s := &schema{Description: doc}
	if forms := formsOf(t); len(forms) > 0 {
		s.AnyOf = forms
		return s
	}
	switch t.Kind() {
	case reflect.Struct:
		s.Type, s.Additional, s.Properties = "object", false, map[string]*schema{}
		for _, f := range fieldsOf(t) {
			s.Properties[f.name] = schemaOf(f.Type, f.Tag.Get("doc"), f.Tag.Get("enum"), options)
			if f.Tag.Get("or") != "" {
				s.Properties[f.name] = &schema{Description: f.Tag.Get("doc"), AnyOf: []any{map[string]string{"type": "string"}, map[string]bool{"const": false}}}
			}
			if f.Tag.Get("required") != "" {
				s.Required = append(s.Required, f.name)
			}
		}
		if takesOptions(t) {
			for _, o := range options {
				s.Properties[o.Key] = schemaOf(optionTypes[o.Kind], o.Doc, strings.Join(o.Values, ","), nil)
				if o.Not != "" {
					s.Properties[o.Not] = schemaOf(optionTypes[o.Kind], "where false: "+o.Doc, "", nil)
				}
			}
		}
		if takesVariants(t) {
			images := *s.Properties["images"]
			images.Additional = schemaOf(reflect.TypeFor[Settings](), "a further image of the service, Dockerfile.NAME", "", options)
			s.Properties["images"] = &images
		}
		if hasText(t) {
			s.Description = ""
			return &schema{Description: doc, AnyOf: []any{schema{Type: "string"}, s}}
		}
	case reflect.Map:
		s.Type, s.Additional = "object", schemaOf(t.Elem(), "", enum, options)
	case reflect.Slice:
		s.Type, s.Items = "array", schemaOf(t.Elem(), "", "", options)
	case reflect.Int:
		s.Type = "integer"
	case reflect.Bool:
		s.Type = "boolean"
	default:
		s.Type = "string"
		if enum != "" {
			s.Enum = strings.Split(enum, ",")
		}
	}
	return s
}
