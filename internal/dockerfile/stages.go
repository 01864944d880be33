package dockerfile

import (
	"bytes"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// Stage is one stage, by its lines in the file. Lines count from 0, and an end is
// the line behind the last.
type Stage struct {
	Name         string
	Base         string // as FROM names it
	Parent       int    // the stage that it starts from, -1 for an image
	Start, End   int    // from its FROM to behind its last instruction
	Body         int    // behind its FROM
	Instructions []Instruction
}

// Instruction is one instruction of a stage with the comments right above it.
type Instruction struct {
	Name       string // "RUN"
	Start, End int    // the instruction itself
	Above      int    // the first of the comments above it, else Start
	From       string // of COPY: the stage or image that it copies from
}

// Stages reads where the stages and instructions of a file stand. The error is
// for what [Check] refuses too.
func Stages(data []byte) ([]Stage, error) {
	tree, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, located(err)
	}
	parsed, _, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		return nil, located(err)
	}
	return stagesOf(data, tree, parsed), nil
}

func stagesOf(data []byte, tree *parser.Result, parsed []instructions.Stage) []Stage {
	lines := strings.Split(string(data), "\n")
	ends := map[int]int{}
	for _, node := range tree.AST.Children {
		ends[node.StartLine-1] = node.EndLine
	}
	var stages []Stage
	for _, p := range parsed {
		start := firstLine(p.Location) - 1
		s := Stage{Name: p.Name, Base: p.BaseName, Start: start, Body: ends[start], End: ends[start]}
		s.Parent = slices.IndexFunc(stages, func(t Stage) bool { return strings.EqualFold(t.Name, p.BaseName) })
		for _, command := range p.Commands {
			at := firstLine(command.Location()) - 1
			in := Instruction{Name: strings.ToUpper(command.Name()), Start: at, End: ends[at], Above: at}
			if c, ok := command.(*instructions.CopyCommand); ok {
				in.From = c.From
			}
			for in.Above > s.End && strings.HasPrefix(lines[in.Above-1], "#") {
				in.Above--
			}
			s.Instructions = append(s.Instructions, in)
			s.End = in.End
		}
		stages = append(stages, s)
	}
	return stages
}

// Span is the place of an instruction: its first line, from 0, and the line behind
// its last, with what it continues on and its heredocs.
type Span struct {
	Name       string // "RUN"
	Start, End int
}

// Spans reads where the instructions of a file stand, by the syntax alone: whether
// there is such an instruction is left to [Check].
func Spans(data []byte) ([]Span, error) {
	tree, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, located(err)
	}
	var spans []Span
	for _, node := range tree.AST.Children {
		spans = append(spans, Span{Name: strings.ToUpper(node.Value), Start: node.StartLine - 1, End: node.EndLine})
	}
	return spans, nil
}
