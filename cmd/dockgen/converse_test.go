package main

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/prompt/prompttest"
)

const (
	oneService = `
-- go.mod --
module example.com/orders

go 1.26
-- main.go --
package main

import ("cmp"; "net/http"; "os")

func main() { http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), nil) }
`
	severalPrograms = `
-- go.mod --
module example.com/tools

go 1.26
-- cmd/report/main.go --
package main

func main() {}
-- cmd/worker/main.go --
package main

func main() {}
`
	severalServices = `
-- api/go.mod --
module example.com/api

go 1.26
-- api/main.go --
package main

import "net/http"

func main() { http.ListenAndServe(":8080", nil) }
-- web/go.mod --
module example.com/web

go 1.26
-- web/main.go --
package main

func main() {}
-- broken/go.mod --
modul example.com/broken
`
)

// talk holds a conversation about a tree, and gives the request that came of it.
func talk(t *testing.T, tree string, r engine.Request, answers ...prompttest.Answer) (engine.Request, string, error) {
	t.Helper()
	files := map[string][]byte{}
	for _, f := range txtar.Parse([]byte(tree)).Files {
		files[f.Name] = f.Data
	}
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	journal := &prompt.Journal{Prompter: prompttest.New(t, answers...)}
	c := &conversation{
		Prompter: journal,
		journal:  journal,
		out:      &out,
		stacks:   e.Stacks,
		look: func(ctx context.Context, r engine.Request) (engine.Result, error) {
			return e.Generate(ctx, detect.NewTree(files), r)
		},
		request: r,
	}
	got, err := c.settle(t.Context())
	return got, out.String(), err
}

func TestConversation(t *testing.T) {
	enter := prompttest.Enter
	for _, c := range []struct {
		name    string
		tree    string
		request engine.Request
		answers []prompttest.Answer
		want    engine.Request
	}{
		{
			name: "Enter all the way", tree: oneService,
			answers: []prompttest.Answer{{Ask: "Runtime", Say: enter}, {Ask: "Port", Say: enter}, {Ask: "Test stage", Say: enter}, {Ask: "Platforms", Say: enter}},
		},
		{
			name: "the detected answers, given", tree: oneService,
			answers: []prompttest.Answer{{Ask: "Runtime", Say: "distroless"}, {Ask: "Port", Say: "8080"}, {Ask: "Test stage", Say: "yes"}, {Ask: "Platforms", Say: enter}},
		},
		{
			name: "other answers", tree: oneService,
			answers: []prompttest.Answer{{Ask: "Runtime", Say: "slim"}, {Ask: "Port", Say: "9000"}, {Ask: "Test stage", Say: "no"}, {Ask: "Platforms", Say: "linux/amd64, linux/arm64"}},
			want: engine.Request{Overrides: plan.Overrides{
				Runtime: "slim", Port: 9000, NoTestStage: true, Platforms: []string{"linux/amd64", "linux/arm64"},
			}},
		},
		{
			name: "no module from elsewhere", tree: oneService,
			request: engine.Request{Overrides: plan.Overrides{Runtime: "slim", Port: 1, NoTestStage: true, Platforms: []string{"linux/arm64"}}},
			want:    engine.Request{Overrides: plan.Overrides{Runtime: "slim", Port: 1, NoTestStage: true, Platforms: []string{"linux/arm64"}}},
		},
		{
			name: "private modules", tree: strings.Replace(oneService, "go 1.26", "go 1.26\n\nrequire git.example.com/x v1.0.0", 1) + "-- go.sum --\ngit.example.com/x v1.0.0 h1:x=\ngit.example.com/x v1.0.0/go.mod h1:x=\n",
			request: engine.Request{Overrides: plan.Overrides{Runtime: "slim", Port: 1, NoTestStage: true, Platforms: []string{"linux/arm64"}}},
			answers: []prompttest.Answer{{Ask: "Private", Say: "git.example.com"}},
			want:    engine.Request{Overrides: plan.Overrides{Runtime: "slim", Port: 1, NoTestStage: true, Platforms: []string{"linux/arm64"}, Private: []string{"git.example.com"}}},
		},
		{
			name: "flags ask nothing", tree: oneService,
			request: engine.Request{Overrides: plan.Overrides{Runtime: "slim", Port: 1, NoTestStage: true, Platforms: []string{"linux/arm64"}, Private: []string{"x"}}},
			want:    engine.Request{Overrides: plan.Overrides{Runtime: "slim", Port: 1, NoTestStage: true, Platforms: []string{"linux/arm64"}, Private: []string{"x"}}},
		},
		{
			name: "several programs", tree: severalPrograms,
			answers: []prompttest.Answer{{Ask: "Programs", Say: "./cmd/worker"}, {Ask: "Runtime", Say: enter}, {Ask: "Port", Say: enter}, {Ask: "Test stage", Say: enter}, {Ask: "Platforms", Say: enter}},
			want:    engine.Request{Answers: detect.Answer{Main: []string{"./cmd/worker"}}},
		},
		{
			name: "several services", tree: severalServices,
			answers: []prompttest.Answer{{Ask: "Services", Say: enter}, {Ask: "Runtime", Say: enter}, {Ask: "Test stage", Say: enter}, {Ask: "Platforms", Say: enter}},
		},
		{
			name: "one of several services", tree: severalServices,
			answers: []prompttest.Answer{{Ask: "Services", Say: "web"}, {Ask: "Runtime", Say: "scratch"}, {Ask: "Port", Say: enter}, {Ask: "Test stage", Say: enter}, {Ask: "Platforms", Say: enter}},
			want:    engine.Request{Services: []string{"web"}, Overrides: plan.Overrides{Runtime: "scratch"}},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, out, err := talk(t, c.tree, c.request, c.answers...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("request (-want +got):\n%s", diff)
			}
			if c.tree == severalServices && !strings.Contains(out, "left out: broken/go.mod:1") {
				t.Errorf("the broken manifest is not named:\n%s", out)
			}
		})
	}
}

func TestConversationEnds(t *testing.T) {
	for _, want := range []error{prompt.ErrInterrupted, prompt.ErrEnded} {
		_, _, err := talk(t, oneService, engine.Request{}, prompttest.Answer{Ask: "Runtime", Err: want})
		if !errors.Is(err, want) {
			t.Errorf("got %v, want %v", err, want)
		}
	}
}
