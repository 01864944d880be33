package docker

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Build is one build that is asked for.
type Build struct {
	Context    string // a folder
	Dockerfile string // a file; "-" where Text holds it
	Text       string
	Target     string // a stage; empty for the last
	Tag        string // what the image is loaded as; empty where it is thrown away
	Output     string // another output than the engine, "type=oci,dest=…"
	Args       []string
	Secrets    []string // "id=…,src=…"
	Platform   string
	NoCache    bool
	Space      string // the name space of cache mounts; empty for the one of everybody
}

// Step is one instruction of a build, as BuildKit reports it.
type Step struct {
	Stage  string
	Text   string
	Number int  // within its stage
	Run    int  // the how-manieth RUN of its stage it is; 0 for others
	Ran    bool // else it came from the cache
	Log    string
}

// BuildError is a build that failed.
type BuildError struct {
	Step string // the instruction
	Line int    // of the Dockerfile; 0 where nobody knows
	Log  []string
	Err  error
}

func (e *BuildError) Error() string {
	if e.Step != "" {
		return "the build fails at " + e.Step
	}
	return "the build fails: " + e.Err.Error()
}

// Unwrap gives what docker said.
func (e *BuildError) Unwrap() error { return e.Err }

// Build builds, and reports the steps in the order of the stages' instructions.
func (d *Docker) Build(ctx context.Context, b Build) ([]Step, time.Duration, error) {
	args := []string{"buildx", "build", "--provenance=false", "--progress=rawjson", "--file", b.Dockerfile}
	add := func(name, value string) {
		if value != "" {
			args = append(args, name, value)
		}
	}
	add("--target", b.Target)
	add("--platform", b.Platform)
	if b.Space != "" {
		args = append(args, "--build-arg", "BUILDKIT_CACHE_MOUNT_NS="+b.Space)
	}
	for _, a := range b.Args {
		args = append(args, "--build-arg", a)
	}
	for _, s := range b.Secrets {
		args = append(args, "--secret", s)
	}
	if b.NoCache {
		args = append(args, "--no-cache")
	}
	switch {
	case b.Output != "":
		args = append(args, "--output", b.Output)
	case b.Tag != "":
		args = append(args, "--load", "--tag", b.Tag)
	default:
		args = append(args, "--output", "type=cacheonly")
	}
	var in io.Reader
	if b.Dockerfile == "-" {
		in = strings.NewReader(b.Text)
	}
	start := time.Now()
	said, err := d.command(ctx, io.Discard, in, append(args, b.Context)...)
	took := time.Since(start)
	steps, failed := ReadLog(said, err)
	if ctx.Err() != nil {
		return steps, took, err
	}
	return steps, took, failed
}

// ReadLog reads what a build with --progress=rawjson printed: its steps and, where it ended
// with an error, a [BuildError] with the end of the log.
func ReadLog(raw string, err error) ([]Step, error) {
	steps, log := readLog(raw)
	if err != nil {
		err = failure(log, err)
	}
	return steps, err
}

// status is a line of --progress=rawjson.
type status struct {
	Vertexes []struct {
		Digest, Name, Error string
		Cached              bool
		Completed           *time.Time
	}
	Logs []struct {
		Vertex string
		Data   []byte
	}
}

// buildLog is what a build has said.
type buildLog struct {
	plain  []string // beside the log for programs
	failed string   // the name of the step that failed
	logs   map[string]string
	errors string
}

var stepName = sync.OnceValue(func() *regexp.Regexp { // "[builder 2/3] RUN …", "[linux/amd64 builder 2/3] RUN …"
	return regexp.MustCompile(`(?s)^\[(?:\S+/\S+ +)?(\S+) +(\d+)/\d+\] (.*)$`)
})

