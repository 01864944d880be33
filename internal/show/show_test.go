package show_test

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"
	"unicode"

	"github.com/dockgen/dockgen/internal/show"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"words", "api · go 1.26 → slim, a/b.go:3", "api · go 1.26 → slim, a/b.go:3"},
		{"a line end", "a\n::error::b\r", `a\n::error::b\r`},
		{"a command of GitHub", "  ::add-mask::the", `  \u003a:add-mask::the`},
		{"a terminal's sequence", "\x1b]0;OWNED\a\x1b[2J", `\x1b]0;OWNED\a\x1b[2J`},
		{"a control of one byte in Latin 1", "\u009b31m", `\u009b31m`},
		{"the direction of writing", "a\u202egpj.exe", `a\u202egpj.exe`},
		{"a zero-width space and a line separator", "a\u200b\u2028", `a\u200b\u2028`},
		{"no UTF-8", "a\xff", `a\xff`},
		{"a tag beyond the basic plane", "\U000e0041", `\U000e0041`},
		{"a command of Azure", "x ##vso[task.setvariable variable=a]b", `x ##vso\u005btask.setvariable variable=a]b`},
		{"a command of GitHub's old runner", "x ##[error]b", `x ##\u005berror]b`},
		{"a section of GitLab", "section_start:1:x\r\x1b[0Kx", `section_start\u003a1:x\r\x1b[0Kx`},
		{"credentials", "see https://tok:se/x@y https://tok:cret@example.com/x", "see https://tok:se/x@y https://***@example.com/x"},
		{"a token", "git+https://ghp_1@github.com/a", "git+https://***@github.com/a"},
		{"a password with an @", "https://u:p@ss@example.com", "https://***@example.com"},
		{"a name of ssh", "ssh://git@github.com/a", "ssh://git@github.com/a"},
		{"a password of ssh", "git+ssh://git:x@github.com/a", "git+ssh://***@github.com/a"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := show.Line(c.text)
			if got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if again := show.Line(got); again != got {
				t.Errorf("shown twice: %s", again)
			}
		})
	}
}

// TestHostile wants of random text that nothing but visible characters comes out, and
// that JSON and a shell get back what went in.
func TestHostile(t *testing.T) {
	pieces := []string{"\x1b[31m", "\n", "\r", "\u202e", "\u2066", "\x00", "\xc2", "##vso[", "##[", "section_end:", "::", "'", `"`, "\\", "$(id)", "`id`", ";", " ", "a", "ü", "\t", "\U000e0041", "-", "*", "~", "{}", "#", "!"}
	random := rand.New(rand.NewPCG(1, 2))
	var words []string
	for range 3000 {
		var b strings.Builder
		for range random.IntN(8) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		line := show.Line(text)
		if strings.ContainsFunc(line, func(r rune) bool {
			return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar
		}) ||
			strings.Contains(line, "##vso[") || strings.Contains(line, "##[") || strings.Contains(line, "section_end:") || strings.HasPrefix(strings.TrimSpace(line), "::") {
			t.Errorf("%q is shown as %q", text, line)
		}
		text = strings.ToValidUTF8(text, "")
		encoded, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		var back string
		shown := show.JSON(encoded)
		if err := json.Unmarshal(shown, &back); err != nil || back != text {
			t.Errorf("%q in JSON is %s, which is %q: %v", text, shown, back, err)
		}
		if bytes.ContainsFunc(shown, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }) || bytes.Contains(shown, []byte("##vso[")) {
			t.Errorf("%q in JSON is %q", text, shown)
		}
		if !strings.Contains(text, "\x00") {
			words = append(words, text)
		}
	}
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	script := "printf '%s\\0' " + show.Words(words...)
	output, err := exec.Command(shell, "-c", script).Output()
	if err != nil {
		t.Fatal(err)
	}
	if want := strings.Join(words, "\x00") + "\x00"; string(output) != want {
		t.Error("a shell takes the words apart otherwise")
	}
}

func TestSource(t *testing.T) {
	for text, want := range map[string]string{
		"$HOME/.npmrc":       "$HOME/.npmrc",
		"${XDG}/my file":     "${XDG}'/my file'",
		"$(touch X)":         "'$(touch X)'",
		"$HOME/$(touch X);a": "$HOME'/$(touch X);a'",
		"a b":                "'a b'",
	} {
		if got := show.Source(text); got != want {
			t.Errorf("%s is %s, want %s", text, got, want)
		}
	}
	if got := show.Path("-rf"); got != "./-rf" {
		t.Errorf("a file that looks like an option is %s", got)
	}
}

func TestDiff(t *testing.T) {
	var b bytes.Buffer
	show.Diff(&b, "@@ -1 +1 @@\n-\tone\x1b[2J\n+::error::x\n ::add-mask::x\n  ::error::x\n", true)
	want := "\x1b[36m@@ -1 +1 @@\x1b[0m\n\x1b[31m-\tone\\x1b[2J\x1b[0m\n\x1b[32m+::error::x\x1b[0m\n \\u003a:add-mask::x\n  \\u003a:error::x\n"
	if b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

func TestSize(t *testing.T) {
	for bytes, want := range map[int64]string{0: "0 B", 999: "999 B", 1000: "1 kB", 1234: "1.23 kB", 999499: "999 kB", 999500: "1 MB", 56_700_000: "56.7 MB", 5e12: "5 TB"} {
		if got := show.Size(bytes); got != want {
			t.Errorf("Size(%d) = %s, want %s", bytes, got, want)
		}
	}
}
