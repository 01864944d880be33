package proof_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/proof"
)

// read makes the image of a Dockerfile whose context holds files.
func read(t *testing.T, text string, files []string, makes ...plan.Made) *proof.Image {
	t.Helper()
	stages, err := dockerfile.Parse([]byte(text))
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	memory := map[string][]byte{}
	for _, f := range files {
		memory[f] = nil
	}
	return proof.New(stages, proof.Sent{Tree: detect.NewTree(memory), Ignore: &dockerfile.Ignore{}, Dir: "."}, bases, plan.Plan{Makes: makes, Installed: []string{"flask"}})
}

// images is the catalog of the tests.
var images = sync.OnceValues(catalog.Embedded)

// bases are those of the catalog.
func bases(reference string) (plan.Base, bool) {
	c, err := images()
	if err != nil {
		return plan.Base{}, false
	}
	b, ok, err := c.Base(reference)
	return plan.Base{Base: b}, ok && err == nil
}

// state is what becomes of one need.
func state(im *proof.Image, n plan.Need) proof.State {
	n.By = "the test needs"
	for _, f := range im.Check([]plan.Need{n}, proof.Start{}) {
		if f.By == n.By {
			return f.State
		}
	}
	return ""
}

// names are few, so that paths meet.
var names = []string{"a", "b", "c.txt", "d.go"}

func anyPath(r *rand.Rand, most int) string {
	var parts []string
	for range 1 + r.IntN(most) {
		parts = append(parts, names[r.IntN(len(names))])
	}
	return strings.Join(parts, "/")
}

// anyTree is a list of files of which none is a folder of another.
func anyTree(r *rand.Rand) []string {
	files := map[string]bool{}
	for range 1 + r.IntN(6) {
		file := anyPath(r, 3)
		clash := false
		for f := range files {
			clash = clash || f == file || strings.HasPrefix(f, file+"/") || strings.HasPrefix(file, f+"/")
		}
		if !clash {
			files[file] = true
		}
	}
	return slices.Sorted(maps.Keys(files))
}

// copying is one COPY, as the test writes it and as its interpreter does it.
type copying struct {
	stage      string // none for the context
	source, to string
	parents    bool
	exclude    string
}

// below lists the files at and below a path, from it.
func below(files map[string]bool, dir string) (found []string) {
	for _, f := range slices.Sorted(maps.Keys(files)) {
		switch {
		case dir == ".":
			found = append(found, f)
		case f == dir:
			found = append(found, "")
		case strings.HasPrefix(f, dir+"/"):
			found = append(found, strings.TrimPrefix(f, dir+"/"))
		}
	}
	return found
}

// run does what BuildKit documents of COPY: a folder brings what is in it, a file goes
// into a destination that is a folder or ends with a slash and to its place otherwise,
// and --parents keeps the path of the source.
func (c copying) run(from, into map[string]bool, folders map[string]bool) (line string, ok bool) {
	found := below(from, c.source)
	if len(found) == 0 {
		return "", false
	}
	to := strings.TrimPrefix(path.Clean(c.to), "/")
	add := func(file string) {
		into[path.Join(to, file)] = true
	}
	excluded := func(name string) bool {
		return c.exclude != "" && (name == c.exclude || strings.HasPrefix(name, c.exclude+"/"))
	}
	isFile := found[0] == ""
	kept := 0
	for _, f := range found {
		name := f
		switch {
		case c.parents:
			name = path.Join(c.source, f)
		case isFile && (strings.HasSuffix(c.to, "/") || folders[to]):
			name = path.Base(c.source)
		}
		if !excluded(name) {
			add(name)
			kept++
		}
	}
	if kept == 0 { // whether it makes the empty folder is nowhere documented
		return "", false
	}
	line = "COPY "
	if c.stage != "" {
		line += "--from=" + c.stage + " "
	}
	if c.parents {
		line += "--parents "
	}
	if c.exclude != "" {
		line += "--exclude=" + c.exclude + " "
	}
	source := c.source
	if c.stage != "" {
		source = "/" + source
	}
	return line + source + " " + c.to, true
}

