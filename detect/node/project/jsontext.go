package project

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/dockgen/dockgen/detect"
)

// value is a JSON value with the line on which it begins. The zero value stands
// for what is not there.
type value struct {
	kind    valueKind
	text    string // of a string; of a number or a literal, as it is written
	members []member
	list    []value
	line    int
}

type valueKind int

const (
	absent valueKind = iota
	isObject
	isList
	isString
	isOther // a number, true, false, null
)

func (k valueKind) String() string {
	return [...]string{"nothing", "an object", "a list", "a string", "a number, true, false or null"}[k]
}

// member is one key of an object, in the order of the file.
type member struct {
	key   string
	line  int
	value value
}

// get finds a key. The last one counts where a key is repeated, as in JavaScript.
func (v value) get(key string) value {
	for i := len(v.members) - 1; i >= 0; i-- {
		if v.members[i].key == key {
			return v.members[i].value
		}
	}
	return value{}
}

// at goes down through objects.
func (v value) at(keys ...string) value {
	for _, key := range keys {
		v = v.get(key)
	}
	return v
}

// jsonParser reads JSON and, where relaxed, what JSON5 and JSON with comments
// allow beyond it: comments, commas behind the last element, single quotes, bare
// keys (https://spec.json5.org). Numbers are kept as they are written.
type jsonParser struct {
	data    string
	pos     int
	line    int
	start   int // where the line begins
	depth   int
	relaxed bool
}

// deepest is how far values may be nested: more is an attack, not a manifest.
const deepest = 200

// parseJSON reads one value. The error carries line and column.
func parseJSON(file string, data []byte, relaxed bool) (value, error) {
	p := &jsonParser{data: strings.TrimPrefix(string(data), "\ufeff"), line: 1, relaxed: relaxed}
	v, err := p.document()
	if err != nil {
		at := detect.Evidence{File: file, Line: p.line}
		return value{}, &detect.PositionError{At: at, Column: 1 + utf8.RuneCountInString(p.data[min(p.start, p.pos):p.pos]), Err: err}
	}
	return v, nil
}

func (p *jsonParser) document() (value, error) {
	if !utf8.ValidString(p.data) {
		return value{}, errors.New("not UTF-8 text")
	}
	v, err := p.value()
	if err != nil {
		return value{}, err
	}
	if err := p.space(); err != nil {
		return value{}, err
	}
	if p.pos < len(p.data) {
		return value{}, fmt.Errorf("unexpected %s behind the value", p.here())
	}
	return v, nil
}

// here names what stands at the position, for errors.
func (p *jsonParser) here() string {
	if p.pos >= len(p.data) {
		return "end of the file"
	}
	r, _ := utf8.DecodeRuneInString(p.data[p.pos:])
	return strconv.QuoteRune(r)
}

// space skips blanks and, where they are allowed, comments.
func (p *jsonParser) space() error {
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == '\n':
			p.pos++
			p.line++
			p.start = p.pos
		case c == ' ' || c == '\t' || c == '\r':
			p.pos++
		case p.relaxed && strings.HasPrefix(p.data[p.pos:], "//"):
			p.pos += len(strings.SplitN(p.data[p.pos:], "\n", 2)[0])
		case p.relaxed && strings.HasPrefix(p.data[p.pos:], "/*"):
			end := strings.Index(p.data[p.pos:], "*/")
			if end < 0 {
				return errors.New("a comment without an end")
			}
			comment := p.data[p.pos : p.pos+end]
			p.line += strings.Count(comment, "\n")
			if i := strings.LastIndexByte(comment, '\n'); i >= 0 {
				p.start = p.pos + i + 1
			}
			p.pos += end + 2
		default:
			return nil
		}
	}
	return nil
}

func (p *jsonParser) value() (value, error) {
	if err := p.space(); err != nil {
		return value{}, err
	}
	if p.pos >= len(p.data) {
		return value{}, errors.New("unexpected end of the file")
	}
	if p.depth++; p.depth > deepest {
		return value{}, fmt.Errorf("nested more than %d deep", deepest)
	}
	defer func() { p.depth-- }()
	line := p.line
	switch c := p.data[p.pos]; {
	case c == '{':
		members, err := p.object()
		return value{kind: isObject, members: members, line: line}, err
	case c == '[':
		list, err := p.array()
		return value{kind: isList, list: list, line: line}, err
	case c == '"' || p.relaxed && c == '\'':
		text, err := p.str()
		return value{kind: isString, text: text, line: line}, err
	default:
		word := p.word()
		if !p.literal(word) {
			return value{}, fmt.Errorf("unexpected %s, where a value should be", p.here())
		}
		p.pos += len(word)
		return value{kind: isOther, text: word, line: line}, nil
	}
}

