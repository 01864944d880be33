//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"net/http"
	"path"
	"testing"
)

// The private packages of examples/node-private: the source of each, by its name.
var privatePackages = map[string]string{
	"@corp/secret": "module.exports = () => 'swordfish'\n",
	"@corp/check":  "module.exports = s => { if (!s.endsWith('swordfish')) throw Error(s) }\n",
}

const registryHost = "npm.dockgen.test"

// TestPrivateRegistry builds an example whose packages come from a registry that
// wants a token: without it the build fails, with it as a secret it passes, and no
// layer of any stage holds it.
func TestPrivateRegistry(t *testing.T) {
	if !isAsked(t, "node") {
		return
	}
	token := rand.Text()
	private{
		example: "node-private", host: registryHost, password: token, handler: registry(t, token),
		secrets: map[string]string{"NPM_TOKEN": token},
		targets: []string{"test", "prod-deps", "runtime"}, // those of deps and builder are among the first
	}.test(t)
}

// registry answers npm as a registry does
// (https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md), to
// those who know the token.
func registry(t *testing.T, token string) http.Handler {
	t.Helper()
	answers := map[string][]byte{}
	for name, source := range privatePackages {
		file := "/" + name + "/-/" + path.Base(name) + "-1.0.0.tgz"
		manifest := fmt.Sprintf(`{"name":%q,"version":"1.0.0","main":"index.js"}`, name)
		answers[file] = tarball(t, manifest, source)
		answers["/"+name] = fmt.Appendf(nil, `{"name":%q,"dist-tags":{"latest":"1.0.0"},"versions":{"1.0.0":{"name":%[1]q,"version":"1.0.0","dist":{"tarball":"https://%s%s"}}}}`, name, registryHost, file)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch answer, known := answers[r.URL.Path]; { // npm asks for /@corp%2fsecret, whose path this is
		case r.Header.Get("Authorization") != "Bearer "+token:
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case !known:
			http.NotFound(w, r)
		default:
			_, _ = w.Write(answer)
		}
	})
}

// tarball makes the smallest archive of a package.
func tarball(t *testing.T, manifest, source string) []byte {
	t.Helper()
	var archive bytes.Buffer
	compressed := gzip.NewWriter(&archive)
	w := tar.NewWriter(compressed)
	for _, f := range [][2]string{{"package.json", manifest}, {"index.js", source}} {
		if err := w.WriteHeader(&tar.Header{Name: "package/" + f[0], Mode: 0o644, Size: int64(len(f[1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := compressed.Close(); err != nil {
		t.Fatal(err)
	}
	return archive.Bytes()
}
