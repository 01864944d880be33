// Package detecttest holds detectors against trees that are written as text.
package detecttest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/plan"
)

// Update is the flag -update of every test that holds expectations.
var Update = flag.Bool("update", false, "rewrite expectations; read the difference before you commit it")

// want is the file of an archive that holds the expectation.
const want = "want.txt"

// Run reads testdata/*.txtar. Each archive is a tree; its file want.txt holds
// what the stack finds in it and decides, and every file that it opened, so that
// a detector which begins to read more than it did is seen.
//
// Lines of the archive's comment are read: words behind "main:" are the answer to
// --main, those behind "options:" are answers to the stack's own ("tags=a,b"), and those
// behind "command:" to --command; names behind "shows:", with commas between, are the
// facts and decisions that the archive is about; the others are left out of want.txt.
// "obligations" are what the image has to have, which only such an archive shows.
//
// Beside are manifests of other stacks, which the whole program knows.
func Run(t *testing.T, stack plan.Stack, beside ...detect.Marker) {
	t.Helper()
	archives, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("no archives in testdata: %v", err)
	}
	for _, file := range archives {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := describe(t, stack, archive, beside)
			expected := ""
			for i, f := range archive.Files {
				if f.Name == want {
					expected = string(f.Data)
					archive.Files[i].Data = []byte(got)
				}
			}
			if *Update {
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(expected, got); diff != "" {
				t.Errorf("findings differ (-want +got), see make golden:\n%s", diff)
			}
		})
	}
}

// describe runs the stack over the tree and writes all that it says.
func describe(t *testing.T, stack plan.Stack, archive *txtar.Archive, beside []detect.Marker) string {
	t.Helper()
	tree := Tree(t, archive)
	tree.Know(beside)
	var answers detect.Answers
	if words := setting(archive, "main:"); words != "" {
		answers.Main = strings.Fields(words)
	}
	own := plan.Own{}
	for _, option := range strings.Fields(setting(archive, "options:")) {
		key, words, _ := strings.Cut(option, "=")
		own[key] = plan.Said{Kind: plan.List, Words: strings.Split(words, ",")}
	}
	answers.Options = own.Words()
	answers.Command = strings.Fields(setting(archive, "command:"))
	shows := setting(archive, "shows:")
	shown := func(name string) bool {
		return shows == "" || strings.Contains(","+strings.ReplaceAll(shows, ", ", ",")+",", ","+name+",")
	}
	found, err := stack.Detect(t.Context(), tree, answers)
	if err != nil {
		return fmt.Sprintf("error %v\n", err)
	}
	found.Judge(tree, func(s detect.Service) (detect.Evidence, bool) {
		chosen, ok := s.Detail.(detect.Chosen)
		return detect.Evidence{}, ok && slices.ContainsFunc(answers.Main, func(want string) bool { return chosen.IsMain(s.Dir, want) })
	})
	var b strings.Builder
	for _, s := range found.Services {
		fmt.Fprintf(&b, "service %s in %s\n", s.Name, s.Dir)
		for _, f := range s.Detail.Facts() {
			if !shown(f.Name) {
				continue
			}
			fmt.Fprintf(&b, "  %s: %s %v\n", f.Name, f.Value, f.Evidence)
		}
		images, err := catalog.Embedded()
		if err != nil {
			t.Fatal(err)
		}
		p, err := stack.Plan(plan.Input{Service: s, Catalog: images, Overrides: plan.Overrides{Own: own, Command: answers.Command}})
		if err != nil {
			fmt.Fprintf(&b, "  no plan: %v\n", err)
			continue
		}
		judged := slices.ContainsFunc(s.Signs, func(sign detect.Sign) bool { return sign.Against || sign.At.File != "" })
		if judged && shown("deployed") {
			fmt.Fprintf(&b, "  deployed: %s %v\n", s.Judgement().Value, s.Judgement().Evidence)
		}
		if shown("needs") {
			fmt.Fprintf(&b, "  needs %s in %s\n", strings.Join(p.Needs, " "), p.Context)
		}
		for _, d := range p.Decisions {
			if !shown(d.Name) {
				continue
			}
			fmt.Fprintf(&b, "  decides %s: %s, because %s %v %s\n", d.Name, d.Value, d.Reason, d.Evidence, d.Flag)
		}
		for _, n := range p.Obligations {
			if shows != "" && shown("obligations") {
				fmt.Fprintf(&b, "  obliges %s: %s %s %v; %s\n", n.Kind, n.By, n.What, n.At, n.Settles)
			}
			if why := n.Lacking + n.Open; why != "" && n.Kind == plan.NeedPort { // the others are told by whoever holds them against an image
				fmt.Fprintf(&b, "  lacks %s: %s %s, %s; %s\n", n.Kind, n.By, n.What, why, n.Settles)
			}
		}
		for _, n := range p.Notes {
			fmt.Fprintf(&b, "  note: %s\n", n)
		}
	}
	for _, o := range found.Others {
		fmt.Fprintf(&b, "other %s: %s %v\n", o.Dir, o.Reason, o.Evidence)
	}
	for _, p := range found.Problems {
		fmt.Fprintf(&b, "problem in %s: %v\n", p.Dir, p)
	}
	opened := tree.Opened()
	if once := slices.Compact(slices.Clone(opened)); len(once) < len(opened) {
		t.Errorf("files were opened more than once: %v", opened)
	}
	fmt.Fprintf(&b, "opened %s\n", strings.Join(opened, " "))
	return b.String()
}

// setting is the rest of the comment's line that begins with a word.
func setting(archive *txtar.Archive, word string) string {
	for line := range strings.Lines(string(archive.Comment)) {
		if rest, ok := strings.CutPrefix(line, word); ok {
			return strings.TrimSpace(rest)
		}
	}
	return ""
}

// Tree writes an archive to a folder of its own and scans it. In the archive,
// "\r" and "\ufeff" at a line's end or beginning stand for a carriage return and
// a byte order mark, which editors would eat.
func Tree(t *testing.T, archive *txtar.Archive) *detect.Tree {
	t.Helper()
	dir := t.TempDir()
	for _, f := range archive.Files {
		if f.Name == want {
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(f.Name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer(`\r`+"\n", "\r\n", `\ufeff`, "\ufeff").Replace(string(f.Data))
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return Scan(t, dir, detect.Limits{})
}

// Scan scans a folder, and closes the tree when the test ends.
func Scan(t *testing.T, dir string, limits detect.Limits) *detect.Tree {
	t.Helper()
	tree, err := detect.Scan(t.Context(), dir, limits)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := tree.Close(); err != nil {
			t.Error(err)
		}
	})
	return tree
}
