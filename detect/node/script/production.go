package script

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// Role is what a step of a start script is for.
type Role int

// The roles of steps.
const (
	Process  Role = iota // it may be the process itself
	Builds               // it makes what the builder makes
	Migrates             // it changes a database
	Waits                // it waits for another service
	Tidies               // it makes or removes files
	Watches              // it is for development alone
)

// Start is what a start script comes to.
type Start struct {
	Argv   []string
	Env    []Variable
	Script string
	Dir    string   // where it runs, from the package's folder; empty for that itself
	Member string   // the member of the workspace whose Task it runs; "*" for all of them
	Task   string   // with Member
	Before []Step   // migrations that ran before it: nobody runs them now
	Files  []Step   // what makes files before it that stay the same, for the build to do
	Notes  []string // what was left out, and why
}

// program is what is known of a program, by its name and its first words.
type program struct {
	words  []string // the name, and subcommands
	role   Role
	reason string // why it is no production command
}

const (
	devServer = "is a server for development"
	preview   = "shows a build on a developer's machine, and is no server for production"
)

// programs is what the manuals of the tools say about their commands. The first
// that fits counts, so longer ones stand before shorter ones.
func programs() []program {
	return []program{
		{[]string{"serve"}, Watches, preview},
		{[]string{"http-server"}, Watches, preview},
		{[]string{"live-server"}, Watches, devServer},
		{[]string{"lite-server"}, Watches, devServer},
		{[]string{"browser-sync"}, Watches, devServer},
		{[]string{"sirv"}, Watches, preview},
		{[]string{"local-web-server"}, Watches, preview},
		{[]string{"ws"}, Watches, preview},
		{[]string{"vite", "build"}, Builds, ""},
		{[]string{"vite", "preview"}, Watches, preview},
		{[]string{"vite"}, Watches, devServer},
		{[]string{"react-scripts", "build"}, Builds, ""},
		{[]string{"react-scripts"}, Watches, devServer},
		{[]string{"preact", "build"}, Builds, ""},
		{[]string{"preact"}, Watches, devServer},
		{[]string{"react-app-rewired", "build"}, Builds, ""},
		{[]string{"react-app-rewired"}, Watches, devServer},
		{[]string{"craco", "build"}, Builds, ""},
		{[]string{"craco"}, Watches, devServer},
		{[]string{"ng", "build"}, Builds, ""},
		{[]string{"ng"}, Watches, devServer},
		{[]string{"nodemon"}, Watches, "restarts the program when its files change"},
		{[]string{"node-dev"}, Watches, "restarts the program when its files change"},
		{[]string{"ts-node-dev"}, Watches, "restarts the program when its files change"},
		{[]string{"tsnd"}, Watches, "restarts the program when its files change"},
		{[]string{"supervisor"}, Watches, "restarts the program when its files change"},
		{[]string{"tsc-watch"}, Watches, "compiles when files change"},
		{[]string{"onchange"}, Watches, "runs commands when files change"},
		{[]string{"chokidar"}, Watches, "runs commands when files change"},
		{[]string{"babel-node"}, Watches, "compiles while the program runs, and is not meant for production"},
		{[]string{"next", "dev"}, Watches, devServer},
		{[]string{"next", "build"}, Builds, ""},
		{[]string{"next", "export"}, Builds, ""},
		{[]string{"nuxt", "build"}, Builds, ""},
		{[]string{"nuxt", "generate"}, Builds, ""},
		{[]string{"nuxt", "start"}, Process, ""},
		{[]string{"nuxt", "preview"}, Watches, preview},
		{[]string{"nuxt"}, Watches, devServer},
		{[]string{"nuxi", "build"}, Builds, ""},
		{[]string{"nuxi", "generate"}, Builds, ""},
		{[]string{"nuxi", "preview"}, Watches, preview},
		{[]string{"nuxi"}, Watches, devServer},
		{[]string{"nitro", "build"}, Builds, ""},
		{[]string{"nitro"}, Watches, devServer},
		{[]string{"webpack", "serve"}, Watches, devServer},
		{[]string{"webpack-dev-server"}, Watches, devServer},
		{[]string{"webpack"}, Builds, ""},
		{[]string{"rspack", "serve"}, Watches, devServer},
		{[]string{"rspack", "dev"}, Watches, devServer},
		{[]string{"rspack"}, Builds, ""},
		{[]string{"rsbuild", "build"}, Builds, ""},
		{[]string{"rsbuild", "preview"}, Watches, preview},
		{[]string{"rsbuild"}, Watches, devServer},
		{[]string{"parcel", "build"}, Builds, ""},
		{[]string{"parcel"}, Watches, devServer},
		{[]string{"snowpack", "build"}, Builds, ""},
		{[]string{"snowpack"}, Watches, devServer},
		{[]string{"vue-cli-service", "build"}, Builds, ""},
		{[]string{"vue-cli-service"}, Watches, devServer},
		{[]string{"gatsby", "build"}, Builds, ""},
		{[]string{"gatsby", "serve"}, Watches, preview},
		{[]string{"gatsby"}, Watches, devServer},
		{[]string{"docusaurus", "build"}, Builds, ""},
		{[]string{"docusaurus", "serve"}, Watches, preview},
		{[]string{"docusaurus"}, Watches, devServer},
		{[]string{"docusaurus-build"}, Builds, ""}, // version 1
		{[]string{"docusaurus-start"}, Watches, devServer},
		{[]string{"vitepress", "build"}, Builds, ""},
		{[]string{"vitepress", "preview"}, Watches, preview},
		{[]string{"vitepress", "serve"}, Watches, preview},
		{[]string{"vitepress"}, Watches, devServer},
		{[]string{"vuepress", "build"}, Builds, ""},
		{[]string{"vuepress"}, Watches, devServer},
		{[]string{"astro", "build"}, Builds, ""},
		{[]string{"astro", "check"}, Builds, ""},
		{[]string{"astro", "preview"}, Watches, preview},
		{[]string{"astro"}, Watches, devServer},
		{[]string{"expo", "export"}, Builds, ""},
		{[]string{"expo"}, Watches, devServer},
		{[]string{"email", "export"}, Builds, ""},
		{[]string{"email", "dev"}, Watches, devServer}, // https://react.email/docs/cli
		{[]string{"email", "start"}, Watches, preview},
		{[]string{"storybook", "build"}, Builds, ""},
		{[]string{"build-storybook"}, Builds, ""},
		{[]string{"storybook"}, Watches, devServer},
		{[]string{"start-storybook"}, Watches, devServer},
		{[]string{"eleventy", "--serve"}, Watches, devServer},
		{[]string{"eleventy", "--watch"}, Watches, devServer},
		{[]string{"eleventy"}, Builds, ""},
		{[]string{"remix", "build"}, Builds, ""},
		{[]string{"remix", "vite:build"}, Builds, ""},
		{[]string{"remix"}, Watches, devServer},
		{[]string{"react-router", "build"}, Builds, ""},
		{[]string{"react-router", "typegen"}, Builds, ""},
		{[]string{"react-router"}, Watches, devServer},
		{[]string{"solid-start", "build"}, Builds, ""},
		{[]string{"solid-start", "dev"}, Watches, devServer},
		{[]string{"vinxi", "build"}, Builds, ""},
		{[]string{"vinxi", "dev"}, Watches, devServer},
		{[]string{"svelte-kit", "sync"}, Builds, ""},
		{[]string{"svelte-kit", "build"}, Builds, ""},
		{[]string{"svelte-kit"}, Watches, devServer},
		{[]string{"wrangler"}, Watches, devServer},
		{[]string{"vercel"}, Watches, devServer},
		{[]string{"netlify"}, Watches, devServer},
		{[]string{"firebase"}, Watches, "is the command line of a host, and no server"},
		{[]string{"electron"}, Watches, "opens a window, which a container has not"},
		{[]string{"nest", "build"}, Builds, ""},
		{[]string{"nest", "start"}, Watches, "compiles the program at every start"},
		{[]string{"adonis", "serve"}, Watches, devServer},
		{[]string{"ace", "serve"}, Watches, devServer},
		{[]string{"ace", "build"}, Builds, ""},
		{[]string{"ace", "migration:run"}, Migrates, ""},
		{[]string{"tsc"}, Builds, ""},
		{[]string{"tsup"}, Builds, ""},
		{[]string{"tsdown"}, Builds, ""},
		{[]string{"unbuild"}, Builds, ""},
		{[]string{"esbuild"}, Builds, ""},
		{[]string{"rollup"}, Builds, ""},
		{[]string{"swc"}, Builds, ""},
		{[]string{"babel"}, Builds, ""},
		{[]string{"ncc"}, Builds, ""},
		{[]string{"tsc-alias"}, Builds, ""},
		{[]string{"resolve-tspaths"}, Builds, ""},
		{[]string{"tailwindcss"}, Builds, ""},
		{[]string{"postcss"}, Builds, ""},
		{[]string{"sass"}, Builds, ""},
		{[]string{"eslint"}, Builds, ""},
		{[]string{"prettier"}, Builds, ""},
		{[]string{"vue-tsc"}, Builds, ""},
		{[]string{"svelte-check"}, Builds, ""},
		{[]string{"graphql-codegen"}, Builds, ""},
		{[]string{"bun", "build"}, Builds, ""},
		{[]string{"npm", "install"}, Builds, ""},
		{[]string{"npm", "i"}, Builds, ""},
		{[]string{"npm", "ci"}, Builds, ""},
		{[]string{"yarn", "install"}, Builds, ""},
		{[]string{"yarn"}, Builds, ""},
		{[]string{"pnpm", "install"}, Builds, ""},
		{[]string{"pnpm", "i"}, Builds, ""},
		{[]string{"bun", "install"}, Builds, ""},
		{[]string{"prisma", "generate"}, Builds, ""},
		{[]string{"prisma", "migrate"}, Migrates, ""},
		{[]string{"prisma", "db"}, Migrates, ""},
		{[]string{"drizzle-kit", "generate"}, Builds, ""},
		{[]string{"drizzle-kit"}, Migrates, ""},
		{[]string{"knex"}, Migrates, ""},
		{[]string{"typeorm"}, Migrates, ""},
		{[]string{"typeorm-ts-node-commonjs"}, Migrates, ""},
		{[]string{"typeorm-ts-node-esm"}, Migrates, ""},
		{[]string{"sequelize"}, Migrates, ""},
		{[]string{"sequelize-cli"}, Migrates, ""},
		{[]string{"mikro-orm"}, Migrates, ""},
		{[]string{"node-pg-migrate"}, Migrates, ""},
		{[]string{"db-migrate"}, Migrates, ""},
		{[]string{"migrate-mongo"}, Migrates, ""},
		{[]string{"kysely"}, Migrates, ""},
		{[]string{"dbmate"}, Migrates, ""},
		{[]string{"wait-on"}, Waits, ""},
		{[]string{"wait-port"}, Waits, ""},
		{[]string{"wait-for-it.sh"}, Waits, ""},
		{[]string{"wait-for-it"}, Waits, ""},
		{[]string{"dockerize"}, Waits, ""},
		{[]string{"rimraf"}, Tidies, ""},
		{[]string{"rm"}, Tidies, ""},
		{[]string{"mkdir"}, Tidies, ""},
		{[]string{"mkdirp"}, Tidies, ""},
		{[]string{"cp"}, Tidies, ""},
		{[]string{"mv"}, Tidies, ""},
		{[]string{"cpx"}, Tidies, ""},
		{[]string{"copyfiles"}, Tidies, ""},
		{[]string{"shx"}, Tidies, ""},
		{[]string{"touch"}, Tidies, ""},
		{[]string{"chmod"}, Tidies, ""},
		{[]string{"kill-port"}, Tidies, ""},
		{[]string{"open"}, Watches, "opens a window, which a container has not"},
		{[]string{"opener"}, Watches, "opens a window, which a container has not"},
	}
}

