// Package source reads files of Python: what they import, define, assign and call, as far
// as a start command depends on it, and which of them an import leads to.
package source

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	nameToken kind = iota
	numberToken
	textToken    // a string that holds no expression, with its value
	formatToken  // an f-string with its fields as they are written, or a t-string or bytes without a value
	symbolToken  // an operator or a delimiter
	newlineToken // the end of a logical line
)

// token is one lexical token of Python
// (https://docs.python.org/3/reference/lexical_analysis.html).
type token struct {
	kind   kind
	text   string // of strings the value
	line   int    // from 1
	indent int    // columns before it, of the first token of a logical line
}

func (t token) is(symbol string) bool { return t.kind == symbolToken && t.text == symbol }

// lexer splits program text into tokens. It follows Python in strings, comments,
// continued lines and brackets, which is what a search by lines gets wrong.
type lexer struct {
	text   string
	at     int
	line   int
	depth  int // of brackets
	indent int // of the logical line
	start  bool
	tokens []token
}

// lex gives the tokens of a program. The error is for a string or a bracket that
// never ends, with its line; the tokens before it are given as well.
// They overwrite what scratch holds, as far as it reaches.
func lex(text string, scratch []token) ([]token, error) {
	l := &lexer{text: strings.TrimPrefix(text, "\ufeff"), line: 1, start: true, tokens: scratch[:0]}
	for l.at < len(l.text) {
		if err := l.next(); err != nil {
			return l.tokens, err
		}
	}
	l.newline()
	if l.depth > 0 {
		return l.tokens, &syntaxError{l.line, "the file ends inside of a bracket"}
	}
	return l.tokens, nil
}

// syntaxError is what is wrong with program text, at a line of it.
type syntaxError struct {
	line    int
	message string
}

func (e *syntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.line, e.message) }

func (l *lexer) next() error {
	if l.start {
		l.measure()
		if l.at >= len(l.text) {
			return nil
		}
	}
	c := l.text[l.at]
	switch {
	case c == '\n':
		l.at++
		l.newline()
		l.line++
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.at++
	case c == '#':
		l.at += lineEnd(l.text[l.at:])
	case c == '\\' && l.continues():
	case c == '"' || c == '\'':
		return l.quoted("")
	case isNameStart(c):
		return l.word()
	case c >= '0' && c <= '9' || c == '.' && l.at+1 < len(l.text) && isDigit(l.text[l.at+1]):
		l.number()
	default:
		l.symbol()
	}
	return nil
}

// measure counts the columns before a logical line: a tab goes to the next
// multiple of eight.
func (l *lexer) measure() {
	columns := 0
	for ; l.at < len(l.text); l.at++ {
		switch l.text[l.at] {
		case ' ':
			columns++
			continue
		case '\t':
			columns += 8 - columns%8
			continue
		case '\f', '\r':
			columns = 0
			continue
		}
		break
	}
	l.indent, l.start = columns, false
}

func (l *lexer) newline() {
	if l.depth > 0 {
		return
	}
	l.start = true
	if n := len(l.tokens); n > 0 && l.tokens[n-1].kind != newlineToken {
		l.add(newlineToken, "")
	}
}

// continues steps over a backslash at the end of a line.
func (l *lexer) continues() bool {
	rest := l.text[l.at+1:]
	for _, end := range []string{"\n", "\r\n"} {
		if strings.HasPrefix(rest, end) {
			l.at += 1 + len(end)
			l.line++
			return true
		}
	}
	return false
}

func lineEnd(text string) int {
	if i := strings.IndexByte(text, '\n'); i >= 0 {
		return i
	}
	return len(text)
}

func (l *lexer) add(k kind, text string) {
	l.tokens = append(l.tokens, token{kind: k, text: text, line: l.line, indent: l.indent})
}

