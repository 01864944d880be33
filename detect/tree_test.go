package detect_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

// listing is every file of a tree, sorted by folder.
func listing(t *detect.Tree) []string {
	var files []string
	for _, dir := range t.Below(".", func(string) bool { return false }) {
		folder, _ := t.Folder(dir)
		for _, name := range folder.Files {
			files = append(files, strings.TrimPrefix(dir+"/"+name, "./"))
		}
	}
	return files
}

func TestScanLeavesOut(t *testing.T) {
	for _, c := range []struct{ name, tree, want string }{
		{"gitignore", `
-- .gitignore --
# comment
*.log
!keep.log
/build
logs/
-- a.log --
-- keep.log --
-- build/x --
-- deep/build/y --
-- logs/z --
-- deep/logs/z --
`, ".gitignore keep.log deep/build/y"},
		{"the nearest gitignore decides", `
-- .gitignore --
*.txt
-- sub/.gitignore --
!*.txt
-- sub/a.txt --
-- sub/deeper/b.txt --
-- c.txt --
`, ".gitignore sub/.gitignore sub/a.txt sub/deeper/b.txt"},
		{"CRLF", `
-- .gitignore --
*.log\r
-- a.log --
-- b --
`, ".gitignore b"},
		{"heavy folders", `
-- node_modules/x/go.mod --
-- .git/config --
-- .venv/x --
-- a/node_modules/y --
-- a/b --
`, "a/b"},
		{"target beside a manifest that makes it, and not elsewhere", `
-- rust/Cargo.toml --
-- rust/target/x --
-- go/target/target.go --
`, "go/target/target.go rust/Cargo.toml"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := detecttest.Tree(t, txtar.Parse([]byte(c.tree)))
			if diff := cmp.Diff(c.want, strings.Join(listing(tree), " ")); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestExcludedNamesThePattern(t *testing.T) {
	tree := detecttest.Tree(t, txtar.Parse([]byte("-- .gitignore --\n# built\n/dist\n-- dist/app.js --\n")))
	got, ok := tree.Excluded("dist/app.js")
	want := detect.Exclusion{Dir: "dist", At: detect.Evidence{File: ".gitignore", Line: 2}}
	if diff := cmp.Diff(want, got); diff != "" || !ok {
		t.Errorf("exclusion (-want +got), found %v:\n%s", ok, diff)
	}
}

func TestLinksAreNotFollowed(t *testing.T) {
	outside, dir := t.TempDir(), t.TempDir()
	write(t, filepath.Join(outside, "go.mod"), "module secret")
	for name, target := range map[string]string{"go.mod": filepath.Join(outside, "go.mod"), "folder": outside, "loop": "."} {
		if err := os.Symlink(target, filepath.Join(dir, name)); err != nil {
			t.Skip("this system makes no links: ", err)
		}
	}
	tree := detecttest.Scan(t, dir, detect.Limits{})
	if got := listing(tree); len(got) != 0 {
		t.Errorf("files behind links: %v", got)
	}
	_, err := tree.ReadFile("go.mod")
	var placed *detect.PositionError
	if !errors.As(err, &placed) || placed.At.File != "go.mod" {
		t.Errorf("reading a link: %v, want a position error", err)
	}
	if data, err := tree.Reader(".").ReadFile("folder/go.mod"); err == nil {
		t.Errorf("read %q through a link out of the root", data)
	}
}

func TestEachFileIsReadOnce(t *testing.T) {
	tree := detecttest.Tree(t, txtar.Parse([]byte("-- go.mod --\nmodule a\n")))
	for range 3 {
		if _, err := tree.ReadFile("go.mod"); err != nil {
			t.Fatal(err)
		}
	}
	if diff := cmp.Diff([]string{"go.mod"}, tree.Opened()); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
}

func TestLimits(t *testing.T) {
	dir := t.TempDir()
	for i := range 20 {
		write(t, filepath.Join(dir, fmt.Sprint("file", i)), strings.Repeat("x", 100))
	}
	_, err := detect.Scan(t.Context(), dir, detect.Limits{Files: 10})
	if !errors.Is(err, detect.ErrTooLarge) || !strings.Contains(err.Error(), "more than 10 files; name a smaller folder") {
		t.Errorf("too many files: %v", err)
	}
	tree := detecttest.Scan(t, dir, detect.Limits{FileBytes: 99})
	if _, err := tree.ReadFile("file1"); !errors.Is(err, detect.ErrTooLarge) || !strings.HasPrefix(err.Error(), "read file1: ") {
		t.Errorf("too large a file: %v", err)
	}
	tree = detecttest.Scan(t, dir, detect.Limits{Bytes: 150})
	if _, err := tree.ReadFile("file1"); err != nil {
		t.Error(err)
	}
	if _, err := tree.ReadFile("file2"); !errors.Is(err, detect.ErrTooLarge) {
		t.Errorf("too many bytes: %v", err)
	}
}

func TestScanStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := detect.Scan(ctx, t.TempDir(), detect.Limits{}); !errors.Is(err, context.Canceled) {
		t.Errorf("scan after cancellation: %v", err)
	}
}

func TestScanNowhere(t *testing.T) {
	dir := t.TempDir()
	_, err := detect.Scan(t.Context(), filepath.Join(dir, "gone"), detect.Limits{})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("scan of a missing folder: %v", err)
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestNewTree(t *testing.T) {
	tree := detect.NewTree(map[string][]byte{"go.mod": []byte("module x\n"), "cmd/app/main.go": []byte("package main\n")})
	if !tree.Has("cmd/app/main.go") || tree.Has("main.go") {
		t.Error("a file is missing, or there is one too many")
	}
	if diff := cmp.Diff([]string{".", "cmd", "cmd/app"}, tree.Below(".", func(string) bool { return false })); diff != "" {
		t.Errorf("folders (-want +got):\n%s", diff)
	}
	data, err := tree.ReadFile("go.mod")
	if err != nil || string(data) != "module x\n" {
		t.Errorf("got %q, %v", data, err)
	}
	reader := tree.Reader("cmd")
	data, err = reader.ReadFile("cmd/app/main.go")
	if err != nil || string(data) != "package main\n" {
		t.Errorf("got %q, %v", data, err)
	}
	if _, err := reader.ReadFile("cmd/none.go"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("got %v, want that it does not exist", err)
	}
	if err := errors.Join(reader.Close(), tree.Close()); err != nil {
		t.Error(err)
	}
}
