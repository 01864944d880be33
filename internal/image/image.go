// Package image reads images: their layers, files, history and configuration, as facts.
// It is streamed: whatever the size of an image, memory holds the names of its files and
// what [Options] asks to keep of them, never a layer.
package image

import (
	"io/fs"
	"path"
	"time"
)

// Image is what is known of one image of one platform.
type Image struct {
	ID       string // the digest of its configuration, "sha256:…"
	Platform string // "linux/amd64", "linux/arm/v7"
	Config   Config
	History  []Step  // one for each instruction, those of the base first
	Layers   []Layer // the lowest first
}

// Config is what the image says about itself.
type Config struct {
	User, WorkingDir string
	Entrypoint, Cmd  []string
	Env              []string // NAME=value
	Labels           map[string]string
	Ports            []string // "8080/tcp", sorted
	Volumes          []string // sorted
	StopSignal       string   // empty for SIGTERM
	Healthcheck      *Healthcheck
}

// Healthcheck is HEALTHCHECK of a Dockerfile.
type Healthcheck struct {
	Test                           []string // "CMD" or "CMD-SHELL" first; "NONE" alone
	Interval, Timeout, StartPeriod time.Duration
	Retries                        int
}

// Step is an instruction of the history.
type Step struct {
	Text    string // as the builder noted it
	Comment string
	Created time.Time
	Layer   int // the index of what it made in [Image.Layers]; -1 where it made none
}

// Layer is what one step adds, changes and takes away.
type Layer struct {
	DiffID  string // the digest of its tar
	Size    int64  // bytes of the files in it, unpacked
	Packed  int64  // bytes as it is stored or sent; Size of the tar where it is not compressed
	Foreign bool   // its bytes are not part of what was read: they come from a server of their own
	Files   []File // in the order of its tar
}

// Kind is what an entry of a layer is.
type Kind uint8

// The kinds. A whiteout takes away what a lower layer has at its path; an opaque folder
// takes away all that lower layers have in it.
const (
	Regular Kind = iota
	Folder
	Symlink
	Hardlink
	Whiteout
	Opaque
	Other // a device, a pipe
)

// File is one entry of a layer.
type File struct {
	Path     string // absolute and clean, whatever the tar said; of a whiteout that of what it takes away
	Kind     Kind
	Link     string // where a link leads: as it stands for a symbolic one, absolute and clean for a hard one
	Size     int64  // of a regular file
	Mode     uint32 // as chmod has it, set-uid, set-gid and sticky bit among it
	UID, GID int
	Sum      Sum      // of a regular file's bytes
	ELF      *ELF     // of a program or library
	Secrets  []Secret // what [Options.Secrets] found
	Content  []byte   // where [Options.Keep] asked for it
}

// Sum is the SHA-256 of a file's bytes, cut in half.
type Sum [16]byte

// Secret is a key, token or password in a text.
type Secret struct {
	Rule string // the id of the rule, "github-pat"
	Line int    // the first is 1

	Inside string // the name of the text in a zip or jar; empty for a file itself
	Mask   string // its beginning, the rest hidden
}

// ELF is what the dynamic loader asks of a file.
type ELF struct {
	Machine  string // "amd64", "arm64", as platforms have it; the name of debug/elf for others
	Program  bool   // it can be started; else a library or an object
	Interp   string // its loader; empty where it is linked statically
	Needed   []string
	Soname   string
	RPath    []string
	RunPath  []string
	Versions []Versions // that it needs
	Defines  []string   // versions that it has for others
	Stripped bool       // neither symbols nor debugging information

	// Broken says why it could not be read to its end; nothing else but Machine holds then.
	Broken string
}

// Versions are the versions of symbols that a file needs of a library.
type Versions struct {
	Library string
	Names   []string // "GLIBC_2.38"
}

// Stands is a file of the final file system.
type Stands struct {
	*File
	Layer int // the index of the layer that it is of
}

// Final is the file system that a container of the image sees, by path. Hard links are
// entries of their own, with the kind [Hardlink].
func (im *Image) Final() map[string]Stands {
	final := newTree()
	for i := range im.Layers {
		final.apply(im.Layers[i].Files, i, nil)
	}
	return final.files()
}

// Under says whether a path is a folder or lies in it.
func Under(name, folder string) bool {
	return name == folder || folder == "/" || len(name) > len(folder) && name[:len(folder)] == folder && name[len(folder)] == '/'
}

// Permissions are the bits of a mode that package fs knows too.
func (f *File) Permissions() fs.FileMode { return fs.FileMode(f.Mode & 0o777) }

// clean makes the name of an entry absolute, and keeps it in the image.
func clean(name string) string { return path.Clean("/" + name) }
