package source

import (
	"cmp"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// paths evaluates the paths of one program, as far as they are written down: texts that are
// joined to each other, to the folder of the file, to the working folder, to names and to the
// defaults of variables.
type paths struct {
	code Code
	dir  string                         // the working folder, from the root of the repository
	made func(file string) (dir string) // where the file of a program lies while it runs; nil where all lie as they stand

	hosts    bool   // hosts are evaluated: of what is chosen from the first that is known counts, and rather one that others reach
	variable string // of hosts: the first variable of the environment that is asked
	option   string // of hosts: the option of the command line that names one

	bound map[string]string // the parameters of the function that is evaluated
	steps int               // that the evaluation of one path has taken
}

// Limits of the evaluation of one path.
const (
	deepestPath = 16
	mostSteps   = 300
)

// ours begins a value that is a path from the root of the repository.
const ours = "\x00/"

// home begins a value that is a path in the home of the user.
const home = "~"

// place evaluates a path: one from the root of the repository, or an absolute one of the
// image, or one below [home]. It is false where something in it is only known to the
// running program, or it lies outside of the repository.
func (e *paths) place(f sourceFile, expr []token) (string, bool) {
	e.steps = 0
	v, ok := e.value(f, expr, 0)
	if !ok || v == "" || strings.ContainsAny(strings.TrimPrefix(v, ours), "\x00:$*?\n") {
		return "", false
	}
	switch name, own := strings.CutPrefix(v, ours); {
	case own:
		v = path.Clean(name)
	case strings.HasPrefix(v, home):
		return path.Clean(v), true
	case path.IsAbs(v):
		return path.Clean(v), v != "/"
	default:
		v = path.Join(e.dir, v)
	}
	return v, v != ".." && !strings.HasPrefix(v, "../")
}

// value evaluates an expression to a text, in which [ours] stands for the root of the
// repository. Of what is taken where a variable is not set the last counts, and of a choice
// the branch that is known.
func (e *paths) value(f sourceFile, expr []token, depth int) (string, bool) {
	expr = bare(expr)
	if e.steps++; len(expr) == 0 || depth > deepestPath || e.steps > mostSteps {
		return "", false
	}
	if branches, either := choice(expr); len(branches) > 1 {
		if e.hosts {
			return e.reached(f, branches, either, depth)
		}
		for _, b := range slices.Backward(branches) {
			if v, ok := e.value(f, b, depth+1); ok {
				return v, true
			}
		}
		return "", false
	}
	if terms := cut(expr, "+"); len(terms) > 1 {
		return e.joined(f, terms, depth, func(all []string) string { return strings.Join(all, "") })
	}
	first := expr[0]
	switch {
	case len(expr) == 1 && first.kind == text:
		return first.text, true
	case len(expr) == 1 && first.kind == mixed:
		return e.template(f, first, depth)
	case len(expr) == 1 && first.kind == word:
		return e.name(f, "", first.text, depth)
	}
	return e.call(f, expr, depth)
}

// reached is the first host of several that is known, and of either by a condition rather
// one that others than this machine reach.
func (e *paths) reached(f sourceFile, branches [][]token, either bool, depth int) (found string, known bool) {
	for i, b := range branches {
		switch v, ok := e.value(f, b, depth+1); {
		case ok && (!known || either && detect.IsLoopback(found)):
			found, known = v, i == 0 || known || !either || !detect.IsLoopback(v)
		case !ok && either && detect.IsLoopback(found):
			return "", false
		}
	}
	return found, known
}

// bare takes off brackets around an expression, what only the compiler reads, and words that
// change nothing of a path.
func bare(expr []token) []token {
	for len(expr) > 0 {
		last := expr[len(expr)-1]
		switch {
		case expr[0].kind == word && (expr[0].text == "new" || expr[0].text == "await"):
			expr = expr[1:]
		case last.kind == sign && last.text == "!":
			expr = expr[:len(expr)-1]
		case len(expr) > 2 && expr[len(expr)-2].text == "as" && last.kind == word:
			expr = expr[:len(expr)-2]
		case len(expr) > 2 && last.kind == word && (last.text == "pathname" || last.text == "href") && expr[len(expr)-2].text == ".":
			expr = expr[:len(expr)-2]
		case expr[0].kind == sign && expr[0].text == "(" && closes(expr) == len(expr)-1:
			expr = expr[1 : len(expr)-1]
		default:
			return expr
		}
	}
	return nil
}

// closes is the place of the bracket that ends the one that an expression begins with.
func closes(expr []token) int {
	depth := 0
	for i, t := range expr {
		if t.kind != sign {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// cut cuts an expression at a sign that stands in no brackets.
func cut(expr []token, at string) [][]token {
	var parts [][]token
	depth, begin := 0, 0
	for i, t := range expr {
		if t.kind != sign {
			continue
		}
		switch t.text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			depth--
		case at:
			if depth == 0 {
				parts, begin = append(parts, expr[begin:i]), i+1
			}
		}
	}
	return append(parts, expr[begin:])
}

// choice cuts an expression into what is chosen from: by || and ??, or either by a condition.
func choice(expr []token) (branches [][]token, either bool) {
	depth, begin, question := 0, 0, -1
	pairs := false
	for i, t := range expr {
		if t.kind != sign {
			continue
		}
		next := ""
		if i+1 < len(expr) && expr[i+1].kind == sign {
			next = expr[i+1].text
		}
		switch {
		case strings.Contains("([{", t.text):
			depth++
		case strings.Contains(")]}", t.text):
			depth--
		case depth > 0 || i < begin:
		case (t.text == "|" || t.text == "?") && next == t.text:
			branches, begin, pairs = append(branches, expr[begin:i]), i+2, true
		case t.text == "?" && next != "." && question < 0 && !pairs:
			question, begin = i, i+1
		case t.text == ":" && question >= 0:
			return [][]token{expr[question+1 : i], expr[i+1:]}, true
		}
	}
	if !pairs {
		return nil, false
	}
	return append(branches, expr[begin:]), false
}

// joined evaluates some expressions, and makes one text of theirs.
func (e *paths) joined(f sourceFile, exprs [][]token, depth int, join func([]string) string) (string, bool) {
	var all []string
	for _, x := range exprs {
		v, ok := e.value(f, x, depth+1)
		if !ok {
			return "", false
		}
		all = append(all, v)
	}
	if len(all) == 0 { // a call of nothing
		return "", false
	}
	return join(all), true
}

// template fills in a template.
func (e *paths) template(f sourceFile, t token, depth int) (string, bool) {
	parts := []string{t.text}
	for i := 0; i < len(t.filled); i++ {
		if t.filled[i].kind != sign || t.filled[i].text != "${" {
			continue
		}
		end := i + 1
		for end < len(t.filled) && (t.filled[end].kind != sign || t.filled[end].text != "}" || end+1 < len(t.filled) && t.filled[end+1].kind != text) {
			end++
		}
		if end+1 >= len(t.filled) {
			return "", false
		}
		v, ok := e.value(f, t.filled[i+1:end], depth+1)
		if !ok {
			return "", false
		}
		parts = append(parts, v, t.filled[end+1].text)
		i = end + 1
	}
	return strings.Join(parts, ""), true
}

// call evaluates what is made of several words: functions of paths, members of objects, and
// the words for the folder of the file.
func (e *paths) call(f sourceFile, expr []token, depth int) (string, bool) {
	words, open := members(expr)
	if open >= 0 {
		return e.function(f, words, expr, open, depth)
	}
	switch whole := strings.Join(words, "."); {
	case whole == "import.meta.dirname" || whole == "import.meta.dir":
		return e.folder(f), true
	case whole == "import.meta.url" || whole == "import.meta.filename":
		return path.Join(e.folder(f), path.Base(f.name)), true
	case len(words) < 2:
		return "", false
	}
	owner, name := words[len(words)-2], words[len(words)-1]
	if strings.EqualFold(owner, "env") && strings.ToUpper(name) == name {
		e.variable = cmp.Or(e.variable, name)
	}
	if len(words) > 2 && owner == "env" {
		return "", false
	}
	if v, ok := e.name(f, owner, name, depth); ok {
		return v, true
	}
	return e.code.stated(f, words)
}

// members lists the words of a member, env and HOST of env.HOST and env["HOST"], up to the
// bracket of a call; open is that bracket's place, or -1. Of something else there are none.
func members(expr []token) (words []string, open int) {
	for i, t := range expr {
		switch {
		case t.kind == word && i%2 == 0:
			words = append(words, t.text)
		case t.kind == sign && t.text == "." && i%2 == 1:
		case t.kind == sign && t.text == "(" && i%2 == 1:
			return words, i
		case t.kind == sign && t.text == "[" && i%2 == 1 && i+3 == len(expr) && expr[i+1].kind == text:
			return append(words, expr[i+1].text), -1
		default:
			return nil, -1
		}
	}
	return words, -1
}

// folder is where a file lies while the program runs.
func (e *paths) folder(f sourceFile) string {
	if e.made != nil {
		return ours + e.made(f.name)
	}
	return ours + path.Dir(f.name)
}

// function evaluates the call of a function of paths, whose bracket is at open.
func (e *paths) function(f sourceFile, words []string, expr []token, open, depth int) (string, bool) {
	whole, name := strings.Join(words, "."), words[len(words)-1]
	args := sourceFile{tokens: expr}.arguments(open)
	if closes(expr[open:]) != len(expr)-1-open {
		return e.fallback(f, expr, depth)
	}
	switch name {
	case "join", "resolve", "normalize", "URL":
		if name == "resolve" && len(args) == 0 && (whole == name || whole == "path.resolve") {
			return ours + e.dir, true
		}
		v, ok := e.joined(f, args, depth, func(all []string) string { return join(name, all) })
		if name == "resolve" && ok && !path.IsAbs(v) && !strings.HasPrefix(v, "\x00") && !strings.HasPrefix(v, home) {
			v = join("join", []string{ours + e.dir, v})
		}
		return v, ok
	case "fileURLToPath", "String", "resolvePath":
		return e.joined(f, args, depth, func(all []string) string { return all[0] })
	case "dirname":
		v, ok := e.joined(f, args, depth, func(all []string) string { return all[0] })
		if own, is := strings.CutPrefix(v, ours); is {
			return ours + path.Dir(own), ok
		}
		return path.Dir(v), ok
	case "cwd":
		return ours + e.dir, whole == "process.cwd"
	case "homedir":
		return home, len(args) == 0
	case "tmpdir":
		return "/tmp", len(args) == 0
	}
	if v, ok := e.called(f, words, args, depth); ok {
		return v, true
	}
	if joins.MatchString(name) {
		return e.joined(f, slices.DeleteFunc(args, isFlag), depth, func(all []string) string { return join("join", all) })
	}
	if member := asked(words, args); member != nil {
		if v, ok := e.name(f, member[len(member)-2], member[len(member)-1], depth); ok {
			return v, true
		}
		return e.code.stated(f, member)
	}
	return e.fallback(f, expr, depth)
}

// joins is what functions of programs are called that join a path, in whatever way, to the
// folder of the program.
var joins = pattern.New(`^(?:join|resolve|from|to|get|make|app|root|data|local)_?(?:Path|Root|path)$`)

// isFlag says whether an argument is true, false or a number.
func isFlag(arg []token) bool {
	return len(arg) == 1 && (arg[0].kind == number || arg[0].kind == word && (arg[0].text == "true" || arg[0].text == "false"))
}

// called evaluates the call of a function of the program's own that does nothing but
// return something.
func (e *paths) called(f sourceFile, words []string, args [][]token, depth int) (string, bool) {
	name := words[len(words)-1]
	near := e.code.near(strings.Join(words[:len(words)-1], "."), name)
	for n, file := range append([]sourceFile{f}, e.code.files...) {
		if n > 0 && (file.name == f.name || !near[file.name]) {
			continue
		}
		for i := range file.tokens {
			if !file.is(i, name, "(") || file.defines(i+1) != name {
				continue
			}
			result := file.returned(i + 1)
			if result == nil {
				continue
			}
			bound := map[string]string{}
			for k, parameter := range file.arguments(i + 1) {
				if k < len(args) && parameter[0].kind == word {
					if v, ok := e.value(f, args[k], depth+1); ok {
						bound[parameter[0].text] = v
					}
				}
			}
			outer := e.bound
			e.bound = bound
			v, ok := e.value(file, result, depth+1)
			e.bound = outer
			return v, ok
		}
	}
	return "", false
}

// returned is what the function whose parameters begin at open returns, where that is all
// that it does.
func (f sourceFile) returned(open int) []token {
	k := open + len(f.block(open))
	for ; k < len(f.tokens) && k < open+longestExpression && !f.is(k, "{"); k++ { // a type
	}
	body := f.block(k)
	if !f.is(k+1, "return") || len(body) < 4 {
		return nil
	}
	result := f.expression(k + 2)
	if end := len(body) - 3; len(result) != end && (len(result) != end-1 || body[len(body)-2].text != ";") {
		return nil
	}
	return result
}

// fallback evaluates what a schema of the environment has where a variable is not set: the
// value of its .default(…).
func (e *paths) fallback(f sourceFile, expr []token, depth int) (string, bool) {
	for i := range expr {
		if (sourceFile{tokens: expr}).is(i, ".", "default", "(") {
			if args := (sourceFile{tokens: expr}).arguments(i + 2); len(args) == 1 {
				return e.value(f, args[0], depth+1)
			}
		}
	}
	return "", false
}

// join joins the parts of a path as Node does: with resolve and URL an absolute one begins
// anew, and a URL begins in the folder of its base.
func join(name string, all []string) string {
	if name == "URL" {
		if len(all) != 2 {
			return all[0]
		}
		if all = []string{all[1], "..", all[0]}; path.IsAbs(all[2]) {
			return all[2]
		}
	}
	begin := 0
	for i, part := range all {
		if i > 0 && (strings.HasPrefix(part, ours) || name == "resolve" && path.IsAbs(part)) {
			begin = i
		}
	}
	own, is := strings.CutPrefix(all[begin], ours)
	if !is {
		return path.Join(all[begin:]...)
	}
	return ours + path.Join(append([]string{own}, all[begin+1:]...)...)
}

// name evaluates what a name was given: in its own file first. Of a member the owner is what
// it is taken from, and another object's of that name counts for nothing.
func (e *paths) name(f sourceFile, owner, name string, depth int) (string, bool) {
	switch {
	case name == "__dirname":
		for _, g := range e.code.given(f, name) { // as modules have none, and some take the working folder for it
			if v, ok := e.value(f, f.expression(g.at+2), depth+1); ok && g.file.name == f.name && !g.key {
				return v, true
			}
		}
		return e.folder(f), true
	case name == "__filename":
		return path.Join(e.folder(f), path.Base(f.name)), true
	case e.hosts && (name == "null" || name == "undefined"):
		return "", true // all addresses
	}
	if v, ok := e.bound[name]; ok && owner == "" {
		return v, true
	}
	outer := e.bound
	e.bound = nil
	defer func() { e.bound = outer }()
	if owner == "" {
		owner = f.taken(name)
	}
	if e.hosts && owner == "" {
		if v, ok, told := e.handed(f, name, depth); told {
			return v, ok
		}
	}
	var near map[string]bool
	for _, g := range e.code.given(f, name) {
		if g.file.name != f.name && near == nil {
			near = e.code.near(owner, name)
		}
		if g.file.name != f.name && !near[g.file.name] && (owner == "" || !g.file.owns(g.at, owner)) {
			continue // another's of that name
		}
		assigned := g.file.tokens[g.at-1].text == "." // x.name = …
		if assigned && (owner == "" || g.file.wordBefore(g.at-1) != owner && g.file.wordBefore(g.at-1) != "this") {
			continue
		}
		if g.key && (owner == "" || g.file.ofAnother(g.at, owner)) {
			continue
		}
		if v, ok := e.value(g.file, g.file.expression(g.at+2), depth+1); ok {
			if e.hosts && g.key && strings.ToUpper(name) == name {
				e.variable = cmp.Or(e.variable, name) // the schema of an environment
			}
			return v, true
		}
	}
	if value, flag := e.code.option(f, name); e.hosts && len(value) > 0 {
		e.option = flag
		return e.value(f, value, depth+1)
	}
	return "", false
}

// handed is the host that callers of a function of the file give its parameter, by place or
// by the key of an object, before any default that it has; told is false where none does.
func (e *paths) handed(f sourceFile, name string, depth int) (host string, ok, told bool) {
	for _, g := range e.code.callers(f, name) {
		if told = true; e.variable == "" && !ok {
			host, ok = e.value(g.file, g.value, depth+1)
		}
	}
	all := e.code.given(f, name)
	defaulted := func(g given) bool {
		return g.file.name == f.name && !g.key && (g.file.is(g.at-1, "{") || g.file.is(g.at-1, ","))
	}
	if told || !slices.ContainsFunc(all, defaulted) {
		return host, ok, told
	}
	for _, g := range all {
		open := g.file.around(g.at)
		if !g.key || open < 1 || !g.file.is(open-1, "(") {
			continue // no argument
		}
		if told = true; e.variable == "" && !ok {
			host, ok = e.value(g.file, g.file.expression(g.at+2), depth+1)
		}
	}
	return host, ok, told
}

// given is a place where a name is given a value: name = …, or, as the key of an object,
// name: ….
type given struct {
	file sourceFile
	at   int
	key  bool
}

// definitions are the places where names are given values, in the files of one program.
type definitions map[string][]given

// given lists where a name is given a value, its own file first. All names are looked up at
// once, when the first is asked for.
func (c Code) given(f sourceFile, name string) []given {
	if c.defined == nil {
		return nil
	}
	if *c.defined == nil {
		*c.defined = c.definitions()
	}
	all := slices.Clone((*c.defined)[name])
	slices.SortStableFunc(all, func(a, b given) int {
		switch own, other := a.file.name == f.name, b.file.name == f.name; {
		case own == other:
			return 0
		case own:
			return -1
		default:
			return 1
		}
	})
	return all
}

func (c Code) definitions() definitions {
	found := definitions{}
	for _, f := range c.files {
		for i, t := range f.tokens {
			if t.kind != word || i == 0 || i+2 >= len(f.tokens) || f.tokens[i+1].kind != sign {
				continue
			}
			next, after := f.tokens[i+1].text, f.tokens[i+2].text
			switch {
			case next == "=" && after != "=" && after != ">":
				found[t.text] = append(found[t.text], given{f, i, false})
			case next == ":":
				found[t.text] = append(found[t.text], f.annotated(i))
			}
		}
	}
	return found
}

// annotated is the name at i with a colon behind: a key, or a name with a type whose value
// stands behind that.
func (f sourceFile) annotated(i int) given {
	if before := f.tokens[i-1].text; before == "const" || before == "let" || before == "var" || before == "readonly" || before == "static" {
		for k := i + 2; k < min(i+12, len(f.tokens)-2); k++ {
			if f.is(k, "=") {
				return given{f, k - 1, false}
			}
		}
	}
	return given{f, i, true}
}

// relative is a path from the root of the repository as one from a folder; absolute ones,
// and those in the home, stay what they are.
func relative(dir, name string) (string, bool) {
	if path.IsAbs(name) || strings.HasPrefix(name, home) {
		return name, true
	}
	return detect.Below(dir, name)
}
