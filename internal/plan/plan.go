// Package plan holds the types between detection and templates: what was
// decided for a service, and why.
//
// A plan is a pure function of its [Input]. Every decision in it carries its
// reason, the evidence for it and the flag that changes it.
package plan

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/dockgen/dockgen/detect"
	"github.com/dockgen/dockgen/internal/catalog"
	"github.com/dockgen/dockgen/internal/pattern"
)

// Stack is what one stack contributes: plain data and two functions.
type Stack struct {
	Name     string
	Markers  []string // base names of the manifests it reads, "go.mod"
	Signs    []string // further base names that make a folder its own: "manage.py"
	Yields   bool     // it takes only folders where no manifest of another stack stands
	Runtimes []string // what --runtime takes, the default first

	// Flavours says of runtimes that no other stack has what choosing them means.
	Flavours map[string]string

	// Managers are the package managers that can install a project of the stack.
	Managers []Manager

	// Options are the answers that no other stack understands.
	Options []Option

	// Workspaces are the manifests that make the folders they list one repository.
	Workspaces []Workspace

	// Starter is the smallest project of the stack, for a folder that has none yet.
	Starter Starter

	// Detect finds the services of the stack. None and several are both normal.
	// The error is for what stops the whole run; what is wrong with one service
	// is one of the findings.
	Detect func(context.Context, *detect.Tree, detect.Answers) (detect.Findings, error)

	// Plan decides. It is pure, and gets only services of its own stack.
	Plan func(Input) (Plan, error)
}

// Starter is a project that does not exist: what a Dockerfile that is there first
// takes for granted.
type Starter struct {
	Files   map[string][]byte // slash-separated, from the root
	Assumes []string          // each in a line: "go.mod, and package main beside it"
	Listens string            // one more, with %d for the port: "it listens on port %d"; none where dockgen says where
}

// Workspace is a manifest that lists folders as its members.
type Workspace struct {
	Marker  string                              // its base name, "go.work"
	Members func(data []byte) ([]string, error) // slash-separated, from its own folder; they may hold * and **, and ! before them
}

// Overrides are the user's answers that differ from detection. A zero field
// leaves the decision to the stack. The tag is the key in dockgen.toml, and the
// flag is that with two dashes before it.
type Overrides struct {
	Runtime        string   `toml:"runtime" doc:"what the image runs on: slim, distroless, alpine, scratch, or another flavour of the stack"`
	LangVersion    string   `toml:"lang-version" doc:"the language's version instead of the detected one"`
	Command        []string `toml:"command" doc:"what the container runs, one element for each word"`
	Port           int      `toml:"port" doc:"the port that the service listens on"`
	NoTestStage    bool     `toml:"no-test-stage" doc:"leaves the test stage out"`
	Dev            bool     `toml:"dev" doc:"adds a stage dev, which runs the sources and reloads them"`
	Private        []string `toml:"private" doc:"hosts of modules or packages that want credentials"`
	Platforms      []string `toml:"platforms" doc:"the platforms of the image, such as linux/amd64 and linux/arm64"`
	PackageManager string   `toml:"package-manager" doc:"the package manager that installs a project; some take a version, as pnpm@10.4.1"`
	FrontEnd       FrontEnd `toml:"frontend" or:"false" doc:"the folder of the front end that is built into the image, or false where there is none"`
	StandsOn       []string `toml:"stands-on" doc:"what the service stands on beside what was detected: a kind of server and the variable that tells where it is, as postgres=DATABASE_URL, or redis=none where it does not"`
	Split          bool     `toml:"split" doc:"leaves a front end that the service embeds or serves in an image of its own"`

	// Own are the answers to the options of stacks, each with a key beside these.
	Own Own `toml:"-"`
}

// Input is all that a plan depends on.
type Input struct {
	Service   detect.Service
	Catalog   *catalog.Catalog
	Overrides Overrides

	// Stages are set for a front end that is built into another service's image: it
	// plans the stages that build and test it, by these names, and what they make.
	Stages Stages

	// Replaced tells what dockgen.toml puts in an image's place, where something is built or
	// where the program runs; nil where it does nothing.
	Replaced func(reference string, running bool) Replaced

	// Hidden says that no build is sent anything of a folder, by its path from the root,
	// unless something names it; nil where nobody knows.
	Hidden func(dir string) bool

	// Build is what such a front end is to make.
	Build detect.Build

	// Composed says that the repository keeps a compose.yaml, so that the service can be
	// developed and tested beside the servers that it stands on.
	Composed bool

	// Brought is what the front ends of the service make.
	Brought []Brought
}

