package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/shell"
)

// Said is how much a file's word about building and starting weighs: that of a release
// before that of a task, and that before prose.
type Said int

// The kinds of files that say how a project is built and started.
const (
	ByRelease  Said = iota // goreleaser
	ByTask                 // a task that builds or starts the product, by its name
	ByUnit                 // systemd, compose
	ByOther                // any other task
	ByWorkflow             // of CI, and scripts
	ByProse                // a README
	Aside                  // a task for something else than the product, by its name
)

// Call is a command line that a project's own files have.
type Call struct {
	Words []string // of the program and its arguments; variables that the file does not set are as it has them
	Set   []string // variables of the environment that are set for it, NAME=value
	In    string   // the folder that a cd before it goes to, from where it is called
	Task  string   // the target of a Makefile, the recipe, the name of a script
	By    Said
	At    detect.Evidence
}

// maxCalls bounds the size of a file that is read for calls.
const maxCalls = 512 << 10

// Where files that say how a project is built and started lie, beside it and above it.
var (
	scriptFolders = []string{".", "scripts", "script", "hack", "build", "ci", ".ci", "bin"}
	unitFolders   = []string{".", "contrib", "contrib/systemd", "systemd", "deploy", "deploy/systemd", "deployment", "dist", "etc", "examples", "init", "packaging", "packaging/systemd", "scripts", "docker", "assets"}
)

// Calls lists the command lines of the Makefiles, tasks, releases, workflows, units and
// READMEs of a folder and of those above it, as far as the file holds one of the words.
// What cannot be read as a line of a shell is left out.
func Calls(t *detect.Tree, dir string, words ...string) []Call {
	var all []Call
	for {
		for _, f := range tellers(t, dir) {
			all = append(all, f.calls(t, words)...)
		}
		if dir == "." {
			slices.SortStableFunc(all, func(a, b Call) int { return int(a.By) - int(b.By) })
			return all
		}
		dir = path.Dir(dir)
	}
}

// teller is a file that may have calls.
type teller struct {
	file string
	kind kind
}

// kind is how a file is written.
type kind struct {
	by       Said
	set      *pattern.Pattern // how it sets variables
	task     *pattern.Pattern // how a task begins
	comment  string
	prefixes []string // what stands before a command
	read     func(file string, data []byte) []Call
}

var (
	makeKind     = kind{by: ByOther, set: pattern.New(`^(?:export\s+|override\s+)?([A-Za-z_][A-Za-z0-9_]*)\s*(\+=|[:?]{0,2}=)\s*(.*)$`), task: pattern.New(`^([A-Za-z0-9_./-]+)[^:=]*:(?:[^=]|$)`), comment: "#", prefixes: []string{"@", "-", "+"}}
	justKind     = kind{by: ByOther, set: pattern.New(`^(?:export\s+)?([A-Za-z_][A-Za-z0-9_-]*)\s*(:=)\s*(.*)$`), task: pattern.New(`^@?([A-Za-z0-9_-]+)[^:=]*:(?:[^=]|$)`), comment: "#", prefixes: []string{"@", "-"}}
	taskKind     = kind{by: ByOther, set: pattern.New(`^\s+([A-Z][A-Z0-9_]*)(:)\s+(\S.*)$`), task: pattern.New(`^  ([A-Za-z0-9_:-]+):\s*$`), comment: "#", prefixes: []string{"- cmd:", "- ", "cmd:"}}
	workflowKind = kind{by: ByWorkflow, set: pattern.New(`^\s+([A-Z][A-Z0-9_]*)(:)\s+(\S.*)$`), comment: "#", prefixes: []string{"- run:", "run:", "- "}}
	scriptKind   = kind{by: ByWorkflow, set: pattern.New(`^\s*(?:export\s+|readonly\s+|local\s+)?([A-Za-z_][A-Za-z0-9_]*)(=)(.*)$`), comment: "#"}
	unitKind     = kind{by: ByUnit, set: pattern.New(`^Environment=([A-Z_]+)(=)(.*)$`), comment: "#", prefixes: []string{"ExecStart=", "ExecStartPre=", "-", "@"}}
	proseKind    = kind{by: ByProse, prefixes: []string{"$ ", "> ", "# ", "`"}}
	releaseKind  = kind{by: ByRelease, read: release}
	composeKind  = kind{by: ByUnit, read: composed}
)

