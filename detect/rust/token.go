package rust

import (
	"slices"
	"strconv"
	"strings"
)

// token is a piece of Rust source, without comments and blanks.
type token struct {
	text string // of a string what it means, of all others what stands there
	line int
	fn   int32 // the number of the function around it in its file, 0 outside of all
	kind tokenKind
}

type tokenKind byte

const (
	ident tokenKind = iota
	str
	num
	punct // one character
)

func (t token) is(text string) bool { return t.kind != str && t.text == text }

// tokens splits Rust source, as far as it takes to tell code, strings and
// comments apart: https://doc.rust-lang.org/reference/tokens.html
// What is compiled for tests alone is left out. Scratch is memory to work in, free
// again afterwards.
func tokens(text string, scratch *[]token) []token {
	l := &lexer{text: text, line: 1, found: (*scratch)[:0]}
	for l.next() {
	}
	*scratch = l.found
	return numbered(slices.Clone(withoutTests(l.found)))
}

// numbered tells tokens in which function they stand, with what it takes.
func numbered(t []token) []token {
	n := int32(0)
	for i := 0; i+2 < len(t); i++ {
		if !t[i].is("fn") || t[i+1].kind != ident {
			continue
		}
		n++
		for end, j := endOfItem(t, i+2), i+2; j < end; j++ {
			t[j].fn = n
		}
	}
	return t
}

type lexer struct {
	text  string
	at    int
	line  int
	found []token
}

func (l *lexer) add(kind tokenKind, text string, line int) {
	l.found = append(l.found, token{kind: kind, text: text, line: line})
}

// next reads one token, comment or blank, and is false at the end. It is as long as there
// are kinds of them: each case stands for one and looks at no other, and their order counts.
func (l *lexer) next() bool {
	if l.at >= len(l.text) {
		return false
	}
	c, rest := l.text[l.at], l.text[l.at:]
	switch {
	case c == '\n':
		l.line++
		l.at++
	case strings.HasPrefix(rest, "//"):
		l.skipTo("\n")
	case strings.HasPrefix(rest, "/*"):
		l.comment()
	case c == '"':
		l.quoted(1)
	case (c == 'r' || c == 'b' || c == 'c') && l.raw(rest):
	case (c == 'b' || c == 'c') && strings.HasPrefix(rest[1:], `"`):
		l.quoted(2)
	case c == '\'':
		l.character(rest)
	case c >= '0' && c <= '9':
		end := 1
		for end < len(rest) && (letter(rest[end]) || rest[end] == '.' && end+1 < len(rest) && rest[end+1] >= '0' && rest[end+1] <= '9') {
			end++
		}
		l.add(num, rest[:end], l.line)
		l.at += end
	case letter(c):
		end := 1
		for end < len(rest) && letter(rest[end]) {
			end++
		}
		l.add(ident, rest[:end], l.line)
		l.at += end
	case c == ' ' || c == '\t' || c == '\r':
		l.at++
	default:
		l.add(punct, rest[:1], l.line)
		l.at++
	}
	return true
}

func letter(c byte) bool {
	return c == '_' || c >= 0x80 || c >= '0' && c <= '9' || c|0x20 >= 'a' && c|0x20 <= 'z'
}

func (l *lexer) skipTo(end string) {
	i := strings.Index(l.text[l.at:], end)
	if i < 0 {
		l.at = len(l.text)
		return
	}
	l.at += i
}

// comment skips a block comment; they nest.
func (l *lexer) comment() {
	for depth := 0; l.at < len(l.text); {
		rest := l.text[l.at:]
		switch {
		case strings.HasPrefix(rest, "/*"):
			depth++
			l.at += 2
		case strings.HasPrefix(rest, "*/"):
			l.at += 2
			if depth--; depth == 0 {
				return
			}
		default:
			if rest[0] == '\n' {
				l.line++
			}
			l.at++
		}
	}
}

// quoted reads a string whose text begins behind its prefix.
func (l *lexer) quoted(prefix int) {
	start := l.line
	var b strings.Builder
	for l.at += prefix; l.at < len(l.text); l.at++ {
		c := l.text[l.at]
		switch {
		case c == '"':
			l.at++
			l.add(str, b.String(), start)
			return
		case c == '\\' && l.at+1 < len(l.text):
			l.at++
			switch e := l.text[l.at]; e {
			case 'n':
				b.WriteByte('\n')
			case 't':
				b.WriteByte('\t')
			case '\n': // the line goes on behind its indent
				l.line++
				for l.at+1 < len(l.text) && strings.IndexByte(" \t\r\n", l.text[l.at+1]) >= 0 {
					if l.text[l.at+1] == '\n' {
						l.line++
					}
					l.at++
				}
			default:
				b.WriteByte(e)
			}
		default:
			if c == '\n' {
				l.line++
			}
			n := plain(l.text[l.at:])
			b.WriteString(l.text[l.at : l.at+n])
			l.at += n - 1
		}
	}
}

