package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/ignore"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// planAll plans every service of the repository, also those that were not asked
// for: versions, and names of files in one folder, are shared with them.
func (e *Engine) planAll(ctx context.Context, found survey, asked []detect.Service, r Request) ([]candidate, error) {
	var all []candidate
	for _, s := range found.all.Services {
		all = append(all, candidate{Outcome: Outcome{Service: s, settled: found.settled[identity(s)]}, apart: found.apart[identity(s)]})
	}
	for _, s := range asked {
		i := slices.IndexFunc(all, func(c candidate) bool {
			return !c.asked && c.Service.Dir == s.Dir && c.Service.Stack == s.Stack && (c.Service.Name == s.Name || r.Name == s.Name)
		})
		all[i].asked, all[i].flags, all[i].Service = true, r.Overrides, s
		all[i].assumes = r.Assumes
		all[i].Key, all[i].Variant = all[i].settled.Key, all[i].settled.Variant
		all[i].Answers = all[i].named(r)
	}
	group := crew.New(runtime.GOMAXPROCS(0))
	for i := range all {
		group.Go(func() error {
			c := &all[i]
			for _, f := range c.Service.Fronts {
				c.fronts = append(c.fronts, found.config.For(f.Service.Dir, f.Service.Stack, f.Service.Name).Overrides)
			}
			c.Plan, c.Err = e.answered(c)
			c.Err = c.placed(c.Err)
			return ctx.Err()
		})
	}
	return all, group.Wait()
}

// named lists the answers of flags that are no overrides.
func (c *candidate) named(r Request) (answers []config.Answer) {
	if len(r.Answers.Main) > 0 && !slices.Equal(r.Answers.Main, c.settled.Main) {
		answers = append(answers, config.Answer{Key: "main", Value: config.Quote(r.Answers.Main)})
	}
	if r.Name != "" && r.Name != c.settled.Name {
		answers = append(answers, config.Answer{Key: "name", Value: strconv.Quote(r.Name)})
	}
	return answers
}

// stack is the one of a service.
func (e *Engine) stack(s detect.Service) plan.Stack {
	return e.Stacks[slices.IndexFunc(e.Stacks, func(st plan.Stack) bool { return st.Name == s.Stack })]
}

// plan asks the stack of a service what to do, and before it those of its front ends,
// each of which answers of its own hold for.
func (e *Engine) plan(c *candidate, overrides plan.Overrides) (plan.Plan, error) {
	in := e.input(c, overrides)
	var fronts []plan.Plan
	for i, f := range c.Service.Fronts {
		name := ""
		if len(c.Service.Fronts) > 1 {
			name = noTarget.ReplaceAllString(f.Service.Name, "-")
		}
		answers := c.fronts[i]
		answers.NoTestStage = answers.NoTestStage || overrides.NoTestStage
		stages := plan.FrontStages(name)
		p, err := e.stack(f.Service).Plan(plan.Input{Service: f.Service, Catalog: e.images(c), Overrides: answers, Stages: stages, Build: f.Build, Replaced: e.replaced(c)})
		if err != nil {
			return plan.Plan{}, err
		}
		if p.HasTests() {
			p.Parts[0].Test = stages.Test
		}
		fronts = append(fronts, p)
		in.Brought = append(in.Brought, plan.Brought{Made: p.Own().Makes[0], Dir: f.Service.Dir, To: f.To, Embedded: f.Pages.Embedded})
	}
	p, err := e.stack(c.Service).Plan(in)
	p.StandsOn(c.Service.Stands, overrides.StandsOn)
	if err != nil || len(fronts) == 0 {
		return p, err
	}
	return p.With(c.Service.Fronts, fronts)
}

func (e *Engine) input(c *candidate, overrides plan.Overrides) plan.Input {
	service := c.Service
	overrides.Dev = overrides.Dev || e.keeps                               // compose runs it
	service.Name = strings.TrimSuffix(service.Name, "-"+c.settled.Variant) // images of one service share caches
	return plan.Input{Service: service, Catalog: e.images(c), Overrides: overrides, Replaced: e.replaced(c), Hidden: e.ground.Hides, Composed: e.keeps}
}

