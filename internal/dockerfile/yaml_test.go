package dockerfile_test

import (
	"testing"

	"github.com/goccy/go-yaml"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

func FuzzYAML(f *testing.F) {
	for _, s := range []string{"", "api", "yes", "8080", "127.0.0.1:80:80", "a: b", "- x", "#", "${A:?b}", "postgres:18.6-trixie", "1:30", ".5", "~", "'", `"`, `\`, "*a", "&a", "é", "a:1", "@x", "null", "<&>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		text, err := dockerfile.YAML(s)
		if err != nil {
			return
		}
		var got map[string]any
		if err := yaml.Unmarshal([]byte("key: "+text+"\nnext: x\n"), &got); err != nil {
			t.Fatalf("%q as %s: %v", s, text, err)
		}
		if got["key"] != s || got["next"] != "x" {
			t.Errorf("%q as %s reads %#v", s, text, got)
		}
	})
}
