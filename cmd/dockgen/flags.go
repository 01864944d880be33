package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/shell"
	"github.com/dockgen/dockgen/internal/show"
)

// flags are those of every command that looks at a project.
type flags struct {
	stack, root, runtime, langVersion, command, name string
	services, main, private, platforms, standsOn     []string
	port                                             int
	noTestStage, dev, split, json                    bool
	staged                                           bool // of check: the index of git instead of the files
	manager, frontEnd                                string
	own                                              []ownFlag

	empty func(name string) bool  // whether a flag was given, and without a word
	visit func(func(*pflag.Flag)) // those that were given
}

// answering are the flags that want a word.
var answering = []string{"stack", "service", "root", "runtime", "lang-version", "main", "package-manager", "command", "name", "private", "platforms", "frontend", "stands-on"}

// ownFlag is the flag of an option that one stack alone understands.
type ownFlag struct {
	option plan.Option
	word   string
	on     bool
	words  []string
}

// portFlag takes the number of a port.
type portFlag int

func (p *portFlag) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 65535 {
		return errors.New("not a port: a number from 1 to 65535")
	}
	*p = portFlag(n)
	return nil
}

func (p *portFlag) String() string { return strconv.Itoa(int(*p)) }

func (p *portFlag) Type() string { return "port" }

func (f *flags) bind(cmd *cobra.Command) {
	set := cmd.Flags()
	f.visit = set.Visit
	f.empty = func(name string) bool {
		text := ""
		if set.Changed(name) {
			text = strings.Trim(set.Lookup(name).Value.String(), "[]")
		}
		return set.Changed(name) && text == ""
	}
	set.StringVar(&f.stack, "stack", "", "only services of this `stack`")
	set.StringSliceVar(&f.services, "service", nil, "only these services, by `name` or folder")
	set.StringVar(&f.root, "root", "", "the `folder` where the repository ends")
	set.StringVar(&f.runtime, "runtime", "", "the `flavour` of what the image runs on: "+strings.Join(runtimeNames(), ", "))
	set.StringVar(&f.langVersion, "lang-version", "", "the language's `version` instead of the detected one")
	set.StringSliceVar(&f.main, "main", nil, "the `program` to build, by its folder; several give several images")
	set.StringVar(&f.manager, "package-manager", "", "the `name` of what installs a project: "+strings.Join(config.ManagerForms(all.Stacks()), ", "))
	set.StringVar(&f.command, "command", "", "what the container runs, as one `string` in shell quoting")
	set.Var((*portFlag)(&f.port), "port", "the `port` that the service listens on")
	set.StringVar(&f.name, "name", "", "the `name` of the service and its image")
	set.StringSliceVar(&f.private, "private", nil, "the `host` of modules or packages that need credentials")
	set.StringSliceVar(&f.platforms, "platforms", nil, "the `platforms` of the image, such as linux/amd64,linux/arm64")
	set.BoolVar(&f.noTestStage, "no-test-stage", false, "leave the test stage out")
	set.BoolVar(&f.dev, "dev", false, "add a stage dev, which runs the sources and reloads them")
	set.StringVar(&f.frontEnd, "frontend", "", "the `folder` of the front end that is built into the image, or false where there is none")
	set.StringSliceVar(&f.standsOn, "stands-on", nil, "a kind of server and the `variable` that tells where it is, as postgres=DATABASE_URL, or redis=none")
	set.BoolVar(&f.split, "split", false, "leave a front end that a service embeds or serves in an image of its own")
	set.BoolVar(&f.json, "json", false, "answer in JSON")
	_ = cmd.RegisterFlagCompletionFunc("service", f.completeServices) // the error is for a flag that is not bound
	complete(cmd, "stack", stackNames())
	complete(cmd, "runtime", runtimeNames())
	complete(cmd, "package-manager", managerNames())
	complete(cmd, "platforms", []string{"linux/amd64", "linux/arm64", "linux/amd64,linux/arm64"})
	for _, free := range []string{"lang-version", "main", "command", "port", "name", "private", "stands-on"} {
		complete(cmd, free, nil) // no file
	}
	cmd.ValidArgsFunction = completeFolders
	f.bindOptions(cmd)
}

// bindOptions binds the flags that stacks bring along.
func (f *flags) bindOptions(cmd *cobra.Command) {
	options := plan.Options(all.Stacks())
	f.own = make([]ownFlag, len(options))
	for i, o := range options {
		own, set, usage := &f.own[i], cmd.Flags(), o.Doc
		own.option = o
		if len(o.Values) > 0 {
			usage += ": `" + strings.Join(o.Values, "|") + "`"
		}
		switch o.Kind {
		case plan.Switch:
			set.BoolVar(&own.on, o.Key, false, usage)
			continue
		case plan.List:
			set.StringSliceVar(&own.words, o.Key, nil, usage)
		default:
			set.StringVar(&own.word, o.Key, "", usage)
		}
		complete(cmd, o.Key, o.Values)
	}
}

