package lock

import (
	"slices"
	"strings"
)

// graph is which package needs which, by name: what a version more or less would
// change is left out. Names are numbered, so that a large lockfile stays small.
type graph struct {
	ids   map[string]int32
	names []string
	needs [][]int32
	fits  [][]int32 // what an installation takes along and can do without
}

func (g *graph) id(name string) int32 {
	if id, ok := g.ids[name]; ok {
		return id
	}
	if g.ids == nil {
		g.ids = map[string]int32{}
	}
	id := int32(len(g.names))
	name = strings.Clone(name) // else it keeps its line
	g.ids[name] = id
	g.names = append(g.names, name)
	g.needs, g.fits = append(g.needs, nil), append(g.fits, nil)
	return id
}

// name is what is numbered so; nothing where a broken file has named nothing yet.
func (g *graph) name(id int32) string {
	if int(id) < len(g.names) {
		return g.names[id]
	}
	return ""
}

// add notes that a package needs another one, or takes it along where it can.
func (g *graph) add(from int32, name string, optional bool) {
	if int(from) >= len(g.names) {
		return
	}
	to := g.id(name)
	list := &g.needs[from]
	if optional {
		list = &g.fits[from]
	}
	if n := len(*list); n == 0 || (*list)[n-1] != to {
		*list = append(*list, to)
	}
}

// spare notes that a package can do without what it needs.
func (g *graph) spare(from int32, name string) {
	if to := g.id(name); int(from) < len(g.needs) {
		g.needs[from] = slices.DeleteFunc(g.needs[from], func(id int32) bool { return id == to })
		g.fits[from] = append(g.fits[from], to)
	}
}

// all is what a package needs and what it takes along.
func (g *graph) all(id int32) []int32 { return slices.Concat(g.needs[id], g.fits[id]) }

// reach says which packages some others need, directly or not, these included;
// strictly: which of them an installation cannot do without.
func (g *graph) reach(names []string, strictly bool) func(name string) bool {
	named := map[string]bool{} // the lockfile need not have them
	found := make([]bool, len(g.names))
	var queue []int32
	for _, name := range names {
		named[name] = true
		if id, ok := g.ids[name]; ok && !found[id] {
			found[id] = true
			queue = append(queue, id)
		}
	}
	for len(queue) > 0 {
		id := queue[len(queue)-1]
		queue = queue[:len(queue)-1]
		lists := [][]int32{g.needs[id], g.fits[id]}
		if strictly {
			lists = lists[:1]
		}
		for _, list := range lists {
			for _, need := range list {
				if !found[need] {
					found[need] = true
					queue = append(queue, need)
				}
			}
		}
	}
	return func(name string) bool {
		id, ok := g.ids[name]
		return named[name] || ok && found[id]
	}
}