// replaced tells what dockgen.toml puts in an image's place: by its name, or else of the
// family that it asks for.
func (e *Engine) replaced(c *candidate) func(reference string, running bool) plan.Replaced {
	return func(reference string, running bool) (r plan.Replaced) {
		w := c.settled.Images
		_, tag := catalog.Split(reference)
		if r.Image, r.Family, r.Key, r.Kept = w.Instead(reference, tag); r.Key == "" && w.Family != "" && reference != "scratch" {
			r.Key = "images.family"
			if r.Image, r.Err = e.Catalog.Made(w.Family, reference, running); r.Err != nil {
				r.Err = fmt.Errorf("images.family = %q: %w; images.replace names another, and family = \"\" for a service leaves its images", w.Family, r.Err)
			}
		}
		if r.Key != "" {
			r.At = c.at(r.Key)
		}
		return r
	}
}

// stands lists what the family that a dockgen.toml asks for has in the place of a reference,
// as FROM names it in the end; none where there is no such family.
func (e *Engine) stands(c *candidate, reference string) (all []string) {
	for _, running := range []bool{false, true} {
		if r := e.replaced(c)(reference, running); r.Key == "images.family" && r.Err == nil {
			name, tag := catalog.Split(r.Image)
			all = append(all, c.settled.Images.Mirrored(name)+":"+tag)
		}
	}
	return all
}

// placed says of an answer that does not fit where it stands, if it is not one of
// a flag's.
func (c *candidate) placed(err error) error {
	wrong, ok := errors.AsType[*plan.OverrideError](err)
	if !ok {
		return err
	}
	key := strings.TrimPrefix(wrong.Flag, "--")
	given := slices.ContainsFunc(config.Given(c.flags), func(a config.Answer) bool { return a.Key == key })
	if origins := c.settled.Origins(key); len(origins) > 0 && !given {
		return detect.Errorf(origins[0].At, "%s = %s: %w", origins[0].Key, wrong.Value, wrong.Err)
	}
	return err
}

// share gives services without a version of their own the highest of their stack,
// and says of each that has another why.
func (e *Engine) share(all []candidate) {
	highest := map[string]*candidate{}
	for i := range all {
		c := &all[i]
		best := highest[c.Service.Stack]
		if c.Err == nil && c.Plan.Version.Value != "" && (best == nil || catalog.Newer(c.Plan.Version.Value, best.Plan.Version.Value)) {
			highest[c.Service.Stack] = c
		}
	}
	for i := range all {
		c := &all[i]
		best := highest[c.Service.Stack]
		if c.Err != nil || best == nil || c.Plan.Version.Value == best.Plan.Version.Value {
			continue
		}
		if c.Plan.Version.Own {
			c.reason("; an exception: the highest of the repository is " + best.Plan.Version.Value + ", of " + best.Service.Name)
			continue
		}
		overrides := c.overrides()
		overrides.LangVersion = best.Plan.Version.Value
		if shared, err := e.plan(c, overrides); err == nil {
			c.Plan = shared
			c.Plan.Version.Own = false
			c.sharedWith(best)
		}
	}
}

// versionFlag marks the decision about the version, whatever the stack calls it.
const versionFlag = "--lang-version"

func (c *candidate) reason(more string) {
	for i, d := range c.Plan.Decisions {
		if d.Flag == versionFlag {
			c.Plan.Decisions[i].Reason += more
			return
		}
	}
}

func (c *candidate) sharedWith(best *candidate) {
	for i, d := range c.Plan.Decisions {
		if d.Flag == versionFlag {
			c.Plan.Decisions[i].Reason = "no version of its own, so the highest of the repository, that of " + best.Service.Name
			c.Plan.Decisions[i].Evidence = best.Plan.Summary.Evidence[:min(1, len(best.Plan.Summary.Evidence))]
			c.Plan.Summary.Evidence = append(slices.Clone(c.Plan.Decisions[i].Evidence), c.Plan.Summary.Evidence...)
			return
		}
	}
}

