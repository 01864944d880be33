package engine_test

import (
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

// vite is a front end in web that Vite builds into web/dist.
const vite = `
-- web/package.json --
{"name":"pages","private":true,"scripts":{"build":"vite build"},"devDependencies":{"vite":"7.1.0"}}
-- web/index.html --
<!doctype html><script type=module src=/main.js></script>
-- web/main.js --
console.log(1)
`

// embeds is a Go program that embeds web/dist.
const embeds = `
-- go.mod --
module example.com/shop

go 1.26
-- main.go --
package main

import (
	"embed"
	"net/http"
)

//go:embed all:web/dist
var pages embed.FS

func main() { http.ListenAndServe(":8080", http.FileServerFS(pages)) }
`

// reads is a Go program that serves what a call gives.
func reads(call string) string {
	return `
-- go.mod --
module example.com/shop

go 1.26
-- main.go --
package main

import (
	"net/http"
	"os"
)

func main() {
	_ = os.Args
	` + call + `
	http.ListenAndServe(":8080", nil)
}
`
}

// express is a server of Node in a folder that serves what a call gives.
func express(dir, scripts, calls string) string {
	return `
-- ` + dir + `package.json --
{"name":"shop","type":"module","scripts":{"start":"node server.js"` + scripts + `},"dependencies":{"express":"5.1.0"}}
-- ` + dir + `server.js --
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import express from "express";
const here = path.dirname(fileURLToPath(import.meta.url));
const app = express();
` + calls + `
app.listen(3000);
`
}

// fastapi is a program of Python that serves what an expression gives.
func fastapi(expression string) string {
	return `
-- requirements.txt --
fastapi==0.116.0
uvicorn==0.35.0
-- pyproject.toml --
[project]
name = "shop"
version = "1"
dependencies = ["fastapi", "uvicorn"]
-- main.py --
import os
from pathlib import Path
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
HERE = Path(__file__).resolve().parent
app = FastAPI()
app.mount("/", StaticFiles(directory=` + expression + `, html=True))
`
}

// rust is a program of Rust in a folder.
func rust(dir, code string) string {
	return `
-- ` + dir + `Cargo.toml --
[package]
name = "shop"
version = "0.1.0"
edition = "2024"

[dependencies]
axum = "0.8"
rust-embed = "8"
-- ` + dir + `src/main.rs --
` + code + `
fn main() { std::net::TcpListener::bind("0.0.0.0:3000").unwrap(); }
`
}

// spring is a service of Spring Boot whose pom has parts of its own.
func spring(dir, build string) string {
	return `
-- ` + dir + `pom.xml --
<project>
  <modelVersion>4.0.0</modelVersion>
  <parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.5.0</version></parent>
  <groupId>x</groupId><artifactId>shop</artifactId><version>1</version>
  <properties><java.version>21</java.version></properties>
  <dependencies><dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies>
  <build>` + build + `<plugins><plugin><groupId>org.springframework.boot</groupId><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build>
</project>
-- ` + dir + `src/main/java/x/Shop.java --
package x;
import org.springframework.boot.autoconfigure.SpringBootApplication;
@SpringBootApplication
public class Shop { public static void main(String[] a) { org.springframework.boot.SpringApplication.run(Shop.class, a); } }
`
}

const settings = `
-- requirements.txt --
Django==5.2.8
gunicorn==23.0.0
-- manage.py --
import os
from django.core.management import execute_from_command_line
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
-- shop/__init__.py --
-- shop/wsgi.py --
from django.core.wsgi import get_wsgi_application
application = get_wsgi_application()
-- shop/settings.py --
from pathlib import Path
BASE_DIR = Path(__file__).resolve().parent.parent
STATIC_ROOT = BASE_DIR / "collected"
WSGI_APPLICATION = "shop.wsgi.application"
`

// TestFrontEnds wants a back end that embeds or serves what a front end is built into to
// be one image with it, or to be told what settles it.
func TestFrontEnds(t *testing.T) {
	for _, c := range []struct {
		name, tree string
		overrides  plan.Overrides
		services   string   // that are left, by their names
		has        []string // lines of the Dockerfile of shop
		lacks      []string
		problem    string
	}{
		{name: "embedded, a placeholder alone", tree: embeds + vite + "-- web/dist/.gitkeep --\n", services: "shop",
			has:   []string{"FROM frontend-deps AS frontend", "COPY web .", "COPY --exclude=web . .", "COPY --from=frontend /app/dist /src/web/dist"},
			lacks: []string{"nginx"}},
		{name: "embedded, and git keeps nothing", tree: embeds + vite + "-- .gitignore --\n/web/dist\n", services: "shop", has: []string{"COPY --from=frontend /app/dist /src/web/dist"}},
		{name: "embedded, a page that says that nothing is built", tree: embeds + vite + "-- web/dist/index.html --\nrun npm run build\n", services: "shop", has: []string{"COPY --from=frontend /app/dist /src/web/dist"}},
		{name: "served while running", tree: reads(`http.Handle("/", http.FileServer(http.Dir("web/dist")))`) + vite, services: "shop",
			has: []string{"COPY --from=frontend /app/dist /app/web/dist", "WORKDIR /app"}},
		{name: "committed", tree: embeds + vite + "-- web/dist/index.html --\n<script src=a.js>\n-- web/dist/a.js --\n1\n", services: "shop", lacks: []string{"frontend"}},
		{name: "nothing builds what is embedded", tree: embeds + "-- web/dist/.gitkeep --\n", problem: "main.go:8: embeds web/dist, which is empty, and nothing here builds it; name the folder of the front end that does with --frontend DIR, or say that there is none with --frontend false"},
		{name: "nothing builds what is served", tree: reads(`http.Handle("/", http.FileServer(http.Dir("web/dist")))`), problem: "main.go:10: serves web/dist, which is empty"},
		{name: "there is none", tree: embeds + "-- web/dist/.gitkeep --\n", overrides: plan.Overrides{FrontEnd: plan.NoFrontEnd}, services: "shop", lacks: []string{"frontend"}},
		{name: "kept apart", tree: embeds + vite + "-- web/dist/.gitkeep --\n", overrides: plan.Overrides{Split: true}, services: "shop pages", lacks: []string{"frontend"}},
		{name: "not joined by anything", tree: reads("") + vite, services: "shop pages", lacks: []string{"frontend"}},
		{name: "a folder that the program writes into", tree: reads(`os.MkdirAll("uploads/out", 0o755); http.Handle("/", http.FileServer(http.Dir("uploads/out")))`), services: "shop"},
		{name: "a folder of data", tree: reads(`http.Handle("/", http.FileServer(http.Dir("files")))`), services: "shop"},
		{name: "asked for first", tree: reads(`if _, err := os.Stat("web/dist"); err == nil { http.Handle("/", http.FileServer(http.Dir("web/dist"))) }`), services: "shop"},
		{name: "named by the user", tree: reads(`http.Handle("/", http.FileServer(http.Dir("static/build")))`) + vite, overrides: plan.Overrides{FrontEnd: "web"}, services: "shop",
			has: []string{"COPY --from=frontend /app/dist /app/static/build"}},
		{name: "named, and nothing is served", tree: reads("") + vite, overrides: plan.Overrides{FrontEnd: "web"}, services: "shop", has: []string{"COPY --from=frontend /app/dist /app/web/dist"}},
		{name: "no such folder", tree: reads("") + vite, overrides: plan.Overrides{FrontEnd: "ui"}, services: "pages", problem: "--frontend ui: no front end that a build makes files of is there; there are web"},
		{name: "two into one folder", tree: embeds + strings.Replace(vite, "vite build", "vite build --outDir ../out", 1) + strings.ReplaceAll(strings.Replace(vite, "vite build", "vite build --outDir ../out", 1), "-- web/", "-- web2/"),
			problem: "main.go:8: embeds out, which web and web2 both build"},
		{name: "embedded, by a name of its own", tree: strings.Replace(embeds, "all:web/dist", "site", 1) + vite,
			problem: "main.go:8: embeds site, and no file matches: is it built and not committed? (where a front end builds it, name its folder with --frontend DIR)"},
		{name: "embedded, by a name of its own, as its advice says", tree: strings.Replace(embeds, "all:web/dist", "site", 1) + vite, overrides: plan.Overrides{FrontEnd: "web"}, services: "shop",
			has: []string{"COPY --from=frontend /app/dist /src/site"}},
		{name: "embedded, more than the front end makes", tree: strings.Replace(embeds, "//go:embed all:web/dist", "//go:embed site\n//go:embed manual", 1) + vite + "-- dockgen.toml --\n[service.shop]\nfrontend = \"web\"\n",
			problem: "main.go:9: embeds manual, and no file matches: is it built and not committed?; the front end in web makes other files: commit these, or let its build make them"},
		{name: "embedded, a file that make makes", tree: strings.Replace(embeds, "all:web/dist", "cert.pem", 1) + vite + "-- .gitignore --\n*.pem\n-- Makefile --\nall:\n\tgo build\nkey.pem cert.pem: go.mod\n\topenssl req\n",
			problem: "main.go:8: embeds cert.pem, which .gitignore:1 leaves out: a build from a clean checkout would not find it; Makefile:3 makes it, and no build runs that; commit what it makes"},
		{name: "a script of the front end for that folder", services: "shop", tree: strings.Replace(embeds, "all:web/dist", "all:pages", 1) + strings.Replace(vite, `"vite build"`, `"vite build","release":"vite build --outDir ../pages"`, 1) + "-- .gitignore --\n/pages\n",
			has: []string{"COPY --from=frontend /pages /src/pages", "    npm run release"}},
		{name: "Rust, a page of a folder that is not known", tree: rust("", "fn page(f: &str) { NamedFile::open(Path::new(f).join(\"index.html\")); }"), services: "shop", lacks: []string{"frontend"}},
		{name: "named in a dockgen.toml", tree: reads(`http.Handle("/", http.FileServer(http.Dir("static/build")))`) + vite + "-- dockgen.toml --\n[service.shop]\nfrontend = \"web\"\n", services: "shop",
			has: []string{"COPY --from=frontend /app/dist /app/static/build"}},
		{name: "refused in a dockgen.toml", tree: embeds + vite + "-- web/dist/.gitkeep --\n-- dockgen.toml --\n[service.shop]\nfrontend = false\n", services: "shop pages", lacks: []string{"frontend"}},
		{name: "with settings of its own", tree: embeds + vite + "-- dockgen.toml --\n[service.web]\nlang-version = \"22\"\n[service.shop]\nruntime = \"slim\"\n", services: "shop",
			has: []string{"FROM node:22.23.2-trixie-slim AS frontend-deps", "FROM debian:13.6-slim AS runtime"}},
		{name: "a folder above", services: "shop",
			tree: strings.ReplaceAll(reads(`http.Handle("/", http.FileServer(http.Dir("../web/dist")))`), "-- ", "-- back/") + vite,
			has:  []string{"COPY web/package.json ./", "COPY back/go.mod ./", "COPY back .", "COPY --from=frontend /app/dist /web/dist"}},
		{name: "Node, from its own folder", tree: express("", "", `app.use(express.static("web/dist"));`) + vite, services: "shop",
			has: []string{"COPY package.json server.js ./", "COPY --from=frontend /app/dist ./web/dist"}},
		{name: "Node, beside the file", tree: express("api/", "", `const pages = path.join(here, "..", "web", "dist"); app.get("*", (q, r) => r.sendFile(path.join(pages, "index.html")));`) + vite, services: "shop",
			has: []string{"COPY web .", "COPY api/package.json api/server.js ./", "COPY --from=frontend /app/dist /web/dist"}},
		{name: "Node, the root builds it", tree: express("", `,"build":"cd web && npm install && npm run build"`, `app.use(express.static(new URL("web/dist", import.meta.url).pathname));`) + vite, services: "shop",
			has: []string{"COPY --from=frontend /app/dist ./web/dist"}, lacks: []string{"npm run build --prefix", "AS builder"}},
		{name: "Node, a script of its own", services: "shop", tree: express("", `,"build:pages":"vite build --outDir web-dist"`, `app.use(express.static("web-dist"));`) + "-- index.html --\n<!doctype html>\n",
			has: []string{"RUN npm run build:pages", "COPY --from=builder /app/web-dist ./web-dist"}},
		{name: "Node, a script of its own file makes it", services: "shop", tree: express("", `,"build":"./bin/build.sh"`, `app.use(express.static("build/client"));`) + "-- bin/build.sh --\n#!/bin/sh\nnpx react-router build\n", lacks: []string{"frontend"}},
		{name: "Node, a file of its own makes it, and not what it is not called for", tree: express("", `,"build":"./bin/build.sh"`, `app.get("*", (q, r) => r.sendFile(path.join(here, "pages", "index.html")));`) + "-- bin/build.sh --\n#!/bin/sh\n", problem: "server.js:7: serves pages"},
		{name: "Node, data", tree: express("", "", `app.use(express.static("public"));`), services: "shop", lacks: []string{"frontend"}},
		{name: "Node, asked for first", tree: express("", "", `if (fs.existsSync("dist")) app.use(express.static("dist"));`), services: "shop", lacks: []string{"frontend"}},
		{name: "Node, nothing builds it", tree: express("", "", `app.use(express.static("dist"));`), problem: "server.js:7: serves dist, which is empty"},
		{name: "Python, beside the file", tree: fastapi(`HERE / "web" / "dist"`) + vite, services: "shop", has: []string{"COPY --exclude=web . .", "COPY --from=frontend /app/dist /app/web/dist"}},
		{name: "Python, by os.path", tree: fastapi(`os.path.join(os.path.dirname(os.path.abspath(__file__)), "web", "dist")`) + vite, services: "shop", has: []string{"COPY --from=frontend /app/dist /app/web/dist"}},
		{name: "Python, from a variable", tree: fastapi(`os.getenv("PAGES", "web/dist")`) + vite, services: "shop", has: []string{"COPY --from=frontend /app/dist /app/web/dist"}},
		{name: "Python, nothing builds it", tree: fastapi(`HERE / "dist"`), problem: "main.py:7: serves dist, which is empty"},
		{name: "Python, data", tree: fastapi(`"media"`), services: "shop", lacks: []string{"frontend"}},
		{name: "Python, Django gathers it", tree: "-- pyproject.toml --\n[project]\nname = \"shop\"\nversion = \"1\"\n" + settings + "STATICFILES_DIRS = [BASE_DIR / \"web\" / \"dist\"]\n" + vite, services: "shop",
			has: []string{"COPY --exclude=web . .", "COPY --from=frontend /app/dist /app/web/dist", "FROM deps AS builder"}},
		{name: "Python, Django gathers nothing yet", tree: "-- pyproject.toml --\n[project]\nname = \"shop\"\nversion = \"1\"\n" + settings + "STATICFILES_DIRS = [BASE_DIR / \"static\"]\n-- static/.gitkeep --\n", services: "shop", lacks: []string{"frontend"}},
		{name: "Rust, an attribute", tree: rust("", "#[derive(rust_embed::Embed)]\n#[folder = \"web/dist/\"]\nstruct Pages;") + vite, services: "shop", has: []string{"COPY --exclude=web . .", "COPY --from=frontend /app/dist /src/web/dist"}},
		{name: "Rust, a macro", tree: rust("back/", "static PAGES: Dir = include_dir!(\"$CARGO_MANIFEST_DIR/../web/dist\");") + vite + "-- web/dist/.gitkeep --\n", services: "shop", has: []string{"COPY back .", "COPY --from=frontend /app/dist /web/dist"}},
		{name: "Rust, while running", tree: rust("", "fn pages() { ServeDir::new(\"web/dist\").fallback(ServeFile::new(\"web/dist/index.html\")); }") + vite, services: "shop", has: []string{"COPY --from=frontend /app/dist /app/web/dist", "WORKDIR /app"}},
		{name: "Rust, nothing builds it", tree: rust("", "#[derive(rust_embed::Embed)]\n#[folder = \"dist/\"]\nstruct Pages;"), problem: "src/main.rs:2: embeds dist, and no file matches"},
		{name: "Rust, data", tree: rust("", "fn pages() { ServeDir::new(\"media\"); }"), services: "shop", lacks: []string{"frontend"}},
		{name: "Rust, asked for first", tree: rust("", "fn pages() { if Path::new(\"dist\").exists() { ServeDir::new(\"dist\"); } }"), services: "shop", lacks: []string{"frontend"}},
		{name: "Java, taken along", tree: spring("back/", "<resources><resource><directory>../web/dist</directory><targetPath>static</targetPath></resource></resources>") + vite, services: "shop",
			has: []string{"COPY back .", "COPY --from=frontend /app/dist /web/dist"}},
		{name: "Java, built into its resources", tree: spring("", "") + strings.Replace(vite, "vite build", "vite build --outDir ../src/main/resources/static", 1), services: "shop",
			has: []string{"COPY --exclude=web . .", "COPY --from=frontend /src/main/resources/static /src/src/main/resources/static"}},
		{name: "Python, built into its sources", services: "shop", tree: strings.ReplaceAll(fastapi(`os.environ["PAGES"]`), "-- main.py", "-- shop/main.py") + "-- shop/__init__.py --\n" + strings.Replace(vite, "vite build", "vite build --outDir ../shop/static/web", 1),
			has: []string{"COPY --exclude=web . .", "COPY --from=frontend /shop/static/web /app/shop/static/web"}},
		{name: "Go, built into a folder of it", services: "shop", tree: reads("") + "-- internal/pages/pages.go --\npackage pages\n" + strings.Replace(vite, "vite build", "vite build --outDir ../internal/pages/dist", 1),
			has: []string{"COPY --from=frontend /internal/pages/dist /app/internal/pages/dist"}},
		{name: "Node, built into its folder", services: "shop", tree: express("api/", "", "app.use(express.static(process.env.PAGES));") + "-- api/views/a.txt --\n" + strings.Replace(vite, "vite build", "vite build --outDir ../api/pages", 1),
			has: []string{"COPY --from=frontend /api/pages ./pages"}},
		{name: "built beside the back end", services: "shop pages", tree: strings.ReplaceAll(reads(""), "-- ", "-- back/") + strings.Replace(vite, "vite build", "vite build --outDir ../dist/web", 1), lacks: []string{"frontend"}},
		{name: "built at the root of the back end", services: "shop pages", tree: reads("") + strings.Replace(vite, "vite build", "vite build --outDir ../public", 1), lacks: []string{"frontend"}},
		{name: "built into its sources, and refused", services: "shop pages", tree: reads("") + "-- internal/pages/pages.go --\npackage pages\n-- dockgen.toml --\n[service.shop]\nfrontend = false\n" + strings.Replace(vite, "vite build", "vite build --outDir ../internal/pages/dist", 1), lacks: []string{"frontend"}},
		{name: "Gradle, what it makes by itself", services: "shop",
			tree: "-- package.json --\n{\"private\":true}\n-- back/settings.gradle --\nrootProject.name = 'shop'\n-- back/gradle/wrapper/gradle-wrapper.properties --\ndistributionUrl=https\\://services.gradle.org/distributions/gradle-9.1.0-bin.zip\n-- back/build.gradle --\nplugins {\n  id 'java'\n  id 'org.springframework.boot' version '3.5.0'\n}\njava { toolchain { languageVersion = JavaLanguageVersion.of(21) } }\nsourceSets { main { java { srcDirs 'build/generated/source/proto/main/java' } } }\n" + "-- back/src/main/java/x/Shop.java --\npackage x;\n@org.springframework.boot.autoconfigure.SpringBootApplication\npublic class Shop { public static void main(String[] a) { org.springframework.boot.SpringApplication.run(Shop.class, a); } }\n", lacks: []string{"frontend"}},
		{name: "Java, its own build does it", services: "shop", lacks: []string{"frontend-deps"},
			tree: strings.Replace(spring("", "<resources><resource><directory>web/dist</directory></resource></resources>"), "<plugins>", "<plugins><plugin><groupId>com.github.eirslett</groupId><artifactId>frontend-maven-plugin</artifactId><version>1.15.1</version></plugin>", 1) + vite},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.name == "two into one folder" {
				c.tree = strings.Replace(c.tree, "all:web/dist", "all:out", 1)
			}
			e, err := engine.New(all.Stacks())
			if err != nil {
				t.Fatal(err)
			}
			tree := detecttest.Tree(t, txtar.Parse([]byte(c.tree)))
			result, err := e.Generate(t.Context(), tree, engine.Request{Overrides: c.overrides, Services: asked(c.overrides)})
			if err != nil {
				t.Fatal(err)
			}
			var names []string
			for _, o := range result.Outcomes {
				names = append(names, o.Service.Name)
				if o.Err != nil {
					t.Fatal(o.Err)
				}
			}
			if got := strings.Join(names, " "); c.services != "" && got != c.services {
				t.Errorf("services %q, want %q", got, c.services)
			}
			var problems []string
			for _, p := range result.Findings.Problems {
				problems = append(problems, p.Error())
			}
			if got := strings.Join(problems, "\n"); c.problem == "" != (got == "") || !strings.Contains(got, c.problem) {
				t.Errorf("problems %q, want %q", got, c.problem)
			}
			i := slices.Index(names, "shop")
			if i < 0 {
				return
			}
			text := string(result.Outcomes[i].Files[0].Data)
			for _, line := range c.has {
				if !strings.Contains(text, "\n"+line+"\n") {
					t.Errorf("no line %q in\n%s", line, text)
				}
			}
			for _, word := range c.lacks {
				if strings.Contains(text, word) {
					t.Errorf("%q in\n%s", word, text)
				}
			}
		})
	}
}

