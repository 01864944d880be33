package rust

import (
	"bytes"
	"iter"
	"path"
	"slices"
	"strings"
	"unicode"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// source is one file of Rust that may say something about serving or reading.
type source struct {
	name   string // from the root
	tokens []token
}

func (s source) at(line int) detect.Evidence { return detect.Evidence{File: s.name, Line: line} }

// telling are words of which a file has one where it says something that matters
// here: a port, a path, a file, or a value that others take for one.
var telling = [][]byte{
	[]byte("env::var"), []byte("dotenvy"), []byte("env = \""), []byte("bind"), []byte("listen"), []byte("run("), []byte("start("), []byte("serve"), []byte("Serve"), []byte("Server"), []byte("port"), []byte("PORT"), []byte("addr"), []byte("ADDR"), []byte("HOST"), []byte("host"),
	[]byte("health"), []byte("/ping"), []byte("/livez"), []byte("/readyz"), []byte("File"), []byte("fs::"), []byte("Path"), []byte("include"), []byte("migrate"), []byte("query"),
	[]byte("templates"), []byte("Tera"), []byte("sqlite"), []byte("rocket"), []byte("../"), []byte("with_name"), []byte("dir("), []byte("from(\""), []byte("CARGO_MANIFEST_DIR"), []byte("SIGTERM"), []byte("Signal"), []byte("ctrlc"), []byte("terminate"), []byte("join("), []byte("Embed"), []byte("load_assets"), []byte("compile_error"), []byte("ubcommand"), []byte("Command::new"), []byte("Parser"), []byte("_path"), []byte("_dir"),
}

// testMark is what makes a function a test that runs where it is compiled.
var testMark = pattern.New(`#\[(\w+::)*test\b`)

// testModule is a module in a file of its own that is compiled for tests alone.
var testModule = pattern.New(`(?:#\[[^\]\n]*\]\s*)*#\[cfg\((?:test|all\(test\b[^\]\n]*\))\)\]\s*(?:#\[[^\]\n]*\]\s*)*(?:pub(?:\([^)\n]*\))?\s+)?mod\s+(?:r#)?\w+\s*;`)

// sourcesOf reads the sources of a package once: its targets and its build script with
// the modules that they name, without tests, examples and benches.
func (r *repository) sourcesOf(p *Package) ([]source, error) {
	if found, ok := r.sources[p.Dir]; ok {
		return found, nil
	}
	text := r.tree.Reader(p.Dir)
	defer text.Close() // nothing was written through it
	var found []source
	var scratch []token
	all := r.rustFiles(p)
	roots := p.roots()
	lists := slices.ContainsFunc(p.Needs, func(d Dependency) bool { return d.Name == "automod" }) // whose macro lists a folder
	for next := slices.Clone(roots); len(next) > 0; next = next[1:] {
		name := next[0]
		i, ok := slices.BinarySearch(all, name)
		if !ok { // none of its own, or read
			continue
		}
		all = slices.Delete(all, i, i+1)
		data, err := text.ReadFile(name)
		if err != nil {
			return nil, err
		}
		names := data
		if place := testModule.FindIndex(data); place != nil {
			if r.tests[p.Dir].File == "" || name < r.tests[p.Dir].File {
				r.tests[p.Dir] = detect.Evidence{File: name, Line: 1 + bytes.Count(data[:place[0]], []byte("\n"))}
			}
			names = testModule.ReplaceAll(data, nil)
		}
		inside, known := modules(name, names, slices.Contains(roots, name))
		if !known || lists {
			inside = all
		}
		next = append(next, inside...)
		if place := testMark.FindIndex(data); place != nil && (r.tests[p.Dir].File == "" || name < r.tests[p.Dir].File) {
			r.tests[p.Dir] = detect.Evidence{File: name, Line: 1 + bytes.Count(data[:place[0]], []byte("\n"))}
		}
		if slices.ContainsFunc(telling, func(word []byte) bool { return bytes.Contains(data, word) }) {
			found = append(found, source{name, tokens(string(data), &scratch)})
		}
	}
	slices.SortFunc(found, func(a, b source) int { return strings.Compare(a.name, b.name) })
	r.sources[p.Dir] = found
	return found, nil
}

// roots are the files that its crates and its build script begin with, from the root.
func (p *Package) roots() []string {
	var roots []string
	for _, name := range []string{p.Lib, p.Build} {
		if name != "" {
			roots = append(roots, path.Join(p.Dir, name))
		}
	}
	for _, b := range p.Bins {
		roots = append(roots, path.Join(p.Dir, b.Path))
	}
	return roots
}

var (
	// moduleName is a module in a file of its own, or one in braces.
	moduleName = pattern.New(`\bmod\s+(?:r#)?([A-Za-z_][A-Za-z0-9_]*)\s*([;{])`)

	// moduleFile is a file that an attribute or a macro names.
	moduleFile = pattern.New(`(?:\bpath\s*=|\binclude!\s*[({\[])\s*"([^"]+)"`)

	// computed is where macros name modules, of which nothing here says which.
	computed = pattern.New(`\bmod\s+\$|\binclude!\s*[({\[]\s*[^"\s]`)
)

// linesWith gives the lines of a text that hold a mark.
func linesWith(data []byte, mark string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for {
			i := bytes.Index(data, []byte(mark))
			if i < 0 {
				return
			}
			from := bytes.LastIndexByte(data[:i], '\n') + 1
			to := len(data)
			if n := bytes.IndexByte(data[i:], '\n'); n >= 0 {
				to = i + n
			}
			if !yield(data[from:to]) {
				return
			}
			data = data[to:]
		}
	}
}

