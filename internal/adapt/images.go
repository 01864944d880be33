package adapt

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/pattern"
)

// lineParts is how many parts of a version name the line that tags exist for,
// where it is not two: https://hub.docker.com/_/eclipse-temurin lists 21-jre-noble.
var lineParts = map[string]int{"eclipse-temurin": 1}

var (
	fromWord  = pattern.New(`^(FROM\s+(?:--\S+\s+)*)(\S+)`)
	copyFrom  = pattern.New(`^(COPY\s+(?:--\S+\s+)*?--from=)(\S+)`)
	mountFrom = pattern.New(`(--mount=\S*\bfrom=)([^,\s]+)`)
	syntax    = pattern.New(`^(# syntax=)(\S+)`)
)

// images settles where every image comes from.
func (e *editor) images() error {
	w := e.Wishes.Images
	if len(w.Replace) == 0 && w.Family == "" && len(w.Mirror) == 0 && len(w.Registries) == 0 && e.pin() == "exact" {
		return nil
	}
	if err := e.references(); err != nil {
		return err
	}
	args := map[string]string{}
	pin := ""
	if e.pin() == "digest" && w.PinSyntax {
		pin = "digest"
	}
	if err := e.reference(0, syntax, pin, args, nil); err != nil {
		return err
	}
	for i := range e.stages {
		s := &e.stages[i]
		if s.Parent < 0 && s.Base != "scratch" {
			if err := e.reference(s.Start, fromWord, e.pin(), args, s); err != nil {
				return err
			}
		}
		for _, in := range s.Instructions {
			for i := in.Start; i < in.End; i++ {
				if err := e.others(i, in.Name); err != nil {
					return err
				}
			}
		}
	}
	e.arguments(args)
	return nil
}

// imageName is the beginning of an image's name, or all of it with tag and digest:
// https://pkg.go.dev/github.com/distribution/reference
var imageName = pattern.New(`^[A-Za-z0-9]+([._:/@+-]+[A-Za-z0-9]+)*$`)

// references wants everything that stands in an image's place to be a name.
func (e *editor) references() error {
	replace := map[string]string{}
	for old, by := range e.Wishes.Images.Replace {
		replace[old] = by.Image
	}
	return cmp.Or(
		e.allNames("images.mirror", e.Wishes.Images.Mirror),
		e.allNames("images.replace", replace),
	)
}

func (e *editor) allNames(key string, images map[string]string) error {
	for _, old := range slices.Sorted(maps.Keys(images)) {
		if !ImageName(strings.TrimSuffix(images[old], "/")) {
			return e.errorf(key+"."+old, "%q is no name of an image", images[old])
		}
	}
	return nil
}

// ImageName says whether a name can stand for an image or for what its name
// begins with.
func ImageName(name string) bool { return imageName.MatchString(name) }

// others looks at an image that COPY or a mount names, where no build argument
// can stand.
func (e *editor) others(line int, instruction string) error {
	syntax, pin := copyFrom, e.pin()
	if instruction == "RUN" {
		syntax = mountFrom
	}
	if pin == "arg" {
		pin = "exact"
	}
	m := syntax.FindStringSubmatch(e.lines[line])
	if m == nil || e.isStage(m[2]) {
		return nil
	}
	return e.reference(line, syntax, pin, nil, nil)
}

func (e *editor) isStage(name string) bool {
	for i, s := range e.stages {
		if s.Name == name || fmt.Sprint(i) == name {
			return true
		}
	}
	return false
}

// reference changes the image that a syntax finds in a line; the stage is that which stands
// on it, or none.
func (e *editor) reference(line int, syntax *pattern.Pattern, pin string, args map[string]string, s *dockerfile.Stage) error {
	m := syntax.FindStringSubmatchIndex(e.lines[line])
	if m == nil {
		return nil
	}
	old := e.lines[line][m[4]:m[5]]
	name, key, err := e.elsewhere(old, pin, s)
	if err != nil {
		return err
	}
	if err := e.allowed(name, old); err != nil {
		return err
	}
	if pin == "digest" {
		var err error
		if name, key, err = e.digest(name, key); err != nil {
			return err
		}
	}
	if name != old {
		e.note(old, name, key)
	}
	if pin == "arg" {
		name = e.argument(old, name, args)
	}
	e.lines[line] = e.lines[line][:m[4]] + name + e.lines[line][m[5]:]
	return nil
}

