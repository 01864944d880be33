package config

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/plan"
)

// Settled is what holds for one service, and where each key of it comes from.
type Settled struct {
	Service
	Key     string // of its table, [service.KEY]
	Variant string // which of the images of the service it is; empty for its own
	origins map[string][]Origin
	others  map[string][]layer // of the further images, by their names
}

// Origin is one place that sets a key.
type Origin struct {
	At    detect.Evidence
	Key   string // in full, "stack.go.runtime"
	Value string
}

// String is the place with the key.
func (o Origin) String() string { return o.At.String() + " " + o.Key }

// Origins lists who sets a key, the strongest first.
func (s Settled) Origins(key string) []Origin {
	all := slices.Clone(s.origins[key])
	slices.Reverse(all)
	return all
}

// Keys lists the keys that are set, sorted.
func (s Settled) Keys() []string { return slices.Sorted(maps.Keys(s.origins)) }

// layer is one table, with the way to it.
type layer struct {
	settings reflect.Value // a Service
	doc      *document
	prefix   string
}

// For joins what is said of a service, the strongest last: the repository, its
// stack, the service's table at the root, the file in its folder, the service's
// table there. Tables of strings are joined key by key, lists that add up are
// put one behind the other, everything else replaces what is weaker.
func (c *Config) For(dir, stack, name string) Settled {
	s := Settled{Key: name, origins: map[string][]Origin{}, others: map[string][]layer{}}
	for _, l := range c.layers(dir, stack, name) {
		l.settle(&s)
	}
	return s
}

func (c *Config) layers(dir, stack, name string) []layer {
	var all []layer
	add := func(s Service, doc *document, prefix string) {
		all = append(all, layer{reflect.ValueOf(s), doc, prefix})
	}
	if c.doc != nil {
		add(Service{Settings: c.root.Settings}, c.doc, "")
		if s, ok := c.root.Stack[stack]; ok {
			add(Service{Settings: s}, c.doc, join("stack", stack))
		}
		for _, key := range sortedKeys(c.root.Service) {
			if key != name && !c.names[key] && path.Clean(key) == dir {
				add(c.root.Service[key], c.doc, join("service", key))
			}
		}
		if one, ok := c.root.Service[name]; ok {
			add(one, c.doc, join("service", name))
		}
	}
	if f, ok := c.folders[dir]; ok {
		add(f.Service, f.doc, "")
		if one, ok := f.Services[name]; ok {
			add(one, f.doc, join("service", name))
		}
	}
	return all
}

// Others are the further images of the service, with what holds for each: what holds
// for the service itself, and what its own table says over that.
func (s Settled) Others() (all []Settled) {
	for _, name := range slices.Sorted(maps.Keys(s.others)) {
		one := s
		one.Variant, one.others, one.origins = name, nil, maps.Clone(s.origins)
		for key, list := range one.origins {
			one.origins[key] = slices.Clip(list)
		}
		for _, l := range s.others[name] {
			l.settle(&one)
		}
		all = append(all, one)
	}
	return all
}

// settle puts a layer over what is settled.
func (l layer) settle(s *Settled) {
	l.fields(reflect.ValueOf(&s.Service).Elem(), l.settings, "", s)
	l.options(s)
	service, _ := l.settings.Interface().(Service)
	for name, one := range service.Variants {
		s.others[name] = append(s.others[name], layer{reflect.ValueOf(Service{Settings: one}), l.doc, join(l.prefix, "images."+name)})
	}
}

func (l layer) fields(to, from reflect.Value, table string, s *Settled) {
	for _, f := range fieldsOf(from.Type()) {
		key := join(table, f.name)
		full := join(l.prefix, key)
		if !l.doc.has(full) {
			continue
		}
		theirs, ours := from.FieldByIndex(f.index), to.FieldByIndex(f.index)
		if f.Type.Kind() == reflect.Struct {
			l.fields(ours, theirs, key, s)
			continue
		}
		s.origins[key] = append(s.origins[key], Origin{l.doc.evidence(full), full, say(theirs)})
		switch {
		case f.Type.Kind() == reflect.Map:
			l.merge(ours, theirs, key, full, s)
		case f.Tag.Get("add") != "":
			ours.Set(reflect.AppendSlice(ours.Slice3(0, ours.Len(), ours.Len()), l.placed(theirs, full)))
		case f.Type.Kind() == reflect.Slice:
			ours.Set(reflect.AppendSlice(reflect.MakeSlice(f.Type, 0, theirs.Len()), theirs))
		default:
			ours.Set(theirs)
		}
		if f.name == "template" || f.name == "dockerfiles" || f.name == "frontend" && theirs.String() != string(plan.NoFrontEnd) {
			ours.SetString(path.Join(path.Dir(l.doc.file), theirs.String()))
		}
	}
}

// options puts the answers to options of stacks over weaker ones.
func (l layer) options(s *Settled) {
	own := l.settings.FieldByName(ownField).Interface().(plan.Own)
	for _, key := range sortedKeys(own) {
		full := join(l.prefix, key)
		s.origins[key] = append(s.origins[key], Origin{l.doc.evidence(full), full, own[key].String()})
	}
	s.Own = own.Over(s.Own)
}

func (l layer) merge(ours, theirs reflect.Value, key, full string, s *Settled) {
	all := reflect.MakeMap(ours.Type())
	for _, layer := range []reflect.Value{ours, theirs} {
		for it := layer.MapRange(); it.Next(); {
			all.SetMapIndex(it.Key(), it.Value())
		}
	}
	ours.Set(all)
	for _, name := range theirs.MapKeys() {
		one := join(key, name.String())
		s.origins[one] = append(s.origins[one], Origin{l.doc.evidence(join(full, name.String())), join(full, name.String()), fmt.Sprint(theirs.MapIndex(name))})
	}
}

// placed notes in each element where it stands, and makes its paths those from
// the root.
func (l layer) placed(list reflect.Value, full string) reflect.Value {
	placed := reflect.MakeSlice(list.Type(), 0, list.Len())
	for i := range list.Len() {
		element := reflect.New(list.Type().Elem()).Elem()
		element.Set(list.Index(i))
		at := l.doc.evidence(fmt.Sprintf("%s[%d]", full, i))
		switch e := element.Addr().Interface().(type) {
		case *adapt.File:
			e.At, e.From = at, path.Join(path.Dir(l.doc.file), e.From)
		case *adapt.Secret:
			e.At = at
		case *adapt.Line:
			e.At = at
		}
		placed = reflect.Append(placed, element)
	}
	return placed
}

// say writes a value in short.
func say(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Slice:
		var parts []string
		for i := range v.Len() {
			if v.Index(i).Kind() != reflect.String {
				return fmt.Sprintf("%d of them", v.Len())
			}
			parts = append(parts, v.Index(i).String())
		}
		return strings.Join(parts, ",")
	case reflect.Map:
		var parts []string
		for _, k := range v.MapKeys() {
			parts = append(parts, k.String())
		}
		slices.Sort(parts)
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v.Interface())
}
