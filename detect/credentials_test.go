package detect_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect"
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
