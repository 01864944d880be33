// Package imagetest makes small images in memory, for tests of whatever reads images.
package imagetest

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// File is one entry of a layer. The zero value of Type is a regular file; Mode is 0644 for
// files and 0755 for folders where it is none.
type File struct {
	Name string
	Data string
	Type byte
	Link string
	Mode int64
	UID  int
	GID  int
}

// Layer is one layer with the step that makes it. One without files is a step that makes
// none.
type Layer struct {
	By    string
	Files []File
}

// Image is an image to be made.
type Image struct {
	Config   v1.Config
	Platform string // "linux/amd64" where it is empty
	Layers   []Layer
}

// Tar is a layer as a tar.
func Tar(t testing.TB, files []File) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		h := &tar.Header{Name: f.Name, Typeflag: f.Type, Linkname: f.Link, Mode: f.Mode, Uid: f.UID, Gid: f.GID, Size: int64(len(f.Data)), Format: tar.FormatPAX}
		if h.Typeflag == 0 {
			h.Typeflag = tar.TypeReg
		}
		if h.Mode == 0 {
			h.Mode = map[bool]int64{true: 0o755, false: 0o644}[h.Typeflag == tar.TypeDir]
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.Data)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Make makes the image as a registry has it.
func Make(t testing.TB, im Image) v1.Image {
	t.Helper()
	made := mutate.MediaType(empty.Image, types.OCIManifestSchema1)
	made = mutate.ConfigMediaType(made, types.OCIConfigJSON)
	var adds []mutate.Addendum
	for i, l := range im.Layers {
		add := mutate.Addendum{History: v1.History{CreatedBy: l.By, EmptyLayer: l.Files == nil, Comment: "buildkit.dockerfile.v0"}}
		if l.By == "" {
			add.History.CreatedBy = fmt.Sprintf("COPY step%d / # buildkit", i+1)
		}
		if l.Files != nil {
			data := Tar(t, l.Files)
			layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
			if err != nil {
				t.Fatal(err)
			}
			add.Layer = layer
		}
		adds = append(adds, add)
	}
	made, err := mutate.Append(made, adds...)
	if err != nil {
		t.Fatal(err)
	}
	c, err := made.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	c = c.DeepCopy()
	c.Config, c.OS, c.Architecture = im.Config, "linux", "amd64"
	if im.Platform != "" {
		p, err := v1.ParsePlatform(im.Platform)
		if err != nil {
			t.Fatal(err)
		}
		c.OS, c.Architecture, c.Variant = p.OS, p.Architecture, p.Variant
	}
	if made, err = mutate.ConfigFile(made, c); err != nil {
		t.Fatal(err)
	}
	return made
}

// Save gives the image as docker save writes it.
func Save(t testing.TB, im Image) []byte {
	t.Helper()
	ref, err := name.NewTag("example.com/app:1")
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := tarball.Write(ref, Make(t, im), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
