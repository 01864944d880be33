package config

import (
	"fmt"
	"maps"
	"reflect"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Over puts the answers of flags over those of files.
func Over(files, flags plan.Overrides) plan.Overrides {
	to, from := reflect.ValueOf(&files).Elem(), reflect.ValueOf(flags)
	for _, f := range fieldsOf(from.Type()) {
		if given := from.FieldByIndex(f.index); isGiven(given) {
			to.FieldByIndex(f.index).Set(given)
		}
	}
	files.Own = flags.Own.Over(files.Own)
	return files
}

// Value is an answer in short; empty where it is not given.
func Value(o plan.Overrides, key string) string {
	v := reflect.ValueOf(o)
	for _, f := range fieldsOf(v.Type()) {
		if f.name == key && isGiven(v.FieldByIndex(f.index)) {
			return say(v.FieldByIndex(f.index))
		}
	}
	return o.Own[key].String()
}

// Without takes one answer away.
func Without(o plan.Overrides, key string) plan.Overrides {
	v := reflect.ValueOf(&o).Elem()
	for _, f := range fieldsOf(v.Type()) {
		if f.name == key {
			v.FieldByIndex(f.index).SetZero()
		}
	}
	if _, own := o.Own[key]; own {
		o.Own = maps.Clone(o.Own)
		delete(o.Own, key)
	}
	return o
}

// isGiven says whether an answer was given: an empty list is none.
func isGiven(v reflect.Value) bool {
	if v.Kind() == reflect.Slice {
		return v.Len() > 0
	}
	return !v.IsZero()
}

// Answer is a key with its value, as a dockgen.toml holds it.
type Answer struct{ Key, Value string }

// Given lists the answers that are given, in the order of their fields, and those to
// options of stacks.
func Given(o plan.Overrides) []Answer {
	var all []Answer
	v := reflect.ValueOf(o)
	for _, f := range fieldsOf(v.Type()) {
		if given := v.FieldByIndex(f.index); isGiven(given) {
			all = append(all, Answer{f.name, inTOML(given)})
		}
	}
	for _, key := range sortedKeys(o.Own) {
		all = append(all, Answer{key, ownInTOML(o.Own[key])})
	}
	return all
}

var bareKey = pattern.New(`^[A-Za-z0-9_-]+$`)

// QuoteKey writes a key as TOML.
func QuoteKey(key string) string {
	if bareKey.MatchString(key) {
		return key
	}
	return strconv.Quote(key)
}

// Quote writes a list of strings as TOML.
func Quote(list []string) string {
	var words []string
	for _, s := range list {
		words = append(words, strconv.Quote(s))
	}
	return "[" + strings.Join(words, ", ") + "]"
}

func ownInTOML(s plan.Said) string {
	switch s.Kind {
	case plan.Switch:
		return s.String()
	case plan.List:
		return Quote(s.Words)
	}
	return strconv.Quote(s.String())
}

func inTOML(v reflect.Value) string {
	switch value := v.Interface().(type) {
	case string:
		return strconv.Quote(value)
	case plan.FrontEnd:
		if value == plan.NoFrontEnd {
			return string(value)
		}
		return strconv.Quote(string(value))
	case []string:
		return Quote(value)
	default:
		return fmt.Sprint(value)
	}
}
