package catalog

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// withTags is the catalog with tags, each of an image and written image:version-variant.
func withTags(t *testing.T, references ...string) *Catalog {
	t.Helper()
	return given(embeddedCatalog(t), references...)
}

func given(c *Catalog, references ...string) *Catalog {
	tags := map[string]map[string][]string{}
	for _, reference := range references {
		name, tag := Split(reference)
		version, variant, _ := strings.Cut(tag, "-")
		if tags[name] == nil {
			tags[name] = map[string][]string{}
		}
		tags[name][version] = append(tags[name][version], variant)
	}
	return c.With("2026-11-30", tags)
}

func TestResolveBeyond(t *testing.T) {
	t.Parallel()
	newer := []string{
		"golang:1.26.8-trixie", "golang:1.26.9-trixie", "golang:1.27.3-trixie", "golang:1.28.0-trixie", "golang:2.0.0-trixie",
		"node:24.21.0-trixie-slim", "node:24.19.3-trixie-slim", "node:27.1.0-trixie-slim",
		"debian:13.7-slim", "debian:14.1-slim", "ubuntu:26.10", "eclipse-temurin:21.0.13_9-jdk-noble", "nobody:1.0.0", "golang:1.27rc1-trixie",
		"golang:1.27.3-new",
	}
	for _, tt := range []struct {
		name                             string
		image, constraint, variant, step string
		want                             string
	}{
		{"a patch", "golang", "~1.26", "trixie", "patch", "golang:1.26.9-trixie"},
		{"a patch at the most", "golang", "", "trixie", "patch", "golang:1.27.3-trixie"},
		{"a minor one, as nothing is said", "golang", "", "trixie", "", "golang:1.28.0-trixie"},
		{"a major one", "golang", "", "trixie", "major", "golang:2.0.0-trixie"},
		{"an unknown line that the project names", "golang", "~1.28, >=1.28.0", "trixie", "patch", "golang:1.28.0-trixie"},
		{"a variant that is new", "golang", "~1.27", "new", "", "golang:1.27.3-new"},
		{"a patch of Node", "node", "~24", "trixie-slim", "patch", "node:24.19.3-trixie-slim"},
		{"a minor of Node", "node", "~24", "trixie-slim", "minor", "node:24.21.0-trixie-slim"},
		{"no major of Node", "node", ">=24", "trixie-slim", "minor", "node:26.7.0-trixie-slim"},
		{"a version of two numbers", "debian", "", "slim", "patch", "debian:13.7-slim"},
		{"a version of two numbers, major", "debian", "", "slim", "minor", "debian:13.7-slim"},
		{"not released", "ubuntu", "", "", "major", "ubuntu:26.04"},
		{"with a build", "eclipse-temurin", "21", "jdk-noble", "patch", "eclipse-temurin:21.0.13_9-jdk-noble"},
		{"the catalog's where nothing is newer", "python", "~3.13", "slim-trixie", "major", "python:3.13.15-slim-trixie"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := withTags(t, newer...).Under(func(string) Step { return Step(tt.step) })
			got, err := c.Resolve(tt.image, tt.constraint, tt.variant)
			if err != nil {
				t.Fatal(err)
			}
			if got.String() != tt.want {
				t.Errorf("Resolve = %s, want %s", got, tt.want)
			}
			if again, err := c.Reference(got.Image, got.Tag); err != nil || again != got || !c.Has(got.String()) {
				t.Errorf("Reference(%s) = %s, %v", got, again, err)
			}
		})
	}
}

