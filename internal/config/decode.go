package config

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/agext/levenshtein"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/dockgen/dockgen/detect"
)

// document is one file with the place of each of its keys. A key is written as a
// path: service.api.lines[0].stage.
type document struct {
	file  string
	at    map[string]place
	order []string
}

type place struct{ line, column int }

// decode reads a file into a pointer to a struct. The error is a
// [detect.PositionError]: for what is no TOML, for a key that nothing reads, for
// a value of another type or outside of its list, for a key that is missing.
func decode(file string, data []byte, into any) (*document, error) {
	data = []byte(strings.TrimPrefix(string(data), "\ufeff"))
	d := &document{file: file, at: map[string]place{}}
	var values map[string]any
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, d.syntax(err)
	}
	if err := d.index(data); err != nil {
		return nil, d.syntax(err)
	}
	if err := d.check(values, reflect.TypeOf(into).Elem(), "", ""); err != nil {
		return nil, err
	}
	if err := toml.Unmarshal(data, into); err != nil {
		return nil, d.syntax(err)
	}
	return d, nil
}

func (d *document) syntax(err error) error {
	at := &detect.PositionError{At: detect.Evidence{File: d.file}, Err: errors.New(strings.TrimPrefix(err.Error(), "toml: "))}
	if e, ok := errors.AsType[*toml.DecodeError](err); ok {
		at.At.Line, at.Column = e.Position()
	}
	return at
}

// index notes where every key stands.
func (d *document) index(data []byte) error {
	var parser unstable.Parser
	parser.Reset(data)
	table, tables := "", map[string]int{}
	for parser.NextExpression() {
		node := parser.Expression()
		switch node.Kind {
		case unstable.Table:
			table = d.keys(&parser, "", node.Key(), tables)
		case unstable.ArrayTable:
			name := d.keys(&parser, "", node.Key(), tables)
			table = fmt.Sprintf("%s[%d]", name, tables[name])
			tables[name]++
			d.note(table, d.at[name])
		case unstable.KeyValue:
			d.value(&parser, table, node, tables)
		}
	}
	return parser.Error()
}

func (d *document) value(parser *unstable.Parser, table string, node *unstable.Node, tables map[string]int) {
	name := d.keys(parser, table, node.Key(), tables)
	d.inside(parser, name, node.Value(), tables)
}

// inside goes into inline tables and arrays of them.
func (d *document) inside(parser *unstable.Parser, name string, value *unstable.Node, tables map[string]int) {
	switch value.Kind {
	case unstable.InlineTable:
		for it := value.Children(); it.Next(); {
			d.value(parser, name, it.Node(), tables)
		}
	case unstable.Array:
		i := 0
		for it := value.Children(); it.Next(); i++ {
			element := fmt.Sprintf("%s[%d]", name, i)
			d.note(element, d.at[name])
			d.inside(parser, element, it.Node(), tables)
		}
	}
}

// keys joins the parts of a key to a path and notes each; a part that names an
// array of tables means its last.
func (d *document) keys(parser *unstable.Parser, table string, key unstable.Iterator, tables map[string]int) string {
	name := table
	for key.Next() {
		if n := tables[name]; n > 0 && name != table {
			name = fmt.Sprintf("%s[%d]", name, n-1)
		}
		node := key.Node()
		name = join(name, string(node.Data))
		start := parser.Shape(node.Raw).Start
		d.note(name, place{start.Line, start.Column})
	}
	return name
}

func (d *document) note(name string, p place) {
	if _, known := d.at[name]; !known {
		d.at[name] = p
		d.order = append(d.order, name)
	}
}

func join(table, key string) string {
	if table == "" {
		return key
	}
	return table + "." + key
}

// has says whether a key is written in the file.
func (d *document) has(key string) bool {
	_, ok := d.at[key]
	return ok
}

// evidence is the place of a key.
func (d *document) evidence(key string) detect.Evidence {
	return detect.Evidence{File: d.file, Line: d.at[key].line}
}

