package jsconf_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/node/jsconf"
)

// project is the files of a project, for tests.
type project map[string]string

func (p project) Has(file string) bool { _, ok := p[file]; return ok }

func (p project) ReadFile(file string) ([]byte, error) {
	text, ok := p[file]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return []byte(text), nil
}

// TestCalls finds what servers listen on, with the values from wherever they come.
func TestCalls(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"Express", `
import express from 'express'
const app = express()
const port = process.env.PORT || 3000
app.get('/health', (req, res) => res.send('ok'))
app.listen(port, () => console.log(port))`, `
express() from ""
app.get("/health", a function) from express
res.send("ok") from ""
app.listen(3000 by PORT, a function) from express
console.log(3000 by PORT) from ""`},
		{"express-generator", `
var http = require('http');
var port = normalizePort(process.env.PORT || '3000');
var server = http.createServer(app);
server.listen(port);
function normalizePort(val) {
  var port = parseInt(val, 10);
  if (isNaN(port)) { return val; }
  if (port >= 0) { return port; }
  return false;
}`, `
require("http") from ""
normalizePort("3000" by PORT) from ""
http.createServer(an import) from http
server.listen(3000 by PORT) from http
parseInt(unknown: a parameter, 10) from ""
isNaN(a call) from ""`},
		{"Nest in a function", `
import { NestFactory } from '@nestjs/core'
async function bootstrap() {
  const app = await NestFactory.create(AppModule)
  await app.listen(process.env.PORT ?? 3000)
}
bootstrap()`, `
NestFactory.create(an import) from @nestjs/core
app.listen(3000 by PORT) from @nestjs/core
bootstrap() from ""`},
		{"a chain", `
import { Hono } from 'hono'
import { serve } from '@hono/node-server'
const app = new Hono().basePath('/api').get('/health', h)
serve({ fetch: app.fetch, port: Number(process.env.PORT) || 8787 })`, `
get("/health", an import) from hono
basePath("/api") from hono
new Hono() from ""
serve(an object) from ""
Number(undefined by PORT) from ""`},
		{"from another file", `
import { config } from './config.js'
app.listen(config.port)
-- config.ts --
export const config = { port: Number(process.env.HTTP_PORT ?? '4000') } as const`, `
app.listen(4000 by HTTP_PORT) from ""`},
		{"destructured environment", `
const { PORT = 5000, HOST } = process.env;
fastify.listen({ port: PORT, host: HOST })`, `
fastify.listen(an object) from ""`},
		{"Deno and Bun", `
Bun.serve({ port: Bun.env.PORT || 3000, fetch() {} });
Deno.serve({ port: Deno.env.get('PORT') ?? 8000 }, h)`, `
Bun.serve(an object) from ""
Deno.serve(an object, an import) from ""
Deno.env.get("PORT") from ""`},
		{"decorators", `
import { Controller, Get } from '@nestjs/common'
@Controller('health') export class H {
  @Get('live') live() {}
}`, `
__decorateClass(an array, unknown: a value that is assigned under a condition or in a loop, "live", 1) from ""
Get("live") from ""
__decorateClass(an array, unknown: a value that is assigned under a condition or in a loop) from ""
Controller("health") from ""`},
	} {
		t.Run(c.name, func(t *testing.T) {
			archive := txtar.Parse([]byte(c.text))
			files := project{"main.ts": string(archive.Comment)}
			for _, f := range archive.Files {
				files[f.Name] = string(f.Data)
			}
			m, err := jsconf.NewProgram(files).Module("main.ts")
			if err != nil {
				t.Fatal(err)
			}
			var got strings.Builder
			m.Calls(func(i jsconf.Invocation) bool {
				if line, _ := i.Position(); line > 0 {
					got.WriteString("\n" + describe(i))
				}
				return true
			})
			if diff := cmp.Diff(c.want, got.String()); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

// describe is a call in one line, with the module that its receiver comes from.
func describe(i jsconf.Invocation) string {
	var args []string
	for n := range i.Args {
		v := i.Arg(n)
		text := v.String()
		if len(v.Env()) > 0 {
			text += " by " + strings.Join(v.Env(), ",")
		}
		args = append(args, text)
	}
	name := i.Path
	if name == "" {
		name = i.Name
	}
	if i.New {
		name = "new " + name
	}
	module, _ := i.On().Origin()
	return fmt.Sprintf("%s(%s) from %s", name, strings.Join(args, ", "), map[bool]string{true: `""`, false: module}[module == ""])
}

func TestCallFields(t *testing.T) {
	m, err := jsconf.Parse("main.ts", []byte("import { serve } from '@hono/node-server'\n\nserve({\n  port: +(process.env.PORT ?? 8787),\n})"))
	if err != nil {
		t.Fatal(err)
	}
	m.Calls(func(i jsconf.Invocation) bool {
		module, name := i.Callee().Origin()
		port := i.Arg(0).Get("port")
		n, ok := port.Int()
		line, column := port.Position()
		got := fmt.Sprintln(module, name, n, ok, line, column, port.Env(), i.Arg(1).Kind())
		if diff := cmp.Diff("@hono/node-server serve 8787 true 4 9 [PORT] undefined\n", got); diff != "" {
			t.Errorf("serve (-want +got):\n%s", diff)
		}
		return false
	})
}

func TestParseErrors(t *testing.T) {
	for _, c := range []struct{ name, file, text, want string }{
		{"JavaScript", "web/next.config.mjs", "export default {\n  output: ,\n}", `web/next.config.mjs:2:11: Unexpected ","`},
		{"TypeScript", "a.ts", "const x: = 1", `a.ts:1:10: Unexpected "="`},
		{"JSON", "tsconfig.json", "{\n  \"a\": }", `tsconfig.json:2:8: unexpected token }`},
		{"JSON, first line", "tsconfig.json", `{"a"::1}`, `tsconfig.json:1:6: unexpected token :`},
		{"several JSON values", "tsconfig.json", "1);(2", `tsconfig.json:1: not one JSON value`},
		{"too deep", "a.js", strings.Repeat("[", 1000), "a.js: nested more than 500 deep, which no configuration is"},
		{"too large", "a.js", strings.Repeat(" ", jsconf.MaxBytes+1), "a.js: longer than 524288 bytes, which no configuration is"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := jsconf.Parse(c.file, []byte(c.text))
			if err == nil || err.Error() != c.want {
				t.Errorf("want %s\ngot  %v", c.want, err)
			}
		})
	}
	if _, err := jsconf.NewProgram(project{}).Module("a.js"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestHostile wants an answer in little time to files that are made to take long.
func TestHostile(t *testing.T) {
	for name, text := range map[string]string{
		"doubling texts":     "let s = 'x';" + strings.Repeat("s = s + s;", 60) + "export default { output: s }",
		"doubling arrays":    "let s = [1];" + strings.Repeat("s = [...s, ...s];", 60) + "export default { output: s }",
		"doubling objects":   "let s = {a:1};" + strings.Repeat("s = {...s, ['k' + s.a]: s};", 60) + "export default { output: s }",
		"endless recursion":  "const f = () => f() + f(); export default { output: f() }",
		"wide recursion":     "const f = (n) => n > 30 ? 1 : f(n - -1) + f(n - -1); export default { output: f(0) }",
		"a cycle":            "const a = {}; a.output = a; a.a = a; export default { ...a }",
		"a cycle of imports": "import { output } from './main'; export default { output }",
		"long sums":          "export default { output: " + strings.Repeat("'a' + ", 4_000) + "'b' }",
		"many negations":     "export default { output: " + strings.Repeat("!", 20_000) + "1 }",
		"many arrows":        "export default { output: " + strings.Repeat("x=>", 10_000) + "1 }",
		"many conditions":    "export default { output: " + strings.Repeat("a?b:", 10_000) + "1 }",
		"a long chain":       "export default { output: a" + strings.Repeat(".b()", 5_000) + " }",
		"many ifs":           strings.Repeat("if (a) ", 6_000) + "b = 1",
		"many elses":         strings.Repeat("if (a) b; else ", 6_000) + "b = 1",
		"many news":          "export default { output: " + strings.Repeat("new ", 10_000) + "a }",
		"many templates":     "export default { output: " + strings.Repeat("`${", 400) + "1" + strings.Repeat("}`", 400) + "}",
	} {
		t.Run(name, func(t *testing.T) {
			m, err := jsconf.NewProgram(project{"main.mjs": text}).Module("main.mjs")
			if err != nil {
				return // refused
			}
			config, _ := m.Config()
			_ = config.Get("output").String()
			m.Calls(func(i jsconf.Invocation) bool { _ = i.Arg(0); return true })
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"export default defineConfig(({ mode }) => ({ build: { outDir: mode } }))",
		"module.exports = { ...require('./a'), output: process.env.A ?? `b${1}` }",
		"const { a: [b = 1, ...c], ...d } = process.env; switch (b) { case 1: a(b); break; default: c.push(d) }",
		"for (const x of y) { z.a ||= 1 } export { z as default }",
		"{ // json\n \"a\": [1, ], }",
		"@A('x') class B { static { this.c = 1 } @D() e() {} } enum F { G = 1 }",
	} {
		for _, file := range []string{"a.ts", "a.mjs", "a.json", "a.tsx"} {
			f.Add(file, seed)
		}
	}
	f.Add("a.js", "\"4\xef\"")
	f.Fuzz(func(t *testing.T, file, text string) {
		m, err := jsconf.NewProgram(project{file: text}).Module(file)
		if err != nil {
			return
		}
		config, _ := m.Config(jsconf.Text("production"))
		for _, key := range config.Keys() {
			v := config.Get(key)
			if line, column := v.Position(); line < 0 || column < 0 {
				t.Errorf("%s at %d:%d", key, line, column)
			}
			_ = v.Why() + v.String()
		}
		m.Calls(func(i jsconf.Invocation) bool {
			for n := range i.Args {
				_ = i.Arg(n).Why()
			}
			_, _ = i.On().Origin()
			return true
		})
	})
}
