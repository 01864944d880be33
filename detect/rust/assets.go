package rust

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Asset is a file or folder that a program reads or writes while it runs, or that
// is compiled into it from outside of its package.
type Asset struct {
	Path   string // as the program names it, absolute or below ~ where it writes there, or from the root where it is compiled in
	From   string // from the root
	Fixed  bool   // the program looks where it was compiled
	Folder bool   // it is the folder in which files are made
	At     detect.Evidence

	// Of a file or folder that is not there: one of that name elsewhere in the repository,
	// and an example of it beside it.
	Found, Instead string
}

// opener is a call that takes a path.
type opener struct {
	name   string
	owner  []string // the type or module before it; any where there is none
	arg    int      // the place of the path among the arguments
	writes bool
}

// openers is what is known to open files by name.
//
// Sources: the documentation of the standard library and of each crate, of the
// versions current in August 2026.
var openers = []opener{
	{name: "read_to_string"}, {name: "read_dir"}, {name: "read", owner: []string{"fs"}}, {name: "open", owner: []string{"File", "NamedFile"}},
	{name: "new", owner: []string{"ServeDir", "ServeFile", "Tera", "Path", "StaticFilesEndpoint", "StaticFileEndpoint", "StaticDir", "Migrator"}},
	{name: "new", owner: []string{"Files"}, arg: 1},
	{name: "from", owner: []string{"FileServer", "PathBuf"}}, {name: "relative"}, {name: "dir", owner: []string{"fs"}}, {name: "file", owner: []string{"fs"}},
	{name: "with_name", owner: []string{"File"}}, {name: "path_loader"}, {name: "register_templates_directory"}, {name: "register_template_file"},
	{name: "from_file"}, {name: "from_path"}, {name: "serve_dir"}, {name: "serve_file"}, {name: "join"}, {name: "from_pem_file"}, {name: "file", owner: []string{"Toml", "Yaml", "Json"}},
	{name: "create", owner: []string{"File"}, writes: true}, {name: "create_new", owner: []string{"File"}, writes: true},
	{name: "write", owner: []string{"fs"}, writes: true}, {name: "create_dir", writes: true}, {name: "create_dir_all", writes: true},
	{name: "open", owner: []string{"Connection"}, writes: true}, {name: "rolling", writes: true}, {name: "daily", owner: []string{"rolling"}, writes: true}, {name: "hourly", owner: []string{"rolling"}, writes: true}, {name: "never", owner: []string{"rolling"}, writes: true},
}

// wrappers are calls that pass a path on.
var wrappers = []string{"format", "concat", "from", "new", "Some", "Ok", "to_owned", "env", "unwrap_or", "unwrap_or_else", "into"}

// compileTime are macros and attributes that read a file while compiling.
var compileTime = []string{"include_str", "include_bytes", "include", "include_dir", "embed_migrations", "migrate", "query_file", "query_file_as", "template", "folder", "path", "include_proto", "embed"}

// assets lists what the program reads and writes by names that its sources hold.
// A path counts from the package's folder or from the workspace's, where cargo
// run may be called.
func (p *program) assets(r *repository, s setting) (reads, writes, missing []Asset) {
	for _, f := range p.files {
		for i, t := range f.tokens {
			if t.kind != str || t.text == "" {
				continue
			}
			if strings.HasPrefix(t.text, "sqlite:") {
				if name, ok := relative(sqliteFile(t.text)); ok {
					writes = append(writes, Asset{Path: name, At: f.at(t.line)})
				}
				continue
			}
			o, fixed, ok := p.openedBy(f.tokens, i)
			if !ok {
				continue
			}
			name, ok := relative(strings.TrimPrefix(t.text, strings.Repeat("/", one(fixed))))
			if !ok {
				continue
			}
			a := Asset{Path: name, Fixed: fixed, At: f.at(t.line)}
			switch {
			case o.writes:
				writes = append(writes, a)
			default:
				there := r.there(s, f, a)
				reads = append(reads, there...)
				if len(there) == 0 && !fixed && fatal(f.tokens, i) {
					missing = append(missing, r.elsewhere(s, a))
				} else if len(there) == 0 && !fixed && gives(f.tokens, i) {
					if a.Found = r.besides(s, a); a.Found != "" {
						missing = append(missing, a)
					}
				}
			}
		}
	}
	for _, f := range p.files {
		writes = append(writes, p.written(f)...)
	}
	made := func(a Asset) bool {
		return slices.ContainsFunc(writes, func(w Asset) bool { return detect.Inside(a.Path, w.Path) })
	}
	return once(reads), writes, slices.DeleteFunc(missing, made)
}

