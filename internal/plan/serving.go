package plan

import (
	"cmp"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/pattern"
)

// FallbackPort is for a program that reads its port from a variable and has no default.
const FallbackPort = 8080

// firstFree is the first port that needs no privileges outside of Docker, which
// lets every user of a container have any.
const firstFree = 1024

// Serving is what is known of where a service listens, before it is settled.
type Serving struct {
	Listeners []detect.Listener
	Env       *[]Variable     // of the image, as far as it is settled; what the listeners need is added
	Overrides Overrides       // Port and Command count
	Options   bool            // what starts takes options behind it, as Plan.Options has them
	Silent    string          // why there is no listener, where there is none
	Unread    string          // why there has to be one that the sources do not show, or empty
	At        detect.Evidence // of Silent and Unread
}

// Listener is one as it will be in the image.
type Listener struct {
	detect.Listener
	On      int        // the port that it has there; 0 where nobody knows
	Met     detect.Met // whether what it needs to run is the case there
	Main    bool       // the service is there for it
	Exposed bool
	Opened  bool // its option takes it off this machine
}

// Port is one that an image exposes.
type Port struct {
	Number int
	UDP    bool
}

// String is the port as EXPOSE has it.
func (p Port) String() string {
	if p.UDP {
		return strconv.Itoa(p.Number) + "/udp"
	}
	return strconv.Itoa(p.Number)
}

// settling is the settlement of one service's listeners.
type settling struct {
	Serving
	plan *Plan
	all  []Listener // the main one first
}

// Listen settles the listeners of a service, for every stack: which is the main one,
// which port each has, what the image sets for that, and what it exposes. What is
// settled is left in [Plan.Listeners].
//
// The main listener is the surest to run that no word says to stand beside the service.
// It gets the port that was asked for, else the one of its variable or of its source,
// else [FallbackPort]; a port that is taken goes to nobody else. The error is for a
// port that the sources do not let it have.
func (p *Plan) Listen(s Serving) error {
	t := &settling{Serving: s, plan: p}
	if t.Env == nil {
		t.Env = &[]Variable{}
	}
	t.rank()
	if err := t.asked(); err != nil {
		return err
	}
	if len(t.all) == 0 {
		if s.Unread != "" {
			p.Decide("port", "unknown", "--port", s.Unread, where(s.At)...)
			p.Note("%s: %s; name the port with --port", s.At, s.Unread)
			return nil
		}
		p.Decide("port", None, "--port", s.Silent, where(s.At)...)
		return nil
	}
	t.ports()
	p.Listeners = t.all
	for i := range t.all {
		t.told(i)
	}
	return nil
}

// Main is the listener that the service is there for. Without one ok is false.
func (p *Plan) Main() (l Listener, ok bool) {
	if len(p.Listeners) == 0 {
		return l, false
	}
	return p.Listeners[0], true
}

// CanListen says why the main listener cannot have the port that is asked for, where
// it cannot.
func (p *Plan) CanListen(asked Overrides) error {
	t := settling{Serving: Serving{Overrides: asked}, plan: p, all: slices.Clone(p.Listeners)}
	return t.asked()
}

// rank gathers the listeners, the main one first, the others as they are told.
func (t *settling) rank() {
	for _, l := range t.Listeners {
		one := Listener{Listener: l, Met: t.met(l)}
		i := slices.IndexFunc(t.all, func(o Listener) bool { return same(o.Listener, l) })
		switch {
		case i < 0:
			t.all = append(t.all, one)
		case one.Met < t.all[i].Met:
			one.Port = cmp.Or(one.Port, t.all[i].Port)
			t.all[i] = one
		default:
			t.all[i].Port = cmp.Or(t.all[i].Port, l.Port)
		}
	}
	if len(t.all) == 0 {
		return
	}
	main := slices.MinFunc(t.all, compare)
	i := slices.IndexFunc(t.all, func(l Listener) bool { return compare(l, main) == 0 })
	t.first(i)
}

