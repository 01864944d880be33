package output_test

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/templates"
)

// settle lets a person edit what was rendered, and renders anew.
func settle(t *testing.T, kind templates.Kind, there, rendered string, opt output.Options) output.Change {
	t.Helper()
	root := newRoot(t)
	put(t, root, "Dockerfile", there)
	changes, err := output.Plan(root, []templates.File{{Path: "Dockerfile", Kind: kind, Data: []byte(rendered)}}, opt)
	if err != nil {
		t.Fatal(err)
	}
	return changes[0]
}

// bare is a file without what dockgen notes in it.
func bare(data []byte) string {
	var b strings.Builder
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "# dockgen:lines") && !strings.HasPrefix(line, "# dockgen: ") {
			b.WriteString(line)
		}
	}
	return b.String()
}

const head = "# dockgen: a service\n"

func TestMerge(t *testing.T) {
	for _, c := range []struct {
		name                        string
		before, edited, after, want string // bodies, below the marker
		conflict                    string
	}{
		{name: "only the person", before: "FROM a\nRUN b\n", edited: "FROM a\nRUN mine\nRUN b\n", after: "FROM a\nRUN b\n", want: "FROM a\nRUN mine\nRUN b\n"},
		{name: "only dockgen", before: "FROM a\nRUN b\n", edited: "FROM a\nRUN b\n", after: "FROM z\nRUN b\n", want: "FROM z\nRUN b\n"},
		{name: "both, apart", before: "FROM a\nRUN b\nRUN c\n", edited: "FROM a\nRUN b\nRUN c\nUSER 1\n", after: "FROM z\nRUN b\nRUN c\n", want: "FROM z\nRUN b\nRUN c\nUSER 1\n"},
		{name: "both, in neighbouring lines", before: "FROM a\nRUN b\n", edited: "FROM a\nRUN mine\n", after: "FROM z\nRUN b\n", want: "FROM z\nRUN mine\n"},
		{name: "both the same", before: "FROM a\nRUN b\n", edited: "FROM z\nRUN b\n", after: "FROM z\nRUN b\n", want: "FROM z\nRUN b\n"},
		{name: "a line taken out", before: "FROM a\nRUN b\nRUN c\n", edited: "FROM a\nRUN c\n", after: "FROM a\nRUN b\nRUN c\nUSER 1\n", want: "FROM a\nRUN c\nUSER 1\n"},
		{name: "a blank line", before: "FROM a\n\nFROM b\n", edited: "FROM a\n\n\nFROM b\n", after: "FROM a\n\nFROM c\n", want: "FROM a\n\n\nFROM c\n"},
		{name: "the same line in two ways", before: "FROM a\nRUN b\n", edited: "FROM mine\nRUN b\n", after: "FROM z\nRUN b\n", conflict: "<<<<<<< yours\nFROM mine\n=======\nFROM z\n>>>>>>> dockgen\n"},
		{name: "changed here, gone there", before: "FROM a\nRUN b\n", edited: "FROM a\nRUN mine\n", after: "FROM a\n", conflict: "<<<<<<< yours\nRUN mine\n=======\n>>>>>>> dockgen\n"},
		{name: "a kept part", before: "FROM a\nRUN b\nUSER 1\n", edited: "FROM a\nRUN b\n# dockgen:keep x\nRUN mine\n# dockgen:end\nUSER 1\n", after: "FROM z\nRUN y\nUSER 1\n", want: "FROM z\nRUN y\n# dockgen:keep x\nRUN mine\n# dockgen:end\nUSER 1\n"},
		{name: "two kept parts in one place", before: "FROM a\n", edited: "FROM a\n# dockgen:keep x\nRUN x\n# dockgen:end\n# dockgen:keep y\nRUN y\n# dockgen:end\n", after: "FROM z\n", want: "FROM z\n# dockgen:keep x\nRUN x\n# dockgen:end\n# dockgen:keep y\nRUN y\n# dockgen:end\n"},
		{name: "a kept part beside an edit", before: "FROM a\nRUN b\n", edited: "FROM a\n# dockgen:keep x\nRUN x\n# dockgen:end\nRUN mine\n", after: "FROM a\nRUN b\nUSER 1\n", want: "FROM a\n# dockgen:keep x\nRUN x\n# dockgen:end\nRUN mine\nUSER 1\n", conflict: ""},
		{name: "behind the last line of a stage", before: "FROM a AS b\nRUN x\n\nFROM c AS r\nRUN y\n", edited: "FROM a AS b\nRUN x\nCOPY key /\n\nFROM c AS r\nRUN y\n", after: "FROM a AS b\nRUN x2\n\nFROM b AS t\nRUN t\n\nFROM d AS r\nRUN y\n", want: "FROM a AS b\nRUN x2\nCOPY key /\n\nFROM b AS t\nRUN t\n\nFROM d AS r\nRUN y\n"},
		{name: "a kept part before a new stage", before: "FROM a AS b\nRUN x\n\nFROM c AS r\n", edited: "FROM a AS b\nRUN x\n# dockgen:keep k\nRUN k\n# dockgen:end\n\nFROM c AS r\n", after: "FROM a AS b\nRUN x\n\nFROM b AS t\nRUN t\n\nFROM c AS r\n", want: "FROM a AS b\nRUN x\n# dockgen:keep k\nRUN k\n# dockgen:end\n\nFROM b AS t\nRUN t\n\nFROM c AS r\n"},
		{name: "in a stage that is gone", before: "FROM a AS b\nRUN x\n\nFROM c AS r\n", edited: "FROM a AS b\nRUN x\nRUN mine\n\nFROM c AS r\n", after: "FROM c AS r\n", conflict: "<<<<<<< yours\nFROM a AS b\nRUN x\nRUN mine\n=======\n>>>>>>> dockgen\n"},
		{name: "a stage of a person's", before: "FROM a AS b\n\nFROM c AS r\n", edited: "FROM a AS b\n\nFROM x AS mine\nRUN m\n\nFROM c AS r\n", after: "FROM z AS b\n\nFROM b AS t\n\nFROM c AS r\n", want: "FROM z AS b\n\nFROM x AS mine\nRUN m\n\nFROM b AS t\n\nFROM c AS r\n"},
		{name: "a stage that a person took out", before: "FROM a AS b\n\nFROM b AS t\nRUN t\n\nFROM c AS r\n", edited: "FROM a AS b\n\nFROM c AS r\n", after: "FROM a AS b\n\nFROM b AS t\nRUN t2\n\nFROM c AS r\n", want: "FROM a AS b\n\nFROM c AS r\n"},
		{name: "a stage under another name", before: "FROM a AS b\nWORKDIR w\nENV e=1\nRUN x\n\nFROM c AS r\nCOPY --from=b /x /\n", edited: "FROM a AS mine\nWORKDIR w\nENV e=1\nRUN x\n\nFROM c AS r\nCOPY --from=mine /x /\n", after: "FROM a AS b\nWORKDIR w\nENV e=1\nRUN x2\n\nFROM c AS r\nCOPY --from=b /x /\n", want: "FROM a AS mine\nWORKDIR w\nENV e=1\nRUN x2\n\nFROM c AS r\nCOPY --from=mine /x /\n"},
		{name: "taken out, and another text since", before: "FROM a\nHEALTHCHECK \\\n    CMD a\nCMD x\n", edited: "FROM a\nCMD x\n", after: "FROM a\nHEALTHCHECK \\\n    CMD b\nCMD x\n", want: "FROM a\nCMD x\n"},
		{name: "a package in an instruction that changed", before: "FROM a\nRUN i \\\n    a \\\n    b\n", edited: "FROM a\nRUN i \\\n    a \\\n    jq \\\n    b\n", after: "FROM a\nRUN j \\\n    a \\\n    b\n", want: "FROM a\nRUN j \\\n    a \\\n    jq \\\n    b\n"},
		{name: "two that count once", before: "FROM a\nRUN b\nUSER 1\n", edited: "FROM a\nRUN b\nCMD mine\nUSER 1\n", after: "FROM a\nRUN b\nUSER 1\nCMD x\n", conflict: "<<<<<<< yours\nCMD mine\n=======\nCMD x\n>>>>>>> dockgen\n"},
		{name: "what stood around it is gone", before: "FROM a\nRUN b\nCOPY c .\nUSER 1\n", edited: "FROM a\nRUN b\nENV A=1\nCOPY c .\nUSER 1\n", after: "FROM a\nUSER 1\n", conflict: "<<<<<<< yours\nENV A=1\n=======\n>>>>>>> dockgen\n"},
		{name: "both added into one place", before: "FROM a\nUSER 1\n", edited: "FROM a\nENV A=1\nUSER 1\n", after: "FROM a\nRUN x\nUSER 1\n", conflict: "<<<<<<< yours\nENV A=1\n=======\nRUN x\n>>>>>>> dockgen\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			there := strings.Replace(seal(head+c.before), c.before, c.edited, 1)
			got := settle(t, templates.Dockerfile, there, seal(head+c.after), output.Options{})
			if c.conflict != "" {
				if got.Status != output.Refused || len(got.Conflicts) != 1 || got.Conflicts[0].String() != c.conflict {
					t.Errorf("%s, conflicts %v, want %s", got.Status, got.Conflicts, c.conflict)
				}
				return
			}
			if diff := cmp.Diff(c.want, bare(got.New)); diff != "" {
				t.Errorf("merged (-want +got):\n%s", diff)
			}
			if owner := output.Inspect(got.New); owner == output.Foreign {
				t.Errorf("what was merged is %s", owner)
			}
			again := settle(t, templates.Dockerfile, string(got.New), seal(head+c.after), output.Options{})
			if again.Status != output.Unchanged {
				t.Errorf("once more: %s\n%s", again.Status, again.Diff())
			}
			if !strings.Contains(c.edited, "# dockgen:keep") {
				older := settle(t, templates.Dockerfile, strings.Replace(older(head+c.before), c.before, c.edited, 1), seal(head+c.after), output.Options{})
				if diff := cmp.Diff(string(got.New), string(older.New)); diff != "" && older.Status != output.Refused {
					t.Errorf("from an older record (-want +got):\n%s", diff)
				}
			}
			crlf := settle(t, templates.Dockerfile, crlf(there), seal(head+c.after), output.Options{})
			if diff := cmp.Diff(string(got.New), string(crlf.New)); diff != "" {
				t.Errorf("with CRLF (-without +with):\n%s", diff)
			}
		})
	}
}

