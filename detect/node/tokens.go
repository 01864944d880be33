package node

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one piece of program text. Strings come without their quotes and
// escapes; a template with something to fill in comes as kind mixed, cut at the
// first of these.
type token struct {
	kind tokenKind
	text string
	line int
}

type tokenKind int

const (
	word tokenKind = iota
	number
	text
	mixed
	sign
)

// lexer cuts JavaScript and TypeScript into tokens. It knows comments, strings,
// templates and regular expressions, and takes everything else sign by sign: so
// types and JSX do not stop it, and no grammar can become outdated.
type lexer struct {
	data   string
	pos    int
	line   int
	tokens []token
}

func tokenize(data []byte) []token {
	l := &lexer{data: string(data), line: 1}
	if strings.HasPrefix(l.data, "#!") {
		l.comment("\n")
	}
	for l.pos < len(l.data) {
		l.next()
	}
	return l.tokens
}

func (l *lexer) add(kind tokenKind, text string, line int) {
	l.tokens = append(l.tokens, token{kind, text, line})
}

func (l *lexer) next() {
	rest := l.data[l.pos:]
	switch c := rest[0]; {
	case c == '\n':
		l.line++
		l.pos++
	case c == ' ' || c == '\t' || c == '\r':
		l.pos++
	case strings.HasPrefix(rest, "//"):
		l.comment("\n")
	case strings.HasPrefix(rest, "/*"):
		l.comment("*/")
	case c == '"' || c == '\'':
		l.str(c)
	case c == '`':
		l.template()
	case c == '/' && l.beginsExpression() && l.regexp():
	case c >= '0' && c <= '9':
		l.run(number)
	case isWord(rest):
		l.run(word)
	default:
		_, size := utf8.DecodeRuneInString(rest)
		l.add(sign, rest[:size], l.line)
		l.pos += size
	}
}

func isWord(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return r == '_' || r == '$' || r == '#' || unicode.IsLetter(r) || unicode.IsDigit(r)
}

func (l *lexer) run(kind tokenKind) {
	end := l.pos
	for end < len(l.data) && isWord(l.data[end:]) {
		_, size := utf8.DecodeRuneInString(l.data[end:])
		end += size
	}
	l.add(kind, l.data[l.pos:end], l.line)
	l.pos = end
}

// comment skips to what ends it, or to the end of the text.
func (l *lexer) comment(end string) {
	i := strings.Index(l.data[l.pos:], end)
	if i < 0 {
		l.pos = len(l.data)
		return
	}
	if end != "\n" {
		i += len(end)
	}
	l.line += strings.Count(l.data[l.pos:l.pos+i], "\n")
	l.pos += i
}

func (l *lexer) str(quote byte) {
	var b strings.Builder
	begin := l.line
	for l.pos++; l.pos < len(l.data); l.pos++ {
		switch c := l.data[l.pos]; {
		case c == quote:
			l.pos++
			l.add(text, b.String(), begin)
			return
		case c == '\n': // an apostrophe in the text of JSX
			l.add(text, b.String(), begin)
			return
		case c == '\\' && l.pos+1 < len(l.data):
			l.pos++
			if l.data[l.pos] == '\n' {
				l.line++
			} else {
				b.WriteByte(l.data[l.pos])
			}
		default:
			b.WriteByte(c)
		}
	}
	l.add(text, b.String(), begin)
}

// template reads a template. What is filled in is skipped, with all brackets in it.
func (l *lexer) template() {
	var b strings.Builder
	begin, kind, depth := l.line, text, 0
	for l.pos++; l.pos < len(l.data); l.pos++ {
		c := l.data[l.pos]
		if c == '\n' {
			l.line++
		}
		switch {
		case c == '\\' && l.pos+1 < len(l.data):
			l.pos++
			if l.data[l.pos] == '\n' {
				l.line++
			}
		case depth == 0 && c == '`':
			l.pos++
			l.add(kind, b.String(), begin)
			return
		case depth == 0 && c == '$' && strings.HasPrefix(l.data[l.pos:], "${"):
			kind, depth = mixed, 1
			l.pos++
		case depth > 0 && c == '{':
			depth++
		case depth > 0 && c == '}':
			depth--
		case kind == text:
			b.WriteByte(c)
		}
	}
	l.add(kind, b.String(), begin)
}

// beginsExpression says whether a slash begins a regular expression here, by what
// stands before it.
func (l *lexer) beginsExpression() bool {
	if len(l.tokens) == 0 {
		return true
	}
	switch last := l.tokens[len(l.tokens)-1]; last.kind {
	case sign:
		return !strings.Contains(")]}", last.text)
	case word:
		return last.text == "return" || last.text == "typeof" || last.text == "case" || last.text == "in"
	}
	return false
}

// regexp skips a regular expression, if its line ends it.
func (l *lexer) regexp() bool {
	class := false
	for i := l.pos + 1; i < len(l.data) && l.data[i] != '\n'; i++ {
		switch c := l.data[i]; {
		case c == '\\':
			i++
		case c == '[':
			class = true
		case c == ']':
			class = false
		case c == '/' && !class:
			l.add(sign, "/regexp/", l.line)
			l.pos = i + 1
			return true
		}
	}
	return false
}
