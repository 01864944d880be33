// Package output writes rendered files to the disk, and nothing else does: atomically, only
// where something changed, and only over files that dockgen wrote, with what a person made
// of them.
package output

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/templates"
)

// Ownership says whose a file is.
type Ownership string

// The owners of a file.
const (
	Ours    Ownership = "ours"    // dockgen wrote it, and every line is as dockgen left it
	Edited  Ownership = "edited"  // dockgen wrote it, and it holds lines of a person's, or lacks some of dockgen's
	Foreign Ownership = "foreign" // it has no marker of dockgen
)

const marker = "# dockgen: "

// Seal returns data with a record of its lines at the end, by which edits of a person
// are told from those of dockgen when it is rendered anew. CRLF becomes LF.
//
// The marker is a comment "# dockgen: DESCRIPTION" in the first line, or behind
// directives such as "# syntax=…"; the record is comments "# dockgen:lines …", one for
// each stage. The error is for data without a marker, with a record already, with a kept
// part, or of which no parser can say where its instructions end.
func Seal(kind templates.Kind, data []byte) ([]byte, error) {
	d, err := read(kind, numbered(data))
	switch {
	case err != nil:
		return nil, fmt.Errorf("seal: %w", err)
	case d.marker == "":
		return nil, errors.New("seal: no marker comment in the first line, or behind directives such as # syntax=")
	case d.wrote() != nil || d.keeps():
		return nil, errors.New("seal: it is sealed already, or holds a part that is kept")
	}
	return write(linesOf(d.sections), d.marker, note(d.sections, d.sections)), nil
}

// keeps says whether a part of the file is kept.
func (d document) keeps() bool {
	return slices.ContainsFunc(d.sections, func(s section) bool {
		return slices.ContainsFunc(s.units, func(u unit) bool { return u.kind == kept })
	})
}

// IsForeign says whether [Inspect] gives [Foreign], by the marker alone.
func IsForeign(data []byte) bool { return markerAt(numbered(data)) < 0 }

// Inspect says whose file data is, by the marker and the record of its lines. The
// description in the marker is for people and takes no part; neither do line endings,
// and what is kept.
func Inspect(data []byte) Ownership {
	if IsForeign(data) {
		return Foreign
	}
	edited, gone, known := Edits(data)
	if !known || len(edited) > 0 || gone > 0 {
		return Edited
	}
	return Ours
}

// unixLines returns data with CRLF as LF, so that a checkout on Windows is no difference.
func unixLines(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}
