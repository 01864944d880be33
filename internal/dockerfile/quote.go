package dockerfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dockgen/dockgen/internal/pattern"
)

var (
	plainWord  = pattern.New(`^[A-Za-z0-9_./:@%+,=~*?-]+$`)
	plainShell = pattern.New(`^[A-Za-z0-9_./:@%+,-]+$`)

	// directive is what a comment must not look like, because in the first lines of a file
	// BuildKit would obey it: see DirectiveParser in its frontend/dockerfile/parser.
	directive = pattern.New(`(?i)^(syntax|escape|check)\s*=`)

	escapeWord = strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`)
)

// Word returns s as one word of an instruction that expands variables and knows quotes:
// the value in ENV, ARG and LABEL, the whole of WORKDIR, USER and STOPSIGNAL, the image of
// FROM. The word means s and nothing else: its $ are no variables.
//
// COPY and ADD split at blanks before they look at quotes, so their paths go through
// [CopyArgs]. A value of a flag (--from=, --mount=) obeys other rules: Word is not for it.
//
// The error is for text that has no place in a Dockerfile: a control character (newlines
// among them), a line or paragraph separator, a character that changes the direction of
// writing, invalid UTF-8.
//
// The rules are those of BuildKit's frontend/dockerfile/shell.
func Word(s string) (string, error) {
	if err := checkText(s); err != nil {
		return "", err
	}
	return word(s), nil
}

func word(s string) string {
	if plainWord.MatchString(s) && !strings.HasPrefix(s, "--") {
		return s
	}
	return `"` + escapeWord.Replace(s) + `"`
}

// CopyArgs returns paths as the arguments of COPY or ADD, sources first and the destination
// last: as words, or as a JSON array if one of them holds a blank, which words can't. Variables in them are none; the wildcards * ? [ and \ stay what they are to COPY.
//
// The error is for fewer than two paths, and for what [Word] refuses.
func CopyArgs(paths ...string) (string, error) {
	if len(paths) < 2 {
		return "", errors.New("copy: a source and a destination are needed")
	}
	asWords := make([]string, len(paths))
	asJSON := make([]string, len(paths))
	blank := false
	for i, path := range paths {
		if err := checkText(path); err != nil {
			return "", err
		}
		blank = blank || strings.Contains(path, " ")
		asWords[i] = word(path)
		asJSON[i] = asWords[i] // strings of the array are expanded and unquoted too
		if plainWord.MatchString(strings.ReplaceAll(path, " ", "")) {
			asJSON[i] = path
		}
	}
	if blank {
		return jsonArray(asJSON)
	}
	return strings.Join(asWords, " "), nil
}

// Shell returns s as one word of a POSIX shell command in the shell form of RUN, CMD or
// ENTRYPOINT: in single quotes unless it has only characters that mean nothing to a shell.
// It is an argument, never an assignment, an option of RUN or the start of a heredoc.
// What [Word] refuses, Shell refuses.
//
// The rules are those of POSIX.1-2024, Shell Command Language, 2.2 Quoting.
func Shell(s string) (string, error) {
	if err := checkText(s); err != nil {
		return "", err
	}
	if plainShell.MatchString(s) && !strings.HasPrefix(s, "--") {
		return s, nil
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'", nil
}

// ExecForm returns argv as the JSON array that CMD, ENTRYPOINT, HEALTHCHECK CMD and RUN
// take: ["/usr/local/bin/app", "serve"]. No shell and no expansion touches its strings.
// The error is for an empty argv, and for what [Word] refuses.
func ExecForm(argv []string) (string, error) {
	if len(argv) == 0 {
		return "", errors.New("command is empty")
	}
	for _, arg := range argv {
		if err := checkText(arg); err != nil {
			return "", err
		}
	}
	return jsonArray(argv)
}

// Comment returns s if it may stand behind "# " in a line of its own. The error is for what
// [Word] refuses, and for text that BuildKit would take for a directive (syntax=, escape=,
// check=).
func Comment(s string) (string, error) {
	if err := checkText(s); err != nil {
		return "", err
	}
	if directive.MatchString(strings.TrimSpace(s)) {
		return "", fmt.Errorf("comment %q would be a directive", s)
	}
	return s, nil
}

// TextError says of a text that no Dockerfile can hold it.
type TextError struct{ Text, Reason string }

func (e *TextError) Error() string { return fmt.Sprintf("%q %s", e.Text, e.Reason) }

// checkText refuses what would end a line, hide in it, or be read in another order than it
// is executed.
func checkText(s string) error {
	if !utf8.ValidString(s) {
		return &TextError{s, "is not valid UTF-8"}
	}
	for _, r := range s {
		if unicode.In(r, unicode.Cc, unicode.Zl, unicode.Zp, unicode.Bidi_Control) {
			return &TextError{s, fmt.Sprintf("holds the control character %U", r)}
		}
	}
	return nil
}

// jsonArray writes what json.Marshal would, with a space after each comma and <, > and &
// as they are.
func jsonArray(list []string) (string, error) {
	elems := make([]string, len(list))
	for i, s := range list {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(s); err != nil {
			return "", fmt.Errorf("encode %q: %w", s, err)
		}
		elems[i] = strings.TrimSuffix(b.String(), "\n")
	}
	return "[" + strings.Join(elems, ", ") + "]", nil
}
