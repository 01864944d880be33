package engine

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// BakeName is the file at the root that builds every image.
const BakeName = "docker-bake.hcl"

// bakeView is what templates/shared/bake.tmpl prints.
type bakeView struct {
	Description   string
	Registry, Tag string
	Platforms     string
	Secrets       []bakeSecret
	Names, Tests  []string
	Targets       []bakeTarget
}

// bakeSecret is a secret with the variable that names its file: a file that is
// missing fails a build, so that none is named until somebody does.
type bakeSecret struct{ ID, Source, Variable string }

type bakeTarget struct {
	Name, Image, Context, Dockerfile string
	Platforms                        []string
	Secrets                          []string // expressions, joined by concat
	Tests                            []bakeTest
}

// bakeTest is the target of a test stage.
type bakeTest struct{ Name, Stage string }

// noTarget is what the name of a target must not hold: buildx's bake/bake.go
// takes letters, digits, _ and -.
var noTarget = pattern.New(`[^a-zA-Z0-9_-]`)

// Bake makes the file that builds several images at once, or one that a plain
// docker build at the root would not find. It is nil where there is nothing to
// say. The outcomes are those whose Dockerfiles stand when all is written.
func (e *Engine) Bake(outcomes []Outcome, defaults config.Bake) (*templates.File, error) {
	if len(outcomes) == 0 || len(outcomes) == 1 && outcomes[0].Plan.Context == "." {
		return nil, nil
	}
	view := bakeView{
		Description: "every image of this repository",
		Registry:    defaults.Registry,
		Tag:         orLatest(defaults.Tag),
		Platforms:   strings.Join(defaults.Platforms, ","),
	}
	for _, o := range outcomes {
		if err := view.add(o); err != nil {
			return nil, err
		}
	}
	if err := view.clashes(); err != nil {
		return nil, err
	}
	data, err := e.Templates.Render("shared/bake.tmpl", view)
	if err != nil {
		return nil, err
	}
	if data, err = output.Seal(templates.Text, data); err != nil {
		return nil, &InternalError{BakeName, err}
	}
	return &templates.File{Path: BakeName, Kind: templates.Text, Data: data}, nil
}

func orLatest(tag string) string {
	if tag == "" {
		return "latest"
	}
	return tag
}

func (v *bakeView) add(o Outcome) error {
	t := bakeTarget{
		Name:       noTarget.ReplaceAllString(o.Service.Name, "-"),
		Image:      o.Service.Name,
		Context:    o.Plan.Context,
		Dockerfile: adapt.FromContext(o.Dockerfile, o.Plan.Context),
		Platforms:  o.Plan.Platforms,
	}
	for _, s := range o.Plan.Secrets {
		t.Secrets = append(t.Secrets, v.secret(s))
	}
	if len(t.Secrets) > 1 {
		t.Secrets = []string{"concat(" + strings.Join(t.Secrets, ", ") + ")"}
	}
	for _, stage := range o.Plan.Tests() {
		test := bakeTest{t.Name + "-" + stage, stage}
		t.Tests = append(t.Tests, test)
		v.Tests = append(v.Tests, test.Name)
	}
	v.Names = append(v.Names, t.Name)
	v.Targets = append(v.Targets, t)
	if !strings.HasPrefix(path.Join(o.Plan.Context, t.Dockerfile), strings.TrimPrefix(o.Plan.Context, ".")) {
		return fmt.Errorf("%s: %s lies outside of its context %s", o.Service.Name, o.Dockerfile, o.Plan.Context)
	}
	return nil
}

// secret declares the variable of a secret once, and gives the expression of one
// build. One that is a variable of the environment itself needs none.
func (v *bakeView) secret(s plan.Secret) string {
	if s.Env != "" {
		return `["type=env,id=` + s.ID + `,env=` + s.Env + `"]`
	}
	name := SecretVariable(s.ID)
	if !slices.ContainsFunc(v.Secrets, func(b bakeSecret) bool { return b.Variable == name }) {
		v.Secrets = append(v.Secrets, bakeSecret{s.ID, s.Source, name})
	}
	return name + ` == "" ? [] : ["id=` + s.ID + `,src=${` + name + `}"]`
}

// SecretVariable is the variable of the bake file that names the file of a secret.
func SecretVariable(id string) string {
	return strings.ToUpper(strings.ReplaceAll(noTarget.ReplaceAllString(id, "_"), "-", "_"))
}

// clashes is an error where two targets or groups would have one name.
func (v *bakeView) clashes() error {
	taken := map[string]string{"default": "the group of all images"}
	if len(v.Tests) > 0 {
		taken["test"] = "the group of all tests"
	}
	take := func(name, what string) error {
		if other, clash := taken[name]; clash && name != "" {
			return fmt.Errorf("%s: %s would be called %s, as is %s; give the service another name in %s", BakeName, what, name, other, config.Name)
		}
		taken[name] = what
		return nil
	}
	for _, t := range v.Targets {
		if err := take(t.Name, "the image "+t.Image); err != nil {
			return err
		}
	}
	for _, t := range v.Targets {
		for _, test := range t.Tests {
			if err := take(test.Name, "the target of the tests of "+t.Image); err != nil {
				return err
			}
		}
	}
	return nil
}
