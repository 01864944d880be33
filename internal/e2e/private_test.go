//go:build e2e

package e2e

import (
	"archive/tar"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"

	"github.com/dockgen/dockgen/internal/example"
)

// The private module of examples/go-private. The host is of a name that nobody
// can have (RFC 6761), and stands for this machine in the builds of this test.
const (
	privateHost    = "modules.dockgen.test"
	privateModule  = privateHost + "/secret"
	privateVersion = "v1.0.0"
	privateUser    = "builder"
)

// TestPrivateModules builds an example whose module comes from a server that
// wants credentials: without them the build fails, with them as a secret it
// passes, and no layer of any stage holds them.
//
// The server needs port 443 of the loopback, which Go insists on, and the builder
// the machine's network, which the lab's has.
func TestPrivateModules(t *testing.T) {
	if !isAsked(t, "go") {
		return
	}
	password := rand.Text()
	private{
		example: "go-private", host: privateHost, password: password, handler: modules(t, password),
		secrets: map[string]string{"netrc": fmt.Sprintf("machine %s login %s password %s\n", privateHost, privateUser, password)},
		targets: []string{"builder", "test", "runtime"}, // the layers of deps and source are among those of builder and test
	}.test(t)
}

// private is an example that takes something from a server that wants credentials.
type private struct {
	example  string
	host     string // of a name that nobody can have (RFC 6761)
	password string
	handler  http.Handler
	secrets  map[string]string // the contents, by the id of the mount
	targets  []string          // stages that have the layers of all others
}

// test builds the example without the credentials, which has to fail, and with
// them, and looks for the password in what the stages hold.
func (p private) test(t *testing.T) {
	t.Helper()
	e := privateExample(t, p.example)
	certificate, authority := certify(t, p.host)
	serve(t, certificate, p.handler)
	dir, tag := t.TempDir(), "dockgen-e2e-"+p.example+":"+strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "image", "rm", "--force", tag) })
	if err := os.CopyFS(dir, os.DirFS(e.Dir)); err != nil {
		t.Fatal(err)
	}
	build := []string{
		"buildx", "build", "--provenance=false", "--add-host", p.host + ":127.0.0.1",
		"--build-arg", "BUILDKIT_CACHE_MOUNT_NS=" + tag,
		"--build-context", trusting(t, filepath.Join(dir, "Dockerfile"), authority),
	}
	secret, secrets := slices.Clone(build), t.TempDir()
	for id, content := range p.secrets {
		write(t, filepath.Join(secrets, id), []byte(content))
		secret = append(secret, "--secret", "id="+id+",src="+filepath.Join(secrets, id))
	}

	if _, err := command(t, "docker", append(build, dir)...); err == nil {
		t.Error("the build passes without credentials")
	}
	dockerSays(t, append(secret, "--load", "--tag", tag, dir)...)
	for _, want := range e.Images[0].Output {
		if out := dockerSays(t, "run", "--rm", tag); !strings.Contains(out, want) {
			t.Errorf("printed %q, want %q", out, want)
		}
	}
	for _, target := range p.targets {
		archive := filepath.Join(t.TempDir(), target+".tar")
		dockerSays(t, append(secret, "--target", target, "--output", "type=oci,compression=uncompressed,force-compression=true,dest="+archive, dir)...)
		holdsNot(t, archive, p.password)
	}
}

func privateExample(t *testing.T, name string) example.Example {
	t.Helper()
	all, err := example.Load(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range all {
		if e.Name == name {
			return e
		}
	}
	t.Fatalf("no example %s", name)
	return example.Example{}
}

// modules answers the go command as a host with a module proxy of its own
// does (https://go.dev/ref/mod#serving-from-proxy), to those who know the password.
func modules(t *testing.T, password string) http.Handler {
	t.Helper()
	source := filepath.Join("testdata", "private", "secret")
	manifest, err := os.ReadFile(filepath.Join(source, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var archive bytes.Buffer
	if err := zip.CreateFromDir(&archive, module.Version{Path: privateModule, Version: privateVersion}, source); err != nil {
		t.Fatal(err)
	}
	answers := map[string][]byte{
		"/secret":                        []byte(`<meta name="go-import" content="` + privateModule + ` mod https://` + privateHost + `">`),
		"/" + privateModule + "/@v/list": []byte(privateVersion + "\n"),
		"/" + privateModule + "/@v/" + privateVersion + ".info": []byte(`{"Version":"` + privateVersion + `"}`),
		"/" + privateModule + "/@v/" + privateVersion + ".mod":  manifest,
		"/" + privateModule + "/@v/" + privateVersion + ".zip":  archive.Bytes(),
	}
	return answering(answers, password)
}

// answering serves files by their paths to those who know the password.
func answering(answers map[string][]byte, password string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, given, ok := r.BasicAuth()
		switch answer, known := answers[r.URL.Path]; {
		case !ok || user != privateUser || given != password:
			w.Header().Set("WWW-Authenticate", `Basic realm="private"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case !known:
			http.NotFound(w, r)
		default:
			_, _ = w.Write(answer)
		}
	})
}

// serve answers on port 443 until the test ends.
func serve(t *testing.T, certificate tls.Certificate, handler http.Handler) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:443")
	if err != nil {
		t.Fatalf("the go command asks port 443 and no other: %v", err)
	}
	server := &http.Server{Handler: handler, TLSConfig: &tls.Config{Certificates: []tls.Certificate{certificate}}, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
}

// certify makes a certificate for the host, which is its own authority.
func certify(t *testing.T, host string) (tls.Certificate, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: host}, DNSNames: []string{host},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
}

// trusting makes a build context that stands for the builder's base image and
// also trusts an authority: what a company's own base image would be.
func trusting(t *testing.T, file string, authority []byte) string {
	t.Helper()
	base := ""
	for line := range strings.Lines(string(readDockerfile(t, file).data)) {
		if words := strings.Fields(line); len(words) > 3 && words[0] == "FROM" && words[len(words)-1] == "deps" {
			base = words[len(words)-3]
		}
	}
	dir, layout := t.TempDir(), filepath.Join(t.TempDir(), "layout")
	write(t, filepath.Join(dir, "authority.pem"), authority)
	write(t, filepath.Join(dir, "Dockerfile"), []byte("FROM "+base+"\nCOPY authority.pem /tmp/\nRUN cat /tmp/authority.pem >> /etc/ssl/certs/ca-certificates.crt\nENV PIP_CERT=/etc/ssl/certs/ca-certificates.crt NODE_EXTRA_CA_CERTS=/tmp/authority.pem\n"+
		"RUN ! command -v keytool || keytool -importcert -noprompt -cacerts -storepass changeit -alias authority -file /tmp/authority.pem\n"))
	dockerSays(t, "buildx", "build", "--provenance=false", "--output", "type=oci,tar=false,name="+base+",dest="+layout, dir)
	_, tag, _ := strings.Cut(base, ":")
	return base + "=oci-layout://" + layout + ":" + tag
}

// holdsNot looks for a text in every blob of an image archive, and in every file
// of those that are layers.
func holdsNot(t *testing.T, archive, text string) {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close() // only read
	blobs := 0
	for entries := tar.NewReader(f); ; {
		header, err := entries.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(entries)
		if err != nil {
			t.Fatal(err)
		}
		blobs++
		if bytes.Contains(data, []byte(text)) {
			t.Errorf("%s holds the password in %s", filepath.Base(archive), header.Name)
		}
	}
	if blobs < 3 {
		t.Errorf("%s: %d blobs, that is no image", filepath.Base(archive), blobs)
	}
}
