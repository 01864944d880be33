package detecttest

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// GitKeeps asks git itself which of the files in a folder its ignore files leave. It
// skips the test where there is no git.
func GitKeeps(t *testing.T, dir string, files []string) []string {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("needs git")
	}
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

// RandomTree fills a folder with folders, files and .gitignore files whose names and
// patterns are made to meet, and gives the paths of the files, sorted.
func RandomTree(t *testing.T, random *rand.Rand, root string) []string {
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
			case n == 0 && depth < 3:
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