// finish renders a candidate's files, adapts and checks them.
func (e *Engine) finish(t *detect.Tree, c *candidate, file string) {
	if c.Err != nil {
		return
	}
	if c.apart != "" {
		c.Plan.Notes = append(slices.Clip(c.Plan.Notes), c.apart)
	}
	e.explain(c)
	if c.Err = c.leaveOut(e.ground, e.lock != nil); c.Err != nil {
		return
	}
	if c.Err = c.extraFiles(t); c.Err != nil {
		return
	}
	c.secrets()
	if c.Files, c.Err = e.files(t, c, file, ignoreName(t, file, c.Plan)); c.Err == nil {
		c.Err = c.open(t)
	}
	c.Err = c.located(c.Err)
}

// imagesOf finds which images the Dockerfile of a candidate takes.
func (e *Engine) imagesOf(t *detect.Tree, c *candidate, file string) {
	if c.Err == nil {
		_, _, c.Err = e.dockerfile(t, c, file)
	}
}

// open is an error where a layer of the image, or its configuration, would hold a
// credential that stands in the project: in a file that the build copies, or in a start
// that the Dockerfile repeats.
func (c *candidate) open(t *detect.Tree) error {
	var errs []error
	for _, one := range t.Credentials() {
		rest, inside := detect.Below(c.Plan.Context, one.At.File)
		if !one.Any && inside && slices.Contains(c.Plan.Needs, rest) {
			errs = append(errs, detect.Errorf(one.At, "%s, which a layer of the image would keep; take it out, and name its host with --private, so that the build gets it as a secret", one.What))
		} else if len(c.Files) > 0 && one.In(c.Files[0].Data) {
			errs = append(errs, detect.Errorf(one.At, "%s, which the image would show to everybody who has it; take it out and set the variable where the container runs", one.What))
		}
	}
	return errors.Join(errs...)
}

// explain says of each decision that an answer settled who gave it and whom it
// outranks.
func (e *Engine) explain(c *candidate) {
	given := config.Given(c.flags)
	keys := c.settled.Keys()
	settled := func(d plan.Decision) bool { return d.Key != "" && len(c.settled.Origins(d.Key)) > 0 }
	if len(given) == 0 && (len(keys) == 0 || !slices.ContainsFunc(c.Plan.Decisions, settled)) {
		return
	}
	detected := e.without(c, plan.Overrides{})
	unflagged := detected
	if len(given) > 0 && len(keys) > 0 {
		unflagged = e.without(c, c.meant(c.settled.Overrides))
	}
	for i := range c.Plan.Decisions {
		d := &c.Plan.Decisions[i]
		flag := slices.IndexFunc(given, func(a config.Answer) bool { return a.Key == d.Key })
		origins := c.settled.Origins(d.Key)
		if d.Key == "" || flag < 0 && len(origins) == 0 {
			continue
		}
		if flag >= 0 {
			d.Source = d.Flag
		} else {
			d.Source = origins[0].String()
			d.Evidence = append([]detect.Evidence{origins[0].At}, d.Evidence...)
			origins = origins[1:]
		}
		for _, o := range origins {
			d.Instead = append(d.Instead, plan.Loser{Value: o.Value, Source: o.String()})
		}
		if value, ok := detected[d.Name+d.Flag]; ok && value != d.Value {
			d.Instead = append(d.Instead, plan.Loser{Value: value, Source: "detected"})
		}
	}
	for _, a := range given {
		if c.matters(a, unflagged) {
			c.Answers = append(c.Answers, a)
		}
	}
}

// without gives what would have been decided with other answers, by the name and
// flag of each decision; nothing where no plan could be made.
func (e *Engine) without(c *candidate, overrides plan.Overrides) map[string]string {
	values := map[string]string{}
	p, err := e.plan(c, overrides)
	if err != nil {
		return values
	}
	for _, d := range p.Decisions {
		if _, twice := values[d.Name+d.Flag]; !twice {
			values[d.Name+d.Flag] = d.Value
		}
	}
	return values
}

// matters says whether an answer changed a decision.
func (c *candidate) matters(a config.Answer, without map[string]string) bool {
	for _, d := range c.Plan.Decisions {
		if d.Key == a.Key {
			if value, ok := without[d.Name+d.Flag]; !ok || value != d.Value {
				return true
			}
		}
	}
	return false
}

