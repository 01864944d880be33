package rust

import "github.com/dockgen/dockgen/internal/plan"

// Name is the name of the stack.
const Name = "rust"

// Stack is what Rust contributes.
func Stack() plan.Stack {
	return plan.Stack{
		Name:       Name,
		Markers:    []string{manifestName},
		Workspaces: []plan.Workspace{{Marker: manifestName, Members: Members}},
		Runtimes:   []string{"distroless", "slim", "alpine", "scratch"},
		Options: []plan.Option{{
			Key: cacheKey, Values: []string{cacheLayer, cacheChef, cacheMount},
			Doc: "how compiled dependencies of Rust outlive an edit of the sources",
		}, {
			Key: featuresKey, Kind: plan.List,
			Doc: "the features of Rust to compile with beside the default ones, or none",
		}, {
			Key: noDefaultKey, Kind: plan.Switch,
			Doc: "compiles a program of Rust without the default features",
		}},
		Detect:  Detect,
		Plan:    Plan,
		Starter: starter,
	}
}

// buildImage is the image that compiles. Its slim variant has the C compiler that
// links and nothing else: a library that happens to be there would be linked
// against, and be missed where the program runs.
const buildImage = "rust"

// cacheKey is the option that says how compiled dependencies outlive an edit of the
// sources.
const (
	cacheKey   = "rust-cache"
	cacheLayer = "layer" // in a layer, made with stubs instead of sources
	cacheChef  = "chef"  // in a layer, made by cargo-chef
	cacheMount = "mount" // in a mounted folder, which an ephemeral builder does not have
)

// chefVersion is the cargo-chef of --rust-cache chef.
const chefVersion = "0.1.77"

// runtime is one flavour of what the image runs on: values, no decisions. What its image
// is like is the catalog's to say.
type runtime struct {
	image      string // empty for scratch
	constraint string // of its version
	variant    string // of its tag
	tag        string // the tag itself, for images without versions
	reason     string
	static     bool     // it has no C library, or another than the builder's
	holds      []string // libraries of Debian that it has
	shares     []string // those that it has on newer suites, and that count where it is asked for
}

var runtimes = map[string]runtime{
	"distroless": {
		image: "gcr.io/distroless/cc-debian", tag: "nonroot",
		reason: "the C library of the builder's suite, OpenSSL, certificates and time zones",
		holds:  []string{"libgcc-s1", "libstdc++6"},
		// base/config.bzl of GoogleContainerTools/distroless, of 2026-08-21. A copy of the
		// image without the zlib that OpenSSL wants has been met, so that a program is
		// linked against these on slim unless the user knows better.
		shares: []string{"libssl3t64", "libzstd1", "zlib1g"},
	},
	"static": { // of a project that compiles for musl by itself
		image: "gcr.io/distroless/static-debian", tag: "nonroot",
		reason: "a static binary needs certificates and time zones, and nothing to link against", static: true,
	},
	"scratch": {reason: "the static binary with certificates, time zones and /tmp", static: true},
	"alpine":  {image: "alpine", reason: "a shell and BusyBox beside the static binary", static: true},
	"slim":    {image: "debian", variant: "slim", reason: "a shell and Debian's packages, of the builder's suite"},
}

// asks are the ways of a health check, by what the image asks with.
var asks = map[string]func(main plan.Listener, path string) []string{"busybox": plan.BusyboxHealth, "bash": plan.BashHealth}
