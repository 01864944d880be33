package catalog

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/internal/pattern"
)

// families is families.toml, which explains its keys.
type families struct {
	Manager  map[string]Manager
	Accounts map[string]accounts
	Family   []family
	Image    []known
	Maker    []maker

	programs map[string][]string // programs.txt
}

// Manager is how the packages of a distribution are installed.
type Manager struct {
	Name   string   `toml:"-"` // "apt"
	Mounts []string // folders that are cached while it runs
	Run    []string // its commands, the last of which takes the names of packages
	Lint   string   // hadolint's rules about versions
}

type accounts struct {
	Run    []string
	Passwd string
}

// traits is what a family says, and what a release or an image may say otherwise.
type traits struct {
	Manager  string
	Accounts string
	User     string
	UserIs   string `toml:"user_is"`
	UserNote string `toml:"user_note"`
	Shell    bool
	ShellIn  string `toml:"shell_in"`
	Has      []string
	Brings   map[string]string
	Asks     []string
	Names    string
	Tini     string
	Bundle   string
	Libc     string
	Untagged bool
	Programs []string
	Home     string
	Called   []string
	StartsAs string      `toml:"starts_as"`
	StartsIn *expression `toml:"starts_in"`
}

type family struct {
	traits
	Name    string
	Title   string
	Words   *expression
	Release []release
}

type release struct {
	traits
	Name  string
	Words *expression
}

type known struct {
	traits
	Images []string `toml:"names"`
	Tag    *expression
	Family string
	Else   string
	Own    bool
	More   bool
	Path   []string
	Files  []string
	Tags   []tagged
}

// tagged is what the images of some tags have besides.
type tagged struct {
	Tag      *expression
	Programs []string
	Has      []string
}

// expression is a regular expression of the catalog.
type expression struct{ *pattern.Pattern }

// UnmarshalText takes it as it stands in a file.
func (e *expression) UnmarshalText(text []byte) error {
	e.Pattern = pattern.New(string(text))
	return nil
}

// tells reports whether one of some words is what the expression is for.
func (e *expression) tells(words []string) bool {
	return e != nil && slices.ContainsFunc(words, e.MatchString)
}

// Base is what an image is like that a stage stands on.
type Base struct {
	Family   string // "debian"
	Title    string // "Debian"
	Release  string // "13"; empty where there is one only, or the newest is taken
	Libc     string // "glibc 2.41" or "musl"; empty: none, and static programs alone run
	Shell    bool
	ShellIn  string   // where else there is one, in words, or none
	Untagged bool     // it has no tags with versions
	User     string   // who runs a program: "65532:65532", by their number
	Called   []string // its users by name, where it has no others
	UserIs   string   // "the image's own nonroot", "created in the image"
	Asks     []string
	Tini     string // where the package of tini puts it
	Bundle   string // the file that certificates are in
	StartsAs string // the user that the image starts as, where it is not root
	Home     string // the folder of its own user
	Path     []string
	Files    []string // some of what it has
	Whole    bool     // it has no programs but those that are listed

	manager  Manager
	accounts accounts // how User is made, where it is not there
	has      []string
	brings   map[string]string
	names    string
	programs [2][]string // lists of its own programs, and of its family's
	lists    map[string][]string
}

// newUser is the user that is made where an image has none of its own.
const newUser = "10001"

func parseFamilies(files fs.FS) (*families, error) {
	var f families
	text, err := fs.ReadFile(files, "families.toml")
	if err != nil {
		return nil, fmt.Errorf("read the families of images: %w", err)
	}
	meta, err := toml.Decode(string(text), &f)
	if err != nil {
		return nil, fmt.Errorf("read the families of images: families.toml: %w", err)
	}
	if unknown := meta.Undecoded(); len(unknown) > 0 {
		return nil, fmt.Errorf("read the families of images: families.toml: unknown key %s", unknown[0])
	}
	if f.programs, err = parsePrograms(files); err != nil {
		return nil, err
	}
	for name, m := range f.Manager {
		m.Name = name
		f.Manager[name] = m
	}
	return &f, nil
}