// errorf is an error at a key, or at the nearest table above it that is written.
func (d *document) errorf(key, format string, args ...any) error {
	for known := key; ; {
		if p, ok := d.at[known]; ok || known == "" {
			at := detect.Evidence{File: d.file, Line: p.line}
			return &detect.PositionError{At: at, Column: p.column, Err: fmt.Errorf(format, args...)}
		}
		known = known[:max(0, strings.LastIndexAny(known, ".["))]
	}
}

// check holds values against the type that they are read into.
func (d *document) check(value any, t reflect.Type, key, enum string) error {
	switch t.Kind() {
	case reflect.Struct:
		table, ok := value.(map[string]any)
		if !ok {
			return d.mismatch(key, "a table", value)
		}
		return d.checkTable(table, t, key)
	case reflect.Map:
		table, ok := value.(map[string]any)
		if !ok {
			return d.mismatch(key, "a table", value)
		}
		for _, name := range sorted(table) {
			if err := d.check(table[name], t.Elem(), join(key, name), ""); err != nil {
				return err
			}
		}
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok {
			return d.mismatch(key, "an array", value)
		}
		for i, element := range list {
			if err := d.check(element, t.Elem(), fmt.Sprintf("%s[%d]", key, i), enum); err != nil {
				return err
			}
		}
	case reflect.String:
		text, ok := value.(string)
		if !ok {
			return d.mismatch(key, "a string", value)
		}
		if allowed := strings.Split(enum, ","); enum != "" && !slices.Contains(allowed, text) {
			return d.errorf(key, "%s: %q is none of %s", key, text, strings.Join(allowed, ", "))
		}
	case reflect.Int:
		if _, ok := value.(int64); !ok {
			return d.mismatch(key, "a whole number", value)
		}
	case reflect.Bool:
		if _, ok := value.(bool); !ok {
			return d.mismatch(key, "true or false", value)
		}
	}
	return nil
}

func (d *document) checkTable(table map[string]any, t reflect.Type, key string) error {
	fields := fieldsOf(t)
	for _, name := range sorted(table) {
		i := slices.IndexFunc(fields, func(f field) bool { return f.name == name })
		if i < 0 {
			return d.unknown(join(key, name), name, fields)
		}
		if err := d.check(table[name], fields[i].Type, join(key, name), fields[i].Tag.Get("enum")); err != nil {
			return err
		}
	}
	for _, f := range fields {
		if _, ok := table[f.name]; !ok && f.Tag.Get("required") != "" {
			return d.errorf(key, "%s: the key %s is missing", key, f.name)
		}
	}
	return nil
}

// unknown names the key that is most alike, where one is alike at all.
func (d *document) unknown(key, name string, fields []field) error {
	best, distance := "", max(2, len(name)/2)+1
	for _, f := range fields {
		if n := levenshtein.Distance(name, f.name, nil); n < distance {
			best, distance = f.name, n
		}
	}
	if best == "" {
		var names []string
		for _, f := range fields {
			names = append(names, f.name)
		}
		slices.Sort(names)
		return d.errorf(key, "unknown key %s; there are %s", key, strings.Join(names, ", "))
	}
	return d.errorf(key, "unknown key %s; the nearest is %s", key, best)
}

func (d *document) mismatch(key, want string, value any) error {
	got := "something else"
	switch value.(type) {
	case string:
		got = "a string"
	case int64:
		got = "a whole number"
	case float64:
		got = "a number with a fraction"
	case bool:
		got = "true or false"
	case []any:
		got = "an array"
	case map[string]any:
		got = "a table"
	}
	return d.errorf(key, "%s: want %s, not %s", key, want, got)
}

func sorted(table map[string]any) []string {
	var names []string
	for name := range table {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// field is a field with a key of its own; index leads to it through the structs
// that are embedded.
type field struct {
	reflect.StructField
	name  string
	index []int
}

// fieldsOf lists the keys of a table, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	var fields []field
	for _, f := range reflect.VisibleFields(t) {
		name := f.Tag.Get("toml")
		if f.Anonymous || name == "" || name == "-" {
			continue
		}
		fields = append(fields, field{f, name, f.Index})
	}
	return fields
}
