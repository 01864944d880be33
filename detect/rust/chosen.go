package rust

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/manifest"
)

// The options for features: those beside the default ones, and whether these are left out.
const (
	featuresKey  = "features"
	noDefaultKey = "no-default-features"
)

// Chosen are the features that a program is compiled with beside those that its manifest
// asks for.
type Chosen struct {
	Features  []string
	NoDefault bool
	Reason    string
	At        detect.Evidence
}

// flags are what Cargo is told, or nothing.
func (c Chosen) flags() string {
	text := ""
	if c.NoDefault {
		text += " --no-default-features"
	}
	if len(c.Features) > 0 {
		text += " --features " + strings.Join(c.Features, ",")
	}
	return text
}

// equal says whether the same is compiled.
func (c Chosen) equal(other Chosen) bool {
	return c.NoDefault == other.NoDefault && slices.Equal(c.Features, other.Features)
}

// features settles what a program is compiled with, so that no compile_error! of its
// packages stops it: what is asked for, what the project's own builds of it have, or the
// one feature that is wanted.
func (s setting) features(t *detect.Tree, code *program, bin Target, answer detect.Answer) (Chosen, error) {
	asked, some := answer.Options[featuresKey]
	without, no := answer.Options[noDefaultKey]
	if some || no {
		c := Chosen{Features: asked, NoDefault: slices.Contains(without, "true"), Reason: "asked for"}
		if slices.Equal(asked, []string{"none"}) {
			c.Features = nil
		}
		if i := slices.IndexFunc(c.Features, func(name string) bool { return !isFeature(name) }); i >= 0 {
			return c, fmt.Errorf("--features: %q is no name of a feature", c.Features[i])
		}
		if stops := s.stopped(code, bin.with(c)); len(stops) > 0 {
			return c, detect.Errorf(stops[0].at, "it does not compile with what is asked for: %q; change --features", stops[0].says)
		}
		return c, nil
	}
	stated := s.stated(t, bin)
	c := Chosen{}
	if len(stated) > 0 && stated[0].by <= manifest.ByTask {
		c = stated[0].Chosen
	}
	stops := s.stopped(code, bin.with(c))
	if len(stops) == 0 {
		return c, nil
	}
	for _, other := range stated {
		if len(s.stopped(code, bin.with(other.Chosen))) == 0 {
			return other.Chosen, nil
		}
	}
	var fit []Chosen
	for _, name := range sortedKeys(s.Package.Features) {
		one := Chosen{Features: []string{name}, Reason: "without it, " + stops[0].says, At: stops[0].at}
		if name != "default" && stops[0].names(name) && len(s.stopped(code, bin.with(one))) == 0 {
			fit = append(fit, one)
		}
	}
	if len(fit) == 1 {
		return fit[0], nil
	}
	e := &detect.ChoiceError{Subject: fmt.Sprintf("%s: it compiles with a choice of features alone (%q), and nothing says which", stops[0].at, stops[0].says), Flag: "--" + featuresKey}
	for _, one := range fit {
		e.Options = append(e.Options, detect.Option{Value: strings.Join(one.Features, ","), At: s.Package.file.at("features", one.Features[0])})
	}
	if len(fit) == 0 {
		return c, detect.Errorf(stops[0].at, "it does not compile with the features that are on by default: %q; choose with --features, and --no-default-features", stops[0].says)
	}
	return c, e
}

// with gives the program the features.
func (x Target) with(c Chosen) Target {
	x.Features = slices.Concat(x.Features, c.Features)
	x.NoDefault = c.NoDefault
	return x
}

// statedFeatures are the features of one of the project's own builds.
type statedFeatures struct {
	Chosen
	by manifest.Said
}

// stated lists the features that the project's own builds of a program have, each once,
// the most telling first, and of these the plain ones.
func (s setting) stated(t *detect.Tree, bin Target) (all []statedFeatures) {
	for _, c := range manifest.Calls(t, s.Package.Dir, "cargo build", "cargo run", "cargo install", "$(CARGO", "${CARGO", "{{.CARGO", "cross build", "cargo zigbuild") {
		f, ok := s.call(c, bin)
		if ok && c.By != manifest.Aside && !slices.ContainsFunc(all, func(x statedFeatures) bool { return x.equal(f) }) {
			all = append(all, statedFeatures{f, c.By})
		}
	}
	slices.SortStableFunc(all, func(a, b statedFeatures) int {
		if a.by != b.by {
			return int(a.by) - int(b.by)
		}
		return len(a.Features) - len(b.Features)
	})
	return all
}

// call reads the features of a call of Cargo that builds the program.
func (s setting) call(c manifest.Call, bin Target) (f Chosen, ok bool) {
	words := c.Words
	if len(words) < 2 || !strings.Contains(strings.ToLower(words[0]), "cargo") && words[0] != "cross" {
		return f, false
	}
	if words = words[1:]; strings.HasPrefix(words[0], "+") && len(words) > 1 {
		words = words[1:]
	}
	if !slices.Contains([]string{"build", "b", "run", "r", "install", "zigbuild"}, words[0]) {
		return f, false
	}
	f = Chosen{Reason: "as the project builds it", At: c.At}
	for i := 1; i < len(words); i++ {
		flag, value, joined := strings.Cut(words[i], "=")
		if flag == "--" {
			break
		}
		if !joined && slices.Contains([]string{"--features", "-F", "--package", "-p", "--bin", "--target", "--example", "--test", "--bench", "--manifest-path", "--path"}, flag) && i+1 < len(words) {
			i++
			value = words[i]
		}
		switch flag {
		case "--features", "-F":
			for _, name := range strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' }) {
				if !s.hasFeature(name) {
					return f, false
				}
				f.Features = append(f.Features, name)
			}
		case "--no-default-features":
			f.NoDefault = true
		case "--all-features", "--example", "--test", "--bench", "--tests", "--examples":
			return f, false
		case "--package", "-p":
			if value != s.Package.Name {
				return f, false
			}
		case "--bin":
			if value != bin.Name {
				return f, false
			}
		case "--target":
			if strings.Contains(value, "windows") || strings.Contains(value, "darwin") || strings.Contains(value, "wasm") {
				return f, false
			}
		case "--path", "--manifest-path":
			if at := path.Join(path.Dir(c.At.File), value); at != s.Package.Dir && path.Dir(at) != s.Package.Dir {
				return f, false
			}
		}
	}
	slices.Sort(f.Features)
	f.Features = slices.Compact(f.Features)
	return f, true
}

