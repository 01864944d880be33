package budget

import (
	"bytes"
	"fmt"

	"github.com/dockgen/dockgen/internal/pattern"
)

// reference is an anchor of YAML or an alias of one: https://yaml.org/spec/1.2.2/#71-alias-nodes.
var reference = pattern.New(`(?:^|[\s\[{,:-])([&*])([^\s,\[\]{}]+)`)

// open is an anchor whose node goes on.
type open struct {
	name   string
	indent int
	weight int
}

// aliases bounds the nodes that the aliases of a text stand for. The node of an anchor
// is taken to reach to the next line that is not indented further.
func aliases(data []byte, most int) error {
	known, all, line := map[string]int{}, 0, 0
	var nodes []open
	for text := range bytes.Lines(data) {
		line++
		trimmed := bytes.TrimLeft(text, " -")
		if len(bytes.TrimSpace(trimmed)) == 0 {
			continue
		}
		indent := len(text) - len(trimmed)
		for len(nodes) > 0 && nodes[len(nodes)-1].indent >= indent {
			nodes = nodes[:len(nodes)-1]
		}
		weight := 1 + bytes.Count(text, []byte(",")) + bytes.Count(text, []byte("[")) + bytes.Count(text, []byte("{"))
		for _, m := range reference.FindAllSubmatch(text, -1) {
			name := string(m[2])
			if string(m[1]) == "&" {
				nodes = append(nodes, open{name: name, indent: indent})
				continue
			}
			weight = min(weight+known[name], most+1)
			all += known[name]
			if all > most {
				return fmt.Errorf("%w: up to line %d, aliases stand for more than %d nodes", ErrTooLarge, line, most)
			}
		}
		for i := range nodes {
			nodes[i].weight = min(nodes[i].weight+weight, most+1)
			known[nodes[i].name] = nodes[i].weight
		}
	}
	return nil
}
