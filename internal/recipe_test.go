package internal_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

// TestRecipe adds a stack to a copy of the program in the four places that
// CONTRIBUTING.md names and in no fifth, and wants it wherever stacks are listed.
func TestRecipe(t *testing.T) {
	if testing.Short() {
		t.Skip("it compiles the program once more")
	}
	copied := withStack(t, "ruby", "testdata/recipe.txtar")
	const tests = "TestReadme|TestDocumentedKeys|TestSchema|TestCompletion|TestExamples"
	goCommand(t, copied, "test", "-vet=off", "./cmd/dockgen", "./internal/config", "-run", "^("+tests+")$", "-update")
	goCommand(t, copied, "test", "-vet=off", "./cmd/dockgen", "./internal/config", "-run", "^("+tests+"|TestDocumentedExample)$")
	for file, want := range map[string]string{
		"README.md":                      "| ruby | Gemfile | alpine, playground |",
		"docs/dockgen.toml.md":           `ruby-jit = "yjit"`,
		"docs/dockgen.schema.json":       `"ruby-jit"`,
		"examples/ruby-hello/Dockerfile": "RUN apk add --no-cache ruby",
	} {
		data, err := os.ReadFile(filepath.Join(copied, file))
		if err != nil || !strings.Contains(string(data), want) {
			t.Errorf("%s has no %s: %v", file, want, err)
		}
	}
	program := filepath.Join(t.TempDir(), "dockgen")
	if runtime.GOOS == "windows" {
		program += ".exe"
	}
	goCommand(t, copied, "build", "-o", program, "./cmd/dockgen")
	for _, c := range recipeRuns {
		t.Run(strings.Join(c.args, " "), func(t *testing.T) {
			dir := t.TempDir()
			lay(t, dir, c.files)
			cmd := exec.Command(program, c.args...)
			cmd.Dir = dir
			output, _ := cmd.CombinedOutput() // some are refused, which is what they say
			for _, want := range c.want {
				if !regexp.MustCompile(want).Match(output) {
					t.Errorf("no %q in\n%s", want, output)
				}
			}
		})
	}
}

// recipeRuns are command lines, files that they meet, and what they have to say.
var recipeRuns = []struct {
	args  []string
	files string
	want  []string
}{
	{[]string{"stacks"}, "", []string{`ruby +Gemfile +alpine, playground`}},
	{[]string{"generate", "--help"}, "", []string{`--ruby-jit yjit\|none`, `bundler\[@VERSION\]`, `alpine, .*playground`}},
	{[]string{"__complete", "generate", "--stack", ""}, "", []string{`(?m)^ruby$`}},
	{[]string{"__complete", "generate", "--runtime", ""}, "", []string{`(?m)^playground$`}},
	{[]string{"__complete", "generate", "--ruby-jit", ""}, "", []string{"yjit\nnone"}},
	{[]string{"__complete", "generate", "--package-manager", ""}, "", []string{`(?m)^bundler$`}},
	{[]string{"generate"}, "", []string{`looked for .*Gemfile`, `--stack .*ruby`}},
	{[]string{"generate", "--stack", "x"}, "", []string{`there are .*ruby`}},
	{[]string{"generate", "--package-manager", "x"}, "", []string{`there are .*bundler`}},
	{[]string{"init", "--stack", "ruby"}, "", []string{`· ruby`, `new +Dockerfile`}},
	{[]string{"generate", "--dry-run"}, "-- Gemfile --\n-- main.rb --\n", []string{`app · ruby`}},
	{[]string{"detect"}, "-- Gemfile --\n-- index.html --\n-- tool.py --\nprint(1)\n", []string{`^no service:\n  \. +ruby +no main.rb\n$`}},
	{[]string{"detect"}, "-- config.ru --\n-- index.html --\n-- tool.py --\nprint(1)\n", []string{`^$`}},
	{[]string{"explain"}, "-- dockgen.toml --\nruby-jit = \"yjit\"\n-- Gemfile --\n-- main.rb --\n", []string{`compiler +yjit +.*dockgen.toml:1 ruby-jit`}},
	{[]string{"explain"}, "-- dockgen.toml --\nruby-jit = \"jit\"\n", []string{`dockgen.toml:1:1: ruby-jit: "jit" is none of yjit, none`}},
	{[]string{"explain", "--ruby-jit", "jit"}, "", []string{`--ruby-jit jit: no such ruby-jit; there are yjit, none`}},
	{[]string{"explain", "--ruby-jit", "yjit"}, "-- index.html --\n", []string{`--ruby-jit yjit: site is a static service, which has no such option`}},
}

// withStack copies the program, and adds a stack to the copy.
func withStack(t *testing.T, name, archive string) string {
	t.Helper()
	to := t.TempDir()
	for _, part := range []string{"cmd", "detect", "internal", "templates", "docs", "examples/go-http"} {
		if err := os.CopyFS(filepath.Join(to, part), os.DirFS(filepath.Join("..", part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum", "README.md"} {
		data, err := os.ReadFile(filepath.Join("..", file))
		if err != nil {
			t.Fatal(err)
		}
		put(t, filepath.Join(to, file), data)
	}
	data, err := os.ReadFile(archive)
	if err != nil {
		t.Fatal(err)
	}
	lay(t, to, string(data))
	list := filepath.Join(to, "detect/all/all.go")
	data, err = os.ReadFile(list)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), "import (\n", "import (\n\t\""+module+"detect/"+name+"\"\n", 1)
	put(t, list, []byte(strings.Replace(text, "\t}\n}", "\t\t"+name+".Stack(),\n\t}\n}", 1)))
	return to
}

// lay writes the files of an archive.
func lay(t *testing.T, dir, archive string) {
	t.Helper()
	for _, f := range txtar.Parse([]byte(archive)).Files {
		put(t, filepath.Join(dir, f.Name), f.Data)
	}
}

func put(t *testing.T, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func goCommand(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command("go", args...)
	cmd.Dir = dir
	if output, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go %s: %v\n%s", strings.Join(args, " "), err, output)
	}
}