// met says whether all that a listener needs to run is the case in the image.
func (t *settling) met(l detect.Listener) detect.Met {
	met := detect.Holds
	for _, c := range l.When {
		met = max(met, c.Met(t.variable))
	}
	return met
}

// same says that two mentions are told one port, or have one that nothing changes.
func same(a, b detect.Listener) bool {
	return a.UDP == b.UDP && a.Variable() == b.Variable() && (a.Variable() != "" || a.Port == b.Port && a.Port != 0 && !a.Told && !b.Told)
}

// first makes a listener the main one.
func (t *settling) first(i int) {
	main := t.all[i]
	t.all = slices.Insert(slices.Delete(t.all, i, i+1), 0, main)
	for i := range t.all {
		t.all[i].Main = i == 0
	}
}

// compare orders listeners by how sure it is that the service is there for them.
func compare(a, b Listener) int {
	by := func(is func(Listener) bool) int {
		switch a, b := is(a), is(b); {
		case a == b:
			return 0
		case b:
			return -1
		}
		return 1
	}
	return cmp.Or(
		by(func(l Listener) bool { return l.Met == detect.Fails }),
		by(func(l Listener) bool { return l.Side != "" }),
		cmp.Compare(a.Met, b.Met),
		by(func(l Listener) bool { return l.TLS && l.Met != detect.Holds }),
		by(func(l Listener) bool { return l.shut() }),
		by(func(l Listener) bool { return l.UDP }),
		by(func(l Listener) bool { return l.Raw }),
		by(func(l Listener) bool { return l.Env != "PORT" }),
	)
}

func (l Listener) port() Port { return Port{l.On, l.UDP} }

// shut says that nobody outside the container can reach it, whatever is set.
func (l Listener) shut() bool {
	return l.Loopback && l.Address == "" && l.Host == "" && !l.Opened
}

// asked takes --port: to the main listener, or to the one that has that port.
func (t *settling) asked() error {
	n := t.Overrides.Port
	if named, word := PortIn(t.Overrides.Command); named != 0 && n != 0 && named != n {
		return t.refuse(fmt.Errorf("the command says %s; let both say the same, or leave --port out", word))
	} else if named != 0 {
		t.named(named)
	}
	if n == 0 {
		return nil
	}
	if len(t.all) == 0 {
		t.all = []Listener{{Listener: detect.Listener{Told: true, At: t.At}, Main: true}}
		return nil
	}
	fixed := func(l Listener) bool { return !l.free() && !l.Unread() }
	if main := t.all[0]; !fixed(main) || main.Port == n || len(t.Overrides.Command) > 0 {
		t.all[0].Told = t.all[0].Told || !main.free()
	} else if i := slices.IndexFunc(t.all, func(l Listener) bool { return l.Port == n && l.Side == "" && l.Met != detect.Fails }); i > 0 {
		t.first(i)
	} else {
		return t.refuse(detect.Errorf(main.At, "the program listens on %d there, and reads no variable that says otherwise", main.Port))
	}
	for _, l := range t.all[1:] {
		if fixed(l) && l.Port == n && t.meets(t.all[0], l) && l.Met != detect.Fails && !l.Excludes(t.all[0].Listener) {
			return t.refuse(detect.Errorf(l.At, "another listener of the program has that port"))
		}
	}
	return nil
}

// named takes the port that --command gives its program: that of the main listener.
func (t *settling) named(port int) {
	said := detect.Listener{Port: port, What: "what --command says", At: t.At}
	if len(t.all) > 0 {
		main := t.all[0].Listener
		said.Raw, said.TLS, said.UDP, said.Handler = main.Raw, main.TLS, main.UDP, main.Handler
		if main.Port == port && main.Variable() == "" {
			return
		}
	}
	said.Loopback = slices.ContainsFunc(t.Overrides.Command, func(w string) bool { return strings.Contains(w, "127.0.0.1") || strings.Contains(w, "localhost") })
	t.all = slices.DeleteFunc(t.all, func(l Listener) bool { return l.Main })
	t.all = slices.Insert(t.all, 0, Listener{Listener: said, Main: true})
}

