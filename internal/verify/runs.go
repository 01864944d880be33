package verify

import (
	"fmt"
	"path"
	"slices"
	"strings"
	"time"
)

func judgeTests(f *Facts) Result {
	switch {
	case f.Tests == nil:
		return skipped(cmpOr(f.NoTest, "there is no test stage"))
	case !f.Tests.OK:
		return failed(Finding{What: "the test stage does not build", Expected: "tests that pass", Seen: strings.Join(f.Tests.Log, "\n"), Fix: "look at the last lines; --no-tests skips it", By: f.Tests.Step, At: f.Tests.At})
	}
	return passed(fmt.Sprintf("in %.1f s", f.Tests.Took.Seconds()))
}

// waits is the result of what cannot be judged as the service waits for another, or wants
// what only whoever runs it can give.
func (f *Facts) waits() (Result, bool) {
	switch {
	case f.Run == nil:
		return skipped(cmpOr(f.NotRun, "it was not run")), true
	case f.Run.Wants != "":
		return notJudged("it started, and ended without the variable "+f.Run.Wants,
			fmt.Sprintf(`give it one for the run: env = ["%s=…"] in [verify] of dockgen.toml; or let it pass: allow = ["V102 and why"]`, f.Run.Wants)), true
	case f.Run.Waits == "":
		return Result{}, false
	}
	return notJudged("it started, and does not go on without "+f.Run.Waits,
		`give it the address of one that runs: env = ["DATABASE_URL=…"] in [verify] of dockgen.toml; or let it pass: allow = ["V102 and why"]`), true
}

// idle is the result of what needs a service that goes on: that it does not is told once.
func (f *Facts) idle() (Result, bool) {
	r, ok := f.waits()
	if ok && r.State == NotJudged {
		r = skipped("it does not go on: see V102")
	}
	return r, ok
}

func (f *Facts) fault(what, expected, fix string) Finding {
	return Finding{What: what, Expected: expected, Seen: last(f.Run.Logs), Fix: fix}
}

func last(lines []string) string { return strings.Join(lines[max(0, len(lines)-8):], "\n") }

func judgeStart(f *Facts) Result {
	if r, ok := f.waits(); ok {
		return r
	}
	r := f.Run
	switch {
	case !r.Started:
		return failed(f.fault("it does not start ("+r.Mode+")", "a running container", "run it by hand as shown, and look at what it says"))
	case r.Answered:
		return passed(fmt.Sprintf("in %.2f s, %s", r.After.Seconds(), r.Mode))
	case f.Expect != nil && f.Expect.Ends && r.Exit != nil && *r.Exit == 0:
		return passed("it ends with 0, as it does its work and ends")
	case f.port() == 0 && r.Exit == nil:
		return passed("it runs and listens on nothing, " + r.Mode)
	case r.Exit != nil && *r.Exit == 0 && f.port() == 0:
		return passed("it ends with 0")
	case r.Unasked != "" && r.Exit == nil:
		return notJudged(r.Unasked, "let the engine have the image, or run verify where the engine is")
	case r.Writes != nil && r.Writes.Answered:
		return passed("with a writable root alone: V107 says what it writes")
	case r.Exit != nil:
		expected := fmt.Sprintf("an answer on port %d", f.port())
		if f.port() == 0 {
			expected = "that it goes on, or ends with 0"
		}
		return failed(f.fault(fmt.Sprintf("it ends with %d (%s)", *r.Exit, r.Mode), expected, "look at its last lines: a variable that it wants is given with env in [verify] of dockgen.toml"))
	}
	return failed(f.fault(fmt.Sprintf("it does not answer on port %d within %s (%s)", f.port(), f.Limits.StartWithin, r.Mode), "an answer", "let it listen on 0.0.0.0 and on the port that the image exposes; start-within in [verify] gives it longer"))
}

// port is the one that the image is asked on; 0 for none.
func (f *Facts) port() int {
	if f.Expect != nil {
		return f.Expect.Port
	}
	for _, p := range f.Image.Config.Ports {
		number, protocol, _ := strings.Cut(p, "/")
		n := 0
		if _, err := fmt.Sscan(number, &n); err == nil && protocol != "udp" {
			return n
		}
	}
	return 0
}

func judgePath(f *Facts) Result {
	if f.Expect == nil || f.Expect.Health == "" {
		return skipped("no health path is known")
	}
	if r, ok := f.idle(); ok {
		return r
	}
	if !f.Run.Answered {
		return skipped("it does not answer: see V102")
	}
	if f.Run.Status >= 200 && f.Run.Status < 400 {
		return passed(fmt.Sprintf("GET %s: %d", f.Run.Path, f.Run.Status))
	}
	return failed(Finding{
		What: fmt.Sprintf("GET %s: %d", f.Run.Path, f.Run.Status), Expected: "a status below 400", Seen: last(f.Run.Logs),
		Fix: "let it answer without what it depends on, or give it that with env in [verify]; the path is the one that dockgen explain names",
	})
}

