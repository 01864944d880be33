package proof

import (
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// Context is what a build is sent: paths are slash-separated and from the context.
type Context interface {
	// Has says whether a file or a folder with something in it is sent. Of a symbolic
	// link it says so too, and that nobody knows what stands behind it.
	Has(name string) (there, link bool)

	// Folder says whether a folder of that name is sent.
	Folder(name string) bool

	// Below lists the files that are sent below a folder.
	Below(name string) []string

	// Follow gives the paths that a build asks for under a name: the name itself, and where
	// the symbolic links on the way to it lead.
	Follow(name string) []string
}

// Image is what the stages of one Dockerfile hold.
type Image struct {
	context Context
	bases   Bases
	makes   []plan.Made
	stages  []*stage

	installed []string
}

// stage is one stage: what it starts from, and what each instruction adds.
type stage struct {
	name    string
	base    base // the image that it starts from, where it is one
	parent  *stage
	line    int
	steps   []step
	env     map[string]string
	user    string
	workdir string
	volumes []string
	ports   []string
	args    []string    // that a build may be given, without a default
	start   [2][]string // ENTRYPOINT and CMD
	shell   [2]bool     // they go through a shell
	health  []string
}

// step is one instruction that adds files.
type step struct {
	name    string // "COPY"
	line    int
	from    *stage   // copied from another stage
	sent    bool     // copied from the context, as far as it is nothing that is fetched
	foreign bool     // copied from an image that is no stage, or from elsewhere
	sources []string // copied, as the instruction names them
	made    []string // files whose contents stand in the Dockerfile
	to      string   // absolute; with a slash at its end it is a folder in any case
	parents bool
	exclude *dockerfile.Ignore
	owner   string
	link    bool

	folder string // made by WORKDIR

	// Of a command.
	command  string
	runs     [][]string // what it is made of, one after the other; none where that takes a shell to tell
	workdir  string     // where it runs
	path     string     // where it looks for programs
	mounts   []mount
	packages []string // installed from the distribution
	links    []string // made by ln
	removed  []string // by rm: absolute paths, and patterns of them
	again    bool     // what it does after that may make them again
	open     bool     // nobody knows what it writes
	places   []string // or nobody knows what it makes in these folders
}

// mount is what a command sees at a path instead of what the stage has there. Nothing
// that it writes there stays in the stage.
type mount struct {
	kind   string // "bind", "cache", "tmpfs", "secret" or "ssh"
	copied step   // of a bind: where it comes from; the source is its only one
	target string // absolute
}

// New reads what each stage holds. What a step makes that nobody can see in the
// Dockerfile is what the plan says of it, and so are the packages that are installed.
func New(stages []dockerfile.Content, context Context, bases Bases, p plan.Plan) *Image {
	im := &Image{context: context, bases: bases, makes: p.Made(), installed: p.Installed}
	for _, s := range stages {
		im.add(s)
	}
	return im
}

func (im *Image) add(c dockerfile.Content) {
	s := &stage{name: c.Name, line: c.Line, env: map[string]string{}, workdir: "/"}
	if up := im.stage(strings.ReplaceAll(c.Base, "$TARGETARCH", "amd64")); up != nil { // every platform has the same
		s.parent, s.base, s.user, s.workdir, s.volumes, s.start, s.shell = up, up.base, up.user, up.workdir, slices.Clone(up.volumes), up.start, up.shell
		s.ports = slices.Clone(up.ports)
		maps.Copy(s.env, up.env)
	} else {
		s.base.Base, s.base.known = im.bases(c.Base)
		s.base.Image = c.Base
		s.user = s.base.StartsAs
		s.env["PATH"] = strings.Join(append(slices.Clone(s.base.Path), defaultPath), ":")
	}
	im.stages = append(im.stages, s)
	for _, st := range c.Steps {
		im.instruction(s, st)
	}
}

// defaultPath is where programs are looked for in an image that says nothing of it.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

// stage finds a stage by its name, or by its number, among those before the one that asks.
func (im *Image) stage(name string) *stage {
	for _, s := range slices.Backward(im.stages) {
		if s.name != "" && strings.EqualFold(s.name, name) {
			return s
		}
	}
	if n, err := strconv.Atoi(name); err == nil && n >= 0 && n < len(im.stages) {
		return im.stages[n]
	}
	return nil
}

// last is the image that runs.
func (im *Image) last() *stage { return im.stages[len(im.stages)-1] }

func (im *Image) instruction(s *stage, in dockerfile.Step) {
	switch in.Name {
	case "ENV", "ARG":
		s.args = append(s.args, in.Words...)
		for _, pair := range in.Pairs {
			s.env[pair.Name] = s.expand(pair.Value)
		}
	case "USER":
		s.user = s.expand(in.Words[0])
	case "WORKDIR":
		s.workdir = s.absolute(in.Words[0])
		s.steps = append(s.steps, step{name: in.Name, line: in.Line, folder: s.workdir, owner: s.user})
	case "VOLUME":
		s.volumes = append(s.volumes, in.Words...)
	case "COPY", "ADD":
		st := s.copy(in)
		st.from, st.foreign = im.source(in.From)
		st.sent = in.From == ""
		st.foreign = st.foreign || in.Name == "ADD" && slices.ContainsFunc(in.Sources, unpacked)
		s.steps = append(s.steps, st)
	case "RUN":
		st := ran(in)
		st.workdir, st.path = s.workdir, s.env["PATH"]
		for _, m := range in.Mounts {
			st.mounts = append(st.mounts, im.mount(s, in.Line, m))
		}
		st.remove(s)
		s.steps = append(s.steps, st)
	case "EXPOSE":
		s.ports = append(s.ports, in.Words...)
	case "ENTRYPOINT":
		s.start, s.shell = [2][]string{in.Words, nil}, [2]bool{in.Shell, false}
	case "CMD":
		s.start[1], s.shell[1] = in.Words, in.Shell
	case "HEALTHCHECK":
		s.health = in.Words
	}
}

// source is the stage that an instruction names, or foreign: an image that is none.
func (im *Image) source(from string) (s *stage, foreign bool) {
	if from == "" {
		return nil, false
	}
	s = im.stage(from)
	return s, s == nil
}

func (im *Image) mount(s *stage, line int, m dockerfile.Mount) mount {
	to := mount{kind: m.Type, target: s.absolute(m.Target)}
	if m.Type == "secret" && m.Target == "" { // BuildKit's own place for it
		to.target = "/run/secrets"
	}
	to.copied = step{line: line, sources: []string{path.Join("/", s.expand(m.Source))}}
	to.copied.from, to.copied.foreign = im.source(m.From)
	to.copied.sent = m.From == "" && m.Type == "bind"
	return to
}

// unpacked says of a source of ADD that something else arrives than the file of that
// name: what is fetched, and the contents of an archive.
func unpacked(source string) bool {
	return fetched(source) ||
		slices.ContainsFunc([]string{".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst"}, func(end string) bool { return strings.HasSuffix(source, end) })
}

// fetched says of a source of ADD that it comes from elsewhere.
func fetched(source string) bool {
	return strings.Contains(source, "://") || strings.HasPrefix(source, "git@")
}

// copy reads what COPY and ADD have in common.
func (s *stage) copy(in dockerfile.Step) step {
	st := step{name: in.Name, line: in.Line, made: in.Texts, parents: in.Parents, owner: s.expand(in.Owner), link: in.Link, exclude: in.Exclude}
	for _, source := range in.Sources {
		st.sources = append(st.sources, s.expand(source))
	}
	to := s.expand(in.To)
	st.to = s.absolute(to)
	folder := to == "" || to == "." || strings.HasSuffix(to, "/") || strings.HasSuffix(to, "/.") || len(st.sources)+len(st.made) > 1
	if folder && st.to != "/" {
		st.to += "/"
	}
	return st
}

// absolute is a path of a stage as an instruction finds it.
func (s *stage) absolute(name string) string {
	name = s.expand(name)
	if path.IsAbs(name) {
		return path.Clean(name)
	}
	return path.Join(s.workdir, name)
}

// expand puts in variables that the stage sets, and leaves others as they are.
func (s *stage) expand(text string) string {
	if !strings.Contains(text, "$") {
		return text
	}
	for name, value := range s.env {
		text = strings.ReplaceAll(text, "${"+name+"}", value)
	}
	var b strings.Builder
	for i := 0; i < len(text); i++ {
		end := i + 1
		for text[i] == '$' && end < len(text) && isNameByte(text[end]) {
			end++
		}
		if value, ok := s.env[text[min(i+1, len(text)):end]]; ok && text[i] == '$' {
			b.WriteString(value)
			i = end - 1
			continue
		}
		b.WriteByte(text[i])
	}
	return b.String()
}

func isNameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z'
}

