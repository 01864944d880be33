package script

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/internal/pattern"
)

// runner takes itself off the front of a command. It answers with the command
// that is left, or has expanded it (done).
type runner func(x *expansion, argv, vars []string, c context) (left []string, after context, done bool, err error)

// runners are the programs that only run others. Each is known by its manual.
func runners() map[string]runner {
	return map[string]runner{
		"npm":             (*expansion).npm,
		"pnpm":            (*expansion).pnpm,
		"yarn":            (*expansion).yarn,
		"yarnpkg":         (*expansion).yarn,
		"bun":             (*expansion).bun,
		"npx":             (*expansion).npx,
		"pnpx":            (*expansion).npx,
		"bunx":            (*expansion).npx,
		"deno":            (*expansion).deno,
		"node":            (*expansion).node,
		"tsx":             (*expansion).node,
		"wait-for-it":     (*expansion).waiting,
		"wait-for-it.sh":  (*expansion).waiting,
		"wait-for":        (*expansion).waiting,
		"wait-for.sh":     (*expansion).waiting,
		"cross-env":       (*expansion).env,
		"cross-env-shell": (*expansion).envShell,
		"env":             (*expansion).env,
		"dotenv":          (*expansion).dotenv,
		"dotenvx":         (*expansion).dotenv,
		"env-cmd":         (*expansion).dotenv,
		"doppler":         (*expansion).secrets,
		"infisical":       (*expansion).secrets,
		"exec":            (*expansion).plain,
		"command":         (*expansion).plain,
		"nice":            (*expansion).plain,
		"time":            (*expansion).plain,
		"dumb-init":       (*expansion).plain,
		"tini":            (*expansion).plain,
		"sh":              (*expansion).shell,
		"bash":            (*expansion).shell,
		"concurrently":    (*expansion).concurrently,
		"conc":            (*expansion).concurrently,
		"run-p":           (*expansion).runAll,
		"run-s":           (*expansion).runAll,
		"npm-run-all":     (*expansion).runAll,
		"npm-run-all2":    (*expansion).runAll,
		"turbo":           (*expansion).turbo,
		"lerna":           (*expansion).lerna,
		"nx":              (*expansion).nx,
	}
}

// wrappers are those runners that give a command something and take every word behind
// their own options for it.
var wrappers = []string{"cross-env", "env", "dotenv", "dotenvx", "env-cmd", "doppler", "infisical", "exec", "command", "nice", "time", "dumb-init", "tini"}

// resolve takes one runner after the other off a command.
func (x *expansion) resolve(argv, vars []string, c context) error {
	known := runners()
	for range maxDepth {
		if len(argv) == 0 {
			return c.refuse("nothing is left of a command")
		}
		run, ok := known[Step{Argv: argv}.Program()]
		if !ok {
			break
		}
		left, after, done, err := run(x, argv, vars, c)
		if err != nil || done {
			return err
		}
		if slices.Equal(left, argv) {
			break
		}
		argv, c = left, after
	}
	x.emit(argv, vars, c)
	return nil
}

// flags takes options off the front of words: those of the list have a value in
// the next word. It answers with what they hold, and the rest.
func flags(words []string, valued ...string) (set map[string]string, rest []string) {
	set = map[string]string{}
	for len(words) > 0 && strings.HasPrefix(words[0], "-") && words[0] != "--" {
		name, value, ok := strings.Cut(words[0], "=")
		words = words[1:]
		if !ok && slices.Contains(valued, name) && len(words) > 0 {
			value, words = words[0], words[1:]
		}
		set[name] = value
	}
	return set, words
}

// anywhere takes options with a value out of words, wherever they stand before "--".
func anywhere(words []string, names ...string) (value string, rest []string) {
	for i := 0; i < len(words); i++ {
		if words[i] == "--" {
			return value, append(rest, words[i:]...)
		}
		name, inline, ok := strings.Cut(words[i], "=")
		switch {
		case !slices.Contains(names, name):
			rest = append(rest, words[i])
		case ok:
			value = inline
		case i+1 < len(words):
			value = words[i+1]
			i++
		}
	}
	return value, rest
}

// unquoted takes a "--" off the front.
func unquoted(words []string) []string {
	if len(words) > 0 && words[0] == "--" {
		return words[1:]
	}
	return words
}

// buildName is what scripts are called that make files and end.
var buildName = pattern.New(`^(?:build|compile|bundle|codegen|generate)(?:[:_-](?:[a-z]+[:_-])*(?:[a-z]+))?$`)

