package budget_test

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/budget"
)

func TestCheck(t *testing.T) {
	const laughs = "a: &a [x, x, x, x, x, x, x, x, x, x]\nb: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a]\nc: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b]\nd: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c]\ne: [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d]\n"
	for _, c := range []struct{ name, file, text, want string }{
		{"what people write", "a/pnpm-workspace.yaml", "packages:\n  - 'apps/*'\n", ""},
		{"shared settings", "compose.yaml", "x: &base\n  image: a\n  environment: {A: 1}\n" + strings.Repeat("s:\n  <<: *base\n", 500), ""},
		{"brackets in many places", "a.js", strings.Repeat("f([{}]);\n", 20_000), ""},
		{"an unknown kind", "data.bin", strings.Repeat("(", 100_000), ""},
		{"lines of dashes", "a.py", "# " + strings.Repeat("-", 4000) + "\n", ""},
		{"brackets", "x/Cargo.toml", "\na = " + strings.Repeat("[", 200), "too large: in line 2 more than 100 brackets are open at once"},
		{"signs", "astro.config.mjs", strings.Repeat("! ", 6000), "too large: in line 1 more than 5000 signs stand one behind the other"},
		{"parts of a key", "pyproject.toml", strings.Repeat("a.", 200) + "b = 1", "too large: in line 1 more than 100 parts make one key"},
		{"lists in lists", "a.yml", strings.Repeat("- ", 400), "too large: in line 1 more than 500 blanks stand before a line"},
		{"lines", "Procfile", strings.Repeat("a\n", 20_000), "too large: more than 10000 lines"},
		{"bytes", "a.py", strings.Repeat("a", 7<<20), "too large: 7340032 bytes, the limit is 6291456"},
		{"aliases", "a.yaml", laughs, "too large: up to line 5, aliases stand for more than 50000 nodes"},
		{"an alias within its anchor", "a.yaml", "a: &a\n" + strings.Repeat("  - *a\n", 100), "too large: up to line 16, aliases stand for more than 50000 nodes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := budget.Check(c.file, []byte(c.text))
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || err.Error() != c.want || !errors.Is(err, budget.ErrTooLarge)):
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestStream(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"a lockfile", "pnpm-lock.yaml", strings.Repeat("a: {b: [c]}\n", 100_000), ""},
		{"brackets", "web/pnpm-lock.yaml", "a\n" + strings.Repeat("[", 200), "too large: in line 2 more than 100 brackets are open at once"},
		{"bytes", "yarn.lock", strings.Repeat("a", 64<<20+1), "too large: the limit is 67108864 bytes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			n, err := io.Copy(io.Discard, budget.Stream(strings.NewReader(c.text), c.file))
			switch {
			case c.want == "" && (err != nil || n != int64(len(c.text))):
				t.Errorf("%d bytes, %v", n, err)
			case c.want != "" && (err == nil || err.Error() != c.want || !errors.Is(err, budget.ErrTooLarge)):
				t.Errorf("%v, want %s", err, c.want)
			}
		})
	}
}

func TestReadFile(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "Dockerfile"), []byte("FROM a\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Truncate(filepath.Join(dir, "Dockerfile"), 1<<30); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if data, err := budget.ReadFile(root, "Dockerfile"); !errors.Is(err, budget.ErrTooLarge) {
		t.Errorf("%d bytes, %v", len(data), err)
	}
}
