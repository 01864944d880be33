package rust

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/dockgen/dockgen/detect"
)

// lockName is what Cargo calls the versions that it has settled on.
const lockName = "Cargo.lock"

// lock is a Cargo.lock: https://doc.rust-lang.org/cargo/guide/cargo-toml-vs-cargo-lock.html
type lock struct {
	file     string
	format   Directive           // its version, where it states one: from 3 on
	packages map[string][]locked // by name
	lines    map[string]int      // of the first package of a name
}

// locked is one package with what it needs on any platform, with any feature that
// somebody asked for.
type locked struct {
	Name, Version, Source string
	Dependencies          []string // "name", "name version" or "name version (source)"
}

func readLock(name, text string) (*lock, error) {
	var doc struct {
		Version int
		Package []locked
	}
	plain := strings.TrimPrefix(text, "\ufeff")
	if _, err := toml.Decode(plain, &doc); err != nil {
		return nil, position(name, err)
	}
	l := &lock{file: name, packages: map[string][]locked{}, lines: map[string]int{}}
	for _, p := range doc.Package {
		l.packages[p.Name] = append(l.packages[p.Name], p)
	}
	n := 0
	for line := range strings.Lines(plain) {
		n++
		if strings.HasPrefix(line, "version = ") && l.format.Value == "" && doc.Version > 0 {
			l.format = Directive{Value: strconv.Itoa(doc.Version), At: detect.Evidence{File: name, Line: n}}
		}
		if rest, ok := strings.CutPrefix(line, `name = "`); ok {
			if key := strings.TrimRight(rest, "\"\r\n"); l.lines[key] == 0 {
				l.lines[key] = n
			}
		}
	}
	return l, nil
}

func (l *lock) at(name string) detect.Evidence {
	return detect.Evidence{File: l.file, Line: l.lines[name]}
}

// crate is a package from elsewhere that a service is built with.
type crate struct {
	locked
	By []string // names of those that need it
	At detect.Evidence
}

// reach gives the packages from elsewhere that a package is built or tested
// with, by name. The lock has those of every feature: what a package of the
// repository does without, by its name, is left out, and so is one crate that is there for
// nothing, if there is such.
func (l *lock) reach(name string, without map[string][]string, nothing string) map[string]*crate {
	found := map[string]*crate{}
	seen := map[string]bool{}
	type step struct{ want, by string }
	queue := []step{{want: name}}
	for ; len(queue) > 0; queue = queue[1:] {
		words := strings.Fields(queue[0].want)
		if len(words) == 0 {
			continue
		}
		for _, p := range l.packages[words[0]] {
			if len(words) > 1 && p.Version != words[1] {
				continue
			}
			c := found[p.Name]
			if c == nil {
				c = &crate{locked: p, At: l.at(p.Name)}
				found[p.Name] = c
			}
			if by := queue[0].by; by != "" && !slices.Contains(c.By, by) {
				c.By = append(c.By, by)
			}
			if id := p.Name + " " + p.Version + p.Source; !seen[id] {
				seen[id] = true
				for _, d := range p.Dependencies {
					want, _, _ := strings.Cut(d, " ")
					if want != nothing && (p.Source != "" || !slices.Contains(without[p.Name], want)) {
						queue = append(queue, step{d, p.Name})
					}
				}
			}
		}
	}
	maps.DeleteFunc(found, func(_ string, c *crate) bool { return c.Source == "" })
	return found
}
