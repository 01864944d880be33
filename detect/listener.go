package detect

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Listener is one place where a program opens a port, as its sources have it.
type Listener struct {
	Port     int         // where no variable says otherwise; 0 where none can be read
	Env      string      // the variable that names the port
	Address  string      // the variable that names the whole address, host:port
	Host     string      // the variable that names the host alone
	NoHost   bool        // Host has no default
	Option   string      // the option of its command line that names the host; where it is Told, the whole address
	Unsure   bool        // it is told a host that cannot be read
	Loopback bool        // on this machine only, unless a variable says otherwise
	TLS      bool        // it answers over TLS
	Raw      bool        // it answers no plain HTTP: gRPC, or a protocol of its own
	HTTP     bool        // it surely answers HTTP, or that over TLS; else nobody knows
	UDP      bool        // it takes datagrams: no one connects to it
	Told     bool        // whoever starts it names the port, so that it can be any
	Default  bool        // the port is that of what serves, not one that the project names
	Direct   bool        // its file opens it only where it is what is started
	Warning  string      // what is to be said about who serves there, or none
	Side     string      // the word that says that it is there beside the service: "metrics"
	When     []Condition // all of which it needs to run
	Handler  string      // the name of what answers there, in its function
	What     string      // what says so, where that is more than an address: "the default of Spring Boot"
	At       Evidence
}

// String says where a program listens, in words.
func (l Listener) String() string {
	return cmp.Or(PortWords(l.Port, l.Variable()), "an address that cannot be read from the source")
}

// Variable is the one by which the listener can be told its port, or none.
func (l Listener) Variable() string { return cmp.Or(l.Env, l.Address) }

// Unread says that the program listens where its sources do not say.
func (l Listener) Unread() bool { return l.Port == 0 && l.Variable() == "" }

// Condition is what has to hold for a listener to run: that a text is, or is not, a
// value. The text is that of a variable of the environment, where it is set.
type Condition struct {
	Env     string // the variable, or none
	Default string // the text otherwise
	Value   string
	Not     bool   // the text has to be another
	Unknown bool   // only the run tells
	Choice  string // names the statement, where another branch of it needs something else
	Branch  int    // of that statement
	At      Evidence
}

// Met says whether something is the case.
type Met int

// What is known of a condition, the surest first.
const (
	Holds Met = iota
	Perhaps
	Fails
)

// Met holds the condition against an environment.
func (c Condition) Met(env func(name string) (string, bool)) Met {
	if c.Unknown {
		return Perhaps
	}
	text := c.Default
	if c.Env != "" {
		if set, ok := env(c.Env); ok {
			text = set
		}
	}
	if (text == c.Value) == c.Not {
		return Fails
	}
	return Holds
}

// String says what has to hold, in words.
func (c Condition) String() string {
	switch {
	case c.Unknown || c.Env == "":
		return "the condition at " + c.At.String() + " holds"
	case c.Value == "" && c.Not:
		return c.Env + " is set (" + c.At.String() + ")"
	case c.Not:
		return fmt.Sprintf("%s is not %q (%s)", c.Env, c.Value, c.At)
	}
	return fmt.Sprintf("%s is %q (%s)", c.Env, c.Value, c.At)
}

// Else is what the other branch of the condition's statement needs.
func (c Condition) Else() Condition {
	c.Not, c.Branch = !c.Not, c.Branch+1
	return c
}

// Excludes says that the two never run together: they stand in different branches of
// one statement.
func (l Listener) Excludes(other Listener) bool {
	return slices.ContainsFunc(l.When, func(c Condition) bool {
		return c.Choice != "" && slices.ContainsFunc(other.When, func(o Condition) bool { return o.Choice == c.Choice && o.Branch != c.Branch })
	})
}

// together says that two stand in one branch of a statement.
func (l Listener) together(other Listener) bool {
	return !l.Excludes(other) && slices.ContainsFunc(l.When, func(c Condition) bool {
		return slices.ContainsFunc(other.When, func(o Condition) bool { return c.Choice != "" && o.Choice == c.Choice && o.Branch == c.Branch })
	})
}

// DistinctListeners drops the second mention of a port, such as an http.Server that
// gets its address and a listener that opens it, and what is unread where something
// that is no side listener was read. Of two mentions the one that needs less counts.
func DistinctListeners(all []Listener) []Listener {
	all = slices.Clone(all)
	for i, l := range all { // who comes without TLS is sent on to it
		if l.Port == 80 && l.Side == "" && slices.ContainsFunc(all, func(o Listener) bool { return o.TLS && o.together(l) }) {
			all[i].Side = "redirect"
		}
	}
	known := func(unread Listener) bool { // one that runs no less surely, and says where
		return slices.ContainsFunc(all, func(l Listener) bool {
			return !l.Unread() && l.Side == "" && len(l.When) <= len(unread.When) && (unread.Raw || !l.Raw) && !l.Excludes(unread)
		})
	}
	var kept []Listener
	for _, l := range all {
		i := slices.IndexFunc(kept, func(k Listener) bool { return k.Port == l.Port && k.Variable() == l.Variable() && k.UDP == l.UDP })
		switch {
		case l.Unread() && (l.UDP || known(l)): // a socket for datagrams without a port of its own sends
		case i < 0:
			kept = append(kept, l)
		default:
			side := cmp.Or(kept[i].Side, l.Side)
			always := len(l.When) == 1 && len(kept[i].When) == 1 && l.Excludes(kept[i]) && l.TLS == kept[i].TLS
			if k := kept[i]; len(l.When) < len(k.When) || l.Excludes(k) && k.TLS && !l.TLS {
				kept[i] = l
			}
			if always { // both branches of an either-or
				kept[i].When, kept[i].Loopback = nil, kept[i].Loopback && l.Loopback
			}
			kept[i].Side = side
		}
	}
	return kept
}

// SideWord gives the first word of names, as programs write them, that says that a
// listener stands beside the service: METRICS_PORT, startPprof, adminServer.
func SideWord(names ...string) string {
	for _, name := range names {
		for _, word := range words(name) {
			if slices.Contains(besides, word) {
				return word
			}
		}
	}
	return ""
}

// besides are what listeners are called by that are there for whoever runs the
// service, not for whom it is there.
var besides = []string{
	"metrics", "metric", "prometheus", "prom", "promhttp", "telemetry", "monitoring", "monitor", "actuator",
	"pprof", "debug", "debugger", "profiler", "profiling", "profile", "diagnostics", "inspector",
	"admin", "management", "mgmt", "health", "healthz", "healthcheck", "probe", "probes", "liveness", "readiness",
	"acme", "autocert", "challenge", "challenges", "redirect", "redirects", "redirector",
}

// words cuts a name where programs do: at signs, and before capitals.
func words(name string) []string {
	var all []string
	begin := -1
	text := []rune(name)
	for i, r := range text {
		letter := unicode.IsLetter(r)
		upper := unicode.IsUpper(r) && begin >= 0 && (!unicode.IsUpper(text[i-1]) || i+1 < len(text) && unicode.IsLower(text[i+1]))
		if begin >= 0 && (!letter || upper) {
			all = append(all, strings.ToLower(string(text[begin:i])))
			begin = -1
		}
		if letter && begin < 0 {
			begin = i
		}
	}
	if begin >= 0 {
		all = append(all, strings.ToLower(string(text[begin:])))
	}
	return all
}