// Families lists the names that [Catalog.OfFamily] takes, sorted.
func (c *Catalog) Families() []string {
	f, err := c.families()
	if err != nil {
		return nil
	}
	var names []string
	for _, one := range f.Family {
		names = append(names, one.Name)
	}
	slices.Sort(names)
	return names
}

// told is what is remembered of one image.
type told struct {
	base  Base
	known bool
	err   error
}

// Base tells what an image is like, by its name in any registry and the words of its tag;
// false where neither tells its family. What it gives is not to be changed.
func (c *Catalog) Base(reference string) (Base, bool, error) {
	if t, ok := c.bases.Load(reference); ok {
		t := t.(told)
		return t.base, t.known, t.err
	}
	b, known, err := c.tell(reference)
	c.bases.Store(reference, told{b, known, err})
	return b, known, err
}

func (c *Catalog) tell(reference string) (Base, bool, error) {
	f, err := c.families()
	if err != nil {
		return Base{}, false, err
	}
	name, tag := Split(reference)
	tag, _, _ = strings.Cut(tag, "@")
	k := f.known(name, tag)
	words := wordsOf(name, tag)
	fam := f.named(k.Family)
	if fam == nil {
		fam = cmp.Or(f.told(words), f.named(k.Else))
	}
	if fam == nil {
		return Base{}, false, nil
	}
	var rel release
	for _, r := range fam.Release {
		if r.Words.tells(words) || k.Own && (tag == r.Name || strings.HasPrefix(tag, r.Name+".") || strings.HasPrefix(tag, r.Name+"-")) {
			rel = r
			break
		}
	}
	b, err := f.base(fam, rel, k)
	if k.StartsIn != nil && !k.StartsIn.MatchString(tag) {
		b.StartsAs = ""
	}
	b.Whole = b.Whole && k.Images != nil && !k.More
	for _, t := range k.Tags {
		if t.Tag == nil || t.Tag.MatchString(tag) {
			b.programs[0] = slices.Concat(b.programs[0], t.Programs)
			b.has = slices.Concat(b.has, t.Has)
			break
		}
	}
	return b, err == nil, err
}

// OfFamily is what images of a family are like, such as "debian", or "debian-12" for one
// of its releases. Which programs they have beside those of the family nobody knows.
func (c *Catalog) OfFamily(name string) (Base, error) {
	f, err := c.families()
	if err != nil {
		return Base{}, err
	}
	var found *family
	var rel release
	for i, fam := range f.Family {
		if fam.Name == name {
			found = &f.Family[i]
		}
		for _, r := range fam.Release {
			if fam.Name+"-"+r.Name == name {
				found, rel = &f.Family[i], r
			}
		}
	}
	if found != nil {
		b, err := f.base(found, rel, known{})
		b.Whole = false
		return b, err
	}
	return Base{}, fmt.Errorf("no family %q; there are %s", name, strings.Join(c.Families(), ", "))
}

// known finds an image by the end of its name, which any registry may stand before.
func (f *families) known(name, tag string) known {
	for _, k := range f.Image {
		for rest, ok := name, true; ok; _, rest, ok = strings.Cut(rest, "/") {
			fits := func(name string) bool { fits, _ := path.Match(name, rest); return fits }
			if slices.ContainsFunc(k.Images, fits) && (k.Tag == nil || k.Tag.MatchString(tag)) {
				return k
			}
		}
	}
	return known{}
}

func (f *families) named(name string) *family {
	for i := range f.Family {
		if f.Family[i].Name == name {
			return &f.Family[i]
		}
	}
	return nil
}

// told is the family that words tell; none where they tell several.
func (f *families) told(words []string) *family {
	var found *family
	for i := range f.Family {
		fam := &f.Family[i]
		tells := fam.Words.tells(words)
		for _, r := range fam.Release {
			tells = tells || fam.Words != nil && r.Words.tells(words)
		}
		if tells && found != nil {
			return nil
		}
		if tells {
			found = fam
		}
	}
	return found
}

