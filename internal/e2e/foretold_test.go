//go:build e2e

package e2e

import (
	"crypto/rand"
	"fmt"
	mathrand "math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/example"
	"github.com/dockgen/dockgen/internal/sent"
)

// foretold are the examples whose steps are held against BuildKit in any case, those that
// build fast: one that is compiled, and one that runs as it is. With -all every one is.
var foretold = []string{"node-express", "python-flask"}

// TestForetold edits files, one of each kind that instructions take apart from others, and
// wants every step that BuildKit repeats foretold by dockgen context. What is foretold may
// be cached only where it hangs on the output of another step.
func TestForetold(t *testing.T) {
	loaded, err := example.Load(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	run := "dockgen-e2e-" + strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "buildx", "prune", "--force", "--filter", "description~="+run) })
	start := time.Now()
	for _, e := range loaded {
		name, _, _ := strings.Cut(e.Name, "-")
		if !*allFlag && !slices.Contains(foretold, e.Name) || *stackFlag != "" && *stackFlag != name {
			continue
		}
		for _, want := range e.Images {
			if want.Private || want.Unbuilt != "" || late(t, start, e.Name) {
				continue
			}
			t.Run(e.Name+"/"+want.File, func(t *testing.T) {
				s := &subject{example: e, stack: stacks[name], want: want, file: readDockerfile(t, filepath.Join(e.Dir, want.File)), dir: t.TempDir(), space: run}
				if err := os.CopyFS(s.dir, os.DirFS(e.Dir)); err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(filepath.Join(s.dir, example.Manifest)); err != nil { // no file of the application's
					t.Fatal(err)
				}
				s.makeLock(t, e.Lock)
				s.replace(t)
				s.foretold(t)
			})
		}
	}
}

func (s *subject) foretold(t *testing.T) {
	targets := s.sent(t).Targets
	for _, target := range targets {
		s.buildx(t, s.space, "--target", target.Stage, "--output", "type=cacheonly")
	}
	for _, file := range s.kinds(t) {
		name := filepath.Join(s.dir, s.want.Context, file)
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, append(data, strings.Repeat("\n", 1+mathrand.IntN(4000))...)) // as no build before had it
		change := s.change(t, filepath.ToSlash(filepath.Join(s.want.Context, file)))
		var steps []docker.Step
		for _, target := range targets {
			made, _ := s.buildx(t, s.space, "--target", target.Stage, "--output", "type=cacheonly")
			steps = append(steps, s.number(made)...)
		}
		s.compare(t, file, change, steps)
	}
}

// kinds are the files to edit: one of each that the same instructions take, and one that
// the ignore file keeps out.
func (s *subject) kinds(t *testing.T) (files []string) {
	b := s.sent(t)
	seen := map[string]bool{}
	for _, f := range b.Files {
		if key := fmt.Sprint(f.Lines); !seen[key] {
			seen[key] = true
			files = append(files, f.Path)
		}
	}
	for _, k := range b.KeptOut {
		if !strings.HasSuffix(k.Path, "/") && !strings.Contains(k.Path, "ocker") {
			return append(files, k.Path)
		}
	}
	return files
}

func (s *subject) sources(t *testing.T) (*sent.Files, sent.Source) {
	t.Helper()
	files, err := sent.In(s.dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return files, sent.Source{File: s.want.File, Context: filepath.ToSlash(filepath.Clean(s.want.Context))}
}

func (s *subject) sent(t *testing.T) *sent.Build {
	t.Helper()
	files, source := s.sources(t)
	b, err := files.Look(source)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (s *subject) change(t *testing.T, file string) *sent.Change {
	t.Helper()
	files, source := s.sources(t)
	c, err := files.Change(source, file)
	if err != nil || c == nil {
		t.Fatalf("a change of %s: %v, %v", file, c, err)
	}
	return c
}

// number counts the steps of each stage as a change does: the first of BuildKit's is the
// FROM, unless that names another stage. What stages have in common is a step of one of them
// alone, so that nothing can be counted. What puts a copy with --link over the rest of its
// stage is no step of the Dockerfile.
func (s *subject) number(steps []docker.Step) []docker.Step {
	steps = slices.DeleteFunc(steps, func(step docker.Step) bool { return strings.HasPrefix(step.Text, "LINK ") })
	for i, step := range steps {
		stage := slices.IndexFunc(s.file.stages, func(stage instructions.Stage) bool { return stage.Name == step.Stage })
		if stage < 0 || !slices.ContainsFunc(s.file.stages, func(other instructions.Stage) bool { return other.Name == s.file.stages[stage].BaseName }) {
			steps[i].Number--
		}
	}
	return steps
}

// compare holds what was foretold of an edit against the steps of some builds.
func (s *subject) compare(t *testing.T, file string, change *sent.Change, steps []docker.Step) {
	t.Helper()
	again := 0
	for _, step := range steps {
		if step.Ran {
			again++
		}
		if step.Ran && !slices.ContainsFunc(change.Repeats, func(r sent.Repeat) bool { return r.Stage == step.Stage && r.Number == step.Number }) {
			t.Errorf("an edit of %s repeats what was not foretold: [%s] %s", file, step.Stage, step.Text)
		}
	}
	for _, r := range change.Repeats {
		ran := func(step docker.Step) bool { return r.Stage == step.Stage && r.Number == step.Number && step.Ran }
		if !r.If && !slices.ContainsFunc(steps, ran) {
			t.Errorf("an edit of %s does not repeat what was foretold: [%s] %s, as it %s", file, r.Stage, r.Instruction, r.Why)
		}
	}
	t.Logf("%s: %d foretold, %d repeated", file, len(change.Repeats), again)
}