// ran reads what a RUN is known to do. All that it may do beside leaves the stage open.
func ran(in dockerfile.Step) step {
	st := step{name: in.Name, line: in.Line, command: strings.Join(in.Words, " ")}
	commands, plain := split(st.command)
	st.open = !plain || !in.Shell
	if !st.open && !strings.Contains(st.command, "||") {
		st.runs = commands
	}
	for _, words := range commands {
		if slices.Contains(installers, words[0]) || isPython(words) || words[0] == "npm" && slices.Contains(words, "--global") {
			st.places = packagesIn
			st.packages = append(st.packages, named(words)...)
			continue
		}
		switch words[0] {
		case "cargo":
			st.packages = append(st.packages, named(words)...)
		case "ln":
			st.links = append(st.links, words[len(words)-1])
		}
		names, known := installs(words)
		st.packages = append(st.packages, names...)
		st.open = st.open || !known
	}
	return st
}

// remove reads what a RUN takes away, as far as that is sure.
func (st *step) remove(s *stage) {
	commands, plain := split(st.command)
	if !plain || strings.Contains(st.command, "||") {
		return
	}
	moved := false
	for _, words := range commands {
		moved = moved || words[0] == "cd"
		if words[0] != "rm" {
			_, known := installs(words)
			st.again = len(st.removed) > 0 && (st.again || !known || words[0] == "ln")
			continue
		}
		for _, w := range words[1:] {
			if name := s.expand(w); !strings.HasPrefix(name, "-") && !strings.Contains(name, "$") && (path.IsAbs(name) || !moved) {
				st.removed = append(st.removed, s.absolute(name))
			}
		}
	}
}