// tellers lists the files of a folder that may have calls.
func tellers(t *detect.Tree, dir string) (found []teller) {
	in := func(sub string, kinds func(name string) (kind, bool)) {
		folder, _ := t.Folder(path.Join(dir, sub))
		for _, name := range folder.Files {
			if k, ok := kinds(name); ok {
				found = append(found, teller{path.Join(dir, sub, name), k})
			}
		}
	}
	in(".", named)
	for _, sub := range scriptFolders {
		in(sub, func(name string) (kind, bool) { return scriptKind, strings.HasSuffix(name, ".sh") })
	}
	for _, sub := range unitFolders {
		in(sub, func(name string) (kind, bool) { return unitKind, strings.HasSuffix(name, ".service") })
	}
	for _, sub := range []string{".github/workflows", ".gitea/workflows", ".forgejo/workflows"} {
		in(sub, func(name string) (kind, bool) {
			return workflowKind, strings.HasSuffix(name, ".yml") || strings.HasSuffix(name, ".yaml")
		})
	}
	return found
}

// named tells by the name of a file how it is written.
func named(name string) (kind, bool) {
	lower := strings.ToLower(name)
	base := strings.TrimSuffix(strings.TrimSuffix(lower, ".yaml"), ".yml")
	switch {
	case lower == "makefile" || lower == "gnumakefile":
		return makeKind, true
	case lower == "justfile" || lower == ".justfile":
		return justKind, true
	case base == lower:
		return proseKind, strings.HasPrefix(lower, "readme.")
	case base == "taskfile" || base == "taskfile.dist":
		return taskKind, true
	case base == ".goreleaser" || base == "goreleaser":
		return releaseKind, true
	case base == "compose" || strings.HasPrefix(base, "docker-compose"):
		return composeKind, true
	case base == ".gitlab-ci" || base == ".drone" || base == ".woodpecker":
		return workflowKind, true
	}
	return kind{}, false
}

// calls reads one file. A file that cannot be read says nothing: it is of another's.
func (f teller) calls(t *detect.Tree, words []string) []Call {
	data, err := t.ReadFile(f.file)
	if err != nil || len(data) > maxCalls {
		return nil
	}
	if f.kind.read != nil {
		return f.kind.read(f.file, data)
	}
	if !slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(data, []byte(w)) }) {
		return nil
	}
	r := &callReader{teller: f, words: words, vars: map[string]string{}}
	if f.kind.by == ByWorkflow {
		r.task = strings.TrimSuffix(path.Base(f.file), path.Ext(f.file))
	}
	n := 0
	for _, line := range strings.Split(strings.ReplaceAll(string(data), "\r\n", "\n"), "\n") {
		n++
		r.line(line, n)
	}
	r.end()
	return r.found
}

// callReader goes through the lines of one file.
type callReader struct {
	teller
	words  []string
	vars   map[string]string
	task   string
	begun  string // lines that go on
	at     int    // where they begin
	inside int    // conditions of a Makefile around
	fenced bool   // in a block of code of Markdown
	later  []Call // with words that are expanded once all variables are known
	found  []Call
}

func (r *callReader) line(line string, n int) {
	if r.begun == "" {
		r.at = n
	}
	if text, goes := strings.CutSuffix(line, `\`); goes {
		r.begun += strings.TrimRight(text, " \t") + " "
		return
	}
	if r.begun != "" {
		line = r.begun + strings.TrimLeft(line, " \t")
		r.begun = ""
	}
	text := strings.TrimSpace(line)
	k := r.kind
	switch {
	case text == "" || k.comment != "" && strings.HasPrefix(text, k.comment):
	case k.by == ByProse && strings.HasPrefix(text, "```"):
		r.fenced = !r.fenced
	case k.by == ByProse && !r.fenced:
		r.prose(line)
	case strings.HasPrefix(text, "ifeq") || strings.HasPrefix(text, "ifneq") || strings.HasPrefix(text, "ifdef") || strings.HasPrefix(text, "ifndef"):
		r.inside++
	case text == "endif":
		r.inside--
	case r.sets(line):
	case r.begins(line):
	default:
		r.command(text)
	}
}

// prose keeps the commands that stand between backticks in a line of text, and one that the
// line is: it stands farther in, or has an option.
func (r *callReader) prose(line string) {
	text := strings.TrimSpace(line)
	whole := strings.HasPrefix(line, "    ") || strings.HasPrefix(line, "\t") || strings.Contains(text, " -")
	for i, part := range strings.Split(text, "`") {
		begins := slices.ContainsFunc(r.words, func(w string) bool { return strings.HasPrefix(part, w) })
		if begins && (i%2 == 1 || part == text && whole) {
			r.command(part)
		}
	}
}

