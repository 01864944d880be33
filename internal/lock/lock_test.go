package lock_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dockgen/dockgen/internal/lock"
)

func digest(c string) string { return "sha256:" + strings.Repeat(c, 64) }

func TestFormat(t *testing.T) {
	l := &lock.Lock{
		Images: map[string]lock.Image{
			"node:24.21.0-trixie-slim": {"2026-11-30", digest("a"), []string{"linux/amd64", "linux/arm64"}},
			"alpine:3.24.1":            {"2026-11-29", digest("b"), []string{"linux/amd64"}},
		},
		Waiting: map[string]lock.Image{"node:24.22.0-trixie-slim": {"2026-11-30", digest("c"), nil}},
	}
	l.Add("node", "24.21.0", "trixie-slim", "", "trixie")
	l.Add("node", "24.20.0", "trixie-slim")
	_, body, _ := strings.Cut(string(l.Format()), "schema = 1\n")
	want := fmt.Sprintf(`
[images]
"alpine:3.24.1" = { seen = "2026-11-29", digest = "%s", platforms = ["linux/amd64"] }
"node:24.21.0-trixie-slim" = { seen = "2026-11-30", digest = "%s", platforms = ["linux/amd64", "linux/arm64"] }

[waiting]
"node:24.22.0-trixie-slim" = { seen = "2026-11-30", digest = "%s", platforms = [] }

[tags."node"]
"24.20.0" = ["trixie-slim"]
"24.21.0" = ["", "trixie", "trixie-slim"]
`, digest("b"), digest("a"), digest("c"))
	if diff := cmp.Diff(want, body); diff != "" {
		t.Errorf("Format (-want +got):\n%s", diff)
	}
	if l.Newest() != "2026-11-30" {
		t.Errorf("Newest = %s", l.Newest())
	}
}

// random makes a lock of few references, so that two of them meet.
func random(r *rand.Rand) *lock.Lock {
	l := &lock.Lock{Images: map[string]lock.Image{}, Waiting: map[string]lock.Image{}}
	for range r.IntN(5) {
		image := lock.Image{Seen: fmt.Sprintf("2026-11-%02d", 1+r.IntN(3)), Digest: digest(string("abc"[r.IntN(3)])), Platforms: []string{"linux/amd64"}}
		reference := fmt.Sprintf("registry.example:5000/i%d:%d", r.IntN(3), r.IntN(2))
		if r.IntN(4) == 0 {
			l.Waiting[reference] = image
		} else {
			l.Images[reference] = image
		}
	}
	for range r.IntN(5) {
		l.Add(fmt.Sprintf("i%d", r.IntN(2)), fmt.Sprintf("1.%d.0", r.IntN(3)), []string{"", "slim", "8u502-b07"}[r.IntN(3)])
	}
	return l
}

// TestProperties holds what a lock has to be: the same after it was written and read, and
// merged in any order.
func TestProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 1))
	same := func(what string, a, b *lock.Lock) {
		t.Helper()
		if diff := cmp.Diff(a, b, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%s:\n%s", what, diff)
		}
	}
	for range 150 {
		a, b, c := random(r), random(r), random(r)
		read, err := lock.Parse(a.Format())
		if err != nil {
			t.Fatalf("%v\n%s", err, a.Format())
		}
		same("written and read", a, read)
		crlf, err := lock.Parse([]byte(strings.ReplaceAll(string(a.Format()), "\n", "\r\n")))
		if err != nil {
			t.Fatal(err)
		}
		same("with the line ends of Windows", a, crlf)
		same("merged with itself", a, lock.Merge(a, a))
		same("merged in another order", lock.Merge(a, b), lock.Merge(b, a))
		same("merged in other groups", lock.Merge(a, lock.Merge(b, c)), lock.Merge(lock.Merge(a, b), c))
	}
}

// TestTorn cuts a lock at every byte: it is read, or refused with what to do.
func TestTorn(t *testing.T) {
	r := rand.New(rand.NewPCG(22, 2))
	l := random(r)
	for len(l.Images) == 0 || len(l.Tags) == 0 {
		l = random(r)
	}
	data := l.Format()
	for n := range data {
		_, err := lock.Parse(data[:n])
		if wrong, ok := errors.AsType[*lock.Error](err); err != nil && (!ok || !strings.Contains(wrong.Error(), "dockgen update")) {
			t.Errorf("%q: %v", data[:n], err)
		}
	}
}

func TestParseErrors(t *testing.T) {
	image := func(digest, seen, platform string) string {
		return fmt.Sprintf("schema = 1\n\n[images]\n\"a:1\" = { seen = %q, digest = %q, platforms = [%q] }\n", seen, digest, platform)
	}
	for _, tt := range []struct{ name, text, want string }{
		{"empty", "", `dockgen.lock:1: the line schema = 1 is missing; take it from git again, or remove it and run dockgen update`},
		{"newer", "\nschema = 2\n", `dockgen.lock:2: it has the form 2, and this dockgen reads 1; a newer dockgen has written it`},
		{"unknown key", "schema = 1\nsigned = true\n", `dockgen.lock:2: unknown key signed`},
		{"no digest", image("sha256:12", "2026-11-30", "linux/amd64"), `dockgen.lock:4: a:1: "sha256:12" is no digest; dockgen update writes it anew`},
		{"no day", image(digest("a"), "yesterday", "linux/amd64"), `dockgen.lock:4: a:1: "yesterday" is no day; dockgen update writes it anew`},
		{"no platform", image(digest("a"), "2026-11-30", "linux"), `dockgen.lock:4: a:1: "linux" is no platform; dockgen update writes it anew`},
		{"no reference", "schema = 1\n[images]\n\"a\" = {}\n", `dockgen.lock:3: a: no reference of an image with a tag; dockgen update writes it anew`},
		{"an instruction as a tag", "schema = 1\n[tags.golang]\n\"1.27.0\" = [\"x\\nRUN evil\"]\n", `dockgen.lock:3: golang: "1.27.0-x\nRUN evil" is no tag; dockgen update writes it anew`},
		{"markers", "schema = 1\n<<<<<<< HEAD\n=======\n>>>>>>> other\n", `dockgen.lock:2: git has left the markers of a conflict here; dockgen update takes both sides`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := lock.Parse([]byte(tt.text))
			if err == nil || err.Error() != tt.want {
				t.Errorf("got  %v\nwant %s", err, tt.want)
			}
		})
	}
}

func TestSalvage(t *testing.T) {
	text := fmt.Sprintf(`schema = 1

[images]
"a:1" = { seen = "2026-11-01", digest = "%[1]s", platforms = [] }
<<<<<<< HEAD
"b:1" = { seen = "2026-11-03", digest = "%[1]s", platforms = [] }
||||||| base
"b:1" = { seen = "2026-11-01", digest = "%[3]s", platforms = [] }
=======
"b:1" = { seen = "2026-11-02", digest = "%[2]s", platforms = [] }
"c:1" = { seen = "2026-11-02", digest = "%[2]s", platforms = [] }
>>>>>>> other
`, digest("a"), digest("b"), digest("c"))
	got, err := lock.Salvage([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]lock.Image{
		"a:1": {Seen: "2026-11-01", Digest: digest("a")},
		"b:1": {Seen: "2026-11-03", Digest: digest("a")},
		"c:1": {Seen: "2026-11-02", Digest: digest("b")},
	}
	if diff := cmp.Diff(want, got.Images, cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("Salvage (-want +got):\n%s", diff)
	}
	if _, err := lock.Salvage([]byte("<<<<<<< HEAD\n" + text)); err != nil {
		t.Logf("a marker too many: %v", err)
	}
}
