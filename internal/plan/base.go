package plan

import (
	"fmt"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
)

// Replaced is the image that a dockgen.toml puts in the place of another.
type Replaced struct {
	Image  string // as FROM names it in the end
	Family string // that the user says, or none
	Kept   bool   // it has the tag of the image in whose place it stands
	Key    string // that says so; empty where none does
	Err    error  // why nothing can stand there
	At     detect.Evidence
}

// Base is what an image is like that a stage stands on.
type Base struct {
	catalog.Base
	Replaced
	Foreign bool   // it is of another family than the image in whose place it stands
	flavour string // that was asked for by --runtime
}

// Base tells what really stands in FROM where a plan names a reference: the image itself,
// or the one that dockgen.toml puts in its place, by the family that it names or that the
// image's name tells. The error is one at that key.
func (in Input) Base(reference string) (Base, error) { return in.base(reference, false) }

// RunBase is [Input.Base] for the image that runs.
func (in Input) RunBase(reference string) (Base, error) { return in.base(reference, true) }

func (in Input) base(reference string, running bool) (Base, error) {
	b := Base{Replaced: Replaced{Image: reference}, flavour: in.Overrides.Runtime}
	if in.Replaced != nil {
		if r := in.Replaced(reference, running); r.Key != "" {
			b.Replaced = r
		}
	}
	own, known, err := in.Catalog.Base(reference)
	if err == nil && !known {
		err = fmt.Errorf("the family of %s is not in the catalog", reference)
	}
	switch {
	case err != nil:
		return Base{}, err
	case b.Replaced.Err != nil:
		return b, detect.Errorf(b.At, "%w", b.Replaced.Err)
	case b.Key == "":
		b.Base = own
		return b, nil
	case b.Replaced.Family != "":
		b.Base, err = in.Catalog.OfFamily(b.Replaced.Family)
		b.Foreign = b.Base.Family != own.Family
		return b, b.wrong(err)
	}
	if b.Base, known, err = in.Catalog.Base(b.Image); err == nil && !known {
		if !b.Kept {
			err = fmt.Errorf("its name tells no family; say it as { image = %q, family = %q } or another of %s", b.Image, own.Family, strings.Join(in.Catalog.Families(), ", "))
		}
		b.Base = own // the same under another name
	}
	b.Foreign = b.Base.Family != own.Family
	if name, _ := catalog.Split(b.Image); err == nil && b.Untagged && b.Kept {
		err = fmt.Errorf("there are no tags with versions of it; say which you mean, such as %s:latest or a digest", name)
	}
	return b, b.wrong(err)
}

// On says what the image that runs is, in a word: the flavour that a stack chose, or the
// family that stands in its place.
func (b Base) On(flavour string) string {
	if b.Foreign {
		return b.Title
	}
	return flavour
}

// wrong is an error at the key that puts an image in another's place, or about the
// flavour that was asked for.
func (b Base) wrong(err error) error {
	switch {
	case err == nil:
		return nil
	case b.Key == "images.family":
		return detect.Errorf(b.At, "%s takes %s: %w", b.Key, b.Image, err)
	case b.Key != "":
		return detect.Errorf(b.At, "%s = %s: %w", b.Key, b.Image, err)
	case b.flavour != "":
		return &OverrideError{Flag: "--runtime", Value: b.flavour, Err: err}
	}
	return fmt.Errorf("%s: %w", b.Image, err)
}

// Refuse says why a base does not fit, at the answer that asks for it.
func (b Base) Refuse(format string, args ...any) error { return b.wrong(fmt.Errorf(format, args...)) }

// Runs refuses a base on which no program runs that was linked on another.
func (b Base) Runs(builder Base) error {
	ok, why := b.Base.Runs(builder.Base)
	switch {
	case ok:
		return nil
	case b.Key == "" && builder.Key != "":
		return builder.Refuse("what is linked on it does not run on %s: %s", b.Image, why)
	}
	return b.Refuse("the program is linked on %s, and %s", builder.Image, why)
}

// Ground is what a stage does first on the image that it stands on, by the means of the
// image's family: what templates/shared/ground.tmpl prints.
type Ground struct {
	Root    string // who does it, where the image starts as another
	Install *catalog.Installation
	Account []string // the commands that make the user who runs the program, or none
	Passwd  string   // the line of /etc/passwd that does
}

// Names lists the packages that are installed.
func (g Ground) Names() []string {
	if g.Install == nil {
		return nil
	}
	return g.Install.Names
}

// Building is the ground of a stage that builds, with packages by their names in Debian 13.
func (in Input) Building(b Base, packages []string) (Ground, error) {
	if !b.Shell {
		why := b.ShellIn
		if why == "" {
			why = "choose another"
		}
		return Ground{}, b.Refuse("it has no shell, which the build needs; %s", why)
	}
	return in.ground(b, packages, nil, "")
}

// Running is the ground of the image that runs, with packages by their names in Debian 13.
func (in Input) Running(b Base, packages []string) (Ground, error) {
	account, passwd := b.Account()
	return in.ground(b, packages, account, passwd)
}

func (in Input) ground(b Base, packages, account []string, passwd string) (Ground, error) {
	g := Ground{Account: account, Passwd: passwd}
	if len(packages) > 0 {
		if !b.Manages() {
			return Ground{}, b.Refuse("it cannot hold %s, as it has no package manager", strings.Join(packages, ", "))
		}
		names, err := in.Catalog.Names(b.Base, packages)
		if err != nil {
			return Ground{}, b.wrong(err)
		}
		if install, _ := b.Install(names); len(names) > 0 {
			g.Install = &install
		}
	}
	if b.StartsAs != "" && b.Manages() {
		g.Root = "0"
	}
	return g, nil
}

// Lacks says whether a program looks in vain for certificates, zones or tmp on a base,
// and adds the package that brings them, if there is one.
func (b Base) Lacks(what string, packages *[]string) bool {
	if b.Has(what) {
		return false
	}
	if name := b.Brings(what); name != "" {
		*packages = append(*packages, name)
		return false
	}
	return true
}