// base puts together what a family, one of its releases and an image say, each before
// the one above.
func (f *families) base(fam *family, rel release, k known) (Base, error) {
	of := func(get func(traits) string) string { return cmp.Or(get(k.traits), get(rel.traits), get(fam.traits)) }
	newest := release{}
	if len(fam.Release) > 0 {
		newest = fam.Release[0]
	}
	b := Base{
		Family: fam.Name, Title: fam.Title, Release: rel.Name,
		Libc:  cmp.Or(of(func(t traits) string { return t.Libc }), newest.Libc),
		Shell: fam.Shell, ShellIn: fam.ShellIn, Untagged: fam.Untagged || k.Untagged,
		User:   of(func(t traits) string { return t.User }),
		UserIs: of(func(t traits) string { return t.UserIs }),
		names:  of(func(t traits) string { return t.Names }),
		Tini:   fam.Tini, Bundle: cmp.Or(fam.Bundle, "/etc/ssl/certs/ca-certificates.crt"),
		StartsAs: of(func(t traits) string { return t.StartsAs }),
		Home:     of(func(t traits) string { return t.Home }),
		has:      slices.Concat(fam.Has, k.Has), brings: fam.Brings, Asks: fam.Asks,
		Path: k.Path, Files: k.Files, Whole: fam.Programs != nil, programs: [2][]string{k.Programs, fam.Programs}, lists: f.programs,
	}
	if b.Called = fam.Called; k.Called != nil {
		b.Called = k.Called
	}
	if len(k.Asks) > 0 {
		b.Asks = k.Asks
	}
	if name := of(func(t traits) string { return t.Manager }); name != "" && name != "none" {
		m, ok := f.Manager[name]
		if !ok {
			return Base{}, fmt.Errorf("the family %s: no package manager %q", fam.Name, name)
		}
		b.manager = m
	}
	if b.User == "" {
		accounts, ok := f.Accounts[fam.Accounts]
		if !ok {
			return Base{}, fmt.Errorf("the family %s: no way %q to make a user", fam.Name, fam.Accounts)
		}
		b.accounts, b.User = accounts, newUser+":"+newUser
		b.UserIs = cmp.Or(b.UserIs, "created in the image")
		if fam.UserNote != "" {
			b.UserIs += "; " + fam.UserNote
		}
	}
	return b, nil
}

// Manages reports whether packages can be installed.
func (b Base) Manages() bool { return b.manager.Name != "" }

// Has reports whether it has certificates, zones or tmp: where programs look for them.
func (b Base) Has(what string) bool { return slices.Contains(b.has, what) }

// Provides says whether it has a program in a folder. What it has of its own may lie in
// any; what its family has lies in those of the system.
func (b Base) Provides(program, dir string) bool {
	listed := func(list string) bool { return slices.Contains(b.lists[list], program) }
	return slices.ContainsFunc(b.programs[0], listed) || !strings.HasPrefix(dir, "/usr/local/") && slices.ContainsFunc(b.programs[1], listed)
}

// PackageProvides says whether a package, by its name there, brings a program. One that
// nobody has listed brings the program of its own name.
func (b Base) PackageProvides(name, program string) bool {
	return name == program || programs[program] == name || slices.Contains(b.lists[ofPackage+name], program)
}

// Empty says that nothing is in it.
func (b Base) Empty() bool { return b.Whole && len(b.has)+len(b.programs[0])+len(b.programs[1]) == 0 }

// Brings is the package that brings certificates or zones; empty where the image has them,
// or no package does.
func (b Base) Brings(what string) string { return b.brings[what] }

// Account is how the user is made that runs a program: by commands, or by a line of
// /etc/passwd; neither where the image has one.
func (b Base) Account() (run []string, passwd string) {
	for _, command := range b.accounts.Run {
		run = append(run, strings.ReplaceAll(command, "ID", newUser))
	}
	return run, strings.ReplaceAll(b.accounts.Passwd, "ID", newUser)
}

