package source

import (
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// farthest bounds the functions that are left for their callers, to find under which
// conditions something runs.
const farthest = 4

// conditions lists what has to hold for the call at i to run: what is asked around it,
// and around the one call of its function.
func (c Code) conditions(f sourceFile, i int) (all []detect.Condition) {
	for range farthest {
		found, function := c.around(f, i)
		all = append(all, found...)
		in, call, ok := c.onlyCall(function)
		if !ok {
			return all
		}
		f, i = in, call
	}
	return all
}

// enclosing names the function around a place, where it has a name.
func (c Code) enclosing(f sourceFile, i int) string {
	_, function := c.around(f, i)
	return function
}

// onlyCall gives the one place that calls a function of a name.
func (c Code) onlyCall(name string) (in sourceFile, call int, ok bool) {
	for _, f := range c.files {
		for i := range f.tokens {
			if name == "" || !f.is(i, name, "(") || i > 0 && f.tokens[i-1].text == "function" || f.opensBody(i+1) {
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

// opensBody says that behind the arguments at i a block begins: of a method.
func (f sourceFile) opensBody(i int) bool {
	end := i + len(f.block(i))
	return end > i && f.is(end, "{")
}

// around lists the conditions around a place within its function, and gives the name of
// that.
func (c Code) around(f sourceFile, i int) (all []detect.Condition, function string) {
	if open, ok := f.bare(i); ok {
		all = append(all, c.branch(f, open, false, 0)...)
	}
	depth := 0
	for k := i - 1; k > 0; k-- {
		switch {
		case f.is(k, "}"):
			depth++
		case !f.is(k, "{"):
		case depth > 0:
			depth--
		case f.is(k-1, "else"):
			all = append(all, c.otherwise(f, k-1)...)
		case f.is(k-1, ")"):
			open := f.partner(k - 1)
			switch word := f.wordBefore(open); {
			case word == "if":
				all = append(all, c.branch(f, open, false, 0)...)
				if f.is(open-2, "else") {
					all = append(all, c.otherwise(f, open-2)...)
				}
			case word == "switch":
				at := f.at(open)
				all = append(all, detect.Condition{Unknown: true, Choice: at.String(), Branch: f.cases(k, i), At: at})
			case word != "" && !slices.Contains(blocks, word):
				return all, word
			}
		case f.is(k-2, "=", ">"):
			if name := f.arrow(k - 2); name != "" {
				return all, name
			}
		}
	}
	return all, ""
}

// blocks are words before the brackets of a block that is no function.
var blocks = []string{"for", "while", "catch", "with", "function", "async", "await"}

// branch reads the condition in the brackets at open.
func (c Code) branch(f sourceFile, open int, not bool, number int) []detect.Condition {
	inside := f.block(open)
	if len(inside) < 3 {
		return nil
	}
	expr := inside[1 : len(inside)-1]
	if len(expr) == 1 && expr[0].kind == word { // a name for it
		if _, value := c.value(f, expr[0].text); len(value) > 0 {
			expr = value
		}
	}
	one, asks := detect.ReadCondition(written(expr))
	switch {
	case !asks && !not:
		return nil
	case !asks: // what the program is for when another imports it
		one = detect.Condition{Not: true}
	}
	one.At, one.Choice, one.Branch = f.at(open), f.at(open).String(), number
	if asks && not {
		one = one.Else()
	}
	return []detect.Condition{one}
}

// otherwise lists what the branches before an else say no to.
func (c Code) otherwise(f sourceFile, i int) []detect.Condition {
	begin := f.partner(i - 1)
	if begin < 1 || !f.is(begin-1, ")") {
		return nil
	}
	open := f.partner(begin - 1)
	all := c.branch(f, open, true, 0)
	if f.is(open-2, "else") {
		all = append(all, c.otherwise(f, open-2)...)
	}
	return all
}

// bare finds the condition of an if without braces whose statement the call at i is.
func (f sourceFile) bare(i int) (open int, ok bool) {
	k := i
	for k > 0 && (f.tokens[k-1].kind == word && f.tokens[k-1].text != "else" || f.is(k-1, ".")) && f.tokens[k-1].text != "if" {
		k--
	}
	if !f.is(k-1, ")") {
		return 0, false
	}
	open = f.partner(k - 1)
	return open, f.wordBefore(open) == "if"
}

// arrow is the name that an arrow function at its => is given.
func (f sourceFile) arrow(i int) string {
	if f.is(i-1, ")") {
		i = f.partner(i - 1)
	} else {
		i--
	}
	if f.is(i-1, "async") {
		i--
	}
	if i > 1 && f.is(i-1, "=") {
		return f.tokens[i-2].text
	}
	return ""
}

// cases counts the branches of a switch between its brace and a place.
func (f sourceFile) cases(open, i int) (n int) {
	for _, t := range f.tokens[open:i] {
		if t.kind == word && (t.text == "case" || t.text == "default") {
			n++
		}
	}
	return n
}

func (f sourceFile) wordBefore(i int) string {
	if i < 1 || f.tokens[i-1].kind != word {
		return ""
	}
	return f.tokens[i-1].text
}

// partner is where the bracket opens that the one at i closes.
func (f sourceFile) partner(i int) int {
	depth := 0
	for k := i; k >= 0; k-- {
		if f.tokens[k].kind != sign {
			continue
		}
		switch f.tokens[k].text {
		case ")", "]", "}":
			depth++
		case "(", "[", "{":
			if depth--; depth == 0 {
				return k
			}
		}
	}
	return 0
}

// written is an expression as it is written, without blanks between signs and with its
// texts in double quotes.
func written(expr []token) string {
	var b strings.Builder
	for i, t := range expr {
		switch {
		case t.kind == text:
			b.WriteString(`"` + t.text + `"`)
		default:
			if i > 0 && t.kind == word && expr[i-1].kind == word {
				b.WriteByte(' ')
			}
			b.WriteString(t.text)
		}
	}
	return b.String()
}
