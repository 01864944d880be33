package verify

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/dockgen/dockgen/internal/docker"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/show"
)

// run starts containers of the image as it has to bear it, and notes what they do.
func (r Request) run(ctx context.Context, f *Facts, s Subject, tag string) {
	platform := ""
	if r.Docker != nil {
		platform, _ = r.Docker.Platform(ctx) // an engine that does not say runs what it can
	}
	switch {
	case !r.Run || tag == "":
		f.NotRun = "it was only read"
		return
	case platform != "" && !runsOn(f.Image.Platform, platform):
		f.NotRun = fmt.Sprintf("it is for %s, and docker runs %s", f.Image.Platform, platform)
		return
	case len(f.Image.Config.Entrypoint)+len(f.Image.Config.Cmd) == 0:
		f.NotRun = "it has neither ENTRYPOINT nor CMD"
		return
	}
	p := probe{Request: r, facts: f, subject: s, tag: tag, readOnly: true}
	r.tell("%s: starting", p.name())
	f.Run = &Run{Path: "/", Mode: "as its user, read-only, without capabilities, no-new-privileges, /tmp in memory"}
	if f.Expect != nil && f.Expect.Health != "" {
		f.Run.Path = f.Expect.Health
	}
	p.first(ctx)
	if f.Run.Exit != nil || !f.Run.Started || !f.Run.Answered && f.port() != 0 && f.Run.Unasked == "" {
		p.writable(ctx)
	}
	p.waits()
	p.wants()
	if !f.Run.Answered && f.port() != 0 && f.Run.Unasked == "" && (f.Run.Writes == nil || !f.Run.Writes.Answered) || f.Run.Exit != nil {
		return
	}
	p.health(ctx)
	p.moved(ctx)
}

func runsOn(image, engine string) bool {
	return image == engine || strings.HasPrefix(image, engine+"/") || image == "linux/386" && engine == "linux/amd64"
}

// probe is one image while it is run.
type probe struct {
	Request
	facts    *Facts
	subject  Subject
	tag      string
	readOnly bool
}

func (p *probe) name() string {
	if p.subject.Service != "" {
		return p.subject.Service
	}
	return p.tag
}

// container starts one in as strict a place as an image has to bear.
func (p *probe) container(ctx context.Context, more ...string) (*docker.Container, error) {
	args := []string{"--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp", "--memory", strconv.FormatInt(p.facts.Limits.Memory, 10)}
	if p.readOnly {
		args = append(args, "--read-only")
	}
	if e := p.facts.Expect; e != nil {
		for _, dir := range e.Writable {
			if dir != "/tmp" && !slices.ContainsFunc(p.facts.Image.Config.Volumes, func(v string) bool { return path.Clean(v) == dir }) {
				args = append(args, "--volume", dir)
			}
		}
	}
	for _, v := range p.subject.Env {
		args = append(args, "--env", v)
	}
	return p.Docker.Run(ctx, strings.Map(plainOnly, strings.ToLower(p.name())), p.tag, append(args, more...)...)
}

// published is the port that is asked, on the loopback of the engine's machine.
func (p *probe) published(port int) []string {
	if port == 0 || p.udp() {
		return nil
	}
	return []string{"--publish", fmt.Sprintf("127.0.0.1::%d", port)}
}

func (p *probe) udp() bool { return p.facts.Expect != nil && p.facts.Expect.UDP }

// pause is how long nothing is asked before it is asked again, in the first seconds.
const pause = 50 * time.Millisecond

// answers waits for an answer on a port. It ends with the container.
func (p *probe) answers(ctx context.Context, c *docker.Container, port int, path string) (status int, after time.Duration, ok bool, state docker.State) {
	if p.udp() {
		port = 0
	}
	a, after, state, err := c.Answers(ctx, port, path, p.facts.Limits.StartWithin)
	if errors.Is(err, docker.ErrUnasked) {
		p.facts.Run.Unasked = err.Error()
	}
	return a.Status, after, err == nil, state
}

