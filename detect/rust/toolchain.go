package rust

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/manifest"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Toolchain is what rust-toolchain.toml asks for:
// https://rust-lang.github.io/rustup/overrides.html#the-toolchain-file
type Toolchain struct {
	File       string
	Channel    Directive
	Components []string
	Targets    []string
}

// pinned is Rust as version managers know it.
var pinned = manifest.Tool{Names: []string{"rust"}}

var (
	plainVersion = pattern.New(`^\d+\.\d+(\.\d+)?$`)
	hostSuffix   = pattern.New(`-(x86_64|aarch64|i686|armv7)-[a-z0-9_-]+$`)
	componentOK  = pattern.New(`^[a-z0-9_-]+$`)
)

// toolchain reads the nearest toolchain file, at a folder or above it.
func (r *repository) toolchain(dir string) (Toolchain, error) {
	var t Toolchain
	err := r.upwards(dir, []string{"rust-toolchain", "rust-toolchain.toml"}, func(_, file, plain string) (bool, error) {
		var err error
		t, err = readToolchain(file, plain)
		return true, err
	})
	return t, err
}

func readToolchain(name, plain string) (Toolchain, error) {
	t := Toolchain{File: name}
	if text := strings.TrimSpace(plain); path.Ext(name) == "" && text != "" && !strings.ContainsAny(text, "\n[=") {
		t.Channel = Directive{text, detect.Evidence{File: name, Line: 1}}
		return t, t.check()
	}
	var doc struct {
		Toolchain struct {
			Channel, Path       string
			Components, Targets []string
		}
	}
	if _, err := toml.Decode(plain, &doc); err != nil {
		return Toolchain{}, position(name, err)
	}
	f := file{name: name, lines: index(plain)}
	if doc.Toolchain.Path != "" {
		return Toolchain{}, detect.Errorf(f.at("toolchain", "path"), "a toolchain of one machine; name a channel, or a version with --lang-version")
	}
	t.Channel = Directive{doc.Toolchain.Channel, f.at("toolchain", "channel")}
	t.Components, t.Targets = doc.Toolchain.Components, doc.Toolchain.Targets
	for _, word := range append(t.Components, t.Targets...) {
		if !componentOK.MatchString(word) {
			return Toolchain{}, detect.Errorf(detect.Evidence{File: name}, "%q is no component and no target", word)
		}
	}
	return t, t.check()
}

// check wants a channel that rustup knows. Whether there is an image for it is
// asked later, where an answer of the user counts.
func (t *Toolchain) check() error {
	t.Channel.Value = hostSuffix.ReplaceAllString(t.Channel.Value, "")
	c := t.Channel.Value
	if c == "" || c == "stable" || plainVersion.MatchString(c) || strings.HasPrefix(c, "nightly") || strings.HasPrefix(c, "beta") {
		return nil
	}
	return detect.Errorf(t.Channel.At, "%q is no channel of Rust", c)
}

// suites are Debian's releases that an image of Rust may stand on, the newest
// first: the oldest versions are there on the old ones alone.
var suites = []suite{{"trixie", "13", true}, {"bookworm", "12", true}, {"bullseye", "11", false}, {"buster", "10", false}}

type suite struct {
	name, number string
	shares       bool // its OpenSSL is that of the distroless images
}