// written lists what a file makes by names: fs::create_dir_all(&config.upload_path). Of
// what is joined, the folder that it begins with counts.
func (p *program) written(f source) (found []Asset) {
	for i := 1; i+2 < len(f.tokens); i++ {
		t := f.tokens[i]
		if t.kind != ident || !f.tokens[i+1].is("(") || f.tokens[i-1].is("fn") {
			continue
		}
		owner, _ := ownerOf(f.tokens, i)
		n := slices.IndexFunc(openers, func(o opener) bool {
			return o.writes && o.name == t.text && (len(o.owner) == 0 || slices.Contains(o.owner, owner))
		})
		args := arguments(f.tokens, i+1)
		if n < 0 || len(args) == 0 || spelled(args[0]) {
			continue
		}
		r := p.reader(f)
		r.read(args[0], 0)
		texts := slices.DeleteFunc(r.texts, func(s string) bool { return s == "" || s[0] == '{' })
		if len(texts) == 0 || r.vague || r.below {
			continue
		}
		if name, ok := writable(texts[0]); ok && (!r.parent || strings.Contains(name, "/")) {
			if r.parent {
				name = path.Dir(name)
			}
			folder := strings.HasPrefix(t.text, "create_dir") || path.Ext(name) == ""
			found = append(found, Asset{Path: name, Folder: folder, At: f.at(t.line)})
		}
	}
	return found
}

// spelled says whether a path begins with a text that stands there.
func spelled(arg []token) bool {
	i := slices.IndexFunc(arg, func(t token) bool { return t.kind == str })
	return i >= 0 && !strings.HasPrefix(arg[i].text, "{") && !slices.ContainsFunc(arg[:i], func(t token) bool { return t.is("join") })
}

// writable reads a path that a program writes to: a relative one, one from the root that
// is not the system's own, or one in the home of the user.
func writable(text string) (string, bool) {
	if name, ok := relative(text); ok {
		return name, strings.ContainsAny(text, "/._") || len(name) > 2
	}
	if home, ok := strings.CutPrefix(text, "~"); ok && (home == "" || home[0] == '/') {
		return path.Join("~", home), true
	}
	name := path.Clean(text)
	if !path.IsAbs(name) || name == "/" || strings.ContainsAny(name, "*?[ $:@={") || detect.IsHealthPath(name) {
		return "", false
	}
	return name, slices.ContainsFunc([]string{"/data", "/var/lib", "/var/cache", "/var/log", "/srv", "/opt", "/app", "/config", "/storage", "/uploads", "/db"}, func(dir string) bool { return detect.Inside(name, dir) })
}

// fatal says whether main ends where the file at a place is not there: what reads it
// is taken for granted right behind.
func fatal(t []token, i int) bool {
	open, name, arg := enclosing(t, i)
	if name < 0 || arg != 0 || !slices.Contains([]string{"read_to_string", "read", "open"}, t[name].text) {
		return false
	}
	fn := name
	for fn >= 0 && !(t[fn].kind == ident && t[fn].text == "fn") {
		fn--
	}
	end := closing(t, open)
	return fn >= 0 && t[fn+1].text == "main" && end+2 < len(t) && t[end+1].is(".") && slices.Contains([]string{"unwrap", "expect"}, t[end+2].text)
}

// elsewhere says of a file that is not there what of the repository may become it.
func (r *repository) elsewhere(s setting, a Asset) Asset {
	full := path.Join(s.Package.Dir, a.Path)
	folder, _ := r.tree.Folder(path.Dir(full))
	for _, name := range folder.Files {
		if detect.IsExampleOf(name, path.Base(full)) {
			a.Instead = path.Join(path.Dir(full), name)
		}
	}
	if x, ok := r.tree.Excluded(full); ok {
		a.Instead = "what " + x.At.String() + " leaves out"
	}
	if found := r.tree.Named(path.Base(a.Path)); len(found) == 1 {
		a.Found = found[0]
	}
	return a
}

