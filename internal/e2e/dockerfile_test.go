//go:build e2e

package e2e

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/dockgen/dockgen/internal/docker"
)

// dockerfile is a committed Dockerfile, as BuildKit reads it.
type dockerfile struct {
	data   []byte
	stages []instructions.Stage
}

func readDockerfile(t *testing.T, name string) dockerfile {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	tree, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	stages, _, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return dockerfile{data, stages}
}

// graph is the stages and what each starts from, without versions.
func (d dockerfile) graph() string {
	var b strings.Builder
	for _, stage := range d.stages {
		fmt.Fprintf(&b, "%s from %s\n", stage.Name, repository(stage.BaseName))
	}
	return b.String()
}

func (d dockerfile) graphID() string { return fmt.Sprintf("%.4x", sha256.Sum256([]byte(d.graph()))) }

func (d dockerfile) has(stage string) bool {
	return slices.ContainsFunc(d.stages, func(s instructions.Stage) bool { return s.Name == stage })
}

// runs says whether anything is run to make the image.
func (d dockerfile) runs() bool {
	return slices.ContainsFunc(d.stages, func(s instructions.Stage) bool {
		return slices.ContainsFunc(s.Commands, func(c instructions.Command) bool { return strings.EqualFold(c.Name(), "run") })
	})
}

// runtimeBase is the image that the last stage starts from, through other stages.
func (d dockerfile) runtimeBase() string {
	base := ""
	for i := len(d.stages) - 1; i >= 0; i-- {
		if base == "" || d.stages[i].Name == base {
			base = d.stages[i].BaseName
		}
	}
	return base
}

// images are the names of all images from elsewhere.
func (d dockerfile) images() []string {
	var names []string
	note := func(name string) {
		if name != "" && name != "scratch" && !d.has(name) && !strings.HasPrefix(name, "$") { // a stage, by the architecture
			names = append(names, name)
		}
	}
	for _, stage := range d.stages {
		note(stage.BaseName)
		for _, cmd := range stage.Commands {
			if c, ok := cmd.(*instructions.CopyCommand); ok {
				note(c.From)
			}
		}
	}
	return names
}

// offline returns the Dockerfile with the network switched off for some steps. It
// differs in nothing else, so that all other steps stay cached; docker's own
// --network=none would change every step, and those that install packages for the
// runtime would run again.
func (d dockerfile) offline(t *testing.T, steps []docker.Step) []byte {
	t.Helper()
	lines := strings.SplitAfter(string(d.data), "\n")
	for _, stage := range d.stages {
		run := 0
		for _, cmd := range stage.Commands {
			if _, ok := cmd.(*instructions.RunCommand); !ok {
				continue
			}
			run++
			if !slices.ContainsFunc(steps, func(s docker.Step) bool { return s.Stage == stage.Name && s.Run == run }) {
				continue
			}
			line := cmd.Location()[0].Start.Line - 1
			rest, ok := strings.CutPrefix(lines[line], "RUN ")
			if !ok {
				t.Fatalf("line %d: no RUN instruction: %q", line+1, lines[line])
			}
			lines[line] = "RUN --network=none " + rest
		}
	}
	return []byte(strings.Join(lines, ""))
}

// repository is an image's name without its tag and digest.
func repository(name string) string {
	name, _ = splitTag(name)
	return name
}

func splitTag(name string) (repository, tag string) {
	name, _, _ = strings.Cut(name, "@")
	if i := strings.LastIndex(name, ":"); i > strings.LastIndex(name, "/") {
		return name[:i], name[i+1:]
	}
	return name, ""
}

// lint holds the Dockerfile against pinned bases, BuildKit's checks and hadolint.
func (s *subject) lint(t *testing.T) {
	for _, name := range s.file.images() {
		if _, tag := splitTag(name); tag == "" || tag == "latest" {
			t.Errorf("the image %s is not pinned", name)
		}
	}
	if s.want.Unbuilt == "" { // else its bases cannot be asked for; cmd/dockgen runs the same rules without them
		s.check(t)
	}
	if os.Getenv("DOCKGEN_E2E_NO_HADOLINT") != "" {
		t.Log("without hadolint: DOCKGEN_E2E_NO_HADOLINT is set")
		return
	}
	if _, err := exec.LookPath("hadolint"); err != nil {
		t.Fatalf("%v; set DOCKGEN_E2E_NO_HADOLINT to do without", err)
	}
	if out, err := command(t, "hadolint", "--no-color", s.path(s.want.File)); err != nil {
		t.Error(err)
	} else if out != "" {
		t.Errorf("hadolint:\n%s", out)
	}
}

// check runs BuildKit's rules as docker does, which asks for the bases.
func (s *subject) check(t *testing.T) {
	t.Helper()
	out, err := command(t, "docker", s.buildArgs(s.shared, "--check")...)
	if err != nil {
		t.Error(err)
	} else if !strings.Contains(out, "no warnings found") {
		t.Errorf("docker build --check:\n%s", out)
	}
}
