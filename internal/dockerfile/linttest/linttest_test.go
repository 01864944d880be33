package linttest_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/dockerfile/linttest"
)

func TestLintGood(t *testing.T) {
	good, err := os.ReadFile("../testdata/good.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	got := linttest.Lint(t, good, []byte(".git\nDockerfile\n"))
	if diff := cmp.Diff([]linttest.Warning(nil), got); diff != "" {
		t.Errorf("Lint (-want +got):\n%s", diff)
	}
}

// TestLintRules has one bad line for every rule, so that none of them is lost unnoticed to
// the stubs or to a new version of BuildKit. Only InvalidBaseImagePlatform is missing: it
// is about what a registry has.
func TestLintRules(t *testing.T) {
	tests := []struct {
		rule       string
		line       int
		dockerfile string
		ignore     string
	}{
		{"Error", 2, "FROM scratch\nNOTHING x\n", ""},
		{"StageNameCasing", 1, "FROM scratch AS Base\n", ""},
		{"FromAsCasing", 1, "FROM scratch as base\n", ""},
		{"NoEmptyContinuation", 4, "FROM a\nRUN a \\\n\n  b\n", ""},
		{"ConsistentInstructionCasing", 2, "FROM a\nworkdir /x\nUSER 1\n", ""},
		{"DuplicateStageName", 2, "FROM a AS b\nFROM c AS b\n", ""},
		{"ReservedStageName", 1, "FROM a AS context\n", ""},
		{"JSONArgsRecommended", 2, "FROM a\nCMD serve\n", ""},
		{"MaintainerDeprecated", 2, "FROM a\nMAINTAINER me\n", ""},
		{"UndefinedArgInFrom", 1, "FROM $BASE\n", ""},
		{"WorkdirRelativePath", 2, "FROM a\nWORKDIR x\n", ""},
		{"UndefinedVar", 2, "FROM a\nCOPY $x /y\n", ""},
		{"MultipleInstructionsDisallowed", 2, "FROM a\nCMD [\"x\"]\nCMD [\"y\"]\n", ""},
		{"LegacyKeyValueFormat", 2, "FROM a\nENV A b\n", ""},
		{"RedundantTargetPlatform", 1, "FROM --platform=$TARGETPLATFORM a\n", ""},
		{"SecretsUsedInArgOrEnv", 2, "FROM a\nENV DB_PASSWORD=x\n", ""},
		{"InvalidDefaultArgInFrom", 2, "ARG TAG\nFROM a:${TAG}\n", ""},
		{"FromPlatformFlagConstDisallowed", 1, "FROM --platform=linux/amd64 a\n", ""},
		{"CopyIgnoredFile", 2, "FROM a\nCOPY go.mod ./\n", "go.*\n"},
		{"InvalidDefinitionDescription", 2, "# something else\nFROM a AS b\n", ""},
		{"ExposeProtoCasing", 2, "FROM a\nEXPOSE 80/TCP\n", ""},
		{"ExposeInvalidFormat", 2, "FROM a\nEXPOSE 127.0.0.1:80:80\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.rule, func(t *testing.T) {
			got := linttest.Lint(t, []byte(tt.dockerfile), []byte(tt.ignore))
			if !slices.ContainsFunc(got, func(w linttest.Warning) bool { return w.Rule == tt.rule && w.Line == tt.line }) {
				t.Errorf("no %s in line %d; got %v", tt.rule, tt.line, got)
			}
		})
	}
}

func TestLintWholeValue(t *testing.T) {
	dockerfile := "FROM golang:1.26 AS build\n" +
		"COPY go.mod ./\n" +
		"\n" +
		"FROM build AS Runtime\n" +
		"CMD serve\n"
	got := linttest.Lint(t, []byte(dockerfile), []byte("go.mod\n"))
	want := []linttest.Warning{
		{"CopyIgnoredFile", 2, `Attempting to Copy file "go.mod" that is excluded by .dockerignore`},
		{"StageNameCasing", 4, "Stage name 'Runtime' should be lowercase"},
		{"JSONArgsRecommended", 5, "JSON arguments recommended for CMD to prevent unintended behavior related to OS signals"},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("Lint (-want +got):\n%s", diff)
	}
}

func TestLintDirectiveHidesNothing(t *testing.T) {
	got := linttest.Lint(t, []byte("# check=skip=all\nFROM a AS B\n"), nil)
	if len(got) != 1 || !strings.HasPrefix(got[0].String(), "line 2: StageNameCasing") {
		t.Errorf("Lint = %v, want StageNameCasing", got)
	}
}
