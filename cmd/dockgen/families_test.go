package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/catalog"
)

// bases are images of each family, by what installs packages there and how a user is
// made; none of both where neither can be.
var bases = []struct {
	image, family, manager, user string
}{
	{"registry.example.com/base:1", "alpine", "apk add", "adduser -S"},
	{"cgr.dev/chainguard/wolfi-base:latest", "", "apk add", ""},
	{"registry.example.com/base:1", "debian", "apt-get install", "useradd"},
	{"ubuntu:24.04", "", "apt-get install", "useradd"},
	{"registry.access.redhat.com/ubi9/ubi-minimal:9.6", "", "microdnf install", ">> /etc/passwd"},
	{"registry.access.redhat.com/ubi9/ubi:9.6", "", "dnf install", "useradd"},
	{"registry.example.com/base:1", "distroless", "", ""},
	{"cgr.dev/chainguard/static:latest", "", "", ""},
	{"dhi.io/debian-base:13-debian13", "", "", ""},
	{"dhi.io/debian-base:13-debian13-dev", "", "apt-get install", ""},
}

// means are all ways to install packages and to make users.
var means = []string{"apk add", "apt-get install", "microdnf install", " dnf install", "adduser -S", "useradd", ">> /etc/passwd"}

// programs are the smallest services of each stack, with the images that theirs stand on.
var programs = []struct {
	stack  string
	files  map[string]string
	images []string // of the build, and of each runtime
}{
	{"go", map[string]string{
		"go.mod":  "module example.com/a\n\ngo 1.26\n",
		"main.go": "package main\n\nimport \"net/http\"\n\nfunc main() { http.ListenAndServe(\":8080\", nil) }\n",
	}, []string{"golang", "debian", "alpine", "gcr.io/distroless/static-debian13"}},
	{"rust", map[string]string{
		"Cargo.toml":  "[package]\nname = \"a\"\nversion = \"0.1.0\"\nedition = \"2021\"\n",
		"Cargo.lock":  "version = 4\n\n[[package]]\nname = \"a\"\nversion = \"0.1.0\"\n",
		"src/main.rs": "fn main() { std::net::TcpListener::bind(\"0.0.0.0:8080\").unwrap(); }\n",
	}, []string{"rust", "debian", "alpine", "gcr.io/distroless/cc-debian13"}},
	{"node", map[string]string{
		"package.json":      `{"name": "a", "version": "1.0.0", "scripts": {"start": "node a.js"}, "dependencies": {"pg-native": "^3"}}`,
		"package-lock.json": `{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a", "dependencies": {"pg-native": "^3"}}, "node_modules/pg-native": {"version": "3.0.0", "hasInstallScript": true}}}`,
		"a.js":              "require('http').createServer().listen(8080);\n",
	}, []string{"node", "gcr.io/distroless/nodejs24-debian13"}},
	{"python", map[string]string{
		"requirements.txt": "psycopg2==2.9.10\n",
		"main.py":          "import http.server\nimport psycopg2\n\nhttp.server.HTTPServer((\"\", 8080), http.server.SimpleHTTPRequestHandler).serve_forever()\n",
	}, []string{"python"}},
	{"java", map[string]string{
		"pom.xml":              "<project xmlns=\"http://maven.apache.org/POM/4.0.0\"><modelVersion>4.0.0</modelVersion><groupId>e</groupId><artifactId>a</artifactId><version>1</version><properties><maven.compiler.release>21</maven.compiler.release></properties><build><plugins><plugin><groupId>org.apache.maven.plugins</groupId><artifactId>maven-jar-plugin</artifactId><configuration><archive><manifest><mainClass>A</mainClass></manifest></archive></configuration></plugin></plugins></build></project>\n",
		"src/main/java/A.java": "public class A { public static void main(String[] a) throws Exception { com.sun.net.httpserver.HttpServer.create(new java.net.InetSocketAddress(8080), 0).start(); } }\n",
	}, []string{"maven", "eclipse-temurin"}},
	{"static", map[string]string{"index.html": "<!doctype html><title>a</title>\n"}, []string{"nginxinc/nginx-unprivileged"}},
}

