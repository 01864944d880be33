package adapt

import (
	"fmt"
	"maps"
	"path"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Request is what one Dockerfile is changed by.
type Request struct {
	Wishes  Wishes
	Context string                           // the folder that the build sees, from the root
	At      func(key string) detect.Evidence // where a key was set
	Catalog *catalog.Catalog
	Digest  func(reference string) (string, bool)                  // what dockgen.lock has for it
	Base    func(image string, running bool) (catalog.Base, error) // what stands in an image's place is like
	Family  func(image string, running bool) (string, error)       // what of a family stands there; empty for none
	Install func(catalog.Installation) (string, error)             // prints an instruction that installs packages
}

// Change is one thing that was changed, for the list of decisions.
type Change struct {
	Name, Value, Reason, Key string
	At                       detect.Evidence
	Shown                    bool // a credential that the image or its layers show, which Value leaves out
}

// editor holds the lines of a file while edits gather. An edit of a line names
// it by its number before any edit.
type editor struct {
	Request
	lines   []string
	stages  []dockerfile.Stage
	before  map[int][]string // lines to put before a line
	gone    map[int]bool     // lines that others took the place of
	changes []Change
}

// Apply makes the changes in a file of these stages. The error is one at the place in
// dockgen.toml that asks for what cannot be done.
func Apply(data []byte, stages []dockerfile.Content, r Request) ([]byte, []Change, error) {
	if reflect.ValueOf(r.Wishes).IsZero() {
		return data, nil, nil
	}
	e := &editor{Request: r, lines: strings.Split(string(data), "\n"), stages: places(stages), before: map[int][]string{}, gone: map[int]bool{}}
	for _, step := range []func() error{e.packages, e.variables, e.labels, e.files, e.secrets, e.about, e.ownLines, e.images} {
		if err := step(); err != nil {
			return nil, nil, err
		}
	}
	return []byte(e.text()), e.changes, nil
}

func places(stages []dockerfile.Content) (all []dockerfile.Stage) {
	for _, s := range stages {
		all = append(all, s.Place)
	}
	return all
}

func (e *editor) text() string {
	var all []string
	for i, line := range e.lines {
		if all = append(all, e.before[i]...); !e.gone[i] {
			all = append(all, line)
		}
	}
	return strings.Join(all, "\n")
}

func (e *editor) insert(at int, lines ...string) { e.before[at] = append(e.before[at], lines...) }

func (e *editor) changed(c Change) { e.changes = append(e.changes, c) }

// errorf is an error at a key.
func (e *editor) errorf(key, format string, args ...any) error {
	return detect.Errorf(e.At(key), key+": "+format, args...)
}

// last is the stage of the image that runs.
func (e *editor) last() *dockerfile.Stage { return &e.stages[len(e.stages)-1] }

// running lists the stages that the image that runs is made on, by number.
func (e *editor) running() map[int]bool {
	chain := map[int]bool{}
	for i := len(e.stages) - 1; i >= 0; i = e.stages[i].Parent {
		chain[i] = true
	}
	return chain
}

// building lists the stages that build and test; with first, only those that do
// not start from another of them.
func (e *editor) building(first bool) []*dockerfile.Stage {
	running := e.running()
	var stages []*dockerfile.Stage
	for i := range e.stages {
		parent := e.stages[i].Parent
		inherits := parent >= 0 && !running[parent]
		if !running[i] && !(first && inherits) {
			stages = append(stages, &e.stages[i])
		}
	}
	return stages
}

// image is the image that a stage comes from in the end.
func (e *editor) image(s *dockerfile.Stage) string {
	for s.Parent >= 0 {
		s = &e.stages[s.Parent]
	}
	return s.Base
}

// base is what the image of a stage is like.
func (e *editor) base(s *dockerfile.Stage) (catalog.Base, error) {
	return e.Base(e.image(s), e.runs(s))
}

// runs says whether the image that runs is made on a stage.
func (e *editor) runs(s *dockerfile.Stage) bool {
	for i := range e.running() {
		if &e.stages[i] == s {
			return true
		}
	}
	return false
}

// closing are the instructions with which the last stage ends: what the image
// says about itself, and nothing that makes a layer.
var closing = []string{"USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD", "STOPSIGNAL", "VOLUME"}

// tail is the line of a stage before which a layer or a setting is added.
func tail(s *dockerfile.Stage) int {
	at := s.End
	for _, in := range slices.Backward(s.Instructions) {
		if !slices.Contains(closing, in.Name) {
			break
		}
		at = in.Above
	}
	return at
}

var packageName = pattern.New(`^[a-z0-9][a-z0-9+._-]*(=[A-Za-z0-9.+:~_-]+)?$`)

func (e *editor) packages() error {
	err := e.installIn([]*dockerfile.Stage{e.last()}, "packages", e.Wishes.Packages)
	if err != nil {
		return err
	}
	return e.installIn(e.building(true), "build-packages", e.Wishes.BuildPackages)
}

// installIn adds packages to the installation that a stage has, or gives it one.
func (e *editor) installIn(stages []*dockerfile.Stage, key string, names []string) error {
	if len(names) == 0 {
		return nil
	}
	for _, name := range names {
		if !packageName.MatchString(name) {
			return e.errorf(key, "%q is no name of a package", name)
		}
	}
	for _, s := range stages {
		if err := e.install(s, key, names); err != nil {
			return err
		}
	}
	e.changed(Change{Name: key, Value: strings.Join(names, " "), Reason: "asked for", Key: key, At: e.At(key)})
	return nil
}

func (e *editor) install(s *dockerfile.Stage, key string, names []string) error {
	base, err := e.base(s)
	if err != nil {
		return err
	}
	install, ok := base.Install(names)
	if !ok {
		image, instead := e.image(s), "another --runtime may have one"
		if e.Family != nil {
			if by, err := e.Family(image, e.runs(s)); err == nil && by != "" {
				image, instead = by, "family = \"\" under [images] leaves a service its own image"
			}
		}
		return e.errorf(key, "stage %s stands on %s, which has no package manager to call; %s", s.Name, image, instead)
	}
	command := install.Run[len(install.Run)-1] + " "
	for _, in := range s.Instructions {
		if in.Name != "RUN" {
			continue
		}
		line := e.lines[in.End-1]
		if strings.Contains(line, command) {
			missing := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return slices.Contains(strings.Fields(line), n) })
			e.lines[in.End-1] = strings.Join(append([]string{line}, missing...), " ")
			return nil
		}
	}
	text, err := e.Install(install)
	if err != nil {
		return err
	}
	e.insert(s.Body, strings.Split(strings.Trim(text, "\n"), "\n")...)
	return nil
}