// modules lists where the modules that a file of Rust names may be
// (https://doc.rust-lang.org/reference/items/modules.html#module-source-filenames), root
// saying that a crate begins with it. What stands in comments counts too. It is not known
// where macros make the names.
func modules(name string, data []byte, root bool) (files []string, known bool) {
	var single, blocks, paths []string
	for _, mark := range []string{"mod ", "#[path", "#[cfg_attr", "include!"} {
		for line := range linesWith(data, mark) {
			if computed.Match(line) {
				return nil, false
			}
			for _, m := range moduleName.FindAllSubmatch(line, -1) {
				if string(m[2]) == ";" {
					single = append(single, string(m[1])+".rs", string(m[1])+"/mod.rs")
				} else {
					blocks = append(blocks, string(m[1]))
				}
			}
			if m := moduleFile.FindSubmatch(line); m != nil {
				paths = append(paths, string(m[1]))
			}
		}
	}
	beside := path.Dir(name)
	dirs := []string{beside}
	if base := path.Base(name); !root && base != "mod.rs" {
		dirs = []string{path.Join(beside, strings.TrimSuffix(base, ".rs"))}
	}
	for range 2 { // braces in braces
		for _, d := range slices.Clone(dirs) {
			for _, block := range blocks {
				if dir := path.Join(d, block); !slices.Contains(dirs, dir) {
					dirs = append(dirs, dir)
				}
			}
		}
	}
	for _, file := range paths {
		files = append(files, path.Join(beside, file))
	}
	for _, d := range dirs {
		for _, file := range slices.Concat(single, paths) {
			files = append(files, path.Join(d, file))
		}
	}
	return files, true
}

// rustFiles lists the files of Rust below the folders of a package's targets.
func (r *repository) rustFiles(p *Package) []string {
	dirs := []string{path.Dir(path.Join(p.Dir, p.Lib))}
	if p.Lib == "" {
		dirs = nil
	}
	for _, b := range p.Bins {
		dirs = append(dirs, path.Dir(path.Join(p.Dir, b.Path)))
	}
	slices.Sort(dirs)
	dirs = slices.Compact(dirs)
	var files []string
	if p.Build != "" && r.tree.Has(path.Join(p.Dir, p.Build)) {
		files = append(files, path.Join(p.Dir, p.Build))
	}
	skip := func(dir string) bool {
		if _, other := r.packages[dir]; other {
			return true
		}
		base := path.Base(dir)
		return path.Dir(dir) == p.Dir && (base == "tests" || base == "examples" || base == "benches" || base == "target")
	}
	for _, dir := range dirs {
		for _, sub := range r.tree.Below(dir, skip) {
			folder, _ := r.tree.Folder(sub)
			for _, name := range folder.Files {
				if strings.HasSuffix(name, ".rs") {
					files = append(files, path.Join(sub, name))
				}
			}
		}
	}
	slices.Sort(files)
	return slices.Compact(files)
}

