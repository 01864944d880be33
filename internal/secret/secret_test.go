package secret

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestRules compiles every rule and every exception, which the program does not before it
// asks one.
func TestRules(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(all.rules) < 200 {
		t.Errorf("%d rules", len(all.rules))
	}
	for _, r := range all.rules {
		if _, err := r.find(); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		if _, err := r.path(); err != nil {
			t.Errorf("%s: %v", r.ID, err)
		}
		if len(r.Keywords) == 0 {
			t.Errorf("%s names no word, so that it is never asked", r.ID)
		}
		for _, a := range append(r.Allowlists, all.global) {
			_, pathErr := a.paths()
			_, regexErr := a.regexes()
			if pathErr != nil || regexErr != nil {
				t.Errorf("%s: %v %v", r.ID, pathErr, regexErr)
			}
		}
	}
}

// Secrets of tests are put together while they run, so that no scanner takes this file for
// a leak.
func random(n int, letters string) string {
	r := rand.New(rand.NewPCG(1, uint64(n)))
	b := make([]byte, n)
	for i := range b {
		b[i] = letters[r.IntN(len(letters))]
	}
	return string(b)
}

const alnum = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

func TestFind(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("let nothing = 'of interest'\n", 20_000)
	begin, end := "-----BEGIN RSA PRIVATE "+"KEY-----\n", "\n-----END RSA PRIVATE "+"KEY-----\n"
	for _, test := range []struct{ name, file, text, rule, want string }{
		{"private key", "/app/id", begin + random(1600, alnum) + end, "private-key", ""},
		{"long private key", "/app/id", begin + random(6400, alnum) + end, "private-key", ""},
		{"far behind", "/app/x.js", long + "const t = '" + "ghp_" + random(36, alnum) + "'", "github-pat", ""},
		{"amazon", "/app/c", "aws_access_key_id = AKIA" + random(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), "aws-access-token", ""},
		{"slack", "/app/c", "xoxb-" + random(12, "0123456789") + "-" + random(12, "0123456789") + "-" + random(24, alnum), "slack-bot-token", ""},
		{"npm", "/root/.npmrc", "//r/:_authToken=npm_" + random(36, "abcdefghijklmnopqrstuvwxyz0123456789"), "npm-access-token", ""},
		{"package of others", "/app/node_modules/x/k.js", "ghp_" + random(36, alnum), "", ""},
		{"nothing", "/app/x.js", long, "", ""},
		{"example of Amazon's", "/app/c", "AKIA" + "IOSFODNN7EXAMPLE", "", ""},
		{"public key", "/app/k", "-----BEGIN PUBLIC KEY-----\n" + random(400, alnum) + "\n-----END PUBLIC KEY-----", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			found := all.Find(test.file, []byte(test.text))
			switch {
			case test.rule == "" && len(found) > 0:
				t.Errorf("found %v", found)
			case test.rule != "" && (len(found) != 1 || found[0].Rule != test.rule):
				t.Errorf("found %v, want %s", found, test.rule)
			}
		})
	}
}

func TestVariable(t *testing.T) {
	all, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"DB_PASSWORD=hunter22": true, "API_TOKEN=" + random(20, alnum): true, "DATABASE_URL=postgres://u:hunter22@db/x": true,
		"PATH=/usr/bin": false, "DATABASE_URL=postgres://db/x": false, "SECRET_KEY_BASE_DUMMY=1": false, "TOKEN_FILE=/run/secrets/t": false,
		"DB_PASSWORD=$PW": false, "PUBLIC_KEY=abcdefgh": false, "KEY=": false, "MONKEY=bananas": false, "PORT=8080": false,
	} {
		key, value, _ := strings.Cut(name, "=")
		if _, got := all.Variable(key, value); got != want {
			t.Errorf("%s: %t", name, got)
		}
	}
}

func BenchmarkFind(b *testing.B) {
	all, err := Load()
	if err != nil {
		b.Fatal(err)
	}
	text := bytes.Repeat([]byte("export function apiKey(request) { return request.headers['x-token'] ?? settings.secret }\n"), 5000)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		all.Find("/app/x.js", text)
	}
}