// prettyPrinters make logs readable for people; machines read them as they are.
var prettyPrinters = []string{"pino-pretty", "bunyan", "pino-colada", "tap-spec", "tee", "roarr"}

// Role says what a step is for, and for [Watches] why it is no production command.
func (s Step) Role() (Role, string) {
	name := s.Program()
	if watching(s.Argv) {
		return Watches, "watches files"
	}
	for _, p := range programs() {
		if p.words[0] != name {
			continue
		}
		rest := s.Argv[1:]
		if len(p.words) == 1 || slices.Contains(rest, p.words[1]) {
			return p.role, p.reason
		}
	}
	if name == "node" && len(s.Argv) > 2 && path.Base(s.Argv[1]) == "ace" {
		return Step{Argv: s.Argv[1:]}.Role()
	}
	if s.Making {
		return Builds, ""
	}
	return Process, ""
}

// watching says whether a runner of programs is told to watch files.
func watching(argv []string) bool {
	if len(argv) < 2 {
		return false
	}
	switch path.Base(argv[0]) {
	case "node", "bun", "deno":
		for _, arg := range argv[1:] {
			if strings.HasPrefix(arg, "--watch") || arg == "--hot" {
				return true
			}
			if !strings.HasPrefix(arg, "-") && arg != "run" {
				return false
			}
		}
	case "tsx":
		return argv[1] == "watch" || argv[1] == "--watch"
	case "ts-node":
		return argv[1] == "--watch"
	}
	return false
}

