//go:build e2e

package e2e

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"debug/elf"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path"

	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// file is an entry of a layer.
type file struct {
	tar.Header
	data []byte // of the program that the image runs
}

// installed says whether a file belongs to a package of somebody else's, which may
// hold what it likes.
func installed(name string) bool {
	return strings.Contains(name, "/node_modules/") || strings.Contains(name, "/site-packages/")
}

// files holds what the Dockerfile adds to its base: whose the files are, that no
// source is among them, and how large they are. It looks into the layers, so that
// a file that a later layer hides is found as well.
func (s *subject) files(t *testing.T) {
	uid, gid, _ := strings.Cut(s.image.Config.User, ":")
	var program *file
	for _, f := range s.added(t) {
		name := path.Clean("/" + f.Name)
		for _, pattern := range append(everywhere, s.stack.leftovers...) {
			if ok, _ := path.Match(pattern, path.Base(name)); ok && !installed(name) {
				t.Errorf("%s is left over in the image", name)
			}
		}
		if s.want.Writes && name == s.image.Config.WorkingDir {
			continue // the user's
		}
		if slices.Contains(s.want.Writable, name) {
			continue
		}
		if f.Uid != 0 {
			t.Errorf("%s belongs to %d, want root", name, f.Uid)
		}
		if canWrite(f.Header, uid, gid) {
			t.Errorf("%s (%d:%d %o) can be written by %s", name, f.Uid, f.Gid, f.Mode, s.image.Config.User)
		}
		if f.data != nil {
			program = &f
		}
	}
	s.size(t, program)
}

func canWrite(f tar.Header, uid, gid string) bool {
	sticky := f.Typeflag == tar.TypeDir && f.Mode&0o1000 != 0
	return f.Typeflag != tar.TypeSymlink && !sticky &&
		(strconv.Itoa(f.Uid) == uid && f.Mode&0o200 != 0 || strconv.Itoa(f.Gid) == gid && f.Mode&0o020 != 0 || f.Mode&0o002 != 0)
}

// size compares the image with its base and, where it runs a program of its own,
// with that program.
func (s *subject) size(t *testing.T, program *file) {
	t.Helper()
	if !s.stack.binary {
		t.Logf("%d bytes on %d", s.bytes, s.base.Size)
		return
	}
	if program == nil {
		t.Fatalf("%q is not in the image", s.image.Config.Entrypoint)
	}
	if !isStripped(t, program) {
		t.Errorf("%s is not stripped", program.Name)
	}
	need := float64(s.base.Size + program.Size)
	ratio, limit := float64(s.bytes)/need, 1.02+float64(s.extras())/need
	t.Logf("%.4f of base %d + program %d, at most %.4f", ratio, s.base.Size, program.Size, limit)
	if ratio > limit {
		t.Errorf("%d bytes are %.4f of base and program, want at most %.4f", s.bytes, ratio, limit)
	}
}

// extras is room for what the base lacks: certificates, time zones, a user.
func (s *subject) extras() int64 {
	switch base := repository(s.file.runtimeBase()); {
	case strings.Contains(base, "distroless"):
		return 0
	case base == "scratch" || base == "alpine":
		return 1 << 20
	default:
		return 16 << 20
	}
}

func isStripped(t *testing.T, program *file) bool {
	t.Helper()
	f, err := elf.NewFile(bytes.NewReader(program.data))
	if err != nil {
		t.Fatalf("%s: %v", program.Name, err)
	}
	return f.Section(".symtab") == nil && f.Section(".debug_info") == nil
}

// added lists the entries of the layers that do not come from the base.
func (s *subject) added(t *testing.T) []file {
	t.Helper()
	dir := t.TempDir()
	archive := filepath.Join(dir, "image.tar")
	dockerSays(t, "image", "save", "--output", archive, s.tag)
	if _, err := command(t, "tar", "-C", dir, "-xf", archive); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(dir, "manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var manifests []struct{ Layers []string }
	if err := json.Unmarshal(data, &manifests); err != nil {
		t.Fatal(err)
	}
	if len(manifests) != 1 || len(manifests[0].Layers) != s.layers {
		t.Fatalf("docker save: want one image with %d layers: %s", s.layers, data)
	}
	var files []file
	for _, layer := range manifests[0].Layers[len(s.base.RootFS.Layers):] {
		files = append(files, s.readLayer(t, filepath.Join(dir, layer))...)
	}
	return files
}

func (s *subject) readLayer(t *testing.T, name string) []file {
	t.Helper()
	in, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	var files []file
	for entries := tar.NewReader(unzip(t, in)); ; {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return files
		}
		if err != nil {
			t.Fatalf("layer %s: %v", name, err)
		}
		f := file{Header: *header}
		if len(s.image.Config.Entrypoint) > 0 && "/"+header.Name == s.image.Config.Entrypoint[0] {
			if f.data, err = io.ReadAll(entries); err != nil {
				t.Fatal(err)
			}
		}
		files = append(files, f)
	}
}

// unzip reads a layer that docker's newer image store has compressed, and others.
func unzip(t *testing.T, in io.Reader) io.Reader {
	t.Helper()
	buffered := bufio.NewReader(in)
	if magic, err := buffered.Peek(2); err != nil || string(magic) != "\x1f\x8b" {
		return buffered
	}
	plain, err := gzip.NewReader(buffered)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}
