//go:build e2e

package e2e

import (
	"bufio"
	"compress/gzip"
	"crypto/rand"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dockgen/dockgen/internal/example"
)

// A request is what a client sends, with headers behind bars, and what the answer has to
// be, to hold and to lack.
type request struct{ sends, status, holds, lacks string }

// TestSites asks the server of a folder of files as browsers and worse do, with the
// settings for a site of many pages and with those for an application of one.
func TestSites(t *testing.T) {
	if !isAsked(t, "static") {
		return
	}
	pages := map[string]string{
		"index.html": "<h1>hi</h1>\n", "about/index.html": "<h1>about</h1>\n", "404.html": "<h1>nothing</h1>\n",
		"app.css": strings.Repeat("p { color: red }\n", 200), ".well-known/security.txt": "Contact: x\n", "assets/app-a1b2c3.js": "let a\n",
		"img/.hidden": "no", "deep/.git/config": "no", ".env": "no", "deploy.sh": "no", "scripts/build.py": "no", "notes.bak": "no", "secrets/db": "no",
	}
	t.Run("pages", func(t *testing.T) {
		site(t, pages, "", slices.Concat(asked, []request{
			{"GET /nothing", "404", "<h1>nothing", "nginx/"},
			{"GET /nothing", "404", "X-Content-Type-Options: nosniff", ""},
			{"GET /about", "301", "Location: /about/", "8080"},
			{"GET //about", "301", "", "Location: //about"},
			{"GET /nginx.conf", "404", "", "worker_processes"},
			{"GET /Dockerfile", "404", "", "FROM"},
			{"GET /.dockerignore", "404", "", "**/"},
			{"GET /notes.bak", "404", "", "no\n"},
			{"GET /deploy.sh", "404", "", "no\n"},
			{"GET /scripts/build.py", "404", "", "no\n"},
			{"GET /secrets/db", "404", "", "no\n"},
			{"GET /img/..%5c..%5cetc/passwd", "404", "", "root:"},
		}))
	})
	t.Run("application", func(t *testing.T) {
		site(t, pages, filepath.Join("..", "..", "examples", "node-vite", "nginx.conf"), slices.Concat(asked, []request{
			{"GET /some/page", "200", "<h1>hi", ""},
			{"GET /some/page", "200", "Cache-Control: no-cache", ""},
			{"GET /assets/app-a1b2c3.js", "200", "immutable", ""},
			{"GET /assets/nothing.js", "404", "", "<h1>hi"},
			{"GET /assets/nothing.js", "404", "", "immutable"},
			{"GET /assets/.hidden", "404", "", "<h1>hi"},
			{"GET /assets/.git/config", "404", "", "<h1>hi"},
			{"GET /assets/../.env", "404", "", "<h1>hi"},
		}))
	})
}

// asked is what every site answers alike.
var asked = []request{
	{"GET /", "200", "<h1>hi", ""},
	{"GET /", "200", "X-Content-Type-Options: nosniff", ""},
	{"GET /", "200", "Referrer-Policy: ", ""},
	{"GET /", "200", "Cache-Control: no-cache", "nginx/"},
	{"HEAD /", "200", "Content-Length: 12", "<h1>"},
	{"GET /app.css|Range: bytes=0-9", "206", "Content-Range: bytes 0-9/3400", ""},
	{"GET /app.css|Range: bytes=9999-", "416", "", ""},
	{"GET /about/", "200", "<h1>about", ""},
	{"GET //evil.example/%2e%2e", "200", "<h1>hi", "Location"},
	{"GET /.well-known/security.txt", "200", "Contact", ""},
	{"GET /.env", "404", "", "<h1>hi"},
	{"GET /%2eenv", "404", "", "<h1>hi"},
	{"GET /img/.hidden", "404", "", "<h1>hi"},
	{"GET /deep/.git/config", "404", "", "<h1>hi"},
	{"GET /.well-known/../.env", "404", "", "<h1>hi"},
	{"GET /.well-known/%2e%2e/%2e%2e/etc/passwd", "400", "", "root:"},
	{"GET /../etc/passwd", "400", "", "root:"},
	{"GET /..%2f..%2fetc/passwd", "400", "", "root:"},
	{"GET /about/..%00/index.html", "400", "", ""},
	{"POST /", "405", "", ""},
	{"TRACE /", "405", "", ""},
	{"GET /" + strings.Repeat("a", 9000), "414", "", ""},
	{"GET /|X-Large: " + strings.Repeat("a", 40_000), "400", "", ""},
	{"POST /|Content-Length: 104857600", "413", "", ""},
}

