package program

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/python/source"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/shell"
)

// preparing are words of steps that prepare a release.
var preparing = []string{"migrate", "collectstatic", "upgrade", "makemigrations", "compilemessages", "createcachetable", "init-db", "loaddata"}

// releases are what platforms and people call the lines of what runs once.
var releases = []string{"release", "postdeploy", "pre_deploy", "console", "migrate"}

// runsOnce says whether a line of a Procfile is no service, but what somebody runs for
// a release or once: by its name, or by the program that it ends with.
func runsOnce(process manifest.Process) bool {
	if slices.Contains(releases, process.Name) {
		return true
	}
	steps, err := stepsOf(process.Command)
	return err == nil && len(steps) > 0 && process.Name != "web" && steps[len(steps)-1].has(slices.Concat(preparing, []string{"createsuperuser"}))
}

// step is one step of a line: a command, with those that a pipe or || joins to it.
type step []shell.Command

// stepsOf lists the steps of a line, between which && or ; stands.
func stepsOf(line string) ([]step, error) {
	commands, err := shell.Parse(line)
	var steps []step
	for i, c := range commands {
		if i == 0 || c.After == "&&" || c.After == ";" {
			steps = append(steps, nil)
		}
		last := len(steps) - 1
		steps[last] = append(steps[last], c)
	}
	return steps, err
}

// has says whether one of its commands holds one of these words.
func (s step) has(words []string) bool {
	return slices.ContainsFunc(s, func(c shell.Command) bool {
		return slices.ContainsFunc(c.Argv(), func(w string) bool { return slices.Contains(words, w) })
	})
}

// migrating are words of commands that bring a database up to date: those of Django,
// Alembic, Flask-Migrate, Aerich and of tools around them.
var migrating = []string{"upgrade", "makemigrations", "createcachetable", "init-db", "syncdb", "loaddata"}

// migrates says whether a step brings a database up to date: its words say so, or the
// name of a script.
func (s step) migrates() bool {
	return s.has(migrating) || slices.ContainsFunc(s, func(c shell.Command) bool {
		return slices.ContainsFunc(c.Argv(), func(w string) bool { return strings.HasPrefix(path.Base(w), "migrat") })
	})
}

func (s step) String() string {
	text := s[0].Text
	for _, c := range s[1:] {
		text += " " + c.After + " " + c.Text
	}
	return text
}

// runners are tools that run a command in the environment that the image has anyway.
var runners = [][]string{{"poetry", "run"}, {"uv", "run"}, {"pipenv", "run"}, {"pdm", "run"}, {"rye", "run"}, {"hatch", "run"}, {"exec"}, {"python", "-u"}}

// variable is what a shell puts the value of a variable for: $PORT, ${PORT:-8000}, ${PORT:=8000}.
var variable = pattern.New(`\$(?:([A-Za-z_][A-Za-z0-9_]*)|\{([A-Za-z_][A-Za-z0-9_]*)(?::?[-=]([^}]*))?\})`)

// declared turns a line of a Procfile into a program: its words as they are executed,
// without a shell, and the steps that stay before it.
func (s *Sources) declared(process manifest.Process) Program {
	p := Program{Kind: Declared, Name: process.Name, Process: process.Name, Root: s.project.Dir, Reason: "named in the Procfile", At: process.At}
	fail := func(why string) Program { // an answer of the user mends it
		p.Err = detect.Errorf(process.At, "%s: %s; give what runs with --command", process.Name, why)
		return p
	}
	steps, err := stepsOf(process.Command)
	if err != nil {
		return fail(err.Error())
	}
	for i, step := range steps {
		words, last := step[0].Argv(), i == len(steps)-1
		plain := len(step) == 1 && step[0].Plain()
		switch {
		case !last && plain && len(words) == 2 && words[0] == "cd" && len(p.Before) == 0:
			p.Root = path.Join(p.Root, words[1])
			if !s.tree.IsFolder(p.Root) {
				return fail("the folder " + words[1] + " is not there")
			}
			continue
		case !last && !(plain && len(words) == 0): // it does more than to set variables
			p.Before = append(p.Before, Step{strings.TrimRight(step.String(), "; "), steps[i+1][0].After, step.migrates()})
			continue
		case !plain:
			return fail("only a shell can run it")
		}
		p.Argv = words
		for _, set := range step[0].Set {
			p.Env = append(p.Env, set.Name+"="+set.Value.Raw)
		}
	}
	p.clean()
	if len(p.Argv) == 0 {
		return fail("there is no command")
	}
	s.recognise(&p)
	if what := s.absent(p); what != "" {
		return fail("it starts " + what)
	}
	return p
}

// elsewhere are options that have a server look for its application in another folder.
var elsewhere = []string{"--chdir", "--pythonpath", "--app-dir", "--working-directory", "-c", "--config", "--ini"}

