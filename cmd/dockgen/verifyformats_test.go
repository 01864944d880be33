package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/verify"
)

// judged is a report with a finding, something that was not judged, and a service without
// an image.
func judged() verify.Report {
	return verify.Report{
		SchemaVersion: verify.SchemaVersion,
		Images: []verify.Verdict{{
			Service: "web", Dir: "web", Dockerfile: "web/Dockerfile", State: verify.Failed, Size: 30_000_000,
			Layers: []verify.Layer{{Size: 30_000_000, Own: true, Instruction: "COPY . .", At: "web/Dockerfile:14", Folders: verify.Folder{Name: "/", Size: 30_000_000}}},
			Checks: []verify.Result{
				{ID: "V203", Title: "no credentials", State: verify.Failed, Findings: []verify.Finding{{What: "a,b\n::error::x is there", Fix: "leave it out", At: "web/Dockerfile:14"}}},
				{ID: "V102", Title: "it starts", State: verify.NotJudged, Seen: "it waits for a database"},
			},
		}},
		Problems: []verify.Problem{{Service: "job", Dir: "job", Message: "the build failed", At: "job/Dockerfile:7"}},
	}
}

func printed(t *testing.T, format string, earlier *verify.Report) string {
	t.Helper()
	var out bytes.Buffer
	if err := (&verifying{format: format}).tell(&streams{out: &out, err: &out}, judged(), earlier); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestVerifyFormats(t *testing.T) {
	want := "::error file=web/Dockerfile,line=14,title=dockgen%3A V203::web: a,b\\n::error::x is there; leave it out\n" +
		"::error file=web/Dockerfile,title=dockgen%3A V102::web: not judged: it waits for a database\n" +
		"::error file=job/Dockerfile,line=7,title=dockgen%3A not-judged::job: the build failed\n"
	if diff := cmp.Diff(want, printed(t, "github", nil)); diff != "" {
		t.Errorf("github (-want +got):\n%s", diff)
	}
	var s sarif
	if err := json.Unmarshal([]byte(printed(t, "sarif", nil)), &s); err != nil {
		t.Fatal(err)
	}
	results := s.Runs[0].Results
	if len(results) != 3 || results[0].RuleID != "V203" || results[0].Locations[0].Physical.Region.StartLine != 14 || results[1].Locations[0].Physical.Region != nil {
		t.Errorf("sarif: %+v", results)
	}
	known := map[rule]bool{}
	for _, r := range s.Runs[0].Tool.Driver.Rules {
		known[r.ID] = true
	}
	for _, r := range results {
		if !known[r.RuleID] {
			t.Errorf("sarif: no rule %s", r.RuleID)
		}
	}
	for format, want := range map[string]string{"markdown": "<!-- dockgen verify -->\n", "junit": "<?xml", "html": "<!DOCTYPE html>", "json": "{\n  \"schemaVersion\": 1,", "text": "web: failed\n"} {
		if got := printed(t, format, nil); !strings.HasPrefix(got, want) {
			t.Errorf("%s begins with\n%.80s", format, got)
		}
	}
}

// TestVerifyAgainst wants what grew, and which instruction did it.
func TestVerifyAgainst(t *testing.T) {
	earlier := judged()
	earlier.Images[0].Size, earlier.Images[0].Layers[0].Size, earlier.Images[0].Layers[0].Folders.Size = 20_000_000, 20_000_000, 20_000_000
	text := printed(t, "text", &earlier)
	if want := "web: 20 MB before, 30 MB now\n  +10 MB   /   COPY . ., web/Dockerfile:14\n"; !strings.HasSuffix(text, want) {
		t.Errorf("text ends with\n%s", text[max(0, len(text)-120):])
	}
	var a verifyAnswer
	if err := json.Unmarshal([]byte(printed(t, "json", &earlier)), &a); err != nil {
		t.Fatal(err)
	}
	if len(a.Changes) != 1 || a.Changes[0].Grown[0].Bytes != 10_000_000 {
		t.Errorf("json: %+v", a.Changes)
	}
}

func TestVerifyAgainstFile(t *testing.T) {
	dir := t.TempDir()
	file := func(text string) string {
		name := filepath.Join(dir, "r.json")
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return name
	}
	for text, want := range map[string]string{
		`{"schemaVersion": 1, "images": []}`: "",
		`{"schemaVersion": 9}`:               "its schemaVersion is 9, and this dockgen reads 1",
		`[`:                                  "no answer of dockgen verify --json",
	} {
		name := file(text)
		r, err := (&verifying{against: name}).earlier()
		if want == "" && (err != nil || r == nil) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v", text, r, err)
		}
	}
	if _, err := (&verifying{against: dir}).earlier(); err == nil {
		t.Error("a folder is taken for a report")
	}
	if r, err := (&verifying{against: "registry.example/api:1"}).earlier(); r != nil || err != nil {
		t.Errorf("the reference of an image: %v, %v", r, err)
	}
	for format, js := range map[string]bool{"xml": false, "html": true} {
		if err := (&verifying{format: format, flags: flags{json: js}}).settle(&streams{}); err == nil {
			t.Errorf("--format %s with --json %v passes", format, js)
		}
	}
}

// TestVerdictCode wants 1 for findings alone: what was not judged, or has no image, is 2,
// whatever was found beside it.
func TestVerdictCode(t *testing.T) {
	image := func(states ...verify.State) verify.Verdict {
		v := verify.Verdict{}
		for _, s := range states {
			v.Checks = append(v.Checks, verify.Result{State: s})
		}
		return v
	}
	broken := []verify.Problem{{Message: "the build fails"}}
	for _, test := range []struct {
		name   string
		report verify.Report
		want   int
	}{
		{"all passed", verify.Report{Images: []verify.Verdict{image(verify.Passed, verify.Skipped)}}, exitDone},
		{"a finding", verify.Report{Images: []verify.Verdict{image(verify.Failed), image(verify.Passed)}}, exitDifference},
		{"not judged", verify.Report{Images: []verify.Verdict{image(verify.Passed, verify.NotJudged)}}, exitFault},
		{"both, of one image", verify.Report{Images: []verify.Verdict{image(verify.NotJudged, verify.Failed)}}, exitFault},
		{"both, of two", verify.Report{Images: []verify.Verdict{image(verify.NotJudged), image(verify.Failed)}}, exitFault},
		{"a finding, and a build that fails", verify.Report{Images: []verify.Verdict{image(verify.Failed)}, Problems: broken}, exitFault},
	} {
		if got := verdictCode(test.report); got != test.want {
			t.Errorf("%s: %d, want %d", test.name, got, test.want)
		}
	}
}
