package main

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/budget"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/engine"
	"github.com/dockgen/dockgen/internal/output"
	"github.com/dockgen/dockgen/internal/pattern"
	"github.com/dockgen/dockgen/internal/plan"
	"github.com/dockgen/dockgen/templates"
)

// rule is a kind of finding, by the name that annotations carry.
type rule string

// The rules of dockgen check.
const (
	ruleOutdated rule = "outdated" // generate would write something else
	ruleMissing  rule = "missing"  // a service without its file
	ruleConflict rule = "conflict" // generate cannot join the edit with what it would write
	ruleForeign  rule = "foreign"  // a service whose Dockerfile dockgen did not write
	ruleOrphan   rule = "orphan"   // a file of dockgen's without a service
	ruleProblem  rule = "problem"  // what cannot be generated
)

// rules says what each is about, in the order in which they are listed.
var rules = []struct {
	id   rule
	text string
}{
	{ruleOutdated, "A generated file is out of date"},
	{ruleMissing, "A service has no Dockerfile or ignore file"},
	{ruleConflict, "An edit by hand conflicts with what would be generated"},
	{ruleForeign, "A service has a Dockerfile that dockgen did not write"},
	{ruleOrphan, "A generated file belongs to no service"},
	{ruleProblem, "A service cannot be generated"},
}

// finding is one thing that is not as generate would leave it.
type finding struct {
	Rule    rule   `json:"rule"`
	Service string `json:"service,omitempty"`
	File    string `json:"file"`
	Line    int    `json:"line,omitempty"` // from 1; 0 for the file as a whole
	Message string `json:"message"`
	err     error  // of a problem, which says it line by line
}

// drift lists what of one file is not as it should be, and why.
func drift(service string, p plan.Plan, c output.Change) []finding {
	one := func(r rule, line int, message string) finding {
		return finding{Rule: r, Service: service, File: c.Path, Line: line, Message: message}
	}
	var found []finding
	if c.Noted {
		return nil
	}
	switch c.Status {
	case output.Unchanged, output.Kept:
		return nil
	case output.New:
		return []finding{one(ruleMissing, 0, missingFile(service, c))}
	case output.Refused:
		if len(c.Conflicts) == 0 && c.Owner != output.Edited {
			return []finding{one(ruleForeign, 0, c.Reason)}
		}
		for _, conflict := range c.Conflicts {
			found = append(found, one(ruleConflict, conflict.Line, conflict.Why))
		}
		if len(c.Conflicts) == 0 {
			found = append(found, one(ruleConflict, 0, c.Reason))
		}
		return found
	}
	if c.United {
		return []finding{one(ruleOutdated, 0, "git left a conflict in it that is about nothing but what dockgen wrote; generate settles it")}
	}
	if lines := targets(c); len(lines) > 0 {
		return append(found, one(ruleOutdated, 0, strings.Join(lines, "; ")))
	}
	for _, h := range output.Hunks(c) {
		for _, reason := range reasons(h, p) {
			found = append(found, one(ruleOutdated, h.Line, reason))
		}
	}
	if len(found) == 0 {
		found = append(found, one(ruleOutdated, 0, "what dockgen notes in it is out of date"))
	}
	return found
}

// bakeTarget is the head of a block that builds an image.
var bakeTarget = pattern.New(`(?m)^target "([^"]+)" \{$`)

// targets says which images a file that builds them all lacks, and which are no
// more; nothing of other files.
func targets(c output.Change) (reasons []string) {
	names := func(data []byte) (all []string) {
		for _, m := range bakeTarget.FindAllSubmatch(data, -1) {
			if name := string(m[1]); !strings.HasSuffix(name, "-test") {
				all = append(all, name)
			}
		}
		return all
	}
	without := func(all, others []string) []string {
		return slices.DeleteFunc(slices.Clone(all), func(name string) bool { return slices.Contains(others, name) })
	}
	if !engine.IsBake(c.Path) {
		return nil
	}
	had, has := names(c.Old), names(c.New)
	if lacks := without(has, had); len(lacks) > 0 {
		reasons = append(reasons, "it lacks "+strings.Join(lacks, ", "))
	}
	if gone := without(had, has); len(gone) > 0 {
		reasons = append(reasons, "no service has "+strings.Join(gone, ", ")+" any more")
	}
	return reasons
}

func missingFile(service string, c output.Change) string {
	switch c.Kind {
	case templates.Dockerfile:
		return service + " has no Dockerfile"
	case templates.Ignore:
		return service + " has no " + path.Base(c.Path)
	}
	return "it is not there"
}

