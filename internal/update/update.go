// Package update asks registries what is newer than the images of a repository, and settles
// what of that its dockgen.lock takes. It writes nothing.
package update

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/adapt"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/crew"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/lock"
	"github.com/dockgen/dockgen/internal/registry"
)

// Registry is what is asked: a [registry.Client].
type Registry interface {
	Tags(ctx context.Context, repository string) ([]string, error)
	Look(ctx context.Context, reference, known string) (registry.Image, error)
	Has(ctx context.Context, reference, digest string) (bool, error)
	Created(ctx context.Context, reference, digest, platform string) (time.Time, error)
}

// Request is what an update depends on.
type Request struct {
	Engine   *engine.Engine
	Tree     *detect.Tree
	Ask      engine.Request // which services
	Registry Registry
	Now      time.Time
	Only     []string   // images or stacks; empty for all
	Old      *lock.Lock // nil where there is none
}

// Result is what an update comes to.
type Result struct {
	Lock          *lock.Lock
	Before, After engine.Result // without files
	Files         engine.Result // by the new lock
	Changes       []Change
	Ending        []Ending
	Failures      []Failure // images that could not be asked for, or not be taken; the others are
	Notes         []string
}

// Why says what kind of change one is.
type Why string

// The kinds of changes, beside the steps of package catalog.
const (
	Rebuilt   Why = "rebuilt under the same tag"
	Withdrawn Why = "the newer one is gone from the registry"
	Another   Why = "another tag"
)

// Change is an image that is another than before.
type Change struct {
	Image                string // its repository, as FROM names it
	From, To             string // tags
	FromDigest, ToDigest string // both set where the tag stays
	Why                  Why
	Services             []string
	Notes                string // where its release is described, or empty
}

// Ending is an image whose line has reached its end, or soon will.
type Ending struct {
	Image    string            // a reference
	Line     string            // "3.10"
	Day      string            // its last day or month; empty where only the end itself is known
	Text     string            // in words
	Services []string          // that take it
	Holds    []detect.Evidence // what of the project keeps it there
}

// Failure is an image that could not be asked for, or not be taken.
type Failure struct {
	Image string
	Err   error
}

// Ahead is how many days before its end a line is told of, unless a dockgen.toml says it.
const Ahead = 90

// rounds bounds how often the services are planned anew: a tag that is refused leads to the
// one below.
const rounds = 25

type run struct {
	Request
	old       *lock.Lock
	today     string
	age       time.Duration
	held      []string
	platforms []string // that docker-bake.hcl builds for where a service says none

	places   map[string][]string          // by the catalog's names, where images are asked for
	families map[string]map[string]family // by the catalog's names and what dockgen.toml calls them, those whose tags have versions
	listed   map[string][]string          // by place, the tags there are; nil where it could not be asked
	looked   map[string]*look             // by reference
	round    int
	refused  map[string]int  // references that are not to be taken, by the round that said so; -1 where the project itself names one
	vetted   map[string]bool // newer tags that services take, as the catalog names their image
	waiting  map[string]lock.Image
	failures map[string]error
	notes    []string
}

// family is what stands in the place of a reference of an image, where it may be newer.
type family func(reference string) []string

// look is what a registry has answered of a reference.
type look struct {
	registry.Image
	err   error
	young string // why it has to wait, or empty
}

// Run asks. The error is for what stops all of it; what is wrong with one image is in the
// result.
func Run(ctx context.Context, r Request) (Result, error) {
	u := &run{
		Request: r, old: r.Old, today: r.Now.Format(time.DateOnly),
		places: map[string][]string{}, families: map[string]map[string]family{}, listed: map[string][]string{}, looked: map[string]*look{}, refused: map[string]int{},
		vetted: map[string]bool{}, waiting: map[string]lock.Image{}, failures: map[string]error{},
	}
	if u.old == nil {
		u.old = &lock.Lock{}
	}
	survey, err := u.Engine.Survey(ctx, u.Tree, u.Ask)
	if err != nil {
		return Result{}, err
	}
	before, err := survey.Images(ctx, u.old)
	if err != nil {
		return Result{}, err
	}
	if err := u.rules(before); err != nil {
		return Result{}, err
	}
	if err := u.names(before); err != nil {
		return Result{}, err
	}
	after, planned := before, u.old
	for u.round = 1; u.round < rounds; u.round++ {
		if err := u.ask(ctx, after); err != nil {
			return Result{}, err
		}
		draft := u.draft()
		if lock.Alike(draft, planned) {
			if !u.refuseAny(after) {
				break
			}
			draft = u.draft()
		}
		if after, err = survey.Images(ctx, draft); err != nil {
			return Result{}, err
		}
		planned = draft
	}
	result := Result{Lock: u.final(after), Before: before, After: after, Notes: u.notes}
	if !lock.Alike(result.Lock, planned) {
		if result.After, err = survey.Images(ctx, result.Lock); err != nil {
			return Result{}, err
		}
	}
	if result.Files, err = survey.Generate(ctx, result.Lock); err != nil {
		return Result{}, err
	}
	for _, image := range slices.Sorted(maps.Keys(u.failures)) {
		result.Failures = append(result.Failures, Failure{image, u.failures[image]})
	}
	result.Changes = u.changes(before, result)
	result.Ending = u.ending(result)
	return result, u.suspicious(ctx, &result)
}