var stageOf = regexp.MustCompile(`(?m)^FROM (?:--\S+ )*(\S+) AS (\S+)$`)

// TestFamilies puts a base of each family in the place of each image of each stack: what
// is written uses the means of that family alone in the stages that stand on it, or it is
// refused at the key.
func TestFamilies(t *testing.T) {
	t.Parallel()
	for _, p := range programs {
		t.Run(p.stack, func(t *testing.T) {
			t.Parallel()
			on := map[string]int{} // stages that stood on each base
			for _, runtime := range []string{"", "slim", "alpine", "distroless", "scratch", "jlink"} {
				for _, image := range p.images {
					for _, base := range bases {
						on[base.manager] += replaced(t, p.files, runtime, image, base.image, base.family, base.manager, base.user)
					}
				}
			}
			for _, manager := range []string{"apk add", "apt-get install"} {
				if on[manager] == 0 {
					t.Errorf("nothing stood on a base with %s", manager)
				}
			}
		})
	}
}

// replaced generates with one image in another's place, and looks at the stages on it.
func replaced(t *testing.T, files map[string]string, runtime, image, by, family, manager, user string) (stood int) {
	t.Helper()
	name := strings.Join([]string{runtime, image, by, family}, " ")
	text, errs := generateIn(t, files, settings(runtime, image, by, family))
	if text == "" {
		placed := strings.Contains(errs, "dockgen.toml:") && strings.Contains(errs, "images.replace."+image)
		if unfit := strings.Contains(errs, "dockgen.toml:1: runtime = "); !placed && !unfit {
			t.Errorf("%s: refused without its place: %s", name, errs)
		}
		return 0
	}
	on := map[string]bool{} // stages that stand on it
	for _, stage := range strings.Split(text, "\nFROM ")[1:] {
		m := stageOf.FindStringSubmatch("FROM " + stage)
		if m == nil {
			t.Fatalf("%s: no stage in %q", name, stage)
		}
		on[m[2]] = m[1] == by || on[m[1]]
		if !on[m[2]] {
			continue
		}
		stood++
		for _, way := range means {
			if strings.Contains(" "+stage, way) && !slices.Contains([]string{manager, user}, strings.TrimSpace(way)) && way != user {
				t.Errorf("%s: %s uses %q:\n%s", name, m[2], way, stage)
			}
		}
	}
	return stood
}

