package catalog

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// TestBase tells images by name and tag: family, release, package manager, user and C
// library, and whether RUN has a shell.
func TestBase(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for reference, want := range map[string]string{
		"scratch":                  "scratch  10001:10001",
		"debian:13.6-slim":         "debian 13 apt 10001:10001 glibc 2.41 shell",
		"debian:12.13-slim":        "debian 12 apt 10001:10001 glibc 2.36 shell",
		"node:24.18.0-trixie-slim": "debian 13 apt 1000:1000 glibc 2.41 shell",
		"node:13.1.0-slim":         "debian apt 1000:1000 glibc 2.41 shell",
		"node:24.18.0-alpine3.24":  "alpine apk 1000:1000 musl shell",
		"registry.corp:5000/hub/library/node:24-alpine":           "alpine apk 1000:1000 musl shell",
		"golang:1.26.7-trixie":                                    "debian 13 apt 10001:10001 glibc 2.41 shell",
		"rust:1.80.0-slim-bookworm":                               "debian 12 apt 10001:10001 glibc 2.36 shell",
		"denoland/deno:2.9.5":                                     "debian apt 1993:1993 glibc 2.41 shell",
		"eclipse-temurin:25.0.4_7-jre-noble":                      "ubuntu 24.04 apt 10001:10001 glibc 2.39 shell",
		"eclipse-temurin:25.0.4_7-jre-alpine-3.24":                "alpine apk 10001:10001 musl shell",
		"ubuntu:22.04":                                            "ubuntu 22.04 apt 10001:10001 glibc 2.35 shell",
		"alpine:3.24.1":                                           "alpine apk 10001:10001 musl shell",
		"nginxinc/nginx-unprivileged:1.30.4-alpine-slim":          "alpine 101:101 musl shell as 101",
		"gcr.io/distroless/static-debian13:nonroot":               "static 65532:65532 as 65532",
		"gcr.io/distroless/cc-debian12:nonroot":                   "distroless 12 65532:65532 glibc 2.36 as 65532",
		"gcr.io/distroless/nodejs24-debian13:nonroot":             "distroless 13 65532:65532 glibc 2.41 as 65532",
		"cgr.dev/chainguard/wolfi-base":                           "wolfi apk 65532:65532 glibc 2.43 shell untagged",
		"gcr.io/distroless/static-debian13:latest":                "static 65532:65532",
		"cgr.dev/chainguard/static:latest":                        "static 65532:65532 untagged as 65532",
		"cgr.dev/chainguard/node:latest":                          "chainguard 65532:65532 glibc 2.43 untagged as 65532",
		"cgr.dev/chainguard/node:latest-dev":                      "wolfi apk 65532:65532 glibc 2.43 shell untagged as 65532",
		"cgr.dev/chainguard/go:latest-dev":                        "wolfi apk 65532:65532 glibc 2.43 shell untagged",
		"cgr.dev/chainguard/python@sha256:0":                      "chainguard 65532:65532 glibc 2.43 untagged as 65532",
		"dhi.io/node:24.19.0-debian13":                            "hardened 13 1000:1000 glibc 2.41 as 1000",
		"dhi.io/node:24.19.0-debian13-dev":                        "debian 13 apt 65532:65532 glibc 2.41 shell",
		"dhi.io/golang:1.26.7-alpine3.24-dev":                     "alpine apk 65532:65532 musl shell",
		"dhi.io/python:3.13-alpine3.22":                           "hardened alpine 65532:65532 musl as 65532",
		"registry.access.redhat.com/ubi9/ubi-minimal:9.6":         "ubi 9 microdnf 10001:10001 glibc 2.34 shell",
		"registry.access.redhat.com/ubi10/ubi:latest":             "ubi-dnf 10 dnf 10001:10001 glibc 2.39 shell",
		"registry.access.redhat.com/ubi9/ubi-micro:9.6":           "ubi-micro 9 10001:10001 glibc 2.34 shell",
		"registry.corp/base:1":                                    "unknown",
		"registry.corp/base:1-alpine3.24":                         "alpine apk 10001:10001 musl shell",
		"registry.corp/ubuntu-java:21":                            "ubuntu apt 10001:10001 glibc 2.43 shell",
		"registry.corp/base:1-bookworm":                           "debian 12 apt 10001:10001 glibc 2.36 shell",
		"registry.corp/base:alpine-on-bookworm":                   "unknown", // both
		"debian.registry.corp/base:1":                             "unknown", // a host tells nothing
		"registry.corp/base@sha256:00000000000000000000000alpine": "unknown",
	} {
		b, ok, err := c.Base(reference)
		got := "unknown"
		if ok {
			got = strings.Join(strings.Fields(strings.Join([]string{b.Family, b.Release, b.manager.Name, b.User, b.Libc}, " ")), " ")
			for word, is := range map[string]bool{" shell": b.Shell} {
				if is {
					got += word
				}
			}
			if b.Untagged {
				got += " untagged"
			}
			if b.StartsAs != "" {
				got += " as " + b.StartsAs
			}
		}
		if err != nil || got != strings.Join(strings.Fields(want), " ") {
			t.Errorf("%s: %s, %v, want %s", reference, got, err, want)
		}
	}
}

