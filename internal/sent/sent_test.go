package sent_test

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/sent"
)

// lay writes a tree into a folder, in which "link → x" is a symbolic link.
func lay(t *testing.T, tree string) (string, *sent.Files) {
	t.Helper()
	dir := t.TempDir()
	for _, f := range txtar.Parse([]byte(tree)).Files {
		name, to, link := strings.Cut(f.Name, " → ")
		full := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			t.Fatal(err)
		}
		make := func() error { return os.WriteFile(full, f.Data, 0o644) }
		if link {
			make = func() error { return os.Symlink(to, full) }
		}
		if err := make(); err != nil {
			t.Fatal(err)
		}
	}
	files, err := sent.In(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { files.Close() })
	return dir, files
}

func look(t *testing.T, tree string) *sent.Build {
	t.Helper()
	_, files := lay(t, tree)
	b, err := files.Look(sent.Source{File: "Dockerfile", Context: "."})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// list shows what is sent as "path: lines".
func list(files []sent.File) (all []string) {
	for _, f := range files {
		all = append(all, fmt.Sprint(f.Path, f.Lines))
	}
	return all
}

func TestLook(t *testing.T) {
	b := look(t, `
-- Dockerfile --
FROM golang:1.26 AS builder
COPY go.mod ./
COPY --exclude=*.md cmd cmd
COPY conf/*.toml conf/
COPY --parents libs/**/*.txt ./
RUN --mount=type=bind,source=tools,target=/tools true
FROM builder AS test
COPY testdata testdata
FROM scratch
COPY --from=builder /app /app
ADD https://example.com/x.tar.gz current/ /
-- .dockerignore --
# what nobody wants

**/*.tmp
docs
!docs/keep
node_modules
-- go.mod --
module x
-- cmd/main.go --
package main
-- cmd/README.md --
-- cmd/a.tmp --
-- conf/a.toml --
-- conf/b.yaml --
-- libs/x/y/z.txt --
-- libs/x/z.go --
-- tools/run --
-- testdata/one --
-- current → versions/2 --
-- versions/1/old --
-- versions/2/new --
-- docs/a --
-- docs/keep/b --
-- node_modules/x/index.js --
-- other/file --
`)
	want := []string{
		"cmd/main.go[3]", "conf/a.toml[4]", "current[11]", "go.mod[2]", "libs/x/y/z.txt[5]", "testdata/one[8]", "tools/run[6]", "versions/2/new[11]",
	}
	if diff := cmp.Diff(want, list(b.Files)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sent.Target{{"test", 6, 22}, {"stage-2", 7, 22}}, b.Targets); diff != "" {
		t.Errorf("targets (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]sent.Kept{{"cmd/a.tmp", 3, "**/*.tmp"}, {"docs/", 4, "docs"}, {"node_modules/", 6, "node_modules"}}, b.KeptOut); diff != "" {
		t.Errorf("kept out (-want +got):\n%s", diff)
	}
	if want := []string{".dockerignore", "Dockerfile", "cmd/README.md", "conf/b.yaml", "libs/x/z.go", "other/", "versions/1/"}; !slices.Equal(b.Unnamed, want) {
		t.Errorf("named by nothing: %q, want %q", b.Unnamed, want)
	}
}

// TestSecrets wants what looks like a secret and is sent, by the instruction that takes it.
func TestSecrets(t *testing.T) {
	b := look(t, `
-- Dockerfile --
FROM scratch
COPY . /app
-- .dockerignore --
hidden.key
-- hidden.key --
-- prod.key --
-- Api.PEM --
-----BEGIN PRIVATE KEY-----
-- ca.pem --
-----BEGIN CERTIFICATE-----
-- .env --
-- .env.example --
-- web/.aws/config --
-- data.sqlite --
`)
	var got []string
	for _, s := range b.Secrets {
		got = append(got, fmt.Sprint(s.Path, " ", s.What, " ", s.Pattern, s.Lines))
	}
	want := []string{".env credentials **/*.env[2]", "Api.PEM a private key **/*.pem[2]", "prod.key a private key **/*.key[2]", "web/.aws/config credentials **/.aws[2]"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("secrets (-want +got):\n%s", diff)
	}
}

func TestMissing(t *testing.T) {
	_, files := lay(t, `
-- Dockerfile --
FROM scratch
COPY dist /app
COPY a.txt b*.txt ${ANY} /app/
-- .dockerignore --
a.txt
-- a.txt --
`)
	_, err := files.Look(sent.Source{File: "Dockerfile", Context: "."})
	want := "Dockerfile:2: COPY dist: nothing of that name is in the context, .; what makes it has to run before the build, or the context is another, which --context names\n" +
		"Dockerfile:3: COPY a.txt: .dockerignore:1 keeps it out of the build (a.txt)"
	if err == nil || err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
}

// TestBroken wants the place of what a build would stop at.
func TestBroken(t *testing.T) {
	for _, c := range []struct{ name, tree, want string }{
		{"instruction", "-- Dockerfile --\nFROM scratch\n\nCOPPY a b\n", "Dockerfile:3: unknown instruction: COPPY (did you mean COPY?)"},
		{"quote", "-- Dockerfile --\nFROM scratch\nWORKDIR \"/a\n", `Dockerfile:2: failed to process "\"/a": unexpected end of statement while looking for matching double-quote`},
		{"no stage", "-- Dockerfile --\n# nothing\n", "Dockerfile:1: file with no instructions"},
		{"ignore file", "-- Dockerfile --\nFROM scratch\n-- Dockerfile.dockerignore --\n# x\na[\n", `Dockerfile.dockerignore:2: pattern "a[": syntax error in pattern`},
		{"no file", "", "read Dockerfile: no such file or directory"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, files := lay(t, c.tree)
			if _, err := files.Look(sent.Source{File: "Dockerfile", Context: "."}); err == nil || err.Error() != c.want {
				t.Errorf("got  %v\nwant %s", err, c.want)
			}
		})
	}
}

func TestFind(t *testing.T) {
	dir, files := lay(t, `
-- alone/Dockerfile --
FROM scratch
COPY . .
-- svc/api/Dockerfile --
FROM scratch
COPY lib svc/api /
-- svc/api/main.go --
-- lib/a.go --
-- svc/web/docker/Dockerfile.prod --
FROM scratch
COPY index.html /
-- svc/web/index.html --
-- job/Dockerfile --
FROM scratch
COPY . .
-- compose.yaml --
services:
  job:
    build:
      context: .
      dockerfile: job/Dockerfile
-- told/Dockerfile --
FROM scratch
-- examples/x/Dockerfile --
FROM scratch
-- chart/Dockerfile.tmpl --
{{ .From }}
`)
	tree, err := detect.Scan(t.Context(), dir, detect.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	found, aside := files.Find(tree, ".", []sent.Source{{File: "told/Dockerfile", Context: ".", Says: "docker-bake.hcl"}})
	var got []string
	for _, s := range found {
		got = append(got, s.File+" in "+s.Context+", "+s.Says)
	}
	want := []string{
		"alone/Dockerfile in alone, the folder of the Dockerfile",
		"job/Dockerfile in ., compose.yaml:4",
		"svc/api/Dockerfile in ., the nearest folder with all that it copies",
		"svc/web/docker/Dockerfile.prod in svc/web, the nearest folder with all that it copies",
		"told/Dockerfile in ., docker-bake.hcl",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("found (-want +got):\n%s", diff)
	}
	if len(aside) != 1 || !strings.HasPrefix(aside[0], "examples/x/Dockerfile (") {
		t.Errorf("aside: %q", aside)
	}
}

// TestChange wants what BuildKit keys its cache by: "!" stands for what is repeated in any
// case, "?" for what is if an output changes.
func TestChange(t *testing.T) {
	const service = `
-- Dockerfile --
ARG BASE=deps
ARG DIR=src
FROM golang:1.26 AS deps
WORKDIR /src
COPY go.mod ./
RUN go mod download
FROM ${BASE} AS builder
ARG DIR
COPY ${DIR} .
RUN go build -o /out/app
FROM builder AS test
RUN go test
FROM debian:13 AS tools
RUN --mount=type=bind,source=tools,target=/t cp /t/x /x
FROM scratch
COPY --from=tools /x /x
COPY --link --from=1 /out/app /app
COPY etc /etc
WORKDIR /data
-- .dockerignore --
docs
-- go.mod --
-- src/main.go --
-- tools/x --
-- etc/conf --
-- docs/a --
-- none --
`
	for _, c := range []struct{ name, tree, file, want string }{
		{"manifest", service, "go.mod", "deps 5! 6!, builder 9! 10!, test 12!, stage-4 17? 18? 19?"},
		{"source", service, "src/main.go", "builder 9! 10!, test 12!, stage-4 17? 18? 19?"},
		{"mounted", service, "tools/x", "tools 14!, stage-4 16? 18? 19?"},
		{"copied late", service, "etc/conf", "stage-4 18! 19!"},
		{"kept out", service, "docs/a", "kept out by line 1"},
		{"not named", service, "none", ""},
		{"link", "-- Dockerfile --\nFROM scratch\nCOPY now/a /\n-- now → v1 --\n-- v1/a --\n-- v2/a --\n", "v1/a", "stage-0 2!"},
		{"link's other", "-- Dockerfile --\nFROM scratch\nCOPY now/a /\n-- now → v1 --\n-- v1/a --\n-- v2/a --\n", "v2/a", ""},
		{"what a copy brings is not what it stands behind", "-- Dockerfile --\nFROM debian:13 AS a\nCOPY x /x\nCOPY y /y\nFROM scratch\nCOPY --from=a /y /y\n-- x --\n-- y --\n", "x", "a 2! 3!"},
		{"a folder that is copied whole", "-- Dockerfile --\nFROM debian:13 AS a\nCOPY x /in/x\nFROM scratch\nCOPY --from=a /in /\n-- x --\n", "x", "a 2!, stage-1 4?"},
		{"by a stage alone", "-- Dockerfile --\nFROM debian:13 AS a\nCOPY x /\nFROM a AS b\nFROM b\nRUN true\n-- x --\n", "x", "a 2!, stage-2 5!"},
		{"a variable of the build", "-- Dockerfile --\nFROM scratch\nARG APP\nCOPY apps/$APP /\n-- apps/a/x --\n", "apps/a/x", "stage-0 3!"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, files := lay(t, c.tree)
			change, err := files.Change(sent.Source{File: "Dockerfile", Context: "."}, c.file)
			if err != nil {
				t.Fatal(err)
			}
			if got := changes(change); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

func changes(c *sent.Change) string {
	if c.KeptOut != nil {
		return fmt.Sprintf("kept out by line %d", c.KeptOut.Line)
	}
	var text strings.Builder
	stage := ""
	for _, r := range c.Repeats {
		if r.Stage != stage {
			fmt.Fprintf(&text, ", %s", r.Stage)
			stage = r.Stage
		}
		fmt.Fprintf(&text, " %d%s", r.Line, map[bool]string{false: "!", true: "?"}[r.If])
	}
	return strings.TrimPrefix(text.String(), ", ")
}

// TestChangeElsewhere wants nothing of a build whose context does not have the file, and
// the Dockerfile and ignore file told for what they are.
func TestChangeElsewhere(t *testing.T) {
	_, files := lay(t, "-- a/Dockerfile --\nFROM scratch\nCOPY . /\n-- a/.dockerignore --\nDockerfile\n-- b/x --\n")
	source := sent.Source{File: "a/Dockerfile", Context: "a"}
	for file, want := range map[string]string{"b/x": "none", "a/Dockerfile": "Dockerfile", "a/.dockerignore": "ignore file", "a/y": ""} {
		c, err := files.Change(source, file)
		if err != nil {
			t.Fatal(err)
		}
		got := "none"
		if c != nil {
			got = c.Itself
		}
		if got != want {
			t.Errorf("%s: %q, want %q", file, got, want)
		}
	}
}