// hasFeature says whether the program's package has a feature, or a dependency that is one.
func (s setting) hasFeature(name string) bool {
	if _, ok := s.Package.Features[name]; ok {
		return true
	}
	dep, _, _ := strings.Cut(name, "/")
	return isFeature(name) && slices.ContainsFunc(s.Package.Needs, func(d Dependency) bool {
		return (d.Key == dep || d.Name == dep) && (d.Optional || strings.Contains(name, "/"))
	})
}

// stop is a compile_error! that a build would meet.
type stop struct {
	at   detect.Evidence
	says string
	when []token // its cfg
}

// names says whether its condition names a feature.
func (x stop) names(feature string) bool {
	return slices.ContainsFunc(x.when, func(t token) bool { return t.kind == str && t.text == feature })
}

// stopped lists what stops a build of a program.
func (s setting) stopped(code *program, bin Target) (stops []stop) {
	asked := s.asked(bin)
	for _, f := range slices.Concat(code.files, code.builds) {
		for i, t := range f.tokens {
			if !t.is("compile_error") || i+3 >= len(f.tokens) || !f.tokens[i+1].is("!") || f.tokens[i+3].kind != str {
				continue
			}
			var own *Package
			for _, p := range s.Closure {
				if detect.Inside(f.name, p.Dir) && (own == nil || len(p.Dir) > len(own.Dir)) {
					own = p
				}
			}
			if own == nil {
				continue
			}
			on := own.turns(asked[own.Name])
			if when, holds := meets(f.tokens, i, on); holds {
				stops = append(stops, stop{f.at(t.line), f.tokens[i+3].text, when})
			}
		}
	}
	return stops
}

// meets says whether a build with features meets the macro at i, by the cfg before it or
// the branches of cfg_if! around it. It gives the conditions that it read.
func meets(t []token, i int, on []string) (when []token, holds bool) {
	if i > 0 && t[i-1].is("{") {
		return branch(t, i-1, on)
	}
	seen := false
	for i > 0 && t[i-1].is("]") {
		open := opening(t, i-1)
		if open < 1 || !t[open-1].is("#") {
			break
		}
		if t[open+1].is("cfg") {
			seen = true
			when = append(when, t[open:i]...)
			if value, known := cfg(t[open+3:i-2], on); !known || !value {
				return when, false
			}
		}
		i = open - 1
	}
	return when, seen
}

// branch says the same of a block that is a branch of cfg_if!: its own condition holds,
// and none before it.
func branch(t []token, open int, on []string) (when []token, holds bool) {
	want := true
	for range 20 {
		at := open - 1
		switch {
		case at >= 0 && t[at].is("]"): // if #[cfg(…)] {
			begin := opening(t, at)
			if begin < 2 || !t[begin-1].is("#") || !t[begin-2].is("if") || !t[begin+1].is("cfg") {
				return when, false
			}
			when = append(when, t[begin:at]...)
			if value, known := cfg(t[begin+3:at-1], on); !known || value != want {
				return when, false
			}
			at = begin - 3
			if at < 0 || !t[at].is("else") {
				return when, true
			}
		case at < 1 || !t[at].is("else"):
			return when, false
		}
		if at--; at < 0 || !t[at].is("}") { // the block before else
			return when, false
		}
		open, want = opening(t, at), false
	}
	return when, false
}

// opening is the place of the bracket that one closes.
func opening(t []token, end int) int {
	depth := 0
	for i := end; i >= 0; i-- {
		if t[i].kind != punct {
			continue
		}
		switch t[i].text {
		case ")", "]", "}":
			depth++
		case "(", "[", "{":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return 0
}

// cfg reads a condition of the compiler, for Linux and features that are on
// (https://doc.rust-lang.org/reference/conditional-compilation.html).
func cfg(t []token, on []string) (value, known bool) {
	switch {
	case len(t) == 0:
		return false, false
	case len(t) >= 3 && t[1].is("=") && t[2].kind == str:
		switch t[0].text {
		case "feature":
			return slices.Contains(on, t[2].text), true
		case "target_os":
			return t[2].text == "linux", true
		case "target_family":
			return t[2].text == "unix", true
		}
		return false, false
	case t[0].is("unix"):
		return true, true
	case t[0].is("windows") || t[0].is("test") || t[0].is("debug_assertions"):
		return false, true
	case len(t) < 2 || !t[1].is("("):
		return false, false
	}
	args := arguments(t, 1)
	known = true
	switch t[0].text {
	case "not":
		if len(args) != 1 {
			return false, false
		}
		value, known = cfg(args[0], on)
		return !value, known
	case "all", "any":
		all := t[0].is("all")
		for _, arg := range args {
			one, sure := cfg(arg, on)
			if sure && one != all {
				return !all, true
			}
			known = known && sure
		}
		return all, known
	}
	return false, false
}
