package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTagListRoundTrip(t *testing.T) {
	t.Parallel()
	want := map[string][]string{
		"":           {"1.26.7", "1.27.0"},
		"slim":       {"1.9.0", "1.10.0"},
		"jdk-alpine": {"8u502-b07", "11.0.16_8", "11.0.16.1_1", "21_35"},
	}
	list := map[string][]version{}
	for name, texts := range want {
		for _, text := range texts {
			v, err := parseVersion(text)
			if err != nil {
				t.Fatal(err)
			}
			list[name] = append(list[name], v)
		}
	}
	variants, err := unpackList(string(packList(list)))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string][]string{}
	for name, v := range variants {
		versions, err := v.versions()
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range versions {
			got[name] = append(got[name], v.text)
		}
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("unpacked (-want +got):\n%s", diff)
	}
}

// FuzzUnpackList checks that what can be decoded comes back when it is packed.
func FuzzUnpackList(f *testing.F) {
	for _, text := range []string{"", "- 1\n", "trixie 1.26.7 1.27.0\n", "jdk 8u502-b07 17.0.8_7 17.0.8.1_1\n", "- 01 1\n", "-  1\n", "x\n", " 1\n", "- 1\n- 1\n", "a 1\nb 2"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, ok := decode(text)
		if !ok {
			return
		}
		packed := packList(want)
		got, ok := decode(string(packed))
		if !ok {
			t.Fatalf("%q was decoded, but not its packed form %q", text, packed)
		}
		if diff := cmp.Diff(texts(want), texts(got)); diff != "" {
			t.Errorf("unpacked again (-want +got):\n%s", diff)
		}
	})
}

func decode(text string) (map[string][]version, bool) {
	variants, err := unpackList(text)
	if err != nil {
		return nil, false
	}
	list := map[string][]version{}
	for name, v := range variants {
		if list[name], err = v.versions(); err != nil {
			return nil, false
		}
	}
	return list, true
}

func texts(list map[string][]version) map[string][]string {
	all := map[string][]string{}
	for name, versions := range list {
		for _, v := range versions {
			all[name] = append(all[name], v.text)
		}
	}
	return all
}