func readLog(raw string) ([]Step, buildLog) {
	found := map[string]Step{}
	log := buildLog{logs: map[string]string{}}
	for line := range strings.Lines(raw) {
		var st status
		if !strings.HasPrefix(line, "{") || json.Unmarshal([]byte(line), &st) != nil {
			log.plain = append(log.plain, strings.TrimRight(line, "\n"))
			continue
		}
		for _, l := range st.Logs {
			log.logs[l.Vertex] += string(l.Data)
		}
		for _, v := range st.Vertexes {
			if v.Error != "" && !strings.Contains(v.Error, "context canceled") {
				log.failed, log.errors = v.Digest, v.Name+"\x00"+v.Error
			}
			m := stepName().FindStringSubmatch(v.Name)
			if m == nil || strings.HasPrefix(m[3], "FROM ") {
				continue
			}
			n, err := strconv.Atoi(m[2])
			if err != nil {
				continue
			}
			found[v.Digest] = Step{Stage: m[1], Number: n, Text: strings.Join(strings.Fields(m[3]), " "), Ran: v.Completed != nil && !v.Cached}
		}
	}
	var steps []Step
	for digest, s := range found {
		s.Log = log.logs[digest]
		steps = append(steps, s)
	}
	slices.SortFunc(steps, func(a, b Step) int {
		return cmp.Or(cmp.Compare(a.Stage, b.Stage), cmp.Compare(a.Number, b.Number), cmp.Compare(a.Text, b.Text))
	})
	runs := map[string]int{}
	for i, s := range steps {
		if strings.HasPrefix(s.Text, "RUN ") {
			runs[s.Stage]++
			steps[i].Run = runs[s.Stage]
		}
	}
	return steps, log
}

var placeLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^\S+:(\d+)$`) })

// lastLines is how many lines of a failing step are shown.
const lastLines = 15

func failure(log buildLog, err error) error {
	e := &BuildError{Err: err}
	name, said, _ := strings.Cut(log.errors, "\x00")
	if m := stepName().FindStringSubmatch(name); m != nil {
		e.Step = fmt.Sprintf("[%s] %s", m[1], strings.Join(strings.Fields(m[3]), " "))
	} else {
		e.Step = name
	}
	for _, line := range log.plain {
		if m := placeLine().FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			e.Line, _ = strconv.Atoi(m[1]) // digits, by the expression
			break
		}
	}
	text := strings.TrimSpace(log.logs[log.failed])
	if text == "" {
		text = strings.TrimSpace(said + "\n" + strings.Join(log.plain, "\n"))
	}
	lines := strings.Split(text, "\n")
	e.Log = lines[max(0, len(lines)-lastLines):]
	return e
}

// Bake fills the cache for several builds at once. What is wrong with one of them, its own
// build says.
func (d *Docker) Bake(ctx context.Context, builds map[string]Build) error {
	type target struct {
		Context    string            `json:"context"`
		Dockerfile string            `json:"dockerfile"`
		Target     string            `json:"target,omitempty"`
		Args       map[string]string `json:"args,omitempty"`
		Secret     []string          `json:"secret,omitempty"`
		Platforms  []string          `json:"platforms,omitempty"`
		Output     []string          `json:"output"`
	}
	file := struct {
		Group  map[string]map[string][]string `json:"group"`
		Target map[string]target              `json:"target"`
	}{map[string]map[string][]string{"default": {}}, map[string]target{}}
	for name, b := range builds {
		t := target{Context: b.Context, Dockerfile: b.Dockerfile, Target: b.Target, Secret: b.Secrets, Output: []string{"type=cacheonly"}}
		if b.Space != "" {
			t.Args = map[string]string{"BUILDKIT_CACHE_MOUNT_NS": b.Space}
		}
		if b.Platform != "" {
			t.Platforms = []string{b.Platform}
		}
		file.Target[name] = t
		file.Group["default"]["targets"] = append(file.Group["default"]["targets"], name)
	}
	text, err := json.Marshal(file)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "dockgen-bake-")
	if err != nil {
		return err
	}
	name := filepath.Join(dir, "bake.json")
	if err := os.WriteFile(name, text, 0o600); err != nil {
		return err
	}
	_, err = d.command(ctx, io.Discard, nil, "buildx", "bake", "--progress=quiet", "--allow=fs.read=*", "--provenance=false", "--file", name)
	return cmp.Or(err, os.RemoveAll(dir))
}

// Base gives the digests of the layers of an image that Dockerfiles start from. Where the
// engine does not have it, the builder brings it.
func (d *Docker) Base(ctx context.Context, reference, platform string) ([]string, error) {
	if platform == "" && d.Has(ctx, reference) {
		return d.Layers(ctx, reference)
	}
	dir, err := os.MkdirTemp("", "dockgen-base-")
	if err != nil {
		return nil, err
	}
	name := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(reference))
	tag := d.Tag("base-" + strings.Trim(name, "-"))
	_, _, err = d.Build(ctx, Build{Context: dir, Dockerfile: "-", Text: "FROM " + reference + "\n", Tag: tag, Platform: platform})
	err = errors.Join(err, os.RemoveAll(dir))
	if err != nil {
		return nil, err
	}
	return d.Layers(ctx, tag)
}
