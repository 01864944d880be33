package config

import (
	"encoding"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/agext/levenshtein"
	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/plan"
)

// document is one file with the place of each of its keys. A key is written as a
// path: service.api.lines[0].stage.
//
// It is read by go-toml, as whoever writes a dockgen.toml is told the line and column of
// what is wrong in it. BurntSushi's library reads all other TOML: it keeps the places of
// values to itself.
type document struct {
	file    string
	options []plan.Option // keys of stacks, wherever answers stand
	at      map[string]place
	order   []string
}

type place struct{ line, column int }

// decode reads a file into a pointer to a struct, with the keys of stacks' options
// where that takes answers. The error is a
// [detect.PositionError]: for what is no TOML, for a key that nothing reads, for
// a value of another type or outside of its list, for a key that is missing.
func decode(file string, data []byte, options []plan.Option, into any) (*document, error) {
	data = []byte(strings.TrimPrefix(string(data), "\ufeff"))
	d := &document{file: file, options: options, at: map[string]place{}}
	var values map[string]any
	if err := toml.Unmarshal(data, &values); err != nil {
		return nil, d.syntax(err)
	}
	if err := d.index(data); err != nil {
		return nil, d.syntax(err)
	}
	return d, d.fill(values, reflect.ValueOf(into).Elem(), "", "")
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

// fill reads a value into a place of a type, or says why it does not fit.
func (d *document) fill(value any, to reflect.Value, key, enum string) error {
	if own, ok := to.Addr().Interface().(interface{ UnmarshalTOML(any) error }); ok {
		if err := own.UnmarshalTOML(value); err != nil {
			return d.errorf(key, "%s: %w", key, err)
		}
		return nil
	}
	switch to.Kind() {
	case reflect.Struct:
		table, ok := value.(map[string]any)
		if text, is := value.(string); is && hasText(to.Type()) {
			return to.Addr().Interface().(encoding.TextUnmarshaler).UnmarshalText([]byte(text))
		}
		if !ok {
			return d.mismatch(key, "a table", value)
		}
		return d.fillTable(table, to, key)
	case reflect.Map:
		table, ok := value.(map[string]any)
		if !ok {
			return d.mismatch(key, "a table", value)
		}
		to.Set(reflect.MakeMap(to.Type()))
		for _, name := range sorted(table) {
			element := reflect.New(to.Type().Elem()).Elem()
			if err := d.fill(table[name], element, join(key, name), enum); err != nil {
				return err
			}
			to.SetMapIndex(reflect.ValueOf(name), element)
		}
	case reflect.Slice:
		list, ok := value.([]any)
		if !ok {
			return d.mismatch(key, "an array", value)
		}
		to.Set(reflect.MakeSlice(to.Type(), len(list), len(list)))
		for i, element := range list {
			if err := d.fill(element, to.Index(i), fmt.Sprintf("%s[%d]", key, i), enum); err != nil {
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
		to.SetString(text)
	case reflect.Int:
		number, ok := value.(int64)
		if !ok {
			return d.mismatch(key, "a whole number", value)
		}
		to.SetInt(number)
	case reflect.Bool:
		truth, ok := value.(bool)
		if !ok {
			return d.mismatch(key, "true or false", value)
		}
		to.SetBool(truth)
	}
	return nil
}

// hasText says whether a string can stand for a table.
func hasText(t reflect.Type) bool {
	return reflect.PointerTo(t).Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}

func (d *document) fillTable(table map[string]any, to reflect.Value, key string) error {
	fields := fieldsOf(to.Type())
	for _, name := range sorted(table) {
		full := join(key, name)
		if images, ok := table[name].(map[string]any); ok && name == "images" && takesVariants(to.Type()) {
			rest, err := d.variants(images, to, full)
			if err != nil {
				return err
			}
			table[name] = rest
		}
		if i := slices.IndexFunc(fields, func(f field) bool { return f.name == name }); i >= 0 {
			value := table[name]
			if no, ok := value.(bool); ok && !no && fields[i].Tag.Get("or") != "" {
				value = fields[i].Tag.Get("or") // the one value that is no string
			}
			if err := d.fill(value, to.FieldByIndex(fields[i].index), full, fields[i].Tag.Get("enum")); err != nil {
				return err
			}
			continue
		}
		i := slices.IndexFunc(d.options, func(o plan.Option) bool { return o.Key == name || o.Not == name })
		if i < 0 || !takesOptions(to.Type()) {
			return d.unknown(full, name, to.Type())
		}
		value := table[name]
		if on, ok := value.(bool); ok && name == d.options[i].Not {
			value = !on
		}
		if err := d.fillOption(value, to.FieldByName(ownField), full, d.options[i]); err != nil {
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

// takesVariants says whether further images of a service stand in a table.
func takesVariants(t reflect.Type) bool {
	_, ok := t.FieldByName(variantsField)
	return ok
}

// variantsField is the field of [Service] that holds further images of a service.
const variantsField = "Variants"

// variants reads the further images of a service out of its table images, and gives
// what is left of that.
func (d *document) variants(images map[string]any, to reflect.Value, key string) (map[string]any, error) {
	own := fieldsOf(reflect.TypeFor[adapt.Images]())
	into := to.FieldByName(variantsField)
	rest := map[string]any{}
	for _, name := range sorted(images) {
		table, isTable := images[name].(map[string]any)
		if !isTable || slices.ContainsFunc(own, func(f field) bool { return f.name == name }) {
			rest[name] = images[name]
			continue
		}
		if !detect.ValidImageName(name) {
			return nil, d.errorf(join(key, name), "%s: %s", join(key, name), invalidName(name))
		}
		one := reflect.New(into.Type().Elem()).Elem()
		if err := d.fill(table, one, join(key, name), ""); err != nil {
			return nil, err
		}
		if into.IsNil() {
			into.Set(reflect.MakeMap(into.Type()))
		}
		into.SetMapIndex(reflect.ValueOf(name), one)
	}
	return rest, nil
}

// ownField is the field of [plan.Overrides] that holds answers to options.
const ownField = "Own"

// takesOptions says whether answers stand in a table.
func takesOptions(t reflect.Type) bool {
	f, ok := t.FieldByName(ownField)
	return ok && f.Type == reflect.TypeFor[plan.Own]()
}

// optionTypes are the types of what options take.
var optionTypes = map[plan.Kind]reflect.Type{
	plan.Word: reflect.TypeFor[string](), plan.Switch: reflect.TypeFor[bool](), plan.List: reflect.TypeFor[[]string](),
}

func (d *document) fillOption(value any, own reflect.Value, key string, o plan.Option) error {
	v := reflect.New(optionTypes[o.Kind]).Elem()
	if err := d.fill(value, v, key, strings.Join(o.Values, ",")); err != nil {
		return err
	}
	said := plan.Said{Kind: o.Kind}
	if words, ok := v.Interface().([]string); ok {
		said.Words = words
	} else {
		said.Words = []string{fmt.Sprint(v.Interface())}
	}
	if own.IsNil() {
		own.Set(reflect.ValueOf(plan.Own{}))
	}
	own.SetMapIndex(reflect.ValueOf(o.Key), reflect.ValueOf(said))
	return nil
}

// isTable says whether keys stand below a key.
func (d *document) isTable(key string) bool {
	return slices.ContainsFunc(d.order, func(known string) bool { return strings.HasPrefix(known, key+".") })
}

// unknown names the key that is most alike, where one is alike at all.
func (d *document) unknown(key, name string, t reflect.Type) error {
	if t == reflect.TypeFor[adapt.Images]() && d.isTable(key) {
		return d.errorf(key, "%s: a further image is one of a service: [service.NAME.images.%s]", key, name)
	}
	var names []string
	for _, f := range fieldsOf(t) {
		names = append(names, f.name)
	}
	if takesOptions(t) {
		for _, o := range d.options {
			names = append(names, o.Key)
			if o.Not != "" {
				names = append(names, o.Not)
			}
		}
	}
	best, distance := "", max(2, len(name)/2)+1
	for _, known := range names {
		if n := levenshtein.Distance(name, known, nil); n < distance {
			best, distance = known, n
		}
	}
	if best == "" {
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

// ofServices are the fields of the tables that are joined anew for each service.
var ofServices = sync.OnceValue(func() map[reflect.Type][]field {
	all := map[reflect.Type][]field{}
	for _, t := range []reflect.Type{reflect.TypeFor[plan.Overrides](), reflect.TypeFor[Service](), reflect.TypeFor[adapt.Images]()} {
		all[t] = listed(t)
	}
	return all
})

// fieldsOf lists the keys of a table, those of embedded structs among them.
func fieldsOf(t reflect.Type) []field {
	if fields, ok := ofServices()[t]; ok {
		return fields
	}
	return listed(t)
}

func listed(t reflect.Type) []field {
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
