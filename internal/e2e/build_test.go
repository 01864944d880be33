//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dockgen/dockgen/internal/docker"
)

// build proves that the image can be built where nothing is cached: neither layers
// nor cache mounts, which --no-cache leaves as they are.
func (s *subject) build(t *testing.T) {
	args := []string{"--load", "--tag", s.tag}
	if s.fresh {
		args = append(args, "--no-cache")
	}
	steps, took := s.buildx(t, s.space, args...)
	for _, step := range steps {
		if step.Stage == "test" {
			t.Errorf("a plain build makes the test stage: %s", step.Text)
		}
		if s.fresh && step.Run > 0 && !step.Ran {
			t.Errorf("a build without caches found one for %s", step.Text)
		}
	}
	s.image = inspect(t, s.tag)
	s.bytes, s.layers = s.image.Size, len(s.image.RootFS.Layers)
	s.base = s.runtimeBase(t)
	if s.fresh {
		s.cold = took
		s.ownCaches(t)
	}
	t.Logf("%.1f s, %d bytes, %d layers (base: %d bytes, %d layers)", took.Seconds(), s.bytes, s.layers, s.base.Size, len(s.base.RootFS.Layers))
}

// ownCaches proves that the builder heeds the name space of cache mounts, which was
// made for this run: what was in them came from this run's builds.
func (s *subject) ownCaches(t *testing.T) {
	t.Helper()
	if !strings.Contains(string(s.file.data), "--mount=type=cache") {
		return
	}
	if out := dockerSays(t, "buildx", "du", "--verbose", "--filter", "description~="+s.space); !strings.Contains(out, s.space+"/") {
		t.Errorf("no cache mount has the name space %s, so they may not have been empty", s.space)
	}
}

// testStage proves that the project's tests run, and pass. All of a run's test stages
// share their caches; what is cached for one ran for another, with the same files.
func (s *subject) testStage(t *testing.T) {
	if !s.file.has("test") {
		t.Log("no test stage")
		return
	}
	steps, took := s.buildx(t, s.shared, "--target", "test", "--output", "type=cacheonly")
	if !slices.ContainsFunc(steps, func(s docker.Step) bool { return s.Stage == "test" && s.Run > 0 }) {
		t.Error("the test stage runs nothing")
	}
	t.Logf("%.1f s", took.Seconds())
}

// rebuild edits a source file twice: the first build shows what has to run again, the
// second that this needs no network.
func (s *subject) rebuild(t *testing.T) {
	s.edit(t)
	steps, took := s.buildx(t, s.space, "--load", "--tag", s.tag+"-edited")
	s.warm = took
	var again []docker.Step
	for _, step := range steps {
		dependencies := step.Stage == "deps" || step.Stage == "prod-deps"
		if step.Ran && (dependencies || step.Stage == "runtime" && step.Run > 0) {
			t.Errorf("a source edit repeats [%s] %s", step.Stage, step.Text)
		}
		if step.Ran && step.Run > 0 {
			again = append(again, step)
		}
		if stale := s.stack.dependency; stale != nil && step.Stage != "test" {
			for _, line := range stale.FindAllString(step.Log, -1) {
				t.Errorf("a source edit compiles a dependency again: %s", line)
			}
		}
	}
	if len(again) == 0 && (s.stack.interpreted || !s.file.runs()) {
		return // the sources are copied and run as they are
	}
	if len(again) == 0 {
		t.Fatal("a source edit repeats nothing")
	}

	s.edit(t)
	write(t, s.path(s.want.File), s.file.offline(t, again))
	steps, _ = s.buildx(t, s.space, "--output", "type=cacheonly")
	for _, step := range steps {
		if step.Ran && step.Run > 0 && !strings.HasPrefix(step.Text, "RUN --network=none ") {
			t.Errorf("[%s] had the network: %s", step.Stage, step.Text)
		}
	}
	t.Logf("%.1f s, repeated without network: %s", took.Seconds(), texts(again))
}