// word is the run of letters, digits and signs at the position.
func (p *jsonParser) word() string {
	end := strings.IndexFunc(p.data[p.pos:], func(r rune) bool {
		return !(r == '_' || r == '$' || r == '+' || r == '-' || r == '.' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z')
	})
	if end < 0 {
		return p.data[p.pos:]
	}
	return p.data[p.pos : p.pos+end]
}

func (p *jsonParser) literal(word string) bool {
	switch word {
	case "true", "false", "null":
		return true
	case "Infinity", "-Infinity", "+Infinity", "NaN", "-NaN", "+NaN":
		return p.relaxed
	}
	if p.relaxed {
		word = strings.TrimPrefix(word, "+")
	}
	if len(word) == 0 || !strings.ContainsAny(word[:min(2, len(word))], "0123456789") {
		return false
	}
	if _, err := strconv.ParseFloat(word, 64); err != nil {
		_, err = strconv.ParseInt(word, 0, 64)
		return p.relaxed && err == nil || errors.Is(err, strconv.ErrRange)
	}
	return !strings.Contains(word, "_")
}

func (p *jsonParser) object() ([]member, error) {
	p.pos++
	var members []member
	for {
		if err := p.space(); err != nil {
			return nil, err
		}
		if p.ends('}', len(members) == 0) {
			return members, nil
		}
		line := p.line
		key, err := p.key()
		if err != nil {
			return nil, err
		}
		if err := p.space(); err != nil {
			return nil, err
		}
		if !p.take(':') {
			return nil, fmt.Errorf("unexpected %s, where a colon should be", p.here())
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		members = append(members, member{key, line, v})
		more, err := p.more('}')
		if err != nil || !more {
			return members, err
		}
	}
}

func (p *jsonParser) array() ([]value, error) {
	p.pos++
	var list []value
	for {
		if err := p.space(); err != nil {
			return nil, err
		}
		if p.ends(']', len(list) == 0) {
			return list, nil
		}
		v, err := p.value()
		if err != nil {
			return nil, err
		}
		list = append(list, v)
		more, err := p.more(']')
		if err != nil || !more {
			return list, err
		}
	}
}

// ends takes the closing bracket where it may stand: behind the opening one and,
// where that is allowed, behind a comma.
func (p *jsonParser) ends(closing byte, empty bool) bool {
	return (empty || p.relaxed) && p.take(closing)
}

// more takes what stands behind an element: a comma, or the closing bracket.
func (p *jsonParser) more(closing byte) (bool, error) {
	if err := p.space(); err != nil {
		return false, err
	}
	switch {
	case p.take(','):
		return true, nil
	case p.take(closing):
		return false, nil
	}
	return false, fmt.Errorf("unexpected %s, where a comma or %c should be", p.here(), closing)
}

func (p *jsonParser) take(c byte) bool {
	if p.pos < len(p.data) && p.data[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

func (p *jsonParser) key() (string, error) {
	if p.pos < len(p.data) && (p.data[p.pos] == '"' || p.relaxed && p.data[p.pos] == '\'') {
		return p.str()
	}
	word := p.word()
	if !p.relaxed || word == "" {
		return "", fmt.Errorf("unexpected %s, where a key in quotes should be", p.here())
	}
	p.pos += len(word)
	return word, nil
}

var escapes = map[byte]string{'"': `"`, '\'': "'", '\\': `\`, '/': "/", 'b': "\b", 'f': "\f", 'n': "\n", 'r': "\r", 't': "\t", 'v': "\v", '0': "\x00", '\n': ""}

func (p *jsonParser) str() (string, error) {
	quote := p.data[p.pos]
	p.pos++
	var b strings.Builder
	for p.pos < len(p.data) {
		switch c := p.data[p.pos]; {
		case c == quote:
			p.pos++
			return b.String(), nil
		case c == '\n':
			return "", errors.New("a string that its line does not end")
		case c == '\\':
			if err := p.escape(&b); err != nil {
				return "", err
			}
		case c < ' ' && !p.relaxed:
			return "", fmt.Errorf("the control character %s in a string", p.here())
		default:
			b.WriteByte(c)
			p.pos++
		}
	}
	return "", errors.New("a string without an end")
}

func (p *jsonParser) escape(b *strings.Builder) error {
	if p.pos+1 >= len(p.data) {
		return errors.New("a string without an end")
	}
	c := p.data[p.pos+1]
	if c == 'u' {
		return p.unicode(b)
	}
	text, ok := escapes[c]
	if !ok || !p.relaxed && strings.ContainsRune("'v0\n", rune(c)) {
		return fmt.Errorf(`unknown escape \%c`, c)
	}
	p.pos += 2
	b.WriteString(text)
	if c == '\n' {
		p.line++
		p.start = p.pos
	}
	return nil
}

func (p *jsonParser) unicode(b *strings.Builder) error {
	r, ok := p.hex()
	if !ok {
		return errors.New(`\u without four hexadecimal digits`)
	}
	p.pos += 6
	if utf16.IsSurrogate(r) {
		if second, ok := p.hex(); ok {
			if joined := utf16.DecodeRune(r, second); joined != utf8.RuneError {
				r = joined
				p.pos += 6
			}
		}
	}
	b.WriteRune(r) // half a pair becomes U+FFFD
	return nil
}

// hex reads \uXXXX at the position.
func (p *jsonParser) hex() (rune, bool) {
	if !strings.HasPrefix(p.data[p.pos:], `\u`) || p.pos+6 > len(p.data) {
		return 0, false
	}
	n, err := strconv.ParseUint(p.data[p.pos+2:p.pos+6], 16, 32)
	return rune(n), err == nil
}
