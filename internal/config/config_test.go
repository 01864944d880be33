package config_test

import (
	"bytes"
	"errors"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pelletier/go-toml/v2"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/detect/all"
	"github.com/dockgen/dockgen/detect/detecttest"
	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/plan"
)

// load reads the files of a txtar archive.
func load(t *testing.T, archive string) (*config.Config, error) {
	t.Helper()
	return config.Load(detecttest.Tree(t, txtar.Parse([]byte(archive))), all.Stacks())
}

// faults are files that both the decoder and the schema refuse, with what the
// decoder says.
var faults = []struct{ name, text, want string }{
	{"an unknown key", "port = 1\nruntme = \"slim\"\n", "dockgen.toml:2:1: unknown key runtme; the nearest is runtime"},
	{"an unknown key of a service", "[service.api]\nlang_version = \"1\"\n", "dockgen.toml:2:1: unknown key service.api.lang_version; the nearest is lang-version"},
	{"a key like no other", "[bake]\nx = 1\n", "dockgen.toml:2:1: unknown key bake.x; there are platforms, registry, tag"},
	{"a string for a number", "port = \"80\"\n", "dockgen.toml:1:1: port: want a whole number, not a string"},
	{"a fraction", "port = 1.5\n", "dockgen.toml:1:1: port: want a whole number, not a number with a fraction"},
	{"a string for an array", "[stack.go]\ncommand = \"x\"\n", "dockgen.toml:2:1: stack.go.command: want an array, not a string"},
	{"a number in an array", "private = [1]\n", "dockgen.toml:1:1: private[0]: want a string, not a whole number"},
	{"a value for a table", "service = 1\n", "dockgen.toml:1:1: service: want a table, not a whole number"},
	{"a number for a label", "[labels]\nx = 1\n", "dockgen.toml:2:1: labels.x: want a string, not a whole number"},
	{"none of a list", "[images]\npin = \"latest\"\n", `dockgen.toml:2:1: images.pin: "latest" is none of tag, digest, exact, minor, arg`},
	{"a missing key", "\n[[lines]]\nstage = \"x\"\nplace = \"end\"\n", "dockgen.toml:2:3: lines[0]: the key text is missing"},
	{"an unknown key of the second of a list", "[[files]]\nfrom = \"a\"\nto = \"/a\"\n[[files]]\nfrom = \"a\"\ntoo = \"/a\"\nto = \"/b\"\n", "dockgen.toml:6:1: unknown key files[1].too; the nearest is to"},
	{"no port", "[service.api]\nport = 70000\n", "dockgen.toml:2:1: service.api.port: 70000: not a port"},
	{"no host", "private = [\"a b\"]\n", "dockgen.toml:1:1: private: a b: not a host, with or without a path"},
	{"no architecture", "platforms = [\"linux/foo\"]\n", "dockgen.toml:1:1: platforms: linux/foo: no such platform; there are linux/amd64, linux/arm64, linux/arm/v7 and others of Linux"},
	{"no platform", "[bake]\nplatforms = [\"amd64\"]\n", "dockgen.toml:2:1: bake.platforms: amd64: no such platform; there are linux/amd64, linux/arm64, linux/arm/v7 and others of Linux"},
	{"no tag", "[bake]\ntag = \"a b\"\n", `dockgen.toml:2:1: bake.tag: "a b" is no tag of an image`},
	{"port 0", "port = 0\n", "dockgen.toml:1:1: port: it says nothing; without the key, what was detected holds"},
	{"no flavour", "[stack.go]\nruntime = \"windows\"\n", "dockgen.toml:2:1: stack.go.runtime: windows: no such flavour; there are alpine, distroless, jlink, nginx, scratch, slim"},
	{"no manager", "package-manager = \"cargo\"\n", "dockgen.toml:1:1: package-manager: cargo: no such package manager; there are uv, poetry, pdm, pipenv, pip, npm[@VERSION], yarn[@VERSION], pnpm[@VERSION], bun[@VERSION]"},
	{"no word", "[service.api]\ncommand = []\n", "dockgen.toml:2:1: service.api.command: it says nothing; without the key, what was detected holds"},
	{"an empty word", "[service.api.images.alpine]\nlang-version = \"\"\n", "dockgen.toml:2:1: service.api.images.alpine.lang-version: it says nothing; without the key, what was detected holds"},
	{"an unknown key of an inline table", "files = [{ from = \"a\", to = \"/a\", mode = 1 }]\n", "dockgen.toml:1:35: unknown key files[0].mode; there are from, to"},
}