// takers are all that take images: the services, and the file that compose runs them by.
func takers(r engine.Result) []engine.Outcome {
	if r.Servers == nil {
		return r.Outcomes
	}
	return append(slices.Clip(r.Outcomes), *r.Servers)
}

// rules collects what holds for the repository: one lock is for all services.
func (u *run) rules(result engine.Result) error {
	if result.Config != nil {
		u.platforms = result.Config.Bake().Platforms
	}
	for _, o := range takers(result) {
		w := o.Images()
		age, err := w.Age()
		if err != nil {
			return err
		}
		u.age = max(u.age, age)
		u.held = append(u.held, w.Hold...)
	}
	return nil
}

// names holds the images that are asked for alone, and those that are held, to what there
// is: a slip of the pen would ask for nothing, or hold nothing, for ever.
func (u *run) names(result engine.Result) error {
	var all []string
	for _, o := range takers(result) {
		all = append(all, images(o)...)
		for _, r := range o.Taken {
			place, _ := catalog.Split(r.Name)
			image, _ := u.own(o, r)
			all = append(all, place, image)
		}
		if o.Service.Stack != "" {
			all = append(all, o.Service.Stack)
		}
	}
	slices.Sort(all)
	all = slices.Compact(all)
	there := func(name string) bool {
		return slices.ContainsFunc(all, func(n string) bool { return n == name || strings.HasSuffix(n, "/"+name) })
	}
	for _, name := range u.Only {
		if !there(name) {
			return fmt.Errorf("--only %s: nothing here takes it; there are %s", name, strings.Join(all, ", "))
		}
	}
	for _, name := range u.held {
		if !there(name) {
			u.notes = append(u.notes, fmt.Sprintf("images.hold names %s, which nothing here takes", name))
		}
	}
	return nil
}

// left says whether an image is left as the lock has it.
func (u *run) left(image, stack string) bool {
	named := func(list []string) bool {
		return slices.ContainsFunc(list, func(n string) bool { return n == image || strings.HasSuffix(image, "/"+n) })
	}
	return named(u.held) || len(u.Only) > 0 && !named(u.Only) && !slices.Contains(u.Only, stack)
}

// images lists what the catalog calls the images of a service.
func images(o engine.Outcome) (names []string) {
	for _, r := range o.Named {
		name, _ := catalog.Split(r.Name)
		names = append(names, name)
	}
	if image, ok := o.Waits(); ok {
		names = append(names, image)
	}
	return names
}

