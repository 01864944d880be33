package reports_test

import (
	"encoding/json"
	"encoding/xml"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/reports"
	"github.com/dockgen/dockgen/internal/verify"
)

var update = flag.Bool("update", false, "rewrite the expectations")

// hostile is a name that a terminal, a page, a table and a mention take for their own.
const hostile = "a|b`c\x1b[2J\u202e</script><b>@all #1 ]]>"

func folder(name string, size int64, children ...verify.Folder) verify.Folder {
	return verify.Folder{Name: name, Size: size, Children: children}
}

// orders is an image in order, web one with faults.
func orders(program int64) verify.Verdict {
	return verify.Verdict{
		Service: "orders", Dir: "orders", Reference: "orders:1", Dockerfile: "orders/Dockerfile", Platform: "linux/amd64", State: verify.Passed,
		Size: 2_000_000 + program, Base: verify.Base{Image: "gcr.io/distroless/static-debian13:nonroot", Layers: 1, Size: 2_000_000, How: "by its layers"},
		Layers: []verify.Layer{
			{Size: 2_000_000, Instruction: "FROM", Folders: folder("/", 2_000_000)},
			{Size: program, Own: true, Instruction: "COPY --from=builder /out/orders /usr/local/bin/orders", At: "orders/Dockerfile:31",
				Folders: folder("/", program, folder("usr", program, folder("local", program, folder("bin", program, folder("orders", program)))))},
		},
		Folders: folder("/", 2_000_000+program, folder("usr", program, folder("local", program)), folder("etc", 1_000_000)),
		Start:   0.3, Stop: 0.1,
		Checks: []verify.Result{{ID: "V101", Title: "the test stage builds", State: verify.Passed, Seen: "214 tests"}, {ID: "V603", Title: "two builds make one digest", State: verify.Skipped, Seen: "--reproducible was not given"}},
	}
}

func web() verify.Verdict {
	return verify.Verdict{
		Service: "web", Dir: "web", Reference: "web:1", Dockerfile: "web/Dockerfile", Platform: "linux/amd64", State: verify.Failed,
		Size: 90_000_000, Wasted: 8_000_000,
		Layers:  []verify.Layer{{Size: 90_000_000, Own: true, Instruction: "COPY . .", At: "web/Dockerfile:14", Folders: folder("/", 90_000_000)}},
		Folders: folder("/", 90_000_000, folder("app", 80_000_000, folder("node_modules", 70_000_000, folder("next", 50_000_000), folder("@img", 15_000_000, folder("sharp", 15_000_000))), folder(hostile, 10_000_000))),
		Waste:   []verify.Waste{{Path: "/app/" + hostile, Bytes: 8_000_000, Copies: 1, Cause: "taken away in a later layer", By: "RUN rm -rf x", At: "web/Dockerfile:15"}},
		Checks: []verify.Result{
			{ID: "V203", Title: "there is no file that is there for credentials", State: verify.Failed, Findings: []verify.Finding{
				{What: "/app/.env is in the image", Expected: "none", Seen: "120 bytes", Fix: "add .env to .dockerignore", Path: "/app/.env", Layer: 1, By: "COPY . .", At: "web/Dockerfile:14", Bytes: 120},
				{What: "/app/" + hostile + " is in the image", Fix: "leave it out", Path: "/app/" + hostile},
			}},
			{ID: "V102", Title: "it starts", State: verify.NotJudged, Seen: "it waits for postgres at db:5432", Fix: "say in [verify] env where there is one"},
		},
		Failed: []string{"V203"},
	}
}

