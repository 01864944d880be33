//go:build e2e

package e2e

import (
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/dockgen/dockgen/internal/example"
)

var (
	stackFlag = flag.String("stack", "", "only the examples of this stack: the name up to its first dash")
	allFlag   = flag.Bool("all", false, "every image, not one per stage graph")
)

// stack is what the suite has to know about a kind of project.
type stack struct {
	source      string   // the extensions of its source files, with blanks between
	comment     string   // starts a comment that reaches to the end of the line
	binary      bool     // an image runs one program of its own
	interpreted bool     // sources may run as they are
	leftovers   []string // base names that stay in the builder, as patterns of path.Match
}

var stacks = map[string]stack{
	"node":   {source: ".ts .js .mjs .tsx .vue .svelte .astro", comment: "//", interpreted: true, leftovers: []string{"pnpm-workspace.yaml", "turbo.json", "nx.json"}},
	"static": {source: ".js .css", comment: "//", leftovers: []string{"Staticfile", "README*"}},
	"go":     {source: ".go", comment: "//", binary: true, leftovers: []string{"*.go", "go.mod", "go.sum", "go.work"}},
}

// everywhere are the leftovers of every stack.
var everywhere = []string{"Dockerfile*", "*.dockerignore", ".dockerignore", ".git", example.Manifest}

// subject is one image under test, built from a copy of its example's folder.
type subject struct {
	stack stack
	want  example.Image
	file  dockerfile
	fresh bool // no image before it had this stage graph

	dir    string // the copy
	tag    string // of the image and prefix of its containers' names
	space  string // the name space of cache mounts that are empty for its stage graph's first build
	shared string // the one of all images in this run

	image image
	base  image // what the last stage starts from; zero for scratch
	figures
}

// figures are what the table at the end shows.
type figures struct {
	bytes      int64
	layers     int
	cold, warm time.Duration // without any cache, after a source edit
}

func TestExamples(t *testing.T) {
	t.Logf("docker %s", docker(t, "version", "--format", "{{.Server.Version}}"))
	run := "dockgen-e2e-" + strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "buildx", "prune", "--force", "--filter", "description~="+run) })

	var table strings.Builder
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "image\tbytes\tlayers\tcold s\twarm s")
	for _, e := range examples(t) {
		t.Run(e.name, func(t *testing.T) {
			for _, s := range e.subjects {
				t.Run(s.want.File, func(t *testing.T) {
					s.dir = t.TempDir()
					s.tag = fmt.Sprintf("%s:%s-%s", run, e.name, strings.ToLower(filepath.Base(s.want.File)))
					s.space, s.shared = run+"-"+s.file.graphID(), run+"-shared"
					if err := os.CopyFS(s.dir, os.DirFS(e.dir)); err != nil {
						t.Fatal(err)
					}
					s.test(t)
				})
				if s.layers == 0 {
					continue
				}
				fmt.Fprintf(tab, "%s/%s\t%d\t%d\t%s\t%s\n", e.name, s.want.File, s.bytes, s.layers, seconds(s.cold), seconds(s.warm))
			}
		})
	}
	tab.Flush()
	t.Logf("figures\n%s", &table)
}

// chosen is an example with those of its images that this run tests.
type chosen struct {
	name, dir string
	subjects  []*subject
}

// examples chooses by the flags. Of each example, at least one image is tested.
func examples(t *testing.T) []chosen {
	t.Helper()
	loaded, err := example.Load(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	var list []chosen
	seen := map[string]bool{}
	for _, e := range loaded {
		name, _, _ := strings.Cut(e.Name, "-")
		if *stackFlag != "" && name != *stackFlag {
			continue
		}
		known, ok := stacks[name]
		if !ok {
			t.Fatalf("%s: the suite does not know the stack %q", e.Name, name)
		}
		c := chosen{name: e.Name, dir: e.Dir}
		for i, want := range e.Images {
			file := readDockerfile(t, filepath.Join(e.Dir, want.File))
			fresh := !seen[file.graph()]
			if fresh || *allFlag || (i == len(e.Images)-1 && len(c.subjects) == 0) {
				c.subjects = append(c.subjects, &subject{stack: known, want: want, file: file, fresh: fresh})
			}
			seen[file.graph()] = seen[file.graph()] || !want.Private && want.Unbuilt == ""
		}
		list = append(list, c)
	}
	if len(list) == 0 {
		t.Fatalf("no example of stack %q", *stackFlag)
	}
	return list
}

func (s *subject) test(t *testing.T) {
	t.Cleanup(func() { clean(t, "image", "rm", "--force", s.tag, s.tag+"-base", s.tag+"-edited") })
	t.Run("lint", s.lint)
	if s.want.Private || s.want.Unbuilt != "" {
		return // TestPrivateModules builds those that are private
	}
	if !t.Run("build", s.build) || s.layers == 0 {
		return // failed, or left out by -run: the other tests need the image
	}
	t.Run("test-stage", s.testStage)
	t.Run("config", s.config)
	t.Run("files", s.files)
	if len(s.want.HTTP) > 0 {
		t.Run("serve", s.serve)
	} else {
		t.Run("output", s.output)
	}
	if s.image.Config.Healthcheck != nil {
		t.Run("health", s.health)
	}
	t.Run("rebuild", s.rebuild)
}

// config holds what the image says about itself.
func (s *subject) config(t *testing.T) {
	uid, gid, ok := strings.Cut(s.image.Config.User, ":")
	if !ok || !isNumber(uid) || !isNumber(gid) || uid == "0" || gid == "0" {
		t.Errorf("USER is %q, want a numeric uid:gid other than root's", s.image.Config.User)
	}
	if ports := len(s.image.Config.ExposedPorts); (ports > 0) != (len(s.want.HTTP) > 0) {
		t.Errorf("%d exposed ports for %d requests", ports, len(s.want.HTTP))
	}
	if h := s.image.Config.Healthcheck; h != nil && (len(h.Test) < 2 || h.Test[0] != "CMD") {
		t.Errorf("HEALTHCHECK is %q, want the exec form", h.Test)
	}
	if runs := slices.Concat(s.image.Config.Entrypoint, s.image.Config.Cmd); len(runs) == 0 || runs[0] == "/bin/sh" {
		t.Errorf("the image runs %q, want a program in exec form", runs)
	}
}

// seconds is empty for what was not measured.
func seconds(d time.Duration) string {
	if d == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", d.Seconds())
}

func isNumber(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