// asked names the service that an answer is for, where it is for one.
func asked(o plan.Overrides) []string {
	if o.FrontEnd != "" && o.FrontEnd != "ui" {
		return []string{"shop"}
	}
	return nil
}

// TestFrontEndTests wants the tests of both in the bake file, and either left out where
// none are wanted.
func TestFrontEndTests(t *testing.T) {
	e, err := engine.New(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	tree := detecttest.Tree(t, txtar.Parse([]byte(embeds+strings.Replace(vite, `"build":`, `"test":"node --test","build":`, 1))))
	for _, c := range []struct {
		without bool
		want    string
	}{{false, "test frontend-test"}, {true, ""}} {
		result, err := e.Generate(t.Context(), tree, engine.Request{Overrides: plan.Overrides{NoTestStage: c.without}})
		if err != nil || len(result.Outcomes) != 1 || result.Outcomes[0].Err != nil {
			t.Fatal(err, result.Outcomes)
		}
		o := result.Outcomes[0]
		if got := strings.Join(o.Plan.Tests(), " "); got != c.want {
			t.Errorf("test stages %q, want %q", got, c.want)
		}
		bake, err := e.Bake("docker-bake.hcl", []engine.Outcome{o, {Plan: plan.Plan{Context: "x"}, Dockerfile: "x/Dockerfile"}}, nil, nil, config.Bake{})
		if err != nil {
			t.Fatal(err)
		}
		for _, target := range strings.Fields(c.want) {
			if text := "target \"shop-" + target + "\" {\n  inherits  = [\"shop\"]\n  target    = \"" + target + "\"\n"; !strings.Contains(string(bake.Data), text) {
				t.Errorf("no %s in\n%s", text, bake.Data)
			}
		}
	}
}