// edit appends a comment, which no earlier build had, to the first source file.
func (s *subject) edit(t *testing.T) {
	t.Helper()
	file := ""
	err := filepath.WalkDir(s.dir, func(name string, entry fs.DirEntry, err error) error {
		if file == "" && slices.Contains(strings.Fields(s.stack.source), filepath.Ext(name)) && !strings.Contains(filepath.Base(name), "test") {
			file = name
		}
		return err
	})
	if err != nil || file == "" {
		t.Fatalf("no source file to edit: %v", err)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	write(t, file, fmt.Appendf(data, "\n%s edited at %d\n", s.stack.comment, time.Now().UnixNano()))
}

// makeLock makes the lockfile of an application anew, in the image that fetches its
// dependencies: that of the stage deps, or of the first.
func (s *subject) makeLock(t *testing.T, command []string) {
	t.Helper()
	if len(command) == 0 {
		return
	}
	dir := t.TempDir()
	first := s.file.stages[0]
	for _, stage := range s.file.stages {
		if stage.Name == "deps" {
			first = stage
		}
	}
	text := "FROM " + first.BaseName + " AS lock\n"
	for _, name := range s.file.images()[1:] {
		if strings.HasSuffix(repository(name), "/"+command[0]) {
			text += "COPY --from=" + name + " /" + command[0] + " /usr/local/bin/\n"
		}
	}
	text += "WORKDIR /lock\nCOPY . .\nRUN rm -f *.lock && " + strings.Join(command, " ") + "\nFROM scratch\nCOPY --from=lock /lock/*.lock /\n"
	write(t, filepath.Join(dir, "Dockerfile"), []byte(text))
	dockerSays(t, "buildx", "build", "--quiet", "--provenance=false", "--file", filepath.Join(dir, "Dockerfile"), "--output", "type=local,dest="+s.dir, s.dir)
}

// runtimeBase has docker load the image that the last stage starts from.
func (s *subject) runtimeBase(t *testing.T) image {
	t.Helper()
	name := s.file.runtimeBase()
	if name == "scratch" {
		return image{}
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "Dockerfile"), []byte("FROM "+name+"\n"))
	dockerSays(t, "buildx", "build", "--quiet", "--provenance=false", "--load", "--tag", s.tag+"-base", dir)
	base := inspect(t, s.tag+"-base")
	if n := len(base.RootFS.Layers); n > s.layers || !slices.Equal(base.RootFS.Layers, s.image.RootFS.Layers[:n]) {
		t.Fatalf("the image does not stand on %s", name)
	}
	return base
}

// buildx builds, and reports the steps in the order of the stages' instructions.
func (s *subject) buildx(t *testing.T, space string, args ...string) ([]docker.Step, time.Duration) {
	t.Helper()
	start := time.Now()
	steps, err := buildLog(t, s.buildArgs(space, append(args, "--progress=rawjson")...))
	if err != nil {
		t.Fatal(err)
	}
	return steps, time.Since(start)
}

// buildArgs is a build of the subject with the cache mounts of a name space.
func (s *subject) buildArgs(space string, args ...string) []string {
	all := []string{"buildx", "build", "--provenance=false", "--build-arg", "BUILDKIT_CACHE_MOUNT_NS=" + space, "--file", s.path(s.want.File)}
	return append(append(all, args...), s.path(s.want.Context))
}

func (s *subject) path(name string) string { return filepath.Join(s.dir, filepath.FromSlash(name)) }

// buildLog runs a build and reads its log, of which an error holds the end.
func buildLog(t *testing.T, args []string) ([]docker.Step, error) {
	t.Helper()
	_, raw, err := run(t, "docker", args...)
	steps, err := docker.ReadLog(raw, err)
	if failed, ok := errors.AsType[*docker.BuildError](err); ok {
		err = fmt.Errorf("docker %s: %w\n%s", strings.Join(args, " "), err, strings.Join(failed.Log, "\n"))
	}
	return steps, err
}

func texts(steps []docker.Step) string {
	var all []string
	for _, s := range steps {
		all = append(all, fmt.Sprintf("[%s] %s", s.Stage, s.Text))
	}
	return strings.Join(all, "; ")
}

func write(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
