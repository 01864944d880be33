package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/sent"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/templates"
)

// contextAnswer is what context says of some builds, and what went wrong.
type contextAnswer struct {
	SchemaVersion int            `json:"schemaVersion"`
	Builds        []*sent.Build  `json:"builds,omitempty"`
	File          string         `json:"file,omitempty"` // whose changes the following is about
	Changes       []*sent.Change `json:"changes,omitempty"`
	Aside         []string       `json:"aside,omitempty"` // Dockerfiles of examples and tests
	Problems      []jsonProblem  `json:"problems"`

	notes []string
	errs  []error
}

func contextCommand(io *streams) *cobra.Command {
	f, dir := &flags{}, ""
	cmd := &cobra.Command{
		Use:   "context [PATH|FILE]",
		Short: "Show what each build is sent, and what a change of FILE repeats",
		Long: `Show what each build is sent: which files, how many bytes, which instruction takes
them, what the ignore file keeps out by which line, and what looks like a secret and
is let through. For one FILE, show which instructions of which images a change of it
repeats, and why. It reads the Dockerfiles that are there, whoever wrote them, and
asks no Docker; where there is none, it takes those that generate would write.`,
		Example: "  dockgen context\n  dockgen context services/api/main.go\n  dockgen context --json services/api",
		Args:    onePath,
		RunE: func(cmd *cobra.Command, args []string) error {
			place, file, err := f.about(args)
			if err != nil {
				return err
			}
			repo, err := open(cmd.Context(), io, place)
			if err != nil {
				return err
			}
			defer repo.Close() // nothing was written through it
			a, err := repo.sent(cmd.Context(), file, dir)
			if err != nil {
				return err
			}
			return a.print(io)
		},
	}
	set := cmd.Flags()
	set.StringVar(&f.root, "root", "", "the `folder` where the repository ends")
	set.StringVar(&dir, "context", "", "the `folder` that the builds are sent, from the root, instead of the one found")
	set.BoolVar(&f.json, "json", false, "answer in JSON")
	return cmd
}

// about settles what is asked about: a folder, or a file of the repository that the
// working folder is of, else of its own folder's.
func (f *flags) about(args []string) (place target, file string, err error) {
	if len(args) == 0 {
		place, err = f.place(args)
		return place, "", err
	}
	info, err := os.Lstat(args[0])
	if err == nil && info.Mode()&os.ModeSymlink != 0 {
		if to, statErr := os.Stat(args[0]); statErr == nil && to.IsDir() {
			info = to
		}
	}
	if err != nil || info.IsDir() {
		place, err = f.place(args)
		return place, "", err
	}
	home, err := resolve(filepath.Dir(args[0]))
	if err != nil {
		return place, "", err
	}
	full := filepath.Join(home, filepath.Base(args[0]))
	for _, folder := range []string{cmp.Or(f.root, "."), filepath.Dir(args[0])} {
		root := *f
		if place, err = root.place([]string{folder}); err != nil {
			return place, "", err
		}
		if rest, err := filepath.Rel(place.root, full); err == nil && filepath.IsLocal(rest) {
			place.below = "."
			return place, filepath.ToSlash(rest), nil
		}
	}
	return place, "", fmt.Errorf("--root %s: %s does not lie in it", f.root, args[0])
}

// sent looks at every build of a repository, or asks it about one file.
func (r *repository) sent(ctx context.Context, file, dir string) (contextAnswer, error) {
	a := contextAnswer{SchemaVersion: schemaVersion, File: file, Problems: []jsonProblem{}}
	files, err := sent.In(r.place.root)
	if err != nil {
		return a, fmt.Errorf("open %s: %w", r.place.typed, cause(err))
	}
	defer files.Close() // nothing was written through it
	var told []sent.Source
	for _, t := range engine.Targets(r.Tree) {
		told = append(told, sent.Source{File: t.File(), Context: t.Context, Says: engine.BakeName})
	}
	sources, aside := files.Find(r.Tree, r.place.below, told)
	if a.Aside = aside; len(sources) == 0 {
		if sources, err = r.planned(ctx, files); err != nil {
			return a, err
		}
		a.notes = append(a.notes, "no Dockerfile is here yet; this is of those that dockgen generate writes")
	}
	for _, s := range sources {
		if dir != "" {
			if s.Context, s.Says = path.Clean(filepath.ToSlash(dir)), "--context"; !filepath.IsLocal(s.Context) {
				return a, fmt.Errorf("--context %s: not a folder in %s", dir, r.place.typed)
			}
		}
		if file == "" {
			b, err := files.Look(s)
			if a.add(s, err); b != nil {
				a.Builds = append(a.Builds, b)
			}
			continue
		}
		c, err := files.Change(s, file)
		if a.add(s, err); c != nil {
			a.Changes = append(a.Changes, c)
		}
	}
	return a, nil
}

