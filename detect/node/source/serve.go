// Package source reads the sources of programs, as far as an image depends on them: imports,
// ports, health paths, folders that are written, and where the compiler puts what it makes.
package source

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/project"
)

// HandlesSignals says whether the sources speak of SIGTERM.
func (c Code) HandlesSignals() bool {
	for _, f := range c.files {
		for _, t := range f.tokens {
			if t.kind == text && t.text == "SIGTERM" || t.kind == word && (t.text == "SIGTERM" || t.text == "enableShutdownHooks") {
				return true
			}
		}
	}
	return false
}

// Mentions lists the last elements of all texts in the sources.
func (c Code) Mentions() map[string]bool {
	names := map[string]bool{}
	for _, f := range c.files {
		for _, t := range f.tokens {
			if t.kind == text && t.text != "" {
				names[path.Base(t.text)] = true
			}
		}
	}
	return names
}

// Serves is what the sources of a program state about its serving.
type Serves struct {
	Listens  []detect.Listener
	Health   []detect.Path
	Programs []project.Text // other programs that it starts
	Writes   []Folder       // folders that it writes into
	Reads    []File         // files that it opens by a path that is written down
	Pages    []detect.Pages // folders that it gives browsers
}

// sourceFile is a file of a program, cut into tokens.
type sourceFile struct {
	name   string // from the root
	tokens []token
}

// Sources are the files of all programs of a tree, each cut into tokens once.
type Sources struct {
	tree    *detect.Tree
	files   map[string]*sourceFile
	aliases map[string][]alias // by the folder that states them
}

// NewSources are those of a tree, none of which is read yet.
func NewSources(t *detect.Tree) *Sources {
	return &Sources{tree: t, files: map[string]*sourceFile{}, aliases: map[string][]alias{}}
}

// Code is the sources of one program, the entry first.
type Code struct {
	files []sourceFile
	known map[string]detect.Listener // what names stand for, once that was asked

	dir     string                            // the package's folder, once that was asked
	read    func(name string) ([]byte, error) // a file of the tree
	defined *definitions                      // where names are given values
	origins map[string][]string               // of a name that imports give: the files it is from; nil: all files are
	imports map[string][]string               // what files import
	needs   map[string][]need                 // the same with the packages that they import
	made    func(file string) (dir string)    // where a file lies while the program runs; nil where all lie as they stand
}

// Built says of a program where its files lie while it runs, as a build puts them elsewhere.
func (c Code) Built(made func(file string) (dir string)) Code {
	c.made = made
	return c
}

// Limits of a program whose imports are followed.
const (
	mostFiles  = 400
	mostSource = 8 << 20
)

// extensions are those of modules, in the order in which an import without one
// finds them.
var extensions = []string{".ts", ".js", ".mts", ".mjs", ".cts", ".cjs", ".tsx", ".jsx"}

// IsModule says whether a file is called like one of JavaScript or TypeScript.
func IsModule(name string) bool { return slices.Contains(extensions, path.Ext(name)) }

// Alone says whether a program is one file.
func (c Code) Alone() bool { return len(c.files) == 1 }

// Files are the names of the files of a program, the entry first.
func (c Code) Files() []string {
	names := make([]string, len(c.files))
	for i, f := range c.files {
		names[i] = f.name
	}
	return names
}

// open reads a file, once for all programs; read is how many bytes that took now.
func (r *Sources) open(reader *detect.Reader, name string) (file sourceFile, read int, err error) {
	if r.files[name] == nil {
		data, err := reader.ReadFile(name)
		if err != nil {
			return file, 0, err
		}
		r.files[name], read = &sourceFile{name, tokenize(data)}, len(data)
	}
	return *r.files[name], read, nil
}

