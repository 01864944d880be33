package detect_test

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

// TestGitignoreAsGit holds the tree against git itself, on random folders with random
// patterns: the same files are left out, and no folder stays that git would not keep.
func TestGitignoreAsGit(t *testing.T) {
	random := rand.New(rand.NewPCG(24, 1))
	for range 60 {
		dir := t.TempDir()
		files := detecttest.RandomTree(t, random, dir)
		tree, err := detect.Scan(context.Background(), dir, detect.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got := tree.Files(func(string) bool { return true })
		slices.Sort(got)
		want := detecttest.GitKeeps(t, dir, files)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("files that stay (-git +tree):\n%s", diff)
		}
		for _, d := range tree.Below(".", func(string) bool { return false }) {
			if d != "." && !slices.ContainsFunc(want, func(f string) bool { return strings.HasPrefix(f, d+"/") }) {
				t.Errorf("the folder %s stays, and nothing in it does", d)
			}
		}
		if err := tree.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
