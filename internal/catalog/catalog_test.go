package catalog

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func embeddedCatalog(tb testing.TB) *Catalog {
	tb.Helper()
	c, err := Embedded()
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestResolve(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for _, tt := range []struct {
		name                       string
		image, constraint, variant string
		want                       Ref
	}{
		{"newest patch of a line", "golang", "~1.26", "trixie", Ref{"golang", "1.26.7-trixie", "1.26.7"}},
		{"a line by its bare number", "golang", "1.26", "alpine3.24", Ref{"golang", "1.26.7-alpine3.24", "1.26.7"}},
		{"a patch that is newer than its line", "golang", ">=1.26.8", "trixie", Ref{"golang", "1.27.0-trixie", "1.27.0"}},
		{"a range", "golang", ">=1.25 <1.27", "trixie", Ref{"golang", "1.26.7-trixie", "1.26.7"}},
		{"an alternative", "golang", "~1.24 || ~1.99", "bookworm", Ref{"golang", "1.24.13-bookworm", "1.24.13"}},
		{"an exact version", "golang", "=1.26.3", "trixie", Ref{"golang", "1.26.3-trixie", "1.26.3"}},
		{"numbers are not compared as text", "golang", "<1.22.11", "bookworm", Ref{"golang", "1.22.10-bookworm", "1.22.10"}},
		{"newest without a variant", "alpine", "", "", Ref{"alpine", "3.24.1", "3.24.1"}},
		{"a constraint of blanks", "alpine", "  ", "", Ref{"alpine", "3.24.1", "3.24.1"}},
		{"two numbers", "debian", "13", "slim", Ref{"debian", "13.6-slim", "13.6"}},
		{"leading zero", "ubuntu", "24.04", "", Ref{"ubuntu", "24.04", "24.04"}},
		{"unreleased Ubuntu is left out", "ubuntu", "", "", Ref{"ubuntu", "26.04", "26.04"}},
		{"node", "node", "~24", "trixie-slim", Ref{"node", "24.19.0-trixie-slim", "24.19.0"}},
		{"the range of a package.json", "node", "^22 || ^24", "trixie-slim", Ref{"node", "24.19.0-trixie-slim", "24.19.0"}},
		{"temurin", "eclipse-temurin", "21", "jdk-noble", Ref{"eclipse-temurin", "21.0.12_8-jdk-noble", "21.0.12_8"}},
		{"temurin with a build", "eclipse-temurin", "21.0.12+8", "jre-noble", Ref{"eclipse-temurin", "21.0.12_8-jre-noble", "21.0.12_8"}},
		{"temurin with a fourth number", "eclipse-temurin", "17.0.8", "jdk-jammy", Ref{"eclipse-temurin", "17.0.8.1_1-jdk-jammy", "17.0.8.1_1"}},
		{"temurin, first release", "eclipse-temurin", "21.0.0", "jdk-jammy", Ref{"eclipse-temurin", "21_35-jdk-jammy", "21_35"}},
		{"temurin of Java 8", "eclipse-temurin", "8", "jdk-noble", Ref{"eclipse-temurin", "8u502-b07-jdk-noble", "8u502-b07"}},
		{"python", "python", "~3.13", "slim-trixie", Ref{"python", "3.13.15-slim-trixie", "3.13.15"}},
		{"python 3.15 is a pre-release", "python", "", "slim-trixie", Ref{"python", "3.14.7-slim-trixie", "3.14.7"}},
		{"maven 4 is a pre-release", "maven", "", "eclipse-temurin-21-noble", Ref{"maven", "3.9.16-eclipse-temurin-21-noble", "3.9.16"}},
		{"gradle", "gradle", "^8", "jdk21-noble", Ref{"gradle", "8.14.5-jdk21-noble", "8.14.5"}},
		{"nginx", "nginx", "~1.30", "alpine3.24-slim", Ref{"nginx", "1.30.4-alpine3.24-slim", "1.30.4"}},
		{"rust", "rust", "", "slim-trixie", Ref{"rust", "1.98.0-slim-trixie", "1.98.0"}},
		{"tags of images.toml", "nginxinc/nginx-unprivileged", "~1.30", "alpine3.24-slim", Ref{"nginxinc/nginx-unprivileged", "1.30.4-alpine3.24-slim", "1.30.4"}},
		{"bun", "oven/bun", "^1", "slim", Ref{"oven/bun", "1.4.0-slim", "1.4.0"}},
		{"uv", "ghcr.io/astral-sh/uv", "", "", Ref{"ghcr.io/astral-sh/uv", "0.12.5", "0.12.5"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Resolve(tt.image, tt.constraint, tt.variant)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Resolve (-want +got):\n%s", diff)
			}
			if !c.Has(got.String()) {
				t.Errorf("Has(%q) = false", got)
			}
		})
	}
}