// Follow reads a program from its entries along its imports of files. What a file is made of
// that is not there, source says, which may be nil.
func (r *Sources) Follow(source func(made string) (string, bool), entries ...string) (Code, error) {
	c := Code{defined: new(definitions), read: r.tree.ReadFile, origins: map[string][]string{}, imports: map[string][]string{}, needs: map[string][]need{}}
	reader := r.tree.Reader(path.Dir(entries[0]))
	defer reader.Close() // nothing was written through it
	seen := map[string]bool{}
	size := 0
	for queue := entries; len(queue) > 0 && len(c.files) < mostFiles && size < mostSource; queue = queue[1:] {
		name := queue[0]
		if seen[name] || !r.tree.Has(name) {
			continue
		}
		seen[name] = true
		file, read, err := r.open(reader, name)
		if err != nil {
			return c, err
		}
		size += read
		c.files = append(c.files, file)
		for _, imported := range file.imports() {
			target, ok := r.imported(source, name, imported.path)
			c.needs[name] = append(c.needs[name], need{imported, target})
			if ok {
				queue = append(queue, target)
				c.imports[name] = append(c.imports[name], target)
				for _, word := range imported.names {
					c.origins[word] = append(c.origins[word], target)
				}
			}
		}
	}
	return c, nil
}

// Imports lists what a module imports, as it is written there. One that cannot be read
// imports nothing: whoever needs it says so.
func (r *Sources) Imports(name string) (all []string) {
	reader := r.tree.Reader(path.Dir(name))
	defer reader.Close() // nothing was written through it
	file, _, err := r.open(reader, name)
	if err != nil {
		return nil
	}
	for _, i := range file.imports() {
		all = append(all, i.path)
	}
	return all
}

// imported finds the file of the repository that an import in a file means.
func (r *Sources) imported(source func(made string) (string, bool), file, name string) (string, bool) {
	switch {
	case name == nodeConfig:
		target, ok := configured(r.tree.Has, path.Dir(file))
		return target, ok && IsModule(target)
	case !strings.HasPrefix(name, "."):
		return r.aliased(file, name)
	}
	made := path.Join(path.Dir(file), name)
	target, ok := r.Module(made)
	if !ok && source != nil {
		target, ok = source(made)
	}
	return target, ok
}

// Module finds the file that an import of a path means. TypeScript names the
// file that it will make.
func (r *Sources) Module(name string) (string, bool) {
	if strings.HasPrefix(name, "../") {
		return "", false
	}
	base := strings.TrimSuffix(strings.TrimSuffix(name, ".js"), ".mjs")
	tries := []string{name}
	for _, ext := range extensions {
		tries = append(tries, base+ext)
	}
	for _, ext := range extensions {
		tries = append(tries, name+"/index"+ext)
	}
	for _, try := range tries {
		if r.tree.Has(try) && IsModule(try) {
			return try, true
		}
	}
	return "", false
}

// Serves asks the sources all that is asked of them. Folders are from dir.
func (c Code) Serves(dir string) Serves {
	var s Serves
	c.known, c.dir = map[string]detect.Listener{}, dir
	for _, f := range c.files {
		for i := range f.tokens {
			if l, ok := c.listen(f, i); ok {
				s.Listens = append(s.Listens, l)
			}
			if p, ok := f.program(i); ok {
				s.Programs = append(s.Programs, project.Text{Value: p, At: f.at(i)})
			}
		}
		s.Health = append(s.Health, f.health()...)
	}
	slices.SortStableFunc(s.Health, func(a, b detect.Path) int { return detect.CompareHealthPaths(a.Path, b.Path) })
	s.Listens = detect.DistinctListeners(s.Listens)
	s.Pages = c.pages(dir)
	s.Writes, s.Reads = c.opened(dir)
	return s
}

func (f sourceFile) at(i int) detect.Evidence {
	return detect.Evidence{File: f.name, Line: f.tokens[i].line}
}

// is says whether signs and words follow one another from i on.
func (f sourceFile) is(i int, words ...string) bool {
	if i < 0 || i+len(words) > len(f.tokens) {
		return false
	}
	for k, w := range words {
		if t := f.tokens[i+k]; t.text != w || t.kind == text {
			return false
		}
	}
	return true
}

