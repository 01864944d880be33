// Package show makes the text of projects fit to be seen: by people at a terminal, by
// the logs of CI, and by a shell that a command is pasted into.
package show

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Lines prints lines. It is the way in which dockgen says anything, so that no text of
// a project moves a cursor, hides what stands beside it, begins a line of its own or is
// taken for a command of CI. The error is that of the writer; where nobody could be
// told of it, it is left.
func Lines(out io.Writer, lines ...string) error {
	for _, line := range lines {
		if _, err := fmt.Fprintln(out, Line(line)); err != nil {
			return err
		}
	}
	return nil
}

// Diff prints a unified difference line by line, painted as git does where colour is
// wanted. Tabs stay what they are.
func Diff(out io.Writer, text string, colour bool) {
	paints := []struct{ begins, sequence string }{{"+", "\x1b[32m"}, {"-", "\x1b[31m"}, {"@@", "\x1b[36m"}}
	for line := range strings.Lines(text) {
		parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		for i, part := range parts {
			parts[i] = Text(part)
		}
		line = strings.Join(parts, "\t")
		if rest := strings.TrimLeft(line, " \t"); strings.HasPrefix(rest, "::") {
			line = line[:len(line)-len(rest)] + `\u003a` + rest[1:]
		}
		for _, p := range paints {
			if colour && strings.HasPrefix(line, p.begins) {
				line = p.sequence + line + "\x1b[0m"
				break
			}
		}
		fmt.Fprintln(out, line)
	}
}

// Size is a number of bytes as docker says it: in powers of 1000, with three digits.
func Size(bytes int64) string {
	value, units := float64(bytes), []string{"B", "kB", "MB", "GB", "TB"}
	for len(units) > 1 && value >= 999.5 {
		value, units = value/1000, units[1:]
	}
	return strconv.FormatFloat(value, 'g', 3, 64) + " " + units[0]
}

// Command prints a line that CI is meant to take for a command: what of it comes from
// a project has been shown before.
func Command(out io.Writer, line string) { fmt.Fprintln(out, line) }

// Status prints a text over what stands in the line of a terminal, or takes it away
// where there is none.
func Status(out io.Writer, text string) {
	if text == "" {
		text = "\x1b[K"
	} else {
		text = Text(text)
	}
	fmt.Fprint(out, "\r"+text)
}

// Ask prints a question, behind which the answer is typed.
func Ask(out io.Writer, text string) error {
	_, err := fmt.Fprint(out, Line(text)+" ")
	return err
}

// Data prints what a program reads, or a file: as it is.
func Data(out io.Writer, data []byte) error {
	_, err := out.Write(data)
	return err
}

// Line is [Text] for a whole line, which must not begin with what GitHub's runner
// takes for a command, behind however many blanks:
// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
func Line(s string) string {
	s = Text(s)
	rest := strings.TrimLeft(s, " ")
	if strings.HasPrefix(rest, "::") {
		return s[:len(s)-len(rest)] + `\u003a` + rest[1:]
	}
	return s
}

// Text gives a text with what is no visible character as an escape: controls, line
// ends, marks that turn the direction of writing, bytes that are no UTF-8. What the
// logs of CI take for a command in the middle of a line is broken, and a credential in
// an address is hidden. Text that was shown before stays as it is.
func Text(s string) string {
	s = Addresses(s)
	if strings.Contains(s, "##") || strings.Contains(s, "_start:") || strings.Contains(s, "_end:") {
		s = commands.ReplaceAllStringFunc(s, func(command string) string {
			return command[:len(command)-1] + fmt.Sprintf(`\u%04x`, command[len(command)-1])
		})
	}
	if isVisible(s) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case strconv.IsPrint(r):
			b.WriteString(s[i : i+size])
		default:
			quoted := strconv.QuoteRuneToASCII(r)
			b.WriteString(quoted[1 : len(quoted)-1])
		}
		i += size
	}
	return b.String()
}

// IsPlain says whether a text is shown as it is.
func IsPlain(s string) bool { return Line(s) == s }

func isVisible(s string) bool {
	for _, r := range s {
		if !strconv.IsPrint(r) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// commands are what Azure Pipelines, TeamCity and GitHub's older runners take for a
// command wherever it stands in a line, and GitLab for the beginning and end of a
// section: https://learn.microsoft.com/azure/devops/pipelines/scripts/logging-commands,
// https://docs.gitlab.com/ci/jobs/job_logs/#custom-collapsible-sections
var commands = pattern.New(`##[A-Za-z]*\[|section_(?:start|end):`)

// userinfo is what stands before the host of an address. That of ssh is a name.
var userinfo = pattern.New(`([A-Za-z][A-Za-z0-9+.-]*)://([^\s/"'<>` + "`" + `]*)@`)

// Addresses hides the credentials of addresses: https://***@example.com.
func Addresses(s string) string {
	if !strings.Contains(s, "://") || !strings.Contains(s, "@") {
		return s
	}
	return userinfo.ReplaceAllStringFunc(s, func(address string) string {
		scheme, info, _ := strings.Cut(strings.TrimSuffix(address, "@"), "://")
		if strings.HasSuffix(scheme, "ssh") && !strings.Contains(info, ":") {
			return address
		}
		return scheme + "://***@"
	})
}

// JSON gives a JSON text with what is no visible character, and what CI would take for
// a command, as escapes of JSON, so that the data stays what it is but for credentials.
func JSON(data []byte) []byte {
	text := commands.ReplaceAllStringFunc(Addresses(string(data)), func(command string) string {
		return command[:len(command)-1] + fmt.Sprintf(`\u%04x`, command[len(command)-1])
	})
	var b strings.Builder
	for _, r := range text {
		switch {
		case strconv.IsPrint(r), r == '\n':
			b.WriteRune(r)
		case r > 0xffff:
			r -= 0x10000
			fmt.Fprintf(&b, `\u%04x\u%04x`, 0xd800+(r>>10), 0xdc00+(r&0x3ff))
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return []byte(b.String())
}

// plainWord is what means nothing to a shell.
var plainWord = pattern.New(`^[A-Za-z0-9_./:@%+,=-]+$`)

// Word quotes a text as one word of a POSIX shell, for a command to paste: POSIX.1-2024,
// Shell Command Language, 2.2 Quoting.
func Word(s string) string {
	if plainWord.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Path is [Word] for a file, whose name must not be taken for an option.
func Path(s string) string {
	if strings.HasPrefix(s, "-") {
		s = "./" + s
	}
	return Word(s)
}

// variable is one at the beginning of a path.
var variable = pattern.New(`^\$(?:[A-Za-z_][A-Za-z0-9_]*|\{[A-Za-z_][A-Za-z0-9_]*\})`)

// Source is [Word] for a path that may begin with a variable, "$HOME/.npmrc".
func Source(s string) string {
	home := variable.FindString(s)
	if rest := s[len(home):]; rest != "" {
		return home + Word(rest)
	}
	return home
}

// Words joins words as a shell takes them apart again.
func Words(words ...string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = Word(w)
	}
	return strings.Join(quoted, " ")
}