// portOption is an option of a command that takes a port, or an address with one.
var portOption = pattern.New(`^(?:--?(?:[A-Za-z-]+[.-])?port|-p|-b|--bind|--listen|-l|--addr|--address|--http|--http-socket|-D(?:server|quarkus\.http)\.port)(?:=(.+))?$`)

// portValue is a port, or the end of an address.
var portValue = pattern.New(`^(?:\S*:)?(\d{2,5})$`)

// PortIn is the port that a command names for its program, with the words that do; 0
// where none does.
func PortIn(argv []string) (port int, words string) {
	argv = strings.Fields(strings.Join(argv, " "))
	for i, word := range argv {
		m := portOption.FindStringSubmatch(word)
		if m == nil {
			continue
		}
		value := m[1]
		if value == "" && i+1 < len(argv) {
			value = argv[i+1]
			word += " " + value
		}
		if v := portValue.FindStringSubmatch(strings.Trim(value, `"'`)); v != nil {
			if n, err := strconv.Atoi(v[1]); err == nil && n >= 80 && n < 1<<16 {
				return n, word
			}
		}
	}
	return 0, ""
}

func (t *settling) refuse(err error) error {
	return &OverrideError{Flag: "--port", Value: strconv.Itoa(t.Overrides.Port), Err: err}
}

// free says that the image can have the listener on another port.
func (l Listener) free() bool { return l.Told || l.Variable() != "" }

// ports gives every listener its port: those first that can have no other, then the
// main one, then the rest.
func (t *settling) ports() {
	for i, l := range t.all {
		if !l.free() {
			t.all[i].On = l.Port
		}
	}
	for i := range t.all {
		l := &t.all[i]
		if !l.free() {
			continue
		}
		set := t.set(l.Listener)
		l.On = cmp.Or(set, l.Port)
		if l.Main {
			l.On = cmp.Or(t.Overrides.Port, l.On)
		}
		if l.Met == detect.Fails && !l.Main { // what it reads may be what it waits for
			continue
		}
		if o := t.beside(i); o >= 0 {
			l.On = t.all[o].On
		} else if l.On == 0 || t.taken(i) {
			l.On = t.next(i, cmp.Or(l.On, FallbackPort))
		}
		if l.On != cmp.Or(set, l.Port) || l.Main && t.Overrides.Port != 0 {
			t.tell(l)
		}
	}
	t.all[0].Met = t.met(t.all[0].Listener)
}

// taken says that another listener which may run beside has the port of one.
func (t *settling) taken(i int) bool {
	for j, o := range t.all {
		if j != i && o.On == t.all[i].On && t.meets(t.all[i], o) && o.Met != detect.Fails && !o.Excludes(t.all[i].Listener) {
			return true
		}
	}
	return false
}

// meets says that two listeners, or those that read the same variables, are of one
// protocol.
func (t *settling) meets(a, b Listener) bool {
	alike := func(l, o Listener) bool { return l.UDP == o.UDP || l.Variable() != "" && t.both(l.Variable()) }
	return alike(a, b) || alike(b, a)
}

// both says that listeners of both protocols read a variable.
func (t *settling) both(variable string) bool {
	reads := func(udp bool) bool {
		return slices.ContainsFunc(t.all, func(l Listener) bool { return l.UDP == udp && l.Variable() == variable })
	}
	return reads(true) && reads(false)
}

// beside is a settled listener of the other protocol that reads the same variable, or -1.
func (t *settling) beside(i int) int {
	return slices.IndexFunc(t.all[:i], func(o Listener) bool {
		return o.UDP != t.all[i].UDP && o.Variable() == t.all[i].Variable() && o.Variable() != "" && o.On != 0 && (o.Main || o.Met != detect.Fails)
	})
}

