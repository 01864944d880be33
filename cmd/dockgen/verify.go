package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/internal/show"
	"github.com/dockgen/dockgen/internal/verify"
)

// verifying are the flags of verify.
type verifying struct {
	flags
	image, tar, platform, format, against         string
	noTests, noRun, rebuild, reproducible, listed bool
}

func verifyCommand(io *streams) *cobra.Command {
	v := &verifying{}
	cmd := &cobra.Command{
		Use:   "verify [PATH]",
		Short: "Build, test, run and search each image, and hold it to its budget",
		Long: `verify builds the image of every service from the Dockerfile that stands there, with the
docker at hand, runs its tests, starts it as strictly as an image has to bear (its own
user, a read-only root, no capabilities), asks it, stops it, and searches all of its
layers: for keys and credentials, for what only the build needs, for wasted bytes, for
libraries that are missing. dockgen verify --list names the checks; docs/verify.md has a
section on each.

[verify] in dockgen.toml holds limits for size, layers, waste and times, variables for
the run, and what is no finding.

It exits with 1 on a finding, and with 2 where docker or a build fails or something could
not be judged. Whatever becomes of it, its containers and images are removed.`,
		Example: `  dockgen verify
  dockgen verify --service api --rebuild
  dockgen verify --image registry.example/shop/api:1.4
  dockgen verify --json > verify.json
  dockgen verify --against verify.json --format markdown
  dockgen verify --format html > verify.html
  dockgen verify --list`,
		Args: onePath,
		RunE: func(cmd *cobra.Command, args []string) error { return v.run(cmd.Context(), io, args) },
	}
	set := cmd.Flags()
	set.StringSliceVar(&v.services, "service", nil, "only these services, by `name` or folder")
	set.StringVar(&v.root, "root", "", "the `folder` where the repository ends")
	set.StringVar(&v.image, "image", "", "judge this image, which is there, by its `reference`; with --service, as the image of that")
	set.StringVar(&v.tar, "tar", "", "judge what docker save or an OCI exporter wrote into this `file` or folder, without docker; it is not run")
	set.StringVar(&v.platform, "platform", "", "of several in a file the image for this `platform`")
	set.BoolVar(&v.noTests, "no-tests", false, "leave the test stages out")
	set.BoolVar(&v.noRun, "no-run", false, "start no container")
	set.BoolVar(&v.rebuild, "rebuild", false, "also build after an edit of a source, in a copy, with and without a network")
	set.BoolVar(&v.reproducible, "reproducible", false, "also build twice, and compare")
	set.StringVar(&v.format, "format", "", "answer in this `form`: "+strings.Join(verifyFormats, ", "))
	set.StringVar(&v.against, "against", "", "compare with an earlier answer in JSON, by its `file`, or with an image, by its reference")
	set.BoolVar(&v.listed, "list", false, "list the checks")
	set.BoolVar(&v.json, "json", false, "answer in JSON")
	cmd.MarkFlagsMutuallyExclusive("image", "tar")
	complete(cmd, "image", nil)
	complete(cmd, "format", verifyFormats)
	complete(cmd, "platform", []string{"linux/amd64", "linux/arm64"})
	_ = cmd.RegisterFlagCompletionFunc("service", v.completeServices) // the error is for a flag that is not bound
	cmd.ValidArgsFunction = completeFolders
	return cmd
}

func (v *verifying) run(ctx context.Context, io *streams, args []string) error {
	if v.listed {
		return v.list(io)
	}
	if err := v.settle(io); err != nil {
		return err
	}
	earlier, err := v.earlier()
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(ctx, syscall.SIGTERM) // as CI ends what takes too long
	defer stop()
	report, err := v.prove(ctx, io, args)
	if err == nil && v.against != "" && earlier == nil {
		earlier, err = v.otherImage(ctx)
	}
	switch {
	case ctx.Err() != nil:
		return exitCode(exitInterrupted)
	case err != nil:
		return err
	}
	if err := v.tell(io, report, earlier); err != nil {
		return err
	}
	if code := verdictCode(report); code != exitDone {
		return exitCode(code)
	}
	return nil
}

// verdictCode is the exit code of a report: what could not be judged is no pass, whatever was
// found beside it.
func verdictCode(report verify.Report) int {
	code := exitDone
	if len(report.Problems) > 0 {
		code = exitFault
	}
	for _, v := range report.Images {
		for _, c := range v.Checks {
			switch c.State {
			case verify.Failed:
				code = max(code, exitDifference)
			case verify.NotJudged:
				code = exitFault
			}
		}
	}
	return code
}

