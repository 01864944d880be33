package plan

import (
	"errors"
	"fmt"
	"math/rand"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/dockgen/dockgen/detect"
)

// listeners makes a program with a few of them. Few ports and variables meet often.
func listeners(r *rand.Rand) (all []detect.Listener) {
	pick := func(words ...string) string { return words[r.Intn(len(words))] }
	for i := range r.Intn(5) {
		l := detect.Listener{
			Port: []int{0, 80, 8080, 8081, 9090}[r.Intn(5)], Loopback: r.Intn(4) == 0, Raw: r.Intn(6) == 0,
			UDP: r.Intn(5) == 0, Side: pick("", "", "", "metrics", "pprof"), At: detect.Evidence{File: "main.go", Line: i + 1},
		}
		switch r.Intn(4) {
		case 0:
			l.Env = pick("PORT", "HTTP_PORT", "METRICS_PORT")
		case 1:
			l.Address = pick("ADDR", "METRICS_ADDR")
		}
		if r.Intn(4) == 0 && l.Address == "" {
			l.Host = "HOST"
		}
		switch r.Intn(5) {
		case 0:
			l.When = []detect.Condition{{Env: "DEBUG", Not: true, Choice: "main.go:50"}}
		case 1:
			l.When = []detect.Condition{{Env: "DEBUG", Choice: "main.go:50", Branch: 1}}
		case 2:
			l.When = []detect.Condition{{Unknown: true}}
		case 3:
			l.When = []detect.Condition{{Env: "NODE_ENV", Value: "test", Not: true}}
		}
		all = append(all, l)
	}
	return detect.DistinctListeners(all)
}

// settled is one settlement, and what it was made of.
type settled struct {
	in   Serving
	plan Plan
	env  []Variable
	err  error
	asks func(Listener) (before, port string) // of the health check
}

func settle(in Serving, env ...Variable) settled {
	s := settled{in: in, env: env, asks: Listener.Shell}
	in.Env = &s.env
	s.err = s.plan.Listen(in)
	return s
}

func (s settled) value(name string) (string, bool) {
	t := settling{Serving: Serving{Env: &s.env}}
	return t.variable(name)
}

// has is the port that the program will open, as the image starts it: what a variable
// says, or the source.
func (s settled) has(l Listener) int {
	if value, ok := s.value(l.Variable()); ok && l.Variable() != "" {
		port, _ := strconv.Atoi(value[strings.LastIndexByte(value, ':')+1:])
		return port
	}
	if l.Told || l.Unread() && l.Main {
		return l.On
	}
	return l.Port
}

// wrong names the first rule that a settlement breaks.
func (s settled) wrong() string {
	p, asked := s.plan, s.in.Overrides.Port
	runs := func(l Listener) bool { return l.Met != detect.Fails }
	for i, l := range p.Listeners {
		for _, o := range p.Listeners[:i] {
			if runs(l) && runs(o) && !l.Excludes(o.Listener) && l.UDP == o.UDP && s.has(l) == s.has(o) && s.has(l) != 0 {
				return "two listeners share a port"
			}
		}
		if runs(l) && l.On != 0 && s.has(l) != l.On {
			return "a listener has another port than the plan says"
		}
		if l.Exposed && !slices.Contains(p.Ports, l.port()) {
			return "an exposed listener is not exposed"
		}
	}
	for _, port := range p.Ports {
		if !slices.ContainsFunc(p.Listeners, func(l Listener) bool { return l.port() == port && (l.Met == detect.Holds || l.Main) }) {
			return "exposed and not listened on"
		}
	}
	if len(p.Listeners) == 0 {
		return ""
	}
	main := p.Listeners[0]
	better := func(l Listener) bool {
		chosen := asked != 0 && main.Port == asked
		return !l.Main && (l.Met == detect.Holds && l.Side == "" || runs(l) && !runs(main)) && (main.Side != "" || main.Met != detect.Holds) && !chosen
	}
	before, word := s.asks(main)
	switch {
	case asked != 0 && (main.On != asked || p.Ports[0] != main.port()):
		return "--port did not go to the main listener"
	case slices.ContainsFunc(p.Listeners, better):
		return "a side listener, or one that does not run, is the main one"
	case main.Variable() != "" && !strings.Contains(before+word, fmt.Sprintf("${%s:-", main.Variable())), !strings.Contains(before+word, strconv.Itoa(main.On)):
		return "health asks another port"
	case main.Loopback && !s.cured(main) && !slices.ContainsFunc(p.Notes, func(n string) bool { return strings.HasPrefix(n, main.At.String()) }) &&
		!slices.ContainsFunc(p.Obligations, func(n Need) bool { return n.Kind == NeedPort && n.At == main.At && n.Lacking != "" }):
		return "nobody is told of this machine only"
	}
	return ""
}

