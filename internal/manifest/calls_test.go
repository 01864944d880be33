package manifest_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

func TestCalls(t *testing.T) {
	tree := detect.NewTree(map[string][]byte{
		"Makefile":                  []byte("GO ?= go\nTAGS := a\nTAGS += b\nifdef X\nTAGS = c\nendif\n\nbuild: deps\n\t@cd x && CGO_ENABLED=0 $(GO) build -tags \"$(TAGS)\" \\\n\t\t./cmd/x\nrun-dev:\n\tgo build -race .\n"),
		"Taskfile.yml":              []byte("tasks:\n  build:\n    vars:\n      OUT: bin\n    cmds:\n      - go build -o {{.OUT}}/x .\n"),
		".github/workflows/ci.yaml": []byte("jobs:\n  a:\n    steps:\n      - run: go build ./...\n"),
		"README.md":                 []byte("go build in words\n```\n$ go build .\n```\n"),
		"x.service":                 []byte("[Service]\nExecStart=/usr/bin/go build\n"),
		"api/.goreleaser.yml":       []byte("builds:\n  - dir: api\n    flags: -trimpath\n    tags: [x]\n"),
		"api/compose.yaml":          []byte("services:\n  api:\n    build: .\n    command: serve --port 1\n"),
		"api/docker-compose.yml":    []byte("# dockgen: made\nservices:\n  api:\n    build: .\n    command: other\n"),
		"scripts/odd.sh":            []byte("if go build .; then\n  go build -v .\nfi\n"),
	})
	var got []string
	for _, c := range manifest.Calls(tree, "api", "go build", "$(GO") {
		got = append(got, strings.Join([]string{c.At.String(), c.Task, c.In, strings.Join(c.Set, " "), strings.Join(c.Words, " ")}, "|"))
	}
	want := []string{
		"api/.goreleaser.yml:4||||go build -trimpath -tags=x ./api",
		"Makefile:9|build|x|CGO_ENABLED=0|go build -tags a b ./cmd/x",
		"Taskfile.yml:6|build|||go build -o bin/x .",
		"api/compose.yaml:4|api|||serve --port 1",
		"x.service:2||||/usr/bin/go build",
		"scripts/odd.sh:2|odd|||go build -v .",
		".github/workflows/ci.yaml:4|ci|||go build ./...",
		"README.md:3||||go build .",
		"Makefile:12|run-dev|||go build -race .",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("calls differ (-want +got):\n%s", diff)
	}
}

func FuzzCalls(f *testing.F) {
	for _, name := range []string{"Makefile", "Taskfile.yml", "justfile", ".goreleaser.yaml", "compose.yaml", "README.md", "a.service", "a.sh"} {
		f.Add(name, "A = $(B)\nB = $(A)\nbuild:\n\tgo build $(A) \\\n")
	}
	f.Fuzz(func(t *testing.T, name, text string) {
		if name == "" || strings.ContainsAny(name, "/\x00") {
			return
		}
		for _, c := range manifest.Calls(detect.NewTree(map[string][]byte{name: []byte(text)}), ".", "go build") {
			if len(c.Words) == 0 || c.At.File != name {
				t.Errorf("a call without words or place: %v", c)
			}
		}
	})
}
