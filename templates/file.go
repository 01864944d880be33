package templates

// Kind says how a file is treated when something else stands in its place.
type Kind int

// The kinds of files that dockgen writes.
const (
	Dockerfile Kind = iota // a foreign one is refused
	Ignore                 // a foreign one is kept, if it hides nothing that the build needs
	Extra                  // a foreign one is kept, and used
)

// File is one rendered file of a service, not yet on disk.
type File struct {
	Path string // slash-separated, from the root of the repository
	Kind Kind
	Data []byte
}
