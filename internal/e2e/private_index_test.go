//go:build e2e

package e2e

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"fmt"
	"net/http"
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
	if !isAsked(t, "python") {
		return
	}
	password := rand.Text()
	private{
		example: "python-private", host: indexHost, password: password, handler: index(t, password),
		secrets: map[string]string{"INDEX_USER": privateUser, "INDEX_PASSWORD": password},
		targets: []string{"builder", "runtime"}, // those of deps are among the first
	}.test(t)
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
	return zipped(t, files)
}

// zipped packs files by their names and texts.
func zipped(t *testing.T, files [][2]string) []byte {
	t.Helper()
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
