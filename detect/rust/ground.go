package rust

import (
	"slices"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Ground implements [detect.Grounded].
func (d Detail) Ground() detect.Ground { return d.ground }

// envName is what variables of the environment are called by those who mean some.
var envName = pattern.New(`^[A-Z][A-Z0-9_]{1,60}$`)

// stands gathers what the files of a program say of servers: the crates of its packages with
// their features, and the variables that its sources read.
func (d *Detail) stands(code *program) {
	g := &d.ground
	g.Ecosystem = "cargo"
	for _, p := range d.packages() {
		for _, x := range p.Needs {
			if x.Kind != Normal || x.Dir != "" {
				continue
			}
			g.Libraries = append(g.Libraries, detect.Library{Name: x.Name, At: x.At})
			for _, feature := range x.Features {
				g.Libraries = append(g.Libraries, detect.Library{Name: x.Name + "/" + feature, At: x.At})
			}
		}
	}
	for _, f := range code.files {
		for i, t := range f.tokens {
			c, ok := reads(f.tokens, i)
			if !ok {
				continue
			}
			c.At = f.at(t.line)
			k := slices.IndexFunc(g.Settings, func(o detect.Setting) bool { return o.Name == c.Name })
			if k < 0 {
				g.Settings = append(g.Settings, c)
			} else if g.Settings[k].Default == "" {
				g.Settings[k].Default = c.Default
			}
		}
	}
}

// farthestFallback bounds how far behind a variable what holds without it is looked for.
const farthestFallback = 24

// reads is the variable that is read at a place: env::var("X"), a function whose name speaks
// of the environment, or clap's env = "X".
func reads(tokens []token, i int) (c detect.Setting, ok bool) {
	at := func(k int) token {
		if k < len(tokens) {
			return tokens[k]
		}
		return token{}
	}
	name := at(i + 2)
	call := (at(i).is("var") || at(i).is("var_os") || at(i).is("env_var") || at(i).is("get_env") || at(i).is("env_or") || at(i).is("env_or_default")) && at(i+1).is("(")
	if option := at(i).is("env") && at(i+1).is("="); !call && !option || name.kind != str || !envName.MatchString(name.text) {
		return c, false
	}
	c.Name = name.text
	for k := i + 3; k < len(tokens) && k < i+farthestFallback && !at(k).is(";"); k++ {
		switch {
		case at(k).is("expect") || at(k).is("unwrap") || at(k).is("context"):
			c.Needed = true
			return c, true
		case at(k).is("?"):
			c.Needed = true
			return c, true
		case at(k).kind == str && (call || at(k-1).is("=") && (at(k-2).is("default_value") || at(k-2).is("default_value_t"))):
			c.Default = at(k).text
			return c, true
		case at(k).is("var") && at(k+1).is("("):
			return c, true
		}
	}
	return c, true
}