// Production finds the process of a start script. The error is a [Refusal]: the
// script starts several processes, or nothing that is for production.
func Production(name, text string, lookup Lookup) (Start, error) {
	steps, err := Expand(name, text, lookup)
	if err != nil {
		return Start{}, err
	}
	if before, ok := lookup("pre" + name); ok { // npm runs it first
		first, err := Expand("pre"+name, before, lookup)
		if err != nil {
			return Start{}, err
		}
		steps = append(first, steps...)
	}
	var start Start
	var found []Step
	var beside []string // what is for development alone
	refusal := &Refusal{Script: name, Reason: "it starts nothing"}
	for i, s := range steps {
		if files := copies(steps, i); len(files) > 0 {
			start.Files = append(start.Files, files...)
			continue
		}
		if s.guards() && len(copies(steps, i+1)) > 0 {
			continue // taken with what it guards
		}
		if s.After == "||" { // runs only where what stands before it fails
			start.note("%s is left out: it runs only after a failure", s)
			continue
		}
		if s.After == "|" {
			if !slices.Contains(prettyPrinters, s.Program()) {
				return Start{}, &Refusal{Script: s.Script, Reason: fmt.Sprintf("it pipes into %s, which needs a shell", s)}
			}
			start.note("%s is left out: it makes logs readable for people, and machines read them as they are", s)
			continue
		}
		role, why := s.Role()
		if s.Member != "" {
			role = Process
		}
		switch role {
		case Process:
			found = append(found, s)
		case Watches:
			refusal = &Refusal{Script: s.Script, Reason: fmt.Sprintf("%s %s", s.Program(), why)}
			beside = append(beside, fmt.Sprintf("%s is left out: it %s", s, why))
		case Migrates:
			start.Before = append(start.Before, s)
		case Waits:
			start.say(waitNote(s.String()))
		case Tidies:
			start.note("%s is left out: what it makes or removes belongs to the build", s)
		case Builds:
			start.note("%s is left out: the build has done it", s)
		}
	}
	if len(found) == 0 {
		return Start{}, refusal
	}
	if err := start.settle(found); err != nil {
		return Start{}, err
	}
	for _, text := range beside {
		start.say(text)
	}
	return start, nil
}

