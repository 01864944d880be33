//go:build e2e

package e2e

import (
	"crypto/rand"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/dockgen/dockgen/internal/example"
)

var (
	stackFlag = flag.String("stack", "", "only the examples of this stack: the name up to its first dash")
	allFlag   = flag.Bool("all", false, "every image, not one per stage graph and example")
	beginFlag = flag.Duration("begin", 0, "begin with no further image after this `time`, and name those left out; 0 for no end")
)

// isAsked says whether a stack is to be tested; the log names one that is not.
func isAsked(t *testing.T, stack string) bool {
	t.Helper()
	asked := *stackFlag == "" || *stackFlag == stack
	if !asked {
		t.Logf("%s: not asked for by -stack %s", stack, *stackFlag)
	}
	return asked
}

// stack is what the suite has to know about a kind of project.
type stack struct {
	source      string   // the extensions of its source files, with blanks between
	comment     string   // starts a comment that reaches to the end of the line
	binary      bool     // an image runs one program of its own
	interpreted bool     // sources may run as they are
	leftovers   []string // base names that stay in the builder, as patterns of path.Match

	// standIn makes of a Dockerfile one that can be built where this suite runs and
	// differs in as little as possible; nil where nothing has to be replaced.
	standIn *strings.Replacer

	dependency *regexp.Regexp // what a build prints where it compiles a dependency; nil where it says nothing
}

var stacks = map[string]stack{
	"go": {source: ".go", comment: "//", binary: true, leftovers: []string{"*.go", "go.mod", "go.sum", "go.work"}},
	"rust": {
		source: ".rs", comment: "//", binary: true, leftovers: []string{"*.rs", "Cargo.toml", "Cargo.lock"},
		dependency: regexp.MustCompile(`(?m)^ *Compiling \S+ v[0-9]\S*$`), // a package of the repository has its folder behind it
		// The targets for musl cannot be installed everywhere; glibc links statically too.
		standIn: strings.NewReplacer(
			"x86_64-unknown-linux-musl CARGO_TARGET_X86_64_UNKNOWN_LINUX_MUSL_LINKER=rust-lld\n", "x86_64-unknown-linux-gnu RUSTFLAGS=-Ctarget-feature=+crt-static\n",
			"x86_64-unknown-linux-musl\n", "x86_64-unknown-linux-gnu RUSTFLAGS=-Ctarget-feature=+crt-static\n",
		),
	},
	"python": {source: ".py", comment: "#", leftovers: []string{"conftest.py", "pip", "pip3"}},
	"node":   {source: ".ts .js .mjs .tsx .vue .svelte .astro", comment: "//", interpreted: true, leftovers: []string{"pnpm-workspace.yaml", "turbo.json", "nx.json"}},
	"java":   {source: ".java", comment: "//", leftovers: []string{"*.java", "*.kt", "mvnw", "gradlew", "build.gradle*", "surefire-reports"}},
	"static": {source: ".js .css", comment: "//", leftovers: []string{"Staticfile", "README*"}},
}

// everywhere are the leftovers of every stack.
var everywhere = []string{"Dockerfile*", "*.dockerignore", ".dockerignore", ".git", example.Manifest}

// subject is one image under test, built from a copy of its example's folder.
type subject struct {
	example example.Example
	stack   stack
	want    example.Image
	file    dockerfile
	fresh   bool // no image before it had this stage graph

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
	t.Logf("docker %s", dockerSays(t, "version", "--format", "{{.Server.Version}}"))
	run := "dockgen-e2e-" + strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "buildx", "prune", "--force", "--filter", "description~="+run) })
	start := time.Now()

	var table strings.Builder
	tab := tabwriter.NewWriter(&table, 0, 0, 2, ' ', 0)
	fmt.Fprintln(tab, "image\tbytes\tlayers\tcold s\twarm s")
	for _, s := range subjects(t) {
		name := s.example.Name + "/" + s.want.File
		if late(t, start, name) {
			continue
		}
		t.Run(name, func(t *testing.T) {
			s.dir = t.TempDir()
			s.tag = fmt.Sprintf("%s:%s-%s", run, s.example.Name, strings.ToLower(filepath.Base(s.want.File)))
			s.space, s.shared = run+"-"+s.file.graphID(), run+"-shared"
			if err := os.CopyFS(s.dir, os.DirFS(s.example.Dir)); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(s.dir, example.Manifest)); err != nil { // no file of the application's
				t.Fatal(err)
			}
			s.makeLock(t, s.example.Lock)
			s.replace(t)
			s.test(t)
		})
		if s.layers > 0 {
			fmt.Fprintf(tab, "%s\t%d\t%d\t%s\t%s\n", name, s.bytes, s.layers, seconds(s.cold), seconds(s.warm))
		}
	}
	tab.Flush()
	t.Logf("figures\n%s", &table)
}

// replace puts stand-ins into the copy for what this place cannot install. What
// was committed is held by the golden tests and linted first.
func (s *subject) replace(t *testing.T) {
	t.Helper()
	if s.stack.standIn == nil {
		return
	}
	file := s.path(s.want.File)
	write(t, file, []byte(s.stack.standIn.Replace(string(s.file.data))))
	s.file = readDockerfile(t, file)
}

// late says whether the time for beginning is over, and names what is left out.
func late(t *testing.T, start time.Time, name string) bool {
	t.Helper()
	if *beginFlag == 0 || time.Since(start) < *beginFlag {
		return false
	}
	t.Logf("LEFT OUT for lack of time: %s", name)
	return true
}

// subjects chooses by the flags: the images that have a stage graph of their own
// first, then one of each example that has none, and with -all every other.
func subjects(t *testing.T) []*subject {
	t.Helper()
	loaded, err := example.Load(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	var fresh, others []*subject
	seen := map[string]bool{}
	for _, e := range loaded {
		name, _, _ := strings.Cut(e.Name, "-")
		if *stackFlag != "" && name != *stackFlag || name == monorepo {
			continue
		}
		known, ok := stacks[name]
		if !ok {
			t.Fatalf("%s: the suite does not know the stack %q", e.Name, name)
		}
		chosen := 0
		for i, want := range e.Images {
			s := &subject{example: e, stack: known, want: want, file: readDockerfile(t, filepath.Join(e.Dir, want.File))}
			s.fresh = !seen[s.file.graph()]
			switch {
			case s.fresh:
				fresh = append(fresh, s)
				chosen++
			case *allFlag || i == len(e.Images)-1 && chosen == 0:
				others = append(others, s)
				chosen++
			}
			seen[s.file.graph()] = seen[s.file.graph()] || !want.Private && want.Unbuilt == ""
		}
	}
	list := slices.Concat(fresh, others)
	if len(list) == 0 && *stackFlag != monorepo {
		t.Fatalf("no example of stack %q", *stackFlag)
	}
	return list
}

func (s *subject) test(t *testing.T) {
	t.Cleanup(func() { clean(t, "image", "rm", "--force", s.tag, s.tag+"-base", s.tag+"-edited") })
	t.Run("lint", s.lint)
	if s.want.Private {
		return // a test of its own builds it
	}
	if s.want.Unbuilt != "" {
		t.Logf("not built: %s", s.want.Unbuilt)
		return
	}
	if !t.Run("build", s.build) || s.layers == 0 {
		return // failed, or left out by -run: the other tests need the image
	}
	t.Run("test-stage", s.testStage)
	t.Run("config", s.config)
	t.Run("files", s.files)
	switch {
	case len(s.want.HTTP) > 0:
		t.Run("serve", s.serve)
	case len(s.want.Logs) > 0:
		t.Run("wait", s.wait)
	default:
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
