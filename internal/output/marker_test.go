package output_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/templates"
)

// The records are those of openssl dgst -sha256 -binary and base64 over each line, and
// over what stands before the last blank.
const (
	rendered = "# syntax=docker/dockerfile:1\n# dockgen: Go service\n\nFROM scratch\n"
	sealed   = rendered + "# dockgen:lines - #fUCt FXDXNs\n# dockgen:lines :1 .FZ8Qo n2Gs7e\n"
	ignore   = "# dockgen: Go service\n.git\n/dist/\n"
	ignoring = ignore + "# dockgen:lines - =TQpN=jTj8 qmg9mS\n"
	nothing  = "# dockgen:lines -  6G3Xen\n"
)

func TestSeal(t *testing.T) {
	tests := []struct {
		name     string
		kind     templates.Kind
		in, want string
	}{
		{"second line", templates.Dockerfile, rendered, sealed},
		{"first line", templates.Ignore, ignore, ignoring},
		{"CRLF", templates.Dockerfile, crlf(rendered), sealed},
		{"description with brackets", templates.Text, "# dockgen: a (b)\n", "# dockgen: a (b)\n" + nothing},
		{"no line ending", templates.Text, "# dockgen: a", "# dockgen: a\n" + nothing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := output.Seal(tt.kind, []byte(tt.in))
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
		{"a heredoc without an end", "# dockgen: a\nFROM a\nRUN <<X\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, err := output.Seal(templates.Dockerfile, []byte(tt.in)); err == nil {
				t.Errorf("Seal = %q, want an error", got)
			}
		})
	}
}

// older1 is a file as dockgen wrote it before records knew stages.
const older1 = "# syntax=docker/dockerfile:1\n# dockgen: Go service (ece542ae51e1)\n\nFROM scratch\n# dockgen:lines fUCt.Z8Qo\n"

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
		{"description changed", strings.Replace(sealed, "Go", "My", 1), output.Ours},
		{"kept lines", sealed + "# dockgen:keep x\nUSER 1\n# dockgen:end\n", output.Ours},
		{"a record shortened", strings.Replace(sealed, "# dockgen:lines :1 .", "# dockgen:lines :1 ", 1), output.Edited},
		{"a record gone", sealed[:strings.LastIndex(sealed, "# dockgen:lines")], output.Edited},
		{"older, with a sum and one record", older1, output.Ours},
		{"older and edited", strings.Replace(older1, "scratch", "alpine", 1), output.Edited},
		{"syntax changed", strings.Replace(sealed, "file:1", "file:2", 1), output.Edited},
		{"blank line removed", strings.Replace(sealed, "\n\n", "\n", 1), output.Edited},
		{"last newline removed", strings.TrimSuffix(sealed, "\n"), output.Ours},
		{"no record", rendered, output.Edited},
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
		sealed, err := output.Seal(templates.Text, data)
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
