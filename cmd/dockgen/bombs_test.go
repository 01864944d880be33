//go:build linux && !race

package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What a run may take on whatever is given to it, of at most 10 MB. Of the time on a
// clock and that on processors the lesser counts, as tests share a machine.
const (
	mostTime   = 5 * time.Second
	mostMemory = 500 << 20
)

// TestBombs runs the program on each in a process of its own, whose address space is
// bounded, and wants a proper end within bounds; the healthy service beside the bomb
// gets its files, unless the bomb stands where it stops the run.
func TestBombs(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a while")
	}
	program := filepath.Join(t.TempDir(), "dockgen")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, program); err != nil {
		t.Fatal(err)
	}
	for _, b := range bombTable() {
		t.Run(b.name, func(t *testing.T) {
			dir := t.TempDir()
			for name, text := range b.files() {
				write(t, filepath.Join(dir, name), []byte(text))
			}
			if b.prepare != nil {
				b.prepare(t, dir)
			}
			if !b.whole {
				write(t, filepath.Join(dir, "healthy/go.mod"), []byte("module example.com/healthy\n\ngo 1.26\n"))
				write(t, filepath.Join(dir, "healthy/main.go"), []byte("package main\n\nfunc main() { println() }\n"))
			}
			ctx, cancel := context.WithTimeout(t.Context(), 4*mostTime)
			defer cancel()
			cmd := exec.CommandContext(ctx, "sh", "-c", fmt.Sprintf("ulimit -v %d; exec \"$0\" generate \"$1\"", 4<<20), program, dir)
			begin := time.Now()
			var said bytes.Buffer
			cmd.Stdout, cmd.Stderr = &said, &said
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			watched := make(chan int64)
			ended := make(chan struct{})
			go func() { watched <- watch(cmd.Process.Pid, ended) }()
			err := cmd.Wait()
			close(ended)
			memory, output := <-watched, said.Bytes()
			took := time.Since(begin)
			usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
			busy := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
			shown := string(output)
			if len(shown) > 600 {
				shown = shown[:600] + "…"
			}
			t.Logf("exit %d, %v, %d MB", cmd.ProcessState.ExitCode(), min(took, busy).Round(time.Millisecond), memory>>20)
			switch code := cmd.ProcessState.ExitCode(); {
			case min(took, busy) > mostTime:
				t.Errorf("it took %v", min(took, busy))
			case memory > mostMemory:
				t.Errorf("it took %d MB", memory>>20)
			case code != exitDone && code != exitFault || strings.Contains(shown, "goroutine "):
				t.Errorf("exit %d, %v: %s", code, err, shown)
			case len(output) > 1<<20:
				t.Errorf("it printed %d bytes", len(output))
			}
			if _, err := os.Stat(filepath.Join(dir, "healthy/Dockerfile")); err != nil && !b.whole {
				t.Errorf("the healthy service has no Dockerfile: %s", shown)
			}
		})
	}
}

