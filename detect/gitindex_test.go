package detect_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

// TestOverruled reads indexes that git wrote, in each of the formats.
func TestOverruled(t *testing.T) {
	for _, c := range []struct{ version, hash string }{{"2", "sha1"}, {"3", "sha1"}, {"4", "sha1"}, {"2", "sha256"}, {"4", "sha256"}} {
		t.Run(c.version+"-"+c.hash, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range map[string]string{
				".gitignore": "*.so\n/dist/\n!keep.so\n", "lib/.gitignore": "fixed.txt\n", "main.go": "", "a.so": "", "keep.so": "",
				"lib/fixed.txt": "", "dist/app.js": "", "dist/deep/b.js": "", "dist/other.js": "", "untracked.so": "", "gone.so": "",
			} {
				file := filepath.Join(dir, filepath.FromSlash(name))
				if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			git := func(args ...string) {
				cmd := exec.Command("git", args...)
				cmd.Dir = dir
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Fatalf("git %q: %v\n%s", args, err, out)
				}
			}
			git("init", "--quiet", "--object-format="+c.hash)
			git("add", "--force", ".gitignore", "lib", "main.go", "a.so", "keep.so", "dist/app.js", "dist/deep", "gone.so")
			if c.version == "3" { // which git takes where a flag needs it
				git("update-index", "--skip-worktree", "main.go")
			} else {
				git("update-index", "--index-version", c.version)
			}
			var got []string
			for _, x := range detecttest.Scan(t, dir, detect.Limits{}).Overruled() {
				got = append(got, x.Dir+" "+x.At.String())
			}
			tree := detecttest.Scan(t, dir, detect.Limits{})
			for file, has := range map[string]bool{"a.so": true, "dist/deep/b.js": true, "dist/other.js": false, "untracked.so": false, "lib/fixed.txt": true} {
				if _, out := tree.LeftOut(file); tree.Has(file) != has || out == has {
					t.Errorf("%s: in the tree %t, left out %t", file, tree.Has(file), out)
				}
			}
			want := []string{"a.so .gitignore:1", "dist/app.js .gitignore:2", "dist/deep/b.js .gitignore:2", "gone.so .gitignore:1", "lib/fixed.txt lib/.gitignore:1"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// TestBrokenIndex cuts an index at each of its bytes, and changes them: nothing is said,
// or something that stands in it.
func TestBrokenIndex(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a.so", "b/c.so", ".gitignore"} {
		file := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte("*.so\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, args := range [][]string{{"init", "--quiet"}, {"add", "--force", "--all"}, {"update-index", "--index-version", "4"}} {
		cmd := exec.Command("git", args...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %q: %v\n%s", args, err, out)
		}
	}
	index := filepath.Join(dir, ".git", "index")
	whole, err := os.ReadFile(index)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		changed := slices.Clone(whole)
		changed[i] ^= 0xff
		for _, data := range [][]byte{whole[:i], changed} {
			if err := os.WriteFile(index, data, 0o644); err != nil {
				t.Fatal(err)
			}
			for _, x := range detecttest.Scan(t, dir, detect.Limits{}).Overruled() {
				if !strings.HasSuffix(x.Dir, ".so") {
					t.Fatalf("byte %d: %q", i, x.Dir)
				}
			}
		}
	}
}
