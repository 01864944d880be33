package prompt

import (
	"context"
	"slices"
)

// Journal asks by another prompter and remembers the answers, so that a conversation can be
// held again from its beginning without asking: as far as to the question that a person goes
// back to, or with one answer less. A default that was taken is taken again as whatever the
// default is by then.
type Journal struct {
	Prompter
	answers []Answer
	told    map[string]bool // the questions of this round
}

// Answer is what was said to one question.
type Answer struct {
	Ask string
	Say []string // the names of the options, or the text
	set bool     // other than the default
}

// Again begins another round.
func (j *Journal) Again() { j.told = nil }

// Answers are those of this round, in the order of the questions.
func (j *Journal) Answers() []Answer {
	return slices.DeleteFunc(slices.Clone(j.answers), func(a Answer) bool { return !j.told[a.Ask] })
}

// Live says whether nothing was answered yet beyond this round: what is shown between
// questions is shown then, and only then.
func (j *Journal) Live() bool { return len(j.Answers()) == len(j.answers) }

// Forget takes an answer back, so that the next round asks.
func (j *Journal) Forget(ask string) {
	j.answers = slices.DeleteFunc(j.answers, func(a Answer) bool { return a.Ask == ask })
}

// Back takes the last answer back.
func (j *Journal) Back() {
	if said := j.Answers(); len(said) > 0 {
		j.Forget(said[len(said)-1].Ask)
	}
}

// said gives the answer to a question of an earlier round.
func (j *Journal) said(ask string) (Answer, bool) {
	i := slices.IndexFunc(j.answers, func(a Answer) bool { return a.Ask == ask })
	if i < 0 || j.told[ask] {
		return Answer{}, false
	}
	return j.answers[i], true
}

// note writes an answer down.
func (j *Journal) note(a Answer) {
	j.Forget(a.Ask)
	j.answers = append(j.answers, a)
	j.tell(a.Ask)
}

func (j *Journal) tell(ask string) {
	if j.told == nil {
		j.told = map[string]bool{}
	}
	j.told[ask] = true
}

// asked is a question that can be gone back from, where something was answered before it.
func (j *Journal) asked(q Question) Question {
	q.Back = len(j.Answers()) > 0
	return q
}

// Select implements [Prompter].
func (j *Journal) Select(ctx context.Context, q Question, options []Option, preset int) (int, error) {
	if a, ok := j.said(q.Ask); ok {
		i := preset
		if a.set {
			i = slices.IndexFunc(options, func(o Option) bool { return o.Name == a.Say[0] })
		}
		if i >= 0 {
			j.tell(q.Ask)
			return i, nil
		}
	}
	i, err := j.Prompter.Select(ctx, j.asked(q), options, preset)
	if err == nil {
		j.note(Answer{Ask: q.Ask, Say: []string{options[i].Name}, set: i != preset})
	}
	return i, err
}

// MultiSelect implements [Prompter].
func (j *Journal) MultiSelect(ctx context.Context, q Question, options []Option, preset []int) ([]int, error) {
	if a, ok := j.said(q.Ask); ok {
		chosen := preset
		if a.set {
			chosen = nil
			for i, o := range options {
				if slices.Contains(a.Say, o.Name) {
					chosen = append(chosen, i)
				}
			}
		}
		if !a.set || len(chosen) == len(a.Say) {
			j.tell(q.Ask)
			return chosen, nil
		}
	}
	chosen, err := j.Prompter.MultiSelect(ctx, j.asked(q), options, preset)
	if err == nil {
		a := Answer{Ask: q.Ask, set: !slices.Equal(chosen, preset)}
		for _, i := range chosen {
			a.Say = append(a.Say, options[i].Name)
		}
		j.note(a)
	}
	return chosen, err
}

// Text implements [Prompter].
func (j *Journal) Text(ctx context.Context, q Question, preset string, check func(string) error) (string, error) {
	if a, ok := j.said(q.Ask); ok {
		text := preset
		if a.set {
			text = a.Say[0]
		}
		if text == preset || check(text) == nil {
			j.tell(q.Ask)
			return text, nil
		}
	}
	text, err := j.Prompter.Text(ctx, j.asked(q), preset, check)
	if err == nil {
		j.note(Answer{Ask: q.Ask, Say: []string{text}, set: text != preset})
	}
	return text, err
}
