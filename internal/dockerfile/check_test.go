package dockerfile_test

import (
	"os"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/dockerfile"
)

func TestCheck(t *testing.T) {
	good, err := os.ReadFile("testdata/good.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		in   string
		want string // part of the error, "" for none
	}{
		{"good", string(good), ""},
		{"good with CRLF", strings.ReplaceAll(string(good), "\n", "\r\n"), ""},
		{"required variable", "FROM scratch\nARG V\nENV K=${V:?missing}\n", ""},
		{"heredoc", "FROM scratch\nCOPY <<EOF /x\nFROM nothing \"\nEOF\n", ""},
		{"empty", "", "no instructions"},
		{"comment only", "# x\n", "no instructions"},
		{"no stage", "ARG V=1\n", "no stage"},
		{"before the stage", "RUN x\nFROM scratch\n", "line 1: no build stage in current context"},
		{"unknown instruction", "FROM scratch\n\nWORKDIRS /x\n", "line 3: unknown instruction: WORKDIRS"},
		{"unknown flag", "FROM scratch\nCOPY --form=a /b /c\n", "line 2: unknown flag: --form"},
		{"argument missing", "FROM scratch\nCOPY x\n", "line 2: COPY requires at least two arguments"},
		{"escape", "# escape=x\nFROM scratch\n", "line 1: invalid escape token"},
		{"open heredoc", "FROM scratch\nRUN <<EOF\n", "line 2: unterminated heredoc"},
		{"open quote", "FROM scratch\nENV K=\"x\n", "line 2: failed to process"},
		{"open brace", "FROM scratch\nWORKDIR /${x\n", "line 2: failed to process"},
		{"blank in a path", "FROM scratch\nCOPY \"a b\" /c\n", "line 2: failed to process"},
		{"open quote in FROM", "FROM \"scratch\n", "line 1: failed to process"},
		{"open quote before FROM", "ARG A=\"\nFROM scratch\n", "line 1: failed to process"},
		{"stage name casing", "FROM scratch AS Runtime\n", "line 1: Stage name 'Runtime' should be lowercase (StageNameCasing)"},
		{"as casing", "FROM scratch as runtime\n", "(FromAsCasing)"},
		{"maintainer", "FROM scratch\nMAINTAINER me\n", "(MaintainerDeprecated)"},
		{"empty continuation", "FROM scratch\nRUN a \\\n\n  b\n", "line 4: Empty continuation line"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := dockerfile.Check([]byte(tt.in))
			switch {
			case tt.want == "" && err != nil:
				t.Errorf("Check: %v", err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
				t.Errorf("Check = %v, want an error with %q", err, tt.want)
			}
		})
	}
}

func TestCheckReportsAll(t *testing.T) {
	err := dockerfile.Check([]byte("FROM scratch AS A\nFROM scratch AS B\n"))
	if err == nil || strings.Count(err.Error(), "StageNameCasing") != 2 {
		t.Errorf("Check = %v, want two findings", err)
	}
}

func FuzzCheck(f *testing.F) {
	f.Add([]byte("FROM scratch\nRUN <<EOF\nx\nEOF\n"))
	f.Add([]byte("# escape=`\nFROM a AS b\nCOPY [\"x\", \"$y\"]\n"))
	f.Add([]byte("FROM scratch\nHEALTHCHECK --interval=1s CMD [\"x\"]\nONBUILD RUN x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_ = dockerfile.Check(data) // it must not panic
	})
}

// TestRead reads what dockgen itself would not print.
func TestRead(t *testing.T) {
	stages, err := dockerfile.Read([]byte("# escape=`\nARG BASE=debian\nARG TAG=13\nfrom ${BASE}:$TAG as one\nMAINTAINER me\nENV A 1\nARG BASE\nRUN --mount=type=cache,target=/c echo `\n  x\n"))
	if err != nil {
		t.Fatal(err)
	}
	s := stages[0]
	if s.Base != "debian:13" || s.Name != "one" || len(s.Steps) != 4 {
		t.Fatalf("%+v", s)
	}
	if got := s.Steps[2].Pairs; len(got) != 1 || got[0].Value != "debian" {
		t.Errorf("ARG BASE: %+v", got)
	}
	if got := s.Steps[3].Mounts; len(got) != 1 || got[0].Type != "cache" {
		t.Errorf("mounts: %+v", got)
	}
}
