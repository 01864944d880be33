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
		Starter:    starter,
		Detect:     Detect,
		Plan:       Plan,
	}
}

// The image that compiles: Debian's, because it has git and a C compiler.
const (
	buildImage = "golang"
	buildSuite = "trixie"
)

// runtime is one flavour of what the image runs on: values, no decisions.
type runtime struct {
	image      string // empty for scratch
	constraint string // of its version
	variant    string // of its tag
	tag        string // the tag itself, for images without versions
	user       string
	userReason string
	reason     string
	binary     string // how the program is linked, in words
	template   string
	packages   []string                         // of the distribution
	health     func(port, path string) []string // what the image can ask with, or nil
}

var runtimes = map[string]runtime{
	"distroless": {
		image: "gcr.io/distroless/static-debian13", tag: "nonroot",
		user: "65532:65532", userReason: "that image's nonroot",
		reason:   "a static binary needs certificates and time zones, and nothing to link against",
		binary:   "static binary",
		template: "go/distroless.tmpl",
	},
	"scratch": {
		user: "10001:10001", userReason: "named in /etc/passwd of the image",
		reason:   "the static binary with certificates and time zones, and no /tmp",
		binary:   "static binary",
		template: "go/scratch.tmpl",
	},
	"alpine": {
		image: "alpine", user: "10001:10001", userReason: "created in the image",
		reason:   "a shell and BusyBox beside the static binary",
		binary:   "static binary",
		template: "go/alpine.tmpl",
		health:   plan.BusyboxHealth,
	},
	"slim": {
		image: "debian", constraint: "13", variant: "slim",
		user: "10001:10001", userReason: "created in the image",
		reason:   "a shell and Debian's packages beside the static binary",
		binary:   "static binary",
		template: "go/slim.tmpl",
		packages: []string{"ca-certificates", "tzdata"},
		health:   plan.BashHealth,
	},
}

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