// edits says which lines of a file a person changed; nothing where dockgen will not
// keep them, or nobody knows.
func edits(c output.Change) string {
	if c.Owner != output.Edited || !c.Merged {
		return ""
	}
	edited, gone, known := output.Edits(c.Old)
	if !known {
		return ""
	}
	var parts []string
	if len(edited) > 0 {
		parts = append(parts, lineNumbers(edited))
	}
	if gone > 0 {
		parts = append(parts, fmt.Sprintf("%d of dockgen's lines gone", gone))
	}
	if len(parts) == 0 {
		return ""
	}
	return c.Path + " was edited by hand (" + strings.Join(parts, ", ") + "), which stays"
}

func lineNumbers(lines []int) string {
	word := "line "
	if len(lines) > 1 {
		word = "lines "
	}
	var texts []string
	for _, n := range lines {
		texts = append(texts, strconv.Itoa(n))
	}
	return word + strings.Join(texts, ", ")
}

// reasons says in words why lines would change: by the decisions that the new
// lines hold.
func reasons(h output.Hunk, p plan.Plan) []string {
	removed, added := strings.Join(h.Old, "\n"), strings.Join(h.New, "\n")
	var found, told []string // the first decision for a value gives its reason
	for _, d := range p.Decisions {
		if d.Value == "" || slices.Contains(told, d.Value) || !holds(added, d.Value) || holds(removed, d.Value) {
			continue
		}
		told = append(told, d.Value)
		found = append(found, newDecision(d, p, removed))
	}
	if len(found) > 0 {
		return slices.Compact(found)
	}
	switch {
	case removed == "":
		if member := memberOf(h.New); member != "" {
			return []string{member + " is a new member, whose manifest the install reads: COPY"}
		}
		return []string{"it lacks " + excerpt(h.New)}
	case added == "":
		if member := memberOf(h.Old); member != "" {
			return []string{member + " is no member any more: COPY of its manifest goes"}
		}
		return []string{"it still has " + excerpt(h.Old)}
	}
	return []string{excerpt(h.New) + " instead of " + excerpt(h.Old)}
}

// manifestCopy is an instruction that copies the manifest of one member.
var manifestCopy = pattern.New(`^COPY (?:--\S+ )*(\S+)/(?:package\.json|go\.mod|Cargo\.toml|pyproject\.toml|pom\.xml|build\.gradle(?:\.kts)?)(?: |$)`)

// memberOf is the one member whose manifest lines copy, or nothing.
func memberOf(lines []string) (member string) {
	for _, l := range lines {
		m := manifestCopy.FindStringSubmatch(strings.TrimSpace(l))
		if m == nil || member != "" {
			return ""
		}
		member = m[1]
	}
	return member
}

// holds says whether a text has a value, not as a part of a longer word.
func holds(text, value string) bool {
	for rest := text; ; {
		i := strings.Index(rest, value)
		if i < 0 {
			return false
		}
		before, after := rest[:i], rest[i+len(value):]
		if !endsInWord(before) && !beginsWithWord(after) {
			return true
		}
		rest = after
	}
}

func endsInWord(s string) bool { return s != "" && isWordByte(s[len(s)-1]) }

func beginsWithWord(s string) bool { return s != "" && isWordByte(s[0]) }

