package image

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"hash"
	"io"
	"path"
	"strings"
)

// What a name in a layer begins with that takes something away, and the one that takes all
// of a folder: https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq"
)

// readEntry reads one entry of a layer with all that is asked of its bytes. It is not
// of the image where it belongs to the machinery of layers, as the hard links of aufs.
func readEntry(h *tar.Header, in io.Reader, o Options) (f File, ok bool, err error) {
	f = File{Path: clean(h.Name), Mode: uint32(h.Mode & 0o7777), UID: h.Uid, GID: h.Gid}
	base := path.Base(f.Path)
	switch {
	case base == opaque:
		f.Kind, f.Path = Opaque, path.Dir(f.Path)
		return f, true, nil
	case strings.HasPrefix(base, whiteout+whiteout):
		return f, false, nil
	case strings.HasPrefix(base, whiteout):
		f.Kind, f.Path = Whiteout, path.Join(path.Dir(f.Path), strings.TrimPrefix(base, whiteout))
		return f, true, nil
	}
	switch h.Typeflag {
	case tar.TypeReg:
		f.Size = h.Size
		err = f.read(in, o)
	case tar.TypeDir:
		f.Kind = Folder
	case tar.TypeSymlink:
		f.Kind, f.Link = Symlink, h.Linkname
	case tar.TypeLink:
		f.Kind, f.Link = Hardlink, clean(h.Linkname)
	case tar.TypeXGlobalHeader:
		return f, false, nil
	default:
		f.Kind = Other
	}
	return f, true, err
}

// read takes from the bytes of a regular file what is wanted of them.
func (f *File) read(in io.Reader, o Options) error {
	sum := sha256.New()
	head := make([]byte, min(f.Size, 1<<12))
	if _, err := io.ReadFull(in, head); err != nil {
		return err
	}
	sum.Write(head)
	rest := io.TeeReader(in, sum)
	keep := o.Keep != nil && o.Keep(f.Path)
	var err error
	switch {
	case bytes.HasPrefix(head, []byte("\x7fELF")):
		f.ELF, err = readELF(head, f.Size, rest)
	case bytes.HasPrefix(head, []byte("PK\x03\x04")) && f.Size <= mostArchive && o.Secrets != nil && o.Inside != nil && o.Inside(f.Path):
		data := append(make([]byte, 0, f.Size), head...)[:f.Size]
		if _, err = io.ReadFull(rest, data[len(head):]); err == nil {
			f.Secrets = inside(f.Path, data, o)
		}
	case f.Size <= MostText && (keep || o.Secrets != nil && isText(head)):
		var data []byte
		data, err = io.ReadAll(io.MultiReader(bytes.NewReader(head), rest))
		if o.Secrets != nil && isText(head) {
			f.Secrets = o.Secrets(f.Path, data)
		}
		if keep {
			f.Content = data
		}
	default:
		err = drain(rest)
	}
	f.note(sum)
	return err
}

// mostArchive is how large a zip or jar may be, in bytes, into which is looked: it is held in
// memory, as its list of files is at its end.
const mostArchive = 64 << 20

// inside finds secrets in the texts of a zip or jar. One that cannot be read has none.
func inside(name string, data []byte, o Options) (all []Secret) {
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil
	}
	for _, entry := range archive.File {
		if entry.UncompressedSize64 == 0 || entry.UncompressedSize64 > MostText || path.Ext(entry.Name) == ".class" {
			continue
		}
		in, err := entry.Open()
		if err != nil {
			continue
		}
		text, err := io.ReadAll(io.LimitReader(in, MostText)) // the size that it states may be false
		if in.Close() != nil || err != nil || !isText(text) {
			continue
		}
		for _, s := range o.Secrets(name+"!/"+entry.Name, text) {
			s.Inside = entry.Name
			all = append(all, s)
		}
	}
	return all
}

func (f *File) note(sum hash.Hash) { copy(f.Sum[:], sum.Sum(nil)) }

// isText says whether a file is one by its beginning: no byte of it is zero.
func isText(head []byte) bool { return len(head) > 0 && bytes.IndexByte(head, 0) < 0 }
