package engine

import (
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/compose"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// composeNames are the files that compose looks for, in its order:
// https://docs.docker.com/compose/intro/compose-application-model/#the-compose-file
var composeNames = []string{"compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml"}

// stageOf is a stage by its name, where the Dockerfile has it.
func stageOf(o Outcome, name string) string {
	if len(o.Files) > 0 {
		stages, err := dockerfile.Parse(o.Files[0].Data)
		if err == nil && slices.ContainsFunc(stages, func(s dockerfile.Content) bool { return s.Name == name }) {
			return name
		}
	}
	return ""
}

// composeFile is the file at the root that compose takes, and whether dockgen wrote it. Where
// there is none, it is the first that compose looks for.
func composeFile(t *detect.Tree) (name string, ours bool) {
	for _, name := range composeNames {
		if t.IsLink(name) {
			return name, false
		}
		if t.Has(name) {
			data, err := t.ReadFile(name)
			return name, err == nil && !output.IsForeign(data)
		}
	}
	return composeNames[0], false
}

// Compose makes the file that runs every service with what it stands on. The outcomes are
// those whose Dockerfiles stand when all is written. What a person has to know is told in
// lines.
func (e *Engine) Compose(name string, outcomes []Outcome, settings config.Compose) (file *templates.File, told []string, err error) {
	in := compose.Input{Catalog: e.Catalog, Publish: settings.Publish, Without: settings.Without}
	for _, o := range outcomes {
		if o.Variant != "" {
			continue // a further image of a service that is there already
		}
		s := compose.Service{
			Name: noTarget.ReplaceAllString(o.Service.Name, "-"), Dir: o.Service.Dir, Context: o.Plan.Context, Dockerfile: fromContext(o.Dockerfile, o.Plan.Context),
			Builder: stageOf(o, plan.OwnStages().Builder), Plan: o.Plan, Stands: o.Service.Stands, Examples: o.Service.Examples,
		}
		if g, ok := o.Service.Detail.(detect.Grounded); ok {
			s.Ground = g.Ground()
		}
		in.Services = append(in.Services, s)
	}
	if len(in.Services) == 0 {
		return nil, nil, nil
	}
	view, err := compose.New(in)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", name, err)
	}
	data, err := e.Templates.Render("shared/compose.tmpl", view)
	if err != nil {
		return nil, nil, err
	}
	if data, err = output.Seal(templates.Text, data); err != nil {
		return nil, nil, &InternalError{name, err}
	}
	return &templates.File{Path: name, Kind: templates.Text, Data: data}, view.Told, nil
}
