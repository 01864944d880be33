package output

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/templates"
)

const pairs = 500 // of branches

// branches is one file on two branches, and what they come from.
type branches struct {
	base, a, b []byte
	facts      project // of both branches
}

// newBranches lets two people edit one file, change different facts of one project,
// and generate.
func newBranches(t *testing.T, seed uint64) branches {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 20))
	p := newProject(r)
	base := p.render()
	work := func(name string, next project) []byte {
		h := &person{r, 0, map[string]bool{}, map[string]bool{}, name, map[string]byte{}}
		there := h.edit(t, base, r.IntN(4))
		c := planned(t, there, next.render(), deciding(Mine))
		if c.Status == Refused {
			return nil
		}
		return c.New
	}
	a := p.changed(r, r.IntN(4))
	b, both := p.changed(r, r.IntN(4)), slices.Clone(a)
	for i := range p { // b changes nothing that a does
		head := func(s randomStage) string { return fmt.Sprint(s.base, s.there) }
		switch {
		case head(a[i]) != head(p[i]):
			b[i].base, b[i].there = p[i].base, p[i].there
		default:
			both[i].base, both[i].there = b[i].base, b[i].there
		}
		both[i].steps = slices.Clone(a[i].steps)
		for j := range p[i].steps {
			if a[i].steps[j] != p[i].steps[j] {
				b[i].steps[j] = p[i].steps[j]
			} else {
				both[i].steps[j] = b[i].steps[j]
			}
		}
	}
	return branches{base: base, a: work("a", a), b: work("b", b), facts: both}
}

// gitMerges lets git merge all of them, each branch into the other.
func gitMerges(t *testing.T, all []branches) [][2][]byte {
	t.Helper()
	dir := t.TempDir()
	git := func(in string, args ...string) string {
		t.Helper()
		cmd := exec.Command("git", args...)
		cmd.Dir, cmd.Stdin = dir, strings.NewReader(in)
		cmd.Env = append(cmd.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		var errs bytes.Buffer
		cmd.Stderr = &errs
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args, err, &errs)
		}
		return string(out)
	}
	git("", "init", "--quiet", "--bare")
	var commits, merges strings.Builder
	for i, one := range all {
		commit := func(name, from string, data []byte) {
			fmt.Fprintf(&commits, "commit refs/heads/%s-%d\ncommitter a <a@example.com> 0 +0000\ndata 0\n%sM 100644 inline Dockerfile\ndata %d\n%s\n", name, i, from, len(data), data)
		}
		commit("base", "", one.base)
		from := fmt.Sprintf("from refs/heads/base-%d\n", i)
		commit("a", from, one.a)
		commit("b", from, one.b)
		fmt.Fprintf(&merges, "a-%d b-%d\nb-%d a-%d\n", i, i, i, i)
	}
	git(commits.String(), "fast-import", "--quiet")
	var trees []string
	for part := range strings.SplitSeq(git(merges.String(), "merge-tree", "--stdin", "--no-messages", "-z"), "\x00") {
		if len(part) == 40 && !strings.Contains(part, " ") {
			trees = append(trees, part+":Dockerfile")
		}
	}
	if len(trees) != 2*len(all) {
		t.Fatalf("git made %d merges of %d", len(trees), 2*len(all))
	}
	blobs := git(strings.Join(trees, "\n")+"\n", "cat-file", "--batch")
	var merged [][2][]byte
	for i := range trees {
		head, rest, _ := strings.Cut(blobs, "\n")
		size, err := strconv.Atoi(head[strings.LastIndexByte(head, ' ')+1:])
		if err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			merged = append(merged, [2][]byte{})
		}
		merged[i/2][i%2], blobs = []byte(rest[:size]), rest[size+1:]
	}
	return merged
}

