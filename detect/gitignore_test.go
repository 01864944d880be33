package detect_test

import (
	"bytes"
	"context"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dockgen/dockgen/detect"
)

// TestGitignoreAsGit holds the tree against git itself, on random folders with random
// patterns: the same files are left out, and no folder stays that git would not keep.
func TestGitignoreAsGit(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
	random := rand.New(rand.NewPCG(24, 1))
	for range 60 {
		dir := t.TempDir()
		files := randomTree(t, random, dir)
		tree, err := detect.Scan(context.Background(), dir, detect.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		got := tree.Files(func(string) bool { return true })
		slices.Sort(got)
		want := gitKeeps(t, dir, files)
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("files that stay (-git +tree):\n%s%s", diff, ignoreFiles(dir, files))
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

func ignoreFiles(dir string, files []string) string {
	var b strings.Builder
	for _, f := range files {
		if strings.HasSuffix(f, ".gitignore") {
			data, _ := os.ReadFile(filepath.Join(dir, f))
			b.WriteString("\n" + f + ":\n" + string(data))
		}
	}
	return b.String()
}

// gitKeeps asks git which files its ignore files leave.
func gitKeeps(t *testing.T, dir string, files []string) []string {
	t.Helper()
	git := func(stdin string, args ...string) string {
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "core.excludesFile=", "-c", "core.quotePath=false"}, args...)...)
		cmd.Stdin = strings.NewReader(stdin)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		if err != nil && cmd.ProcessState.ExitCode() != 1 { // 1: none is ignored
			t.Fatalf("git %v: %v\n%s", args, err, stderr.String())
		}
		return string(out)
	}
	if _, err := os.Stat(filepath.Join(dir, ".git")); err != nil {
		git("", "init", "-q")
	}
	out := git(strings.Join(files, "\x00")+"\x00", "check-ignore", "--no-index", "-z", "--stdin")
	ignored := strings.Split(out, "\x00")
	return slices.DeleteFunc(slices.Clone(files), func(f string) bool { return slices.Contains(ignored, f) })
}

var (
	names    = []string{"a", "b", "a.log", "b.log", "src", "out", ".env", ".env.example", "é", "x y", "a[1]", "#c", "!d"}
	patterns = []string{
		"*", "*/", "/*", "a", "b/", "/a", "/src/", "*.log", "!a.log", "!*.log", "out", "out/", "!out/", "!src", "!/src/", "!*/", "src/*", "!src/a", "src/**", "!src/**/a",
		"**/a", "**/out/**", "a/**/b", "!**/b", "[ab]", "[!a]", "[^b].log", "[a-b].log", "?", "?.log", ".env*", "!.env.example", "\\#c", "\\!d", "a\\[1\\]", "x\\ y", "x y  ",
		"a**", "**b", "src/a/", "src/a/b", "out/a.log", "!out/a.log", "# comment", "", "é", "[[:alpha:]]", "*.l?g", "/*.log", "!/out", "a//b", "**", "!**/", "**/", "[b-a]", "[.-0]env",
	}
)

// randomTree writes folders, files and ignore files, and gives the paths of the files.
func randomTree(t *testing.T, random *rand.Rand, root string) []string {
	t.Helper()
	var files []string
	write := func(name, text string) {
		full := filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(full, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		files = append(files, name)
	}
	var fill func(dir string, depth int)
	fill = func(dir string, depth int) {
		for _, name := range names {
			switch n := random.IntN(4 + depth); {
			case n == 0 && depth < 4:
				fill(dir+name+"/", depth+1)
			case n < 3:
				write(dir+name, "")
			}
		}
		if depth == 0 || random.IntN(6) == 0 {
			var lines []string
			for range 1 + random.IntN(6) {
				lines = append(lines, patterns[random.IntN(len(patterns))])
			}
			write(dir+".gitignore", strings.Join(lines, []string{"\n", "\r\n"}[random.IntN(2)]))
		}
	}
	fill("", 0)
	slices.Sort(files)
	return files
}