// image settles the image that compiles: the version that a toolchain file or a
// version file names, else the newest stable, of which rust-version is a minimum
// and never the choice.
func (p *planner) image() (ref catalog.Ref, on suite, reason string, evidence []detect.Evidence, err error) {
	d := p.detail
	wanted, flag := Directive{}, p.in.Overrides.LangVersion
	constraint := ""
	switch {
	case flag != "":
		if !plainVersion.MatchString(flag) {
			return ref, on, "", nil, &plan.OverrideError{Flag: "--lang-version", Value: flag, Err: plan.NoVersion(flag, "1.98 or 1.98.0")}
		}
		wanted, reason = Directive{Value: flag}, "asked for"
	case strings.HasPrefix(d.Toolchain.Channel.Value, "nightly") || strings.HasPrefix(d.Toolchain.Channel.Value, "beta"):
		c := d.Toolchain.Channel
		return ref, on, "", nil, detect.Errorf(c.At, "the channel %s: the images of Rust hold stable versions only, and an image that is not pinned would change from day to day; choose one with --lang-version", c.Value)
	case plainVersion.MatchString(d.Toolchain.Channel.Value):
		wanted, reason = d.Toolchain.Channel, "what the toolchain file says"
	case len(d.Pins) > 0:
		wanted, reason = d.Pins[0], "what the version file says"
	}
	if wanted.Value != "" {
		constraint = exactly(wanted.Value)
		if wanted.At.File != "" {
			evidence = at(wanted.At)
		}
	}
	for _, s := range slices.Backward(suites) { // the error is that of the newest
		r, e := p.in.Catalog.Resolve(buildImage, constraint, "slim-"+s.name)
		if err = e; e == nil {
			ref, on = r, s
		}
	}
	if ref.Tag != "" {
		err = nil
	}
	if err != nil && flag != "" {
		return ref, on, "", nil, &plan.OverrideError{Flag: "--lang-version", Value: flag, Err: err}
	}
	if err != nil {
		return ref, on, "", nil, detect.Errorf(wanted.At, "rust %s: %w", wanted.Value, err)
	}
	if wanted.Value == "" {
		reason = fmt.Sprintf("the newest in the catalog of %s", p.in.Catalog.AsOf())
		if c := d.Toolchain.Channel; c.Value != "" {
			evidence = at(c.At)
		}
	}
	return ref, on, reason, evidence, p.compiles(ref.Version, wanted.Value)
}

// constraint is what images satisfy the project: the version that it names, or any.
func (p *planner) constraint() string {
	d := p.detail
	switch flag := p.in.Overrides.LangVersion; {
	case flag != "":
		return exactly(flag)
	case plainVersion.MatchString(d.Toolchain.Channel.Value):
		return exactly(d.Toolchain.Channel.Value)
	case d.Toolchain.Channel.Value == "" && len(d.Pins) > 0:
		return exactly(d.Pins[0].Value)
	}
	return ">=0"
}

// exactly makes a constraint that takes a version, or any patch of it.
func exactly(version string) string {
	if strings.Count(version, ".") == 2 {
		return "=" + version
	}
	return "~" + version
}

// compiles wants a compiler that takes every package of the closure: Cargo
// refuses one that is older than rust-version, and 1.85 is the first that knows
// the edition of 2024 (https://doc.rust-lang.org/edition-guide/editions/).
func (p *planner) compiles(version, wanted string) error {
	for _, pkg := range p.detail.Closure {
		if v := pkg.RustVersion; v.Value != "" && older(version, v.Value) {
			if _, err := p.in.Catalog.Resolve(buildImage, ">="+v.Value, "slim-"+suites[0].name); err != nil && wanted == "" {
				return detect.Errorf(v.At, "%s needs rust %s: %w", pkg.Name, v.Value, err)
			}
			return detect.Errorf(v.At, "%s needs rust %s, and %s is what the build has", pkg.Name, v.Value, version)
		}
		if pkg.Edition == "2024" && older(version, "1.85.0") {
			return detect.Errorf(pkg.At, "%s is of the edition 2024, which needs rust 1.85, and %s is what the build has", pkg.Name, version)
		}
	}
	return nil
}

// older compares versions of up to three numbers.
func older(a, b string) bool {
	x, y := numbers(a), numbers(b)
	for i := range x {
		if x[i] != y[i] {
			return x[i] < y[i]
		}
	}
	return false
}

func numbers(version string) (n [3]int) {
	for i, part := range strings.SplitN(version, ".", 3) {
		for _, c := range part {
			if c < '0' || c > '9' || n[i] > 1<<20 {
				break
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	return n
}

// pins reads the files of version managers; a channel's name chooses nothing.
func (r *repository) pins(dir string) ([]Directive, error) {
	pins, err := manifest.Pins(r.tree, dir, pinned)
	if err != nil {
		return nil, err
	}
	var found []Directive
	for _, pin := range pins {
		switch {
		case plainVersion.MatchString(pin.Version):
			found = append(found, Directive{pin.Version, pin.At})
		case pin.Version == "latest" || pin.Version == "stable" || pin.Version == "system":
		default:
			return nil, detect.Errorf(pin.At, "%q is no stable version of Rust", pin.Version)
		}
	}
	return found, nil
}
