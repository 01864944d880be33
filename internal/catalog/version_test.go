package catalog

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseVersion(t *testing.T) {
	t.Parallel()
	type parsed struct {
		Number [5]uint64
		Semver string
	}
	for _, tt := range []struct {
		text string
		want parsed
	}{
		{"13", parsed{[5]uint64{13}, "13.0.0"}},
		{"24.04", parsed{[5]uint64{24, 4}, "24.4.0"}},
		{"1.26.7", parsed{[5]uint64{1, 26, 7}, "1.26.7"}},
		{"21.0.12_8", parsed{[5]uint64{21, 0, 12, 0, 8}, "21.0.12"}},
		{"17.0.8.1_1", parsed{[5]uint64{17, 0, 8, 1, 1}, "17.0.8"}},
		{"25_36", parsed{[5]uint64{25, 0, 0, 0, 36}, "25.0.0"}},
		{"8u502-b07", parsed{[5]uint64{8, 0, 502, 0, 7}, "8.0.502"}},
	} {
		got, err := parseVersion(tt.text)
		if err != nil {
			t.Error(err)
			continue
		}
		if diff := cmp.Diff(tt.want, parsed{got.number, got.semver.String()}); diff != "" {
			t.Errorf("parseVersion(%q) (-want +got):\n%s", tt.text, diff)
		}
	}
	for _, text := range []string{
		"", ".", "1.", "1..2", "-1", "+1", "1.2.3.4.5", "1.27rc1", "v1", "21_", "21_x", "_8", "8u", "8u502", "8u502-b", "8ux-b07",
		"18446744073709551616", "1 2",
	} {
		if v, err := parseVersion(text); err == nil {
			t.Errorf("parseVersion(%q) = %v, want an error", text, v.number)
		}
	}
}
