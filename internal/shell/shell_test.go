package shell_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/dockgen/dockgen/internal/shell"
)

func TestWords(t *testing.T) {
	for _, c := range []struct {
		line, err string
		want      []string
	}{
		{"", "", nil},
		{"# nothing", "", nil},
		{"node server.js", "", []string{"node", "server.js"}},
		{`node 'a b' "c \"d\" \x" e\ f`, "", []string{"node", "a b", `c "d" \x`, "e f"}},
		{`gunicorn -b :$PORT -w "${WORKERS:-2}"`, "", []string{"gunicorn", "-b", ":$PORT", "-w", "${WORKERS:-2}"}},
		{"node *.js {a,b}", "", []string{"node", "*.js", "{a,b}"}},
		{"sh -c 'a && b'", "", []string{"sh", "-c", "a && b"}},
		{"a && b", "more than one program", nil},
		{"a | b", "more than one program", nil},
		{"a; b", "more than one program", nil},
		{"a &", "more than one program", nil},
		{"a > b", "more than one program", nil},
		{"(a)", "more than one program", nil},
		{"a $(b)", "more than one program", nil},
		{"A=1 b", "it sets A", nil},
		{"export A=1", "it sets A", nil},
		{"if a; then b; fi", "more than commands", nil},
		{"a 'b", "does not understand it: 1:3", nil},
	} {
		got, err := shell.Words(c.line)
		if err == nil != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
			t.Errorf("%s: %v, want %q", c.line, err, c.err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.line, diff)
		}
	}
}

func TestParse(t *testing.T) {
	commands, err := shell.Parse("cd x && A=1 b $C || (d; e >f) & export G=$(h); i |& j")
	if err != nil {
		t.Fatal(err)
	}
	word := func(s string) []shell.Word { return []shell.Word{{Text: s, Raw: s}} }
	want := []shell.Command{
		{Words: append(word("cd"), word("x")...), Beside: true, Text: "cd x"},
		{Set: []shell.Assignment{{Name: "A", Value: word("1")[0]}}, Words: append(word("b"), shell.Word{Raw: "$C", Vars: []string{"C"}}), After: "&&", Beside: true, Text: "A=1 b $C"},
		{Group: []shell.Command{
			{Words: word("d"), After: "||", Beside: true, Text: "d"},
			{Words: word("e"), After: ";", Beside: true, Redirected: true, Text: "e >f"},
		}, After: "||", Beside: true, Text: "(d; e >f)"},
		{Set: []shell.Assignment{{Name: "G", Value: shell.Word{Output: true}}}, Exports: true, After: ";", Text: "export G=$(h)"},
		{Words: word("i"), After: ";", Text: "i"},
		{Words: word("j"), After: "|", Text: "j"},
	}
	if diff := cmp.Diff(want, commands); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var flat []string
	for _, c := range shell.Flat(commands) {
		flat = append(flat, c.Text)
	}
	if got := strings.Join(flat, ","); got != "cd x,A=1 b $C,d,e >f,export G=$(h),i,j" {
		t.Errorf("flat: %s", got)
	}
}

// FuzzParse reads any line without a panic, and keeps the words of one that is quoted.
func FuzzParse(f *testing.F) {
	f.Add("a && b", "c'd")
	f.Add("((((a", "$x`")
	f.Fuzz(func(t *testing.T, line, word string) {
		_, _ = shell.Parse(line)
		if strings.ContainsAny(word, "\x00\r") || !utf8.ValidString(word) || len(word) > 1000 {
			return
		}
		got, err := shell.Words("a '" + strings.ReplaceAll(word, "'", `'\''`) + "'")
		if err != nil || len(got) != 2 || got[1] != word {
			t.Errorf("%q becomes %q, %v", word, got, err)
		}
	})
}