// TestFamiliesOfGo wants of each family what its images are given, or why they are refused.
func TestFamiliesOfGo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ by, family, want string }{
		{"registry.example.com/base:1", "alpine", "RUN addgroup -S -g 10001 app && adduser -S -D -H -u 10001 -G app app\nENV ZONEINFO= USER 10001:10001 exec nc"},
		{"registry.example.com/mirror/debian", "", "FROM registry.example.com/mirror/debian:13.6-slim AS runtime\n apt-get install -y --no-install-recommends ca-certificates tzdata useradd bash"},
		{"registry.example.com/base:2-bookworm", "", "apt-get install -y --no-install-recommends ca-certificates tzdata useradd bash"},
		{"ubuntu:24.04", "", "# Ubuntu's archive drops apt-get install -y --no-install-recommends ca-certificates tzdata useradd bash"},
		{"cgr.dev/chainguard/wolfi-base:latest", "", "# Wolfi's archive drops RUN apk add --no-cache tzdata\nCOPY USER 65532:65532 exec nc"},
		{"registry.access.redhat.com/ubi9/ubi-minimal:9.6", "", "FROM registry.access.redhat.com/ubi9/ubi-minimal:9.6 AS runtime\nRUN echo 'app:x:10001:' >> /etc/group ZONEINFO USER 10001:10001 bash"},
		{"registry.example.com/base:1", "distroless", "AS runtime\nCOPY --link --from=builder /out/a /usr/local/bin/a\nUSER 65532:65532\nEXPOSE 8080\nENTRYPOINT"},
		{"dhi.io/debian-base:13-debian13-dev", "", "apt-get install -y --no-install-recommends ca-certificates tzdata\nCOPY USER 65532:65532"},
		{"scratch", "", "AS runtime\nCOPY --link <<EOF /etc/passwd\napp:x:10001:10001::/:/sbin/nologin\nEOF COPY --link --from=builder /image / /etc/ssl/certs/ca-certificates.crt ZONEINFO USER 10001:10001"},
		{"cgr.dev/chainguard/wolfi-base", "", "error: dockgen.toml:3: images.replace.debian = cgr.dev/chainguard/wolfi-base:13.6-slim: there are no tags with versions of it; say which you mean, such as cgr.dev/chainguard/wolfi-base:latest or a digest"},
		{"registry.example.com/base:1", "", `error: dockgen.toml:3: images.replace.debian = registry.example.com/base:1: its name tells no family; say it as { image = "registry.example.com/base:1", family = "debian" } or another of alpine, `},
		{"registry.example.com/base:1", "slackware", `error: dockgen.toml:3: images.replace.debian = registry.example.com/base:1: no family "slackware"; there are alpine, `},
	} {
		text, errs := generateIn(t, programs[0].files, settings("slim", "debian", c.by, c.family))
		if want, refused := strings.CutPrefix(c.want, "error: "); refused {
			if !strings.Contains(errs, want) || text != "" {
				t.Errorf("%s %s: %s, want %s", c.by, c.family, errs, want)
			}
			continue
		}
		if strings.HasPrefix(c.by, "ubuntu:") != strings.Contains(text, "static binary on Ubuntu\n") {
			t.Errorf("%s: the first lines do not say what the image stands on:\n%s", c.by, text)
		}
		_, rest, _ := strings.Cut(text, "AS builder")
		for _, want := range strings.Split(c.want, " ") {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%s %s: no %q at its place of\n%s%s", c.by, c.family, want, text, errs)
				break
			}
			rest = after
		}
	}
}

func settings(runtime, image, by, family string) string {
	text := ""
	if runtime != "" {
		text = "runtime = \"" + runtime + "\"\n"
	}
	text += "[images.replace]\n"
	if family == "" {
		return text + "\"" + image + "\" = \"" + by + "\"\n"
	}
	return text + "\"" + image + "\" = { image = \"" + by + "\", family = \"" + family + "\" }\n"
}

// generateIn gives the Dockerfile of a folder, or what is printed instead.
func generateIn(t *testing.T, files map[string]string, settings string) (text, errs string) {
	t.Helper()
	dir := t.TempDir()
	for name, data := range files {
		write(t, filepath.Join(dir, filepath.FromSlash(name)), []byte(data))
	}
	write(t, filepath.Join(dir, "dockgen.toml"), []byte(settings))
	var out, err strings.Builder
	run(t.Context(), []string{"generate", dir}, streams{out: &out, err: &err})
	data, _ := os.ReadFile(filepath.Join(dir, "Dockerfile"))
	return string(data), err.String()
}

// plain are the files of a program without native code, by its stack.
var plain = map[string]map[string]string{
	"node": {
		"package.json":      `{"name": "a", "version": "1.0.0", "scripts": {"start": "node a.js"}, "dependencies": {"ms": "2"}}`,
		"package-lock.json": `{"name": "a", "lockfileVersion": 3, "packages": {"": {"name": "a", "dependencies": {"ms": "2"}}, "node_modules/ms": {"version": "2.1.3"}}}`,
		"a.js":              "require('http').createServer().listen(8080);\n",
	},
	"python": {
		"requirements.txt": "flask==3.1.0\ngunicorn==23.0.0\n",
		"app.py":           "from flask import Flask\n\napp = Flask(__name__)\n",
	},
}