// add notes what went wrong with one build.
func (a *contextAnswer) add(s sent.Source, err error) {
	if err == nil {
		return
	}
	all := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		all = joined.Unwrap()
	}
	for _, err := range all {
		a.errs = append(a.errs, err)
		a.Problems = append(a.Problems, newProblem(path.Dir(s.File), "", err))
	}
}

// planned are the builds of the files that generate would write.
func (r *repository) planned(ctx context.Context, files *sent.Files) (sources []sent.Source, err error) {
	result, err := r.look(ctx, engine.Request{Below: r.place.below})
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, p := range result.Findings.Problems {
		errs = append(errs, p)
	}
	for _, o := range result.Outcomes {
		if o.Err != nil {
			errs = append(errs, o.Err)
			continue
		}
		s := sent.Source{File: o.Dockerfile, Context: o.Plan.Context, Says: "what generate decides"}
		for _, file := range o.Files {
			switch file.Kind {
			case templates.Dockerfile:
				s.Text = file.Data
			case templates.Ignore:
				s.IgnoreFile, s.Ignore = file.Path, file.Data
			default:
				files.Add(file.Path, int64(len(file.Data)))
			}
		}
		if s.Text != nil {
			sources = append(sources, s)
		}
	}
	if len(sources) == 0 {
		return nil, errors.Join(errs...)
	}
	return sources, nil
}

func (a contextAnswer) print(io *streams) error {
	if io.json {
		if err := printJSON(io.out, a); err != nil {
			return err
		}
	} else {
		for _, note := range a.notes {
			say(io.out, note)
		}
		for i, b := range a.Builds {
			if i > 0 {
				say(io.out, "")
			}
			printBuild(io, b)
		}
		if a.File != "" {
			printChanges(io, a)
		}
		for _, file := range a.Aside {
			say(io.out, "left aside: "+file)
		}
		for _, err := range a.errs {
			complain(io.err, err)
		}
	}
	if len(a.errs) > 0 {
		return exitCode(exitFault)
	}
	return nil
}

// mostNamed is how many files or folders a line names before it counts the rest.
const mostNamed = 6

