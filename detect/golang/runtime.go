package golang

import "github.com/dockgen/dockgen/internal/plan"

// Name is the name of the stack.
const Name = "go"

// Stack is what Go contributes.
func Stack() plan.Stack {
	return plan.Stack{
		Name:       Name,
		Markers:    []string{"go.mod", "go.work"},
		Workspaces: []plan.Workspace{{Marker: "go.work", Members: Members}},
		Runtimes:   []string{"distroless", "slim", "alpine", "scratch"},
		Options: []plan.Option{{
			Key: tagsKey, Kind: plan.List,
			Doc: "the build tags of Go to compile with, or none",
		}},
		Starter: starter,
		Detect:  Detect,
		Plan:    Plan,
	}
}

// The image that compiles: Debian's, because it has git and a C compiler.
const (
	buildImage = "golang"
	buildSuite = "trixie"
)

// runtime is one flavour of what the image runs on: values, no decisions. What its image
// is like is the catalog's to say.
type runtime struct {
	image      string // empty for scratch
	constraint string // of its version
	variant    string // of its tag
	tag        string // the tag itself, for images without versions
	reason     string
	binary     string   // how the program is linked, in words
	packages   []string // of Debian
}

var runtimes = map[string]runtime{
	"distroless": {
		image: "gcr.io/distroless/static-debian13", tag: "nonroot",
		reason: "a static binary needs certificates and time zones, and nothing to link against",
		binary: "static binary",
	},
	"scratch": {
		reason: "the static binary with certificates, time zones and /tmp",
		binary: "static binary",
	},
	"alpine": {
		image:  "alpine",
		reason: "a shell and BusyBox beside the static binary",
		binary: "static binary",
	},
	"slim": {
		image: "debian", constraint: "13", variant: "slim",
		reason: "a shell and Debian's packages beside the static binary",
		binary: "static binary",
	},
}

// asks are the ways of a health check, by what the image asks with.
var asks = map[string]func(main plan.Listener, path string) []string{"busybox": plan.BusyboxHealth, "bash": plan.BashHealth}

// linked changes a flavour to hold a program that is linked against C libraries.
func linked(r runtime, c Cgo) runtime {
	r.binary = "linked against C"
	r.packages = union(r.packages, c.Run)
	if r.image != runtimes["distroless"].image {
		r.reason = "Debian's C library, with what the program is linked against"
		return r
	}
	r.image, r.reason = "gcr.io/distroless/base-debian13", "the C library of the builder's suite"
	if c.Cxx {
		r.image, r.reason = "gcr.io/distroless/cc-debian13", "the C and C++ libraries of the builder's suite"
	}
	return r
}
