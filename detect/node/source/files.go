package source

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
)

// Folder is a folder that a program makes files in.
type Folder struct {
	Path string // from the package's folder, "." for that itself; absolute, or below "~", where it is
	File string // the file that is made, as Path; empty where that is not known
	Data bool   // what is kept there should outlast the container
	At   detect.Evidence
}

// File is a file that a program opens by a path that is written down.
type File struct {
	Path string // from the root of the repository
	Dies bool   // the program ends where the file is not there
	At   detect.Evidence
}

// made is what a call or a key of an object makes by a path.
type made struct {
	name   string   // of the function, or of the key
	arg    int      // which argument is the path
	folder bool     // the path is a folder; else files are made beside the path
	data   bool     // what is kept should outlast the container
	from   []string // what the file mentions, where the name could be anybody's
}

// writers are functions that make files or folders.
//
// Sources: the documentation of node:fs, node:sqlite, bun:sqlite, better-sqlite3, sqlite3, fs-extra,
// mkdirp, lowdb, level and nedb, of the versions current in August 2026.
var writers = []made{
	{name: "writeFile"}, {name: "writeFileSync"}, {name: "appendFile"}, {name: "appendFileSync"}, {name: "createWriteStream"},
	{name: "outputFile"}, {name: "outputFileSync"}, {name: "outputJson"}, {name: "outputJsonSync"}, {name: "writeJson"}, {name: "writeJsonSync"},
	{name: "mkdir", folder: true}, {name: "mkdirSync", folder: true}, {name: "mkdirp", folder: true}, {name: "mkdirpSync", folder: true},
	{name: "ensureDir", folder: true}, {name: "ensureDirSync", folder: true}, {name: "mkdtemp"}, {name: "mkdtempSync"},
	{name: "copyFile", arg: 1}, {name: "copyFileSync", arg: 1}, {name: "cpSync", arg: 1},
	{name: "Database", data: true}, {name: "DatabaseSync", data: true}, {name: "Datastore", data: true, from: []string{"nedb"}},
	{name: "JSONFile", data: true, from: []string{"lowdb"}}, {name: "JSONFilePreset", data: true, from: []string{"lowdb"}}, {name: "FileSync", data: true, from: []string{"lowdb"}},
	{name: "Level", folder: true, data: true, from: []string{"level"}},
}

// writtenKeys are keys of objects that name what is written.
//
// Sources: the documentation of multer, winston, winston-daily-rotate-file, pino, formidable, express-fileupload,
// Knex, Sequelize, TypeORM, @nestjs/graphql, session-file-store and nedb, of the versions current in August 2026.
var writtenKeys = []made{
	{name: "dest", folder: true}, {name: "destination", folder: true, from: []string{"multer"}}, {name: "destination", from: []string{"pino"}}, {name: "uploadDir", folder: true, data: true},
	{name: "tempFileDir", folder: true}, {name: "dirname", folder: true, from: []string{"winston"}},
	{name: "filename", from: []string{"winston"}}, {name: "filename", data: true, from: []string{"sqlite", "nedb"}},
	{name: "storage", data: true, from: []string{"sequelize"}}, {name: "database", data: true, from: []string{"typeorm"}},
	{name: "autoSchemaFile"}, {name: "path", folder: true, from: []string{"session-file-store"}},
}

// readers are functions that open a file by their first argument.
var readers = []string{"readFileSync", "readFile", "createReadStream", "loadSync", "readJsonSync", "readJson", "loadPackageDefinition"}

// dies are those of them that throw at once.
var dies = []string{"readFileSync", "loadSync", "readJsonSync"}

// opened lists what a program makes and opens by paths that are written down.
func (c Code) opened(dir string) (writes []Folder, reads []File) {
	e := &paths{code: c, dir: dir, made: c.made}
	var asked, wrote []string
	for _, f := range c.files {
		depth := 0
		for i, t := range f.tokens {
			switch {
			case t.kind == sign && t.text == "{":
				depth++
			case t.kind == sign && t.text == "}":
				depth--
			case t.kind != word || i+2 >= len(f.tokens) || f.tokens[i+1].kind != sign:
			case f.tokens[i+1].text == "(" && (strings.HasPrefix(t.text, "exists") || t.text == "access" || t.text == "accessSync" || t.text == "pathExists" || t.text == "statSync"):
				if name, ok := e.argument(f, i, 0); ok {
					asked = append(asked, name)
				}
			case f.tokens[i+1].text == "(" && slices.Contains(readers, t.text):
				if name, ok := e.argument(f, i, 0); ok && inRepository(name) && path.Ext(name) != "" {
					reads = append(reads, File{Path: name, Dies: depth == 0 && slices.Contains(dies, t.text) && f.always(i), At: f.at(i)})
				}
			default:
				if w, name, ok := e.makes(f, i); ok {
					wrote = append(wrote, name)
					writes = append(writes, w)
				}
			}
		}
	}
	for i, r := range reads {
		there := func(name string) bool { return detect.Inside(r.Path, name) }
		reads[i].Dies = r.Dies && !slices.ContainsFunc(asked, there) && !slices.ContainsFunc(wrote, there)
	}
	return writes, reads
}