// Brought is a folder that a stage of another part makes, and where it has to be.
type Brought struct {
	Made
	Dir      string // of the front end, from the root of the repository
	To       string // from there too
	Embedded bool   // before the program is compiled; else where it runs
}

// IsBrought says whether a file or folder of the repository is one that a front end makes.
func IsBrought(all []Brought, name string) bool {
	return slices.ContainsFunc(all, func(b Brought) bool { return detect.Inside(name, b.To) })
}

// Plan is what was decided for one service.
type Plan struct {
	Context     string // the folder that the build sees, from the root
	Home        string // the folder of its Dockerfile, from the root
	Description string // of the Dockerfile, for its marker
	Parts       []Part // of the Dockerfile, in their order; the last holds the image that runs
	Ignore      Template
	OwnIgnore   bool       // it stands beside the Dockerfile under its name: the folder's is for builds of another kind
	Extras      []Extra    // further files of its home, which the build reads
	Needs       []string   // files below Context that the build reads, from Context
	OfTests     []string   // those of them that only the stage of the tests reads
	Ports       []Port     // that the image exposes, that of the main listener first
	Listeners   []Listener // as they will be in the image, the main one first
	Options     []string   // what the program has to be started with beside, by [Plan.Listen]
	Version     Version    // of the language, for services of one stack to share
	Secrets     []Secret   // what a build has to be given
	Platforms   []string   // what a build is to be told to build for
	Summary     Summary
	Decisions   []Decision
	Notes       []string // what the user should know and nothing can settle

	// Dev is the stage in which the service is developed, and Watch what compose does there
	// when a file changes; without a stage the image is built anew.
	Dev         string
	Development *Development // what stands in it
	Watch       []Watch

	// TestsIn is the stage whose command runs the tests of the service, where these want a
	// server beside them; empty where a step of the stage runs them, or nothing does.
	TestsIn string

	Obligations []Need   // what the program and the steps of the build take for granted
	Installed   []string // the packages that are installed where the image runs; none where nobody says
	Makes       []Made   // what steps of the build are known to make, beside what the parts say
}

// Watch is what compose does when a file of the context changes.
type Watch struct {
	Path   string   // a file or folder, from the context
	Action string   // [Sync], [SyncRestart] or [Rebuild]
	To     string   // where it lies in the container, absolute; empty for [Rebuild]
	Exec   string   // the command of [SyncExec]
	Ignore []string // folders below it that are watched by themselves, from it
}

// Version is that of the language, and whether the service has a constraint of its
// own. One without shares the highest of its stack in the repository.
type Version struct {
	Value      string // "1.26.7"
	Own        bool
	Constraint string // what the project wants, as the catalog takes it; empty where that cannot be said so
}

// Decide adds a decision. The flag is empty where none changes it.
func (p *Plan) Decide(name, value, flag, reason string, evidence ...detect.Evidence) {
	p.Decisions = append(p.Decisions, Decision{Name: name, Value: value, Reason: reason, Evidence: evidence, Flag: flag, Key: strings.TrimPrefix(flag, "--")})
}

// BuildFor takes --platforms, where they are asked for, with how the image comes to each.
func (p *Plan) BuildFor(in Input, how string, evidence ...detect.Evidence) {
	if asked := in.Overrides.Platforms; len(asked) > 0 {
		p.Platforms = asked
		p.Decide("platforms", strings.Join(asked, ","), "--platforms", "asked for; "+how, evidence...)
	}
}

// Arguments takes --command in an image that starts the one program which it builds, and
// gives what stands behind that. Another program in its place is an [OverrideError].
func (p *Plan) Arguments(in Input, program string) ([]string, error) {
	argv := in.Overrides.Command
	if len(argv) == 0 {
		return nil, nil
	}
	command := strings.Join(argv, " ")
	if path.Base(argv[0]) != program {
		return nil, &OverrideError{Flag: "--command", Value: command, Err: fmt.Errorf("it has to begin with the program, %s", program)}
	}
	p.Decide("command", command, "--command", "asked for")
	return argv[1:], nil
}

// Note adds what the user should know and nothing can settle.
func (p *Plan) Note(format string, args ...any) {
	p.Notes = append(p.Notes, fmt.Sprintf(format, args...))
}

// Copy is a plan that may be changed, and added to, without a change of the other.
func (p Plan) Copy() Plan {
	p.Decisions = slices.Clone(p.Decisions)
	for i := range p.Decisions {
		p.Decisions[i].Evidence, p.Decisions[i].Instead = slices.Clip(p.Decisions[i].Evidence), slices.Clip(p.Decisions[i].Instead)
	}
	p.Notes, p.Needs, p.Secrets, p.Obligations = slices.Clip(p.Notes), slices.Clip(p.Needs), slices.Clip(p.Secrets), slices.Clip(p.Obligations)
	p.Summary.Evidence = slices.Clip(p.Summary.Evidence)
	return p
}

