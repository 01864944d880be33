package verify

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestChecks wants ids that are sorted and unique, as scripts and allow lists name them.
func TestChecks(t *testing.T) {
	var ids []string
	for _, c := range Checks() {
		ids = append(ids, c.ID)
		if len(c.ID) != 4 || !strings.HasPrefix(c.ID, "V") || c.Group == "" || c.Title == "" {
			t.Errorf("%+v: incomplete", c)
		}
	}
	want := slices.Compact(slices.Sorted(slices.Values(ids)))
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

// TestInstruction reads what builders note of a step as a Dockerfile has it.
func TestInstruction(t *testing.T) {
	for text, want := range map[string]string{
		"RUN /bin/sh -c go build ./... # buildkit":                           "RUN go build ./...",
		"RUN |2 TARGETARCH=amd64 V=1 2 /bin/sh -c go build ./... # buildkit": "RUN go build ./...",
		"|1 A=b /bin/sh -c make":                                             "RUN make",
		"RUN |1 A=b /bin/bash -o pipefail -c curl x | tar x # buildkit":      "RUN curl x | tar x",
		"RUN /bin/bash -o pipefail -c curl x | tar x # buildkit":             "RUN curl x | tar x",
		"RUN /bin/sh -c echo '|1 A=b /bin/sh -c x' # buildkit":               "RUN echo '|1 A=b /bin/sh -c x'",
		"/bin/sh -c #(nop) ADD file:1 in / ":                                 "ADD file:1 in /",
		"COPY /out/server /app/server # buildkit":                            "COPY /out/server /app/server",
	} {
		if got := Instruction(text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
	if diff := cmp.Diff([][2]string{{"TOKEN", "x"}, {"V", "2"}}, variables("RUN |2 TOKEN=x V=2 /bin/bash -o pipefail -c A=b make # buildkit")); diff != "" {
		t.Errorf("variables (-want +got):\n%s", diff)
	}
}

// TestDocumented wants a section on each check, with an example and the way out.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Checks() {
		_, rest, ok := strings.Cut(string(page), "\n## "+c.ID+": "+c.Title+"\n")
		section, _, _ := strings.Cut(rest, "\n## ")
		if !ok || !strings.Contains(section, "**Way out:**") || len(section) < 80 {
			t.Errorf("docs/verify.md: no section for %s: %s", c.ID, c.Title)
		}
	}
}

// TestWants reads which variable a program ended without, in the words of libraries.
func TestWants(t *testing.T) {
	for log, want := range map[string]string{
		`KeyError: 'SECRET_KEY'`: "SECRET_KEY",
		"KeyError: 'name'":       "",
		"django.core.exceptions.ImproperlyConfigured: Set the API_KEY environment variable":                   "API_KEY",
		`environs.exceptions.EnvError: Environment variable "API_KEY" not set`:                                "API_KEY",
		"decouple.UndefinedValueError: API_KEY not found. Declare it as envvar or define a default value.":    "API_KEY",
		`panic: required environment variable "API_KEY" is not set`:                                           "API_KEY",
		"required key API_KEY missing value":                                                                  "API_KEY",
		"Error: Missing required environment variable: API_KEY":                                               "API_KEY",
		"Error: API_KEY is required":                                                                          "API_KEY",
		`thread 'main' panicked at src/main.rs:4: API_KEY must be set: NotPresent`:                            "API_KEY",
		"java.lang.IllegalArgumentException: Could not resolve placeholder 'api.key' in value \"${api.key}\"": "api.key",
		"a file is required":             "",
		"TypeError: x is not a function": "",
	} {
		one := 1
		p := &probe{facts: &Facts{Run: &Run{Exit: &one, Logs: []string{"starting", log}}}}
		if p.wants(); p.facts.Run.Wants != want {
			t.Errorf("%s: %q, want %q", log, p.facts.Run.Wants, want)
		}
	}
}

// TestDevOnly reads which packages only development wants, as each lockfile says it.
func TestDevOnly(t *testing.T) {
	for name, text := range map[string]string{
		"api/uv.lock": `version = 1
[[package]]
name = "api"
source = { virtual = "." }
dependencies = [{ name = "flask" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }, { name = "click" }]
prod = [{ name = "gunicorn" }]
[[package]]
name = "flask"
dependencies = [{ name = "click" }]
[[package]]
name = "click"
[[package]]
name = "pytest"
dependencies = [{ name = "pluggy" }]
[[package]]
name = "pluggy"
[[package]]
name = "gunicorn"
`,
		"poetry.lock": `[[package]]
name = "flask"
groups = ["main", "dev"]
[[package]]
name = "pytest"
groups = ["dev", "test"]
[[package]]
name = "gunicorn"
groups = ["prod"]
[[package]]
name = "pluggy"
category = "dev"
[[package]]
name = "old"
category = "main"
`,
		"pdm.lock": `[[package]]
name = "flask"
groups = ["default", "dev"]
[[package]]
name = "pytest"
groups = ["dev"]
[[package]]
name = "pluggy"
groups = ["test"]
`,
		"Pipfile.lock": `{"default": {"click": {}}, "develop": {"click": {}, "pytest": {}, "pluggy": {}}}`,
	} {
		got, err := DevOnly(name, []byte(text))
		if diff := cmp.Diff([]string{"pluggy", "pytest"}, got); diff != "" || err != nil {
			t.Errorf("%s (-want +got):\n%s%v", name, diff, err)
		}
		if _, err := DevOnly(name, []byte("{")); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s that is broken: %v", name, err)
		}
	}
}

// TestEdit makes an edit that no earlier run has made, which the cache would know.
func TestEdit(t *testing.T) {
	var texts []string
	for range 2 {
		dir := t.TempDir()
		if err := os.WriteFile(dir+"/main.go", []byte("package main\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if name, err := edit(dir, Subject{Stack: "go", Dir: ".", Context: "."}); err != nil || name != "main.go" {
			t.Fatal(name, err)
		}
		text, err := os.ReadFile(dir + "/main.go")
		if err != nil || !strings.HasPrefix(string(text), "package main\n\n// edited ") {
			t.Fatalf("%q, %v", text, err)
		}
		texts = append(texts, string(text))
	}
	if texts[0] == texts[1] {
		t.Errorf("both are %q", texts[0])
	}
}