// first starts the image, asks it, looks whose its processes are, and stops it.
func (p *probe) first(ctx context.Context) {
	run := p.facts.Run
	c, err := p.container(ctx, append(p.published(p.facts.port()), "--no-healthcheck")...)
	if err != nil {
		run.Logs = refused(err)
		return
	}
	defer p.remove(ctx, c)
	run.Started = true
	var state docker.State
	run.Status, run.After, run.Answered, state = p.answers(ctx, c, p.facts.port(), run.Path)
	if run.Answered && run.Status >= 400 && p.facts.port() != 0 {
		p.patience(ctx, c)
	}
	run.Answered = run.Answered && p.facts.port() != 0
	run.Logs = c.Logs(ctx, lastLogs)
	if !state.Running {
		run.Exit = &state.Exit
		if state.Killed {
			run.Logs = append(run.Logs, fmt.Sprintf("killed: it took more than %s of memory (memory in [verify])", show.Size(p.facts.Limits.Memory)))
		}
		return
	}
	processes, err := c.Processes(ctx)
	if err == nil {
		for _, one := range processes {
			run.Processes = append(run.Processes, Process{one.PID, one.UID, one.Command, one.Program})
		}
	}
	p.stop(ctx, c, state)
}

// patience asks a path again that answered with an error, as a program may say of itself
// that it is not ready yet.
func (p *probe) patience(ctx context.Context, c *docker.Container) {
	run, timer := p.facts.Run, docker.Clock()
	for run.Status >= 400 && timer() < 5*time.Second && docker.Sleep(ctx, 4*pause) {
		state, err := c.State(ctx)
		if err != nil {
			return
		}
		if a, err := c.Ask(ctx, state, p.facts.port(), run.Path); err == nil {
			run.Status = a.Status
		}
	}
}

// lastLogs is how many lines of a container are kept.
const lastLogs = 20

func refused(err error) []string {
	if failed, ok := errors.AsType[*docker.CommandError](err); ok {
		return strings.Split(strings.TrimSpace(failed.Stderr), "\n")
	}
	return []string{err.Error()}
}

func (p *probe) remove(ctx context.Context, c *docker.Container) { _ = c.Remove(ctx) } // the run's end tries again

// signals are the numbers of those that images name, on the architectures of Linux that
// Docker runs on most.
var signals = map[string]int{"SIGHUP": 1, "SIGINT": 2, "SIGQUIT": 3, "SIGKILL": 9, "SIGUSR1": 10, "SIGUSR2": 12, "SIGTERM": 15, "SIGWINCH": 28}

func (p *probe) stop(ctx context.Context, c *docker.Container, state docker.State) {
	signal := p.facts.Image.Config.StopSignal
	if signal == "" {
		signal = "SIGTERM"
	}
	s := &Stop{Signal: signal}
	if n, ok := signals[signal]; ok {
		s.Handler, s.Known = c.Handles(ctx, state.PID, n)
	}
	took, code, err := c.Stop(ctx, p.facts.Limits.StopWithin)
	if err != nil {
		return
	}
	s.Took, s.Code, s.Killed = took, code, code == 137
	p.facts.Run.Stop = s
}

// writable tries the same with a root that can be written.
func (p *probe) writable(ctx context.Context) {
	p.readOnly = false
	run := p.facts.Run
	c, err := p.container(ctx, append(p.published(p.facts.port()), "--no-healthcheck")...)
	if err != nil {
		return
	}
	defer p.remove(ctx, c)
	status, after, ok, state := p.answers(ctx, c, p.facts.port(), run.Path)
	done := !state.Running && state.Exit == 0 && p.facts.port() == 0 && run.Exit != nil && *run.Exit != 0
	if !ok && !done {
		p.readOnly = true
		return
	}
	run.Writes = &Writes{Answered: true}
	if paths, err := c.Changes(ctx); err == nil {
		run.Writes.Paths = deepestOf(paths)
	}
	if run.Exit != nil && state.Running {
		run.Exit = nil
	}
	run.Status, run.After, run.Answered = status, after, p.facts.port() != 0
	run.Logs = c.Logs(ctx, lastLogs)
	if state.Running {
		if processes, err := c.Processes(ctx); err == nil && run.Processes == nil {
			for _, one := range processes {
				run.Processes = append(run.Processes, Process{one.PID, one.UID, one.Command, one.Program})
			}
		}
		p.stop(ctx, c, state)
	}
}