// answers gives what was said to the options of stacks.
func (f *flags) answers() plan.Own {
	own := plan.Own{}
	for _, one := range f.own {
		said := plan.Said{Kind: one.option.Kind, Words: one.words}
		switch {
		case one.on:
			said.Words = []string{"true"}
		case one.word != "":
			said.Words = []string{one.word}
		case len(one.words) == 0:
			continue
		}
		own[one.option.Key] = said
	}
	return own
}

// complete offers fixed words for a flag.
func complete(cmd *cobra.Command, flag string, words []string) {
	// The error is for a flag that does not exist, which is bound above.
	_ = cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
}

func managerNames() (names []string) {
	for _, m := range plan.Managers(all.Stacks()) {
		names = append(names, m.Name)
	}
	return names
}

func stackNames() []string {
	var names []string
	for _, s := range all.Stacks() {
		names = append(names, s.Name)
	}
	return names
}

func runtimeNames() []string {
	var names []string
	for _, s := range all.Stacks() {
		names = append(names, s.Runtimes...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// target is the place that a command looks at.
type target struct {
	root  string // the folder as the operating system opens it
	typed string // the same as the user wrote it, for commands to paste
	below string // the services asked for lie at or below this folder, from the root
	said  string // the answers among the flags, for the same

	services []string // that were asked for by name
}

// generate is the command that does the same for some services, or for all that this run was
// for, with the answers that it was given.
func (t target) generate(services ...string) string {
	command := strings.TrimSpace("dockgen generate " + argument(t.typed))
	if len(services) == 0 {
		services = t.services
	}
	if len(services) > 0 {
		command += " --service " + show.Word(strings.Join(services, ","))
	}
	return command + t.said
}

// repeated are the answers among the flags that were given, as a shell takes them.
func (f *flags) repeated() (text string) {
	if f.visit == nil {
		return ""
	}
	own := func(name string) bool {
		return slices.ContainsFunc(f.own, func(o ownFlag) bool { return o.option.Key == name })
	}
	f.visit(func(flag *pflag.Flag) {
		word := strings.Trim(flag.Value.String(), "[]")
		switch name := flag.Name; {
		case name == "service" || name == "root":
		case flag.Value.Type() == "bool" && (own(name) || name == "no-test-stage" || name == "split"):
			text += " --" + name
		case own(name) || name == "port" || name == "output" || slices.Contains(answering, name):
			text += " --" + name + " " + show.Word(word)
		}
	})
	return text
}

// request checks the flags and turns them into what the engine takes.
func (f *flags) request(args []string) (engine.Request, target, error) {
	place, err := f.place(args)
	if err != nil {
		return engine.Request{}, place, err
	}
	if err := f.check(); err != nil {
		return engine.Request{}, place, err
	}
	place.said, place.services = f.repeated(), f.services
	argv, err := shell.Words(f.command)
	if err != nil {
		return engine.Request{}, place, fmt.Errorf("--command: %w", err)
	}
	overrides := plan.Overrides{
		Runtime: f.runtime, LangVersion: f.langVersion, Command: argv, Port: f.port, NoTestStage: f.noTestStage, Dev: f.dev, Private: f.private, Platforms: f.platforms,
		PackageManager: f.manager, Own: f.answers(), FrontEnd: plan.FrontEnd(f.frontEnd), Split: f.split, StandsOn: f.standsOn,
	}
	if key, err := config.Check(overrides, all.Stacks()); err != nil {
		return engine.Request{}, place, fmt.Errorf("--%s %w", key, err)
	}
	return engine.Request{
		Stack: f.stack, Services: f.services, Name: f.name, Below: place.below,
		Answers:   detect.Answer{Main: f.main, Manager: f.manager, Command: argv, Options: overrides.Own.Words()},
		Overrides: overrides,
	}, place, nil
}

// onePath is for commands that take PATH and nothing else.
func onePath(_ *cobra.Command, args []string) error {
	if len(args) > 1 {
		return fmt.Errorf("%s: one PATH at the most; --service names several services", strings.Join(args, " "))
	}
	return nil
}

// open checks the flags and scans the place that they are about.
func (f *flags) open(ctx context.Context, io *streams, args []string) (engine.Request, *repository, error) {
	request, place, err := f.request(args)
	if err != nil {
		return request, nil, err
	}
	if f.staged {
		return f.openStaged(ctx, io, request, place)
	}
	repo, err := open(ctx, io, place)
	return request, repo, err
}

// openStaged scans what the index of git holds. What was laid out for that is gone
// once the repository is closed.
func (f *flags) openStaged(ctx context.Context, io *streams, request engine.Request, place target) (engine.Request, *repository, error) {
	place, remove, err := staged(ctx, place)
	if err != nil {
		return request, nil, err
	}
	repo, err := open(ctx, io, place)
	if err != nil {
		return request, nil, errors.Join(err, remove())
	}
	repo.remove = remove
	return request, repo, nil
}

// place settles root and path: the path is the root, unless --root names one
// above it.
func (f *flags) place(args []string) (target, error) {
	typed := "."
	if len(args) > 0 {
		typed = args[0]
	}
	folder, err := resolve(typed)
	if err != nil {
		return target{}, err
	}
	if f.root == "" {
		root := repositoryRoot(folder)
		below, err := filepath.Rel(root, folder)
		if err != nil {
			return target{}, fmt.Errorf("%s: %w", typed, err)
		}
		if below != "." {
			up := strings.Repeat("../", strings.Count(filepath.ToSlash(below), "/")+1)
			typed = path.Join(filepath.ToSlash(typed), up)
		}
		return target{root: root, typed: typed, below: filepath.ToSlash(below)}, nil
	}
	root, err := resolve(f.root)
	if err != nil {
		return target{}, fmt.Errorf("--root: %w", err)
	}
	below, err := filepath.Rel(root, folder)
	if err != nil || !filepath.IsLocal(below) {
		return target{}, fmt.Errorf("--root %s: %s does not lie in it", f.root, typed)
	}
	return target{root: root, typed: f.root, below: filepath.ToSlash(below)}, nil
}

// repositoryRoot is the nearest folder above whose workspace manifest or
// dockgen.toml lists the folder as a member, or the folder itself. A file that
// cannot be read lists nothing here: where it matters, the scan says what is wrong
// with it.
func repositoryRoot(folder string) string {
	for above := filepath.Dir(folder); ; above = filepath.Dir(above) {
		if listed(above, folder) {
			return above
		}
		for _, s := range all.Stacks() {
			for _, w := range s.Workspaces {
				data, err := readAbove(above, w.Marker)
				if err != nil {
					continue
				}
				members, err := w.Members(data)
				inside, relErr := filepath.Rel(above, folder)
				if err == nil && relErr == nil && isMember(members, filepath.ToSlash(inside)) {
					return above
				}
			}
		}
		if above == filepath.Dir(above) {
			return folder
		}
	}
}

// readAbove reads a file of a folder that nobody has asked about.
func readAbove(dir, base string) (data []byte, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, root.Close()) }()
	return budget.ReadFile(root, base)
}

// listed says whether the dockgen.toml of a folder names another as a member.
func listed(above, folder string) bool {
	data, err := readAbove(above, config.Name)
	if err != nil {
		return false
	}
	inside, err := filepath.Rel(above, folder)
	if err != nil {
		return false
	}
	isMember, err := config.Members(data, all.Stacks())
	return err == nil && isMember(filepath.ToSlash(inside))
}

// isMember says whether one of the patterns of a workspace names a folder; those
// with a ! before them take it out again.
func isMember(patterns []string, folder string) bool {
	in := false
	for _, p := range patterns {
		pattern, out := strings.CutPrefix(p, "!")
		if ok, err := doublestar.Match(path.Clean(pattern), folder); ok && err == nil {
			in = !out
		}
	}
	return in
}

// resolve makes a folder absolute and follows the links of its own name, which
// the user has chosen; below it none is followed.
func resolve(folder string) (string, error) {
	real, err := filepath.EvalSymlinks(folder)
	if err != nil {
		return "", fmt.Errorf("%s: %w", folder, cause(err))
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", fmt.Errorf("%s: %w", folder, cause(err))
	}
	if !info.IsDir() {
		return "", fmt.Errorf("%s: not a folder", folder)
	}
	return filepath.Abs(real)
}

func cause(err error) error {
	var pathErr *os.PathError
	if errors.As(err, &pathErr) {
		return pathErr.Err
	}
	return err
}

// said wants flags that are given to say something.
func (f *flags) said() error {
	if f.empty == nil {
		return nil
	}
	for _, name := range answering {
		if f.empty(name) {
			return fmt.Errorf("--%s: it is empty; without the flag, what was detected holds", name)
		}
	}
	return nil
}

// check holds words to those that there are.
func (f *flags) check() error {
	if err := f.said(); err != nil {
		return err
	}
	switch {
	case f.stack != "" && !slices.Contains(stackNames(), f.stack):
		return fmt.Errorf("--stack %s: no such stack; there are %s", f.stack, strings.Join(stackNames(), ", "))
	case f.runtime != "" && !slices.Contains(runtimeNames(), f.runtime):
		return fmt.Errorf("--runtime %s: no such flavour; there are %s", f.runtime, strings.Join(runtimeNames(), ", "))
	case f.name != "" && !detect.ValidImageName(f.name):
		return fmt.Errorf("--name %s: not a valid image name: lower-case letters, digits and single . _ - between them", f.name)
	}
	return nil
}