// older is a file as dockgen wrote it before records knew stages.
func older(data string) string {
	var record strings.Builder
	for _, line := range strings.Split(strings.TrimSuffix(data, "\n"), "\n")[1:] {
		sum := sha256.Sum256([]byte(line))
		mark := base64.RawURLEncoding.EncodeToString(sum[:])[:4]
		if line == "" {
			mark = "."
		}
		record.WriteString(mark)
	}
	marker, body, _ := strings.Cut(data, "\n")
	return marker + " (0123456789ab)\n" + body + "# dockgen:lines " + record.String() + "\n"
}

// TestUpgradeIsNoDifference wants a file with an older record to stay, as long as
// nothing else changes.
func TestUpgradeIsNoDifference(t *testing.T) {
	there := older(head + "FROM a\nRUN b\n")
	for _, there := range []string{there, strings.Replace(there, "RUN b\n", "RUN b\nRUN mine\n", 1), crlf(there)} {
		if got := settle(t, templates.Dockerfile, there, seal(head+"FROM a\nRUN b\n"), output.Options{}); got.Status != output.Unchanged {
			t.Errorf("%s\n%s", got.Status, got.Diff())
		}
	}
}

// TestOlderEdit wants a line that was edited and would change to be one conflict, also
// beside an instruction that was taken out, where the record knows no kinds.
func TestOlderEdit(t *testing.T) {
	before := "FROM a\nUSER 1\nEXPOSE 1\nHEALTHCHECK \\\n    CMD a\nCMD x\n"
	there := strings.Replace(older(head+before), before, "FROM a\nUSER 1\nEXPOSE 2\nCMD x\n", 1)
	got := settle(t, templates.Dockerfile, there, seal(head+"FROM a\nUSER 1\nEXPOSE 3\nHEALTHCHECK \\\n    CMD b\nCMD x\n"), output.Options{})
	if len(got.Conflicts) != 1 || got.Conflicts[0].String() != "<<<<<<< yours\nEXPOSE 2\n=======\nEXPOSE 3\n>>>>>>> dockgen\n" {
		t.Errorf("%s, conflicts %v", got.Status, got.Conflicts)
	}
}