func isNameStart(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= utf8.RuneSelf
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// word reads a name, or a string by its prefix.
func (l *lexer) word() error {
	end := l.at
	for end < len(l.text) && (isNameStart(l.text[end]) || isDigit(l.text[end])) {
		end++
	}
	name := l.text[l.at:end]
	if end < len(l.text) && (l.text[end] == '"' || l.text[end] == '\'') && isPrefix(name) {
		l.at = end
		return l.quoted(strings.ToLower(name))
	}
	l.add(nameToken, name)
	l.at = end
	return nil
}

func isPrefix(name string) bool {
	return len(name) <= 2 && strings.Trim(strings.ToLower(name), "rbuft") == ""
}

func (l *lexer) number() {
	end := l.at
	for end < len(l.text) && (isNameStart(l.text[end]) || isDigit(l.text[end]) || l.text[end] == '.') {
		end++
	}
	l.add(numberToken, strings.ReplaceAll(l.text[l.at:end], "_", ""))
	l.at = end
}

// symbols of more than one character that mean something to the readers; others
// come apart, which does no harm. The second character is one of = < > * / and dot.
var symbols = []string{"...", "**=", "//=", ">>=", "<<=", "->", ":=", "==", "!=", "<=", ">=", "**", "//", "<<", ">>", "+=", "-=", "*=", "/=", "|=", "&=", "^=", "%=", "@="}

func (l *lexer) symbol() {
	rest := l.text[l.at:]
	if len(rest) > 1 && strings.IndexByte("=<>*/.", rest[1]) >= 0 {
		for _, s := range symbols {
			if strings.HasPrefix(rest, s) {
				l.add(symbolToken, s)
				l.at += len(s)
				return
			}
		}
	}
	switch rest[0] {
	case '(', '[', '{':
		l.depth++
	case ')', ']', '}':
		l.depth = max(0, l.depth-1)
	}
	l.add(symbolToken, rest[:1])
	l.at++
}

// quoted reads a string of either quote, in one line or in three.
func (l *lexer) quoted(prefix string) error {
	first := l.line
	quote := l.text[l.at : l.at+1]
	if strings.HasPrefix(l.text[l.at:], strings.Repeat(quote, 3)) {
		quote = strings.Repeat(quote, 3)
	}
	l.at += len(quote)
	raw := strings.Contains(prefix, "r")
	format := strings.ContainsAny(prefix, "ft")
	var value strings.Builder
	for l.at < len(l.text) {
		rest := l.text[l.at:]
		switch {
		case strings.HasPrefix(rest, quote):
			l.at += len(quote)
			l.string(prefix, value.String(), first)
			return nil
		case rest[0] == '\\':
			l.escape(&value, raw)
		case rest[0] == '\n' && len(quote) == 1:
			return &syntaxError{first, "a string that never ends"}
		case format && strings.HasPrefix(rest, "{{"):
			l.at += 2
		case format && rest[0] == '{':
			before := l.at
			l.field()
			value.WriteString(l.text[before:l.at])
		default:
			if rest[0] == '\n' {
				l.line++
			}
			n := plain(rest)
			value.WriteString(rest[:n])
			l.at += n
		}
	}
	return &syntaxError{first, "a string that never ends"}
}

// plain is how much of a string, from a character on, holds nothing of meaning.
func plain(text string) int {
	if i := strings.IndexAny(text[1:], "\"'\\\n{"); i >= 0 {
		return 1 + i
	}
	return len(text)
}

// string adds a string, or joins it to the one before, as Python does.
func (l *lexer) string(prefix, value string, first int) {
	k := textToken
	switch {
	case strings.ContainsAny(prefix, "bt"):
		k, value = formatToken, ""
	case strings.Contains(prefix, "f"):
		k = formatToken
	}
	if n := len(l.tokens); n > 0 && (l.tokens[n-1].kind == textToken || l.tokens[n-1].kind == formatToken) {
		last := &l.tokens[n-1]
		last.text += value
		last.kind = max(last.kind, k)
		return
	}
	line := l.line
	l.line = first
	l.add(k, value)
	l.line = line
}

// field steps over an expression in a format string, in which other strings may
// stand, even of the same quotes (https://peps.python.org/pep-0701/). Where that
// comes to no end, its brace is taken for text.
func (l *lexer) field() {
	inner := &lexer{text: l.text, at: l.at + 1, line: l.line, depth: 1}
	for inner.at < len(inner.text) && inner.next() == nil {
		if inner.depth == 0 {
			l.at, l.line = inner.at, inner.line
			return
		}
	}
	l.at++
}

// escapes are the sequences that a path or a name may hold; others stay as they are.
var escapes = map[byte]string{'n': "\n", 't': "\t", 'r': "\r", '\\': `\`, '\'': "'", '"': `"`, '\n': ""}

func (l *lexer) escape(value *strings.Builder, raw bool) {
	l.at++
	if l.at >= len(l.text) {
		return
	}
	c := l.text[l.at]
	if c == '\n' {
		l.line++
	}
	l.at++
	means, known := escapes[c]
	if raw || !known {
		value.WriteByte('\\')
		value.WriteByte(c)
		return
	}
	value.WriteString(means)
}
