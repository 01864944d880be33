package image

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// Options say what is read of an image beyond names, sizes and owners.
type Options struct {
	// Platform chooses of an index of several, "linux/arm64"; empty for the first.
	Platform string

	// Secrets is asked of each text of at most [MostText] bytes.
	Secrets func(name string, text []byte) []Secret

	// Inside says into which zips and jars is looked for texts to ask Secrets of, by names
	// with "!/" between the archive's and the text's.
	Inside func(name string) bool

	// Keep says of which files the content is kept, up to [MostText] bytes.
	Keep func(name string) bool
}

// MostText is how large a file may be that is read as a text, in bytes.
const MostText = 1 << 20

// mostDocument is how large a manifest, an index or a configuration may be, in bytes;
// registries have to take 4 MiB.
const mostDocument = 8 << 20

// ReadFile reads an image that lies on disk: a tar as docker save or an OCI exporter
// writes it, or the folder of an OCI layout.
func ReadFile(ctx context.Context, name string, o Options) (im *Image, err error) {
	defer func() {
		if pathErr, ok := errors.AsType[*os.PathError](err); ok {
			err = pathErr.Err
		}
		if err != nil {
			err = fmt.Errorf("image %s: %w", name, err)
		}
	}()
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return readLayout(ctx, name, o)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // only read
	return Read(ctx, f, o)
}

// Read reads an image in one go from a tar as docker save or an OCI exporter writes it.
// The order of what is in it does not matter.
func Read(ctx context.Context, in io.Reader, o Options) (*Image, error) {
	a := newArchive(o)
	entries := tar.NewReader(bufio.NewReaderSize(in, 1<<20))
	for {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("the archive is broken: %w", err)
		}
		name := path.Clean(header.Name)
		switch header.Typeflag {
		case tar.TypeSymlink: // an older docker save writes a layer that two images share once
			a.links[name] = path.Join(path.Dir(name), header.Linkname)
		case tar.TypeLink:
			a.links[name] = path.Clean(header.Linkname)
		case tar.TypeReg:
			if err := a.add(ctx, name, header.Size, entries); err != nil {
				return nil, err
			}
		}
	}
	return a.image()
}

// readLayout reads every blob of a folder as if it stood in an archive.
func readLayout(ctx context.Context, dir string, o Options) (*Image, error) {
	a := newArchive(o)
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close() // only read
	names := []string{"index.json"}
	blobs, err := os.ReadDir(dir + "/blobs/sha256")
	if err != nil {
		return nil, err
	}
	for _, entry := range blobs {
		names = append(names, "blobs/sha256/"+entry.Name())
	}
	for _, name := range names {
		if err := a.addFile(ctx, root, name); err != nil {
			return nil, err
		}
	}
	return a.image()
}

func (a *archive) addFile(ctx context.Context, root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() // only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return a.add(ctx, name, info.Size(), f)
}

// archive is what was read of an image so far: its documents and layers, by their names.
type archive struct {
	options   Options
	documents map[string][]byte
	layers    map[string]Layer
	broken    map[string]error // of layers
	links     map[string]string
}

func newArchive(o Options) *archive {
	return &archive{o, map[string][]byte{}, map[string]Layer{}, map[string]error{}, map[string]string{}}
}

// add reads one blob, and finds out what it is.
func (a *archive) add(ctx context.Context, name string, size int64, in io.Reader) error {
	buffered := bufio.NewReaderSize(in, 1<<16)
	head, err := buffered.Peek(512)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", name, err)
	}
	switch kindOf(head) {
	case document:
		if size > mostDocument {
			return fmt.Errorf("%s: a document of %d bytes; at most %d are read", name, size, mostDocument)
		}
		if a.documents[name], err = io.ReadAll(buffered); err != nil {
			return fmt.Errorf("read %s: %w", name, err)
		}
	case gzipped, zstandard, plain:
		layer, err := readLayer(ctx, buffered, a.options)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		layer.Packed = size
		a.layers[name] = layer
		if err != nil {
			a.broken[name] = err // which matters where the image asked for has it
		}
	}
	return nil
}

// The kinds of blobs.
const (
	unknown = iota
	document
	gzipped
	zstandard
	plain
)

func kindOf(head []byte) int {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return gzipped
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return zstandard
	case len(head) == 512 && (string(head[257:262]) == "ustar" || len(bytes.Trim(head, "\x00")) == 0):
		return plain
	case bytes.HasPrefix(bytes.TrimLeft(head, " \r\n\t"), []byte("{")), bytes.HasPrefix(head, []byte("[")):
		return document
	}
	return unknown
}

// readLayer reads a layer to its end, packed or not.
func readLayer(ctx context.Context, in *bufio.Reader, o Options) (l Layer, err error) {
	head, _ := in.Peek(4) // it was seen before
	var raw io.Reader = in
	switch kindOf(head) {
	case gzipped:
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return l, err
		}
		raw = unpacked
	case zstandard:
		unpacked, err := zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
		if err != nil {
			return l, err
		}
		defer unpacked.Close()
		raw = unpacked
	}
	entries := tar.NewReader(raw)
	for ctx.Err() == nil {
		header, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return l, drain(raw)
		}
		if err != nil {
			return l, err
		}
		file, ok, err := readEntry(header, entries, o)
		if err != nil {
			return l, fmt.Errorf("%s: %w", strings.TrimPrefix(file.Path, "/"), err)
		}
		if ok {
			l.Files = append(l.Files, file)
			l.Size += file.Size
		}
	}
	return l, ctx.Err()
}

// drain reads what stands behind the end of a tar.
func drain(in io.Reader) error {
	var nothing discard
	_, err := nothing.ReadFrom(in)
	return err
}

// discard takes bytes, and keeps none.
type discard struct{ buffer [1 << 15]byte }

func (d *discard) ReadFrom(in io.Reader) (n int64, err error) {
	for {
		read, err := in.Read(d.buffer[:])
		n += int64(read)
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}