func sample() (now, earlier verify.Report) {
	job := verify.Problem{Service: "job", Dir: "job", Message: "the build failed", At: "job/Dockerfile:7", Step: "RUN go build", Log: []string{"main.go:3: " + hostile, "::error::x"}}
	now = verify.Report{SchemaVersion: verify.SchemaVersion, Images: []verify.Verdict{orders(12_200_000), web()}, Problems: []verify.Problem{job}}
	return now, verify.Report{SchemaVersion: verify.SchemaVersion, Images: []verify.Verdict{orders(10_000_000)}}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

func TestMarkdown(t *testing.T) {
	now, earlier := sample()
	golden(t, "report.md", reports.Markdown(now, nil))
	golden(t, "against.md", reports.Markdown(now, &earlier))
}

// TestJUnit wants XML that adds up, whatever names it has.
func TestJUnit(t *testing.T) {
	now, _ := sample()
	data, err := reports.JUnit(now)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "report.xml", data)
	var read struct {
		Tests    int `xml:"tests,attr"`
		Failures int `xml:"failures,attr"`
		Errors   int `xml:"errors,attr"`
		Cases    []struct {
			Failure *struct{} `xml:"failure"`
			Error   *struct{} `xml:"error"`
		} `xml:"testsuite>testcase"`
	}
	if err := xml.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	failures, errors := 0, 0
	for _, c := range read.Cases {
		if c.Failure != nil {
			failures++
		}
		if c.Error != nil {
			errors++
		}
	}
	if read.Tests != len(read.Cases) || read.Failures != failures || read.Errors != errors {
		t.Errorf("%d tests, %d failures, %d errors; counted %d, %d, %d", read.Tests, read.Failures, read.Errors, len(read.Cases), failures, errors)
	}
}

var asks = regexp.MustCompile(`(?i)(src|href|action|data|poster|srcset)\s*=\s*["']?(https?:|//)|@import|url\(|fetch\(|XMLHttpRequest|WebSocket|sendBeacon`)

// TestHTML wants one page that asks nobody for anything and shows names as text.
func TestHTML(t *testing.T) {
	now, earlier := sample()
	data, err := reports.HTML(now, &earlier)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "report.html", data)
	text := string(data)
	if found := asks.FindString(text); found != "" {
		t.Errorf("it asks for something: %s", found)
	}
	for _, bad := range []string{"\x1b", "\u202e", "c\\u001b[2J\\u202e</script>", "<b>@all"} {
		if strings.Contains(text, bad) {
			t.Errorf("it holds %q", bad)
		}
	}
	_, rest, _ := strings.Cut(text, "const pictures = ")
	line, _, _ := strings.Cut(rest, ";\n")
	var pictures [][]struct {
		Name  string `json:"n"`
		Bytes int64  `json:"b"`
	}
	if err := json.Unmarshal([]byte(line), &pictures); err != nil {
		t.Fatal(err)
	}
	if len(pictures) != 2 || len(pictures[0]) != 2 || len(pictures[1]) != 3 || pictures[1][2].Bytes != 65_000_000 {
		t.Errorf("pictures: %+v", pictures)
	}
}

// TestBefore finds what an earlier report says of the same image.
func TestBefore(t *testing.T) {
	named := func(references ...string) (r verify.Report) {
		for _, name := range references {
			r.Images = append(r.Images, verify.Verdict{Reference: name})
		}
		return r
	}
	for _, c := range []struct {
		now     string
		earlier verify.Report
		want    string
	}{
		{"reg:5000/api:2", named("reg:5000/web:1", "reg:5000/api:1"), "reg:5000/api:1"},
		{"api@sha256:aa", named("api", "x"), "api"},
		{"api:2", named("other:1"), "other:1"},
		{"api:2", named("other:1", "more:1"), ""},
	} {
		now := named(c.now)
		got := ""
		if v := reports.Before(now.Images[0], now, &c.earlier); v != nil {
			got = v.Reference
		}
		if got != c.want {
			t.Errorf("before %s: %q, want %q", c.now, got, c.want)
		}
	}
}

// TestGrown names the instruction and the path that a change is of.
func TestGrown(t *testing.T) {
	before, after := orders(10), orders(30)
	after.Base.Size += 5
	after.Layers = append(after.Layers, verify.Layer{Size: 7, Own: true, Instruction: "COPY x /x", At: "Dockerfile:9", Folders: folder("/", 7, folder("x", 7))})
	before.Layers = append(before.Layers, verify.Layer{Size: 3, Own: true, Instruction: "COPY y /y", Folders: folder("/", 3, folder("y", 3))})
	want := []reports.Growth{
		{"COPY --from=builder /out/orders /usr/local/bin/orders", "orders/Dockerfile:31", "/usr/local/bin/orders", 20},
		{"COPY x /x", "Dockerfile:9", "/x", 7},
		{"FROM gcr.io/distroless/static-debian13:nonroot", "", "", 5},
		{"COPY y /y", "", "/y", -3},
	}
	if diff := cmp.Diff(want, reports.Grown(before, after)); diff != "" {
		t.Errorf("grown (-want +got):\n%s", diff)
	}
}