// guards says whether a step asks for a file and does nothing.
func (s Step) guards() bool { return s.Program() == "test" || s.Program() == "[" }

// copiers are programs that copy files of the project, each with the words before what it
// copies.
var copiers = []string{"cp", "cpx", "cpy", "copyfiles", "ln", "shx cp", "shx ln"}

// copies are a step that copies files and what guards it, where both are plain: what they
// leave is the same at every start. A file of variables is not for an image to hold.
func copies(steps []Step, i int) []Step {
	if i >= len(steps) {
		return nil
	}
	s := steps[i]
	name := s.Program()
	if name == "shx" && len(s.Argv) > 1 {
		name += " " + s.Argv[1]
	}
	to := s.Argv[max(len(s.Argv)-1, 0):]
	if !slices.Contains(copiers, name) || len(s.Vars) > 0 || s.Beside || s.Making || s.After == "|" || strings.HasPrefix(path.Base(strings.Join(to, "")), ".env") {
		return nil
	}
	switch guarded := i > 0 && steps[i-1].guards() && len(steps[i-1].Vars) == 0 && steps[i-1].Dir == s.Dir; {
	case guarded && (s.After == "||" || s.After == "&&"):
		return []Step{steps[i-1], s}
	case s.After == "||":
		return nil
	}
	s.After = ""
	return []Step{s}
}