// TestAhead wants the exact patch that a project names, where the line is known and the
// patch is newer than the catalog.
func TestAhead(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for _, tt := range []struct{ image, constraint, variant, want string }{
		{"golang", "=1.26.9", "trixie", "golang:1.26.9-trixie"},
		{"node", "=24.21.0", "trixie-slim", "node:24.21.0-trixie-slim"},
		{"node", ">=20, =24.21.0", "trixie-slim", "node:24.21.0-trixie-slim"},
		{"python", "=3.13.17", "slim-trixie", "python:3.13.17-slim-trixie"},
		{"rust", "=1.98.1", "slim-trixie", "rust:1.98.1-slim-trixie"},
		{"node", ">=24.21.0, <25", "trixie-slim", ""},    // which, only a registry knows
		{"node", "=99.0.0", "trixie-slim", ""},           // a line that nobody knows
		{"golang", "=1.28.0", "trixie", ""},              // the same
		{"golang", "=1.26.4, <1.26", "trixie", ""},       // a contradiction
		{"node", "=24.3.99", "trixie-slim", ""},          // older than the newest of its line
		{"rust", "=1.98.1", "slim-buster", ""},           // the variant had ended before
		{"eclipse-temurin", "=21.0.99", "jdk-noble", ""}, // no tag without a build
	} {
		t.Run(tt.image+tt.constraint, func(t *testing.T) {
			t.Parallel()
			got, err := c.Resolve(tt.image, tt.constraint, tt.variant)
			if tt.want == "" {
				if err == nil {
					t.Errorf("Resolve = %s", got)
				}
				return
			}
			if err != nil || got.String() != tt.want || !c.Ahead(tt.want) || c.Has(tt.want) || c.VersionOf(got.Image, got.Tag) != got.Version {
				t.Errorf("Resolve = %s, %v, ahead %v", got, err, c.Ahead(tt.want))
			}
		})
	}
	if c.Ahead("golang:1.26.7-trixie") || c.Ahead("nobody:1.0.0") || c.Ahead("golang:1.26.9-nothing") {
		t.Error("Ahead of what is known, or of what nobody knows")
	}
}

func TestLinesBeyond(t *testing.T) {
	t.Parallel()
	names := func(lines []Line) (all []string) {
		for _, l := range lines {
			all = append(all, fmt.Sprintf("%s %v", l.Name, l.Supported))
		}
		return all
	}
	c := withTags(t, "golang:1.28.0-trixie", "golang:2.0.0-trixie", "node:27.0.0-slim", "python:3.10.99-slim-trixie")
	for _, tt := range []struct {
		image string
		step  Step
		want  []string
	}{
		{"golang", Patch, []string{"1.27 true", "1.26 true", "1.25 false"}},
		{"golang", Minor, []string{"1.28 true", "1.27 true", "1.26 true", "1.25 false"}},
		{"golang", Major, []string{"2.0 true", "1.28 true", "1.27 true", "1.26 true", "1.25 false"}},
		{"node", Minor, []string{"26 true", "24 true", "22 true", "20 false"}},
		{"python", Minor, []string{"3.14 true", "3.13 true", "3.12 true", "3.11 true", "3.10 false", "3.9 false"}},
	} {
		got := names(c.Under(func(string) Step { return tt.step }).Lines(tt.image))
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", tt.image, tt.step, diff)
		}
	}
	if line, ok := c.Under(func(string) Step { return Patch }).Line("golang", "1.28.0"); !ok || line.Ended() {
		t.Errorf("Line = %+v, %v", line, ok)
	}
	if line, ok := c.Ends("python:3.10.20-slim-trixie", "2026-11-01"); !ok || line.EOL != "2026-10-31" {
		t.Errorf("Ends = %+v, %v", line, ok)
	}
	if _, ok := c.Ends("python:3.10.20-slim-trixie", "2026-10-31"); ok {
		t.Error("the last day of support is no end")
	}
	if _, ok := c.Ends("eclipse-temurin:26_1-jdk", "2026-09-30"); ok {
		t.Error("the last month of support is no end")
	}
}

// TestBeyond wants only what the catalog doesn't know, and is newer than that.
func TestBeyond(t *testing.T) {
	t.Parallel()
	got, err := embeddedCatalog(t).Beyond("golang", strings.Fields(`latest 1.26 1.26-trixie 1.26.7-trixie 1.26.9-trixie 1.26.9-alpine3.24
		1.26.9 1.28.0-trixie 1.28rc1-trixie 1.25.99-trixie 1.26.9-nanoserver-ltsc2025 1.3.0-trixie`))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{"1.26.9": {"", "alpine3.24", "trixie"}, "1.28.0": {"trixie"}, "1.25.99": {"trixie"}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Beyond (-want +got):\n%s", diff)
	}
	if got, err := embeddedCatalog(t).Beyond("docker/dockerfile", []string{"1", "2"}); err != nil || len(got) > 0 {
		t.Errorf("Beyond = %v, %v", got, err)
	}
}

