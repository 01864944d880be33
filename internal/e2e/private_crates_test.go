//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"testing"
)

// The private crate of examples/rust-private.
const (
	crateHost = "crates.dockgen.test"
	crateName = "secret-word"
)

// TestPrivateCrates builds an example whose crate comes from a registry that wants
// a token: without it the build fails, with it as a secret it passes, and no layer
// of any stage holds it.
func TestPrivateCrates(t *testing.T) {
	if !isAsked(t, "rust") {
		return
	}
	token := rand.Text()
	private{
		example: "rust-private", host: crateHost, password: token, handler: crates(t, token),
		secrets: map[string]string{"cargo-credentials": fmt.Sprintf("[registries.company]\ntoken = %q\n", token)},
		targets: []string{"builder", "test", "runtime"},
	}.test(t)
}

// crates answers Cargo as a sparse registry does
// (https://doc.rust-lang.org/cargo/reference/registry-index.html), to those who have
// the token.
func crates(t *testing.T, token string) http.Handler {
	t.Helper()
	archive := crate(t)
	sum := sha256.Sum256(archive)
	answers := map[string][]byte{
		"/config.json":                         fmt.Appendf(nil, `{"dl":"https://%s/dl","auth-required":true}`, crateHost),
		"/se/cr/" + crateName:                  fmt.Appendf(nil, `{"name":%q,"vers":"1.0.0","deps":[],"cksum":%q,"features":{},"yanked":false}`+"\n", crateName, hex.EncodeToString(sum[:])),
		"/dl/" + crateName + "/1.0.0/download": archive,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch answer, known := answers[r.URL.Path]; {
		case r.Header.Get("Authorization") != token:
			w.Header().Set("WWW-Authenticate", "Cargo")
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case !known:
			http.NotFound(w, r)
		default:
			_, _ = w.Write(answer)
		}
	})
}

// crate packs the crate, always into the same bytes: the example's lock holds
// their sum.
func crate(t *testing.T) []byte {
	t.Helper()
	var packed bytes.Buffer
	z, err := gzip.NewWriterLevel(&packed, gzip.NoCompression)
	if err != nil {
		t.Fatal(err)
	}
	w := tar.NewWriter(z)
	for _, f := range [][2]string{
		{"Cargo.toml", "[package]\nname = \"secret-word\"\nversion = \"1.0.0\"\nedition = \"2021\"\n"},
		{"src/lib.rs", "pub const WORD: &str = \"swordfish\";\n"},
	} {
		header := &tar.Header{Name: crateName + "-1.0.0/" + f[0], Mode: 0o644, Size: int64(len(f[1])), Format: tar.FormatUSTAR}
		if err := w.WriteHeader(header); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return packed.Bytes()
}
