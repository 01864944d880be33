package image_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/klauspost/compress/zstd"

	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/image/imagetest"
)

func read(t *testing.T, data []byte) (*image.Image, error) {
	t.Helper()
	return image.Read(t.Context(), bytes.NewReader(data), image.Options{})
}

// archive is a tar with the files of docker save, by their names.
func archive(t *testing.T, files ...imagetest.File) []byte {
	t.Helper()
	return imagetest.Tar(t, files)
}

// saved is what an engine writes that compresses nothing and names layers by numbers.
func saved(t *testing.T, config string, layers ...string) []byte {
	t.Helper()
	files := []imagetest.File{{Name: "config.json", Data: config}}
	var names []string
	for i, l := range layers {
		names = append(names, fmt.Sprintf("%d/layer.tar", i))
		files = append(files, imagetest.File{Name: names[i], Data: l})
	}
	manifest, err := json.Marshal([]any{map[string]any{"Config": "config.json", "Layers": names}})
	if err != nil {
		t.Fatal(err)
	}
	return archive(t, append(files, imagetest.File{Name: "manifest.json", Data: string(manifest)})...)
}

func config(layers int) string {
	var ids []string
	for i := range layers {
		ids = append(ids, fmt.Sprintf(`"sha256:%064x"`, i))
	}
	return `{"architecture":"arm64","os":"linux","rootfs":{"type":"layers","diff_ids":[` + strings.Join(ids, ",") + `]}}`
}

// TestManyLayers reads as many as Docker allows.
func TestManyLayers(t *testing.T) {
	var im imagetest.Image
	for i := range 127 {
		im.Layers = append(im.Layers, imagetest.Layer{Files: []imagetest.File{{Name: fmt.Sprintf("f%d", i), Data: "x"}}})
	}
	got, err := read(t, imagetest.Save(t, im))
	if err != nil || len(got.Layers) != 127 || len(got.Final()) != 127 || got.History[126].Layer != 126 {
		t.Errorf("%v: %d layers", err, len(got.Layers))
	}
}

// TestHostileNames keeps every entry in the image, whatever it is called.
func TestHostileNames(t *testing.T) {
	got, err := read(t, saved(t, config(1), string(archive(t,
		imagetest.File{Name: "../../etc/passwd", Data: "x"}, imagetest.File{Name: "/abs//x/./y", Data: "x"}, imagetest.File{Name: "a\x1b[2Jb\nc", Data: "x"},
		imagetest.File{Name: "link", Type: tar.TypeSymlink, Link: "../../../etc/shadow"}, imagetest.File{Name: "hard", Type: tar.TypeLink, Link: "../../abs/x/y"},
		imagetest.File{Name: ".wh...", Data: ""}, imagetest.File{Name: ".wh..wh.plnk/1.2", Data: ""},
	))))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range got.Layers[0].Files {
		names = append(names, f.Path+" "+f.Link)
	}
	want := []string{"/etc/passwd ", "/abs/x/y ", "/a\x1b[2Jb\nc ", "/link ../../../etc/shadow", "/hard /abs/x/y", "/ ", "/.wh..wh.plnk/1.2 "}
	if diff := cmp.Diff(want, names); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got.Final() // with all of that, too
	if got.Platform != "linux/arm64" {
		t.Errorf("for %s", got.Platform)
	}
}

// TestBroken wants an error in words, and no image.
func TestBroken(t *testing.T) {
	layer := string(archive(t, imagetest.File{Name: "x", Data: strings.Repeat("x", 4096)}))
	for name, test := range map[string]struct {
		data []byte
		says string
	}{
		"nothing":                {nil, "neither manifest.json nor index.json"},
		"no archive":             {[]byte(strings.Repeat("no archive", 200)), "the archive is broken"},
		"no manifest":            {archive(t, imagetest.File{Name: "x", Data: "{}"}), "neither manifest.json nor index.json"},
		"manifest of no images":  {archive(t, imagetest.File{Name: "manifest.json", Data: "[]"}), "names no image"},
		"manifest that is none":  {archive(t, imagetest.File{Name: "manifest.json", Data: `[{"Config": 3}]`}), "manifest.json"},
		"no configuration":       {archive(t, imagetest.File{Name: "manifest.json", Data: `[{"Config": "c"}]`}), `the configuration "c" is not in it`},
		"layers that do not fit": {saved(t, config(2), layer), "its manifest names 1 layers, and its configuration 2"},
		"layer cut short":        {saved(t, config(1), layer[:1024]), "layer 1 of 1"},
		"no layer":               {saved(t, config(1), "hello"), "layer 1 of 1: 0/layer.tar is not in it"},
		"history of more layers": {saved(t, strings.Replace(config(1), `"os"`, `"history":[{"created_by":"a"},{"created_by":"b"}],"os"`, 1), layer), "its history makes 2 layers"},
		"index without manifest": {archive(t, imagetest.File{Name: "index.json", Data: `{"manifests":[{"digest":"sha256:` + strings.Repeat("0", 64) + `","size":1}]}`}), "is not in it"},
		"index of itself":        {archive(t, imagetest.File{Name: "index.json", Data: circle}, imagetest.File{Name: "blobs/sha256/" + strings.Repeat("0", 64), Data: circle}), "without an end"},
		"attestations alone":     {archive(t, imagetest.File{Name: "index.json", Data: strings.Replace(circle, `"size":1`, `"size":1,"platform":{"os":"unknown","architecture":"unknown"}`, 1)}), "names no image"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := read(t, test.data); err == nil || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v, want %q", err, test.says)
			}
		})
	}
}

var circle = `{"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","digest":"sha256:` + strings.Repeat("0", 64) + `","size":1}]}`

