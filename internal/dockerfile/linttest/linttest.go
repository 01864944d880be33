// Package linttest runs all of BuildKit's lint rules on a Dockerfile, in the process and
// without a network. It is for tests: it pulls in much of BuildKit, and dockgen must not be
// linked with it.
package linttest

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerui"
	gateway "github.com/moby/buildkit/frontend/gateway/client"
	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/solver/pb"
	fstypes "github.com/tonistiigi/fsutil/types"
)

// Warning is one finding.
type Warning struct {
	Rule    string // "StageNameCasing"; "Error" if the Dockerfile could not be converted at all
	Line    int    // the first line that it is about, 0 if BuildKit doesn't say
	Message string
}

// String returns the warning on one line.
func (w Warning) String() string {
	return fmt.Sprintf("line %d: %s: %s", w.Line, w.Rule, w.Message)
}

// Lint returns what `docker build --check` would say about a Dockerfile, with the
// experimental rules on, in the order of the lines, nil if nothing. Ignore is the ignore
// file of the build, nil for none. Every image is taken for an empty one for linux/amd64
// with a PATH, so that a base that doesn't exist is no finding. A "# check=" directive of
// the Dockerfile has no effect. Of CopyIgnoredFile nothing is heard if the ignore file has
// exceptions (!): BuildKit leaves those alone.
func Lint(t testing.TB, dockerfile, ignore []byte) []Warning {
	t.Helper()
	client, err := dockerui.NewClient(stubClient{ignore: ignore})
	if err != nil {
		t.Fatalf("lint: %v", err)
	}
	client.LinterConfig = &linter.Config{ExperimentalAll: true}
	source := llb.NewSourceMap(nil, "Dockerfile", "Dockerfile", dockerfile)
	source.Definition = &llb.Definition{}
	results, err := dockerfile2llb.DockerfileLint(t.Context(), dockerfile, dockerfile2llb.ConvertOpt{
		Config:         client.Config,
		Client:         client,
		SourceMap:      source,
		TargetPlatform: &platform,
		MetaResolver:   sourceresolver.NewImageMetaResolver(stubResolver{}),
	})
	if err != nil {
		t.Fatalf("lint: %v", err)
	}
	return warnings(results, strings.Split(string(dockerfile), "\n"))
}

// warnings sorts the results and drops what is said twice, once for each stage that
// inherits it.
func warnings(results *lint.LintResults, lines []string) []Warning {
	found := map[Warning]bool{}
	for _, w := range results.Warnings {
		warning := Warning{Rule: w.RuleName, Line: firstLine(w.Location), Message: w.Detail}
		if !detachedComment(warning, lines) {
			found[warning] = true
		}
	}
	if results.Error != nil {
		found[Warning{Rule: "Error", Line: firstLine(&results.Error.Location), Message: results.Error.Message}] = true
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b Warning) int {
		if a.Line != b.Line {
			return a.Line - b.Line
		}
		return strings.Compare(a.String(), b.String())
	})
}

// detachedComment reports whether w calls a comment a description that an empty line keeps
// apart from its instruction. The rule's documentation lets that pass, and BuildKit v0.33.1
// does not: its parser forgets comments at an empty comment, but not at an empty line.
func detachedComment(w Warning, lines []string) bool {
	return w.Rule == linter.RuleInvalidDefinitionDescription.Name &&
		w.Line >= 2 && strings.TrimSpace(lines[w.Line-2]) == ""
}

func firstLine(at *pb.Location) int {
	if at == nil || len(at.Ranges) == 0 {
		return 0
	}
	return int(at.Ranges[0].Start.Line)
}

// platform is what is built on, and for.
var platform = (&pb.Platform{OS: "linux", Architecture: "amd64"}).Spec()

// stubResolver knows every image, and each of them is empty.
type stubResolver struct{}

func (stubResolver) ResolveSourceMetadata(_ context.Context, op *pb.SourceOp, _ sourceresolver.Opt) (*sourceresolver.MetaResponse, error) {
	const config = `{"os":"linux","architecture":"amd64","rootfs":{"type":"layers"},` +
		`"config":{"Env":["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"]}}`
	const digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	return &sourceresolver.MetaResponse{
		Op:    op,
		Image: &sourceresolver.ResolveImageResponse{Digest: digest, Config: []byte(config)},
	}, nil
}

// stubClient stands in for a BuildKit daemon whose build context holds an ignore file. The
// methods of the embedded interface, which is nil, are not called by linting.
type stubClient struct {
	gateway.Client
	ignore []byte
}

func (c stubClient) BuildOpts() gateway.BuildOpts {
	worker := gateway.WorkerInfo{}
	worker.Platforms = append(worker.Platforms, platform)
	return gateway.BuildOpts{
		Workers: []gateway.WorkerInfo{worker},
		LLBCaps: pb.Caps.CapSet(pb.Caps.All()),
		Caps:    gatewaypb.Caps.CapSet(gatewaypb.Caps.All()),
	}
}

func (c stubClient) Inputs(context.Context) (map[string]llb.State, error) { return nil, nil }

// Solve answers the one question that is asked: for the context's ignore file.
func (c stubClient) Solve(context.Context, gateway.SolveRequest) (*gateway.Result, error) {
	result := gateway.NewResult()
	result.SetRef(stubFile{data: c.ignore})
	return result, nil
}

type stubFile struct {
	gateway.Reference
	data []byte
}

func (f stubFile) ReadFile(context.Context, gateway.ReadRequest) ([]byte, error) {
	return f.data, nil
}

func (f stubFile) StatFile(context.Context, gateway.StatRequest) (*fstypes.Stat, error) {
	return &fstypes.Stat{Size: int64(len(f.data))}, nil
}
