package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/internal/example"
	"github.com/dockgen/dockgen/internal/prompt/prompttest"
)

// TestInitIsGenerate holds init, with Enter all the way through and with --yes,
// against generate for every example.
func TestInitIsGenerate(t *testing.T) {
	root, err := filepath.Abs("../../examples")
	if err != nil {
		t.Fatal(err)
	}
	examples, err := example.Load(root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range examples {
		t.Run(e.Name, func(t *testing.T) {
			args := e.Images[0].Args
			want := filesOf(t, e.Dir, func(io streams) int { return run(t.Context(), append([]string{"generate"}, args...), io) })
			yes := filesOf(t, e.Dir, func(io streams) int { return run(t.Context(), append([]string{"init", "--yes"}, args...), io) })
			if diff := cmp.Diff(want, yes); diff != "" {
				t.Errorf("--yes (-generate +init):\n%s", diff)
			}
			asked := filesOf(t, e.Dir, func(io streams) int { return converse(t, io, prompttest.Enters(t), args...) })
			if diff := cmp.Diff(want, asked); diff != "" {
				t.Errorf("Enter all the way (-generate +init):\n%s", diff)
			}
		})
	}
}

// TestInitAsFlags gives the same answers by questions and by flags.
func TestInitAsFlags(t *testing.T) {
	dir, err := filepath.Abs("../../examples/go-http")
	if err != nil {
		t.Fatal(err)
	}
	flags := []string{"--runtime", "slim", "--port", "9000", "--no-test-stage", "--platforms", "linux/amd64,linux/arm64"}
	want := filesOf(t, dir, func(io streams) int { return run(t.Context(), append([]string{"init"}, flags...), io) })
	got := filesOf(t, dir, func(io streams) int {
		return converse(t, io, prompttest.New(t,
			prompttest.Answer{Ask: "Runtime", Say: "slim"}, prompttest.Answer{Ask: "Port", Say: "9000"}, prompttest.Answer{Ask: "Test stage", Say: "no"},
			prompttest.Answer{Ask: "Platforms", Say: "linux/amd64,linux/arm64"},
			prompttest.Answer{Ask: "Keep", Say: "yes"}, prompttest.Answer{Ask: "Write", Say: "write"},
		))
	})
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("questions (-flags +questions):\n%s", diff)
	}
}

// filesOf runs init in a copy of a project and gives what dockgen wrote there.
func filesOf(t *testing.T, dir string, run func(streams) int) map[string]string {
	t.Helper()
	work := filepath.Join(t.TempDir(), filepath.Base(dir))
	copySources(t, dir, work)
	t.Chdir(work)
	var out, errs bytes.Buffer
	if code := run(streams{out: &out, err: &errs}); code != exitDone {
		t.Fatalf("exit %d\n%s", code, &errs)
	}
	return generated(t, work)
}

func converse(t *testing.T, io streams, script *prompttest.Script, args ...string) int {
	t.Helper()
	w := &writing{}
	cmd := &cobra.Command{}
	w.bind(cmd)
	if err := cmd.ParseFlags(args); err != nil {
		t.Fatal(err)
	}
	if err := w.begin(t.Context(), &io, script, nil); err != nil {
		t.Error(err)
		return exitFault
	}
	return exitDone
}

// TestHelpExamples runs the examples that the help of each command shows.
func TestHelpExamples(t *testing.T) {
	for _, c := range append(rootCommand(&streams{}).Commands(), rootCommand(&streams{})) {
		for line := range strings.Lines(c.Example) {
			if c.Name() == "update" && !strings.Contains(line, "--bot") {
				continue // it would use a network; TestUpdateAnswers runs the like of it
			}
			if c.Name() == "verify" && !strings.Contains(line, "--list") {
				continue // it would use docker; the end-to-end suite runs the like of it
			}
			t.Run(strings.TrimSpace(line), func(t *testing.T) {
				dir := lay(t, helpTree)
				if strings.Contains(line, "--staged") || strings.Contains(line, "hook") {
					for _, args := range [][]string{{"init", "--quiet"}, {"add", "."}} {
						if err := exec.Command("git", append([]string{"-C", dir}, args...)...).Run(); err != nil {
							t.Skip("no git here")
						}
					}
				}
				line, _, _ := strings.Cut(strings.TrimSpace(line), " >")
				args := strings.Fields(line)
				if args[0] != "dockgen" {
					t.Fatalf("%q is no call of dockgen", line)
				}
				var out, errs bytes.Buffer
				code := run(t.Context(), args[1:], streams{out: &out, err: &errs})
				difference := c.Name() == "check" || strings.Contains(line, "--diff")
				if code != exitDone && !(difference && code == exitDifference) {
					t.Errorf("exit %d\n%s%s", code, &out, &errs)
				}
			})
		}
		if !c.Hidden && c.HasParent() && c.Example == "" && c.Name() != "help" && c.Name() != "completion" {
			t.Errorf("%s: no example", c.Name())
		}
	}
}

// helpTree is the repository that the examples of the help speak of.
const helpTree = `
-- go.work --
go 1.26

use ./services/api
-- services/api/go.mod --
module example.com/api

go 1.26
-- services/api/main.go --
package main

import ("cmp"; "net/http"; "os")

func main() { http.ListenAndServe(":"+cmp.Or(os.Getenv("PORT"), "8080"), nil) }
`

func TestCompletion(t *testing.T) {
	lay(t, severalServices)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"generate", "--service", ""}, "api web"},
		{[]string{"generate", "--service", "web,"}, "web,api"},
		{[]string{"generate", "--stack", ""}, strings.Join(stackNames(), " ")},
		{[]string{"check", "--package-manager", ""}, strings.Join(managerNames(), " ")},
		{[]string{"detect", "--port", ""}, ""},
		{[]string{"detect", ""}, ""},
		{[]string{"init", "--runtime", ""}, strings.Join(runtimeNames(), " ")},
	} {
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"__complete"}, c.args...), streams{out: &out, err: &errs}); code != exitDone {
			t.Fatalf("%v: exit %d %s", c.args, code, &errs)
		}
		var offers []string
		for line := range strings.Lines(out.String()) {
			if line[0] != ':' {
				offers = append(offers, strings.TrimSpace(line))
			}
		}
		if got := strings.Join(offers, " "); got != c.want {
			t.Errorf("%v: got %q, want %q", c.args, got, c.want)
		}
	}
}

func TestManual(t *testing.T) {
	dir := t.TempDir()
	var pages [2]string
	for i := range pages {
		if code := run(t.Context(), []string{"man", dir}, streams{out: &bytes.Buffer{}, err: &bytes.Buffer{}}); code != exitDone {
			t.Fatalf("exit %d", code)
		}
		pages[i] = read(t, filepath.Join(dir, "dockgen-generate.1"))
	}
	if pages[0] != pages[1] || !strings.Contains(pages[0], "--runtime") {
		t.Errorf("the page of generate:\n%s", pages[0])
	}
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
