// Package prompttest answers questions as a test says. The program does not use it.
package prompttest

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/internal/prompt"
)

// Enter is the answer that takes the default.
const Enter = ""

// Answer is what the person does at a question that begins with Ask.
type Answer struct {
	Ask string
	Say string // the option's name, names joined by commas, or the text; [Enter] for the default
	Err error  // instead of an answer
}

// Script is a prompter that gives its answers in their order, and fails the test
// at a question that it does not expect.
type Script struct {
	t       testing.TB
	answers []Answer
	enters  bool     // every question gets its default
	Asked   []string // the questions, as they came
}

// New makes a script, all answers of which have to be asked for.
func New(t testing.TB, answers ...Answer) *Script {
	s := &Script{t: t, answers: answers}
	t.Cleanup(func() {
		for _, a := range s.answers {
			t.Errorf("never asked: %s", a.Ask)
		}
	})
	return s
}

// Enters makes a script that takes every default.
func Enters(t testing.TB) *Script { return &Script{t: t, enters: true} }

func (s *Script) next(q prompt.Question) (Answer, error) {
	s.t.Helper()
	s.Asked = append(s.Asked, q.Ask)
	if s.enters {
		return Answer{}, nil
	}
	if len(s.answers) == 0 || !strings.HasPrefix(q.Ask, s.answers[0].Ask) {
		s.t.Errorf("asked %q, want %v", q.Ask, s.answers)
		return Answer{}, fmt.Errorf("unexpected question %q", q.Ask)
	}
	a := s.answers[0]
	s.answers = s.answers[1:]
	if q.Help == "" {
		s.t.Errorf("%q does not explain itself", q.Ask)
	}
	return a, a.Err
}

func (s *Script) index(options []prompt.Option, name string) (int, error) {
	i := slices.IndexFunc(options, func(o prompt.Option) bool { return o.Name == name })
	if i < 0 {
		s.t.Errorf("no option %q in %v", name, options)
		return 0, fmt.Errorf("no option %q", name)
	}
	return i, nil
}

// Select implements [prompt.Prompter].
func (s *Script) Select(_ context.Context, q prompt.Question, options []prompt.Option, preset int) (int, error) {
	s.t.Helper()
	a, err := s.next(q)
	if err != nil || a.Say == Enter {
		return preset, err
	}
	return s.index(options, a.Say)
}

// MultiSelect implements [prompt.Prompter].
func (s *Script) MultiSelect(_ context.Context, q prompt.Question, options []prompt.Option, preset []int) ([]int, error) {
	s.t.Helper()
	a, err := s.next(q)
	if err != nil || a.Say == Enter {
		return preset, err
	}
	var chosen []int
	for name := range strings.SplitSeq(a.Say, ",") {
		i, err := s.index(options, name)
		if err != nil {
			return nil, err
		}
		chosen = append(chosen, i)
	}
	return chosen, nil
}

// Text implements [prompt.Prompter].
func (s *Script) Text(_ context.Context, q prompt.Question, preset string, check func(string) error) (string, error) {
	s.t.Helper()
	a, err := s.next(q)
	if err != nil || a.Say == Enter {
		return preset, err
	}
	if err := check(a.Say); err != nil {
		s.t.Errorf("%q refuses %q: %v", q.Ask, a.Say, err)
	}
	return a.Say, nil
}
