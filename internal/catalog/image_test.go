package catalog

import (
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestOpenErrors(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name  string
		files fstest.MapFS
		want  string
	}{
		{"missing", fstest.MapFS{}, "read the image catalog: open images.toml: file does not exist"},
		{
			"unknown key", fstest.MapFS{"images.toml": {Data: []byte("as_off = \"2026-08-21\"\n")}},
			"read the image catalog: images.toml: unknown key as_off",
		},
		{
			"broken", fstest.MapFS{"images.toml": {Data: []byte("as_of = 1\n")}},
			"read the image catalog: images.toml: ",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := open(tt.files)
			if !strings.HasPrefix(message(err), tt.want) {
				t.Errorf("open:\nwant %s…\ngot  %v", tt.want, err)
			}
		})
	}
}

func TestBrokenTagList(t *testing.T) {
	t.Parallel()
	table := &fstest.MapFile{Data: []byte("[[image]]\nnames = [\"x\"]\nlist = true\nexact = '\\d+'\n")}
	for _, tt := range []struct {
		name, list, want string
	}{
		{"no versions", "slim\n", `read the tags of x: line "slim\n" is not a variant and its versions`},
		{"no variant", " 1 2\n", `read the tags of x: line " 1 2\n" is not a variant and its versions`},
		{"variant twice", "- 1\n- 2\n", `read the tags of x: variant "" is listed twice`},
		{"no version", "- 1 x\n", `read the tags of x: version "x": strconv.ParseUint: parsing "x": invalid syntax`},
		{"out of order", "- 2 1\n", `read the tags of x: version "1" is out of order`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c, err := open(fstest.MapFS{"images.toml": table, "tags/x.txt": {Data: []byte(tt.list)}})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.Resolve("x", "", "")
			if diff := cmp.Diff(tt.want, message(err)); diff != "" {
				t.Errorf("error (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("missing", func(t *testing.T) {
		t.Parallel()
		c, err := open(fstest.MapFS{"images.toml": table})
		if err != nil {
			t.Fatal(err)
		}
		_, err = c.Reference("x", "1")
		if diff := cmp.Diff("read the tags of x: open tags/x.txt: file does not exist", message(err)); diff != "" {
			t.Errorf("error (-want +got):\n%s", diff)
		}
	})
}

// TestTable checks what images.toml promises in its first lines.
func TestTable(t *testing.T) {
	t.Parallel()
	text, err := embedded.ReadFile("images.toml")
	if err != nil {
		t.Fatal(err)
	}
	table, err := parseTable(string(text))
	if err != nil {
		t.Fatal(err)
	}
	date := regexp.MustCompile(`^\d{4}-\d{2}(-\d{2})?$`)
	if table.AsOf != embeddedCatalog(t).AsOf() || !date.MatchString(table.AsOf) {
		t.Errorf("as_of = %q", table.AsOf)
	}
	seen := map[string]bool{}
	for _, entry := range table.Image {
		for _, name := range entry.Names {
			if seen[name] {
				t.Errorf("%s stands in the table twice", name)
			}
			seen[name] = true
		}
		if entry.List == (len(entry.Tags) > 0) {
			t.Errorf("%v: want either a list or tags", entry.Names)
		}
		if (entry.List || len(entry.Line) > 0) && entry.Exact == "" {
			t.Errorf("%v: exact is missing", entry.Names)
		}
		for _, line := range entry.Line {
			if line.EOL == "" {
				continue
			}
			if !date.MatchString(line.EOL) {
				t.Errorf("%v %s: eol = %q", entry.Names, line.Name, line.EOL)
			}
			// A month lasts until its end, and a day too.
			past := line.EOL < table.AsOf[:len(line.EOL)]
			if past == line.Supported {
				t.Errorf("%v %s: supported = %v, but eol = %s and as_of = %s", entry.Names, line.Name, line.Supported, line.EOL, table.AsOf)
			}
		}
	}
}

// TestLinesHaveTags also checks that the lines are in their order: newest first.
func TestLinesHaveTags(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for name, im := range c.images {
		var newest []version
		for _, line := range c.Lines(name) {
			var found []version
			for _, v := range allVersions(t, im) {
				if got, _ := c.Line(name, v.text); got == line {
					found = append(found, v)
				}
			}
			if len(found) == 0 {
				t.Errorf("%s: line %s has no tag", name, line.Name)
				continue
			}
			newest = append(newest, slices.MaxFunc(found, version.compare))
		}
		slices.Reverse(newest)
		if !slices.IsSortedFunc(newest, version.compare) {
			t.Errorf("%s: the lines are not in the order of their versions", name)
		}
	}
}

func allVersions(t *testing.T, im *image) []version {
	t.Helper()
	variants, err := im.variants()
	if err != nil {
		t.Fatal(err)
	}
	var all []version
	for name, v := range variants {
		versions, err := v.versions()
		if err != nil {
			t.Fatalf("%s, variant %q: %v", im.name, name, err)
		}
		all = append(all, versions...)
	}
	return all
}

// TestEmbeddedTags decodes every list, finds every tag, and packs them again: a list that
// was edited by hand, or written by another table, differs.
func TestEmbeddedTags(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	var files []string
	for _, name := range c.Listed() {
		files = append(files, "tags/"+name+".txt")
		want, err := embedded.ReadFile("tags/" + name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		tags := allTags(t, c.images[name])
		for _, tag := range tags {
			if !c.Has(name + ":" + tag) {
				t.Errorf("Has(%s:%s) = false", name, tag)
			}
		}
		got, err := c.Pack(name, tags)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s, packed again (-want +got):\n%s", name, diff)
		}
	}
	got, err := fs.Glob(embedded, "tags/*")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(files, got); diff != "" {
		t.Errorf("files in tags (-want +got):\n%s", diff)
	}
}

func allTags(t *testing.T, im *image) []string {
	t.Helper()
	variants, err := im.variants()
	if err != nil {
		t.Fatal(err)
	}
	var tags []string
	for name, v := range variants {
		for text := range strings.FieldsSeq(v.packed) {
			tags = append(tags, joinTag(text, name))
		}
	}
	slices.Sort(tags)
	return tags
}

func TestPack(t *testing.T) {
	t.Parallel()
	c := embeddedCatalog(t)
	for _, tt := range []struct {
		name, image string
		tags        []string
		want        string
	}{
		{
			"ascending, per variant, once", "golang",
			[]string{"1.26.10-trixie", "1.26.7", "1.26.9-trixie", "1.26.7-trixie", "1.26.9-trixie", "1.26.7-alpine3.24"},
			"- 1.26.7\nalpine3.24 1.26.7\ntrixie 1.26.7 1.26.9 1.26.10\n",
		},
		{
			"moving tags are dropped", "golang",
			[]string{"latest", "trixie", "1", "1-trixie", "1.26-trixie", "1.26.7-trixie", "tip-20251227-trixie"},
			"trixie 1.26.7\n",
		},
		{
			"pre-releases are dropped", "maven",
			[]string{"4.0.0-rc-5", "4.0.0-rc-5-sapmachine", "4.0.0-beta1", "4.0.0-alpha.2", "3.9.16-alpine", "3.15.0rc1"},
			"alpine 3.9.16\n",
		},
		{
			"left out", "node",
			[]string{"24.19.0-onbuild", "24.19.0-windowsservercore-ltsc2025", "24.19.0-nanoserver", "24.19.0-slim"},
			"slim 24.19.0\n",
		},
		{
			"unreleased", "ubuntu",
			[]string{"26.10", "26.04", "24.04", "noble-20260810", "noble"},
			"- 24.04 26.04\n",
		},
		{
			"builds", "eclipse-temurin",
			[]string{"21.0.12_8-jdk", "21.0.12_10-jdk", "21_35-jdk", "21-jdk", "17.0.8.1_1-jdk", "17.0.8_7-jdk", "8u502-b07-jdk", "23.0.1_11.1-jdk"},
			"jdk 8u502-b07 17.0.8_7 17.0.8.1_1 21_35 21.0.12_8 21.0.12_10\n",
		},
		{"nothing", "golang", nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Pack(tt.image, tt.tags)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("Pack (-want +got):\n%s", diff)
			}
			slices.Reverse(tt.tags)
			again, err := c.Pack(tt.image, tt.tags)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(got), string(again)); diff != "" {
				t.Errorf("Pack of the tags in another order (-want +got):\n%s", diff)
			}
		})
	}
}