// TestMergeThenMerge edits a file that holds an edit already.
func TestMergeThenMerge(t *testing.T) {
	first := seal(head + "FROM a\nRUN b\nRUN c\n")
	got := settle(t, templates.Dockerfile, strings.Replace(first, "RUN c\n", "RUN c\nRUN mine\n", 1), seal(head+"FROM z\nRUN b\nRUN c\n"), output.Options{})
	got = settle(t, templates.Dockerfile, strings.Replace(string(got.New), "RUN b\n", "RUN also mine\n", 1), seal(head+"FROM z\nRUN b\nRUN y\n"), output.Options{})
	if diff := cmp.Diff("FROM z\nRUN also mine\nRUN y\nRUN mine\n", bare(got.New)); diff != "" {
		t.Errorf("merged (-want +got):\n%s", diff)
	}
	if got.Reason != "was edited; the edits stay" {
		t.Errorf("reason %q", got.Reason)
	}
}

// TestKeptPartIsNoEdit wants a file whose only change is in a kept part to be
// unchanged: that part is the person's.
func TestKeptPartIsNoEdit(t *testing.T) {
	sealed := seal(head + "FROM a\nUSER 1\n")
	there := strings.Replace(sealed, "USER 1\n", "# dockgen:keep x\nRUN mine\n# dockgen:end\nUSER 1\n", 1)
	if owner := output.Inspect([]byte(there)); owner != output.Ours {
		t.Errorf("it is %s", owner)
	}
	if got := settle(t, templates.Dockerfile, there, sealed, output.Options{}); got.Status != output.Unchanged {
		t.Errorf("%s\n%s", got.Status, got.Diff())
	}
	if got := settle(t, templates.Dockerfile, there, sealed, output.Options{Force: true}); !strings.Contains(string(got.New), "RUN mine") {
		t.Errorf("--force took it out:\n%s", got.New)
	}
}

