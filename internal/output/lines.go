package output

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// The comments that dockgen and a person leave for each other in a file.
const (
	record = "# dockgen:lines " // the lines as dockgen wrote them, in short
	keep   = "# dockgen:keep "  // what follows stays, up to
	end    = "# dockgen:end"
)

// lineDigits is how many characters of base64 stand for a line in the record: 24
// bits, so that in a file of fifty lines one that a person wrote passes for one of
// dockgen's once in 300,000 times.
const lineDigits = 4

// blank stands for an empty line in the record; it is no character of base64.
const blank = "."

// token is a line in the record.
func token(line string) string {
	if line == "" {
		return blank
	}
	digest := sha256.Sum256([]byte(line))
	return base64.RawURLEncoding.EncodeToString(digest[:])[:lineDigits]
}

func tokens(lines []string) []string {
	all := make([]string, len(lines))
	for i, line := range lines {
		all[i] = token(line)
	}
	return all
}

// readRecord takes the tokens of a record apart. It is nil for what is none.
func readRecord(text string) []string {
	all := []string{}
	for text != "" {
		n := lineDigits
		if strings.HasPrefix(text, blank) {
			n = len(blank)
		}
		if len(text) < n {
			return nil
		}
		all = append(all, text[:n])
		text = text[n:]
	}
	return all
}

// document is a file that dockgen wrote, taken apart.
type document struct {
	lines  []string // without the marker, the record and what is kept; CRLF read as LF
	at     []int    // where each stands in the file, from 1
	marker string   // empty in a foreign file
	base   []string // the record, nil where there is none
	kept   []kept
}

// kept is what stands between keep and end, with these two lines.
type kept struct {
	name  string
	lines []string
	at    int // the number of lines of the document before it
	line  int // in the file, from 1
}

// KeepError says that a kept part is not closed, or that its name is there twice.
type KeepError struct {
	Line int // from 1
	Err  error
}

func (e *KeepError) Error() string { return fmt.Sprintf("line %d: %v", e.Line, e.Err) }

// Unwrap gives what is wrong, without the line.
func (e *KeepError) Unwrap() error { return e.Err }

// read takes a file apart.
func read(data []byte) (document, error) {
	data = unixLines(data)
	start, markerEnd, ok := findMarker(data)
	var d document
	var open *kept
	names := map[string]bool{}
	offset, number := 0, 0
	for raw := range bytes.Lines(data) {
		number++
		line := strings.TrimSuffix(string(raw), "\n")
		isMarker := ok && offset == start
		offset += len(raw)
		name, begins := strings.CutPrefix(line, keep)
		switch {
		case isMarker:
			d.marker = string(data[start:markerEnd])
		case open != nil:
			if begins {
				return d, &KeepError{number, fmt.Errorf("%s%s begins inside of %s", keep, name, open.name)}
			}
			open.lines = append(open.lines, line)
			if line == end {
				d.kept, open = append(d.kept, *open), nil
			}
		case begins:
			if name = strings.TrimSpace(name); name == "" || names[name] {
				return d, &KeepError{number, fmt.Errorf("%s wants a name that no other has", strings.TrimSpace(keep))}
			}
			names[name] = true
			open = &kept{name: name, lines: []string{line}, at: len(d.lines), line: number}
		case line == end:
			return d, &KeepError{number, fmt.Errorf("%s without %s", end, strings.TrimSpace(keep))}
		case ok && strings.HasPrefix(line, record):
			d.base = readRecord(strings.TrimPrefix(line, record))
		default:
			d.lines, d.at = append(d.lines, line), append(d.at, number)
		}
	}
	if open != nil {
		return d, &KeepError{open.line, fmt.Errorf("%s%s has no %s", keep, open.name, end)}
	}
	return d, nil
}

// write puts a file together: the marker right after # syntax=, the record of
// what was rendered last, and the sum of it all.
func write(lines []string, marker string, base []string) []byte {
	at := 0
	if len(lines) > 0 && strings.HasPrefix(lines[0], "# syntax=") {
		at = 1
	}
	var b strings.Builder
	for i, line := range lines {
		if i == at {
			b.WriteString(marker + "\n")
		}
		b.WriteString(line + "\n")
	}
	if len(lines) <= at {
		b.WriteString(marker + "\n")
	}
	b.WriteString(record + strings.Join(base, "") + "\n")
	text := []byte(b.String())
	_, markerEnd, _ := findMarker(text)
	return bytes.Join([][]byte{text[:markerEnd], []byte(" (" + sum(text) + ")"), text[markerEnd:]}, nil)
}

// unsealed is a marker without its sum.
func unsealed(marker string) string { return sumSuffix.ReplaceAllString(marker, "") }

// withoutKept is a file without what is kept, which is a person's and takes no
// part in the sum.
func withoutKept(data []byte) []byte {
	var b bytes.Buffer
	inside := false
	for raw := range bytes.Lines(data) {
		line := strings.TrimSuffix(string(raw), "\n")
		if inside || strings.HasPrefix(line, keep) {
			inside = line != end
			continue
		}
		b.Write(raw)
	}
	return b.Bytes()
}

// Edits lists the lines, from 1, that are not as dockgen wrote them, apart from
// what is kept, and how many of dockgen's are gone. Known is false where the file
// holds no record.
func Edits(data []byte) (edited []int, gone int, known bool) {
	d, err := read(data)
	if err != nil || d.base == nil {
		return nil, 0, false
	}
	matched := match(d.base, tokens(d.lines))
	ours := map[int]bool{}
	for _, i := range matched {
		if i < 0 {
			gone++
		}
		ours[i] = true
	}
	for i, at := range d.at {
		if !ours[i] {
			edited = append(edited, at)
		}
	}
	return edited, gone, true
}