// absent is what a command starts by its name and the project does not have: a file, or a
// module below a folder or file of its own.
func (s *Sources) absent(p Program) string {
	at := serverIn(p.Argv)
	if slices.ContainsFunc(p.Argv, func(w string) bool { name, _, _ := strings.Cut(w, "="); return slices.Contains(elsewhere, name) }) {
		return ""
	}
	if first := p.Argv[0]; first == "python" && len(p.Argv) > 1 && strings.HasSuffix(p.Argv[1], ".py") && !strings.Contains(p.Argv[1], "$") {
		if !path.IsAbs(p.Argv[1]) && !s.tree.Has(path.Join(p.Root, p.Argv[1])) {
			return p.Argv[1] + ", which is not there"
		}
		return ""
	}
	if _, ok := ServerIn(p.Argv); !ok || p.File != "" {
		return ""
	}
	for _, word := range p.Argv[at+1:] {
		module, _, called := strings.Cut(word, ":")
		bare := !called && p.Argv[at] == "gunicorn" && strings.Contains(word, ".")
		first, rest, below := strings.Cut(module, ".")
		if !source.Importable(module) || !called && !bare || !below || !s.Holds(p.Root, first) {
			continue
		}
		return fmt.Sprintf("%s, and there is no %s", word, path.Join(p.Root, first, strings.ReplaceAll(rest, ".", "/")+".py"))
	}
	return ""
}

// Step is what runs before a program.
type Step struct {
	Text, Joint string // Joint is what joins it to the next: && or ;
	Migrates    bool   // it brings a database up to date
}

// Joined are steps with their joints, the last one's too.
func Joined(steps []Step) string {
	var b strings.Builder
	for _, s := range steps {
		b.WriteString(s.Text)
		if s.Joint == "&&" {
			b.WriteByte(' ')
		}
		b.WriteString(s.Joint + " ")
	}
	return strings.TrimSpace(b.String())
}

// clean takes off what comes before the program itself.
func (p *Program) clean() {
	for again := true; again && len(p.Argv) > 0; {
		again = false
		for _, runner := range runners {
			if len(p.Argv) > len(runner) && slices.Equal(p.Argv[:len(runner)], runner) {
				rest := p.Argv[len(runner):]
				if runner[0] == "python" {
					rest = append([]string{"python"}, rest...)
				}
				p.Argv, again = rest, true
			}
		}
	}
	if len(p.Argv) > 0 && strings.HasSuffix(p.Argv[0], ".py") && !strings.HasPrefix(p.Argv[0], "./") { // as uv run takes it
		p.Argv = append([]string{"python"}, p.Argv...)
	}
	if len(p.Argv) > 0 && (p.Argv[0] == "python3" || strings.HasPrefix(p.Argv[0], "python3.")) {
		p.Argv[0] = "python"
	}
}

// applicationWord is module:object, with a call behind it or not.
var applicationWord = pattern.New(`^([A-Za-z_][A-Za-z0-9_.]*):([A-Za-z_][A-Za-z0-9_.]*)(\(.*\))?$`)

// recognise finds the file that a command runs.
func (s *Sources) recognise(p *Program) {
	for i, word := range p.Argv {
		s.recogniseWord(p, i, word)
	}
	if len(p.Argv) > 1 && p.Argv[0] == "gunicorn" && p.Module == "" { // module alone stands for module:application
		for _, word := range p.Argv[1:] {
			if file := s.ModuleFile(p.Root, word); source.Importable(word) && file != "" {
				p.File, p.Module, p.Object = file, word, "application"
			}
		}
	}
	for _, f := range scripted {
		if p.Argv[0] == f.Command[0] && f.Command[0] != "python" {
			p.Framework = f.Name
		}
	}
	s.ownFile(p)
	if strings.HasSuffix(p.Module, "wsgi") || strings.HasSuffix(p.Module, "asgi") {
		if m := s.Module(p.File); m != nil && m.ImportLine("django") > 0 {
			p.Framework = "Django"
		}
	}
}

// recogniseWord looks at one word of a command, by its place: module:object, a file, or
// the module behind python -m.
func (s *Sources) recogniseWord(p *Program, i int, word string) {
	if m := applicationWord.FindStringSubmatch(word); m != nil && i > 0 {
		p.Module, p.Object = m[1], m[2]
		p.File = cmp.Or(s.ModuleFile(p.Root, m[1]), p.File)
	}
	if file := path.Join(p.Root, word); strings.HasSuffix(word, ".py") && s.Has(file) && p.File == "" {
		p.File = file
	}
	if word == "-m" && i == 1 && i+1 < len(p.Argv) {
		p.File = cmp.Or(s.ModuleFile(p.Root, p.Argv[i+1]), p.File)
	}
}