// removes says whether a command takes away what lies at a path.
func (st step) removes(name string) bool {
	return len(st.removed) > 0 && !st.hides(name) && slices.ContainsFunc(st.removed, func(pattern string) bool { return covers(pattern, name) })
}

// installers are commands that install packages of Python, and run nothing of the project
// that they install for; packagesIn are the folders in which they, and npm for all, make
// things.
var (
	installers = []string{"pip", "uv", "poetry", "pdm", "pipenv"}
	packagesIn = []string{"/opt", "/usr/local", "/root", "/home"}
)

// isPython says whether Python runs a module of its own that installs or compiles, which
// leaves nothing that a need is about beside where packages go.
func isPython(words []string) bool {
	return len(words) > 2 && words[0] == "python" && words[1] == "-m" && slices.Contains([]string{"compileall", "venv", "pip"}, words[2])
}

// tame are commands that write to places of their own alone, of which no program of a
// project lives.
var tame = []string{
	"groupadd", "useradd", "addgroup", "adduser", "usermod", "groupmod", "rm", "true", "set", "echo", "test", "[", "update-ca-certificates", "ln",
}

// settled says whether a command leaves the next one the programs and the files of the
// project that were there before it, and its folder.
func settled(words []string) bool {
	if _, known := installs(words); known || slices.Contains(installers, words[0]) || isPython(words) {
		return words[0] != "ln"
	}
	return slices.Contains([]string{"go", "cargo", "npm", "pnpm"}, words[0])
}

// installs gives the packages that a command installs from the distribution, and whether
// all that it does is known.
func installs(words []string) (packages []string, known bool) {
	switch command := words[0]; {
	case slices.Contains(tame, command):
		return nil, true
	case command == "apt-get" || command == "apt" || command == "microdnf" || command == "dnf":
		return named(words), true
	case command == "apk":
		return named(words), true
	}
	return nil, false
}

// named are the packages that an installation names, without their versions.
func named(words []string) (packages []string) {
	at := slices.IndexFunc(words, func(w string) bool { return w == "install" || w == "add" })
	if at < 0 {
		return nil
	}
	for _, w := range words[at+1:] {
		if end := strings.IndexAny(w, "=<>~!@["); end > 0 {
			w = w[:end]
		}
		if w != "" && !strings.HasPrefix(w, "-") {
			packages = append(packages, w)
		}
	}
	return packages
}
