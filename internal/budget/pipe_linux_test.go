package budget_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/dockgen/dockgen/internal/budget"
)

// TestReadPipe wants no pipe waited for, in which nobody writes.
func TestReadPipe(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "Dockerfile"), 0o600); err != nil {
		t.Fatal(err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	if _, err := budget.ReadFile(root, "Dockerfile"); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Error(err)
	}
}