// build is a random Dockerfile of two stages without a command, with the files that its
// last stage has.
func build(r *rand.Rand, files []string) (text string, held map[string]bool, ok bool) {
	context := map[string]bool{}
	for _, f := range files {
		context[f] = true
	}
	var b strings.Builder
	stages := []map[string]bool{{}, {}}
	for n, name := range []string{"one", "two"} {
		fmt.Fprintf(&b, "FROM scratch AS %s\nWORKDIR /w\n", name)
		folders := map[string]bool{"w": true}
		for range 1 + r.IntN(3) {
			c := copying{source: anyPath(r, 2), to: []string{"/w", "/w/", "/x", "/x/y/", "/"}[r.IntN(5)], parents: r.IntN(4) == 0}
			from := context
			if n == 1 && r.IntN(2) == 0 {
				c.stage, c.source, c.parents, from = "one", []string{"w", "x", "x/y", "w/a", "w/c.txt"}[r.IntN(5)], false, stages[0]
			}
			if r.IntN(3) == 0 && !strings.Contains(c.source, ".") {
				c.exclude = names[r.IntN(len(names))]
			}
			if found := below(from, c.source); len(found) > 0 && found[0] == "" {
				c.exclude = "" // of a file nobody excludes itself
			}
			before := maps.Clone(stages[n])
			line, copies := c.run(from, stages[n], folders)
			if !copies {
				continue
			}
			if clashes(stages[n]) {
				stages[n] = before // a build would stop there
				continue
			}
			for f := range stages[n] {
				for dir := path.Dir(f); dir != "."; dir = path.Dir(dir) {
					folders[dir] = true
				}
			}
			b.WriteString(line + "\n")
		}
	}
	return b.String(), stages[1], true
}

// clashes says whether a file is a folder of another.
func clashes(files map[string]bool) bool {
	for a := range files {
		for dir := path.Dir(a); dir != "."; dir = path.Dir(dir) {
			if files[dir] || dir == "" {
				return true
			}
		}
		if a == "w" {
			return true
		}
	}
	return false
}

// TestHolds holds the model of what a stage has against an interpreter of COPY, on random
// trees and Dockerfiles. Without a command, everything is known.
func TestHolds(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	compared := 0
	for range 3000 {
		files := anyTree(r)
		text, held, _ := build(r, files)
		im := read(t, text, files)
		asked := maps.Clone(held)
		for range 10 {
			asked[path.Join([]string{"w", "x", "x/y", ""}[r.IntN(4)], anyPath(r, 3))] = true
		}
		for name := range asked {
			want := proof.Failed
			if len(below(held, name)) > 0 || name == "w" {
				want = proof.Proved
			}
			compared++
			if got := state(im, plan.Need{Kind: plan.NeedFile, What: "/" + name}); got != want {
				t.Fatalf("/%s is %s, want %s, with the files %q and\n%s", name, got, want, files, text)
			}
		}
	}
	if compared < 20000 {
		t.Errorf("%d paths compared, want more", compared)
	}
}

// TestMonotonic wants no need to fail because something more is copied.
func TestMonotonic(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		files := anyTree(r)
		text, held, _ := build(r, files)
		lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		more := []string{"COPY " + files[r.IntN(len(files))] + " /z/", "WORKDIR /z", "COPY . /z", "COPY <<EOF /z/t\ntext\nEOF"}[r.IntN(4)]
		after := read(t, strings.Join(append(lines, more), "\n")+"\n", files)
		for name := range held {
			if got := state(after, plan.Need{Kind: plan.NeedFile, What: "/" + name}); got != proof.Proved {
				t.Fatalf("/%s is %s with %q more, of\n%s", name, got, more, text)
			}
		}
	}
}