// leaveOut completes the ignore file by what the repository says.
func (c *candidate) leaveOut(ground *ignore.Ground, locked bool) error {
	ig, ok := c.Plan.Ignore.Data.(plan.Ignore)
	if !ok {
		return nil
	}
	ig, notes, err := ground.Complete(ig, c.Plan.Context)
	if err != nil {
		return err
	}
	if locked && c.Plan.Context == "." {
		last := &ig.Groups[len(ig.Groups)-1]
		last.Patterns = append(slices.Clip(last.Patterns), lock.Name)
	}
	c.Plan.Ignore.Data = ig
	c.Plan.Notes = append(slices.Clip(c.Plan.Notes), notes...)
	return nil
}

// extraFiles lets the files of dockgen.toml into the build: they have to be there,
// in its context, and not hidden.
func (c *candidate) extraFiles(t *detect.Tree) error {
	if len(c.settled.Files) == 0 && len(c.settled.Lines) == 0 {
		return nil
	}
	ignore, ok := c.Plan.Ignore.Data.(plan.Ignore)
	if !ok && len(c.settled.Files) == 0 {
		return nil
	}
	if !ok {
		return fmt.Errorf("the ignore file of a %s service takes no files of dockgen.toml", c.Service.Stack)
	}
	for _, f := range c.settled.Files {
		_, folder := t.Folder(f.From)
		if !folder && !t.Has(f.From) {
			return detect.Errorf(f.At, "files: from = %q: no such file or folder in the repository", f.From)
		}
		if c.Plan.Context != "." && f.From != c.Plan.Context && !strings.HasPrefix(f.From, c.Plan.Context+"/") {
			return detect.Errorf(f.At, "files: %s lies outside of %s, which is all that the build of %s sees", f.From, c.Plan.Context, c.Service.Name)
		}
		var err error
		if ignore, err = ignore.LetThrough(adapt.FromContext(f.From, c.Plan.Context), folder); err != nil {
			return detect.Errorf(f.At, "files: %w", err)
		}
		if !folder {
			c.Plan.Needs = append(slices.Clip(c.Plan.Needs), adapt.FromContext(f.From, c.Plan.Context))
		}
	}
	ignore, err := c.linesRead(t, ignore)
	c.Plan.Ignore.Data = ignore
	return err
}

func (c *candidate) secrets() {
	for _, s := range c.settled.Secrets {
		if !slices.ContainsFunc(c.Plan.Secrets, func(known plan.Secret) bool { return known.ID == s.ID }) {
			secret := plan.Secret{ID: s.ID, Source: s.Source}
			if s.Source == "" {
				secret.Env = cmp.Or(s.Env, s.ID)
			}
			c.Plan.Secrets = append(slices.Clip(c.Plan.Secrets), secret)
		}
	}
}

// located says of a text that no file of a build can hold which file of the project
// states it: that of the decision about it, else that of the service.
func (c *candidate) located(err error) error {
	refused, ok := errors.AsType[*dockerfile.TextError](err)
	if _, placed := errors.AsType[*detect.PositionError](err); !ok || placed {
		return err
	}
	at := c.Plan.Summary.Evidence
	for _, d := range c.Plan.Decisions {
		if len(d.Evidence) > 0 && (strings.Contains(d.Value, refused.Text) || strings.Contains(refused.Text, d.Value)) {
			at = d.Evidence
			break
		}
	}
	if len(at) == 0 {
		return err
	}
	return detect.Errorf(at[0], "%w, so no file of a build can name it", err)
}

func (e *Engine) files(t *detect.Tree, c *candidate, file, ignore string) ([]templates.File, error) {
	files := []templates.File{
		{Path: file, Kind: templates.Dockerfile},
		{Path: ignore, Kind: templates.Ignore},
	}
	data, stages, err := e.dockerfile(t, c, file)
	if err != nil {
		return nil, err
	}
	files[0].Data = data
	if files[1].Data, err = e.Templates.Render(c.Plan.Ignore.Name, c.Plan.Ignore.Data); err != nil {
		return nil, err
	}
	for _, extra := range c.Plan.Extras {
		data, err := e.Templates.Render(extra.Template.Name, extra.Template.Data)
		if err != nil {
			return nil, err
		}
		files = append(files, templates.File{Path: path.Join(c.Plan.Home, extra.Name), Kind: templates.Extra, Data: data})
	}
	for i, f := range files {
		if f.Kind == templates.Ignore {
			continue
		}
		if files[i].Data, err = output.Seal(f.Kind, f.Data); err != nil {
			return nil, &InternalError{f.Path, err}
		}
	}
	own, err := e.sealIgnore(files[1].Data)
	if err == nil {
		files[1].Data = own.data
		if hidden := hidden(own.ignore, c.Plan); len(hidden) > 0 {
			err = errors.New("it hides " + strings.Join(hidden, ", "))
		}
	}
	if err != nil {
		return nil, &InternalError{ignore, err}
	}
	return files, e.prove(t, c, stages, own.ignore)
}

