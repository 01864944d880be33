package output

import (
	"crypto/sha256"
	"encoding/base64"
	"slices"
	"strings"
)

// record begins a line that notes what dockgen wrote in one stage:
//
//	# dockgen:lines NAME MARKS CHECK
//
// NAME is that of the stage in small letters, or "-" for what stands before the
// first and for files without stages. MARKS has a mark for each line: a letter for
// what begins there (see [kinds]), small where a person took it out, and the start
// of the line's SHA-256; a blank line is ".". CHECK is the start of the SHA-256 of
// NAME and MARKS: a line that was shortened or changed counts as absent. As every
// stage has a line of its own, git joins those of two branches, or [unite] does.
const record = "# dockgen:lines "

// noStage is the name in the record of what belongs to no stage.
const noStage = "-"

// How many characters of base64 stand for a line, and for a line of the record: 24
// bits, so that in a file of fifty lines one that a person wrote passes for one of
// dockgen's once in 300,000 times.
const (
	lineDigits  = 4
	checkDigits = 6
)

// The kinds of lines that begin no instruction.
const (
	blank   = '.' // an empty line
	comment = '#'
	more    = '+' // what an instruction continues on
	plain   = '=' // of a file that is no Dockerfile
	unknown = '?' // dockgen wrote it before it noted kinds
	kept    = 'K' // a part that a person keeps
)

// kinds are the letters of instructions in the record; others are 'Z'.
var kinds = map[string]byte{
	"FROM": 'F', "RUN": 'R', "COPY": 'C', "ADD": 'A', "ENV": 'E', "ARG": 'G', "LABEL": 'L', "WORKDIR": 'W', "USER": 'U', "EXPOSE": 'X',
	"VOLUME": 'V', "HEALTHCHECK": 'H', "ENTRYPOINT": 'N', "CMD": 'D', "STOPSIGNAL": 'S',
}

// once are the kinds of which the last in a stage counts alone.
const once = "HNDS"

// digest is the start of a text's SHA-256 in base64.
func digest(text string, digits int) string {
	sum := sha256.Sum256([]byte(text))
	return base64.RawURLEncoding.EncodeToString(sum[:digits*6/8+1])[:digits]
}

// mark stands for a line in the record.
func mark(kind byte, line string) string {
	if kind == blank {
		return string(blank)
	}
	return string(kind) + digest(line, lineDigits)
}

// note writes the record of what was rendered. What stands of it no more in the
// file has its kind in small letters.
func note(rendered, file []section) []string {
	var lines []string
	for _, s := range rendered {
		var there []unit
		if i := named(file, s.name); i >= 0 {
			there = file[i].units
		}
		var b strings.Builder
		for i, j := range align(s.units, there) {
			marks := strings.Join(s.units[i].marks, "")
			if j < 0 {
				marks = strings.ToLower(marks[:1]) + marks[1:]
			}
			b.WriteString(marks)
		}
		name := s.name
		if name == "" {
			name = noStage
		}
		lines = append(lines, record+name+" "+b.String()+" "+digest(name+" "+b.String(), checkDigits))
	}
	return lines
}

// readRecord reads a line of the record, behind its beginning. It is not ok where
// the line is not as dockgen wrote it.
func readRecord(text string) (s section, ok bool) {
	words := strings.Split(text, " ")
	if len(words) != 3 || words[2] != digest(words[0]+" "+words[1], checkDigits) {
		return section{}, false
	}
	if s.name = words[0]; s.name == noStage {
		s.name = ""
	}
	for rest := words[1]; rest != ""; {
		n := 1 + lineDigits
		if rest[0] == blank {
			n = 1
		}
		if len(rest) < n {
			return section{}, false
		}
		s.units = grow(s.units, rest[:n])
		rest = rest[n:]
	}
	return s, true
}

// grow adds a line of the record, to the instruction that it continues or as the
// next.
func grow(units []unit, m string) []unit {
	if last := len(units) - 1; m[0] == more && last >= 0 {
		units[last].marks = append(units[last].marks, m)
		return units
	}
	u := unit{kind: m[0], marks: []string{m}}
	if m[0] >= 'a' && m[0] <= 'z' {
		u.kind, u.declined = m[0]-'a'+'A', true
		u.marks[0] = string(u.kind) + m[1:]
	}
	return append(units, u)
}

// unite joins two records of one file, as git left them of two branches, for what
// git made of its lines. What is not there, a person took out where a record says
// so, or where both note it and neither of the branches' versions holds it; the
// rest git took out.
func unite(a, b, file []section, held func(unit) bool) (joined []section) {
	units := func(all []section, name string) []unit {
		if s := find(all, name); s != nil {
			return s.units
		}
		return nil
	}
	for _, s := range slices.Concat(a, b) {
		if find(joined, s.name) != nil {
			continue
		}
		if s.units = uniteUnits(units(a, s.name), units(b, s.name), units(file, s.name), held); len(s.units) > 0 {
			joined = append(joined, s)
		}
	}
	return joined
}

func uniteUnits(a, b, file []unit, held func(unit) bool) []unit {
	var all []unit
	doubtful := map[int]bool{}
	add := func(doubt bool, units ...unit) {
		for _, u := range units {
			doubtful[len(all)] = doubt && !u.declined
			all = append(all, u)
		}
	}
	next := 0
	for i, j := range match(keys(a), keys(b)) {
		if j < 0 {
			add(true, a[i])
			continue
		}
		add(true, b[next:j]...)
		both := a[i]
		both.declined = both.declined || b[j].declined
		add(held(both), both)
		next = j + 1
	}
	add(true, b[next:]...)
	var units []unit
	for i, j := range align(all, file) {
		if !doubtful[i] || j >= 0 && 2*shared(all[i], file[j]) >= len(all[i].marks) {
			units = append(units, all[i])
		}
	}
	return units
}
