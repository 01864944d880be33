package verify

import (
	"time"

	"github.com/dockgen/dockgen/internal/image"
)

// Facts are all that the checks judge: what the image holds, what became of its run and
// its builds, and what is expected of it. What was not done is nil.
type Facts struct {
	Image  *image.Image
	Base   Base     // which of its layers are not its own
	Expect *Expect  // nil for an image of which nothing is planned
	Lines  []Line   // the instructions of the last stage, in their order
	Limits Limits   //
	Run    *Run     // of a container; nil where it was not started
	NotRun string   // why it was not
	Tests  *Attempt // of the test stage
	NoTest string   // why that was not tried
	Again  *Rebuild // after an edit of a source
	Twice  *Twice   // two builds held against each other

	stands map[string]image.Stands // of the final file system, once somebody has asked
	loads  *loader
}

// Line is an instruction of a Dockerfile.
type Line struct {
	Text string // "COPY --from=builder /app /app"
	At   string // "api/Dockerfile:14"
}

// Expect is what the plan of a service says of its image.
type Expect struct {
	Stack     string
	Compiled  bool     // into a program that needs no compiler and none of its sources
	Port      int      // that it listens on; 0 for a program that does not listen
	UDP       bool     // the port takes datagrams
	Connects  bool     // its health check can only see whether the port is open, as it speaks no HTTP
	Health    string   // the path that says it is well; empty where none is known
	Variable  string   // of the environment, that moves the port; empty where none does
	User      string   // numeric, "uid:gid"
	Writable  []string // paths in the image that are the user's
	JRE       bool     // of Java a runtime is enough
	DevOnly   []string // names of packages that only development wants, by the lockfile
	Tests     bool     // there is a test stage
	Ends      bool     // it does its work and ends
	Databases []string // what it connects to, as messages name it
	Assets    []string // extensions of source files that the image serves as they are
}

// Limits are what [verify] of a dockgen.toml says, with the defaults for what it does not.
type Limits struct {
	Size        int64 // most bytes of the image; 0 for no limit
	Layers      int   // most layers; 0 for no limit
	WastedShare float64
	WastedFloor int64
	StartWithin time.Duration // until the first answer
	StopWithin  time.Duration // from the stop signal to the end
	Memory      int64         // bytes that a container may have
	Allow       []Allowance
	Said        map[string]string // where a limit is said, by its key: "dockgen.toml:7"
}

// DefaultLimits are those of a repository that says nothing.
func DefaultLimits() Limits {
	return Limits{
		WastedShare: 0.05, WastedFloor: 5 << 20, StartWithin: 30 * time.Second, StopWithin: 10 * time.Second, Memory: 1 << 30,
	}
}

// Allowance lets findings pass.
type Allowance struct {
	ID      string // of the check
	Pattern string // of paths in the image, as doublestar has them; empty for all
	Reason  string
	At      string // "dockgen.toml:9"
}

// Run is what a container of the image did.
type Run struct {
	Started   bool
	Mode      string        // how it was run, in words
	Exit      *int          // its code, where it ended by itself
	Logs      []string      // the last lines
	Answered  bool          // on its port
	After     time.Duration // from its start to the answer
	Status    int           // of the health path, or of / where there is none; 0 where it speaks no HTTP
	Path      string        // what was asked
	Unasked   string        // why nothing could ask its port; empty where something could
	Wants     string        // the variable that it ended without; empty for none
	Waits     string        // the connection that it failed to make, "postgres at db:5432"; empty for none
	Processes []Process
	Health    *Health // nil for an image without a health check
	Port      *Move   // nil where no variable moves the port
	Stop      *Stop   // nil where it had ended before
	Writes    *Writes // nil where a read-only root was enough
}

// Process is one of a container, the first is PID 1 of it.
type Process struct {
	PID     int
	UID     string
	Command string
	Program string // the base name of what runs
}

// Health is what became of the health check.
type Health struct {
	Healthy   bool
	After     time.Duration
	Log       string // what the last check said
	Frozen    bool   // its processes were stopped from outside
	Unhealthy bool   // it noticed
	Why       string // why they could not be stopped
}

// Move is a run with the variable of the port set to another number.
type Move struct {
	Variable string
	To       int
	Answered bool
	Logs     []string
}

// Stop is how a container ended when it was told to.
type Stop struct {
	Signal  string
	Took    time.Duration
	Code    int
	Killed  bool // it took SIGKILL to end it
	Handler bool // PID 1 has a handler for the signal
	Known   bool // whether it has is known
}

// Writes is a run with a writable root, where a read-only one failed.
type Writes struct {
	Answered bool
	Paths    []string // that it wrote
}

// Attempt is a build of one stage.
type Attempt struct {
	OK   bool
	Took time.Duration
	At   string // the line that failed
	Step string
	Log  []string
}

// Rebuild is a build after an edit of a source file, in a copy of the context.
type Rebuild struct {
	Edited   string   // the file
	Repeated []Step   // the steps that ran again
	Depends  []Step   // those among them that fetch or compile dependencies
	Offline  *Attempt // the same again without a network
	Why      string   // why it could not be tried
}

// Step is one instruction of a build.
type Step struct {
	Stage string
	Text  string
	At    string
}

// Twice are two builds, the second without any cache.
type Twice struct {
	First, Second string // digests
	Differ        []Difference
	Why           string // why it could not be tried
}

// Difference is a file that two builds of one context made differently.
type Difference struct {
	Path string
	How  string // "other bytes", "another time"
	By   string // the instruction
	At   string
}