// TestBranches lets git merge pairs of branches that both generated, and generates
// once more.
func TestBranches(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("no git here")
	}
	var all []branches
	for seed := uint64(0); len(all) < pairs; seed++ {
		if one := newBranches(t, seed); one.a != nil && one.b != nil {
			all = append(all, one)
		}
	}
	counts := map[string]int{}
	merges := gitMerges(t, all)
	for i, merged := range append(merges, merges...) {
		one, asks := all[i%len(all)], i >= len(all) // git for the whole file on each branch
		rendered := one.facts.render()
		var results [2][]byte
		for side, there := range merged {
			marked := bytes.Contains(there, []byte(gitOurs))
			if Inspect(there) == Foreign {
				t.Fatalf("pair %d: taken for foreign\n%s", i, there)
			}
			asked := 0
			opt := Options{Decide: func(_ string, c Conflict) Choice {
				asked++
				return Mine
			}}
			if asks {
				opt.Sides = func(string) (ours, theirs []byte, ok bool) {
					if side == 0 {
						return one.a, one.b, true
					}
					return one.b, one.a, true
				}
			}
			c := planned(t, there, rendered, opt)
			if asked > 0 {
				counts[fmt.Sprintf("conflict, sides %v", asks)]++
			}
			switch {
			case c.Status == Refused && strings.Contains(c.Reason, "between lines of yours"):
				counts[fmt.Sprintf("both edited one place, sides %v", asks)]++
				if !bothEdited(there) {
					t.Fatalf("pair %d: %s\n%s", i, c.Reason, there)
				}
				continue
			case c.Status == Refused && strings.Contains(c.Reason, "parts an instruction"):
				counts["git parted an instruction"]++
				continue
			case c.Status == Refused:
				t.Fatalf("pair %d: %s\n%s", i, c.Reason, there)
			case marked:
				counts["united"]++
			default:
				counts["merged by git"]++
			}
			if bytes.Contains(c.New, []byte("<<<<<<<")) || bytes.Contains(c.New, []byte(">>>>>>>")) {
				t.Fatalf("pair %d: a marker is left\n%s", i, c.New)
			}
			for _, from := range [][]byte{one.a, one.b} {
				for l := range places(from) {
					if !strings.Contains(string(c.New), l+"\n") {
						t.Fatalf("pair %d: %q is lost\n--- a\n%s--- b\n%s--- git\n%s--- now\n%s", i, l, one.a, one.b, there, c.New)
					}
				}
			}
			if fault := twice(c.New); fault != "" {
				t.Fatalf("pair %d: %s\n%s---\n%s", i, fault, there, c.New)
			}
			if again := planned(t, c.New, rendered, Options{}); again.Status != Unchanged {
				t.Fatalf("pair %d: once more: %s %s\n%s", i, again.Status, again.Reason, c.New)
			}
			results[side] = c.New
		}
		if results[0] != nil && results[1] != nil && !bytes.Equal(results[0], results[1]) {
			t.Errorf("pair %d: by the order of the branches\n%s---base\n%s---a\n%s---b\n%s---merged\n%s---\n%s", i, Change{Old: results[0], New: results[1], Status: Updated}.Diff(), one.base, one.a, one.b, merged[0], merged[1])
		}
	}
	t.Log(counts)
	if counts["united"] < pairs/10 || counts["git parted an instruction"] > pairs/100 {
		t.Errorf("too few conflicts of git to say anything: %v", counts)
	}
}

// bothEdited says whether both sides of a conflict hold lines of a person's.
func bothEdited(data []byte) bool {
	for rest := numbered(data); len(rest) > 0; {
		p, n, err := nextDispute(rest)
		if err != nil {
			return false
		}
		mine := func(side []line) bool {
			return slices.ContainsFunc(side, func(l line) bool { return strings.Contains(l.text, "mine-") || l.text == "EOF" })
		}
		if mine(p.sides[0]) && mine(p.sides[1]) {
			return true
		}
		rest = rest[n:]
	}
	return false
}

// twice names a stage that stands twice.
func twice(data []byte) string {
	d, err := open(templates.Dockerfile, data)
	if err != nil {
		return err.Error()
	}
	for i, s := range d.sections {
		if named(d.sections, s.called()) != i {
			return "two stages are called " + s.called()
		}
	}
	return ""
}
