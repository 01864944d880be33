package ignore

import (
	"context"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/plan"
)

// TestGitAsDockerignore holds the lines against git itself: BuildKit's matcher leaves the
// same files as git's ignore files do, from the root and from any folder below it.
func TestGitAsDockerignore(t *testing.T) {
	random := rand.New(rand.NewPCG(24, 2))
	for range 60 {
		dir := t.TempDir()
		all := detecttest.RandomTree(t, random, dir)
		var want []string
		for cloned := false; !cloned; { // a clone has no ignore file that is ignored, so that it has no say
			want = detecttest.GitKeeps(t, dir, all)
			cloned = true
			all = slices.DeleteFunc(all, func(f string) bool {
				gone := path.Base(f) == ".gitignore" && !slices.Contains(want, f)
				if gone {
					cloned = false
					if err := os.Remove(filepath.Join(dir, f)); err != nil {
						t.Fatal(err)
					}
				}
				return gone
			})
		}
		tree, err := detect.Scan(context.Background(), dir, detect.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		g := Survey(tree)
		folder := tree.Below(".", func(string) bool { return false })
		for _, context := range []string{".", folder[random.IntN(len(folder))]} {
			lines := g.git(nil, context)
			matcher, err := dockerfile.ParseIgnore([]byte(strings.Join(lines, "\n")))
			if err != nil {
				t.Fatal(err)
			}
			var wanted, got []string
			for _, f := range all {
				rest, inside := detect.Below(context, f)
				if inside && !matcher.Hides(rest) {
					got = append(got, rest)
				}
				if inside && slices.Contains(want, f) {
					wanted = append(wanted, rest)
				}
			}
			if diff := cmp.Diff(wanted, got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%s: what is sent (-git +BuildKit):\n%s\n%s", context, diff, strings.Join(lines, "\n"))
			}
		}
	}
}

// TestTable holds the index against the matcher: both say the same of every name that a
// pattern of the table is about, and the context's own matcher hides it.
func TestTable(t *testing.T) {
	x := named()
	for _, g := range never {
		for _, p := range g.patterns {
			name := strings.NewReplacer("**/", "deep/in/", "*", "x", "?", "-", "[op]", "p").Replace(p)
			if !strings.HasPrefix(p, "**/") {
				name = strings.NewReplacer("*", "x").Replace(p)
			}
			matcher, err := dockerfile.ParseIgnore([]byte(p))
			if err != nil {
				t.Fatalf("%s: %v", p, err)
			}
			if !matcher.Hides(name) {
				t.Errorf("%s does not hide %s", p, name)
			}
			e, ok := x.find(path.Dir(name), path.Base(name))
			if !ok || !mustHide(t, e.pattern, name) {
				t.Errorf("the index finds %q for %s, which %s hides", e.pattern, name, p)
			}
		}
	}
	for _, name := range []string{"main.go", "keys.go", "environment.ts", "database.py", "secretsmanager.tf", "README.md", "public.crt", "server.crt", "index.html", "log.go"} {
		if e, ok := x.find("src", name); ok {
			t.Errorf("%s is taken for %s", name, e.pattern)
		}
	}
}

func mustHide(t *testing.T, pattern, name string) bool {
	t.Helper()
	matcher, err := dockerfile.ParseIgnore([]byte(pattern))
	if err != nil {
		t.Fatal(err)
	}
	return matcher.Hides(name)
}

func TestComplete(t *testing.T) {
	certificate := "-----BEGIN CERTIFICATE-----\n"
	for _, c := range []struct {
		name    string
		files   map[string]string
		context string
		ignore  plan.Ignore
		shown   string
		hidden  string
		notes   []string
	}{
		{
			name:   "secrets, committed or not",
			files:  map[string]string{"main.py": "", "deploy/id_rsa": "", ".npmrc": "", ".env.example": "", "sub/.env.production.sample": ""},
			shown:  "main.py",
			hidden: "deploy/id_rsa .npmrc .env .env.example sub/.env.local x.p12 .aws/config terraform.tfstate",
			notes: []string{
				"deploy/id_rsa: a private key by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in",
				".npmrc: credentials by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in",
			},
		},
		{
			name:   "a certificate without its key stays",
			files:  map[string]string{"ca.pem": certificate, "both.pem": certificate + "-----BEGIN RSA PRIVATE KEY-----\n"},
			shown:  "ca.pem",
			hidden: "both.pem new.pem",
			notes:  []string{"both.pem: a private key by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in"},
		},
		{
			name:   "capitals",
			files:  map[string]string{"main.go": "", "ID_RSA": "", "deploy/Server.KEY": "", "CA.PEM": certificate, "src/Keystore.java": "", "Log.go": ""},
			shown:  "CA.PEM src/Keystore.java Log.go",
			hidden: "ID_RSA deploy/Server.KEY",
			notes: []string{
				"ID_RSA, deploy/Server.KEY: a private key by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in",
			},
		},
		{
			name:   "what is read stays, and so does data that stands",
			files:  map[string]string{"geo.db": "", "db/seeds/cities.sqlite3": "", "old.db": ""},
			ignore: plan.Ignore{Reads: []string{"geo.db"}},
			shown:  "geo.db db/seeds/cities.sqlite3",
			hidden: "old.db db/cities.sqlite3",
			notes: []string{
				"db/seeds/cities.sqlite3 is data that is committed, and stays in the image; name it in .gitignore if it should not",
				"old.db: data by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in",
			},
		},
		{
			name:   "a folder with sources is no secret",
			files:  map[string]string{"secrets/store.go": "", "pkg/.docker/x.sh": ""},
			shown:  "secrets/store.go secrets/new.go",
			hidden: "secrets/tls.key",
		},
		{
			name:   "settings in code of a hidden folder are no sources",
			files:  map[string]string{"main.py": "", ".chef/config.rb": ""},
			shown:  "main.py",
			hidden: ".chef/config.rb",
			notes:  []string{".chef/config.rb: credentials by the name, left out of the image; where the program wants it, [[files]] in dockgen.toml brings it in"},
		},
		{
			name:    "a closure",
			files:   map[string]string{"api/main.go": "", "web/id_rsa": ""},
			ignore:  plan.Ignore{Patterns: []string{"*", "!api"}},
			shown:   "api/main.go",
			hidden:  "web/id_rsa api/id_rsa",
			context: ".",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := map[string][]byte{}
			for name, text := range c.files {
				files[name] = []byte(text)
			}
			ig, notes, err := Survey(detect.NewTree(files)).Complete(c.ignore, ".")
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.notes, notes, cmpopts.SortSlices(strings.Compare), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("notes (-want +got):\n%s", diff)
			}
			all := strings.Join(ig.Lines(), "\n")
			for _, name := range strings.Fields(c.shown) {
				if mustHide(t, all, name) {
					t.Errorf("%s is hidden", name)
				}
			}
			for _, name := range strings.Fields(c.hidden) {
				if !mustHide(t, all, name) {
					t.Errorf("%s is sent", name)
				}
			}
		})
	}
}