func isWordByte(b byte) bool {
	return b == '_' || b == '-' || b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

var imageVersion = pattern.New(`^[0-9]+(?:[._u][0-9]+)*`)

// newDecision is the reason for one decision that is new.
func newDecision(d plan.Decision, p plan.Plan, removed string) string {
	if repository, tag, ok := strings.Cut(d.Value, ":"); ok {
		had := regexp.MustCompile(regexp.QuoteMeta(repository) + `:(\S+)`).FindStringSubmatch(removed)
		if had != nil {
			return newImage(d, p, had[1], tag)
		}
	}
	text := d.Name + " " + d.Value + ": " + d.Reason
	if d.Source != "" && d.Source != d.Flag {
		return d.Name + " " + d.Value + ", set in " + d.Source
	}
	if at := places(d.Evidence); at != "" {
		text += " (" + at + ")"
	}
	return text
}

// newImage says why another tag of an image is used: because the project says so,
// or because the catalog has a newer one.
func newImage(d plan.Decision, p plan.Plan, had, tag string) string {
	was, is := imageVersion.FindString(had), imageVersion.FindString(tag)
	switch {
	case catalog.Newer(was, is):
		return fmt.Sprintf("the image has %s, which is beyond %s; generate takes %s", had, wants(d, p), d.Value)
	case was == "" || is == "" || was == is:
		return fmt.Sprintf("%s is now %s; the image has %s", d.Name, d.Value, had)
	case d.Source != "" && d.Source != d.Flag:
		return fmt.Sprintf("%s now wants %s; the image has %s", d.Source, is, was)
	case len(d.Evidence) > 0 && d.Flag == "--lang-version" && line(was) != line(is):
		return fmt.Sprintf("%s now says %s; the image has %s", d.Evidence[0], p.Summary.Language, was)
	}
	return fmt.Sprintf("the catalog has %s; the image has %s", d.Value, was)
}

// wants says what the project allows of an image.
func wants(d plan.Decision, p plan.Plan) string {
	switch {
	case d.Flag != "--lang-version" && d.Flag != "":
		return "its line"
	case p.Version.Constraint != "" && len(d.Evidence) > 0:
		return fmt.Sprintf("%s (%s)", places(d.Evidence), p.Version.Constraint)
	case len(d.Evidence) > 0:
		return places(d.Evidence)
	}
	return "its line"
}

// line is a version without its last part.
func line(version string) string { return version[:max(0, strings.LastIndexByte(version, '.'))] }

func excerpt(lines []string) string {
	for _, l := range lines {
		if l = strings.TrimSpace(l); l != "" {
			return strings.TrimSuffix(l, ` \`)
		}
	}
	return "an empty line"
}

// orphans finds generated files that no service wants any more. Others that
// describe an image and belong to no service are only noted.
func (r report) orphans(root *os.Root) (found []finding, notes []string) {
	behind := r.behind(root)
	for _, file := range behind.ours {
		found = append(found, finding{Rule: ruleOrphan, File: file, Message: "dockgen wrote it, and no service wants it any more; generate --prune removes it"})
	}
	for _, file := range behind.edited {
		found = append(found, finding{Rule: ruleOrphan, File: file, Message: "dockgen wrote it and it was edited, and no service wants it any more; remove it, or take its first comment out to keep it as yours"})
	}
	for _, file := range behind.asides {
		notes = append(notes, file+" is of no service that check knows, as --output writes them; generate with the same flags keeps it current, or a table [service.NAME.images.NAME] in dockgen.toml does")
	}
	for _, file := range behind.foreign {
		notes = append(notes, file+" belongs to no service, and dockgen did not write it")
	}
	slices.SortStableFunc(found, func(a, b finding) int { return strings.Compare(a.File, b.File) })
	return found, notes
}

// remains are files that describe images and that no service wants.
type remains struct {
	ours, edited, foreign []string
	asides                []string // that --output has written, by where they stand
}

// behind finds what is left of services that are gone.
func (r report) behind(root *os.Root) (left remains) {
	if !r.result.Whole {
		return left
	}
	wanted := map[string]bool{}
	for _, one := range r.all() {
		for _, c := range one.changes {
			wanted[c.Path] = true
		}
	}
	for _, file := range r.result.Described {
		if wanted[file] || r.below(file) {
			continue
		}
		data, err := budget.ReadFile(root, file)
		if err != nil {
			continue // what cannot be read is nobody's
		}
		switch owner := output.Inspect(data); {
		case owner != output.Foreign && r.isAside(root, file, wanted):
			left.asides = append(left.asides, file)
		case owner == output.Ours:
			left.ours = append(left.ours, file)
		case owner == output.Edited:
			left.edited = append(left.edited, file)
		default:
			if strings.HasPrefix(path.Base(file), "Dockerfile") && !strings.HasSuffix(file, ".dockerignore") {
				left.foreign = append(left.foreign, file)
			}
		}
	}
	return left
}

// isAside says whether a file of dockgen's that no service wants is one that --output has
// written: beside the Dockerfile of a service and in no file that builds them all, or the
// ignore file of one by another name.
func (r report) isAside(root *os.Root, file string, wanted map[string]bool) bool {
	of, ignore := strings.CutSuffix(file, ".dockerignore")
	base := path.Base(of)
	if ignore && base != "" && !strings.HasPrefix(base, "Dockerfile") {
		return isOurs(root, of)
	}
	built := slices.ContainsFunc(r.result.Had, func(t engine.Target) bool { return t.File() == of })
	return strings.HasPrefix(base, "Dockerfile.") && !built && wanted[path.Join(path.Dir(of), "Dockerfile")]
}

// below says whether a file lies where something is wrong, so that nobody knows
// what it is for.
func (r report) below(file string) bool {
	within := func(dir string) bool { return dir == "." || strings.HasPrefix(file, dir+"/") }
	return slices.ContainsFunc(r.result.Findings.Problems, func(p *detect.Problem) bool { return within(p.Dir) }) ||
		slices.ContainsFunc(r.result.Outcomes, func(o engine.Outcome) bool { return o.Err != nil && within(o.Service.Dir) })
}
