package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/registry/registrytest"
	"github.com/google/go-cmp/cmp"
)

func TestRun(t *testing.T) {
	t.Parallel()
	c, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	tags := t.TempDir()
	want := map[string]string{}
	for _, image := range c.Listed() {
		write(t, filepath.Join(tags, image+".txt"), "latest\n2.0.0\n2.0\n1.10.0-x\n1.9.0-x\n")
		want[image+".txt"] = "- 2.0.0\nx 1.9.0 1.10.0\n"
	}
	for image, list := range map[string][2]string{
		"debian":          {"13.6-slim\n13.6\ntrixie\n", "- 13.6\nslim 13.6\n"},
		"postgres":        {"18.6\n18.6-trixie\n18\n18.6.1\n", "- 18.6\ntrixie 18.6\n"},
		"ubuntu":          {"26.10\n24.04\r\n", "- 24.04\n"},
		"eclipse-temurin": {"21_35-jdk\n8u502-b07-jdk\n21\n", "jdk 8u502-b07 21_35\n"},
	} {
		write(t, filepath.Join(tags, image+".txt"), list[0])
		want[image+".txt"] = list[1]
	}

	out := filepath.Join(t.TempDir(), "new", "folder")
	for _, time := range []string{"first", "second"} {
		if err := run(t.Context(), []string{"-tags", tags, "-out", out}, io.Discard); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, read(t, out)); diff != "" {
			t.Errorf("%s run (-want +got):\n%s", time, diff)
		}
	}
}

func TestRunErrors(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	write(t, filepath.Join(empty, "alpine.txt"), "latest\n")
	for _, tt := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing exact", []string{"-tags", empty, "-out", t.TempDir()}, filepath.Join(empty, "alpine.txt") + ": no tag of alpine is exact"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			err := run(t.Context(), tt.args, io.Discard)
			if err == nil {
				t.Fatal("run succeeded")
			}
			first, _, _ := strings.Cut(err.Error(), "\n")
			if diff := cmp.Diff(tt.want, first); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

// TestAsked renews the lists from a registry: the same as from a folder of its tags. An image
// that cannot be asked for keeps its list.
func TestAsked(t *testing.T) {
	t.Parallel()
	c, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	r, tags, fromFolder, asked := registrytest.Serve(t), t.TempDir(), t.TempDir(), t.TempDir()
	const list = "2.0.0 2.0 1.10.0-x 1.9.0-x 22_9-jdk 13.6-slim 99.1.0"
	for _, image := range c.Listed() {
		write(t, filepath.Join(tags, image+".txt"), strings.ReplaceAll(list, " ", "\n"))
	}
	r.Put(func(w http.ResponseWriter, q *http.Request) bool {
		if strings.HasSuffix(q.URL.Path, "/tags/list") {
			_, _ = fmt.Fprintf(w, `{"name": "x", "tags": ["%s"]}`, strings.ReplaceAll(list, " ", `", "`))
			return true
		}
		return false
	})
	var said bytes.Buffer
	if err := run(t.Context(), []string{"-tags", tags, "-out", fromFolder}, &said); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said.String(), "golang: no line of images.toml has 2.0.0, 99.1.0\n") {
		t.Errorf("it says %q", said.String())
	}
	from := r.Host + "/library"
	if err := run(t.Context(), []string{"-from", from, "-out", asked}, io.Discard); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(read(t, fromFolder), read(t, asked)); diff != "" {
		t.Errorf("(-folder +registry):\n%s", diff)
	}
	write(t, filepath.Join(asked, "golang.txt"), "kept")
	r.Put(func(w http.ResponseWriter, q *http.Request) bool {
		if strings.Contains(q.URL.Path, "golang") {
			w.WriteHeader(http.StatusForbidden)
			return true
		}
		if strings.HasSuffix(q.URL.Path, "/tags/list") {
			_, _ = io.WriteString(w, `{"name": "x", "tags": ["2.0.0", "22_9-jdk", "13.6"]}`)
			return true
		}
		return false
	})
	err = run(t.Context(), []string{"-from", from, "-out", asked}, io.Discard)
	if err == nil || !strings.Contains(err.Error(), from+"/golang: "+r.Host+" refuses it") || read(t, asked)["golang.txt"] != "kept" {
		t.Errorf("an image that is refused: %v", err)
	}
}

func write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}
