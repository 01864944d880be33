package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/detect/node/project"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Of T3 Env, https://env.t3.gg/docs/customization.
var (
	skips    = pattern.New(`\bskipValidation\s*:\s*(?:!!\s*|Boolean\(\s*)?process\.env(?:\.|\[['"])([A-Z][A-Z0-9_]{0,60})(?:['"]\])?\s*(?:===?\s*['"]([A-Za-z0-9_-]{1,20})['"])?`)
	demanded = pattern.New(`(?m)([A-Z][A-Z0-9_]{1,60})\s*:\s*z((?:\s*\.\s*\w+(?:\((?:[^()]|\([^()]*\))*\))?)+)`)
	parses   = pattern.New(`\.parse\(\s*process\.env\s*\)`)
	throws   = pattern.New(`if\s*\(\s*!\s*process\.env\.([A-Z][A-Z0-9_]{1,60})\s*\)\s*\{?\s*throw\b`)
	literal  = pattern.New(`['"]([^'"]*)['"]`)
	least    = pattern.New(`\.(?:min|length)\((\d{1,3})`)
)

// validated are packages that look at the environment when a build loads its configuration.
var validated = []string{"@t3-oss/env-nextjs", "@t3-oss/env-nuxt", "@t3-oss/env-core"}

// schemas are the files that a build of a framework loads and that may stop it because its
// environment is not the one that it will run in.
func (r *detector) schemas(d Detail) (found []project.Text) {
	if d.Framework.Kind == framework.Unknown || len(d.Framework.Public) == 0 && !slices.ContainsFunc(validated, d.Package.Has) {
		return nil // what loads no pages or settings of the program while it builds
	}
	read := func(file string, fits func(text string) bool) {
		if data, err := r.Tree.ReadFile(file); err == nil && fits(string(data)) {
			found = append(found, project.Text{Value: string(data), At: detect.Evidence{File: file}})
		}
	}
	for _, name := range r.Glob(d.Package.Dir, "next.config.*", "nuxt.config.*", "astro.config.*", "svelte.config.*", "vite.config.*") {
		read(path.Join(d.Package.Dir, name), func(string) bool { return true })
	}
	for _, dir := range []string{"", "src", "src/env", "src/config", "src/lib", "lib", "config", "app"} {
		for _, name := range []string{"env.mjs", "env.js", "env.ts", "server.mjs", "index.ts", "env.config.ts", "env.server.ts"} {
			if file := path.Join(d.Package.Dir, dir, name); r.Tree.Has(file) {
				read(file, func(text string) bool { return strings.Contains(text, "createEnv(") || parses.MatchString(text) })
			}
		}
	}
	return found
}

// validates takes the project's own way to leave such a check out, where a file has one, else
// each variable that it asks for is given a value of its type.
func (d *Detail) validates(file, text string) {
	at := func(i int) detect.Evidence {
		return detect.Evidence{File: file, Line: 1 + strings.Count(text[:i], "\n")}
	}
	if m := skips.FindStringSubmatchIndex(text); m != nil {
		v := plan.Variable{Name: text[m[2]:m[3]], Value: "1"}
		if m[4] >= 0 {
			v.Value = text[m[4]:m[5]]
		}
		if v.Name != "NODE_ENV" && v.Name != "CI" {
			d.buildWith(v, fmt.Sprintf("%s: %s=%s is set for the build, so that it does not stop for variables that only the running image has", at(m[0]), v.Name, v.Value))
			return
		}
	}
	wants := func(at detect.Evidence, name, value string) {
		if i := slices.IndexFunc(d.Public, func(v framework.PublicVariable) bool { return v.Name == name }); i >= 0 {
			d.Public[i].Needed, d.Public[i].At = true, at
			return
		}
		switch {
		case slices.ContainsFunc(append([]string{"NEXT_PUBLIC_"}, d.Framework.Public...), func(prefix string) bool { return prefix != "" && strings.HasPrefix(name, prefix) }):
			d.Public = append(d.Public, framework.PublicVariable{Name: name, At: at, Needed: true, Secret: framework.SecretName(name)})
		case name != "NODE_ENV":
			d.buildWith(plan.Variable{Name: name, Value: value}, fmt.Sprintf("%s: the build stops without %s, so it is given a placeholder; the image is not: set it where that runs", at, name))
		}
	}
	for _, m := range demanded.FindAllStringSubmatchIndex(text, -1) {
		chain := text[m[4]:m[5]]
		if !strings.Contains(chain, ".optional(") && !strings.Contains(chain, ".default(") && !strings.Contains(chain, ".nullish(") && !strings.Contains(chain, ".catch(") {
			wants(at(m[0]), text[m[2]:m[3]], placeholder(chain))
		}
	}
	for _, m := range throws.FindAllStringSubmatchIndex(text, -1) {
		wants(at(m[0]), text[m[2]:m[3]], "build")
	}
}

// kinds are placeholders by the word of zod that asks for them.
var kinds = []struct{ word, value string }{
	{"url(", "http://build.invalid"}, {"email(", "build@build.invalid"}, {"uuid(", "00000000-0000-4000-8000-000000000000"},
	{"number(", "1"}, {"boolean(", "true"}, {"ip(", "127.0.0.1"}, {"datetime(", "2000-01-01T00:00:00Z"},
}

// placeholder is a value that a chain of zod takes.
func placeholder(chain string) string {
	if _, rest, ok := strings.Cut(chain, "enum("); ok {
		if m := literal.FindStringSubmatch(rest); m != nil {
			return m[1]
		}
	}
	for _, word := range []string{"startsWith(", "literal("} {
		if _, rest, ok := strings.Cut(chain, word); ok {
			if m := literal.FindStringSubmatch(rest); m != nil {
				return m[1]
			}
		}
	}
	for _, k := range kinds {
		if strings.Contains(chain, k.word) {
			return k.value
		}
	}
	value := "build"
	if m := least.FindStringSubmatch(chain); m != nil {
		for n := 0; len(value) < 100 && fmt.Sprint(len(value)) != m[1] && n < 100; n++ {
			value += "-"
		}
	}
	return value
}