func (s *Start) note(format string, step Step) { s.say(fmt.Sprintf(format, step)) }

func (s *Start) say(text string) {
	if !slices.Contains(s.Notes, text) {
		s.Notes = append(s.Notes, text)
	}
}

// settle takes the one process: the last of those that follow each other. What
// ran before it is noted, since nobody runs it now.
func (s *Start) settle(found []Step) error {
	last := found[len(found)-1]
	if len(found) > 1 && slices.ContainsFunc(found, func(f Step) bool { return f.Beside }) {
		var names []string
		for _, f := range found {
			names = append(names, f.String())
		}
		return &Refusal{Script: last.Script, Reason: "it starts several processes, and an image has one: " + strings.Join(names, ", ")}
	}
	for _, f := range found[:len(found)-1] {
		s.note("%s ran before it, and nobody runs it now: run it by itself, before new images start", f)
	}
	if len(last.Vars) > 0 {
		return &Refusal{Script: last.Script, Reason: fmt.Sprintf("%s needs a shell for $%s", last.Program(), last.Vars[0])}
	}
	argv := unwatched(last.Argv)
	if len(argv) < len(last.Argv) {
		s.note("--watch of %s is left out: it restarts the program when its files change", last)
	}
	s.Argv, s.Env, s.Script, s.Dir, s.Member, s.Task = argv, last.Env, last.Script, last.Dir, last.Member, last.Task
	for _, n := range last.Notes {
		s.say(n)
	}
	return s.direct()
}

// unwatched is a command of a runner of programs without the options by which it watches files.
func unwatched(argv []string) []string {
	if len(argv) == 0 || !slices.Contains([]string{"node", "tsx", "ts-node", "bun"}, path.Base(argv[0])) {
		return argv
	}
	var kept []string
	for i, arg := range argv {
		if i > 0 && !slices.Contains(Valued, argv[i-1]) && strings.HasPrefix(path.Ext(arg), ".") && strings.ContainsAny(path.Ext(arg), "jt") && !strings.HasPrefix(arg, "-") {
			return append(kept, argv[i:]...) // the program, and what is given to it
		}
		if !strings.HasPrefix(arg, "--watch") {
			kept = append(kept, arg)
		}
	}
	return kept
}