// site builds the image of some files, with settings of nginx from elsewhere if any, and
// asks it.
func site(t *testing.T, files map[string]string, settings string, requests []request) {
	t.Helper()
	s := &subject{
		stack: stacks["static"], want: example.Image{File: "Dockerfile", Context: ".", Tmp: true}, dir: t.TempDir(),
		tag: "dockgen-e2e-site:" + strings.ToLower(rand.Text()[:8]),
	}
	for name, text := range files {
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, s.path(name), []byte(text))
	}
	if _, err := command(t, "go", "run", "../../cmd/dockgen", "generate", s.dir); err != nil {
		t.Fatal(err)
	}
	if settings != "" {
		data, err := os.ReadFile(settings)
		if err != nil {
			t.Fatal(err)
		}
		write(t, s.path("nginx.conf"), data)
	}
	made, err := os.ReadFile(s.path("Dockerfile")) // and a file that a builder left behind
	if err != nil {
		t.Fatal(err)
	}
	write(t, s.path("Dockerfile"), append(made, "COPY <<EOF /usr/share/nginx/html/assets/.hidden\n<h1>hi, hidden\nEOF\n"...))
	t.Cleanup(func() { clean(t, "image", "rm", "--force", s.tag) })
	dockerSays(t, "buildx", "build", "--quiet", "--provenance=false", "--load", "--tag", s.tag, s.dir)
	name := s.start(t, "--publish", "127.0.0.1::8080")
	if _, err := ask(t, name, "/"); err != nil {
		t.Fatalf("%v\n%s", err, logs(t, name))
	}
	_, address, _ := strings.Cut(dockerSays(t, "port", name), " -> ")
	address, _, _ = strings.Cut(address, "\n")
	for _, r := range requests {
		answer := raw(t, address, r.sends)
		status, _, _ := strings.Cut(strings.TrimPrefix(answer, "HTTP/1.1 "), " ")
		if status != r.status || !strings.Contains(answer, r.holds) || r.lacks != "" && strings.Contains(answer, r.lacks) {
			t.Errorf("%s: want %s with %q and without %q:\n%s", r.sends[:min(60, len(r.sends))], r.status, r.holds, r.lacks, answer[:min(600, len(answer))])
		}
	}
	packed(t, "http://"+address+"/app.css")
	stop(t, name)
}

// raw sends a request whose path no client tidies up, with headers behind bars, and
// gives the whole answer.
func raw(t *testing.T, address, request string) string {
	t.Helper()
	connection, err := net.DialTimeout("tcp", address, 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer connection.Close()
	_ = connection.SetDeadline(time.Now().Add(10 * time.Second))
	parts := strings.Split(request, "|")
	fmt.Fprintf(connection, "%s HTTP/1.1\r\nHost: site.example\r\nConnection: close\r\n%s\r\n", parts[0], strings.Join(append(parts[1:], ""), "\r\n"))
	data, err := io.ReadAll(bufio.NewReader(connection))
	if err != nil && len(data) == 0 {
		t.Fatalf("%s: %v", request[:min(60, len(request))], err)
	}
	return string(data)
}

// zipped asks for a packed answer, which has to unpack.
func packed(t *testing.T, url string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "gzip")
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.Header.Get("Content-Encoding") != "gzip" || !strings.Contains(answer.Header.Get("Vary"), "Accept-Encoding") {
		t.Fatalf("not packed: %v", answer.Header)
	}
	plain, err := gzip.NewReader(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(plain); err != nil || len(text) != 3400 {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}