// ask asks for everything that a plan takes and that was not asked for yet.
func (u *run) ask(ctx context.Context, result engine.Result) error {
	places, references := u.unlisted(result), u.references(result)
	tags, wrong, looks := make([][]string, len(places)), make([]error, len(places)), make([]look, len(references))
	group := crew.New(registry.AtOnce)
	for i, place := range places {
		group.Go(func() error {
			tags[i], wrong[i] = u.Registry.Tags(ctx, place)
			return ctx.Err()
		})
	}
	for i, reference := range references {
		group.Go(func() error {
			looks[i] = u.look(ctx, reference)
			return ctx.Err()
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	for i, place := range places {
		if u.listed[place] = tags[i]; wrong[i] != nil {
			u.listed[place], u.failures[place] = nil, wrong[i]
		}
	}
	for i, reference := range references {
		u.looked[reference] = &looks[i]
	}
	return nil
}

// refuseAny refuses what of the images of a plan may not be taken. The plan has to be one by
// all that is known: what nothing takes any more is nobody's loss.
func (u *run) refuseAny(result engine.Result) (refused bool) {
	for _, o := range takers(result) {
		for _, r := range o.Taken {
			refused = u.refuse(o, r) || refused
		}
	}
	return refused
}

// unlisted gives the repositories whose tags are still to be asked for.
func (u *run) unlisted(result engine.Result) (all []string) {
	list := func(place string) {
		if _, asked := u.listed[place]; !asked && !slices.Contains(all, place) {
			all = append(all, place)
		}
	}
	for _, o := range takers(result) {
		for _, r := range o.Named {
			for _, place := range u.ofFamily(o, r.Name) {
				list(place)
			}
		}
		for _, name := range images(o) {
			place := o.Images().Place(name)
			if !u.Engine.Catalog.Lists(name) || place == "" || u.left(name, o.Service.Stack) || slices.Contains(u.places[name], place) {
				continue
			}
			u.places[name] = append(u.places[name], place)
			list(place)
		}
	}
	return all
}

// ofFamily notes that a family stands in the place of a reference, and gives the
// repositories in which its images have versions.
func (u *run) ofFamily(o engine.Outcome, reference string) (places []string) {
	name, _ := catalog.Split(reference)
	if !u.Engine.Catalog.Lists(name) || u.left(name, o.Service.Stack) {
		return nil
	}
	for _, stands := range o.Family(reference) {
		if base, known, err := u.Engine.Catalog.Base(stands); err != nil || known && base.Untagged {
			continue
		}
		if u.families[name] == nil {
			u.families[name] = map[string]family{}
		}
		u.families[name][o.Images().Family] = o.Family
		place, _ := catalog.Split(stands)
		places = append(places, place)
	}
	return places
}

// look asks what stands behind a reference, and how old it is where that counts.
func (u *run) look(ctx context.Context, reference string) (l look) {
	known := u.old.Images[reference].Digest
	l.Image, l.err = u.Registry.Look(ctx, reference, known)
	if l.err == nil && u.age > 0 && l.Digest != known {
		l.young = u.young(ctx, reference, l.Image)
	}
	return l
}

// references lists what the files take, by tag, and is to be looked at.
func (u *run) references(result engine.Result) (all []string) {
	for _, o := range takers(result) {
		for _, r := range o.Taken {
			_, tag := catalog.Split(r.Name)
			_, known := u.old.Images[r.Name]
			skip := tag == "" || strings.Contains(tag, "@") || known && u.isLeft(o, r)
			if _, asked := u.looked[r.Name]; !asked && !skip && !slices.Contains(all, r.Name) {
				all = append(all, r.Name)
			}
		}
	}
	return all
}

// own is what the catalog calls an image that a file takes, with its tag there.
func (u *run) own(o engine.Outcome, taken adapt.Reference) (image, tag string) {
	place, tag := catalog.Split(taken.Name)
	for _, r := range o.Named {
		if slices.Contains(o.Family(r.Name), taken.Name) {
			return catalog.Split(r.Name)
		}
		if name, _ := catalog.Split(r.Name); o.Place(name) == place {
			return name, tag
		}
	}
	return place, tag
}

// isLeft says whether an image that a file takes is left as the lock has it.
func (u *run) isLeft(o engine.Outcome, taken adapt.Reference) bool {
	place, _ := catalog.Split(taken.Name)
	image, _ := u.own(o, taken)
	return u.left(place, o.Service.Stack) || u.left(image, o.Service.Stack)
}

// refuse says that a newer tag may not be taken: that it is gone, or not for the platforms
// that are wanted, or too young. A tag of the catalog itself stays, as there may be none
// below; what is wrong with it is a failure. Its age counts for another digest alone.
func (u *run) refuse(o engine.Outcome, r adapt.Reference) bool {
	found := u.looked[r.Name]
	if found == nil {
		return false
	}
	if in := u.refused[r.Name]; in != 0 {
		if in > 0 && in < u.round { // the plan takes it all the same
			u.refused[r.Name] = -1
			u.notes = append(u.notes, r.Name+" is what the project names, and stays")
		}
		return false
	}
	image, tag := u.own(o, r)
	own := image + ":" + tag
	_, known := u.old.Images[r.Name]
	has := func(tags map[string]map[string][]string) bool { return u.Engine.Catalog.With(u.today, tags).Has(own) }
	newer := !u.Engine.Catalog.Has(own) && (has(u.tags()) || has(u.old.Tags))
	wrong := found.err
	if wrong == nil {
		wrong = u.lacks(o, r, found.Image)
	}
	place, _ := catalog.Split(r.Name)
	absent := gone(wrong) && u.listed[place] != nil // else it is the repository that does not answer
	settled := known || has(u.old.Tags) && found.err != nil
	switch {
	case newer && !known && found.young != "":
		wrong = errors.New(found.young)
	case wrong == nil:
		u.vetted[own] = newer
		return false
	case !newer || settled && !absent:
		u.failures[r.Name] = wrong
		return false
	case found.err != nil && !absent:
		u.failures[r.Name] = wrong // and the one below is taken until it answers
	}
	u.refused[r.Name] = u.round
	u.notes = append(u.notes, fmt.Sprintf("%s is not taken: %s", r.Name, why(wrong)))
	return true
}

// why is an error without the name of its image.
func why(err error) string {
	if wrong, ok := errors.AsType[*registry.Error](err); ok {
		return wrong.Why
	}
	return err.Error()
}

// gone says whether a registry has answered that there is none such.
func gone(err error) bool {
	wrong, ok := errors.AsType[*registry.Error](err)
	return ok && wrong.Gone()
}

// lacks is an error where an image is not there for a platform that a service is to be for.
func (u *run) lacks(o engine.Outcome, r adapt.Reference, image registry.Image) error {
	platforms := image.Platforms
	if len(platforms) == 0 { // the digest that was known
		platforms = u.old.Images[r.Name].Platforms
	}
	for _, p := range o.Wants(u.platforms) {
		if !r.Build && len(platforms) > 0 && !slices.Contains(platforms, strings.TrimSuffix(p, "/v8")) {
			return fmt.Errorf("it is not there for %s, which %s is to be for; there are %s", p, o.Service.Name, strings.Join(platforms, ", "))
		}
	}
	return nil
}

// young says whether an image has to wait, and for what day that counts.
func (u *run) young(ctx context.Context, reference string, image registry.Image) string {
	platform := ""
	if len(image.Platforms) > 0 {
		platform = image.Platforms[0]
	}
	made, err := u.Registry.Created(ctx, reference, image.Digest, platform)
	if err == nil && !made.IsZero() && made.Unix() > 0 && !made.After(u.Now) {
		if u.Now.Sub(made) < u.age {
			return fmt.Sprintf("it was made on %s, and min-age is %s", made.UTC().Format(time.DateOnly), days(u.age))
		}
		return ""
	}
	since := u.since(reference, image)
	seen, err := time.Parse(time.DateOnly, since)
	if err == nil && u.Now.Sub(seen) >= u.age {
		return ""
	}
	return fmt.Sprintf("it doesn't say when it was made, was first seen on %s, and min-age is %s", since, days(u.age))
}

// since is the day on which a digest was seen first.
func (u *run) since(reference string, image registry.Image) string {
	if was, ok := u.old.Waiting[reference]; ok && was.Digest == image.Digest {
		return was.Seen
	}
	return u.today
}

func days(d time.Duration) string {
	if d%(24*time.Hour) == 0 {
		return fmt.Sprintf("%dd", d/(24*time.Hour))
	}
	return fmt.Sprintf("%dh", d/time.Hour)
}

// tags are what the registries have beyond the catalog, as they were asked; of an image that
// comes from several places what all of them have. Where one could not be asked, what the
// lock had stays.
func (u *run) tags() map[string]map[string][]string {
	all := map[string]map[string][]string{}
	maps.Copy(all, u.old.Tags)
	for image, places := range u.places {
		var found map[string][]string
		for i, place := range places {
			if u.listed[place] == nil {
				found = u.old.Tags[image]
				break
			}
			beyond, err := u.Engine.Catalog.Beyond(image, u.listed[place])
			if err != nil {
				found = u.old.Tags[image]
				break
			}
			if i == 0 {
				found = beyond
				continue
			}
			found = both(found, beyond)
		}
		all[image] = u.allowed(image, places, found)
	}
	return all
}

// made says whether the families that stand in an image's place have another tag of it;
// where they could not be asked, whether the lock has it.
func (u *run) made(image, tag string, had bool) bool {
	for _, stands := range u.families[image] {
		for _, reference := range stands(image + ":" + tag) {
			place, there := catalog.Split(reference)
			if has := slices.Contains(u.listed[place], there) || u.listed[place] == nil && had; !has || u.refused[reference] > 0 {
				return false
			}
		}
	}
	return true
}

func both(a, b map[string][]string) map[string][]string {
	all := map[string][]string{}
	for version, variants := range a {
		for _, v := range variants {
			if slices.Contains(b[version], v) {
				all[version] = append(all[version], v)
			}
		}
	}
	return all
}

// allowed leaves out what is refused.
func (u *run) allowed(image string, places []string, tags map[string][]string) map[string][]string {
	all := map[string][]string{}
	for version, variants := range tags {
		for _, variant := range variants {
			tag := lock.Tag(version, variant)
			had := slices.Contains(u.old.Tags[image][version], variant)
			if u.made(image, tag, had) && !slices.ContainsFunc(places, func(p string) bool { return u.refused[p+":"+tag] > 0 }) {
				all[version] = append(all[version], variant)
			}
		}
	}
	return all
}

// draft is what is known so far: the old lock with what was answered since.
func (u *run) draft() *lock.Lock {
	l := &lock.Lock{Images: map[string]lock.Image{}, Tags: u.tags()}
	maps.Copy(l.Images, u.old.Images)
	for reference, found := range u.looked {
		old, known := u.old.Images[reference]
		switch {
		case found.err != nil || found.Digest == "" || u.refused[reference] > 0 || known && old.Digest == found.Digest:
		case known && found.young != "":
			u.waiting[reference] = lock.Image{Seen: u.since(reference, found.Image), Digest: found.Digest, Platforms: found.Platforms}
			u.notes = append(u.notes, fmt.Sprintf("%s keeps its digest, as of the new one %s", reference, found.young))
		default:
			l.Images[reference] = lock.Image{Seen: u.today, Digest: found.Digest, Platforms: found.Platforms}
		}
	}
	return l
}

// final is the lock to write: what nothing takes is left out where everything was looked
// at, and tags that nobody has looked at where they have to be of an age.
func (u *run) final(result engine.Result) *lock.Lock {
	draft := u.draft()
	whole := result.Whole && len(u.Only) == 0 && len(result.Findings.Problems) == 0
	taken, named := map[string]bool{}, map[string]bool{}
	for _, o := range takers(result) {
		whole = whole && o.Err == nil
		for _, r := range o.Taken {
			taken[r.Name] = true
		}
		for _, name := range images(o) {
			named[name] = true
		}
	}
	l := &lock.Lock{Images: map[string]lock.Image{}, Waiting: map[string]lock.Image{}, Tags: map[string]map[string][]string{}}
	for reference, image := range u.waiting {
		if taken[reference] {
			l.Waiting[reference] = image
		}
	}
	for reference, image := range u.old.Waiting {
		if _, asked := u.looked[reference]; !asked && !whole {
			l.Waiting[reference] = image
		}
	}
	for reference, image := range draft.Images {
		if _, had := u.old.Images[reference]; taken[reference] || had && !whole {
			l.Images[reference] = image
		}
	}
	for reference, found := range u.looked {
		if u.refused[reference] > 0 && found.young != "" {
			l.Waiting[reference] = lock.Image{Seen: u.since(reference, found.Image), Digest: found.Digest, Platforms: found.Platforms}
		}
	}
	for image, versions := range draft.Tags {
		for version, variants := range versions {
			for _, variant := range variants {
				tag := lock.Tag(version, variant)
				had := slices.Contains(u.old.Tags[image][version], variant)
				if (named[image] || !whole) && (u.age == 0 || had || u.vetted[image+":"+tag]) {
					l.Add(image, version, variant)
				}
			}
		}
	}
	slices.Sort(u.notes)
	u.notes = slices.Compact(u.notes)
	return l
}

// suspicious says of digests that are no more in the registry that they are not: that tag may
// never have had them.
func (u *run) suspicious(ctx context.Context, result *Result) error {
	for _, c := range result.Changes {
		if c.FromDigest == "" {
			continue
		}
		reference := c.Image + ":" + c.To
		if has, err := u.Registry.Has(ctx, reference, c.FromDigest); err == nil && !has {
			result.Notes = append(result.Notes, fmt.Sprintf("%s: %s is not in the registry any more, or never was", reference, c.FromDigest))
		}
	}
	return ctx.Err()
}