// Line is a program of a Procfile as it is executed: a port in place of $PORT, that
// is asked for or else the usual one, and a server that listens for everybody. With it
// come the port, 0 for none, and the variables that it wants set, NAME=value.
func (p Program) Line(asked int) (argv []string, port int, env []string, err error) {
	if p.Err != nil {
		return nil, 0, nil, p.Err
	}
	argv = slices.Clone(p.Argv)
	at := serverIn(argv)
	usual, wants := usualPort(argv[at], asked)
	env = slices.Concat(p.Env, wants)
	reads := false
	for i, word := range argv {
		filled, port, has, err := fillPort(word, usual, asked)
		if err != nil {
			return nil, 0, nil, detect.Errorf(p.At, "%w", err)
		}
		if has {
			usual, reads = port, true
		}
		argv[i] = filled
	}
	if len(p.Told) > 0 { // a file of the server's own says where it listens
		return argv, 0, env, nil
	}
	argv, port = bound(argv, at, cmp.Or(asked, usual), reads)
	return argv, port, env, nil
}

// usualPort is the port of a server that a line of a Procfile starts by its command,
// with the variables that the program wants, NAME=value.
func usualPort(program string, asked int) (port int, env []string) {
	if program == "celery" {
		env = WorkerEnv(program)
	}
	for _, f := range scripted {
		if f.Command[0] == program && program != "python" {
			for _, v := range f.Env {
				env = append(env, strings.ReplaceAll(v, "{port}", strconv.Itoa(cmp.Or(asked, f.Port))))
			}
			return f.Port, env
		}
	}
	for _, s := range servers {
		if s.Command[0] == program {
			return s.Port, env
		}
	}
	return 8000, env // gunicorn's, as most of the others have it
}

// serverIn is where in a line its server stands: first, or behind python -m or what
// instruments it.
func serverIn(argv []string) int {
	known := func(word string) bool {
		return slices.ContainsFunc(servers, func(s Server) bool { return s.Command[0] == word })
	}
	return max(0, slices.IndexFunc(argv[:min(3, len(argv))], known))
}

// Address is where a server that a command starts will listen: its port, 0 where that is
// not known, and whether the command leaves the host to the server.
func Address(argv []string) (port int, unbound bool) {
	at := serverIn(argv)
	usual, _ := usualPort(argv[at], 0)
	told, port := bound(slices.Clone(argv), at, usual, false)
	return port, slices.ContainsFunc(told[len(argv):], func(w string) bool { return w == "--host" || w == "--bind" })
}

// fillPort puts values in place of variables: a port for PORT, the one asked for before
// any other, else what stands behind :- in it.
func fillPort(word string, usual, asked int) (filled string, port int, has bool, err error) {
	filled = variable.ReplaceAllStringFunc(word, func(text string) string {
		m := variable.FindStringSubmatch(text)
		name := cmp.Or(m[1], m[2])
		if name == "PORT" {
			port, has = usual, true
			if n, convErr := strconv.Atoi(m[3]); convErr == nil {
				port = n
			}
			port = cmp.Or(asked, port)
			return strconv.Itoa(port)
		}
		if m[3] == "" {
			err = fmt.Errorf("only a shell puts the value of %s there; give what runs with --command", name)
		}
		return m[3]
	})
	return filled, port, has, err
}

// bound makes a server of a Procfile listen for everybody, as the platform that the
// line was written for has it, and says on which port.
func bound(argv []string, at, usual int, reads bool) ([]string, int) {
	option := func(names ...string) (int, string) {
		for i, w := range argv {
			for _, name := range names {
				if w == name && i+1 < len(argv) {
					return i, argv[i+1]
				}
				if rest, ok := strings.CutPrefix(w, name+"="); ok {
					return i, rest
				}
			}
		}
		return -1, ""
	}
	switch argv[at] {
	case "gunicorn", "hypercorn":
		if _, value := option("-b", "--bind"); value != "" {
			if _, port, ok := cutPort(value); ok {
				return argv, port
			}
			return argv, usual
		}
		return append(argv, "--bind", "0.0.0.0:"+strconv.Itoa(usual)), usual
	case "uvicorn", "granian", "sanic", "fastapi":
		if i, _ := option("--host", "-H"); i < 0 {
			argv = append(argv, "--host", "0.0.0.0")
		}
		_, value := option("--port", "-p")
		if n, err := strconv.Atoi(value); err == nil {
			return argv, n
		}
		return append(argv, "--port", strconv.Itoa(usual)), usual
	case "daphne", "waitress-serve", "streamlit", "chainlit":
		for _, w := range argv {
			if _, port, ok := cutPort(w); ok && strings.HasPrefix(w, "--listen") {
				return argv, port
			}
		}
		_, value := option("-p", "--port", "--server.port")
		if n, err := strconv.Atoi(value); err == nil {
			return argv, n
		}
		return argv, usual
	}
	if reads {
		return argv, usual
	}
	return argv, 0
}