// run expands a script by its name, with what npm runs before and after it. It
// says whether there is such a script.
func (x *expansion) run(name string, extra []string, c context) (bool, error) {
	if c.dir != "" { // the scripts of another folder are not at hand
		x.delegate(c.dir, name, c)
		return true, nil
	}
	if _, ok := x.lookup(name); !ok {
		return false, nil
	}
	c.making = c.making || buildName.MatchString(name)
	for _, part := range []string{"pre" + name, name, "post" + name} {
		text, ok := x.lookup(part)
		if !ok {
			continue
		}
		var add []string
		if part == name {
			add = extra
		}
		if err := x.script(part, text, add, c); err != nil {
			return true, err
		}
		c.after = "&&"
	}
	return true, nil
}

// need is run for a script that has to be there.
func (x *expansion) need(name string, extra []string, c context) error {
	ok, err := x.run(name, extra, c)
	if err == nil && !ok {
		err = c.refuse("it runs the script %q, which package.json does not have", name)
	}
	return err
}

// aliases are npm's short names for scripts.
var aliases = map[string]string{"t": "test", "tst": "test"}

func (x *expansion) npm(argv, _ []string, c context) ([]string, context, bool, error) {
	member, words := anywhere(argv[1:], "-w", "--workspace")
	prefix, words := anywhere(words, "--prefix", "-C")
	set, words := flags(words)
	if len(words) == 0 {
		return argv, c, false, nil
	}
	if prefix != "" {
		c.dir = join(c.dir, prefix)
	}
	verb, words := words[0], words[1:]
	_, words2 := flags(words)
	switch verb {
	case "run", "run-script", "rum", "urn":
		if len(words2) == 0 {
			return nil, c, false, c.refuse("npm run names no script")
		}
		name, extra := words2[0], words2[1:]
		return x.member(member, set, name, unquoted(extra), c)
	case "start", "test", "stop", "restart", "t", "tst":
		if name, ok := aliases[verb]; ok {
			verb = name
		}
		return x.member(member, set, verb, unquoted(words2), c)
	case "exec", "x":
		return unquoted(words2), c, false, nil
	}
	return argv, c, false, nil
}

// member runs a script here, or notes that it is another package's.
func (x *expansion) member(member string, set map[string]string, name string, extra []string, c context) ([]string, context, bool, error) {
	_, all := set["--workspaces"]
	_, recursive := set["-r"]
	if _, ok := set["--recursive"]; ok || all || recursive {
		x.delegate("*", name, c)
		return nil, c, true, nil
	}
	if member != "" {
		x.delegate(member, name, c)
		return nil, c, true, nil
	}
	return nil, c, true, x.need(name, extra, c)
}

func (x *expansion) pnpm(argv, _ []string, c context) ([]string, context, bool, error) {
	member, words := anywhere(argv[1:], "-F", "--filter", "--filter-prod")
	dir, words := anywhere(words, "-C", "--dir", "--prefix")
	set, words := flags(words)
	if len(words) == 0 {
		return argv, c, false, nil
	}
	if dir != "" {
		c.dir = join(c.dir, dir)
	}
	verb, words := words[0], words[1:]
	switch verb {
	case "run", "run-script":
		more, rest := flags(words)
		for name, value := range more {
			set[name] = value
		}
		if len(rest) == 0 {
			return nil, c, false, c.refuse("pnpm run names no script")
		}
		return x.member(member, set, rest[0], unquoted(rest[1:]), c)
	case "exec":
		return unquoted(words), c, false, nil
	case "dlx", "create":
		return nil, c, false, c.refuse("%s downloads a program when it runs", verb)
	case "install", "i", "add", "deploy", "fetch", "rebuild":
		return argv, c, false, nil
	}
	if _, ok := x.lookup(verb); ok || member != "" || len(set) > 0 {
		return x.member(member, set, verb, unquoted(words), c)
	}
	return append([]string{verb}, words...), c, false, nil // a program of node_modules/.bin
}

