package rust

import (
	"maps"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
)

// natives are the crates that need packages, by their names.
var natives = func() map[string]catalog.Need {
	all := map[string]catalog.Need{}
	for _, n := range catalog.Needs("rust") {
		all[n.Name] = n
	}
	return all
}()

// impliedBy is what a direct dependency brings, for projects without a lock.
var impliedBy = map[string][]string{
	"openssl": {"openssl-sys"}, "native-tls": {"openssl-sys"}, "hyper-tls": {"openssl-sys"}, "tokio-native-tls": {"openssl-sys"}, "postgres-openssl": {"openssl-sys"},
	"tonic-build": {"prost-build"}, "tonic-prost-build": {"prost-build"}, "rdkafka": {"rdkafka-sys"}, "rocksdb": {"librocksdb-sys"}, "duckdb": {"libduckdb-sys"},
	"tikv-jemallocator": {"tikv-jemalloc-sys"}, "jemallocator": {"jemalloc-sys"}, "zmq": {"zmq-sys"}, "alsa": {"alsa-sys"}, "sodiumoxide": {"libsodium-sys"}, "gdal": {"gdal-sys"},
	"ring": {"cc"}, "rusqlite": {"libsqlite3-sys"}, "git2": {"cc"}, "zstd": {"cc"}, "cxx": {"link-cplusplus"}, "reqwest": {"openssl-sys"}, "mlua": {"cc"},
}

// Native is a crate of a service that is not Rust alone.
type Native struct {
	Name  string
	Build []string // packages of Debian 13
	Run   []string
	Cxx   bool
	Tool  bool
	At    detect.Evidence
}

// natives lists the crates of a service that need packages, sorted by name, and
// one that compiles C of its own, if there is one.
func (s setting) natives(crates map[string]*crate) (needs []Native, c Native) {
	for _, name := range slices.Sorted(maps.Keys(crates)) {
		k := crates[name]
		if name == "cc" || name == "cmake" {
			by := slices.DeleteFunc(slices.Clone(k.By), func(b string) bool { return b == "iana-time-zone-haiku" || b == "cmake" })
			if len(by) > 0 && c.Name == "" {
				slices.Sort(by)
				c = Native{Name: by[0], At: crates[by[0]].place(k)}
			}
		}
		n, known := natives[name]
		if !known || len(n.Build) == 0 || slices.ContainsFunc(n.Unless, func(other string) bool { return crates[other] != nil }) || n.With != "" && slices.Contains(k.Dependencies, n.With) {
			continue
		}
		if len(n.Only) > 0 && len(k.By) > 0 && !slices.ContainsFunc(k.By, func(b string) bool { return !slices.Contains(n.Only, b) }) {
			continue
		}
		needs = append(needs, Native{Name: name, Build: n.Build, Run: n.Run, Cxx: n.Cxx, Tool: n.Tool, At: k.At})
	}
	return needs, c
}

// place is where a crate stands, or the one that it was found by.
func (c *crate) place(other *crate) detect.Evidence {
	if c == nil {
		return other.At
	}
	return c.At
}

// crates gives the packages from elsewhere: those that are locked, or the direct
// dependencies with what is known of them.
func (s setting) crates(l *lock, bin Target) map[string]*crate {
	if l != nil {
		without := s.without(bin)
		found := l.reach(s.Package.Name, without, "")
		for _, w := range weak {
			if found[w.name] != nil && !s.wants(bin, found, w) {
				found = l.reach(s.Package.Name, without, w.name)
			}
		}
		if found["openssl-src"] != nil && !s.vendored(bin) {
			delete(found, "openssl-src")
		}
		return found
	}
	found := map[string]*crate{}
	for _, p := range s.Closure {
		for _, d := range p.Needs {
			if d.Dir != "" || d.Optional || d.Kind == Patch {
				continue
			}
			for _, name := range append([]string{d.Name}, s.implied(p, d)...) {
				if found[name] == nil {
					found[name] = &crate{locked: locked{Name: name}, By: []string{d.Name}, At: d.At}
				}
			}
		}
	}
	return found
}

// weakly is a crate that a lock has wherever some crates are used at all, as one of them
// names a feature of it in case that it is there: "sqlx-sqlite?/…".
type weakly struct {
	name    string
	word    string   // that the features hold which bring it
	through []string // the crates that pass such features on, and have none of them on by default
}

// weak lists such crates that need packages.
//
// Sources: the manifests of each crate, of the versions current in August 2026, and
// https://github.com/rust-lang/cargo/issues/10801.
var weak = []weakly{
	{"sqlx-sqlite", "sqlite", []string{"sqlx", "sqlx-macros", "sqlx-macros-core", "sea-orm", "sea-orm-migration", "sea-orm-cli", "sea-schema", "sea-query-binder", "sea-query-sqlx"}},
}

// wants says whether a build has a crate that the lock may have for nothing: a manifest
// asks for a feature that brings it, or crates lead to it of which that is not known.
func (s setting) wants(bin Target, found map[string]*crate, w weakly) bool {
	seen := map[string]bool{}
	for queue := []string{w.name}; len(queue) > 0; queue = queue[1:] {
		c := found[queue[0]]
		switch {
		case seen[queue[0]] || c == nil: // of the repository, whose manifests are asked below
			continue
		case queue[0] != w.name && !slices.Contains(w.through, queue[0]):
			return true
		}
		seen[queue[0]] = true
		queue = append(queue, c.By...)
	}
	brings := func(feature string) bool {
		return strings.Contains(feature, w.word) || strings.HasSuffix(feature, "-all") || strings.HasPrefix(feature, "all-")
	}
	asked := s.asked(bin)
	for _, p := range s.Closure {
		for _, d := range p.Needs {
			if slices.Contains(w.through, d.Name) && slices.ContainsFunc(d.Features, brings) {
				return true
			}
		}
		for _, turned := range p.turns(asked[p.Name]) {
			name, feature, of := strings.Cut(turned, "/")
			name = strings.TrimSuffix(name, "?")
			if of && brings(feature) && slices.ContainsFunc(p.Needs, func(d Dependency) bool {
				return slices.Contains(w.through, d.Name) && (d.Key == name || d.Name == name)
			}) {
				return true
			}
		}
	}
	return false
}

// implied is what a direct dependency brings, by its features where they decide.
func (s setting) implied(p *Package, d Dependency) []string {
	has := func(prefix string) bool {
		return slices.ContainsFunc(d.Features, func(f string) bool { return strings.HasPrefix(f, prefix) })
	}
	switch d.Name {
	case "rusqlite", "sqlx":
		if has("bundled") || d.Name == "sqlx" {
			return []string{"cc"}
		}
	case "reqwest":
		if has("rustls") {
			return []string{"cc"}
		}
	case "openssl", "native-tls":
		if has("vendored") {
			return []string{"openssl-src"}
		}
	case "diesel":
		var brings []string
		for feature, crate := range map[string]string{"postgres": "pq-sys", "mysql": "mysqlclient-sys", "sqlite": "libsqlite3-sys"} {
			bundled, _ := p.asks(crate)
			if has(feature) && !slices.Contains(bundled.Features, "bundled") {
				brings = append(brings, crate)
			}
		}
		return brings
	}
	return impliedBy[d.Name]
}

// unknown lists crates that look for a C library which is not known here.
func (s setting) unknown(crates map[string]*crate) []Native {
	var found []Native
	for _, name := range slices.Sorted(maps.Keys(crates)) {
		c := crates[name]
		_, known := natives[name]
		looks := slices.ContainsFunc(c.Dependencies, func(d string) bool { return d == "pkg-config" || d == "system-deps" })
		if !known && looks && (strings.HasSuffix(name, "-sys") || strings.HasSuffix(name, "_sys")) && !slices.Contains(c.Dependencies, "cc") && !slices.Contains(c.Dependencies, "cmake") {
			found = append(found, Native{Name: name, At: c.At})
		}
	}
	return found
}