// TestPacked reads layers as engines and builders pack them, and one that two images share.
func TestPacked(t *testing.T) {
	plain := archive(t, imagetest.File{Name: "x", Data: "hello"})
	var gz bytes.Buffer
	w := gzip.NewWriter(&gz)
	_, _ = w.Write(plain)
	_ = w.Close()
	zs, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := read(t, saved(t, config(3), string(plain), gz.String(), string(zs.EncodeAll(plain, nil))))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range got.Layers {
		if len(l.Files) != 1 || l.Files[0].Path != "/x" || l.Size != 5 {
			t.Errorf("%+v", l)
		}
	}
	shared := archive(t, imagetest.File{Name: "config.json", Data: config(2)}, imagetest.File{Name: "a/layer.tar", Data: string(plain)},
		imagetest.File{Name: "b/layer.tar", Type: tar.TypeSymlink, Link: "../a/layer.tar"}, imagetest.File{Name: "manifest.json", Data: `[{"Config":"config.json","Layers":["a/layer.tar","b/layer.tar"]}]`})
	if got, err := read(t, shared); err != nil || len(got.Layers[1].Files) != 1 {
		t.Errorf("%v", err)
	}
}

// TestForeign knows layers that come from elsewhere.
func TestForeign(t *testing.T) {
	id := fmt.Sprintf("sha256:%064x", 0)
	manifest := `[{"Config":"config.json","Layers":["0/layer.tar"],"LayerSources":{"` + id + `":{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip","size":7,"digest":"` + id + `"}}}]`
	got, err := read(t, archive(t, imagetest.File{Name: "config.json", Data: config(1)}, imagetest.File{Name: "manifest.json", Data: manifest}))
	if err != nil || !got.Layers[0].Foreign || got.Layers[0].Packed != 7 {
		t.Errorf("%v: %+v", err, got)
	}
}

// TestLayout reads the folder of an OCI layout with images for two platforms.
func TestLayout(t *testing.T) {
	dir := t.TempDir()
	path, err := layout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, platform := range []string{"linux/amd64", "linux/arm64"} {
		made := imagetest.Make(t, imagetest.Image{Platform: platform, Layers: []imagetest.Layer{{Files: []imagetest.File{{Name: filepath.Base(platform)}}}}})
		p, err := v1.ParsePlatform(platform)
		if err != nil {
			t.Fatal(err)
		}
		if err := path.AppendImage(mutate.MediaType(made, "application/vnd.oci.image.manifest.v1+json"), layout.WithPlatform(*p)); err != nil {
			t.Fatal(err)
		}
	}
	for platform, want := range map[string]string{"": "/amd64", "linux/arm64": "/arm64"} {
		got, err := image.ReadFile(t.Context(), dir, image.Options{Platform: platform})
		if err != nil || got.Layers[0].Files[0].Path != want {
			t.Errorf("%q: %v", platform, err)
		}
	}
	if _, err := image.ReadFile(t.Context(), dir, image.Options{Platform: "linux/s390x"}); err == nil || !strings.Contains(err.Error(), "there are linux/amd64, linux/arm64") {
		t.Errorf("%v", err)
	}
	if _, err := image.ReadFile(t.Context(), filepath.Join(dir, "none"), image.Options{}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("%v", err)
	}
}

// TestInterrupted ends in the middle.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	data := saved(t, config(1), string(archive(t, imagetest.File{Name: "x", Data: "x"})))
	if _, err := image.Read(ctx, bytes.NewReader(data), image.Options{}); err == nil {
		t.Error("it went on")
	}
}

// TestBrokenELF takes what is no program, though it begins like one.
func TestBrokenELF(t *testing.T) {
	whole := imagetest.ELF{Needed: []string{"libc.so.6"}}.String()
	for n := 4; n < len(whole); n += 7 {
		got, err := read(t, saved(t, config(1), string(archive(t, imagetest.File{Name: "x", Data: whole[:n]}))))
		if err != nil || got.Layers[0].Files[0].ELF == nil {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
}

// TestMemory reads a gigabyte with a fraction of that.
func TestMemory(t *testing.T) {
	const size = 1 << 30
	name := filepath.Join(t.TempDir(), "image.tar")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	// The archive is sparse: a layer in it is a header, zeros and the end of a tar.
	w := tar.NewWriter(f)
	header := func(name string, n int64) {
		if err := w.WriteHeader(&tar.Header{Name: name, Size: n, Typeflag: tar.TypeReg, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
	}
	var inner bytes.Buffer
	if err := tar.NewWriter(&inner).WriteHeader(&tar.Header{Name: "large", Size: size, Typeflag: tar.TypeReg, Mode: 0o644}); err != nil {
		t.Fatal(err)
	}
	header("0/layer.tar", size+int64(inner.Len())+1024)
	_, _ = w.Write(inner.Bytes())
	if err := w.Flush(); err == nil {
		t.Fatal("the layer is whole already")
	}
	if _, err := f.Seek(size+1024, 1); err != nil {
		t.Fatal(err)
	}
	rest := tar.NewWriter(f)
	for name, text := range map[string]string{"config.json": config(1), "manifest.json": `[{"Config":"config.json","Layers":["0/layer.tar"]}]`} {
		if err := rest.WriteHeader(&tar.Header{Name: name, Size: int64(len(text)), Typeflag: tar.TypeReg, Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		_, _ = rest.Write([]byte(text))
	}
	if err := rest.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, err := image.ReadFile(t.Context(), name, image.Options{})
	runtime.ReadMemStats(&after)
	if err != nil || got.Layers[0].Size != size {
		t.Fatalf("%v: %+v", err, got)
	}
	if grown := after.TotalAlloc - before.TotalAlloc; grown > 64<<20 {
		t.Errorf("%d MB were allocated for it", grown>>20)
	}
}
