package dockerfile

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// InContext makes stages that were printed for a folder stages for a context above it:
// what they copy from the context lies below dir, "." for the context itself. A copy of the
// whole folder leaves out the folders that are named in without, from dir.
//
// The error is for text that BuildKit cannot read, and for an ADD from the context, which
// no template has.
func InContext(text []byte, dir string, without []string) ([]byte, error) {
	if dir == "." && len(without) == 0 {
		return text, nil
	}
	tree, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, located(err)
	}
	lines := strings.Split(string(text), "\n")
	for _, node := range slices.Backward(tree.AST.Children) {
		fromStage := slices.ContainsFunc(node.Flags, func(f string) bool { return strings.HasPrefix(f, "--from=") })
		if !strings.EqualFold(node.Value, "COPY") || fromStage || len(node.Heredocs) > 0 {
			continue
		}
		moved, err := copyBelow(node, dir, without)
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", node.StartLine, err)
		}
		lines = slices.Replace(lines, node.StartLine-1, node.EndLine, moved)
	}
	return []byte(strings.Join(lines, "\n")), nil
}

// copyBelow prints a COPY from the context whose sources lie below a folder. With
// --parents what stands before /./ is not part of the copied path.
func copyBelow(node *parser.Node, dir string, without []string) (string, error) {
	flags := slices.Clone(node.Flags)
	parents := slices.Contains(flags, "--parents")
	var words []string
	for n := node.Next; n != nil; n = n.Next {
		words = append(words, unquoted(n.Value))
	}
	if len(words) < 2 {
		return "", fmt.Errorf("COPY of %d paths", len(words))
	}
	sources := words[:len(words)-1]
	if slices.Equal(sources, []string{"."}) && !parents {
		for _, name := range without {
			if plainShell.MatchString(name) {
				flags = append(flags, "--exclude="+name)
			}
		}
	}
	for i, source := range sources {
		switch {
		case dir == ".":
		case parents && !strings.Contains(source, "/./"):
			sources[i] = dir + "/./" + source
		case parents:
			sources[i] = dir + "/" + source
		case source == "." || source == "./":
			sources[i] = dir
		default:
			sources[i] = path.Join(dir, source) + source[len(strings.TrimRight(source, "/")):]
		}
	}
	args, err := CopyArgs(words...)
	if err != nil {
		return "", err
	}
	return strings.Join(append(append([]string{"COPY"}, flags...), args), " "), nil
}

// unquoted is a path as [CopyArgs] was given it.
func unquoted(word string) string {
	inner, ok := strings.CutPrefix(word, `"`)
	if !ok {
		return word
	}
	return strings.NewReplacer(`\\`, `\`, `\"`, `"`, `\$`, `$`).Replace(strings.TrimSuffix(inner, `"`))
}
