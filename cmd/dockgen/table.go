package main

import (
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"unicode/utf8"

	"golang.org/x/term"

	"github.com/dockgen/dockgen/internal/show"
)

// gap is how far apart the columns of a table stand.
const gap = 3

// columns is the width of the terminal that out is, or 0 where it is none.
func columns(out io.Writer) int {
	file, ok := out.(*os.File)
	if !ok {
		return 0
	}
	width, _, err := term.GetSize(int(file.Fd()))
	if err != nil {
		return 0
	}
	return width
}

// table prints rows in columns, with no blank at the end of a line. At a terminal
// that is too narrow for a row, the cells that do not fit follow below.
func table(out io.Writer, rows [][]string) {
	limit, widest := columns(out), math.MaxInt
	if limit > 0 {
		widest = limit / 3
	}
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			cell = show.Text(cell)
			row[i] = cell
			if i == len(widths) {
				widths = append(widths, 0)
			}
			// The last cell of a row pushes nothing, and a long one only its own row.
			if n := utf8.RuneCountInString(cell); i < len(row)-1 && (n <= widest || i == 0) {
				widths[i] = max(widths[i], n)
			}
		}
	}
	for _, row := range rows {
		show.Lines(out, arrange(row, widths, limit)...)
	}
}

// arrange gives the lines of one row.
func arrange(row []string, widths []int, limit int) (lines []string) {
	line, start, broken := "", 0, false
	for i, cell := range row {
		if i > 0 {
			start += widths[i-1] + gap
		}
		if cell == "" {
			continue
		}
		before := line
		switch width := utf8.RuneCountInString(line); {
		case i == 0:
		case broken:
			before += strings.Repeat(" ", gap)
		default:
			before += strings.Repeat(" ", max(gap, start-width))
		}
		if i > 0 && limit > 0 && utf8.RuneCountInString(before+cell) > limit {
			if strings.TrimSpace(line) != "" {
				lines = append(lines, line)
			}
			before, broken = below(row[0]), true
		}
		folded := fold(before+cell, below(row[0]), limit)
		lines, line = append(lines, folded[:len(folded)-1]...), folded[len(folded)-1]
	}
	return append(lines, line)
}

// below is the indentation of what follows below a line.
func below(line string) string {
	return strings.Repeat(" ", len(line)-len(strings.TrimLeft(line, " "))+4)
}

// complain prints what went wrong. An error of several lines says so itself: a line
// end in another is a project's.
func complain(out io.Writer, err error) { says(out, "dockgen: ", lines(err)...) }

// lines are those of an error.
func lines(err error) []string {
	text := err.Error()
	if several, ok := errors.AsType[interface {
		error
		Lines() []string
	}](err); ok {
		if before, ok := strings.CutSuffix(text, several.Error()); ok {
			all := several.Lines()
			all[0] = before + all[0]
			return all
		}
	}
	return []string{text}
}

// says prints several lines, the first behind a word.
func says(out io.Writer, first string, lines ...string) {
	for i, line := range lines {
		if i == 0 {
			line = first + line
		}
		say(out, line)
	}
}

// say prints a sentence, which a terminal gets folded at its blanks.
func say(out io.Writer, text string) {
	text = show.Line(text)
	show.Lines(out, fold(text, below(text), columns(out))...)
}

// fold breaks a line at blanks so that none is longer than limit, if that is not
// 0; the lines after the first are indented. A longer word stays whole.
func fold(line, indent string, limit int) (lines []string) {
	current := ""
	for line != "" {
		word := strings.TrimLeft(line, " ")
		blanks := len(line) - len(word)
		if end := strings.IndexByte(word, ' '); end >= 0 {
			word = word[:end]
		}
		next := current + line[:blanks+len(word)]
		if limit > 0 && utf8.RuneCountInString(next) > limit && strings.TrimSpace(current) != "" {
			lines, next = append(lines, current), indent+word
		}
		current, line = next, line[blanks+len(word):]
	}
	return append(lines, strings.TrimRight(current, " "))
}