// besides gives the folder above the workspace of a name that the program gives browsers: it is
// started from there, as far as it finds it.
func (r *repository) besides(s setting, a Asset) string {
	for dir := s.Root.Dir; dir != "."; {
		dir = path.Dir(dir)
		if full := path.Join(dir, a.Path); r.tree.IsFolder(full) {
			return full
		}
	}
	return ""
}

// sqliteFile is the path in the address of a database of SQLite; that of another
// database is none that [relative] takes.
func sqliteFile(url string) string {
	return strings.TrimPrefix(strings.TrimPrefix(url, "sqlite:"), "//")
}

func one(b bool) int {
	if b {
		return 1
	}
	return 0
}

// openedBy finds the call that opens the path at a place of the source, through
// calls that pass it on.
func (p *program) openedBy(t []token, i int) (o opener, fixed, ok bool) {
	for range 4 {
		open, name, arg := enclosing(t, i)
		if name < 0 {
			return opener{}, false, false
		}
		callee := t[name].text
		for _, a := range t[open:min(closing(t, open)+1, len(t))] {
			fixed = fixed || a.kind == str && a.text == "CARGO_MANIFEST_DIR"
		}
		if slices.Contains(compileTime, callee) {
			return opener{}, false, false
		}
		owner, _ := ownerOf(t, name)
		for _, o := range openers {
			if o.name == callee && o.arg == arg && (len(o.owner) == 0 || slices.Contains(o.owner, owner)) {
				return o, fixed || callee == "relative", true
			}
		}
		if callee == "open" && chained(t, name, "create", "append", "create_new") {
			return opener{writes: true}, fixed, true
		}
		if !slices.Contains(wrappers, callee) {
			return opener{}, false, false
		}
		i = name
	}
	return opener{}, false, false
}

// enclosing finds the bracket around a place, the name of what is called, or -1,
// and the place among its arguments.
func enclosing(t []token, i int) (open, name, arg int) {
	depth := 0
	for j := i - 1; j >= 0; j-- {
		if t[j].kind != punct {
			continue
		}
		switch t[j].text {
		case ")", "]", "}":
			depth++
		case ",":
			if depth == 0 {
				arg++
			}
		case ";":
			if depth == 0 {
				return 0, -1, 0
			}
		case "(", "[", "{":
			if depth--; depth >= 0 {
				continue
			}
			name = j - 1
			if name >= 0 && t[name].is("!") {
				name--
			}
			if name < 0 || t[name].kind != ident {
				return 0, -1, 0
			}
			return j, name, arg
		}
	}
	return 0, -1, 0
}

// chained says that one of the methods stands before another in its chain.
func chained(t []token, i int, names ...string) bool {
	for j := i - 1; j > 0 && i-j < 40 && !t[j].is(";") && !t[j].is("{"); j-- {
		if t[j].kind == ident && slices.Contains(names, t[j].text) {
			return true
		}
	}
	return false
}

