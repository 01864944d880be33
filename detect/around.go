package detect

import (
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// Program is the text of a file in a language with braces, cut into words, numbers and
// single signs, without comments; texts stand in double quotes.
type Program struct {
	Tokens []string
	At     func(token int) Evidence

	// Value is what a name stands for, as the program writes it, or nothing.
	Value func(name string) []string
}

// farthest bounds the functions that are left for their callers, to find under which
// conditions something runs.
const farthest = 4

// Conditions lists what has to hold for a token of a program to run: what is asked
// around it, and around the one call of its function, in whatever file that is: holding
// gives those that hold a name. It also gives the names of those functions, the nearest
// first.
func Conditions(holding func(name string) []Program, file Program, i int) (all []Condition, functions []string) {
	for range farthest {
		found, function := file.around(i)
		all = append(all, found...)
		if function == "" {
			break
		}
		functions = append(functions, function)
		in, call, ok := onlyCall(holding(function), function)
		if !ok {
			break
		}
		file, i = in, call
	}
	return all, functions
}

// onlyCall gives the one place that calls a function of a name.
func onlyCall(files []Program, name string) (in Program, call int, ok bool) {
	for _, f := range files {
		for i := range f.Tokens {
			if f.Tokens[i] != name || f.is(i+1) != "(" || slices.Contains([]string{"function", "fn", "fun", "void"}, f.is(i-1)) || f.is(f.closing(i+1)+1) == "{" {
				continue
			}
			if ok {
				return f, 0, false
			}
			in, call, ok = f, i, true
		}
	}
	return in, call, ok
}

// is the token at a place, or nothing.
func (p Program) is(i int) string {
	if i < 0 || i >= len(p.Tokens) {
		return ""
	}
	return p.Tokens[i]
}

// blocks are words before the brackets of a block that is no function.
var blocks = []string{"for", "while", "catch", "with", "function", "async", "await", "synchronized", "try", "fn"}

// around lists the conditions around a place within its function, and gives the name of
// that.
func (p Program) around(i int) (all []Condition, function string) {
	if word, begin := p.bare(i); word {
		all = append(all, p.branch(begin, p.closing(begin)+1)...)
	}
	depth := 0
	for k := i - 1; k > 0; k-- {
		switch {
		case p.is(k) == "}":
			depth++
		case p.is(k) != "{":
		case depth > 0:
			depth--
		default:
			found, name := p.opens(k, i)
			all = append(all, found...)
			if name != "" {
				return all, name
			}
		}
	}
	return all, ""
}

// opens says what the block whose brace stands at k asks, or which function it is.
func (p Program) opens(k, i int) (all []Condition, function string) {
	begin := k
	for begin > 0 && !slices.Contains([]string{";", "{", "}"}, p.is(begin-1)) {
		begin--
	}
	head := p.Tokens[begin:k]
	last := func(word string) int { return begin + lastIndex(head, word) }
	switch {
	case p.is(k-1) == "else":
		return p.otherwise(k - 1), ""
	case last("if") >= begin && (p.is(last("if")+1) != "(" || p.closing(last("if")+1) == k-1):
		at := last("if")
		all = p.branch(at+1, k)
		if p.is(at-1) == "else" {
			all = append(all, p.otherwise(at-1)...)
		}
		return all, ""
	case last("switch") >= begin || last("match") >= begin:
		at := p.At(k)
		return []Condition{{Unknown: true, Choice: at.String(), Branch: p.cases(k, i), At: at}}, ""
	case last("fn") >= begin:
		return nil, p.is(last("fn") + 1)
	case last("fun") >= begin:
		return nil, p.is(last("fun") + 1)
	}
	end := k - 1
	if throws := last("throws"); throws > begin {
		end = throws - 1
	}
	switch {
	case p.is(end) == ")":
		if word := p.is(p.opening(end) - 1); wordForm.MatchString(word) && !slices.Contains(blocks, word) {
			return nil, word
		}
	case p.is(k-1) == ">" && p.is(k-2) == "=":
		return nil, p.arrow(k - 2)
	}
	return nil, ""
}

// wordForm is what functions and variables may be called.
var wordForm = pattern.New(`^[A-Za-z_$]\w*$`)

func lastIndex(words []string, word string) int {
	for i := len(words) - 1; i >= 0; i-- {
		if words[i] == word {
			return i
		}
	}
	return -len(words) - 2
}

// branch reads the condition from begin to end.
func (p Program) branch(begin, end int) []Condition {
	expr := p.Tokens[begin:min(end, len(p.Tokens))]
	if len(expr) > 2 && expr[0] == "(" && p.closing(begin) == end-1 {
		expr = expr[1 : len(expr)-1]
	}
	var all []Condition
	for _, part := range conjuncts(expr) {
		if len(part) == 1 {
			if value := p.Value(part[0]); len(value) > 0 {
				part = value
			}
		}
		c, asks := ReadCondition(Written(part))
		if !asks { // else it is what the program is for when another imports it
			c = Condition{Not: true, Value: "imported"}
		}
		c.At = p.At(begin)
		c.Choice = c.At.String() + " " + strconv.Itoa(begin)
		all = append(all, c)
	}
	return all
}

// conjuncts cuts a condition at the && of which it is made, where it is made of nothing else.
func conjuncts(expr []string) (parts [][]string) {
	depth, begin := 0, 0
	for i, t := range expr {
		switch t {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case "|", "?":
			if depth == 0 {
				return [][]string{expr}
			}
		case "&":
			if depth == 0 && i > begin && i+1 < len(expr) && expr[i+1] == "&" {
				parts, begin = append(parts, expr[begin:i]), i+2
			}
		}
	}
	return append(parts, expr[begin:])
}

// otherwise lists what the branches before an else say no to.
func (p Program) otherwise(i int) []Condition {
	open := p.opening(i - 1)
	at := open - 1
	for at > 0 && p.is(at) != "if" && !slices.Contains([]string{";", "{", "}"}, p.is(at)) {
		at--
	}
	if p.is(i-1) != "}" || p.is(at) != "if" {
		return nil
	}
	all := p.branch(at+1, open)
	if len(all) > 1 { // not both: which one does not hold, only the run tells
		all = []Condition{{Unknown: true, Choice: all[0].Choice, At: all[0].At}}
	}
	for n := range all {
		all[n] = all[n].Else()
	}
	if p.is(at-1) == "else" {
		all = append(all, p.otherwise(at-1)...)
	}
	return all
}

// bare finds the brackets of an if without braces whose statement the call at i is.
func (p Program) bare(i int) (ok bool, open int) {
	k := i
	if p.is(k) == "." && p.is(k-1) == ")" { // of what a call gives: createServer().listen
		k = p.opening(k - 1)
	}
	for k > 0 && (wordForm.MatchString(p.is(k-1)) && p.is(k-1) != "else" && p.is(k-1) != "if" || p.is(k-1) == ".") {
		k--
	}
	if p.is(k-1) != ")" {
		return false, 0
	}
	open = p.opening(k - 1)
	return p.is(open-1) == "if", open
}

// arrow is the name that an arrow function at its => is given.
func (p Program) arrow(i int) string {
	if p.is(i-1) == ")" {
		i = p.opening(i - 1)
	} else {
		i--
	}
	if p.is(i-1) == "async" {
		i--
	}
	if p.is(i-1) == "=" {
		return p.is(i - 2)
	}
	return ""
}

// cases counts the branches of a switch between its brace and a place.
func (p Program) cases(open, i int) (n int) {
	for k := open; k < i; k++ {
		if t := p.is(k); t == "case" || t == "default" || t == "=" && p.is(k+1) == ">" {
			n++
		}
	}
	return n
}

// opening is where the bracket opens that the one at i closes.
func (p Program) opening(i int) int { return p.partner(i, -1) }

// closing is where the bracket closes that the one at i opens.
func (p Program) closing(i int) int { return p.partner(i, 1) }

func (p Program) partner(i, step int) int {
	depth := 0
	for k := i; k >= 0 && k < len(p.Tokens); k += step {
		switch p.Tokens[k] {
		case ")", "]", "}":
			depth -= step
		case "(", "[", "{":
			depth += step
		}
		if depth == 0 {
			return k
		}
	}
	return i
}

// Written is an expression without blanks between signs.
func Written(tokens []string) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 && isWord(t) && isWord(tokens[i-1]) {
			b.WriteByte(' ')
		}
		b.WriteString(t)
	}
	return b.String()
}

func isWord(t string) bool {
	return t != "" && (t[0] == '_' || t[0] == '$' || t[0] >= '0' && t[0] <= '9' || t[0]|0x20 >= 'a' && t[0]|0x20 <= 'z')
}