func judgeHealthy(f *Facts) Result {
	if h := f.Image.Config.Healthcheck; h == nil || len(h.Test) == 0 || h.Test[0] == "NONE" {
		return skipped("it has no HEALTHCHECK")
	}
	if r, ok := f.idle(); ok {
		return r
	}
	h := f.Run.Health
	switch {
	case h == nil:
		return skipped("it does not run: see V102")
	case h.Healthy:
		return passed(fmt.Sprintf("after %.1f s", h.After.Seconds()))
	}
	return failed(Finding{What: "its HEALTHCHECK does not turn healthy", Expected: "healthy within " + f.Limits.StartWithin.String(), Seen: h.Log, Fix: "let it ask with what the image has, on the port and path that the program answers"})
}

func judgeUnhealthy(f *Facts) Result {
	if f.Run == nil || f.Run.Health == nil || !f.Run.Health.Healthy {
		return skipped("it has no HEALTHCHECK that turns healthy")
	}
	h := f.Run.Health
	switch {
	case !h.Frozen:
		return notJudged("its processes could not be stopped: "+h.Why, "let docker pause containers, or pass V105 with allow")
	case h.Unhealthy:
		return passed("it notices")
	case f.Expect != nil && f.Expect.Connects:
		return skipped("it speaks no HTTP, and its check sees only whether the port is open, which Linux keeps open for a program that hangs")
	}
	return failed(Finding{What: "its HEALTHCHECK says healthy while the program does nothing", Expected: "unhealthy", Seen: h.Log, Fix: "let it ask the program itself, with a limit of time, and not whether a file or a process is there"})
}

func judgePort(f *Facts) Result {
	if f.Expect == nil || f.Expect.Variable == "" {
		return skipped("nothing says that a variable moves its port")
	}
	if r, ok := f.idle(); ok {
		return r
	}
	m := f.Run.Port
	switch {
	case m == nil:
		return skipped("it does not answer: see V102")
	case m.Answered:
		return passed(fmt.Sprintf("with %s=%d", m.Variable, m.To))
	}
	return failed(Finding{What: fmt.Sprintf("with %s=%d it does not listen there", m.Variable, m.To), Expected: "an answer on the port of the variable, which Cloud Run, Heroku and others set", Seen: last(m.Logs), Fix: "let the program read " + m.Variable + " where it listens"})
}

func judgeReadOnly(f *Facts) Result {
	if r, ok := f.idle(); ok {
		return r
	}
	w := f.Run.Writes
	switch {
	case w == nil && f.Run.Started:
		return passed("it runs with --read-only and a tmpfs on /tmp")
	case w == nil:
		return skipped("it does not run: see V102")
	case !w.Answered:
		return skipped("it does not run with a writable root either: see V102")
	}
	var all []Finding
	for _, name := range w.Paths {
		if f.Expect != nil && slices.ContainsFunc(f.Expect.Writable, func(dir string) bool { return strings.HasPrefix(name+"/", strings.TrimSuffix(dir, "/")+"/") }) {
			continue
		}
		all = append(all, Finding{What: "it writes " + name, Expected: "a root that can be read alone", Fix: "a volume there (docker run --volume " + name + ", VOLUME), or let it write to /tmp", Path: name})
	}
	if len(all) == 0 {
		return passed("what it writes is its own by the plan: " + strings.Join(w.Paths, ", "))
	}
	return failed(fewest(all, 8)...)
}

func judgeStop(f *Facts) Result {
	if f.Run == nil || f.Run.Stop == nil {
		return skipped("it was not running when it was to end")
	}
	s := f.Run.Stop
	if !s.Killed {
		return passed(fmt.Sprintf("%s ends it after %.2f s with %d", s.Signal, s.Took.Seconds(), s.Code))
	}
	one := Finding{
		What: fmt.Sprintf("%s does not end it: it was killed after %s (%d)", s.Signal, f.Limits.StopWithin.Round(time.Millisecond), s.Code), Expected: "an end within " + f.Limits.StopWithin.String() + " without SIGKILL",
		Fix: "let the program end what it does on " + s.Signal + "; stop-within in [verify] gives it longer",
	}
	if s.Known && !s.Handler {
		one.Seen = "its first process has no handler for " + s.Signal + ", and Linux ignores for PID 1 what is not handled"
		one.Fix = "a handler for " + s.Signal + " in the program, or docker run --init (tini in the image), which ends it by default"
	}
	return failed(one)
}

// wrappers are programs that stand before the one that matters, and do not hand signals on
// as it wants them.
var wrappers = map[string]string{
	"sh": "a shell", "bash": "a shell", "dash": "a shell", "ash": "a shell", "busybox": "a shell", "zsh": "a shell",
	"npm": "a package manager", "npx": "a package manager", "yarn": "a package manager", "pnpm": "a package manager", "poetry": "a package manager", "pipenv": "a package manager",
	"uv": "a package manager", "mvn": "a package manager", "gradle": "a package manager", "cargo": "a package manager", "make": "a tool of builds",
}