// program is the sources that one program is made of.
type program struct {
	files   []source
	builds  []source // build scripts, which run on the builder
	crates  map[string]bool
	defined map[string][]definition // by name
	takes   map[string][]taking     // what functions of a name take
	binds   map[string][]binding    // the names that patterns give what a variant holds
}

// definition is what a name stands for, or may stand for.
type definition struct {
	file   source
	tokens []token
	rank   int   // the lower the surer
	in     scope // where the name is one
	sets   bool  // it is given to a variable that is there
}

// scope is a function of a file; of none where a name counts everywhere.
type scope struct {
	file string
	fn   int32
}

// taking is a function with the names of its parameters.
type taking struct {
	in    scope
	names []string
}

// binding is a name that a pattern gives what a variant of an enum holds.
type binding struct {
	in   scope
	name string
}

// program gathers the sources of a program and of the packages that it is built
// from, without those of their other programs.
func (r *repository) program(s setting, bin Target) (*program, error) {
	code := &program{crates: map[string]bool{}, defined: map[string][]definition{}, takes: map[string][]taking{}, binds: map[string][]binding{}}
	if s.Root.Dir != r.current { // no other workspace asks for them again
		r.current, r.sources = s.Root.Dir, map[string][]source{}
	}
	for i, p := range s.Closure {
		all, err := r.sourcesOf(p)
		if err != nil {
			return nil, err
		}
		for _, d := range p.Needs {
			if d.Kind == Normal {
				code.crates[d.Name] = true
			}
		}
		for _, f := range all {
			below := detect.From(p.Dir, f.name)
			switch {
			case below == p.Build:
				code.builds = append(code.builds, f)
			case !otherProgram(p, below, bin, i == 0):
				code.files = append(code.files, f)
			}
		}
	}
	for _, f := range code.files {
		code.define(f)
	}
	for _, f := range code.files {
		code.hand(f)
	}
	return code, nil
}

// otherProgram says that a file belongs to a program that is not asked for.
func otherProgram(p *Package, name string, bin Target, own bool) bool {
	for _, b := range p.Bins {
		if own && b.Path == bin.Path {
			continue
		}
		dir := path.Dir(b.Path)
		if name == b.Path || path.Base(b.Path) == "main.rs" && dir != "src" && dir != "." && detect.Inside(name, dir) && !(own && detect.Inside(bin.Path, dir)) {
			return true
		}
	}
	return false
}

// define notes what a file gives names to.
func (p *program) define(f source) {
	t := f.tokens
	add := func(name string, d definition) {
		d.file = f
		if len(p.defined[name]) < 64 {
			p.defined[name] = append(p.defined[name], d)
		}
	}
	local := func(i int) scope { return scope{f.name, t[i].fn} }
	for i := 0; i+2 < len(t); i++ {
		if t[i].kind != ident {
			if t[i].is("#") && t[i+1].is("[") {
				end := closing(t, i+1)
				if name, ok := fieldBehind(t, end+1); ok {
					add(name, definition{tokens: t[i : end+1], rank: 2})
				}
			}
			continue
		}
		switch t[i].text {
		case "let":
			name, value := unwrapped(t, i+1)
			if name != "" && !slices.ContainsFunc(value, func(t token) bool { return t.is("var") || t.is("var_os") }) { // of which nobody knows yet what it is parsed into
				add(name, definition{tokens: value, in: local(i)})
			} else if name, value := assigned(t, i+1); name != "" {
				add(name, definition{tokens: value, in: local(i)})
			} else if t[i+1].is("(") {
				for name, value := range tupled(t, i+1) {
					add(name, definition{tokens: value, in: local(i)})
				}
			}
		case "const", "static":
			if name, value := assigned(t, i+1); name != "" {
				add(name, definition{tokens: value})
			}
		case "for":
			if end := blockStart(t, i); t[i+2].is("in") && end > 0 {
				add(t[i+1].text, definition{tokens: t[i+3 : end], in: local(i)})
			}
		case "fn":
			end := endOfItem(t, i+2)
			body := i + 2
			for body < end && !t[body].is("{") {
				body++
			}
			add(t[i+1].text, definition{tokens: t[min(body, end):end], rank: 1})
			p.takes[t[i+1].text] = append(p.takes[t[i+1].text], taking{local(i + 2), parameters(t, i+2)})
		default:
			p.given(f, i, add)
		}
	}
}