// watch gives the most memory that a process has held so far, until it has ended. What
// the system tells of an ended one counts that of the process which started it.
func watch(pid int, ended <-chan struct{}) (most int64) {
	for {
		if status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid)); err == nil {
			_, rest, _ := strings.Cut(string(status), "VmHWM:")
			var kilobytes int64
			if _, err := fmt.Sscan(rest, &kilobytes); err == nil {
				most = max(most, kilobytes<<10)
			}
		}
		select {
		case <-ended:
			return most
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// bomb is one project.
type bomb struct {
	name    string
	files   func() map[string]string
	whole   bool // it is about the whole run, so that no service beside it is made
	prepare func(t *testing.T, dir string)
}

const big = 9 << 20

func many(text string) string { return strings.Repeat(text, big/len(text)) }

func nested(open, inside, end string, n int) string {
	return strings.Repeat(open, n) + inside + strings.Repeat(end, n)
}

// doubling is a chain of n definitions, each of which holds the one before twice.
func doubling(n int, first string, next func(i int) string) string {
	var b strings.Builder
	b.WriteString(first)
	for i := 1; i <= n; i++ {
		b.WriteString(next(i))
	}
	return b.String()
}

func laughs(n int) string {
	return doubling(n, "a0: &a0 [x, x]\n", func(i int) string {
		return fmt.Sprintf("a%d: &a%d [*a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d, *a%d]\n", i, i, i-1, i-1, i-1, i-1, i-1, i-1, i-1, i-1)
	})
}

const (
	goMain     = "package main\n\nfunc main() { println() }\n"
	nodeServer = "require('http').createServer((q, s) => s.end()).listen(3000)\n"
	nodeJSON   = `{"name": "x", "version": "1.0.0", "scripts": {"start": "node server.js"}}`
	cargo      = "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n"
	rustMain   = "fn main() {}\n"
	pom        = "<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>a</artifactId><version>1</version>"
	javaMain   = "package a;\npublic class App { public static void main(String[] args) {} }\n"
)

func file(pairs ...string) func() map[string]string {
	return func() map[string]string {
		files := map[string]string{}
		for i := 0; i < len(pairs); i += 2 {
			files[pairs[i]] = pairs[i+1]
		}
		return files
	}
}

// one is a bomb that stands in files of one folder.
func one(name string, pairs ...string) bomb {
	var under []string
	for i := 0; i < len(pairs); i += 2 {
		under = append(under, "bomb/"+pairs[i], pairs[i+1])
	}
	return bomb{name: name, files: file(under...)}
}

func bombTable() []bomb {
	node := func(name, base, text string) bomb {
		return one(name, "package.json", nodeJSON, "server.js", nodeServer, base, text)
	}
	python := func(name, base, text string) bomb {
		return one(name, "requirements.txt", "fastapi\nuvicorn\n", "main.py", "from fastapi import FastAPI\napp = FastAPI()\n", base, text)
	}
	rust := func(name, base, text string) bomb {
		return one(name, "Cargo.toml", cargo, "src/main.rs", rustMain, base, text)
	}
	java := func(name, base, text string) bomb {
		return one(name, "pom.xml", pom+"</project>", "src/main/java/a/App.java", javaMain, base, text)
	}
	golang := func(name, base, text string) bomb {
		return one(name, "go.mod", "module a\n\ngo 1.26\n", "main.go", goMain, base, text)
	}
	site := func(name, base, text string) bomb { return one(name, "index.html", "<p>", base, text) }
	astro := `{"name": "x", "version": "1.0.0", "scripts": {"build": "astro build"}, "dependencies": {"astro": "5.0.0"}}`
	config := func(name, text string) bomb {
		return one(name, "package.json", astro, "astro.config.mjs", text)
	}
	all := []bomb{
		// YAML
		node("yaml aliases in pnpm-workspace", "pnpm-workspace.yaml", laughs(12)+"packages: *a12\n"),
		node("yaml aliases in pnpm-lock", "pnpm-lock.yaml", "lockfileVersion: '9.0'\n"+laughs(12)),
		node("yaml aliases in yarnrc", ".yarnrc.yml", laughs(12)),
		java("yaml aliases in application.yml", "src/main/resources/application.yml", laughs(12)+"server:\n  port: *a12\n"),
		site("yaml aliases in Staticfile", "Staticfile", laughs(12)+"root: *a12\n"),
		python("yaml aliases in environment.yml", "environment.yml", laughs(12)),
		node("yaml merge keys", "pnpm-workspace.yaml", doubling(40, "a0: &a0 {k0: 1}\n", func(i int) string {
			return fmt.Sprintf("a%d: &a%d {<<: [*a%d, *a%d], k%d: 1}\n", i, i, i-1, i-1, i)
		})),
		node("yaml flow depth", "pnpm-workspace.yaml", "packages: "+nested("[", "", "]", 500_000)),
		node("yaml flow maps depth", "pnpm-lock.yaml", nested("{a: ", "b", "}", 300_000)),
		java("yaml block depth", "src/main/resources/application.yml", func() string {
			var b strings.Builder
			for i := range 3000 {
				b.WriteString(strings.Repeat(" ", i) + "a:\n")
			}
			return b.String()
		}()),
		node("yaml sequences depth", "pnpm-workspace.yaml", "packages:\n  "+strings.Repeat("- ", 200_000)+"a\n"),
		node("yaml documents", "pnpm-workspace.yaml", many("---\na: 1\n")),
		node("yaml entries", "pnpm-workspace.yaml", "packages:\n"+many("- a\n")),
		site("yaml one long line", "Staticfile", "root: "+many("a")),
		// TOML
		rust("toml dotted keys", "Cargo.toml", cargo+"[x]\n"+strings.Repeat("a.", 40_000)+"a = 1\n"),
		rust("toml tables of dotted keys", "Cargo.toml", cargo+strings.Repeat("[["+strings.Repeat("a.", 500)+"a]]\n", 2000)),
		rust("toml arrays depth", "Cargo.toml", cargo+"x = "+nested("[", "", "]", 1_000_000)),
		rust("toml inline tables depth", "Cargo.toml", cargo+"x = "+nested("{a=", "1", "}", 500_000)),
		rust("toml entries", "Cargo.lock", "version = 4\n"+many("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n")),
		python("toml dotted keys of pyproject", "pyproject.toml", "[project]\nname = \"a\"\n[x]\n"+strings.Repeat("a.", 40_000)+"a = 1\n"),
		python("toml arrays depth of pyproject", "pyproject.toml", "x = "+nested("[", "", "]", 1_000_000)),
		python("toml entries of uv.lock", "uv.lock", "version = 1\n"+many("[[package]]\nname = \"a\"\nversion = \"1.0.0\"\n")),
		{name: "toml keys of dockgen.toml", whole: true, files: file("go.mod", "module a\n", "main.go", goMain, "dockgen.toml", "[labels]\n"+func() string {
			var b strings.Builder
			for i := range 60_000 {
				fmt.Fprintf(&b, "k%d = \"v\"\n", i)
			}
			return b.String()
		}())},
		{name: "toml lines of dockgen.toml", whole: true, files: file("go.mod", "module a\n", "main.go", goMain, "dockgen.toml", strings.Repeat("[[lines]]\nstage = \"runtime\"\nplace = \"end\"\ntext = \"ENV A=1\"\n", 15_000))},
		{name: "toml depth of dockgen.toml", whole: true, files: file("go.mod", "module a\n", "main.go", goMain, "dockgen.toml", "x = "+nested("[", "", "]", 500_000))},
		{name: "toml dotted keys of dockgen.toml", whole: true, files: file("go.mod", "module a\n", "main.go", goMain, "dockgen.toml", strings.Repeat("a.", 500_000)+"a = 1\n")},
		{name: "toml services of dockgen.toml", whole: true, files: file("go.mod", "module a\n", "main.go", goMain, "dockgen.toml", func() string {
			var b strings.Builder
			for i := range 30_000 {
				fmt.Fprintf(&b, "[service.s%d]\nfrom = \"a\"\n", i)
			}
			return b.String()
		}())},
		// JSON
		node("json depth of package.json", "package.json", `{"name": "x", "a": `+nested("[", "", "]", 4_000_000)+"}"),
		node("json depth of package-lock", "package-lock.json", `{"lockfileVersion": 3, "packages": `+nested(`{"a":`, "1", "}", 1_500_000)+"}"),
		node("json depth of tsconfig", "tsconfig.json", nested("[", "", "]", 4_000_000)),
		node("json depth of bun.lock", "bun.lock", `{"lockfileVersion": 1, "packages": `+nested("[", "", "]", 4_000_000)+"}"),
		one("json depth of deno.json", "deno.json", nested(`{"a":`, "1", "}", 1_500_000), "main.ts", "Deno.serve(() => 1)"),
		node("json entries of package-lock", "package-lock.json", `{"lockfileVersion": 3, "packages": {`+many(`"node_modules/a": {"version": "1.0.0"},`)+`"": {}}}`),
		node("json dependencies", "package.json", func() string {
			var b strings.Builder
			for i := range 150_000 {
				fmt.Fprintf(&b, `"d%d": "^1.0.0 || ^2.0.0",`, i)
			}
			return `{"name": "x", "scripts": {"start": "node server.js"}, "dependencies": {` + b.String() + `"z": "1"}}`
		}()),
		// programs that are configuration
		config("javascript not", "export default "+strings.Repeat("!", 300_000)+"1"),
		config("javascript parentheses", "export default "+nested("(", "1", ")", 300_000)),
		config("javascript arrays", "export default "+nested("[", "1", "]", 300_000)),
		config("javascript objects", "export default "+nested("{a:", "1", "}", 300_000)),
		config("javascript sums", "export default "+strings.Repeat("1+", 500_000)+"1"),
		config("javascript members", "export default a"+strings.Repeat(".a", 500_000)),
		config("javascript calls", "export default f"+strings.Repeat("()", 500_000)),
		config("javascript blocks", nested("{", "", "}", 300_000)),
		config("javascript functions", "export default "+strings.Repeat("()=>", 200_000)+"1"),
		config("javascript conditions", "export default "+strings.Repeat("a?b:", 300_000)+"1"),
		config("javascript templates", "export default "+nested("`${", "1", "}`", 100_000)),
		config("javascript doubling", doubling(60, "const a0 = 'xxxxxxxxxxxxxxxx';\n", func(i int) string { return fmt.Sprintf("const a%d = a%d + a%d;\n", i, i-1, i-1) })+"export default {site: a60, base: a60, outDir: a60}"),
		config("javascript spreading", doubling(40, "const a0 = [1, 2];\n", func(i int) string { return fmt.Sprintf("const a%d = [...a%d, ...a%d];\n", i, i-1, i-1) })+"export default {integrations: a40}"),
		one("typescript depth", "package.json", astro, "astro.config.ts", "export default "+nested("(", "1", ")", 300_000)),
		one("typescript generics", "package.json", astro, "astro.config.ts", "let a: "+nested("A<", "B", ">", 300_000)+"; export default {}"),
		node("javascript lines", "server.js", nodeServer+many("x = 1\n")),
		one("typescript lines", "package.json", astro, "astro.config.ts", "export default {}\n"+many("x = 1;\n")),
		java("java lines", "src/main/java/a/Other.java", "package a;\nclass Other {\n"+many("int x = 1;\n")+"}\n"),
		rust("rust lines", "src/main.rs", rustMain+many("fn a() {}\n")),
		node("javascript depth of a server", "server.js", strings.Repeat("!", 1_000_000)+"1"),
		// scripts
		one("scripts that call each other twice", "server.js", nodeServer, "package.json", func() string {
			var b strings.Builder
			for i := range 60 {
				fmt.Fprintf(&b, `"s%d": "npm run s%d && npm run s%d",`, i, i+1, i+1)
			}
			return `{"name": "x", "scripts": {` + b.String() + `"s60": "node server.js", "start": "npm run s0", "build": "npm run s0"}}`
		}()),
		node("script depth", "package.json", `{"name": "x", "scripts": {"start": "`+nested("(", "node server.js", ")", 200_000)+`"}}`),
		node("script substitutions", "package.json", `{"name": "x", "scripts": {"start": "`+nested("$(", "node server.js", ")", 200_000)+`"}}`),
		node("script of many steps", "package.json", `{"name": "x", "scripts": {"start": "`+many("a && ")+`node server.js"}}`),
		node("script braces", "package.json", `{"name": "x", "scripts": {"start": "node `+strings.Repeat("{a,b}", 60)+`"}}`),
		python("Procfile", "Procfile", many("web: gunicorn main:app\n")),
		python("Procfile of one line", "Procfile", "web: "+nested("$(", "a", ")", 300_000)),
		// sources
		python("python parentheses", "main.py", "from fastapi import FastAPI\napp = "+nested("(", "FastAPI()", ")", 300_000)),
		python("python not", "main.py", "from fastapi import FastAPI\napp = FastAPI()\nx = "+strings.Repeat("not ", 300_000)+"1"),
		python("python sums", "main.py", "import os\nfrom fastapi import FastAPI\napp = FastAPI()\nPORT = "+strings.Repeat("1+", 500_000)+"1"),
		python("python doubling", "main.py", doubling(60, "from fastapi import FastAPI\napp = FastAPI()\na0 = 'xxxxxxxxxxxx'\n", func(i int) string { return fmt.Sprintf("a%d = a%d + a%d\n", i, i-1, i-1) })+"open(a60)\n"),
		python("python lines", "main.py", "from fastapi import FastAPI\napp = FastAPI()\n"+many("x = 1\n")),
		python("setup.py", "setup.py", "from setuptools import setup\nsetup(install_requires="+nested("[", "", "]", 300_000)+")"),
		python("requirements that include each other", "requirements.txt", strings.Repeat("-r requirements.txt\n-r a.txt\n", 1000)),
		python("requirements of many lines", "requirements.txt", many("a==1.0.0 ; python_version < '3'\n")),
		python("requirement markers", "requirements.txt", "a==1 ; "+nested("(", "python_version < '3'", ")", 300_000)),
		golang("go parentheses", "main.go", "package main\n\nvar x = "+nested("(", "1", ")", 300_000)+"\n\nfunc main() {}\n"),
		golang("go doubling", "main.go", "package main\n\nimport \"net/http\"\n\n"+doubling(60, "const a0 = \":8080xxxxxxxx\"\n", func(i int) string { return fmt.Sprintf("const a%d = a%d + a%d\n", i, i-1, i-1) })+"func main() { http.ListenAndServe(a60, nil) }\n"),
		golang("go constants", "main.go", "package main\n\n"+many("const _ = 1\n")+"func main() {}\n"),
		golang("go.mod requirements", "go.mod", "module a\n\ngo 1.26\n\nrequire (\n"+many("\texample.com/a v1.0.0\n")+")\n"),
		rust("rust braces", "src/main.rs", "fn main() "+nested("{", "", "}", 1_000_000)),
		rust("rust comments", "src/main.rs", nested("/*", "", "*/", 1_000_000)+"fn main() {}"),
		java("java braces", "src/main/java/a/App.java", "package a;\npublic class App { public static void main(String[] a) "+nested("{", "", "}", 1_000_000)+"}"),
		java("java doubling", "src/main/java/a/App.java", "package a;\npublic class App {\n"+doubling(60, "static final String A0 = \"xxxxxxxx\";\n", func(i int) string { return fmt.Sprintf("static final String A%d = A%d + A%d;\n", i, i-1, i-1) })+"public static void main(String[] a) { new java.io.File(A60); } }"),
		java("pom depth", "pom.xml", "<project>"+nested("<a>", "", "</a>", 1_000_000)+"</project>"),
		java("pom properties", "pom.xml", pom+"<properties>"+doubling(60, "<a0>xxxxxxxx</a0>", func(i int) string { return fmt.Sprintf("<a%d>${a%d}${a%d}</a%d>", i, i-1, i-1, i) })+"<java.version>${a60}</java.version></properties></project>"),
		java("application.properties", "src/main/resources/application.properties", doubling(60, "a0=xxxxxxxx\n", func(i int) string { return fmt.Sprintf("a%d=${a%d}${a%d}\n", i, i-1, i-1) })+"server.port=${a60}\n"),
		one("gradle blocks", "build.gradle", "plugins { id 'java'; id 'application' }\n"+nested("a {", "", "}", 1_000_000), "src/main/java/a/App.java", javaMain),
		one("gradle strings", "build.gradle", "plugins { id 'application' }\n"+doubling(60, "def a0 = 'xxxxxxx'\n", func(i int) string { return fmt.Sprintf("def a%d = \"${a%d}${a%d}\"\n", i, i-1, i-1) })+"application { mainClass = a60 }\n", "src/main/java/a/App.java", javaMain),
		site("nginx depth", "nginx.conf", nested("a {", "", "}", 1_000_000)),
		// trees
		{name: "parents of poms", files: func() map[string]string {
			files := map[string]string{}
			for i := range 1000 {
				files[fmt.Sprintf("bomb/p%d/pom.xml", i)] = fmt.Sprintf("<project><modelVersion>4.0.0</modelVersion><parent><groupId>g</groupId><artifactId>p%d</artifactId><version>1</version><relativePath>../p%d</relativePath></parent><artifactId>p%d</artifactId></project>", i+1, i+1, i)
			}
			files["bomb/p1000/pom.xml"] = "<project><modelVersion>4.0.0</modelVersion><groupId>g</groupId><artifactId>p1000</artifactId><version>1</version></project>"
			return files
		}},
		{name: "tsconfigs that extend each other", files: func() map[string]string {
			files := map[string]string{"bomb/package.json": nodeJSON, "bomb/server.js": nodeServer}
			for i := range 60 {
				files[fmt.Sprintf("bomb/t%d.json", i)] = fmt.Sprintf(`{"extends": ["./t%d.json", "./t%d.json"]}`, i+1, i+1)
			}
			files["bomb/tsconfig.json"], files["bomb/t60.json"] = `{"extends": "./t0.json"}`, "{}"
			return files
		}},
		{name: "requirements that double", files: func() map[string]string {
			files := map[string]string{"bomb/main.py": "from fastapi import FastAPI\napp = FastAPI()\n", "bomb/requirements.txt": "-r r0.txt\n", "bomb/r60.txt": "fastapi\nuvicorn\n"}
			for i := range 60 {
				files[fmt.Sprintf("bomb/r%d.txt", i)] = fmt.Sprintf("-r r%d.txt\n-r r%d.txt\n", i+1, i+1)
			}
			return files
		}},
		{name: "workspace patterns with braces", files: file("bomb/package.json", `{"name": "x", "workspaces": ["`+strings.Repeat("{a,b}", 40)+`"]}`, "bomb/a/package.json", nodeJSON)},
		{name: "workspace patterns with stars", files: func() map[string]string {
			files := map[string]string{"bomb/package.json": `{"name": "x", "workspaces": ["` + strings.Repeat("**/a*/", 30) + `b"]}`}
			files["bomb/"+strings.Repeat("aa/", 60)+"package.json"] = nodeJSON
			return files
		}},
		{name: "gitignore with many patterns", files: func() map[string]string {
			files := map[string]string{"bomb/.gitignore": strings.Repeat("a*b*c*d*e\n", 100_000), "bomb/package.json": nodeJSON, "bomb/server.js": nodeServer}
			for i := range 300 {
				files[fmt.Sprintf("bomb/aabbccdd%d", i)] = ""
			}
			return files
		}},
		{name: "gitignore with stars", files: file("bomb/.gitignore", strings.Repeat("*a", 40)+"b\n"+strings.Repeat("**/a/", 30)+"b\n", "bomb/package.json", nodeJSON, "bomb/server.js", nodeServer, "bomb/"+strings.Repeat("a", 200), "", "bomb/"+strings.Repeat("a/", 40)+"c", "")},
		{name: "modules of go.work", files: func() map[string]string {
			files := map[string]string{}
			var uses strings.Builder
			for i := range 500 {
				fmt.Fprintf(&uses, "use ./m%d\n", i)
				files[fmt.Sprintf("bomb/m%d/go.mod", i)] = fmt.Sprintf("module example.com/m%d\n\ngo 1.26\n", i)
				files[fmt.Sprintf("bomb/m%d/a.go", i)] = fmt.Sprintf("package m\n\nimport _ \"example.com/m%d\"\n", i+1)
			}
			files["bomb/go.work"] = "go 1.26\n" + uses.String()
			return files
		}},
		{name: "members of a workspace of Node", files: func() map[string]string {
			files := map[string]string{"bomb/package.json": `{"name": "root", "workspaces": ["m*"]}`}
			for i := range 800 {
				files[fmt.Sprintf("bomb/m%d/package.json", i)] = fmt.Sprintf(`{"name": "m%d", "version": "1.0.0", "dependencies": {"m%d": "*", "m%d": "*"}}`, i, (i+1)%800, (i*7)%800)
			}
			return files
		}},
		{name: "crates that need each other", files: func() map[string]string {
			files := map[string]string{"bomb/Cargo.toml": "[workspace]\nmembers = [\"m*\"]\n"}
			for i := range 500 {
				files[fmt.Sprintf("bomb/m%d/Cargo.toml", i)] = fmt.Sprintf("[package]\nname = \"m%d\"\nversion = \"0.1.0\"\n[dependencies]\nm%d = { path = \"../m%d\" }\nm%d = { path = \"../m%d\" }\n", i, (i+1)%500, (i+1)%500, (i*7+3)%500, (i*7+3)%500)
				files[fmt.Sprintf("bomb/m%d/src/lib.rs", i)] = ""
			}
			return files
		}},
		{name: "deep folders", files: file("bomb/"+strings.Repeat("d/", 1500)+"package.json", nodeJSON)},
		{name: "many folders", files: func() map[string]string {
			files := map[string]string{}
			for i := range 4000 {
				files[fmt.Sprintf("bomb/%d/%d/a.txt", i/100, i)] = ""
			}
			return files
		}},
		{name: "a Dockerfile with holes", whole: true, files: file("go.mod", "module a\n", "main.go", goMain), prepare: sparse("Dockerfile")},
		{name: "an ignore file with holes", whole: true, files: file("go.mod", "module a\n", "main.go", goMain), prepare: sparse(".dockerignore")},
		{name: "a dockgen.toml with holes", whole: true, files: file("go.mod", "module a\n", "main.go", goMain), prepare: sparse("dockgen.toml")},
		{name: "a bake file with holes", whole: true, files: file("a/go.mod", "module a\n", "a/main.go", goMain, "b/go.mod", "module b\n", "b/main.go", goMain), prepare: sparse("docker-bake.hcl")},
		{name: "a package.json with holes", files: file("bomb/server.js", nodeServer), prepare: sparse("bomb/package.json")},
		{name: "a gitignore with holes", files: file("bomb/server.js", nodeServer), prepare: sparse("bomb/.gitignore")},
		{name: "an edited Dockerfile", whole: true, files: file("go.mod", "module a\n\ngo 1.26\n", "main.go", goMain), prepare: edited},
	}
	return all
}

// sparse makes a file of 2 GB of which nothing stands on the disk.
func sparse(name string) func(t *testing.T, dir string) {
	return func(t *testing.T, dir string) {
		t.Helper()
		f, err := os.Create(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Truncate(2 << 30); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// edited is a Dockerfile of dockgen's with much of a person's.
func edited(t *testing.T, dir string) {
	t.Helper()
	if code := run(t.Context(), []string{"generate", "--quiet", dir}, streams{out: os.Stderr, err: os.Stderr}); code != exitDone {
		t.Fatalf("exit %d", code)
	}
	name := filepath.Join(dir, "Dockerfile")
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	text := strings.Join(lines[:5], "") + many("RUN echo one two three\n") + strings.Join(lines[5:], "")
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}