// sets takes a line that sets a variable. What a condition sets is left alone.
func (r *callReader) sets(line string) bool {
	if r.kind.set == nil {
		return false
	}
	m := r.kind.set.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	value := strings.TrimSpace(m[3])
	if quoted := strings.Trim(value, `"'`); len(value) >= 2 && len(quoted) == len(value)-2 {
		value = quoted
	}
	before, there := r.vars[m[1]]
	switch {
	case r.inside > 0:
	case m[2] == "+=":
		r.vars[m[1]] = strings.TrimSpace(before + " " + value)
	case !there:
		r.vars[m[1]] = value
	}
	return true
}

// begins takes a line that begins a task.
func (r *callReader) begins(line string) bool {
	if r.kind.task == nil {
		return false
	}
	m := r.kind.task.FindStringSubmatch(line)
	if m == nil {
		return false
	}
	r.task = m[1]
	return true
}

// command keeps a line that holds one of the words.
func (r *callReader) command(text string) {
	for cut := true; cut; {
		cut = false
		for _, prefix := range r.kind.prefixes {
			if rest, ok := strings.CutPrefix(text, prefix); ok {
				text, cut = strings.TrimSpace(rest), true
			}
		}
	}
	if strings.Contains(text, "$") || strings.Contains(text, "{{") || slices.ContainsFunc(r.words, func(w string) bool { return strings.Contains(text, w) }) {
		r.later = append(r.later, Call{Task: r.task, Words: []string{text}, At: detect.Evidence{File: r.file, Line: r.at}})
	}
}

// end reads the lines that were kept as a shell does.
func (r *callReader) end() {
	for _, c := range r.later {
		text := r.expand(c.Words[0], 0)
		if !slices.ContainsFunc(r.words, func(w string) bool { return strings.Contains(text, w) }) {
			continue
		}
		commands, err := shell.Parse(text)
		if err != nil {
			continue
		}
		for _, one := range shell.Flat(commands) {
			if argv := one.Argv(); len(argv) == 2 && argv[0] == "cd" {
				c.In = path.Join(c.In, argv[1])
				continue
			}
			r.add(c, one)
		}
	}
}

// productTasks are what tasks are called that build or start what is shipped.
var productTasks = pattern.New(`(?i)^(?:all|default|build|build[-_:/](?:all|release|prod|production|server|linux|bin|binary|static)|release|dist|install|compile|run|start|serve|server|prod|production)$`)

// otherTasks are what tasks are called that build something else.
var otherTasks = pattern.New(`(?i)dev|debug|race|test|bench|lint|cover|e2e|wasm|windows|darwin|macos|freebsd|fuzz|check|profil`)

func (r *callReader) add(c Call, one shell.Command) {
	by := r.kind.by
	switch {
	case r.kind.by == ByOther && productTasks.MatchString(c.Task):
		by = ByTask
	case (r.kind.by == ByOther || r.kind.by == ByWorkflow) && otherTasks.MatchString(c.Task):
		by = Aside
	}
	c.By, c.Words = by, nil
	for _, s := range one.Set {
		c.Set = append(c.Set, s.Name+"="+s.Value.Raw)
	}
	words := one.Argv()
	for len(words) > 0 && (slices.Contains(wrappers, words[0]) || assignment.MatchString(words[0])) {
		if assignment.MatchString(words[0]) {
			c.Set = append(c.Set, words[0])
		}
		words = words[1:]
	}
	if len(words) > 0 {
		c.Words = words
		r.found = append(r.found, c)
	}
}

var (
	wrappers   = []string{"env", "sudo", "exec", "time", "nohup", "command", "nice"}
	assignment = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*=`)
	variables  = pattern.New(`\$\(([A-Za-z_][A-Za-z0-9_]*)\)|\$\{([A-Za-z_][A-Za-z0-9_]*)\}|\{\{\s*\.?([A-Za-z_][A-Za-z0-9_]*)\s*\}\}|\$([A-Za-z_][A-Za-z0-9_]*)`)
)

// deepestVariable bounds variables of variables.
const deepestVariable = 5

// expand puts the file's own variables in place; of others it makes words that a shell
// takes for variables.
func (r *callReader) expand(text string, depth int) string {
	if depth == 0 {
		text = strings.ReplaceAll(text, "$$", "$")
	}
	return variables.ReplaceAllStringFunc(text, func(use string) string {
		m := variables.FindStringSubmatch(use)
		name := m[1] + m[2] + m[3] + m[4]
		value, ok := r.vars[name]
		if !ok || depth >= deepestVariable || len(text) > 8<<10 {
			return "${" + name + "}"
		}
		return r.expand(value, depth+1)
	})
}