// TestMakers gives every stack the images of each maker, and wants what is written then, or
// why nothing is.
func TestMakers(t *testing.T) {
	t.Parallel()
	images, err := catalog.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var all txtar.Archive
	for _, maker := range images.Makers() {
		for _, p := range programs {
			files := p.files
			if own, ok := plain[p.stack]; ok {
				files = own
			}
			text, errs := generateIn(t, files, "[images]\nfamily = \""+maker+"\"\n")
			if text == "" {
				text = errs
			}
			text, _, _ = strings.Cut(text, "\n# dockgen:lines")
			all.Files = append(all.Files, txtar.File{Name: maker + " " + p.stack, Data: []byte(strings.TrimSuffix(text, "\n") + "\n")})
		}
	}
	got := txtar.Format(&all)
	file := filepath.Join("testdata", "makers.txtar")
	if *detecttest.Update {
		write(t, file, got)
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestMakerRules asks for images of a maker where there are others, none, or a version that
// it does not have.
func TestMakerRules(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, toml string
		files      map[string]string
		want       string
	}{
		{"other name by a mirror", "[images]\nfamily = \"dhi\"\n[images.mirror]\n\"dhi.io\" = \"docker.io/acme\"\n", plain["node"], "FROM docker.io/acme/node:24.19.0-debian13-dev AS deps\n|FROM docker.io/acme/node:24.19.0-debian13 AS runtime\n|USER 1000:1000"},
		{"one by name before it", "[images]\nfamily = \"dhi\"\n[images.replace]\n\"gcr.io/distroless/static-debian13\" = \"registry.example.com/static:1-distroless\"\n", programs[0].files, "dhi.io/golang:1.26.7-debian13-dev|registry.example.com/static:1-distroless"},
		{"a stack alone", "[stack.go.images]\nfamily = \"dhi\"\n", plain["node"], "FROM node:24.19.0-trixie-slim AS deps"},
		{"not for a service", "[images]\nfamily = \"dhi\"\n[service.a.images]\nfamily = \"\"\n", plain["node"], "FROM node:24.19.0-trixie-slim AS deps"},
		{"a version that is not there", "lang-version = \"1.26.3\"\n[images]\nfamily = \"dhi\"\n", programs[0].files, `error: dockgen.toml:3: images.family = "dhi": Docker's hardened images have none for golang:1.26.3-trixie, as of 2026-08-21; there are 1.26.7; images.replace names another, and family = "" for a service leaves its images`},
		{"nothing to install by", "packages = [\"git\"]\n[images]\nfamily = \"chainguard\"\n", plain["node"], `error: dockgen.toml:1: packages: stage runtime stands on cgr.dev/chainguard/node:latest, which has no package manager to call; family = "" under [images] leaves a service its own image`},
		{"no such", "[images]\nfamily = \"slackware\"\n", plain["node"], `error: dockgen.toml:2: images.family = "slackware": no such family; there are chainguard, dhi`},
		{"a tag without a version", "[images]\nfamily = \"chainguard\"\n", plain["node"], "FROM cgr.dev/chainguard/node:latest-dev AS deps\nUSER 0\n|FROM cgr.dev/chainguard/node:latest AS runtime|USER 65532:65532"},
	} {
		text, errs := generateIn(t, c.files, c.toml)
		if want, refused := strings.CutPrefix(c.want, "error: "); refused {
			if text != "" || !strings.Contains(errs, want) {
				t.Errorf("%s: %s\n%s", c.name, errs, text)
			}
			continue
		}
		rest := text
		for _, want := range strings.Split(c.want, "|") {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("%s: no %q at its place of\n%s%s", c.name, want, text, errs)
				break
			}
			rest = after
		}
	}
}
