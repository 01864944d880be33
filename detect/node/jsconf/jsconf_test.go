package jsconf_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/detect/node/jsconf"
)

// TestConfig reads the field "output" (or another) of what frameworks' files export.
func TestConfig(t *testing.T) {
	for _, c := range []struct {
		name, file, text string
		key              string
		want             string
		env              []string
		wrappers         []string
	}{
		{name: "default export", file: "next.config.mjs", text: `export default { output: 'standalone' }`, want: `"standalone" at 1:26`},
		{name: "types", file: "next.config.ts", text: "import type { NextConfig } from 'next'\n\nconst c: NextConfig = {\n  output: 'export',\n} satisfies NextConfig;\nexport default c", want: `"export" at 4:11`},
		{name: "CommonJS", file: "next.config.js", text: "/** @type {import('next').NextConfig} */\nconst c = { output: `standalone` }\nmodule.exports = c", want: `"standalone" at 2:21`},
		{name: "assigned later", file: "next.config.js", text: "const c = {}\nc.output = 'export'\nmodule.exports = c", want: `"export" at 2:12`},
		{name: "exports.default", file: "a.cjs", text: "exports.default = { output: 'export' }", want: `"export" at 1:29`},
		{name: "exports by name", file: "a.cjs", text: "exports.output = 'export'", want: `"export" at 1:18`},
		{name: "a wrapper", file: "a.js", text: "module.exports = withMDX({ output: 'export' })", want: `"export" at 1:36`, wrappers: []string{"withMDX"}},
		{name: "curried", file: "a.js", text: "const w = require('@next/bundle-analyzer')({enabled: process.env.ANALYZE})\nmodule.exports = w({output: 'export'})", want: `"export" at 2:29`, wrappers: []string{"a function"}},
		{name: "composed, as Nx does", file: "a.js", text: "const { composePlugins, withNx } = require('@nx/next');\nconst plugins = [withNx];\nconst c = {nx: {}, output: 'standalone'};\nmodule.exports = composePlugins(...plugins)(c);", want: `"standalone" at 3:28`, wrappers: []string{"a function"}},
		{name: "defineConfig", file: "a.ts", text: "export default defineConfig({ output: 'server' })", want: `"server" at 1:39`},
		{name: "a function", file: "a.ts", text: "export default defineConfig(({ mode }) => ({ output: mode === 'production' ? 'a' : 'b' }))", want: `"a" at 1:78`},
		{name: "a function that returns", file: "a.ts", text: "export default async (phase) => {\n  const c = { output: 'x' };\n  if (phase === 'phase-development-server') return {};\n  return c;\n}", want: `"x" at 2:23`},
		{name: "a function declaration", file: "a.ts", text: "export default function config() { return { output: 'x' } }", want: `"x" at 1:53`},
		{name: "spread", file: "a.ts", text: "const base = { output: 'x' };\nexport default { ...base, images: {} }", want: `"x" at 1:24`},
		{name: "spread of something unknown before", file: "a.ts", text: "import base from './base';\nexport default { ...base, output: 'x' }", want: `"x" at 2:35`},
		{name: "spread of something unknown after", file: "a.ts", text: "import base from './base';\nexport default { output: 'x', ...base }", want: `unknown: it may be overwritten by ./base of another module at 2:34`},
		{name: "not there, but perhaps in what is spread", file: "a.ts", text: "import base from './base';\nexport default { ...base }", want: `unknown: it may be set by ./base of another module at 2:21`},
		{name: "nothing", file: "a.ts", text: "export default {}", want: `undefined at 1:16`},
		{name: "unset variable", file: "a.ts", text: "export default { output: process.env.STANDALONE === 'true' ? 'standalone' : undefined }", want: `undefined at 1:77`, env: []string{"STANDALONE"}},
		{name: "fall-back", file: "a.ts", text: "export default { output: process.env.OUT ?? 'lit' }", want: `"lit" at 1:45`, env: []string{"OUT"}},
		{name: "set variable", file: "a.ts", text: "const prod = process.env.NODE_ENV === 'production'\nexport default { output: prod ? 'a' : 'b' }", want: `"a" at 2:33`},
		{name: "unknown condition", file: "a.ts", text: "import { prod } from 'x'\nexport default { output: prod ? 'a' : 'b' }", want: `unknown: a condition on prod of another module at 2:26`},
		{name: "paths", file: "web/vite.config.ts", text: "import { resolve } from 'node:path'\nexport default { output: resolve(__dirname, '../dist/web') }", want: `"../dist/web" at 2:26`},
		{name: "paths by URL", file: "vite.config.mjs", text: "import path from 'path'\nimport { fileURLToPath } from 'node:url'\nconst here = path.dirname(fileURLToPath(import.meta.url))\nexport default { output: path.join(here, 'out') }", want: `"out" at 4:26`},
		{name: "a URL", file: "vite.config.mjs", text: "import { fileURLToPath, URL } from 'node:url'\nexport default { output: fileURLToPath(new URL('./out', import.meta.url)) }", want: `"out" at 2:26`},
		{name: "mergeConfig", file: "vite.config.ts", key: "build.outDir", text: "import { defineConfig, mergeConfig } from 'vite'\nconst a = defineConfig({ build: { outDir: 'x', minify: true } })\nexport default mergeConfig(a, { build: { minify: false } })", want: `"x" at 2:43`},
		{name: "a call", file: "svelte.config.js", key: "kit.adapter", text: "import adapter from '@sveltejs/adapter-node';\nexport default { kit: { adapter: adapter({ out: 'b' }) } }", want: `a call at 2:34`},
		{name: "JSON with comments", file: "tsconfig.json", key: "compilerOptions.outDir", text: "{\n  // where to\n  \"compilerOptions\": { \"outDir\": \"./dist\", },\n}", want: `"./dist" at 3:34`},
		{name: "JSON in one line", file: "tsconfig.json", key: "a", text: `{"a":1}`, want: `1 at 1:6`},
		{name: "empty JSON", file: "tsconfig.json", key: "a", text: ``, want: `undefined at 1:1`},
		{name: "byte order mark and CRLF", file: "a.mjs", text: "\ufeffexport default {\r\n  output: 'x'\r\n}", want: `"x" at 2:11`},
		{name: "assigned under a condition", file: "a.js", text: "const c = { output: 'a' };\nif (foo()) c.output = 'b';\nmodule.exports = c", want: `unknown: it may be overwritten by a value that is assigned under a condition or in a loop at 2:12`},
		{name: "assigned under a known condition", file: "a.js", text: "const c = { output: 'a' };\nif (process.env.NODE_ENV === 'production') c.output = 'b';\nmodule.exports = c", want: `"b" at 2:55`},
		{name: "try", file: "a.js", text: "let user = undefined\ntry { user = require('./user') } catch {}\nconst c = { output: 'a' };\nmodule.exports = c", want: `"a" at 3:21`},
		{name: "decorators and private fields", file: "a.ts", text: "@x() class A { #p = 1; constructor(@y() private q: string) {} }\nexport default { output: 'x' }", want: `"x" at 2:26`},
		{name: "a name outside of ASCII before", file: "a.ts", text: "export default { 'ü': 'äöü', output: 'é' }", want: `"é" at 1:38`},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, err := jsconf.Parse(c.file, []byte(c.text))
			if err != nil {
				t.Fatal(err)
			}
			config, wrappers := m.Config(jsconf.Fields("mode", "production", "command", "build"))
			key := c.key
			if key == "" {
				key = "output"
			}
			v := config.Get(strings.Split(key, ".")...)
			line, column := v.Position()
			if diff := cmp.Diff(c.want, fmt.Sprintf("%v at %d:%d", v, line, column)); diff != "" {
				t.Errorf("value (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.env, v.Env()); diff != "" {
				t.Errorf("env (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c.wrappers, wrappers); diff != "" {
				t.Errorf("wrappers (-want +got):\n%s", diff)
			}
		})
	}
}