// TestOfFamily names families and their releases.
func TestOfFamily(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for name, want := range map[string]string{"alpine": "musl", "debian": "glibc 2.41", "debian-12": "glibc 2.36", "ubi-9": "glibc 2.34", "static": ""} {
		if b, err := c.OfFamily(name); err != nil || b.Libc != want {
			t.Errorf("%s: %q, %v, want %q", name, b.Libc, err, want)
		}
	}
	_, err := c.OfFamily("slackware")
	if err == nil || !strings.Contains(err.Error(), `no family "slackware"; there are alpine, chainguard, debian, `) {
		t.Errorf("slackware: %v", err)
	}
}

// TestFamiliesHold is what must hold of every row: what a family says can be done.
func TestFamiliesHold(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	f, err := c.families()
	if err != nil {
		t.Fatal(err)
	}
	table, err := c.packages()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range c.Families() {
		b, err := c.OfFamily(name)
		if err != nil {
			t.Fatal(err)
		}
		run, passwd := b.Account()
		switch {
		case len(run) > 0 && !b.Shell:
			t.Errorf("%s: makes a user by commands, and has no shell", name)
		case b.Manages() && (!b.Shell || table.columns[b.names] == 0 && b.names != "debian13"):
			t.Errorf("%s: installs packages, and has no shell or no column of names", name)
		case b.Shell && len(b.Asks) == 0:
			t.Errorf("%s: has a shell, and nothing to ask for health", name)
		case (len(run) > 0 || passwd != "") != (b.User == newUser+":"+newUser):
			t.Errorf("%s: user %s is there and made, or neither", name, b.User)
		case b.UserIs == "" || b.Title == "":
			t.Errorf("%s: nobody says whose user or packages these are", name)
		}
	}
	for _, k := range f.Image {
		for _, name := range []string{k.Family, k.Else} {
			if name != "" && f.named(name) == nil {
				t.Errorf("%v: no family %q", k.Images, name)
			}
		}
	}
	used := map[string]bool{}
	name := func(lists []string) {
		for _, list := range lists {
			if used[list] = true; f.programs[list] == nil {
				t.Errorf("programs.txt has no list %q", list)
			}
		}
	}
	for _, fam := range f.Family {
		name(fam.Programs)
	}
	for _, k := range f.Image {
		name(k.Programs)
		for _, tag := range k.Tags {
			name(tag.Programs)
		}
	}
	for list := range f.programs {
		if !used[list] && !strings.HasPrefix(list, ofPackage) {
			t.Errorf("no image has the programs of the list %q", list)
		}
	}
	for name, im := range c.images {
		for _, tag := range []string{"", "1.2.3-slim-trixie", "1.2.3-jre-noble", "1.2.3-alpine3.24"} {
			if len(im.entry.Tags) == 0 && tag == "" || name == "docker/dockerfile" || name == "ghcr.io/astral-sh/uv" {
				continue
			}
			if _, ok, err := c.Base(name + ":" + tag); !ok || err != nil {
				t.Errorf("%s:%s of the catalog is of no family, %v", name, tag, err)
			}
		}
	}
}