func (x *expansion) yarn(argv, _ []string, c context) ([]string, context, bool, error) {
	dir, words := anywhere(argv[1:], "--cwd")
	_, words = flags(words)
	if len(words) == 0 {
		return argv, c, false, nil
	}
	if dir != "" {
		c.dir = join(c.dir, dir)
	}
	verb, words := words[0], words[1:]
	switch verb {
	case "workspace":
		if len(words) < 2 {
			return nil, c, false, c.refuse("yarn workspace names no script")
		}
		name := words[1]
		if name == "run" && len(words) > 2 {
			name = words[2]
		}
		x.delegate(words[0], name, c)
		return nil, c, true, nil
	case "workspaces":
		x.delegate("*", words[len(words)-1:][0], c)
		return nil, c, true, nil
	case "run":
		_, words = flags(words)
		if len(words) == 0 {
			return nil, c, false, c.refuse("yarn run names no script")
		}
		verb, words = words[0], words[1:]
	case "exec", "node":
		if verb == "node" {
			words = append([]string{"node"}, words...)
		}
		return unquoted(words), c, false, nil
	case "dlx", "create":
		return nil, c, false, c.refuse("%s downloads a program when it runs", verb)
	case "install", "add":
		return argv, c, false, nil
	}
	ok, err := x.run(verb, unquoted(words), c)
	if ok || err != nil {
		return nil, c, true, err
	}
	return append([]string{verb}, words...), c, false, nil
}

func (x *expansion) bun(argv, vars []string, c context) ([]string, context, bool, error) {
	dir, words := anywhere(argv[1:], "--cwd")
	member, words := anywhere(words, "--filter", "-F")
	if dir != "" {
		c.dir = join(c.dir, dir)
	}
	before, rest := flags(words)
	if len(rest) == 0 {
		return argv, c, false, nil
	}
	if _, watches := before["--watch"]; watches {
		return argv, c, false, nil
	}
	verb, rest := rest[0], rest[1:]
	switch verb {
	case "x":
		return unquoted(rest), c, false, nil
	case "install", "i", "add", "build", "test", "create", "pm":
		return argv, c, false, nil
	case "run":
		more, left := flags(rest)
		if _, watches := more["--watch"]; watches || len(left) == 0 {
			return argv, c, false, nil
		}
		verb, rest = left[0], left[1:]
	}
	if member != "" {
		x.delegate(member, verb, c)
		return nil, c, true, nil
	}
	if c.dir != "" && dir != "" && !strings.Contains(verb, ".") {
		x.delegate(c.dir, verb, c)
		return nil, c, true, nil
	}
	if _, ok := x.lookup(verb); ok && c.dir == "" {
		_, err := x.run(verb, unquoted(rest), c)
		return nil, c, true, err
	}
	if !strings.ContainsAny(verb, "./") { // a program of node_modules/.bin
		return append([]string{verb}, rest...), c, false, nil
	}
	x.emit(append([]string{"bun", verb}, rest...), vars, c)
	return nil, c, true, nil
}

func (x *expansion) npx(argv, _ []string, c context) ([]string, context, bool, error) {
	_, words := flags(argv[1:], "-p", "--package")
	words = unquoted(words)
	if len(words) == 0 {
		return nil, c, false, c.refuse("%s names no program", argv[0])
	}
	if i := strings.LastIndexByte(words[0], '@'); i > 0 {
		return nil, c, false, c.refuse("%s downloads %s when it runs", argv[0], words[0])
	}
	return words, c, false, nil
}

func (x *expansion) deno(argv, _ []string, c context) ([]string, context, bool, error) {
	if len(argv) < 3 || argv[1] != "task" {
		return argv, c, false, nil
	}
	_, words := flags(argv[2:])
	if len(words) == 0 {
		return nil, c, false, c.refuse("deno task names no task")
	}
	return nil, c, true, x.need(words[0], unquoted(words[1:]), c)
}

// Valued are options of node that have their value in the next word.
var Valued = []string{"-r", "--require", "--import", "--loader", "--experimental-loader", "-C", "--conditions", "--env-file", "--tsconfig"}

// node is node, and tsx, which takes its options. It drops files of variables: the
// image does not hold them, and node stops where one is missing.
func (x *expansion) node(argv, _ []string, c context) ([]string, context, bool, error) {
	kept := argv[:1:1]
	for i := 1; i < len(argv); i++ {
		arg, n := argv[i], 1
		if slices.Contains(Valued, arg) && i+1 < len(argv) {
			n = 2
		}
		name, file, inline := strings.Cut(arg, "=")
		switch {
		case name == "--env-file" && (inline || n == 2):
			if !inline {
				file = argv[i+1]
			}
			c.notes = append(c.notes, fileNote(file))
		case !strings.HasPrefix(arg, "-"):
			return append(kept, argv[i:]...), c, false, nil
		default:
			kept = append(kept, argv[i:i+n]...)
		}
		i += n - 1
	}
	return kept, c, false, nil
}

