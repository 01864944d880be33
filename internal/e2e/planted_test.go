//go:build e2e

package e2e

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/dockgen/dockgen/internal/example"
)

// TestPlanted builds images from folders in which people have keys, credentials, dumps
// and litter lying beside their sources, and searches every layer for them. It builds
// one example of each stack, with -all every one that can be built here, and projects
// whose files are generated among what was planted, which their .gitignore names in part.
func TestPlanted(t *testing.T) {
	run := "dockgen-e2e-planted-" + strings.ToLower(rand.Text()[:8])
	t.Cleanup(func() { clean(t, "buildx", "prune", "--force", "--filter", "description~="+run) })
	start := time.Now()
	loaded, err := example.Load(filepath.Join("..", "..", "examples"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, e := range loaded {
		name, _, _ := strings.Cut(e.Name, "-")
		im := e.Images[0]
		if *stackFlag != "" && name != *stackFlag || seen[name] && !*allFlag || im.Private || im.Unbuilt != "" || late(t, start, e.Name) {
			continue
		}
		seen[name] = true
		t.Run(e.Name, func(t *testing.T) {
			s := &subject{example: e, stack: stacks[name], want: im, dir: t.TempDir(), tag: run, file: readDockerfile(t, filepath.Join(e.Dir, im.File))}
			if err := os.CopyFS(s.dir, os.DirFS(e.Dir)); err != nil {
				t.Fatal(err)
			}
			s.makeLock(t, e.Lock)
			s.replace(t)
			s.planted(t)
		})
	}
	for _, p := range ignoring {
		if *stackFlag != "" && p.stack != *stackFlag || late(t, start, p.stack) {
			continue
		}
		t.Run(p.stack+"-ignoring", func(t *testing.T) {
			s := &subject{stack: stacks[p.stack], want: example.Image{File: "Dockerfile", Context: "."}, dir: t.TempDir(), tag: run}
			for name, text := range p.files {
				if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
					t.Fatal(err)
				}
				write(t, s.path(name), []byte(text))
			}
			s.generateAmong(t)
		})
	}
}

// ignoring are projects whose .gitignore names files of no known kind.
var ignoring = []struct {
	stack string
	files map[string]string
}{
	{"static", map[string]string{
		"index.html": "<h1>hi</h1>\n", "img/a.svg": "<svg/>\n", ".well-known/security.txt": "Contact: x\n",
		".gitignore": "credentials.json\nsecrets/\n*.bak\n/drafts/\nimg/raw-*\nnotes.txt\n",
	}},
	{"python", map[string]string{
		"clock.py": "import http.server\n\nhttp.server.HTTPServer(('', 8000), http.server.SimpleHTTPRequestHandler).serve_forever()\n", "pages/a.html": "<p>a\n",
		".gitignore": "credentials.json\nsecrets/\n*.p12\n/drafts/\nimg/raw-*\nnotes.txt\n",
	}},
	{"node", map[string]string{
		"package.json": `{"name": "a", "version": "1.0.0", "scripts": {"start": "node server.js"}}`, "server.js": "require('http').createServer((_, r) => r.end('a')).listen(3000)\n",
		"package-lock.json": `{"name": "a", "version": "1.0.0", "lockfileVersion": 3, "requires": true, "packages": {"": {"name": "a", "version": "1.0.0"}}}`,
		"pages/a.html":      "<p>a\n", ".gitignore": "node_modules/\n/drafts/\nimg/raw-*\nnotes.txt\n",
	}},
}

// generateAmong has dockgen write the files among what is planted and ignored.
func (s *subject) generateAmong(t *testing.T) {
	t.Helper()
	mark := rand.Text()
	for _, name := range []string{"drafts/next.html", "img/raw-1.svg", "notes.txt", "pages/notes.txt"} {
		if err := os.MkdirAll(filepath.Dir(s.path(name)), 0o755); err != nil {
			t.Fatal(err)
		}
		write(t, s.path(name), []byte(mark))
	}
	if _, err := example.Plant(s.dir, mark, true); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dockgen.toml", "Dockerfile.old", "old.dockerignore", "docker-bake.hcl", "compose.override.yaml", "docker-compose.yml"} {
		if err := os.Remove(s.path(name)); err != nil { // dockgen reads some of them
			t.Fatal(err)
		}
	}
	if _, err := command(t, "go", "run", "../../cmd/dockgen", "generate", s.dir); err != nil {
		t.Fatal(err)
	}
	s.file = readDockerfile(t, s.path("Dockerfile"))
	s.holdsNone(t, mark)
}

// planted builds the subject's image with all planted files in some of its folders.
func (s *subject) planted(t *testing.T) {
	t.Helper()
	places, err := example.Places(s.path(s.want.Context))
	if err != nil {
		t.Fatal(err)
	}
	mark, made := rand.Text(), 0
	for _, place := range places {
		names, err := example.Plant(filepath.Join(s.path(s.want.Context), filepath.FromSlash(place)), mark, place == ".")
		if err != nil {
			t.Fatal(err)
		}
		made += len(names)
	}
	t.Logf("%d files in %q", made, places)
	s.holdsNone(t, mark)
}

// holdsNone builds the image, and searches all of it for the mark of planted files, and
// what its own layers hold for their names.
func (s *subject) holdsNone(t *testing.T, mark string) {
	t.Helper()
	archive := filepath.Join(t.TempDir(), "image.tar")
	if _, err := buildLog(t, s.buildArgs(s.tag, "--progress=rawjson", "--output", "type=oci,compression=uncompressed,force-compression=true,dest="+archive)); err != nil {
		t.Fatal(err)
	}
	in, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	layers, entries := 0, 0
	for blobs := tar.NewReader(in); ; {
		blob, err := blobs.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		head := make([]byte, 512)
		n, err := io.ReadFull(blobs, head)
		if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
			t.Fatal(err)
		}
		blobReader := io.MultiReader(bytes.NewReader(head[:n]), blobs)
		if n < 512 || string(head[257:262]) != "ustar" {
			if data, err := io.ReadAll(blobReader); err != nil || bytes.Contains(data, []byte(mark)) {
				t.Errorf("%s holds what was planted (%v)", blob.Name, err)
			}
			continue
		}
		layers++
		entries += searchLayer(t, blobReader, mark)
	}
	if layers == 0 || entries == 0 {
		t.Errorf("%d layers with %d files, that is no image", layers, entries)
	}
	t.Logf("%d files in %d layers", entries, layers)
}

// searchLayer reads a layer to its end, and the archives in it, and gives the number of
// files.
func searchLayer(t *testing.T, layer io.Reader, mark string) (files int) {
	t.Helper()
	for entries := tar.NewReader(layer); ; files++ {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			_, err := io.Copy(io.Discard, layer)
			if err != nil {
				t.Fatal(err)
			}
			return files
		}
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(entries)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(mark)) {
			t.Errorf("/%s holds what was planted", header.Name)
		}
		if !slices.Contains([]string{".jar", ".war", ".whl", ".zip"}, path.Ext(header.Name)) || header.Typeflag != tar.TypeReg {
			continue
		}
		packed, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("/%s: %v", header.Name, err)
		}
		for _, f := range packed.File {
			if text, err := readZipped(f); err != nil || bytes.Contains(text, []byte(mark)) {
				t.Errorf("/%s holds what was planted in %s (%v)", header.Name, f.Name, err)
			}
		}
	}
}

func readZipped(f *zip.File) ([]byte, error) {
	in, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer in.Close() // only read
	return io.ReadAll(in)
}