func TestFaults(t *testing.T) {
	published := compiled(t)
	for _, c := range faults {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, "-- dockgen.toml --\n"+c.text)
			if err == nil || err.Error() != c.want {
				t.Errorf("%v, want %s", err, c.want)
			}
			if published.Validate(asJSON(t, c.text)) == nil {
				t.Error("the schema takes it")
			}
		})
	}
}

// TestSchemaKnowsStacks refuses tables of stacks that there are none of, as a run does.
func TestSchemaKnowsStacks(t *testing.T) {
	if compiled(t).Validate(asJSON(t, "[stack.cobol]\nport = 1\n")) == nil {
		t.Error("the schema takes stack.cobol")
	}
	if err := compiled(t).Validate(asJSON(t, "[stack.go]\nport = 1\n[service.a.images.alpine]\nruntime = 'alpine'\n[service.a.images.mirror]\nx = 'y'\n")); err != nil {
		t.Error(err)
	}
}

// TestFaultsBeyondTheSchema are those that only the decoder sees.
func TestFaultsBeyondTheSchema(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no TOML", "port = \n", "dockgen.toml:1:8: "},
		{"twice", "port = 1\nport = 2\n", "dockgen.toml:2:1: "},
		{"no registry", "[bake]\nregistry = \"r.example.com/a b\"\n", `dockgen.toml:2:1: bake.registry: "r.example.com/a b" is not what an image's name begins with`},
		{"a folder outside", "include = [\"../examples\"]\n", "dockgen.toml:1:1: include: ../examples lies outside of the repository"},
		{"no image name", "[service.api]\nname = \"A B\"\n", "dockgen.toml:2:1: service.api.name: A B is not a valid image name: lower-case letters, digits and single . _ - between them"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := load(t, "-- dockgen.toml --\n"+c.text)
			var placed *detect.PositionError
			if !errors.As(err, &placed) || !strings.HasPrefix(err.Error(), c.want) {
				t.Errorf("%v, want %s…", err, c.want)
			}
		})
	}
}

func TestFaultOfAFolder(t *testing.T) {
	c, err := load(t, "-- api/dockgen.toml --\nignore = [\"x\"]\n-- web/dockgen.toml --\nport = 80\n")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, p := range c.Problems() {
		got = append(got, p.Error())
	}
	want := []string{"api/dockgen.toml:1:1: a key for the dockgen.toml at the root, not for that of a service"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("problems (-want +got):\n%s", diff)
	}
	if s := c.For("web", "go", "web"); s.Port != 80 {
		t.Errorf("the other folder has port %d", s.Port)
	}
}

