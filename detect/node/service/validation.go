package service

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/node/framework"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
)

// Of T3 Env, https://env.t3.gg/docs/customization.
var (
	skips    = pattern.New(`\bskipValidation\s*:\s*(?:!!\s*|Boolean\(\s*)?process\.env(?:\.|\[['"])([A-Z][A-Z0-9_]{0,60})(?:['"]\])?\s*(?:===?\s*['"]([A-Za-z0-9_-]{1,20})['"])?`)
	demanded = pattern.New(`(?m)([A-Z][A-Z0-9_]{1,60})\s*:\s*z((?:\s*\.\s*\w+\((?:[^()]|\([^()]*\))*\))+)`)
	literal  = pattern.New(`['"]([^'"]*)['"]`)
	least    = pattern.New(`\.(?:min|length)\((\d{1,3})`)
)

// validated are packages that look at the environment when a build loads its configuration.
var validated = []string{"@t3-oss/env-nextjs", "@t3-oss/env-nuxt", "@t3-oss/env-core"}

// validation finds what a build of a framework stops for because its environment is not the
// one that it will run in: the project's own way to leave that out is taken, else each
// variable is given a value of its type.
func (r *detector) validation(d *Detail) {
	if !slices.ContainsFunc(validated, d.Package.Has) || d.Framework.Kind == framework.Unknown {
		return
	}
	for _, dir := range []string{"", "src", "src/env", "src/config", "src/lib", "lib", "config", "app"} {
		for _, name := range []string{"env.mjs", "env.js", "env.ts", "server.mjs", "index.ts", "env.config.ts", "env.server.ts"} {
			file := path.Join(d.Package.Dir, dir, name)
			if !r.Tree.Has(file) {
				continue
			}
			data, err := r.Tree.ReadFile(file)
			if err != nil || !strings.Contains(string(data), "createEnv(") {
				continue
			}
			d.validates(file, string(data))
		}
	}
}

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
	for _, m := range demanded.FindAllStringSubmatchIndex(text, -1) {
		name, chain := text[m[2]:m[3]], text[m[4]:m[5]]
		if strings.Contains(chain, ".optional(") || strings.Contains(chain, ".default(") || strings.HasPrefix(name, "NEXT_PUBLIC_") || name == "NODE_ENV" {
			continue
		}
		d.buildWith(plan.Variable{Name: name, Value: placeholder(chain)}, fmt.Sprintf("%s: the build stops without %s, so it is given a placeholder; the image is not: set it where that runs", at(m[0]), name))
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