// given notes what the name at i is given: a field, a variable that is there, or what a
// pattern takes out of a variant.
func (p *program) given(f source, i int, add func(string, definition)) {
	t := f.tokens
	before := token{}
	if i > 0 {
		before = t[i-1]
	}
	is := func(words ...string) bool { return slices.ContainsFunc(words, before.is) }
	local := scope{f.name, t[i].fn}
	switch {
	case t[i+1].is(":") && !t[i+2].is(":") && !is(":", "let", "const", "static", "mut"):
		add(t[i].text, definition{tokens: t[i+2 : fieldEnd(t, i+2)], rank: 3})
	case t[i+1].is("=") && !t[i+2].is("=") && !t[i+2].is(">") && is(";", "{", "}"):
		add(t[i].text, definition{tokens: t[i+2 : statementEnd(t, i+2)], in: local, sets: true})
	case is("{", ",") && (t[i+1].is(",") || t[i+1].is("}")) && t[i].fn != 0 && inLiteral(t, i): // Config { port }
		add(t[i].text, definition{tokens: t[i : i+1], rank: 3})
	case is("(") && t[i+1].is(")") && i >= 2 && isVariant(t[i-2]) && isPattern(t, i+2): // Tcp(address) =>
		p.binds[t[i-2].text] = append(p.binds[t[i-2].text], binding{local, t[i].text})
	}
}

// isVariant says whether a token is the name of an enum's variant, but those that
// are everywhere.
func isVariant(t token) bool {
	return t.kind == ident && unicode.IsUpper(rune(t.text[0])) && !slices.ContainsFunc([]string{"Some", "Ok", "Err"}, t.is)
}

// isPattern says whether a pattern ends before the token at i.
func isPattern(t []token, i int) bool {
	return i+1 < len(t) && (t[i].is("=") && !t[i+1].is("=") || t[i].is("|") || t[i].is("if"))
}

// inLiteral says whether the braces around a place are those of a literal or pattern of
// a struct.
func inLiteral(t []token, i int) bool {
	depth := 0
	for j := i - 1; j > 0; j-- {
		switch {
		case t[j].is("}") || t[j].is(")") || t[j].is("]"):
			depth++
		case t[j].is("(") || t[j].is("["), t[j].is("{"):
			if depth--; depth < 0 {
				return t[j].is("{") && t[j-1].kind == ident && unicode.IsUpper(rune(t[j-1].text[0]))
			}
		case t[j].is(";") && depth == 0:
			return false
		}
	}
	return false
}

// blockStart is the place of the brace that begins the block of the statement at i, 0
// where there is none.
func blockStart(t []token, i int) int {
	for ; i < len(t); i++ {
		switch {
		case t[i].is("{"):
			return i
		case t[i].is(";") || t[i].is("}"):
			return 0
		case t[i].is("(") || t[i].is("["):
			i = closing(t, i)
		}
	}
	return 0
}

// tupled gives the names behind let that a tuple is taken apart into, with the value of
// each: let (a, b) = (1, 2).
func tupled(t []token, i int) map[string][]token {
	end := closing(t, i)
	if end+2 >= len(t) || !t[end+1].is("=") || !t[end+2].is("(") {
		return nil
	}
	names, values := arguments(t, i), arguments(t, end+2)
	if len(names) != len(values) {
		return nil
	}
	all := map[string][]token{}
	for k, name := range names {
		if len(name) > 0 && (len(name) == 1 || name[0].is("mut")) && name[len(name)-1].kind == ident {
			all[name[len(name)-1].text] = values[k]
		}
	}
	return all
}

// unwrapped is the name that Some(…) or Ok(…) gives behind let, with what it is taken from.
func unwrapped(t []token, i int) (name string, value []token) {
	if i+5 >= len(t) || !t[i].is("Some") && !t[i].is("Ok") || !t[i+3].is(")") || !t[i+4].is("=") {
		return "", nil
	}
	end := statementEnd(t, i+5)
	if block := blockStart(t, i+5); block > 0 && block < end {
		end = block
	}
	return t[i+2].text, t[i+5 : end]
}

