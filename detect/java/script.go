package java

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// tokenKind is what a token of a Gradle script is.
type tokenKind int

const (
	word  tokenKind = iota // a name, a number or a keyword
	text                   // a string, without its quotes
	sign                   // one character of punctuation
	ended                  // the end of a line
)

// token is a piece of a Gradle script, Groovy or Kotlin. Both write alike what is asked
// of them here: blocks, calls, strings, assignments.
type token struct {
	kind  tokenKind
	value string
	line  int
	open  bool // a string with something put in: "$x"
}

// isNumber says whether a word is a number.
func (t token) isNumber() bool { return t.kind == word && t.value[0] >= '0' && t.value[0] <= '9' }

// tokenize splits a script. It is an error where a comment or a long string does not end;
// all else is left to Gradle to judge.
func tokenize(file, script string) ([]token, error) {
	l := lexer{file: file, rest: script, line: 1}
	for len(l.rest) > 0 {
		if err := l.next(len(l.rest) == len(script)); err != nil {
			return nil, err
		}
	}
	return l.list, nil
}

// lexer is how far a script is split.
type lexer struct {
	file string
	rest string
	line int
	list []token
}

// take adds a token that is so many bytes of the script.
func (l *lexer) take(t token, length int) {
	t.line = l.line
	l.list = append(l.list, t)
	l.skip(length)
}

func (l *lexer) skip(length int) {
	l.line += strings.Count(l.rest[:length], "\n")
	l.rest = l.rest[length:]
}

// next takes one token or leaves out what is none. It is as long as there are kinds of
// tokens: each case stands for one and looks at no other, and their order counts.
func (l *lexer) next(first bool) error {
	switch c := l.rest[0]; {
	case c == '\n' || c == ';':
		l.take(token{kind: ended}, 1)
	case c == ' ' || c == '\t' || c == '\r' || c == '\f':
		l.skip(1)
	case strings.HasPrefix(l.rest, "//") || c == '#' && first:
		before, _, _ := strings.Cut(l.rest, "\n")
		l.skip(len(before))
	case strings.HasPrefix(l.rest, "/*"):
		inside, ok := l.between("/*", "*/")
		if !ok {
			return detect.Errorf(detect.Evidence{File: l.file, Line: l.line}, "a comment that does not end")
		}
		l.skip(len(inside) + 4)
	case strings.HasPrefix(l.rest, `"""`) || strings.HasPrefix(l.rest, `'''`):
		value, ok := l.between(l.rest[:3], l.rest[:3])
		if !ok {
			return detect.Errorf(detect.Evidence{File: l.file, Line: l.line}, "a string that does not end")
		}
		l.take(token{kind: text, value: value, open: strings.Contains(value, "$")}, len(value)+6)
	case c == '"' || c == '\'':
		value, length := quoted(l.rest)
		l.take(token{kind: text, value: value, open: c == '"' && strings.Contains(value, "$")}, length)
	case c == '`': // a name of Kotlin
		value, length := quoted(l.rest)
		if value == "" {
			l.skip(length)
			break
		}
		l.take(token{kind: word, value: value}, length)
	case wordByte(c):
		end := 1
		for end < len(l.rest) && wordByte(l.rest[end]) {
			end++
		}
		l.take(token{kind: word, value: l.rest[:end]}, end)
	default:
		l.take(token{kind: sign, value: string(c)}, 1)
	}
	return nil
}

// between gives what stands between two signs, of which the first is next.
func (l *lexer) between(begin, end string) (string, bool) {
	value, _, ok := strings.Cut(l.rest[len(begin):], end)
	return value, ok
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c >= 0x80
}

// quoted reads a string up to its quote, or to the end of the line, where no such string
// goes on: a quote inside a pattern of Groovy is none.
func quoted(rest string) (value string, length int) {
	var b strings.Builder
	for i := 1; i < len(rest); i++ {
		switch {
		case rest[i] == rest[0]:
			return b.String(), i + 1
		case rest[i] == '\n':
			return b.String(), i
		case rest[i] == '\\' && i+1 < len(rest) && rest[i+1] != '\n':
			i++
			b.WriteByte(rest[i])
		default:
			b.WriteByte(rest[i])
		}
	}
	return b.String(), len(rest)
}

// statement is one statement of a script, with what stands in its braces.
type statement struct {
	tokens []token
	block  []statement
	braces bool // it has braces, perhaps empty
	file   string
}

// readScript reads a script into statements.
func readScript(file string, data []byte) ([]statement, error) {
	tokens, err := tokenize(file, strings.TrimPrefix(string(data), "\ufeff"))
	if err != nil {
		return nil, err
	}
	r := scriptReader{file: file, tokens: tokens}
	var all []statement
	for r.next < len(r.tokens) {
		list, err := r.statements(0)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
		r.next++ // a brace too many
	}
	return all, nil
}

type scriptReader struct {
	file   string
	tokens []token
	next   int
}

