package detect

import (
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// The forms in which languages with braces, and Python, ask the environment, without the
// blanks between their signs.
var (
	environmentRead = pattern.New(`(?:process\.|Bun\.|\b)env\.([A-Z][A-Z0-9_]*)\b|` +
		`(?:env|environ|getenv\(\))\["([A-Za-z_]\w*)"\]|` +
		`(?:[\w.]*getenv|\w*env\.get|[\w.]*environ\.get|(?:std::)?env::var(?:_os)?|getenv\(\)\.get(?:OrDefault)?)\("([A-Za-z_]\w*)"(?:,"?([^",()]*)"?)?\)`)
	alwaysMet = pattern.New(`\brequire\.main\b|\bimport\.meta\b|\b__main__\b`)
	isTrue    = pattern.New(`^(?:Boolean\.parseBoolean|JSON\.parse|strtobool)\(\$\)$`)
	isSet     = pattern.New(`^(?:\$|!!\$|(?:Boolean|bool)\(\$\)|let (?:Ok|Some)\([^()]*\)=\$|\$\.(?:is_ok|is_some)\(\)|\$!==?(?:""|null|undefined)|\$(?: is not |!=)None)$`)
	isUnset   = pattern.New(`^(?:!\$|not \$|\$\.(?:is_err|is_none)\(\)|\$===?(?:""|null|undefined)|\$(?: is |==)None)$`)
	isValue   = pattern.New(`^(!?)[\w.(]*\$[\w.()?|]*(===?|!==?|\.equals(?:IgnoreCase)?\()(?:Ok\(|Some\()?"?([\w.-]*)"?[\w.()]*$`)
	valueIs   = pattern.New(`^(!?)"([\w.-]*)"\.equals(?:IgnoreCase)?\(\$\)$`)
)

// ReadCondition reads a condition about one variable of the environment, as a program
// writes it: without blanks between signs, its texts in double quotes. What always holds
// for a program that is started itself is none, and ok is false.
func ReadCondition(text string) (c Condition, ok bool) {
	if alwaysMet.MatchString(text) {
		return Condition{}, false
	}
	unknown := Condition{Unknown: true}
	m := environmentRead.FindStringSubmatchIndex(text)
	if m == nil {
		return literalCondition(text), true
	}
	group := func(n int) string {
		if m[2*n] < 0 {
			return ""
		}
		return text[m[2*n]:m[2*n+1]]
	}
	c.Env, c.Default = group(1)+group(2)+group(3), group(4)
	form := text[:m[0]] + "$" + text[m[1]:]
	switch {
	case strings.Contains(form, "&&") || strings.Contains(form, "||") || strings.Contains(form, " and ") || strings.Contains(form, " or "):
		return unknown, true
	case isSet.MatchString(form):
		c.Not = true
	case isUnset.MatchString(form):
	case isTrue.MatchString(form):
		c.Value = "true"
	default:
		if v := valueIs.FindStringSubmatch(form); v != nil {
			c.Value, c.Not = v[2], v[1] == "!"
		} else if v := isValue.FindStringSubmatch(form); v != nil {
			c.Value, c.Not = v[3], (v[1] == "!") != strings.HasPrefix(v[2], "!")
		} else {
			return unknown, true
		}
	}
	return c, true
}

// literalCondition is one that is written down: if (false).
func literalCondition(text string) Condition {
	switch strings.ToLower(text) {
	case "true", "false":
		return Condition{Default: strings.ToLower(text), Value: "true"}
	}
	return Condition{Unknown: true}
}