func TestKeepFaults(t *testing.T) {
	for body, want := range map[string]string{
		"FROM a\n# dockgen:keep x\nRUN b\n":                                          "line 3: # dockgen:keep x has no # dockgen:end",
		"FROM a\n# dockgen:end\n":                                                    "line 3: # dockgen:end without # dockgen:keep",
		"FROM a\n# dockgen:keep \n# dockgen:end\n":                                   "line 3: # dockgen:keep wants a name that no other has",
		"FROM a\n# dockgen:keep x\n# dockgen:end\n# dockgen:keep x\n# dockgen:end\n": "line 5: # dockgen:keep wants a name that no other has",
		"FROM a\n# dockgen:keep x\n# dockgen:keep y\n# dockgen:end\n":                "line 4: # dockgen:keep y begins inside of x",
	} {
		there := strings.Replace(seal(head+"FROM a\n"), "FROM a\n", body, 1)
		got := settle(t, templates.Dockerfile, there, seal(head+"FROM z\n"), output.Options{})
		if got.Status != output.Refused || got.Reason != want {
			t.Errorf("%q: %s, %s, want %s", body, got.Status, got.Reason, want)
		}
	}
}

// TestBrokenByAnEdit wants a Dockerfile that no build could read to be refused.
func TestBrokenByAnEdit(t *testing.T) {
	there := strings.Replace(seal(head+"FROM a\nRUN b\n"), "RUN b\n", "RUN b\nRUM c\n", 1)
	got := settle(t, templates.Dockerfile, there, seal(head+"FROM z\nRUN b\n"), output.Options{})
	if got.Status != output.Refused || !strings.HasPrefix(got.Reason, "does not build with what was edited: line 4: ") {
		t.Errorf("%s: %s", got.Status, got.Reason)
	}
}

// TestAdopt takes over foreign files: what is marked stays, in its stage.
func TestAdopt(t *testing.T) {
	archive := txtar.Parse([]byte(`-- foreign --
FROM golang AS build
WORKDIR /app
COPY . .
# dockgen:keep certs
COPY ca.pem /etc/ssl/
# dockgen:end
RUN go build
FROM debian
COPY --from=build /app/x /x
# dockgen:keep tools
RUN apt-get install jq
# dockgen:end
CMD ["/x"]
-- rendered --
FROM golang:1 AS build
WORKDIR /src
COPY . .
RUN go build -o /x

FROM debian:13 AS runtime
COPY --from=build /x /x
USER 1
CMD ["/x"]
-- want --
FROM golang:1 AS build
WORKDIR /src
COPY . .
# dockgen:keep certs
COPY ca.pem /etc/ssl/
# dockgen:end
RUN go build -o /x

FROM debian:13 AS runtime
COPY --from=build /x /x
# dockgen:keep tools
RUN apt-get install jq
# dockgen:end
USER 1
CMD ["/x"]
`))
	file := func(i int) string { return string(archive.Files[i].Data) }
	got := settle(t, templates.Dockerfile, file(0), seal(head+file(1)), output.Options{Adopt: true})
	if got.Status != output.Updated {
		t.Fatalf("%s: %s", got.Status, got.Reason)
	}
	if diff := cmp.Diff(file(2), bare(got.New)); diff != "" {
		t.Errorf("taken over (-want +got):\n%s", diff)
	}
	lost := strings.Replace(file(0), "AS build", "AS other", 1)
	if got := settle(t, templates.Dockerfile, lost, seal(head+file(1)), output.Options{Adopt: true}); got.Status != output.Refused {
		t.Errorf("a part of a stage that is gone: %s\n%s", got.Status, got.New)
	} else if want := `line 4: # dockgen:keep certs: it stands in the stage "other", which the new file has not; move it`; got.Reason != want {
		t.Errorf("reason %q, want %q", got.Reason, want)
	}
}

