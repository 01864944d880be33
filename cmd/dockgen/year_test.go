package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// years are the repositories that an owner keeps for a year, with the runtimes to
// change to.
var years = map[string][]string{
	"go-http":          {"distroless", "slim", "alpine", "scratch"},
	"java-spring-boot": {"slim", "distroless", "alpine"},
	"node-bun":         {"slim"},
	"python-fastapi":   {"slim", "alpine"},
	"rust-axum":        {"distroless", "slim"},
	"static-html":      {"nginx"},
}

// TestOwnersYear edits, generates, bumps, branches, merges, deletes and changes the
// runtime in random order: after each step no line of the owner's is lost, nothing that
// was deleted has come back, and check is content. DOCKGEN_YEARS is the number of seeds,
// of 40 steps each; without it there is one of 6.
func TestOwnersYear(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git")
	}
	seeds, steps := 1, 6
	if n, err := strconv.Atoi(os.Getenv("DOCKGEN_YEARS")); err == nil {
		seeds, steps = n, 40
	}
	for name, runtimes := range years {
		for seed := range seeds {
			t.Run(fmt.Sprintf("%s %d", name, seed), func(t *testing.T) {
				from, err := filepath.Abs(filepath.Join("../../examples", name))
				if err != nil {
					t.Fatal(err)
				}
				dir := t.TempDir()
				copySources(t, from, dir)
				_ = os.Remove(filepath.Join(dir, "dockgen.toml"))
				t.Chdir(dir)
				o := &owner{t: t, random: rand.New(rand.NewPCG(uint64(seed), 20)), runtimes: runtimes}
				o.git("init", "-q", "-b", "main")
				o.generate("a first time")
				for range steps {
					o.step()
				}
			})
		}
	}
}

// owner is a person with a repository in the working folder.
type owner struct {
	t        *testing.T
	random   *rand.Rand
	runtimes []string
	lines    []string // that have to stay
	gone     []string // instructions of the last stage that stay deleted
	count    int
}

const dockerfileName = "Dockerfile"

func (o *owner) git(args ...string) bool {
	cmd := exec.Command("git", append([]string{"-c", "user.name=o", "-c", "user.email=o@example.com", "-c", "commit.gpgsign=false"}, args...)...)
	return cmd.Run() == nil
}

func (o *owner) commit(what string) { o.git("add", "-A"); o.git("commit", "-q", "-m", what) }

func (o *owner) step() {
	steps := []struct {
		what string
		do   func()
	}{
		{"an edit", func() { o.edit(o.random.IntN(100)) }},
		{"nothing", func() {}},
		{"a bot", o.bump},
		{"two branches", o.branches},
		{"a deletion", o.remove},
		{"another runtime", o.change},
		{"another name", func() { o.settings("name = \"shop\"") }},
	}
	s := steps[o.random.IntN(len(steps))]
	s.do()
	o.generate(s.what)
}

// edit puts a line of the owner's above an instruction.
func (o *owner) edit(where int) {
	lines := strings.Split(read(o.t, dockerfileName), "\n")
	var places []int
	for i, l := range lines {
		if i > 0 && regexp.MustCompile(`^(ENV|COPY|WORKDIR|USER|EXPOSE|ENTRYPOINT) `).MatchString(l) && !strings.HasSuffix(lines[i-1], `\`) && !strings.HasPrefix(lines[i-1], "#") {
			places = append(places, i)
		}
	}
	o.count++
	line := fmt.Sprintf("LABEL owner.%d=%d", o.count, where)
	o.lines = append(o.lines, line)
	o.write(strings.Join(slices.Insert(lines, places[where*len(places)/100], line), "\n"))
}

func (o *owner) write(text string) { write(o.t, dockerfileName, []byte(text)) }

// bump writes another digest, as a bot does.
func (o *owner) bump() {
	digest := regexp.MustCompile(`(?m)^(FROM (?:--\S+ )?[a-z/.-]+:[^@\s]+)(@\S+)?( AS .*)$`)
	done := false
	o.write(digest.ReplaceAllStringFunc(read(o.t, dockerfileName), func(line string) string {
		if done {
			return line
		}
		done = true
		m := digest.FindStringSubmatch(line)
		return fmt.Sprintf("%s@sha256:%064x%s", m[1], o.random.Uint64(), m[3])
	}))
}

// branches edits, generates and merges two branches.
func (o *owner) branches() {
	o.commit("before")
	o.git("checkout", "-q", "-b", "topic")
	o.edit(0)
	o.generate("a branch")
	o.commit("topic")
	o.git("checkout", "-q", "main")
	kept := o.lines
	o.lines = o.lines[:len(o.lines)-1]
	o.edit(99)
	o.generate("the other branch")
	o.commit("main")
	o.git("merge", "-q", "topic") // what it leaves in conflict, generate settles
	o.lines = append(o.lines, kept[len(kept)-1])
	o.generate("a merge")
	o.commit("merged")
	o.git("branch", "-q", "-D", "topic")
}

// remove deletes an instruction for good.
func (o *owner) remove() {
	text := read(o.t, dockerfileName)
	if cut := regexp.MustCompile(`(?m)^HEALTHCHECK .*\\\n.*\n`); cut.MatchString(text) {
		o.write(cut.ReplaceAllString(text, ""))
		o.gone = append(o.gone, "HEALTHCHECK")
	}
}

func (o *owner) change() {
	o.settings(fmt.Sprintf("runtime = %q", o.runtimes[o.random.IntN(len(o.runtimes))]))
}

func (o *owner) settings(line string) {
	write(o.t, "dockgen.toml", []byte("[service.\".\"]\n"+line+"\n"))
}

// generate writes what there is to write, settles what is in conflict for the owner's
// side, and holds what has to hold then.
func (o *owner) generate(what string) {
	o.t.Helper()
	code, said := o.run("generate")
	if code == exitFault && strings.Contains(said, "--keep mine") {
		code, said = o.run("generate", "--keep", "mine")
	}
	text := read(o.t, dockerfileName)
	switch check, differs := o.run("check"); {
	case code != exitDone:
		o.t.Fatalf("after %s: exit %d\n%s\n%s", what, code, said, text)
	case check != exitDone:
		o.t.Fatalf("after %s, check: exit %d\n%s", what, check, differs)
	}
	for _, l := range o.lines {
		if n := strings.Count(text, l+"\n"); n != 1 {
			o.t.Fatalf("after %s: %q stands there %d times\n%s", what, l, n, text)
		}
	}
	for _, l := range append(slices.Clone(o.gone), "<<<<<<<", ">>>>>>>") {
		if strings.Contains(text, "\n"+l) {
			o.t.Fatalf("after %s: %s\n%s", what, l, text)
		}
	}
}

func (o *owner) run(args ...string) (code int, said string) {
	var out, errs bytes.Buffer
	code = run(o.t.Context(), args, streams{out: &out, err: &errs})
	return code, out.String() + errs.String()
}