// plain is how much of a string, from a character on, holds nothing of meaning.
func plain(text string) int {
	if i := strings.IndexAny(text[1:], "\"\\\n"); i >= 0 {
		return 1 + i
	}
	return len(text)
}

// raw reads r"…", r#"…"# and their like with b or c before them.
func (l *lexer) raw(rest string) bool {
	head := strings.TrimLeft(rest[:min(2, len(rest))], "bc")
	if !strings.HasPrefix(head, "r") {
		return false
	}
	begin := strings.IndexByte(rest, 'r') + 1
	hashes := begin
	for hashes < len(rest) && rest[hashes] == '#' {
		hashes++
	}
	if hashes >= len(rest) || rest[hashes] != '"' {
		return false
	}
	end := `"` + rest[begin:hashes]
	body := rest[hashes+1:]
	i := strings.Index(body, end)
	if i < 0 {
		i = len(body)
		end = ""
	}
	l.add(str, body[:i], l.line)
	l.line += strings.Count(body[:i], "\n")
	l.at += hashes + 1 + i + len(end)
	return true
}

// character skips 'x' and the name of a lifetime.
func (l *lexer) character(rest string) {
	if len(rest) > 3 && rest[1] == '\\' {
		if end := strings.IndexByte(rest[3:], '\''); end >= 0 && end < 10 {
			l.at += end + 4
			return
		}
	}
	for end := 2; end < len(rest) && end < 6; end++ { // one character of UTF-8
		if rest[end] == '\'' {
			if strings.ContainsAny(rest[1:end], "\n,<>()") && end > 2 {
				break
			}
			l.at += end + 1
			return
		}
	}
	l.at++
}

// withoutTests leaves out the items behind #[cfg(test)] and #[test], in place.
func withoutTests(all []token) []token {
	kept := all[:0]
	for i := 0; i < len(all); i++ {
		if n := testAttribute(all[i:]); n > 0 {
			i = endOfItem(all, i+n) - 1
			continue
		}
		kept = append(kept, all[i])
	}
	return kept
}

// testAttribute is the length of an attribute that keeps an item for tests.
func testAttribute(t []token) int {
	if len(t) < 4 || !t[0].is("#") || !t[1].is("[") {
		return 0
	}
	end := closing(t, 1)
	inner := t[2:end]
	last := inner[len(inner)-min(1, len(inner)):]
	switch {
	case len(inner) == 4 && inner[0].is("cfg") && inner[2].is("test"):
		return end + 1
	case len(last) == 1 && last[0].is("test"): // #[test], #[tokio::test]
		return end + 1
	}
	return 0
}

// endOfItem is the place behind an item: its block, or its semicolon.
func endOfItem(t []token, from int) int {
	for i := from; i < len(t); i++ {
		switch {
		case t[i].is(";"):
			return i + 1
		case t[i].is("{"):
			return closing(t, i) + 1
		case t[i].is("(") || t[i].is("["):
			i = closing(t, i)
		}
	}
	return len(t)
}

var closers = map[string]string{"(": ")", "[": "]", "{": "}"}

// closing is the place of the bracket that closes another, or the last token.
func closing(t []token, open int) int {
	depth := 0
	for i := open; i < len(t); i++ {
		if t[i].kind != punct {
			continue
		}
		switch t[i].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return max(len(t)-1, 0)
}

// arguments splits what stands between the bracket at open and the one that
// closes it at the commas.
func arguments(t []token, open int) [][]token {
	end := closing(t, open)
	var all [][]token
	start := open + 1
	for i := start; i < end; i++ {
		switch {
		case t[i].kind == punct && closers[t[i].text] != "":
			i = closing(t, i)
		case t[i].is(","):
			all = append(all, t[start:i])
			start = i + 1
		}
	}
	if start < end {
		all = append(all, t[start:end])
	}
	return all
}

// number reads an integer, with separators and perhaps a type behind it.
func number(text string) (int, bool) {
	text = strings.ReplaceAll(text, "_", "")
	if i := strings.IndexAny(text, "iu"); i > 0 {
		text = text[:i]
	}
	n, err := strconv.Atoi(text)
	return n, err == nil
}