// servers are the calls that open a port.
var servers = []struct {
	words []string
	from  []string // the packages that the function is from, where its name could be anybody's
	port  int      // where the call names none; 0: then it opens none
	env   string
}{
	{words: []string{"Bun", ".", "serve", "("}, port: 3000, env: "PORT"},
	{words: []string{"Deno", ".", "serve", "("}, port: 8000},
	{words: []string{"serve", "("}, from: []string{"@hono/node-server", "std/http", "srvx"}, port: 3000},
	{words: []string{"Hapi", ".", "server", "("}, from: []string{"hapi"}},
	{words: []string{"Hapi", ".", "Server", "("}, from: []string{"hapi"}},
	{words: []string{"WebSocketServer", "("}, from: []string{"ws"}},
	{words: []string{"WebSocket", ".", "Server", "("}, from: []string{"ws"}},
}

// listen reads the call at i, if it opens a port, with what is said around it.
func (c Code) listen(f sourceFile, i int) (detect.Listener, bool) {
	l, ok := c.opens(f, i)
	if !ok {
		return l, false
	}
	var around []string
	l.When, around = c.conditions(f, i)
	receiver := ""
	l.At = f.at(i)
	if f.is(i, ".") {
		receiver = f.wordBefore(i)
		l.Handler = f.name + " " + receiver
	}
	l.Side = detect.SideWord(append(around, l.Env, receiver)...)
	if l.Side == "" && f.name != c.files[0].name {
		l.Side = detect.SideWord(strings.TrimSuffix(path.Base(f.name), path.Ext(f.name)))
	}
	return l, true
}

// opens reads what the call at i opens.
func (c Code) opens(f sourceFile, i int) (detect.Listener, bool) {
	if f.is(i, ".", "listen", "(") {
		args := f.arguments(i + 2)
		if len(args) == 0 {
			return detect.Listener{}, false
		}
		l := c.address(f, args[0])
		switch {
		case len(args) > 1 && isValue(args[1]):
			c.host(f, args[1], &l)
		case args[0][0].text != "{":
			l.Loopback = f.hostless()
		}
		l.Raw = f.speaksNoHTTP()
		first, last := args[0][0], args[0][len(args[0])-1]
		named := first.kind == word && (len(args[0]) == 1 || f.is(i+3, first.text, ".") && last.kind == word && isPortName(last.text)) || property(args[0], "port") != nil || isNumber(args[0])
		return l, !l.Unread() || named
	}
	if f.is(i, ".", "bind", "(") && f.mentions("dgram") {
		args := f.arguments(i + 2)
		if len(args) == 0 {
			return detect.Listener{}, false
		}
		l := c.address(f, args[0])
		l.UDP = true
		return l, !l.Unread()
	}
	if f.is(i, "listen", ":", "{") {
		l := c.address(f, f.block(i+2))
		return l, l.Port != 0 || l.Env != ""
	}
	if f.is(i, "export", "default", "{") && i+3 < len(f.tokens) && f.name == c.files[0].name {
		body := f.block(i + 2)
		if fetch, port := property(body, "fetch"), property(body, "port"); fetch != nil || port != nil {
			l := c.address(f, body)
			if l.Port == 0 && l.Env == "" {
				l.Port, l.Env = 3000, "PORT"
			}
			return l, true
		}
	}
	if l, ok := c.rpc(f, i); ok {
		return l, true
	}
	for _, s := range servers {
		if !f.is(i, s.words...) || i > 0 && (f.tokens[i-1].text == "." || f.tokens[i-1].text == "function") {
			continue
		}
		if len(s.from) > 0 && !f.mentions(s.from...) {
			continue
		}
		l, named := detect.Listener{}, false
		for _, arg := range f.arguments(i + len(s.words) - 1) {
			if arg[0].text != "{" && len(arg) > 1 {
				continue // what answers
			}
			if got := c.address(f, arg); got.Port != 0 || got.Env != "" {
				l = got
			}
			named = named || property(arg, "port") != nil
		}
		if l.Unread() && !named {
			l.Port, l.Env = s.port, s.env
		}
		return l, named || !l.Unread()
	}
	return detect.Listener{}, false
}

// mentions says whether a file imports something whose name holds one of the words.
func (f sourceFile) mentions(words ...string) bool {
	return slices.ContainsFunc(f.tokens, func(t token) bool {
		return t.kind == text && slices.ContainsFunc(words, func(w string) bool { return strings.Contains(t.text, w) })
	})
}