// Bundled lists what the files of a program that a build joins into one make, and the folders of
// migrations that they run, by paths from the working folder: what lies beside a file does so no
// more.
func (c Code) Bundled(dir string) (writes []Folder, migrations []File) {
	c.known, c.dir = map[string]detect.Listener{}, dir
	c = c.Built(func(string) string { return "../" })
	writes, _ = c.opened(dir)
	e := &paths{code: c, dir: dir, made: c.made}
	for _, f := range c.files {
		for i := range f.tokens {
			if !f.is(i, "migrationsFolder", ":") {
				continue
			}
			if name, ok := e.place(f, f.expression(i+2)); ok && inRepository(name) {
				migrations = append(migrations, File{Path: name, At: f.at(i)})
			}
		}
	}
	return writes, migrations
}

// always says that nothing before the call at i in its statement makes it depend: no
// condition, and no function that is called later.
func (f sourceFile) always(i int) bool {
	for k := i - 1; k >= 0 && k > i-30 && (f.tokens[k].line == f.tokens[i].line || f.tokens[k].kind == sign && f.tokens[k].text != ";"); k-- {
		t := f.tokens[k]
		if f.is(k, "=", ">") || t.kind == sign && strings.Contains("?&|", t.text) || t.kind == word && slices.Contains([]string{"if", "else", "case", "try", "catch", "function", "while", "for"}, t.text) {
			return false
		}
	}
	return true
}

// inRepository says whether a path is one from the root of the repository.
func inRepository(name string) bool { return !path.IsAbs(name) && !strings.HasPrefix(name, home) }

// argument evaluates an argument of the call at i as a path.
func (e *paths) argument(f sourceFile, i, n int) (string, bool) {
	args := f.arguments(i + 1)
	if len(args) <= n {
		return "", false
	}
	return e.place(f, args[n])
}

// makes reads what the call or key at i makes: the folder, and the path itself.
func (e *paths) makes(f sourceFile, i int) (w Folder, name string, ok bool) {
	list := writers
	switch f.tokens[i+1].text {
	case "(":
		if i > 0 && f.tokens[i-1].text == "function" {
			return w, "", false
		}
	case ":":
		list = writtenKeys
	default:
		return w, "", false
	}
	for _, m := range list {
		if m.name != f.tokens[i].text || len(m.from) > 0 && !f.mentions(m.from...) {
			continue
		}
		if f.tokens[i+1].text == ":" {
			name, ok = e.place(f, withoutName(f.expression(i+2), m.name))
		} else {
			name, ok = e.argument(f, i, m.arg)
		}
		whole := ok
		if !ok && f.tokens[i+1].text == "(" && !m.folder {
			name, ok = e.begins(f, i, m.arg)
		}
		if !ok {
			continue
		}
		folder := name
		if !m.folder && whole {
			folder = path.Dir(name)
		}
		below, in := relative(e.dir, folder)
		if top, _, _ := strings.Cut(strings.TrimPrefix(folder, "/"), "/"); !in || path.IsAbs(folder) && (top == "" || slices.Contains(kernels, top)) {
			return w, "", false
		}
		w = Folder{Path: below, Data: m.data || keeps(below) || isState(below), At: f.at(i)}
		if !m.folder && whole {
			w.File, _ = relative(e.dir, name)
		}
		return w, name, true
	}
	return w, "", false
}

// begins is the folder that an argument of the call at i begins with, where only the names in
// it are known to the running program: join(dir, name).
func (e *paths) begins(f sourceFile, i, n int) (string, bool) {
	args := f.arguments(i + 1)
	if len(args) <= n {
		return "", false
	}
	expr := bare(args[n])
	words, open := members(expr)
	if open < 0 || words[len(words)-1] != "join" && words[len(words)-1] != "resolve" && !joins.MatchString(words[len(words)-1]) {
		return "", false
	}
	parts := sourceFile{tokens: expr}.arguments(open)
	if len(parts) < 2 {
		return "", false
	}
	name, ok := e.place(f, parts[0])
	return name, ok && name != "." && name != e.dir
}

// kernels are folders at the root that the kernel fills.
var kernels = []string{"dev", "proc", "sys"}

// keeping are names of folders whose contents outlast a program.
var keeping = []string{"data", "database", "databases", "db", "upload", "uploads", "storage", "store", "media", "config", "state", "attachments", "backups", "var"}

// isState says whether a folder of the user's home is where a program keeps what it knows.
func isState(folder string) bool {
	return strings.HasPrefix(folder, home+"/") && !strings.Contains(folder, "cache") && !strings.Contains(folder, "tmp")
}

// keeps says whether a folder is called as one for data is.
func keeps(folder string) bool { return slices.Contains(keeping, path.Base(folder)) }
