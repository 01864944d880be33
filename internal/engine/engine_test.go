package engine_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

type noFacts struct{}

func (noFacts) Facts() []detect.Fact { return nil }

// fake is a stack that finds one service and plans what it is told to.
func fake(p plan.Plan) plan.Stack {
	return plan.Stack{
		Name: "fake",
		Detect: func(context.Context, *detect.Tree, detect.Answers) (detect.Findings, error) {
			return detect.Findings{Services: []detect.Service{{Name: "x", Dir: ".", Stack: "fake", Detail: noFacts{}}}}, nil
		},
		Plan: func(plan.Input) (plan.Plan, error) { return p, nil },
	}
}

func generate(t *testing.T, p plan.Plan) engine.Outcome {
	t.Helper()
	e, err := engine.New([]plan.Stack{fake(p)})
	if err != nil {
		t.Fatal(err)
	}
	tree := detecttest.Tree(t, txtar.Parse([]byte("-- a --\n")))
	result, err := e.Generate(t.Context(), tree, engine.Request{})
	if err != nil {
		t.Fatal(err)
	}
	return result.Outcomes[0]
}

// TestBrokenOutput wants what does not pass our own check to be our own fault.
func TestBrokenOutput(t *testing.T) {
	ignore, err := plan.NewIgnore("nothing", nil, []string{"a"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for name, p := range map[string]plan.Plan{
		"a Dockerfile without a stage":    {Description: "no stage", Ignore: plan.Template{Name: "shared/dockerignore.tmpl", Data: ignore}},
		"an ignore file without a marker": {Description: "no stage", Ignore: plan.Template{Name: "shared/packages.tmpl", Data: catalog.Installation{Names: []string{"a"}}}},
	} {
		t.Run(name, func(t *testing.T) {
			o := generate(t, p)
			var internal *engine.InternalError
			if !errors.As(o.Err, &internal) || len(o.Files) != 0 {
				t.Errorf("error %v and %d files, want an internal error and none", o.Err, len(o.Files))
			}
		})
	}
}

// TestTextThatNoFileHolds wants its place in the project, and nothing of a template.
func TestTextThatNoFileHolds(t *testing.T) {
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	result, err := e.Generate(t.Context(), detect.NewTree(map[string][]byte{
		"index.html": nil,
		"nginx.conf": []byte("server {\n  listen 9000;\n  root /usr/\xc9/html;\n}\n"),
	}), engine.Request{})
	if err != nil || len(result.Outcomes) != 1 {
		t.Fatal(result, err)
	}
	const want = `nginx.conf: "/usr/\xc9/html" is not valid UTF-8, so no file of a build can name it`
	if err := result.Outcomes[0].Err; err == nil || err.Error() != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestHostileText wants text that would become an instruction to be refused.
func TestHostileText(t *testing.T) {
	o := generate(t, plan.Plan{
		Description: "a\nRUN evil",
		Ignore:      plan.Template{Name: "shared/dockerignore.tmpl", Data: plan.Ignore{}},
	})
	if o.Err == nil || len(o.Files) != 0 {
		t.Errorf("error %v and %d files, want an error and none", o.Err, len(o.Files))
	}
}

// TestPanic wants what panics in a stack, which runs beside the others, to reach who
// asked, so that it is told and nothing is written.
func TestPanic(t *testing.T) {
	broken := plan.Stack{Name: "broken", Detect: func(context.Context, *detect.Tree, detect.Answers) (detect.Findings, error) { panic("lost") }}
	planless := plan.Stack{
		Name: "planless",
		Detect: func(context.Context, *detect.Tree, detect.Answers) (detect.Findings, error) {
			return detect.Findings{Services: []detect.Service{{Name: "a", Dir: ".", Stack: "planless"}}}, nil
		},
		Plan: func(plan.Input) (plan.Plan, error) { panic("lost") },
	}
	for _, s := range []plan.Stack{broken, planless} {
		e, err := engine.New([]plan.Stack{s})
		if err != nil {
			t.Fatal(err)
		}
		err = crew.Catch(func() error {
			_, err := e.Generate(t.Context(), detect.NewTree(nil), engine.Request{})
			return err
		})
		if fault, ok := errors.AsType[*crew.Fault](err); !ok || fault.Value != "lost" {
			t.Errorf("%s: %v, want a panic", s.Name, err)
		}
	}
}

func TestScaffold(t *testing.T) {
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range e.Stacks {
		t.Run(s.Name, func(t *testing.T) {
			result, err := e.Scaffold(t.Context(), detect.NewTree(nil), engine.Request{Stack: s.Name}, "shop")
			if err != nil || len(result.Outcomes) != 1 {
				t.Fatalf("%d outcomes, %v, %v", len(result.Outcomes), err, result.Findings.Problems)
			}
			o := result.Outcomes[0]
			if o.Err != nil || o.Service.Name != "shop" {
				t.Fatalf("%s: %v", o.Service.Name, o.Err)
			}
			lines := strings.Split(string(o.Files[0].Data), "\n")
			assumes := s.Starter.Assumes
			if s.Starter.Listens != "" {
				assumes = append(slices.Clip(assumes), fmt.Sprintf(s.Starter.Listens, o.Plan.Ports[0].Number))
			}
			for i, a := range assumes {
				if want := "# Assumed: " + a; lines[2+i] != want {
					t.Errorf("line %d is %q, want %q", 3+i, lines[2+i], want)
				}
			}
		})
	}
}