// assigned is the name that stands from i on, behind let, const or static, with what it
// is set to; there may be none.
func assigned(t []token, i int) (name string, value []token) {
	for i < len(t)-1 && (t[i].is("mut") || t[i].is("ref")) {
		i++
	}
	end := statementEnd(t, i)
	if t[i].kind != ident || end <= i {
		return "", nil
	}
	eq := i
	for eq < end && !t[eq].is("=") {
		eq++
	}
	return t[i].text, t[min(eq+1, end):end]
}

// parameters are the names of what a function takes; none for a method.
func parameters(t []token, i int) (names []string) {
	for i < len(t) && !t[i].is("(") && !t[i].is("{") && !t[i].is(";") {
		i++ // past <T: Trait>
	}
	if i >= len(t) || !t[i].is("(") {
		return nil
	}
	for _, p := range arguments(t, i) {
		if len(p) > 0 && p[0].is("mut") {
			p = p[1:]
		}
		if len(p) < 3 || p[0].kind != ident || !p[1].is(":") {
			return nil
		}
		names = append(names, p[0].text)
	}
	return names
}

// hand notes what functions and variants of enums are called with as what their
// parameters, and patterns, may hold. One of several functions of a name might be meant,
// so they are left alone.
func (p *program) hand(f source) {
	t := f.tokens
	give := func(in scope, name string, value []token) {
		if len(p.defined[name]) < 64 {
			p.defined[name] = append(p.defined[name], definition{file: f, tokens: value, rank: 3, in: in})
		}
	}
	for i := 1; i+1 < len(t); i++ {
		if t[i].kind != ident || !t[i+1].is("(") || t[i-1].is("fn") {
			continue
		}
		args := arguments(t, i+1)
		if binds := p.binds[t[i].text]; len(binds) > 0 && len(args) == 1 && !isPattern(t, closing(t, i+1)+1) {
			for _, b := range binds {
				give(b.in, b.name, args[0])
			}
		}
		takes := p.takes[t[i].text]
		if len(takes) != 1 {
			continue
		}
		owner, method := ownerOf(t, i)
		if method || len(args) != len(takes[0].names) || owner != "" && unicode.IsUpper(rune(owner[0])) {
			continue
		}
		for n, name := range takes[0].names {
			give(takes[0].in, name, args[n])
		}
	}
}

// fieldBehind is the name of the struct's field that stands behind attributes.
func fieldBehind(t []token, i int) (string, bool) {
	for i+1 < len(t) && t[i].is("#") && t[i+1].is("[") {
		i = closing(t, i+1) + 1
	}
	if i < len(t) && t[i].is("pub") {
		i++
		if i < len(t) && t[i].is("(") {
			i = closing(t, i) + 1
		}
	}
	if i+1 < len(t) && t[i].kind == ident && t[i+1].is(":") {
		return t[i].text, true
	}
	return "", false
}

// statementEnd is the place of the semicolon that ends a statement.
func statementEnd(t []token, i int) int {
	for ; i < len(t); i++ {
		switch {
		case t[i].is(";"):
			return i
		case t[i].is("}"):
			return i
		case t[i].kind == punct && closers[t[i].text] != "":
			i = closing(t, i)
		}
	}
	return len(t)
}

// fieldEnd is the place of the comma or bracket that ends a field's value.
func fieldEnd(t []token, i int) int {
	for ; i < len(t); i++ {
		switch {
		case t[i].is(",") || t[i].is(";") || t[i].is("}") || t[i].is(")") || t[i].is("="):
			return i
		case t[i].kind == punct && closers[t[i].text] != "":
			i = closing(t, i)
		}
	}
	return len(t)
}

// foreignTools are programs that build scripts run and images of Rust lack. Others, such as
// git, they usually do without.
var foreignTools = []string{"npm", "npx", "yarn", "pnpm", "bun", "deno", "node", "trunk", "wasm-pack", "tailwindcss", "go", "make", "cmake", "protoc"}

// calls lists the programs that build scripts run and that the image has to be given.
func (p *program) calls() (found []Directive) {
	for _, f := range p.builds {
		for i := 0; i+5 < len(f.tokens); i++ { // Command::new("npm")
			t := f.tokens[i:]
			known := func(d Directive) bool { return d.Value == t[5].text }
			if t[0].is("Command") && t[3].is("new") && t[5].kind == str && slices.Contains(foreignTools, t[5].text) && !slices.ContainsFunc(found, known) {
				found = append(found, Directive{t[5].text, f.at(t[5].line)})
			}
		}
	}
	return found
}
