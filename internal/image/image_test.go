package image_test

import (
	"bytes"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/image"
	"github.com/dockgen/dockgen/internal/image/imagetest"
)

func TestELF(t *testing.T) {
	file := imagetest.ELF{
		Interp: "/lib64/ld-linux-x86-64.so.2", Needed: []string{"libc.so.6", "libz.so.1"}, Soname: "libx.so", RunPath: "$ORIGIN/lib:/opt/x",
		Needs: map[string][]string{"libc.so.6": {"GLIBC_2.2.5", "GLIBC_2.38"}, "libz.so.1": {"ZLIB_1"}}, Defines: []string{"X_1", "X_2"},
	}
	data := imagetest.Save(t, imagetest.Image{Layers: []imagetest.Layer{{Files: []imagetest.File{{Name: "app", Data: file.String(), Mode: 0o755}}}}})
	im, err := image.Read(t.Context(), bytes.NewReader(data), image.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := &image.ELF{
		Machine: "amd64", Program: true, Interp: "/lib64/ld-linux-x86-64.so.2", Needed: []string{"libc.so.6", "libz.so.1"}, Soname: "libx.so", RunPath: []string{"$ORIGIN/lib", "/opt/x"},
		Versions: []image.Versions{{Library: "libc.so.6", Names: []string{"GLIBC_2.2.5", "GLIBC_2.38"}}, {Library: "libz.so.1", Names: []string{"ZLIB_1"}}}, Defines: []string{"X_1", "X_2"}, Stripped: true,
	}
	if diff := cmp.Diff(want, im.Layers[0].Files[0].ELF); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
