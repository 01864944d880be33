// Package verify proves an image: checks are data, each with a pure function over the
// facts of the image, of its run and of its builds.
package verify

import (
	"github.com/bmatcuk/doublestar/v4"
)

// Check is one thing that is proved of an image.
type Check struct {
	ID    string // "V101": it stays, whatever becomes of the words
	Group string // what it is about, in one or two words
	Title string // what holds where it passes, in a sentence
	judge func(*Facts) Result
}

// Checks are all that there are, by their ids.
func Checks() []Check {
	return []Check{
		{"V101", "tests", "the test stage builds", judgeTests},
		{"V102", "start", "it starts as its own user, without capabilities, and answers on its port", judgeStart},
		{"V103", "start", "it answers on its health path", judgePath},
		{"V104", "start", "its HEALTHCHECK turns healthy", judgeHealthy},
		{"V105", "start", "its HEALTHCHECK turns unhealthy when its processes are stopped", judgeUnhealthy},
		{"V106", "start", "it listens where the variable of its port says", judgePort},
		{"V107", "start", "it needs no writable root", judgeReadOnly},
		{"V108", "end", "its stop signal ends it in time", judgeStop},
		{"V109", "end", "its first process is the program", judgeFirst},
		{"V110", "start", "all its processes are its user's", judgeProcesses},
		{"V201", "contents", "no file holds a key, a token or a password", judgeSecrets},
		{"V202", "contents", "neither history, environment nor labels hold one", judgeConfigSecrets},
		{"V203", "contents", "there is no file that is there for credentials", judgeCredentialFiles},
		{"V204", "contents", "there are no tests and no sources where artefacts are wanted", judgeSources},
		{"V205", "contents", "there is no history of version control", judgeVersionControl},
		{"V206", "contents", "there are no caches of package managers", judgeCaches},
		{"V207", "contents", "there is no compiler beside a compiled program", judgeCompilers},
		{"V208", "contents", "there are no dependencies of development", judgeDevelopment},
		{"V209", "contents", "there is no JDK where a JRE does", judgeJDK},
		{"V301", "rights", "its user is a number, and not root", judgeUser},
		{"V302", "rights", "its user has an entry where the base has them", judgeAccount},
		{"V303", "rights", "its user can write nothing but what the plan names", judgeWritable},
		{"V304", "rights", "no file beyond the base's runs with another's rights", judgeSetID},
		{"V401", "waste", "its own layers waste no more bytes than they may", judgeWaste},
		{"V501", "libraries", "every program finds its loader", judgeInterpreters},
		{"V502", "libraries", "every program finds its libraries", judgeLibraries},
		{"V503", "libraries", "every program finds the versions of symbols that it needs", judgeVersions},
		{"V504", "libraries", "every program is of the image's platform", judgePlatform},
		{"V601", "cache", "an edit of a source repeats no step of dependencies", judgeRebuild},
		{"V602", "cache", "the rebuild after it needs no network", judgeOffline},
		{"V603", "reproducible", "two builds make one digest", judgeTwice},
		{"V701", "budget", "it is no larger than it may be", judgeSize},
		{"V702", "budget", "it has no more layers than it may have", judgeLayers},
		{"V703", "budget", "it answers in time", judgeStartTime},
	}
}

// Judge holds an image against all checks. It is pure.
func Judge(facts *Facts) (all []Result) {
	for _, c := range Checks() {
		r := c.judge(facts)
		r.ID, r.Title = c.ID, c.Title
		all = append(all, allow(r, facts.Limits.Allow))
	}
	return all
}

// allow takes what may be out of the findings of a check. One that was not judged is
// skipped where its id is allowed as a whole.
func allow(r Result, list []Allowance) Result {
	var left []Finding
	for _, f := range r.Findings {
		a, ok := allowed(r.ID, f.Path, list)
		if !ok {
			left = append(left, f)
			continue
		}
		f.Reason, f.Source = a.Reason, a.At
		r.Allowed = append(r.Allowed, f)
	}
	r.Findings = left
	if r.State == Failed && len(left) == 0 {
		r.State = Passed
	}
	if r.State == NotJudged {
		if a, ok := allowed(r.ID, "", list); ok {
			r.State = Skipped
			r.Allowed = append(r.Allowed, Finding{What: r.Seen, Reason: a.Reason, Source: a.At})
		}
	}
	return r
}

func allowed(id, path string, list []Allowance) (Allowance, bool) {
	for _, a := range list {
		if a.ID != id {
			continue
		}
		if ok, err := doublestar.Match(a.Pattern, path); a.Pattern == "" || err == nil && ok {
			return a, true
		}
	}
	return Allowance{}, false
}

// Of is the state of an image by those of its checks.
func Of(results []Result) State {
	state := Passed
	for _, r := range results {
		switch {
		case r.State == Failed:
			return Failed
		case r.State == NotJudged:
			state = NotJudged
		}
	}
	return state
}

// passed, failed, notJudged and skipped make results.

func passed(seen string) Result { return Result{State: Passed, Seen: seen} }

func failed(findings ...Finding) Result {
	if len(findings) == 0 {
		return Result{State: Passed}
	}
	return Result{State: Failed, Findings: findings}
}

func notJudged(why, fix string) Result { return Result{State: NotJudged, Seen: why, Fix: fix} }

func skipped(why string) Result { return Result{State: Skipped, Seen: why} }
