package dockerfile_test

import (
	"bytes"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

// refused is text that has no place in a Dockerfile, whatever surrounds it.
var refused = map[string]string{
	"newline":             "a\nUSER 0",
	"carriage return":     "a\rUSER 0",
	"NUL":                 "a\x00",
	"tab":                 "a\tb",
	"vertical tab":        "a\vb",
	"escape sequence":     "\x1b[2J",
	"delete":              "a\x7f",
	"next line":           "a\u0085b",
	"line separator":      "a\u2028b",
	"paragraph separator": "a\u2029b",
	"right-to-left":       "a\u202eb",
	"invalid UTF-8":       "a\xff",
	"half a rune":         "\xc3",
}

// hostile is text that somebody might have put into a name, a script or a path.
var hostile = []string{
	"", " ", "a b", " a ", "$X", "${X}", "${X:-y}", "${", "$", "$$", "`id`", "$(id)", "#", "# x", "#x",
	`\`, `a\`, `a\\`, `a\ `, `\n`, `\"`, `\$X`, `"`, `'`, `"'"`, `'\''`, `a"b`, "it's", `\'`,
	"<<EOF", "<<-EOF", "a <<EOF", `"<<EOF`, "'<<EOF", "0<<EOF", "<", "a<b>&c", ";id", "a;id", "|", "&&", "!", "*", "?", "~", "{a,b}",
	"--flag", "--mount=type=bind,target=/", "-x", "--", "[", "[id]", `["a"]`, "[ -f x ]", "A=b", "=", "K=v K2=v2", "as x", "FROM x",
	"é", "à", "日本語", "\ufeff", "\ufeffx", "\ufffd", "\u00a0", "a\u00a0", "\u3000", "😀", "%s", "%d", "@", "a,b", "x AS y",
	"syntax=evil", "Escape = `", "check=skip=all", "escape", "\u00a0escape=`",
}

func seed(f *testing.F) {
	f.Helper()
	for _, s := range hostile {
		f.Add(s)
	}
	for _, s := range refused {
		f.Add(s)
	}
}

func TestRefused(t *testing.T) {
	for name, s := range refused {
		t.Run(name, func(t *testing.T) {
			for fn, err := range map[string]error{
				"Word":     second(dockerfile.Word(s)),
				"Shell":    second(dockerfile.Shell(s)),
				"Comment":  second(dockerfile.Comment(s)),
				"ExecForm": second(dockerfile.ExecForm([]string{"x", s})),
				"CopyArgs": second(dockerfile.CopyArgs("x", s)),
			} {
				if err == nil {
					t.Errorf("%s(%q) is no error", fn, s)
				}
			}
		})
	}
}

func second(_ string, err error) error { return err }

func TestWord(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "/usr/local/bin/app", "/usr/local/bin/app"},
		{"image", "golang:1.26.7-trixie@sha256:ab", "golang:1.26.7-trixie@sha256:ab"},
		{"option", "-Xmx512m", "-Xmx512m"},
		{"glob", "packages/*/package.json", "packages/*/package.json"},
		{"empty", "", `""`},
		{"blank", "a b", `"a b"`},
		{"variable", "$HOME", `"\$HOME"`},
		{"quotes", `say "it's"`, `"say \"it's\""`},
		{"backslash", `C:\x\`, `"C:\\x\\"`},
		{"flag", "--from=x", `"--from=x"`},
		{"array", "[a]", `"[a]"`},
		{"heredoc", "<<EOF", `"<<EOF"`},
		{"letters", "größe", `"größe"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dockerfile.Word(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Word(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestCopyArgs(t *testing.T) {
	tests := []struct {
		name  string
		paths []string
		want  string
	}{
		{"plain", []string{"go.mod", "go.sum", "./"}, "go.mod go.sum ./"},
		{"hostile without blanks", []string{"<<EOF", "$X", "/x"}, `"<<EOF" "\$X" /x`},
		{"blank", []string{"my app/go.mod", "./"}, `["my app/go.mod", "./"]`},
		{"blank and hostile", []string{"my app/go.mod", "$X", "<<EOF", "./"}, `["my app/go.mod", "\"\\$X\"", "\"<<EOF\"", "./"]`},
		{"flag", []string{"--from=x", "/x"}, `"--from=x" /x`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dockerfile.CopyArgs(tt.paths...)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("CopyArgs(%q) (-want +got):\n%s", tt.paths, diff)
			}
		})
	}
	if got, err := dockerfile.CopyArgs("x"); err == nil {
		t.Errorf("CopyArgs with one path = %q, want an error", got)
	}
}

func TestShell(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "./cmd/orders", "./cmd/orders"},
		{"version", "pnpm@10.4.1", "pnpm@10.4.1"},
		{"option", "-x", "-x"},
		{"flag of RUN", "--mount=type=ssh", "'--mount=type=ssh'"},
		{"assignment", "PATH=x", "'PATH=x'"},
		{"empty", "", "''"},
		{"blank", "a b", "'a b'"},
		{"quote", "it's", `'it'\''s'`},
		{"substitution", "$(id)", "'$(id)'"},
		{"comment", "#x", "'#x'"},
		{"trailing backslash", `x\`, `'x\'`},
		{"heredoc", "<<EOF", "'<<EOF'"},
		{"glob", "*", "'*'"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dockerfile.Shell(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("Shell(%q) (-want +got):\n%s", tt.in, diff)
			}
		})
	}
}