// sealed is an ignore file with its seal.
type sealed struct {
	data   []byte
	ignore *dockerfile.Ignore
}

// sealIgnore seals an ignore file. These are long, and those of many services are alike.
func (e *Engine) sealIgnore(data []byte) (s sealed, err error) {
	if known, ok := e.sealed.Load(string(data)); ok {
		s = known.(sealed)
	} else {
		if s.data, err = output.Seal(templates.Ignore, data); err != nil {
			return s, err
		}
		if s.ignore, err = dockerfile.ParseIgnore(s.data); err != nil {
			return s, err
		}
		e.sealed.Store(string(data), s)
	}
	s.ignore = s.ignore.Copy()
	return s, nil
}

// dockerfile prints the Dockerfile, by dockgen's template or the user's, and
// changes it as a dockgen.toml asks. What is broken before that is dockgen's own
// fault, afterwards it is not.
func (e *Engine) dockerfile(t *detect.Tree, c *candidate, file string) ([]byte, []dockerfile.Content, error) {
	if c.settled.Template != "" {
		return e.ownTemplate(t, c)
	}
	data, err := c.Plan.Print(e.Templates)
	if err == nil {
		data, err = assuming(data, c.assumes)
	}
	if err != nil {
		return nil, nil, err
	}
	stages, err := e.parse(c, data, false)
	if err != nil {
		return nil, nil, &InternalError{file, err}
	}
	return e.adapt(c, data, stages)
}

func (e *Engine) ownTemplate(t *detect.Tree, c *candidate) ([]byte, []dockerfile.Content, error) {
	at := c.settled.Origins("template")[0]
	name := c.settled.Template
	text, err := t.ReadFile(name)
	if err != nil {
		return nil, nil, detect.Errorf(at.At, "%s: %w", at.Key, err)
	}
	set, err := e.Templates.With(name, string(text))
	var data []byte
	var stages []dockerfile.Content
	if err == nil {
		ours := c.Plan.Own().Templates
		c.Plan = c.Plan.Instead(name)
		if data, err = c.Plan.Print(set); err != nil {
			err = fmt.Errorf("%w; without it, this service is printed by %s", err, strings.Join(ours, " and "))
		}
	}
	if err == nil {
		stages, err = dockerfile.Parse(data)
	}
	if err == nil {
		_, err = output.Seal(templates.Dockerfile, data)
	}
	if err != nil {
		return nil, nil, detect.Errorf(detect.Evidence{File: name}, "%w", err)
	}
	c.Plan.Decisions = append(c.Plan.Decisions, plan.Decision{
		Name: "template", Value: name, Reason: "asked for", Key: "template", Source: at.String(), Evidence: []detect.Evidence{at.At},
	})
	c.says(stages)
	return e.adapt(c, data, stages)
}