// next is the first port from one on that no listener has or would like to have.
func (t *settling) next(i, port int) int {
	for slices.ContainsFunc(t.all, func(o Listener) bool {
		return o.On == port || o.Port == port && !o.Excludes(t.all[i].Listener)
	}) {
		port++
	}
	return port
}

// told says what was settled of one listener, to the image and to the reader.
func (t *settling) told(i int) {
	l, p := &t.all[i], t.plan
	if l.On == 0 && l.Main {
		t.open(l)
		p.Decide("port", "unknown", "--port", l.String(), where(l.At)...)
		p.Note("%s: the program listens on %s%s; name the port with --port", l.At, l, only(l))
		return
	}
	if reason := t.hidden(*l); reason != "" {
		value := l.String()
		if l.On != 0 {
			value = l.port().String()
		}
		p.Decide("not exposed", value, "", reason, where(l.At)...)
		return
	}
	t.open(l)
	t.reached(*l)
	l.Exposed = true
	p.expose(l.port())
	if l.Port != 0 && l.On == l.Port && l.At.File != "" {
		p.Summary.Evidence = append(p.Summary.Evidence, l.At)
	}
	p.Decide("port", l.port().String(), "--port", t.reason(*l), where(l.At)...)
	if l.Warning != "" {
		p.Note("%s: %s", l.At, l.Warning)
	}
	if l.Unsure && l.Main && l.Host == "" && l.Option == "" {
		p.Note("%s: which host the program listens on there cannot be read from the source; where that is localhost, nobody outside the container reaches %s: let it be 0.0.0.0", l.At, l.port())
	}
}

// reached states that a port which the image exposes is listened on, on all addresses.
func (t *settling) reached(l Listener) {
	n := Need{Kind: NeedPort, What: l.port().String(), By: "the image exposes", At: l.At}
	switch {
	case l.shut():
		n.Lacking = "on which the program listens for this machine only, so that nobody outside the container reaches it"
		n.Settles = fmt.Sprintf("listen on 0.0.0.0:%d there", l.On)
		if l.Option != "" {
			n.Settles = fmt.Sprintf("give the program %s 0.0.0.0 with --command", l.Option)
		}
	case l.Met == detect.Fails:
		n.Lacking = "on which the program only listens where " + t.needs(l)
	case l.Told && l.What == "" && l.Port == 0:
		n.Open = "the sources do not show where the program listens on it"
	}
	t.plan.Need(n)
}

// only says of an unread listener that it is for this machine.
func only(l *Listener) string {
	if l.shut() {
		return ", on this machine only, which nobody outside the container can reach; listen on 0.0.0.0"
	}
	return ""
}

// hidden says why a listener beside the main one is not exposed, or nothing.
func (t *settling) hidden(l Listener) string {
	main := t.all[0]
	switch {
	case l.Main:
		return ""
	case l.Met != detect.Holds:
		return "it only listens where " + t.needs(l)
	case l.Excludes(main.Listener):
		return "it listens instead of " + main.port().String()
	case l.On == 0:
		return "nothing says which port it has"
	case main.On == 0 && l.Side != "":
		return "it stands beside the service (" + l.Side + "), whose own port nobody knows"
	case l.shut() || l.Loopback && l.Side != "":
		return "it listens on this machine only"
	}
	return ""
}

// needs is what a listener waits for, in words.
func (t *settling) needs(l Listener) string {
	for _, c := range l.When {
		if c.Met(t.variable) == l.Met {
			return c.String()
		}
	}
	return "the program wants to"
}