// arguments splits what stands between the bracket at i and its partner.
func (f sourceFile) arguments(i int) [][]token {
	inside := f.block(i)
	if len(inside) < 3 {
		return nil
	}
	return split(inside[1 : len(inside)-1])
}

// split cuts at the commas that stand in no brackets.
func split(inside []token) [][]token {
	return slices.DeleteFunc(cut(inside, ","), func(part []token) bool { return len(part) == 0 })
}

// longestBlock bounds what is looked at behind one bracket.
const longestBlock = 2000

// block is what stands from the bracket at i to its partner, both included.
func (f sourceFile) block(i int) []token {
	depth := 0
	for k := i; k < len(f.tokens) && k < i+longestBlock; k++ {
		if f.tokens[k].kind != sign {
			continue
		}
		switch f.tokens[k].text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				return f.tokens[i : k+1]
			}
		}
	}
	return nil
}

// property is the value of a key in the tokens of an object.
func property(object []token, key string) []token {
	if len(object) < 2 || object[0].text != "{" {
		return nil
	}
	for _, part := range split(object[1 : len(object)-1]) {
		if part[0].text != key {
			continue
		}
		if len(part) == 1 {
			return part // { port }
		}
		if part[1].text == ":" && len(part) > 2 {
			return part[2:]
		}
		if part[1].text == "(" {
			return part
		}
	}
	return nil
}

// hostless says that a server of the file listens on this machine only where no host is
// named: Fastify's does (https://fastify.dev/docs/latest/Reference/Server/#listen).
func (f sourceFile) hostless() bool { return f.mentions("fastify") }

// isValue says whether an argument can be a host, as a function and a number cannot.
func isValue(arg []token) bool {
	if arg[0].kind == number || arg[0].text == "function" || arg[0].text == "async" {
		return false
	}
	return !slices.ContainsFunc(arg[:len(arg)-1], func(t token) bool { return t.kind == sign && (t.text == ">" || t.text == "{") })
}

// host reads the host that a server is told: a text, a variable with a default, an option of
// the command line, or a name or member that stands for one of these.
func (c Code) host(f sourceFile, expr []token, l *detect.Listener) {
	e := &paths{code: c, dir: c.dir, hosts: true}
	host, known := e.value(f, expr, 0)
	l.Host, l.Option = e.variable, e.option
	l.Loopback = detect.IsLoopback(host) || l.Host != "" && host == "" && f.hostless()
	if words := chain(expr); !known && l.Host == "" && len(words) > 0 {
		l.Unsure = isHostName(words[len(words)-1])
	}
}

// isHostName says whether something is called as the host that a server listens on.
func isHostName(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"host", "hostname", "address", "addr", "bind", "ip", "interface"}, func(end string) bool { return strings.HasSuffix(name, end) })
}

// address evaluates what a server is told to listen on: a port, or an object with
// one.
func (c Code) address(f sourceFile, expr []token) detect.Listener {
	if len(expr) > 0 && expr[0].text == "{" && expr[0].kind == sign {
		var l detect.Listener
		if port := property(expr, "port"); port != nil {
			l = c.port(f, port, 0)
		}
		host := slices.Concat(property(expr, "host"), property(expr, "hostname"))
		if l.Loopback = len(host) == 0 && f.hostless(); len(host) > 0 {
			c.host(f, host, &l)
		}
		return l
	}
	if len(expr) == 1 && expr[0].kind == word && !isPortName(expr[0].text) {
		for _, g := range c.given(f, expr[0].text) {
			if value := g.file.expression(g.at + 2); g.file.name == f.name && !g.key && (value[0].text == "{" || isPort(value)) {
				return c.address(g.file, value)
			}
		}
	}
	return c.port(f, expr, 0)
}

// deepestName is how many names are followed to find a port.
const deepestName = 6

