package verify

import "time"

// SchemaVersion is that of a [Report] as JSON. Within one, fields are only added.
const SchemaVersion = 1

// State is what became of a check or an image. The strongest of its checks is that of an
// image: failed, then not judged, then passed.
type State string

// The states. What is not judged is never a pass: an image with such a check is proved in
// part only, and the run says so with its exit code unless somebody allows it.
const (
	Passed    State = "passed"
	Failed    State = "failed"
	NotJudged State = "not judged"
	Skipped   State = "skipped" // it does not apply to the image, or was not asked for
)

// Report is what a run of verify came to.
type Report struct {
	SchemaVersion int       `json:"schemaVersion"`
	Images        []Verdict `json:"images"`
	Problems      []Problem `json:"problems,omitempty"` // services without an image: why
}

// Problem is a service that could not be judged at all: its build failed, or it has none.
type Problem struct {
	Service string   `json:"service,omitempty"`
	Dir     string   `json:"dir"`
	Message string   `json:"message"`
	At      string   `json:"at,omitempty"`   // the line of the Dockerfile, "api/Dockerfile:14"
	Step    string   `json:"step,omitempty"` // the instruction that failed
	Log     []string `json:"log,omitempty"`  // its last lines
}

// Verdict is what is said of one image.
type Verdict struct {
	Service    string   `json:"service,omitempty"` // empty for an image that was given
	Dir        string   `json:"dir,omitempty"`
	Stack      string   `json:"stack,omitempty"`
	Reference  string   `json:"reference"`            // the image as docker knows it, or the file that it was read from
	Dockerfile string   `json:"dockerfile,omitempty"` // from the root of the repository
	ID         string   `json:"id"`
	Platform   string   `json:"platform"`
	State      State    `json:"state"`
	Size       int64    `json:"size"`             // bytes of all layers, unpacked
	Packed     int64    `json:"packed"`           // bytes as they are sent, or stored where nobody has packed them
	Base       Base     `json:"base"`             // the layers that are not the image's own
	Layers     []Layer  `json:"layers"`           // all, the lowest first
	Wasted     int64    `json:"wasted"`           // bytes in its own layers that the final file system does not show
	Waste      []Waste  `json:"waste,omitempty"`  // the largest first
	Folders    Folder   `json:"folders"`          // the final file system, large folders alone
	Start      float64  `json:"start,omitempty"`  // seconds until the first answer
	Stop       float64  `json:"stop,omitempty"`   // seconds from the stop signal to the end
	Checks     []Result `json:"checks"`           // one for each check of [Checks], in that order
	Failed     []string `json:"failed,omitempty"` // the ids of failed checks
}

// Base are the layers below the image's own.
type Base struct {
	Image  string `json:"image,omitempty"` // its reference, where it is known
	Layers int    `json:"layers"`          // how many
	Size   int64  `json:"size"`            // bytes, unpacked
	How    string `json:"how"`             // how it is known, in words
}

// Layer is one layer and what made it.
type Layer struct {
	Digest      string `json:"digest"`
	Size        int64  `json:"size"`
	Packed      int64  `json:"packed"`
	Files       int    `json:"files"`
	Own         bool   `json:"own"`
	Instruction string `json:"instruction,omitempty"` // as a Dockerfile has it
	At          string `json:"at,omitempty"`          // the line of the Dockerfile, where it is known
	Folders     Folder `json:"folders"`               // what is in it, large folders alone
}

// Folder is a folder with the bytes below it; files of their own size stand as folders
// without children. What is too small to show is part of its parent's size alone.
type Folder struct {
	Name     string   `json:"name"` // its last element; "/" for the root
	Size     int64    `json:"size"`
	Children []Folder `json:"children,omitempty"` // the largest first
}

// Waste is a path of which layers hold bytes that nobody sees.
type Waste struct {
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"` // of all copies that the final file system does not show
	Copies int    `json:"copies"`
	Cause  string `json:"cause"`        // in words: "copied again with another owner"
	By     string `json:"by,omitempty"` // the instruction that hides it
	At     string `json:"at,omitempty"` // its line of the Dockerfile
}

// Result is what became of one check.
type Result struct {
	ID       string    `json:"id"`
	Title    string    `json:"title"`
	State    State     `json:"state"`
	Seen     string    `json:"seen,omitempty"` // what was found in order, or why it was not judged or skipped
	Fix      string    `json:"fix,omitempty"`  // of what is not judged: what has it judged
	Findings []Finding `json:"findings,omitempty"`
	Allowed  []Finding `json:"allowed,omitempty"` // findings that [verify] allow lets pass
}

// Finding is one thing that is not as it has to be.
type Finding struct {
	What     string `json:"what"`               // in a sentence without its end
	Expected string `json:"expected,omitempty"` // what should have been
	Seen     string `json:"seen,omitempty"`     // what was
	Fix      string `json:"fix"`                // what to do
	Path     string `json:"path,omitempty"`     // in the image
	Layer    int    `json:"layer,omitempty"`    // the number of the layer, the lowest 1
	By       string `json:"by,omitempty"`       // the instruction that made it
	At       string `json:"at,omitempty"`       // its line, "api/Dockerfile:14"
	Bytes    int64  `json:"bytes,omitempty"`
	Reason   string `json:"reason,omitempty"` // of what is allowed: why
	Source   string `json:"source,omitempty"` // and where that is said, "dockgen.toml:7"
}

// Seconds is a duration as reports have it.
func Seconds(d time.Duration) float64 { return float64(d.Milliseconds()) / 1000 }