func (e *editor) note(old, name, key string) {
	c := Change{Name: "image", Value: name, Reason: "instead of " + old, Key: key, At: e.At(key)}
	if !slices.Contains(e.changes, c) {
		e.changed(c)
	}
}

// Instead tells what stands in an image's place, with which family if that is said, by
// which key, and whether it keeps the tag that is given; no key where nothing does.
func (w Images) Instead(image, tag string) (name, family, key string, kept bool) {
	if by, ok := w.Replace[image]; ok {
		return by.Image, by.Family, "images.replace." + image, false
	}
	repository, _ := catalog.Split(image)
	by, ok := w.Replace[repository]
	if !ok {
		return "", "", "", false
	}
	key = "images.replace." + repository
	if _, own := catalog.Split(by.Image); own != "" {
		return by.Image, by.Family, key, false
	}
	return joinTag(by.Image, tag), by.Family, key, true
}

// elsewhere gives the image that stands for another, and the key that says so.
func (e *editor) elsewhere(image, pin string, s *dockerfile.Stage) (name, key string, err error) {
	w := e.Wishes.Images
	repository, tag := catalog.Split(image)
	if s != nil && w.Family != "" {
		by, err := e.Family(image, e.runs(s))
		if err != nil {
			return "", "", err
		}
		if by != "" {
			repository, tag = catalog.Split(by)
			return joinTag(w.Mirrored(repository), tag), "images.family", nil
		}
	}
	if pin == "minor" {
		tag, key = minor(e.Catalog, repository, tag), "images.pin"
	}
	if name, _, by, _ := w.Instead(image, tag); by != "" {
		return name, by, nil
	}
	if place, by := w.mirrored(repository); by != "" {
		repository, key = place, by
	}
	return joinTag(repository, tag), key, nil
}

// Mirrored is the place of a repository by the mirrors.
func (w Images) Mirrored(repository string) string {
	place, _ := w.mirrored(repository)
	return place
}