// fileNote tells of a file of variables that a command reads.
func fileNote(file string) string {
	return "it reads " + file + ", which no image should hold: set its variables where the image runs"
}

// waiting is wait-for-it and its like, with the command that follows in the same words.
func (x *expansion) waiting(argv, _ []string, c context) ([]string, context, bool, error) {
	i := slices.Index(argv, "--")
	if i < 0 || i+1 == len(argv) {
		return argv, c, false, nil
	}
	c.notes = append(c.notes, waitNote(strings.Join(argv[:i], " ")))
	return argv[i+1:], c, false, nil
}

// waitNote tells of a command that waits for another service.
func waitNote(command string) string {
	return command + " is left out: whoever runs the image decides when its services are ready"
}

// env is env(1) and cross-env: assignments, then the command.
func (x *expansion) env(argv, _ []string, c context) ([]string, context, bool, error) {
	_, words := flags(argv[1:])
	for len(words) > 0 {
		name, value, ok := strings.Cut(words[0], "=")
		if !ok || name == "" || strings.ContainsAny(name, "/.-") {
			break
		}
		c.env = with(c.env, Variable{name, value})
		words = words[1:]
	}
	words = unquoted(words)
	if len(words) == 0 {
		return nil, c, true, nil
	}
	return words, c, false, nil
}

func (x *expansion) envShell(argv, vars []string, c context) ([]string, context, bool, error) {
	words, c, done, err := x.env(argv, vars, c)
	if err != nil || done {
		return nil, c, done, err
	}
	return nil, c, true, x.script(c.script, strings.Join(words, " "), nil, c)
}

// dotenv is dotenv-cli, dotenvx and env-cmd: variables out of files.
func (x *expansion) dotenv(argv, _ []string, c context) ([]string, context, bool, error) {
	words := argv[1:]
	if argv[0] == "dotenvx" && len(words) > 0 && words[0] == "run" {
		words = words[1:]
	}
	set, words := flags(words, "-e", "-f", "--file", "-r", "--rc-file", "--environments", "-p", "--env-file", "-v")
	if _, cascades := set["-c"]; cascades && len(words) > 1 && words[1] == "--" {
		words = words[1:] // -c may have a value
	}
	words = unquoted(words)
	file := ".env"
	if len(words) > 1 && strings.HasPrefix(path.Base(words[0]), ".env") { // as env-cmd had it before version 9
		file, words = words[0], words[1:]
	}
	for _, flag := range []string{"-e", "-f", "--file", "--env-file"} {
		if set[flag] != "" {
			file = set[flag]
		}
	}
	c.notes = append(c.notes, fileNote(file))
	if len(words) == 0 {
		return nil, c, true, nil
	}
	return words, c, false, nil
}

// secrets is doppler run -- and infisical run --.
func (x *expansion) secrets(argv, _ []string, c context) ([]string, context, bool, error) {
	i := slices.Index(argv, "--")
	if i < 0 || len(argv) < 2 || argv[1] != "run" {
		return argv, c, false, nil
	}
	c.notes = append(c.notes, argv[0]+" gives it secrets, which an image gets from whoever runs it")
	return argv[i+1:], c, false, nil
}

// plain takes the program and its options off.
func (x *expansion) plain(argv, _ []string, c context) ([]string, context, bool, error) {
	_, words := flags(argv[1:], "-n", "-a")
	words = unquoted(words)
	if len(words) == 0 {
		return nil, c, true, nil
	}
	return words, c, false, nil
}

// shell is sh -c "…"; a file of commands stays as it is.
func (x *expansion) shell(argv, vars []string, c context) ([]string, context, bool, error) {
	if len(argv) >= 3 && strings.HasPrefix(argv[1], "-") && strings.HasSuffix(argv[1], "c") {
		return nil, c, true, x.script(c.script, argv[2], nil, c)
	}
	return argv, c, false, nil
}