func TestPrecedence(t *testing.T) {
	c, err := load(t, `-- dockgen.toml --
runtime = "slim"
packages = ["a"]
[labels]
one = "root"
two = "root"
[stack.go]
runtime = "alpine"
packages = ["b"]
[service.api]
runtime = "scratch"
no-test-stage = true
[service.api.labels]
two = "service"
-- services/api/dockgen.toml --
runtime = "distroless"
no-test-stage = false
packages = ["c"]
[[files]]
from = "x.yml"
to = "/etc/x.yml"
`)
	if err != nil {
		t.Fatal(err)
	}
	s := c.For("services/api", "go", "api")
	if s.Runtime != "distroless" || s.NoTestStage {
		t.Errorf("runtime %q, no test stage %v", s.Runtime, s.NoTestStage)
	}
	if diff := cmp.Diff([]string{"a", "b", "c"}, s.Packages); diff != "" {
		t.Errorf("packages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{"one": "root", "two": "service"}, s.Labels); diff != "" {
		t.Errorf("labels (-want +got):\n%s", diff)
	}
	if got := s.Files[0]; got.From != "services/api/x.yml" || got.At.String() != "services/api/dockgen.toml:4" {
		t.Errorf("file %+v", got)
	}
	var got []string
	for _, o := range s.Origins("runtime") {
		got = append(got, o.String()+" = "+o.Value)
	}
	want := []string{
		"services/api/dockgen.toml:1 runtime = distroless",
		"dockgen.toml:10 service.api.runtime = scratch",
		"dockgen.toml:7 stack.go.runtime = alpine",
		"dockgen.toml:1 runtime = slim",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("who sets the runtime (-want +got):\n%s", diff)
	}
	if other := c.For("web", "node", "web"); other.Runtime != "slim" || len(other.Packages) != 1 || len(other.Labels) != 2 || other.Labels["two"] != "root" {
		t.Errorf("another service has %+v", other.Settings)
	}
}

// TestEveryAnswerHasAKey wants a tag at every field of Overrides: it is the key.
func TestEveryAnswerHasAKey(t *testing.T) {
	for _, f := range reflect.VisibleFields(reflect.TypeFor[plan.Overrides]()) {
		if f.Type != reflect.TypeFor[plan.Own]() && (f.Tag.Get("toml") == "" || f.Tag.Get("doc") == "") {
			t.Errorf("plan.Overrides.%s has no tag toml or doc, so dockgen.toml cannot set it", f.Name)
		}
	}
}

// Published is the schema as editors read it.
const published = "../../docs/dockgen.schema.json"

// TestSchema keeps the published schema what the decoder is.
func TestSchema(t *testing.T) {
	want, err := config.Schema(all.Stacks())
	if err != nil {
		t.Fatal(err)
	}
	if *detecttest.Update {
		if err := os.WriteFile(published, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), strings.ReplaceAll(string(got), "\r\n", "\n")); diff != "" {
		t.Errorf("go test ./internal/config -update rewrites it (-want +published):\n%s", diff)
	}
}

// TestDocumentedExample wants the example of the documentation to be read by the
// decoder and taken by the schema, and every key to be in it.
func TestDocumentedExample(t *testing.T) {
	page, err := os.ReadFile("../../docs/dockgen.toml.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```toml\n")
	example, _, ok := strings.Cut(rest, "```")
	if !ok {
		t.Fatal("no example")
	}
	if _, err := load(t, "-- dockgen.toml --\n"+example); err != nil {
		t.Error(err)
	}
	if err := compiled(t).Validate(asJSON(t, example)); err != nil {
		t.Error(err)
	}
	for _, key := range config.Keys(all.Stacks()) {
		if !strings.Contains(example, key+" =") && !strings.Contains(example, key+"]") && !strings.Contains(example, "["+key+".") {
			t.Errorf("the key %s is not in the example", key)
		}
	}
}

func compiled(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(published)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("dockgen.schema.json", doc); err != nil {
		t.Fatal(err)
	}
	return compiler.MustCompile("dockgen.schema.json")
}

func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v map[string]any
	if err := toml.Unmarshal([]byte(text), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// FuzzLoad wants an error with a place for whatever is no dockgen.toml.
func FuzzLoad(f *testing.F) {
	for _, c := range faults {
		f.Add(c.text)
	}
	f.Add("[[files]]\nfrom = 'a'\nto = '''/a\n'''\n[a.b]\n[a]\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := config.Members([]byte(text), all.Stacks())
		var placed *detect.PositionError
		if err != nil && !errors.As(err, &placed) && !strings.Contains(err.Error(), "pattern") {
			t.Errorf("an error without a place: %v", err)
		}
	})
}