// installs says whether an instruction of a stage installs packages of its distribution.
func (e *editor) installs(s *dockerfile.Stage, text string) bool {
	base, err := e.base(s)
	install, ok := base.Install(nil)
	return err == nil && ok && strings.Contains(text, install.Run[len(install.Run)-1]+" ")
}

var variableName = pattern.New(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (e *editor) variables() error {
	if err := e.env(e.last(), "env", e.Wishes.Env, tail(e.last())); err != nil {
		return err
	}
	for _, s := range e.building(true) {
		if err := e.env(s, "build-env", e.Wishes.BuildEnv, s.Body); err != nil {
			return err
		}
	}
	return nil
}

// env changes variables where the stage sets them, and adds the others.
func (e *editor) env(s *dockerfile.Stage, key string, vars map[string]string, at int) error {
	var added []string
	for _, name := range slices.Sorted(maps.Keys(vars)) {
		full := key + "." + name
		if !variableName.MatchString(name) {
			return e.errorf(full, "not a name of a variable")
		}
		value, err := dockerfile.Word(vars[name])
		if err != nil {
			return e.errorf(full, "%w", err)
		}
		reason := "asked for"
		if old, ok := e.replaceVariable(s, name, value); ok {
			reason = "asked for, instead of " + old
		} else {
			added = append(added, name+"="+value)
		}
		c := Change{Name: key, Value: name + "=" + vars[name], Reason: reason, Key: full, At: e.At(full)}
		if c.Shown = isCredential(name, vars[name]); c.Shown {
			c.Value, c.Reason = name+"=***", "asked for"
		}
		e.changed(c)
	}
	e.insertList(at, "ENV", added)
	return nil
}

var (
	secretName = pattern.New(`(?i)(^|_)(TOKEN|PASSWORD|PASSWD|SECRET|SECRET_KEY|API_?KEY|PRIVATE_KEY|ACCESS_KEY|CREDENTIALS?)$`)
	// What services give out, by how it begins: https://docs.github.com/en/authentication,
	// https://docs.gitlab.com/security/tokens, and the like of npm, PyPI, Slack and AWS.
	secretForm = pattern.New(`^(gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|npm_\w{30,}|pypi-[\w-]{20,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]+)$`)
	secretAddr = pattern.New(`://[^/\s:@]*:[^/\s@$<{*][^/\s@]*@`)
	// What stands for something that comes from elsewhere, or for a place where it lies.
	noSecret = pattern.New(`^$|[$<{*]|^/|(?i)^(true|false|none|null|change-?me|example|placeholder|dummy|x+|[0-9]+)$`)
)

// isCredential says whether a variable is one that opens a door, by its form, by the address
// that it is, or by its name.
func isCredential(name, value string) bool {
	return secretForm.MatchString(value) || secretAddr.MatchString(value) || secretName.MatchString(name) && !noSecret.MatchString(value)
}

// replaceVariable changes a variable that the stage sets already.
func (e *editor) replaceVariable(s *dockerfile.Stage, name, value string) (old string, ok bool) {
	set := regexp.MustCompile(`(\s)` + name + `=("(?:[^"\\]|\\.)*"|\S*)`)
	for _, in := range s.Instructions {
		for i := in.Start; in.Name == "ENV" && i < in.End; i++ {
			if m := set.FindStringSubmatchIndex(e.lines[i]); m != nil {
				old = e.lines[i][m[4]:m[5]]
				e.lines[i] = e.lines[i][:m[4]] + value + e.lines[i][m[5]:]
				return old, true
			}
		}
	}
	return "", false
}

// insertList writes an instruction with one word on each line.
func (e *editor) insertList(at int, instruction string, words []string) {
	if len(words) == 0 {
		return
	}
	e.insert(at, strings.Split(instruction+" "+strings.Join(words, " \\\n    "), "\n")...)
}

func (e *editor) labels() error {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(e.Wishes.Labels)) {
		full := "labels." + name
		key, err := dockerfile.Word(name)
		if err != nil || name == "" || strings.ContainsAny(name, "= \"'$") {
			return e.errorf(full, "not a name of a label")
		}
		value, err := dockerfile.Word(e.Wishes.Labels[name])
		if err != nil {
			return e.errorf(full, "%w", err)
		}
		words = append(words, key+"="+value)
		e.changed(Change{Name: "label", Value: name + "=" + e.Wishes.Labels[name], Reason: "asked for", Key: full, At: e.At(full)})
	}
	e.insertList(tail(e.last()), "LABEL", words)
	return nil
}

