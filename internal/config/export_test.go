package config

import (
	"reflect"

	"github.com/dockgen/dockgen/internal/plan"
)

// Keys lists every key of a dockgen.toml by its last part.
func Keys(stacks []plan.Stack) []string {
	var keys []string
	var visit func(t reflect.Type)
	visit = func(t reflect.Type) {
		for _, f := range fieldsOf(t) {
			keys = append(keys, f.name)
			element := f.Type
			if element.Kind() == reflect.Slice {
				element = element.Elem()
			}
			if element.Kind() == reflect.Struct {
				visit(element)
			}
		}
	}
	visit(reflect.TypeFor[Root]())
	for _, o := range plan.Options(stacks) {
		keys = append(keys, o.Key)
	}
	return keys
}