func TestExecForm(t *testing.T) {
	tests := []struct {
		name string
		argv []string
		want string
	}{
		{"one", []string{"/usr/local/bin/app"}, `["/usr/local/bin/app"]`},
		{"two", []string{"/usr/local/bin/app", "serve"}, `["/usr/local/bin/app", "serve"]`},
		{"no HTML", []string{"sh", "-c", "a && b <c >d"}, `["sh", "-c", "a && b <c >d"]`},
		{"quotes", []string{`"`, `\`, ""}, `["\"", "\\", ""]`},
		{"letters", []string{"größe"}, `["größe"]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := dockerfile.ExecForm(tt.argv)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("ExecForm(%q) (-want +got):\n%s", tt.argv, diff)
			}
		})
	}
	if got, err := dockerfile.ExecForm(nil); err == nil {
		t.Errorf("ExecForm of nothing = %q, want an error", got)
	}
}

func TestComment(t *testing.T) {
	for _, s := range []string{"syntax=x", " Escape = `", "CHECK=skip=all", "\u00a0escape=`"} {
		if got, err := dockerfile.Comment(s); err == nil {
			t.Errorf("Comment(%q) = %q, want an error", s, got)
		}
	}
	for _, s := range []string{"Go service, static", `ends in \`, "escape", "a syntax=x", "#", "<<EOF"} {
		got, err := dockerfile.Comment(s)
		if err != nil || got != s {
			t.Errorf("Comment(%q) = %q, %v", s, got, err)
		}
	}
}

func FuzzWord(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		word, err := dockerfile.Word(s)
		if err != nil || tooLong(word) {
			return
		}
		for _, line := range []string{"ENV K=", "LABEL K=", "ARG K=", "WORKDIR ", "USER "} {
			cmd := only(t, line+word)
			if diff := cmp.Diff(s, expanded(t, cmd)); diff != "" {
				t.Errorf("%s%s (-want +got):\n%s", line, word, diff)
			}
		}
	})
}

func FuzzCopyArgs(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[len(hostile)-1-i])
	}
	f.Fuzz(func(t *testing.T, src, dst string) {
		args, err := dockerfile.CopyArgs(src, "x", dst)
		if err != nil || tooLong(args) {
			return
		}
		cmd, ok := only(t, "COPY --link "+args).(*instructions.CopyCommand)
		if !ok || !cmd.Link || cmd.From != "" || len(cmd.SourceContents) > 0 {
			t.Fatalf("COPY --link %s became %#v", args, cmd)
		}
		if err := cmd.Expand(expand); err != nil {
			t.Fatalf("COPY %s: %v", args, err)
		}
		got := append(slices.Clone(cmd.SourcePaths), cmd.DestPath)
		if diff := cmp.Diff([]string{src, "x", dst}, got); diff != "" {
			t.Errorf("COPY %s (-want +got):\n%s", args, diff)
		}
	})
}

func FuzzShell(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		word, err := dockerfile.Shell(s)
		if err != nil || tooLong(word) {
			return
		}
		only(t, "RUN "+word)
		cmd, ok := only(t, "RUN printf %s "+word).(*instructions.RunCommand)
		if !ok || !cmd.PrependShell || len(cmd.Files) > 0 || len(cmd.FlagsUsed) > 0 || len(cmd.CmdLine) != 1 {
			t.Fatalf("RUN printf %%s %s became %#v", word, cmd)
		}
		out, err := exec.Command("/bin/sh", "-c", cmd.CmdLine[0]).Output()
		if err != nil {
			t.Fatalf("%s: %v", cmd.CmdLine[0], err)
		}
		if diff := cmp.Diff(s, string(out)); diff != "" {
			t.Errorf("sh -c %q (-want +got):\n%s", cmd.CmdLine[0], diff)
		}
	})
}

func FuzzExecForm(f *testing.F) {
	for i, s := range hostile {
		f.Add(s, hostile[len(hostile)-1-i])
	}
	f.Fuzz(func(t *testing.T, first, second string) {
		argv := []string{first, second}
		array, err := dockerfile.ExecForm(argv)
		if err != nil || tooLong(array) {
			return
		}
		for line, get := range map[string]func(any) []string{
			"CMD ":             func(c any) []string { return execArgs(c.(*instructions.CmdCommand).ShellDependantCmdLine) },
			"ENTRYPOINT ":      func(c any) []string { return execArgs(c.(*instructions.EntrypointCommand).ShellDependantCmdLine) },
			"RUN ":             func(c any) []string { return execArgs(c.(*instructions.RunCommand).ShellDependantCmdLine) },
			"HEALTHCHECK CMD ": func(c any) []string { return healthArgs(c.(*instructions.HealthCheckCommand)) },
		} {
			if diff := cmp.Diff(argv, get(only(t, line+array))); diff != "" {
				t.Errorf("%s%s (-want +got):\n%s", line, array, diff)
			}
		}
	})
}

func FuzzComment(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, s string) {
		text, err := dockerfile.Comment(s)
		if err != nil || tooLong(text) {
			return
		}
		// A backslash at the end of a line must stay a continuation: no comment changed the escape token.
		file := "# " + text + "\nFROM scratch\n# " + text + "\nRUN a \\\n  # " + text + "\n  b\n"
		tree, err := parser.Parse(strings.NewReader(file))
		if err != nil {
			t.Fatalf("%q: %v", file, err)
		}
		stages, args, err := instructions.Parse(tree.AST, nil)
		if err != nil || len(args) != 0 || len(stages) != 1 || len(stages[0].Commands) != 1 {
			t.Fatalf("%q: %v, %v, %v", file, stages, args, err)
		}
		run := stages[0].Commands[0].(*instructions.RunCommand)
		if diff := cmp.Diff([]string{"a   b"}, run.CmdLine); diff != "" {
			t.Errorf("%q (-want +got):\n%s", file, diff)
		}
		for _, name := range []string{"syntax", "check", "escape"} {
			if _, value, _, ok := parser.ParseDirective(name, []byte(file)); ok {
				t.Errorf("%q sets %s to %q", file, name, value)
			}
		}
	})
}

// tooLong reports whether a line with s would come near the length that BuildKit's parser
// refuses, 64 KiB.
func tooLong(s string) bool { return len(s) > 60000 }

// only parses a Dockerfile with line between two other instructions and returns what the
// line became; one instruction more or less is fatal.
func only(t *testing.T, line string) any {
	t.Helper()
	file := "FROM scratch AS base\n" + line + "\nUSER 7:7\n"
	tree, err := parser.Parse(bytes.NewReader([]byte(file)))
	if err != nil {
		t.Fatalf("%q: %v", file, err)
	}
	stages, _, err := instructions.Parse(tree.AST, nil)
	if err != nil {
		t.Fatalf("%q: %v", file, err)
	}
	if len(stages) != 1 || len(stages[0].Commands) != 2 {
		t.Fatalf("%q became %d stages, %v", file, len(stages), stages)
	}
	if user, ok := stages[0].Commands[1].(*instructions.UserCommand); !ok || user.User != "7:7" {
		t.Fatalf("%q: the instruction behind became %v", file, stages[0].Commands[1])
	}
	return stages[0].Commands[0]
}

// expanded returns the one value of an instruction after a build's expansion of variables.
func expanded(t *testing.T, cmd any) string {
	t.Helper()
	if err := cmd.(instructions.SupportsSingleWordExpansion).Expand(expand); err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	switch c := cmd.(type) {
	case *instructions.EnvCommand:
		if len(c.Env) == 1 && c.Env[0].Key == "K" {
			return c.Env[0].Value
		}
	case *instructions.LabelCommand:
		if len(c.Labels) == 1 && c.Labels[0].Key == "K" {
			return c.Labels[0].Value
		}
	case *instructions.ArgCommand:
		if len(c.Args) == 1 && c.Args[0].Key == "K" && c.Args[0].Value != nil {
			return *c.Args[0].Value
		}
	case *instructions.WorkdirCommand:
		return c.Path
	case *instructions.UserCommand:
		return c.User
	}
	t.Fatalf("not one value: %#v", cmd)
	return ""
}

func expand(word string) (string, error) {
	result, _, err := shell.NewLex('\\').ProcessWord(word, shell.EnvsFromSlice(nil))
	return result, err
}

func execArgs(c instructions.ShellDependantCmdLine) []string {
	if c.PrependShell {
		return []string{"shell form"}
	}
	return c.CmdLine
}

func healthArgs(c *instructions.HealthCheckCommand) []string {
	if c.Health.Test[0] != "CMD" {
		return []string{"shell form"}
	}
	return c.Health.Test[1:]
}
