//go:build unix

package detect_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
)

// TestUnreadableFolder wants a folder that cannot be read to be a problem, and
// the rest to go on.
func TestUnreadableFolder(t *testing.T) {
	const self = "DETECT_UNREADABLE"
	if dir := os.Getenv(self); dir != "" {
		tree := detecttest.Scan(t, dir, detect.Limits{})
		for _, p := range tree.Problems() {
			fmt.Printf("problem in %s: %v\n", p.Dir, p)
		}
		fmt.Println("files:", strings.Join(listing(tree), " "))
		return
	}
	dir := t.TempDir()
	write(t, filepath.Join(dir, "good", "go.mod"), "module good")
	write(t, filepath.Join(dir, "locked", "go.mod"), "module locked")
	if err := os.Chmod(filepath.Join(dir, "locked"), 0); err != nil {
		t.Fatal(err)
	}
	out, err := detecttest.Unprivileged(t, dir, "test.bin", []string{self + "=" + dir}, "-test.run=^TestUnreadableFolder$")
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"problem in locked: read locked: permission denied\n", "files: test.bin good/go.mod\n"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
}