// statements reads up to the brace that closes a block, which it leaves.
func (r *scriptReader) statements(depth int) ([]statement, error) {
	var list []statement
	current := statement{file: r.file}
	parentheses := 0
	end := func() {
		if len(current.tokens) > 0 || current.braces {
			list = append(list, current)
		}
		current = statement{file: r.file}
		parentheses = 0
	}
	for ; r.next < len(r.tokens); r.next++ {
		t := r.tokens[r.next]
		switch {
		case t.kind == sign && t.value == "}":
			end()
			return list, nil
		case t.kind == sign && t.value == "{":
			if depth == deepest {
				return nil, detect.Errorf(detect.Evidence{File: r.file, Line: t.line}, "more than %d blocks inside each other", deepest)
			}
			r.next++
			block, err := r.statements(depth + 1)
			if err != nil {
				return nil, err
			}
			current.block, current.braces = append(current.block, block...), true
		case t.kind == ended:
			if parentheses == 0 && !r.goesOn(current) {
				end()
			}
		default:
			if t.kind == sign {
				switch t.value {
				case "(", "[":
					parentheses++
				case ")", "]":
					parentheses = max(0, parentheses-1)
				}
			}
			current.tokens = append(current.tokens, t)
		}
	}
	end()
	return list, nil
}

// goesOn says whether a statement continues behind the end of a line: it stops at a comma
// or an operator, or the next line begins with a dot.
func (r *scriptReader) goesOn(s statement) bool {
	if n := len(s.tokens); n > 0 && !s.braces {
		if last := s.tokens[n-1]; last.kind == sign && slices.Contains([]string{",", "=", "+", "."}, last.value) {
			return true
		}
	}
	for i := r.next + 1; i < len(r.tokens); i++ {
		if t := r.tokens[i]; t.kind != ended {
			return t.kind == sign && t.value == "."
		}
	}
	return false
}

// at is where a statement begins.
func (s statement) at() detect.Evidence {
	if len(s.tokens) == 0 {
		return detect.Evidence{File: s.file}
	}
	return detect.Evidence{File: s.file, Line: s.tokens[0].line}
}

// name is the first word of a statement: the call, the block or the variable.
func (s statement) name() string {
	if len(s.tokens) == 0 || s.tokens[0].kind != word {
		return ""
	}
	return s.tokens[0].value
}

// dotted is the name with what follows it behind dots: tasks.bootJar.
func (s statement) dotted() string { return dottedFrom(s.tokens, 0) }

// dottedFrom joins the words and dots from a place on.
func dottedFrom(tokens []token, i int) string {
	var b strings.Builder
	for ; i < len(tokens); i++ {
		t := tokens[i]
		if t.kind == word {
			b.WriteString(t.value)
		}
		if i+1 >= len(tokens) || tokens[i+1].kind != sign || tokens[i+1].value != "." || t.kind != word {
			break
		}
		b.WriteString(".")
		i++
	}
	return b.String()
}

// texts lists the strings of a statement.
func (s statement) texts() []token {
	var list []token
	for _, t := range s.tokens {
		if t.kind == text {
			list = append(list, t)
		}
	}
	return list
}

// has says whether a word stands in the statement.
func (s statement) has(words ...string) bool {
	return slices.ContainsFunc(s.tokens, func(t token) bool { return t.kind == word && slices.Contains(words, t.value) })
}

// value gives what a statement assigns: the tokens behind = or inside .set( ), or, as
// Groovy allows, behind the name.
func (s statement) value() []token {
	for i, t := range s.tokens {
		if t.kind == sign && t.value == "=" {
			return s.tokens[i+1:]
		}
		if t.kind == word && t.value == "set" && i > 0 && i+1 < len(s.tokens) && s.tokens[i+1].value == "(" {
			return trimParenthesis(s.tokens[i+2:])
		}
	}
	if len(s.tokens) > 1 {
		rest := s.tokens[1:]
		if rest[0].kind == sign && rest[0].value == "(" {
			return trimParenthesis(rest[1:])
		}
		return rest
	}
	return nil
}

func trimParenthesis(tokens []token) []token {
	if n := len(tokens); n > 0 && tokens[n-1].kind == sign && tokens[n-1].value == ")" {
		return tokens[:n-1]
	}
	return tokens
}

// each visits statements and those in their braces, with the names of the blocks around.
func each(list []statement, around []string, visit func(s statement, around []string)) {
	for _, s := range list {
		visit(s, around)
		if len(s.block) > 0 {
			each(s.block, append(around[:len(around):len(around)], s.label()), visit)
		}
	}
}

// label names a block: its dotted name, and for tasks that are looked up the name that is
// asked for.
func (s statement) label() string {
	name := s.dotted()
	if strings.HasPrefix(name, "tasks") {
		if texts := s.texts(); len(texts) > 0 {
			return "tasks." + texts[0].value
		}
		for i, t := range s.tokens {
			if t.kind == sign && t.value == "<" && i+1 < len(s.tokens) {
				return "tasks." + s.tokens[i+1].value
			}
			if t.kind == word && t.value == "withType" && i+2 < len(s.tokens) && s.tokens[i+1].value == "(" {
				return "tasks." + s.tokens[i+2].value
			}
		}
	}
	return name
}