// TestNames gives packages the names of a distribution.
func TestNames(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	packages := []string{"libpq5", "git", "libasound2t64", "gcc", "g++"}
	for family, want := range map[string]string{
		"debian":       "libpq5 git libasound2t64 gcc g++",
		"debian-12":    "libpq5 git libasound2 gcc g++",
		"ubuntu-24.04": "libpq5 git libasound2t64 gcc g++",
		"alpine":       "libpq git alsa-lib gcc g++",
		"wolfi":        "libpq git alsa-lib build-base",
		"ubi":          "what Debian calls libasound2t64 is not known in Red Hat",
		"distroless":   "what Debian calls libpq5 is not known in distroless",
	} {
		b, err := c.OfFamily(family)
		if err != nil {
			t.Fatal(err)
		}
		names, err := c.Names(b, packages)
		got := strings.Join(names, " ")
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: %s, want %s", family, got, want)
		}
	}
}

// TestRuns holds C libraries against each other.
func TestRuns(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	of := func(name string) Base {
		b, err := c.OfFamily(name)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for _, x := range []struct{ runtime, builder, want string }{
		{"debian", "debian", ""},
		{"debian", "debian-12", ""},
		{"wolfi", "debian", ""},
		{"debian-12", "debian", "its C library is glibc 2.36, which is older than the builder's 2.41"},
		{"ubi-9", "debian", "its C library is glibc 2.34, which is older than the builder's 2.41"},
		{"alpine", "debian", "its C library is musl, and the builder's glibc"},
		{"static", "debian", "it has no C library"},
	} {
		if _, got := of(x.runtime).Runs(of(x.builder)); got != x.want {
			t.Errorf("from %s on %s: %q, want %q", x.builder, x.runtime, got, x.want)
		}
	}
}

// TestNewFamily adds a distribution by lines of data alone.
func TestNewFamily(t *testing.T) {
	t.Parallel()
	files := fstest.MapFS{}
	for _, name := range []string{"images.toml", "families.toml", "packages.txt", "programs.txt"} {
		data, err := fs.ReadFile(embedded, name)
		if err != nil {
			t.Fatal(err)
		}
		files[name] = &fstest.MapFile{Data: data}
	}
	files["families.toml"].Data = append(files["families.toml"].Data, `
[manager.zypper]
run = ["zypper refresh", "zypper install -y --no-recommends"]
lint = "DL3037"

[[family]]
name = "suse"
title = "SUSE"
manager = "zypper"
accounts = "shadow"
shell = true
has = ["certificates", "tmp"]
asks = ["bash"]
names = "alpine"
words = '^bci$'
libc = "glibc 2.38"
`...)
	c, err := open(files)
	if err != nil {
		t.Fatal(err)
	}
	b, ok, err := c.Base("registry.example.com/bci/bci-base:15.7")
	if !ok || err != nil {
		t.Fatalf("not told by its name: %v", err)
	}
	install, ok := b.Install([]string{"git"})
	want := Installation{"SUSE", Manager{Name: "zypper", Run: []string{"zypper refresh", "zypper install -y --no-recommends"}, Lint: "DL3037"}, []string{"git"}}
	if diff := cmp.Diff(want, install); diff != "" || !ok {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if !slices.Contains(c.Families(), "suse") {
		t.Error("not listed")
	}
}

// TestNeeds holds the table of dependencies: each once for all versions, and each package
// by its name in Debian 13, which every release of Debian knows too.
func TestNeeds(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	table, err := c.packages()
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := map[string]bool{} // names that are not Debian 13's
	for debian, row := range table.rows {
		if old := row[table.columns["debian12"]]; old != "=" && table.rows[old] == nil {
			elsewhere[old] = true
		}
		if _, ok := table.name(debian, "debian13"); !ok {
			t.Errorf("%s is not in Debian 13", debian)
		}
	}
	all := slices.Clone(libraries)
	for language := range needs {
		seen := map[string]bool{}
		for _, n := range Needs(language) {
			if seen[n.Name] && n.Below == 0 && language != "node" {
				t.Errorf("%s: %s stands there twice", language, n.Name)
			}
			seen[n.Name] = true
		}
		all = append(all, Needs(language)...)
	}
	for _, pkg := range programs {
		all = append(all, Need{Name: "program", Run: []string{pkg}})
	}
	for _, n := range append(all, Need{Name: "chromium", Run: Chromium()}) {
		for _, name := range slices.Concat(n.Build, n.Run) {
			if elsewhere[name] {
				t.Errorf("%s: %s is what Debian 12 calls it", n.Name, name)
			}
			if there, ok := table.name(name, "debian12"); !ok || there == "" {
				t.Errorf("%s: %s has no name in Debian 12", n.Name, name)
			}
		}
	}
}
