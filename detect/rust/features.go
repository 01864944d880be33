package rust

import (
	"slices"
	"strings"
)

// without lists, by package of the repository, the optional dependencies that no
// feature asks for: https://doc.rust-lang.org/cargo/reference/features.html
func (s setting) without(bin Target) map[string][]string {
	asked := s.asked(bin)
	left := map[string][]string{}
	for _, p := range s.Closure {
		on := p.turns(asked[p.Name])
		for _, d := range p.Needs {
			if d.Optional && !slices.ContainsFunc(on, func(f string) bool { return activates(f, d) }) {
				left[p.Name] = append(left[p.Name], d.Name)
			}
		}
		left[p.Name] = slices.DeleteFunc(left[p.Name], func(name string) bool {
			return slices.ContainsFunc(p.Needs, func(d Dependency) bool { return d.Name == name && !d.Optional })
		})
	}
	return left
}

// vendored says whether OpenSSL is compiled from the sources that the lock has: it has
// them too where a feature of the repository would ask for them and is off.
func (s setting) vendored(bin Target) bool {
	asked, off := s.asked(bin), false
	vendors := func(f string) bool { return strings.Contains(f, "vendored") }
	for _, p := range s.Closure {
		on := p.turns(asked[p.Name])
		for _, d := range p.Needs {
			used := !d.Optional || slices.ContainsFunc(on, func(f string) bool { return activates(f, d) })
			if used && slices.ContainsFunc(d.Features, vendors) {
				return true
			}
			off = off || !used && slices.ContainsFunc(d.Features, vendors)
		}
		for name, turned := range p.Features {
			for _, f := range turned {
				if !strings.Contains(f, "/") || !vendors(f) {
					continue
				}
				if slices.Contains(on, name) {
					return true
				}
				off = true
			}
		}
	}
	return !off
}

// asked lists, by package of the repository, the features that a build of a program asks
// of it.
func (s setting) asked(bin Target) map[string][]string {
	asked := map[string][]string{s.Package.Name: slices.Clone(bin.Features)}
	if !bin.NoDefault {
		asked[s.Package.Name] = append(asked[s.Package.Name], "default")
	}
	for _, p := range s.Closure {
		for _, d := range p.Needs {
			if d.Dir != "" {
				asked[d.Name] = append(append(asked[d.Name], "default"), d.Features...)
			}
		}
	}
	// A package may turn on features of another, so that one is asked again.
	for range s.Closure {
		for _, p := range s.Closure {
			for _, turned := range p.turns(asked[p.Name]) {
				name, feature, ok := strings.Cut(turned, "/")
				if name = strings.TrimSuffix(name, "?"); ok && !slices.Contains(asked[name], feature) {
					asked[name] = append(asked[name], feature)
				}
			}
		}
	}
	return asked
}

// turns lists all that features turn on, each once.
func (p *Package) turns(features []string) []string {
	queue, on := slices.Clone(features), []string(nil)
	for ; len(queue) > 0; queue = queue[1:] {
		if f := queue[0]; !slices.Contains(on, f) {
			on = append(on, f)
			queue = append(queue, p.Features[f]...)
		}
	}
	return on
}

// activates says whether what is turned on is an optional dependency, or a feature
// of it that brings it along.
func activates(on string, d Dependency) bool {
	name, _, feature := strings.Cut(strings.TrimPrefix(on, "dep:"), "/")
	return (name == d.Name || name == d.Key) && !(feature && strings.HasSuffix(name, "?"))
}
