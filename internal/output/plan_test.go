package output_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/templates"
)

var (
	former = seal("# syntax=docker/dockerfile:1\n# dockgen: Go service\n\nFROM golang\n")

	oldIgnore  = seal("# dockgen: Go service\n.git\n")
	unrecorded = rendered + "USER 1\n"
	withUser   = strings.Replace(sealed, "scratch\n", "scratch\nUSER 1\n", 1)
)

func TestPlan(t *testing.T) {
	const (
		toForce = "; --force overwrites it, --adopt shows the difference and takes it over"
		forced  = "; overwritten because of --force"
		adopted = "; taken over because of --adopt"
	)
	tests := []struct {
		name    string
		kind    templates.Kind
		there   string // contents, "" for nothing, or a word that put knows
		opt     output.Options
		status  output.Status
		reason  string
		missing []string
		merged  string // what is written, where that is not what was rendered
	}{
		{name: "nothing there", status: output.New},
		{name: "same", there: sealed, status: output.Unchanged},
		{name: "same with CRLF", there: crlf(sealed), status: output.Unchanged},
		{name: "same, forced", there: crlf(sealed), opt: output.Options{Force: true}, status: output.Unchanged},
		{name: "older", there: former, status: output.Updated},
		{name: "older with CRLF", there: crlf(former), status: output.Updated},
		{name: "edited", there: withUser, status: output.Unchanged},
		{name: "edited without a record", there: unrecorded, status: output.Updated, reason: "was edited; the edits stay", merged: withUser},
		{name: "edited without a record, forced", there: unrecorded, opt: output.Options{Force: true}, status: output.Updated, reason: "was edited since dockgen wrote it" + forced},
		{name: "foreign", there: "FROM x\n", status: output.Refused, reason: "was not written by dockgen" + toForce},
		{name: "foreign, forced", there: "FROM x\n", opt: output.Options{Force: true}, status: output.Updated, reason: "was not written by dockgen" + forced},
		{name: "foreign, adopted", there: "FROM x\n", opt: output.Options{Adopt: true}, status: output.Updated, reason: "was not written by dockgen" + adopted},
		{name: "foreign and empty", there: "EMPTY", status: output.Refused, reason: "was not written by dockgen" + toForce},
		{name: "link", there: "LINK", status: output.Refused, reason: "is a symbolic link; --force puts a file in its place"},
		{name: "link to nothing", there: "DANGLING", status: output.Refused, reason: "is a symbolic link; --force puts a file in its place"},
		{name: "link, adopted", there: "LINK", opt: output.Options{Adopt: true}, status: output.Refused, reason: "is a symbolic link; --force puts a file in its place"},
		{name: "link, forced", there: "LINK", opt: output.Options{Force: true}, status: output.Updated, reason: "is a symbolic link; replaced because of --force"},
		{name: "directory", there: "DIR", status: output.Refused, reason: "is a directory; move it away"},
		{name: "directory, forced", there: "DIR", opt: output.Options{Force: true, Adopt: true}, status: output.Refused, reason: "is a directory; move it away"},

		{name: "ignore: nothing there", kind: templates.Ignore, status: output.New},
		{name: "ignore: same with CRLF", kind: templates.Ignore, there: crlf(ignoring), status: output.Unchanged},
		{name: "ignore: older", kind: templates.Ignore, there: oldIgnore, status: output.Updated},
		{name: "ignore: foreign", kind: templates.Ignore, there: "x\n", status: output.Kept, reason: "was not written by dockgen; it stays", missing: []string{".git", "dist"}},
		{name: "ignore: foreign, forced", kind: templates.Ignore, there: "x\n", opt: output.Options{Force: true, Adopt: true}, status: output.Kept, reason: "was not written by dockgen; it stays", missing: []string{".git", "dist"}},
		{name: "ignore: foreign, nothing missing", kind: templates.Ignore, there: "\ufeff./dist\r\n/.git/\r\n", status: output.Kept, reason: "was not written by dockgen; it stays", missing: []string{}},
		{name: "ignore: an exception is another pattern", kind: templates.Ignore, there: ".git\n!dist\n", status: output.Kept, reason: "was not written by dockgen; it stays", missing: []string{"dist"}},
		{name: "ignore: link", kind: templates.Ignore, there: "LINK", opt: output.Options{Force: true}, status: output.Kept, reason: "is a symbolic link; it stays", missing: []string{".git", "dist"}},
		{name: "extra: nothing there", kind: templates.Extra, status: output.New},
		{name: "extra: older", kind: templates.Extra, there: oldIgnore, status: output.Updated},
		{name: "extra: edited", kind: templates.Extra, there: unrecorded, status: output.Kept, reason: "was edited since dockgen wrote it; it stays, and the build reads it"},
		{name: "extra: foreign, forced", kind: templates.Extra, there: "server {}\n", opt: output.Options{Force: true, Adopt: true}, status: output.Kept, reason: "was not written by dockgen; it stays, and the build reads it"},
		{name: "extra: link", kind: templates.Extra, there: "LINK", status: output.Refused, reason: "is a symbolic link; --force puts a file in its place"},
		{name: "ignore: directory", kind: templates.Ignore, there: "DIR", status: output.Kept, reason: "is a directory; it stays", missing: []string{".git", "dist"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root := newRoot(t)
			file := templates.File{Path: "api/Dockerfile", Data: []byte(sealed)}
			if tt.kind == templates.Ignore {
				file = templates.File{Path: "api/.dockerignore", Kind: tt.kind, Data: []byte(ignoring)}
			}
			if tt.kind == templates.Extra {
				file = templates.File{Path: "api/nginx.conf", Kind: tt.kind, Data: []byte(ignoring)}
			}
			old := put(t, root, file.Path, tt.there)
			got, err := output.Plan(root, []templates.File{file}, tt.opt)
			if err != nil {
				t.Fatal(err)
			}
			want := []output.Change{{
				Path: file.Path, Kind: file.Kind, Status: tt.status, Old: old, New: file.Data,
				Reason: tt.reason, Missing: tt.missing,
			}}
			if tt.merged != "" {
				want[0].New, want[0].Merged, want[0].Noted = []byte(tt.merged), true, true
			}
			if tt.there == withUser && tt.status == output.Unchanged {
				want[0].New, want[0].Merged = []byte(withUser), true
			}
			if old != nil {
				want[0].Owner = output.Inspect(old)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("Plan (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlanErrors(t *testing.T) {
	root := newRoot(t)
	put(t, root, "api/.dockerignore", "a\nb[\n")
	put(t, root, "file", "x")
	if err := os.Symlink(t.TempDir(), filepath.Join(root.Name(), "out")); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		file templates.File
		want string
	}{
		{"not sealed", templates.File{Path: "Dockerfile", Data: []byte(rendered)}, "plan Dockerfile: the rendered file is not sealed"},
		{"bad ignore file", templates.File{Path: "api/.dockerignore", Kind: templates.Ignore, Data: []byte(ignoring)}, `read api/.dockerignore: line 2: pattern "b["`},
		{"above the root", templates.File{Path: "../Dockerfile", Data: []byte(sealed)}, "read ../Dockerfile: path escapes from parent"},
		{"link out of the root", templates.File{Path: "out/Dockerfile", Data: []byte(sealed)}, "read out/Dockerfile: path escapes from parent"},
		{"file for a directory", templates.File{Path: "file/Dockerfile", Data: []byte(sealed)}, "read file/Dockerfile: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := output.Plan(root, []templates.File{tt.file}, output.Options{Force: true})
			if err == nil || !strings.HasPrefix(err.Error(), tt.want) {
				t.Errorf("Plan = %v, want %s…", err, tt.want)
			}
		})
	}
}

func TestDiff(t *testing.T) {
	change := output.Change{Path: "api/Dockerfile", Old: []byte("a\r\nb\r\n"), New: []byte("a\nc\n")}
	const diff = "--- a/api/Dockerfile\n+++ b/api/Dockerfile\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"
	tests := []struct {
		status output.Status
		want   string
	}{
		{output.Updated, diff},
		{output.Refused, diff},
		{output.Kept, ""},
		{output.Unchanged, ""},
	}
	for _, tt := range tests {
		t.Run(string(tt.status), func(t *testing.T) {
			change.Status = tt.status
			if diff := cmp.Diff(tt.want, change.Diff()); diff != "" {
				t.Errorf("Diff (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("new", func(t *testing.T) {
		got := output.Change{Path: "Dockerfile", Status: output.New, New: []byte("a\n")}.Diff()
		want := "--- /dev/null\n+++ b/Dockerfile\n@@ -0,0 +1 @@\n+a\n"
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("Diff (-want +got):\n%s", diff)
		}
	})
}

// seal is for data that is known to have a marker.
func seal(data string) string {
	kind := templates.Text
	if strings.Contains(data, "\nFROM ") {
		kind = templates.Dockerfile
	}
	sealed, err := output.Seal(kind, []byte(data))
	if err != nil {
		panic(err)
	}
	return string(sealed)
}

func newRoot(t *testing.T) *os.Root {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = root.Close() })
	return root
}

// put puts contents at name and returns what a Change says of it. The words LINK (to a file
// like ours), DANGLING, DIR and EMPTY stand for something else.
func put(t *testing.T, root *os.Root, name, contents string) []byte {
	t.Helper()
	place := filepath.Join(root.Name(), name)
	if err := os.MkdirAll(filepath.Dir(place), 0o755); err != nil {
		t.Fatal(err)
	}
	var old []byte
	var err error
	switch contents {
	case "":
	case "DIR":
		err = os.Mkdir(place, 0o755)
	case "DANGLING":
		err = os.Symlink("nowhere", place)
	case "LINK":
		put(t, root, "target", sealed)
		err = os.Symlink("../target", place)
	case "EMPTY":
		old = []byte{}
		err = os.WriteFile(place, old, 0o644)
	default:
		old = []byte(contents)
		err = os.WriteFile(place, old, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	return old
}
