package detect_test

import (
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

func TestCredentials(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		want             []string
	}{
		{"an index of Python", "requirements.txt", "flask\n--index-url https://me:pa55@pip.example.com/simple\n", []string{"requirements.txt:2 a password in an address"}},
		{"git over https", "api/package.json", `{"dependencies": {"x": "git+https://me:pa55@git.example.com/x.git"}}`, []string{"api/package.json:1 a password in an address"}},
		{"a token alone", "Cargo.toml", `x = { git = "https://ghp_0123456789abcdef@git.example.com/x" }`, []string{"Cargo.toml:1 a token in an address"}},
		{"Maven's settings", ".mvn/settings.xml", "<server>\n<password>pa55</password>\n</server>", []string{".mvn/settings.xml:2 a password"}},
		{"Gradle's", "build.gradle", "credentials {\n  password = 'pa55'\n}", []string{"build.gradle:2 a password"}},
		{"Cargo's", ".cargo/config.toml", "[registries.corp]\ntoken = \"abc\"\n", []string{".cargo/config.toml:2 a token"}},
		{"a start", "Procfile", "web: DB=postgres://u:pa55@db/x run\n", []string{"Procfile:1 a password in an address, of no build"}},
		{"variables", "requirements.txt", "--index-url https://${USER}:${PASSWORD}@pip.example.com/simple\n", nil},
		{"Gradle's variables", "build.gradle", `password = "$secret"` + "\n" + `password = System.getenv("P")`, nil},
		{"a user alone", "package.json", `"git+ssh://git@github.com/x/y.git"`, nil},
		{"a port", "pyproject.toml", `url = "https://pip.example.com:8080/simple"`, nil},
		{"a source", "main.go", `"https://me:pa55@pip.example.com"`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			tree := detect.NewTree(map[string][]byte{c.file: []byte(c.text)})
			if _, err := tree.ReadFile(c.file); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, one := range tree.Credentials() {
				words := one.At.String() + " " + one.What
				if one.Any {
					words += ", of no build"
				}
				got = append(got, words)
				if !one.In([]byte(c.text)) {
					t.Errorf("%s is not in its own file", words)
				}
			}
			if len(got) > 1 && got[1] == got[0]+", of no build" {
				got = got[:1]
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("credentials (-want +got):\n%s", diff)
			}
		})
	}
}

// TestCredentialsOfStreams looks through a file that is read in pieces, wherever they end.
func TestCredentialsOfStreams(t *testing.T) {
	const text = "lockfileVersion: '9.0'\npackages:\n  a@https://me:pa55@git.example.com/a.tgz:\n    resolution: {}\n"
	for _, size := range []int{1, 7, 64, 4096} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "pnpm-lock.yaml"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		tree := detecttest.Scan(t, dir, detect.Limits{})
		err := tree.Stream("pnpm-lock.yaml", func(r io.Reader) error {
			_, err := io.CopyBuffer(struct{ io.Writer }{io.Discard}, struct{ io.Reader }{r}, make([]byte, size))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if found := tree.Credentials(); len(found) != 2 || found[0].At.String() != "pnpm-lock.yaml:3" || found[0].What != "a password in an address" {
			t.Errorf("in pieces of %d: %v", size, found)
		}
	}
}
