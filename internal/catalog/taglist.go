package catalog

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
)

// plain stands for the empty variant in a tag list.
const plain = "-"

// variant is the versions of an image in one variant.
type variant struct {
	packed   string                    // as the tag list has them: ascending, separated by spaces
	versions func() ([]version, error) // packed, decoded; memoised
}

// holds reports whether there is a tag of this version in the variant.
func (v *variant) holds(version string) bool {
	if v == nil {
		return false
	}
	for field := range strings.FieldsSeq(v.packed) {
		if field == version {
			return true
		}
	}
	return false
}

// packList returns the compact form of versions by variant.
func packList(list map[string][]version) []byte {
	var out bytes.Buffer
	for _, name := range slices.Sorted(maps.Keys(list)) {
		versions := slices.SortedFunc(slices.Values(list[name]), version.compare)
		versions = slices.CompactFunc(versions, func(v, w version) bool { return v.text == w.text })
		if name == "" {
			name = plain
		}
		out.WriteString(name)
		for _, v := range versions {
			out.WriteByte(' ')
			out.WriteString(v.text)
		}
		out.WriteByte('\n')
	}
	return out.Bytes()
}

// unpackList reads the compact form, without decoding the versions yet.
func unpackList(text string) (map[string]*variant, error) {
	variants := map[string]*variant{}
	for line := range strings.Lines(text) {
		name, packed, ok := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		if !ok || name == "" {
			return nil, fmt.Errorf("line %q is not a variant and its versions", line)
		}
		if name == plain {
			name = ""
		}
		if variants[name] != nil {
			return nil, fmt.Errorf("variant %q is listed twice", name)
		}
		variants[name] = newVariant(packed)
	}
	return variants, nil
}

func newVariant(packed string) *variant {
	return &variant{
		packed:   packed,
		versions: sync.OnceValues(func() ([]version, error) { return unpackVersions(packed) }),
	}
}

func unpackVersions(packed string) ([]version, error) {
	versions := make([]version, 0, strings.Count(packed, " ")+1)
	for text := range strings.SplitSeq(packed, " ") {
		v, err := parseVersion(text)
		if err != nil {
			return nil, err
		}
		if n := len(versions); n > 0 && versions[n-1].compare(v) >= 0 {
			return nil, fmt.Errorf("version %q is out of order", text)
		}
		versions = append(versions, v)
	}
	return versions, nil
}
