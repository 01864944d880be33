// Package output writes rendered files to the disk, and nothing else does: atomically, only
// where something changed, and only over files that dockgen wrote and nobody edited.
package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Ownership says whose a file is.
type Ownership string

// The owners of a file.
const (
	Ours    Ownership = "ours"    // dockgen wrote it and it is as dockgen left it
	Edited  Ownership = "edited"  // dockgen wrote it and somebody changed it
	Foreign Ownership = "foreign" // it has no marker of dockgen
)

const (
	marker    = "# dockgen: "
	sumDigits = 12
)

var sumSuffix = pattern.New(` \([0-9a-f]{12}\)$`)

// Seal returns data with a checksum at the end of its marker line, which Inspect compares,
// and a record of its lines in the last, by which edits of a person are told from those of
// dockgen when it is rendered anew. CRLF becomes LF.
//
// The marker is a comment "# dockgen: DESCRIPTION" in the first line, or in the second if
// the first is "# syntax=…". It becomes "# dockgen: DESCRIPTION (SUM)", where SUM is the
// start of the SHA-256 of the text without " (SUM)" and without kept parts. The record is a
// comment "# dockgen:lines …" with four characters for each line but the marker and itself,
// or "." for an empty one. The error is for data without a marker, with a checksum or a
// record already, or with a kept part.
func Seal(data []byte) ([]byte, error) {
	if _, _, ok := findMarker(data); !ok {
		return nil, errors.New("seal: no marker comment in the first line, or the second after # syntax=")
	}
	d, err := read(data)
	if err != nil {
		return nil, fmt.Errorf("seal: %w", err)
	}
	if Inspect(data) == Ours || d.base != nil || len(d.kept) > 0 {
		return nil, errors.New("seal: it is sealed already, or holds a part that is kept")
	}
	return write(d.lines, d.marker, tokens(d.lines)), nil
}

// Inspect says whose file data is, by the marker and its checksum. The description is for
// people and takes no part beyond the checksum; other line endings are no difference.
func Inspect(data []byte) Ownership {
	start, end, ok := findMarker(data)
	if !ok {
		return Foreign
	}
	at := sumSuffix.FindIndex(data[start:end])
	if at == nil {
		return Edited
	}
	from := start + at[0]
	unsealed := slices.Concat(data[:from], data[end:])
	if string(data[from:end]) != " ("+sum(unsealed)+")" {
		return Edited
	}
	return Ours
}

// findMarker returns where the marker line starts and ends, without its line ending.
func findMarker(data []byte) (start, end int, ok bool) {
	if bytes.HasPrefix(data, []byte("# syntax=")) {
		start = bytes.IndexByte(data, '\n') + 1
	}
	line, _, _ := bytes.Cut(data[start:], []byte("\n"))
	line = bytes.TrimSuffix(line, []byte("\r"))
	return start, start + len(line), len(line) > len(marker) && bytes.HasPrefix(line, []byte(marker))
}

func sum(data []byte) string {
	digest := sha256.Sum256(withoutKept(unixLines(data)))
	return hex.EncodeToString(digest[:])[:sumDigits]
}

// unixLines returns data with CRLF as LF, so that a checkout on Windows is no difference.
func unixLines(data []byte) []byte {
	return bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n"))
}