// concurrently runs each of its words as a command, all at once.
func (x *expansion) concurrently(argv, _ []string, c context) ([]string, context, bool, error) {
	_, words := flags(argv[1:], "-n", "--names", "-c", "--prefix-colors", "-p", "--prefix", "--max-processes", "-m", "--restart-tries", "--restart-after", "-s", "--success", "-l", "--prefix-length", "-i", "--handle-input", "--default-input-target")
	c.beside = c.beside || len(words) > 1
	for _, text := range unquoted(words) {
		if strings.HasPrefix(text, "-") {
			continue
		}
		for _, manager := range []string{"npm:", "yarn:", "pnpm:", "bun:"} {
			if name, ok := strings.CutPrefix(text, manager); ok {
				text = "npm run " + name
			}
		}
		if name, ok := strings.CutPrefix(text, "npm run "); ok {
			text = "npm run " + matching(name, ".*")
		}
		if err := x.script(c.script, text, nil, c); err != nil {
			return nil, c, false, err
		}
	}
	return nil, c, true, nil
}

// runAll is npm-run-all: scripts by their names, in parallel or one by one.
func (x *expansion) runAll(argv, _ []string, c context) ([]string, context, bool, error) {
	beside := Step{Argv: argv}.Program() == "run-p"
	for _, name := range argv[1:] {
		switch {
		case name == "-p" || name == "--parallel":
			beside = true
			continue
		case name == "-s" || name == "--sequential" || name == "--serial":
			beside = false
			continue
		case strings.HasPrefix(name, "-"):
			continue
		}
		inner := c
		inner.beside = c.beside || beside
		parts := strings.Fields(name)
		if len(parts) == 0 {
			continue
		}
		parts[0] = matching(parts[0], "[^:]+")
		if err := x.need(parts[0], unquoted(parts[1:]), inner); err != nil {
			return nil, c, false, err
		}
		c.after = "&&"
	}
	return nil, c, true, nil
}

// matching is the name of scripts as [Lookup] takes it, where a star stands for a part of
// theirs: a pattern. Two stars stand for anything
// (https://github.com/mysticatea/npm-run-all/blob/master/docs/npm-run-all.md#glob-like-pattern-matching-for-script-names).
func matching(name, star string) string {
	if !strings.Contains(name, "*") {
		return name
	}
	expression := strings.NewReplacer(`\*\*`, ".*", `\*`, star).Replace(regexp.QuoteMeta(name))
	return "/^" + expression + "$/"
}

// turbo runs tasks of members: turbo run start --filter=web.
func (x *expansion) turbo(argv, _ []string, c context) ([]string, context, bool, error) {
	member, words := anywhere(argv[1:], "--filter", "-F")
	_, words = flags(words)
	if len(words) > 0 && words[0] == "run" {
		_, words = flags(words[1:])
	}
	return x.tasks(member, words, c)
}

// lerna is lerna run start --scope web.
func (x *expansion) lerna(argv, _ []string, c context) ([]string, context, bool, error) {
	member, words := anywhere(argv[1:], "--scope")
	_, words = flags(words)
	if len(words) == 0 || words[0] != "run" && words[0] != "exec" {
		return argv, c, false, nil
	}
	return x.tasks(member, words[1:], c)
}

// tasks notes every task that is named.
func (x *expansion) tasks(member string, names []string, c context) ([]string, context, bool, error) {
	if member == "" {
		member = "*"
	}
	found := false
	for _, name := range names {
		if name == "--" {
			break
		}
		if !strings.HasPrefix(name, "-") {
			x.delegate(member, name, c)
			found = true
		}
	}
	if !found {
		return nil, c, false, c.refuse("it names no task")
	}
	return nil, c, true, nil
}

// nx is nx run web:serve, nx serve web, and nx run-many -t serve -p web.
func (x *expansion) nx(argv, _ []string, c context) ([]string, context, bool, error) {
	target, words := anywhere(argv[1:], "-t", "--target", "--targets")
	project, words := anywhere(words, "-p", "--project", "--projects")
	_, words = flags(words)
	if len(words) == 0 {
		return argv, c, false, nil
	}
	switch verb := words[0]; verb {
	case "run":
		if len(words) > 1 {
			member, task, _ := strings.Cut(words[1], ":")
			x.delegate(member, task, c)
			return nil, c, true, nil
		}
		return argv, c, false, nil
	case "run-many", "affected":
		if project == "" {
			project = "*"
		}
		return x.tasks(project, strings.Split(target, ","), c)
	default:
		if len(words) > 1 && !strings.HasPrefix(words[1], "-") {
			x.delegate(words[1], verb, c)
			return nil, c, true, nil
		}
		x.delegate("*", verb, c)
		return nil, c, true, nil
	}
}

// join is path.Join that keeps the empty folder.
func join(dir, below string) string {
	if dir == "" {
		return strings.TrimPrefix(below, "./")
	}
	return dir + "/" + strings.TrimPrefix(below, "./")
}
