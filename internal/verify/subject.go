package verify

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/dockgen/dockgen/internal/config"
	"github.com/dockgen/dockgen/internal/dockerfile"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/plan"
)

// Subject is what is to be judged: the image of a service, or one that is there.
type Subject struct {
	Service    string
	Dir        string // of the service, from the root
	Stack      string
	Reference  string // an image that is there; empty where it is built
	File       string // a tar or an OCI layout that is read instead of an image; it is not run
	Context    string // from the root
	Dockerfile string // from the root
	Base       string // what the image starts from; empty where nobody knows
	Lines      []Line // of the stage that makes the image
	Tests      []string
	Secrets    []string // for docker build --secret
	Platform   string   // of several that are built; empty for the engine's
	Expect     *Expect
	Limits     Limits
	Env        []string // for the run

	stages []dockerfile.Content
	text   []byte
}

// ForService makes a subject of a service that was planned, and of the Dockerfile that stands
// there, which a person may have edited: that is what is built.
func ForService(o engine.Outcome, text []byte, secrets func(plan.Secret) (string, bool)) (Subject, error) {
	s, err := ForDockerfile(o.Dockerfile, text)
	if err != nil {
		return s, err
	}
	s.Service, s.Dir, s.Stack, s.Context = o.Service.Name, o.Service.Dir, o.Service.Stack, o.Plan.Context
	for _, test := range o.Plan.Tests() {
		if slices.ContainsFunc(s.stages, func(c dockerfile.Content) bool { return c.Name == test }) {
			s.Tests = append(s.Tests, test)
		}
	}
	for _, secret := range o.Plan.Secrets {
		if given, ok := secrets(secret); ok {
			s.Secrets = append(s.Secrets, given)
		}
	}
	s.Expect = expect(o)
	settled := o.Settled()
	s.Limits, s.Env = limits(settled)
	return s, nil
}

// ForDockerfile makes a subject of a Dockerfile alone, which says what its image starts
// from and which line makes what.
func ForDockerfile(name string, text []byte) (Subject, error) {
	s := Subject{Dockerfile: name, text: text}
	stages, err := dockerfile.Parse(text)
	if err != nil {
		return s, fmt.Errorf("%s: %w", name, err)
	}
	s.stages = stages
	s.Base, s.Lines = runtime(stages, name)
	return s, nil
}

// runtime is what the last stage starts from, through stages of the file, and the
// instructions that make the image, the first of the lowest stage first.
func runtime(stages []dockerfile.Content, file string) (base string, lines []Line) {
	if len(stages) == 0 {
		return "", nil
	}
	at := len(stages) - 1
	for {
		var own []Line
		for _, step := range stages[at].Steps {
			own = append(own, Line{written(step), fmt.Sprintf("%s:%d", file, step.Line)})
		}
		lines = append(own, lines...)
		base = stages[at].Base
		below := slices.IndexFunc(stages[:at], func(c dockerfile.Content) bool { return c.Name != "" && strings.EqualFold(c.Name, base) })
		if below < 0 {
			return base, lines
		}
		at = below
	}
}

// written is an instruction in short.
func written(s dockerfile.Step) string {
	text := s.Name
	switch {
	case s.Name == "COPY" || s.Name == "ADD":
		if s.From != "" {
			text += " --from=" + s.From
		}
		text += " " + strings.Join(append(slices.Clone(s.Sources), s.To), " ")
	case len(s.Words) > 0:
		text += " " + strings.Join(s.Words, " ")
	default:
		for _, p := range s.Pairs {
			text += " " + p.Name
		}
	}
	return strings.Join(strings.Fields(text), " ")
}

// expect is what a plan says of its image, in the words of the checks.
func expect(o engine.Outcome) *Expect {
	e := &Expect{
		Stack: o.Service.Stack, Compiled: o.Service.Stack == "go" || o.Service.Stack == "rust", JRE: o.Service.Stack == "java", Tests: len(o.Plan.Tests()) > 0,
	}
	for _, p := range o.Plan.Ports {
		if e.Port == 0 {
			e.Port, e.UDP = p.Number, p.UDP
		}
	}
	for _, l := range o.Plan.Listeners {
		if l.Main && l.On == e.Port && l.Address == "" {
			e.Variable = l.Env
		}
	}
	for _, d := range o.Plan.Decisions {
		if d.Name != "health" {
			continue
		}
		e.Connects = strings.Contains(d.Value, "connection to ")
		for _, text := range []string{d.Value, d.Reason} {
			if _, asks, ok := strings.Cut(text, "GET "); ok && e.Health == "" && strings.HasPrefix(asks, "/") {
				e.Health, _, _ = strings.Cut(asks, " ")
			}
		}
	}
	for _, n := range o.Plan.Obligations {
		if n.Kind == plan.NeedWritable && n.Stage == "" {
			e.Writable = append(e.Writable, path.Clean(n.What))
		}
	}
	return e
}

// limits are what [verify] says over what holds without it.
func limits(settled config.Settled) (Limits, []string) {
	l, v := DefaultLimits(), settled.Verify
	l.Said = map[string]string{}
	for _, key := range settled.Keys() {
		if name, ok := strings.CutPrefix(key, "verify."); ok {
			l.Said[name] = settled.Origins(key)[0].At.String()
		}
	}
	size := func(to *int64, text string) { // its form was checked where it was read
		if n, err := config.Bytes(text); err == nil && text != "" {
			*to = n
		}
	}
	duration := func(to *time.Duration, text string) {
		if d, err := time.ParseDuration(text); err == nil {
			*to = d
		}
	}
	size(&l.Size, v.MaxSize)
	size(&l.Memory, v.Memory)
	size(&l.WastedFloor, v.MaxWasted.Floor)
	duration(&l.StartWithin, v.StartWithin)
	duration(&l.StopWithin, v.StopWithin)
	l.Layers = v.MaxLayers
	if share, err := config.Share(v.MaxWasted.Share); err == nil {
		l.WastedShare = share
	}
	for _, text := range v.Allow {
		id, paths, reason := config.Allowed(text)
		l.Allow = append(l.Allow, Allowance{ID: id, Pattern: paths, Reason: reason, At: l.Said["allow"]})
	}
	return l, v.Env
}

// ForImage makes a subject of an image that is there, or of a file that holds one, with the
// limits that hold for the whole repository.
func ForImage(reference, file string, settled config.Settled) Subject {
	s := Subject{Reference: reference, File: file}
	s.Limits, s.Env = limits(settled)
	return s
}
