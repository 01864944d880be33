package prompt_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/prompt"
	"github.com/dockgen/dockgen/internal/prompt/prompttest"
)

// TestJournal goes back, and takes an answer out of the middle: the others are not asked
// again, as long as they are still among the options.
func TestJournal(t *testing.T) {
	script := prompttest.New(t,
		prompttest.Answer{Ask: "Runtime", Say: "slim"}, prompttest.Answer{Ask: "Port", Err: prompt.ErrBack},
		prompttest.Answer{Ask: "Runtime", Say: "scratch"}, prompttest.Answer{Ask: "Port", Say: "9000"}, prompttest.Answer{Ask: "Parts", Say: "slim,scratch"},
		prompttest.Answer{Ask: "Runtime", Say: prompttest.Enter},
		prompttest.Answer{Ask: "Parts", Say: "slim"},
	)
	journal := &prompt.Journal{Prompter: script}
	options, presets := flavors, []int{0}
	round := func() (said []string, err error) {
		journal.Again()
		chosen, err := journal.Select(t.Context(), runtime, options, 0)
		if err != nil {
			return said, err
		}
		text, err := journal.Text(t.Context(), port, "8080", func(string) error { return nil })
		if err != nil {
			return said, err
		}
		parts, err := journal.MultiSelect(t.Context(), prompt.Question{Ask: "Parts", Help: "x"}, options, presets)
		said = []string{options[chosen].Name, text}
		for _, i := range parts {
			said = append(said, options[i].Name)
		}
		return said, err
	}
	want := func(want string) {
		t.Helper()
		said, err := round()
		if err != nil || strings.Join(said, " ") != want {
			t.Errorf("got %v %v, want %s", said, err, want)
		}
	}
	if _, err := round(); !errors.Is(err, prompt.ErrBack) {
		t.Fatalf("got %v, want %v", err, prompt.ErrBack)
	}
	journal.Back()
	want("scratch 9000 slim scratch")
	want("scratch 9000 slim scratch") // of which nothing was asked
	journal.Forget("Runtime")
	want("distroless 9000 slim scratch")
	options = slices.Clone(flavors[:2]) // scratch is no part any more
	want("distroless 9000 slim")
	if got := len(journal.Answers()); got != 3 {
		t.Errorf("%d answers, want 3", got)
	}
}
