package golang

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// value is what is known of a string in a program before it runs: pieces of
// text, some of which an environment variable may replace.
type value struct {
	pieces []piece
	known  bool
}

// piece is a text that holds as it stands, or unless env is set.
type piece struct {
	text string
	env  string
}

var unknown = value{}

func literal(text string) value { return value{pieces: []piece{{text: text}}, known: true} }

// environment is what a variable may be called: by POSIX, which shells hold to.
var environment = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

// variable is the value of an environment variable, with what holds where it is
// not set.
func variable(name, fallback string) value {
	if !environment.MatchString(name) {
		return unknown
	}
	return value{pieces: []piece{{text: fallback, env: name}}, known: true}
}

// text is the value where no environment variable is set.
func (v value) text() string {
	var b strings.Builder
	for _, p := range v.pieces {
		b.WriteString(p.text)
	}
	return b.String()
}

// env is the variable that may replace the whole value, or none.
func (v value) env() string {
	if len(v.pieces) != 1 {
		return ""
	}
	return v.pieces[0].env
}

func concat(values ...value) value {
	all := value{known: true}
	for _, v := range values {
		if !v.known {
			return unknown
		}
		for _, p := range v.pieces {
			if p != (piece{}) {
				all.pieces = append(all.pieces, p)
			}
		}
	}
	return all
}

// merge is what a place holds that is set in several ways: the variable of one
// and the default of another. Two defaults that differ make it unknown, unless they
// are a port and its address; what is
// unknown by itself adds nothing.
func merge(values ...value) value {
	var merged value
	for _, v := range values {
		switch {
		case !v.known:
		case !merged.known:
			merged = v
		case v.text() == "" && v.env() != "":
			merged = withEnv(merged, v.env())
		case merged.text() == "" && merged.env() != "":
			merged = withEnv(v, merged.env())
		case v.text() == "":
		case merged.text() == "":
			merged = v
		case merged.text() == ":"+v.text(): // the same port, as an address
		case v.text() == ":"+merged.text():
			merged = v
		case merged.text() != v.text():
			return unknown
		case merged.env() == "":
			merged = v
		}
	}
	return merged
}

// unless is the value, if nothing else that is known speaks against it.
func (v value) unless(doubts []value) value {
	if slices.ContainsFunc(doubts, func(d value) bool { return d.known && !merge(v, d).known }) {
		return unknown
	}
	return v
}

func withEnv(v value, env string) value {
	if len(v.pieces) > 1 {
		return v
	}
	return value{pieces: []piece{{text: v.text(), env: env}}, known: true}
}

// trim takes a text away where a value begins with it.
func trim(v, prefix value) value {
	if !v.known || !prefix.known {
		return unknown
	}
	v.pieces = slices.Clone(v.pieces)
	if len(v.pieces) > 0 {
		v.pieces[0].text = strings.TrimPrefix(v.pieces[0].text, prefix.text())
	}
	return v
}