// list prints the checks.
func (v *verifying) list(io *streams) error {
	if v.json {
		type check struct {
			ID    string `json:"id"`
			Group string `json:"group"`
			Title string `json:"title"`
		}
		list := struct {
			SchemaVersion int     `json:"schemaVersion"`
			Checks        []check `json:"checks"`
		}{SchemaVersion: verify.SchemaVersion}
		for _, c := range verify.Checks() {
			list.Checks = append(list.Checks, check{c.ID, c.Group, c.Title})
		}
		return printJSON(io.out, list)
	}
	var rows [][]string
	for _, c := range verify.Checks() {
		rows = append(rows, []string{c.ID, c.Group, c.Title})
	}
	table(io.out, rows)
	return nil
}

// prove looks at the repository, and has everything judged that is asked for.
func (v *verifying) prove(ctx context.Context, io *streams, args []string) (report verify.Report, err error) {
	subjects, problems, root, err := v.subjects(ctx, io, args)
	if err != nil {
		return report, err
	}
	request := verify.Request{Root: root, Tests: !v.noTests, Rebuild: v.rebuild, Reproducible: v.reproducible, Run: !v.noRun, Platform: v.platform}
	if io.waits {
		request.Progress = func(text string) {
			show.Status(io.err, "")
			show.Status(io.err, text)
		}
		defer show.Status(io.err, "")
	}
	if v.tar == "" && len(subjects) > 0 {
		d, err := docker.Open(ctx)
		if err != nil {
			return report, err
		}
		defer func() { err = errors.Join(err, d.Close(ctx)) }()
		if v.image == "" {
			if err := d.CanBuild(ctx); err != nil {
				return report, err
			}
		}
		request.Docker = d
	}
	report, err = verify.Prove(ctx, request, subjects)
	report.Problems = append(problems, report.Problems...)
	return report, err
}

// subjects are the images that are asked for, and what is wrong with services that have
// none.
func (v *verifying) subjects(ctx context.Context, io *streams, args []string) (subjects []verify.Subject, problems []verify.Problem, root string, err error) {
	given := v.image != "" || v.tar != ""
	request, repo, err := v.open(ctx, io, args)
	if err != nil {
		return nil, nil, "", err
	}
	defer func() { err = errors.Join(err, repo.Close()) }()
	if given && len(v.services) == 0 {
		c, err := config.Load(repo.Tree, all.Stacks())
		if err != nil {
			return nil, nil, "", err
		}
		return []verify.Subject{verify.ForImage(v.image, v.tar, c.For(".", "", ""))}, nil, repo.place.root, nil
	}
	result, err := repo.look(ctx, request)
	if err != nil {
		return nil, nil, "", err
	}
	if given && len(result.Outcomes) != 1 {
		return nil, nil, "", fmt.Errorf("--service %s: one image is that of one service, and there are %d", strings.Join(v.services, ","), len(result.Outcomes))
	}
	for _, p := range result.Findings.Problems {
		problems = append(problems, verify.Problem{Dir: p.Dir, Message: p.Error()})
	}
	for _, o := range result.Outcomes {
		s, err := v.subject(repo, o)
		if err != nil {
			problems = append(problems, verify.Problem{Service: o.Service.Name, Dir: o.Service.Dir, Message: err.Error()})
			continue
		}
		s.Reference, s.File = v.image, v.tar
		subjects = append(subjects, s)
	}
	return subjects, problems, repo.place.root, nil
}

// subject is a service with the Dockerfile that stands there.
func (v *verifying) subject(repo *repository, o engine.Outcome) (verify.Subject, error) {
	if o.Err != nil {
		return verify.Subject{}, o.Err
	}
	if !repo.Has(o.Dockerfile) {
		return verify.Subject{}, fmt.Errorf("%s is not there; dockgen generate writes it", o.Dockerfile)
	}
	text, err := repo.ReadFile(o.Dockerfile)
	if err != nil {
		return verify.Subject{}, err
	}
	s, err := verify.ForService(o, text, given)
	if err == nil && o.Service.Stack == "python" {
		s.Expect.DevOnly, err = developed(repo, o.Service.Dir)
	}
	return s, err
}

// developed names the packages that only development wants, by the lockfile of a service: the
// nearest, in its folder or above.
func developed(repo *repository, dir string) ([]string, error) {
	for ; ; dir = path.Dir(dir) {
		for _, name := range verify.Lockfiles {
			if file := path.Join(dir, name); repo.Has(file) {
				text, err := repo.ReadFile(file)
				if err != nil {
					return nil, err
				}
				return verify.DevOnly(file, text)
			}
		}
		if dir == "." {
			return nil, nil
		}
	}
}

// given is how docker build takes a secret that is there: the variable, else the file.
func given(s plan.Secret) (string, bool) {
	if s.Env != "" && os.Getenv(s.Env) != "" {
		return "id=" + s.ID + ",env=" + s.Env, true
	}
	file := os.ExpandEnv(s.Source)
	if _, err := os.Stat(file); s.Source == "" || err != nil {
		return "", false
	}
	return "id=" + s.ID + ",src=" + file, true
}