func TestResolveUnsatisfiable(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	ref := func(version string) Ref { return Ref{"golang", version + "-trixie", version} }
	for _, tt := range []struct {
		name       string
		constraint string
		nearest    []Ref
		message    string
	}{
		{
			"a version from the future", ">=1.99.0", []Ref{ref("1.27.0")},
			`no golang image of variant "trixie" satisfies ">=1.99.0" (catalog of 2026-08-21); dockgen update asks the registry for newer ones; the nearest is golang:1.27.0-trixie`,
		},
		{
			"a patch from the future", ">=1.26.8 <1.27", []Ref{ref("1.26.7"), ref("1.27.0")},
			`no golang image of variant "trixie" satisfies ">=1.26.8 <1.27" (catalog of 2026-08-21); dockgen update asks the registry for newer ones; the nearest are golang:1.26.7-trixie and golang:1.27.0-trixie`,
		},
		{
			"one past the newest", ">1.27.0", []Ref{ref("1.27.0")},
			`no golang image of variant "trixie" satisfies ">1.27.0" (catalog of 2026-08-21); the nearest is golang:1.27.0-trixie`,
		},
		{
			"older than the variant", "~1.20", []Ref{ref("1.24.6")},
			`no golang image of variant "trixie" satisfies "~1.20" (catalog of 2026-08-21); the nearest is golang:1.24.6-trixie`,
		},
		{
			"a wildcard", "1.99.x", []Ref{ref("1.27.0")},
			`no golang image of variant "trixie" satisfies "1.99.x" (catalog of 2026-08-21); dockgen update asks the registry for newer ones; the nearest is golang:1.27.0-trixie`,
		},
		{
			"a contradiction", ">4 <1", []Ref{ref("1.27.0")},
			`no golang image of variant "trixie" satisfies ">4 <1" (catalog of 2026-08-21); the nearest is golang:1.27.0-trixie`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Resolve("golang", tt.constraint, "trixie")
			var got *UnsatisfiableError
			if !errors.As(err, &got) {
				t.Fatalf("Resolve: %v, want an UnsatisfiableError", err)
			}
			want := &UnsatisfiableError{
				Image: "golang", Constraint: tt.constraint, Variant: "trixie",
				Nearest: tt.nearest, AsOf: "2026-08-21", Newer: strings.Contains(tt.message, "dockgen update"),
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.message, err.Error()); diff != "" {
				t.Errorf("message (-want +got):\n%s", diff)
			}
		})
	}
}