// port evaluates an expression as far as it is made of numbers, variables of the
// environment and names: the first of each counts, so that ||, ??, Number() and
// the like need no rules of their own.
func (c Code) port(f sourceFile, expr []token, depth int) detect.Listener {
	var l detect.Listener
	if depth > deepestName {
		return l
	}
	if l, ok := c.setting(f, expr, depth); ok {
		return l
	}
	for i, t := range expr {
		switch {
		case isBound(expr, i) || isStep(expr, i):
		case t.kind == number || t.kind == text:
			if n, err := strconv.Atoi(strings.ReplaceAll(t.text, "_", "")); err == nil && n > 0 && n < 65536 && l.Port == 0 && !isRadix(expr, i) {
				l.Port = n
			}
			if t.kind == text && isPortName(t.text) && l.Env == "" && i > 0 && (expr[i-1].text == "(" || expr[i-1].text == "[") {
				if l = c.join(l, c.named(f, t.text, depth)); l.Unread() {
					l.Port = c.statedPort(f, asked(chain(expr[:i-1]), [][]token{expr[i : i+1]}))
				}
			}
		case t.kind == mixed:
			_, inside, _ := t.filling()
			l = c.join(l, c.port(f, inside, depth+1))
		case t.kind == word && isEnvironment(expr, i):
			if l.Env == "" {
				l.Env = t.text
			}
		case t.kind == word && (!isPart(expr, i) || isMemberEnd(expr, i)):
			owner := ""
			if i > 1 && expr[i-1].text == "." && strings.ToUpper(t.text) != t.text {
				words := chain(expr[:i+1])
				owner = strings.Join(words[:len(words)-1], ".")
			}
			l = c.join(l, c.lookup(f, owner, t.text, depth+1))
			if owner != "" && l.Port == 0 && l.Env == "" {
				l.Port = c.statedPort(f, chain(expr[:i+1]))
			}
		}
	}
	if l.Env != "" && l.Port == 0 {
		l = c.join(l, c.lookup(f, "", l.Env, depth+1))
	}
	return l
}

// setting evaluates an object that describes a setting, as convict's are: its default, and
// the variable that sets it.
func (c Code) setting(f sourceFile, expr []token, depth int) (detect.Listener, bool) {
	value := property(expr, "default")
	if value == nil || closes(expr) != len(expr)-1 {
		return detect.Listener{}, false
	}
	l := c.port(f, value, depth+1)
	if env := property(expr, "env"); len(env) == 1 && env[0].kind == text && l.Env == "" {
		l.Env = env[0].text
	}
	return l, true
}

// bounds are functions of schemas that take a number which is no value.
var bounds = []string{"max", "min", "lt", "lte", "gt", "gte", "less", "greater", "multipleOf", "length"}

// isBound says whether a number is what a schema compares with: max(65535).
func isBound(expr []token, i int) bool {
	return expr[i].kind == number && i > 1 && expr[i-1].text == "(" && slices.Contains(bounds, expr[i-2].text)
}

// isStep says whether a number only counts: that of an index, or one that is added to another
// value, as in argv[i + 1].
func isStep(expr []token, i int) bool {
	return expr[i].kind == number && i > 1 && (strings.Contains("+-*/%", expr[i-1].text) || expr[i-1].text == "[" && expr[i-2].text != "(")
}

// isPort says whether a value by itself can be a port: a number, or what a name of one or of
// a variable gives.
func isPort(expr []token) bool {
	return len(expr) == 1 && expr[0].kind == number || slices.ContainsFunc(expr, func(t token) bool { return t.kind == word && isPortName(t.text) })
}

// isNumber says whether a value is made a number of.
func isNumber(expr []token) bool {
	return len(expr) > 2 && expr[1].text == "(" && slices.Contains([]string{"Number", "parseInt"}, expr[0].text)
}

// join fills in what is not known yet.
func (c Code) join(l, more detect.Listener) detect.Listener {
	if l.Port == 0 {
		l.Port = more.Port
	}
	if l.Env == "" {
		l.Env = more.Env
	}
	return l
}

func isPortName(name string) bool { return strings.HasSuffix(strings.ToUpper(name), "PORT") }

// isRadix says whether a number is the second argument of parseInt.
func isRadix(expr []token, i int) bool {
	return expr[i].text == "10" && i > 0 && expr[i-1].text == "," && i+1 < len(expr) && expr[i+1].text == ")"
}