// direct replaces programs that compile at run time or keep a process alive by
// what they do: node with a loader.
func (s *Start) direct() error {
	if len(s.Argv) == 0 {
		return nil
	}
	switch name := path.Base(s.Argv[0]); name {
	case "tsx":
		s.tsx()
	case "ts-node", "ts-node-esm", "ts-node-transpile-only":
		return s.tsNode(name)
	case "pm2-runtime", "pm2", "pm2-docker", "forever":
		return s.manager(name)
	case "nodejs":
		s.Argv = append([]string{"node"}, s.Argv[1:]...)
	}
	return nil
}

// tsx is node with its loader, which reads variables where tsx has options of its own
// (https://tsx.is/dev-api/node-cli).
func (s *Start) tsx() {
	argv := []string{"node", "--import", "tsx"}
	for i := 1; i < len(s.Argv); i++ {
		name, value, inline := strings.Cut(s.Argv[i], "=")
		switch {
		case name == "--tsconfig" && (inline || i+1 < len(s.Argv)):
			if !inline {
				i++
				value = s.Argv[i]
			}
			s.Env = with(s.Env, Variable{"TSX_TSCONFIG_PATH", value})
		case name == "--no-cache":
			s.Env = with(s.Env, Variable{"TSX_DISABLE_CACHE", "1"})
		case strings.HasPrefix(name, "-"):
			argv = append(argv, s.Argv[i])
		default:
			s.Argv = append(argv, s.Argv[i:]...)
			return
		}
	}
	s.Argv = argv
}

// tsNode is node with the loader of ts-node, with the options that it has of its own.
func (s *Start) tsNode(name string) error {
	register := "ts-node/register"
	argv := []string{"node"}
	words := s.Argv[1:]
	for len(words) > 0 && strings.HasPrefix(words[0], "-") {
		switch option := words[0]; option {
		case "-T", "--transpile-only", "--transpileOnly":
			register = "ts-node/register/transpile-only"
		case "--files", "--swc", "--esm", "--pretty":
			if option == "--esm" {
				name = "ts-node-esm"
			}
		case "-r", "--require":
			if len(words) > 1 {
				argv = append(argv, "-r", words[1])
				words = words[1:]
			}
		case "-P", "--project":
			if len(words) > 1 {
				s.Env = with(s.Env, Variable{"TS_NODE_PROJECT", words[1]})
				words = words[1:]
			}
		default:
			return &Refusal{Script: s.Script, Reason: "ts-node is given " + option + ", which node does not know"}
		}
		words = words[1:]
	}
	switch name {
	case "ts-node-esm":
		argv = append(argv, "--loader", "ts-node/esm")
	case "ts-node-transpile-only":
		argv = append(argv, "-r", "ts-node/register/transpile-only")
	default:
		argv = append(argv, "-r", register)
	}
	s.Argv = append(argv, words...)
	return nil
}

// manager is pm2 and forever, which keep a program alive: whoever runs a
// container does that.
func (s *Start) manager(name string) error {
	_, words := flags(s.Argv[1:], "-i", "--instances", "--name", "-n", "--env", "-e", "-o", "-l")
	if len(words) > 0 && words[0] == "start" {
		_, words = flags(words[1:], "-i", "--instances", "--name", "-n", "--env")
	}
	if len(words) == 0 {
		return &Refusal{Script: s.Script, Reason: name + " names no program"}
	}
	switch ext := path.Ext(words[0]); {
	case strings.Contains(words[0], "ecosystem") || strings.Contains(words[0], ".config.") || ext == ".json" || ext == ".yml" || ext == ".yaml":
		return &Refusal{Script: s.Script, Reason: name + " starts what " + words[0] + " lists, and an image has one process", List: words[0]}
	case ext == ".js" || ext == ".mjs" || ext == ".cjs":
		s.Argv = []string{"node", words[0]}
		if i := slices.Index(words, "--"); i >= 0 {
			s.Argv = append(s.Argv, words[i+1:]...)
		}
		s.Notes = append(s.Notes, name+" is left out: whoever runs a container restarts it")
		return nil
	}
	return &Refusal{Script: s.Script, Reason: name + " starts " + words[0] + ", which is no file of JavaScript"}
}