// adapt changes what was rendered, and lists the changes among the decisions.
func (e *Engine) adapt(c *candidate, data []byte, stages []dockerfile.Content) ([]byte, []dockerfile.Content, error) {
	for _, s := range stages {
		if s.Base != "scratch" && !slices.ContainsFunc(stages, func(o dockerfile.Content) bool { return o.Name == s.Base }) {
			c.images = append(c.images, s.Base)
		}
	}
	if err := e.dated(c); err != nil {
		return nil, nil, err
	}
	changed, changes, err := adapt.Apply(data, stages, adapt.Request{
		Wishes:  c.settled.Wishes,
		Catalog: e.Catalog,
		Digest:  func(reference string) (string, bool) { return e.digest(reference) },
		Context: c.Plan.Context,
		At:      c.at,
		Base: func(image string, running bool) (catalog.Base, error) {
			if running {
				b, err := e.input(c, plan.Overrides{}).RunBase(image)
				return b.Base, err
			}
			b, err := e.input(c, plan.Overrides{}).Base(image)
			return b.Base, err
		},
		Family: func(image string, running bool) (string, error) {
			r := e.replaced(c)(image, running)
			if r.Key != "images.family" {
				return "", nil
			}
			return r.Image, r.Err
		},
		Install: func(i catalog.Installation) (string, error) {
			text, err := e.Templates.Render("shared/packages.tmpl", i)
			return string(text), err
		},
	})
	if err != nil {
		return nil, nil, err
	}
	if e.asking {
		c.Named, c.Place = adapt.References(data, stages), c.settled.Images.Place
		c.Family = func(reference string) []string { return e.stands(c, reference) }
	}
	for i, ch := range changes {
		d := plan.Decision{Name: ch.Name, Value: ch.Value, Reason: ch.Reason, Key: ch.Key, Evidence: []detect.Evidence{ch.At}}
		if origins := c.settled.Origins(ch.Key); len(origins) > 0 {
			d.Source = origins[0].String()
			for _, o := range origins[1:] {
				d.Instead = append(d.Instead, plan.Loser{Value: o.Value, Source: o.String()})
			}
		}
		c.Plan.Decisions = append(c.Plan.Decisions, d)
		if old, ok := strings.CutPrefix(ch.Reason, "instead of "); ok && ch.Name == "image" {
			short := strings.TrimSuffix(strings.TrimPrefix(old, "gcr.io/"), ":nonroot") // as stacks tell of it
			now := e.undigested(ch.Value)
			c.Plan.Summary.Images = summed(c.Plan.Summary.Images, old, now, changes[i+1:])
			if short != old {
				c.Plan.Summary.Images = summed(c.Plan.Summary.Images, short, now, nil)
			}
			if strings.HasPrefix(ch.Key, "images.replace.") || ch.Key == "images.family" {
				c.replacedBy(old, now)
			}
		}
	}
	e.told(c)
	for _, ch := range changes {
		if ch.Shown {
			c.Plan.Note("%s: %s looks like a credential, which everybody who has the image or its layers can read; hand it to a build by [[secrets]], and to a container when it runs", ch.At, ch.Key)
		}
	}
	if len(changes) > 0 {
		if stages, err = e.parse(c, changed, true); err != nil {
			return nil, nil, fmt.Errorf("with what %s adds, the Dockerfile is broken: %w", config.Name, err)
		}
	}
	if e.asking {
		c.Taken = adapt.References(changed, stages)
	}
	return changed, stages, nil
}

// told notes what who takes the images of a family has to know.
func (e *Engine) told(c *candidate) {
	family := c.settled.Images.Family
	if family == "" {
		return
	}
	if note := e.Catalog.MakerNote(family); note != "" {
		c.Plan.Note("%s", note)
	}
	var loose []string
	for _, d := range c.Plan.Decisions {
		if d.Key != "images.family" || d.Name != "image" || strings.Contains(d.Value, "@") {
			continue
		}
		if base, known, err := e.Catalog.Base(d.Value); err == nil && known && base.Untagged {
			loose = append(loose, d.Value)
		}
	}
	if len(loose) > 0 {
		c.Plan.Note("%s: no version stands in the tag, so nothing holds it to that of the project; pin = \"digest\" under [images] holds one", strings.Join(loose, ", "))
	}
}

// summed puts an image in another's place in what is told of a service. Where that stands
// there once for several stages, the last counts, which runs.
func summed(images, old, now string, later []adapt.Change) string {
	again := slices.ContainsFunc(later, func(ch adapt.Change) bool { return ch.Name == "image" && ch.Reason == "instead of "+old })
	switch {
	case !again:
		return strings.ReplaceAll(images, old, now)
	case strings.Count(images, old) > 1:
		return strings.Replace(images, old, now, 1)
	}
	return images
}

// at is the place of a key, or of the table that holds it.
func (c *candidate) at(key string) detect.Evidence {
	for ; key != ""; key = key[:max(0, strings.LastIndexByte(key, '.'))] {
		if origins := c.settled.Origins(key); len(origins) > 0 {
			return origins[0].At
		}
	}
	return detect.Evidence{File: config.Name}
}