// isEnvironment says whether a word is the name of a variable: process.env.PORT,
// Bun.env.PORT, env.PORT.
func isEnvironment(expr []token, i int) bool {
	return i >= 2 && expr[i-1].text == "." && strings.EqualFold(expr[i-2].text, "env") && strings.ToUpper(expr[i].text) == expr[i].text
}

// isPart says whether a word belongs to a longer name or is called.
func isPart(expr []token, i int) bool {
	return i > 0 && expr[i-1].text == "." || i+1 < len(expr) && (expr[i+1].text == "." || expr[i+1].text == "(") ||
		slices.Contains([]string{"process", "Number", "parseInt", "await", "new", "as", "number", "string"}, expr[i].text)
}

// isMemberEnd says whether a word is the last of a member that is no function: port of
// Number(config.port).
func isMemberEnd(expr []token, i int) bool {
	return i == len(expr)-1 || i > 0 && expr[i-1].text == "." && expr[i+1].text != "." && expr[i+1].text != "("
}

// named evaluates a port that is asked for by a text: a variable of the
// environment, or a setting of the program's own.
func (c Code) named(f sourceFile, name string, depth int) detect.Listener {
	if strings.ToUpper(name) == name {
		return c.join(detect.Listener{Env: name}, c.lookup(f, "", name, depth+1))
	}
	for k := range f.tokens { // app.set("port", …)
		if f.is(k, ".", "set", "(") && k+3 < len(f.tokens) && f.tokens[k+3].text == name {
			if args := f.arguments(k + 2); len(args) == 2 {
				return c.port(f, args[1], depth+1)
			}
		}
	}
	parts := strings.Split(name, ".") // config.get("server.port"), perhaps in a file called server
	last, owner := parts[len(parts)-1], "get"
	if len(parts) > 1 {
		owner = parts[len(parts)-2]
	}
	if l := c.lookup(f, owner, last, depth+1); !l.Unread() {
		return l // beside the question
	}
	for _, about := range [][]string{parts[:1], settings} {
		section := Code{known: map[string]detect.Listener{}}
		for _, file := range c.files {
			if (len(parts) > 1 || len(about) > 1) && file.isAbout(about) {
				section.files = append(section.files, file)
			}
		}
		if len(section.files) > 0 {
			if l := section.lookup(section.files[0], owner, last, depth+1); !l.Unread() {
				return l
			}
		}
	}
	return detect.Listener{}
}

// settings begin the names of files and folders that hold what a program is set up with.
var settings = []string{"config", "setting", "option", "default", "env"}

// isAbout says that a file, or its folder, is called by a word, app.config.ts, or that it
// registers settings of Nest's by that name.
func (f sourceFile) isAbout(words []string) bool {
	for i := range f.tokens {
		if f.is(i, "registerAs", "(") && i+2 < len(f.tokens) && slices.Contains(words, f.tokens[i+2].text) {
			return true
		}
	}
	called := append(strings.Split(path.Base(f.name), "."), path.Base(path.Dir(f.name)))
	return slices.ContainsFunc(words, func(word string) bool {
		return slices.ContainsFunc(called, func(part string) bool { return strings.HasPrefix(part, word) })
	})
}

// lookup finds what a name stands for: in its own file, then in those that are
// part of the program, where a property of that name counts too.
// Of a property the owner is what it is taken from: another object's counts for nothing.
func (c Code) lookup(f sourceFile, owner, name string, depth int) detect.Listener {
	if depth > deepestName || !isPortName(name) {
		return detect.Listener{}
	}
	return c.once(f.name+" "+owner+" "+name, func() detect.Listener { return c.search(f, owner, name, depth) })
}

// once evaluates a name one time; within its own value it stands for nothing.
func (c Code) once(key string, value func() detect.Listener) detect.Listener {
	l, ok := c.known[key]
	if !ok {
		c.known[key] = detect.Listener{}
		l = value()
		c.known[key] = l
	}
	return l
}

// elsewhere begins the names of variables that name the port of another service.
var elsewhere = []string{"DATABASE", "DB", "REDIS", "MAIL", "SMTP", "EMAIL", "PG", "POSTGRES", "MYSQL", "MONGO", "KAFKA", "RABBITMQ", "AMQP", "ELASTIC", "CACHE", "QUEUE", "NATS", "MQTT", "LDAP", "FTP", "SSH", "MEMCACHED", "TYPEORM"}

