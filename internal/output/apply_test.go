package output_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/templates"
)

// Set in the environment of the test binary, these make it a helper process instead: the
// value is the directory to work in.
const (
	writeForever = "DOCKGEN_TEST_WRITE_FOREVER"
	writeOnce    = "DOCKGEN_TEST_WRITE_ONCE"
)

func TestMain(m *testing.M) {
	switch {
	case os.Getenv(writeForever) != "":
		exitWith(flipFlop(os.Getenv(writeForever)))
	case os.Getenv(writeOnce) != "":
		exitWith(generate(os.Getenv(writeOnce)))
	}
	os.Exit(m.Run())
}

func exitWith(err error) {
	if err != nil {
		os.Stderr.WriteString(err.Error() + "\n")
		os.Exit(1)
	}
	os.Exit(0)
}

// service is what is written in most tests.
var service = []templates.File{
	{Path: "api/Dockerfile", Data: []byte(sealed)},
	{Path: "api/.dockerignore", Kind: templates.Ignore, Data: []byte(ignoring)},
}

// generate writes the service below dir.
func generate(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	changes, err := output.Plan(root, service, output.Options{})
	if err != nil {
		return err
	}
	return output.Apply(root, changes)
}

func TestApply(t *testing.T) {
	tests := []struct {
		name  string
		there map[string]string // what put makes
		opt   output.Options
		want  map[string]string // what list finds
	}{
		{
			name: "new",
			want: map[string]string{
				"api/Dockerfile":    sealed,
				"api/.dockerignore": ignoring,
			},
		},
		{
			name:  "updated and kept",
			there: map[string]string{"api/Dockerfile": former, "api/.dockerignore": "x\n"},
			want: map[string]string{
				"api/Dockerfile":    sealed,
				"api/.dockerignore": "x\n",
			},
		},
		{
			name:  "CRLF checkout",
			there: map[string]string{"api/Dockerfile": crlf(sealed), "api/.dockerignore": crlf(oldIgnore)},
			want: map[string]string{
				"api/Dockerfile":    crlf(sealed),
				"api/.dockerignore": ignoring,
			},
		},
		{
			name:  "foreign, forced",
			there: map[string]string{"api/Dockerfile": "FROM x\n"},
			opt:   output.Options{Force: true},
			want: map[string]string{
				"api/Dockerfile":    sealed,
				"api/.dockerignore": ignoring,
			},
		},
		{
			name:  "link replaced, its target left alone",
			there: map[string]string{"api/Dockerfile": "LINK"},
			opt:   output.Options{Force: true},
			want: map[string]string{
				"api/Dockerfile":    sealed,
				"api/.dockerignore": ignoring,
				"target":            sealed,
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := newRoot(t)
			for name, contents := range tt.there {
				put(t, root, name, contents)
			}
			changes, err := output.Plan(root, service, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			if err := output.Apply(root, changes); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, list(t, root)); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

func TestApplyRefused(t *testing.T) {
	root := newRoot(t)
	put(t, root, "api/Dockerfile.worker", "FROM x\n")
	files := append(service[:len(service):len(service)], templates.File{Path: "api/Dockerfile.worker", Data: []byte(sealed)})
	changes, err := output.Plan(root, files, output.Options{})
	if err != nil {
		t.Fatal(err)
	}
	const want = "write api/Dockerfile.worker: refused: it was not written by dockgen; --force "
	if err := output.Apply(root, changes); err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("Apply = %v, want %s…", err, want)
	}
	if diff := cmp.Diff(map[string]string{"api/Dockerfile.worker": "FROM x\n"}, list(t, root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestApplyAsOne wants every old file to stay where one of the new ones has no place.
func TestApplyAsOne(t *testing.T) {
	root := newRoot(t)
	put(t, root, "api/Dockerfile", former)
	put(t, root, "file", "x")
	changes := []output.Change{
		{Path: "api/Dockerfile", Status: output.Updated, New: []byte(sealed)},
		{Path: "file/.dockerignore", Status: output.New, New: []byte(ignoring)},
	}
	if err := output.Apply(root, changes); err == nil || !strings.HasPrefix(err.Error(), "write file/.dockerignore: ") {
		t.Errorf("Apply = %v", err)
	}
	if diff := cmp.Diff(map[string]string{"api/Dockerfile": former, "file": "x"}, list(t, root)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if changes[0].Status != output.Failed || changes[1].Status != output.Failed {
		t.Errorf("%s, %s, want failed", changes[0].Status, changes[1].Status)
	}
}

func TestApplyPermissions(t *testing.T) {
	root := newRoot(t)
	put(t, root, "reference", "x") // it has 0644, less the umask
	put(t, root, "replaced", former)
	if err := root.Chmod("replaced", 0o664); err != nil {
		t.Fatal(err)
	}
	changes := []output.Change{
		{Path: "new", Status: output.New, New: []byte(sealed)},
		{Path: "replaced", Status: output.Updated, New: []byte(sealed)},
	}
	if err := output.Apply(root, changes); err != nil {
		t.Fatal(err)
	}
	want := map[string]fs.FileMode{"new": stat(t, root.Name(), "reference").Mode(), "replaced": 0o664}
	got := map[string]fs.FileMode{}
	for _, change := range changes {
		got[change.Path] = stat(t, root.Name(), change.Path).Mode()
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("permissions (-want +got):\n%s", diff)
	}
}

func TestApplyErrors(t *testing.T) {
	outside := t.TempDir()
	tests := []struct {
		name  string
		path  string
		there string // what put makes in its place
		want  string
	}{
		{"directory that came in between", "Dockerfile", "DIR", "write Dockerfile: "},
		{"above the root", "../Dockerfile", "", "write ../Dockerfile: path escapes from parent"},
		{"link out of the root", "out/Dockerfile", "", "write out/Dockerfile: "},
		{"new directory behind the link", "out/new/Dockerfile", "", "write out/new/Dockerfile: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := newRoot(t)
			if err := os.Symlink(outside, filepath.Join(root.Name(), "out")); err != nil {
				t.Fatal(err)
			}
			if tt.there != "" {
				put(t, root, tt.path, tt.there)
			}
			changes := []output.Change{{Path: tt.path, Status: output.New, New: []byte(sealed)}}
			if err := output.Apply(root, changes); err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Apply = %v, want %s…", err, tt.want)
			}
			for name := range list(t, root) {
				if name != "out" {
					t.Errorf("%s was left behind", name)
				}
			}
			if entries, err := os.ReadDir(outside); err != nil || len(entries) > 0 {
				t.Errorf("out of the root: %v, %v", entries, err)
			}
		})
	}
}

func TestApplyTwiceTouchesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := generate(dir); err != nil {
		t.Fatal(err)
	}
	past := time.Date(2001, 1, 1, 0, 0, 0, 0, time.UTC)
	before := make([]fs.FileInfo, len(service))
	for i, file := range service {
		if err := os.Chtimes(filepath.Join(dir, file.Path), past, past); err != nil {
			t.Fatal(err)
		}
		before[i] = stat(t, dir, file.Path)
	}
	if err := generate(dir); err != nil {
		t.Fatal(err)
	}
	for i, file := range service {
		after := stat(t, dir, file.Path)
		if !os.SameFile(before[i], after) || !after.ModTime().Equal(past) {
			t.Errorf("%s was written again", file.Path)
		}
	}
}

// TestApplyKilled kills a process that writes in a loop, and looks at what it leaves.
func TestApplyKilled(t *testing.T) {
	dir := t.TempDir()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	place := filepath.Join(dir, "Dockerfile")
	found := map[byte]int{}
	for round := range 30 {
		cmd := exec.Command(exe)
		cmd.Env = append(os.Environ(), writeForever+"="+dir)
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		waitForChange(t, place)
		time.Sleep(time.Duration(round*round%31) * 379 * time.Microsecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait() // it was killed: that is its error
		got, err := os.ReadFile(place)
		if err != nil {
			t.Fatal(err)
		}
		if output.Inspect(got) != output.Ours || !bytes.Equal(got, large('a')) && !bytes.Equal(got, large('b')) {
			t.Fatalf("round %d left %d bytes, neither the old file nor the new one", round, len(got))
		}
		found[got[len(got)-2]]++
	}
	t.Logf("old and new: %v", found)
}

// waitForChange waits until the process has replaced the file, so that it is killed at work.
func waitForChange(t *testing.T, place string) {
	t.Helper()
	before, _ := os.Stat(place) // there is none in the first round
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		after, err := os.Stat(place)
		if err == nil && (before == nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime())) {
			return
		}
	}
	t.Fatal("the process writes nothing")
}

// flipFlop writes one file, then another in its place, and so on; it does little else, so
// that it is killed while it writes.
func flipFlop(dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	a := []output.Change{{Path: "Dockerfile", Status: output.Updated, New: large('a')}}
	b := []output.Change{{Path: "Dockerfile", Status: output.Updated, New: large('b')}}
	for {
		if err := errors.Join(output.Apply(root, a), output.Apply(root, b)); err != nil {
			return err
		}
	}
}

// large returns a sealed file that takes more than one write of a page.
func large(c byte) []byte {
	line := strings.Repeat(string(c), 99) + "\n"
	return []byte(seal("# dockgen: large\n" + strings.Repeat(line, 20000)))
}

// list returns the contents of the files below root, by path, and the mode of what is
// neither a regular file nor a directory.
func list(t *testing.T, root *os.Root) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := fs.WalkDir(root.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			found[path] = info.Mode().String()
			return nil
		}
		data, err := root.ReadFile(path)
		found[path] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func stat(t *testing.T, dir, name string) fs.FileInfo {
	t.Helper()
	info, err := os.Stat(filepath.Join(dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return info
}
