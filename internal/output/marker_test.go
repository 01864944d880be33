package output_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/output"
)

// The sums are those of sha256sum over the text without " (SUM)", the records those of
// openssl dgst -sha256 -binary and base64 over each line.
const (
	rendered = "# syntax=docker/dockerfile:1\n# dockgen: Go service\n\nFROM scratch\n"
	sealed   = "# syntax=docker/dockerfile:1\n# dockgen: Go service (ece542ae51e1)\n\nFROM scratch\n# dockgen:lines fUCt.Z8Qo\n"
	ignore   = "# dockgen: Go service\n.git\n/dist/\n"
	ignoring = "# dockgen: Go service (5614da3349c9)\n.git\n/dist/\n# dockgen:lines TQpNjTj8\n"
)

func TestSeal(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"second line", rendered, sealed},
		{"first line", ignore, ignoring},
		{"CRLF", crlf(rendered), sealed},
		{"description with brackets", "# dockgen: a (b)\n", "# dockgen: a (b) (5c7507da418c)\n# dockgen:lines \n"},
		{"description like a sum", "# dockgen: a (0123456789ab)\n", "# dockgen: a (0123456789ab) (1fed9cff92ab)\n# dockgen:lines \n"},
		{"no line ending", "# dockgen: a", "# dockgen: a (9b75c6852ded)\n# dockgen:lines \n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := output.Seal([]byte(tt.in))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, string(got)); diff != "" {
				t.Errorf("Seal (-want +got):\n%s", diff)
			}
			if got := output.Inspect(got); got != output.Ours {
				t.Errorf("Inspect = %s, want ours", got)
			}
		})
	}
}

func TestSealErrors(t *testing.T) {
	tests := []struct{ name, in string }{
		{"empty", ""},
		{"no marker", "FROM scratch\n"},
		{"marker in the second line without syntax", "\n# dockgen: a\n"},
		{"marker in the third line", "# syntax=x\n\n# dockgen: a\n"},
		{"no description", "# dockgen: \n"},
		{"syntax alone", "# syntax=x"},
		{"sealed", sealed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := output.Seal([]byte(tt.in)); err == nil {
				t.Errorf("Seal = %q, want an error", got)
			}
		})
	}
}

func TestInspect(t *testing.T) {
	tests := []struct {
		name string
		in   string
		want output.Ownership
	}{
		{"ours", sealed, output.Ours},
		{"ours with CRLF", crlf(sealed), output.Ours},
		{"ours, ignore file", ignoring, output.Ours},
		{"line added", sealed + "USER 1\n", output.Edited},
		{"description changed", strings.Replace(sealed, "Go", "My", 1), output.Edited},
		{"syntax changed", strings.Replace(sealed, "file:1", "file:2", 1), output.Edited},
		{"blank line removed", strings.Replace(sealed, "\n\n", "\n", 1), output.Edited},
		{"last newline removed", strings.TrimSuffix(sealed, "\n"), output.Edited},
		{"no sum", rendered, output.Edited},
		{"sum in capitals", strings.Replace(sealed, "ece542ae51e1", "ECE542AE51E1", 1), output.Edited},
		{"marker removed", strings.Replace(sealed, "# dockgen", "# docker", 1), output.Foreign},
		{"marker elsewhere", "FROM scratch\n" + sealed, output.Foreign},
		{"empty", "", output.Foreign},
		{"foreign", "FROM scratch\n", output.Foreign},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := output.Inspect([]byte(tt.in)); got != tt.want {
				t.Errorf("Inspect = %s, want %s", got, tt.want)
			}
		})
	}
}

// FuzzSeal holds that what is sealed is ours, whatever its line endings, and that it isn't
// any more after a byte is appended.
func FuzzSeal(f *testing.F) {
	f.Add([]byte(rendered))
	f.Add([]byte(sealed))
	f.Add([]byte("# dockgen: a\r"))
	f.Add([]byte("# syntax=\r\n# dockgen: a\r\r\nb\r"))
	f.Fuzz(func(t *testing.T, data []byte) {
		sealed, err := output.Seal(data)
		if err != nil {
			return
		}
		if got := output.Inspect(sealed); got != output.Ours {
			t.Errorf("%q is %s", sealed, got)
		}
		if got := output.Inspect(append(sealed, 'x')); got == output.Ours {
			t.Errorf("%qx is %s", sealed, got)
		}
		if !strings.Contains(string(data), "\r") {
			if got := output.Inspect([]byte(crlf(string(sealed)))); got != output.Ours {
				t.Errorf("%q with CRLF is %s", sealed, got)
			}
		}
	})
}

func crlf(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }
