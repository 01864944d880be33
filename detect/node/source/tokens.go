package source

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// token is one piece of program text. Strings come without their quotes and
// escapes. The text of a template with something to fill in is what stands before
// the first of these; filled is all the rest, each filling between ${ and }.
type token struct {
	kind   tokenKind
	text   string
	line   int
	filled []token
}

type tokenKind int

const (
	word tokenKind = iota
	number
	text
	mixed // a template with something to fill in
	sign
)

// filling is the last filling of a template, and the texts around it.
func (t token) filling() (before string, inside []token, after string) {
	for i := len(t.filled) - 1; i >= 0; i-- {
		if t.filled[i].kind != sign || t.filled[i].text != "${" {
			continue
		}
		before, inside = t.text, t.filled[i+1:]
		if i > 0 {
			before = t.filled[i-1].text
		}
		if end := len(inside) - 2; end >= 0 && inside[end].text == "}" {
			inside, after = inside[:end], inside[end+1].text
		}
		return before, inside, after
	}
	return t.text, nil, t.text
}

// lexer cuts JavaScript and TypeScript into tokens. It knows comments, strings,
// templates and regular expressions, and takes everything else sign by sign: so
// types and JSX do not stop it, and no grammar can become outdated.
type lexer struct {
	data   string
	pos    int
	line   int
	tokens []token
	open   []template // a filling of each is being read, the innermost last
}

// template is one whose filling is being read.
type template struct {
	at    int // its own token
	depth int // of the brackets that are open in the filling
}

func tokenize(data []byte) []token {
	l := &lexer{data: string(data), line: 1}
	if strings.HasPrefix(l.data, "#!") {
		l.comment("\n")
	}
	for l.pos < len(l.data) {
		l.next()
	}
	for len(l.open) > 0 {
		l.close()
	}
	return l.tokens
}

func (l *lexer) add(kind tokenKind, text string, line int) {
	l.tokens = append(l.tokens, token{kind: kind, text: text, line: line})
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
		l.open = append(l.open, template{at: len(l.tokens)})
		l.template(mixed)
	case c == '}' && len(l.open) > 0 && l.open[len(l.open)-1].depth == 0:
		l.add(sign, "}", l.line)
		l.template(text)
	case c == '/' && l.beginsExpression() && l.regexp():
	case c >= '0' && c <= '9':
		l.run(number)
	case isWord(rest):
		l.run(word)
	default:
		_, size := utf8.DecodeRuneInString(rest)
		l.nest(c)
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

// template reads the text of a template from the sign before it up to the next
// filling, or to the end.
func (l *lexer) template(kind tokenKind) {
	var b strings.Builder
	begin := l.line
	for l.pos++; l.pos < len(l.data); l.pos++ {
		c := l.data[l.pos]
		switch {
		case c == '`':
			l.pos++
			l.add(kind, b.String(), begin)
			l.close()
			return
		case strings.HasPrefix(l.data[l.pos:], "${"):
			l.add(kind, b.String(), begin)
			l.add(sign, "${", l.line)
			l.pos += len("${")
			return
		case c == '\n':
			l.line++
		case c == '\\' && l.pos+1 < len(l.data):
			l.pos++
			if l.data[l.pos] == '\n' {
				l.line++
				continue
			}
			c = l.data[l.pos]
		}
		b.WriteByte(c)
	}
	l.add(kind, b.String(), begin)
}

// close makes one token of the innermost template.
func (l *lexer) close() {
	at := l.open[len(l.open)-1].at
	l.open = l.open[:len(l.open)-1]
	whole := l.tokens[at]
	if whole.filled = slices.Clone(l.tokens[at+1:]); len(whole.filled) == 0 {
		whole.kind = text
	}
	l.tokens = append(l.tokens[:at], whole)
}

// nest counts the brackets in a filling, so that its own end is known.
func (l *lexer) nest(c byte) {
	if len(l.open) == 0 {
		return
	}
	switch inner := &l.open[len(l.open)-1]; c {
	case '{':
		inner.depth++
	case '}':
		inner.depth--
	}
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