// proved is a report as a person reads it.
type proved struct{ verify.Report }

func (p proved) words(io *streams) {
	for _, v := range p.Images {
		p.image(io, v)
	}
	for _, problem := range p.Problems {
		p.problem(io, problem)
	}
	if len(p.Images) > 0 {
		p.sizes(io)
	}
}

// image is one screen about one image.
func (p proved) image(io *streams, v verify.Verdict) {
	name := v.Service
	if name == "" {
		name = v.Reference
	}
	say(io.out, fmt.Sprintf("%s: %s", name, v.State))
	table(io.out, groups(v))
	for _, r := range v.Checks {
		switch {
		case r.State == verify.Failed:
			for _, f := range r.Findings {
				p.finding(io, r, f)
			}
		case r.State == verify.NotJudged:
			show.Lines(io.out, fmt.Sprintf("  %s not judged: %s", r.ID, r.Seen))
			if r.Fix != "" {
				show.Lines(io.out, "    do        "+r.Fix)
			}
		}
		for _, f := range r.Allowed {
			reason := f.Reason
			if reason == "" {
				reason = "no reason is given"
			}
			show.Lines(io.out, fmt.Sprintf("  %s allowed by %s: %s (%s)", r.ID, f.Source, f.What, reason))
		}
	}
	say(io.out, "")
}

// groups are the lines of what was proved, by what it is about.
func groups(v verify.Verdict) (rows [][]string) {
	kinds := map[string]string{}
	var order []string
	for _, c := range verify.Checks() {
		if kinds[c.ID] = c.Group; !slices.Contains(order, c.Group) {
			order = append(order, c.Group)
		}
	}
	for _, group := range order {
		counts, seen := map[verify.State]int{}, []string{}
		for _, r := range v.Checks {
			if kinds[r.ID] != group {
				continue
			}
			counts[r.State]++
			if r.State == verify.Passed && r.Seen != "" {
				seen = append(seen, r.Seen)
			}
		}
		state, ran := verify.Passed, counts[verify.Passed]+counts[verify.Failed]+counts[verify.NotJudged]
		switch {
		case counts[verify.Failed] > 0:
			state = verify.Failed
		case counts[verify.NotJudged] > 0:
			state = verify.NotJudged
		case ran == 0:
			state = verify.Skipped
		}
		text := strings.Join(seen, "; ")
		if ran > 1 {
			text = fmt.Sprintf("%d of %d passed", counts[verify.Passed], ran)
			if len(seen) > 0 {
				text += ": " + seen[0]
			}
		}
		rows = append(rows, []string{"  " + group, string(state), text})
	}
	return rows
}

func (p proved) finding(io *streams, r verify.Result, f verify.Finding) {
	show.Lines(io.out, fmt.Sprintf("  %s failed: %s", r.ID, f.What))
	line := func(name, text string) {
		for i, part := range strings.Split(text, "\n") {
			if i > 0 {
				name = ""
			}
			if text != "" {
				show.Lines(io.out, fmt.Sprintf("    %-9s %s", name, part))
			}
		}
	}
	where := ""
	if f.Path != "" && !strings.Contains(f.What, f.Path) {
		where = f.Path
	}
	if f.Layer > 0 {
		where = strings.TrimPrefix(fmt.Sprintf("%s, layer %d", where, f.Layer), ", ")
	}
	for _, more := range []string{f.By, f.At} {
		if more != "" {
			where = strings.TrimPrefix(where+", "+more, ", ")
		}
	}
	line("where", where)
	line("expected", f.Expected)
	line("seen", f.Seen)
	line("do", f.Fix)
}

func (p proved) problem(io *streams, problem verify.Problem) {
	name := problem.Service
	if name == "" {
		name = problem.Dir
	}
	show.Lines(io.err, "dockgen: "+name+": "+problem.Message)
	if problem.At != "" {
		show.Lines(io.err, "  at "+problem.At)
	}
	for _, line := range problem.Log {
		show.Lines(io.err, "  | "+line)
	}
}

// sizes is the table at the end.
func (p proved) sizes(io *streams) {
	rows := [][]string{{"image", "", "size", "of its own", "layers", "wasted", "starts", "stops"}}
	for _, v := range p.Images {
		name := v.Service
		if name == "" {
			name = v.Reference
		}
		rows = append(rows, []string{
			name, string(v.State), show.Size(v.Size), show.Size(v.Size - v.Base.Size), fmt.Sprint(len(v.Layers)), show.Size(v.Wasted), since(v.Start), since(v.Stop),
		})
	}
	table(io.out, rows)
}

func since(s float64) string {
	if s == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f s", s)
}