func judgeFirst(f *Facts) Result {
	if f.Run == nil || len(f.Run.Processes) == 0 {
		return skipped("it was not running when it was looked at")
	}
	p := f.Run.Processes[0]
	what, bad := wrappers[p.Program]
	if !bad && p.Program == "node" { // npm is a program of Node
		for name, kind := range wrappers {
			if fields := strings.Fields(p.Command); len(fields) > 1 && (path.Base(fields[1]) == name || path.Base(fields[1]) == name+"-cli.js" || path.Base(fields[1]) == name+".js") || strings.HasPrefix(p.Command, name+" ") {
				what, bad = kind, true
			}
		}
	}
	if !bad {
		return passed(p.Command)
	}
	return failed(Finding{What: fmt.Sprintf("its first process is %s: %s", what, p.Command), Expected: "the program itself, which gets the signals", Seen: p.Command, Fix: "the exec form of CMD and ENTRYPOINT with the program itself, or exec before it in the script"})
}

func judgeProcesses(f *Facts) Result {
	if f.Run == nil || len(f.Run.Processes) == 0 {
		return skipped("it was not running when it was looked at")
	}
	want, _, _ := strings.Cut(f.Image.Config.User, ":")
	var all []Finding
	for _, p := range f.Run.Processes {
		if p.UID == "0" || isNumber(want) && p.UID != want {
			all = append(all, Finding{What: fmt.Sprintf("%s runs as %s", p.Program, p.UID), Expected: cmpOr(want, "another user than root"), Seen: p.UID, Fix: "USER in the last stage, and nothing that changes it"})
		}
	}
	if len(all) == 0 {
		return passed(fmt.Sprintf("%d processes of %s", len(f.Run.Processes), f.Run.Processes[0].UID))
	}
	return failed(all...)
}

func judgeStartTime(f *Facts) Result {
	if f.Run == nil || !f.Run.Answered {
		return skipped("it does not answer: see V102")
	}
	seen := fmt.Sprintf("%.2f s", f.Run.After.Seconds())
	if f.Run.After <= f.Limits.StartWithin {
		return passed(seen)
	}
	return failed(Finding{What: "it answers too late", Expected: "within " + f.Limits.StartWithin.String(), Seen: seen, Source: f.Limits.Said["start-within"], Fix: "let it do less before it listens, or raise start-within in [verify]"})
}

func judgeRebuild(f *Facts) Result {
	r := f.Again
	switch {
	case r == nil:
		return skipped("not asked for: --rebuild")
	case r.Why != "":
		return notJudged(r.Why, "build it once with the cache of this builder, or pass V601 with allow")
	case len(r.Depends) == 0:
		return passed(fmt.Sprintf("an edit of %s repeats %d steps", r.Edited, len(r.Repeated)))
	}
	var all []Finding
	for _, s := range r.Depends {
		all = append(all, Finding{What: fmt.Sprintf("an edit of %s repeats [%s] %s", r.Edited, s.Stage, s.Text), Expected: "dependencies from the cache", Fix: "copy the manifests and lockfiles first, install, and only then copy the sources", By: s.Text, At: s.At})
	}
	return failed(all...)
}

func judgeOffline(f *Facts) Result {
	r := f.Again
	switch {
	case r == nil:
		return skipped("not asked for: --rebuild")
	case r.Offline == nil:
		return skipped("it was not tried: " + cmpOr(r.Why, "nothing is run again"))
	case r.Offline.OK:
		return passed(fmt.Sprintf("in %.1f s", r.Offline.Took.Seconds()))
	}
	return failed(Finding{What: "the rebuild after an edit of " + r.Edited + " needs the network", Expected: "a build from what is there", Seen: last(r.Offline.Log), Fix: "fetch what the step needs in the step of the dependencies", By: r.Offline.Step, At: r.Offline.At})
}

func judgeTwice(f *Facts) Result {
	t := f.Twice
	switch {
	case t == nil:
		return skipped("not asked for: --reproducible")
	case t.Why != "":
		return notJudged(t.Why, "")
	case t.First == t.Second:
		return passed(t.First)
	}
	var all []Finding
	for _, d := range t.Differ {
		all = append(all, Finding{What: fmt.Sprintf("%s: %s", d.Path, d.How), Expected: "the same image of the same sources", Fix: "let the step write neither times nor random names nor an order that differs", Path: d.Path, By: d.By, At: d.At})
	}
	if len(all) == 0 {
		all = append(all, Finding{What: "two builds of the same sources have different configurations", Expected: t.First, Seen: t.Second, Fix: "look at docker inspect of both"})
	}
	return failed(fewest(all, 5)...)
}