// Tests lists the stages that run tests, those of the service itself first.
func (p Plan) Tests() (stages []string) {
	if p.HasTests() {
		stages = append(stages, OwnStages().Test)
	}
	for _, part := range p.Parts {
		if part.Test != "" {
			stages = append(stages, part.Test)
		}
	}
	return stages
}

// HasTests says whether the service itself has a stage that runs its tests.
func (p Plan) HasTests() bool {
	if p.TestsIn != "" {
		return false
	}
	for _, d := range p.Decisions {
		if d.Name == TestStage {
			return d.Value != None
		}
	}
	return false
}

// Secret is a file or a variable of the user's that a build may read and no layer holds.
type Secret struct {
	ID     string // of the mount
	Source string // where the file usually is, as a shell finds it
	Env    string // the variable, where it is one and no file
}

// Template is a template by its full path with the data that it prints. The
// data is a typed struct of the stack: a missing field fails, where a missing
// key of a map would print nothing.
type Template struct {
	Name string
	Data any
}

// Extra is a file beside the Dockerfile that the user may take over: one that
// stands there and is not ours is kept, and the build reads that.
type Extra struct {
	Name     string // its base name
	Template Template
}

// Variable is an environment variable of a stage.
type Variable struct{ Name, Value string }

// Copy is a file or folder that a stage takes over: from another stage, where one is
// named, else from the context.
type Copy struct{ From, To, Stage string }

// Summary is the plan in one line.
type Summary struct {
	Language string // "go 1.26"
	Purpose  string // "listens on 8080"
	Evidence []detect.Evidence
	Images   string // "golang:1.26.7-trixie → distroless/static-debian13, 65532"
}

// Decision is one choice, with what a person asks about it.
type Decision struct {
	Name     string            `json:"name"`
	Value    string            `json:"value"`
	Reason   string            `json:"reason"`
	Evidence []detect.Evidence `json:"evidence,omitempty"`
	Flag     string            `json:"flag,omitempty"`   // empty where no flag changes it
	Key      string            `json:"key,omitempty"`    // of dockgen.toml; empty where none changes it
	Source   string            `json:"source,omitempty"` // who settled it: flag, a place in a dockgen.toml, or empty for detection
	Instead  []Loser           `json:"instead,omitempty"`
}

// Loser is what a decision would have been without the answer that outranks it.
type Loser struct {
	Value  string `json:"value"`
	Source string `json:"source"` // "dockgen.toml:3 stack.go.runtime", "detected"
}

// Names and values of decisions that others look for.
const (
	TestStage = "test stage"
	None      = "none"
)

// OverrideError says that an answer of the user does not fit a service.
type OverrideError struct {
	Flag  string
	Value string
	Err   error
	Idle  bool // no value of it would mean anything for the service
}

func (e *OverrideError) Error() string { return fmt.Sprintf("%s %s: %v", e.Flag, e.Value, e.Err) }

// Unwrap gives the reason.
func (e *OverrideError) Unwrap() error { return e.Err }

// number is a version in numbers alone.
var number = pattern.New(`^[0-9]+(\.[0-9]+)*$`)

// NoVersion says what is wrong with a version that no image of a stack can have.
func NoVersion(asked, examples string) error {
	if number.MatchString(asked) {
		return fmt.Errorf("it is not in the catalog, whose versions are such as %s", examples)
	}
	return fmt.Errorf("not a version such as %s", examples)
}

// Runtime settles the runtime flavour: the one asked for, or the default.
func (s Stack) Runtime(asked string) (string, error) {
	if asked == "" {
		return s.Runtimes[0], nil
	}
	if !slices.Contains(s.Runtimes, asked) {
		return "", &OverrideError{Flag: "--runtime", Value: asked, Err: fmt.Errorf("a %s service runs on %s", s.Name, strings.Join(s.Runtimes, ", "))}
	}
	return asked, nil
}

// Claims lists the names of files that make a folder the stack's: none of one that
// yields, and none that begin with a star, as scripts stand beside anything.
func (s Stack) Claims() (all []detect.Marker) {
	if s.Yields {
		return nil
	}
	names := slices.Concat(s.Markers, s.Signs)
	for _, w := range s.Workspaces {
		names = append(names, w.Marker)
	}
	for _, name := range names {
		if !strings.HasPrefix(name, "*") {
			all = append(all, detect.Marker{Name: name, Stack: s.Name})
		}
	}
	return all
}

// Flavour says what choosing a runtime means.
func (s Stack) Flavour(runtime string) string { return cmp.Or(s.Flavours[runtime], flavours[runtime]) }
