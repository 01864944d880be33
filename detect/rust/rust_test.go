package rust_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/detect/rust"
)

func TestDetect(t *testing.T) { detecttest.Run(t, rust.Stack()) }

// TestLinkedProgram wants a program whose file is a link to be a problem of its own
// package, and of no other member.
func TestLinkedProgram(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"Cargo.toml":   "[workspace]\nmembers = [\"a\", \"b\"]\n",
		"a/Cargo.toml": "[package]\nname = \"a\"\n[[bin]]\nname = \"a\"\npath = \"src/client.rs\"\n",
		"b/Cargo.toml": "[package]\nname = \"b\"\n", "b/src/main.rs": "fn main() {}\n",
	} {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Join(filepath.Dir(file), "src"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("../../b/src/main.rs", filepath.Join(dir, "a", "src", "client.rs")); err != nil {
		t.Fatal(err)
	}
	found, err := rust.Detect(t.Context(), detecttest.Scan(t, dir, detect.Limits{}), detect.Answers{})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Services) != 1 || found.Services[0].Name != "b" {
		t.Errorf("services: %v, want b alone", found.Services)
	}
	if len(found.Problems) != 1 || !strings.Contains(found.Problems[0].Error(), "a/Cargo.toml:4: a/src/client.rs is a symbolic link") {
		t.Errorf("problems: %v, want the link of a", found.Problems)
	}
}