func isElsewhere(env string) bool {
	return slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(strings.ToUpper(env), prefix) })
}

// longestExpression bounds an expression that is looked at.
const longestExpression = 60

// expression is what stands from i to the end of a statement or of an element.
func (f sourceFile) expression(i int) []token {
	depth := 0
	for k := i; k < len(f.tokens) && k < i+longestExpression; k++ {
		t := f.tokens[k]
		if t.kind == sign {
			switch t.text {
			case "(", "[", "{":
				depth++
			case ")", "]", "}":
				depth--
			}
		}
		ends := depth < 0 || depth == 0 && t.kind == sign && (t.text == ";" || t.text == ",")
		newStatement := depth == 0 && k > i && t.line > f.tokens[k-1].line && t.kind == word && (f.tokens[k-1].kind != sign || strings.Contains(")]}", f.tokens[k-1].text))
		if ends || newStatement {
			return f.tokens[i:k]
		}
	}
	return f.tokens[i:min(len(f.tokens), i+longestExpression)]
}

// withoutName leaves a name out of its own value, but keeps process.env.PORT in that of PORT,
// and what others have of that name.
func withoutName(expr []token, name string) []token {
	var kept []token
	for i, t := range expr {
		if t.kind != word || t.text != name || isEnvironment(expr, i) || i > 1 && expr[i-1].text == "." {
			kept = append(kept, t)
		}
	}
	return kept
}

// applications are the calls that make what routes are registered at directly,
// so that a path in the same file is the whole path.
var applications = [][]string{
	{"express", "("}, {"fastify", "("}, {"Fastify", "("}, {"new", "Hono"}, {"new", "OpenAPIHono"}, {"new", "Elysia"}, {"createServer", "("},
	{"polka", "("}, {"restify", "."}, {"new", "Application"}, {"Bun", ".", "serve"}, {"Deno", ".", "serve"},
}

// health lists the health paths that a file answers, where it is sure that
// nothing is put before them.
func (f sourceFile) health() []detect.Path {
	isApp, prefixed := false, false
	for i := range f.tokens {
		isApp = isApp || slices.ContainsFunc(applications, func(words []string) bool { return f.is(i, words...) })
		prefixed = prefixed || f.is(i, "basePath", "(") || f.is(i, "Router", "(")
	}
	if !isApp || prefixed {
		return nil
	}
	var found []detect.Path
	for i, t := range f.tokens {
		if t.kind != text || !detect.IsHealthPath(t.text) || i < 2 {
			continue
		}
		before := f.tokens[i-2].text
		route := f.tokens[i-1].text == "(" && (before == "get" || before == "all" || before == "use")
		compared := f.tokens[i-1].text == "=" && before == "="
		keyed := f.tokens[i-1].text == ":" && (before == "url" || before == "path") || i+1 < len(f.tokens) && f.tokens[i+1].text == ":"
		if route || compared || keyed {
			path := detect.Path{Path: t.text, At: f.at(i)}
			if of := f.wordBefore(i - 3); route && of != "" {
				path.Handler = f.name + " " + of
			}
			found = append(found, path)
		}
	}
	return found
}

// starts are the functions of node:child_process and its like.
var starts = []string{"exec", "execSync", "execFile", "execFileSync", "spawn", "spawnSync", "execa", "execaSync", "execaCommand"}

// program gives the program that a call starts: the first word of its first text.
func (f sourceFile) program(i int) (string, bool) {
	if i+2 >= len(f.tokens) || f.tokens[i].kind != word || !slices.Contains(starts, f.tokens[i].text) || f.tokens[i+1].text != "(" {
		return "", false
	}
	command := f.tokens[i+2]
	if command.kind != text && command.kind != mixed || i > 0 && f.tokens[i-1].text == "function" {
		return "", false
	}
	fields := strings.Fields(command.text)
	if len(fields) == 0 {
		return "", false
	}
	return path.Base(fields[0]), true
}