// relative reads a path that a program was given: what stands before the first
// part that holds a wildcard or a value. Absolute paths are the user's affair.
func relative(text string) (string, bool) {
	text, _, _ = strings.Cut(text, "?")
	var parts []string
	for part := range strings.SplitSeq(text, "/") {
		if strings.ContainsAny(part, `*[{\`) {
			break
		}
		parts = append(parts, part)
	}
	name := path.Clean(strings.Join(parts, "/"))
	if text == "" || name == "." || path.IsAbs(name) || strings.HasPrefix(name, "..") || strings.ContainsAny(name, ":@ =$<>\n\t") {
		return "", false
	}
	return name, true
}

// there gives what stands in the repository for a path that is read.
func (r *repository) there(s setting, f source, a Asset) []Asset {
	bases := []string{s.Package.Dir, s.Root.Dir}
	if a.Fixed {
		bases = []string{r.owner(f.name)}
	}
	for _, base := range bases {
		full := path.Join(base, a.Path)
		if full == base || a.Path == "src" || path.Base(full) == manifestName {
			continue
		}
		if _, folder := r.tree.Folder(full); folder || r.tree.Has(full) {
			a.From = full
			return []Asset{a}
		}
		var found []Asset // a name without its extension, as the crate config takes it
		folder, _ := r.tree.Folder(path.Dir(full))
		for _, name := range folder.Files {
			if ext := path.Ext(name); ext != "" && slices.Contains([]string{".toml", ".yaml", ".yml", ".json", ".ini", ".ron"}, ext) && strings.TrimSuffix(name, ext) == path.Base(full) {
				b := a
				b.From, b.Path = path.Join(path.Dir(full), name), a.Path+ext
				found = append(found, b)
			}
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// owner is the folder of the package that a file belongs to.
func (r *repository) owner(name string) string {
	for dir := path.Dir(name); ; dir = path.Dir(dir) {
		if p, ok := r.packages[dir]; ok && p.Name != "" || dir == "." {
			return dir
		}
	}
}

// once keeps each path once and none inside another.
func once(all []Asset) []Asset {
	slices.SortStableFunc(all, func(a, b Asset) int { return strings.Compare(a.From, b.From) })
	var kept []Asset
	for _, a := range all {
		if !slices.ContainsFunc(kept, func(k Asset) bool { return detect.Inside(a.From, k.From) && k.Fixed == a.Fixed }) {
			kept = append(kept, a)
		}
	}
	return kept
}

// outside lists what compiling reads beside the folders of the packages: what
// sources and build scripts name with ../.
func (p *program) outside(r *repository, s setting) []Asset {
	var found []Asset
	for _, f := range slices.Concat(p.files, p.builds) {
		dir := r.owner(f.name)
		for _, t := range f.tokens {
			name, _, _ := strings.Cut(t.text, "*")
			name = strings.TrimPrefix(name, "/")
			if t.kind != str || !strings.HasPrefix(name, "../") || strings.ContainsAny(name, "\n{") {
				continue
			}
			for _, base := range []string{dir, path.Dir(f.name)} {
				full := path.Join(base, name)
				_, folder := r.tree.Folder(full)
				if !folder && !r.tree.Has(full) || strings.HasPrefix(full, "..") {
					continue
				}
				holds := func(m *Package) bool { return detect.Inside(full, m.Dir) || detect.Inside(m.Dir, full) }
				if full == "." || slices.ContainsFunc(s.Closure, holds) {
					continue
				}
				found = append(found, Asset{Path: full, From: full, At: f.at(t.line)})
				break
			}
		}
	}
	return once(found)
}

// embedded lists the files below the packages that are compiled in by name.
func (p *program) embedded(r *repository) []string {
	var found []string
	for _, f := range p.files {
		for i := 0; i+3 < len(f.tokens); i++ {
			t := f.tokens[i:]
			if !slices.Contains([]string{"include_str", "include_bytes", "include"}, t[0].text) || !t[1].is("!") || t[3].kind != str {
				continue
			}
			if name := path.Join(path.Dir(f.name), t[3].text); r.tree.Has(name) {
				found = append(found, name)
			}
		}
	}
	return found
}

// testData lists the files that tests read beside their sources.
func (r *repository) testData(s setting) []string {
	var found []string
	for _, p := range s.Closure {
		for _, base := range []string{"tests", "testdata", "fixtures"} {
			for _, dir := range r.tree.Below(path.Join(p.Dir, base), func(string) bool { return false }) {
				folder, _ := r.tree.Folder(dir)
				for _, name := range folder.Files {
					found = append(found, path.Join(dir, name))
				}
			}
		}
	}
	return found
}

// called finds a macro of a crate, such as sqlx::query!.
func (p *program) called(names ...string) (detect.Evidence, bool) {
	for _, f := range p.files {
		for i := 0; i+1 < len(f.tokens); i++ {
			if f.tokens[i].kind == ident && f.tokens[i+1].is("!") && slices.Contains(names, f.tokens[i].text) {
				return f.at(f.tokens[i].line), true
			}
		}
	}
	return detect.Evidence{}, false
}