// reason says why a listener has its port.
func (t *settling) reason(l Listener) string {
	switch {
	case l.Main && t.Overrides.Port != 0:
		return "asked for"
	case l.Port == 0 && l.Variable() != "" && t.set(l.Listener) == l.On:
		return l.Variable() + " has no default in the program, so the image sets one"
	case l.On != l.Port && l.Variable() != "" && l.Port != 0:
		return fmt.Sprintf("%s; the image sets %s", l, l.Variable())
	case l.Variable() != "" && l.What != "":
		return l.What + ": " + l.String()
	case l.Variable() != "":
		return l.String()
	}
	return cmp.Or(l.What, "the address that the program listens on")
}

// open sets what takes a listener off this machine, where it reads a variable for that.
func (t *settling) open(l *Listener) {
	if l.Address != "" && l.Loopback && t.value(l.Address) == "" {
		t.tell(l)
	}
	if l.Host != "" && (l.Loopback || l.NoHost) && t.value(l.Host) == "" {
		t.put(l.Host, "0.0.0.0")
		t.cured(l.Host+"=0.0.0.0", l)
	}
	if l.Option != "" && l.shut() {
		t.option(l)
	}
}

// option gives the program the option that takes a listener off this machine, unless the
// command that is asked for has it.
func (t *settling) option(l *Listener) {
	if len(t.Overrides.Command) > 0 {
		l.Opened = slices.ContainsFunc(t.Overrides.Command, func(w string) bool { return strings.HasPrefix(w, l.Option) })
		return
	}
	if !t.Options {
		return
	}
	value := "0.0.0.0"
	if l.Told {
		value += ":" + strconv.Itoa(l.On)
	}
	l.Opened = true
	t.plan.Options = append(t.plan.Options, l.Option, value)
	t.cured(l.Option+" "+value, l)
}

// tell sets the variable that names the port of a listener, or its address.
func (t *settling) tell(l *Listener) {
	port := strconv.Itoa(l.On)
	switch {
	case l.Env != "":
		t.put(l.Env, port)
	case l.Address != "":
		t.put(l.Address, "0.0.0.0:"+port)
		if l.Loopback {
			t.cured(l.Address+"=0.0.0.0:"+port, l)
		}
	}
}

func (t *settling) cured(value string, l *Listener) {
	t.plan.Decide("address", value, "", "the program's own default cannot be reached from outside the container", where(l.At)...)
}

// set is the port that the image's environment gives to a listener, or 0.
func (t *settling) set(l detect.Listener) int {
	value := t.value(l.Variable())
	if _, port, err := net.SplitHostPort(value); err == nil && l.Env == "" {
		value = port
	}
	port, err := strconv.ParseUint(value, 10, 16)
	if err != nil {
		return 0
	}
	return int(port)
}

func (t *settling) variable(name string) (string, bool) {
	for _, v := range *t.Env {
		if v.Name == name {
			return v.Value, true
		}
	}
	return "", false
}

func (t *settling) value(name string) string {
	value, _ := t.variable(name)
	return value
}

// put sets a variable of the image.
func (t *settling) put(name, value string) {
	for i, v := range *t.Env {
		if v.Name == name {
			(*t.Env)[i].Value = value
			return
		}
	}
	*t.Env = append(*t.Env, Variable{Name: name, Value: value})
}

// where leaves out a place that is not known.
func where(at detect.Evidence) []detect.Evidence {
	if at.File == "" {
		return nil
	}
	return []detect.Evidence{at}
}

// expose adds a port that the service listens on. The first one is what the service
// is for, where nothing else is.
func (p *Plan) expose(port Port) {
	if slices.Contains(p.Ports, port) {
		return
	}
	p.Ports = append(p.Ports, port)
	if port.Number < firstFree {
		p.Note("it listens on %s, which some platforms forbid to users without privileges; Docker allows it", port)
	}
	if p.Summary.Purpose == "" {
		p.Summary.Purpose = fmt.Sprintf("listens on %s", port)
	}
}

