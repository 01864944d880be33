package plan

import (
	"bytes"
	"cmp"
	"slices"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

// Part is what one stack puts into a Dockerfile: whole stages. A file may hold parts
// of several stacks, each with names of stages of its own; what one makes, another
// copies from there.
type Part struct {
	// Templates print the stages, one after the other and of the same data, by their
	// full paths. An empty line stands between stages.
	Templates []string

	// Data is the stack's own typed struct: a missing field fails, where a missing
	// key of a map would print nothing.
	Data any

	// Dir is the folder, from the context, in which the paths begin that the stages
	// copy from the context; empty for the context itself. Without are folders below
	// it that a copy of the whole leaves out.
	Dir     string
	Without []string

	// Test is the stage of its tests, or empty.
	Test string

	// Makes is what its stages make and others may copy.
	Makes []Made
}

// Made is a file or folder that a stage makes.
type Made struct {
	Stage string
	Path  string // in the stage, absolute; with a slash at its end it is a folder with all in it
}

// Stages are the names of the stages of a part that may stand in another's file.
type Stages struct{ Deps, Builder, Test string }

// OwnStages are their names in a file of the stack's own.
func OwnStages() Stages { return Stages{Deps: "deps", Builder: "builder", Test: "test"} }

// FrontStages are those of a front end in the file of a back end, by the front end's
// name where it has several.
func FrontStages(name string) Stages {
	builder := "frontend"
	if name != "" {
		builder += "-" + name
	}
	return Stages{Deps: builder + "-deps", Builder: builder, Test: builder + "-test"}
}

// Renderer prints a template by its full path.
type Renderer interface {
	Render(name string, data any) ([]byte, error)
}

// head is what templates/shared/marker.tmpl prints.
type head struct{ Description string }

// Print prints the Dockerfile: its marker, once, and the parts. A text that begins
// with a marker of its own, as a template of the user's may, has none before it.
func (p Plan) Print(r Renderer) ([]byte, error) {
	var text []byte
	for i, part := range p.Parts {
		own := i == len(p.Parts)-1
		var stages []byte
		for j, name := range part.Templates {
			if own && j == 1 && p.Development != nil { // behind what builds, before what runs
				more, err := r.Render("shared/dev.tmpl", p.Development)
				if err != nil {
					return nil, err
				}
				stages = append(stages, more...)
			}
			more, err := r.Render(name, part.Data)
			if err != nil {
				return nil, err
			}
			stages = append(stages, more...)
		}
		stages, err := dockerfile.InContext(stages, cmp.Or(part.Dir, "."), part.Without)
		if err != nil {
			return nil, err
		}
		text = append(text, stages...)
	}
	text = bytes.TrimLeft(text, "\n")
	for _, own := range []string{"# syntax=", "# dockgen: "} {
		if bytes.HasPrefix(text, []byte(own)) {
			return text, nil
		}
	}
	header, err := r.Render("shared/marker.tmpl", head{p.Description})
	return append(header, text...), err
}

// Own is the part of the stack whose service the plan is of.
func (p Plan) Own() Part { return p.Parts[len(p.Parts)-1] }

// Instead gives the plan with another template in the place of what the stack's own
// part prints, which is the last. A stage for development has no place in that.
func (p Plan) Instead(name string) Plan {
	if p.Development != nil {
		p.Dev, p.Development, p.Watch, p.Notes = "", nil, nil, slices.Clip(p.Notes)
		p.Note("%s prints all of the file, which is why there is no stage dev", name)
	}
	p.Parts = slices.Clone(p.Parts)
	p.Parts[len(p.Parts)-1].Templates = []string{name}
	return p
}