// deepestOf leaves out the folders of other paths.
func deepestOf(paths []string) (deep []string) {
	slices.Sort(paths)
	for i, name := range paths {
		if i+1 < len(paths) && strings.HasPrefix(paths[i+1], name+"/") || name == "/tmp" || strings.HasPrefix(name, "/dev") || strings.HasPrefix(name, "/proc") {
			continue
		}
		deep = append(deep, name)
	}
	return deep
}

// connections are the ways in which programs say that they could not reach another. The
// last group is what they could not reach, where they say that.
var connections = []*pattern.Pattern{
	pattern.New(`(?i)ECONNREFUSED ([\w.:\[\]-]+)`), pattern.New(`(?i)ENOTFOUND ([\w.-]+)`), pattern.New(`(?i)EAI_AGAIN ([\w.-]+)`),
	pattern.New(`(?i)dial (?:tcp|udp) ([\w.:\[\]-]+):? .*(?:refused|no such host|i/o timeout|server misbehaving|network is unreachable)`), pattern.New(`(?i)lookup ([\w.-]+)(?: on [\w.:]+)?: (?:no such host|server misbehaving|i/o timeout)`),
	pattern.New(`(?i)could not translate host name "([^"]+)"`), pattern.New(`(?i)connection to server (?:at|on socket) "([^"]+)"[^\n]* failed`), pattern.New(`(?i)Can't connect to (?:MySQL|MariaDB) server on '([^']+)'`),
	pattern.New(`(?i)Error \S+ connecting to ([\w.:-]+)`), pattern.New(`(?i)(?:UnknownHostException|Connection to) ([\w.:-]+)(?: refused)?`), pattern.New(`(?i)(?:MongoServerSelectionError|ServerSelectionTimeoutError)[:\s]+(?:connect ECONNREFUSED )?([\w.:-]+)`),
	pattern.New(`(?i)failed to (?:connect|lookup)[^\n]*?(?:to|host)? ?['"` + "`" + `]?([\w.-]+:[0-9]+)`), pattern.New(`(?i)(?:error|failed|panic|exception)[^\n]*(connection refused|Name or service not known|Temporary failure in name resolution)`),
	pattern.New(`\b((?:DATABASE|DB|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|MONGO(?:DB)?|REDIS|VALKEY|AMQP|RABBITMQ|KAFKA|NATS|ELASTICSEARCH|OPENSEARCH|S3|MEMCACHED?)_?(?:URL|URI|DSN|HOST|ADDR|CONNECTION_STRING|BROKERS?|SERVERS?|ENDPOINT))\b`),
}

// missing are the ways in which programs say that a variable is not set. The group is its
// name.
var missing = []*pattern.Pattern{
	pattern.New(`KeyError: '([A-Z][A-Z0-9_]{2,})'`), pattern.New(`(?i:environment variable)s?:? ["'` + "`" + `]?([A-Z][A-Z0-9_]{2,})["'` + "`" + `]? (?i:is not set|not set|is required|is missing|must be set|not found)`),
	pattern.New(`(?i:(?:missing|set|required?|requires|need|provide)[a-z ]*?(?: the)? (?:environment |env )(?:variables?|vars?):?)\s+["'` + "`" + `]?([A-Z][A-Z0-9_]{2,})`), pattern.New(`(?i:set the) ([A-Z][A-Z0-9_]{2,}) (?i:environment variable)`),
	pattern.New(`\b([A-Z][A-Z0-9_]{2,})["'` + "`" + `]? (?i:(?:environment variable |env var |variable )?(?:is not set|not set|is required|must be set|must be defined|must be provided|is not defined|is missing|not found\. Declare it as envvar))`),
	pattern.New(`(?i:required key) ([A-Z][A-Z0-9_]{2,}) (?i:missing value)`), pattern.New(`(?i:could not resolve placeholder) '([A-Za-z][\w.-]+)'`), pattern.New(`([A-Z][A-Z0-9_]{2,}): (?:NotPresent|environment variable not found)`),
}