func TestEdits(t *testing.T) {
	there := strings.Replace(seal(head+"FROM a\nRUN b\nRUN c\n"), "RUN b\n", "RUN mine\n# dockgen:keep x\n# dockgen:end\n", 1)
	edited, gone, known := output.Edits([]byte(there))
	if diff := cmp.Diff([]int{3}, edited); diff != "" || gone != 1 || !known {
		t.Errorf("edited %v, gone %d, known %v", edited, gone, known)
	}
}

// FuzzMerge wants every line of a person to be in what is merged, unless there is
// a conflict or the line was dockgen's, and a second run to change nothing.
func FuzzMerge(f *testing.F) {
	f.Add("FROM a\nRUN b\n", "FROM a\nRUN mine\nRUN b\n", "FROM z\nRUN b\n")
	f.Add("a\n\nb\n", "a\nb\n", "\n\nb\nc\n")
	f.Add("a\nb\nc\n", "c\n# dockgen:keep x\nb\n# dockgen:end\na\n", "b\n")
	f.Fuzz(func(t *testing.T, before, edited, after string) {
		old, err := output.Seal(templates.Text, []byte(head+before))
		if err != nil || strings.ContainsAny(before+edited+after, "\r") || strings.Contains(edited, "# dockgen:lines") || strings.HasPrefix(edited, "# syntax=") {
			return
		}
		now, err := output.Seal(templates.Text, []byte(head+after))
		if err != nil || !strings.HasSuffix(edited, "\n") {
			return
		}
		start := strings.Index(string(old), "\n") + 1
		if !strings.HasPrefix(string(old), head[:len(head)-1]) {
			return
		}
		there := string(old)[:start] + edited + string(old)[strings.LastIndex(string(old), "# dockgen:lines"):]
		got := settle(t, templates.Text, there, string(now), output.Options{})
		if got.Status == output.Refused {
			return
		}
		for line := range strings.Lines(edited) {
			if !strings.Contains(before+"\n", line) && !strings.Contains(string(got.New), line) {
				t.Errorf("%q is lost: %q", line, got.New)
			}
		}
		if again := settle(t, templates.Text, string(got.New), string(now), output.Options{}); again.Status != output.Unchanged {
			t.Errorf("once more: %s %s\n%s", again.Status, again.Reason, again.Diff())
		}
	})
}

// TestAboveTheMarker keeps what a person writes above the marker: a licence, or the mark that
// some editors put there.
func TestAboveTheMarker(t *testing.T) {
	newer := seal("# syntax=docker/dockerfile:1\n# dockgen: Go service\n\nFROM scratch\nUSER 1:1\n")
	const licence = "# Copyright of Example Ltd.\n#\n# All rights reserved.\n"
	for name, tt := range map[string]struct{ there, want string }{
		"a licence": {
			licence + "\n" + sealed,
			"# syntax=docker/dockerfile:1\n" + licence + "\n\nFROM scratch\nUSER 1:1\n",
		},
		"behind the directives": {
			strings.Replace(sealed, "# dockgen: ", licence+"# dockgen: ", 1),
			"# syntax=docker/dockerfile:1\n" + licence + "\nFROM scratch\nUSER 1:1\n",
		},
		"a byte order mark": {"\ufeff" + sealed, "# syntax=docker/dockerfile:1\n\nFROM scratch\nUSER 1:1\n"},
		"both, with a line of theirs": {
			"\ufeff" + licence + strings.Replace(sealed, "FROM scratch\n", "ARG A=b\nFROM scratch\n", 1),
			"# syntax=docker/dockerfile:1\n" + licence + "\nARG A=b\nFROM scratch\nUSER 1:1\n",
		},
	} {
		if output.IsForeign([]byte(tt.there)) {
			t.Errorf("%s: it is foreign", name)
		}
		c := settle(t, templates.Dockerfile, tt.there, newer, output.Options{})
		if got := bare(c.New); c.Status != output.Updated || got != tt.want {
			t.Errorf("%s: %s %s\n%s\nwant\n%s", name, c.Status, c.Reason, got, tt.want)
		}
	}
	for _, foreign := range []string{licence + "# dockgen: a\nFROM scratch\n", "FROM scratch\n# dockgen: a\n# dockgen:lines - x\n", licence + "FROM scratch\n"} {
		if !output.IsForeign([]byte(foreign)) {
			t.Errorf("it is taken for dockgen's:\n%s", foreign)
		}
	}
}