func (e *editor) files() error {
	for _, f := range e.Wishes.Files {
		if !path.IsAbs(f.To) {
			return detect.Errorf(f.At, "files: to = %q: want an absolute path", f.To)
		}
		args, err := dockerfile.CopyArgs(FromContext(f.From, e.Context), f.To)
		if err != nil {
			return detect.Errorf(f.At, "files: %w", err)
		}
		e.insert(tail(e.last()), "COPY "+args)
		e.changed(Change{Name: "file", Value: f.To, Reason: "copied from " + f.From, Key: "files", At: f.At})
	}
	return nil
}

// FromContext makes a path from the root one from a context that holds it.
func FromContext(file, context string) string {
	if context == "." {
		return file
	}
	return strings.TrimPrefix(strings.TrimPrefix(file, context), "/")
}

var secretID = pattern.New(`^[A-Za-z0-9][A-Za-z0-9_.-]*$`)

// secrets mounts each secret into the RUN instructions that may want it.
func (e *editor) secrets() error {
	for _, s := range e.Wishes.Secrets {
		mount, err := s.mount()
		if err != nil {
			return err
		}
		stages := e.building(false)
		if len(s.Stages) > 0 {
			stages = nil
			for _, name := range s.Stages {
				stage, err := e.stage(name, s.At)
				if err != nil {
					return err
				}
				stages = append(stages, stage)
			}
		}
		mounted := 0
		for _, stage := range stages {
			mounted += e.mount(stage, mount, "id="+s.ID+",")
		}
		if mounted == 0 {
			return detect.Errorf(s.At, "secrets: no RUN instruction to mount %s into", s.ID)
		}
		e.changed(Change{Name: "secret", Value: s.ID, Reason: "mounted while the build runs, in no layer", Key: "secrets", At: s.At})
	}
	return nil
}

func (s Secret) mount() (string, error) {
	if !secretID.MatchString(s.ID) {
		return "", detect.Errorf(s.At, "secrets: %q is no id", s.ID)
	}
	mount := "--mount=type=secret,id=" + s.ID
	switch {
	case s.Target != "" && s.Env != "":
		return "", detect.Errorf(s.At, "secrets: %s: target or env, not both", s.ID)
	case s.Target != "":
		if !path.IsAbs(s.Target) || strings.ContainsAny(s.Target, ", \"\\$\n") {
			return "", detect.Errorf(s.At, "secrets: target = %q: want an absolute path without blanks and commas", s.Target)
		}
		mount += ",target=" + s.Target
	case s.Env != "":
		if !variableName.MatchString(s.Env) {
			return "", detect.Errorf(s.At, "secrets: env = %q: not a name of a variable", s.Env)
		}
		mount += ",env=" + s.Env
	}
	return mount, nil
}

// mount adds a mount to the RUN instructions of a stage that do not install the
// distribution's packages and have no such mount yet.
func (e *editor) mount(s *dockerfile.Stage, mount, id string) (mounted int) {
	for _, in := range s.Instructions {
		text := strings.Join(e.lines[in.Start:in.End], "\n")
		if in.Name != "RUN" || strings.Contains(text, id) || e.installs(s, text) {
			continue
		}
		e.lines[in.Start] = "RUN " + mount + " \\\n    " + strings.TrimPrefix(e.lines[in.Start], "RUN ")
		mounted++
	}
	return mounted
}

func (e *editor) stage(name string, at detect.Evidence) (*dockerfile.Stage, error) {
	var names []string
	for i := range e.stages {
		if e.stages[i].Name == name {
			return &e.stages[i], nil
		}
		names = append(names, e.stages[i].Name)
	}
	return nil, detect.Errorf(at, "no stage %s; there are %s", name, strings.Join(names, ", "))
}

func (e *editor) ownLines() error {
	for _, l := range e.Wishes.Lines {
		s, err := e.stage(l.Stage, l.At)
		if err != nil {
			return err
		}
		at := s.End
		switch l.Place {
		case "start":
			at = s.Body
		case "before-user":
			at = tail(s)
			if i := slices.IndexFunc(s.Instructions, func(in dockerfile.Instruction) bool {
				return in.Name == "USER" && e.lines[in.Start] != "USER 0" // root again, where the image starts as another
			}); i >= 0 {
				at = min(at, s.Instructions[i].Above)
			}
		}
		text := strings.Trim(strings.ReplaceAll(l.Text, "\r\n", "\n"), "\n")
		own, err := ownText(text)
		if err == nil {
			err = e.runnable(s, own)
		}
		if err != nil {
			return detect.Errorf(l.At, "lines: %w", err)
		}
		e.insert(at, strings.Split(text, "\n")...)
		e.changed(Change{Name: "lines", Value: l.Stage + " " + l.Place, Reason: fmt.Sprintf("%d of your own", strings.Count(text, "\n")+1), Key: "lines", At: l.At})
	}
	return nil
}

// ownText wants whole instructions, and none that would begin another stage.
func ownText(text string) ([]dockerfile.Step, error) {
	if strings.TrimSpace(text) == "" {
		return nil, fmt.Errorf("no text")
	}
	const next = "STOPSIGNAL SIGTERM"
	stages, err := dockerfile.Read([]byte("FROM scratch\n" + text + "\n" + next + "\n"))
	if err != nil {
		return nil, err
	}
	if len(stages) != 1 {
		return nil, fmt.Errorf("a FROM of your own; it would be another stage")
	}
	own, last := stages[0].Steps, len(stages[0].Steps)-1
	if last < 0 || own[last].Name != "STOPSIGNAL" || own[last].Line != strings.Count(text, "\n")+3 {
		return nil, fmt.Errorf("the last line goes on, and would take in the instruction behind it; end it without a \\")
	}
	return own[:last], nil
}

// runnable wants a shell where lines of a person's call one.
func (e *editor) runnable(s *dockerfile.Stage, own []dockerfile.Step) error {
	i := slices.IndexFunc(own, func(step dockerfile.Step) bool { return step.Name == "RUN" && step.Shell })
	if i < 0 {
		return nil
	}
	base, err := e.base(s)
	if err != nil || base.Shell {
		return nil // what else is wrong with it is said where it stands
	}
	return fmt.Errorf("stage %s stands on %s, which has no shell for RUN %s; do it in a stage that builds, and copy what comes of it", s.Name, e.image(s), strings.Join(own[i].Words, " "))
}

// pin is how versions are written; exact is what tag was called first.
func (e *editor) pin() string {
	if pin := e.Wishes.Images.Pin; pin != "" && pin != "tag" {
		return pin
	}
	return "exact"
}