// wants notes which variable a program ended without.
func (p *probe) wants() {
	run := p.facts.Run
	if run.Exit == nil || *run.Exit == 0 || run.Waits != "" {
		return
	}
	text := strings.Join(run.Logs, "\n")
	for _, w := range missing {
		if m := w.FindStringSubmatch(text); m != nil {
			run.Wants = m[1]
			return
		}
	}
}

// waits notes which connection a program failed to make, where that is why it does not
// answer, or says of itself that it is not well.
func (p *probe) waits() {
	run := p.facts.Run
	well := run.Answered && run.Status < 500 || run.Exit != nil && *run.Exit == 0
	if well || run.Exit == nil && p.facts.port() == 0 {
		return
	}
	text := strings.Join(run.Logs, "\n")
	for _, c := range connections {
		if m := c.FindStringSubmatch(text); m != nil {
			run.Waits = m[len(m)-1]
			return
		}
	}
}

// health waits for the image's own check, stops all processes, and waits for it to notice.
func (p *probe) health(ctx context.Context) {
	check := p.facts.Image.Config.Healthcheck
	if check == nil || len(check.Test) == 0 || check.Test[0] == "NONE" || p.facts.Run.Waits != "" {
		return
	}
	p.tell("%s: health", p.name())
	c, err := p.container(ctx, "--health-interval", "1s", "--health-retries", "2", "--health-timeout", "3s")
	if err != nil {
		return
	}
	defer p.remove(ctx, c)
	h := &Health{}
	p.facts.Run.Health = h
	h.Healthy, h.After = p.turns(ctx, c, "healthy", p.facts.Limits.StartWithin)
	if h.Log = c.HealthLog(ctx); !h.Healthy {
		return
	}
	if err := c.Freeze(ctx); err != nil {
		h.Why = err.Error()
		return
	}
	h.Frozen = true
	h.Unhealthy, _ = p.turns(ctx, c, "unhealthy", p.facts.Limits.StartWithin)
	h.Log = c.HealthLog(ctx)
}

func (p *probe) turns(ctx context.Context, c *docker.Container, want string, within time.Duration) (bool, time.Duration) {
	for timer := docker.Clock(); ; {
		state, err := c.State(ctx)
		after := timer()
		if err == nil && state.Health == want {
			return true, after
		}
		if err != nil || !state.Running || after > within || !docker.Sleep(ctx, 4*pause) {
			return false, after
		}
	}
}

// moved starts the image with the variable of its port set to another number.
func (p *probe) moved(ctx context.Context) {
	e := p.facts.Expect
	if e == nil || e.Variable == "" || !p.facts.Run.Answered || p.facts.Run.Waits != "" || e.UDP {
		return
	}
	m := &Move{Variable: e.Variable, To: e.Port + 10000}
	if m.To > 65535 {
		m.To = e.Port - 10000
	}
	p.tell("%s: on port %d", p.name(), m.To)
	c, err := p.container(ctx, append(p.published(m.To), "--no-healthcheck", "--env", fmt.Sprintf("%s=%d", m.Variable, m.To))...)
	if err != nil {
		return
	}
	defer p.remove(ctx, c)
	p.facts.Run.Port = m
	_, _, m.Answered, _ = p.answers(ctx, c, m.To, p.facts.Run.Path)
	m.Logs = c.Logs(ctx, lastLogs)
}
