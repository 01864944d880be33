package engine

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/compose"
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

// Compose makes the file of a result that runs every service with what it stands on. The
// outcomes are those whose Dockerfiles stand when all is written. What a person has to know is
// told in lines.
func (e *Engine) Compose(r Result, outcomes []Outcome) (file *templates.File, told []string, err error) {
	view, err := e.with(r.Lock).composed(r, outcomes)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", r.Compose, err)
	}
	if len(view.Services) == 0 {
		return nil, nil, nil
	}
	for i := range view.Services {
		if c := &view.Services[i]; adapt.ImageName(c.Image) {
			c.Image = mirrored(r, c.Image)
		}
	}
	data, err := e.Templates.Render("shared/compose.tmpl", view)
	if err != nil {
		return nil, nil, err
	}
	if data, err = output.Seal(templates.Text, data); err != nil {
		return nil, nil, &InternalError{r.Compose, err}
	}
	return &templates.File{Path: r.Compose, Kind: templates.Text, Data: data}, view.Told, nil
}

// servers are the images that the file of compose takes beside those of the services, as an
// outcome of the repository's.
func (e *Engine) servers(r Result) *Outcome {
	view, err := e.composed(r, r.Outcomes)
	if err != nil {
		return nil // which is told where the file is written
	}
	o := Outcome{Service: detect.Service{Name: r.Compose, Dir: "."}, settled: r.Config.For(".", "", "")}
	o.Place, o.Family = o.settled.Images.Mirrored, func(string) []string { return nil }
	for _, c := range view.Services {
		if adapt.ImageName(c.Image) {
			o.Named = append(o.Named, adapt.Reference{Name: c.Image})
			o.Taken = append(o.Taken, adapt.Reference{Name: mirrored(r, c.Image)})
		}
	}
	return &o
}

// mirrored is an image where the repository's mirrors have it.
func mirrored(r Result, image string) string {
	name, _ := catalog.Split(image)
	return r.Config.For(".", "", "").Images.Mirrored(name) + strings.TrimPrefix(image, name)
}

// composed is what stands in the file of compose.
func (e *Engine) composed(r Result, outcomes []Outcome) (compose.File, error) {
	settings, _ := r.Config.Compose()
	root := r.Config.For(".", "", "").Images
	in := compose.Input{Catalog: e.Catalog.Under(root.Step), Publish: settings.Publish, Without: settings.Without}
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
		return compose.File{}, nil
	}
	return compose.New(in)
}
