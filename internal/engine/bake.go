package engine

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// BakeName is the file at the root that builds every image.
const BakeName = "docker-bake.hcl"

// besideName is what it is called where one of the project's own has that name.
const besideName = "dockgen-bake.hcl"

// IsBake says whether a file at the root is called as one that builds every image.
func IsBake(name string) bool { return name == BakeName || name == besideName }

// bakeFile gives the file that builds every image its name, and the targets that it has.
func bakeFile(t *detect.Tree) (name string, had []Target) {
	foreign := t.IsLink(BakeName)
	if t.Has(BakeName) {
		data, err := t.ReadFile(BakeName)
		foreign = err == nil && output.IsForeign(data)
	}
	if foreign {
		return besideName, readTargets(t, besideName)
	}
	return BakeName, readTargets(t, BakeName)
}

// Targets reads the images of the file at the root that builds them all, where dockgen has
// made it.
func Targets(t *detect.Tree) []Target {
	_, had := bakeFile(t)
	return had
}

// Target is an image of docker-bake.hcl, as it stands there.
type Target struct {
	bakeTarget
	secrets []bakeSecret // that it names
}

// File is the Dockerfile, from the root.
func (t Target) File() string { return path.Join(t.Context, t.Dockerfile) }

var (
	targetHead = pattern.New(`^target "([^"]+)" \{$`)
	targetLine = pattern.New(`^  (context|dockerfile|platforms|secret|tags|inherits|target) *= (.*)$`)
	oneText    = pattern.New(`"([^"]*)"`)
	secretText = pattern.New(`(?m)^# The file with the secret (.*?)(?:, such as (.*))?\.\nvariable "(\w+)"`)
)

// readTargets reads the images of a file of dockgen's, line by line as it prints them.
func readTargets(t *detect.Tree, name string) (all []Target) {
	if !t.Has(name) {
		return nil
	}
	data, err := t.ReadFile(name)
	if err != nil || output.IsForeign(data) {
		return nil
	}
	text := strings.ReplaceAll(string(data), "\r\n", "\n")
	test := -1 // whose test stage a target is
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		if m := targetHead.FindStringSubmatch(line); m != nil {
			all, test = append(all, Target{bakeTarget: bakeTarget{Name: m[1]}}), -1
			continue
		}
		m := targetLine.FindStringSubmatch(line)
		if m == nil || len(all) == 0 {
			continue
		}
		var texts []string
		for _, q := range oneText.FindAllStringSubmatch(m[2], -1) {
			texts = append(texts, q[1])
		}
		switch now := &all[len(all)-1]; {
		case test >= 0:
			if m[1] == "target" && len(texts) > 0 {
				all[test].Tests[len(all[test].Tests)-1].Stage = texts[0]
			}
		case m[1] == "inherits":
			name := now.Name
			all = all[:len(all)-1]
			if test = slices.IndexFunc(all, func(t Target) bool { return slices.Contains(texts, t.Name) }); test >= 0 {
				all[test].Tests = append(all[test].Tests, bakeTest{Name: name})
			}
		case m[1] == "platforms" && strings.HasPrefix(m[2], "["):
			now.Platforms = texts
		case m[1] == "secret":
			now.Secrets = []string{m[2]}
		case len(texts) == 0:
		case m[1] == "context":
			now.Context = texts[0]
		case m[1] == "dockerfile":
			now.Dockerfile = texts[0]
		case m[1] == "tags":
			now.Image = texts[0]
		}
	}
	secrets := secretText.FindAllStringSubmatch(text, -1)
	for i := range all {
		for _, m := range secrets {
			if strings.Contains(strings.Join(all[i].Secrets, ""), "{"+m[3]+"}") {
				all[i].secrets = append(all[i].secrets, bakeSecret{m[1], m[2], m[3]})
			}
		}
	}
	return slices.DeleteFunc(all, func(t Target) bool { return t.Image == "" || t.Dockerfile == "" })
}

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
// say. The outcomes are those whose Dockerfiles stand when all is written; kept are the
// targets that stay of those that it had, for services that could not be made this time.
func (e *Engine) Bake(name string, outcomes []Outcome, had []Target, stays func(t Target) bool, defaults config.Bake) (*templates.File, error) {
	kept := 0
	for _, t := range had {
		if stays(t) {
			kept++
		}
	}
	if len(outcomes)+kept == 0 || kept == 0 && len(outcomes) == 1 && outcomes[0].Plan.Context == "." {
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
	view.keep(had, stays)
	if err := view.clashes(); err != nil {
		return nil, err
	}
	data, err := e.Templates.Render("shared/bake.tmpl", view)
	if err != nil {
		return nil, err
	}
	if data, err = output.Seal(templates.Text, data); err != nil {
		return nil, &InternalError{name, err}
	}
	return &templates.File{Path: name, Kind: templates.Text, Data: data}, nil
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
		Dockerfile: fromContext(o.Dockerfile, o.Plan.Context),
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
	}
	v.Targets = append(v.Targets, t)
	return nil
}

// keep puts targets that stay where they stood: behind the one that stands before them.
func (v *bakeView) keep(had []Target, stays func(t Target) bool) {
	at := 0
	for _, t := range had {
		if i := slices.IndexFunc(v.Targets, func(b bakeTarget) bool { return b.Name == t.Name }); i >= 0 {
			at = i + 1
			continue
		}
		if !stays(t) {
			continue
		}
		v.Targets = slices.Insert(v.Targets, at, t.bakeTarget)
		at++
		for _, s := range t.secrets {
			if !slices.ContainsFunc(v.Secrets, func(b bakeSecret) bool { return b.Variable == s.Variable }) {
				v.Secrets = append(v.Secrets, s)
			}
		}
	}
	v.Names, v.Tests = nil, nil
	for _, t := range v.Targets {
		v.Names = append(v.Names, t.Name)
		for _, test := range t.Tests {
			v.Tests = append(v.Tests, test.Name)
		}
	}
}

// fromContext is the path from a context to a Dockerfile, which may lie beside it.
func fromContext(file, context string) string {
	up := ""
	for ; context != "." && !strings.HasPrefix(file, context+"/"); context = path.Dir(context) {
		up += "../"
	}
	return up + adapt.FromContext(file, context)
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
