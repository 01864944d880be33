package python

import (
	"maps"
	"slices"
)

// sorted lists the keys of a map in their order.
func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }
