package project

import (
	"slices"
	"strings"
)

// Builds says which dependencies may run scripts of their installation, which pnpm asks from
// version 10 on (https://pnpm.io/settings#build-settings).
type Builds struct {
	Stated  bool     // something is said of them
	All     bool     // all may
	Allowed []string // packages, with or without versions
	Refused []string
}

// Allows says whether a package may run them.
func (b Builds) Allows(name string) bool { return b.All || named(b.Allowed, name) }

// Refuses says whether somebody decided that a package need not.
func (b Builds) Refuses(name string) bool { return named(b.Refused, name) }

func named(list []string, name string) bool {
	return slices.ContainsFunc(list, func(n string) bool { return n == name || strings.HasPrefix(n, name+"@") })
}

// join adds what another file says.
func (b Builds) join(o Builds) Builds {
	return Builds{b.Stated || o.Stated, b.All || o.All, append(slices.Clip(b.Allowed), o.Allowed...), append(slices.Clip(b.Refused), o.Refused...)}
}

// builds reads them from the key pnpm of a package.json.
func (v value) builds() (b Builds) {
	v = v.get("pnpm")
	texts := func(key string) (names []string) {
		for _, item := range v.get(key).list {
			names = append(names, item.text)
		}
		b.Stated = b.Stated || len(names) > 0
		return names
	}
	b.Allowed = texts("onlyBuiltDependencies")
	b.Refused = append(texts("ignoredBuiltDependencies"), texts("neverBuiltDependencies")...)
	for _, m := range v.get("allowBuilds").members {
		b.allow(m.key, m.value.text)
	}
	b.All = v.get("dangerouslyAllowAllBuilds").text == "true"
	b.Stated = b.Stated || b.All
	return b
}

// allow takes one of allowBuilds: true, false, or a text that asks to decide.
func (b *Builds) allow(name, said string) {
	b.Stated = true
	switch said {
	case "true":
		b.Allowed = append(b.Allowed, name)
	case "false":
		b.Refused = append(b.Refused, name)
	}
}