func TestResolveErrors(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for _, tt := range []struct {
		name                       string
		image, constraint, variant string
		want                       string
	}{
		{"misspelt variant", "golang", "~1.26", "trixe", `no golang image has the variant "trixe"; the nearest are "trixie", "alpine" and ""`},
		{"variant from the future", "golang", "~1.26", "alpine3.25", `no golang image has the variant "alpine3.25"; the nearest are "alpine3.24", "alpine3.23" and "alpine3.22"`},
		{"no plain image", "oven/bun", "", "", `no oven/bun image has the variant ""; the nearest is "slim"`},
		{"named tags only", "gcr.io/distroless/static-debian13", "", "", `no gcr.io/distroless/static-debian13 image has the variant ""`},
		{"no constraint", "golang", "lts", "trixie", `resolve golang: version constraint "lts": improper constraint: "lts"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Resolve(tt.image, tt.constraint, tt.variant)
			if err == nil {
				t.Fatal("Resolve succeeded")
			}
			if diff := cmp.Diff(tt.want, err.Error()); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnknownImage(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	_, resolveErr := c.Resolve("go", "", "")
	_, referenceErr := c.Reference("go", "1")
	for _, err := range []error{resolveErr, referenceErr} {
		var unknown *UnknownImageError
		if !errors.As(err, &unknown) {
			t.Fatalf("%v, want an UnknownImageError", err)
		}
		if diff := cmp.Diff(len(c.images), len(unknown.Known)); diff != "" {
			t.Errorf("number of known images (-want +got):\n%s", diff)
		}
		if want := `no image "go" in the catalog, which has alpine, debian, `; !strings.HasPrefix(err.Error(), want) {
			t.Errorf("message\nwant %s…\ngot  %s", want, err)
		}
	}
}

func TestReference(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for _, tt := range []struct {
		name       string
		image, tag string
		want       Ref
		err        string
	}{
		{"distroless", "gcr.io/distroless/static-debian13", "nonroot", Ref{"gcr.io/distroless/static-debian13", "nonroot", ""}, ""},
		{"frontend", "docker/dockerfile", "1", Ref{"docker/dockerfile", "1", ""}, ""},
		{"plain", "golang", "1.26.7", Ref{"golang", "1.26.7", "1.26.7"}, ""},
		{"with a variant", "node", "24.19.0-trixie-slim", Ref{"node", "24.19.0-trixie-slim", "24.19.0"}, ""},
		{"a version with a hyphen", "eclipse-temurin", "8u502-b07-jdk-noble", Ref{"eclipse-temurin", "8u502-b07-jdk-noble", "8u502-b07"}, ""},
		{"of images.toml", "oven/bun", "1.4.0-slim", Ref{"oven/bun", "1.4.0-slim", "1.4.0"}, ""},
		{
			"no such distroless tag", "gcr.io/distroless/static-debian13", "nonrot", Ref{},
			`no image gcr.io/distroless/static-debian13:nonrot in the catalog; the nearest are "nonroot", "latest" and "debug"`,
		},
		{
			"no such tag in images.toml", "oven/bun", "1.4.1-slim", Ref{},
			`no image oven/bun:1.4.1-slim in the catalog; the nearest are "1.4.0-slim", "1.3.1-slim" and "1.2.1-slim"`,
		},
		{
			"not published yet", "golang", "1.26.8-trixie", Ref{},
			`no image golang:1.26.8-trixie in the catalog; the nearest are "1.26.7-trixie", "1.26.6-trixie" and "1.26.5-trixie"`,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Reference(tt.image, tt.tag)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Reference (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.err, message(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
}

func message(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestHas(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for reference, want := range map[string]bool{
		"golang:1.26.7-trixie":                               true,
		"golang:1.26.7":                                      true,
		"eclipse-temurin:8u502-b07-jre-noble":                true,
		"gcr.io/distroless/java21-debian13:debug-nonroot":    true,
		"nginxinc/nginx-unprivileged:1.30.4-alpine3.24-slim": true,
		"docker/dockerfile:1":                                true,
		"golang":                                             false,
		"golang:":                                            false,
		"golang:-":                                           false,
		"golang:1.26.7-":                                     false,
		"golang:1.26.7--":                                    false,
		"golang:1.26.7 1.27.0":                               false,
		"golang:1.26-trixie":                                 false, // moves
		"golang:1.27rc1-trixie":                              false, // pre-release
		"maven:4.0.0-rc-5-eclipse-temurin-21":                false, // pre-release
		"alpine:3.15.0-rc.4":                                 false, // pre-release
		"node:0.10.28-onbuild":                               false, // left out
		"ubuntu:26.10":                                       false, // unreleased
		"gcr.io/distroless/java21-debian12:nonroot":          false,
		"gcr.io/distroless/static-debian13:nonroot-something": false,
		"":  false,
		":": false,
	} {
		if got := c.Has(reference); got != want {
			t.Errorf("Has(%q): want %v, got %v", reference, want, got)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	want := []Line{
		{Name: "26", EOL: "2029-04-30", Supported: true},
		{Name: "24", EOL: "2028-04-30", Supported: true, LTS: true},
		{Name: "22", EOL: "2027-04-30", Supported: true, LTS: true},
		{Name: "20", EOL: "2026-04-30"},
	}
	if diff := cmp.Diff(want, c.Lines("node")); diff != "" {
		t.Errorf("Lines (-want +got):\n%s", diff)
	}
	c.Lines("node")[0].Name = "changed"
	if diff := cmp.Diff(want, c.Lines("node")); diff != "" {
		t.Errorf("Lines after a caller changed its copy (-want +got):\n%s", diff)
	}
	if got := c.Lines("nothing"); got != nil {
		t.Errorf("Lines of an unknown image: want none, got %v", got)
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	type result struct {
		Name          string
		Listed, Ended bool
	}
	for _, tt := range []struct {
		image, version string
		want           result
	}{
		{"golang", "1.26.7", result{"1.26", true, false}},
		{"golang", "1.25.3", result{"1.25", true, true}},
		{"golang", "1.2.2", result{"", false, true}},
		{"node", "20.19.0", result{"20", true, true}},
		{"node", "2.0.0", result{"", false, true}},
		{"eclipse-temurin", "21.0.12_8", result{"21", true, false}},
		{"eclipse-temurin", "21_35", result{"21", true, false}},
		{"eclipse-temurin", "8u502-b07", result{"8", true, false}},
		{"python", "3.1", result{"", false, true}},
		{"ubuntu", "24.04", result{"24.04", true, false}},
		{"nothing", "1", result{"", false, true}},
	} {
		line, ok := c.Line(tt.image, tt.version)
		if diff := cmp.Diff(tt.want, result{line.Name, ok, line.Ended()}); diff != "" {
			t.Errorf("Line(%q, %q) (-want +got):\n%s", tt.image, tt.version, diff)
		}
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	var wg sync.WaitGroup
	for i := range 64 {
		wg.Go(func() {
			variant := []string{"trixie", "bookworm", "alpine3.24", "alpine"}[i%4]
			got, err := c.Resolve("golang", "~1.26", variant)
			if err != nil {
				t.Error(err)
			}
			if want := fmt.Sprintf("golang:1.26.7-%s", variant); got.String() != want {
				t.Errorf("Resolve: want %s, got %s", want, got)
			}
		})
	}
	wg.Wait()
}

func FuzzResolve(f *testing.F) {
	for _, constraint := range []string{"", "~1.26", ">=1.26.8 <1.27", "^1 || ~2", "1.x", "1.2 - 1.4", ">4 <1", "!=1", "lts", "-", "99999999999999999999"} {
		f.Add(constraint, "trixie")
	}
	f.Add("*", "")
	c := embeddedCatalog(f)
	f.Fuzz(func(t *testing.T, constraint, variant string) {
		ref, err := c.Resolve("golang", constraint, variant)
		var unsatisfiable *UnsatisfiableError
		switch {
		case err == nil && !c.Has(ref.String()):
			t.Errorf("Resolve(%q, %q) = %s, which is not in the catalog", constraint, variant, ref)
		case errors.As(err, &unsatisfiable) && len(unsatisfiable.Nearest) == 0:
			t.Errorf("Resolve(%q, %q): %v names no nearest image", constraint, variant, err)
		}
	})
}

func BenchmarkEmbedded(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Embedded(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResolveCold(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		c, err := Embedded()
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.Resolve("golang", "~1.26", "trixie"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkResolveWarm(b *testing.B) {
	b.ReportAllocs()
	c := embeddedCatalog(b)
	for b.Loop() {
		if _, err := c.Resolve("golang", "~1.26", "trixie"); err != nil {
			b.Fatal(err)
		}
	}
}
