//go:build e2e

package e2e

import (
	"crypto/rand"
	"fmt"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	images "github.com/google/go-containerregistry/pkg/registry"
)

// TestUpdate keeps the image of a site current by its digest: asks a registry, builds what
// it has, and asks again once the tag was rebuilt. The registry is one on this machine, with
// one small image in it.
func TestUpdate(t *testing.T) {
	if !isAsked(t, "static") {
		return
	}
	server := httptest.NewServer(images.New(images.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	host := strings.TrimPrefix(server.URL, "http://")
	dir, tag := t.TempDir(), "dockgen-e2e-update:"+strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "image", "rm", "--force", tag) })
	dockgen := filepath.Join(t.TempDir(), "dockgen")
	if _, err := command(t, "go", "build", "-o", dockgen, "../../cmd/dockgen"); err != nil {
		t.Fatal(err)
	}
	says := func(want string, args ...string) string {
		t.Helper()
		out, errs, err := run(t, dockgen, append(args, dir)...)
		if !strings.Contains(out+errs, want) {
			t.Fatalf("dockgen %q: %v: no %q in\n%s%s", args, err, want, out, errs)
		}
		return out
	}
	write(t, filepath.Join(dir, "index.html"), []byte("<h1>hi</h1>\n"))
	says("new", "generate")
	_, rest, _ := strings.Cut(read(t, filepath.Join(dir, "Dockerfile")), "\nFROM ")
	reference, _, _ := strings.Cut(rest, " ")
	mirrored := host + "/" + reference
	for _, name := range []string{reference, "docker/dockerfile:1"} {
		dockerSays(t, "pull", "--quiet", name)
		dockerSays(t, "tag", name, host+"/"+name)
		t.Cleanup(func() { clean(t, "image", "rm", "--force", host+"/"+name) })
		dockerSays(t, "push", "--quiet", host+"/"+name)
	}
	write(t, filepath.Join(dir, "dockgen.toml"), fmt.Appendf(nil, "[images]\npin = \"digest\"\n\n[images.mirror]\n\"docker.io\" = %q\n", host))
	says("dockgen.lock has no digest of "+host+"/", "generate")

	says("dockgen.lock, of 2 images, is new", "update")
	first := pinned(t, dir, mirrored)
	build := func() {
		t.Helper()
		dockerSays(t, "buildx", "build", "--quiet", "--provenance=false", "--load", "--tag", tag, dir)
	}
	build()
	says("", "check")

	rebuilt := t.TempDir()
	write(t, filepath.Join(rebuilt, "Dockerfile"), []byte("FROM "+reference+"\nLABEL rebuilt=yes\n"))
	dockerSays(t, "buildx", "build", "--quiet", "--provenance=false", "--load", "--tag", mirrored, rebuilt)
	dockerSays(t, "push", "--quiet", mirrored)
	says("rebuilt under the same tag", "update", "--check")
	says("rebuilt under the same tag", "update")
	if pinned(t, dir, mirrored) == first {
		t.Fatal("the digest is the one before")
	}
	build()
	if label := dockerSays(t, "image", "inspect", "--format", "{{.Config.Labels.rebuilt}}", tag); label != "yes" {
		t.Errorf("the image is not built on the rebuilt one: %q", label)
	}
	says("1 service is as generate would leave it", "check")
	second, never := pinned(t, dir, mirrored), "sha256:"+strings.Repeat("0", 64)
	file := filepath.Join(dir, "dockgen.lock")
	write(t, file, []byte(strings.ReplaceAll(read(t, file), second, never)))
	says(never[:16], "check")
	says("is not in the registry any more, or never was", "update")
	if pinned(t, dir, mirrored) != second {
		t.Error("the digest that the tag never had was not replaced")
	}
}

// pinned is the digest that the Dockerfile of a folder takes an image by.
func pinned(t *testing.T, dir, reference string) string {
	t.Helper()
	_, rest, ok := strings.Cut(read(t, filepath.Join(dir, "Dockerfile")), "FROM "+reference+"@")
	digest, _, _ := strings.Cut(rest, " ")
	if !ok || !strings.HasPrefix(digest, "sha256:") {
		t.Fatalf("%s is not pinned", reference)
	}
	return digest
}

func read(t *testing.T, file string) string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}
