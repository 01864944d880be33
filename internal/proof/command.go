package proof

import (
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/shell"
)

// wanted is what a command line takes for granted by itself.
type wanted struct {
	programs []string
	files    []string // relative to the working folder, or absolute
	scripts  []string // of Node, without their endings
}

// passing are programs that start the command behind their own options.
var passing = []string{"tini", "dumb-init", "exec", "env", "nohup", "nice", "ionice", "setpriv", "gosu", "su-exec", "time", "stdbuf", "chpst", "catchsegv"}

// builtin are words that a shell knows itself.
var builtin = []string{
	".", ":", "[", "break", "cd", "command", "continue", "echo", "eval", "exec", "exit", "export", "false", "printf", "pwd", "read", "return", "set", "shift", "source", "test", "trap", "true", "type", "ulimit", "umask", "unset", "wait", "local",
}

// started are the interpreters whose arguments with these endings are files that they run.
var started = map[string][]string{
	"node": {".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"}, "bun": {".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx"},
	"tsx": {".js", ".mjs", ".ts", ".mts", ".cts", ".tsx"}, "ts-node": {".ts", ".tsx"}, "deno": {".ts", ".js", ".mjs", ".tsx"},
	"python": {".py"}, "python3": {".py"}, "java": {".jar"}, "sh": {".sh"}, "bash": {".sh", ".bash"}, "streamlit": {".py"},
}

// wants reads a command line: the programs that it starts, and the files that they run.
func wants(argv []string, shell bool) wanted {
	var w wanted
	if shell {
		w.script(strings.Join(argv, " "))
		return w
	}
	w.command(argv)
	return w
}

// command reads one command, through those that pass another on.
func (w *wanted) command(argv []string) {
	for len(argv) > 0 {
		name := path.Base(argv[0])
		if argv[0] == "" {
			return
		}
		if !slices.Contains(builtin, argv[0]) {
			w.programs = append(w.programs, argv[0])
		}
		if !slices.Contains(passing, name) {
			break
		}
		argv = argv[1:]
		for len(argv) > 0 && (strings.HasPrefix(argv[0], "-") || name == "env" && strings.Contains(argv[0], "=")) {
			if argv[0] == "--" {
				argv = argv[1:]
				break
			}
			argv = argv[1:]
		}
		if name == "gosu" || name == "su-exec" { // the user comes first
			argv = argv[min(1, len(argv)):]
		}
	}
	if len(argv) > 1 {
		w.arguments(path.Base(argv[0]), argv[1:])
	}
}

// arguments reads what an interpreter is given.
func (w *wanted) arguments(name string, argv []string) {
	if i := slices.IndexFunc(argv, func(a string) bool { return a == "-c" || a == "-ec" || a == "-lc" }); i >= 0 && (name == "sh" || name == "bash" || name == "ash") {
		if i+1 < len(argv) {
			w.script(argv[i+1])
		}
		return
	}
	for i, arg := range argv[:len(argv)-1] {
		if name == "java" && (arg == "-cp" || arg == "-classpath" || arg == "--class-path") {
			for entry := range strings.SplitSeq(argv[i+1], ":") {
				w.files = append(w.files, strings.TrimSuffix(entry, "/*"))
			}
		}
		if name == "nginx" && arg == "-c" {
			w.files = append(w.files, argv[i+1])
		}
	}
	if name == "node" && !strings.HasPrefix(argv[0], "-") && path.Ext(argv[0]) == "" && !strings.ContainsAny(argv[0], "$*") {
		w.scripts = append(w.scripts, argv[0])
		return
	}
	for _, arg := range argv {
		if arg == "-c" || arg == "-e" || arg == "--eval" || arg == "-p" { // a text, and what follows is for it
			return
		}
		if option, value, ok := strings.Cut(arg, "="); ok && strings.HasPrefix(option, "--") {
			arg = value
		}
		if slices.Contains(started[name], path.Ext(arg)) && !strings.HasPrefix(arg, "-") && !strings.ContainsAny(arg, "*$: ") {
			w.files = append(w.files, arg)
			if name != "node" && name != "bun" { // the rest is the program's own
				return
			}
			if !strings.HasPrefix(arg, ".") {
				return
			}
		}
	}
}

// script reads a shell's text, where it is plain enough.
func (w *wanted) script(text string) {
	commands, plain := split(text)
	if !plain {
		return
	}
	moved := false
	for _, words := range commands {
		moved = moved || words[0] == "cd"
		files := w.files
		w.command(words)
		if moved { // from where is another question
			w.files = files
		}
	}
}

// split gives the commands of a shell's text. Plain is a text that is nothing but
// programs with their arguments, one after the other.
func split(text string) (list [][]string, plain bool) {
	commands, err := shell.Parse(text)
	if err != nil {
		return nil, false
	}
	for _, c := range commands {
		if !c.Plain() {
			return nil, false
		}
		if argv := c.Argv(); len(argv) > 0 {
			list = append(list, argv)
		}
	}
	return list, true
}