func TestNotes(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for _, tt := range [][3]string{
		{"node", "24.21.0", "https://nodejs.org/en/blog/release/v24.21.0"},
		{"tomcat", "10.1.60", "https://tomcat.apache.org/tomcat-10.1-doc/changelog.html"},
		{"docker/dockerfile", "", ""},
		{"nobody", "1", ""},
	} {
		if got := c.Notes(tt[0], tt[1]); got != tt[2] {
			t.Errorf("Notes(%s, %s) = %q", tt[0], tt[1], got)
		}
	}
}

// TestBeyondProperties holds for random catalogs, tags, constraints and policies: what is
// resolved satisfies the constraint, keeps to the policy, is never older than without the
// tags, and the order and repetition of tags doesn't matter.
func TestBeyondProperties(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(22, 3))
	c := embeddedCatalog(t)
	images := map[string]string{"golang": "trixie", "node": "trixie-slim", "python": "slim-trixie", "rust": "slim-trixie", "debian": "slim", "alpine": "", "maven": "eclipse-temurin-21-noble", "nginx": "alpine-slim"}
	names := []string{"alpine", "debian", "golang", "maven", "nginx", "node", "python", "rust"}
	for range 2000 {
		image := names[r.IntN(len(names))]
		versions, err := c.images[image].versions(images[image])
		if err != nil {
			t.Fatal(err)
		}
		var references []string
		for range r.IntN(8) {
			from := versions[r.IntN(len(versions))]
			n := [3]uint64{from.number[0], from.number[1], from.number[2]}
			n[r.IntN(3)] += uint64(r.IntN(6))
			text := fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2])
			if strings.Count(from.text, ".") == 1 {
				text = fmt.Sprintf("%d.%d", n[0], n[1])
			}
			references = append(references, image+":"+strings.TrimSuffix(text+"-"+images[image], "-"))
		}
		some := versions[r.IntN(len(versions))]
		constraint := fmt.Sprintf([]string{"~%d.%d", ">=%d.%d", "^%d.%d", "<%d.%d"}[r.IntN(4)], some.number[0], some.number[1])
		if r.IntN(5) == 0 {
			constraint = ""
		}
		step := []Step{Patch, Minor, Major, ""}[r.IntN(4)]
		before, errBefore := c.Resolve(image, constraint, images[image])
		resolve := func(references []string) (Ref, error) {
			return given(c, references...).Under(func(string) Step { return step }).Resolve(image, constraint, images[image])
		}
		after, err := resolve(references)
		told := fmt.Sprintf("%s %q %s with %s: %s, then %s", image, constraint, step, references, before, after)
		if err != nil {
			if errBefore == nil {
				t.Fatalf("%s: %v", told, err)
			}
			continue
		}
		if satisfies, err := parseConstraint(constraint); err != nil || !satisfies(parsed(t, after.Version).semver) {
			t.Fatalf("%s: it leaves the constraint", told)
		}
		if errBefore == nil {
			from, to := parsed(t, before.Version), parsed(t, after.Version)
			leaves := step == Patch && strings.Count(from.text, ".") > 1 && from.number[1] != to.number[1] || step != Major && from.number[0] != to.number[0]
			if to.compareNumber(from) < 0 || leaves {
				t.Fatalf("%s: it goes back, or leaves the policy", told)
			}
		}
		shuffled := append(slices.Clone(references), references...)
		r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		if again, err := resolve(shuffled); err != nil || again != after {
			t.Fatalf("%s: in another order %s, %v", told, again, err)
		}
	}
}

func parsed(t *testing.T, text string) version {
	t.Helper()
	v, err := parseVersion(text)
	if err != nil {
		t.Fatal(err)
	}
	return v
}
