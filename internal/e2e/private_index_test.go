//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The private package of examples/python-private.
const (
	indexHost = "packages.dockgen.test"
	wheelName = "secret_word-1.0.0-py3-none-any.whl"
)

// TestPrivateIndex builds an example whose package comes from an index that wants
// credentials: without them the build fails, with them as secrets it passes, and no
// layer of any stage holds them.
func TestPrivateIndex(t *testing.T) {
	if *stackFlag != "" && *stackFlag != "python" {
		return
	}
	e := privateExample(t, "python-private")
	password := rand.Text()
	certificate, authority := certify(t, indexHost)
	serve(t, certificate, index(t, password))

	dir, tag := t.TempDir(), "dockgen-e2e-private-index:"+strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "image", "rm", "--force", tag) })
	if err := os.CopyFS(dir, os.DirFS(e.Dir)); err != nil {
		t.Fatal(err)
	}
	secrets := t.TempDir()
	write(t, filepath.Join(secrets, "user"), []byte(privateUser))
	write(t, filepath.Join(secrets, "password"), []byte(password))
	build := []string{
		"buildx", "build", "--provenance=false", "--add-host", indexHost + ":127.0.0.1",
		"--build-arg", "BUILDKIT_CACHE_MOUNT_NS=" + tag,
		"--build-context", trusting(t, filepath.Join(dir, "Dockerfile"), authority),
	}
	secret := append(build, "--secret", "id=INDEX_USER,src="+filepath.Join(secrets, "user"), "--secret", "id=INDEX_PASSWORD,src="+filepath.Join(secrets, "password"))

	if _, err := command(t, "docker", append(build, dir)...); err == nil {
		t.Error("the build passes without credentials")
	}
	docker(t, append(secret, "--load", "--tag", tag, dir)...)
	for _, want := range e.Images[0].Output {
		if out := docker(t, "run", "--rm", tag); !strings.Contains(out, want) {
			t.Errorf("printed %q, want %q", out, want)
		}
	}
	for _, target := range []string{"builder", "runtime"} { // those of deps are among the first
		archive := filepath.Join(t.TempDir(), target+".tar")
		docker(t, append(secret, "--target", target, "--output", "type=oci,compression=uncompressed,force-compression=true,dest="+archive, dir)...)
		holdsNot(t, archive, password)
	}
}

// index answers pip as the simple repository API has it
// (https://packaging.python.org/en/latest/specifications/simple-repository-api/), to
// those who know the password.
func index(t *testing.T, password string) http.Handler {
	t.Helper()
	answers := map[string][]byte{
		"/simple/secret-word/": fmt.Appendf(nil, "<!DOCTYPE html><a href=\"/files/%s\">%[1]s</a>", wheelName),
		"/files/" + wheelName:  wheel(t),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, given, ok := r.BasicAuth()
		switch answer, known := answers[r.URL.Path]; {
		case !ok || user != privateUser || given != password:
			w.Header().Set("WWW-Authenticate", "Basic")
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case !known:
			http.NotFound(w, r)
		default:
			if strings.HasPrefix(r.URL.Path, "/simple/") {
				w.Header().Set("Content-Type", "text/html")
			}
			_, _ = w.Write(answer)
		}
	})
}

// wheel makes the smallest wheel of the package.
func wheel(t *testing.T) []byte {
	t.Helper()
	info := "secret_word-1.0.0.dist-info/"
	files := [][2]string{
		{"secret_word.py", "WORD = \"swordfish\"\n"},
		{info + "METADATA", "Metadata-Version: 2.1\nName: secret-word\nVersion: 1.0.0\n"},
		{info + "WHEEL", "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"},
		{info + "RECORD", "secret_word.py,,\n" + info + "METADATA,,\n" + info + "WHEEL,,\n" + info + "RECORD,,\n"},
	}
	var archive bytes.Buffer
	w := zip.NewWriter(&archive)
	for _, f := range files {
		one, err := w.Create(f[0])
		if err != nil {
			t.Fatal(err)
		}
		if _, err := one.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}
