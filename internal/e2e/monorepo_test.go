//go:build e2e

package e2e

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dockgen/dockgen/internal/example"
)

// monorepo is the name, up to the first dash, of examples whose images
// docker-bake.hcl builds.
const monorepo = "monorepo"

// baked is a copy of one such example.
type baked struct {
	example example.Example
	dir     string
	run     string // the tag of its images
}

// TestMonorepos builds and tests every service of a repository with one command
// each, asks every image, and holds the closures: nothing is built again for an
// edit outside of them, and nothing is built without a folder of them.
func TestMonorepos(t *testing.T) {
	if !isAsked(t, monorepo) {
		return
	}
	loaded, err := example.Load(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	run := "dockgen-e2e-" + strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "buildx", "prune", "--force", "--filter", "description~="+run) })
	start := time.Now()
	for _, e := range loaded {
		if !strings.HasPrefix(e.Name, monorepo+"-") || late(t, start, e.Name) {
			continue
		}
		t.Run(e.Name, func(t *testing.T) {
			r := &baked{example: e, dir: t.TempDir(), run: run}
			if err := os.CopyFS(r.dir, os.DirFS(e.Dir)); err != nil {
				t.Fatal(err)
			}
			t.Run("targets", r.targets)
			if !t.Run("bake", r.build) {
				return
			}
			t.Run("bake-test", r.tests)
			for _, im := range e.Images {
				t.Run(im.Name, func(t *testing.T) { r.image(t, im) })
			}
			t.Run("outside", r.outside)
			t.Run("closure", r.closure)
		})
	}
}

// space is the name space of its cache mounts: of its own, because examples may
// share a Dockerfile, whose layers would come from the cache.
func (r *baked) space() string { return r.run + "-" + r.example.Name }

// bake runs docker buildx bake in a folder, and lists the instructions that ran
// rather than came from the cache.
func (r *baked) bake(t *testing.T, dir string, args ...string) (ran []string, err error) {
	t.Helper()
	all := []string{
		"buildx", "bake", "--progress=rawjson", "--provenance=false",
		"--file", filepath.Join(dir, "docker-bake.hcl"), "--set", "*.args.BUILDKIT_CACHE_MOUNT_NS=" + r.space(),
	}
	_, log, err := runIn(t, dir, []string{"REGISTRY=" + r.example.Name, "TAG=" + r.run}, append(all, args...)...)
	var said strings.Builder
	for line := range strings.Lines(log) {
		var st struct { // a line of --progress=rawjson, whose steps bake names after their targets too
			Vertexes []struct {
				Name      string
				Cached    bool
				Completed *time.Time
			}
			Logs []struct{ Data []byte }
		}
		if json.Unmarshal([]byte(line), &st) != nil {
			said.WriteString(line)
			continue
		}
		for _, l := range st.Logs {
			said.Write(l.Data)
		}
		for _, v := range st.Vertexes {
			if v.Completed != nil && !v.Cached && instruction.MatchString(v.Name) {
				ran = append(ran, v.Name)
			}
		}
	}
	if err != nil {
		return nil, fmt.Errorf("docker buildx bake %s: %w\n%s", strings.Join(args, " "), err, tail(said.String()))
	}
	return ran, nil
}

// "[api builder 2/3] RUN …", but no FROM, whose image is only looked up.
var instruction = regexp.MustCompile(`^\[.*\d+/\d+\] (?:RUN|COPY|ADD|WORKDIR)`)

// targets has buildx resolve the file, and compares the targets with the images.
func (r *baked) targets(t *testing.T) {
	out, errs, err := runIn(t, r.dir, nil, "buildx", "bake", "--print", "default", "test")
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(errs))
	}
	var printed struct {
		Target map[string]struct{ Context, Dockerfile string }
	}
	if err := json.Unmarshal([]byte(out), &printed); err != nil {
		t.Fatal(err)
	}
	built := 0
	for name, target := range printed.Target {
		if _, err := os.Stat(filepath.Join(r.dir, target.Context, target.Dockerfile)); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if !strings.HasSuffix(name, "-test") {
			built++
		}
	}
	for _, im := range r.example.Images {
		if _, ok := printed.Target[im.Name]; !ok {
			t.Errorf("no target %s", im.Name)
		}
	}
	if built != len(r.example.Images) {
		t.Errorf("%d targets for %d images", built, len(r.example.Images))
	}
}

func (r *baked) build(t *testing.T) {
	if _, err := r.bake(t, r.dir, "--load"); err != nil {
		t.Fatal(err)
	}
}

func (r *baked) tests(t *testing.T) {
	ran, err := r.bake(t, r.dir, "test")
	if err != nil {
		t.Fatal(err)
	}
	if len(ran) == 0 {
		t.Error("the tests ran nothing")
	}
}

// image asks one image, as those of other examples are asked.
func (r *baked) image(t *testing.T, im example.Image) {
	s := &subject{
		want: im, dir: r.dir, shared: r.space(),
		tag:  r.example.Name + "/" + im.Name + ":" + r.run,
		file: readDockerfile(t, filepath.Join(r.dir, im.File)),
	}
	t.Cleanup(func() { clean(t, "image", "rm", "--force", s.tag) })
	s.image = inspect(t, s.tag)
	t.Logf("%d bytes, %d layers", s.image.Size, len(s.image.RootFS.Layers))
	t.Run("lint", s.lint)
	t.Run("config", s.config)
	if len(im.HTTP) > 0 {
		t.Run("serve", s.serve)
	} else {
		t.Run("output", s.output)
	}
}

// outside edits files that no image is made of: nothing is built again.
func (r *baked) outside(t *testing.T) {
	if len(r.example.Outside) == 0 {
		t.Fatal("the example names no file outside of the closures")
	}
	for _, file := range r.example.Outside {
		name := filepath.Join(r.dir, filepath.FromSlash(file))
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		write(t, name, fmt.Appendf(data, "%s\n", rand.Text()))
	}
	ran, err := r.bake(t, r.dir, "--load")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range ran {
		t.Errorf("an edit of %v repeats %s", r.example.Outside, step)
	}
}

// closure takes a folder of the closure away: the build fails.
func (r *baked) closure(t *testing.T) {
	for _, im := range r.example.Images {
		for _, folder := range im.Closure {
			dir := t.TempDir()
			if err := os.CopyFS(dir, os.DirFS(r.example.Dir)); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(folder))); err != nil {
				t.Fatal(err)
			}
			if _, err := r.bake(t, dir, "--set", "*.output=type=cacheonly", im.Name); err == nil {
				t.Errorf("%s builds without %s", im.Name, folder)
			}
		}
	}
}