// mirrored gives the place of a repository by the mirrors, and the key that says so.
func (w Images) mirrored(repository string) (place, key string) {
	full, best := fullName(repository), ""
	for prefix := range w.Mirror {
		if within(full, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if best == "" {
		return repository, ""
	}
	return strings.TrimSuffix(w.Mirror[best], "/") + strings.TrimPrefix(full, best), "images.mirror." + best
}

// Place is the repository in which an image's tags are to be asked for, as FROM names it.
func (w Images) Place(repository string) string {
	if name, _, key, kept := w.Instead(repository, "1"); key != "" {
		if name, _ = catalog.Split(name); kept {
			return name
		}
		return ""
	}
	place, _ := w.mirrored(repository)
	return place
}

// Age is how old an image has to be.
func (w Images) Age() (time.Duration, error) {
	if w.MinAge == "" {
		return 0, nil
	}
	units := map[byte]time.Duration{'h': time.Hour, 'd': 24 * time.Hour, 'w': 7 * 24 * time.Hour}
	n, err := strconv.Atoi(w.MinAge[:len(w.MinAge)-1])
	unit, ok := units[w.MinAge[len(w.MinAge)-1]]
	if err != nil || !ok || n < 0 || n > 1000 {
		return 0, fmt.Errorf("%q: not an age such as 12h, 3d or 2w", w.MinAge)
	}
	return time.Duration(n) * unit, nil
}

// Step is how far an update may lead an image; empty where nothing is said.
func (w Images) Step(image string) catalog.Step {
	return catalog.Step(cmp.Or(w.Updates[image], w.Update))
}

// digest puts the digest behind a name that has a tag.
func (e *editor) digest(name, key string) (string, string, error) {
	repository, tag := catalog.Split(name)
	if tag == "" || strings.Contains(tag, "@") {
		return name, key, nil
	}
	digest, ok := e.Digest(repository + ":" + tag)
	switch {
	case !ok:
		return "", "", e.errorf("images.pin", "dockgen.lock has no digest of %s; dockgen update asks for it", name)
	case digest == "":
		return name, key, nil
	}
	return name + "@" + digest, cmp.Or(key, "images.pin"), nil
}

// Reference is an image that a Dockerfile takes.
type Reference struct {
	Name  string // without a digest where there is a tag
	Build bool   // it runs on the platform that builds, whatever the image is for
}

// References lists the images that a Dockerfile takes, its frontend among them, each once.
func References(data []byte, stages []dockerfile.Content) (all []Reference) {
	e := &editor{lines: strings.Split(string(data), "\n"), stages: places(stages)}
	take := func(line int, p *pattern.Pattern) {
		m := p.FindStringSubmatch(e.lines[line])
		if m == nil || e.isStage(m[2]) || m[2] == "scratch" || strings.Contains(m[2], "$") {
			return
		}
		name, digest, _ := strings.Cut(m[2], "@")
		if _, tag := catalog.Split(name); tag == "" && digest != "" {
			name = m[2]
		}
		build := p == syntax || strings.Contains(m[1], "$BUILDPLATFORM")
		if i := slices.IndexFunc(all, func(r Reference) bool { return r.Name == name }); i >= 0 {
			all[i].Build = all[i].Build && build
			return
		}
		all = append(all, Reference{name, build})
	}
	take(0, syntax)
	for _, s := range e.stages {
		take(s.Start, fromWord)
		for _, in := range s.Instructions {
			for i := in.Start; i < in.End; i++ {
				if in.Name == "RUN" {
					take(i, mountFrom)
				} else {
					take(i, copyFrom)
				}
			}
		}
	}
	return all
}

// allowed holds an image against the list of registries.
func (e *editor) allowed(name, old string) error {
	w := e.Wishes.Images
	repository, _ := catalog.Split(name)
	if len(w.Registries) == 0 || slices.ContainsFunc(w.Registries, func(r string) bool { return within(fullName(repository), r) }) {
		return nil
	}
	repository, _ = catalog.Split(old)
	return e.errorf("images.registries", "%s is none of them; give a place for it with images.mirror or images.replace %q", name, repository)
}

// within says whether a full name is a prefix or goes on behind it.
func within(full, prefix string) bool {
	rest, ok := strings.CutPrefix(full, strings.TrimSuffix(prefix, "/"))
	return ok && (rest == "" || rest[0] == '/')
}

// fullName is the name with the registry that Docker takes for one without:
// https://docs.docker.com/reference/cli/docker/image/tag/#description
func fullName(repository string) string {
	first, _, more := strings.Cut(repository, "/")
	switch {
	case !more:
		return "docker.io/library/" + repository
	case !strings.ContainsAny(first, ".:") && first != "localhost":
		return "docker.io/" + repository
	}
	return repository
}

func joinTag(repository, tag string) string {
	switch {
	case tag == "":
		return repository
	case strings.HasPrefix(tag, "@"):
		return repository + tag
	}
	return repository + ":" + tag
}

// minor shortens the version in a tag of the catalog to its line.
func minor(c *catalog.Catalog, repository, tag string) string {
	version := c.VersionOf(repository, tag)
	if version == "" {
		return tag
	}
	want := 2
	if n, ok := lineParts[repository]; ok {
		want = n
	}
	number, _, _ := strings.Cut(version, "_")
	parts := strings.Split(number, ".")
	if len(parts) <= want {
		return tag
	}
	return strings.Join(parts[:want], ".") + strings.TrimPrefix(tag, version)
}

var noArgument = pattern.New(`[^A-Z0-9]+`)

// argument takes the version out of an image into a build argument.
func (e *editor) argument(old, name string, args map[string]string) string {
	repository, tag := catalog.Split(old)
	version := e.Catalog.VersionOf(repository, tag)
	if version == "" || !strings.Contains(name, ":"+version) {
		return name
	}
	short := repository[strings.LastIndexByte(repository, '/')+1:]
	arg := strings.Trim(noArgument.ReplaceAllString(strings.ToUpper(short), "_"), "_") + "_VERSION"
	if other, taken := args[arg]; taken && other != version {
		return name // one argument cannot hold two versions
	}
	args[arg] = version
	return strings.Replace(name, ":"+version, ":${"+arg+"}", 1)
}

// arguments declares the build arguments of versions above the first stage.
func (e *editor) arguments(args map[string]string) {
	if len(args) == 0 {
		return
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(args)) {
		version := args[name]
		lines = append(lines, "ARG "+name+"="+version)
		e.changed(Change{Name: "image version", Value: name + "=" + version, Reason: "as a build argument", Key: "images.pin", At: e.At("images.pin")})
	}
	e.insert(e.stages[0].Start, append(lines, "")...)
}