// Asked is the listener that a health check asks: the main one. Where there is none
// that could be, the decision says so and ok is false.
func (p *Plan) Asked() (l Listener, ok bool) {
	l, ok = p.Main()
	switch {
	case !ok || l.On == 0:
		p.Decide("health", None, "", "the program opens no port that could be asked")
		return l, false
	case l.UDP:
		p.Decide("health", None, "", "whether a program takes datagrams can only be asked in its own protocol", where(l.At)...)
		return l, false
	case l.Met == detect.Fails:
		p.Decide("health", None, "", "the program listens under a condition that the image does not meet", where(l.At)...)
		return l, false
	}
	return l, true
}

// Health takes down what a health check asks, in words, and with which command; nil
// where nothing in the image can ask.
func (p *Plan) Health(command []string, asks string, at ...detect.Evidence) {
	if command == nil {
		p.Decide("health", None, "", "nothing in the image can ask; let the orchestrator "+asks, at...)
		return
	}
	p.Decide("health", asks, "", "asked from inside the image", at...)
}

// Answers gives the most telling of the health paths that a listener of the plan may
// answer: not one that only another answers.
func (p *Plan) Answers(l Listener, paths []detect.Path) (detect.Path, bool) {
	mine := slices.DeleteFunc(slices.Clone(paths), func(path detect.Path) bool {
		return path.Handler != "" && path.Handler != l.Handler && slices.ContainsFunc(p.Listeners, func(o Listener) bool { return o.Handler == path.Handler })
	})
	if len(mine) == 0 {
		return detect.Path{}, false
	}
	return slices.MinFunc(mine, func(a, b detect.Path) int { return detect.CompareHealthPaths(a.Path, b.Path) }), true
}

// Shell is the port as a shell finds it in the container, where the user may have set
// the variable that names it, and what has to stand before.
func (l Listener) Shell() (before, port string) {
	switch {
	case l.Env != "":
		return "", fmt.Sprintf("${%s:-%d}", l.Env, l.On)
	case l.Address != "":
		return fmt.Sprintf("at=${%s:-:%d}; ", l.Address, l.On), "${at##*:}"
	}
	return "", strconv.Itoa(l.On)
}

// Connection says in words what a health check asks of a listener without a path. A
// connection alone proves little: Linux takes it for a program that hangs.
func (l Listener) Connection() string {
	if l.anyAnswer() {
		return fmt.Sprintf("ask for any answer over HTTP on %d", l.On)
	}
	return fmt.Sprintf("open a TCP connection to %d", l.On)
}

func (l Listener) anyAnswer() bool { return l.HTTP && !l.TLS && !l.Raw }

// anything is a request that every server of HTTP answers, with whatever status.
const anything = `printf 'GET / HTTP/1.0\r\n\r\n'`

// BusyboxHealth is a health check by what Alpine has: of a path where there is one, else of
// whether anything answers, else of whether the port is open. Not every BusyBox is built
// with -z of nc.
func BusyboxHealth(l Listener, path string) []string {
	before, port := l.Shell()
	switch {
	case path == "" && l.anyAnswer():
		return []string{"sh", "-c", before + "exec nc -w 1 127.0.0.1 " + port + ` -e sh -c "` + anything + ` && read -r _"`} // a pipe would end the request for some servers
	case path == "":
		return []string{"sh", "-c", before + "exec nc -w 1 127.0.0.1 " + port + " -e true"}
	}
	return []string{"sh", "-c", before + "exec wget -q -O /dev/null http://127.0.0.1:" + port + path}
}

// BashHealth is the same by what Debian's slim images have: bash opens the connection.
func BashHealth(l Listener, path string) []string {
	before, port := l.Shell()
	script := before + "exec 3<>/dev/tcp/127.0.0.1/" + port
	switch {
	case path == "" && l.anyAnswer():
		script += " && " + anything + " >&3 && read -r _ <&3"
	case path != "":
		script += ` && printf 'GET ` + path + ` HTTP/1.0\r\n\r\n' >&3 && read -r _ status _ <&3 && [ "$status" -lt 400 ]`
	}
	return []string{"bash", "-c", script}
}