// Installation is one RUN instruction that installs packages.
type Installation struct {
	Archive string // whose packages they are: "Debian"
	Manager
	Names []string
}

// Install installs packages by their names in the distribution; false where nothing can.
func (b Base) Install(names []string) (Installation, bool) {
	return Installation{b.Title, b.manager, names}, b.Manages()
}

// Runs reports whether a program runs that was linked on another image, or else why not.
func (b Base) Runs(builder Base) (bool, string) {
	kind, number, _ := strings.Cut(b.Libc, " ")
	theirs, theirNumber, _ := strings.Cut(builder.Libc, " ")
	switch {
	case kind == "":
		return false, "it has no C library"
	case kind != theirs:
		return false, fmt.Sprintf("its C library is %s, and the builder's %s", kind, theirs)
	case Newer(theirNumber, number):
		return false, fmt.Sprintf("its C library is %s, which is older than the builder's %s", b.Libc, theirNumber)
	}
	return true, ""
}

// Split takes the tag off an image; a digest counts as one, with its "@".
func Split(reference string) (name, tag string) {
	name, digest, pinned := strings.Cut(reference, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		name, tag = name[:i], name[i+1:]
	}
	if pinned {
		tag += "@" + digest
	}
	return name, tag
}

// wordsOf are the words of an image's name, without a registry, and of its tag.
func wordsOf(name, tag string) []string {
	if first, rest, ok := strings.Cut(name, "/"); ok && strings.ContainsAny(first, ".:") {
		name = rest
	}
	tag, _, _ = strings.Cut(tag, "@")
	return strings.FieldsFunc(name+"/"+tag, func(r rune) bool { return strings.ContainsRune("/-_:", r) })
}

// Names gives packages the names that they have in the distribution, in their order and
// each once. The error names the first that it does not have or that is not known there.
func (c *Catalog) Names(b Base, packages []string) ([]string, error) {
	table, err := c.packages()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, name := range packages {
		there, ok := table.name(name, b.names)
		if !ok {
			return nil, fmt.Errorf("what Debian calls %s is not known in %s", name, b.Title)
		}
		for word := range strings.SplitSeq(there, ",") {
			if word != "" && !slices.Contains(all, word) {
				all = append(all, word)
			}
		}
	}
	return all, nil
}

// packageTable is packages.txt, which explains its columns.
type packageTable struct {
	columns map[string]int
	rows    map[string][]string
}

// name looks a package up. One that no row names is called the same in each release of
// Debian and Ubuntu, without the t64 of libraries that were built anew for Debian 13.
func (t *packageTable) name(debian, column string) (string, bool) {
	i, ok := t.columns[column]
	if !ok {
		return "", false
	}
	row, ok := t.rows[debian]
	switch {
	case !ok && column == "debian12":
		return strings.TrimSuffix(debian, "t64"), true
	case !ok:
		return debian, column == "debian13" || column == "ubuntu"
	case row[i] == "=":
		return debian, true
	case row[i] == "0":
		return "", true // what the package brings is there without it
	}
	return row[i], row[i] != "-"
}

func parsePackages(files fs.FS) (*packageTable, error) {
	text, err := fs.ReadFile(files, "packages.txt")
	if err != nil {
		return nil, fmt.Errorf("read the names of packages: %w", err)
	}
	t := &packageTable{columns: map[string]int{}, rows: map[string][]string{}}
	line := 0
	for text := range strings.Lines(string(text)) {
		line++
		cells := strings.Fields(text)
		switch {
		case len(cells) == 0 || cells[0] == "#":
		case len(t.columns) == 0:
			for i, name := range cells {
				t.columns[name] = i
			}
		case len(cells) != len(t.columns) || t.rows[cells[0]] != nil:
			return nil, fmt.Errorf("read the names of packages: packages.txt:%s: want %d columns of a package that is named once", strconv.Itoa(line), len(t.columns))
		default:
			t.rows[cells[0]] = cells
			cells[0] = "="
		}
	}
	return t, nil
}