// cured says that a variable takes a listener off this machine.
func (s settled) cured(l Listener) bool {
	host, _ := s.value(l.Host)
	address, _ := s.value(l.Address)
	return host == "0.0.0.0" || strings.HasPrefix(address, "0.0.0.0:")
}

// mistakes are settlements gone wrong, by the rule that has to see each.
var mistakes = map[string]func(s *settled) bool{
	"two listeners share a port": func(s *settled) bool { // the second gets the first one's port
		if len(s.plan.Listeners) < 2 || s.plan.Listeners[1].Env == "" {
			return false
		}
		s.env = append([]Variable{{s.plan.Listeners[1].Env, strconv.Itoa(s.has(s.plan.Listeners[0]))}}, s.env...)
		return true
	},
	"a listener has another port than the plan says": func(s *settled) bool { // nobody sets its variable
		s.env = nil
		return true
	},
	"an exposed listener is not exposed": func(s *settled) bool {
		if len(s.plan.Ports) == 0 {
			return false
		}
		s.plan.Ports = s.plan.Ports[1:]
		return true
	},
	"exposed and not listened on": func(s *settled) bool {
		s.plan.Ports = append(s.plan.Ports, Port{Number: 4711})
		return true
	},
	"--port did not go to the main listener": func(s *settled) bool {
		if len(s.plan.Listeners) < 2 {
			return false
		}
		slices.Reverse(s.plan.Ports)
		s.plan.Listeners[0], s.plan.Listeners[1] = s.plan.Listeners[1], s.plan.Listeners[0]
		return true
	},
	"a side listener, or one that does not run, is the main one": func(s *settled) bool {
		for i := range s.plan.Listeners {
			s.plan.Listeners[i].Main = i == 1
		}
		slices.Reverse(s.plan.Listeners)
		return len(s.plan.Listeners) == 2
	},
	"health asks another port": func(s *settled) bool { // as it was when the image was made
		s.asks = func(l Listener) (before, port string) { return "", strconv.Itoa(l.On) }
		return true
	},
	"nobody is told of this machine only": func(s *settled) bool {
		s.plan.Notes = nil
		return true
	},
}

// each settles many programs, with and without a port that is asked for.
func each(t *testing.T, check func(s settled)) {
	t.Helper()
	r := rand.New(rand.NewSource(15))
	for range 20000 {
		in := Serving{Listeners: listeners(r), At: detect.Evidence{File: "main.go"}}
		if r.Intn(3) == 0 {
			in.Overrides.Port = []int{8080, 9090, 7000}[r.Intn(3)]
		}
		check(settle(in, Variable{"NODE_ENV", "production"}))
	}
}

func TestListen(t *testing.T) {
	refused := 0
	each(t, func(s settled) {
		if s.err != nil {
			refused++
			if wrong, ok := errors.AsType[*OverrideError](s.err); !ok || wrong.Flag != "--port" || !strings.Contains(s.err.Error(), "main.go:") {
				t.Fatalf("%+v: the error names no line: %v", s.in, s.err)
			}
			return
		}
		if rule := s.wrong(); rule != "" {
			t.Fatalf("%s\nof %#v\nis %#v\nwith %v", rule, s.in.Listeners, s.plan.Listeners, s.env)
		}
	})
	if refused == 0 {
		t.Error("no port was refused")
	}
}

// TestListenMistakes holds the rules against settlements that break them.
func TestListenMistakes(t *testing.T) {
	seen := map[string]bool{}
	each(t, func(s settled) {
		for rule, plant := range mistakes {
			broken := s
			broken.plan.Listeners, broken.plan.Ports = slices.Clone(s.plan.Listeners), slices.Clone(s.plan.Ports)
			if s.err == nil && !seen[rule] && plant(&broken) && broken.wrong() == rule {
				seen[rule] = true
			}
		}
	})
	for rule := range mistakes {
		if !seen[rule] {
			t.Errorf("nothing notices: %s", rule)
		}
	}
}

// TestShell holds what health asks to the variable, whatever it is set to later.
func TestShell(t *testing.T) {
	for _, c := range []struct {
		l    detect.Listener
		want string
	}{
		{detect.Listener{Port: 1}, "8080"},
		{detect.Listener{Env: "PORT"}, "${PORT:-8080}"},
		{detect.Listener{Address: "ADDR"}, "at=${ADDR:-:8080}; ${at##*:}"},
	} {
		if before, port := (Listener{Listener: c.l, On: 8080}).Shell(); before+port != c.want {
			t.Errorf("got %q, want %q", before+port, c.want)
		}
	}
}