// some names the first of several, and counts the others.
func some(names []string) string {
	shown := names[:min(len(names), mostNamed)]
	var words []string
	for _, name := range shown {
		words = append(words, show.Text(name))
	}
	text := strings.Join(words, ", ")
	if more := len(names) - len(shown); more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

func amount(files int) string {
	if files == 1 {
		return "1 file"
	}
	return strconv.Itoa(files) + " files"
}

// printBuild is what people read of one build.
func printBuild(io *streams, b *sent.Build) {
	say(io.out, fmt.Sprintf("%s · context %s, %s", b.Dockerfile, b.Context, b.Says))
	var rows [][]string
	for _, t := range b.Targets {
		rows = append(rows, []string{"  sent for " + t.Stage, amount(t.Files), show.Size(t.Bytes)})
	}
	for _, g := range folders(b.Files) {
		rows = append(rows, []string{"    " + g.name, amount(g.files), show.Size(g.bytes)})
	}
	if len(b.Reads) > 0 {
		rows = append(rows, []string{"  taken by"})
	}
	for _, r := range b.Reads {
		rows = append(rows, []string{fmt.Sprintf("    line %d, %s", r.Line, r.Stage), amount(r.Files), show.Size(r.Bytes), r.Instruction})
	}
	for i, group := range keptByLine(b.KeptOut) {
		if i == 0 {
			rows = append(rows, []string{"  kept out by " + b.IgnoreFile})
		}
		rows = append(rows, []string{fmt.Sprintf("    line %d, %s", group.Line, group.Pattern), some(group.paths)})
	}
	if len(b.Unnamed) > 0 {
		rows = append(rows, []string{"  named by no instruction: " + some(b.Unnamed)})
	}
	for i, s := range b.Secrets {
		if i == 0 {
			rows = append(rows, []string{"  looks like a secret, and is sent"})
		}
		rows = append(rows, []string{"    " + s.Path, s.What + " by its name, " + s.Pattern, "taken by line " + numbers(s.Lines)})
	}
	table(io.out, rows)
}

func numbers(lines []int) string {
	var words []string
	for _, n := range lines {
		words = append(words, strconv.Itoa(n))
	}
	return strings.Join(words, ", ")
}

// group is some files that lie together.
type group struct {
	name  string
	files int
	bytes int64
}

// mostGroups is how many folders are listed of a context before the rest is one line.
const mostGroups = 12

// folders adds files up by the folders that are sent, the largest first; a folder with one
// folder in it alone goes by that.
func folders(files []sent.File) (all []group) {
	for _, f := range files {
		first, _, in := strings.Cut(f.Path, "/")
		if !in {
			first = "."
		}
		i := slices.IndexFunc(all, func(g group) bool { return g.name == first })
		if i < 0 {
			i, all = len(all), append(all, group{name: first})
		}
		all[i].files++
		all[i].bytes += f.Bytes
	}
	for i := range all {
		all[i].name = common(all[i].name, files)
	}
	slices.SortStableFunc(all, func(a, b group) int { return cmp.Compare(b.bytes, a.bytes) })
	if len(all) > mostGroups {
		rest := group{name: fmt.Sprintf("%d more folders", len(all)-mostGroups+1)}
		for _, g := range all[mostGroups-1:] {
			rest.files, rest.bytes = rest.files+g.files, rest.bytes+g.bytes
		}
		all = append(all[:mostGroups-1], rest)
	}
	return all
}

// common is the deepest folder that has all the files below another.
func common(dir string, files []sent.File) string {
	if dir == "." {
		return "the context's own folder"
	}
	deepest := ""
	for _, f := range files {
		switch above := path.Dir(f.Path); {
		case !detect.Inside(f.Path, dir):
		case deepest == "":
			deepest = above
		default:
			for !detect.Inside(above, deepest) {
				deepest = path.Dir(deepest)
			}
		}
	}
	return deepest
}

// kept is what one line of an ignore file keeps out.
type kept struct {
	sent.Kept
	paths []string
}

func keptByLine(all []sent.Kept) (groups []kept) {
	for _, k := range all {
		i := slices.IndexFunc(groups, func(g kept) bool { return g.Line == k.Line })
		if i < 0 {
			i, groups = len(groups), append(groups, kept{Kept: k})
		}
		groups[i].paths = append(groups[i].paths, k.Path)
	}
	slices.SortFunc(groups, func(a, b kept) int { return cmp.Compare(a.Line, b.Line) })
	return groups
}

// printChanges is what people read of a change of one file.
func printChanges(io *streams, a contextAnswer) {
	say(io.out, a.File)
	var untouched []string
	for _, c := range a.Changes {
		switch {
		case c.Itself == "Dockerfile":
			say(io.out, fmt.Sprintf("  %s: it is the Dockerfile itself: what is edited in it is repeated, with all that follows", c.Dockerfile))
		case c.Itself != "":
			say(io.out, fmt.Sprintf("  %s: it is the ignore file itself, and changes what the build is sent", c.Dockerfile))
		case c.KeptOut != nil:
			say(io.out, fmt.Sprintf("  %s: nothing, %s:%d keeps it out (%s)", c.Dockerfile, c.IgnoreFile, c.KeptOut.Line, c.KeptOut.Pattern))
		case len(c.Repeats) == 0:
			untouched = append(untouched, c.Dockerfile)
		}
		if len(c.Repeats) == 0 {
			continue
		}
		say(io.out, fmt.Sprintf("  %s · context %s", c.Dockerfile, c.Context))
		var rows [][]string
		stage := ""
		for _, r := range c.Repeats {
			if r.Stage != stage {
				stage = r.Stage
				rows = append(rows, []string{"    stage " + stage})
			}
			why := r.Why
			if r.If {
				why += ", if its output changes"
			}
			rows = append(rows, []string{fmt.Sprintf("      line %d", r.Line), r.Instruction, why})
		}
		table(io.out, rows)
	}
	switch {
	case len(untouched) > 0:
		say(io.out, "  nothing, as no instruction names it: "+some(untouched))
	case len(a.Changes) == 0 && len(a.errs) == 0:
		say(io.out, "  no build has it in its context")
	}
}
